/* TBATS: its recursion and derivatives, what is chosen, and series that break things. */
#include "forecast/method_test.h"
#include <stdlib.h>

#include "tbats_internal.h"

#define LENGTH 80
#define HOURS  500

static double wave(int64_t t, int season) { return sin(2 * M_PI * (double)t / season); }

/* ---- the recursion ---- */

typedef struct example {
    double y[LENGTH], error[LENGTH], x[FS_TBATS_PARAMETERS], seed[FS_TBATS_SEEDS];
    uint8_t use[LENGTH];
    double room[FS_TBATS_ROOM(6)];
    fs_tbats t;
} example;

static void make_example(example *e, int trial, fs_random *random)
{
    fs_tbats_form form = {.trend = trial % 3 > 0,
                          .damped = trial % 3 > 1,
                          .p = trial % 4 % 3,
                          .q = trial % 5 % 3,
                          .seasons = trial % 2 + 1,
                          .season = {4, 9},
                          .harmonics = {2, 3}};
    *e = (example){.t = {.y = e->y, .use = e->use, .count = LENGTH, .state = e->room}};
    for (int t = 0; t < LENGTH; t++) {
        e->use[t] = fs_random_below(random, 6) > 0;
        e->y[t] = 2 + fs_random_normal(random);
    }
    fs_tbats_lay_out(&e->t, &form);
    for (int i = 0; i < FS_TBATS_PARAMETERS; i++)
        e->x[i] = e->t.column_of[i] >= 0 ? 0.05 + 0.2 * fs_random_uniform(random) : 0;
    e->x[FS_TBATS_PHI] = form.damped ? 0.9 : 1;
    for (int i = 0; i < e->t.seeds; i++) e->seed[i] = fs_random_normal(random);
}

/* By hand: l 2, season of 4 with one harmonic s 1, s* 0; α .5, γ .25; y 4, missing. Error 4 - 3 = 1, l 2.5, s turned from (1.25, 0) to (0, -1.25), so
 * 2.5 is expected; then (-1.25, 0), so 1.25. */
static void the_recursion_turns_the_season(void **state)
{
    (void)state;
    const double y[] = {4, 0}, seed[] = {2, 1, 0};
    const uint8_t use[] = {1, 0};
    double room[FS_TBATS_ROOM(1)], error[2], x[FS_TBATS_PARAMETERS] = {0};
    fs_tbats t = {.y = y, .use = use, .count = 2, .state = room};
    fs_tbats_form form = {.seasons = 1, .season = {4}, .harmonics = {1}};
    x[FS_TBATS_ALPHA] = 0.5, x[FS_TBATS_PHI] = 1, x[FS_TBATS_GAMMA] = 0.25;
    fs_tbats_lay_out(&t, &form);
    assert_true(fabs(fs_tbats_reference(&t, x, seed, error) - 1) < 1e-12);
    assert_true(error[1] == 0);
    assert_true(fabs(t.state[3] - 0) < 1e-12 && fabs(t.state[2] + 1.25) < 1e-12);
    assert_true(fabs(fs_tbats_ahead(&t, x) - 1.25) < 1e-12);
}

static void lanes_give_the_bits_of_the_reference(void **state)
{
    (void)state;
    fs_random random = fs_random_open(1, 0, 0, 0);
    static example e;
    for (int trial = 0; trial < 60; trial++) {
        make_example(&e, trial, &random);
        fs_tbats_lanes(&e.t, e.x, e.seed, e.t.product);
        double lanes = e.t.product[e.t.columns * e.t.width + e.t.columns];
        double plain = fs_tbats_reference(&e.t, e.x, e.seed, e.error);
        assert_memory_equal(&plain, &lanes, sizeof plain);
    }
}

/* Errors with what stands in a column moved. */
static void errors_at(example *e, int column, double by, double *error)
{
    double x[FS_TBATS_PARAMETERS], seed[FS_TBATS_SEEDS];
    memcpy(x, e->x, sizeof x);
    memcpy(seed, e->seed, sizeof seed);
    if (column < e->t.seeds) seed[column] += by;
    for (int i = 0; i < FS_TBATS_PARAMETERS; i++)
        if (e->t.column_of[i] == column) x[i] += by;
    fs_tbats_reference(&e->t, x, seed, error);
}

static void derivatives_are_those_of_finite_differences(void **state)
{
    (void)state;
    fs_random random = fs_random_open(2, 0, 0, 0);
    static example e;
    static double j[32][LENGTH];
    double less[LENGTH], more[LENGTH], by = 1e-6;
    for (int trial = 0; trial < 60; trial++) {
        make_example(&e, trial, &random);
        fs_tbats_lanes(&e.t, e.x, e.seed, e.t.product);
        double *product = e.t.product;
        fs_tbats *t = &e.t;
        for (int c = 0; c < t->columns; c++) {
            errors_at(&e, c, -by, less), errors_at(&e, c, by, more);
            for (int i = 0; i < LENGTH; i++) j[c][i] = (more[i] - less[i]) / (2 * by);
        }
        /* the state is laid out for the reference now, products are as they were */
        fs_tbats_reference(t, e.x, e.seed, j[t->columns]);
        for (int a = 0; a <= t->columns; a++)
            for (int b = 0; b <= a; b++) {
                double sum = 0;
                for (int i = 0; i < LENGTH; i++) sum += j[a][i] * j[b][i];
                assert_true(fabs(product[a * t->width + b] - sum) < 1e-4 * (1 + fabs(sum)));
            }
    }
}

static void a_frequency_is_not_taken_twice(void **state)
{
    (void)state;
    double room[FS_TBATS_ROOM(FS_TBATS_PAIRS)];
    fs_tbats t = {.state = room};
    fs_tbats_form form = {.seasons = 2, .season = {4, 12}, .harmonics = {1, 6}};
    fs_tbats_lay_out(&t, &form);
    assert_int_equal(t.pairs, 1 + 5); /* the third of 12 is the first of 4 */
    assert_int_equal(fs_tbats_estimated(&t), 1 + 2 + 2 * 5 - 1);
}

/* ---- the fit ---- */

static double squares_of(const method_work *w)
{
    double squares = 0;
    for (int64_t t = 0; t < w->series.count; t++)
        squares += pow(w->fit.residual[t] * w->series.unit, 2);
    return squares;
}

/* A level that walks with α .3, a season of two waves, and errors of AR(1). */
static void a_simulated_model_is_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(3, 0, 0, 0);
    method_work w = {.seasons = 0};
    static double y[2000];
    double level = -20, d = 0, truth = 0;
    for (int t = 0; t < 2000; t++) {
        double e = fs_random_normal(&random);
        d = 0.6 * d + e;
        y[t] = level + 5 * wave(t, 12) + 3 * wave(2 * t, 12) + d;
        level += 0.1 * d;
        truth += e * e;
    }
    assert_true(method_fit(&w, &fs_tbats_method, 12, y, NULL, 2000));
    assert_non_null(strstr(w.fit.model, "{<12,2>}"));
    assert_null(strstr(w.fit.model, "{0,0}"));
    assert_true(squares_of(&w) < truth * 1.005 && squares_of(&w) > truth * 0.98);
    assert_true(fabs(sqrt(w.fit.spread[1] * w.fit.spread[1] - 1) - 0.7) < 0.06);
    method_free(&w);
}

static double hour_at(int64_t t) { return 60 + 10 * wave(t, 24) + 6 * wave(t, 120); }

static void two_seasons_and_gaps(void **state)
{
    (void)state;
    fs_random random = fs_random_open(4, 0, 0, 0);
    method_work w = {.seasons = 2, .season_of = {24, 120}};
    double y[HOURS], sum = 0;
    uint8_t valid[HOURS];
    for (int t = 0; t < HOURS; t++) {
        valid[t] = t % 11 != 3 && (t < 300 || t > 330);
        y[t] = valid[t] ? hour_at(t) + fs_random_normal(&random) : 1e9;
    }
    assert_true(method_fit(&w, &fs_tbats_method, 24, y, valid, HOURS));
    assert_non_null(strstr(w.fit.model, "{<24,1>, <120,"));
    for (int h = 0; h < METHOD_HORIZON; h++) sum += fabs(w.mean[h] - hour_at(HOURS + h));
    assert_true(sum / METHOD_HORIZON < 1);
    method_check_sane(&w);
    method_free(&w);
}

static double growing_at(int64_t t) { return exp(1 + 0.012 * (double)t + 0.5 * wave(t, 7)); }

static void seasons_that_grow_with_the_level_are_transformed(void **state)
{
    (void)state;
    fs_random random = fs_random_open(5, 0, 0, 0);
    method_work w = {.seasons = 0};
    double y[210], relative = 0;
    for (int t = 0; t < 210; t++) y[t] = growing_at(t) * exp(0.05 * fs_random_normal(&random));
    assert_true(method_fit(&w, &fs_tbats_method, 7, y, NULL, 210));
    double lambda = atof(w.fit.model + strlen("TBATS("));
    assert_true(lambda < 0.15);
    for (int h = 0; h < 14; h++) relative += fabs(w.mean[h] / growing_at(210 + h) - 1) / 14;
    assert_true(relative < 0.1);
    for (int t = 0; t < 210; t++) y[t] = 100 + 10 * wave(t, 7) + fs_random_normal(&random) * 3;
    y[100] = -1;
    assert_true(method_fit(&w, &fs_tbats_method, 7, y, NULL, 210));
    assert_non_null(strstr(w.fit.model, "TBATS(1,"));
    method_free(&w);
}

static void noise_seldom_has_a_season(void **state)
{
    (void)state;
    fs_random random = fs_random_open(6, 0, 0, 0);
    method_work w = {.seasons = 0};
    double y[120];
    int without = 0;
    for (int trial = 0; trial < 50; trial++) {
        for (int t = 0; t < 120; t++) y[t] = 50 + fs_random_normal(&random);
        assert_true(method_fit(&w, &fs_tbats_method, 12, y, NULL, 120));
        without += strstr(w.fit.model, "{}") != NULL;
    }
    assert_true(without >= 35);
    method_free(&w);
}

/* ---- what breaks things ---- */

static void scales_change_nothing(void **state)
{
    (void)state;
    static const double scale[] = {0x1p-990, 0x1p990};
    fs_random random = fs_random_open(7, 0, 0, 0);
    method_work w = {.seasons = 0}, other = {.seasons = 0};
    double y[60], scaled[60];
    for (int t = 0; t < 60; t++) y[t] = 20 + 5 * wave(t, 12) + fs_random_normal(&random);
    assert_true(method_fit(&w, &fs_tbats_method, 12, y, NULL, 60));
    for (int i = 0; i < 2; i++) {
        for (int t = 0; t < 60; t++) scaled[t] = y[t] * scale[i];
        assert_true(method_fit(&other, &fs_tbats_method, 12, scaled, NULL, 60));
        assert_string_equal(w.fit.model, other.fit.model);
        assert_memory_equal(w.fit.mean, other.fit.mean, METHOD_HORIZON * sizeof *w.fit.mean);
    }
    method_free(&w), method_free(&other);
}

static void flat_and_short_series(void **state)
{
    (void)state;
    method_work w = {.seasons = 0};
    double y[60] = {0};
    for (int64_t n = 1; n <= 60; n++) { /* the season of 52 is longer than the series */
        bool can = method_fit(&w, &fs_tbats_method, 52, y, NULL, n);
        assert_true(can == (n >= 5));
        for (int h = 0; can && h < METHOD_HORIZON; h++) assert_true(fabs(w.mean[h]) < 1e-9);
    }
    for (int t = 0; t < 60; t++) y[t] = 7;
    assert_true(method_fit(&w, &fs_tbats_method, 12, y, NULL, 60));
    for (int h = 0; h < METHOD_HORIZON; h++) assert_true(fabs(w.mean[h] - 7) < 1e-6);
    method_free(&w);
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    method_check_nasty(&fs_tbats_method, 300);
}

static void nasty_series_with_several_seasons_do_too(void **state)
{
    (void)state;
    method_check_nasty_seasons(&fs_tbats_method, 8, 300, false);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_tbats_method, 7);
}

static void a_fit_takes_its_room_at_once(void **state)
{
    (void)state;
    method_check_one_room(&fs_tbats_method);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_recursion_turns_the_season),
        cmocka_unit_test(lanes_give_the_bits_of_the_reference),
        cmocka_unit_test(derivatives_are_those_of_finite_differences),
        cmocka_unit_test(a_frequency_is_not_taken_twice),
        cmocka_unit_test(a_simulated_model_is_found),
        cmocka_unit_test(two_seasons_and_gaps),
        cmocka_unit_test(seasons_that_grow_with_the_level_are_transformed),
        cmocka_unit_test(noise_seldom_has_a_season),
        cmocka_unit_test(scales_change_nothing),
        cmocka_unit_test(flat_and_short_series),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(nasty_series_with_several_seasons_do_too),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_fit_takes_its_room_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
