-- step: customer_segments
-- about: the segment of each customer, by name, and how far from its centre he is
-- expect: unique(customer); segment >= 1; name is not null; distance >= 0; all(count(*) in (0, (select count(*) from customer_features)))
--
-- distance is in standard deviations of what segment_models goes by.
select
    customer_features.customer,
    segment_profiles.segment,
    segment_profiles.name,
    segment_scores.distance
from segment_scores
join customer_features on customer_features.place = segment_scores."row"
join segment_profiles on segment_profiles.segment = segment_scores.segment
order by customer_features.customer nulls first
