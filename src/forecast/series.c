/* A series made ready for the methods.
 *
 * It begins at its first known value. It is scaled by a power of two to at most 1 in size, which
 * loses no digit and keeps squares finite whatever the unit. A value more than 1,000 times the median
 * size of those that are not zero is a slip of the keyboard or of a unit, not demand: it is left
 * out, and counted. What is done depends on the given values only, so a shorter part of a series is
 * treated as if the rest did not exist.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define ABSURD 1000.0

fs_status fs_series_reserve(fs_series *series, int64_t count)
{
    if (count <= series->capacity && series->y) return FS_OK;
    size_t capacity = (size_t)count + (size_t)count / 4 + 64;
    fs_series_free(series);
    series->y = fs_alloc(capacity * sizeof *series->y);
    series->use = fs_alloc(capacity);
    series->scratch = fs_alloc(capacity * sizeof *series->scratch);
    if (!series->y || !series->use || !series->scratch) return FS_MEMORY;
    series->capacity = (int64_t)capacity;
    return FS_OK;
}

void fs_series_free(fs_series *series)
{
    fs_free(series->y);
    fs_free(series->use);
    fs_free(series->scratch);
    *series = (fs_series){0};
}

/* Above this size a value is absurd. */
static double absurd_size(fs_series *series, const double *value)
{
    double least = DBL_MAX, most = 0;
    int64_t sizes = 0;
    for (int64_t t = 0; t < series->count; t++) {
        double size = fabs(value[t]);
        if (!series->use[t] || size == 0) continue;
        series->scratch[sizes++] = size;
        if (size < least) least = size;
        if (size > most) most = size;
    }
    if (sizes < 3 || most / ABSURD <= least) return DBL_MAX;
    double usual = fs_median(series->scratch, sizes);
    return usual > DBL_MAX / ABSURD ? DBL_MAX : usual * ABSURD;
}

static double power_of_two_above(double size)
{
    int exponent = 0;
    if (size == 0) return 1;
    frexp(size, &exponent);
    if (exponent > 1023) exponent = 1023;
    if (exponent < -1073) exponent = -1073;
    return ldexp(1, exponent);
}

static void scale(fs_series *series, const double *value, double absurd)
{
    double most = 0;
    series->known = series->absurd = 0;
    for (int64_t t = 0; t < series->count; t++) {
        if (!series->use[t]) continue;
        if (fabs(value[t]) > absurd) {
            series->use[t] = 0;
            series->absurd++;
            continue;
        }
        series->known++;
        if (fabs(value[t]) > most) most = fabs(value[t]);
    }
    series->unit = power_of_two_above(most);
    series->least = series->known > 0 ? 2 : 0;
    for (int64_t t = 0; t < series->count; t++) {
        series->y[t] = series->use[t] ? value[t] / series->unit : 0;
        if (series->use[t] && series->y[t] < series->least) series->least = series->y[t];
    }
}

fs_status fs_series_fill(fs_series *series, const double *value, const uint8_t *valid,
                         int64_t count)
{
    int64_t first = 0;
    while (valid && first < count && !valid[first]) first++;
    value += first;
    if (valid) valid += first;
    FS_TRY(fs_series_reserve(series, count - first));
    series->count = count - first;
    if (valid)
        memcpy(series->use, valid, (size_t)series->count);
    else
        memset(series->use, 1, (size_t)series->count);
    scale(series, value, absurd_size(series, value));
    return FS_OK;
}
