-- step: customer_outlooks
-- about: who is still a customer, what he will buy in the next 52 weeks and what that is worth, by the model that was chosen
-- operator: purchases(ahead = 52, interval = 0.9, discount = 0.1)
-- order: place
-- expect: unique(row); expected >= 0; alive >= 0 and alive <= 1; low <= high; value_low <= value_high
--
-- row is the customer's place in customer_histories.
with today as (
    select as_of
    from customer_histories
    where horizon = 0
    group by as_of
),
models as (
    select purchase_models.model, purchase_models.parameter, purchase_models.estimate
    from purchase_models
    join today on today.as_of = purchase_models.as_of
    left join purchase_errors on purchase_errors.as_of = purchase_models.as_of and purchase_errors.model = purchase_models.model
    where purchase_models.model = 'gamma_gamma' or purchase_errors.chosen
)
select
    -cast(row_number() over (order by model nulls last, parameter nulls last) as bigint) as place,
    model,
    parameter,
    estimate,
    cast(null as double) as repeats,
    cast(null as double) as recency,
    cast(null as double) as age,
    cast(null as double) as value
from models
union all
select
    place,
    cast(null as string),
    cast(null as string),
    cast(null as double),
    repeats,
    recency,
    age,
    value
from customer_histories
where horizon = 0
