-- step: segment_moves
-- about: from which segment of recency, frequency and money to which how many customers moved since a comparable stretch ago, and what they bring
-- expect: unique(segment_before, segment_now); customers > 0; all(coalesce(sum(customers), 0) in (0, (select count(*) from customer_rfm)))
--
-- segment_before is null where he was no customer yet. revenue is all that they brought so far, net of returns. Empty where there is no stretch to compare with.
with compared as (
    select count(before_to) as stretches
    from compared_days
)
select
    customer_rfm.segment_before,
    customer_rfm.segment as segment_now,
    cast(count(*) as int) as customers,
    cast(sum(exact(customer_rfm.revenue)) as double) as revenue
from customer_rfm
cross join compared
where compared.stretches > 0
group by customer_rfm.segment_before, customer_rfm.segment
order by segment_before nulls first, segment_now nulls first
