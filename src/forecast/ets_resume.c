/* Exponential smoothing carried on: the recursion of ets_reference.c from the states that were kept.
 *
 * Kept are the form (1 additive, 2 multiplicative, 0 none; damped 0 or 1), the smoothing parameters, level and slope, what the
 * relative variance of one step follows from (sum of squared errors and their number), the mean ahead, which makes a relative
 * error one of today, and the seasonal states, that of the next observation first.
 */
#include <math.h>

#include "ets_internal.h"

static void go_through(fs_states *s, fs_ets *ets, double *today)
{
    int64_t error = ets->error, trend = ets->trend, season = ets->season, damped = ets->damped;
    fs_states_whole(s, &error, FS_ETS_ADDITIVE, FS_ETS_MULTIPLICATIVE);
    fs_states_whole(s, &trend, FS_ETS_NONE, FS_ETS_MULTIPLICATIVE);
    fs_states_whole(s, &damped, 0, 1);
    fs_states_whole(s, &season, FS_ETS_NONE, FS_ETS_MULTIPLICATIVE);
    ets->error = (fs_ets_part)error, ets->trend = (fs_ets_part)trend;
    ets->season = (fs_ets_part)season, ets->damped = damped == 1;
    fs_states_number(s, &ets->alpha, 0, 1);
    fs_states_number(s, &ets->beta, 0, 1);
    fs_states_number(s, &ets->gamma, 0, 1);
    fs_states_number(s, &ets->phi, 0, 1);
    fs_states_number(s, &ets->level, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_number(s, &ets->slope, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_number(s, &ets->squares, 0, FS_STATE_BOUND);
    fs_states_whole(s, &ets->observations, 0, FS_STATE_COUNT);
    fs_states_number(s, today, 0, FS_STATE_BOUND);
}

void fs_ets_keep(const fs_ets *ets, const fs_ets_past *past, double *season, fs_fit *fit)
{
    fs_ets kept = *ets;
    double today = fs_ets_today(ets, fit);
    fs_states s = fs_states_write(fit);
    if (!fit->keeps) return;
    go_through(&s, &kept, &today);
    if (ets->season)
        fs_states_ring(&s, season, past->period, past->count, 1, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_end(&s, fit);
}

double fs_ets_today(const fs_ets *ets, const fs_fit *fit)
{
    return ets->error == FS_ETS_MULTIPLICATIVE ? fabs(fit->mean[0]) : 1;
}

static bool take(fs_fit *fit, int period, fs_ets *ets, double *season, double *today)
{
    fs_states s = fs_states_read(fit);
    go_through(&s, ets, today);
    season[0] = 0;
    if (ets->season) fs_states_ring(&s, season, period, 0, 1, -FS_STATE_BOUND, FS_STATE_BOUND);
    return fs_states_end(&s, fit);
}

fs_status fs_ets_resume(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                        fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    fs_ets ets = {0};
    double then = 1;
    double *season = fs_scratch_reserve(scratch, (size_t)task->season);
    (void)method;
    if (!season) return FS_MEMORY;
    *can = take(fit, task->season, &ets, season, &then);
    if (!*can) return FS_OK;
    double squares = ets.squares;
    int64_t observations = ets.observations;
    fs_ets_past past = {.y = series->y,
                        .use = series->use,
                        .count = series->count,
                        .period = ets.season ? task->season : 1};
    ets.first_level = ets.level, ets.first_slope = ets.slope;
    *can = fs_ets_reference(&past, &ets, season, fit->residual);
    if (!*can) return FS_OK;
    ets.squares += squares;
    ets.observations += observations;
    fs_ets_project(&ets, &past, season, task->horizon, fit->mean, fit->spread);
    double now = fs_ets_today(&ets, fit);
    for (int64_t t = 0; t < series->count; t++) fit->residual[t] *= now;
    fit->today = then > 0 ? now / then : 1;
    fit->from = 0;
    fs_ets_name(&ets, fit->model);
    fs_ets_keep(&ets, &past, season, fit);
    return FS_OK;
}
