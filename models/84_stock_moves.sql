-- step: stock_moves
-- about: what to move from stores that have too much of an item to stores that will run short of it before an order can come
-- expect: unique(item, from_store, to_store); units > 0; from_store <> to_store
--
-- A store lacks what it is expected to sell until an order of today is there and neither has nor gets by then, in whole pieces; another can give what it has above what
-- is worth keeping there (as in overstock). Of each item the stores that can give most give first, those that lack most get first. by_day is when the
-- store that gets it will have sold what it has.
with demand as (
    select
        stock_forecasts.item,
        stock_forecasts.store,
        cast(sum(exact(stock_forecasts.mean)) as double) as all_steps,
        cast(sum(exact(case when stock_forecasts.step <= stock_terms.lead_time then stock_forecasts.mean else 0 end)) as double) as near,
        count(*) as steps
    from stock_forecasts
    join stock_terms on stock_terms.item = stock_forecasts.item and stock_terms.store = stock_forecasts.store
    group by stock_forecasts.item, stock_forecasts.store
),
coming as (
    select
        open_orders.item,
        open_orders.store,
        cast(sum(exact(open_orders.units)) as double) as all_units,
        cast(sum(exact(case when open_orders.ahead <= stock_terms.lead_time then open_orders.units else 0 end)) as double) as near
    from open_orders
    join stock_terms on stock_terms.item = open_orders.item and stock_terms.store = open_orders.store
    group by open_orders.item, open_orders.store
),
stores_of as (
    select
        stock_now.item,
        stock_now.store,
        stock_now.on_hand,
        stock_now.on_offer,
        coalesce(coming.all_units, 0) as on_way,
        coalesce(coming.near, 0) as soon,
        case when stock_now.on_offer then demand.all_steps / nullif(demand.steps, 0) else 0e0 end as rate,
        demand.near as need,
        greatest(
            least(
                coalesce((1 - ${stock.salvage}) * stock_terms.unit_cost / nullif(stock_terms.holding, 0), 36525e-2 / nullif(stock_settings.period_days, 0)),
                coalesce(stock_terms.shelf_life, 100000)
            ),
            stock_terms.lead_time + stock_terms.review
        ) as worth_periods,
        stock_settings.last_day,
        stock_settings.period_days
    from stock_now
    cross join stock_settings
    join stock_terms on stock_terms.item = stock_now.item and stock_terms.store = stock_now.store
    left join demand on demand.item = stock_now.item and demand.store = stock_now.store
    left join coming on coming.item = stock_now.item and coming.store = stock_now.store
    where stock_now.on_hand is not null
),
sides as (
    select
        stores_of.*,
        cast(floor(least(on_hand, on_hand + on_way - cast(ceil(rate * worth_periods - 1e-9) as bigint))) as bigint) as spare,
        case when on_offer then cast(ceil(need - on_hand - soon - 1e-9) as bigint) else 0 end as lack
    from stores_of
    where rate is not null
),
givers as (
    select
        item,
        store,
        spare,
        sum(spare) over (partition by item order by spare desc nulls last, store nulls last rows between unbounded preceding and current row) as upto
    from sides
    where spare >= 1
),
takers as (
    select
        item,
        store,
        lack,
        on_hand,
        rate,
        last_day,
        period_days,
        sum(lack) over (partition by item order by lack desc nulls last, store nulls last rows between unbounded preceding and current row) as upto
    from sides
    where lack >= 1
),
met as (
    select
        givers.item,
        givers.store as from_store,
        takers.store as to_store,
        least(givers.upto, takers.upto) - greatest(givers.upto - givers.spare, takers.upto - takers.lack) as units,
        givers.spare,
        takers.lack,
        add_days(takers.last_day, cast(round(least(takers.on_hand / nullif(takers.rate, 0), 1000) * takers.period_days) as int)) as by_day
    from givers
    join takers on takers.item = givers.item
)
select
    item,
    from_store,
    to_store,
    cast(units as double) as units,
    spare,
    lack,
    by_day
from met
where units > 0
order by item nulls first, from_store nulls first, to_store nulls first
