/* Random streams: the same keys give the same numbers; moments are those of the distributions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "foresell/numeric.h"

#define DRAWS 200000

static void the_same_keys_give_the_same_stream(void **state)
{
    (void)state;
    fs_random a = fs_random_open(1, 2, 3, 4), b = fs_random_open(1, 2, 3, 4);
    fs_random c = fs_random_open(1, 2, 4, 3);
    int different = 0;
    for (int k = 0; k < 100; k++) {
        uint64_t x = fs_random_bits(&a);
        assert_true(x == fs_random_bits(&b));
        different += x != fs_random_bits(&c);
    }
    assert_int_equal(different, 100);
}

static void uniform_numbers_stay_inside_and_fill_the_range(void **state)
{
    (void)state;
    fs_random r = fs_random_open(7, 0, 0, 0);
    int tenth[10] = {0};
    for (int k = 0; k < DRAWS; k++) {
        double u = fs_random_uniform(&r);
        assert_true(u > 0 && u < 1);
        tenth[(int)(u * 10)]++;
    }
    for (int k = 0; k < 10; k++) assert_in_range(tenth[k], DRAWS / 10 - 700, DRAWS / 10 + 700);
}

static void below_reaches_every_value_and_no_other(void **state)
{
    (void)state;
    fs_random r = fs_random_open(9, 0, 0, 0);
    int seen[7] = {0};
    for (int k = 0; k < 7000; k++) seen[fs_random_below(&r, 7)]++;
    for (int k = 0; k < 7; k++) assert_in_range(seen[k], 850, 1150);
}

typedef double (*draw)(fs_random *random, double a, double b);
static double normal(fs_random *r, double a, double b) { return a + b * fs_random_normal(r); }
static double gamma_of(fs_random *r, double a, double b) { return b * fs_random_gamma(r, a); }
static double beta_of(fs_random *r, double a, double b) { return fs_random_beta(r, a, b); }
static double poisson(fs_random *r, double a, double b)
{
    return b * (double)fs_random_poisson(r, a);
}
static double negative_binomial(fs_random *r, double a, double b)
{
    return (double)fs_random_negative_binomial(r, a, b);
}

static void check_moments(draw d, double a, double b, double mean, double variance)
{
    fs_random r = fs_random_open(3, (uint64_t)(a * 1000), (uint64_t)(b * 1000), 0);
    double sum = 0, squares = 0;
    for (int k = 0; k < DRAWS; k++) {
        double x = d(&r, a, b);
        sum += x;
        squares += (x - mean) * (x - mean);
    }
    double error = 5 * sqrt(variance / DRAWS);
    assert_true(fabs(sum / DRAWS - mean) < error + 1e-12);
    assert_true(fabs(squares / DRAWS / variance - 1) < 0.05);
}

static void moments_are_those_of_the_distributions(void **state)
{
    (void)state;
    check_moments(normal, 2, 3, 2, 9);
    check_moments(gamma_of, 0.5, 2, 1, 2);
    check_moments(gamma_of, 4, 1, 4, 4);
    check_moments(beta_of, 2, 6, 0.25, 0.25 * 0.75 / 9);
    const double means[] = {0.03, 1, 11.9, 12.1, 80, 5000};
    for (int k = 0; k < 6; k++) check_moments(poisson, means[k], 1, means[k], means[k]);
    check_moments(negative_binomial, 3, 2, 3, 3 + 4.5);
}

static void no_demand_gives_no_units(void **state)
{
    (void)state;
    fs_random r = fs_random_open(1, 0, 0, 0);
    assert_int_equal(fs_random_poisson(&r, 0), 0);
    assert_int_equal(fs_random_poisson(&r, -1), 0);
    assert_int_equal(fs_random_poisson(&r, NAN), 0);
    assert_int_equal(fs_random_negative_binomial(&r, 0, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_keys_give_the_same_stream),
        cmocka_unit_test(uniform_numbers_stay_inside_and_fill_the_range),
        cmocka_unit_test(below_reaches_every_value_and_no_other),
        cmocka_unit_test(moments_are_those_of_the_distributions),
        cmocka_unit_test(no_demand_gives_no_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
