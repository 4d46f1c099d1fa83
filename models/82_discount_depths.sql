-- step: discount_depths
-- about: how much is sold at which depth of discount, in all and by category
-- expect: unique(level, key, depth_from); level in ('total', 'category'); depth_from < depth_to; share >= 0 and share <= 1 + 1e-9; lines > 0
--
-- Sold lines of now (compared_days) that tell their discount. Depth is the money taken off over what would have been paid without it, from depth_from on and below
-- depth_to; nothing taken off stands at 0 to 0.001. share is of the level's revenue, discount the money taken off. No line says what would have
-- been sold without.
with lines as (
    select
        product_summary.category,
        sales_lines.revenue,
        sales_lines.net_units,
        sales_lines.discount,
        sales_lines.discount / nullif(sales_lines.revenue + sales_lines.discount, 0) as depth
    from sales_lines
    cross join compared_days
    left join product_summary on product_summary.item = sales_lines.item
    where sales_lines.kind = 'sale' and sales_lines.discount is not null and sales_lines.revenue >= 0
        and sales_lines.revenue + sales_lines.discount > 0
        and sales_lines.day >= compared_days.now_from and sales_lines.day <= compared_days.now_to
),
banded as (
    select
        category,
        case
            when depth < 1e-3 then 0
            when depth < 1e-1 then 1
            when depth < 2e-1 then 2
            when depth < 3e-1 then 3
            when depth < 5e-1 then 4
            else 5
        end as band,
        revenue,
        net_units,
        discount
    from lines
),
sums as (
    select
        case when grouping(category) = 1 then 'total' else 'category' end as level,
        case when grouping(category) = 1 then '(all)' else coalesce(category, '(none)') end as key,
        band,
        count(*) as lines,
        cast(sum(exact(net_units)) as double) as units,
        cast(sum(exact(revenue)) as double) as revenue,
        cast(sum(exact(discount)) as double) as discount
    from banded
    group by grouping sets ((band), (category, band))
)
select
    level,
    key,
    case band when 0 then 0e0 when 1 then 1e-3 when 2 then 1e-1 when 3 then 2e-1 when 4 then 3e-1 else 5e-1 end as depth_from,
    case band when 0 then 1e-3 when 1 then 1e-1 when 2 then 2e-1 when 3 then 3e-1 when 4 then 5e-1 else 1.000001e0 end as depth_to,
    lines,
    units,
    revenue,
    discount,
    revenue / nullif(cast(sum(exact(revenue)) over (partition by level, key) as double), 0) as share
from sums
order by level nulls first, key nulls first, depth_from nulls first
