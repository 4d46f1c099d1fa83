-- step: stock_items
-- about: the items in stores whose stock is planned: those that a file counts, and of the others on offer the stock.levels that sell most
-- expect: unique(item, store); place >= 1; place <= ${stock.levels}; counted = (place is null)
--
-- Those whose stock is known (stock_now) get orders, the others the level to hold (stock_levels). These have been on offer for as long as a level must last
-- (lead time and review); where sales name no product there are none. They are ranked by money, by pieces where there is no money, of the year up to the last period.
with known as (
    select item, store
    from stock_now
    where known <> 'unknown'
),
others as (
    select offers.item, offers.store
    from offers
    cross join demand_unit
    cross join stock_settings
    left join known on known.item = offers.item and known.store = offers.store
    where ${stock.levels} > 0
        and demand_unit.in_units
        and not offers.off_offer
        and offers.item <> '(all)'
        and known.item is null
        and offers.first_number + stock_settings.lead_time + stock_settings.review <= stock_settings.last_number + 1
),
sums as (
    select
        others.item,
        others.store,
        cast(sum(exact(greatest(demand_item_store.revenue, 0))) as double) as revenue,
        cast(sum(exact(greatest(demand_item_store.units, 0))) as double) as units
    from others
    join demand_item_store on demand_item_store.item = others.item and demand_item_store.store = others.store
    join stock_settings on days_between(demand_item_store.period, stock_settings.last_period) < 364
    group by others.item, others.store
),
ranked as (
    select
        item,
        store,
        cast(
            row_number() over (
                order by coalesce(revenue, 0) desc nulls last, units desc nulls last, item nulls last, store nulls last
            ) as bigint
        ) as place
    from sums
    where units > 0
)
select item, store, true as counted, cast(null as bigint) as place
from known
union all
select item, store, false, place
from ranked
where place <= ${stock.levels}
order by item nulls first, store nulls first
