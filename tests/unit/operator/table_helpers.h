/* table_helpers.h: tables whose cells are texts, through the operators that fit a model and those that apply it. Groups are by "what",
 * rows in order of "row". */
#ifndef TABLE_HELPERS_H
#define TABLE_HELPERS_H

#include "pipe_helpers.h"

#define TABLE_MOST 18 /* columns */

typedef struct cells {
    const char *cell[TABLE_MOST]; /* as text; NULL: null */
} cells;

typedef struct table {
    const char *op;
    const char *const *name;
    const enum ArrowType *type;
    int columns;
} table;

static inline void append(struct ArrowArray *batch, const cells *row, const table *t)
{
    for (int c = 0; c < t->columns; c++) {
        struct ArrowArray *to = batch->children[c];
        const char *cell = row->cell[c];
        if (!cell)
            assert_int_equal(ArrowArrayAppendNull(to, 1), 0);
        else if (t->type[c] == NANOARROW_TYPE_STRING)
            assert_int_equal(ArrowArrayAppendString(to, ArrowCharView(cell)), 0);
        else if (t->type[c] == NANOARROW_TYPE_DOUBLE)
            assert_int_equal(ArrowArrayAppendDouble(to, strtod(cell, NULL)), 0);
        else
            assert_int_equal(ArrowArrayAppendInt(to, atoll(cell)), 0);
    }
    assert_int_equal(ArrowArrayFinishElement(batch), 0);
}

static inline fs_status open_pipe(const table *t, const char *text, struct ArrowSchema *schema,
                                  fs_options **options, fs_pipe **pipe, fs_error *error)
{
    static const char *const by[] = {"what"};
    const fs_operator *op = fs_operator_find(t->op, error);
    FS_TRY(fs_options_parse(op, text, options, error));
    return fs_pipe_open(op, *options, by, 1, "row", schema, pipe, error);
}

/* In batches of `cut` rows; the allocation after `fail_after` others is made to fail, once (below 0: none). */
static inline fs_status apply(const table *t, const char *text, const cells *rows, int count,
                              int cut, fs_buffer *out, fs_error *error, int64_t fail_after,
                              bool *failed)
{
    struct ArrowSchema schema;
    struct ArrowArray *batch = calloc((size_t)count + 1, sizeof *batch);
    fs_options *options = NULL;
    fs_pipe *pipe = NULL;
    int batches = 0;
    make_schema(&schema, t->columns, t->name, t->type);
    for (int at = 0; at < count; at += cut) {
        start_batch(&batch[batches], &schema);
        for (int i = at; i < at + cut && i < count; i++) append(&batch[batches], &rows[i], t);
        end_batch(&batch[batches++]);
    }
    fs_alloc_fail_after(fail_after);
    fs_status status = open_pipe(t, text, &schema, &options, &pipe, error);
    for (int b = 0; b < batches && status == FS_OK; b++)
        status = fs_pipe_push(pipe, &batch[b], error);
    if (status == FS_OK) status = fs_pipe_end(pipe, error);
    if (failed) *failed = fs_alloc_count() > fail_after;
    fs_alloc_fail_after(-1);
    if (status == FS_OK && out) drain(pipe, out);
    for (int b = 0; b < batches; b++)
        if (batch[b].release) ArrowArrayRelease(&batch[b]);
    fs_pipe_close(pipe);
    fs_options_free(options);
    ArrowSchemaRelease(&schema);
    free(batch);
    return status;
}

static inline void expect(const table *t, const char *text, const cells *rows, int count,
                          const char *expected)
{
    fs_buffer out = {0};
    fs_error error = {0};
    fs_status status = apply(t, text, rows, count, 2, &out, &error, -1, NULL);
    if (status != FS_OK) print_message("%s\n", error.message);
    assert_int_equal(status, FS_OK);
    assert_string_equal(out.data ? out.data : "", expected);
    fs_buffer_free(&out);
}

#endif
