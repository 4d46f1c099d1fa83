-- step: customer_days
-- about: what each customer bought and brought back on each day
-- expect: unique(customer, day); lines >= 0; gross >= 0; returned >= 0; hour >= 0 and hour < 24
--
-- The one place where lines are added up by customer and day; what is told of customers over time is told from here. lines are those sold: a day with lines is a purchase.
-- gross is the money for them, returned what was brought back that day, revenue the one less the other. hour is the mean of the lines that tell one; a time of midnight tells none.
-- Days far from all others are left out, and lines without a customer.
with days as (
    select
        customer,
        day,
        count(*) filter (where kind = 'sale') as lines,
        cast(sum(exact(case when kind = 'sale' then revenue end)) as double) as gross,
        cast(sum(exact(case when kind <> 'sale' then -revenue end)) as double) as returned,
        cast(sum(exact(case when kind = 'sale' then discount end)) as double) as discount,
        cast(sum(case when kind = 'sale' then hour_of(time) end) as double) as hours,
        count(*) filter (where kind = 'sale' and hour_of(time) > 0) as timed
    from sales_lines
    where customer is not null and period is not null and kind in ('sale', 'return', 'cancellation')
    group by customer, day
)
select
    customer,
    day,
    lines,
    coalesce(gross, 0) - coalesce(returned, 0) as revenue,
    coalesce(gross, 0) as gross,
    coalesce(returned, 0) as returned,
    coalesce(discount, 0) as discount,
    hours / nullif(timed, 0) as hour
from days
order by customer nulls first, day nulls first
