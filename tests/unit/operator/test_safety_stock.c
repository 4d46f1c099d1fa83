/* The operator safety_stock, from Arrow to Arrow. Groups are by "what", rows in order of "row". */
#include "table_helpers.h"

static const char *const names[] = {"what",    "row",      "stage",      "lead_time",
                                    "holding", "upstream", "downstream", "deviation",
                                    "mean",    "promised", "inbound",    "factor"};
static const enum ArrowType types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_STRING, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_STRING, NANOARROW_TYPE_STRING, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE};
static const table stages = {"safety_stock", names, types, 12};
/* Columns of the results. */
enum { STAGE = 2, INBOUND_TIME, SERVICE_TIME, NET_TIME, COVER, BASE, SAFETY, COST, NETWORK, NOTE };

/* A cell of a line of the results, as text in `out`. */
static const char *cell(const char *text, int line, int column, char out[200])
{
    for (; line > 0; line--) text = strchr(text, '\n') + 1;
    for (; column > 0; column--) text = strchr(text, ',') + 1;
    snprintf(out, 200, "%.*s", (int)strcspn(text, ",\n"), text);
    return out;
}

static double figure(const char *text, int line, int column)
{
    char out[200];
    return strtod(cell(text, line, column, out), NULL);
}

static void run(const char *options, const cells *rows, int count, int cut, fs_buffer *out)
{
    fs_error error = {0};
    *out = (fs_buffer){0};
    fs_status status = apply(&stages, options, rows, count, cut, out, &error, -1, NULL);
    if (status != FS_OK) print_message("%s\n", error.message);
    assert_int_equal(status, FS_OK);
}

/* Snyder and Shen, example 6.5, and the serial network of section 6.3. */
static const cells book[] = {{{"tree", "1", "1", "2", "1", NULL, NULL, NULL, NULL, NULL, "1", "1"}},
                             {{"tree", "2", "2", "1", "3", "3", NULL, "1", "5", "0", NULL, "1"}},
                             {{"tree", "3", "3", "1", "2", "1", NULL, NULL, NULL, NULL, NULL, "1"}},
                             {{"tree", "4", "4", "1", "3", "3", NULL, "1", "6", "1", NULL, "1"}},
                             {{"line", "1", "3", "1", "2", NULL, "2", NULL, NULL, NULL, "1", "1"}},
                             {{"line", "2", "2", "0", "4", NULL, "1", NULL, NULL, NULL, NULL, "1"}},
                             {{"line", "3", "1", "1", "7", NULL, NULL, "1", "5", "1", NULL, "1"}}};

static void networks_are_those_of_the_book(void **state)
{
    (void)state;
    static const double net[] = {3, 1, 1, 0, 2, 0, 0}, service[] = {0, 0, 0, 1, 0, 0, 1};
    static const double base[] = {
        33 + 2.4494897427831781, 6, 11 + 1.4142135623730951, 0, 10 + 1.4142135623730951, 0, 0};
    fs_buffer out;
    run("", book, 7, 3, &out);
    for (int i = 0; i < 7; i++) {
        double cost = i < 4 ? 8.277916867529369 : 2.8284271247461903;
        assert_float_equal(figure(out.data, i, NETWORK), cost, 1e-14);
        assert_float_equal(figure(out.data, i, NET_TIME), net[i], 0);
        assert_float_equal(figure(out.data, i, SERVICE_TIME), service[i], 0);
        assert_float_equal(figure(out.data, i, BASE), base[i], 1e-13);
    }
    assert_float_equal(figure(out.data, 0, INBOUND_TIME), 1, 0);
    assert_float_equal(figure(out.data, 0, SAFETY), sqrt(2 * 3), 1e-15);
    assert_float_equal(figure(out.data, 0, COVER), sqrt(2 * 3), 1e-15);
    assert_float_equal(figure(out.data, 1, COST), 3, 1e-15);
    fs_buffer_free(&out);
}

static void a_link_is_told_at_either_end_or_at_both(void **state)
{
    (void)state;
    static const char *const up[3][3] = {{NULL, "a", "b"}, {NULL, NULL, ""}, {NULL, "a", "b"}};
    static const char *const down[3][3] = {{NULL, NULL, NULL}, {"b", "c", NULL}, {"b", "c", NULL}};
    fs_buffer first = {0}, out;
    for (int k = 0; k < 3; k++) {
        const cells rows[] = {
            {{"n", "1", "a", "3", "1", up[k][0], down[k][0], NULL, NULL, NULL, NULL, "1"}},
            {{"n", "2", "b", "2", "5", up[k][1], down[k][1], NULL, NULL, NULL, NULL, "1"}},
            {{"n", "3", "c", "1", "6", up[k][2], down[k][2], "2", NULL, "0", NULL, "1"}}};
        run("", rows, 3, 3, k == 0 ? &first : &out);
        if (k == 0) continue;
        assert_string_equal(out.data, first.data);
        fs_buffer_free(&out);
    }
    assert_float_equal(figure(first.data, 0, NETWORK), 2 * (sqrt(3) + 6 * sqrt(3)), 1e-14);
    fs_buffer_free(&first);
}

static void what_is_not_known_is_taken_and_noted(void **state)
{
    (void)state;
    static const cells rows[] = {
        {{"n", "1", "depot", "4", "1", NULL, NULL, NULL, NULL, "0", NULL, NULL}},
        {{"n", "2", "north", "0", "1", "depot", NULL, NULL, "16", NULL, NULL, NULL}},
        {{"n", "3", "south", "0", "1", "depot", NULL, "3", "10", "0", NULL, NULL}}};
    char note[200];
    fs_buffer out;
    run("service = 0.975", rows, 3, 2, &out);
    assert_float_equal(figure(out.data, 0, SAFETY), 1.959963984540054 * 5 * 2, 1e-12);
    assert_float_equal(figure(out.data, 0, BASE), 26 * 4 + 1.959963984540054 * 5 * 2, 1e-12);
    assert_float_equal(figure(out.data, 0, COVER), 10, 1e-14);
    assert_string_equal(cell(out.data, 0, NOTE, note), "inbound is not known: taken as 0");
    assert_string_equal(cell(out.data, 1, NOTE, note),
                        "promised is not known: taken as 0; deviation is not known: taken as "
                        "Poisson has it");
    assert_string_equal(cell(out.data, 2, NOTE, note), "null");
    fs_buffer_free(&out);
}

static void without_a_mean_there_is_no_base_stock_from_there_upstream(void **state)
{
    (void)state;
    static const cells rows[] = {
        {{"n", "1", "depot", "4", "1", NULL, NULL, NULL, NULL, "0", "0", "1"}},
        {{"n", "2", "north", "1", "1", "depot", NULL, "4", NULL, "0", NULL, "1"}},
        {{"n", "3", "south", "1", "1", "depot", NULL, "3", "10", "0", NULL, "1"}}};
    expect(&stages, "", rows, 3,
           "n,1,depot,0,0,4,10,null,10,10,17,null\n"
           "n,2,north,0,0,1,4,null,4,4,17,mean is not known: no base_stock, nor upstream\n"
           "n,3,south,0,0,1,3,13,3,3,17,null\n");
}

static void a_network_may_be_one_stage_or_have_no_row(void **state)
{
    (void)state;
    static const cells rows[] = {
        {{"n", "1", "shop", "4", "2", NULL, NULL, "3", "7", "0", "5", "1"}}};
    expect(&stages, "", rows, 1, "n,1,shop,5,0,9,9,72,9,18,18,null\n");
    expect(&stages, "", rows, 0, "");
}

/* ---- what is refused ---- */

#define MADE(row, stage, up, down, deviation)                                                      \
    {                                                                                              \
        {                                                                                          \
            "net", row, stage, "1", "1", up, down, deviation, NULL, NULL, NULL, NULL               \
        }                                                                                          \
    }

static void expect_refused(const cells *rows, int count, const char *row, const char *why)
{
    fs_error error = {0};
    assert_int_equal(apply(&stages, "", rows, count, 2, NULL, &error, -1, NULL), FS_DATA);
    const char *const parts[] = {"operator safety_stock", "group what='net'", row, why};
    for (int i = 0; i < 4; i++)
        if (!strstr(error.message, parts[i]))
            fail_msg("'%s' is not in '%s'", parts[i], error.message);
}

static void what_is_no_tree_is_refused(void **state)
{
    (void)state;
    static const cells unknown[] = {MADE("1", "a", NULL, "c", NULL),
                                    MADE("2", "b", NULL, NULL, "1")};
    static const cells above[] = {MADE("1", "a", "x", NULL, "1")};
    static const cells self[] = {MADE("1", "a", NULL, "a", "1")};
    static const cells circle[] = {MADE("1", "a", NULL, "b", NULL), MADE("2", "b", NULL, "c", NULL),
                                   MADE("7", "c", NULL, "a", "1")};
    static const cells pair[] = {MADE("1", "a", NULL, "b", "1"), MADE("2", "b", NULL, "a", NULL)};
    static const cells ways[] = {MADE("1", "a", NULL, "b", NULL), MADE("2", "b", NULL, "d", NULL),
                                 MADE("3", "c", "a", "d", NULL), MADE("4", "d", NULL, NULL, "1")};
    static const cells apart[] = {MADE("1", "a", NULL, "b", NULL), MADE("2", "b", NULL, NULL, "1"),
                                  MADE("3", "c", NULL, NULL, "1")};
    static const cells twice[] = {MADE("1", "a", NULL, NULL, "1"), MADE("2", "a", NULL, NULL, "1")};
    static const cells nameless[] = {MADE("1", "a", NULL, NULL, "1"),
                                     MADE("2", NULL, "a", NULL, "1")};
    static const cells empty[] = {MADE("1", "", NULL, NULL, "1")};
    expect_refused(unknown, 2, "row 1, stage 'a'", "its downstream stage 'c' has no row");
    expect_refused(above, 1, "row 1, stage 'a'", "its upstream stage 'x' has no row");
    expect_refused(self, 1, "row 1, stage 'a'", "its own downstream stage");
    expect_refused(circle, 3, "row 7, stage 'c'", "with 'a' it is in a circle");
    expect_refused(pair, 2, "row 2, stage 'b'", "with 'a' it is in a circle");
    expect_refused(ways, 4, "row 3, stage 'c'", "more than one way between it and 'd'");
    expect_refused(apart, 3, "row 3, stage 'c'", "nothing joins it with stage 'a'");
    expect_refused(twice, 2, "row 2", "stage 'a' has a row before");
    expect_refused(nameless, 2, "row 2", "has no name");
    expect_refused(empty, 1, "row 1", "has no name");
}

static void a_stage_that_supplies_nobody_has_demand(void **state)
{
    (void)state;
    static const cells none[] = {MADE("1", "a", NULL, "b", "1"), MADE("2", "b", NULL, NULL, NULL)};
    expect_refused(none, 2, "row 2, stage 'b'", "supplies no stage and has no demand");
}

static void numbers_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const struct {
        int column;
        const char *value, *why;
    } bad[] = {{3, NULL, "lead_time is not known"},
               {3, "-1", "lead_time is -1: it must be a whole number from 0 to 4096"},
               {3, "1.5", "lead_time is 1.5"},
               {3, "5000", "lead_time is 5000"},
               {3, "nan", "lead_time is not known"},
               {4, NULL, "holding is not known"},
               {4, "-2", "holding is -2: it must be from 0 to 1e+15"},
               {7, "-3", "deviation is -3"},
               {7, "1e300", "deviation is 1e+300"},
               {8, "-4", "mean is -4"},
               {9, "-5", "promised is -5"},
               {9, "0.5", "promised is 0.5"},
               {10, "-6", "inbound is -6"},
               {11, "-7", "factor is -7"}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        cells rows[] = {MADE("1", "a", NULL, "b", NULL), MADE("2", "b", NULL, NULL, "1")};
        rows[1].cell[bad[k].column] = bad[k].value;
        expect_refused(rows, 2, "row 2, stage 'b'", bad[k].why);
    }
}

static void times_through_a_network_are_not_endless(void **state)
{
    (void)state;
    enum { MANY = 100 };
    static cells rows[MANY];
    static char number[MANY + 1][8];
    for (int i = 0; i <= MANY; i++) snprintf(number[i], sizeof number[i], "%d", i);
    for (int i = 0; i < MANY; i++)
        rows[i] = (cells){{"net", number[i], number[i], "4096", "1", NULL,
                           i + 1 < MANY ? number[i + 1] : NULL, i + 1 < MANY ? NULL : "1"}};
    expect_refused(rows, MANY, "", "too long");
}

static void rows_that_are_days_are_named_by_them(void **state)
{
    (void)state;
    static const char *const given[] = {"row", "stage", "lead_time", "holding"};
    static const enum ArrowType type[][4] = {{NANOARROW_TYPE_DATE32, NANOARROW_TYPE_STRING,
                                              NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE},
                                             {NANOARROW_TYPE_TIMESTAMP, NANOARROW_TYPE_STRING,
                                              NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE}};
    static const int64_t when[] = {-1, -1000000000};
    for (int k = 0; k < 2; k++) {
        struct ArrowSchema schema;
        struct ArrowArray batch;
        fs_options *options = NULL;
        fs_pipe *pipe = NULL;
        fs_error error = {0};
        const fs_operator *op = fs_operator_find("safety_stock", NULL);
        make_schema(&schema, 4, given, type[k]);
        start_batch(&batch, &schema);
        assert_int_equal(ArrowArrayAppendInt(batch.children[0], when[k]), 0);
        assert_int_equal(ArrowArrayAppendString(batch.children[1], ArrowCharView("a")), 0);
        assert_int_equal(ArrowArrayAppendDouble(batch.children[2], 1), 0);
        assert_int_equal(ArrowArrayAppendDouble(batch.children[3], 1), 0);
        assert_int_equal(ArrowArrayFinishElement(&batch), 0);
        end_batch(&batch);
        assert_int_equal(fs_options_parse(op, "", &options, NULL), FS_OK);
        assert_int_equal(fs_pipe_open(op, options, NULL, 0, "row", &schema, &pipe, NULL), FS_OK);
        assert_int_equal(fs_pipe_push(pipe, &batch, NULL), FS_OK);
        assert_int_equal(fs_pipe_end(pipe, &error), FS_DATA);
        assert_non_null(strstr(error.message, "row 1969-12-31, stage 'a': it supplies no stage"));
        fs_pipe_close(pipe);
        fs_options_free(options);
        ArrowSchemaRelease(&schema);
    }
}

static void long_names_are_cut_between_characters(void **state)
{
    (void)state;
    char name[121], wanted[80];
    for (int i = 0; i < 60; i++) memcpy(name + 1 + 2 * i, "\xC3\xA9", 2);
    name[0] = 'x', name[120] = 0;
    const cells rows[] = {MADE("1", name, name, NULL, "1")};
    snprintf(wanted, sizeof wanted, "stage '%.59s'", name);
    expect_refused(rows, 1, "row 1", wanted);
}

/* ---- batches, memory ---- */

static void results_do_not_depend_on_how_batches_are_cut(void **state)
{
    (void)state;
    fs_buffer whole, out;
    run("", book, 7, 7, &whole);
    for (int cut = 1; cut < 7; cut++) {
        run("", book, 7, cut, &out);
        assert_string_equal(out.data, whole.data);
        fs_buffer_free(&out);
    }
    fs_buffer_free(&whole);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fs_buffer whole;
    bool failed = true;
    run("", book, 7, 2, &whole);
    for (int64_t n = 0; failed; n++) {
        fs_buffer out = {0};
        fs_status status = apply(&stages, "", book, 7, 2, &out, NULL, n, &failed);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        if (!failed) assert_string_equal(out.data, whole.data);
        fs_buffer_free(&out);
        assert_true(n < 1000);
    }
    fs_buffer_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_are_those_of_the_book),
        cmocka_unit_test(a_link_is_told_at_either_end_or_at_both),
        cmocka_unit_test(what_is_not_known_is_taken_and_noted),
        cmocka_unit_test(without_a_mean_there_is_no_base_stock_from_there_upstream),
        cmocka_unit_test(a_network_may_be_one_stage_or_have_no_row),
        cmocka_unit_test(what_is_no_tree_is_refused),
        cmocka_unit_test(a_stage_that_supplies_nobody_has_demand),
        cmocka_unit_test(numbers_that_cannot_be_are_refused),
        cmocka_unit_test(times_through_a_network_are_not_endless),
        cmocka_unit_test(rows_that_are_days_are_named_by_them),
        cmocka_unit_test(long_names_are_cut_between_characters),
        cmocka_unit_test(results_do_not_depend_on_how_batches_are_cut),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
