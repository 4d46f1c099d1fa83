/* Automatic seasonal ARIMA: how many differences (arima_difference.c), which orders (arima_search.c), estimates (arima_fit.c),
 * forecasts.
 *
 * As R's auto.arima goes about it (Hyndman and Khandakar 2008): p, q <= 5, P, Q <= 2, together at most 5, a constant where there is
 * no more than one difference, least AICc, no root next to the unit circle.
 *
 * Without gaps the ARMA part of the differenced series is forecast from the state that its exact filter ends in, and summed up again;
 * with gaps the filter runs over the series itself (arima_kalman.c), and there is no filling in. That one's time grows with
 * the square of the season, so a series with gaps and a season longer than 60 is taken without its season.
 *
 * Cost: see the parts; 1 ms for 50 observations with a season of 4, 2.4 ms for 100 with one of 12, 5 ms for 419 with one of 7.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecast_internal.h"

#define LANES             FS_LSQ_LANES
#define LONGEST_WITH_GAPS 60
#define PER_ORDER         3 /* differences a lag at least, as in auto.arima */

typedef struct work {
    const fs_series *series;
    int d, D, season;
    int64_t lost; /* observations that differencing takes */
    bool gaps;
    fs_arima_past past;
    double *w, *tests;
    uint8_t *use;
    fs_arima_taps delta;
    fs_arima_search search;
    fs_arima_kalman filter; /* where there are gaps */
} work;

/* ---- room ---- */

static size_t most_states(int season) { return FS_ARIMA_FAR * (size_t)season + FS_ARIMA_NEAR + 2; }

static double *take(double **at, size_t doubles)
{
    double *here = *at;
    *at += doubles;
    return here;
}

size_t fs_arima_scratch(int64_t count, int season, bool gaps)
{
    size_t n = (size_t)count, m = (size_t)season, states = most_states(season);
    size_t lanes = (states + 2) * LANES, start = FS_ARIMA_START(states) + states + 1;
    size_t filter = gaps ? FS_ARIMA_KALMAN(states + m + 2) : 0;
    return n + (n + 7) / 8 + fs_arima_tests(count, season) + FS_ARIMA_ROOM(n, m) + 4 * lanes +
           n * LANES + start + filter;
}

static bool lay_out(work *k, fs_scratch *scratch)
{
    size_t n = (size_t)k->series->count, m = (size_t)k->season, states = most_states(k->season);
    size_t lanes = (states + 2) * LANES, start = FS_ARIMA_START(states) + states + 1;
    double *at = fs_scratch_reserve(scratch, fs_arima_scratch((int64_t)n, (int)m, k->gaps));
    if (!at) return false;
    k->w = take(&at, n);
    k->use = (uint8_t *)take(&at, (n + 7) / 8);
    k->tests = take(&at, fs_arima_tests((int64_t)n, (int)m));
    k->search.conditional.room = take(&at, FS_ARIMA_ROOM(n, m));
    k->search.exact.ar = take(&at, lanes);
    k->search.exact.gain = take(&at, lanes);
    k->search.exact.turn = take(&at, lanes);
    k->search.exact.state = take(&at, lanes);
    k->search.exact.error = take(&at, n * LANES);
    k->search.start = take(&at, start);
    k->filter.room = at;
    return true;
}

/* ---- differences ---- */

static void difference_once(work *k, int64_t lag)
{
    int64_t n = k->past.count > lag ? k->past.count - lag : 0;
    k->past.known = 0;
    for (int64_t t = 0; t < n; t++) {
        k->use[t] = k->use[t + lag] & k->use[t];
        k->w[t] = k->use[t] ? k->w[t + lag] - k->w[t] : 0;
        k->past.known += k->use[t];
    }
    k->past.count = n;
    k->lost += lag;
}

static void make_differences(work *k)
{
    const fs_series *s = k->series;
    memcpy(k->w, s->y, (size_t)s->count * sizeof *k->w);
    memcpy(k->use, s->use, (size_t)s->count);
    k->past = (fs_arima_past){k->w, k->use, s->count, s->known, k->season};
    k->D = fs_arima_season_differences(s->y, s->use, s->count, k->season, k->tests);
    if (k->D > 0) difference_once(k, k->season);
    k->d = fs_arima_differences(k->w, k->use, k->past.count, k->tests);
    for (int i = 0; i < k->d; i++) difference_once(k, 1);
    fs_arima_delta(k->d, k->D, k->season, &k->delta);
}

/* A season's place takes the p and q beyond it. No drift with gaps: the steps across them are not seen, and where a shop is shut on
 * Sundays those that are seen add up to the fall from Monday to Saturday. */
static fs_arima_order most_orders(const work *k)
{
    int64_t lags = k->past.known / PER_ORDER, seasons = lags / k->season;
    int near = FS_ARIMA_NEAR, far = k->season > 1 ? FS_ARIMA_FAR : 0;
    if (k->season > 1 && near > k->season - 1) near = k->season - 1;
    if (near > lags) near = (int)lags;
    if (far > seasons) far = (int)seasons;
    bool constant = k->d == 0 ? k->D <= 1 : k->D == 0 && !k->gaps;
    return (fs_arima_order){near, near, far, far, constant};
}

/* ---- forecasts ---- */

/* The state is where the tests were. */
static fs_arima_kept kept_of(const work *k, const fs_arima_order *order,
                             const fs_arima_coefficients *c)
{
    return (fs_arima_kept){.d = k->d,
                           .D = k->D,
                           .season = k->season,
                           .order = *order,
                           .c = *c,
                           .time = k->series->count,
                           .state = k->tests};
}

/* The state of w, and the last values without what the mean makes of them. */
static void keep_exactly(work *k, const fs_arima_coefficients *c, const fs_arima_order *order,
                         int states, fs_fit *fit)
{
    fs_arima_kept kept = kept_of(k, order, c);
    if (!fit->keeps) return;
    for (int i = 0; i < states; i++) kept.state[i] = k->search.exact.state[i * LANES];
    for (int i = 0; i < k->delta.longest; i++) {
        int64_t t = k->series->count - 1 - i;
        kept.state[states + i] =
            k->series->y[t] - fs_arima_mean_at(k->d, k->D, k->season, c->mean, t);
    }
    fs_arima_keep(&kept, fit);
}

static void project_exactly(work *k, const fs_arima_coefficients *c, const fs_arima_order *order,
                            int states, int64_t horizon, fs_fit *fit)
{
    fs_arima_exact *x = &k->search.exact;
    const fs_series *s = k->series;
    x->states = states;
    fs_arima_exact_ready(x, 0, c, k->season, k->search.start);
    fs_arima_exact_reference(x, 0);
    for (int64_t t = 0; t < s->count; t++)
        fit->residual[t] = t < k->lost ? 0 : x->error[(t - k->lost) * LANES];
    keep_exactly(k, c, order, states, fit);
    for (int64_t h = 0; h < horizon; h++) {
        double first = x->state[0];
        fit->mean[h] = first + c->mean;
        for (int i = 0; i < states * LANES; i += LANES)
            x->state[i] = x->state[i + LANES] + x->ar[i] * first;
        for (int i = 0; i < k->delta.count; i++) {
            int64_t t = h - k->delta.lag[i];
            fit->mean[h] += k->delta.value[i] * (t < 0 ? s->y[s->count + t] : fit->mean[t]);
        }
    }
}

static bool project_with_gaps(work *k, const fs_arima_coefficients *c, const fs_arima_order *order,
                              int64_t horizon, fs_fit *fit)
{
    fs_arima_kalman *filter = &k->filter;
    fs_arima_expand(c, k->season, &filter->ar, &filter->ma);
    filter->mean = c->mean;
    filter->error = fit->residual;
    if (!fs_arima_kalman_run(filter)) return false;
    fs_arima_kept kept = kept_of(k, order, c);
    fs_arima_kalman_next(filter, kept.state);
    fs_arima_keep(&kept, fit);
    fs_arima_kalman_ahead(filter, horizon, fit->mean);
    return true;
}

/* ---- the fit ---- */

static bool give(work *k, const fs_arima_tried *best, int64_t horizon, fs_fit *fit,
                 fs_arima_kept *model)
{
    fs_arima_coefficients c;
    fs_arima_taps ar, ma;
    fs_arima_place(&best->order, best->x, &c, NULL);
    fs_arima_expand(&c, k->season, &ar, &ma);
    if (k->gaps && !project_with_gaps(k, &c, &best->order, horizon, fit)) return false;
    if (!k->gaps) project_exactly(k, &c, &best->order, fs_arima_states(&ar, &ma), horizon, fit);
    fs_arima_spread(&ar, &ma, &k->delta, horizon, fit->spread);
    fit->from = k->lost;
    fit->parameters = fs_arima_parameters(&best->order);
    fit->aicc = best->aicc;
    *model = kept_of(k, &best->order, &c);
    return fs_arima_name(model, fit->model) && fs_fit_is_finite(fit, k->series->count, horizon);
}

fs_status fs_arima_fit_model(const fs_forecast_task *task, fs_scratch *scratch, fs_fit *fit,
                             fs_arima_kept *model, bool *can)
{
    const fs_series *series = task->series;
    work k = {.series = series, .season = task->season, .gaps = series->known < series->count};
    fs_arima_tried best;
    *can = false;
    if (series->count <= 2 * (int64_t)k.season || (k.gaps && k.season > LONGEST_WITH_GAPS))
        k.season = 1;
    if (!lay_out(&k, scratch)) return FS_MEMORY;
    make_differences(&k);
    k.search.past = k.search.conditional.past = &k.past;
    k.search.exact.w = k.w;
    k.search.exact.count = k.past.count;
    k.filter.y = series->y, k.filter.use = series->use, k.filter.count = series->count;
    k.filter.d = k.d, k.filter.D = k.D, k.filter.season = k.season, k.filter.delta = k.delta;
    if (k.gaps) k.search.gaps = &k.filter;
    k.search.most = most_orders(&k);
    k.search.is_full = task->searches_all;
    if (k.past.known < 1 || !fs_arima_choose(&k.search, &best)) return FS_OK;
    *can = give(&k, &best, task->horizon, fit, model);
    return FS_OK;
}

static fs_status fit_arima(const fs_method *method, const fs_forecast_task *task,
                           fs_scratch *scratch, fs_fit *fit, bool *can)
{
    fs_arima_kept model;
    (void)method;
    return fs_arima_fit_model(task, scratch, fit, &model, can);
}

const fs_method fs_arima_method = {
    .name = "arima",
    .about = "seasonal ARIMA (Box and Jenkins), orders by AICc and a stepwise search (Hyndman "
             "and Khandakar 2008), estimates of greatest likelihood",
    .fit = fit_arima,
    .resume = fs_arima_resume,
    .competes = true,
    .is_slow = true,
    .combines = true};
