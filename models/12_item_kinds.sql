-- step: item_kinds
-- about: item codes that stand for a charge (postage, fees, discounts) and not for a product
-- expect: unique(item)
--
-- Two signs. By code: where at least 95 of 100 codes have a digit, a code without any that is short or has a blank in
-- it is a till key (POST, M, BANK CHARGES). By name: the code itself or the product file calls it postage, fee, voucher.
with codes as (
    select
        item,
        count(*) as lines
    from sales
    where item is not null
    group by item
),
digits as (
    select
        count(*) as codes,
        sum(case when text_matches(item, '[0-9]') then 1 else 0 end) as with_digits
    from codes
),
names as (
    select
        item,
        min(lower(trim(name))) as name
    from products
    where name is not null
    group by item
),
judged as (
    select
        codes.item,
        codes.lines,
        digits.codes >= 20
            and digits.with_digits >= 95e-2 * digits.codes
            and not text_matches(codes.item, '[0-9]')
            and (length(codes.item) <= 5 or text_matches(codes.item, ' ')) as by_code,
        coalesce(code_text.kind = 'charge', false) or coalesce(name_text.kind = 'charge', false) as by_name
    from codes
    cross join digits
    left join names on names.item = codes.item
    left join text_kinds as code_text on code_text.text = lower(trim(codes.item))
    left join text_kinds as name_text on name_text.text = names.name
)
select
    item,
    'charge' as kind,
    case when by_code then 'code' else 'name' end as reason,
    lines
from judged
where by_code or by_name
order by item nulls first
