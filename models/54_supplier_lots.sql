-- step: supplier_lots
-- about: which lots are ordered of the suppliers who ask for a least value or send trucks: those of least cost, more up to the least value, as many as the truck takes
-- expect: unique(item, store, lot); quantity > 0; place >= 1; not (bought and why is not null and why <> 'filled up')
--
-- An order is one supplier's for one store on one day. Where its lots of least cost (order_fillers that gain) come to less than the least value, those that lose least for
-- their money are added, if all together still gain; else nothing is ordered ('not worth it'). Of what then does not fit into the truck the
-- lots that gain most a pallet go first ('truck'), in the order of an item's lots; what has no known cost or pallet takes none of either.
with lots as (
    select
        order_fillers.item,
        order_fillers.store,
        order_fillers.lot,
        order_fillers.quantity,
        order_fillers.packs,
        order_fillers.level,
        order_fillers.risk,
        order_fillers.sold,
        order_fillers.missed,
        order_fillers.gain,
        order_fillers.cost,
        order_fillers.cover,
        stock_terms.supplier,
        supplier_terms.minimum_value,
        supplier_terms.truck,
        order_fillers.quantity / nullif(stock_terms.pallet, 0) as pallets,
        order_fillers.gain > 1e-9 as gains
    from order_fillers
    join stock_terms on stock_terms.item = order_fillers.item and stock_terms.store = order_fillers.store
    join supplier_terms on supplier_terms.supplier = stock_terms.supplier
),
filled as (
    select
        lots.*,
        row_number() over (
            partition by supplier, store
            order by gains desc nulls last, gain / nullif(cost, 0) desc nulls first, item nulls first, lot nulls first
        ) as place,
        coalesce(cast(sum(exact(cost)) over (
            partition by supplier, store
            order by gains desc nulls last, gain / nullif(cost, 0) desc nulls first, item nulls first, lot nulls first
            rows between unbounded preceding and 1 preceding
        ) as double), 0) as value_before
    from lots
    where gains or cost > 0
),
wanted as (
    select
        filled.*,
        gains or (minimum_value is not null and value_before < minimum_value) as taken
    from filled
),
sums as (
    select
        supplier,
        store,
        sum(case when gains then 1 else 0 end) as gaining,
        cast(sum(exact(case when taken then cost end)) as double) as value,
        cast(sum(exact(case when taken then gain end)) as double) as gain
    from wanted
    group by supplier, store
),
judged as (
    select
        wanted.*,
        sums.gaining > 0 and (wanted.minimum_value is null or (sums.value >= wanted.minimum_value and sums.gain > 0)) as worth_it
    from wanted
    join sums on sums.supplier = wanted.supplier and sums.store = wanted.store
    where wanted.taken
),
loaded as (
    select
        judged.*,
        cast(sum(exact(case when worth_it then pallets end)) over (
            partition by supplier, store
            order by gain / nullif(pallets, 0) desc nulls first, item nulls first, lot nulls first
            rows between unbounded preceding and current row
        ) as double) as load
    from judged
)
select
    item,
    store,
    cast(lot as bigint) as lot,
    supplier,
    cast(place as bigint) as place,
    quantity,
    packs,
    level,
    risk,
    sold,
    missed,
    gain,
    cost,
    cover,
    pallets,
    worth_it and (truck is null or pallets is null or load <= truck * (1 + 1e-9)) as bought,
    case
        when not worth_it then 'not worth it'
        when load > truck * (1 + 1e-9) and pallets is not null then 'truck'
        when not gains then 'filled up'
    end as why
from loaded
order by item nulls first, store nulls first, lot nulls first
