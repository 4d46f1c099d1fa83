/* The exact Gaussian likelihood of ARMA without gaps, at eight points in lockstep.
 *
 * A Kalman filter carries a covariance of (p + mP)^2 numbers. Begun in the stationary distribution it changes by a matrix of
 * rank one each step, and that, with the gain, is all that need be carried: the recursions of Morf, Sidhu and Kailath (1974,
 * IEEE Transactions on Automatic Control 19) as Pearlman (1980, Biometrika 67) and Mélard (1984, AS 197) use them for ARMA.
 * With the gain K, the variance F of the innovation v, and the change W M W' of the covariance, T the companion of the AR part:
 *
 *   v = w - mean - a_0,  K' = K + M W_0 T W,  F' = F + M W_0^2,  M' = M (1 + M W_0^2 / F)
 *   a' = T a + v K / F,  W' = T W - W_0 K' / F'
 *
 * first from c, the covariance of the state with w (fs_arima_start): F = c_0, K = W = T c, M = -1 / F. The concentrated likelihood
 * is that of n log sum (v^2 / F) + sum log F, a sum of squares of v / sqrt(F) times the geometric mean of sqrt(F).
 *
 * W goes to 0 by the MA part's roots, but not in steps that are the same for all lanes, so it is carried to the end.
 *
 * Cost: 4.5 ns an observation and part of the state for eight points with AVX2.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define WIDTH   4
#define LANES   FS_LSQ_LANES
#define VECTORS (LANES / WIDTH)
#define SHRUNK_EVERY                                                                               \
    16 /* factors: so many F may be multiplied without leaving the range of doubles */

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

/* What four lanes carry beside the state. */
typedef struct lanes {
    vector mean, f, m, squares, product;
    double exponents[WIDTH];
} lanes;

/* Takes the exponents out of the product of F. */
static inline void shrink(lanes *v)
{
    for (int k = 0; k < WIDTH; k++) {
        int exponent;
        v->product[k] = frexp(v->product[k], &exponent);
        v->exponents[k] += exponent;
    }
}

/* Moves the four lanes from `half` on by one observation; states are LANES apart. */
static inline void step(const fs_arima_exact *x, lanes *v, int half, double w, vector *standard)
{
    vector *a = (vector *)(void *)(x->state + half), *ar = (vector *)(void *)(x->ar + half);
    vector *gain = (vector *)(void *)(x->gain + half), *turn = (vector *)(void *)(x->turn + half);
    vector first = a[0], w0 = turn[0], e = w - v->mean - first, over = 1 / v->f;
    vector share = e * over, mw = v->m * w0, change = mw * w0;
    vector next = v->f + change, turned = w0 / next;
    v->squares = v->squares + e * share;
    v->product = v->product * v->f;
    for (int i = 0; i < VECTORS * x->states; i += VECTORS) {
        vector moved = turn[i + VECTORS] + ar[i] * w0;
        a[i] = a[i + VECTORS] + ar[i] * first + gain[i] * share;
        gain[i] = gain[i] + moved * mw;
        turn[i] = moved - gain[i] * turned;
    }
    for (int k = 0; k < WIDTH; k++) (*standard)[k] = sqrt(over[k]);
    *standard = *standard * e;
    v->m = v->m * (1 + change * over);
    v->f = next;
}

FS_LANES static void run_four(fs_arima_exact *x, int half)
{
    lanes v;
    memset(&v, 0, sizeof v);
    memcpy(&v.mean, x->mean + half, sizeof v.mean);
    memcpy(&v.f, x->first + half, sizeof v.f);
    v.m = -1 / v.f;
    v.product = v.m - v.m + 1;
    for (int64_t t = 0; t < x->count; t++) {
        step(x, &v, half, x->w[t], (vector *)(void *)(x->error + t * LANES + half));
        if (t % SHRUNK_EVERY == SHRUNK_EVERY - 1) shrink(&v);
    }
    shrink(&v);
    memcpy(x->squares + half, &v.squares, sizeof v.squares);
    for (int k = 0; k < WIDTH; k++)
        x->logs[half + k] = v.exponents[k] * 0.69314718055994531 + log(v.product[k]);
}

void fs_arima_exact_lanes(fs_arima_exact *exact)
{
    for (int half = 0; half < exact->lanes; half += WIDTH) run_four(exact, half);
}
