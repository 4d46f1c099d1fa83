-- step: closures
-- about: periods in which a store was closed, and whether it always is on that weekday
-- expect: unique(store, period); reason in ('calendar', 'absent', 'quiet')
-- expect: period is not null
--
-- calendar  the calendar says closed on every day of the period
-- absent    the file lists open days only (setting absent: closed) and has nothing of the store there
-- quiet     a store that always has many lines (nine periods in ten hold five or more, twenty on average) has none at all
-- regular   at least four of five of the store's same weekdays are closed: models see a zero there, and learn the
--           weekday; on other closed days they see nothing. Only between a store's first and last line.
with spans as (
    select
        store_periods.store,
        min(periods.number) as first_number,
        max(periods.number) as last_number,
        count(*) as open_periods,
        avg(store_periods.lines) as mean_lines,
        percentile_cont(0.1) within group (order by store_periods.lines) as low_lines
    from store_periods
    join periods on periods.period = store_periods.period
    group by store_periods.store
),
absences as (
    select
        spans.store,
        periods.period,
        case when '${absent}' = 'closed' then 'absent' else 'quiet' end as reason
    from spans
    join periods on periods.number > spans.first_number and periods.number < spans.last_number
    left join store_periods
        on store_periods.store = spans.store
        and store_periods.period = periods.period
    where store_periods.store is null
        and not periods.ahead
        and spans.open_periods * 4 >= spans.last_number - spans.first_number
        and (
            '${absent}' = 'closed'
            or ('${absent}' = 'zero' and spans.low_lines >= 5 and spans.mean_lines >= 20)
        )
),
closed_days as (
    select
        store,
        day
    from calendar
    where open = false
    group by store, day
),
announced as (
    select
        spans.store,
        periods.period,
        days_between(periods.period, periods.last_day) + 1 as days,
        count(distinct closed_days.day) as closed
    from closed_days
    join periods on closed_days.day >= periods.period and closed_days.day <= periods.last_day
    join spans on spans.store = closed_days.store or closed_days.store is null
    where periods.complete
    group by spans.store, periods.period, periods.last_day
),
known as (
    select
        store,
        period,
        min(reason) as reason
    from (
        select store, period, reason from absences
        union all
        select store, period, 'calendar' as reason from announced where closed >= days
    ) as both_kinds
    group by store, period
),
weekdays as (
    select
        spans.store,
        iso_weekday(periods.period) as weekday,
        count(*) as periods
    from spans
    join periods on periods.number >= spans.first_number and periods.number <= spans.last_number
    group by spans.store, iso_weekday(periods.period)
),
closed_weekdays as (
    select
        known.store,
        iso_weekday(known.period) as weekday,
        count(*) as periods
    from known
    group by known.store, iso_weekday(known.period)
)
select
    known.store,
    known.period,
    known.reason,
    '${period}' = 'day'
        and coalesce(closed_weekdays.periods, 0) >= 8e-1 * coalesce(weekdays.periods, 1) as regular
from known
left join closed_weekdays
    on closed_weekdays.store = known.store
    and closed_weekdays.weekday = iso_weekday(known.period)
left join weekdays
    on weekdays.store = known.store
    and weekdays.weekday = iso_weekday(known.period)
order by store nulls first, period nulls first
