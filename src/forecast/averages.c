/* The plainest methods: means and the line from the first to the last, with their textbook intervals (Hyndman and Athanasopoulos, Forecasting: Principles
 * and Practice, 5.2 and 5.5).
 *
 * mean                     of all observations; the error of any step is as wide as that of the next
 * drift                    the last one, and the mean step h times; sqrt(h (1 + h / (n - 1)))
 * window_average           mean of the last season (of four where there is none); as for mean
 * seasonal_window_average  mean of the same place in the last three seasons; as for mean, by place
 *
 * Missing values are skipped: the last one is the last that is known, and a step from it is as many as there are periods.
 *
 * Cost: one pass.
 */
#include <math.h>
#include <stdio.h>

#include "forecast_internal.h"

#define WINDOW  4 /* observations, where there is no season */
#define SEASONS 3

enum { MEAN, DRIFT, WINDOW_AVERAGE, SEASONAL_WINDOW };

static int64_t known_from(const fs_series *series, int64_t t)
{
    while (t < series->count && !series->use[t]) t++;
    return t;
}

static int64_t known_before(const fs_series *series, int64_t t)
{
    do t--;
    while (t >= 0 && !series->use[t]);
    return t;
}

static void fit_mean(const fs_forecast_task *task, fs_fit *fit)
{
    const fs_series *s = task->series;
    double mean = 0;
    for (int64_t t = 0; t < s->count; t++)
        if (s->use[t]) mean += s->y[t];
    mean /= (double)s->known;
    for (int64_t t = 0; t < s->count; t++) fit->residual[t] = s->use[t] ? s->y[t] - mean : 0;
    for (int64_t h = 0; h < task->horizon; h++) fit->mean[h] = mean, fit->spread[h] = 1;
    fit->from = known_from(s, 0);
}

static void fit_drift(const fs_forecast_task *task, fs_fit *fit)
{
    const fs_series *s = task->series;
    int64_t first = known_from(s, 0), last = known_before(s, s->count), before = -1;
    double length = (double)(last - first), drift = (s->y[last] - s->y[first]) / length;
    for (int64_t t = 0; t < s->count; t++) {
        fit->residual[t] = 0;
        if (!s->use[t]) continue;
        if (before >= 0) fit->residual[t] = s->y[t] - s->y[before] - drift * (double)(t - before);
        before = t;
    }
    for (int64_t h = 0; h < task->horizon; h++) {
        double steps = (double)(s->count - last + h);
        fit->mean[h] = s->y[last] + drift * steps;
        fit->spread[h] = sqrt(steps * (1 + steps / length) / (1 + 1 / length));
    }
    fit->from = known_from(s, first + 1);
}

/* Mean of the last `window` known observations before t, fewer where there are not so many; 0 of none. */
static double window_before(const fs_series *s, int64_t t, int64_t window)
{
    double sum = 0;
    int64_t n = 0;
    while (n < window && (t = known_before(s, t)) >= 0) sum += s->y[t], n++;
    return n > 0 ? sum / (double)n : 0;
}

static void fit_window(const fs_forecast_task *task, int64_t window, fs_fit *fit)
{
    const fs_series *s = task->series;
    int64_t known = 0;
    for (int64_t t = 0; t < s->count; t++) {
        fit->residual[t] = s->use[t] ? s->y[t] - window_before(s, t, window) : 0;
        if (s->use[t] && known++ == window) fit->from = t;
    }
    double mean = window_before(s, s->count, window);
    for (int64_t h = 0; h < task->horizon; h++) fit->mean[h] = mean, fit->spread[h] = 1;
}

/* Mean of what is known of t's place in the three seasons before; false where nothing is. */
static bool place_before(const fs_series *s, int64_t t, int64_t season, double *mean)
{
    double sum = 0;
    int n = 0;
    for (int i = 1; i <= SEASONS; i++) {
        int64_t at = t - i * season;
        if (at >= 0 && at < s->count && s->use[at]) sum += s->y[at], n++;
    }
    if (n > 0) *mean = sum / n;
    return n > 0;
}

/* False where a place is not known at all. */
static bool fit_places(const fs_forecast_task *task, fs_fit *fit)
{
    const fs_series *s = task->series;
    int64_t season = task->season, from = -1;
    for (int64_t h = 0; h < task->horizon; h++) {
        double *mean = &fit->mean[h];
        if (h >= season)
            *mean = fit->mean[h - season];
        else if (!place_before(s, s->count + h, season, mean))
            return false;
        fit->spread[h] = 1;
    }
    for (int64_t t = 0; t < s->count; t++) {
        double mean = 0;
        bool is_told = s->use[t] && place_before(s, t, season, &mean);
        fit->residual[t] = is_told ? s->y[t] - mean : 0;
        if (is_told && from < 0) from = t;
    }
    fit->from = from;
    return from >= 0;
}

static fs_status fit_average(const fs_method *method, const fs_forecast_task *task,
                             fs_scratch *scratch, fs_fit *fit, bool *can)
{
    int64_t known = task->series->known, window = task->season > 1 ? task->season : WINDOW;
    (void)scratch;
    *can = true;
    switch (method->form) {
    case MEAN: fit_mean(task, fit); break;
    case DRIFT:
        if ((*can = known > 2)) fit_drift(task, fit);
        break;
    case WINDOW_AVERAGE:
        if ((*can = known > window)) fit_window(task, window, fit);
        break;
    default: *can = task->season > 1 && fit_places(task, fit); break;
    }
    if (!*can) return FS_OK;
    snprintf(fit->model, sizeof fit->model, "%s", method->name);
    fit->parameters = method->form == SEASONAL_WINDOW ? task->season : 1;
    fit->aicc = INFINITY;
    return FS_OK;
}

const fs_method fs_mean_method = {
    .name = "mean", .about = "mean of all observations", .fit = fit_average, .form = MEAN};
const fs_method fs_drift_method = {
    .name = "drift",
    .about = "the last observation and the mean step: the line from the first to the last",
    .fit = fit_average,
    .form = DRIFT,
    .competes = true,
    .seasons = FS_SEASONS_WITHOUT};
const fs_method fs_window_average_method = {
    .name = "window_average",
    .about = "mean of the last season, of the last four observations where there is none",
    .fit = fit_average,
    .form = WINDOW_AVERAGE};
const fs_method fs_seasonal_window_average_method = {
    .name = "seasonal_window_average",
    .about = "mean of the same place in the last three seasons",
    .fit = fit_average,
    .form = SEASONAL_WINDOW};
