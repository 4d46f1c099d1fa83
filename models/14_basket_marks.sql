-- step: basket_marks
-- about: letters before a basket's number and whether they mark a cancellation
-- expect: unique(mark)
-- expect: negative_lines <= lines
--
-- A mark is one to three letters before digits (C536379). It marks cancellations where it stands on at most a fifth
-- of the lines and at least four fifths of its own are below zero, while lines without it rarely are.
with baskets as (
    select
        basket,
        count(*) as lines,
        sum(case when units < 0 or amount < 0 then 1 else 0 end) as negative_lines
    from sales
    where basket is not null
    group by basket
),
marked as (
    select
        case
            when text_matches(basket, '^[0-9]+$') then ''
            when text_matches(basket, '^[A-Za-z]-?[0-9]+$') then upper(substr(basket, 1, 1))
            when text_matches(basket, '^[A-Za-z][A-Za-z]-?[0-9]+$') then upper(substr(basket, 1, 2))
            when text_matches(basket, '^[A-Za-z][A-Za-z][A-Za-z]-?[0-9]+$') then upper(substr(basket, 1, 3))
        end as mark,
        lines,
        negative_lines
    from baskets
),
marks as (
    select
        mark,
        cast(sum(lines) as bigint) as lines,
        cast(sum(negative_lines) as bigint) as negative_lines
    from marked
    where mark is not null
    group by mark
),
known as (
    select
        mark,
        lines,
        negative_lines,
        sum(lines) over () as all_lines,
        sum(negative_lines) over () as all_negative
    from marks
)
select
    mark,
    lines,
    negative_lines,
    mark <> ''
        and lines <= 2e-1 * all_lines
        and negative_lines >= 8e-1 * lines
        and (all_negative - negative_lines) <= 1e-1 * (all_lines - lines) as cancels
from known
order by mark nulls first
