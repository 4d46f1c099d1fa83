-- step: stock_settings
-- about: the last period of the past, how long periods are, and what the settings say of lead time, review and the costs of stock, in periods and money
-- expect: all(count(*) <= 1); period_days > 0; lead_time >= 0; review > 0; holding_share >= 0; holding_money >= 0; shortage_share >= 0; shortage_money >= 0
--
-- Times are rounded up to whole periods. Of holding and shortage one of share and money is told; neither of shortage means the margin.
with told as (
    select
        case when '${period}' = 'week' then 7e0 when '${period}' = 'month' then 304375e-4 else 1e0 end as period_days,
        try_cast(regexp_extract('${stock.lead_time}', '^[+]?([0-9.]+)', 1) as double) as lead_number,
        try_cast(regexp_extract('${stock.holding}', '^[+]?([0-9.]+)', 1) as double) as holding,
        try_cast(regexp_extract('${stock.shortage}', '^[+]?([0-9.]+)', 1) as double) as shortage
),
days as (
    select
        told.*,
        lead_number * case
            when text_matches('${stock.lead_time}', 'day') then 1e0
            when text_matches('${stock.lead_time}', 'week') then 7e0
            when text_matches('${stock.lead_time}', 'month') then 304375e-4
            else period_days
        end as lead_days
    from told
),
last_one as (
    select max(number) as last_number, max(period) as last_period, max(last_day) as last_day
    from periods
    where not ahead
)
select
    last_one.last_number,
    last_one.last_period,
    last_one.last_day,
    days.period_days,
    days.lead_days,
    cast(ceil(days.lead_days / nullif(days.period_days, 0) - 1e-9) as bigint) as lead_time,
    cast(${stock.review} as bigint) as review,
    case when text_matches('${stock.holding}', '%') then days.holding / 100 end as holding_share,
    case when not text_matches('${stock.holding}', '%') then days.holding end as holding_money,
    case when text_matches('${stock.shortage}', '%') then days.shortage / 100 end as shortage_share,
    case when not text_matches('${stock.shortage}', '%') then days.shortage end as shortage_money
from days
cross join last_one
where last_one.last_number is not null
