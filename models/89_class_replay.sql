-- step: class_replay
-- about: how often products were in the class that was foretold, against the class they were in, quarter by quarter of the past
-- expect: what in ('abc_revenue', 'demand'); unique(what, as_of); products > 0; right_model >= 0 and right_model <= 1; right_same >= 0 and right_same <= 1
-- expect: log_loss >= 0; log_loss_usual >= 0; calibration_error >= 0 and calibration_error <= 1; not (wins is null and as_of is null); wins is null or as_of is null
--
-- A row for each quarter from whose end was foretold (as_of is its last day), by a model that knew no later one; and one for all, as_of null. right_model is the share of products that were in the
-- likeliest class, right_same the share that stayed in the class of the quarter before. log_loss_usual is that of the frequencies with which products of a class moved
-- in the quarters that the model has learnt from (with one more of each class). A probability below a millionth counts as that. calibration_error is by how much the probability of the likeliest class is off, the mean
-- over ten bins (Naeini, Cooper, Hauskrecht 2015). wins: of the products that one of the two had right and the other not, those of the model are more by 1.96 standard deviations (McNemar 1947), over
-- three quarters at least.
with known as (
    select
        'abc_revenue' as what,
        quarter,
        as_of,
        place,
        abc_now as class_now,
        abc_next as class_next
    from class_features
    where has_abc and abc_next is not null
    union all
    select
        'demand',
        quarter,
        as_of,
        place,
        demand_now,
        demand_next
    from class_features
    where has_demand and demand_next is not null
),
told as (
    select
        known.what,
        known.quarter,
        known.as_of,
        known.class_now,
        known.class_next,
        max(case when class_scores.likeliest then class_scores.class end) as foretold,
        max(class_scores.probability) as sure,
        coalesce(max(case when class_scores.class = known.class_next then class_scores.probability end), 0) as probability
    from known
    join class_scores on class_scores.what = known.what and class_scores.as_of = known.as_of and class_scores."row" = known.place
    group by known.what, known.quarter, known.as_of, known.place, known.class_now, known.class_next
),
moves as (
    select
        what,
        quarter,
        class_now,
        class_next,
        count(*) as products
    from known
    group by what, quarter, class_now, class_next
),
origins as (
    select what, quarter
    from told
    group by what, quarter
),
moved as (
    select
        origins.what,
        origins.quarter,
        moves.class_now,
        moves.class_next,
        cast(sum(moves.products) as double) as products
    from origins
    join moves on moves.what = origins.what and moves.quarter > origins.quarter and moves.quarter <= origins.quarter + 8
    group by origins.what, origins.quarter, moves.class_now, moves.class_next
),
classes as (
    select what, quarter, cast(count(distinct class_next) as double) as classes
    from moved
    group by what, quarter
),
left_from as (
    select what, quarter, class_now, sum(products) as products
    from moved
    group by what, quarter, class_now
),
judged as (
    select
        told.what,
        told.as_of,
        told.foretold = told.class_next as right_model,
        told.class_now = told.class_next as right_same,
        told.sure,
        -natural_log(greatest(told.probability, 1e-6)) as loss,
        -natural_log((coalesce(moved.products, 0) + 1) / nullif(coalesce(left_from.products, 0) + classes.classes, 0)) as loss_usual,
        least(cast(floor(told.sure * 10) as bigint), 9) as bin
    from told
    join classes on classes.what = told.what and classes.quarter = told.quarter
    left join left_from on left_from.what = told.what and left_from.quarter = told.quarter and left_from.class_now = told.class_now
    left join moved on moved.what = told.what and moved.quarter = told.quarter and moved.class_now = told.class_now and moved.class_next = told.class_next
),
all_of as (
    select judged.*, as_of as quarter_of
    from judged
    union all
    select judged.*, cast(null as date)
    from judged
),
bins as (
    select
        what,
        quarter_of,
        bin,
        count(*) as products,
        count(distinct as_of) as quarters,
        cast(sum(exact(sure)) as double) as sure,
        sum(case when right_model then 1 else 0 end) as right_model,
        sum(case when right_same then 1 else 0 end) as right_same,
        sum(case when right_model and not right_same then 1 else 0 end) as won,
        sum(case when right_same and not right_model then 1 else 0 end) as lost,
        cast(sum(exact(loss)) as double) as loss,
        cast(sum(exact(loss_usual)) as double) as loss_usual
    from all_of
    group by what, quarter_of, bin
),
sums as (
    select
        what,
        quarter_of,
        sum(products) as products,
        sum(right_model) as right_model,
        sum(right_same) as right_same,
        cast(sum(won) as double) as won,
        cast(sum(lost) as double) as lost,
        cast(sum(exact(loss)) as double) as loss,
        cast(sum(exact(loss_usual)) as double) as loss_usual,
        cast(sum(exact(abs(sure - right_model))) as double) as off
    from bins
    group by what, quarter_of
),
replayed as (
    select what, count(distinct as_of) as quarters
    from judged
    group by what
)
select
    sums.what,
    sums.quarter_of as as_of,
    cast(case when sums.quarter_of is null then replayed.quarters else 1 end as bigint) as quarters,
    cast(sums.products as bigint) as products,
    cast(sums.right_model as double) / nullif(cast(sums.products as double), 0) as right_model,
    cast(sums.right_same as double) / nullif(cast(sums.products as double), 0) as right_same,
    cast(sums.won as bigint) as won,
    cast(sums.lost as bigint) as lost,
    sums.loss / nullif(cast(sums.products as double), 0) as log_loss,
    sums.loss_usual / nullif(cast(sums.products as double), 0) as log_loss_usual,
    sums.off / nullif(cast(sums.products as double), 0) as calibration_error,
    case when sums.quarter_of is null then replayed.quarters >= 3 and sums.won - sums.lost > 196e-2 * square_root(sums.won + sums.lost) end as wins
from sums
join replayed on replayed.what = sums.what
order by what nulls first, as_of nulls first
