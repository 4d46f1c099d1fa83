/* Order statistics, the normal distribution. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"

static void selection_agrees_with_sorting(void **state)
{
    (void)state;
    fs_random random = fs_random_open(1, 2, 3, 4);
    double values[300], sorted[300], copy[300];
    for (int trial = 0; trial < 300; trial++) {
        int64_t n = 1 + fs_random_below(&random, 300);
        for (int64_t i = 0; i < n; i++) /* with ties, and in some trials ordered already */
            values[i] = trial % 3 == 0 ? (double)(trial % 2 ? i : -i)
                                       : (double)fs_random_below(&random, 1 + trial);
        memcpy(sorted, values, sizeof sorted);
        fs_sort(sorted, n);
        for (int64_t i = 1; i < n; i++) assert_true(sorted[i - 1] <= sorted[i]);
        for (int64_t k = 0; k < n; k += 1 + n / 7) {
            memcpy(copy, values, sizeof copy);
            assert_true(fs_select(copy, n, k) == sorted[k]);
        }
        memcpy(copy, values, sizeof copy);
        assert_true(fs_median(copy, n) ==
                    sorted[(n - 1) / 2] + (sorted[n / 2] - sorted[(n - 1) / 2]) / 2);
    }
}

/* R: quantile(c(1, 2, 4, 8), c(.1, .25, .5, .9), type = 8) is 1, 1.4166667, 3, 8: positions
 * (n + 1/3) p + 1/3 = .7667, 1.4167, 2.5, 4.2333. */
static void quantiles_are_those_of_type_8(void **state)
{
    (void)state;
    const double values[] = {1, 2, 4, 8};
    assert_true(fs_sorted_quantile(values, 4, 0.1) == 1);
    assert_true(fabs(fs_sorted_quantile(values, 4, 0.25) - 1.41666666666667) < 1e-12);
    assert_true(fabs(fs_sorted_quantile(values, 4, 0.5) - 3) < 1e-12);
    assert_true(fs_sorted_quantile(values, 4, 0.9) == 8);
    assert_true(fs_sorted_quantile(values, 1, 0.5) == 1);
}

/* scipy.stats.norm.ppf */
/* Against sorting, over values that are even, far apart, few or all the same. */
static void lower_quantiles_are_those_of_sorted_values(void **state)
{
    (void)state;
    static const double p[] = {0.5, 0.0001, 0.95, 0.05, 0.9999, 0.95};
    fs_random random = fs_random_open(12, 0, 0, 0);
    double values[3000], sorted[3000], room[FS_QUANTILES_ROOM(3000)], found[6];
    for (int trial = 0; trial < 200; trial++) {
        int64_t n = trial < 20 ? trial + 1 : 1 + fs_random_below(&random, 3000);
        for (int64_t i = 0; i < n; i++) {
            double z = fs_random_normal(&random);
            values[i] = trial % 4 == 0   ? z
                        : trial % 4 == 1 ? floor(3 * z)
                        : trial % 4 == 2 ? 1e200 * (i % 50 == 0) + z
                                         : 7;
        }
        memcpy(sorted, values, sizeof sorted);
        fs_sort(sorted, n);
        fs_lower_quantiles(values, n, p, 6, room, found);
        for (int q = 0; q < 6; q++) {
            int64_t rank = (int64_t)ceil(p[q] * (double)n) - 1;
            assert_true(found[q] == sorted[rank]);
        }
    }
}

static void normal_quantiles_are_right(void **state)
{
    (void)state;
    assert_true(fabs(fs_normal_quantile(0.975) - 1.959963984540054) < 1e-14);
    assert_true(fabs(fs_normal_quantile(0.01) + 2.3263478740408408) < 1e-14);
    assert_true(fabs(fs_normal_quantile(1e-10) + 6.361340902404056) < 1e-12);
    assert_true(fs_normal_quantile(0.5) == 0);
    assert_true(fs_normal_quantile(0) == -DBL_MAX && fs_normal_quantile(1) == DBL_MAX);
    for (double p = 1e-6; p < 1; p += 0.00313)
        assert_true(fabs(fs_normal_below(fs_normal_quantile(p)) - p) < 1e-15 + 1e-13 * p);
}

/* 4 2; 2 3 times 1; 2 is 8; 8. */
static void systems_are_solved(void **state)
{
    (void)state;
    double a[] = {4, 99, 2, 3}, x[] = {8, 8};
    assert_true(fs_cholesky_factorise(a, 2)); /* of the lower half only */
    fs_cholesky_solve(a, 2, x);
    assert_true(fabs(x[0] - 1) < 1e-15 && fabs(x[1] - 2) < 1e-15);
    fs_random random = fs_random_open(5, 0, 0, 0);
    double matrix[11 * 11], root[11 * 11], given[11], solved[11] = {0};
    for (int i = 0; i < 11 * 11; i++) root[i] = fs_random_normal(&random);
    for (int i = 0; i < 11; i++)
        for (int j = 0; j < 11; j++) matrix[i * 11 + j] = fs_dot(root + i * 11, root + j * 11, 11);
    for (int i = 0; i < 11; i++) given[i] = fs_random_normal(&random);
    for (int i = 0; i < 11; i++) solved[i] = fs_dot(matrix + i * 11, given, 11);
    assert_true(fs_cholesky_factorise(matrix, 11));
    fs_cholesky_solve(matrix, 11, solved);
    for (int i = 0; i < 11; i++) assert_true(fabs(solved[i] - given[i]) < 1e-8);
    double indefinite[] = {1, 0, 2, 1}, none[] = {NAN};
    assert_false(fs_cholesky_factorise(indefinite, 2));
    assert_true(isfinite(indefinite[3]));
    assert_false(fs_cholesky_factorise(none, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(systems_are_solved),
        cmocka_unit_test(selection_agrees_with_sorting),
        cmocka_unit_test(quantiles_are_those_of_type_8),
        cmocka_unit_test(lower_quantiles_are_those_of_sorted_values),
        cmocka_unit_test(normal_quantiles_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
