/* The operator change_points, from Arrow to Arrow. */
#include "series_helpers.h"

#include "foresell/demand.h"
#include "foresell/numeric.h"

static fs_status apply(const char *text, const row *rows, int count, int cut, fs_buffer *out,
                       fs_buffer *heads)
{
    return apply_to("change_points", text, rows, count, cut, out, heads, NULL);
}

static void a_change_is_a_row_and_no_change_is_none(void **state)
{
    (void)state;
    row rows[160];
    fs_buffer heads = {0}, out = {0};
    for (int i = 0; i < 160; i++) rows[i] = (row){i < 80 ? "a" : "b", i % 80, i < 40 ? 8 : 4};
    assert_int_equal(apply("season = 1, minimum = 8", rows, 160, 7, &out, &heads), FS_OK);
    assert_string_equal(heads.data,
                        "item period before after change low high certainty lasted note ");
    double before = 0, after = 0, change = 0, low = 0, high = 0, certainty = 0;
    assert_int_equal(sscanf(out.data, "a,40,%lf,%lf,%lf,%lf,%lf,%lf,40,", &before, &after, &change,
                            &low, &high, &certainty),
                     6);
    assert_true(fabs(before - 8) < 1e-6 && fabs(after - 4) < 1e-6 && fabs(change + 0.5) < 1e-6);
    assert_true(low < change && change < high && certainty > 0.99 && certainty <= 1);
    assert_non_null(strstr(out.data, ",no other year to compare with: may be the season of the "
                                     "year\n"));
    assert_null(strstr(out.data, "\nb,"));
    fs_buffer_free(&out), fs_buffer_free(&heads);
}

static void absent_periods_are_zeros_where_the_user_says_so(void **state)
{
    (void)state;
    row rows[400];
    int count = 0;
    fs_buffer zero = {0}, missing = {0};
    for (int i = 0; i < 400; i++) /* every second day; from day 200 on every eighth */
        if (i % (i < 200 ? 2 : 8) == 0) rows[count++] = (row){"a", i, 5};
    assert_int_equal(apply("period = day, absent = zero", rows, count, 9, &zero, NULL), FS_OK);
    assert_int_equal(apply("period = day", rows, count, 9, &missing, NULL), FS_OK);
    assert_non_null(zero.data);
    int period = 0;
    assert_int_equal(sscanf(zero.data, "a,%d,", &period), 1);
    assert_true(period > 185 && period < 215);
    assert_true(!missing.data || !missing.data[0]); /* what is known is five throughout */
    fs_buffer_free(&zero), fs_buffer_free(&missing);
}

static void minimum_limit_and_least_hold_back(void **state)
{
    (void)state;
    row rows[300];
    fs_buffer out = {0};
    for (int i = 0; i < 300; i++) rows[i] = (row){"a", i, (i < 150 ? 100 : 92) + i * 37 % 5};
    assert_int_equal(apply("", rows, 300, 300, &out, NULL), FS_OK);
    assert_non_null(out.data);
    fs_buffer_free(&out);
    static const char *const strict[] = {"least = 0.1", "limit = 100", "minimum = 151"};
    for (int k = 0; k < 3; k++) {
        assert_int_equal(apply(strict[k], rows, 300, 300, &out, NULL), FS_OK);
        assert_true(!out.data || !out.data[0]);
    }
    fs_buffer_free(&out);
}

static void uneven_periods_are_said_and_nothing_else_is_needed(void **state)
{
    (void)state;
    row rows[60];
    fs_buffer out = {0};
    for (int i = 0; i < 60; i++) rows[i] = (row){"a", i * i * i * i / 7 + i, i < 30 ? 10 : 20};
    assert_int_equal(apply("", rows, 60, 60, &out, NULL), FS_OK);
    assert_non_null(strstr(out.data, ",uneven periods, taken as they follow one another\n"));
    fs_buffer_free(&out);
    expect_from("change_points", "", (const row[]){{"a", 0, 5}, {"b", 0, NAN}}, 2, "");
}

static void rows_may_be_cut_anywhere_and_neighbours_do_not_matter(void **state)
{
    (void)state;
    static const char *const items[] = {"a", "b", "c"};
    static row rows[1200];
    fs_buffer whole = {0}, cut = {0}, alone = {0};
    fs_random random = fs_random_open(6, 0, 0, 0);
    for (int i = 0; i < 1200; i++)
        rows[i] = (row){items[i / 400], i % 400,
                        (double)fs_random_poisson(&random, (i % 400 < 200 ? 30 : 50) + i % 7)};
    assert_int_equal(apply("", rows, 1200, 1200, &whole, NULL), FS_OK);
    for (int size = 1; size < 1200; size = size * 5 + 3) {
        fs_buffer_clear(&cut);
        assert_int_equal(apply("", rows, 1200, size, &cut, NULL), FS_OK);
        assert_string_equal(cut.data, whole.data);
    }
    assert_int_equal(apply("", rows + 800, 400, 50, &alone, NULL), FS_OK);
    assert_string_equal(strstr(whole.data, "\nc,") + 1, alone.data);
    fs_buffer_free(&whole), fs_buffer_free(&cut), fs_buffer_free(&alone);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    row rows[300];
    for (int i = 0; i < 300; i++) rows[i] = (row){i < 150 ? "a" : "b", i, i % 150 < 75 ? 5 : 9};
    bool failed = true;
    int64_t n = 0;
    const fs_operator *op = fs_operator_find("change_points", NULL);
    for (; failed && n < 2000; n++) {
        fs_status status = apply_failing(op, "season = 1", rows, 300, n, &failed);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
    }
    assert_in_range(n, 20, 1999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_a_row_and_no_change_is_none),
        cmocka_unit_test(absent_periods_are_zeros_where_the_user_says_so),
        cmocka_unit_test(minimum_limit_and_least_hold_back),
        cmocka_unit_test(uneven_periods_are_said_and_nothing_else_is_needed),
        cmocka_unit_test(rows_may_be_cut_anywhere_and_neighbours_do_not_matter),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
