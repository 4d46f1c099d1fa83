-- step: item_cells
-- about: each product's demand in all stores together, of the periods that demand_item_store holds
-- expect: unique(item, period); seen >= 0 and hidden >= out
--
-- seen and hidden are stores: those that had it to sell, and those where it was out of stock or nobody knows; promoted is 1 where one of them
-- had it on promotion.
select
    item,
    period,
    cast(sum(exact(units)) as double) as units,
    cast(sum(exact(revenue)) as double) as revenue,
    cast(sum(case when state in ('sold', 'zero') then 1 else 0 end) as bigint) as seen,
    cast(sum(case when state in ('stock-out', 'missing') or (out_of_stock and state <> 'closed') then 1 else 0 end) as bigint) as hidden,
    cast(sum(case when state = 'stock-out' then 1 else 0 end) as bigint) as out,
    max(case when on_promotion then 1 else 0 end) as promoted
from demand_item_store
where state <> 'not offered'
group by item, period
order by item nulls first, period nulls first
