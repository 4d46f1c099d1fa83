-- step: customer_values
-- about: what each customer will buy in the next 52 weeks and what that is worth today, with intervals of nine in ten
-- expect: unique(customer); unique(place); orders > 0; alive >= 0 and alive <= 1; orders_low <= orders_high; value_low <= value_high; expected_orders >= 0
-- expect: all(count(*) = (select count(*) from customer_histories where horizon = 0))
--
-- repeats, recency and age (weeks) are what the model knows of him; alive is the probability that he is still a customer. Money is net revenue; value discounts it by
-- 10 % a year, and is null where the files tell no money. place 1 is worth most.
with chosen as (
    select purchase_errors.model
    from purchase_errors
    join customer_histories on customer_histories.as_of = purchase_errors.as_of and customer_histories.horizon = 0 and customer_histories.place = 1
    where purchase_errors.chosen
)
select
    customer_histories.customer,
    customer_histories.first_day,
    customer_histories.last_day,
    cast(customer_histories.orders as int) as orders,
    customer_histories.revenue,
    customer_histories.repeats,
    customer_histories.recency,
    customer_histories.age,
    customer_outlooks.alive,
    customer_outlooks.expected as expected_orders,
    customer_outlooks.low as orders_low,
    customer_outlooks.high as orders_high,
    customer_outlooks.order_value,
    customer_outlooks.value,
    customer_outlooks.value_low,
    customer_outlooks.value_high,
    cast(row_number() over (order by customer_outlooks.value desc nulls last, customer_outlooks.expected desc nulls last, customer_histories.place nulls last) as int) as place,
    chosen.model
from customer_histories
left join customer_outlooks on customer_outlooks."row" = customer_histories.place
left join chosen on true
where customer_histories.horizon = 0
order by customer_histories.customer nulls first
