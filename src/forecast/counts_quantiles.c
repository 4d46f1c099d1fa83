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

double fs_counts_on_sale(const fs_counts_mixture *mixture, int64_t steps,
                         double weight[SIZES][PACES])
{
    const double rest = FS_COUNTS_LEAVES / (FS_COUNTS_LEAVES + FS_COUNTS_RETURNS);
    double fade = pow(1 - FS_COUNTS_LEAVES - FS_COUNTS_RETURNS, (double)steps), level = 0;
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++) {
            double out = rest + (mixture->out[i][k] - rest) * fade;
            weight[i][k] = mixture->weight[i][k] * (1 - out);
            level += weight[i][k] * mixture->level[i][k];
        }
    return level;
}

/* (r / (mean + r))^r */
static double chance_of_none(int size, double mean)
{
    double r = FS_COUNTS_SIZE(size), none = r / (mean + r);
    for (int i = FS_COUNTS_POWER(size); i < 0; i++) none = sqrt(none);
    for (int i = 0; i < FS_COUNTS_POWER(size); i++) none *= none;
    return none;
}

/* The step's seasonal factor is told by its mean, which regressors are not in. */
static void begin(const fs_fit *fit, int64_t h, walk *w)
{
    const fs_counts_mixture *mixture = &fit->counts;
    *w = (walk){.below = 1};
    double level = fs_counts_on_sale(mixture, h + 1, w->chance);
    double factor = level > 0 ? fit->mean[h] * mixture->unit / level : 0;
    if (fit->effect) factor *= fit->effect[h];
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++) {
            double mean = mixture->level[i][k] * factor;
            w->below -= w->chance[i][k];
            w->chance[i][k] *= chance_of_none(i, mean);
            w->ratio[i][k] = mean / (mean + FS_COUNTS_SIZE(i));
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
