-- step: data_quality
-- about: what is missing, refused, merged or suspicious in the data, with counts and an example
-- expect: unique(subject, "check"); rows >= 0; share >= 0 and share <= 1
-- expect: all(coalesce(sum(case when "check" = 'rows refused, all reasons' then rows end), 0) = (select count(*) from quarantine))
--
-- share is of the subject's rows. A column that a table has nowhere is said once, not as a share. Identical lines are
-- looked for among at most 20 million lines with a basket or a customer. Examples of demand are put into words a product and
-- store each, not a period each, of which there are a thousand times as many.
with missing_values as (
    select
        table_name as subject,
        case when known = 0 then 'not in the files: ' || column_name else 'missing: ' || column_name end as problem,
        lines - known as rows,
        lines as of_rows,
        cast(null as string) as example
    from known_columns
    where lines > 0 and known < lines
),
reasons as (
    select
        table_name,
        case
            when reason like 'another row with % says something else' then 'another row with the same key says something else'
            when reason like '%: ' || chr(39) || '%' || chr(39) || ' is not a%' then
                split_part(reason, ': ' || chr(39), 1) || ': a value is not a' || split_part(reason, chr(39) || ' is not a', 2)
            else reason
        end as reason,
        file,
        line
    from quarantine
),
refused as (
    select
        table_name as subject,
        'refused: ' || reason as problem,
        count(*) as rows,
        min(file || ', line ' || cast(line as string)) as example
    from reasons
    group by table_name, reason
),
refused_ranked as (
    select
        refused.*,
        row_number() over (partition by subject order by rows desc nulls last, problem nulls last) as place
    from refused
),
refused_all as (
    select table_name as subject, 'rows refused, all reasons' as problem, count(*) as rows, min(reason) as example
    from quarantine
    group by table_name
),
files as (
    select
        coalesce(home_table, '(none)') as subject,
        cast(sum(merged) as bigint) as merged,
        cast(sum(rows) as bigint) as read_rows
    from source_files
    group by coalesce(home_table, '(none)')
),
kinds as (
    select
        kind,
        count(*) as rows,
        sum(case when matched then 1 else 0 end) as matched,
        sum(case when revenue = 0 and units > 0 then 1 else 0 end) as free,
        sum(case when amount < 0 then 1 else 0 end) as amount_below,
        sum(case when price < 0 then 1 else 0 end) as price_below,
        sum(case when money_from = 'list' then 1 else 0 end) as list_priced,
        sum(case when period is null then 1 else 0 end) as stray,
        min(case when period is null then cast(day as string) end) as stray_example,
        sum(case when abs(amount - price * units) > 1e-2 * abs(amount) + 2e-2 then 1 else 0 end) as unequal,
        min(item) as example
    from sales_lines
    group by kind
),
totals as (
    select
        cast(sum(rows) as bigint) as lines,
        cast(sum(free) as bigint) as free,
        cast(sum(amount_below) as bigint) as amount_below,
        cast(sum(price_below) as bigint) as price_below,
        cast(sum(list_priced) as bigint) as list_priced,
        cast(sum(stray) as bigint) as stray,
        min(stray_example) as stray_example,
        cast(sum(unequal) as bigint) as unequal
    from kinds
),
twins as (
    select
        count(*) - 1 as more,
        min(item) as item,
        min(time) as time
    from sales_lines
    cross join (select lines as all_lines from sales_facts) as size
    where (basket is not null or customer is not null) and size.all_lines <= 20000000
    group by _file, time, item, store, customer, basket, line, units, price, amount, note
    having count(*) > 1
),
twin_sum as (
    select
        cast(coalesce(sum(more), 0) as bigint) as rows,
        min(item || ' at ' || cast(time as string)) as example
    from twins
),
cells as (
    select
        state,
        item,
        store,
        count(*) as rows,
        sum(case when outlier_reason is not null then 1 else 0 end) as outliers,
        min(case when outlier_reason is not null then cast(period as string) || ': ' || outlier_reason end) as outlier_example,
        min(period) as period
    from demand_item_store
    group by state, item, store
),
states as (
    select
        state,
        cast(sum(rows) as bigint) as rows,
        sum(outliers) as outliers,
        min(
            case when item = '(all)' then store when store = '(all)' then item else item || ', ' || store end
            || ', ' || outlier_example
        ) as outlier_example,
        min(item || ', ' || store || ', ' || cast(period as string)) as example
    from cells
    group by state
),
state_sum as (
    select
        cast(sum(rows) as bigint) as rows,
        cast(sum(outliers) as bigint) as outliers,
        min(outlier_example) as example
    from states
),
mean_prices as (
    select item, cast(sum(exact(revenue)) as double) / nullif(cast(sum(exact(units)) as double), 0) as price
    from sales_totals
    where kind = 'sale' and revenue > 0 and units > 0 and item <> '(all)'
    group by item
    having sum(lines) >= 10
),
odd_prices as (
    select
        count(*) as rows,
        min(sales_lines.item || ' at ' || cast(sales_lines.price as string)) as example
    from sales_lines
    join mean_prices on mean_prices.item = sales_lines.item
    where sales_lines.kind = 'sale' and sales_lines.price > 2e1 * mean_prices.price
),
bulk as (
    select
        item,
        orders,
        units / nullif(sum(units) over (), 0) as units_share,
        revenue / nullif(sum(revenue) over (), 0) as revenue_share
    from product_summary
    where units > 0 and item <> '(all)'
),
thin_days as (
    select
        count(*) as rows,
        min(cast(period as string)) as example
    from periods
    where not ahead and not complete and '${period}' = 'day'
),
days_told as (
    select count(*) as rows
    from periods
    where not ahead
),
item_groups as (
    select
        count(distinct category) as categories,
        count(distinct item) as items,
        min(category) as example,
        (select count(*) from item_categories) as used
    from products
    where category is not null and item is not null
),
incomparable as (
    select
        sum(case when comparable then 0 else 1 end) as rows,
        count(*) as of_rows,
        'before ' || min(case when comparable then cast(period as string) end) as example
    from demand_total
),
found as (
    select subject, problem, rows, of_rows, example from missing_values
    union all
    select refused_ranked.subject, refused_ranked.problem, refused_ranked.rows, files.read_rows, refused_ranked.example
    from refused_ranked
    left join files on files.subject = refused_ranked.subject
    where refused_ranked.place <= 50
    union all
    select refused_all.subject, refused_all.problem, refused_all.rows, files.read_rows, refused_all.example
    from refused_all
    left join files on files.subject = refused_all.subject
    union all
    select subject, 'repetitions of another row, merged', merged, read_rows, null from files where merged > 0
    union all
    select 'sales', 'kind of line: ' || kinds.kind, kinds.rows, totals.lines, kinds.example from kinds cross join totals
    union all
    select 'sales', 'returned or cancelled lines without their sale', cast(sum(kinds.rows - kinds.matched) as bigint), cast(sum(kinds.rows) as bigint), null
    from kinds
    where kind in ('return', 'cancellation')
    having sum(kinds.rows - kinds.matched) > 0
    union all
    select 'sales', 'pieces for no money', free, lines, null from totals where free > 0
    union all
    select 'sales', 'amount below zero', amount_below, lines, null from totals where amount_below > 0
    union all
    select 'sales', 'price below zero', price_below, lines, null from totals where price_below > 0
    union all
    select 'sales', 'price more than 20 times the product' || chr(39) || 's mean', odd_prices.rows, totals.lines, odd_prices.example
    from odd_prices
    cross join totals
    where odd_prices.rows > 0
    union all
    select 'sales', 'most of the pieces and little of the money are one product' || chr(39) || 's: sums of pieces tell little', bulk.orders, totals.lines, bulk.item
    from bulk
    cross join totals
    where bulk.units_share > 5e-1 and bulk.revenue_share < 25e-2
    union all
    select 'sales', 'money worked out from the price list', list_priced, lines, null from totals where list_priced > 0
    union all
    select 'sales', 'days are counted from a made-up first one: the files number their periods', lines, lines, null
    from totals
    where '${dates}' = 'numbered' and lines > 0
    union all
    select 'sales', 'dates far from all others', stray, lines, stray_example from totals where stray > 0
    union all
    select 'sales', 'amount is not units times price', unequal, lines, null from totals where unequal > 0
    union all
    select 'sales', 'identical lines in one file, kept', twin_sum.rows, totals.lines, twin_sum.example from twin_sum cross join totals where twin_sum.rows > 0
    union all
    select 'products', 'categories too many to tell anything by: they set single products apart', categories, items, example
    from item_groups
    where categories > 0 and used = 0
    union all
    select 'customers', 'columns that tell who has left: written after it, kept from what foretells it', leaks.columns, leaks.columns, leaks.example
    from (select count(*) as columns, min(replace(feature, 'own_', '')) as example from churn_leaks) as leaks
    where leaks.columns > 0
    union all
    select 'demand', 'state: ' || states.state, states.rows, state_sum.rows, states.example from states cross join state_sum
    union all
    select 'demand', 'last days told in part, left out by models', thin_days.rows, days_told.rows, 'from ' || thin_days.example
    from thin_days
    cross join days_told
    where thin_days.rows > 0
    union all
    select 'demand', 'periods before most products and stores joined the files, left out by models', rows, of_rows, example
    from incomparable
    where rows > 0
    union all
    select 'demand', 'outliers dampened in the copy that models see', outliers, rows, example from state_sum where outliers > 0
)
select
    subject,
    problem as "check",
    cast(rows as bigint) as rows,
    least(greatest(coalesce(cast(rows as double) / nullif(of_rows, 0), 0), 0), 1e0) as share,
    example
from found
order by subject nulls first, "check" nulls first
