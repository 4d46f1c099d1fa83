/* pipe_helpers.h: Arrow batches made by hand, an operator that gives back what it gets, and results
 * as lines of text that can be compared. */
#ifndef PIPE_HELPERS_H
#define PIPE_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "operator_internal.h"

/* ---- an operator that gives back each row, with the number of rows of its group ---- */

static const fs_column echo_input[] = {
    {.name = "when", .type = FS_TYPE_PERIOD, .role = FS_ROLE_ORDER},
    {.name = "value", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_VALUE},
    {.name = "word", .type = FS_TYPE_TEXT, .role = FS_ROLE_VALUE, .optional = true},
    {0}};
static const fs_column echo_output[] = {
    {.name = "when", .type = FS_TYPE_PERIOD, .role = FS_ROLE_RESULT},
    {.name = "value", .type = FS_TYPE_DOUBLE, .role = FS_ROLE_RESULT},
    {.name = "word", .type = FS_TYPE_TEXT, .role = FS_ROLE_RESULT},
    {.name = "size", .type = FS_TYPE_INT, .role = FS_ROLE_RESULT},
    {0}};
static const fs_param echo_params[] = {
    {.name = "add", .type = FS_TYPE_DOUBLE, .fallback = "0", .doc = "added to each value"}, {0}};

static fs_status echo_open(const fs_binding *binding, void **workspace, fs_error *error)
{
    double *add = fs_alloc(sizeof *add);
    if (!add) return fs_fail_memory(error, sizeof *add);
    *add = fs_option_double(binding->options, "add");
    *workspace = add;
    return FS_OK;
}

static fs_status echo_block(void *workspace, const fs_block *block, fs_rows *out, fs_error *error)
{
    (void)error;
    for (int64_t g = 0; g < block->groups; g++) {
        int64_t first = 0, start = block->start[g], size = block->start[g + 1] - start;
        FS_TRY(fs_rows_extend(out, g, size, &first));
        for (int64_t i = size - 1; i >= 0; i--) { /* backwards: rows may be set in any order */
            const fs_vector *value = &block->column[1], *word = &block->column[2];
            fs_rows_set_integer(out, 0, first + i, block->column[0].integer[start + i]);
            fs_rows_set_integer(out, 3, first + i, size);
            if (!value->valid || value->valid[start + i])
                fs_rows_set_number(out, 1, first + i,
                                   value->number[start + i] + *(double *)workspace);
            if (word->offset && (!word->valid || word->valid[start + i]))
                FS_TRY(fs_rows_set_text(
                    out, 2, first + i, word->bytes + word->offset[start + i],
                    (size_t)(word->offset[start + i + 1] - word->offset[start + i])));
        }
    }
    return FS_OK;
}

static void echo_close(void *workspace) { fs_free(workspace); }

static const fs_operator echo = {.name = "echo",
                                 .summary = "Gives back its rows.",
                                 .version = 1,
                                 .input = echo_input,
                                 .output = echo_output,
                                 .params = echo_params,
                                 .open = echo_open,
                                 .block = echo_block,
                                 .close = echo_close};

/* ---- batches ---- */

static inline void make_schema(struct ArrowSchema *schema, int columns, const char *const *name,
                               const enum ArrowType *type)
{
    ArrowSchemaInit(schema);
    assert_int_equal(ArrowSchemaSetTypeStruct(schema, columns), 0);
    for (int i = 0; i < columns; i++) {
        if (type[i] == NANOARROW_TYPE_TIMESTAMP)
            assert_int_equal(ArrowSchemaSetTypeDateTime(schema->children[i], type[i],
                                                        NANOARROW_TIME_UNIT_NANO, NULL),
                             0);
        else if (type[i] == NANOARROW_TYPE_DECIMAL128)
            assert_int_equal(ArrowSchemaSetTypeDecimal(schema->children[i], type[i], 38, 2), 0);
        else
            assert_int_equal(ArrowSchemaSetType(schema->children[i], type[i]), 0);
        assert_int_equal(ArrowSchemaSetName(schema->children[i], name[i]), 0);
    }
}

static inline void start_batch(struct ArrowArray *batch, const struct ArrowSchema *schema)
{
    assert_int_equal(ArrowArrayInitFromSchema(batch, schema, NULL), 0);
    assert_int_equal(ArrowArrayStartAppending(batch), 0);
}

static inline void end_batch(struct ArrowArray *batch)
{
    struct ArrowError error = {{0}};
    assert_int_equal(ArrowArrayFinishBuildingDefault(batch, &error), 0);
}

/* ---- results as text ---- */

static inline void add_cell(fs_buffer *out, const struct ArrowArrayView *view, int64_t row)
{
    if (ArrowArrayViewIsNull(view, row)) {
        assert_int_equal(fs_buffer_text(out, "null"), FS_OK);
        return;
    }
    fs_status status;
    switch (view->storage_type) {
    case NANOARROW_TYPE_DOUBLE:
        status = fs_buffer_printf(out, "%.17g", ArrowArrayViewGetDoubleUnsafe(view, row));
        break;
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_BINARY: {
        struct ArrowStringView text = ArrowArrayViewGetStringUnsafe(view, row);
        status = fs_buffer_printf(out, "%.*s", (int)text.size_bytes, text.data);
        break;
    }
    default: status = fs_buffer_printf(out, "%" PRId64, ArrowArrayViewGetIntUnsafe(view, row));
    }
    assert_int_equal(status, FS_OK);
}

/* Everything that is ready: one line a row. Counts batches. */
static inline int drain(fs_pipe *pipe, fs_buffer *out)
{
    struct ArrowSchema schema;
    struct ArrowArray batch;
    struct ArrowArrayView view;
    int batches = 0;
    assert_int_equal(fs_pipe_schema(pipe, &schema, NULL), FS_OK);
    while (fs_pipe_pull(pipe, &batch)) {
        struct ArrowError error = {{0}};
        batches++;
        assert_int_equal(ArrowArrayViewInitFromSchema(&view, &schema, NULL), 0);
        assert_int_equal(ArrowArrayViewSetArray(&view, &batch, &error), 0);
        assert_int_equal(ArrowArrayViewValidate(&view, NANOARROW_VALIDATION_LEVEL_FULL, &error), 0);
        for (int64_t row = 0; row < batch.length; row++)
            for (int64_t c = 0; c < view.n_children; c++) {
                add_cell(out, view.children[c], row);
                assert_int_equal(fs_buffer_text(out, c + 1 < view.n_children ? "," : "\n"), FS_OK);
            }
        ArrowArrayViewReset(&view);
        ArrowArrayRelease(&batch);
    }
    ArrowSchemaRelease(&schema);
    return batches;
}

#endif
