/* Any text as a saved model: refused with a message, or carried on with a few values, so that what it gives is finite and can be
 * saved and read again. The first byte says which values come. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresell/forecast.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HORIZON 20
#define NEWS    12

static void check(const fs_forecast *forecast)
{
    for (int h = 0; forecast->known && h < HORIZON; h++) {
        if (!isfinite(forecast->mean[h])) abort();
        for (int q = 0; q < 3; q++) {
            double now = forecast->quantile[h * 3 + q];
            if (!isfinite(now) || (q > 0 && now < forecast->quantile[h * 3 + q - 1])) abort();
        }
    }
}

static void fill(uint8_t seed, double *value, uint8_t *valid)
{
    static const double some[] = {0, 1, 2.5, -3, 1e9, 1e308, 7, 12};
    for (int t = 0; t < NEWS; t++) {
        valid[t] = (seed + 5 * t) % 7 > 1;
        value[t] = valid[t] ? some[(seed >> (t % 4)) % (seed & 128 ? 8 : 3)] : 0;
    }
}

#define NEEDS_MOST 16

/* What the text needs: any values, and the event of each step. */
typedef struct drivers {
    double room[NEWS + HORIZON];
    const double *column[NEEDS_MOST];
    int event[NEWS + HORIZON];
    fs_regressors given;
} drivers;

static bool find_drivers(const fs_forecaster *f, uint8_t seed, drivers *d)
{
    static const double some[] = {0, 1, 2.5, -3, 1e308, NAN, 0.25};
    const fs_regressors *needs = fs_forecaster_needs(f);
    for (int t = 0; t < NEWS + HORIZON; t++) {
        d->room[t] = some[(seed + 3 * t) % 7];
        d->event[t] = (seed + t) % 5 - 2;
        if (d->event[t] >= needs->events) d->event[t] = FS_EVENT_OTHER;
    }
    for (int j = 0; j < NEEDS_MOST; j++) d->column[j] = d->room;
    d->given = (fs_regressors){.count = needs->count, .value = d->column, .event = d->event};
    return needs->count <= NEEDS_MOST;
}

static void carry_on(fs_forecaster *f, const char *text, size_t size, uint8_t seed)
{
    drivers d;
    fs_saved_time time, again;
    fs_forecast forecast;
    fs_error error = {0};
    const char *saved;
    double value[NEWS];
    uint8_t valid[NEWS];
    if (fs_forecaster_load(f, text, size, &time, &error) != FS_OK) {
        if (!error.message[0]) abort();
        return;
    }
    (void)fs_step_add(&time.step, time.end, 3);
    (void)fs_step_between(&time.step, time.end, 12345);
    fill(seed, value, valid);
    if (!find_drivers(f, seed, &d)) return;
    if (fs_forecaster_update(f, value, valid, seed % (NEWS + 1), &d.given, &forecast, NULL) !=
        FS_OK)
        abort();
    check(&forecast);
    if (fs_forecaster_save(f, &time, &saved, NULL) != FS_OK || !forecast.known || !saved) return;
    char *copy = strdup(saved);
    if (fs_forecaster_load(f, copy, strlen(copy), &again, NULL) != FS_OK) abort();
    if (again.end != time.end || again.season != time.season) abort();
    if (!find_drivers(f, seed, &d)) abort();
    if (fs_forecaster_update(f, NULL, NULL, 0, &d.given, &forecast, NULL) != FS_OK) abort();
    check(&forecast);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const double quantile[] = {0.1, 0.5, 0.99};
    fs_forecast_settings settings = {.horizon = HORIZON,
                                     .model = FS_FORECAST_AUTO,
                                     .nonnegative = -1,
                                     .saves = true,
                                     .quantiles = 3,
                                     .quantile = quantile};
    fs_forecaster *f = NULL;
    if (size < 1 || size > 20000) return 0;
    if (fs_forecaster_open(&settings, &f, NULL) != FS_OK) return 0;
    carry_on(f, (const char *)data + 1, size - 1, data[0]);
    fs_forecaster_close(f);
    return 0;
}
