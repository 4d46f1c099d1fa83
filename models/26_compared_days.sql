-- step: compared_days
-- about: the two stretches of days that are compared: the last year and the one before, or the two halves of what there is
-- expect: all(count(*) <= 1); now_from <= now_to; before_to < now_from
--
-- A year is 364 days, so that each weekday stands in it as often. Less than two years are cut in two halves of whole weeks (months,
-- where the files tell months), of four weeks at least; then the season may be what differs, and same_season is false.
-- Where there is less, now is all there is, and there is nothing before.
with span as (
    select
        first_day,
        told_until,
        case
            when '${period}' = 'month' then 12 * (year_of(told_until) - year_of(first_day)) + month_of(told_until) - month_of(first_day) + 1
            else int_div(days_between(first_day, told_until) + 1, 7)
        end as parts,
        case when '${period}' = 'month' then 12 else 52 end as a_year
    from sales_facts
    where first_day is not null and told_until is not null
),
lengths as (
    select
        first_day,
        told_until,
        case when parts >= 8 then least(a_year, int_div(parts, 2)) end as parts,
        parts >= 2 * a_year as same_season
    from span
),
ends as (
    select
        first_day,
        case when '${period}' = 'month' then add_days(add_months(month_start(told_until), 1), -1) else told_until end as last_day,
        parts,
        same_season
    from lengths
)
select
    case
        when parts is null then first_day
        when '${period}' = 'month' then add_months(month_start(last_day), 1 - parts)
        else add_days(last_day, 1 - 7 * parts)
    end as now_from,
    last_day as now_to,
    case when '${period}' = 'month' then add_months(month_start(last_day), 1 - 2 * parts) else add_days(last_day, 1 - 14 * parts) end as before_from,
    case when '${period}' = 'month' then add_days(add_months(month_start(last_day), 1 - parts), -1) else add_days(last_day, -7 * parts) end as before_to,
    same_season
from ends
