/* The operators fit_classifier and classify, from Arrow to Arrow: rows to a model, and that to probabilities. */
#include "table_helpers.h"

#include "foresell/learn.h"
#include "foresell/numeric.h"

/* ---- rows of both kinds ---- */

static const char *const names[] = {"what", "row", "label", "size", "kind_of", "on", "count"};
static const enum ArrowType types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64, NANOARROW_TYPE_STRING, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_BOOL,  NANOARROW_TYPE_INT32};
static const char *const scored_names[] = {"what",  "row",  "class",       "kind", "feature",
                                           "level", "knot", "coefficient", "size", "kind_of"},
                         *const mean_names[] = {"what",    "row",     "class", "kind",
                                                "feature", "level",   "knot",  "coefficient",
                                                "size",    "kind_of", "mean"};
static const enum ArrowType scored_types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_STRING, NANOARROW_TYPE_STRING,
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_STRING, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_STRING, NANOARROW_TYPE_DOUBLE};

static const table fitted = {"fit_classifier", names, types, 7},
                   scored = {"classify", scored_names, scored_types, 10},
                   with_means = {"classify", mean_names, scored_types, 11};

/* Rows of two groups whose class depends on size and kind_of. */
static const cells *simulate(int count)
{
    static cells rows[2000];
    static char text[2000][2][24];
    static const char *const kinds[] = {"red", "green", "blue"}, *const labels[] = {"C", "A", "B"};
    fs_random random = fs_random_open(5, 0, 0, 0);
    for (int i = 0; i < count; i++) {
        double size = fs_random_normal(&random);
        int kind = (int)fs_random_below(&random, 3);
        int label = size + (kind == 1) + fs_random_normal(&random) > 0.5;
        if (fs_random_uniform(&random) < 0.1) label = 2;
        snprintf(text[i][0], sizeof text[i][0], "%d", i);
        snprintf(text[i][1], sizeof text[i][1], "%.17g", size);
        rows[i] = (cells){{2 * i < count ? "one" : "two", text[i][0], i % 11 ? labels[label] : NULL,
                           i % 13 ? text[i][1] : NULL, i % 17 ? kinds[kind] : NULL,
                           i % 2 ? "1" : "0", i % 3 ? "4" : "7"}};
    }
    return rows;
}

/* ---- tests ---- */

static void a_model_has_a_row_for_each_class_and_term(void **state)
{
    (void)state;
    cells rows[40];
    static char number[40][8];
    for (int i = 0; i < 40; i++) {
        snprintf(number[i], sizeof number[i], "%d", i);
        rows[i] = (cells){{"x", number[i], i % 5 ? "b" : "a", number[i % 4], i % 2 ? "u" : "v", "1",
                           i % 7 ? "3" : NULL}};
    }
    rows[39].cell[2] = NULL;
    fs_buffer out = {0};
    assert_int_equal(apply(&fitted, "knots = 1, folds = 0", rows, 40, 40, &out, NULL, -1, NULL),
                     FS_OK);
    static const char *const heads[] = {
        "x,a,intercept,null,null,null,", "x,a,linear,size,null,null,",
        "x,a,hinge,size,null,1",         "x,a,missing,size,null,null,",
        "x,a,level,kind_of,v,null,",     "x,a,level,kind_of,u,null,",
        "x,a,missing,count,null,null,",  "x,b,intercept,"};
    const char *line = out.data;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        assert_int_equal(strncmp(line, heads[i], strlen(heads[i])), 0);
        line = strchr(line, '\n') + 1;
    }
    assert_non_null(strstr(out.data, ",39,0.01,1,1,null\n"));
    fs_buffer_free(&out);
}

static void groups_without_a_class_have_no_model(void **state)
{
    (void)state;
    cells rows[] = {{{"x", "1", NULL, "1", NULL, NULL, NULL}},
                    {{"x", "2", NULL, "2", NULL, NULL, NULL}},
                    {{"y", "1", "a", NULL, NULL, NULL, NULL}}};
    expect(&fitted, "", rows, 3, "y,a,intercept,null,null,null,0,1,0.01,1,1,null\n");
}

static void more_classes_than_there_may_be_are_refused(void **state)
{
    (void)state;
    cells rows[40];
    static char number[40][8];
    fs_error error = {0};
    for (int i = 0; i < 40; i++) {
        snprintf(number[i], sizeof number[i], "%d", i);
        rows[i] = (cells){{"x", number[i], number[i], "1", NULL, NULL, NULL}};
    }
    assert_int_equal(apply(&fitted, "", rows, 40, 40, NULL, &error, -1, NULL), FS_DATA);
    assert_non_null(strstr(error.message, "40 classes"));
}

static void what_only_spark_can_do_is_refused_before_a_row_is_read(void **state)
{
    (void)state;
    fs_error error = {0};
    assert_int_equal(apply(&fitted, "method = mllib", NULL, 0, 1, NULL, &error, -1, NULL),
                     FS_USAGE);
    assert_non_null(strstr(error.message, "fit_classifier: only Spark can do method = mllib"));
    assert_non_null(strstr(error.remedy, "--engine spark"));
    assert_non_null(strstr(error.remedy, "leave method at foresell"));
    assert_int_equal(apply(&fitted, "method = foresell", NULL, 0, 1, NULL, &error, -1, NULL),
                     FS_OK);
}

#define MODEL(class, kind, feature, level, knot, coefficient)                                      \
    {                                                                                              \
        {                                                                                          \
            "x", NULL, class, kind, feature, level, knot, coefficient, NULL, NULL                  \
        }                                                                                          \
    }
#define SCORED(row, size, kind)                                                                    \
    {                                                                                              \
        {                                                                                          \
            "x", row, NULL, NULL, NULL, NULL, NULL, NULL, size, kind                               \
        }                                                                                          \
    }

/* Gives the rows of a model, which come first, their numbers. */
static void number_rows(cells *rows, int models)
{
    static char number[16][8];
    for (int i = 0; i < models; i++) {
        snprintf(number[i], sizeof number[i], "%d", i - models);
        rows[i].cell[1] = number[i];
    }
}

static void scores_are_sums_of_terms_and_probabilities_their_softmax(void **state)
{
    (void)state;
    /* ln 3 for "b" at size 2 above the knot, for level "u", and where size is null */
    cells rows[] = {MODEL("b", "hinge", "size", NULL, "1", "0.54930614433405489"),
                    MODEL("b", "level", "kind_of", "u", NULL, "1.0986122886681098"),
                    MODEL("b", "missing", "size", NULL, NULL, "1.0986122886681098"),
                    MODEL("a", "intercept", NULL, NULL, NULL, "0"),
                    SCORED("5", "1", "v"),
                    SCORED("6", "3", "v"),
                    SCORED("7", "0", "u"),
                    SCORED("8", NULL, NULL)};
    fs_buffer out = {0};
    number_rows(rows, 4);
    assert_int_equal(apply(&scored, "", rows, 8, 3, &out, NULL, -1, NULL), FS_OK);
    const char *line = out.data;
    static const double expected[] = {0.5, 0.75, 0.75, 0.75};
    for (int i = 0; i < 4; i++) {
        double a, b;
        int row, a_first, b_first;
        assert_int_equal(
            sscanf(line, "x,%d,a,%lf,%d\nx,%*d,b,%lf,%d\n", &row, &a, &a_first, &b, &b_first), 5);
        assert_true(row == 5 + i && fabs(b - expected[i]) < 1e-15 && fabs(a + b - 1) < 1e-15);
        assert_true(a_first == (i == 0) && b_first == (i != 0)); /* ties: by name */
        line = strchr(strchr(line, '\n') + 1, '\n') + 1;
    }
    assert_true(*line == 0);
    fs_buffer_free(&out);
}

static void what_the_model_does_not_know_adds_nothing(void **state)
{
    (void)state;
    cells rows[] = {MODEL("a", "linear", "weight", NULL, NULL, "9"),
                    MODEL("a", "linear", "kind_of", NULL, NULL, "9"),
                    MODEL("a", "level", "size", "3", NULL, "9"),
                    MODEL("a", "level", "kind_of", NULL, NULL, "9"),
                    MODEL("a", "hinge", "size", NULL, NULL, "9"),
                    MODEL("a", "cubic", "size", NULL, NULL, "9"),
                    MODEL("a", "linear", "size", NULL, NULL, NULL),
                    MODEL("a", NULL, NULL, NULL, NULL, "9"),
                    MODEL("b", "level", "kind_of", "u", NULL, "9"),
                    SCORED("1", "3", "elsewhere")};
    number_rows(rows, 9);
    expect(&scored, "", rows, 10, "x,1,a,0.5,1\nx,1,b,0.5,0\n");
}

/* A tree of size above 1, then kind_of: of u it adds ln 3 to b; and of nulls of size -ln 3. */
static void trees_add_the_leaf_that_a_row_comes_to(void **state)
{
    (void)state;
    cells rows[] = {MODEL("b", "split 1 1", "size", NULL, "1", "0.5"),
                    MODEL("b", "leaf 1 2", NULL, NULL, NULL, "0"),
                    MODEL("b", "split 1 3", "kind_of", "u", NULL, "0.5"),
                    MODEL("b", "leaf 1 6", NULL, NULL, NULL, "0"),
                    MODEL("b", "leaf 1 7", NULL, NULL, NULL, "1.0986122886681098"),
                    MODEL("a", "leaf 2 3", NULL, NULL, NULL, "0"),
                    MODEL("a", "split 2 1", "size", NULL, NULL, "0.5"),
                    MODEL("a", "leaf 2 2", NULL, NULL, NULL, "1.0986122886681098"),
                    SCORED("5", "1", "u"),
                    SCORED("6", "3", "v"),
                    SCORED("7", "3", "u"),
                    SCORED("8", NULL, "u")};
    fs_buffer out = {0};
    number_rows(rows, 8);
    assert_int_equal(apply(&scored, "", rows, 12, 3, &out, NULL, -1, NULL), FS_OK);
    const char *line = out.data;
    static const double expected[] = {0.5, 0.5, 0.75, 0.25};
    for (int i = 0; i < 4; i++) {
        double b;
        line = strchr(line, '\n') + 1;
        assert_int_equal(sscanf(line, "x,%*d,b,%lf", &b), 1);
        assert_true(fabs(b - expected[i]) < 1e-15);
        line = strchr(line, '\n') + 1;
    }
    fs_buffer_free(&out);
}

static void what_is_no_node_of_a_tree_adds_nothing(void **state)
{
    (void)state;
    cells rows[] = {MODEL("a", "leaf 1", NULL, NULL, NULL, "9"),
                    MODEL("a", "leaf 1 16", NULL, NULL, NULL, "9"),
                    MODEL("a", "leaf 99999999999999999999 1", NULL, NULL, NULL, "9"),
                    MODEL("a", "leaf 0 1", NULL, NULL, NULL, "9"),
                    MODEL("a", "split 1 8", "size", NULL, "0", "9"),
                    MODEL("a", "leaf 1 1 1", NULL, NULL, NULL, "9"),
                    MODEL("a", "split 1 1", "weight", NULL, "0", "1"),
                    MODEL("a", "leaf 1 3", NULL, NULL, NULL, "9"),
                    MODEL("b", "leaf 3 1", NULL, NULL, NULL, NULL),
                    SCORED("1", "3", "elsewhere")};
    number_rows(rows, 9);
    expect(&scored, "", rows, 10, "x,1,a,0.5,1\nx,1,b,0.5,0\n");
}

/* Rows of a model with its means, and one to be scored. */
static void reasons_are_the_features_that_move_a_score_most(void **state)
{
    (void)state;
    cells rows[] = {MODEL("a", "intercept", NULL, NULL, NULL, "0"),
                    MODEL("b", "linear", "size", NULL, NULL, "0.5"),
                    MODEL("b", "split 1 1", "kind_of", "u", NULL, "0.25"),
                    MODEL("b", "leaf 1 2", NULL, NULL, NULL, "0"),
                    MODEL("b", "leaf 1 3", NULL, NULL, NULL, "-4"),
                    SCORED("1", "3", "u"),
                    SCORED("2", "1", "v")};
    fs_buffer out = {0};
    number_rows(rows, 5);
    rows[1].cell[10] = "1";
    assert_int_equal(apply(&with_means, "reasons = 3", rows, 7, 3, &out, NULL, -1, NULL), FS_OK);
    const char *line = out.data;
    static const char *const tails[] = {
        ",1,kind_of,size,null,3,-1,null\n", ",0,kind_of,size,null,-3,1,null\n",
        ",0,kind_of,null,null,-1,null,null\n", ",1,kind_of,null,null,1,null,null\n"};
    for (int i = 0; i < 4; i++) {
        const char *end = strchr(line, '\n') + 1, *tail = tails[i];
        assert_int_equal(strncmp(end - strlen(tail), tail, strlen(tail)), 0);
        line = end;
    }
    fs_buffer_free(&out);
}

static void without_means_there_are_no_reasons(void **state)
{
    (void)state;
    cells rows[] = {MODEL("b", "linear", "size", NULL, NULL, "0.5"), SCORED("1", "3", "u")};
    fs_error error = {0};
    number_rows(rows, 1);
    assert_int_equal(apply(&scored, "reasons = 1", rows, 2, 2, NULL, &error, -1, NULL), FS_DATA);
    assert_non_null(strstr(error.message, "mean"));
    assert_non_null(strstr(error.remedy, "select mean too"));
}

static void a_model_may_be_trees_and_says_what_gives_the_class_away(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    static cells rows[COUNT];
    static char text[COUNT][2][16];
    for (int i = 0; i < COUNT; i++) {
        snprintf(text[i][0], sizeof text[i][0], "%d", i);
        snprintf(text[i][1], sizeof text[i][1], "%d", i * 37 % 100);
        rows[i] = (cells){{"x", text[i][0], i * 37 % 100 > 30 ? "a" : "b", text[i][1],
                           i % 3 ? "u" : "v", NULL, NULL}};
    }
    fs_buffer out = {0};
    assert_int_equal(apply(&fitted, "model = trees", rows, COUNT, COUNT, &out, NULL, -1, NULL),
                     FS_OK);
    assert_non_null(strstr(out.data, "x,a,intercept,"));
    assert_non_null(strstr(out.data, "x,b,split 1 1,size,null,"));
    assert_non_null(strstr(out.data, "size alone tells a class"));
    assert_null(strstr(out.data, "linear"));
    fs_buffer_free(&out);
}

static void without_a_model_nothing_is_scored(void **state)
{
    (void)state;
    cells rows[] = {SCORED("1", "3", "u"), SCORED("2", NULL, NULL)};
    expect(&scored, "", rows, 2, "");
}

static void numbers_beyond_all_bounds_give_probabilities(void **state)
{
    (void)state;
    cells rows[] = {MODEL("a", "linear", "size", NULL, NULL, "1e300"),
                    MODEL("a", "hinge", "size", NULL, "-1e308", "-1e308"),
                    MODEL("b", "intercept", NULL, NULL, NULL, "-1e308"),
                    SCORED("1", "1e308", NULL)};
    number_rows(rows, 3);
    expect(&scored, "", rows, 4, "x,1,a,1,1\nx,1,b,0,0\n");
}

static void rows_may_be_cut_anywhere_and_neighbours_do_not_matter(void **state)
{
    (void)state;
    enum { COUNT = 600 };
    const cells *rows = simulate(COUNT);
    fs_buffer whole = {0}, cut = {0}, alone = {0};
    assert_int_equal(apply(&fitted, "", rows, COUNT, COUNT, &whole, NULL, -1, NULL), FS_OK);
    for (int size = 7; size < COUNT; size = size * 5 + 3) {
        fs_buffer_clear(&cut);
        assert_int_equal(apply(&fitted, "", rows, COUNT, size, &cut, NULL, -1, NULL), FS_OK);
        assert_string_equal(cut.data, whole.data);
    }
    assert_int_equal(apply(&fitted, "", rows + COUNT / 2, COUNT / 2, 50, &alone, NULL, -1, NULL),
                     FS_OK);
    assert_string_equal(strstr(whole.data, "\ntwo,") + 1, alone.data);
    fs_buffer_free(&whole), fs_buffer_free(&cut), fs_buffer_free(&alone);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    cells rows[] = {MODEL("a", "linear", "size", NULL, NULL, "1"),
                    MODEL("b", "level", "kind_of", "u", NULL, "2"), SCORED("1", "3", "u"),
                    MODEL("b", "split 1 1", "kind_of", "v", NULL, "1"), SCORED("3", "4", NULL)};
    const cells *learnt = simulate(100);
    number_rows(rows, 2);
    rows[3].cell[1] = "2"; /* rows of a model are found wherever they stand */
    rows[0].cell[10] = rows[1].cell[10] = "0";
    for (int k = 0; k < 2; k++) {
        bool failed = true;
        int64_t n = 0;
        for (; failed && n < 2000; n++) {
            fs_status status =
                k ? apply(&with_means, "reasons = 2", rows, 5, 5, NULL, NULL, n, &failed)
                  : apply(&fitted, "folds = 2", learnt, 100, 100, NULL, NULL, n, &failed);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        }
        assert_in_range(n, 20, 1999);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_has_a_row_for_each_class_and_term),
        cmocka_unit_test(groups_without_a_class_have_no_model),
        cmocka_unit_test(more_classes_than_there_may_be_are_refused),
        cmocka_unit_test(what_only_spark_can_do_is_refused_before_a_row_is_read),
        cmocka_unit_test(scores_are_sums_of_terms_and_probabilities_their_softmax),
        cmocka_unit_test(what_the_model_does_not_know_adds_nothing),
        cmocka_unit_test(trees_add_the_leaf_that_a_row_comes_to),
        cmocka_unit_test(what_is_no_node_of_a_tree_adds_nothing),
        cmocka_unit_test(reasons_are_the_features_that_move_a_score_most),
        cmocka_unit_test(without_means_there_are_no_reasons),
        cmocka_unit_test(a_model_may_be_trees_and_says_what_gives_the_class_away),
        cmocka_unit_test(without_a_model_nothing_is_scored),
        cmocka_unit_test(numbers_beyond_all_bounds_give_probabilities),
        cmocka_unit_test(rows_may_be_cut_anywhere_and_neighbours_do_not_matter),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
