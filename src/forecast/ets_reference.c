/* The recursion of exponential smoothing for one set of parameters, plainly. ets_lanes.c does the
 * same for sixteen at once; a test holds that both give the same bits. */
#include "forecast_internal.h"

double fs_ets_reference(const double *y, const uint8_t *use, int64_t count, int period,
                        const fs_ets *ets, double *level, double *slope, double *season,
                        double *residual)
{
    double sse = 0, l = *level, b = *slope;
    int place = 0;
    for (int64_t t = 0; t < count; t++) {
        double ahead = l + ets->phi * b;
        double error = use[t] ? y[t] - (ahead + season[place]) : 0;
        l = ahead + ets->alpha * error;
        b = ets->phi * b + ets->beta * error;
        season[place] = season[place] + ets->gamma * error;
        sse = sse + error * error;
        if (residual) residual[t] = error;
        if (++place == period) place = 0;
    }
    *level = l;
    *slope = b;
    return sse;
}
