-- step: sales_totals
-- about: lines, pieces and money by product, store, country, payment, promotion and kind of line, in each stretch of time that is compared
-- expect: unique(item, store, country, payment, on_promotion, kind, is_now, is_before, is_late, is_late_before); lines > 0
-- expect: all(coalesce(sum(lines), 0) = (select count(*) from sales_lines))
--
-- The lines are added up once here; whoever wants sums of a year, a product, a store or all takes them from this. The stretches are those of
-- compared_days, and late are the last 91 days of now, late_before the same a year (364 days) earlier. costed is the revenue whose cost is known,
-- uncosted the lines with pieces whose cost is not; listed, what the lines that tell their discount would have brought without it. first_day
-- and last_day leave out dates far from all others.
with stretches as (
    select min(now_from) as now_from, max(now_to) as now_to, min(before_from) as before_from, max(before_to) as before_to
    from compared_days
)
select
    sales_lines.item,
    sales_lines.store,
    sales_lines.country,
    sales_lines.payment,
    sales_lines.on_promotion,
    sales_lines.kind,
    coalesce(sales_lines.day >= stretches.now_from and sales_lines.day <= stretches.now_to, false) as is_now,
    coalesce(sales_lines.day >= stretches.before_from and sales_lines.day <= stretches.before_to, false) as is_before,
    coalesce(sales_lines.day > add_days(stretches.now_to, -91) and sales_lines.day <= stretches.now_to, false) as is_late,
    coalesce(sales_lines.day > add_days(stretches.now_to, -455) and sales_lines.day <= add_days(stretches.now_to, -364), false) as is_late_before,
    count(*) as lines,
    count(case when sales_lines.matched then 1 end) as matched,
    cast(sum(exact(sales_lines.net_units)) as double) as units,
    cast(sum(exact(sales_lines.revenue)) as double) as revenue,
    cast(sum(exact(sales_lines.revenue - sales_lines.cost * sales_lines.net_units)) as double) as profit,
    cast(sum(exact(case when sales_lines.cost is not null then sales_lines.revenue end)) as double) as costed,
    cast(sum(exact(case when sales_lines.cost is not null then sales_lines.net_units end)) as double) as costed_units,
    cast(sum(exact(sales_lines.cost * sales_lines.net_units)) as double) as cost,
    count(case when sales_lines.cost is null and coalesce(sales_lines.net_units, 0) <> 0 then 1 end) as uncosted,
    cast(sum(exact(sales_lines.discount)) as double) as discount,
    cast(sum(exact(case when sales_lines.discount is not null then sales_lines.revenue + sales_lines.discount end)) as double) as listed,
    cast(sum(exact(sales_lines.visitors)) as double) as visitors,
    min(case when sales_lines.period is not null then sales_lines.day end) as first_day,
    max(case when sales_lines.period is not null then sales_lines.day end) as last_day
from sales_lines
cross join stretches
group by
    sales_lines.item,
    sales_lines.store,
    sales_lines.country,
    sales_lines.payment,
    sales_lines.on_promotion,
    sales_lines.kind,
    coalesce(sales_lines.day >= stretches.now_from and sales_lines.day <= stretches.now_to, false),
    coalesce(sales_lines.day >= stretches.before_from and sales_lines.day <= stretches.before_to, false),
    coalesce(sales_lines.day > add_days(stretches.now_to, -91) and sales_lines.day <= stretches.now_to, false),
    coalesce(sales_lines.day > add_days(stretches.now_to, -455) and sales_lines.day <= add_days(stretches.now_to, -364), false)
order by
    item nulls first,
    store nulls first,
    country nulls first,
    payment nulls first,
    on_promotion nulls first,
    kind nulls first,
    is_now nulls first,
    is_before nulls first,
    is_late nulls first,
    is_late_before nulls first
