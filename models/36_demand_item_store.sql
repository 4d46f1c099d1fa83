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
-- What many show at once is no slip: an item that stands out in three stores and in a fifth of those that sell it, or a
-- period in which one in a hundred of the cells that sell stand out, in three stores: a promotion, a holiday, an event. In
-- one store it may be one customer's order.
with far as (
    select item, store, period, cleaned, reason
    from outliers_item_store
),
far_items as (
    select item, period, count(*) as far
    from far
    group by item, period
    having count(*) >= 3
),
far_periods as (
    select period, count(*) as far
    from far
    group by period
    having count(distinct store) >= 3
),
sold_items as (
    select demand_cells.item, demand_cells.period, count(*) as sold
    from demand_cells
    join far_items on far_items.item = demand_cells.item and far_items.period = demand_cells.period
    where demand_cells.value > 0
    group by demand_cells.item, demand_cells.period
),
sold_periods as (
    select demand_cells.period, count(*) as sold
    from demand_cells
    join far_periods on far_periods.period = demand_cells.period
    where demand_cells.value > 0
    group by demand_cells.period
),
found as (
    select
        far.item,
        far.store,
        far.period,
        far.cleaned,
        far.reason
    from far
    left join far_items on far_items.item = far.item and far_items.period = far.period
    left join sold_items on sold_items.item = far.item and sold_items.period = far.period
    left join far_periods on far_periods.period = far.period
    left join sold_periods on sold_periods.period = far.period
    where not coalesce(far_items.far * 5 >= sold_items.sold, false)
        and not coalesce(far_periods.far * 100 >= sold_periods.sold, false)
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
