/* The operators order_policy and lot_sizes, from Arrow to Arrow. Groups are by "what", rows in order of "row". */
#include "table_helpers.h"

#include "foresell/stock.h"

static const char *const policy_names[] = {"what",     "row",   "mean",      "holding",
                                           "shortage", "fixed", "lead_time", "deviation"};
static const enum ArrowType policy_types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE};
static const table policies = {"order_policy", policy_names, policy_types, 8};

static const char *const lot_names[] = {"what", "row", "demand"};
static const enum ArrowType lot_types[] = {NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,
                                           NANOARROW_TYPE_DOUBLE};
static const table lots = {"lot_sizes", lot_names, lot_types, 3};

/* ---- order_policy ---- */

/* A figure of the first row: the so-many-th cell of its line. */
static double figure(const char *text, const cells *rows, int count, int column)
{
    fs_buffer out = {0};
    assert_int_equal(apply(&policies, text, rows, count, 2, &out, NULL, -1, NULL), FS_OK);
    const char *at = out.data;
    for (; column > 0; column--) at = strchr(at, ',') + 1;
    double value = strtod(at, NULL);
    fs_buffer_free(&out);
    return value;
}
enum { UPTO_CELL = 3, COST_CELL = 8 };

static void policies_are_those_of_the_books(void **state)
{
    (void)state;
    static const cells up_to[] = {{{"tea", "1", "6", "1", "4", "5", "0", NULL}},
                                  {{"tea", "2", "20", "1", "9", "64", "0", NULL}}};
    static const cells lot[] = {{{"pen", "1", "1.5", "20", "150", "100", "2", NULL}}};
    static const cells level[] = {{{"ink", "1", "50", "0.18", "0.7", NULL, "0", "8"}}};
    static const cells economic[] = {{{"ink", "1", "1300", "0.225", NULL, "8", "0.5", NULL}}};
    expect(&policies, "policy = 's_S'", up_to, 2,
           "tea,1,4,10,null,6,2.4494897427831779,-2,8.0341115614716312,null\n"
           "tea,2,14,62,null,20,4.4721359549995796,-6,49.173035744939455,null\n");
    assert_float_equal(figure("policy = 'r_Q'", lot, 1, 2), 3, 0);
    assert_float_equal(figure("policy = 'r_Q'", lot, 1, 4), 5, 0);
    assert_float_equal(figure("policy = 'r_Q'", lot, 1, COST_CELL), 107.92358063315, 1e-10);
    assert_float_equal(figure("law = 'normal'", level, 1, UPTO_CELL), 56.603955927, 1e-9);
    assert_float_equal(figure("law = 'normal'", level, 1, COST_CELL), 1.997605193, 1e-9);
    assert_float_equal(figure("policy = 'economic_lot'", economic, 1, 4), 304.0467800264, 1e-9);
    assert_float_equal(figure("policy = 'economic_lot'", economic, 1, COST_CELL), 68.4105255059,
                       1e-9);
}

/* Demand 6, a lead time of 1: stock is counted at the ends of the two periods before the next order is there, two and three periods after
 * the level was ordered up to; an order costs 3, and is placed where something was sold. */
static void reviews_that_are_seldom_count_every_period(void **state)
{
    (void)state;
    static const cells rows[] = {{{"tea", "1", "6", "1", "9", "3", "1", NULL}}};
    double least = INFINITY, best = 0;
    for (double level = 0; level < 60; level++) {
        fs_newsvendor one, two;
        assert_int_equal(fs_level_cost_law(level, (fs_count_law){12, INFINITY}, 1, 9, &one, NULL),
                         0);
        assert_int_equal(fs_level_cost_law(level, (fs_count_law){18, INFINITY}, 1, 9, &two, NULL),
                         0);
        if ((one.cost + two.cost) / 2 < least) least = (one.cost + two.cost) / 2, best = level;
    }
    assert_float_equal(figure("review = 2", rows, 1, UPTO_CELL), best, 0);
    assert_float_equal(figure("review = 2", rows, 1, COST_CELL), least + 1.5 * (1 - exp(-12)),
                       1e-9);
    assert_true(best > figure("", rows, 1, UPTO_CELL));
    assert_true(figure("review = 2, law = 'normal'", rows, 1, UPTO_CELL) > best - 1);
}

static void what_makes_no_sense_is_noted(void **state)
{
    (void)state;
    static const cells rows[] = {{{"a", "1", NULL, "1", "9", "3", "1", NULL}},
                                 {{"a", "2", "6", "-1", "9", "3", "1", NULL}},
                                 {{"a", "3", "6", "1", NULL, "3", "1", NULL}},
                                 {{"a", "4", "6", "1", "9", "3", "-1", NULL}},
                                 {{"a", "5", "0", "1", "9", "3", "0", NULL}},
                                 {{"a", "6", "6", "1", "9", "3", NULL, NULL}},
                                 {{"a", "7", "6", "1", "9", "1e12", "0", NULL}},
                                 {{"a", "8", "6", "1", "9", "3", "0", "1"}}};
    expect(
        &policies, "policy = 's_S'", rows, 8,
        "a,1,null,null,null,null,null,null,null,mean is not known\n"
        "a,2,null,null,null,null,null,null,null,holding is -1: it must be a number above 0\n"
        "a,3,null,null,null,null,null,null,null,shortage is not known\n"
        "a,4,null,null,null,null,null,null,null,lead_time is below 0\n"
        "a,5,-1,0,null,0,0,-1,0,null\n"
        "a,6,6,9,null,6,2.4494897427831779,0,7.5321057120576898,lead_time is not known: taken as "
        "0\n"
        "a,7,null,null,null,null,null,null,null,the best order is larger than 65536 units\n"
        "a,8,6,9,null,6,1,0,7.5321057120576898,spread less than Poisson demand: taken as "
        "Poisson\n");
}

static void only_what_fits_together_is_taken(void **state)
{
    (void)state;
    static const cells rows[] = {{{"tea", "1", "6", "1", "9", "3", "1", "4"}}};
    fs_error error = {0};
    assert_int_equal(
        apply(&policies, "policy = 's_S', review = 2", rows, 1, 1, NULL, &error, -1, NULL),
        FS_USAGE);
    assert_int_equal(
        apply(&policies, "policy = 's_S', law = 'normal'", rows, 1, 1, NULL, &error, -1, NULL),
        FS_USAGE);
}

/* ---- lot_sizes ---- */

static const cells needed[] = {{{"a", "1", "90"}}, {{"a", "2", "120"}}, {{"a", "3", "80"}},
                               {{"a", "4", "70"}}, {{"b", "1", NULL}},  {{"b", "2", "5"}}};

static void lots_are_those_of_the_book(void **state)
{
    (void)state;
    expect(&lots, "setup = 500, holding = 2", needed, 6,
           "a,1,210,120,740\na,2,0,0,0\na,3,150,70,640\na,4,0,0,0\nb,1,0,0,0\nb,2,5,0,500\n");
    expect(&lots, "setup = 500, holding = 2, method = 'lot_for_lot'", needed, 2,
           "a,1,90,0,500\na,2,120,0,500\n");
}

static void what_is_needed_cannot_be_below_nothing(void **state)
{
    (void)state;
    static const cells rows[] = {{{"a", "1", "90"}}, {{"b", "1", "-3"}}};
    fs_error error = {0};
    assert_int_equal(apply(&lots, "setup = 1, holding = 1", rows, 2, 1, NULL, &error, -1, NULL),
                     FS_DATA);
    assert_non_null(strstr(error.message, "demand is -3"));
}

/* ---- memory ---- */

static void expect_memory_checked(const table *t, const char *text, const cells *rows, int count)
{
    fs_buffer whole = {0};
    bool failed = true;
    assert_int_equal(apply(t, text, rows, count, 2, &whole, NULL, -1, NULL), FS_OK);
    for (int64_t n = 0; failed; n++) {
        fs_buffer out = {0};
        fs_status status = apply(t, text, rows, count, 2, &out, NULL, n, &failed);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        if (!failed) assert_string_equal(out.data, whole.data);
        fs_buffer_free(&out);
        assert_true(n < 1000);
    }
    fs_buffer_free(&whole);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const cells rows[] = {{{"tea", "1", "6", "1", "9", "3", "1", NULL}},
                                 {{"tea", "2", NULL, "1", "9", "3", "1", NULL}},
                                 {{"pen", "1", "26", "1", "9", "3", "1", "9"}}};
    expect_memory_checked(&policies, "policy = 's_S'", rows, 3);
    expect_memory_checked(&policies, "policy = 'r_Q'", rows, 3);
    expect_memory_checked(&policies, "", rows, 3);
    expect_memory_checked(&lots, "setup = 500, holding = 2", needed, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_are_those_of_the_books),
        cmocka_unit_test(reviews_that_are_seldom_count_every_period),
        cmocka_unit_test(what_makes_no_sense_is_noted),
        cmocka_unit_test(only_what_fits_together_is_taken),
        cmocka_unit_test(lots_are_those_of_the_book),
        cmocka_unit_test(what_is_needed_cannot_be_below_nothing),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
