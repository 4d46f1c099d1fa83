-- step: forecast_errors
-- about: how far off the forecast of each product that was tried would have been, and what that is in money
-- expect: unique(item); unique(rank); trials > 0; compared > 0; error >= 0; money_error >= 0
--
-- Sums over trials and steps; money_error are the pieces off at what a piece brought in the last year. model is the one that forecasts the
-- product now. rank goes by money_error, by pieces where there is no money.
with sums as (
    select
        item,
        max(case when model = 'auto' then origins end) as trials,
        sum(case when model = 'auto' then count end) as compared,
        cast(sum(exact(case when model = 'auto' then actual * count end)) as double) as sold,
        cast(sum(exact(case when model = 'auto' then mae * count end)) as double) as error,
        cast(sum(exact(case when model = 'snaive' then mae * count end)) as double) as naive_error,
        cast(sum(exact(case when model = 'auto' then bias * count end)) as double) as off,
        cast(sum(exact(case when model = 'auto' then coverage * ranges end)) as double) as inside,
        sum(case when model = 'auto' then ranges end) as ranges
    from accuracy_items
    where count > 0
    group by item
),
models as (
    select item, min(model) as model
    from model_items
    group by item
),
priced as (
    select
        sums.*,
        models.model,
        tried_items.price,
        sums.error * tried_items.price as money_error
    from sums
    join tried_items on tried_items.item = sums.item
    left join models on models.item = sums.item
)
select
    item,
    cast(row_number() over (order by money_error desc nulls last, error desc nulls last, item nulls last) as int) as rank,
    cast(trials as bigint) as trials,
    cast(compared as bigint) as compared,
    sold,
    error,
    naive_error,
    error / nullif(sold, 0) as wape,
    off / nullif(sold, 0) as bias,
    1 - error / nullif(naive_error, 0) as value_added,
    inside / nullif(ranges, 0) as coverage,
    cast(ranges as bigint) as ranges,
    price,
    money_error,
    model
from priced
order by rank nulls first
