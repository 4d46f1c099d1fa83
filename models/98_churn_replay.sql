-- step: churn_replay
-- about: how well it was foretold in the past who leaves, tenth by tenth of the risk, and what contacting by the list would have brought
-- expect: kind in ('label', 'silence'); unique(kind, as_of, tenth); tenth >= 1 and tenth <= 10; customers > 0; foretold >= 0 and foretold <= 1
-- expect: left_share >= 0 and left_share <= 1; gain >= 0 and gain <= 1 + 1e-9; auc >= 0 and auc <= 1; not (wins is null and as_of is null); wins is null or as_of is null
--
-- tenth 1 are the customers most at risk. foretold is their mean probability, left_share the share that did leave: where the two are equal, probabilities are calibrated. lift is left_share over that of all,
-- gain the share of all leavers that stand in this tenth or above. A row for each as_of from which was foretold, by a model that knew nothing later, and for all, as_of null;
-- labels have no date, and are foretold by models that have learnt from the other folds.
-- Profits are of customers as they then left or stayed: profit of contacting those whose expected profit is above zero, in this tenth or above; profit_everybody of contacting all in this tenth
-- or above; profit_rule of contacting as many as the whole list has by the rule: those who bought longest ago, and of labels the newest customers. Contacting nobody brings 0.
-- auc is the probability that one who left had a higher risk than one who stayed (Hanley, McNeil 1982; of all dates, the mean), auc_rule by the rule. wins: that of the model
-- is above that of the rule by 1.96 standard deviations (DeLong, DeLong, Clarke-Pearson 1988, the variances of dates added), over two dates at least.
with told as (
    select
        what as kind,
        as_of,
        customer,
        label = 'left' as gone,
        round_half_even(probability, 9) as risk,
        coalesce(rule, -1e9) as rule,
        contact,
        coalesce(case when label = 'left' then left_profit else stay_profit end, 0) as profit
    from churn_risks
    where label is not null
),
ranked as (
    select
        told.*,
        ntile(10) over (partition by kind, as_of order by risk desc nulls last, customer nulls last) as tenth,
        row_number() over (partition by kind, as_of order by rule desc nulls last, customer nulls last) as rule_place,
        rank() over (partition by kind, as_of order by risk nulls last) + (count(*) over (partition by kind, as_of, risk) - 1) / 2e0 as risk_rank,
        rank() over (partition by kind, as_of order by rule nulls last) + (count(*) over (partition by kind, as_of, rule) - 1) / 2e0 as rule_rank,
        rank() over (partition by kind, as_of, gone order by risk nulls last) + (count(*) over (partition by kind, as_of, gone, risk) - 1) / 2e0 as risk_within,
        rank() over (partition by kind, as_of, gone order by rule nulls last) + (count(*) over (partition by kind, as_of, gone, rule) - 1) / 2e0 as rule_within,
        cast(count(*) over (partition by kind, as_of) - count(*) over (partition by kind, as_of, gone) as double) as others
    from told
),
beaten as (
    select
        ranked.*,
        (risk_rank - risk_within) / nullif(others, 0) as share,
        (rule_rank - rule_within) / nullif(others, 0) as rule_share
    from ranked
),
wholes as (
    select
        kind,
        as_of,
        cast(count(*) filter (where gone) as double) as leavers,
        cast(count(*) filter (where not gone) as double) as stayers,
        count(*) filter (where contact) as contacts,
        cast(sum(exact(case when gone then share end)) as double) as shares,
        cast(sum(exact(case when gone then rule_share end)) as double) as rule_shares,
        cast(sum(exact(case when gone then share - rule_share end)) as double) as more,
        cast(sum(exact(case when gone then power(share - rule_share, 2) end)) as double) as squares,
        cast(sum(exact(case when not gone then share - rule_share end)) as double) as stay_more,
        cast(sum(exact(case when not gone then power(share - rule_share, 2) end)) as double) as stay_squares
    from beaten
    group by kind, as_of
),
areas as (
    select
        kind,
        as_of,
        contacts,
        shares / nullif(leavers, 0) as auc,
        rule_shares / nullif(leavers, 0) as auc_rule,
        (squares - more * more / nullif(leavers, 0)) / nullif((leavers - 1) * leavers, 0)
            + (stay_squares - stay_more * stay_more / nullif(stayers, 0)) / nullif((stayers - 1) * stayers, 0) as variance
    from wholes
),
tenths as (
    select
        ranked.kind,
        ranked.as_of,
        ranked.tenth,
        count(*) as customers,
        count(*) filter (where ranked.gone) as leavers,
        cast(sum(exact(ranked.risk)) as double) as risk,
        cast(sum(exact(case when ranked.contact then ranked.profit else 0 end)) as double) as profit,
        cast(sum(exact(ranked.profit)) as double) as profit_everybody,
        cast(sum(exact(case when ranked.rule_place <= areas.contacts then ranked.profit else 0 end)) as double) as profit_rule
    from ranked
    join areas on areas.kind = ranked.kind and areas.as_of is not distinct from ranked.as_of
    group by ranked.kind, ranked.as_of, ranked.tenth
),
parts as (
    select
        tenths.*,
        as_of as date_of
    from tenths
    where as_of is not null
    union all
    select
        tenths.*,
        cast(null as date)
    from tenths
),
sums as (
    select
        kind,
        date_of,
        tenth,
        sum(customers) as customers,
        cast(sum(leavers) as double) as leavers,
        cast(sum(exact(risk)) as double) as risk,
        cast(sum(exact(profit)) as double) as profit,
        cast(sum(exact(profit_everybody)) as double) as profit_everybody,
        cast(sum(exact(profit_rule)) as double) as profit_rule
    from parts
    group by kind, date_of, tenth
),
means as (
    select
        kind,
        as_of as date_of,
        auc,
        auc_rule,
        variance,
        1 as dates
    from areas
    where as_of is not null
    union all
    select
        kind,
        cast(null as date),
        cast(sum(exact(auc)) as double) / nullif(count(auc), 0),
        cast(sum(exact(auc_rule)) as double) / nullif(count(auc_rule), 0),
        sum(variance) / nullif(cast(count(auc) * count(auc) as double), 0),
        count(auc)
    from areas
    group by kind
),
running as (
    select
        sums.*,
        sum(customers) over (partition by kind, date_of) as all_customers,
        sum(leavers) over (partition by kind, date_of) as all_leavers,
        sum(leavers) over (partition by kind, date_of order by tenth nulls last rows between unbounded preceding and current row) as leavers_above,
        sum(exact(profit)) over (partition by kind, date_of order by tenth nulls last rows between unbounded preceding and current row) as profit_above,
        sum(exact(profit_everybody)) over (partition by kind, date_of order by tenth nulls last rows between unbounded preceding and current row) as everybody_above,
        sum(exact(profit_rule)) over (partition by kind, date_of) as rule_profit
    from sums
)
select
    running.kind,
    running.date_of as as_of,
    cast(running.tenth as int) as tenth,
    cast(running.customers as bigint) as customers,
    running.risk / nullif(cast(running.customers as double), 0) as foretold,
    running.leavers / nullif(cast(running.customers as double), 0) as left_share,
    running.leavers * cast(running.all_customers as double) / nullif(cast(running.customers as double) * running.all_leavers, 0) as lift,
    running.leavers_above / nullif(running.all_leavers, 0) as gain,
    cast(running.profit_above as double) as profit,
    cast(running.everybody_above as double) as profit_everybody,
    cast(running.rule_profit as double) as profit_rule,
    means.auc,
    means.auc_rule,
    case
        when running.date_of is null
            then coalesce((running.kind = 'label' or means.dates >= 2) and means.auc - means.auc_rule > 196e-2 * square_root(greatest(means.variance, 0)), false)
    end as wins
from running
join means on means.kind = running.kind and means.date_of is not distinct from running.date_of
order by kind nulls first, as_of nulls first, tenth nulls first
