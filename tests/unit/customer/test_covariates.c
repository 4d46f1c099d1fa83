/* Covariates in models of purchases: derivatives, coefficients found again, and covariates that tell nothing. */
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

enum { MOST = 20000, COLUMNS = 3 };

typedef struct customers {
    int64_t count;
    double repeats[MOST], recency[MOST], age[MOST], log_waits[MOST], covariate[COLUMNS][MOST];
} customers;

static customers *room(void)
{
    customers *c = calloc(1, sizeof *c);
    assert_non_null(c);
    return c;
}

static fs_history_kinds kinds_of(const customers *c, int columns)
{
    fs_history_kinds kinds = {0};
    fs_histories histories = {c->count, c->repeats, c->recency, c->age, NULL, c->log_waits};
    fs_covariates covariates = {columns, {c->covariate[0], c->covariate[1], c->covariate[2]}};
    double left;
    assert_int_equal(fs_history_kinds_make(&kinds, &histories, &covariates, &left), FS_OK);
    assert_true(left == 0);
    return kinds;
}

static void expect_near(double value, double wanted, double within)
{
    if (!(fabs(value - wanted) <= within))
        fail_msg("%.12g, wanted %.12g within %g", value, wanted, within);
}

static const double truth[FS_PURCHASE_MODELS][FS_PURCHASE_PARAMETERS] = {
    {0.8, 6},          {0.6, 5, 1.1, 2.5},      {0.9, 5, 0.9, 2},
    {0.7, 7, 0.9, 14}, {0.8, 2.5, 1.1, 2.5, 2}, {0.9, 1.5, 0.9, 2, 4}};
static const fs_covariate_effects planted = {
    2, {0, 0}, {0.5, -0.3}, {-0.4, 0.6}}; /* of what draw() draws */

/* Who buys and leaves at parameters p. */
static void draw_one(customers *c, int model, const double *p, fs_random *random, int64_t i)
{
    bool regular = model == FS_BG_CNBD_K || model == FS_MBG_CNBD_K, there = true;
    bool modified = model == FS_MBG_NBD || model == FS_MBG_CNBD_K;
    double rate = fs_random_gamma(random, p[0]) / p[1], chance = 0, last = 0;
    double age = 30 + 20 * fs_random_uniform(random), leaves = age;
    if (model == FS_PARETO_NBD)
        leaves = fs_random_exponential(random) / (fs_random_gamma(random, p[2]) / p[3]);
    else if (model != FS_NBD)
        chance = fs_random_beta(random, p[2], p[3]);
    c->repeats[i] = c->log_waits[i] = 0;
    for (there = !modified || fs_random_uniform(random) > chance; there;
         there = fs_random_uniform(random) > chance) {
        double wait =
            (regular ? fs_random_gamma(random, p[4]) : fs_random_exponential(random)) / rate;
        if (last + wait > age || last + wait > leaves) break;
        c->log_waits[i] += log(wait), last += wait, c->repeats[i]++;
    }
    c->recency[i] = last, c->age[i] = age;
}

/* The first covariate is yes or no, the second any number, and has to do with the first. */
static customers *draw(int model, uint64_t seed, int64_t count)
{
    customers *c = room();
    for (c->count = 0; c->count < count; c->count++) {
        int64_t i = c->count;
        double own[FS_PURCHASE_PARAMETERS], z[2];
        fs_random random = fs_random_open(seed, (uint64_t)i, (uint64_t)model, 0);
        z[0] = fs_random_uniform(&random) < 0.4;
        z[1] = fs_random_normal(&random) + 0.5 * z[0];
        c->covariate[0][i] = z[0], c->covariate[1][i] = z[1];
        fs_covariate_parameters(model, truth[model], &planted, z, own);
        draw_one(c, model, own, &random, i);
    }
    return c;
}

/* ---- derivatives ---- */

static double value_at(int model, const fs_history_kinds *kinds, const double *parameter, int moved,
                       double by)
{
    double at[FS_PURCHASE_PARAMETERS];
    fs_covariate_effects effects = {2, {0.4, -0.2}, {0.3, 0.2}, {-0.5, 0.1}};
    memcpy(at, parameter, sizeof at);
    move_one(at, &effects, moved, by);
    return fs_covariate_likelihood(model, kinds, at, &effects, NULL, NULL);
}

static void gradients_are_those_of_the_likelihood(void **state)
{
    (void)state;
    for (int m = 0; m < FS_PURCHASE_MODELS; m++) {
        customers *c = draw(m, 3, 200);
        fs_history_kinds kinds = kinds_of(c, 2);
        double by[FS_PURCHASE_PARAMETERS] = {0};
        fs_covariate_effects effects = {2, {0.4, -0.2}, {0.3, 0.2}, {-0.5, 0.1}}, slope;
        (void)fs_covariate_likelihood(m, &kinds, truth[m], &effects, by, &slope);
        double found[] = {
            by[0],           by[1], by[2], by[3], slope.rate[0], slope.rate[1], slope.leaving[0],
            slope.leaving[1]};
        for (int i = 0; i < 8; i++) {
            double step = 1e-5 * (i < 4 ? truth[m][i] + 1e-9 : 1);
            double up = value_at(m, &kinds, truth[m], i, step);
            double wanted = (up - value_at(m, &kinds, truth[m], i, -step)) / (2 * step);
            expect_near(found[i], wanted, 2e-6 * (fabs(wanted) + 10));
            assert_true((found[i] != 0) == (m != FS_NBD || (i != 2 && i != 3 && i < 6)));
        }
        fs_history_kinds_free(&kinds);
        free(c);
    }
}

/* The groups that hold customer i alone. */
static fs_history_groups one_of(const customers *c, int64_t i)
{
    fs_history_groups one = {0};
    fs_histories histories = {1,          &c->repeats[i], &c->recency[i],
                              &c->age[i], NULL,           &c->log_waits[i]};
    double left;
    assert_int_equal(fs_history_groups_make(&one, &histories, &left), FS_OK);
    return one;
}

static void the_likelihood_is_that_of_each_customer_at_his_own_parameters(void **state)
{
    (void)state;
    for (int m = 0; m < FS_PURCHASE_MODELS; m++) {
        customers *c = draw(m, 4, 300);
        fs_history_kinds kinds = kinds_of(c, 2);
        double sum = 0;
        for (int64_t i = 0; i < c->count; i++) {
            double z[] = {c->covariate[0][i], c->covariate[1][i]}, own[FS_PURCHASE_PARAMETERS];
            fs_history_groups one = one_of(c, i);
            fs_covariate_parameters(m, truth[m], &planted, z, own);
            sum += fs_purchase_likelihood(m, &one, own, NULL);
            fs_history_groups_free(&one);
        }
        expect_near(fs_covariate_likelihood(m, &kinds, truth[m], &planted, NULL, NULL), sum,
                    1e-11 * fabs(sum));
        fs_history_kinds_free(&kinds);
        free(c);
    }
}

static void a_covariate_scales_the_rate_and_how_soon_one_leaves(void **state)
{
    (void)state;
    static const double at[FS_PURCHASE_PARAMETERS] = {1, 2, 3, 4, 1};
    fs_covariate_effects effects = {1, {10}, {0.5}, {0.25}};
    double z = 14, own[FS_PURCHASE_PARAMETERS];
    fs_covariate_parameters(FS_PARETO_NBD, at, &effects, &z, own);
    expect_near(own[1], 2 * exp(-2), 1e-14);
    expect_near(own[3], 4 * exp(-1), 1e-14);
    fs_covariate_parameters(FS_BG_NBD, at, &effects, &z, own);
    expect_near(own[2], 3 * exp(1), 1e-14);
    assert_true(own[0] == 1 && own[3] == 4);
    z = INFINITY; /* the kernels are not asked for what they can't tell */
    fs_covariate_parameters(FS_PARETO_NBD, at, &effects, &z, own);
    assert_true(fs_purchase_usable(FS_PARETO_NBD, own));
}

/* ---- coefficients found again ---- */

static void coefficients_are_found_again(void **state)
{
    (void)state;
    for (int m = 0; m < FS_PURCHASE_MODELS; m++) {
        customers *c = draw(m, 21, m < FS_BG_CNBD_K ? 8000 : 3000);
        fs_history_kinds kinds = kinds_of(c, 2);
        fs_covariate_fit fit;
        double zero[2] = {0}, own[FS_PURCHASE_PARAMETERS], moved = 0;
        fs_covariate_fit_model(m, &kinds, &fit);
        assert_true(fit.base.found && fit.told[0] && fit.told[1]);
        for (int k = 0; k < 2; k++) {
            expect_near(fit.effects.rate[k], planted.rate[k], 3.5 * fit.rate_deviation[k]);
            assert_true(fit.rate_deviation[k] > 0.005 && fit.rate_deviation[k] < 0.2);
            if (m == FS_NBD) continue;
            expect_near(fit.effects.leaving[k], planted.leaving[k], 3.5 * fit.leaving_deviation[k]);
            assert_true(fit.leaving_deviation[k] > 0.005 && fit.leaving_deviation[k] < 0.5);
            moved += fit.leaving_deviation[k] * fabs(fit.effects.mean[k]);
        }
        fs_covariate_parameters(m, fit.base.parameter, &fit.effects, zero, own);
        for (int i = 0; i < fs_purchase_parameters(m); i++) {
            double error = fit.base.deviation[i] + own[i] * moved;
            expect_near(own[i], truth[m][i], 3.5 * error);
        }
        fs_covariate_effects none = {2, {0}, {0}, {0}};
        assert_true(fit.base.log_likelihood >
                    fs_covariate_likelihood(m, &kinds, truth[m], &planted, NULL, NULL) - 1e-6);
        assert_true(fit.base.log_likelihood >
                    fs_covariate_likelihood(m, &kinds, truth[m], &none, NULL, NULL) + 20);
        fs_history_kinds_free(&kinds);
        free(c);
    }
}

static fs_covariate_fit fit_of(int model, const customers *c, int columns)
{
    fs_history_kinds kinds = kinds_of(c, columns);
    fs_covariate_fit fit;
    fs_covariate_fit_model(model, &kinds, &fit);
    fs_history_kinds_free(&kinds);
    return fit;
}

static void expect_same(const fs_covariate_fit *a, const fs_covariate_fit *b, int columns,
                        double within)
{
    for (int i = 0; i < FS_PURCHASE_PARAMETERS; i++) {
        expect_near(a->base.parameter[i], b->base.parameter[i], within * b->base.parameter[i]);
        expect_near(a->base.deviation[i], b->base.deviation[i], within * b->base.deviation[i]);
    }
    for (int k = 0; k < columns; k++) {
        expect_near(a->effects.rate[k], b->effects.rate[k], within);
        expect_near(a->effects.leaving[k], b->effects.leaving[k], within);
        expect_near(a->rate_deviation[k], b->rate_deviation[k], within);
        expect_near(a->leaving_deviation[k], b->leaving_deviation[k], within);
    }
}

static void in_another_unit_the_coefficient_is_in_its_inverse(void **state)
{
    (void)state;
    static const double unit[] = {1000, -0.001};
    for (int m = 0; m < FS_BG_CNBD_K; m++) {
        customers *c = draw(m, 5, 1000);
        fs_covariate_fit plain = fit_of(m, c, 2);
        for (int k = 0; k < 2; k++)
            for (int64_t i = 0; i < c->count; i++)
                c->covariate[k][i] = unit[k] * (c->covariate[k][i] + 2024);
        fs_covariate_fit other = fit_of(m, c, 2);
        for (int k = 0; k < 2; k++) {
            other.effects.rate[k] *= unit[k], other.effects.leaving[k] *= unit[k];
            other.rate_deviation[k] *= fabs(unit[k]);
            other.leaving_deviation[k] *= fabs(unit[k]);
            expect_near(other.effects.mean[k] / unit[k] - 2024, plain.effects.mean[k], 1e-9);
        }
        expect_same(&other, &plain, 2, 1e-6);
        free(c);
    }
}

/* ---- covariates that tell nothing ---- */

static void covariates_that_tell_nothing_have_no_coefficients(void **state)
{
    (void)state;
    static const double constant[] = {0, 7, -1e300, 1e-300};
    for (int m = 0; m < FS_PURCHASE_MODELS; m++) {
        customers *c = draw(m, 6, 500);
        fs_covariate_fit none = fit_of(m, c, 0), two = fit_of(m, c, 2);
        for (int64_t i = 0; i < c->count; i++)
            c->covariate[2][i] = 3 * c->covariate[0][i] - c->covariate[1][i] + 11;
        fs_covariate_fit three = fit_of(m, c, 3);
        assert_true(three.told[0] && three.told[1] && !three.told[2]);
        assert_true(three.effects.rate[2] == 0 && three.effects.leaving[2] == 0);
        expect_same(&three, &two, 2, 1e-9);
        for (size_t k = 0; k < sizeof constant / sizeof *constant; k++) {
            for (int64_t i = 0; i < c->count; i++) c->covariate[0][i] = constant[k];
            fs_covariate_fit fit = fit_of(m, c, 1);
            assert_false(fit.told[0]);
            assert_memory_equal(&fit.base, &none.base, sizeof fit.base);
            assert_true(fit.effects.rate[0] == 0 && fit.rate_deviation[0] == 0);
        }
        free(c);
    }
}

static void estimates_are_finite_whatever_covariates_are(void **state)
{
    (void)state;
    static const double odd[] = {1e300, -1e300, 1e-290, 1e9, 0};
    for (int m = 0; m < FS_PURCHASE_MODELS; m++)
        for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
            customers *c = draw(m, 7, 200);
            c->covariate[0][17] = odd[k], c->covariate[1][18] = -odd[k];
            fs_covariate_fit fit = fit_of(m, c, 2);
            assert_true(fs_purchase_usable(m, fit.base.parameter));
            for (int i = 0; i < 2; i++) {
                assert_true(isfinite(fit.effects.rate[i]) && isfinite(fit.rate_deviation[i]));
                assert_true(isfinite(fit.effects.leaving[i]) && isfinite(fit.leaving_deviation[i]));
                assert_true(isfinite(fit.effects.mean[i]));
            }
            free(c);
        }
}

static void customers_whose_covariates_are_not_known_are_left_out_and_counted(void **state)
{
    (void)state;
    double repeats[] = {1, 2, 1, 0, 5}, recency[] = {1, 2, 3, 0, 9}, age[] = {4, 4, 4, 4, 4};
    double weight[] = {1, 2, 4, 8, 16}, z[] = {0, 1, NAN, -INFINITY, 0}, left;
    fs_histories histories = {5, repeats, recency, age, weight, NULL};
    fs_covariates covariates = {1, {z}};
    fs_history_kinds kinds = {0};
    assert_int_equal(fs_history_kinds_make(&kinds, &histories, &covariates, &left), FS_OK);
    assert_true(left == 28 && kinds.kinds == 2 && kinds.all.customers == 3 && kinds.count == 2);
    assert_true(kinds.of[0] == 0 && kinds.of[1] == 1 && kinds.of[2] == -1 && kinds.of[4] == -1);
    covariates.of[0] = (double[]){NAN, NAN, NAN, NAN, NAN};
    fs_covariate_fit fit;
    assert_int_equal(fs_history_kinds_make(&kinds, &histories, &covariates, &left), FS_OK);
    assert_true(left == 31 && kinds.kinds == 0 && kinds.count == 0);
    fs_covariate_fit_model(FS_PARETO_NBD, &kinds, &fit);
    assert_true(!fit.base.found && !fit.told[0]);
    fs_history_kinds_free(&kinds);
}

/* ---- kinds ---- */

static void customers_of_equal_covariates_are_of_one_kind(void **state)
{
    (void)state;
    customers *c = draw(FS_BG_NBD, 8, 3000);
    for (int64_t i = 0; i < c->count; i++) {
        c->covariate[1][i] = floor(c->covariate[1][i]);
        c->recency[i] = floor(c->recency[i]), c->age[i] = floor(c->age[i]);
    }
    fs_history_kinds kinds = kinds_of(c, 2);
    assert_true(kinds.kinds > 8 && kinds.kinds < 24 && kinds.count < c->count);
    double sum = 0;
    for (int64_t k = 0; k < kinds.kinds; k++) sum += kinds.kind[k].customers;
    assert_true(sum == (double)c->count);
    for (int64_t i = 0; i < c->count; i++) {
        int64_t at = kinds.of[i], k = 0;
        while (at >= kinds.kind[k].count) at -= kinds.kind[k++].count;
        assert_true(kinds.covariate[2 * k] == c->covariate[0][i]);
        assert_true(kinds.covariate[2 * k + 1] == c->covariate[1][i]);
        assert_true(kinds.kind[k].recency[at] == c->recency[i]);
        assert_true(kinds.kind[k].age[at] == c->age[i]);
    }
    fs_history_kinds_free(&kinds);
    free(c);
}

static void the_order_of_customers_is_nothing_to_the_results(void **state)
{
    (void)state;
    customers *c = draw(FS_PARETO_NBD, 9, 500), *turned = room();
    turned->count = c->count;
    for (int64_t i = 0, j = c->count - 1; j >= 0; i++, j--) {
        turned->repeats[i] = c->repeats[j], turned->recency[i] = c->recency[j];
        turned->age[i] = c->age[j], turned->log_waits[i] = c->log_waits[j];
        for (int k = 0; k < 2; k++) turned->covariate[k][i] = c->covariate[k][j];
    }
    for (int m = 0; m < FS_BG_CNBD_K; m++) {
        fs_covariate_fit one = fit_of(m, c, 2), other = fit_of(m, turned, 2);
        assert_memory_equal(&one.base, &other.base, sizeof one.base);
        assert_memory_equal(&one.effects, &other.effects, sizeof one.effects);
    }
    free(c), free(turned);
}

/* ---- what is foretold ---- */

static void each_customer_has_the_outlook_of_his_own_parameters(void **state)
{
    (void)state;
    static const fs_outlook_settings settings = {52, 0.002, 0.9, 6};
    for (int m = 0; m < FS_PURCHASE_MODELS; m++) {
        customers *c = draw(m, 10, 50);
        fs_history_kinds kinds = kinds_of(c, 2);
        fs_outlook out[50], wanted;
        assert_int_equal(fs_covariate_look_ahead(m, truth[m], &planted, &kinds, &settings, out),
                         FS_OK);
        for (int64_t i = 0; i < c->count; i++) {
            double z[] = {c->covariate[0][i], c->covariate[1][i]}, own[FS_PURCHASE_PARAMETERS];
            fs_history_groups one = one_of(c, i);
            fs_covariate_parameters(m, truth[m], &planted, z, own);
            assert_int_equal(fs_purchase_look_ahead(m, own, &one, &settings, &wanted), FS_OK);
            assert_memory_equal(&out[kinds.of[i]], &wanted, sizeof wanted);
            fs_history_groups_free(&one);
        }
        fs_history_kinds_free(&kinds);
        free(c);
    }
}

/* ---- memory ---- */

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const fs_outlook_settings settings = {52, 0.002, 0.9, 0};
    customers *c = draw(FS_PARETO_NBD, 11, 1500);
    fs_histories histories = {c->count, c->repeats, c->recency, c->age, NULL, NULL};
    fs_covariates covariates = {2, {c->covariate[0], c->covariate[1]}};
    fs_outlook *out = calloc((size_t)c->count, sizeof *out);
    bool failed = true;
    int64_t n = 0;
    for (; failed; n++) {
        fs_history_kinds kinds = {0};
        double left;
        fs_alloc_fail_after(n);
        fs_status status = fs_history_kinds_make(&kinds, &histories, &covariates, &left);
        if (status == FS_OK)
            status = fs_covariate_look_ahead(FS_PARETO_NBD, truth[FS_PARETO_NBD], &planted, &kinds,
                                             &settings, out);
        failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        fs_history_kinds_free(&kinds);
    }
    assert_true(n > 10);
    free(out), free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_those_of_the_likelihood),
        cmocka_unit_test(the_likelihood_is_that_of_each_customer_at_his_own_parameters),
        cmocka_unit_test(a_covariate_scales_the_rate_and_how_soon_one_leaves),
        cmocka_unit_test(coefficients_are_found_again),
        cmocka_unit_test(in_another_unit_the_coefficient_is_in_its_inverse),
        cmocka_unit_test(covariates_that_tell_nothing_have_no_coefficients),
        cmocka_unit_test(estimates_are_finite_whatever_covariates_are),
        cmocka_unit_test(customers_whose_covariates_are_not_known_are_left_out_and_counted),
        cmocka_unit_test(customers_of_equal_covariates_are_of_one_kind),
        cmocka_unit_test(the_order_of_customers_is_nothing_to_the_results),
        cmocka_unit_test(each_customer_has_the_outlook_of_his_own_parameters),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
