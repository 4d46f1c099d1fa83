-- step: named_periods
-- about: periods that hold a holiday, a busy day, an event of the shop's own, a pay day or a bridging day, or lie beside one, past and to come
-- expect: unique(period); days_before >= -1 and days_before <= 3
-- expect: kind in ('holiday', 'occasion', 'event', 'pay day', 'bridge')
--
-- A period counts for what is nearest to it, for a holiday rather than for what else falls on it. days_before is 0 on the day itself,
-- 1 to 3 before it and -1 on the day after; of weekly files 0. event is its name in words, for forecasts, null of pay days, which the time
-- of the month tells better. Monthly files have no row.
with named as (
    select name, case when kind = 'occasion' then 'occasion' else 'holiday' end as kind, day
    from holidays
    where kind <> 'observed'
    union all
    select event, 'event', day
    from calendar
    where event is not null and day is not null
    group by event, day
    union all
    select 'pay day', 'pay day', day
    from calendar_days
    where pay_day
    union all
    select 'bridging day', 'bridge', day
    from calendar_days
    where bridge
),
offsets as (
    select numbers.n - 1 as days_before
    from numbers
    where numbers.n <= case when '${period}' = 'day' then 4 else 1 end and (numbers.n >= 1 or '${period}' = 'day')
),
windows as (
    select
        named.name,
        named.kind,
        offsets.days_before,
        add_days(named.day, -offsets.days_before) as day
    from named
    join offsets on offsets.days_before = 0 or named.kind in ('holiday', 'occasion', 'event')
),
near as (
    select
        windows.name,
        windows.kind,
        windows.days_before,
        periods.period,
        periods.ahead,
        row_number() over (
            partition by periods.period
            order by
                case when windows.kind in ('pay day', 'bridge') then 1 else 0 end nulls last,
                abs(windows.days_before) nulls last,
                case windows.kind when 'holiday' then 0 when 'event' then 1 when 'bridge' then 2 else 3 end nulls last,
                windows.name nulls last
        ) as place
    from windows
    join periods on windows.day >= periods.period and windows.day <= periods.last_day
    where '${period}' <> 'month'
)
select
    period,
    ahead,
    name,
    kind,
    days_before,
    case
        when kind = 'pay day' then null
        when days_before = 0 then name
        when days_before < 0 then 'day after ' || name
        when days_before = 1 then '1 day before ' || name
        else cast(days_before as string) || ' days before ' || name
    end as event
from near
where place = 1
order by period nulls first
