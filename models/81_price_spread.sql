-- step: price_spread
-- about: how far apart the prices are that were paid for one product: low, middle and high, and how many there were
-- expect: unique(item); low <= middle and middle <= high; lowest <= low and high <= highest; spread >= 0; prices > 0; lines > 0
--
-- Of the sold lines of now (compared_days) whose pieces and money are known, to a hundredth of the currency. A tenth of the lines was paid below low, half below
-- middle, a tenth above high; spread is (high - low) / middle.
with paid as (
    select
        sales_lines.item,
        round_half_even(sales_lines.revenue / nullif(sales_lines.net_units, 0), 2) as price,
        count(*) as lines
    from sales_lines
    cross join compared_days
    where sales_lines.kind = 'sale' and sales_lines.net_units > 0 and sales_lines.revenue > 0 and sales_lines.item <> '(all)'
        and sales_lines.day >= compared_days.now_from and sales_lines.day <= compared_days.now_to
    group by sales_lines.item, round_half_even(sales_lines.revenue / nullif(sales_lines.net_units, 0), 2)
),
placed as (
    select
        item,
        price,
        lines,
        sum(lines) over (partition by item order by price nulls last rows between unbounded preceding and current row) as so_far,
        sum(lines) over (partition by item) as all_lines
    from paid
    where price > 0
),
spreads as (
    select
        item,
        cast(max(all_lines) as bigint) as lines,
        count(*) as prices,
        min(price) as lowest,
        min(case when so_far * 10 >= all_lines then price end) as low,
        min(case when so_far * 2 >= all_lines then price end) as middle,
        min(case when so_far * 10 >= all_lines * 9 then price end) as high,
        max(price) as highest
    from placed
    group by item
)
select
    spreads.item,
    product_summary.name,
    product_summary.category,
    spreads.lines,
    spreads.prices,
    spreads.lowest,
    spreads.low,
    spreads.middle,
    spreads.high,
    spreads.highest,
    (spreads.high - spreads.low) / nullif(spreads.middle, 0) as spread
from spreads
join product_summary on product_summary.item = spreads.item
order by spreads.item nulls first
