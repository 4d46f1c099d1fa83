-- step: promoted_series
-- about: what models see of each product whose promotions are planned ahead: what it sold, and which share of its stores' days is on promotion, past and to come
-- expect: unique(item, period); promotion >= 0 and promotion <= 1; value >= 0; not (ahead and value is not null)
--
-- Only where the table promotions tells the past and what is to come in the same way: it goes beyond the last period of the sales, and what
-- is read off the flags of sales lines, which no line to come has, is left out; so is what was sent to single customers, and what
-- is tied to no product or category. Of the time before its first start and behind its last end nothing is known. A promotion
-- without an end counts on the day of its start. Products without a promotion in their past are not here: of what promotions
-- do to them nothing can be learnt. As operators take regressors of periods that have a row only, zeros are written down.
with sold_from as (
    select _file
    from sales
    group by _file
),
by_category as (
    select category, item
    from products
    where category is not null and item is not null
    group by category, item
),
plans as (
    select
        coalesce(promotions.item, by_category.item) as item,
        promotions.store,
        promotions.start,
        greatest(promotions.start, coalesce(promotions.ended, promotions.start)) as ended
    from promotions
    left join by_category on promotions.item is null and by_category.category = promotions.category
    where promotions.start is not null
        and promotions.customer is null
        and (promotions.item is not null or by_category.item is not null)
        and not exists (select 1 from sold_from where sold_from._file = promotions._file)
    group by
        coalesce(promotions.item, by_category.item),
        promotions.store,
        promotions.start,
        greatest(promotions.start, coalesce(promotions.ended, promotions.start))
),
past as (
    select max(last_day) as last_day
    from periods
    where not ahead
),
told as (
    select min(plans.start) as first_day, max(plans.ended) as last_day
    from plans
    cross join past
    having max(plans.ended) > max(past.last_day)
),
planned as (
    select
        plans.item,
        coalesce(plans.store, '') as store,
        periods.period,
        periods.number,
        least(
            cast(sum(days_between(greatest(plans.start, periods.period), least(plans.ended, periods.last_day)) + 1) as double)
                / nullif(max(days_between(periods.period, periods.last_day)) + 1, 0),
            1e0
        ) as share
    from plans
    cross join told
    join periods on plans.start <= periods.last_day and plans.ended >= periods.period
    group by plans.item, coalesce(plans.store, ''), periods.period, periods.number
),
planned_periods as (
    select item, period, number, max(case when store = '' then share else 0e0 end) as everywhere
    from planned
    group by item, period, number
),
shares as (
    select
        planned_periods.item,
        planned_periods.period,
        cast(avg(exact(greatest(planned_periods.everywhere, coalesce(planned.share, 0e0)))) as double) as share
    from planned_periods
    join offers
        on offers.item = planned_periods.item
        and offers.first_number <= planned_periods.number
        and (offers.last_number >= planned_periods.number or not offers.off_offer)
    left join planned
        on planned.item = planned_periods.item
        and planned.period = planned_periods.period
        and planned.store = offers.store
    group by planned_periods.item, planned_periods.period
),
seen as (
    select demand_item.item, demand_item.period, demand_item.value_model
    from demand_item
    where demand_item.active
        and demand_item.to_forecast
        and demand_item.comparable
        and text_matches('${forecast.levels}', '(^|[^_a-z])item($|[^_a-z])')
        and exists (select 1 from shares where shares.item = demand_item.item)
),
spans as (
    select item, min(period) as first_period, max(period) as last_period
    from seen
    group by item
),
promoted as (
    select spans.item, spans.first_period, spans.last_period
    from spans
    join shares on shares.item = spans.item
    where shares.share > 0 and shares.period >= spans.first_period and shares.period <= spans.last_period
    group by spans.item, spans.first_period, spans.last_period
)
select
    promoted.item,
    periods.period,
    case
        when periods.period > promoted.last_period then null
        when seen.item is not null then seen.value_model
        when '${absent}' = 'missing' then null
        else 0e0
    end as value,
    periods.period > promoted.last_period as ahead,
    case when periods.last_day >= told.first_day and periods.period <= told.last_day then coalesce(shares.share, 0e0) end as promotion
from promoted
cross join told
join periods on periods.period >= promoted.first_period
left join seen on seen.item = promoted.item and seen.period = periods.period
left join shares on shares.item = promoted.item and shares.period = periods.period
order by item nulls first, period nulls first
