/* Covariates that change over time: the likelihood by random draws, derivatives, coefficients found again, and what is foretold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "covariate_test.h"
#include "customer_internal.h"
#include "foresell/numeric.h"

enum { PEOPLE = 6000, PAST = 10, AHEAD = 5, EACH = PAST + AHEAD, COLUMNS = 2 };

typedef struct people {
    int64_t count, first[PEOPLE + 1];
    double repeats[PEOPLE * EACH], recency[PEOPLE * EACH], length[PEOPLE * EACH];
    double covariate[COLUMNS][PEOPLE * EACH];
    double later[PEOPLE]; /* purchases in the stretches to come */
} people;

static const double truth[FS_PURCHASE_PARAMETERS] = {0.9, 5, 0.9, 14};
static const fs_covariate_effects planted = {2, {0.3, 0}, {0.7, -0.3}, {-0.5, 0.6}};

static void expect_near(double value, double wanted, double within)
{
    if (!(fabs(value - wanted) <= within))
        fail_msg("%.12g, wanted %.12g within %g", value, wanted, within);
}

static double scale_of(const double *factor, const people *p, int64_t i)
{
    double sum = 0;
    for (int c = 0; c < COLUMNS; c++) sum += factor[c] * (p->covariate[c][i] - planted.mean[c]);
    return exp(sum);
}

/* What is bought in a stretch by one who stays `stays` of it; the last of it is at `recency`. */
static double buy(people *p, int64_t i, double rate, double stays, fs_random *random)
{
    double bought = 0, at = fs_random_exponential(random) / rate;
    for (; at < stays; at += fs_random_exponential(random) / rate) bought++, p->recency[i] = at;
    return bought;
}

/* The first covariate is a season's, a promotion's or the like, the second a customer's own of the time. */
static void draw_one(people *p, int64_t k, fs_random *random)
{
    double rate = fs_random_gamma(random, truth[0]) / truth[1];
    double to_leave = fs_random_exponential(random) * truth[3] / fs_random_gamma(random, truth[2]);
    int phase = (int)(4 * fs_random_uniform(random));
    p->later[k] = 0;
    for (int j = 0; j < EACH; j++) {
        int64_t i = p->first[k] + j;
        double length = p->length[i] = 2 + 4 * fs_random_uniform(random);
        p->covariate[0][i] = (j + phase) % 4 == 0;
        p->covariate[1][i] = fs_random_normal(random);
        double leaving = scale_of(planted.leaving, p, i);
        double stays = fmin(length, to_leave / leaving);
        p->recency[i] = 0;
        p->repeats[i] = buy(p, i, rate * scale_of(planted.rate, p, i), stays, random);
        to_leave = fmax(to_leave - leaving * length, 0);
        if (j < PAST) continue;
        p->later[k] += p->repeats[i];
        p->repeats[i] = p->recency[i] = NAN;
    }
    p->first[k + 1] = p->first[k] + EACH;
}

static people *draw(uint64_t seed, int64_t count)
{
    people *p = calloc(1, sizeof *p);
    assert_non_null(p);
    for (p->count = 0; p->count < count; p->count++) {
        fs_random random = fs_random_open(seed, (uint64_t)p->count, 0, 0);
        draw_one(p, p->count, &random);
    }
    return p;
}

static fs_stretches stretches_of(const people *p, int columns)
{
    return (fs_stretches){p->count,   p->first,  p->repeats,
                          p->recency, p->length, {columns, {p->covariate[0], p->covariate[1]}}};
}

static fs_stretch_set set_of(const people *p, int columns)
{
    fs_stretch_set set = {0};
    fs_stretches stretches = stretches_of(p, columns);
    int64_t left;
    assert_int_equal(fs_stretch_set_make(&set, &stretches, &left), FS_OK);
    assert_int_equal(left, 0);
    return set;
}

static people *only(const people *from, int64_t k)
{
    people *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->count = 1, p->first[1] = EACH;
    int64_t i = from->first[k];
    memcpy(p->repeats, from->repeats + i, EACH * sizeof *p->repeats);
    memcpy(p->recency, from->recency + i, EACH * sizeof *p->recency);
    memcpy(p->length, from->length + i, EACH * sizeof *p->length);
    for (int c = 0; c < COLUMNS; c++)
        memcpy(p->covariate[c], from->covariate[c] + i, EACH * sizeof *p->length);
    return p;
}

/* ---- the likelihood ---- */

/* Until the last purchase: the stretch of it, and what rates and leaving add up to. */
typedef struct passed {
    int last;
    double repeats, log_b, alpha, beta;
} passed;

static passed passed_of(const people *p)
{
    passed all = {0};
    double alpha = 0, beta = 0;
    for (int i = 0; i < PAST; i++) {
        double b = scale_of(planted.rate, p, i), d = scale_of(planted.leaving, p, i);
        if (p->repeats[i] > 0)
            all.last = i, all.alpha = alpha + b * p->recency[i],
            all.beta = beta + d * p->recency[i];
        all.repeats += p->repeats[i], all.log_b += p->repeats[i] * log(b);
        alpha += b * p->length[i], beta += d * p->length[i];
    }
    return all;
}

/* Of one with these rates who was there at the last purchase: that no other came, as he is still there or left. */
static double chance_of(const people *p, const passed *all, double rate, double leaving,
                        double *there)
{
    double b_sum = 0, d_sum = 0, gone = 0;
    for (int i = all->last; i < PAST; i++) {
        double b = rate * scale_of(planted.rate, p, i),
               d = leaving * scale_of(planted.leaving, p, i);
        double length = p->length[i] - (i == all->last ? p->recency[i] : 0);
        gone += d * exp(-b_sum - d_sum) * -expm1(-(b + d) * length) / (b + d);
        b_sum += b * length, d_sum += d * length;
    }
    *there = exp(-b_sum - d_sum);
    return *there + gone;
}

/* Rates are drawn from what they are given the purchases, and that the customer was there until the last of them. */
static void the_likelihood_is_the_mean_over_customers_who_differ(void **state)
{
    (void)state;
    enum { DRAWS = 100000 };
    double r = truth[0], s = truth[2];
    people *all = draw(31, 40);
    for (int k = 0; k < 40; k += 5) {
        people *p = only(all, k);
        fs_stretch_set set = set_of(p, 2);
        fs_outlook_settings settings = {1, 0, 0.9, 0};
        fs_outlook out;
        passed to = passed_of(p);
        double sum = 0, square = 0, alive = 0, x = to.repeats;
        double alpha = truth[1] + to.alpha, beta = truth[3] + to.beta;
        for (uint64_t n = 0; n < DRAWS; n++) {
            fs_random random = fs_random_open(7, n, (uint64_t)k, 0);
            double rate = fs_random_gamma(&random, r + x) / alpha, there;
            double leaving = fs_random_gamma(&random, s) / beta;
            double one = chance_of(p, &to, rate, leaving, &there);
            sum += one / DRAWS, square += one * one / DRAWS, alive += there / DRAWS;
        }
        double error = sqrt((square - sum * sum) / DRAWS) / sum;
        double before = fs_log_gamma(r + x) - fs_log_gamma(r) + r * log(truth[1]) -
                        (r + x) * log(alpha) + s * log(truth[3] / beta) + to.log_b;
        assert_true(error < 0.02);
        expect_near(fs_stretch_likelihood(&set, truth, &planted, NULL, NULL), before + log(sum),
                    4 * error);
        assert_int_equal(fs_stretch_look_ahead(&set, truth, &planted, &settings, &out), FS_OK);
        expect_near(out.alive, alive / sum, 6 * error);
        fs_stretch_set_free(&set);
        free(p);
    }
    free(all);
}

static double value_at(const fs_stretch_set *set, const double *parameter, int moved, double by)
{
    double at[FS_PURCHASE_PARAMETERS];
    fs_covariate_effects effects = {2, {0.4, -0.2}, {0.5, 0.2}, {-0.5, 0.3}};
    memcpy(at, parameter, sizeof at);
    move_one(at, &effects, moved, by);
    return fs_stretch_likelihood(set, at, &effects, NULL, NULL);
}

static void gradients_are_those_of_the_likelihood(void **state)
{
    (void)state;
    static const double places[][FS_PURCHASE_PARAMETERS] = {
        {0.9, 5, 0.9, 14}, {0.3, 0.02, 2, 800}, {3, 900, 0.4, 0.05}};
    people *p = draw(3, 200);
    fs_stretch_set set = set_of(p, 2);
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        const double *at = places[k];
        double by[FS_PURCHASE_PARAMETERS] = {0};
        fs_covariate_effects effects = {2, {0.4, -0.2}, {0.5, 0.2}, {-0.5, 0.3}}, slope;
        (void)fs_stretch_likelihood(&set, at, &effects, by, &slope);
        double found[] = {
            by[0],           by[1], by[2], by[3], slope.rate[0], slope.rate[1], slope.leaving[0],
            slope.leaving[1]};
        for (int i = 0; i < 8; i++) {
            double step = 1e-5 * (i < 4 ? at[i] : 1), up = value_at(&set, at, i, step);
            double wanted = (up - value_at(&set, at, i, -step)) / (2 * step);
            expect_near(found[i] * step, wanted * step, 2e-6 * step * (fabs(wanted) + 10) + 2e-11);
        }
    }
    fs_stretch_set_free(&set);
    free(p);
}

/* ---- covariates that do not change ---- */

/* His covariates are those of his first stretch; what was to come is not. */
static void hold(people *p)
{
    int64_t n = 0, end;
    for (int64_t k = 0; k < p->count; k++) {
        double z[] = {p->covariate[0][p->first[k]], p->covariate[1][p->first[k]]};
        int64_t first = p->first[k];
        end = first + PAST, p->first[k] = n;
        for (int64_t i = first; i < end; i++, n++) {
            p->repeats[n] = p->repeats[i], p->recency[n] = p->recency[i];
            p->length[n] = p->length[i];
            for (int c = 0; c < COLUMNS; c++) p->covariate[c][n] = z[c];
        }
    }
    p->first[p->count] = n;
}

/* The same customers, each in one row. */
static fs_history_kinds kinds_of(const people *p)
{
    static double repeats[PEOPLE], recency[PEOPLE], age[PEOPLE], covariate[COLUMNS][PEOPLE];
    fs_history_kinds kinds = {0};
    fs_histories histories = {p->count, repeats, recency, age, NULL, NULL};
    fs_covariates covariates = {2, {covariate[0], covariate[1]}};
    double left;
    for (int64_t k = 0; k < p->count; k++) {
        repeats[k] = recency[k] = age[k] = 0;
        for (int64_t i = p->first[k]; i < p->first[k + 1]; i++) {
            if (p->repeats[i] > 0) recency[k] = age[k] + p->recency[i];
            repeats[k] += p->repeats[i], age[k] += p->length[i];
        }
        for (int c = 0; c < COLUMNS; c++) covariate[c][k] = p->covariate[c][p->first[k]];
    }
    assert_int_equal(fs_history_kinds_make(&kinds, &histories, &covariates, &left), FS_OK);
    return kinds;
}

static void expect_same_fit(const fs_covariate_fit *a, const fs_covariate_fit *b)
{
    expect_near(a->base.log_likelihood, b->base.log_likelihood,
                1e-9 * fabs(b->base.log_likelihood));
    for (int i = 0; i < 4; i++) {
        expect_near(a->base.parameter[i], b->base.parameter[i], 1e-9 * b->base.parameter[i]);
        expect_near(a->base.deviation[i], b->base.deviation[i], 1e-6 * b->base.deviation[i]);
    }
    for (int c = 0; c < 2; c++) {
        expect_near(a->effects.mean[c], b->effects.mean[c], 1e-9);
        expect_near(a->effects.rate[c], b->effects.rate[c], 1e-9);
        expect_near(a->effects.leaving[c], b->effects.leaving[c], 1e-9);
        expect_near(a->rate_deviation[c], b->rate_deviation[c], 1e-6 * b->rate_deviation[c]);
    }
}

static void covariates_that_do_not_change_give_what_one_row_a_customer_gives(void **state)
{
    (void)state;
    people *p = draw(4, 1500);
    hold(p);
    fs_stretch_set set = set_of(p, 2);
    fs_history_kinds kinds = kinds_of(p);
    double one = fs_covariate_likelihood(FS_PARETO_NBD, &kinds, truth, &planted, NULL, NULL);
    expect_near(fs_stretch_likelihood(&set, truth, &planted, NULL, NULL), one, 1e-12 * fabs(one));
    assert_int_equal(set.work->count, p->count); /* each is one stretch */
    fs_covariate_fit many, few;
    fs_stretch_fit_model(&set, &many);
    fs_covariate_fit_model(FS_PARETO_NBD, &kinds, &few);
    assert_true(many.base.found && few.base.found);
    expect_same_fit(&many, &few);
    fs_stretch_set_free(&set), fs_history_kinds_free(&kinds);
    free(p);
}

static void expect_same_outlook(const fs_outlook *a, const fs_outlook *b)
{
    expect_near(a->alive, b->alive, 1e-9);
    expect_near(a->expected, b->expected, 1e-9 * (1 + b->expected));
    expect_near(a->discounted, b->discounted, 1e-9 * (1 + b->discounted));
    expect_near(a->none, b->none, 1e-9);
    expect_near(a->log_money, b->log_money, 1e-9);
    expect_near(a->log_variance, b->log_variance, 1e-9);
    assert_true(a->low == b->low && a->high == b->high);
}

static void the_last_stretch_lasts_on(void **state)
{
    (void)state;
    static const fs_outlook_settings settings[] = {
        {52, 0.002, 0.9, 6}, {1e6, 0.1, 0.5, 0}, {0.01, 0, 0.99, 2}};
    people *p = draw(5, 300);
    hold(p);
    fs_stretch_set set = set_of(p, 2);
    fs_history_kinds kinds = kinds_of(p);
    static fs_outlook out[300], one[300];
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++) {
        assert_int_equal(fs_stretch_look_ahead(&set, truth, &planted, &settings[k], out), FS_OK);
        assert_int_equal(
            fs_covariate_look_ahead(FS_PARETO_NBD, truth, &planted, &kinds, &settings[k], one),
            FS_OK);
        for (int i = 0; i < 300; i++) expect_same_outlook(&out[set.of[i]], &one[kinds.of[i]]);
    }
    fs_stretch_set_free(&set), fs_history_kinds_free(&kinds);
    free(p);
}

/* Without coefficients it is no matter how covariates change: what was cut is put together again. */
static void stretches_that_differ_in_what_does_not_matter_are_one(void **state)
{
    (void)state;
    static const fs_covariate_effects first = {2, {0.3, 0}, {0.7, 0}, {-0.5, 0}};
    static const fs_outlook_settings settings = {30, 0, 0.9, 6};
    static fs_outlook out[400], one[400];
    people *p = draw(9, 400);
    hold(p);
    for (int64_t i = 0; i < p->first[p->count]; i++) p->covariate[1][i] = sin((double)i);
    fs_stretch_set set = set_of(p, 2);
    fs_history_kinds kinds = kinds_of(p);
    double by[FS_PURCHASE_PARAMETERS], wanted[FS_PURCHASE_PARAMETERS];
    double value = fs_covariate_likelihood(FS_PARETO_NBD, &kinds, truth, &first, wanted, NULL);
    expect_near(fs_stretch_likelihood(&set, truth, &first, by, NULL), value, 1e-12 * fabs(value));
    for (int i = 0; i < 4; i++) expect_near(by[i], wanted[i], 1e-9 * (1 + fabs(wanted[i])));
    assert_int_equal(fs_stretch_look_ahead(&set, truth, &first, &settings, out), FS_OK);
    assert_int_equal(fs_covariate_look_ahead(FS_PARETO_NBD, truth, &first, &kinds, &settings, one),
                     FS_OK);
    for (int i = 0; i < 400; i++) expect_same_outlook(&out[set.of[i]], &one[kinds.of[i]]);
    fs_stretch_set_free(&set), fs_history_kinds_free(&kinds);
    free(p);
}

/* Those to come, each in two halves; and a covariate that is not known, as the mean. */
static void it_is_no_matter_where_stretches_to_come_are_cut(void **state)
{
    (void)state;
    static const double ahead[] = {1.9, 17}; /* in the first, and in several */
    people *p = draw(12, 50), *halves = calloc(1, sizeof *halves);
    int64_t n = 0;
    halves->count = p->count;
    for (int64_t k = 0; k < p->count; k++) {
        for (int64_t i = p->first[k]; i < p->first[k + 1]; i++) {
            bool next = isnan(p->repeats[i]);
            for (int half = 0; half <= next; half++, n++) {
                halves->repeats[n] = p->repeats[i], halves->recency[n] = p->recency[i];
                halves->length[n] = p->length[i] / (1 + next);
                for (int c = 0; c < COLUMNS; c++) halves->covariate[c][n] = p->covariate[c][i];
            }
        }
        halves->first[k + 1] = n;
        p->covariate[0][p->first[k] + PAST + 1] = planted.mean[0];
        halves->covariate[0][n - 2 * AHEAD + 2] = halves->covariate[0][n - 2 * AHEAD + 3] = NAN;
    }
    fs_stretch_set set = set_of(p, 2), other = set_of(halves, 2);
    static fs_outlook whole[50], cut[50];
    for (int k = 0; k < 2; k++) {
        fs_outlook_settings settings = {ahead[k], 0, 0.9, 6};
        assert_int_equal(fs_stretch_look_ahead(&set, truth, &planted, &settings, whole), FS_OK);
        assert_int_equal(fs_stretch_look_ahead(&other, truth, &planted, &settings, cut), FS_OK);
        for (int i = 0; i < 50; i++) expect_same_outlook(&cut[i], &whole[i]);
    }
    fs_stretch_set_free(&set), fs_stretch_set_free(&other);
    free(p), free(halves);
}

/* The mean over customers of that over each one's time. */
static double mean_of(const people *p, int c)
{
    double sum = 0;
    for (int64_t k = 0; k < p->count; k++) {
        double own = 0, age = 0;
        for (int64_t i = p->first[k]; i < p->first[k] + PAST; i++)
            own += p->length[i] * p->covariate[c][i], age += p->length[i];
        sum += own / age;
    }
    return sum / (double)p->count;
}

/* ---- coefficients found again ---- */

static void coefficients_are_found_again(void **state)
{
    (void)state;
    people *p = draw(21, 3000);
    fs_stretch_set set = set_of(p, 2);
    fs_covariate_fit fit;
    fs_stretch_fit_model(&set, &fit);
    assert_true(fit.base.found && fit.told[0] && fit.told[1]);
    for (int c = 0; c < 2; c++) {
        expect_near(fit.effects.mean[c], mean_of(p, c), 1e-9);
        expect_near(fit.effects.rate[c], planted.rate[c], 3.5 * fit.rate_deviation[c]);
        expect_near(fit.effects.leaving[c], planted.leaving[c], 3.5 * fit.leaving_deviation[c]);
        assert_true(fit.rate_deviation[c] > 0.005 && fit.rate_deviation[c] < 0.1);
        assert_true(fit.leaving_deviation[c] > 0.01 && fit.leaving_deviation[c] < 0.4);
    }
    double mean[] = {0.3, 0}, own[FS_PURCHASE_PARAMETERS];
    fs_covariate_parameters(FS_PARETO_NBD, fit.base.parameter, &fit.effects, mean, own);
    for (int i = 0; i < 4; i++) {
        double error = fit.base.deviation[i] + own[i] * 0.05;
        expect_near(own[i], truth[i], 3.5 * error);
    }
    assert_true(fit.base.log_likelihood > fs_stretch_likelihood(&set, truth, &planted, NULL, NULL));
    fs_stretch_set_free(&set);
    free(p);
}

/* ---- what is foretold ---- */

/* One who is there, with these rates, until `ahead`. */
static double draw_ahead(const people *p, double rate, double to_leave, double ahead,
                         double discount, double *money, fs_random *random)
{
    double bought = 0, time = 0;
    *money = 0;
    for (int i = PAST; i < EACH && time < ahead; i++) {
        double length = fmin(i + 1 < EACH ? p->length[i] : ahead - time, ahead - time);
        double leaving = scale_of(planted.leaving, p, i), b = rate * scale_of(planted.rate, p, i);
        double stays = fmin(length, to_leave / leaving);
        for (double at = fs_random_exponential(random) / b; at < stays;
             at += fs_random_exponential(random) / b)
            bought++, *money += exp(-discount * (time + at));
        to_leave = fmax(to_leave - leaving * length, 0), time += length;
    }
    return bought;
}

/* The power r + x and α + B, β + D at the end of what is past. */
static void posterior(const people *p, double at[3])
{
    at[0] = truth[0], at[1] = truth[1], at[2] = truth[3];
    for (int i = 0; i < PAST; i++) {
        at[0] += p->repeats[i];
        at[1] += p->length[i] * scale_of(planted.rate, p, i);
        at[2] += p->length[i] * scale_of(planted.leaving, p, i);
    }
}

static void purchases_to_come_are_those_of_draws(void **state)
{
    (void)state;
    enum { DRAWS = 40000 };
    static const double horizon[] = {1, 9, 17, 60};
    people *all = draw(33, 40);
    for (int k = 0; k < 8; k++) {
        people *p = only(all, 5 * k);
        fs_stretch_set set = set_of(p, 2);
        fs_outlook_settings settings = {horizon[k % 4], 0.01, 0.9, 0};
        fs_outlook out;
        double at[3], sum = 0, square = 0, value = 0, none = 0, between = 0;
        posterior(p, at);
        assert_int_equal(fs_stretch_look_ahead(&set, truth, &planted, &settings, &out), FS_OK);
        for (uint64_t n = 0; n < DRAWS; n++) {
            fs_random random = fs_random_open(8, n, (uint64_t)k, 0);
            double rate = fs_random_gamma(&random, at[0]) / at[1], money, bought = 0;
            double leaving = fs_random_gamma(&random, truth[2]) / at[2];
            if (fs_random_uniform(&random) < out.alive) {
                double stays = fs_random_exponential(&random) / leaving;
                bought = draw_ahead(p, rate, stays, settings.ahead, 0.01, &money, &random);
                value += money / DRAWS;
            }
            sum += bought / DRAWS, square += bought * bought / DRAWS;
            none += (bought == 0) / (double)DRAWS;
            between += (bought >= out.low && bought <= out.high) / (double)DRAWS;
        }
        double error = sqrt((square - sum * sum) / DRAWS);
        expect_near(out.expected, sum, 4 * error);
        expect_near(out.discounted, value, 4 * error);
        expect_near(out.none, none, 0.02); /* a negative binomial is not all there is */
        assert_true(between > 0.88);
        fs_stretch_set_free(&set);
        free(p);
    }
    free(all);
}

/* Each in his own stretches to come, until the end of the last. */
static void a_population_buys_as_is_foretold(void **state)
{
    (void)state;
    people *all = draw(41, 1000);
    double bought = 0, square = 0, expected = 0;
    for (int64_t k = 0; k < all->count; k++) {
        people *p = only(all, k);
        fs_stretch_set set = set_of(p, 2);
        fs_outlook_settings settings = {0, 0, 0.9, 0};
        fs_outlook out;
        for (int i = PAST; i < EACH; i++) settings.ahead += p->length[i];
        assert_int_equal(fs_stretch_look_ahead(&set, truth, &planted, &settings, &out), FS_OK);
        bought += all->later[k], expected += out.expected;
        square += (all->later[k] - out.expected) * (all->later[k] - out.expected);
        fs_stretch_set_free(&set);
        free(p);
    }
    expect_near(bought, expected, 3.5 * sqrt(square));
    assert_true(expected > 300);
    free(all);
}

/* ---- odd customers ---- */

static void what_is_no_customer_is_left_out(void **state)
{
    (void)state;
    enum { STRETCHES = 17 };
    const int64_t first[] = {0, 2, 4, 6, 8, 10, 11, 11, 12, 14, STRETCHES};
    const double repeats[STRETCHES] = {1,   0,   1, 0.5, 1,   0, NAN, 1,  1,
                                       NAN, NAN, 0, 2,   NAN, 1, NAN, NAN};
    const double recency[STRETCHES] = {1,   0,   1, 1, 1,   1, NAN, 1,  1,
                                       NAN, NAN, 0, 0, NAN, 1, NAN, NAN};
    const double length[STRETCHES] = {2, 2, 2, 2, 2, 2, 2, 2, 2, NAN, 2, 0, 0, -1, 2, NAN, 2};
    double z[STRETCHES] = {0};
    fs_stretches stretches = {10, first, repeats, recency, length, {1, {z}}};
    fs_stretch_set set = {0};
    int64_t left;
    z[9] = INFINITY; /* to come: as the mean */
    assert_int_equal(fs_stretch_set_make(&set, &stretches, &left), FS_OK);
    static const bool is_one[] = {true,  false, false, false, true,
                                  false, false, true,  false, false};
    for (int k = 0; k < 10; k++) assert_true((set.of[k] >= 0) == is_one[k]);
    assert_true(left == 7 && set.customers == 3 && set.all.customers == 3);
    z[1] = NAN;
    assert_int_equal(fs_stretch_set_make(&set, &stretches, &left), FS_OK);
    assert_true(set.of[0] == -1 && set.of[4] == 0 && left == 8);
    stretches.customers = 0;
    fs_covariate_fit fit;
    assert_int_equal(fs_stretch_set_make(&set, &stretches, &left), FS_OK);
    fs_stretch_fit_model(&set, &fit);
    assert_true(left == 0 && !fit.base.found);
    fs_stretch_set_free(&set);
}

static void stretches_of_no_length_are_no_matter(void **state)
{
    (void)state;
    people *p = draw(6, 200), *more = calloc(1, sizeof *more);
    more->count = p->count;
    int64_t n = 0;
    for (int64_t k = 0; k < p->count; k++) {
        more->first[k] = n;
        for (int64_t i = p->first[k]; i < p->first[k] + PAST; i++)
            for (int twice = 0; twice < 2; twice++, n++) {
                bool empty = twice == (i % 2);
                more->repeats[n] = empty ? 0 : p->repeats[i];
                more->recency[n] = empty ? 0 : p->recency[i];
                more->length[n] = empty ? 0 : p->length[i];
                for (int c = 0; c < 2; c++)
                    more->covariate[c][n] = empty ? 1 - 2 * twice : p->covariate[c][i];
            }
    }
    more->first[p->count] = n;
    fs_stretch_set set = set_of(p, 2), other = set_of(more, 2);
    double one = fs_stretch_likelihood(&set, truth, &planted, NULL, NULL);
    expect_near(fs_stretch_likelihood(&other, truth, &planted, NULL, NULL), one, 1e-12 * fabs(one));
    fs_stretch_set_free(&set), fs_stretch_set_free(&other);
    free(p), free(more);
}

static void results_are_finite_whatever_stretches_are(void **state)
{
    (void)state;
    static const double odd[] = {0, 1e-300, 1e-9, 1e6, 1e14};
    static const double value[] = {1e300, -1e300, 1e-290, 1e9, -40};
    static fs_outlook out[60];
    for (int k = 0; k < 5; k++)
        for (int m = 0; m < 5; m++) {
            people *p = draw(7, 60);
            for (int64_t i = 0; i < p->first[p->count]; i += 7) {
                p->length[i] = odd[k];
                if (p->recency[i] > odd[k]) p->recency[i] = odd[k];
                if (p->repeats[i] > 0 && m == 4) p->repeats[i] = 1e14;
            }
            p->covariate[0][17] = value[m], p->covariate[1][36] = -value[m];
            fs_stretch_set set = set_of(p, 2);
            fs_outlook_settings settings = {k == 4 ? 1e6 : 52, 0.002, 0.9, 3};
            fs_covariate_fit fit;
            fs_stretch_fit_model(&set, &fit);
            assert_true(fs_purchase_usable(FS_PARETO_NBD, fit.base.parameter));
            for (int c = 0; c < 2; c++) {
                assert_true(isfinite(fit.effects.rate[c]) && isfinite(fit.rate_deviation[c]));
                assert_true(isfinite(fit.effects.leaving[c]) && isfinite(fit.leaving_deviation[c]));
            }
            assert_int_equal(
                fs_stretch_look_ahead(&set, fit.base.parameter, &fit.effects, &settings, out),
                FS_OK);
            for (int i = 0; i < 60; i++) {
                assert_true(out[i].alive >= 0 && out[i].alive <= 1);
                assert_true(isfinite(out[i].expected) && isfinite(out[i].discounted));
                assert_true(out[i].low <= out[i].high && isfinite(out[i].high));
                assert_true(isfinite(out[i].log_money) && isfinite(out[i].log_variance));
            }
            fs_stretch_set_free(&set);
            free(p);
        }
}

static void short_stretches_are_exact(void **state)
{
    (void)state;
    static const double length[] = {1e-12, 1e-3, 0.3, 1.9, 4};
    for (int k = 0; k < 5; k++) {
        fs_pareto_place p = {0.8, 9, 0.7, 13, 3.8};
        fs_pareto_integral one = fs_customer_pareto_stretch(&p, length[k]);
        fs_pareto_integral by_panels = fs_customer_pareto_integral(&p, 0, length[k]);
        double within = 1e-14 + 1e-14 / length[k];
        expect_near(one.log, by_panels.log, within);
        for (int i = 0; i < 4; i++) expect_near(one.by[i], by_panels.by[i], within);
    }
}

/* ---- memory ---- */

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const fs_outlook_settings settings = {52, 0.002, 0.9, 0};
    static fs_outlook out[100];
    people *p = draw(11, 100);
    fs_stretches stretches = stretches_of(p, 2);
    bool failed = true;
    int64_t n = 0;
    for (; failed; n++) {
        fs_stretch_set set = {0};
        int64_t left;
        fs_alloc_fail_after(n);
        fs_status status = fs_stretch_set_make(&set, &stretches, &left);
        if (status == FS_OK) status = fs_stretch_look_ahead(&set, truth, &planted, &settings, out);
        failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_stretch_set_free(&set);
    }
    assert_true(n > 6);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_likelihood_is_the_mean_over_customers_who_differ),
        cmocka_unit_test(gradients_are_those_of_the_likelihood),
        cmocka_unit_test(covariates_that_do_not_change_give_what_one_row_a_customer_gives),
        cmocka_unit_test(the_last_stretch_lasts_on),
        cmocka_unit_test(stretches_that_differ_in_what_does_not_matter_are_one),
        cmocka_unit_test(it_is_no_matter_where_stretches_to_come_are_cut),
        cmocka_unit_test(coefficients_are_found_again),
        cmocka_unit_test(purchases_to_come_are_those_of_draws),
        cmocka_unit_test(a_population_buys_as_is_foretold),
        cmocka_unit_test(what_is_no_customer_is_left_out),
        cmocka_unit_test(stretches_of_no_length_are_no_matter),
        cmocka_unit_test(results_are_finite_whatever_stretches_are),
        cmocka_unit_test(short_stretches_are_exact),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
