-- step: product_scores
-- about: the five products that each customer most likely takes up next, and the five that he most likely buys again
-- expect: unique(as_of, customer, kind, item); unique(as_of, customer, kind, place); place >= 1 and place <= 5; kind in ('new', 'again')
--
-- Of kind new are products that the customer did not buy in the year, by what others bought, with the product of his that speaks for it. Of kind again are those
-- that he bought on two days and more, by the days, the latest first.
with again as (
    select
        as_of,
        customer,
        item,
        days,
        last_day,
        row_number() over (partition by as_of, customer order by days desc nulls last, last_day desc nulls last, item nulls last) as place
    from customer_items
    where days >= 2
)
select
    as_of,
    buyer as customer,
    'new' as kind,
    cast(place as int) as place,
    item,
    score,
    because,
    cast(null as bigint) as days,
    cast(null as date) as last_day
from recommended
union all
select as_of, customer, 'again', cast(place as int), item, cast(null as double), cast(null as string), days, last_day
from again
where place <= 5
order by as_of nulls first, customer nulls first, kind nulls first, place nulls first
