-- step: outliers_levels
-- about: observations of an item, a category, a store or the total that lie far outside what their neighbours say
-- operator: clean_outliers(season = ${season}, period = ${period}, absent = ${absent}, rows = outliers)
-- group: level, key
-- order: period
-- expect: unique(level, key, period)
select
    level,
    key,
    period,
    model_value as value,
    on_promotion
from demand_levels
where active and to_forecast and comparable
