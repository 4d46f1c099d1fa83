-- step: churn_risks
-- about: each customer's probability of leaving, what he is worth, and what contacting him would be expected to bring, as of today and as of each date or fold of the replay
-- expect: unique(what, part, customer); probability >= 0 and probability <= 1; not (contact and expected_profit <= 0); worth is null or worth >= 0
--
-- expected_profit of contacting a customer is p s (w - o) - (1 - p) o - c: of those who would leave (p, the probability) a share s (churn.save) is kept by an offer that costs o (churn.offer), and is worth
-- w (churn.margin of his worth); those who would stay take the offer too; each contact costs c (churn.contact). Neslin, Gupta, Kamakura, Lu, Mason 2006, customer by customer;
-- Verbraken, Verbeke, Baesens 2013, from which the settings' defaults are. left_profit and stay_profit are what it brings where he does leave and where he does not.
with scores as (
    select
        churn_features.what,
        churn_features.part,
        churn_features.as_of,
        churn_features.customer,
        churn_features.label,
        churn_features.rule,
        greatest(churn_features.worth, 0) as worth,
        churn_scores.probability
    from churn_scores
    join churn_features on churn_features.what = churn_scores.what and churn_features.part = churn_scores.part and churn_features.place = churn_scores."row"
    where churn_scores.class = 'left'
),
valued as (
    select
        scores.*,
        ${churn.save} * (${churn.margin} * worth - ${churn.offer}) - ${churn.contact} as left_profit,
        -1e0 * ${churn.offer} - ${churn.contact} as stay_profit
    from scores
)
select
    what,
    part,
    as_of,
    customer,
    label,
    rule,
    worth,
    probability,
    left_profit,
    cast(stay_profit as double) as stay_profit,
    probability * left_profit + (1 - probability) * stay_profit as expected_profit,
    coalesce(round_half_even(probability * left_profit + (1 - probability) * stay_profit, 9) > 0, false) as contact
from valued
order by what nulls first, part nulls first, customer nulls first
