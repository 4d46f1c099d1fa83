-- step: hours_of_week
-- about: when in the week people buy: money, pieces and lines of each weekday and hour, for a usual week
-- expect: unique(weekday, hour); weekday >= 1 and weekday <= 7; hour >= 0 and hour <= 23; share >= 0 and share <= 1
--
-- Sold lines of all whole weeks, divided by their number. hour is missing where the files tell days only. Weekly and monthly files have no row.
with whole as (
    select
        case when iso_weekday(first_day) = 1 then first_day else add_days(week_start(first_day), 7) end as first_day,
        add_days(week_start(add_days(told_until, 1)), -1) as last_day
    from sales_facts
    where first_day is not null and '${period}' = 'day'
),
cells as (
    select
        iso_weekday(sales_lines.day) as weekday,
        hour_of(sales_lines.time) as hour,
        cast(sum(exact(sales_lines.revenue)) as double) as revenue,
        cast(sum(exact(sales_lines.net_units)) as double) as units,
        count(*) as lines
    from sales_lines
    cross join whole
    where sales_lines.kind = 'sale' and sales_lines.day >= whole.first_day and sales_lines.day <= whole.last_day
    group by iso_weekday(sales_lines.day), hour_of(sales_lines.time)
),
hours as (
    select count(distinct hour) as hours
    from cells
),
weeks as (
    select cast(int_div(days_between(first_day, last_day) + 1, 7) as double) as weeks
    from whole
),
told as (
    select
        cells.weekday,
        case when hours.hours >= 3 then cells.hour end as hour,
        sum(cells.revenue) as revenue,
        sum(cells.units) as units,
        sum(cells.lines) as lines
    from cells
    cross join hours
    group by cells.weekday, case when hours.hours >= 3 then cells.hour end
)
select
    told.weekday,
    told.hour,
    told.revenue / nullif(weeks.weeks, 0) as revenue,
    told.units / nullif(weeks.weeks, 0) as units,
    cast(told.lines as double) / nullif(weeks.weeks, 0) as lines,
    cast(told.lines as double) / nullif(sum(told.lines) over (), 0) as share
from told
cross join weeks
where weeks.weeks >= 1
order by told.weekday nulls first, told.hour nulls first
