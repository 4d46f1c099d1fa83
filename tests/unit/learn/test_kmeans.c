/* k-means: the least sums of squares that are known, those of plain arithmetic, and whatever comes in, an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "foresell/learn.h"
#include "foresell/numeric.h"
#include "faithful.h"
#include "iris.h"

#define MOST 60000

static double x[3 * MOST];
static const fs_kmeans_settings three = {.clusters = 3, .starts = 10, .seed = 1},
                                five = {.clusters = 5, .starts = 5, .seed = 7};

static void fit(fs_kmeans *m, const fs_kmeans_settings *s, const double *rows, int columns,
                int64_t count)
{
    assert_int_equal(fs_kmeans_fit(m, s, rows, columns, count, NULL), FS_OK);
}

static double square_to(const fs_kmeans *m, const double *rows, int64_t count, int64_t i, int k)
{
    double sum = 0;
    for (int c = 0; c < m->columns; c++)
        sum += pow(rows[c * count + i] - m->centre[k * m->columns + c], 2);
    return sum;
}

/* Each row is with its nearest centre, and the sum of squares is theirs. */
static void check(const fs_kmeans *m, const double *rows, int64_t count)
{
    double sum = 0;
    int64_t known[FS_KMEANS_MOST] = {0};
    for (int64_t i = 0; i < count; i++) {
        double own = square_to(m, rows, count, i, m->cluster[i]);
        for (int k = 0; k < m->clusters; k++)
            assert_true(own <= square_to(m, rows, count, i, k) * (1 + 1e-12));
        sum += own;
        known[m->cluster[i]]++;
    }
    assert_true(fabs(sum - m->within) <= 1e-9 * sum + 1e-12);
    for (int k = 0; k < m->clusters; k++) {
        assert_int_equal(known[k], m->count[k]);
        assert_true(k == 0 || m->count[k] <= m->count[k - 1]);
    }
}

static void simulate(int64_t rows, int columns)
{
    fs_random random = fs_random_open(11, 0, 0, 0);
    for (int64_t i = 0; i < rows; i++) {
        double around = 8 * (double)fs_random_below(&random, 5);
        for (int c = 0; c < columns; c++)
            x[c * rows + i] = (c % 2 ? -around : around) + fs_random_normal(&random);
    }
}

/* ---- tests ---- */

static void irises_have_the_least_sum_of_squares_that_is_known(void **state)
{
    (void)state;
    static double flower[IRIS_COLUMNS * IRIS_ROWS];
    fs_kmeans m = {0};
    for (int i = 0; i < IRIS_COLUMNS * IRIS_ROWS; i++) flower[i] = iris[i] / 10.0;
    fit(&m, &three, flower, IRIS_COLUMNS, IRIS_ROWS);
    assert_true(fabs(m.within - 78.851441) < 1e-6);
    assert_int_equal(m.count[0], 62);
    assert_int_equal(m.count[1], 50);
    assert_int_equal(m.count[2], 38);
    check(&m, flower, IRIS_ROWS);
    fs_kmeans_free(&m);
}

/* In columns, each less its mean, over its standard deviation (of a sample). */
static void standardise_eruptions(double *out)
{
    for (int c = 0; c < 2; c++) {
        double *column = out + c * FAITHFUL_ROWS, mean = 0, squares = 0;
        for (int i = 0; i < FAITHFUL_ROWS; i++) mean += column[i] = faithful[2 * i + c];
        mean /= FAITHFUL_ROWS;
        for (int i = 0; i < FAITHFUL_ROWS; i++) squares += pow(column[i] -= mean, 2);
        for (int i = 0; i < FAITHFUL_ROWS; i++) column[i] /= sqrt(squares / (FAITHFUL_ROWS - 1));
    }
}

static void eruptions_have_the_least_sum_of_squares_that_is_known(void **state)
{
    (void)state;
    static double eruption[2 * FAITHFUL_ROWS];
    static const fs_kmeans_settings two = {.clusters = 2, .starts = 10, .seed = 1};
    fs_kmeans m = {0};
    standardise_eruptions(eruption);
    fit(&m, &two, eruption, 2, FAITHFUL_ROWS);
    assert_true(fabs(m.within - 79.283401) < 1e-6);
    check(&m, eruption, FAITHFUL_ROWS);
    fs_kmeans_free(&m);
}

static void centres_of_many_rows_are_where_they_were_drawn(void **state)
{
    (void)state;
    fs_kmeans m = {0};
    simulate(MOST - 3, 3);
    fit(&m, &five, x, 3, MOST - 3);
    check(&m, x, MOST - 3);
    assert_int_equal(m.clusters, 5);
    for (int k = 0; k < 5; k++) {
        double around = 8 * round(m.centre[k * 3] / 8);
        assert_true(fabs(m.centre[k * 3] - around) < 0.05);
        assert_true(fabs(m.centre[k * 3 + 1] + around) < 0.05);
    }
    fs_kmeans_free(&m);
}

static void a_fit_is_the_same_again(void **state)
{
    (void)state;
    fs_kmeans a = {0}, b = {0};
    simulate(5000, 3);
    fit(&a, &five, x, 3, 5000);
    fit(&b, &three, x, 2, 700);
    fit(&b, &five, x, 3, 5000);
    assert_memory_equal(a.centre, b.centre, 15 * sizeof(double));
    assert_memory_equal(a.cluster, b.cluster, 5000 * sizeof(int32_t));
    fs_kmeans_free(&a);
    fs_kmeans_free(&b);
}

static void fewer_different_rows_are_fewer_clusters(void **state)
{
    (void)state;
    fs_kmeans m = {0};
    static const double two[] = {1, 1, 4, 1, 4, 1, 2, 2, 2, 2, 2, 2};
    fit(&m, &five, two, 2, 6);
    assert_int_equal(m.clusters, 2);
    assert_true(m.within == 0);
    assert_int_equal(m.count[0], 4);
    fit(&m, &five, two, 2, 0);
    assert_int_equal(m.clusters, 0);
    fit(&m, &five, two, 1, 1);
    assert_int_equal(m.clusters, 1);
    fs_kmeans_free(&m);
}

static void whatever_comes_in_results_are_finite(void **state)
{
    (void)state;
    static const double odd[] = {0, 1, -1, 1e300, -1e300, 1e-300, 1e150, 5};
    fs_kmeans m = {0};
    fs_random random = fs_random_open(2, 0, 0, 0);
    for (int n = 0; n < 200; n++) {
        int64_t rows = 1 + fs_random_below(&random, 90);
        int columns = 1 + (int)fs_random_below(&random, 3);
        for (int64_t i = 0; i < rows * columns; i++) x[i] = odd[fs_random_below(&random, 8)];
        fit(&m, &five, x, columns, rows);
        assert_true(m.clusters >= 1 && m.clusters <= 5 && isfinite(m.within));
        for (int i = 0; i < m.clusters * columns; i++) assert_true(isfinite(m.centre[i]));
        for (int64_t i = 0; i < rows; i++)
            assert_true(m.cluster[i] >= 0 && m.cluster[i] < m.clusters);
    }
    fs_kmeans_free(&m);
}

static void an_allocation_that_fails_is_said(void **state)
{
    (void)state;
    simulate(100, 2);
    for (int64_t n = 0;; n++) {
        fs_kmeans m = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_kmeans_fit(&m, &five, x, 2, 100, NULL);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_kmeans_free(&m);
        if (!failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(irises_have_the_least_sum_of_squares_that_is_known),
        cmocka_unit_test(eruptions_have_the_least_sum_of_squares_that_is_known),
        cmocka_unit_test(centres_of_many_rows_are_where_they_were_drawn),
        cmocka_unit_test(a_fit_is_the_same_again),
        cmocka_unit_test(fewer_different_rows_are_fewer_clusters),
        cmocka_unit_test(whatever_comes_in_results_are_finite),
        cmocka_unit_test(an_allocation_that_fails_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
