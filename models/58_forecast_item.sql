-- step: forecast_item
-- about: what each item that is still on offer will sell, period by period, with quantiles; products add up to their category, less what new ones will sell
-- expect: unique(item, period); unique(item, step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])item($|[^_a-z])') or (select count(*) from demand_item where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
--
-- Quantiles are multiplied as the mean is, by forecast_factors and planners' changes; those that are whole numbers stay whole. model_mean
-- is what the model expects of the series by itself, planner who changed it and why.
with made as (
    select
        model_items.*,
        coalesce(planned_means.mean, agreed_means.mean * coalesce(planned_levels.passes_on, 1)) as planned,
        planned_means.planner
    from model_items
    join agreed_means on agreed_means.level = 'item' and agreed_means.key = model_items.item and agreed_means.period = model_items.period
    left join planned_levels
        on planned_levels.level = case when agreed_means.whole = '(all)' then 'total' else 'category' end
        and planned_levels.key = agreed_means.whole
        and planned_levels.period = agreed_means.period
    left join planned_means
        on planned_means.level = 'item'
        and planned_means.key = model_items.item
        and planned_means.period = model_items.period
)
select
    item,
    period,
    step,
    planned as mean,
    ${each q in forecast.quantiles: case
        when mean > 0 and "q${q}" = round("q${q}") then round("q${q}" * planned / nullif(mean, 0))
        when mean > 0 then "q${q}" * planned / nullif(mean, 0)
        else "q${q}" + planned
    end as "q${q}",}
    model,
    note,
    drivers,
    mean as model_mean,
    planner
from made
order by item nulls first, period nulls first
