-- step: item_quarters
-- about: each product's sales in each whole quarter, and its classes in that quarter alone
-- expect: unique(item, quarter); quarter >= 0 and quarter < 18; sold_weeks > 0 and sold_weeks <= weeks; adi >= 1; cv2 >= 0
-- expect: abc in ('A', 'B', 'C'); demand in ('smooth', 'erratic', 'intermittent', 'lumpy'); revenue_above >= 0 and revenue_above <= 1 + 1e-9
--
-- A quarter is 91 days, 13 weeks (three months, where the files tell months), counted back from the last day that is told (compared_days): 0 is the
-- latest, 1 the one before it. Only whole ones, 18 at most, and only those in which the product was sold. The classes are those of
-- item_classes by the sales of one quarter, so they differ from its classes of a year: abc by the 80 and 95 in 100 of the quarter's revenue; demand by weeks, where adi is the
-- weeks over those with a sale (since the product's first sale), cv2 of one week is 0, and no number of weeks is too few. demand is null where the files tell
-- months, or do not tell that an absent week is a zero; abc where there is no money. late_share is of the last four weeks (the last month), 1 where
-- these are as the others; discount_share is what was taken off over what would have been paid.
with ends as (
    select
        compared_days.now_to as last_day,
        case when '${period}' = 'month' then 3 else 13 end as length,
        case when '${period}' = 'month' then 1 else 4 end as late,
        least(18, case
            when '${period}' = 'month'
                then int_div(12 * (year_of(compared_days.now_to) - year_of(sales_facts.first_day)) + month_of(compared_days.now_to) - month_of(sales_facts.first_day)
                    + case when sales_facts.first_day = month_start(sales_facts.first_day) then 1 else 0 end, 3)
            else int_div(days_between(sales_facts.first_day, compared_days.now_to) + 1, 91)
        end) as quarters
    from compared_days
    cross join sales_facts
),
lines as (
    select
        sales_lines.item,
        sales_lines.kind,
        sales_lines.revenue,
        sales_lines.discount,
        case when demand_unit.in_units then sales_lines.net_units else sales_lines.revenue end as value,
        case
            when '${period}' = 'month' then 12 * (year_of(ends.last_day) - year_of(sales_lines.day)) + month_of(ends.last_day) - month_of(sales_lines.day)
            else int_div(days_between(sales_lines.day, ends.last_day), 7)
        end as week
    from sales_lines
    cross join ends
    cross join demand_unit
    where sales_lines.kind in ('sale', 'return', 'cancellation') and sales_lines.item is not null and sales_lines.day <= ends.last_day
),
weeks as (
    select
        lines.item,
        lines.week,
        int_div(lines.week, max(ends.length)) as quarter,
        max(ends.length) as length,
        cast(sum(exact(lines.revenue)) as double) as revenue,
        cast(sum(exact(case when lines.kind = 'sale' and lines.value > 0 then lines.value end)) as double) as value,
        cast(sum(exact(case when lines.kind = 'sale' and lines.discount is not null and lines.revenue >= 0 then lines.discount end)) as double) as discount,
        cast(sum(exact(case when lines.kind = 'sale' and lines.discount is not null and lines.revenue >= 0 then lines.revenue end)) as double) as discounted
    from lines
    cross join ends
    where lines.week < ends.length * ends.quarters
    group by lines.item, lines.week
),
starts as (
    select item, max(week) as first_week
    from weeks
    where value > 0
    group by item
),
quarters as (
    select
        weeks.item,
        weeks.quarter,
        least(max(weeks.length), max(starts.first_week) - weeks.quarter * max(weeks.length) + 1) as weeks,
        cast(count(case when weeks.value > 0 then 1 end) as bigint) as sold_weeks,
        cast(sum(exact(weeks.revenue)) as double) as revenue,
        cast(sum(exact(weeks.value)) as double) as value,
        cast(sum(exact(case when weeks.value > 0 then power(least(weeks.value, 1e10), 2) end)) as double) as squares,
        cast(sum(exact(case when weeks.week - weeks.quarter * ends.length < ends.late then weeks.value end)) as double) as late_value,
        max(ends.length) / nullif(cast(max(ends.late) as double), 0) as late_times,
        cast(sum(exact(weeks.discount)) as double) as discount,
        cast(sum(exact(weeks.discounted)) as double) as discounted
    from weeks
    join starts on starts.item = weeks.item
    cross join ends
    group by weeks.item, weeks.quarter
),
shapes as (
    select
        quarters.*,
        greatest(1e0, weeks / nullif(cast(sold_weeks as double), 0)) as adi,
        case
            when sold_weeks = 1 then 0e0
            else greatest(0e0, squares * sold_weeks / nullif(value * value, 0) - 1) * sold_weeks / nullif(cast(sold_weeks as double) - 1, 0)
        end as cv2,
        cast(sum(exact(greatest(revenue, 0))) over (partition by quarter order by revenue desc nulls last, item nulls last rows between unbounded preceding and current row) as double)
            - greatest(revenue, 0) as money_above,
        cast(sum(exact(greatest(revenue, 0))) over (partition by quarter) as double) as all_money,
        cast(row_number() over (partition by quarter order by revenue desc nulls last, item nulls last) as bigint) as revenue_rank,
        cast(count(*) over (partition by quarter) as bigint) as products
    from quarters
    where sold_weeks > 0
)
select
    shapes.item,
    cast(shapes.quarter as bigint) as quarter,
    case
        when '${period}' = 'month' then add_days(add_months(month_start(ends.last_day), cast(1 - 3 * shapes.quarter as int)), -1)
        else add_days(ends.last_day, cast(-91 * shapes.quarter as int))
    end as last_day,
    shapes.revenue,
    shapes.value,
    cast(shapes.weeks as bigint) as weeks,
    shapes.sold_weeks,
    coalesce(shapes.late_value, 0) * shapes.late_times / nullif(shapes.value, 0) as late_share,
    shapes.discount / nullif(shapes.discounted + shapes.discount, 0) as discount_share,
    shapes.adi,
    shapes.cv2,
    shapes.revenue_rank / nullif(cast(shapes.products as double), 0) as revenue_rank,
    shapes.money_above / nullif(shapes.all_money, 0) as revenue_above,
    case
        when not demand_unit.has_money or shapes.all_money = 0 then null
        when coalesce(shapes.revenue, 0) <= 0 or shapes.money_above >= 95e-2 * shapes.all_money then 'C'
        when shapes.money_above >= 8e-1 * shapes.all_money then 'B'
        else 'A'
    end as abc,
    case
        when '${period}' = 'month' or '${absent}' = 'missing' then null
        when shapes.adi <= 132e-2 and shapes.cv2 <= 49e-2 then 'smooth'
        when shapes.adi <= 132e-2 then 'erratic'
        when shapes.cv2 <= 49e-2 then 'intermittent'
        else 'lumpy'
    end as demand
from shapes
cross join ends
cross join demand_unit
order by shapes.item nulls first, shapes.quarter nulls first
