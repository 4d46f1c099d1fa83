-- step: accuracy_levels
-- about: how far off forecasts of the total, the money, categories and stores would have been, step by step ahead, in trials on the past
-- operator: backtest(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period}, models = [auto, snaive], by = step)
-- group: level, key
-- order: period
-- expect: unique(level, key, model, step); mae >= 0; coverage between 0 and 1
--
-- As model_levels sees them, each by itself (not multiplied by forecast_factors). A trial costs nearly what a forecast does, so that of each
-- level the 100 largest are tried.
with sizes as (
    select level, key, cast(sum(exact(value)) as double) as size
    from forecast_series
    group by level, key
),
placed as (
    select
        level,
        key,
        row_number() over (partition by level order by size desc nulls last, key nulls last) as place
    from sizes
)
select
    forecast_series.level,
    forecast_series.key,
    forecast_series.period,
    forecast_series.value,
    forecast_series.ahead,
    forecast_series.event
from forecast_series
join placed on placed.level = forecast_series.level and placed.key = forecast_series.key
where placed.place <= 100
