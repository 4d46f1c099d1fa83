-- step: replay_items
-- about: the items in stores for which the order list is replayed, with the past that is seen and the past that is replayed
-- expect: unique(item, store); unique(place); place between 1 and 200; first_number <= begin_number; begin_number < last_number
--
-- A replay costs a forecast an order. So that a run stays as quick, 200 items in stores at most are replayed, of 26 orders at most and the last third of
-- the periods at most: those of most money, of most pieces where there is no money, in the year before the replay begins, since what came later was not
-- known then. They are on offer today, have 13 periods before the replay, and terms that tell what holding and lacking cost.
with span as (
    select
        stock_settings.last_number,
        stock_settings.review,
        stock_settings.last_number - cast(least(26 * stock_settings.review, int_div(stock_settings.last_number + 1, 3)) as bigint) as begin_number
    from stock_settings
),
wanted as (
    select
        offers.item,
        offers.store,
        offers.first_number,
        span.begin_number,
        span.last_number,
        span.review,
        periods.period as begin_period
    from offers
    join stock_items on stock_items.item = offers.item and stock_items.store = offers.store
    join stock_terms on stock_terms.item = offers.item and stock_terms.store = offers.store
    cross join span
    join periods on periods.number = span.begin_number
    cross join demand_unit
    where not offers.off_offer
        and demand_unit.in_units
        and stock_terms.holding is not null
        and stock_terms.shortage > 0
        and offers.first_number + 12 <= span.begin_number
),
sums as (
    select
        wanted.item,
        wanted.store,
        cast(sum(exact(greatest(demand_item_store.revenue, 0))) as double) as revenue,
        cast(sum(exact(greatest(demand_item_store.units, 0))) as double) as units
    from wanted
    join demand_item_store on demand_item_store.item = wanted.item and demand_item_store.store = wanted.store
    where demand_item_store.period <= wanted.begin_period and days_between(demand_item_store.period, wanted.begin_period) < 364
    group by wanted.item, wanted.store
),
placed as (
    select
        wanted.*,
        cast(
            row_number() over (
                order by coalesce(sums.revenue, 0) desc nulls last, coalesce(sums.units, 0) desc nulls last, wanted.item nulls last, wanted.store nulls last
            ) as int
        ) as place
    from wanted
    join sums on sums.item = wanted.item and sums.store = wanted.store
    where sums.units > 0
)
select item, store, place, first_number, begin_number, last_number, review
from placed
where place <= 200
order by place nulls first
