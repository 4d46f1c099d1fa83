-- step: forecast_total
-- about: what everything together will sell, period by period, with quantiles
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period})
-- order: period
-- expect: unique(period); unique(step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])total($|[^_a-z])') or (select count(*) from demand_total where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
--
-- Of days and weeks the model is told what is special of them, and of those to come (named_periods). A holiday on which all was shut
-- counts as nothing sold, so that nothing is expected of the next one.
with past as (
    select
        demand_total.period,
        case
            when demand_total.state = 'closed' and named_periods.kind = 'holiday' and named_periods.days_before = 0 then 0e0
            else demand_total.value_model
        end as value,
        named_periods.event
    from demand_total
    left join named_periods on named_periods.period = demand_total.period
    where demand_total.active
        and demand_total.to_forecast
        and demand_total.comparable
        and text_matches('${forecast.levels}', '(^|[^_a-z])total($|[^_a-z])')
),
ends as (
    select max(period) as last
    from past
    having count(*) > 0
)
select period, value, false as ahead, event
from past
union all
select periods.period, cast(null as double), true, named_periods.event
from ends
join periods on periods.period > ends.last
left join named_periods on named_periods.period = periods.period
