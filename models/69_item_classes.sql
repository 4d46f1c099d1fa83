-- step: item_classes
-- about: each product's class: ABC by revenue, profit and pieces, XYZ, kind of demand, life cycle, demand against profit, and how it moved
-- expect: unique(item); abc_revenue in ('A', 'B', 'C'); abc_profit in ('A', 'B', 'C'); abc_units in ('A', 'B', 'C'); xyz in ('X', 'Y', 'Z')
-- expect: demand in ('smooth', 'erratic', 'intermittent', 'lumpy'); adi >= 1; cv2 >= 0
-- expect: life_cycle in ('new', 'growing', 'mature', 'declining', 'ending', 'ended')
-- expect: field in ('high demand, high profit', 'high demand, low profit', 'low demand, high profit', 'low demand, low profit')
--
-- Of the last year, or of the latter half of less than two years (compared_days), or of all there is. ABC: the products that make the first 80 % are A,
-- the next 15 % B, the rest C. XYZ: the deviation of a week's (or month's) pieces over their mean, up to 0.5 X, up to 1 Y, else Z.
-- Kind of demand: adi is the mean distance of two periods with demand, cv2 the squared deviation of the demand in them over its
-- mean (four periods with demand at least), of exact sums, so that it is the same to the last digit however many threads there are; smooth up to 1.32 and 0.49, erratic above in cv2, intermittent above in adi, lumpy above in both (Syntetos, Boylan, Croston 2005).
-- A product is new that was first sold in the last quarter of a year, growing or declining where its trend is sure, ending where a quarter of what was usual is sold in
-- the last three months (of the year before, where it was seen), ended where it is not on offer any more. The field is above or below the median
-- of the products on offer, in pieces and in profit (in revenue where costs are not known). change is of revenue against the stretch before.
-- Where demand is counted in money (demand_unit) there are no classes of pieces and no fields, and the life cycle goes by revenue.
with money as (
    select
        item,
        cast(sum(exact(case when is_now then revenue end)) as double) as revenue,
        cast(sum(exact(case when is_now then units end)) as double) as units,
        cast(sum(exact(case when is_now then profit end)) as double) as profit,
        cast(sum(exact(case when is_before then revenue end)) as double) as revenue_before,
        cast(sum(exact(case when is_late then case when in_units then units else revenue end end)) as double) as late,
        cast(sum(exact(case when is_late_before then case when in_units then units else revenue end end)) as double) as late_before,
        cast(sum(exact(case when is_now and not is_late then case when in_units then units else revenue end end)) as double) as early
    from sales_totals
    cross join demand_unit
    where kind in ('sale', 'return', 'cancellation') and (is_now or is_before or is_late or is_late_before)
    group by item
),
window_numbers as (
    select
        min(periods.number) as first_number,
        max(periods.number) as last_number
    from periods
    cross join compared_days
    where periods.period >= compared_days.now_from and periods.period <= compared_days.now_to and periods.complete and not periods.ahead
),
cells as (
    select
        demand_item.item,
        periods.number,
        demand_item.value,
        case when '${period}' = 'day' then int_div(window_numbers.last_number - periods.number, 7) else window_numbers.last_number - periods.number end as bucket
    from demand_item
    join periods on periods.period = demand_item.period
    cross join window_numbers
    where periods.number >= window_numbers.first_number and periods.number <= window_numbers.last_number
),
item_ends as (
    select
        demand_item.item,
        greatest(min(periods.number), max(window_numbers.first_number)) as first_number,
        least(max(periods.number), max(window_numbers.last_number)) as last_number
    from demand_item
    join periods on periods.period = demand_item.period
    cross join window_numbers
    group by demand_item.item
),
sizes as (
    select
        item,
        count(case when value > 0 then 1 end) as demands,
        count(case when value is null then 1 end) as hidden,
        count(value) as told,
        cast(sum(exact(case when value > 0 then value end)) as double) / nullif(cast(count(case when value > 0 then 1 end) as double), 0) as mean_size
    from cells
    group by item
),
relative_sizes as (
    select
        cells.item,
        cells.value / nullif(sizes.mean_size, 0) - 1 as off
    from cells
    join sizes on sizes.item = cells.item
    where cells.value > 0
),
spread_sizes as (
    select item, cast(sum(exact(1e6 * off * off)) as double) / nullif(1e6 * (cast(count(off) as double) - 1), 0) as cv2
    from relative_sizes
    group by item
),
bucket_sums as (
    select item, bucket, cast(sum(exact(greatest(value, 0))) as double) as value
    from cells
    where value is not null
    group by item, bucket
),
buckets as (
    select
        bucket_sums.item,
        cast(sum(exact(bucket_sums.value)) as double) as value,
        cast(sum(exact(bucket_sums.value * bucket_sums.value)) as double) as squares,
        max(case
            when '${absent}' = 'missing' then null
            when '${period}' = 'day' then int_div(item_ends.last_number - item_ends.first_number + 1, 7)
            else item_ends.last_number - item_ends.first_number + 1
        end) as all_buckets,
        count(*) as told_buckets
    from bucket_sums
    join item_ends on item_ends.item = bucket_sums.item
    group by bucket_sums.item
),
patterns as (
    select
        sizes.item,
        sizes.demands,
        greatest(
            1e0,
            cast(case
                when '${absent}' = 'missing' then sizes.told
                else item_ends.last_number - item_ends.first_number + 1 - sizes.hidden
            end as double) / nullif(cast(sizes.demands as double), 0)
        ) as adi,
        case when sizes.mean_size > 0 then coalesce(spread_sizes.cv2, 0) end as cv2,
        greatest(coalesce(buckets.all_buckets, buckets.told_buckets), buckets.told_buckets) as bucket_count,
        buckets.value as bucket_value,
        buckets.squares
    from sizes
    join item_ends on item_ends.item = sizes.item
    left join buckets on buckets.item = sizes.item
    left join spread_sizes on spread_sizes.item = sizes.item
    where sizes.demands > 0
),
spreads as (
    select
        item,
        demands,
        adi,
        cv2,
        case
            when bucket_count >= 4 and bucket_value > 0
                then square_root(greatest(squares - bucket_value * bucket_value / nullif(cast(bucket_count as double), 0), 0) / nullif(cast(bucket_count as double) - 1, 0))
                    / nullif(bucket_value / nullif(cast(bucket_count as double), 0), 0)
        end as cv
    from patterns
),
joined as (
    select
        product_summary.item,
        product_summary.name,
        product_summary.category,
        product_summary.active,
        product_summary.first_sold,
        product_summary.trend,
        product_summary.trend_sure,
        coalesce(money.revenue, 0) as revenue,
        case when demand_unit.in_units then coalesce(money.units, 0) end as units,
        case when product_summary.profit is not null then money.profit end as profit,
        money.revenue_before,
        money.late,
        money.late_before,
        money.early,
        spreads.demands,
        spreads.adi,
        spreads.cv2,
        spreads.cv,
        compared_days.now_from as from_day,
        compared_days.now_to as to_day
    from product_summary
    cross join compared_days
    cross join demand_unit
    left join money on money.item = product_summary.item
    left join spreads on spreads.item = product_summary.item
    where product_summary.item <> '(all)'
),
shares as (
    select
        joined.*,
        cast(sum(exact(greatest(revenue, 0))) over (order by revenue desc nulls last, item nulls last rows between unbounded preceding and current row) as double) - greatest(revenue, 0) as revenue_above,
        cast(sum(exact(greatest(revenue, 0))) over () as double) as all_revenue,
        cast(sum(exact(greatest(coalesce(units, 0), 0))) over (order by units desc nulls last, item nulls last rows between unbounded preceding and current row) as double) - greatest(coalesce(units, 0), 0) as units_above,
        cast(sum(exact(greatest(coalesce(units, 0), 0))) over () as double) as all_units,
        cast(sum(exact(greatest(coalesce(profit, 0), 0))) over (order by profit desc nulls last, item nulls last rows between unbounded preceding and current row) as double) - greatest(coalesce(profit, 0), 0) as profit_above,
        cast(sum(exact(greatest(coalesce(profit, 0), 0))) over () as double) as all_profit
    from joined
),
middles as (
    select
        percentile_cont(0.5) within group (order by units) as units,
        percentile_cont(0.5) within group (order by coalesce(profit, case when known.profits = 0 then revenue end)) as worth
    from joined
    cross join (select count(profit) as profits from joined) as known
    where active
)
select
    shares.item,
    shares.name,
    shares.category,
    shares.active,
    shares.revenue,
    shares.units,
    shares.profit,
    case when shares.revenue <= 0 or shares.revenue_above >= 95e-2 * shares.all_revenue then 'C' when shares.revenue_above >= 8e-1 * shares.all_revenue then 'B' else 'A' end as abc_revenue,
    case
        when shares.profit is null then null
        when shares.profit <= 0 or shares.profit_above >= 95e-2 * shares.all_profit then 'C'
        when shares.profit_above >= 8e-1 * shares.all_profit then 'B'
        else 'A'
    end as abc_profit,
    case when shares.units is null then null when shares.units <= 0 or shares.units_above >= 95e-2 * shares.all_units then 'C' when shares.units_above >= 8e-1 * shares.all_units then 'B' else 'A' end as abc_units,
    case when shares.cv is null then null when shares.cv <= 5e-1 then 'X' when shares.cv <= 1 then 'Y' else 'Z' end as xyz,
    case
        when shares.adi is null or shares.cv2 is null or shares.demands < 4 then null
        when shares.adi <= 132e-2 and shares.cv2 <= 49e-2 then 'smooth'
        when shares.adi <= 132e-2 then 'erratic'
        when shares.cv2 <= 49e-2 then 'intermittent'
        else 'lumpy'
    end as demand,
    shares.adi,
    shares.cv2,
    case
        when not shares.active then 'ended'
        when shares.first_sold > add_days(shares.to_day, -91) and shares.from_day <= add_days(shares.to_day, -181) then 'new'
        when shares.late_before > 0 and coalesce(shares.late, 0) < 25e-2 * shares.late_before then 'ending'
        when shares.late_before is null and shares.early > 0 and days_between(shares.from_day, shares.to_day) > 181
            and coalesce(shares.late, 0) / 91e0 < 25e-2 * shares.early / nullif(cast(days_between(shares.from_day, shares.to_day) - 90 as double), 0) then 'ending'
        when shares.trend_sure and shares.trend > 0 then 'growing'
        when shares.trend_sure and shares.trend < 0 then 'declining'
        else 'mature'
    end as life_cycle,
    case
        when coalesce(shares.profit, shares.revenue) is null or shares.units is null or not shares.active then null
        else case when shares.units > middles.units then 'high demand, ' else 'low demand, ' end
            || case when coalesce(shares.profit, shares.revenue) > middles.worth then 'high profit' else 'low profit' end
    end as field,
    case when shares.revenue_before > 0 then shares.revenue / nullif(shares.revenue_before, 0) - 1 end as change,
    shares.revenue - coalesce(shares.revenue_before, 0) as change_in_money
from shares
cross join middles
order by shares.item nulls first
