/* series_helpers.h: operators of the registry on series of items by day, from Arrow to lines of text. */
#ifndef SERIES_HELPERS_H
#define SERIES_HELPERS_H

#include "pipe_helpers.h"

static const char *const names[] = {"item", "day", "units"}, *const by_item[] = {"item"};
static const enum ArrowType types[] = {NANOARROW_TYPE_STRING, NANOARROW_TYPE_DATE32,
                                       NANOARROW_TYPE_DOUBLE};

typedef struct row {
    const char *item;
    int day;
    double units; /* NAN: null */
} row;

static inline void append(struct ArrowArray *batch, const row *r)
{
    assert_int_equal(ArrowArrayAppendString(batch->children[0], ArrowCharView(r->item)), 0);
    assert_int_equal(ArrowArrayAppendInt(batch->children[1], r->day), 0);
    if (isnan(r->units))
        assert_int_equal(ArrowArrayAppendNull(batch->children[2], 1), 0);
    else
        assert_int_equal(ArrowArrayAppendDouble(batch->children[2], r->units), 0);
    assert_int_equal(ArrowArrayFinishElement(batch), 0);
}

static inline void add_heads(fs_pipe *pipe, fs_buffer *heads)
{
    struct ArrowSchema result;
    assert_int_equal(fs_pipe_schema(pipe, &result, NULL), FS_OK);
    for (int64_t i = 0; i < result.n_children; i++)
        assert_int_equal(fs_buffer_printf(heads, "%s ", result.children[i]->name), FS_OK);
    ArrowSchemaRelease(&result);
}

/* The operator `name` with these options, grouped by item, in batches of `cut` rows; `heads` (may be NULL) gets the
 * names of the columns. */
static inline fs_status apply_to(const char *name, const char *text, const row *rows, int count,
                                 int cut, fs_buffer *out, fs_buffer *heads, fs_error *error)
{
    struct ArrowSchema schema;
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    const fs_operator *op = fs_operator_find(name, error);
    assert_non_null(op);
    make_schema(&schema, 3, names, types);
    fs_status status = fs_options_parse(op, text, &options, error);
    if (status == FS_OK)
        status = fs_pipe_open(op, options, by_item, 1, "day", &schema, &pipe, error);
    for (int at = 0; status == FS_OK && at < count; at += cut) {
        struct ArrowArray batch;
        start_batch(&batch, &schema);
        for (int i = at; i < at + cut && i < count; i++) append(&batch, &rows[i]);
        end_batch(&batch);
        status = fs_pipe_push(pipe, &batch, error);
        drain(pipe, out);
    }
    if (status == FS_OK) status = fs_pipe_end(pipe, error);
    if (status == FS_OK) drain(pipe, out);
    if (status == FS_OK && heads) add_heads(pipe, heads);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    return status;
}

/* What it gives, in batches of two rows. */
static inline void expect_from(const char *name, const char *text, const row *rows, int count,
                               const char *expected)
{
    fs_buffer out = {0};
    fs_error error = {0};
    fs_status status = apply_to(name, text, rows, count, 2, &out, NULL, &error);
    if (status != FS_OK) print_message("%s\n", error.message);
    assert_int_equal(status, FS_OK);
    assert_string_equal(out.data ? out.data : "", expected);
    fs_buffer_free(&out);
}

/* The same in one batch with the allocation after `n` others made to fail; *failed: there was one. */
static inline fs_status apply_failing(const fs_operator *op, const char *text, const row *rows,
                                      int count, int64_t n, bool *failed)
{
    struct ArrowSchema schema;
    struct ArrowArray batch;
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    fs_error error = {0}; /* without one a remedy has nowhere to go, and a status is less exact */
    make_schema(&schema, 3, names, types);
    start_batch(&batch, &schema);
    for (int i = 0; i < count; i++) append(&batch, &rows[i]);
    end_batch(&batch);
    fs_alloc_fail_after(n);
    fs_status status = fs_options_parse(op, text, &options, &error);
    if (status == FS_OK)
        status = fs_pipe_open(op, options, by_item, 1, "day", &schema, &pipe, &error);
    if (status == FS_OK) status = fs_pipe_push(pipe, &batch, &error);
    if (status == FS_OK) status = fs_pipe_end(pipe, &error);
    *failed = fs_alloc_count() > n;
    fs_alloc_fail_after(-1);
    if (batch.release) ArrowArrayRelease(&batch);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    return status;
}

#endif
