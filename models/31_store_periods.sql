-- step: store_periods
-- about: how many lines each store has in each period
-- expect: unique(store, period); lines > 0
select
    coalesce(store, '(all)') as store,
    period,
    count(*) as lines
from sales_lines
where period is not null
group by coalesce(store, '(all)'), period
order by store nulls first, period nulls first
