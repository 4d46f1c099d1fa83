/* A forecast of one series: models compared on its own past (backtest.c), the better one used, intervals from its errors
 * (deliver.c).
 *
 * The median of several methods is used unless one model's mean absolute error over all of the backtest is clearly smaller.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecaster_internal.h"

#define TESTED_LEAST 3   /* values that a choice must rest on */
#define CLEARLY      0.7 /* of the mean absolute error of the combination */
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
    if (!f->mean || !f->quantile || fs_backtest_open(f) != FS_OK) {
        fs_forecaster_close(f);
        return fs_fail_memory(error, horizon * (quantiles + 2) * sizeof(double));
    }
    *forecaster = f;
    return FS_OK;
}

void fs_forecaster_close(fs_forecaster *f)
{
    if (!f) return;
    fs_series_free(&f->series);
    fs_series_free(&f->before);
    fs_scratch_free(&f->scratch);
    for (int m = 0; m < FS_FORECAST_MODELS; m++) fs_fit_free(&f->fit[m]);
    fs_backtest_close(f);
    fs_free(f->errors.sorted);
    fs_free(f->mean);
    fs_free(f->quantile);
    fs_free(f);
}

/* ---- one model on one series ---- */

/* Fits a method to a series and projects it, both in f->fit. What it can't do exponential smoothing does, which takes any
 * series. */
static fs_status fit_method(fs_forecaster *f, const fs_forecast_task *task, int model)
{
    const fs_method *method = fs_method_at(model);
    bool could = false, can = false;
    if (f->fitted[model]) return FS_OK;
    FS_TRY(fs_fit_reserve(&f->fit[model], task->series->count, task->horizon));
    FS_TRY(method->fit(method, task, &f->scratch, &f->fit[model], &could));
    if (!could) FS_TRY(fs_ets_method.fit(&fs_ets_method, task, &f->scratch, &f->fit[model], &can));
    f->fitted[model] = true;
    f->could[model] = could;
    return FS_OK;
}

/* The same for a model that may be made out of several methods. */
static fs_status fit_model(fs_forecaster *f, const fs_forecast_task *task, int model)
{
    const fs_fit *part[FS_FORECAST_MODELS];
    int parts = 0;
    if (fs_method_at(model)->fit) return fit_method(f, task, model);
    for (int m = 0; m < FS_FORECAST_MODELS; m++) {
        if (!fs_method_at(m)->combines) continue;
        FS_TRY(fit_method(f, task, m));
        if (f->could[m]) part[parts++] = &f->fit[m];
    }
    FS_TRY(fs_fit_reserve(&f->fit[model], task->series->count, task->horizon));
    fs_combine(part, parts, task->series->count, task->horizon, &f->fit[model]);
    return FS_OK;
}

fs_status fs_forecaster_fit(fs_forecaster *f, const fs_series *series, int model, int season,
                            int64_t horizon)
{
    fs_forecast_task task = {.series = series, .season = season, .horizon = horizon};
    const fs_fit *fit = &f->fit[model];
    int64_t count = 0;
    FS_TRY(fs_errors_reserve(&f->errors, series->count));
    FS_TRY(fit_model(f, &task, model));
    for (int64_t t = fit->from; t < series->count; t++)
        if (series->use[t]) f->errors.sorted[count++] = fit->residual[t];
    fs_errors_settle(&f->errors, count, fit->parameters);
    return FS_OK;
}

void fs_forecaster_forget(fs_forecaster *f) { memset(f->fitted, 0, sizeof f->fitted); }

/* ---- the forecast ---- */

/* Sum of absolute errors over all steps. */
static double tested_error(const fs_forecaster *f, int model)
{
    double sum = 0;
    for (int64_t row = 0; row < f->rows; row++) sum += f->tested[model].sums[row].absolute;
    return sum;
}

/* The one that is asked for. Of AUTO the combination, unless another was clearly better in the backtest; without the combination
 * the best. */
static int choose(const fs_forecaster *f)
{
    const int median = FS_FORECAST_MODELS - 1;
    int best = median;
    double least = INFINITY;
    if (f->settings.model != FS_FORECAST_AUTO) return f->settings.model;
    const fs_backtest *combined = fs_forecaster_tested(f, median, 0);
    if (combined && combined->count < TESTED_LEAST) return median;
    if (combined) least = CLEARLY * tested_error(f, median);
    for (int m = 0; m < FS_FORECAST_MODELS; m++) {
        if (!f->tested[m].made || tested_error(f, m) >= least) continue;
        least = tested_error(f, m);
        best = m;
    }
    return best;
}

static void add_note(fs_forecast *forecast, const char *text)
{
    size_t used = strlen(forecast->note);
    snprintf(forecast->note + used, sizeof forecast->note - used, "%s%s", used ? "; " : "", text);
}

static void note_series(const fs_forecaster *f, int season, int model, fs_forecast *forecast)
{
    const fs_series *s = &f->series;
    char text[96];
    if (s->known == 1)
        add_note(forecast, "one value known, intervals are a guess");
    else if (s->known < 5) {
        snprintf(text, sizeof text, "only %lld values known", (long long)s->known);
        add_note(forecast, text);
    } else if (season > 1 && s->count < 2 * (int64_t)season &&
               model != fs_forecast_model_find("snaive")) {
        add_note(forecast, "shorter than two seasons");
    }
    if (s->known > 0 && s->count > s->known + s->absurd) {
        snprintf(text, sizeof text, "%lld of %lld values missing",
                 (long long)(s->count - s->known - s->absurd), (long long)s->count);
        add_note(forecast, text);
    }
    if (s->absurd > 0) {
        snprintf(text, sizeof text, "%lld left out, 1000 times the usual", (long long)s->absurd);
        add_note(forecast, text);
    }
}

/* One value tells nothing about errors: half of it, or a whole where it is zero. */
static void guess_errors(fs_forecaster *f)
{
    if (f->series.known == 1) f->errors.deviation = GUESSED * fabs(f->series.y[0]);
}

static void skip_unknown(const double **value, const uint8_t **valid, int64_t *count)
{
    while (*valid && *count > 0 && !**valid) (*value)++, (*valid)++, (*count)--;
}

fs_status fs_forecaster_backtest(fs_forecaster *f, int season, const double *value,
                                 const uint8_t *valid, int64_t count, fs_forecast *forecast,
                                 fs_error *error)
{
    *forecast = (fs_forecast){.model = "none"};
    skip_unknown(&value, &valid, &count);
    fs_status status = fs_series_fill(&f->series, value, valid, count);
    if (status == FS_OK) status = fs_backtest_run(f, value, valid, season, FS_FORECAST_AUTO, true);
    if (status != FS_OK) return fs_fail_memory(error, (size_t)count * sizeof(double));
    forecast->known = f->series.known > 0;
    return FS_OK;
}

fs_status fs_forecaster_run(fs_forecaster *f, int season, const double *value, const uint8_t *valid,
                            int64_t count, fs_forecast *forecast, fs_error *error)
{
    *forecast = (fs_forecast){.model = "none"};
    skip_unknown(&value, &valid, &count);
    fs_status status = fs_series_fill(&f->series, value, valid, count);
    if (status == FS_OK && f->series.known > 0)
        status = fs_backtest_run(f, value, valid, season, f->settings.model, false);
    int model = choose(f);
    fs_forecaster_forget(f);
    if (status == FS_OK && f->series.known > 0)
        status = fs_forecaster_fit(f, &f->series, model, season, f->settings.horizon);
    if (status != FS_OK) return fs_fail_memory(error, (size_t)count * sizeof(double));
    forecast->known = f->series.known > 0;
    if (!forecast->known) {
        add_note(forecast, "no value known, nothing is forecast");
        return FS_OK;
    }
    forecast->model = f->fit[model].model;
    guess_errors(f);
    f->errors.factor = fs_backtest_widening(f, model);
    note_series(f, season, model, forecast);
    forecast->mean = f->mean;
    forecast->quantile = f->quantile;
    int64_t horizon = f->settings.horizon;
    fs_deliver_mean(f, &f->series, &f->fit[model], season, horizon, f->mean);
    fs_deliver_quantiles(f, &f->series, &f->fit[model], season, horizon, f->quantile);
    return FS_OK;
}
