-- step: replay_plain
-- about: a plain planner played through the same past, who orders by a moving average
-- operator: replay_orders(policy = moving_average, window = 13, season = ${season}, cover = 0, review = ${stock.review}, unmet = ${stock.unmet})
-- group: item, store
-- order: period
-- expect: unique(item, store, period); cost >= 0
--
-- Up to what lead time and review take, and a third more, by the mean of the last 13 periods with the season's factors; of lead time 2 and review 1
-- that is four periods. Demand that was hidden is not known to it either.
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
    cast(replay_items.begin_number - replay_items.first_number + 1 as double) as seen
from replay_cells
join replay_items on replay_items.item = replay_cells.item and replay_items.store = replay_cells.store
join stock_terms on stock_terms.item = replay_cells.item and stock_terms.store = replay_cells.store
