-- step: offers
-- about: from when to when each item was on offer in each store
-- expect: unique(item, store); first_number <= last_number; first_sold <= last_sold
-- expect: lines > 0
--
-- On offer from the first price, or the first sale where that is earlier or no prices are known. Off offer after the
-- product's own end, or where it has not sold for three months and for eight times its usual pause (after a single
-- sale for half a year, and at the latest after 400 days). filled: the
-- periods without a line are few enough (at most three for each that has one) to be written down one by one.
with told as (
    select
        item,
        coalesce(store, '(all)') as store,
        period,
        max(case when kind = 'sale' then 1 else 0 end) as sales,
        count(*) as lines
    from sales_lines
    where kind in ('sale', 'zero', 'none') and period is not null
    group by item, coalesce(store, '(all)'), period
),
sold as (
    select
        item,
        store,
        min(case when sales = 1 then period end) as first_sold,
        max(case when sales = 1 then period end) as last_sold,
        count(case when sales = 1 then 1 end) as periods_sold,
        count(*) as periods_told,
        cast(sum(lines) as bigint) as lines
    from told
    group by item, store
),
stocked as (
    select
        item,
        coalesce(store, '(all)') as store,
        min(day) as first_stocked
    from stock
    where day is not null and (in_stock or on_hand > 0)
    group by item, coalesce(store, '(all)')
),
first_prices as (
    select
        item,
        coalesce(store, '') as store,
        min(start) as first_price
    from prices
    group by item, coalesce(store, '')
),
ends as (
    select item, max(ended) as ended
    from products
    where ended is not null
    group by item
),
known as (
    select
        sold.*,
        least(
            coalesce(store_price.first_price, any_price.first_price, sold.first_sold),
            coalesce(sold.first_sold, store_price.first_price, any_price.first_price),
            coalesce(stocked.first_stocked, sold.first_sold, store_price.first_price, any_price.first_price)
        ) as first_offer,
        ends.ended
    from sold
    left join stocked on stocked.item = sold.item and stocked.store = sold.store
    left join first_prices as store_price on store_price.item = sold.item and store_price.store = sold.store
    left join first_prices as any_price on any_price.item = sold.item and any_price.store = ''
    left join ends on ends.item = sold.item
),
timeline as (
    select
        min(number) as first_number,
        max(number) as last_number,
        min(period) as first_period,
        max(period) as last_period
    from periods
    where not ahead
),
silences as (
    select
        known.*,
        timeline.first_number as timeline_first,
        timeline.last_number as timeline_last,
        timeline.last_period,
        days_between(known.first_sold, known.last_sold) as days_selling,
        days_between(known.last_sold, timeline.last_period) as days_silent
    from known
    cross join timeline
    where known.first_offer is not null
),
spans as (
    select
        silences.*,
        coalesce(ended < last_period, false)
            or (
                days_silent >= 91
                and days_silent >= 8e0 * days_selling / nullif(periods_sold - 1, 0)
            )
            or (periods_sold = 1 and days_silent >= 182)
            or days_silent >= 400 as off_offer
    from silences
),
numbered as (
    select
        spans.*,
        coalesce(starts.number, spans.timeline_first) as first_number,
        case when off_offer then ends_at.number else timeline_last end as last_number
    from spans
    left join periods as starts on first_offer >= starts.period and first_offer <= starts.last_day
    left join periods as ends_at on ends_at.period = last_sold
)
select
    item,
    store,
    first_sold,
    last_sold,
    periods_sold,
    periods_told,
    lines,
    first_number,
    coalesce(last_number, timeline_last) as last_number,
    off_offer,
    periods_told < coalesce(last_number, timeline_last) - first_number + 1
        and periods_told * 4 >= coalesce(last_number, timeline_last) - first_number + 1 as filled
from numbered
order by item nulls first, store nulls first
