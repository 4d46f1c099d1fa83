-- step: customer_histories
-- about: each customer's purchases so far, as of today and as of one or two earlier days whose sequel is known
-- expect: unique(as_of, customer); unique(as_of, place); repeats >= 0 and repeats = orders - 1; recency >= 0 and recency <= age; not (repeats = 0 and recency > 0)
-- expect: not (later is null and horizon > 0); not (later < 0); weeks > 0
--
-- A purchase is a day of customer_days on which something was bought. recency and age are weeks from the first one to the last one and to as_of; value is the mean net revenue of a
-- purchase after the first, log_waits the sum of the natural logarithms of the weeks between one purchase and the next, which tells how regular they are. Nothing here is later than as_of but `later`, the purchases of the `weeks` that follow.
-- horizon 0 is today, the last day of the sales, with a year ahead that is not known. 1 is so long before it as is judged, half of the days but a year at most; 2 the same,
-- before 1. All are there where that is four weeks at least: of a year ahead nothing is told where the files hold less than eight weeks. Of more than 100,000 customers every second, third … is taken to teach the models.
with bounds as (
    select
        first_day,
        last_day,
        least(364, 7 * int_div(days_between(first_day, last_day), 14)) as ahead
    from sales_facts
    where last_day is not null
),
halves as (
    select
        first_day,
        last_day,
        ahead,
        least(ahead, 7 * int_div(days_between(first_day, last_day) - ahead, 14)) as before
    from bounds
),
origins as (
    select 0 as horizon, last_day as as_of, 364 as days
    from halves
    where ahead >= 28
    union all
    select 1, add_days(last_day, -ahead), ahead
    from halves
    where ahead >= 28
    union all
    select 2, add_days(last_day, -ahead - before), before
    from halves
    where before >= 28
),
bought_days as (
    select customer, day, days_between(lag(day) over (partition by customer order by day nulls last), day) as waited
    from customer_days
    where lines > 0
),
days as (
    select
        customer_days.customer,
        customer_days.day,
        customer_days.lines > 0 as bought,
        customer_days.revenue,
        natural_log(bought_days.waited / 7) as log_wait
    from customer_days
    left join bought_days on bought_days.customer = customer_days.customer and bought_days.day = customer_days.day
),
firsts as (
    select customer, min(day) as first_day
    from days
    where bought
    group by customer
),
histories as (
    select
        origins.horizon,
        origins.as_of,
        origins.days,
        days.customer,
        firsts.first_day,
        max(case when days.bought and days.day <= origins.as_of then days.day end) as last_day,
        sum(case when days.bought and days.day <= origins.as_of then 1 else 0 end) as orders,
        sum(case when days.bought and days.day > origins.as_of and days.day <= add_days(origins.as_of, origins.days) then 1 else 0 end) as later,
        cast(sum(exact(case when days.day <= origins.as_of then days.log_wait end)) as double) as log_waits,
        cast(sum(exact(case when days.day <= origins.as_of then days.revenue end)) as double) as revenue,
        cast(sum(exact(case when days.day <= origins.as_of and days.day > firsts.first_day then days.revenue end)) as double) as repeat_revenue
    from firsts
    join origins on firsts.first_day <= origins.as_of
    join days on days.customer = firsts.customer
    group by origins.horizon, origins.as_of, origins.days, days.customer, firsts.first_day
),
numbered as (
    select
        histories.*,
        row_number() over (partition by as_of order by customer nulls last) as place,
        count(*) over (partition by as_of) as customers
    from histories
)
select
    as_of,
    cast(horizon as int) as horizon,
    customer,
    cast(place as bigint) as place,
    mod(place, nullif(int_div(customers - 1, 100000) + 1, 0)) = 0 as taken,
    first_day,
    last_day,
    cast(orders as bigint) as orders,
    revenue,
    cast(orders - 1 as double) as repeats,
    days_between(first_day, last_day) / 7 as recency,
    days_between(first_day, as_of) / 7 as age,
    log_waits,
    case when orders > 1 and repeat_revenue > 0 then repeat_revenue / nullif(cast(orders - 1 as double), 0) end as value,
    days / 7 as weeks,
    cast(case when horizon > 0 then later end as bigint) as later
from numbered
order by as_of nulls first, place nulls first
