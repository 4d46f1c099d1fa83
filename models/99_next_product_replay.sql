-- step: next_product_replay
-- about: how often one of five products that were told to customers 60 days before the end was bought, beside the five best sellers
-- expect: unique(kind, method); customers > 0; hit >= 0 and hit <= 1; bought >= 0 and bought <= 1
--
-- Of customers who bought in these 60 days a product that was new to them (kind new), or one that they had bought on two days or more (again). hit is the share of them who bought one of the five or more,
-- bought the share of all that was told. best sellers: the five of most buyers that are new to the customer, or that he has.
with origin as (
    select min(as_of) as as_of
    from customer_items
    having count(distinct as_of) = 2
),
known as (
    select customer_items.customer, customer_items.item, customer_items.days
    from customer_items
    join origin on origin.as_of = customer_items.as_of
),
people as (
    select customer
    from known
    group by customer
),
later as (
    select sales_lines.customer, sales_lines.item
    from sales_lines
    join origin on sales_lines.day > origin.as_of
    join people on people.customer = sales_lines.customer
    where sales_lines.kind = 'sale' and sales_lines.item <> '(all)'
    group by sales_lines.customer, sales_lines.item
),
wanted as (
    select later.customer, later.item, case when known.item is null then 'new' else 'again' end as kind
    from later
    left join known on known.customer = later.customer and known.item = later.item
    where known.item is null or known.days >= 2
),
judged as (
    select kind, customer
    from wanted
    group by kind, customer
),
popular as (
    select item, row_number() over (order by count(*) desc nulls last, item nulls last) as rank
    from known
    group by item
),
best_new as (
    select
        judged.kind,
        judged.customer,
        popular.item,
        row_number() over (partition by judged.customer order by popular.rank nulls last) as place
    from judged
    join popular on popular.rank <= 200
    left join known on known.customer = judged.customer and known.item = popular.item
    where judged.kind = 'new' and known.item is null
),
best_again as (
    select
        judged.kind,
        judged.customer,
        popular.item,
        row_number() over (partition by judged.customer order by popular.rank nulls last) as place
    from judged
    join known on known.customer = judged.customer and known.days >= 2
    join popular on popular.item = known.item
    where judged.kind = 'again'
),
told as (
    select product_scores.kind, 'told' as method, product_scores.customer, product_scores.item
    from product_scores
    join origin on origin.as_of = product_scores.as_of
    union all
    select kind, 'best sellers', customer, item
    from best_new
    where place <= 5
    union all
    select kind, 'best sellers', customer, item
    from best_again
    where place <= 5
),
methods as (
    select 'told' as method
    union all
    select 'best sellers'
),
outcomes as (
    select
        judged.kind,
        methods.method,
        judged.customer,
        count(told.item) as told,
        count(wanted.item) as bought
    from judged
    cross join methods
    left join told on told.kind = judged.kind and told.customer = judged.customer and told.method = methods.method
    left join wanted on wanted.kind = told.kind and wanted.customer = told.customer and wanted.item = told.item
    group by judged.kind, methods.method, judged.customer
)
select
    kind,
    method,
    count(*) as customers,
    avg(case when bought > 0 then 1e0 else 0e0 end) as hit,
    coalesce(cast(cast(sum(bought) as bigint) as double) / nullif(cast(cast(sum(told) as bigint) as double), 0), 0) as bought
from outcomes
group by kind, method
order by kind nulls first, method nulls first
