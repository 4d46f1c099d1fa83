/* The operators that there are, from Arrow to Arrow. */
#include "series_helpers.h"

#include "foresell/numeric.h"

static fs_status apply(const char *name, const char *text, const row *rows, int count, int cut,
                       fs_buffer *out, fs_error *error)
{
    return apply_to(name, text, rows, count, cut, out, NULL, error);
}

static void forecast_continues_the_weeks(void **state)
{
    (void)state;
    const row rows[] = {{"a", 0, 1}, {"a", 7, 2}, {"a", 21, 4}, {"b", 70, 9}, {"b", 77, 9}};
    expect_from("forecast", "horizon = 2, quantile = [], model = snaive, season = 2, origins = 0",
                rows, 5,
                "a,28,1,1,snaive,only 3 values known; 1 of 4 values missing,null\n"
                "a,35,2,4,snaive,only 3 values known; 1 of 4 values missing,null\n"
                "b,84,1,9,snaive,only 2 values known,null\n"
                "b,91,2,9,snaive,only 2 values known,null\n");
}

static void forecast_answers_for_groups_of_one_row_and_of_nothing_known(void **state)
{
    (void)state;
    const row rows[] = {{"a", 100, 5}, {"b", 100, NAN}, {"b", 107, NAN}};
    expect_from("forecast", "horizon = 1, quantile = [0.5], period = week", rows, 3,
                "a,107,1,5,5,ETS(A,N,N),one value known, intervals are a guess,null\n"
                "b,114,1,null,null,none,no value known, nothing is forecast,null\n");
}

static void forecast_takes_the_form_that_is_named(void **state)
{
    (void)state;
    row rows[30];
    fs_buffer out = {0};
    fs_error error = {0};
    for (int i = 0; i < 30; i++) rows[i] = (row){"a", i, 100 + 3 * i + 5 * (i % 4)};
    assert_int_equal(apply("forecast", "horizon = 1, model = ets, form = MAdN, season = 4", rows,
                           30, 9, &out, NULL),
                     FS_OK);
    assert_non_null(strstr(out.data, "ETS(M,Ad,N)"));
    fs_buffer_free(&out);
    assert_int_equal(apply("forecast", "horizon = 1, form = AQN", rows, 30, 9, &out, &error),
                     FS_USAGE);
    assert_non_null(strstr(error.message, "'AQN'"));
    fs_buffer_free(&out);
}

static void forecast_takes_seasons_that_are_whole_numbers(void **state)
{
    (void)state;
    row rows[60];
    fs_buffer out = {0};
    fs_error error = {0};
    for (int t = 0; t < 60; t++)
        rows[t] = (row){"a", t, (t % 3 == 0) * 6 + (t % 5 == 1) * 9 + 30 + t % 2};
    assert_int_equal(apply("forecast",
                           "horizon = 1, quantile = [], model = mstl, seasons = [5, 3, 3]", rows,
                           60, 7, &out, &error),
                     FS_OK);
    assert_non_null(strstr(out.data, "MSTL(3,5"));
    fs_buffer_free(&out);
    assert_int_equal(apply("forecast", "seasons = [2.5]", rows, 60, 7, &out, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "whole numbers"));
    assert_int_equal(apply("forecast", "seasons = [2, 3, 4, 5, 6]", rows, 60, 7, &out, &error),
                     FS_USAGE);
    assert_non_null(strstr(error.message, "4 at most"));
    fs_buffer_free(&out);
}

static void a_transformation_is_one_that_goes_back(void **state)
{
    (void)state;
    static const char *const wrong[] = {"box_cox = log", "box_cox = -1", "box_cox = 2.5",
                                        "box_cox = auto, save = [model]"};
    static row rows[60];
    fs_error error;
    fs_buffer out = {0};
    for (int t = 0; t < 60; t++) rows[t] = (row){"a", t, 30 + t % 7};
    for (int i = 0; i < 4; i++)
        assert_int_equal(apply("forecast", wrong[i], rows, 60, 7, &out, &error), FS_USAGE);
    fs_buffer_free(&out);
    assert_int_equal(
        apply("forecast", "horizon = 1, model = ets, box_cox = 0.5", rows, 60, 7, &out, &error),
        FS_OK);
    assert_non_null(strstr(out.data, "lambda 0.5"));
    fs_buffer_free(&out);
}

static void auto_looks_for_a_year_beside_the_week_that_is_given(void **state)
{
    (void)state;
    static const char *const options[] = {
        "horizon = 1, period = day, effort = fast, season = 7",
        "horizon = 1, period = day, effort = fast, season = 30",
        "horizon = 1, period = day, model = mstl, season = 7",
        "horizon = 1, period = day, model = mstl",
    };
    static const bool has_year[] = {true, false, false, true};
    static row rows[900];
    fs_buffer out = {0};
    for (int t = 0; t < 900; t++)
        rows[t] = (row){"a", t, 100 + 30 * cos(2 * M_PI * t / 365) + 9 * (t % 7 == 3) + t % 11};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(apply("forecast", options[i], rows, 900, 900, &out, NULL), FS_OK);
        assert_true((strstr(out.data, "MSTL(7,365") != NULL) == has_year[i]);
        fs_buffer_free(&out);
    }
}

static void forecast_starts_from_a_common_end(void **state)
{
    (void)state;
    const row rows[] = {{"a", 0, 5}, {"a", 1, 5}, {"b", 0, 7},
                        {"b", 1, 7}, {"b", 2, 7}, {"b", 3, 99}};
    expect_from("forecast",
                "horizon = 1, quantile = [], model = ets, end = 1970-01-03, origins = 0", rows, 6,
                "a,3,1,5,ETS(A,N,N),only 2 values known; 1 of 3 values missing,null\n"
                "b,3,1,7,ETS(A,N,N),only 3 values known,null\n");
    fs_buffer out = {0};
    fs_error error = {0};
    assert_int_equal(apply("forecast", "end = soon", rows, 6, 6, &out, &error), FS_USAGE);
    assert_non_null(strstr(error.message, "operator forecast"));
    assert_non_null(strstr(error.message, "'soon'"));
}

/* A series that never changes: all quantiles are the mean, so those of sums are its multiples. */
static void forecast_of_sums_adds_periods_up(void **state)
{
    (void)state;
    row rows[30];
    for (int i = 0; i < 30; i++) rows[i] = (row){"a", i, 4};
    expect_from("forecast",
                "horizon = 3, quantile = [0.5], model = naive, of = sum, origins = 0, season = 1",
                rows, 30,
                "a,30,1,4,4,naive,null,null\na,31,2,8,8,naive,null,null\n"
                "a,32,3,12,12,naive,null,null\n");
    expect_from("forecast_paths", "horizon = 2, paths = 2, model = naive, origins = 0, season = 1",
                rows, 30, "a,1,30,1,4\na,1,31,2,4\na,2,30,1,4\na,2,31,2,4\n");
}

static void paths_and_sums_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const char *const refused[][3] = {
        {"forecast", "of = sum, intervals = conformal", "not of sums"},
        {"backtest", "of = sum, paths = 50000, horizon = 1000", "50000 paths of 1000 steps"},
        {"forecast_paths", "paths = 50000, horizon = 1000", "50000 paths of 1000 steps"}};
    const row rows[] = {{"a", 0, 5}, {"a", 1, 5}};
    for (int i = 0; i < 3; i++) {
        fs_buffer out = {0};
        fs_error error = {0};
        assert_int_equal(apply(refused[i][0], refused[i][1], rows, 2, 2, &out, &error), FS_USAGE);
        assert_non_null(strstr(error.message, refused[i][2]));
        fs_buffer_free(&out);
    }
}

/* What one group gives does not depend on the others. */
static void sums_and_paths_of_a_group_are_its_own(void **state)
{
    (void)state;
    static const char *const same[][2] = {{"forecast", "of = sum, horizon = 5, paths = 200"},
                                          {"forecast_paths", "horizon = 5, paths = 3"}};
    row rows[90];
    for (int i = 0; i < 90; i++) rows[i] = (row){i < 40 ? "a" : "b", i % 40, (i * 31) % 17};
    for (int i = 0; i < 2; i++) {
        fs_buffer both = {0}, alone = {0};
        assert_int_equal(apply(same[i][0], same[i][1], rows, 80, 80, &both, NULL), FS_OK);
        assert_int_equal(apply(same[i][0], same[i][1], rows + 40, 40, 7, &alone, NULL), FS_OK);
        assert_non_null(strstr(both.data, alone.data));
        fs_buffer_free(&both), fs_buffer_free(&alone);
    }
}

static void backtest_tells_the_errors_of_both_models(void **state)
{
    (void)state;
    row rows[20];
    fs_buffer out = {0};
    for (int i = 0; i < 20; i++) rows[i] = (row){"a", i, i % 2 ? 10 : 20};
    assert_int_equal(apply("backtest", "horizon = 4, season = 2, quantile = [0.1, 0.9]", rows, 20,
                           3, &out, NULL),
                     FS_OK);
    assert_non_null(
        strstr(out.data, "a,snaive,null,3,12,15,0,0,null,0,0,0,0,null,1,12,0,0,null,0,0,1,1\n"));
    assert_non_null(strstr(out.data, "a,ets,null,3,12,"));
    fs_buffer_free(&out);
    assert_int_equal(apply("backtest",
                           "horizon = 2, by = step, models = [drift, naive], origins = 1, "
                           "season = 1, quantile = []",
                           rows, 20, 3, &out, NULL),
                     FS_OK);
    assert_non_null(strstr(out.data, "a,naive,1,1,1,20,10,10,1,1,"));
    assert_non_null(strstr(out.data, "a,drift,2,1,1,"));
    assert_null(strstr(out.data, "snaive"));
    fs_buffer_free(&out);
}

static void outliers_are_explained_row_for_row(void **state)
{
    (void)state;
    row rows[60];
    fs_buffer out = {0};
    for (int i = 0; i < 60; i++) rows[i] = (row){"a", i, 4};
    rows[30].units = 48;
    rows[40].units = NAN;
    assert_int_equal(apply("clean_outliers", "season = 1", rows, 60, 7, &out, NULL), FS_OK);
    assert_non_null(strstr(out.data, "a,30,48,8,1,12 times its usual 4\n"));
    assert_non_null(strstr(out.data, "a,31,4,4,0,null\n"));
    assert_non_null(strstr(out.data, "a,40,null,null,0,null\n"));
    int lines = 0;
    for (const char *c = out.data; *c; c++) lines += *c == '\n';
    assert_int_equal(lines, 60);
    fs_buffer_free(&out);
}

/* The rows of `out` that say an outlier. */
static void keep_outliers(const fs_buffer *out, fs_buffer *kept)
{
    for (const char *line = out->data; *line;) {
        size_t bytes = strcspn(line, "\n") + 1;
        const char *flag = strstr(line, ",1,");
        if (flag && flag < line + bytes)
            assert_int_equal(fs_buffer_printf(kept, "%.*s", (int)bytes, line), FS_OK);
        line += bytes;
    }
}

static void outliers_alone_come_back_where_asked(void **state)
{
    (void)state;
    row rows[60];
    fs_buffer all = {0}, kept = {0}, only = {0};
    for (int i = 0; i < 60; i++) rows[i] = (row){i < 50 ? "a" : "b", 100 + i, 4 + i % 3};
    rows[20].units = 48;
    rows[30].units = 300;
    assert_int_equal(apply("clean_outliers", "season = 1", rows, 60, 7, &all, NULL), FS_OK);
    assert_int_equal(
        apply("clean_outliers", "season = 1, rows = outliers", rows, 60, 7, &only, NULL), FS_OK);
    keep_outliers(&all, &kept);
    assert_non_null(strstr(only.data, "a,130,300,"));
    assert_string_equal(only.data, kept.data);
    fs_buffer_free(&all), fs_buffer_free(&kept), fs_buffer_free(&only);
}

/* Two years of days with a weekday, many zeros, days that are not known, and one of 500. */
static int slow_mover(row *rows, bool zeros)
{
    int count = 0;
    for (int i = 0; i < 730; i++) {
        double units = i % 7 == 6 ? 0 : i % 5 == 0 ? 3 + (i / 50) % 4 : i % 11 == 0 ? 9 : 0;
        if (i == 300) units = 500;
        bool hidden = i >= 400 && i < 410;
        if (zeros || units > 0 || hidden || i == 0 || i == 729)
            rows[count++] = (row){"a", i, hidden ? NAN : units};
    }
    return count;
}

static void absent_periods_are_zeros_where_the_user_says_so(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"forecast", "horizon = 9, period = day, absent = zero"},
        {"backtest", "horizon = 9, period = day, absent = closed"},
        {"trend", "period = day, absent = zero"},
        {"peaks", "period = day, absent = zero"},
        {"clean_outliers", "rows = outliers, absent = zero"}};
    row dense[730], sparse[730];
    int all = slow_mover(dense, true), few = slow_mover(sparse, false);
    assert_in_range(few, 100, 400);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        fs_buffer expected = {0}, out = {0};
        assert_int_equal(apply(same[i][0], same[i][1], dense, all, 50, &expected, NULL), FS_OK);
        assert_int_equal(apply(same[i][0], same[i][1], sparse, few, 50, &out, NULL), FS_OK);
        assert_non_null(expected.data);
        assert_string_equal(out.data, expected.data);
        fs_buffer_clear(&out);
        assert_int_equal(apply(same[i][0], "", sparse, few, 50, &out, NULL), FS_OK);
        assert_string_not_equal(out.data, expected.data); /* missing, where nothing is said */
        fs_buffer_free(&expected), fs_buffer_free(&out);
    }
}

static void zeros_go_on_to_the_end_that_the_user_names(void **state)
{
    (void)state;
    const row rows[] = {{"a", 0, 8}, {"a", 1, 8}, {"a", 2, 8}, {"b", 0, 8}, {"b", 5, 8}};
    expect_from(
        "forecast",
        "horizon = 1, quantile = [], model = snaive, season = 1, period = day, absent = zero, "
        "end = 1970-01-05, origins = 0",
        rows, 5, "a,5,1,0,naive,null,null\nb,5,1,0,naive,null,null\n");
}

static void an_outlier_of_any_size_is_explained(void **state)
{
    (void)state;
    row rows[60];
    fs_buffer out = {0};
    for (int i = 0; i < 60; i++) rows[i] = (row){"a", i, 4};
    rows[30].units = 1e300;
    assert_int_equal(apply("clean_outliers", "season = 1", rows, 60, 7, &out, NULL), FS_OK);
    assert_non_null(strstr(out.data, ",1,over 1000000000000000 times its usual 4\n"));
    fs_buffer_free(&out);
}

static void peaks_are_ranked_in_each_group(void **state)
{
    (void)state;
    row rows[120];
    fs_buffer out = {0};
    for (int i = 0; i < 120; i++) rows[i] = (row){i < 60 ? "a" : "b", i % 60, 10};
    rows[20].units = 40, rows[50].units = 70, rows[90].units = 30;
    assert_int_equal(apply("peaks", "top = 2", rows, 120, 11, &out, NULL), FS_OK);
    const char *first = strstr(out.data, "a,1,50,70,10,6,0.9"),
               *second = strstr(out.data, "a,2,20,40,10,3,0.9");
    assert_true(first && second && first < second);
    assert_non_null(strstr(out.data, "b,1,30,30,10,2,0.9"));
    fs_buffer_free(&out);
}

static void trend_says_so_where_it_cannot_tell(void **state)
{
    (void)state;
    const row rows[] = {{"a", 0, 5}, {"a", 1, 6}, {"b", 0, 0}};
    expect_from("trend", "", rows, 3,
                "a,null,null,null,null,too few known values, or none above zero\n"
                "b,null,null,null,null,too few known values, or none above zero\n");
}

static void every_operator_gives_the_same_however_rows_are_cut(void **state)
{
    (void)state;
    static const char words[] = "abcdefghijklmnopqrstuvwxyz";
    char item[26][2];
    row *rows = fs_alloc(26 * 150 * sizeof *rows);
    fs_random random = fs_random_open(1, 0, 0, 0);
    int count = 0;
    for (int g = 0; g < 26; g++) {
        item[g][0] = words[g], item[g][1] = '\0';
        for (int i = 0, n = 1 + (int)fs_random_below(&random, 150); i < n; i++)
            if (fs_random_below(&random, 8) || i == 0)
                rows[count++] = (row){item[g], i, (double)fs_random_poisson(&random, 3 + g)};
    }
    for (int i = 0; i < fs_operator_count(); i++) {
        fs_buffer whole = {0}, cut = {0};
        const char *name = fs_operator_at(i)->name;
        if (apply(name, "", rows, count, count, &whole, NULL) != FS_OK) continue; /* other inputs */
        for (int size = 1; size < 200; size = size * 3 + 2) {
            fs_buffer_clear(&cut);
            assert_int_equal(apply(name, "", rows, count, size, &cut, NULL), FS_OK);
            assert_int_equal(cut.size, whole.size);
            assert_memory_equal(cut.data, whole.data, whole.size);
        }
        fs_buffer_free(&whole);
        fs_buffer_free(&cut);
    }
    fs_free(rows);
}

static bool is_named_by_callers(const fs_column *column, const char *name)
{
    return column->role == FS_ROLE_VALUE && strcmp(column->name, name) == 0;
}

static void no_parameter_is_called_as_a_column_that_callers_name(void **state)
{
    (void)state;
    for (int i = 0; i < fs_operator_count(); i++) {
        const fs_operator *o = fs_operator_at(i);
        for (const fs_param *p = o->params; p && p->name; p++)
            for (const fs_column *c = o->input; c->name; c++)
                if (is_named_by_callers(c, p->name)) fail_msg("%s: %s", o->name, p->name);
    }
}

static void every_allocation_of_every_operator_may_fail(void **state)
{
    (void)state;
    row rows[40];
    for (int i = 0; i < 40; i++) rows[i] = (row){i < 20 ? "a" : "b", i, i % 7};
    for (int i = 0; i < fs_operator_count(); i++) {
        const char *name = fs_operator_at(i)->name;
        bool failed = true;
        for (int64_t n = 0; failed && n < 5000; n++) {
            fs_status status = apply_failing(fs_operator_at(i), "", rows, 40, n, &failed);
            bool other_inputs = status == FS_USAGE || status == FS_DATA;
            if (status != (failed ? FS_MEMORY : FS_OK) && !other_inputs)
                print_message("%s, allocation %lld: status %d\n", name, (long long)n, (int)status);
            assert_true(status == (failed ? FS_MEMORY : FS_OK) || other_inputs);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecast_continues_the_weeks),
        cmocka_unit_test(forecast_answers_for_groups_of_one_row_and_of_nothing_known),
        cmocka_unit_test(forecast_takes_the_form_that_is_named),
        cmocka_unit_test(forecast_takes_seasons_that_are_whole_numbers),
        cmocka_unit_test(a_transformation_is_one_that_goes_back),
        cmocka_unit_test(auto_looks_for_a_year_beside_the_week_that_is_given),
        cmocka_unit_test(forecast_starts_from_a_common_end),
        cmocka_unit_test(forecast_of_sums_adds_periods_up),
        cmocka_unit_test(paths_and_sums_that_cannot_be_are_refused),
        cmocka_unit_test(sums_and_paths_of_a_group_are_its_own),
        cmocka_unit_test(backtest_tells_the_errors_of_both_models),
        cmocka_unit_test(outliers_are_explained_row_for_row),
        cmocka_unit_test(outliers_alone_come_back_where_asked),
        cmocka_unit_test(absent_periods_are_zeros_where_the_user_says_so),
        cmocka_unit_test(zeros_go_on_to_the_end_that_the_user_names),
        cmocka_unit_test(an_outlier_of_any_size_is_explained),
        cmocka_unit_test(peaks_are_ranked_in_each_group),
        cmocka_unit_test(trend_says_so_where_it_cannot_tell),
        cmocka_unit_test(every_operator_gives_the_same_however_rows_are_cut),
        cmocka_unit_test(no_parameter_is_called_as_a_column_that_callers_name),
        cmocka_unit_test(every_allocation_of_every_operator_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
