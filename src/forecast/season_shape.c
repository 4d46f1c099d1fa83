/* The shape of a season, less its noise: places that are near each other are near in value.
 *
 * What is known of a place of a long season are a few values, two Christmases in two years of days, and the mean of two carries half
 * of the noise of one. So the shape is smoothed round its circle, by the tricube of the distance, over 2^i places to either side:
 * as far as the risk, the mean squared error to be expected, is least. Its unbiased estimate is that of Mallows (1973) and Stein (1981),
 *   sum of (smoothed - given)^2 + 2 variance × season × share of a value in its own smoothed one.
 * Where noise is small, as where there are many cycles, the shape stays as it is.
 *
 * Cost: 260 products a place.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define HALF_MOST 64 /* places to either side */

static void set_weights(int half, double weight[HALF_MOST + 1])
{
    double total = 0;
    for (int d = 0; d <= half; d++) {
        double u = (double)d / (half + 1), rest = 1 - u * u * u;
        weight[d] = rest * rest * rest;
        total += d > 0 ? 2 * weight[d] : weight[d];
    }
    for (int d = 0; d <= half; d++) weight[d] /= total;
}

/* shape: with HALF_MOST places more at both ends */
FS_LANES static void smooth(const double *shape, int season, int half, const double *weight,
                            double *to)
{
    for (int p = 0; p < season; p++) to[p] = weight[0] * shape[p];
    for (int d = 1; d <= half; d++)
        for (int p = 0; p < season; p++) to[p] += weight[d] * (shape[p - d] + shape[p + d]);
}

void fs_season_smooth(double *shape, int season, double variance, double *scratch)
{
    double *round = scratch + HALF_MOST, *to = round + season + HALF_MOST;
    double weight[HALF_MOST + 1], least = INFINITY;
    int best = 0;
    for (int p = -HALF_MOST; p < season + HALF_MOST; p++)
        round[p] = shape[(p % season + season) % season];
    for (int half = 0; half <= HALF_MOST && 2 * half<season; half = half> 0 ? 2 * half : 1) {
        double risk = 0;
        set_weights(half, weight);
        smooth(round, season, half, weight, to);
        for (int p = 0; p < season; p++) risk += (to[p] - shape[p]) * (to[p] - shape[p]);
        risk += 2 * variance * season * weight[0];
        if (risk < least) least = risk, best = half;
    }
    set_weights(best, weight);
    smooth(round, season, best, weight, shape);
}
