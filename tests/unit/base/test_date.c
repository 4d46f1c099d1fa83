/* Dates, against the C library's calendar and known days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include "foresell/base.h"

static void known_days_are_where_they_should_be(void **state)
{
    (void)state;
    assert_int_equal(fs_days_from_civil(1970, 1, 1), 0);
    assert_int_equal(fs_days_from_civil(1969, 12, 31), -1);
    assert_int_equal(fs_days_from_civil(2000, 2, 29), 11016);
    assert_int_equal(fs_days_from_civil(1899, 12, 30), -25569); /* day 0 of spreadsheets */
    assert_int_equal(fs_days_from_civil(0, 3, 1), -719468);
    assert_int_equal(fs_weekday(0), 4);
    assert_int_equal(fs_weekday(fs_days_from_civil(2026, 11, 23)), 1);
    assert_int_equal(fs_weekday(-4), 7);
}

static void every_day_of_centuries_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t day = -200000; day <= 200000; day++) {
        time_t seconds = (time_t)day * 86400;
        struct tm broken;
        gmtime_r(&seconds, &broken);
        fs_civil civil = fs_civil_from_days(day);
        assert_int_equal(civil.year, broken.tm_year + 1900);
        assert_int_equal(civil.month, broken.tm_mon + 1);
        assert_int_equal(civil.day, broken.tm_mday);
        assert_int_equal(fs_days_from_civil(civil.year, civil.month, civil.day), day);
        assert_int_equal(fs_weekday(day), broken.tm_wday ? broken.tm_wday : 7);
        assert_true(fs_civil_is_valid(civil.year, civil.month, civil.day));
    }
}

static void days_that_do_not_exist_are_not_valid(void **state)
{
    (void)state;
    assert_false(fs_civil_is_valid(2023, 2, 29));
    assert_false(fs_civil_is_valid(1900, 2, 29));
    assert_true(fs_civil_is_valid(2000, 2, 29));
    assert_false(fs_civil_is_valid(2024, 4, 31));
    assert_false(fs_civil_is_valid(2024, 0, 1));
    assert_false(fs_civil_is_valid(2024, 13, 1));
    assert_false(fs_civil_is_valid(2024, 1, 0));
    assert_false(fs_civil_is_valid(2024, 1, 32));
}

static void months_have_their_days(void **state)
{
    (void)state;
    assert_int_equal(fs_days_in_month(2023, 2), 28);
    assert_int_equal(fs_days_in_month(2024, 2), 29);
    assert_int_equal(fs_days_in_month(1900, 2), 28);
    assert_int_equal(fs_days_in_month(2023, 4), 30);
    assert_int_equal(fs_days_in_month(2023, 12), 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_have_their_days),
        cmocka_unit_test(known_days_are_where_they_should_be),
        cmocka_unit_test(every_day_of_centuries_agrees_with_the_c_library),
        cmocka_unit_test(days_that_do_not_exist_are_not_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
