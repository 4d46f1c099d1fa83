-- step: campaign_models
-- about: what foretells whom each campaign changed, with a warning where those reached were not chosen at random
-- operator: fit_uplift(outcome = responded, treated = treated)
-- group: promotion
-- order: place
-- expect: unique(promotion, arm, kind, feature, level, knot, tree, node); treated > 0; controls > 0
select
    promotion,
    place,
    responded,
    treated,
    visits,
    days_since_visit,
    days_since_first,
    spent,
    age,
    sex,
    loyalty,
    distance
from campaign_customers
