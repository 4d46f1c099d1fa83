-- step: forecast_revenue
-- about: what everything together will bring in, in money; empty where the files have no money, period by period, with quantiles
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period})
-- order: period
-- expect: unique(period); unique(step); mean >= 0
select
    period,
    value_model as value
from demand_revenue
where active
    and to_forecast
    and comparable
    and text_matches('${forecast.levels}', '(^|[^_a-z])total($|[^_a-z])')
