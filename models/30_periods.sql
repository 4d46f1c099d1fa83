-- step: periods
-- about: the periods (days, weeks or months) that the sales cover, and those of the forecast after them
-- expect: unique(period); unique(number)
-- expect: number >= 0
-- expect: last_day >= period
--
-- complete is false for a first or last week or month that the file holds only in part, and for the last days where
-- the file ends with days told in part; models do not see those.
-- A file with one day a period (totals per week) has whole periods only.
with span as (
    select
        first_day,
        last_day,
        told_until,
        days_with_lines,
        case
            when '${period}' = 'week' then week_start(first_day)
            when '${period}' = 'month' then month_start(first_day)
            else first_day
        end as first_period
    from sales_facts
    where first_day is not null
),
places as (
    select
        case
            when '${period}' = 'week' then add_days(span.first_period, 7 * numbers.n)
            when '${period}' = 'month' then add_months(span.first_period, numbers.n)
            else add_days(span.first_period, numbers.n)
        end as period,
        case
            when '${period}' = 'week' then add_days(span.first_period, 7 * numbers.n + 6)
            when '${period}' = 'month' then add_days(add_months(span.first_period, numbers.n + 1), -1)
            else add_days(span.first_period, numbers.n)
        end as last_day,
        numbers.n as number,
        span.first_day as data_from,
        span.last_day as data_to,
        span.told_until,
        span.days_with_lines
    from span
    cross join numbers
    where numbers.n <= ${forecast.horizon} + case
        when '${period}' = 'week' then int_div(days_between(span.first_period, span.last_day), 7)
        when '${period}' = 'month' then 12 * (year_of(span.last_day) - year_of(span.first_period))
            + month_of(span.last_day) - month_of(span.first_period)
        else days_between(span.first_period, span.last_day)
    end
),
counted as (
    select
        places.*,
        period > data_to as ahead,
        days_with_lines <= 12e-1 * sum(case when period <= data_to then 1 else 0 end) over () as one_line_a_period
    from places
)
select
    period,
    last_day,
    cast(number as bigint) as number,
    ahead,
    ahead
        or ('${period}' = 'day' and period <= told_until)
        or ('${period}' <> 'day' and one_line_a_period)
        or ('${period}' <> 'day' and data_from <= add_days(period, 2) and told_until >= add_days(last_day, -2)) as complete
from counted
order by period nulls first
