/* Seasonal naive: the next Monday sells what the last known Monday sold. Naive: the same with a season of one.
 *
 * mean(h) = the last known value of the same place in the season, 1, 2, … seasons back; where no
 * such value is known, the last known value. Its error at step h is the sum of as many seasonal
 * steps as it looks back, so its deviation is that of one times their root (Hyndman and Athanasopoulos,
 * Forecasting, 5.5).
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

enum { SEASONAL, NAIVE };

static int64_t last_known(const fs_series *series)
{
    int64_t t = series->count - 1;
    while (t > 0 && !series->use[t]) t--;
    return t;
}

static void project(const fs_series *series, int period, int64_t horizon, double *mean,
                    double *spread)
{
    int64_t last = last_known(series);
    for (int64_t h = 0; h < horizon; h++) {
        int64_t t = series->count + h, back = 0;
        if (h >= period) { /* as one season before */
            mean[h] = mean[h - period];
            spread[h] = sqrt(spread[h - period] * spread[h - period] + 1);
            continue;
        }
        do t -= period, back++;
        while (t >= 0 && !series->use[t]);
        mean[h] = series->count > 0 ? series->y[t >= 0 ? t : last] : 0;
        spread[h] = sqrt((double)(t >= 0 ? back : 1));
    }
}

/* Of one season: where the value of the season before is not known, from further back, as large as one step would have been. */
static int64_t residuals(const fs_series *series, int period, double *residual)
{
    if (series->count <= period) period = 1;
    for (int64_t t = 0; t < series->count; t++) {
        int64_t before = t - period, back = 1;
        while (before >= 0 && !series->use[before]) before -= period, back++;
        bool both = before >= 0 && series->use[t];
        residual[t] = both ? (series->y[t] - series->y[before]) / sqrt((double)back) : 0;
    }
    return period < series->count ? period : 0;
}

static fs_status fit(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                     fs_fit *fit, bool *can)
{
    (void)scratch;
    int season = method->form == NAIVE ? 1 : task->season;
    project(task->series, season, task->horizon, fit->mean, fit->spread);
    fit->from = residuals(task->series, season, fit->residual);
    fit->parameters = 0;
    fit->aicc = INFINITY;
    strcpy(fit->model, season > 1 ? "snaive" : "naive");
    *can = true;
    return FS_OK;
}

const fs_method fs_snaive_method = {
    .name = "snaive",
    .about = "seasonal naive: the last value of the same season",
    .fit = fit,
    .form = SEASONAL,
    .competes = true,
    .seasons = FS_SEASONS_WITH,
};
const fs_method fs_naive_method = {
    .name = "naive", .about = "the last observation", .fit = fit, .form = NAIVE};
