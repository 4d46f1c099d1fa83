/* From a fit to what users get of it.
 *
 * Intervals. Deviation of step h by theory (of the method) times the quantile of a one-step error (errors.c), widened by what the
 * backtest found; of a method that forecasts distributions theirs; or from the errors of the backtest (conformal.c).
 *
 * Paths (paths.c) get what means get, each by itself.
 *
 * A place of a short season (a weekday) that was zero for eight seasons, in a series that hardly is at others, stays zero.
 *
 * What regressors do is put back in.
 *
 * Results are scaled back (series.c) and kept finite.
 */
#include <float.h>
#include <math.h>

#include "forecaster_internal.h"

#define CLOSED_KNOWN 6 /* of the seasons that a place was zero in must be known */
#define FARTHEST                                                                                   \
    1e200 /* of a path, so that sums of paths are finite, in a scale where values are at most 1 */

double fs_bounded(double value)
{
    if (value != value) return 0;
    return value > DBL_MAX ? DBL_MAX : value < -DBL_MAX ? -DBL_MAX : value;
}

/* In the series' scale, at step h after it. */
static double with_effects(const fs_forecaster *f, const fs_series *series, double value, int64_t h)
{
    if (!f->adjusted) return value;
    double effect = f->effects.effect[series->count + h];
    return f->effects.multiplies ? value * effect : value + effect;
}

bool fs_is_nonnegative(const fs_forecaster *f, const fs_series *series)
{
    if (f->settings.nonnegative >= 0) return f->settings.nonnegative == 1;
    return series->least >= 0;
}

/* Known values at a place of the last FS_CLOSED_SEASONS seasons, and how many of them are not zero. */
static void count_place(const fs_series *s, int season, int place, int *known, int *busy)
{
    *known = *busy = 0;
    for (int64_t i = 1; i <= FS_CLOSED_SEASONS; i++) {
        int64_t t = s->count - i * season + place;
        if (t < 0 || !s->use[t]) continue;
        (*known)++;
        *busy += s->y[t] != 0;
    }
}

/* A shop that is shut on Sundays sells nothing next Sunday, whatever a smooth level says. */
bool fs_find_closed(const fs_series *s, int season, bool closed[FS_CLOSED_LONGEST])
{
    int known[FS_CLOSED_LONGEST], busy[FS_CLOSED_LONGEST], open_known = 0, open_busy = 0;
    bool any = false;
    if (season < 2 || season > FS_CLOSED_LONGEST) return false;
    for (int place = 0; place < season; place++) {
        count_place(s, season, place, &known[place], &busy[place]);
        if (busy[place] == 0) continue;
        open_known += known[place];
        open_busy += busy[place];
    }
    for (int place = 0; place < season; place++) {
        closed[place] = busy[place] == 0 && known[place] >= CLOSED_KNOWN;
        any = any || closed[place];
    }
    return any && open_busy * 10 >= open_known * 8;
}

/* `each` values a step. */
static void keep_closed(const fs_series *series, int season, int64_t horizon, int each,
                        double *values)
{
    bool closed[FS_CLOSED_LONGEST];
    if (!fs_find_closed(series, season, closed)) return;
    for (int64_t h = 0; h < horizon; h++)
        for (int i = 0; i < each; i++)
            if (closed[h % season]) values[h * each + i] = 0;
}

void fs_deliver_mean(const fs_forecaster *f, const fs_series *series, const fs_fit *fit, int season,
                     int64_t horizon, double *mean)
{
    bool clip = fs_is_nonnegative(f, series);
    for (int64_t h = 0; h < horizon; h++) {
        double value = with_effects(f, series, fit->mean[h], h);
        mean[h] = fs_bounded((clip && value < 0 ? 0 : value) * series->unit);
    }
    keep_closed(series, season, horizon, 1, mean);
}

/* Quantiles of the errors about the means. */
static void add_errors(fs_forecaster *f, const fs_fit *fit, int64_t horizon, double *quantile)
{
    int quantiles = f->settings.quantiles;
    for (int q = 0; q < quantiles; q++) {
        double error = fs_errors_quantile(&f->errors, f->settings.quantile[q]);
        for (int64_t h = 0; h < horizon; h++)
            quantile[h * quantiles + q] =
                fit->is_transformed ? fs_box_cox_at(fit, h, fs_box_cox_spread(fit, h) * error)
                                    : fit->mean[h] + fit->spread[h] * error;
    }
}

void fs_deliver_quantiles(fs_forecaster *f, const fs_series *series, int model, int origins,
                          int season, int64_t horizon, double *quantile)
{
    int quantiles = f->settings.quantiles;
    const fs_fit *fit = &f->fit[model];
    bool clip = fs_is_nonnegative(f, series);
    if (fit->quantiles)
        for (int64_t h = 0; h < horizon; h++)
            fit->quantiles(fit, h, f->settings.quantile, quantiles, quantile + h * quantiles);
    else
        add_errors(f, fit, horizon, quantile);
    bool holds_effects = fit->effect;
    if (fs_conformal_is_ready(f, model, origins)) {
        for (int64_t i = 0; fit->effect && i < horizon * quantiles; i++)
            quantile[i] /= fit->effect[i / quantiles];
        fs_conformal_quantiles(f, model, origins, horizon, quantile);
        holds_effects = false;
    }
    for (int64_t i = 0; i < horizon * quantiles; i++) {
        double value = quantile[i];
        if (!holds_effects) value = with_effects(f, series, value, i / quantiles);
        quantile[i] = fs_bounded((clip && value < 0 ? 0 : value) * series->unit);
    }
    keep_closed(series, season, horizon, quantiles, quantile);
}

/* ---- paths ---- */

void fs_deliver_paths(fs_forecaster *f, const fs_series *series, int model, int season,
                      int64_t horizon, bool clips)
{
    const fs_fit *fit = &f->fit[model];
    double low = clips && fs_is_nonnegative(f, series) ? 0 : -FARTHEST;
    int64_t width = f->paths.width;
    fs_paths_simulate(&f->paths, fit, &f->errors, horizon);
    for (int64_t h = 0; h < horizon; h++) {
        double *value = f->paths.value + h * width, times = 1, plus = 0;
        double mean = fit->quantiles ? 0 : fit->mean[h];
        if (f->adjusted && !fit->quantiles) {
            double effect = f->effects.effect[series->count + h];
            times = f->effects.multiplies ? effect : 1;
            plus = f->effects.multiplies ? 0 : effect;
        }
        for (int64_t i = 0; i < width; i++) {
            double now = fit->is_transformed ? fs_box_cox_at(fit, h, value[i]) : mean + value[i];
            double at = now * times + plus;
            at = at > low ? at : low; /* what is no number as well */
            value[i] = at < FARTHEST ? at : FARTHEST;
        }
    }
    keep_closed(series, season, horizon, (int)width, f->paths.value);
}

void fs_deliver_given(fs_forecaster *f)
{
    const fs_paths *p = &f->paths;
    const uint16_t *order = p->rank + p->horizon * p->width;
    for (int64_t i = 0; i < f->settings.paths; i++)
        for (int64_t h = 0; h < p->horizon; h++)
            p->given[i * p->horizon + h] =
                fs_bounded(p->value[h * p->width + order[i]] * f->series.unit);
}
