-- step: calendar_effects
-- about: what holidays, busy days, pay days and the shop's own events did to sales, with interval, and when each comes next
-- expect: unique(level, key, name, days_before); times >= 1; low <= effect; high >= effect
-- expect: days_before >= -1 and days_before <= 3; kind in ('holiday', 'occasion', 'event', 'pay day', 'bridge')
--
-- effect is the mean, over the times it was seen, of what was sold over what is usual, less one: -0.2 is a fifth less. Usual is the
-- median of the same weekday in the four weeks to either side (of the weeks themselves in weekly files), days near holidays and
-- events left out. A day counts for what is nearest to it, for a holiday rather than for what else falls on it; days_before is 0 on the
-- day itself, 1 to 3 before it and -1 on the day after. low and high hold it 95 times in 100, by how far ordinary days are off
-- their usual, or by how far its own times are apart where that is more. It is sure where it was seen twice, each time further off than 19 of
-- 20 ordinary days and all the same way (one large order makes no holiday), and the mean further than an accident in a thousand would be, as
-- many days are looked at. Days on which all was shut count as nothing sold. An effect is what went with the day; whether the day made it, figures can't tell. Monthly files have no row.
with series as (
    select 'total' as level, '(all)' as key, period, value, comparable
    from demand_total
    union all
    select 'category', category, period, value, comparable
    from demand_category
    where active
),
placed as (
    select series.level, series.key, series.period, periods.number, periods.last_day, series.value
    from series
    join periods on periods.period = series.period
    where series.comparable and series.value is not null and periods.complete and not periods.ahead and '${period}' <> 'month'
),
touched as (
    select name, kind, days_before, period, ahead
    from named_periods
),
special as (
    select period
    from touched
    where kind in ('holiday', 'occasion', 'event')
    group by period
),
ordinary as (
    select placed.*
    from placed
    left join special on special.period = placed.period
    where special.period is null
),
usual as (
    select
        placed.level,
        placed.key,
        placed.period,
        placed.value,
        percentile_cont(0.5) within group (order by ordinary.value) as usual,
        count(*) as seen
    from placed
    join ordinary
        on ordinary.level = placed.level
        and ordinary.key = placed.key
        and ordinary.number >= placed.number - case when '${period}' = 'day' then 28 else 4 end
        and ordinary.number <= placed.number + case when '${period}' = 'day' then 28 else 4 end
        and ordinary.number <> placed.number
        and ('${period}' <> 'day' or iso_weekday(ordinary.period) = iso_weekday(placed.period))
    group by placed.level, placed.key, placed.period, placed.value
),
ratios as (
    select
        usual.level,
        usual.key,
        usual.period,
        usual.value - usual.usual as excess,
        usual.value / nullif(usual.usual, 0) - 1 as effect,
        special.period is null as is_ordinary
    from usual
    left join special on special.period = usual.period
    where usual.seen >= 3 and usual.usual > 0
),
noise as (
    select
        level,
        key,
        (percentile_cont(0.84) within group (order by effect) - percentile_cont(0.16) within group (order by effect)) / 2 as deviation,
        count(*) as days
    from ratios
    where is_ordinary
    group by level, key
),
seen as (
    select
        ratios.level,
        ratios.key,
        touched.name,
        min(touched.kind) as kind,
        touched.days_before,
        count(*) as times,
        avg(ratios.effect) as effect,
        min(ratios.effect) as lowest,
        max(ratios.effect) as highest,
        coalesce(stddev_samp(ratios.effect), 0) as spread,
        avg(ratios.excess) as excess
    from ratios
    join touched on touched.period = ratios.period
    group by ratios.level, ratios.key, touched.name, touched.days_before
),
coming as (
    select name, days_before, min(period) as next_period
    from touched
    where ahead
    group by name, days_before
),
judged as (
    select
        seen.*,
        noise.deviation,
        196e-2 * greatest(noise.deviation, seen.spread) / nullif(square_root(cast(seen.times as double)), 0) as half
    from seen
    join noise on noise.level = seen.level and noise.key = seen.key
    where noise.days >= 20
)
select
    judged.level,
    judged.key,
    judged.name,
    judged.kind,
    judged.days_before,
    judged.times,
    judged.effect,
    greatest(judged.effect - judged.half, least(judged.effect, -1e0)) as low,
    judged.effect + judged.half as high,
    judged.times >= 2
        and abs(judged.effect) > 329e-2 * judged.deviation / nullif(square_root(cast(judged.times as double)), 0)
        and (judged.lowest > 196e-2 * judged.deviation or judged.highest < -196e-2 * judged.deviation) as sure,
    judged.excess,
    coming.next_period
from judged
left join coming on coming.name = judged.name and coming.days_before = judged.days_before
order by judged.level nulls first, judged.key nulls first, judged.name nulls first, judged.days_before nulls first
