/* The segment of a row: by k-means that of the nearest centre, by a mixture the likeliest.
 *
 * Cost: segments × columns.
 */
#include <math.h>

#include "learn_internal.h"

static double square_to(const fs_segments *m, int k, const double *z)
{
    double sum = 0;
    for (int c = 0; c < m->columns; c++) {
        double away = z[c] - m->centre[k * m->columns + c];
        sum += away * away;
    }
    return sum;
}

/* Log of weight times density, but for what all segments share. */
static double log_density(const fs_segments *m, int k, const double *z)
{
    double sum = log(fmax(m->weight[k], 1e-300));
    for (int c = 0; c < m->columns; c++) {
        double deviation = fmax(m->deviation[k * m->columns + c], 1e-12);
        double away = (z[c] - m->centre[k * m->columns + c]) / deviation;
        sum -= away * away / 2 + log(deviation);
    }
    return fmax(sum, -1e300);
}

int fs_segment_nearest(const fs_segments *m, const double *z, double *chance, double *distance)
{
    int best = 0;
    for (int k = 0; k < m->segments; k++) {
        chance[k] = m->mixture ? log_density(m, k, z) : -square_to(m, k, z);
        if (chance[k] > chance[best]) best = k;
    }
    if (m->mixture) fs_softmax(chance, m->segments);
    *distance = sqrt(square_to(m, best, z));
    return best;
}
