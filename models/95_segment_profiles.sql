-- step: segment_profiles
-- about: what each segment of customers is like: how many they are, what they bring, how lately, how often and for how much they buy, and a name for it
-- expect: unique(segment); unique(name); customers > 0; share > 0 and share <= 1; stability >= 0 and stability <= 1 + 1e-9; words is not null; name is not null
-- expect: all(coalesce(sum(customers), 0) in (0, (select count(*) from customer_features)))
--
-- recency_days to return_share are means over its customers, order_value their revenue over their orders. revenue_share is of what all of them bring. A name says what differs most from other customers, in standard
-- deviations of the centre (segment_models); as many things as it takes to tell it from every other name, three at most, then its number. Only those are called new whose first purchase,
-- on average, is at most 90 days back or twice the time between their purchases, and here lately whose last is at most 30 days back or twice that time. stability is how much of the segment
-- is found again where customers are drawn anew (Hennig 2007); below 0.6 it should not be believed.
with placed as (
    select
        segment_scores.segment,
        count(*) as customers,
        cast(sum(exact(customer_features.revenue)) as double) as revenue,
        cast(sum(customer_features.recency_days) as double) as recency_days,
        cast(sum(customer_features.orders) as double) as orders,
        cast(sum(customer_features.tenure_days) as double) as tenure_days,
        cast(sum(exact(customer_features.discount_share)) as double) / nullif(cast(count(customer_features.discount_share) as double), 0) as discount_share,
        cast(sum(exact(customer_features.return_share)) as double) / nullif(cast(count(customer_features.return_share) as double), 0) as return_share
    from segment_scores
    join customer_features on customer_features.place = segment_scores."row"
    group by segment_scores.segment
),
spans as (
    select
        segment,
        recency_days / nullif(cast(customers as double), 0) as away,
        tenure_days / nullif(cast(customers as double), 0) as known,
        coalesce((tenure_days - recency_days) / nullif(orders - customers, 0), 0) as gap
    from placed
),
told as (
    select
        segment_models.segment,
        case
            when feature = 'recency_days' and centre > 0 then 'long away'
            when feature = 'recency_days' and spans.away <= greatest(30, 2 * spans.gap) then 'here lately'
            when feature = 'recency_days' then 'away less long'
            when feature = 'orders' and centre > 0 then 'often here'
            when feature = 'orders' then 'seldom here'
            when feature = 'order_value' and centre > 0 then 'large orders'
            when feature = 'order_value' then 'small orders'
            when feature = 'tenure_days' and centre > 0 then 'long known'
            when feature = 'tenure_days' and spans.known <= greatest(90, 2 * spans.gap) then 'new'
            when feature = 'tenure_days' then 'known less long'
            when feature = 'discount_share' and centre > 0 then 'on discount'
            when feature = 'discount_share' then 'at full price'
            when feature = 'return_share' and centre > 0 then 'much sent back'
            else 'little sent back'
        end as word,
        row_number() over (partition by segment_models.segment order by abs(round_half_even(centre, 9)) desc nulls last, feature nulls last) as place
    from segment_models
    join spans on spans.segment = segment_models.segment
),
chosen as (
    select
        segment,
        max(case when place = 1 then upper(left(word, 1)) || substr(word, 2) end) as one,
        max(case when place = 2 then word end) as two,
        max(case when place = 3 then word end) as three
    from told
    group by segment
),
joined as (
    select
        segment,
        one,
        concat_ws(', ', one, two) as pair,
        concat_ws(', ', one, two, three) as triple
    from chosen
),
named as (
    select
        segment,
        case
            when count(*) over (partition by one) = 1 then one
            when count(*) over (partition by pair) = 1 then pair
            when count(*) over (partition by triple) = 1 then triple
            else triple || ' (' || cast(segment as string) || ')'
        end as name
    from joined
),
stable as (
    select segment, max(stability) as stability
    from segment_models
    group by segment
),
totals as (
    select cast(sum(customers) as double) as customers, cast(sum(exact(revenue)) as double) as revenue
    from placed
),
figures as (
    select
        placed.segment,
        named.name,
        placed.customers,
        placed.customers / nullif(totals.customers, 0) as share,
        placed.revenue,
        case when totals.revenue > 0 then placed.revenue / nullif(totals.revenue, 0) end as revenue_share,
        placed.recency_days / nullif(cast(placed.customers as double), 0) as recency_days,
        placed.orders / nullif(cast(placed.customers as double), 0) as orders,
        placed.revenue / nullif(placed.orders, 0) as order_value,
        placed.tenure_days / nullif(cast(placed.customers as double), 0) as tenure_days,
        placed.discount_share,
        placed.return_share,
        stable.stability
    from placed
    cross join totals
    join named on named.segment = placed.segment
    join stable on stable.segment = placed.segment
)
select
    cast(segment as int) as segment,
    name,
    cast(cast(round(100 * share) as bigint) as string) || ' % of the customers'
        || coalesce(' bring ' || cast(cast(round(100 * revenue_share) as bigint) as string) || ' % of the money', '')
        || ': '
        || concat_ws(
            ', ',
            cast(int_div(cast(round(10 * orders) as bigint), 10) as string) || '.' || cast(mod(cast(round(10 * orders) as bigint), 10) as string) || ' orders each',
            cast(cast(round(order_value) as bigint) as string) || ' an order',
            'the last ' || cast(cast(round(recency_days) as bigint) as string) || ' days ago',
            'the first ' || cast(cast(round(tenure_days) as bigint) as string) || ' days ago',
            cast(cast(round(100 * discount_share) as bigint) as string) || ' % off',
            cast(cast(round(100 * return_share) as bigint) as string) || ' % sent back'
        ) as words,
    cast(customers as int) as customers,
    share,
    revenue,
    revenue_share,
    recency_days,
    orders,
    order_value,
    tenure_days,
    discount_share,
    return_share,
    stability
from figures
order by segment nulls first
