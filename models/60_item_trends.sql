-- step: item_trends
-- about: how fast each item that is still on offer grows or shrinks, as a share a year
-- operator: trend(season = ${season}, period = ${period})
-- group: item
-- order: period
-- expect: unique(item)
--
-- Where the files were joined by stores that had not been in them, the longer part of the history is looked at, before
-- or after: a share a year is the same whatever the number of stores.
with parts as (
    select
        item,
        period,
        case when comparable then value_model else value end as value,
        comparable,
        sum(case when comparable then 1 else -1 end) over (partition by item) as more_after
    from demand_item
    where active
)
select
    item,
    period,
    value
from parts
where comparable = (more_after >= 0)
