/* Means and walks: by hand, with gaps, and series that break things. */
#include "forecast/method_test.h"

static const fs_method *const methods[] = {&fs_mean_method, &fs_naive_method, &fs_drift_method,
                                           &fs_window_average_method,
                                           &fs_seasonal_window_average_method};

static void check(const method_work *w, int h, double mean, double spread)
{
    assert_true(fabs(w->mean[h] - mean) < 1e-12 * (1 + fabs(mean)));
    assert_true(fabs(w->fit.spread[h] - spread) < 1e-12 * spread);
}

/* 2 4 9 5: mean 5; naive 5; drift 1 a step, its variance h (1 + h / 3) over 4 / 3. */
static void forecasts_are_those_worked_out_by_hand(void **state)
{
    (void)state;
    const double y[] = {2, 4, 9, 5};
    method_work w = {0};
    assert_true(method_fit(&w, &fs_mean_method, 1, y, NULL, 4));
    check(&w, 0, 5, 1), check(&w, 9, 5, 1);
    assert_true(w.fit.residual[2] * w.series.unit == 4 && w.fit.from == 0);
    assert_true(method_fit(&w, &fs_naive_method, 1, y, NULL, 4));
    check(&w, 0, 5, 1), check(&w, 3, 5, 2);
    assert_true(w.fit.residual[2] * w.series.unit == 5 && w.fit.from == 1);
    assert_true(method_fit(&w, &fs_drift_method, 1, y, NULL, 4));
    check(&w, 0, 6, 1), check(&w, 2, 8, sqrt(3 * 2 / (4.0 / 3)));
    assert_true(fabs(w.fit.residual[2] * w.series.unit - 4) < 1e-12);
    method_free(&w);
}

static void windows_are_those_worked_out_by_hand(void **state)
{
    (void)state;
    const double y[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 16};
    method_work w = {0};
    assert_true(method_fit(&w, &fs_window_average_method, 1, y, NULL, 10)); /* 7 8 9 16 */
    check(&w, 0, 10, 1), check(&w, 5, 10, 1);
    assert_int_equal(w.fit.from, 4);
    assert_true(w.fit.residual[9] * w.series.unit == 16 - 7.5);
    assert_true(method_fit(&w, &fs_window_average_method, 2, y, NULL, 10)); /* 9 16 */
    check(&w, 0, 12.5, 1);
    assert_true(method_fit(&w, &fs_seasonal_window_average_method, 2, y, NULL, 10));
    check(&w, 0, 7, 1), check(&w, 1, 10, 1), check(&w, 2, 7, 1), check(&w, 7, 10, 1);
    assert_int_equal(w.fit.from, 2);
    assert_true(w.fit.residual[9] * w.series.unit == 16 - 6);
    method_free(&w);
}

/* 10, missing, 14, missing: three steps from 14 to the second forecast, drift 2. */
static void missing_values_are_skipped(void **state)
{
    (void)state;
    const double y[] = {10, 0, 14, 0, 16, 0};
    const uint8_t valid[] = {1, 0, 1, 0, 1, 0};
    method_work w = {0};
    assert_true(method_fit(&w, &fs_naive_method, 1, y, valid, 6));
    check(&w, 0, 16, sqrt(2)), check(&w, 2, 16, 2);
    assert_true(w.fit.residual[2] * w.series.unit == 4 / sqrt(2) && w.fit.residual[3] == 0);
    assert_true(method_fit(&w, &fs_drift_method, 1, y, valid, 6));
    assert_true(w.fit.residual[2] * w.series.unit == 1 && w.fit.residual[3] == 0);
    check(&w, 1, 16 + 3 * 1.5, sqrt(3 * 1.75 / 1.25));
    assert_true(method_fit(&w, &fs_mean_method, 1, y, valid, 6));
    check(&w, 0, 40.0 / 3, 1);
    assert_false(method_fit(&w, &fs_seasonal_window_average_method, 2, y, valid, 6));
    method_free(&w);
}

static void series_that_are_too_short_are_left_to_others(void **state)
{
    (void)state;
    static const int64_t least[] = {1, 1, 3, 4, 4};
    const double y[] = {3, 5, 4, 6};
    method_work w = {0};
    for (int i = 0; i < 5; i++)
        for (int64_t n = 1; n <= 4; n++)
            assert_true(method_fit(&w, methods[i], 3, y, NULL, n) == (n >= least[i]));
    assert_false(method_fit(&w, &fs_seasonal_window_average_method, 1, y, NULL, 4));
    method_free(&w);
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) method_check_nasty(methods[i], 400 + (uint64_t)i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecasts_are_those_worked_out_by_hand),
        cmocka_unit_test(windows_are_those_worked_out_by_hand),
        cmocka_unit_test(missing_values_are_skipped),
        cmocka_unit_test(series_that_are_too_short_are_left_to_others),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
