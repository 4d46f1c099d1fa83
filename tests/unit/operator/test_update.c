/* The operator update: from rows and a saved model to a forecast, batches cut anywhere, every allocation failing in turn. What it
 * computes tests/unit/forecast/test_saved.c tells. */
#include "pipe_helpers.h"

#include "foresell/forecast.h"

static const char *const names[] = {"item", "day", "units", "saved_model"};
static const char *const by_item[] = {"item"};
static const enum ArrowType types[] = {NANOARROW_TYPE_STRING, NANOARROW_TYPE_DATE32,
                                       NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_STRING};

typedef struct row {
    const char *item;
    int day;
    double units; /* NAN: null */
    const char *saved;
} row;

static void append(struct ArrowArray *batch, const row *r)
{
    assert_int_equal(ArrowArrayAppendString(batch->children[0], ArrowCharView(r->item)), 0);
    assert_int_equal(ArrowArrayAppendInt(batch->children[1], r->day), 0);
    if (isnan(r->units))
        assert_int_equal(ArrowArrayAppendNull(batch->children[2], 1), 0);
    else
        assert_int_equal(ArrowArrayAppendDouble(batch->children[2], r->units), 0);
    if (!r->saved)
        assert_int_equal(ArrowArrayAppendNull(batch->children[3], 1), 0);
    else
        assert_int_equal(ArrowArrayAppendString(batch->children[3], ArrowCharView(r->saved)), 0);
    assert_int_equal(ArrowArrayFinishElement(batch), 0);
}

/* The last value of each weekday, of weeks whose days sell 0 to 6, ended on day `end`. */
static char *save_weeks(int64_t end)
{
    double y[42];
    const char *text = NULL;
    fs_forecaster *f = NULL;
    fs_forecast forecast;
    fs_forecast_settings settings = {
        .horizon = 3, .model = fs_forecast_model_find("snaive"), .nonnegative = -1, .saves = true};
    fs_saved_time time = {.step = {.kind = FS_PERIOD_DATE, .size = 1}, .end = end, .season = 7};
    for (int t = 0; t < 42; t++) y[t] = t % 7;
    assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
    assert_int_equal(fs_forecaster_run(f, 7, y, NULL, 42, NULL, &forecast, NULL), FS_OK);
    assert_int_equal(fs_forecaster_save(f, &time, &text, NULL), FS_OK);
    assert_non_null(text);
    char *copy = strdup(text);
    fs_forecaster_close(f);
    return copy;
}

/* In batches of `cut` rows, the allocation after `fail_after` others made to fail (below 0: none). */
static fs_status apply(const char *text, const row *rows, int count, int cut, int64_t fail_after,
                       bool *failed, fs_buffer *out, fs_error *error)
{
    struct ArrowSchema schema;
    struct ArrowArray batch = {0};
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    const fs_operator *op = fs_operator_find("update", error);
    make_schema(&schema, 4, names, types);
    fs_status status = fs_options_parse(op, text, &options, error);
    if (status == FS_OK)
        status = fs_pipe_open(op, options, by_item, 1, "day", &schema, &pipe, error);
    for (int at = 0; status == FS_OK && at < count; at += cut) {
        start_batch(&batch, &schema);
        for (int i = at; i < at + cut && i < count; i++) append(&batch, &rows[i]);
        end_batch(&batch);
        fs_alloc_fail_after(fail_after);
        status = fs_pipe_push(pipe, &batch, error);
        if (status == FS_OK && at + cut >= count) status = fs_pipe_end(pipe, error);
        *failed = fail_after >= 0 && fs_alloc_count() > fail_after;
        fs_alloc_fail_after(-1);
        if (status == FS_OK && out) drain(pipe, out);
    }
    if (batch.release) ArrowArrayRelease(&batch);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    return status;
}

static void expect(const char *text, const row *rows, int count, const char *const *said, int lines)
{
    for (int cut = 1; cut <= count; cut++) {
        fs_buffer out = {0};
        fs_error error = {0};
        bool failed;
        fs_status status = apply(text, rows, count, cut, -1, &failed, &out, &error);
        if (status != FS_OK) print_message("%s\n", error.message);
        assert_int_equal(status, FS_OK);
        for (int i = 0; i < lines; i++) {
            if (!strstr(out.data, said[i])) print_message("%s\n", out.data);
            assert_non_null(strstr(out.data, said[i]));
        }
        fs_buffer_free(&out);
    }
}

static void refused(const char *text, const row *rows, int count, const char *said)
{
    fs_error error = {0};
    bool failed;
    assert_int_equal(apply(text, rows, count, count, -1, &failed, NULL, &error), FS_DATA);
    if (!strstr(error.message, said)) print_message("%s\n", error.message);
    assert_non_null(strstr(error.message, said));
    assert_true(error.remedy[0] != '\0');
}

static void rows_go_behind_the_saved_end(void **state)
{
    (void)state;
    char *a = save_weeks(100), *b = save_weeks(103);
    const row rows[] = {{"a", 99, 50, a},   {"a", 101, 50, a},  {"a", 103, 70, a},
                        {"a", 104, NAN, a}, {"b", 103, NAN, b}, {"c", 7, 1, NULL}};
    const char *const said[] = {
        /* 4 is the place of day 104, three days behind the end; of day 102 nothing is known */
        "a,104,1,3,snaive,1 of 3 new values missing; 1 left out, up to the saved end,fs1;",
        "a,105,2,4,snaive,", "b,104,1,0,snaive,null,fs1;", "b,105,2,1,snaive,",
        "c,8,1,null,none,no saved model"};
    expect("horizon = 2, quantile = []", rows, 6, said, 5);
    const char *const ended[] = {"a,106,1,5,snaive,3 of 5 new values missing",
                                 "b,106,1,2,snaive,2 of 2 new values missing,fs1;"};
    expect("horizon = 2, quantile = [], end = '1970-04-16'", rows, 6, ended, 2);
    const char *const zeros[] = {"a,109,1,0,snaive,"};
    const row late[] = {{"a", 108, 70, a}};
    expect("horizon = 2, quantile = [], absent = zero", late, 1, zeros, 1);
    free(a), free(b);
}

static void groups_are_named_in_errors(void **state)
{
    (void)state;
    char *a = save_weeks(100), *b = save_weeks(101);
    const row broken[] = {{"a", 101, 1, a}, {"b", 101, 1, "fs1;at"}};
    const row two[] = {{"a", 101, 1, a}, {"a", 102, 1, b}};
    refused("", broken, 2, "group item='b': what should be a saved model is none");
    refused("", two, 2, "group item='a': rows of one group have different saved models");
    a[4] = 'x';
    refused("", two, 1, "group item='a'");
    free(a), free(b);
}

static void memory_may_end_anywhere(void **state)
{
    (void)state;
    char *a = save_weeks(100);
    const row rows[] = {{"a", 101, 50, a}, {"a", 102, 51, a}};
    for (int64_t n = 0;; n++) {
        bool failed = false;
        fs_status status = apply("horizon = 2", rows, 2, 2, n, &failed, NULL, NULL);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        if (!failed) break;
    }
    free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_go_behind_the_saved_end),
        cmocka_unit_test(groups_are_named_in_errors),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
