-- step: forecast_total
-- about: what everything together will sell, period by period, with quantiles
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period})
-- order: period
-- expect: unique(period); unique(step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])total($|[^_a-z])') or (select count(*) from demand_total where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
select
    period,
    value_model as value
from demand_total
where active
    and to_forecast
    and comparable
    and text_matches('${forecast.levels}', '(^|[^_a-z])total($|[^_a-z])')
