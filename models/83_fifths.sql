-- step: fifths
-- about: products by rating, customers by distance and by time as a customer, in five groups of equal size, with what they bring and send back
-- expect: unique(subject, fifth); subject in ('rating', 'distance', 'tenure'); fifth >= 1 and fifth <= 5; members > 0; measure_from <= measure_to
-- expect: return_rate >= 0 and return_rate <= 1; bought <= members
--
-- A product's rating is the mean of its reviews, else that of the product file; distance is that of the customer file, else between the places of the customer and the
-- store of most orders, in km as the crow flies; tenure is in months. Equal values stand in one group. bought are those with a sale,
-- revenue and units are a member's, low and high the 95 % interval of its mean revenue. return_rate is money given back over money taken.
with rated as (
    select item, avg(rating) as rating, count(*) as reviews
    from reviews
    where item is not null and rating is not null
    group by item
),
file_rated as (
    select item, min(rating) as rating
    from products
    where item is not null and rating is not null
    group by item
),
totals as (
    select 'item' as what, item as buyer, kind, revenue, units
    from sales_totals
    where kind in ('sale', 'return', 'cancellation') and item is not null
    union all
    select 'customer', customer, kind, revenue, units
    from customer_totals
    where customer is not null
),
money as (
    select
        what,
        buyer,
        cast(sum(exact(revenue)) as double) as revenue,
        cast(sum(exact(units)) as double) as units,
        cast(sum(exact(case when kind = 'sale' then revenue end)) as double) as gross,
        cast(sum(exact(case when kind <> 'sale' then -revenue end)) as double) as returned
    from totals
    group by what, buyer
),
visits as (
    select customer, store, count(*) as orders
    from orders
    where customer is not null and store is not null
    group by customer, store
),
usual_stores as (
    select customer, store
    from (
        select
            customer,
            store,
            row_number() over (partition by customer order by orders desc nulls last, store nulls last) as place
        from visits
    ) as placed
    where place = 1
),
places as (
    select store, min(radians(latitude)) as latitude, min(radians(longitude)) as longitude
    from stores
    where store is not null and abs(latitude) <= 90 and abs(longitude) <= 180
    group by store
),
homes as (
    select
        customer,
        min(distance) as distance,
        min(tenure) as tenure,
        min(case when abs(latitude) <= 90 and abs(longitude) <= 180 then radians(latitude) end) as latitude,
        min(case when abs(latitude) <= 90 and abs(longitude) <= 180 then radians(longitude) end) as longitude
    from customers
    where customer is not null
    group by customer
),
distances as (
    select
        homes.customer,
        homes.tenure,
        coalesce(
            homes.distance,
            case
                when homes.latitude + homes.longitude + places.latitude + places.longitude is not null
                    then 12742e0 * asin(square_root(least(
                        1e0,
                        power(sin((homes.latitude - places.latitude) / 2), 2)
                            + cos(homes.latitude) * cos(places.latitude) * power(sin((homes.longitude - places.longitude) / 2), 2)
                    )))
            end
        ) as distance
    from homes
    left join usual_stores on usual_stores.customer = homes.customer
    left join places on places.store = usual_stores.store
),
measured as (
    select
        'rating' as subject,
        coalesce(rated.item, file_rated.item) as member,
        coalesce(rated.rating, file_rated.rating) as measure
    from rated
    full join file_rated on file_rated.item = rated.item
    union all
    select 'distance', customer, round_half_even(distance, 3)
    from distances
    where distance >= 0
    union all
    select 'tenure', customer, tenure
    from distances
    where tenure >= 0
),
ranked as (
    select
        subject,
        member,
        measure,
        rank() over (partition by subject order by measure nulls last) as place,
        count(*) over (partition by subject) as members
    from measured
),
grouped as (
    select
        ranked.subject,
        1 + int_div(5 * (ranked.place - 1), ranked.members) as fifth,
        ranked.measure,
        money.buyer,
        coalesce(money.revenue, 0) as revenue,
        coalesce(money.units, 0) as units,
        coalesce(money.gross, 0) as gross,
        coalesce(money.returned, 0) as returned
    from ranked
    left join money on money.buyer = ranked.member and money.what = case when ranked.subject = 'rating' then 'item' else 'customer' end
    where ranked.members >= 25
),
sums as (
    select
        subject,
        fifth,
        min(measure) as measure_from,
        max(measure) as measure_to,
        count(*) as members,
        count(buyer) as bought,
        cast(sum(exact(revenue)) as double) as revenue,
        cast(sum(exact(units)) as double) as units,
        cast(sum(exact(gross)) as double) as gross,
        cast(sum(exact(returned)) as double) as returned,
        coalesce(stddev_samp(revenue), 0) as deviation
    from grouped
    group by subject, fifth
)
select
    subject,
    cast(fifth as int) as fifth,
    measure_from,
    measure_to,
    members,
    bought,
    revenue / nullif(cast(members as double), 0) as revenue,
    revenue / nullif(cast(members as double), 0) - 196e-2 * deviation / nullif(square_root(cast(members as double)), 0) as low,
    revenue / nullif(cast(members as double), 0) + 196e-2 * deviation / nullif(square_root(cast(members as double)), 0) as high,
    units / nullif(cast(members as double), 0) as units,
    case when gross > 0 then least(greatest(returned / nullif(gross, 0), 0), 1e0) end as return_rate
from sums
order by subject nulls first, fifth nulls first
