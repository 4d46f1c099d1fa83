-- step: forecast_revenue
-- about: what everything together will bring in, in money; empty where the files have no money, period by period, with quantiles
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period})
-- order: period
-- expect: unique(period); unique(step); mean >= 0
--
-- Of days and weeks the model is told what is special of them, and of those to come (named_periods). A holiday on which all was shut
-- counts as nothing sold, so that nothing is expected of the next one.
with past as (
    select
        demand_revenue.period,
        case
            when demand_revenue.state = 'closed' and named_periods.kind = 'holiday' and named_periods.days_before = 0 then 0e0
            else demand_revenue.value_model
        end as value,
        named_periods.event
    from demand_revenue
    left join named_periods on named_periods.period = demand_revenue.period
    where demand_revenue.active
        and demand_revenue.to_forecast
        and demand_revenue.comparable
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
