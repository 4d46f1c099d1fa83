/* A step's text: header, settings, operator, and where faults are said to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan_internal.h"

static const char *setting(void *context, const char *name)
{
    (void)context;
    if (strcmp(name, "name") == 0) return "O'Brien's";
    if (strcmp(name, "horizon") == 0) return "28";
    if (strcmp(name, "broken") == 0) return "a\nb";
    if (strcmp(name, "quantiles") == 0) return "[.050, 0.5, 5e-1,0.95]";
    if (strcmp(name, "levels") == 0) return "[item, it's]";
    if (strcmp(name, "nothing") == 0) return "[]";
    if (strcmp(name, "names") == 0) return "[\"a, [b]\", \"7\"\"\", \"it's\"]";
    return NULL;
}

static fs_status read_named(fs_arena *arena, const char *file, const char *text, fs_step_node *node,
                            fs_error *error)
{
    return fs_engine_step_read(arena, file, text, setting, NULL, node, error);
}

static void expect_fault(const char *file, const char *text, int line, const char *says,
                         const char *remedy)
{
    fs_arena arena = {0};
    fs_step_node node;
    fs_error error = {0};
    if (read_named(&arena, file, text, &node, &error) != FS_USAGE) fail_msg("passed: %s", text);
    if (!strstr(error.message, says) || !strstr(error.remedy, remedy))
        fail_msg("%s\n  says: %s (%s)", text, error.message, error.remedy);
    assert_string_equal(error.file, file);
    assert_int_equal(error.line, line);
    fs_arena_free(&arena);
}

static void the_header_is_read(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_step_node node;
    fs_error error = {0};
    const char *text = "-- A remark first.\n"
                       "-- step: demand_daily\n"
                       "-- about: what was sold\n"
                       "--   day by day: all of it\n"
                       "-- expect: unique(item, \"the day\"); units >= 0\n"
                       "--   and note <> ';'\n"
                       "-- expect: rows(>= 1)\n"
                       "-- needs: promotions, stock\n"
                       "\n"
                       "select item, day as \"the day\", units, note\n"
                       "from sales; -- the end\n";
    assert_int_equal(read_named(&arena, "models/10_demand_daily.sql", text, &node, &error), FS_OK);
    assert_string_equal(node.step.name, "demand_daily");
    assert_string_equal(node.step.about, "what was sold\nday by day: all of it");
    assert_int_equal(node.step.line, 2);
    assert_int_equal(node.sql_line, 10);
    assert_string_equal(node.step.sql, "select item, day as \"the day\", units, note\nfrom sales");
    assert_int_equal(node.step.expects, 3);
    assert_int_equal(node.expect[0].kind, FS_EXPECT_UNIQUE);
    assert_string_equal(node.expect[0].condition, "\"item\", \"the day\"");
    assert_int_equal(node.expect[1].kind, FS_EXPECT_TRUE);
    assert_string_equal(node.step.expect[1], "units >= 0\nand note <> ';'");
    assert_int_equal(node.expect[2].line, 7);
    assert_string_equal(node.expect[2].condition, ">= 1");
    assert_int_equal(node.needs_count, 2);
    assert_string_equal(node.needs[1], "stock");
    assert_null(node.step.op);
    fs_engine_step_free(&node);
    fs_arena_free(&arena);
}

static void settings_are_filled_in_and_cannot_end_a_text(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_step_node node;
    fs_error error = {0};
    const char *text = "-- step: a\nselect '${name}' as shop, ${horizon} as h, \"x${horizon}\", "
                       "'$${name}' as raw\n"
                       "from t -- isn't ${horizon}\n where b = '${horizon}'";
    assert_int_equal(read_named(&arena, "a.sql", text, &node, &error), FS_OK);
    assert_string_equal(node.step.sql, "select 'O' || chr(39) || 'Brien' || chr(39) || 's' as "
                                       "shop, 28 as h, \"x28\", '${name}' as raw\n"
                                       "from t -- isn't 28\n where b = '28'");
    fs_arena_free(&arena);
}

static void each_member_of_a_list_has_its_text(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_step_node node;
    fs_error error = {0};
    const char *text =
        "-- step: a\n-- about: ${each l in levels: of ${l}}\nselect ${each q in quantiles: "
        "\"q${q}\" * 2\n"
        "as \"q${q}\",} ${each n in nothing: ${n},} '${each l in levels: ${l}}' as b from t";
    assert_int_equal(read_named(&arena, "a.sql", text, &node, &error), FS_OK);
    assert_string_equal(node.step.about, "of item of it's");
    assert_string_equal(node.step.sql,
                        "select \"q0.05\" * 2\nas \"q0.05\", \"q0.5\" * 2\nas \"q0.5\", "
                        "\"q0.95\" * 2\nas \"q0.95\",  'item it' || chr(39) || 's' as b from t");
    fs_arena_free(&arena);
    expect_fault("a.sql", "-- step: a\nselect 1,\n${each q of levels: ${q}} from t", 3, "each",
                 "in");
    expect_fault("a.sql", "-- step: a\nselect ${each q in levels: ${q} from t", 2, "each", "in");
    expect_fault("a.sql", "-- step: a\nselect ${each q in lvls: ${q}} from t", 2, "${lvls}",
                 "foresell");
    expect_fault("a.sql", "-- step: a\nselect ${each q in levels:\n\n${x}} from t", 4, "${x}",
                 "foresell");
    expect_fault("a.sql", "-- step: a\nselect ${each q in levels:\n${q}}\n, ${x} from t", 4, "${x}",
                 "foresell");
}

static void quoted_members_may_hold_what_parts_members(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_step_node node;
    fs_error error = {0};
    const char *text =
        "-- step: a\nselect ${each c in names: '${c}' as \"own_${c}\",} 1 as b from t";
    fs_status status = read_named(&arena, "a.sql", text, &node, &error);
    if (status != FS_OK) fail_msg("%s", error.message);
    assert_string_equal(node.step.sql, "select 'a, [b]' as \"own_a, [b]\", '7\"' as \"own_7\"\"\", "
                                       "'it' || chr(39) || 's' as \"own_it's\", 1 as b from t");
    fs_arena_free(&arena);
}

static void faults_of_the_header_name_file_line_and_remedy(void **state)
{
    (void)state;
    expect_fault("a.sql", "-- step: a\n-- expct: x > 1\nselect b from t", 2, "expct", "expect");
    expect_fault("a.sql", "select b from t", 1, "no name", "-- step:");
    expect_fault("a.sql", "-- step: A b\nselect b from t", 1, "no name for a step", "lower-case");
    expect_fault("10_b.sql", "-- step: a\nselect b from t", 1, "another name", "a.sql");
    expect_fault("a.sql", "-- step: a\n-- about: x\n-- about: y\nselect b from t", 3, "line 2",
                 "one of them");
    expect_fault("a.sql", "-- step: a\n-- about:\nselect b from t", 2, "says nothing", "leave");
    expect_fault("a.sql", "-- step: a\n-- group: b\nselect b from t", 1, "no operator", "operator");
    expect_fault("a.sql", "-- step: a\n-- operator: forecast(horizon = 3)\nselect b from t", 2,
                 "in order", "order");
    expect_fault("a.sql", "-- step: a\n-- operator: 3 + (4\nselect b from t", 2, "no operator",
                 "name(option");
    expect_fault("a.sql", "-- step: a\n-- group: b c\nselect b from t", 2, "no list", "a, b");
    expect_fault("a.sql", "-- step: a\n\n\nselect ${horizn} as x from t", 4, "${horizn}",
                 "foresell.yaml");
    expect_fault("a.sql", "-- step: a\nselect ${broken} as x from t", 2, "line break", "one line");
    expect_fault("a.sql", "-- step: a\nselect ${ as x from t", 2, "${", "$${");
    expect_fault("a.sql", "-- step: a\n-- only a header\n", 3, "no SELECT", "SELECT");
    expect_fault("a.sql", "-- step: a\n-- expect: unique(b + c)\nselect b from t", 2, "columns",
                 "unique(a, b)");
    expect_fault("a.sql", "-- step: a\n-- expect: rows(many)\nselect b from t", 2, "rows",
                 "rows(>= 1)");
    expect_fault("a.sql", "-- step: a\n-- expect: b > 0;\n--   c::int > 0\nselect b from t", 3,
                 "::", "cast");
    expect_fault("a.sql", "-- step: a\n-- derived: maybe\nselect b from t", 2, "maybe", "yes");
}

static void faults_of_the_sql_count_the_header_lines(void **state)
{
    (void)state;
    expect_fault("a.sql", "-- step: a\n-- about: b\n\nselect b\nfrom t\norder by b", 6, "nulls",
                 "nulls last");
}

static void an_operator_that_is_not_there_is_told_at_once(void **state)
{
    (void)state;
    fs_arena arena = {0};
    fs_step_node node;
    fs_error error = {0};
    const char *text =
        "-- step: a\n-- operator: no_such_thing(x = 1)\n-- order: day\nselect day from t";
    assert_int_not_equal(read_named(&arena, "a.sql", text, &node, &error), FS_OK);
    assert_non_null(strstr(error.message, "no_such_thing"));
    assert_int_equal(error.line, 2);
    assert_string_equal(error.file, "a.sql");
    fs_arena_free(&arena);
}

static void digest_of(const char *text, char hex[FS_DIGEST_HEX])
{
    fs_arena arena = {0};
    fs_step_node node;
    fs_error error = {0};
    assert_int_equal(read_named(&arena, "a.sql", text, &node, &error), FS_OK);
    memcpy(hex, node.step.digest, FS_DIGEST_HEX);
    fs_engine_step_free(&node);
    fs_arena_free(&arena);
}

static void the_digest_follows_what_the_result_depends_on(void **state)
{
    (void)state;
    char one[FS_DIGEST_HEX], same[FS_DIGEST_HEX], other[FS_DIGEST_HEX];
    digest_of("-- step: a\nselect b from t", one);
    digest_of("-- step: a\n-- about: words do not count\n\nselect b from t;\n", same);
    assert_string_equal(one, same);
    digest_of("-- step: a\nselect c from t", other);
    assert_string_not_equal(one, other);
    digest_of("-- step: a\n-- expect: b > 0\nselect b from t", other);
    assert_string_not_equal(one, other);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    const char *text = "-- step: a\n-- about: x ${horizon}\n-- expect: unique(b); not_null(b, c); "
                       "rows(>= 1); all(count(*) > 0)\n"
                       "-- needs: stock\nselect '${name}' as b, c from t";
    for (int n = 0; n < 2000; n++) {
        fs_arena arena = {0};
        fs_step_node node;
        fs_error error = {0};
        fs_alloc_fail_after(n);
        fs_status status = read_named(&arena, "a.sql", text, &node, &error);
        fs_alloc_fail_after(-1);
        fs_engine_step_free(&node);
        fs_arena_free(&arena);
        if (status == FS_OK) {
            assert_true(n > 3);
            return;
        }
        assert_int_equal(status, FS_MEMORY);
    }
    fail_msg("it never succeeds");
}

static const char *page_setting(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "forecast.horizon") == 0 ? "28" : NULL;
}

static void the_examples_of_the_page_are_steps(void **state)
{
    (void)state;
    const char *root = getenv("FORESELL_SOURCE");
    if (!root) skip();
    char path[1024];
    static char page[1 << 16];
    snprintf(path, sizeof path, "%s/docs/steps.md", root);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    int examples = 0;
    for (char *at = page; (at = strstr(at, "```sql\n")); examples++) {
        char *text = at + strlen("```sql\n"), *end = strstr(text, "```");
        assert_non_null(end);
        *end = '\0';
        fs_arena arena = {0};
        fs_step_node node;
        fs_error error = {0};
        if (fs_engine_step_read(&arena, "page", text, page_setting, NULL, &node, &error) != FS_OK)
            fail_msg("%s\n%s (%s)", text, error.message, error.remedy);
        fs_engine_step_free(&node);
        fs_arena_free(&arena);
        at = end + 1;
    }
    assert_int_equal(examples, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_is_read),
        cmocka_unit_test(settings_are_filled_in_and_cannot_end_a_text),
        cmocka_unit_test(each_member_of_a_list_has_its_text),
        cmocka_unit_test(quoted_members_may_hold_what_parts_members),
        cmocka_unit_test(faults_of_the_header_name_file_line_and_remedy),
        cmocka_unit_test(faults_of_the_sql_count_the_header_lines),
        cmocka_unit_test(an_operator_that_is_not_there_is_told_at_once),
        cmocka_unit_test(the_digest_follows_what_the_result_depends_on),
        cmocka_unit_test(the_examples_of_the_page_are_steps),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
