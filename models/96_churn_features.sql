-- step: churn_features
-- about: what was known of each customer as of a day, and whether he left after it
-- expect: unique(what, part, customer); unique(what, part, place); what in ('label', 'silence'); label in ('left', 'stays'); recency_days >= 0 and recency_days < 365
-- expect: not (what = 'silence' and part = 0 and label is not null); not (what = 'label' and (part = 0) <> (label is null)); tenure_days >= recency_days
--
-- Of silence, a customer who bought in the 365 days up to as_of has left if he does not buy in the churn.horizon days after it. part 0 is today, parts 1 … 8 lie that many horizons back,
-- where the sales begin a horizon before them. Nothing of these rows is later than as_of but the label. Of parts but 0 about 10,000 customers are kept, drawn by
-- the digest of their name: a tenth of them tells a share to 1.6 percentage points. worth is what a customer brings in the horizon if he stays: his revenue of the last
-- 365 days at that rate, and one usual purchase at least. year_orders are purchases in the horizon's days a year before.
--
-- Of a label, customers are those whose file says whether they have left. part is one of five folds, 0 where it says nothing. Their features are all that the file tells of them and, where there are sales,
-- habits; not how long ago they bought or how much of late, which follows from having left. Of silence the file tells only what buying does not change: it
-- is of today, and a replay must not see it.
-- own_… are the columns that the file's customers have beside the canonical ones. Numbers that reach far are logarithms (of 1 more).
with span as (
    select first_day, last_day
    from sales_facts
    where first_day is not null and last_day is not null
),
dates as (
    select
        numbers.n as part,
        add_days(span.last_day, -${churn.horizon} * numbers.n) as as_of,
        span.first_day
    from span
    join numbers on numbers.n <= 8
    where days_between(span.first_day, span.last_day) >= ${churn.horizon} * (numbers.n + 1) - 1 or numbers.n = 0
),
digests as (
    select customer, min(day) as first_day, md5(customer) as digest
    from customer_days
    where lines > 0
    group by customer
),
buyers as (
    select
        customer,
        first_day,
        (instr('0123456789abcdef', substr(digest, 1, 1)) - 1) * 4096 + (instr('0123456789abcdef', substr(digest, 2, 1)) - 1) * 256
            + (instr('0123456789abcdef', substr(digest, 3, 1)) - 1) * 16 + instr('0123456789abcdef', substr(digest, 4, 1)) - 1 as draw
    from digests
),
sizes as (
    select dates.part, count(*) as customers
    from buyers
    join dates on buyers.first_day <= dates.as_of
    group by dates.part
),
picked as (
    select
        buyers.customer,
        dates.part,
        dates.as_of,
        dates.first_day as begin
    from buyers
    join dates on buyers.first_day <= dates.as_of
    join sizes on sizes.part = dates.part
    where dates.part = 0 or buyers.draw * sizes.customers < 65536 * 10000
),
days as (
    select
        picked.part,
        picked.as_of,
        picked.begin,
        customer_days.*,
        days_between(customer_days.day, picked.as_of) as back,
        customer_days.lines > 0 as bought
    from picked
    join customer_days on customer_days.customer = picked.customer and customer_days.day <= add_days(picked.as_of, ${churn.horizon})
),
sums as (
    select
        part,
        as_of,
        begin,
        customer,
        count(*) filter (where bought and back < 0) as later,
        min(case when bought and back >= 0 then back end) as recency_days,
        max(case when bought then back end) as tenure_days,
        count(*) filter (where bought and back >= 0) as orders,
        count(*) filter (where bought and back >= 0 and back < 30) as orders_30,
        count(*) filter (where bought and back >= 0 and back < 90) as orders_90,
        count(*) filter (where bought and back >= 90 and back < 180) as orders_before,
        count(*) filter (where bought and back >= 0 and back < 365) as orders_365,
        count(*) filter (where bought and back < 364 and back >= 364 - ${churn.horizon} and back >= 0) as orders_year,
        count(*) filter (where bought and back >= 0 and iso_weekday(day) >= 6) as weekend,
        count(hour) filter (where bought and back >= 0) as hours,
        cast(sum(exact(case when bought and back >= 0 then hour end)) as double) as hour,
        cast(sum(case when back >= 0 then lines else 0 end) as double) as lines,
        cast(sum(exact(case when back >= 0 and back < 30 then revenue else 0 end)) as double) as money_30,
        cast(sum(exact(case when back >= 0 and back < 90 then revenue else 0 end)) as double) as money_90,
        cast(sum(exact(case when back >= 0 and back < 365 then coalesce(revenue, 0) else 0 end)) as double) as money_365,
        cast(sum(exact(case when back >= 0 then coalesce(gross, 0) else 0 end)) as double) as gross,
        cast(sum(exact(case when back >= 0 then returned else 0 end)) as double) as returned,
        cast(sum(exact(case when back >= 0 then discount else 0 end)) as double) as discount
    from days
    group by part, as_of, begin, customer
),
habits as (
    select
        sums.*,
        cast(tenure_days - recency_days as double) / nullif(orders - 1, 0) as gap_days,
        greatest(gross - returned, 0) / nullif(orders, 0) as order_value,
        lines / nullif(orders, 0) as order_lines,
        hour / nullif(hours, 0) as mean_hour,
        cast(weekend as double) / nullif(orders, 0) as weekend_share,
        least(greatest(discount, 0) / nullif(greatest(discount, 0) + gross, 0), 1) as discount_share,
        least(greatest(returned, 0) / nullif(gross, 0), 1) as return_share,
        'quarter ' || cast(cast(quarter(add_days(as_of, -tenure_days)) as int) as string) as first_season
    from sums
),
ends as (
    select max(joined) as last_joined, count(churned) as labels
    from customers
),
files as (
    select
        customers.customer,
        customers.country,
        customers.region,
        customers.city,
        customers.distance,
        customers.sex,
        customers.household,
        customers.loyalty,
        customers.tenure,
        customers.churned,
        customers.spend,
        mod(instr('0123456789abcdef', substr(md5(customers.customer), 1, 1)) * 16 + instr('0123456789abcdef', substr(md5(customers.customer), 2, 1)), 5) + 1 as fold,
        try_cast(customers.age as double) as age_years,
        case when try_cast(customers.age as double) is null then customers.age end as age_band,
        try_cast(customers.income as double) as income_money,
        case when try_cast(customers.income as double) is null then customers.income end as income_band,
        customers.spend / nullif(greatest(customers.tenure, 1), 0) as month_spend,
        days_between(customers.joined, ends.last_joined) as joined_days,
        ends.labels
    from customers
    cross join ends
),
silent as (
    select *
    from habits
    where recency_days < 365 and days_between(begin, as_of) >= ${churn.horizon} - 1
),
known as (
    select
        'silence' as what,
        silent.part,
        silent.as_of,
        silent.customer,
        case when silent.part = 0 then null when silent.later > 0 then 'stays' else 'left' end as label,
        cast(silent.recency_days as double) as rule,
        greatest(silent.order_value, silent.money_365 * ${churn.horizon} / nullif(greatest(least(silent.tenure_days + 1, 365), ${churn.horizon}), 0)) as worth,
        silent.recency_days,
        silent.tenure_days,
        silent.orders,
        silent.orders_90,
        silent.orders_before,
        silent.orders_365,
        silent.money_365,
        natural_log(1 + silent.recency_days) as log_recency,
        natural_log((1e0 + silent.recency_days) / nullif(1 + silent.gap_days, 0)) as log_gaps,
        natural_log(1 + silent.orders) as log_orders,
        natural_log(1 + silent.orders_30) as log_orders_30,
        natural_log(1 + silent.orders_90) as log_orders_90,
        natural_log(1 + silent.orders_365) as log_orders_365,
        natural_log(1 + greatest(silent.money_30, 0)) as log_money_30,
        natural_log(1 + greatest(silent.money_90, 0)) as log_money_90,
        natural_log(1 + greatest(silent.money_365, 0)) as log_money_365,
        natural_log((1e0 + silent.orders_90) / nullif(1 + silent.orders_before, 0)) as trend,
        natural_log(1e0 + silent.tenure_days) as log_tenure,
        case when days_between(silent.begin, silent.as_of) >= 364 then cast(silent.orders_year as double) end as year_orders,
        silent.gap_days,
        natural_log(1 + silent.order_value) as log_order_value,
        silent.order_lines,
        silent.mean_hour,
        silent.weekend_share,
        silent.discount_share,
        silent.return_share,
        silent.first_season,
        files.country,
        files.region,
        files.sex,
        files.age_years,
        files.age_band,
        files.distance,
        cast(null as string) as city,
        cast(null as double) as income_money,
        cast(null as string) as income_band,
        cast(null as string) as household,
        cast(null as string) as loyalty,
        cast(null as double) as tenure,
        cast(null as double) as spend,
        cast(null as double) as month_spend,
        ${each c in customers.columns: nullif(customers."${c}", customers."${c}") as "own_${c}",}
        cast(null as double) as joined_days
    from silent
    left join files on files.customer = silent.customer
    left join customers on customers.customer = silent.customer
    union all
    select
        'label',
        case when files.churned is null then 0 else files.fold end,
        cast(null as date),
        files.customer,
        case when files.churned then 'left' when not files.churned then 'stays' end,
        -coalesce(files.tenure, files.joined_days),
        coalesce(
            greatest(habits.order_value, habits.order_value * ${churn.horizon} / nullif(habits.gap_days, 0)),
            habits.order_value,
            files.month_spend * ${churn.horizon} * 12 / 365
        ),
        cast(null as bigint),
        cast(null as bigint),
        cast(null as bigint),
        cast(null as bigint),
        cast(null as bigint),
        cast(null as bigint),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        cast(null as double),
        habits.gap_days,
        natural_log(1 + habits.order_value),
        habits.order_lines,
        habits.mean_hour,
        habits.weekend_share,
        habits.discount_share,
        habits.return_share,
        habits.first_season,
        files.country,
        files.region,
        files.sex,
        files.age_years,
        files.age_band,
        files.distance,
        files.city,
        files.income_money,
        files.income_band,
        files.household,
        files.loyalty,
        files.tenure,
        files.spend,
        files.month_spend,
        ${each c in customers.columns: customers."${c}",}
        cast(files.joined_days as double)
    from files
    join customers on customers.customer = files.customer
    left join habits on habits.customer = files.customer and habits.part = 0
    where files.labels > 0
)
select
    known.what,
    cast(known.part as int) as part,
    known.as_of,
    cast(row_number() over (partition by known.what, known.part order by known.customer nulls first) as bigint) as place,
    known.customer,
    known.label,
    known.rule,
    known.worth,
    known.recency_days,
    known.tenure_days,
    known.orders,
    known.orders_90,
    known.orders_before,
    known.orders_365,
    known.money_365,
    known.log_recency,
    known.log_gaps,
    known.log_orders,
    known.log_orders_30,
    known.log_orders_90,
    known.log_orders_365,
    known.log_money_30,
    known.log_money_90,
    known.log_money_365,
    known.trend,
    known.log_tenure,
    known.year_orders,
    known.gap_days,
    known.log_order_value,
    known.order_lines,
    known.mean_hour,
    known.weekend_share,
    known.discount_share,
    known.return_share,
    known.first_season,
    known.country,
    known.region,
    known.sex,
    known.age_years,
    known.age_band,
    known.distance,
    known.city,
    known.income_money,
    known.income_band,
    known.household,
    known.loyalty,
    known.tenure,
    known.spend,
    known.month_spend,
    ${each c in customers.columns: known."own_${c}",}
    known.joined_days
from known
order by what nulls first, part nulls first, place nulls first
