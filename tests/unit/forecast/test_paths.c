/* Simulated paths, and quantiles of sums: draws, what theory says of sums, and whether they cover what comes. */
#include "forecast/method_test.h"
#include "forecaster_internal.h"

#define WIDTH 4000
#define STEPS 14
static const double quantiles[] = {0.95, 0.05, 0.5};

static void open_paths(fs_paths *p, int64_t horizon, int64_t paths)
{
    fs_forecast_settings settings = {.horizon = horizon, .paths = paths, .seed = 1, .sums = true};
    assert_int_equal(fs_paths_open(p, &settings), FS_OK);
}

static fs_forecaster *open_forecaster(const char *model, int64_t horizon, int64_t paths, bool sums)
{
    fs_forecast_settings settings = {.horizon = horizon,
                                     .model = fs_forecast_model_find(model),
                                     .nonnegative = -1,
                                     .paths = paths,
                                     .sums = sums,
                                     .seed = 1,
                                     .quantiles = 3,
                                     .quantile = quantiles};
    fs_forecaster *f = NULL;
    assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
    return f;
}

static fs_forecast run(fs_forecaster *f, int season, const double *y, int64_t n)
{
    fs_forecast forecast;
    assert_int_equal(fs_forecaster_run(f, season, y, NULL, n, NULL, &forecast, NULL), FS_OK);
    return forecast;
}

/* ---- draws ---- */

static void each_step_draws_all_shares_once_and_their_mirrors(void **state)
{
    (void)state;
    fs_paths p;
    open_paths(&p, 9, 1003);
    assert_int_equal(p.width, 1008);
    for (int64_t h = 0; h <= 10; h++) {
        const uint16_t *rank = p.rank + h * p.width;
        uint8_t seen[1008] = {0};
        for (int64_t i = 0; i < p.width; i++) {
            assert_true(rank[i] < p.width && !seen[rank[i]]++);
            assert_int_equal(rank[i] + rank[p.width - 1 - i], p.width - 1);
        }
    }
    fs_paths_close(&p);
}

/* Of 91 pairs of steps the largest correlation of the ranks is that of orders that have nothing to do with each other. */
static void steps_are_drawn_independently(void **state)
{
    (void)state;
    fs_paths p;
    open_paths(&p, STEPS, WIDTH);
    double middle = (WIDTH - 1) / 2.0, variance = ((double)WIDTH * WIDTH - 1) / 12;
    for (int64_t a = 0; a < STEPS; a++)
        for (int64_t b = 0; b < a; b++) {
            double sum = 0;
            for (int64_t i = 0; i < WIDTH; i++)
                sum += (p.rank[a * WIDTH + i] - middle) * (p.rank[b * WIDTH + i] - middle);
            assert_true(fabs(sum / WIDTH / variance) < 4 * sqrt(2.0 / WIDTH));
        }
    fs_paths_close(&p);
}

static void draws_depend_on_seed_and_step_only(void **state)
{
    (void)state;
    fs_paths near, far, other;
    open_paths(&near, 5, 200), open_paths(&far, 40, 200);
    assert_memory_equal(near.rank, far.rank, 5 * 200 * sizeof *near.rank);
    fs_forecast_settings settings = {.horizon = 5, .paths = 200, .seed = 2, .sums = true};
    assert_int_equal(fs_paths_open(&other, &settings), FS_OK);
    assert_memory_not_equal(near.rank, other.rank, 5 * 200 * sizeof *near.rank);
    fs_paths_close(&near), fs_paths_close(&far), fs_paths_close(&other);
}

/* ---- sums by theory ---- */

/* Deviation of the sum of steps `from` … h over paths of a fit with these spreads and normal errors of deviation 3, widened by `factor`. */
static double deviation_widened(const double spread[STEPS], double factor, int64_t from, int64_t h)
{
    fs_paths p;
    double copy[STEPS], squares = 0;
    memcpy(copy, spread, sizeof copy);
    fs_fit fit = {.spread = copy};
    fs_errors errors = {.deviation = 3, .factor = factor};
    open_paths(&p, STEPS, WIDTH);
    fs_paths_simulate(&p, &fit, &errors, STEPS);
    for (int64_t i = 0; i < p.width; i++) {
        double sum = 0;
        for (int64_t j = from - 1; j < h; j++) sum += p.value[j * p.width + i];
        squares += sum * sum;
    }
    fs_paths_close(&p);
    return sqrt(squares / WIDTH);
}

static double deviation_of_sum(const double spread[STEPS], int64_t h)
{
    return deviation_widened(spread, 1, 1, h);
}

/* Monte-Carlo error of a deviation: a share 1 / sqrt(2 paths), three of them. */
#define NEAR(a, b) (fabs((a) / (b)-1) < 3 / sqrt(2.0 * WIDTH))

static void sums_of_independent_steps_grow_by_the_root(void **state)
{
    (void)state;
    double spread[STEPS];
    for (int h = 0; h < STEPS; h++) spread[h] = 1;
    for (int h = 1; h <= STEPS; h++)
        assert_true(NEAR(deviation_of_sum(spread, h), 3 * sqrt((double)h)));
}

static void sums_of_a_random_walk_grow_as_squares_add_up(void **state)
{
    (void)state;
    double spread[STEPS];
    for (int h = 0; h < STEPS; h++) spread[h] = sqrt(h + 1.0);
    for (int h = 1; h <= STEPS; h++)
        assert_true(NEAR(deviation_of_sum(spread, h), 3 * sqrt(h * (h + 1.0) * (2.0 * h + 1) / 6)));
}

/* psi = .3 at each lag: the error of k steps before the end is in the sum 1 + .3 k times. */
static void sums_of_simple_smoothing_are_those_of_its_weights(void **state)
{
    (void)state;
    double spread[STEPS], variance = 0;
    for (int h = 0; h < STEPS; h++) spread[h] = sqrt(1 + 0.09 * h);
    for (int k = 0; k < STEPS; k++) variance += (1 + 0.3 * k) * (1 + 0.3 * k);
    assert_true(NEAR(deviation_of_sum(spread, STEPS), 3 * sqrt(variance)));
}

/* Of independent steps, of which twice the deviation was found: each step has it, and three quarters of its variance are in all of them. */
static void what_was_found_beyond_theory_is_in_all_steps(void **state)
{
    (void)state;
    double spread[STEPS];
    for (int h = 0; h < STEPS; h++) spread[h] = 1;
    for (int h = 1; h <= STEPS; h++) {
        assert_true(NEAR(deviation_widened(spread, 2, h, h), 6));
        assert_true(NEAR(deviation_widened(spread, 2, 1, h), 3 * sqrt(h + 3.0 * h * h)));
        assert_true(NEAR(deviation_widened(spread, 0.8, 1, h), 2.4 * sqrt((double)h)));
    }
}

/* ---- counts ---- */

static void fill_mixture(fs_random *random, fs_counts_mixture *m)
{
    double total = 0;
    *m = (fs_counts_mixture){.unit = 4};
    for (int i = 0; i < FS_COUNTS_SIZES; i++)
        for (int k = 0; k < FS_COUNTS_PACES; k++) {
            m->weight[i][k] = fs_random_uniform(random);
            m->level[i][k] = 5 * fs_random_uniform(random);
            m->exposed[i][k] = 5 + 40 * fs_random_uniform(random);
            m->out[i][k] = fs_random_uniform(random) * (k == 1);
            total += m->weight[i][k];
        }
    for (int i = 0; i < FS_COUNTS_SIZES; i++)
        for (int k = 0; k < FS_COUNTS_PACES; k++) m->weight[i][k] /= total;
}

static void lanes_give_the_bits_of_the_reference(void **state)
{
    (void)state;
    fs_random random = fs_random_open(3, 0, 0, 0);
    fs_paths p;
    fs_counts_mixture mixture;
    double factor[STEPS], plain[STEPS];
    open_paths(&p, STEPS, 200);
    for (int trial = 0; trial < 20; trial++) {
        fill_mixture(&random, &mixture);
        for (int h = 0; h < STEPS; h++) factor[h] = trial == 0 ? 0 : 2 * fs_random_uniform(&random);
        fs_counts_paths paths = {&mixture, factor, p.rank, STEPS, p.width, p.value};
        fs_counts_paths_lanes(&paths);
        for (int64_t c = 0; c < p.width; c++) {
            fs_counts_paths_reference(&paths, c, plain);
            for (int h = 0; h < STEPS; h++)
                assert_memory_equal(&plain[h], &p.value[h * p.width + c], sizeof *plain);
        }
    }
    fs_paths_close(&p);
}

/* At the first step the distribution is the mixture's own, and the mean stays what is forecast at all of them. */
static void counts_are_drawn_from_their_distribution(void **state)
{
    (void)state;
    fs_random random = fs_random_open(4, 0, 0, 0);
    double y[200], own[3];
    for (int t = 0; t < 200; t++) y[t] = (double)fs_random_negative_binomial(&random, 2, 0.7);
    fs_forecaster *f = open_forecaster("counts", STEPS, WIDTH, true);
    fs_forecast forecast = run(f, 7, y, 200);
    assert_string_equal(forecast.model, "counts");
    const fs_fit *fit = &f->fit[f->settings.model];
    fs_counts_quantiles(fit, 0, (const double[]){0.94, 0.95, 0.96}, 3, own);
    assert_true(forecast.quantile[0] >= own[0] * f->series.unit);
    assert_true(forecast.quantile[0] <= own[2] * f->series.unit);
    for (int h = 0; h < STEPS; h++) {
        double sum = 0;
        for (int64_t i = 0; i < WIDTH; i++) sum += f->paths.value[h * WIDTH + i];
        assert_true(fabs(sum / WIDTH / fit->mean[h] - 1) < 0.1);
        for (int q = 0; q < 3; q++)
            assert_true(forecast.quantile[h * 3 + q] == floor(forecast.quantile[h * 3 + q]));
    }
    fs_forecaster_close(f);
}

/* ---- what is delivered ---- */

static void means_of_sums_are_sums_of_means(void **state)
{
    (void)state;
    fs_random random = fs_random_open(5, 0, 0, 0);
    double y[140], sum = 0;
    for (int t = 0; t < 140; t++) y[t] = 30 + 9 * (t % 7) + 4 * fs_random_normal(&random);
    fs_forecaster *steps = open_forecaster("seasonal_es", STEPS, 0, false);
    fs_forecaster *sums = open_forecaster("seasonal_es", STEPS, 1000, true);
    fs_forecast one = run(steps, 7, y, 140), all = run(sums, 7, y, 140);
    assert_null(all.path);
    for (int h = 0; h < STEPS; h++) {
        sum += one.mean[h];
        assert_true(fabs(all.mean[h] - sum) < 1e-9 * sum);
        assert_true(all.quantile[h * 3 + 1] < sum && all.quantile[h * 3] > sum);
    }
    for (int q = 0; q < 2; q++) assert_true(fabs(all.quantile[q] - one.quantile[q]) < 0.1);
    double width = all.quantile[39] - all.quantile[40], widths = 0;
    for (int h = 0; h < STEPS; h++) widths += one.quantile[h * 3] - one.quantile[h * 3 + 1];
    assert_true(width < 0.6 * widths); /* chance evens out */
    fs_forecaster_close(steps), fs_forecaster_close(sums);
}

/* Far from zero; on the seventh day it is closed. */
static void paths_are_those_that_sums_are_read_from(void **state)
{
    (void)state;
    fs_random random = fs_random_open(6, 0, 0, 0);
    double y[140], sums[1000];
    for (int t = 0; t < 140; t++) y[t] = t % 7 == 6 ? 0 : 90 + 4 * fs_random_normal(&random);
    fs_forecaster *whole = open_forecaster("snaive", STEPS, 1000, true);
    fs_forecaster *paths = open_forecaster("snaive", STEPS, 1000, false);
    fs_forecast sum = run(whole, 7, y, 140), given = run(paths, 7, y, 140);
    for (int i = 0; i < 1000; i++) {
        sums[i] = 0;
        for (int h = 0; h < STEPS; h++) {
            double value = given.path[i * STEPS + h];
            assert_true(h % 7 == 6 ? value == 0 : value > 0);
            sums[i] += value;
        }
    }
    fs_sort(sums, 1000);
    assert_true(fabs(sums[949] - sum.quantile[39]) < 1e-9 * sums[949]);
    assert_true(fabs(sums[49] - sum.quantile[40]) < 1e-9 * sums[49]);
    fs_forecaster_close(whole), fs_forecaster_close(paths);
}

/* Small and noisy: steps of paths, and sums, are kept from falling below zero, and the sum is not lifted by its steps. */
static void paths_and_sums_are_not_below_zero(void **state)
{
    (void)state;
    fs_random random = fs_random_open(16, 0, 0, 0);
    double y[140], mean = 0;
    int zeros = 0;
    for (int t = 0; t < 140; t++)
        y[t] = fs_random_below(&random, 4) ? 0 : 0.7 * fs_random_exponential(&random);
    fs_forecaster *whole = open_forecaster("ses", STEPS, 1000, true);
    fs_forecaster *paths = open_forecaster("ses", STEPS, 1000, false);
    fs_forecast sum = run(whole, 1, y, 140), given = run(paths, 1, y, 140);
    for (int i = 0; i < 1000 * STEPS; i++) {
        assert_true(given.path[i] >= 0);
        zeros += given.path[i] == 0;
    }
    assert_true(zeros > 500);
    for (int h = 0; h < STEPS; h++) assert_true(sum.quantile[h * 3 + 1] >= 0);
    for (int i = 0; i < 1000; i++) mean += whole->paths.sum[i] * whole->series.unit / 1000;
    assert_true(fabs(mean - sum.mean[13]) < 0.02 * sum.mean[13]);
    fs_forecaster_close(whole), fs_forecaster_close(paths);
}

/* A promotion that doubles sales, and one is planned for the third step: it is in the paths and in their sums. */
static void paths_hold_what_regressors_do(void **state)
{
    (void)state;
    fs_random random = fs_random_open(17, 0, 0, 0);
    double y[120], promotion[120 + STEPS] = {0}, mean[STEPS] = {0};
    const double *column[] = {promotion};
    const char *name[] = {"promotion"};
    fs_regressors known = {.count = 1, .value = column, .name = name};
    fs_forecast given, sum;
    for (int t = 0; t < 120; t++) {
        promotion[t] = t % 9 == 4;
        y[t] = (50 + fs_random_normal(&random)) * (1 + promotion[t]);
    }
    promotion[122] = 1;
    fs_forecaster *paths = open_forecaster("ses", STEPS, 1000, false);
    fs_forecaster *sums = open_forecaster("ses", STEPS, 1000, true);
    assert_int_equal(fs_forecaster_run(paths, 1, y, NULL, 120, &known, &given, NULL), FS_OK);
    for (int i = 0; i < 1000; i++)
        for (int h = 0; h < STEPS; h++) mean[h] += given.path[i * STEPS + h] / 1000;
    for (int h = 0; h < STEPS; h++) assert_true(fabs(mean[h] / given.mean[h] - 1) < 0.005);
    assert_true(fabs(mean[2] / mean[1] - 2) < 0.1);
    assert_int_equal(fs_forecaster_run(sums, 1, y, NULL, 120, &known, &sum, NULL), FS_OK);
    assert_true(fabs(sum.quantile[3 * 3 - 1] - sum.mean[2]) < 0.02 * sum.mean[2]);
    assert_true(fabs(sum.mean[2] / (4 * given.mean[0]) - 1) < 0.03);
    fs_forecaster_close(paths), fs_forecaster_close(sums);
}

/* Slow movers: the level is multiplied, and what is sold stays whole. */
static void paths_of_counts_hold_what_regressors_do(void **state)
{
    (void)state;
    fs_random random = fs_random_open(18, 0, 0, 0);
    double y[400], promotion[400 + STEPS] = {0}, mean[STEPS] = {0};
    const double *column[] = {promotion};
    const char *name[] = {"promotion"};
    fs_regressors known = {.count = 1, .value = column, .name = name};
    fs_forecast given;
    for (int t = 0; t < 400; t++) {
        promotion[t] = t % 9 == 4;
        y[t] = (double)fs_random_poisson(&random, 1.5 * (1 + promotion[t]));
    }
    promotion[402] = 1;
    fs_forecaster *paths = open_forecaster("counts", STEPS, 2000, false);
    assert_int_equal(fs_forecaster_run(paths, 1, y, NULL, 400, &known, &given, NULL), FS_OK);
    for (int i = 0; i < 2000; i++)
        for (int h = 0; h < STEPS; h++) {
            double sold = given.path[i * STEPS + h];
            assert_true(sold == floor(sold));
            mean[h] += sold / 2000;
        }
    for (int h = 0; h < STEPS; h++) assert_true(fabs(mean[h] / given.mean[h] - 1) < 0.06);
    assert_true(given.mean[2] > 1.6 * given.mean[1]);
    fs_forecaster_close(paths);
}

/* ---- coverage of what came ---- */

typedef enum truth { INDEPENDENT, WALK, AUTOREGRESSION, POISSON, SCATTERED } truth;

static void make_truth(fs_random *random, truth kind, double *y, int64_t n)
{
    double level = kind == WALK ? 1000 : 0;
    for (int64_t t = 0; t < n; t++) {
        double e = fs_random_normal(random);
        if (kind == WALK) level += e;
        if (kind == AUTOREGRESSION) level = 0.7 * level + e;
        y[t] = kind == INDEPENDENT      ? 100 + e
               : kind == WALK           ? level
               : kind == AUTOREGRESSION ? 100 + level
               : kind == POISSON        ? (double)fs_random_poisson(random, 1.5)
                                        : (double)fs_random_negative_binomial(random, 1.5, 0.5);
    }
}

#define TRIALS 600
#define LENGTH 150

/* Share of sums of the next 14 steps that lie between the quantiles of 5 % and 95 %. */
static double coverage(const char *model, truth kind)
{
    fs_random random = fs_random_open(7, kind, 0, 0);
    fs_forecaster *f = open_forecaster(model, STEPS, 1000, true);
    double y[LENGTH + STEPS];
    int inside = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        make_truth(&random, kind, y, LENGTH + STEPS);
        fs_forecast forecast = run(f, 1, y, LENGTH);
        double sum = 0;
        for (int h = 0; h < STEPS; h++) sum += y[LENGTH + h];
        inside += sum >= forecast.quantile[40] && sum <= forecast.quantile[39];
    }
    fs_forecaster_close(f);
    return inside / (double)TRIALS;
}

/* Chance alone is 1.2 % either way, and parameters that are estimated cost some. Of counts some 4 % lie at the quantiles themselves,
 * and levels that may move are expected to. */
static void quantiles_of_sums_cover_what_comes(void **state)
{
    (void)state;
    const struct {
        const char *model;
        truth kind;
        double low, high;
    } cases[] = {{"mean", INDEPENDENT, 0.86, 0.94},
                 {"naive", WALK, 0.86, 0.94},
                 {"arima", AUTOREGRESSION, 0.84, 0.94},
                 {"counts", POISSON, 0.9, 0.99},
                 {"counts", SCATTERED, 0.86, 0.97}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double share = coverage(cases[i].model, cases[i].kind);
        assert_true(share >= cases[i].low && share <= cases[i].high);
    }
}

/* ---- what breaks things ---- */

static void nasty_series_get_finite_ordered_sums(void **state)
{
    (void)state;
    static const char *const models[] = {"auto", "ets", "counts", "snaive", "holt"};
    fs_random random = fs_random_open(8, 0, 0, 0);
    double y[300];
    uint8_t valid[300];
    for (int m = 0; m < 5; m++) {
        fs_forecaster *f = open_forecaster(models[m], 9, 100, true);
        for (int trial = 0; trial < (m == 0 ? 40 : 200); trial++) {
            fs_forecast forecast;
            int64_t n = 1 + fs_random_below(&random, 120);
            method_make_nasty(&random, y, valid, n);
            assert_int_equal(fs_forecaster_run(f, 7, y, valid, n, NULL, &forecast, NULL), FS_OK);
            for (int h = 0; h < 9; h++) {
                const double *q = forecast.quantile + h * 3;
                assert_true(isfinite(forecast.mean[h]) && isfinite(q[0]) && isfinite(q[1]));
                assert_true(q[1] <= q[2] && q[2] <= q[0]);
            }
        }
        fs_forecaster_close(f);
    }
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    const double y[] = {3, 5, 4, 6, 5, 7, 6, 8, 7, 9, 8, 10};
    for (int sums = 0; sums < 2; sums++)
        for (int64_t n = 0;; n++) {
            fs_forecast_settings settings = {.horizon = 3, .paths = 20, .sums = sums};
            fs_forecaster *f = NULL;
            fs_forecast forecast;
            fs_alloc_fail_after(n);
            fs_status status = fs_forecaster_open(&settings, &f, NULL);
            if (status == FS_OK)
                status = fs_forecaster_run(f, 1, y, NULL, 12, NULL, &forecast, NULL);
            bool failed = fs_alloc_count() > n;
            fs_alloc_fail_after(-1);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
            fs_forecaster_close(f);
            if (!failed) break;
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_draws_all_shares_once_and_their_mirrors),
        cmocka_unit_test(steps_are_drawn_independently),
        cmocka_unit_test(draws_depend_on_seed_and_step_only),
        cmocka_unit_test(sums_of_independent_steps_grow_by_the_root),
        cmocka_unit_test(sums_of_a_random_walk_grow_as_squares_add_up),
        cmocka_unit_test(sums_of_simple_smoothing_are_those_of_its_weights),
        cmocka_unit_test(what_was_found_beyond_theory_is_in_all_steps),
        cmocka_unit_test(lanes_give_the_bits_of_the_reference),
        cmocka_unit_test(counts_are_drawn_from_their_distribution),
        cmocka_unit_test(means_of_sums_are_sums_of_means),
        cmocka_unit_test(paths_are_those_that_sums_are_read_from),
        cmocka_unit_test(paths_and_sums_are_not_below_zero),
        cmocka_unit_test(paths_hold_what_regressors_do),
        cmocka_unit_test(paths_of_counts_hold_what_regressors_do),
        cmocka_unit_test(quantiles_of_sums_cover_what_comes),
        cmocka_unit_test(nasty_series_get_finite_ordered_sums),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
