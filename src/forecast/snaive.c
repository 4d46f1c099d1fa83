/* Seasonal naive: the next Monday sells what the last known Monday sold.
 *
 * mean(h) = the last known value of the same place in the season, 1, 2, … seasons back; where no
 * such value is known, the last known value. Its error at step h is the sum of as many seasonal
 * steps as it looks back, so its deviation is that of one times their root (Hyndman and Athanasopoulos,
 * Forecasting, 5.5).
 */
#include <math.h>

#include "forecast_internal.h"

static int64_t last_known(const fs_series *series)
{
    int64_t t = series->count - 1;
    while (t > 0 && !series->use[t]) t--;
    return t;
}

void fs_snaive_project(const fs_series *series, int period, int64_t horizon, double *mean,
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

int64_t fs_snaive_residuals(const fs_series *series, int period, double *residual)
{
    int64_t count = 0;
    if (series->count <= period) period = 1;
    for (int64_t t = period; t < series->count; t++)
        if (series->use[t] && series->use[t - period])
            residual[count++] = series->y[t] - series->y[t - period];
    return count;
}
