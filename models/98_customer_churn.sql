-- step: customer_churn
-- about: which customers will probably leave, why, what they are worth, and whom to contact so that they stay
-- expect: unique(kind, customer); unique(kind, place); kind in ('label', 'silence'); probability >= 0 and probability <= 1; not (contact and expected_profit <= 0)
-- expect: all(count(*) = 0 or (select count(*) from churn_replay where wins) > 0)
--
-- Those of whom no file says that they have left: of kind silence who bought in the last 365 days, of kind label by models that have not learnt from them. Only the kind that churn_replay says was foretold better than by
-- the simple rule. worth is the money that he brings in the horizon if he stays; expected_profit is that of contacting him (churn_risks). Those whom to contact
-- bring most first, then the others most at risk first. Reasons are those of churn_reasons.
with winners as (
    select kind
    from churn_replay
    where wins
    group by kind
),
reasons as (
    select
        what,
        customer,
        max(case when place = 1 then reason end) as reason_1,
        max(case when place = 2 then reason end) as reason_2,
        max(case when place = 3 then reason end) as reason_3
    from churn_reasons
    group by what, customer
)
select
    churn_risks.what as kind,
    churn_risks.customer,
    cast(${churn.horizon} as int) as horizon_days,
    churn_risks.probability,
    reasons.reason_1,
    reasons.reason_2,
    reasons.reason_3,
    churn_risks.worth,
    churn_risks.expected_profit,
    churn_risks.contact,
    cast(row_number() over (
        partition by churn_risks.what
        order by
            case when churn_risks.contact then round_half_even(churn_risks.expected_profit, 6) end desc nulls last,
            round_half_even(churn_risks.probability, 9) desc nulls last,
            churn_risks.customer nulls last
    ) as int) as place
from churn_risks
join winners on winners.kind = churn_risks.what
left join reasons on reasons.what = churn_risks.what and reasons.customer = churn_risks.customer
left join customers on customers.customer = churn_risks.customer
where (churn_risks.what = 'label' or churn_risks.part = 0) and not coalesce(customers.churned, false)
order by kind nulls first, place nulls first
