-- step: customer_totals
-- about: lines, pieces and money of each customer by kind of line, in each stretch of time that is compared
-- expect: unique(customer, kind, is_now, is_before); lines > 0
-- expect: all(coalesce(sum(lines), 0) = (select count(*) from sales_lines where kind in ('sale', 'return', 'cancellation')))
--
-- As sales_totals, of what customers bought and brought back; customer is null for the lines that tell none.
with stretches as (
    select min(now_from) as now_from, max(now_to) as now_to, min(before_from) as before_from, max(before_to) as before_to
    from compared_days
)
select
    sales_lines.customer,
    sales_lines.kind,
    coalesce(sales_lines.day >= stretches.now_from and sales_lines.day <= stretches.now_to, false) as is_now,
    coalesce(sales_lines.day >= stretches.before_from and sales_lines.day <= stretches.before_to, false) as is_before,
    count(*) as lines,
    cast(sum(exact(sales_lines.net_units)) as double) as units,
    cast(sum(exact(sales_lines.revenue)) as double) as revenue,
    cast(sum(exact(sales_lines.revenue - sales_lines.cost * sales_lines.net_units)) as double) as profit,
    cast(sum(exact(case when sales_lines.cost is not null then sales_lines.revenue end)) as double) as costed,
    cast(sum(exact(sales_lines.discount)) as double) as discount,
    cast(sum(exact(case when sales_lines.discount is not null then sales_lines.revenue + sales_lines.discount end)) as double) as listed
from sales_lines
cross join stretches
where sales_lines.kind in ('sale', 'return', 'cancellation')
group by
    sales_lines.customer,
    sales_lines.kind,
    coalesce(sales_lines.day >= stretches.now_from and sales_lines.day <= stretches.now_to, false),
    coalesce(sales_lines.day >= stretches.before_from and sales_lines.day <= stretches.before_to, false)
order by customer nulls first, kind nulls first, is_now nulls first, is_before nulls first
