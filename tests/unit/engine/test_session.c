/* The embedded database: sessions, results, faults in words, progress and cancelling. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "foresell/engine.h"

static fs_engine *open_engine(int threads, const fs_progress *progress)
{
    fs_engine_settings settings = {.memory = 1 << 30, .threads = threads, .progress = progress};
    fs_engine *engine = NULL;
    fs_error error = {0};
    if (fs_engine_open(&settings, &engine, &error) != FS_OK) fail_msg("%s", error.message);
    return engine;
}

static void a_result_gives_every_type_row_by_row(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(2, NULL);
    fs_result *result;
    fs_error error = {0};
    bool more;
    assert_int_equal(
        fs_engine_query(
            engine,
            "select 7 as i, 2.50::decimal(9,2) as d, -0.1::double as x,"
            " 'it''s' as t, date '2011-12-09' as day,"
            " timestamp '2011-12-09 12:50:00.25' as at, true as b,"
            " null::int as n, [1, 2] as l, 170141183460469231731687303715884105727::hugeint as h",
            &result, &error),
        FS_OK);
    assert_int_equal(fs_result_columns(result), 10);
    assert_string_equal(fs_result_name(result, 8), "l");
    assert_int_equal(fs_result_next(result, &more, &error), FS_OK);
    assert_true(more);
    assert_int_equal(fs_result_type(result, 0), FS_TYPE_INT);
    assert_int_equal(fs_result_integer(result, 0), 7);
    assert_true(fs_result_number(result, 1) == 2.5);
    assert_string_equal(fs_result_text(result, 1), "2.50");
    assert_string_equal(fs_result_text(result, 2), "-0.1");
    assert_string_equal(fs_result_text(result, 3), "it's");
    assert_string_equal(fs_result_text(result, 4), "2011-12-09");
    assert_string_equal(fs_result_text(result, 5), "2011-12-09 12:50:00.25");
    assert_string_equal(fs_result_text(result, 6), "true");
    assert_true(fs_result_null(result, 7));
    assert_string_equal(fs_result_text(result, 8), "[1, 2]");
    assert_string_equal(fs_result_text(result, 9), "170141183460469231731687303715884105727");
    assert_int_equal(fs_result_integer(result, 9), INT64_MAX);
    assert_int_equal(fs_result_next(result, &more, &error), FS_OK);
    assert_false(more);
    fs_result_close(result);
    fs_engine_close(engine);
}

/* By the C library: the fewest digits that read back as the value. */
static void shortest(double value, char text[64])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, 62, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    if (!strpbrk(text, ".e")) strcat(text, ".0");
}

static void numbers_as_text_are_as_short_as_can_be(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(1, NULL);
    fs_result *rows;
    fs_error error = {0};
    bool more;
    int count = 0;
    const char *sql = "select unnest([0, -0.0, 0.1 + 0.2, 0.0001, 0.00001, -0.0001, 0.00015, 1e15, "
                      "99999999999.9999::double,"
                      " 1e11 + 0.0001, 123456789012.5, 1e300, -5e-324, 1/3::double, 2.675, 1e22, "
                      "4503599627370497.5::double])::double"
                      " union all select (range - 50000) * 377::double / 1e4 from range(100000)"
                      " union all select range / 7::double from range(1000)";
    if (fs_engine_query(engine, sql, &rows, &error) != FS_OK) fail_msg("%s", error.message);
    while (fs_result_next(rows, &more, &error) == FS_OK && more) {
        char text[64];
        shortest(fs_result_number(rows, 0), text);
        assert_string_equal(fs_result_text(rows, 0), text);
        count++;
    }
    assert_int_equal(count, 17 + 101000);
    fs_result_close(rows);
    fs_engine_close(engine);
}

static void days_as_text_are_iso_days(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(1, NULL);
    fs_result *row;
    fs_error error = {0};
    bool more;
    const char *sql = "select date '0007-03-09', date '9999-12-31', date '10000-01-01',"
                      " timestamp '0999-01-02 03:04:05'";
    if (fs_engine_query(engine, sql, &row, &error) != FS_OK) fail_msg("%s", error.message);
    assert_int_equal(fs_result_next(row, &more, &error), FS_OK);
    assert_string_equal(fs_result_text(row, 0), "0007-03-09");
    assert_string_equal(fs_result_text(row, 1), "9999-12-31");
    assert_string_equal(fs_result_text(row, 2), "10000-01-01");
    assert_string_equal(fs_result_text(row, 3), "0999-01-02 03:04:05");
    fs_result_close(row);
    fs_engine_close(engine);
}

static void a_long_result_streams_all_its_rows_in_order(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(2, NULL);
    fs_result *result;
    fs_error error = {0};
    bool more = true;
    int64_t rows = 0;
    assert_int_equal(fs_engine_query(engine, "select range from range(100000)", &result, &error),
                     FS_OK);
    while (fs_result_next(result, &more, &error) == FS_OK && more) {
        assert_int_equal(fs_result_integer(result, 0), rows);
        rows++;
    }
    assert_int_equal(rows, 100000);
    fs_result_close(result);
    fs_engine_close(engine);
}

static void a_fault_names_the_line_of_the_sql(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(1, NULL);
    fs_error error = {0};
    assert_int_equal(fs_engine_execute(engine, "select 1,\n  nosuch\nfrom range(3)", &error),
                     FS_FAILED);
    assert_int_equal(error.line, 2);
    assert_non_null(strstr(error.message, "nosuch"));
    assert_null(strstr(error.message, "LINE"));
    assert_int_not_equal(
        fs_engine_write_parquet(engine, "select 1,\n\n nosuch", "nowhere.parquet", NULL, &error),
        FS_OK);
    assert_int_equal(error.line, 3);
    fs_engine_close(engine);
}

static void what_does_not_fit_says_memory_and_the_remedy(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(1, NULL);
    fs_error error = {0};
    assert_int_equal(
        fs_engine_execute(engine, "set memory_limit = '30MB'; set max_temp_directory_size = '0KB'",
                          &error),
        FS_OK);
    fs_status status = fs_engine_execute(
        engine, "create table t as select range, hash(range) as h from range(100000000)", &error);
    assert_true(status == FS_MEMORY || status == FS_RESOURCE);
    assert_true(error.remedy[0]);
    fs_engine_close(engine);
}

static void passwords_are_never_repeated(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(1, NULL);
    fs_error error = {0};
    char text[2048];
    assert_int_not_equal(
        fs_engine_execute(
            engine,
            "select error('cannot reach postgres://ann:s3cret@host/db with password=topsecret x')",
            &error),
        FS_OK);
    fs_error_format(&error, text, sizeof text);
    assert_non_null(strstr(text, "ann"));
    assert_null(strstr(text, "s3cret"));
    assert_null(strstr(text, "topsecret"));
    fs_engine_close(engine);
}

static void nothing_is_installed_or_loaded_by_itself(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(1, NULL);
    fs_error error = {0};
    assert_int_not_equal(fs_engine_execute(engine, "select * from read_xlsx('a.xlsx')", &error),
                         FS_OK);
    assert_int_equal(fs_engine_extension(engine, "nosuch", &error), FS_RESOURCE);
    assert_true(error.remedy[0]);
    if (getenv("FORESELL_EXTENSIONS")) {
        assert_int_equal(fs_engine_extension(engine, "excel", &error), FS_OK);
        assert_int_equal(fs_engine_extension(engine, "postgres_scanner", &error), FS_OK);
    }
    fs_engine_close(engine);
}

static void the_prelude_means_what_it_says(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        int64_t value;
    } cases[] = {
        {"select days_between(date '2024-02-28', date '2024-03-01')", 2},
        {"select days_between(timestamp '2024-02-28 23:00:00', timestamp '2024-02-29 01:00:00')",
         1},
        {"select days_between(add_days(date '2024-02-28', 2), date '2024-03-01')", 0},
        {"select cast(add_months(date '2024-01-31', 1) = date '2024-02-29' as int)", 1},
        {"select iso_weekday(date '2024-01-01')", 1},
        {"select iso_weekday(date '2024-01-07')", 7},
        {"select cast(week_start(date '2024-01-07') = date '2024-01-01' as int)", 1},
        {"select cast(month_start(date '2024-02-29') = date '2024-02-01' as int)", 1},
        {"select cast(year_start(date '2024-02-29') = date '2024-01-01' as int)", 1},
        {"select year_of(date '2024-02-29') * 10000 + month_of(date '2024-02-29') * 100 + "
         "day_of(date '2024-02-29')",
         20240229},
        {"select hour_of(timestamp '2024-02-29 17:10:00')", 17},
        {"select cast(round_half_even(2.5, 0) as int) * 10 + cast(round_half_even(3.5, 0) as int)",
         24},
        {"select int_div(-7, 2)", -3},
        {"select cast(int_div(7, 0) is null as int)", 1},
        {"select cast(natural_log(0) is null and square_root(-1) is null as int)", 1},
        {"select cast(natural_log(exp(2.0)) as int)", 2},
        {"select cast(text_matches('C536379', '^C[0-9]+$') as int)", 1},
        {"select count(*) * 1000000 + max(n) from numbers", 100000099999},
        {"select cast(cast(sum(exact(x)) as double) = 0.3 as int) from (values (0.1::double), "
         "(0.2)) t(x)",
         1},
        {"select count(*) from (select power(-10, n % 28 - 6) * sin(n) as x from numbers union all "
         "select -99999999999999e8) t where abs(cast(exact(x) as double) - x) > 5e-7 + 1e-15 * "
         "abs(x)",
         0},
        {"select count(*) from (select (n - 50000) * 5e-7 as x from numbers) t where exact(x) <> "
         "cast(round_even(x * 1e6, 0) / 1e6 as decimal(28, 6))",
         0},
        {"select cast(exact(cast(null as double)) is null as int)", 1},
    };
    fs_engine *engine = open_engine(1, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fs_error error = {0};
        int64_t value;
        if (fs_engine_integer(engine, cases[i].sql, &value, &error) != FS_OK)
            fail_msg("%s: %s", cases[i].sql, error.message);
        if (value != cases[i].value) fail_msg("%s gives %lld", cases[i].sql, (long long)value);
    }
    fs_engine_close(engine);
}

static void a_number_that_no_decimal_holds_is_an_error(void **state)
{
    (void)state;
    static const char *const numbers[] = {"1e22", "-1e300", "cast('nan' as double)"};
    fs_engine *engine = open_engine(1, NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        fs_error error = {0};
        char sql[80];
        snprintf(sql, sizeof sql, "select exact(x) from (select %s as x)", numbers[i]);
        assert_int_not_equal(fs_engine_execute(engine, sql, &error), FS_OK);
        assert_non_null(strstr(error.message, "more than 22 digits"));
    }
    fs_engine_close(engine);
}

typedef struct stopper {
    bool stop;
    int asked;
} stopper;

static bool stopped(void *context)
{
    stopper *s = context;
    s->asked++;
    return s->stop;
}

static void a_long_query_stops_when_cancelled(void **state)
{
    (void)state;
    stopper s = {0};
    fs_progress progress = {.context = &s, .cancelled = stopped};
    fs_engine_settings settings = {.memory = 1 << 30, .threads = 2, .progress = &progress};
    fs_engine *engine;
    fs_error error = {0};
    assert_int_equal(fs_engine_open(&settings, &engine, &error), FS_OK);
    s.stop = true;
    /* hours of work, were it not stopped */
    const char *sql = "create table t as select count(*) as n from range(10000000) as a, "
                      "range(10000000) as b where a.range * b.range % 7 = 3";
    assert_int_equal(fs_engine_execute(engine, sql, &error), FS_CANCELLED);
    assert_true(s.asked > 0);
    s.stop = false;
    assert_int_equal(fs_engine_execute(engine, "create table t as select 1 as n", &error), FS_OK);
    fs_engine_close(engine);
}

typedef struct caller {
    fs_engine *engine;
    int number;
    fs_status status;
} caller;

static void *call(void *argument)
{
    caller *c = argument;
    char sql[128];
    for (int i = 0; i < 20 && c->status == FS_OK; i++) {
        int64_t value = 0;
        snprintf(sql, sizeof sql, "create or replace table t%d as select range from range(%d)",
                 c->number, i);
        c->status = fs_engine_execute(c->engine, sql, NULL);
        snprintf(sql, sizeof sql, "select count(*) from t%d", c->number);
        if (c->status == FS_OK) c->status = fs_engine_integer(c->engine, sql, &value, NULL);
        if (value != i) c->status = FS_FAILED;
    }
    return NULL;
}

static void calls_from_several_threads_run_side_by_side(void **state)
{
    (void)state;
    fs_engine *engine = open_engine(2, NULL);
    caller callers[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        callers[i] = (caller){.engine = engine, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, call, &callers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(callers[i].status, FS_OK);
    }
    fs_engine_close(engine);
}

static void every_allocation_may_fail_while_opening_and_asking(void **state)
{
    (void)state;
    fs_engine_settings settings = {.memory = 1 << 30, .threads = 1};
    for (int n = 0; n < 200; n++) {
        fs_engine *engine = NULL;
        fs_result *result = NULL;
        bool more = false;
        fs_alloc_fail_after(n);
        fs_status status = fs_engine_open(&settings, &engine, NULL);
        if (status == FS_OK)
            status = fs_engine_query(engine, "select [1] as l, 'x' as t", &result, NULL);
        if (status == FS_OK) status = fs_result_next(result, &more, NULL);
        bool all_made = fs_alloc_count() <= n;
        fs_alloc_fail_after(-1);
        fs_result_close(result);
        fs_engine_close(engine);
        if (all_made) {
            assert_int_equal(status, FS_OK);
            return;
        }
        assert_true(status == FS_OK || status == FS_MEMORY);
    }
    fail_msg("opening takes more than 200 allocations");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_gives_every_type_row_by_row),
        cmocka_unit_test(numbers_as_text_are_as_short_as_can_be),
        cmocka_unit_test(days_as_text_are_iso_days),
        cmocka_unit_test(a_long_result_streams_all_its_rows_in_order),
        cmocka_unit_test(a_fault_names_the_line_of_the_sql),
        cmocka_unit_test(what_does_not_fit_says_memory_and_the_remedy),
        cmocka_unit_test(passwords_are_never_repeated),
        cmocka_unit_test(nothing_is_installed_or_loaded_by_itself),
        cmocka_unit_test(the_prelude_means_what_it_says),
        cmocka_unit_test(a_number_that_no_decimal_holds_is_an_error),
        cmocka_unit_test(a_long_query_stops_when_cancelled),
        cmocka_unit_test(calls_from_several_threads_run_side_by_side),
        cmocka_unit_test(every_allocation_may_fail_while_opening_and_asking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
