/* Arrow columns into a kernel's form.
 *
 * A column is read a range of rows at a time by one loop per Arrow type, so the cost is that of a
 * conversion (about a nanosecond a value); nulls are spread from bits to bytes first and their
 * values set to 0. A batch's rows start at the parent's offset, and each child may have an offset
 * of its own: both are honoured. Dictionaries of text are read through their indices.
 */
#include <math.h>
#include <string.h>

#include "operator_internal.h"

#define MICROSECONDS_A_DAY INT64_C(86400000000)

/* ---- which types can be read as which ---- */

static bool is_whole(enum ArrowType type)
{
    return type >= NANOARROW_TYPE_UINT8 && type <= NANOARROW_TYPE_INT64;
}

static bool is_decimal(enum ArrowType type)
{
    return type == NANOARROW_TYPE_DECIMAL32 || type == NANOARROW_TYPE_DECIMAL64 ||
           type == NANOARROW_TYPE_DECIMAL128;
}

static bool is_real(enum ArrowType type)
{
    return type == NANOARROW_TYPE_HALF_FLOAT || type == NANOARROW_TYPE_FLOAT ||
           type == NANOARROW_TYPE_DOUBLE || is_decimal(type);
}

static bool is_bytes(enum ArrowType type)
{
    switch (type) {
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_STRING_VIEW:
    case NANOARROW_TYPE_BINARY:
    case NANOARROW_TYPE_LARGE_BINARY:
    case NANOARROW_TYPE_BINARY_VIEW:
    case NANOARROW_TYPE_FIXED_SIZE_BINARY: return true;
    default: return false;
    }
}

static bool is_text(enum ArrowType type)
{
    return type == NANOARROW_TYPE_STRING || type == NANOARROW_TYPE_LARGE_STRING ||
           type == NANOARROW_TYPE_STRING_VIEW;
}

static bool is_day(enum ArrowType type)
{
    return type == NANOARROW_TYPE_DATE32 || type == NANOARROW_TYPE_DATE64;
}

static fs_type natural(enum ArrowType type)
{
    if (type == NANOARROW_TYPE_BOOL) return FS_TYPE_BOOL;
    if (is_whole(type)) return FS_TYPE_INT;
    if (is_real(type) || type == NANOARROW_TYPE_NA) return FS_TYPE_DOUBLE;
    if (is_text(type)) return FS_TYPE_TEXT;
    if (is_bytes(type)) return FS_TYPE_BLOB;
    if (is_day(type)) return FS_TYPE_DATE;
    return type == NANOARROW_TYPE_TIMESTAMP ? FS_TYPE_TIME : FS_TYPE_LIST;
}

static bool can_read(enum ArrowType type, fs_type as)
{
    bool whole = is_whole(type) || type == NANOARROW_TYPE_BOOL;
    if (type == NANOARROW_TYPE_NA) return true;
    switch (as) {
    case FS_TYPE_BOOL:
    case FS_TYPE_INT: return whole;
    case FS_TYPE_DOUBLE: return whole || is_real(type);
    case FS_TYPE_TEXT: return is_text(type);
    case FS_TYPE_BLOB: return is_bytes(type);
    case FS_TYPE_DATE:
    case FS_TYPE_TIME: return is_day(type) || type == NANOARROW_TYPE_TIMESTAMP;
    case FS_TYPE_PERIOD: return is_whole(type) || is_day(type) || type == NANOARROW_TYPE_TIMESTAMP;
    default: return false;
    }
}

/* The type of the values, behind a dictionary where there is one. */
static bool view_schema(const struct ArrowSchema *schema, struct ArrowSchemaView *view,
                        enum ArrowType *key)
{
    *key = NANOARROW_TYPE_UNINITIALIZED;
    if (ArrowSchemaViewInit(view, schema, NULL) != NANOARROW_OK) return false;
    if (view->type != NANOARROW_TYPE_DICTIONARY) return true;
    *key = view->storage_type;
    return ArrowSchemaViewInit(view, schema->dictionary, NULL) == NANOARROW_OK &&
           is_bytes(view->type);
}

fs_type fs_operator_natural_type(const struct ArrowSchema *schema)
{
    struct ArrowSchemaView view;
    enum ArrowType key;
    return view_schema(schema, &view, &key) ? natural(view.type) : FS_TYPE_LIST;
}

static const char *cast_for(fs_type type)
{
    switch (type) {
    case FS_TYPE_BOOL: return "boolean";
    case FS_TYPE_INT: return "bigint";
    case FS_TYPE_DOUBLE: return "double";
    case FS_TYPE_DATE:
    case FS_TYPE_PERIOD: return "date";
    case FS_TYPE_TIME: return "timestamp";
    default: return "string";
    }
}

fs_status fs_operator_reader_open(fs_operator_reader *reader, const struct ArrowSchema *schema,
                                  int index, fs_type type, fs_error *error)
{
    struct ArrowSchemaView view;
    enum ArrowType key;
    const char *name = schema->name ? schema->name : "";
    if (!view_schema(schema, &view, &key) || !can_read(view.type, type)) {
        fs_fail(error, FS_DATA, "column '%s' (Arrow type '%s') cannot be read as %s", name,
                schema->format ? schema->format : "?", fs_type_name(type));
        fs_error_remedy(error, "cast it: cast(%s as %s)", name, cast_for(type));
        return fs_error_at(error, NULL, 0, name), FS_DATA;
    }
    fs_type natural_type = natural(view.type);
    if (type == FS_TYPE_PERIOD) type = view.type == NANOARROW_TYPE_NA ? FS_TYPE_INT : natural_type;
    *reader = (fs_operator_reader){.name = fs_strdup(name),
                                   .index = index,
                                   .arrow = view.type,
                                   .key = key,
                                   .unit = view.time_unit,
                                   .scale = view.decimal_scale,
                                   .type = type};
    return reader->name ? FS_OK : fs_fail_memory(error, strlen(name) + 1);
}

void fs_operator_reader_close(fs_operator_reader *reader)
{
    fs_free(reader->name);
    reader->name = NULL;
}

/* ---- nulls ---- */

/* A byte a row; returns how many are null. */
static int64_t read_valid(const struct ArrowArrayView *view, int64_t first, int64_t count,
                          uint8_t *valid)
{
    const uint8_t *bits = view->buffer_views[0].data.as_uint8;
    bool bitmap = view->layout.buffer_type[0] == NANOARROW_BUFFER_TYPE_VALIDITY;
    if (!bitmap || !bits || view->null_count == 0) {
        memset(valid, 1, (size_t)count);
        return 0;
    }
    ArrowBitsUnpackInt8(bits, view->offset + first, count, (int8_t *)valid);
    int64_t nulls = 0;
    for (int64_t i = 0; i < count; i++) nulls += !valid[i];
    return nulls;
}

static void read_all_null(fs_operator_store *store, int64_t count)
{
    int64_t at = store->rows;
    memset(store->valid + at, 0, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        if (store->type == FS_TYPE_DOUBLE)
            store->number[at + i] = 0;
        else if (fs_operator_is_text(store->type))
            store->offset[at + i + 1] = store->offset[at];
        else
            store->integer[at + i] = 0;
    }
    store->nulls += count;
}

/* ---- numbers ---- */

#define COPY(out, member, convert)                                                                 \
    do {                                                                                           \
        for (int64_t i = 0; i < count; i++) (out)[i] = convert(data.member[at + i]);               \
    } while (0)
#define AS_DOUBLE(x)  ((double)(x))
#define AS_INTEGER(x) ((int64_t)(x))

static void read_bits(const uint8_t *bits, int64_t at, int64_t count, double *number,
                      int64_t *integer)
{
    for (int64_t i = 0; i < count; i++) {
        int8_t bit = ArrowBitGet(bits, at + i);
        if (number)
            number[i] = bit;
        else
            integer[i] = bit;
    }
}

static void read_decimals(const fs_operator_reader *reader, union ArrowBufferViewData data,
                          int64_t at, int64_t count, double *out)
{
    double unit = pow(10, -reader->scale), whole = pow(10, reader->scale);
    for (int64_t i = 0; i < count; i++) {
        __int128 value = 0;
        if (reader->arrow == NANOARROW_TYPE_DECIMAL32)
            value = data.as_int32[at + i];
        else if (reader->arrow == NANOARROW_TYPE_DECIMAL64)
            value = data.as_int64[at + i];
        else
            memcpy(&value, data.as_uint8 + (at + i) * 16, 16);
        out[i] = reader->scale >= 0 ? (double)value / whole : (double)value * unit;
    }
}

static void read_doubles(const fs_operator_reader *reader, const struct ArrowArrayView *view,
                         int64_t first, int64_t count, double *out)
{
    union ArrowBufferViewData data = view->buffer_views[1].data;
    int64_t at = view->offset + first;
    switch (reader->arrow) {
    case NANOARROW_TYPE_BOOL: read_bits(data.as_uint8, at, count, out, NULL); break;
    case NANOARROW_TYPE_INT8: COPY(out, as_int8, AS_DOUBLE); break;
    case NANOARROW_TYPE_UINT8: COPY(out, as_uint8, AS_DOUBLE); break;
    case NANOARROW_TYPE_INT16: COPY(out, as_int16, AS_DOUBLE); break;
    case NANOARROW_TYPE_UINT16: COPY(out, as_uint16, AS_DOUBLE); break;
    case NANOARROW_TYPE_INT32: COPY(out, as_int32, AS_DOUBLE); break;
    case NANOARROW_TYPE_UINT32: COPY(out, as_uint32, AS_DOUBLE); break;
    case NANOARROW_TYPE_INT64: COPY(out, as_int64, AS_DOUBLE); break;
    case NANOARROW_TYPE_UINT64: COPY(out, as_uint64, AS_DOUBLE); break;
    case NANOARROW_TYPE_HALF_FLOAT: COPY(out, as_uint16, ArrowHalfFloatToFloat); break;
    case NANOARROW_TYPE_FLOAT: COPY(out, as_float, AS_DOUBLE); break;
    case NANOARROW_TYPE_DOUBLE: COPY(out, as_double, AS_DOUBLE); break;
    default: read_decimals(reader, data, at, count, out); break;
    }
}

/* Numbers under nulls may be anything, and what is not finite counts as null. */
static int64_t settle_doubles(double *number, uint8_t *valid, int64_t count)
{
    int64_t nulls = 0;
    for (int64_t i = 0; i < count; i++) {
        bool good = valid[i] && isfinite(number[i]);
        if (!good) number[i] = 0;
        valid[i] = good;
        nulls += !good;
    }
    return nulls;
}

/* ---- whole numbers, days, time ---- */

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static void read_raw(enum ArrowType type, const struct ArrowArrayView *view, int64_t first,
                     int64_t count, int64_t *out)
{
    union ArrowBufferViewData data = view->buffer_views[1].data;
    int64_t at = view->offset + first;
    switch (type) {
    case NANOARROW_TYPE_BOOL: read_bits(data.as_uint8, at, count, NULL, out); break;
    case NANOARROW_TYPE_INT8: COPY(out, as_int8, AS_INTEGER); break;
    case NANOARROW_TYPE_UINT8: COPY(out, as_uint8, AS_INTEGER); break;
    case NANOARROW_TYPE_INT16: COPY(out, as_int16, AS_INTEGER); break;
    case NANOARROW_TYPE_UINT16: COPY(out, as_uint16, AS_INTEGER); break;
    case NANOARROW_TYPE_INT32:
    case NANOARROW_TYPE_DATE32: COPY(out, as_int32, AS_INTEGER); break;
    case NANOARROW_TYPE_UINT32: COPY(out, as_uint32, AS_INTEGER); break;
    default: memcpy(out, data.as_int64 + at, (size_t)count * sizeof *out); break;
    }
}

/* value * times / parts; false where it does not fit. */
static bool rescale(int64_t *out, int64_t count, const uint8_t *valid, int64_t times, int64_t parts)
{
    bool fits = true;
    for (int64_t i = 0; i < count; i++) {
        int64_t value = valid[i] ? out[i] : 0;
        if (__builtin_mul_overflow(value, times, &value)) fits = false;
        out[i] = parts == 1 ? value : floor_divide(value, parts);
    }
    return fits;
}

static void unit_of(const fs_operator_reader *reader, int64_t *times, int64_t *parts)
{
    bool day = reader->type == FS_TYPE_DATE;
    *times = *parts = 1;
    if (reader->arrow == NANOARROW_TYPE_DATE32) {
        if (!day) *times = MICROSECONDS_A_DAY;
        return;
    }
    int64_t a_second = 1000000;
    if (reader->arrow == NANOARROW_TYPE_DATE64)
        a_second = 1000;
    else if (reader->unit == NANOARROW_TIME_UNIT_SECOND)
        a_second = 1;
    else if (reader->unit == NANOARROW_TIME_UNIT_MILLI)
        a_second = 1000;
    else if (reader->unit == NANOARROW_TIME_UNIT_NANO)
        a_second = 1000000000;
    if (day)
        *parts = 86400 * a_second;
    else if (a_second <= 1000000)
        *times = 1000000 / a_second;
    else
        *parts = a_second / 1000000;
}

static fs_status read_integers(const fs_operator_reader *reader, const struct ArrowArrayView *view,
                               int64_t first, int64_t count, fs_operator_store *store,
                               fs_error *error)
{
    int64_t *out = store->integer + store->rows;
    const uint8_t *valid = store->valid + store->rows;
    int64_t times = 1, parts = 1;
    read_raw(reader->arrow, view, first, count, out);
    if (reader->type == FS_TYPE_DATE || reader->type == FS_TYPE_TIME)
        unit_of(reader, &times, &parts);
    if (times != 1 || parts != 1 || store->nulls > 0)
        if (!rescale(out, count, valid, times, parts)) {
            fs_fail(error, FS_DATA, "a time is too far away to be counted in microseconds");
            return fs_error_at(error, NULL, 0, reader->name), FS_DATA;
        }
    if (reader->type == FS_TYPE_BOOL)
        for (int64_t i = 0; i < count; i++) out[i] = out[i] != 0;
    return FS_OK;
}

/* ---- text ---- */

static fs_status add_offsets(fs_operator_store *store, const char *bytes, int64_t from, int64_t to)
{
    size_t size = (size_t)(to - from);
    FS_TRY(fs_operator_store_bytes(store, size));
    if (size > 0) memcpy(store->bytes + store->offset[store->rows], bytes + from, size);
    return FS_OK;
}

#define WIDEN(member)                                                                              \
    do {                                                                                           \
        const char *bytes = view->buffer_views[2].data.as_char;                                    \
        for (int64_t i = 0; i < count; i++)                                                        \
            if (offsets.member[at + i + 1] < offsets.member[at + i]) return FS_DATA;               \
        FS_TRY(add_offsets(store, bytes, offsets.member[at], offsets.member[at + count]));         \
        int64_t shift = store->offset[store->rows] - offsets.member[at];                           \
        int64_t *out = store->offset + store->rows + 1;                                            \
        for (int64_t i = 0; i < count; i++) out[i] = offsets.member[at + i + 1] + shift;           \
    } while (0)

/* Row by row: views, dictionaries, and plain text where nulls have something under them. */
static fs_status read_each_text(const fs_operator_reader *reader, const struct ArrowArrayView *view,
                                int64_t first, int64_t count, fs_operator_store *store)
{
    const struct ArrowArrayView *values = view->dictionary ? view->dictionary : view;
    uint8_t *valid = store->valid + store->rows;
    int64_t *offset = store->offset + store->rows;
    for (int64_t i = 0; i < count; i++) {
        int64_t row = first + i;
        offset[i + 1] = offset[i];
        if (!valid[i]) continue;
        if (reader->key != NANOARROW_TYPE_UNINITIALIZED) {
            row = ArrowArrayViewGetIntUnsafe(view, row);
            if (row < 0 || row >= values->length) return FS_DATA;
            if (ArrowArrayViewIsNull(values, row)) {
                valid[i] = 0;
                store->nulls++;
                continue;
            }
        }
        struct ArrowBufferView text = ArrowArrayViewGetBytesUnsafe(values, row);
        size_t used = (size_t)offset[i];
        if (used + (size_t)text.size_bytes > store->bytes_capacity)
            FS_TRY(fs_operator_store_bytes(store, used - (size_t)store->offset[store->rows] +
                                                      (size_t)text.size_bytes));
        if (text.size_bytes > 0)
            memcpy(store->bytes + used, text.data.data, (size_t)text.size_bytes);
        offset[i + 1] = offset[i] + text.size_bytes;
    }
    return FS_OK;
}

static fs_status read_text(const fs_operator_reader *reader, const struct ArrowArrayView *view,
                           int64_t first, int64_t count, int64_t nulls, fs_operator_store *store)
{
    union ArrowBufferViewData offsets = view->buffer_views[1].data;
    int64_t at = view->offset + first;
    if (nulls > 0 || reader->key != NANOARROW_TYPE_UNINITIALIZED)
        return read_each_text(reader, view, first, count, store);
    switch (reader->arrow) {
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_BINARY: WIDEN(as_int32); return FS_OK;
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_LARGE_BINARY: WIDEN(as_int64); return FS_OK;
    default: return read_each_text(reader, view, first, count, store);
    }
}

/* ---- one column ---- */

static fs_status fail_read(const fs_operator_reader *reader, fs_status status, fs_error *error)
{
    if (status == FS_MEMORY) return fs_fail_memory(error, 0);
    fs_fail(error, status, "the Arrow array of column '%s' is broken", reader->name);
    return fs_error_at(error, NULL, 0, reader->name), status;
}

fs_status fs_operator_read(const fs_operator_reader *reader, const struct ArrowArrayView *batch,
                           int64_t first, int64_t count, fs_operator_store *store, fs_error *error)
{
    if (count == 0) return FS_OK;
    if (fs_operator_store_reserve(store, count) != FS_OK)
        return fail_read(reader, FS_MEMORY, error);
    if (reader->index < 0 || reader->arrow == NANOARROW_TYPE_NA) {
        read_all_null(store, count);
        store->rows += count;
        return FS_OK;
    }
    const struct ArrowArrayView *view = batch->children[reader->index];
    first += batch->offset;
    if (view->length < first + count) return fail_read(reader, FS_DATA, error);
    int64_t nulls = read_valid(view, first, count, store->valid + store->rows);
    store->nulls += nulls;
    fs_status status = FS_OK;
    if (store->type == FS_TYPE_DOUBLE) {
        read_doubles(reader, view, first, count, store->number + store->rows);
        store->nulls +=
            settle_doubles(store->number + store->rows, store->valid + store->rows, count) - nulls;
    } else if (fs_operator_is_text(store->type)) {
        status = read_text(reader, view, first, count, nulls, store);
        if (status != FS_OK) status = fail_read(reader, status, error);
    } else {
        status = read_integers(reader, view, first, count, store, error);
    }
    if (status == FS_OK) store->rows += count;
    return status;
}
