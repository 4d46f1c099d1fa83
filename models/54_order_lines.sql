-- step: order_lines
-- about: the order list: how much of each item to order now for each store, why, and what that is expected to save
-- expect: unique(item, store); quantity >= 0; risk >= 0 and risk <= 1; all(${stock.budget} = 0 or coalesce(sum(cost), 0) <= ${stock.budget} * (1 + 1e-9))
--
-- Of suppliers who ask for a least value or send trucks the lots of supplier_lots are ordered, of least cost whatever the service. Under stock.budget the lots of all items and stores (order_lots, of least cost) are bought in the order of what they save for their money, as far as the
-- budget goes. That is the best list there is for its money, since each item's lots save less and less (Fox 1966). What makes up a supplier's least value is bought
-- together or not at all, in the place of what all of it saves for its money. What is dearer than the whole
-- budget is passed over, and what comes behind it of its item or of its supplier's order; an order that the budget leaves below its supplier's least value is left out. What has no known cost is left out of the budget, and note says so.
-- order_on is the day on which the supplier takes the order, wait how many periods that is away; null: any, so now.
with terms as (
    select
        stock_terms.item,
        stock_terms.store,
        stock_terms.supplier,
        stock_terms.order_on,
        stock_terms.wait,
        stock_terms.pallet,
        supplier_terms.minimum_value,
        supplier_terms.minimum_value is not null or supplier_terms.truck is not null as limited
    from stock_terms
    left join supplier_terms on supplier_terms.supplier = stock_terms.supplier
),
lots as (
    select
        order_lots.item, order_lots.store, order_lots.lot, order_lots.quantity, order_lots.packs, order_lots.gain, order_lots.cost,
        order_lots.level, order_lots.risk, order_lots.sold, order_lots.missed, order_lots.cover, false as limited
    from order_lots
    join terms on terms.item = order_lots.item and terms.store = order_lots.store
    where ${stock.budget} > 0 and not coalesce(terms.limited, false)
    union all
    select item, store, lot, quantity, packs, gain, cost, level, risk, sold, missed, cover, true
    from supplier_lots
    where bought
),
affordable as (
    select
        lots.*,
        gain / nullif(cost, 0) as own_worth,
        case when lots.limited then terms.minimum_value end as least,
        case when lots.limited then terms.supplier end as supplier,
        max(cost) over (partition by lots.item, lots.store order by lot nulls last rows between unbounded preceding and current row) as dearest
    from lots
    join terms on terms.item = lots.item and terms.store = lots.store
    where ${stock.budget} > 0 and cost > 0
),
bundled as (
    select
        affordable.*,
        least > coalesce(cast(sum(exact(cost)) over (
            partition by supplier, store
            order by own_worth desc nulls last, item nulls first, lot nulls last
            rows between unbounded preceding and 1 preceding
        ) as double), 0) as together
    from affordable
),
bundles as (
    select supplier, store, cast(sum(exact(gain)) as double) / nullif(cast(sum(exact(cost)) as double), 0) as worth, cast(sum(exact(cost)) as double) as cost
    from bundled
    where together
    group by supplier, store
),
ranked as (
    select
        bundled.*,
        cast(sum(exact(bundled.cost)) over (
            order by
                case when bundled.together then bundles.worth else bundled.own_worth end desc nulls last,
                case when bundled.together then bundled.supplier end nulls first,
                case when bundled.together then bundled.store end nulls first,
                bundled.own_worth desc nulls last,
                bundled.item nulls first,
                bundled.store nulls first,
                bundled.lot nulls last
            rows between unbounded preceding and current row
        ) as double) as spent
    from bundled
    left join bundles on bundles.supplier = bundled.supplier and bundles.store = bundled.store
    where bundled.dearest <= ${stock.budget} and coalesce(bundles.cost, 0) <= ${stock.budget}
),
paid as (
    select item, store, lot, quantity, packs, gain, cost, level, risk, sold, missed, cover
    from ranked
    where spent <= ${stock.budget}
    union all
    select item, store, lot, quantity, packs, gain, cost, level, risk, sold, missed, cover
    from lots
    where limited and (${stock.budget} = 0 or cost is null)
),
too_small as (
    select terms.supplier, terms.store
    from paid
    join terms on terms.item = paid.item and terms.store = paid.store
    where terms.minimum_value is not null
    group by terms.supplier, terms.store
    having coalesce(sum(exact(paid.cost)), 0) < max(terms.minimum_value)
),
bought as (
    select
        paid.item,
        paid.store,
        cast(sum(exact(paid.quantity)) as double) as quantity,
        cast(sum(exact(paid.packs)) as double) as packs,
        cast(sum(exact(paid.gain)) as double) as gain,
        cast(sum(exact(paid.cost)) as double) as cost,
        max_by(paid.level, paid.lot) as level,
        max_by(paid.risk, paid.lot) as risk,
        max_by(paid.sold, paid.lot) as sold,
        max_by(paid.missed, paid.lot) as missed,
        max_by(paid.cover, paid.lot) as cover
    from paid
    join terms on terms.item = paid.item and terms.store = paid.store
    where not exists (select 1 from too_small where too_small.supplier = terms.supplier and too_small.store = terms.store)
    group by paid.item, paid.store
),
reasons as (
    select
        item,
        store,
        cast(sum(exact(case when bought then quantity end)) as double) as quantity,
        max(case when why = 'not worth it' then 1 else 0 end) as not_worth_it,
        max(case when why = 'truck' then 1 else 0 end) as no_room,
        max(case when why = 'filled up' then 1 else 0 end) as filled_up
    from supplier_lots
    group by item, store
),
judged as (
    select
        best_orders.*,
        terms.supplier,
        terms.order_on,
        coalesce(terms.wait, 0) as wait,
        terms.pallet,
        coalesce(terms.limited, false) as limited,
        ${stock.budget} > 0 and best_orders.quantity > 0 and best_orders.cost is null as priceless,
        coalesce(terms.limited, false) or (${stock.budget} > 0 and best_orders.quantity > 0 and best_orders.cost > 0) as counted,
        coalesce(bought.quantity, 0) as bought_quantity,
        coalesce(bought.packs, 0) as bought_packs,
        coalesce(bought.gain, 0) as bought_gain,
        case when best_orders.cost is not null then coalesce(bought.cost, 0) end as bought_cost,
        coalesce(bought.level, best_orders.expected_stock) as bought_level,
        coalesce(bought.risk, best_orders.risk_without) as bought_risk,
        coalesce(bought.sold, best_orders.sold_without) as bought_sold,
        coalesce(bought.missed, best_orders.missed_without) as bought_missed,
        bought.cover as bought_cover,
        coalesce(reasons.quantity, 0) as supplier_quantity,
        coalesce(reasons.not_worth_it, 0) = 1 as not_worth_it,
        coalesce(reasons.no_room, 0) = 1 as no_room,
        coalesce(reasons.filled_up, 0) = 1 as filled_up
    from best_orders
    left join terms on terms.item = best_orders.item and terms.store = best_orders.store
    left join bought on bought.item = best_orders.item and bought.store = best_orders.store
    left join reasons on reasons.item = best_orders.item and reasons.store = best_orders.store
),
said as (
    select
        judged.*,
        case
            when limited and not_worth_it and quantity > 0 then 'nothing, since the least order of ' || supplier || ' is not worth it'
            when limited and no_room then 'cut to what the truck of ' || supplier || ' takes'
            when limited and filled_up then 'more than is needed, to fill the least order of ' || supplier
        end as by_supplier,
        case
            when counted and ${stock.budget} > 0 and limited and bought_quantity < supplier_quantity
                then 'cut by the budget from ' || cast(cast(round(supplier_quantity) as bigint) as string)
            when counted and ${stock.budget} > 0 and not limited and bought_quantity < quantity
                then 'cut by the budget from ' || cast(cast(round(quantity) as bigint) as string)
            when priceless then 'its cost is not known, so it is outside the budget'
        end as by_budget
    from judged
)
select
    item,
    store,
    supplier,
    order_on,
    wait,
    case when counted then bought_quantity else quantity end as quantity,
    case when counted then bought_packs else packs end as packs,
    case when counted then bought_quantity else quantity end / nullif(pallet, 0) as pallets,
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
    case
        when counted and bought_quantity <> quantity and coalesce(by_supplier, by_budget) is not null
            then reason || '; ordered are ' || cast(cast(round(bought_quantity) as bigint) as string) || ', ' || concat_ws(', ', by_supplier, by_budget)
        else reason
    end as reason,
    nullif(concat_ws('; ', by_budget, by_supplier, note), '') as note
from said
order by item nulls first, store nulls first
