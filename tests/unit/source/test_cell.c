/* Cells as shops write them: integers, numbers, dates, times, words. */
#include <locale.h>
#include <math.h>

#include "source_test.h"

static fs_cell_state read_as(const char *format, const char *text, fs_cell *cell)
{
    fs_reading reading;
    fs_error error = {0};
    if (fs_reading_parse(format, &reading, &error) != FS_OK) fail_msg("%s", error.message);
    return fs_read_cell(text, strlen(text), reading, cell);
}

static void assert_integer(const char *text, int64_t expected)
{
    fs_cell cell = {0};
    if (read_as("integer", text, &cell) != FS_CELL_VALUE) fail_msg("\"%s\" is not read", text);
    assert_int_equal(cell.integer, expected);
}

static void assert_number(const char *format, const char *text, double expected)
{
    fs_cell cell = {0};
    if (read_as(format, text, &cell) != FS_CELL_VALUE)
        fail_msg("\"%s\" is not read as %s", text, format);
    if (memcmp(&cell.number, &expected, 8) != 0 && cell.number != expected)
        fail_msg("\"%s\" gives %.17g, not %.17g", text, cell.number, expected);
}

static void assert_bad(const char *format, const char *text)
{
    fs_cell cell = {0};
    if (read_as(format, text, &cell) != FS_CELL_BAD) fail_msg("\"%s\" is read as %s", text, format);
}

/* `expected` as year-month-day hour:minute:second, or days for a date. */
static void assert_moment(const char *format, const char *text, int year, int month, int day,
                          int hour, int minute, int second)
{
    fs_cell cell = {0};
    if (read_as(format, text, &cell) != FS_CELL_VALUE)
        fail_msg("\"%s\" is not read as %s", text, format);
    int64_t days = fs_days_from_civil(year, month, day);
    int64_t expected =
        format[0] == 'd' ? days : (days * 86400 + hour * 3600 + minute * 60 + second) * 1000000;
    if (cell.integer != expected)
        fail_msg("\"%s\" gives %lld, not %lld", text, (long long)cell.integer, (long long)expected);
}
#define DATE(order, text, y, m, d) assert_moment("date " order, text, y, m, d, 0, 0, 0)
#define TIME(order, text, y, m, d, hh, mm, ss)                                                     \
    assert_moment("time " order, text, y, m, d, hh, mm, ss)

static void readings_are_written_as_they_are_parsed(void **state)
{
    (void)state;
    static const char *const formats[] = {
        "text",     "integer",  "number",      "number ,",   "bool",      "date ymd",   "date dmy",
        "date mdy", "date ydm", "date serial", "time epoch", "date week", "date month", "time dmy"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        fs_reading reading;
        char text[32];
        assert_int_equal(fs_reading_parse(formats[i], &reading, NULL), FS_OK);
        fs_reading_format(reading, text, sizeof text);
        assert_string_equal(text, formats[i]);
    }
    static const char *const bad[] = {"",         "dates",  "date",   "date xyz",
                                      "number ;", "text x", "Integer"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fs_reading reading;
        fs_error error = {0};
        assert_int_equal(fs_reading_parse(bad[i], &reading, &error), FS_USAGE);
        assert_non_null(strstr(error.remedy, "date"));
    }
}

static void integers_may_have_signs_and_thousands(void **state)
{
    (void)state;
    assert_integer("0", 0);
    assert_integer(" 17\t", 17);
    assert_integer("-3", -3);
    assert_integer("+3", 3);
    assert_integer("3-", -3);
    assert_integer("(12)", -12);
    assert_integer("1,234", 1234);
    assert_integer("1 234 567", 1234567);
    assert_integer("1\xc2\xa0"
                   "234",
                   1234);
    assert_integer("12'345", 12345);
    assert_integer("1,00,000", 100000);
    assert_integer("9223372036854775807", INT64_MAX);
    assert_integer("-9223372036854775808", INT64_MIN);
    static const char *const bad[] = {
        "1.5", "12,34", "1,2345", ",123",      "1,234,56", "9223372036854775808",
        "1e3", "12a",   "0,123",  "1,234 567", "--1",      "$5",
        "5 %", "(1",    "C12"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_bad("integer", bad[i]);
}

static void numbers_have_a_point_or_a_comma(void **state)
{
    (void)state;
    assert_number("number", "1234.5", 1234.5);
    assert_number("number", "1,234.5", 1234.5);
    assert_number("number", "1'234'567.25", 1234567.25);
    assert_number("number", ".5", .5);
    assert_number("number", "5.", 5);
    assert_number("number", "-1.5e3", -1500);
    assert_number("number", "1E-2", .01);
    assert_number("number", "(12.00)", -12);
    assert_number("number", "12.50-", -12.5);
    assert_number("number", "$ 4.50", 4.5);
    assert_number("number", "-$4.50", -4.5);
    assert_number("number", "$-4.50", -4.5);
    assert_number("number", "4.50 \xe2\x82\xac", 4.5);
    assert_number("number",
                  "\xc2\xa3"
                  "1,000",
                  1000);
    assert_number("number", "EUR 3", 3);
    assert_number("number", "5 %", .05);
    assert_number("number",
                  "\xe2\x88\x92"
                  "7",
                  -7);
    assert_number("number ,", "1234,5", 1234.5);
    assert_number("number ,", "1.234,5", 1234.5);
    assert_number("number ,", "1.234", 1234);
    assert_number("number ,", "1 234,50 \xe2\x82\xac", 1234.5);
    assert_number("number ,", "-0,5", -.5);
    assert_number("number ,", "1,5e3", 1500);
    static const char *const bad[] = {"",   "abc", "1.2.3", "1,23.4", "1.5 kg",
                                      "e5", "1e",  "0x10",  "inf",    "1e999",
                                      "(5", "5)",  "$",     "%",      "1.234,5"};
    for (size_t i = 1; i < sizeof bad / sizeof *bad; i++) assert_bad("number", bad[i]);
    assert_bad("number ,", "1.5");
    assert_bad("number ,", "0.500");
}

static void numbers_are_right_to_the_last_bit(void **state)
{
    (void)state;
    uint64_t random = 11;
    for (int i = 0; i < 200000; i++) {
        char text[64];
        uint64_t digits = (uint64_t)next_random(&random) << 32 | next_random(&random);
        int scale = (int)(next_random(&random) % 20);
        if (i % 3 == 0) digits %= 100000000;
        if (i % 5 == 0)
            snprintf(text, sizeof text, "%.17g", (double)digits / pow(10, scale));
        else if (i % 5 == 1)
            snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, scale * 4 - 40);
        else
            snprintf(text, sizeof text, "%llu.%0*u", (unsigned long long)(digits >> 24),
                     scale / 2 + 1, next_random(&random) % 1000);
        assert_number("number", text, strtod(text, NULL));
    }
    assert_number("number", "9007199254740993", 9007199254740992.0);
    assert_number("number", "9007199254740993.0000000000000000000000000001", 9007199254740994.0);
    assert_number("number", "179769313486231570000000000000000000000", 1.7976931348623157e38);
    assert_number("number", "4.9e-324", 4.9e-324);
}

static void the_locale_does_not_matter(void **state)
{
    (void)state;
    if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8"))
        print_message("no locale with a decimal comma on this machine: checked in C only\n");
    assert_number("number", "1.5", 1.5);
    assert_number("number", "123456789012345678901234567890.5e-3",
                  123456789012345678901234567.8905);
    setlocale(LC_ALL, "C");
}

static void missing_words_are_missing_except_in_text(void **state)
{
    (void)state;
    static const char *const words[] = {
        "",  "  ",   "NA",    "n/a",     "NULL", "null",      "None",    "NaN",          "-",
        "?", "#N/A", "ERROR", "Unknown", "$-",   "\u20ac  -", "#DIV/0!", "not available"};
    static const char *const formats[] = {"integer", "number", "bool", "date ymd", "time dmy"};
    fs_cell cell;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (size_t j = 0; j < sizeof formats / sizeof *formats; j++)
            assert_int_equal(read_as(formats[j], words[i], &cell), FS_CELL_MISSING);
        assert_int_equal(read_as("text", words[i], &cell), i < 2 ? FS_CELL_MISSING : FS_CELL_VALUE);
    }
}

static void bools_are_the_usual_words(void **state)
{
    (void)state;
    static const char *const yes[] = {"true", "Yes", "Y", "t", "1"}, *const no[] = {"FALSE", "no",
                                                                                    "N", "F", "0"};
    fs_cell cell;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(read_as("bool", yes[i], &cell), FS_CELL_VALUE);
        assert_int_equal(cell.integer, 1);
        assert_int_equal(read_as("bool", no[i], &cell), FS_CELL_VALUE);
        assert_int_equal(cell.integer, 0);
    }
    assert_bad("bool", "2");
    assert_bad("bool", "maybe");
}

static void dates_are_read_in_every_order(void **state)
{
    (void)state;
    DATE("ymd", "2024-01-31", 2024, 1, 31);
    DATE("ymd", "2024/1/31", 2024, 1, 31);
    DATE("ymd", "20240131", 2024, 1, 31);
    DATE("ymd", "24-01-31", 2024, 1, 31);
    DATE("ymd", "2024-Jan-31", 2024, 1, 31);
    DATE("ymd", "1969-12-31", 1969, 12, 31);
    DATE("dmy", "31.1.2024", 2024, 1, 31);
    DATE("dmy", "31/01/24", 2024, 1, 31);
    DATE("dmy", "31 01 2024", 2024, 1, 31);
    DATE("dmy", "31012024", 2024, 1, 31);
    DATE("dmy", "01.02.70", 1970, 2, 1);
    DATE("dmy", "01.02.69", 2069, 2, 1);
    DATE("mdy", "1/31/2024", 2024, 1, 31);
    DATE("mdy", "01-31-24", 2024, 1, 31);
    DATE("mdy", "01312024", 2024, 1, 31);
    DATE("mdy", "January 31, 2024", 2024, 1, 31);
    DATE("mdy", "Wed, Jan 31 2024", 2024, 1, 31);
    DATE("ydm", "2024-31-01", 2024, 1, 31);
    DATE("ymd", "2024-02-29", 2024, 2, 29);
}

static void month_names_are_read_in_seven_languages(void **state)
{
    (void)state;
    DATE("dmy", "3 March 2024", 2024, 3, 3);
    DATE("dmy", "3. M\xc3\xa4rz 2024", 2024, 3, 3);
    DATE("dmy", "03-MAR-24", 2024, 3, 3);
    DATE("dmy", "03FEB2024", 2024, 2, 3);
    DATE("dmy",
         "12 d\xc3\xa9"
         "c. 2023",
         2023, 12, 12);
    DATE("dmy", "1 ao\xc3\xbbt 2023", 2023, 8, 1);
    DATE("dmy", "3 de febrero de 2024", 2024, 2, 3);
    DATE("dmy", "5 mar\xc3\xa7o 2024", 2024, 3, 5);
    DATE("dmy", "7 luglio 2024", 2024, 7, 7);
    DATE("dmy", "9 mei 2024", 2024, 5, 9);
    DATE("dmy", "9 Okt 2024", 2024, 10, 9);
    DATE("dmy", "mardi 5 mars 2024", 2024, 3, 5);
    assert_bad("date dmy", "5 jui 2024");
    assert_bad("date dmy", "5 foo 2024");
}

static void impossible_dates_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"31.2.2024",
                                      "29.2.2023",
                                      "32.1.2024",
                                      "1.13.2024",
                                      "0.1.2024",
                                      "1.1.202",
                                      "1.1.20245",
                                      "1-1/2024",
                                      "1.1",
                                      "1.1.2024 25:00",
                                      "1.1.2024 12:60",
                                      "1.1.2024x",
                                      "31.1.2024 12:00:00 13 pm",
                                      "31"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_bad("time dmy", bad[i]);
    assert_bad("date ymd", "2024-13-01");
    assert_bad("date ymd", "19870231");
    assert_bad("date ymd", "85000101");
}

static void weeks_months_and_quarters_begin_somewhere(void **state)
{
    (void)state;
    DATE("week", "2024-W07", 2024, 2, 12);
    DATE("week", "2024W01", 2024, 1, 1);
    DATE("week", "202407", 2024, 2, 12);
    DATE("week", "2020-53", 2020, 12, 28);
    DATE("week", "KW 7 2024", 2024, 2, 12);
    assert_bad("date week", "2024-W53");
    assert_bad("date week", "2024-W00");
    DATE("month", "2024-07", 2024, 7, 1);
    DATE("month", "202407", 2024, 7, 1);
    DATE("month", "Jul 2024", 2024, 7, 1);
    DATE("month", "07/2024", 2024, 7, 1);
    DATE("month", "Juli-24", 2024, 7, 1);
    DATE("month", "2024M07", 2024, 7, 1);
    DATE("month", "2024Q3", 2024, 7, 1);
    DATE("month", "Q1 2024", 2024, 1, 1);
    assert_bad("date month", "2024-13");
    assert_bad("date month", "12.2024");
}

static void times_of_day_follow_dates(void **state)
{
    (void)state;
    TIME("ymd", "2024-01-31 08:26:00", 2024, 1, 31, 8, 26, 0);
    TIME("ymd", "2024-01-31", 2024, 1, 31, 0, 0, 0);
    TIME("ymd", "2024-01-31T08:26", 2024, 1, 31, 8, 26, 0);
    TIME("ymd", "20240131T082605", 2024, 1, 31, 8, 26, 5);
    TIME("ymd", "20240131 0826", 2024, 1, 31, 8, 26, 0);
    TIME("ymd", "2024-01-31T08:26:00Z", 2024, 1, 31, 8, 26, 0);
    TIME("ymd", "2024-01-31T08:26:00+02:00", 2024, 1, 31, 6, 26, 0);
    TIME("ymd", "2024-01-31 23:26:00 -0230", 2024, 2, 1, 1, 56, 0);
    TIME("ymd", "2024-01-31 08:26:00 UTC", 2024, 1, 31, 8, 26, 0);
    TIME("mdy", "1/31/2024 12:05 AM", 2024, 1, 31, 0, 5, 0);
    TIME("mdy", "1/31/2024 12:05:06 p.m.", 2024, 1, 31, 12, 5, 6);
    TIME("mdy", "1/31/24 3:04pm", 2024, 1, 31, 15, 4, 0);
    TIME("dmy", "31.01.2024, 8:05", 2024, 1, 31, 8, 5, 0);
    TIME("dmy", "31.01.2024 24:00", 2024, 2, 1, 0, 0, 0);
    fs_cell cell;
    assert_int_equal(read_as("time ymd", "1970-01-01 00:00:01.25", &cell), FS_CELL_VALUE);
    assert_int_equal(cell.integer, 1250000);
    assert_int_equal(read_as("time ymd", "1969-12-31 23:59:59,999999", &cell), FS_CELL_VALUE);
    assert_int_equal(cell.integer, -1);
    assert_moment("date ymd", "1969-12-31 23:00:00", 1969, 12, 31, 0, 0, 0);
}

static void serials_and_epochs_are_numbers(void **state)
{
    (void)state;
    DATE("serial", "45322", 2024, 1, 31);
    TIME("serial", "45322.5", 2024, 1, 31, 12, 0, 0);
    TIME("serial", "40148.322916666664", 2009, 12, 1, 7, 45, 0);
    TIME("epoch", "1706659200", 2024, 1, 31, 0, 0, 0);
    TIME("epoch", "1706659200000", 2024, 1, 31, 0, 0, 0);
    TIME("epoch", "1706659200000000", 2024, 1, 31, 0, 0, 0);
    assert_bad("date serial", "0");
    assert_bad("date serial", "9999999");
    assert_bad("date serial", "x");
    assert_bad("time epoch", "1.2.3");
}

/* Every byte string of up to three awkward characters is read without harm by every reading. */
static void nonsense_is_refused_without_harm(void **state)
{
    (void)state;
    static const char bytes[] = "0129-/.,: TtZ+%$()eamW\xc3\xa9\xff\"'";
    static const char *const formats[] = {
        "text",     "integer",  "number",      "number ,",   "bool",      "date ymd",  "date dmy",
        "date mdy", "date ydm", "time serial", "time epoch", "date week", "date month"};
    uint64_t random = 5;
    for (int i = 0; i < 300000; i++) {
        char text[24];
        size_t size = next_random(&random) % sizeof text;
        for (size_t j = 0; j < size; j++)
            text[j] = bytes[next_random(&random) % (sizeof bytes - 1)];
        fs_reading reading;
        assert_int_equal(fs_reading_parse(formats[(size_t)i % (sizeof formats / sizeof *formats)],
                                          &reading, NULL),
                         FS_OK);
        char *exact = malloc(size ? size : 1);
        memcpy(exact, text, size);
        fs_cell cell;
        fs_cell_state s = fs_read_cell(exact, size, reading, &cell);
        if (s == FS_CELL_VALUE && reading.kind == FS_READ_NUMBER)
            assert_true(isfinite(cell.number));
        free(exact);
    }
}

static void currencies_stand_before_or_behind(void **state)
{
    (void)state;
    assert_number("number", "AUD 12.50", 12.5);
    assert_number("number ,",
                  "\xe2\x82\xba"
                  "1.234,50",
                  1234.5);
    assert_number("number",
                  "\xe2\x82\xb9"
                  "1,23,456.00",
                  123456);
    assert_number("number ,", "1 234,50 K\xc4\x8d", 1234.5);
    assert_number("number",
                  "\xef\xbf\xa5"
                  "1,200",
                  1200);
    assert_bad("number", "ABC 12.50");
}

static void assert_currency(const char *text, const char *own, const char *expected)
{
    char code[4];
    const char *found = fs_currency_written(text, own, code);
    if (!expected) {
        assert_null(found);
        return;
    }
    if (!found || strcmp(found, expected) != 0)
        fail_msg("\"%s\" is %s, not %s", text, found ? found : "nothing", expected);
}

static void signs_say_which_currency(void **state)
{
    (void)state;
    assert_currency("R$ 5,00", NULL, "BRL");
    assert_currency("$5", NULL, "USD");
    assert_currency("$5", "MXN", "MXN");
    assert_currency("$5", "EUR", "USD");
    assert_currency("Total (PLN)", NULL, "PLN");
    assert_currency("100 kr", NULL, NULL);
    assert_currency("100 kr", "DKK", "DKK");
    assert_currency("After 5", NULL, NULL);
    assert_currency("SEPARATE", NULL, NULL);
}

static void dates_have_east_asian_units(void **state)
{
    (void)state;
    assert_moment("date ymd",
                  "2023\xe5\xb9\xb4"
                  "1\xe6\x9c\x88"
                  "31\xe6\x97\xa5",
                  2023, 1, 31, 0, 0, 0);
    assert_moment("date ymd", "2023\xeb\x85\x84 1\xec\x9b\x94 31\xec\x9d\xbc", 2023, 1, 31, 0, 0,
                  0);
    assert_bad("date ymd", "2023\xe5\xb9\xb4"
                           "13\xe6\x9c\x88"
                           "31\xe6\x97\xa5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_are_written_as_they_are_parsed),
        cmocka_unit_test(integers_may_have_signs_and_thousands),
        cmocka_unit_test(numbers_have_a_point_or_a_comma),
        cmocka_unit_test(numbers_are_right_to_the_last_bit),
        cmocka_unit_test(the_locale_does_not_matter),
        cmocka_unit_test(missing_words_are_missing_except_in_text),
        cmocka_unit_test(bools_are_the_usual_words),
        cmocka_unit_test(dates_are_read_in_every_order),
        cmocka_unit_test(month_names_are_read_in_seven_languages),
        cmocka_unit_test(impossible_dates_are_refused),
        cmocka_unit_test(weeks_months_and_quarters_begin_somewhere),
        cmocka_unit_test(times_of_day_follow_dates),
        cmocka_unit_test(serials_and_epochs_are_numbers),
        cmocka_unit_test(currencies_stand_before_or_behind),
        cmocka_unit_test(signs_say_which_currency),
        cmocka_unit_test(dates_have_east_asian_units),
        cmocka_unit_test(nonsense_is_refused_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
