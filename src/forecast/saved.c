/* A forecaster saved, loaded and carried on.
 *
 * What is saved are the methods' parameters and states (resume), how they are mixed, how wide the errors of one step were
 * (saved_errors.c), and of the series what a forecast looks at beside its model: the unit, whether a value was below zero, what
 * size is absurd, and which places of a short season were zero of late. So a text is as long for a hundred observations as for a
 * hundred thousand, and an update costs what the new observations cost.
 *
 * Nothing is estimated anew: parameters, weights and the factor of the backtest are those of the fit.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "saved_internal.h"

#define ABSURD 1000.0 /* as in series.c */

void fs_saved_close(fs_forecaster *f)
{
    if (!f->saved) return;
    fs_buffer_free(&f->saved->text);
    fs_free(f->saved->names.bytes);
    fs_free(f->saved->names.name);
    fs_free(f->saved);
}

static fs_status reserve(fs_forecaster *f)
{
    if (!f->saved) f->saved = fs_alloc_zero(1, sizeof *f->saved);
    return f->saved ? FS_OK : FS_MEMORY;
}

/* ---- saving ---- */

static double usual_size(fs_series *series)
{
    int64_t sizes = 0;
    for (int64_t t = 0; t < series->count; t++)
        if (series->use[t] && series->y[t] != 0) series->scratch[sizes++] = fabs(series->y[t]);
    return sizes < 3 ? 0 : fs_median(series->scratch, sizes);
}

static void keep_tail(const fs_series *series, int season, char *tail)
{
    int64_t count = season > 1 && season <= FS_CLOSED_LONGEST ? FS_CLOSED_SEASONS * season : 0;
    if (count > series->count) count = series->count;
    for (int64_t i = 0; i < count; i++) {
        int64_t t = series->count - count + i;
        tail[i] = !series->use[t] ? '.' : series->y[t] == 0 ? '0' : '1';
    }
    tail[count] = '\0';
}

static bool can_save(const fs_forecaster *f)
{
    if (f->mixed.parts == 0 || !fs_saved_can_write_effects(f)) return false;
    for (int i = 0; i < f->mixed.parts; i++)
        if (f->fit[f->mixed.fit[i]].states == 0) return false;
    return true;
}

fs_status fs_forecaster_save(fs_forecaster *f, const fs_saved_time *time, const char **text,
                             fs_error *error)
{
    *text = NULL;
    if (!can_save(f)) return FS_OK;
    fs_status status = f->saved ? FS_OK : reserve(f);
    if (status == FS_OK) {
        f->saved->time = *time;
        keep_tail(&f->series, time->season, f->saved->tail);
        status = fs_saved_write(f);
    }
    if (status != FS_OK) return fs_fail_memory(error, sizeof *f->saved);
    *text = f->saved->text.data;
    return FS_OK;
}

fs_status fs_saved_note_fit(fs_forecaster *f, int model)
{
    FS_TRY(reserve(f));
    fs_saved *s = f->saved;
    s->unit = f->series.unit;
    s->least = f->series.least;
    s->usual = usual_size(&f->series);
    s->has_table = !f->fit[model].quantiles;
    if (s->has_table) fs_saved_tabulate(f, &s->table);
    return FS_OK;
}

/* ---- loading ---- */

static fs_status read_again(fs_forecaster *f, fs_error *error)
{
    f->saved->table = (fs_error_table){.points = 2, .p = {0, 1}};
    return fs_saved_read(f, error);
}

fs_status fs_forecaster_load(fs_forecaster *f, const char *text, size_t bytes, fs_saved_time *time,
                             fs_error *error)
{
    fs_status status = reserve(f);
    f->mixed.parts = 0;
    if (status == FS_OK) {
        fs_buffer_clear(&f->saved->text);
        status = fs_buffer_add(&f->saved->text, bytes > 0 ? text : "?", bytes > 0 ? bytes : 1);
    }
    if (status == FS_OK) status = read_again(f, error);
    if (status == FS_MEMORY) return fs_fail_memory(error, bytes);
    FS_TRY(status);
    *time = f->saved->time;
    return FS_OK;
}

/* ---- what came since ---- */

const fs_regressors *fs_forecaster_needs(const fs_forecaster *f) { return &f->saved->names.needs; }

/* What regressors do to what came since and after it; f->effects.effect begins with the tail, as f->series does. */
static fs_status open_effects(fs_forecaster *f, const fs_regressors *regressors, int64_t count)
{
    fs_saved_names *names = &f->saved->names;
    int64_t tail = (int64_t)strlen(f->saved->tail), steps = count + f->settings.horizon;
    f->adjusted = f->saved->has_effects;
    if (!f->adjusted) return fs_drivers_open(f, NULL, 0, 0);
    names->given = names->needs;
    names->given.value = regressors->value;
    names->given.driver = regressors->driver;
    names->given.event = names->needs.events > 0 ? regressors->event : NULL;
    FS_TRY(fs_drivers_open(f, &names->given, 0, count));
    fs_effects *e = &f->effects;
    FS_TRY(fs_effects_reserve(e, e->count, e->events, tail + steps));
    fs_effects_at(e, &names->given, tail, steps);
    return FS_OK;
}

static fs_status check_regressors(const fs_forecaster *f, const fs_regressors *given,
                                  fs_error *error)
{
    const fs_regressors *needs = fs_forecaster_needs(f);
    bool has_all = needs->count == 0 || (given && given->count == needs->count && given->value);
    if (has_all && (needs->events == 0 || (given && given->event))) return FS_OK;
    fs_fail(error, FS_DATA, "the saved model has regressors or events, and these are not given");
    fs_error_remedy(error, "give those that the forecast had which was saved");
    return FS_DATA;
}

/* Above this size, in units, a value is absurd. */
static double absurd_size(const fs_saved *s)
{
    return s->usual > 0 && s->usual < FS_STATE_BOUND / ABSURD ? s->usual * ABSURD : FS_STATE_BOUND;
}

static void take_value(const fs_forecaster *f, fs_series *series, int64_t t, double y,
                       double absurd)
{
    series->y[t] = 0;
    series->use[t] = 0;
    if (f->adjusted && !fs_effects_without(&f->effects, t, &y)) return;
    if (!(fabs(y) <= absurd)) {
        series->absurd++;
        return;
    }
    series->y[t] = y;
    series->use[t] = 1;
    series->known++;
    if (y < series->least) series->least = y;
}

/* f->series: the tail as zeros and ones, and behind it what came since, which is `news` by itself. */
static fs_status join(fs_forecaster *f, const double *value, const uint8_t *valid, int64_t count,
                      fs_series *news)
{
    const fs_saved *s = f->saved;
    fs_series *all = &f->series;
    int64_t tail = (int64_t)strlen(s->tail);
    FS_TRY(fs_series_reserve(all, tail + count));
    all->count = tail + count;
    all->unit = s->unit;
    all->least = s->least;
    all->known = all->absurd = 0;
    for (int64_t i = 0; i < tail; i++) {
        all->use[i] = s->tail[i] != '.';
        all->y[i] = s->tail[i] == '1';
    }
    for (int64_t i = 0; i < count; i++)
        if (!valid || valid[i])
            take_value(f, all, tail + i, value[i] / s->unit, absurd_size(s));
        else
            all->use[tail + i] = 0, all->y[tail + i] = 0;
    *news = *all;
    news->y += tail;
    news->use += tail;
    news->count = count;
    return FS_OK;
}

static fs_status resume_part(fs_forecaster *f, int i, const fs_forecast_task *task, bool *can)
{
    const fs_method *method = fs_method_at(f->mixed.method[i]);
    fs_fit *fit = &f->fit[i];
    int64_t count = task->series->count;
    FS_TRY(fs_fit_reserve(fit, count + 3 * (int64_t)task->season + 8, task->horizon));
    fit->quantiles = NULL, fit->effect = NULL, fit->is_transformed = false;
    fit->keeps = true;
    fit->today = 1;
    *can = false;
    FS_TRY(method->resume(method, task, &f->scratch, fit, can));
    *can = *can && fit->states > 0 && fs_fit_is_finite(fit, count, task->horizon);
    return FS_OK;
}

/* All parts, mixed into f->fit[*model]. */
static fs_status resume_all(fs_forecaster *f, const fs_series *news, int *model, bool *can)
{
    const fs_mixed *m = &f->mixed;
    const fs_fit *part[FS_COMBINED];
    fs_forecast_task task = {
        .series = news, .season = f->saved->time.season, .horizon = f->settings.horizon};
    if (f->adjusted && f->effects.multiplies)
        task.effect = f->effects.effect + strlen(f->saved->tail);
    double today = 1;
    *can = true;
    for (int i = 0; i < m->parts && *can; i++) {
        FS_TRY(resume_part(f, i, &task, can));
        part[i] = &f->fit[i];
        today += (f->fit[i].today - 1) * (m->is_median ? 1.0 / m->parts : m->weight[i]);
    }
    *model = m->parts == 1 ? 0 : FS_FORECAST_AUTO;
    double *deviation = &f->saved->table.errors.deviation;
    *deviation *= today;
    *can = *can && *deviation <= FS_STATE_BOUND;
    if (!*can || m->parts == 1) return FS_OK;
    fs_fit *fit = &f->fit[FS_FORECAST_AUTO];
    FS_TRY(fs_fit_reserve(fit, news->count, task.horizon));
    fit->quantiles = NULL, fit->effect = NULL, fit->is_transformed = false;
    if (m->is_median)
        fs_combine_median(part, m->parts, news->count, task.horizon, fit);
    else
        fs_combine_mean(part, m->weight, m->parts, news->count, task.horizon, fit);
    return FS_OK;
}

/* Where a value is none that a model takes, or bends it out of shape, all are taken as missing: a forecast all the same. */
static fs_status resume_or_pass(fs_forecaster *f, fs_series *news, fs_forecast *forecast,
                                int *model, bool *can, fs_error *error)
{
    f->mixed = f->saved->mixed;
    FS_TRY(resume_all(f, news, model, can));
    if (*can || news->known == 0) return FS_OK;
    FS_TRY(read_again(f, error));
    f->mixed = f->saved->mixed;
    memset(news->use, 0, (size_t)news->count);
    memset(news->y, 0, (size_t)news->count * sizeof *news->y);
    news->known = 0;
    fs_forecast_note(forecast, "what came since is not for this model: fit anew");
    return resume_all(f, news, model, can);
}

static void note_news(const fs_series *news, int64_t missing, fs_forecast *forecast)
{
    char text[96];
    if (missing > 0) {
        snprintf(text, sizeof text, "%lld of %lld new values missing", (long long)missing,
                 (long long)news->count);
        fs_forecast_note(forecast, text);
    }
    if (news->absurd > 0) {
        snprintf(text, sizeof text, "%lld left out, 1000 times the usual", (long long)news->absurd);
        fs_forecast_note(forecast, text);
    }
}

static void deliver(fs_forecaster *f, int model, const fs_series *news, fs_forecast *forecast)
{
    fs_fit *fit = &f->fit[model];
    int season = f->saved->time.season;
    int64_t horizon = f->settings.horizon;
    f->saved->least = f->series.least;
    if (!fit->quantiles) {
        fs_saved_learn(&f->saved->table, fit, news);
        fit->errors = &f->saved->table;
        fit->quantiles = fs_saved_quantiles;
    }
    fs_deliver_mean(f, &f->series, fit, season, horizon, f->mean);
    fs_deliver_quantiles(f, &f->series, model, 0, season, horizon, f->quantile);
    forecast->known = true;
    forecast->model = fit->model;
    forecast->mean = f->mean;
    forecast->quantile = f->quantile;
    forecast->drivers = f->regressors ? f->drivers : NULL;
    if (f->regressors) fs_drivers_tell(f, fit);
}

fs_status fs_forecaster_update(fs_forecaster *f, const double *value, const uint8_t *valid,
                               int64_t count, const fs_regressors *regressors,
                               fs_forecast *forecast, fs_error *error)
{
    fs_series news;
    int model = 0;
    bool can = false;
    *forecast = (fs_forecast){.model = "none"};
    FS_TRY(check_regressors(f, regressors, error));
    fs_status status = open_effects(f, regressors, count);
    if (status == FS_OK) status = join(f, value, valid, count, &news);
    if (status == FS_OK) fs_drivers_note(f, forecast);
    if (status == FS_OK) note_news(&news, news.count - news.known - news.absurd, forecast);
    if (status == FS_OK) status = resume_or_pass(f, &news, forecast, &model, &can, error);
    if (status == FS_MEMORY) return fs_fail_memory(error, (size_t)count * sizeof *value);
    FS_TRY(status);
    if (can)
        deliver(f, model, &news, forecast);
    else
        fs_forecast_note(forecast, "the saved model can't be carried on: fit anew");
    if (!can) f->mixed.parts = 0;
    return FS_OK;
}
