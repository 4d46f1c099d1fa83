-- step: forecast_series
-- about: what models see of the total, the money, each category and each store, and what is special of each period, past and to come
-- expect: unique(level, key, period); level in ('total', 'money', 'category', 'store'); not (ahead and value is not null)
--
-- Of days and weeks the models are told what is special of them, and of those to come (named_periods). A holiday on which all was shut
-- counts as nothing sold, so that nothing is expected of the next one.
with series as (
    select 'total' as level, '(all)' as key, period, state, value_model
    from demand_total
    where active and to_forecast and comparable and text_matches('${forecast.levels}', '(^|[^_a-z])total($|[^_a-z])')
    union all
    select 'money', '(all)', period, state, value_model
    from demand_revenue
    where active and to_forecast and comparable and text_matches('${forecast.levels}', '(^|[^_a-z])total($|[^_a-z])')
    union all
    select 'category', category, period, state, value_model
    from demand_category
    where active and to_forecast and comparable and text_matches('${forecast.levels}', '(^|[^_a-z])category($|[^_a-z])')
    union all
    select 'store', store, period, state, value_model
    from demand_store
    where active and to_forecast and comparable and text_matches('${forecast.levels}', '(^|[^_a-z])store($|[^_a-z])')
),
ends as (
    select level, key, max(period) as last
    from series
    group by level, key
)
select
    series.level,
    series.key,
    series.period,
    case
        when series.state = 'closed' and named_periods.kind = 'holiday' and named_periods.days_before = 0 then 0e0
        else series.value_model
    end as value,
    false as ahead,
    named_periods.event
from series
left join named_periods on named_periods.period = series.period
union all
select ends.level, ends.key, periods.period, cast(null as double), true, named_periods.event
from ends
join periods on periods.period > ends.last
left join named_periods on named_periods.period = periods.period
order by level nulls first, key nulls first, period nulls first
