/* The Theta method: its recursion, its search, seasonal adjustment, and series that break things. */
#include "forecast/method_test.h"

static const fs_method *const methods[] = {&fs_theta_method, &fs_otm_method, &fs_dstm_method,
                                           &fs_dotm_method};

#define LANES FS_LSQ_LANES

/* ---- the recursion ---- */

static void lanes_give_the_bits_of_the_reference(void **state)
{
    (void)state;
    fs_random random = fs_random_open(3, 0, 0, 0);
    for (int trial = 0; trial < 60; trial++) {
        int64_t n = 1 + fs_random_below(&random, 120), from = fs_random_below(&random, 5);
        double y[120], alpha[LANES];
        uint8_t use[120];
        fs_theta_line line[120];
        fs_theta_sums lanes, plain;
        for (int64_t t = 0; t < n; t++) {
            y[t] = fs_random_normal(&random);
            use[t] = fs_random_below(&random, 5) > 0;
            line[t] = (fs_theta_line){fs_random_normal(&random), fs_random_normal(&random)};
        }
        for (int k = 0; k < LANES; k++) alpha[k] = 0.1 + 0.89 * fs_random_uniform(&random);
        fs_theta_lanes_sums(y, use, line, n, from, alpha, &lanes);
        for (int k = 0; k < LANES; k++)
            fs_theta_reference_sums(y, use, line, n, from, alpha[k], k, &plain);
        assert_memory_equal(&lanes, &plain, sizeof lanes);
    }
}

/* By the equations of Fiorucci et al., with powers and with the trend of what came before by regression; the errors from
 * the fourth on. */
static double squares_by_the_book(const double *y, int n, double alpha, double first, double theta)
{
    double level = alpha * y[0] + (1 - alpha) * first, squares = 0;
    for (int t = 1; t < n; t++) {
        double sum = 0, moment = 0, below = 0;
        for (int i = 0; i < t; i++) sum += y[i];
        for (int i = 0; i < t; i++) {
            double off = i + 1 - (t + 1) / 2.0;
            moment += off * y[i], below += off * off;
        }
        double b = t > 1 ? moment / below : 0, a = sum / t - b * (t + 1) / 2;
        double mean = level + (1 - 1 / theta) *
                                  (a * pow(1 - alpha, t) + b * (1 - pow(1 - alpha, t + 1)) / alpha);
        if (t >= 3) squares += (y[t] - mean) * (y[t] - mean);
        level = alpha * y[t] + (1 - alpha) * level;
    }
    return squares;
}

static void sums_are_those_of_the_book(void **state)
{
    (void)state;
    const double y[] = {5, 7, 6, 9, 12, 11, 13, 12, 17, 16};
    uint8_t use[10];
    fs_theta_line line[10];
    fs_theta_sums s;
    memset(use, 1, sizeof use);
    for (int t = 1; t < 10; t++) {
        double sum = 0, moment = 0, below = 0;
        for (int i = 0; i < t; i++) sum += y[i];
        for (int i = 0; i < t; i++)
            moment += (i + 1 - (t + 1) / 2.0) * y[i], below += pow(i + 1 - (t + 1) / 2.0, 2);
        line[t].slope = t > 1 ? moment / below : 0;
        line[t].intercept = sum / t - line[t].slope * (t + 1) / 2;
    }
    fs_theta_reference_sums(y, use, line, 10, 3, 0.4, 0, &s);
    for (double shift = -4; shift < 5; shift += 2)
        for (double theta = 1; theta < 9; theta *= 2) {
            double w = 1 - 1 / theta;
            double quadratic = s.aa[0] + shift * shift * s.bb[0] + w * w * s.cc[0] -
                               2 * (shift * s.ab[0] + w * s.ac[0] - shift * w * s.bc[0]);
            double book = squares_by_the_book(y, 10, 0.4, y[0] + shift, theta);
            assert_true(fabs(quadratic - book) < 1e-9 * book);
        }
}

/* By hand, α .5, a gap at 1: level 4, then mu_1 = 4 + w (2 .5 + 1 (1 - .25) / .5) = 4 + 2.5 w; half of the 2.5 w stays in
 * the level. At 2: drift 2 .25 + 1 (1 - .125) / .5 = 2.25, a = 7 - 4, b = .5, c = 1.25 + 2.25. */
static void a_missing_observation_moves_the_level_along_the_drift(void **state)
{
    (void)state;
    const double y[] = {4, 0, 7};
    const uint8_t use[] = {1, 0, 1};
    const fs_theta_line line[] = {{2, 1}, {2, 1}, {2, 1}};
    fs_theta_sums s;
    fs_theta_reference_sums(y, use, line, 3, 1, 0.5, 0, &s);
    assert_true(s.aa[0] == 9 && s.ab[0] == 1.5 && s.bb[0] == 0.25);
    assert_true(s.ac[0] == 3 * 3.5 && s.cc[0] == 3.5 * 3.5);
}

/* ---- the search ---- */

/* For DSTM the sum of squares of the fit against that of the equations at a grid of α and first levels. */
static void no_grid_finds_a_better_fit(void **state)
{
    (void)state;
    fs_random random = fs_random_open(8, 0, 0, 0);
    method_work w = {0};
    for (int trial = 0; trial < 20; trial++) {
        double y[40], level = 20, own = 0, grid = INFINITY;
        for (int t = 0; t < 40; t++) {
            double e = fs_random_normal(&random);
            y[t] = level + e;
            level += 0.2 + (trial % 5) * 0.2 * e;
        }
        assert_true(method_fit(&w, &fs_dstm_method, 1, y, NULL, 40));
        for (int t = 0; t < 40; t++) {
            double e = w.fit.residual[t] * w.series.unit;
            own += t == 1 || t == 2 ? 0 : e * e;
        }
        for (double alpha = 0.1; alpha <= 0.99; alpha += 0.01)
            for (double first = -10; first < 40; first += 0.5) {
                double e = y[0] / 2 - first; /* the first error: y - l - y / 2 */
                double book = squares_by_the_book(y, 40, alpha, first, 2) + e * e;
                grid = book < grid ? book : grid;
            }
        assert_true(own <= grid * (1 + 1e-9) && own > grid * 0.98);
    }
    method_free(&w);
}

/* statsforecast 2.1.1 on the airline passengers, 1949 to 1960, season of 12. It leaves the first error out, so parameters
 * differ a little. */
static void forecasts_are_those_of_other_programs(void **state)
{
    (void)state;
    static const double y[] = {
        112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149,
        170, 170, 158, 133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166,
        171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243,
        264, 272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
        242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278, 284, 277, 317, 313, 318, 374,
        413, 405, 355, 306, 271, 306, 315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336,
        340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472,
        548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432};
    static const double theirs[4][6] = {{440.969, 429.249, 490.693, 476.660, 480.631, 546.456},
                                        {442.943, 432.231, 495.308, 482.308, 487.495, 555.581},
                                        {440.774, 429.062, 490.483, 476.461, 480.437, 546.243},
                                        {442.927, 432.298, 495.482, 482.575, 487.866, 556.122}};
    static const char *const names[] = {"Theta(M)", "OTM(M)", "DSTM(M)", "DOTM(M)"};
    method_work w = {0};
    for (int i = 0; i < 4; i++) {
        assert_true(method_fit(&w, methods[i], 12, y, NULL, 144));
        assert_string_equal(w.fit.model, names[i]);
        for (int h = 0; h < 6; h++) assert_true(fabs(w.mean[h] / theirs[i][h] - 1) < 0.002);
    }
    method_free(&w);
}

static void parameters_of_a_simulated_series_are_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(12, 0, 0, 0);
    method_work w = {0};
    double y[2000], level = 1000, truth = 0, own = 0;
    for (int t = 0; t < 2000; t++) { /* exponential smoothing, α .3, without drift: θ is 1 */
        double e = fs_random_normal(&random);
        y[t] = level + e;
        level += 0.3 * e;
        if (t >= 3) truth += e * e;
    }
    assert_true(method_fit(&w, &fs_otm_method, 1, y, NULL, 2000));
    for (int t = 3; t < 2000; t++) own += pow(w.fit.residual[t] * w.series.unit, 2);
    assert_true(own < truth * 1.001 && own > truth * 0.99);
    double alpha = sqrt(w.fit.spread[1] * w.fit.spread[1] - 1); /* 1 + α² */
    assert_true(fabs(alpha - 0.3) < 0.05);
    for (int h = 1; h < METHOD_HORIZON; h++)
        assert_true(fabs(w.fit.spread[h] - sqrt(1 + h * alpha * alpha)) < 1e-9);
    method_free(&w);
}

/* ---- what it makes of plain series ---- */

static void a_line_goes_on(void **state)
{
    (void)state;
    method_work w = {0};
    double y[50];
    uint8_t valid[50];
    for (int t = 0; t < 50; t++) y[t] = 100 + 3 * t, valid[t] = t % 7 != 3;
    for (int gaps = 0; gaps < 2; gaps++) {
        assert_true(method_fit(&w, &fs_dotm_method, 1, y, gaps ? valid : NULL, 50));
        for (int h = 0; h < METHOD_HORIZON; h++)
            assert_true(fabs(w.mean[h] - (100 + 3 * (50 + h))) < 0.1);
    }
    assert_true(method_fit(&w, &fs_theta_method, 1, y, NULL, 50)); /* half of the slope */
    for (int h = 1; h < METHOD_HORIZON; h++)
        assert_true(fabs(w.mean[h] - w.mean[h - 1] - 1.5) < 1e-6);
    method_free(&w);
}

static void values_missing_at_the_end_are_forecast_and_passed_over(void **state)
{
    (void)state;
    fs_random random = fs_random_open(4, 0, 0, 0);
    method_work w = {0};
    double y[48], expected[METHOD_HORIZON];
    uint8_t valid[48];
    for (int t = 0; t < 48; t++)
        y[t] = 50 + t + 10 * (t % 4) + fs_random_normal(&random), valid[t] = t < 45;
    for (int i = 0; i < 4; i++) {
        assert_true(method_fit(&w, methods[i], 4, y, NULL, 45));
        memcpy(expected, w.mean, sizeof expected);
        assert_true(method_fit(&w, methods[i], 4, y, valid, 48));
        for (int h = 3; h < METHOD_HORIZON; h++) assert_true(w.mean[h - 3] == expected[h]);
    }
    method_free(&w);
}

static void series_that_are_too_short_are_left_to_others(void **state)
{
    (void)state;
    method_work w = {0};
    const double y[] = {3, 5, 4, 6, 5, 7, 6};
    for (int i = 0; i < 4; i++) {
        int64_t least = i % 2 ? 7 : 6;
        for (int64_t n = 1; n <= 7; n++)
            assert_true(method_fit(&w, methods[i], 1, y, NULL, n) == (n >= least));
    }
    method_free(&w);
}

/* ---- seasonal adjustment ---- */

static fs_adjustment adjust(const double *y, int64_t n, int season, double *adjusted, double *index)
{
    uint8_t use[400];
    double scratch[1000];
    memset(use, 1, sizeof use);
    return fs_adjust_season(y, use, n, season, adjusted, index, scratch);
}

/* Of a line and a season that repeats, the moving average is the line, so both are found exactly. */
static void a_season_is_taken_off_and_an_index_kept(void **state)
{
    (void)state;
    static const double add[] = {3, -1, -4, 2}, times[] = {1.5, 0.75, 0.5, 1.25};
    double y[24], adjusted[24], index[4];
    for (int t = 0; t < 24; t++) y[t] = 0.1 * t + add[t % 4] - 1; /* some below zero */
    assert_int_equal(adjust(y, 24, 4, adjusted, index), FS_ADJUST_ADD);
    for (int i = 0; i < 4; i++) assert_true(fabs(index[i] - add[i]) < 1e-12);
    for (int t = 0; t < 24; t++) assert_true(fabs(adjusted[t] - (0.1 * t - 1)) < 1e-12);
    for (int t = 0; t < 24; t++) y[t] = 20 * times[t % 4];
    assert_int_equal(adjust(y, 24, 4, adjusted, index), FS_ADJUST_MULTIPLY);
    for (int i = 0; i < 4; i++) assert_true(fabs(index[i] - times[i]) < 1e-12);
    for (int t = 0; t < 24; t++) assert_true(fabs(adjusted[t] - 20) < 1e-12);
}

static void an_index_next_to_nothing_is_not_divided_by(void **state)
{
    (void)state;
    double y[24], adjusted[24], index[4];
    for (int t = 0; t < 24; t++) y[t] = t % 4 == 2 ? 0.001 : 10;
    assert_int_equal(adjust(y, 24, 4, adjusted, index), FS_ADJUST_ADD);
}

/* r_1 = r_3 = 0 and r_4 = 20 / 24 of 4 4 -4 -4 …; an odd season too; noise has one in ten times at most. */
static void only_a_season_that_stands_out_is_taken_off(void **state)
{
    (void)state;
    fs_random random = fs_random_open(6, 0, 0, 0);
    double y[120], adjusted[120], index[7];
    int found = 0;
    for (int t = 0; t < 24; t++) y[t] = t % 4 < 2 ? 4 : -4;
    assert_int_equal(adjust(y, 24, 4, adjusted, index), FS_ADJUST_ADD);
    assert_int_equal(adjust(y, 7, 4, adjusted, index), FS_ADJUST_NOT); /* not two seasons */
    assert_int_equal(adjust(y, 24, 3, adjusted, index), FS_ADJUST_NOT);
    for (int t = 0; t < 120; t++) y[t] = 10 + (t % 7 == 2) * 5;
    assert_int_equal(adjust(y, 120, 7, adjusted, index), FS_ADJUST_MULTIPLY);
    for (int trial = 0; trial < 500; trial++) {
        for (int t = 0; t < 120; t++) y[t] = fs_random_normal(&random);
        found += adjust(y, 120, 7, adjusted, index) != FS_ADJUST_NOT;
    }
    assert_true(found > 20 && found < 75);
    for (int t = 0; t < 120; t++) y[t] = 8;
    assert_int_equal(adjust(y, 120, 7, adjusted, index), FS_ADJUST_NOT);
}

static void intervals_of_a_season_that_multiplies_are_wide_where_it_is_high(void **state)
{
    (void)state;
    fs_random random = fs_random_open(14, 0, 0, 0);
    method_work w = {0};
    double y[96];
    for (int t = 0; t < 96; t++)
        y[t] = (100 + fs_random_normal(&random)) * (t % 12 < 6 ? 1.8 : 0.2);
    assert_true(method_fit(&w, &fs_dotm_method, 12, y, NULL, 96));
    assert_true(w.fit.spread[5] > 6 * w.fit.spread[6]);
    assert_int_equal(w.fit.parameters, 3 + 11);
    assert_int_equal(w.fit.from, 3);
    method_free(&w);
}

/* ---- series that break things ---- */

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) method_check_nasty(methods[i], 100 + (uint64_t)i);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_dotm_method, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_give_the_bits_of_the_reference),
        cmocka_unit_test(sums_are_those_of_the_book),
        cmocka_unit_test(a_missing_observation_moves_the_level_along_the_drift),
        cmocka_unit_test(no_grid_finds_a_better_fit),
        cmocka_unit_test(forecasts_are_those_of_other_programs),
        cmocka_unit_test(parameters_of_a_simulated_series_are_found),
        cmocka_unit_test(a_line_goes_on),
        cmocka_unit_test(values_missing_at_the_end_are_forecast_and_passed_over),
        cmocka_unit_test(series_that_are_too_short_are_left_to_others),
        cmocka_unit_test(a_season_is_taken_off_and_an_index_kept),
        cmocka_unit_test(an_index_next_to_nothing_is_not_divided_by),
        cmocka_unit_test(only_a_season_that_stands_out_is_taken_off),
        cmocka_unit_test(intervals_of_a_season_that_multiplies_are_wide_where_it_is_high),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
