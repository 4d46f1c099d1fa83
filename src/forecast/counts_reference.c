/* The recursion of counts.c for one candidate, plainly. counts_lanes.c does the same for all of them at once; a test holds
 * that both give the same bits. */
#include <math.h>

#include "forecast_internal.h"

static double power(double x, int64_t k)
{
    double result = 1;
    for (; k > 0; k >>= 1, x *= x)
        if (k & 1) result *= x;
    return result;
}

static double power_of_size(double x, int size)
{
    for (int i = FS_COUNTS_POWER(size); i < 0; i++) x = sqrt(x);
    for (int i = 0; i < FS_COUNTS_POWER(size); i++) x *= x;
    return x;
}

/* Probability of k sold in a step with mean sold / exposed, by the negative binomial of the size. */
static double probability(const fs_counts *counts, int size, int64_t k, double sold, double exposed)
{
    double r = FS_COUNTS_SIZE(size), scatter = exposed * r, inverse = 1 / (sold + scatter);
    double ways = counts->ways[size * (counts->most + 1) + k];
    return power_of_size(scatter * inverse, size) * power(sold * inverse, k) * ways;
}

void fs_counts_begin(const fs_counts *counts, int size, int pace, fs_counts_sums *sums)
{
    sums->exposed[size][pace] = counts->prior;
    sums->sold[size][pace] = counts->prior * counts->at_first;
    sums->out[size][pace] = sums->exponent[size][pace] = 0;
    sums->mantissa[size][pace] = 1;
}

void fs_counts_carry_on(const fs_counts *counts, int size, int pace, double *ahead,
                        fs_counts_sums *sums)
{
    double alpha = fs_counts_pace[pace], out = sums->out[size][pace];
    double product = sums->mantissa[size][pace], exponents = sums->exponent[size][pace];
    double exposed = sums->exposed[size][pace], sold = sums->sold[size][pace];
    for (int64_t t = 0; t < counts->count; t++) {
        double y = counts->y[t], factor = counts->factor[t];
        int64_t k = y < (double)counts->most ? (int64_t)y : counts->most;
        out = out * (1 - FS_COUNTS_RETURNS) + (1 - out) * FS_COUNTS_LEAVES;
        ahead[t] = (1 - out) * (sold / exposed * factor);
        if (counts->use[t]) {
            double chance = probability(counts, size, k, sold * factor, exposed);
            double like = (1 - out) * (chance + FS_COUNTS_STRANGE);
            if (k == 0) like += out;
            out = k == 0 ? out / like : 0;
            product *= like;
            double in = 1 - out, keep = 1 - alpha * in;
            sold = keep * sold + in * y;
            exposed = keep * exposed + in * factor;
        }
        if (t % FS_COUNTS_SHRUNK_EVERY == 0) {
            int exponent;
            product = frexp(product, &exponent);
            exponents += exponent;
        }
    }
    sums->sold[size][pace] = sold;
    sums->exposed[size][pace] = exposed;
    sums->out[size][pace] = out;
    sums->mantissa[size][pace] = product;
    sums->exponent[size][pace] = exponents;
}

void fs_counts_reference(const fs_counts *counts, int size, int pace, double *ahead,
                         fs_counts_sums *sums)
{
    fs_counts_begin(counts, size, pace, sums);
    fs_counts_carry_on(counts, size, pace, ahead, sums);
}
