-- step: campaign_customers
-- about: who was reached by a campaign and who was left out, who responded, and what was known of them the day before it began
-- needs: promotions
-- expect: unique(promotion, place); unique(promotion, customer); place > 0
--
-- Of campaigns whose file tells for both who responded: who took it up, else who spent money in answer to it. Where nobody of those left out ever did, as of a coupon that only
-- those reached can redeem, there is nothing to compare. A customer who is told of twice was reached if once, and responded if
-- once; a campaign begins on the first day that is told of it. Those without a name count as one, (none).
with told as (
    select
        coalesce(promotion, '(none)') as promotion,
        customer,
        max(case when treated then 1 else 0 end) as treated,
        max(case when coalesce(redeemed, spend > 0) then 1 else 0 end) as responded
    from promotions
    where customer is not null and treated is not null and coalesce(redeemed, spend > 0) is not null
    group by coalesce(promotion, '(none)'), customer
),
campaigns as (
    select coalesce(promotion, '(none)') as promotion, min(start) as start
    from promotions
    group by coalesce(promotion, '(none)')
),
comparable as (
    select promotion
    from told
    group by promotion
    having max(case when treated = 0 then responded end) = 1 and max(treated) = 1
),
before as (
    select
        told.promotion,
        told.customer,
        count(*) as visits,
        max(customer_days.day) as last_day,
        min(customer_days.day) as first_day,
        cast(sum(exact(customer_days.gross)) as double) as spent
    from told
    join campaigns on campaigns.promotion = told.promotion
    join customer_days on customer_days.customer = told.customer and customer_days.day < campaigns.start
    where customer_days.lines > 0
    group by told.promotion, told.customer
)
select
    told.promotion,
    cast(row_number() over (partition by told.promotion order by told.customer nulls first) as bigint) as place,
    told.customer,
    told.treated = 1 as treated,
    told.responded = 1 as responded,
    coalesce(before.visits, 0) as visits,
    days_between(before.last_day, campaigns.start) as days_since_visit,
    days_between(before.first_day, campaigns.start) as days_since_first,
    before.spent,
    customers.age,
    customers.sex,
    customers.loyalty,
    customers.distance
from told
join comparable on comparable.promotion = told.promotion
join campaigns on campaigns.promotion = told.promotion
left join before on before.promotion = told.promotion and before.customer = told.customer
left join customers on customers.customer = told.customer
order by promotion nulls first, place nulls first
