/* The recursion of exponential smoothing for one set of parameters, plainly: the equations of ets_internal.h, one form or
 * another. ets_lanes.c does the same for eight at once; a test holds that both give the same bits. And the likelihood of one. */
#include <math.h>

#include "ets_internal.h"

static double mean_of(double ahead, double season, fs_ets_part kind)
{
    return kind == FS_ETS_ADDITIVE         ? ahead + season
           : kind == FS_ETS_MULTIPLICATIVE ? ahead * season
                                           : ahead;
}

/* One observation: its mean, relative or plain error, and the states after it. */
typedef struct step {
    double level, slope; /* as they go on */
    double mean, error;
} step;

static void advance(const fs_ets *ets, step *x)
{
    bool grows = ets->trend == FS_ETS_MULTIPLICATIVE;
    x->slope = grows ? exp(ets->phi * log(x->slope)) : ets->phi * x->slope;
    x->level = grows ? x->level * x->slope : x->level + x->slope;
}

/* y is known; old: the level before the step; s: of its place. */
static void correct(const fs_ets *ets, double y, double old, double *s, step *x)
{
    bool grows = ets->trend == FS_ETS_MULTIPLICATIVE,
         by_season = ets->season == FS_ETS_MULTIPLICATIVE;
    double l = x->level, e;
    x->mean = mean_of(l, *s, ets->season);
    e = y - x->mean;
    x->error = ets->error == FS_ETS_MULTIPLICATIVE ? e * (1 / x->mean) : e;
    double u = by_season ? e * (1 / *s) : e, v = by_season ? e * (1 / l) : e;
    if (ets->season) *s += ets->gamma * v;
    x->slope += ets->beta * (grows ? u * (1 / old) : u);
    x->level += ets->alpha * u;
}

bool fs_ets_reference(const fs_ets_past *past, fs_ets *ets, double *season, double *residual)
{
    step x = {.level = ets->first_level, .slope = ets->first_slope};
    bool holds = true;
    ets->squares = 0;
    ets->observations = 0;
    for (int64_t t = 0; t < past->count; t++) {
        double old = x.level;
        advance(ets, &x);
        if (residual) residual[t] = 0;
        if (!past->use[t]) continue;
        correct(ets, past->y[t], old, &season[t % past->period], &x);
        if (ets->error == FS_ETS_MULTIPLICATIVE && !(x.mean > 0)) holds = false;
        if (residual) residual[t] = x.error;
        ets->squares += x.error * x.error;
        ets->observations++;
    }
    ets->level = x.level;
    ets->slope = x.slope;
    return holds && isfinite(x.level) && isfinite(x.slope) && isfinite(ets->squares);
}

double fs_ets_likelihood(const fs_ets_past *past, const fs_ets *ets, double *season)
{
    step x = {.level = ets->first_level, .slope = ets->first_slope};
    double squares = 0, logs = 0, count = 0;
    for (int64_t t = 0; t < past->count; t++) {
        double old = x.level;
        advance(ets, &x);
        if (!past->use[t]) continue;
        correct(ets, past->y[t], old, &season[t % past->period], &x);
        squares += x.error * x.error;
        logs += ets->error == FS_ETS_MULTIPLICATIVE ? log(fabs(x.mean)) : 0;
        count++;
    }
    double likelihood = -(count * log(squares) / 2 + logs);
    return isfinite(likelihood) ? likelihood : squares == 0 ? 1e300 : -1e300;
}
