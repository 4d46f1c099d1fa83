/* The Theta method of logarithms: its line is a constant rate of growth.
 *
 * What grows by a share of itself has a trend that a line through its values is always behind, and errors that grow with it: on the
 * scale of logarithms both are as the method wants them (Box and Cox 1964, Journal of the Royal Statistical Society B 26, λ 0).
 * Half of a rate is a careful forecast of growth, where all of it explodes. Means
 * of logs become medians of values. Errors are relative there: today's are times the first mean, and the deviation of step h grows as
 * its mean does.
 *
 * Logarithms are fitted as fractions of UNIT, so that they are at most 1 in size. A series with a value that is not above zero is
 * not of this kind.
 *
 * Cost: that of the Theta method, and two passes of 10 ns a value.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecast_internal.h"

#define UNIT 1024.0 /* more than any logarithm of a double is in size */
#define MOST 230.0  /* of a logarithm forecast: e^230 is 1e100, whose square is finite */
#define LEAD "log " /* of the model's name */

/* The series' logarithms; false where there are none. */
static bool take_logs(const fs_series *series, double *y, fs_series *logs)
{
    *logs = *series;
    logs->y = y;
    logs->least = 0;
    for (int64_t t = 0; t < series->count; t++) {
        y[t] = 0;
        if (!series->use[t]) continue;
        if (!(series->y[t] > 0)) return false;
        y[t] = log(series->y[t]) / UNIT;
        if (y[t] < logs->least) logs->least = y[t];
    }
    return true;
}

static double raised(double log)
{
    double x = log * UNIT;
    return exp(x > MOST ? MOST : x < -MOST ? -MOST : x);
}

/* From logarithms back to values. */
static void give(const fs_forecast_task *task, fs_fit *fit)
{
    char name[FS_MODEL_NAME];
    double first = raised(fit->mean[0]);
    for (int64_t h = 0; h < task->horizon; h++) {
        fit->mean[h] = raised(fit->mean[h]);
        fit->spread[h] = fmin(fit->spread[h] * (fit->mean[h] / first), FS_STATE_BOUND);
    }
    for (int64_t t = 0; t < task->series->count; t++)
        if (task->series->use[t])
            fit->residual[t] = fmin(first * (raised(fit->residual[t]) - 1), FS_STATE_BOUND);
    snprintf(name, sizeof name, LEAD "%.*s", (int)(sizeof name - sizeof LEAD), fit->model);
    memcpy(fit->model, name, sizeof name);
    fit->aicc = INFINITY;
}

static void keep(fs_fit *fit)
{
    if (fit->keeps && fit->states > 0) fit->state[fit->states++] = fit->mean[0];
}

/* ---- the method ---- */

static fs_status fit_logs(const fs_method *method, const fs_forecast_task *task,
                          fs_scratch *scratch, fs_fit *fit, bool *can)
{
    size_t count = (size_t)task->series->count;
    size_t room = FS_THETA_SCRATCH(count, (size_t)task->season);
    fs_series logs;
    fs_forecast_task of_logs = *task;
    (void)method;
    double *at = fs_scratch_reserve(scratch, count + room);
    if (!at) return FS_MEMORY;
    *can = task->series->least > 0 && take_logs(task->series, at, &logs);
    if (!*can) return FS_OK;
    fs_scratch rest = {.at = at + count, .size = room};
    of_logs.series = &logs;
    FS_TRY(fs_theta_method.fit(&fs_theta_method, &of_logs, &rest, fit, can));
    if (!*can) return FS_OK;
    give(task, fit);
    keep(fit);
    return FS_OK;
}

/* Behind the states of the Theta method stands the first mean. */
static fs_status resume_logs(const fs_method *method, const fs_forecast_task *task,
                             fs_scratch *scratch, fs_fit *fit, bool *can)
{
    size_t count = (size_t)task->series->count, season = (size_t)task->season;
    fs_series logs;
    fs_forecast_task of_logs = *task;
    (void)method;
    double *at = fs_scratch_reserve(scratch, count + season);
    if (!at) return FS_MEMORY;
    double then = fit->states > 0 ? fit->state[fit->states - 1] : -1;
    *can = then > 0 && then <= FS_STATE_BOUND && take_logs(task->series, at, &logs);
    if (!*can) return FS_OK;
    fs_scratch rest = {.at = at + count, .size = season};
    of_logs.series = &logs;
    fit->states--;
    FS_TRY(fs_theta_method.resume(&fs_theta_method, &of_logs, &rest, fit, can));
    if (!*can) {
        fit->states++;
        return FS_OK;
    }
    give(task, fit);
    fit->today = fmin(fit->mean[0] / then, FS_STATE_BOUND);
    keep(fit);
    return FS_OK;
}

const fs_method fs_log_theta_method = {
    .name = "log_theta",
    .about = "the Theta method of logarithms, whose line is a rate of growth",
    .fit = fit_logs,
    .resume = resume_logs,
    .competes = true,
    .seasons = FS_SEASONS_WITHOUT};
