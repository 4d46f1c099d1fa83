-- step: missing_kinds
-- about: kinds of data that are not there, and what they would add
-- expect: unique(kind)
--
-- Nothing fails for want of a kind: what needs it is left out, and said here.
with wanted as (
    select
        wishes.place,
        wishes.kind,
        wishes.table_name,
        wishes.column_name,
        wishes.effect
    from (values
        (1, 'sales', 'sales', 'time', 'everything: demand, forecasts, peaks, best and worst products'),
        (2, 'units sold', 'sales', 'units', 'demand in pieces; without it money is forecast'),
        (3, 'money of a sale', 'sales', '(money)', 'revenue, best products by revenue, forecasts in money'),
        (4, 'product of a sale', 'sales', '(item)', 'forecasts, trends, best and worst lists by product'),
        (5, 'customer of a sale', 'sales', 'customer', 'segments, lifetime value, churn, returns tied to their sales'),
        (6, 'basket of a sale', 'sales', 'basket', 'what is bought together, size of a basket'),
        (7, 'payment method', 'sales', 'payment', 'sales by payment method'),
        (8, 'discount of a sale', 'sales', 'discount', 'what discounts cost and bring'),
        (9, 'store of a sale', 'sales', 'store', 'forecasts and comparisons by store'),
        (10, 'products', 'products', 'item', 'names and categories in every list, forecasts by category'),
        (11, 'categories', 'products', 'category', 'forecasts and rankings by category'),
        (12, 'cost of a product', '(cost)', '(cost)', 'profit by product, orders and prices judged in money'),
        (13, 'customers', 'customers', 'customer', 'demographics and loyalty in segments and churn'),
        (14, 'promotions', 'promotions', '(rows)', 'lift, halo and profit of promotions, causes of peaks'),
        (15, 'promotion flag on sales', 'sales', 'on_promotion', 'promotion effects in forecasts, causes of peaks'),
        (16, 'stores', 'stores', 'store', 'stores by region, format and size, distance of customers'),
        (17, 'calendar', 'calendar', 'day', 'holidays and events in forecasts, causes of peaks, closed days told from quiet ones'),
        (18, 'stock', 'stock', 'item', 'stock-outs told from no demand, order lists'),
        (19, 'prices', 'prices', 'item', 'price elasticities, demand before the first price told from none'),
        (20, 'reviews', 'reviews', '(rows)', 'ratings beside sales, early signs of bad products')
    ) as wishes(place, kind, table_name, column_name, effect)
),
sizes as (
    select table_name, max(lines) as lines
    from known_columns
    group by table_name
),
found as (
    select
        wanted.place,
        wanted.kind,
        wanted.effect,
        case
            when wanted.column_name = '(rows)' then coalesce(sizes.lines, 0)
            when wanted.column_name = '(money)' then (
                select coalesce(sum(case when money_from is not null then 1 else 0 end), 0) from sales_lines
            )
            when wanted.column_name = '(item)' then (
                select coalesce(sum(case when item <> '(all)' then 1 else 0 end), 0) from sales_lines
            )
            when wanted.column_name = '(cost)' then (
                select coalesce(sum(known), 0) from known_columns where column_name = 'cost' and table_name in ('sales', 'products')
            )
            else coalesce(known_columns.known, 0)
        end as known,
        coalesce(sales_size.lines, 0) as sales_lines,
        wanted.table_name
    from wanted
    left join sizes on sizes.table_name = wanted.table_name
    left join sizes as sales_size on sales_size.table_name = 'sales'
    left join known_columns
        on known_columns.table_name = wanted.table_name
        and known_columns.column_name = wanted.column_name
)
select
    place,
    kind,
    effect
from found
where known = 0 and (table_name <> 'sales' or sales_lines > 0 or kind = 'sales')
order by place nulls first
