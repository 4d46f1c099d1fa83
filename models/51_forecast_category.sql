-- step: forecast_category
-- about: what each category will sell, period by period, with quantiles
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period})
-- group: category
-- order: period
-- expect: unique(category, period); unique(category, step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])category($|[^_a-z])') or (select count(*) from demand_category where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
--
-- Of days and weeks the model is told what is special of them, and of those to come (named_periods). A holiday on which all was shut
-- counts as nothing sold, so that nothing is expected of the next one.
with past as (
    select
        demand_category.category,
        demand_category.period,
        case
            when demand_category.state = 'closed' and named_periods.kind = 'holiday' and named_periods.days_before = 0 then 0e0
            else demand_category.value_model
        end as value,
        named_periods.event
    from demand_category
    left join named_periods on named_periods.period = demand_category.period
    where demand_category.active
        and demand_category.to_forecast
        and demand_category.comparable
        and text_matches('${forecast.levels}', '(^|[^_a-z])category($|[^_a-z])')
),
ends as (
    select category, max(period) as last
    from past
    group by category
)
select category, period, value, false as ahead, event
from past
union all
select ends.category, periods.period, cast(null as double), true, named_periods.event
from ends
join periods on periods.period > ends.last
left join named_periods on named_periods.period = periods.period
