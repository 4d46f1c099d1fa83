-- step: item_categories
-- about: the category of each product that has one; empty where categories are no groups to plan by
-- expect: unique(item)
--
-- A column that tells nearly every product apart, as a number or a name would, groups nothing: where there are more than
-- a thousand categories with fewer than two products each on average, or more than ten thousand of any size, nothing is told by category; data_quality says so.
with first_of_item as (
    select item, min(category) as category
    from products
    where category is not null
    group by item
),
sizes as (
    select count(*) as items, count(distinct category) as categories
    from first_of_item
)
select
    first_of_item.item,
    first_of_item.category
from first_of_item
cross join sizes
where sizes.categories <= 1000 or (sizes.categories <= 10000 and 2 * sizes.categories <= sizes.items)
order by item nulls first
