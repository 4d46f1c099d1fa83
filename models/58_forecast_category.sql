-- step: forecast_category
-- about: what each category will sell, period by period, with quantiles; categories add up to the total
-- expect: unique(category, period); unique(category, step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])category($|[^_a-z])') or (select count(*) from demand_category where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
select key as category, period, step, mean, ${each q in forecast.quantiles: "q${q}",} model, note, drivers, model_mean, planner
from forecast_levels
where level = 'category'
order by category nulls first, period nulls first
