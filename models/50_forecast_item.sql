-- step: forecast_item
-- about: what each item that is still on offer will sell, period by period, with quantiles
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period}, absent = ${absent}, effort = fast)
-- group: item
-- order: period
-- expect: unique(item, period); unique(item, step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])item($|[^_a-z])') or (select count(*) from demand_item where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
select
    item,
    period,
    value_model as value
from demand_item
where active
    and to_forecast
    and comparable
    and text_matches('${forecast.levels}', '(^|[^_a-z])item($|[^_a-z])')
