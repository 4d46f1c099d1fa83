/* Models of purchases: derivatives, published figures, parameters found again, and what comes of histories that tell nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

#define MOST 40000

typedef struct customers {
    int64_t count;
    double *repeats, *recency, *age, *log_waits;
} customers;

static customers room(void)
{
    customers c = {0};
    c.repeats = calloc(4 * (size_t)MOST, sizeof(double));
    assert_non_null(c.repeats);
    c.recency = c.repeats + MOST, c.age = c.repeats + 2 * MOST;
    c.log_waits = c.repeats + 3 * MOST;
    return c;
}

static fs_history_groups groups_of(const customers *c)
{
    fs_history_groups groups = {0};
    fs_histories histories = {c->count, c->repeats, c->recency, c->age, NULL, c->log_waits};
    double left;
    assert_int_equal(fs_history_groups_make(&groups, &histories, &left), FS_OK);
    assert_true(left == 0);
    return groups;
}

/* With purchases as regular as can be. */
static void add(customers *c, double repeats, double recency, double age)
{
    assert_true(c->count < MOST);
    c->log_waits[c->count] = repeats > 0 ? repeats * log(recency / repeats) : 0;
    c->repeats[c->count] = repeats, c->recency[c->count] = recency, c->age[c->count++] = age;
}

static void expect_near(double value, double wanted, double within)
{
    if (!(fabs(value - wanted) <= within))
        fail_msg("%.12g, wanted %.12g within %g", value, wanted, within);
}

/* ---- derivatives ---- */

static void some(customers *c)
{
    add(c, 0, 0, 30), add(c, 0, 0, 5), add(c, 1, 20, 30), add(c, 3, 3, 30), add(c, 7, 29, 30);
    add(c, 40, 30, 30), add(c, 300, 25, 39), add(c, 1, 0.5, 0.5), add(c, 2, 1, 1000);
}

static void gradients_are_those_of_the_likelihood(void **state)
{
    (void)state;
    static const double at[][FS_PURCHASE_PARAMETERS] = {{0.5, 6, 0.7, 9, 1},
                                                        {0.5, 9, 0.7, 6, 2},
                                                        {2, 5, 1, 5, 3},
                                                        {0.1, 200, 3, 0.5, 12},
                                                        {8, 0.3, 0.2, 150, 6}};
    customers c = room();
    some(&c);
    fs_history_groups groups = groups_of(&c);
    for (int m = 0; m < FS_PURCHASE_MODELS; m++)
        for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
            double gradient[FS_PURCHASE_PARAMETERS];
            assert_true(isfinite(fs_purchase_likelihood(m, &groups, at[k], gradient)));
            for (int i = 0; i < (fs_purchase_parameters(m) > 2 ? 4 : 2); i++) {
                double step = 1e-5 * at[k][i], up[FS_PURCHASE_PARAMETERS],
                       below[FS_PURCHASE_PARAMETERS];
                memcpy(up, at[k], sizeof up), memcpy(below, at[k], sizeof below);
                up[i] += step, below[i] -= step;
                double slope = (fs_purchase_likelihood(m, &groups, up, NULL) -
                                fs_purchase_likelihood(m, &groups, below, NULL)) /
                               (2 * step);
                expect_near(gradient[i], slope, 1e-6 * (fabs(slope) + 1));
            }
        }
    fs_history_groups_free(&groups);
    free(c.repeats);
}

/* The likelihood of one history of Pareto/NBD, its integral by Simpson's rule in the logarithm of time. */
static double plain_pareto(const double p[4], double x, double recency, double age)
{
    enum { STEPS = 20000 };
    double r = p[0], alpha = p[1], s = p[2], beta = p[3], sum = 0;
    double low = log(alpha + recency), high = log(alpha + age), width = (high - low) / STEPS;
    double end = -(r + x) * log(alpha + age) - s * log(beta + age);
    for (int i = 0; i <= STEPS; i++) {
        double y = exp(low + i * width), weight = i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2;
        sum += weight * exp(-(r + x - 1) * log(y) - (s + 1) * log(y - alpha + beta) - end);
    }
    return fs_log_gamma(r + x) - fs_log_gamma(r) + r * log(alpha) + s * log(beta) + end +
           log1p(s * sum * width / 3);
}

static void the_series_of_pareto_nbd_is_its_integral(void **state)
{
    (void)state;
    static const double at[][FS_PURCHASE_PARAMETERS] = {{0.55, 10.6, 0.6, 11.7},
                                                        {0.55, 11.7, 0.6, 10.6},
                                                        {2, 5, 1, 5},
                                                        {0.3, 60, 2, 1},
                                                        {3, 1, 0.4, 60}};
    for (size_t k = 0; k < sizeof at / sizeof *at; k++)
        for (int x = 0; x <= 40; x += 8) {
            customers c = room();
            add(&c, x, x ? 12.5 : 0, 38.25);
            fs_history_groups groups = groups_of(&c);
            double wanted = plain_pareto(at[k], x, x ? 12.5 : 0, 38.25);
            expect_near(fs_purchase_likelihood(FS_PARETO_NBD, &groups, at[k], NULL), wanted,
                        1e-9 * (1 + fabs(wanted)));
            fs_history_groups_free(&groups);
            free(c.repeats);
        }
}

/* ---- published figures ---- */

/* Days since 1 January 1997 of 19970118. */
static int day_of(int date)
{
    return (int)(fs_days_from_civil(date / 10000, date / 100 % 100, date % 100) -
                 fs_days_from_civil(1997, 1, 1));
}

/* Histories until 30 September 1997, in weeks, from a file of customer and date in columns `who` and who + 1, sorted by both. */
static bool read_cdnow(const char *name, int who, customers *c)
{
    const char *data = getenv("FORESELL_DATA");
    char path[512], line[256], last[32] = "";
    int first = 0, now = 0, end = day_of(19970930);
    snprintf(path, sizeof path, "%s/cdnow/%s", data ? data : "../shared/data", name);
    FILE *file = fopen(path, "r");
    if (!file)
        return print_message("%s is not there: FORESELL_DATA names its folder\n", path), false;
    while (fgets(line, sizeof line, file)) {
        char word[3][32];
        if (sscanf(line, "%31s %31s %31s", word[0], word[1], word[2]) < 3 ||
            atoi(word[who + 1]) < 19970101)
            continue;
        int day = day_of(atoi(word[who + 1]));
        if (day > end) continue;
        if (strcmp(word[who], last) != 0) {
            add(c, 0, 0, (end - day) / 7.0);
            strcpy(last, word[who]);
            first = now = day;
        }
        if (day == now) continue; /* two on one day are one */
        c->log_waits[c->count - 1] += log((day - now) / 7.0);
        now = day;
        c->repeats[c->count - 1]++, c->recency[c->count - 1] = (day - first) / 7.0;
    }
    return fclose(file) == 0 && c->count > 0;
}

typedef struct published {
    int model;
    double parameter[FS_PURCHASE_PARAMETERS], log_likelihood;
} published;

static void expect_published(const char *file, int who, const published *wanted, int count)
{
    customers c = room();
    if (!read_cdnow(file, who, &c)) {
        free(c.repeats);
        skip();
    }
    fs_history_groups groups = groups_of(&c);
    for (int k = 0; k < count; k++) {
        fs_purchase_fit fit;
        fs_purchase_fit_model(wanted[k].model, &groups, &fit);
        assert_true(fit.found);
        for (int i = 0; i < fs_purchase_parameters(wanted[k].model) && wanted[k].parameter[0] > 0;
             i++) {
            expect_near(fit.parameter[i], wanted[k].parameter[i],
                        1e-6 * wanted[k].parameter[i] + 2e-6);
            assert_true(i == 4 || fit.deviation[i] > 0);
        }
        expect_near(fit.log_likelihood, wanted[k].log_likelihood,
                    wanted[k].parameter[0] > 0 ? 1e-6 : 1e-4);
    }
    fs_history_groups_free(&groups);
    free(c.repeats);
}

static void the_sample_of_cdnow_has_its_published_parameters(void **state)
{
    (void)state;
    static const published wanted[] = {
        {FS_BG_NBD, {0.242595, 4.413602, 0.792922, 2.425906}, -9582.429207},
        {FS_PARETO_NBD, {0.553277, 10.577682, 0.606240, 11.668728}, -9594.976179},
        {FS_MBG_NBD, {0.524843, 6.183085, 0.891359, 1.614003}, -9582.135716},
        {FS_BG_CNBD_K, {0.242595, 4.413602, 0.792922, 2.425906, 1}, -9582.429207},
        {FS_MBG_CNBD_K, {0.524843, 6.183085, 0.891359, 1.614003, 1}, -9582.135716},
        {FS_NBD, {0.384766, 12.072020}, -9763.657615}};
    expect_published("CDNOW_sample.txt", 1, wanted, 6);
}

static void all_of_cdnow_has_its_published_likelihoods(void **state)
{
    (void)state;
    static const published wanted[] = {
        {FS_BG_NBD, {0.251624, 4.788943, 0.723434, 2.161088}, -95368.443933},
        {FS_PARETO_NBD, {0}, -95415.1186}};
    expect_published("CDNOW_master.txt", 0, wanted, 2);
}

/* ---- what is foretold ---- */

static void foretell(int model, const double *parameter, double x, double recency, double age,
                     double ahead, double *alive, double *expected)
{
    customers c = room();
    add(&c, x, recency, age);
    fs_history_groups groups = groups_of(&c);
    assert_int_equal(fs_purchase_foretell(model, parameter, &groups, &ahead, 1, alive, expected),
                     FS_OK);
    fs_history_groups_free(&groups);
    free(c.repeats);
}

static void expectations_are_the_published_ones(void **state)
{
    (void)state;
    static const double bg[FS_PURCHASE_PARAMETERS] = {0.242595, 4.413602, 0.792922, 2.425906},
                        pareto[FS_PURCHASE_PARAMETERS] = {0.553277, 10.577682, 0.606240, 11.668728};
    static const struct {
        double weeks, wanted;
    } ahead[] = {{1, 0.05318}, {32, 1.04373}, {78, 1.85796}}; /* by the hypergeometric function */
    double alive, expected;
    for (int i = 0; i < 3; i++) {
        foretell(FS_BG_NBD, bg, 0, 0, 0, ahead[i].weeks, &alive, &expected);
        expect_near(expected, ahead[i].wanted, 5e-6);
        assert_true(alive == 1);
    }
    foretell(FS_PARETO_NBD, pareto, 26, 30.86, 31, 39, &alive, &expected);
    expect_near(alive, 0.9979, 5e-5);
}

/* (1 - (1 + p t / c)^-k) / p, the mean over a beta of p, by the middle rule in its distribution's quantiles of a sample. */
static void expectations_are_means_over_customers(void **state)
{
    (void)state;
    enum { DRAWS = 400000 };
    static const double at[][FS_PURCHASE_PARAMETERS] = {
        {0.25, 4.4, 0.8, 2.4}, {0.5, 6, 1, 2}, {1.5, 3, 2.5, 1.5}};
    for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
        fs_random random = fs_random_open(7, k, 0, 0);
        double sum = 0, squares = 0, alive, expected, x = 4, age = 30, ahead = 52;
        for (int i = 0; i < DRAWS; i++) {
            double rate = fs_random_gamma(&random, at[k][0] + x) / (at[k][1] + age);
            double leaves = fs_random_beta(&random, at[k][2], at[k][3] + x);
            double one = -expm1(-rate * leaves * ahead) / leaves;
            sum += one, squares += one * one;
        }
        double mean = sum / DRAWS, error = sqrt((squares / DRAWS - mean * mean) / DRAWS);
        foretell(FS_BG_NBD, at[k], x, age - 1e-9, age, ahead, &alive, &expected);
        expect_near(expected / alive, mean, 4.5 * error);
    }
}

static void nothing_jumps_where_a_formula_has_a_hole(void **state)
{
    (void)state;
    for (int m = FS_BG_NBD; m < FS_PURCHASE_MODELS; m++)
        for (double t = 1; t < 3000; t *= 7) {
            double low[] = {0.5, 8, 1 - 1e-7, 6, 3}, one[] = {0.5, 8, 1, 6, 3},
                   high[] = {0.5, 8, 1 + 1e-7, 6, 3}, alive, value[3];
            foretell(m, low, 3, 20, 30, t, &alive, &value[0]);
            foretell(m, one, 3, 20, 30, t, &alive, &value[1]);
            foretell(m, high, 3, 20, 30, t, &alive, &value[2]);
            expect_near(value[1], (value[0] + value[2]) / 2, 1e-6 * value[1]);
            assert_true(alive > 0 && alive < 1 && value[1] > 0);
        }
}

/* ---- parameters found again ---- */

static void draw(customers *c, int model, const double *p, uint64_t seed, int count)
{
    for (int i = 0; i < count; i++) {
        fs_random random = fs_random_open(seed, (uint64_t)i, (uint64_t)model, 0);
        double rate = fs_random_gamma(&random, p[0]) / p[1],
               age = 30 + 20 * fs_random_uniform(&random);
        double leaves = model == FS_PARETO_NBD ? fs_random_exponential(&random) /
                                                     (fs_random_gamma(&random, p[2]) / p[3])
                                               : age;
        double chance =
            model == FS_NBD || model == FS_PARETO_NBD ? 0 : fs_random_beta(&random, p[2], p[3]);
        bool regular = model == FS_BG_CNBD_K || model == FS_MBG_CNBD_K,
             modified = model == FS_MBG_NBD || model == FS_MBG_CNBD_K;
        double time = 0, last = 0, repeats = 0, log_waits = 0;
        bool there = !modified || fs_random_uniform(&random) > chance;
        while (there) {
            time += regular ? fs_random_gamma(&random, p[4]) / rate
                            : fs_random_exponential(&random) / rate;
            if (time > age || time > leaves) break;
            log_waits += log(time - last);
            last = time, repeats++;
            there = fs_random_uniform(&random) > chance;
        }
        add(c, repeats, last, age);
        c->log_waits[c->count - 1] = log_waits;
    }
}

static void parameters_are_found_again(void **state)
{
    (void)state;
    static const double truth[FS_PURCHASE_MODELS][FS_PURCHASE_PARAMETERS] = {
        {0.8, 6},          {0.6, 5, 1.1, 2.5},      {0.9, 5, 0.9, 2},
        {0.7, 7, 0.9, 14}, {0.8, 2.5, 1.1, 2.5, 2}, {0.9, 1.5, 0.9, 2, 4}};
    for (int m = 0; m < FS_PURCHASE_MODELS; m++) {
        customers c = room();
        draw(&c, m, truth[m], 11, 20000);
        fs_history_groups groups = groups_of(&c);
        fs_purchase_fit fit;
        fs_purchase_fit_model(m, &groups, &fit);
        assert_true(fit.found);
        for (int i = 0; i < fs_purchase_parameters(m); i++)
            expect_near(fit.parameter[i], truth[m][i], 3.5 * fit.deviation[i]);
        assert_true(fit.log_likelihood >= fs_purchase_likelihood(m, &groups, truth[m], NULL));
        fs_history_groups_free(&groups);
        free(c.repeats);
    }
}

/* Of very many histories the search begins where a sample of them ends, which is near. */
static void many_customers_have_a_likelihood_without_slope_too(void **state)
{
    (void)state;
    static const double truth[FS_PURCHASE_PARAMETERS] = {0.6, 5, 1.1, 2.5};
    customers c = room();
    draw(&c, FS_BG_NBD, truth, 13, MOST);
    fs_history_groups groups = groups_of(&c);
    fs_purchase_fit fit;
    double slope[FS_PURCHASE_PARAMETERS];
    fs_purchase_fit_model(FS_BG_NBD, &groups, &fit);
    (void)fs_purchase_likelihood(FS_BG_NBD, &groups, fit.parameter, slope);
    assert_true(groups.count > 32768 && fit.found && fit.evaluations < 24);
    for (int i = 0; i < 4; i++) {
        expect_near(slope[i] * fit.parameter[i] / MOST, 0, 1e-7);
        expect_near(fit.parameter[i], truth[i], 3.5 * fit.deviation[i]);
    }
    fs_history_groups_free(&groups);
    free(c.repeats);
}

/* ---- regular purchases ---- */

/* The density of purchases at times w apart and of silence after them, as the mean over rates and chances of leaving that are drawn. */
static void the_likelihood_of_regular_purchases_is_a_mean_over_customers(void **state)
{
    (void)state;
    enum { DRAWS = 400000 };
    static const double at[][FS_PURCHASE_PARAMETERS] = {{1.2, 2, 0.8, 2.4, 3}, {2.5, 3, 1, 2, 2}};
    static const double wait[] = {2, 1.5, 2.5}, age = 12;
    for (size_t n = 0; n < 2; n++)
        for (int x = 0; x <= 3; x++) {
            double k = at[n][4], sum = 0, squares = 0, last = 0;
            customers c = room();
            for (int i = 0; i < x; i++) last += wait[i];
            add(&c, x, last, age);
            c.log_waits[0] = 0;
            for (int i = 0; i < x; i++) c.log_waits[0] += log(wait[i]);
            fs_random random = fs_random_open(3, n, (uint64_t)x, 0);
            for (int i = 0; i < DRAWS; i++) {
                double rate = fs_random_gamma(&random, at[n][0]) / at[n][1];
                double leaves = fs_random_beta(&random, at[n][2], at[n][3]);
                double one = pow(1 - leaves, x), silent = 0, part = exp(-rate * (age - last));
                for (int j = 0; j < x; j++)
                    one *= pow(rate, k) * pow(wait[j], k - 1) * exp(-rate * wait[j]) / tgamma(k);
                for (int j = 0; j < (int)k; j++)
                    silent += part, part *= rate * (age - last) / (j + 1);
                one *= leaves + (1 - leaves) * silent;
                sum += one, squares += one * one;
            }
            double mean = sum / DRAWS, error = sqrt((squares / DRAWS - mean * mean) / DRAWS);
            fs_history_groups groups = groups_of(&c);
            double found = fs_purchase_likelihood(FS_MBG_CNBD_K, &groups, at[n], NULL);
            expect_near(exp(found), mean, 4.5 * error);
            fs_history_groups_free(&groups);
            free(c.repeats);
        }
}

static fs_purchase_fit fit_of(const customers *c, int model)
{
    fs_history_groups groups = groups_of(c);
    fs_purchase_fit fit;
    fs_purchase_fit_model(model, &groups, &fit);
    fs_history_groups_free(&groups);
    return fit;
}

static void without_the_times_between_purchases_they_come_at_random(void **state)
{
    (void)state;
    static const double truth[] = {0.9, 1.5, 0.9, 2, 4};
    customers c = room();
    draw(&c, FS_MBG_CNBD_K, truth, 17, 3000);
    fs_purchase_fit known = fit_of(&c, FS_MBG_CNBD_K), plain = fit_of(&c, FS_MBG_NBD);
    assert_true(known.parameter[4] == 4 && known.log_likelihood > plain.log_likelihood + 100);
    int64_t one = 0;
    while (c.repeats[one] < 2) one++;
    double odd[] = {NAN, INFINITY, -INFINITY, c.repeats[one] * log(c.recency[one])};
    for (int i = 0; i < 4; i++) { /* the last: twice as much time as there was */
        c.log_waits[one] = odd[i];
        fs_purchase_fit fit = fit_of(&c, FS_MBG_CNBD_K);
        assert_true(fit.parameter[4] == 1 && fit.log_likelihood == plain.log_likelihood);
    }
    free(c.repeats);
}

/* ---- histories ---- */

static void the_order_of_customers_is_nothing_to_the_results(void **state)
{
    (void)state;
    static const double truth[FS_PURCHASE_PARAMETERS] = {0.6, 5, 1.1, 2.5};
    customers c = room(), turned = room();
    draw(&c, FS_BG_NBD, truth, 5, 3000);
    for (int64_t i = 0; i < c.count; i++)
        c.recency[i] = floor(c.recency[i]), c.age[i] = floor(c.age[i]);
    for (int64_t i = c.count - 1; i >= 0; i--) add(&turned, c.repeats[i], c.recency[i], c.age[i]);
    fs_history_groups one = groups_of(&c), other = groups_of(&turned);
    assert_true(one.count < c.count && one.count == other.count && one.groups == other.groups);
    for (int m = 0; m < FS_PURCHASE_MODELS; m++) {
        fs_purchase_fit a, b;
        fs_purchase_fit_model(m, &one, &a), fs_purchase_fit_model(m, &other, &b);
        assert_memory_equal(&a, &b, sizeof a);
    }
    fs_history_groups_free(&one), fs_history_groups_free(&other);
    free(c.repeats), free(turned.repeats);
}

static void what_is_no_history_is_left_out_and_counted(void **state)
{
    (void)state;
    double repeats[] = {1, -1, 2.5, 1, 1, 0, NAN, 2, 3},
           recency[] = {1, 1, 1, 5, -1, 2, 1, INFINITY, 2};
    double age[] = {4, 4, 4, 4, 4, 4, 4, INFINITY, 2}, weight[] = {2, 1, 1, 1, 1, 1, 1, 1, 0}, left;
    fs_histories histories = {9, repeats, recency, age, weight, NULL};
    fs_history_groups groups = {0};
    assert_int_equal(fs_history_groups_make(&groups, &histories, &left), FS_OK);
    assert_true(groups.count == 1 && groups.customers == 2 && left == 7);
    fs_history_groups_free(&groups);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const double bg[FS_PURCHASE_PARAMETERS] = {0.243, 4.414, 0.793, 2.426},
                        ahead[] = {26, 52};
    customers c = room();
    some(&c);
    fs_histories histories = {c.count, c.repeats, c.recency, c.age, NULL, NULL};
    for (int n = 0; n < 100; n++) {
        fs_history_groups groups = {0};
        double left, expected[2 * 16];
        fs_alloc_fail_after(n);
        fs_status status = fs_history_groups_make(&groups, &histories, &left);
        if (status == FS_OK)
            status = fs_purchase_foretell(FS_BG_NBD, bg, &groups, ahead, 2, NULL, expected);
        fs_alloc_fail_after(-1);
        fs_history_groups_free(&groups);
        if (status == FS_OK) {
            assert_true(n > 3);
            free(c.repeats);
            return;
        }
        assert_int_equal(status, FS_MEMORY);
    }
    fail_msg("it never succeeds");
}

static void expect_finite(const customers *c)
{
    fs_history_groups groups = groups_of(c);
    for (int m = 0; m < FS_PURCHASE_MODELS; m++) {
        fs_purchase_fit fit;
        double ahead[] = {0, 1e-6, 52, 1e6},
               *out = calloc(5 * (size_t)(groups.count + 1), sizeof *out);
        fs_purchase_fit_model(m, &groups, &fit);
        assert_int_equal(
            fs_purchase_foretell(m, fit.parameter, &groups, ahead, 4, out, out + groups.count),
            FS_OK);
        assert_true(isfinite(fit.log_likelihood));
        for (int i = 0; i < FS_PURCHASE_PARAMETERS; i++)
            assert_true(isfinite(fit.parameter[i]) && isfinite(fit.deviation[i]));
        for (int64_t i = 0; i < groups.count; i++) assert_true(out[i] >= 0 && out[i] <= 1);
        for (int64_t i = groups.count; i < 5 * groups.count; i++)
            assert_true(isfinite(out[i]) && out[i] >= 0);
        free(out);
    }
    fs_history_groups_free(&groups);
}

static void odd_customers_have_finite_answers(void **state)
{
    (void)state;
    customers c = room();
    expect_finite(&c); /* nobody */
    for (int i = 0; i < 50; i++) add(&c, 0, 0, i);
    expect_finite(&c); /* nobody came twice */
    add(&c, 100000, 200, 201);
    expect_finite(&c); /* one came very often */
    c.count = 0;
    for (int i = 0; i < 50; i++) add(&c, 5, 10, 10);
    expect_finite(&c); /* all alike, and seen just now */
    c.count = 0;
    add(&c, 3, 1e-12, 1e12), add(&c, 2, 1e12, 1e12), add(&c, 0, 0, 0);
    expect_finite(&c); /* of all sizes */
    free(c.repeats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_those_of_the_likelihood),
        cmocka_unit_test(the_series_of_pareto_nbd_is_its_integral),
        cmocka_unit_test(the_sample_of_cdnow_has_its_published_parameters),
        cmocka_unit_test(all_of_cdnow_has_its_published_likelihoods),
        cmocka_unit_test(expectations_are_the_published_ones),
        cmocka_unit_test(expectations_are_means_over_customers),
        cmocka_unit_test(nothing_jumps_where_a_formula_has_a_hole),
        cmocka_unit_test(parameters_are_found_again),
        cmocka_unit_test(many_customers_have_a_likelihood_without_slope_too),
        cmocka_unit_test(the_likelihood_of_regular_purchases_is_a_mean_over_customers),
        cmocka_unit_test(without_the_times_between_purchases_they_come_at_random),
        cmocka_unit_test(the_order_of_customers_is_nothing_to_the_results),
        cmocka_unit_test(what_is_no_history_is_left_out_and_counted),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(odd_customers_have_finite_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
