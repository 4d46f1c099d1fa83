-- step: customer_rfm
-- about: each customer's recency, frequency and money in fifths, the segment that these make, and the one he was in a comparable stretch ago
-- expect: unique(customer); r >= 1 and r <= 5; f >= 1 and f <= 5; m >= 1 and m <= 5; orders > 0; recency_days >= 0
-- expect: segment in ('Champions', 'Loyal', 'Potential loyalists', 'New', 'Promising', 'Need attention', 'About to sleep', 'At risk', 'Hibernating', 'Lost') or segment like 'Can_t lose'
-- expect: all(count(*) = (select count(*) from customer_features))
--
-- r, f and m are fifths of the customers by days since the last order, by orders and by revenue net of returns, 5 the best (Hughes 1994); equal values stand in one fifth, that of their middle.
-- Where no money is known m is f. With v the mean of f and m, a half upwards, each r and v has one segment:
--
-- r \ v   1               2                    3                    4          5
-- 5       New             Potential loyalists  Potential loyalists  Champions  Champions
-- 4       Promising       Potential loyalists  Potential loyalists  Loyal      Loyal
-- 3       About to sleep  About to sleep       Need attention       Loyal      Loyal
-- 2       Hibernating     Hibernating          At risk              At risk    Can't lose
-- 1       Lost            Hibernating          At risk              At risk    Can't lose
--
-- segment_before is the same as of the end of the stretch before (compared_days), from what was known then, among the customers there were; null: he was none yet.
-- The apostrophe is chr(39): Spark 4.0 reads a doubled one as none.
with bounds as (
    select first_day, last_day
    from sales_facts
    where first_day is not null
),
ends as (
    select 'now' as what, last_day as as_of
    from bounds
    union all
    select 'before', before_to
    from compared_days
    where before_to is not null
),
days as (
    select customer, day, case when lines > 0 then 1 else 0 end as is_order, revenue
    from customer_days
),
measured as (
    select
        ends.what,
        days.customer,
        min(days_between(case when days.is_order = 1 then days.day end, ends.as_of)) as recency_days,
        cast(sum(days.is_order) as bigint) as orders,
        cast(sum(exact(days.revenue)) as double) as revenue
    from ends
    join days on days.day <= ends.as_of
    group by ends.what, days.customer
),
ranked as (
    select
        what,
        customer,
        recency_days,
        orders,
        revenue,
        count(*) over (partition by what) as customers,
        count(revenue) over (partition by what) as valued,
        rank() over (partition by what order by recency_days desc nulls first) as r_rank,
        count(*) over (partition by what, recency_days) as r_ties,
        rank() over (partition by what order by orders nulls first) as f_rank,
        count(*) over (partition by what, orders) as f_ties,
        rank() over (partition by what order by coalesce(revenue, 0) nulls first) as m_rank,
        count(*) over (partition by what, coalesce(revenue, 0)) as m_ties
    from measured
    where orders > 0
),
scored as (
    select
        what,
        customer,
        recency_days,
        orders,
        revenue,
        valued,
        1 + int_div(5 * (2 * r_rank + r_ties - 3), 2 * customers) as r,
        1 + int_div(5 * (2 * f_rank + f_ties - 3), 2 * customers) as f,
        1 + int_div(5 * (2 * m_rank + m_ties - 3), 2 * customers) as money
    from ranked
),
settled as (
    select
        what,
        customer,
        recency_days,
        orders,
        revenue,
        r,
        f,
        case when valued > 0 then money else f end as m,
        int_div(f + case when valued > 0 then money else f end + 1, 2) as v
    from scored
),
named as (
    select
        what,
        customer,
        recency_days,
        orders,
        revenue,
        r,
        f,
        m,
        case
            when r = 5 and v >= 4 then 'Champions'
            when r >= 3 and v >= 4 then 'Loyal'
            when r >= 4 and v >= 2 then 'Potential loyalists'
            when r = 5 then 'New'
            when r = 4 then 'Promising'
            when r = 3 and v = 3 then 'Need attention'
            when r = 3 then 'About to sleep'
            when v = 5 then 'Can' || chr(39) || 't lose'
            when v >= 3 then 'At risk'
            when r = 2 or v = 2 then 'Hibernating'
            else 'Lost'
        end as segment
    from settled
)
select
    now.customer,
    cast(now.recency_days as int) as recency_days,
    cast(now.orders as int) as orders,
    now.revenue,
    cast(now.r as int) as r,
    cast(now.f as int) as f,
    cast(now.m as int) as m,
    now.segment,
    before.segment as segment_before
from named as now
left join named as before on before.customer = now.customer and before.what = 'before'
where now.what = 'now'
order by now.customer nulls first
