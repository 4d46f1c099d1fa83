/* foresell/numeric.h: random streams, optimisers, lanes. Arrays in, numbers out; needs base only. */
#ifndef FORESELL_NUMERIC_H
#define FORESELL_NUMERIC_H

#include "foresell/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- random streams -------------------------------------------------------- */

/* A stream of random numbers that depends on its seed and keys only, so that what is drawn for one
 * item, store and day is the same whoever draws it, in whatever order. No state is shared. */
typedef struct fs_random {
    uint64_t state;
    uint64_t step;
} fs_random;
/* A stream of its own for (seed, a, b, c). SplitMix64 with a keyed, odd increment (Steele, Lea,
 * Flood 2014). */
FS_API fs_random fs_random_open(uint64_t seed, uint64_t a, uint64_t b, uint64_t c);
FS_API uint64_t fs_random_bits(fs_random *random);
FS_API double fs_random_uniform(fs_random *random);               /* in (0, 1), never 0 or 1 */
FS_API int64_t fs_random_below(fs_random *random, int64_t bound); /* 0 … bound-1; bound > 0 */
FS_API double fs_random_normal(fs_random *random);                /* mean 0, variance 1 */
FS_API double fs_random_exponential(fs_random *random);           /* mean 1 */
FS_API double fs_random_gamma(fs_random *random, double shape);   /* scale 1; shape > 0 */
FS_API double fs_random_beta(fs_random *random, double a, double b);
FS_API int64_t fs_random_poisson(fs_random *random, double mean); /* mean >= 0, finite */
/* Counts with this mean and variance mean + mean²/size (negative binomial). */
FS_API int64_t fs_random_negative_binomial(fs_random *random, double mean, double size);

/* ---- distributions ---------------------------------------------------------- */

/* Standard normal: probability below z, and the z below which lies probability p (0 < p < 1;
 * outside: the largest finite values). Accurate to about 1e-15 relative. */
FS_API double fs_normal_below(double z);
FS_API double fs_normal_quantile(double p);

/* ---- order statistics: `values` is put in another order ------------------------ */

/* The k-th smallest of n values (k = 0 … n-1), no NaN among them. Expected time n. */
FS_API double fs_select(double *values, int64_t n, int64_t k);
/* Median (mean of the middle two where n is even); 0 where n is 0. */
FS_API double fs_median(double *values, int64_t n);
/* Quantile p of n >= 1 ascending values: Hyndman and Fan's type 8. */
FS_API double fs_sorted_quantile(const double *sorted, int64_t n, double p);
FS_API void fs_sort(double *values, int64_t n);
/* Of n >= 1 numbers less than 1e300 apart, which stay as they are, for each p the smallest that a share of at least p does not
 * exceed (Hyndman and Fan's type 1); those that are all but equal count as the least of them. room: FS_QUANTILES_ROOM(n). */
FS_API void fs_lower_quantiles(const double *values, int64_t n, const double *p, int count,
                               double *room, double *quantile);
#define FS_QUANTILES_ROOM(n) ((size_t)(n) + (size_t)(n) / 4 + 1)

/* ---- linear systems ------------------------------------------------------------- */

/* Sum of the products of two rows, in four partial sums. */
FS_API double fs_dot(const double *a, const double *b, int64_t count);
/* Cholesky's factor of a symmetric matrix, size × size by rows, in place of its lower half, which is all that is read; the diagonal holds
 * its inverse. False where the matrix is not positive definite: the factor is then that of one near to it. */
FS_API bool fs_cholesky_factorise(double *matrix, int64_t size);
/* x = matrix⁻¹ x. */
FS_API void fs_cholesky_solve(const double *factor, int64_t size, double *x);

/* ---- lanes -------------------------------------------------------------------- */

/* A function marked so is compiled for AVX-512, AVX2 and the plain machine, and the best is chosen
 * when the program is loaded. Results are the same on all of them: no fused multiply-add
 * (-ffp-contract=off), no reordering of sums. Elsewhere, under the thread sanitizer, whose start is
 * too late for the choice, and with clang before 16, which gives such a function a name that other
 * files do not find, there is the plain one only. The address sanitizer gets no AVX-512: gcc before
 * 14 writes whole registers to its copies of the stack, which are aligned to 32 (gcc bug 110027). */
#if defined(__x86_64__) && defined(__GNUC__) && defined(__SANITIZE_ADDRESS__)
#define FS_LANES __attribute__((target_clones("arch=x86-64-v3", "default")))
#elif defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_THREAD__)
#define FS_LANES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FS_LANES
#endif
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || (defined(__clang__) && __clang_major__ < 16)
#undef FS_LANES
#define FS_LANES
#endif
#endif

/* ---- least squares, eight problems in lockstep ----------------------------------------- */

#define FS_LSQ_LANES      8
#define FS_LSQ_PARAMETERS 6
#define FS_LSQ_PRODUCTS   (FS_LSQ_PARAMETERS * (FS_LSQ_PARAMETERS + 1) / 2)
/* Of each lane at its point, with residuals r and their derivatives J: the sum of squares r'r, J'r, and J'J,
 * whose entry (i, j), j <= i, is product[i (i + 1) / 2 + j]. */
typedef struct fs_lsq_sums {
    double squares[FS_LSQ_LANES];
    double slope[FS_LSQ_PARAMETERS][FS_LSQ_LANES];
    double product[FS_LSQ_PRODUCTS][FS_LSQ_LANES];
} fs_lsq_sums;
/* x[p][lane]. What a lane gives must depend on that lane's x only. */
typedef void (*fs_lsq_objective)(void *context, double x[FS_LSQ_PARAMETERS][FS_LSQ_LANES],
                                 fs_lsq_sums *sums);
typedef struct fs_lsq_problem {
    int parameters;              /* <= FS_LSQ_PARAMETERS */
    unsigned free[FS_LSQ_LANES]; /* bit p: the lane may move parameter p */
    double low[FS_LSQ_PARAMETERS], high[FS_LSQ_PARAMETERS]; /* bounds of x, where steps end */
    double longest[FS_LSQ_PARAMETERS];                      /* of one step; > 0 */
    int rounds;                                             /* evaluations at most */
    double tolerance; /* a lane is done when a step promises a smaller share of the sum than this */
} fs_lsq_problem;
/* Levenberg-Marquardt (Marquardt 1963, with Nielsen's damping) from x, which gets each lane's best point,
 * with its sum of squares in `squares` (a sum that is not finite counts as 1e300). A lane's result does
 * not depend on its neighbours. Deterministic. */
FS_API void fs_least_squares(fs_lsq_objective objective, void *context,
                             const fs_lsq_problem *problem,
                             double x[FS_LSQ_PARAMETERS][FS_LSQ_LANES],
                             double squares[FS_LSQ_LANES]);

#ifdef __cplusplus
}
#endif
#endif
