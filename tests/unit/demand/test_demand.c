/* What is usual; outliers, peaks and trends found where they were put, and not where they were not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "foresell/demand.h"
#include "foresell/numeric.h"

#define MOST 800

typedef struct found {
    int64_t count;
    uint8_t outlier[MOST];
    double cleaned[MOST];
} found;

static found find(const double *y, const uint8_t *valid, const uint8_t *apart, int64_t n,
                  int season, int64_t year)
{
    fs_usual usual = {0};
    found f = {0};
    fs_usual_settings settings = {season, 14};
    assert_int_equal(fs_usual_find(&usual, &settings, y, valid, apart, n), FS_OK);
    f.count = fs_outliers_mark(&usual, 5, year, y, valid, apart, n, f.outlier, f.cleaned);
    fs_usual_free(&usual);
    return f;
}

static void weekly(double *y, int64_t n, uint64_t seed)
{
    static const double week[] = {8, 9, 10, 10, 14, 22, 18};
    fs_random random = fs_random_open(seed, 0, 0, 0);
    for (int64_t t = 0; t < n; t++) y[t] = (double)fs_random_poisson(&random, week[t % 7]);
}

/* What is usual on a Saturday is a Saturday's; 2.8 of the mean of the week is no news then. */
static void the_season_is_usual(void **state)
{
    (void)state;
    double y[280];
    for (int t = 0; t < 280; t++) y[t] = t % 7 == 5 ? 50 : 10;
    fs_usual usual = {0};
    fs_usual_settings settings = {7, 14};
    assert_int_equal(fs_usual_find(&usual, &settings, y, NULL, NULL, 280), FS_OK);
    for (int t = 0; t < 280; t++) assert_true(fabs(usual.expected[t] - y[t]) < 1e-9);
    fs_usual_free(&usual);
}

static void ordinary_demand_has_hardly_an_outlier(void **state)
{
    (void)state;
    double y[MOST];
    int64_t outliers = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        weekly(y, MOST, seed);
        outliers += find(y, NULL, NULL, MOST, 7, 364).count;
    }
    assert_true(outliers <= 40 * 50 * MOST / 100000); /* four in ten thousand */
}

static void slips_are_found_and_moved_to_the_fence(void **state)
{
    (void)state;
    double y[MOST];
    weekly(y, MOST, 3);
    y[100] = 400, y[333] = 250, y[700] = -300;
    found f = find(y, NULL, NULL, MOST, 7, 364);
    assert_true(f.outlier[100] && f.outlier[333] && f.outlier[700]);
    assert_true(f.count <= 5);
    assert_true(f.cleaned[100] > 10 && f.cleaned[100] < 60);
    assert_true(f.cleaned[700] > -60);
    assert_true(f.cleaned[99] == y[99]);
}

static void rare_demand_is_judged_by_the_sizes_of_its_sales(void **state)
{
    (void)state;
    double y[400] = {0};
    fs_random random = fs_random_open(2, 0, 0, 0);
    for (int t = 0; t < 400; t += 1 + (int)fs_random_below(&random, 20))
        y[t] = 1 + (double)fs_random_below(&random, 3);
    assert_int_equal(find(y, NULL, NULL, 400, 7, 364).count, 0);
    y[200] = 60;
    found f = find(y, NULL, NULL, 400, 7, 364);
    assert_int_equal(f.count, 1);
    assert_true(f.outlier[200] && f.cleaned[200] < 20);
}

static void promotions_yearly_events_and_lasting_changes_stay(void **state)
{
    (void)state;
    double y[MOST];
    uint8_t promotion[MOST] = {0};
    weekly(y, MOST, 4);
    y[50] = 300, promotion[50] = 1;
    y[200] = 300, y[200 + 364] = 280;
    for (int t = 400; t < 406; t++) y[t] = 200;
    found f = find(y, NULL, promotion, MOST, 7, 364);
    assert_false(f.outlier[50] || f.outlier[200] || f.outlier[564]);
    for (int t = 400; t < 406; t++) assert_false(f.outlier[t]);
}

static void zeros_and_unknown_values_are_no_outliers(void **state)
{
    (void)state;
    double y[MOST];
    uint8_t valid[MOST];
    weekly(y, MOST, 5);
    memset(valid, 1, sizeof valid);
    for (int t = 300; t < 320; t++) y[t] = 0;
    valid[500] = 0, y[500] = 1e9;
    found f = find(y, valid, NULL, MOST, 7, 364);
    for (int t = 300; t < 320; t++) assert_false(f.outlier[t]);
    assert_false(f.outlier[500]);
}

static void peaks_come_by_excess_and_only_so_many(void **state)
{
    (void)state;
    double y[MOST];
    weekly(y, MOST, 6);
    y[100] = 90, y[500] = 150, y[700] = 120;
    fs_usual usual = {0};
    fs_usual_settings settings = {7, 28};
    fs_peak peak[2];
    assert_int_equal(fs_usual_find(&usual, &settings, y, NULL, NULL, MOST), FS_OK);
    assert_int_equal(fs_peaks_find(&usual, 3, y, NULL, MOST, peak, 2), 2);
    assert_int_equal(peak[0].step, 500);
    assert_int_equal(peak[1].step, 700);
    assert_true(peak[0].certainty > 0.9 && peak[0].certainty <= 1);
    assert_true(peak[0].expected > 5 && peak[0].expected < 30);
    fs_usual_free(&usual);
}

static void growth_is_measured_in_spite_of_seasons(void **state)
{
    (void)state;
    double y[1092], *scratch = NULL;
    fs_random random = fs_random_open(8, 0, 0, 0);
    for (int t = 0; t < 1092; t++) /* three years of 364 days, 10 a year on 100 in the middle */
        y[t] = (100 + 10 * (t - 546) / 364.0) * (1 + 0.4 * sin(2 * M_PI * t / 364)) *
               (1 + 0.1 * fs_random_normal(&random));
    fs_trend trend;
    assert_int_equal(fs_trend_find(y, NULL, 1092, 7, 364, &scratch, &trend), FS_OK);
    assert_true(trend.known && trend.by_year);
    assert_true(trend.low < 0.10 && trend.high > 0.10);
    assert_true(fabs(trend.a_year - 0.10) < 0.02);
    assert_true(trend.certainty > 0.99);
    fs_free(scratch);
}

static void what_sells_unevenly_and_half_as_much_shrinks_by_half(void **state)
{
    (void)state;
    double y[728], *scratch = NULL;
    fs_trend trend;
    for (int t = 0; t < 728; t++) { /* a few large sales in autumn, next to nothing in spring */
        double size = t % 364 > 250 ? 200 : 2;
        y[t] = t % 364 % 9 ? 0 : t < 364 ? size : size / 2;
    }
    assert_int_equal(fs_trend_find(y, NULL, 728, 7, 364, &scratch, &trend), FS_OK);
    assert_true(trend.known && trend.by_year);
    assert_true(fabs(trend.a_year + 0.5) < 0.02);
    assert_true(trend.low > -0.65 && trend.high < -0.35);
    for (int t = 0; t < 364; t++) y[t] = 0; /* nothing to compare with */
    assert_int_equal(fs_trend_find(y, NULL, 728, 7, 364, &scratch, &trend), FS_OK);
    assert_true(!trend.known || isfinite(trend.a_year));
    for (int t = 0; t < 728; t++) y[t] = t < 364 ? 5 : 0; /* gone */
    assert_int_equal(fs_trend_find(y, NULL, 728, 7, 364, &scratch, &trend), FS_OK);
    assert_true(trend.known && trend.a_year == -1 && trend.high == -1);
    fs_free(scratch);
}

static void less_than_two_years_are_measured_in_spite_of_slips(void **state)
{
    (void)state;
    double y[600], *scratch = NULL;
    fs_random random = fs_random_open(8, 0, 0, 0);
    for (int t = 0; t < 600; t++)
        y[t] = (100 + 30 * (t - 300) / 364.0) * (1 + 0.1 * fs_random_normal(&random));
    y[500] = 1e5;
    fs_trend trend;
    assert_int_equal(fs_trend_find(y, NULL, 600, 7, 364, &scratch, &trend), FS_OK);
    assert_true(trend.known && !trend.by_year);
    assert_true(fabs(trend.a_year - 0.30) < 0.05);
    fs_free(scratch);
}

static void noise_has_no_certain_trend(void **state)
{
    (void)state;
    double y[156], *scratch = NULL;
    int certain = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        fs_random random = fs_random_open(seed, 0, 0, 0);
        fs_trend trend;
        for (int t = 0; t < 156; t++) y[t] = 100 + 10 * fs_random_normal(&random);
        assert_int_equal(fs_trend_find(y, NULL, 156, 52, 52, &scratch, &trend), FS_OK);
        assert_true(trend.low <= trend.a_year && trend.a_year <= trend.high);
        certain += trend.certainty > 0.95;
    }
    assert_true(certain <= 22); /* 5 % of 200 are 10; four deviations more */
    fs_free(scratch);
}

static void nothing_breaks_on_odd_series(void **state)
{
    (void)state;
    double y[MOST], *scratch = NULL;
    uint8_t valid[MOST], outlier[MOST];
    double cleaned[MOST];
    fs_usual usual = {0};
    fs_random random = fs_random_open(77, 0, 0, 0);
    for (int trial = 0; trial < 2000; trial++) {
        int64_t n = fs_random_below(&random, 90);
        int kind = trial % 6;
        for (int64_t t = 0; t < n; t++) {
            valid[t] = fs_random_below(&random, 4) > 0;
            y[t] = kind == 0   ? 0
                   : kind == 1 ? DBL_MAX
                   : kind == 2 ? 1e300 * fs_random_normal(&random)
                   : kind == 3 ? 5e-324
                   : kind == 4 ? -5
                               : fs_random_normal(&random);
            if (!valid[t]) y[t] = 0;
        }
        fs_usual_settings settings = {1 + trial % 13, 1 + trial % 20};
        fs_trend trend;
        fs_peak peak[5];
        assert_int_equal(fs_usual_find(&usual, &settings, y, valid, NULL, n), FS_OK);
        fs_outliers_mark(&usual, 5, 12, y, valid, NULL, n, outlier, cleaned);
        int64_t peaks = fs_peaks_find(&usual, 3, y, valid, n, peak, 5);
        assert_int_equal(fs_trend_find(y, valid, n, settings.season, 52, &scratch, &trend), FS_OK);
        for (int64_t t = 0; t < n; t++)
            assert_true(isfinite(cleaned[t]) && isfinite(usual.expected[t]));
        for (int64_t i = 0; i < peaks; i++)
            assert_true(peak[i].certainty >= 0 && peak[i].certainty <= 1);
        if (trend.known) assert_true(isfinite(trend.a_year + trend.low + trend.high));
    }
    fs_usual_free(&usual);
    fs_free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_season_is_usual),
        cmocka_unit_test(ordinary_demand_has_hardly_an_outlier),
        cmocka_unit_test(slips_are_found_and_moved_to_the_fence),
        cmocka_unit_test(rare_demand_is_judged_by_the_sizes_of_its_sales),
        cmocka_unit_test(promotions_yearly_events_and_lasting_changes_stay),
        cmocka_unit_test(zeros_and_unknown_values_are_no_outliers),
        cmocka_unit_test(peaks_come_by_excess_and_only_so_many),
        cmocka_unit_test(growth_is_measured_in_spite_of_seasons),
        cmocka_unit_test(what_sells_unevenly_and_half_as_much_shrinks_by_half),
        cmocka_unit_test(less_than_two_years_are_measured_in_spite_of_slips),
        cmocka_unit_test(noise_has_no_certain_trend),
        cmocka_unit_test(nothing_breaks_on_odd_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
