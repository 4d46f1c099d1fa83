/* STL: what it finds, and that tables in the caller's memory are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresell/numeric.h"

#define COUNT  200
#define PERIOD 12
#define PIECE  FS_STL_PIECE(COUNT)

typedef struct result {
    double y[PIECE], rho[PIECE], x[PIECE], low[PIECE], season[PIECE], trend[PIECE];
    double room[FS_STL_ROOM(COUNT)];
} result;

static double season_at(int t) { return 3 * sin(2 * acos(-1) * t / PERIOD); }

static void run(result *r, const fs_stl *stl, bool gaps, bool noise)
{
    fs_random random = fs_random_open(1, 0, 0, 0);
    fs_stl_room room = {0};
    fs_loess_series weights = {COUNT, gaps ? r->rho : NULL};
    *r = (result){.y = {0}};
    fs_stl_room_cut(&room, COUNT, r->room);
    room.narrow = gaps ? 1.0 / 25 : 0;
    for (int t = 0; t < COUNT; t++) {
        r->rho[t] = t % 9 != 4;
        r->y[t] = 50 + 0.1 * t + season_at(t) + (noise ? fs_random_normal(&random) : 0);
        if (gaps && r->rho[t] == 0) r->y[t] = 1e6; /* weighs nothing */
    }
    for (int pass = 0; pass < 2; pass++)
        fs_stl_pass(stl, &weights, r->y, &room, r->x, r->low, r->season, r->trend);
}

static void a_season_and_a_line_come_apart(void **state)
{
    (void)state;
    static result r;
    fs_stl stl = {0};
    assert_int_equal(fs_stl_plan(&stl, COUNT, PERIOD, 11, true), FS_OK);
    for (int gaps = 0; gaps < 2; gaps++) {
        run(&r, &stl, gaps, false);
        for (int t = PERIOD; t < COUNT - PERIOD; t++) {
            assert_true(fabs(r.season[t] - season_at(t)) < 0.1);
            assert_true(fabs(r.trend[t] - 50 - 0.1 * t) < 0.1);
        }
    }
    fs_stl_free(&stl);
}

static void tables_in_the_callers_memory_are_the_same(void **state)
{
    (void)state;
    static result own, other;
    for (int level = 0; level < 2; level++) {
        size_t size = fs_stl_tables(COUNT, PERIOD, 11, level);
        double *tables = malloc(size * sizeof *tables);
        fs_stl planned = {0}, filled;
        assert_non_null(tables);
        fs_stl_fill(&filled, COUNT, PERIOD, 11, level, tables);
        assert_int_equal(fs_stl_plan(&planned, COUNT, PERIOD, 11, level), FS_OK);
        run(&own, &planned, level, true);
        run(&other, &filled, level, true);
        assert_memory_equal(own.season, other.season, sizeof own.season);
        assert_memory_equal(own.trend, other.trend, sizeof own.trend);
        fs_stl_free(&planned);
        free(tables);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_season_and_a_line_come_apart),
        cmocka_unit_test(tables_in_the_callers_memory_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
