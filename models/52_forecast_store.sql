-- step: forecast_store
-- about: what each store will sell, period by period, with quantiles
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period})
-- group: store
-- order: period
-- expect: unique(store, period); unique(store, step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])store($|[^_a-z])') or (select count(*) from demand_store where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
select
    store,
    period,
    value_model as value
from demand_store
where active
    and to_forecast
    and comparable
    and text_matches('${forecast.levels}', '(^|[^_a-z])store($|[^_a-z])')
