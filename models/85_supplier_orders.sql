-- step: supplier_orders
-- about: the order list by supplier and store: when to order, how much together, and what its least value and its truck do to it
-- expect: unique(supplier, store); products >= 0; quantity >= 0; cost >= 0; pallets >= 0
--
-- Of products whose supplier the files name. pallets and cost count what they are known of, without_cost and without_pallet how many ordered products have none.
with lines as (
    select
        order_lines.*,
        order_lines.quantity > 0 as wanted,
        order_lines.quantity > 0 and order_lines.cost is null as priceless
    from order_lines
    where order_lines.supplier is not null
),
sums as (
    select
        supplier,
        store,
        min(order_on) as order_on,
        sum(case when wanted then 1 else 0 end) as products,
        cast(sum(exact(quantity)) as double) as quantity,
        cast(sum(exact(pallets)) as double) as pallets,
        cast(sum(exact(case when wanted then cost end)) as double) as cost,
        sum(case when priceless then 1 else 0 end) as without_cost,
        sum(case when wanted and pallets is null then 1 else 0 end) as without_pallet,
        cast(sum(exact(case when wanted then gain end)) as double) as gain
    from lines
    group by supplier, store
),
found as (
    select
        supplier,
        store,
        max(case when why = 'not worth it' then 1 else 0 end) as not_worth_it,
        max(case when why = 'truck' then 1 else 0 end) as no_room,
        max(case when bought and why = 'filled up' then 1 else 0 end) as filled_up,
        max(case when bought then 1 else 0 end) as bought
    from supplier_lots
    group by supplier, store
)
select
    sums.supplier,
    supplier_terms.name,
    sums.store,
    sums.order_on,
    cast(sums.products as bigint) as products,
    sums.quantity,
    sums.pallets,
    coalesce(sums.cost, 0) as cost,
    cast(sums.without_cost as bigint) as without_cost,
    cast(sums.without_pallet as bigint) as without_pallet,
    coalesce(sums.gain, 0) as gain,
    supplier_terms.minimum_value,
    supplier_terms.truck,
    case
        when found.not_worth_it = 1 then 'nothing, since the least order is not worth it'
        when found.bought = 1 and sums.products = 0 then 'nothing, since the budget leaves less than the least order'
        when found.no_room = 1 and found.filled_up = 1 then 'filled up to the least order, and the truck is full'
        when found.no_room = 1 then 'the truck is full: the rest waits for the next one'
        when supplier_terms.truck is not null and sums.without_pallet > 0 then 'products of which no pallet is known take no room in the truck'
        when found.filled_up = 1 then 'filled up to the least order'
    end as note
from sums
left join supplier_terms on supplier_terms.supplier = sums.supplier
left join found on found.supplier = sums.supplier and found.store = sums.store
order by sums.supplier nulls first, sums.store nulls first
