/* Batches in, blocks of whole groups through the kernel, batches of results out.
 *
 * A batch is read column by column into the block's stores; its keys into scratch stores, where
 * each row is compared with the row before it. A row that differs begins a group; the keys of that
 * row alone are kept. When the whole groups in the block are BLOCK_ROWS rows or more, the kernel is
 * called on them and the rows of the unfinished group move to the front. Results gather in fs_rows
 * and leave in batches of exactly RESULT_ROWS rows (the last one may be shorter), so that how the
 * input was cut can't be seen in the output.
 *
 * Cost: a conversion per value and a comparison per key and row; no allocation per row or group.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "options_internal.h"

#define BLOCK_ROWS  32768
#define RESULT_ROWS 16384
#define TEXT_MOST   (1 << 30) /* bytes of one text column in a batch of results */

struct fs_pipe {
    const fs_operator *op;
    fs_operator_bound bound;
    fs_binding binding;
    const char **name; /* of binding */
    void *workspace;
    struct ArrowArrayView view;
    fs_operator_store *scratch; /* keys of the batch at hand */
    fs_operator_store *key;     /* keys of the block's groups */
    fs_operator_store *column;  /* the block's rows */
    fs_vector *vector;
    uint8_t *differs; /* per row of the batch: begins a group */
    int64_t differs_capacity;
    int64_t *start; /* of the block's groups */
    int64_t groups, groups_capacity;
    int64_t rows;
    fs_rows out;
    struct ArrowArray *ready; /* batches of results, from ready_first on */
    int64_t ready_first, ready_count, ready_capacity;
    bool ended;
    fs_status broken; /* the first failure; nothing more is done after it */
};

/* ---- opening ---- */

/* An error of the kernel names its operator at least. */
static fs_status name_operator(const fs_pipe *pipe, fs_status status, fs_error *error)
{
    if (!error) return status;
    if (error->status == FS_OK) {
        if (status == FS_MEMORY) return fs_fail_memory(error, 0);
        return fs_fail(error, status, "operator %s failed", pipe->op->name);
    }
    if (strstr(error->message, pipe->op->name)) return status;
    char message[sizeof error->message];
    snprintf(message, sizeof message, "operator %s: %.560s", pipe->op->name, error->message);
    memcpy(error->message, message, sizeof message);
    return status;
}

static fs_status open_stores(fs_pipe *pipe)
{
    fs_operator_bound *b = &pipe->bound;
    pipe->scratch = fs_alloc_zero((size_t)b->keys, sizeof *pipe->scratch);
    pipe->key = fs_alloc_zero((size_t)b->keys, sizeof *pipe->key);
    pipe->column = fs_alloc_zero((size_t)b->columns, sizeof *pipe->column);
    pipe->vector = fs_alloc_zero((size_t)b->columns, sizeof *pipe->vector);
    pipe->name = fs_alloc_zero((size_t)b->columns, sizeof *pipe->name);
    fs_type *key_type = fs_alloc_zero((size_t)b->keys, sizeof *key_type);
    if (!pipe->scratch || !pipe->key || !pipe->column || !pipe->vector || !pipe->name ||
        !key_type) {
        fs_free(key_type);
        return FS_MEMORY;
    }
    for (int i = 0; i < b->keys; i++) {
        key_type[i] = b->key[i].type;
        fs_operator_store_start(&pipe->scratch[i], key_type[i]);
        fs_operator_store_start(&pipe->key[i], key_type[i]);
    }
    for (int i = 0; i < b->columns; i++) {
        fs_operator_store_start(&pipe->column[i], b->column[i].type);
        pipe->name[i] = b->column[i].name;
    }
    fs_status status = fs_rows_open(&pipe->out, b->keys, key_type, b->outputs, b->output_type);
    fs_free(key_type);
    return status;
}

static fs_status open_parts(fs_pipe *pipe, const fs_options *options,
                            const struct ArrowSchema *input, fs_error *error)
{
    if (ArrowArrayViewInitFromSchema(&pipe->view, input, NULL) != NANOARROW_OK)
        return fs_fail(error, FS_DATA, "operator %s: the input's Arrow schema cannot be read",
                       pipe->op->name);
    if (open_stores(pipe) != FS_OK) return fs_fail_memory(error, sizeof *pipe);
    pipe->binding = (fs_binding){.options = options,
                                 .order_type = pipe->bound.order_type,
                                 .columns = pipe->bound.columns,
                                 .name = pipe->name,
                                 .outputs = pipe->bound.outputs};
    if (!pipe->op->open) return FS_OK;
    fs_status status = pipe->op->open(&pipe->binding, &pipe->workspace, error);
    return status == FS_OK ? FS_OK : name_operator(pipe, status, error);
}

fs_status fs_pipe_open(const fs_operator *op, const fs_options *options, const char *const *group,
                       int groups, const char *order, const struct ArrowSchema *input,
                       fs_pipe **pipe, fs_error *error)
{
    *pipe = NULL;
    FS_TRY(fs_options_check_here(options, error));
    fs_pipe *made = fs_alloc_zero(1, sizeof *made);
    if (!made) return fs_fail_memory(error, sizeof *made);
    made->op = op;
    ArrowArrayViewInitFromType(&made->view, NANOARROW_TYPE_UNINITIALIZED);
    fs_status status =
        fs_operator_bind(op, options, group, groups, order, input, &made->bound, error);
    if (status == FS_OK) status = open_parts(made, options, input, error);
    if (status != FS_OK) {
        fs_pipe_close(made);
        return status;
    }
    *pipe = made;
    return FS_OK;
}

fs_status fs_pipe_schema(const fs_pipe *pipe, struct ArrowSchema *out, fs_error *error)
{
    int code = ArrowSchemaDeepCopy(&pipe->bound.schema, out);
    return code == NANOARROW_OK ? FS_OK : fs_fail_memory(error, sizeof *out);
}

/* ---- naming a group ---- */

static void add_key_text(char *out, size_t capacity, const fs_operator_store *store, int64_t row)
{
    if (!store->valid[row]) {
        snprintf(out, capacity, "null");
    } else if (fs_operator_is_text(store->type)) {
        int64_t size = store->offset[row + 1] - store->offset[row];
        snprintf(out, capacity, "'%.*s'", (int)(size > 80 ? 80 : size),
                 store->bytes + store->offset[row]);
    } else if (store->type == FS_TYPE_DATE) {
        fs_civil day = fs_civil_from_days(store->integer[row]);
        snprintf(out, capacity, "'%04d-%02d-%02d'", day.year, day.month, day.day);
    } else {
        snprintf(out, capacity, "'%" PRId64 "'", store->integer[row]);
    }
}

/* "item='X', store='1'" of a group of the block. */
static void name_group(const fs_pipe *pipe, int64_t group, char *out, size_t capacity)
{
    size_t used = 0;
    snprintf(out, capacity, "all rows");
    for (int i = 0; i < pipe->bound.keys && used < capacity; i++) {
        used += (size_t)snprintf(out + used, capacity - used, "%s%s=", i ? ", " : "",
                                 pipe->bound.key[i].name);
        if (used >= capacity) return;
        add_key_text(out + used, capacity - used, &pipe->key[i], group);
        used += strlen(out + used);
    }
}

static fs_status fail_group(const fs_pipe *pipe, int64_t group, const char *column,
                            const char *what, const char *remedy, fs_error *error)
{
    char name[320];
    name_group(pipe, group, name, sizeof name);
    fs_fail(error, FS_DATA, "operator %s, group %s: %s", pipe->op->name, name, what);
    fs_error_at(error, NULL, 0, column);
    if (remedy) fs_error_remedy(error, "%s", remedy);
    return FS_DATA;
}

/* Puts the group's name before what the kernel said of it. */
static void name_refused(const fs_pipe *pipe, fs_error *error)
{
    char name[320], message[sizeof error->message];
    if (!error) return;
    name_group(pipe, pipe->out.refused, name, sizeof name);
    snprintf(message, sizeof message, "operator %s, group %s: %.240s", pipe->op->name, name,
             error->message);
    memcpy(error->message, message, sizeof message);
}

/* ---- results ---- */

static fs_status reserve_ready(fs_pipe *pipe)
{
    if (pipe->ready_count < pipe->ready_capacity) return FS_OK;
    int64_t capacity = pipe->ready_capacity * 2 + 8;
    void *grown = fs_realloc(pipe->ready, (size_t)capacity * sizeof *pipe->ready);
    if (!grown) return FS_MEMORY;
    pipe->ready = grown;
    pipe->ready_capacity = capacity;
    return FS_OK;
}

static fs_status fill_batch(fs_pipe *pipe, int64_t first, int64_t count, struct ArrowArray *batch,
                            fs_error *error)
{
    fs_operator_bound *b = &pipe->bound;
    if (ArrowArrayInitFromType(batch, NANOARROW_TYPE_STRUCT) != NANOARROW_OK ||
        ArrowArrayAllocateChildren(batch, b->keys + b->outputs) != NANOARROW_OK)
        return fs_fail_memory(error, sizeof *batch);
    batch->length = count;
    for (int i = 0; i < b->keys + b->outputs; i++) {
        const char *name = i < b->keys ? b->key[i].name : b->output_name[i - b->keys];
        fs_status status = fs_operator_write(b->writer[i], &pipe->out.column[i], first, count, name,
                                             batch->children[i], error);
        if (status != FS_OK) return status;
    }
    if (ArrowArrayFinishBuilding(batch, NANOARROW_VALIDATION_LEVEL_NONE, NULL) != NANOARROW_OK)
        return fs_fail_memory(error, sizeof *batch);
    return FS_OK;
}

/* Rows of the next batch: a full one, or fewer where texts are very long. */
static int64_t batch_rows(const fs_pipe *pipe, int64_t first, int64_t count)
{
    for (int i = 0; i < pipe->bound.keys + pipe->bound.outputs; i++) {
        const fs_operator_store *store = &pipe->out.column[i];
        if (!fs_operator_is_text(store->type)) continue;
        while (count > 1 && store->offset[first + count] - store->offset[first] > TEXT_MOST)
            count /= 2;
    }
    return count;
}

static fs_status emit(fs_pipe *pipe, int64_t first, int64_t *count, fs_error *error)
{
    *count = batch_rows(pipe, first, *count);
    if (reserve_ready(pipe) != FS_OK) return fs_fail_memory(error, sizeof *pipe->ready);
    struct ArrowArray batch = {0};
    fs_status status = fill_batch(pipe, first, *count, &batch, error);
    if (status != FS_OK) {
        if (batch.release) ArrowArrayRelease(&batch);
        return status;
    }
    pipe->ready[pipe->ready_count++] = batch;
    return FS_OK;
}

/* Full batches only, unless at the end. */
static fs_status emit_ready(fs_pipe *pipe, bool all, fs_error *error)
{
    int64_t rows = fs_rows_count(&pipe->out), first = 0;
    if (rows == 0 || (!all && rows < RESULT_ROWS)) return FS_OK;
    int64_t leaving = all ? rows : rows / RESULT_ROWS * RESULT_ROWS;
    if (fs_rows_settle(&pipe->out, leaving) != FS_OK) return fs_fail_memory(error, 0);
    while (first < leaving) {
        int64_t count = leaving - first < RESULT_ROWS ? leaving - first : RESULT_ROWS;
        FS_TRY(emit(pipe, first, &count, error));
        first += count;
    }
    fs_rows_drop(&pipe->out, leaving);
    return FS_OK;
}

bool fs_pipe_pull(fs_pipe *pipe, struct ArrowArray *out)
{
    if (pipe->ready_first == pipe->ready_count) {
        pipe->ready_first = pipe->ready_count = 0;
        return false;
    }
    *out = pipe->ready[pipe->ready_first++];
    return true;
}

/* ---- the kernel ---- */

static void point_vectors(fs_pipe *pipe)
{
    for (int i = 0; i < pipe->bound.columns; i++) {
        const fs_operator_store *store = &pipe->column[i];
        const fs_operator_reader *reader = &pipe->bound.column[i];
        pipe->vector[i] = (fs_vector){.name = reader->name, .type = reader->type};
        if (reader->index < 0) continue;
        pipe->vector[i].number = store->number;
        pipe->vector[i].integer = store->integer;
        pipe->vector[i].offset = store->offset;
        pipe->vector[i].bytes = store->bytes;
        pipe->vector[i].valid = store->nulls > 0 ? store->valid : NULL;
    }
}

static fs_status check_results(const fs_pipe *pipe, fs_error *error)
{
    if (pipe->out.bad_row < 0) return FS_OK;
    int64_t group = fs_rows_group(&pipe->out, pipe->out.bad_row);
    return fail_group(pipe, group, pipe->bound.output_name[pipe->out.bad_column],
                      "a result is not a finite number", NULL, error);
}

static void drop_groups(fs_pipe *pipe, int64_t groups)
{
    int64_t rows = pipe->start[groups];
    for (int i = 0; i < pipe->bound.columns; i++) fs_operator_store_drop(&pipe->column[i], rows);
    for (int i = 0; i < pipe->bound.keys; i++) fs_operator_store_drop(&pipe->key[i], groups);
    for (int64_t g = 0; g + groups <= pipe->groups; g++)
        pipe->start[g] = pipe->start[g + groups] - rows;
    pipe->groups -= groups;
    pipe->rows -= rows;
}

/* Runs the kernel over the first `groups` groups of the block. */
static fs_status run_block(fs_pipe *pipe, int64_t groups, fs_error *error)
{
    if (groups == 0) return FS_OK;
    point_vectors(pipe);
    fs_block block = {.groups = groups,
                      .rows = pipe->start[groups],
                      .start = pipe->start,
                      .columns = pipe->bound.columns,
                      .column = pipe->vector};
    fs_rows_block(&pipe->out, pipe->key, groups);
    fs_error own = {0};
    fs_status status = pipe->op->block(pipe->workspace, &block, &pipe->out, error ? error : &own);
    if (status != FS_OK && pipe->out.refused >= 0) name_refused(pipe, error);
    if (status != FS_OK) return name_operator(pipe, status, error);
    FS_TRY(check_results(pipe, error));
    drop_groups(pipe, groups);
    return emit_ready(pipe, false, error);
}

/* ---- batches ---- */

static fs_status read_batch(fs_pipe *pipe, int64_t rows, fs_error *error)
{
    for (int i = 0; i < pipe->bound.keys; i++) {
        fs_operator_store_clear(&pipe->scratch[i]);
        FS_TRY(
            fs_operator_read(&pipe->bound.key[i], &pipe->view, 0, rows, &pipe->scratch[i], error));
    }
    for (int i = 0; i < pipe->bound.columns; i++)
        FS_TRY(fs_operator_read(&pipe->bound.column[i], &pipe->view, 0, rows, &pipe->column[i],
                                error));
    return FS_OK;
}

static bool same_text(const fs_operator_store *a, int64_t i, const fs_operator_store *b, int64_t j)
{
    size_t size = (size_t)(a->offset[i + 1] - a->offset[i]);
    if (size != (size_t)(b->offset[j + 1] - b->offset[j])) return false;
    return size == 0 || memcmp(a->bytes + a->offset[i], b->bytes + b->offset[j], size) == 0;
}

static bool same_value(const fs_operator_store *a, int64_t i, const fs_operator_store *b, int64_t j)
{
    if (a->valid[i] != b->valid[j]) return false;
    if (fs_operator_is_text(a->type)) return same_text(a, i, b, j);
    return a->integer[i] == b->integer[j];
}

static void mark_key(const fs_operator_store *key, int64_t rows, uint8_t *differs)
{
    if (fs_operator_is_text(key->type)) {
        for (int64_t i = 1; i < rows; i++) differs[i] |= !same_text(key, i, key, i - 1);
    } else {
        const int64_t *value = key->integer;
        for (int64_t i = 1; i < rows; i++) differs[i] |= value[i] != value[i - 1];
    }
    if (key->nulls > 0)
        for (int64_t i = 1; i < rows; i++) differs[i] |= key->valid[i] != key->valid[i - 1];
}

/* Which rows of the batch begin a group; the first is compared with the last group so far. */
static fs_status mark_groups(fs_pipe *pipe, int64_t rows)
{
    if (rows > pipe->differs_capacity) {
        uint8_t *grown = fs_realloc(pipe->differs, (size_t)rows);
        if (!grown) return FS_MEMORY;
        pipe->differs = grown;
        pipe->differs_capacity = rows;
    }
    memset(pipe->differs, 0, (size_t)rows);
    pipe->differs[0] = pipe->groups == 0;
    for (int i = 0; i < pipe->bound.keys; i++) {
        mark_key(&pipe->scratch[i], rows, pipe->differs);
        if (pipe->groups > 0)
            pipe->differs[0] |= !same_value(&pipe->scratch[i], 0, &pipe->key[i], pipe->groups - 1);
    }
    return FS_OK;
}

static fs_status add_group(fs_pipe *pipe, int64_t batch_row, int64_t block_row)
{
    if (pipe->groups + 2 > pipe->groups_capacity) {
        int64_t capacity = pipe->groups_capacity * 2 + 64;
        int64_t *grown = fs_realloc(pipe->start, (size_t)capacity * sizeof *grown);
        if (!grown) return FS_MEMORY;
        pipe->start = grown;
        pipe->groups_capacity = capacity;
    }
    for (int i = 0; i < pipe->bound.keys; i++)
        FS_TRY(fs_operator_store_repeat(&pipe->key[i], &pipe->scratch[i], batch_row, 1));
    pipe->start[pipe->groups++] = block_row;
    return FS_OK;
}

static fs_status add_groups(fs_pipe *pipe, int64_t rows)
{
    int64_t before = pipe->rows;
    if (mark_groups(pipe, rows) != FS_OK) return FS_MEMORY;
    for (int64_t i = 0; i < rows; i++) {
        const uint8_t *next = memchr(pipe->differs + i, 1, (size_t)(rows - i));
        if (!next) break;
        i = next - pipe->differs;
        FS_TRY(add_group(pipe, i, before + i));
    }
    pipe->rows += rows;
    pipe->start[pipe->groups] = pipe->rows;
    return FS_OK;
}

/* Group of a row of the block. */
static int64_t group_of(const fs_pipe *pipe, int64_t row)
{
    int64_t group = pipe->groups - 1;
    while (group > 0 && pipe->start[group] > row) group--;
    return group;
}

static fs_status fail_order(const fs_pipe *pipe, int64_t row, fs_error *error)
{
    const fs_operator_store *order = &pipe->column[0];
    const char *name = pipe->bound.column[0].name;
    int64_t group = group_of(pipe, row);
    if (!order->valid[row])
        return fail_group(pipe, group, name, "a row has no period",
                          "leave out the rows whose order column is null", error);
    if (order->integer[row] == order->integer[row - 1])
        return fail_group(pipe, group, name, "a period stands there twice",
                          "sum the rows of a group and period first (group by), or name one more "
                          "group column",
                          error);
    return fail_group(pipe, group, name, "the periods go backwards",
                      "sort the rows by group and order", error);
}

/* The order column has no nulls and goes up inside each group. */
static fs_status check_order(const fs_pipe *pipe, int64_t rows, fs_error *error)
{
    const fs_operator_store *order = &pipe->column[0];
    int64_t first = pipe->rows - rows;
    if (order->nulls > 0)
        for (int64_t i = first; i < pipe->rows; i++)
            if (!order->valid[i]) return fail_order(pipe, i, error);
    const int64_t *value = order->integer + first;
    uint8_t bad = !pipe->differs[0] && value[0] <= value[-1];
    for (int64_t i = 1; i < rows; i++) bad |= (value[i] <= value[i - 1]) & !pipe->differs[i];
    if (!bad) return FS_OK;
    for (int64_t i = 0; i < rows; i++)
        if (!pipe->differs[i] && value[i] <= value[i - 1])
            return fail_order(pipe, first + i, error);
    return FS_OK;
}

static fs_status take_batch(fs_pipe *pipe, const struct ArrowArray *batch, fs_error *error)
{
    struct ArrowError why = {{0}};
    if (ArrowArrayViewSetArray(&pipe->view, batch, &why) != NANOARROW_OK)
        return fs_fail(error, FS_DATA, "operator %s: the batch is broken: %s", pipe->op->name,
                       why.message);
    int64_t rows = batch->length;
    if (rows == 0) return FS_OK;
    if (ArrowArrayViewComputeNullCount(&pipe->view) > 0)
        return fs_fail(error, FS_DATA, "operator %s: a whole row of the batch is null",
                       pipe->op->name);
    FS_TRY(read_batch(pipe, rows, error));
    if (add_groups(pipe, rows) != FS_OK) return fs_fail_memory(error, (size_t)rows);
    FS_TRY(check_order(pipe, rows, error));
    int64_t whole = pipe->groups - 1;
    return pipe->start[whole] >= BLOCK_ROWS ? run_block(pipe, whole, error) : FS_OK;
}

static fs_status fail_used(const fs_pipe *pipe, fs_error *error)
{
    return fs_fail(error, pipe->broken != FS_OK ? pipe->broken : FS_FAILED,
                   "operator %s: the pipe takes no more rows", pipe->op->name);
}

fs_status fs_pipe_push(fs_pipe *pipe, struct ArrowArray *batch, fs_error *error)
{
    fs_status status = FS_OK;
    if (pipe->broken != FS_OK || pipe->ended)
        status = fail_used(pipe, error);
    else
        pipe->broken = status = take_batch(pipe, batch, error);
    if (batch->release) batch->release(batch);
    return status;
}

fs_status fs_pipe_end(fs_pipe *pipe, fs_error *error)
{
    if (pipe->broken != FS_OK) return fail_used(pipe, error);
    if (pipe->ended) return FS_OK;
    pipe->ended = true;
    pipe->broken = run_block(pipe, pipe->groups, error);
    if (pipe->broken == FS_OK) pipe->broken = emit_ready(pipe, true, error);
    return pipe->broken;
}

static void free_stores(fs_operator_store *store, int count)
{
    for (int i = 0; store && i < count; i++) fs_operator_store_free(&store[i]);
    fs_free(store);
}

void fs_pipe_close(fs_pipe *pipe)
{
    if (!pipe) return;
    if (pipe->op->close) pipe->op->close(pipe->workspace);
    for (int64_t i = pipe->ready_first; i < pipe->ready_count; i++)
        if (pipe->ready[i].release) ArrowArrayRelease(&pipe->ready[i]);
    free_stores(pipe->scratch, pipe->bound.keys);
    free_stores(pipe->key, pipe->bound.keys);
    free_stores(pipe->column, pipe->bound.columns);
    fs_rows_close(&pipe->out);
    ArrowArrayViewReset(&pipe->view);
    fs_free(pipe->vector);
    fs_free(pipe->name);
    fs_free(pipe->differs);
    fs_free(pipe->start);
    fs_free(pipe->ready);
    fs_operator_unbind(&pipe->bound);
    fs_free(pipe);
}
