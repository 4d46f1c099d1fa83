/* Regressors of a forecaster: taken out of what it fits (regression.c), and told as what drives a forecast. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecaster_internal.h"

#define TOLD_LEAST 0.01 /* share of the forecast; of smaller effects nothing is said */

fs_status fs_drivers_remove(fs_forecaster *f, fs_series *series, int season, int64_t horizon)
{
    f->adjusted = f->regressors && series->known > 0;
    if (!f->adjusted) return FS_OK;
    fs_regressors given = {
        .count = f->regressors->count, .value = f->column, .prior = f->regressors->prior};
    FS_TRY(fs_effects_fit(&f->effects, series, season, horizon, &given, &f->scratch));
    fs_effects_remove(&f->effects, series);
    return FS_OK;
}

fs_status fs_drivers_open(fs_forecaster *f, const fs_regressors *regressors, int64_t skipped)
{
    f->regressors = regressors && regressors->count > 0 ? regressors : NULL;
    if (!f->regressors) return FS_OK;
    if (regressors->count > f->columns) {
        fs_free(f->column);
        f->columns = 0;
        f->column = fs_alloc((size_t)regressors->count * sizeof *f->column);
        if (!f->column) return FS_MEMORY;
        f->columns = regressors->count;
    }
    for (int j = 0; j < regressors->count; j++) f->column[j] = regressors->value[j] + skipped;
    if (!f->drivers) f->drivers = fs_alloc((size_t)f->settings.horizon * FS_DRIVERS);
    return f->drivers ? FS_OK : FS_MEMORY;
}

/* Behind the last of the regressors that are told together with j. */
static int end_of(const fs_regressors *given, int j)
{
    int end = j + 1;
    while (given->driver && end < given->count && given->driver[end] == given->driver[j]) end++;
    return end;
}

/* What the driver of regressors j … end - 1 does at step t, as a share of the forecast. */
static double effect_at(const fs_forecaster *f, int j, int end, int64_t t, double mean)
{
    double effect = f->effects.multiplies ? 1 : 0;
    for (; j < end; j++) {
        double one = fs_effects_of(&f->effects, j, f->column[j][t]);
        effect = f->effects.multiplies ? effect * (1 + one) : effect + one;
    }
    if (f->effects.multiplies) return effect - 1;
    return mean != 0 ? effect / fabs(mean) : 0;
}

/* The last of its regressors that is not zero: of events the one that it is. */
static const char *name_at(const fs_forecaster *f, int j, int64_t t)
{
    int end = end_of(f->regressors, j), found = j;
    for (; j < end; j++)
        if (f->column[j][t] != 0) found = j;
    return f->regressors->name[found];
}

/* The driver with the largest effect at a step of those not told yet, by its first regressor, and its number; -1: none is worth it. */
static int next_driver(const fs_forecaster *f, int64_t t, double mean, uint64_t told, int *number,
                       double *share)
{
    const fs_regressors *given = f->regressors;
    int best = -1, n = 0;
    for (int j = 0, end; j < given->count && n < 64; j = end, n++) {
        end = end_of(given, j);
        double effect = effect_at(f, j, end, t, mean);
        if (told >> n & 1 || !(fabs(effect) >= TOLD_LEAST)) continue;
        if (best >= 0 && fabs(effect) <= fabs(*share)) continue;
        *share = effect;
        *number = n;
        best = j;
    }
    return best;
}

/* "promotion +38 %, holiday -12 %", the largest first, as many as there is room for. */
static void tell_drivers(const fs_forecaster *f, const fs_fit *fit, int64_t h)
{
    char *text = f->drivers + h * FS_DRIVERS;
    uint64_t told = 0;
    size_t used = 0;
    double share = 0;
    text[0] = '\0';
    if (!f->adjusted) return;
    for (int j, n = 0;
         (j = next_driver(f, f->series.count + h, fit->mean[h], told, &n, &share)) >= 0;) {
        char one[FS_DRIVERS];
        int size =
            snprintf(one, sizeof one, "%s%s %+.0f %%", used > 0 ? ", " : "",
                     name_at(f, j, f->series.count + h), 100 * fmax(-9.99, fmin(share, 99.99)));
        told |= (uint64_t)1 << n;
        if (used + (size_t)size >= FS_DRIVERS) return;
        memcpy(text + used, one, (size_t)size + 1);
        used += (size_t)size;
    }
}

void fs_drivers_tell(fs_forecaster *f, const fs_fit *fit)
{
    for (int64_t h = 0; h < f->settings.horizon; h++) tell_drivers(f, fit, h);
}

void fs_drivers_note(const fs_forecaster *f, fs_forecast *forecast)
{
    char text[128];
    for (int j = 0; f->adjusted && j < f->regressors->count; j = end_of(f->regressors, j)) {
        int64_t unknown = 0;
        if (!(f->effects.range[j] > 0)) continue; /* it does nothing */
        for (int64_t h = 0; h < f->settings.horizon; h++)
            unknown += !isfinite(f->column[j][f->series.count + h]);
        if (unknown == 0) continue;
        snprintf(text, sizeof text, "%.40s not known of %lld of %lld periods, taken as its mean",
                 f->regressors->name[j], (long long)unknown, (long long)f->settings.horizon);
        fs_forecast_note(forecast, text);
    }
}

void fs_drivers_close(fs_forecaster *f)
{
    fs_effects_free(&f->effects);
    fs_free(f->column);
    fs_free(f->drivers);
}
