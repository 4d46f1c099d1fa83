/* Runs that are found, and exports of their tables: to a folder and to SQLite, whole or not there. The servers are those of
 * tests/pipeline/test_export_run.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "plan_internal.h"

#define STAMP "2026-11-24T041500Z"

static char project[64];
static fs_engine *engine;

static const char *in_project(const char *format, const char *name)
{
    static char path[4][256];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], format, project, name);
    return path[turn];
}

static bool there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static int run_command(const char *command)
{
    int code = system(command);
    if (code != 0) print_error("%s: %d\n", command, code);
    return code;
}

/* A project with a whole run of two tables, a partial one and a link to the whole one. */
static int make_project(void **state)
{
    (void)state;
    char command[512];
    int64_t rows;
    fs_engine_settings settings = {.memory = 1 << 30, .threads = 2};
    strcpy(project, "/tmp/foresell-export-XXXXXX");
    if (!mkdtemp(project)) return -1;
    snprintf(
        command, sizeof command,
        "cd %s && mkdir -p runs/" STAMP "/tables runs/2027-01-01T000000Z.partial && cd runs && "
        "echo '{}' > " STAMP "/manifest.json && touch " STAMP "/done && ln -s " STAMP " latest",
        project);
    if (run_command(command) != 0 || fs_engine_open(&settings, &engine, NULL) != FS_OK) return -1;
    if (fs_engine_write_parquet(engine,
                                "select i as item, i % 3 as store, 'it''s' as \"a \"\"name\" from "
                                "range(100) t(i)",
                                in_project("%s/runs/" STAMP "/tables/%s.parquet", "sales"), &rows,
                                NULL) != FS_OK)
        return -1;
    return fs_engine_write_parquet(engine, "select 1 as store where false",
                                   in_project("%s/runs/" STAMP "/tables/%s.parquet", "stores"),
                                   &rows, NULL) == FS_OK
               ? 0
               : -1;
}

static int drop_project(void **state)
{
    (void)state;
    char command[128];
    fs_engine_close(engine);
    snprintf(command, sizeof command, "rm -r %s", project);
    return run_command(command);
}

static fs_status export_to(const char *to, const char *partition, bool *divided, fs_error *error)
{
    static char folder[128], path[2][256];
    snprintf(folder, sizeof folder, "%s/runs/" STAMP, project);
    snprintf(path[0], sizeof path[0], "%s/tables/sales.parquet", folder);
    snprintf(path[1], sizeof path[1], "%s/tables/stores.parquet", folder);
    fs_export_table table[] = {{.name = "sales", .path = path[0]},
                               {.name = "stores", .path = path[1]}};
    fs_export_run run = {
        .to = to, .folder = folder, .partition = partition, .table = table, .tables = 2};
    fs_status status = fs_engine_export_run(engine, &run, error);
    if (status == FS_OK) {
        assert_int_equal(table[0].rows, 100);
        assert_int_equal(table[1].rows, 0);
        if (divided) *divided = table[0].divided && !table[1].divided;
    }
    return status;
}

static int64_t ask(const char *sql)
{
    int64_t value = -1;
    fs_error error = {0};
    if (fs_engine_integer(engine, sql, &value, &error) != FS_OK) fail_msg("%s", error.message);
    return value;
}

/* ---- finding ---- */

static void the_newest_or_the_named_run_is_found(void **state)
{
    (void)state;
    fs_arena arena = {0};
    const char *found, *named, *path;
    assert_int_equal(fs_run_find(project, NULL, &arena, &found, NULL), FS_OK);
    assert_int_equal(fs_run_find(project, STAMP, &arena, &named, NULL), FS_OK);
    assert_string_equal(found, named);
    assert_string_equal(strrchr(found, '/'), "/" STAMP);
    assert_int_equal(fs_run_table(found, "sales", &arena, &path, NULL), FS_OK);
    assert_true(there(path));
    fs_arena_free(&arena);
}

static void what_is_no_whole_run_or_no_table_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *stamp, *told;
    } cases[] = {{"2027-01-01T000000Z", "not whole"},
                 {"2027-01-01T000000Z.partial", "not whole"},
                 {"2020-01-01T000000Z", "has no run"},
                 {"latest", "has no run"},
                 {"..", "has no run"},
                 {"", "has no run"}};
    fs_arena arena = {0};
    const char *found;
    fs_error error = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(fs_run_find(project, cases[i].stamp, &arena, &found, &error), FS_RESOURCE);
        assert_non_null(strstr(error.message, cases[i].told));
        assert_true(error.remedy[0]);
    }
    assert_int_equal(fs_run_find("/tmp", NULL, &arena, &found, &error), FS_RESOURCE);
    assert_non_null(strstr(error.remedy, "foresell run"));
    assert_int_equal(fs_run_find(project, NULL, &arena, &found, &error), FS_OK);
    assert_int_equal(fs_run_table(found, "salse", &arena, &found, &error), FS_USAGE);
    assert_string_equal(error.remedy, "did you mean sales?");
    fs_arena_free(&arena);
}

/* ---- places ---- */

static void places_that_are_not_written_to_are_told_before_anything_is_done(void **state)
{
    (void)state;
    static const struct {
        const char *to, *partition, *told;
    } cases[] = {{"", NULL, "is empty"},
                 {"hdfs://host:8020/x", NULL, "hdfs dfs -put"},
                 {"https://host/x", NULL, "name a folder"},
                 {"ftp://me:secret@host/x", NULL, "name a folder"},
                 {"s3://bucket/a*", NULL, "s3://BUCKET/PREFIX"},
                 {"s3://bucket/a?region=x", NULL, "s3://BUCKET/PREFIX"},
                 {"postgres://host/x", "store", "leave it out"},
                 {"/proc/nothing", "color", "in many of them"},
                 {"/proc/nothing", "stor", "did you mean store?"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fs_error error = {0};
        assert_int_equal(export_to(cases[i].to, cases[i].partition, NULL, &error), FS_USAGE);
        if (!strstr(error.message, cases[i].told) && !strstr(error.remedy, cases[i].told))
            fail_msg("%s: %s; %s", cases[i].to, error.message, error.remedy);
        assert_null(strstr(error.message, "secret"));
    }
}

/* ---- folders ---- */

static void a_folder_holds_the_tables_divided_or_whole(void **state)
{
    (void)state;
    bool divided = false;
    char sql[512];
    const char *out = in_project("%s/%s", "divided");
    assert_int_equal(export_to(out, "store", &divided, NULL), FS_OK);
    assert_true(divided);
    assert_true(there(in_project("%s/divided/" STAMP "/%s", "manifest.json")));
    assert_true(there(in_project("%s/divided/" STAMP "/%s", "stores.parquet")));
    snprintf(sql, sizeof sql,
             "select count(*) from read_parquet('%s/" STAMP "/sales/*/*.parquet', "
             "hive_partitioning = true) where store = item %% 3",
             out);
    assert_int_equal(ask(sql), 100);
    assert_int_equal(export_to(out, NULL, NULL, NULL), FS_USAGE);
}

static void each_failing_allocation_leaves_nothing_that_looks_whole(void **state)
{
    (void)state;
    char out[128];
    fs_status status = FS_MEMORY;
    snprintf(out, sizeof out, "%s/memory", project);
    for (int64_t n = 0; status != FS_OK; n++) {
        fs_error error = {0};
        fs_alloc_fail_after(n);
        status = export_to(out, "store", NULL, &error);
        fs_alloc_fail_after(-1);
        if (status == FS_OK) break;
        if (status != FS_MEMORY) fail_msg("allocation %d: %s", (int)n, error.message);
        assert_false(there(in_project("%s/memory/%s", STAMP)));
        assert_true(n < 5000);
    }
    assert_true(there(in_project("%s/memory/" STAMP "/%s", "manifest.json")));
}

/* ---- SQLite ---- */

static void a_file_of_sqlite_is_replaced_but_for_what_others_made(void **state)
{
    (void)state;
    char to[256], sql[512];
    fs_error error = {0};
    snprintf(to, sizeof to, "sqlite://%s/x.db", project);
    assert_int_equal(export_to(to, NULL, NULL, NULL), FS_OK);
    if (export_to(to, NULL, NULL, &error) != FS_OK) fail_msg("%s", error.message);
    snprintf(sql, sizeof sql, "attach '%s/x.db' as x (type sqlite)", project);
    assert_int_equal(fs_engine_execute(engine, sql, NULL), FS_OK);
    assert_int_equal(ask("select count(*) from x.sales where \"a \"\"name\" = 'it''s'"), 100);
    assert_int_equal(ask("select count(*) from x.foresell_exports where run = '" STAMP "'"), 2);
    assert_int_equal(
        fs_engine_execute(engine, "delete from x.sales where item = 7; detach x", NULL), FS_OK);
    assert_int_equal(export_to(to, NULL, NULL, &error), FS_USAGE);
    assert_non_null(strstr(error.remedy, "--replace"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_or_the_named_run_is_found),
        cmocka_unit_test(what_is_no_whole_run_or_no_table_is_told),
        cmocka_unit_test(places_that_are_not_written_to_are_told_before_anything_is_done),
        cmocka_unit_test(a_folder_holds_the_tables_divided_or_whole),
        cmocka_unit_test(each_failing_allocation_leaves_nothing_that_looks_whole),
        cmocka_unit_test(a_file_of_sqlite_is_replaced_but_for_what_others_made),
    };
    return cmocka_run_group_tests(tests, make_project, drop_project);
}
