/* Rows in any order, dealt out into ranges of series: what a sort by group would do, at a third of its cost.
 *
 *   chunks of a query → series numbered as they come (series_index.c)
 *     → hands, one per 32 series, rows packed one behind the other in blocks
 *     → one hand at a time: counted by series, spread out into columns, sorted by the order column
 *       where a series did not come in order already (files by day or by series do)
 *
 * Blocks beyond the granted memory are written to a file in scratch as they fill, and read back hand by
 * hand: memory stays the same however many rows there are. Blocks begin small and double, so that many
 * short series do not take a large block for each hand.
 *
 * A packed row: the series inside its hand (a byte), the values by column, then a byte per column that is
 * 0 for null.
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deal_internal.h"
#include "nanoarrow/nanoarrow.h"

#define PER_HAND    32
#define BLOCK_FIRST (1 << 10)
#define BLOCK_BYTES (64 << 10)
#define CHUNK_MOST  4096

typedef struct block {
    char *rows;     /* NULL: in the file */
    int64_t offset; /* there */
    int64_t count, most;
} block;

typedef struct hand {
    block *block;
    int blocks, capacity;
    int64_t rows;
} hand;

struct fs_deal {
    int columns; /* without the keys */
    fs_deal_column column[FS_DEAL_COLUMNS];
    int64_t row_bytes;
    int64_t room, used; /* bytes of blocks in memory */
    int file;           /* -1: none yet */
    int64_t file_bytes;
    char *path;
    hand *hand;
    int64_t hands, capacity;
};

/* ---- columns ---- */

static int width_of(duckdb_type type)
{
    switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_UTINYINT: return 1;
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_USMALLINT: return 2;
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DATE: return 4;
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_TIMESTAMP: return 8;
    default: return 0;
    }
}

/* Only these come back in order: whole numbers, days, times. */
static bool can_order(duckdb_type type)
{
    return type == DUCKDB_TYPE_DATE || type == DUCKDB_TYPE_TIMESTAMP ||
           type == DUCKDB_TYPE_TINYINT || type == DUCKDB_TYPE_SMALLINT ||
           type == DUCKDB_TYPE_INTEGER || type == DUCKDB_TYPE_BIGINT;
}

static bool is_group(const char *name, const char *const *group, int groups)
{
    for (int i = 0; i < groups; i++)
        if (strcmp(group[i], name) == 0) return true;
    return false;
}

static fs_status refuse(const char *column, fs_error *error)
{
    fs_fail(error, FS_DATA, "column '%s' is of a type that can't be given to an operator", column);
    fs_error_at(error, NULL, 0, column);
    return fs_error_remedy(error, "cast it to double, bigint, date, timestamp or boolean; a group "
                                  "also to varchar");
}

fs_status fs_deal_check(duckdb_result *result, const char *const *group, int groups,
                        const char *order, fs_error *error)
{
    idx_t columns = duckdb_column_count(result);
    if (columns > FS_DEAL_COLUMNS)
        return fs_fail(error, FS_DATA, "more than %d columns", FS_DEAL_COLUMNS);
    for (idx_t i = 0; i < columns; i++) {
        duckdb_type type = duckdb_column_type(result, i);
        const char *name = duckdb_column_name(result, i);
        bool real = type == DUCKDB_TYPE_FLOAT || type == DUCKDB_TYPE_DOUBLE;
        bool key = is_group(name, group, groups);
        if (key ? type != DUCKDB_TYPE_VARCHAR && (real || !width_of(type)) : !width_of(type))
            return refuse(name, error);
        if (strcmp(name, order) == 0 && !can_order(type)) return refuse(name, error);
    }
    return FS_OK;
}

int fs_deal_keys(duckdb_result *result, const char *const *group, int groups, fs_series_key *key)
{
    int keys = 0;
    for (int g = 0; g < groups; g++)
        for (idx_t i = 0; i < duckdb_column_count(result); i++)
            if (strcmp(duckdb_column_name(result, i), group[g]) == 0)
                key[keys++] = (fs_series_key){.index = (int)i,
                                              .width = width_of(duckdb_column_type(result, i))};
    return keys;
}

static void lay_out(fs_deal *d, duckdb_result *result, const char *const *group, int groups,
                    const char *order)
{
    d->row_bytes = 1;
    for (idx_t i = 0; i < duckdb_column_count(result); i++) {
        const char *name = duckdb_column_name(result, i);
        duckdb_type type = duckdb_column_type(result, i);
        if (is_group(name, group, groups)) continue;
        d->column[d->columns++] = (fs_deal_column){.index = (int)i,
                                                   .width = width_of(type),
                                                   .at = d->row_bytes,
                                                   .is_bits = type == DUCKDB_TYPE_BOOLEAN,
                                                   .is_order = strcmp(name, order) == 0};
        d->row_bytes += width_of(type);
    }
    for (int i = 0; i < d->columns; i++) d->column[i].valid_at = d->row_bytes++;
}

fs_status fs_deal_open(fs_engine *engine, duckdb_result *result, const char *const *group,
                       int groups, const char *order, fs_deal **out, fs_error *error)
{
    fs_deal *d = fs_alloc_zero(1, sizeof *d);
    if (!d) return fs_fail_memory(error, sizeof *d);
    lay_out(d, result, group, groups, order);
    d->room = engine->memory * 2 / 5;
    d->file = -1;
    fs_buffer path = {0};
    fs_status status =
        fs_buffer_printf(&path, "%s/deal_%lld", engine->scratch, fs_engine_serial(engine));
    d->path = path.data;
    if (status != FS_OK) {
        fs_deal_close(d);
        return fs_fail_memory(error, 64);
    }
    *out = d;
    return FS_OK;
}

void fs_deal_close(fs_deal *d)
{
    if (!d) return;
    for (int64_t h = 0; h < d->hands; h++) {
        fs_deal_drop(d, h);
        fs_free(d->hand[h].block);
    }
    fs_free(d->hand);
    if (d->file >= 0) close(d->file);
    fs_free(d->path);
    fs_free(d);
#ifdef __GLIBC__
    malloc_trim(0); /* thousands of blocks lie between others: what comes next needs their memory */
#endif
}

int64_t fs_deal_hands(const fs_deal *d) { return d->hands; }

int64_t fs_deal_rows(const fs_deal *d, int64_t number) { return d->hand[number].rows; }

/* ---- dealing ---- */

/* The file has no name once it is open: nothing is left behind however the program ends. */
static fs_status open_file(fs_deal *d, fs_error *error)
{
    if (d->file >= 0) return FS_OK;
    d->file = open(d->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (d->file < 0) return fs_fail_errno(error, "make", d->path);
    unlink(d->path);
    return FS_OK;
}

static fs_status write_out(fs_deal *d, block *b, fs_error *error)
{
    int64_t bytes = b->count * d->row_bytes, done = 0;
    FS_TRY(open_file(d, error));
    while (done < bytes) {
        ssize_t wrote =
            pwrite(d->file, b->rows + done, (size_t)(bytes - done), d->file_bytes + done);
        if (wrote < 0) return fs_fail_errno(error, "write", d->path);
        done += wrote;
    }
    b->offset = d->file_bytes;
    d->file_bytes += bytes;
    return FS_OK;
}

static fs_status reserve_block(hand *h)
{
    if (h->blocks < h->capacity) return FS_OK;
    int capacity = h->capacity * 2 + 4;
    block *grown = fs_realloc(h->block, (size_t)capacity * sizeof *grown);
    if (!grown) return FS_MEMORY;
    h->block = grown;
    h->capacity = capacity;
    return FS_OK;
}

/* An empty block at the end of the hand; the full one before it goes to the file where there is no
 * room, and its memory is used again. */
static fs_status next_block(fs_deal *d, hand *h, fs_error *error)
{
    int64_t bytes = h->blocks < 6 ? (int64_t)BLOCK_FIRST << h->blocks : BLOCK_BYTES;
    if (bytes < d->row_bytes) bytes = d->row_bytes;
    if (reserve_block(h) != FS_OK) return fs_fail_memory(error, sizeof *h->block);
    block *last = h->blocks ? &h->block[h->blocks - 1] : NULL, next = {0};
    if (last && d->used + bytes > d->room) {
        FS_TRY(write_out(d, last, error));
        next = (block){.rows = last->rows, .most = last->most};
        last->rows = NULL;
    } else {
        next = (block){.rows = fs_alloc((size_t)bytes), .most = bytes / d->row_bytes};
        if (!next.rows) return fs_fail_memory(error, (size_t)bytes);
        d->used += bytes;
    }
    h->block[h->blocks++] = next;
    return FS_OK;
}

static fs_status reserve_hand(fs_deal *d, int64_t number)
{
    if (number >= d->capacity) {
        int64_t capacity = number * 2 + 64;
        hand *grown = fs_realloc(d->hand, (size_t)capacity * sizeof *grown);
        if (!grown) return FS_MEMORY;
        d->hand = grown;
        d->capacity = capacity;
    }
    while (d->hands <= number) d->hand[d->hands++] = (hand){0};
    return FS_OK;
}

static bool is_full(const hand *h)
{
    return h->blocks == 0 || h->block[h->blocks - 1].count == h->block[h->blocks - 1].most;
}

/* Where rows of the chunk go; writes their series there. Stops before a block that is to be written
 * to the file, since rows of it may not be packed yet. */
static fs_status find_places(fs_deal *d, const int32_t *series, int64_t rows, char **place,
                             int64_t *placed, fs_error *error)
{
    for (*placed = 0; *placed < rows; ++*placed) {
        int32_t number = series[*placed];
        if (number / PER_HAND >= d->hands && reserve_hand(d, number / PER_HAND) != FS_OK)
            return fs_fail_memory(error, sizeof(hand));
        hand *h = &d->hand[number / PER_HAND];
        if (is_full(h)) {
            if (*placed > 0 && d->used + BLOCK_BYTES > d->room) return FS_OK;
            FS_TRY(next_block(d, h, error));
        }
        block *b = &h->block[h->blocks - 1];
        char *at = b->rows + b->count++ * d->row_bytes;
        h->rows++;
        *at = (char)(number % PER_HAND);
        place[*placed] = at;
    }
    return FS_OK;
}

static void pack(const fs_deal_column *c, duckdb_vector vector, int64_t first, int64_t rows,
                 char *const *place)
{
    const char *data = (const char *)duckdb_vector_get_data(vector) + first * c->width;
    const uint64_t *validity = duckdb_vector_get_validity(vector);
    switch (c->width) {
    case 1:
        for (int64_t i = 0; i < rows; i++) place[i][c->at] = data[i];
        break;
    case 2:
        for (int64_t i = 0; i < rows; i++) memcpy(place[i] + c->at, data + i * 2, 2);
        break;
    case 4:
        for (int64_t i = 0; i < rows; i++) memcpy(place[i] + c->at, data + i * 4, 4);
        break;
    default:
        for (int64_t i = 0; i < rows; i++) memcpy(place[i] + c->at, data + i * 8, 8);
    }
    for (int64_t i = 0; i < rows; i++) {
        int64_t row = first + i;
        place[i][c->valid_at] = !validity || (validity[row / 64] >> (row % 64) & 1);
    }
}

fs_status fs_deal_add(fs_deal *d, duckdb_data_chunk chunk, fs_series_index *index, fs_error *error)
{
    int32_t series[CHUNK_MOST];
    char *place[CHUNK_MOST];
    int64_t rows = (int64_t)duckdb_data_chunk_get_size(chunk), placed = 0;
    if (rows > CHUNK_MOST)
        return fs_fail(error, FS_FAILED, "a chunk of %lld rows", (long long)rows);
    FS_TRY(fs_series_index_add(index, chunk, series, error));
    for (int64_t first = 0; first < rows; first += placed) {
        FS_TRY(find_places(d, series + first, rows - first, place, &placed, error));
        for (int i = 0; i < d->columns; i++)
            pack(&d->column[i], duckdb_data_chunk_get_vector(chunk, (idx_t)d->column[i].index),
                 first, placed, place);
    }
    return FS_OK;
}

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
    t->start = fs_alloc_zero(PER_HAND + 2, sizeof *t->start);
    t->series = fs_alloc((size_t)rows * sizeof *t->series + 1);
    if (!t->start || !t->series) return FS_MEMORY;
    for (int i = 0; i < d->columns; i++) {
        t->data[i] = fs_alloc((size_t)(rows * d->column[i].width) + 1);
        t->valid[i] = fs_alloc((size_t)rows + 1);
        if (!t->data[i] || !t->valid[i]) return FS_MEMORY;
    }
    return FS_OK;
}

/* The block's rows, from memory or from the file into `buffer`. */
static fs_status rows_of(const fs_deal *d, const block *b, char *buffer, const char **rows,
                         fs_error *error)
{
    int64_t bytes = b->count * d->row_bytes, done = 0;
    *rows = b->rows;
    if (b->rows) return FS_OK;
    *rows = buffer;
    while (done < bytes) {
        ssize_t got = pread(d->file, buffer + done, (size_t)(bytes - done), b->offset + done);
        if (got <= 0) return fs_fail_errno(error, "read", d->path);
        done += got;
    }
    return FS_OK;
}

static fs_status count_series(const fs_deal *d, const hand *h, char *buffer, int64_t *start,
                              fs_error *error)
{
    for (int b = 0; b < h->blocks; b++) {
        const char *rows;
        FS_TRY(rows_of(d, &h->block[b], buffer, &rows, error));
        for (int64_t i = 0; i < h->block[b].count; i++) start[rows[i * d->row_bytes] + 1]++;
    }
    for (int64_t s = 0; s < PER_HAND; s++) start[s + 1] += start[s];
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
static fs_status spread(const fs_deal *d, const hand *h, int32_t first, char *buffer,
                        fs_deal_table *t, fs_error *error)
{
    for (int b = 0; b < h->blocks; b++) {
        const char *rows;
        FS_TRY(rows_of(d, &h->block[b], buffer, &rows, error));
        for (int64_t i = 0; i < h->block[b].count; i++) {
            const char *row = rows + i * d->row_bytes;
            int64_t to = t->start[(int)*row]++;
            t->series[to] = first + *row;
            unpack(d, row, to, t);
        }
    }
    memmove(t->start + 1, t->start, PER_HAND * sizeof *t->start);
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
    int order = 0;
    while (!d->column[order].is_order) order++;
    int width = d->column[order].width;
    for (int64_t s = 0; s < PER_HAND; s++) {
        int64_t first = t->start[s], end = t->start[s + 1], i = first + 1;
        while (i < end && order_at(t, order, width, i - 1) <= order_at(t, order, width, i)) i++;
        if (i < end) FS_TRY(sort_series(d, order, first, end - first, t));
    }
    return FS_OK;
}

static fs_status take(const fs_deal *d, int64_t number, char *buffer, fs_deal_table *t,
                      fs_error *error)
{
    const hand *h = &d->hand[number];
    int32_t first = (int32_t)(number * PER_HAND);
    t->rows = h->rows;
    if (reserve(d, t->rows, t) != FS_OK) return fs_fail_memory(error, (size_t)t->rows * 24);
    FS_TRY(count_series(d, h, buffer, t->start, error));
    FS_TRY(spread(d, h, first, buffer, t, error));
    return sort_all(d, t) == FS_OK ? FS_OK : fs_fail_memory(error, 0);
}

fs_status fs_deal_take(const fs_deal *d, int64_t number, fs_deal_table *t, fs_error *error)
{
    *t = (fs_deal_table){0};
    char *buffer = fs_alloc(BLOCK_BYTES);
    fs_status status =
        buffer ? take(d, number, buffer, t, error) : fs_fail_memory(error, BLOCK_BYTES);
    fs_free(buffer);
    if (status != FS_OK) fs_deal_table_free(t);
    return status;
}

void fs_deal_drop(fs_deal *d, int64_t number)
{
    hand *h = &d->hand[number];
    for (int b = 0; b < h->blocks; b++) {
        fs_free(h->block[b].rows);
        h->block[b].rows = NULL;
    }
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

static fs_status fill(const fs_deal *d, const fs_deal_table *t, int64_t first, int64_t count,
                      struct ArrowArray *out)
{
    static const fs_deal_column number = {.width = 4};
    FS_TRY(copy_column(&number, (const char *)(t->series + first), NULL, count, out->children[0]));
    for (int i = 0; i < d->columns; i++) {
        const fs_deal_column *c = &d->column[i];
        FS_TRY(copy_column(c, t->data[i] + first * c->width, t->valid[i] + first, count,
                           out->children[1 + i]));
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
