-- step: model_levels
-- about: what models expect of the total, the money, each category and each store by itself
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period})
-- group: level, key
-- order: period
-- expect: unique(level, key, period); unique(level, key, step); mean >= 0
select level, key, period, value, ahead, event
from forecast_series
