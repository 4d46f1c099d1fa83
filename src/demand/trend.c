/* The trend of a series, over block means.
 *
 * Steps are put together to blocks of whole seasons, about four weeks or a month long and at most
 * 400 of them, so that weekdays don't matter and pairs stay few. Whether there is a trend at all is for
 * Kendall's S; where the series spans two years, only blocks a whole number of years apart are compared
 * (Hirsch, Slack and Smith 1982), so that the season of the year is no trend.
 *
 * How large it is. Over two years and more: the sum of blocks over the sum of the same blocks a year
 * before, a ratio estimator (Cochran 1977, 6.4), less 1; its interval is even in the logarithm. What sold
 * half as much in its second year has -0.5, however unevenly it sells. Over less: Theil and Sen's slope
 * (Sen 1968), the median over all pairs, divided by the median block; its interval are the slopes of rank
 * (N ∓ 1.96 √V) / 2, V the variance of S; nothing shrinks by more than all of it, so the least is -1. With a
 * handful of pairs the ranks end at the outermost slopes, and the interval is too narrow: who wants to be
 * sure looks at the certainty too.
 */
#include <math.h>

#include "foresell/demand.h"
#include "foresell/numeric.h"

#define BLOCKS_MOST 400
#define Z_95        1.959963984540054

typedef struct blocks {
    double *mean; /* BLOCKS_MOST; only known ones, with their places */
    double *place;
    int64_t count, length, a_year;
} blocks;

static int64_t block_length(int64_t count, int season, int64_t year)
{
    int64_t length = year >= 52 ? year / 13 : 1;
    if (season > 1 && season <= year / 4)
        length = (length + season - 1) / season * season;
    else if (season > 1 && count >= 3 * (int64_t)season && year < 52)
        length = season;
    while (count / length >= BLOCKS_MOST) length *= 2;
    return length < 1 ? 1 : length;
}

static void fill_blocks(blocks *b, const double *value, const uint8_t *valid, int64_t count)
{
    b->count = 0;
    int64_t skipped = count % b->length; /* the blocks end with the series */
    for (int64_t i = 0; (i + 1) * b->length <= count - skipped; i++) {
        double sum = 0;
        int64_t known = 0;
        for (int64_t t = skipped + i * b->length; t < skipped + (i + 1) * b->length; t++) {
            if (valid && !valid[t]) continue;
            sum += value[t] / (double)b->length;
            known++;
        }
        if (2 * known < b->length || known == 0) continue;
        b->mean[b->count] = sum / (double)known * (double)b->length;
        b->place[b->count++] = (double)i;
    }
}

static bool is_pair(const blocks *b, int64_t i, int64_t j, bool by_year)
{
    return !by_year || (int64_t)(b->place[j] - b->place[i]) % b->a_year == 0;
}

/* All slopes (per block); Kendall's S. Returns their number. */
static int64_t find_slopes(const blocks *b, bool by_year, double *slope, double *kendall)
{
    int64_t count = 0;
    *kendall = 0;
    for (int64_t i = 0; i < b->count; i++)
        for (int64_t j = i + 1; j < b->count; j++) {
            if (!is_pair(b, i, j, by_year)) continue;
            double rise = b->mean[j] - b->mean[i];
            *kendall += (rise > 0) - (rise < 0);
            slope[count++] = rise / (b->place[j] - b->place[i]);
        }
    return count;
}

/* Variance of S: the sum over the places of a year (or the one place there is). */
static double kendall_variance(const blocks *b, bool by_year)
{
    double variance = 0;
    int64_t places = by_year ? b->a_year : 1;
    for (int64_t place = 0; place < places; place++) {
        double n = 0;
        for (int64_t i = 0; i < b->count; i++)
            n += !by_year || (int64_t)b->place[i] % b->a_year == place;
        variance += n * (n - 1) * (2 * n + 5) / 18;
    }
    return variance;
}

typedef struct pairs {
    double before, after, count; /* sums over pairs of blocks one year apart */
} pairs;

static pairs sum_pairs(const blocks *b)
{
    pairs p = {0};
    for (int64_t i = 0; i < b->count; i++)
        for (int64_t j = i + 1; j < b->count; j++) {
            if ((int64_t)(b->place[j] - b->place[i]) != b->a_year) continue;
            p.before += b->mean[i];
            p.after += b->mean[j];
            p.count++;
        }
    return p;
}

/* Standard error of the ratio: of what it leaves of each pair. */
static double error_of_ratio(const blocks *b, const pairs *p, double ratio)
{
    double rest = 0;
    for (int64_t i = 0; i < b->count; i++)
        for (int64_t j = i + 1; j < b->count; j++) {
            if ((int64_t)(b->place[j] - b->place[i]) != b->a_year) continue;
            double left = b->mean[j] - ratio * b->mean[i];
            rest += left * left;
        }
    return sqrt(rest * p->count / (p->count - 1)) / p->before;
}

#define WIDEST 20 /* of an interval, in logarithms */

/* false where nothing was there a year before, or values are below zero. */
static bool measure_years(const blocks *b, fs_trend *trend)
{
    pairs p = sum_pairs(b);
    if (!(p.count >= 3 && p.before > 0 && p.after >= 0)) return false;
    double ratio = p.after / p.before, free = p.count - 1;
    double quantile =
        Z_95 + (Z_95 * Z_95 * Z_95 + Z_95) / (4 * free); /* of t, to its first order */
    double way = ratio > 0 ? fmin(quantile * error_of_ratio(b, &p, ratio) / ratio, WIDEST) : 0;
    trend->a_year = ratio - 1;
    trend->low = ratio * exp(-way) - 1;
    trend->high = ratio * exp(way) - 1;
    return isfinite(ratio);
}

static double ranked(const double *sorted, int64_t count, double rank)
{
    int64_t at = (int64_t)floor(rank);
    return sorted[at < 0 ? 0 : at >= count ? count - 1 : at];
}

static void measure(const blocks *b, double *slope, int64_t count, double kendall, double level,
                    double a_year, fs_trend *trend)
{
    double deviation = sqrt(kendall_variance(b, trend->by_year));
    fs_sort(slope, count);
    double z = deviation > 0 ? (fabs(kendall) - 1) / deviation : 0;
    trend->certainty = z > 0 ? 2 * fs_normal_below(z) - 1 : 0;
    if (trend->by_year && measure_years(b, trend)) {
        trend->known = true;
        return;
    }
    double middle = count % 2 ? slope[count / 2] : (slope[count / 2 - 1] + slope[count / 2]) / 2;
    double way = Z_95 * deviation, times = a_year / level;
    trend->a_year = fmax(middle * times, -1);
    trend->low = fmax(ranked(slope, count, ((double)count - way) / 2) * times, -1);
    trend->high = fmax(ranked(slope, count, ((double)count + way) / 2) * times, -1);
    trend->known = isfinite(trend->a_year) && isfinite(trend->low) && isfinite(trend->high);
}

/* The median block; the mean where that is zero. */
static double usual_level(const blocks *b, double *room)
{
    double mean = 0;
    for (int64_t i = 0; i < b->count; i++) {
        room[i] = b->mean[i];
        mean += b->mean[i] / (double)b->count;
    }
    double median = fs_median(room, b->count);
    return median > 0 ? median : mean;
}

#define SLOPES_MOST (BLOCKS_MOST * (BLOCKS_MOST - 1) / 2)

fs_status fs_trend_find(const double *value, const uint8_t *valid, int64_t count, int season,
                        int64_t year, double **scratch, fs_trend *trend)
{
    *trend = (fs_trend){0};
    if (!*scratch) *scratch = fs_alloc((3 * BLOCKS_MOST + SLOPES_MOST) * sizeof **scratch);
    if (!*scratch) return FS_MEMORY;
    double *slope = *scratch + 2 * BLOCKS_MOST, kendall = 0;
    blocks b = {.mean = *scratch, .place = *scratch + BLOCKS_MOST};
    b.length = block_length(count, season, year);
    b.a_year = year > 0 ? year / b.length : 0;
    fill_blocks(&b, value, valid, count);
    if (b.count < 3) return FS_OK;
    trend->by_year = b.a_year > 1 && count >= 2 * year && b.a_year * b.length * 50 >= year * 49;
    int64_t slopes = find_slopes(&b, trend->by_year, slope, &kendall);
    if (slopes < 3) return FS_OK;
    double level = usual_level(&b, slope + slopes);
    if (!(level > 0)) return FS_OK;
    double length = year > 0 ? (double)year / (double)b.length : (double)count / (double)b.length;
    measure(&b, slope, slopes, kendall, level, length, trend);
    return FS_OK;
}
