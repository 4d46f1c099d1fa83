-- step: forecast_accuracy
-- about: how far off forecasts were in trials on the past, beside the seasonal naive method, by level and by step ahead
-- expect: unique(level, step); level in ('total', 'money', 'category', 'store', 'item'); series > 0; compared > 0; error >= 0; naive_error >= 0
-- expect: coverage between 0 and 1; due between 0 and 1; not (verdict is not null and step is not null)
-- expect: verdict in ('better', 'worse', 'unsure', 'too short')
--
-- A row for each step ahead, and one for all, step null. wape is the sum of absolute errors over the sum of what was sold, over all series, trials
-- and steps; bias that of forecast less actual; coverage the share of values between the outermost quantiles, and due what it should
-- be; value_added the share of the naive method's error that the forecast saves. better and worse: what is saved is told from zero by
-- the self-normalised test of Kiefer, Vogelsang and Bunzel (2000, table 2), for which errors of neighbouring steps may depend on each other. As all of one
-- trial hang together, it is asked at 99 in 100, 8.544: of 600 made-up shops in which nothing beats the last week it then calls 4 in 100 better. too short: of fewer than 20 values a mean error is itself off by a sixth and more, and six steps are too
-- few for the test. What models see is what counts: unusual values are dampened, hidden demand is left out, and on days
-- that are always closed nothing is both foreseen and sold; coverage does not count them.
with trials as (
    select
        level,
        key,
        model,
        step,
        origins,
        count,
        mae * count as error,
        actual * count as sold,
        bias * count as off,
        coverage * ranges as inside,
        ranges
    from accuracy_levels
    where count > 0 and not (level = 'store' and key = '(all)')
    union all
    select
        'item',
        item,
        model,
        step,
        origins,
        count,
        mae * count,
        actual * count,
        bias * count,
        coverage * ranges,
        ranges
    from accuracy_items
    where count > 0
),
sizes as (
    select
        level,
        count(distinct key) as series,
        max(origins) as trials
    from trials
    group by level
),
steps as (
    select
        level,
        step,
        count(distinct key) as series,
        max(origins) as trials,
        sum(case when model = 'auto' then count end) as compared,
        cast(sum(exact(case when model = 'auto' then sold end)) as double) as sold,
        cast(sum(exact(case when model = 'auto' then error end)) as double) as error,
        cast(sum(exact(case when model = 'snaive' then error end)) as double) as naive_error,
        cast(sum(exact(case when model = 'auto' then off end)) as double) as off,
        cast(sum(exact(case when model = 'auto' then inside end)) as double) as inside,
        sum(case when model = 'auto' then ranges end) as ranges
    from trials
    group by level, step
),
wholes as (
    select
        level,
        count(*) as steps,
        sum(compared) as compared,
        cast(sum(exact(sold)) as double) as sold,
        cast(sum(exact(error)) as double) as error,
        cast(sum(exact(naive_error)) as double) as naive_error,
        cast(sum(exact(off)) as double) as off,
        cast(sum(exact(inside)) as double) as inside,
        sum(ranges) as ranges,
        cast(sum(exact(naive_error - error)) as double) / nullif(count(*), 0) as saved
    from steps
    group by level
),
walks as (
    select
        steps.level,
        cast(sum(exact(steps.naive_error - steps.error - wholes.saved)) over (partition by steps.level order by steps.step nulls last rows between unbounded preceding and current row) as double) as walk
    from steps
    join wholes on wholes.level = steps.level
),
scales as (
    select level, max(abs(walk)) as scale
    from walks
    group by level
),
noise as (
    select
        walks.level,
        max(scales.scale) * square_root(cast(sum(exact(power(walks.walk / nullif(scales.scale, 0), 2))) as double)) as spread
    from walks
    join scales on scales.level = walks.level
    group by walks.level
),
rows_of as (
    select
        level,
        step,
        series,
        trials,
        compared,
        sold,
        error,
        naive_error,
        off,
        inside,
        ranges,
        cast(null as string) as verdict
    from steps
    union all
    select
        wholes.level,
        cast(null as bigint),
        sizes.series,
        sizes.trials,
        wholes.compared,
        wholes.sold,
        wholes.error,
        wholes.naive_error,
        wholes.off,
        wholes.inside,
        wholes.ranges,
        case
            when wholes.compared < 20 or wholes.steps < 6 then 'too short'
            when abs(wholes.saved) * wholes.steps * square_root(wholes.steps) <= 8544e-3 * coalesce(noise.spread, 0) then 'unsure'
            when wholes.saved > 0 then 'better'
            when wholes.saved < 0 then 'worse'
            else 'unsure'
        end
    from wholes
    join sizes on sizes.level = wholes.level
    join noise on noise.level = wholes.level
)
select
    level,
    cast(step as bigint) as step,
    cast(series as bigint) as series,
    cast(trials as bigint) as trials,
    cast(compared as bigint) as compared,
    sold,
    error,
    naive_error,
    error / nullif(sold, 0) as wape,
    naive_error / nullif(sold, 0) as naive_wape,
    off / nullif(sold, 0) as bias,
    inside / nullif(ranges, 0) as coverage,
    case when inside is not null then greatest(${each q in forecast.quantiles: ${q}e0,} 0e0) - least(${each q in forecast.quantiles: ${q}e0,} 1e0) end as due,
    1 - error / nullif(naive_error, 0) as value_added,
    verdict
from rows_of
order by level nulls first, step nulls first
