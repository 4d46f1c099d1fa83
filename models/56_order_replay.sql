-- step: order_replay
-- about: what the order list would have cost in the past, item by item, store by store and period by period, beside a plain planner
-- expect: unique(item, store, period, policy); policy in ('orders', 'moving average'); cost >= 0; missed >= 0; remaining >= 0
--
-- From the first period in which something that was ordered in the replay can be on sale; before that both have the same stock. Periods whose demand is
-- not known bear no cost.
with both_of_them as (
    select 'orders' as policy, replay_ours.* from replay_ours
    union all
    select 'moving average' as policy, replay_plain.* from replay_plain
)
select
    both_of_them.item,
    both_of_them.store,
    periods.period,
    both_of_them.policy,
    both_of_them.arrived,
    both_of_them.on_hand,
    both_of_them.demand,
    both_of_them.sold,
    both_of_them.missed,
    both_of_them.remaining,
    both_of_them.waste,
    both_of_them.ordered,
    both_of_them.cost_holding,
    both_of_them.cost_shortage,
    both_of_them.cost_ordering,
    both_of_them.cost_waste,
    both_of_them.cost
from both_of_them
join replay_items on replay_items.item = both_of_them.item and replay_items.store = both_of_them.store
join stock_terms on stock_terms.item = both_of_them.item and stock_terms.store = both_of_them.store
join periods on periods.number = int_div(both_of_them.period, 1000)
where periods.number > replay_items.begin_number + stock_terms.lead_time + 1
order by both_of_them.item nulls first, both_of_them.store nulls first, periods.period nulls first, both_of_them.policy nulls first
