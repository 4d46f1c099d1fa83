-- step: accuracy_items
-- about: how far off forecasts of products would have been, step by step ahead, in trials on the past of those that bring most
-- operator: backtest(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period}, absent = ${absent}, effort = fast, models = [auto, snaive], by = step)
-- group: item
-- order: period
-- expect: unique(item, model, step); mae >= 0; coverage between 0 and 1
--
-- As model_items sees them: what promotions were planned is taken as known before. Forecasts of products get the shape and size of
-- that of their category (forecast_factors), which a trial of each by itself does not see: what that gains or costs is not in these figures.
select
    demand_item.item,
    demand_item.period,
    demand_item.value_model as value,
    false as ahead,
    cast(null as double) as promotion
from demand_item
join tried_items on tried_items.item = demand_item.item
where demand_item.active
    and demand_item.to_forecast
    and demand_item.comparable
    and not exists (select 1 from promoted_series where promoted_series.item = demand_item.item)
union all
select
    promoted_series.item,
    promoted_series.period,
    promoted_series.value,
    promoted_series.ahead,
    promoted_series.promotion
from promoted_series
join tried_items on tried_items.item = promoted_series.item
