-- step: purchase_errors
-- about: how far what each model foretold of customers was from what they bought, as of the days of the replay, and which model is chosen by that
-- expect: unique(as_of, model); customers > 0; error_each >= 0; deviance >= 0; all(coalesce(sum(case when chosen then 1 else 0 end), 0) = count(distinct as_of))
--
-- deviance is that of Poisson, which is least where means are right (McCullagh and Nelder 1989, sec. 2.3); a mean below a millionth counts as that. A model is chosen by the
-- deviance of the replay before as_of, whose sequel had ended by then; where there is none by Akaike's criterion. Today has no row of errors but one of its chosen model.
-- 'own rate' is the planner's: everybody goes on as before. It says nothing of who has left, and is never chosen.
with foretold as (
    select
        customer_histories.as_of,
        customer_histories.horizon,
        customer_histories.weeks,
        purchase_scores.by_model as model,
        purchase_scores.expected,
        cast(customer_histories.later as double) as came
    from customer_histories
    join purchase_scores on purchase_scores.as_of = customer_histories.as_of and purchase_scores."row" = customer_histories.place
    where customer_histories.horizon > 0 and customer_histories.taken
    union all
    select
        as_of,
        horizon,
        weeks,
        'own rate',
        coalesce(repeats / nullif(age, 0) * weeks, 0),
        cast(later as double)
    from customer_histories
    where horizon > 0 and taken
),
errors as (
    select
        as_of,
        horizon,
        weeks,
        model,
        count(*) as customers,
        cast(sum(exact(expected)) as double) as expected,
        sum(came) as came,
        cast(sum(exact(abs(expected - came))) as double) as off,
        cast(sum(exact(2 * (case when came > 0 then came * natural_log(came / nullif(greatest(expected, 1e-6), 0)) else 0 end - came + greatest(expected, 1e-6)))) as double) as deviance
    from foretold
    group by as_of, horizon, weeks, model
),
criteria as (
    select
        as_of,
        model,
        2 * count(*) - 2 * max(log_likelihood) as criterion,
        max(case when note is null then 0 else 1 end) as unsure
    from purchase_models
    where model <> 'gamma_gamma'
    group by as_of, model
),
origins as (
    select as_of, horizon, weeks
    from customer_histories
    group by as_of, horizon, weeks
),
ranked as (
    select
        origins.as_of,
        criteria.model,
        row_number() over (
            partition by origins.as_of
            order by errors.deviance nulls last, criteria.unsure nulls last, criteria.criterion nulls last, criteria.model nulls last
        ) as rank
    from origins
    join criteria on criteria.as_of = origins.as_of
    left join errors on errors.horizon = origins.horizon + 1 and errors.model = criteria.model
),
chosen as (
    select as_of, model
    from ranked
    where rank = 1
)
select
    errors.as_of,
    errors.weeks,
    errors.model,
    chosen.model is not null as chosen,
    cast(errors.customers as bigint) as customers,
    errors.expected,
    errors.came,
    errors.off / nullif(cast(errors.customers as double), 0) as error_each,
    errors.deviance / nullif(cast(errors.customers as double), 0) as deviance
from errors
left join chosen on chosen.as_of = errors.as_of and chosen.model = errors.model
union all
select
    origins.as_of,
    origins.weeks,
    chosen.model,
    true,
    cast(null as bigint),
    cast(null as double),
    cast(null as double),
    cast(null as double),
    cast(null as double)
from chosen
join origins on origins.as_of = chosen.as_of and origins.horizon = 0
order by as_of nulls first, model nulls first
