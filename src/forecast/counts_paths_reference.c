/* One path of counts_paths.c, plainly; a test holds that both give the same bits. */
#include <math.h>

#include "forecast_internal.h"

static double power_of_size(double x, int size)
{
    for (int i = FS_COUNTS_POWER(size); i < 0; i++) x = sqrt(x);
    for (int i = 0; i < FS_COUNTS_POWER(size); i++) x *= x;
    return x;
}

/* The count below which, and at which, lies at most u: what is sold of sold / exposed by the negative binomial. */
static double invert(double u, int size, double sold, double exposed)
{
    double r = FS_COUNTS_SIZE(size), scatter = exposed * r, inverse = 1 / (sold + scatter);
    double chance = power_of_size(scatter * inverse, size), ratio = sold * inverse;
    double below = chance, count = 0;
    for (int64_t k = 0; k < FS_COUNTS_PATH_MOST && u >= below; k++) {
        double by = 1 / ((double)k + 1);
        count++;
        chance = chance * (ratio * (((double)k + r) * by));
        below += chance;
    }
    return count;
}

void fs_counts_paths_reference(const fs_counts_paths *p, int64_t column, double *value)
{
    double share = 1 / (double)p->width, back = 1 / p->mixture->unit;
    fs_counts_start start =
        fs_counts_start_of(p->mixture, ((double)column + 0.5) / (double)p->width);
    double exposed = p->mixture->exposed[start.size][start.pace];
    double sold = p->mixture->level[start.size][start.pace] * exposed;
    double alpha = fs_counts_pace[start.pace];
    bool out = start.out;
    for (int64_t h = 0; h < p->horizon; h++) {
        double drawn = ((double)p->rank[h * p->width + column] + 0.5) * share;
        double leaves = out ? 1 - FS_COUNTS_RETURNS : FS_COUNTS_LEAVES;
        out = drawn < leaves;
        value[h] = 0;
        if (out) continue;
        double u = (drawn - leaves) / (1 - leaves);
        double count = invert(u, start.size, sold * p->factor[h], exposed);
        sold = (1 - alpha) * sold + count;
        exposed = (1 - alpha) * exposed + p->factor[h];
        value[h] = count * back;
    }
}
