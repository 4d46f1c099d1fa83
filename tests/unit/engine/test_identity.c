/* Customers' pseudonyms and the list of those who are forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "foresell/engine.h"

static fs_identities salted(unsigned char with)
{
    fs_identities i = {.salted = true};
    memset(i.salt.byte, with, sizeof i.salt.byte);
    memset(i.key.byte, 9, sizeof i.key.byte);
    return i;
}

static void a_pseudonym_depends_on_number_and_salt_alone(void **state)
{
    (void)state;
    char a[FS_IDENTITY_TEXT], b[FS_IDENTITY_TEXT];
    fs_identities one = salted(1), other = salted(2);
    fs_identity_name(&one, "17850", 5, a);
    fs_identity_name(&one, "17850", 5, b);
    assert_string_equal(a, b);
    assert_int_equal(strlen(a), FS_IDENTITY_TEXT - 1);
    assert_int_equal(a[0], 'c');
    fs_identity_name(&other, "17850", 5, b);
    assert_string_not_equal(a, b);
    fs_identity_name(&one, "17851", 5, b);
    assert_string_not_equal(a, b);
}

static void who_is_listed_by_number_or_pseudonym_is_forgotten(void **state)
{
    (void)state;
    char mark[FS_IDENTITY_TEXT], name[FS_IDENTITY_TEXT];
    const char *list[1] = {mark};
    fs_identities i = salted(1);
    i.forgotten = list;
    assert_false(fs_identity_forgotten(&i, "17850", 5));
    i.count = 1;
    fs_identity_mark(&i, "17850", 5, mark);
    assert_true(fs_identity_forgotten(&i, "17850", 5));
    assert_false(fs_identity_forgotten(&i, "1785", 4));
    fs_identity_name(&i, "4711", 4, name);
    fs_identity_mark(&i, name, strlen(name), mark);
    assert_true(fs_identity_forgotten(&i, "4711", 4));
    assert_false(fs_identity_forgotten(&i, "17850", 5));
}

/* What the SELECT gives for the texts '1', '2', '' and null, joined. */
static void check(fs_engine *engine, const char *expression, const char *expected)
{
    fs_result *result = NULL;
    fs_error error = {0};
    char sql[512];
    bool more;
    snprintf(
        sql, sizeof sql,
        "select string_agg(coalesce(cast(%s as varchar), '-'), ' ' order by n) from (values (1, "
        "'1'), (2, '2'), (3, ''), (4, null)) as t(n, x)",
        expression);
    assert_int_equal(fs_engine_query(engine, sql, &result, &error), FS_OK);
    assert_int_equal(fs_result_next(result, &more, &error), FS_OK);
    assert_string_equal(fs_result_text(result, 0), expected);
    fs_result_close(result);
}

static void selects_see_what_the_engine_was_told(void **state)
{
    (void)state;
    fs_engine *engine = NULL;
    fs_error error = {0};
    char mark[FS_IDENTITY_TEXT];
    const char *list[1] = {mark};
    assert_int_equal(fs_engine_open(NULL, &engine, &error), FS_OK);
    check(engine, "fs_customer(x)", "1 2  -");
    check(engine, "fs_forgotten(x)", "false false false false");
    fs_identities i = {.forgotten = list, .count = 1};
    fs_identity_mark(&i, "2", 1, mark);
    fs_engine_identities(engine, &i);
    check(engine, "fs_customer(x)", "1 -  -");
    check(engine, "fs_forgotten(x)", "false true false false");
    i.salted = true;
    check(engine, "length(fs_customer(x))", "33 - 33 -");
    fs_engine_identities(engine, NULL);
    check(engine, "fs_customer(x)", "1 2  -");
    fs_engine_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pseudonym_depends_on_number_and_salt_alone),
        cmocka_unit_test(who_is_listed_by_number_or_pseudonym_is_forgotten),
        cmocka_unit_test(selects_see_what_the_engine_was_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
