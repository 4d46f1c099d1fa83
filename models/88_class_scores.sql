-- step: class_scores
-- about: the probability of each class in the next quarter, for each product, as of today and as of each quarter of the replay
-- operator: classify()
-- group: what, as_of
-- order: place
-- expect: what in ('abc_revenue', 'demand'); unique(what, as_of, row, class); probability >= 0 and probability <= 1
--
-- row is the product's place in class_features. Rows of the model stand before those that it scores, with places below zero.
with models as (
    select
        class_models.what,
        class_models.as_of,
        -cast(row_number() over (
            partition by class_models.what, class_models.as_of
            order by class_models.class nulls first, class_models.kind nulls first, class_models.feature nulls first, class_models.level nulls first, class_models.knot nulls first
        ) as bigint) as place,
        class_models.class,
        class_models.kind,
        class_models.feature,
        class_models.level,
        class_models.knot,
        class_models.coefficient,
        cast(null as string) as class_now,
        cast(null as string) as class_before,
        cast(null as string) as class_year,
        cast(null as double) as log_revenue,
        cast(null as double) as before_revenue,
        cast(null as double) as year_revenue,
        cast(null as double) as log_value,
        cast(null as double) as before_value,
        cast(null as double) as year_value,
        cast(null as double) as sold_share,
        cast(null as double) as adi,
        cast(null as double) as cv2,
        cast(null as double) as before_cv2,
        cast(null as double) as late_share,
        cast(null as double) as discount_share,
        cast(null as double) as revenue_rank,
        cast(null as double) as revenue_above,
        cast(null as double) as age,
        cast(null as double) as category_growth
    from class_models
),
known as (
    select
        'abc_revenue' as what,
        abc_now as class_now,
        abc_before as class_before,
        abc_year as class_year,
        class_features.*
    from class_features
    where has_abc
    union all
    select
        'demand',
        demand_now,
        demand_before,
        demand_year,
        class_features.*
    from class_features
    where has_demand
),
origins as (
    select what, as_of
    from class_models
    group by what, as_of
)
select
    what,
    as_of,
    place,
    class,
    kind,
    feature,
    level,
    knot,
    coefficient,
    class_now,
    class_before,
    class_year,
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
from models
union all
select
    known.what,
    known.as_of,
    known.place,
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as double),
    cast(null as double),
    known.class_now,
    known.class_before,
    known.class_year,
    known.log_revenue,
    known.before_revenue,
    known.year_revenue,
    known.log_value,
    known.before_value,
    known.year_value,
    known.sold_share,
    known.adi,
    known.cv2,
    known.before_cv2,
    known.late_share,
    known.discount_share,
    known.revenue_rank,
    known.revenue_above,
    known.age,
    known.category_growth
from known
join origins on origins.what = known.what and origins.as_of = known.as_of
