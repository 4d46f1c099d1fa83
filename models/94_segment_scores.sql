-- step: segment_scores
-- about: the segment whose centre is nearest to each customer, and how far it is
-- operator: segment()
-- group: part
-- order: place
-- expect: unique(row); segment >= 1; distance >= 0
--
-- row is the customer's place in customer_features. Rows of the model stand before those that it places, below zero. Customers are placed in parts of 100,000, each with a copy of
-- the model, so that none is larger than a machine.
with parts as (
    select int_div(place - 1, 100000) as part
    from customer_features
    group by int_div(place - 1, 100000)
),
models as (
    select
        parts.part,
        -cast(row_number() over (partition by parts.part order by segment_models.segment nulls first, segment_models.feature nulls first) as bigint) as place,
        segment_models.segment,
        segment_models.feature,
        segment_models.unit,
        segment_models.shift,
        segment_models.scale,
        segment_models.centre,
        segment_models.deviation,
        segment_models.weight
    from segment_models
    cross join parts
)
select
    part,
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
    int_div(place - 1, 100000),
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
