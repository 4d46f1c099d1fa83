-- step: item_trends
-- about: how fast each item that is still on offer grows or shrinks, as a share a year
-- operator: trend(season = ${season}, period = ${period}, absent = ${absent})
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
        min(period) over (partition by item) as first_period,
        max(period) over (partition by item) as last_period,
        min(case when comparable then period end) over (partition by item) as joined
    from demand_item
    where active
)
select
    item,
    period,
    value
from parts
where comparable = coalesce(2 * days_between(first_period, joined) <= days_between(first_period, last_period), false)
