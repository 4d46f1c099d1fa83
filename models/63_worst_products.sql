-- step: worst_products
-- about: the products still on offer that earn the least, make the least profit, shrink the fastest
-- expect: unique(measure, rank); unique(measure, item); rank >= 1 and rank <= 50; value is not null
-- expect: measure in ('revenue', 'profit', 'trend')
--
-- A trend is ranked only where its interval leaves out zero, and for products that are worth it: those that together
-- make nine tenths of the revenue.
with measured as (
    select 'revenue' as measure, item, name, revenue as value
    from product_summary
    where revenue is not null and active
    union all
    select 'profit', item, name, profit
    from product_summary
    where profit is not null and active
    union all
    select 'trend', item, name, trend
    from product_summary
    where active and trend_sure and trend < 0 and coalesce(cumulative_share - revenue_share, 0) < 9e-1
),
ranked as (
    select
        measure,
        item,
        name,
        value,
        row_number() over (partition by measure order by value nulls last, item nulls last) as rank
    from measured
)
select
    measure,
    rank,
    item,
    name,
    value
from ranked
where rank <= 50
order by measure nulls first, rank nulls first
