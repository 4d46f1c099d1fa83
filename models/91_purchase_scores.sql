-- step: purchase_scores
-- about: how many purchases each model foretold of each customer, as of the days of the replay
-- operator: purchases(ahead = 1, discount = 0)
-- group: as_of, by_model
-- order: place
-- expect: unique(as_of, by_model, row); expected >= 0; alive >= 0 and alive <= 1; low <= high
--
-- row is the customer's place in customer_histories. The unit of time is what is looked ahead, so that days of different sequels are foretold at once: scales of a model that are times are
-- divided by it as ages are.
with origins as (
    select as_of, weeks
    from customer_histories
    where horizon > 0
    group by as_of, weeks
),
models as (
    select as_of, model
    from purchase_models
    where model <> 'gamma_gamma'
    group by as_of, model
)
select
    purchase_models.as_of,
    purchase_models.model as by_model,
    -cast(row_number() over (partition by purchase_models.as_of, purchase_models.model order by purchase_models.parameter nulls last) as bigint) as place,
    purchase_models.model,
    purchase_models.parameter,
    case when purchase_models.parameter in ('alpha', 'beta') then purchase_models.estimate / nullif(origins.weeks, 0) else purchase_models.estimate end as estimate,
    cast(null as double) as repeats,
    cast(null as double) as recency,
    cast(null as double) as age,
    cast(null as double) as value
from purchase_models
join origins on origins.as_of = purchase_models.as_of
where purchase_models.model <> 'gamma_gamma'
union all
select
    customer_histories.as_of,
    models.model,
    customer_histories.place,
    cast(null as string),
    cast(null as string),
    cast(null as double),
    customer_histories.repeats,
    customer_histories.recency / nullif(customer_histories.weeks, 0),
    customer_histories.age / nullif(customer_histories.weeks, 0),
    cast(null as double)
from customer_histories
join models on models.as_of = customer_histories.as_of
where customer_histories.horizon > 0 and customer_histories.taken
