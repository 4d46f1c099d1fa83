-- step: past_shifts
-- about: when the level of the total, a category, a store or one of the products that bring most changed for good
-- operator: change_points(period = ${period}, absent = ${absent})
-- group: level, key
-- order: period
-- expect: unique(level, key, period); before is not null; after is not null; lasted > 0; certainty >= 0 and certainty <= 1
--
-- Of products those that bring the first four fifths of the money, 300 at most. Whole and comparable periods count; days on
-- which the shop was irregularly shut, and stock-outs of all there is, are not known, regular closing days are zeros.
with important as (
    select item
    from product_summary
    where active and revenue_rank <= 300 and cumulative_share - revenue_share < 8e-1
),
series as (
    select 'total' as level, '(all)' as key, period, state, comparable, value, value_model from demand_total
    union all
    select 'category', category, period, state, comparable, value, value_model from demand_category where active
    union all
    select 'store', store, period, state, comparable, value, value_model
    from demand_store
    where active and store <> '(all)'
    union all
    select 'item', demand_item.item, demand_item.period, demand_item.state, demand_item.comparable, demand_item.value, demand_item.value_model
    from demand_item
    join important on important.item = demand_item.item
    where demand_item.active
)
select
    series.level,
    series.key,
    series.period,
    case
        when not periods.complete then null
        when series.state in ('sold', 'zero') then series.value
        when series.state = 'closed' and series.value_model is not null then series.value
    end as value
from series
join periods on periods.period = series.period
where series.comparable
