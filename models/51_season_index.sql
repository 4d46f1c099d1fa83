-- step: season_index
-- about: by what products whose stock is planned sell more or less than usual at each place of the year, by category, for periods past and to come; empty below two years
-- expect: unique(category, period); factor > 0
--
-- Ratio to the moving average of a year, item by item in each store, added up over a category and drawn to that of all categories as if a hundred
-- pieces more had been sold as usual (and that of all to none as if two hundred had). Of items without a category it is that of all (category is null). Growth from year to year is taken out
-- first, as measured where an item is known in both. Days take the index of their week; the weekday is another matter. Weeks are those of the ISO year,
-- its 53rd with the 52nd. What was hidden by a stock-out is not known. Nothing but the past is looked at.
with slots_of_periods as (
    select
        number,
        period,
        case when '${period}' = 'month' then period else week_start(period) end as slot,
        case when complete and not ahead then 1 else 0 end as told
    from periods
),
slots as (
    select
        slot,
        min(number) as first_number,
        max(number) as last_number,
        count(*) as periods,
        case
            when '${period}' = 'month' then month_of(slot)
            else least(cast(weekofyear(slot) as int), 52)
        end as place,
        case
            when '${period}' = 'month' then 13 * cast(12 * year_of(slot) + month_of(slot) as bigint)
            else 3 * int_div(days_between(cast('1970-01-05' as date), slot), 7)
        end as tick
    from slots_of_periods
    group by slot
    having min(told) = 1
),
ends as (
    select min(tick) as first_at, max(tick) as last_at
    from slots
    having max(tick) - min(tick) >= case when '${period}' = 'month' then 299 else 309 end
),
kept as (
    select offers.item, offers.store, offers.first_number, offers.last_number, item_categories.category
    from offers
    join stock_items on stock_items.item = offers.item and stock_items.store = offers.store
    cross join demand_unit
    left join item_categories on item_categories.item = offers.item
    where demand_unit.in_units
),
cells as (
    select
        kept.item,
        kept.store,
        slots_of_periods.slot,
        cast(sum(exact(demand_item_store.units_model)) as double) as units,
        count(demand_item_store.units_model) as known,
        count(*) - count(demand_item_store.units_model) as hidden
    from kept
    join demand_item_store on demand_item_store.item = kept.item and demand_item_store.store = kept.store
    join slots_of_periods on slots_of_periods.period = demand_item_store.period
    where slots_of_periods.number >= kept.first_number and slots_of_periods.number <= kept.last_number
    group by kept.item, kept.store, slots_of_periods.slot
),
grid as (
    select
        kept.item,
        kept.store,
        kept.category,
        slots.slot,
        slots.place,
        slots.tick,
        ends.first_at,
        ends.last_at,
        coalesce(cells.units, 0) as sold,
        case
            when '${absent}' = 'missing' then coalesce(cells.known, 0)
            else least(slots.last_number, kept.last_number) - greatest(slots.first_number, kept.first_number) + 1 - coalesce(cells.hidden, 0)
        end as known,
        slots.periods
    from kept
    join slots on slots.last_number >= kept.first_number and slots.first_number <= kept.last_number
    cross join ends
    left join cells on cells.item = kept.item and cells.store = kept.store and cells.slot = slots.slot
),
told as (
    select
        item,
        store,
        category,
        place,
        tick,
        first_at,
        last_at,
        case when 2 * known >= periods then sold * periods / nullif(known, 0) end as units
    from grid
),
growth as (
    select
        (cast(sum(exact(later.units)) as double) + 1000) / nullif(cast(sum(exact(earlier.units)) as double) + 1000, 0) as growth
    from told as later
    join told as earlier
        on earlier.item = later.item and earlier.store = later.store and earlier.tick = later.tick - 156
    where later.units is not null and earlier.units is not null
),
level_units as (
    select
        told.item,
        told.store,
        told.category,
        told.place,
        told.tick,
        least(greatest(told.tick, told.first_at + 78), told.last_at - 75) as beside,
        told.units / nullif(power(coalesce(growth.growth, 1), (told.tick - told.last_at) / 156e0), 0) as units
    from told
    cross join growth
),
levels as (
    select
        item,
        store,
        tick,
        cast(sum(exact(units)) over (partition by item, store order by tick nulls first range between 78 preceding and 75 following) as double) as units,
        count(units) over (partition by item, store order by tick nulls first range between 78 preceding and 75 following) as known
    from level_units
),
sums as (
    select
        level_units.category,
        level_units.place,
        cast(sum(exact(level_units.units)) as double) as sold,
        cast(sum(exact(levels.units / nullif(levels.known, 0))) as double) as usual
    from level_units
    join levels on levels.item = level_units.item and levels.store = level_units.store and levels.tick = level_units.beside
    where level_units.units is not null
    group by level_units.category, level_units.place
),
whole as (
    select
        place,
        (cast(sum(exact(sold)) as double) + 200) / nullif(cast(sum(exact(usual)) as double) + 200, 0) as factor
    from sums
    group by place
),
categories as (
    select category from kept where category is not null group by category
),
factors as (
    select
        categories.category,
        whole.place,
        whole.factor * (coalesce(sums.sold, 0) + 100) / nullif(coalesce(sums.usual, 0) * whole.factor + 100, 0) as factor
    from categories
    cross join whole
    left join sums on sums.category = categories.category and sums.place = whole.place
    union all
    select null, place, factor from whole
)
select
    factors.category,
    slots_of_periods.period,
    factors.place,
    factors.factor
from factors
join slots_of_periods
    on factors.place = case
        when '${period}' = 'month' then month_of(slots_of_periods.slot)
        else least(cast(weekofyear(slots_of_periods.slot) as int), 52)
    end
order by factors.category nulls first, slots_of_periods.period nulls first
