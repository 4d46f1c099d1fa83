/* Gamma functions against the C library and known constants; the least of functions whose least is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"

static void expect_near(double value, double wanted, double within)
{
    if (!(fabs(value - wanted) <= within))
        fail_msg("%.17g, wanted %.17g within %g", value, wanted, within);
}

static void gamma_functions_are_those_of_the_tables(void **state)
{
    (void)state;
    for (double x = 1e-6; x < 1e9; x *= 1.03) {
        expect_near(fs_log_gamma(x), lgamma(x), 2e-14 * (1 + fabs(lgamma(x))));
        expect_near(fs_digamma(x + 1), fs_digamma(x) + 1 / x, 1e-13 * (1 + fabs(fs_digamma(x))));
        expect_near(fs_trigamma(x + 1), fs_trigamma(x) - 1 / (x * x), 1e-13 * fs_trigamma(x));
    }
    expect_near(fs_digamma(1), -0.57721566490153286, 2e-15);
    expect_near(fs_trigamma(1), 1.6449340668482264, 2e-15);
    expect_near(fs_digamma(0.5), -1.9635100260214235, 4e-15);
}

/* (1 - x)² + 100 (y - x²)² */
static double valley(void *context, const double *x, double *slope)
{
    double apart = x[1] - x[0] * x[0];
    ++*(int *)context;
    slope[0] = -2 * (1 - x[0]) - 400 * x[0] * apart, slope[1] = 200 * apart;
    return (1 - x[0]) * (1 - x[0]) + 100 * apart * apart;
}

static void the_least_of_a_bent_valley_is_found(void **state)
{
    (void)state;
    int evaluations = 0;
    fs_minimum m = {.x = {-1.2, 1}};
    fs_minimise(valley, &evaluations, 2, 10, &m);
    assert_true(m.found && m.evaluations == evaluations && evaluations < 80);
    expect_near(m.x[0], 1, 1e-9), expect_near(m.x[1], 1, 1e-9);
    expect_near(m.inverse[0], 0.5, 1e-5),
        expect_near(m.inverse[3], 2.005, 1e-5); /* of 802, -400; -400, 200 */
}

static void what_is_known_of_the_curvature_saves_evaluations(void **state)
{
    (void)state;
    int plain = 0, told = 0;
    fs_minimum m = {.x = {0.9, 0.8}}, known = {.x = {0.9, 0.8}};
    double inverse[] = {0.5, 1, 1, 2.005}; /* at the minimum */
    memcpy(known.inverse, inverse, sizeof inverse);
    fs_minimise(valley, &plain, 2, 10, &m);
    fs_minimise(valley, &told, 2, 10, &known);
    assert_true(m.found && known.found && told < plain);
    expect_near(known.x[0], 1, 1e-9), expect_near(known.inverse[3], 2.005, 1e-5);
}

static double slope_down(void *context, const double *x, double *slope)
{
    (void)context;
    slope[0] = -exp(-x[0]);
    return exp(-x[0]);
}

static void what_has_no_least_ends_at_the_bound(void **state)
{
    (void)state;
    fs_minimum m = {.x = {0}};
    fs_minimise(slope_down, NULL, 1, 12, &m);
    assert_true(m.x[0] > 5 && m.x[0] <= 12.001 && isfinite(m.value));
}

static double flat(void *context, const double *x, double *slope)
{
    (void)context, (void)x;
    slope[0] = slope[1] = 0;
    return 3;
}

static void where_all_is_alike_nothing_is_known(void **state)
{
    (void)state;
    fs_minimum m = {.x = {1, 2}};
    fs_minimise(flat, NULL, 2, 12, &m);
    assert_true(!m.found && m.x[0] == 1 && m.x[1] == 2 && m.inverse[0] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gamma_functions_are_those_of_the_tables),
        cmocka_unit_test(the_least_of_a_bent_valley_is_found),
        cmocka_unit_test(what_is_known_of_the_curvature_saves_evaluations),
        cmocka_unit_test(what_has_no_least_ends_at_the_bound),
        cmocka_unit_test(where_all_is_alike_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
