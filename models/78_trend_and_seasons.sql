-- step: trend_and_seasons
-- about: the total, each category and store taken apart into trend, seasons and what is left
-- operator: decompose(season = [${season}, ${year_season}], period = ${period})
-- group: level, key
-- order: period
-- expect: unique(level, key, period); level in ('total', 'money', 'category', 'store')
--
-- total and money are everything together, as it is forecast and in money. Periods told in part, closed ones and those out of stock are not
-- known to it. A season of which fewer than two cycles are seen is left out, which note says.
with series as (
    select 'total' as level, '(all)' as key, period, state, comparable, value from demand_total
    union all
    select 'money', '(all)', period, state, comparable, value from demand_revenue
    union all
    select 'category', category, period, state, comparable, value from demand_category where active
    union all
    select 'store', store, period, state, comparable, value from demand_store where active and store <> '(all)'
)
select
    level,
    key,
    period,
    case when state in ('sold', 'zero') then value end as value
from series
where comparable
