-- step: business_days
-- about: each day's money, pieces, orders, customers, returns, discounts and profit
-- expect: unique(day); orders >= 0; customers <= orders; new_customers <= customers; lines > 0
-- expect: all(abs(coalesce(sum(revenue), 0) - coalesce((select sum(revenue) from sales_lines where kind in ('sale', 'return', 'cancellation')), 0)) <= 1e-6 * abs(coalesce(sum(revenue), 0)) + 1e-2)
--
-- revenue and units are net of what came back on that day; gross_… is what was sold. discount is the money taken off, and
-- listed what would have been paid without it, both of the lines that tell it. profit, and the revenue that it is of, are of
-- lines whose cost is known. A customer is new on the day of the first order in the files. visitors where files count them.
with money as (
    select
        sales_lines.day,
        cast(sum(exact(sales_lines.revenue)) as double) as revenue,
        cast(sum(exact(case when sales_lines.kind = 'sale' then sales_lines.revenue end)) as double) as gross_revenue,
        cast(sum(exact(case when sales_lines.kind <> 'sale' then -sales_lines.revenue end)) as double) as returned_revenue,
        cast(sum(exact(sales_lines.net_units)) as double) as units,
        cast(sum(exact(case when sales_lines.kind = 'sale' then sales_lines.net_units end)) as double) as gross_units,
        cast(sum(exact(case when sales_lines.kind <> 'sale' then -sales_lines.net_units end)) as double) as returned_units,
        cast(sum(exact(case when sales_lines.kind = 'sale' then sales_lines.discount end)) as double) as discount,
        cast(sum(exact(case when sales_lines.kind = 'sale' and sales_lines.discount is not null then sales_lines.revenue + sales_lines.discount end)) as double) as listed,
        cast(sum(exact(case when sales_lines.cost is not null then sales_lines.revenue - sales_lines.cost * sales_lines.net_units end)) as double) as profit,
        cast(sum(exact(case when sales_lines.cost is not null then sales_lines.revenue end)) as double) as revenue_with_cost,
        cast(sum(exact(sales_lines.visitors)) as double) as visitors,
        count(*) as lines,
        count(case when sales_lines.kind = 'sale' then 1 end) as sale_lines
    from sales_lines
    where sales_lines.kind in ('sale', 'return', 'cancellation')
    group by sales_lines.day
),
first_days as (
    select customer, min(day) as day
    from orders
    where customer is not null
    group by customer
),
people as (
    select
        orders.day,
        count(*) as orders,
        cast(sum(exact(orders.revenue)) as double) as order_revenue,
        cast(sum(exact(orders.units)) as double) as order_units,
        cast(sum(orders.products) as bigint) as order_products,
        count(distinct orders.customer) as customers,
        count(distinct case when first_days.day = orders.day then orders.customer end) as new_customers
    from orders
    left join first_days on first_days.customer = orders.customer
    group by orders.day
)
select
    money.day,
    money.revenue,
    money.gross_revenue,
    coalesce(money.returned_revenue, 0) as returned_revenue,
    money.units,
    money.gross_units,
    coalesce(money.returned_units, 0) as returned_units,
    money.discount,
    money.listed,
    money.profit,
    money.revenue_with_cost,
    money.visitors,
    money.lines,
    money.sale_lines,
    coalesce(people.orders, 0) as orders,
    people.order_revenue,
    people.order_units,
    people.order_products,
    coalesce(people.customers, 0) as customers,
    coalesce(people.new_customers, 0) as new_customers
from money
left join people on people.day = money.day
order by money.day nulls first
