-- step: offered
-- about: how many items a category, a store and all together had on offer in each period, counted in each store
-- expect: unique(level, key, period); level in ('category', 'store', 'total'); offers >= 0
--
-- What a share of hidden demand is a share of: demand_cells has no row where nothing was sold and nothing hindered it.
-- A store that is closed offers nothing.
with kept as (
    select
        offers.store,
        coalesce(item_categories.category, '(none)') as category,
        offers.first_number,
        offers.last_number
    from offers
    left join item_categories on item_categories.item = offers.item
),
changes as (
    select 'store' as level, store as key, first_number as number, 1 as change from kept
    union all
    select 'store', store, last_number + 1, -1 from kept
    union all
    select 'category', category, first_number, 1 from kept where (select count(*) from item_categories) > 0
    union all
    select 'category', category, last_number + 1, -1 from kept where (select count(*) from item_categories) > 0
),
changed as (
    select level, key, number, sum(change) as change
    from changes
    group by level, key, number
),
spans as (
    select level, key, min(number) as first_number, max(number) as end_number
    from changed
    group by level, key
),
counted as (
    select
        spans.level,
        spans.key,
        periods.period,
        sum(coalesce(changed.change, 0)) over (
            partition by spans.level, spans.key
            order by periods.number nulls last
            rows between unbounded preceding and current row
        ) as offers
    from spans
    join periods on periods.number >= spans.first_number and periods.number < spans.end_number
    left join changed
        on changed.level = spans.level
        and changed.key = spans.key
        and changed.number = periods.number
),
opened as (
    select
        counted.level,
        counted.key,
        counted.period,
        case when closures.store is not null then 0 else counted.offers end as offers
    from counted
    left join closures
        on closures.store = case when counted.level = 'store' then counted.key end
        and closures.period = counted.period
),
every_level as (
    select level, key, period, offers from opened
    union all
    select 'total', '(all)', period, sum(offers)
    from opened
    where level = 'store'
    group by period
)
select
    level,
    key,
    period,
    cast(offers as bigint) as offers
from every_level
order by level nulls first, key nulls first, period nulls first
