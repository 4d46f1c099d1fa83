-- step: product_summary
-- about: each product's money, pieces, profit, returns and trend
-- expect: unique(item); unique(revenue_rank); revenue_share <= 1 + 1e-9; return_rate >= 0 and return_rate <= 1
-- expect: first_sold <= last_sold
-- expect: all(abs(coalesce(sum(revenue), 0) - coalesce((select sum(revenue) from sales_lines where kind in ('sale', 'return', 'cancellation') and item is not null), 0)) <= 1e-6 * abs(coalesce(sum(revenue), 0)) + 1e-2)
--
-- The name is that of the product file, else the most frequent note of its sales, else what kind of product it is, with its code.
-- Revenue and units are net of returns and cancellations. profit is known where the cost of a piece is, and
-- return_rate is pieces back over pieces sold. trend is null where the history is too short, and trend_sure says whether it is certain to 95 in 100 and its interval leaves out
-- zero, and which no season can have made: two years are seen. active: still on offer. revenue_rank and the shares are of
-- revenue; of pieces where no sale tells its money.
with totals as (
    select
        item,
        cast(sum(exact(revenue)) as double) as revenue,
        cast(sum(exact(units)) as double) as units,
        cast(sum(exact(profit)) as double) as profit,
        sum(uncosted) as without_cost,
        cast(sum(exact(case when kind = 'sale' then units end)) as double) as sold,
        cast(sum(exact(case when kind <> 'sale' then -units end)) as double) as back,
        sum(case when kind = 'sale' then lines else 0 end) as sale_lines,
        min(case when kind = 'sale' then first_day end) as first_sold,
        max(case when kind = 'sale' then last_day end) as last_sold
    from sales_totals
    where kind in ('sale', 'return', 'cancellation') and item is not null
    group by item
),
basket_items as (
    select item, basket
    from sales_lines
    where kind = 'sale' and item is not null and basket is not null
    group by item, basket
),
basket_counts as (
    select item, count(*) as baskets
    from basket_items
    group by item
),
sums as (
    select totals.*, coalesce(basket_counts.baskets, 0) as baskets
    from totals
    left join basket_counts on basket_counts.item = totals.item
),
notes as (
    select item, note, count(*) as lines
    from sales_lines
    where note is not null and kind = 'sale' and item is not null
    group by item, note
),
usual_notes as (
    select
        item,
        note,
        row_number() over (partition by item order by lines desc nulls last, note nulls last) as place
    from notes
),
named as (
    select
        item,
        min(name) as name,
        min(category) as category,
        min(coalesce(subcategory, category)) as kind
    from products
    where item is not null
    group by item
),
worths as (
    select count(revenue) > 0 as in_money
    from sums
),
offered as (
    select
        item,
        max(case when off_offer then 0 else 1 end) as active
    from offers
    group by item
),
ranked as (
    select
        sums.*,
        coalesce(
            named.name,
            usual_notes.note,
            case
                when not text_matches(named.kind, '^[0-9 .,/-]*$')
                    and lower(substr(sums.item, 1, length(named.kind))) <> lower(named.kind)
                    then named.kind || ' ' || sums.item
            end,
            sums.item
        ) as name,
        named.category,
        coalesce(offered.active, 0) = 1 as active,
        item_trends.trend,
        item_trends.low as trend_low,
        item_trends.high as trend_high,
        coalesce(
            item_trends.note is null and item_trends.certainty >= 95e-2 and (item_trends.low > 0 or item_trends.high < 0),
            false
        ) as trend_sure,
        greatest(case when worths.in_money then sums.revenue else sums.units end, 0) as worth,
        cast(row_number() over (order by sums.revenue desc nulls last, sums.units desc nulls last, sums.item nulls last) as bigint) as revenue_rank,
        cast(sum(exact(greatest(case when worths.in_money then sums.revenue else sums.units end, 0))) over () as double) as all_worth,
        cast(sum(exact(greatest(case when worths.in_money then sums.revenue else sums.units end, 0))) over (
            order by sums.revenue desc nulls last, sums.units desc nulls last, sums.item nulls last
            rows between unbounded preceding and current row
        ) as double) as worth_so_far
    from sums
    cross join worths
    left join named on named.item = sums.item
    left join usual_notes on usual_notes.item = sums.item and usual_notes.place = 1
    left join offered on offered.item = sums.item
    left join item_trends on item_trends.item = sums.item
)
select
    item,
    name,
    category,
    revenue,
    units,
    case when without_cost = 0 then profit end as profit,
    cast(case when baskets > 0 then baskets else sale_lines end as bigint) as orders,
    case when sold > 0 then least(greatest(coalesce(back, 0), 0) / nullif(sold, 0), 1e0) end as return_rate,
    trend,
    trend_low,
    trend_high,
    trend_sure,
    first_sold,
    last_sold,
    active,
    revenue_rank,
    worth / nullif(all_worth, 0) as revenue_share,
    worth_so_far / nullif(all_worth, 0) as cumulative_share
from ranked
order by revenue_rank nulls first
