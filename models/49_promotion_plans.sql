-- step: promotion_plans
-- about: promotions of products as the files plan them, where they plan beyond the last period of the sales; else none
-- expect: unique(item, store, start, ended); start <= ended; first_day <= start and ended <= last_day
--
-- Only what the table promotions tells of the past and of what is to come in the same way: what
-- is read off the flags of sales lines, which no line to come has, is left out; so is what was sent to single customers, and what
-- is tied to no product or category. first_day and last_day are those of all plans. A promotion without an end counts on the day of its start.
with sold_from as (
    select _file
    from sales
    group by _file
),
by_category as (
    select category, item
    from products
    where category is not null and item is not null
    group by category, item
),
of_products as (
    select item, category, store, start, greatest(start, coalesce(ended, start)) as ended
    from promotions
    where start is not null
        and customer is null
        and not exists (select 1 from sold_from where sold_from._file = promotions._file)
),
plans as (
    select item, store, start, ended
    from of_products
    where item is not null
    union
    select by_category.item, of_products.store, of_products.start, of_products.ended
    from (select * from of_products where item is null) as of_products
    join by_category on by_category.category = of_products.category
),
past as (
    select max(last_day) as last_day
    from periods
    where not ahead
),
told as (
    select min(plans.start) as first_day, max(plans.ended) as last_day
    from plans
    cross join past
    having max(plans.ended) > max(past.last_day)
)
select
    plans.item,
    plans.store,
    plans.start,
    plans.ended,
    told.first_day,
    told.last_day
from plans
cross join told
order by plans.item nulls first, plans.store nulls first, plans.start nulls first, plans.ended nulls first
