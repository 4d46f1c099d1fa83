-- step: sales_facts
-- about: what the sales know as a whole: units, money, customers, baskets, and from which day to which they run
-- expect: all(count(*) = 1)
-- expect: all(min(lines) = (select count(*) from sales))
-- expect: first_day <= last_day; told_until >= first_day; told_until <= last_day
--
-- A few lines dated far from all others (1900-01-01, 2099-12-31) must not stretch the time axis: first_day and
-- last_day are those of the middle 99.9 % of the lines and of everything within 400 days of them. Lines outside
-- are counted in stray_lines; their money counts, their demand has no period.
-- told_until is before last_day where the file ends with days told in part: an export made at noon, or orders that are
-- written down days later. Those are the last days (of fourteen at most) with less than half the lines that the eight
-- same weekdays before had, where these had twenty or more. If all fourteen are so, less is sold, and nothing is missing.
with days as (
    select
        cast(time as date) as day,
        count(*) as lines,
        count(units) as units_known,
        count(price) as price_known,
        count(amount) as amount_known,
        count(customer) as customer_known,
        count(basket) as basket_known,
        count(visitors) as visitors_known,
        sum(case when price is null and amount is null and coalesce(units, 0) <> 0 then 1 else 0 end) as price_wanted
    from sales
    group by cast(time as date)
),
running as (
    select
        day,
        lines,
        sum(lines) over (order by day nulls first rows between unbounded preceding and current row) as so_far,
        sum(lines) over () as all_lines
    from days
),
middle as (
    select
        min(case when so_far >= 5e-4 * all_lines then day end) as low,
        min(case when so_far >= 9995e-4 * all_lines then day end) as high
    from running
),
placed as (
    select
        days.*,
        day >= add_days(middle.low, -400) and day <= add_days(middle.high, 400) as inside
    from days
    cross join middle
),
ends as (
    select
        max(day) as last_day,
        add_days(max(day), -13) as tail_from
    from placed
    where inside
),
usual as (
    select
        iso_weekday(placed.day) as weekday,
        percentile_cont(0.5) within group (order by placed.lines) as lines,
        count(*) as days
    from placed
    cross join ends
    where placed.inside and placed.day < ends.tail_from and placed.day >= add_days(ends.tail_from, -56)
    group by iso_weekday(placed.day)
),
tail as (
    select
        max(case when usual.lines >= 20 and usual.days >= 4 and 2 * placed.lines < usual.lines then null else placed.day end) as told_until
    from placed
    cross join ends
    left join usual on usual.weekday = iso_weekday(placed.day)
    where placed.inside and placed.day >= ends.tail_from
)
select
    cast(coalesce(sum(lines), 0) as bigint) as lines,
    cast(coalesce(sum(case when inside then 0 else lines end), 0) as bigint) as stray_lines,
    min(case when inside then day end) as first_day,
    max(case when inside then day end) as last_day,
    coalesce(min(tail.told_until), max(case when inside then day end)) as told_until,
    cast(coalesce(sum(case when inside then 1 else 0 end), 0) as bigint) as days_with_lines,
    cast(coalesce(sum(units_known), 0) as bigint) as units_known,
    cast(coalesce(sum(price_known), 0) as bigint) as price_known,
    cast(coalesce(sum(amount_known), 0) as bigint) as amount_known,
    cast(coalesce(sum(customer_known), 0) as bigint) as customer_known,
    cast(coalesce(sum(basket_known), 0) as bigint) as basket_known,
    cast(coalesce(sum(visitors_known), 0) as bigint) as visitors_known,
    cast(coalesce(sum(price_wanted), 0) as bigint) as price_wanted,
    coalesce(sum(units_known), 0) = 0 and coalesce(sum(basket_known), 0) > 0
        and coalesce(sum(price_known), 0) > 0 as line_is_piece,
    coalesce(sum(units_known), 0) > 0
        or (coalesce(sum(basket_known), 0) > 0 and coalesce(sum(price_known), 0) > 0) as has_units
from placed
cross join tail
