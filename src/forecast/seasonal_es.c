/* Seasonal exponential smoothing: simple smoothing of each place of the season by itself, as if Mondays knew Mondays only.
 *
 * Each place begins at its first known value and has an α of its own, of least squares in [.01, .99] (ses.c). So it is the
 * naive season at one end, the mean of each place at the other. A place with one value says that one. Missing values are
 * passed over. The error of step h is that of simple smoothing of its place, as many seasons ahead (Hyndman, Koehler, Ord,
 * Snyder 2008, table 6.1).
 *
 * Cost: ses.c over each place, then one pass with all levels side by side.
 */
#include <math.h>
#include <stdio.h>

#include "forecast_internal.h"

#define LOW  0.01
#define HIGH 0.99

/* What is known of one place, in order. */
static int64_t gather(const fs_series *series, int64_t place, int64_t season, double *x)
{
    int64_t count = 0;
    for (int64_t t = place; t < series->count; t += season) {
        x[count] = series->y[t];
        count += series->use[t];
    }
    return count;
}

/* Each place's α and first level; false where one is not known at all. */
static bool begin(const fs_series *series, int64_t season, double *alpha, double *level, double *x)
{
    fs_ses_range range = fs_ses_range_of(LOW, HIGH);
    for (int64_t place = 0; place < season; place++) {
        int64_t count = gather(series, place, season, x);
        if (count == 0) return false;
        level[place] = x[0];
        alpha[place] = fs_ses_optimize(&range, x, count);
    }
    return true;
}

/* Errors, and levels as they are at the end. The first value of a place is its level, so it makes no error. Gives the first
 * time that a value before tells of; there is one, for more values are known than there are places. */
static int64_t run(const fs_series *series, int64_t season, const double *alpha, double *level,
                   double *residual)
{
    for (int64_t t = 0, place = 0; t < series->count; t++) {
        double error = series->use[t] ? series->y[t] - level[place] : 0;
        residual[t] = error;
        level[place] += alpha[place] * error;
        if (++place == season) place = 0;
    }
    for (int64_t t = season; t < series->count; t++)
        for (int64_t before = t - season; series->use[t] && before >= 0; before -= season)
            if (series->use[before]) return t;
    return -1;
}

static void project(const fs_forecast_task *task, const double *alpha, const double *level,
                    fs_fit *fit)
{
    int64_t season = task->season, place = task->series->count % season;
    for (int64_t h = 0, ahead = 0; h < task->horizon; h++) {
        fit->mean[h] = level[place];
        fit->spread[h] = sqrt(1 + (double)ahead * alpha[place] * alpha[place]);
        if (++place == season) place = 0;
        ahead += (h + 1) % season == 0;
    }
}

/* Kept are α and the level of each place, that of the next observation first. */
static void go_through(fs_states *s, int64_t season, int64_t next, double *alpha, double *level)
{
    fs_states_ring(s, alpha, season, next, 1, LOW, HIGH);
    fs_states_ring(s, level, season, next, 1, -FS_STATE_BOUND, FS_STATE_BOUND);
}

static void keep(const fs_forecast_task *task, double *alpha, double *level, fs_fit *fit)
{
    fs_states s = fs_states_write(fit);
    go_through(&s, task->season, task->series->count, alpha, level);
    fs_states_end(&s, fit);
}

static fs_status resume_places(const fs_method *method, const fs_forecast_task *task,
                               fs_scratch *scratch, fs_fit *fit, bool *can)
{
    double *alpha = fs_scratch_reserve(scratch, 2 * (size_t)task->season);
    if (!alpha) return FS_MEMORY;
    double *level = alpha + task->season;
    fs_states s = fs_states_read(fit);
    go_through(&s, task->season, 0, alpha, level);
    *can = fs_states_end(&s, fit);
    if (!*can) return FS_OK;
    (void)run(task->series, task->season, alpha, level, fit->residual);
    fit->from = 0;
    project(task, alpha, level, fit);
    snprintf(fit->model, sizeof fit->model, "%s", method->name);
    keep(task, alpha, level, fit);
    return FS_OK;
}

static fs_status fit_places(const fs_method *method, const fs_forecast_task *task,
                            fs_scratch *scratch, fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    size_t season = (size_t)task->season, n = (size_t)series->count;
    *can = season > 1 && series->known > task->season;
    if (!*can) return FS_OK;
    double *alpha = fs_scratch_reserve(scratch, 2 * season + n / season + 1);
    if (!alpha) return FS_MEMORY;
    double *level = alpha + season;
    *can = begin(series, task->season, alpha, level, level + season);
    if (!*can) return FS_OK;
    fit->from = run(series, task->season, alpha, level, fit->residual);
    project(task, alpha, level, fit);
    snprintf(fit->model, sizeof fit->model, "%s", method->name);
    fit->parameters = 2 * (int64_t)task->season;
    fit->aicc = INFINITY;
    if (fit->keeps) keep(task, alpha, level, fit);
    return FS_OK;
}

const fs_method fs_seasonal_es_method = {
    .name = "seasonal_es",
    .about = "seasonal exponential smoothing: simple smoothing of each place of the season",
    .fit = fit_places,
    .resume = resume_places};
