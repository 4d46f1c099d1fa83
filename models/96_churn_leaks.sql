-- step: churn_leaks
-- about: columns of the customers that tell by themselves who has left, so that they must have been written after it: no model sees them
-- expect: unique(feature); auc >= 99e-2 and auc <= 1 + 1e-9
--
-- The reason why somebody left, the day on which he did: known of those who left alone. auc is the probability that, of one who left and one who stayed, the column's value tells which is which
-- (Hanley, McNeil 1982), for a text by the share of those who left among its customers; values of fewer than five customers count as one. From 0.99 on, a column is
-- taken for a leak: what a habit foretells is never that sure. Of about 10,000 customers with a label.
with sizes as (
    select count(*) as customers
    from churn_features
    where label is not null and what = 'label'
),
chosen as (
    select churn_features.*
    from churn_features
    cross join sizes
    where churn_features.what = 'label' and churn_features.label is not null
        and churn_features.place = (int_div(sizes.customers - 1, 10000) + 1) * int_div(churn_features.place, int_div(sizes.customers - 1, 10000) + 1)
),
values_of as (
    select label, 'country' as feature, cast(null as double) as number, country as text from chosen
    union all select label, 'region', cast(null as double), region from chosen
    union all select label, 'city', cast(null as double), city from chosen
    union all select label, 'household', cast(null as double), household from chosen
    union all select label, 'loyalty', cast(null as double), loyalty from chosen
    union all select label, 'income_band', cast(null as double), income_band from chosen
    union all select label, 'income_money', income_money, cast(income_money as string) from chosen
    union all select label, 'tenure', tenure, cast(tenure as string) from chosen
    union all select label, 'spend', spend, cast(spend as string) from chosen
    union all select label, 'month_spend', month_spend, cast(month_spend as string) from chosen
    ${each c in customers.columns: union all select label, 'own_${c}', try_cast("own_${c}" as double), cast("own_${c}" as string) from chosen}
),
kinds as (
    select feature, count(number) = count(text) as is_number
    from values_of
    group by feature
),
counted as (
    select
        values_of.feature,
        values_of.label,
        kinds.is_number,
        values_of.number,
        values_of.text,
        count(*) over (partition by values_of.feature, values_of.text) as customers
    from values_of
    join kinds on kinds.feature = values_of.feature
),
gathered as (
    select
        feature,
        label,
        is_number,
        number,
        case when text is null then '(none)' when customers < 5 then '(rare)' else 'is ' || text end as text
    from counted
),
placed as (
    select
        feature,
        label,
        case
            when is_number then coalesce(number, -1e300)
            else avg(case when label = 'left' then 1e0 else 0e0 end) over (partition by feature, text)
        end as number
    from gathered
),
ranked as (
    select
        feature,
        label,
        rank() over (partition by feature order by number nulls first) + (count(*) over (partition by feature, number) - 1) / 2e0 as place
    from placed
),
sums as (
    select
        feature,
        cast(count(*) filter (where label = 'left') as double) as leavers,
        cast(count(*) filter (where label = 'stays') as double) as stayers,
        cast(sum(exact(case when label = 'left' then place else 0 end)) as double) as places
    from ranked
    group by feature
),
areas as (
    select
        feature,
        (places - leavers * (leavers + 1) / 2e0) / nullif(leavers * stayers, 0) as area
    from sums
    where leavers >= 30 and stayers >= 30
)
select feature, greatest(area, 1 - area) as auc
from areas
where greatest(area, 1 - area) >= 99e-2
order by feature nulls first
