-- step: business_periods
-- about: the key figures of every day, week, month, quarter and year, and how they changed from the one before and from a year ago
-- expect: unique(grain, first_day); grain in ('day', 'week', 'month', 'quarter', 'year'); days > 0
-- expect: customers >= new_customers; margin <= 1; return_rate >= 0; discount_rate >= 0 and discount_rate <= 1
--
-- It is complete where the files hold the whole of it, but for two days at its ends on which the shop may have been closed. order_value is the money of an order; margin is profit over the revenue whose cost is
-- known; return_rate is money given back over money taken, discount_rate money taken off over what would have been paid.
-- returning_customers bought before it began, new_customers for the first time in it. change and change_in_a_year compare
-- revenue (units where there is no money) with the period before and with the same one a year before, where both are whole.
with span as (
    select first_day, told_until
    from sales_facts
    where first_day is not null
),
grains as (
    select grains.grain, grains.place
    from (values ('day', 1), ('week', 2), ('month', 3), ('quarter', 4), ('year', 5)) as grains(grain, place)
    where grains.place >= case when '${period}' = 'week' then 2 when '${period}' = 'month' then 3 else 1 end
),
first_days as (
    select customer, min(day) as day
    from orders
    where customer is not null
    group by customer
),
customer_days as (
    select day, customer
    from orders
    where customer is not null
    group by day, customer
),
slack as (
    select
        grain,
        case when '${period}' = 'month' then 31 when '${period}' = 'week' then 6 when grain = 'day' then 0 else 2 end as days
    from grains
),
starts as (
    select
        days.day,
        grains.grain,
        case
            when grains.grain = 'day' then days.day
            when grains.grain = 'week' then week_start(days.day)
            when grains.grain = 'month' then month_start(days.day)
            when grains.grain = 'quarter' then add_months(year_start(days.day), 3 * int_div(month_of(days.day) - 1, 3))
            else year_start(days.day)
        end as first_day
    from business_days as days
    cross join grains
    where days.day is not null
),
customer_weeks as (
    select week_start(day) as first_day, customer
    from customer_days
    group by week_start(day), customer
),
customer_months as (
    select month_start(day) as first_day, customer
    from customer_days
    group by month_start(day), customer
),
customer_quarters as (
    select add_months(year_start(first_day), 3 * int_div(month_of(first_day) - 1, 3)) as first_day, customer
    from customer_months
    group by add_months(year_start(first_day), 3 * int_div(month_of(first_day) - 1, 3)), customer
),
customer_years as (
    select year_start(first_day) as first_day, customer
    from customer_quarters
    group by year_start(first_day), customer
),
customer_periods as (
    select 'day' as grain, day as first_day, customer from customer_days
    union all
    select 'week', first_day, customer from customer_weeks
    union all
    select 'month', first_day, customer from customer_months
    union all
    select 'quarter', first_day, customer from customer_quarters
    union all
    select 'year', first_day, customer from customer_years
),
people as (
    select
        customer_periods.grain,
        customer_periods.first_day,
        count(*) as customers,
        count(case when first_days.day >= customer_periods.first_day then 1 end) as new_customers
    from customer_periods
    join first_days on first_days.customer = customer_periods.customer
    group by customer_periods.grain, customer_periods.first_day
),
sums as (
    select
        starts.grain,
        starts.first_day,
        count(*) as days,
        cast(sum(exact(days.revenue)) as double) as revenue,
        cast(sum(exact(days.gross_revenue)) as double) as gross_revenue,
        cast(sum(exact(days.returned_revenue)) as double) as returned_revenue,
        cast(sum(exact(days.units)) as double) as units,
        cast(sum(exact(days.gross_units)) as double) as gross_units,
        cast(sum(exact(days.discount)) as double) as discount,
        cast(sum(exact(days.listed)) as double) as listed,
        cast(sum(exact(days.profit)) as double) as profit,
        cast(sum(exact(days.revenue_with_cost)) as double) as revenue_with_cost,
        cast(sum(exact(days.visitors)) as double) as visitors,
        cast(sum(days.orders) as bigint) as orders,
        cast(sum(exact(days.order_revenue)) as double) as order_revenue,
        cast(sum(exact(days.order_units)) as double) as order_units
    from starts
    join business_days as days on days.day = starts.day
    group by starts.grain, starts.first_day
),
placed as (
    select
        sums.*,
        case
            when sums.grain = 'day' then sums.first_day
            when sums.grain = 'week' then add_days(sums.first_day, 6)
            when sums.grain = 'month' then add_days(add_months(sums.first_day, 1), -1)
            when sums.grain = 'quarter' then add_days(add_months(sums.first_day, 3), -1)
            else add_days(add_months(sums.first_day, 12), -1)
        end as last_day,
        case
            when sums.grain = 'day' then add_days(sums.first_day, -1)
            when sums.grain = 'week' then add_days(sums.first_day, -7)
            when sums.grain = 'month' then add_months(sums.first_day, -1)
            when sums.grain = 'quarter' then add_months(sums.first_day, -3)
            else add_months(sums.first_day, -12)
        end as before_day,
        case
            when sums.grain in ('day', 'week') then add_days(sums.first_day, -364)
            else add_months(sums.first_day, -12)
        end as year_before_day,
        coalesce(people.customers, 0) as customers,
        coalesce(people.new_customers, 0) as new_customers
    from sums
    left join people on people.grain = sums.grain and people.first_day = sums.first_day
),
judged as (
    select
        placed.*,
        coalesce(nullif(placed.revenue, 0), placed.units) as worth,
        span.first_day <= add_days(placed.first_day, slack.days) and span.told_until >= add_days(placed.last_day, -slack.days) as complete
    from placed
    cross join span
    join slack on slack.grain = placed.grain
)
select
    judged.grain,
    judged.first_day,
    judged.last_day,
    judged.complete,
    judged.days,
    judged.revenue,
    judged.units,
    judged.gross_revenue,
    judged.returned_revenue,
    judged.discount,
    judged.profit,
    judged.visitors,
    judged.orders,
    case when judged.orders > 0 then judged.order_revenue / nullif(cast(judged.orders as double), 0) end as order_value,
    case when judged.orders > 0 then judged.order_units / nullif(cast(judged.orders as double), 0) end as order_units,
    judged.customers,
    judged.new_customers,
    judged.customers - judged.new_customers as returning_customers,
    case when judged.revenue_with_cost > 0 then least(judged.profit / nullif(judged.revenue_with_cost, 0), 1e0) end as margin,
    case when judged.gross_revenue > 0 then greatest(judged.returned_revenue, 0) / nullif(judged.gross_revenue, 0) end as return_rate,
    case when judged.listed > 0 then least(greatest(judged.discount / nullif(judged.listed, 0), 0), 1e0) end as discount_rate,
    case when judged.complete and before.complete and before.worth > 0 then judged.worth / nullif(before.worth, 0) - 1 end as change,
    case when judged.complete and year_before.complete and year_before.worth > 0 then judged.worth / nullif(year_before.worth, 0) - 1 end as change_in_a_year
from judged
left join judged as before on before.grain = judged.grain and before.first_day = judged.before_day
left join judged as year_before on year_before.grain = judged.grain and year_before.first_day = judged.year_before_day
order by judged.grain nulls first, judged.first_day nulls first
