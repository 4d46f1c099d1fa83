/* Result rows on their way out.
 *
 * Columns are the group's keys, repeated by the pipe, then the operator's outputs. Rows gather over
 * blocks until there is a batch of them. Texts may be set in any order and again: they go to a pool,
 * and into row order only when a batch leaves.
 */
#include <math.h>
#include <string.h>

#include "operator_internal.h"

fs_status fs_rows_open(fs_rows *rows, int keys, const fs_type *key_type, int outputs,
                       const fs_type *type)
{
    *rows = (fs_rows){.keys = keys, .outputs = outputs, .bad_row = -1, .last_group = -1};
    size_t columns = (size_t)keys + (size_t)outputs;
    rows->column = fs_alloc_zero(columns, sizeof *rows->column);
    rows->text = fs_alloc_zero((size_t)outputs, sizeof *rows->text);
    if (!rows->column || !rows->text) return FS_MEMORY;
    for (int i = 0; i < keys; i++) fs_operator_store_start(&rows->column[i], key_type[i]);
    for (int i = 0; i < outputs; i++) fs_operator_store_start(&rows->column[keys + i], type[i]);
    return FS_OK;
}

static fs_operator_store *output(const fs_rows *rows, int column)
{
    return &rows->column[rows->keys + column];
}

void fs_rows_block(fs_rows *rows, const fs_operator_store *key, int64_t groups)
{
    rows->key = key;
    rows->groups = groups;
    rows->last_group = -1;
    rows->extents = 0;
    rows->bad_row = -1;
    rows->refused = -1;
}

void fs_rows_refuse(fs_rows *rows, int64_t group) { rows->refused = group; }

/* An operator has at least one output. */
int64_t fs_rows_count(const fs_rows *rows) { return output(rows, 0)->rows; }

static fs_status add_extent(fs_rows *rows, int64_t group)
{
    if (rows->extents == rows->extents_capacity) {
        int64_t capacity = rows->extents_capacity * 2 + 64;
        void *grown = fs_realloc(rows->extent, (size_t)capacity * sizeof *rows->extent);
        if (!grown) return FS_MEMORY;
        rows->extent = grown;
        rows->extents_capacity = capacity;
    }
    rows->extent[rows->extents++] = (fs_operator_extent){fs_rows_count(rows), group};
    return FS_OK;
}

/* Room for which an output that must grow asks at least: a block's rows and a batch that waits, where a
 * group gives as many rows as it has. Growing little by little would copy them over and over. */
#define ROOM_ROWS 65536

static fs_status extend_text(fs_operator_text *text, int64_t rows, int64_t count)
{
    if (rows + count > text->capacity) {
        int64_t capacity = text->capacity + text->capacity / 2 + count;
        if (capacity < ROOM_ROWS) capacity = ROOM_ROWS;
        void *at = fs_realloc(text->at, (size_t)capacity * sizeof *text->at);
        if (!at) return FS_MEMORY;
        text->at = at;
        void *bytes = fs_realloc(text->bytes, (size_t)capacity * sizeof *text->bytes);
        if (!bytes) return FS_MEMORY;
        text->bytes = bytes;
        text->capacity = capacity;
    }
    memset(text->at + rows, 0, (size_t)count * sizeof *text->at);
    memset(text->bytes + rows, 0, (size_t)count * sizeof *text->bytes);
    return FS_OK;
}

static fs_status extend_output(fs_rows *rows, int column, int64_t count)
{
    fs_operator_store *store = output(rows, column);
    size_t size = (size_t)count;
    bool first = store->capacity == 0 && count < ROOM_ROWS;
    FS_TRY(fs_operator_store_reserve(store, first ? ROOM_ROWS : count));
    if (fs_operator_is_text(store->type))
        FS_TRY(extend_text(&rows->text[column], store->rows, count));
    else if (store->type == FS_TYPE_DOUBLE)
        memset(store->number + store->rows, 0, size * sizeof *store->number);
    else
        memset(store->integer + store->rows, 0, size * sizeof *store->integer);
    memset(store->valid + store->rows, 0, size);
    return FS_OK;
}

fs_status fs_rows_extend(fs_rows *rows, int64_t group, int64_t count, int64_t *first)
{
    *first = fs_rows_count(rows);
    if (group < rows->last_group || group >= rows->groups || count < 0) return FS_FAILED;
    if (count == 0) return FS_OK;
    for (int i = 0; i < rows->outputs; i++) FS_TRY(extend_output(rows, i, count));
    FS_TRY(add_extent(rows, group));
    for (int i = 0; i < rows->keys; i++)
        FS_TRY(fs_operator_store_repeat(&rows->column[i], &rows->key[i], group, count));
    for (int i = 0; i < rows->outputs; i++) output(rows, i)->rows += count;
    rows->last_group = group;
    return FS_OK;
}

int64_t fs_rows_group(const fs_rows *rows, int64_t row)
{
    int64_t low = 0, high = rows->extents;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (rows->extent[middle].first <= row)
            low = middle;
        else
            high = middle;
    }
    return rows->extents > 0 ? rows->extent[low].group : -1;
}

void fs_rows_set_number(fs_rows *rows, int column, int64_t row, double value)
{
    fs_operator_store *store = output(rows, column);
    if (!isfinite(value) && rows->bad_row < 0) {
        rows->bad_row = row;
        rows->bad_column = column;
    }
    store->number[row] = value;
    store->valid[row] = 1;
}

void fs_rows_set_integer(fs_rows *rows, int column, int64_t row, int64_t value)
{
    fs_operator_store *store = output(rows, column);
    store->integer[row] = value;
    store->valid[row] = 1;
}

void fs_rows_set_numbers(fs_rows *rows, int column, int64_t first, const double *value,
                         int64_t count)
{
    fs_operator_store *store = output(rows, column);
    for (int64_t i = 0; rows->bad_row < 0 && i < count; i++) {
        if (isfinite(value[i])) continue;
        rows->bad_row = first + i;
        rows->bad_column = column;
    }
    memcpy(store->number + first, value, (size_t)count * sizeof *value);
    memset(store->valid + first, 1, (size_t)count);
}

void fs_rows_set_integers(fs_rows *rows, int column, int64_t first, const int64_t *value,
                          int64_t count)
{
    fs_operator_store *store = output(rows, column);
    memcpy(store->integer + first, value, (size_t)count * sizeof *value);
    memset(store->valid + first, 1, (size_t)count);
}

/* The pool holds it once. */
fs_status fs_rows_repeat_text(fs_rows *rows, int column, int64_t first, int64_t count,
                              const char *text, size_t bytes)
{
    fs_operator_text *place = &rows->text[column];
    for (int64_t row = first; row < first + count; row++) {
        place->at[row] = (int64_t)place->pool.size;
        place->bytes[row] = (int64_t)bytes;
    }
    FS_TRY(fs_buffer_add(&place->pool, text, bytes));
    memset(output(rows, column)->valid + first, 1, (size_t)count);
    return FS_OK;
}

fs_status fs_rows_set_text(fs_rows *rows, int column, int64_t row, const char *text, size_t bytes)
{
    return fs_rows_repeat_text(rows, column, row, 1, text, bytes);
}

static fs_status settle_column(fs_operator_store *store, const fs_operator_text *text,
                               int64_t count)
{
    size_t bytes = 0;
    for (int64_t i = 0; i < count; i++) bytes += (size_t)text->bytes[i];
    int64_t rows = store->rows;
    store->rows = 0; /* the room asked for is counted from the start */
    fs_status status = fs_operator_store_bytes(store, bytes);
    store->rows = rows;
    FS_TRY(status);
    store->offset[0] = 0;
    for (int64_t i = 0; i < count; i++) {
        if (text->bytes[i] > 0)
            memcpy(store->bytes + store->offset[i], text->pool.data + text->at[i],
                   (size_t)text->bytes[i]);
        store->offset[i + 1] = store->offset[i] + text->bytes[i];
    }
    return FS_OK;
}

fs_status fs_rows_settle(fs_rows *rows, int64_t count)
{
    for (int i = 0; i < rows->outputs; i++)
        if (fs_operator_is_text(output(rows, i)->type))
            FS_TRY(settle_column(output(rows, i), &rows->text[i], count));
    for (int i = 0; i < rows->outputs; i++) {
        fs_operator_store *store = output(rows, i);
        store->nulls = 0;
        for (int64_t row = 0; row < store->rows; row++) store->nulls += !store->valid[row];
    }
    return FS_OK;
}

/* What stands in the pool before the first text that is still wanted goes. */
static void drop_text(fs_operator_text *text, int64_t count, int64_t left)
{
    int64_t least = (int64_t)text->pool.size;
    memmove(text->at, text->at + count, (size_t)left * sizeof *text->at);
    memmove(text->bytes, text->bytes + count, (size_t)left * sizeof *text->bytes);
    for (int64_t i = 0; i < left; i++)
        if (text->bytes[i] > 0 && text->at[i] < least) least = text->at[i];
    if (least == 0) return;
    for (int64_t i = 0; i < left; i++) text->at[i] = text->bytes[i] > 0 ? text->at[i] - least : 0;
    memmove(text->pool.data, text->pool.data + least, text->pool.size - (size_t)least);
    text->pool.size -= (size_t)least;
}

void fs_rows_drop(fs_rows *rows, int64_t count)
{
    if (count == 0) return;
    int64_t left = fs_rows_count(rows) - count;
    for (int i = 0; i < rows->keys; i++) fs_operator_store_drop(&rows->column[i], count);
    for (int i = 0; i < rows->outputs; i++) {
        fs_operator_store *store = output(rows, i);
        if (fs_operator_is_text(store->type)) {
            drop_text(&rows->text[i], count, left);
            memmove(store->valid, store->valid + count, (size_t)left);
            store->rows = left;
        } else {
            fs_operator_store_drop(store, count);
        }
    }
}

void fs_rows_close(fs_rows *rows)
{
    for (int i = 0; rows->column && i < rows->keys + rows->outputs; i++)
        fs_operator_store_free(&rows->column[i]);
    for (int i = 0; rows->text && i < rows->outputs; i++) {
        fs_buffer_free(&rows->text[i].pool);
        fs_free(rows->text[i].at);
        fs_free(rows->text[i].bytes);
    }
    fs_free(rows->column);
    fs_free(rows->text);
    fs_free(rows->extent);
    *rows = (fs_rows){0};
}
