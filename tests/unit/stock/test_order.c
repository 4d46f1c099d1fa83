/* Orders: the same as by going through every course of demand, and as anyone can work out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"
#include "foresell/stock.h"

static const double probability[] = {.05, .25, .5, .75, .95};

static fs_ahead ahead_of(const double *mean, const double *quantile, int periods)
{
    return (fs_ahead){.periods = periods,
                      .probabilities = 5,
                      .mean = mean,
                      .quantile = quantile,
                      .probability = probability};
}

static const fs_order_case usual = {.review = 1, .holding = 1, .shortage = 4, .pack = 1};

#define assert_near(a, b, within) assert_true(fabs((a) - (b)) <= (within))

/* ---- distributions ---- */

static double mean_of(const double *p, int cells, double unit)
{
    double mean = 0, sum = 0;
    for (int i = 0; i < cells; i++) {
        assert_true(p[i] >= -1e-15);
        sum += p[i], mean += p[i] * i * unit;
    }
    assert_near(sum, 1, 1e-12);
    return mean;
}

static void a_distribution_has_the_mean_whatever_the_grid(void **state)
{
    (void)state;
    static const double quantile[][5] = {{0, 0, 0, 0, 2},           {3, 5, 6, 8, 12},
                                         {0, 0, 0, 0, 0},           {6, 6, 6, 6, 6},
                                         {100, 180, 240, 300, 500}, {0, 1, 9, 10, 10}};
    static const double mean[] = {.4, 6.4, .02, 6, 255, 3};
    static double p[4096];
    fs_pieces pieces;
    for (int i = 0; i < 6; i++) {
        fs_ahead ahead = ahead_of(&mean[i], quantile[i], 1);
        fs_pieces_make(&pieces, &ahead, 0);
        for (double unit = 1; unit < 30; unit *= 3)
            assert_near(mean_of(p, fs_pieces_spread(&pieces, NULL, unit, p), unit), mean[i],
                        1e-9 * mean[i]);
    }
}

static void a_distribution_has_the_quantiles_and_the_zeros(void **state)
{
    (void)state;
    static const double brisk[] = {80, 92, 100, 109, 124}, rare[] = {0, 0, 0, 0, 2};
    double mean = 101, few = .3, p[512], below = 0;
    fs_pieces pieces;
    fs_ahead ahead = ahead_of(&mean, brisk, 1);
    fs_pieces_make(&pieces, &ahead, 0);
    fs_pieces_spread(&pieces, NULL, 1, p);
    for (int i = 0, q = 0; q < 5; i++) {
        if (i >= brisk[q]) assert_near(below + p[i] / 2, probability[q++], .01);
        below += p[i];
    }
    ahead = ahead_of(&few, rare, 1);
    fs_pieces_make(&pieces, &ahead, 0);
    fs_pieces_spread(&pieces, NULL, 1, p);
    assert_true(p[0] > .75 && p[0] < .95);
}

/* ---- against every course of demand ---- */

#define PERIODS 4
typedef struct course {
    const fs_order_case *now;
    const double (*p)[64];
    const int *cells;
    double quantity;
    double cost, missed, safe, stock;
} course;

/* All demands of period t on, from the stock before its arrivals. */
static void go(course *c, int t, double stock, double chance, double cost, double missed, bool safe)
{
    const fs_order_case *now = c->now;
    if (t == now->lead + now->review) {
        c->cost += chance * cost, c->missed += chance * missed, c->safe += safe ? chance : 0;
        return;
    }
    stock += now->arriving ? now->arriving[t] : 0;
    if (t == now->lead) c->stock += chance * stock, stock += c->quantity;
    for (int d = 0; d < c->cells[t]; d++) {
        double left = stock - d, out = left < 0 ? -left : 0, more = 0;
        if (t >= now->lead) more = now->holding * fmax(left, 0) + now->shortage * out;
        go(c, t + 1, now->later ? left : fmax(left, 0), chance * c->p[t][d], cost + more,
           missed + (t >= now->lead ? out : 0), safe && (t < now->lead || out == 0));
    }
}

static course walk(const fs_order_case *now, const fs_ahead *ahead, double quantity)
{
    static double p[PERIODS][64];
    static int cells[PERIODS];
    fs_pieces pieces;
    for (int t = 0; t < PERIODS; t++) {
        fs_pieces_make(&pieces, ahead, t < ahead->periods ? t : ahead->periods - 1);
        cells[t] = fs_pieces_spread(&pieces, NULL, 1, p[t]);
    }
    course c = {.now = now, .p = (const double(*)[64])p, .cells = cells, .quantity = quantity};
    go(&c, 0, now->on_hand, 1, 0, 0, true);
    return c;
}

static const double three_means[] = {2, 1.4, 3, 2.5};
static const double three_quantiles[] = {0, 1, 2, 3, 4, 0, 0, 1, 2, 4,
                                         1, 2, 3, 4, 6, 0, 1, 2, 4, 5};

static void check(fs_order_plan *plan, const fs_order_case *now)
{
    fs_ahead ahead = ahead_of(three_means, three_quantiles, PERIODS);
    double best = 0, least = INFINITY;
    fs_order_make(plan, &ahead, now);
    assert_true(plan->unit == 1);
    for (int q = 0; q < 24; q++) {
        course c = walk(now, &ahead, q * now->pack);
        fs_order_outlook look = fs_order_look(plan, q);
        assert_near(look.cost, c.cost, 1e-9 * (1 + c.cost));
        assert_near(look.missed, c.missed, 1e-9 * (1 + c.missed));
        assert_near(look.safe, c.safe, 1e-9);
        assert_near(plan->stock, c.stock, 1e-9 * (1 + fabs(c.stock)));
        if (c.cost < least - 1e-9) least = c.cost, best = q;
    }
    assert_true(plan->packs == best);
}

static void an_order_is_the_best_of_all_by_every_course_of_demand(void **state)
{
    (void)state;
    static const double arriving[] = {1, 0, 2, 3};
    fs_order_plan plan = {0};
    assert_int_equal(fs_order_open(&plan), FS_OK);
    for (int later = 0; later < 2; later++)
        for (int lead = 0; lead < 3; lead++)
            for (int review = 1; review < 3 && lead + review <= PERIODS; review++)
                for (int coming = 0; coming < 2; coming++)
                    for (int on_hand = 0; on_hand < 6; on_hand += 2) {
                        fs_order_case now = usual;
                        now.later = later, now.lead = lead, now.review = review;
                        now.on_hand = on_hand - 2 * later;
                        now.pack = 1 + coming;
                        now.arriving = coming ? arriving : NULL;
                        check(&plan, &now);
                    }
    fs_order_close(&plan);
}

/* ---- by hand ---- */

static const double six_mean = 6, six[] = {6, 6, 6, 6, 6};

static double packs_of(const fs_order_case *now, fs_order_bound *bound)
{
    fs_order_plan plan = {0};
    fs_ahead ahead = ahead_of(&six_mean, six, 1);
    assert_int_equal(fs_order_open(&plan), FS_OK);
    fs_order_make(&plan, &ahead, now);
    *bound = plan.bound;
    fs_order_close(&plan);
    return plan.packs;
}

static void six_a_period_and_nothing_else(void **state)
{
    (void)state;
    fs_order_bound bound;
    fs_order_case now = usual;
    now.lead = 2, now.on_hand = 20; /* 8 are left when it comes */
    assert_true(packs_of(&now, &bound) == 0 && bound == FS_ORDER_FREE);
    now.on_hand = 14; /* 2 are left */
    assert_true(packs_of(&now, &bound) == 4 && bound == FS_ORDER_FREE);
    now.review =
        3; /* 2 are left, 18 are asked for: the first saves 4, and is kept for none; the last, kept twice, too */
    assert_true(packs_of(&now, &bound) == 16 && bound == FS_ORDER_FREE);
    now.holding = 3; /* kept twice it costs 6, once 3 */
    assert_true(packs_of(&now, &bound) == 10);
    now = usual, now.lead = 2, now.on_hand = 5; /* 1 is missed before: lost, so none is left */
    assert_true(packs_of(&now, &bound) == 6);
    now.later = true; /* 7 are owed when it comes */
    assert_true(packs_of(&now, &bound) == 13);
}

static void constraints_bind_and_are_said(void **state)
{
    (void)state;
    fs_order_bound bound;
    fs_order_case now = usual;
    now.on_hand = 1; /* 5 would be best */
    now.pack = 4;    /* 8 cost 3, 4 cost 4 */
    assert_true(packs_of(&now, &bound) == 2 && bound == FS_ORDER_FREE);
    now.most = 8;
    assert_true(packs_of(&now, &bound) == 1 && bound == FS_ORDER_SHELF);
    now.most = 4;
    assert_true(packs_of(&now, &bound) == 0 && bound == FS_ORDER_NO_ROOM);
    now = usual, now.on_hand = 1, now.least = 9;
    assert_true(packs_of(&now, &bound) == 9 &&
                bound == FS_ORDER_LEAST); /* 20 missed against 4 left over */
    now.least = 26;                       /* 21 left over */
    assert_true(packs_of(&now, &bound) == 0 && bound == FS_ORDER_NOT_WORTH);
    now.least = 0, now.order_cost = 21; /* 5 missed cost 20 */
    assert_true(packs_of(&now, &bound) == 0 && bound == FS_ORDER_NOT_WORTH);
    now.order_cost = 19;
    assert_true(packs_of(&now, &bound) == 5);
}

static void what_goes_off_is_not_ordered(void **state)
{
    (void)state;
    fs_order_bound bound;
    fs_order_case now = usual;
    now.review = 4, now.holding = .01, now.expiry = 10;
    assert_true(packs_of(&now, &bound) == 24);
    now.life = 2; /* 12 are asked for while it can be sold */
    assert_true(packs_of(&now, &bound) == 12);
}

static void a_service_is_the_least_order_that_gives_it(void **state)
{
    (void)state;
    fs_order_plan plan = {0};
    fs_ahead ahead = ahead_of(three_means, three_quantiles, PERIODS);
    fs_order_case now = usual;
    assert_int_equal(fs_order_open(&plan), FS_OK);
    for (now.service = .5; now.service < 1; now.service += .04) {
        fs_order_make(&plan, &ahead, &now);
        assert_true(fs_order_look(&plan, plan.packs).safe >= now.service);
        if (plan.packs > 0) assert_true(fs_order_look(&plan, plan.packs - 1).safe < now.service);
    }
    fs_order_close(&plan);
}

/* ---- what periods have in common ---- */

static void common_errors_widen_sums_and_leave_means(void **state)
{
    (void)state;
    fs_order_plan plan = {0};
    double packs[2], missed[2];
    fs_order_case now = usual;
    now.review = 4, now.shortage = 19, now.later = true;
    assert_int_equal(fs_order_open(&plan), FS_OK);
    for (int k = 0; k < 2; k++) {
        fs_ahead ahead = ahead_of(three_means, three_quantiles, PERIODS);
        ahead.common = k * .6;
        fs_order_make(&plan, &ahead, &now);
        packs[k] = plan.packs;
        missed[k] =
            fs_order_look(&plan, 0).missed; /* with nothing there: 4, 3, 2 and 1 times the means */
    }
    assert_true(packs[1] > packs[0]);
    assert_near(missed[0], 4 * 2 + 3 * 1.4 + 2 * 3 + 2.5, 1e-9);
    assert_near(missed[1], missed[0], 1e-9);
    fs_order_close(&plan);
}

/* ---- large ---- */

static void a_coarse_grid_is_near_the_newsvendor(void **state)
{
    (void)state;
    double mean = 5000, quantile[9], p[] = {.01, .05, .1, .25, .5, .75, .9, .95, .99};
    for (int i = 0; i < 9; i++) quantile[i] = mean + 800 * fs_normal_quantile(p[i]);
    fs_ahead ahead = {
        .periods = 1, .probabilities = 9, .mean = &mean, .quantile = quantile, .probability = p};
    fs_order_plan plan = {0};
    fs_order_case now = usual;
    now.holding = .18, now.shortage = .7;
    assert_int_equal(fs_order_open(&plan), FS_OK);
    fs_order_make(&plan, &ahead, &now);
    assert_true(plan.unit > 1);
    assert_near(plan.packs, 5000 + 800 * fs_normal_quantile(.7 / .88), 40);
    assert_near(fs_order_look(&plan, plan.packs).cost, 199.76,
                6); /* 100 times that of N(50, 8); nine quantiles tell no more */
    now.on_hand = 1e9;
    fs_order_make(&plan, &ahead, &now);
    assert_true(plan.packs == 0);
    assert_near(plan.stock, 1e9, 1);
    fs_order_close(&plan);
}

/* ---- lots ---- */

static void lots_add_up_to_the_order_and_gain_less_and_less(void **state)
{
    (void)state;
    fs_order_plan plan = {0};
    fs_order_lot lot[FS_ORDER_LOTS];
    fs_ahead ahead = ahead_of(three_means, three_quantiles, PERIODS);
    assert_int_equal(fs_order_open(&plan), FS_OK);
    for (int k = 0; k < 8; k++) {
        fs_order_case now = usual;
        double packs = 0, gain = 0;
        now.lead = 1, now.review = 3, now.on_hand = 2;
        now.order_cost = k & 1 ? 3 : 0, now.least = k & 2 ? 3 : 0, now.pack = k & 4 ? 2 : 1;
        fs_order_make(&plan, &ahead, &now);
        int count = fs_order_lots(&plan, false, lot);
        assert_true(count > 1);
        for (int i = 0; i < count; i++) {
            packs += lot[i].packs, gain += lot[i].gain;
            assert_true(lot[i].packs >= 1 && lot[i].gain > 0);
            if (i > 0)
                assert_true(lot[i].gain / lot[i].packs <=
                            lot[i - 1].gain / lot[i - 1].packs + 1e-9);
        }
        if (k == 0) assert_true(lot[0].packs == 1);
        assert_true(lot[0].packs * now.pack >= now.least);
        assert_true(packs == plan.packs);
        assert_near(gain, fs_order_look(&plan, 0).cost - fs_order_look(&plan, packs).cost, 1e-9);
    }
    fs_order_close(&plan);
}

static void losing_lots_go_on_behind_the_best_order(void **state)
{
    (void)state;
    fs_order_plan plan = {0};
    fs_order_lot best[FS_ORDER_LOTS], all[FS_ORDER_LOTS];
    fs_ahead ahead = ahead_of(three_means, three_quantiles, PERIODS);
    fs_order_case now = usual;
    now.lead = 1, now.review = 3, now.on_hand = 2;
    assert_int_equal(fs_order_open(&plan), FS_OK);
    fs_order_make(&plan, &ahead, &now);
    int gaining = fs_order_lots(&plan, false, best), count = fs_order_lots(&plan, true, all);
    double packs = 0;
    assert_true(count > gaining + 3);
    for (int i = 0; i < count; i++) {
        packs += all[i].packs;
        if (i < gaining) assert_true(all[i].packs == best[i].packs && all[i].gain == best[i].gain);
        if (i >= gaining) assert_true(all[i].gain <= 1e-6);
        if (i > 0)
            assert_true(all[i].gain / all[i].packs <= all[i - 1].gain / all[i - 1].packs + 1e-9);
    }
    assert_true(packs > plan.demand * 40);
    assert_near(all[count - 1].gain, all[count - 1].packs * 52 * -3 * now.holding, 1e-9);
    now.most = plan.stock + plan.packs + 2;
    fs_order_make(&plan, &ahead, &now);
    assert_int_equal(fs_order_lots(&plan, true, all), gaining + 2);
    fs_order_close(&plan);
}

static void the_workspace_may_not_be_had(void **state)
{
    (void)state;
    fs_order_plan plan = {0};
    fs_alloc_fail_after(0);
    assert_int_equal(fs_order_open(&plan), FS_MEMORY);
    fs_alloc_fail_after(-1);
    fs_order_close(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_distribution_has_the_mean_whatever_the_grid),
        cmocka_unit_test(a_distribution_has_the_quantiles_and_the_zeros),
        cmocka_unit_test(an_order_is_the_best_of_all_by_every_course_of_demand),
        cmocka_unit_test(six_a_period_and_nothing_else),
        cmocka_unit_test(constraints_bind_and_are_said),
        cmocka_unit_test(what_goes_off_is_not_ordered),
        cmocka_unit_test(a_service_is_the_least_order_that_gives_it),
        cmocka_unit_test(common_errors_widen_sums_and_leave_means),
        cmocka_unit_test(a_coarse_grid_is_near_the_newsvendor),
        cmocka_unit_test(lots_add_up_to_the_order_and_gain_less_and_less),
        cmocka_unit_test(losing_lots_go_on_behind_the_best_order),
        cmocka_unit_test(the_workspace_may_not_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
