/* Models saved, loaded and carried on: that nothing is lost by it, that what is new is taken as the model would have taken it, and what
 * broken texts give. */
#include <stdlib.h>

#include "method_test.h"
#include "ets_internal.h"
#include "saved_internal.h"

#define HORIZON 30

static const double quantiles[] = {0.05, 0.1, 0.33, 0.5, 0.9, 0.975};
static const fs_saved_time month = {
    .step = {.kind = FS_PERIOD_INTEGER, .size = 1}, .end = 500, .season = 12};

static fs_forecaster *open_saving(int model)
{
    fs_forecast_settings settings = {.horizon = HORIZON,
                                     .model = model,
                                     .nonnegative = -1,
                                     .origins = 2,
                                     .saves = true,
                                     .quantiles = 6,
                                     .quantile = quantiles};
    fs_forecaster *f = NULL;
    assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
    return f;
}

static fs_forecast run(fs_forecaster *f, int season, const double *y, const uint8_t *valid, int n)
{
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_run(f, season, y, valid, n, NULL, &forecast, NULL), FS_OK);
    return forecast;
}

/* In memory of its own; NULL where it can't be saved. */
static char *save(fs_forecaster *f, int season)
{
    const char *text = NULL;
    fs_saved_time time = month;
    time.season = season;
    assert_int_equal(fs_forecaster_save(f, &time, &text, NULL), FS_OK);
    return text ? strdup(text) : NULL;
}

static fs_forecast update(fs_forecaster *f, const char *text, const double *y, const uint8_t *valid,
                          int n)
{
    fs_forecast forecast;
    fs_saved_time time;
    assert_int_equal(fs_forecaster_load(f, text, strlen(text), &time, NULL), FS_OK);
    assert_int_equal(time.end, month.end);
    assert_int_equal(fs_forecaster_update(f, y, valid, n, NULL, &forecast, NULL), FS_OK);
    return forecast;
}

static bool is_near(double a, double b, double scale)
{
    return fabs(a - b) <= 1e-9 * (fabs(b) + scale);
}

static void expect_means(const fs_forecast *now, const fs_forecast *then)
{
    assert_true(now->known && then->known);
    assert_string_equal(now->model, then->model);
    for (int h = 0; h < HORIZON; h++) assert_true(is_near(now->mean[h], then->mean[h], 0));
}

static void expect_same(const fs_forecast *now, const fs_forecast *then)
{
    expect_means(now, then);
    for (int h = 0; h < HORIZON; h++) {
        for (int q = 0; q < 6; q++)
            assert_true(
                is_near(now->quantile[h * 6 + q], then->quantile[h * 6 + q], fabs(then->mean[h])));
    }
}

/* Kinds of series: with a season and a trend, plain noise, sales with zeros, slow movers, a shop that is shut on one day. */
enum { SEASONAL, NOISE, ZEROS, SLOW, SHUT, KINDS };

static void make(int kind, uint64_t seed, double *y, int n)
{
    fs_random random = fs_random_open(seed, 0, 0, 0);
    for (int t = 0; t < n; t++) {
        double noise = fs_random_normal(&random), u = fs_random_uniform(&random);
        switch (kind) {
        case SEASONAL: y[t] = (100 + t) * (1 + 0.3 * sin(t * 0.8976)) + 3 * noise; break;
        case NOISE: y[t] = -5 + 10 * noise; break;
        case ZEROS: y[t] = u < 0.6 ? 0 : 7.5 + 2 * noise * noise; break;
        case SLOW: y[t] = (double)fs_random_poisson(&random, t % 7 == 5 ? 3 : 1); break;
        default: y[t] = t % 7 == 6 ? 0 : 50.5 + noise; break;
        }
    }
}

/* Of every model, every kind of series, with and without gaps. */
static void without_news_the_forecast_is_the_same(void **state)
{
    (void)state;
    double y[150];
    uint8_t valid[150];
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
    for (int model = 0; model < FS_FORECAST_MODELS; model++) {
        fs_forecaster *f = open_saving(model);
        for (int trial = 0; trial < 4 * KINDS; trial++) {
            int season = trial / KINDS == 2 ? 1 : 7;
            make(trial % KINDS, (uint64_t)trial, y, 150);
            for (int t = 0; t < 150; t++) valid[t] = trial / KINDS != 1 || (t * 7 % 11 && t < 148);
            fs_forecast then = run(f, season, y, valid, trial / KINDS == 3 ? 3 : 150);
            char *text = save(f, season);
            assert_non_null(text);
            fs_forecast now = update(later, text, NULL, NULL, 0);
            expect_same(&now, &then);
            char *again = save(later, season);
            assert_string_equal(again, text);
            free(text), free(again);
        }
        fs_forecaster_close(f);
    }
    fs_forecaster_close(later);
}

/* One observation after another, or all at once. */
static void updates_may_come_in_any_number(void **state)
{
    (void)state;
    double y[180];
    uint8_t valid[180];
    fs_forecaster *once = open_saving(FS_FORECAST_AUTO), *often = open_saving(FS_FORECAST_AUTO);
    for (int model = 0; model < FS_FORECAST_MODELS; model++) {
        fs_forecaster *f = open_saving(model);
        for (int kind = 0; kind < KINDS; kind++) {
            make(kind, 77, y, 180);
            for (int t = 0; t < 180; t++) valid[t] = t < 150 || t % 5 > 0;
            (void)run(f, 7, y, NULL, 150);
            char *text = save(f, 7), *step = strdup(text);
            fs_forecast whole = update(once, text, y + 150, valid + 150, 30);
            for (int t = 150; t < 179; t++) {
                (void)update(often, step, y + t, valid + t, 1);
                free(step);
                step = save(often, 7);
            }
            fs_forecast last = update(often, step, y + 179, valid + 179, 1);
            if (model == FS_FORECAST_AUTO || strcmp(fs_forecast_model_name(model), "median") == 0)
                expect_means(&last,
                             &whole); /* how wide relative errors of parts are is not told apart */
            else
                expect_same(&last, &whole);
            free(text), free(step);
        }
        fs_forecaster_close(f);
    }
    fs_forecaster_close(once);
    fs_forecaster_close(often);
}

/* Means of windows, what is sold at a time and a part of several go another way than the forecast. */
static bool follows_its_forecast(const char *name)
{
    static const char *const others[] = {"window_average",
                                         "seasonal_window_average",
                                         "croston",
                                         "sba",
                                         "croston_optimized",
                                         "tsb",
                                         "adida",
                                         "imapa",
                                         "counts",
                                         "median"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i]) == 0) return false;
    return true;
}

/* What comes as it was forecast changes nothing: the next forecast is the rest of the first. */
static void what_was_expected_changes_nothing(void **state)
{
    (void)state;
    double y[150];
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
    for (int model = 0; model < FS_FORECAST_MODELS; model++) {
        const char *name = fs_forecast_model_name(model);
        if (!follows_its_forecast(name)) continue;
        fs_forecaster *f = open_saving(model);
        for (int kind = 0; kind < 2; kind++) {
            make(kind, 5, y, 150);
            fs_forecast then = run(f, 7, y, NULL, 150);
            if (model == FS_FORECAST_AUTO && kind == 1)
                continue; /* clipped nowhere, but of parts */
            if (model == FS_FORECAST_AUTO) continue;
            char *text = save(f, 7);
            fs_forecast now = update(later, text, then.mean, NULL, 11);
            for (int h = 0; h + 11 < HORIZON; h++)
                assert_true(is_near(now.mean[h], then.mean[h + 11], 1));
            free(text);
        }
        fs_forecaster_close(f);
    }
    fs_forecaster_close(later);
}

/* An error of one step moves the forecast by as much as theory says that it makes later errors wider: so the recursion on what is new is
 * that of the model. */
static void an_error_counts_as_much_as_the_intervals_say(void **state)
{
    (void)state;
    static const char *const models[] = {
        "ses",   "holt", "holt_damped", "holt_winters", "seasonal_es", "dotm",  "dstm", "otm",
        "theta", "ces",  "arima",       "naive",        "snaive",      "tbats", "dhr",  "mstl"};
    double y[150];
    method_work w = {0};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        const fs_method *method = fs_method_at(fs_forecast_model_find(models[i]));
        make(NOISE, 3, y, 150);
        for (int t = 1; t < 150; t++) y[t] = y[t - 1] + y[t] / 10; /* a walk */
        assert_int_equal(fs_fit_reserve_states(&w.fit, 7), FS_OK);
        w.fit.keeps = true;
        assert_true(method_fit(&w, method, 7, y, NULL, 150));
        double mean[METHOD_HORIZON], spread[METHOD_HORIZON], next, unit = w.series.unit;
        memcpy(mean, w.fit.mean, sizeof mean);
        memcpy(spread, w.fit.spread, sizeof spread);
        next = mean[0] + 0.25;
        uint8_t use = 1;
        fs_series news = {.count = 1, .known = 1, .unit = unit, .y = &next, .use = &use};
        fs_forecast_task task = {.series = &news, .season = 7, .horizon = METHOD_HORIZON};
        bool can = false;
        assert_int_equal(method->resume(method, &task, &w.scratch, &w.fit, &can), FS_OK);
        assert_true(can && is_near(w.fit.residual[0], 0.25, 0));
        for (int h = 0; h + 1 < METHOD_HORIZON; h++) {
            double moved = w.fit.mean[h] - mean[h + 1];
            double wider = spread[h + 1] * spread[h + 1] - spread[h] * spread[h];
            assert_true(fabs(moved * moved - wider / 16) < 1e-9 * (1 + wider));
        }
    }
    method_free(&w);
}

/* Methods that have no parameters, or those of their definition, are the same updated as fitted anew. */
static void without_parameters_an_update_is_a_fit(void **state)
{
    (void)state;
    static const char *const models[] = {
        "snaive",  "naive", "drift", "mean", "window_average", "seasonal_window_average",
        "croston", "sba",   "tsb"};
    double y[180];
    uint8_t valid[180];
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        fs_forecaster *f = open_saving(fs_forecast_model_find(models[i]));
        for (int trial = 0; trial < 2 * KINDS; trial++) {
            make(trial % KINDS, 9, y, 180);
            if (i >= 6 && trial % KINDS == NOISE) continue; /* below zero */
            for (int t = 0; t < 180; t++) valid[t] = trial < KINDS || t % 6 > 0 || t == 0;
            (void)run(f, 7, y, valid, 150);
            char *text = save(f, 7);
            fs_forecast now = update(later, text, y + 150, valid + 150, 30);
            fs_forecast whole = run(f, 7, y, valid, 180);
            for (int h = 0; h < HORIZON; h++) assert_true(is_near(now.mean[h], whole.mean[h], 0));
            free(text);
        }
        fs_forecaster_close(f);
    }
    fs_forecaster_close(later);
}

/* ---- exactly, where the parameters can be given ---- */

/* All thirty forms, split anywhere, are as the recursion over the whole with the same parameters. */
static void a_form_of_smoothing_goes_on_as_over_the_whole(void **state)
{
    (void)state;
    enum { N = 60, PERIOD = 4 };
    double y[N], whole[PERIOD], part[PERIOD], residual[N];
    uint8_t use[N];
    fs_fit fit = {.keeps = true};
    fs_scratch scratch = {0};
    assert_int_equal(fs_fit_reserve(&fit, N, METHOD_HORIZON), FS_OK);
    assert_int_equal(fs_fit_reserve_states(&fit, PERIOD), FS_OK);
    make(SEASONAL, 8, y, N);
    for (int t = 0; t < N; t++) y[t] /= 256, use[t] = t % 9 > 0;
    for (int form = 0; form < 30; form++) {
        int trend = form / 2 % 5;
        fs_ets ets = {.error = form % 2 ? FS_ETS_MULTIPLICATIVE : FS_ETS_ADDITIVE,
                      .trend = (fs_ets_part)((trend + 1) / 2),
                      .damped = trend % 2 == 0 && trend > 0,
                      .season = (fs_ets_part)(form / 10),
                      .alpha = 0.3,
                      .beta = trend ? 0.05 : 0,
                      .gamma = form / 10 ? 0.1 : 0,
                      .first_level = 0.4};
        ets.phi = ets.damped ? 0.9 : 1;
        ets.first_slope = ets.trend == FS_ETS_MULTIPLICATIVE ? 1.005 : ets.trend ? 0.004 : 0;
        for (int i = 0; i < PERIOD; i++)
            whole[i] = part[i] = ets.season == FS_ETS_MULTIPLICATIVE ? 1 + 0.1 * (i - 1.5)
                                 : ets.season                        ? 0.02 * (i - 1.5)
                                                                     : 0;
        int split = 20 + form;
        fs_ets first = ets;
        fs_ets_past all = {y, use, N, ets.season ? PERIOD : 1, NULL}, before = all;
        before.count = split;
        assert_true(fs_ets_reference(&all, &ets, whole, residual));
        assert_true(fs_ets_reference(&before, &first, part, NULL));
        fs_ets_project(&first, &before, part, METHOD_HORIZON, fit.mean, fit.spread);
        fs_ets_keep(&first, &before, part, &fit);
        double mean[METHOD_HORIZON], spread[METHOD_HORIZON];
        fs_ets_project(&ets, &all, whole, METHOD_HORIZON, mean, spread);
        fs_series news = {.count = N - split, .unit = 1, .y = y + split, .use = use + split};
        fs_forecast_task task = {.series = &news, .season = PERIOD, .horizon = METHOD_HORIZON};
        bool can = false;
        assert_int_equal(fs_ets_resume(&fs_ets_method, &task, &scratch, &fit, &can), FS_OK);
        assert_true(can);
        for (int h = 0; h < METHOD_HORIZON; h++) {
            assert_true(is_near(fit.mean[h], mean[h], 0));
            assert_true(is_near(fit.spread[h], spread[h], 0));
        }
        double today = form % 2 ? fabs(mean[0]) : 1;
        for (int t = split; t < N; t++)
            assert_true(is_near(fit.residual[t - split], residual[t] * today, 1e-3));
    }
    fs_scratch_free(&scratch);
    fs_fit_free(&fit);
}

/* What sums of `k` that end at the end of the series say, smoothed from the first on. */
static double smoothed_sums(const double *y, int n, int k, double alpha)
{
    double level = 0;
    for (int from = n % k; from < n; from += k) {
        double sum = 0;
        for (int t = from; t < from + k; t++) sum += y[t];
        level = from == n % k ? sum : alpha * sum + (1 - alpha) * level;
    }
    return level / k;
}

/* Sums go on as over the whole with the same lengths and α, wherever news end; also of series so short that not all of them have begun. */
static void sums_go_on_as_over_the_whole(void **state)
{
    (void)state;
    double y[150], news[25];
    uint8_t use[25];
    method_work w = {0};
    for (size_t i = 0; i < sizeof use; i++) use[i] = 1;
    for (int trial = 0; trial < 300; trial++) {
        bool all = trial % 2;
        const fs_method *method = fs_method_at(fs_forecast_model_find(all ? "imapa" : "adida"));
        int n = trial < 200 ? 3 + trial / 2 : 125, m = trial % 26;
        fs_random random = fs_random_open(5, (uint64_t)trial, 0, 0);
        double often = 0.05 + 0.5 * fs_random_uniform(&random);
        for (int t = 0; t < n + m; t++)
            y[t] = fs_random_uniform(&random) < often ? 1.1 + fs_random_uniform(&random) : 0;
        y[n / 2] = 1.7;
        assert_int_equal(fs_fit_reserve_states(&w.fit, 1), FS_OK);
        w.fit.keeps = true;
        assert_true(method_fit(&w, method, 1, y, NULL, n));
        int most = (int)w.fit.state[2], least = all ? 1 : most;
        double alpha[64], expected = 0, was = w.fit.mean[0], unit = w.series.unit;
        if (w.fit.states == 0) continue; /* demands too far apart */
        for (int k = least; k <= most; k++) alpha[k - least] = w.fit.state[3 + k - least];
        for (int t = 0; t < m; t++) news[t] = y[n + t] / unit;
        fs_series after = {.count = m, .known = m, .unit = unit, .y = news, .use = use};
        fs_forecast_task task = {.series = &after, .season = 1, .horizon = METHOD_HORIZON};
        bool can = false;
        assert_int_equal(fs_fit_reserve(&w.fit, m + 11, METHOD_HORIZON), FS_OK);
        assert_int_equal(method->resume(method, &task, &w.scratch, &w.fit, &can), FS_OK);
        assert_true(can);
        for (int k = least; k <= most; k++)
            expected += smoothed_sums(y, n + m, k, alpha[k - least]) / (most - least + 1) / unit;
        assert_true(is_near(w.fit.mean[0], expected, 0));
        if (m == 0)
            assert_true(w.fit.mean[0] == was);
        else
            assert_true(is_near(w.fit.residual[0], news[0] - was, 1e-3));
    }
    method_free(&w);
}

/* Of mstl what the cycles leave goes on as smoothing by itself, and the cycles go round; of logarithms too. */
static void cycles_go_round(void **state)
{
    (void)state;
    enum { N = 120, M = 17 };
    static const int lengths[] = {7, 24};
    double y[N + M], news[M], left[M];
    uint8_t use[M];
    method_work w = {.seasons = 2, .season_of = {7, 24}};
    fs_fit plain = {.keeps = true};
    const fs_method *mstl = fs_method_at(fs_forecast_model_find("mstl"));
    for (int trial = 0; trial < 2; trial++) {
        fs_random random = fs_random_open(3, 0, 0, 0);
        for (int t = 0; t < N + M; t++) {
            double noise = fs_random_normal(&random), shape = sin(t * 0.8976) + 2 * cos(t * 0.2618);
            y[t] = trial ? exp(3 + shape + noise / 10) : 40 + 5 * shape + noise;
        }
        w.fit.keeps = true;
        assert_int_equal(fs_fit_reserve_states(&w.fit, 7), FS_OK);
        assert_int_equal(fs_fit_reserve_states(&plain, 7), FS_OK);
        assert_int_equal(fs_fit_reserve(&plain, N, METHOD_HORIZON), FS_OK);
        assert_true(method_fit(&w, mstl, 7, y, NULL, N));
        plain.states = w.fit.states - (int64_t)w.fit.state[w.fit.states - 1];
        const double *own = w.fit.state + plain.states, *cycle[] = {own + 4, own + 4 + 7 + 1};
        assert_true(own[0] == trial && own[2] == 2 && own[3] == 7 && own[11] == 24);
        memcpy(plain.state, w.fit.state, (size_t)plain.states * sizeof *plain.state);
        double ahead[METHOD_HORIZON];
        for (int h = 0; h < METHOD_HORIZON; h++)
            ahead[h] = cycle[0][(M + h) % lengths[0]] + cycle[1][(M + h) % lengths[1]];
        for (int t = 0; t < M; t++) {
            use[t] = t != 4;
            news[t] = use[t] ? y[N + t] / w.series.unit : 0;
            double now = trial ? log(news[t]) : news[t];
            left[t] = use[t] ? now - cycle[0][t % lengths[0]] - cycle[1][t % lengths[1]] : 0;
        }
        fs_series after = {
            .count = M, .known = M - 1, .least = 1e-9, .unit = 1, .y = news, .use = use};
        fs_series rest = after;
        rest.y = left;
        fs_forecast_task task = {.series = &after, .season = 7, .horizon = METHOD_HORIZON},
                         own_task = task;
        own_task.series = &rest, own_task.season = 1;
        bool can = false;
        assert_int_equal(fs_ets_method.resume(&fs_ets_method, &own_task, &w.scratch, &plain, &can),
                         FS_OK);
        assert_true(can);
        assert_int_equal(mstl->resume(mstl, &task, &w.scratch, &w.fit, &can), FS_OK);
        assert_true(can);
        assert_true(strncmp(w.fit.model, trial ? "MSTL(7,24,log) ETS(" : "MSTL(7,24) ETS(", 15) ==
                    0);
        for (int h = 0; h < METHOD_HORIZON; h++) {
            double mean = plain.mean[h] + ahead[h];
            assert_true(is_near(w.fit.mean[h], trial ? exp(mean) : mean, 0));
        }
        double today = trial ? w.fit.mean[0] : 1;
        for (int t = 0; t < M; t++)
            assert_true(is_near(w.fit.residual[t], plain.residual[t] * today, 1e-3));
    }
    method_free(&w);
    fs_fit_free(&plain);
}

/* The same of counts: each candidate to the last bit. */
static void candidates_of_counts_go_on_as_over_the_whole(void **state)
{
    (void)state;
    enum { N = 90, MOST = 40 };
    double y[N], ahead[N], ways[FS_COUNTS_SIZES * (MOST + 1)], factor[N];
    uint8_t use[N];
    fs_counts_sums whole, part;
    make(SLOW, 2, y, N);
    for (int t = 0; t < N; t++) factor[t] = 0.7 + 0.1 * (t % 7);
    for (int t = 0; t < N; t++) use[t] = t % 8 > 0, y[t] = t % 8 ? y[t] : 0;
    for (int i = 0; i < FS_COUNTS_SIZES; i++)
        for (int k = 0; k <= MOST; k++)
            ways[i * (MOST + 1) + k] =
                k == 0 ? 1 : ways[i * (MOST + 1) + k - 1] * (k - 1 + FS_COUNTS_SIZE(i)) / k;
    fs_counts all = {.y = y,
                     .use = use,
                     .count = N,
                     .factor = factor,
                     .ways = ways,
                     .most = MOST,
                     .prior = 7,
                     .at_first = 1.2};
    for (int i = 0; i < FS_COUNTS_SIZES; i++)
        for (int k = 0; k < FS_COUNTS_PACES; k++) {
            fs_counts first = all, rest = all;
            first.count = 64;
            rest.y += 64, rest.use += 64, rest.factor += 64, rest.count -= 64;
            fs_counts_reference(&all, i, k, ahead, &whole);
            fs_counts_reference(&first, i, k, ahead, &part);
            fs_counts_carry_on(&rest, i, k, ahead, &part);
            assert_true(part.sold[i][k] == whole.sold[i][k] && part.out[i][k] == whole.out[i][k]);
            assert_true(part.exposed[i][k] == whole.exposed[i][k]);
            assert_true(ldexp(part.mantissa[i][k], (int)part.exponent[i][k]) ==
                        ldexp(whole.mantissa[i][k], (int)whole.exponent[i][k]));
        }
}

/* ---- what comes with a forecast beside its model ---- */

static void intervals_follow_the_errors(void **state)
{
    (void)state;
    double y[150], wild[24], calm[24];
    fs_forecaster *f = open_saving(fs_forecast_model_find("ses"));
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
    make(NOISE, 6, y, 150);
    fs_forecast then = run(f, 7, y, NULL, 150);
    double width = then.quantile[4] - then.quantile[1];
    for (int t = 0; t < 24; t++) wild[t] = -5 + (t % 2 ? 40 : -40), calm[t] = then.mean[0];
    char *text = save(f, 7);
    fs_forecast now = update(later, text, wild, NULL, 24);
    assert_true(now.quantile[4] - now.quantile[1] > 1.2 * width);
    now = update(later, text, calm, NULL, 24);
    assert_true(now.quantile[4] - now.quantile[1] < width);
    free(text);
    fs_forecaster_close(f), fs_forecaster_close(later);
}

static void a_closed_day_stays_closed(void **state)
{
    (void)state;
    double y[150];
    fs_forecaster *f = open_saving(fs_forecast_model_find("ses"));
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
    make(SHUT, 6, y, 150);
    (void)run(f, 7, y, NULL, 140);
    char *text = save(f, 7);
    fs_forecast now = update(later, text, y + 140, NULL, 3);
    for (int h = 0; h < HORIZON; h++) assert_true((now.mean[h] == 0) == ((143 + h) % 7 == 6));
    free(text);
    fs_forecaster_close(f), fs_forecaster_close(later);
}

static void values_that_no_model_takes_are_passed_over(void **state)
{
    (void)state;
    double y[150], slip[] = {1, 1e9, 2}, half[] = {1.5, 2}, huge[] = {1e308, -1e308};
    fs_forecaster *f = open_saving(fs_forecast_model_find("ses"));
    fs_forecaster *counts = open_saving(fs_forecast_model_find("counts"));
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
    make(SLOW, 6, y, 150);
    (void)run(f, 7, y, NULL, 150);
    char *text = save(f, 7);
    fs_forecast now = update(later, text, slip, NULL, 3);
    assert_non_null(strstr(now.note, "1 left out, 1000 times the usual"));
    assert_true(now.mean[0] < 10);
    now = update(later, text, huge, NULL, 2);
    assert_true(now.known && fabs(now.mean[0]) < 10);
    free(text);
    (void)run(counts, 7, y, NULL, 150);
    text = save(counts, 7);
    now = update(later, text, half, NULL, 2);
    assert_true(now.known);
    assert_non_null(strstr(now.note, "fit anew"));
    free(text);
    fs_forecaster_close(f), fs_forecaster_close(counts), fs_forecaster_close(later);
}

/* An item that was never sold is sold at last. */
static void a_first_sale_begins_a_series(void **state)
{
    (void)state;
    double y[60] = {0}, news[] = {0, 2, 1, 0, 3};
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
    static const char *const models[] = {"counts", "croston", "tsb", "adida", "imapa"};
    for (int i = 0; i < 5; i++) {
        fs_forecaster *f = open_saving(fs_forecast_model_find(models[i]));
        fs_forecast then = run(f, 7, y, NULL, 60);
        assert_true(then.mean[0] == 0);
        char *text = save(f, 7);
        fs_forecast now = update(later, text, news, NULL, 5);
        assert_true(now.mean[0] > 0 && now.mean[0] < 5);
        free(text);
        fs_forecaster_close(f);
    }
    fs_forecaster_close(later);
}

/* ---- regressors and events ---- */

enum { DRIVEN = 150, NEWS = 20, STEPS = DRIVEN + NEWS + HORIZON };

/* A promotion, a price, one that never changes, a wave; and events. */
typedef struct driven {
    double y[DRIVEN + NEWS], column[4][STEPS];
    const double *value[4], *later[3];
    int event[STEPS];
    fs_regressors given;
} driven;

static void drive(driven *d, bool multiplies)
{
    static const char *const name[] = {"promo, 10 %", "price", "steady", "time"};
    static const char *const event_name[] = {"Black Friday", "Fête"};
    fs_random random = fs_random_open(8, 0, 0, 0);
    for (int t = 0; t < STEPS; t++) {
        d->column[0][t] = t % 9 < 2;
        d->column[1][t] = t == 40 ? NAN : 10 + t % 4;
        d->column[2][t] = 3;
        d->column[3][t] = sin(t * 0.2);
        d->event[t] = t % 23 == 5                 ? 0
                      : t % 31 == 7               ? 1
                      : t > DRIVEN && t % 17 == 2 ? FS_EVENT_OTHER
                                                  : FS_EVENT_NONE;
        double size = 1 + 0.5 * d->column[0][t] - 0.02 * (t % 4) + 0.8 * (t % 23 == 5);
        double level = 20 + 3 * (t % 7 == 2) + fs_random_normal(&random);
        if (t < DRIVEN + NEWS) d->y[t] = multiplies ? level * size : level + 9 * size - 30;
    }
    for (int j = 0; j < 4; j++) d->value[j] = d->column[j];
    d->given = (fs_regressors){.count = 4,
                               .value = d->value,
                               .name = name,
                               .kind = "ccim",
                               .event = d->event,
                               .events = 2,
                               .event_name = event_name,
                               .event_usual = "none"};
}

/* The same behind the end, as a saved model wants them. */
static fs_regressors later_of(driven *d, int from)
{
    static const int changes[] = {0, 1, 3};
    for (int j = 0; j < 3; j++) d->later[j] = d->column[changes[j]] + from;
    return (fs_regressors){.count = 3, .value = d->later, .event = d->event + from};
}

static fs_forecast update_driven(fs_forecaster *f, const char *text, driven *d, int n)
{
    fs_forecast forecast;
    fs_saved_time time;
    fs_regressors later = later_of(d, DRIVEN);
    assert_int_equal(fs_forecaster_load(f, text, strlen(text), &time, NULL), FS_OK);
    assert_int_equal(fs_forecaster_update(f, d->y + DRIVEN, NULL, n, &later, &forecast, NULL),
                     FS_OK);
    return forecast;
}

static fs_forecast run_driven(fs_forecaster *f, const driven *d)
{
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_run(f, 7, d->y, NULL, DRIVEN, &d->given, &forecast, NULL),
                     FS_OK);
    return forecast;
}

/* Of every model, with effects that multiply and that add: means to the last bit, what drives them, and the text. */
static void effects_go_along(void **state)
{
    (void)state;
    driven d;
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
    for (int trial = 0; trial < 2 * FS_FORECAST_MODELS; trial++) {
        int model = trial / 2;
        fs_forecaster *f = open_saving(model);
        drive(&d, trial % 2);
        fs_forecast then = run_driven(f, &d);
        char *text = save(f, 7);
        assert_non_null(text);
        assert_non_null(strstr(text, trial % 2 ? ";effects=times,c:promo%2c%2010%20%25,"
                                               : ";effects=plus,c:promo%2c%2010%20%25,"));
        assert_null(strstr(text, "steady"));
        assert_non_null(strstr(text, ",m:time,"));
        assert_non_null(strstr(text, ",u:none,e:Black%20Friday,"));
        fs_forecast now = update_driven(later, text, &d, 0);
        expect_same(&now, &then);
        bool turns = strcmp(fs_forecast_model_name(model), "dhr") == 0; /* its waves, once more */
        for (int h = 0; h < HORIZON; h++) assert_true(turns || now.mean[h] == then.mean[h]);
        for (int h = 0; h < HORIZON; h++)
            assert_string_equal(now.drivers + h * FS_DRIVERS, then.drivers + h * FS_DRIVERS);
        assert_non_null(strstr(now.drivers + 3 * FS_DRIVERS, "promo, 10 % +"));
        char *again = save(later, 7);
        assert_string_equal(again, text);
        free(text), free(again);
        fs_forecaster_close(f);
    }
    fs_forecaster_close(later);
}

/* What is new less its effects moves the plain model on, and what that says times the effects, or and them, is the forecast. */
static void effects_are_taken_out_of_what_is_new(void **state)
{
    (void)state;
    driven d;
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO), *plain = open_saving(FS_FORECAST_AUTO);
    static const char *const models[] = {"ses", "holt_winters", "arima", "snaive", "auto"};
    for (int trial = 0; trial < 10; trial++) {
        fs_forecaster *f = open_saving(fs_forecast_model_find(models[trial / 2]));
        double news[NEWS], effect[NEWS + HORIZON];
        bool multiplies = trial % 2;
        drive(&d, multiplies);
        (void)run_driven(f, &d);
        char *text = save(f, 7), *without = strdup(text);
        for (int t = 0; t < NEWS + HORIZON; t++) {
            double sum = fs_event_effect(&f->effects, d.event[DRIVEN + t]);
            for (int j = 0; j < 4; j++) {
                double x = d.column[j][DRIVEN + t], one = fs_effects_of(&f->effects, j, x);
                sum += multiplies ? log1p(one) : one;
            }
            effect[t] = multiplies ? exp(sum) : sum * f->series.unit;
            if (t < NEWS)
                news[t] = multiplies ? d.y[DRIVEN + t] / effect[t] : d.y[DRIVEN + t] - effect[t];
        }
        char *from = strstr(without, ";effects="), *to = strstr(from, ";errors=");
        memmove(from, to, strlen(to) + 1);
        fs_forecast now = update_driven(later, text, &d, NEWS),
                    less = update(plain, without, news, NULL, NEWS);
        assert_string_equal(now.model, less.model);
        for (int h = 0; h < HORIZON; h++) {
            double by = effect[NEWS + h], mean = less.mean[h], q = less.quantile[h * 6 + 4];
            assert_true(is_near(now.mean[h], multiplies ? mean * by : mean + by, 1));
            assert_true(is_near(now.quantile[h * 6 + 4], multiplies ? q * by : q + by, 1));
        }
        free(text), free(without);
        fs_forecaster_close(f);
    }
    fs_forecaster_close(later), fs_forecaster_close(plain);
}

/* Counts stay whole, and sell more under a promotion. */
static void counts_keep_their_effects(void **state)
{
    (void)state;
    driven d;
    fs_random random = fs_random_open(6, 0, 0, 0);
    fs_forecaster *f = open_saving(fs_forecast_model_find("counts")),
                  *later = open_saving(FS_FORECAST_AUTO);
    drive(&d, true);
    for (int t = 0; t < DRIVEN + NEWS; t++)
        d.y[t] = (double)fs_random_poisson(&random, d.column[0][t] > 0 ? 6 : 2);
    (void)run_driven(f, &d);
    char *text = save(f, 7);
    fs_forecast now = update_driven(later, text, &d, NEWS);
    assert_string_equal(now.model, "counts");
    assert_true(now.note[0] == '\0');
    for (int h = 0; h < HORIZON; h++) {
        bool promoted = d.column[0][DRIVEN + NEWS + h] > 0;
        if (d.event[DRIVEN + NEWS + h] == FS_EVENT_NONE)
            assert_true(promoted ? now.mean[h] > 3.5 : now.mean[h] < 3.5);
        for (int q = 0; q < 6; q++)
            assert_true(now.quantile[h * 6 + q] == floor(now.quantile[h * 6 + q]));
    }
    free(text);
    fs_forecaster_close(f), fs_forecaster_close(later);
}

/* Regressors that never change leave a text as it is without any. */
static void what_does_nothing_is_not_saved(void **state)
{
    (void)state;
    driven d;
    fs_forecaster *f = open_saving(FS_FORECAST_AUTO);
    drive(&d, true);
    d.given.count = 1, d.given.event = NULL, d.given.events = 0;
    d.value[0] = d.column[2];
    (void)run_driven(f, &d);
    char *with = save(f, 7);
    (void)run(f, 7, d.y, NULL, DRIVEN);
    char *without = save(f, 7);
    assert_string_equal(with, without);
    assert_null(strstr(with, "effects"));
    free(with), free(without);
    fs_forecaster_close(f);
}

static void what_is_needed_must_be_given(void **state)
{
    (void)state;
    driven d;
    fs_forecast forecast;
    fs_saved_time time;
    fs_error error = {0};
    fs_forecaster *f = open_saving(fs_forecast_model_find("ses"));
    drive(&d, true);
    (void)run_driven(f, &d);
    char *text = save(f, 7);
    fs_regressors later = later_of(&d, DRIVEN);
    assert_int_equal(fs_forecaster_load(f, text, strlen(text), &time, NULL), FS_OK);
    const fs_regressors *needs = fs_forecaster_needs(f);
    assert_int_equal(needs->count, 3);
    assert_string_equal(needs->name[0], "promo, 10 %");
    assert_string_equal(needs->kind, "ccm");
    assert_int_equal(needs->events, 2);
    assert_string_equal(needs->event_name[1], "Fête");
    assert_string_equal(needs->event_usual, "none");
    assert_int_equal(fs_forecaster_update(f, d.y, NULL, 0, NULL, &forecast, &error), FS_DATA);
    assert_non_null(strstr(error.message, "regressors or events"));
    later.event = NULL;
    assert_int_equal(fs_forecaster_update(f, d.y, NULL, 0, &later, &forecast, NULL), FS_DATA);
    later = later_of(&d, DRIVEN), later.count = 2;
    assert_int_equal(fs_forecaster_update(f, d.y, NULL, 0, &later, &forecast, NULL), FS_DATA);
    free(text);
    fs_forecaster_close(f);
}

/* Cut off anywhere, or with any other character in its effects: refused, or something finite. */
static void broken_effects_are_refused(void **state)
{
    (void)state;
    driven d;
    fs_random random = fs_random_open(32, 0, 0, 0);
    fs_forecaster *f = open_saving(fs_forecast_model_find("ses")),
                  *later = open_saving(FS_FORECAST_AUTO);
    fs_saved_time time;
    drive(&d, true);
    (void)run_driven(f, &d);
    char *text = save(f, 7), *from = strstr(text, ";effects="), *to = strstr(text, ";errors=");
    for (size_t cut = 0; cut < strlen(text); cut++)
        assert_int_equal(fs_forecaster_load(f, text, cut, &time, NULL), FS_DATA);
    for (int trial = 0; trial < 20000; trial++) {
        char *at = from + fs_random_below(&random, to - from), was = *at;
        fs_forecast now = {.known = false};
        *at = "0123456789abcdef-p,:;%eu="[fs_random_below(&random, 25)];
        if (fs_forecaster_load(later, text, strlen(text), &time, NULL) == FS_OK) {
            fs_regressors given = later_of(&d, DRIVEN);
            fs_status status =
                fs_forecaster_update(later, d.y + DRIVEN, NULL, 5, &given, &now, NULL);
            assert_true(status == FS_OK || fs_forecaster_needs(later)->count != 3);
        }
        for (int h = 0; now.known && h < HORIZON; h++)
            assert_true(isfinite(now.mean[h]) && isfinite(now.quantile[h * 6]));
        *at = was;
    }
    free(text);
    fs_forecaster_close(f), fs_forecaster_close(later);
}

/* ---- texts ---- */

static void numbers_are_read_as_they_are_written(void **state)
{
    (void)state;
    fs_random random = fs_random_open(4, 0, 0, 0);
    static const double given[] = {0, 1, -1, 0.5, 12, 5e-324, DBL_MAX, -DBL_MIN, 1.0 / 3};
    static const char *const wrong[] = {"", "-", "p3", "1p", "1p-", "1p9999", "1p1024", "x", "G"};
    for (int i = 0; i < 2000; i++) {
        double x = i < 9 ? given[i] : fs_random_normal(&random) * pow(10, i % 300 - 150), back = 7;
        fs_buffer text = {0};
        assert_int_equal(fs_saved_add_number(&text, x), FS_OK);
        const char *at = text.data;
        assert_true(fs_saved_take_number(&at, text.data + text.size, &back));
        assert_true(back == x && *at == '\0');
        fs_buffer_free(&text);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *at = wrong[i];
        double back;
        assert_false(fs_saved_take_number(&at, wrong[i] + strlen(wrong[i]), &back));
    }
}

static void broken_texts_are_refused(void **state)
{
    (void)state;
    double y[150];
    fs_error error = {0};
    fs_saved_time time;
    fs_forecaster *f = open_saving(FS_FORECAST_AUTO);
    make(SEASONAL, 6, y, 150);
    (void)run(f, 7, y, NULL, 150);
    char *text = save(f, 7);
    for (size_t cut = 0; cut < strlen(text); cut++)
        assert_int_equal(fs_forecaster_load(f, text, cut, &time, &error), FS_DATA);
    text[2] = '2';
    assert_int_equal(fs_forecaster_load(f, text, strlen(text), &time, &error), FS_DATA);
    assert_non_null(strstr(error.message, "another version, 'fs2'"));
    assert_int_equal(fs_forecaster_load(f, "nonsense", 8, &time, &error), FS_DATA);
    assert_non_null(strstr(error.message, "character 1"));
    free(text);
    fs_forecaster_close(f);
}

/* A digit may be any other: what is read then forecasts something finite, or nothing. */
static void digits_may_be_any(void **state)
{
    (void)state;
    static const char *const models[] = {"tbats", "dhr", "arima", "auto", "mstl", "imapa"};
    fs_random random = fs_random_open(31, 0, 0, 0);
    double y[100];
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        fs_forecaster *f = open_saving(fs_forecast_model_find(models[i]));
        make(i < 5 ? SEASONAL : ZEROS, 6, y, 100);
        (void)run(f, 7, y, NULL, 95);
        char *text = save(f, 7), *from = strstr(text, ";mix=");
        for (int trial = 0; trial < 4000; trial++) {
            char *at = from + fs_random_below(&random, (int64_t)strlen(from)), was = *at;
            fs_forecast now = {.known = false};
            fs_saved_time time;
            *at = "0123456789abcdef-p,"[fs_random_below(&random, 19)];
            if (fs_forecaster_load(later, text, strlen(text), &time, NULL) == FS_OK)
                assert_int_equal(fs_forecaster_update(later, y + 95, NULL, 5, NULL, &now, NULL),
                                 FS_OK);
            for (int h = 0; now.known && h < HORIZON; h++)
                assert_true(isfinite(now.mean[h]) && isfinite(now.quantile[h * 6]));
            *at = was;
        }
        free(text);
        fs_forecaster_close(f);
    }
    fs_forecaster_close(later);
}

static void expect_memory_may_end(int model)
{
    double y[100];
    fs_forecaster *f = open_saving(model);
    make(model == fs_forecast_model_find("imapa") ? ZEROS : SEASONAL, 6, y, 100);
    (void)run(f, 7, y, NULL, 95);
    char *text = save(f, 7);
    for (int64_t n = 0;; n++) {
        fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
        fs_forecast forecast;
        fs_saved_time time;
        const char *again;
        fs_alloc_fail_after(n);
        fs_status status = fs_forecaster_load(later, text, strlen(text), &time, NULL);
        if (status == FS_OK)
            status = fs_forecaster_update(later, y + 95, NULL, 5, NULL, &forecast, NULL);
        if (status == FS_OK) status = fs_forecaster_save(later, &time, &again, NULL);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_forecaster_close(later);
        if (!failed) break;
    }
    free(text);
    fs_forecaster_close(f);
}

static void memory_may_end_anywhere(void **state)
{
    (void)state;
    expect_memory_may_end(FS_FORECAST_AUTO);
    expect_memory_may_end(fs_forecast_model_find("tbats"));
    expect_memory_may_end(fs_forecast_model_find("dhr"));
    expect_memory_may_end(fs_forecast_model_find("imapa"));
    expect_memory_may_end(fs_forecast_model_find("mstl"));
}

/* Thousands of series that break things, and news that do. */
static void nothing_breaks(void **state)
{
    (void)state;
    fs_random random = fs_random_open(12, 0, 0, 0);
    double y[120], news[120];
    uint8_t valid[120], known[120];
    fs_forecaster *later = open_saving(FS_FORECAST_AUTO);
    for (int trial = 0; trial < 1500; trial++) {
        int model = trial % FS_FORECAST_MODELS, n = 1 + (int)fs_random_below(&random, 60);
        fs_forecaster *f = open_saving(model);
        method_make_nasty(&random, y, valid, n);
        method_make_nasty(&random, news, known, 40);
        fs_forecast then = run(f, trial % 3 ? 7 : 1, y, valid, n);
        char *text = then.known ? save(f, trial % 3 ? 7 : 1) : NULL;
        for (int k = 0; text && k < 4; k++) {
            fs_forecast now = update(later, text, news + 10 * k, known + 10 * k, 10);
            for (int h = 0; now.known && h < HORIZON; h++)
                for (int q = 0; q < 6; q++)
                    assert_true(isfinite(now.mean[h]) && isfinite(now.quantile[h * 6 + q]) &&
                                (q == 0 || now.quantile[h * 6 + q] >= now.quantile[h * 6 + q - 1]));
            free(text);
            text = now.known ? save(later, trial % 3 ? 7 : 1) : NULL;
        }
        free(text);
        fs_forecaster_close(f);
    }
    fs_forecaster_close(later);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_news_the_forecast_is_the_same),
        cmocka_unit_test(updates_may_come_in_any_number),
        cmocka_unit_test(what_was_expected_changes_nothing),
        cmocka_unit_test(an_error_counts_as_much_as_the_intervals_say),
        cmocka_unit_test(without_parameters_an_update_is_a_fit),
        cmocka_unit_test(a_form_of_smoothing_goes_on_as_over_the_whole),
        cmocka_unit_test(sums_go_on_as_over_the_whole),
        cmocka_unit_test(cycles_go_round),
        cmocka_unit_test(candidates_of_counts_go_on_as_over_the_whole),
        cmocka_unit_test(intervals_follow_the_errors),
        cmocka_unit_test(a_closed_day_stays_closed),
        cmocka_unit_test(values_that_no_model_takes_are_passed_over),
        cmocka_unit_test(a_first_sale_begins_a_series),
        cmocka_unit_test(effects_go_along),
        cmocka_unit_test(effects_are_taken_out_of_what_is_new),
        cmocka_unit_test(counts_keep_their_effects),
        cmocka_unit_test(what_does_nothing_is_not_saved),
        cmocka_unit_test(what_is_needed_must_be_given),
        cmocka_unit_test(broken_effects_are_refused),
        cmocka_unit_test(numbers_are_read_as_they_are_written),
        cmocka_unit_test(broken_texts_are_refused),
        cmocka_unit_test(digits_may_be_any),
        cmocka_unit_test(memory_may_end_anywhere),
        cmocka_unit_test(nothing_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
