/* The operators order and replay_orders, from Arrow to Arrow. */
#include "table_helpers.h"

/* Six a period, surely: all figures are known by hand. */
static const char *const ahead_names[] = {
    "what",    "row",      "mean",      "q0.9", "q0.1",  "on_hand", "arriving",   "lead_time",
    "holding", "shortage", "unit_cost", "pack", "least", "most",    "order_cost", "shelf_life"};
static const enum ArrowType ahead_types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE};
static const table ahead = {"order", ahead_names, ahead_types, 16};

#define SIX(what, row, ...)                                                                        \
    {                                                                                              \
        {                                                                                          \
            what, row, "6", "6", "6", __VA_ARGS__                                                  \
        }                                                                                          \
    }

static void an_order_says_how_much_and_why(void **state)
{
    (void)state;
    static const cells rows[] = {SIX("a", "1", "13", NULL, "2", ".5", "4", "3", "2"),
                                 SIX("a", "2", NULL, "1"), SIX("a", "3", NULL)};
    expect(&ahead, "", rows, 3,
           "a,1,4,2,6,2,6,0,1,6,2,0,4,16,12,1,2 are left of 14 when it arrives in 2 periods, 6 are "
           "asked for until the next: order 4 (2 packs of 2),null\n");
    expect(&ahead, "rows = pack", rows, 3,
           "a,1,2,1,4,2,6,1,1,4,2,2,4,8,6,0.66666666666666663,2 are left of 14 when it arrives in "
           "2 periods, 6 are asked for until the next: order 2 (1 pack of 2),null\n"
           "a,2,2,1,6,2,6,0,1,6,4,0,2,8,6,1,2 are left of 14 when it arrives in 2 periods, 6 are "
           "asked for until the next: order 2 (1 pack of 2) more than 2,null\n");
}

static void what_is_owed_is_ordered_too(void **state)
{
    (void)state;
    static const cells rows[] = {SIX("a", "1", "-2", NULL, "1", ".5", "4"), SIX("a", "2", NULL)};
    expect(&ahead, "unmet = later", rows, 2,
           "a,1,14,14,6,-8,6,0,1,null,null,0,14,56,null,1,8 are owed when it arrives in 1 period, "
           "6 are asked for until the next: order 14,null\n");
}

/* Another supplier, another day of the next order. */
static void the_next_order_is_the_rows_own(void **state)
{
    (void)state;
    static const char *const names[] = {"what",     "row",       "mean",      "q0.9",
                                        "q0.1",     "on_hand",   "lead_time", "holding",
                                        "shortage", "next_order"};
    static const table next = {"order", names, ahead_types, 10};
    static const cells rows[] = {SIX("a", "1", "14", "2", ".5", "4", "2"),
                                 SIX("a", "2", NULL),
                                 SIX("a", "3", NULL),
                                 SIX("a", "4", NULL),
                                 SIX("b", "1", "14", "2", ".5", "4", NULL),
                                 SIX("b", "2", NULL),
                                 SIX("b", "3", NULL),
                                 SIX("c", "1", "14", "2", ".5", "4", "0"),
                                 SIX("c", "2", NULL),
                                 SIX("c", "3", NULL)};
    expect(
        &next, "", rows, 10,
        "a,1,10,10,12,2,12,0,1,12,2,0,10,37,null,2,2 are left of 14 when it arrives in 2 "
        "periods, 12 are asked for until the next: order 10,null\n"
        "b,1,4,4,6,2,6,0,1,6,2,0,4,16,null,1,2 are left of 14 when it arrives in 2 periods, 6 are "
        "asked for until the next: order 4,null\n"
        "c,1,4,4,6,2,6,0,1,6,2,0,4,16,null,1,2 are left of 14 when it arrives in 2 periods, 6 are "
        "asked for until the next: order 4,next order not in 1 to 200 periods: 1 taken\n");
}

static void bad_figures_are_said_by_name(void **state)
{
    (void)state;
    static const cells rows[] = {
        SIX("a", "1", "-3", NULL, NULL, "1", "4", NULL, "0"),
        SIX("a", "2", NULL),
        SIX("b", "1", NULL, "-1", "0", "-1", "9", "-2", "4", "8", "7", "-1", ".5"),
        {{"c", "1", NULL, NULL, NULL, "3", NULL, "1", "1", "4"}},
        SIX("d", "1", "1", NULL, "0", "1", "4", NULL, NULL, NULL, "0"),
        {{"e", "1", "0", "0", "0", "3", NULL, "0", "1", "4"}},
        {{"f", "1", "0", "0", "0", "2", NULL, "5000", "1", "4", NULL, NULL, NULL, NULL, NULL,
          "90"}},
    };
    expect(&ahead, "", rows, 7,
           "a,1,6,6,6,0,6,0,1,6,0,0,6,24,null,1,0 are left of 0 when it arrives in 1 period, 6 are "
           "asked for until the next: order 6,"
           "stock of -3 is below zero: 0 taken; lead time not told: 1 taken; pack not above zero: "
           "1 taken\n"
           "b,1,4,1,4,0,6,1,1,4,0,2,6,36,null,0.66666666666666663,0 are left of 0, 6 are asked for "
           "until the next: order 4 (1 pack of 4),"
           "arrivals below zero: none taken; stock not told: 0 taken; lead time zero: can be sold "
           "at once; unit cost below zero: not counted; "
           "cost of an order below zero: not counted; holding below zero: not counted; holding not "
           "told: a ninth of shortage taken; "
           "least order of 8 above the shelf of 7: left out; shelf life below 1: not counted; held "
           "down by the shelf of 7\n"
           "c,1,0,0,null,null,null,null,null,null,null,null,null,null,null,null,demand not known: "
           "no order,the forecast ends 1 period early: its last one goes on\n"
           "d,1,0,0,null,null,null,null,null,null,null,null,null,null,null,null,no place on the "
           "shelf: no order,lead time zero: can be sold at once\n"
           "e,1,0,0,3,3,0,0,0,0,0,0,0,0,null,null,3 are left of 3, 0 are asked for until the next: "
           "no order,lead time zero: can be sold at once\n"
           "f,1,0,0,2,2,0,0,0,0,0,0,0,0,null,null,2 are left of 2 when it arrives in 399 periods, "
           "0 are asked for until the next: no order,"
           "lead time too long: 399 taken; shelf life ends after the forecast: not counted; the "
           "forecast ends 399 periods early: its last one goes on\n");
}

static void columns_that_are_not_known_are_refused_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {"what", "row", "mean", "q0.5", "onhand"}, *const alone[] = {
                                                                                      "what", "row",
                                                                                      "mean",
                                                                                      "q0.5"};
    static const cells rows[] = {{{"a", "1", "6", "6", "3"}}};
    const table typo = {"order", names, ahead_types, 5}, one = {"order", alone, ahead_types, 4};
    fs_error error = {0};
    assert_int_equal(apply(&typo, "", rows, 1, 1, NULL, &error, -1, NULL), FS_USAGE);
    assert_non_null(strstr(error.message, "onhand"));
    assert_int_equal(apply(&one, "", rows, 1, 1, NULL, &error, -1, NULL), FS_USAGE);
    assert_non_null(strstr(error.message, "two columns of quantiles"));
    assert_int_equal(
        apply(&ahead, "rows = pack, service = 0.9", rows, 0, 1, NULL, &error, -1, NULL), FS_USAGE);
    assert_int_equal(apply(&ahead, "rows = all, service = 0.9", rows, 0, 1, NULL, &error, -1, NULL),
                     FS_USAGE);
    assert_non_null(strstr(error.message, "rows = all"));
}

/* ---- replay_orders ---- */

static const char *const past_names[] = {"what",      "row",       "demand",   "level",
                                         "lead_time", "holding",   "shortage", "opening",
                                         "unit_cost", "shelf_life"};
static const table past = {"replay_orders", past_names, ahead_types, 10};

static void a_replay_is_a_row_a_period(void **state)
{
    (void)state;
    static const cells rows[] = {{{"a", "1", "4", "10", "0", ".5", "2", "6", NULL, NULL}},
                                 {{"a", "2", "15", "10"}},
                                 {{"a", "3", NULL, "10"}},
                                 {{"a", "4", "3", NULL}}};
    expect(&past, "", rows, 4,
           "a,1,0,6,4,4,0,2,0,8,1,0,0,0,1,null\n"
           "a,2,8,10,15,10,5,0,0,10,0,10,0,0,10,null\n"
           "a,3,10,10,null,null,null,10,0,0,0,0,0,0,0,null\n"
           "a,4,0,10,3,3,0,7,0,0,3.5,0,0,0,3.5,null\n");
    expect(&past, "past = 3, policy = moving_average, window = 2, cover = 1", rows, 4,
           "a,4,0,6,3,3,0,3,0,0,1.5,0,0,0,1.5,null\n");
    expect(&past, "past = 4", rows, 4, "");
}

static void defaults_of_a_replay_are_said(void **state)
{
    (void)state;
    static const cells rows[] = {{{"a", "1", "-4", "10", NULL, NULL, NULL, "-1", NULL, NULL}}};
    expect(&past, "", rows, 1,
           "a,1,0,0,0,0,0,0,0,10,0,0,0,0,0,demand below zero: 0 taken; lead time not told: 1 "
           "taken; shortage not told: 1 taken; "
           "holding not told: a ninth of shortage taken; opening of -1 not counted\n");
    fs_error error = {0};
    assert_int_equal(apply(&past, "policy = quantity", rows, 1, 1, NULL, &error, -1, NULL),
                     FS_USAGE);
    assert_non_null(strstr(error.message, "quantity"));
}

/* What is ordered at the end of period 1 is what `order` orders with what is left of it: see an_order_says_how_much_and_why. */
static void a_replay_of_the_list_orders_as_the_list_does(void **state)
{
    (void)state;
    static const char *const names[] = {"what",     "row",     "demand",    "mean",
                                        "q0.9",     "q0.1",    "lead_time", "holding",
                                        "shortage", "opening", "pack",      "ahead"};
    const table list = {"replay_orders", names, ahead_types, 12};
#define STEP(row, ahead)                                                                           \
    {                                                                                              \
        {                                                                                          \
            "a", row, NULL, "6", "6", "6", NULL, NULL, NULL, NULL, NULL, ahead                     \
        }                                                                                          \
    }
    cells rows[] = {{{"a", "1000", "6", NULL, NULL, NULL, "2", ".5", "4", "20", "2", NULL}},
                    STEP("1001", "1"),
                    STEP("1002", "2"),
                    STEP("1003", "3"),
                    {{"a", "2000", "6"}},
                    {{"a", "3000", "9"}},
                    {{"a", "4000", "6"}}};
    /* 14 left, 12 of them sold before it arrives, 6 wanted then: 4. Nothing is forecast later, nothing ordered. */
    expect(&list, "policy = order", rows, 7,
           "a,1000,0,20,6,6,0,14,0,4,7,0,0,0,7,null\n"
           "a,2000,0,14,6,6,0,8,0,0,4,0,0,0,4,null\n"
           "a,3000,0,8,9,8,1,0,0,0,0,4,0,0,4,null\n"
           "a,4000,4,4,6,4,2,0,0,0,0,8,0,0,8,null\n");
    rows[5].cell[2] = "0"; /* what comes later does not change what was ordered */
    expect(&list, "policy = order", rows, 7,
           "a,1000,0,20,6,6,0,14,0,4,7,0,0,0,7,null\n"
           "a,2000,0,14,6,6,0,8,0,0,4,0,0,0,4,null\n"
           "a,3000,0,8,0,0,0,8,0,0,4,0,0,0,4,null\n"
           "a,4000,4,12,6,6,0,6,0,0,3,0,0,0,3,null\n");
    fs_error error = {0};
    assert_int_equal(apply(&list, "policy = moving_average", rows, 7, 1, NULL, &error, -1, NULL),
                     FS_USAGE);
    assert_non_null(strstr(error.message, "q0.9"));
}

/* ---- both ---- */

static void rows_may_be_cut_anywhere(void **state)
{
    (void)state;
    static cells rows[24];
    static const char *const number[] = {"1", "2", "3", "4", "5", "6", "7", "8"};
    for (int i = 0; i < 24; i++)
        rows[i] =
            (cells){{i < 8    ? "a"
                     : i < 16 ? "b"
                              : "c",
                     number[i % 8], number[i * 5 % 8], number[i * 3 % 8], "1", ".2", "1", "3"}};
    static const char *const names[] = {"what", "row",     "mean",     "q0.9",
                                        "q0.1", "holding", "shortage", "on_hand"};
    const table orders = {"order", names, ahead_types, 8};
    const table *both[] = {&orders, &past};
    for (int k = 0; k < 2; k++) {
        fs_buffer whole = {0}, cut = {0};
        assert_int_equal(apply(both[k], "", rows, 24, 24, &whole, NULL, -1, NULL), FS_OK);
        assert_non_null(whole.data);
        for (int size = 1; size < 24; size++) {
            fs_buffer_clear(&cut);
            assert_int_equal(apply(both[k], "", rows, 24, size, &cut, NULL, -1, NULL), FS_OK);
            assert_string_equal(cut.data, whole.data);
        }
        fs_buffer_free(&whole), fs_buffer_free(&cut);
    }
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const cells six[] = {SIX("a", "1", "13"), SIX("b", "1", "2")};
    static const cells sold[] = {{{"a", "1", "4", "10", "0", ".5", "2", "6"}},
                                 {{"a", "2", "15", "10"}}};
    for (int k = 0; k < 2; k++) {
        bool failed = true;
        int64_t n = 0;
        for (; failed && n < 1000; n++) {
            fs_status status =
                apply(k ? &past : &ahead, "", k ? sold : six, 2, 2, NULL, NULL, n, &failed);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        }
        assert_in_range(n, 20, 999);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_says_how_much_and_why),
        cmocka_unit_test(what_is_owed_is_ordered_too),
        cmocka_unit_test(the_next_order_is_the_rows_own),
        cmocka_unit_test(bad_figures_are_said_by_name),
        cmocka_unit_test(columns_that_are_not_known_are_refused_by_name),
        cmocka_unit_test(a_replay_is_a_row_a_period),
        cmocka_unit_test(defaults_of_a_replay_are_said),
        cmocka_unit_test(a_replay_of_the_list_orders_as_the_list_does),
        cmocka_unit_test(rows_may_be_cut_anywhere),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
