-- step: order_fillers
-- about: lots of the products whose suppliers ask for a least value or send trucks, also those that lose, lot by lot
-- operator: order(review = ${stock.review}, unmet = ${stock.unmet}, rows = all)
-- group: item, store
-- order: period
-- expect: unique(item, store, lot); quantity > 0; lot >= 1
--
-- What is ordered beyond the order of least cost fills an order up to its supplier's least value: what loses least for its money goes first (supplier_lots).
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
    order_cases.next_order
from order_cases
join (
    select stock_terms.item, stock_terms.store
    from stock_terms
    join supplier_terms on supplier_terms.supplier = stock_terms.supplier
    where supplier_terms.minimum_value is not null or supplier_terms.truck is not null
) as limited on limited.item = order_cases.item and limited.store = order_cases.store
where order_cases.on_hand is not null
