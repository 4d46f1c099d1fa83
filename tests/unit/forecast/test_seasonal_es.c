/* Seasonal exponential smoothing: by hand, against another program, and on series that break things. */
#include "method_test.h"

#define METHOD (&fs_seasonal_es_method)

/* Places of three: 4, 6 (α does not matter to the errors of two: .5), 1, missing (1 still), 7, 7. */
static void places_do_not_know_of_each_other(void **state)
{
    (void)state;
    const double y[] = {4, 1, 7, 6, 0, 7};
    const uint8_t valid[] = {1, 1, 1, 1, 0, 1};
    method_work w = {0};
    assert_true(method_fit(&w, METHOD, 3, y, valid, 6));
    for (int h = 0; h < METHOD_HORIZON; h++)
        assert_true(fabs(w.mean[h] - (h % 3 == 0 ? 5 : h % 3 == 1 ? 1 : 7)) < 1e-12);
    assert_int_equal(w.fit.from, 3);
    assert_true(w.fit.residual[3] * w.series.unit == 2 && w.fit.residual[4] == 0);
    assert_true(w.fit.spread[2] == 1 && fabs(w.fit.spread[6] - sqrt(1.5)) < 1e-12);
    method_check_sane(&w);
    method_free(&w);
}

/* statsforecast 2.1.1, SeasonalExponentialSmoothingOptimized(4), but for the two values at the beginning that it leaves out; its
 * golden section ends within 1e-12, ours in one pass. */
static void forecasts_are_those_of_another_program(void **state)
{
    (void)state;
    static const double theirs[] = {22.89941017228653, 25.49615810065847, 17.44686010105895,
                                    18.13142812331951};
    double y[36];
    method_work w = {0};
    for (int t = 2; t < 38; t++) y[t - 2] = 10 + 3 * (t % 4) + t * t * 7 % 11 * 0.5 + 0.1 * t;
    assert_true(method_fit(&w, METHOD, 4, y, NULL, 36));
    for (int h = 0; h < 4; h++) assert_true(fabs(w.mean[h] / theirs[h] - 1) < 2e-3);
    assert_string_equal(w.fit.model, "seasonal_es");
    method_free(&w);
}

/* Where each place walks the last value is best, where each is noise their mean. */
static void smoothing_is_as_quick_as_the_series(void **state)
{
    (void)state;
    fs_random random = fs_random_open(31, 0, 0, 0);
    double walk[700], noise[700], mean = 0;
    method_work w = {0};
    for (int t = 0; t < 700; t++) {
        walk[t] = (t < 7 ? 50 : walk[t - 7]) + fs_random_normal(&random);
        noise[t] = 10 + fs_random_normal(&random);
    }
    assert_true(method_fit(&w, METHOD, 7, walk, NULL, 700));
    for (int h = 0; h < 7; h++) assert_true(fabs(w.mean[h] - walk[693 + h]) < 0.7);
    assert_true(method_fit(&w, METHOD, 7, noise, NULL, 700));
    for (int h = 0; h < 7; h++) mean += w.mean[h] / 7;
    assert_true(fabs(mean - 10) < 0.2);
    method_free(&w);
}

static void series_of_another_kind_are_left_to_others(void **state)
{
    (void)state;
    const double y[] = {4, 1, 7, 6, 2, 7};
    const uint8_t valid[] = {1, 0, 1, 1, 0, 1};
    method_work w = {0};
    assert_false(method_fit(&w, METHOD, 1, y, NULL, 6));
    assert_false(method_fit(&w, METHOD, 6, y, NULL, 6));
    assert_true(method_fit(&w, METHOD, 5, y, NULL, 6));
    assert_false(method_fit(&w, METHOD, 3, y, valid, 6)); /* a place is not known */
    method_free(&w);
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    method_check_nasty(METHOD, 33);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(METHOD, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_do_not_know_of_each_other),
        cmocka_unit_test(forecasts_are_those_of_another_program),
        cmocka_unit_test(smoothing_is_as_quick_as_the_series),
        cmocka_unit_test(series_of_another_kind_are_left_to_others),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
