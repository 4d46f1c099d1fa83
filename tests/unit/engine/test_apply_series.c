/* Operators over numbered series: what a sort gives, from rows in any order, in little memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "foresell/engine.h"

#define SERIES 700

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/foresell-series-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static fs_engine *open_engine(int threads, int64_t memory)
{
    fs_engine_settings settings = {.memory = memory, .threads = threads};
    fs_engine *engine = NULL;
    assert_int_equal(fs_engine_open(&settings, &engine, NULL), FS_OK);
    return engine;
}

static const char *in_folder(const char *name)
{
    static char path[2][160];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

/* Rows of all series over `days`, as DuckDB makes them where `order` is NULL; some values are null. */
static const char *rows_of(int days, const char *order)
{
    static char sql[512];
    snprintf(
        sql, sizeof sql,
        "select cast(s as integer) as series, date '2024-01-01' + cast(d as integer) as day, "
        "case when (s + d) %% 11 <> 0 then cast((s * 7 + d * 3) %% 23 as double) end as units, "
        "(s + d) %% 5 = 0 as on_promotion from range(%d) as a(s), range(%d) as b(d) "
        "%s%s",
        SERIES, days, order ? "order by " : "", order ? order : "");
    return sql;
}

static char *read_whole(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *bytes = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(*bytes);
    assert_int_equal(fread(data, 1, *bytes, file), *bytes);
    fclose(file);
    return data;
}

static void assert_same_files(const char *a, const char *b)
{
    size_t first, second;
    char *x = read_whole(in_folder(a), &first), *y = read_whole(in_folder(b), &second);
    assert_int_equal(first, second);
    assert_memory_equal(x, y, first);
    free(x);
    free(y);
}

static fs_status apply(int threads, int64_t memory, const char *select, const char *name,
                       int64_t *rows, fs_error *error)
{
    fs_engine *engine = open_engine(threads, memory);
    const fs_operator *op = fs_operator_find("clean_outliers", NULL);
    fs_status status =
        fs_engine_apply_series(engine, op, "value = units, on_promotion = on_promotion", "series",
                               SERIES, "day", select, in_folder(name), rows, error);
    fs_engine_close(engine);
    return status;
}

static void sort_apply(const char *select, const char *name)
{
    const char *group[] = {"series"};
    int64_t rows;
    fs_engine *engine = open_engine(2, 1 << 30);
    const fs_operator *op = fs_operator_find("clean_outliers", NULL);
    assert_int_equal(fs_engine_apply(engine, op, "value = units, on_promotion = on_promotion",
                                     group, 1, "day", select, in_folder(name), &rows, NULL),
                     FS_OK);
    fs_engine_close(engine);
}

static void rows_in_any_order_give_what_sorted_rows_give(void **state)
{
    (void)state;
    int64_t rows = 0;
    sort_apply(rows_of(90, "s, d"), "sorted.parquet");
    static const char *const orders[] = {"s, d", "d, s", "d desc, s desc", "hash(s * 1000 + d)"};
    for (int i = 0; i < 4; i++)
        for (int threads = 1; threads <= 5; threads += 2) {
            assert_int_equal(
                apply(threads, 1 << 30, rows_of(90, orders[i]), "dealt.parquet", &rows, NULL),
                FS_OK);
            assert_int_equal(rows, SERIES * 90);
            assert_same_files("sorted.parquet", "dealt.parquet");
        }
}

/* 700 series of 2,000 days are 25 MB of packed rows; of 48 MiB less than 20 are for them. */
static void what_does_not_fit_goes_by_way_of_a_file(void **state)
{
    (void)state;
    int64_t rows = 0;
    assert_int_equal(apply(2, 1 << 30, rows_of(2000, NULL), "whole.parquet", &rows, NULL), FS_OK);
    assert_int_equal(apply(2, 48 << 20, rows_of(2000, NULL), "spilt.parquet", &rows, NULL), FS_OK);
    assert_same_files("whole.parquet", "spilt.parquet");
}

static void a_period_that_stands_twice_is_told_for_the_first_such_series(void **state)
{
    (void)state;
    int64_t rows;
    fs_error error = {0};
    char select[700];
    snprintf(select, sizeof select,
             "select series, case when series in (512, 41, 600) and day = date '2024-01-09' then "
             "date '2024-01-08' else day end as day, units, on_promotion from (%s)",
             rows_of(20, "d, s"));
    for (int threads = 1; threads <= 4; threads += 3) {
        assert_int_equal(apply(threads, 1 << 30, select, "bad.parquet", &rows, &error), FS_DATA);
        assert_non_null(strstr(error.message, "series='41'"));
        assert_non_null(strstr(error.message, "twice"));
        assert_int_not_equal(access(in_folder("bad.parquet"), F_OK), 0);
    }
}

static void decimals_are_not_dealt_but_sorted(void **state)
{
    (void)state;
    int64_t rows = 0;
    fs_engine *engine = open_engine(2, 1 << 30);
    const fs_operator *op = fs_operator_find("clean_outliers", NULL);
    assert_int_equal(fs_engine_apply_series(engine, op, "value = units", "series", 2, "day",
                                            "select cast(d % 2 as integer) as series, d as day, "
                                            "cast(1.5 as decimal(9, 1)) as units "
                                            "from range(10) as r(d) order by d desc",
                                            in_folder("narrow.parquet"), &rows, NULL),
                     FS_OK);
    assert_int_equal(rows, 10);
    fs_engine_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_in_any_order_give_what_sorted_rows_give),
        cmocka_unit_test(what_does_not_fit_goes_by_way_of_a_file),
        cmocka_unit_test(a_period_that_stands_twice_is_told_for_the_first_such_series),
        cmocka_unit_test(decimals_are_not_dealt_but_sorted),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
