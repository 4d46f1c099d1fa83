-- step: demand_unit
-- about: whether demand is counted in pieces or in money, and whether there is money at all
-- expect: all(count(*) = 1); in_units is not null; has_money is not null
--
-- In money where the files have no pieces, or where less than half of the money comes with them.
select
    case
        when not sales_facts.has_units then false
        when cast(sum(exact(greatest(sales_lines.revenue, 0))) as double) > 0
            then 2e0 * coalesce(cast(sum(exact(case when sales_lines.units is not null then greatest(sales_lines.revenue, 0) end)) as double), 0)
                >= cast(sum(exact(greatest(sales_lines.revenue, 0))) as double)
        else true
    end as in_units,
    count(sales_lines.revenue) > 0 as has_money
from sales_facts
left join sales_lines on sales_lines.kind in ('sale', 'zero', 'none')
group by sales_facts.has_units
