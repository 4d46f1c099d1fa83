-- step: demand_item
-- about: demand of each item over all stores in the periods that are no plain zero, with the copy that models see
-- expect: unique(item, period); value_model >= 0; not (outlier_reason is not null and value_model is null)
-- expect: all(count(*) = (select count(*) from demand_levels where level = 'item'))
--
-- Between an item's first and last row a period without a row is a zero: nothing was sold, and nothing hindered it (or
-- the shop is regularly shut then); where the setting absent is missing, it is not known.
with found as (
    select key, period, cleaned, reason
    from outliers_levels
    where level = 'item'
)
select
    demand_levels.key as item,
    demand_levels.period,
    demand_levels.units,
    demand_levels.revenue,
    demand_levels.state,
    demand_levels.hidden_share,
    demand_levels.on_promotion,
    demand_levels.promoted_share,
    demand_levels.value,
    case when found.reason is not null then greatest(found.cleaned, 0) else demand_levels.model_value end as value_model,
    found.reason as outlier_reason,
    demand_levels.active,
    demand_levels.comparable,
    demand_levels.to_forecast
from demand_levels
left join found
    on found.key = demand_levels.key
    and found.period = demand_levels.period
where demand_levels.level = 'item'
order by item nulls first, demand_levels.period nulls first
