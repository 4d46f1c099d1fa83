/* Forecasts of exponential smoothing and how their errors grow.
 *
 * Means are those of the recursion without errors (Hyndman, Koehler, Ord, Snyder 2008, table 6.1; of multiplicative
 * forms they are medians more than means, as usual). Variances: additive errors, trend and season: class 1, equation 6.1,
 *   1 + sum c_j^2     c_j = alpha + beta phi_j + gamma where j is a whole number of seasons
 * multiplicative error: class 2, equation 6.3, with relative variance v of one step,
 *   theta_h = mean_h^2 + v sum c_j^2 theta_(h-j)     variance_h = (1 + v) theta_h - mean_h^2
 * on means without a multiplicative season, which multiplies the deviation afterwards. Trends that multiply take the additive
 * weights of the same parameters, relative to the level.
 */
#include <math.h>

#include "ets_internal.h"

#define WEIGHTS 512 /* so many steps back errors are remembered */

typedef struct path {
    double damped; /* phi + phi^2 + ... + phi^h */
    double power;
} path;

static double ahead(const fs_ets *ets, path *p)
{
    p->power *= ets->phi;
    p->damped += p->power;
    if (ets->trend == FS_ETS_MULTIPLICATIVE) return ets->level * pow(ets->slope, p->damped);
    return ets->level + p->damped * ets->slope;
}

/* Mean of a step, its part without a season that multiplies, and that season. */
typedef struct step_mean {
    double whole, base, season;
} step_mean;

static step_mean mean_at(const fs_ets *ets, const fs_ets_past *past, const double *season,
                         int64_t h, path *p)
{
    double q = ahead(ets, p), s = season[(past->count + h) % past->period];
    if (ets->season == FS_ETS_MULTIPLICATIVE) return (step_mean){q * s, q, s};
    if (ets->season == FS_ETS_ADDITIVE) return (step_mean){q + s, q + s, 1};
    return (step_mean){q, q, 1};
}

/* What an error of now counts j steps later. */
static double weight_at(const fs_ets *ets, int period, int64_t j, double damped)
{
    double weight = ets->alpha + ets->beta * damped;
    if (ets->season == FS_ETS_ADDITIVE && j % period == 0) weight += ets->gamma;
    return weight;
}

/* Relative variance of one step. */
static double variance_of(const fs_ets *ets, int period)
{
    double free = (double)(ets->observations - fs_ets_parameters(ets, period) + 1);
    double least = (double)ets->observations / 2;
    return ets->observations > 0 ? ets->squares / (free > least ? free : least) : 0;
}

static double bounded(double value) { return isfinite(value) && value < 1e150 ? value : 1e150; }

void fs_ets_project(const fs_ets *ets, const fs_ets_past *past, const double *season,
                    int64_t horizon, double *mean, double *spread)
{
    bool relative = ets->error == FS_ETS_MULTIPLICATIVE;
    double v = relative ? variance_of(ets, past->period) : 0, first = 1;
    double theta[WEIGHTS], weights[WEIGHTS], variance = 1, sum_weights = 1;
    path p = {0, 1}, w = {0, 1};
    for (int64_t h = 0; h < horizon; h++) {
        step_mean m = mean_at(ets, past, season, h, &p);
        mean[h] = isfinite(m.whole) ? m.whole : ets->level;
        if (h > 0) {
            w.power *= ets->phi;
            w.damped += w.power;
            double weight = weight_at(ets, past->period, h, w.damped);
            sum_weights += weight * weight;
            if (h < WEIGHTS) weights[h] = weight * weight;
        }
        if (relative && h < WEIGHTS) {
            double sum = m.base * m.base;
            for (int64_t j = 1; j <= h; j++) sum += v * weights[j] * theta[h - j];
            theta[h] = bounded(sum);
            variance = v > 0 ? ((1 + v) * theta[h] - m.base * m.base) / v : m.base * m.base;
        } else if (!relative) {
            variance = sum_weights;
        }
        double deviation = sqrt(bounded(variance > 0 ? variance : 0)) * fabs(m.season);
        if (h == 0) first = deviation > 0 ? deviation : 1;
        spread[h] = deviation / first;
    }
}
