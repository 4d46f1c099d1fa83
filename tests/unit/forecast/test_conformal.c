/* Intervals by the errors that were made, and the backtest of sums. */
#include "forecast/method_test.h"
#include "forecaster_internal.h"

static const double quantiles[] = {0.05, 0.5, 0.95};

static fs_forecaster *open_forecaster(const char *model, int64_t horizon, int origins,
                                      bool is_conformal)
{
    int m = fs_forecast_model_find(model);
    fs_forecast_settings settings = {.horizon = horizon,
                                     .model = m,
                                     .tries = (uint64_t)1 << m,
                                     .nonnegative = 0,
                                     .origins = origins,
                                     .is_conformal = is_conformal,
                                     .quantiles = 3,
                                     .quantile = quantiles};
    fs_forecaster *f = NULL;
    assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
    return f;
}

static fs_forecast run(fs_forecaster *f, const double *y, int64_t n)
{
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_run(f, 1, y, NULL, n, NULL, &forecast, NULL), FS_OK);
    return forecast;
}

/* ---- conformal intervals ---- */

/* A forecaster whose model made these errors of one step, and whose fit has mean 2 and deviation .5. */
static fs_forecaster *open_scored(const double *score, int origins)
{
    fs_forecaster *f = open_forecaster("naive", 1, origins, true);
    fs_fit *fit = &f->fit[f->settings.model];
    assert_int_equal(fs_fit_reserve(fit, 1, 1), FS_OK);
    fit->spread[0] = 1, fit->mean[0] = 2;
    f->errors.deviation = 0.5;
    for (int i = 0; i < origins; i++) {
        f->origin[i] = (fs_past){i + 10, 1};
        f->tested[f->settings.model].score[i] = score[i];
    }
    return f;
}

/* By hand: of 39 scores, 1 to 39 in disorder, centred by 20 and wider by the root of 39 / 38, those of .05, .5 and .95 are at places
 * 2, 20 and 38; mixed 39 to 3 with the model's -9, 0 and 9. */
static void quantiles_are_scores_at_their_places(void **state)
{
    (void)state;
    double score[39], quantile[] = {-9, 0, 9};
    const double own[] = {-9, 0, 9}, seen[] = {2 - 20, 20 - 20, 38 - 20};
    for (int i = 0; i < 39; i++) score[i] = (i * 7) % 39 + 1;
    fs_forecaster *f = open_scored(score, 39);
    fs_conformal_quantiles(f, f->settings.model, 39, 1, quantile);
    for (int q = 0; q < 3; q++) {
        double by_errors = 2 + 0.5 * seen[q] * sqrt(39.0 / 38);
        assert_true(fabs(quantile[q] - (39 * by_errors + 3 * own[q]) / 42) < 1e-12);
    }
    fs_forecaster_close(f);
}

/* Six errors, centred -3 … 3, do not tell what lies beyond 95 %: there it is the model's own quantile, if it lies farther out. */
static void few_scores_do_not_make_the_outermost_quantiles(void **state)
{
    (void)state;
    const double score[] = {-3, 3, -2, 2, -1, 1};
    double quantile[] = {-9, 2, 2.5}, highest = 2 + 0.5 * 3 * sqrt(6.0 / 5);
    fs_forecaster *f = open_scored(score, 6);
    fs_conformal_quantiles(f, f->settings.model, 6, 1, quantile);
    assert_true(fabs(quantile[0] + 9) < 1e-12 && fabs(quantile[1] - 2) < 1e-12);
    assert_true(fabs(quantile[2] - (6 * highest + 3 * 2.5) / 9) < 1e-12);
    assert_true(!fs_conformal_is_ready(f, f->settings.model, 4));
    assert_true(fs_conformal_is_ready(f, f->settings.model, 5));
    fs_forecaster_close(f);
}

#define FAR 20

/* The naive method takes for a random walk what comes back to its level: its intervals widen as if nothing held them. The step whose
 * coverage is farthest off. */
static double farthest_from_nominal(bool is_conformal)
{
    fs_random random = fs_random_open(5, 0, 0, 0);
    fs_forecaster *f = open_forecaster("naive", FAR, 20, is_conformal);
    double y[600], farthest = 0;
    int inside[FAR] = {0};
    for (int trial = 0; trial < 400; trial++) {
        for (int t = 0; t < 600; t++)
            y[t] = (t > 0 ? 0.8 * y[t - 1] : 0) + fs_random_normal(&random);
        fs_forecast forecast = run(f, y, 600 - FAR);
        for (int h = 0; h < FAR; h++) {
            double actual = y[600 - FAR + h], *quantile = forecast.quantile + h * 3;
            inside[h] += actual >= quantile[0] && actual <= quantile[2];
        }
    }
    for (int h = 0; h < FAR; h++) farthest = fmax(farthest, fabs(inside[h] / 400.0 - 0.9));
    fs_forecaster_close(f);
    return farthest;
}

static void errors_that_were_made_cover_what_theory_does_not(void **state)
{
    (void)state;
    double by_model = farthest_from_nominal(false), by_errors = farthest_from_nominal(true);
    assert_true(by_errors < 0.05);
    assert_true(by_model > 0.08);
}

static void too_few_trials_are_told(void **state)
{
    (void)state;
    double y[60];
    for (int t = 0; t < 60; t++) y[t] = 10 + (t * 7) % 5;
    fs_forecaster *few = open_forecaster("ses", 1, 3, true);
    fs_forecaster *own = open_forecaster("ses", 1, 3, false);
    fs_forecast forecast = run(few, y, 60);
    assert_string_equal(forecast.note, "intervals are the model's own, too few trials");
    assert_memory_equal(forecast.quantile, run(own, y, 60).quantile, 3 * sizeof(double));
    fs_forecaster *many = open_forecaster("ses", 1, 20, true);
    forecast = run(many, y, 60);
    assert_string_equal(forecast.note, "");
    assert_true(forecast.quantile[0] < forecast.quantile[2]);
    fs_forecaster_close(few), fs_forecaster_close(own), fs_forecaster_close(many);
}

/* What an origin is given comes from those before it. */
static void the_backtest_sees_no_future(void **state)
{
    (void)state;
    fs_random random = fs_random_open(6, 0, 0, 0);
    double y[120], below[2];
    fs_forecast forecast;
    fs_forecaster *f = open_forecaster("ses", 4, 8, true);
    for (int changed = 0; changed < 2; changed++) {
        random = fs_random_open(6, 0, 0, 0);
        for (int t = 0; t < 120; t++) y[t] = 20 + fs_random_normal(&random);
        for (int t = 116; t < 120 && changed; t++) y[t] += 1e3;
        assert_int_equal(fs_forecaster_backtest(f, 1, y, NULL, 120, NULL, &forecast, NULL), FS_OK);
        const fs_backtest *b = fs_forecaster_tested(f, f->settings.model, 0);
        below[changed] = (double)b->below[2];
        assert_int_equal(b->count, 32);
    }
    assert_true(below[0] - below[1] >= 3 && below[0] - below[1] <= 4);
    fs_forecaster_close(f);
}

static void nasty_series_get_finite_ordered_quantiles(void **state)
{
    (void)state;
    static const char *const models[] = {"auto", "ets", "counts", "snaive"};
    fs_random random = fs_random_open(8, 0, 0, 0);
    double y[300];
    uint8_t valid[300];
    for (int m = 0; m < 4; m++) {
        fs_forecaster *f = open_forecaster(models[m], 9, 4, true);
        for (int trial = 0; trial < (m == 0 ? 30 : 200); trial++) {
            fs_forecast forecast;
            int64_t n = 1 + fs_random_below(&random, 120);
            method_make_nasty(&random, y, valid, n);
            assert_int_equal(fs_forecaster_run(f, 7, y, valid, n, NULL, &forecast, NULL), FS_OK);
            for (int i = 0; i < 27; i++) {
                assert_true(isfinite(forecast.quantile[i]));
                if (i % 3) assert_true(forecast.quantile[i] >= forecast.quantile[i - 1]);
            }
        }
        fs_forecaster_close(f);
    }
}

/* ---- backtest of sums ---- */

/* By hand: origins at 6 and 8, two steps each; naive forecasts 6, 6 and 8, 8 of 7, 8 and 9, 10: sums 12 of 15, 16 of 19. All quantiles
 * are the forecast. Scaled by two steps of 1. */
static void measures_of_sums_are_those_worked_out_by_hand(void **state)
{
    (void)state;
    const double y[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    for (int by_step = 0; by_step < 2; by_step++) {
        int naive = fs_forecast_model_find("naive");
        fs_forecast_settings settings = {.horizon = 2,
                                         .model = naive,
                                         .tries = (uint64_t)1 << naive,
                                         .nonnegative = -1,
                                         .origins = 2,
                                         .sums = true,
                                         .paths = 100,
                                         .by_step = by_step,
                                         .quantiles = 3,
                                         .quantile = quantiles};
        fs_forecaster *f = NULL;
        fs_forecast forecast;
        assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
        assert_int_equal(fs_forecaster_backtest(f, 1, y, NULL, 10, NULL, &forecast, NULL), FS_OK);
        const fs_backtest *b = fs_forecaster_tested(f, naive, by_step);
        assert_int_equal(b->origins, 2);
        assert_int_equal(b->count, 2);
        assert_true(fabs(b->absolute - 6) < 1e-12 && fabs(b->error + 6) < 1e-12);
        assert_true(fabs(b->actual - 34) < 1e-12 && fabs(b->scaled - 3) < 1e-12);
        assert_true(fabs(b->scaled_squared - 4.5) < 1e-12);
        for (int q = 0; q < 3; q++) assert_true(fabs(b->pinball[q] - 6 * quantiles[q]) < 1e-9);
        if (by_step) assert_true(fs_forecaster_tested(f, naive, 0)->absolute == 2);
        fs_forecaster_close(f);
    }
}

/* A sum of which a value is not known is not known. */
static void sums_end_where_a_value_is_missing(void **state)
{
    (void)state;
    double y[40];
    uint8_t valid[40];
    for (int t = 0; t < 40; t++) y[t] = 5 + t % 3, valid[t] = t != 37;
    int naive = fs_forecast_model_find("naive");
    fs_forecast_settings settings = {.horizon = 5,
                                     .model = naive,
                                     .tries = (uint64_t)1 << naive,
                                     .origins = 1,
                                     .sums = true,
                                     .paths = 100,
                                     .by_step = true,
                                     .quantiles = 3,
                                     .quantile = quantiles};
    fs_forecaster *f = NULL;
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
    assert_int_equal(fs_forecaster_backtest(f, 1, y, valid, 40, NULL, &forecast, NULL), FS_OK);
    for (int h = 0; h < 5; h++) assert_int_equal(fs_forecaster_tested(f, naive, h)->count, h < 2);
    fs_forecaster_close(f);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    const double y[] = {3, 5, 4, 6, 5, 7, 6, 8, 7, 9, 8, 10};
    for (int64_t n = 0;; n++) {
        fs_forecast_settings settings = {.horizon = 3,
                                         .origins = 2,
                                         .is_conformal = true,
                                         .quantiles = 3,
                                         .quantile = quantiles};
        fs_forecaster *f = NULL;
        fs_forecast forecast;
        fs_alloc_fail_after(n);
        fs_status status = fs_forecaster_open(&settings, &f, NULL);
        if (status == FS_OK) status = fs_forecaster_run(f, 1, y, NULL, 12, NULL, &forecast, NULL);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_forecaster_close(f);
        if (!failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_scores_at_their_places),
        cmocka_unit_test(few_scores_do_not_make_the_outermost_quantiles),
        cmocka_unit_test(errors_that_were_made_cover_what_theory_does_not),
        cmocka_unit_test(too_few_trials_are_told),
        cmocka_unit_test(the_backtest_sees_no_future),
        cmocka_unit_test(nasty_series_get_finite_ordered_quantiles),
        cmocka_unit_test(measures_of_sums_are_those_worked_out_by_hand),
        cmocka_unit_test(sums_end_where_a_value_is_missing),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
