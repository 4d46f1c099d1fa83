/* Dynamic harmonic regression: what it finds again, and series that break things. */
#include "forecast/method_test.h"

#define HOURS 700

static double wave(int64_t t, double season) { return sin(2 * M_PI * (double)t / season); }

static double hour_at(int64_t t)
{
    return 60 + 10 * wave(t, 24) + 6 * wave(t, 84) + 4 * wave(t, 8);
}

static void set_seasons(method_work *w, int a, int b)
{
    w->seasons = 2;
    w->season_of[0] = a, w->season_of[1] = b;
}

static double error_of(const method_work *w, int64_t n)
{
    double sum = 0;
    for (int h = 0; h < METHOD_HORIZON; h++) sum += fabs(w->mean[h] - hour_at(n + h));
    return sum / METHOD_HORIZON;
}

/* Errors of AR(1), which tell of d and q that neither is there. */
static void waves_and_errors_are_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(1, 0, 0, 0);
    method_work w = {.seasons = 0};
    double y[HOURS], r = 0;
    set_seasons(&w, 24, 168);
    for (int t = 0; t < HOURS; t++) {
        r = 0.5 * r + fs_random_normal(&random);
        y[t] = hour_at(t) + r;
    }
    assert_true(method_fit(&w, &fs_dhr_method, 24, y, NULL, HOURS));
    assert_non_null(strstr(w.fit.model, "DHR({<24,3>, <168,2>}) ARIMA("));
    assert_true(error_of(&w, HOURS) < 0.6);
    assert_true(fabs(sqrt(w.fit.spread[1] * w.fit.spread[1] - 1) - 0.5) < 0.1);
    assert_true(w.fit.parameters >= 6 + 4 + 1);
    method_check_sane(&w);
    method_free(&w);
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
    assert_true(method_fit(&w, &fs_dhr_method, 24, y, valid, HOURS));
    assert_true(error_of(&w, HOURS) < 0.6);
    method_check_sane(&w);
    method_free(&w);
}

/* Waves do not take what a walk with drift does, nor it what they do. */
static void a_walk_with_drift_and_a_season(void **state)
{
    (void)state;
    fs_random random = fs_random_open(3, 0, 0, 0);
    method_work w = {.seasons = 0};
    double y[240], level = 0, rise = 0;
    for (int t = 0; t < 240; t++) {
        level += 1 + 0.5 * fs_random_normal(&random);
        y[t] = level + 20 * wave(t, 12);
    }
    assert_true(method_fit(&w, &fs_dhr_method, 12, y, NULL, 240));
    assert_non_null(strstr(w.fit.model, "DHR({<12,1>}) ARIMA("));
    for (int h = 0; h < 12; h++) {
        double truth = level + h + 1 + 20 * wave(240 + h, 12);
        assert_true(fabs(w.mean[h] - truth) < 4);
    }
    for (int h = 12; h < 24; h++) rise += (w.mean[h] - w.mean[h - 12]) / 12;
    assert_true(fabs(rise - 12) < 2);
    method_free(&w);
}

static void without_a_season_it_is_arima(void **state)
{
    (void)state;
    method_work w = {.seasons = 0}, arima = {.seasons = 0};
    fs_random random = fs_random_open(4, 0, 0, 0);
    double y[80];
    for (int t = 0; t < 80; t++) y[t] = 10 + fs_random_normal(&random);
    assert_true(method_fit(&w, &fs_dhr_method, 52, y, NULL, 80)); /* not seen twice */
    assert_true(method_fit(&arima, &fs_arima_method, 1, y, NULL, 80));
    assert_non_null(strstr(w.fit.model, arima.fit.model));
    assert_memory_equal(w.mean, arima.mean, sizeof w.mean);
    assert_true(w.fit.aicc == arima.fit.aicc);
    method_free(&w), method_free(&arima);
}

/* ---- what breaks things ---- */

static void scales_change_nothing(void **state)
{
    (void)state;
    static const double scale[] = {0x1p-990, 0x1p990};
    fs_random random = fs_random_open(5, 0, 0, 0);
    method_work w = {.seasons = 0}, other = {.seasons = 0};
    double y[60], scaled[60];
    for (int t = 0; t < 60; t++) y[t] = 20 + 5 * wave(t, 12) + fs_random_normal(&random);
    assert_true(method_fit(&w, &fs_dhr_method, 12, y, NULL, 60));
    for (int i = 0; i < 2; i++) {
        for (int t = 0; t < 60; t++) scaled[t] = y[t] * scale[i];
        assert_true(method_fit(&other, &fs_dhr_method, 12, scaled, NULL, 60));
        assert_string_equal(w.fit.model, other.fit.model);
        assert_memory_equal(w.fit.mean, other.fit.mean, METHOD_HORIZON * sizeof *w.fit.mean);
    }
    method_free(&w), method_free(&other);
}

static void flat_series_stay_flat(void **state)
{
    (void)state;
    method_work w = {.seasons = 0};
    double y[60] = {0};
    for (int value = 0; value < 8; value += 7) {
        for (int t = 0; t < 60; t++) y[t] = value;
        for (int64_t n = 4; n <= 60; n++) {
            if (!method_fit(&w, &fs_dhr_method, 12, y, NULL, n)) continue;
            for (int h = 0; h < METHOD_HORIZON; h++) assert_true(fabs(w.mean[h] - value) < 1e-6);
        }
    }
    method_free(&w);
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    method_check_nasty(&fs_dhr_method, 300);
}

static void nasty_series_with_several_seasons_do_too(void **state)
{
    (void)state;
    method_check_nasty_seasons(&fs_dhr_method, 6, 300, false);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_dhr_method, 7);
}

static void a_fit_takes_its_room_at_once(void **state)
{
    (void)state;
    method_check_one_room(&fs_dhr_method);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waves_and_errors_are_found),
        cmocka_unit_test(gaps_weigh_nothing),
        cmocka_unit_test(a_walk_with_drift_and_a_season),
        cmocka_unit_test(without_a_season_it_is_arima),
        cmocka_unit_test(scales_change_nothing),
        cmocka_unit_test(flat_series_stay_flat),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(nasty_series_with_several_seasons_do_too),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_fit_takes_its_room_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
