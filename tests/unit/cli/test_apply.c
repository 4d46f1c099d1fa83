/* foresell apply: which column plays which part, and the operator's parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "apply_internal.h"
#include "cli_test.h"

static const fs_column inputs[] = {
    {.name = "period", .type = FS_TYPE_PERIOD, .role = FS_ROLE_ORDER},
    {.name = "value", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_VALUE},
    {.name = "weight", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_VALUE, .optional = true},
    {.name = "*", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_REGRESSOR},
    {0}};
static const fs_param params[] = {{.name = "quantile", .type = FS_TYPE_LIST, .fallback = "0.5"},
                                  {.name = "model", .type = FS_TYPE_TEXT, .fallback = "auto"},
                                  {0}};
static const fs_operator op = {.name = "made_up", .input = inputs, .params = params};

/* A table of columns of given readings; names and readings end with NULL. */
typedef struct table {
    apply a;
    apply_column column[8];
    fs_column_profile *profile;
} table;

static void open_table(table *t, const char *const *columns)
{
    *t = (table){0};
    t->profile = calloc(8, sizeof *t->profile);
    for (int i = 0; columns[2 * i]; i++, t->a.columns.count++) {
        fs_column_profile *p = &t->profile[i];
        p->rows = 10;
        assert_int_equal(fs_reading_parse(columns[2 * i + 1], &p->reading, NULL), FS_OK);
        t->column[i] = (apply_column){.name = columns[2 * i], .profile = p};
    }
    t->a.columns.column = t->column;
}

static const apply_column *part_of(const table *t, const char *name)
{
    for (int i = 0; i < t->a.columns.count; i++)
        if (strcmp(t->column[i].name, name) == 0) return &t->column[i];
    return NULL;
}

static const char *const sales[] = {"item",  "text",   "sold_on", "date ymd", "units", "integer",
                                    "price", "number", "colour",  "text",     NULL};

static void columns_find_their_parts_by_themselves(void **state)
{
    (void)state;
    table t;
    const char *group[] = {"item"};
    open_table(&t, sales);
    t.a.group = group;
    t.a.groups = 1;
    assert_int_equal(fs_cli_apply_parts(&op, NULL, &t.a, NULL), FS_OK);
    assert_int_equal(part_of(&t, "item")->part, APPLY_GROUP);
    assert_int_equal(part_of(&t, "sold_on")->part, APPLY_ORDER);
    assert_int_equal(part_of(&t, "units")->part, APPLY_VALUE);
    assert_string_equal(part_of(&t, "units")->input->name, "value");
    assert_true(part_of(&t, "units")->guessed);
    assert_int_equal(part_of(&t, "price")->part, APPLY_REGRESSOR);
    assert_int_equal(part_of(&t, "colour")->part, APPLY_LEFT);
    free(t.profile);
}

static void texts_are_left_over_only_to_who_takes_them(void **state)
{
    (void)state;
    static const fs_column of_texts[] = {
        {.name = "period", .type = FS_TYPE_PERIOD, .role = FS_ROLE_ORDER},
        {.name = "*", .type = FS_TYPE_TEXT, .role = FS_ROLE_REGRESSOR},
        {0}};
    fs_operator taker = op;
    table t;
    taker.input = of_texts;
    open_table(&t, sales);
    assert_int_equal(fs_cli_apply_parts(&taker, NULL, &t.a, NULL), FS_OK);
    assert_int_equal(part_of(&t, "colour")->part, APPLY_REGRESSOR);
    assert_int_equal(part_of(&t, "price")->part, APPLY_REGRESSOR);
    assert_int_equal(part_of(&t, "sold_on")->part, APPLY_ORDER);
    free(t.profile);
}

static void a_named_column_is_taken_before_any_guess(void **state)
{
    (void)state;
    table t;
    cli_given value = {.name = "value", .value = "price", .is_param = true};
    open_table(&t, sales);
    assert_int_equal(fs_cli_apply_parts(&op, &value, &t.a, NULL), FS_OK);
    assert_string_equal(part_of(&t, "price")->input->name, "value");
    assert_false(part_of(&t, "price")->guessed);
    assert_int_equal(part_of(&t, "units")->part, APPLY_REGRESSOR);
    free(t.profile);
}

static void a_whole_number_called_like_a_period_is_the_order(void **state)
{
    (void)state;
    table t;
    open_table(&t,
               (const char *const[]){"n", "integer", "Week", "integer", "value", "number", NULL});
    assert_int_equal(fs_cli_apply_parts(&op, NULL, &t.a, NULL), FS_OK);
    assert_int_equal(part_of(&t, "Week")->part, APPLY_ORDER);
    assert_int_equal(part_of(&t, "value")->part, APPLY_VALUE);
    free(t.profile);
}

static void what_cannot_be_told_is_asked_for(void **state)
{
    (void)state;
    table t;
    fs_error error = {0};
    open_table(&t, (const char *const[]){"a", "integer", "b", "integer", NULL});
    assert_int_equal(fs_cli_apply_parts(&op, NULL, &t.a, &error), FS_USAGE);
    assert_non_null(strstr(error.remedy, "--order"));
    free(t.profile);
    const char *group[] = {"shop"};
    open_table(&t, sales);
    t.a.group = group;
    t.a.groups = 1;
    assert_int_equal(fs_cli_apply_parts(&op, NULL, &t.a, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "'shop'"));
    assert_non_null(strstr(error.remedy, "sold_on"));
    free(t.profile);
    open_table(&t, (const char *const[]){"day", "date ymd", "word", "text", NULL});
    assert_int_equal(fs_cli_apply_parts(&op, NULL, &t.a, &error), FS_USAGE);
    assert_non_null(strstr(error.remedy, "--value"));
    free(t.profile);
}

static void a_code_stays_text_and_a_named_value_is_read_as_a_number(void **state)
{
    (void)state;
    table t;
    const char *group[] = {"code"};
    cli_given value = {.name = "value", .value = "sold", .is_param = true};
    open_table(&t,
               (const char *const[]){"code", "integer", "day", "date ymd", "sold", "text", NULL});
    t.profile[0].leading_zeros = true;
    t.a.group = group;
    t.a.groups = 1;
    assert_int_equal(fs_cli_apply_parts(&op, &value, &t.a, NULL), FS_OK);
    assert_int_equal(part_of(&t, "code")->reading.kind, FS_READ_TEXT);
    assert_int_equal(part_of(&t, "sold")->reading.kind, FS_READ_NUMBER);
    free(t.profile);
}

static void parameters_become_the_operators_own_text(void **state)
{
    (void)state;
    cli_given column = {.name = "value", .value = "it's", .is_param = true};
    cli_given model = {.name = "model", .value = "auto", .is_param = true, .next = &column};
    cli_given seed = {.name = "seed", .value = "3", .next = &model};
    cli_given list = {.name = "quantile", .value = "0.1, 0.9", .is_param = true, .next = &seed};
    fs_buffer text = {0};
    assert_int_equal(fs_cli_apply_options(&op, &list, &text), FS_OK);
    assert_string_equal(text.data, "quantile = ['0.1', '0.9'], model = 'auto', value = 'it''s'");
    fs_buffer_free(&text);
    list.value = "[0.1,0.9]";
    list.next = NULL;
    assert_int_equal(fs_cli_apply_options(&op, &list, &text), FS_OK);
    assert_string_equal(text.data, "quantile = ['0.1', '0.9']");
    fs_buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_find_their_parts_by_themselves),
        cmocka_unit_test(texts_are_left_over_only_to_who_takes_them),
        cmocka_unit_test(a_named_column_is_taken_before_any_guess),
        cmocka_unit_test(a_whole_number_called_like_a_period_is_the_order),
        cmocka_unit_test(what_cannot_be_told_is_asked_for),
        cmocka_unit_test(a_code_stays_text_and_a_named_value_is_read_as_a_number),
        cmocka_unit_test(parameters_become_the_operators_own_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
