-- step: stock_places
-- about: by which store of the sales the stock of a place is counted: all of it by the only one where sales name none, or both name one place only; else by its name
-- expect: unique(told)
with told as (
    select coalesce(store, '(all)') as told
    from stock
    where item is not null
    group by coalesce(store, '(all)')
),
selling as (
    select min(store) as store, count(distinct store) as stores
    from offers
),
counted as (
    select count(*) as places
    from told
)
select
    told.told,
    case when selling.stores = 1 and (counted.places = 1 or selling.store = '(all)') then selling.store else told.told end as store
from told
cross join counted
cross join selling
