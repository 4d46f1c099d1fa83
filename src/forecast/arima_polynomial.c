/* The polynomials of ARIMA: from coordinates to coefficients, multiplied out, their roots, and the covariances they mean.
 *
 * Every part is searched by its partial autocorrelations, as tanh of a coordinate, so each point is stationary and invertible
 * (Barndorff-Nielsen and Schou 1973; Monahan 1984, Biometrika 71). The recursion of Durbin and Levinson leads from partial
 * autocorrelations to coefficients, with derivatives; backwards it tells whether all roots are outside the unit circle, and
 * with coefficients scaled by powers of a factor whether they are beyond that factor, without looking for a root.
 *
 * The covariances that a filter begins with follow from those of the AR part, by Levinson's recursion, spread by the MA part:
 * with x the AR process alone, cov(w_t, w_{t-k}) = sum_j cov(x_t, x_{t-k-j}) sum_i ma_i ma_{i+j}. That takes (p + mP)^2 steps, where
 * the linear equations (Gardner, Harvey and Phillips 1980) would take a third power.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define ALL FS_LSQ_PARAMETERS

int fs_arima_parameters(const fs_arima_order *order)
{
    return order->p + order->q + order->P + order->Q + order->constant;
}

/* ---- coordinates ---- */

/* Coefficients of 1 - c_1 B - ... whose partial autocorrelations are tanh(x); bend[i][j]: c_i by x_j. */
static void place_part(const double *x, int order, double *c, double bend[ALL][ALL])
{
    for (int k = 0; k < order; k++) {
        double a = tanh(x[k]), by = 1 - a * a, old[FS_ARIMA_NEAR], from[FS_ARIMA_NEAR][ALL];
        memcpy(old, c, (size_t)k * sizeof *c);
        for (int i = 0; i < k; i++) memcpy(from[i], bend[i], sizeof from[i]);
        for (int i = 0; i < k; i++) {
            c[i] = old[i] - a * old[k - 1 - i];
            for (int j = 0; j < k; j++) bend[i][j] = from[i][j] - a * from[k - 1 - i][j];
            bend[i][k] = -by * old[k - 1 - i];
        }
        c[k] = a;
        for (int j = 0; j < k; j++) bend[k][j] = 0;
        bend[k][k] = by;
    }
}

/* One part into its place among the parameters; `sign` is -1 of an MA part. */
static void put_part(const double *x, int first, int order, double sign, double *c,
                     double bend[ALL][ALL])
{
    double own[ALL][ALL] = {{0}};
    place_part(x + first, order, c, own);
    for (int i = 0; i < order; i++) {
        c[i] = sign * c[i];
        for (int j = 0; bend && j < order; j++) bend[first + i][first + j] = sign * own[i][j];
    }
}

void fs_arima_place(const fs_arima_order *order, const double x[ALL], fs_arima_coefficients *to,
                    double bend[ALL][ALL])
{
    int at = 0;
    memset(to, 0, sizeof *to);
    if (bend) memset(bend, 0, ALL * sizeof *bend);
    put_part(x, at, order->p, 1, to->ar, bend), at += order->p;
    put_part(x, at, order->q, -1, to->ma, bend), at += order->q;
    put_part(x, at, order->P, 1, to->sar, bend), at += order->P;
    put_part(x, at, order->Q, -1, to->sma, bend), at += order->Q;
    if (!order->constant) return;
    to->mean = x[at];
    if (bend) bend[at][at] = 1;
}

/* ---- roots ---- */

/* Partial autocorrelations in place of the coefficients of 1 - c_1 B - ...; false where one is not below 1. */
static bool to_partial(double *c, int order)
{
    for (int k = order - 1; k >= 0; k--) {
        double a = c[k], less = 1 - a * a;
        if (!(less > 0)) return false;
        for (int i = 0, j = k - 1; i <= j; i++, j--) {
            double low = (c[i] + a * c[j]) / less;
            c[j] = (c[j] + a * c[i]) / less;
            c[i] = low;
        }
    }
    return true;
}

static bool part_is_beyond(const double *c, int order, double sign, double factor)
{
    double scaled[FS_ARIMA_NEAR], power = sign;
    for (int i = 0; i < order; i++) scaled[i] = c[i] * (power *= factor);
    return to_partial(scaled, order);
}

/* A root of the seasonal part in B is the m-th root of that in B^m. */
bool fs_arima_roots_beyond(const fs_arima_coefficients *c, int season, double factor)
{
    double far = pow(factor, season);
    return part_is_beyond(c->ar, FS_ARIMA_NEAR, 1, factor) &&
           part_is_beyond(c->ma, FS_ARIMA_NEAR, -1, factor) &&
           part_is_beyond(c->sar, FS_ARIMA_FAR, 1, far) &&
           part_is_beyond(c->sma, FS_ARIMA_FAR, -1, far);
}

/* ---- multiplied out ---- */

static void add_tap(fs_arima_taps *taps, int lag, double value)
{
    if (value == 0) return;
    taps->lag[taps->count] = lag;
    taps->value[taps->count++] = value;
    if (lag > taps->longest) taps->longest = lag;
}

/* Of the product of 1 + sign near and 1 + sign far, that less 1, times sign. */
static void multiply(const double *near, const double *far, int season, double sign,
                     fs_arima_taps *taps)
{
    taps->count = taps->longest = 0;
    for (int i = 0; i < FS_ARIMA_NEAR; i++) add_tap(taps, i + 1, near[i]);
    for (int j = 0; j < FS_ARIMA_FAR; j++) {
        add_tap(taps, (j + 1) * season, far[j]);
        for (int i = 0; i < FS_ARIMA_NEAR; i++)
            add_tap(taps, (j + 1) * season + i + 1, sign * near[i] * far[j]);
    }
}

void fs_arima_expand(const fs_arima_coefficients *c, int season, fs_arima_taps *ar,
                     fs_arima_taps *ma)
{
    multiply(c->ar, c->sar, season, -1, ar);
    multiply(c->ma, c->sma, season, 1, ma);
}

void fs_arima_delta(int d, int D, int season, fs_arima_taps *delta)
{
    double near[FS_ARIMA_NEAR] = {d, d == 2 ? -1 : 0}, far[FS_ARIMA_FAR] = {D};
    multiply(near, far, season, -1, delta);
}

int fs_arima_states(const fs_arima_taps *ar, const fs_arima_taps *ma)
{
    return ar->longest > ma->longest + 1 ? ar->longest : ma->longest + 1;
}

/* ---- covariances ---- */

/* Of the AR process of unit errors, at lags 0 ... most; scratch: 2 * ar->longest. False where it is not stationary. */
static bool ar_covariances(const fs_arima_taps *ar, int most, double *gamma, double *scratch)
{
    int order = ar->longest;
    double *partial = scratch, *c = scratch + order, less = 1;
    memset(partial, 0, (size_t)order * sizeof *partial);
    for (int i = 0; i < ar->count; i++) partial[ar->lag[i] - 1] += ar->value[i];
    if (!to_partial(partial, order)) return false;
    for (int k = 0; k < order; k++) less *= 1 - partial[k] * partial[k];
    gamma[0] = 1 / less;
    less = gamma[0];
    for (int k = 0; k < order && k < most; k++) {
        double a = partial[k], sum = a * less;
        for (int i = 0; i < k; i++) sum += c[i] * gamma[k - i];
        gamma[k + 1] = sum;
        for (int i = 0, j = k - 1; i <= j; i++, j--) {
            double low = c[i] - a * c[j];
            c[j] = c[j] - a * c[i];
            c[i] = low;
        }
        c[k] = a;
        less *= 1 - a * a;
    }
    for (int k = order + 1; k <= most; k++) {
        gamma[k] = 0;
        for (int i = 0; i < ar->count; i++) gamma[k] += ar->value[i] * gamma[k - ar->lag[i]];
    }
    return gamma[0] < 1e15;
}

/* own[j], j = 0 ... ma->longest: sum of ma_i ma_{i+j}, ma_0 = 1. */
static void ma_products(const fs_arima_taps *ma, double *own)
{
    memset(own, 0, ((size_t)ma->longest + 1) * sizeof *own);
    own[0] = 1;
    for (int i = 0; i < ma->count; i++) {
        own[ma->lag[i]] += ma->value[i];
        for (int j = 0; j < ma->count; j++)
            if (ma->lag[j] >= ma->lag[i])
                own[ma->lag[j] - ma->lag[i]] += ma->value[i] * ma->value[j];
    }
}

/* Covariances of w at lags 0 ... states from those of the AR process. */
static void spread_by_ma(const double *gamma, const double *own, int longest, int states,
                         double *wide)
{
    for (int k = 0; k <= states; k++) wide[k] = gamma[k] * own[0];
    for (int j = 1; j <= longest; j++) {
        if (own[j] == 0) continue;
        for (int k = 0; k <= states; k++)
            wide[k] += own[j] * (gamma[k + j] + gamma[k > j ? k - j : j - k]);
    }
}

static void responses(const fs_arima_taps *ar, const fs_arima_taps *ma, int states, double *psi)
{
    memset(psi, 0, (size_t)states * sizeof *psi);
    psi[0] = 1;
    for (int i = 0; i < ma->count; i++) psi[ma->lag[i]] += ma->value[i];
    for (int k = 1; k < states; k++)
        for (int i = 0; i < ar->count; i++)
            if (ar->lag[i] <= k) psi[k] += ar->value[i] * psi[k - ar->lag[i]];
}

/* Part i of the state is the sum over k >= 0 of ma_{i+k} e_{t-k} + ar_{i+1+k} w_{t-1-k}. */
bool fs_arima_start(const fs_arima_taps *ar, const fs_arima_taps *ma, int states, double *c,
                    double *scratch)
{
    double *gamma = scratch, *own = gamma + 2 * states + 1, *wide = own + states + 1;
    double *psi = wide + states + 1, *rest = psi + states;
    if (!ar_covariances(ar, states + ma->longest, gamma, rest)) return false;
    ma_products(ma, own);
    spread_by_ma(gamma, own, ma->longest, states, wide);
    responses(ar, ma, states, psi);
    memset(c, 0, (size_t)states * sizeof *c);
    c[0] = wide[0];
    for (int j = 0; j < ma->count; j++)
        for (int i = 1; i <= ma->lag[j]; i++) c[i] += ma->value[j] * psi[ma->lag[j] - i];
    for (int j = 0; j < ar->count; j++)
        for (int i = 1; i < ar->lag[j]; i++) c[i] += ar->value[j] * wide[ar->lag[j] - i];
    return true;
}
