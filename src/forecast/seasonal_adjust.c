/* Seasonal adjustment by classical decomposition, where there is a season.
 *
 * The test is that of the M3 and M4 competitions (Assimakopoulos and Nikolopoulos 2000; Fiorucci et al. 2016): with r_k the
 * autocorrelations, |r_m| > 1.645 sqrt((1 + 2 (r_1^2 + … + r_{m-1}^2)) / n), on at least two seasons of at least four
 * places. The season is the mean, place by place, of y over (or less) its centred moving average of one season, brought to
 * mean 1 (or 0): over where all values are positive and no index is next to zero. A window with missing values is the mean
 * of those that are known.
 *
 * Cost: n m for the autocorrelations, as vectors over the lags; n for the rest.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define SEASON_LEAST 4     /* places */
#define CRITICAL     1.645 /* 90 % of a normal, both sides */
#define INDEX_LEAST  0.01  /* divided by less an observation is carried away */

/* One lag a lane, so no sum is reordered. */
FS_LANES void fs_lagged_products(const double *deviation, int64_t count, int lags, double *sum)
{
    for (int k = 0; k <= lags; k++) sum[k] = 0;
    for (int64_t t = 0; t < count; t++) {
        int most = count - 1 - t < lags ? (int)(count - 1 - t) : lags;
        double d = deviation[t];
        for (int k = 0; k <= most; k++) sum[k] += d * deviation[t + k];
    }
}

bool fs_season_is_significant(const double *y, const uint8_t *use, int64_t count, int season,
                              double *scratch)
{
    double *deviation = scratch, *sum = scratch + count, mean = 0, others = 0;
    int64_t known = 0;
    if (season < SEASON_LEAST || count < 2 * (int64_t)season) return false;
    for (int64_t t = 0; t < count; t++)
        if (use[t]) mean += y[t], known++;
    mean /= (double)known;
    for (int64_t t = 0; t < count; t++) deviation[t] = use[t] ? y[t] - mean : 0;
    fs_lagged_products(deviation, count, season, sum);
    if (!(sum[0] > 0)) return false;
    for (int k = 1; k < season; k++) others += sum[k] / sum[0] * (sum[k] / sum[0]);
    double limit = CRITICAL * sqrt((1 + 2 * others) / (double)known);
    return fabs(sum[season] / sum[0]) > limit;
}

/* Sums of the observations before each, and how many of these are known, so that a window costs two looks. */
static void sum_up(const double *y, const uint8_t *use, int64_t count, double *sum, double *known)
{
    sum[0] = known[0] = 0;
    for (int64_t t = 0; t < count; t++) {
        sum[t + 1] = sum[t] + (use[t] ? y[t] : 0);
        known[t + 1] = known[t] + (use[t] ? 1 : 0);
    }
}

/* Of first … last, the outermost at half their weight where the season is even. */
static double window(const double *sum, int64_t first, int64_t last, bool even)
{
    double whole = sum[last + 1] - sum[first];
    return even ? (whole + sum[last] - sum[first + 1]) / 2 : whole;
}

/* Means by place of what is left when the moving average is taken away; at least two seasons. */
static void place_means(const double *y, const uint8_t *use, int64_t count, int season,
                        bool multiply, double *index, double *scratch)
{
    double *sum = scratch, *known = sum + count + 1, *seen = known + count + 1;
    int64_t half = season / 2;
    sum_up(y, use, count, sum, known);
    for (int i = 0; i < season; i++) index[i] = seen[i] = 0;
    for (int64_t t = half; t < count - half; t++) {
        if (!use[t]) continue;
        double trend = window(sum, t - half, t + half, season % 2 == 0) /
                       window(known, t - half, t + half, season % 2 == 0);
        if (multiply && !(trend > 0)) continue;
        index[t % season] += multiply ? y[t] / trend : y[t] - trend;
        seen[t % season]++;
    }
    for (int i = 0; i < season; i++) index[i] = seen[i] > 0 ? index[i] / seen[i] : multiply ? 1 : 0;
}

bool fs_season_indices(const double *y, const uint8_t *use, int64_t count, int season,
                       bool multiply, double *index, double *scratch)
{
    double mean = 0;
    place_means(y, use, count, season, multiply, index, scratch);
    for (int i = 0; i < season; i++) mean += index[i];
    mean /= season;
    if (multiply && !(mean > 0)) return false;
    for (int i = 0; i < season; i++) {
        index[i] = multiply ? index[i] / mean : index[i] - mean;
        if (multiply && index[i] < INDEX_LEAST) return false;
    }
    return true;
}

static bool all_positive(const double *y, const uint8_t *use, int64_t count)
{
    for (int64_t t = 0; t < count; t++)
        if (use[t] && !(y[t] > 0)) return false;
    return true;
}

fs_adjustment fs_adjust_season(const double *y, const uint8_t *use, int64_t count, int season,
                               double *adjusted, double *index, double *scratch)
{
    if (!fs_season_is_significant(y, use, count, season, scratch)) {
        memcpy(adjusted, y, (size_t)count * sizeof *y);
        return FS_ADJUST_NOT;
    }
    bool multiply = all_positive(y, use, count) &&
                    fs_season_indices(y, use, count, season, true, index, scratch);
    if (!multiply) fs_season_indices(y, use, count, season, false, index, scratch);
    for (int64_t t = 0; t < count; t++)
        adjusted[t] = multiply ? y[t] / index[t % season] : y[t] - index[t % season];
    return multiply ? FS_ADJUST_MULTIPLY : FS_ADJUST_ADD;
}
