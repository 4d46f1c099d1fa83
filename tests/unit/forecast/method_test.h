/* method_test.h: one method on one series, and what must hold of any method on any series. */
#ifndef FORESELL_TESTS_METHOD_TEST_H
#define FORESELL_TESTS_METHOD_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define METHOD_HORIZON 40

/* A method's work on one series after another. */
typedef struct method_work {
    fs_series series;
    fs_scratch scratch;
    fs_fit fit;
    double mean[METHOD_HORIZON]; /* in the series' own units */
    const char *form;            /* of exponential smoothing; NULL: any */
    int seasons;                 /* beside the one; 0: that one alone */
    int season_of[FS_SEASONS_MOST];
    bool searches_all; /* of arima */
} method_work;

static void method_free(method_work *w)
{
    fs_series_free(&w->series);
    fs_scratch_free(&w->scratch);
    fs_fit_free(&w->fit);
}

static fs_status method_try(method_work *w, const fs_method *method, int season, const double *y,
                            const uint8_t *valid, int64_t n, bool *can)
{
    FS_TRY(fs_series_fill(&w->series, y, valid, n));
    FS_TRY(fs_fit_reserve(&w->fit, w->series.count, METHOD_HORIZON));
    for (int64_t t = 0; t < w->series.count; t++) w->fit.residual[t] = NAN; /* all must be set */
    for (int h = 0; h < METHOD_HORIZON; h++) w->fit.mean[h] = w->fit.spread[h] = NAN;
    fs_forecast_task task = {.series = &w->series,
                             .season = season,
                             .horizon = METHOD_HORIZON,
                             .form = w->form,
                             .seasons = w->seasons,
                             .season_of = w->season_of,
                             .searches_all = w->searches_all};
    FS_TRY(method->fit(method, &task, &w->scratch, &w->fit, can));
    for (int h = 0; h < METHOD_HORIZON; h++) w->mean[h] = w->fit.mean[h] * w->series.unit;
    return FS_OK;
}

/* At least one value is known. */
static bool method_fit(method_work *w, const fs_method *method, int season, const double *y,
                       const uint8_t *valid, int64_t n)
{
    bool can = false;
    assert_int_equal(method_try(w, method, season, y, valid, n, &can), FS_OK);
    return can;
}

static void method_check_sane(const method_work *w)
{
    const fs_fit *fit = &w->fit;
    for (int h = 0; h < METHOD_HORIZON; h++)
        assert_true(isfinite(fit->mean[h]) && isfinite(fit->spread[h]) && fit->spread[h] >= 0);
    for (int64_t t = 0; t < w->series.count; t++) {
        assert_true(isfinite(fit->residual[t]));
        if (!w->series.use[t]) assert_true(fit->residual[t] == 0);
    }
    assert_true(fit->from >= 0 && fit->from < w->series.count);
    assert_true(fit->parameters >= 0 && !isnan(fit->aicc));
    assert_true(memchr(fit->model, 0, sizeof fit->model) && fit->model[0]);
}

static void method_make_nasty(fs_random *random, double *y, uint8_t *valid, int64_t n)
{
    int kind = (int)fs_random_below(random, 11);
    double unit = kind == 8 ? 1e306 : pow(10, (double)fs_random_below(random, 12) - 6);
    for (int64_t t = 0; t < n; t++) {
        valid[t] = t == 0 || fs_random_below(random, 6) > 0;
        switch (kind) {
        case 0: y[t] = fs_random_below(random, 20) == 0 ? 1 : 0; break;
        case 1: y[t] = (double)t * (double)t; break;
        case 2: y[t] = exp((double)t / 3 > 600 ? 600 : (double)t / 3); break;
        case 3: y[t] = t < n / 2 ? 0 : 1000; break;
        case 4: y[t] = fs_random_below(random, 30) == 0 ? 1e200 : fs_random_uniform(random); break;
        case 5: y[t] = (t % 2 ? 1 : -1) * fs_random_uniform(random); break;
        case 6: y[t] = -1e-300 * (double)t; break;
        case 7: y[t] = (double)fs_random_poisson(random, 3); break;
        case 9: y[t] = 5; break;
        case 10: y[t] = 0; break;
        default: y[t] = fs_random_normal(random) * 10; break;
        }
        y[t] *= kind == 2 || kind == 4 ? 1 : unit;
        if (!isfinite(y[t])) y[t] = DBL_MAX;
        if (!valid[t]) y[t] = 0;
    }
}

/* Thousands of series that break things. */
static inline void method_check_nasty(const fs_method *method, uint64_t seed)
{
    static const int seasons[] = {1, 2, 4, 7, 12, 52};
    fs_random random = fs_random_open(seed, 0, 0, 0);
    method_work w = {0};
    double y[300];
    uint8_t valid[300];
    for (int trial = 0; trial < 2000; trial++) {
        int64_t n = 1 + fs_random_below(&random, trial % 10 == 0 ? 300 : 60);
        method_make_nasty(&random, y, valid, n);
        if (method_fit(&w, method, seasons[trial % 6], y, valid, n)) method_check_sane(&w);
    }
    method_free(&w);
}

/* Nasty series with three seasons; `always`: the method takes each of them. */
static inline void method_check_nasty_seasons(const fs_method *method, uint64_t seed, int trials,
                                              bool always)
{
    fs_random random = fs_random_open(seed, 0, 0, 0);
    method_work w = {.seasons = 3, .season_of = {2, 7, 30}};
    double y[300];
    uint8_t valid[300];
    for (int trial = 0; trial < trials; trial++) {
        int64_t n = 1 + fs_random_below(&random, trial % 5 == 0 ? 300 : 80);
        method_make_nasty(&random, y, valid, n);
        bool can = method_fit(&w, method, 7, y, valid, n);
        assert_true(can || !always);
        if (can) method_check_sane(&w);
    }
    method_free(&w);
}

/* A fit reserves its room by one allocation. */
static inline void method_check_one_room(const fs_method *method)
{
    method_work w = {.seasons = 0};
    double y[60];
    bool can = false;
    for (int t = 0; t < 60; t++) y[t] = 10 + t % 7 + t % 3;
    assert_int_equal(fs_series_fill(&w.series, y, NULL, 60), FS_OK);
    assert_int_equal(fs_fit_reserve(&w.fit, 60, METHOD_HORIZON), FS_OK);
    fs_forecast_task task = {.series = &w.series, .season = 7, .horizon = METHOD_HORIZON};
    fs_alloc_fail_after(1000);
    assert_int_equal(method->fit(method, &task, &w.scratch, &w.fit, &can), FS_OK);
    int64_t allocations = fs_alloc_count();
    fs_alloc_fail_after(-1);
    assert_int_equal(allocations, 1);
    method_free(&w);
}

/* Every allocation fails in turn, and it works again afterwards. */
static inline void method_check_memory(const fs_method *method, int season)
{
    double y[60];
    for (int t = 0; t < 60; t++) y[t] = 10 + t % 7 + t % 3;
    for (int64_t n = 0;; n++) {
        method_work w = {0};
        bool can = false;
        fs_alloc_fail_after(n);
        fs_status status = method_try(&w, method, season, y, NULL, 60, &can);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        assert_true(method_fit(&w, method, season, y, NULL, 60));
        method_free(&w);
        if (!failed) break;
    }
}

#endif
