-- step: campaign_scores
-- about: by how much each campaign changed, or would have changed, the response of each customer who was in it
-- operator: uplift()
-- group: promotion
-- order: place
-- expect: unique(promotion, row); uplift between -1 and 1; low <= uplift and uplift <= high
--
-- row is the customer's place in campaign_customers. Rows of the model stand before those that it scores, with places below zero.
select
    promotion,
    -cast(row_number() over (
        partition by promotion
        order by kind nulls first, tree nulls first, node nulls first, feature nulls first, level nulls first, knot nulls first
    ) as bigint) as place,
    arm,
    kind,
    feature,
    level,
    knot,
    coefficient,
    tree,
    node,
    below,
    above,
    bound,
    centre,
    level_error,
    slope_error,
    cast(null as bigint) as visits,
    cast(null as bigint) as days_since_visit,
    cast(null as bigint) as days_since_first,
    cast(null as double) as spent,
    cast(null as string) as age,
    cast(null as string) as sex,
    cast(null as string) as loyalty,
    cast(null as double) as distance
from campaign_models
union all
select
    promotion,
    place,
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as double),
    cast(null as double),
    cast(null as bigint),
    cast(null as bigint),
    cast(null as bigint),
    cast(null as bigint),
    cast(null as double),
    cast(null as double),
    cast(null as double),
    cast(null as double),
    visits,
    days_since_visit,
    days_since_first,
    spent,
    age,
    sex,
    loyalty,
    distance
from campaign_customers
