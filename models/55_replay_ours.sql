-- step: replay_ours
-- about: the order list played through the past, as it would have been at each moment
-- operator: replay_orders(policy = order, season = ${season}, cover = 0, review = ${stock.review}, unmet = ${stock.unmet})
-- group: item, store
-- order: period
-- expect: unique(item, store, period); cost >= 0
--
-- By the forecasts of replay_forecasts, the terms of today and the stock that the orders themselves left. It begins with what the moving average would
-- have in stock (replay_plain), so that neither has a start. A period here is its number times 1000, and behind it stand those that were forecast at its end.
select
    replay_cells.item,
    replay_cells.store,
    replay_cells.number * 1000 as period,
    replay_cells.demand,
    cast(stock_terms.lead_time as double) as lead_time,
    stock_terms.holding,
    stock_terms.shortage,
    stock_terms.unit_cost,
    stock_terms.pack,
    stock_terms.minimum_order as least,
    cast(stock_terms.shelf_life as double) as shelf_life,
    cast(replay_items.begin_number - replay_items.first_number + 1 as double) as seen,
    cast(null as double) as ahead,
    cast(null as double) as mean,
    stock_terms.capacity as most,
    cast(null as double) as "q0.05",
    cast(null as double) as "q0.25",
    cast(null as double) as "q0.5",
    cast(null as double) as "q0.75",
    cast(null as double) as "q0.9",
    cast(null as double) as "q0.95",
    cast(null as double) as "q0.99"
from replay_cells
join replay_items on replay_items.item = replay_cells.item and replay_items.store = replay_cells.store
join stock_terms on stock_terms.item = replay_cells.item and stock_terms.store = replay_cells.store
union all
select
    replay_forecasts.item,
    replay_forecasts.store,
    replay_cells.number * 1000 + replay_forecasts.step as period,
    cast(null as double) as demand,
    cast(null as double) as lead_time,
    cast(null as double) as holding,
    cast(null as double) as shortage,
    cast(null as double) as unit_cost,
    cast(null as double) as pack,
    cast(null as double) as least,
    cast(null as double) as shelf_life,
    cast(null as double) as seen,
    cast(replay_forecasts.step as double) as ahead,
    replay_forecasts.mean,
    cast(null as double) as most,
    replay_forecasts."q0.05",
    replay_forecasts."q0.25",
    replay_forecasts."q0.5",
    replay_forecasts."q0.75",
    replay_forecasts."q0.9",
    replay_forecasts."q0.95",
    replay_forecasts."q0.99"
from replay_forecasts
join replay_cells
    on replay_cells.item = replay_forecasts.item
    and replay_cells.store = replay_forecasts.store
    and replay_cells.period = replay_forecasts.origin
where replay_forecasts.step <= 400
