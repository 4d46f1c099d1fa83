/* Between which numbers purchases and money of customers lie: made-up customers are followed beyond the day on which they were looked at. */
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

enum { COUNT = 20000 };

static const double parameters[FS_PURCHASE_MODELS][FS_PURCHASE_PARAMETERS] = {
    [FS_NBD] = {0.4, 10, 0, 0},
    [FS_BG_NBD] = {0.25, 4.4, 0.8, 2.4},
    [FS_MBG_NBD] = {0.6, 7, 0.8, 1.2},
    [FS_PARETO_NBD] = {0.55, 10, 0.6, 11},
    [FS_BG_CNBD_K] = {0.5, 2.2, 0.8, 2.4, 2},
    [FS_MBG_CNBD_K] = {0.9, 1.5, 0.8, 2.2, 5}};
static const fs_spend_fit spend = {.p = 6.2, .q = 3.7, .gamma = 15.4};

/* What each did until the day of the look, and in the time `ahead` after it. */
typedef struct followed {
    double repeats[COUNT], recency[COUNT], age[COUNT], mean[COUNT];
    double came[COUNT], brought[COUNT], discounted[COUNT];
    bool gone[COUNT];
} followed;

static double money_of(fs_random *random, double rate)
{
    return fs_random_gamma(random, spend.p) / rate;
}

static void follow(int model, double ahead, double discount, uint64_t seed, int i, followed *f)
{
    const double *p = parameters[model];
    fs_random random = fs_random_open(seed, (uint64_t)i, (uint64_t)model, 0);
    bool regular = model == FS_BG_CNBD_K || model == FS_MBG_CNBD_K;
    bool after = model == FS_BG_NBD || model == FS_MBG_NBD || regular;
    bool modified = model == FS_MBG_NBD || model == FS_MBG_CNBD_K;
    double rate = fs_random_gamma(&random, p[0]) / p[1], money = 0;
    double leaving = model == FS_PARETO_NBD ? fs_random_gamma(&random, p[2]) / p[3] : 0;
    double until = leaving > 0 ? fs_random_exponential(&random) / leaving : INFINITY;
    double chance = after ? fs_random_beta(&random, p[2], p[3]) : 0;
    double cost = fs_random_gamma(&random, spend.q) / spend.gamma, time = 0;
    f->age[i] = 4 + 60 * fs_random_uniform(&random);
    if (modified && fs_random_uniform(&random) < chance) until = 0;
    for (;;) {
        time += fs_random_gamma(&random, regular ? p[4] : 1) / rate;
        if (time > until || time > f->age[i] + ahead) break;
        double one = money_of(&random, cost);
        if (time <= f->age[i])
            f->repeats[i]++, f->recency[i] = time, money += one;
        else
            f->came[i]++, f->brought[i] += one,
                f->discounted[i] += exp(-discount * (time - f->age[i]));
        if (after && fs_random_uniform(&random) < chance) until = time;
    }
    f->gone[i] = until <= f->age[i];
    f->mean[i] = f->repeats[i] > 0 ? money / f->repeats[i] : 0;
}

static fs_outlook *look(int model, const followed *f, const fs_outlook_settings *settings,
                        fs_history_groups *groups)
{
    fs_histories histories = {COUNT, f->repeats, f->recency, f->age, NULL, NULL};
    fs_outlook *out = calloc(COUNT, sizeof *out);
    double left;
    assert_int_equal(fs_history_groups_make(groups, &histories, &left), FS_OK);
    assert_int_equal(fs_purchase_look_ahead(model, parameters[model], groups, settings, out),
                     FS_OK);
    return out;
}

typedef struct found {
    double alive, expected, discounted, value, within, money_within, none;
    double there, came, came_discounted, brought, stayed_away;
} found;

static found follow_all(int model, const fs_outlook_settings *settings, uint64_t seed)
{
    followed *f = calloc(1, sizeof *f);
    found sum = {0};
    fs_history_groups groups = {0};
    for (int i = 0; i < COUNT; i++) follow(model, settings->ahead, settings->discount, seed, i, f);
    fs_outlook *out = look(model, f, settings, &groups);
    for (int i = 0; i < COUNT; i++) {
        const fs_outlook *o = &out[groups.of[i]];
        fs_spend_outlook s =
            fs_spend_foretell(&spend, f->repeats[i], f->mean[i], o, settings->interval);
        assert_true(s.low >= 0 && s.low <= s.high && o->low <= o->high && isfinite(s.high));
        sum.alive += o->alive, sum.expected += o->expected, sum.discounted += o->discounted;
        sum.value += s.value, sum.none += o->none;
        sum.within += f->came[i] >= o->low && f->came[i] <= o->high;
        sum.money_within += f->brought[i] >= s.low && f->brought[i] <= s.high;
        sum.there += !f->gone[i], sum.came += f->came[i], sum.brought += f->brought[i];
        sum.came_discounted += f->discounted[i], sum.stayed_away += f->came[i] == 0;
    }
    fs_history_groups_free(&groups);
    free(f), free(out);
    return sum;
}

static void expect_share(const char *what, int model, double sum, double least, double most)
{
    if (!(sum >= least * COUNT && sum <= most * COUNT))
        fail_msg("%s of %s: %g is not in %g … %g", what, fs_purchase_model_name(model), sum / COUNT,
                 least, most);
}

static void expect_about(const char *what, int model, double value, double wanted, double within)
{
    if (!(fabs(value / wanted - 1) <= within))
        fail_msg("%s of %s: %g, came %g", what, fs_purchase_model_name(model), value, wanted);
}

/* Counts are whole, so their intervals hold more than was asked for; 20,000 customers say shares to .01 and sums to .04. */
static void intervals_hold_what_they_say(void **state)
{
    (void)state;
    static const double asked[] = {0.5, 0.8, 0.95};
    for (int m = 0; m < FS_PURCHASE_MODELS; m++)
        for (int k = 0; k < 3; k++) {
            fs_outlook_settings settings = {26.0 * (k + 1), 0, asked[k], spend.p};
            found f = follow_all(m, &settings, 11);
            expect_about("purchases", m, f.expected, f.came, 0.04);
            expect_share("customers", m, f.alive - f.there, -0.01, 0.01);
            expect_share("nobody", m, f.none - f.stayed_away, -0.01, 0.01);
            expect_share("counts", m, f.within, asked[k] - 0.01, 1);
            expect_share("money", m, f.money_within, asked[k] - 0.015, 1);
            expect_about("value", m, f.value, f.brought, 0.06);
        }
}

static void later_purchases_are_worth_less(void **state)
{
    (void)state;
    for (int m = 0; m < FS_PURCHASE_MODELS; m++) {
        fs_outlook_settings settings = {104, log(1.5) / 52, 0.9, spend.p};
        found f = follow_all(m, &settings, 12);
        expect_about("discounted purchases", m, f.discounted, f.came_discounted, 0.04);
        assert_true(f.discounted < 0.85 * f.expected);
    }
}

/* ---- every k-th event is a purchase ---- */

static fs_outlook outlook_of(int model, const double *p, double repeats, double recency, double age,
                             double ahead)
{
    fs_histories histories = {1, &repeats, &recency, &age, NULL, NULL};
    fs_history_groups groups = {0};
    fs_outlook_settings settings = {ahead, 0.002, 0.9, 3};
    fs_outlook out;
    double left;
    assert_int_equal(fs_history_groups_make(&groups, &histories, &left), FS_OK);
    assert_int_equal(fs_purchase_look_ahead(model, p, &groups, &settings, &out), FS_OK);
    fs_history_groups_free(&groups);
    return out;
}

static void with_one_event_a_purchase_they_come_at_random(void **state)
{
    (void)state;
    static const double p[] = {0.5, 6, 0.9, 1.6, 1};
    for (int x = 0; x <= 40; x += 10)
        for (double ahead = 1; ahead < 500; ahead *= 5)
            for (int modified = 0; modified < 2; modified++) {
                fs_outlook one = outlook_of(modified ? FS_MBG_NBD : FS_BG_NBD, p, x, x ? 20 : 0, 31,
                                            ahead),
                           other = outlook_of(modified ? FS_MBG_CNBD_K : FS_BG_CNBD_K, p, x,
                                              x ? 20 : 0, 31, ahead);
                assert_true(one.alive == other.alive && one.low == other.low);
                assert_true(one.high == other.high && one.none == other.none);
                assert_true(one.expected == other.expected);
                assert_true(one.discounted == other.discounted);
            }
}

/* Every fourth week to the day: who is due comes before who has just been here, and who is long overdue has left. */
static void who_is_due_comes_first(void **state)
{
    (void)state;
    static const double p[] = {20, 7, 0.2, 6, 12};
    fs_outlook just = outlook_of(FS_MBG_CNBD_K, p, 12, 48, 48.5, 2),
               due = outlook_of(FS_MBG_CNBD_K, p, 12, 48, 52, 2),
               gone = outlook_of(FS_MBG_CNBD_K, p, 12, 48, 62, 2);
    assert_true(due.expected > 2 * just.expected);
    assert_true(just.alive > 0.9 && due.alive > 0.7 && gone.alive < 0.1);
}

/* ---- odd ones ---- */

static void expect_finite(int model, const double *p, const fs_histories *histories)
{
    fs_history_groups groups = {0};
    fs_outlook out[16];
    double left;
    assert_int_equal(fs_history_groups_make(&groups, histories, &left), FS_OK);
    for (double ahead = 0; ahead < 1e6; ahead = 10 * ahead + 1) {
        fs_outlook_settings settings = {ahead, 0.002, 0.9, 3};
        assert_int_equal(fs_purchase_look_ahead(model, p, &groups, &settings, out), FS_OK);
        for (int64_t i = 0; i < groups.count; i++) {
            fs_spend_outlook s = fs_spend_foretell(&spend, 2, i ? 10.0 : -3.0, &out[i], 0.9);
            assert_true(out[i].low >= 0 && out[i].low <= out[i].high && isfinite(out[i].high));
            assert_true(out[i].none >= 0 && out[i].none <= 1 && isfinite(out[i].log_money));
            assert_true(out[i].discounted <= out[i].expected + 1e-9 * out[i].expected);
            assert_true(s.low >= 0 && s.low <= s.high && isfinite(s.high) && isfinite(s.value));
        }
    }
    fs_history_groups_free(&groups);
}

static void odd_customers_have_finite_outlooks(void **state)
{
    (void)state;
    static const double repeats[] = {0, 0, 1, 3, 100000, 40, 2, 5, 1000},
                        recency[] = {0, 0, 5, 0, 200, 40, 1e-9, 1e6, 0.5},
                        age[] = {0, 50, 5, 9, 201, 40, 1e6, 1e6, 0.5};
    static const double odd[][FS_PURCHASE_PARAMETERS] = {
        {0.3, 5, 0.8, 2.4, 2}, {1e-6, 1e6, 1e-6, 1e6, 12},  {1e6, 1e6, 1e6, 1e6, 3},
        {1, 1, 1, 1, 1},       {1e-3, 1e-3, 1e-3, 1e-3, 4}, {2, 3, 2, 3, 12}};
    fs_histories histories = {9, repeats, recency, age, NULL, NULL};
    for (int m = 0; m < FS_PURCHASE_MODELS; m++)
        for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) expect_finite(m, odd[k], &histories);
}

static void histories_are_found_again_after_they_are_put_together(void **state)
{
    (void)state;
    static const double repeats[] = {2, 0, 1, 2, 0, -1, 1}, recency[] = {5, 0, 3, 5, 0, 0, 9},
                        age[] = {9, 9, 9, 9, 4, 9, 3};
    fs_histories histories = {7, repeats, recency, age, NULL, NULL};
    fs_history_groups groups = {0};
    double left;
    for (int again = 0; again < 2; again++) {
        assert_int_equal(fs_history_groups_make(&groups, &histories, &left), FS_OK);
        assert_int_equal(groups.count, 4);
        for (int i = 0; i < 5; i++) {
            assert_true(groups.recency[groups.of[i]] == recency[i]);
            assert_true(groups.age[groups.of[i]] == age[i]);
        }
        assert_true(groups.of[0] == groups.of[3] && groups.of[5] == -1 && groups.of[6] == -1);
    }
    fs_history_groups_free(&groups);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const double repeats[] = {2, 0, 5000}, recency[] = {5, 0, 3}, age[] = {9, 9, 9},
                        mean[] = {3, 0, 4};
    fs_histories histories = {3, repeats, recency, age, NULL, NULL};
    fs_outlook_settings settings = {52, 0, 0.9, 3};
    for (int n = 0; n < 100; n++) {
        fs_history_groups groups = {0};
        fs_outlook out[3];
        fs_spend_fit fit;
        double left;
        fs_alloc_fail_after(n);
        fs_status status = fs_history_groups_make(&groups, &histories, &left);
        if (status == FS_OK)
            status =
                fs_purchase_look_ahead(FS_BG_NBD, parameters[FS_BG_NBD], &groups, &settings, out);
        if (status == FS_OK) status = fs_spend_fit_model(repeats, mean, 3, &fit);
        fs_alloc_fail_after(-1);
        fs_history_groups_free(&groups);
        if (status == FS_OK) {
            assert_true(n > 8);
            return;
        }
        assert_int_equal(status, FS_MEMORY);
    }
    fail_msg("it never succeeds");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_hold_what_they_say),
        cmocka_unit_test(later_purchases_are_worth_less),
        cmocka_unit_test(with_one_event_a_purchase_they_come_at_random),
        cmocka_unit_test(who_is_due_comes_first),
        cmocka_unit_test(odd_customers_have_finite_outlooks),
        cmocka_unit_test(histories_are_found_again_after_they_are_put_together),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
