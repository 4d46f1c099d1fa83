-- step: customer_features
-- about: what each customer bought, since when, how often and how lately, for how much, and what the files tell of him
-- expect: unique(customer); unique(place); orders > 0; recency_days >= 0; recency_days <= tenure_days; categories <= items; first_day <= last_day
-- expect: discount_share >= 0 and discount_share <= 1; return_share >= 0
--
-- An order is a day on which he bought something. recency_days and tenure_days run from his last and his first one to the last day of the sales. units and revenue are net of what came
-- back; order_value is revenue an order. discount_share is money off over list money of what he bought, return_share money given back over money taken. items, categories and stores are
-- how many different ones. payment is what he used most. place is a number for operators.
with bounds as (
    select first_day, last_day
    from sales_facts
    where first_day is not null
),
lines as (
    select
        sales_lines.customer,
        sales_lines.day,
        sales_lines.kind = 'sale' as is_sale,
        sales_lines.item,
        item_categories.category,
        sales_lines.store,
        sales_lines.payment,
        sales_lines.net_units,
        sales_lines.revenue,
        sales_lines.discount,
        bounds.last_day as until
    from sales_lines
    cross join bounds
    left join item_categories on item_categories.item = sales_lines.item
    where sales_lines.customer is not null and sales_lines.kind in ('sale', 'return', 'cancellation') and sales_lines.day >= bounds.first_day and sales_lines.day <= bounds.last_day
),
sums as (
    select
        customer,
        min(case when is_sale then day end) as first_day,
        max(case when is_sale then day end) as last_day,
        max(until) as until,
        count(distinct case when is_sale then day end) as orders,
        count(distinct case when is_sale then item end) as items,
        count(distinct case when is_sale then category end) as categories,
        count(distinct case when is_sale then store end) as stores,
        cast(sum(exact(net_units)) as double) as units,
        cast(sum(exact(revenue)) as double) as revenue,
        cast(sum(exact(case when is_sale then revenue end)) as double) as gross,
        cast(sum(exact(case when not is_sale then -revenue end)) as double) as given_back,
        cast(sum(exact(case when is_sale and discount >= 0 and revenue >= 0 then discount end)) as double) as discount,
        cast(sum(exact(case when is_sale and discount >= 0 and revenue >= 0 then revenue + discount end)) as double) as listed
    from lines
    group by customer
),
payments as (
    select customer, payment, row_number() over (partition by customer order by count(*) desc nulls last, payment nulls last) as place
    from lines
    where is_sale and payment is not null
    group by customer, payment
),
told as (
    select
        customer,
        min(loyalty) as loyalty,
        min(age) as age,
        min(sex) as sex,
        min(distance) as distance
    from customers
    where customer is not null
    group by customer
)
select
    cast(row_number() over (order by sums.customer nulls first) as bigint) as place,
    sums.customer,
    sums.first_day,
    sums.last_day,
    days_between(sums.last_day, sums.until) as recency_days,
    days_between(sums.first_day, sums.until) as tenure_days,
    sums.orders,
    sums.units,
    sums.revenue,
    sums.revenue / nullif(sums.orders, 0) as order_value,
    sums.categories,
    sums.items,
    sums.discount / nullif(sums.listed, 0) as discount_share,
    case when sums.gross > 0 then greatest(coalesce(sums.given_back, 0), 0) / nullif(sums.gross, 0) end as return_share,
    sums.stores,
    payments.payment,
    told.loyalty,
    told.age,
    told.sex,
    told.distance
from sums
left join payments on payments.customer = sums.customer and payments.place = 1
left join told on told.customer = sums.customer
where sums.orders > 0
order by sums.customer nulls first
