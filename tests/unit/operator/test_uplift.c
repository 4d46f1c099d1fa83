/* The operators fit_uplift, uplift and uplift_curve, from Arrow to Arrow: an experiment to a model, that to uplift, that to a curve. */
#include "table_helpers.h"

#include "foresell/learn.h"
#include "foresell/numeric.h"

/* ---- rows of all kinds ---- */

#define TEXT    NANOARROW_TYPE_STRING
#define WHOLE   NANOARROW_TYPE_INT64
#define NUMBER  NANOARROW_TYPE_DOUBLE
#define COLUMNS 18

static const char *const names[] = {"what", "row", "outcome", "treatment", "size", "kind_of", "on"};
static const enum ArrowType types[] = {
    TEXT, WHOLE, NUMBER, TEXT, NUMBER, TEXT, NANOARROW_TYPE_BOOL};
static const char *const yes_names[] = {"what", "row",     "outcome", "treated",
                                        "size", "kind_of", "on"};
static const enum ArrowType yes_types[] = {TEXT,   WHOLE, NANOARROW_TYPE_BOOL, NANOARROW_TYPE_INT32,
                                           NUMBER, TEXT,  NANOARROW_TYPE_BOOL};
static const char *const scored_names[] = {
    "what",  "row",         "arm",         "kind",        "feature", "level",
    "knot",  "coefficient", "tree",        "node",        "below",   "above",
    "bound", "centre",      "level_error", "slope_error", "size",    "kind_of"};
static const enum ArrowType scored_types[] = {TEXT,   WHOLE,  TEXT,   TEXT,   TEXT,   TEXT,
                                              NUMBER, NUMBER, WHOLE,  WHOLE,  WHOLE,  WHOLE,
                                              NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, TEXT};
static const char *const curve_names[] = {"what", "row", "score", "outcome", "treatment"};
static const enum ArrowType curve_types[] = {TEXT, WHOLE, NUMBER, NUMBER, TEXT};

static const table fitted = {"fit_uplift", names, types, 7},
                   yes_or_no = {"fit_uplift", yes_names, yes_types, 7},
                   scored = {"uplift", scored_names, scored_types, COLUMNS},
                   judged = {"uplift_curve", curve_names, curve_types, 5};

static void expect_refused(const table *t, const char *text, const cells *rows, int count,
                           fs_status as, const char *message)
{
    fs_error error = {0};
    assert_int_equal(apply(t, text, rows, count, 2, NULL, &error, -1, NULL), as);
    assert_non_null(strstr(error.message, message));
}

/* Two groups with two arms against none; what a letter changes depends on size. */
static const cells *simulate(int count)
{
    static cells rows[2000];
    static char text[2000][2][24];
    static const char *const kinds[] = {"red", "green", "blue"};
    static const char *const arms[] = {"No Letter", "letter", "call"};
    fs_random random = fs_random_open(5, 0, 0, 0);
    for (int i = 0; i < count; i++) {
        double size = fs_random_normal(&random);
        int arm = (int)fs_random_below(&random, 3);
        bool yes =
            fs_random_uniform(&random) < 0.3 + 0.1 * (arm == 1) + 0.3 * (arm == 1 && size > 0);
        snprintf(text[i][0], sizeof text[i][0], "%d", i);
        snprintf(text[i][1], sizeof text[i][1], "%.17g", size);
        rows[i] =
            (cells){{2 * i < count ? "one" : "two", text[i][0], i % 23 ? (yes ? "1" : "0") : NULL,
                     i % 11 ? arms[arm] : NULL, i % 13 ? text[i][1] : NULL,
                     kinds[fs_random_below(&random, 3)], i % 2 ? "1" : "0"}};
    }
    return rows;
}

/* Column `number` of line `line`, as text that is given back by the next call. */
static const char *cell(const char *lines, int line, int number)
{
    static char text[300];
    const char *at = lines;
    for (; line > 0 && at; line--) at = strchr(at, '\n') + 1;
    for (; number > 0; number--) at = strchr(at, ',') + 1;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, ",\n"), at);
    return text;
}

enum {
    GROUP,
    ARM,
    KIND,
    FEATURE,
    LEVEL,
    KNOT,
    COEFFICIENT,
    BOUND = 11,
    CONTROL = 15,
    MODEL,
    TREATED,
    CONTROLS,
    QINI,
    NOTE = 23
};

/* ---- fit_uplift ---- */

static void each_arm_has_a_model_against_the_control(void **state)
{
    (void)state;
    cells rows[] = {
        {{"x", "1", "0", "none", NULL, NULL, NULL}}, {{"x", "2", "3", "b", NULL, NULL, NULL}},
        {{"x", "3", "2", "none", NULL, NULL, NULL}}, {{"x", "4", "5", "a", NULL, NULL, NULL}},
        {{"x", "5", NULL, "a", NULL, NULL, NULL}},   {{"x", "6", "9", NULL, NULL, NULL, NULL}}};
    fs_buffer out = {0};
    assert_int_equal(apply(&fitted, "", rows, 6, 6, &out, NULL, -1, NULL), FS_OK);
    assert_string_equal(cell(out.data, 0, ARM), "a");
    assert_string_equal(cell(out.data, 0, KIND), "intercept");
    assert_true(fabs(atof(cell(out.data, 0, COEFFICIENT)) - 4) < 1e-6);
    assert_string_equal(cell(out.data, 0, BOUND), "5");
    assert_string_equal(cell(out.data, 0, CONTROL), "none");
    assert_string_equal(cell(out.data, 0, MODEL), "s");
    assert_string_equal(cell(out.data, 0, TREATED), "1");
    assert_string_equal(cell(out.data, 0, CONTROLS), "2");
    assert_string_equal(cell(out.data, 0, QINI), "null");
    assert_non_null(strstr(out.data, "too few rows"));
    assert_string_equal(cell(out.data, 1, ARM), "b");
    assert_true(fabs(atof(cell(out.data, 1, COEFFICIENT)) - 2) < 1e-6);
    assert_null(strchr(strchr(strchr(out.data, '\n') + 1, '\n') + 1, '\n'));
    fs_buffer_free(&out);
}

static void the_control_is_named_or_known_by_its_name(void **state)
{
    (void)state;
    static const char *const controls[] = {"CONTROL", "false", "0", "No mail", "no"};
    cells rows[] = {{{"x", "1", "0", NULL, NULL, NULL, NULL}},
                    {{"x", "2", "3", "b", NULL, NULL, NULL}},
                    {{"x", "3", "3", "b", NULL, NULL, NULL}}};
    fs_buffer out = {0};
    for (int i = 0; i < 5; i++) {
        rows[0].cell[3] = controls[i];
        out.size = 0;
        assert_int_equal(apply(&fitted, "", rows, 3, 6, &out, NULL, -1, NULL), FS_OK);
        assert_string_equal(cell(out.data, 0, CONTROL), controls[i]);
    }
    rows[0].cell[3] = "nobody";
    expect_refused(&fitted, "", rows, 3, FS_DATA, "none of 2 treatments is called like a control");
    out.size = 0;
    assert_int_equal(apply(&fitted, "control = 'b'", rows, 3, 6, &out, NULL, -1, NULL), FS_OK);
    assert_string_equal(cell(out.data, 0, ARM), "nobody");
    expect(&fitted, "control = 'who'", rows, 3, "");
    rows[0].cell[3] = "none";
    rows[1].cell[3] = "no"; /* of two the rarest */
    rows[2].cell[3] = "no";
    out.size = 0;
    assert_int_equal(apply(&fitted, "", rows, 3, 6, &out, NULL, -1, NULL), FS_OK);
    assert_string_equal(cell(out.data, 0, CONTROL), "none");
    fs_buffer_free(&out);
}

static void treated_may_be_yes_or_no_and_one_of_the_two_must_be_there(void **state)
{
    (void)state;
    static const char *const without[] = {"what", "row", "outcome"};
    static const table neither = {"fit_uplift", without, types, 3};
    cells rows[] = {{{"x", "1", "0", "0", NULL, NULL, NULL}},
                    {{"x", "2", "1", "1", NULL, NULL, NULL}},
                    {{"x", "3", "1", NULL, NULL, NULL, NULL}},
                    {{"y", "3", "1", "1", NULL, NULL, NULL}}};
    fs_buffer out = {0};
    assert_int_equal(apply(&yes_or_no, "", rows, 4, 6, &out, NULL, -1, NULL), FS_OK);
    assert_string_equal(cell(out.data, 0, ARM), "true");
    assert_string_equal(cell(out.data, 0, CONTROL), "false");
    assert_true(fabs(atof(cell(out.data, 0, COEFFICIENT)) - 1) < 1e-6);
    assert_null(strstr(out.data, "y,"));
    fs_buffer_free(&out);
    expect_refused(&neither, "", rows, 1, FS_USAGE, "one of the inputs treatment and treated");
}

static void groups_with_one_arm_have_no_model(void **state)
{
    (void)state;
    cells rows[] = {{{"x", "1", "1", "none", NULL, NULL, NULL}},
                    {{"x", "2", "1", NULL, NULL, NULL, NULL}},
                    {{"y", "1", "1", "a", NULL, NULL, NULL}},
                    {{"z", "1", "1", "a", NULL, NULL, NULL}},
                    {{"z", "2", NULL, "none", NULL, NULL, NULL}}};
    expect(&fitted, "", rows, 5, "");
}

static void trees_are_rows_of_nodes(void **state)
{
    (void)state;
    static cells rows[2000];
    fs_buffer out = {0};
    memcpy(rows, simulate(2000), sizeof rows);
    for (int i = 0; i < 2000; i++) {
        rows[i].cell[0] = "one";
        if (rows[i].cell[3] && strcmp(rows[i].cell[3], "call") == 0) rows[i].cell[3] = NULL;
    }
    assert_int_equal(
        apply(&fitted, "model = tree, trees = 9", rows, 2000, 2000, &out, NULL, -1, NULL), FS_OK);
    assert_non_null(strstr(out.data, ",split,size,null,"));
    assert_non_null(strstr(out.data, ",leaf,"));
    assert_string_equal(cell(out.data, 0, MODEL), "tree");
    assert_string_equal(cell(out.data, 0, KIND), "intercept");
    fs_buffer_free(&out);
}

/* ---- uplift ---- */

#define MODEL_ROW(row, arm, kind, feature, level, knot, coefficient)                               \
    {                                                                                              \
        {                                                                                          \
            "x", row, arm, kind, feature, level, knot, coefficient                                 \
        }                                                                                          \
    }
#define NODE_ROW(row, kind, feature, level, knot, value, node, below, above)                       \
    {                                                                                              \
        {                                                                                          \
            "x", row, "a", kind, feature, level, knot, value, "0", node, below, above              \
        }                                                                                          \
    }
#define SCORED(row, size, kind)                                                                    \
    {                                                                                              \
        {                                                                                          \
            "x", row, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,      \
                NULL, NULL, size, kind                                                             \
        }                                                                                          \
    }

static void uplift_is_the_sum_of_terms_for_each_arm(void **state)
{
    (void)state;
    cells rows[] = {MODEL_ROW("-6", "b", "intercept", NULL, NULL, NULL, "1"),
                    MODEL_ROW("-5", "a", "intercept", NULL, NULL, NULL, "2"),
                    MODEL_ROW("-4", "a", "linear", "size", NULL, NULL, "10"),
                    MODEL_ROW("-3", "a", "hinge", "size", NULL, "1", "100"),
                    MODEL_ROW("-2", "a", "missing", "size", NULL, NULL, "5"),
                    MODEL_ROW("-1", "a", "level", "kind_of", "u", NULL, "0.5"),
                    SCORED("1", "3", "u"),
                    SCORED("2", NULL, "v"),
                    SCORED("3", "1e300", NULL)};
    expect(&scored, "", rows, 9,
           "x,1,a,232.5,null,null\nx,1,b,1,null,null\nx,2,a,7,null,null\nx,2,b,1,null,null\n"
           "x,3,a,1.0000000000000001e+300,null,null\nx,3,b,1,null,null\n");
}

static void a_tree_is_gone_down_and_null_goes_above(void **state)
{
    (void)state;
    cells rows[] = {NODE_ROW("-9", "split", "size", NULL, "2", NULL, "0", "1", "2"),
                    NODE_ROW("-8", "split", "kind_of", "u", NULL, NULL, "1", "3", "4"),
                    NODE_ROW("-7", "leaf", NULL, NULL, NULL, "1", "2", NULL, NULL),
                    NODE_ROW("-6", "leaf", NULL, NULL, NULL, "2", "3", NULL, NULL),
                    NODE_ROW("-5", "leaf", NULL, NULL, NULL, "4", "4", NULL, NULL),
                    SCORED("1", "2", "u"),
                    SCORED("2", "2", "v"),
                    SCORED("3", "3", "u"),
                    SCORED("4", NULL, "u"),
                    SCORED("5", "1", NULL)};
    expect(&scored, "", rows, 10,
           "x,1,a,2,null,null\nx,2,a,4,null,null\nx,3,a,1,null,null\nx,4,a,1,null,null\n"
           "x,5,a,4,null,null\n");
}

static void a_tree_that_does_not_hold_together_ends(void **state)
{
    (void)state;
    cells rows[] = {NODE_ROW("-9", "split", "size", NULL, "2", NULL, "0", "0", "7"),
                    NODE_ROW("-8", "split", "weight", NULL, "2", NULL, "1", "0", "1"),
                    MODEL_ROW("-7", "a", "linear", "weight", NULL, NULL, "9"),
                    MODEL_ROW("-6", "a", "linear", "kind_of", NULL, NULL, "9"),
                    MODEL_ROW("-5", "a", "what", NULL, NULL, NULL, "9"),
                    MODEL_ROW("-4", "a", "intercept", NULL, NULL, NULL, NULL),
                    MODEL_ROW("-3", "b", "what", NULL, NULL, NULL, "9"),
                    SCORED("1", "1", "u"),
                    SCORED("2", "3", "u")};
    expect(&scored, "", rows, 9,
           "x,1,a,0,null,null\nx,1,b,0,null,null\nx,2,a,0,null,null\nx,2,b,0,null,null\n");
}

static void low_and_high_follow_from_errors_and_the_bound_holds(void **state)
{
    (void)state;
    cells rows[] = {MODEL_ROW("-2", "a", "intercept", NULL, NULL, NULL, "0"),
                    MODEL_ROW("-1", "a", "linear", "size", NULL, NULL, "1"),
                    SCORED("1", "0.5", NULL), SCORED("2", "8", NULL)};
    for (int i = 0; i < 2; i++) {
        rows[i].cell[12] = "2";
        rows[i].cell[13] = "0.5";
        rows[i].cell[14] = "0.1";
        rows[i].cell[15] = "0.2";
    }
    fs_buffer out = {0};
    assert_int_equal(apply(&scored, "interval = 0.9", rows, 4, 4, &out, NULL, -1, NULL), FS_OK);
    double away = 0.1 * 1.6448536269514722;
    assert_true(fabs(atof(cell(out.data, 0, 4)) - (0.5 - away)) < 1e-12);
    assert_true(fabs(atof(cell(out.data, 0, 5)) - (0.5 + away)) < 1e-12);
    assert_string_equal(cell(out.data, 1, 3), "2");
    assert_string_equal(cell(out.data, 1, 5), "2");
    assert_true(atof(cell(out.data, 1, 4)) < 1.6);
    fs_buffer_free(&out);
}

static void without_a_model_nothing_is_scored(void **state)
{
    (void)state;
    cells rows[] = {SCORED("1", "0.5", NULL), SCORED("2", "8", NULL)};
    expect(&scored, "", rows, 2, "");
}

/* ---- uplift_curve ---- */

static void a_curve_has_a_row_a_point(void **state)
{
    (void)state;
    cells rows[] = {{{"x", "1", "4", "1", "a"}},  {{"x", "2", "3", "0", "none"}},
                    {{"x", "3", "2", "0", "a"}},  {{"x", "4", "1", "0", "none"}},
                    {{"x", "5", NULL, "1", "a"}}, {{"x", "6", "9", NULL, "a"}},
                    {{"y", "1", "1", "1", "a"}}};
    expect(&judged, "points = 2", rows, 7,
           "x,a,0.5,2,1,1,1,1,1,0.5,2,1,0.5\nx,a,1,4,2,2,0.5,0.5,1,1,2,1,0.5\n");
}

/* ---- all ---- */

static void rows_may_be_cut_anywhere(void **state)
{
    (void)state;
    const cells *rows = simulate(1000);
    fs_buffer whole = {0}, cut = {0};
    assert_int_equal(apply(&fitted, "trees = 5", rows, 1000, 1000, &whole, NULL, -1, NULL), FS_OK);
    assert_int_equal(apply(&fitted, "trees = 5", rows, 1000, 7, &cut, NULL, -1, NULL), FS_OK);
    assert_string_equal(whole.data, cut.data);
    assert_non_null(strstr(whole.data, "one,call,"));
    assert_non_null(strstr(whole.data, "two,letter,"));
    fs_buffer_free(&whole);
    fs_buffer_free(&cut);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    cells rows[] = {NODE_ROW("-9", "split", "size", NULL, "2", NULL, "0", "1", "2"),
                    NODE_ROW("-7", "leaf", NULL, NULL, NULL, "1", "1", NULL, NULL),
                    SCORED("1", "2", "u"), SCORED("2", "2", "v")};
    cells curve[] = {{{"x", "1", "4", "1", "a"}}, {{"x", "2", "3", "0", "none"}}};
    const cells *learnt = simulate(120);
    const struct {
        const table *t;
        const char *text;
        const cells *rows;
        int count;
    } uses[] = {{&fitted, "trees = 2", learnt, 120},
                {&yes_or_no, "", &(cells){{"x", "1", "0", "0", NULL, NULL, NULL}}, 1},
                {&scored, "", rows, 4},
                {&judged, "", curve, 2}};
    for (int k = 0; k < 4; k++) {
        bool failed = true;
        int64_t n = 0;
        for (; failed && n < 2000; n++) {
            fs_status status = apply(uses[k].t, uses[k].text, uses[k].rows, uses[k].count,
                                     uses[k].count, NULL, NULL, n, &failed);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        }
        assert_in_range(n, 15, 1999);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_arm_has_a_model_against_the_control),
        cmocka_unit_test(the_control_is_named_or_known_by_its_name),
        cmocka_unit_test(treated_may_be_yes_or_no_and_one_of_the_two_must_be_there),
        cmocka_unit_test(groups_with_one_arm_have_no_model),
        cmocka_unit_test(trees_are_rows_of_nodes),
        cmocka_unit_test(uplift_is_the_sum_of_terms_for_each_arm),
        cmocka_unit_test(a_tree_is_gone_down_and_null_goes_above),
        cmocka_unit_test(a_tree_that_does_not_hold_together_ends),
        cmocka_unit_test(low_and_high_follow_from_errors_and_the_bound_holds),
        cmocka_unit_test(without_a_model_nothing_is_scored),
        cmocka_unit_test(a_curve_has_a_row_a_point),
        cmocka_unit_test(rows_may_be_cut_anywhere),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
