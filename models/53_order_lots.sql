-- step: order_lots
-- about: the orders of least cost lot by lot, each with what it saves and costs: the best under a budget are the first by gain over cost
-- operator: order(review = ${stock.review}, unmet = ${stock.unmet}, rows = pack)
-- group: item, store
-- order: period
-- expect: unique(item, store, lot); quantity > 0; lot >= 1
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
