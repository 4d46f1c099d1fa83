/* A growing column of values, in the form that kernels read. */
#include <string.h>

#include "operator_internal.h"

bool fs_operator_is_text(fs_type type) { return type == FS_TYPE_TEXT || type == FS_TYPE_BLOB; }

void fs_operator_store_start(fs_operator_store *store, fs_type type)
{
    *store = (fs_operator_store){.type = type};
}

static void *resized(void *array, int64_t count, size_t bytes)
{
    if ((uint64_t)count > SIZE_MAX / 2 / bytes) return NULL;
    return fs_realloc(array, (size_t)count * bytes);
}

/* Leaves the array as it was where memory runs out. */
#define GROW(array, count)                                                                         \
    do {                                                                                           \
        void *grown_ = resized((array), (count), sizeof *(array));                                 \
        if (!grown_) return FS_MEMORY;                                                             \
        (array) = grown_;                                                                          \
    } while (0)

fs_status fs_operator_store_reserve(fs_operator_store *store, int64_t more)
{
    int64_t needed = store->rows + more;
    if (needed <= store->capacity && store->valid) return FS_OK;
    int64_t capacity = store->capacity + store->capacity / 2;
    if (capacity < needed) capacity = needed;
    if (capacity < 64) capacity = 64;
    GROW(store->valid, capacity);
    if (fs_operator_is_text(store->type)) {
        GROW(store->offset, capacity + 1);
        if (store->rows == 0) store->offset[0] = 0;
        if (!store->bytes) FS_TRY(fs_operator_store_bytes(store, 64));
    } else if (store->type == FS_TYPE_DOUBLE) {
        GROW(store->number, capacity);
    } else {
        GROW(store->integer, capacity);
    }
    store->capacity = capacity;
    return FS_OK;
}

fs_status fs_operator_store_bytes(fs_operator_store *store, size_t more)
{
    size_t used = store->rows ? (size_t)store->offset[store->rows] : 0;
    if (more > SIZE_MAX / 4 - used) return FS_MEMORY;
    if (store->bytes && used + more <= store->bytes_capacity) return FS_OK;
    size_t capacity = store->bytes_capacity + store->bytes_capacity / 2;
    if (capacity < used + more) capacity = used + more;
    char *grown = fs_realloc(store->bytes, capacity);
    if (!grown) return FS_MEMORY;
    store->bytes = grown;
    store->bytes_capacity = capacity;
    return FS_OK;
}

static fs_status repeat_text(fs_operator_store *store, const fs_operator_store *from, int64_t row,
                             int64_t count)
{
    size_t size = (size_t)(from->offset[row + 1] - from->offset[row]);
    if (size > 0 && (uint64_t)count > SIZE_MAX / 4 / size) return FS_MEMORY;
    FS_TRY(fs_operator_store_bytes(store, size * (size_t)count));
    int64_t end = store->offset[store->rows];
    for (int64_t i = 0; i < count; i++) {
        if (size > 0) memcpy(store->bytes + end, from->bytes + from->offset[row], size);
        end += (int64_t)size;
        store->offset[store->rows + i + 1] = end;
    }
    return FS_OK;
}

fs_status fs_operator_store_repeat(fs_operator_store *store, const fs_operator_store *from,
                                   int64_t row, int64_t count)
{
    FS_TRY(fs_operator_store_reserve(store, count));
    int64_t at = store->rows;
    if (fs_operator_is_text(store->type))
        FS_TRY(repeat_text(store, from, row, count));
    else if (store->type == FS_TYPE_DOUBLE)
        for (int64_t i = 0; i < count; i++) store->number[at + i] = from->number[row];
    else
        for (int64_t i = 0; i < count; i++) store->integer[at + i] = from->integer[row];
    memset(store->valid + at, from->valid[row], (size_t)count);
    if (!from->valid[row]) store->nulls += count;
    store->rows += count;
    return FS_OK;
}

static void drop_text(fs_operator_store *store, int64_t count, int64_t left)
{
    int64_t start = store->offset[count];
    size_t bytes = (size_t)(store->offset[store->rows] - start);
    memmove(store->bytes, store->bytes + start, bytes);
    for (int64_t i = 0; i <= left; i++) store->offset[i] = store->offset[count + i] - start;
}

void fs_operator_store_drop(fs_operator_store *store, int64_t count)
{
    if (count == 0) return;
    int64_t left = store->rows - count;
    size_t size = (size_t)left;
    if (fs_operator_is_text(store->type))
        drop_text(store, count, left);
    else if (store->type == FS_TYPE_DOUBLE)
        memmove(store->number, store->number + count, size * sizeof *store->number);
    else
        memmove(store->integer, store->integer + count, size * sizeof *store->integer);
    memmove(store->valid, store->valid + count, size);
    store->rows = left;
    if (store->nulls == 0) return;
    store->nulls = 0;
    for (int64_t i = 0; i < left; i++) store->nulls += !store->valid[i];
}

void fs_operator_store_clear(fs_operator_store *store)
{
    store->rows = 0;
    store->nulls = 0;
    if (store->offset) store->offset[0] = 0;
}

void fs_operator_store_free(fs_operator_store *store)
{
    fs_free(store->number);
    fs_free(store->integer);
    fs_free(store->offset);
    fs_free(store->bytes);
    fs_free(store->valid);
    *store = (fs_operator_store){.type = store->type};
}
