/* Arrow batches into DuckDB vectors.
 *
 * Fixed-width columns are copied as they lie; validity bitmaps are shifted to the row that a chunk
 * begins with; offsets of parent and child arrays are honoured. Types are those that operators and
 * the simulator write: booleans, integers, floats, text, blobs, dates and times.
 */
#include <string.h>

#include "engine_internal.h"
#include "nanoarrow/nanoarrow.h"

typedef struct field {
    char *name;
    enum ArrowType type;
    duckdb_type to;
    size_t width;  /* bytes of a value; 0: bits or text */
    int64_t scale; /* times: microseconds = value × scale, or / -scale */
} field;

struct fs_arrow_reader {
    int columns;
    field field[];
};

static fs_status describe_time(field *c, enum ArrowTimeUnit unit)
{
    static const int64_t scale[] = {
        [NANOARROW_TIME_UNIT_SECOND] = 1000000,
        [NANOARROW_TIME_UNIT_MILLI] = 1000,
        [NANOARROW_TIME_UNIT_MICRO] = 1,
        [NANOARROW_TIME_UNIT_NANO] = -1000,
    };
    c->scale = scale[unit];
    c->to = DUCKDB_TYPE_TIMESTAMP;
    return FS_OK;
}

static fs_status describe(field *c, const struct ArrowSchemaView *view)
{
    static const struct {
        enum ArrowType from;
        duckdb_type to;
        size_t width;
    } types[] = {
        {NANOARROW_TYPE_BOOL, DUCKDB_TYPE_BOOLEAN, 0},
        {NANOARROW_TYPE_INT8, DUCKDB_TYPE_TINYINT, 1},
        {NANOARROW_TYPE_UINT8, DUCKDB_TYPE_UTINYINT, 1},
        {NANOARROW_TYPE_INT16, DUCKDB_TYPE_SMALLINT, 2},
        {NANOARROW_TYPE_UINT16, DUCKDB_TYPE_USMALLINT, 2},
        {NANOARROW_TYPE_INT32, DUCKDB_TYPE_INTEGER, 4},
        {NANOARROW_TYPE_UINT32, DUCKDB_TYPE_UINTEGER, 4},
        {NANOARROW_TYPE_INT64, DUCKDB_TYPE_BIGINT, 8},
        {NANOARROW_TYPE_UINT64, DUCKDB_TYPE_UBIGINT, 8},
        {NANOARROW_TYPE_FLOAT, DUCKDB_TYPE_FLOAT, 4},
        {NANOARROW_TYPE_DOUBLE, DUCKDB_TYPE_DOUBLE, 8},
        {NANOARROW_TYPE_DATE32, DUCKDB_TYPE_DATE, 4},
        {NANOARROW_TYPE_STRING, DUCKDB_TYPE_VARCHAR, 0},
        {NANOARROW_TYPE_LARGE_STRING, DUCKDB_TYPE_VARCHAR, 0},
        {NANOARROW_TYPE_BINARY, DUCKDB_TYPE_BLOB, 0},
        {NANOARROW_TYPE_LARGE_BINARY, DUCKDB_TYPE_BLOB, 0},
        {NANOARROW_TYPE_NA, DUCKDB_TYPE_INTEGER, 0},
    };
    c->type = view->type;
    if (view->type == NANOARROW_TYPE_TIMESTAMP) return describe_time(c, view->time_unit);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].from != view->type) continue;
        c->to = types[i].to;
        c->width = types[i].width;
        return FS_OK;
    }
    return FS_DATA;
}

fs_status fs_arrow_reader_open(const struct ArrowSchema *schema, fs_arrow_reader **out,
                               fs_error *error)
{
    size_t columns = (size_t)schema->n_children;
    fs_arrow_reader *reader = fs_alloc_zero(1, sizeof *reader + columns * sizeof reader->field[0]);
    if (!reader) return fs_fail_memory(error, columns * sizeof reader->field[0]);
    reader->columns = (int)columns;
    fs_status status = FS_OK;
    for (int i = 0; i < reader->columns && status == FS_OK; i++) {
        struct ArrowSchemaView view;
        const char *name = schema->children[i]->name;
        if (ArrowSchemaViewInit(&view, schema->children[i], NULL) != NANOARROW_OK ||
            describe(&reader->field[i], &view) != FS_OK)
            status = fs_fail(error, FS_DATA,
                             "column %s has the Arrow type %s, which tables here "
                             "can't hold",
                             name, schema->children[i]->format);
        reader->field[i].name = fs_strdup(name ? name : "");
        if (!reader->field[i].name) status = fs_fail_memory(error, 64);
    }
    if (status == FS_OK)
        *out = reader;
    else
        fs_arrow_reader_close(reader);
    return status;
}

void fs_arrow_reader_close(fs_arrow_reader *reader)
{
    if (!reader) return;
    for (int i = 0; i < reader->columns; i++) fs_free(reader->field[i].name);
    fs_free(reader);
}

int fs_arrow_reader_columns(const fs_arrow_reader *reader) { return reader->columns; }

const char *fs_arrow_reader_name(const fs_arrow_reader *reader, int column)
{
    return reader->field[column].name;
}

duckdb_logical_type fs_arrow_reader_type(const fs_arrow_reader *reader, int column)
{
    return duckdb_create_logical_type(reader->field[column].to);
}

/* ---- copying: rows first … of an array to rows `from` … of a vector ---- */

typedef struct span {
    int64_t first, count, from;
} span;

static void set_null(duckdb_vector out, int64_t row)
{
    duckdb_vector_ensure_validity_writable(out);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(out), (idx_t)row);
}

static void copy_validity(const uint8_t *bits, span s, duckdb_vector out)
{
    for (int64_t i = 0; i < s.count; i++)
        if (!bits || !ArrowBitGet(bits, s.first + i)) set_null(out, s.from + i);
}

/* Names of a group stand in each of its rows: a text that is the one of the row above is not stored again. */
static void copy_text(const field *c, const struct ArrowArray *array, span s, duckdb_vector out)
{
    bool large = c->type == NANOARROW_TYPE_LARGE_STRING || c->type == NANOARROW_TYPE_LARGE_BINARY;
    const int32_t *small = array->buffers[1];
    const int64_t *big = array->buffers[1];
    const char *bytes = array->buffers[2];
    const uint8_t *valid = array->null_count != 0 ? array->buffers[0] : NULL;
    duckdb_string_t *to = (duckdb_string_t *)duckdb_vector_get_data(out) + s.from;
    int64_t above = -1, above_bytes = -1;
    const char *text_above = NULL;
    for (int64_t i = 0; i < s.count; i++) {
        int64_t row = s.first + i;
        if (valid && !ArrowBitGet(valid, row)) continue;
        int64_t begin = large ? big[row] : small[row], end = large ? big[row + 1] : small[row + 1];
        const char *text = bytes ? bytes + begin : "";
        if (end - begin == above_bytes && memcmp(text, text_above, (size_t)above_bytes) == 0) {
            to[i] = to[above];
            continue;
        }
        duckdb_vector_assign_string_element_len(out, (idx_t)(s.from + i), text,
                                                (idx_t)(end - begin));
        above = i;
        above_bytes = end - begin;
        text_above = text;
    }
}

static void copy_times(const field *c, const int64_t *from, int64_t count, int64_t *to)
{
    for (int64_t i = 0; i < count; i++) {
        if (c->scale > 0)
            to[i] = (int64_t)((uint64_t)from[i] * (uint64_t)c->scale);
        else
            to[i] = from[i] / -c->scale - (from[i] % -c->scale < 0);
    }
}

static void copy_values(const field *c, const struct ArrowArray *array, span s, duckdb_vector out)
{
    char *to = duckdb_vector_get_data(out);
    if (c->width)
        memcpy(to + (size_t)s.from * c->width,
               (const char *)array->buffers[1] + (size_t)s.first * c->width,
               (size_t)s.count * c->width);
    else if (c->type == NANOARROW_TYPE_TIMESTAMP)
        copy_times(c, (const int64_t *)array->buffers[1] + s.first, s.count,
                   (int64_t *)to + s.from);
    else if (c->type == NANOARROW_TYPE_BOOL)
        for (int64_t i = 0; i < s.count; i++)
            ((bool *)to)[s.from + i] = ArrowBitGet(array->buffers[1], s.first + i);
    else
        copy_text(c, array, s, out);
}

fs_status fs_arrow_reader_copy(const fs_arrow_reader *reader, int column,
                               const struct ArrowArray *batch, int64_t first, int64_t count,
                               duckdb_vector out, int64_t from, fs_error *error)
{
    const field *c = &reader->field[column];
    if (batch->n_children != reader->columns)
        return fs_fail(error, FS_FAILED, "a batch has %lld columns where %d were declared",
                       (long long)batch->n_children, reader->columns);
    const struct ArrowArray *array = batch->children[column];
    span s = {.first = first + batch->offset + array->offset, .count = count, .from = from};
    if (c->type == NANOARROW_TYPE_NA) {
        copy_validity(NULL, s, out);
        return FS_OK;
    }
    if (array->null_count != 0 && array->buffers[0]) copy_validity(array->buffers[0], s, out);
    copy_values(c, array, s, out);
    return FS_OK;
}
