/* Box and Cox's transformation, and which of them a series asks for (Box and Cox 1964, Journal of the Royal Statistical Society B 26).
 *
 *   z = (y^λ - 1) / λ,  of λ = 0 log y,  for y > 0
 *
 * Guerrero (1993, Journal of Forecasting 12) takes the λ at which the deviation within a season is most nearly the same for all seasons: the least
 * coefficient of variation of s_i / m_i^(1 - λ), with mean and deviation of each (of two steps, where there is no season), counted from the end. Searched
 * is 0 to 1, between logarithms and the series as it is: below, what comes back has a pole, and above, errors are larger where the level is lower.
 *
 * What comes back. Quantiles go back as they are, for the way back rises. The mean is that of a normal distribution on its way back, by Gauss and
 * Hermite's rule of three points: to the second order the known correction 1 + variance (1 - λ) / (2 (λ z + 1)^2) (Hyndman and Athanasopoulos,
 * Forecasting: Principles and Practice, 5.6), and finite however wide the distribution.
 *
 * Cost: some thirty powers a season for λ, one an observation.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecast_internal.h"

#define EXPONENT  300.0   /* far beyond what is at most 1 */
#define LONG_LOGS (-30.0) /* below, the logarithm of what is at most 1 is that of rounding */
#define LEAST     1e-30   /* where slopes are taken */
#define GRID      10
#define HALVINGS  20
#define GOLDEN    0.61803398874989485

double fs_box_cox(double y, double lambda)
{
    double z = lambda > 0 ? (pow(y, lambda) - 1) / lambda : log(y);
    return z > LONG_LOGS ? z : LONG_LOGS;
}

double fs_box_cox_back(double z, double lambda)
{
    double base = lambda * z + 1;
    if (lambda > 0) return base > 0 ? pow(base, 1 / lambda) : 0;
    return exp(z < EXPONENT ? z : EXPONENT);
}

double fs_box_cox_slope(double z, double lambda)
{
    double y = fs_box_cox_back(z, lambda);
    return pow(y > LEAST ? y : LEAST, 1 - lambda);
}

/* ---- which one ---- */

/* Of the steps from `at` on; false where less than two are known. */
static bool moments_of(const double *y, const uint8_t *use, int64_t at, int64_t steps, double *mean,
                       double *deviation)
{
    double sum = 0, squares = 0;
    int64_t known = 0;
    for (int64_t t = at; t < at + steps; t++)
        if (use[t]) sum += y[t], known++;
    if (known < 2) return false;
    *mean = sum / (double)known;
    for (int64_t t = at; t < at + steps; t++)
        if (use[t]) squares += (y[t] - *mean) * (y[t] - *mean);
    *deviation = sqrt(squares / (double)(known - 1));
    return true;
}

typedef struct seasons {
    const double *y;
    const uint8_t *use;
    int64_t count, length;
} seasons;

/* The square of the coefficient of variation; 0 where there is none. */
static double variation(const seasons *s, double lambda)
{
    double sum = 0, squares = 0, n = 0, mean, deviation;
    for (int64_t at = s->count % s->length; at < s->count; at += s->length) {
        if (!moments_of(s->y, s->use, at, s->length, &mean, &deviation)) continue;
        double ratio = deviation / pow(mean, 1 - lambda);
        sum += ratio, squares += ratio * ratio, n++;
    }
    return n > 1 && sum > 0 ? (squares - sum * sum / n) * n * n / ((n - 1) * sum * sum) : 0;
}

double fs_box_cox_guerrero(const double *y, const uint8_t *use, int64_t count, int season)
{
    const seasons s = {y, use, count, season > 1 ? season : 2};
    double best = INFINITY, at = 1, wide = 1.0 / GRID;
    for (int i = GRID; i >= 0; i--) {
        double now = variation(&s, (double)i / GRID);
        if (now < best) best = now, at = (double)i / GRID;
    }
    double low = at > wide ? at - wide : 0, high = at + wide < 1 ? at + wide : 1;
    for (int i = 0; i < HALVINGS && best > 0; i++) {
        double a = high - GOLDEN * (high - low), b = low + GOLDEN * (high - low);
        if (variation(&s, a) < variation(&s, b))
            high = b;
        else
            low = a;
    }
    double middle = (low + high) / 2;
    return variation(&s, middle) < best ? middle : at;
}

/* ---- fits of what is transformed ---- */

/* Scaled by a power of two to at most 1 in size, as a series is. */
static fs_status transform(const fs_series *from, double lambda, fs_series *to)
{
    int exponent = 0;
    double most = 0;
    FS_TRY(fs_series_reserve(to, from->count));
    memcpy(to->use, from->use, (size_t)from->count);
    to->count = from->count, to->known = from->known, to->absurd = 0;
    for (int64_t t = 0; t < from->count; t++) {
        to->y[t] = from->use[t] ? fs_box_cox(from->y[t], lambda) : 0;
        most = fmax(most, fabs(to->y[t]));
    }
    if (most > 0) frexp(most, &exponent);
    to->unit = ldexp(1, exponent);
    to->least = 1;
    for (int64_t t = 0; t < from->count; t++) {
        to->y[t] /= to->unit;
        if (to->use[t] && to->y[t] < to->least) to->least = to->y[t];
    }
    return FS_OK;
}

static double deviation_of(const fs_fit *fit, const fs_series *series)
{
    double sum = 0, known = 0;
    for (int64_t t = fit->from; t < series->count; t++) {
        if (series->use[t]) known++;
        sum += fit->residual[t] * fit->residual[t];
    }
    double freedom = fmax(known - (double)fit->parameters, known / 2);
    return freedom > 0 ? sqrt(sum / freedom) : 0;
}

void fs_box_cox_return(fs_fit *fit, double lambda, int64_t count, int64_t horizon)
{
    double today = fs_box_cox_slope(fit->mean[0], lambda);
    fit->is_transformed = true;
    fit->lambda = lambda;
    memcpy(fit->middle, fit->mean, (size_t)horizon * sizeof *fit->mean);
    for (int64_t h = 0; h < horizon; h++) {
        fit->mean[h] = fs_box_cox_back(fit->middle[h], lambda);
        fit->spread[h] *= fs_box_cox_slope(fit->middle[h], lambda) / today;
    }
    for (int64_t t = 0; t < count; t++) fit->residual[t] *= today;
}

double fs_box_cox_spread(const fs_fit *fit, int64_t h)
{
    return fit->spread[h] * fs_box_cox_slope(fit->middle[0], fit->lambda) /
           fs_box_cox_slope(fit->middle[h], fit->lambda);
}

double fs_box_cox_at(const fs_fit *fit, int64_t h, double error)
{
    double today = fs_box_cox_slope(fit->middle[0], fit->lambda);
    return fs_box_cox_back(fit->middle[h] + error / today, fit->lambda);
}

/* Of a normal distribution about `middle`. */
static double mean_of(double middle, double deviation, double lambda)
{
    double aside = sqrt(3) * deviation;
    return (fs_box_cox_back(middle - aside, lambda) + 4 * fs_box_cox_back(middle, lambda) +
            fs_box_cox_back(middle + aside, lambda)) /
           6;
}

static void name(double lambda, fs_fit *fit)
{
    size_t used = strlen(fit->model);
    snprintf(fit->model + used, sizeof fit->model - used, " lambda %.2g", lambda);
}

fs_status fs_box_cox_fit(const fs_method *method, const fs_forecast_task *task, double lambda,
                         fs_series *room, fs_scratch *scratch, fs_fit *fit, bool *can)
{
    fs_forecast_task inner = *task;
    FS_TRY(transform(task->series, lambda, room));
    inner.series = room;
    FS_TRY(method->fit(method, &inner, scratch, fit, can));
    if (!*can) return FS_OK;
    for (int64_t h = 0; h < task->horizon; h++) fit->mean[h] *= room->unit;
    for (int64_t t = 0; t < room->count; t++) fit->residual[t] *= room->unit;
    double deviation = deviation_of(fit, room), first = fit->mean[0];
    fs_box_cox_return(fit, lambda, room->count, task->horizon);
    double today = fs_box_cox_slope(first, lambda);
    for (int64_t h = 0; h < task->horizon; h++) {
        double slope = fs_box_cox_slope(fit->middle[h], lambda);
        fit->mean[h] = mean_of(fit->middle[h], deviation * fit->spread[h] * today / slope, lambda);
    }
    fit->states = 0;
    fit->aicc = INFINITY;
    name(lambda, fit);
    *can = fs_fit_is_finite(fit, room->count, task->horizon);
    return FS_OK;
}
