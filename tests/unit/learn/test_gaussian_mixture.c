/* Mixtures of Gaussians: the likelihoods that are known, what rows were drawn from, and whatever comes in, an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "foresell/learn.h"
#include "foresell/numeric.h"
#include "iris.h"

static double x[2 * 20000];

static void fit(fs_mixture *m, int components, bool full, const double *rows, int columns,
                int64_t count)
{
    fs_mixture_settings settings = {.components = components, .full = full, .seed = 1};
    assert_int_equal(fs_mixture_fit(m, &settings, rows, columns, count, NULL), FS_OK);
}

/* ---- tests ---- */

/* The model VVV of Fraley and Raftery (2002) for two components: BIC 574.0178 in this sign; and with variances only. */
static void irises_have_the_likelihood_that_is_known(void **state)
{
    (void)state;
    static double flower[IRIS_COLUMNS * IRIS_ROWS];
    fs_mixture m = {0};
    for (int i = 0; i < IRIS_COLUMNS * IRIS_ROWS; i++) flower[i] = iris[i] / 10.0;
    fit(&m, 2, true, flower, IRIS_COLUMNS, IRIS_ROWS);
    assert_true(fabs(m.log_likelihood + 214.3547) < 0.01);
    assert_true(fabs(m.bic - 574.0178) < 0.02);
    assert_true(fabs(m.weight[0] + m.weight[1] - 1) < 1e-12);
    fit(&m, 3, false, flower, IRIS_COLUMNS, IRIS_ROWS);
    assert_true(fabs(m.log_likelihood + 307.1776) < 0.01);
    assert_true(fabs(m.bic - 744.6317) < 0.02);
    fs_mixture_free(&m);
}

static void what_rows_were_drawn_from_is_found(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    fs_mixture m = {0};
    fs_random random = fs_random_open(4, 0, 0, 0);
    for (int64_t i = 0; i < ROWS; i++) {
        double a = fs_random_normal(&random), b = fs_random_normal(&random);
        bool wide = fs_random_uniform(&random) < 0.3;
        x[i] = wide ? 100 + 40 * a : 100 + 5 * a;
        x[ROWS + i] = wide ? 10 + 0.3 * (0.8 * a + 0.6 * b) : 11 + 0.1 * b;
    }
    fit(&m, 2, true, x, 2, ROWS);
    assert_true(fabs(m.weight[1] - 0.3) < 0.01 && fabs(m.mean[1] - 11) < 0.01);
    assert_true(fabs(m.mean[2] - 100) < 1.5 && fabs(m.mean[3] - 10) < 0.02);
    double tilt = m.covariance[4 + 1] / sqrt(m.covariance[4] * m.covariance[4 + 3]);
    assert_true(fabs(tilt - 0.8) < 0.02 && m.covariance[4 + 1] == m.covariance[4 + 2]);
    assert_true(fabs(sqrt(m.covariance[0]) - 5) < 0.1);
    fs_mixture_free(&m);
}

static void whatever_comes_in_results_are_finite(void **state)
{
    (void)state;
    static const double odd[] = {0, 1, -1, 1e300, -1e300, 1e-300, 1e150, 5};
    fs_mixture m = {0};
    fs_random random = fs_random_open(2, 0, 0, 0);
    for (int n = 0; n < 200; n++) {
        int64_t rows = 1 + fs_random_below(&random, 40);
        int columns = 1 + (int)fs_random_below(&random, 3), kinds = 1 + n % 8;
        for (int64_t i = 0; i < rows * columns; i++) x[i] = odd[fs_random_below(&random, kinds)];
        fit(&m, 4, n % 2, x, columns, rows);
        assert_true(m.components >= 1 && isfinite(m.bic) && isfinite(m.log_likelihood));
        for (int i = 0; i < m.components * columns; i++) assert_true(isfinite(m.mean[i]));
        for (int i = 0; i < m.components * columns * columns; i++)
            assert_true(isfinite(m.covariance[i]));
        for (int64_t i = 0; i < rows; i++) {
            double sum = 0;
            for (int k = 0; k < m.components; k++) sum += m.probability[i * m.components + k];
            assert_true(fabs(sum - 1) < 1e-9);
        }
    }
    fit(&m, 4, true, x, 2, 0);
    assert_int_equal(m.components, 0);
    fs_mixture_free(&m);
}

static void an_allocation_that_fails_is_said(void **state)
{
    (void)state;
    static const double few[] = {1, 2, 3, 10, 11, 12, 4, 2, 1, 7, 6, 5};
    fs_mixture_settings settings = {.components = 2, .full = true, .seed = 1};
    for (int64_t n = 0;; n++) {
        fs_mixture m = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_mixture_fit(&m, &settings, few, 2, 6, NULL);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_mixture_free(&m);
        if (!failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(irises_have_the_likelihood_that_is_known),
        cmocka_unit_test(what_rows_were_drawn_from_is_found),
        cmocka_unit_test(whatever_comes_in_results_are_finite),
        cmocka_unit_test(an_allocation_that_fails_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
