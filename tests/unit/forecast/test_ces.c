/* Complex exponential smoothing: its recursion and derivatives, its forms, and series that break things. */
#include "forecast/method_test.h"

#define LENGTH 90
#define SEASON 5

static const int parameters_of[] = {3, 3, 4, 5};

typedef struct example {
    double y[LENGTH], index[SEASON], state[FS_CES_STATE(SEASON)], residual[LENGTH];
    uint8_t use[LENGTH];
    double x[FS_LSQ_PARAMETERS][FS_LSQ_LANES];
    fs_ces ces;
} example;

static void make_example(example *e, fs_ces_form form, fs_random *random)
{
    *e = (example){{0}};
    for (int i = 0; i < SEASON && form != FS_CES_NONE; i++) e->index[i] = fs_random_normal(random);
    for (int t = 0; t < LENGTH; t++) {
        e->y[t] = 5 + e->index[t % SEASON] + fs_random_normal(random);
        e->use[t] = fs_random_below(random, 6) > 0;
    }
    for (int k = 0; k < FS_CES_STARTS; k++) {
        e->x[FS_CES_ALPHA0][k] = 1.1 + 0.6 * fs_random_uniform(random);
        e->x[FS_CES_ALPHA1][k] = 0.95 + 0.1 * fs_random_uniform(random);
        e->x[FS_CES_LEVEL][k] = 5 + fs_random_normal(random);
        e->x[FS_CES_BETA0][k] =
            form == FS_CES_FULL ? 1.1 + 0.3 * fs_random_uniform(random) : fs_random_uniform(random);
        e->x[FS_CES_BETA1][k] = 0.95 + 0.1 * fs_random_uniform(random);
    }
    e->ces = (fs_ces){.y = e->y,
                      .use = e->use,
                      .count = LENGTH,
                      .form = form,
                      .season = form == FS_CES_NONE ? 1 : SEASON,
                      .index = e->index,
                      .state = e->state};
}

/* Errors of one lane with parameter p moved. */
static double errors_at(example *e, int lane, int p, double by, double *residual)
{
    double x[FS_CES_PARAMETERS];
    for (int i = 0; i < FS_CES_PARAMETERS; i++) x[i] = e->x[i][lane] + (i == p ? by : 0);
    return fs_ces_reference(&e->ces, x, residual);
}

/* ---- the recursion ---- */

/* By hand, α0 1.5, α1 1.1, l 6, so c 4; y = 7, missing. e 1: l 6 + .1 4 + .4 = 6.8, c 6 - .5 4 + 2.6 = 6.6.
 * Missing: l 6.8 + .66 = 7.46, c 6.8 - 3.3 = 3.5. With a partial season of 2, (1, -1), β0 .5: errors are 0 at first. */
static void the_recursion_is_that_of_the_paper(void **state)
{
    (void)state;
    const double y[] = {7, 0}, index[] = {1, -1}, x[] = {1.5, 1.1, 6, 0.5, 0};
    const uint8_t use[] = {1, 0};
    double room[FS_CES_STATE(2)], residual[2];
    const double none[] = {0};
    fs_ces c = {y, use, 2, FS_CES_NONE, 1, none, room};
    assert_true(fabs(fs_ces_reference(&c, x, residual) - 1) < 1e-12);
    assert_true(fabs(room[0] - 7.46) < 1e-12 && fabs(room[1] - 3.5) < 1e-12);
    assert_true(residual[1] == 0);
    c = (fs_ces){y, use, 2, FS_CES_PARTIAL, 2, index, room};
    assert_true(fs_ces_reference(&c, x, residual) < 1e-24);
    assert_true(fabs(fs_ces_ahead(&c, 2) - (room[0] + 1)) < 1e-12);
    fs_ces_move(&c, x, 2, 2);
    assert_true(fabs(fs_ces_ahead(&c, 4) - (room[0] + 2)) < 1e-12);
}

static void lanes_give_the_bits_of_the_reference(void **state)
{
    (void)state;
    fs_random random = fs_random_open(5, 0, 0, 0);
    fs_lsq_sums sums;
    example e;
    for (int trial = 0; trial < 40; trial++) {
        make_example(&e, (fs_ces_form)(trial % 4), &random);
        fs_ces_lanes(&e.ces, e.x, &sums);
        for (int k = 0; k < FS_CES_STARTS; k++) {
            double plain = errors_at(&e, k, -1, 0, e.residual);
            assert_memory_equal(&plain, &sums.squares[k], sizeof plain);
        }
    }
}

/* J by central differences of the errors, then J'r and J'J. */
static void derivatives_are_those_of_finite_differences(void **state)
{
    (void)state;
    fs_random random = fs_random_open(6, 0, 0, 0);
    fs_lsq_sums sums;
    example e;
    for (int trial = 0; trial < 40; trial++) {
        double j[FS_CES_PARAMETERS][LENGTH], less[LENGTH], more[LENGTH], by = 1e-6;
        int n = parameters_of[trial % 4], k = trial % FS_CES_STARTS;
        make_example(&e, (fs_ces_form)(trial % 4), &random);
        fs_ces_lanes(&e.ces, e.x, &sums);
        for (int p = 0; p < n; p++) {
            errors_at(&e, k, p, -by, less), errors_at(&e, k, p, by, more);
            for (int t = 0; t < LENGTH; t++) j[p][t] = (more[t] - less[t]) / (2 * by);
        }
        errors_at(&e, k, -1, 0, e.residual);
        for (int p = 0, i = 0; p < n; p++) {
            double slope = 0;
            for (int t = 0; t < LENGTH; t++) slope += j[p][t] * e.residual[t];
            assert_true(fabs(sums.slope[p][k] - slope) < 1e-5 * (1 + fabs(slope)));
            for (int q = 0; q <= p; q++, i++) {
                double product = 0;
                for (int t = 0; t < LENGTH; t++) product += j[p][t] * j[q][t];
                assert_true(fabs(sums.product[i][k] - product) < 1e-5 * (1 + fabs(product)));
            }
        }
    }
}

/* ---- the fit ---- */

static double squares_of(const method_work *w)
{
    double squares = 0;
    for (int64_t t = 0; t < w->series.count; t++) {
        double e = w->fit.residual[t] * w->series.unit;
        squares += e * e;
    }
    return squares;
}

/* At α1 = 1 it is simple smoothing with α = α0 - 1, so its intervals widen as that's do. */
static void a_simulated_level_is_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(7, 0, 0, 0);
    method_work w = {0};
    double y[1500], level = 300, truth = 0;
    for (int t = 0; t < 1500; t++) {
        double e = fs_random_normal(&random);
        y[t] = level + e;
        level += 0.4 * e;
        truth += e * e;
    }
    assert_true(method_fit(&w, &fs_ces_method, 1, y, NULL, 1500));
    assert_string_equal(w.fit.model, "CES(N)");
    assert_true(squares_of(&w) < truth * 1.005 && squares_of(&w) > truth * 0.98);
    assert_true(fabs(sqrt(w.fit.spread[1] * w.fit.spread[1] - 1) - 0.4) < 0.06);
    assert_true(w.fit.spread[0] == 1 && w.fit.parameters == 3);
    method_free(&w);
}

static void a_season_is_found_and_goes_on(void **state)
{
    (void)state;
    static const double season[] = {8, -3, 0, -9, 4, 1, -1};
    fs_random random = fs_random_open(8, 0, 0, 0);
    method_work w = {0};
    double y[140];
    uint8_t valid[140];
    for (int t = 0; t < 140; t++) {
        y[t] = 100 + season[t % 7] + fs_random_normal(&random);
        valid[t] = t % 11 != 5;
    }
    for (int gaps = 0; gaps < 2; gaps++) {
        assert_true(method_fit(&w, &fs_ces_method, 7, y, gaps ? valid : NULL, 140));
        assert_string_not_equal(w.fit.model, "CES(N)");
        for (int h = 0; h < 28; h++) assert_true(fabs(w.mean[h] - 100 - season[h % 7]) < 3);
    }
    method_free(&w);
}

/* Few rounds of the search: now and then a form with more parameters is nearer to its least than the one without. */
static void noise_seldom_has_a_season(void **state)
{
    (void)state;
    fs_random random = fs_random_open(9, 0, 0, 0);
    method_work w = {0};
    double y[120];
    int without = 0;
    for (int trial = 0; trial < 50; trial++) {
        for (int t = 0; t < 120; t++) y[t] = 50 + fs_random_normal(&random);
        assert_true(method_fit(&w, &fs_ces_method, 12, y, NULL, 120));
        without += strcmp(w.fit.model, "CES(N)") == 0;
    }
    assert_true(without >= 38);
    method_free(&w);
}

/* 8 % a step: a tenth a season over α0, which is .5 at least, so a season of 12 leaves 1.7 % a step and one of 1 leaves enough. */
static void growth_is_held_within_a_tenth_a_season(void **state)
{
    (void)state;
    method_work w = {0};
    double y[60];
    for (int t = 0; t < 60; t++) y[t] = pow(1.08, t);
    assert_true(method_fit(&w, &fs_ces_method, 1, y, NULL, 60));
    assert_true(w.mean[METHOD_HORIZON - 1] > w.mean[METHOD_HORIZON - 2] * 1.05);
    assert_true(method_fit(&w, &fs_ces_method, 12, y, NULL, 23)); /* less than two seasons */
    assert_string_equal(w.fit.model, "CES(N)");
    assert_true(w.mean[METHOD_HORIZON - 1] > w.mean[METHOD_HORIZON - 2]);
    assert_true(w.mean[METHOD_HORIZON - 1] < w.mean[METHOD_HORIZON - 2] * (1 + 0.2 / 12));
    method_free(&w);
}

static void series_that_are_too_short_are_left_to_others(void **state)
{
    (void)state;
    method_work w = {0};
    const double y[] = {3, 5, 4, 6, 5, 7, 6};
    for (int64_t n = 1; n <= 7; n++)
        assert_true(method_fit(&w, &fs_ces_method, 4, y, NULL, n) == (n >= 6));
    method_free(&w);
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    method_check_nasty(&fs_ces_method, 200);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_ces_method, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_recursion_is_that_of_the_paper),
        cmocka_unit_test(lanes_give_the_bits_of_the_reference),
        cmocka_unit_test(derivatives_are_those_of_finite_differences),
        cmocka_unit_test(a_simulated_level_is_found),
        cmocka_unit_test(a_season_is_found_and_goes_on),
        cmocka_unit_test(noise_seldom_has_a_season),
        cmocka_unit_test(growth_is_held_within_a_tenth_a_season),
        cmocka_unit_test(series_that_are_too_short_are_left_to_others),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
