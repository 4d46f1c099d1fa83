/* The recursion of complex exponential smoothing for one set of parameters, plainly. ces_lanes.c does the same for four at
 * once, with derivatives; a test holds that both give the same sums.
 *
 * state: level and potential (of each place in the simple form), then place by place the season and its potential. */
#include "forecast_internal.h"

/* A complex smoother: real part a[0], imaginary part a[1]. */
static void turn(double *a, double k0, double k1, double error)
{
    double real = a[0] - (1 - k1) * a[1] + (k0 - k1) * error;
    a[1] = a[0] + (1 - k0) * a[1] + (k0 + k1) * error;
    a[0] = real;
}

static double *level_at(const fs_ces *ces, int64_t t)
{
    return ces->state + (ces->form == FS_CES_SIMPLE ? 2 * (t % ces->season) : 0);
}

static double *season_at(const fs_ces *ces, int64_t t)
{
    return ces->state + 2 + 2 * (t % ces->season);
}

double fs_ces_ahead(const fs_ces *ces, int64_t t)
{
    double level = *level_at(ces, t);
    return ces->form >= FS_CES_PARTIAL ? level + *season_at(ces, t) : level;
}

void fs_ces_move(const fs_ces *ces, const double x[FS_CES_PARAMETERS], int64_t t, double error)
{
    turn(level_at(ces, t), x[FS_CES_ALPHA0], x[FS_CES_ALPHA1], error);
    if (ces->form == FS_CES_PARTIAL) *season_at(ces, t) += x[FS_CES_BETA0] * error;
    if (ces->form == FS_CES_FULL) turn(season_at(ces, t), x[FS_CES_BETA0], x[FS_CES_BETA1], error);
}

static void begin(const fs_ces *ces, const double x[FS_CES_PARAMETERS])
{
    for (int i = 0; i < ces->season; i++) {
        double *level = level_at(ces, i);
        level[0] = ces->form == FS_CES_SIMPLE ? x[FS_CES_LEVEL] + ces->index[i] : x[FS_CES_LEVEL];
        level[1] = level[0] * (1 / x[FS_CES_ALPHA0]);
        if (ces->form < FS_CES_PARTIAL) continue;
        season_at(ces, i)[0] = ces->index[i];
        season_at(ces, i)[1] = ces->form == FS_CES_FULL ? ces->index[i] * (1 / x[FS_CES_BETA0]) : 0;
    }
}

double fs_ces_reference(const fs_ces *ces, const double x[FS_CES_PARAMETERS], double *residual)
{
    double squares = 0;
    begin(ces, x);
    for (int64_t t = 0; t < ces->count; t++) {
        double error = ces->use[t] ? ces->y[t] - fs_ces_ahead(ces, t) : 0;
        fs_ces_move(ces, x, t, error);
        squares += error * error;
        residual[t] = error;
    }
    return squares;
}
