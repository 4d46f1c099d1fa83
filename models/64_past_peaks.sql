-- step: past_peaks
-- about: periods in which the total, a category or a store sold far more than usual for its weekday and season
-- operator: peaks(season = ${season}, period = ${period}, top = 20)
-- group: level, key
-- order: period
-- expect: unique(level, key, period)
with series as (
    select 'total' as level, '(all)' as key, period, state, comparable, value from demand_total
    union all
    select 'category', category, period, state, comparable, value from demand_category where active
    union all
    select 'store', store, period, state, comparable, value from demand_store where active
)
select
    level,
    key,
    period,
    case when state in ('sold', 'zero') then value end as value
from series
where comparable
