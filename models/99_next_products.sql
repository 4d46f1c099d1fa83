-- step: next_products
-- about: what to offer each customer: five products he will most likely take up, with the purchase that speaks for each, and five he most likely buys again
-- expect: unique(customer, kind, place); unique(customer, kind, item); kind in ('new', 'again'); place >= 1 and place <= 5; item <> because or because is null
--
-- because is, of what the customer bought, the product most like the one that is told; of a product to be bought again days and last_day say how often and when last.
-- next_product_replay says how often such lists were right.
with today as (
    select max(as_of) as as_of
    from customer_items
)
select
    product_scores.customer,
    product_scores.kind,
    product_scores.place,
    product_scores.item,
    product_scores.score,
    product_scores.because,
    product_scores.days,
    product_scores.last_day
from product_scores
join today on today.as_of = product_scores.as_of
order by product_scores.customer nulls first, product_scores.kind nulls first, product_scores.place nulls first
