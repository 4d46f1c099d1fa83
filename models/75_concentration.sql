-- step: concentration
-- about: what share of the money the largest products, customers and stores bring
-- expect: unique(kind, count_share); kind in ('products', 'customers', 'stores'); share >= 0 and share <= 1 + 1e-9; members > 0
--
-- Of those that brought money. share is what the first count_share of them bring, largest first; of customers by what they ordered.
with sizes as (
    select 'products' as kind, item as key, revenue
    from product_summary
    where item <> '(all)' and revenue > 0
    union all
    select 'customers', customer, cast(sum(exact(revenue)) as double)
    from orders
    where customer is not null
    group by customer
    having cast(sum(exact(revenue)) as double) > 0
    union all
    select 'stores', store, cast(sum(exact(revenue)) as double)
    from sales_totals
    where kind in ('sale', 'return', 'cancellation') and store is not null
    group by store
    having cast(sum(exact(revenue)) as double) > 0
),
placed as (
    select
        kind,
        revenue,
        row_number() over (partition by kind order by revenue desc nulls last, key nulls last) as place,
        count(*) over (partition by kind) as members,
        cast(sum(exact(revenue)) over (partition by kind) as double) as all_revenue
    from sizes
),
shares as (
    select shares.count_share
    from (values (1e-2), (5e-2), (1e-1), (2e-1), (3e-1), (4e-1), (5e-1), (6e-1), (7e-1), (8e-1), (9e-1), (1e0)) as shares(count_share)
)
select
    placed.kind,
    cast(shares.count_share as double) as count_share,
    max(placed.members) as members,
    count(case when placed.place <= shares.count_share * placed.members then 1 end) as first_members,
    cast(sum(exact(case when placed.place <= shares.count_share * placed.members then placed.revenue else 0 end)) as double) / nullif(max(placed.all_revenue), 0) as share
from placed
cross join shares
where placed.members >= 2 and shares.count_share * placed.members >= 1
group by placed.kind, shares.count_share
order by placed.kind nulls first, count_share nulls first
