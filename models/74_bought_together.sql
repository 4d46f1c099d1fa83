-- step: bought_together
-- about: pairs of products that stand in one basket more often than chance would have it
-- expect: unique(item, other); item < other; together >= 20; lift_low > 1; lift >= lift_low; rank >= 1
-- expect: confidence > 0 and confidence <= 1; back_confidence > 0 and back_confidence <= 1
--
-- Baskets of the last year (the latter half of less than two years, or all there is), the 150 products of most baskets. lift is
-- how many times as often the two stand together as if they had nothing to do with each other; lift_low, what it
-- surely is at least, lies four standard errors below on the scale of logarithms, as thousands of pairs are looked at. Of the
-- baskets with item, confidence have other too, and back_confidence the other way round. Together says nothing of why.
with bought as (
    select sales_lines.basket, sales_lines.item
    from sales_lines
    cross join compared_days
    where sales_lines.kind = 'sale' and sales_lines.basket is not null and sales_lines.item <> '(all)'
        and sales_lines.day >= compared_days.now_from and sales_lines.day <= compared_days.now_to
    group by sales_lines.basket, sales_lines.item
),
counts as (
    select item, count(*) as baskets
    from bought
    group by item
),
chosen as (
    select item, baskets
    from (select item, baskets, row_number() over (order by baskets desc nulls last, item nulls last) as place from counts) as placed
    where place <= 150 and baskets >= 20
),
sizes as (
    select cast(count(distinct basket) as double) as baskets
    from bought
),
kept as (
    select bought.basket, bought.item
    from bought
    join chosen on chosen.item = bought.item
),
pairs as (
    select a.item, b.item as other, count(*) as together
    from kept as a
    join kept as b on b.basket = a.basket and a.item < b.item
    group by a.item, b.item
    having count(*) >= 20
),
lifted as (
    select
        pairs.item,
        pairs.other,
        pairs.together,
        one.baskets as baskets,
        two.baskets as other_baskets,
        cast(pairs.together as double) * sizes.baskets / nullif(cast(one.baskets as double) * cast(two.baskets as double), 0) as lift,
        square_root(greatest(1e0 / nullif(pairs.together, 0) - 1e0 / nullif(one.baskets, 0) - 1e0 / nullif(two.baskets, 0) + 1e0 / nullif(sizes.baskets, 0), 1e-9)) as error
    from pairs
    join chosen as one on one.item = pairs.item
    join chosen as two on two.item = pairs.other
    cross join sizes
),
judged as (
    select
        lifted.*,
        lift * exp(-4 * error) as lift_low
    from lifted
)
select
    item,
    other,
    together,
    baskets,
    other_baskets,
    cast(together as double) / nullif(baskets, 0) as confidence,
    cast(together as double) / nullif(other_baskets, 0) as back_confidence,
    lift,
    lift_low,
    cast(row_number() over (order by (lift_low - 1) * together desc nulls last, item nulls last, other nulls last) as bigint) as rank
from judged
where lift_low > 1
order by rank nulls first
