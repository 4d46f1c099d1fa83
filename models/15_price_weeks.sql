-- step: price_weeks
-- about: list prices spread over the weeks in which they held, for sales lines that carry no money themselves
-- expect: unique(item, store, week, start); start <= ended; price is not null
--
-- A price holds until its end, or until the day before the next one. Weeks make the lookup a join on equal keys:
-- a week has one or two prices. Empty where every line has its own money.
with wanted as (
    select last_day
    from sales_facts
    where price_wanted > 0
),
given as (
    select
        item,
        coalesce(store, '') as store,
        start,
        min(ended) as ended,
        min(price) as price
    from prices
    where price >= 0
    group by item, coalesce(store, ''), start
),
followed as (
    select
        item,
        store,
        start,
        ended,
        price,
        lead(start) over (partition by item, store order by start nulls first) as next_start
    from given
),
held as (
    select
        followed.item,
        followed.store,
        followed.start,
        followed.price,
        least(
            coalesce(followed.ended, wanted.last_day),
            coalesce(add_days(followed.next_start, -1), wanted.last_day),
            wanted.last_day
        ) as ended
    from followed
    cross join wanted
),
counted as (
    select
        item,
        store,
        start,
        ended,
        price,
        week_start(start) as first_week,
        int_div(days_between(week_start(start), week_start(ended)), 7) as more_weeks
    from held
    where ended >= start
),
steps as (
    select numbers.n
    from numbers
    where numbers.n <= (select coalesce(max(more_weeks), 0) from counted)
)
select
    counted.item,
    counted.store,
    add_days(counted.first_week, 7 * steps.n) as week,
    counted.start,
    counted.ended,
    counted.price
from counted
join steps on steps.n <= counted.more_weeks
order by item nulls first, store nulls first, week nulls first, start nulls first
