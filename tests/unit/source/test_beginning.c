/* What the beginning of a column says of all of it. */
#include "source_test.h"

static void add(fs_profile *profile, const char *cell)
{
    assert_int_equal(fs_profile_add(profile, 0, cell, strlen(cell), false), FS_OK);
}

/* The profile of `count` cells. */
static fs_column_profile profile_of(const char *const *cell, int count)
{
    fs_profile *profile;
    fs_error error = {0};
    assert_int_equal(fs_profile_open(1, &profile, &error), FS_OK);
    for (int i = 0; i < count; i++) add(profile, cell[i]);
    assert_int_equal(fs_profile_end(profile, &error), FS_OK);
    fs_column_profile out = *fs_profile_column(profile, 0);
    fs_profile_close(profile);
    return out;
}

static bool holds(const char *first, const char *second)
{
    const char *cell[] = {first, second};
    fs_column_profile p = profile_of(cell, 2);
    return fs_profile_holds(&p);
}

static void plain_columns_hold(void **state)
{
    (void)state;
    assert_true(holds("1", "-20"));
    assert_true(holds("1.5", "NA"));
    assert_true(holds("1,5", "2"));
    assert_true(holds("2024-01-31", "2024-02-01"));
    assert_true(holds("31/01/2024", ""));
    assert_true(holds("2024-01-31 10:30", "2024-02-01 11:00"));
    assert_true(holds("FOODS_1_001", "HOBBIES 2"));
    assert_true(holds("00123", "00124"));
}

static void what_more_cells_could_tell_otherwise_does_not_hold(void **state)
{
    (void)state;
    assert_false(holds("", "NA"));                   /* empty so far */
    assert_false(holds("true", "false"));            /* or a text */
    assert_false(holds("20240131", "20240131"));     /* a number, or a day */
    assert_false(holds("20240131", "20240201"));     /* a day, or a number */
    assert_false(holds("01/02/2024", "03/04/2024")); /* which is the month? */
    assert_false(holds("01/02/03", "02/03/04"));
    assert_false(holds("apple", "1")); /* half of it */
    assert_false(holds("1234567890123456", "1234567890123457"));
}

static fs_cell_state alike(const char *text, const char *format)
{
    fs_cell cell;
    fs_reading reading;
    assert_int_equal(fs_reading_parse(format, &reading, NULL), FS_OK);
    return fs_read_cell_alike(text, strlen(text), reading, &cell);
}

static void plain_cells_are_alike(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"17", "integer"},
                                           {" -3 ", "integer"},
                                           {"0", "integer"},
                                           {"1.25", "number"},
                                           {"-0.5", "number"},
                                           {"1e-05", "number"},
                                           {"3", "number"},
                                           {"1,25", "number ,"},
                                           {"2024-01-31", "date ymd"},
                                           {"31.1.2024", "date dmy"},
                                           {"2024-01-31 00:00:00", "date ymd"},
                                           {"2024-01-31 10:30", "time ymd"},
                                           {"any", "text"},
                                           {"yes", "bool"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal(alike(pairs[i][0], pairs[i][1]), FS_CELL_VALUE);
    assert_int_equal(alike("NA", "integer"), FS_CELL_MISSING);
    assert_int_equal(alike("  ", "date ymd"), FS_CELL_MISSING);
}

static void cells_that_could_turn_the_choice_are_not(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"007", "integer"},
                                           {"1,234", "integer"},
                                           {"1234567890123456", "integer"},
                                           {"2.5", "integer"},
                                           {"$ 3", "number"},
                                           {"5 %", "number"},
                                           {"1.", "number"},
                                           {"1e", "number"},
                                           {"1.5", "number ,"},
                                           {"20240131", "date ymd"},
                                           {"2024-01-31 10:30", "date ymd"},
                                           {"31.1.2024", "date ymd"},
                                           {"1O", "integer"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal(alike(pairs[i][0], pairs[i][1]), FS_CELL_BAD);
}

/* ---- any columns: where the beginning holds and the rest is alike, the whole reads the same ---- */

static uint64_t seed = 1;

static int below(int n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((seed >> 33) % (uint64_t)n);
}

static const char *const words[] = {"1",
                                    "2",
                                    "17",
                                    "-3",
                                    "0",
                                    "1.5",
                                    "2.25",
                                    "0.125",
                                    "1,5",
                                    "1,234",
                                    "1.234",
                                    "007",
                                    "1e5",
                                    "$ 4",
                                    "20240131",
                                    "20240201",
                                    "240131",
                                    "202401",
                                    "01022024",
                                    "2024-01-31",
                                    "2024-02-01",
                                    "2024-03-04",
                                    "01/02/2024",
                                    "13/02/2024",
                                    "02/13/24",
                                    "01/02/03",
                                    "31.1.2024",
                                    "2024-01",
                                    "2024-W05",
                                    "Jan 2024",
                                    "NA",
                                    "",
                                    "true",
                                    "no",
                                    "y",
                                    "apple",
                                    "C536365",
                                    "10:30",
                                    "2024-01-31 10:30",
                                    "12.2024",
                                    "1.2.2024",
                                    "2024-01-31 00:00:00",
                                    "1234567890123456",
                                    "EUR 5",
                                    "5 %",
                                    "01.02"};
#define WORDS ((int)(sizeof words / sizeof *words))

/* Cells of two or three words, each as often as it comes, and now and then one of all words. */
static void make_cells(const char **cell, int count)
{
    const char *usual[3] = {words[below(WORDS)], words[below(WORDS)], words[below(WORDS)]};
    int kinds = 1 + below(3), rare = below(3) ? 0 : 20;
    for (int i = 0; i < count; i++)
        cell[i] = rare && below(rare) == 0 ? words[below(WORDS)] : usual[below(kinds)];
}

static void what_holds_is_the_reading_of_the_whole(void **state)
{
    (void)state;
    const char *cell[400];
    int held = 0;
    for (int n = 0; n < 20000; n++) {
        int count = 2 + below(398), first = 1 + below(20);
        fs_cell value;
        make_cells(cell, count);
        if (first > count) first = count;
        fs_column_profile begins = profile_of(cell, first);
        if (!fs_profile_holds(&begins) || begins.reading.kind == FS_READ_TEXT) continue;
        bool all = true;
        for (int i = first; i < count; i++)
            all &=
                fs_read_cell_alike(cell[i], strlen(cell[i]), begins.reading, &value) != FS_CELL_BAD;
        if (!all) continue;
        fs_column_profile whole = profile_of(cell, count);
        held++;
        if (memcmp(&whole.reading, &begins.reading, sizeof whole.reading) != 0 ||
            whole.unread > 0 || whole.leading_zeros)
            fail_msg("%s, %s, %s … reads otherwise to the end", cell[0], cell[1], cell[count - 1]);
    }
    assert_true(held > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_columns_hold),
        cmocka_unit_test(what_more_cells_could_tell_otherwise_does_not_hold),
        cmocka_unit_test(plain_cells_are_alike),
        cmocka_unit_test(cells_that_could_turn_the_choice_are_not),
        cmocka_unit_test(what_holds_is_the_reading_of_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
