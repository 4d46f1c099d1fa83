-- step: demand_cells
-- about: item, store and period as observed, before outliers are dampened, with the reason for what is missing
-- expect: unique(item, store, period)
-- expect: state in ('sold', 'zero', 'stock-out', 'closed', 'missing', 'not offered')
-- expect: not (state = 'zero' and coalesce(units, 0) > 0); not (state = 'sold' and coalesce(units, 0) = 0 and coalesce(revenue, 0) = 0 and lines = 0)
--
-- Cells come from three sides: sales lines, stock records, and, for offers that sell often (filled), the periods without
-- a line of which models should see nothing, and the first and the last. A cell that is not here is, while the item is on
-- offer, a zero; where the setting absent is missing, it is not known, and all that filled offers lack is written down.
-- Units and revenue are what customers wanted: sales, less what was cancelled on the same day.
with blank as (
    select closures.store, periods.number
    from closures
    join periods on periods.period = closures.period
    where not closures.regular
    union all
    select spans.store, periods.number
    from (select store from offers group by store) as spans
    cross join periods
    where not periods.ahead and (not periods.complete or '${absent}' = 'missing')
),
edges as (
    select item, store, first_number as number from offers where filled
    union all
    select item, store, last_number from offers where filled
    union all
    select offers.item, offers.store, blank.number
    from offers
    join blank on blank.store = offers.store and blank.number >= offers.first_number and blank.number <= offers.last_number
    where offers.filled
),
every_side as (
    select
        item,
        coalesce(store, '(all)') as store,
        period,
        case when kind = 'none' then null else net_units end as units,
        revenue,
        case when on_promotion then 1 when not on_promotion then 0 end as on_promotion,
        case when kind = 'sale' then 1 else 0 end as lines,
        case when kind = 'zero' then 1 else 0 end as zeros,
        case when kind = 'none' then 1 else 0 end as nones,
        null as out
    from sales_lines
    where period is not null
        and (kind in ('sale', 'zero', 'none') or (kind in ('return', 'cancellation') and days_to_return = 0))
    union all
    select
        stock.item,
        coalesce(stock.store, '(all)'),
        periods.period,
        null,
        null,
        null,
        0,
        0,
        0,
        case when stock.in_stock = false then 1 when stock.in_stock then 0 when stock.on_hand <= 0 then 1 else 0 end
    from stock
    join periods
        on periods.period = case
            when '${period}' = 'week' then week_start(stock.day)
            when '${period}' = 'month' then month_start(stock.day)
            else stock.day
        end
    where stock.day is not null
        and not periods.ahead
        and (stock.in_stock is not null or stock.on_hand is not null)
    union all
    select edges.item, edges.store, periods.period, null, null, null, 0, 0, 0, null
    from edges
    join periods on periods.number = edges.number
),
cells as (
    select
        item,
        store,
        period,
        cast(sum(exact(units)) as double) as units,
        cast(sum(exact(revenue)) as double) as revenue,
        max(on_promotion) as on_promotion,
        sum(lines) as lines,
        max(zeros) as zeros,
        max(nones) as nones,
        min(out) as out
    from every_side
    group by item, store, period
),
placed as (
    select
        cells.*,
        periods.complete,
        offers.item is not null as ever_offered,
        periods.number >= offers.first_number and periods.number <= offers.last_number as on_offer,
        closures.store is not null as closed,
        coalesce(closures.regular, false) as regular,
        store_periods.store is not null as busy
    from cells
    join periods on periods.period = cells.period
    left join offers on offers.item = cells.item and offers.store = cells.store
    left join closures on closures.store = cells.store and closures.period = cells.period
    left join store_periods on store_periods.store = cells.store and store_periods.period = cells.period
),
judged as (
    select
        placed.*,
        case
            when lines > 0 and (units is null or units > 0 or revenue > 0) then 'sold'
            when not coalesce(on_offer, false) then 'not offered'
            when closed then 'closed'
            when out = 1 then 'stock-out'
            when zeros > 0 or lines > 0 then 'zero'
            when nones > 0 then 'missing'
            when '${absent}' = 'missing' then 'missing'
            when '${absent}' = 'closed' and not busy then 'closed'
            else 'zero'
        end as state
    from placed
)
select
    item,
    store,
    period,
    case when state = 'sold' then greatest(units, 0) when state in ('zero', 'closed', 'stock-out') and sales_facts.has_units then 0 end as units,
    case when state = 'sold' then revenue when state in ('zero', 'closed', 'stock-out') then 0 end as revenue,
    case when state = 'sold' and units > 0 then revenue / nullif(units, 0) end as price,
    on_promotion = 1 as on_promotion,
    cast(judged.lines as bigint) as lines,
    state,
    coalesce(out, 0) = 1 as out_of_stock,
    case
        when not complete then null
        when state = 'sold' and coalesce(out, 0) = 1 then null
        when state = 'sold' and sales_facts.has_units then greatest(units, 0)
        when state = 'sold' then greatest(revenue, 0)
        when state = 'zero' then 0
        when state = 'closed' and regular then 0
    end as value
from judged
cross join sales_facts
order by item nulls first, store nulls first, period nulls first
