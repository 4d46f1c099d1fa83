-- step: new_item_share
-- about: what share of what is sold in the time of a forecast comes from products that were not sold before it began
-- expect: all(count(*) = 1); share >= 0 and share <= 1; windows >= 0 and windows <= 3
--
-- Such products have no forecast of their own and are in the total and the categories only. Measured on the last three stretches as long as
-- the forecast, each by what was not sold until it began; those that began in the first half of what is known count for nothing, since
-- there even old products may not have been seen yet. What is known begins where the total is comparable: products and stores that joined the
-- files at once are no new products. Without a stretch the share is zero.
with sold as (
    select demand_item.item, periods.number, demand_item.value
    from demand_item
    join periods on periods.period = demand_item.period
    where demand_item.to_forecast and demand_item.value > 0
),
first_sold as (
    select item, min(number) as first_number
    from sold
    group by item
),
known as (
    select min(periods.number) as first_number
    from demand_total
    join periods on periods.period = demand_total.period
    where demand_total.comparable
),
bounds as (
    select greatest(min(sold.number), max(known.first_number)) as first_number, max(sold.number) as last_number
    from sold
    cross join known
    having count(*) > 0
),
windows as (
    select
        bounds.last_number - numbers.n * ${forecast.horizon} as origin,
        numbers.n as place
    from bounds
    join numbers on numbers.n >= 1 and numbers.n <= 3
    where (bounds.last_number - numbers.n * ${forecast.horizon} - bounds.first_number) * 2 >= bounds.last_number - bounds.first_number
),
seen as (
    select
        windows.place,
        sold.value,
        case when first_sold.first_number > windows.origin then sold.value else 0e0 end as new_value
    from windows
    join sold on sold.number > windows.origin and sold.number <= windows.origin + ${forecast.horizon}
    join first_sold on first_sold.item = sold.item
)
select
    cast(count(distinct place) as bigint) as windows,
    coalesce(cast(sum(exact(new_value)) as double) / nullif(cast(sum(exact(value)) as double), 0), 0e0) as share
from seen
