-- step: overstock
-- about: stock that will not be sold before holding it has cost more than clearing it would, item by item and store by store, in pieces and money
-- expect: unique(item, store); unique(rank); rank >= 1; excess > 0; excess <= on_hand; keep >= 0; tied_up >= 0; cover_periods >= 0; moved >= 0; moved <= excess
-- expect: kind in ('dead', 'too much'); action in ('move', 'move, clear the rest', 'return or mark down', 'clear')
--
-- What is on hand and on its way is held against the forecast (stock_forecasts), behind its end at its mean. A unit is worth holding for (1 - stock.salvage)
-- of its cost over what holding it costs a period (Silver, Pyke and Thomas 2017, 9.8, disposal of excess stock); a year where no cost is known; its shelf life at most. keep is what is sold by
-- then, and no less than over lead time and review. dead: nothing is expected to be sold. moved goes to stores that lack it (stock_moves). by is the day
-- before which to act: the end of the product or of the shelf life, else the first day to come. tied_up is money at cost, holding_year what a year of it costs.
with expected as (
    select
        stock_forecasts.item,
        stock_forecasts.store,
        cast(sum(exact(stock_forecasts.mean)) as double) as demand,
        count(*) as steps
    from stock_forecasts
    group by stock_forecasts.item, stock_forecasts.store
),
coming as (
    select item, store, cast(sum(exact(units)) as double) as units
    from open_orders
    group by item, store
),
ends as (
    select item, min(name) as name, min(category) as category, min(ended) as ended
    from products
    where item is not null
    group by item
),
held as (
    select
        stock_now.item,
        stock_now.store,
        stock_now.on_hand,
        stock_now.known,
        stock_now.last_in_stock,
        coalesce(coming.units, 0) as on_way,
        case when stock_now.on_offer then expected.demand / nullif(expected.steps, 0) else 0e0 end as rate,
        stock_terms.unit_cost,
        stock_terms.cost_from,
        stock_terms.holding,
        stock_terms.lead_time + stock_terms.review as least_periods,
        least(
            coalesce((1 - ${stock.salvage}) * stock_terms.unit_cost / nullif(stock_terms.holding, 0), 36525e-2 / nullif(stock_settings.period_days, 0)),
            coalesce(stock_terms.shelf_life, 100000)
        ) as worth_periods,
        stock_terms.shelf_life,
        stock_settings.period_days,
        stock_settings.last_day,
        ends.name,
        ends.category,
        ends.ended
    from stock_now
    cross join stock_settings
    join stock_terms on stock_terms.item = stock_now.item and stock_terms.store = stock_now.store
    left join expected on expected.item = stock_now.item and expected.store = stock_now.store
    left join coming on coming.item = stock_now.item and coming.store = stock_now.store
    left join ends on ends.item = stock_now.item
    where stock_now.on_hand > 0
),
kept as (
    select
        held.*,
        cast(ceil(rate * greatest(worth_periods, least_periods) - 1e-9) as bigint) as keep
    from held
    where rate is not null
),
over as (
    select
        kept.*,
        least(on_hand, on_hand + on_way - keep) as excess
    from kept
    where on_hand + on_way > keep
),
moves as (
    select item, from_store, cast(sum(exact(units)) as double) as units
    from stock_moves
    group by item, from_store
),
told as (
    select
        over.*,
        least(coalesce(moves.units, 0), over.excess) as moved
    from over
    left join moves on moves.item = over.item and moves.from_store = over.store
)
select
    cast(row_number() over (order by excess * unit_cost desc nulls last, excess desc nulls last, item nulls last, store nulls last) as bigint) as rank,
    item,
    name,
    category,
    store,
    case when rate < 1e-3 then 'dead' else 'too much' end as kind,
    on_hand,
    known,
    on_way,
    rate as demand_a_period,
    case when rate >= 1e-3 then (on_hand + on_way) / nullif(rate, 0) end as cover_periods,
    keep,
    excess,
    excess * unit_cost as tied_up,
    case when unit_cost is not null then cost_from end as tied_at,
    excess * holding * 36525e-2 / nullif(period_days, 0) as holding_year,
    moved,
    case
        when moved >= excess then 'move'
        when moved > 0 then 'move, clear the rest'
        when rate < 1e-3 then 'clear'
        else 'return or mark down'
    end as action,
    case
        when ended > last_day and (shelf_life is null or ended <= add_days(last_day, cast(round(shelf_life * period_days) as int))) then ended
        when shelf_life is not null then add_days(last_day, cast(round(shelf_life * period_days) as int))
        else add_days(last_day, 1)
    end as by_day,
    last_in_stock
from told
order by rank nulls first
