-- step: planned_levels
-- about: forecasts of the total, the money, categories and stores with what planners changed, and by what each multiplies its parts
-- expect: unique(level, key, period); mean >= 0; passes_on >= 0
--
-- The change that is nearest to a series holds: a product's own, else its category's, else the total's. What is changed of a part is
-- added to its whole (a product's change to its category and the total, a store's to the total), and what is changed of a whole is
-- divided among the parts that have no change of their own as they are forecast. So parts still add up. Changes by store and by product
-- meet in the total: a store's is divided among products, and a product's among stores. Money grows as the pieces do.
with totals as (
    select
        every.period,
        coalesce(total.mean, 0) as base,
        coalesce(own.mean, total.mean, 0) as mean,
        case when total.mean > 0 then coalesce(own.mean, total.mean) / nullif(total.mean, 0) else 1e0 end as ratio,
        own.planner
    from (select period from agreed_means where level <> 'item' group by period) as every
    left join agreed_means as total on total.level = 'total' and total.period = every.period
    left join planned_means as own on own.level = 'total' and own.period = every.period
),
store_changes as (
    select
        own.period,
        cast(sum(exact(own.mean - own.base * totals.ratio)) as double) as change,
        cast(sum(exact(own.base)) as double) as base
    from planned_means as own
    join totals on totals.period = own.period
    where own.level = 'store'
    group by own.period
),
shared as (
    select
        totals.period,
        totals.base,
        totals.mean,
        totals.ratio,
        totals.planner,
        coalesce(store_changes.change, 0) as store_change,
        coalesce(store_changes.base, 0) as changed_stores,
        greatest(totals.ratio + case when totals.base > 0 then coalesce(store_changes.change, 0) / nullif(totals.base, 0) else 0e0 end, 0e0) as to_products
    from totals
    left join store_changes on store_changes.period = totals.period
),
categories as (
    select
        agreed_means.key,
        agreed_means.period,
        agreed_means.mean as base,
        coalesce(own.mean, agreed_means.mean * shared.to_products) as mean,
        case when agreed_means.mean > 0 then coalesce(own.mean / nullif(agreed_means.mean, 0), shared.to_products) else 1e0 end as passes_on,
        case when own.mean is null then 0e0 else own.mean - agreed_means.mean * shared.to_products end as change,
        own.planner
    from agreed_means
    join shared on shared.period = agreed_means.period
    left join planned_means as own on own.level = 'category' and own.key = agreed_means.key and own.period = agreed_means.period
    where agreed_means.level = 'category'
),
item_changes as (
    select
        own.whole,
        own.period,
        cast(sum(exact(own.mean - own.base * coalesce(categories.passes_on, shared.to_products))) as double) as change
    from planned_means as own
    join shared on shared.period = own.period
    left join categories on categories.key = own.whole and categories.period = own.period
    where own.level = 'item'
    group by own.whole, own.period
),
product_changes as (
    select period, cast(sum(exact(change)) as double) as change
    from (
        select period, change from categories
        union all
        select period, change from item_changes
    ) as changes
    group by period
),
whole as (
    select
        shared.*,
        greatest(shared.mean + shared.store_change + coalesce(product_changes.change, 0), 0e0) as planned,
        greatest(
            shared.ratio + coalesce(coalesce(product_changes.change, 0) / nullif(greatest(shared.base - shared.changed_stores, 0e0), 0), 0e0),
            0e0
        ) as to_stores
    from shared
    left join product_changes on product_changes.period = shared.period
)
select 'total' as level, '(all)' as key, agreed_means.period, whole.planned as mean, whole.to_products as passes_on, whole.planner
from agreed_means
join whole on whole.period = agreed_means.period
where agreed_means.level = 'total'
union all
select
    'money',
    '(all)',
    agreed_means.period,
    agreed_means.mean * case when whole.base > 0 then whole.planned / nullif(whole.base, 0) else 1e0 end,
    1e0,
    cast(null as string)
from agreed_means
join whole on whole.period = agreed_means.period
where agreed_means.level = 'money'
union all
select
    'category',
    categories.key,
    categories.period,
    greatest(categories.mean + coalesce(item_changes.change, 0), 0e0),
    categories.passes_on,
    categories.planner
from categories
left join item_changes on item_changes.whole = categories.key and item_changes.period = categories.period
union all
select
    'store',
    agreed_means.key,
    agreed_means.period,
    coalesce(own.mean, agreed_means.mean * whole.to_stores),
    1e0,
    own.planner
from agreed_means
join whole on whole.period = agreed_means.period
left join planned_means as own on own.level = 'store' and own.key = agreed_means.key and own.period = agreed_means.period
where agreed_means.level = 'store'
order by level nulls first, key nulls first, period nulls first
