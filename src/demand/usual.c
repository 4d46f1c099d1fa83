/* What is usual at each step of a series.
 *
 * Level: the median of the known values up to `half` steps to either side, kept in a sorted window
 * (a step costs one insertion and one removal). Season: the median over all seasons of value /
 * level at each place (value - level where values are below zero), scaled so that its median is 1;
 * only where there are three whole seasons, so that one odd value in a place can't become usual.
 *
 * Deviation: the median absolute deviation, times 1.4826, of (value - expected) / √expected: the
 * spread of what is counted grows with the root of its size, so one number serves quiet and busy
 * times. Never below 15 % of what is usual. Where at least half of the values are zero that says
 * nothing, and the sizes of the values that are not zero are looked at instead (`size`).
 *
 * The idea of the rolling median with its deviation is Hampel's identifier (1974).
 */
#include <math.h>
#include <string.h>

#include "foresell/demand.h"
#include "foresell/numeric.h"

#define TO_NORMAL     1.4826
#define LEAST_SHARE   0.15
#define SEASONS_LEAST 3
#define FACTOR_MOST   10.0

static fs_status reserve(fs_usual *usual, int64_t count)
{
    if (count <= usual->capacity && usual->expected) return FS_OK;
    size_t capacity = (size_t)count + (size_t)count / 4 + 64;
    fs_usual_free(usual);
    usual->expected = fs_alloc(capacity * sizeof(double));
    usual->deviation = fs_alloc(capacity * sizeof(double));
    usual->window = fs_alloc(capacity * sizeof(double));
    usual->scratch = fs_alloc(capacity * sizeof(double));
    if (!usual->expected || !usual->deviation || !usual->window || !usual->scratch)
        return FS_MEMORY;
    usual->capacity = (int64_t)capacity;
    return FS_OK;
}

void fs_usual_free(fs_usual *usual)
{
    fs_free(usual->expected);
    fs_free(usual->deviation);
    fs_free(usual->window);
    fs_free(usual->scratch);
    *usual = (fs_usual){0};
}

typedef struct view {
    const double *value;
    const uint8_t *valid, *apart;
    int64_t count;
} view;

static bool counts(const view *v, int64_t t)
{
    return (!v->valid || v->valid[t]) && !(v->apart && v->apart[t]);
}

/* ---- level ---- */

/* First place in the sorted window that is not below x. */
static int64_t place_of(const double *window, int64_t size, double x)
{
    int64_t low = 0, high = size;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (window[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(double *window, int64_t *size, double x)
{
    int64_t at = place_of(window, *size, x);
    memmove(window + at + 1, window + at, (size_t)(*size - at) * sizeof *window);
    window[at] = x;
    (*size)++;
}

static void take_out(double *window, int64_t *size, double x)
{
    int64_t at = place_of(window, *size, x);
    (*size)--;
    memmove(window + at, window + at + 1, (size_t)(*size - at) * sizeof *window);
}

static double middle_of(const double *window, int64_t size)
{
    if (size % 2) return window[size / 2];
    return window[size / 2 - 1] + (window[size / 2] - window[size / 2 - 1]) / 2;
}

/* Rolling median into expected; where the window holds nothing, the last one that did. */
static void find_level(fs_usual *usual, const view *v, int64_t half)
{
    int64_t size = 0, head = 0, tail = 0;
    double last = 0;
    for (int64_t t = 0; t < v->count; t++) {
        for (; head < v->count && head <= t + half; head++)
            if (counts(v, head)) insert(usual->window, &size, v->value[head]);
        for (; tail < t - half; tail++)
            if (counts(v, tail)) take_out(usual->window, &size, v->value[tail]);
        if (size > 0) last = middle_of(usual->window, size);
        usual->expected[t] = last;
    }
}

/* ---- season ---- */

static double factor_at(fs_usual *usual, const view *v, int season, int place, bool ratio)
{
    int64_t size = 0;
    for (int64_t t = place; t < v->count; t += season) {
        if (!counts(v, t)) continue;
        double level = usual->expected[t];
        if (ratio && !(level > 0)) continue;
        usual->scratch[size++] = ratio ? v->value[t] / level : v->value[t] - level;
    }
    if (size < SEASONS_LEAST) return ratio;
    double factor = fs_median(usual->scratch, size);
    return ratio && factor > FACTOR_MOST ? FACTOR_MOST : factor;
}

/* Season factors (or, where values go below zero, differences) into window[0 … season-1]. */
static void find_season(fs_usual *usual, const view *v, int season, bool ratio)
{
    double *factor = usual->window;
    for (int i = 0; i < season; i++) factor[i] = factor_at(usual, v, season, i, ratio);
    memcpy(usual->scratch, factor, (size_t)season * sizeof *factor);
    double usual_factor = fs_median(usual->scratch, season);
    if (ratio && !(usual_factor > 0)) return;
    for (int64_t t = 0; t < v->count; t++) {
        double f = factor[t % season];
        if (ratio)
            usual->expected[t] *= f / usual_factor;
        else
            usual->expected[t] += f - usual_factor;
    }
}

/* ---- deviation ---- */

/* From sizes in order: their upper decile, raised once more (by the power 1.5, which leaves 1 in about
 * ten thousand of Poisson's and of geometric sizes above it) by as much as it is above the median. */
static double fence_of(const double *sorted, int64_t sizes, double median)
{
    double decile = fs_sorted_quantile(sorted, sizes, 0.9);
    return decile * pow(decile / median, 1.5);
}

/* Sets usual->size and usual->fence; leaves the sizes in scratch, in order. */
static void find_sizes(fs_usual *usual, const view *v, int64_t *sizes, int64_t *known)
{
    *sizes = *known = 0;
    usual->size = usual->fence = 0;
    for (int64_t t = 0; t < v->count; t++) {
        if (!counts(v, t)) continue;
        (*known)++;
        if (v->value[t] != 0) usual->scratch[(*sizes)++] = fabs(v->value[t]);
    }
    if (*sizes == 0) return;
    fs_sort(usual->scratch, *sizes);
    usual->size = middle_of(usual->scratch, *sizes);
    usual->fence = fence_of(usual->scratch, *sizes, usual->size);
}

static double deviation_of_size(fs_usual *usual, int64_t sizes)
{
    for (int64_t i = 0; i < sizes; i++) usual->scratch[i] = fabs(usual->scratch[i] - usual->size);
    return TO_NORMAL * fs_median(usual->scratch, sizes);
}

/* Root of what is expected, in the unit of the usual size, not below a tenth of it. */
static double root_of(const fs_usual *usual, int64_t t)
{
    double share = fabs(usual->expected[t]) / usual->size;
    return sqrt(share > 0.1 ? share : 0.1);
}

static void find_deviation(fs_usual *usual, const view *v)
{
    int64_t size = 0;
    memset(usual->deviation, 0, (size_t)v->count * sizeof *usual->deviation);
    if (usual->size == 0) return;
    for (int64_t t = 0; t < v->count; t++)
        if (counts(v, t))
            usual->scratch[size++] = fabs(v->value[t] - usual->expected[t]) / root_of(usual, t);
    double common = TO_NORMAL * fs_median(usual->scratch, size);
    if (usual->intermittent && common < usual->size) common = usual->size;
    for (int64_t t = 0; t < v->count; t++) {
        double deviation = common * root_of(usual, t);
        double least = LEAST_SHARE * fabs(usual->expected[t]);
        if (least < 0.05 * usual->size) least = 0.05 * usual->size;
        usual->deviation[t] = deviation > least ? deviation : least;
    }
}

/* Values set apart are heeded where they are few. */
static bool few_apart(const view *v)
{
    int64_t known = 0, apart = 0;
    for (int64_t t = 0; t < v->count; t++) {
        if (v->valid && !v->valid[t]) continue;
        known++;
        apart += v->apart[t] != 0;
    }
    return 2 * apart < known;
}

static bool any_below_zero(const view *v)
{
    for (int64_t t = 0; t < v->count; t++)
        if (counts(v, t) && v->value[t] < 0) return true;
    return false;
}

fs_status fs_usual_find(fs_usual *usual, const fs_usual_settings *settings, const double *value,
                        const uint8_t *valid, const uint8_t *apart, int64_t count)
{
    int64_t sizes = 0, known = 0;
    view v = {value, valid, apart, count};
    if (apart && !few_apart(&v)) v.apart = NULL;
    FS_TRY(reserve(usual, count > settings->season ? count : settings->season));
    find_sizes(usual, &v, &sizes, &known);
    usual->size_deviation = deviation_of_size(usual, sizes);
    usual->intermittent = 2 * sizes <= known;
    find_level(usual, &v, settings->half);
    if (settings->season > 1 && count >= SEASONS_LEAST * (int64_t)settings->season)
        find_season(usual, &v, settings->season, !any_below_zero(&v));
    find_deviation(usual, &v);
    return FS_OK;
}
