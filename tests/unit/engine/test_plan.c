/* The graph of steps: who reads what, the order, and what is wrong with it. */
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
#include <jansson.h>

#include "plan_internal.h"

static fs_engine *engine;

static int open_engine(void **state)
{
    (void)state;
    fs_error error = {0};
    fs_engine_settings settings = {.threads = 1, .memory = 256 << 20};
    return fs_engine_open(&settings, &engine, &error) == FS_OK ? 0 : -1;
}

static int close_engine(void **state)
{
    (void)state;
    fs_engine_close(engine);
    return 0;
}

static fs_plan *new_plan(void)
{
    fs_plan *plan;
    fs_error error = {0};
    assert_int_equal(fs_plan_open(NULL, NULL, &plan, &error), FS_OK);
    assert_int_equal(fs_plan_add_table(plan, "sales", "/nowhere/sales.parquet", "d1", &error),
                     FS_OK);
    return plan;
}

static void add(fs_plan *plan, const char *file, const char *text)
{
    fs_error error = {0};
    if (fs_plan_add(plan, engine, file, text, false, &error) != FS_OK)
        fail_msg("%s: %s (%s)", file, error.message, error.remedy);
}

static void the_order_follows_from_the_names_alone(void **state)
{
    (void)state;
    fs_plan *plan = new_plan();
    fs_error error = {0};
    add(plan, "3_total.sql",
        "-- step: total\nselect item, n from by_item union all select 'all' as item, 1 as n from "
        "calm");
    add(plan, "calm.sql", "-- step: calm\nselect item from sales");
    add(plan, "by_item.sql",
        "-- step: by_item\nwith calm2 as (select item from calm) select item, count(*) as n from "
        "calm2 group by item");
    assert_int_equal(fs_plan_check(plan, &error), FS_OK);
    assert_int_equal(fs_plan_steps(plan), 3);
    assert_string_equal(fs_plan_step(plan, 0)->name, "calm");
    assert_string_equal(fs_plan_step(plan, 1)->name, "by_item");
    assert_string_equal(fs_plan_step(plan, 2)->name, "total");
    assert_int_equal(fs_plan_step(plan, 2)->inputs, 2);
    assert_string_equal(fs_plan_step(plan, 2)->input[0], "by_item");
    assert_null(fs_plan_step(plan, 3));
    fs_plan_close(plan);
}

static void tables_in_subqueries_and_expects_are_inputs_and_the_prelude_is_none(void **state)
{
    (void)state;
    fs_plan *plan = new_plan();
    add(plan, "a.sql",
        "-- step: a\n-- expect: all(count(*) = (select count(*) from \"My \"\"raw\"\" table\"))\n"
        "select item from sales where exists (select 1 from numbers join stock on n = units)");
    const fs_step *step = fs_plan_step(plan, 0);
    assert_int_equal(step->inputs, 3);
    assert_string_equal(step->input[0], "My \"raw\" table");
    assert_string_equal(step->input[1], "sales");
    assert_string_equal(step->input[2], "stock");
    fs_plan_close(plan);
}

static void expect_check_fault(fs_plan *plan, const char *file, int line, const char *says,
                               const char *remedy)
{
    fs_error error = {0};
    assert_int_equal(fs_plan_check(plan, &error), FS_USAGE);
    if (!strstr(error.message, says) || !strstr(error.remedy, remedy))
        fail_msg("says: %s (%s)", error.message, error.remedy);
    assert_string_equal(error.file, file);
    assert_int_equal(error.line, line);
    fs_plan_close(plan);
}

static void an_unknown_table_is_told_with_who_reads_it_and_the_nearest(void **state)
{
    (void)state;
    fs_plan *plan = new_plan();
    add(plan, "demand.sql", "-- step: demand\nselect item from sales");
    add(plan, "m/b.sql", "-- step: b\n\nselect item\nfrom demnad");
    expect_check_fault(plan, "m/b.sql", 4, "demnad, which step b reads", "demand?");
}

static void a_circle_is_printed_with_its_files(void **state)
{
    (void)state;
    fs_plan *plan = new_plan();
    add(plan, "first.sql",
        "-- step: first\nselect item from b"); /* waits for the circle, not in it */
    add(plan, "a.sql", "-- step: a\nselect item from c");
    add(plan, "b.sql", "-- step: b\nselect item\nfrom a");
    add(plan, "c.sql", "-- step: c\nselect item from b join sales using (item)");
    fs_error error = {0};
    assert_int_equal(fs_plan_check(plan, &error), FS_USAGE);
    assert_non_null(
        strstr(error.message,
               "b (b.sql, line 3) reads a (a.sql, line 2) reads c (c.sql, line 2) reads b"));
    assert_null(strstr(error.message, "first"));
    fs_plan_close(plan);

    plan = new_plan();
    add(plan, "a.sql", "-- step: a\nselect item from a");
    expect_check_fault(plan, "a.sql", 1, "a (a.sql, line 2) reads a", "another table");
}

static void a_name_may_stand_once_unless_it_replaces(void **state)
{
    (void)state;
    fs_plan *plan = new_plan();
    fs_error error = {0};
    const char *text = "-- about: x\n-- step: a\nselect store from sales";
    add(plan, "one/a.sql", "-- step: a\nselect item from sales");
    assert_int_equal(fs_plan_add(plan, engine, "two/a.sql", text, false, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "one/a.sql, line 1"));
    assert_string_equal(error.file, "two/a.sql");
    assert_int_equal(error.line, 2);
    assert_int_equal(fs_plan_add(plan, engine, "two/a.sql", text, true, &error), FS_OK);
    assert_int_equal(fs_plan_steps(plan), 1);
    assert_string_equal(fs_plan_step(plan, 0)->file, "two/a.sql");
    fs_plan_close(plan);
}

static void a_step_may_not_hide_a_table(void **state)
{
    (void)state;
    fs_plan *plan = new_plan();
    add(plan, "sales.sql", "-- step: sales\nselect item from raw");
    expect_check_fault(plan, "sales.sql", 1, "sales has the name of a table", "another name");
}

static void sql_that_is_none_is_told_with_its_line(void **state)
{
    (void)state;
    fs_plan *plan = new_plan();
    fs_error error = {0};
    assert_int_equal(fs_plan_add(plan, engine, "a.sql",
                                 "-- step: a\nselect item\nfrom sales where where", false, &error),
                     FS_USAGE);
    assert_int_equal(error.line, 3);
    assert_non_null(strstr(error.message, "syntax error"));
    fs_plan_close(plan);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

static void a_folder_is_read_in_name_order_and_may_be_absent(void **state)
{
    (void)state;
    char folder[] = "/tmp/foresell-plan-XXXXXX", command[600];
    assert_non_null(mkdtemp(folder));
    write_file(folder, "20_b.sql", "-- step: b\nselect item from sales");
    write_file(folder, "10_a.sql", "-- step: a\nselect item from sales");
    write_file(folder, "notes.txt", "no step");
    write_file(folder, ".hidden.sql", "no step");
    fs_plan *plan = new_plan();
    fs_error error = {0};
    assert_int_equal(fs_plan_add_folder(plan, engine, folder, false, &error), FS_OK);
    assert_int_equal(fs_plan_steps(plan), 2);
    assert_string_equal(fs_plan_step(plan, 0)->name, "a");
    assert_int_equal(fs_plan_add_folder(plan, engine, "/no/such/folder", false, &error), FS_OK);
    fs_plan_close(plan);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void the_plan_is_json_with_all_parts(void **state)
{
    (void)state;
    fs_plan *plan = new_plan();
    fs_error error = {0};
    add(plan, "a.sql",
        "-- step: a\n-- about: all\n-- expect: unique(item)\n-- needs: stock\nselect distinct item "
        "from sales");
    assert_int_equal(fs_plan_check(plan, &error), FS_OK);
    fs_buffer one = {0}, two = {0};
    assert_int_equal(fs_plan_json(plan, &one, &error), FS_OK);
    assert_int_equal(fs_plan_json(plan, &two, &error), FS_OK);
    assert_string_equal(one.data, two.data);
    json_t *all = json_loads(one.data, 0, NULL);
    assert_non_null(all);
    json_t *step = json_array_get(json_object_get(all, "steps"), 0);
    assert_string_equal(json_string_value(json_object_get(step, "name")), "a");
    assert_string_equal(json_string_value(json_array_get(json_object_get(step, "inputs"), 0)),
                        "sales");
    json_t *expect = json_array_get(json_object_get(step, "expect"), 0);
    assert_string_equal(json_string_value(json_object_get(expect, "kind")), "unique");
    assert_true(json_is_null(json_object_get(step, "operator")));
    assert_string_equal(json_string_value(json_array_get(json_object_get(step, "needs"), 0)),
                        "stock");
    json_decref(all);
    fs_buffer_free(&one);
    fs_buffer_free(&two);
    fs_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_follows_from_the_names_alone),
        cmocka_unit_test(tables_in_subqueries_and_expects_are_inputs_and_the_prelude_is_none),
        cmocka_unit_test(an_unknown_table_is_told_with_who_reads_it_and_the_nearest),
        cmocka_unit_test(a_circle_is_printed_with_its_files),
        cmocka_unit_test(a_name_may_stand_once_unless_it_replaces),
        cmocka_unit_test(a_step_may_not_hide_a_table),
        cmocka_unit_test(sql_that_is_none_is_told_with_its_line),
        cmocka_unit_test(a_folder_is_read_in_name_order_and_may_be_absent),
        cmocka_unit_test(the_plan_is_json_with_all_parts),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
