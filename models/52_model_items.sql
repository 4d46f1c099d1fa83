-- step: model_items
-- about: what models expect of each item that is still on offer, by itself
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period}, absent = ${absent}, effort = fast)
-- group: item
-- order: period
-- expect: unique(item, period); unique(item, step); mean >= 0
--
-- Of products whose promotions are planned ahead models are told those, past and to come (promoted_series).
select
    item,
    period,
    value_model as value,
    false as ahead,
    cast(null as double) as promotion
from demand_item
where active
    and to_forecast
    and comparable
    and text_matches('${forecast.levels}', '(^|[^_a-z])item($|[^_a-z])')
    and not exists (select 1 from promoted_series where promoted_series.item = demand_item.item)
union all
select item, period, value, ahead, promotion
from promoted_series
