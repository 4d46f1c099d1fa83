-- step: peaks
-- about: when far more was sold than usual, why as far as the data can tell, and when that is to be expected again
-- expect: unique(level, key, period, "when"); "when" in ('past', 'coming'); excess > 0
-- expect: certainty >= 0 and certainty <= 1; rank >= 1 and rank <= 100
--
-- cause is named only with evidence: one order that was at least half of what was above the usual; an event of the
-- shop's calendar or a holiday of which at least two and at least half of all occurrences (or the three days before)
-- were peaks of the series; or at least twice the usual share of its products on promotion, as in a tenth of its periods at most.
-- A peak is coming where the forecast itself lies a quarter above the level of the last eight seasons and above the rest of the
-- forecast, where at least two years, and half of all seen, had a peak then (52 weeks back, so that the weekday agrees)
-- or two years, and two thirds of all seen, had one as many days before an event or holiday, wherever that lies this year,
-- or where the one year seen had a peak that lasted: four of the nine days, or two of the three weeks around. Single
-- orders and values that the models do not see are no evidence of a season; a value that stands out by itself is one of
-- an event where it comes again with it. certainty: of a past peak that it is no
-- accident; of a coming one the years that had it, over those seen and two more, a half if the forecast says it.
with series as (
    select 'total' as level, '(all)' as key, period, promoted_share, value_model, outlier_reason, value = units as in_units
    from demand_total
    union all
    select 'category', category, period, promoted_share, value_model, outlier_reason, value = units
    from demand_category
    union all
    select 'store', store, period, promoted_share, value_model, outlier_reason, value = units
    from demand_store
),
named_days as (
    select event, day
    from calendar
    where event is not null and day is not null
    union all
    select name, day
    from holidays
    where kind <> 'observed'
),
event_days as (
    select
        named_days.event,
        add_days(named_days.day, -numbers.n) as day,
        min(numbers.n) as days_before
    from named_days
    join numbers on numbers.n <= case when '${period}' = 'day' then 3 else 0 end
    group by named_days.event, add_days(named_days.day, -numbers.n)
),
event_periods as (
    select
        event_days.event,
        periods.period,
        periods.ahead,
        min(event_days.days_before) as days_before
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
            order by
                cast(event_shares.peak_years as double) / nullif(event_shares.years, 0) desc nulls last,
                event_periods.days_before nulls last,
                event_shares.event nulls last
        ) as place
    from event_shares
    join event_periods on event_periods.event = event_shares.event
    where event_shares.peak_years >= 2 and event_shares.peak_years * 2 >= event_shares.years
),
promotion_levels as (
    select
        level,
        key,
        avg(promoted_share) as usual,
        percentile_cont(0.9) within group (order by promoted_share) as seldom
    from series
    where promoted_share is not null
    group by level, key
),
sold_items as (
    select item
    from sales_totals
    where kind = 'sale'
    group by item
),
category_peaks as (
    select sold_items.item, past_peaks.key, past_peaks.period
    from sold_items
    left join item_categories on item_categories.item = sold_items.item
    join past_peaks on past_peaks.key = coalesce(item_categories.category, '(none)')
    where past_peaks.level = 'category'
    group by sold_items.item, past_peaks.key, past_peaks.period
),
order_sizes as (
    select 'total' as level, '(all)' as key, period, units, revenue
    from orders
    union all
    select 'store', coalesce(store, '(all)'), period, units, revenue
    from orders
    union all
    select
        'category',
        category_peaks.key,
        category_peaks.period,
        cast(sum(exact(sales_lines.net_units)) as double),
        cast(sum(exact(sales_lines.revenue)) as double)
    from category_peaks
    join sales_lines on sales_lines.item = category_peaks.item and sales_lines.period = category_peaks.period
    where sales_lines.kind = 'sale' and (sales_lines.basket is not null or sales_lines.customer is not null)
    group by
        category_peaks.key,
        category_peaks.period,
        sales_lines.store,
        sales_lines.customer,
        sales_lines.basket,
        case when sales_lines.basket is null then sales_lines.time end
),
largest_orders as (
    select level, key, period, max(units) as units, max(revenue) as revenue
    from order_sizes
    group by level, key, period
),
judged_peaks as (
    select
        past_peaks.*,
        coalesce(
            case when series.in_units then largest_orders.units else largest_orders.revenue end
                >= 5e-1 * (past_peaks.value - past_peaks.expected),
            false
        ) as one_order,
        series.outlier_reason is not null as odd,
        series.promoted_share
    from past_peaks
    left join series
        on series.level = past_peaks.level
        and series.key = past_peaks.key
        and series.period = past_peaks.period
    left join largest_orders
        on largest_orders.level = past_peaks.level
        and largest_orders.key = past_peaks.key
        and largest_orders.period = past_peaks.period
    where past_peaks.excess > 0
),
seasonal_peaks as (
    select level, key, period, excess
    from judged_peaks
    where not one_order and not odd
),
event_places as (
    select
        event_periods.event,
        event_periods.days_before,
        judged_peaks.level,
        judged_peaks.key,
        count(distinct year_of(event_periods.period)) as peak_years,
        avg(judged_peaks.excess) as excess
    from event_periods
    join judged_peaks on judged_peaks.period = event_periods.period
    where not judged_peaks.one_order
    group by event_periods.event, event_periods.days_before, judged_peaks.level, judged_peaks.key
),
events_ahead as (
    select
        event_periods.period,
        event_places.level,
        event_places.key,
        max(event_places.peak_years) as peak_years,
        max(event_shares.years) as years,
        max(event_places.excess) as excess
    from event_periods
    join event_places
        on event_places.event = event_periods.event
        and event_places.days_before = event_periods.days_before
    join event_shares
        on event_shares.event = event_places.event
        and event_shares.level = event_places.level
        and event_shares.key = event_places.key
    where event_periods.ahead and event_places.peak_years >= 2 and event_places.peak_years * 3 >= event_shares.years * 2
    group by event_periods.period, event_places.level, event_places.key
),
past as (
    select
        judged_peaks.level,
        judged_peaks.key,
        judged_peaks.period,
        judged_peaks.value,
        judged_peaks.expected,
        judged_peaks.excess,
        case
            when judged_peaks.one_order then 'one large order'
            when event_causes.event is not null then event_causes.event
            when judged_peaks.promoted_share >= 1e-1
                and judged_peaks.promoted_share >= 2 * promotion_levels.usual
                and judged_peaks.promoted_share >= promotion_levels.seldom
                and promotion_levels.seldom < 9e-1 then 'promotion'
        end as cause,
        judged_peaks.certainty,
        'past' as when_seen
    from judged_peaks
    left join event_causes
        on event_causes.level = judged_peaks.level
        and event_causes.key = judged_peaks.key
        and event_causes.period = judged_peaks.period
        and event_causes.place = 1
    left join promotion_levels on promotion_levels.level = judged_peaks.level and promotion_levels.key = judged_peaks.key
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
        avg(forecasts.mean) over (
            partition by forecasts.level, forecasts.key, case when '${period}' = 'day' then iso_weekday(forecasts.period) else 0 end
        ) as other_means,
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
seen as (
    select level, key, min(period) as first_period
    from series
    where value_model is not null
    group by level, key
),
years_back as (
    select
        places.level,
        places.key,
        places.period,
        count(*) as years,
        count(seasonal_peaks.period) as peak_years,
        avg(seasonal_peaks.excess) as excess
    from places
    join numbers on numbers.n >= 1 and numbers.n <= 3
    join periods as before
        on before.number = places.number - numbers.n * case when '${period}' = 'day' then 364 when '${period}' = 'week' then 52 else 12 end
    join seen on seen.level = places.level and seen.key = places.key and seen.first_period <= before.period
    left join seasonal_peaks
        on seasonal_peaks.level = places.level
        and seasonal_peaks.key = places.key
        and seasonal_peaks.period = before.period
    group by places.level, places.key, places.period
),
lasting as (
    select
        places.level,
        places.key,
        places.period,
        count(*) as peaks_around
    from places
    join periods
        on periods.number >= places.number - case when '${period}' = 'day' then 368 when '${period}' = 'week' then 53 else 12 end
        and periods.number <= places.number - case when '${period}' = 'day' then 360 when '${period}' = 'week' then 51 else 12 end
    join seasonal_peaks
        on seasonal_peaks.level = places.level
        and seasonal_peaks.key = places.key
        and seasonal_peaks.period = periods.period
    group by places.level, places.key, places.period
),
expected as (
    select
        places.level,
        places.key,
        places.period,
        places.mean,
        places.level_mean,
        coalesce(years_back.years, 0) as years,
        coalesce(years_back.peak_years, 0) as peak_years,
        greatest(coalesce(years_back.excess, 0), coalesce(events_ahead.excess, 0)) as excess_then,
        coalesce(events_ahead.years, 0) as event_years,
        coalesce(events_ahead.peak_years, 0) as event_peak_years,
        coalesce(lasting.peaks_around, 0) as peaks_around,
        places.mean >= 125e-2 * places.level_mean and places.mean >= 125e-2 * places.other_means as forecast_says
    from places
    left join years_back
        on years_back.level = places.level
        and years_back.key = places.key
        and years_back.period = places.period
    left join lasting
        on lasting.level = places.level
        and lasting.key = places.key
        and lasting.period = places.period
    left join events_ahead
        on events_ahead.level = places.level
        and events_ahead.key = places.key
        and events_ahead.period = places.period
),
coming as (
    select
        expected.level,
        expected.key,
        expected.period,
        greatest(expected.mean, expected.level_mean * (1 + expected.excess_then)) as value,
        expected.level_mean as expected,
        greatest(expected.mean, expected.level_mean * (1 + expected.excess_then)) / nullif(expected.level_mean, 0) - 1 as excess,
        event_causes.event as cause,
        greatest(
            cast(expected.peak_years as double) / nullif(expected.years + 2, 0),
            cast(expected.event_peak_years as double) / nullif(expected.event_years + 2, 0),
            case when expected.forecast_says then 5e-1 else 0 end
        ) as certainty,
        'coming' as when_seen
    from expected
    left join event_causes
        on event_causes.level = expected.level
        and event_causes.key = expected.key
        and event_causes.period = expected.period
        and event_causes.place = 1
    where expected.forecast_says
        or (expected.peak_years >= 2 and expected.peak_years * 2 >= expected.years)
        or expected.event_peak_years >= 2
        or (
            expected.years = 1
            and expected.peak_years = 1
            and expected.peaks_around >= case when '${period}' = 'day' then 4 when '${period}' = 'week' then 2 else 1 end
        )
),
both_times as (
    select level, key, period, value, expected, excess, cause, certainty, when_seen from past
    union all
    select level, key, period, value, expected, excess, cause, certainty, when_seen from coming where excess > 0
),
ranked as (
    select
        both_times.*,
        cast(
            row_number() over (
                partition by level, when_seen
                order by value - expected desc nulls last, key nulls last, period nulls last
            ) as bigint
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
