/* Random streams.
 *
 * SplitMix64: a counter with an odd step, finished by a mixing function (Steele, Lea, Flood, "Fast
 * splittable pseudorandom number generators", 2014). Keys are mixed into start and step, so
 * streams of different keys do not meet in practice. One number costs about a nanosecond.
 *
 * Distributions: normal by Marsaglia's polar method (no state is kept: one of the pair is thrown
 * away), gamma by Marsaglia and Tsang (2000), Poisson by inversion below mean 12 and by
 * Hörmann's transformed rejection PTRS (1993) above.
 */
#include <math.h>

#include "foresell/numeric.h"

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

fs_random fs_random_open(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t key = mix(seed + 0x9e3779b97f4a7c15ull);
    key = mix(key ^ (a + 0x9e3779b97f4a7c15ull));
    key = mix(key ^ (b + 0x7f4a7c159e3779b9ull));
    key = mix(key ^ (c + 0x1ce4e5b9bf58476dull));
    return (fs_random){.state = key, .step = mix(key ^ 0x5851f42d4c957f2dull) | 1};
}

uint64_t fs_random_bits(fs_random *random)
{
    random->state += random->step;
    return mix(random->state);
}

double fs_random_uniform(fs_random *random)
{
    return ((double)(fs_random_bits(random) >> 12) + 0.5) * 0x1p-52;
}

int64_t fs_random_below(fs_random *random, int64_t bound)
{
    return (int64_t)(((__uint128_t)fs_random_bits(random) * (uint64_t)bound) >> 64);
}

double fs_random_normal(fs_random *random)
{
    for (;;) {
        double u = 2 * fs_random_uniform(random) - 1;
        double v = 2 * fs_random_uniform(random) - 1;
        double s = u * u + v * v;
        if (s > 0 && s < 1) return u * sqrt(-2 * log(s) / s);
    }
}

double fs_random_exponential(fs_random *random) { return -log(fs_random_uniform(random)); }

double fs_random_gamma(fs_random *random, double shape)
{
    if (shape < 1)
        return fs_random_gamma(random, shape + 1) * pow(fs_random_uniform(random), 1 / shape);
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = fs_random_normal(random);
        double v = 1 + c * x;
        if (v <= 0) continue;
        v = v * v * v;
        if (log(fs_random_uniform(random)) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
    }
}

double fs_random_beta(fs_random *random, double a, double b)
{
    double x = fs_random_gamma(random, a), y = fs_random_gamma(random, b);
    return x + y > 0 ? x / (x + y) : 0.5;
}

static int64_t poisson_small(fs_random *random, double mean)
{
    double p = exp(-mean), sum = p, u = fs_random_uniform(random);
    int64_t k = 0;
    while (u > sum && k < 200) {
        k++;
        p *= mean / (double)k;
        sum += p;
    }
    return k;
}

static int64_t poisson_large(fs_random *random, double mean)
{
    double slam = sqrt(mean), loglam = log(mean);
    double b = 0.931 + 2.53 * slam, a = -0.059 + 0.02483 * b;
    int sign;
    double inv_alpha = 1.1239 + 1.1328 / (b - 3.4), vr = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = fs_random_uniform(random) - 0.5, v = fs_random_uniform(random);
        double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= vr) return (int64_t)k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (log(v) + log(inv_alpha) - log(a / (us * us) + b) <=
            -mean + k * loglam - lgamma_r(k + 1, &sign))
            return (int64_t)k;
    }
}

int64_t fs_random_poisson(fs_random *random, double mean)
{
    if (!(mean > 0)) return 0;
    return mean < 12 ? poisson_small(random, mean) : poisson_large(random, mean);
}

int64_t fs_random_negative_binomial(fs_random *random, double mean, double size)
{
    if (!(mean > 0)) return 0;
    return fs_random_poisson(random, mean * fs_random_gamma(random, size) / size);
}
