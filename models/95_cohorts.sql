-- step: cohorts
-- about: of the customers who first bought in one month or quarter: how many came back in each that followed, how often, and what they brought
-- expect: unique(cohort, age); age >= 0; customers > 0; active >= 0 and active <= customers; orders >= active
-- expect: age > 0 or active = customers
-- expect: all(coalesce(sum(case when age = 0 then customers end), 0) <= (select count(distinct customer) from customer_days where lines > 0))
--
-- Months while 24 whole ones or fewer are known, for a triangle of more has no room on a page; else quarters. age counts them from the
-- cohort's own, 0. Stretches that the files hold only in part have no row (but for two days on which the shop may have been closed,
-- as in business_periods): beside whole ones they would look like a loss. Before the first cohort the files know nothing, so it
-- holds all who were customers already. An order is a day on which a customer bought; revenue is net of what came back.
with span as (
    select
        first_day,
        told_until,
        add_days(told_until, 1 + case when '${period}' = 'month' then 31 when '${period}' = 'week' then 6 else 2 end) as behind
    from sales_facts
    where first_day is not null
),
grain as (
    select
        first_day,
        told_until,
        12 * year_of(behind) + month_of(behind) - 1 as month_behind,
        case when 12 * (year_of(behind) - year_of(first_day)) + month_of(behind) - month_of(first_day) > 24 then 3 else 1 end as months
    from span
),
customer_stretches as (
    select
        customer_days.customer,
        int_div(12 * year_of(customer_days.day) + month_of(customer_days.day) - 1, grain.months) as stretch,
        count(case when customer_days.lines > 0 then 1 end) as orders,
        cast(sum(exact(customer_days.revenue)) as double) as revenue
    from customer_days
    cross join grain
    where customer_days.day >= grain.first_day and customer_days.day <= grain.told_until
    group by customer_days.customer, int_div(12 * year_of(customer_days.day) + month_of(customer_days.day) - 1, grain.months)
),
firsts as (
    select customer, min(stretch) as first_stretch
    from customer_stretches
    where orders > 0
    group by customer
),
cells as (
    select
        firsts.first_stretch,
        seen.stretch,
        count(case when seen.orders > 0 then 1 end) as active,
        cast(sum(seen.orders) as bigint) as orders,
        cast(sum(exact(seen.revenue)) as double) as revenue
    from firsts
    join customer_stretches as seen on seen.customer = firsts.customer and seen.stretch >= firsts.first_stretch
    group by firsts.first_stretch, seen.stretch
),
money as (
    select count(revenue) > 0 as told
    from cells
),
sizes as (
    select first_stretch, count(*) as customers
    from firsts
    group by first_stretch
),
ages as (
    select
        sizes.first_stretch,
        sizes.customers,
        sizes.first_stretch * grain.months as first_month,
        cast(numbers.n as bigint) as age
    from sizes
    cross join grain
    join numbers on sizes.first_stretch + numbers.n < int_div(grain.month_behind, grain.months)
)
select
    make_date(cast(int_div(ages.first_month, 12) as int), cast(mod(ages.first_month, 12) + 1 as int), 1) as cohort,
    ages.age,
    ages.customers,
    coalesce(cells.active, 0) as active,
    coalesce(cells.orders, 0) as orders,
    case when money.told then coalesce(cells.revenue, 0) end as revenue
from ages
cross join money
left join cells on cells.first_stretch = ages.first_stretch and cells.stretch = ages.first_stretch + ages.age
order by cohort nulls first, ages.age nulls first
