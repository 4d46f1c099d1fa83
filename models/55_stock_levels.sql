-- step: stock_levels
-- about: how much to hold of the items in stores whose stock no file tells: the level up to which each order brings what is there and on its way
-- expect: unique(item, store); unique(place); level >= 0; demand >= 0; lead_time >= 0; review >= 1; risk >= 0 and risk <= 1
--
-- demand is what is expected until what is ordered next can be sold, over lead_time and review; safety what the level holds beyond it, below zero where a miss costs
-- less than to hold. By the terms of stock_terms, of least cost or of the service that is wanted.
select
    best_levels.item,
    best_levels.store,
    stock_items.place,
    best_levels.quantity as level,
    best_levels.demand - best_levels.expected_stock as demand,
    best_levels.quantity - (best_levels.demand - best_levels.expected_stock) as safety,
    best_levels.risk,
    stock_terms.lead_time + stock_terms.wait as lead_time,
    stock_terms.lead_time_from,
    stock_terms.review,
    stock_terms.unit_cost,
    stock_terms.cost_from,
    best_levels.cost as money,
    nullif(concat_ws('; ', best_levels.note, stock_terms.note), '') as note
from best_levels
join stock_items on stock_items.item = best_levels.item and stock_items.store = best_levels.store
join stock_terms on stock_terms.item = best_levels.item and stock_terms.store = best_levels.store
order by stock_items.place nulls first
