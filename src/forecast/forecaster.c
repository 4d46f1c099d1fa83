/* A forecast of one series: models compared on its own past, the better one used, intervals from
 * its errors, or from the model where that forecasts distributions.
 *
 * Backtest. Up to `origins` points in the past, one test length apart and ending at the last value;
 * at each the models see what lay before it and nothing else, and forecast the test length (the
 * horizon, or a quarter of the series where that is less). The median of several methods is used unless one
 * model's mean absolute error over all of it is clearly smaller.
 *
 * Intervals. Deviation of step h by theory (of the method) times the quantile of a one-step error
 * (errors.c) times how much larger the backtest's errors were than theory said.
 *
 * A place of a short season (a weekday) that was zero for eight seasons, in a series that hardly is
 * at others, stays zero.
 *
 * All of it is on the series scaled by a power of two (series.c); results are scaled back and kept
 * finite.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecast_internal.h"

#define ORIGIN_LEAST 4   /* known values that an origin must have before it */
#define TESTED_LEAST 3   /* values that a choice must rest on */
#define CLEARLY      0.7 /* of the mean absolute error of the combination */
#define CALM         3.0 /* weight of theory against the backtest, in test lengths */
#define GUESSED      0.5 /* deviation, as a share of the level, where one value is known */

#define CLOSED_SEASONS 8  /* a place of the season that was zero in all of them is closed */
#define CLOSED_KNOWN   6  /* of them must be known */
#define CLOSED_LONGEST 14 /* steps in a season that has closed places */

typedef struct past {
    int64_t at, steps;
} past;

struct fs_forecaster {
    fs_forecast_settings settings;
    fs_series series; /* whole, for the forecast */
    fs_series before; /* what an origin sees */
    fs_scratch scratch;
    fs_fit fit[FS_FORECAST_MODELS]; /* of the series that is worked on */
    bool fitted[FS_FORECAST_MODELS];
    bool could[FS_FORECAST_MODELS]; /* else it is exponential smoothing instead */
    fs_errors errors;
    double *mean;                     /* horizon */
    double *quantile;                 /* horizon * quantiles */
    double *made;                     /* origin × model × horizon: forecasts of the past */
    past *origin;                     /* settings.origins */
    int origins;                      /* that the last backtest had */
    double wider[FS_FORECAST_MODELS]; /* Σ of squared standardised errors */
    fs_backtest backtest[FS_FORECAST_MODELS];
};

fs_status fs_forecaster_open(const fs_forecast_settings *settings, fs_forecaster **forecaster,
                             fs_error *error)
{
    *forecaster = NULL;
    fs_forecaster *f = fs_alloc_zero(1, sizeof *f);
    if (!f) return fs_fail_memory(error, sizeof *f);
    f->settings = *settings;
    size_t horizon = (size_t)settings->horizon, quantiles = (size_t)settings->quantiles;
    size_t origins = (size_t)settings->origins;
    f->mean = fs_alloc(horizon * sizeof *f->mean);
    f->quantile = fs_alloc(horizon * quantiles * sizeof *f->quantile);
    f->made = fs_alloc(origins * FS_FORECAST_MODELS * horizon * sizeof *f->made);
    f->origin = fs_alloc(origins * sizeof *f->origin);
    if (!f->mean || !f->quantile || !f->made || !f->origin) {
        fs_forecaster_close(f);
        return fs_fail_memory(error, horizon * (quantiles + 2 + 2 * origins) * sizeof(double));
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
    fs_free(f->errors.sorted);
    fs_free(f->mean);
    fs_free(f->quantile);
    fs_free(f->made);
    fs_free(f->origin);
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
    f->fit[model].quantiles = NULL;
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

/* That, with the errors of one step in f->errors. */
static fs_status project(fs_forecaster *f, const fs_series *series, int model, int season,
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

static void forget(fs_forecaster *f) { memset(f->fitted, 0, sizeof f->fitted); }

static bool is_nonnegative(const fs_forecaster *f, const fs_series *series)
{
    if (f->settings.nonnegative >= 0) return f->settings.nonnegative == 1;
    return series->least >= 0;
}

/* ---- backtest ---- */

/* Mean absolute seasonal step before the origin, in the series' own units; 0 where there is none. */
static double seasonal_step(const fs_series *before, int season)
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t t = season; t < before->count; t++) {
        if (!before->use[t] || !before->use[t - season]) continue;
        sum += fabs(before->y[t] - before->y[t - season]);
        count++;
    }
    return count > 0 ? sum / (double)count * before->unit : 0;
}

/* Adds an origin's errors to the model's sums. Errors are measured in units of `unit`, so that none
 * of the sums can overflow; they are scaled back at the end. */
static void score(fs_forecaster *f, int model, const fs_series *before, const double *made,
                  int64_t steps, int season)
{
    fs_backtest *b = &f->backtest[model];
    double step = seasonal_step(before, season), unit = f->series.unit;
    double deviation = f->errors.deviation * before->unit;
    b->origins++;
    for (int64_t h = 0; h < steps; h++) {
        int64_t t = before->count + h;
        if (!f->series.use[t]) continue;
        double actual = f->series.y[t], error = made[h] / unit - actual;
        b->count++;
        b->absolute += fabs(error);
        b->squared += error * error;
        b->error += error;
        b->actual += fabs(actual);
        if (step > 0) {
            b->scaled += fabs(error) * unit / step;
            b->scaled_count++;
        }
        double expected = deviation * f->fit[model].spread[h] / unit;
        double z = expected > 0 ? fabs(error) / expected : 0;
        f->wider[model] += z < 4 ? z * z : 16;
    }
}

static double bounded(double value)
{
    if (value != value) return 0;
    return value > DBL_MAX ? DBL_MAX : value < -DBL_MAX ? -DBL_MAX : value;
}

/* One model at one origin, or all. */
static fs_status test_origin(fs_forecaster *f, const double *value, const uint8_t *valid, int index,
                             int season, int only)
{
    past *o = &f->origin[index];
    FS_TRY(fs_series_fill(&f->before, value, valid, o->at));
    forget(f);
    for (int model = 0; model < FS_FORECAST_MODELS; model++) {
        if (only >= 0 ? model != only : !fs_method_at(model)->competes) continue;
        double *made = f->made + (index * FS_FORECAST_MODELS + model) * f->settings.horizon;
        FS_TRY(project(f, &f->before, model, season, o->steps));
        bool clip = is_nonnegative(f, &f->before);
        const double *mean = f->fit[model].mean;
        for (int64_t h = 0; h < o->steps; h++)
            made[h] = bounded((clip && mean[h] < 0 ? 0 : mean[h]) * f->before.unit);
        score(f, model, &f->before, made, o->steps, season);
    }
    return FS_OK;
}

static int64_t known_before(const uint8_t *valid, int64_t at)
{
    int64_t known = 0;
    for (int64_t t = 0; t < at; t++) known += !valid || valid[t];
    return known;
}

/* Sets f->origin: one test length apart, the last test ending at the last value. */
static void choose_origins(fs_forecaster *f, const uint8_t *valid, int64_t count)
{
    int64_t steps = count / 4 < f->settings.horizon ? count / 4 : f->settings.horizon;
    f->origins = 0;
    if (steps < 1) return;
    for (int i = f->settings.origins; i >= 1; i--) {
        int64_t at = count - steps * i;
        if (at < steps || known_before(valid, at) < ORIGIN_LEAST) continue;
        f->origin[f->origins++] = (past){at, steps};
    }
}

static void scale_back(fs_backtest *b, double unit)
{
    b->absolute = bounded(b->absolute * unit);
    b->squared = bounded(b->squared * unit * unit);
    b->error = bounded(b->error * unit);
    b->actual = bounded(b->actual * unit);
    b->scaled = bounded(b->scaled);
}

/* value begins at its first known one, as f->series does. `only`: this model; -1: all. */
static fs_status test_past(fs_forecaster *f, const double *value, const uint8_t *valid, int season,
                           int only)
{
    memset(f->backtest, 0, sizeof f->backtest);
    memset(f->wider, 0, sizeof f->wider);
    choose_origins(f, valid, f->series.count);
    for (int i = 0; i < f->origins; i++) FS_TRY(test_origin(f, value, valid, i, season, only));
    return FS_OK;
}

static void report_backtest(const fs_forecaster *f, fs_forecast *forecast)
{
    for (int model = 0; model < FS_FORECAST_MODELS; model++) {
        forecast->backtest[model] = f->backtest[model];
        scale_back(&forecast->backtest[model], f->series.unit);
    }
}

const double *fs_forecaster_past(const fs_forecaster *f, int model, int origin, int64_t *at,
                                 int64_t *steps)
{
    if (origin < 0 || origin >= f->origins || model < 0 || model >= FS_FORECAST_MODELS) return NULL;
    *at = f->origin[origin].at;
    *steps = f->origin[origin].steps;
    return f->made + (origin * FS_FORECAST_MODELS + model) * f->settings.horizon;
}

/* ---- the forecast ---- */

/* The one that is asked for. Of AUTO the combination, unless another was clearly better in the backtest. */
static int choose(const fs_forecaster *f)
{
    int best = FS_FORECAST_MODELS - 1;
    double least = CLEARLY * f->backtest[best].absolute;
    if (f->settings.model != FS_FORECAST_AUTO) return f->settings.model;
    if (f->backtest[best].count < TESTED_LEAST) return best;
    for (int m = 0; m < FS_FORECAST_MODELS; m++) {
        if (!fs_method_at(m)->competes || f->backtest[m].absolute >= least) continue;
        least = f->backtest[m].absolute;
        best = m;
    }
    return best;
}

/* How much wider the errors were out of sample, drawn towards 1. */
static double widening(const fs_forecaster *f, int model)
{
    double count = (double)f->backtest[model].count;
    if (count == 0 || f->origins == 0) return 1;
    double calm = CALM * count / f->origins;
    double factor = sqrt((f->wider[model] + calm) / (count + calm));
    return factor < 0.7 ? 0.7 : factor > 2.5 ? 2.5 : factor;
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

/* Quantiles of the errors about the means. */
static void fill_quantiles(fs_forecaster *f, const fs_fit *fit)
{
    int quantiles = f->settings.quantiles;
    for (int q = 0; q < quantiles; q++) {
        double error = fs_errors_quantile(&f->errors, f->settings.quantile[q]);
        for (int64_t h = 0; h < f->settings.horizon; h++) {
            f->quantile[h * quantiles + q] = fit->mean[h] + fit->spread[h] * error;
        }
    }
}

static void fill_forecast(fs_forecaster *f, const fs_fit *fit, fs_forecast *forecast)
{
    int64_t quantiles = f->settings.quantiles;
    double unit = f->series.unit;
    bool clip = is_nonnegative(f, &f->series);
    if (!fit->quantiles) fill_quantiles(f, fit);
    for (int64_t h = 0; fit->quantiles && h < f->settings.horizon; h++)
        fit->quantiles(fit, h, f->settings.quantile, (int)quantiles, f->quantile + h * quantiles);
    for (int64_t i = 0; i < f->settings.horizon * quantiles; i++) {
        double value = f->quantile[i];
        f->quantile[i] = bounded((clip && value < 0 ? 0 : value) * unit);
    }
    for (int64_t h = 0; h < f->settings.horizon; h++)
        f->mean[h] = bounded((clip && fit->mean[h] < 0 ? 0 : fit->mean[h]) * unit);
    forecast->mean = f->mean;
    forecast->quantile = f->quantile;
}

/* Known values at a place of the last CLOSED_SEASONS seasons, and how many of them are not zero. */
static void count_place(const fs_series *s, int season, int place, int *known, int *busy)
{
    *known = *busy = 0;
    for (int64_t i = 1; i <= CLOSED_SEASONS; i++) {
        int64_t t = s->count - i * season + place;
        if (t < 0 || !s->use[t]) continue;
        (*known)++;
        *busy += s->y[t] != 0;
    }
}

/* Places of the season at which nothing was sold for long, while something was on nearly all of the
 * others: a shop that is shut on Sundays sells nothing next Sunday, whatever a smooth level says. */
static void keep_closed(fs_forecaster *f, int season)
{
    int known[CLOSED_LONGEST], busy[CLOSED_LONGEST], open_known = 0, open_busy = 0;
    if (season < 2 || season > CLOSED_LONGEST) return;
    for (int place = 0; place < season; place++) {
        count_place(&f->series, season, place, &known[place], &busy[place]);
        if (busy[place] == 0) continue;
        open_known += known[place];
        open_busy += busy[place];
    }
    if (open_busy * 10 < open_known * 8) return;
    for (int64_t h = 0; h < f->settings.horizon; h++) {
        int place = (int)(h % season);
        if (busy[place] > 0 || known[place] < CLOSED_KNOWN) continue;
        f->mean[h] = 0;
        for (int q = 0; q < f->settings.quantiles; q++)
            f->quantile[h * f->settings.quantiles + q] = 0;
    }
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
    if (status == FS_OK) status = test_past(f, value, valid, season, FS_FORECAST_AUTO);
    if (status != FS_OK) return fs_fail_memory(error, (size_t)count * sizeof(double));
    report_backtest(f, forecast);
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
        status = test_past(f, value, valid, season, f->settings.model);
    int model = choose(f);
    forget(f);
    if (status == FS_OK && f->series.known > 0)
        status = project(f, &f->series, model, season, f->settings.horizon);
    if (status != FS_OK) return fs_fail_memory(error, (size_t)count * sizeof(double));
    forecast->known = f->series.known > 0;
    if (!forecast->known) {
        add_note(forecast, "no value known, nothing is forecast");
        return FS_OK;
    }
    report_backtest(f, forecast);
    forecast->model = f->fit[model].model;
    guess_errors(f);
    f->errors.factor = widening(f, model);
    note_series(f, season, model, forecast);
    fill_forecast(f, &f->fit[model], forecast);
    keep_closed(f, season);
    return FS_OK;
}
