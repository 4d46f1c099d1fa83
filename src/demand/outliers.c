/* Values that can't be ordinary demand: slips of the keyboard, bulk orders, unit errors.
 *
 * High values alone, and far negative ones: a zero is what stock-outs, closed days and quiet days
 * look like, and other rules tell these apart. What looks like an outlier but comes back a year
 * before or after, or lasts four steps or more, is season, event or change of level, and stays.
 * So does what is high for its time only: demand that comes in fits has quiet times in which each
 * sale is many times the usual, and Christmas is not a slip because the autumn was slow. A value
 * must be above nearly all that the series has anywhere.
 */
#include <math.h>

#include "foresell/demand.h"

#define RUN_LEAST  4
#define YEAR_SLACK 3 /* steps that a yearly event may move by, at most 1 % of the year */

/* How far above (or, as a negative number, below zero) the fence; 0 inside. */
static double beyond(const fs_usual *usual, double limit, double value, int64_t t)
{
    double expected = usual->expected[t], width = limit * usual->deviation[t];
    if (usual->intermittent) {
        double own = usual->size_deviation;
        if (own < usual->size / 2) own = usual->size / 2;
        if (width < usual->size + limit * own - expected)
            width = usual->size + limit * own - expected;
    }
    if (width < fabs(expected)) width = fabs(expected);
    if (usual->size == 0) return 0;
    double high = fmax(expected + width, usual->fence);
    if (value > high) return value - high;
    double low = expected - width;
    return value < low && value < 0 && value < -width ? value - low : 0;
}

static bool is_known(const uint8_t *valid, int64_t t) { return !valid || valid[t]; }

typedef struct search {
    const fs_usual *usual;
    double limit;
    const double *value;
    const uint8_t *valid;
    int64_t count;
} search;

static bool is_far(const search *s, int64_t t)
{
    return is_known(s->valid, t) && beyond(s->usual, s->limit, s->value[t], t) != 0;
}

/* Half as much above what is usual, around step `at`. */
static bool comes_back(const search *s, int64_t t, int64_t at, int64_t slack)
{
    double half = (s->value[t] - s->usual->expected[t]) / 2;
    for (int64_t i = at - slack; i <= at + slack; i++) {
        if (i < 0 || i >= s->count || i == t || !is_known(s->valid, i)) continue;
        double excess = s->value[i] - s->usual->expected[i];
        if (half > 0 ? excess >= half : excess <= half) return true;
    }
    return false;
}

static bool is_yearly(const search *s, int64_t t, int64_t year)
{
    if (year < 4) return false;
    int64_t slack = year / 100 < YEAR_SLACK ? year / 100 : YEAR_SLACK;
    return comes_back(s, t, t - year, slack) || comes_back(s, t, t + year, slack);
}

/* Length of the run of far values that t stands in. */
static int64_t run_length(const search *s, int64_t t)
{
    int64_t first = t, last = t;
    while (first > 0 && t - first < RUN_LEAST && is_far(s, first - 1)) first--;
    while (last + 1 < s->count && last - t < RUN_LEAST && is_far(s, last + 1)) last++;
    return last - first + 1;
}

int64_t fs_outliers_mark(const fs_usual *usual, double limit, int64_t year, const double *value,
                         const uint8_t *valid, const uint8_t *apart, int64_t count,
                         uint8_t *outlier, double *cleaned)
{
    search s = {usual, limit, value, valid, count};
    int64_t found = 0;
    for (int64_t t = 0; t < count; t++) {
        outlier[t] = 0;
        cleaned[t] = value[t];
        if (!is_far(&s, t) || (apart && apart[t])) continue;
        if (run_length(&s, t) >= RUN_LEAST || is_yearly(&s, t, year)) continue;
        outlier[t] = 1;
        cleaned[t] = value[t] - beyond(usual, limit, value[t], t);
        found++;
    }
    return found;
}
