/* Operators over large tables: what a sort gives, from rows in any order, in little memory. */
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
        "select 'S' || cast(s %% 70 as varchar) as item, s // 70 as store, "
        "date '2024-01-01' + cast(d as integer) as day, "
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

static const char *const group[] = {"item", "store"};

/* The operator over rows in any order, its result as a sort by group would give it. */
static fs_status apply(int threads, int64_t memory, const char *select, const char *name,
                       int64_t *rows, fs_error *error)
{
    char sorted[400];
    fs_engine *engine = open_engine(threads, memory);
    const fs_operator *op = fs_operator_find("clean_outliers", NULL);
    fs_status status =
        fs_engine_apply_series(engine, op, "value = units, on_promotion = on_promotion", group, 2,
                               "day", select, "places", in_folder("numbered.parquet"), rows, error);
    snprintf(sorted, sizeof sorted,
             "select p.item, p.store, r.* exclude (_foresell_series) from read_parquet('%s') as r "
             "join places as p using (_foresell_series) order by p.item, p.store, r.period",
             in_folder("numbered.parquet"));
    if (status == FS_OK)
        status = fs_engine_write_parquet(engine, sorted, in_folder(name), NULL, error);
    fs_engine_close(engine);
    return status;
}

static void sort_apply(const char *select, const char *name)
{
    char sorted[400];
    int64_t rows;
    fs_engine *engine = open_engine(2, 1 << 30);
    const fs_operator *op = fs_operator_find("clean_outliers", NULL);
    assert_int_equal(fs_engine_apply(engine, op, "value = units, on_promotion = on_promotion",
                                     group, 2, "day", select, in_folder("plain.parquet"), &rows,
                                     NULL),
                     FS_OK);
    snprintf(sorted, sizeof sorted, "select * from read_parquet('%s') order by item, store, period",
             in_folder("plain.parquet"));
    assert_int_equal(fs_engine_write_parquet(engine, sorted, in_folder(name), NULL, NULL), FS_OK);
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

static void groups_are_numbered_as_they_first_come(void **state)
{
    (void)state;
    int64_t rows = 0, wrong = -1;
    fs_engine *engine = open_engine(3, 1 << 30);
    const fs_operator *op = fs_operator_find("clean_outliers", NULL);
    const char *const both[] = {"a", "b"};
    assert_int_equal(
        fs_engine_apply_series(
            engine, op, "value = v", both, 2, "d",
            "select * from (values ('y', null, 2, 1.0::double), (null, -7::bigint, 1, 2.0), "
            "('y', null, 1, 3.0), ('', -7, 1, 4.0), (null, null, 1, 5.0), ('a text longer than "
            "twelve bytes', 5, 3, 6.0), (null, -7, 2, null)) as t(a, b, d, v)",
            "places", in_folder("few.parquet"), &rows, NULL),
        FS_OK);
    assert_int_equal(rows, 7);
    assert_int_equal(
        fs_engine_integer(engine,
                          "select count(*) from (values (0, 'y', null), (1, null, -7::bigint), "
                          "(2, '', -7), (3, null, null), (4, 'a text longer than twelve bytes', "
                          "5)) as w(n, a, b) anti join places as p on p._foresell_series = w.n and "
                          "p.a is not distinct from w.a and p.b is not distinct from w.b",
                          &wrong, NULL),
        FS_OK);
    assert_int_equal(wrong, 0);
    fs_engine_close(engine);
}

static void a_period_that_stands_twice_is_told_for_the_first_such_series(void **state)
{
    (void)state;
    int64_t rows;
    fs_error error = {0};
    char select[800];
    snprintf(select, sizeof select,
             "select item, store, case when item in ('S12', 'S41', 'S60') and store > 3 and day = "
             "date '2024-01-09' then date '2024-01-08' else day end as day, units, on_promotion "
             "from (%s) order by store desc, item desc, day",
             rows_of(20, NULL));
    for (int threads = 1; threads <= 4; threads += 3) {
        assert_int_equal(apply(threads, 1 << 30, select, "bad.parquet", &rows, &error), FS_DATA);
        assert_non_null(strstr(error.message, "_foresell_series='12'")); /* S60 in store 9 */
        assert_non_null(strstr(error.message, "twice"));
        assert_int_not_equal(access(in_folder("bad.parquet"), F_OK), 0);
    }
}

static void no_rows_give_an_empty_result(void **state)
{
    (void)state;
    int64_t rows = -1;
    assert_int_equal(apply(2, 1 << 30, rows_of(0, NULL), "none.parquet", &rows, NULL), FS_OK);
    assert_int_equal(rows, 0);
}

static void types_that_operators_do_not_take_are_refused(void **state)
{
    (void)state;
    int64_t rows;
    fs_error error = {0};
    char select[800];
    snprintf(
        select, sizeof select,
        "select item, store, day, cast(units as decimal(9, 1)) as units, on_promotion from (%s)",
        rows_of(5, NULL));
    assert_int_equal(apply(2, 1 << 30, select, "bad.parquet", &rows, &error), FS_DATA);
    assert_string_equal(error.column, "units");
    assert_non_null(strstr(error.remedy, "double"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_in_any_order_give_what_sorted_rows_give),
        cmocka_unit_test(what_does_not_fit_goes_by_way_of_a_file),
        cmocka_unit_test(groups_are_numbered_as_they_first_come),
        cmocka_unit_test(a_period_that_stands_twice_is_told_for_the_first_such_series),
        cmocka_unit_test(no_rows_give_an_empty_result),
        cmocka_unit_test(types_that_operators_do_not_take_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
