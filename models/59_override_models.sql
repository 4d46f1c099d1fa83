-- step: override_models
-- about: what models would have said when planners changed the forecast of periods that are over now: they see nothing that came later
-- operator: forecast(horizon = ${forecast.horizon}, quantile = [0.5], season = ${season}, period = ${period}, absent = ${absent}, effort = fast)
-- group: number
-- order: period
-- expect: unique(number, period); mean >= 0
with wanted as (
    select override_rows.number, override_rows.level, override_rows.key, override_rows.known_till, periods.number as last_number
    from override_rows
    join periods on periods.period = override_rows.known_till
    where override_rows.status = 'past'
),
first_seen as (
    select wanted.number, min(periods.number) as first_number
    from wanted
    join demand_item on demand_item.item = wanted.key
    join periods on periods.period = demand_item.period
    where wanted.level = 'item'
    group by wanted.number
)
select
    wanted.number,
    forecast_series.period,
    case when periods.number <= wanted.last_number then forecast_series.value end as value,
    periods.number > wanted.last_number as ahead,
    forecast_series.event
from wanted
join forecast_series on forecast_series.level = wanted.level and forecast_series.key = wanted.key
join periods on periods.period = forecast_series.period and periods.number <= wanted.last_number + ${forecast.horizon}
union all
select
    wanted.number,
    periods.period,
    case
        when periods.number > wanted.last_number then null
        when demand_item.item is not null then demand_item.value_model
        when '${absent}' <> 'missing' then 0e0
    end,
    periods.number > wanted.last_number,
    cast(null as string)
from wanted
join first_seen on first_seen.number = wanted.number
join periods on periods.number >= first_seen.first_number and periods.number <= wanted.last_number + ${forecast.horizon}
left join demand_item on demand_item.item = wanted.key and demand_item.period = periods.period
where wanted.level = 'item'
