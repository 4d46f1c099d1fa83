-- step: churn_reasons
-- about: what of a customer speaks most for his leaving, in words with its figure
-- expect: unique(what, customer, place); place >= 1 and place <= 3; effect > 0; not_null(reason)
--
-- Of the 20,000 customers most at risk who are still there. effect is what a matter (how long ago he bought, how often …) adds to the score of leaving, the logarithm of its odds, over the mean
-- customer, of whom 10,000 are taken: the sum of the model's coefficients times what the terms' values are above theirs (a linear model's Shapley values, Lundberg, Lee 2017). The three largest
-- above zero are told. Features that say the same in other ways are one matter.
with sizes as (
    select what, part, int_div(count(*) - 1, 10000) + 1 as step
    from churn_features
    group by what, part
),
risks as (
    select
        what,
        part,
        customer,
        row_number() over (partition by what order by round_half_even(probability, 9) desc nulls last, customer nulls last) as risk_place
    from churn_risks
    where (what = 'silence' and part = 0) or (what = 'label' and coalesce(label, 'stays') = 'stays')
),
chosen as (
    select
        churn_features.*,
        risks.risk_place <= 20000 as told,
        churn_features.place = sizes.step * int_div(churn_features.place, sizes.step) as is_mean
    from churn_features
    join sizes on sizes.what = churn_features.what and sizes.part = churn_features.part
    left join risks on risks.what = churn_features.what and risks.part = churn_features.part and risks.customer = churn_features.customer
    where (churn_features.what = 'label' or churn_features.part = 0)
        and (risks.risk_place <= 20000 or churn_features.place = sizes.step * int_div(churn_features.place, sizes.step))
),
terms as (
    select
        what,
        part,
        kind,
        feature,
        level,
        knot,
        cast(sum(exact(case when class = 'left' then coefficient else -coefficient end)) as double) as coefficient
    from churn_models
    where feature is not null
    group by what, part, kind, feature, level, knot
),
values_of as (
    select what, part, place, 'log_recency' as feature, 'recency' as theme, cast(log_recency as double) as number, cast(null as string) as text from chosen
    union all
    select what, part, place, 'log_gaps', 'recency', cast(log_gaps as double), cast(null as string) from chosen
    union all
    select what, part, place, 'gap_days', 'recency', cast(gap_days as double), cast(null as string) from chosen
    union all
    select what, part, place, 'log_orders', 'orders', cast(log_orders as double), cast(null as string) from chosen
    union all
    select what, part, place, 'log_orders_30', 'orders', cast(log_orders_30 as double), cast(null as string) from chosen
    union all
    select what, part, place, 'log_orders_90', 'orders', cast(log_orders_90 as double), cast(null as string) from chosen
    union all
    select what, part, place, 'log_orders_365', 'orders', cast(log_orders_365 as double), cast(null as string) from chosen
    union all
    select what, part, place, 'log_money_30', 'money', cast(log_money_30 as double), cast(null as string) from chosen
    union all
    select what, part, place, 'log_money_90', 'money', cast(log_money_90 as double), cast(null as string) from chosen
    union all
    select what, part, place, 'log_money_365', 'money', cast(log_money_365 as double), cast(null as string) from chosen
    union all
    select what, part, place, 'log_order_value', 'order_value', cast(log_order_value as double), cast(null as string) from chosen
    union all
    select what, part, place, 'trend', 'trend', cast(trend as double), cast(null as string) from chosen
    union all
    select what, part, place, 'log_tenure', 'tenure', cast(log_tenure as double), cast(null as string) from chosen
    union all
    select what, part, place, 'year_orders', 'year', cast(year_orders as double), cast(null as string) from chosen
    union all
    select what, part, place, 'order_lines', 'order_lines', cast(order_lines as double), cast(null as string) from chosen
    union all
    select what, part, place, 'mean_hour', 'hour', cast(mean_hour as double), cast(null as string) from chosen
    union all
    select what, part, place, 'weekend_share', 'weekend', cast(weekend_share as double), cast(null as string) from chosen
    union all
    select what, part, place, 'discount_share', 'discount', cast(discount_share as double), cast(null as string) from chosen
    union all
    select what, part, place, 'return_share', 'returns', cast(return_share as double), cast(null as string) from chosen
    union all
    select what, part, place, 'age_years', 'age', cast(age_years as double), cast(null as string) from chosen
    union all
    select what, part, place, 'distance', 'distance', cast(distance as double), cast(null as string) from chosen
    union all
    select what, part, place, 'income_money', 'income', cast(income_money as double), cast(null as string) from chosen
    union all
    select what, part, place, 'tenure', 'months', cast(tenure as double), cast(null as string) from chosen
    union all
    select what, part, place, 'spend', 'spend', cast(spend as double), cast(null as string) from chosen
    union all
    select what, part, place, 'month_spend', 'month_spend', cast(month_spend as double), cast(null as string) from chosen
    union all
    select what, part, place, 'joined_days', 'joined', cast(joined_days as double), cast(null as string) from chosen
    union all
    select what, part, place, 'first_season', 'season', cast(null as double), first_season from chosen
    union all
    select what, part, place, 'country', 'country', cast(null as double), country from chosen
    union all
    select what, part, place, 'region', 'region', cast(null as double), region from chosen
    union all
    select what, part, place, 'sex', 'sex', cast(null as double), sex from chosen
    union all
    select what, part, place, 'age_band', 'age', cast(null as double), age_band from chosen
    union all
    select what, part, place, 'city', 'city', cast(null as double), city from chosen
    union all
    select what, part, place, 'income_band', 'income', cast(null as double), income_band from chosen
    union all
    select what, part, place, 'household', 'household', cast(null as double), household from chosen
    union all
    select what, part, place, 'loyalty', 'loyalty', cast(null as double), loyalty from chosen
    ${each c in customers.columns: union all select what, part, place, 'own_${c}', 'own_${c}', try_cast("own_${c}" as double), cast("own_${c}" as string) from chosen}
),
effects as (
    select
        values_of.what,
        values_of.part,
        values_of.place,
        values_of.theme,
        cast(sum(exact(
            terms.coefficient * case
                when terms.kind = 'linear' then coalesce(values_of.number, 0)
                when terms.kind = 'hinge' then coalesce(greatest(values_of.number - terms.knot, 0), 0)
                when terms.kind = 'missing' then case when values_of.number is null then 1 else 0 end
                when terms.kind = 'level' then case when values_of.text = terms.level then 1 else 0 end
                else 0
            end
        )) as double) as effect
    from values_of
    join terms on terms.what = values_of.what and terms.part = values_of.part and terms.feature = values_of.feature
    group by values_of.what, values_of.part, values_of.place, values_of.theme
),
means as (
    select
        effects.what,
        effects.part,
        effects.theme,
        cast(sum(exact(effects.effect)) as double) / nullif(cast(count(*) as double), 0) as effect
    from effects
    join chosen on chosen.what = effects.what and chosen.part = effects.part and chosen.place = effects.place
    where chosen.is_mean
    group by effects.what, effects.part, effects.theme
),
words as (
    select
        effects.what,
        effects.theme,
        effects.effect - means.effect as effect,
        chosen.customer,
        case effects.theme
            when 'recency' then
                case when chosen.gap_days is null then 'bought once, ' else 'last bought ' end
                || cast(chosen.recency_days as string) || case when chosen.recency_days = 1 then ' day ago' else ' days ago' end
                || coalesce(', usually every ' || cast(greatest(cast(round(chosen.gap_days) as bigint), 1) as string), '')
            when 'orders' then 'bought on ' || cast(chosen.orders_365 as string) || case when chosen.orders_365 = 1 then ' day' else ' days' end || ' of the last 365'
            when 'money' then 'brought ' || cast(cast(round(chosen.money_365) as bigint) as string) || ' in the last 365 days'
            when 'order_value' then 'spends ' || cast(cast(round(exp(chosen.log_order_value) - 1) as bigint) as string) || ' a purchase'
            when 'trend' then
                'bought on ' || cast(chosen.orders_90 as string) || ' of the last 90 days, on ' || cast(chosen.orders_before as string) || ' of the 90 before'
            when 'tenure' then 'first bought ' || cast(chosen.tenure_days as string) || ' days ago'
            when 'year' then 'bought on ' || cast(cast(round(chosen.year_orders) as bigint) as string) || ' days of the same season a year ago'
            when 'order_lines' then cast(round_half_even(chosen.order_lines, 1) as string) || ' lines a purchase'
            when 'hour' then 'buys about ' || cast(cast(round(chosen.mean_hour) as bigint) as string) || ' o' || chr(39) || 'clock'
            when 'weekend' then cast(cast(round(100 * chosen.weekend_share) as bigint) as string) || ' % of purchases on weekends'
            when 'discount' then cast(cast(round(100 * chosen.discount_share) as bigint) as string) || ' % taken off by discounts'
            when 'returns' then cast(cast(round(100 * chosen.return_share) as bigint) as string) || ' % of the money went back'
            when 'season' then 'first bought in the ' || substr(chosen.first_season, 9, 1) || '. quarter of a year'
            when 'age' then 'age ' || coalesce(cast(cast(round(chosen.age_years) as bigint) as string), chosen.age_band, 'unknown')
            when 'distance' then 'lives ' || cast(cast(round(chosen.distance) as bigint) as string) || ' km away'
            when 'income' then 'income ' || coalesce(cast(cast(round(chosen.income_money) as bigint) as string), chosen.income_band, 'unknown')
            when 'months' then 'a customer for ' || cast(cast(round(chosen.tenure) as bigint) as string) || ' months'
            when 'spend' then 'has spent ' || cast(cast(round(chosen.spend) as bigint) as string)
            when 'month_spend' then 'spends ' || cast(cast(round(chosen.month_spend) as bigint) as string) || ' a month'
            when 'joined' then 'joined ' || cast(cast(round(chosen.joined_days) as bigint) as string) || ' days before the newest customer'
            when 'country' then 'country ' || coalesce(chosen.country, 'unknown')
            when 'region' then 'region ' || coalesce(chosen.region, 'unknown')
            when 'city' then 'city ' || coalesce(chosen.city, 'unknown')
            when 'sex' then 'sex ' || coalesce(chosen.sex, 'unknown')
            when 'household' then 'household ' || coalesce(chosen.household, 'unknown')
            when 'loyalty' then 'loyalty ' || coalesce(chosen.loyalty, 'unknown')
            ${each c in customers.columns: when 'own_${c}' then '${c} ' || coalesce(cast(chosen."own_${c}" as string), 'unknown')}
        end as reason
    from effects
    join means on means.what = effects.what and means.part = effects.part and means.theme = effects.theme
    join chosen on chosen.what = effects.what and chosen.part = effects.part and chosen.place = effects.place
    where chosen.told
),
ranked as (
    select
        words.*,
        row_number() over (partition by what, customer order by round_half_even(effect, 9) desc nulls last, theme nulls last) as place
    from words
    where round_half_even(effect, 9) > 0 and reason is not null
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
