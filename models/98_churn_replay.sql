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
-- auc is the probability that one who left had a higher risk than one who stayed (Hanley, McNeil 1982; of all dates, the mean), auc_rule by the rule. wins: had as many been taken as left, of the leavers that only one of
-- model and rule finds, those of the model are more by 1.96 standard deviations (McNemar 1947), over two dates at least.
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
        row_number() over (partition by kind, as_of order by risk desc nulls last, customer nulls last) as place,
        row_number() over (partition by kind, as_of order by rule desc nulls last, customer nulls last) as rule_place,
        rank() over (partition by kind, as_of order by risk nulls last) + (count(*) over (partition by kind, as_of, risk) - 1) / 2e0 as risk_rank,
        rank() over (partition by kind, as_of order by rule nulls last) + (count(*) over (partition by kind, as_of, rule) - 1) / 2e0 as rule_rank
    from told
),
wholes as (
    select
        kind,
        as_of,
        cast(count(*) as double) as customers,
        cast(count(*) filter (where gone) as double) as leavers,
        count(*) filter (where contact) as contacts,
        cast(sum(exact(case when gone then risk_rank end)) as double) as risk_ranks,
        cast(sum(exact(case when gone then rule_rank end)) as double) as rule_ranks
    from ranked
    group by kind, as_of
),
areas as (
    select
        kind,
        as_of,
        customers,
        leavers,
        contacts,
        (risk_ranks - leavers * (leavers + 1) / 2e0) / nullif(leavers * (customers - leavers), 0) as auc,
        (rule_ranks - leavers * (leavers + 1) / 2e0) / nullif(leavers * (customers - leavers), 0) as auc_rule
    from wholes
),
tenths as (
    select
        ranked.kind,
        ranked.as_of,
        ranked.tenth,
        count(*) as customers,
        count(*) filter (where ranked.gone) as leavers,
        count(*) filter (where ranked.gone and ranked.place <= areas.leavers and ranked.rule_place > areas.leavers) as won,
        count(*) filter (where ranked.gone and ranked.place > areas.leavers and ranked.rule_place <= areas.leavers) as lost,
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
        cast(sum(won) as double) as won,
        cast(sum(lost) as double) as lost,
        cast(sum(exact(risk)) as double) as risk,
        cast(sum(exact(profit)) as double) as profit,
        cast(sum(exact(profit_everybody)) as double) as profit_everybody,
        cast(sum(exact(profit_rule)) as double) as profit_rule
    from parts
    group by kind, date_of, tenth
),
means as (
    select kind, as_of as date_of, auc, auc_rule, 1 as dates
    from areas
    where as_of is not null
    union all
    select
        kind,
        cast(null as date),
        cast(sum(exact(auc)) as double) / nullif(count(auc), 0),
        cast(sum(exact(auc_rule)) as double) / nullif(count(auc_rule), 0),
        count(auc)
    from areas
    group by kind
),
running as (
    select
        sums.*,
        sum(customers) over (partition by kind, date_of) as all_customers,
        sum(leavers) over (partition by kind, date_of) as all_leavers,
        sum(won) over (partition by kind, date_of) as all_won,
        sum(lost) over (partition by kind, date_of) as all_lost,
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
            then (running.kind = 'label' or means.dates >= 2) and running.all_won - running.all_lost > 196e-2 * square_root(running.all_won + running.all_lost)
    end as wins
from running
join means on means.kind = running.kind and means.date_of is not distinct from running.date_of
order by kind nulls first, as_of nulls first, tenth nulls first
