-- step: recommended
-- about: the five products that each customer most likely takes up next, as of today and as of the replay's day
-- operator: recommend(buyer = customer, item = item, most = 5, history = 50, neighbours = 20, least = 3)
-- group: as_of
-- order: row
-- expect: unique(as_of, buyer, item); unique(as_of, buyer, place); place >= 1 and place <= 5; item <> because; score > 0
select
    as_of,
    cast(row_number() over (partition by as_of order by customer nulls last, place desc nulls last) as bigint) as row,
    customer,
    item
from customer_items
