-- step: planned_means
-- about: what planners expect in place of the forecast, series by series and period by period, where they say so
-- expect: unique(level, key, period); mean >= 0
--
-- A value is of all the periods of its change together: it is spread over them as the forecast is, evenly where nothing was forecast;
-- of a change that began before the forecast does, and of one that ends after it, those that are forecast get their share by number.
-- Of two changes to the same series and period that which was made later holds.
with cells as (
    select
        agreed_means.level,
        agreed_means.key,
        agreed_means.whole,
        agreed_means.period,
        agreed_means.mean as base,
        override_rows.number,
        override_rows.value,
        override_rows.change,
        override_rows.periods,
        override_rows.who,
        override_rows.why,
        row_number() over (
            partition by agreed_means.level, agreed_means.key, agreed_means.period
            order by override_rows.number desc nulls last
        ) as place
    from override_rows
    join agreed_means
        on agreed_means.level = override_rows.level
        and agreed_means.key = override_rows.key
        and agreed_means.period >= override_rows.first_period
        and agreed_means.period <= override_rows.last_period
    where override_rows.status = 'ahead'
),
spread as (
    select
        cells.*,
        cast(sum(exact(base)) over (partition by number) as double) as together,
        count(*) over (partition by number) as forecast_periods
    from cells
)
select
    level,
    key,
    whole,
    period,
    number,
    base,
    case
        when value is null then base * (1e0 + change)
        when together > 0 then base * value * forecast_periods / nullif(periods, 0) / nullif(together, 0)
        else value / nullif(periods, 0)
    end as mean,
    coalesce(who, 'somebody') || coalesce(' ' || chr(40) || why || chr(41), '') as planner
from spread
where place = 1
order by level nulls first, key nulls first, period nulls first
