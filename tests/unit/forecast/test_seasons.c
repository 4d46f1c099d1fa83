/* Which seasons a series has, and which a step may have. */
#include "forecast/method_test.h"

#include <stdlib.h>

#define LONGEST 1500

typedef struct looked {
    fs_series series;
    double y[LONGEST], scratch[FS_SEASONS_SCRATCH(LONGEST)];
    uint8_t valid[LONGEST];
    int season[FS_SEASONS_MOST];
} looked;

static const int of_days[] = {7, 365}, of_hours[] = {24, 168};

/* `candidates` -1: any. */
static int look(looked *l, int64_t n, const int *candidate, int candidates)
{
    assert_int_equal(fs_series_fill(&l->series, l->y, l->valid, n), FS_OK);
    return fs_seasons_find(&l->series, candidate, candidates, l->season, l->scratch);
}

static looked *open_looked(void)
{
    looked *l = fs_alloc_zero(1, sizeof *l);
    assert_non_null(l);
    memset(l->valid, 1, sizeof l->valid);
    return l;
}

static void close_looked(looked *l)
{
    fs_series_free(&l->series);
    fs_free(l);
}

static double wave(int64_t t, int season) { return sin(2 * M_PI * (double)t / season); }

/* ---- planted seasons ---- */

static void make_days(looked *l, int n, fs_random *random)
{
    for (int t = 0; t < n; t++)
        l->y[t] = 100 + 4 * wave(t, 365) + 5 * (t % 7 == 6) + 4 * fs_random_normal(random);
}

static void a_week_and_a_year_of_days_are_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(1, 0, 0, 0);
    looked *l = open_looked();
    int found = 0;
    for (int trial = 0; trial < 20; trial++) {
        make_days(l, 1000, &random);
        int seasons = look(l, 1000, of_days, 2);
        found += seasons == 2 && l->season[0] == 7 && l->season[1] == 365;
    }
    assert_true(found >= 19);
    make_days(l, 729, &random); /* a day less than two years */
    assert_int_equal(look(l, 729, of_days, 2), 1);
    close_looked(l);
}

static void gaps_hide_no_season(void **state)
{
    (void)state;
    fs_random random = fs_random_open(2, 0, 0, 0);
    looked *l = open_looked();
    make_days(l, 1000, &random);
    for (int t = 0; t < 1000; t++) l->valid[t] = t % 7 != 0 && fs_random_below(&random, 8) > 0;
    l->valid[0] = 1;
    assert_int_equal(look(l, 1000, of_days, 2), 2);
    close_looked(l);
}

static void a_day_and_a_week_of_hours_are_found(void **state)
{
    (void)state;
    fs_random random = fs_random_open(3, 0, 0, 0);
    looked *l = open_looked();
    for (int t = 0; t < 700; t++)
        l->y[t] = 50 + 10 * wave(t, 24) + 6 * (t % 168 > 120) + 6 * fs_random_normal(&random);
    assert_int_equal(look(l, 700, of_hours, 2), 2);
    for (int t = 0; t < 700; t++) l->y[t] -= 6 * (t % 168 > 120);
    assert_int_equal(look(l, 700, of_hours, 2), 1);
    assert_int_equal(l->season[0], 24);
    close_looked(l);
}

/* Of one wave over n steps a length m is known to m * m / 2n. */
static void lengths_nobody_suggests_are_found(void **state)
{
    (void)state;
    static const int lengths[] = {5, 7, 12, 24, 52};
    fs_random random = fs_random_open(4, 0, 0, 0);
    looked *l = open_looked();
    int found = 0, trials = 0;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (int trial = 0; trial < 10; trial++, trials++) {
            double level = 0;
            for (int t = 0; t < 400; t++) {
                level += 0.3 * fs_random_normal(&random);
                l->y[t] = level + 4 * wave(t, lengths[i]) + 2 * fs_random_normal(&random);
            }
            if (look(l, 400, NULL, -1) > 0)
                found += abs(l->season[0] - lengths[i]) <= lengths[i] * lengths[i] / 800;
        }
    assert_true(found >= trials * 9 / 10);
    close_looked(l);
}

/* ---- nothing planted ---- */

static void make_noise(looked *l, int kind, int n, fs_random *random)
{
    double level = 0, near = 0;
    for (int t = 0; t < n; t++) {
        double e = fs_random_normal(random);
        level += e, near = 0.7 * near + e;
        l->y[t] = kind == 0   ? e
                  : kind == 1 ? level
                  : kind == 2 ? near
                  : kind == 3 ? exp(e)
                              : (double)fs_random_poisson(random, 2);
    }
}

/* Each candidate at 1 %, so of two at most 2 %, and of a search 1 %; 400 series a kind. */
static void noise_has_no_season_but_in_one_of_a_hundred(void **state)
{
    (void)state;
    static const int of_months[] = {12};
    fs_random random = fs_random_open(5, 0, 0, 0);
    looked *l = open_looked();
    int days = 0, hours = 0, months = 0, any = 0, trials = 0;
    for (int kind = 0; kind < 5; kind++)
        for (int trial = 0; trial < 400; trial++, trials++) {
            make_noise(l, kind, 800, &random);
            days += look(l, 800, of_days, 2) > 0;
            hours += look(l, 500, of_hours, 2) > 0;
            months += look(l, 72, of_months, 1) > 0;
            any += look(l, 150, NULL, -1) > 0;
        }
    assert_true(days <= trials * 25 / 1000 && hours <= trials * 25 / 1000);
    assert_true(months <= trials * 15 / 1000 && any <= trials * 15 / 1000);
    assert_true(days > 0 &&
                hours > 0); /* the test is one at that level, not one that never finds */
    close_looked(l);
}

static void nothing_is_found_in_nothing(void **state)
{
    (void)state;
    looked *l = open_looked();
    for (int64_t n = 1; n < 40; n++) {
        for (int t = 0; t < n; t++) l->y[t] = 3;
        assert_int_equal(look(l, n, of_days, 1), 0);
        assert_int_equal(look(l, n, NULL, -1), 0);
        for (int t = 0; t < n; t++) l->y[t] = 0;
        assert_int_equal(look(l, n, of_days, 1), 0);
        assert_int_equal(look(l, n, NULL, -1), 0);
    }
    close_looked(l);
}

static void a_season_is_one_whatever_its_size(void **state)
{
    (void)state;
    static const double unit[] = {1e-300, 1, 1e300};
    fs_random random = fs_random_open(6, 0, 0, 0);
    looked *l = open_looked();
    for (int u = 0; u < 3; u++) {
        for (int t = 0; t < 200; t++) l->y[t] = unit[u] * (t % 7 + fs_random_uniform(&random));
        l->y[50] *= 300;
        assert_int_equal(look(l, 200, of_days, 2), 1);
        assert_int_equal(look(l, 200, NULL, -1), 1);
        assert_int_equal(l->season[0], 7);
    }
    close_looked(l);
}

static void nasty_series_have_seasons_that_are_seen_twice(void **state)
{
    (void)state;
    fs_random random = fs_random_open(7, 0, 0, 0);
    looked *l = open_looked();
    for (int trial = 0; trial < 1500; trial++) {
        int64_t n = 1 + fs_random_below(&random, trial % 10 == 0 ? LONGEST : 80);
        method_make_nasty(&random, l->y, l->valid, n);
        int seasons = look(l, n, of_days, trial % 2 ? 2 : -1);
        assert_true(seasons >= 0 && seasons <= FS_SEASONS_MOST);
        for (int i = 0; i < seasons; i++) {
            assert_true(l->season[i] >= 2 && 2 * (int64_t)l->season[i] <= l->series.count);
            assert_true(i == 0 || l->season[i] > l->season[i - 1]);
        }
    }
    close_looked(l);
}

/* ---- steps ---- */

static void steps_suggest_what_is_usual(void **state)
{
    (void)state;
    const int64_t hour = INT64_C(3600000000);
    int season[FS_SEASONS_MOST];
    fs_step step = {.kind = FS_PERIOD_DATE, .size = 1};
    assert_int_equal(fs_step_seasons(&step, season), 2);
    assert_true(season[0] == 7 && season[1] == 365);
    step.size = 7;
    assert_true(fs_step_seasons(&step, season) == 1 && season[0] == 52);
    step.months = 1;
    assert_true(fs_step_seasons(&step, season) == 1 && season[0] == 12);
    step.months = 12;
    assert_int_equal(fs_step_seasons(&step, season), 0);
    step = (fs_step){.kind = FS_PERIOD_TIME, .size = hour};
    assert_true(fs_step_seasons(&step, season) == 2 && season[0] == 24 && season[1] == 168);
    step.size = hour / 2;
    assert_true(fs_step_seasons(&step, season) == 2 && season[0] == 48 && season[1] == 336);
    step.size = hour / 3600 * 7;
    assert_int_equal(fs_step_seasons(&step, season), 0);
    step = (fs_step){.kind = FS_PERIOD_INTEGER, .size = 1};
    assert_int_equal(fs_step_seasons(&step, season), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_week_and_a_year_of_days_are_found),
        cmocka_unit_test(gaps_hide_no_season),
        cmocka_unit_test(a_day_and_a_week_of_hours_are_found),
        cmocka_unit_test(lengths_nobody_suggests_are_found),
        cmocka_unit_test(noise_has_no_season_but_in_one_of_a_hundred),
        cmocka_unit_test(nothing_is_found_in_nothing),
        cmocka_unit_test(a_season_is_one_whatever_its_size),
        cmocka_unit_test(nasty_series_have_seasons_that_are_seen_twice),
        cmocka_unit_test(steps_suggest_what_is_usual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
