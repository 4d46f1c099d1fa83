-- step: return_matches
-- about: which earlier sale a returned line gives back, for lines with a customer
-- expect: unique(return_file, return_line, item, time); days_to_return >= 0
--
-- A return goes to the latest earlier sale of the same customer and item that had at least as many pieces. Several
-- returns of one sale are taken in the order of time while its pieces last; those for which nothing is left try
-- once more among the sales with enough pieces left. A customer with more than a thousand lines of one item is a
-- name for many people, and is not matched.
with lines as (
    select
        sales._file as file,
        sales._line as line,
        sales.time,
        sales.customer,
        sales.item,
        sales.units
    from sales
    left join status_kinds on status_kinds.status = sales.status
    where sales.customer is not null
        and sales.item <> '(all)'
        and sales.units <> 0
        and status_kinds.kind is null
),
pairs as (
    select
        customer,
        item
    from lines
    group by customer, item
    having sum(case when units < 0 then 1 else 0 end) > 0
        and sum(case when units > 0 then 1 else 0 end) > 0
        and count(*) <= 1000
),
returned as (
    select
        lines.file,
        lines.line,
        lines.time,
        lines.customer,
        lines.item,
        -lines.units as units
    from lines
    join pairs on pairs.customer = lines.customer and pairs.item = lines.item
    where lines.units < 0
),
sold as (
    select
        lines.file,
        lines.line,
        lines.time,
        lines.customer,
        lines.item,
        lines.units
    from lines
    join pairs on pairs.customer = lines.customer and pairs.item = lines.item
    where lines.units > 0
),
first_choice as (
    select
        returned.file,
        returned.line,
        returned.time,
        returned.customer,
        returned.item,
        returned.units,
        sold.file as sale_file,
        sold.line as sale_line,
        sold.time as sale_time,
        sold.units as sale_units,
        row_number() over (
            partition by returned.file, returned.line, returned.item, returned.time
            order by sold.time desc nulls last, sold.file desc nulls last, sold.line desc nulls last
        ) as choice
    from returned
    join sold
        on sold.customer = returned.customer
        and sold.item = returned.item
        and sold.time <= returned.time
        and sold.units >= returned.units
),
first_claims as (
    select
        first_choice.*,
        sum(units) over (
            partition by sale_file, sale_line, item, sale_time
            order by time nulls first, file nulls first, line nulls first
            rows between unbounded preceding and current row
        ) as claimed
    from first_choice
    where choice = 1
),
first_matches as (
    select
        file,
        line,
        item,
        time,
        units,
        sale_file,
        sale_line,
        sale_time
    from first_claims
    where claimed <= sale_units
),
used as (
    select
        sale_file,
        sale_line,
        item,
        sale_time,
        cast(sum(exact(units)) as double) as units
    from first_matches
    group by sale_file, sale_line, item, sale_time
),
left_over as (
    select
        sold.file,
        sold.line,
        sold.time,
        sold.customer,
        sold.item,
        sold.units - coalesce(used.units, 0) as units
    from sold
    left join used
        on used.sale_file = sold.file
        and used.sale_line = sold.line
        and used.item = sold.item
        and used.sale_time = sold.time
),
second_choice as (
    select
        first_claims.file,
        first_claims.line,
        first_claims.item,
        first_claims.time,
        first_claims.units,
        left_over.file as sale_file,
        left_over.line as sale_line,
        left_over.time as sale_time,
        left_over.units as sale_units,
        row_number() over (
            partition by first_claims.file, first_claims.line, first_claims.item, first_claims.time
            order by left_over.time desc nulls last, left_over.file desc nulls last, left_over.line desc nulls last
        ) as choice
    from first_claims
    join left_over
        on left_over.customer = first_claims.customer
        and left_over.item = first_claims.item
        and left_over.time <= first_claims.time
        and left_over.units >= first_claims.units
    where first_claims.claimed > first_claims.sale_units
),
second_claims as (
    select
        second_choice.*,
        sum(units) over (
            partition by sale_file, sale_line, item, sale_time
            order by time nulls first, file nulls first, line nulls first
            rows between unbounded preceding and current row
        ) as claimed
    from second_choice
    where choice = 1
),
matches as (
    select file, line, item, time, sale_file, sale_line, sale_time
    from first_matches
    union all
    select file, line, item, time, sale_file, sale_line, sale_time
    from second_claims
    where claimed <= sale_units
)
select
    file as return_file,
    line as return_line,
    item,
    time,
    sale_file as matched_file,
    sale_line as matched_line,
    days_between(sale_time, time) as days_to_return
from matches
order by return_file nulls first, return_line nulls first, item nulls first, time nulls first
