-- step: calendar_days
-- about: every day of the sales and of the forecast: day off or not, holiday, bridging day, pay day, season, and the shop's own events
-- expect: unique(day); weekday >= 1 and weekday <= 7; season in ('winter', 'spring', 'summer', 'autumn')
-- expect: all(count(*) = count(period)); school_holiday >= 0 and school_holiday <= 1
--
-- Holidays are those of the step holidays; a week runs past both ends, so that the days beside a holiday are told there too.
-- A bridge is a working day between two days off, an eve the working day before a holiday. A pay_day is a day of the month
-- that the setting pay_days names, or the working day before where that is a day off. Seasons go by months, none in
-- countries on the equator. school_holiday is the share of stores for which the shop's own calendar says so.
with weekends as (
    select coalesce(max(case when kind = 'weekend' then name end), '6 7') as weekend,
        max(case when kind = 'seasons' then name end) as seasons
    from world_holidays
    join country on country.country = world_holidays.country
),
bounds as (
    select min(period) as first_day, max(last_day) as last_day
    from periods
),
places as (
    select
        add_days(bounds.first_day, numbers.n - 7) as day,
        numbers.n >= 7 and add_days(bounds.first_day, numbers.n - 7) <= bounds.last_day as inside
    from bounds
    join numbers on numbers.n <= days_between(bounds.first_day, bounds.last_day) + 14
),
off as (
    select
        day,
        coalesce(min(case when kind = 'public' then name end), min(name)) as holiday,
        min(case when kind = 'public' then 0 else 1 end) = 1 as observed
    from holidays
    where kind <> 'occasion'
    group by day
),
busy as (
    select day, min(name) as occasion
    from holidays
    where kind = 'occasion'
    group by day
),
own as (
    select
        day,
        min(event) as event,
        cast(sum(case when school_holiday then 1 else 0 end) as double)
            / nullif(sum(case when school_holiday is not null then 1 else 0 end), 0) as school_holiday
    from calendar
    where day is not null
    group by day
),
marked as (
    select
        places.day,
        places.inside,
        iso_weekday(places.day) as weekday,
        off.holiday,
        coalesce(off.observed, false) as observed,
        weekends.weekend like '%' || cast(iso_weekday(places.day) as string) || '%' as weekend,
        weekends.seasons,
        busy.occasion,
        own.event,
        own.school_holiday
    from places
    cross join weekends
    left join off on off.day = places.day
    left join busy on busy.day = places.day
    left join own on own.day = places.day
),
neighbours as (
    select
        marked.*,
        weekend or holiday is not null as day_off,
        lag(weekend or holiday is not null, 1) over (order by day nulls first) as off_before,
        lead(weekend or holiday is not null, 1) over (order by day nulls first) as off_after,
        lead(holiday, 1) over (order by day nulls first) as holiday_after
    from marked
),
month_days as (
    select numbers.n as day_of_month
    from numbers
    where numbers.n >= 1 and numbers.n <= 31
        and replace(replace(replace('${pay_days}', ' ', ''), '[', ','), ']', ',') like '%,' || cast(numbers.n as string) || ',%'
),
pay_days as (
    select max(neighbours.day) as day
    from neighbours
    join month_days
        on day_of(neighbours.day) <= month_days.day_of_month
    where not neighbours.day_off
    group by month_start(neighbours.day), month_days.day_of_month
),
paid as (
    select day
    from pay_days
    group by day
)
select
    neighbours.day,
    periods.period,
    neighbours.weekday,
    neighbours.holiday,
    neighbours.observed,
    neighbours.occasion,
    neighbours.event,
    neighbours.weekend,
    neighbours.day_off,
    not neighbours.day_off and coalesce(neighbours.off_before and neighbours.off_after, false) as bridge,
    not neighbours.day_off and neighbours.holiday_after is not null as eve,
    paid.day is not null as pay_day,
    neighbours.school_holiday,
    case
        when neighbours.seasons is null then null
        when month_of(neighbours.day) in (12, 1, 2) then case when neighbours.seasons = 'north' then 'winter' else 'summer' end
        when month_of(neighbours.day) in (3, 4, 5) then case when neighbours.seasons = 'north' then 'spring' else 'autumn' end
        when month_of(neighbours.day) in (6, 7, 8) then case when neighbours.seasons = 'north' then 'summer' else 'winter' end
        else case when neighbours.seasons = 'north' then 'autumn' else 'spring' end
    end as season
from neighbours
join periods on neighbours.day >= periods.period and neighbours.day <= periods.last_day
left join paid on paid.day = neighbours.day
where neighbours.inside
order by neighbours.day nulls first
