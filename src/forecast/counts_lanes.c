/* The recursion of counts.c for all candidates of one series: a vector holds the paces, four sizes after one another.
 *
 * The sizes r are powers of two and the counts k whole, so the negative binomial's
 *   Γ(k + r) / (Γ(r) k!) (r / (m + r))^r (m / (m + r))^k
 * is a number of a table times powers by squares and roots: neither logarithm nor exponential nor gamma function is
 * called. Likelihoods are multiplied, and the exponents of two taken out now and then.
 *
 * Cost: about 65 ns an observation for all sixteen with AVX2; a division and the roots of each vector are the most of it.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define SIZES  FS_COUNTS_SIZES
#define PACES  FS_COUNTS_PACES
#define INLINE static inline __attribute__((always_inline))

typedef double vector __attribute__((vector_size(PACES * 8), aligned(8), may_alias));

typedef struct candidates {
    vector sold, exposed, out, product;
    double exponent[PACES];
} candidates;

/* x^k */
INLINE void raise(const vector *x, int64_t k, vector *power)
{
    vector square = *x;
    *power = square - square + 1;
    for (; k > 0; k >>= 1) {
        if (k & 1) *power = *power * square;
        square = square * square;
    }
}

/* x^r, by roots and squares */
INLINE void raise_to_size(vector *x, int size)
{
    for (int i = FS_COUNTS_POWER(size); i < 0; i++)
        for (int k = 0; k < PACES; k++) (*x)[k] = sqrt((*x)[k]);
    for (int i = 0; i < FS_COUNTS_POWER(size); i++) *x = *x * *x;
}

INLINE void shrink(candidates *c)
{
    for (int k = 0; k < PACES; k++) {
        int exponent;
        c->product[k] = frexp(c->product[k], &exponent);
        c->exponent[k] += exponent;
    }
}

/* y: what was observed; k: the same, bounded to what the table has; ways: its number there. With the mean written as N / B
 * one division gives both factors, B r / (N + B r) and N / (N + B r). */
INLINE void learn(candidates *c, const vector *alpha, int size, double y, int64_t k, double ways,
                  double factor)
{
    vector sold = c->sold * factor, scatter = c->exposed * FS_COUNTS_SIZE(size);
    vector inverse = 1 / (sold + scatter), none = scatter * inverse, ratio = sold * inverse;
    vector power, like;
    raise_to_size(&none, size);
    raise(&ratio, k, &power);
    like = (1 - c->out) * (none * power * ways + FS_COUNTS_STRANGE);
    if (k == 0) {
        like = like + c->out;
        c->out = c->out / like;
    } else
        c->out = like - like;
    c->product = c->product * like;
    vector in = 1 - c->out, keep = 1 - *alpha * in;
    c->sold = keep * c->sold + in * y;
    c->exposed = keep * c->exposed + in * factor;
}

INLINE void begin(const fs_counts *counts, candidates *c)
{
    vector zero = {0};
    for (int i = 0; i < SIZES; i++) {
        c[i] = (candidates){.out = zero, .product = zero + 1};
        c[i].exposed = zero + counts->prior;
        c[i].sold = zero + counts->prior * counts->at_first;
    }
}

static void give(const candidates *c, fs_counts_sums *sums)
{
    for (int i = 0; i < SIZES; i++) {
        memcpy(sums->sold[i], &c[i].sold, sizeof(vector));
        memcpy(sums->exposed[i], &c[i].exposed, sizeof(vector));
        memcpy(sums->out[i], &c[i].out, sizeof(vector));
        memcpy(sums->mantissa[i], &c[i].product, sizeof(vector));
        memcpy(sums->exponent[i], c[i].exponent, sizeof(vector));
    }
}

FS_LANES void fs_counts_lanes(const fs_counts *counts, double *ahead, fs_counts_sums *sums)
{
    candidates c[SIZES];
    vector alpha, mean;
    memcpy(&alpha, fs_counts_pace, sizeof alpha);
    begin(counts, c);
    for (int64_t t = 0; t < counts->count; t++) {
        double y = counts->y[t], factor = counts->factor[t];
        int64_t k = y < (double)counts->most ? (int64_t)y : counts->most;
        for (int i = 0; i < SIZES; i++)
            c[i].out = c[i].out * (1 - FS_COUNTS_RETURNS) + (1 - c[i].out) * FS_COUNTS_LEAVES;
        const candidates *told = &c[FS_COUNTS_TOLD];
        mean = (1 - told->out) * (told->sold / told->exposed * factor);
        memcpy(ahead + t * PACES, &mean, sizeof mean);
        for (int i = 0; i < SIZES && counts->use[t]; i++)
            learn(&c[i], &alpha, i, y, k, counts->ways[i * (counts->most + 1) + k], factor);
        for (int i = 0; i < SIZES && t % FS_COUNTS_SHRUNK_EVERY == 0; i++) shrink(&c[i]);
    }
    give(c, sums);
}
