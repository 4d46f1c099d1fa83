-- step: best_products
-- about: the products that earn the most, make the most profit, grow the fastest
-- expect: unique(measure, rank); unique(measure, item); rank >= 1 and rank <= 50; value is not null
-- expect: measure in ('revenue', 'units', 'profit', 'trend')
--
-- Pieces are ranked where no sale tells its money. A trend is ranked only where its interval leaves out zero, and for products that are worth it: those that together
-- make nine tenths of the revenue.
with shop as (
    select count(revenue) > 0 as in_money
    from product_summary
),
products_told as (
    select *
    from product_summary
    where item <> '(all)'
),
measured as (
    select 'revenue' as measure, item, name, revenue as value, revenue_rank
    from products_told
    where revenue > 0
    union all
    select 'units', item, name, units, revenue_rank
    from products_told
    cross join shop
    where not shop.in_money and units > 0
    union all
    select 'profit', item, name, profit, revenue_rank
    from products_told
    where profit > 0
    union all
    select 'trend', item, name, trend, revenue_rank
    from products_told
    where active and trend_sure and trend > 0 and coalesce(cumulative_share - revenue_share, 0) < 9e-1
),
ranked as (
    select
        measure,
        item,
        name,
        value,
        cast(row_number() over (partition by measure order by value desc nulls last, revenue_rank nulls last) as bigint) as rank
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
