-- step: newcomers
-- about: items and stores that joined the files in one period and make half or more of what a level sells today
-- expect: unique(level, key, first_number); level in ('item', 'category', 'store', 'total', 'money')
--
-- Today is the last eight weeks (days or weeks) or three months. Whether sums jumped then is for demand_levels to say.
with timeline as (
    select max(number) as last_number
    from periods
    where not ahead
),
recent as (
    select
        demand_item_store.item,
        demand_item_store.store,
        offers.first_number,
        min(item_categories.category) as category,
        cast(sum(exact(case when demand_unit.in_units then demand_item_store.units else demand_item_store.revenue end)) as double) as sold
    from demand_item_store
    join periods on periods.period = demand_item_store.period
    join offers on offers.item = demand_item_store.item and offers.store = demand_item_store.store
    left join item_categories on item_categories.item = demand_item_store.item
    cross join demand_unit
    cross join timeline
    where demand_item_store.state = 'sold'
        and periods.number > timeline.last_number - case when '${period}' = 'day' then 56 when '${period}' = 'week' then 8 else 3 end
    group by demand_item_store.item, demand_item_store.store, offers.first_number
),
arrivals as (
    select 'item' as level, item as key, first_number, sold from recent
    union all
    select 'category', coalesce(category, '(none)'), first_number, sold from recent where (select count(*) from item_categories) > 0
    union all
    select 'store', store, first_number, sold from recent
    union all
    select 'total', '(all)', first_number, sold from recent
    union all
    select 'money', '(all)', first_number, sold from recent
),
arrived as (
    select level, key, first_number, sum(sold) as sold
    from arrivals
    group by level, key, first_number
),
shares as (
    select
        arrived.*,
        sum(sold) over (partition by level, key) as all_sold,
        min(first_number) over (partition by level, key) as earliest
    from arrived
)
select
    level,
    key,
    first_number
from shares
where sold >= 5e-1 * all_sold and first_number > earliest
order by level nulls first, key nulls first, first_number nulls first
