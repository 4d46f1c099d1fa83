-- step: purchase_replay
-- about: purchases that were foretold as of earlier days, by each model and by the planner's own rate, against those that came
-- expect: unique(as_of, model); customers > 0; expected >= 0; came >= 0; error_each >= 0
--
-- chosen is the model that would have been taken on that day, by what was known then. error_each is the mean distance of a customer's purchases from what was foretold of him.
select
    as_of,
    weeks,
    model,
    chosen,
    cast(customers as int) as customers,
    expected,
    came,
    error_each
from purchase_errors
where customers is not null
order by as_of nulls first, model nulls first
