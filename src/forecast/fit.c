/* Room for what methods make, kept from series to series; and how they are compared. */
#include <math.h>

#include "forecast_internal.h"

static bool grow(double **data, int64_t *capacity, int64_t wanted)
{
    if (wanted <= *capacity && *data) return true;
    int64_t size = wanted + wanted / 4 + 64;
    fs_free(*data);
    *capacity = 0;
    *data = fs_alloc((size_t)size * sizeof **data);
    if (*data) *capacity = size;
    return *data != NULL;
}

fs_status fs_fit_reserve(fs_fit *fit, int64_t count, int64_t horizon)
{
    int64_t capacity = fit->horizon_capacity;
    if (!grow(&fit->residual, &fit->count_capacity, count)) return FS_MEMORY;
    if (!grow(&fit->mean, &capacity, horizon)) return FS_MEMORY;
    capacity = fit->horizon_capacity;
    if (!grow(&fit->middle, &capacity, horizon)) return FS_MEMORY;
    return grow(&fit->spread, &fit->horizon_capacity, horizon) ? FS_OK : FS_MEMORY;
}

fs_status fs_fit_reserve_states(fs_fit *fit, int season)
{
    fit->states = 0;
    return grow(&fit->state, &fit->state_capacity, FS_STATES_MOST(season)) ? FS_OK : FS_MEMORY;
}

bool fs_fit_is_finite(const fs_fit *fit, int64_t count, int64_t horizon)
{
    bool finite = true;
    for (int64_t t = 0; t < count; t++) finite &= isfinite(fit->residual[t]);
    for (int64_t h = 0; h < horizon; h++)
        finite &= isfinite(fit->mean[h]) && isfinite(fit->spread[h]);
    return finite;
}

void fs_fit_free(fs_fit *fit)
{
    fs_free(fit->state);
    fs_free(fit->mean);
    fs_free(fit->middle);
    fs_free(fit->spread);
    fs_free(fit->residual);
    *fit = (fs_fit){0};
}

double *fs_scratch_reserve(fs_scratch *scratch, size_t doubles)
{
    if (doubles <= scratch->size && scratch->at) return scratch->at;
    size_t size = doubles + doubles / 4 + 64;
    fs_free(scratch->at);
    scratch->size = 0;
    scratch->at = fs_alloc(size * sizeof *scratch->at);
    if (scratch->at) scratch->size = size;
    return scratch->at;
}

void fs_scratch_free(fs_scratch *scratch)
{
    fs_free(scratch->at);
    *scratch = (fs_scratch){0};
}

double fs_aicc(double squares, int64_t known, int64_t parameters)
{
    double n = (double)known, k = (double)parameters, variance = squares / n;
    if (n - k - 1 <= 0) return INFINITY;
    return n * log(variance > 1e-30 ? variance : 1e-30) + 2 * k + 2 * k * (k + 1) / (n - k - 1);
}
