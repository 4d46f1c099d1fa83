-- step: customer_days
-- about: what each customer bought and brought back on each day
-- expect: unique(customer, day); lines >= 0; gross >= 0; returned >= 0; hour >= 0 and hour < 24
--
-- The one place where lines are added up by customer and day; what is told of customers over time is told from here. lines and units are those sold: a day with lines is a purchase.
-- revenue is net of what was brought back that day, gross before it. hour is the mean of the lines that tell one; a time of midnight tells none.
-- Days far from all others are left out, and lines without a customer.
select
    customer,
    day,
    count(*) filter (where kind = 'sale') as lines,
    cast(sum(exact(case when kind = 'sale' then coalesce(net_units, 0) else 0 end)) as double) as units,
    cast(sum(exact(coalesce(revenue, 0))) as double) as revenue,
    cast(sum(exact(case when kind = 'sale' then coalesce(revenue, 0) else 0 end)) as double) as gross,
    cast(sum(exact(case when kind <> 'sale' then -coalesce(revenue, 0) else 0 end)) as double) as returned,
    cast(sum(exact(case when kind = 'sale' then coalesce(discount, 0) else 0 end)) as double) as discount,
    cast(sum(case when kind = 'sale' and hour_of(time) > 0 then hour_of(time) end) as double) / nullif(sum(case when kind = 'sale' and hour_of(time) > 0 then 1 else 0 end), 0) as hour
from sales_lines
where customer is not null and period is not null and kind in ('sale', 'return', 'cancellation')
group by customer, day
order by customer nulls first, day nulls first
