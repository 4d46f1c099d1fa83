-- step: class_features
-- about: what was known of each product at the end of each quarter, and its classes in the next one
-- expect: unique(quarter, item); unique(quarter, place); quarter >= 0 and quarter <= 14; not (quarter = 0 and (abc_next is not null or demand_next is not null))
-- expect: not (quarter > 0 and has_abc and abc_next is null); age >= 0 and age <= 4
--
-- Products that were sold in the quarter or in one of the three before it; a class is 'none' where nothing was sold. Sizes are logarithms (of 1 more,
-- so that nothing is 0): of the quarter, of the one before, and of the year_: three quarters back, which is the same quarter of the year before the one to come.
-- age counts quarters since the first sale, and the years before the files began as one. category_growth is the logarithm of the category's revenue over that of the quarter before.
-- Nothing here is later than the quarter but abc_next and demand_next. Empty where there are fewer than six whole quarters, or fewer than 30 products in the latest.
with history as (
    select max(quarter) + 1 as quarters
    from item_quarters
),
latest as (
    select count(*) as products
    from item_quarters
    where quarter = 0
),
days as (
    select
        quarter,
        max(last_day) as last_day,
        count(abc) > 0 as has_abc,
        count(demand) > 0 as has_demand
    from item_quarters
    group by quarter
),
category_money as (
    select
        item_categories.category,
        item_quarters.quarter,
        cast(sum(exact(greatest(item_quarters.revenue, 0))) as double) as revenue
    from item_quarters
    join item_categories on item_categories.item = item_quarters.item
    group by item_categories.category, item_quarters.quarter
),
growths as (
    select
        now.category,
        now.quarter,
        natural_log(now.revenue / nullif(before.revenue, 0)) as category_growth
    from category_money as now
    join category_money as before on before.category = now.category and before.quarter = now.quarter + 1
),
first_quarters as (
    select item, max(quarter) as first_quarter
    from item_quarters
    group by item
),
seen as (
    select item_quarters.item, item_quarters.quarter - numbers.n as quarter
    from item_quarters
    join numbers on numbers.n <= 3
    cross join history
    cross join latest
    where item_quarters.quarter - numbers.n >= 0 and item_quarters.quarter - numbers.n <= 14 and history.quarters >= 6 and latest.products >= 30
    group by item_quarters.item, item_quarters.quarter - numbers.n
)
select
    seen.quarter,
    days.last_day as as_of,
    cast(row_number() over (partition by seen.quarter order by seen.item nulls first) as bigint) as place,
    seen.item,
    days.has_abc,
    days.has_demand,
    case when days.has_abc then coalesce(now.abc, 'none') end as abc_now,
    case when days.has_abc then coalesce(before.abc, 'none') end as abc_before,
    case when days.has_abc and history.quarters > seen.quarter + 3 then coalesce(a_year.abc, 'none') end as abc_year,
    case when days.has_abc and seen.quarter > 0 then coalesce(next.abc, 'none') end as abc_next,
    case when days.has_demand then coalesce(now.demand, 'none') end as demand_now,
    case when days.has_demand then coalesce(before.demand, 'none') end as demand_before,
    case when days.has_demand and history.quarters > seen.quarter + 3 then coalesce(a_year.demand, 'none') end as demand_year,
    case when days.has_demand and seen.quarter > 0 then coalesce(next.demand, 'none') end as demand_next,
    now.revenue,
    natural_log(1 + greatest(coalesce(now.revenue, 0), 0)) as log_revenue,
    case when history.quarters > seen.quarter + 1 then natural_log(1 + greatest(coalesce(before.revenue, 0), 0)) end as before_revenue,
    case when history.quarters > seen.quarter + 3 then natural_log(1 + greatest(coalesce(a_year.revenue, 0), 0)) end as year_revenue,
    natural_log(1 + coalesce(now.value, 0)) as log_value,
    case when history.quarters > seen.quarter + 1 then natural_log(1 + coalesce(before.value, 0)) end as before_value,
    case when history.quarters > seen.quarter + 3 then natural_log(1 + coalesce(a_year.value, 0)) end as year_value,
    coalesce(now.sold_weeks / nullif(cast(now.weeks as double), 0), 0) as sold_share,
    now.adi,
    now.cv2,
    before.cv2 as before_cv2,
    now.late_share,
    now.discount_share,
    now.revenue_rank,
    now.revenue_above,
    least(first_quarters.first_quarter - seen.quarter, 4) as age,
    growths.category_growth
from seen
cross join history
join days on days.quarter = seen.quarter
join first_quarters on first_quarters.item = seen.item
left join item_categories on item_categories.item = seen.item
left join growths on growths.category = item_categories.category and growths.quarter = seen.quarter
left join item_quarters as now on now.item = seen.item and now.quarter = seen.quarter
left join item_quarters as before on before.item = seen.item and before.quarter = seen.quarter + 1
left join item_quarters as a_year on a_year.item = seen.item and a_year.quarter = seen.quarter + 3
left join item_quarters as next on next.item = seen.item and next.quarter = seen.quarter - 1
order by seen.quarter nulls first, place nulls first
