/* The operator update: from rows and a saved model to a forecast, batches cut anywhere, every allocation failing in turn. What it
 * computes tests/unit/forecast/test_saved.c tells. */
#include "pipe_helpers.h"

#include "foresell/forecast.h"

static const char *const names[] = {"item",  "day",       "units", "saved_model",
                                    "ahead", "promotion", "event", "seasonal_index"};
static const char *const by_item[] = {"item"};
static const enum ArrowType types[] = {
    NANOARROW_TYPE_STRING, NANOARROW_TYPE_DATE32, NANOARROW_TYPE_DOUBLE, NANOARROW_TYPE_STRING,
    NANOARROW_TYPE_BOOL,   NANOARROW_TYPE_INT32,  NANOARROW_TYPE_STRING, NANOARROW_TYPE_DOUBLE};
static int columns = 4; /* that a table has */

typedef struct row {
    const char *item;
    int day;
    double units; /* NAN: null */
    const char *saved;
    int ahead, promotion;
    const char *event;
    double index;
} row;

static void append_drivers(struct ArrowArray *batch, const row *r)
{
    struct ArrowArray **child = batch->children;
    if (columns > 4) assert_int_equal(ArrowArrayAppendInt(child[4], r->ahead), 0);
    if (columns > 5) assert_int_equal(ArrowArrayAppendInt(child[5], r->promotion), 0);
    if (columns > 6 && r->event)
        assert_int_equal(ArrowArrayAppendString(child[6], ArrowCharView(r->event)), 0);
    else if (columns > 6)
        assert_int_equal(ArrowArrayAppendNull(child[6], 1), 0);
    if (columns > 7) assert_int_equal(ArrowArrayAppendDouble(child[7], r->index), 0);
}

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
    append_drivers(batch, r);
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
    make_schema(&schema, columns, names, types);
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
    fs_status status = apply(text, rows, count, count, -1, &failed, NULL, &error);
    if (status != FS_DATA) print_message("not refused: %s\n", said);
    assert_int_equal(status, FS_DATA);
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
        "a,104,1,3,snaive,1 of 3 new values missing; 1 left out, up to the saved end,null,fs1;",
        "a,105,2,4,snaive,", "b,104,1,0,snaive,null,null,fs1;", "b,105,2,1,snaive,",
        "c,8,1,null,none,no saved model"};
    expect("horizon = 2, quantile = []", rows, 6, said, 5);
    const char *const ended[] = {"a,106,1,5,snaive,3 of 5 new values missing",
                                 "b,106,1,2,snaive,2 of 2 new values missing,null,fs1;"};
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

/* 70 days that sell 10, up to day 100; three times as many under a promotion, half as many at an event, and as the index says. */
static char *save_driven(const char *kind, bool has_events)
{
    static const char *const name[] = {"promotion", "seasonal_index"};
    static const char *const event_name[] = {"fair"};
    double y[70], column[2][73];
    int event[73];
    const double *value[] = {column[0], column[1]};
    const char *text = NULL;
    fs_forecaster *f = NULL;
    fs_forecast forecast;
    fs_forecast_settings settings = {
        .horizon = 3, .model = fs_forecast_model_find("mean"), .nonnegative = -1, .saves = true};
    fs_saved_time time = {.step = {.kind = FS_PERIOD_DATE, .size = 1}, .end = 100, .season = 1};
    for (int t = 0; t < 73; t++) {
        column[0][t] = t % 5 == 0;
        column[1][t] = t % 2 ? log(2) : log(0.5);
        event[t] = has_events && t % 11 == 7 ? 0 : FS_EVENT_NONE;
        double size = (t % 5 ? 1 : 3) * (event[t] == 0 ? 0.5 : 1);
        if (kind[1]) size *= exp(column[1][t]);
        if (t < 70) y[t] = 10 * size;
    }
    fs_regressors given = {.count = (int)strlen(kind),
                           .value = value,
                           .name = name,
                           .kind = kind,
                           .event = event,
                           .events = has_events,
                           .event_name = event_name,
                           .event_usual = "plain"};
    assert_int_equal(fs_forecaster_open(&settings, &f, NULL), FS_OK);
    assert_int_equal(fs_forecaster_run(f, 1, y, NULL, 70, &given, &forecast, NULL), FS_OK);
    assert_int_equal(fs_forecaster_save(f, &time, &text, NULL), FS_OK);
    char *copy = strdup(text);
    fs_forecaster_close(f);
    return copy;
}

/* The means of the three days after day 102, of which the first has a promotion, the second an event, the third what the index says. */
static void drivers_are_found_by_their_names(void **state)
{
    (void)state;
    char *a = save_driven("ci", true);
    const row rows[] = {{"a", 101, 60, a, 0, 1, "plain", 2},
                        {"a", 102, 10, a, 0, 0, NULL, 1},
                        {"a", 103, 999, a, 1, 1, NULL, 1},
                        {"a", 104, NAN, a, 1, 0, "fair", 1},
                        {"a", 105, NAN, a, 1, 0, "plain", 2}};
    const char *const said[] = {"a,103,1,29.99", "null,promotion +200 %",
                                "a,104,2,4.9",   "fair -50 %",
                                "a,105,3,20.01", "null,seasonal_index +300 %,null"};
    columns = 8;
    expect("horizon = 3, quantile = []", rows, 5, said, 6);
    columns = 4;
    free(a);
}

static void what_a_model_needs_must_be_there(void **state)
{
    (void)state;
    char *promoted = save_driven("c", false), *fair = save_driven("c", true),
         *index = save_driven("ci", false), *strange = save_driven("z", false),
         *wave = save_driven("m", false), *plain = save_weeks(100);
    const row rows[] = {{"a", 101, 10, promoted, 0, 0, NULL, 1}},
              fairs[] = {{"a", 101, 10, fair, 0, 0, NULL, 1}};
    const row indexed[] = {{"a", 101, 10, index, 0, 0, NULL, 1}},
              strangers[] = {{"a", 101, 10, strange, 0, 0, NULL, 1}};
    const row waves[] = {{"a", 101, 10, wave, 0, 0, NULL, 1}},
              plains[] = {{"a", 101, 10, plain, 0, 0, NULL, 1}};
    refused(
        "", rows, 1,
        "group item='a': the saved model needs the column 'promotion', which is not in the data");
    columns = 6;
    refused("", fairs, 1, "needs the column 'event'");
    refused("", indexed, 1, "needs the seasonal_index 'seasonal_index'");
    refused("", strangers, 1, "regressors that no forecast has");
    const char *const said[] = {"a,102,1,", "a,102,1,"};
    expect("horizon = 1, quantile = []", rows, 1, said, 1);
    expect("horizon = 1, quantile = []", waves, 1, said, 1);
    expect("horizon = 1, quantile = []", plains, 1, said, 1);
    columns = 4;
    free(promoted), free(fair), free(index), free(strange), free(wave), free(plain);
}

static void memory_may_end_anywhere_with_drivers(void **state)
{
    (void)state;
    char *a = save_driven("ci", true);
    const row rows[] = {{"a", 101, 50, a, 0, 1, "fair", 1}, {"a", 102, 51, a, 0, 0, NULL, 1}};
    columns = 8;
    for (int64_t n = 0;; n++) {
        bool failed = false;
        fs_status status = apply("horizon = 2", rows, 2, 2, n, &failed, NULL, NULL);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
        if (!failed) break;
    }
    columns = 4;
    free(a);
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
        cmocka_unit_test(drivers_are_found_by_their_names),
        cmocka_unit_test(what_a_model_needs_must_be_there),
        cmocka_unit_test(memory_may_end_anywhere),
        cmocka_unit_test(memory_may_end_anywhere_with_drivers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
