/* Intermittent demand: by hand and by another program, its smoothing, and series that break things. */
#include "forecast/method_test.h"

static const fs_method *const methods[] = {&fs_croston_method, &fs_croston_optimized_method,
                                           &fs_sba_method,     &fs_tsb_method,
                                           &fs_adida_method,   &fs_imapa_method};

#define LANES FS_LSQ_LANES

static const double demand[] = {0, 0, 3, 0, 0, 0, 5, 0, 2, 0, 0, 4, 0, 0, 0, 0, 1, 0, 6, 0, 0, 3};

/* ---- smoothing ---- */

static void lanes_give_the_bits_of_the_reference(void **state)
{
    (void)state;
    fs_random random = fs_random_open(2, 0, 0, 0);
    double x[80], alpha[LANES], squares[LANES];
    for (int64_t n = 0; n <= 80; n += n < 10 ? 1 : 5) {
        for (int64_t t = 0; t < n; t++) x[t] = fs_random_normal(&random);
        for (int k = 0; k < LANES; k++) alpha[k] = fs_random_uniform(&random);
        fs_ses_lanes(x, n, alpha, squares);
        for (int k = 0; k < LANES; k++) {
            double plain = fs_ses_reference(x, n, alpha[k]);
            assert_memory_equal(&plain, &squares[k], sizeof plain);
        }
    }
}

/* By hand, α .5: levels 4, 5, errors 2 and -3, so 13; and one step after the other. */
static void squares_are_right(void **state)
{
    (void)state;
    const double x[] = {4, 6, 2};
    assert_true(fs_ses_reference(x, 3, 0.5) == 13);
    fs_random random = fs_random_open(3, 0, 0, 0);
    double y[60], level, squares = 0;
    for (int t = 0; t < 60; t++) y[t] = fs_random_normal(&random);
    level = y[0];
    for (int t = 1; t < 60; t++) {
        squares += (y[t] - level) * (y[t] - level);
        level += 0.2 * (y[t] - level);
    }
    assert_true(fabs(fs_ses_reference(y, 60, 0.2) - squares) < 1e-12 * squares);
}

static void the_best_smoothing_is_found_in_one_pass(void **state)
{
    (void)state;
    fs_random random = fs_random_open(4, 0, 0, 0);
    fs_ses_range range = fs_ses_range_of(0.1, 0.3), wide = fs_ses_range_of(0.01, 0.99);
    for (int trial = 0; trial < 200; trial++) {
        double x[100], level = 10, best = 0, least = INFINITY;
        for (int t = 0; t < 100; t++) {
            double e = fs_random_normal(&random);
            x[t] = level + e;
            level += 0.2 * e;
        }
        for (double alpha = 0.1; alpha < 0.3; alpha += 0.0005) {
            double squares = fs_ses_reference(x, 100, alpha);
            if (squares < least) least = squares, best = alpha;
        }
        assert_true(fabs(fs_ses_optimize(&range, x, 100) - best) < 0.001);
        for (double alpha = 0.01; alpha < 0.99; alpha += 0.001)
            least = fmin(least, fs_ses_reference(x, 100, alpha));
        assert_true(fs_ses_reference(x, 100, fs_ses_optimize(&wide, x, 100)) < 1.005 * least);
    }
    const double two[] = {3, 5}; /* the same with any */
    assert_true(fabs(fs_ses_optimize(&range, two, 2) - 0.2) < 1e-12);
}

/* Ones and halves are exact, so sums have no rounding; levels differ from those of single steps by it. */
static void four_steps_at_a_time_are_single_steps(void **state)
{
    (void)state;
    fs_random random = fs_random_open(9, 0, 0, 0);
    double x[40], y[42];
    for (int t = 0; t < 40; t++) x[t] = (double)fs_random_below(&random, 9) / 2;
    for (int64_t n = 0; n <= 40; n++) {
        double sum = 0, level = 3;
        y[n + 1] = -7;
        fs_running(x, n, 1, 1, 0, y);
        for (int64_t t = 0; t <= n; sum += x[t < n ? t : 0], t++) assert_true(y[t] == sum);
        fs_running(x, n, 0.2, 0.8, 3, y);
        for (int64_t t = 0; t <= n; t++) {
            assert_true(fabs(y[t] - level) < 1e-14);
            if (t < n) level = 0.2 * x[t] + 0.8 * level;
        }
        assert_true(y[n + 1] == -7);
    }
}

/* ---- the methods ---- */

/* Croston by hand: 3 after 3 periods: 1 a period; then 5 after 4: (2.7 + .5) / (2.7 + .4). TSB: 3 times .1 at first, then
 * .9 of it each period; at the demand of 5 the probability is .9 .0729 + .1 and the size 3.2. */
static void what_was_said_before_is_worked_out_by_hand(void **state)
{
    (void)state;
    method_work w = {0};
    assert_true(method_fit(&w, &fs_croston_method, 1, demand, NULL, 22));
    double unit = w.series.unit;
    assert_int_equal(w.fit.from, 3);
    assert_true(fabs(w.fit.residual[3] * unit + 1) < 1e-12);
    assert_true(fabs(w.fit.residual[6] * unit - 4) < 1e-12);
    assert_true(fabs(w.fit.residual[7] * unit + 3.2 / 3.1) < 1e-12);
    assert_true(method_fit(&w, &fs_tsb_method, 1, demand, NULL, 22));
    assert_true(fabs(w.fit.residual[4] * unit + 0.27) < 1e-12);
    assert_true(fabs(w.fit.residual[7] * unit + (0.9 * 0.0729 + 0.1) * 3.2) < 1e-12);
    method_free(&w);
}

/* statsforecast 2.1.1; its golden section ends within 1e-12, ours within about a thousandth. */
static void forecasts_are_those_of_another_program(void **state)
{
    (void)state;
    static const double theirs[] = {1.0547879112910092, 1.0547879112911562, 1.0020485157264587,
                                    1.0551616352082542, 1.0807960000002088, 1.1648804318134838};
    method_work w = {0};
    for (int i = 0; i < 6; i++) {
        assert_true(method_fit(&w, methods[i], 1, demand, NULL, 22));
        bool is_searched = i == 1 || i > 3;
        assert_true(fabs(w.mean[0] / theirs[i] - 1) < (is_searched ? 1e-3 : 1e-12));
        assert_true(w.mean[METHOD_HORIZON - 1] == w.mean[0]);
        assert_string_equal(w.fit.model, methods[i]->name);
        method_check_sane(&w);
    }
    method_free(&w);
}

static void missing_periods_are_no_periods_without_demand(void **state)
{
    (void)state;
    double y[44], expected;
    uint8_t valid[44];
    method_work w = {0};
    for (int t = 0; t < 44; t++) y[t] = t % 2 ? 0 : demand[t / 2], valid[t] = t % 2 == 0;
    for (int i = 0; i < 6; i++) {
        assert_true(method_fit(&w, methods[i], 1, demand, NULL, 22));
        expected = w.mean[0];
        assert_true(method_fit(&w, methods[i], 1, y, valid, 44));
        assert_true(w.mean[0] == expected);
    }
    method_free(&w);
}

/* Sums of two: 4 and 6 smooth to 4 + .2 2 (α does not matter to the errors of two, so it is the middle), half a period. */
static void sums_end_at_the_end(void **state)
{
    (void)state;
    const double y[] = {9, 0, 4, 0, 6};
    method_work w = {0};
    assert_true(method_fit(&w, &fs_adida_method, 1, y, NULL, 5)); /* intervals 1 2 2 */
    assert_true(fabs(w.mean[0] - (4 + 0.2 * 2) / 2) < 1e-12);
    assert_int_equal(w.fit.from, 3);
    assert_true(fabs(w.fit.residual[4] * w.series.unit - (6 - 2)) < 1e-12);
    method_free(&w);
}

static void no_demand_at_all_is_forecast_as_none(void **state)
{
    (void)state;
    const double y[10] = {0};
    method_work w = {0};
    for (int i = 0; i < 6; i++) {
        assert_true(method_fit(&w, methods[i], 7, y, NULL, 10));
        for (int h = 0; h < METHOD_HORIZON; h++) assert_true(w.mean[h] == 0);
        method_check_sane(&w);
    }
    method_free(&w);
}

static void series_of_another_kind_are_left_to_others(void **state)
{
    (void)state;
    const double y[] = {3, 0, -1, 4};
    method_work w = {0};
    for (int i = 0; i < 6; i++) {
        assert_false(method_fit(&w, methods[i], 1, y, NULL, 4));
        assert_false(method_fit(&w, methods[i], 1, y, NULL, 1));
        assert_true(method_fit(&w, methods[i], 1, y, NULL, 2));
    }
    method_free(&w);
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) method_check_nasty(methods[i], 300 + (uint64_t)i);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_imapa_method, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_give_the_bits_of_the_reference),
        cmocka_unit_test(squares_are_right),
        cmocka_unit_test(the_best_smoothing_is_found_in_one_pass),
        cmocka_unit_test(four_steps_at_a_time_are_single_steps),
        cmocka_unit_test(what_was_said_before_is_worked_out_by_hand),
        cmocka_unit_test(forecasts_are_those_of_another_program),
        cmocka_unit_test(missing_periods_are_no_periods_without_demand),
        cmocka_unit_test(sums_end_at_the_end),
        cmocka_unit_test(no_demand_at_all_is_forecast_as_none),
        cmocka_unit_test(series_of_another_kind_are_left_to_others),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
