/* Where the reader's week begins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "report_internal.h"

static void the_setting_is_heard_before_the_country(void **state)
{
    (void)state;
    assert_int_equal(fs_report_first_weekday("monday", "US"), 1);
    assert_int_equal(fs_report_first_weekday("sunday", "DE"), 7);
    assert_int_equal(fs_report_first_weekday("saturday", ""), 6);
}

static void a_country_has_its_own_week(void **state)
{
    (void)state;
    assert_int_equal(fs_report_first_weekday("", "US"), 7);
    assert_int_equal(fs_report_first_weekday("", "AG"), 7);
    assert_int_equal(fs_report_first_weekday("", "ZW"), 7);
    assert_int_equal(fs_report_first_weekday("", "EG"), 6);
    assert_int_equal(fs_report_first_weekday("", "SY"), 6);
    assert_int_equal(fs_report_first_weekday("", "GB"), 1);
}

static void else_it_is_monday(void **state)
{
    (void)state;
    assert_int_equal(fs_report_first_weekday("", ""), 1);
    assert_int_equal(fs_report_first_weekday("", "QQ"), 1);
    assert_int_equal(fs_report_first_weekday("", "S B"), 1);
    assert_int_equal(fs_report_first_weekday("", "G "), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_setting_is_heard_before_the_country),
        cmocka_unit_test(a_country_has_its_own_week),
        cmocka_unit_test(else_it_is_monday),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
