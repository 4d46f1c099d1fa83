/* A round of the search for least squares, eight lanes at once: what stands between two evaluations, which for short series costs as
 * much as these.
 *
 * Two vectors of four doubles, as in the recursion of exponential smoothing. Lanes that are done are worked on with the others, and what comes
 * of it is dropped.
 */
#include "least_squares_internal.h"

#define WIDTH      4
#define PARAMETERS FS_LSQ_PARAMETERS
#define INLINE     static inline __attribute__((always_inline))

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));
typedef int64_t choice __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

#define AT(pointer)          (*(const vector *)(const void *)(pointer))
#define TO(pointer)          (*(vector *)(void *)(pointer))
#define MASK(pointer)        (*(choice *)(void *)(pointer))
#define IF(which, yes, no)   ((vector)(((choice)(yes) & (which)) | ((choice)(no) & ~(which))))
#define IF_ANY(which, yes)   ((vector)((choice)(yes) & (which)))
#define WITHOUT_SIGN(vector) ((choice)(vector)&INT64_MAX)

/* One row of LDL' and of the solution's first half; see least_squares_reference.c. */
INLINE void reduce(fs_lsq_state *s, int k, int i, vector l[][PARAMETERS], vector *d, vector *z)
{
    const vector one = {1, 1, 1, 1};
    vector diagonal = AT(&s->at.product[fs_lsq_entry(i, i)][k]);
    choice is_free = MASK(&s->free[i][k]), moves = is_free & (diagonal > 0);
    d[i] = IF(moves, diagonal * (1 + AT(s->damping + k)), one);
    z[i] = IF_ANY(moves, -AT(&s->at.slope[i][k]));
    for (int j = 0; j < i; j++) {
        vector v =
            IF_ANY(is_free & MASK(&s->free[j][k]), AT(&s->at.product[fs_lsq_entry(i, j)][k]));
        for (int m = 0; m < j; m++) v -= l[i][m] * d[m] * l[j][m];
        l[i][j] = v / d[j];
    }
    vector least = 1e-12 * d[i];
    for (int m = 0; m < i; m++) d[i] -= l[i][m] * l[i][m] * d[m];
    d[i] = IF(d[i] > least, d[i], least + 1e-300);
    for (int m = 0; m < i; m++) z[i] -= l[i][m] * z[m];
}

INLINE void solve(fs_lsq_state *s, int k, int n, vector *step)
{
    vector l[PARAMETERS][PARAMETERS], d[PARAMETERS], z[PARAMETERS];
    for (int i = 0; i < n; i++) reduce(s, k, i, l, d, z);
    for (int i = n - 1; i >= 0; i--) {
        step[i] = z[i] / d[i];
        for (int m = i + 1; m < n; m++) step[i] -= l[m][i] * step[m];
    }
}

INLINE void bound(fs_lsq_state *s, int k, int n, vector *step)
{
    const fs_lsq_problem *p = s->problem;
    vector share = {1, 1, 1, 1}, zero = {0};
    for (int i = 0; i < n; i++) {
        vector size = (vector)WITHOUT_SIGN(step[i]), longest = zero + p->longest[i];
        share = IF(size * share > longest, longest / size, share);
    }
    for (int i = 0; i < n; i++) {
        vector x = AT(&s->x[i][k]), to = x + share * step[i];
        to = IF(to < p->low[i], zero + p->low[i], to);
        to = IF(to > p->high[i], zero + p->high[i], to);
        step[i] = to - x;
    }
}

INLINE void promise(fs_lsq_state *s, int k, int n, const vector *step)
{
    vector sum = {0};
    for (int i = 0; i < n; i++) {
        vector row = 2 * AT(&s->at.slope[i][k]);
        for (int j = 0; j < n; j++) {
            int at = j < i ? fs_lsq_entry(i, j) : fs_lsq_entry(j, i);
            row += AT(&s->at.product[at][k]) * step[j];
        }
        sum -= row * step[i];
    }
    TO(s->promise + k) = sum;
}

INLINE void plan(fs_lsq_state *s, int n)
{
    for (int k = 0; k < FS_LSQ_LANES; k += WIDTH) {
        vector step[PARAMETERS] = {{0}};
        solve(s, k, n, step);
        bound(s, k, n, step);
        promise(s, k, n, step);
        vector squares = AT(s->at.squares + k);
        choice worth = AT(s->promise + k) > s->problem->tolerance * squares;
        MASK(s->done + k) |= ~worth | (squares >= FS_LSQ_LARGE);
        for (int i = 0; i < PARAMETERS; i++)
            TO(&s->step[i][k]) = IF_ANY(~MASK(s->done + k), step[i]);
    }
}

/* Loops of a length that is known are taken apart. */
FS_LANES void fs_lsq_lanes_plan(fs_lsq_state *s)
{
    if (s->problem->parameters == PARAMETERS)
        plan(s, PARAMETERS);
    else if (s->problem->parameters == PARAMETERS - 1)
        plan(s, PARAMETERS - 1);
    else
        plan(s, s->problem->parameters);
}

INLINE void take(fs_lsq_state *s, int k, const choice *better, const fs_lsq_sums *tried)
{
    for (int i = 0; i < PARAMETERS; i++) {
        TO(&s->x[i][k]) += IF_ANY(*better, AT(&s->step[i][k]));
        TO(&s->at.slope[i][k]) = IF(*better, AT(&tried->slope[i][k]), AT(&s->at.slope[i][k]));
    }
    for (int i = 0; i < FS_LSQ_PRODUCTS; i++)
        TO(&s->at.product[i][k]) = IF(*better, AT(&tried->product[i][k]), AT(&s->at.product[i][k]));
    TO(s->at.squares + k) = IF(*better, AT(tried->squares + k), AT(s->at.squares + k));
}

FS_LANES void fs_lsq_lanes_judge(fs_lsq_state *s, const fs_lsq_sums *tried)
{
    const vector zero = {0};
    for (int k = 0; k < FS_LSQ_LANES; k += WIDTH) {
        choice done = MASK(s->done + k);
        vector gain = AT(s->at.squares + k) - AT(tried->squares + k);
        choice better = (gain > 0) & ~done, worse = ~better & ~done;
        vector ratio = 2 * gain / AT(s->promise + k) - 1, factor = 1 - ratio * ratio * ratio;
        vector damping = AT(s->damping + k), growth = AT(s->growth + k);
        factor = IF(factor > 1.0 / 3, factor, zero + 1.0 / 3);
        factor = IF(better, factor, IF(worse, growth, zero + 1));
        TO(s->damping + k) = damping * factor;
        TO(s->growth + k) = IF(better, zero + 2, IF(worse, 2 * growth, growth));
        MASK(s->refused + k) = (MASK(s->refused + k) - worse) & ~better;
        MASK(s->done + k) |= worse & (MASK(s->refused + k) == FS_LSQ_REFUSALS);
        take(s, k, &better, tried);
    }
}

/* A number less itself is 0, if it is one. */
FS_LANES void fs_lsq_lanes_keep_finite(fs_lsq_sums *sums)
{
    const vector zero = {0};
    for (int k = 0; k < FS_LSQ_LANES; k += WIDTH) {
        vector off = AT(sums->squares + k) - AT(sums->squares + k);
        for (int i = 0; i < PARAMETERS; i++) off += AT(&sums->slope[i][k]) - AT(&sums->slope[i][k]);
        for (int i = 0; i < FS_LSQ_PRODUCTS; i++)
            off += AT(&sums->product[i][k]) - AT(&sums->product[i][k]);
        choice finite = off == 0;
        TO(sums->squares + k) = IF(finite, AT(sums->squares + k), zero + FS_LSQ_LARGE);
        for (int i = 0; i < PARAMETERS; i++)
            TO(&sums->slope[i][k]) = IF_ANY(finite, AT(&sums->slope[i][k]));
        for (int i = 0; i < FS_LSQ_PRODUCTS; i++)
            TO(&sums->product[i][k]) = IF_ANY(finite, AT(&sums->product[i][k]));
    }
}
