-- step: underperformers
-- about: products on offer that earn little or nothing, with the money tied up in their stock, how long it will last, and why they are here
-- expect: unique(item); unique(rank); rank >= 1; tied_at in ('cost', 'price'); tied_up >= 0; cover_days >= 0
-- expect: reason in ('sold below cost', 'nothing sold', 'stock for more than a year', 'much comes back', 'ending', 'declining', 'low demand, low profit')
--
-- Of now (compared_days), most money at stake first, which is what the stock cost and what was lost on the sales. Stock is what is on hand at the last count of each store; tied_up is
-- that at cost, or at the money a piece brings where costs are not known; cover_days is how long it lasts at the rate of now. Much comes back where a
-- fifth of the pieces and three times what is usual does. Low demand and profit are those of class C in both, when they are on offer for long enough.
with last_counts as (
    select
        stock.item,
        stock.store,
        max(stock.day) as day,
        max(case when stock.day is null then 1 else 0 end) as is_now
    from stock
    cross join compared_days
    where stock.item is not null and stock.on_hand is not null and (stock.day is null or stock.day <= compared_days.now_to)
    group by stock.item, stock.store
),
latest as (
    select stock.item, max(stock.on_hand) as on_hand
    from stock
    join last_counts on last_counts.item = stock.item
        and coalesce(last_counts.store, '') = coalesce(stock.store, '')
        and (last_counts.store is null) = (stock.store is null)
    where stock.on_hand is not null
        and ((last_counts.is_now = 1 and stock.day is null) or (last_counts.is_now = 0 and stock.day = last_counts.day))
    group by stock.item, stock.store
),
on_hands as (
    select item, cast(sum(exact(greatest(on_hand, 0))) as double) as on_hand
    from latest
    group by item
),
costs as (
    select
        item,
        cast(sum(exact(cost)) as double) / nullif(cast(sum(exact(costed_units)) as double), 0) as cost
    from sales_totals
    where kind = 'sale' and item is not null
    group by item
),
file_costs as (
    select item, min(cost) as cost
    from products
    where item is not null and cost is not null
    group by item
),
returns as (
    select
        cast(sum(exact(return_rate * units)) as double) / nullif(cast(sum(exact(case when return_rate is not null then units end)) as double), 0) as usual
    from product_summary
    where units > 0
),
judged as (
    select
        item_classes.item,
        item_classes.name,
        item_classes.category,
        item_classes.revenue,
        item_classes.units,
        item_classes.profit,
        item_classes.life_cycle,
        product_summary.return_rate,
        on_hands.on_hand,
        coalesce(costs.cost, file_costs.cost) as cost,
        case when product_summary.units > 0 then product_summary.revenue / nullif(product_summary.units, 0) end as price,
        days_between(greatest(compared_days.now_from, product_summary.first_sold), compared_days.now_to) + 1 as days,
        case
            when item_classes.profit < 0 then 'sold below cost'
            when coalesce(item_classes.units, item_classes.revenue) <= 0 then 'nothing sold'
            when on_hands.on_hand * (days_between(greatest(compared_days.now_from, product_summary.first_sold), compared_days.now_to) + 1) > 365 * item_classes.units
                then 'stock for more than a year'
            when product_summary.return_rate > greatest(2e-1, 3 * coalesce(returns.usual, 0)) then 'much comes back'
            when item_classes.life_cycle in ('ending', 'declining') and item_classes.abc_revenue = 'C' then item_classes.life_cycle
            when item_classes.abc_revenue = 'C' and coalesce(item_classes.abc_profit, 'C') = 'C' and coalesce(item_classes.abc_units, 'C') = 'C' then 'low demand, low profit'
        end as reason
    from item_classes
    join product_summary on product_summary.item = item_classes.item
    cross join compared_days
    cross join returns
    left join on_hands on on_hands.item = item_classes.item
    left join costs on costs.item = item_classes.item
    left join file_costs on file_costs.item = item_classes.item
    where item_classes.active and item_classes.life_cycle <> 'new'
        and days_between(product_summary.first_sold, compared_days.now_to) >= 56
),
told as (
    select
        judged.*,
        on_hand * greatest(coalesce(cost, price), 0) as tied_up,
        case when on_hand is null then null when cost is not null then 'cost' when price is not null then 'price' end as tied_at,
        case when units > 0 then on_hand * days / nullif(units, 0) end as cover_days
    from judged
    where reason is not null
),
ranked as (
    select
        told.*,
        cast(row_number() over (
            order by coalesce(tied_up, 0) + greatest(-coalesce(profit, 0), 0) desc nulls last, coalesce(profit, revenue) nulls last, item nulls last
        ) as bigint) as rank
    from told
)
select
    rank,
    item,
    name,
    category,
    reason,
    tied_up,
    case when tied_up is not null then tied_at end as tied_at,
    on_hand,
    cover_days,
    revenue,
    units,
    profit,
    case when revenue > 0 and profit is not null then profit / nullif(revenue, 0) end as margin,
    return_rate
from ranked
order by rank nulls first
