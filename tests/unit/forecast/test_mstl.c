/* MSTL: several seasons at once, and series that break things. */
#include "forecast/method_test.h"

#define HOURS 700

static double wave(int64_t t, int season) { return sin(2 * M_PI * (double)t / season); }

static double hour_at(int64_t t) { return 60 + 10 * wave(t, 24) + 8 * (t % 168 >= 120); }

static void set_seasons(method_work *w, int a, int b)
{
    w->seasons = 2;
    w->season_of[0] = a, w->season_of[1] = b;
}

/* Mean absolute error against what is planted. */
static double error_of(const method_work *w, double (*truth)(int64_t), int64_t n)
{
    double sum = 0;
    for (int h = 0; h < METHOD_HORIZON; h++) sum += fabs(w->mean[h] - truth(n + h));
    return sum / METHOD_HORIZON;
}

static void two_seasons_are_forecast_better_than_one(void **state)
{
    (void)state;
    fs_random random = fs_random_open(1, 0, 0, 0);
    method_work two = {.seasons = 0}, one = {.seasons = 0};
    double y[HOURS], apart = 0, alone = 0;
    set_seasons(&two, 24, 168);
    for (int trial = 0; trial < 10; trial++) {
        int64_t n = HOURS - 10 * trial;
        for (int t = 0; t < n; t++) y[t] = hour_at(t) + fs_random_normal(&random);
        assert_true(method_fit(&two, &fs_mstl_method, 24, y, NULL, n));
        assert_true(method_fit(&one, &fs_mstl_method, 24, y, NULL, n));
        apart += error_of(&two, hour_at, n), alone += error_of(&one, hour_at, n);
        assert_non_null(strstr(two.fit.model, "MSTL(24,168"));
        assert_non_null(strstr(one.fit.model, "MSTL(24"));
        method_check_sane(&two);
    }
    assert_true(apart < 10 * 0.8 && apart * 3 < alone);
    method_free(&two), method_free(&one);
}

static void gaps_weigh_nothing(void **state)
{
    (void)state;
    fs_random random = fs_random_open(2, 0, 0, 0);
    method_work w = {.seasons = 0};
    double y[HOURS];
    uint8_t valid[HOURS];
    set_seasons(&w, 24, 168);
    for (int t = 0; t < HOURS; t++) {
        valid[t] = t % 11 != 3 && (t < 300 || t > 330);
        y[t] = valid[t] ? hour_at(t) + fs_random_normal(&random) : 1e9;
    }
    assert_true(method_fit(&w, &fs_mstl_method, 24, y, valid, HOURS));
    assert_true(error_of(&w, hour_at, HOURS) < 1.2);
    method_check_sane(&w);
    method_free(&w);
}

static double growing_at(int64_t t) { return exp(1 + 0.012 * (double)t) * (1 + 0.5 * wave(t, 7)); }

static void seasons_that_grow_with_the_level_multiply(void **state)
{
    (void)state;
    fs_random random = fs_random_open(3, 0, 0, 0);
    method_work w = {.seasons = 0};
    double y[210], relative = 0;
    for (int t = 0; t < 210; t++) y[t] = growing_at(t) * exp(0.05 * fs_random_normal(&random));
    assert_true(method_fit(&w, &fs_mstl_method, 7, y, NULL, 210));
    assert_non_null(strstr(w.fit.model, "MSTL(7,log)"));
    for (int h = 0; h < 14; h++) relative += fabs(w.mean[h] / growing_at(210 + h) - 1) / 14;
    assert_true(relative < 0.1);
    assert_true(w.fit.spread[0] > 0);
    for (int t = 0; t < 210; t++) y[t] = 100 + 10 * wave(t, 7) + fs_random_normal(&random) * 3;
    y[100] = -1;
    assert_true(method_fit(&w, &fs_mstl_method, 7, y, NULL, 210));
    assert_null(strstr(w.fit.model, "log"));
    method_free(&w);
}

static void without_a_season_it_is_exponential_smoothing(void **state)
{
    (void)state;
    method_work w = {.seasons = 1, .season_of = {1}}, ets = {.form = "ZZN"};
    double y[60];
    for (int t = 0; t < 60; t++) y[t] = 10 + t % 7 + t % 3;
    assert_true(method_fit(&w, &fs_mstl_method, 7, y, NULL, 60));
    assert_true(method_fit(&ets, &fs_ets_method, 1, y, NULL, 60));
    assert_string_equal(w.fit.model, ets.fit.model);
    assert_memory_equal(w.mean, ets.mean, sizeof w.mean);
    w.season_of[0] = 31; /* not seen twice */
    assert_true(method_fit(&w, &fs_mstl_method, 7, y, NULL, 60));
    assert_string_equal(w.fit.model, ets.fit.model);
    method_free(&w), method_free(&ets);
}

/* ---- the shape of a season ---- */

static void a_shape_is_smoothed_as_far_as_its_noise_asks_for(void **state)
{
    (void)state;
    fs_random random = fs_random_open(4, 0, 0, 0);
    double shape[365], given[365], scratch[FS_SEASON_SMOOTH(365)], before = 0, after = 0;
    for (int p = 0; p < 365; p++)
        given[p] = shape[p] = 3 * wave(p, 365) + fs_random_normal(&random);
    fs_season_smooth(shape, 365, 1, scratch);
    for (int p = 0; p < 365; p++) {
        before += pow(given[p] - 3 * wave(p, 365), 2);
        after += pow(shape[p] - 3 * wave(p, 365), 2);
    }
    assert_true(after < before / 10);
    memcpy(shape, given, sizeof shape);
    fs_season_smooth(shape, 365, 0, scratch);
    assert_memory_equal(shape, given, sizeof shape);
    for (int season = 2; season < 9; season++) { /* a mean stays one, however short */
        double one[9];
        for (int p = 0; p < season; p++) one[p] = 5;
        fs_season_smooth(one, season, 100, scratch);
        for (int p = 0; p < season; p++) assert_true(fabs(one[p] - 5) < 1e-12);
    }
}

/* ---- what breaks things ---- */

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    method_check_nasty(&fs_mstl_method, 300);
}

static void nasty_series_with_several_seasons_do_too(void **state)
{
    (void)state;
    method_check_nasty_seasons(&fs_mstl_method, 5, 1000, true);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_mstl_method, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_seasons_are_forecast_better_than_one),
        cmocka_unit_test(gaps_weigh_nothing),
        cmocka_unit_test(seasons_that_grow_with_the_level_multiply),
        cmocka_unit_test(without_a_season_it_is_exponential_smoothing),
        cmocka_unit_test(a_shape_is_smoothed_as_far_as_its_noise_asks_for),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(nasty_series_with_several_seasons_do_too),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
