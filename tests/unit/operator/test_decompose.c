/* The operator decompose, from Arrow to Arrow. */
#include "series_helpers.h"

#include "foresell/demand.h"
#include "foresell/numeric.h"

static fs_status apply(const char *text, const row *rows, int count, int cut, fs_buffer *out,
                       fs_buffer *heads, fs_error *error)
{
    return apply_to("decompose", text, rows, count, cut, out, heads, error);
}

static void refuse(const char *text, const char *words)
{
    const row rows[] = {{"a", 0, 1}, {"a", 1, 2}};
    fs_buffer out = {0};
    fs_error error = {0};
    assert_int_equal(apply(text, rows, 2, 2, &out, NULL, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "operator decompose"));
    if (!strstr(error.message, words)) print_message("%s\n", error.message);
    assert_non_null(strstr(error.message, words));
    fs_buffer_free(&out);
}

static void each_season_has_a_column_in_the_order_of_the_list(void **state)
{
    (void)state;
    row rows[40];
    fs_buffer out = {0}, heads = {0};
    for (int i = 0; i < 40; i++) rows[i] = (row){"a", i, i % 2 ? 10 : 20};
    assert_int_equal(apply("season = [30, 2, 1], robust = 0", rows, 40, 7, &out, &heads, NULL),
                     FS_OK);
    assert_string_equal(heads.data,
                        "item period value trend season season30 season2 season1 remainder note ");
    assert_non_null(strstr(out.data, "season 30 left out: fewer than two cycles known\n"));
    double trend = 0, season = 0, longer = 1, shorter = 0, none = 1, remainder = 1;
    assert_int_equal(sscanf(out.data, "a,0,20,%lf,%lf,%lf,%lf,%lf,%lf,", &trend, &season, &longer,
                            &shorter, &none, &remainder),
                     6);
    assert_true(fabs(trend - 15) < 1e-6 && fabs(season - 5) < 1e-6 && fabs(remainder) < 1e-6);
    assert_true(longer == 0 && none == 0 && shorter == season);
    fs_buffer_free(&out), fs_buffer_free(&heads);
}

static void without_a_list_the_season_follows_from_the_period(void **state)
{
    (void)state;
    row rows[70];
    fs_buffer days = {0}, week = {0}, heads = {0};
    for (int i = 0; i < 70; i++) rows[i] = (row){"a", i, 10 + i % 7};
    assert_int_equal(apply("", rows, 70, 70, &days, &heads, NULL), FS_OK);
    assert_string_equal(heads.data, "item period value trend season remainder note ");
    assert_non_null(strstr(days.data, ",null\n"));
    for (int i = 0; i < 70; i++) rows[i].day *= 7; /* weeks: the season is 52, and too long */
    assert_int_equal(apply("", rows, 70, 70, &week, NULL, NULL), FS_OK);
    assert_non_null(strstr(week.data, ",season 52 left out: fewer than two cycles known\n"));
    fs_buffer_free(&days), fs_buffer_free(&week), fs_buffer_free(&heads);
}

static void what_is_not_known_has_a_trend_and_no_remainder(void **state)
{
    (void)state;
    const row rows[] = {{"a", 0, 5}, {"a", 1, NAN}, {"a", 3, 5}, {"b", 0, NAN}, {"c", 9, 7}};
    expect_from("decompose", "season = 1", rows, 5,
                "a,0,5,5,0,0,0,2 of 4 values missing\n"
                "a,1,null,5,0,0,null,2 of 4 values missing\n"
                "a,3,5,5,0,0,0,2 of 4 values missing\n"
                "b,0,null,null,null,null,null,no value known\n"
                "c,9,7,7,0,0,0,null\n");
}

static void absent_periods_are_zeros_where_the_user_says_so(void **state)
{
    (void)state;
    row sparse[200], dense[200];
    fs_buffer few = {0}, all = {0}, missing = {0};
    int count = 0;
    for (int i = 0; i < 200; i++) {
        dense[i] = (row){"a", i, i % 3 ? 5 + i % 7 : 0};
        if (i % 3 || i == 0 || i == 199) sparse[count++] = dense[i];
    }
    assert_int_equal(apply("period = day, absent = zero", sparse, count, 9, &few, NULL, NULL),
                     FS_OK);
    assert_int_equal(apply("period = day", dense, 200, 9, &all, NULL, NULL), FS_OK);
    assert_int_equal(apply("period = day", sparse, count, 9, &missing, NULL, NULL), FS_OK);
    for (const char *line = few.data; *line; line = strchr(line, '\n') + 1) {
        char text[300];
        snprintf(text, sizeof text, "%.*s", (int)strcspn(line, "\n"), line);
        assert_non_null(strstr(all.data, text));
    }
    assert_non_null(strstr(missing.data, "66 of 200 values missing\n"));
    fs_buffer_free(&few), fs_buffer_free(&all), fs_buffer_free(&missing);
}

static void what_is_mostly_zero_or_uneven_is_said(void **state)
{
    (void)state;
    row rows[60];
    fs_buffer out = {0};
    for (int i = 0; i < 60; i++) rows[i] = (row){"a", i, i % 5 ? 0 : 3};
    assert_int_equal(apply("", rows, 60, 60, &out, NULL, NULL), FS_OK);
    assert_non_null(strstr(out.data, ",mostly zeros, all count the same\n"));
    fs_buffer_clear(&out);
    assert_int_equal(apply("robust = 0", rows, 60, 60, &out, NULL, NULL), FS_OK);
    assert_null(strstr(out.data, "mostly"));
    fs_buffer_free(&out);
}

static void a_season_named_twice_counts_once(void **state)
{
    (void)state;
    row rows[60];
    fs_buffer once = {0}, twice = {0};
    for (int i = 0; i < 60; i++) rows[i] = (row){"a", i, 3 + i % 7};
    assert_int_equal(apply("season = [7, 3]", rows, 60, 60, &once, NULL, NULL), FS_OK);
    assert_int_equal(apply("season = [7, 3, 7.0]", rows, 60, 60, &twice, NULL, NULL), FS_OK);
    assert_string_equal(once.data, twice.data);
    fs_buffer_free(&once);
    fs_buffer_free(&twice);
}

static void seasons_that_cannot_be_are_refused(void **state)
{
    (void)state;
    refuse("season = [7, 30.5]", "'30.5', but seasons are whole numbers");
    refuse("season = [2, 3, 4, 5, 6, 7, 8, 9, 10]", "'10', but there may be 8 seasons at most");
    refuse("season = 0", "must lie from 1 to 10000");
    refuse("season = week", "must be a number");
    refuse("robust = 51", "must lie from 0 to 50");
}

static void rows_may_be_cut_anywhere_and_neighbours_do_not_matter(void **state)
{
    (void)state;
    static const char *const items[] = {"a", "b", "c"};
    row rows[900];
    fs_buffer whole = {0}, cut = {0}, alone = {0};
    fs_random random = fs_random_open(6, 0, 0, 0);
    for (int i = 0; i < 900; i++)
        rows[i] = (row){items[i / 300], i % 300, (double)fs_random_poisson(&random, 4 + i % 7)};
    static const char text[] = "season = [7, 91], robust = 3, window = 8";
    assert_int_equal(apply(text, rows, 900, 900, &whole, NULL, NULL), FS_OK);
    for (int size = 1; size < 900; size = size * 5 + 3) {
        fs_buffer_clear(&cut);
        assert_int_equal(apply(text, rows, 900, size, &cut, NULL, NULL), FS_OK);
        assert_string_equal(cut.data, whole.data);
    }
    assert_int_equal(apply(text, rows + 600, 300, 50, &alone, NULL, NULL), FS_OK);
    assert_string_equal(strstr(whole.data, "\nc,") + 1, alone.data);
    fs_buffer_free(&whole), fs_buffer_free(&cut), fs_buffer_free(&alone);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    row rows[300];
    for (int i = 0; i < 300; i++) rows[i] = (row){i < 100 ? "a" : "b", i, i % 7};
    bool failed = true;
    int64_t n = 0;
    const fs_operator *op = fs_operator_find("decompose", NULL);
    for (; failed && n < 2000; n++) {
        fs_status status = apply_failing(op, "season = [7, 30]", rows, 300, n, &failed);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
    }
    assert_in_range(n, 20, 1999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_season_has_a_column_in_the_order_of_the_list),
        cmocka_unit_test(without_a_list_the_season_follows_from_the_period),
        cmocka_unit_test(what_is_not_known_has_a_trend_and_no_remainder),
        cmocka_unit_test(absent_periods_are_zeros_where_the_user_says_so),
        cmocka_unit_test(what_is_mostly_zero_or_uneven_is_said),
        cmocka_unit_test(a_season_named_twice_counts_once),
        cmocka_unit_test(seasons_that_cannot_be_are_refused),
        cmocka_unit_test(rows_may_be_cut_anywhere_and_neighbours_do_not_matter),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
