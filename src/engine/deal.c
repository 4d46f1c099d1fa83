/* Rows in any order, dealt out into ranges of series: what a sort by group would do, at a third of its cost.
 *
 *   chunks of a query → series numbered as they come (series_index.c)
 *     → hands, one per 32 series, rows packed one behind the other in blocks
 *     → where groups are wanted in the order of their keys: dealt once more, under their new numbers
 *     → one hand at a time (hand.c)
 *
 * Blocks beyond the granted memory, which all deals of an engine share, are written to a file in scratch as
 * they fill, and read back hand by hand: memory stays the same however many rows there are. Blocks begin
 * small and double, so that many short series do not take a large block for each hand.
 *
 * A packed row: the series inside its hand (a byte), the values by column, then a byte per column that is
 * 0 for null. Of a text there is its number among the different texts of the column, which stay in memory.
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "deal_internal.h"

#define BLOCK_FIRST (1 << 10)
#define CHUNK_MOST  4096

/* ---- columns ---- */

int fs_deal_width(duckdb_type type)
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

static bool is_text(duckdb_type type)
{
    return type == DUCKDB_TYPE_VARCHAR || type == DUCKDB_TYPE_BLOB;
}

static bool can_deal(duckdb_type type) { return fs_deal_width(type) || is_text(type); }

static bool can_group(duckdb_type type)
{
    return can_deal(type) && type != DUCKDB_TYPE_FLOAT && type != DUCKDB_TYPE_DOUBLE;
}

/* Only these come back in order: whole numbers, days, times. */
static bool can_order(duckdb_type type)
{
    return type == DUCKDB_TYPE_DATE || type == DUCKDB_TYPE_TIMESTAMP ||
           type == DUCKDB_TYPE_TINYINT || type == DUCKDB_TYPE_SMALLINT ||
           type == DUCKDB_TYPE_INTEGER || type == DUCKDB_TYPE_BIGINT;
}

static fs_status refuse(const char *column, fs_error *error)
{
    fs_fail(error, FS_DATA, "column '%s' is of a type that can't be given to an operator", column);
    fs_error_at(error, NULL, 0, column);
    return fs_error_remedy(error, "cast it to double, bigint, date, timestamp, boolean or varchar; "
                                  "the order column to bigint, date or timestamp");
}

/* As a pipe finds it: by its name, else by its name in another case. */
static int find_column(duckdb_result *result, const char *name)
{
    int columns = (int)duckdb_column_count(result);
    for (int i = 0; i < columns; i++)
        if (strcmp(duckdb_column_name(result, (idx_t)i), name) == 0) return i;
    for (int i = 0; i < columns; i++)
        if (strcasecmp(duckdb_column_name(result, (idx_t)i), name) == 0) return i;
    return -1;
}

bool fs_deal_is_group(const fs_deal_parts *parts, int64_t column)
{
    for (int i = 0; i < parts->groups; i++)
        if (parts->group[i] == column) return true;
    return false;
}

static fs_status check_types(duckdb_result *result, const fs_deal_parts *parts, fs_error *error)
{
    for (idx_t i = 0; i < duckdb_column_count(result); i++) {
        duckdb_type type = duckdb_column_type(result, i);
        bool group = fs_deal_is_group(parts, (int64_t)i), order = (int)i == parts->order;
        bool good = group ? can_group(type) : order ? can_order(type) : can_deal(type);
        if (!good) return refuse(duckdb_column_name(result, i), error);
    }
    return FS_OK;
}

fs_status fs_deal_find_parts(duckdb_result *result, const char *const *group, int groups,
                             const char *order, fs_deal_parts *parts, fs_error *error)
{
    if (duckdb_column_count(result) > FS_DEAL_COLUMNS)
        return fs_fail(error, FS_DATA, "more than %d columns", FS_DEAL_COLUMNS);
    parts->groups = groups;
    for (int i = 0; i < groups; i++) parts->group[i] = find_column(result, group[i]);
    parts->order = find_column(result, order);
    return check_types(result, parts, error);
}

/* ---- opening ---- */

static fs_status open_text(fs_deal_column *c, duckdb_type type, fs_error *error)
{
    fs_series_key key = {.index = c->index, .type = type};
    return is_text(type) ? fs_series_index_open(&key, 1, &c->text, error) : FS_OK;
}

static fs_status lay_out(fs_deal *d, duckdb_result *result, const fs_deal_parts *parts,
                         fs_error *error)
{
    d->row_bytes = 1;
    for (int i = 0; i < (int)duckdb_column_count(result); i++) {
        duckdb_type type = duckdb_column_type(result, (idx_t)i);
        if (fs_deal_is_group(parts, i)) continue;
        if (i == parts->order) d->order = d->columns;
        fs_deal_column *c = &d->column[d->columns++];
        *c = (fs_deal_column){.index = i,
                              .width = is_text(type) ? 4 : fs_deal_width(type),
                              .at = d->row_bytes,
                              .is_bits = type == DUCKDB_TYPE_BOOLEAN};
        d->row_bytes += c->width;
        FS_TRY(open_text(c, type, error));
    }
    for (int i = 0; i < d->columns; i++) d->column[i].valid_at = d->row_bytes++;
    return FS_OK;
}

fs_status fs_deal_open(fs_engine *engine, duckdb_result *result, const fs_deal_parts *parts,
                       fs_deal **out, fs_error *error)
{
    fs_deal *d = fs_alloc_zero(1, sizeof *d);
    if (!d) return fs_fail_memory(error, sizeof *d);
    d->engine = engine;
    d->file = -1;
    fs_buffer path = {0};
    fs_status status = lay_out(d, result, parts, error);
    if (status == FS_OK) {
        status = fs_buffer_printf(&path, "%s/deal_%lld", engine->scratch, fs_engine_serial(engine));
        if (status != FS_OK) fs_fail_memory(error, 64);
    }
    d->path = path.data;
    if (status == FS_OK)
        *out = d;
    else
        fs_deal_close(d);
    return status;
}

static void close_hands(fs_deal *d, fs_hand *hand, int64_t hands)
{
    for (int64_t h = 0; h < hands; h++) fs_deal_drop(d, &hand[h]);
    fs_free(hand);
}

void fs_deal_close(fs_deal *d)
{
    if (!d) return;
    close_hands(d, d->hand, d->hands);
    for (int i = 0; i < d->columns; i++) fs_series_index_close(d->column[i].text);
    if (d->file >= 0) close(d->file);
    fs_free(d->path);
    fs_free(d);
#ifdef __GLIBC__
    malloc_trim(0); /* thousands of blocks lie between others: what comes next needs their memory */
#endif
}

/* ---- blocks ---- */

/* The file has no name once it is open: nothing is left behind however the program ends. */
static fs_status open_file(fs_deal *d, fs_error *error)
{
    if (d->file >= 0) return FS_OK;
    d->file = open(d->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (d->file < 0) return fs_fail_errno(error, "make", d->path);
    unlink(d->path);
    return FS_OK;
}

static fs_status write_out(fs_deal *d, fs_deal_block *b, fs_error *error)
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

fs_status fs_deal_read(const fs_deal *d, const fs_deal_block *b, char *buffer, const char **rows,
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

/* Takes memory for a block from what all deals may have, the three tenths that DuckDB is not given (session.c);
 * a hand's first block is given in any case. */
static bool take_room(fs_deal *d, const fs_hand *h, int64_t bytes)
{
    int64_t used = atomic_fetch_add(&d->engine->dealt, bytes) + bytes;
    if (used <= d->engine->memory / 10 * 3 || h->blocks == 0) return true;
    atomic_fetch_sub(&d->engine->dealt, bytes);
    return false;
}

void fs_deal_drop(fs_deal *d, fs_hand *h)
{
    int64_t bytes = 0;
    for (int b = 0; b < h->blocks; b++) {
        if (h->block[b].rows) bytes += h->block[b].most * d->row_bytes;
        fs_free(h->block[b].rows);
    }
    fs_free(h->block);
    atomic_fetch_sub(&d->engine->dealt, bytes);
    *h = (fs_hand){.rows = h->rows};
}

static fs_status reserve_block(fs_hand *h)
{
    if (h->blocks < h->capacity) return FS_OK;
    int capacity = h->capacity * 2 + 4;
    fs_deal_block *grown = fs_realloc(h->block, (size_t)capacity * sizeof *grown);
    if (!grown) return FS_MEMORY;
    h->block = grown;
    h->capacity = capacity;
    return FS_OK;
}

static int64_t block_rows(const fs_deal *d, const fs_hand *h)
{
    int64_t bytes = h->blocks < 6 ? (int64_t)BLOCK_FIRST << h->blocks : FS_HAND_BLOCK;
    return bytes < d->row_bytes ? 1 : bytes / d->row_bytes;
}

/* The hand's last block goes to the file, and its memory is used again. */
static fs_status reuse_block(fs_deal *d, fs_hand *h, fs_deal_block *next, fs_error *error)
{
    fs_deal_block *last = &h->block[h->blocks - 1];
    FS_TRY(write_out(d, last, error));
    *next = (fs_deal_block){.rows = last->rows, .most = last->most};
    last->rows = NULL;
    return FS_OK;
}

/* An empty block at the end of the hand. Where that would need the full one before it to be written to the
 * file, and `may_write` is not said: none. */
static fs_status next_block(fs_deal *d, fs_hand *h, bool may_write, fs_error *error)
{
    fs_deal_block next = {.most = block_rows(d, h)};
    int64_t bytes = next.most * d->row_bytes;
    if (reserve_block(h) != FS_OK) return fs_fail_memory(error, sizeof *h->block);
    if (take_room(d, h, bytes)) {
        next.rows = fs_alloc((size_t)bytes);
        if (!next.rows) {
            atomic_fetch_sub(&d->engine->dealt, bytes);
            return fs_fail_memory(error, (size_t)bytes);
        }
    } else {
        if (!may_write) return FS_OK;
        FS_TRY(reuse_block(d, h, &next, error));
    }
    h->block[h->blocks++] = next;
    return FS_OK;
}

/* ---- dealing ---- */

static fs_status reserve_hand(fs_deal *d, int64_t number)
{
    if (number >= d->capacity) {
        int64_t capacity = number * 2 + 64;
        fs_hand *grown = fs_realloc(d->hand, (size_t)capacity * sizeof *grown);
        if (!grown) return FS_MEMORY;
        d->hand = grown;
        d->capacity = capacity;
    }
    while (d->hands <= number) d->hand[d->hands++] = (fs_hand){0};
    return FS_OK;
}

static bool is_full(const fs_hand *h)
{
    return h->blocks == 0 || h->block[h->blocks - 1].count == h->block[h->blocks - 1].most;
}

/* Where the next row of a series goes; its series is written there. NULL: see next_block. */
static fs_status find_place(fs_deal *d, int32_t series, bool may_write, char **place,
                            fs_error *error)
{
    int64_t number = series / FS_HAND_SERIES;
    *place = NULL;
    if (number >= d->hands && reserve_hand(d, number) != FS_OK)
        return fs_fail_memory(error, sizeof(fs_hand));
    fs_hand *h = &d->hand[number];
    if (is_full(h)) {
        FS_TRY(next_block(d, h, may_write, error));
        if (is_full(h)) return FS_OK;
    }
    fs_deal_block *b = &h->block[h->blocks - 1];
    *place = b->rows + b->count++ * d->row_bytes;
    **place = (char)(series % FS_HAND_SERIES);
    h->rows++;
    return FS_OK;
}

/* Where rows of the chunk go. Stops before a block that is to be written to the file, since rows of it may
 * not be packed yet. */
static fs_status find_places(fs_deal *d, const int32_t *series, int64_t rows, char **place,
                             int64_t *placed, fs_error *error)
{
    for (*placed = 0; *placed < rows; ++*placed) {
        FS_TRY(find_place(d, series[*placed], *placed == 0, &place[*placed], error));
        if (!place[*placed]) return FS_OK;
    }
    return FS_OK;
}

static void pack(const fs_deal_column *c, const char *data, const uint64_t *validity, int64_t first,
                 int64_t rows, char *const *place)
{
    data += first * c->width;
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

/* What of each column is packed: the values of the chunk, or the numbers of its texts. */
typedef struct chunk_data {
    const char *data[FS_DEAL_COLUMNS];
    int32_t *number[FS_DEAL_COLUMNS];
    const uint64_t *validity[FS_DEAL_COLUMNS];
} chunk_data;

static void free_numbers(const fs_deal *d, chunk_data *c)
{
    for (int i = 0; i < d->columns; i++) fs_free(c->number[i]);
}

static fs_status look_at(const fs_deal *d, duckdb_data_chunk chunk, chunk_data *c, fs_error *error)
{
    for (int i = 0; i < d->columns; i++) c->number[i] = NULL;
    for (int i = 0; i < d->columns; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, (idx_t)d->column[i].index);
        c->data[i] = duckdb_vector_get_data(vector);
        c->validity[i] = duckdb_vector_get_validity(vector);
        if (!d->column[i].text) continue;
        c->number[i] = fs_alloc(CHUNK_MOST * sizeof *c->number[i]);
        if (!c->number[i]) return fs_fail_memory(error, CHUNK_MOST * sizeof *c->number[i]);
        c->data[i] = (const char *)c->number[i];
        FS_TRY(fs_series_index_add(d->column[i].text, chunk, c->number[i], error));
    }
    return FS_OK;
}

static fs_status deal_rows(fs_deal *d, const chunk_data *c, const int32_t *series, int64_t rows,
                           fs_error *error)
{
    char *place[CHUNK_MOST];
    int64_t placed = 0;
    for (int64_t first = 0; first < rows; first += placed) {
        FS_TRY(find_places(d, series + first, rows - first, place, &placed, error));
        for (int i = 0; i < d->columns; i++)
            pack(&d->column[i], c->data[i], c->validity[i], first, placed, place);
    }
    return FS_OK;
}

fs_status fs_deal_add(fs_deal *d, duckdb_data_chunk chunk, fs_series_index *index, fs_error *error)
{
    chunk_data c;
    int32_t series[CHUNK_MOST];
    int64_t rows = (int64_t)duckdb_data_chunk_get_size(chunk);
    if (rows > CHUNK_MOST)
        return fs_fail(error, FS_FAILED, "a chunk of %lld rows", (long long)rows);
    FS_TRY(fs_series_index_add(index, chunk, series, error));
    fs_status status = look_at(d, chunk, &c, error);
    if (status == FS_OK) status = deal_rows(d, &c, series, rows, error);
    free_numbers(d, &c);
    return status;
}

/* ---- dealing once more ---- */

/* `rank`: of the hand's series. */
static fs_status move_hand(fs_deal *d, const fs_hand *h, const int32_t *rank, char *buffer,
                           fs_error *error)
{
    for (int b = 0; b < h->blocks; b++) {
        const char *rows;
        FS_TRY(fs_deal_read(d, &h->block[b], buffer, &rows, error));
        for (int64_t i = 0; i < h->block[b].count; i++) {
            const char *row = rows + i * d->row_bytes;
            char *place;
            FS_TRY(find_place(d, rank[(int)*row], true, &place, error));
            memcpy(place + 1, row + 1, (size_t)d->row_bytes - 1);
        }
    }
    return FS_OK;
}

fs_status fs_deal_again(fs_deal *d, const int32_t *rank, fs_error *error)
{
    fs_hand *hand = d->hand;
    int64_t hands = d->hands;
    char *buffer = fs_alloc(FS_HAND_BLOCK);
    if (!buffer) return fs_fail_memory(error, FS_HAND_BLOCK);
    d->hand = NULL;
    d->hands = d->capacity = 0;
    fs_status status = FS_OK;
    for (int64_t h = 0; status == FS_OK && h < hands; h++) {
        status = move_hand(d, &hand[h], rank + h * FS_HAND_SERIES, buffer, error);
        fs_deal_drop(d, &hand[h]);
    }
    close_hands(d, hand, hands);
    fs_free(buffer);
    return status;
}
