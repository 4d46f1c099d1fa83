-- step: replay_forecasts
-- about: what would have been expected of each item and store that is replayed, at each moment at which something could be ordered
-- operator: forecast(horizon = ${forecast.horizon}, quantile = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99], season = ${season}, period = ${period}, absent = ${absent}, model = counts)
-- group: item, store, origin
-- order: period
-- expect: unique(item, store, origin, period); unique(item, store, origin, step); mean >= 0; period > origin
--
-- As stock_forecasts does today, from what lay before the end of the period origin and nothing later. Cost: that of a forecast for each item, store and
-- origin, 5,200 at most.
select
    replay_cells.item,
    replay_cells.store,
    origins.period as origin,
    replay_cells.period,
    replay_cells.demand as value
from replay_cells
join replay_cells as origins
    on origins.item = replay_cells.item
    and origins.store = replay_cells.store
    and replay_cells.period <= origins.period
where origins.orders
