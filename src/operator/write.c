/* Stores back into Arrow arrays.
 *
 * Keys and periods leave in the type they came in (text views and dictionaries as plain text);
 * other results as bool, int64, double, utf8, binary, date32 or timestamp[us]. A value that does not
 * fit, such as a period after 255 in a column of unsigned bytes, is an error.
 */
#include <string.h>

#include "operator_internal.h"

#define MICROSECONDS_A_DAY INT64_C(86400000000)

static fs_status fail_arrow(fs_error *error, int code)
{
    if (code == ENOMEM) return fs_fail_memory(error, 0);
    return fs_fail(error, FS_FAILED, "an Arrow array could not be made: %s", strerror(code));
}

/* ---- types ---- */

static fs_status make_schema(enum ArrowType type, const char *name, struct ArrowSchema *out,
                             fs_error *error)
{
    ArrowSchemaInit(out);
    int code = type == NANOARROW_TYPE_TIMESTAMP
                   ? ArrowSchemaSetTypeDateTime(out, type, NANOARROW_TIME_UNIT_MICRO, NULL)
                   : ArrowSchemaSetType(out, type);
    if (code == NANOARROW_OK && name) code = ArrowSchemaSetName(out, name);
    if (code == NANOARROW_OK) return FS_OK;
    ArrowSchemaRelease(out);
    return fail_arrow(error, code);
}

fs_status fs_operator_writer_plain(fs_type type, fs_operator_writer *writer,
                                   struct ArrowSchema *out, fs_error *error)
{
    writer->unit = NANOARROW_TIME_UNIT_MICRO;
    switch (type) {
    case FS_TYPE_BOOL: writer->arrow = NANOARROW_TYPE_BOOL; break;
    case FS_TYPE_DOUBLE: writer->arrow = NANOARROW_TYPE_DOUBLE; break;
    case FS_TYPE_TEXT: writer->arrow = NANOARROW_TYPE_STRING; break;
    case FS_TYPE_BLOB: writer->arrow = NANOARROW_TYPE_BINARY; break;
    case FS_TYPE_DATE: writer->arrow = NANOARROW_TYPE_DATE32; break;
    case FS_TYPE_TIME: writer->arrow = NANOARROW_TYPE_TIMESTAMP; break;
    default: writer->arrow = NANOARROW_TYPE_INT64; break;
    }
    return make_schema(writer->arrow, NULL, out, error);
}

/* Types that leave as they came. */
static bool is_kept(enum ArrowType type)
{
    switch (type) {
    case NANOARROW_TYPE_NA:
    case NANOARROW_TYPE_BOOL:
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_BINARY:
    case NANOARROW_TYPE_LARGE_BINARY:
    case NANOARROW_TYPE_DATE32:
    case NANOARROW_TYPE_DATE64:
    case NANOARROW_TYPE_TIMESTAMP: return true;
    default: return type >= NANOARROW_TYPE_UINT8 && type <= NANOARROW_TYPE_INT64;
    }
}

fs_status fs_operator_writer_same(const struct ArrowSchema *schema, fs_operator_writer *writer,
                                  struct ArrowSchema *out, fs_error *error)
{
    struct ArrowSchemaView view;
    const struct ArrowSchema *values = schema->dictionary ? schema->dictionary : schema;
    if (ArrowSchemaViewInit(&view, values, NULL) != NANOARROW_OK)
        return fs_fail(error, FS_DATA, "the Arrow type of column '%s' is not known", schema->name);
    *writer = (fs_operator_writer){.arrow = view.type, .unit = view.time_unit};
    if (is_kept(view.type) && values == schema) {
        int code = ArrowSchemaDeepCopy(schema, out);
        return code == NANOARROW_OK ? FS_OK : fail_arrow(error, code);
    }
    if (!is_kept(view.type))
        writer->arrow = fs_operator_natural_type(values) == FS_TYPE_TEXT ? NANOARROW_TYPE_STRING
                                                                         : NANOARROW_TYPE_BINARY;
    return make_schema(writer->arrow, schema->name ? schema->name : "", out, error);
}

/* ---- buffers: taken by fs_alloc, given back by the array's release ---- */

static uint8_t *reallocate(struct ArrowBufferAllocator *allocator, uint8_t *memory, int64_t before,
                           int64_t after)
{
    (void)allocator, (void)before;
    return fs_realloc(memory, (size_t)after);
}

static void give_back(struct ArrowBufferAllocator *allocator, uint8_t *memory, int64_t size)
{
    (void)allocator, (void)size;
    fs_free(memory);
}

/* `memory`, taken by fs_alloc, of `bytes`, becomes buffer `index` of the array; NULL stays NULL. */
static void *give_buffer(struct ArrowArray *array, int64_t index, uint8_t *memory, size_t bytes)
{
    if (!memory) return NULL;
    struct ArrowBuffer buffer;
    ArrowBufferInit(&buffer);
    buffer.allocator = (struct ArrowBufferAllocator){.reallocate = reallocate, .free = give_back};
    buffer.data = memory;
    buffer.size_bytes = (int64_t)bytes;
    buffer.capacity_bytes = (int64_t)bytes;
    if (ArrowArraySetBuffer(array, index, &buffer) == NANOARROW_OK) return memory;
    ArrowBufferReset(&buffer);
    return NULL;
}

/* A buffer whose every byte will be written. */
static void *add_buffer(struct ArrowArray *array, int64_t index, size_t bytes)
{
    return give_buffer(array, index, fs_alloc(bytes), bytes);
}

/* A buffer for so many bits, all 0. */
static void *add_bit_buffer(struct ArrowArray *array, int64_t index, int64_t bits)
{
    size_t bytes = ((size_t)bits + 7) / 8;
    return give_buffer(array, index, fs_alloc_zero(bytes, 1), bytes);
}

static fs_status add_valid(struct ArrowArray *out, const fs_operator_store *store, int64_t first,
                           int64_t count)
{
    int64_t nulls = 0;
    for (int64_t i = first; i < first + count; i++) nulls += !store->valid[i];
    out->null_count = nulls;
    if (nulls == 0) return FS_OK;
    uint8_t *bits = add_bit_buffer(out, 0, count);
    if (!bits) return FS_MEMORY;
    for (int64_t i = 0; i < count; i++) ArrowBitSetTo(bits, i, store->valid[first + i]);
    return FS_OK;
}

/* ---- whole numbers ---- */

#define NARROW(type, least, most)                                                                  \
    do {                                                                                           \
        type *to = add_buffer(out, 1, (size_t)count * sizeof *to);                                 \
        if (!to) return FS_MEMORY;                                                                 \
        for (int64_t i = 0; i < count; i++) {                                                      \
            if (from[i] < (least) || from[i] > (most)) return FS_DATA;                             \
            to[i] = (type)from[i];                                                                 \
        }                                                                                          \
    } while (0)

static fs_status add_scaled(struct ArrowArray *out, const int64_t *from, int64_t count,
                            int64_t times, int64_t parts)
{
    int64_t *to = add_buffer(out, 1, (size_t)count * sizeof *to);
    if (!to) return FS_MEMORY;
    for (int64_t i = 0; i < count; i++) {
        int64_t value = from[i];
        if (parts > 1) value = value / parts - (value % parts < 0);
        if (__builtin_mul_overflow(value, times, &to[i])) return FS_DATA;
    }
    return FS_OK;
}

static fs_status add_times(struct ArrowArray *out, enum ArrowTimeUnit unit, const int64_t *from,
                           int64_t count)
{
    switch (unit) {
    case NANOARROW_TIME_UNIT_SECOND: return add_scaled(out, from, count, 1, 1000000);
    case NANOARROW_TIME_UNIT_MILLI: return add_scaled(out, from, count, 1, 1000);
    case NANOARROW_TIME_UNIT_NANO: return add_scaled(out, from, count, 1000, 1);
    default: return add_scaled(out, from, count, 1, 1);
    }
}

static fs_status add_bits(struct ArrowArray *out, const int64_t *from, int64_t count)
{
    uint8_t *to = add_bit_buffer(out, 1, count);
    if (!to) return FS_MEMORY;
    for (int64_t i = 0; i < count; i++) ArrowBitSetTo(to, i, from[i] != 0);
    return FS_OK;
}

static fs_status add_integers(fs_operator_writer writer, struct ArrowArray *out,
                              const int64_t *from, int64_t count)
{
    switch (writer.arrow) {
    case NANOARROW_TYPE_BOOL: return add_bits(out, from, count);
    case NANOARROW_TYPE_INT8: NARROW(int8_t, INT8_MIN, INT8_MAX); return FS_OK;
    case NANOARROW_TYPE_UINT8: NARROW(uint8_t, 0, UINT8_MAX); return FS_OK;
    case NANOARROW_TYPE_INT16: NARROW(int16_t, INT16_MIN, INT16_MAX); return FS_OK;
    case NANOARROW_TYPE_UINT16: NARROW(uint16_t, 0, UINT16_MAX); return FS_OK;
    case NANOARROW_TYPE_INT32:
    case NANOARROW_TYPE_DATE32: NARROW(int32_t, INT32_MIN, INT32_MAX); return FS_OK;
    case NANOARROW_TYPE_UINT32: NARROW(uint32_t, 0, UINT32_MAX); return FS_OK;
    case NANOARROW_TYPE_DATE64: return add_scaled(out, from, count, MICROSECONDS_A_DAY / 1000, 1);
    case NANOARROW_TYPE_TIMESTAMP: return add_times(out, writer.unit, from, count);
    default: return add_scaled(out, from, count, 1, 1);
    }
}

/* ---- text ---- */

static fs_status add_text(fs_operator_writer writer, struct ArrowArray *out,
                          const fs_operator_store *store, int64_t first, int64_t count)
{
    bool large =
        writer.arrow == NANOARROW_TYPE_LARGE_STRING || writer.arrow == NANOARROW_TYPE_LARGE_BINARY;
    const int64_t *from = store->offset + first;
    int64_t bytes = from[count] - from[0];
    if (!large && bytes > INT32_MAX) return FS_DATA;
    size_t width = large ? sizeof(int64_t) : sizeof(int32_t);
    void *offsets = add_buffer(out, 1, ((size_t)count + 1) * width);
    char *data = offsets ? add_buffer(out, 2, (size_t)bytes) : NULL;
    if (!data) return FS_MEMORY;
    if (bytes > 0) memcpy(data, store->bytes + from[0], (size_t)bytes);
    for (int64_t i = 0; i <= count; i++) {
        if (large)
            ((int64_t *)offsets)[i] = from[i] - from[0];
        else
            ((int32_t *)offsets)[i] = (int32_t)(from[i] - from[0]);
    }
    return FS_OK;
}

/* ---- one column ---- */

static fs_status add_values(fs_operator_writer writer, const fs_operator_store *store,
                            int64_t first, int64_t count, struct ArrowArray *out)
{
    if (writer.arrow == NANOARROW_TYPE_NA) {
        out->null_count = count;
        return FS_OK;
    }
    FS_TRY(add_valid(out, store, first, count));
    if (fs_operator_is_text(store->type)) return add_text(writer, out, store, first, count);
    if (store->type != FS_TYPE_DOUBLE)
        return add_integers(writer, out, store->integer + first, count);
    double *to = add_buffer(out, 1, (size_t)count * sizeof *to);
    if (!to) return FS_MEMORY;
    memcpy(to, store->number + first, (size_t)count * sizeof *to);
    return FS_OK;
}

static fs_status fail_value(fs_status status, const char *name, fs_error *error)
{
    if (status == FS_MEMORY) return fs_fail_memory(error, 0);
    fs_fail(error, status, "a result does not go into the type of column '%s'", name);
    fs_error_at(error, NULL, 0, name);
    fs_error_remedy(error, "give the column a wider type, such as bigint or timestamp");
    return status;
}

fs_status fs_operator_write(fs_operator_writer writer, const fs_operator_store *store,
                            int64_t first, int64_t count, const char *name, struct ArrowArray *out,
                            fs_error *error)
{
    int code = ArrowArrayInitFromType(out, writer.arrow);
    if (code != NANOARROW_OK) return fail_arrow(error, code);
    out->length = count;
    fs_status status = add_values(writer, store, first, count, out);
    if (status == FS_OK) {
        code = ArrowArrayFinishBuilding(out, NANOARROW_VALIDATION_LEVEL_NONE, NULL);
        if (code == NANOARROW_OK) return FS_OK;
        ArrowArrayRelease(out);
        return fail_arrow(error, code);
    }
    ArrowArrayRelease(out);
    return fail_value(status, name, error);
}
