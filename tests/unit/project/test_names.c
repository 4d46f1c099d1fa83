/* Names of files as periods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "foresell/base.h"
#include "names_internal.h"

static void assert_day(const char *path, const char *expected)
{
    int64_t day = 0;
    char text[16] = "none";
    if (fs_project_name_date(path, &day)) {
        fs_civil c = fs_civil_from_days(day);
        snprintf(text, sizeof text, "%04d-%02d-%02d", (int)c.year % 10000, (int)c.month % 100,
                 (int)c.day % 100);
    }
    if (strcmp(text, expected) != 0) fail_msg("%s is %s, not %s", path, text, expected);
}

static void names_of_files_tell_days_weeks_and_months(void **state)
{
    (void)state;
    assert_day("in/turnover_2023-01.csv", "2023-01-01");
    assert_day("sales 20230131.csv.gz", "2023-01-31");
    assert_day("Umsatz Januar 2023.xlsx", "2023-01-01");
    assert_day("ventas_enero_2023.csv", "2023-01-01");
    assert_day("2023-W05.csv", "2023-01-30");
    assert_day("Q2-2023 report.csv", "2023-04-01");
    assert_day("2023-01/store_7.csv", "none");
    assert_day("sales_v2.csv", "none");
    assert_day("sales_2023.csv", "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_files_tell_days_weeks_and_months),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
