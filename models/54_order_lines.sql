-- step: order_lines
-- about: the order list: how much of each item to order now for each store, why, and what that is expected to save
-- expect: unique(item, store); quantity >= 0; risk >= 0 and risk <= 1; all(${stock.budget} = 0 or coalesce(sum(cost), 0) <= ${stock.budget} * (1 + 1e-9))
--
-- Under stock.budget the lots of all items and stores (order_lots, of least cost) are bought in the order of what they save for their money, as far as the
-- budget goes. That is the best list there is for its money, since each item's lots save less and less (Fox 1966). A lot that is dearer than the whole
-- budget is passed over, and those of its item behind it. What has no known cost is left out of the budget, and note says so.
with affordable as (
    select
        order_lots.*,
        gain / nullif(cost, 0) as worth,
        max(cost) over (partition by item, store order by lot nulls last rows between unbounded preceding and current row) as dearest
    from order_lots
    where ${stock.budget} > 0 and cost > 0
),
ranked as (
    select
        affordable.*,
        cast(sum(exact(cost)) over (
            order by worth desc nulls last, item nulls first, store nulls first, lot nulls last
            rows between unbounded preceding and current row
        ) as double) as spent
    from affordable
    where dearest <= ${stock.budget}
),
bought as (
    select
        item,
        store,
        cast(sum(exact(quantity)) as double) as quantity,
        cast(sum(exact(packs)) as double) as packs,
        cast(sum(exact(gain)) as double) as gain,
        cast(sum(exact(cost)) as double) as cost,
        max_by(level, lot) as level,
        max_by(risk, lot) as risk,
        max_by(sold, lot) as sold,
        max_by(missed, lot) as missed,
        max_by(cover, lot) as cover
    from ranked
    where spent <= ${stock.budget}
    group by item, store
),
judged as (
    select
        best_orders.*,
        ${stock.budget} > 0 and best_orders.quantity > 0 and best_orders.cost is null as priceless,
        ${stock.budget} > 0 and best_orders.quantity > 0 and best_orders.cost > 0 as counted,
        coalesce(bought.quantity, 0) as bought_quantity,
        coalesce(bought.packs, 0) as bought_packs,
        coalesce(bought.gain, 0) as bought_gain,
        coalesce(bought.cost, 0) as bought_cost,
        coalesce(bought.level, best_orders.expected_stock) as bought_level,
        coalesce(bought.risk, best_orders.risk_without) as bought_risk,
        coalesce(bought.sold, best_orders.sold_without) as bought_sold,
        coalesce(bought.missed, best_orders.missed_without) as bought_missed,
        bought.cover as bought_cover
    from best_orders
    left join bought on bought.item = best_orders.item and bought.store = best_orders.store
)
select
    item,
    store,
    case when counted then bought_quantity else quantity end as quantity,
    case when counted then bought_packs else packs end as packs,
    case when counted then bought_level else level end as level,
    expected_stock,
    demand,
    case when counted then bought_risk else risk end as risk,
    risk_without,
    case when counted then bought_sold else sold end as sold,
    sold_without,
    case when counted then bought_missed else missed end as missed,
    missed_without,
    case when counted then bought_gain else gain end as gain,
    case when counted then bought_cost else cost end as cost,
    case when counted then bought_cover else cover end as cover,
    reason,
    case
        when counted and bought_quantity < quantity
            then 'cut by the budget from ' || cast(cast(round(quantity) as bigint) as string) || case when note is null then '' else '; ' || note end
        when priceless then 'its cost is not known, so it is outside the budget' || case when note is null then '' else '; ' || note end
        else note
    end as note
from judged
order by item nulls first, store nulls first
