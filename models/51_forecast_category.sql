-- step: forecast_category
-- about: what each category will sell, period by period, with quantiles
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period})
-- group: category
-- order: period
-- expect: unique(category, period); unique(category, step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])category($|[^_a-z])') or (select count(*) from demand_category where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
select
    category,
    period,
    value_model as value
from demand_category
where active
    and to_forecast
    and comparable
    and text_matches('${forecast.levels}', '(^|[^_a-z])category($|[^_a-z])')
