-- step: stock_now
-- about: what is on hand of each item in each store now, since when that is known, and what is told or worked out
-- expect: unique(item, store); on_hand >= 0; known in ('counted', 'worked out', 'out of stock', 'unknown'); (on_hand is null) = (known = 'unknown')
--
-- A count without a day is of now; else the last one counts. One from before the last period is taken down by what was sold since, as deliveries
-- are not told ('worked out'); where there is no count, but the last period says that there was none, it is zero. With forecast.start in the
-- past nothing is looked at that was told from then on. Places whose stock is one store's (stock_places) are added up. Where nothing is sold (a warehouse), an item is on offer if it is so in any store. note says what is odd.
with told as (
    select
        stock.item,
        stock_places.store,
        stock_places.told as place,
        stock.day,
        max(stock.on_hand) as on_hand,
        max(case when stock.in_stock then 1 when stock.in_stock = false then 0 when stock.on_hand > 0 then 1 when stock.on_hand <= 0 then 0 end) as there
    from stock
    join stock_places on stock_places.told = coalesce(stock.store, '(all)')
    where stock.item is not null
        and (stock.on_hand is not null or stock.in_stock is not null)
        and ('${forecast.start}' = '' or cast(stock.day as string) < '${forecast.start}')
    group by stock.item, stock_places.store, stock_places.told, stock.day
),
by_place as (
    select
        item,
        store,
        max(case when day is null then on_hand end) as on_hand_now,
        max_by(on_hand, day) filter (where on_hand is not null and day is not null) as on_hand_then,
        max(case when on_hand is not null then day end) as counted_on,
        max_by(there, day) filter (where there is not null and day is not null) as there,
        max(case when there is not null then day end) as looked_on,
        max(case when there = 1 then day end) as last_in_stock
    from told
    group by item, store, place
),
lasts as (
    select
        item,
        store,
        cast(sum(exact(on_hand_now)) as double) as on_hand_now,
        cast(sum(exact(on_hand_then)) as double) as on_hand_then,
        max(counted_on) as counted_on,
        max(there) as there,
        max(looked_on) as looked_on,
        max(last_in_stock) as last_in_stock
    from by_place
    group by item, store
),
sold as (
    select
        lasts.item,
        lasts.store,
        cast(sum(exact(demand_item_store.units)) as double) as units
    from lasts
    join demand_item_store on demand_item_store.item = lasts.item and demand_item_store.store = lasts.store
    where lasts.on_hand_now is null and demand_item_store.state = 'sold' and demand_item_store.period > lasts.counted_on
    group by lasts.item, lasts.store
),
every_one as (
    select item, store from lasts
    union
    select offers.item, offers.store
    from offers
    where not offers.off_offer and exists (select 1 from lasts where lasts.store = offers.store)
),
places as (
    select store from offers group by store
),
anywhere as (
    select item from offers where not off_offer group by item
),
judged as (
    select
        every_one.item,
        every_one.store,
        lasts.on_hand_now,
        lasts.on_hand_then,
        case when lasts.on_hand_now is null then lasts.counted_on end as counted_on,
        lasts.last_in_stock,
        coalesce(sold.units, 0) as sold_since,
        case
            when lasts.on_hand_now is not null then 'counted'
            when lasts.there = 0 and lasts.looked_on >= stock_settings.last_period then 'out of stock'
            when lasts.on_hand_then is not null and lasts.counted_on >= stock_settings.last_period then 'counted'
            when lasts.on_hand_then is not null then 'worked out'
            else 'unknown'
        end as known,
        case when places.store is null then anywhere.item is not null else coalesce(not offers.off_offer, false) end as on_offer
    from every_one
    cross join stock_settings
    left join lasts on lasts.item = every_one.item and lasts.store = every_one.store
    left join sold on sold.item = every_one.item and sold.store = every_one.store
    left join offers on offers.item = every_one.item and offers.store = every_one.store
    left join places on places.store = every_one.store
    left join anywhere on anywhere.item = every_one.item
)
select
    item,
    store,
    case
        when known = 'out of stock' then 0e0
        when known = 'counted' then greatest(coalesce(on_hand_now, on_hand_then), 0)
        when known = 'worked out' then greatest(on_hand_then - sold_since, 0)
    end as on_hand,
    known,
    counted_on,
    last_in_stock,
    on_offer,
    case
        when coalesce(on_hand_now, on_hand_then) < 0 then 'counted below zero, taken as zero'
        when known = 'worked out' and on_hand_then < sold_since then 'more was sold since the count than was there, so something came in'
        when known = 'worked out' then 'the count less what was sold since'
        when known = 'unknown' then 'no file says how much is there'
    end as note
from judged
order by item nulls first, store nulls first
