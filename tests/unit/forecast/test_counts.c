/* Distributions of counts: quantiles by another program, simulated series whose truth is known, and series that break things. */
#include "forecast/method_test.h"

#define SIZES  FS_COUNTS_SIZES
#define PACES  FS_COUNTS_PACES
#define LONG   800
#define LEVELS 9

static const double levels[LEVELS] = {.005, .025, .165, .25, .5, .75, .835, .975, .995};

static void quantiles_at(const method_work *w, int64_t h, double quantile[LEVELS])
{
    w->fit.quantiles(&w->fit, h, levels, LEVELS, quantile);
    for (int q = 0; q < LEVELS; q++) quantile[q] *= w->series.unit;
}

/* ---- the recursion ---- */

typedef struct example {
    double y[LONG], factor[LONG], ways[SIZES * 41];
    uint8_t use[LONG];
    fs_counts counts;
} example;

static void make_example(example *e, fs_random *random)
{
    int64_t most = 1 + fs_random_below(random, 40);
    double level = 6 * fs_random_uniform(random);
    for (int t = 0; t < LONG; t++)
        e->factor[t] = t < 7 ? 0.5 + fs_random_uniform(random) : e->factor[t - 7];
    for (int t = 0; t < LONG; t++) {
        e->y[t] = t % 200 < 150 ? (double)fs_random_negative_binomial(random, level, 1) : 0;
        e->use[t] = fs_random_below(random, 6) > 0;
    }
    for (int i = 0; i < SIZES; i++)
        for (int64_t k = 0; k <= most; k++) {
            double r = FS_COUNTS_SIZE(i), x = (double)k;
            e->ways[i * (most + 1) + k] = exp(lgamma(x + r) - lgamma(r) - lgamma(x + 1));
        }
    e->counts = (fs_counts){e->y, e->use, LONG, e->factor, e->ways, most, 7, level};
}

static void lanes_give_the_bits_of_the_reference(void **state)
{
    (void)state;
    fs_random random = fs_random_open(1, 0, 0, 0);
    static example e;
    static double ahead[LONG * PACES], own[LONG];
    fs_counts_sums all, one;
    for (int trial = 0; trial < 30; trial++) {
        make_example(&e, &random);
        fs_counts_lanes(&e.counts, ahead, &all);
        for (int i = 0; i < SIZES * PACES; i++) {
            int size = i / PACES, pace = i % PACES;
            fs_counts_reference(&e.counts, size, pace, own, &one);
            for (int t = 0; t < LONG && size == FS_COUNTS_TOLD; t++)
                assert_memory_equal(&own[t], &ahead[t * PACES + pace], sizeof *own);
        }
        assert_memory_equal(&one, &all, sizeof one);
    }
}

/* By hand: r 1/2, α .015, level 2 of 7 observations. A sale of 3: likelihood .998 (5/16 (1/5)^(1/2) (4/5)^3 + 1e-6), for the ways
 * are 1/2 3/2 5/2 / 3!. Then none: the mean is 17 - .015 14 over 8 - .015 7, and that it is out has .002 over .002 + .998 none. */
static void the_recursion_is_worked_out_by_hand(void **state)
{
    (void)state;
    const double y[] = {3, 0}, factor[] = {1, 1}, ways[4 * SIZES] = {[4] = 1, [7] = 5.0 / 16};
    const uint8_t use[] = {1, 1};
    double ahead[2], mean = (17 - 0.21) / (8 - 0.105);
    fs_counts c = {y, use, 2, factor, ways, 3, 7, 2};
    fs_counts_sums s;
    fs_counts_reference(&c, 1, 0, ahead, &s);
    double first = 0.998 * (5.0 / 16 * sqrt(0.2) * 0.512 + 1e-6);
    double none = 0.998 * (sqrt(0.5 / (0.5 + mean)) + 1e-6) + 0.002;
    assert_true(fabs(ahead[0] - 0.998 * 2) < 1e-12 && fabs(ahead[1] - 0.998 * mean) < 1e-12);
    assert_true(fabs(s.out[1][0] - 0.002 / none) < 1e-12);
    double likelihood = ldexp(s.mantissa[1][0], (int)s.exponent[1][0]);
    assert_true(fabs(likelihood - first * none) < 1e-12);
}

/* ---- quantiles ---- */

static void check_quantiles(const fs_fit *fit, int64_t h, const int *expected)
{
    double quantile[LEVELS];
    fit->quantiles(fit, h, levels, LEVELS, quantile);
    for (int q = 0; q < LEVELS; q++) assert_true(quantile[q] == expected[q]);
}

/* scipy 1.17.1, nbinom.cdf: of .002 + .998 F one step ahead, each size alone with its mean; then all four with
 * mean 5, the third step after being out with one half. */
static void quantiles_are_those_of_another_program(void **state)
{
    (void)state;
    static const double mean[] = {0.3, 3, 20, 100};
    static const int expected[][LEVELS] = {{0, 0, 0, 0, 0, 0, 0, 4, 9},
                                           {0, 0, 0, 0, 1, 4, 6, 16, 25},
                                           {1, 4, 10, 12, 18, 26, 30, 46, 58},
                                           {52, 63, 80, 86, 99, 113, 120, 143, 159}};
    static const int together[LEVELS] = {0, 0, 0, 0, 0, 4, 5, 15, 44};
    double ahead[3], weight[SIZES][PACES];
    for (int i = 0; i < SIZES; i++) {
        fs_fit fit = {.mean = ahead, .quantiles = fs_counts_quantiles, .counts = {.unit = 1}};
        fit.counts.weight[i][2] = 1;
        fit.counts.level[i][2] = mean[i] / 2;
        ahead[0] = mean[i] * 0.998; /* a factor of 2 */
        check_quantiles(&fit, 0, expected[i]);
    }
    fs_fit all = {.mean = ahead, .quantiles = fs_counts_quantiles, .counts = {.unit = 1}};
    for (int i = 0; i < SIZES; i++) {
        all.counts.weight[i][0] = 0.25;
        all.counts.level[i][0] = 5;
        all.counts.out[i][0] = 0.5;
    }
    ahead[2] = fs_counts_on_sale(&all.counts, 3, weight);
    assert_true(fabs(ahead[2] - 5 * (1 - 0.459329664)) < 1e-12);
    check_quantiles(&all, 2, together);
}

static void quantiles_rise_and_may_be_asked_in_any_order(void **state)
{
    (void)state;
    const double p[] = {0.9, 1e-9, 1 - 1e-16, 0.5};
    fs_random random = fs_random_open(2, 0, 0, 0);
    method_work w = {0};
    double y[200], quantile[4];
    for (int t = 0; t < 200; t++) y[t] = (double)fs_random_poisson(&random, 20);
    assert_true(method_fit(&w, &fs_counts_method, 7, y, NULL, 200));
    w.fit.quantiles(&w.fit, 5, p, 4, quantile);
    assert_true(quantile[1] < quantile[3] && quantile[3] < quantile[0]);
    assert_true(quantile[0] < quantile[2] && quantile[2] * w.series.unit < 1000);
    method_free(&w);
}

/* ---- simulated series ---- */

static const double weekday[] = {0.6, 0.7, 0.8, 1, 1.2, 1.4, 1.3};

static void simulate(fs_random *random, double level, double size, double *y, int64_t n)
{
    for (int64_t t = 0; t < n; t++)
        y[t] = (double)fs_random_negative_binomial(random, level * weekday[t % 7], size);
}

/* Of few sales the weekdays are drawn together, but not the week. */
static void simulated_means_are_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(3, 0, 0, 0);
    method_work w = {0};
    double y[LONG], ratio[2][7] = {{0}}, week[2] = {0};
    for (int trial = 0; trial < 400; trial++) {
        int busy = trial % 2;
        double level = busy ? 8 : 0.8;
        simulate(&random, level, 2, y, LONG);
        assert_true(method_fit(&w, &fs_counts_method, 7, y, NULL, LONG));
        for (int h = 0; h < 7; h++) {
            ratio[busy][h] += w.mean[h] / (level * weekday[(LONG + h) % 7]) / 200;
            week[busy] += w.mean[h] / (7 * level) / 200;
        }
    }
    assert_true(fabs(week[0] - 1) < 0.04 && fabs(week[1] - 1) < 0.04);
    for (int h = 0; h < 7; h++) {
        assert_true(fabs(ratio[1][h] - 1) < 0.06);
        assert_true(fabs(ratio[0][h] - 1) < 0.25);
    }
    method_free(&w);
}

/* Counts are lumps, so what lies at a quantile or below is at least p, and what lies below it at most p. */
static void quantiles_cover_what_they_should(void **state)
{
    (void)state;
    fs_random random = fs_random_open(4, 0, 0, 0);
    method_work w = {0};
    double y[LONG + 28], quantile[LEVELS], below[LEVELS] = {0}, within[LEVELS] = {0};
    for (int trial = 0; trial < 300; trial++) {
        simulate(&random, 5, 4, y, LONG + 28);
        assert_true(method_fit(&w, &fs_counts_method, 7, y, NULL, LONG));
        for (int h = 0; h < 28; h++) {
            quantiles_at(&w, h, quantile);
            for (int q = 0; q < LEVELS; q++) {
                below[q] += (y[LONG + h] < quantile[q]) / (300 * 28.0);
                within[q] += (y[LONG + h] <= quantile[q]) / (300 * 28.0);
            }
        }
    }
    for (int q = 0; q < LEVELS; q++)
        assert_true(below[q] < levels[q] + 0.015 && within[q] > levels[q] - 0.015);
    method_free(&w);
}

/* The level is not forgotten while it is out: two months of nothing, then a week of sales. */
static void times_out_of_sale_leave_the_level_as_it_was(void **state)
{
    (void)state;
    fs_random random = fs_random_open(5, 0, 0, 0);
    method_work w = {0};
    double y[307];
    for (int t = 0; t < 307; t++) y[t] = t >= 240 && t < 300 ? 0 : fs_random_poisson(&random, 5);
    assert_true(method_fit(&w, &fs_counts_method, 1, y, NULL, 300));
    assert_true(w.mean[0] < 1 && w.mean[27] > 1.5); /* out, and may be back */
    assert_true(method_fit(&w, &fs_counts_method, 1, y, NULL, 307));
    assert_true(fabs(w.mean[0] - 5) < 1);
    method_free(&w);
}

static void residuals_are_errors_of_what_was_said_before(void **state)
{
    (void)state;
    fs_random random = fs_random_open(6, 0, 0, 0);
    method_work w = {0};
    double y[LONG], sum = 0, squares = 0;
    simulate(&random, 5, 4, y, LONG);
    assert_true(method_fit(&w, &fs_counts_method, 7, y, NULL, LONG));
    for (int t = 100; t < LONG; t++) {
        double e = w.fit.residual[t] * w.series.unit, m = 5 * weekday[t % 7];
        sum += e / (LONG - 100);
        squares += e * e / (m + m * m / 4) / (LONG - 100);
    }
    assert_true(fabs(sum) < 0.4 && squares > 0.8 && squares < 1.25);
    method_free(&w);
}

/* ---- all kinds of series ---- */

static void missing_periods_are_no_periods_without_sales(void **state)
{
    (void)state;
    fs_random random = fs_random_open(7, 0, 0, 0);
    method_work w = {0};
    double y[400];
    uint8_t valid[400];
    for (int t = 0; t < 400; t++) {
        valid[t] = t % 3 != 1;
        y[t] = valid[t] ? (double)fs_random_poisson(&random, 4) : 0;
    }
    assert_true(method_fit(&w, &fs_counts_method, 7, y, valid, 400));
    for (int h = 0; h < 7; h++) assert_true(fabs(w.mean[h] - 4) < 1);
    method_check_sane(&w);
    method_free(&w);
}

static void zeros_before_the_first_sale_do_not_count(void **state)
{
    (void)state;
    fs_random random = fs_random_open(8, 0, 0, 0);
    method_work w = {0};
    double y[400] = {0}, quantile[LEVELS], expected;
    y[300] = 2;
    for (int t = 301; t < 400; t++) y[t] = (double)fs_random_poisson(&random, 3);
    assert_true(method_fit(&w, &fs_counts_method, 1, y + 300, NULL, 100));
    expected = w.mean[0];
    assert_true(method_fit(&w, &fs_counts_method, 1, y, NULL, 400));
    assert_true(w.mean[0] == expected && w.fit.from == 300);
    quantiles_at(&w, 0, quantile);
    assert_true(quantile[4] == 3);
    method_check_sane(&w);
    method_free(&w);
}

static void nothing_sold_or_one_sale_is_forecast_soberly(void **state)
{
    (void)state;
    const double none[9] = {0}, one[9] = {[8] = 3};
    double quantile[LEVELS];
    method_work w = {0};
    assert_true(method_fit(&w, &fs_counts_method, 7, none, NULL, 9));
    quantiles_at(&w, 39, quantile);
    assert_true(w.mean[0] == 0 && quantile[0] == 0 && quantile[8] == 0);
    method_check_sane(&w);
    assert_true(method_fit(&w, &fs_counts_method, 7, one, NULL, 9));
    quantiles_at(&w, 0, quantile);
    assert_true(w.mean[0] > 0.3 && w.mean[0] < 1 && quantile[4] == 0);
    method_check_sane(&w);
    assert_true(method_fit(&w, &fs_counts_method, 7, one + 8, NULL, 1));
    method_check_sane(&w);
    method_free(&w);
}

static void series_of_another_kind_are_left_to_others(void **state)
{
    (void)state;
    const double part[] = {3, 0, 1.5, 4}, less[] = {3, 0, -1, 4}, large[] = {300, 200, 100, 400};
    const double tiny[] = {1e-3, 0, 2e-3}, far[] = {0, 1, 900, 3};
    method_work w = {0};
    assert_false(method_fit(&w, &fs_counts_method, 1, part, NULL, 4));
    assert_false(method_fit(&w, &fs_counts_method, 1, less, NULL, 4));
    assert_false(method_fit(&w, &fs_counts_method, 1, large, NULL, 4));
    assert_false(method_fit(&w, &fs_counts_method, 1, tiny, NULL, 3));
    assert_false(method_fit(&w, &fs_counts_method, 1, far, NULL, 4));
    assert_true(method_fit(&w, &fs_counts_method, 1, far, NULL, 2));
    method_free(&w);
}

static void nasty_series_get_finite_forecasts(void **state)
{
    (void)state;
    method_check_nasty(&fs_counts_method, 400);
}

/* Whole numbers with what breaks things: rows of zeros, outliers, one value for long, holes. */
static void nasty_counts_get_finite_quantiles(void **state)
{
    (void)state;
    static const int seasons[] = {1, 2, 7, 12, 52};
    fs_random random = fs_random_open(9, 0, 0, 0);
    method_work w = {0};
    double y[3000], quantile[LEVELS];
    uint8_t valid[3000];
    for (int trial = 0; trial < 500; trial++) {
        int64_t n = 1 + fs_random_below(&random, trial % 20 ? 60 : 3000);
        double level = pow(10, 4 * fs_random_uniform(&random) - 3);
        for (int64_t t = 0; t < n; t++) {
            valid[t] = t == 0 || fs_random_below(&random, 5) > 0;
            y[t] = trial % 3 ? fs_random_negative_binomial(&random, level, 0.1) : t > n / 2;
            if (trial % 7 == 0 && t == n - 1) y[t] = 5000;
        }
        if (!method_fit(&w, &fs_counts_method, seasons[trial % 5], y, valid, n)) continue;
        method_check_sane(&w);
        quantiles_at(&w, trial % METHOD_HORIZON, quantile);
        for (int q = 0; q < LEVELS; q++) {
            assert_true(isfinite(quantile[q]) && quantile[q] == floor(quantile[q]));
            assert_true(quantile[q] >= (q ? quantile[q - 1] : 0));
        }
    }
    method_free(&w);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    method_check_memory(&fs_counts_method, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_give_the_bits_of_the_reference),
        cmocka_unit_test(the_recursion_is_worked_out_by_hand),
        cmocka_unit_test(quantiles_are_those_of_another_program),
        cmocka_unit_test(quantiles_rise_and_may_be_asked_in_any_order),
        cmocka_unit_test(simulated_means_are_found),
        cmocka_unit_test(quantiles_cover_what_they_should),
        cmocka_unit_test(times_out_of_sale_leave_the_level_as_it_was),
        cmocka_unit_test(residuals_are_errors_of_what_was_said_before),
        cmocka_unit_test(missing_periods_are_no_periods_without_sales),
        cmocka_unit_test(zeros_before_the_first_sale_do_not_count),
        cmocka_unit_test(nothing_sold_or_one_sale_is_forecast_soberly),
        cmocka_unit_test(series_of_another_kind_are_left_to_others),
        cmocka_unit_test(nasty_series_get_finite_forecasts),
        cmocka_unit_test(nasty_counts_get_finite_quantiles),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
