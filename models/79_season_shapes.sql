-- step: season_shapes
-- about: how far each weekday and each month is above or below the trend, and how strong trend and seasons are
-- expect: unique(level, key, season, place); season in ('week', 'year'); place >= 1 and place <= 12
-- expect: strength >= 0 and strength <= 1; periods > 0
--
-- place is the weekday (Monday 1) or the month. effect is the mean of the season's part over the mean of the trend in the same periods. strength
-- says how much of what the trend leaves is the season: 1 - Var(rest) / Var(season + rest), and trend_strength the same of the trend without the
-- seasons (Wang, Smith, Hyndman 2006), from 0, nothing, to 1, all. Weekdays and months that mostly have no sale are left out,
-- and weekdays of which little is known, as where the shop is shut; no effect is below -1, for less than nothing is not sold.
with parts as (
    select
        level,
        key,
        period,
        value,
        trend,
        season,
        remainder,
        case when '${period}' = 'day' then "season${season}" end as week_part,
        case when '${period}' = 'day' then "season${year_season}" else "season${season}" end as year_part
    from trend_and_seasons
    where trend is not null
),
seasons as (
    select level, key, 'week' as season, iso_weekday(period) as place, week_part as part, value, trend, remainder
    from parts
    where week_part is not null
    union all
    select level, key, 'year', month_of(period), year_part, value, trend, remainder
    from parts
    where year_part is not null
),
strengths as (
    select
        level,
        key,
        season,
        var_pop(part) as variance,
        greatest(0e0, 1e0 - var_pop(remainder) / nullif(var_pop(case when remainder is not null then part + remainder end), 0)) as strength,
        greatest(0e0, 1e0 - var_pop(remainder) / nullif(var_pop(case when remainder is not null then trend + remainder end), 0)) as trend_strength
    from seasons
    group by level, key, season
),
sums as (
    select
        level,
        key,
        season,
        place,
        avg(part) as part,
        avg(trend) as trend,
        count(*) as periods
    from seasons
    group by level, key, season, place
    having
        count(value) > 0
        and 2 * count(case when value = 0 then 1 end) <= count(value)
        and (season = 'year' or 2 * count(value) >= count(*))
),
means as (
    select
        sums.*,
        count(*) over (partition by level, key, season) as places
    from sums
)
select
    means.level,
    means.key,
    means.season,
    means.place,
    greatest(means.part / nullif(means.trend, 0), -1e0) as effect,
    means.periods,
    coalesce(strengths.strength, 0) as strength,
    coalesce(strengths.trend_strength, 0) as trend_strength
from means
join strengths on strengths.level = means.level and strengths.key = means.key and strengths.season = means.season
where strengths.variance > 0 and means.trend > 0 and means.places > 1
order by means.level nulls first, means.key nulls first, means.season nulls first, means.place nulls first
