-- step: segment_scores
-- about: the segment whose centre is nearest to each customer, and how far it is
-- operator: segment()
-- order: place
-- expect: unique(row); segment >= 1; distance >= 0
--
-- row is the customer's place in customer_features. Rows of the model stand before those that it places, below zero.
with models as (
    select
        -cast(row_number() over (order by segment nulls first, feature nulls first) as bigint) as place,
        segment,
        feature,
        unit,
        shift,
        scale,
        centre,
        deviation,
        weight
    from segment_models
)
select
    place,
    segment,
    feature,
    unit,
    shift,
    scale,
    centre,
    deviation,
    weight,
    cast(null as double) as recency_days,
    cast(null as double) as orders,
    cast(null as double) as order_value,
    cast(null as double) as tenure_days,
    cast(null as double) as discount_share,
    cast(null as double) as return_share
from models
union all
select
    place,
    cast(null as bigint),
    cast(null as string),
    cast(null as double),
    cast(null as double),
    cast(null as double),
    cast(null as double),
    cast(null as double),
    cast(null as double),
    cast(recency_days as double),
    cast(orders as double),
    order_value,
    cast(tenure_days as double),
    discount_share,
    return_share
from customer_features
