-- step: demand_unit
-- about: whether demand is counted in pieces or in money, and whether there is money at all
-- expect: all(count(*) = 1); in_units is not null; has_money is not null
--
-- In money where the files have no pieces, or where less than half of the money comes with them.
with told as (
    select
        cast(sum(exact(greatest(revenue, 0))) as double) as revenue,
        cast(sum(exact(case when units is not null then greatest(revenue, 0) end)) as double) as revenue_with_units,
        count(revenue) as lines_with_money
    from sales_lines
    where kind in ('sale', 'zero', 'none')
)
select
    case
        when not sales_facts.has_units then false
        when told.revenue > 0 then 2e0 * coalesce(told.revenue_with_units, 0) >= told.revenue
        else true
    end as in_units,
    told.lines_with_money > 0 as has_money
from sales_facts
cross join told
