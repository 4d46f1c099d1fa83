-- step: stock_terms
-- about: what it takes to order each item for each store: lead time, costs, packs and limits, each with where it is known from
-- expect: unique(item, store); lead_time >= 0; review >= 1; pack > 0; minimum_order >= 0; holding >= 0; shortage >= 0; unit_cost >= 0
-- expect: lead_time_from in ('stock', 'products', 'suppliers', 'settings'); cost_from in ('stock', 'products', 'sales', 'price'); holding_from in ('stock', 'products', 'settings'); shortage_from in ('stock', 'products', 'settings')
--
-- What the files say of the item in the store goes before what they say of the item everywhere, that before what they say of its supplier (supplier_terms), whom products call by number or by name, and that before the settings. Times are in
-- periods, rounded up. holding is money a unit and period, a share a year of the unit's cost where no file and no setting gives money; shortage the
-- margin, where none says more. Without any cost the price less churn.margin stands for it ('price'). What cannot be is left out, and note says so.
with wanted as (
    select item, store from stock_now
    union
    select item, store from stock_items
),
told as (
    select
        stock.item,
        case when stock.store is null then '' else stock_places.store end as store,
        stock.day,
        max(case when lead_time >= 0 then lead_time end) as lead_days,
        max(case when pack > 0 then pack end) as pack,
        max(case when minimum_order > 0 then minimum_order end) as minimum_order,
        max(case when shelf_life > 0 then shelf_life end) as shelf_days,
        max(case when capacity > 0 then capacity end) as capacity,
        max(case when holding >= 0 then holding end) as holding,
        max(case when shortage >= 0 then shortage end) as shortage,
        max(case when cost >= 0 then cost end) as cost,
        max(case when lead_time < 0 or pack <= 0 or minimum_order < 0 or shelf_life <= 0 or capacity <= 0 or holding < 0 or shortage < 0 or cost < 0 then 1 else 0 end) as odd
    from stock
    join stock_places on stock_places.told = coalesce(stock.store, '(all)')
    where item is not null
        and (lead_time is not null or pack is not null or minimum_order is not null or shelf_life is not null or capacity is not null
            or holding is not null or shortage is not null or cost is not null)
        and ('${forecast.start}' = '' or cast(day as string) < '${forecast.start}' or day is null)
    group by stock.item, case when stock.store is null then '' else stock_places.store end, stock.day
),
here as (
    select
        item,
        store,
        coalesce(max(case when day is null then lead_days end), max_by(lead_days, day) filter (where lead_days is not null and day is not null)) as lead_days,
        coalesce(max(case when day is null then pack end), max_by(pack, day) filter (where pack is not null and day is not null)) as pack,
        coalesce(max(case when day is null then minimum_order end), max_by(minimum_order, day) filter (where minimum_order is not null and day is not null)) as minimum_order,
        coalesce(max(case when day is null then shelf_days end), max_by(shelf_days, day) filter (where shelf_days is not null and day is not null)) as shelf_days,
        coalesce(max(case when day is null then capacity end), max_by(capacity, day) filter (where capacity is not null and day is not null)) as capacity,
        coalesce(max(case when day is null then holding end), max_by(holding, day) filter (where holding is not null and day is not null)) as holding,
        coalesce(max(case when day is null then shortage end), max_by(shortage, day) filter (where shortage is not null and day is not null)) as shortage,
        coalesce(max(case when day is null then cost end), max_by(cost, day) filter (where cost is not null and day is not null)) as cost,
        max(odd) as odd
    from told
    group by item, store
),
everywhere as (
    select
        item,
        min(supplier) as supplier,
        max(case when pallet > 0 then pallet end) as pallet,
        max(case when lead_time >= 0 then lead_time end) as lead_days,
        max(case when pack > 0 then pack end) as pack,
        max(case when minimum_order > 0 then minimum_order end) as minimum_order,
        max(case when shelf_life > 0 then shelf_life end) as shelf_days,
        max(case when capacity > 0 then capacity end) as capacity,
        max(case when holding >= 0 then holding end) as holding,
        max(case when shortage >= 0 then shortage end) as shortage,
        max(case when cost >= 0 then cost end) as cost,
        max(case when price > 0 then price end) as price,
        max(case when lead_time < 0 or pack <= 0 or minimum_order < 0 or shelf_life <= 0 or capacity <= 0 or pallet <= 0 or holding < 0 or shortage < 0 or cost < 0 then 1 else 0 end) as odd
    from products
    where item is not null
    group by item
),
spoken as (
    select supplier as called, supplier, 1 as place
    from supplier_terms
    union all
    select name, supplier, 2
    from supplier_terms
    where name is not null
),
supplied as (
    select everywhere.item, min_by(spoken.supplier, concat_ws(' ', cast(spoken.place as string), spoken.supplier)) as supplier
    from everywhere
    join spoken on spoken.called = everywhere.supplier
    group by everywhere.item
),
sold as (
    select
        item,
        cast(sum(exact(case when units > 0 then revenue end)) as double) / nullif(cast(sum(exact(case when units > 0 and revenue is not null then units end)) as double), 0) as price,
        cast(sum(exact(cost)) as double) / nullif(cast(sum(exact(costed_units)) as double), 0) as cost
    from sales_totals
    where kind = 'sale' and item is not null
    group by item
),
known as (
    select
        wanted.item,
        wanted.store,
        coalesce(supplied.supplier, everywhere.supplier) as supplier,
        everywhere.pallet,
        supplier_terms.order_on,
        coalesce(supplier_terms.wait, 0) as wait,
        supplier_terms.next_order,
        supplier_terms.lead_days as lead_supplier,
        coalesce(one.lead_days, every_store.lead_days) as lead_here,
        everywhere.lead_days as lead_everywhere,
        coalesce(one.pack, every_store.pack, everywhere.pack) as pack,
        coalesce(one.minimum_order, every_store.minimum_order, everywhere.minimum_order) as minimum_order,
        coalesce(one.shelf_days, every_store.shelf_days, everywhere.shelf_days) as shelf_days,
        coalesce(one.capacity, every_store.capacity, everywhere.capacity) as capacity,
        coalesce(one.holding, every_store.holding) as holding_here,
        everywhere.holding as holding_everywhere,
        coalesce(one.shortage, every_store.shortage) as shortage_here,
        everywhere.shortage as shortage_everywhere,
        case when sold.price > 0 then sold.price else everywhere.price end as price,
        coalesce(one.cost, every_store.cost) as cost_here,
        everywhere.cost as cost_everywhere,
        case when sold.cost >= 0 then sold.cost end as cost_sold,
        greatest(coalesce(one.odd, 0), coalesce(every_store.odd, 0), coalesce(everywhere.odd, 0)) as odd
    from wanted
    left join here as one on one.item = wanted.item and one.store = wanted.store
    left join here as every_store on every_store.item = wanted.item and every_store.store = ''
    left join everywhere on everywhere.item = wanted.item
    left join sold on sold.item = wanted.item
    left join supplied on supplied.item = wanted.item
    left join supplier_terms on supplier_terms.supplier = supplied.supplier
),
costed as (
    select
        known.*,
        coalesce(cost_here, cost_everywhere, cost_sold, price * (1 - ${churn.margin})) as unit_cost,
        case
            when cost_here is not null then 'stock'
            when cost_everywhere is not null then 'products'
            when cost_sold is not null then 'sales'
            when price is not null then 'price'
        end as cost_from
    from known
),
priced as (
    select
        costed.*,
        coalesce(lead_here, lead_everywhere, lead_supplier, stock_settings.lead_days) as lead_days,
        stock_settings.period_days,
        stock_settings.review,
        coalesce(
            holding_here, holding_everywhere, stock_settings.holding_money,
            unit_cost * stock_settings.holding_share * stock_settings.period_days / 36525e-2
        ) as holding,
        coalesce(
            shortage_here, shortage_everywhere, stock_settings.shortage_money, price * stock_settings.shortage_share,
            case when price > unit_cost then price - unit_cost end
        ) as shortage
    from costed
    cross join stock_settings
)
select
    item,
    store,
    supplier,
    cast(ceil(lead_days / nullif(period_days, 0) - 1e-9) as bigint) as lead_time,
    case
        when lead_here is not null then 'stock'
        when lead_everywhere is not null then 'products'
        when lead_supplier is not null then 'suppliers'
        else 'settings'
    end as lead_time_from,
    order_on,
    cast(wait as bigint) as wait,
    cast(coalesce(next_order, review) as bigint) as review,
    holding,
    case when holding is null then null when holding_here is not null then 'stock' when holding_everywhere is not null then 'products' else 'settings' end as holding_from,
    shortage,
    case when shortage is null then null when shortage_here is not null then 'stock' when shortage_everywhere is not null then 'products' else 'settings' end as shortage_from,
    unit_cost,
    cost_from,
    price,
    pack,
    pallet,
    minimum_order,
    capacity,
    cast(floor(shelf_days / nullif(period_days, 0)) as bigint) as shelf_life,
    case
        when odd = 1 then 'a term below zero, or a pack or a pallet of none, is left out'
        when minimum_order > capacity then 'the least order is above what there is room for'
        when holding is null and shortage is null then 'no cost and no price is known'
        when holding is null then 'no cost is known to hold it by'
        when shortage is null then 'it is sold at or below its cost, or no price is known'
    end as note
from priced
order by item nulls first, store nulls first
