-- step: sales_lines
-- about: every sales line with its kind, its money, its day and period, and, for returns, the sale it gives back
-- expect: all(count(*) = (select count(*) from sales))
-- expect: kind in ('sale', 'return', 'cancellation', 'charge', 'adjustment', 'zero', 'none')
-- expect: not (kind = 'sale' and coalesce(revenue, 0) < 0)
-- expect: not (kind in ('return', 'cancellation') and coalesce(revenue, 0) > 0)
-- expect: not (matched and kind not in ('return', 'cancellation'))
-- expect: not (matched and days_to_return < 0)
--
-- kind        sale          pieces went out, for money or for nothing
--             return        pieces or money came back
--             cancellation  the same, and the file says that the sale was cancelled; or an order that never became one
--             charge        postage, fee, voucher: money, but no product
--             adjustment    the books were corrected: nobody bought or brought back anything
--             zero          the file says that nothing was sold: none of it, or somebody only looked at it or put it into a cart
--             none          the file says neither pieces nor money
-- net_units   pieces out less pieces back; revenue: money in less money paid back. Both are 0 for an order that was
--             cancelled or taken back by its state alone, and null where not known. Net sales are the sums over sale,
--             return and cancellation.
-- cost        what a piece cost: of the line, else of the product
-- money_from  where revenue comes from: amount (of the line), price (of the line times units), list (price list)
with cancelling as (
    select mark
    from basket_marks
    where cancels
),
marks as (
    select
        max(case when length(mark) = 1 then mark end) as one,
        max(case when length(mark) = 2 then mark end) as two,
        max(case when length(mark) = 3 then mark end) as three
    from cancelling
),
general as (
    select item, min(price) as price, min(cost) as cost
    from products
    where item is not null
    group by item
),
lines as (
    select
        sales._file,
        sales._line,
        sales.time,
        sales.item,
        sales.store,
        sales.customer,
        sales.basket,
        sales.line,
        sales.units,
        sales.price,
        sales.amount,
        sales.discount,
        coalesce(sales.cost, general.cost) as cost,
        general.price as general_price,
        sales.payment,
        sales.country,
        sales.status,
        sales.note,
        sales.on_promotion,
        sales.visitors,
        cast(sales.time as date) as day,
        week_start(cast(sales.time as date)) as week,
        case
            when sales.units is not null then sales.units
            when sales_facts.line_is_piece and (sales.price is not null or sales.amount is not null) then 1
            when sales.price > 0 and sales.amount is not null then round_half_even(sales.amount / nullif(sales.price, 0), 3)
        end as pieces,
        sales.price is null and sales.amount is null and coalesce(sales.units, 0) <> 0 as wants_price,
        sales_facts.customer_known > 0 as customers_are_known,
        sales_facts.price_known > 0 or sales_facts.amount_known > 0 as money_is_known
    from sales
    cross join sales_facts
    left join general on general.item = sales.item
),
priced as (
    select
        lines.*,
        coalesce(store_price.price, any_price.price, case when lines.wants_price then lines.general_price end) as list_price
    from lines
    left join price_weeks as store_price
        on store_price.item = case when lines.wants_price then lines.item end
        and store_price.store = lines.store
        and store_price.week = lines.week
        and lines.day >= store_price.start
        and lines.day <= store_price.ended
    left join price_weeks as any_price
        on any_price.item = case when lines.wants_price then lines.item end
        and any_price.store = ''
        and any_price.week = lines.week
        and lines.day >= any_price.start
        and lines.day <= any_price.ended
),
valued as (
    select
        priced.*,
        case
            when amount is not null and pieces < 0 and amount > 0 then -amount
            when amount is not null then amount
            when price < 0 and pieces < 0 then -price * pieces
            when price is not null and pieces is not null then price * pieces
            when list_price is not null and pieces is not null then list_price * pieces
        end as money,
        case
            when amount is not null then 'amount'
            when price is not null and pieces is not null then 'price'
            when list_price is not null and pieces is not null then 'list'
        end as money_from
    from priced
),
told as (
    select
        valued.*,
        status_kinds.kind as state,
        text_kinds.kind as said,
        item_kinds.kind as coded,
        coalesce(pieces, 0) < 0 or coalesce(money, 0) < 0 as below_zero,
        case
            when coalesce(pieces, 0) >= 0 and coalesce(money, 0) >= 0 then false
            when text_matches(basket, '^[A-Za-z]-?[0-9]+$') then upper(substr(basket, 1, 1)) = marks.one
            when text_matches(basket, '^[A-Za-z][A-Za-z]-?[0-9]+$') then upper(substr(basket, 1, 2)) = marks.two
            when text_matches(basket, '^[A-Za-z][A-Za-z][A-Za-z]-?[0-9]+$') then upper(substr(basket, 1, 3)) = marks.three
        end as marked
    from valued
    cross join marks
    left join status_kinds on status_kinds.status = valued.status
    left join text_kinds on text_kinds.text = lower(trim(valued.note))
    left join item_kinds on item_kinds.item = valued.item
),
classed as (
    select
        told.*,
        case
            when pieces is null and money is null and price is null then 'none'
            when state = 'looked' then 'zero'
            when state = 'cancelled' then 'cancellation'
            when said = 'correction' then 'adjustment'
            when coded is not null or said = 'charge' then 'charge'
            when coalesce(pieces, 0) = 0 and coalesce(money, 0) = 0 then 'zero'
            when money_is_known and coalesce(money, 0) = 0 and said = 'loss' and customer is null then 'adjustment'
            when money_is_known and coalesce(money, 0) = 0 and customers_are_known and customer is null then 'adjustment'
            when money_is_known and coalesce(money, 0) = 0 and pieces < 0 and customer is null then 'adjustment'
            when state = 'returned' then 'return'
            when coalesce(marked, false) then 'cancellation'
            when below_zero then 'return'
            else 'sale'
        end as kind
    from told
),
settled as (
    select
        classed.*,
        kind in ('return', 'cancellation') and not below_zero or coalesce(state = 'looked', false) as void
    from classed
)
select
    settled._file,
    settled._line,
    settled.time,
    settled.day,
    case
        when settled.day < sales_facts.first_day or settled.day > sales_facts.last_day then null
        when '${period}' = 'week' then settled.week
        when '${period}' = 'month' then month_start(settled.day)
        else settled.day
    end as period,
    settled.item,
    settled.store,
    settled.customer,
    settled.basket,
    settled.line,
    settled.pieces as units,
    coalesce(settled.price, settled.list_price, case when settled.pieces <> 0 then settled.money / nullif(settled.pieces, 0) end) as price,
    settled.amount,
    settled.discount,
    settled.cost,
    settled.payment,
    settled.country,
    settled.status,
    settled.note,
    settled.on_promotion,
    settled.visitors,
    settled.kind,
    case
        when settled.void or settled.kind = 'adjustment' then 0
        when settled.kind in ('return', 'cancellation') and settled.pieces > 0 then -settled.pieces
        else settled.pieces
    end as net_units,
    case when settled.void then 0 else settled.money end as revenue,
    settled.money_from,
    return_matches.return_line is not null as matched,
    return_matches.matched_file,
    return_matches.matched_line,
    return_matches.days_to_return
from settled
cross join sales_facts
left join return_matches
    on return_matches.return_file = settled._file
    and return_matches.return_line = case when settled.kind in ('return', 'cancellation') then settled._line end
    and return_matches.item = settled.item
    and return_matches.time = settled.time
order by settled._file nulls first, settled._line nulls first, settled.time nulls first, settled.item nulls first, settled.store nulls first, settled.customer nulls first, settled.pieces nulls first, settled.money nulls first
