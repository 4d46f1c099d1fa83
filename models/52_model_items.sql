-- step: model_items
-- about: what models expect of each item that is still on offer, by itself
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period}, absent = ${absent}, effort = fast)
-- group: item
-- order: period
-- expect: unique(item, period); unique(item, step); mean >= 0
select
    item,
    period,
    value_model as value
from demand_item
where active
    and to_forecast
    and comparable
    and text_matches('${forecast.levels}', '(^|[^_a-z])item($|[^_a-z])')
