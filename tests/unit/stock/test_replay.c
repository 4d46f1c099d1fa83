/* Replays: what anyone can write down period by period, and nothing gets lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"
#include "foresell/stock.h"

#define assert_near(a, b) assert_true(fabs((a) - (b)) <= 1e-9)

static fs_replay_case case_of(const double *demand, int64_t count)
{
    return (fs_replay_case){.count = count,
                            .demand = demand,
                            .policy = FS_REPLAY_LEVEL,
                            .window = 13,
                            .cover = 4,
                            .lead = 2,
                            .review = 1,
                            .opening = NAN,
                            .holding = .2,
                            .shortage = 1,
                            .pack = 1};
}

static void run(const fs_replay_case *now, fs_replay_period *out)
{
    fs_replay replay = {0};
    assert_int_equal(fs_replay_run(&replay, now, out), FS_OK);
    fs_replay_free(&replay);
}

static void an_order_can_be_sold_in_the_third_week_after(void **state)
{
    (void)state;
    static const double demand[] = {4, 5, 6, 2, 3, 9}, level[] = {10, 10, 10, 10, 10, 10},
                        arriving[] = {0, 1, 3, 0, 0, 0};
    fs_replay_period out[6];
    fs_replay_case now = case_of(demand, 6);
    now.level = level, now.arriving = arriving, now.opening = 6;
    run(&now, out);
    /* Left 2 and 4 on the way: 4 more. Then 3 for 5: 2 missed. */
    static const double ordered[] = {4, 3, 3, 2, 3, 5}, left[] = {2, 0, 0, 2, 2, 0},
                        missed[] = {0, 2, 3, 0, 0, 4};
    for (int t = 0; t < 6; t++) {
        assert_near(out[t].ordered, ordered[t]);
        assert_near(out[t].left, left[t]);
        assert_near(out[t].missed, missed[t]);
        assert_near(out[t].holding, .2 * left[t]);
        assert_near(out[t].shortage, missed[t]);
        assert_near(out[t].arrived, t < 3 ? arriving[t] : ordered[t - 3]);
    }
}

static void what_is_owed_is_delivered_first(void **state)
{
    (void)state;
    static const double demand[] = {7, 1, 1, 1}, level[] = {5, 5, 5, 5};
    fs_replay_period out[4];
    fs_replay_case now = case_of(demand, 4);
    now.level = level, now.opening = 5, now.lead = 0, now.later = true;
    run(&now, out);
    static const double ordered[] = {7, 1, 1, 1}, left[] = {0, 4, 4, 4}, missed[] = {2, 0, 0, 0},
                        sold[] = {5, 3, 1, 1};
    for (int t = 0; t < 4; t++) {
        assert_near(out[t].ordered, ordered[t]);
        assert_near(out[t].left, left[t]);
        assert_near(out[t].missed, missed[t]);
        assert_near(out[t].sold, sold[t]);
    }
}

static void packs_the_least_order_and_the_point_of_order(void **state)
{
    (void)state;
    static const double demand[] = {1, 1, 1, 1, 1, 1}, level[] = {10, 10, 10, 10, 10, 10},
                        reorder[] = {6, 6, 6, 6, 6, 6};
    fs_replay_period out[6];
    fs_replay_case now = case_of(demand, 6);
    now.level = level, now.reorder = reorder, now.opening = 8, now.pack = 3, now.least = 5,
    now.order_cost = 7;
    run(&now, out);
    static const double ordered[] = {0, 6, 0, 0, 0, 0};
    for (int t = 0; t < 6; t++) {
        assert_near(out[t].ordered, ordered[t]);
        assert_near(out[t].ordering, ordered[t] > 0 ? 7 : 0);
    }
}

static void the_oldest_is_sold_first_and_goes_off_in_time(void **state)
{
    (void)state;
    static const double demand[] = {1, 2, NAN, 1, 0, 0, 0}, quantity[] = {4, 0, 0, 0, 0, 0, 0};
    fs_replay_period out[7];
    fs_replay_case now = case_of(demand, 7);
    now.policy = FS_REPLAY_QUANTITY, now.quantity = quantity, now.opening = 5, now.lead = 0,
    now.life = 2, now.expiry = 3;
    run(&now, out);
    /* 4 of 5 left; then 8 there, 2 of the old sold, 2 of them off; a period that is not known; 1 of 4 sold, 3 off. */
    static const double left[] = {4, 4, 4, 0, 0, 0, 0}, waste[] = {0, 2, 0, 3, 0, 0, 0};
    for (int t = 0; t < 7; t++) {
        assert_near(out[t].left, left[t]);
        assert_near(out[t].waste, waste[t]);
        assert_near(out[t].expiry, 3 * waste[t]);
    }
}

static void a_period_that_is_not_known_bears_no_cost(void **state)
{
    (void)state;
    static const double demand[] = {NAN, 3}, level[] = {5, 5};
    fs_replay_period out[2];
    fs_replay_case now = case_of(demand, 2);
    now.level = level, now.opening = 5;
    run(&now, out);
    assert_true(isnan(out[0].sold) && isnan(out[0].missed));
    assert_near(out[0].left, 5);
    assert_near(out[0].holding + out[0].shortage, 0);
    assert_near(out[1].left, 2);
}

static void the_moving_average_is_that_of_what_was_known(void **state)
{
    (void)state;
    static const double demand[] = {2, 4, NAN, 6, 9, 1};
    fs_replay_period out[3];
    fs_replay_case now = case_of(demand, 6);
    now.policy = FS_REPLAY_MOVING_AVERAGE, now.past = 3, now.window = 3, now.cover = 4;
    run(&now, out);
    assert_near(out[0].on_hand, 12);      /* (2 + 4) / 2, four weeks */
    assert_near(out[0].ordered, 20 - 6);  /* (4 + 6) / 2 */
    assert_near(out[1].ordered, 30 - 14); /* (6 + 9) / 2; 6 of 6 sold, 3 missed, 14 under way */
}

static void the_season_is_taken_out_and_put_back(void **state)
{
    (void)state;
    double demand[12];
    fs_replay_period out[4];
    for (int t = 0; t < 12; t++) demand[t] = t % 4 == 3 ? 50 : 10;
    fs_replay_case now = case_of(demand, 12);
    now.policy = FS_REPLAY_MOVING_AVERAGE, now.past = 8, now.window = 3, now.season = 4,
    now.cover = 2;
    run(&now, out);
    static const double position[] = {20, 60, 60,
                                      20}; /* the two periods that follow 8, 9, 10 and 11 */
    double under_way = 0, before = 20;
    for (int t = 0; t < 4; t++) {
        assert_near(out[t].on_hand, t == 0 ? before : out[t - 1].left + out[t].arrived);
        under_way -= out[t].arrived;
        double expected = position[t] - out[t].left - under_way;
        assert_near(out[t].ordered, fmax(ceil(expected - 1e-9), 0));
        under_way += out[t].ordered;
    }
}

#define MANY 200
static void nothing_gets_lost(void **state)
{
    (void)state;
    static double demand[MANY], level[MANY];
    static fs_replay_period out[MANY];
    fs_replay replay = {0};
    for (uint64_t k = 0; k < 64; k++) {
        fs_random random = fs_random_open(k, 0, 0, 0);
        for (int t = 0; t < MANY; t++) {
            demand[t] =
                fs_random_uniform(&random) < .1 ? NAN : (double)fs_random_poisson(&random, 3);
            level[t] = (double)fs_random_below(&random, 20);
        }
        fs_replay_case now = case_of(demand, MANY);
        now.level = level, now.lead = k % 4, now.review = 1 + k % 3, now.life = k % 5,
        now.later = k & 8;
        now.opening = 6, now.past = 10, now.pack = 1 + k % 2;
        if (k & 16) now.policy = FS_REPLAY_MOVING_AVERAGE;
        assert_int_equal(fs_replay_run(&replay, &now, out), FS_OK);
        double in = 6, gone = 0;
        for (int t = 0; t < MANY - 10; t++) {
            in += out[t].arrived;
            gone += (isnan(out[t].sold) ? 0 : out[t].sold) + out[t].waste;
            assert_near(in, gone + out[t].left);
            assert_true(out[t].left >= 0 && out[t].ordered >= 0 && out[t].waste >= 0);
            if (t >= now.lead + 1) assert_near(out[t].arrived, out[t - now.lead - 1].ordered);
            if (now.life > 0 && !isnan(out[t].sold) && t >= now.life)
                assert_true(out[t].left <= 60);
        }
    }
    fs_replay_free(&replay);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const double demand[] = {1, 2, 3};
    fs_replay_period out[3];
    fs_replay_case now = case_of(demand, 3);
    for (int64_t n = 0; n < 4; n++) {
        fs_replay replay = {0};
        fs_alloc_fail_after(n);
        assert_int_equal(fs_replay_run(&replay, &now, out), FS_MEMORY);
        fs_alloc_fail_after(-1);
        assert_int_equal(fs_replay_run(&replay, &now, out), FS_OK);
        fs_replay_free(&replay);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_can_be_sold_in_the_third_week_after),
        cmocka_unit_test(what_is_owed_is_delivered_first),
        cmocka_unit_test(packs_the_least_order_and_the_point_of_order),
        cmocka_unit_test(the_oldest_is_sold_first_and_goes_off_in_time),
        cmocka_unit_test(a_period_that_is_not_known_bears_no_cost),
        cmocka_unit_test(the_moving_average_is_that_of_what_was_known),
        cmocka_unit_test(the_season_is_taken_out_and_put_back),
        cmocka_unit_test(nothing_gets_lost),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
