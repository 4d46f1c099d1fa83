-- step: stock_outlook
-- about: the stock expected at the end of each period ahead, with its 5 % and 95 % quantiles, and without the order: of the 200 orders that save most
-- operator: stock_outlook(review = ${stock.review}, unmet = ${stock.unmet}, service = ${stock.service})
-- group: item, store
-- order: period
-- expect: unique(item, store, period); unique(item, store, step); low <= high
--
-- The order is taken as the last one: what is ordered at the next day of ordering is not in the figures.
with ranked as (
    select
        item,
        store,
        quantity,
        cast(row_number() over (order by gain desc nulls last, item nulls last, store nulls last) as bigint) as place
    from order_lines
    where quantity > 0
)
select
    order_cases.item,
    order_cases.store,
    order_cases.period,
    order_cases.mean,
    order_cases."q0.05",
    order_cases."q0.25",
    order_cases."q0.5",
    order_cases."q0.75",
    order_cases."q0.9",
    order_cases."q0.95",
    order_cases."q0.99",
    order_cases.on_hand,
    order_cases.arriving,
    order_cases.lead_time,
    order_cases.holding,
    order_cases.shortage,
    order_cases.unit_cost,
    order_cases.pack,
    order_cases.least,
    order_cases.most,
    order_cases.order_cost,
    order_cases.shelf_life,
    order_cases.next_order,
    ranked.quantity
from order_cases
join ranked on ranked.item = order_cases.item and ranked.store = order_cases.store
where ranked.place <= 200
