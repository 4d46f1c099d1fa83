-- step: override_rows
-- about: planners' changes to the forecast in the order in which they were made, the series and periods they are about, and what becomes of them
-- expect: unique(number); all(count(*) = (select count(*) from overrides))
-- expect: status in ('ahead', 'past', 'too far ahead', 'not forecast', 'not known', 'of two levels', 'says nothing', 'below zero', 'ends before it begins')
--
-- known_till is the last period that was over when the change was made: what models are asked to do without what came later.
with read_rows as (
    select
        cast(row_number() over (order by made nulls first, _file nulls first, _line nulls first) as bigint) as number,
        nullif(item, '(all)') as item,
        category,
        store,
        case when nullif(item, '(all)') is not null then 1 else 0 end
            + case when category is not null then 1 else 0 end
            + case when store is not null then 1 else 0 end as levels,
        first_day,
        coalesce(last_day, first_day) as last_day,
        value,
        change,
        who,
        made,
        why
    from overrides
),
keyed as (
    select
        read_rows.*,
        case when item is not null then 'item' when category is not null then 'category' when store is not null then 'store' else 'total' end as level,
        coalesce(item, category, store, '(all)') as key,
        case
            when '${period}' = 'week' then week_start(first_day)
            when '${period}' = 'month' then month_start(first_day)
            else first_day
        end as first_period,
        case
            when '${period}' = 'week' then week_start(last_day)
            when '${period}' = 'month' then month_start(last_day)
            else last_day
        end as last_period
    from read_rows
),
known as (
    select level, key, max(period) as last
    from demand_levels
    where level <> 'money'
    group by level, key
),
expected as (
    select level, key, min(period) as first, max(period) as last
    from agreed_means
    group by level, key
),
timeline as (
    select max(case when not ahead then period end) as last
    from periods
),
told as (
    select
        keyed.number,
        max(periods.period) as known_till
    from keyed
    join periods
        on not periods.ahead
        and periods.period < keyed.first_period
        and periods.last_day < coalesce(cast(keyed.made as date), keyed.first_day)
    group by keyed.number
)
select
    keyed.number,
    keyed.level,
    keyed.key,
    keyed.first_day,
    keyed.last_day,
    keyed.first_period,
    keyed.last_period,
    case
        when '${period}' = 'week' then int_div(days_between(keyed.first_period, keyed.last_period), 7) + 1
        when '${period}' = 'month' then cast(year_of(keyed.last_period) * 12 + month_of(keyed.last_period) - year_of(keyed.first_period) * 12 - month_of(keyed.first_period) + 1 as bigint)
        else days_between(keyed.first_period, keyed.last_period) + 1
    end as periods,
    keyed.value,
    case when keyed.value is null then keyed.change end as change,
    keyed.who,
    keyed.made,
    keyed.why,
    told.known_till,
    case
        when keyed.levels > 1 then 'of two levels'
        when keyed.value is null and keyed.change is null then 'says nothing'
        when keyed.value < 0 or (keyed.value is null and keyed.change < -1) then 'below zero'
        when keyed.last_day < keyed.first_day then 'ends before it begins'
        when known.key is null then 'not known'
        when keyed.last_period <= timeline.last then 'past'
        when expected.key is null then 'not forecast'
        when keyed.first_period > expected.last then 'too far ahead'
        else 'ahead'
    end as status
from keyed
cross join timeline
left join known on known.level = keyed.level and known.key = keyed.key
left join expected on expected.level = keyed.level and expected.key = keyed.key
left join told on told.number = keyed.number
order by number nulls first
