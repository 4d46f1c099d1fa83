-- step: churn_reasons
-- about: what of a customer speaks most for his leaving, in words with its figure
-- expect: unique(what, customer, place); place >= 1 and place <= 3; effect > 0; not_null(reason)
--
-- Of those who are still there. effect is what a matter (how long ago he bought, how often …) adds to the logarithm of the odds of leaving, against the mean customer that the model has
-- learnt from: the sum of churn_scores' effects of its features, of the five that move him most. Features that say the same in other ways are one matter. The three largest above zero are told.
with leaving as (
    select churn_scores.*
    from churn_scores
    where class = 'left' and (what = 'label' or part = 0)
),
effects as (
    select what, part, "row" as place, reason_1 as feature, effect_1 as effect from leaving where reason_1 is not null
    union all
    select what, part, "row", reason_2, effect_2 from leaving where reason_2 is not null
    union all
    select what, part, "row", reason_3, effect_3 from leaving where reason_3 is not null
    union all
    select what, part, "row", reason_4, effect_4 from leaving where reason_4 is not null
    union all
    select what, part, "row", reason_5, effect_5 from leaving where reason_5 is not null
),
matters as (
    select
        effects.*,
        case
            when feature in ('log_recency', 'log_gaps', 'gap_days') then 'recency'
            when feature in ('log_orders', 'log_orders_30', 'log_orders_90', 'log_orders_365') then 'orders'
            when feature in ('log_money_30', 'log_money_90', 'log_money_365') then 'money'
            when feature in ('age_years', 'age_band') then 'age'
            when feature in ('income_money', 'income_band') then 'income'
            else feature
        end as theme
    from effects
),
sums as (
    select what, part, place, theme, cast(sum(exact(effect)) as double) as effect
    from matters
    group by what, part, place, theme
),
newest as (
    select max(joined) as joined
    from customers
),
known as (
    select
        churn_features.*,
        add_days(newest.joined, -cast(churn_features.joined_days as int)) as joined
    from churn_features
    cross join newest
),
words as (
    select
        sums.what,
        sums.theme,
        sums.effect,
        chosen.customer,
        case sums.theme
            when 'recency' then
                coalesce(
                    case when chosen.gap_days is null then 'bought once, ' else 'last bought ' end
                        || cast(chosen.recency_days as string) || case when chosen.recency_days = 1 then ' day ago' else ' days ago' end
                        || case when chosen.gap_days is null then '' else ', ' end,
                    ''
                ) || case
                    when chosen.gap_days is null then ''
                    when chosen.gap_days < 15e-1 then 'usually buys every day'
                    else 'usually buys every ' || cast(cast(round(chosen.gap_days) as bigint) as string) || ' days'
                end
            when 'orders' then 'bought on ' || cast(chosen.orders_365 as string) || case when chosen.orders_365 = 1 then ' day' else ' days' end || ' of the last 365'
            when 'money' then 'brought ' || cast(cast(round(chosen.money_365) as bigint) as string) || ' in the last 365 days'
            when 'log_order_value' then 'spends ' || cast(cast(round(round_half_even(exp(chosen.log_order_value) - 1, 6)) as bigint) as string) || ' a purchase'
            when 'trend' then
                'bought on ' || cast(chosen.orders_90 as string) || ' of the last 90 days, on ' || cast(chosen.orders_before as string) || ' of the 90 before'
            when 'log_tenure' then 'first bought ' || cast(chosen.tenure_days as string) || ' days ago'
            when 'year_orders' then 'bought on ' || cast(cast(round(chosen.year_orders) as bigint) as string) || ' days of the same season a year ago'
            when 'order_lines' then cast(round_half_even(chosen.order_lines, 1) as string) || ' lines a purchase'
            when 'mean_hour' then 'buys about ' || cast(cast(round(chosen.mean_hour) as bigint) as string) || ' o' || chr(39) || 'clock'
            when 'weekend_share' then cast(cast(round(100 * chosen.weekend_share) as bigint) as string) || ' % of purchases on weekends'
            when 'discount_share' then cast(cast(round(100 * chosen.discount_share) as bigint) as string) || ' % taken off by discounts'
            when 'return_share' then cast(cast(round(100 * chosen.return_share) as bigint) as string) || ' % of the money went back'
            when 'first_season' then
                'first bought between ' || case substr(chosen.first_season, 9, 1)
                    when '1' then 'January and March'
                    when '2' then 'April and June'
                    when '3' then 'July and September'
                    else 'October and December'
                end
            when 'age' then 'age ' || coalesce(cast(cast(round(chosen.age_years) as bigint) as string), chosen.age_band, 'unknown')
            when 'distance' then 'lives ' || cast(cast(round(chosen.distance) as bigint) as string) || ' km away'
            when 'income' then 'income ' || coalesce(cast(cast(round(chosen.income_money) as bigint) as string), chosen.income_band, 'unknown')
            when 'tenure' then 'a customer for ' || cast(cast(round(chosen.tenure) as bigint) as string) || case when round(chosen.tenure) = 1 then ' month' else ' months' end
            when 'spend' then 'has spent ' || cast(cast(round(chosen.spend) as bigint) as string)
            when 'month_spend' then 'spends ' || cast(cast(round(chosen.month_spend) as bigint) as string) || ' a month'
            when 'joined_days' then
                'a customer since ' || cast(day_of(chosen.joined) as string) || ' ' || case month_of(chosen.joined)
                    when 1 then 'January'
                    when 2 then 'February'
                    when 3 then 'March'
                    when 4 then 'April'
                    when 5 then 'May'
                    when 6 then 'June'
                    when 7 then 'July'
                    when 8 then 'August'
                    when 9 then 'September'
                    when 10 then 'October'
                    when 11 then 'November'
                    else 'December'
                end || ' ' || cast(year_of(chosen.joined) as string)
            when 'country' then 'country ' || coalesce(chosen.country, 'unknown')
            when 'region' then 'region ' || coalesce(chosen.region, 'unknown')
            when 'city' then 'city ' || coalesce(chosen.city, 'unknown')
            when 'sex' then 'sex ' || coalesce(chosen.sex, 'unknown')
            when 'household' then 'household ' || coalesce(chosen.household, 'unknown')
            when 'loyalty' then 'loyalty ' || coalesce(chosen.loyalty, 'unknown')
            ${each c in customers.columns: when 'own_${c}' then '${c} ' || coalesce(cast(chosen."own_${c}" as string), 'unknown')}
        end as reason
    from sums
    join known as chosen on chosen.what = sums.what and chosen.part = sums.part and chosen.place = sums.place
    where sums.effect > 0 and coalesce(chosen.label, 'stays') = 'stays'
),
ranked as (
    select
        words.*,
        row_number() over (partition by what, customer order by effect desc nulls last, theme nulls last) as place
    from words
    where reason <> ''
)
select
    what,
    customer,
    cast(place as int) as place,
    theme,
    reason,
    effect
from ranked
where place <= 3
order by what nulls first, customer nulls first, place nulls first
