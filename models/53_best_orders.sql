-- step: best_orders
-- about: how much of each item to order now for each store, whatever it costs: the least cost, or the service that is wanted
-- operator: order(review = ${stock.review}, unmet = ${stock.unmet}, service = ${stock.service})
-- group: item, store
-- order: period
-- expect: unique(item, store); quantity >= 0; risk >= 0 and risk <= 1
--
-- Where neither the cost of holding nor that of lacking is known the operator takes its own ratio, and note says so.
select
    item,
    store,
    period,
    mean,
    "q0.05",
    "q0.25",
    "q0.5",
    "q0.75",
    "q0.9",
    "q0.95",
    "q0.99",
    on_hand,
    arriving,
    lead_time,
    holding,
    shortage,
    unit_cost,
    pack,
    least,
    most,
    order_cost,
    shelf_life,
    next_order
from order_cases
where on_hand is not null
