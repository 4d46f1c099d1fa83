/* Numbers for groups, in the order in which they first come: 0, 1, 2 …
 *
 * A group's keys are packed into one string of bytes and found by hash. Before that a guess is tried: the
 * group that came after the last one the time before. Files sorted by day repeat one order of groups day
 * after day, files sorted by group stay in one, so nearly each row costs one comparison of its keys.
 *
 * A packed key: per column a byte that is 0 for null, then 8 bytes of a value, or 4 of a length and the text.
 */
#include <string.h>

#include "deal_internal.h"
#include "nanoarrow/nanoarrow.h"

fs_status fs_series_index_open(const fs_series_key *key, int keys, fs_series_index **out,
                               fs_error *error)
{
    fs_series_index *x = fs_alloc_zero(1, sizeof *x);
    if (!x) return fs_fail_memory(error, sizeof *x);
    x->columns = keys;
    memcpy(x->column, key, (size_t)keys * sizeof *key);
    x->offset = fs_alloc_zero(1, sizeof *x->offset);
    x->last = -1;
    if (!x->offset) {
        fs_series_index_close(x);
        return fs_fail_memory(error, sizeof *x->offset);
    }
    *out = x;
    return FS_OK;
}

void fs_series_index_close(fs_series_index *x)
{
    if (!x) return;
    fs_free(x->bytes);
    fs_free(x->offset);
    fs_free(x->hash);
    fs_free(x->next);
    fs_free(x->slot);
    fs_free(x->scratch);
    fs_free(x->sorted);
    fs_free(x);
}

/* ---- cells ---- */

/* The columns of the chunk at hand. */
typedef struct cells {
    const char *data[FS_DEAL_COLUMNS];
    const uint64_t *validity[FS_DEAL_COLUMNS];
} cells;

static bool is_valid(const cells *c, int column, int64_t row)
{
    const uint64_t *bits = c->validity[column];
    return !bits || (bits[row / 64] >> (row % 64) & 1);
}

static int64_t value_at(const fs_series_key *key, const char *data, int64_t row)
{
    int64_t value = 0;
    memcpy(&value, data + row * key->width, (size_t)key->width);
    return value;
}

static duckdb_string_t *text_at(const char *data, int64_t row)
{
    return (duckdb_string_t *)(uintptr_t)data + row;
}

/* Has the group at `packed` the keys of this row? */
static bool is_same(const fs_series_index *x, const char *packed, const cells *c, int64_t row)
{
    for (int i = 0; i < x->columns; i++) {
        bool valid = is_valid(c, i, row);
        if (*packed++ != valid) return false;
        if (!valid) continue;
        if (x->column[i].width) {
            int64_t value = value_at(&x->column[i], c->data[i], row);
            if (memcmp(packed, &value, 8) != 0) return false;
            packed += 8;
        } else {
            duckdb_string_t *text = text_at(c->data[i], row);
            uint32_t bytes = duckdb_string_t_length(*text), stored;
            memcpy(&stored, packed, 4);
            if (stored != bytes || memcmp(packed + 4, duckdb_string_t_data(text), bytes) != 0)
                return false;
            packed += 4 + bytes;
        }
    }
    return true;
}

static size_t packed_bytes(const fs_series_index *x, const cells *c, int64_t row)
{
    size_t bytes = 0;
    for (int i = 0; i < x->columns; i++) {
        bytes += 9;
        if (!x->column[i].width && is_valid(c, i, row))
            bytes += duckdb_string_t_length(*text_at(c->data[i], row));
    }
    return bytes;
}

static fs_status pack(fs_series_index *x, const cells *c, int64_t row, size_t *bytes)
{
    size_t most = packed_bytes(x, c, row);
    if (most > x->scratch_bytes || !x->scratch) {
        char *grown = fs_realloc(x->scratch, most * 2 + 64);
        if (!grown) return FS_MEMORY;
        x->scratch = grown;
        x->scratch_bytes = most * 2 + 64;
    }
    char *at = x->scratch;
    for (int i = 0; i < x->columns; i++) {
        bool valid = is_valid(c, i, row);
        *at++ = valid;
        if (!valid) continue;
        if (x->column[i].width) {
            int64_t value = value_at(&x->column[i], c->data[i], row);
            memcpy(at, &value, 8);
            at += 8;
        } else {
            duckdb_string_t *text = text_at(c->data[i], row);
            uint32_t length = duckdb_string_t_length(*text);
            memcpy(at, &length, 4);
            if (length) memcpy(at + 4, duckdb_string_t_data(text), length);
            at += 4 + length;
        }
    }
    *bytes = (size_t)(at - x->scratch);
    return FS_OK;
}

/* ---- groups ---- */

static void place(fs_series_index *x, int32_t group)
{
    uint64_t at = x->hash[group];
    while (x->slot[at & (uint64_t)(x->slots - 1)] >= 0) at++;
    x->slot[at & (uint64_t)(x->slots - 1)] = group;
}

static fs_status grow_slots(fs_series_index *x)
{
    int64_t slots = x->slots ? x->slots * 2 : 1024;
    int32_t *grown = fs_alloc((size_t)slots * sizeof *grown);
    if (!grown) return FS_MEMORY;
    memset(grown, -1, (size_t)slots * sizeof *grown);
    fs_free(x->slot);
    x->slot = grown;
    x->slots = slots;
    for (int64_t g = 0; g < x->count; g++) place(x, (int32_t)g);
    return FS_OK;
}

static fs_status grow_groups(fs_series_index *x)
{
    int64_t capacity = x->capacity * 2 + 256;
    int64_t *offset = fs_realloc(x->offset, (size_t)(capacity + 1) * sizeof *offset);
    if (offset) x->offset = offset;
    uint64_t *hash = fs_realloc(x->hash, (size_t)capacity * sizeof *hash);
    if (hash) x->hash = hash;
    int32_t *next = fs_realloc(x->next, (size_t)capacity * sizeof *next);
    if (next) x->next = next;
    if (!offset || !hash || !next) return FS_MEMORY;
    x->capacity = capacity;
    return FS_OK;
}

static fs_status keep_bytes(fs_series_index *x, size_t bytes)
{
    int64_t used = x->offset[x->count];
    if (!x->bytes || used + (int64_t)bytes > x->capacity_bytes) {
        int64_t capacity = x->capacity_bytes * 2 + (int64_t)bytes + 4096;
        char *grown = fs_realloc(x->bytes, (size_t)capacity);
        if (!grown) return FS_MEMORY;
        x->bytes = grown;
        x->capacity_bytes = capacity;
    }
    memcpy(x->bytes + used, x->scratch, bytes);
    x->offset[x->count + 1] = used + (int64_t)bytes;
    return FS_OK;
}

static fs_status add_group(fs_series_index *x, size_t bytes, uint64_t hash, int32_t *group)
{
    if (x->count == INT32_MAX) return FS_DATA;
    if (x->count == x->capacity) FS_TRY(grow_groups(x));
    if (2 * (x->count + 1) > x->slots) FS_TRY(grow_slots(x));
    FS_TRY(keep_bytes(x, bytes));
    *group = (int32_t)x->count;
    x->hash[*group] = hash;
    x->next[*group] = -1;
    x->count++;
    place(x, *group);
    return FS_OK;
}

/* By hash, where the guess was wrong. */
static fs_status find(fs_series_index *x, const cells *c, int64_t row, int32_t *group)
{
    size_t bytes;
    FS_TRY(pack(x, c, row, &bytes));
    uint64_t hash = fs_hash(x->scratch, bytes, 0);
    for (uint64_t at = hash; x->slots; at++) {
        int32_t g = x->slot[at & (uint64_t)(x->slots - 1)];
        if (g < 0) break;
        if (x->hash[g] != hash || x->offset[g + 1] - x->offset[g] != (int64_t)bytes) continue;
        if (memcmp(x->bytes + x->offset[g], x->scratch, bytes) != 0) continue;
        *group = g;
        return FS_OK;
    }
    return add_group(x, bytes, hash, group);
}

fs_status fs_series_index_add(fs_series_index *x, duckdb_data_chunk chunk, int32_t *group,
                              fs_error *error)
{
    cells c;
    int64_t rows = (int64_t)duckdb_data_chunk_get_size(chunk);
    for (int i = 0; i < x->columns; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, (idx_t)x->column[i].index);
        c.data[i] = duckdb_vector_get_data(vector);
        c.validity[i] = duckdb_vector_get_validity(vector);
    }
    for (int64_t i = 0; i < rows; i++) {
        int32_t guess = x->last >= 0 ? x->next[x->last] : -1;
        if (guess >= 0 && is_same(x, x->bytes + x->offset[guess], &c, i)) {
            group[i] = guess;
        } else {
            fs_status status = find(x, &c, i, &group[i]);
            if (status == FS_MEMORY) return fs_fail_memory(error, 64);
            if (status != FS_OK) return fs_fail(error, status, "more than 2,147,483,647 series");
            if (x->last >= 0) x->next[x->last] = group[i];
        }
        x->last = group[i];
    }
    return FS_OK;
}
