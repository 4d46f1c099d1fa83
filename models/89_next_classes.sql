-- step: next_classes
-- about: the class in which each product will most likely be next quarter, where the past shows that this can be foretold
-- expect: what in ('abc_revenue', 'demand'); unique(what, item); unique(what, rank); probability >= 0 and probability <= 1; moves >= 0 and moves <= 1
-- expect: all(count(*) = 0 or (select count(*) from class_replay where wins) > 0)
--
-- Of products sold in the last four quarters. what is foretold: abc_revenue, the class by revenue, or demand, the kind of demand (item_quarters), of
-- the quarter that follows the last whole one; only what class_replay says was foretold better than by leaving each product where it is. moves is the probability that the product will be in
-- another class than now. revenue is of the last quarter. Those that bring most for their probability to move rank first.
with today as (
    select max(as_of) as as_of
    from class_scores
),
winners as (
    select what
    from class_replay
    where wins
),
known as (
    select
        'abc_revenue' as what,
        place,
        item,
        abc_now as class_now,
        revenue
    from class_features
    where quarter = 0 and has_abc
    union all
    select
        'demand',
        place,
        item,
        demand_now,
        revenue
    from class_features
    where quarter = 0 and has_demand
),
told as (
    select
        known.what,
        known.item,
        known.class_now,
        known.revenue,
        max(case when class_scores.likeliest then class_scores.class end) as class_next,
        max(case when class_scores.likeliest then class_scores.probability end) as probability,
        greatest(0e0, 1 - coalesce(max(case when class_scores.class = known.class_now then class_scores.probability end), 0)) as moves
    from known
    join winners on winners.what = known.what
    cross join today
    join class_scores on class_scores.what = known.what and class_scores.as_of = today.as_of and class_scores."row" = known.place
    group by known.what, known.item, known.class_now, known.revenue
)
select
    told.what,
    cast(row_number() over (
        partition by told.what
        order by case when told.class_next <> told.class_now then 0 else 1 end nulls last, round_half_even(told.moves, 9) * greatest(coalesce(told.revenue, 0), 0) desc nulls last, told.item nulls last
    ) as int) as rank,
    told.item,
    product_summary.name,
    product_summary.category,
    told.class_now,
    told.class_next,
    told.probability,
    told.moves,
    told.revenue
from told
left join product_summary on product_summary.item = told.item
order by what nulls first, rank nulls first
