-- step: service_costs
-- about: what it would cost to leave nothing missing with a probability of 50 % to 99 % in each item and store, summed over all orders
-- expect: unique(service); filled >= 0 and filled <= 1; holding >= 0; shortage >= 0; units >= 0
--
-- Money of the periods that an order of today answers for: holding with what goes off and the orders themselves, shortage of what is missed. filled is the
-- share of demand that is there; where unmet is later, pieces are missed again in each period in which they are owed. units are those to order.
with sums as (
    select
        service,
        cast(sum(exact(holding_cost)) as double) as holding,
        cast(sum(exact(shortage_cost)) as double) as shortage,
        cast(sum(exact(quantity)) as double) as units,
        cast(sum(exact(missed)) as double) as missed,
        cast(sum(exact(demand)) as double) as demand
    from service_levels
    group by service
)
select
    service,
    coalesce(least(greatest(1 - missed / nullif(demand, 0), 0), 1), 1) as filled,
    holding,
    shortage,
    holding + shortage as cost,
    units,
    missed,
    demand
from sums
order by service nulls first
