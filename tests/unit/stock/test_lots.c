/* Economic lots, discounts, items ordered together, lots of known demand. */
#include "stock_helpers.h"

static fs_lot lot_of(fs_lot_problem p)
{
    fs_lot lot;
    assert_int_equal(fs_economic_lot(&p, &lot, NULL), FS_OK);
    return lot;
}

static void economic_lots_are_as_in_snyder_and_shen(void **state)
{
    (void)state;
    fs_lot plain = lot_of((fs_lot_problem){8, 0.225, 1300, INFINITY, INFINITY});
    expect_near(plain.quantity, 304.0467800264, 1e-12);
    expect_near(plain.cost, 68.4105255059, 1e-12);
    expect_near(plain.cycle, plain.quantity / 1300, 1e-15);
    expect_near(plain.waiting, 0, 0);
    fs_lot waits = lot_of((fs_lot_problem){8, 0.225, 1300, INFINITY, 5});
    expect_near(waits.quantity, 310.81255515896464, 1e-12);
    expect_near(waits.waiting, 310.81255515896464 * 0.0430622009569378, 1e-12);
    expect_near(waits.cost, 66.92136355097325, 1e-12);
    fs_lot made = lot_of((fs_lot_problem){8, 0.225, 1300, 1700, INFINITY});
    expect_near(made.quantity, 626.8084945889684, 1e-12);
    expect_near(made.cost, 33.183979125298336, 1e-12);
}

/* What a lot Q costs of which B wait, production and back-orders together (Zipkin 2000, section 3.3). */
static double steady_cost(fs_lot_problem p, double quantity, double waiting)
{
    double kept = 1 - p.rate / p.production, top = quantity * kept - waiting;
    return p.fixed * p.rate / quantity +
           (p.holding * top * top + p.shortage * waiting * waiting) / (2 * quantity * kept);
}

static void a_lot_costs_less_than_those_beside_it(void **state)
{
    (void)state;
    fs_lot_problem p = {30, 2, 10, 25, 7};
    fs_lot lot = lot_of(p);
    expect_near(lot.cost, steady_cost(p, lot.quantity, lot.waiting), 1e-13);
    for (int i = -1; i <= 1; i++)
        for (int j = -1; j <= 1; j++)
            assert_true(lot.cost <= steady_cost(p, lot.quantity + 0.1 * i, lot.waiting + 0.1 * j));
}

static void discounts_are_as_in_snyder_and_shen(void **state)
{
    (void)state;
    static const double from[] = {0, 400, 800}, price[] = {0.75, 0.72, 0.68};
    fs_discounts d = {3, from, price, false};
    fs_lot lot;
    assert_int_equal(fs_discount_lot(8, 0.3, 1300, &d, &lot, NULL), FS_OK);
    expect_near(lot.quantity, 800, 0);
    expect_near(lot.cost, 978.6, 1e-12);
    d.incremental = true;
    assert_int_equal(fs_discount_lot(8, 0.3, 1300, &d, &lot, NULL), FS_OK);
    expect_near(lot.quantity, 304.0467800264368, 1e-12);
    expect_near(lot.cost, 1043.4105255059483, 1e-12);
}

/* The price of Q units, and of all that is paid and kept. */
static double paid(const fs_discounts *d, double quantity)
{
    double sum = 0;
    for (int k = 0; k < d->count; k++) {
        double to = k + 1 < d->count ? d->from[k + 1] : INFINITY;
        if (!d->incremental && quantity >= d->from[k]) sum = quantity * d->price[k];
        if (d->incremental) sum += d->price[k] * fmax(fmin(quantity, to) - d->from[k], 0);
    }
    return sum;
}

static double discount_cost(const fs_discounts *d, double fixed, double share, double rate,
                            double q)
{
    return rate / q * (fixed + paid(d, q)) + share * paid(d, q) / 2;
}

static void discounted_lots_cost_less_than_all_others(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        fs_random r = fs_random_open(5, seed, 0, 0);
        double from[4] = {0}, price[4] = {1 + fs_random_uniform(&r)};
        for (int k = 1; k < 4; k++) {
            from[k] = from[k - 1] + 200 * fs_random_uniform(&r);
            price[k] = price[k - 1] * (0.8 + 0.19 * fs_random_uniform(&r));
        }
        fs_discounts d = {4, from, price, seed % 2 == 1};
        double fixed = 20 * fs_random_uniform(&r), share = 0.1 + fs_random_uniform(&r), rate = 300;
        fs_lot lot;
        assert_int_equal(fs_discount_lot(fixed, share, rate, &d, &lot, NULL), FS_OK);
        expect_near(lot.cost, discount_cost(&d, fixed, share, rate, lot.quantity), 1e-12);
        for (double q = 1; q < 1000; q += 0.5)
            assert_true(lot.cost <= discount_cost(&d, fixed, share, rate, q) + 1e-9);
    }
}

/* ---- together ---- */

static void items_ordered_together_are_as_in_silver(void **state)
{
    (void)state;
    static const double fixed[] = {120, 840, 300}, holding[] = {160, 20, 50}, rate[] = {1, 1, 1};
    fs_joint joint = {3, 600, fixed, holding, rate};
    int64_t multiple[3];
    double room[6];
    fs_joint_plan plan = {.multiple = multiple};
    assert_int_equal(fs_joint_silver(&joint, &plan, NULL), FS_OK);
    expect_near(plan.cost, 837.8544026261366, 1e-13);
    expect_near(plan.cycle, 3.103164454170876, 1e-13);
    assert_true(multiple[0] == 1 && multiple[1] == 3 && multiple[2] == 1);
    assert_int_equal(fs_joint_exact(&joint, room, &plan, NULL), FS_OK);
    assert_true(plan.proved && plan.cost <= 837.8544026261366 + 1e-9);
}

static void five_items_are_as_in_silvers_paper(void **state)
{
    (void)state;
    static const double fixed[] = {1.87, 5.27, 7.94, 8.19, 8.87},
                        holding[] = {0.2, 0.2, 0.2, 0.2, 0.2}, rate[] = {1736, 656, 558, 170, 142};
    static const int64_t wanted[] = {1, 1, 1, 3, 3};
    fs_joint joint = {5, 10, fixed, holding, rate};
    int64_t multiple[5];
    fs_joint_plan plan = {.multiple = multiple};
    assert_int_equal(fs_joint_silver(&joint, &plan, NULL), FS_OK);
    expect_near(plan.cost, 218.68632025498687, 1e-13);
    assert_memory_equal(multiple, wanted, sizeof wanted);
}

static double joint_cost(const fs_joint *j, const int64_t *n)
{
    double orders = j->shared, kept = 0;
    for (int i = 0; i < j->count; i++)
        orders += j->fixed[i] / (double)n[i], kept += j->holding[i] * j->rate[i] * (double)n[i];
    return sqrt(2 * orders * kept);
}

/* All multiples up to 12 of three items: none costs less. */
static void no_multiples_cost_less_than_the_exact_ones(void **state)
{
    (void)state;
    int better = 0;
    for (uint64_t seed = 0; seed < 150; seed++) {
        fs_random r = fs_random_open(6, seed, 0, 0);
        double fixed[3], holding[3], rate[3], room[6], least = INFINITY;
        for (int i = 0; i < 3; i++)
            fixed[i] = 40 * fs_random_uniform(&r), holding[i] = 0.1 + fs_random_uniform(&r),
            rate[i] = 1 + 9 * fs_random_uniform(&r);
        fs_joint joint = {3, 1 + 20 * fs_random_uniform(&r), fixed, holding, rate};
        int64_t n[3], exact[3], rough[3];
        fs_joint_plan plan = {.multiple = exact}, silver = {.multiple = rough};
        for (n[0] = 1; n[0] <= 12; n[0]++)
            for (n[1] = 1; n[1] <= 12; n[1]++)
                for (n[2] = 1; n[2] <= 12; n[2]++) least = fmin(least, joint_cost(&joint, n));
        assert_int_equal(fs_joint_exact(&joint, room, &plan, NULL), FS_OK);
        assert_int_equal(fs_joint_silver(&joint, &silver, NULL), FS_OK);
        assert_true(plan.proved && plan.cost <= least + 1e-9);
        expect_near(plan.cost, joint_cost(&joint, exact), 1e-12);
        assert_true(plan.cost <= silver.cost + 1e-9);
        better += plan.cost < silver.cost * (1 - 1e-6);
    }
    assert_true(better > 3);
}

/* ---- known demand ---- */

static double lots(int method, const double *demand, int64_t count, double setup, double holding,
                   double *ordered)
{
    double cost = -1, *room = malloc(FS_LOT_ROOM(count) * sizeof *room);
    assert_int_equal(
        fs_lot_sizes(method, demand, count, setup, holding, room, ordered, &cost, NULL), FS_OK);
    free(room);
    return cost;
}

static void wagner_and_whitin_are_as_in_snyder_and_shen(void **state)
{
    (void)state;
    static const double demand[] = {90, 120, 80, 70}, wanted[] = {210, 0, 150, 0};
    double ordered[4];
    expect_near(lots(FS_WAGNER_WHITIN, demand, 4, 500, 2, ordered), 1380, 0);
    assert_memory_equal(ordered, wanted, sizeof wanted);
}

/* The rules on the example of Silver, Pyke and Thomas (2017, table 6.1): K 54, h .4. */
static void rules_do_what_their_book_says(void **state)
{
    (void)state;
    static const double demand[] = {10, 62, 12, 130, 154, 129, 88, 52, 124, 160, 238, 41};
    static const double meal[] = {84, 0, 0, 130, 283, 0, 140, 0, 124, 160, 279, 0};
    double ordered[12];
    expect_near(lots(FS_WAGNER_WHITIN, demand, 12, 54, 0.4, ordered), 501.2, 1e-12);
    assert_true(ordered[0] == 84 && ordered[11] == 0);
    expect_near(lots(FS_SILVER_MEAL, demand, 12, 54, 0.4, ordered), 501.2 + 0, 0.05);
    assert_memory_equal(ordered, meal, sizeof meal);
    expect_near(lots(FS_LOT_FOR_LOT, demand, 12, 54, 0.4, ordered), 648, 1e-12);
    assert_memory_equal(ordered, demand, sizeof demand);
}

/* Every choice of periods to order in. */
static double least_of_all(const double *demand, int count, double setup, double holding)
{
    double least = INFINITY;
    for (int orders = 0; orders < 1 << count; orders++) {
        double cost = 0;
        int last = -1;
        for (int t = 0; t < count; t++) {
            if (orders >> t & 1) last = t, cost += setup;
            if (demand[t] > 0) cost += last < 0 ? INFINITY : holding * (t - last) * demand[t];
        }
        least = fmin(least, cost);
    }
    return least;
}

static void expect_plan(const double *demand, const double *ordered, int count, double setup,
                        double holding, double cost)
{
    double stock = 0, sum = 0;
    for (int t = 0; t < count; t++) {
        stock += ordered[t] - demand[t];
        sum += (ordered[t] > 0 ? setup : 0) + holding * stock;
        assert_true(stock >= -1e-9);
    }
    expect_near(stock, 0, 1e-9);
    expect_near(sum, cost, 1e-12);
}

static void the_least_cost_is_that_of_all_choices(void **state)
{
    (void)state;
    enum { COUNT = 9 };
    int rules_were_worse = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        fs_random r = fs_random_open(7, seed, 0, 0);
        double demand[COUNT], ordered[COUNT], setup = 200 * fs_random_uniform(&r);
        double holding = seed % 10 == 0 ? 0 : 3 * fs_random_uniform(&r);
        for (int t = 0; t < COUNT; t++)
            demand[t] = fs_random_uniform(&r) < 0.3 ? 0 : (double)fs_random_below(&r, 100);
        double least = least_of_all(demand, COUNT, setup, holding);
        for (int m = 0; m < FS_LOT_METHODS; m++) {
            double cost = lots(m, demand, COUNT, setup, holding, ordered);
            expect_plan(demand, ordered, COUNT, setup, holding, cost);
            if (m == FS_WAGNER_WHITIN)
                expect_near(cost, least, 1e-12);
            else
                assert_true(cost >= least - 1e-9), rules_were_worse += cost > least + 1e-9;
        }
    }
    assert_true(rules_were_worse > 300);
}

static void lots_of_nothing_are_nothing(void **state)
{
    (void)state;
    static const double none[] = {0, 0, 0};
    double ordered[3] = {1, 1, 1}, cost;
    for (int m = 0; m < FS_LOT_METHODS; m++) {
        expect_near(lots(m, none, 3, 5, 1, ordered), 0, 0);
        assert_memory_equal(ordered, none, sizeof none);
        double room[5];
        assert_int_equal(fs_lot_sizes(m, NULL, 0, 5, 1, room, NULL, &cost, NULL), FS_OK);
        expect_near(cost, 0, 0);
    }
    fs_lot lot = lot_of((fs_lot_problem){5, 1, 0, INFINITY, INFINITY});
    expect_near(lot.quantity + lot.cycle + lot.cost, 0, 0);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    fs_lot lot;
    double room[20], ordered[2], cost;
    static const double bad[] = {1, NAN}, one[] = {1}, from[] = {0, 5}, rises[] = {1, 2};
    static const double late[] = {1}, zero[] = {0};
    fs_lot_problem p[] = {{-1, 1, 1, INFINITY, INFINITY},  {1, 0, 1, INFINITY, INFINITY},
                          {1, 1, NAN, INFINITY, INFINITY}, {1, 1, 2, 2, INFINITY},
                          {1, 1, 1, INFINITY, 0},          {1e300, 1e-300, 1e300, INFINITY, 1}};
    const char *const what[] = {"fixed", "holding", "rate", "production", "shortage", "larger"};
    for (int i = 0; i < 6; i++) expect_refused(fs_economic_lot(&p[i], &lot, &error), what[i]);
    fs_discounts d = {2, from, rises, false}, without = {1, late, one, false};
    expect_refused(fs_discount_lot(1, 1, 1, &d, &lot, &error), "price 2");
    expect_refused(fs_discount_lot(1, 1, 1, &without, &lot, &error), "first price");
    expect_refused(fs_lot_sizes(0, bad, 2, 1, 1, room, ordered, &cost, &error), "demand");
    expect_refused(fs_lot_sizes(0, one, 1, -1, 1, room, ordered, &cost, &error), "setup");
    expect_refused(fs_lot_sizes(0, one, 1, 1, INFINITY, room, ordered, &cost, &error), "holding");
    expect_refused(fs_lot_sizes(6, one, 1, 1, 1, room, ordered, &cost, &error), "method");
    fs_joint j = {1, 0, one, one, one}, k = {1, 1, one, one, zero};
    int64_t multiple[1];
    fs_joint_plan plan = {.multiple = multiple};
    expect_refused(fs_joint_silver(&j, &plan, &error), "shared");
    expect_refused(fs_joint_exact(&k, room, &plan, &error), "rate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(economic_lots_are_as_in_snyder_and_shen),
        cmocka_unit_test(a_lot_costs_less_than_those_beside_it),
        cmocka_unit_test(discounts_are_as_in_snyder_and_shen),
        cmocka_unit_test(discounted_lots_cost_less_than_all_others),
        cmocka_unit_test(items_ordered_together_are_as_in_silver),
        cmocka_unit_test(five_items_are_as_in_silvers_paper),
        cmocka_unit_test(no_multiples_cost_less_than_the_exact_ones),
        cmocka_unit_test(wagner_and_whitin_are_as_in_snyder_and_shen),
        cmocka_unit_test(rules_do_what_their_book_says),
        cmocka_unit_test(the_least_cost_is_that_of_all_choices),
        cmocka_unit_test(lots_of_nothing_are_nothing),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
