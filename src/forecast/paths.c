/* Simulated paths of a fit, one mechanism for all methods, from which the distribution of any sum of steps is read.
 *
 * A method tells how the deviation of its errors grows: spread[h], 1 at the first step. Of a linear model with one source of error
 * the error of step h is e_h + psi_1 e_(h-1) + ... + psi_(h-1) e_1 (Box and Jenkins 1970, chapter 5; for exponential
 * smoothing Hyndman, Koehler, Ord, Snyder 2008, chapter 6), whose variance grows by psi_j^2 from step j to the next. So
 *
 *   psi_0 = 1,  psi_j = sqrt(spread[j]^2 - spread[j-1]^2)
 *
 * What errors of the backtest had beyond theory (errors.factor above 1) is not noise that each step has anew: it is that level, trend and seasons
 * were estimated, or moved as the model does not know, and is wrong in the same direction in all steps. So noise is as wide as theory says, and what
 * is left of each step's variance is one normal error a path, times spread[h]: steps are as wide as before, sums wider (Chatfield
 * 1993, Journal of Business & Economic Statistics 11, on why intervals are too narrow).
 *
 * The sign, which deviations do not tell, is taken as plus. So it is of random walks, exponential smoothing and autoregressions
 * that follow their last value, and where it is not, a sum comes out wider than it need be, never narrower. Errors e are
 * drawn from the distribution of errors of one step (errors.c). Methods that forecast counts have paths of their own
 * (counts_paths.c).
 *
 * Draws: a Latin hypercube (McKay, Beckman, Conover 1979). At each step each column gets one of `width` equal shares of the distribution, in an order of
 * its own, and takes its middle; so each step has its distribution as exactly as so many paths can. Columns i and
 * width - 1 - i are antithetic: where one draws from below, the other does from above. Orders follow from the seed and the
 * step only: they are the same for all series, whatever the threads, the order of groups and the horizon. That also means
 * that the paths of two series draw in the same order, so what is added up over series path by path is as wide as if all were wrong together.
 *
 * Cost: horizon^2 / 2 products a path where all weights differ from zero, .1 ns each; a table of errors; one product a step and path more.
 */
#include <math.h>

#include "forecaster_internal.h"

#define LANES     FS_PATHS_LANES
#define NO_MATTER 1e-12 /* of the variance: a weight below its root is what rounding left of 0 */

typedef double vector __attribute__((vector_size(LANES * 8), aligned(8), may_alias));

/* ---- draws ---- */

/* A random order of 0 … width - 1 in which what stands at i and at width - 1 - i adds up to width - 1. */
static void fill_order(fs_random *random, int64_t width, uint16_t *rank)
{
    int64_t half = width / 2;
    for (int64_t i = 0; i < half; i++) {
        int64_t j = fs_random_below(random, i + 1);
        rank[i] = rank[j];
        rank[j] = (uint16_t)i;
    }
    for (int64_t i = 0; i < half; i++) {
        if (fs_random_bits(random) >> 63) rank[i] = (uint16_t)(width - 1 - rank[i]);
        rank[width - 1 - i] = (uint16_t)(width - 1 - rank[i]);
    }
}

static void fill_draws(fs_paths *p, uint64_t seed)
{
    for (int64_t h = 0; h < p->horizon; h++) {
        fs_random random = fs_random_open(seed, (uint64_t)h, 0, 0);
        fill_order(&random, p->width, p->rank + h * p->width);
    }
    fs_random random = fs_random_open(seed, 0, 1, 0);
    fill_order(&random, p->width, p->rank + p->horizon * p->width);
    random = fs_random_open(seed, 0, 2, 0);
    fill_order(&random, p->width, p->rank + (p->horizon + 1) * p->width);
    for (int64_t k = 0; k < p->width; k++)
        p->normal[k] = fs_normal_quantile(((double)k + 0.5) / (double)p->width);
}

fs_status fs_paths_open(fs_paths *p, const fs_forecast_settings *settings)
{
    *p = (fs_paths){.horizon = settings->horizon};
    if (settings->paths <= 0) return FS_OK;
    p->width = (settings->paths + LANES - 1) / LANES * LANES;
    size_t width = (size_t)p->width, horizon = (size_t)p->horizon;
    p->rank = fs_alloc((horizon + 2) * width * sizeof *p->rank);
    p->normal = fs_alloc(width * sizeof *p->normal);
    p->table = fs_alloc(width * sizeof *p->table);
    p->weight = fs_alloc(horizon * sizeof *p->weight);
    p->value = fs_alloc(horizon * width * sizeof *p->value);
    p->sum = fs_alloc(width * sizeof *p->sum);
    p->room = fs_alloc(FS_QUANTILES_ROOM(width) * sizeof *p->room);
    if (!settings->sums) p->given = fs_alloc((size_t)settings->paths * horizon * sizeof *p->given);
    bool has_all = p->rank && p->normal && p->table && p->weight && p->value && p->sum && p->room &&
                   (p->given || settings->sums);
    if (!has_all) return FS_MEMORY;
    fill_draws(p, settings->seed);
    return FS_OK;
}

void fs_paths_close(fs_paths *p)
{
    fs_free(p->rank);
    fs_free(p->normal), fs_free(p->table), fs_free(p->weight);
    fs_free(p->value), fs_free(p->sum), fs_free(p->room), fs_free(p->given);
    *p = (fs_paths){0};
}

/* ---- errors that add up ---- */

/* Of what errors add up in. */
static double spread_of(const fs_fit *fit, int64_t h)
{
    return fit->is_transformed ? fs_box_cox_spread(fit, h) : fit->spread[h];
}

static void fill_weights(const fs_fit *fit, int64_t horizon, double *psi)
{
    psi[0] = 1;
    for (int64_t j = 1; j < horizon; j++) {
        double more = spread_of(fit, j) * spread_of(fit, j);
        more -= spread_of(fit, j - 1) * spread_of(fit, j - 1);
        psi[j] = more > NO_MATTER ? sqrt(more) : 0;
    }
}

/* From the last step to the first, so that those before it are still bare. */
static FS_LANES void add_past_errors(const double *psi, int64_t horizon, int64_t width,
                                     double *value)
{
    for (int64_t c = 0; c < width; c += LANES)
        for (int64_t h = horizon - 1; h > 0; h--) {
            vector sum = *(const vector *)(value + h * width + c);
            for (int64_t j = 1; j <= h; j++)
                if (psi[j] > 0) sum += psi[j] * *(const vector *)(value + (h - j) * width + c);
            *(vector *)(value + h * width + c) = sum;
        }
}

static void draw_errors(const fs_paths *p, double scale, int64_t horizon)
{
    for (int64_t i = 0; i < horizon * p->width; i++) p->value[i] = scale * p->table[p->rank[i]];
}

/* ---- the error that all steps share ---- */

static void add_common_error(const fs_paths *p, const fs_fit *fit, double deviation,
                             int64_t horizon)
{
    const uint16_t *rank = p->rank + (p->horizon + 1) * p->width;
    for (int64_t h = 0; h < horizon; h++) {
        double *value = p->value + h * p->width, scale = deviation * spread_of(fit, h);
        for (int64_t c = 0; c < p->width; c++) value[c] += scale * p->normal[rank[c]];
    }
}

/* ---- counts ---- */

/* What each step's mean has beyond the level of those on sale then, by season and regressors. */
static void fill_factors(const fs_fit *fit, int64_t horizon, double *factor)
{
    double weight[FS_COUNTS_SIZES][FS_COUNTS_PACES];
    for (int64_t h = 0; h < horizon; h++) {
        double level = fs_counts_on_sale(&fit->counts, h + 1, weight);
        factor[h] = level > 0 ? fit->mean[h] * fit->counts.unit / level : 0;
        if (fit->effect) factor[h] *= fit->effect[h];
    }
}

void fs_paths_simulate(fs_paths *p, const fs_fit *fit, fs_errors *errors, int64_t horizon)
{
    if (fit->quantiles) {
        fill_factors(fit, horizon, p->weight);
        fs_counts_paths counts = {.mixture = &fit->counts,
                                  .factor = p->weight,
                                  .rank = p->rank,
                                  .horizon = horizon,
                                  .width = p->width,
                                  .value = p->value};
        fs_counts_paths_lanes(&counts);
        return;
    }
    fill_weights(fit, horizon, p->weight);
    fs_errors_quantiles(errors, p->normal, p->width, p->table);
    double factor = errors->factor > 1 ? errors->factor : 1;
    draw_errors(p, 1 / factor, horizon);
    add_past_errors(p->weight, horizon, p->width, p->value);
    if (factor > 1)
        add_common_error(p, fit, errors->deviation * sqrt(factor * factor - 1), horizon);
}
