-- step: customer_features
-- about: what each customer bought, since when, how often and how lately, for how much, and what the files tell of him
-- expect: unique(customer); unique(place); orders > 0; recency_days >= 0; recency_days <= tenure_days; categories <= items; first_day <= last_day
-- expect: discount_share >= 0 and discount_share <= 1; return_share >= 0
--
-- An order is a purchase of customer_days. recency_days and tenure_days run from his last and his first one to the last day of the sales. units and revenue are net of what came
-- back; order_value is revenue an order. discount_share is money off over list money of what he bought, return_share money given back over money taken. items, categories and stores are
-- how many different ones. payment is what he used most. place is a number for operators.
with ends as (
    select last_day
    from sales_facts
    where first_day is not null
),
sums as (
    select
        customer,
        min(case when lines > 0 then day end) as first_day,
        max(case when lines > 0 then day end) as last_day,
        count(case when lines > 0 then 1 end) as orders,
        cast(sum(exact(units)) as double) as units,
        cast(sum(exact(revenue)) as double) as revenue,
        cast(sum(exact(gross)) as double) as gross,
        cast(sum(exact(returned)) as double) as given_back,
        cast(sum(exact(discount)) as double) as discount,
        cast(sum(exact(listed)) as double) as listed
    from customer_days
    group by customer
),
bought as (
    select
        sales_lines.customer,
        count(distinct sales_lines.item) as items,
        count(distinct item_categories.category) as categories,
        count(distinct sales_lines.store) as stores
    from sales_lines
    left join item_categories on item_categories.item = sales_lines.item
    where sales_lines.customer is not null and sales_lines.period is not null and sales_lines.kind = 'sale'
    group by sales_lines.customer
),
payments as (
    select customer, payment, row_number() over (partition by customer order by count(*) desc nulls last, payment nulls last) as place
    from sales_lines
    where customer is not null and period is not null and kind = 'sale' and payment is not null
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
    days_between(sums.last_day, ends.last_day) as recency_days,
    days_between(sums.first_day, ends.last_day) as tenure_days,
    sums.orders,
    sums.units,
    sums.revenue,
    sums.revenue / nullif(sums.orders, 0) as order_value,
    bought.categories,
    bought.items,
    sums.discount / nullif(sums.listed, 0) as discount_share,
    case when sums.gross > 0 then greatest(sums.given_back, 0) / nullif(sums.gross, 0) end as return_share,
    bought.stores,
    payments.payment,
    told.loyalty,
    told.age,
    told.sex,
    told.distance
from sums
cross join ends
join bought on bought.customer = sums.customer
left join payments on payments.customer = sums.customer and payments.place = 1
left join told on told.customer = sums.customer
where sums.orders > 0
order by sums.customer nulls first
