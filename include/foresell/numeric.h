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
FS_API double fs_random_uniform(fs_random *random);                 /* in (0, 1), never 0 or 1 */
FS_API int64_t fs_random_below(fs_random *random, int64_t bound);   /* 0 … bound-1; bound > 0 */
FS_API double fs_random_normal(fs_random *random);                  /* mean 0, variance 1 */
FS_API double fs_random_exponential(fs_random *random);             /* mean 1 */
FS_API double fs_random_gamma(fs_random *random, double shape);     /* scale 1; shape > 0 */
FS_API double fs_random_beta(fs_random *random, double a, double b);
FS_API int64_t fs_random_poisson(fs_random *random, double mean);   /* mean >= 0, finite */
/* Counts with this mean and variance mean + mean²/size (negative binomial). */
FS_API int64_t fs_random_negative_binomial(fs_random *random, double mean, double size);

#ifdef __cplusplus
}
#endif
#endif
