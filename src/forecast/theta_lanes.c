/* The errors of the Theta method for eight smoothing parameters of one series in lockstep.
 *
 * Given α the error of one step is linear in the first level and in the weight of the trend, 1 - 1/θ, so sums of products of
 * its three parts give the best of both and the sum of squares there, without a search (theta.c). Two vectors of four
 * doubles: wider ones than the machine has are taken apart by way of memory.
 *
 * Cost: about 8 ns an observation for all eight with AVX2.
 */
#include <string.h>

#include "forecast_internal.h"

#define WIDTH   4
#define VECTORS (FS_LSQ_LANES / WIDTH)

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

typedef struct lanes {
    vector alpha, rest, inverse; /* α, 1 - α, 1 / α */
    vector a, b, c;              /* the level is a + shift * b + weight * c */
    vector power;                /* (1 - α)^t */
    vector aa, ab, ac, bb, bc, cc;
} lanes;

/* drift by reference: how vectors are passed depends on the instruction set. */
static inline void add(lanes *v, double y, const vector *drift)
{
    vector a = y - v->a, c = v->c + *drift;
    v->aa = v->aa + a * a;
    v->ab = v->ab + a * v->b;
    v->ac = v->ac + a * c;
    v->bb = v->bb + v->b * v->b;
    v->bc = v->bc + v->b * c;
    v->cc = v->cc + c * c;
}

static inline void step(lanes *v, double y, bool known, bool counts, const fs_theta_line *line)
{
    vector next = v->power * v->rest;
    vector drift = line->intercept * v->power + line->slope * ((1 - next) * v->inverse);
    if (counts) add(v, y, &drift);
    if (known) {
        v->a = v->alpha * y + v->rest * v->a;
        v->b = v->rest * v->b;
        v->c = v->rest * v->c;
    } else {
        v->c = v->c + v->alpha * drift;
    }
    v->power = next;
}

static inline void store(double *to, const lanes *from, size_t offset)
{
    for (int i = 0; i < VECTORS; i++)
        memcpy(to + i * WIDTH, (const char *)&from[i] + offset, sizeof(vector));
}

FS_LANES void fs_theta_lanes_sums(const double *y, const uint8_t *use, const fs_theta_line *line,
                                  int64_t count, int64_t from, const double alpha[FS_LSQ_LANES],
                                  fs_theta_sums *sums)
{
    lanes v[VECTORS];
    memset(v, 0, sizeof v);
    for (int i = 0; i < VECTORS; i++) {
        memcpy(&v[i].alpha, alpha + i * WIDTH, sizeof(vector));
        v[i].rest = 1 - v[i].alpha;
        v[i].inverse = 1 / v[i].alpha;
        v[i].a = v[i].a + y[0];
        v[i].b = v[i].power = v[i].rest;
    }
    for (int64_t t = 1; t < count; t++)
        for (int i = 0; i < VECTORS; i++) step(&v[i], y[t], use[t], use[t] && t >= from, &line[t]);
    store(sums->aa, v, offsetof(lanes, aa)), store(sums->ab, v, offsetof(lanes, ab));
    store(sums->ac, v, offsetof(lanes, ac)), store(sums->bb, v, offsetof(lanes, bb));
    store(sums->bc, v, offsetof(lanes, bc)), store(sums->cc, v, offsetof(lanes, cc));
}
