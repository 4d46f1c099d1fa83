-- step: order_cases
-- about: what each order hangs on, item by item and store by store: the forecast period by period, stock, what is on its way, and the terms
-- expect: unique(item, store, period); on_hand >= 0; order_cost >= 0; mean >= 0; lead_time >= 0; next_order >= 1
--
-- Of items on offer whose stock is planned (stock_items), where it is told (stock_now) or not (on_hand is null), by the forecast (stock_forecasts), what is on its way (open_orders) and the terms (stock_terms). Where planners changed a forecast (planned_means) demand is multiplied as that is: by
-- the change that is nearest to the product, its own, else its category's, else that of all, and in place of the latter in a store by that store's. An order that waits for the day on which its supplier takes orders is on sale so much later.
with coming as (
    select item, store, ahead, cast(sum(exact(units)) as double) as units
    from open_orders
    group by item, store, ahead
),
factors as (
    select
        level,
        key,
        period,
        mean / nullif(base, 0) as factor
    from planned_means
    where base > 0
),
by_item as (
    select
        agreed_means.key as item,
        agreed_means.period,
        coalesce(of_item.factor, of_category.factor, of_all.factor) as factor
    from agreed_means
    left join factors as of_item on of_item.level = 'item' and of_item.key = agreed_means.key and of_item.period = agreed_means.period
    left join factors as of_category
        on of_category.level = 'category' and of_category.key = agreed_means.whole and of_category.period = agreed_means.period
    left join factors as of_all on of_all.level = 'total' and of_all.period = agreed_means.period
    where agreed_means.level = 'item'
),
by_store as (
    select
        factors.key as store,
        factors.period,
        factors.factor / nullif(coalesce(of_all.factor, 1), 0) as factor
    from factors
    left join factors as of_all on of_all.level = 'total' and of_all.period = factors.period
    where factors.level = 'store'
),
changed as (
    select
        stock_forecasts.*,
        coalesce(by_item.factor, 1) * coalesce(by_store.factor, 1) as factor
    from stock_forecasts
    left join by_item on by_item.item = stock_forecasts.item and by_item.period = stock_forecasts.period
    left join by_store on by_store.store = stock_forecasts.store and by_store.period = stock_forecasts.period
)
select
    changed.item,
    changed.store,
    changed.period,
    changed.mean * changed.factor as mean,
    changed."q0.05" * changed.factor as "q0.05",
    changed."q0.25" * changed.factor as "q0.25",
    changed."q0.5" * changed.factor as "q0.5",
    changed."q0.75" * changed.factor as "q0.75",
    changed."q0.9" * changed.factor as "q0.9",
    changed."q0.95" * changed.factor as "q0.95",
    changed."q0.99" * changed.factor as "q0.99",
    stock_now.on_hand,
    coming.units as arriving,
    cast(stock_terms.lead_time + stock_terms.wait as double) as lead_time,
    stock_terms.holding,
    stock_terms.shortage,
    stock_terms.unit_cost,
    stock_terms.pack,
    stock_terms.minimum_order as least,
    stock_terms.capacity as most,
    cast(${stock.order_cost} as double) as order_cost,
    cast(stock_terms.shelf_life as double) as shelf_life,
    cast(case when stock_terms.order_on is not null then stock_terms.review end as double) as next_order
from changed
left join stock_now on stock_now.item = changed.item and stock_now.store = changed.store
join stock_terms on stock_terms.item = changed.item and stock_terms.store = changed.store
left join coming on coming.item = changed.item and coming.store = changed.store and coming.ahead = changed.step
