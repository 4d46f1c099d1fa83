-- step: country
-- about: whose holidays count: the country that the settings name, else the one whose holidays the closed days are
-- expect: all(count(*) = 1); told_by in ('settings', 'closed days'); closed_holidays <= holidays; closed_days >= closed_holidays
--
-- Closed are days on which half of the stores were, that are open on that weekday. Each country is asked how much better its public holidays tell
-- closed days from open ones than a coin does that falls on closed as often as the shop was (the gain of the log-likelihood). The best one is believed if it
-- gains 10 and 3 more than any other (odds of twenty to one), if half of its holidays were closed, and four of them at least; else nothing is.
-- Dependencies (ISO 3166-1), which have much the same holidays as the country that they belong to, are left aside.
with store_spans as (
    select
        store_periods.store,
        min(periods.number) as first_number,
        max(periods.number) as last_number
    from store_periods
    join periods on periods.period = store_periods.period
    group by store_periods.store
),
stores_then as (
    select periods.period, count(*) as stores
    from store_spans
    join periods on periods.number >= store_spans.first_number and periods.number <= store_spans.last_number
    where '${country}' = '' and '${period}' = 'day' and '${dates}' = 'told'
    group by periods.period
),
closed_then as (
    select
        period,
        count(*) as closed,
        count(case when regular then 1 end) as regular
    from closures
    group by period
),
judged_days as (
    select stores_then.period as day, 2 * coalesce(closed_then.closed, 0) >= stores_then.stores as closed
    from stores_then
    left join closed_then on closed_then.period = stores_then.period
    where 2 * coalesce(closed_then.regular, 0) < stores_then.stores
),
day_counts as (
    select
        cast(count(*) as double) as days,
        cast(count(case when closed then 1 end) as double) as closed
    from judged_days
),
dependencies as (
    select dependencies.country
    from (values
        ('AI'), ('AS'), ('AW'), ('AX'), ('BL'), ('BM'), ('BQ'), ('BV'), ('CC'), ('CK'), ('CW'), ('CX'), ('FK'), ('FO'), ('GF'), ('GG'), ('GI'), ('GL'), ('GP'),
        ('GS'), ('GU'), ('HM'), ('IM'), ('IO'), ('JE'), ('KY'), ('MF'), ('MP'), ('MQ'), ('MS'), ('NC'), ('NF'), ('NU'), ('PF'), ('PM'), ('PN'), ('PR'), ('RE'),
        ('SH'), ('SJ'), ('SX'), ('TC'), ('TF'), ('TK'), ('UM'), ('VG'), ('VI'), ('WF'), ('YT'), ('AQ')
    ) as dependencies(country)
),
public_days as (
    select world_days.country, world_days.day
    from world_days
    left join dependencies on dependencies.country = world_days.country
    where world_days.region is null and world_days.kind = 'public' and dependencies.country is null
    group by world_days.country, world_days.day
),
counts as (
    select
        public_days.country,
        cast(count(*) as double) as holidays,
        cast(count(case when judged_days.closed then 1 end) as double) as closed_holidays
    from public_days
    join judged_days on judged_days.day = public_days.day
    group by public_days.country
),
odds as (
    select
        counts.country,
        counts.holidays,
        counts.closed_holidays,
        day_counts.days - counts.holidays as others,
        day_counts.closed - counts.closed_holidays as closed_others,
        (counts.closed_holidays + 5e-1) / nullif(counts.holidays + 1, 0) as on_holidays,
        (day_counts.closed - counts.closed_holidays + 5e-1) / nullif(day_counts.days - counts.holidays + 1, 0) as on_others,
        (day_counts.closed + 5e-1) / nullif(day_counts.days + 1, 0) as on_any
    from counts
    cross join day_counts
),
gains as (
    select
        country,
        holidays,
        closed_holidays,
        closed_holidays * natural_log(on_holidays / nullif(on_any, 0)) + (holidays - closed_holidays) * natural_log((1 - on_holidays) / nullif(1 - on_any, 0))
            + closed_others * natural_log(on_others / nullif(on_any, 0)) + (others - closed_others) * natural_log((1 - on_others) / nullif(1 - on_any, 0)) as gain
    from odds
),
ranked as (
    select
        gains.*,
        row_number() over (order by gain desc nulls last, country nulls last) as place
    from gains
),
best as (
    select
        max(case when ranked.place = 1 then ranked.country end) as country,
        max(case when ranked.place = 1 then ranked.holidays end) as holidays,
        max(case when ranked.place = 1 then ranked.closed_holidays end) as closed_holidays,
        max(case when ranked.place = 1 then ranked.gain end) as gain,
        max(case when ranked.place = 2 then ranked.gain end) as next_gain
    from ranked
),
believed as (
    select
        best.*,
        best.gain >= 10 and best.gain >= coalesce(best.next_gain, 0) + 3 and best.closed_holidays * 2 >= best.holidays and best.closed_holidays >= 4 as sure
    from best
)
select
    case when '${country}' <> '' then upper('${country}') when believed.sure then believed.country end as country,
    case when '${country}' <> '' then 'settings' when believed.sure then 'closed days' end as told_by,
    case when believed.sure then cast(believed.holidays as bigint) end as holidays,
    case when believed.sure then cast(believed.closed_holidays as bigint) end as closed_holidays,
    case when believed.sure then cast(day_counts.closed as bigint) end as closed_days
from believed
cross join day_counts
