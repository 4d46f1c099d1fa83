-- step: summary
-- about: the key figures of the whole
-- expect: unique(measure); value is not null or text is not null
--
-- Of files that tell months only, first and last day are months, as 2024-01.
with totals as (
    select
        cast(sum(exact(case when kind in ('sale', 'return', 'cancellation') then revenue end)) as double) as revenue,
        cast(sum(exact(case when kind = 'sale' then revenue end)) as double) as gross_revenue,
        cast(sum(exact(case when kind in ('return', 'cancellation') then -revenue end)) as double) as returned_revenue,
        cast(sum(exact(case when kind = 'charge' then revenue end)) as double) as charges,
        cast(sum(exact(case when kind = 'adjustment' then revenue end)) as double) as adjustments,
        cast(sum(exact(case when kind in ('sale', 'return', 'cancellation') then units end)) as double) as units,
        cast(sum(exact(case when kind = 'sale' then units end)) as double) as gross_units,
        cast(sum(exact(case when kind in ('return', 'cancellation') then -units end)) as double) as returned_units,
        coalesce(sum(lines), 0) as lines,
        sum(case when kind = 'sale' then lines else 0 end) as sale_lines,
        sum(case when kind in ('return', 'cancellation') then lines else 0 end) as return_lines,
        sum(matched) as matched_returns,
        count(distinct case when kind = 'sale' and item <> '(all)' then item end) as items,
        count(distinct case when kind = 'sale' then store end) as stores,
        cast(sum(exact(visitors)) as double) as visitors,
        min(case when kind in ('sale', 'zero') then first_day end) as first_day,
        max(case when kind in ('sale', 'zero') then last_day end) as last_day
    from sales_totals
),
buyers as (
    select count(distinct basket) as baskets, count(distinct customer) as customers
    from orders
),
dates as (
    select case when '${period}' = 'month' and count(case when day <> month_start(day) then 1 end) = 0 then 7 else 10 end as date_letters
    from business_days
),
sales_sums as (
    select totals.*, buyers.baskets, buyers.customers, dates.date_letters
    from totals
    cross join buyers
    cross join dates
),
profits as (
    select
        cast(sum(exact(profit)) as double) as profit,
        count(profit) as products
    from product_summary
),
active_items as (
    select count(*) as items
    from product_summary
    where active and item <> '(all)'
),
people as (
    select
        count(distinct customer) as customers,
        count(churned) as churn_known,
        sum(case when churned then 1 else 0 end) as churned
    from customers
),
responses as (
    select
        sum(case when treated then 1 else 0 end) as reached,
        sum(case when treated then 0 else 1 end) as left_out,
        sum(case when treated and redeemed then 1 else 0 end) as reached_responded,
        sum(case when not treated and redeemed then 1 else 0 end) as left_out_responded
    from promotions
    where treated is not null and redeemed is not null and customer is not null
),
measures as (
    select 1 as place, 'revenue' as measure, revenue as value, cast(null as string) as text from sales_sums
    union all
    select 2, 'gross revenue', gross_revenue, null from sales_sums
    union all
    select 3, 'returned revenue', returned_revenue, null from sales_sums
    union all
    select 4, 'return share', returned_revenue / nullif(gross_revenue, 0), null from sales_sums
    union all
    select 5, 'units', units, null from sales_sums
    union all
    select 6, 'gross units', gross_units, null from sales_sums
    union all
    select 7, 'returned units', returned_units, null from sales_sums
    union all
    select 8, 'charges', charges, null from sales_sums
    union all
    select 9, 'adjustments', adjustments, null from sales_sums
    union all
    select 10, 'lines', cast(lines as double), null from sales_sums
    union all
    select 11, 'sale lines', cast(coalesce(sale_lines, 0) as double), null from sales_sums
    union all
    select 12, 'return lines', cast(coalesce(return_lines, 0) as double), null from sales_sums
    union all
    select 13, 'returns tied to their sale', cast(coalesce(matched_returns, 0) as double), null from sales_sums
    union all
    select 14, 'baskets', cast(nullif(baskets, 0) as double), null from sales_sums
    union all
    select 15, 'customers', cast(nullif(customers, 0) as double), null from sales_sums
    union all
    select 16, 'items', cast(nullif(items, 0) as double), null from sales_sums
    union all
    select 17, 'items on offer', cast(nullif(items, 0) as double), null from active_items
    union all
    select 18, 'stores', cast(nullif(stores, 0) as double), null from sales_sums
    union all
    select 19, 'visitors', visitors, null from sales_sums
    union all
    select 20, 'revenue a basket', gross_revenue / nullif(cast(baskets as double), 0), null from sales_sums
    union all
    select 21, 'profit', profit, null from profits where products > 0
    union all
    select 22, 'products with profit', cast(products as double), null from profits where products > 0
    union all
    select 27, 'customers on file', cast(nullif(customers, 0) as double), null from people
    union all
    select 28, 'customers who left', cast(churned as double), null from people where churn_known > 0
    union all
    select 29, 'people reached', cast(reached as double), null from responses where reached > 0 and left_out > 0
    union all
    select 30, 'response, reached', cast(reached_responded as double) / nullif(reached, 0), null from responses where reached > 0 and left_out > 0
    union all
    select 31, 'people left out', cast(left_out as double), null from responses where reached > 0 and left_out > 0
    union all
    select 32, 'response, left out', cast(left_out_responded as double) / nullif(left_out, 0), null from responses where reached > 0 and left_out > 0
    union all
    select 23, 'first day', null, left(cast(first_day as string), date_letters) from sales_sums
    union all
    select 24, 'last day', null, left(cast(last_day as string), date_letters) from sales_sums
    union all
    select 25, 'period', null, '${period}'
    union all
    select 26, 'absent', null, '${absent}'
)
select
    place,
    measure,
    value,
    text
from measures
where value is not null or text is not null
order by place nulls first
