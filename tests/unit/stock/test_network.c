/* Safety stock of trees, and short stock over stores. */
#include "stock_helpers.h"

typedef struct answer {
    int64_t service[12];
    double safety[12], cost;
} answer;

static answer solve(const fs_supply_tree *t)
{
    answer a;
    assert_int_equal(fs_supply_tree_solve(t, a.service, a.safety, &a.cost, NULL), FS_OK);
    return a;
}

/* Snyder and Shen, example 6.5: stages 1, 3, 2, 4 of the book are 0, 1, 2, 3. */
static void the_tree_is_as_in_snyder_and_shen(void **state)
{
    (void)state;
    static const int64_t from[] = {0, 1, 1}, to[] = {1, 2, 3}, time[] = {2, 1, 1, 1};
    static const int64_t inbound[] = {1, 0, 0, 0}, promised[] = {-1, -1, 0, 1};
    static const int64_t wanted[] = {0, 0, 0, 1};
    static const double holding[] = {1, 2, 3, 3};
    double bound[] = {0, 0, 1, 1};
    fs_supply_tree t = {4, 3, from, to, time, inbound, promised, bound, holding};
    assert_int_equal(fs_supply_tree_deviations(&t, bound, NULL), FS_OK);
    expect_near(bound[0], sqrt(2), 1e-15), expect_near(bound[1], sqrt(2), 1e-15);
    answer a = solve(&t);
    expect_near(a.cost, 8.277916867529369, 1e-15);
    assert_memory_equal(a.service, wanted, sizeof wanted);
    expect_near(a.safety[0], sqrt(2 * 3), 1e-15);
}

static void the_line_is_as_in_snyder_and_shen(void **state)
{
    (void)state;
    static const int64_t from[] = {0, 1}, to[] = {1, 2}, time[] = {1, 0, 1}, inbound[] = {1, 0, 0};
    static const int64_t promised[] = {-1, -1, 1};
    static const double holding[] = {2, 4, 7}, bound[] = {1, 1, 1};
    fs_supply_tree t = {3, 2, from, to, time, inbound, promised, bound, holding};
    expect_near(solve(&t).cost, 2.8284271247461903, 1e-15);
}

/* Figure 6.14: ten stages of a camera. */
static void the_camera_is_as_in_snyder_and_shen(void **state)
{
    (void)state;
    static const int64_t from[] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, to[] = {1, 2, 4, 4, 5, 9, 9, 9, 9};
    static const int64_t time[] = {2, 3, 2, 4, 2, 3, 6, 4, 3, 2};
    static const int64_t promised[] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, 2};
    static const double holding[] = {.01, .03, .04, .06, .12, .13, .2, .08, .04, .5};
    double bound[10] = {[9] = 10};
    fs_supply_tree t = {10, 9, from, to, time, NULL, promised, bound, holding};
    assert_int_equal(fs_supply_tree_deviations(&t, bound, NULL), FS_OK);
    for (int i = 0; i < 10; i++) bound[i] *= 1.6448536269514722;
    expect_near(solve(&t).cost, 18.824004472592172, 1e-13);
}

static void demand_adds_up_on_its_way_to_suppliers(void **state)
{
    (void)state;
    static const int64_t from[] = {0, 1, 1}, to[] = {1, 2, 3}, time[4] = {0}, promised[4] = {0};
    static const double one[] = {1, 1, 1, 1};
    double mean[] = {0, 5, 7, 11}, unknown[] = {1, 2, NAN, 3}, deviation[] = {0, 2, 3, 6};
    fs_supply_tree t = {4, 3, from, to, time, NULL, promised, one, one};
    assert_int_equal(fs_supply_tree_means(&t, mean, NULL), FS_OK);
    assert_int_equal(fs_supply_tree_means(&t, unknown, NULL), FS_OK);
    assert_int_equal(fs_supply_tree_deviations(&t, deviation, NULL), FS_OK);
    expect_near(mean[0], 23, 0), expect_near(mean[1], 23, 0), expect_near(mean[3], 11, 0);
    expect_near(deviation[0], 7, 1e-15), expect_near(deviation[2], 3, 0);
    assert_true(isnan(unknown[0]) && isnan(unknown[1]) && unknown[3] == 3);
    deviation[3] = -1;
    expect_refused(fs_supply_tree_deviations(&t, deviation, &error), "deviation");
}

/* ---- against all service times ---- */

typedef struct trial {
    const fs_supply_tree *t;
    int64_t service[6], most[6];
    double least;
} trial;

static double plain_cost(const fs_supply_tree *t, const int64_t *service)
{
    double cost = 0;
    for (int64_t i = 0; i < t->stages; i++) {
        int64_t supplies = t->inbound[i];
        for (int64_t l = 0; l < t->links; l++)
            if (t->to[l] == i && service[t->from[l]] > supplies) supplies = service[t->from[l]];
        int64_t net = supplies + t->time[i] - service[i];
        if (net < 0 || (t->promised[i] >= 0 && service[i] > t->promised[i])) return INFINITY;
        cost += t->holding[i] * t->bound[i] * sqrt((double)net);
    }
    return cost;
}

static void try_all(trial *a, int64_t stage)
{
    if (stage == a->t->stages) {
        a->least = fmin(a->least, plain_cost(a->t, a->service));
        return;
    }
    for (a->service[stage] = 0; a->service[stage] <= 8; a->service[stage]++) try_all(a, stage + 1);
}

/* Trees at random, links in either direction. */
static void no_service_times_cost_less(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        fs_random r = fs_random_open(13, seed, 0, 0);
        int64_t from[4], to[4], time[5], inbound[5], promised[5];
        double bound[5], holding[5];
        for (int i = 0; i < 5; i++) {
            int64_t other = i > 0 ? fs_random_below(&r, i) : 0;
            bool up = fs_random_uniform(&r) < 0.5;
            if (i > 0) from[i - 1] = up ? i : other, to[i - 1] = up ? other : i;
            time[i] = fs_random_below(&r, 3), inbound[i] = fs_random_below(&r, 2);
            promised[i] = seed % 3 == 0 || i == 2 ? fs_random_below(&r, 3) : -1;
            bound[i] = fs_random_uniform(&r), holding[i] = 0.1 + fs_random_uniform(&r);
        }
        fs_supply_tree t = {5, 4, from, to, time, inbound, promised, bound, holding};
        trial all = {.t = &t, .least = INFINITY};
        answer a = solve(&t);
        try_all(&all, 0);
        expect_near(a.cost, all.least, 1e-12);
        expect_near(plain_cost(&t, a.service), a.cost, 1e-12);
    }
}

static void what_is_no_tree_is_refused(void **state)
{
    (void)state;
    static const int64_t from[] = {0, 1, 0}, to[] = {1, 2, 2}, time[] = {1, 1, 1, 1};
    static const int64_t promised[] = {0, 0, 0, 0}, late[] = {1, -1, 1, 1}, self[] = {0, 0, 0};
    static const double one[] = {1, 1, 1, 1}, bad[] = {1, NAN, 1, 1};
    answer a;
    fs_supply_tree ring = {4, 3, from, to, time, NULL, promised, one, one}, t = ring, u = ring,
                   v = ring;
    expect_refused(fs_supply_tree_solve(&ring, a.service, a.safety, &a.cost, &error), "no tree");
    t.links = 2;
    expect_refused(fs_supply_tree_solve(&t, a.service, a.safety, &a.cost, &error), "one link less");
    u.time = late;
    expect_refused(fs_supply_tree_solve(&u, a.service, a.safety, &a.cost, &error), "time");
    u.time = time, u.holding = bad;
    expect_refused(fs_supply_tree_solve(&u, a.service, a.safety, &a.cost, &error), "holding");
    v.to = self;
    expect_refused(fs_supply_tree_solve(&v, a.service, a.safety, &a.cost, &error), "no two stages");
}

static fs_status one_tree(void)
{
    static const int64_t from[] = {0}, to[] = {1}, time[] = {1, 2}, promised[] = {-1, 0};
    static const double one[] = {1, 1};
    double deviation[] = {0, 1};
    answer a;
    fs_supply_tree t = {2, 1, from, to, time, NULL, promised, one, one};
    FS_TRY(fs_supply_tree_deviations(&t, deviation, NULL));
    return fs_supply_tree_solve(&t, a.service, a.safety, &a.cost, NULL);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    expect_every_allocation_is_checked(one_tree);
}

static void one_stage_keeps_what_its_time_asks(void **state)
{
    (void)state;
    static const int64_t time[] = {4}, promised[] = {0};
    static const double bound[] = {3}, holding[] = {2};
    fs_supply_tree t = {1, 0, NULL, NULL, time, NULL, promised, bound, holding};
    answer a = solve(&t);
    expect_near(a.cost, 12, 1e-15), expect_near(a.safety[0], 6, 1e-15);
}

/* ---- stores ---- */

static double sold(const fs_stores *s, int64_t i, double x)
{
    enum { PARTS = 20000 };
    double sum = 0;
    for (int k = 0; k < PARTS; k++) {
        double p = (k + 0.5) / PARTS, q;
        int at = 0;
        const double *row = s->quantile + i * s->levels;
        while (at < s->levels && s->p[at] < p) at++;
        if (at == 0 || at == s->levels)
            q = row[at == 0 ? 0 : s->levels - 1];
        else
            q = row[at - 1] +
                (row[at] - row[at - 1]) * (p - s->p[at - 1]) / (s->p[at] - s->p[at - 1]);
        sum += fmin(q, x) / PARTS;
    }
    return sum;
}

static void short_stock_goes_where_it_sells(void **state)
{
    (void)state;
    static const double p[] = {0.1, 0.5, 0.9}, have[] = {0, 2, 0}, value[] = {1, 1, 2.5};
    static const double quantile[] = {1, 4, 9, 2, 3, 12, 0, 0, 5};
    fs_stores s = {3, 3, p, quantile, have, value};
    double room[FS_ALLOCATION_ROOM(3)], worth;
    int64_t given[3];
    assert_int_equal(fs_allocate(&s, 8, 0, room, given, &worth, NULL), FS_OK);
    assert_int_equal(given[0] + given[1] + given[2], 8);
    double best = 0;
    for (int a = 0; a <= 8; a++)
        for (int b = 0; a + b <= 8; b++)
            best = fmax(best, sold(&s, 0, a) + sold(&s, 1, 2 + b) - sold(&s, 1, 2) +
                                  2.5 * sold(&s, 2, 8 - a - b));
    expect_near(worth, best, 1e-3);
    expect_near(worth,
                sold(&s, 0, (double)given[0]) + sold(&s, 1, 2 + (double)given[1]) - sold(&s, 1, 2) +
                    2.5 * sold(&s, 2, (double)given[2]),
                1e-3);
}

static void what_sells_nowhere_is_kept(void **state)
{
    (void)state;
    static const double p[] = {0.5}, quantile[] = {2, 3};
    fs_stores s = {2, 1, p, quantile, NULL, NULL};
    double room[FS_ALLOCATION_ROOM(2)], worth;
    int64_t given[2];
    assert_int_equal(fs_allocate(&s, 100, 0, room, given, &worth, NULL), FS_OK);
    assert_true(given[0] == 2 && given[1] == 3);
    expect_near(worth, 5, 1e-12);
    assert_int_equal(fs_allocate(&s, 3, 0, room, given, &worth, NULL), FS_OK);
    assert_true(given[0] == 2 && given[1] == 1); /* of equal ones the first */
    assert_int_equal(fs_allocate(&s, 100, 1, room, given, &worth, NULL), FS_OK);
    assert_true(given[0] == 0 && given[1] == 0);
    s.count = 0;
    assert_int_equal(fs_allocate(&s, 100, 1, room, given, &worth, NULL), FS_OK);
    expect_near(worth, 0, 0);
}

static void stores_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const double p[] = {0.4, 0.5}, quantile[] = {2, 1}, rises[] = {1, 2}, bad[] = {-1};
    fs_stores s = {1, 2, p, quantile, NULL, NULL}, t = {1, 2, rises, rises, NULL, NULL};
    fs_stores u = {1, 2, p, rises, bad, NULL}, v = {1, 2, p, rises, NULL, bad};
    double room[2], worth;
    int64_t given[1];
    expect_refused(fs_allocate(&s, 1, 0, room, given, &worth, &error), "fall");
    expect_refused(fs_allocate(&t, 1, 0, room, given, &worth, &error), "levels");
    expect_refused(fs_allocate(&u, 1, 0, room, given, &worth, &error), "have");
    expect_refused(fs_allocate(&v, 1, 0, room, given, &worth, &error), "value");
    expect_refused(fs_allocate(&v, -1, 0, room, given, &worth, &error), "units");
    expect_refused(fs_allocate(&v, 1, NAN, room, given, &worth, &error), "keep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_is_as_in_snyder_and_shen),
        cmocka_unit_test(the_line_is_as_in_snyder_and_shen),
        cmocka_unit_test(demand_adds_up_on_its_way_to_suppliers),
        cmocka_unit_test(the_camera_is_as_in_snyder_and_shen),
        cmocka_unit_test(no_service_times_cost_less),
        cmocka_unit_test(what_is_no_tree_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(one_stage_keeps_what_its_time_asks),
        cmocka_unit_test(short_stock_goes_where_it_sells),
        cmocka_unit_test(what_sells_nowhere_is_kept),
        cmocka_unit_test(stores_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
