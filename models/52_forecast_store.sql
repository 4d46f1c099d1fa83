-- step: forecast_store
-- about: what each store will sell, period by period, with quantiles
-- operator: forecast(horizon = ${forecast.horizon}, quantile = ${forecast.quantiles}, season = ${season}, period = ${period})
-- group: store
-- order: period
-- expect: unique(store, period); unique(store, step); mean >= 0
-- expect: all(not text_matches('${forecast.levels}', '(^|[^_a-z])store($|[^_a-z])') or (select count(*) from demand_store where active and to_forecast and value_model > 0) = 0 or count(*) > 0)
--
-- Of days and weeks the model is told what is special of them, and of those to come (named_periods). A holiday on which all was shut
-- counts as nothing sold, so that nothing is expected of the next one.
with past as (
    select
        demand_store.store,
        demand_store.period,
        case
            when demand_store.state = 'closed' and named_periods.kind = 'holiday' and named_periods.days_before = 0 then 0e0
            else demand_store.value_model
        end as value,
        named_periods.event
    from demand_store
    left join named_periods on named_periods.period = demand_store.period
    where demand_store.active
        and demand_store.to_forecast
        and demand_store.comparable
        and text_matches('${forecast.levels}', '(^|[^_a-z])store($|[^_a-z])')
),
ends as (
    select store, max(period) as last
    from past
    group by store
)
select store, period, value, false as ahead, event
from past
union all
select ends.store, periods.period, cast(null as double), true, named_periods.event
from ends
join periods on periods.period > ends.last
left join named_periods on named_periods.period = periods.period
