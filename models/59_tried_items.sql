-- step: tried_items
-- about: the products whose forecasts are tried on the past: those that bring most, with what a piece of them brings
-- expect: unique(item); unique(place); place between 1 and 1000; price >= 0
--
-- A trial costs nearly what a forecast does. So that a run stays as quick, 1,000 products at most are tried: those of most money in the last
-- year that their series hold, of most pieces where there is no money. price is null where no money is told.
with rows_of as (
    select
        item,
        period,
        value_model,
        units,
        revenue,
        max(period) over (partition by item) as last
    from demand_item
    where active
        and to_forecast
        and comparable
        and text_matches('${forecast.levels}', '(^|[^_a-z])item($|[^_a-z])')
),
sums as (
    select
        item,
        cast(sum(exact(value_model)) as double) as value,
        cast(sum(exact(greatest(units, 0))) as double) as units,
        cast(sum(exact(greatest(revenue, 0))) as double) as revenue
    from rows_of
    where days_between(period, last) < 364
    group by item
),
placed as (
    select
        sums.item,
        cast(row_number() over (order by coalesce(sums.revenue, 0) desc nulls last, sums.value desc nulls last, sums.item nulls last) as int) as place,
        case
            when not demand_unit.in_units then 1e0
            when sums.units > 0 and sums.revenue > 0 then sums.revenue / nullif(sums.units, 0)
        end as price
    from sums
    cross join demand_unit
)
select item, place, price
from placed
where place <= 1000
order by place nulls first
