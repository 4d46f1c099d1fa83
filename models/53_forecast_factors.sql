-- step: forecast_factors
-- about: by what the forecasts of categories, stores and products are multiplied, period by period, so that they add up to what is expected of all
-- expect: unique(level, key, period); level in ('category', 'store', 'item'); factor >= 0; parts >= 0; whole >= 0
--
-- Models see each series by itself; sums of parts and what is expected of the whole differ. The whole is known best (holidays, the time
-- of the year, and little chance), so the parts get its shape and size: categories and stores those of the total, products those of
-- their category, or of the total where categories are not forecast, less the share of products that are not sold yet (new_item_share). key is the part of the whole that is divided: '(all)' or a category.
-- Where over all periods the parts come to less than half of the whole, models of the parts do not see what that of the whole does (as
-- orders so large that they are dampened as unusual): they are left as they are, agreed is false. Where nothing is expected of
-- the parts in a period there is nothing to multiply.
with category_parts as (
    select 'category' as level, '(all)' as key, period, cast(sum(exact(mean)) as double) as parts
    from model_levels
    where level = 'category'
    group by period
    union all
    select 'store', '(all)', period, cast(sum(exact(mean)) as double)
    from model_levels
    where level = 'store'
    group by period
),
divided as (
    select
        category_parts.level,
        category_parts.key,
        category_parts.period,
        category_parts.parts,
        model_levels.mean as whole
    from category_parts
    join model_levels on model_levels.level = 'total' and model_levels.period = category_parts.period
),
sums as (
    select
        divided.*,
        sum(exact(parts)) over (partition by level, key) as all_parts,
        sum(exact(whole)) over (partition by level, key) as all_whole
    from divided
),
levels as (
    select
        level,
        key,
        period,
        parts,
        whole,
        all_parts * 2 >= all_whole as agreed,
        case when all_parts * 2 >= all_whole and parts > 0 then whole / nullif(parts, 0) else 1e0 end as factor
    from sums
),
wholes as (
    select model_levels.key, model_levels.period, model_levels.mean * coalesce(levels.factor, 1) as mean
    from model_levels
    left join levels on levels.level = model_levels.level and levels.period = model_levels.period
    where model_levels.level = 'category'
    union all
    select key, period, mean
    from model_levels
    where level = 'total' and (select count(*) from model_levels where level = 'category') = 0
),
item_parts as (
    select
        case when (select count(*) from model_levels where level = 'category') = 0 then '(all)' else coalesce(item_categories.category, '(none)') end as key,
        model_items.period,
        cast(sum(exact(model_items.mean)) as double) as parts
    from model_items
    left join item_categories on item_categories.item = model_items.item
    group by
        case when (select count(*) from model_levels where level = 'category') = 0 then '(all)' else coalesce(item_categories.category, '(none)') end,
        model_items.period
),
item_sums as (
    select
        item_parts.key,
        item_parts.period,
        item_parts.parts,
        wholes.mean * (1e0 - new_item_share.share) as whole,
        sum(exact(item_parts.parts)) over (partition by item_parts.key) as all_parts,
        sum(exact(wholes.mean * (1e0 - new_item_share.share))) over (partition by item_parts.key) as all_whole
    from item_parts
    cross join new_item_share
    join wholes on wholes.key = item_parts.key and wholes.period = item_parts.period
)
select level, key, period, parts, whole, agreed, factor
from levels
union all
select
    'item',
    key,
    period,
    parts,
    whole,
    all_parts * 2 >= all_whole,
    case when all_parts * 2 >= all_whole and parts > 0 then whole / nullif(parts, 0) else 1e0 end
from item_sums
order by level nulls first, key nulls first, period nulls first
