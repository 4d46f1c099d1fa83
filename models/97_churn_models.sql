-- step: churn_models
-- about: what foretells that a customer leaves, learnt anew for today and for each date or fold of the replay
-- operator: fit_classifier(label = label, knots = 2, folds = 3, method = ${classes.method})
-- group: what, part
-- order: place
-- expect: what in ('label', 'silence'); unique(what, part, class, kind, feature, level, knot); fitted > 0; coefficient is not null
--
-- A model of silence for part p has learnt from parts p + 1 … p + 4: by its date all their horizons had ended. The replay goes back four parts at most. Of a label, the model of a fold has learnt from the
-- other folds, that of part 0 from all. Of more than 10,000 rows every second, third … customer is taken: trees find as many of those who leave from them as from all; MLlib takes all. Three stretches tell when to stop the boosting
-- as well as five, for half the work. Columns that only those can know who know who left (churn_leaks) are null. There is no model where fewer than 30 have left or fewer than 30 stayed: a share so small is told by chance. Oldest first, so that the
-- stretches by which the penalty is chosen are times.
with sizes as (
    select
        what,
        part,
        count(*) as customers,
        count(*) filter (where label = 'left') as leavers,
        count(*) filter (where label = 'stays') as stayers
    from churn_features
    group by what, part
),
pairs as (
    select
        now.what,
        now.part,
        past.part as from_part,
        past.customers,
        past.leavers,
        past.stayers
    from sizes as now
    join sizes as past on past.what = now.what and past.part > 0 and past.part <> now.part
    where now.what = 'label' or (now.part <= 4 and past.part > now.part and past.part <= now.part + 4)
),
models as (
    select what, part, case when '${classes.method}' = 'mllib' then 1 else int_div(cast(sum(customers) as bigint) - 1, 10000) + 1 end as step
    from pairs
    group by what, part
    having sum(leavers) >= 30 and sum(stayers) >= 30
),
learnt as (
    select
        models.part as model_part,
        cast(row_number() over (partition by models.what, models.part order by pairs.from_part desc nulls last, churn_features.place nulls last) as bigint) as number,
        churn_features.*
    from models
    join pairs on pairs.what = models.what and pairs.part = models.part
    join churn_features on churn_features.what = pairs.what and churn_features.part = pairs.from_part
    where churn_features.place = models.step * int_div(churn_features.place, models.step)
)
select
    learnt.what,
    learnt.model_part as part,
    learnt.number as place,
    learnt.label,
    learnt.log_recency,
    learnt.log_gaps,
    learnt.log_orders,
    learnt.log_orders_30,
    learnt.log_orders_90,
    learnt.log_orders_365,
    learnt.log_money_30,
    learnt.log_money_90,
    learnt.log_money_365,
    learnt.trend,
    learnt.log_tenure,
    learnt.year_orders,
    learnt.gap_days,
    learnt.log_order_value,
    learnt.order_lines,
    learnt.mean_hour,
    learnt.weekend_share,
    learnt.discount_share,
    learnt.return_share,
    learnt.first_season,
    case when (select count(*) from churn_leaks where feature = 'country') = 0 then learnt.country end as country,
    case when (select count(*) from churn_leaks where feature = 'region') = 0 then learnt.region end as region,
    learnt.sex,
    learnt.age_years,
    learnt.age_band,
    learnt.distance,
    case when (select count(*) from churn_leaks where feature = 'city') = 0 then learnt.city end as city,
    case when (select count(*) from churn_leaks where feature = 'income_money') = 0 then learnt.income_money end as income_money,
    case when (select count(*) from churn_leaks where feature = 'income_band') = 0 then learnt.income_band end as income_band,
    case when (select count(*) from churn_leaks where feature = 'household') = 0 then learnt.household end as household,
    case when (select count(*) from churn_leaks where feature = 'loyalty') = 0 then learnt.loyalty end as loyalty,
    case when (select count(*) from churn_leaks where feature = 'tenure') = 0 then learnt.tenure end as tenure,
    case when (select count(*) from churn_leaks where feature = 'spend') = 0 then learnt.spend end as spend,
    case when (select count(*) from churn_leaks where feature = 'month_spend') = 0 then learnt.month_spend end as month_spend,
    ${each c in customers.columns: case when (select count(*) from churn_leaks where feature = 'own_${c}') = 0 then learnt."own_${c}" end as "own_${c}",}
    learnt.joined_days
from learnt
