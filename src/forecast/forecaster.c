/* A forecast of one series: models tried on its own past (backtest.c), one of them or several combined, intervals from the errors
 * (deliver.c).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecaster_internal.h"

#define TESTED_LEAST 3   /* values that weights must rest on */
#define GUESSED      0.5 /* deviation, as a share of the level, where one value is known */

fs_status fs_forecaster_open(const fs_forecast_settings *settings, fs_forecaster **forecaster,
                             fs_error *error)
{
    *forecaster = NULL;
    fs_forecaster *f = fs_alloc_zero(1, sizeof *f);
    if (!f) return fs_fail_memory(error, sizeof *f);
    f->settings = *settings;
    size_t horizon = (size_t)settings->horizon, quantiles = (size_t)settings->quantiles;
    f->mean = fs_alloc(horizon * sizeof *f->mean);
    f->quantile = fs_alloc(horizon * quantiles * sizeof *f->quantile);
    if (!f->mean || !f->quantile || fs_backtest_open(f) != FS_OK ||
        fs_paths_open(&f->paths, settings) != FS_OK) {
        fs_forecaster_close(f);
        size_t paths = (size_t)settings->paths;
        return fs_fail_memory(error, horizon * (quantiles + 2 + paths) * sizeof(double));
    }
    *forecaster = f;
    return FS_OK;
}

void fs_forecaster_close(fs_forecaster *f)
{
    if (!f) return;
    fs_series_free(&f->series);
    fs_series_free(&f->before);
    fs_series_free(&f->transformed);
    fs_scratch_free(&f->scratch);
    for (int m = 0; m < FS_FORECAST_MODELS; m++) fs_fit_free(&f->fit[m]);
    fs_backtest_close(f);
    fs_paths_close(&f->paths);
    fs_drivers_close(f);
    fs_saved_close(f);
    fs_free(f->errors.sorted);
    fs_free(f->mean);
    fs_free(f->quantile);
    fs_free(f);
}

/* ---- one model on one series ---- */

/* Fits a method to a series and projects it, both in f->fit[model]. What it can't do exponential smoothing does, which takes any
 * series. */
static fs_status fit_method(fs_forecaster *f, const fs_forecast_task *task, const fs_method *method,
                            int model)
{
    bool could = false, can = false;
    if (f->fitted[model]) return FS_OK;
    FS_TRY(fs_fit_reserve(&f->fit[model], task->series->count, task->horizon));
    if (f->keeps) FS_TRY(fs_fit_reserve_states(&f->fit[model], task->season));
    f->fit[model].keeps = f->keeps;
    f->fit[model].states = 0;
    f->fit[model].quantiles = NULL, f->fit[model].effect = NULL;
    FS_TRY(fs_forecaster_try(f, task, method, &f->fit[model], &could));
    if (!method->resume) f->fit[model].states = 0; /* those of a method that it used */
    fs_forecast_task any = *task;
    any.form = NULL;
    if (!could) FS_TRY(fs_ets_method.fit(&fs_ets_method, &any, &f->scratch, &f->fit[model], &can));
    f->method[model] = fs_forecast_model_find(could ? method->name : fs_ets_method.name);
    f->fitted[model] = true;
    f->could[model] = could;
    return FS_OK;
}

bool fs_forecaster_combines(const fs_forecast_settings *settings, int model, int part, int season)
{
    const fs_method *method = fs_method_at(part);
    if (!method->fit) return false;
    if (model != FS_FORECAST_AUTO) return method->combines;
    if (settings->parts) return settings->parts >> part & 1;
    if (!method->competes || (method->is_slow && settings->is_fast)) return false;
    if (settings->saves && !method->resume) return false;
    if (season <= 0) return true;
    return method->seasons != (season > 1 ? FS_SEASONS_WITHOUT : FS_SEASONS_WITH);
}

/* Mean absolute error in the backtest so far; false where too little was tried. */
static bool tested_error(const fs_forecaster *f, int model, double *error)
{
    const fs_tested *t = &f->tested[model];
    *error = t->compared > 0 ? fs_bounded(t->absolute) / t->weight : 0;
    return t->compared >= TESTED_LEAST;
}

/* Those of them that make the median, unless they were chosen by the user. */
static int drop_others(const fs_forecaster *f, const int *model, const fs_fit **part, int parts)
{
    int kept = 0;
    for (int i = 0; i < parts; i++)
        if (f->settings.parts || fs_method_at(model[i])->combines) part[kept++] = part[i];
    return kept > 0 ? kept : parts;
}

/* weight NULL: their median. */
static void note_parts(fs_forecaster *f, const fs_fit *const *part, int parts, const double *weight)
{
    f->mixed = (fs_mixed){.parts = parts, .is_median = !weight && parts > 1};
    for (int i = 0; i < parts; i++) {
        f->mixed.fit[i] = (int)(part[i] - f->fit);
        f->mixed.method[i] = f->method[f->mixed.fit[i]];
        f->mixed.weight[i] = weight ? weight[i] : 1;
    }
}

/* By their errors so far; the median where nothing was tried yet. */
static void weigh(fs_forecaster *f, const int *model, const fs_fit **part, int parts,
                  const fs_forecast_task *task, fs_fit *fit)
{
    double error[FS_COMBINED], weight[FS_COMBINED];
    int64_t count = task->series->count;
    bool tested = true;
    for (int i = 0; i < parts; i++) tested = tested && tested_error(f, model[i], &error[i]);
    if (tested) fs_combine_weights(error, parts, weight);
    if (!tested) parts = drop_others(f, model, part, parts);
    note_parts(f, part, parts, tested ? weight : NULL);
    if (tested) {
        fs_combine_mean(part, weight, parts, count, task->horizon, fit);
    } else {
        fs_combine_median(part, parts, count, task->horizon, fit);
    }
}

/* A combination. At least one of the parts can always be fitted, if only by what stands in for it. */
static fs_status fit_combination(fs_forecaster *f, const fs_forecast_task *task, int model)
{
    const fs_fit *part[FS_COMBINED];
    int of[FS_COMBINED], parts = 0, stands_in = -1;
    for (int m = 0; m < FS_FORECAST_MODELS; m++) {
        if (!fs_forecaster_combines(&f->settings, model, m, task->season)) continue;
        if (model == FS_FORECAST_AUTO && !fs_seasons_suit(f, m)) continue;
        FS_TRY(fit_method(f, task, fs_method_at(m), m));
        stands_in = m;
        if (f->could[m]) of[parts] = m, part[parts++] = &f->fit[m];
    }
    if (parts == 0) of[parts] = stands_in, part[parts++] = &f->fit[stands_in];
    fs_fit *fit = &f->fit[model];
    FS_TRY(fs_fit_reserve(fit, task->series->count, task->horizon));
    fit->quantiles = NULL, fit->effect = NULL, fit->is_transformed = false;
    if (model == FS_FORECAST_AUTO) {
        weigh(f, of, part, parts, task, fit);
        return FS_OK;
    }
    note_parts(f, part, parts, NULL);
    fs_combine_median(part, parts, task->series->count, task->horizon, fit);
    return FS_OK;
}

static const fs_method *find_owner(const fs_forecaster *f, const fs_series *series)
{
    for (int m = 0; m < FS_FORECAST_MODELS && !f->settings.parts; m++) {
        const fs_method *method = fs_method_at(m);
        if (method->is_home && method->is_home(series)) return method;
    }
    return NULL;
}

fs_status fs_forecaster_begin(fs_forecaster *f, fs_series *series, int season, int64_t horizon)
{
    memset(f->fitted, 0, sizeof f->fitted);
    f->owner = series->known > 0 ? find_owner(f, series) : NULL;
    FS_TRY(fs_drivers_remove(f, series, season, horizon));
    return fs_seasons_begin(f, series);
}

fs_status fs_forecaster_fit(fs_forecaster *f, const fs_series *series, int model, int season,
                            int64_t horizon)
{
    fs_forecast_task task = {.series = series,
                             .season = season,
                             .horizon = horizon,
                             .form = f->settings.form,
                             .seasons = f->seasons,
                             .season_of = f->season_of,
                             .searches_all = f->settings.searches_all};
    if (f->adjusted && f->effects.multiplies) task.effect = f->effects.effect;
    const fs_method *method = fs_method_at(model);
    if (model == FS_FORECAST_AUTO) method = f->owner;
    if (!method || !method->fit) return fit_combination(f, &task, model);
    const fs_fit *alone = &f->fit[model];
    FS_TRY(fit_method(f, &task, method, model));
    note_parts(f, &alone, 1, NULL);
    return FS_OK;
}

fs_status fs_forecaster_settle(fs_forecaster *f, const fs_series *series, int model)
{
    const fs_fit *fit = &f->fit[model];
    int64_t count = 0;
    FS_TRY(fs_errors_reserve(&f->errors, series->count));
    for (int64_t t = fit->from; t < series->count; t++)
        if (series->use[t]) f->errors.sorted[count++] = fit->residual[t];
    fs_errors_settle(&f->errors, count, fit->parameters);
    f->errors.factor = fs_backtest_widening(f, model);
    return FS_OK;
}

/* ---- the forecast ---- */

void fs_forecast_note(fs_forecast *forecast, const char *text)
{
    size_t used = strlen(forecast->note);
    snprintf(forecast->note + used, sizeof forecast->note - used, "%s%s", used ? "; " : "", text);
}

static void note_series(const fs_forecaster *f, int season, int model, fs_forecast *forecast)
{
    const fs_series *s = &f->series;
    char text[96];
    if (s->known == 1)
        fs_forecast_note(forecast, "one value known, intervals are a guess");
    else if (s->known < 5) {
        snprintf(text, sizeof text, "only %lld values known", (long long)s->known);
        fs_forecast_note(forecast, text);
    } else if (season > 1 && s->count < 2 * (int64_t)season &&
               model != fs_forecast_model_find("snaive")) {
        fs_forecast_note(forecast, "shorter than two seasons");
    }
    if (s->known > 0 && s->count > s->known + s->absurd) {
        snprintf(text, sizeof text, "%lld of %lld values missing",
                 (long long)(s->count - s->known - s->absurd), (long long)s->count);
        fs_forecast_note(forecast, text);
    }
    fs_seasons_note(f, forecast);
    fs_drivers_note(f, forecast);
    if (f->is_left_plain) fs_forecast_note(forecast, "not transformed, not all values above zero");
    if (s->absurd > 0) {
        snprintf(text, sizeof text, "%lld left out, 1000 times the usual", (long long)s->absurd);
        fs_forecast_note(forecast, text);
    }
}

/* One value tells nothing about errors: half of it, or a whole where it is zero. */
static void guess_errors(fs_forecaster *f)
{
    if (f->series.known == 1) f->errors.deviation = GUESSED * fabs(f->series.y[0]);
}

/* How many there are before the first known one. */
static int64_t skip_unknown(const double **value, const uint8_t **valid, int64_t *count)
{
    int64_t skipped = 0;
    while (*valid && *count > 0 && !**valid) (*value)++, (*valid)++, (*count)--, skipped++;
    return skipped;
}

static fs_status open_seasons(fs_forecaster *f, int *season)
{
    return fs_seasons_open(f, f->series.known > 0 && find_owner(f, &f->series), season);
}

fs_status fs_forecaster_backtest(fs_forecaster *f, int season, const double *value,
                                 const uint8_t *valid, int64_t count,
                                 const fs_regressors *regressors, fs_forecast *forecast,
                                 fs_error *error)
{
    *forecast = (fs_forecast){.model = "none"};
    int64_t skipped = skip_unknown(&value, &valid, &count);
    fs_status status = fs_series_fill(&f->series, value, valid, count);
    if (status == FS_OK) status = fs_drivers_open(f, regressors, skipped, f->series.count);
    if (status == FS_OK) status = open_seasons(f, &season);
    if (status == FS_OK) status = fs_backtest_run(f, value, valid, season, -1, true);
    if (status != FS_OK) return fs_fail_memory(error, (size_t)count * sizeof(double));
    forecast->known = f->series.known > 0;
    return FS_OK;
}

/* Means and quantiles of steps, or of sums of them; paths. */
static void deliver(fs_forecaster *f, int season, fs_forecast *forecast)
{
    int64_t horizon = f->settings.horizon;
    int model = f->settings.model;
    fs_deliver_mean(f, &f->series, &f->fit[model], season, horizon, f->mean);
    if (f->settings.sums) {
        for (int64_t h = 1; h < horizon; h++) f->mean[h] = fs_bounded(f->mean[h] + f->mean[h - 1]);
        fs_deliver_sums(f, &f->series, model, season, horizon, false, f->quantile);
        return;
    }
    fs_deliver_quantiles(f, &f->series, model, f->origins, season, horizon, f->quantile);
    if (f->settings.is_conformal && !fs_conformal_is_ready(f, model, f->origins))
        fs_forecast_note(forecast, "intervals are the model's own, too few trials");
    if (!f->paths.given) return;
    fs_deliver_paths(f, &f->series, model, season, horizon, true);
    fs_deliver_given(f);
    forecast->path = f->paths.given;
}

fs_status fs_forecaster_run(fs_forecaster *f, int season, const double *value, const uint8_t *valid,
                            int64_t count, const fs_regressors *regressors, fs_forecast *forecast,
                            fs_error *error)
{
    int model = f->settings.model;
    *forecast = (fs_forecast){.model = "none"};
    f->is_left_plain = false;
    int64_t skipped = skip_unknown(&value, &valid, &count);
    fs_status status = fs_series_fill(&f->series, value, valid, count);
    if (status == FS_OK) status = fs_drivers_open(f, regressors, skipped, f->series.count);
    if (status == FS_OK) status = open_seasons(f, &season);
    if (status == FS_OK && f->series.known > 0)
        status = fs_backtest_run(f, value, valid, season, model, false);
    if (status == FS_OK) status = fs_forecaster_begin(f, &f->series, season, f->settings.horizon);
    f->keeps = f->settings.saves;
    f->mixed.parts = 0;
    if (status == FS_OK && f->series.known > 0)
        status = fs_forecaster_fit(f, &f->series, model, season, f->settings.horizon);
    f->keeps = false;
    if (status == FS_OK && f->series.known > 0) status = fs_forecaster_settle(f, &f->series, model);
    if (status != FS_OK) return fs_fail_memory(error, (size_t)count * sizeof(double));
    forecast->season = season;
    forecast->known = f->series.known > 0;
    if (!forecast->known) {
        fs_forecast_note(forecast, "no value known, nothing is forecast");
        return FS_OK;
    }
    forecast->model = f->fit[model].model;
    guess_errors(f);
    if (f->settings.saves && fs_saved_note_fit(f, model) != FS_OK) return fs_fail_memory(error, 0);
    note_series(f, season, model, forecast);
    forecast->mean = f->mean;
    forecast->quantile = f->quantile;
    deliver(f, season, forecast);
    forecast->drivers = f->regressors ? f->drivers : NULL;
    if (f->regressors) fs_drivers_tell(f, &f->fit[model]);
    return FS_OK;
}
