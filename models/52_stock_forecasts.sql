-- step: stock_forecasts
-- about: what each item will sell in each store where its stock is planned (stock_items), period by period, with the quantiles that orders hang on
-- operator: forecast(horizon = ${forecast.horizon}, quantile = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99], season = ${season}, period = ${period}, absent = ${absent}, model = counts)
-- group: item, store
-- order: period
-- expect: unique(item, store, period); unique(item, store, step); mean >= 0
--
-- Of items on offer, in pieces. What was hidden by a stock-out is not known; what is not written down while it is on offer is a zero, from its first
-- period to the last, so that each series ends where all do. Where season_index knows the season of the year every period is written down, with it;
-- so it is of products whose promotions are planned ahead, with the share of the store's days that is on promotion (promotion_shares), past and to come.
with planned as (
    select item, min(first_day) as first_day, max(last_day) as last_day
    from promotion_shares
    group by item
),
wanted as (
    select
        offers.item,
        offers.store,
        offers.first_number,
        stock_settings.last_number,
        item_categories.category,
        planned.item is not null as is_planned
    from offers
    join stock_items on stock_items.item = offers.item and stock_items.store = offers.store
    cross join stock_settings
    cross join demand_unit
    left join item_categories on item_categories.item = offers.item
    left join planned on planned.item = offers.item
    where not offers.off_offer and demand_unit.in_units
),
edges as (
    select item, store, first_number as number from wanted
    union
    select item, store, last_number from wanted
),
seasoned as (
    select wanted.item, wanted.store, season_index.period, season_index.factor
    from wanted
    join season_index on coalesce(season_index.category, '') = coalesce(wanted.category, '')
),
cells as (
    select wanted.item, wanted.store, demand_item_store.period, demand_item_store.units_model as value, 1 as told
    from wanted
    join demand_item_store on demand_item_store.item = wanted.item and demand_item_store.store = wanted.store
    where demand_item_store.state <> 'not offered'
    union all
    select edges.item, edges.store, periods.period, case when periods.complete and '${absent}' = 'zero' then 0e0 end, 0
    from edges
    join periods on periods.number = edges.number
    union all
    select wanted.item, wanted.store, periods.period, case when periods.complete and '${absent}' = 'zero' and not periods.ahead then 0e0 end, 0
    from wanted
    join periods on periods.number >= wanted.first_number
    where wanted.is_planned or exists (select 1 from season_index)
),
shares as (
    select wanted.item, wanted.store, promotion_shares.period, max(promotion_shares.share) as share
    from wanted
    join promotion_shares
        on promotion_shares.item = wanted.item
        and (promotion_shares.store = wanted.store or promotion_shares.store is null)
    group by wanted.item, wanted.store, promotion_shares.period
),
values_of as (
    select
        item,
        store,
        period,
        case when max(told) = 1 then max(case when told = 1 then value end) else max(value) end as value
    from cells
    group by item, store, period
)
select
    values_of.item,
    values_of.store,
    values_of.period,
    values_of.value,
    periods.ahead,
    coalesce(seasoned.factor, 1) as seasonal_index,
    case
        when periods.last_day >= planned.first_day and periods.period <= planned.last_day then coalesce(shares.share, 0e0)
    end as promotion
from values_of
join periods on periods.period = values_of.period
left join planned on planned.item = values_of.item
left join shares on shares.item = values_of.item and shares.store = values_of.store and shares.period = values_of.period
left join seasoned on seasoned.item = values_of.item and seasoned.store = values_of.store and seasoned.period = values_of.period
