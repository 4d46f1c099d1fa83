/* Profiles of whole columns, and the reading that is chosen for them. */
#include <math.h>

#include "source_test.h"

/* The profile of a column whose cells stand in `cells`, parted by '|', `times` times over. */
static fs_column_profile profile_of(const char *cells, int times)
{
    fs_profile *profile;
    fs_error error = {0};
    assert_int_equal(fs_profile_open(1, &profile, &error), FS_OK);
    for (int i = 0; i < times; i++)
        for (const char *p = cells;; p++) {
            size_t bytes = strcspn(p, "|");
            assert_int_equal(fs_profile_add(profile, 0, p, bytes, false), FS_OK);
            p += bytes;
            if (!*p) break;
        }
    assert_int_equal(fs_profile_end(profile, &error), FS_OK);
    fs_column_profile out = *fs_profile_column(profile, 0);
    fs_profile_close(profile);
    return out;
}

static void assert_reading(const char *cells, const char *expected)
{
    fs_column_profile p = profile_of(cells, 1);
    char format[32];
    fs_reading_format(p.reading, format, sizeof format);
    if (strcmp(format, expected) != 0)
        fail_msg("%s: read as \"%s\", not \"%s\"", cells, format, expected);
}

static void plain_columns_get_the_plain_reading(void **state)
{
    (void)state;
    assert_reading("1|2|3", "integer");
    assert_reading("1|-2|3,000", "integer");
    assert_reading("1|2.5|3", "number");
    assert_reading("$ 4.50|(3.00)|5 %", "number");
    assert_reading("yes|no|yes", "bool");
    assert_reading("0|1|1|0", "integer");
    assert_reading("apple|pear", "text");
    assert_reading("|NA||-", "text");
    assert_reading("", "text");
    assert_reading("2024-01-31|2024-02-01", "date ymd");
    assert_reading("2024-01-31 08:26:00|2024-02-01 00:00:00", "time ymd");
    assert_reading("2024-01-31 00:00:00|2024-02-01 00:00:00", "date ymd");
    assert_reading("Jan 2024|Feb 2024", "date month");
    assert_reading("2024-W01|2024-W52", "date week");
}

/* `numbers` a hundred times over, and one cell of digits and letters in a hundred. */
static fs_reading_kind with_slips(const char *numbers)
{
    fs_buffer cells = {0};
    for (int i = 0; i < 100; i++) {
        assert_int_equal(fs_buffer_text(&cells, numbers), FS_OK);
        assert_int_equal(fs_buffer_text(&cells, "|"), FS_OK);
    }
    assert_int_equal(fs_buffer_text(&cells, "1O|1O"), FS_OK);
    fs_column_profile p = profile_of(cells.data, 1);
    fs_buffer_free(&cells);
    return p.reading.kind;
}

static void a_slip_in_quantities_makes_them_no_codes(void **state)
{
    (void)state;
    assert_int_equal(with_slips("1|2|1|3|12"), FS_READ_INTEGER);
    assert_int_equal(with_slips("100|-200|300|400|500|600"), FS_READ_INTEGER);
    assert_int_equal(with_slips("100.50|200|300|400|500|600"), FS_READ_NUMBER);
    assert_int_equal(with_slips("71053|22752|21730|21731|21732|84029"), FS_READ_TEXT);
}

static void codes_stay_text(void **state)
{
    (void)state;
    assert_reading("00123|00124|10000", "text");
    assert_reading("12345678901234567|12345678901234568", "text");
    assert_reading("85123A|71053|84406B|84029G", "text");
    assert_reading("0|a|b|c|0|0", "text");
}

/* The invoice number that turns into C536415 in one row of sixty. */
static void a_few_codes_among_numbers_make_text(void **state)
{
    (void)state;
    fs_buffer cells = {0};
    for (int i = 0; i < 3000; i++)
        assert_int_equal(
            fs_buffer_printf(&cells, "%s%s%d", i ? "|" : "", i % 60 == 59 ? "C" : "", 536365 + i),
            FS_OK);
    fs_column_profile p = profile_of(cells.data, 1);
    assert_int_equal(p.reading.kind, FS_READ_TEXT);
    assert_int_equal(p.mixed, 50);
    fs_buffer_free(&cells);
}

static void a_few_bad_cells_are_counted_not_followed(void **state)
{
    (void)state;
    fs_buffer cells = {0};
    for (int i = 0; i < 300; i++) assert_int_equal(fs_buffer_printf(&cells, "%d|", i), FS_OK);
    assert_int_equal(fs_buffer_text(&cells, "soon|later||NA"), FS_OK);
    fs_column_profile p = profile_of(cells.data, 1);
    assert_int_equal(p.reading.kind, FS_READ_INTEGER);
    assert_int_equal(p.unread, 2);
    assert_int_equal(p.missing, 2);
    assert_int_equal(p.rows, 304);
    fs_buffer_free(&cells);
}

static void the_decimal_mark_is_decided_by_the_whole_column(void **state)
{
    (void)state;
    assert_reading("1,5|2,25|1.234,50|1,234|17", "number ,");
    assert_reading("1.5|2.25|1,234.50|1,234|17", "number");
    assert_reading("1,234|5,678", "integer");
    assert_reading("1.234|5.678", "number");
    assert_true(profile_of("1.234|5.678", 1).decimal_ambiguous);
    assert_false(profile_of("1.234|5.67", 1).decimal_ambiguous);
    assert_true(profile_of("0.500|1.250", 1).reading.decimal == '.');
}

static void the_date_order_is_decided_by_the_whole_column(void **state)
{
    (void)state;
    assert_reading("01/02/2024|03/04/2024|13/04/2024", "date dmy");
    assert_reading("01/02/2024|03/04/2024|03/14/2024", "date mdy");
    assert_reading("01/02/2024 3:04 PM|03/04/2024 10:00 AM", "time mdy");
    assert_reading("01.02.2024|03.04.2024", "date dmy");
    assert_true(profile_of("01/02/2024|03/04/2024", 1).date_ambiguous);
    assert_false(profile_of("01/02/2024|13/04/2024", 1).date_ambiguous);
    assert_false(profile_of("01/01/2024|02/02/2024", 1).date_ambiguous);
    assert_false(profile_of("2024-01-02|2024-03-04", 1).date_ambiguous);
}

static void two_digit_years_are_found_by_the_shorter_span(void **state)
{
    (void)state;
    assert_reading("01/02/23|28/02/23|30/03/23", "date dmy");
    assert_reading("02/01/23|02/28/23|03/30/23", "date mdy");
    assert_reading("23-02-01|23-02-28|23-03-30", "date ymd");
}

static void the_order_of_most_dates_is_taken(void **state)
{
    (void)state;
    fs_column_profile p = profile_of("13/01/2023|14/01/2023|15/01/2023|2023-01-16", 1);
    assert_int_equal(p.reading.kind, FS_READ_DATE);
    assert_int_equal(p.reading.order, FS_DMY);
    assert_int_equal(p.unread, 1);
}

static void dates_of_a_second_format_are_left_unread(void **state)
{
    (void)state;
    fs_buffer cells = {0};
    for (int i = 0; i < 200; i++)
        assert_int_equal(fs_buffer_printf(&cells, "%s2024-01-%02d", i ? "|" : "", 1 + i % 28),
                         FS_OK);
    assert_int_equal(fs_buffer_text(&cells, "|31/01/2024|30/01/2024"), FS_OK);
    fs_column_profile p = profile_of(cells.data, 1);
    assert_int_equal(p.reading.kind, FS_READ_DATE);
    assert_int_equal(p.reading.order, FS_YMD);
    assert_int_equal(p.unread, 2);
    assert_int_equal(p.dates[FS_DMY], 2);
    fs_buffer_free(&cells);
}

static void bare_digits_are_dates_only_all_together(void **state)
{
    (void)state;
    assert_reading("20240131|20240201", "date ymd");
    assert_reading("31012024|01022024", "date dmy");
    assert_reading("20240131|20240232", "integer");
    assert_reading("202401|202412", "date month");
    assert_reading("202401|202452", "date week");
    assert_reading("202401|999999", "integer");
    assert_reading("45322|45323", "integer");
    assert_int_equal(profile_of("45322|45323", 1).dates[FS_DATE_SERIAL], 2);
    assert_int_equal(profile_of("367|1111009477000", 1).dates[FS_DATE_SERIAL], 0);
    assert_int_equal(profile_of("1706659200|1706659201", 1).dates[FS_DATE_EPOCH], 2);
}

static void numbers_are_summed_up(void **state)
{
    (void)state;
    fs_column_profile p = profile_of("3|-1.5|0|0|NA|10", 1000);
    assert_int_equal(p.rows, 6000);
    assert_int_equal(p.missing, 1000);
    assert_int_equal(p.negative, 1000);
    assert_int_equal(p.zero, 2000);
    assert_int_equal(p.fractional, 1000);
    assert_true(p.least == -1.5 && p.greatest == 10);
    assert_true(fabs(p.mean - 2.3) < 1e-12);
    assert_false(p.ascending);
    p = profile_of("1e308|1e308|1.7e308", 10);
    assert_true(isfinite(p.mean));
}

static void lengths_count_characters_and_examples_are_distinct(void **state)
{
    (void)state;
    fs_column_profile p = profile_of("caf\xc3\xa9|x|caf\xc3\xa9|tea for two", 3);
    assert_int_equal(p.shortest, 1);
    assert_int_equal(p.longest, 11);
    assert_int_equal(p.examples, 3);
    assert_string_equal(p.example[0], "caf\xc3\xa9");
    assert_string_equal(p.example[2], "tea for two");
}

static void ascending_is_seen_by_the_chosen_reading(void **state)
{
    (void)state;
    assert_true(profile_of("2|9|10|10|NA|11", 1).ascending);
    assert_false(profile_of("2|9|10|3", 1).ascending);
    assert_true(profile_of("31.12.2023|01.01.2024|02.01.2024", 1).ascending);
    assert_false(profile_of("01.02.2024|31.01.2024", 1).ascending);
    assert_true(profile_of("a|b|b|c", 1).ascending);
    assert_false(profile_of("b|a", 1).ascending);
}

static void missing_words_are_values_of_text(void **state)
{
    (void)state;
    assert_int_equal(profile_of("apple|NA||None", 1).missing, 1);
    assert_int_equal(profile_of("1|NA||None", 1).missing, 3);
}

/* ---- distinct values ---- */

static fs_profile *numbered(int from, int to, int step)
{
    fs_profile *profile;
    fs_error error = {0};
    assert_int_equal(fs_profile_open(1, &profile, &error), FS_OK);
    for (int i = from; i < to; i += step) {
        char text[32];
        int bytes = snprintf(text, sizeof text, "item-%d", i);
        assert_int_equal(fs_profile_add(profile, 0, text, (size_t)bytes, false), FS_OK);
    }
    assert_int_equal(fs_profile_end(profile, &error), FS_OK);
    return profile;
}

static void few_distinct_values_are_counted_and_many_estimated(void **state)
{
    (void)state;
    fs_profile *few = numbered(0, 1000, 1), *many = numbered(0, 200000, 1);
    assert_true(fs_profile_column(few, 0)->distinct == 1000);
    double estimate = fs_profile_column(many, 0)->distinct;
    assert_true(estimate > 180000 && estimate < 220000);
    fs_profile_close(few);
    fs_profile_close(many);
}

static void how_much_of_one_column_lies_in_another_is_estimated(void **state)
{
    (void)state;
    fs_profile *all = numbered(0, 100000, 1), *odd = numbered(1, 100000, 2),
               *few = numbered(0, 50, 1), *other = numbered(500000, 600000, 1);
    const fs_column_profile *a = fs_profile_column(all, 0), *o = fs_profile_column(odd, 0),
                            *f = fs_profile_column(few, 0), *x = fs_profile_column(other, 0);
    assert_true(fs_profile_within(o, a) == 1);
    assert_true(fabs(fs_profile_within(a, o) - .5) < .06);
    assert_true(fs_profile_within(a, x) == 0);
    assert_true(fs_profile_within(f, f) == 1);
    fs_profile_close(all);
    fs_profile_close(odd);
    fs_profile_close(few);
    fs_profile_close(other);
}

static void each_allocation_of_a_profile_may_fail(void **state)
{
    (void)state;
    fs_profile *profile;
    int64_t n = 0;
    for (;; n++) {
        fs_error error = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_profile_open(3, &profile, &error);
        fs_alloc_fail_after(-1);
        if (status == FS_OK) break;
        assert_int_equal(status, FS_MEMORY);
        assert_null(profile);
    }
    assert_int_equal(n, 3);
    fs_profile_close(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_columns_get_the_plain_reading),
        cmocka_unit_test(a_slip_in_quantities_makes_them_no_codes),
        cmocka_unit_test(codes_stay_text),
        cmocka_unit_test(a_few_codes_among_numbers_make_text),
        cmocka_unit_test(a_few_bad_cells_are_counted_not_followed),
        cmocka_unit_test(the_decimal_mark_is_decided_by_the_whole_column),
        cmocka_unit_test(the_date_order_is_decided_by_the_whole_column),
        cmocka_unit_test(two_digit_years_are_found_by_the_shorter_span),
        cmocka_unit_test(the_order_of_most_dates_is_taken),
        cmocka_unit_test(dates_of_a_second_format_are_left_unread),
        cmocka_unit_test(bare_digits_are_dates_only_all_together),
        cmocka_unit_test(numbers_are_summed_up),
        cmocka_unit_test(lengths_count_characters_and_examples_are_distinct),
        cmocka_unit_test(ascending_is_seen_by_the_chosen_reading),
        cmocka_unit_test(missing_words_are_values_of_text),
        cmocka_unit_test(few_distinct_values_are_counted_and_many_estimated),
        cmocka_unit_test(how_much_of_one_column_lies_in_another_is_estimated),
        cmocka_unit_test(each_allocation_of_a_profile_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
