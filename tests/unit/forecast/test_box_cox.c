/* Box and Cox's transformation: there and back, which one a series asks for, and forecasts through it. */
#include "forecast/method_test.h"

#define LENGTH 120

static void what_goes_there_comes_back(void **state)
{
    (void)state;
    for (double lambda = 0; lambda <= 2; lambda += 0.25)
        for (double y = 1e-6; y <= 1; y *= 10) {
            double z = fs_box_cox(y, lambda), by = 1e-6;
            assert_true(fabs(fs_box_cox_back(z, lambda) - y) < 1e-7 * sqrt(y));
            if (y < 0.1) continue;
            double slope = (fs_box_cox_back(z + by, lambda) - fs_box_cox_back(z - by, lambda)) / 2;
            assert_true(fabs(fs_box_cox_slope(z, lambda) * by / slope - 1) < 1e-6);
        }
    assert_true(fs_box_cox_back(-100, 0.5) == 0); /* below all that z can be */
    assert_true(isfinite(fs_box_cox_back(1e9, 0)) && isfinite(fs_box_cox_slope(-1e9, 2)));
    assert_true(fs_box_cox(5e-324, 0) >= -30);
}

/* Errors as large as the level to the power 1 - λ. */
static double lambda_of(double power, fs_random *random)
{
    static double y[1200];
    static uint8_t use[1200];
    for (int t = 0; t < 1200; t++) {
        double level = 0.05 + 0.9 * (t / 12 % 10) / 10;
        y[t] = level + 0.02 * pow(level, power) * (fs_random_uniform(random) - 0.5);
        use[t] = t % 13 != 5;
        if (!use[t]) y[t] = 0;
    }
    return fs_box_cox_guerrero(y, use, 1200, 12);
}

static void guerrero_finds_how_errors_grow(void **state)
{
    (void)state;
    fs_random random = fs_random_open(1, 0, 0, 0);
    assert_true(fabs(lambda_of(1, &random)) < 0.06);
    assert_true(fabs(lambda_of(0.5, &random) - 0.5) < 0.06);
    assert_true(fabs(lambda_of(0, &random) - 1) < 0.06);
    const double flat[] = {1, 1, 1, 1, 1};
    const uint8_t use[] = {1, 1, 1, 1, 1};
    assert_true(fs_box_cox_guerrero(flat, use, 5, 12) == 1);
    assert_true(fs_box_cox_guerrero(flat, use, 5, 1) == 1);
}

/* ---- forecasts ---- */

static const double quantiles[] = {0.05, 0.5, 0.95};

static fs_forecaster *open_forecaster(const char *model, bool transforms, double lambda)
{
    fs_forecast_settings settings = {.horizon = 12,
                                     .model = fs_forecast_model_find(model),
                                     .nonnegative = -1,
                                     .origins = 2,
                                     .transforms = transforms,
                                     .lambda = lambda,
                                     .quantiles = 3,
                                     .quantile = quantiles};
    fs_forecaster *f = NULL;
    assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
    return f;
}

static void run(fs_forecaster *f, int season, const double *y, int64_t n, fs_forecast *forecast)
{
    assert_int_equal(fs_forecaster_run(f, season, y, NULL, n, NULL, forecast, NULL), FS_OK);
    for (int h = 0; h < 12; h++) {
        const double *q = forecast->quantile + 3 * h;
        assert_true(isfinite(forecast->mean[h]) && isfinite(q[2]));
        assert_true(q[0] <= q[1] && q[1] <= q[2]);
    }
}

/* Of a log-normal distribution with deviation 0.8 the mean is exp(.32) times the median. */
static void means_are_means_and_quantiles_are_quantiles(void **state)
{
    (void)state;
    static const char *const models[] = {"ets", "arima"};
    static double y[600];
    fs_random random = fs_random_open(2, 0, 0, 0);
    for (int t = 0; t < 600; t++) y[t] = exp(3 + 0.8 * fs_random_normal(&random));
    for (int m = 0; m < 2; m++) {
        fs_forecaster *f = open_forecaster(models[m], true, 0);
        fs_forecast forecast;
        run(f, 1, y, 600, &forecast);
        assert_non_null(strstr(forecast.model, " lambda 0"));
        assert_true(fabs(forecast.quantile[1] / exp(3) - 1) < 0.1);
        assert_true(fabs(forecast.mean[0] / exp(3 + 0.32) - 1) < 0.1);
        assert_true(fabs(forecast.quantile[0] / exp(3 - 0.8 * 1.645) - 1) < 0.2);
        assert_true(fabs(forecast.quantile[2] / exp(3 + 0.8 * 1.645) - 1) < 0.2);
        fs_forecaster_close(f);
    }
}

/* The first step alone is a sum too, and of two equal ones the mean is twice that. */
static void paths_go_back_as_well(void **state)
{
    (void)state;
    static double y[600];
    fs_random random = fs_random_open(6, 0, 0, 0);
    fs_forecast_settings settings = {.horizon = 12,
                                     .model = fs_forecast_model_find("ets"),
                                     .nonnegative = -1,
                                     .transforms = true,
                                     .sums = true,
                                     .paths = 4000,
                                     .seed = 1,
                                     .quantiles = 3,
                                     .quantile = quantiles};
    for (int t = 0; t < 600; t++) y[t] = exp(3 + 0.8 * fs_random_normal(&random));
    fs_forecaster *f = NULL;
    fs_forecast sums;
    assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
    run(f, 1, y, 600, &sums);
    assert_true(fabs(sums.quantile[0] / exp(3 - 0.8 * 1.645) - 1) < 0.2);
    assert_true(fabs(sums.quantile[1] / exp(3) - 1) < 0.1);
    assert_true(fabs(sums.quantile[2] / exp(3 + 0.8 * 1.645) - 1) < 0.2);
    double twelve = 12 * exp(3 + 0.32); /* of a sum the median is near to the mean */
    assert_true(sums.quantile[34] > 0.85 * twelve && sums.quantile[34] < 1.02 * twelve);
    fs_forecaster_close(f);
}

static void exponential_growth_goes_on(void **state)
{
    (void)state;
    double y[LENGTH];
    fs_random random = fs_random_open(3, 0, 0, 0);
    for (int t = 0; t < LENGTH; t++)
        y[t] = exp(0.03 * t + 0.4 * sin(2 * M_PI * t / 12) + 0.05 * fs_random_normal(&random));
    for (int m = 0; m < 2; m++) {
        fs_forecaster *f = open_forecaster(m ? "arima" : "ets", true, -1);
        fs_forecast forecast;
        run(f, 12, y, LENGTH, &forecast);
        assert_non_null(strstr(forecast.model, " lambda "));
        assert_string_equal(forecast.note, "");
        for (int h = 0; h < 12; h++) {
            double truth = exp(0.03 * (LENGTH + h) + 0.4 * sin(2 * M_PI * (LENGTH + h) / 12));
            assert_true(fabs(forecast.mean[h] / truth - 1) < 0.2);
        }
        fs_forecaster_close(f);
    }
}

static void what_is_not_above_zero_stays_as_it_is(void **state)
{
    (void)state;
    static const char *const models[] = {"ets", "arima", "median", "auto"};
    double y[60];
    fs_random random = fs_random_open(4, 0, 0, 0);
    for (int t = 0; t < 60; t++) y[t] = 30.5 + 5 * fs_random_normal(&random);
    y[20] = 0;
    for (int m = 0; m < 4; m++) {
        fs_forecaster *with = open_forecaster(models[m], true, -1);
        fs_forecaster *without = open_forecaster(models[m], false, 0);
        fs_forecast a, b;
        run(with, 7, y, 60, &a), run(without, 7, y, 60, &b);
        assert_non_null(strstr(a.note, "not transformed"));
        assert_string_equal(a.model, b.model);
        assert_memory_equal(a.mean, b.mean, 12 * sizeof *a.mean);
        assert_memory_equal(a.quantile, b.quantile, 36 * sizeof *a.quantile);
        fs_forecaster_close(with), fs_forecaster_close(without);
    }
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    static const double lambdas[] = {-1, 0, 0.3, 1, 2};
    fs_random random = fs_random_open(5, 0, 0, 0);
    double y[80];
    uint8_t valid[80];
    for (int i = 0; i < 5; i++) {
        fs_forecaster *f = open_forecaster(i % 2 ? "arima" : "ets", true, lambdas[i]);
        for (int trial = 0; trial < 200; trial++) {
            fs_forecast forecast;
            int64_t n = 1 + fs_random_below(&random, 60);
            method_make_nasty(&random, y, valid, n);
            for (int t = 0; t < n && trial % 2; t++) y[t] = fmax(fabs(y[t]), 1e-300);
            run(f, 7, y, n, &forecast);
        }
        fs_forecaster_close(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_there_comes_back),
        cmocka_unit_test(guerrero_finds_how_errors_grow),
        cmocka_unit_test(means_are_means_and_quantiles_are_quantiles),
        cmocka_unit_test(paths_go_back_as_well),
        cmocka_unit_test(exponential_growth_goes_on),
        cmocka_unit_test(what_is_not_above_zero_stays_as_it_is),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
