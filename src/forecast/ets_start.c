/* First states of exponential smoothing: a line through the means of the first seasons, and the mean deviations from it. */
#include <math.h>

#include "ets_internal.h"

#define SEASONS_AT_FIRST 4
#define SPAN_ALONE       6    /* observations that a mean is taken of where there is no season */
#define LEAST_SEASON     0.01 /* of a multiplicative season */

static double mean_of(const fs_series *series, int64_t first, int64_t count, double otherwise)
{
    double sum = 0;
    int64_t known = 0;
    for (int64_t t = first; t < first + count && t < series->count; t++) {
        sum += series->y[t];
        known += series->use[t];
    }
    return known > 0 ? sum / (double)known : otherwise;
}

static double mean_step(const fs_series *series)
{
    double sum = 0, last = 0;
    int64_t steps = 0;
    for (int64_t t = 0; t < series->count; t++) {
        if (!series->use[t]) continue;
        if (t > 0) sum += fabs(series->y[t] - last), steps++;
        last = series->y[t];
    }
    return steps > 0 && sum > 0 ? sum / (double)steps : 1e-6;
}

/* Of the first spans of `span` observations. */
static void begin_level(const fs_series *series, int64_t span, int64_t spans, fs_ets_start *start)
{
    double first = mean_of(series, 0, span, 0);
    double last = mean_of(series, (spans - 1) * span, span, first);
    start->slope = spans > 1 ? (last - first) / (double)((spans - 1) * span) : 0;
    start->flat = first;
    start->level = first - start->slope * ((double)span + 1) / 2;
}

/* Centred moving mean over one season around t (half weights at the ends where the period is even), of what is known of it;
 * false near the ends, and where less than half is known: some shops are shut on one day of each week. */
static bool trend_at(const fs_series *series, int64_t period, int64_t t, double *trend)
{
    int64_t half = period / 2, first = t - half, last = t + half;
    double sum = 0, weights = 0;
    if (first < 0 || last >= series->count || !series->use[t]) return false;
    for (int64_t i = first; i <= last; i++) {
        double weight = period % 2 == 0 && (i == first || i == last) ? 0.5 : 1;
        if (!series->use[i]) continue;
        sum += weight * series->y[i];
        weights += weight;
    }
    *trend = weights > 0 ? sum / weights : 0;
    return 2 * weights >= (double)period;
}

/* Sums of deviations from the moving mean (or of ratios to it) by place, and how many there are. */
static void add_deviations(const fs_series *series, int64_t period, fs_ets_part kind, double *sum,
                           double *known)
{
    for (int64_t t = 0; t < series->count; t++) {
        double trend;
        if (!trend_at(series, period, t, &trend)) continue;
        if (kind == FS_ETS_MULTIPLICATIVE && !(trend > 0)) continue;
        sum[t % period] += kind == FS_ETS_ADDITIVE ? series->y[t] - trend : series->y[t] / trend;
        known[t % period]++;
    }
}

/* Classical decomposition of the whole series. */
static void begin_season(const fs_series *series, int64_t period, fs_ets_part kind, double *season,
                         double *known)
{
    double neutral = kind == FS_ETS_ADDITIVE ? 0 : 1, sum = 0;
    for (int64_t i = 0; i < period; i++) season[i] = known[i] = 0;
    add_deviations(series, period, kind, season, known);
    for (int64_t i = 0; i < period; i++) {
        season[i] = known[i] > 0 ? season[i] / known[i] : neutral;
        if (kind == FS_ETS_MULTIPLICATIVE && season[i] < LEAST_SEASON) season[i] = LEAST_SEASON;
        sum += season[i];
    }
    for (int64_t i = 0; i < period; i++) {
        if (kind == FS_ETS_ADDITIVE) season[i] -= sum / (double)period;
        if (kind == FS_ETS_MULTIPLICATIVE) season[i] *= (double)period / sum;
    }
}

void fs_ets_begin(const fs_series *series, int period, fs_ets_part season, fs_ets_start *start,
                  double *first_season, double *room)
{
    int64_t count = series->count;
    start->unit = mean_step(series);
    if (season) {
        int64_t spans = count / period;
        if (spans > SEASONS_AT_FIRST) spans = SEASONS_AT_FIRST;
        begin_level(series, period, spans, start);
        begin_season(series, period, season, first_season, room);
    } else {
        int64_t span = count / 2 < 1 ? 1 : count / 2 > SPAN_ALONE ? SPAN_ALONE : count / 2;
        begin_level(series, span, count >= 2 * span && count > 1 ? 2 : 1, start);
        first_season[0] = 0;
    }
}
