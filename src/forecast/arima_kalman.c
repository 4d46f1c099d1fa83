/* The exact Gaussian likelihood of ARIMA with gaps: a Kalman filter over the series itself.
 *
 * The state is that of the ARMA part (Harvey 1989, 3.3), begun in its stationary distribution, and behind it the last
 * d + mD values, of which nothing is known at first: their variance is 1e6 times that of the errors, and innovations of which
 * that is still most do not count (as in R's arima, whose log likelihood this is). A missing value is a step without a
 * correction. The covariance of the ARMA part follows from its first column (fs_arima_start) by
 *
 *   P_ij = ar_i ar_j c_0 + ar_i c_{j+1} + ar_j c_{i+1} + P_{i+1,j+1} + ma_i ma_j
 *
 * Cost: about 3 ns an observation and number of the covariance, of which there are (p + mP or q + mQ + 1, and d + mD) squared.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define DIFFUSE 1e6
#define COUNTS  1e4 /* variances below it */

typedef struct filter {
    const fs_arima_taps *delta;
    int arma, size; /* of the state */
    double *ar, *ma;
    double *state, *next, *gain, *start;
    double *covariance, *moved; /* size * size */
} filter;

static filter lay_out(const fs_arima_kalman *k)
{
    int r = fs_arima_states(&k->ar, &k->ma), n = r + k->delta.longest;
    double *at = k->room;
    filter f = {.delta = &k->delta, .arma = r, .size = n};
    f.state = at, at += n;
    f.next = at, at += n;
    f.gain = at, at += n;
    f.ar = at, at += r;
    f.ma = at, at += r;
    f.covariance = at, at += (size_t)n * (size_t)n;
    f.moved = at;
    f.start = f.moved; /* needed before anything is moved; the rest of the room is its scratch */
    return f;
}

/* ---- one step of the state ---- */

static double seen(const filter *f, const double *x)
{
    double sum = x[0];
    for (int i = 0; i < f->delta->count; i++)
        sum += f->delta->value[i] * x[f->arma + f->delta->lag[i] - 1];
    return sum;
}

static void advance(const filter *f, const double *x, double *to)
{
    int r = f->arma;
    for (int i = 0; i < r; i++) to[i] = f->ar[i] * x[0] + (i + 1 < r ? x[i + 1] : 0);
    if (f->size > r) to[r] = seen(f, x);
    for (int i = r + 1; i < f->size; i++) to[i] = x[i - 1];
}

static void advance_covariance(filter *f)
{
    size_t n = (size_t)f->size;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < n; i++) {
            advance(f, f->covariance + i * n, f->next);
            for (size_t j = 0; j < n; j++) f->moved[j * n + i] = f->next[j];
        }
        double *swap = f->covariance;
        f->covariance = f->moved;
        f->moved = swap;
    }
    for (size_t i = 0; i < (size_t)f->arma; i++)
        for (size_t j = 0; j < (size_t)f->arma; j++)
            f->covariance[i * n + j] += f->ma[i] * f->ma[j];
}

/* ---- begin and correct ---- */

static bool begin(filter *f, const fs_arima_kalman *k)
{
    size_t n = (size_t)f->size;
    int r = f->arma;
    memset(k->room, 0, (3 * n + 2 * (size_t)r + n * n) * sizeof *k->room);
    for (int i = 0; i < k->ar.count; i++) f->ar[k->ar.lag[i] - 1] += k->ar.value[i];
    f->ma[0] = 1;
    for (int i = 0; i < k->ma.count; i++) f->ma[k->ma.lag[i]] += k->ma.value[i];
    double *c = f->start;
    if (!fs_arima_start(&k->ar, &k->ma, r, c, c + r + 1)) return false;
    c[r] = 0;
    for (int i = r - 1; i >= 0; i--)
        for (int j = i; j >= 0; j--) {
            double *at = f->covariance + (size_t)i * n + j;
            double behind = i + 1 < r ? at[n + 1] : 0;
            *at = f->ar[i] * f->ar[j] * c[0] + f->ar[i] * c[j + 1] + f->ar[j] * c[i + 1] + behind +
                  f->ma[i] * f->ma[j];
            f->covariance[(size_t)j * n + (size_t)i] = *at;
        }
    for (size_t i = (size_t)r; i < n; i++) f->covariance[i * n + i] = DIFFUSE;
    return true;
}

/* By the innovation v; returns its variance. */
static double correct(filter *f, double v)
{
    size_t n = (size_t)f->size;
    for (size_t i = 0; i < n; i++) f->gain[i] = seen(f, f->covariance + i * n);
    double variance = seen(f, f->gain);
    for (size_t i = 0; i < n; i++) f->state[i] += f->gain[i] * v / variance;
    for (size_t i = 0; i < n; i++) {
        double share = f->gain[i] / variance;
        for (size_t j = 0; j < n; j++) f->covariance[i * n + j] -= share * f->gain[j];
    }
    return variance;
}

static void move_state(filter *f)
{
    advance(f, f->state, f->next);
    memcpy(f->state, f->next, (size_t)f->size * sizeof *f->state);
}

double fs_arima_mean_at(int d, int D, int season, double mean, int64_t t)
{
    if (d + D == 0) return mean;
    return mean * (double)t / (D > 0 ? season : 1);
}

static double mean_part(const fs_arima_kalman *k, int64_t t)
{
    return fs_arima_mean_at(k->d, k->D, k->season, k->mean, t);
}

bool fs_arima_kalman_run(fs_arima_kalman *k)
{
    filter f = lay_out(k);
    k->squares = k->logs = 0;
    k->counted = 0;
    if (!begin(&f, k)) return false;
    for (int64_t t = 0; t < k->count; t++) {
        if (t > 0) move_state(&f), advance_covariance(&f);
        if (k->error) k->error[t] = 0;
        if (!k->use[t]) continue;
        double v = k->y[t] - mean_part(k, t) - seen(&f, f.state), variance = correct(&f, v);
        if (!(variance > 0)) return false;
        if (variance >= COUNTS) continue;
        if (k->error) k->error[t] = v / sqrt(variance);
        k->squares += v * v / variance;
        k->logs += log(variance);
        k->counted++;
    }
    return isfinite(k->squares) && isfinite(k->logs);
}

void fs_arima_kalman_ahead(fs_arima_kalman *k, int64_t horizon, double *mean)
{
    filter f = lay_out(k);
    for (int64_t h = 0; h < horizon; h++) {
        move_state(&f);
        mean[h] = seen(&f, f.state) + mean_part(k, k->count + h);
    }
}

void fs_arima_kalman_next(fs_arima_kalman *k, double *state)
{
    filter f = lay_out(k);
    advance(&f, f.state, f.next);
    memcpy(state, f.next, (size_t)f.size * sizeof *state);
}
