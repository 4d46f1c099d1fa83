-- step: service_levels
-- about: what each item in each store would cost if its order were to leave nothing missing with a probability of 50 % to 99 %
-- operator: service_levels(review = ${stock.review}, unmet = ${stock.unmet})
-- group: item, store
-- order: period
-- expect: unique(item, store, service); quantity >= 0; holding_cost >= 0; shortage_cost >= 0
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
