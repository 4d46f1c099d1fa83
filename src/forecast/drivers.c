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
    fs_regressors given = *f->regressors;
    given.value = f->column;
    given.event = f->event;
    FS_TRY(fs_effects_fit(&f->effects, series, season, horizon, &given, &f->scratch));
    fs_effects_remove(&f->effects, series);
    return FS_OK;
}

fs_status fs_drivers_open(fs_forecaster *f, const fs_regressors *regressors, int64_t skipped,
                          int64_t count)
{
    bool has_any = regressors && (regressors->count > 0 || regressors->event);
    f->regressors = has_any ? regressors : NULL;
    f->told = count;
    f->event = has_any && regressors->event ? regressors->event + skipped : NULL;
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

typedef struct driver {
    const char *name;
    double share; /* of the forecast */
} driver;
#define DRIVERS_MOST 64

/* Where the effects add: what they add to. */
static double share_of(const fs_forecaster *f, double effect, double mean)
{
    if (f->effects.multiplies) return effect - 1;
    return mean != 0 ? effect / fabs(mean) : 0;
}

/* What the driver of regressors j … end - 1 does at step t. */
static driver driver_at(const fs_forecaster *f, int j, int end, int64_t t, double mean)
{
    driver made = {.name = f->regressors->name[j]};
    double effect = f->effects.multiplies ? 1 : 0;
    for (; j < end; j++) {
        double one = fs_effects_of(&f->effects, j, f->column[j][t]);
        effect = f->effects.multiplies ? effect * (1 + one) : effect + one;
    }
    made.share = share_of(f, effect, mean);
    return made;
}

static driver event_at(const fs_forecaster *f, int64_t t, double mean)
{
    int event = f->event[t];
    double effect = fs_event_effect(&f->effects, event);
    const char *name = event >= 0 ? f->regressors->event_name[event] : "event";
    return (driver){name, share_of(f, f->effects.multiplies ? exp(effect) : effect, mean)};
}

/* Adds it where it is worth it, the largest first. */
static int add_driver(driver *found, int count, driver one)
{
    int at = count;
    if (!(fabs(one.share) >= TOLD_LEAST) || count == DRIVERS_MOST) return count;
    for (; at > 0 && fabs(found[at - 1].share) < fabs(one.share); at--) found[at] = found[at - 1];
    found[at] = one;
    return count + 1;
}

static int find_drivers(const fs_forecaster *f, int64_t t, double mean, driver *found)
{
    const fs_regressors *given = f->regressors;
    int count = 0;
    for (int j = 0, end; j < given->count; j = end) {
        end = end_of(given, j);
        count = add_driver(found, count, driver_at(f, j, end, t, mean));
    }
    return f->event ? add_driver(found, count, event_at(f, t, mean)) : count;
}

/* "promotion +38 %, holiday -12 %", as many as there is room for. */
static void tell_drivers(const fs_forecaster *f, const fs_fit *fit, int64_t h)
{
    driver found[DRIVERS_MOST];
    char *text = f->drivers + h * FS_DRIVERS;
    size_t used = 0;
    text[0] = '\0';
    if (!f->adjusted) return;
    int count = find_drivers(f, f->told + h, fit->mean[h], found);
    for (int i = 0; i < count; i++) {
        char one[FS_DRIVERS];
        int size = snprintf(one, sizeof one, "%s%s %+.0f %%", used > 0 ? ", " : "", found[i].name,
                            100 * fmax(-9.99, fmin(found[i].share, 99.99)));
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
            unknown += !isfinite(f->column[j][f->told + h]);
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
