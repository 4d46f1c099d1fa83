-- step: agreed_means
-- about: the mean forecast of each series and period once parts add up to the whole, before planners change it
-- expect: unique(level, key, period); level in ('total', 'money', 'category', 'store', 'item'); mean >= 0; factor >= 0
--
-- whole is what the series is a part of, by its key: of a product its category, or '(all)' where categories are not forecast.
with wholes as (
    select
        model_levels.level,
        model_levels.key,
        '(all)' as whole,
        model_levels.period,
        model_levels.mean
    from model_levels
    union all
    select
        'item',
        model_items.item,
        case when (select count(*) from model_levels where level = 'category') = 0 then '(all)' else coalesce(item_categories.category, '(none)') end,
        model_items.period,
        model_items.mean
    from model_items
    left join item_categories on item_categories.item = model_items.item
)
select
    wholes.level,
    wholes.key,
    wholes.whole,
    wholes.period,
    wholes.mean * coalesce(forecast_factors.factor, 1) as mean,
    coalesce(forecast_factors.factor, 1) as factor
from wholes
left join forecast_factors
    on forecast_factors.level = wholes.level
    and forecast_factors.key = wholes.whole
    and forecast_factors.period = wholes.period
order by level nulls first, key nulls first, period nulls first
