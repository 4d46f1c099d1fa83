-- step: forecast_item
-- about: what each item that is still on offer will sell, period by period, with quantiles; products add up to their category
-- expect: unique(item, period); unique(item, step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])item($|[^_a-z])') or (select count(*) from demand_item where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
--
-- Quantiles are multiplied as the mean is (forecast_factors); those that are whole numbers stay whole. model_mean is what the model
-- expects of the series by itself.
with made as (
    select
        model_items.*,
        coalesce(forecast_factors.factor, 1) as factor
    from model_items
    left join item_categories on item_categories.item = model_items.item
    left join forecast_factors
        on forecast_factors.level = 'item'
        and forecast_factors.period = model_items.period
        and forecast_factors.key = case
            when (select count(*) from model_levels where level = 'category') = 0 then '(all)'
            else coalesce(item_categories.category, '(none)')
        end
)
select
    item,
    period,
    step,
    mean * factor as mean,
    ${each q in forecast.quantiles: case when "q${q}" = round("q${q}") then round("q${q}" * factor) else "q${q}" * factor end as "q${q}",}
    model,
    note,
    drivers,
    mean as model_mean
from made
order by item nulls first, period nulls first
