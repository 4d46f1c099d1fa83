/* A season by dynamic programming, and goods that perish. */
#include "stock_helpers.h"

enum { LOW = -200, HIGH = 400, POSITIONS = HIGH - LOW + 1 };

/* Demand as the example has it: normal, in whole numbers, cut at four deviations. */
static fs_counts rounded_normal(double mean, double deviation)
{
    fs_counts c = {(int64_t)(mean - 4 * deviation), (int64_t)(8 * deviation) + 1, NULL};
    c.p = calloc((size_t)c.count, sizeof *c.p);
    for (int64_t k = 0; k < c.count; k++) {
        double x = (double)(c.first + k) - mean;
        c.p[k] = fs_normal_below((x + 0.5) / deviation) - fs_normal_below((x - 0.5) / deviation);
    }
    return c;
}

/* Snyder and Shen, section 4.5.2: five periods of N(100, 20). What is left and missing costs as the normal says. */
static void a_season_is_as_in_snyder_and_shen(void **state)
{
    (void)state;
    static const int64_t points[] = {110, 110, 110, 110, 111}, levels[] = {133, 133, 133, 133, 126};
    fs_counts demand = rounded_normal(100, 20);
    fs_stock_work work = {0};
    double kept[POSITIONS], cost[POSITIONS];
    int64_t point[5], upto[5];
    fs_season_period period[5];
    for (int i = 0; i < POSITIONS; i++) {
        fs_newsvendor n;
        assert_int_equal(fs_level_cost_normal(LOW + i, 100, 20, 1, 20, &n, NULL), FS_OK);
        kept[i] = n.cost;
    }
    for (int t = 0; t < 5; t++) period[t] = (fs_season_period){50, 2, 1, 20, &demand, kept};
    fs_season season = {5, period, 1, 20, 1, LOW, HIGH};
    assert_int_equal(fs_season_solve(&season, &work, point, upto, cost, NULL), FS_OK);
    expect_near(cost[-LOW], 1558.6946467384, 1e-13);
    assert_memory_equal(point, points, sizeof points);
    assert_memory_equal(upto, levels, sizeof levels);
    fs_stock_work_free(&work), free(demand.p);
}

/* Two periods, demand 0 or 2, by hand: everything that can be done is tried. */
static double best_of(int left, int x, double discount)
{
    double best = INFINITY;
    if (left == 0) return x > 0 ? 0.5 * x : -7.0 * x;
    for (int y = x; y <= 12; y++) {
        double cost = (y > x ? 3 : 0) + 1.5 * (y - x);
        for (int d = 0; d <= 2; d += 2)
            cost += 0.5 * ((y > d ? y - d : 4.0 * (d - y)) +
                           discount * best_of(left - 1, y - d, discount));
        best = fmin(best, cost);
    }
    return best;
}

static void a_small_season_is_that_of_all_choices(void **state)
{
    (void)state;
    double p[] = {0.5, 0, 0.5}, cost[17];
    fs_counts demand = {0, 3, p};
    fs_season_period period[3];
    fs_stock_work work = {0};
    int64_t point[3], upto[3];
    for (int t = 0; t < 3; t++) period[t] = (fs_season_period){3, 1.5, 1, 4, &demand, NULL};
    fs_season season = {3, period, 0.5, 7, 0.9, -4, 12};
    assert_int_equal(fs_season_solve(&season, &work, point, upto, cost, NULL), FS_OK);
    for (int x = -4; x <= 4; x++) expect_near(cost[x + 4], best_of(3, x, 0.9), 1e-13);
    fs_stock_work_free(&work);
}

/* Many periods at a long horizon: levels and cost a period are those of the best (s, S). */
static void a_long_season_has_the_levels_of_no_end(void **state)
{
    (void)state;
    enum { PERIODS = 200, WIDE = 81 };
    fs_counts demand = poisson(6);
    fs_stock_work work = {0};
    fs_season_period period[PERIODS];
    int64_t point[PERIODS], upto[PERIODS];
    double cost[WIDE];
    for (int t = 0; t < PERIODS; t++) period[t] = (fs_season_period){5, 0, 1, 4, &demand, NULL};
    fs_season season = {PERIODS, period, 0, 0, 1, -30, 50};
    assert_int_equal(fs_season_solve(&season, &work, point, upto, cost, NULL), FS_OK);
    assert_true(point[0] == 4 && upto[0] == 10);
    expect_near(cost[30] / PERIODS, 8.034111561472, 0.01);
    fs_stock_work_free(&work), free(demand.p);
}

/* ---- perishable ---- */

/* Days of a base stock that lives `life` days, first in, first out, lost sales: units thrown away a day, and what is paid. */
static double simulate(int level, int life, double mean, const fs_perishable *g, double *waste)
{
    enum { DAYS = 200000 };
    int64_t stock[8] = {0};
    double cost = 0;
    fs_random u = fs_random_open(12, (uint64_t)level, (uint64_t)life, 0);
    *waste = 0;
    for (int day = 0; day < DAYS; day++) {
        int64_t all = 0, asked = fs_random_poisson(&u, mean);
        for (int a = 0; a < life - 1; a++) all += stock[a];
        stock[life - 1] = level > all ? level - all : 0;
        for (int a = 0; a < life; a++) {
            int64_t sold = stock[a] < asked ? stock[a] : asked;
            stock[a] -= sold, asked -= sold;
        }
        for (int a = 0; a < life; a++) cost += g->holding * (double)stock[a];
        cost += g->shortage * (double)asked + g->waste * (double)stock[0];
        *waste += (double)stock[0];
        for (int a = 0; a + 1 < life; a++) stock[a] = stock[a + 1];
    }
    *waste /= DAYS;
    return cost / DAYS;
}

static void waste_lies_between_its_bounds(void **state)
{
    (void)state;
    for (int life = 1; life <= 4; life++) {
        fs_perishable g = {life, 0.05, 4, 2.5};
        fs_perishable_level l;
        double waste, least = INFINITY, here;
        assert_int_equal(fs_perishable_solve(&g, (fs_count_law){5, INFINITY}, &l, NULL), FS_OK);
        here = simulate((int)l.level, life, 5, &g, &waste);
        assert_true(l.waste_low <= waste + 0.02 && waste <= l.waste_high + 0.02);
        for (int level = 3; level < 20; level++) {
            double other;
            least = fmin(least, simulate(level, life, 5, &g, &other));
        }
        assert_true(here <= least * (life == 1 ? 1.005 : 1.05));
    }
}

static void what_lives_a_day_is_a_newsvendors(void **state)
{
    (void)state;
    fs_perishable g = {1, 0.5, 4, 2.5};
    fs_perishable_level l;
    fs_newsvendor n;
    assert_int_equal(fs_perishable_solve(&g, (fs_count_law){9, 3}, &l, NULL), FS_OK);
    assert_int_equal(fs_newsvendor_law((fs_count_law){9, 3}, 3, 4, &n, NULL), FS_OK);
    expect_near(l.level, n.level, 0), expect_near(l.cost, n.cost, 1e-12);
    expect_near(l.waste_low, l.waste_high, 1e-12);
    g.waste = 0, g.life = 9;
    assert_int_equal(fs_perishable_solve(&g, (fs_count_law){9, 3}, &l, NULL), FS_OK);
    assert_int_equal(fs_newsvendor_law((fs_count_law){9, 3}, 0.5, 4, &n, NULL), FS_OK);
    expect_near(l.level, n.level, 0);
    assert_int_equal(fs_perishable_solve(&g, (fs_count_law){0, 3}, &l, NULL), FS_OK);
    expect_near(l.level + l.cost, 0, 0);
}

/* 8 units perish tonight, 3 are sold: 5 are lost. Then 4 that live a day more are sold for 3: 1 is lost. 10 are left. */
static void what_will_have_perished_is_ordered_again(void **state)
{
    (void)state;
    static const double stock[] = {8, 4, 10}, mean[] = {3, 3};
    double room[3], quantity, perishing;
    fs_aged_stock a = {3, 2, stock, mean, 2, 30, 6};
    assert_int_equal(fs_perishable_order(&a, room, &quantity, &perishing, NULL), FS_OK);
    expect_near(perishing, 6, 1e-12);
    expect_near(quantity, 12, 1e-12); /* 30 - (24 - 6), in packs of 6 */
    a.level = 18;
    assert_int_equal(fs_perishable_order(&a, room, &quantity, &perishing, NULL), FS_OK);
    expect_near(quantity, 0, 0);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    double p[] = {1}, cost[3], room[1], quantity, perishing;
    static const double bad[] = {-1}, good[] = {1};
    fs_counts demand = {0, 1, p};
    fs_stock_work work = {0};
    int64_t at[1];
    fs_season_period period = {1, 1, 1, 1, &demand, NULL}, negative = {1, -1, 1, 1, &demand, NULL};
    fs_season s = {1, &period, 0, 0, 1, -1, 1}, t = s, u = s, v = s;
    t.discount = 1.1, u.low = 1, v.period = &negative;
    expect_refused(fs_season_solve(&t, &work, at, at, cost, &error), "discount");
    expect_refused(fs_season_solve(&u, &work, at, at, cost, &error), "positions");
    expect_refused(fs_season_solve(&v, &work, at, at, cost, &error), "price");
    fs_perishable g = {0, 1, 1, 1}, h = {1, 1, 1, NAN};
    fs_perishable_level l;
    expect_refused(fs_perishable_solve(&g, (fs_count_law){1, 1}, &l, &error), "life");
    expect_refused(fs_perishable_solve(&h, (fs_count_law){1, 1}, &l, &error), "waste");
    fs_aged_stock a = {1, 1, bad, good, 0, 1, 1}, b = {1, 1, good, good, 0, 1, 0};
    expect_refused(fs_perishable_order(&a, room, &quantity, &perishing, &error), "stock");
    expect_refused(fs_perishable_order(&b, room, &quantity, &perishing, &error), "pack");
    fs_stock_work_free(&work);
}

static fs_status one_season(void)
{
    double p[] = {0.5, 0.5}, cost[12];
    fs_counts demand = {0, 2, p};
    fs_stock_work work = {0};
    int64_t at[1];
    fs_season_period period = {1, 1, 1, 3, &demand, NULL};
    fs_season s = {1, &period, 0, 0, 1, -1, 10};
    fs_status status = fs_season_solve(&s, &work, at, at, cost, NULL);
    fs_stock_work_free(&work);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    expect_every_allocation_is_checked(one_season);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_season_is_as_in_snyder_and_shen),
        cmocka_unit_test(a_small_season_is_that_of_all_choices),
        cmocka_unit_test(a_long_season_has_the_levels_of_no_end),
        cmocka_unit_test(waste_lies_between_its_bounds),
        cmocka_unit_test(what_lives_a_day_is_a_newsvendors),
        cmocka_unit_test(what_will_have_perished_is_ordered_again),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
