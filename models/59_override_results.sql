-- step: override_results
-- about: planners' changes to the forecast: what the models said, what the planner said, what came, and how much nearer the planner was
-- expect: unique(number); all(count(*) = (select count(*) from overrides)); error_model >= 0; error_planner >= 0
-- expect: not (value_added is not null and actual is null)
--
-- Sums over all the periods of a change. A change that is over is held against what the models, asked again, say from what was known when
-- it was made; it is judged where they reach its end and all its periods are known. value_added is how much of the models' error the planner
-- took away, below zero added, in pieces (or money where that is forecast).
with said_then as (
    select override_rows.number, cast(sum(exact(override_models.mean)) as double) as mean, count(*) as periods
    from override_rows
    join override_models
        on override_models.number = override_rows.number
        and override_models.period >= override_rows.first_period
        and override_models.period <= override_rows.last_period
    group by override_rows.number
),
said_now as (
    select override_rows.number, cast(sum(exact(agreed_means.mean)) as double) as mean
    from override_rows
    join agreed_means
        on agreed_means.level = override_rows.level
        and agreed_means.key = override_rows.key
        and agreed_means.period >= override_rows.first_period
        and agreed_means.period <= override_rows.last_period
    where override_rows.status = 'ahead'
    group by override_rows.number
),
planned_now as (
    select number, cast(sum(exact(mean)) as double) as mean
    from planned_means
    group by number
),
came as (
    select
        override_rows.number,
        cast(sum(exact(coalesce(demand_levels.value, case when '${absent}' <> 'missing' then 0e0 end))) as double) as value,
        sum(case when demand_levels.value is not null or (demand_levels.key is null and '${absent}' <> 'missing') then 1 else 0 end) as known
    from override_rows
    join periods
        on not periods.ahead
        and periods.period >= override_rows.first_period
        and periods.period <= override_rows.last_period
    left join demand_levels
        on demand_levels.level = override_rows.level
        and demand_levels.key = override_rows.key
        and demand_levels.period = periods.period
    where override_rows.status = 'past'
    group by override_rows.number
),
beside as (
    select
        override_rows.number,
        override_rows.level,
        override_rows.key,
        override_rows.first_day,
        override_rows.last_day,
        override_rows.who,
        override_rows.made,
        override_rows.why,
        override_rows.value,
        override_rows.change,
        override_rows.status,
        case when override_rows.status = 'past' and said_then.periods = override_rows.periods then said_then.mean else said_now.mean end as model,
        case
            when override_rows.status = 'ahead' then planned_now.mean
            when override_rows.status <> 'past' then null
            when override_rows.value is not null then override_rows.value
            when said_then.periods = override_rows.periods then said_then.mean * (1e0 + override_rows.change)
        end as planner,
        case when came.known = override_rows.periods then came.value end as actual
    from override_rows
    left join said_then on said_then.number = override_rows.number
    left join said_now on said_now.number = override_rows.number
    left join planned_now on planned_now.number = override_rows.number
    left join came on came.number = override_rows.number
)
select
    number,
    level,
    key,
    first_day,
    last_day,
    who,
    made,
    why,
    value,
    change,
    status,
    model,
    planner,
    actual,
    abs(model - actual) as error_model,
    abs(planner - actual) as error_planner,
    abs(model - actual) - abs(planner - actual) as value_added
from beside
order by number nulls first
