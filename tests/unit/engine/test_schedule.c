/* Running a plan: steps side by side, whole or not at all, taken from before where nothing changed, and
 * their expects. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "plan_internal.h"

static char folder[64];
static fs_engine *engine;
static char progress_said[4096];
static pthread_mutex_t progress_lock = PTHREAD_MUTEX_INITIALIZER;
static bool cancel;

static void said(void *context, const char *what, double done, double total)
{
    (void)context, (void)done, (void)total;
    if (strncmp(what, "steps: ", 7) != 0) return;
    pthread_mutex_lock(&progress_lock);
    strncat(progress_said, what, sizeof progress_said - strlen(progress_said) - 1);
    strncat(progress_said, "\n", sizeof progress_said - strlen(progress_said) - 1);
    pthread_mutex_unlock(&progress_lock);
}

static bool is_cancelled(void *context)
{
    (void)context;
    return cancel;
}

static const fs_progress progress = {.report = said, .cancelled = is_cancelled};

static int set_up(void **state)
{
    (void)state;
    fs_error error = {0};
    cancel = false;
    progress_said[0] = '\0';
    strcpy(folder, "/tmp/foresell-steps-XXXXXX");
    fs_engine_settings settings = {.threads = 2, .memory = 512 << 20, .progress = &progress};
    return mkdtemp(folder) && fs_engine_open(&settings, &engine, &error) == FS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[160];
    fs_engine_close(engine);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static const char *in(const char *name)
{
    static char path[8][256];
    static int next;
    char *p = path[next++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static bool there(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

/* `steps` ends with NULL; each is a whole text. */
static fs_plan *plan_of(const char *const *steps, const char *sales_digest)
{
    fs_plan *plan;
    fs_error error = {0};
    int64_t rows;
    assert_int_equal(fs_plan_open(NULL, NULL, &plan, &error), FS_OK);
    if (!there(in("sales.parquet")))
        assert_int_equal(
            fs_engine_write_parquet(engine,
                                    "select 'i' || (n % 3) as item, n, n * 0.5e0 as amount "
                                    "from numbers where n < 10",
                                    in("sales.parquet"), &rows, &error),
            FS_OK);
    assert_int_equal(fs_plan_add_table(plan, "sales", in("sales.parquet"), sales_digest, &error),
                     FS_OK);
    for (; *steps; steps++)
        if (fs_plan_add(plan, engine, "m.test", *steps, false, &error) != FS_OK)
            fail_msg("%s: %s", *steps, error.message);
    return plan;
}

static fs_status run(const char *const *steps, const char *digest, const char *where,
                     const char *earlier, const char *only, fs_step_report **reports, int *count,
                     fs_error *error)
{
    fs_plan *plan = plan_of(steps, digest);
    fs_plan_settings settings = {.folder = where, .earlier = earlier, .only = only};
    fs_status status = fs_plan_run(plan, engine, &settings, reports, count, error);
    if (status == FS_OK) /* names live as long as the plan */
        for (int i = 0; i < *count; i++) (*reports)[i].name = NULL;
    fs_plan_close(plan);
    return status;
}

static const char *const pipeline[] = {
    "-- step: by_item\n-- expect: unique(item); rows(>= 1); n > 0; not_null(item); all(count(*) = "
    "3)\n"
    "select item, count(*) as n, cast(sum(exact(amount)) as double) as amount from sales group by "
    "item",
    "-- step: total\n-- expect: rows(= 1)\nselect cast(sum(n) as bigint) as n from by_item",
    "-- step: aside\nselect count(*) as n from sales", NULL};

static void steps_become_tables_with_records(void **state)
{
    (void)state;
    fs_step_report *reports;
    int count;
    fs_error error = {0};
    fs_plan *plan = plan_of(pipeline, "d1");
    fs_plan_settings settings = {.folder = in("run")};
    fs_status status = fs_plan_run(plan, engine, &settings, &reports, &count, &error);
    if (status != FS_OK) fail_msg("%s (%s)", error.message, error.remedy);
    assert_int_equal(count, 3);
    const char *const order[] = {"by_item", "total", "aside"};
    for (int i = 0; i < 3; i++) assert_string_equal(reports[i].name, order[i]);
    assert_int_equal(reports[0].rows, 3);
    assert_false(reports[0].skipped);
    assert_true(reports[0].seconds > 0);
    int64_t n = 0;
    assert_int_equal(fs_engine_integer(engine, "select n from total", &n, &error), FS_OK);
    assert_int_equal(n, 10);
    json_t *record = json_load_file(in("run/steps/by_item.json"), 0, NULL);
    assert_string_equal(json_string_value(json_object_get(record, "digest")), reports[0].digest);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(record, "inputs"), "sales")), "d1");
    json_decref(record);
    assert_non_null(strstr(progress_said, "steps: by_item"));
    fs_free(reports);
    fs_plan_close(plan);
}

static void what_has_not_changed_is_taken_from_before(void **state)
{
    (void)state;
    fs_step_report *r;
    int count;
    fs_error error = {0};
    struct stat one, two;
    assert_int_equal(run(pipeline, "d1", in("one"), NULL, NULL, &r, &count, &error), FS_OK);
    fs_free(r);
    assert_int_equal(run(pipeline, "d1", in("two"), in("one"), NULL, &r, &count, &error), FS_OK);
    for (int i = 0; i < 3; i++) assert_true(r[i].skipped);
    assert_int_equal(r[0].rows, 3);
    fs_free(r);
    assert_int_equal(stat(in("one/tables/total.parquet"), &one), 0);
    assert_int_equal(stat(in("two/tables/total.parquet"), &two), 0);
    assert_true(one.st_ino == two.st_ino); /* linked, not copied */

    /* other data: everything that reads them is run again */
    assert_int_equal(run(pipeline, "d2", in("three"), in("two"), NULL, &r, &count, &error), FS_OK);
    for (int i = 0; i < 3; i++) assert_false(r[i].skipped);
    fs_free(r);

    /* one step changed: it and what reads it */
    const char *changed[] = {pipeline[0],
                             "-- step: total\nselect cast(sum(n + 1) as bigint) as n from by_item",
                             pipeline[2], NULL};
    assert_int_equal(run(changed, "d2", in("four"), in("three"), NULL, &r, &count, &error), FS_OK);
    assert_true(r[0].skipped && !r[1].skipped && r[2].skipped);
    fs_free(r);
}

static void a_table_without_record_or_of_another_size_is_made_again(void **state)
{
    (void)state;
    fs_step_report *r;
    int count;
    fs_error error = {0};
    assert_int_equal(run(pipeline, "d1", in("one"), NULL, NULL, &r, &count, &error), FS_OK);
    fs_free(r);
    assert_int_equal(unlink(in("one/steps/aside.json")), 0);
    assert_int_equal(truncate(in("one/tables/by_item.parquet"), 40), 0);
    assert_int_equal(run(pipeline, "d1", in("one"), in("one"), NULL, &r, &count, &error), FS_OK);
    assert_false(r[0].skipped);
    assert_true(r[1].skipped); /* its inputs' digests are the same */
    assert_false(r[2].skipped);
    assert_int_equal(r[0].rows, 3);
    fs_free(r);
    assert_int_equal(run(pipeline, "d1", in("one"), in("one"), NULL, &r, &count, &error), FS_OK);
    for (int i = 0; i < 3; i++) assert_true(r[i].skipped);
    fs_free(r);
}

static void only_runs_a_step_and_what_it_needs(void **state)
{
    (void)state;
    fs_step_report *r;
    int count;
    fs_error error = {0};
    assert_int_equal(run(pipeline, "d1", in("one"), NULL, "total", &r, &count, &error), FS_OK);
    assert_int_equal(count, 2);
    assert_false(there(in("one/tables/aside.parquet")));
    fs_free(r);
    assert_int_equal(run(pipeline, "d1", in("two"), NULL, "totl", &r, &count, &error), FS_USAGE);
    assert_non_null(strstr(error.remedy, "total?"));
}

static void expect_failure(const char *step, fs_status status, int line, const char *says)
{
    const char *steps[] = {step, "-- step: after\nselect n from bad", NULL};
    fs_step_report *r;
    int count;
    fs_error error = {0};
    progress_said[0] = '\0';
    fs_status got = run(steps, "d1", in("bad"), NULL, NULL, &r, &count, &error);
    if (got != status || !strstr(error.message, says) || error.line != line)
        fail_msg("%s\n  %d, line %d: %s (%s)", step, got, (int)error.line, error.message,
                 error.remedy);
    assert_string_equal(error.file, "m.test");
    assert_false(there(in("bad/steps/bad.json")));
    assert_null(strstr(progress_said, "after")); /* nothing starts behind it */
}

static void a_broken_expect_names_count_rows_file_and_line(void **state)
{
    (void)state;
    expect_failure(
        "-- step: bad\n-- expect: unique(item)\nselect item, n from sales", FS_DATA, 2,
        "3 keys of bad break unique(item): item=i0, rows=4; item=i1, rows=3; item=i2, rows=3");
    /* the keys go down, and only the last are the same: what ends the first look decides nothing */
    expect_failure("-- step: bad\n-- expect: unique(k)\nselect case when n < 8 then 20 - n else 13 "
                   "end as k from sales",
                   FS_DATA, 2, "1 key of bad breaks unique(k): k=13, rows=3");
    expect_failure("-- step: bad\n-- expect: rows(>= 1);\n--   n < 8\nselect item, n from sales",
                   FS_DATA, 3, "2 rows of bad break n < 8: item=i2, n=8; item=i0, n=9");
    expect_failure("-- step: bad\n-- expect: not_null(k)\nselect n, case when n > 8 then null else "
                   "n end as k from sales",
                   FS_DATA, 2, "1 row of bad breaks not_null(k): n=9, k=null");
    expect_failure("-- step: bad\n-- expect: rows(= 11)\nselect n from sales", FS_DATA, 2,
                   "bad has 10 rows, which breaks rows(= 11)");
    expect_failure(
        "-- step: bad\n-- expect: all(max(n) = (select count(*) from sales))\nselect n from sales",
        FS_DATA, 2, "bad breaks all(max(n)");
    expect_failure("-- step: bad\n-- expect: wrong_name > 0\nselect n from sales", FS_FAILED, 2,
                   "wrong_name");
}

static void a_fault_of_the_sql_names_its_line_in_the_file(void **state)
{
    (void)state;
    expect_failure("-- step: bad\n-- about: x\nselect n,\n  no_such_column as x\nfrom sales",
                   FS_FAILED, 4, "no_such_column");
    expect_failure("-- step: bad\n\nselect cast(item as bigint) as n\nfrom sales", FS_DATA, 3,
                   "step bad");
}

static void types_that_spark_has_not_are_refused(void **state)
{
    (void)state;
    expect_failure("-- step: bad\nselect sum(n) as n from sales", FS_USAGE, 2,
                   "column n of step bad is HUGEINT");
    expect_failure("-- step: bad\nselect exact(n) as n from sales", FS_USAGE, 2, "DECIMAL(28,6)");
}

static void cancelling_starts_no_more_steps(void **state)
{
    (void)state;
    fs_step_report *r;
    int count;
    fs_error error = {0};
    fs_plan *plan = plan_of(pipeline, "d1");
    assert_int_equal(fs_plan_check(plan, &error), FS_OK);
    cancel = true;
    fs_plan_settings settings = {.folder = in("one")};
    assert_int_equal(fs_plan_run(plan, engine, &settings, &r, &count, &error), FS_CANCELLED);
    assert_null(strstr(progress_said, "by_item"));
    assert_null(r);
    fs_plan_close(plan);
}

static char *sort_of(const char *text)
{
    const char *steps[] = {text, NULL};
    fs_plan *plan = plan_of(steps, "d1");
    const char *sort = plan->step[0]->sort;
    static char copy[200];
    snprintf(copy, sizeof copy, "%s", sort ? sort : "as it comes");
    fs_plan_close(plan);
    return copy;
}

static void rows_get_an_order_where_the_sql_leaves_it_open(void **state)
{
    (void)state;
    assert_string_equal(sort_of("-- step: a\nselect item, n from sales where n > 3"),
                        "as it comes");
    assert_string_equal(sort_of("-- step: a\nselect item, n from sales order by n nulls last"),
                        "as it comes");
    assert_string_equal(sort_of("-- step: a\nselect item, count(*) as n from sales group by item"),
                        "all");
    assert_string_equal(
        sort_of("-- step: a\n-- expect: unique(item, n)\nselect distinct item, n from sales"),
        "\"item\" nulls last, \"n\" nulls last");
    assert_string_equal(sort_of("-- step: a\nselect s.n from sales as s, sales as t"), "all");
    assert_string_equal(sort_of("-- step: a\nselect n, (select max(n) from sales) as m from sales"),
                        "all");
}

static void the_same_rows_give_the_same_bytes(void **state)
{
    (void)state;
    const char *const steps[] = {
        "-- step: big\nselect a.n * 7 % 1000 as k, cast(sum(exact(b.amount / 3)) as double) as s "
        "from numbers as a join sales as b on b.n <> a.n % 10 group by a.n * 7 % 1000",
        NULL};
    fs_step_report *r;
    int count;
    fs_error error = {0};
    char command[300];
    for (int i = 0; i < 2; i++) {
        if (run(steps, "d1", in(i ? "two" : "one"), NULL, NULL, &r, &count, &error) != FS_OK)
            fail_msg("%s", error.message);
        fs_free(r);
    }
    snprintf(command, sizeof command, "cmp %s/one/tables/big.parquet %s/two/tables/big.parquet",
             folder, folder);
    assert_int_equal(system(command), 0);
}

static void one_step_cannot_begin_before_another(void **state)
{
    (void)state;
    /* a chain behind each of many: every step counts what the one before made */
    enum { CHAINS = 6, LENGTH = 5 };
    static char text[CHAINS * LENGTH][200];
    const char *steps[CHAINS * LENGTH + 1] = {NULL};
    for (int c = 0; c < CHAINS; c++)
        for (int i = 0; i < LENGTH; i++) {
            char *t = text[(LENGTH - 1 - i) * CHAINS + c];
            if (i == 0)
                snprintf(t, 200, "-- step: c%d_0\nselect n from sales", c);
            else
                snprintf(t, 200, "-- step: c%d_%d\nselect n + 1 as n from c%d_%d", c, i, c, i - 1);
        }
    for (int i = 0; i < CHAINS * LENGTH; i++) steps[i] = text[i];
    fs_step_report *r;
    int count;
    int64_t most = 0;
    fs_error error = {0};
    assert_int_equal(run(steps, "d1", in("one"), NULL, NULL, &r, &count, &error), FS_OK);
    assert_int_equal(count, CHAINS * LENGTH);
    fs_free(r);
    assert_int_equal(
        fs_engine_integer(engine, "select cast(max(n) as bigint) as n from c5_4", &most, &error),
        FS_OK);
    assert_int_equal(most, 9 + LENGTH - 1);
}

/* In the child: the pipeline over and over, each time of other data, into the same folder. */
static void run_for_ever(void)
{
    fs_error error = {0};
    char scratch[64]; /* what a killed one leaves goes with the folder */
    snprintf(scratch, sizeof scratch, "%s", in("scratch"));
    fs_engine_settings settings = {.threads = 2, .memory = 512 << 20, .scratch = scratch};
    if (fs_engine_open(&settings, &engine, &error) != FS_OK) _exit(1);
    for (int n = 0;; n++) {
        fs_step_report *r;
        int count;
        char digest[16];
        snprintf(digest, sizeof digest, "d%d", n / 2);
        if (run(pipeline, digest, in("run"), in("run"), NULL, &r, &count, &error) != FS_OK)
            _exit(2);
        fs_free(r);
    }
}

/* Every record tells the size that its table has, and the table can be read. */
static void expect_records_to_hold(void)
{
    static const char *const names[] = {"by_item", "total", "aside"};
    for (int i = 0; i < 3; i++) {
        char record_path[64], table_path[64], sql[400];
        snprintf(record_path, sizeof record_path, "run/steps/%s.json", names[i]);
        snprintf(table_path, sizeof table_path, "run/tables/%s.parquet", names[i]);
        json_t *record = json_load_file(in(record_path), 0, NULL);
        if (!record) {
            assert_false(there(in(record_path))); /* never half a record */
            continue;
        }
        struct stat info;
        fs_error error = {0};
        int64_t rows = -1;
        assert_int_equal(stat(in(table_path), &info), 0);
        assert_int_equal(json_integer_value(json_object_get(record, "bytes")), info.st_size);
        snprintf(sql, sizeof sql, "select count(*) from '%s'", in(table_path));
        assert_int_equal(fs_engine_integer(engine, sql, &rows, &error), FS_OK);
        assert_int_equal(json_integer_value(json_object_get(record, "rows")), rows);
        json_decref(record);
    }
}

static int folder_only(void **state)
{
    (void)state;
    cancel = false;
    engine = NULL;
    strcpy(folder, "/tmp/foresell-steps-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static void pause_for(int64_t microseconds)
{
    struct timespec wait = {.tv_sec = microseconds / 1000000,
                            .tv_nsec = microseconds % 1000000 * 1000};
    nanosleep(&wait, NULL);
}

static void killed_at_any_moment_no_step_is_half_seen(void **state)
{
    (void)state;
    unsigned random = 42;
    int64_t first = 1000; /* microseconds until the first record stood there */
    bool got_so_far = false;
    for (int i = 0; i < 12; i++) {
        pid_t child = fork(); /* no engine is open here: its threads would not come along */
        if (child == 0) run_for_ever();
        for (; i == 0 && first < 60000000 && !there(in("run/steps/total.json")); first += 1000)
            pause_for(1000);
        random = random * 1103515245u + 12345u;
        if (i > 0) pause_for(first / 2 + (random >> 8) % first);
        int status;
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status)); /* it never failed by itself */
        got_so_far |= there(in("run/steps/total.json")) || there(in("run/steps/by_item.json"));
    }
    assert_true(got_so_far); /* a later one may have been killed before it was */
    fs_step_report *r;
    int count;
    int64_t n = 0;
    fs_error error = {0};
    fs_engine_settings settings = {.threads = 2, .memory = 512 << 20, .progress = &progress};
    assert_int_equal(fs_engine_open(&settings, &engine, &error), FS_OK);
    expect_records_to_hold();
    assert_int_equal(run(pipeline, "d3", in("run"), in("run"), NULL, &r, &count, &error), FS_OK);
    fs_free(r);
    expect_records_to_hold();
    assert_int_equal(fs_engine_integer(engine, "select n from total", &n, &error), FS_OK);
    assert_int_equal(n, 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_at_any_moment_no_step_is_half_seen, folder_only,
                                        tear_down), /* first */
        TEST(steps_become_tables_with_records),
        TEST(what_has_not_changed_is_taken_from_before),
        TEST(a_table_without_record_or_of_another_size_is_made_again),
        TEST(only_runs_a_step_and_what_it_needs),
        TEST(a_broken_expect_names_count_rows_file_and_line),
        TEST(a_fault_of_the_sql_names_its_line_in_the_file),
        TEST(types_that_spark_has_not_are_refused),
        TEST(cancelling_starts_no_more_steps),
        TEST(rows_get_an_order_where_the_sql_leaves_it_open),
        TEST(the_same_rows_give_the_same_bytes),
        TEST(one_step_cannot_begin_before_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
