/* Status and messages. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "foresell/base.h"

static void exit_codes_are_those_of_the_manual(void **state)
{
    (void)state;
    assert_int_equal(fs_status_exit_code(FS_OK), 0);
    assert_int_equal(fs_status_exit_code(FS_FAILED), 1);
    assert_int_equal(fs_status_exit_code(FS_USAGE), 2);
    assert_int_equal(fs_status_exit_code(FS_DATA), 3);
    assert_int_equal(fs_status_exit_code(FS_RESOURCE), 4);
    assert_int_equal(fs_status_exit_code(FS_MEMORY), 4);
    assert_int_equal(fs_status_exit_code(FS_BUSY), 4);
    assert_int_equal(fs_status_exit_code((fs_status)99), 1);
    assert_string_equal(fs_status_text((fs_status)99), "unknown status");
}

static void a_failure_says_file_line_column_and_remedy(void **state)
{
    (void)state;
    fs_error error = {0};
    char text[512];
    assert_int_equal(fs_fail(&error, FS_DATA, "'%s' is not a number", "abc"), FS_DATA);
    assert_int_equal(fs_error_at(&error, "sales.csv", 17, "units"), FS_DATA);
    assert_int_equal(fs_error_remedy(&error, "correct %d row", 1), FS_DATA);
    assert_string_equal(fs_error_format(&error, text, sizeof text),
                        "sales.csv, line 17, column units: 'abc' is not a number\n  correct 1 row");
}

static void the_file_is_not_said_twice(void **state)
{
    (void)state;
    fs_error error = {0};
    char text[256];
    errno = ENOENT;
    assert_int_equal(fs_fail_errno(&error, "open", "lost.csv"), FS_RESOURCE);
    fs_error_format(&error, text, sizeof text);
    assert_string_equal(text, "cannot open lost.csv: there is no such file or folder");
    assert_string_equal(error.file, "lost.csv");
}

static void a_new_failure_forgets_the_place_of_the_last(void **state)
{
    (void)state;
    fs_error error = {0};
    fs_fail(&error, FS_DATA, "one");
    fs_error_at(&error, "a.csv", 3, "x");
    fs_error_remedy(&error, "do this");
    fs_fail(&error, FS_USAGE, "two");
    assert_int_equal(error.line, 0);
    assert_string_equal(error.file, "");
    assert_string_equal(error.column, "");
    assert_string_equal(error.remedy, "");
}

static void an_error_is_optional(void **state)
{
    (void)state;
    assert_int_equal(fs_fail(NULL, FS_BUSY, "x"), FS_BUSY);
    assert_int_equal(fs_fail_memory(NULL, 12), FS_MEMORY);
    errno = ENOMEM;
    assert_int_equal(fs_fail_errno(NULL, "read", "f"), FS_MEMORY);
}

/* Ends of all lengths, so that every cut through a 2-, 3- and 4-byte character is tried. */
static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    const char *const characters[] = {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    for (int kind = 0; kind < 3; kind++)
        for (size_t shift = 0; shift < 4; shift++) {
            char column[400] = "";
            memset(column, 'x', shift);
            while (strlen(column) + 5 < sizeof column) strcat(column, characters[kind]);
            fs_error error = {0};
            fs_fail(&error, FS_DATA, "m");
            fs_error_at(&error, NULL, 0, column);
            size_t kept = strlen(error.column), whole = strlen(characters[kind]);
            assert_true(kept < sizeof error.column);
            assert_true(kept + whole >= sizeof error.column - 1);
            assert_int_equal((kept - shift) % whole, 0);
            assert_memory_equal(error.column, column, kept);
        }
}

static void a_small_buffer_is_not_overrun(void **state)
{
    (void)state;
    fs_error error = {0};
    fs_fail(&error, FS_DATA, "a message that is longer than the room there is");
    fs_error_at(&error, "some-file.csv", 123456, "a column");
    fs_error_remedy(&error, "and a remedy");
    for (size_t room = 0; room < 120; room++) {
        char text[128];
        memset(text, '#', sizeof text);
        fs_error_format(&error, text, room);
        assert_int_equal(text[room], '#');
        if (room) assert_true(strlen(text) < room);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_codes_are_those_of_the_manual),
        cmocka_unit_test(a_failure_says_file_line_column_and_remedy),
        cmocka_unit_test(the_file_is_not_said_twice),
        cmocka_unit_test(a_new_failure_forgets_the_place_of_the_last),
        cmocka_unit_test(an_error_is_optional),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(a_small_buffer_is_not_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
