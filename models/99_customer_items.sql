-- step: customer_items
-- about: what each customer bought in the year before today, and in the year before the replay's day, product by product
-- expect: unique(as_of, customer, item); days >= 1; first_day <= last_day; last_day <= as_of; place >= 1
--
-- as_of is the last day of the sales, and the day 60 days earlier, by which next_product_replay judges: of it nothing later is known. Sales alone, products that are
-- told apart. Of more than 100,000 customers those whose last purchase is latest: the lists of more would take minutes. place 1 is what the customer bought last.
with ends as (
    select max(day) as last_day, min(day) as first_day
    from business_days
),
origins as (
    select last_day as as_of
    from ends
    where last_day is not null
    union all
    select add_days(last_day, -60)
    from ends
    where days_between(first_day, last_day) >= 240
),
item_days as (
    select customer, item, day
    from sales_lines
    where kind = 'sale' and customer is not null and item is not null and item <> '(all)'
    group by customer, item, day
),
bought as (
    select
        origins.as_of,
        item_days.customer,
        item_days.item,
        count(*) as days,
        min(item_days.day) as first_day,
        max(item_days.day) as last_day
    from item_days
    join origins on item_days.day <= origins.as_of and item_days.day > add_days(origins.as_of, -365)
    group by origins.as_of, item_days.customer, item_days.item
),
latest as (
    select as_of, customer, row_number() over (partition by as_of order by max(last_day) desc nulls last, customer nulls last) as place
    from bought
    group by as_of, customer
)
select
    bought.as_of,
    bought.customer,
    bought.item,
    bought.days,
    bought.first_day,
    bought.last_day,
    cast(row_number() over (
        partition by bought.as_of, bought.customer
        order by bought.last_day desc nulls last, bought.days desc nulls last, bought.item nulls last
    ) as bigint) as place
from bought
join latest on latest.as_of = bought.as_of and latest.customer = bought.customer and latest.place <= 100000
order by bought.as_of nulls first, bought.customer nulls first, bought.item nulls first
