-- step: promoted_series
-- about: what models see of each product whose promotions are planned ahead: what it sold, and which share of its stores' days is on promotion, past and to come
-- expect: unique(item, period); promotion >= 0 and promotion <= 1; value >= 0; not (ahead and value is not null)
--
-- Empty without promotion_plans. Of the time before the first start of the plans and behind their last end nothing is known. Products without a promotion in their past are not here: of what promotions
-- do to them nothing can be learnt. As operators take regressors of periods that have a row only, zeros are written down.
with told as (
    select min(first_day) as first_day, max(last_day) as last_day
    from promotion_shares
    having count(*) > 0
),
planned_periods as (
    select item, period, number, max(case when store is null then share else 0e0 end) as everywhere
    from promotion_shares
    group by item, period, number
),
shares as (
    select
        planned_periods.item,
        planned_periods.period,
        cast(avg(exact(greatest(planned_periods.everywhere, coalesce(local_shares.share, 0e0)))) as double) as share
    from planned_periods
    join offers
        on offers.item = planned_periods.item
        and offers.first_number <= planned_periods.number
        and (offers.last_number >= planned_periods.number or not offers.off_offer)
    left join promotion_shares as local_shares
        on local_shares.item = planned_periods.item
        and local_shares.period = planned_periods.period
        and local_shares.store = offers.store
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
