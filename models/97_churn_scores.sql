-- step: churn_scores
-- about: the probability that a customer leaves, and what moves it most, as of today and as of each date or fold of the replay
-- operator: classify(reasons = 5)
-- group: what, part
-- order: place
-- expect: what in ('label', 'silence'); unique(what, part, row, class); probability >= 0 and probability <= 1
--
-- row is the customer's place in churn_features. Rows of the model stand before those that it scores, with places below zero, so that the full join
-- puts the one below the other, each with nulls where the other has columns.
with models as (
    select
        churn_models.*,
        -cast(row_number() over (
            partition by what, part
            order by class nulls first, kind nulls first, feature nulls first, level nulls first, knot nulls first
        ) as bigint) as place
    from churn_models
),
origins as (
    select what, part
    from churn_models
    group by what, part
),
known as (
    select churn_features.*
    from churn_features
    join origins on origins.what = churn_features.what and origins.part = churn_features.part
)
select
    coalesce(models.what, known.what) as what,
    coalesce(models.part, known.part) as part,
    coalesce(models.place, known.place) as place,
    models.class,
    models.kind,
    models.feature,
    models.level,
    models.knot,
    models.coefficient,
    models.mean,
    known.log_recency,
    known.log_gaps,
    known.log_orders,
    known.log_orders_30,
    known.log_orders_90,
    known.log_orders_365,
    known.log_money_30,
    known.log_money_90,
    known.log_money_365,
    known.trend,
    known.log_tenure,
    known.year_orders,
    known.gap_days,
    known.log_order_value,
    known.order_lines,
    known.mean_hour,
    known.weekend_share,
    known.discount_share,
    known.return_share,
    known.first_season,
    known.country,
    known.region,
    known.sex,
    known.age_years,
    known.age_band,
    known.distance,
    known.city,
    known.income_money,
    known.income_band,
    known.household,
    known.loyalty,
    known.tenure,
    known.spend,
    known.month_spend,
    ${each c in customers.columns: known."own_${c}",}
    known.joined_days
from models
full join known on known.what = models.what and known.part = models.part and known.place = models.place
