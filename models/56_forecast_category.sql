-- step: forecast_category
-- about: what each category will sell, period by period, with quantiles; categories add up to the total
-- expect: unique(category, period); unique(category, step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])category($|[^_a-z])') or (select count(*) from demand_category where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
--
-- Quantiles are multiplied as the mean is (forecast_factors); those that are whole numbers stay whole. model_mean is what the model
-- expects of the series by itself.
with made as (
    select
        model_levels.*,
        coalesce(forecast_factors.factor, 1) as factor
    from model_levels
    left join forecast_factors on forecast_factors.level = model_levels.level and forecast_factors.period = model_levels.period
    where model_levels.level = 'category'
)
select
    key as category,
    period,
    step,
    mean * factor as mean,
    ${each q in forecast.quantiles: case when "q${q}" = round("q${q}") then round("q${q}" * factor) else "q${q}" * factor end as "q${q}",}
    model,
    note,
    drivers,
    mean as model_mean
from made
order by category nulls first, period nulls first
