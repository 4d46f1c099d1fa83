/* Segments: how many there are is found, how far each can be trusted is told, and whatever comes in, there is an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "foresell/learn.h"
#include "foresell/numeric.h"

enum { ROWS = 3000 };

static double a[60000], b[60000], flat[60000];
static uint8_t known[ROWS];

static const fs_segments_settings chosen = {.least = 2, .most = 8, .seed = 1},
                                  mixed = {.least = 1, .most = 8, .mixture = true, .seed = 1};

static void fit(fs_segments *m, const fs_segments_settings *s, int columns, int64_t rows)
{
    const fs_learn_column column[] = {{.number = a}, {.number = flat}, {.number = b}};
    assert_int_equal(fs_segments_fit(m, s, column, columns, rows, NULL), FS_OK);
}

/* `groups` round heaps in the corners of a polygon. */
static void simulate(int64_t rows, int groups, double apart)
{
    fs_random random = fs_random_open(5, 0, 0, 0);
    for (int64_t i = 0; i < rows; i++) {
        double angle = 6.283185307179586 * (double)(i % groups) / groups;
        a[i] = 1000 + 10 * (apart * cos(angle) + fs_random_normal(&random));
        b[i] = apart * sin(angle) + fs_random_normal(&random);
        flat[i] = 7;
    }
}

/* ---- tests ---- */

static void heaps_are_counted_and_stable(void **state)
{
    (void)state;
    fs_segments m = {0};
    for (int groups = 3; groups <= 6; groups++) {
        simulate(ROWS, groups, 9);
        fit(&m, &chosen, 3, ROWS);
        assert_int_equal(m.segments, groups);
        assert_int_equal(m.columns, 2); /* what is flat has no part */
        assert_int_equal(m.column[1], 2);
        assert_int_equal(m.trials, 7);
        assert_true(m.silhouette > 0.6);
        for (int k = 0; k < groups; k++) {
            assert_true(m.stability[k] > 0.95 && m.stability[k] <= 1 + 1e-12);
            assert_true(fabs(m.weight[k] - 1.0 / groups) < 0.01);
        }
        fit(&m, &mixed, 3, ROWS);
        assert_int_equal(m.segments, groups);
    }
    fs_segments_free(&m);
}

static void one_heap_is_not_divided_stably(void **state)
{
    (void)state;
    fs_segments m = {0};
    fs_segments_settings five = {.segments = 5, .seed = 1};
    simulate(ROWS, 1, 0);
    fit(&m, &five, 3, ROWS);
    assert_int_equal(m.segments, 5);
    double least = 1;
    for (int k = 0; k < 5; k++) least = fmin(least, m.stability[k]);
    assert_true(least < 0.75 && m.trial[0].stability < 0.75);
    fit(&m, &mixed, 3, ROWS);
    assert_int_equal(m.segments, 1);
    fs_segments_free(&m);
}

static void skewed_columns_do_not_depend_on_their_unit(void **state)
{
    (void)state;
    fs_segments m = {0}, other = {0};
    fs_random random = fs_random_open(6, 0, 0, 0);
    for (int i = 0; i < ROWS; i++) {
        a[i] = exp(2 * fs_random_normal(&random) + (i % 2 ? 6 : -6));
        b[i] = fs_random_normal(&random);
        flat[i] = 1024 * a[i];
    }
    const fs_learn_column one[] = {{.number = a}, {.number = b}},
                          two[] = {{.number = flat}, {.number = b}};
    assert_int_equal(fs_segments_fit(&m, &chosen, one, 2, ROWS, NULL), FS_OK);
    assert_int_equal(fs_segments_fit(&other, &chosen, two, 2, ROWS, NULL), FS_OK);
    assert_true(m.scale[0].unit > 0 && m.scale[1].unit == 0);
    assert_true(other.scale[0].unit == 1024 * m.scale[0].unit);
    assert_int_equal(m.segments, other.segments);
    assert_memory_equal(m.centre, other.centre, (size_t)m.segments * 2 * sizeof(double));
    for (int i = 0; i < ROWS; i++) {
        double z = fs_segment_value(&m.scale[0], a[i]);
        assert_true(fabs(fs_segment_value_back(&m.scale[0], z) - a[i]) <= 1e-9 * a[i]);
    }
    fs_segments_free(&m);
    fs_segments_free(&other);
}

static void a_null_stands_at_the_mean(void **state)
{
    (void)state;
    fs_segments m = {0};
    simulate(ROWS, 3, 9);
    for (int i = 0; i < ROWS; i++) {
        known[i] = i % 10 != 0;
        if (!known[i]) b[i] = 1e9;
    }
    const fs_learn_column column[] = {{.number = a}, {.number = b, .valid = known}};
    assert_int_equal(fs_segments_fit(&m, &chosen, column, 2, ROWS, NULL), FS_OK);
    assert_true(fabs(m.scale[1].shift) < 1 && m.scale[1].scale < 20);
    fs_segments_free(&m);
}

static void a_row_goes_where_it_is_nearest_or_likeliest(void **state)
{
    (void)state;
    static const double centre[] = {0, 3}, deviation[] = {0.1, 2};
    double chance[2], distance, z = 1;
    fs_segments m = {.segments = 2, .columns = 1, .centre = centre, .deviation = deviation};
    m.weight[0] = m.weight[1] = 0.5;
    assert_int_equal(fs_segment_nearest(&m, &z, chance, &distance), 0);
    assert_true(distance == 1);
    m.mixture = true;
    assert_int_equal(fs_segment_nearest(&m, &z, chance, &distance), 1);
    assert_true(distance == 2 && fabs(chance[0] + chance[1] - 1) < 1e-12 && chance[1] > 0.99);
    z = 1e140;
    assert_int_equal(fs_segment_nearest(&m, &z, chance, &distance), 1);
    assert_true(isfinite(chance[0]) && isfinite(chance[1]) && isfinite(distance));
}

static void many_rows_are_segmented_by_a_sample_of_them(void **state)
{
    (void)state;
    fs_segments m = {0};
    simulate(60000, 4, 9);
    fit(&m, &chosen, 3, 60000);
    assert_int_equal(m.segments, 4);
    assert_int_equal(m.fitted, 60000);
    fit(&m, &mixed, 3, 60000);
    assert_int_equal(m.segments, 4);
    assert_int_equal(m.fitted, 50000);
    fs_segments_free(&m);
}

static void whatever_comes_in_results_are_finite(void **state)
{
    (void)state;
    static const double odd[] = {0, 1, -1, 5, 1e-300, 1e150, 1e300, -1e300};
    fs_segments m = {0};
    fs_random random = fs_random_open(2, 0, 0, 0);
    for (int n = 0; n < 60; n++) {
        int64_t rows = fs_random_below(&random, n < 30 ? 6 : 60);
        int kinds = 1 + n % 8;
        for (int64_t i = 0; i < rows; i++) {
            a[i] = odd[fs_random_below(&random, kinds)];
            b[i] = odd[fs_random_below(&random, kinds)];
            flat[i] = odd[kinds - 1];
        }
        fit(&m, n % 2 ? &chosen : &mixed, 3, rows);
        assert_true(m.segments >= 0 && m.segments <= 8);
        assert_true(m.segments > 0 || rows == 0 || m.columns == 0);
        assert_true(m.segments == 0 || (isfinite(m.silhouette) && isfinite(m.bic)));
        for (int k = 0; k < m.segments; k++) assert_true(isfinite(m.stability[k]));
        for (int i = 0; i < m.segments * m.columns; i++)
            assert_true(isfinite(m.centre[i]) && isfinite(m.deviation[i]));
    }
    fs_segments_free(&m);
}

static void an_allocation_that_fails_is_said(void **state)
{
    (void)state;
    const fs_learn_column column[] = {{.number = a}, {.number = b}};
    simulate(60, 3, 9);
    for (int mixture = 0; mixture < 2; mixture++)
        for (int64_t n = 0;; n++) {
            fs_segments m = {0};
            fs_alloc_fail_after(n);
            fs_status status = fs_segments_fit(&m, mixture ? &mixed : &chosen, column, 2, 60, NULL);
            bool failed = fs_alloc_count() > n;
            fs_alloc_fail_after(-1);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
            fs_segments_free(&m);
            if (!failed) break;
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heaps_are_counted_and_stable),
        cmocka_unit_test(one_heap_is_not_divided_stably),
        cmocka_unit_test(skewed_columns_do_not_depend_on_their_unit),
        cmocka_unit_test(a_null_stands_at_the_mean),
        cmocka_unit_test(a_row_goes_where_it_is_nearest_or_likeliest),
        cmocka_unit_test(many_rows_are_segmented_by_a_sample_of_them),
        cmocka_unit_test(whatever_comes_in_results_are_finite),
        cmocka_unit_test(an_allocation_that_fails_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
