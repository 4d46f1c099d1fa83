/* Paths of what will be sold of a slow mover, by the mixture of counts.c.
 *
 * A path is of one candidate, as often as its weight says, and begins on sale or out of it. At each step one number u in (0, 1) decides
 * both: below the probability that it is out of sale nothing is sold; what is above, stretched to (0, 1), is the probability
 * below which lies what is sold, by the negative binomial of the candidate's size and its level then. The level follows
 * what the path sells as it followed what was seen:
 *
 *   A <- (1 - α) A + y,  B <- (1 - α) B + s,  mean = s A / B
 *
 * so good weeks are followed by good ones, and sums scatter more than if steps were independent. Its mean stays, so paths
 * agree with the forecast in the mean.
 *
 * Eight paths at a time: distributions are added up from zero on until the last of them has what it drew.
 * Cost: with AVX2 about 12 ns a path and step of items that sell a piece a day; more by the count where more is sold.
 */
#include <math.h>

#include "forecast_internal.h"

#define SIZES   FS_COUNTS_SIZES
#define PACES   FS_COUNTS_PACES
#define LANES   FS_PATHS_LANES
#define AT_ONCE 4 /* counts between two looks whether all have theirs */
#define INLINE  static inline __attribute__((always_inline))

typedef double vector __attribute__((vector_size(LANES * 8), aligned(8), may_alias));
typedef int64_t mask __attribute__((vector_size(LANES * 8), aligned(8), may_alias));

fs_counts_start fs_counts_start_of(const fs_counts_mixture *mixture, double p)
{
    fs_counts_start start = {SIZES - 1, PACES - 1, true};
    double below = 0;
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++) {
            double weight = mixture->weight[i][k], on = weight * (1 - mixture->out[i][k]);
            if (p < below + weight) return (fs_counts_start){i, k, p >= below + on};
            below += weight;
            if (weight > 0) start = (fs_counts_start){i, k, true}; /* rounding: the last one */
        }
    return start;
}

/* Eight paths on their way. */
typedef struct paths {
    vector size, alpha, sold, exposed, out;
    mask tiny, small, middle, large; /* which size */
} paths;

INLINE void begin(const fs_counts_paths *p, int64_t column, paths *of)
{
    for (int l = 0; l < LANES; l++) {
        double at = ((double)(column + l) + 0.5) / (double)p->width;
        fs_counts_start start = fs_counts_start_of(p->mixture, at);
        of->size[l] = FS_COUNTS_SIZE(start.size);
        of->alpha[l] = fs_counts_pace[start.pace];
        of->exposed[l] = p->mixture->exposed[start.size][start.pace];
        of->sold[l] = p->mixture->level[start.size][start.pace] * of->exposed[l];
        of->out[l] = start.out;
        of->tiny[l] = -(start.size == 0), of->small[l] = -(start.size == 1);
        of->middle[l] = -(start.size == 2), of->large[l] = -(start.size == 3);
    }
}

INLINE void take_roots(vector *x)
{
    for (int l = 0; l < LANES; l++) (*x)[l] = sqrt((*x)[l]);
}

/* none^r: r is 1/16, 1/2, 4 or 32 */
INLINE void raise_to_size(const paths *of, vector *none)
{
    vector root = *none, square = *none * *none, fourth = square * square;
    take_roots(&root);
    vector half = root;
    for (int i = 1; i < 4; i++) take_roots(&root);
    square = fourth * fourth, square = square * square;
    vector last = square * square;
    *none = (vector)(((mask)root & of->tiny) | ((mask)half & of->small) |
                     ((mask)fourth & of->middle) | ((mask)last & of->large));
}

/* How many counts have no more than u below them and at them. */
INLINE void invert(const paths *of, const vector *u, double factor, vector *count)
{
    vector sold = of->sold * factor, scatter = of->exposed * of->size;
    vector inverse = 1 / (sold + scatter), chance = scatter * inverse, ratio = sold * inverse;
    raise_to_size(of, &chance);
    vector below = chance, zero = chance - chance, one = zero + 1;
    *count = zero;
    for (int64_t k = 0; k < FS_COUNTS_PATH_MOST; k += AT_ONCE) {
        for (int i = 0; i < AT_ONCE; i++) {
            double by = 1 / ((double)(k + i) + 1);
            *count += (vector)((mask)one & (mask)(*u >= below));
            chance = chance * (ratio * (((double)(k + i) + of->size) * by));
            below += chance;
        }
        mask more = *u >= below;
        int64_t any = 0;
        for (int l = 0; l < LANES; l++) any |= more[l];
        if (!any) return;
    }
}

INLINE void advance(const vector *drawn, double factor, double back, paths *of, vector *count)
{
    vector leaves = of->out * (1 - FS_COUNTS_RETURNS) + (1 - of->out) * FS_COUNTS_LEAVES;
    mask is_out = *drawn < leaves;
    vector u = (*drawn - leaves) / (1 - leaves), one = leaves - leaves + 1;
    of->out = (vector)((mask)one & is_out);
    invert(of, &u, factor, count);
    vector in = 1 - of->out, keep = 1 - of->alpha * in;
    *count = *count * in;
    of->sold = keep * of->sold + *count;
    of->exposed = keep * of->exposed + in * factor;
    *count = *count * back;
}

FS_LANES void fs_counts_paths_lanes(const fs_counts_paths *p)
{
    double share = 1 / (double)p->width, back = 1 / p->mixture->unit;
    for (int64_t c = 0; c < p->width; c += LANES) {
        paths of;
        vector drawn, count;
        begin(p, c, &of);
        for (int64_t h = 0; h < p->horizon; h++) {
            int64_t at = h * p->width + c;
            for (int l = 0; l < LANES; l++) drawn[l] = ((double)p->rank[at + l] + 0.5) * share;
            advance(&drawn, p->factor[h], back, &of, &count);
            *(vector *)(p->value + at) = count;
        }
    }
}
