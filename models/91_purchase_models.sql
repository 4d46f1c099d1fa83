-- step: purchase_models
-- about: what customers' purchases so far tell of their rates, of leaving and of money, learnt as of today and as of each day of the replay
-- operator: fit_purchases(model = all)
-- group: as_of
-- order: place
-- expect: unique(as_of, model, parameter); estimate > 0; deviation > 0; customers > 0
select
    as_of,
    place,
    repeats,
    recency,
    age,
    value,
    log_waits
from customer_histories
where taken
