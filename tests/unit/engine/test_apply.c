/* Operators over the rows of a SELECT: what they give and in which order, from rows in any order, in little memory. */
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
    strcpy(folder, "/tmp/foresell-apply-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static fs_engine *open_engine(int threads, int64_t memory, const fs_progress *progress)
{
    fs_engine_settings settings = {.memory = memory, .threads = threads, .progress = progress};
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

/* How many rows a query gives, of which '@' stands for the file `name` with the number of each row. */
static int64_t count_of(const char *name, const char *query)
{
    char sql[2000];
    int64_t count = -1;
    fs_engine *engine = open_engine(2, 1 << 30, NULL);
    const char *at = strchr(query, '@');
    snprintf(sql, sizeof sql,
             "select count(*) from (%.*sread_parquet('%s', file_row_number = true)%s)",
             (int)(at - query), query, in_folder(name), at + 1);
    fs_error error = {0};
    if (fs_engine_integer(engine, sql, &count, &error) != FS_OK) fail_msg("%s", error.message);
    fs_engine_close(engine);
    return count;
}

static const char *const item_store[] = {"item", "store"};

/* The operator over rows of rows_of. */
static fs_apply outliers_of(const char *select)
{
    return (fs_apply){.op = fs_operator_find("clean_outliers", NULL),
                      .options = "value = units, on_promotion = on_promotion",
                      .group = item_store,
                      .groups = 2,
                      .order = "day",
                      .select = select};
}

static fs_status apply(int threads, int64_t memory, const fs_apply *what, const char *name,
                       int64_t *rows, fs_error *error)
{
    int64_t own = 0, series = 0;
    fs_engine *engine = open_engine(threads, memory, NULL);
    fs_status status =
        fs_engine_apply(engine, what, in_folder(name), rows ? rows : &own, &series, error);
    fs_engine_close(engine);
    return status;
}

/* ---- order ---- */

static void rows_in_any_order_give_the_same_bytes_for_any_number_of_threads(void **state)
{
    (void)state;
    fs_apply sorted = outliers_of(rows_of(90, "item, store, d"));
    assert_int_equal(apply(1, 1 << 30, &sorted, "sorted.parquet", NULL, NULL), FS_OK);
    static const char *const orders[] = {"s, d", "d, s", "d desc, s desc", "hash(s * 1000 + d)"};
    static const int threads[] = {1, 2, 5};
    for (int i = 0; i < 4; i++)
        for (int t = 0; t < 3; t++) {
            int64_t rows = 0;
            fs_apply dealt = outliers_of(rows_of(90, orders[i]));
            assert_int_equal(apply(threads[t], 1 << 30, &dealt, "dealt.parquet", &rows, NULL),
                             FS_OK);
            assert_int_equal(rows, SERIES * 90);
            assert_same_files("sorted.parquet", "dealt.parquet");
        }
}

/* All that can be a group: in each column a null and values whose order says something. */
static const char keys_of_all_types[] =
    "select t, d, n, b, u, z, 1 + i % 3 as period, cast(i * 7 % 5 as double) as value from "
    "(values (null), (''), ('a'), ('B'), ('a longer text than twelve bytes'), ('a longer text'), "
    "('Ä')) as t(t), (values (null), (date '1969-12-31'), (date '2024-02-29')) as d(d), "
    "(values (null), (-7::bigint), (3), (2147483648)) as n(n), (values (null), (true), (false)) as "
    "b(b), (values (200::utinyint), (3::utinyint)) as u(u), (values (null), (timestamp '2024-01-01 "
    "12:00:00'), "
    "(timestamp '1960-01-01')) as z(z), range(3) as r(i) order by hash(t, d, n, b, u, z, i)";

static void groups_come_in_the_order_of_their_columns_nulls_first(void **state)
{
    (void)state;
    static const char *const group[] = {"n", "t", "D", "u", "b", "z"};
    static const int threads[] = {1, 2, 5};
    fs_apply what = {.op = fs_operator_find("clean_outliers", NULL),
                     .group = group,
                     .groups = 6,
                     .order = "period",
                     .select = keys_of_all_types};
    for (int i = 0; i < 3; i++) {
        const char *name = i ? "again.parquet" : "keys.parquet";
        int64_t rows = 0;
        assert_int_equal(apply(threads[i], 1 << 30, &what, name, &rows, NULL), FS_OK);
        assert_int_equal(rows, 7 * 3 * 4 * 3 * 2 * 3 * 3);
        if (i) assert_same_files("keys.parquet", name);
    }
    assert_int_equal(
        count_of(
            "keys.parquet",
            "select * from (select file_row_number as place, row_number() over (order by n nulls "
            "first, t nulls first, d nulls first, u nulls first, b nulls first, z nulls first, "
            "period) - 1 as wanted from @) where place <> wanted"),
        0);
    assert_int_equal(count_of("keys.parquet",
                              "select distinct typeof(n), typeof(t), typeof(d), typeof(u), "
                              "typeof(b), typeof(z), typeof(period) from @ where typeof(n) = "
                              "'BIGINT' and typeof(d) = 'DATE' and typeof(t) = 'VARCHAR' and "
                              "typeof(u) = 'UTINYINT' and typeof(b) = 'BOOLEAN' and typeof(z) = "
                              "'TIMESTAMP' and typeof(period) = 'BIGINT'"),
                     1);
}

static void groups_may_come_as_they_first_do(void **state)
{
    (void)state;
    static const char *const both[] = {"a", "b"};
    fs_apply what = {.op = fs_operator_find("clean_outliers", NULL),
                     .options = "value = v",
                     .group = both,
                     .groups = 2,
                     .order = "d",
                     .as_they_come = true,
                     .select = "select * from (values ('y', null, 2, 1.0::double), (null, "
                               "-7::bigint, 1, 2.0), ('y', null, 1, 3.0), ('', -7, 1, 4.0), (null, "
                               "null, 1, 5.0), ('a text longer than twelve bytes', 5, 3, 6.0), "
                               "(null, -7, 2, null)) as t(a, b, d, v)"};
    int64_t rows = 0, series = 0;
    fs_engine *engine = open_engine(3, 1 << 30, NULL);
    assert_int_equal(fs_engine_apply(engine, &what, in_folder("few.parquet"), &rows, &series, NULL),
                     FS_OK);
    fs_engine_close(engine);
    assert_int_equal(rows, 7);
    assert_int_equal(series, 5);
    assert_int_equal(
        count_of(
            "few.parquet",
            "select * from (values (0, 'y', null, 1), (1, 'y', null, 2), (2, null, -7, 1), (3, "
            "null, -7, 2), (4, '', -7, 1), (5, null, null, 1), (6, 'a text longer than twelve "
            "bytes', 5, 3)) as w(n, a, b, d) semi join @ as r on r.file_row_number = w.n and "
            "r.a is not distinct from w.a and r.b is not distinct from w.b and r.period = w.d"),
        7);
}

/* ---- rows ---- */

static void a_group_gives_what_it_gives_alone(void **state)
{
    (void)state;
    char one[700];
    fs_apply all = outliers_of(rows_of(90, "d, s"));
    assert_int_equal(apply(2, 1 << 30, &all, "all.parquet", NULL, NULL), FS_OK);
    snprintf(one, sizeof one,
             "select day, units, on_promotion from (%s) where item = 'S33' and store = 4",
             rows_of(90, "d desc"));
    fs_apply alone = outliers_of(one);
    alone.groups = 0;
    assert_int_equal(apply(2, 1 << 30, &alone, "alone.parquet", NULL, NULL), FS_OK);
    char query[400];
    snprintf(
        query, sizeof query,
        "select * exclude (item, store, file_row_number) from @ where item = 'S33' and store = "
        "4 intersect select * from read_parquet('%s')",
        in_folder("alone.parquet"));
    assert_int_equal(count_of("all.parquet", query), 90);
    assert_int_equal(count_of("alone.parquet", "select * from @"), 90);
}

/* One period in 20 of each series is a peak, and has a text or none. */
static void a_text_that_is_no_group_stays_with_its_row(void **state)
{
    (void)state;
    static const char *const group[] = {"item"};
    static const char event[] =
        "case when s % 3 > 0 then 'the event of ' || (s % 50) || ', ' || d end";
    static const int threads[] = {1, 2, 5};
    char select[600];
    snprintf(
        select, sizeof select,
        "select s as item, d as period, case when d %% 20 = 10 then 90.0::double else 3 + d %% "
        "2 end as value, %s as event from range(500) as a(s), range(100) as b(d) order by "
        "hash(s, d)",
        event);
    fs_apply what = {.op = fs_operator_find("peaks", NULL),
                     .options = "season = 1",
                     .group = group,
                     .groups = 1,
                     .order = "period",
                     .select = select};
    for (int i = 0; i < 3; i++) {
        const char *name = i ? "again.parquet" : "peaks.parquet";
        assert_int_equal(apply(threads[i], 1 << 30, &what, name, NULL, NULL), FS_OK);
        if (i) assert_same_files("peaks.parquet", name);
    }
    char query[400];
    snprintf(
        query, sizeof query,
        "select * from (select item as s, period as d, event from @) where event is not distinct "
        "from %s",
        event);
    assert_int_equal(count_of("peaks.parquet", query), 500 * 5);
    assert_int_equal(count_of("peaks.parquet", "select * from @"), 500 * 5);
}

/* 700 series of 2,000 days are 25 MB of packed rows; of 48 MiB less than 20 are for them. */
static void what_does_not_fit_goes_by_way_of_a_file(void **state)
{
    (void)state;
    fs_apply what = outliers_of(rows_of(2000, "hash(s * 3000 + d)"));
    assert_int_equal(apply(2, 1 << 30, &what, "whole.parquet", NULL, NULL), FS_OK);
    assert_int_equal(apply(2, 48 << 20, &what, "spilt.parquet", NULL, NULL), FS_OK);
    assert_same_files("whole.parquet", "spilt.parquet");
    what = outliers_of(rows_of(2000, NULL));
    what.as_they_come = true;
    assert_int_equal(apply(2, 1 << 30, &what, "whole.parquet", NULL, NULL), FS_OK);
    assert_int_equal(apply(2, 48 << 20, &what, "spilt.parquet", NULL, NULL), FS_OK);
    assert_same_files("whole.parquet", "spilt.parquet");
}

static void no_rows_give_an_empty_result(void **state)
{
    (void)state;
    int64_t rows = -1;
    for (int groups = 0; groups <= 2; groups += 2) {
        fs_apply what = outliers_of(groups ? rows_of(0, NULL)
                                           : "select 1 as day, 1.0::double as units, true as "
                                             "on_promotion where false");
        what.groups = groups;
        assert_int_equal(apply(2, 1 << 30, &what, "none.parquet", &rows, NULL), FS_OK);
        assert_int_equal(rows, 0);
    }
    assert_int_equal(count_of("none.parquet",
                              "select * from (select count(*) as rows, count(item), "
                              "count(store) from @) where rows = 0"),
                     1);
}

/* ---- failures ---- */

static void assert_no_file(const char *name)
{
    char temporary[80];
    snprintf(temporary, sizeof temporary, "%s.tmp", name);
    assert_int_not_equal(access(in_folder(name), F_OK), 0);
    assert_int_not_equal(access(in_folder(temporary), F_OK), 0);
}

static void a_period_that_stands_twice_is_told_for_the_first_such_group(void **state)
{
    (void)state;
    fs_error error = {0};
    char select[800];
    static const int threads[] = {1, 2, 5};
    snprintf(select, sizeof select,
             "select item, store, case when item in ('S12', 'S41', 'S60') and store > 3 and day = "
             "date '2024-01-09' then date '2024-01-08' else day end as day, units, on_promotion "
             "from (%s) order by store desc, item desc, day",
             rows_of(20, NULL));
    fs_apply what = outliers_of(select);
    for (int i = 0; i < 6; i++) {
        what.as_they_come = i % 2;
        assert_int_equal(apply(threads[i / 2], 1 << 30, &what, "bad.parquet", NULL, &error),
                         FS_DATA);
        const char *first = what.as_they_come
                                ? "operator clean_outliers, group item='S60', store='9':"
                                : "operator clean_outliers, group item='S12', store='4':";
        assert_non_null(strstr(error.message, first));
        assert_non_null(strstr(error.message, "twice"));
        assert_string_equal(error.column, "day");
        assert_no_file("bad.parquet");
    }
}

static void a_group_is_named_by_day_number_and_null(void **state)
{
    (void)state;
    static const char *const group[] = {"d", "n", "u", "t"};
    fs_error error = {0};
    fs_apply what = {.op = fs_operator_find("clean_outliers", NULL),
                     .group = group,
                     .groups = 4,
                     .order = "period",
                     .select = "select date '2024-02-29' as d, -5::smallint as n, 200::utinyint as "
                               "u, null::varchar as t, 1 as period, 2.0::double as value from "
                               "range(2)"};
    assert_int_equal(apply(2, 1 << 30, &what, "bad.parquet", NULL, &error), FS_DATA);
    assert_non_null(strstr(error.message, "group d='2024-02-29', n='-5', u='200', t=null:"));
    what.groups = 0;
    what.select = "select null::date as period, 2.0::double as value";
    assert_int_equal(apply(2, 1 << 30, &what, "bad.parquet", NULL, &error), FS_DATA);
    assert_non_null(strstr(error.message, "group all rows: a row has no period"));
}

static void types_that_operators_do_not_take_are_refused(void **state)
{
    (void)state;
    fs_error error = {0};
    char select[800];
    snprintf(
        select, sizeof select,
        "select item, store, day, cast(units as decimal(9, 1)) as units, on_promotion from (%s)",
        rows_of(5, NULL));
    fs_apply what = outliers_of(select);
    assert_int_equal(apply(2, 1 << 30, &what, "bad.parquet", NULL, &error), FS_DATA);
    assert_string_equal(error.column, "units");
    assert_non_null(strstr(error.remedy, "double"));
}

static void a_column_that_is_not_there_is_told(void **state)
{
    (void)state;
    static const char *const groups[] = {"item", "shop"};
    fs_error error = {0};
    fs_apply what = outliers_of(rows_of(5, NULL));
    what.group = groups;
    assert_int_equal(apply(2, 1 << 30, &what, "bad.parquet", NULL, &error), FS_USAGE);
    assert_string_equal(error.column, "shop");
    what = outliers_of(rows_of(5, NULL));
    what.order = "item";
    assert_int_equal(apply(2, 1 << 30, &what, "bad.parquet", NULL, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "wanted twice"));
}

/* The rows are all there after the query; only workers and the writer still ask. */
static bool stop_when_writing(void *context) { return access(context, F_OK) == 0; }

static void cancelling_stops_while_the_result_is_written(void **state)
{
    (void)state;
    fs_error error = {0};
    int64_t rows = 0;
    char *path = strdup(in_folder("stopped.parquet.tmp"));
    const fs_progress progress = {.context = path, .cancelled = stop_when_writing};
    fs_engine *engine = open_engine(2, 1 << 30, &progress);
    fs_apply what = outliers_of(rows_of(2000, NULL));
    assert_int_equal(
        fs_engine_apply(engine, &what, in_folder("stopped.parquet"), &rows, NULL, &error),
        FS_CANCELLED);
    fs_engine_close(engine);
    free(path);
    assert_no_file("stopped.parquet");
}

/* Those of the thread that deals; rows come in no order, and with a text. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const group[] = {"item"};
    fs_engine *engine = open_engine(1, 1 << 30, NULL);
    fs_apply what = {.op = fs_operator_find("peaks", NULL),
                     .group = group,
                     .groups = 1,
                     .order = "period",
                     .select = "select 'S' || (i * 7 % 90) as item, i // 90 as period, 1.0::double "
                               "as value, 'event ' || i as event from range(900) as r(i)"};
    for (int n = 0; n < 2000; n++) {
        int64_t rows;
        fs_alloc_fail_after(n);
        fs_status status =
            fs_engine_apply(engine, &what, in_folder("fails.parquet"), &rows, NULL, NULL);
        bool all_made = fs_alloc_count() <= n;
        fs_alloc_fail_after(-1);
        if (all_made) {
            assert_int_equal(status, FS_OK);
            fs_engine_close(engine);
            return;
        }
        assert_true(status == FS_OK || status == FS_MEMORY);
    }
    fail_msg("dealing takes more than 2000 allocations");
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_in_any_order_give_the_same_bytes_for_any_number_of_threads),
        TEST(groups_come_in_the_order_of_their_columns_nulls_first),
        TEST(groups_may_come_as_they_first_do),
        TEST(a_group_gives_what_it_gives_alone),
        TEST(a_text_that_is_no_group_stays_with_its_row),
        TEST(what_does_not_fit_goes_by_way_of_a_file),
        TEST(no_rows_give_an_empty_result),
        TEST(a_period_that_stands_twice_is_told_for_the_first_such_group),
        TEST(a_group_is_named_by_day_number_and_null),
        TEST(types_that_operators_do_not_take_are_refused),
        TEST(a_column_that_is_not_there_is_told),
        TEST(cancelling_stops_while_the_result_is_written),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
