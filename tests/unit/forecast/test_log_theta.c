/* The Theta method of logarithms: what grows by a share goes on growing, whatever the unit; what has no logarithm is refused. */
#include "forecast/method_test.h"

#define LENGTH 30

/* Growth of 5 % a period, with a little noise. */
static void grow(double *y, double first)
{
    fs_random random = fs_random_open(7, 0, 0, 0);
    for (int t = 0; t < LENGTH; t++)
        y[t] = first * exp(0.05 * t + 0.01 * fs_random_normal(&random));
}

static void growth_goes_on_at_half_the_rate(void **state)
{
    (void)state;
    method_work w = {0};
    double y[LENGTH];
    grow(y, 100);
    assert_true(method_fit(&w, &fs_log_theta_method, 1, y, NULL, LENGTH));
    for (int h = 1; h < 10; h++) assert_true(fabs(log(w.mean[h] / w.mean[h - 1]) - 0.025) < 0.002);
    assert_true(w.fit.spread[9] > w.fit.spread[0]);
    assert_true(strncmp(w.fit.model, "log ", 4) == 0);
    method_free(&w);
}

static void it_is_the_theta_method_of_logs(void **state)
{
    (void)state;
    method_work logs = {0}, plain = {0};
    double y[LENGTH], z[LENGTH];
    grow(y, 1);
    for (int t = 0; t < LENGTH; t++) z[t] = log(y[t]);
    assert_true(method_fit(&logs, &fs_log_theta_method, 1, y, NULL, LENGTH));
    assert_true(method_fit(&plain, &fs_theta_method, 1, z, NULL, LENGTH));
    for (int h = 0; h < METHOD_HORIZON; h++)
        assert_true(fabs(log(logs.mean[h]) - plain.mean[h]) < 1e-9);
    method_free(&logs), method_free(&plain);
}

static void the_unit_does_not_matter(void **state)
{
    (void)state;
    method_work one = {0}, many = {0};
    double y[LENGTH], z[LENGTH];
    grow(y, 1);
    for (int t = 0; t < LENGTH; t++) z[t] = 1e9 * y[t];
    assert_true(method_fit(&one, &fs_log_theta_method, 1, y, NULL, LENGTH));
    assert_true(method_fit(&many, &fs_log_theta_method, 1, z, NULL, LENGTH));
    for (int h = 0; h < METHOD_HORIZON; h++)
        assert_true(fabs(many.mean[h] / one.mean[h] / 1e9 - 1) < 1e-9);
    method_free(&one), method_free(&many);
}

static void what_has_no_logarithm_is_refused(void **state)
{
    (void)state;
    method_work w = {0};
    double y[LENGTH];
    grow(y, 1);
    y[20] = 0;
    assert_false(method_fit(&w, &fs_log_theta_method, 1, y, NULL, LENGTH));
    y[20] = -1;
    assert_false(method_fit(&w, &fs_log_theta_method, 1, y, NULL, LENGTH));
    method_free(&w);
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    method_check_nasty(&fs_log_theta_method, 11);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_log_theta_method, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_goes_on_at_half_the_rate),
        cmocka_unit_test(it_is_the_theta_method_of_logs),
        cmocka_unit_test(the_unit_does_not_matter),
        cmocka_unit_test(what_has_no_logarithm_is_refused),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
