-- step: forecast_levels
-- about: what the total, the money, each category and each store will sell, period by period, as they add up and with what planners changed
-- expect: unique(level, key, period); unique(level, key, step); mean >= 0
--
-- Quantiles are multiplied as the mean is, by forecast_factors and planners' changes; those that are whole numbers stay whole. model_mean
-- is what the model expects of the series by itself, planner who changed it and why.
with made as (
    select
        model_levels.*,
        planned_levels.mean as planned,
        planned_levels.planner
    from model_levels
    join planned_levels
        on planned_levels.level = model_levels.level
        and planned_levels.key = model_levels.key
        and planned_levels.period = model_levels.period
)
select
    level,
    key,
    period,
    step,
    planned as mean,
    ${each q in forecast.quantiles: case
        when mean > 0 and "q${q}" = round("q${q}") then round("q${q}" * planned / nullif(mean, 0))
        when mean > 0 then "q${q}" * planned / nullif(mean, 0)
        else "q${q}" + planned
    end as "q${q}",}
    model,
    note,
    drivers,
    mean as model_mean,
    planner
from made
order by level nulls first, key nulls first, period nulls first
