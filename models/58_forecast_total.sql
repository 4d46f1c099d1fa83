-- step: forecast_total
-- about: what everything together will sell, period by period, with quantiles
-- expect: unique(period); unique(step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])total($|[^_a-z])') or (select count(*) from demand_total where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
select period, step, mean, ${each q in forecast.quantiles: "q${q}",} model, note, drivers, model_mean, planner
from forecast_levels
where level = 'total'
order by period nulls first
