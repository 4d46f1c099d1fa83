/* The recursion of exponential smoothing for one set of parameters, plainly: the equations of ets_internal.h, one form or
 * another. ets_lanes.c does the same for eight at once; a test holds that both give the same bits. */
#include <math.h>

#include "ets_internal.h"

static double mean_of(double ahead, double season, fs_ets_part kind)
{
    return kind == FS_ETS_ADDITIVE         ? ahead + season
           : kind == FS_ETS_MULTIPLICATIVE ? ahead * season
                                           : ahead;
}

bool fs_ets_reference(const fs_ets_past *past, fs_ets *ets, double *season, double *residual)
{
    bool grows = ets->trend == FS_ETS_MULTIPLICATIVE, holds = true;
    bool by_season = ets->season == FS_ETS_MULTIPLICATIVE;
    double l = ets->first_level, b = ets->first_slope;
    ets->squares = 0;
    ets->observations = 0;
    for (int64_t t = 0; t < past->count; t++) {
        double *s = &season[t % past->period], old = l;
        b = grows ? exp(ets->phi * log(b)) : ets->phi * b;
        l = grows ? l * b : l + b;
        if (residual) residual[t] = 0;
        if (!past->use[t]) continue;
        double mean = mean_of(l, *s, ets->season), e = past->y[t] - mean, r = e;
        if (ets->error == FS_ETS_MULTIPLICATIVE) {
            if (!(mean > 0)) holds = false;
            r = e * (1 / mean);
        }
        if (residual) residual[t] = r;
        ets->squares += r * r;
        ets->observations++;
        double u = by_season ? e * (1 / *s) : e, v = by_season ? e * (1 / l) : e;
        if (ets->season) *s += ets->gamma * v;
        b += ets->beta * (grows ? u * (1 / old) : u);
        l += ets->alpha * u;
    }
    ets->level = l;
    ets->slope = b;
    return holds && isfinite(l) && isfinite(b) && isfinite(ets->squares);
}
