-- step: unusual_values
-- about: values of items, categories, stores and the total that lie far from what their neighbours say, with what coincides with them
-- expect: unique(level, key, period); unique(rank); value <> usual; level in ('item', 'category', 'store', 'total', 'money')
-- expect: cause in ('one order, taken back later', 'one order', 'a price cut', 'a promotion') or cause is null or cause like 'day of %'
--
-- What models see is brought nearer to the usual there. usual is what they see instead. The cause is what coincides, with evidence: one order that makes half of the
-- value, and whether half of it came back; a mean price a fifth below the product's middle one; a fifth of its pieces on promotion, as in a tenth of
-- its periods at most; a holiday, a busy day or an event of that day. Largest distance first, in the money that a piece brings.
with found as (
    select level, key, period, value, cleaned
    from outliers_levels
    where reason is not null and cleaned <> value and not (level = 'store' and key = '(all)')
),
found_items as (
    select level, key, period, key as item
    from found
    where level = 'item'
    union all
    select found.level, found.key, found.period, product_summary.item
    from found
    join product_summary on product_summary.category = case when found.level = 'category' then found.key end
),
order_sizes as (
    select
        found_items.level,
        found_items.key,
        found_items.period,
        cast(sum(exact(sales_lines.net_units)) as double) as units,
        cast(sum(exact(sales_lines.revenue)) as double) as revenue
    from found_items
    join sales_lines on sales_lines.item = found_items.item and sales_lines.period = found_items.period
    where sales_lines.kind = 'sale' and (sales_lines.basket is not null or sales_lines.customer is not null)
    group by
        found_items.level,
        found_items.key,
        found_items.period,
        sales_lines.store,
        sales_lines.customer,
        sales_lines.basket,
        case when sales_lines.basket is null then sales_lines.time end
    union all
    select found.level, found.key, found.period, orders.units, orders.revenue
    from found
    join orders on orders.period = found.period
    where found.level in ('total', 'money') or (found.level = 'store' and found.key = orders.store)
),
orders_of as (
    select
        order_sizes.*,
        case when demand_unit.in_units and order_sizes.level <> 'money' then order_sizes.units else order_sizes.revenue end as value
    from order_sizes
    cross join demand_unit
),
largest as (
    select level, key, period, max(value) as value, max(units) as units
    from orders_of
    group by level, key, period
),
returned as (
    select
        found.level,
        found.key,
        found.period,
        cast(sum(exact(-backs.net_units)) as double) as units
    from found
    join sales_lines
        on sales_lines.item = case when found.level = 'item' then found.key end
        and sales_lines.period = found.period
    join sales_lines as backs
        on backs.item = sales_lines.item
        and backs.matched_file = sales_lines._file
        and backs.matched_line = sales_lines._line
    where sales_lines.kind = 'sale' and backs.kind in ('return', 'cancellation')
    group by found.level, found.key, found.period
),
promotions_of as (
    select item, cast(sum(case when on_promotion then 1 else 0 end) as double) / nullif(cast(count(*) as double), 0) as share
    from demand_item
    group by item
),
days_of as (
    select period, min(coalesce(holiday, event, occasion)) as name
    from calendar_days
    where coalesce(holiday, event, occasion) is not null
    group by period
),
judged as (
    select
        found.level,
        found.key,
        found.period,
        found.value,
        found.cleaned,
        product_summary.name,
        demand_item.revenue,
        case when product_summary.units > 0 then product_summary.revenue / nullif(product_summary.units, 0) else 1e0 end as worth,
        case
            when found.value > found.cleaned and largest.value * 2 >= found.value and returned.units * 2 >= largest.units then 'one order, taken back later'
            when found.value > found.cleaned and largest.value * 2 >= found.value then 'one order'
            when found.value > found.cleaned and demand_item.units > 0 and demand_item.revenue > 0
                and demand_item.revenue / nullif(demand_item.units, 0) <= 8e-1 * price_spread.middle then 'a price cut'
            when found.value > found.cleaned and demand_item.on_promotion and promotions_of.share <= 1e-1 then 'a promotion'
            when days_of.name is not null then 'day of ' || days_of.name
        end as cause
    from found
    left join largest on largest.level = found.level and largest.key = found.key and largest.period = found.period
    left join returned on returned.level = found.level and returned.key = found.key and returned.period = found.period
    left join product_summary on product_summary.item = case when found.level = 'item' then found.key end
    left join price_spread on price_spread.item = case when found.level = 'item' then found.key end
    left join demand_item on demand_item.item = case when found.level = 'item' then found.key end and demand_item.period = found.period
    left join promotions_of on promotions_of.item = case when found.level = 'item' then found.key end
    left join days_of on days_of.period = found.period
)
select
    level,
    key,
    coalesce(name, key) as name,
    period,
    value,
    cleaned as usual,
    cause,
    cast(row_number() over (
        order by case level when 'money' then 0 when 'total' then 1 when 'category' then 2 when 'store' then 3 else 4 end nulls last,
            abs(value - cleaned) * worth desc nulls last, key nulls last, period nulls last
    ) as bigint) as rank
from judged
order by rank nulls first
