-- step: demand_levels
-- about: demand of each category, store and of all together, every period from the first to the last on offer; of items where it is no plain zero
-- expect: unique(level, key, period); level in ('item', 'category', 'store', 'total', 'money')
-- expect: state in ('sold', 'zero', 'stock-out', 'closed', 'missing')
-- expect: hidden_share >= 0 and hidden_share <= 1
--
-- value is what is forecast: units, or revenue where the files have no units, or where less than half of the money
-- comes with units; at level money (the total in money) always revenue. model_value is null where more than a fifth of the cells under it
-- are hidden (out of stock, missing), on irregular closed days, and in a period that the file holds only in part.
-- Of an item those periods are written down that are no plain zero (something was sold, promoted or hidden, or models see
-- nothing), and where its series begins or ends. A period without a row in between is a zero, or not known where the
-- setting absent says missing; operators are told by their parameter absent.
-- to_forecast is false from the day that the setting forecast.start names.
-- comparable is false before the files were joined by products and stores that make most of what is sold today, all in
-- one period, if the sum doubled then: what they sold before is not in the files. Models do not see those periods.
with item_cells as (
    select
        item,
        period,
        cast(sum(exact(units)) as double) as units,
        cast(sum(exact(revenue)) as double) as revenue,
        sum(case when state in ('sold', 'zero') then 1 else 0 end) as seen,
        sum(case when state in ('stock-out', 'missing') or (out_of_stock and state <> 'closed') then 1 else 0 end) as hidden,
        sum(case when state = 'stock-out' then 1 else 0 end) as out,
        max(case when on_promotion then 1 else 0 end) as promoted
    from demand_item_store
    where state <> 'not offered'
    group by item, period
),
store_cells as (
    select
        store,
        period,
        cast(sum(exact(units)) as double) as units,
        cast(sum(exact(revenue)) as double) as revenue,
        sum(case when state in ('sold', 'zero') then 1 else 0 end) as seen,
        sum(case when state in ('stock-out', 'missing') or (out_of_stock and state <> 'closed') then 1 else 0 end) as hidden,
        sum(case when state = 'stock-out' then 1 else 0 end) as out,
        sum(case when on_promotion then 1 else 0 end) as promoted
    from demand_item_store
    where state <> 'not offered'
    group by store, period
),
categories as (
    select item, min(category) as category
    from products
    where category is not null
    group by item
),
category_cells as (
    select
        coalesce(categories.category, '(none)') as category,
        item_cells.period,
        cast(sum(exact(item_cells.units)) as double) as units,
        cast(sum(exact(item_cells.revenue)) as double) as revenue,
        sum(item_cells.seen) as seen,
        sum(item_cells.hidden) as hidden,
        sum(item_cells.out) as out,
        sum(item_cells.promoted) as promoted
    from item_cells
    left join categories on categories.item = item_cells.item
    where (select count(*) from categories) > 0
    group by coalesce(categories.category, '(none)'), item_cells.period
),
total_cells as (
    select
        period,
        cast(sum(exact(units)) as double) as units,
        cast(sum(exact(revenue)) as double) as revenue,
        sum(seen) as seen,
        sum(hidden) as hidden,
        sum(out) as out,
        sum(promoted) as promoted
    from store_cells
    group by period
),
cells as (
    select 'item' as level, item as key, period, units, revenue, seen, hidden, out, promoted from item_cells
    union all
    select 'category', category, period, units, revenue, seen, hidden, out, promoted from category_cells
    union all
    select 'store', store, period, units, revenue, seen, hidden, out, promoted from store_cells
    union all
    select 'total', '(all)', period, units, revenue, seen, hidden, out, promoted from total_cells
    union all
    select 'money', '(all)', period, units, revenue, seen, hidden, out, promoted from total_cells
),
item_spans as (
    select
        offers.item,
        min(offers.first_number) as first_number,
        max(offers.last_number) as last_number,
        max(case when offers.off_offer then 0 else 1 end) as active
    from offers
    where offers.first_sold is not null
    group by offers.item
),
spans as (
    select 'item' as level, item as key, first_number, last_number, active
    from item_spans
    union all
    select 'category', coalesce(categories.category, '(none)'), min(first_number), max(last_number), max(active)
    from item_spans
    left join categories on categories.item = item_spans.item
    where (select count(*) from categories) > 0
    group by coalesce(categories.category, '(none)')
    union all
    select 'store', store, min(first_number), max(last_number), max(case when off_offer then 0 else 1 end)
    from offers
    where first_sold is not null
    group by store
    union all
    select 'total', '(all)', min(first_number), max(last_number), 1
    from item_spans
    having count(*) > 0
    union all
    select 'money', '(all)', min(first_number), max(last_number), 1
    from item_spans
    having count(*) > 0
),
busy_periods as (
    select period
    from store_periods
    group by period
),
shut as (
    select
        closures.period,
        min(case when closures.regular then 1 else 0 end) as regular
    from closures
    left join busy_periods on busy_periods.period = closures.period
    where busy_periods.period is null
    group by closures.period
),
timeline as (
    select max(number) as last_number
    from periods
    where not ahead
),
facts as (
    select
        case
            when not sales_facts.has_units then false
            when cast(sum(exact(greatest(sales_lines.revenue, 0))) as double) > 0
                then 2e0 * cast(sum(exact(case when sales_lines.units is not null then greatest(sales_lines.revenue, 0) end)) as double)
                    >= cast(sum(exact(greatest(sales_lines.revenue, 0))) as double)
            else true
        end as in_units,
        count(sales_lines.revenue) > 0 as has_money
    from sales_facts
    left join sales_lines on sales_lines.kind in ('sale', 'zero', 'none')
    group by sales_facts.has_units
),
recent as (
    select
        demand_item_store.item,
        demand_item_store.store,
        offers.first_number,
        min(categories.category) as category,
        cast(sum(exact(case when facts.in_units then demand_item_store.units else demand_item_store.revenue end)) as double) as sold
    from demand_item_store
    join periods on periods.period = demand_item_store.period
    join offers on offers.item = demand_item_store.item and offers.store = demand_item_store.store
    left join categories on categories.item = demand_item_store.item
    cross join facts
    cross join timeline
    where demand_item_store.state = 'sold'
        and periods.number > timeline.last_number - case when '${period}' = 'day' then 56 when '${period}' = 'week' then 8 else 3 end
    group by demand_item_store.item, demand_item_store.store, offers.first_number
),
arrivals as (
    select 'item' as level, item as key, first_number, sold from recent
    union all
    select 'category', coalesce(category, '(none)'), first_number, sold from recent where (select count(*) from categories) > 0
    union all
    select 'store', store, first_number, sold from recent
    union all
    select 'total', '(all)', first_number, sold from recent
    union all
    select 'money', '(all)', first_number, sold from recent
),
arrived as (
    select level, key, first_number, sum(sold) as sold
    from arrivals
    group by level, key, first_number
),
shares as (
    select
        arrived.*,
        sum(sold) over (partition by level, key) as all_sold,
        min(first_number) over (partition by level, key) as earliest
    from arrived
),
jumps as (
    select
        shares.level,
        shares.key,
        shares.first_number,
        sum(case when periods.number < shares.first_number then case when facts.in_units and shares.level <> 'money' then cells.units else cells.revenue end end) as sold_before,
        count(distinct case when periods.number < shares.first_number then periods.number end) as periods_before,
        sum(case when periods.number >= shares.first_number then case when facts.in_units and shares.level <> 'money' then cells.units else cells.revenue end end) as sold_after,
        count(distinct case when periods.number >= shares.first_number then periods.number end) as periods_after
    from shares
    cross join facts
    join periods
        on periods.number >= shares.first_number - case when '${period}' = 'day' then 56 when '${period}' = 'week' then 8 else 3 end
        and periods.number < shares.first_number + case when '${period}' = 'day' then 56 when '${period}' = 'week' then 8 else 3 end
    join cells on cells.level = shares.level and cells.key = shares.key and cells.period = periods.period
    where shares.sold >= 5e-1 * shares.all_sold
        and shares.first_number > shares.earliest
    group by shares.level, shares.key, shares.first_number
),
breaks as (
    select
        level,
        key,
        max(first_number) as number
    from jumps
    where sold_after / nullif(cast(periods_after as double), 0) >= 2e0 * sold_before / nullif(cast(periods_before as double), 0)
    group by level, key
),
told as (
    select level, key, period
    from cells
    where level = 'item'
        and (
            promoted > 0
            or case
                when '${absent}' = 'missing' then coalesce(units, revenue) is not null or out > 0
                else coalesce(units, 0) <> 0 or coalesce(revenue, 0) <> 0 or hidden > 0
            end
        )
),
blank as (
    select periods.number
    from periods
    left join shut on shut.period = periods.period
    where not periods.ahead and (not periods.complete or shut.regular = 0)
    union all
    select max(number)
    from periods
    where last_day < cast(nullif('${forecast.start}', '') as date)
),
edges as (
    select level, key, first_number as number from spans where level = 'item'
    union all
    select level, key, last_number from spans where level = 'item'
    union all
    select level, key, number from breaks where level = 'item'
    union all
    select level, key, number - 1 from breaks where level = 'item'
    union all
    select spans.level, spans.key, blank.number
    from spans
    join blank on blank.number >= spans.first_number and blank.number <= spans.last_number
    where spans.level = 'item'
),
item_places as (
    select level, key, period from told
    union
    select edges.level, edges.key, periods.period
    from edges
    join periods on periods.number = edges.number
),
places as (
    select
        spans.level,
        spans.key,
        periods.period,
        periods.number,
        periods.last_day,
        periods.complete,
        spans.active = 1 as active
    from spans
    join periods on periods.number >= spans.first_number and periods.number <= spans.last_number
    where spans.level <> 'item' and not periods.ahead
    union all
    select
        spans.level,
        spans.key,
        item_places.period,
        periods.number,
        periods.last_day,
        periods.complete,
        spans.active = 1 as active
    from spans
    join item_places on item_places.level = spans.level and item_places.key = spans.key
    join periods on periods.period = item_places.period
    where periods.number >= spans.first_number and periods.number <= spans.last_number
),
joined as (
    select
        places.level,
        places.key,
        places.period,
        places.last_day,
        places.complete,
        places.active,
        coalesce(places.number >= breaks.number, true) as comparable,
        cells.units,
        cells.revenue,
        coalesce(cells.seen, 0) as seen,
        coalesce(cells.hidden, 0) as hidden,
        coalesce(cells.out, 0) as out,
        coalesce(cells.promoted, 0) as promoted,
        case when places.level = 'store' then closures.store is not null else shut.period is not null end as closed,
        case when places.level = 'store' then coalesce(closures.regular, false) else coalesce(shut.regular, 0) = 1 end as regular,
        facts.in_units
    from places
    cross join facts
    left join breaks on breaks.level = places.level and breaks.key = places.key
    left join cells on cells.level = places.level and cells.key = places.key and cells.period = places.period
    left join closures on closures.store = case when places.level = 'store' then places.key end and closures.period = places.period
    left join shut on shut.period = places.period
    where places.level <> 'money' or facts.has_money
),
judged as (
    select
        joined.*,
        cast(hidden as double) / nullif(greatest(seen + hidden, 1), 0) as share,
        case
            when units > 0 or revenue > 0 then 'sold'
            when closed then 'closed'
            when out > 0 and seen = 0 then 'stock-out'
            when hidden > 0 and seen = 0 then 'missing'
            when seen > 0 then 'zero'
            when '${absent}' = 'missing' then 'missing'
            else 'zero'
        end as state
    from joined
),
valued as (
    select
        judged.*,
        case
            when state in ('missing', 'stock-out') then null
            when in_units and level <> 'money' then coalesce(units, 0)
            else coalesce(revenue, 0)
        end as value
    from judged
)
select
    level,
    key,
    period,
    case when state in ('zero', 'closed') and in_units then coalesce(units, 0) else units end as units,
    case when state in ('zero', 'closed') then coalesce(revenue, 0) else revenue end as revenue,
    state,
    least(share, 1e0) as hidden_share,
    promoted > 0 as on_promotion,
    cast(promoted as double) / nullif(greatest(seen + hidden, 1), 0) as promoted_share,
    active,
    comparable,
    coalesce(last_day < cast(nullif('${forecast.start}', '') as date), true) as to_forecast,
    value,
    case
        when not complete or not comparable or share > 2e-1 then null
        when state = 'closed' and not regular then null
        else greatest(value, 0)
    end as model_value
from valued
order by level nulls first, key nulls first, period nulls first
