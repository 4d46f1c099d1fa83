-- step: outliers_item_store
-- about: observations of an item in a store that lie far outside what its neighbours say
-- operator: clean_outliers(season = ${season}, period = ${period}, absent = ${absent}, rows = outliers)
-- group: item, store
-- order: period
-- expect: unique(item, store, period)
select
    demand_cells.item,
    demand_cells.store,
    demand_cells.period,
    demand_cells.value,
    demand_cells.on_promotion
from demand_cells
join offers on offers.item = demand_cells.item and offers.store = demand_cells.store
where demand_cells.state <> 'not offered'
    and (offers.filled or offers.periods_told >= offers.last_number - offers.first_number + 1)
    and offers.periods_sold >= 12
