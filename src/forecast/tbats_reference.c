/* The recursion of TBATS for one set of parameters, plainly. tbats_lanes.c does the same with derivatives; a test holds that both give
 * the same sum of squares.
 *
 * state: level, trend, of each harmonic two, then the last two d and the last two e.
 */
#include <string.h>

#include "tbats_internal.h"

static double *lags_of(const fs_tbats *t) { return t->state + 2 + 2 * (size_t)t->pairs; }

static double arma_ahead(const fs_tbats *t, const double *x)
{
    const double *lag = lags_of(t);
    double d = 0;
    for (int i = 0; i < t->form.p; i++) d += x[FS_TBATS_AR + i] * lag[i];
    for (int i = 0; i < t->form.q; i++) d += x[FS_TBATS_MA + i] * lag[FS_TBATS_ARMA + i];
    return d;
}

double fs_tbats_ahead(const fs_tbats *t, const double x[FS_TBATS_PARAMETERS])
{
    double seasons = 0;
    for (int i = 0; i < t->pairs; i++) seasons += t->state[2 + 2 * i];
    return t->state[0] + x[FS_TBATS_PHI] * t->state[1] + seasons + arma_ahead(t, x);
}

void fs_tbats_move(const fs_tbats *t, const double x[FS_TBATS_PARAMETERS], double error)
{
    double *s = t->state, *lag = lags_of(t), d = arma_ahead(t, x) + error;
    s[0] = s[0] + x[FS_TBATS_PHI] * s[1] + x[FS_TBATS_ALPHA] * d;
    s[1] = x[FS_TBATS_PHI] * s[1] + x[FS_TBATS_BETA] * d;
    for (int i = 0; i < t->pairs; i++) {
        double *pair = s + 2 + 2 * i, a = pair[0] + x[FS_TBATS_GAMMA + t->season_of[i]] * d;
        double b = pair[1];
        pair[0] = t->cosine[i] * a + t->sine[i] * b;
        pair[1] = t->cosine[i] * b - t->sine[i] * a;
    }
    lag[1] = lag[0], lag[0] = d;
    lag[FS_TBATS_ARMA + 1] = lag[FS_TBATS_ARMA], lag[FS_TBATS_ARMA] = error;
}

static void begin(const fs_tbats *t, const double *seed)
{
    int at = 0;
    memset(t->state, 0, (2 + 2 * (size_t)t->pairs + 2 * FS_TBATS_ARMA) * sizeof *t->state);
    t->state[0] = seed[at++];
    if (t->form.trend) t->state[1] = seed[at++];
    memcpy(t->state + 2, seed + at, 2 * (size_t)t->pairs * sizeof *seed);
}

double fs_tbats_reference(const fs_tbats *t, const double x[FS_TBATS_PARAMETERS],
                          const double *seed, double *error)
{
    double squares = 0;
    begin(t, seed);
    for (int64_t i = 0; i < t->count; i++) {
        error[i] = t->use[i] ? t->y[i] - fs_tbats_ahead(t, x) : 0;
        fs_tbats_move(t, x, error[i]);
        squares += error[i] * error[i];
    }
    return squares;
}
