-- step: order_exceptions
-- about: what to look at before ordering, in words: stock that is not known or odd, what was taken by default, orders that last long, limits that bind, ends
-- expect: unique(rank); unique(item, store, what); rank >= 1; quantity >= 0
--
-- The order of most money, or what it saves where that is more, comes first; what is in no order last. A lead time or cost of the settings is
-- worth a look only where files tell it of other items. An order lasts long where its level does for more than four times the time to the next one.
with coming as (
    select item, store, cast(sum(exact(units)) as double) as units
    from open_orders
    group by item, store
),
foreseen as (
    select item, store
    from stock_forecasts
    group by item, store
),
ends as (
    select item, min(name) as name, min(ended) as ended
    from products
    where item is not null
    group by item
),
told as (
    select
        max(case when lead_time_from <> 'settings' then 1 else 0 end) as lead_time,
        max(case when cost_from <> 'price' then 1 else 0 end) as cost
    from stock_terms
),
cases as (
    select
        stock_now.item,
        ends.name,
        stock_now.store,
        stock_now.on_hand,
        stock_now.known,
        stock_now.note as stock_note,
        foreseen.item is not null as foreseen,
        coalesce(coming.units, 0) as on_way,
        stock_terms.lead_time,
        stock_terms.review,
        stock_terms.lead_time_from = 'settings' and told.lead_time = 1 as lead_taken,
        stock_terms.cost_from = 'price' and told.cost = 1 as cost_taken,
        stock_terms.note as terms_note,
        supplier_terms.note as supplier_note,
        ends.ended,
        ends.ended >= add_days(stock_settings.last_day, 1)
            and ends.ended <= add_days(stock_settings.last_day, cast(round((stock_terms.lead_time + stock_terms.wait) * stock_settings.period_days) as int)) as ends_first,
        order_lines.quantity,
        order_lines.cover,
        order_lines.note as order_note,
        greatest(coalesce(order_lines.cost, 0), coalesce(order_lines.gain, 0)) as money
    from stock_now
    cross join stock_settings
    cross join told
    left join stock_terms on stock_terms.item = stock_now.item and stock_terms.store = stock_now.store
    left join supplier_terms on supplier_terms.supplier = stock_terms.supplier
    left join order_lines on order_lines.item = stock_now.item and order_lines.store = stock_now.store
    left join foreseen on foreseen.item = stock_now.item and foreseen.store = stock_now.store
    left join coming on coming.item = stock_now.item and coming.store = stock_now.store
    left join ends on ends.item = stock_now.item
    where stock_now.on_offer
),
found as (
    select item, name, store, quantity, money, 'no file says how much is there: no order' as what
    from cases
    where known = 'unknown'
    union all
    select item, name, store, quantity, money, 'on offer, but without a forecast: no order'
    from cases
    where known <> 'unknown' and not foreseen
    union all
    select item, name, store, quantity, money, stock_note
    from cases
    where stock_note is not null and known not in ('unknown', 'worked out')
    union all
    select item, name, store, quantity, money, 'stock is worked out: ' || stock_note
    from cases
    where known = 'worked out' and stock_note <> 'the count less what was sold since'
    union all
    select item, name, store, quantity, money, 'nothing is there and nothing is on its way'
    from cases
    where on_hand = 0 and on_way = 0 and foreseen
    union all
    select item, name, store, quantity, money, 'the lead time is that of the settings'
    from cases
    where lead_taken
    union all
    select item, name, store, quantity, money, 'the cost is worked out from the price'
    from cases
    where cost_taken
    union all
    select item, name, store, quantity, money, terms_note
    from cases
    where terms_note is not null
    union all
    select item, name, store, quantity, money,
        'lasts for ' || cast(cast(round(cover) as bigint) as string) || ' periods, and the next order comes after ' || cast(review as string)
    from cases
    where quantity > 0 and cover > 4 * review
    union all
    select item, name, store, quantity, money, 'held down by what there is room for'
    from cases
    where text_matches(order_note, 'held down by the shelf')
    union all
    select item, name, store, quantity, money, 'raised to the least order'
    from cases
    where text_matches(order_note, 'raised to the least order')
    union all
    select item, name, store, quantity, money, 'nothing, since the least order is more than there is room for'
    from cases
    where text_matches(order_note, 'too many for the shelf')
    union all
    select item, name, store, quantity, money, 'nothing, since the least order is not worth it'
    from cases
    where text_matches(order_note, 'not worth the')
    union all
    select item, name, store, quantity, money, 'nothing, since the least order of its supplier is not worth it'
    from cases
    where text_matches(order_note, 'nothing, since the least order of')
    union all
    select item, name, store, quantity, money, 'cut, since the truck of its supplier is full'
    from cases
    where text_matches(order_note, 'cut to what the truck of')
    union all
    select item, name, store, quantity, money, 'more than is needed, to fill the least order of its supplier'
    from cases
    where text_matches(order_note, 'more than is needed, to fill the least order of')
    union all
    select item, name, store, quantity, money, 'its supplier: ' || supplier_note
    from cases
    where supplier_note is not null
    union all
    select item, name, store, quantity, money, 'ends on ' || cast(ended as string) || ', before an order of today is on sale'
    from cases
    where ends_first
)
select
    cast(row_number() over (order by money desc nulls last, item nulls last, store nulls last, what nulls last) as bigint) as rank,
    item,
    name,
    store,
    what,
    quantity,
    money
from found
order by rank nulls first
