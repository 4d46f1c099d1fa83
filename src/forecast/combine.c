/* A forecast out of several.
 *
 * median  at each step the median of their means (the mean of the middle two). The median of a few unlike methods is hard to beat and
 *         needs no weights (Petropoulos and Svetunkov 2020, International Journal of Forecasting 36: "A simple combination of
 *         univariate models", sixth in the M4 competition)
 * auto    their mean, weighted by the inverse square of the mean absolute error that each made in the backtest, where, without
 *         a season, each origin counts twice the one before: what is new tells more of what comes (Bates and Granger 1969,
 *         Operational Research Quarterly 20: "The combination of forecasts", with the variance of the errors)
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecast_internal.h"

#define PERFECT 1e-3 /* of the mean error: that of a part without any */

static void take_over(const fs_fit *const *part, int parts, fs_fit *fit)
{
    fit->from = 0;
    fit->parameters = 0;
    fit->aicc = INFINITY;
    for (int i = 0; i < parts; i++) {
        if (part[i]->from > fit->from) fit->from = part[i]->from;
        fit->parameters += part[i]->parameters;
    }
    fit->parameters /= parts;
}

/* ---- median ---- */

static double median_at(double *const *of, int parts, int64_t at)
{
    double value[FS_COMBINED];
    for (int i = 0; i < parts; i++) value[i] = of[i][at];
    return fs_median(value, parts);
}

static double mean_spread(const fs_fit *const *part, int parts, int64_t h)
{
    double sum = 0;
    for (int i = 0; i < parts; i++) sum += part[i]->spread[h];
    return sum / parts;
}

/* "ETS(A,N,A), DOTM(A)"; with weights "ETS(A,N,A) 62 %, DOTM(A) 38 %", without those that round to nothing. */
static void name_parts(const fs_fit *const *part, const double *weight, int parts, char *name)
{
    size_t used = 0;
    name[0] = '\0';
    for (int i = 0; i < parts && used < FS_MODEL_NAME - 1; i++) {
        char share[16] = "";
        if (weight && weight[i] < 0.005) continue;
        if (weight && parts > 1) snprintf(share, sizeof share, " %.0f %%", 100 * weight[i]);
        used += (size_t)snprintf(name + used, FS_MODEL_NAME - used, "%s%s%s", used > 0 ? ", " : "",
                                 part[i]->model, share);
    }
}

void fs_combine_median(const fs_fit *const *part, int parts, int64_t count, int64_t horizon,
                       fs_fit *fit)
{
    double *mean[FS_COMBINED], *residual[FS_COMBINED];
    take_over(part, parts, fit);
    for (int i = 0; i < parts; i++) mean[i] = part[i]->mean, residual[i] = part[i]->residual;
    name_parts(part, NULL, parts, fit->model);
    for (int64_t h = 0; h < horizon; h++) {
        fit->mean[h] = median_at(mean, parts, h);
        fit->spread[h] = mean_spread(part, parts, h);
    }
    for (int64_t t = 0; t < count; t++) fit->residual[t] = median_at(residual, parts, t);
}

/* ---- weighted mean ---- */

void fs_combine_weights(const double *error, int parts, double *weight)
{
    double mean = 0, sum = 0;
    for (int i = 0; i < parts; i++) mean += error[i] / parts;
    for (int i = 0; i < parts; i++) {
        double relative = mean > 0 ? error[i] / mean : 1;
        weight[i] = 1 / ((relative + PERFECT) * (relative + PERFECT));
        sum += weight[i];
    }
    for (int i = 0; i < parts; i++) weight[i] /= sum;
}

/* to += weight * (from - first), of n: what parts agree on stays as it is, to the last bit. */
static void add(double *to, const double *from, const double *first, double weight, int64_t n)
{
    for (int64_t i = 0; i < n; i++) to[i] += weight * (from[i] - first[i]);
}

void fs_combine_mean(const fs_fit *const *part, const double *weight, int parts, int64_t count,
                     int64_t horizon, fs_fit *fit)
{
    take_over(part, parts, fit);
    name_parts(part, weight, parts, fit->model);
    memcpy(fit->mean, part[0]->mean, (size_t)horizon * sizeof *fit->mean);
    memcpy(fit->spread, part[0]->spread, (size_t)horizon * sizeof *fit->spread);
    memcpy(fit->residual, part[0]->residual, (size_t)count * sizeof *fit->residual);
    for (int i = 1; i < parts; i++) {
        add(fit->mean, part[i]->mean, part[0]->mean, weight[i], horizon);
        add(fit->spread, part[i]->spread, part[0]->spread, weight[i], horizon);
        add(fit->residual, part[i]->residual, part[0]->residual, weight[i], count);
    }
}

const fs_method fs_median_method = {
    .name = "median",
    .about = "the median of ets, dotm, ces and arima at each step",
};
const fs_method fs_auto_method = {
    .name = "auto",
    .about = "several, weighted by the inverse square of their errors in the series' own past",
    .competes = true,
};
