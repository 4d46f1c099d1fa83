-- step: next_purchases
-- about: when each customer who bought on three days or more is likely to buy again, by the pauses he made so far
-- expect: unique(customer); orders >= 3; early_gap <= usual_gap and usual_gap <= late_gap; expected_day > last_day
--
-- usual_gap is the middle pause between two days of purchase, in days; a quarter of the pauses was shorter than early_gap, a quarter longer than late_gap. silent counts the days since
-- the last purchase; overdue: longer than late_gap. Who is overdue by far has rather left: customer_churn.
with days as (
    select customer, day
    from customer_days
    where lines > 0
),
gaps as (
    select customer, day, days_between(lag(day) over (partition by customer order by day nulls last), day) as gap
    from days
),
ends as (
    select max(day) as last_day
    from business_days
),
usual as (
    select
        customer,
        count(*) as orders,
        max(day) as last_day,
        percentile_cont(0.25) within group (order by gap) as early_gap,
        percentile_cont(0.5) within group (order by gap) as usual_gap,
        percentile_cont(0.75) within group (order by gap) as late_gap
    from gaps
    group by customer
    having count(*) >= 3
)
select
    usual.customer,
    usual.orders,
    usual.last_day,
    cast(usual.early_gap as double) as early_gap,
    cast(usual.usual_gap as double) as usual_gap,
    cast(usual.late_gap as double) as late_gap,
    add_days(usual.last_day, cast(round(greatest(usual.usual_gap, 1)) as int)) as expected_day,
    days_between(usual.last_day, ends.last_day) as silent,
    days_between(usual.last_day, ends.last_day) > usual.late_gap as overdue
from usual
cross join ends
order by usual.customer nulls first
