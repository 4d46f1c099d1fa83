-- step: peaks
-- about: when far more was sold than usual, why as far as the data can tell, and when that is to be expected again
-- expect: unique(level, key, period, "when"); "when" in ('past', 'coming'); excess > 0
-- expect: certainty >= 0 and certainty <= 1; rank >= 1 and rank <= 100
--
-- cause is named only with evidence: an event of the calendar of which at least two and at least half of all
-- occurrences (or the three days before) were peaks of the series; or at least twice the usual share of its products on promotion.
-- A peak is coming where the forecast itself lies a quarter above the level of the last eight seasons, or the series had a
-- peak a year before (52 weeks, so that the weekday agrees); certainty is the share of the years seen that had it.
with series as (
    select 'total' as level, '(all)' as key, period, promoted_share, value_model from demand_total
    union all
    select 'category', category, period, promoted_share, value_model from demand_category
    union all
    select 'store', store, period, promoted_share, value_model from demand_store
),
event_days as (
    select
        event,
        add_days(day, -numbers.n) as day
    from calendar
    join numbers on numbers.n <= case when '${period}' = 'day' then 3 else 0 end
    where event is not null and day is not null
    group by event, add_days(day, -numbers.n)
),
event_periods as (
    select
        event_days.event,
        periods.period,
        periods.ahead
    from event_days
    join periods on event_days.day >= periods.period and event_days.day <= periods.last_day
    group by event_days.event, periods.period, periods.ahead
),
event_years as (
    select event, year_of(period) as year, level, key
    from event_periods
    cross join (select level, key from past_peaks group by level, key) as peaked
    where not ahead
    group by event, year_of(period), level, key
),
event_peak_years as (
    select event_periods.event, year_of(event_periods.period) as year, past_peaks.level, past_peaks.key
    from event_periods
    join past_peaks on past_peaks.period = event_periods.period
    group by event_periods.event, year_of(event_periods.period), past_peaks.level, past_peaks.key
),
event_shares as (
    select
        event_years.event,
        event_years.level,
        event_years.key,
        count(*) as years,
        count(event_peak_years.year) as peak_years
    from event_years
    left join event_peak_years
        on event_peak_years.event = event_years.event
        and event_peak_years.year = event_years.year
        and event_peak_years.level = event_years.level
        and event_peak_years.key = event_years.key
    group by event_years.event, event_years.level, event_years.key
),
event_causes as (
    select
        event_periods.period,
        event_shares.level,
        event_shares.key,
        event_shares.event,
        cast(event_shares.peak_years as double) / nullif(event_shares.years, 0) as share,
        row_number() over (
            partition by event_periods.period, event_shares.level, event_shares.key
            order by cast(event_shares.peak_years as double) / nullif(event_shares.years, 0) desc nulls last, event_shares.event nulls last
        ) as place
    from event_shares
    join event_periods on event_periods.event = event_shares.event
    where event_shares.peak_years >= 2 and event_shares.peak_years * 2 >= event_shares.years
),
promotion_levels as (
    select level, key, avg(promoted_share) as usual
    from series
    where promoted_share is not null
    group by level, key
),
past as (
    select
        past_peaks.level,
        past_peaks.key,
        past_peaks.period,
        past_peaks.value,
        past_peaks.expected,
        past_peaks.excess,
        case
            when event_causes.event is not null then event_causes.event
            when series.promoted_share >= 1e-1 and series.promoted_share >= 2 * promotion_levels.usual then 'promotion'
        end as cause,
        past_peaks.certainty,
        'past' as when_seen
    from past_peaks
    left join event_causes
        on event_causes.level = past_peaks.level
        and event_causes.key = past_peaks.key
        and event_causes.period = past_peaks.period
        and event_causes.place = 1
    left join series
        on series.level = past_peaks.level
        and series.key = past_peaks.key
        and series.period = past_peaks.period
    left join promotion_levels on promotion_levels.level = past_peaks.level and promotion_levels.key = past_peaks.key
    where past_peaks.excess > 0
),
forecasts as (
    select 'total' as level, '(all)' as key, period, mean from forecast_total
    union all
    select 'category', category, period, mean from forecast_category
    union all
    select 'store', store, period, mean from forecast_store
),
timeline as (
    select
        max(case when not ahead then number end) as last_number
    from periods
),
usual as (
    select
        series.level,
        series.key,
        case when '${period}' = 'day' then iso_weekday(series.period) else 0 end as weekday,
        avg(series.value_model) as level_mean,
        avg(avg(series.value_model)) over (partition by series.level, series.key) as any_day_mean
    from series
    join periods on periods.period = series.period
    cross join timeline
    where series.value_model is not null
        and periods.number > timeline.last_number - case when '${period}' = 'day' then 56 when '${period}' = 'week' then 52 else 12 end
    group by series.level, series.key, case when '${period}' = 'day' then iso_weekday(series.period) else 0 end
),
places as (
    select
        forecasts.level,
        forecasts.key,
        forecasts.period,
        forecasts.mean,
        usual.level_mean,
        periods.number
    from forecasts
    join periods on periods.period = forecasts.period
    join usual
        on usual.level = forecasts.level
        and usual.key = forecasts.key
        and usual.weekday = case when '${period}' = 'day' then iso_weekday(forecasts.period) else 0 end
    where usual.level_mean > 1e-1 * usual.any_day_mean
),
years_back as (
    select
        places.level,
        places.key,
        places.period,
        count(*) as years,
        count(past_peaks.period) as peak_years,
        avg(past_peaks.excess) as excess
    from places
    join numbers on numbers.n >= 1 and numbers.n <= 3
    join periods as before
        on before.number = places.number - numbers.n * case when '${period}' = 'day' then 364 when '${period}' = 'week' then 52 else 12 end
    left join past_peaks
        on past_peaks.level = places.level
        and past_peaks.key = places.key
        and past_peaks.period = before.period
    group by places.level, places.key, places.period
),
coming as (
    select
        places.level,
        places.key,
        places.period,
        greatest(places.mean, places.level_mean * (1 + coalesce(years_back.excess, 0))) as value,
        places.level_mean as expected,
        greatest(places.mean, places.level_mean * (1 + coalesce(years_back.excess, 0))) / nullif(places.level_mean, 0) - 1 as excess,
        event_causes.event as cause,
        case
            when years_back.peak_years > 0 then cast(years_back.peak_years as double) / nullif(years_back.years + 1, 0)
            else 5e-1
        end as certainty,
        'coming' as when_seen
    from places
    left join years_back
        on years_back.level = places.level
        and years_back.key = places.key
        and years_back.period = places.period
    left join event_causes
        on event_causes.level = places.level
        and event_causes.key = places.key
        and event_causes.period = places.period
        and event_causes.place = 1
    where places.mean >= 125e-2 * places.level_mean
        or years_back.peak_years * 2 >= years_back.years
),
both_times as (
    select level, key, period, value, expected, excess, cause, certainty, when_seen from past
    union all
    select level, key, period, value, expected, excess, cause, certainty, when_seen from coming where excess > 0
),
ranked as (
    select
        both_times.*,
        row_number() over (
            partition by level, when_seen
            order by value - expected desc nulls last, key nulls last, period nulls last
        ) as rank
    from both_times
)
select
    level,
    key,
    period,
    value,
    expected,
    excess,
    cause,
    least(greatest(coalesce(certainty, 0), 0), 1e0) as certainty,
    when_seen as "when",
    rank
from ranked
where rank <= 100
order by "when" nulls first, level nulls first, rank nulls first
