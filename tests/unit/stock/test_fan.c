/* The stock of periods ahead: the same as by going through every course of demand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"
#include "foresell/stock.h"

#define PERIODS 3
#define STATES  256
#define ZERO    128 /* state of no stock */

static const double probability[] = {.05, .25, .5, .75, .95};
static const double quantile[PERIODS * 5] = {0, 1, 2, 3, 6, 1, 2, 4, 5, 9, 0, 0, 0, 1, 4};
static const double mean[PERIODS] = {2.3, 4.1, .8}, arriving[PERIODS] = {0, 3, 0};

static fs_ahead ahead_of(double common)
{
    return (fs_ahead){PERIODS, 5, mean, quantile, probability, common};
}

/* The chance of each stock at the end of period t, by every course of demand. */
static void go(const fs_order_case *now, double units, int t, int end, int stock, double chance,
               double *state)
{
    static double p[PERIODS][STATES];
    if (t > end) {
        state[ZERO + stock] += chance;
        return;
    }
    fs_ahead ahead = ahead_of(0);
    fs_pieces pieces;
    fs_pieces_make(&pieces, &ahead, t);
    int cells = fs_pieces_spread(&pieces, NULL, 1, p[t]);
    stock += (int)arriving[t] + (t == now->lead ? (int)units : 0);
    for (int d = 0; d < cells; d++) {
        int left = stock - d;
        go(now, units, t + 1, end, now->later || left > 0 ? left : 0, chance * p[t][d], state);
    }
}

static double value_at(const double *state, double share)
{
    double sum = 0;
    for (int i = 0; i < STATES; i++)
        if ((sum += state[i]) >= share - 1e-9) return i - ZERO;
    return NAN;
}

static void expect_all(const fs_order_case *now, double units)
{
    fs_stock_fan fan = {0};
    fs_stock_end end[PERIODS];
    fs_ahead ahead = ahead_of(0);
    assert_int_equal(fs_stock_fan_open(&fan), FS_OK);
    fs_stock_fan_make(&fan, &ahead, now, units, end);
    for (int t = 0; t < PERIODS; t++) {
        double state[STATES] = {0}, expected = 0;
        go(now, units, 0, t, (int)now->on_hand, 1, state);
        for (int i = 0; i < STATES; i++) expected += state[i] * (i - ZERO);
        assert_true(fabs(end[t].mean - expected) < 1e-9);
        assert_true(end[t].low == value_at(state, .05));
        assert_true(end[t].high == value_at(state, .95));
    }
    fs_stock_fan_close(&fan);
}

static void a_fan_is_that_of_every_course_of_demand(void **state)
{
    (void)state;
    fs_order_case now = {.on_hand = 5, .arriving = arriving, .lead = 1, .review = 1, .pack = 1};
    expect_all(&now, 0);
    expect_all(&now, 4);
    now.later = true;
    now.on_hand = -3;
    expect_all(&now, 7);
}

static void much_stock_is_counted_to_the_last_unit(void **state)
{
    (void)state;
    fs_stock_fan fan = {0};
    fs_stock_end end[PERIODS];
    fs_ahead ahead = ahead_of(0);
    const fs_order_case now = {.on_hand = 1e5 + .5, .lead = 9, .review = 1, .pack = 1};
    assert_int_equal(fs_stock_fan_open(&fan), FS_OK);
    fs_stock_fan_make(&fan, &ahead, &now, 50, end);
    double left = 1e5 + .5;
    for (int t = 0; t < PERIODS; t++) {
        left -= mean[t];
        assert_true(fabs(end[t].mean - left) < 1e-6);
        assert_true(end[t].low <= end[t].high && fabs(end[t].high - left) < 1e5 / 100);
    }
    fs_stock_fan_close(&fan);
}

static void what_periods_have_in_common_widens_the_fan(void **state)
{
    (void)state;
    fs_stock_fan fan = {0};
    fs_stock_end apart[PERIODS], common[PERIODS];
    fs_ahead ahead = ahead_of(0), shared = ahead_of(.8);
    const fs_order_case now = {.on_hand = 60, .lead = 1, .review = 1, .pack = 1};
    assert_int_equal(fs_stock_fan_open(&fan), FS_OK);
    fs_stock_fan_make(&fan, &ahead, &now, 0, apart);
    fs_stock_fan_make(&fan, &shared, &now, 0, common);
    assert_true(fabs(apart[2].mean - common[2].mean) < 1e-6);
    assert_true(common[2].high - common[2].low > apart[2].high - apart[2].low);
    fs_stock_fan_close(&fan);
}

static void a_service_takes_the_least_order_that_gives_it(void **state)
{
    (void)state;
    fs_order_plan plan = {0};
    fs_ahead ahead = ahead_of(0);
    fs_order_case now = {.review = 2, .holding = 1, .shortage = 4, .pack = 1};
    assert_int_equal(fs_order_open(&plan), FS_OK);
    fs_order_make(&plan, &ahead, &now);
    double packs = fs_order_for_service(&plan, .9);
    assert_true(fs_order_look(&plan, packs).safe >= .9);
    assert_true(fs_order_look(&plan, packs - 1).safe < .9);
    now.most = 4;
    fs_order_make(&plan, &ahead, &now);
    assert_true(fs_order_for_service(&plan, .9) == 4);
    now.on_hand = 100;
    fs_order_make(&plan, &ahead, &now);
    assert_true(fs_order_for_service(&plan, .9) == 0);
    fs_order_close(&plan);
}

static void the_workspace_may_not_be_had(void **state)
{
    (void)state;
    fs_stock_fan fan = {0};
    fs_alloc_fail_after(0);
    assert_int_equal(fs_stock_fan_open(&fan), FS_MEMORY);
    fs_alloc_fail_after(-1);
    fs_stock_fan_close(&fan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fan_is_that_of_every_course_of_demand),
        cmocka_unit_test(much_stock_is_counted_to_the_last_unit),
        cmocka_unit_test(what_periods_have_in_common_widens_the_fan),
        cmocka_unit_test(a_service_takes_the_least_order_that_gives_it),
        cmocka_unit_test(the_workspace_may_not_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
