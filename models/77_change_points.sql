-- step: change_points
-- about: lasting shifts of what is sold, what they are worth in a year, and what else changed at that time
-- expect: unique(level, key, period); unique(level, rank); level in ('total', 'category', 'store', 'item')
-- expect: cause in ('recording', 'store opened', 'store closed', 'stock-outs', 'promotions', 'price', 'range')
-- expect: low <= high; lasted > 0; certainty >= 0 and certainty <= 1
--
-- before and after are pieces, or money where demand is told in money, a period; money_a_year is what the difference brings in a year at
-- the money a piece of the periods after it. sure is false where no other year tells whether it is the season. price_change,
-- promoted_change, hidden_change and offered_change compare the eight weeks (four months) from the shift on with those before: prices of
-- the same products in the same stores, weighed by what was sold before; the share on promotion; the share that was out of stock
-- or missing; the number of products on offer. A cause is what coincides with the shift in time, way and size, and null where nothing
-- known does: recording, lines began or ceased to tell customers or baskets, or lines of baskets hold nearly twice or half the pieces; a
-- store that makes half of the difference opened or closed within two weeks; stock-outs by five points and a third of the change; promotions by ten
-- points and a fifth of the change; a price by a twentieth and a sixth of the change, the other way round for pieces, where a fifth
-- is sold still; the range by a tenth and half the change.
with windows as (
    select
        case when '${period}' = 'day' then 56 when '${period}' = 'week' then 8 else 4 end as length,
        case when '${period}' = 'day' then 14 when '${period}' = 'week' then 2 else 1 end as near,
        case when '${period}' = 'day' then 36525e-2 when '${period}' = 'week' then 52179e-3 else 12e0 end as a_year
),
shifts as (
    select past_shifts.*, periods.number
    from past_shifts
    join periods on periods.period = past_shifts.period
),
sides as (
    select
        shifts.level,
        shifts.key,
        shifts.period as shifted,
        periods.period,
        periods.number >= shifts.number as is_after
    from shifts
    cross join windows
    join periods on periods.number >= shifts.number - windows.length and periods.number < shifts.number + windows.length
    where periods.complete and not periods.ahead
),
lengths as (
    select
        level,
        key,
        shifted,
        sum(case when is_after then 0 else 1 end) as periods_before,
        sum(case when is_after then 1 else 0 end) as periods_after
    from sides
    group by level, key, shifted
),
series as (
    select 'total' as level, '(all)' as key, period, value, revenue, promoted_share, hidden_share from demand_total
    union all
    select 'category', category, period, value, revenue, promoted_share, hidden_share from demand_category
    union all
    select 'store', store, period, value, revenue, promoted_share, hidden_share from demand_store
    union all
    select 'item', item, period, value, revenue, promoted_share, hidden_share from demand_item
),
shares as (
    select
        sides.level,
        sides.key,
        sides.shifted,
        cast(sum(exact(case when sides.is_after then series.value end)) as double) as value_after,
        cast(sum(exact(case when sides.is_after then series.revenue end)) as double) as revenue_after,
        cast(sum(exact(case when sides.is_after then series.promoted_share else 0 end)) as double) as promoted_after,
        cast(sum(exact(case when sides.is_after then 0 else series.promoted_share end)) as double) as promoted_before,
        cast(sum(exact(case when sides.is_after then series.hidden_share else 0 end)) as double) as hidden_after,
        cast(sum(exact(case when sides.is_after then 0 else series.hidden_share end)) as double) as hidden_before
    from sides
    join series on series.level = sides.level and series.key = sides.key and series.period = sides.period
    group by sides.level, sides.key, sides.shifted
),
ranges as (
    select
        sides.level,
        sides.key,
        sides.shifted,
        avg(case when sides.is_after then offered.offers end) / nullif(avg(case when sides.is_after then null else offered.offers end), 0) - 1 as offered_change
    from sides
    join offered on offered.level = sides.level and offered.key = sides.key and offered.period = sides.period
    where offered.offers > 0
    group by sides.level, sides.key, sides.shifted
),
looked_at as (
    select period
    from sides
    group by period
),
cells as (
    select
        demand_item_store.item,
        demand_item_store.store,
        demand_item_store.period,
        coalesce(item_categories.category, '(none)') as category,
        demand_item_store.units,
        demand_item_store.revenue,
        case when demand_unit.in_units then demand_item_store.units else demand_item_store.revenue end as value
    from demand_item_store
    join looked_at on looked_at.period = demand_item_store.period
    cross join demand_unit
    left join item_categories on item_categories.item = demand_item_store.item
    where demand_item_store.state = 'sold'
),
parts as (
    select sides.level, sides.key, sides.shifted, sides.is_after, cells.item, cells.store, cells.units, cells.revenue, cells.value
    from sides
    join cells on cells.period = sides.period
    where sides.level = 'total'
    union all
    select sides.level, sides.key, sides.shifted, sides.is_after, cells.item, cells.store, cells.units, cells.revenue, cells.value
    from sides
    join cells on cells.period = sides.period and cells.category = sides.key
    where sides.level = 'category'
    union all
    select sides.level, sides.key, sides.shifted, sides.is_after, cells.item, cells.store, cells.units, cells.revenue, cells.value
    from sides
    join cells on cells.period = sides.period and cells.store = sides.key
    where sides.level = 'store'
    union all
    select sides.level, sides.key, sides.shifted, sides.is_after, cells.item, cells.store, cells.units, cells.revenue, cells.value
    from sides
    join cells on cells.period = sides.period and cells.item = sides.key
    where sides.level = 'item'
),
sold as (
    select
        level,
        key,
        shifted,
        item,
        store,
        cast(sum(exact(case when is_after then value end)) as double) as value_after,
        cast(sum(exact(case when is_after then null else value end)) as double) as value_before,
        cast(sum(exact(case when is_after and units > 0 and revenue is not null then units end)) as double) as units_after,
        cast(sum(exact(case when not is_after and units > 0 and revenue is not null then units end)) as double) as units_before,
        cast(sum(exact(case when is_after and units > 0 then revenue end)) as double) as revenue_after,
        cast(sum(exact(case when not is_after and units > 0 then revenue end)) as double) as revenue_before
    from parts
    group by level, key, shifted, item, store
),
prices_then as (
    select
        level,
        key,
        shifted,
        cast(sum(exact(revenue_after / nullif(units_after, 0) * units_before)) as double)
            / nullif(cast(sum(exact(revenue_before)) as double), 0) - 1 as price_change
    from sold
    where units_after > 0 and units_before > 0 and revenue_after > 0 and revenue_before > 0
    group by level, key, shifted
),
store_spans as (
    select
        store,
        min(first_sold) as first_sold,
        max(last_sold) as last_sold,
        min(case when off_offer then 1 else 0 end) = 1 as closed
    from offers
    where first_sold is not null
    group by store
),
store_ends as (
    select
        store_spans.store,
        starts.number as opened,
        case when store_spans.closed then ends.number end as closed
    from store_spans
    join periods as starts on starts.period = store_spans.first_sold
    join periods as ends on ends.period = store_spans.last_sold
),
moved_stores as (
    select
        shifts.level,
        shifts.key,
        shifts.period as shifted,
        cast(sum(exact(case when store_ends.opened > windows.near and abs(store_ends.opened - shifts.number) <= windows.near then sold.value_after else 0 end)) as double)
            / nullif(max(lengths.periods_after), 0) as opened,
        cast(sum(exact(case when abs(store_ends.closed + 1 - shifts.number) <= windows.near then sold.value_before else 0 end)) as double)
            / nullif(max(lengths.periods_before), 0) as closed
    from shifts
    cross join windows
    join lengths on lengths.level = shifts.level and lengths.key = shifts.key and lengths.shifted = shifts.period
    join sold on sold.level = shifts.level and sold.key = shifts.key and sold.shifted = shifts.period
    join store_ends on store_ends.store = sold.store
    group by shifts.level, shifts.key, shifts.period
),
told as (
    select
        coalesce(sales_lines.store, '(all)') as store,
        sales_lines.period,
        count(*) as lines,
        count(sales_lines.customer) as with_customer,
        count(sales_lines.basket) as with_basket,
        cast(sum(exact(sales_lines.net_units)) as double) as units
    from sales_lines
    join looked_at on looked_at.period = sales_lines.period
    where sales_lines.kind = 'sale'
    group by coalesce(sales_lines.store, '(all)'), sales_lines.period
),
told_of as (
    select 'store' as level, store as key, period, lines, with_customer, with_basket, units
    from told
    union all
    select 'total', '(all)', period, sum(lines), sum(with_customer), sum(with_basket), cast(sum(exact(units)) as double)
    from told
    group by period
),
records as (
    select
        sides.level,
        sides.key,
        sides.shifted,
        cast(sum(case when sides.is_after then told_of.lines end) as double) as lines_after,
        cast(sum(case when sides.is_after then null else told_of.lines end) as double) as lines_before,
        cast(sum(case when sides.is_after then told_of.with_customer end) as double) as customers_after,
        cast(sum(case when sides.is_after then null else told_of.with_customer end) as double) as customers_before,
        cast(sum(case when sides.is_after then told_of.with_basket end) as double) as baskets_after,
        cast(sum(case when sides.is_after then null else told_of.with_basket end) as double) as baskets_before,
        cast(sum(exact(case when sides.is_after then told_of.units end)) as double) as units_after,
        cast(sum(exact(case when sides.is_after then null else told_of.units end)) as double) as units_before
    from sides
    join told_of on told_of.level = sides.level and told_of.key = sides.key and told_of.period = sides.period
    group by sides.level, sides.key, sides.shifted
),
recorded as (
    select
        level,
        key,
        shifted,
        greatest(
            abs(customers_after / nullif(lines_after, 0) - customers_before / nullif(lines_before, 0)),
            abs(baskets_after / nullif(lines_after, 0) - baskets_before / nullif(lines_before, 0))
        ) as known_change,
        case when 2e0 * baskets_after > lines_after and 2e0 * baskets_before > lines_before
            then (units_after / nullif(lines_after, 0)) / nullif(units_before / nullif(lines_before, 0), 0)
        end as pieces_a_line
    from records
),
gathered as (
    select
        shifts.*,
        demand_unit.in_units,
        shifts.after - shifts.before as difference,
        abs(coalesce(shifts.change, 1e0)) as size,
        (shifts.after - shifts.before) * windows.a_year
            * case
                when demand_unit.has_money and demand_unit.in_units then shares.revenue_after / nullif(shares.value_after, 0)
                when demand_unit.has_money then 1e0
            end as money_a_year,
        coalesce(shifts.change > -8e-1 and shifts.change < 4, false) as goes_on,
        prices_then.price_change,
        shares.promoted_after / nullif(lengths.periods_after, 0) - shares.promoted_before / nullif(lengths.periods_before, 0) as promoted_change,
        shares.hidden_after / nullif(lengths.periods_after, 0) - shares.hidden_before / nullif(lengths.periods_before, 0) as hidden_change,
        ranges.offered_change,
        moved_stores.opened,
        moved_stores.closed,
        recorded.known_change,
        recorded.pieces_a_line
    from shifts
    cross join windows
    cross join demand_unit
    left join lengths on lengths.level = shifts.level and lengths.key = shifts.key and lengths.shifted = shifts.period
    left join shares on shares.level = shifts.level and shares.key = shifts.key and shares.shifted = shifts.period
    left join ranges on ranges.level = shifts.level and ranges.key = shifts.key and ranges.shifted = shifts.period
    left join prices_then on prices_then.level = shifts.level and prices_then.key = shifts.key and prices_then.shifted = shifts.period
    left join moved_stores on moved_stores.level = shifts.level and moved_stores.key = shifts.key and moved_stores.shifted = shifts.period
    left join recorded on recorded.level = shifts.level and recorded.key = shifts.key and recorded.shifted = shifts.period
),
judged as (
    select
        gathered.*,
        case
            when known_change >= 3e-1 then 'recording'
            when in_units and difference > 0 and pieces_a_line >= 18e-1 then 'recording'
            when in_units and difference < 0 and pieces_a_line <= 55e-2 then 'recording'
            when difference > 0 and opened >= 5e-1 * difference then 'store opened'
            when difference < 0 and closed >= -5e-1 * difference then 'store closed'
            when difference > 0 and hidden_change <= -5e-2 and -3e0 * hidden_change >= size then 'stock-outs'
            when difference < 0 and hidden_change >= 5e-2 and 3e0 * hidden_change >= size then 'stock-outs'
            when difference > 0 and promoted_change >= 1e-1 and 5e0 * promoted_change >= size then 'promotions'
            when difference < 0 and promoted_change <= -1e-1 and -5e0 * promoted_change >= size then 'promotions'
            when goes_on and in_units and abs(price_change) >= 5e-2 and 6e0 * abs(price_change) >= size and price_change * difference < 0 then 'price'
            when goes_on and not in_units and abs(price_change) >= 5e-2 and 6e0 * abs(price_change) >= size and price_change * difference > 0 then 'price'
            when abs(offered_change) >= 1e-1 and 2e0 * abs(offered_change) >= size and offered_change * difference > 0 then 'range'
        end as cause
    from gathered
)
select
    judged.level,
    judged.key,
    product_summary.name,
    judged.period,
    judged.before,
    judged.after,
    judged.change,
    judged.low,
    judged.high,
    judged.certainty,
    judged.note is null as sure,
    judged.lasted,
    judged.money_a_year,
    judged.cause,
    judged.price_change,
    judged.promoted_change,
    judged.hidden_change,
    judged.offered_change,
    cast(
        row_number() over (
            partition by judged.level
            order by abs(coalesce(judged.money_a_year, judged.difference)) desc nulls last, judged.key nulls last, judged.period nulls last
        ) as bigint
    ) as rank
from judged
left join product_summary on product_summary.item = case when judged.level = 'item' then judged.key end
order by judged.level nulls first, judged.key nulls first, judged.period nulls first
