/* The operators fit_segments and segment, from Arrow to Arrow: rows to a model, and that to the segment of each row. */
#include "table_helpers.h"

#include "foresell/numeric.h"

static const char *const names[] = {"what", "row", "size", "count"};
static const enum ArrowType types[] = {NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,
                                       NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_INT32};
static const char *const placed_names[] = {"what",      "row",    "segment", "feature",
                                           "unit",      "shift",  "scale",   "centre",
                                           "deviation", "weight", "size",    "count"};
static const enum ArrowType placed_types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT64,  NANOARROW_TYPE_INT64,  NANOARROW_TYPE_STRING,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE,
    NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_INT32};

static const table fitted = {"fit_segments", names, types, 4},
                   placed = {"segment", placed_names, placed_types, 12};

/* Two groups of rows in three heaps. */
static const cells *simulate(int count)
{
    static cells rows[2000];
    static char text[2000][3][24];
    fs_random random = fs_random_open(5, 0, 0, 0);
    for (int i = 0; i < count; i++) {
        int heap = i % 4 == 3 ? 0 : i % 4;
        snprintf(text[i][0], sizeof text[i][0], "%d", i);
        snprintf(text[i][1], sizeof text[i][1], "%.17g",
                 10 * (heap == 1) + fs_random_normal(&random));
        snprintf(text[i][2], sizeof text[i][2], "%d",
                 100 * (heap == 2) + (int)fs_random_below(&random, 20));
        rows[i] = (cells){
            {2 * i < count ? "one" : "two", text[i][0], i % 13 ? text[i][1] : NULL, text[i][2]}};
    }
    return rows;
}

/* ---- tests ---- */

static void a_model_has_a_row_for_each_segment_and_feature(void **state)
{
    (void)state;
    const cells *rows = simulate(400);
    fs_buffer out = {0};
    assert_int_equal(apply(&fitted, "transform = none", rows, 400, 400, &out, NULL, -1, NULL),
                     FS_OK);
    const char *line = out.data;
    for (int i = 0; i < 12; i++) {
        char what[8], feature[8];
        int segment, fitted_rows;
        double number[9];
        assert_int_equal(
            sscanf(line, "%3[^,],%d,%5[^,],null,%lf,%lf,%lf,null,%lf,%lf,%lf,%lf,%lf,null,%d\n",
                   what, &segment, feature, &number[0], &number[1], &number[2], &number[3],
                   &number[4], &number[5], &number[6], &number[7], &fitted_rows),
            12);
        assert_string_equal(what, i < 6 ? "one" : "two");
        assert_int_equal(segment, i % 6 / 2 + 1);
        assert_string_equal(feature, i % 2 ? "count" : "size");
        assert_true(fabs(number[0] + number[1] * number[2] - number[3]) < 1e-9 * 100);
        assert_true(fabs(number[4] - (segment == 1 ? 0.5 : 0.25)) < 0.05);
        assert_true(number[5] > 0.9 && number[6] > 0.6 && number[7] > 0);
        assert_int_equal(fitted_rows, 200);
        line = strchr(line, '\n') + 1;
    }
    assert_true(*line == 0);
    fs_buffer_free(&out);
}

static void where_nothing_differs_there_is_no_model(void **state)
{
    (void)state;
    cells rows[] = {{{"x", "1", "5", "3"}}, {{"x", "2", "5", "3"}}, {{"y", "1", NULL, NULL}}};
    fs_buffer out = {0};
    assert_int_equal(apply(&fitted, "", rows, 3, 2, &out, NULL, -1, NULL), FS_OK);
    assert_string_equal(out.data ? out.data : "", "");
    assert_int_equal(apply(&fitted, "", rows, 0, 2, &out, NULL, -1, NULL), FS_OK);
    assert_string_equal(out.data ? out.data : "", "");
    fs_buffer_free(&out);
}

static void options_that_contradict_are_refused(void **state)
{
    (void)state;
    fs_error error = {0};
    assert_int_equal(
        apply(&fitted, "least = 5, most = 3", simulate(10), 10, 10, NULL, &error, -1, NULL),
        FS_USAGE);
    assert_non_null(strstr(error.message, "least = 5"));
}

static void what_only_spark_can_do_is_refused_before_a_row_is_read(void **state)
{
    (void)state;
    fs_error error = {0};
    assert_int_equal(apply(&fitted, "fitter = mllib", NULL, 0, 1, NULL, &error, -1, NULL),
                     FS_USAGE);
    assert_non_null(strstr(error.message, "fit_segments: only Spark can do fitter = mllib"));
    assert_int_equal(apply(&fitted, "fitter = foresell", NULL, 0, 1, NULL, &error, -1, NULL),
                     FS_OK);
}

#define MODEL(row, segment, feature, unit, centre, deviation)                                      \
    {                                                                                              \
        {                                                                                          \
            "x", row, segment, feature, unit, "1", "2", centre, deviation, "0.5", NULL, NULL       \
        }                                                                                          \
    }
#define PLACED(row, size, count)                                                                   \
    {                                                                                              \
        {                                                                                          \
            "x", row, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, size, count                  \
        }                                                                                          \
    }

static void rows_go_to_the_nearest_segment(void **state)
{
    (void)state;
    cells rows[] = {MODEL("-4", "9", "size", NULL, "2", NULL),
                    MODEL("-3", "9", "other", NULL, "2", NULL),
                    MODEL("-2", "4", "size", NULL, "-2", NULL),
                    MODEL("-1", "4", "count", NULL, "-3", NULL),
                    PLACED("5", "5", "1"),   /* z 2, 0 */
                    PLACED("6", "-3", "-5"), /* z -2, -3 */
                    PLACED("7", NULL, "1"),  /* z 0, 0 */
                    PLACED("8", "1e300", NULL)};
    fs_buffer out = {0};
    assert_int_equal(apply(&placed, "", rows, 8, 3, &out, NULL, -1, NULL), FS_OK);
    static const char *const starts[] = {"x,5,9,0,null\n", "x,6,4,0,null\n", "x,7,9,2,null\n"};
    const char *line = out.data;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(strncmp(line, starts[i], strlen(starts[i])), 0);
        line = strchr(line, '\n') + 1;
    }
    assert_non_null(strstr(line, "x,8,"));
    assert_null(strstr(line, "inf"));
    fs_buffer_free(&out);
}

static void a_mixture_tells_probabilities_and_units_make_logarithms(void **state)
{
    (void)state;
    cells rows[] = {MODEL("-2", "1", "size", "10", "0", "0.5"),
                    MODEL("-1", "2", "size", "10", "3", "0.5"), PLACED("1", "10", NULL)};
    fs_buffer out = {0};
    int segment;
    double distance, chance, z = (asinh(1) - 1) / 2;
    assert_int_equal(apply(&placed, "", rows, 3, 3, &out, NULL, -1, NULL), FS_OK);
    assert_int_equal(sscanf(out.data, "x,1,%d,%lf,%lf\n", &segment, &distance, &chance), 3);
    assert_int_equal(segment, 1);
    assert_true(fabs(distance - fabs(z)) < 1e-12 && chance > 0.999 && chance <= 1);
    fs_buffer_free(&out);
}

static void without_a_model_nothing_is_placed(void **state)
{
    (void)state;
    cells rows[] = {PLACED("1", "3", "1"), PLACED("2", NULL, NULL)};
    fs_buffer out = {0};
    assert_int_equal(apply(&placed, "", rows, 2, 2, &out, NULL, -1, NULL), FS_OK);
    assert_string_equal(out.data ? out.data : "", "");
    fs_buffer_free(&out);
}

static void too_many_segments_are_refused(void **state)
{
    (void)state;
    cells rows[40];
    static char number[40][8];
    fs_error error = {0};
    for (int i = 0; i < 40; i++) {
        snprintf(number[i], sizeof number[i], "%d", i);
        rows[i] = (cells)MODEL(number[i], number[i], "size", NULL, "1", NULL);
    }
    assert_int_equal(apply(&placed, "", rows, 40, 40, NULL, &error, -1, NULL), FS_DATA);
    assert_non_null(strstr(error.message, "32 segments"));
}

static void rows_may_be_cut_anywhere_and_neighbours_do_not_matter(void **state)
{
    (void)state;
    enum { COUNT = 400 };
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
    cells rows[] = {MODEL("-2", "1", "size", "10", "0", "0.5"),
                    MODEL("-1", "2", "size", "10", "3", "0.5"), PLACED("1", "10", NULL)};
    const cells *learnt = simulate(60);
    for (int k = 0; k < 3; k++) {
        const char *text = k == 1 ? "method = mixture, most = 3" : k ? "" : "most = 3";
        bool failed = true;
        int64_t n = 0;
        for (; failed && n < 2000; n++) {
            fs_status status = k == 2
                                   ? apply(&placed, text, rows, 3, 3, NULL, NULL, n, &failed)
                                   : apply(&fitted, text, learnt, 60, 60, NULL, NULL, n, &failed);
            assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        }
        assert_in_range(n, 20, 1999);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_has_a_row_for_each_segment_and_feature),
        cmocka_unit_test(where_nothing_differs_there_is_no_model),
        cmocka_unit_test(options_that_contradict_are_refused),
        cmocka_unit_test(what_only_spark_can_do_is_refused_before_a_row_is_read),
        cmocka_unit_test(rows_go_to_the_nearest_segment),
        cmocka_unit_test(a_mixture_tells_probabilities_and_units_make_logarithms),
        cmocka_unit_test(without_a_model_nothing_is_placed),
        cmocka_unit_test(too_many_segments_are_refused),
        cmocka_unit_test(rows_may_be_cut_anywhere_and_neighbours_do_not_matter),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
