-- step: growth
-- about: where the change in revenue from one stretch to the next comes from: pieces, mix, prices, new and lost products
-- expect: unique(level, key, cause); level in ('total', 'category')
-- expect: cause in ('pieces', 'mix', 'prices', 'same products', 'new products', 'lost products')
-- expect: all(abs(coalesce(sum(case when level = 'total' then money end), 0) - coalesce(max(case when level = 'total' then revenue_now - revenue_before end), 0)) <= 1e-6 * (1 + coalesce(max(case when level = 'total' then abs(revenue_now) + abs(revenue_before) end), 0)))
--
-- Of products sold in both stretches of compared_days: prices, what the pieces of now bring more than they would have at the money
-- a piece of before; pieces, what the change in their number would have brought at the mean money a piece of before; mix, the rest: people
-- turned to dearer or cheaper products. New and lost products were sold in one of the stretches only. They add up.
-- Where demand is counted in money (demand_unit) nothing tells pieces from prices: what products sold in both brought more is of the same products.
with sold as (
    select
        sales_totals.item,
        cast(sum(exact(case when sales_totals.is_now then sales_totals.revenue end)) as double) as revenue_now,
        cast(sum(exact(case when sales_totals.is_now then sales_totals.units end)) as double) as units_now,
        cast(sum(exact(case when sales_totals.is_before then sales_totals.revenue end)) as double) as revenue_before,
        cast(sum(exact(case when sales_totals.is_before then sales_totals.units end)) as double) as units_before
    from sales_totals
    cross join compared_days
    where sales_totals.kind in ('sale', 'return', 'cancellation') and (sales_totals.is_now or sales_totals.is_before)
        and compared_days.before_from is not null
    group by sales_totals.item
),
items as (
    select 'total' as level, '(all)' as key, sold.*
    from sold
    union all
    select 'category', coalesce(item_categories.category, '(none)'), sold.*
    from sold
    left join item_categories on item_categories.item = sold.item
    where (select count(*) from item_categories) > 0
),
sorted as (
    select
        level,
        key,
        coalesce(revenue_now, 0) as revenue_now,
        coalesce(revenue_before, 0) as revenue_before,
        coalesce(units_now, 0) as units_now,
        coalesce(units_before, 0) as units_before,
        case
            when coalesce(demand_now, 0) > 0 and coalesce(demand_before, 0) > 0 then 'kept'
            when coalesce(demand_before, 0) > 0 or coalesce(revenue_before, 0) <> 0 and coalesce(revenue_now, 0) = 0 then 'lost'
            else 'new'
        end as fate
    from (
        select
            items.*,
            case when demand_unit.in_units then items.units_now else items.revenue_now end as demand_now,
            case when demand_unit.in_units then items.units_before else items.revenue_before end as demand_before
        from items
        cross join demand_unit
    ) as measured
),
sums as (
    select
        level,
        key,
        cast(sum(exact(revenue_now)) as double) as revenue_now,
        cast(sum(exact(revenue_before)) as double) as revenue_before,
        cast(sum(exact(case when fate = 'kept' then revenue_now else 0 end)) as double) as kept_now,
        cast(sum(exact(case when fate = 'kept' then revenue_before else 0 end)) as double) as kept_before,
        cast(sum(exact(case when fate = 'kept' then units_now else 0 end)) as double) as pieces_now,
        cast(sum(exact(case when fate = 'kept' then units_before else 0 end)) as double) as pieces_before,
        cast(sum(exact(case when fate = 'kept' then revenue_now - units_now * (revenue_before / nullif(units_before, 0)) else 0 end)) as double) as prices,
        cast(sum(exact(case when fate = 'new' then revenue_now - revenue_before else 0 end)) as double) as new_money,
        cast(sum(exact(case when fate = 'lost' then revenue_now - revenue_before else 0 end)) as double) as lost_money
    from sorted
    group by level, key
),
effects as (
    select
        sums.*,
        coalesce((pieces_now - pieces_before) * (kept_before / nullif(pieces_before, 0)), 0) as pieces
    from sums
),
told as (
    select level, key, 'pieces' as cause, pieces as money, revenue_now, revenue_before from effects cross join demand_unit where in_units
    union all
    select level, key, 'mix', kept_now - kept_before - prices - pieces, revenue_now, revenue_before from effects cross join demand_unit where in_units
    union all
    select level, key, 'prices', prices, revenue_now, revenue_before from effects cross join demand_unit where in_units
    union all
    select level, key, 'same products', kept_now - kept_before, revenue_now, revenue_before from effects cross join demand_unit where not in_units
    union all
    select level, key, 'new products', new_money, revenue_now, revenue_before from effects
    union all
    select level, key, 'lost products', lost_money, revenue_now, revenue_before from effects
)
select
    level,
    key,
    cause,
    money,
    case when revenue_before > 0 then money / nullif(revenue_before, 0) end as share,
    revenue_now,
    revenue_before
from told
where revenue_now <> 0 or revenue_before <> 0
order by level nulls first, key nulls first, cause nulls first
