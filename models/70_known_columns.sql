-- step: known_columns
-- about: how many rows of each canonical table hold each column
-- expect: unique(table_name, column_name); known >= 0 and known <= lines
with sales_counts as (
    select
        count(*) as lines,
        count(time) as time,
        count(item) as item,
        count(store) as store,
        count(customer) as customer,
        count(basket) as basket,
        count(line) as line,
        count(units) as units,
        count(price) as price,
        count(amount) as amount,
        count(discount) as discount,
        count(cost) as cost,
        count(payment) as payment,
        count(country) as country,
        count(status) as status,
        count(note) as note,
        count(on_promotion) as on_promotion,
        count(visitors) as visitors
    from sales
),
products_counts as (
    select
        count(*) as lines,
        count(item) as item,
        count(name) as name,
        count(category) as category,
        count(subcategory) as subcategory,
        count(brand) as brand,
        count(supplier) as supplier,
        count(size) as size,
        count(price) as price,
        count(cost) as cost,
        count(rating) as rating,
        count(return_rate) as return_rate,
        count(launched) as launched,
        count(ended) as ended
    from products
),
customers_counts as (
    select
        count(*) as lines,
        count(customer) as customer,
        count(country) as country,
        count(region) as region,
        count(city) as city,
        count(postcode) as postcode,
        count(latitude) as latitude,
        count(longitude) as longitude,
        count(distance) as distance,
        count(age) as age,
        count(sex) as sex,
        count(income) as income,
        count(household) as household,
        count(loyalty) as loyalty,
        count(joined) as joined,
        count(tenure) as tenure,
        count(churned) as churned,
        count(spend) as spend
    from customers
),
promotions_counts as (
    select
        count(*) as lines,
        count(promotion) as promotion,
        count(kind) as kind,
        count(item) as item,
        count(category) as category,
        count(store) as store,
        count(customer) as customer,
        count(start) as start,
        count(ended) as ended,
        count(discount) as discount,
        count(price) as price,
        count(cost) as cost,
        count(treated) as treated,
        count(redeemed) as redeemed,
        count(spend) as spend
    from promotions
),
stores_counts as (
    select
        count(*) as lines,
        count(store) as store,
        count(name) as name,
        count(kind) as kind,
        count(size) as size,
        count(city) as city,
        count(region) as region,
        count(country) as country,
        count(postcode) as postcode,
        count(latitude) as latitude,
        count(longitude) as longitude,
        count(opened) as opened
    from stores
),
calendar_counts as (
    select
        count(*) as lines,
        count(day) as day,
        count(store) as store,
        count(event) as event,
        count(kind) as kind,
        count(open) as open,
        count(school_holiday) as school_holiday,
        count(period) as period
    from calendar
),
stock_counts as (
    select
        count(*) as lines,
        count(item) as item,
        count(store) as store,
        count(day) as day,
        count(on_hand) as on_hand,
        count(on_order) as on_order,
        count(in_stock) as in_stock,
        count(lost) as lost
    from stock
),
prices_counts as (
    select
        count(*) as lines,
        count(item) as item,
        count(store) as store,
        count(start) as start,
        count(ended) as ended,
        count(price) as price,
        count(base_price) as base_price
    from prices
),
reviews_counts as (
    select
        count(*) as lines,
        count(review) as review,
        count(item) as item,
        count(basket) as basket,
        count(customer) as customer,
        count(time) as time,
        count(rating) as rating,
        count(text) as text
    from reviews
),
columns_known as (
    select 'sales' as table_name, 'time' as column_name, time as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'item' as column_name, item as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'store' as column_name, store as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'customer' as column_name, customer as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'basket' as column_name, basket as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'line' as column_name, line as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'units' as column_name, units as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'price' as column_name, price as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'amount' as column_name, amount as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'discount' as column_name, discount as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'cost' as column_name, cost as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'payment' as column_name, payment as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'country' as column_name, country as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'status' as column_name, status as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'note' as column_name, note as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'on_promotion' as column_name, on_promotion as known, lines from sales_counts
    union all
    select 'sales' as table_name, 'visitors' as column_name, visitors as known, lines from sales_counts
    union all
    select 'products' as table_name, 'item' as column_name, item as known, lines from products_counts
    union all
    select 'products' as table_name, 'name' as column_name, name as known, lines from products_counts
    union all
    select 'products' as table_name, 'category' as column_name, category as known, lines from products_counts
    union all
    select 'products' as table_name, 'subcategory' as column_name, subcategory as known, lines from products_counts
    union all
    select 'products' as table_name, 'brand' as column_name, brand as known, lines from products_counts
    union all
    select 'products' as table_name, 'supplier' as column_name, supplier as known, lines from products_counts
    union all
    select 'products' as table_name, 'size' as column_name, size as known, lines from products_counts
    union all
    select 'products' as table_name, 'price' as column_name, price as known, lines from products_counts
    union all
    select 'products' as table_name, 'cost' as column_name, cost as known, lines from products_counts
    union all
    select 'products' as table_name, 'rating' as column_name, rating as known, lines from products_counts
    union all
    select 'products' as table_name, 'return_rate' as column_name, return_rate as known, lines from products_counts
    union all
    select 'products' as table_name, 'launched' as column_name, launched as known, lines from products_counts
    union all
    select 'products' as table_name, 'ended' as column_name, ended as known, lines from products_counts
    union all
    select 'customers' as table_name, 'customer' as column_name, customer as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'country' as column_name, country as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'region' as column_name, region as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'city' as column_name, city as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'postcode' as column_name, postcode as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'latitude' as column_name, latitude as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'longitude' as column_name, longitude as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'distance' as column_name, distance as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'age' as column_name, age as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'sex' as column_name, sex as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'income' as column_name, income as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'household' as column_name, household as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'loyalty' as column_name, loyalty as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'joined' as column_name, joined as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'tenure' as column_name, tenure as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'churned' as column_name, churned as known, lines from customers_counts
    union all
    select 'customers' as table_name, 'spend' as column_name, spend as known, lines from customers_counts
    union all
    select 'promotions' as table_name, 'promotion' as column_name, promotion as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'kind' as column_name, kind as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'item' as column_name, item as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'category' as column_name, category as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'store' as column_name, store as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'customer' as column_name, customer as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'start' as column_name, start as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'ended' as column_name, ended as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'discount' as column_name, discount as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'price' as column_name, price as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'cost' as column_name, cost as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'treated' as column_name, treated as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'redeemed' as column_name, redeemed as known, lines from promotions_counts
    union all
    select 'promotions' as table_name, 'spend' as column_name, spend as known, lines from promotions_counts
    union all
    select 'stores' as table_name, 'store' as column_name, store as known, lines from stores_counts
    union all
    select 'stores' as table_name, 'name' as column_name, name as known, lines from stores_counts
    union all
    select 'stores' as table_name, 'kind' as column_name, kind as known, lines from stores_counts
    union all
    select 'stores' as table_name, 'size' as column_name, size as known, lines from stores_counts
    union all
    select 'stores' as table_name, 'city' as column_name, city as known, lines from stores_counts
    union all
    select 'stores' as table_name, 'region' as column_name, region as known, lines from stores_counts
    union all
    select 'stores' as table_name, 'country' as column_name, country as known, lines from stores_counts
    union all
    select 'stores' as table_name, 'postcode' as column_name, postcode as known, lines from stores_counts
    union all
    select 'stores' as table_name, 'latitude' as column_name, latitude as known, lines from stores_counts
    union all
    select 'stores' as table_name, 'longitude' as column_name, longitude as known, lines from stores_counts
    union all
    select 'stores' as table_name, 'opened' as column_name, opened as known, lines from stores_counts
    union all
    select 'calendar' as table_name, 'day' as column_name, day as known, lines from calendar_counts
    union all
    select 'calendar' as table_name, 'store' as column_name, store as known, lines from calendar_counts
    union all
    select 'calendar' as table_name, 'event' as column_name, event as known, lines from calendar_counts
    union all
    select 'calendar' as table_name, 'kind' as column_name, kind as known, lines from calendar_counts
    union all
    select 'calendar' as table_name, 'open' as column_name, open as known, lines from calendar_counts
    union all
    select 'calendar' as table_name, 'school_holiday' as column_name, school_holiday as known, lines from calendar_counts
    union all
    select 'calendar' as table_name, 'period' as column_name, period as known, lines from calendar_counts
    union all
    select 'stock' as table_name, 'item' as column_name, item as known, lines from stock_counts
    union all
    select 'stock' as table_name, 'store' as column_name, store as known, lines from stock_counts
    union all
    select 'stock' as table_name, 'day' as column_name, day as known, lines from stock_counts
    union all
    select 'stock' as table_name, 'on_hand' as column_name, on_hand as known, lines from stock_counts
    union all
    select 'stock' as table_name, 'on_order' as column_name, on_order as known, lines from stock_counts
    union all
    select 'stock' as table_name, 'in_stock' as column_name, in_stock as known, lines from stock_counts
    union all
    select 'stock' as table_name, 'lost' as column_name, lost as known, lines from stock_counts
    union all
    select 'prices' as table_name, 'item' as column_name, item as known, lines from prices_counts
    union all
    select 'prices' as table_name, 'store' as column_name, store as known, lines from prices_counts
    union all
    select 'prices' as table_name, 'start' as column_name, start as known, lines from prices_counts
    union all
    select 'prices' as table_name, 'ended' as column_name, ended as known, lines from prices_counts
    union all
    select 'prices' as table_name, 'price' as column_name, price as known, lines from prices_counts
    union all
    select 'prices' as table_name, 'base_price' as column_name, base_price as known, lines from prices_counts
    union all
    select 'reviews' as table_name, 'review' as column_name, review as known, lines from reviews_counts
    union all
    select 'reviews' as table_name, 'item' as column_name, item as known, lines from reviews_counts
    union all
    select 'reviews' as table_name, 'basket' as column_name, basket as known, lines from reviews_counts
    union all
    select 'reviews' as table_name, 'customer' as column_name, customer as known, lines from reviews_counts
    union all
    select 'reviews' as table_name, 'time' as column_name, time as known, lines from reviews_counts
    union all
    select 'reviews' as table_name, 'rating' as column_name, rating as known, lines from reviews_counts
    union all
    select 'reviews' as table_name, 'text' as column_name, text as known, lines from reviews_counts
)
select
    table_name,
    column_name,
    known,
    lines
from columns_known
order by table_name nulls first, column_name nulls first
