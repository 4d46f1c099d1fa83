/* The distribution of a one-step error, from the errors that were made.
 *
 * A blend: the empirical quantiles of the centred errors, which know skewness and heavy tails, and
 * the normal's with their standard deviation, which reaches beyond what few errors have shown. The
 * weight of the empirical part is n / (n + 30). Both rise with p, so the blend does. The whole is
 * widened (or narrowed) by a factor that the backtest found: errors out of sample are larger than
 * those in sample.
 */
#include <math.h>

#include "forecast_internal.h"

#define TRUSTED 30.0

fs_status fs_errors_reserve(fs_errors *errors, int64_t count)
{
    if (count <= errors->capacity && errors->sorted) return FS_OK;
    size_t capacity = (size_t)count + (size_t)count / 4 + 64;
    fs_free(errors->sorted);
    errors->capacity = 0;
    errors->sorted = fs_alloc(capacity * sizeof *errors->sorted);
    if (!errors->sorted) return FS_MEMORY;
    errors->capacity = (int64_t)capacity;
    return FS_OK;
}

void fs_errors_settle(fs_errors *errors, int64_t count, int64_t parameters)
{
    double mean = 0, sum = 0;
    errors->count = count;
    errors->deviation = 0;
    errors->factor = 1;
    if (count == 0) return;
    for (int64_t i = 0; i < count; i++) mean += errors->sorted[i];
    mean /= (double)count;
    for (int64_t i = 0; i < count; i++) {
        errors->sorted[i] -= mean;
        sum += errors->sorted[i] * errors->sorted[i];
    }
    errors->is_sorted = false;
    int64_t freedom = count - parameters;
    double least = (double)count / 2; /* however many parameters there are */
    errors->deviation = sqrt(sum / ((double)freedom > least ? (double)freedom : least));
    double own = sqrt(sum / (double)count); /* the empirical part is as wide as the normal one */
    for (int64_t i = 0; own > 0 && i < count; i++) errors->sorted[i] *= errors->deviation / own;
}

double fs_errors_blend(const fs_errors *errors, double empirical, double normal)
{
    double weight = (double)errors->count / ((double)errors->count + TRUSTED);
    return errors->factor * (weight * empirical + (1 - weight) * errors->deviation * normal);
}

static double quantile_of(fs_errors *errors, double p, double normal)
{
    if (errors->count == 0) return fs_errors_blend(errors, 0, normal);
    if (!errors->is_sorted) fs_sort(errors->sorted, errors->count);
    errors->is_sorted = true;
    return fs_errors_blend(errors, fs_sorted_quantile(errors->sorted, errors->count, p), normal);
}

double fs_errors_quantile(fs_errors *errors, double p)
{
    return quantile_of(errors, p, fs_normal_quantile(p));
}

void fs_errors_quantiles(fs_errors *errors, const double *normal, int64_t n, double *quantile)
{
    for (int64_t k = 0; k < n; k++)
        quantile[k] = quantile_of(errors, ((double)k + 0.5) / (double)n, normal[k]);
}
