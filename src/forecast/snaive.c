/* Seasonal naive: the next Monday sells what the last known Monday sold. Naive: the same with a season of one.
 *
 * mean(h) = the last known value of the same place in the season, 1, 2, … seasons back; where no
 * such value is known, the last known value. Its error at step h is the sum of as many seasonal
 * steps as it looks back, so its deviation is that of one times their root (Hyndman and Athanasopoulos,
 * Forecasting, 5.5).
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

enum { SEASONAL, NAIVE };

/* What is told of the next observation of a place: the last known value, and how many seasons back that is; back 0: the last of all,
 * for none is known. */
typedef struct places {
    double *value, *back; /* period; that of the first observation first */
    double last;
    int64_t period;
} places;

static places lay_out(double *room, int64_t period)
{
    places p = {.value = room, .back = room + period, .period = period};
    memset(room, 0, 2 * (size_t)period * sizeof *room);
    return p;
}

static void take(places *p, int64_t t, double y, bool is_known)
{
    double *back = &p->back[t % p->period];
    if (is_known) {
        p->last = p->value[t % p->period] = y;
        *back = 1;
    } else if (*back > 0) {
        ++*back;
    }
}

static void project(const places *p, int64_t count, int64_t horizon, double *mean, double *spread)
{
    for (int64_t h = 0; h < horizon; h++) {
        int64_t place = (count + h) % p->period;
        double back = p->back[place];
        mean[h] = back > 0 ? p->value[place] : p->last;
        spread[h] = sqrt(back > 0 ? back : 1);
        if (h < p->period) continue; /* as one season before */
        mean[h] = mean[h - p->period];
        spread[h] = sqrt(spread[h - p->period] * spread[h - p->period] + 1);
    }
}

/* Of one season: where the value of the season before is not known, from further back, as large as one step would have been. */
static int64_t residuals(const fs_series *series, int period, double *residual)
{
    if (series->count <= period) period = 1;
    for (int64_t t = 0; t < series->count; t++) {
        int64_t before = t - period, back = 1;
        while (before >= 0 && !series->use[before]) before -= period, back++;
        bool both = before >= 0 && series->use[t];
        residual[t] = both ? (series->y[t] - series->y[before]) / sqrt((double)back) : 0;
    }
    return period < series->count ? period : 0;
}

/* Kept are the last value, and of each place, that of the next observation first, its value and how far back it is. */
static void go_through(fs_states *s, places *p, int64_t next)
{
    fs_states_number(s, &p->last, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_ring(s, p->value, p->period, next, 1, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_ring(s, p->back, p->period, next, 1, 0, FS_STATE_COUNT);
}

static void finish(places *p, const fs_forecast_task *task, fs_fit *fit)
{
    fs_states s = fs_states_write(fit);
    project(p, task->series->count, task->horizon, fit->mean, fit->spread);
    if (fit->keeps) {
        go_through(&s, p, task->series->count);
        fs_states_end(&s, fit);
    }
    fit->parameters = 0;
    fit->aicc = INFINITY;
    strcpy(fit->model, p->period > 1 ? "snaive" : "naive");
}

static fs_status fit(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                     fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    int season = method->form == NAIVE ? 1 : task->season;
    double *room = fs_scratch_reserve(scratch, 2 * (size_t)season);
    if (!room) return FS_MEMORY;
    places p = lay_out(room, season);
    for (int64_t t = 0; t < series->count; t++) take(&p, t, series->y[t], series->use[t]);
    finish(&p, task, fit);
    fit->from = residuals(series, season, fit->residual);
    *can = true;
    return FS_OK;
}

static fs_status resume(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                        fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    int season = method->form == NAIVE ? 1 : task->season;
    double *room = fs_scratch_reserve(scratch, 2 * (size_t)season);
    if (!room) return FS_MEMORY;
    places p = lay_out(room, season);
    fs_states s = fs_states_read(fit);
    go_through(&s, &p, 0);
    *can = fs_states_end(&s, fit);
    for (int64_t t = 0; *can && t < series->count; t++) {
        double back = p.back[t % season], off = series->y[t] - p.value[t % season];
        fit->residual[t] = series->use[t] && back > 0 ? off / sqrt(back) : 0;
        take(&p, t, series->y[t], series->use[t]);
    }
    if (*can) finish(&p, task, fit);
    fit->from = 0;
    return FS_OK;
}

const fs_method fs_snaive_method = {
    .name = "snaive",
    .about = "seasonal naive: the last value of the same season",
    .fit = fit,
    .resume = resume,
    .form = SEASONAL,
    .competes = true,
    .seasons = FS_SEASONS_WITH,
};
const fs_method fs_naive_method = {
    .name = "naive", .about = "the last observation", .fit = fit, .resume = resume, .form = NAIVE};
