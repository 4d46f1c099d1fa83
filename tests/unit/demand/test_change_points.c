/* Lasting changes of level: found where there are some, at their time and size, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "foresell/demand.h"
#include "foresell/numeric.h"

#define MOST 1941
#define TURN (2 * 3.14159265358979)

static const fs_changes_settings days = {
    .season = 7, .year = 365.25, .minimum = 56, .limit = 4, .least = 0.05};
static const fs_changes_settings weeks = {
    .season = 1, .year = 52.18, .minimum = 8, .limit = 4, .least = 0.05};
static const fs_changes_settings numbers = {
    .season = 1, .year = 0, .minimum = 8, .limit = 4, .least = 0.05};

static double weekday(int64_t t)
{
    static const double share[] = {.86, .88, .94, 1, 1.22, 1.38, .72};
    return share[t % 7];
}

static double summer(int64_t t) { return exp(0.3 * cos(TURN * (double)t / 365.25)); }

/* About 100 a day, by weekdays; noise of `noise`, each day's tied to that of the day before by `tie`. */
static void shop(uint64_t seed, int64_t n, double noise, double tie, double *y)
{
    fs_random random = fs_random_open(seed, 0, 0, 0);
    double rest = fs_random_normal(&random);
    for (int64_t t = 0; t < n; t++) {
        rest = tie * rest + sqrt(1 - tie * tie) * fs_random_normal(&random);
        y[t] = (100 + noise * rest) * weekday(t);
    }
}

static void times(double *y, int64_t from, int64_t to, double factor)
{
    for (int64_t t = from; t < to; t++) y[t] *= factor;
}

static int64_t count_of(const fs_changes_settings *settings, const double *y, const uint8_t *valid,
                        int64_t n)
{
    fs_changes c = {0};
    assert_int_equal(fs_changes_find(&c, settings, y, valid, n), FS_OK);
    int64_t count = c.count;
    fs_changes_free(&c);
    return count;
}

static void assert_near(const char *what, double found, double expected, double within)
{
    if (!(fabs(found - expected) <= within))
        print_message("%s: %g, expected %g\n", what, found, expected);
    assert_true(fabs(found - expected) <= within);
}

static void assert_change(const fs_change *c, int64_t step, double change, int64_t within)
{
    assert_near("step", (double)c->step, (double)step, (double)within);
    assert_near("change", c->change, change, 0.08);
    assert_true(c->is_share && c->low < c->change && c->change < c->high);
    assert_true(c->certainty > 0.95 && c->certainty <= 1);
    assert_near("after", c->after, c->before * (1 + c->change), 1e-9 * fabs(c->after));
}

/* ---- what is there ---- */

static void a_step_is_found_at_its_day_and_size(void **state)
{
    (void)state;
    double y[730];
    fs_changes c = {0};
    for (int up = 0; up < 2; up++) {
        shop(3, 730, 12, 0.3, y);
        times(y, 440, 730, up ? 1.3 : 0.75);
        assert_int_equal(fs_changes_find(&c, &days, y, NULL, 730), FS_OK);
        assert_int_equal(c.count, 1);
        assert_change(&c.change[0], 440, up ? 0.3 : -0.25, 7);
        assert_near("before", c.change[0].before, 100, 4);
        assert_int_equal(c.change[0].lasted, 730 - c.change[0].step);
        assert_true(c.change[0].by_year);
    }
    fs_changes_free(&c);
}

static void without_noise_step_and_levels_are_exact(void **state)
{
    (void)state;
    double y[300];
    fs_changes c = {0};
    for (int64_t t = 0; t < 300; t++) y[t] = t < 143 ? 80 : 60;
    assert_int_equal(fs_changes_find(&c, &days, y, NULL, 300), FS_OK);
    assert_int_equal(c.count, 1);
    assert_int_equal(c.change[0].step, 143);
    assert_near("before", c.change[0].before, 80, 1);
    assert_near("after", c.change[0].after, 60, 1);
    assert_false(c.change[0].by_year);
    assert_int_equal(fs_changes_find(&c, &numbers, y, NULL, 300), FS_OK);
    assert_int_equal(c.count, 1);
    assert_int_equal(c.change[0].step, 143);
    assert_near("after", c.change[0].after, 60, 1e-6);
    fs_changes_free(&c);
}

static void two_steps_are_told_apart_and_in_order(void **state)
{
    (void)state;
    static double y[MOST];
    fs_changes c = {0};
    shop(4, MOST, 12, 0.3, y);
    for (int64_t t = 0; t < MOST; t++) y[t] *= summer(t);
    times(y, 600, MOST, 1.3);
    times(y, 1200, MOST, 0.75);
    assert_int_equal(fs_changes_find(&c, &days, y, NULL, MOST), FS_OK);
    assert_int_equal(c.count, 2);
    assert_change(&c.change[0], 600, 0.3, 10);
    assert_change(&c.change[1], 1200, -0.25, 10);
    assert_int_equal(c.change[0].lasted, c.change[1].step - c.change[0].step);
    fs_changes_free(&c);
}

static void a_stretch_that_comes_and_goes_is_two_changes(void **state)
{
    (void)state;
    double y[730];
    fs_changes c = {0};
    shop(5, 730, 10, 0.2, y);
    times(y, 301, 441, 0.7);
    assert_int_equal(fs_changes_find(&c, &days, y, NULL, 730), FS_OK);
    assert_int_equal(c.count, 2);
    assert_change(&c.change[0], 301, -0.3, 10);
    assert_change(&c.change[1], 441, 1 / 0.7 - 1, 10);
    fs_changes_free(&c);
}

static void an_end_and_a_beginning_are_changes(void **state)
{
    (void)state;
    double y[730];
    fs_changes c = {0};
    shop(6, 730, 10, 0, y);
    times(y, 400, 730, 0);
    assert_int_equal(fs_changes_find(&c, &days, y, NULL, 730), FS_OK);
    assert_int_equal(c.count, 1);
    assert_near("after", c.change[0].after, 0, 2);
    assert_near("change", c.change[0].change, -1, 0.02);
    assert_true(c.change[0].low >= -1);
    shop(6, 730, 10, 0, y);
    times(y, 0, 400, 0);
    assert_int_equal(fs_changes_find(&c, &days, y, NULL, 730), FS_OK);
    assert_int_equal(c.count, 1);
    assert_near("step", (double)c.change[0].step, 400, 7);
    assert_near("after", c.change[0].after, 100, 12);
    fs_changes_free(&c);
}

static void what_sells_rarely_may_change_too(void **state)
{
    (void)state;
    double y[730];
    int64_t found = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        fs_random random = fs_random_open(seed, 1, 0, 0);
        for (int64_t t = 0; t < 730; t++)
            y[t] = (double)fs_random_poisson(&random, t < 400 ? 0.2 : 2);
        found += count_of(&days, y, NULL, 730) == 1;
    }
    assert_true(found >= 19);
}

static void missing_days_are_no_evidence_and_do_no_harm(void **state)
{
    (void)state;
    double y[730];
    uint8_t valid[730];
    fs_changes c = {0};
    fs_random random = fs_random_open(9, 0, 0, 0);
    shop(3, 730, 12, 0.3, y);
    times(y, 440, 730, 0.7);
    for (int64_t t = 0; t < 730; t++) {
        valid[t] = fs_random_below(&random, 4) > 0 && (t < 200 || t > 250);
        if (!valid[t]) y[t] = 1e9; /* what stands there is not looked at */
    }
    assert_int_equal(fs_changes_find(&c, &days, y, valid, 730), FS_OK);
    assert_int_equal(c.count, 1);
    assert_change(&c.change[0], 440, -0.3, 10);
    fs_changes_free(&c);
}

/* ---- what is not ---- */

static void nothing_is_found_where_nothing_is(void **state)
{
    (void)state;
    double y[730] = {0};
    uint8_t none[730] = {0};
    assert_int_equal(count_of(&days, y, NULL, 730), 0); /* all zeros */
    shop(1, 730, 10, 0, y);
    assert_int_equal(count_of(&days, y, none, 730), 0); /* nothing known */
    assert_int_equal(count_of(&days, y, NULL, 0), 0);
    assert_int_equal(count_of(&days, y, NULL, 1), 0);
    y[333] *= 60; /* one slip */
    assert_int_equal(count_of(&days, y, NULL, 730), 0);
    shop(1, 730, 10, 0, y);
    times(y, 300, 325, 0); /* three weeks shut */
    assert_int_equal(count_of(&days, y, NULL, 730), 0);
}

typedef double (*shape)(int64_t t);
static double growth(int64_t t) { return 1 + (double)t / 730; }
static double fall(int64_t t) { return exp(-(double)t / 900); }
static double christmas(int64_t t) { return t % 365 > 325 && t % 365 < 358 ? 2 : 1; }
static double long_summer(int64_t t) { return t % 365 > 150 && t % 365 < 250 ? 2 : 1; }

static void growth_and_seasons_are_no_changes(void **state)
{
    (void)state;
    static double y[MOST];
    static const shape shapes[] = {growth, fall, summer, christmas, long_summer};
    static const int64_t lengths[] = {730, 1095, MOST};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        int64_t alarms = 0;
        for (uint64_t seed = 0; seed < 20; seed++)
            for (int l = 0; l < 3; l++) {
                shop(seed, lengths[l], 12, 0.3, y);
                for (int64_t t = 0; t < lengths[l]; t++) y[t] *= shapes[s](t);
                alarms += count_of(&days, y, NULL, lengths[l]) > 0;
            }
        if (alarms > 2) print_message("shape %zu: %d alarms of 60\n", s, (int)alarms);
        assert_true(alarms <= 2);
    }
}

static int64_t alarms_of_noise(const fs_changes_settings *settings, int64_t n, double tie)
{
    static double y[MOST];
    int64_t alarms = 0;
    fs_changes c = {0};
    for (uint64_t seed = 0; seed < 1000; seed++) {
        shop(seed + 100, n, 20, tie, y);
        if (settings->season == 1)
            for (int64_t t = 0; t < n; t++) y[t] /= weekday(t);
        assert_int_equal(fs_changes_find(&c, settings, y, NULL, n), FS_OK);
        alarms += c.count > 0;
    }
    fs_changes_free(&c);
    return alarms;
}

static void noise_gives_few_false_alarms(void **state)
{
    (void)state;
    assert_in_range(alarms_of_noise(&days, 730, 0), 0, 15);
    assert_in_range(alarms_of_noise(&days, 730, 0.5), 0, 15);
    assert_in_range(alarms_of_noise(&days, MOST, 0.5), 0, 15);
    assert_in_range(alarms_of_noise(&weeks, 104, 0.5), 0, 30);
    assert_in_range(alarms_of_noise(&numbers, 200, 0.5), 0, 30);
}

static void rare_sales_give_few_false_alarms(void **state)
{
    (void)state;
    double y[730];
    int64_t alarms = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        fs_random random = fs_random_open(seed, 2, 0, 0);
        for (int64_t t = 0; t < 730; t++)
            y[t] = (double)fs_random_negative_binomial(&random, seed % 2 ? 0.15 : 1, 0.3);
        alarms += count_of(&days, y, NULL, 730) > 0;
    }
    assert_in_range(alarms, 0, 9);
}

/* ---- what must hold of any ---- */

static void the_unit_does_not_matter(void **state)
{
    (void)state;
    double y[730];
    fs_changes a = {0}, b = {0};
    shop(3, 730, 12, 0.3, y);
    times(y, 440, 730, 0.7);
    assert_int_equal(fs_changes_find(&a, &days, y, NULL, 730), FS_OK);
    times(y, 0, 730, ldexp(1, 900));
    assert_int_equal(fs_changes_find(&b, &days, y, NULL, 730), FS_OK);
    assert_int_equal(a.count, 1);
    assert_int_equal(b.count, 1);
    assert_int_equal(a.change[0].step, b.change[0].step);
    assert_true(a.change[0].change == b.change[0].change);
    assert_true(ldexp(a.change[0].before, 900) == b.change[0].before);
    fs_changes_free(&a);
    fs_changes_free(&b);
}

static void a_series_gives_the_same_whatever_came_before(void **state)
{
    (void)state;
    static double y[MOST];
    fs_changes fresh = {0}, used = {0};
    for (uint64_t seed = 0; seed < 8; seed++) { /* growing and shrinking lengths, other shapes */
        shop(seed, 300 + (int64_t)seed * 200, 20, 0.5, y);
        times(y, 150, 300 + (int64_t)seed * 200, 3);
        assert_int_equal(fs_changes_find(&used, &days, y, NULL, 300 + (int64_t)seed * 200), FS_OK);
    }
    shop(3, 730, 12, 0.3, y);
    times(y, 440, 730, 0.7);
    assert_int_equal(fs_changes_find(&used, &days, y, NULL, 730), FS_OK);
    assert_int_equal(fs_changes_find(&fresh, &days, y, NULL, 730), FS_OK);
    assert_int_equal(used.count, fresh.count);
    assert_memory_equal(&used.change[0].before, &fresh.change[0].before, sizeof(double));
    assert_true(used.change[0].low == fresh.change[0].low);
    fs_changes_free(&fresh);
    fs_changes_free(&used);
}

static double odd_value(fs_random *random, int kind)
{
    double x = fs_random_normal(random);
    switch (kind) {
    case 0: return x > 0 ? DBL_MAX : -DBL_MAX;
    case 1: return x * 1e-310;
    case 2: return x > 2.5 ? 1e300 : x;
    case 3: return (double)(x > 1);
    case 4: return -fabs(x);
    case 5: return x > 0;
    case 6: return DBL_MAX;
    case 7: return floor(exp(3 * x));
    default: return 100 + x;
    }
}

static void nothing_breaks_on_odd_series(void **state)
{
    (void)state;
    double y[400];
    uint8_t valid[400];
    fs_changes c = {0};
    fs_random random = fs_random_open(79, 0, 0, 0);
    for (int trial = 0; trial < 3000; trial++) {
        int64_t n = fs_random_below(&random, 400), known = 1 + fs_random_below(&random, 5);
        int before = trial % 9, after = (int)fs_random_below(&random, 9);
        for (int64_t t = 0; t < n; t++) {
            valid[t] = fs_random_below(&random, 5) < known;
            y[t] = odd_value(&random, t < n / 2 ? before : after);
        }
        fs_changes_settings settings = {.season = 1 + trial % 30,
                                        .year = trial % 3 ? 50 + trial % 100 : 0,
                                        .minimum = 1 + trial % 20,
                                        .limit = 1 + trial % 4,
                                        .least = 0};
        assert_int_equal(fs_changes_find(&c, &settings, y, known < 5 ? valid : NULL, n), FS_OK);
        for (int64_t i = 0; i < c.count; i++) {
            const fs_change *x = &c.change[i];
            assert_true(isfinite(x->before) && isfinite(x->after) && isfinite(x->change));
            assert_true(isfinite(x->low) && isfinite(x->high));
            assert_true(x->certainty >= 0 && x->certainty <= 1);
            assert_true(x->step > 0 && x->step < n && x->lasted > 0);
            assert_true(i == 0 || x->step > c.change[i - 1].step);
        }
    }
    fs_changes_free(&c);
}

static void its_one_allocation_may_fail(void **state)
{
    (void)state;
    double y[730];
    fs_changes c = {0};
    shop(3, 730, 12, 0.3, y);
    fs_alloc_fail_after(0);
    assert_int_equal(fs_changes_find(&c, &days, y, NULL, 730), FS_MEMORY);
    fs_alloc_fail_after(1);
    assert_int_equal(fs_changes_find(&c, &days, y, NULL, 730), FS_OK);
    fs_alloc_fail_after(-1);
    fs_changes_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_found_at_its_day_and_size),
        cmocka_unit_test(without_noise_step_and_levels_are_exact),
        cmocka_unit_test(two_steps_are_told_apart_and_in_order),
        cmocka_unit_test(a_stretch_that_comes_and_goes_is_two_changes),
        cmocka_unit_test(an_end_and_a_beginning_are_changes),
        cmocka_unit_test(what_sells_rarely_may_change_too),
        cmocka_unit_test(missing_days_are_no_evidence_and_do_no_harm),
        cmocka_unit_test(nothing_is_found_where_nothing_is),
        cmocka_unit_test(growth_and_seasons_are_no_changes),
        cmocka_unit_test(noise_gives_few_false_alarms),
        cmocka_unit_test(rare_sales_give_few_false_alarms),
        cmocka_unit_test(the_unit_does_not_matter),
        cmocka_unit_test(a_series_gives_the_same_whatever_came_before),
        cmocka_unit_test(nothing_breaks_on_odd_series),
        cmocka_unit_test(its_one_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
