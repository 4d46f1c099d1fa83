-- step: stock_forecasts
-- about: what each item will sell in each store where the files tell its stock, period by period, with the quantiles that orders hang on
-- operator: forecast(horizon = ${forecast.horizon}, quantile = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99], season = ${season}, period = ${period}, absent = ${absent}, effort = fast)
-- group: item, store
-- order: period
-- expect: unique(item, store, period); unique(item, store, step); mean >= 0
--
-- Of items on offer, in pieces. What was hidden by a stock-out is not known; what is not written down while it is on offer is a zero, from its first
-- period to the last, so that each series ends where all do.
with wanted as (
    select offers.item, offers.store, offers.first_number, stock_settings.last_number
    from offers
    join stock_now on stock_now.item = offers.item and stock_now.store = offers.store
    cross join stock_settings
    cross join demand_unit
    where not offers.off_offer and stock_now.known <> 'unknown' and demand_unit.in_units
),
edges as (
    select item, store, first_number as number from wanted
    union
    select item, store, last_number from wanted
),
cells as (
    select wanted.item, wanted.store, demand_item_store.period, demand_item_store.units_model as value, 1 as told
    from wanted
    join demand_item_store on demand_item_store.item = wanted.item and demand_item_store.store = wanted.store
    where demand_item_store.state <> 'not offered'
    union all
    select edges.item, edges.store, periods.period, case when periods.complete and '${absent}' = 'zero' then 0e0 end, 0
    from edges
    join periods on periods.number = edges.number
)
select
    item,
    store,
    period,
    case when max(told) = 1 then max(case when told = 1 then value end) else max(value) end as value
from cells
group by item, store, period
