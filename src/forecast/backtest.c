/* Models tried on a series' own past.
 *
 * Up to `origins` points in the past, one test length apart and ending at the last value; at each the models see what lay before it and
 * nothing else, and forecast the test length (the horizon, or a quarter of the series where that is less). Intervals are as wide as a user
 * would have got them then: widened by what the earlier origins found, whose tests were over.
 *
 * Measures are sums, per model, or per model and step, so that a caller can add them up over groups. Errors are scaled by the mean
 * absolute seasonal step before the origin (MASE: Hyndman and Koehler 2006) and by the mean squared step of one period (RMSSE: Makridakis
 * and others 2022, the M5 competition). The pinball loss of quantile p is p (y - q) where y is above q, (1 - p) (q - y) else; the interval
 * score (Gneiting and Raftery 2007) is the width between the lowest and the highest quantile, and 2/α of what the value lies
 * outside.
 *
 * Where sums of steps are what is wanted, measures are of sums; what is learnt for forecasts to come, such as weights, still
 * is by steps, so that the forecast of a sum is the sum of forecasts.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "forecaster_internal.h"

#define ANY_SEASON   0   /* parts are asked for before a season is known */
#define ORIGIN_LEAST 4   /* known values that an origin must have before it */
#define CALM         3.0 /* weight of theory against the backtest, in test lengths */
#define FADES        0.5 /* what weights rest on, from origin to origin, without a season */

/* ---- room ---- */

/* One that is judged for its own sake. */
static bool is_asked_for(const fs_forecast_settings *s, int model)
{
    if (model == s->model) return true;
    return s->tries ? s->tries >> model & 1 : fs_method_at(model)->competes;
}

bool fs_forecaster_tries(const fs_forecast_settings *settings, int model)
{
    if (is_asked_for(settings, model)) return true;
    return model != FS_FORECAST_AUTO && fs_forecaster_tries(settings, FS_FORECAST_AUTO) &&
           fs_forecaster_combines(settings, FS_FORECAST_AUTO, model, ANY_SEASON);
}

static bool open_tested(const fs_forecaster *f, fs_tested *t)
{
    size_t rows = (size_t)f->rows, each = rows * (size_t)f->settings.quantiles;
    t->made = fs_alloc((size_t)(f->settings.origins * f->settings.horizon) * sizeof *t->made);
    t->sums = fs_alloc_zero(rows, sizeof *t->sums);
    t->pinball = fs_alloc_zero(each, sizeof *t->pinball);
    t->below = fs_alloc_zero(each, sizeof *t->below);
    if (f->settings.is_conformal)
        t->score = fs_alloc((size_t)(f->settings.origins * f->settings.horizon) * sizeof *t->score);
    return t->made && t->sums && t->pinball && t->below && (t->score || !f->settings.is_conformal);
}

fs_status fs_backtest_open(fs_forecaster *f)
{
    f->rows = f->settings.by_step ? f->settings.horizon : 1;
    f->origin = fs_alloc((size_t)f->settings.origins * sizeof *f->origin);
    if (!f->origin) return FS_MEMORY;
    if (f->settings.is_conformal) {
        int64_t most = (f->settings.origins + 1) * f->settings.horizon; /* of one origin twice */
        f->scores = fs_alloc((size_t)most * sizeof *f->scores);
        if (!f->scores) return FS_MEMORY;
    }
    for (int m = 0; m < FS_FORECAST_MODELS; m++)
        if (fs_forecaster_tries(&f->settings, m) && !open_tested(f, &f->tested[m]))
            return FS_MEMORY;
    return FS_OK;
}

void fs_backtest_close(fs_forecaster *f)
{
    for (int m = 0; m < FS_FORECAST_MODELS; m++) {
        fs_tested *t = &f->tested[m];
        fs_free(t->made), fs_free(t->sums), fs_free(t->pinball), fs_free(t->below);
        fs_free(t->score);
    }
    fs_free(f->origin);
    fs_free(f->scores);
}

static void clear(const fs_forecaster *f, fs_tested *t)
{
    int64_t each = f->rows * f->settings.quantiles;
    t->absolute = t->weight = t->wider = 0;
    t->compared = t->wider_count = 0;
    for (int64_t i = 0; i < each; i++) t->pinball[i] = 0, t->below[i] = 0;
    for (int64_t i = 0; i < f->rows; i++)
        t->sums[i] = (fs_backtest){.pinball = t->pinball + i * f->settings.quantiles,
                                   .below = t->below + i * f->settings.quantiles};
}

/* ---- measures ---- */

/* Steps of the past before an origin, in units of the whole series; 0 where there is none. */
typedef struct yardstick {
    double seasonal, one, one_squared;
} yardstick;

/* Mean absolute and mean squared change over `lag`. */
static void mean_step(const fs_series *s, int64_t lag, double *absolute, double *squared)
{
    double sum = 0, squares = 0;
    int64_t count = 0;
    for (int64_t t = lag; t < s->count; t++) {
        if (!s->use[t] || !s->use[t - lag]) continue;
        double step = s->y[t] - s->y[t - lag];
        sum += fabs(step);
        squares += step * step;
        count++;
    }
    *absolute = count > 0 ? sum / (double)count : 0;
    *squared = count > 0 ? squares / (double)count : 0;
}

static yardstick measure_past(const fs_forecaster *f, int season)
{
    yardstick y;
    double squared, unit = f->before.unit / f->series.unit;
    mean_step(&f->before, season, &y.seasonal, &squared);
    mean_step(&f->before, 1, &y.one, &y.one_squared);
    y.seasonal *= unit;
    y.one *= unit;
    y.one_squared *= unit * unit;
    return y;
}

static void add_error(fs_backtest *b, const yardstick *by, double actual, double made)
{
    double error = made - actual, size = fabs(actual) + fabs(made);
    b->count++;
    b->absolute += fabs(error);
    b->squared += error * error;
    b->error += error;
    b->actual += fabs(actual);
    if (size > 0) b->relative += 2 * fabs(error) / size;
    if (by->seasonal > 0) b->scaled += fabs(error) / by->seasonal, b->scaled_count++;
    if (by->one_squared > 0)
        b->scaled_squared += error * error / by->one_squared, b->stepped_count++;
}

/* The width between the outermost quantiles, and what the value costs outside; *inside: it does not lie outside. */
static double interval_score(const fs_forecast_settings *s, double actual, const double *quantile,
                             bool *inside)
{
    int low = 0, high = 0;
    for (int q = 1; q < s->quantiles; q++) {
        if (s->quantile[q] < s->quantile[low]) low = q;
        if (s->quantile[q] > s->quantile[high]) high = q;
    }
    double alpha = 1 - (s->quantile[high] - s->quantile[low]);
    double outside = actual < quantile[low]    ? quantile[low] - actual
                     : actual > quantile[high] ? actual - quantile[high]
                                               : 0;
    *inside = outside == 0;
    return quantile[high] - quantile[low] + 2 / alpha * outside;
}

/* quantile: of this step, in units of the whole series, as `actual` is; is_closed: it is certain, and says nothing of ranges. */
static void add_interval(const fs_forecast_settings *s, fs_backtest *b, const yardstick *by,
                         double actual, bool is_closed, const double *quantile)
{
    double loss = 0;
    for (int q = 0; q < s->quantiles; q++) {
        double off = actual - quantile[q];
        double pinball = off > 0 ? s->quantile[q] * off : (s->quantile[q] - 1) * off;
        b->pinball[q] += pinball;
        b->below[q] += off <= 0;
        loss += pinball;
    }
    bool inside = false;
    double score = interval_score(s, actual, quantile, &inside);
    b->ranges += !is_closed;
    b->inside += inside && !is_closed;
    if (by->seasonal > 0) b->interval += score / by->seasonal;
    if (by->one > 0) b->scaled_loss += loss / by->one, b->loss_count++;
}

static void scale_back(const fs_forecaster *f, fs_backtest *b)
{
    double unit = f->series.unit;
    b->absolute = fs_bounded(b->absolute * unit);
    b->squared = fs_bounded(b->squared * unit * unit);
    b->error = fs_bounded(b->error * unit);
    b->actual = fs_bounded(b->actual * unit);
    b->scaled = fs_bounded(b->scaled);
    b->scaled_squared = fs_bounded(b->scaled_squared);
    b->scaled_loss = fs_bounded(b->scaled_loss);
    b->interval = fs_bounded(b->interval);
    for (int q = 0; q < f->settings.quantiles; q++)
        b->pinball[q] = fs_bounded(b->pinball[q] * unit);
}

double fs_backtest_widening(const fs_forecaster *f, int model)
{
    const fs_tested *t = &f->tested[model];
    if (!t->made || t->wider_count == 0 || t->sums[0].origins == 0) return 1;
    double count = (double)t->wider_count, calm = CALM * count / (double)t->sums[0].origins;
    double factor = sqrt((t->wider + calm) / (count + calm));
    return factor < 0.7 ? 0.7 : factor > 2.5 ? 2.5 : factor;
}

/* ---- origins ---- */

/* Sums of steps 1 ... h, as far as all values are known: of each h, or of the last only, whatever the step. Scaled measures are of a
 * step of the sum. */
static void judge_sums(fs_forecaster *f, int model, int index, int season, const yardstick *by)
{
    const fs_past *o = &f->origin[index];
    const double *made = f->tested[model].made + index * f->settings.horizon;
    double actual = 0, sum = 0, unit = f->series.unit;
    int quantiles = f->settings.quantiles;
    bool only_last = f->rows == 1;
    fs_deliver_sums(f, &f->before, model, season, o->steps, only_last, f->quantile);
    for (int64_t h = 0; h < o->steps && f->series.use[f->before.count + h]; h++) {
        double *quantile = f->quantile + h * quantiles, steps = (double)(h + 1);
        yardstick whole = {by->seasonal * steps, by->one * steps, by->one_squared * steps * steps};
        actual += f->series.y[f->before.count + h];
        sum += made[h] / unit;
        if (only_last && h < o->steps - 1) continue;
        fs_backtest *b = &f->tested[model].sums[only_last ? 0 : h];
        add_error(b, &whole, actual, sum);
        for (int q = 0; q < quantiles; q++) quantile[q] /= unit;
        if (quantiles > 0) add_interval(&f->settings, b, &whole, actual, false, quantile);
    }
}

/* What the forecasts to come learn from an error: how much wider than theory it was, how large, its score. */
static void learn(const fs_forecaster *f, fs_tested *t, const fs_fit *fit, int index, double error,
                  int64_t h)
{
    double expected = f->errors.deviation * fit->spread[h] * f->before.unit / f->series.unit;
    double z = expected > 0 ? fabs(error) / expected : 0;
    t->wider += z < 4 ? z * z : 16;
    t->wider_count++;
    t->absolute += fabs(error);
    t->weight++;
    t->compared++;
    if (t->score)
        t->score[index * f->settings.horizon + h] = expected > 0 ? -error / expected : NAN;
}

/* One model at one origin. All is measured in units of the whole series, so that no sum can overflow. */
static void judge(fs_forecaster *f, int model, int index, int season, const yardstick *by,
                  bool judges_intervals)
{
    const fs_past *o = &f->origin[index];
    const fs_fit *fit = &f->fit[model];
    fs_tested *t = &f->tested[model];
    bool by_sums = judges_intervals && f->settings.sums;
    int quantiles = judges_intervals && !by_sums ? f->settings.quantiles : 0;
    double *made = t->made + index * f->settings.horizon, unit = f->series.unit;
    bool closed[FS_CLOSED_LONGEST], has_closed = fs_find_closed(&f->before, season, closed);
    if (season == 1) t->absolute *= FADES, t->weight *= FADES;
    fs_deliver_mean(f, &f->before, fit, season, o->steps, made);
    if (quantiles > 0)
        fs_deliver_quantiles(f, &f->before, model, index, season, o->steps, f->quantile);
    for (int64_t row = 0; row < f->rows && row < o->steps; row++) t->sums[row].origins++;
    for (int64_t h = 0; h < o->steps; h++) {
        fs_backtest *b = &t->sums[f->rows > 1 ? h : 0];
        double actual = f->series.y[f->before.count + h], *quantile = f->quantile + h * quantiles;
        if (t->score) t->score[index * f->settings.horizon + h] = NAN;
        if (!f->series.use[f->before.count + h]) continue;
        learn(f, t, fit, index, made[h] / unit - actual, h);
        if (by_sums) continue;
        add_error(b, by, actual, made[h] / unit);
        for (int q = 0; q < quantiles; q++) quantile[q] /= unit;
        bool is_closed = has_closed && closed[h % season];
        if (quantiles > 0) add_interval(&f->settings, b, by, actual, is_closed, quantile);
    }
    if (by_sums) judge_sums(f, model, index, season, by);
}

/* only: the model that is tried, with its parts; below 0: all that are asked for. */
static bool takes_part(const fs_forecaster *f, int model, int only, int season)
{
    if (!f->tested[model].made) return false;
    if (only < 0 ? is_asked_for(&f->settings, model) : model == only) return true;
    if (only >= 0 && only != FS_FORECAST_AUTO) return false;
    if (f->owner || !fs_forecaster_tries(&f->settings, FS_FORECAST_AUTO)) return false;
    return fs_forecaster_combines(&f->settings, FS_FORECAST_AUTO, model, season) &&
           fs_seasons_suit(f, model);
}

/* All are fitted before one is judged: what AUTO weighs by must not know this origin. */
static fs_status test_origin(fs_forecaster *f, const double *value, const uint8_t *valid, int index,
                             int season, int only, bool judges_intervals)
{
    const fs_past *o = &f->origin[index];
    FS_TRY(fs_series_fill(&f->before, value, valid, o->at));
    yardstick by = measure_past(f, season);
    FS_TRY(fs_forecaster_begin(f, &f->before, season, o->steps));
    for (int m = 0; m < FS_FORECAST_MODELS; m++)
        if (takes_part(f, m, only, season))
            FS_TRY(fs_forecaster_fit(f, &f->before, m, season, o->steps));
    for (int m = 0; m < FS_FORECAST_MODELS; m++) {
        if (!takes_part(f, m, only, season)) continue;
        FS_TRY(fs_forecaster_settle(f, &f->before, m));
        judge(f, m, index, season, &by, judges_intervals);
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
        f->origin[f->origins++] = (fs_past){at, steps};
    }
}

fs_status fs_backtest_run(fs_forecaster *f, const double *value, const uint8_t *valid, int season,
                          int only, bool judges_intervals)
{
    for (int m = 0; m < FS_FORECAST_MODELS; m++)
        if (f->tested[m].made) clear(f, &f->tested[m]);
    choose_origins(f, valid, f->series.count);
    for (int i = 0; i < f->origins; i++)
        FS_TRY(test_origin(f, value, valid, i, season, only, judges_intervals));
    for (int m = 0; m < FS_FORECAST_MODELS; m++)
        for (int64_t row = 0; f->tested[m].made && row < f->rows; row++)
            scale_back(f, &f->tested[m].sums[row]);
    return FS_OK;
}

const fs_backtest *fs_forecaster_tested(const fs_forecaster *f, int model, int64_t row)
{
    if (model < 0 || model >= FS_FORECAST_MODELS || row < 0 || row >= f->rows) return NULL;
    return f->tested[model].made ? &f->tested[model].sums[row] : NULL;
}

const double *fs_forecaster_past(const fs_forecaster *f, int model, int origin, int64_t *at,
                                 int64_t *steps)
{
    if (origin < 0 || origin >= f->origins || model < 0 || model >= FS_FORECAST_MODELS) return NULL;
    if (!f->tested[model].made) return NULL;
    *at = f->origin[origin].at;
    *steps = f->origin[origin].steps;
    return f->tested[model].made + origin * f->settings.horizon;
}
