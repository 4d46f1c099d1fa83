-- step: demand_store
-- about: demand of each store over all its items, period by period; one store '(all)' where the sales name none
-- expect: unique(store, period); value_model >= 0; not (outlier_reason is not null and value_model is null)
-- expect: all(count(*) = (select count(*) from demand_levels where level = 'store'))
-- expect: all(abs(coalesce(sum(revenue), 0) - coalesce((select sum(revenue) from demand_item_store where state = 'sold'), 0)) <= 1e-6 * abs(coalesce(sum(revenue), 0)) + 1e-2)
with found as (
    select key, period, cleaned, reason
    from outliers_levels
    where level = 'store'
)
select
    demand_levels.key as store,
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
where demand_levels.level = 'store'
order by store nulls first, demand_levels.period nulls first
