/* foresell/numeric.h: random streams, optimisers, lanes, local lines and STL. Arrays in, numbers out; needs base only. */
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

/* ---- gamma functions, of x > 0 ---- */
FS_API double fs_log_gamma(double x);
FS_API double fs_digamma(double x);  /* derivative of fs_log_gamma */
FS_API double fs_trigamma(double x); /* of fs_digamma */

/* ---- the least of a smooth function of a few variables ---- */
#define FS_MINIMISE_MOST 20
/* The value at x, and its derivatives. */
typedef double fs_minimise_function(void *context, const double *x, double *slope);
typedef struct fs_minimum {
    double x[FS_MINIMISE_MOST], slope[FS_MINIMISE_MOST], value;
    double inverse[FS_MINIMISE_MOST *
                   FS_MINIMISE_MOST]; /* of the curvature there, n a row; 0: it is flat */
    int evaluations;
    bool found; /* the slope is zero there, and it rises in all directions */
} fs_minimum;
/* From minimum->x on, with minimum->inverse where it is known of a function like it (else zeros); no variable goes beyond ± bound.
 * n <= FS_MINIMISE_MOST. */
FS_API void fs_minimise(fs_minimise_function *function, void *context, int n, double bound,
                        fs_minimum *minimum);

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

/* ---- local lines (loess), and STL made of them ------------------------------------------- */

/* Arrays that lanes read have this many further places, which hold finite numbers. */
#define FS_LOESS_PAD 8

/* Local lines on `count` even steps, fitted at every jump-th step and at the last. Step i of the grid
 * of fits stands at min(i · jump, count - 1). All that depends on positions alone is in tables. */
typedef struct fs_loess {
    int64_t count, window, spread; /* what it was made for; spread: see fs_loess_plan */
    bool level;                    /* degree 0: means, no lines */
    int64_t jump, half, taps, stride, fits;
    int64_t inner_from, inner_to; /* fits whose window is whole: they share one row of weights */
    int64_t phases, phase_stride; /* see loess.c; phases 0: each fit alone */
    double least;                 /* variance of positions below which there is no slope */
    double *weight;          /* rows × stride: tricube; ends first, then before, after, inner */
    double *share;           /* rows × stride: of a value in the fit, where all weigh 1 */
    double *inner;           /* 4 × (half + 1): w, w·d, w·d², share, at distance d */
    int64_t *ahead, *behind; /* half + 1: where the neighbours at distance d are */
    void *block;
    size_t size;
} fs_loess;

/* spread 0: a series, step by step. Else its steps are `spread` numbers apart, as those of one place of
 * a season are, and two fits are added: one step before the first, one after the last. */
FS_API FS_MUST_CHECK fs_status fs_loess_plan(fs_loess *loess, int64_t count, int64_t window,
                                             int64_t spread, bool level);
FS_API void fs_loess_free(fs_loess *loess);
/* The same with its tables in memory of the caller's: so many doubles. Not to be freed. */
FS_API size_t fs_loess_tables(int64_t count, int64_t window, int64_t spread, bool level);
FS_API void fs_loess_fill(fs_loess *loess, int64_t count, int64_t window, int64_t spread,
                          bool level, double *tables);

static inline int64_t fs_loess_at(const fs_loess *l, int64_t fit)
{
    return fit * l->jump < l->count - 1 ? fit * l->jump : l->count - 1;
}

/* Room that smoothing needs: arrays each for count + 2 periods and what is padded. */
typedef struct fs_stl_room {
    double narrow;               /* 0; 1/25 where steps are missing: see loess_lanes.c */
    double *cycle, *cycle_sum;   /* seasons, one cycle longer at both ends; sums of weights */
    double *mean, *spare;        /* moving means */
    double *fit, *sum;           /* loess at the grid of fits */
    double *phase_rho, *phase_z; /* a series dealt out by step mod jump */
} fs_stl_room;
/* The same in memory of the caller's: so many doubles for a series of at least two seasons, all set to 0. */
#define FS_STL_PIECE(count) ((size_t)(count) + 128) /* padding, and that of four phases */
#define FS_STL_ROOM(count)  (12 * FS_STL_PIECE(count))
FS_API void fs_stl_room_cut(fs_stl_room *room, int64_t count, double *at);

typedef struct fs_loess_series {
    int64_t count;
    const double *rho; /* weights, 0 where missing; NULL: all 1 */
} fs_loess_series;

/* Smooths y - minus (minus may be NULL; x gets the difference) into out. */
FS_API void fs_loess_smooth(const fs_loess *l, const fs_loess_series *s, const double *y,
                            const double *minus, fs_stl_room *room, double *x, double *out);
/* Puts fits whose window has no weight on the line between those beside them, at the ends level with the
 * nearest; 0, and false, where none has weight. */
FS_API bool fs_loess_mend(const fs_loess *l, double *fit, const double *sum);

/* One season of a series and its trend: what STL needs of their lengths (stl.c). */
typedef struct fs_stl {
    int64_t count, period, window, split;
    fs_loess longer, shorter; /* places before `split` have one cycle more than those behind */
    fs_loess low, trend;
    double *least; /* period: of the place's loess */
    int64_t capacity;
} fs_stl;

FS_API FS_MUST_CHECK fs_status fs_stl_plan(fs_stl *season, int64_t count, int64_t period,
                                           int64_t window, bool level);
FS_API void fs_stl_free(fs_stl *season);
/* The same with its tables in memory of the caller's. */
FS_API size_t fs_stl_tables(int64_t count, int64_t period, int64_t window, bool level);
FS_API void fs_stl_fill(fs_stl *season, int64_t count, int64_t period, int64_t window, bool level,
                        double *tables);
/* One pass of the inner loop: y and the trend so far to season and trend. x, low: count. */
FS_API void fs_stl_pass(const fs_stl *p, const fs_loess_series *s, const double *y,
                        fs_stl_room *room, double *x, double *low, double *season, double *trend);

/* Robust weights: Tukey's bisquare of what is left, times known (1, 0 where missing); and the sizes of it. Arrays are padded. */
FS_API void fs_stl_bisquare(const double *y, const double *trend, const double *season,
                            const double *known, int64_t count, double reach, double *rho);
FS_API void fs_stl_sizes(const double *y, const double *trend, const double *season, int64_t count,
                         double *size);

#ifdef __cplusplus
}
#endif
#endif
