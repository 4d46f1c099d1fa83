/* Steps of dates, times and integers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "foresell/forecast.h"

static int64_t day(int year, int month, int d) { return fs_days_from_civil(year, month, d); }

static fs_step infer(fs_period_kind kind, const int64_t *period, int64_t count, const char *name)
{
    fs_step step;
    fs_step_infer(kind, period, count, name, &step);
    return step;
}

static void days_and_weeks_are_seen_through_gaps(void **state)
{
    (void)state;
    const int64_t daily[] = {10, 11, 14, 15}, weekly[] = {10, 24, 45};
    fs_step step = infer(FS_PERIOD_DATE, daily, 4, "auto");
    assert_int_equal(step.size, 1);
    assert_int_equal(fs_step_season(&step), 7);
    step = infer(FS_PERIOD_DATE, weekly, 3, "auto");
    assert_int_equal(step.size, 7);
    assert_int_equal(fs_step_season(&step), 52);
    assert_int_equal(fs_step_between(&step, 10, 45), 5);
    assert_int_equal(fs_step_add(&step, 45, 2), 59);
}

static void months_are_calendar_months(void **state)
{
    (void)state;
    const int64_t first[] = {day(2023, 11, 1), day(2023, 12, 1), day(2024, 3, 1)};
    fs_step step = infer(FS_PERIOD_DATE, first, 3, "auto");
    assert_int_equal(step.months, 1);
    assert_int_equal(fs_step_between(&step, first[0], first[2]), 4);
    assert_int_equal(fs_step_add(&step, first[2], 10), day(2025, 1, 1));
    assert_int_equal(fs_step_add(&step, first[2], -3), day(2023, 12, 1));
    assert_int_equal(fs_step_season(&step), 12);
}

static void last_days_of_months_stay_last_days(void **state)
{
    (void)state;
    const int64_t last[] = {day(2023, 11, 30), day(2023, 12, 31), day(2024, 1, 31)};
    fs_step step = infer(FS_PERIOD_DATE, last, 3, "auto");
    assert_int_equal(step.months, 1);
    assert_int_equal(fs_step_add(&step, last[2], 1), day(2024, 2, 29));
    assert_int_equal(fs_step_add(&step, last[2], 3), day(2024, 4, 30));
    assert_int_equal(fs_step_add(&step, last[2], 4), day(2024, 5, 31));
}

static void quarters_and_years_are_seen(void **state)
{
    (void)state;
    const int64_t quarters[] = {day(2023, 1, 1), day(2023, 4, 1), day(2023, 7, 1)};
    const int64_t years[] = {day(2020, 2, 29), day(2021, 2, 28), day(2024, 2, 29)};
    fs_step step = infer(FS_PERIOD_DATE, quarters, 3, "auto");
    assert_int_equal(step.months, 3);
    assert_int_equal(fs_step_season(&step), 4);
    step = infer(FS_PERIOD_DATE, years, 3, "auto");
    assert_int_equal(step.months, 12);
    assert_int_equal(fs_step_add(&step, years[2], 1), day(2025, 2, 28));
    assert_int_equal(fs_step_season(&step), 1);
}

static void one_period_alone_takes_the_named_step(void **state)
{
    (void)state;
    const int64_t one[] = {day(2024, 1, 15)};
    fs_step step = infer(FS_PERIOD_DATE, one, 1, "month");
    assert_int_equal(fs_step_add(&step, one[0], 1), day(2024, 2, 15));
    step = infer(FS_PERIOD_DATE, one, 1, "week");
    assert_int_equal(fs_step_add(&step, one[0], 1), one[0] + 7);
    step = infer(FS_PERIOD_DATE, one, 1, "auto");
    assert_int_equal(fs_step_add(&step, one[0], 1), one[0] + 1);
}

static void hours_of_time_are_seen(void **state)
{
    (void)state;
    const int64_t hour = INT64_C(3600000000), times[] = {hour * 5, hour * 6, hour * 9};
    fs_step step = infer(FS_PERIOD_TIME, times, 3, "auto");
    assert_int_equal(step.size, hour);
    assert_int_equal(fs_step_season(&step), 24);
}

static void extreme_integers_neither_overflow_nor_fill_memory(void **state)
{
    (void)state;
    const int64_t wild[] = {INT64_MIN, 0, INT64_MAX}, primes[] = {2, 1000003, 2000000011};
    fs_step step = infer(FS_PERIOD_INTEGER, wild, 3, "auto");
    assert_true(step.size > 0);
    fs_step_add(&step, INT64_MAX, 100);
    step = infer(FS_PERIOD_INTEGER, primes, 3, "auto");
    assert_true(step.irregular);
    step = infer(FS_PERIOD_DATE, wild, 3, "month");
    fs_step_between(&step, INT64_MIN, INT64_MAX);
    fs_step none = {.kind = FS_PERIOD_DATE, .irregular = true};
    assert_int_equal(fs_step_between(&none, 1, 100), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_weeks_are_seen_through_gaps),
        cmocka_unit_test(months_are_calendar_months),
        cmocka_unit_test(last_days_of_months_stay_last_days),
        cmocka_unit_test(quarters_and_years_are_seen),
        cmocka_unit_test(one_period_alone_takes_the_named_step),
        cmocka_unit_test(hours_of_time_are_seen),
        cmocka_unit_test(extreme_integers_neither_overflow_nor_fill_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
