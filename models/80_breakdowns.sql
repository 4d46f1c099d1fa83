-- step: breakdowns
-- about: key figures of now and before by category, brand, store, region, country, payment, loyalty, age and all else that the files tell apart
-- expect: unique(dimension, place); place >= 1 and place <= 102; share <= 1 + 1e-9; margin <= 1; return_rate >= 0 and return_rate <= 1
-- expect: discount_rate >= 0 and discount_rate <= 1; members > 0
--
-- Of the stretches of compared_days. The hundred values of most revenue (most pieces, where there is no money) are told, largest first, the others together as
-- (others); (unknown) is what the files leave open. A dimension with one value, or of which nine tenths of the revenue is unknown, is left out.
-- Ages in years are told by tens. members are the products, stores or customers behind a value, none where it is told of the line itself. change is of revenue.
with parts as (
    select false as of_people, item, store, null as customer, country, payment, on_promotion, kind, is_now, revenue, units, profit, costed, discount, listed
    from sales_totals
    where kind in ('sale', 'return', 'cancellation') and (is_now or is_before)
    union all
    select true, null, null, customer, null, null, null, kind, is_now, revenue, units, profit, costed, discount, listed
    from customer_totals
    where is_now or is_before
),
sums as (
    select
        of_people,
        case
            when grouping(item) = 0 then 'item'
            when grouping(store) = 0 then 'store'
            when grouping(customer) = 0 then 'customer'
            when grouping(payment) = 0 then 'payment'
            when grouping(country) = 0 then 'country'
            else 'on_promotion'
        end as kind,
        item,
        store,
        customer,
        case
            when grouping(item) = 0 then item
            when grouping(store) = 0 then store
            when grouping(customer) = 0 then customer
            when grouping(payment) = 0 then payment
            when grouping(country) = 0 then country
            when on_promotion then 'on promotion'
            when not on_promotion then 'not on promotion'
        end as value,
        cast(sum(exact(case when is_now then revenue end)) as double) as revenue,
        cast(sum(exact(case when is_now then units end)) as double) as units,
        cast(sum(exact(case when not is_now then revenue end)) as double) as revenue_before,
        cast(sum(exact(case when not is_now then units end)) as double) as units_before,
        cast(sum(exact(case when is_now and kind = 'sale' then revenue end)) as double) as gross,
        cast(sum(exact(case when is_now and kind <> 'sale' then -revenue end)) as double) as returned,
        cast(sum(exact(case when is_now then profit end)) as double) as profit,
        cast(sum(exact(case when is_now then costed end)) as double) as costed,
        cast(sum(exact(case when is_now and kind = 'sale' then discount end)) as double) as discount,
        cast(sum(exact(case when is_now and kind = 'sale' then listed end)) as double) as listed
    from parts
    group by grouping sets (
        (of_people, item), (of_people, store), (of_people, customer), (of_people, payment), (of_people, country), (of_people, on_promotion)
    )
),
product_values as (
    select
        item,
        min(category) as category,
        min(subcategory) as subcategory,
        min(brand) as brand,
        min(supplier) as supplier
    from products
    where item is not null
    group by item
),
store_values as (
    select
        store,
        min(name) as name,
        min(kind) as kind,
        min(region) as region,
        min(country) as country
    from stores
    where store is not null
    group by store
),
customer_values as (
    select
        customer,
        min(country) as country,
        min(region) as region,
        min(city) as city,
        min(case
            when text_matches(trim(age), '^[0-9][0-9]?[0-9]?$')
                then cast(10 * int_div(try_cast(trim(age) as bigint), 10) as string) || ' to ' || cast(10 * int_div(try_cast(trim(age) as bigint), 10) + 9 as string)
            else age
        end) as age,
        min(sex) as sex,
        min(income) as income,
        min(household) as household,
        min(loyalty) as loyalty
    from customers
    where customer is not null
    group by customer
),
dimensions as (
    select dimensions.place, dimensions.dimension, dimensions.kind
    from (values
        (1, 'category', 'item'), (2, 'subcategory', 'item'), (3, 'brand', 'item'), (4, 'supplier', 'item'), (5, 'store', 'store'),
        (6, 'kind of store', 'store'), (7, 'region of the store', 'store'), (8, 'country of the store', 'store'), (9, 'country', 'country'),
        (10, 'payment', 'payment'), (11, 'promotion', 'on_promotion'), (12, 'loyalty', 'customer'), (13, 'age', 'customer'), (14, 'sex', 'customer'),
        (15, 'income', 'customer'), (16, 'household', 'customer'), (17, 'country of the customer', 'customer'), (18, 'region of the customer', 'customer'),
        (19, 'town of the customer', 'customer')
    ) as dimensions(place, dimension, kind)
),
told as (
    select
        dimensions.dimension,
        dimensions.place as dimension_place,
        dimensions.kind,
        sums.value as member,
        case dimensions.dimension
            when 'category' then product_values.category
            when 'subcategory' then product_values.subcategory
            when 'brand' then product_values.brand
            when 'supplier' then product_values.supplier
            when 'store' then case when store_values.name is null or store_values.name = sums.store then sums.store else store_values.name || ' (' || sums.store || ')' end
            when 'kind of store' then store_values.kind
            when 'region of the store' then store_values.region
            when 'country of the store' then store_values.country
            when 'loyalty' then customer_values.loyalty
            when 'age' then customer_values.age
            when 'sex' then customer_values.sex
            when 'income' then customer_values.income
            when 'household' then customer_values.household
            when 'country of the customer' then customer_values.country
            when 'region of the customer' then customer_values.region
            when 'town of the customer' then customer_values.city
            else sums.value
        end as value,
        sums.revenue,
        sums.units,
        sums.revenue_before,
        sums.units_before,
        sums.gross,
        sums.returned,
        sums.profit,
        sums.costed,
        sums.discount,
        sums.listed
    from sums
    join dimensions on dimensions.kind = sums.kind and (sums.kind = 'customer') = sums.of_people
    left join product_values on product_values.item = sums.item
    left join store_values on store_values.store = sums.store
    left join customer_values on customer_values.customer = sums.customer
),
valued as (
    select
        dimension,
        dimension_place,
        value,
        count(case when kind in ('item', 'store', 'customer') then member end) as members,
        cast(sum(exact(revenue)) as double) as revenue,
        cast(sum(exact(units)) as double) as units,
        cast(sum(exact(revenue_before)) as double) as revenue_before,
        cast(sum(exact(units_before)) as double) as units_before,
        cast(sum(exact(gross)) as double) as gross,
        cast(sum(exact(returned)) as double) as returned,
        cast(sum(exact(profit)) as double) as profit,
        cast(sum(exact(costed)) as double) as costed,
        cast(sum(exact(discount)) as double) as discount,
        cast(sum(exact(listed)) as double) as listed
    from told
    group by dimension, dimension_place, value
),
weighed as (
    select
        valued.*,
        greatest(coalesce(nullif(revenue, 0), units, 0), 0) as worth
    from valued
),
ranked as (
    select
        weighed.*,
        row_number() over (
            partition by dimension
            order by case when value is null then 1 else 0 end nulls last, worth desc nulls last, value nulls last
        ) as rank,
        sum(worth) over (partition by dimension) as all_worth,
        sum(case when value is null then worth else 0 end) over (partition by dimension) as unknown_worth,
        count(value) over (partition by dimension) as known_values
    from weighed
),
named as (
    select
        ranked.*,
        case when value is null then '(unknown)' when rank > 100 then '(others)' else value end as name,
        case when value is null or rank > 100 then 1 else 0 end as rest
    from ranked
    where known_values >= 2 and unknown_worth < 9e-1 * all_worth
),
summed as (
    select
        dimension,
        dimension_place,
        name,
        rest,
        max(case when value is not null and rank > 100 then 1 else 0 end) as others,
        cast(sum(members) as bigint) as members,
        cast(sum(exact(revenue)) as double) as revenue,
        cast(sum(exact(units)) as double) as units,
        cast(sum(exact(revenue_before)) as double) as revenue_before,
        cast(sum(exact(units_before)) as double) as units_before,
        cast(sum(exact(gross)) as double) as gross,
        cast(sum(exact(returned)) as double) as returned,
        cast(sum(exact(profit)) as double) as profit,
        cast(sum(exact(costed)) as double) as costed,
        cast(sum(exact(discount)) as double) as discount,
        cast(sum(exact(listed)) as double) as listed,
        cast(sum(exact(worth)) as double) as worth
    from named
    group by dimension, dimension_place, name, rest
)
select
    dimension,
    cast(row_number() over (partition by dimension order by rest nulls last, others desc nulls last, worth desc nulls last, name nulls last) as bigint) as place,
    name as value,
    nullif(members, 0) as members,
    revenue,
    units,
    worth / nullif(cast(sum(exact(worth)) over (partition by dimension) as double), 0) as share,
    profit,
    case when costed > 0 then least(profit / nullif(costed, 0), 1e0) end as margin,
    case when gross > 0 then least(greatest(coalesce(returned, 0) / nullif(gross, 0), 0), 1e0) end as return_rate,
    case when listed > 0 then least(greatest(discount / nullif(listed, 0), 0), 1e0) end as discount_rate,
    revenue_before,
    units_before,
    case when revenue_before > 0 then coalesce(revenue, 0) / nullif(revenue_before, 0) - 1 end as change
from summed
order by dimension nulls first, place nulls first
