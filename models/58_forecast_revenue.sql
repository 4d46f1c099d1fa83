-- step: forecast_revenue
-- about: what everything together will bring in, in money; empty where the files have no money, period by period, with quantiles
-- expect: unique(period); unique(step); mean >= 0
select period, step, mean, ${each q in forecast.quantiles: "q${q}",} model, note, drivers, model_mean, planner
from forecast_levels
where level = 'money'
order by period nulls first
