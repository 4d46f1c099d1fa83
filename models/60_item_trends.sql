-- step: item_trends
-- about: how fast each item that is still on offer grows or shrinks, as a share a year
-- operator: trend(season = ${season}, period = ${period})
-- group: item
-- order: period
-- expect: unique(item)
select
    item,
    period,
    value_model as value
from demand_item
where active
