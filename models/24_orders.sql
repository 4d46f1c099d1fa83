-- step: orders
-- about: what was bought at once: one row a basket, or, where the files know none, all that a customer bought at one time
-- expect: unique(store, customer, basket, time); lines > 0; products > 0
-- expect: all(coalesce(sum(lines), 0) = (select count(*) from sales_lines where kind = 'sale' and (basket is not null or customer is not null)))
--
-- Sold lines alone; what comes back later is no part of an order. Lines with neither basket nor customer belong to none.
-- day is that of its first line, period the one that holds it; time is told only where there is no basket.
select
    store,
    customer,
    basket,
    case when basket is null then time end as time,
    min(day) as day,
    case
        when '${period}' = 'week' then week_start(min(day))
        when '${period}' = 'month' then month_start(min(day))
        else min(day)
    end as period,
    cast(sum(exact(net_units)) as double) as units,
    cast(sum(exact(revenue)) as double) as revenue,
    cast(sum(exact(discount)) as double) as discount,
    count(*) as lines,
    count(distinct item) as products
from sales_lines
where kind = 'sale' and (basket is not null or customer is not null)
group by store, customer, basket, case when basket is null then time end
order by store nulls first, customer nulls first, basket nulls first, case when basket is null then time end nulls first
