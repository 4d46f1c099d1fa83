/* Groups by their keys: put in order, added to Arrow columns, named for people.
 *
 * The order is that of DuckDB's `order by … nulls first`: texts by their bytes, all else by value.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deal_internal.h"

/* One key of a packed group; `packed` moves on to the next one. */
typedef struct key_value {
    bool valid;
    uint64_t bits; /* not of texts */
    struct ArrowStringView text;
} key_value;

static key_value unpack(const fs_series_key *key, const char **packed)
{
    key_value v = {.valid = *(*packed)++};
    if (!v.valid) return v;
    if (key->width) {
        memcpy(&v.bits, *packed, 8);
        *packed += 8;
        return v;
    }
    uint32_t bytes;
    memcpy(&bytes, *packed, 4);
    v.text = (struct ArrowStringView){.data = *packed + 4, .size_bytes = bytes};
    *packed += 4 + bytes;
    return v;
}

static bool is_unsigned(duckdb_type type)
{
    return type == DUCKDB_TYPE_UTINYINT || type == DUCKDB_TYPE_USMALLINT ||
           type == DUCKDB_TYPE_UINTEGER || type == DUCKDB_TYPE_UBIGINT;
}

/* The bits of a value are its low ones: the sign is spread over the rest. */
static int64_t signed_value(const fs_series_key *key, uint64_t bits)
{
    int shift = 64 - 8 * key->width;
    return (int64_t)(bits << shift) >> shift;
}

static const char *packed_keys(const fs_series_index *x, int64_t group)
{
    return x->bytes + x->offset[x->sorted ? x->sorted[group] : group];
}

/* ---- order ---- */

static int compare_texts(const struct ArrowStringView *a, const struct ArrowStringView *b)
{
    int64_t common = a->size_bytes < b->size_bytes ? a->size_bytes : b->size_bytes;
    int order = memcmp(a->data, b->data, (size_t)common);
    if (order != 0) return order;
    return (a->size_bytes > b->size_bytes) - (a->size_bytes < b->size_bytes);
}

static int compare_values(const fs_series_key *key, const key_value *a, const key_value *b)
{
    if (!a->valid || !b->valid) return a->valid - b->valid;
    if (!key->width) return compare_texts(&a->text, &b->text);
    if (is_unsigned(key->type)) return (a->bits > b->bits) - (a->bits < b->bits);
    int64_t x = signed_value(key, a->bits), y = signed_value(key, b->bits);
    return (x > y) - (x < y);
}

static int compare_groups(const void *a, const void *b, void *context)
{
    const fs_series_index *x = context;
    const char *first = x->bytes + x->offset[*(const int32_t *)a];
    const char *second = x->bytes + x->offset[*(const int32_t *)b];
    for (int i = 0; i < x->columns; i++) {
        key_value u = unpack(&x->column[i], &first), v = unpack(&x->column[i], &second);
        int order = compare_values(&x->column[i], &u, &v);
        if (order != 0) return order;
    }
    return 0;
}

static bool is_sorted(fs_series_index *x)
{
    for (int32_t g = 1; g < x->count; g++) {
        int32_t before = g - 1;
        if (compare_groups(&before, &g, x) > 0) return false;
    }
    return true;
}

fs_status fs_series_index_sort(fs_series_index *x, int32_t **rank, fs_error *error)
{
    size_t count = (size_t)x->count;
    *rank = NULL;
    if (is_sorted(x)) return FS_OK;
    x->sorted = fs_alloc(count * sizeof *x->sorted);
    *rank = fs_alloc(count * sizeof **rank);
    if (!x->sorted || !*rank) return fs_fail_memory(error, count * sizeof **rank);
    for (size_t g = 0; g < count; g++) x->sorted[g] = (int32_t)g;
    qsort_r(x->sorted, count, sizeof *x->sorted, compare_groups, x);
    for (size_t g = 0; g < count; g++) (*rank)[x->sorted[g]] = (int32_t)g;
    return FS_OK;
}

/* ---- Arrow ---- */

static int append_key(const fs_series_key *key, const key_value *v, struct ArrowArray *out)
{
    if (!v->valid) return ArrowArrayAppendNull(out, 1);
    if (!key->width) return ArrowArrayAppendString(out, v->text);
    if (is_unsigned(key->type)) return ArrowArrayAppendUInt(out, v->bits);
    return ArrowArrayAppendInt(out, signed_value(key, v->bits));
}

/* Whether a column of texts has offsets of four bytes, those of its rows so far and one more, and no nulls. */
static bool is_plain_text(struct ArrowArray *out)
{
    return ArrowArrayBuffer(out, 1)->size_bytes == (out->length + 1) * (int64_t)sizeof(int32_t) &&
           ArrowArrayValidityBitmap(out)->buffer.data == NULL;
}

/* A text many times; one by one nanoarrow looks at the column's type, its nulls and its room each time. */
static int append_text_times(const struct ArrowStringView *text, int64_t times,
                             struct ArrowArray *out)
{
    struct ArrowBuffer *offsets = ArrowArrayBuffer(out, 1), *bytes = ArrowArrayBuffer(out, 2);
    int64_t size = text->size_bytes, end = bytes->size_bytes;
    if (size > 0 && times > (INT32_MAX - end) / size) return EOVERFLOW;
    NANOARROW_RETURN_NOT_OK(ArrowBufferReserve(offsets, times * (int64_t)sizeof(int32_t)));
    NANOARROW_RETURN_NOT_OK(ArrowBufferReserve(bytes, times * size));
    for (int64_t i = 0; i < times; i++) {
        int32_t offset = (int32_t)(end += size);
        ArrowBufferAppendUnsafe(bytes, text->data, size);
        ArrowBufferAppendUnsafe(offsets, &offset, sizeof offset);
    }
    out->length += times;
    return NANOARROW_OK;
}

fs_status fs_series_index_append(const fs_series_index *x, int64_t group, int64_t times,
                                 struct ArrowArray *const *out)
{
    const char *packed = packed_keys(x, group);
    for (int i = 0; i < x->columns; i++) {
        key_value v = unpack(&x->column[i], &packed);
        if (v.valid && !x->column[i].width && times > 1 && is_plain_text(out[i])) {
            if (append_text_times(&v.text, times, out[i]) != NANOARROW_OK) return FS_MEMORY;
            continue;
        }
        /* one by one: several nulls at once go past the end of a column of truths (nanoarrow) */
        for (int64_t j = 0; j < times; j++)
            if (append_key(&x->column[i], &v, out[i]) != NANOARROW_OK) return FS_MEMORY;
    }
    return FS_OK;
}

/* ---- names ---- */

static void name_value(const fs_series_key *key, const key_value *v, char *out, size_t capacity)
{
    int64_t value = key->width ? signed_value(key, v->bits) : 0;
    int bytes = (int)(v->text.size_bytes > 80 ? 80 : v->text.size_bytes);
    if (!v->valid) {
        snprintf(out, capacity, "null");
    } else if (!key->width) {
        snprintf(out, capacity, "'%.*s'", bytes, v->text.data);
    } else if (key->type == DUCKDB_TYPE_DATE) {
        fs_civil day = fs_civil_from_days(value);
        snprintf(out, capacity, "'%04d-%02d-%02d'", day.year, day.month, day.day);
    } else if (is_unsigned(key->type)) {
        snprintf(out, capacity, "'%" PRIu64 "'", v->bits);
    } else {
        snprintf(out, capacity, "'%" PRId64 "'", value);
    }
}

void fs_series_index_name(const fs_series_index *x, int64_t group,
                          struct ArrowSchema *const *column, char *out, size_t capacity)
{
    const char *packed = packed_keys(x, group);
    size_t used = 0;
    snprintf(out, capacity, "all rows");
    for (int i = 0; i < x->columns && used < capacity; i++) {
        key_value v = unpack(&x->column[i], &packed);
        used +=
            (size_t)snprintf(out + used, capacity - used, "%s%s=", i ? ", " : "", column[i]->name);
        if (used >= capacity) return;
        name_value(&x->column[i], &v, out + used, capacity - used);
        used += strlen(out + used);
    }
}
