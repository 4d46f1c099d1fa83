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
#include <string.h>

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

/* Kept of the mean are it and of how many. */
static void keep_mean(fs_fit *fit, double mean, int64_t known)
{
    fs_states s = fs_states_write(fit);
    fs_states_number(&s, &mean, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_whole(&s, &known, 0, FS_STATE_COUNT);
    fs_states_end(&s, fit);
}

static bool resume_mean(const fs_forecast_task *task, fs_fit *fit)
{
    const fs_series *series = task->series;
    double mean = 0;
    int64_t known = 0;
    fs_states s = fs_states_read(fit);
    fs_states_number(&s, &mean, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_whole(&s, &known, 0, FS_STATE_COUNT);
    if (!fs_states_end(&s, fit)) return false;
    for (int64_t t = 0; t < series->count; t++) {
        fit->residual[t] = series->use[t] ? series->y[t] - mean : 0;
        known += series->use[t];
        if (series->use[t]) mean += fit->residual[t] / (double)known;
    }
    for (int64_t h = 0; h < task->horizon; h++) fit->mean[h] = mean, fit->spread[h] = 1;
    keep_mean(fit, mean, known);
    return true;
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
    if (fit->keeps) keep_mean(fit, mean, s->known);
}

/* The line from the first known value to the last; steps to the end of the series. */
typedef struct line {
    double first, last;
    int64_t from_first, from_last;
} line;

static void go_through_line(fs_states *s, line *l)
{
    fs_states_number(s, &l->first, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_number(s, &l->last, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_whole(s, &l->from_last, 1, FS_STATE_COUNT);
    fs_states_whole(s, &l->from_first, l->from_last + 1, FS_STATE_COUNT);
}

static void project_line(line *l, const fs_forecast_task *task, fs_fit *fit)
{
    fs_states states = fs_states_write(fit);
    double length = (double)(l->from_first - l->from_last), drift = (l->last - l->first) / length;
    for (int64_t h = 0; h < task->horizon; h++) {
        double steps = (double)(l->from_last + h);
        fit->mean[h] = l->last + drift * steps;
        fit->spread[h] = sqrt(steps * (1 + steps / length) / (1 + 1 / length));
    }
    if (!fit->keeps) return;
    go_through_line(&states, l);
    fs_states_end(&states, fit);
}

/* Each step was forecast by the line as it was before it. */
static bool resume_drift(const fs_forecast_task *task, fs_fit *fit)
{
    const fs_series *series = task->series;
    line l = {0};
    fs_states s = fs_states_read(fit);
    go_through_line(&s, &l);
    if (!fs_states_end(&s, fit)) return false;
    for (int64_t t = 0; t < series->count; t++, l.from_first++, l.from_last++) {
        fit->residual[t] = 0;
        if (!series->use[t]) continue;
        double drift = (l.last - l.first) / (double)(l.from_first - l.from_last);
        fit->residual[t] = series->y[t] - l.last - drift * (double)l.from_last;
        l.last = series->y[t];
        l.from_last = 0;
    }
    project_line(&l, task, fit);
    return true;
}

static void fit_drift(const fs_forecast_task *task, fs_fit *fit)
{
    const fs_series *s = task->series;
    int64_t first = known_from(s, 0), last = known_before(s, s->count), before = -1;
    double length = (double)(last - first), drift = (s->y[last] - s->y[first]) / length;
    line l = {s->y[first], s->y[last], s->count - first, s->count - last};
    for (int64_t t = 0; t < s->count; t++) {
        fit->residual[t] = 0;
        if (!s->use[t]) continue;
        if (before >= 0) fit->residual[t] = s->y[t] - s->y[before] - drift * (double)(t - before);
        before = t;
    }
    project_line(&l, task, fit);
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

/* ---- carried on: windows and places ---- */

/* Kept are as many observations as a window looks back on, and which of them are known. */
static void go_through_past(fs_states *s, double *y, uint8_t *use, int64_t count)
{
    for (int64_t t = 0; t < count; t++) {
        int64_t known = use[t];
        fs_states_whole(s, &known, 0, 1);
        fs_states_number(s, &y[t], -FS_STATE_BOUND, FS_STATE_BOUND);
        use[t] = known == 1;
    }
}

static int64_t past_of(const fs_method *method, const fs_forecast_task *task)
{
    if (method->form == SEASONAL_WINDOW) return SEASONS * (int64_t)task->season;
    return task->season > 1 ? task->season : WINDOW;
}

static int64_t next_of(const fs_series *series, int64_t t, bool only_known)
{
    return only_known && t >= -1 ? known_from(series, t + 1) : t + 1;
}

/* The last `past` observations, for a window those that are known; what is before the series is not known. */
static void keep_past(const fs_series *series, bool only_known, int64_t past, fs_fit *fit)
{
    fs_states s = fs_states_write(fit);
    double none = 0;
    uint8_t unknown = 0;
    int64_t t = series->count;
    for (int64_t i = 0; i < past; i++) t = only_known ? known_before(series, t) : t - 1;
    for (int64_t i = 0; i < past; i++, t = next_of(series, t, only_known)) {
        bool is_there = t >= 0 && t < series->count;
        go_through_past(&s, is_there ? &series->y[t] : &none, is_there ? &series->use[t] : &unknown,
                        1);
    }
    fs_states_end(&s, fit);
}

/* What was kept and what came since are one series to a window. */
static fs_status resume_past(const fs_method *method, const fs_forecast_task *task,
                             fs_scratch *scratch, fs_fit *fit, bool *can)
{
    const fs_series *given = task->series;
    int64_t past = past_of(method, task), all = past + given->count;
    fs_series joined = *given;
    joined.y = fs_scratch_reserve(scratch, (size_t)(all + all / 8 + 1));
    if (!joined.y) return FS_MEMORY;
    joined.use = (uint8_t *)(joined.y + all);
    joined.count = all;
    fs_states s = fs_states_read(fit);
    go_through_past(&s, joined.y, joined.use, past);
    *can = fs_states_end(&s, fit);
    if (!*can) return FS_OK;
    memcpy(joined.y + past, given->y, (size_t)given->count * sizeof *joined.y);
    memcpy(joined.use + past, given->use, (size_t)given->count);
    fs_forecast_task whole = *task;
    whole.series = &joined;
    if (method->form == SEASONAL_WINDOW)
        *can = fit_places(&whole, fit);
    else
        fit_window(&whole, past, fit);
    memmove(fit->residual, fit->residual + past, (size_t)given->count * sizeof *fit->residual);
    keep_past(&joined, method->form == WINDOW_AVERAGE, past, fit);
    return FS_OK;
}

static fs_status resume_average(const fs_method *method, const fs_forecast_task *task,
                                fs_scratch *scratch, fs_fit *fit, bool *can)
{
    *can = true;
    fit->from = 0;
    snprintf(fit->model, sizeof fit->model, "%s", method->name);
    switch (method->form) {
    case MEAN: *can = resume_mean(task, fit); break;
    case DRIFT: *can = resume_drift(task, fit); break;
    default: return resume_past(method, task, scratch, fit, can);
    }
    return FS_OK;
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
    if (fit->keeps && method->form >= WINDOW_AVERAGE)
        keep_past(task->series, method->form == WINDOW_AVERAGE, past_of(method, task), fit);
    snprintf(fit->model, sizeof fit->model, "%s", method->name);
    fit->parameters = method->form == SEASONAL_WINDOW ? task->season : 1;
    fit->aicc = INFINITY;
    return FS_OK;
}

const fs_method fs_mean_method = {.name = "mean",
                                  .about = "mean of all observations",
                                  .fit = fit_average,
                                  .resume = resume_average,
                                  .form = MEAN};
const fs_method fs_drift_method = {
    .name = "drift",
    .about = "the last observation and the mean step: the line from the first to the last",
    .fit = fit_average,
    .resume = resume_average,
    .form = DRIFT,
    .competes = true,
    .seasons = FS_SEASONS_WITHOUT};
const fs_method fs_window_average_method = {
    .name = "window_average",
    .about = "mean of the last season, of the last four observations where there is none",
    .fit = fit_average,
    .resume = resume_average,
    .form = WINDOW_AVERAGE};
const fs_method fs_seasonal_window_average_method = {
    .name = "seasonal_window_average",
    .about = "mean of the same place in the last three seasons",
    .fit = fit_average,
    .resume = resume_average,
    .form = SEASONAL_WINDOW};
