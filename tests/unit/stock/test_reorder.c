/* Reorder points with order-up-to levels and with lots. */
#include "stock_helpers.h"

static fs_stock_work work;

static int free_work(void **state)
{
    (void)state;
    fs_stock_work_free(&work);
    return 0;
}

/* ---- (s, S) ---- */

static fs_reorder up_to(double mean, double fixed, double holding, double shortage)
{
    fs_counts period = poisson(mean);
    fs_reorder r;
    assert_int_equal(fs_reorder_up_to(&period, &period, fixed, holding, shortage, &work, &r, NULL),
                     FS_OK);
    free(period.p);
    return r;
}

static void up_to_levels_are_as_in_snyder_and_shen(void **state)
{
    (void)state;
    fs_reorder r = up_to(6, 5, 1, 4);
    assert_true(r.point == 4 && r.upto == 10 && r.lot == 6);
    expect_near(r.cost, 8.034111561472, 1e-12);
    r = up_to(20, 64, 1, 9);
    assert_true(r.point == 14 && r.upto == 62);
    expect_near(r.cost, 49.17303574, 1e-9);
    r = up_to(4, 150, 40, 125);
    assert_true(r.point == 2 && r.upto == 7);
    expect_near(r.cost, 223.5748295669688, 1e-13);
}

/* With a lead time of two periods, dispersed demand, costs at random: no (s, S) near by costs less. */
static void no_other_levels_cost_less(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        fs_random u = fs_random_open(8, seed, 0, 0);
        double mean = 0.2 + 8 * fs_random_uniform(&u), size = 0.5 + 3 * fs_random_uniform(&u);
        double fixed = seed % 8 == 0 ? 0 : 60 * fs_random_uniform(&u);
        double shortage = 1 + 20 * fs_random_uniform(&u), cost;
        fs_counts period = counts_of((fs_count_law){mean, size});
        fs_counts cover = counts_of((fs_count_law){3 * mean, 3 * size});
        fs_reorder r;
        assert_int_equal(fs_reorder_up_to(&period, &cover, fixed, 1, shortage, &work, &r, NULL),
                         FS_OK);
        assert_int_equal(fs_reorder_up_to_cost(&period, &cover, fixed, 1, shortage, r.point, r.upto,
                                               &work, &cost, NULL),
                         FS_OK);
        expect_near(r.cost, cost, 1e-11);
        for (int64_t s = r.point - 12; s <= r.point + 12; s++)
            for (int64_t up = r.upto - 12; up <= r.upto + 12; up++) {
                if (s >= up) continue;
                assert_int_equal(fs_reorder_up_to_cost(&period, &cover, fixed, 1, shortage, s, up,
                                                       &work, &cost, NULL),
                                 FS_OK);
                assert_true(r.cost <= cost + 1e-9);
            }
        free(period.p), free(cover.p);
    }
}

/* A year of weeks, many times: what was paid is what was said. */
static void levels_cost_what_a_simulation_does(void **state)
{
    (void)state;
    enum { PERIODS = 400000 };
    fs_random u = fs_random_open(9, 0, 0, 0);
    fs_reorder r = up_to(3, 12, 1, 6);
    double sum = 0;
    int64_t stock = r.upto;
    for (int t = 0; t < PERIODS; t++) {
        if (stock <= r.point) stock = r.upto, sum += 12;
        stock -= fs_random_poisson(&u, 3);
        sum += stock > 0 ? (double)stock : -6.0 * (double)stock;
    }
    expect_near(sum / PERIODS, r.cost, 0.01);
}

static void a_base_stock_is_what_costless_orders_have(void **state)
{
    (void)state;
    fs_newsvendor n;
    fs_reorder r = up_to(7, 0, 1, 9);
    assert_int_equal(fs_newsvendor_law((fs_count_law){7, INFINITY}, 1, 9, &n, NULL), FS_OK);
    assert_int_equal(r.upto, (int64_t)n.level);
    assert_int_equal(r.point, r.upto - 1);
    expect_near(r.cost, n.cost, 1e-12);
}

static void one_certain_unit_a_period_is_ordered_in_lots(void **state)
{
    (void)state;
    double certain[] = {1};
    fs_counts one = {1, 1, certain};
    fs_reorder r;
    assert_int_equal(fs_reorder_up_to(&one, &one, 18, 1, 1e6, &work, &r, NULL), FS_OK);
    assert_int_equal(r.lot, 6); /* sqrt(2 · 18): 0 to 5 are left */
    expect_near(r.cost, 18 / 6.0 + 2.5, 1e-12);
}

/* ---- (r, Q) ---- */

static fs_reorder lot_of(double rate, double time, double fixed, double holding, double shortage)
{
    fs_counts lead = poisson(rate * time);
    fs_reorder r;
    assert_int_equal(fs_reorder_lot(rate, &lead, fixed, holding, shortage, &work, &r, NULL), FS_OK);
    free(lead.p);
    return r;
}

static void lots_are_as_in_snyder_and_shen(void **state)
{
    (void)state;
    fs_reorder r = lot_of(1.5, 2, 100, 20, 150);
    assert_true(r.point == 3 && r.lot == 5 && r.upto == 8);
    expect_near(r.cost, 107.923580633150, 1e-12);
    r = lot_of(12, 0.5, 4, 4, 28);
    assert_true(r.point == 6 && r.lot == 7);
    expect_near(r.cost, 28.241312842169155, 1e-12);
}

static double plain_lot_cost(double rate, double mean, double fixed, double holding,
                             double shortage, int64_t point, int64_t lot)
{
    double sum = rate * fixed;
    for (int64_t y = point + 1; y <= point + lot; y++) {
        fs_newsvendor n;
        assert_int_equal(fs_level_cost_law((double)y, (fs_count_law){mean, INFINITY}, holding,
                                           shortage, &n, NULL),
                         FS_OK);
        sum += y >= 0 ? n.cost : shortage * (mean - (double)y);
    }
    return sum / (double)lot;
}

static void no_other_lots_cost_less(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 15; seed++) {
        fs_random u = fs_random_open(10, seed, 0, 0);
        double rate = 0.1 + 3 * fs_random_uniform(&u), mean = 4 * fs_random_uniform(&u) * rate;
        double fixed = 30 * fs_random_uniform(&u), shortage = 2 + 40 * fs_random_uniform(&u);
        fs_counts lead = poisson(mean);
        fs_reorder r;
        assert_int_equal(fs_reorder_lot(rate, &lead, fixed, 1, shortage, &work, &r, NULL), FS_OK);
        for (int64_t s = r.point - 5; s <= r.point + 5; s++)
            for (int64_t q = r.lot > 6 ? r.lot - 6 : 1; q <= r.lot + 6; q++)
                assert_true(r.cost <= plain_lot_cost(rate, mean, fixed, 1, shortage, s, q) + 1e-9);
        expect_near(r.cost, plain_lot_cost(rate, mean, fixed, 1, shortage, r.point, r.lot), 1e-12);
        free(lead.p);
    }
}

/* ∫ of what positions cost, by the middle of small steps. */
static double plain_normal_cost(double rate, double mean, double deviation, double fixed,
                                double holding, double shortage, double point, double lot)
{
    enum { STEPS = 4000 };
    double sum = 0;
    for (int i = 0; i < STEPS; i++) {
        fs_newsvendor n;
        assert_int_equal(fs_level_cost_normal(point + (i + 0.5) * lot / STEPS, mean, deviation,
                                              holding, shortage, &n, NULL),
                         FS_OK);
        sum += n.cost / STEPS;
    }
    return sum + rate * fixed / lot;
}

/* Example 5.1 of Snyder and Shen. Its approximation by the expected level, (213.97, 318.59), costs 92.28687665608078. */
static void normal_lots_cost_less_than_approximations(void **state)
{
    (void)state;
    double mean = 1300 / 12.0, deviation = 150 / sqrt(12);
    fs_reorder_normal r;
    assert_int_equal(fs_reorder_lot_normal(1300, mean, deviation, 8, 0.225, 7.5, &r, NULL), FS_OK);
    assert_true(r.cost < 92.28687665608078);
    expect_near(plain_normal_cost(1300, mean, deviation, 8, 0.225, 7.5, 213.97044213580244,
                                  318.5901810768729),
                92.28687665608078, 1e-6);
    expect_near(r.cost, plain_normal_cost(1300, mean, deviation, 8, 0.225, 7.5, r.point, r.lot),
                1e-6);
    for (double a = -3; a <= 3; a++)
        for (double b = -6; b <= 6; b += 2)
            assert_true(r.cost <= plain_normal_cost(1300, mean, deviation, 8, 0.225, 7.5,
                                                    r.point + a, r.lot + b) +
                                      1e-4);
}

static void normal_lots_without_spread_are_economic(void **state)
{
    (void)state;
    fs_reorder_normal r, nearly;
    fs_lot lot;
    fs_lot_problem p = {8, 0.225, 1300, INFINITY, 5};
    assert_int_equal(fs_economic_lot(&p, &lot, NULL), FS_OK);
    assert_int_equal(fs_reorder_lot_normal(1300, 100, 0, 8, 0.225, 5, &r, NULL), FS_OK);
    expect_near(r.lot, lot.quantity, 1e-14), expect_near(r.cost, lot.cost, 1e-14);
    expect_near(r.point, 100 - lot.waiting, 1e-14);
    assert_int_equal(fs_reorder_lot_normal(1300, 100, 0.01, 8, 0.225, 5, &nearly, NULL), FS_OK);
    expect_near(nearly.cost, r.cost, 1e-4), expect_near(nearly.point, r.point, 1e-3);
    assert_int_equal(fs_reorder_lot_normal(1300, 100, 10, 0, 1, 9, &r, NULL), FS_OK);
    fs_newsvendor n;
    assert_int_equal(fs_newsvendor_normal(100, 10, 1, 9, &n, NULL), FS_OK);
    expect_near(r.point, n.level, 1e-6), expect_near(r.cost, n.cost, 1e-9);
    assert_true(r.lot < 1e-3);
}

/* ---- what is none ---- */

static void nothing_is_ordered_of_what_nobody_wants(void **state)
{
    (void)state;
    fs_reorder r = up_to(0, 5, 1, 4);
    assert_true(r.point == -1 && r.upto == 0);
    expect_near(r.cost, 0, 0);
    r = lot_of(0, 2, 5, 1, 4);
    assert_true(r.point == -1 && r.lot == 0);
    expect_near(r.cost, 0, 0);
    r = lot_of(3, 0, 0.1, 1, 40); /* no lead time, orders of almost no cost */
    assert_true(r.point == -1 && r.lot == 1);
    expect_near(r.cost, 0.3, 1e-12);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    fs_counts c = poisson(3), half = c;
    fs_reorder r;
    fs_reorder_normal n;
    double cost;
    half.count /= 3;
    expect_refused(fs_reorder_up_to(&half, &c, 1, 1, 1, &work, &r, &error), "of a period");
    expect_refused(fs_reorder_up_to(&c, &half, 1, 1, 1, &work, &r, &error), "until an order");
    expect_refused(fs_reorder_up_to(&c, &c, NAN, 1, 1, &work, &r, &error), "fixed");
    expect_refused(fs_reorder_up_to(&c, &c, 1, -1, 1, &work, &r, &error), "holding");
    expect_refused(fs_reorder_up_to(&c, &c, 1e12, 1, 1, &work, &r, &error), "larger");
    expect_refused(fs_reorder_up_to_cost(&c, &c, 1, 1, 1, 5, 5, &work, &cost, &error), "below S");
    expect_refused(fs_reorder_lot(-1, &c, 1, 1, 1, &work, &r, &error), "rate");
    expect_refused(fs_reorder_lot(1, &half, 1, 1, 1, &work, &r, &error), "lead time");
    expect_refused(fs_reorder_lot(1, &c, 1e300, 1, 1, &work, &r, &error), "larger");
    expect_refused(fs_reorder_lot_normal(1, 1, NAN, 1, 1, 1, &n, &error), "deviation");
    expect_refused(fs_reorder_lot_normal(1, 1, 1, 1, 1, 0, &n, &error), "shortage");
    free(c.p);
}

static fs_status all(void)
{
    double certain[] = {1};
    fs_counts one = {1, 1, certain};
    fs_stock_work room = {0}, other = {0};
    fs_reorder r;
    fs_status status = fs_reorder_up_to(&one, &one, 18, 1, 5, &room, &r, NULL);
    if (status == FS_OK) status = fs_reorder_lot(1, &one, 18, 1, 5, &other, &r, NULL);
    fs_stock_work_free(&room), fs_stock_work_free(&other);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    expect_every_allocation_is_checked(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_to_levels_are_as_in_snyder_and_shen),
        cmocka_unit_test(no_other_levels_cost_less),
        cmocka_unit_test(levels_cost_what_a_simulation_does),
        cmocka_unit_test(a_base_stock_is_what_costless_orders_have),
        cmocka_unit_test(one_certain_unit_a_period_is_ordered_in_lots),
        cmocka_unit_test(lots_are_as_in_snyder_and_shen),
        cmocka_unit_test(no_other_lots_cost_less),
        cmocka_unit_test(normal_lots_cost_less_than_approximations),
        cmocka_unit_test(normal_lots_without_spread_are_economic),
        cmocka_unit_test(nothing_is_ordered_of_what_nobody_wants),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, free_work);
}
