-- step: segment_models
-- about: groups of customers that buy alike: their centres, how many there are, and how stable each is under resampling
-- operator: fit_segments(least = 3, most = 8, fitter = ${segments.method})
-- order: place
-- expect: unique(segment, feature); segment >= 1 and segment <= 8; weight > 0 and weight <= 1; stability >= 0 and stability <= 1 + 1e-9; fitted > 0
--
-- By how lately, how often and since when they bought, for how much an order, how much of it on discount and how much went back. Two groups would say no more than good and bad, which
-- customer_rfm says better, so there are three at least. Of more than 100,000 customers every second, third … is taken, as many more would teach little; MLlib takes all. Empty with fewer than 50 customers.
with sizes as (
    select count(*) as customers, case when '${segments.method}' = 'mllib' then 1 else int_div(count(*) - 1, 100000) + 1 end as step
    from customer_features
)
select
    customer_features.place,
    customer_features.recency_days,
    customer_features.orders,
    customer_features.order_value,
    customer_features.tenure_days,
    customer_features.discount_share,
    customer_features.return_share
from customer_features
cross join sizes
where sizes.customers >= 50 and customer_features.place = sizes.step * int_div(customer_features.place, sizes.step)
