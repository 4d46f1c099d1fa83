-- step: forecast_store
-- about: what each store will sell, period by period, with quantiles; stores add up to the total
-- expect: unique(store, period); unique(store, step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])store($|[^_a-z])') or (select count(*) from demand_store where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
select key as store, period, step, mean, ${each q in forecast.quantiles: "q${q}",} model, note, drivers, model_mean, planner
from forecast_levels
where level = 'store'
order by store nulls first, period nulls first
