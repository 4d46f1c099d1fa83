-- step: campaign_uplift
-- about: of each customer in a campaign how much it changes the chance that they respond, whether they were reached, and whether that was at random
-- expect: unique(promotion, customer); uplift between -1 and 1
--
-- A response is what the file of the campaign says. random is false where what was known of customers foretells who was reached: then note
-- says so, and the uplift is in part their difference; null where customers are too few to tell. low to high: 90 % of the
-- mean of those who score alike.
with models as (
    select promotion, max(model) as model, max(qini) as qini, max(treatment_p) as treatment_p, max(note) as note
    from campaign_models
    group by promotion
)
select
    campaign_customers.promotion,
    campaign_customers.customer,
    campaign_customers.treated,
    campaign_customers.responded,
    campaign_scores.uplift,
    campaign_scores.low,
    campaign_scores.high,
    models.model,
    models.qini,
    models.treatment_p >= 0.01 as random,
    models.note
from campaign_scores
join campaign_customers on campaign_customers.promotion = campaign_scores.promotion and campaign_customers.place = campaign_scores.row
join models on models.promotion = campaign_scores.promotion
order by promotion nulls first, uplift desc nulls last, customer nulls first
