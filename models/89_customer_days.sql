-- step: customer_days
-- about: what each customer bought and brought back on each day
-- expect: unique(customer, day); lines >= 0; gross >= 0; returned >= 0; discount >= 0; listed >= discount; hour >= 0 and hour < 24
--
-- The one place where lines are added up by customer and day; what is told of customers over time is told from here. lines are those sold: a day with lines is a purchase.
-- gross is the money for them, returned what was brought back that day, revenue the one less the other; gross and revenue are null where no line tells money. discount is the
-- money taken off and listed what would have been paid without it, both of the lines sold that tell both. units are net of what came back. hour is the mean of the lines
-- that tell one; a time of midnight tells none. Days far from all others are left out, and lines without a customer.
with days as (
    select
        customer,
        day,
        count(*) filter (where kind = 'sale') as lines,
        cast(sum(exact(net_units)) as double) as units,
        cast(sum(exact(revenue)) as double) as revenue,
        cast(sum(exact(case when kind = 'sale' then revenue end)) as double) as gross,
        cast(sum(exact(case when kind <> 'sale' then -revenue end)) as double) as returned,
        cast(sum(exact(case when kind = 'sale' and discount >= 0 and revenue >= 0 then discount end)) as double) as discount,
        cast(sum(exact(case when kind = 'sale' and discount >= 0 and revenue >= 0 then revenue + discount end)) as double) as listed,
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
    units,
    revenue,
    gross,
    coalesce(returned, 0) as returned,
    coalesce(discount, 0) as discount,
    coalesce(listed, 0) as listed,
    hours / nullif(timed, 0) as hour
from days
order by customer nulls first, day nulls first
