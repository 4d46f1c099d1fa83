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
with store_cells as (
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
category_cells as (
    select
        coalesce(item_categories.category, '(none)') as category,
        item_cells.period,
        cast(sum(exact(item_cells.units)) as double) as units,
        cast(sum(exact(item_cells.revenue)) as double) as revenue,
        sum(item_cells.seen) as seen,
        sum(item_cells.hidden) as hidden,
        sum(item_cells.out) as out,
        sum(item_cells.promoted) as promoted
    from item_cells
    left join item_categories on item_categories.item = item_cells.item
    where (select count(*) from item_categories) > 0
    group by coalesce(item_categories.category, '(none)'), item_cells.period
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
    select 'category', coalesce(item_categories.category, '(none)'), min(first_number), max(last_number), max(active)
    from item_spans
    left join item_categories on item_categories.item = item_spans.item
    where (select count(*) from item_categories) > 0
    group by coalesce(item_categories.category, '(none)')
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
jumps as (
    select
        newcomers.level,
        newcomers.key,
        newcomers.first_number,
        sum(case when periods.number < newcomers.first_number then case when demand_unit.in_units and newcomers.level <> 'money' then cells.units else cells.revenue end end) as sold_before,
        count(distinct case when periods.number < newcomers.first_number then periods.number end) as periods_before,
        sum(case when periods.number >= newcomers.first_number then case when demand_unit.in_units and newcomers.level <> 'money' then cells.units else cells.revenue end end) as sold_after,
        count(distinct case when periods.number >= newcomers.first_number then periods.number end) as periods_after
    from newcomers
    cross join demand_unit
    join periods
        on periods.number >= newcomers.first_number - case when '${period}' = 'day' then 56 when '${period}' = 'week' then 8 else 3 end
        and periods.number < newcomers.first_number + case when '${period}' = 'day' then 56 when '${period}' = 'week' then 8 else 3 end
    join cells on cells.level = newcomers.level and cells.key = newcomers.key and cells.period = periods.period
    group by newcomers.level, newcomers.key, newcomers.first_number
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
    select key, first_number as number from spans where level = 'item'
    union all
    select key, last_number from spans where level = 'item'
    union all
    select key, number from breaks where level = 'item'
    union all
    select key, number - 1 from breaks where level = 'item'
    union all
    select spans.key, blank.number
    from spans
    join blank on blank.number >= spans.first_number and blank.number <= spans.last_number
    where spans.level = 'item'
),
hidden_items as (
    select item_cells.item, item_cells.period, periods.number
    from item_cells
    join periods on periods.period = item_cells.period
    where item_cells.hidden > 0
),
item_sides as (
    select
        item,
        period,
        units,
        revenue,
        seen,
        hidden,
        out,
        promoted,
        0 as offers,
        promoted > 0
            or case
                when '${absent}' = 'missing' then coalesce(units, revenue) is not null or out > 0
                else coalesce(units, 0) <> 0 or coalesce(revenue, 0) <> 0 or hidden > 0
            end as kept
    from item_cells
    union all
    select edges.key, periods.period, null, null, 0, 0, 0, 0, 0, true
    from edges
    join periods on periods.number = edges.number
    union all
    select
        hidden_items.item,
        hidden_items.period,
        null,
        null,
        0,
        0,
        0,
        0,
        case when hidden_items.number >= offers.first_number and hidden_items.number <= offers.last_number then 1 else 0 end,
        false
    from hidden_items
    join offers on offers.item = hidden_items.item
),
items as (
    select
        item,
        period,
        max(units) as units,
        max(revenue) as revenue,
        max(seen) as seen,
        max(hidden) as hidden,
        max(out) as out,
        max(promoted) as promoted,
        sum(offers) as offers
    from item_sides
    group by item, period
    having max(case when kept then 1 else 0 end) = 1
),
places as (
    select
        spans.level,
        spans.key,
        spans.active,
        periods.period,
        periods.number,
        periods.last_day,
        periods.complete
    from spans
    join periods on periods.number >= spans.first_number and periods.number <= spans.last_number
    where spans.level <> 'item' and not periods.ahead
),
rows_of_all as (
    select
        'item' as level,
        items.item as key,
        spans.active,
        periods.period,
        periods.number,
        periods.last_day,
        periods.complete,
        items.units,
        items.revenue,
        items.seen,
        items.hidden,
        items.out,
        items.promoted,
        items.offers
    from items
    join spans on spans.level = 'item' and spans.key = items.item
    join periods on periods.period = items.period
    union all
    select
        places.level,
        places.key,
        places.active,
        places.period,
        places.number,
        places.last_day,
        places.complete,
        cells.units,
        cells.revenue,
        cells.seen,
        cells.hidden,
        cells.out,
        cells.promoted,
        offered.offers
    from places
    left join cells on cells.level = places.level and cells.key = places.key and cells.period = places.period
    left join offered
        on offered.level = case when places.level = 'money' then 'total' else places.level end
        and offered.key = places.key
        and offered.period = places.period
),
joined as (
    select
        rows_of_all.*,
        coalesce(rows_of_all.number >= breaks.number, true) as comparable,
        case when rows_of_all.level = 'store' then closures.store is not null else shut.period is not null end as closed,
        case when rows_of_all.level = 'store' then coalesce(closures.regular, false) else coalesce(shut.regular, 0) = 1 end as regular,
        demand_unit.in_units
    from rows_of_all
    cross join demand_unit
    left join breaks on breaks.level = rows_of_all.level and breaks.key = rows_of_all.key
    left join closures
        on closures.store = case when rows_of_all.level = 'store' then rows_of_all.key end
        and closures.period = rows_of_all.period
    left join shut on shut.period = rows_of_all.period
    where rows_of_all.level <> 'money' or demand_unit.has_money
),
counted as (
    select
        joined.level,
        joined.key,
        joined.active,
        joined.period,
        joined.last_day,
        joined.complete,
        joined.units,
        joined.revenue,
        joined.comparable,
        joined.closed,
        joined.regular,
        joined.in_units,
        coalesce(joined.hidden, 0) as hidden,
        coalesce(joined.out, 0) as out,
        coalesce(joined.promoted, 0) as promoted,
        greatest(
            coalesce(joined.seen, 0),
            case when '${absent}' <> 'missing' then coalesce(joined.offers, 0) - coalesce(joined.hidden, 0) end
        ) as seen
    from joined
),
judged as (
    select
        counted.*,
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
    from counted
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
    active = 1 as active,
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
