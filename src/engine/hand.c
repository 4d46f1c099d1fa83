/* Taking up a hand: its rows counted by series, spread out into columns, sorted by the order column where a
 * series did not come in order already (files by day or by series do), and given as Arrow batches.
 */
#include <stdlib.h>
#include <string.h>

#include "deal_internal.h"

/* ---- taking up a hand ---- */

void fs_deal_table_free(fs_deal_table *t)
{
    for (int i = 0; i < FS_DEAL_COLUMNS; i++) {
        fs_free(t->data[i]);
        fs_free(t->valid[i]);
    }
    fs_free(t->series);
    fs_free(t->start);
    *t = (fs_deal_table){0};
}

static fs_status reserve(const fs_deal *d, int64_t rows, fs_deal_table *t)
{
    t->start = fs_alloc_zero(FS_HAND_SERIES + 2, sizeof *t->start);
    t->series = fs_alloc((size_t)rows * sizeof *t->series + 1);
    if (!t->start || !t->series) return FS_MEMORY;
    for (int i = 0; i < d->columns; i++) {
        t->data[i] = fs_alloc((size_t)(rows * d->column[i].width) + 1);
        t->valid[i] = fs_alloc((size_t)rows + 1);
        if (!t->data[i] || !t->valid[i]) return FS_MEMORY;
    }
    return FS_OK;
}

static fs_status count_series(const fs_deal *d, const fs_hand *h, char *buffer, int64_t *start,
                              fs_error *error)
{
    for (int b = 0; b < h->blocks; b++) {
        const char *rows;
        FS_TRY(fs_deal_read(d, &h->block[b], buffer, &rows, error));
        for (int64_t i = 0; i < h->block[b].count; i++) start[rows[i * d->row_bytes] + 1]++;
    }
    for (int64_t s = 0; s < FS_HAND_SERIES; s++) start[s + 1] += start[s];
    return FS_OK;
}

static void unpack(const fs_deal *d, const char *row, int64_t to, fs_deal_table *t)
{
    for (int i = 0; i < d->columns; i++) {
        const fs_deal_column *c = &d->column[i];
        switch (c->width) {
        case 1: t->data[i][to] = row[c->at]; break;
        case 2: memcpy(t->data[i] + to * 2, row + c->at, 2); break;
        case 4: memcpy(t->data[i] + to * 4, row + c->at, 4); break;
        default: memcpy(t->data[i] + to * 8, row + c->at, 8);
        }
        t->valid[i][to] = (uint8_t)row[c->valid_at];
    }
}

/* Afterwards start[s] is where series s ends, which is where s + 1 begins. */
static fs_status spread(const fs_deal *d, const fs_hand *h, int32_t first, char *buffer,
                        fs_deal_table *t, fs_error *error)
{
    for (int b = 0; b < h->blocks; b++) {
        const char *rows;
        FS_TRY(fs_deal_read(d, &h->block[b], buffer, &rows, error));
        for (int64_t i = 0; i < h->block[b].count; i++) {
            const char *row = rows + i * d->row_bytes;
            int64_t to = t->start[(int)*row]++;
            t->series[to] = first + *row;
            unpack(d, row, to, t);
        }
    }
    memmove(t->start + 1, t->start, FS_HAND_SERIES * sizeof *t->start);
    t->start[0] = 0;
    return FS_OK;
}

/* ---- order inside a series ---- */

typedef struct place {
    int64_t value, row;
} place;

static int compare(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The order column as a number, null before all. */
static int64_t order_at(const fs_deal_table *t, int column, int width, int64_t row)
{
    if (!t->valid[column][row]) return INT64_MIN;
    const char *at = t->data[column] + row * width;
    switch (width) {
    case 1: return *(const int8_t *)at;
    case 2: return *(const int16_t *)at;
    case 4: return *(const int32_t *)at;
    default: return *(const int64_t *)at;
    }
}

static void move_rows(const place *from, int64_t first, int64_t rows, int width, char *data,
                      char *copy)
{
    memcpy(copy, data + first * width, (size_t)(rows * width));
    for (int64_t i = 0; i < rows; i++)
        memcpy(data + (first + i) * width, copy + (from[i].row - first) * width, (size_t)width);
}

static fs_status sort_series(const fs_deal *d, int order, int64_t first, int64_t rows,
                             fs_deal_table *t)
{
    place *places = fs_alloc((size_t)rows * sizeof *places);
    char *copy = fs_alloc((size_t)rows * 8);
    fs_status status = places && copy ? FS_OK : FS_MEMORY;
    for (int64_t i = 0; status == FS_OK && i < rows; i++)
        places[i] = (place){order_at(t, order, d->column[order].width, first + i), first + i};
    if (status == FS_OK) {
        qsort(places, (size_t)rows, sizeof *places, compare);
        for (int i = 0; i < d->columns; i++) {
            move_rows(places, first, rows, d->column[i].width, t->data[i], copy);
            move_rows(places, first, rows, 1, (char *)t->valid[i], copy);
        }
    }
    fs_free(places);
    fs_free(copy);
    return status;
}

static fs_status sort_all(const fs_deal *d, fs_deal_table *t)
{
    int order = d->order, width = d->column[order].width;
    for (int64_t s = 0; s < FS_HAND_SERIES; s++) {
        int64_t first = t->start[s], end = t->start[s + 1], i = first + 1;
        while (i < end && order_at(t, order, width, i - 1) <= order_at(t, order, width, i)) i++;
        if (i < end) FS_TRY(sort_series(d, order, first, end - first, t));
    }
    return FS_OK;
}

static fs_status take(fs_deal *d, int64_t number, char *buffer, fs_deal_table *t, fs_error *error)
{
    fs_hand *h = &d->hand[number];
    int32_t first = (int32_t)(number * FS_HAND_SERIES);
    t->rows = h->rows;
    if (reserve(d, t->rows, t) != FS_OK) return fs_fail_memory(error, (size_t)t->rows * 24);
    FS_TRY(count_series(d, h, buffer, t->start, error));
    FS_TRY(spread(d, h, first, buffer, t, error));
    fs_deal_drop(d, h);
    return sort_all(d, t) == FS_OK ? FS_OK : fs_fail_memory(error, 0);
}

fs_status fs_deal_take(fs_deal *d, int64_t number, fs_deal_table *t, fs_error *error)
{
    *t = (fs_deal_table){0};
    char *buffer = fs_alloc(FS_HAND_BLOCK);
    fs_status status =
        buffer ? take(d, number, buffer, t, error) : fs_fail_memory(error, FS_HAND_BLOCK);
    fs_free(buffer);
    if (status != FS_OK) fs_deal_table_free(t);
    return status;
}

/* ---- Arrow ---- */

static fs_status copy_bits(const char *bytes, int64_t count, struct ArrowBuffer *out)
{
    if (ArrowBufferResize(out, (count + 7) / 8, false) != NANOARROW_OK) return FS_MEMORY;
    memset(out->data, 0, (size_t)(count + 7) / 8);
    for (int64_t i = 0; i < count; i++)
        if (bytes[i]) ArrowBitSet(out->data, i);
    return FS_OK;
}

static fs_status copy_column(const fs_deal_column *c, const char *data, const uint8_t *valid,
                             int64_t count, struct ArrowArray *out)
{
    const uint8_t *null = valid ? memchr(valid, 0, (size_t)count) : NULL;
    out->length = count;
    out->null_count = null ? -1 : 0;
    if (null) FS_TRY(copy_bits((const char *)valid, count, ArrowArrayBuffer(out, 0)));
    if (c->is_bits) return copy_bits(data, count, ArrowArrayBuffer(out, 1));
    return ArrowBufferAppend(ArrowArrayBuffer(out, 1), data, count * c->width) == NANOARROW_OK
               ? FS_OK
               : FS_MEMORY;
}

static fs_status append_texts(const fs_deal_column *c, const int32_t *number, int64_t count,
                              struct ArrowArray *out)
{
    if (ArrowArrayStartAppending(out) != NANOARROW_OK) return FS_MEMORY;
    for (int64_t i = 0; i < count; i++) FS_TRY(fs_series_index_append(c->text, number[i], 1, &out));
    return FS_OK;
}

static fs_status fill(const fs_deal *d, const fs_deal_table *t, int64_t first, int64_t count,
                      struct ArrowArray *out)
{
    static const fs_deal_column number = {.width = 4};
    FS_TRY(copy_column(&number, (const char *)(t->series + first), NULL, count, out->children[0]));
    for (int i = 0; i < d->columns; i++) {
        const fs_deal_column *c = &d->column[i];
        const char *data = t->data[i] + first * c->width;
        if (c->text)
            FS_TRY(append_texts(c, (const int32_t *)(t->data[i]) + first, count,
                                out->children[1 + i]));
        else
            FS_TRY(copy_column(c, data, t->valid[i] + first, count, out->children[1 + i]));
    }
    out->length = count;
    return ArrowArrayFinishBuilding(out, NANOARROW_VALIDATION_LEVEL_NONE, NULL) == NANOARROW_OK
               ? FS_OK
               : FS_MEMORY;
}

fs_status fs_deal_batch(const fs_deal *d, const fs_deal_table *t, int64_t first, int64_t count,
                        const struct ArrowSchema *schema, struct ArrowArray *out, fs_error *error)
{
    fs_status status = FS_MEMORY;
    if (ArrowArrayInitFromSchema(out, schema, NULL) == NANOARROW_OK)
        status = fill(d, t, first, count, out);
    if (status == FS_OK) return FS_OK;
    if (out->release) out->release(out);
    return fs_fail_memory(error, (size_t)count * 8);
}
