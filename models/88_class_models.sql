-- step: class_models
-- about: what foretells a product's class in the next quarter, learnt anew for today and for each quarter of the replay
-- operator: fit_classifier(label = label, model = logistic, knots = 1, folds = 3, method = ${classes.method})
-- group: what, as_of
-- order: place
-- expect: what in ('abc_revenue', 'demand'); unique(what, as_of, class, kind, feature, level, knot); fitted > 0; coefficient is not null
--
-- A model of as_of has learnt from the eight quarters before as_of whose next quarter had ended by then, and from nothing later; there are two such quarters at least. The replay goes back four
-- quarters at most. Of more than 12,000 rows every second, third … product is taken, as many more
-- would teach little; MLlib takes all. Oldest quarters first, so that the stretches by which the penalty is chosen are times.
with origins as (
    select as_of, quarter
    from class_features
    where quarter <= 4 and quarter + 2 <= (select max(quarter) from class_features)
    group by as_of, quarter
),
steps as (
    select origins.as_of, origins.quarter, case when '${classes.method}' = 'mllib' then 1 else int_div(count(*) - 1, 12000) + 1 end as step
    from origins
    join class_features on class_features.quarter > origins.quarter and class_features.quarter <= origins.quarter + 8
    group by origins.as_of, origins.quarter
),
learnt as (
    select
        steps.as_of as origin,
        cast(row_number() over (partition by steps.as_of order by class_features.quarter desc nulls last, class_features.place nulls last) as bigint) as number,
        class_features.*
    from class_features
    join steps on class_features.quarter > steps.quarter and class_features.quarter <= steps.quarter + 8
    where class_features.place = steps.step * int_div(class_features.place, steps.step)
)
select
    'abc_revenue' as what,
    origin as as_of,
    number as place,
    abc_next as label,
    abc_now as class_now,
    abc_before as class_before,
    abc_year as class_year,
    log_revenue,
    before_revenue,
    year_revenue,
    log_value,
    before_value,
    year_value,
    sold_share,
    adi,
    cv2,
    before_cv2,
    late_share,
    discount_share,
    revenue_rank,
    revenue_above,
    age,
    category_growth
from learnt
where has_abc
union all
select
    'demand',
    origin,
    number,
    demand_next,
    demand_now,
    demand_before,
    demand_year,
    log_revenue,
    before_revenue,
    year_revenue,
    log_value,
    before_value,
    year_value,
    sold_share,
    adi,
    cv2,
    before_cv2,
    late_share,
    discount_share,
    revenue_rank,
    revenue_above,
    age,
    category_growth
from learnt
where has_demand
