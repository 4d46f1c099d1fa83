-- step: replay_cells
-- about: what was asked for of each item in each store that is replayed, period by period, as it was known then
-- expect: unique(item, store, period); demand >= 0
--
-- As it was sold, not as models see it (that copy is dampened by what came later). Null where demand was hidden, or the store closed, or the file
-- holds the period only in part.
with every_one as (
    select
        replay_items.item,
        replay_items.store,
        replay_items.begin_number,
        replay_items.last_number,
        replay_items.review,
        periods.period,
        periods.number,
        periods.complete
    from replay_items
    join periods on periods.number >= replay_items.first_number and periods.number <= replay_items.last_number
)
select
    every_one.item,
    every_one.store,
    every_one.period,
    every_one.number,
    every_one.number > every_one.begin_number as replayed,
    every_one.number > every_one.begin_number and mod(every_one.number - every_one.begin_number - 1, nullif(every_one.review, 0)) = 0 as orders,
    case
        when not every_one.complete then null
        when demand_item_store.state in ('sold', 'zero') then greatest(demand_item_store.units, 0)
        when demand_item_store.state is null and '${absent}' = 'zero' then 0e0
    end as demand
from every_one
left join demand_item_store
    on demand_item_store.item = every_one.item
    and demand_item_store.store = every_one.store
    and demand_item_store.period = every_one.period
order by every_one.item nulls first, every_one.store nulls first, every_one.period nulls first
