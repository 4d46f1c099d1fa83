/* Quantiles of a mixture of negative binomial distributions and of none sold: probabilities are added up from zero on until
 * the last one asked for is passed. That of k + 1 is that of k times m / (m + r) (k + r) / (k + 1), so no gamma function is
 * needed, and all quantiles of a step are found in one walk.
 *
 * Cost: 16 products a count passed.
 */
#include <math.h>

#include "forecast_internal.h"

#define SIZES FS_COUNTS_SIZES
#define PACES FS_COUNTS_PACES

typedef struct walk {
    double chance[SIZES][PACES]; /* of k, weighted */
    double ratio[SIZES][PACES];  /* m / (m + r) */
    double highest;              /* mean of all; beyond it chances fall */
    double below;                /* probability of at most k */
} walk;

double fs_counts_out(double out, int64_t steps)
{
    double rest = FS_COUNTS_LEAVES / (FS_COUNTS_LEAVES + FS_COUNTS_RETURNS);
    return rest + (out - rest) * pow(1 - FS_COUNTS_LEAVES - FS_COUNTS_RETURNS, (double)steps);
}

/* The step's seasonal factor is told by its mean. */
static double factor_of(const fs_fit *fit, int64_t h)
{
    const fs_counts_mixture *mix = &fit->counts;
    double level = 0;
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++)
            level +=
                mix->weight[i][k] * (1 - fs_counts_out(mix->out[i][k], h + 1)) * mix->level[i][k];
    return level > 0 ? fit->mean[h] * mix->unit / level : 0;
}

static void begin(const fs_fit *fit, int64_t h, walk *w)
{
    const fs_counts_mixture *mix = &fit->counts;
    double factor = factor_of(fit, h);
    *w = (walk){.below = 1};
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++) {
            double r = FS_COUNTS_SIZE(i), mean = mix->level[i][k] * factor;
            double in = mix->weight[i][k] * (1 - fs_counts_out(mix->out[i][k], h + 1));
            w->ratio[i][k] = mean / (mean + r);
            w->chance[i][k] = in * pow(r / (mean + r), r);
            w->below -= in;
            if (mean > w->highest) w->highest = mean;
        }
}

/* Adds the chance of k, and makes those of k + 1; true while there is anything to come. */
static bool step(walk *w, double k)
{
    double sum = 0, inverse = 1 / (k + 1);
    for (int i = 0; i < SIZES; i++) {
        double times = (k + FS_COUNTS_SIZE(i)) * inverse;
        for (int j = 0; j < PACES; j++) {
            sum += w->chance[i][j];
            w->chance[i][j] *= w->ratio[i][j] * times;
        }
    }
    w->below += sum;
    return k < w->highest || sum > 1e-17; /* less than the last digit of the sum */
}

void fs_counts_quantiles(const fs_fit *fit, int64_t h, const double *p, int n, double *quantile)
{
    walk w;
    int found = 0;
    begin(fit, h, &w);
    for (int q = 0; q < n; q++) quantile[q] = -1;
    for (double k = 0; found < n; k++) {
        bool more = step(&w, k);
        for (int q = 0; q < n; q++) {
            if (quantile[q] >= 0 || (more && w.below < p[q])) continue;
            quantile[q] = k / fit->counts.unit;
            found++;
        }
    }
}
