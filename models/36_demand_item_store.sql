-- step: demand_item_store
-- about: what was wanted of each item in each store and period, and why there is nothing where there is nothing
-- expect: unique(item, store, period)
-- expect: all(count(*) = (select count(*) from demand_cells))
-- expect: state in ('sold', 'zero', 'stock-out', 'closed', 'missing', 'not offered')
-- expect: not (state in ('stock-out', 'missing', 'not offered') and units_model is not null); units_model >= 0
-- expect: not (outlier_reason is not null and units_model is null)
--
-- units_model is the copy that models see (revenue where the files have no units): null where demand was hidden,
-- dampened where outlier_reason says so. units and revenue stay as they were.
with found as (
    select item, store, period, cleaned, reason
    from outliers_item_store
    where reason is not null
)
select
    demand_cells.item,
    demand_cells.store,
    demand_cells.period,
    demand_cells.units,
    demand_cells.revenue,
    demand_cells.price,
    demand_cells.on_promotion,
    demand_cells.lines,
    demand_cells.state,
    demand_cells.out_of_stock,
    case when found.reason is not null then greatest(found.cleaned, 0) else demand_cells.value end as units_model,
    found.reason as outlier_reason
from demand_cells
left join found
    on found.item = demand_cells.item
    and found.store = demand_cells.store
    and found.period = demand_cells.period
order by item nulls first, store nulls first, period nulls first
