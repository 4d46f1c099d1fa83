-- step: promotion_shares
-- about: which share of a period's days each planned promotion of a product takes, where it is valid
-- expect: unique(item, store, period); share > 0 and share <= 1; first_day <= last_day
--
-- Of promotion_plans, past and to come; store null: in all stores. first_day and last_day are those of all plans: of the time before and behind nothing is known. Days that two plans of a product have both are counted twice, to 1 at most.
select
    plans.item,
    plans.store,
    periods.period,
    periods.number,
    least(
        cast(sum(days_between(greatest(plans.start, periods.period), least(plans.ended, periods.last_day)) + 1) as double)
            / nullif(max(days_between(periods.period, periods.last_day)) + 1, 0),
        1e0
    ) as share,
    min(plans.first_day) as first_day,
    max(plans.last_day) as last_day
from promotion_plans as plans
join periods on plans.start <= periods.last_day and plans.ended >= periods.period
group by plans.item, plans.store, periods.period, periods.number
order by plans.item nulls first, plans.store nulls first, periods.period nulls first
