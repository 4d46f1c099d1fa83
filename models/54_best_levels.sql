-- step: best_levels
-- about: the order of each item for each store whose stock no file tells as if nothing were there or on its way and whatever is asked for waited: its quantity is the order-up-to level
-- operator: order(review = ${stock.review}, unmet = later, service = ${stock.service})
-- group: item, store
-- order: period
-- expect: unique(item, store); quantity >= 0; risk >= 0 and risk <= 1
--
-- Where nothing is lost, what is best to order is the level less what is there and on its way, whatever that is (Karlin and Scarf 1958): so it is the level
-- itself where nothing is. Packs and least orders are a matter of each order, not of the level.
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
    0e0 as on_hand,
    lead_time,
    holding,
    shortage,
    unit_cost,
    most,
    shelf_life,
    next_order
from order_cases
where order_cases.on_hand is null
