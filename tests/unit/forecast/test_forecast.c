/* The models, the choice between them, intervals, and series that break things. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "method_test.h"

#define MOST 700
static const double quantiles[] = {0.05, 0.5, 0.95};

static fs_forecaster *open_forecaster(int64_t horizon, int model, int origins)
{
    fs_forecast_settings settings = {.horizon = horizon,
                                     .model = model,
                                     .nonnegative = -1,
                                     .origins = origins,
                                     .quantiles = 3,
                                     .quantile = quantiles};
    fs_forecaster *forecaster = NULL;
    assert_int_equal(fs_forecaster_open(&settings, &forecaster, NULL), FS_OK);
    return forecaster;
}

static fs_forecast run(fs_forecaster *f, int season, const double *y, const uint8_t *valid,
                       int64_t n)
{
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_run(f, season, y, valid, n, NULL, &forecast, NULL), FS_OK);
    return forecast;
}

/* ---- seasonal naive ---- */

static void seasonal_naive_repeats_the_last_season(void **state)
{
    (void)state;
    const double y[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    fs_forecaster *f = open_forecaster(7, fs_forecast_model_find("snaive"), 2);
    fs_forecast forecast = run(f, 3, y, NULL, 9);
    const double expected[] = {7, 8, 9, 7, 8, 9, 7};
    for (int h = 0; h < 7; h++) assert_true(forecast.mean[h] == expected[h]);
    assert_string_equal(forecast.model, "snaive");
    fs_forecaster_close(f);
}

static void seasonal_naive_looks_further_back_where_a_value_is_missing(void **state)
{
    (void)state;
    const double y[] = {1, 2, 3, 4, 0, 6};
    const uint8_t valid[] = {1, 1, 1, 1, 0, 1};
    fs_forecaster *f = open_forecaster(3, fs_forecast_model_find("snaive"), 0);
    fs_forecast forecast = run(f, 3, y, valid, 6);
    assert_true(forecast.mean[0] == 4 && forecast.mean[1] == 2 && forecast.mean[2] == 6);
    fs_forecaster_close(f);
}

static void intervals_of_seasonal_naive_widen_with_the_seasons_ahead(void **state)
{
    (void)state;
    fs_random random = fs_random_open(3, 0, 0, 0);
    double y[300];
    for (int t = 0; t < 300; t++) y[t] = 100 + fs_random_normal(&random);
    fs_forecaster *f = open_forecaster(8, fs_forecast_model_find("snaive"), 0);
    fs_forecast forecast = run(f, 4, y, NULL, 300);
    double one = forecast.quantile[2] - forecast.quantile[0];
    double two = forecast.quantile[4 * 3 + 2] - forecast.quantile[4 * 3];
    assert_true(fabs(two / one - sqrt(2)) < 1e-9);
    assert_true(fabs(one - 2 * 1.645 * sqrt(2)) < 0.7);
    fs_forecaster_close(f);
}

/* ---- the choice ---- */

static void the_backtest_sees_no_future(void **state)
{
    (void)state;
    fs_random random = fs_random_open(5, 0, 0, 0);
    double y[200], changed[200], before[2][3][12];
    fs_forecaster *f = open_forecaster(12, FS_FORECAST_AUTO, 3);
    const int models[] = {fs_forecast_model_find("ets"), FS_FORECAST_AUTO};
    fs_forecast forecast;
    int64_t at = 0, steps = 0;
    for (int t = 0; t < 200; t++) y[t] = 20 + 5 * (t % 7) + fs_random_normal(&random);
    assert_int_equal(fs_forecaster_backtest(f, 7, y, NULL, 200, NULL, &forecast, NULL), FS_OK);
    for (int m = 0; m < 2; m++)
        for (int o = 0; o < 3; o++)
            memcpy(before[m][o], fs_forecaster_past(f, models[m], o, &at, &steps),
                   sizeof before[m][o]);
    for (int o = 0; o < 3; o++) {
        memcpy(changed, y, sizeof y);
        assert_non_null(fs_forecaster_past(f, 0, o, &at, &steps));
        assert_int_equal(steps, 12);
        for (int64_t t = at; t < 200; t++) changed[t] = 1e6 * (double)(t % 3);
        assert_int_equal(fs_forecaster_backtest(f, 7, changed, NULL, 200, NULL, &forecast, NULL),
                         FS_OK);
        for (int m = 0; m < 2; m++)
            for (int earlier = 0; earlier <= o; earlier++)
                assert_memory_equal(fs_forecaster_past(f, models[m], earlier, &at, &steps),
                                    before[m][earlier], sizeof before[m][earlier]);
    }
    assert_null(fs_forecaster_past(f, 0, 3, &at, &steps));
    fs_forecaster_close(f);
}

/* Worked out by hand: origins at 6 and 8, two steps each; the naive forecasts are 6, 6 and 8, 8,
 * actuals 7, 8, 9, 10, so errors -1, -2, -1, -2; mean step before each origin 1. */
static void backtest_sums_are_those_worked_out_by_hand(void **state)
{
    (void)state;
    const double y[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    fs_forecaster *f = open_forecaster(2, FS_FORECAST_AUTO, 2);
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_backtest(f, 1, y, NULL, 10, NULL, &forecast, NULL), FS_OK);
    const fs_backtest *b = fs_forecaster_tested(f, 0, 0);
    assert_int_equal(b->origins, 2);
    assert_int_equal(b->count, 4);
    assert_true(fabs(b->absolute - 6) < 1e-12 && fabs(b->squared - 10) < 1e-12);
    assert_true(fabs(b->error + 6) < 1e-12 && fabs(b->actual - 34) < 1e-12);
    assert_true(fabs(b->scaled - 6) < 1e-12);
    assert_int_equal(b->scaled_count, 4);
    assert_true(fabs(b->relative - (2.0 / 13 + 4.0 / 14 + 2.0 / 17 + 4.0 / 18)) < 1e-12);
    assert_true(fabs(b->scaled_squared - 10) < 1e-12);
    fs_forecaster_close(f);
}

/* The naive method's steps are all of 1 and its errors centred are 0, so all its quantiles are the forecast: 6, 6, 8, 8 for 7, 8,
 * 9, 10. A loss is p times 1, 2, 1, 2; nothing is below or inside; the interval of .05 to .95 costs 20 times what it misses. */
static void losses_of_quantiles_are_those_worked_out_by_hand(void **state)
{
    (void)state;
    const double y[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    fs_forecaster *f = open_forecaster(2, FS_FORECAST_AUTO, 2);
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_backtest(f, 1, y, NULL, 10, NULL, &forecast, NULL), FS_OK);
    const fs_backtest *b = fs_forecaster_tested(f, 0, 0);
    for (int q = 0; q < 3; q++) {
        assert_true(fabs(b->pinball[q] - 6 * quantiles[q]) < 1e-12);
        assert_int_equal(b->below[q], 0);
    }
    assert_int_equal(b->ranges, 4);
    assert_int_equal(b->inside, 0);
    assert_true(fabs(b->interval - 20 * 6) < 1e-9);
    assert_true(fabs(b->scaled_loss - 6 * 1.5) < 1e-12);
    fs_forecaster_close(f);
}

/* On every seventh day it is closed, which is certain: three trials of 14 days have 36 ranges. */
static void closed_days_have_no_range(void **state)
{
    (void)state;
    fs_random random = fs_random_open(8, 0, 0, 0);
    double y[140];
    for (int t = 0; t < 140; t++) y[t] = t % 7 == 6 ? 0 : 50 + 4 * fs_random_normal(&random);
    fs_forecaster *f = open_forecaster(14, FS_FORECAST_AUTO, 3);
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_backtest(f, 7, y, NULL, 140, NULL, &forecast, NULL), FS_OK);
    const fs_backtest *b = fs_forecaster_tested(f, FS_FORECAST_AUTO, 0);
    assert_int_equal(b->count, 42);
    assert_int_equal(b->ranges, 36);
    assert_true(b->inside > 24 && b->inside <= 36);
    fs_forecaster_close(f);
}

/* Of each step the sums are those of all, taken apart; models can be named. */
static void steps_add_up_and_models_are_those_that_were_named(void **state)
{
    (void)state;
    fs_random random = fs_random_open(6, 0, 0, 0);
    double y[90];
    for (int t = 0; t < 90; t++) y[t] = 50 + 9 * (t % 7) + 4 * fs_random_normal(&random);
    int naive = fs_forecast_model_find("naive"), croston = fs_forecast_model_find("croston");
    fs_forecast_settings settings = {.horizon = 5,
                                     .model = naive,
                                     .nonnegative = -1,
                                     .origins = 3,
                                     .tries = 1u << naive | 1u << croston,
                                     .quantiles = 3,
                                     .quantile = quantiles};
    fs_forecaster *all = NULL, *steps = NULL;
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_open(&settings, &all, NULL), FS_OK);
    settings.by_step = true;
    assert_int_equal(fs_forecaster_open(&settings, &steps, NULL), FS_OK);
    assert_int_equal(fs_forecaster_backtest(all, 7, y, NULL, 90, NULL, &forecast, NULL), FS_OK);
    assert_int_equal(fs_forecaster_backtest(steps, 7, y, NULL, 90, NULL, &forecast, NULL), FS_OK);
    assert_null(fs_forecaster_tested(all, fs_forecast_model_find("ets"), 0));
    const fs_backtest *whole = fs_forecaster_tested(all, croston, 0);
    double absolute = 0, loss = 0;
    for (int64_t h = 0; h < 5; h++) {
        const fs_backtest *b = fs_forecaster_tested(steps, croston, h);
        assert_int_equal(b->count, 3);
        assert_int_equal(b->origins, 3);
        absolute += b->absolute;
        loss += b->pinball[2];
    }
    assert_int_equal(whole->count, 15);
    assert_true(fabs(whole->absolute - absolute) < 1e-9 && fabs(whole->pinball[2] - loss) < 1e-9);
    assert_null(fs_forecaster_tested(steps, croston, 5));
    fs_forecaster_close(all);
    fs_forecaster_close(steps);
}

/* A series of few sales becomes a daily one before the last origin: what is one method's at first is several's then. */
static void auto_is_tried_as_it_would_have_forecast(void **state)
{
    (void)state;
    fs_random random = fs_random_open(8, 0, 0, 0);
    double y[120];
    for (int t = 0; t < 120; t++)
        y[t] = t < 90 ? (t % 6 == 0) : 40.5 + 9.3 * (t % 7) + 4 * fs_random_normal(&random);
    fs_forecast_settings settings = {
        .horizon = 10, .model = FS_FORECAST_AUTO, .nonnegative = -1, .origins = 3, .is_fast = true};
    fs_forecaster *run = NULL, *tried = NULL;
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_open(&settings, &run, NULL), FS_OK);
    settings.tries = (uint64_t)1 << FS_FORECAST_AUTO;
    assert_int_equal(fs_forecaster_open(&settings, &tried, NULL), FS_OK);
    assert_int_equal(fs_forecaster_run(run, 7, y, NULL, 120, NULL, &forecast, NULL), FS_OK);
    assert_int_equal(fs_forecaster_backtest(tried, 7, y, NULL, 120, NULL, &forecast, NULL), FS_OK);
    const fs_backtest *a = fs_forecaster_tested(run, FS_FORECAST_AUTO, 0);
    const fs_backtest *b = fs_forecaster_tested(tried, FS_FORECAST_AUTO, 0);
    assert_int_equal(a->count, 30);
    assert_int_equal(b->count, 30);
    assert_true(a->absolute == b->absolute && a->squared == b->squared);
    fs_forecaster_close(run);
    fs_forecaster_close(tried);
}

/* The words that users are offered are the names of the models, each at its place. */
static void words_are_the_names_of_the_models(void **state)
{
    (void)state;
    char words[] = FS_FORECAST_CHOICES;
    int model = 0;
    for (char *word = strtok(words, "|"); word; word = strtok(NULL, "|"), model++) {
        assert_string_equal(fs_forecast_model_name(model), word);
        assert_int_equal(fs_forecast_model_find(word), model);
    }
    assert_int_equal(model, FS_FORECAST_MODELS);
    assert_string_equal(fs_forecast_model_name(FS_FORECAST_AUTO), "auto");
}

/* By hand: errors of 1 and 3, so 9 to 1. */
static void weights_are_inverse_squares_of_errors(void **state)
{
    (void)state;
    double weight[3];
    fs_combine_weights((const double[]){1, 3}, 2, weight);
    assert_true(fabs(weight[0] - 0.9) < 1e-3 && fabs(weight[0] + weight[1] - 1) < 1e-15);
    fs_combine_weights((const double[]){0, 0, 0}, 3, weight);
    assert_true(fabs(weight[2] - 1.0 / 3) < 1e-15);
    fs_combine_weights((const double[]){0, 5, DBL_MAX}, 3, weight);
    assert_true(fabs(weight[0] - 0.5) < 1e-6 && weight[0] == weight[1] && weight[2] < 1e-6);
}

/* Zeros and small whole numbers are forecast as counts; as many of halves are not. */
static void auto_knows_slow_movers(void **state)
{
    (void)state;
    fs_random random = fs_random_open(8, 0, 0, 0);
    fs_forecaster *f = open_forecaster(7, FS_FORECAST_AUTO, 3);
    double y[200];
    for (int t = 0; t < 200; t++) y[t] = (double)fs_random_poisson(&random, 0.4);
    fs_forecast forecast = run(f, 7, y, NULL, 200);
    assert_string_equal(forecast.model, "counts");
    assert_true(fabs(forecast.mean[3] - 0.4) < 0.25 && forecast.quantile[3 * 3] == 0);
    assert_true(forecast.quantile[3 * 3 + 2] == floor(forecast.quantile[3 * 3 + 2]));
    for (int t = 0; t < 200; t++) y[t] *= 0.55;
    forecast = run(f, 7, y, NULL, 200);
    assert_non_null(strstr(forecast.model, "ETS"));
    fs_forecaster_close(f);
}

static void auto_combines_what_was_named(void **state)
{
    (void)state;
    double y[60];
    for (int t = 0; t < 60; t++) y[t] = 3 * t;
    fs_forecast_settings settings = {.horizon = 4,
                                     .model = FS_FORECAST_AUTO,
                                     .nonnegative = -1,
                                     .origins = 3,
                                     .parts = 1u << fs_forecast_model_find("drift") |
                                              1u << fs_forecast_model_find("mean")};
    fs_forecaster *f = NULL;
    assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
    fs_forecast forecast = run(f, 7, y, NULL, 60);
    assert_string_equal(forecast.model, "drift 100 %");
    assert_true(fabs(forecast.mean[3] - 3 * 63) < 0.01);
    forecast = run(f, 7, y, NULL, 3); /* nothing to try: the median of 3 and 9 */
    assert_string_equal(forecast.model, "drift, mean");
    assert_true(fabs(forecast.mean[0] - 6) < 1e-12);
    fs_forecaster_close(f);
}

/* Days with a week and a year, both of which auto needs. */
static void make_days(double *y, int n, uint64_t seed)
{
    fs_random random = fs_random_open(seed, 0, 0, 0);
    for (int t = 0; t < n; t++)
        y[t] =
            100 + 20 * cos(2 * M_PI * t / 365) + 10 * (t % 7 == 6) + 4 * fs_random_normal(&random);
}

#define DAYS 1000

static void auto_takes_several_seasons_where_they_are(void **state)
{
    (void)state;
    static const int of_days[] = {7, 365};
    double y[DAYS];
    fs_forecaster *f = open_forecaster(28, FS_FORECAST_AUTO, 3);
    make_days(y, DAYS, 1);
    fs_forecast forecast = run(f, 7, y, NULL, DAYS);
    assert_null(strstr(forecast.model, "MSTL")); /* nobody said that there may be a year */
    fs_forecaster_set_seasons(f, of_days, 2, false);
    forecast = run(f, 7, y, NULL, DAYS);
    assert_non_null(strstr(forecast.model, "MSTL(7,365"));
    assert_non_null(strstr(forecast.note, "seasons of 7 and 365 found"));
    forecast = run(f, 7, y, NULL, 500);
    assert_null(strstr(forecast.model, "MSTL"));
    assert_string_equal(forecast.note, "");
    fs_forecaster_set_seasons(f, of_days, 2, true);
    forecast = run(f, 7, y, NULL, DAYS);
    assert_non_null(strstr(forecast.model, "MSTL(7,365"));
    assert_string_equal(forecast.note, "");
    fs_forecaster_close(f);
}

static void several_seasons_are_better_than_one(void **state)
{
    (void)state;
    static const int of_days[] = {7, 365};
    double y[DAYS + 28], one = 0, two = 0;
    fs_forecaster *f = open_forecaster(28, FS_FORECAST_AUTO, 3);
    for (uint64_t seed = 2; seed < 7; seed++) {
        make_days(y, DAYS + 28, seed);
        fs_forecaster_set_seasons(f, NULL, 0, false);
        fs_forecast forecast = run(f, 7, y, NULL, DAYS);
        for (int h = 0; h < 28; h++) one += fabs(forecast.mean[h] - y[DAYS + h]);
        fs_forecaster_set_seasons(f, of_days, 2, false);
        forecast = run(f, 7, y, NULL, DAYS);
        for (int h = 0; h < 28; h++) two += fabs(forecast.mean[h] - y[DAYS + h]);
    }
    assert_true(two < 0.9 * one);
    fs_forecaster_close(f);
}

static void the_season_of_whole_numbers_is_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(9, 0, 0, 0);
    double y[200];
    fs_forecaster *f = open_forecaster(5, fs_forecast_model_find("snaive"), 0);
    for (int t = 0; t < 200; t++) y[t] = 50 + 20 * (t % 5 == 2) + fs_random_normal(&random);
    fs_forecaster_set_seasons(f, NULL, -1, false);
    fs_forecast forecast = run(f, 0, y, NULL, 200);
    assert_string_equal(forecast.note, "season of 5 found");
    assert_true(forecast.mean[2] == y[197] && forecast.mean[0] == y[195]);
    for (int t = 0; t < 200; t++) y[t] = fs_random_normal(&random);
    forecast = run(f, 0, y, NULL, 200);
    assert_string_equal(forecast.note, "");
    assert_true(forecast.mean[0] == y[199]);
    forecast = run(f, 0, y, NULL, 0);
    assert_false(forecast.known);
    fs_forecaster_close(f);
}

static void the_better_model_of_the_past_is_used(void **state)
{
    (void)state;
    double y[120];
    for (int t = 0; t < 120; t++) y[t] = 100 + 10 * ((t * t * 7) % 12); /* the same every year */
    fs_forecaster *f = open_forecaster(12, FS_FORECAST_AUTO, 3);
    fs_forecast forecast = run(f, 12, y, NULL, 120);
    for (int h = 0; h < 12; h++) assert_true(fabs(forecast.mean[h] - y[h]) < 0.5);
    fs_random random = fs_random_open(9, 0, 0, 0);
    for (int t = 0; t < 120; t++)
        y[t] = 100 + 10 * fs_random_normal(&random); /* nothing but noise */
    forecast = run(f, 12, y, NULL, 120);
    assert_string_equal(forecast.model, "snaive 12 %, ETS(A,N,N) 22 %, DOTM(N) 23 %, CES(N) 21 %, "
                                        "ARIMA(0,0,1) with non-zero mean 22 %");
    for (int h = 0; h < 12; h++) assert_true(fabs(forecast.mean[h] - 100) < 6);
    fs_forecaster_close(f);
}

static void intervals_hold_what_they_say(void **state)
{
    (void)state;
    fs_random random = fs_random_open(21, 0, 0, 0);
    fs_forecaster *f = open_forecaster(4, FS_FORECAST_AUTO, 3);
    double y[84];
    int inside = 0, all = 0;
    for (int trial = 0; trial < 400; trial++) {
        double level = 100;
        for (int t = 0; t < 84; t++) {
            double e = 4 * fs_random_normal(&random);
            y[t] = level + e;
            level += 0.2 * e;
        }
        fs_forecast forecast = run(f, 1, y, NULL, 80);
        for (int h = 0; h < 4; h++, all++)
            inside +=
                y[80 + h] >= forecast.quantile[3 * h] && y[80 + h] <= forecast.quantile[3 * h + 2];
    }
    double share = (double)inside / all; /* 1600 values, 90 % meant: 5 deviations are 4 % */
    assert_true(share > 0.86 && share < 0.94);
    fs_forecaster_close(f);
}

/* ---- series that break things ---- */

static void check_sane(const fs_forecast *forecast, int64_t horizon, bool nonnegative)
{
    for (int64_t h = 0; h < horizon; h++) {
        assert_true(isfinite(forecast->mean[h]));
        assert_true(!nonnegative || forecast->mean[h] >= 0);
        for (int q = 0; q < 3; q++) {
            assert_true(isfinite(forecast->quantile[3 * h + q]));
            assert_true(!nonnegative || forecast->quantile[3 * h + q] >= 0);
            if (q > 0)
                assert_true(forecast->quantile[3 * h + q] >= forecast->quantile[3 * h + q - 1]);
        }
    }
}

static void constant_series_go_on(void **state)
{
    (void)state;
    const double levels[] = {0, 5, -3, 1e300, DBL_MAX, 5e-324};
    double y[40];
    fs_forecaster *f = open_forecaster(10, FS_FORECAST_AUTO, 3);
    for (int i = 0; i < 6; i++)
        for (int64_t n = 1; n <= 40; n += 3) {
            for (int t = 0; t < 40; t++) y[t] = levels[i];
            fs_forecast forecast = run(f, 7, y, NULL, n);
            check_sane(&forecast, 10, levels[i] >= 0);
            for (int h = 0; h < 10; h++)
                assert_true(fabs(forecast.mean[h] - levels[i]) <= 1e-9 * fabs(levels[i]));
        }
    fs_forecaster_close(f);
}

static void nothing_known_gives_no_forecast_and_says_so(void **state)
{
    (void)state;
    const double y[] = {0, 0, 0};
    const uint8_t valid[] = {0, 0, 0};
    fs_forecaster *f = open_forecaster(3, FS_FORECAST_AUTO, 3);
    fs_forecast forecast = run(f, 7, y, valid, 3);
    assert_false(forecast.known);
    assert_string_not_equal(forecast.note, "");
    forecast = run(f, 7, y, NULL, 0);
    assert_false(forecast.known);
    fs_forecaster_close(f);
}

static void one_absurd_value_does_not_carry_the_forecast_away(void **state)
{
    (void)state;
    double y[60];
    for (int t = 0; t < 60; t++) y[t] = 10 + t % 3;
    y[58] = 1e300;
    fs_forecaster *f = open_forecaster(6, FS_FORECAST_AUTO, 3);
    fs_forecast forecast = run(f, 3, y, NULL, 60);
    for (int h = 0; h < 6; h++) assert_true(forecast.mean[h] > 9 && forecast.mean[h] < 13);
    assert_non_null(strstr(forecast.note, "1 left out"));
    fs_forecaster_close(f);
}

static void check_sums(const fs_backtest *b, int n)
{
    assert_true(isfinite(b->absolute) && isfinite(b->squared) && isfinite(b->scaled));
    assert_true(isfinite(b->relative) && b->relative <= 2 * (double)b->count);
    assert_true(isfinite(b->scaled_squared) && isfinite(b->interval) && isfinite(b->scaled_loss));
    for (int q = 0; q < n; q++) assert_true(isfinite(b->pinball[q]) && b->pinball[q] >= 0);
}

static void thousands_of_nasty_series_get_finite_ordered_forecasts(void **state)
{
    (void)state;
    fs_random random = fs_random_open(31, 0, 0, 0);
    double y[MOST];
    uint8_t valid[MOST];
    static const int seasons[] = {1, 2, 7, 12, 52, 365};
    fs_forecaster *f[3] = {open_forecaster(13, FS_FORECAST_AUTO, 3),
                           open_forecaster(1, fs_forecast_model_find("ets"), 1),
                           open_forecaster(100, fs_forecast_model_find("snaive"), 0)};
    static const int64_t horizons[] = {13, 1, 100};
    for (int trial = 0; trial < 3000; trial++) {
        int64_t n = fs_random_below(&random, trial % 20 == 0 ? MOST : 60);
        bool below = false, known = false;
        method_make_nasty(&random, y, valid, n);
        if (trial % 6 == 5) valid[0] = 0, y[0] = 0;
        for (int64_t t = 0; t < n; t++) below |= valid[t] && y[t] < 0, known |= valid[t];
        fs_forecast forecast = run(f[trial % 3], seasons[trial % 6], y, valid, n);
        assert_true(forecast.known == known);
        if (known) check_sane(&forecast, horizons[trial % 3], !below);
        for (int m = 0; m < FS_FORECAST_MODELS; m++) {
            const fs_backtest *b = fs_forecaster_tested(f[trial % 3], m, 0);
            if (b) check_sums(b, 3);
        }
    }
    for (int i = 0; i < 3; i++) fs_forecaster_close(f[i]);
}

static void a_forecast_does_not_depend_on_what_was_forecast_before(void **state)
{
    (void)state;
    fs_random random = fs_random_open(41, 0, 0, 0);
    double y[100], other[300], mean[13];
    for (int t = 0; t < 100; t++) y[t] = 10 + t % 7 + fs_random_normal(&random);
    for (int t = 0; t < 300; t++) other[t] = 1e5 * fs_random_uniform(&random);
    fs_forecaster *f = open_forecaster(13, FS_FORECAST_AUTO, 3);
    memcpy(mean, run(f, 7, y, NULL, 100).mean, sizeof mean);
    run(f, 30, other, NULL, 300);
    assert_memory_equal(mean, run(f, 7, y, NULL, 100).mean, sizeof mean);
    fs_forecaster_close(f);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    double y[60];
    for (int t = 0; t < 60; t++) y[t] = t % 7;
    fs_forecast_settings settings = {
        .horizon = 7, .origins = 2, .quantiles = 3, .quantile = quantiles};
    for (int64_t n = 0;; n++) {
        fs_forecaster *f = NULL;
        fs_forecast forecast;
        fs_alloc_fail_after(n);
        fs_status status = fs_forecaster_open(&settings, &f, NULL);
        if (status == FS_OK) status = fs_forecaster_run(f, 7, y, NULL, 60, NULL, &forecast, NULL);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        if (f) run(f, 7, y, NULL, 60); /* and it works again afterwards */
        fs_forecaster_close(f);
        if (!failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seasonal_naive_repeats_the_last_season),
        cmocka_unit_test(seasonal_naive_looks_further_back_where_a_value_is_missing),
        cmocka_unit_test(intervals_of_seasonal_naive_widen_with_the_seasons_ahead),
        cmocka_unit_test(the_backtest_sees_no_future),
        cmocka_unit_test(backtest_sums_are_those_worked_out_by_hand),
        cmocka_unit_test(losses_of_quantiles_are_those_worked_out_by_hand),
        cmocka_unit_test(closed_days_have_no_range),
        cmocka_unit_test(steps_add_up_and_models_are_those_that_were_named),
        cmocka_unit_test(auto_is_tried_as_it_would_have_forecast),
        cmocka_unit_test(words_are_the_names_of_the_models),
        cmocka_unit_test(weights_are_inverse_squares_of_errors),
        cmocka_unit_test(auto_combines_what_was_named),
        cmocka_unit_test(auto_knows_slow_movers),
        cmocka_unit_test(auto_takes_several_seasons_where_they_are),
        cmocka_unit_test(several_seasons_are_better_than_one),
        cmocka_unit_test(the_season_of_whole_numbers_is_found),
        cmocka_unit_test(the_better_model_of_the_past_is_used),
        cmocka_unit_test(intervals_hold_what_they_say),
        cmocka_unit_test(constant_series_go_on),
        cmocka_unit_test(nothing_known_gives_no_forecast_and_says_so),
        cmocka_unit_test(one_absurd_value_does_not_carry_the_forecast_away),
        cmocka_unit_test(thousands_of_nasty_series_get_finite_ordered_forecasts),
        cmocka_unit_test(a_forecast_does_not_depend_on_what_was_forecast_before),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
