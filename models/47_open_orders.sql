-- step: open_orders
-- about: what is on its way of each item to each store, by the period ahead from whose beginning it is on sale
-- expect: unique(item, store, ahead, told); units > 0; ahead >= 1; told in ('by the file', 'by the lead time')
--
-- Of counts the last one of each item and store says what is on its way. A line of an order, which counts nothing but says when it arrives, counts
-- if that is yet to come: files of orders tell of those that came, too. What a count says is on its way, and late, comes next. Where no file
-- says when, it comes as if it were ordered today.
with lines as (
    select
        stock.item,
        stock_places.store,
        stock.day,
        stock.on_hand is null and stock.arrives is not null as is_order,
        stock.on_order,
        stock.arrives,
        stock.arrives_in
    from stock
    join stock_places on stock_places.told = coalesce(stock.store, '(all)')
    where stock.item is not null
        and stock.on_order is not null
        and ('${forecast.start}' = '' or cast(stock.day as string) < '${forecast.start}')
),
lasts as (
    select
        item,
        store,
        max(case when day is null then 1 else 0 end) as is_now,
        max(day) as day
    from lines
    where not is_order
    group by item, store
),
counted as (
    select lines.item, lines.store, lines.is_order, lines.on_order, lines.arrives, lines.arrives_in
    from lines
    left join lasts on lasts.item = lines.item and lasts.store = lines.store
    where lines.is_order
        or (lasts.is_now = 1 and lines.day is null)
        or (lasts.is_now = 0 and lines.day = lasts.day)
),
placed as (
    select
        counted.item,
        counted.store,
        counted.is_order,
        counted.on_order,
        case
            when counted.arrives_in is not null
                then greatest(cast(ceil(counted.arrives_in / nullif(stock_settings.period_days, 0) - 1e-9) as bigint), 1)
            when counted.arrives is null then coalesce(stock_terms.lead_time, stock_settings.lead_time) + 1
            when '${period}' = 'month' then 12 * (year_of(counted.arrives) - year_of(stock_settings.last_period))
                + month_of(counted.arrives) - month_of(stock_settings.last_period)
            else cast(ceil(days_between(stock_settings.last_day, counted.arrives) / nullif(stock_settings.period_days, 0) - 1e-9) as bigint)
        end as ahead,
        case when counted.arrives_in is null and counted.arrives is null then 'by the lead time' else 'by the file' end as told
    from counted
    cross join stock_settings
    left join stock_terms on stock_terms.item = counted.item and stock_terms.store = counted.store
    where counted.on_order > 0
),
due as (
    select
        item,
        store,
        told,
        on_order,
        cast(case when is_order then ahead else greatest(ahead, 1) end as bigint) as ahead
    from placed
)
select
    item,
    store,
    ahead,
    told,
    cast(sum(exact(on_order)) as double) as units
from due
where ahead >= 1
group by item, store, ahead, told
order by item nulls first, store nulls first, ahead nulls first, told nulls first
