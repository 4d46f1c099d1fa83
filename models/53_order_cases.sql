-- step: order_cases
-- about: what each order hangs on, item by item and store by store: the forecast period by period, stock, what is on its way, and the terms
-- expect: unique(item, store, period); on_hand >= 0; order_cost >= 0
--
-- Of items on offer whose stock is told (stock_now), by the forecast (stock_forecasts), what is on its way (open_orders) and the terms (stock_terms).
with coming as (
    select item, store, ahead, cast(sum(exact(units)) as double) as units
    from open_orders
    group by item, store, ahead
)
select
    stock_forecasts.item,
    stock_forecasts.store,
    stock_forecasts.period,
    stock_forecasts.mean,
    stock_forecasts."q0.05",
    stock_forecasts."q0.25",
    stock_forecasts."q0.5",
    stock_forecasts."q0.75",
    stock_forecasts."q0.9",
    stock_forecasts."q0.95",
    stock_forecasts."q0.99",
    stock_now.on_hand,
    coming.units as arriving,
    cast(stock_terms.lead_time as double) as lead_time,
    stock_terms.holding,
    stock_terms.shortage,
    stock_terms.unit_cost,
    stock_terms.pack,
    stock_terms.minimum_order as least,
    stock_terms.capacity as most,
    cast(${stock.order_cost} as double) as order_cost,
    cast(stock_terms.shelf_life as double) as shelf_life
from stock_forecasts
join stock_now on stock_now.item = stock_forecasts.item and stock_now.store = stock_forecasts.store
join stock_terms on stock_terms.item = stock_forecasts.item and stock_terms.store = stock_forecasts.store
left join coming on coming.item = stock_forecasts.item and coming.store = stock_forecasts.store and coming.ahead = stock_forecasts.step
where stock_now.on_hand is not null
