/* The operators stock_outlook and service_levels, from Arrow to Arrow. */
#include "table_helpers.h"

/* Six a period, surely: all figures are known by hand. */
static const char *const names[] = {"what",    "row",      "mean",     "q0.9",
                                    "q0.1",    "on_hand",  "arriving", "lead_time",
                                    "holding", "shortage", "pack",     "quantity"};
static const enum ArrowType types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE};
static const table ordered = {"stock_outlook", names, types, 12}; /* the order is told */
static const table outlook = {"stock_outlook", names, types, 11};
static const table levels = {"service_levels", names, types, 11};

#define SIX(what, row, ...)                                                                        \
    {                                                                                              \
        {                                                                                          \
            what, row, "6", "6", "6", __VA_ARGS__                                                  \
        }                                                                                          \
    }

/* Two are left when the order can be sold, in period 3: one pack of ten. */
static const cells ten[] = {SIX("a", "1", "13", NULL, "2", ".5", "4", "10"),
                            SIX("a", "2", NULL, "1"), SIX("a", "3", NULL), SIX("a", "4", NULL)};

static void an_outlook_is_a_row_a_period(void **state)
{
    (void)state;
    expect(&outlook, "", ten, 4,
           "a,1,1,7,7,7,7,6,0\na,2,2,2,2,2,2,6,0\na,3,3,6,6,6,0,6,10\na,4,4,0,0,0,0,6,0\n");
    expect(&outlook, "unmet = later", ten, 4,
           "a,1,1,7,7,7,7,6,0\na,2,2,2,2,2,2,6,0\na,3,3,6,6,6,-4,6,10\na,4,4,0,0,0,-10,6,0\n");
}

/* The same stock, of which the budget has left four, or nothing. */
static void an_order_that_is_told_is_the_one(void **state)
{
    (void)state;
    static const cells four[] = {SIX("a", "1", "13", NULL, "2", ".5", "4", "10", "4"),
                                 SIX("a", "2", NULL, "1"), SIX("a", "3", NULL)};
    static const cells none[] = {SIX("a", "1", "13", NULL, "2", ".5", "4", "10", "0"),
                                 SIX("a", "2", NULL, "1"), SIX("a", "3", NULL)};
    static const cells odd[] = {SIX("a", "1", "13", NULL, "2", ".5", "4", "10", "-3")};
    expect(&ordered, "unmet = later", four, 3,
           "a,1,1,7,7,7,7,6,0\na,2,2,2,2,2,2,6,0\na,3,3,0,0,0,-4,6,4\n");
    expect(&ordered, "unmet = later", none, 3,
           "a,1,1,7,7,7,7,6,0\na,2,2,2,2,2,2,6,0\na,3,3,-4,-4,-4,-4,6,0\n");
    expect(&ordered, "", odd, 1, "a,1,1,7,7,7,7,6,0\n");
    expect(&ordered, "", ten, 4,
           "a,1,1,7,7,7,7,6,0\na,2,2,2,2,2,2,6,0\na,3,3,6,6,6,0,6,10\na,4,4,0,0,0,0,6,0\n");
}

static void what_is_owed_stays_owed(void **state)
{
    (void)state;
    static const cells rows[] = {SIX("a", "1", "-2.5", NULL, "5", ".5", "4")};
    expect(&outlook, "unmet = later", rows, 1, "a,1,1,-8.5,-9,-8,-8.5,6,0\n");
}

static void a_service_is_reached_by_whole_packs(void **state)
{
    (void)state;
    expect(&levels, "", ten, 4,
           "a,0.5,1,10,3,0,0,6\n"
           "a,0.59999999999999998,1,10,3,0,0,6\n"
           "a,0.69999999999999996,1,10,3,0,0,6\n"
           "a,0.80000000000000004,1,10,3,0,0,6\n"
           "a,0.90000000000000002,1,10,3,0,0,6\n"
           "a,0.94999999999999996,1,10,3,0,0,6\n"
           "a,0.97999999999999998,1,10,3,0,0,6\n"
           "a,0.98999999999999999,1,10,3,0,0,6\n");
}

static void groups_without_demand_have_no_row(void **state)
{
    (void)state;
    static const cells rows[] = {{{"a", "1", NULL, NULL, NULL, "3"}}};
    expect(&outlook, "", rows, 1, "");
    expect(&levels, "", rows, 1, "");
}

static void columns_that_are_not_known_are_refused(void **state)
{
    (void)state;
    static const char *const odd[] = {"what", "row", "mean", "q0.5", "q0.9", "onhand"};
    static const cells rows[] = {{{"a", "1", "6", "6", "6", "3"}}};
    const table typo = {"service_levels", odd, types, 6};
    fs_error error = {0};
    assert_int_equal(apply(&typo, "", rows, 1, 1, NULL, &error, -1, NULL), FS_USAGE);
    assert_non_null(strstr(error.message, "onhand"));
}

static void rows_may_be_cut_anywhere(void **state)
{
    (void)state;
    static cells rows[24];
    static const char *const number[] = {"1", "2", "3", "4", "5", "6", "7", "8"};
    for (int i = 0; i < 24; i++)
        rows[i] = (cells){{i < 8    ? "a"
                           : i < 16 ? "b"
                                    : "c",
                           number[i % 8], number[i * 5 % 8], "7", "1", number[i * 3 % 8], NULL, "1",
                           ".2", "1"}};
    const table *both[] = {&outlook, &levels};
    for (int k = 0; k < 2; k++) {
        fs_buffer whole = {0}, cut = {0};
        assert_int_equal(apply(both[k], "common = 0.3", rows, 24, 24, &whole, NULL, -1, NULL),
                         FS_OK);
        assert_non_null(whole.data);
        for (int size = 1; size < 24; size += 5) {
            fs_buffer_clear(&cut);
            assert_int_equal(apply(both[k], "common = 0.3", rows, 24, size, &cut, NULL, -1, NULL),
                             FS_OK);
            assert_string_equal(cut.data, whole.data);
        }
        fs_buffer_free(&whole), fs_buffer_free(&cut);
    }
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    const table *both[] = {&outlook, &levels};
    for (int k = 0; k < 2; k++) {
        bool failed = true;
        int64_t n = 0;
        for (; failed && n < 1000; n++) {
            fs_status status = apply(both[k], "", ten, 4, 2, NULL, NULL, n, &failed);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        }
        assert_in_range(n, 20, 999);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outlook_is_a_row_a_period),
        cmocka_unit_test(an_order_that_is_told_is_the_one),
        cmocka_unit_test(what_is_owed_stays_owed),
        cmocka_unit_test(a_service_is_reached_by_whole_packs),
        cmocka_unit_test(groups_without_demand_have_no_row),
        cmocka_unit_test(columns_that_are_not_known_are_refused),
        cmocka_unit_test(rows_may_be_cut_anywhere),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
