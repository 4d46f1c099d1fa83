/* ARIMA: its recursions and derivatives, its likelihood against another program's, models found again, and series that break
 * things. */
#include "forecast/method_test.h"

#define LENGTH    90
#define SEASON    4
#define LANES     FS_LSQ_LANES
#define ALL       FS_LSQ_PARAMETERS
#define STATES    20
#define SIMULATED 2000

typedef struct example {
    double w[LENGTH], error[LENGTH], many[LENGTH * LANES];
    uint8_t use[LENGTH];
    double room[FS_ARIMA_ROOM(LENGTH, SEASON)], scratch[3 * (LENGTH + 8)];
    double part[4][(STATES + 1) * LANES], start[FS_ARIMA_START(STATES) + STATES + 1];
    double x[ALL][LANES];
    fs_arima_past past;
    fs_arima_conditional conditional;
    fs_arima_exact exact;
} example;

/* Lanes of different orders, together at most 5. */
static void make_example(example *e, fs_random *random, bool gaps)
{
    memset(e, 0, sizeof *e);
    e->past = (fs_arima_past){e->w, e->use, LENGTH, 0, SEASON};
    for (int t = 0; t < LENGTH; t++) {
        e->use[t] = !gaps || fs_random_below(random, 6) > 0;
        e->w[t] = e->use[t] ? 0.2 + 0.5 * fs_random_normal(random) : 0;
        e->past.known += e->use[t];
    }
    e->conditional = (fs_arima_conditional){.past = &e->past, .lanes = LANES, .room = e->room};
    for (int k = 0; k < LANES; k++) {
        fs_arima_order *o = &e->conditional.order[k];
        int *part[] = {&o->p, &o->q, &o->P, &o->Q};
        o->constant = k % 2;
        for (int i = 0; i < FS_ARIMA_ORDERS; i++) {
            int which = (int)fs_random_below(random, 5);
            if (which < 4 && *part[which] < (which < 2 ? 5 : 2)) ++*part[which];
        }
        for (int i = 0; i < ALL; i++) e->x[i][k] = 0.6 * fs_random_normal(random);
    }
}

static fs_arima_coefficients place(const example *e, int k, int p, double by)
{
    double x[ALL];
    fs_arima_coefficients c;
    for (int i = 0; i < ALL; i++) x[i] = e->x[i][k] + (i == p ? by : 0);
    fs_arima_place(&e->conditional.order[k], x, &c, NULL);
    return c;
}

/* Errors of one lane with coordinate p moved. */
static double errors_at(example *e, int k, int p, double by, double *error)
{
    fs_arima_coefficients c = place(e, k, p, by);
    return fs_arima_reference(&e->past, &e->conditional.order[k], &c, error, e->scratch);
}

/* ---- polynomials ---- */

/* By hand: partial autocorrelations .5, -.2 are the coefficients .5 + .2 .5 = .6 and -.2. */
static void coordinates_are_partial_autocorrelations(void **state)
{
    (void)state;
    const fs_arima_order order = {.p = 2, .q = 2};
    const double x[ALL] = {atanh(0.5), atanh(-0.2), atanh(0.5), atanh(-0.2)};
    fs_arima_coefficients c;
    fs_arima_place(&order, x, &c, NULL);
    assert_true(fabs(c.ar[0] - 0.6) < 1e-12 && fabs(c.ar[1] + 0.2) < 1e-12);
    assert_true(fabs(c.ma[0] + 0.6) < 1e-12 && fabs(c.ma[1] - 0.2) < 1e-12);
}

/* (1 - .5 B) (1 - .4 B^4) = 1 - .5 B - .4 B^4 + .2 B^5; its roots are 2 and .4^(-1/4) = 1.257. */
static void polynomials_are_multiplied_out_and_their_roots_known(void **state)
{
    (void)state;
    const fs_arima_coefficients c = {.ar = {0.5}, .sar = {0.4}};
    fs_arima_taps ar, ma, delta;
    fs_arima_expand(&c, 4, &ar, &ma);
    assert_true(ar.count == 3 && ma.count == 0 && ar.longest == 5);
    assert_true(ar.value[0] == 0.5 && ar.value[1] == 0.4 && ar.value[2] == -0.2);
    assert_true(fs_arima_roots_beyond(&c, 4, 1.25) && !fs_arima_roots_beyond(&c, 4, 1.26));
    fs_arima_delta(1, 1, 4, &delta);
    assert_true(delta.count == 3 && delta.value[0] == 1 && delta.value[1] == 1);
    assert_true(delta.lag[2] == 5 && delta.value[2] == -1);
}

/* ARMA(1,1): variance (1 + 2 ar ma + ma^2) / (1 - ar^2); state 1 is ma e_t, so ma. */
static void the_first_covariances_are_those_of_the_book(void **state)
{
    (void)state;
    const fs_arima_coefficients c = {.ar = {0.6}, .ma = {0.3}};
    fs_arima_taps ar, ma;
    double first[2], scratch[FS_ARIMA_START(2)];
    fs_arima_expand(&c, 1, &ar, &ma);
    assert_int_equal(fs_arima_states(&ar, &ma), 2);
    assert_true(fs_arima_start(&ar, &ma, 2, first, scratch));
    assert_true(fabs(first[0] - (1 + 0.36 + 0.09) / 0.64) < 1e-12);
    assert_true(fabs(first[1] - 0.3) < 1e-12);
}

/* ---- recursions ---- */

static void conditional_lanes_give_the_bits_of_the_reference(void **state)
{
    (void)state;
    static example e;
    fs_random random = fs_random_open(5, 0, 0, 0);
    fs_lsq_sums sums;
    for (int trial = 0; trial < 40; trial++) {
        make_example(&e, &random, trial % 2);
        fs_arima_lanes(&e.conditional, e.x, &sums);
        for (int k = 0; k < LANES; k++) {
            double plain = errors_at(&e, k, -1, 0, e.error);
            assert_memory_equal(&plain, &sums.squares[k], sizeof plain);
        }
    }
}

/* J by central differences of the errors, then J'r and J'J. */
static void derivatives_are_those_of_finite_differences(void **state)
{
    (void)state;
    static example e;
    static double j[ALL][LENGTH], less[LENGTH], more[LENGTH];
    fs_random random = fs_random_open(6, 0, 0, 0);
    fs_lsq_sums sums;
    for (int trial = 0; trial < 40; trial++) {
        int k = trial % LANES;
        make_example(&e, &random, trial % 2);
        int n = fs_arima_parameters(&e.conditional.order[k]);
        fs_arima_lanes(&e.conditional, e.x, &sums);
        for (int p = 0; p < n; p++) {
            errors_at(&e, k, p, -1e-6, less), errors_at(&e, k, p, 1e-6, more);
            for (int t = 0; t < LENGTH; t++) j[p][t] = (more[t] - less[t]) / 2e-6;
        }
        errors_at(&e, k, -1, 0, e.error);
        for (int p = 0, i = 0; p < n; p++) {
            double slope = 0;
            for (int t = 0; t < LENGTH; t++) slope += j[p][t] * e.error[t];
            assert_true(fabs(sums.slope[p][k] - slope) < 1e-5 * (1 + fabs(slope)));
            for (int q = 0; q <= p; q++, i++) {
                double product = 0;
                for (int t = 0; t < LENGTH; t++) product += j[p][t] * j[q][t];
                assert_true(fabs(sums.product[i][k] - product) < 1e-5 * (1 + fabs(product)));
            }
        }
    }
}

static void ready_exact(example *e)
{
    e->exact = (fs_arima_exact){.w = e->w,
                                .count = LENGTH,
                                .lanes = LANES,
                                .states = STATES - 5,
                                .ar = e->part[0],
                                .gain = e->part[1],
                                .turn = e->part[2],
                                .state = e->part[3],
                                .error = e->many};
    for (int k = 0; k < LANES; k++) {
        fs_arima_coefficients c = place(e, k, -1, 0);
        assert_true(fs_arima_exact_ready(&e->exact, k, &c, SEASON, e->start));
    }
}

static void exact_lanes_give_the_bits_of_the_reference(void **state)
{
    (void)state;
    static example e;
    static double many[LENGTH * LANES];
    fs_random random = fs_random_open(7, 0, 0, 0);
    double squares[LANES], logs[LANES];
    for (int trial = 0; trial < 40; trial++) {
        make_example(&e, &random, false);
        ready_exact(&e);
        fs_arima_exact_lanes(&e.exact);
        memcpy(squares, e.exact.squares, sizeof squares);
        memcpy(logs, e.exact.logs, sizeof logs);
        memcpy(many, e.many, sizeof many);
        ready_exact(&e);
        for (int k = 0; k < LANES; k++) fs_arima_exact_reference(&e.exact, k);
        assert_memory_equal(squares, e.exact.squares, sizeof squares);
        assert_memory_equal(logs, e.exact.logs, sizeof logs);
        assert_memory_equal(many, e.many, sizeof many);
    }
}

/* ---- the likelihood ---- */

static double log_likelihood(double squares, double logs, double counted)
{
    return -0.5 * (counted * (1 + log(2 * acos(-1) * squares / counted)) + logs);
}

typedef struct known_model {
    fs_arima_coefficients c;
    int d, D;
    double complete, gappy; /* log likelihood, also with every ninth value missing */
    double ahead[2];        /* forecasts with gaps of the next and of the one after it */
} known_model;

/* Of y_t = 10 + 3 sin t + (t^2 mod 7) / 2 + 5 t mod 4, t = 0 ... 39, without those with t mod 9 = 4 where there are gaps; by
 * arima_like and kalman_forecast of statsforecast 2.1.1, which are R's, with kappa 1e6. */
static const known_model known_models[] = {{{.ar = {0.6}, .ma = {-0.3}, .mean = 12},
                                            0,
                                            0,
                                            -93.512036078235,
                                            -85.000117638704,
                                            {13.577798110140957, 12.946678866084575}},
                                           {{.ma = {-0.4}, .sma = {-0.5}},
                                            1,
                                            1,
                                            -90.471304725614,
                                            -82.663646874335,
                                            {11.475191870354433, 14.125128465107801}},
                                           {{.ar = {0.5, -0.3}, .sar = {0.4}},
                                            1,
                                            0,
                                            -89.617184658208,
                                            -83.895107574653,
                                            {16.11515561935251, 16.797787269235098}}};

static void known_series(double *y, uint8_t *use, bool gaps)
{
    for (int t = 0; t < 40; t++) {
        use[t] = !gaps || t % 9 != 4;
        y[t] = use[t] ? 10 + 3 * sin(t) + 0.5 * (t * t % 7) + t * 5 % 4 : 0;
    }
}

static void the_likelihood_is_that_of_another_program(void **state)
{
    (void)state;
    double y[40], room[FS_ARIMA_KALMAN(11)], ahead[2];
    uint8_t use[40];
    for (int i = 0; i < 6; i++) {
        const known_model *m = &known_models[i / 2];
        known_series(y, use, i % 2);
        fs_arima_kalman k = {.y = y, .use = use, .count = 40, .season = 4, .room = room};
        k.d = m->d, k.D = m->D, k.mean = m->c.mean;
        fs_arima_expand(&m->c, 4, &k.ar, &k.ma);
        fs_arima_delta(k.d, k.D, 4, &k.delta);
        assert_true(fs_arima_kalman_run(&k));
        double found = log_likelihood(k.squares, k.logs, (double)k.counted);
        assert_true(fabs(found - (i % 2 ? m->gappy : m->complete)) < 1e-8);
        fs_arima_kalman_ahead(&k, 2, ahead);
        for (int h = 0; i % 2 && h < 2; h++) assert_true(fabs(ahead[h] - m->ahead[h]) < 1e-8);
    }
}

/* The first model has no differences, so the filter without a covariance must say the same. */
static void the_quick_filter_says_the_same(void **state)
{
    (void)state;
    static example e;
    make_example(&e, &(fs_random){1, 1}, false);
    known_series(e.w, e.use, false);
    ready_exact(&e);
    e.exact.count = 40;
    fs_arima_exact_ready(&e.exact, 3, &known_models[0].c, SEASON, e.start);
    fs_arima_exact_reference(&e.exact, 3);
    double found = log_likelihood(e.exact.squares[3], e.exact.logs[3], 40);
    assert_true(fabs(found - known_models[0].complete) < 1e-8);
}

/* ---- the number of differences ---- */

static void differences_are_told_by_the_tests(void **state)
{
    (void)state;
    fs_random random = fs_random_open(8, 0, 0, 0);
    double y[200], sum = 0, sums = 0, scratch[8000];
    double noise[200], walk[200], curve[200];
    uint8_t use[200];
    for (int t = 0; t < 200; t++) {
        use[t] = t % 20 != 3;
        noise[t] = fs_random_normal(&random);
        sum += noise[t], sums += sum;
        walk[t] = sum, curve[t] = sums;
        y[t] = noise[t] + 4 * sin(t * acos(-1) / 6);
    }
    assert_true(fs_arima_tests(200, 12) <= 8000);
    assert_int_equal(fs_arima_differences(noise, use, 200, scratch), 0);
    assert_int_equal(fs_arima_differences(walk, use, 200, scratch), 1);
    assert_int_equal(fs_arima_differences(curve, use, 200, scratch), 2);
    assert_int_equal(fs_arima_season_differences(y, use, 200, 12, scratch), 1);
    assert_int_equal(fs_arima_season_differences(noise, use, 200, 12, scratch), 0);
    assert_int_equal(fs_arima_season_differences(y, use, 24, 12, scratch), 0);
}

/* ---- the fit ---- */

static void a_walk_with_drift_goes_on(void **state)
{
    (void)state;
    fs_random random = fs_random_open(14, 0, 0, 0);
    method_work w = {0};
    double y[80], level = 100;
    for (int t = 0; t < 80; t++) y[t] = level += 2 + fs_random_normal(&random);
    assert_true(method_fit(&w, &fs_arima_method, 1, y, NULL, 80));
    assert_string_equal(w.fit.model, "ARIMA(0,1,0) with drift");
    double drift = (y[79] - y[0]) / 79;
    for (int h = 0; h < METHOD_HORIZON; h++) {
        assert_true(fabs(w.mean[h] - y[79] - drift * (h + 1)) < 1e-3);
        assert_true(fabs(w.fit.spread[h] - sqrt(h + 1)) < 1e-12);
    }
    assert_true(w.fit.from == 1 && w.fit.parameters == 1);
    assert_true(fabs(w.fit.residual[5] * w.series.unit - (y[5] - y[4] - drift)) < 1e-3);
    method_free(&w);
}

static void a_straight_line_goes_on(void **state)
{
    (void)state;
    method_work w = {0};
    double y[30];
    for (int t = 0; t < 30; t++) y[t] = 5 + 3 * t;
    assert_true(method_fit(&w, &fs_arima_method, 1, y, NULL, 30));
    for (int h = 0; h < METHOD_HORIZON; h++) assert_true(fabs(w.mean[h] - 5 - 3 * (30 + h)) < 1e-6);
    for (int t = 0; t < 30; t++) y[t] = 7;
    assert_true(method_fit(&w, &fs_arima_method, 1, y, NULL, 30));
    assert_string_equal(w.fit.model, "ARIMA(0,0,0) with non-zero mean");
    for (int h = 0; h < METHOD_HORIZON; h++) assert_true(fabs(w.mean[h] - 7) < 1e-6);
    method_free(&w);
}

/* An AR(1) forecast comes back to the mean by powers of ar, and its variance is that of a geometric sum. */
static void an_autoregression_is_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(10, 0, 0, 0);
    method_work w = {0};
    double y[1500], z = 0;
    for (int t = 0; t < 1500; t++) {
        z = 0.6 * z + fs_random_normal(&random);
        y[t] = 50 + z;
    }
    assert_true(method_fit(&w, &fs_arima_method, 1, y, NULL, 1500));
    assert_string_equal(w.fit.model, "ARIMA(1,0,0) with non-zero mean");
    double ar = sqrt(w.fit.spread[1] * w.fit.spread[1] - 1);
    double mean = (w.mean[1] - ar * w.mean[0]) / (1 - ar);
    assert_true(fabs(ar - 0.6) < 0.05 && fabs(mean - 50) < 0.3);
    for (int h = 0; h < 10; h++)
        assert_true(fabs(w.mean[h] - mean - pow(ar, h + 1) * (y[1499] - mean)) < 1e-9);
    method_free(&w);
}

/* A model of eight that are fitted together. */
static fs_arima_coefficients fitted(const double *w, int season, fs_arima_order order)
{
    static double room[FS_ARIMA_ROOM(SIMULATED, 12)], error[SIMULATED * LANES];
    static double part[4][40 * LANES], start[FS_ARIMA_START(40) + 40];
    static uint8_t use[SIMULATED];
    fs_arima_past past = {w, use, SIMULATED, SIMULATED, season};
    memset(use, 1, sizeof use);
    fs_arima_search s = {.past = &past, .start = start};
    s.conditional = (fs_arima_conditional){.past = &past, .room = room};
    s.exact = (fs_arima_exact){.w = w,
                               .count = SIMULATED,
                               .ar = part[0],
                               .gain = part[1],
                               .turn = part[2],
                               .state = part[3],
                               .error = error};
    fs_arima_tried tried[LANES] = {{.order = order}, {.order = {.p = 1}}};
    fs_arima_coefficients c;
    fs_arima_fit_together(&s, tried, 2);
    double before = tried[0].aicc;
    fs_arima_refine(&s, &tried[0]);
    assert_true(tried[0].aicc <= before + 1e-9);
    fs_arima_place(&order, tried[0].x, &c, NULL);
    return c;
}

static void simulated_parameters_are_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(11, 0, 0, 0);
    static double e[SIMULATED], ma[SIMULATED], arma[SIMULATED], airline[SIMULATED];
    for (int t = 0; t < SIMULATED; t++) {
        e[t] = 0.1 * fs_random_normal(&random);
        ma[t] = e[t] + (t > 0 ? 0.5 * e[t - 1] : 0);
        arma[t] = 0.02 + e[t] + (t > 0 ? 0.7 * arma[t - 1] - 0.4 * e[t - 1] : 0);
        airline[t] = e[t];
        if (t > 0) airline[t] -= 0.4 * e[t - 1];
        if (t > 11) airline[t] -= 0.6 * e[t - 12];
        if (t > 12) airline[t] += 0.24 * e[t - 13];
    }
    fs_arima_coefficients c = fitted(ma, 1, (fs_arima_order){.q = 1});
    assert_true(fabs(c.ma[0] - 0.5) < 0.06);
    c = fitted(arma, 1, (fs_arima_order){.p = 1, .q = 1, .constant = true});
    assert_true(fabs(c.ar[0] - 0.7) < 0.1 && fabs(c.ma[0] + 0.4) < 0.13);
    assert_true(fabs(c.mean - 0.02 / 0.3) < 0.02);
    c = fitted(airline, 12, (fs_arima_order){.q = 1, .Q = 1});
    assert_true(fabs(c.ma[0] + 0.4) < 0.06 && fabs(c.sma[0] + 0.6) < 0.06);
}

static void a_season_is_found_and_goes_on(void **state)
{
    (void)state;
    static const double season[] = {8, -3, 0, -9, 4, 1, -1};
    fs_random random = fs_random_open(12, 0, 0, 0);
    method_work w = {0};
    double y[140];
    uint8_t valid[140];
    for (int t = 0; t < 140; t++) {
        y[t] = 100 + season[t % 7] + fs_random_normal(&random);
        valid[t] = t % 11 != 5;
    }
    for (int gaps = 0; gaps < 2; gaps++) {
        assert_true(method_fit(&w, &fs_arima_method, 7, y, gaps ? valid : NULL, 140));
        method_check_sane(&w);
        assert_non_null(strstr(w.fit.model, "[7]"));
        for (int h = 0; h < 28; h++) assert_true(fabs(w.mean[h] - 100 - season[h % 7]) < 3);
    }
    method_free(&w);
}

/* A level that walks, with weekdays that fall from Monday to Saturday; Sundays are missing, and with them the step up to Monday: no
 * trend comes of that. */
static void a_weekday_that_is_always_missing_makes_no_trend(void **state)
{
    (void)state;
    fs_random random = fs_random_open(77, 0, 0, 0);
    method_work w = {0};
    double y[400];
    uint8_t use[400];
    for (int trial = 0; trial < 30; trial++) {
        double level = 2000;
        for (int t = 0; t < 400; t++) {
            level += 30 * fs_random_normal(&random);
            use[t] = t % 7 != 6;
            y[t] = use[t] ? level + 30 * (5 - t % 7) + fs_random_normal(&random) : 0;
        }
        assert_true(method_fit(&w, &fs_arima_method, 1, y, use, 400));
        assert_true(fabs(w.mean[METHOD_HORIZON - 1] - level - 75) < 400);
    }
    method_free(&w);
}

/* What is missing says nothing, so forecasts come from what is left: near those of the whole. */
static void gaps_are_no_zeros(void **state)
{
    (void)state;
    fs_random random = fs_random_open(13, 0, 0, 0);
    method_work w = {0};
    double y[200], z = 0, whole;
    uint8_t valid[200];
    for (int t = 0; t < 200; t++) {
        z = 0.8 * z + fs_random_normal(&random);
        y[t] = 500 + z;
        valid[t] = t % 9 != 3;
    }
    assert_true(method_fit(&w, &fs_arima_method, 1, y, NULL, 200));
    whole = w.mean[0];
    for (int t = 0; t < 200; t++) y[t] = valid[t] ? y[t] : 0;
    assert_true(method_fit(&w, &fs_arima_method, 1, y, valid, 200));
    method_check_sane(&w);
    assert_true(fabs(w.mean[0] - whole) < 1);
    assert_true(fabs(sqrt(w.fit.spread[1] * w.fit.spread[1] - 1) - 0.8) < 0.15);
    method_free(&w);
}

static void a_full_search_is_never_worse(void **state)
{
    (void)state;
    fs_random random = fs_random_open(31, 0, 0, 0);
    method_work step = {.seasons = 0}, full = {.searches_all = true};
    double y[120];
    uint8_t valid[120];
    int better = 0;
    for (int trial = 0; trial < 60; trial++) {
        double level = 50, last = 0;
        int64_t n = 20 + fs_random_below(&random, 100);
        for (int t = 0; t < n; t++) {
            double e = fs_random_normal(&random);
            level += 0.3 * e + 0.7 * last;
            last = e;
            y[t] = level + 4 * (t % 4 == trial % 3) + 2 * fs_random_normal(&random);
            valid[t] = trial % 4 > 0 || t % 9 != 5;
        }
        bool can = method_fit(&step, &fs_arima_method, 4, y, valid, n);
        assert_true(method_fit(&full, &fs_arima_method, 4, y, valid, n) == can);
        if (!can) continue;
        assert_true(full.fit.aicc <= step.fit.aicc);
        better += full.fit.aicc < step.fit.aicc;
        method_check_sane(&full);
    }
    assert_true(better > 0);
    method_free(&step), method_free(&full);
}

static void series_that_are_too_short_are_left_to_others(void **state)
{
    (void)state;
    method_work w = {0};
    const double y[] = {3, 5, 4, 6, 5, 7, 6};
    assert_false(method_fit(&w, &fs_arima_method, 4, y, NULL, 1));
    assert_false(method_fit(&w, &fs_arima_method, 4, y, NULL, 2));
    assert_true(method_fit(&w, &fs_arima_method, 4, y, NULL, 7));
    method_check_sane(&w);
    method_free(&w);
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    method_check_nasty(&fs_arima_method, 300);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_arima_method, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coordinates_are_partial_autocorrelations),
        cmocka_unit_test(polynomials_are_multiplied_out_and_their_roots_known),
        cmocka_unit_test(the_first_covariances_are_those_of_the_book),
        cmocka_unit_test(conditional_lanes_give_the_bits_of_the_reference),
        cmocka_unit_test(derivatives_are_those_of_finite_differences),
        cmocka_unit_test(exact_lanes_give_the_bits_of_the_reference),
        cmocka_unit_test(the_likelihood_is_that_of_another_program),
        cmocka_unit_test(the_quick_filter_says_the_same),
        cmocka_unit_test(differences_are_told_by_the_tests),
        cmocka_unit_test(a_walk_with_drift_goes_on),
        cmocka_unit_test(a_straight_line_goes_on),
        cmocka_unit_test(an_autoregression_is_found),
        cmocka_unit_test(simulated_parameters_are_found),
        cmocka_unit_test(a_season_is_found_and_goes_on),
        cmocka_unit_test(a_weekday_that_is_always_missing_makes_no_trend),
        cmocka_unit_test(gaps_are_no_zeros),
        cmocka_unit_test(a_full_search_is_never_worse),
        cmocka_unit_test(series_that_are_too_short_are_left_to_others),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
