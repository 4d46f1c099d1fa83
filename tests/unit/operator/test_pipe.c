/* What the pipe promises: however rows are cut into batches, the same groups, the same results. */
#include "pipe_helpers.h"

#include "foresell/numeric.h"

enum { ITEM, STORE, DAY, UNITS, WORD, COLUMNS };
static const char *const names[] = {"item", "store", "day", "units", "word"};
static const enum ArrowType types[] = {NANOARROW_TYPE_STRING, NANOARROW_TYPE_INT16,
                                       NANOARROW_TYPE_DATE32, NANOARROW_TYPE_DOUBLE,
                                       NANOARROW_TYPE_STRING};
static const char *const keys[] = {"item", "store"};

typedef struct row {
    char item[16], word[24];
    int store, day;
    double units;
    bool units_null, word_null;
} row;

typedef struct table {
    row *row;
    int64_t rows;
} table;

static void append_text(struct ArrowArray *array, const char *text)
{
    assert_int_equal(ArrowArrayAppendString(array, ArrowCharView(text)), 0);
}

static void append_row(struct ArrowArray *batch, const row *r)
{
    append_text(batch->children[ITEM], r->item);
    assert_int_equal(ArrowArrayAppendInt(batch->children[STORE], r->store), 0);
    assert_int_equal(ArrowArrayAppendInt(batch->children[DAY], r->day), 0);
    if (r->units_null)
        assert_int_equal(ArrowArrayAppendNull(batch->children[UNITS], 1), 0);
    else
        assert_int_equal(ArrowArrayAppendDouble(batch->children[UNITS], r->units), 0);
    if (r->word_null)
        assert_int_equal(ArrowArrayAppendNull(batch->children[WORD], 1), 0);
    else
        append_text(batch->children[WORD], r->word);
    assert_int_equal(ArrowArrayFinishElement(batch), 0);
}

/* Groups of random sizes, some longer than a block of the pipe. */
static table make_table(uint64_t seed, int groups, int longest)
{
    fs_random random = fs_random_open(seed, 0, 0, 0);
    table t = {fs_alloc((size_t)groups * (size_t)longest * sizeof(row)), 0};
    for (int g = 0; g < groups; g++) {
        int64_t size = 1 + fs_random_below(&random, longest);
        int day = (int)fs_random_below(&random, 20000);
        for (int64_t i = 0; i < size; i++) {
            row *r = &t.row[t.rows++];
            *r = (row){.store = g % 3,
                       .day = day += 1 + (int)fs_random_below(&random, 3),
                       .units = (double)fs_random_below(&random, 1000) / 8,
                       .units_null = fs_random_below(&random, 10) == 0,
                       .word_null = fs_random_below(&random, 4) == 0};
            snprintf(r->item, sizeof r->item, "item %d", g / 3);
            snprintf(r->word, sizeof r->word, "%.*s", (int)fs_random_below(&random, 9), "abcdéfgh");
        }
    }
    return t;
}

static fs_options *options_of(const char *text)
{
    fs_options *options = NULL;
    assert_int_equal(fs_options_parse(&echo, text, &options, NULL), FS_OK);
    return options;
}

static fs_pipe *open_pipe(const fs_options *options, struct ArrowSchema *schema)
{
    fs_pipe *pipe = NULL;
    fs_error error = {0};
    make_schema(schema, COLUMNS, names, types);
    fs_status status = fs_pipe_open(&echo, options, keys, 2, "day", schema, &pipe, &error);
    if (status != FS_OK) print_message("%s\n", error.message);
    assert_int_equal(status, FS_OK);
    return pipe;
}

/* Pushes the rows in batches of 1 … longest rows (0: all in one), with an offset before them. */
static void run_cut(const table *t, uint64_t seed, int64_t longest, int offset, fs_buffer *out)
{
    struct ArrowSchema schema;
    fs_random random = fs_random_open(seed, 1, 0, 0);
    fs_options *options = options_of("");
    fs_pipe *pipe = open_pipe(options, &schema);
    for (int64_t at = 0; at < t->rows;) {
        int64_t size = longest ? 1 + fs_random_below(&random, longest) : t->rows;
        if (size > t->rows - at) size = t->rows - at;
        struct ArrowArray batch;
        start_batch(&batch, &schema);
        for (int i = 0; i < offset; i++)
            append_row(&batch, &(row){.item = "wrong", .word = "wrong", .day = 99999});
        for (int64_t i = 0; i < size; i++) append_row(&batch, &t->row[at + i]);
        end_batch(&batch);
        if (offset) { /* one half of it on the parent, the other on the children */
            batch.offset = offset / 2;
            batch.length -= offset;
            for (int c = 0; c < COLUMNS; c++) {
                batch.children[c]->offset = offset - offset / 2;
                batch.children[c]->length -= offset - offset / 2;
            }
        }
        assert_int_equal(fs_pipe_push(pipe, &batch, NULL), FS_OK);
        assert_null(batch.release);
        drain(pipe, out);
        at += size;
    }
    assert_int_equal(fs_pipe_end(pipe, NULL), FS_OK);
    drain(pipe, out);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
}

static void add_expected(const table *t, fs_buffer *out)
{
    for (int64_t i = 0; i < t->rows; i++) {
        const row *r = &t->row[i];
        int64_t first = i, last = i;
        while (first > 0 && strcmp(t->row[first - 1].item, r->item) == 0 &&
               t->row[first - 1].store == r->store)
            first--;
        while (last + 1 < t->rows && strcmp(t->row[last + 1].item, r->item) == 0 &&
               t->row[last + 1].store == r->store)
            last++;
        char units[40];
        snprintf(units, sizeof units, "%.17g", r->units);
        assert_int_equal(fs_buffer_printf(out, "%s,%d,%d,%s,%s,%lld\n", r->item, r->store, r->day,
                                          r->units_null ? "null" : units,
                                          r->word_null ? "null" : r->word,
                                          (long long)(last - first + 1)),
                         FS_OK);
    }
}

static void any_cut_of_the_rows_gives_the_same_groups(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        table t = make_table(seed, 40, seed % 2 ? 30 : 400);
        fs_buffer expected = {0}, got = {0};
        add_expected(&t, &expected);
        const int64_t longest[] = {0, 1, 7, 100, 10000};
        for (int i = 0; i < 5; i++) {
            fs_buffer_clear(&got);
            run_cut(&t, seed, longest[i], i % 2 ? 0 : 5, &got);
            assert_int_equal(got.size, expected.size);
            assert_memory_equal(got.data, expected.data, got.size);
        }
        fs_buffer_free(&expected);
        fs_buffer_free(&got);
        fs_free(t.row);
    }
}

static void a_group_longer_than_a_block_stays_one_group(void **state)
{
    (void)state;
    table t = {fs_alloc(100000 * sizeof(row)), 100000};
    for (int i = 0; i < 100000; i++)
        t.row[i] = (row){.item = "long", .word = "w", .store = i >= 90000, .day = i, .units = i};
    fs_buffer out = {0};
    run_cut(&t, 3, 9999, 0, &out);
    assert_non_null(strstr(out.data, "long,0,89999,89999,w,90000\n"));
    assert_non_null(strstr(out.data, "long,1,90000,90000,w,10000\n"));
    fs_buffer_free(&out);
    fs_free(t.row);
}

static void results_come_in_batches_of_bounded_size(void **state)
{
    (void)state;
    struct ArrowSchema schema;
    struct ArrowArray batch;
    fs_options *options = options_of("add = 1.5");
    fs_pipe *pipe = open_pipe(options, &schema);
    start_batch(&batch, &schema);
    for (int i = 0; i < 50000; i++)
        append_row(&batch, &(row){.item = "a", .word = "", .day = i, .units = 1});
    end_batch(&batch);
    assert_int_equal(fs_pipe_push(pipe, &batch, NULL), FS_OK);
    assert_int_equal(fs_pipe_end(pipe, NULL), FS_OK);
    int64_t rows = 0;
    for (struct ArrowArray out; fs_pipe_pull(pipe, &out); ArrowArrayRelease(&out)) {
        assert_in_range(out.length, 1, 65536);
        rows += out.length;
    }
    assert_int_equal(rows, 50000);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
}

static void no_rows_give_no_results_but_a_schema(void **state)
{
    (void)state;
    struct ArrowSchema schema, out;
    struct ArrowArray batch;
    fs_options *options = options_of("");
    fs_pipe *pipe = open_pipe(options, &schema);
    start_batch(&batch, &schema);
    end_batch(&batch);
    assert_int_equal(fs_pipe_push(pipe, &batch, NULL), FS_OK);
    assert_int_equal(fs_pipe_end(pipe, NULL), FS_OK);
    assert_false(fs_pipe_pull(pipe, &batch));
    assert_int_equal(fs_pipe_schema(pipe, &out, NULL), FS_OK);
    assert_int_equal(out.n_children, 6);
    assert_string_equal(out.children[0]->name, "item");
    assert_string_equal(out.children[1]->format, "s"); /* int16, as it came */
    assert_string_equal(out.children[2]->format, "tdD");
    assert_string_equal(out.children[5]->name, "size");
    ArrowSchemaRelease(&out);
    ArrowSchemaRelease(&schema);
    fs_pipe_close(pipe);
    fs_options_free(options);
}

/* ---- faults ---- */

static fs_status push_rows(const row *rows, int count, const char *text, fs_error *error)
{
    struct ArrowSchema schema;
    struct ArrowArray batch;
    fs_options *options = options_of(text);
    fs_pipe *pipe = open_pipe(options, &schema);
    start_batch(&batch, &schema);
    for (int i = 0; i < count; i++) append_row(&batch, &rows[i]);
    end_batch(&batch);
    fs_status status = fs_pipe_push(pipe, &batch, error);
    assert_null(batch.release);
    if (status == FS_OK)
        status = fs_pipe_end(pipe, error);
    else
        assert_int_equal(fs_pipe_end(pipe, NULL), status); /* it stays broken */
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    return status;
}

static void periods_that_go_backwards_name_operator_group_and_column(void **state)
{
    (void)state;
    fs_error error = {0};
    const row rows[] = {{.item = "ann's", .store = 7, .day = 5},
                        {.item = "ann's", .store = 7, .day = 4}};
    assert_int_equal(push_rows(rows, 2, "", &error), FS_DATA);
    assert_non_null(strstr(error.message, "operator echo"));
    assert_non_null(strstr(error.message, "item='ann's', store='7'"));
    assert_non_null(strstr(error.message, "backwards"));
    assert_string_equal(error.column, "day");
}

static void a_repeated_period_is_refused_with_a_remedy(void **state)
{
    (void)state;
    fs_error error = {0};
    const row rows[] = {{.item = "a", .day = 1}, {.item = "b", .day = 1}, {.item = "b", .day = 1}};
    assert_int_equal(push_rows(rows, 3, "", &error), FS_DATA);
    assert_non_null(strstr(error.message, "twice"));
    assert_non_null(strstr(error.message, "item='b'"));
    assert_string_not_equal(error.remedy, "");
}

static void a_result_that_is_not_finite_names_group_and_column(void **state)
{
    (void)state;
    fs_error error = {0};
    const row rows[] = {{.item = "a", .day = 1, .units = 1},
                        {.item = "b", .day = 1, .units = 1.7e308}};
    assert_int_equal(push_rows(rows, 2, "add = 1e308", &error), FS_DATA);
    assert_non_null(strstr(error.message, "item='b'"));
    assert_string_equal(error.column, "value");
}

static void numbers_that_are_not_finite_arrive_as_null(void **state)
{
    (void)state;
    table t = {fs_alloc(3 * sizeof(row)), 3};
    fs_buffer out = {0};
    for (int i = 0; i < 3; i++)
        t.row[i] = (row){.item = "a",
                         .word = "",
                         .day = i,
                         .units = i == 1 ? NAN
                                  : i    ? INFINITY
                                         : 2};
    run_cut(&t, 1, 0, 0, &out);
    assert_string_equal(out.data, "a,0,0,2,,3\na,0,1,null,,3\na,0,2,null,,3\n");
    fs_buffer_free(&out);
    fs_free(t.row);
}

static void a_broken_batch_is_released_and_refused(void **state)
{
    (void)state;
    struct ArrowSchema schema, other;
    struct ArrowArray batch;
    fs_error error = {0};
    fs_options *options = options_of("");
    fs_pipe *pipe = open_pipe(options, &schema);
    make_schema(&other, 2, names, types);
    start_batch(&batch, &other);
    end_batch(&batch);
    assert_int_equal(fs_pipe_push(pipe, &batch, &error), FS_DATA);
    assert_null(batch.release);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    ArrowSchemaRelease(&other);
}

/* ---- rows at once ---- */

static void fill_rows(fs_rows *rows, const double *value, const int64_t *whole, bool at_once)
{
    int64_t first = -1;
    assert_int_equal(fs_rows_extend(rows, 0, 4, &first), FS_OK);
    if (at_once) {
        fs_rows_set_numbers(rows, 0, first + 1, value, 2);
        fs_rows_set_integers(rows, 1, first + 1, whole, 2);
        assert_int_equal(fs_rows_repeat_text(rows, 2, first + 1, 2, "word", 4), FS_OK);
        return;
    }
    for (int i = 0; i < 2; i++) {
        fs_rows_set_number(rows, 0, first + 1 + i, value[i]);
        fs_rows_set_integer(rows, 1, first + 1 + i, whole[i]);
        assert_int_equal(fs_rows_set_text(rows, 2, first + 1 + i, "word", 4), FS_OK);
    }
}

static void rows_set_at_once_are_those_set_one_by_one(void **state)
{
    (void)state;
    static const fs_type types_out[] = {FS_TYPE_DOUBLE, FS_TYPE_INT, FS_TYPE_TEXT};
    static const double value[] = {1.5, -2};
    static const int64_t whole[] = {7, -8}, offsets[] = {0, 0, 4, 8, 8};
    static const uint8_t valid[] = {0, 1, 1, 0};
    for (int at_once = 0; at_once < 2; at_once++) {
        fs_rows rows;
        assert_int_equal(fs_rows_open(&rows, 0, NULL, 3, types_out), FS_OK);
        fs_rows_block(&rows, NULL, 1);
        fill_rows(&rows, value, whole, at_once);
        fill_rows(&rows, value, whole, at_once);
        fs_rows_drop(&rows, 4);
        assert_int_equal(fs_rows_settle(&rows, 4), FS_OK);
        for (int i = 0; i < 3; i++) assert_memory_equal(rows.column[i].valid, valid, sizeof valid);
        assert_memory_equal(rows.column[0].number + 1, value, sizeof value);
        assert_memory_equal(rows.column[1].integer + 1, whole, sizeof whole);
        assert_memory_equal(rows.column[2].offset, offsets, sizeof offsets);
        assert_memory_equal(rows.column[2].bytes, "wordword", 8);
        assert_int_equal(rows.bad_row, -1);
        fs_rows_set_numbers(&rows, 0, 2, (const double[]){0, INFINITY}, 2);
        assert_int_equal(rows.bad_row, 3);
        fs_rows_close(&rows);
    }
}

/* ---- memory ---- */

static fs_status run_failing(const table *t, int64_t n, bool *failed)
{
    struct ArrowSchema schema;
    struct ArrowArray batch;
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    fs_error error = {0};
    make_schema(&schema, COLUMNS, names, types);
    start_batch(&batch, &schema);
    for (int64_t i = 0; i < t->rows; i++) append_row(&batch, &t->row[i]);
    end_batch(&batch);
    fs_alloc_fail_after(n);
    fs_status status = fs_options_parse(&echo, "add = 2", &options, &error);
    if (status == FS_OK)
        status = fs_pipe_open(&echo, options, keys, 2, "day", &schema, &pipe, &error);
    if (status == FS_OK) status = fs_pipe_push(pipe, &batch, &error);
    if (status == FS_OK) status = fs_pipe_end(pipe, &error);
    *failed = n >= 0 && fs_alloc_count() > n;
    fs_alloc_fail_after(-1);
    if (batch.release) ArrowArrayRelease(&batch);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    table t = make_table(5, 20, 60);
    bool failed = true;
    int64_t n = 0;
    for (; failed && n < 10000; n++) {
        fs_status status = run_failing(&t, n, &failed);
        assert_int_equal(status, failed ? FS_MEMORY : FS_OK);
    }
    assert_true(n > 30);
    fs_free(t.row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_cut_of_the_rows_gives_the_same_groups),
        cmocka_unit_test(a_group_longer_than_a_block_stays_one_group),
        cmocka_unit_test(results_come_in_batches_of_bounded_size),
        cmocka_unit_test(no_rows_give_no_results_but_a_schema),
        cmocka_unit_test(periods_that_go_backwards_name_operator_group_and_column),
        cmocka_unit_test(a_repeated_period_is_refused_with_a_remedy),
        cmocka_unit_test(a_result_that_is_not_finite_names_group_and_column),
        cmocka_unit_test(numbers_that_are_not_finite_arrive_as_null),
        cmocka_unit_test(a_broken_batch_is_released_and_refused),
        cmocka_unit_test(rows_set_at_once_are_those_set_one_by_one),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
