/* Exponential smoothing: the recursions by hand, lanes against the plain version, derivatives against differences, fits. */
#include "ets_internal.h"
#include "method_test.h"

#define MOST  200
#define LANES FS_LSQ_LANES

static bool near(double a, double b, double share) { return fabs(a - b) <= share * (1 + fabs(b)); }

/* By hand: alpha .5, beta .25, gamma .2, phi .9, season of 2. l=10 b=1 s=(2,-2); y = 14, 9, missing.
 * t0: ahead 10.9, mean 12.9, e 1.1: l 11.45, b 1.175, s0 2.22.
 * t1: ahead 12.5075, mean 10.5075, e -1.5075: l 11.75375, b .680625, s1 -2.3015.
 * t2 missing: l 12.3663125, b .6125625. */
static void the_recursion_is_that_of_the_book(void **state)
{
    (void)state;
    const double y[] = {14, 9, 0}, first[] = {2, -2};
    const uint8_t use[] = {1, 1, 0};
    fs_ets_past past = {.y = y, .use = use, .count = 3, .period = 2, .first_season = first};
    fs_ets ets = {.error = FS_ETS_ADDITIVE,
                  .trend = FS_ETS_ADDITIVE,
                  .season = FS_ETS_ADDITIVE,
                  .damped = true,
                  .alpha = 0.5,
                  .beta = 0.25,
                  .gamma = 0.2,
                  .phi = 0.9,
                  .first_level = 10,
                  .first_slope = 1};
    double season[] = {2, -2}, residual[3];
    assert_true(fs_ets_reference(&past, &ets, season, residual));
    assert_true(near(residual[0], 1.1, 1e-12) && near(residual[1], -1.5075, 1e-12));
    assert_true(residual[2] == 0 && ets.observations == 2);
    assert_true(near(ets.squares, 1.21 + 1.5075 * 1.5075, 1e-12));
    assert_true(near(ets.level, 12.3663125, 1e-12) && near(ets.slope, 0.6125625, 1e-12));
    assert_true(near(season[0], 2.22, 1e-12) && near(season[1], -2.3015, 1e-12));
}

/* By hand: ETS(M,M,M), alpha .5, beta .1, gamma .2, phi 1; l=10 b=1.1 s=(1.2,.8); y = 15, 8.
 * t0: q 11, mean 13.2, e 1.8, r 3/22; u 1.5, v 1.8/11: l 11.75, b 1.1 + .15/10 = 1.115, s0 1.2 + .36/11.
 * t1: q 13.10125, mean 10.481, e -2.481; u -3.10125, v -2.481/13.10125: l 11.550625, b 1.115 - .310125/11.75. */
static void so_is_that_of_forms_that_multiply(void **state)
{
    (void)state;
    const double y[] = {15, 8}, first[] = {1.2, 0.8};
    const uint8_t use[] = {1, 1};
    fs_ets_past past = {.y = y, .use = use, .count = 2, .period = 2, .first_season = first};
    fs_ets ets = {.error = FS_ETS_MULTIPLICATIVE,
                  .trend = FS_ETS_MULTIPLICATIVE,
                  .season = FS_ETS_MULTIPLICATIVE,
                  .alpha = 0.5,
                  .beta = 0.1,
                  .gamma = 0.2,
                  .phi = 1,
                  .first_level = 10,
                  .first_slope = 1.1};
    double season[] = {1.2, 0.8}, residual[2];
    assert_true(fs_ets_reference(&past, &ets, season, residual));
    assert_true(near(residual[0], 3.0 / 22, 1e-12) && near(residual[1], -2.481 / 10.481, 1e-12));
    assert_true(near(season[0], 1.2 + 0.36 / 11, 1e-12));
    assert_true(near(ets.level, 11.550625, 1e-12));
    assert_true(near(ets.slope, 1.115 - 0.310125 / 11.75, 1e-12));
}

typedef struct trial {
    double y[MOST], first[12], room[7 * 4 * 12], season[12];
    uint8_t use[MOST];
    fs_ets_past past;
    fs_ets_part trend, kind;
    fs_ets_lanes lanes;
} trial;

static void make_trial(trial *w, fs_random *random, int number)
{
    *w = (trial){.trend = number % 2 ? FS_ETS_MULTIPLICATIVE : FS_ETS_ADDITIVE,
                 .kind = (fs_ets_part)(number / 2 % 3)};
    int period = w->kind ? 2 + (int)fs_random_below(random, 10) : 1;
    int64_t n = 1 + fs_random_below(random, MOST);
    for (int64_t t = 0; t < n; t++) {
        w->y[t] = 1 + 0.2 * fs_random_uniform(random);
        w->use[t] = fs_random_below(random, 6) > 0;
    }
    for (int i = 0; i < period; i++)
        w->first[i] = (w->kind == FS_ETS_MULTIPLICATIVE) + 0.1 * fs_random_normal(random);
    for (int k = 0; k < LANES; k++) {
        w->lanes.alpha[k] = 0.5 * fs_random_uniform(random);
        w->lanes.beta[k] = 0.2 * fs_random_uniform(random);
        w->lanes.gamma[k] = w->kind ? 0.4 * fs_random_uniform(random) : 0;
        w->lanes.phi[k] = 0.8 + 0.2 * fs_random_uniform(random);
        w->lanes.level[k] = 1 + 0.1 * fs_random_uniform(random);
        w->lanes.slope[k] = (w->trend == FS_ETS_MULTIPLICATIVE) + 0.01 * fs_random_uniform(random);
    }
    w->lanes.error[0] = FS_ETS_ADDITIVE;
    w->lanes.error[1] = FS_ETS_MULTIPLICATIVE;
    w->past = (fs_ets_past){w->y, w->use, n, period, w->first};
}

static fs_ets form_of(const trial *w, int k)
{
    return (fs_ets){.error = w->lanes.error[k >= LANES / 2],
                    .trend = w->trend,
                    .season = w->kind,
                    .alpha = w->lanes.alpha[k],
                    .beta = w->lanes.beta[k],
                    .gamma = w->lanes.gamma[k],
                    .phi = w->lanes.phi[k],
                    .first_level = w->lanes.level[k],
                    .first_slope = w->lanes.slope[k]};
}

/* Sum of squares of a lane as the plain version has it, errors scaled to likelihood where they are relative. */
static double plain_squares(trial *w, int k)
{
    fs_ets ets = form_of(w, k);
    double residual[MOST], logs = 0;
    memcpy(w->season, w->first, sizeof w->first);
    assert_true(fs_ets_reference(&w->past, &ets, w->season, residual));
    for (int64_t t = 0; t < w->past.count; t++)
        if (w->use[t]) logs += log(w->y[t] / (1 + residual[t]));
    if (ets.error == FS_ETS_ADDITIVE || ets.observations == 0) return ets.squares;
    return ets.squares * exp(2 * logs / (double)ets.observations);
}

static void lanes_give_what_the_reference_gives(void **state)
{
    (void)state;
    fs_random random = fs_random_open(7, 0, 0, 0);
    static trial w;
    for (int number = 0; number < 120; number++) {
        fs_lsq_sums sums;
        make_trial(&w, &random, number);
        fs_ets_lanes_sums(&w.past, w.trend, w.kind, &w.lanes, w.room, &sums);
        for (int k = 0; k < LANES; k++) {
            double plain = plain_squares(&w, k);
            bool same =
                k >= LANES / 2 ? near(sums.squares[k] / plain, 1, 1e-12) : sums.squares[k] == plain;
            assert_true(same || (plain == 0 && sums.squares[k] == 0));
        }
    }
}

static double *part_of(fs_ets_lanes *lanes, int parameter)
{
    double *const all[] = {lanes->alpha, lanes->beta,  lanes->phi,
                           lanes->level, lanes->slope, lanes->gamma};
    return all[parameter];
}

/* J'r is half the gradient of the sum of squares: against differences, for each kind of recursion and parameter. */
static void derivatives_are_those_of_differences(void **state)
{
    (void)state;
    fs_random random = fs_random_open(8, 0, 0, 0);
    static trial w;
    for (int number = 0; number < 60; number++) {
        fs_lsq_sums sums, up, down;
        make_trial(&w, &random, number);
        if (w.past.count < 20) continue;
        for (int k = 0; k < LANES; k++) {
            w.lanes.alpha_by_alpha[k] = w.lanes.beta_by_beta[k] = w.lanes.gamma_by_gamma[k] = 1;
            w.lanes.phi_by_phi[k] = w.lanes.level_by_level[k] = w.lanes.slope_by_slope[k] = 1;
        }
        fs_ets_lanes_sums(&w.past, w.trend, w.kind, &w.lanes, w.room, &sums);
        for (int p = 0; p < (w.kind ? 6 : 5); p++) {
            double *value = part_of(&w.lanes, p), step = 1e-6;
            for (int k = 0; k < LANES; k++) value[k] += step;
            fs_ets_lanes_sums(&w.past, w.trend, w.kind, &w.lanes, w.room, &up);
            for (int k = 0; k < LANES; k++) value[k] -= 2 * step;
            fs_ets_lanes_sums(&w.past, w.trend, w.kind, &w.lanes, w.room, &down);
            for (int k = 0; k < LANES; k++) {
                value[k] += step;
                double slope = (up.squares[k] - down.squares[k]) / (4 * step);
                assert_true(near(sums.slope[p][k], slope, 1e-5));
            }
        }
    }
}

/* Simulated: the form is found, and errors are no larger than those that made the series. */
static void the_form_that_made_a_series_is_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(11, 0, 0, 0);
    double y[400], level = 3, season[7] = {5, 3, 0, -1, -3, -4, 0}, truth = 0, squares = 0;
    for (int t = 0; t < 400; t++) {
        double e = fs_random_normal(&random);
        y[t] = level + season[t % 7] + e;
        level += 0.3 * e;
        truth += e * e;
    }
    method_work w = {0};
    assert_true(method_fit(&w, &fs_ets_method, 7, y, NULL, 400));
    for (int t = 0; t < 400; t++) squares += w.fit.residual[t] * w.fit.residual[t];
    assert_string_equal(w.fit.model, "ETS(A,N,A)");
    assert_true(squares * w.series.unit * w.series.unit < truth * 1.03);
    for (int h = 1; h < 14; h++) assert_true(w.fit.spread[h] >= w.fit.spread[h - 1]);
    method_free(&w);
}

/* Errors in proportion to a level that grows, and a season of factors. */
static void errors_and_seasons_that_multiply_are_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(12, 0, 0, 0);
    double y[240], level = 20, factor[4] = {1.3, 0.9, 0.7, 1.1};
    for (int t = 0; t < 240; t++) {
        double e = 0.03 * fs_random_normal(&random);
        y[t] = (level + 0.8) * factor[t % 4] * (1 + e);
        level = (level + 0.8) * (1 + 0.2 * e);
    }
    method_work w = {0};
    assert_true(method_fit(&w, &fs_ets_method, 4, y, NULL, 240));
    assert_string_equal(w.fit.model, "ETS(M,A,M)");
    for (int h = 0; h < 8; h++) {
        double truth = (level + 0.8 * (h + 1)) * factor[h % 4];
        assert_true(fabs(w.mean[h] / truth - 1) < 0.03);
    }
    method_free(&w);
}

static void a_fit_does_not_depend_on_what_was_fitted_before(void **state)
{
    (void)state;
    fs_random random = fs_random_open(13, 0, 0, 0);
    double a[90], b[60];
    for (int t = 0; t < 90; t++) a[t] = 5 + fs_random_uniform(&random);
    for (int t = 0; t < 60; t++) b[t] = 3 + t * 0.1 + fs_random_uniform(&random);
    method_work w = {0};
    double alone[METHOD_HORIZON];
    char model[FS_MODEL_NAME];
    assert_true(method_fit(&w, &fs_ets_method, 12, b, NULL, 60));
    memcpy(alone, w.mean, sizeof alone);
    memcpy(model, w.fit.model, sizeof model);
    assert_true(method_fit(&w, &fs_ets_method, 12, a, NULL, 90));
    assert_true(method_fit(&w, &fs_ets_method, 12, b, NULL, 60));
    assert_memory_equal(alone, w.mean, sizeof alone);
    assert_string_equal(model, w.fit.model);
    method_free(&w);
}

/* Level for sixty steps, then five a step: how much of that is in the trend twenty steps later. */
static double slope_told(method_work *w, const fs_method *method, int season)
{
    double y[80];
    for (int t = 0; t < 80; t++) y[t] = 100 + t % 2 + (t < 60 ? 0 : 5 * (t - 59));
    assert_true(method_fit(w, method, season, y, NULL, 80));
    return w->mean[1] - w->mean[0];
}

static void a_straight_trend_turns_more_slowly_where_the_season_is_long(void **state)
{
    (void)state;
    method_work w = {0};
    assert_true(slope_told(&w, &fs_holt_method, 1) > 4);
    double slow = slope_told(&w, &fs_holt_method, 12);
    assert_true(slow > 0.5 && slow < 3);
    assert_true(slope_told(&w, &fs_holt_method, 1000000) < slow);
    w.form = "AAN"; /* spelled out */
    assert_true(slope_told(&w, &fs_ets_method, 12) > 4);
    method_free(&w);
}

static void thousands_of_nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    method_check_nasty(&fs_ets_method, 14);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_ets_method, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_recursion_is_that_of_the_book),
        cmocka_unit_test(so_is_that_of_forms_that_multiply),
        cmocka_unit_test(lanes_give_what_the_reference_gives),
        cmocka_unit_test(derivatives_are_those_of_differences),
        cmocka_unit_test(the_form_that_made_a_series_is_found),
        cmocka_unit_test(errors_and_seasons_that_multiply_are_found),
        cmocka_unit_test(a_fit_does_not_depend_on_what_was_fitted_before),
        cmocka_unit_test(a_straight_trend_turns_more_slowly_where_the_season_is_long),
        cmocka_unit_test(thousands_of_nasty_series_get_finite_forecasts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
