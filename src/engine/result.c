/* A query's result, row by row.
 *
 * The result is streamed: DuckDB works one chunk (2,048 rows) ahead, and nothing else is kept.
 * Columns of nested or rare types are cast to text by the query itself: where a SELECT has such
 * columns it is run as `select cast(#i as varchar), … from (…)`, so a cursor deals with plain
 * vectors only.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"

typedef struct field {
    char *name;
    duckdb_type type;
    duckdb_type stored; /* of decimals and enums */
    uint8_t scale;
    void *data; /* of the current chunk */
    uint64_t *validity;
    fs_buffer text;
    bool lost; /* memory for a text was not to be had */
} field;

struct fs_result {
    fs_engine *engine;
    fs_connection *connection;
    duckdb_result result;
    duckdb_data_chunk chunk;
    idx_t rows, row; /* of the chunk; `row` is the current one */
    bool started, failed;
    bool borrowed; /* the connection is the caller's */
    int columns;
    field *field;
};

fs_type fs_engine_type(duckdb_type type)
{
    switch (type) {
    case DUCKDB_TYPE_BOOLEAN: return FS_TYPE_BOOL;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT: return FS_TYPE_INT;
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL: return FS_TYPE_DOUBLE;
    case DUCKDB_TYPE_DATE: return FS_TYPE_DATE;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: return FS_TYPE_TIME;
    case DUCKDB_TYPE_BLOB: return FS_TYPE_BLOB;
    default: return FS_TYPE_TEXT;
    }
}

static bool is_plain(duckdb_type type)
{
    return fs_engine_type(type) != FS_TYPE_TEXT || type == DUCKDB_TYPE_VARCHAR;
}

/* ---- opening ---- */

/* Whether `sql` is one SELECT with a column that a cursor can't read as it comes. */
static bool needs_casts(duckdb_prepared_statement prepared)
{
    if (duckdb_prepared_statement_type(prepared) != DUCKDB_STATEMENT_TYPE_SELECT) return false;
    idx_t columns = duckdb_prepared_statement_column_count(prepared);
    for (idx_t i = 0; i < columns; i++)
        if (!is_plain(duckdb_prepared_statement_column_type(prepared, i))) return true;
    return false;
}

static fs_status write_casts(duckdb_prepared_statement prepared, const char *sql, fs_buffer *out)
{
    idx_t columns = duckdb_prepared_statement_column_count(prepared);
    FS_TRY(fs_buffer_text(out, "select "));
    for (idx_t i = 0; i < columns; i++) {
        bool plain = is_plain(duckdb_prepared_statement_column_type(prepared, i));
        const char *name = duckdb_prepared_statement_column_name(prepared, i);
        FS_TRY(fs_buffer_printf(out, plain ? "%s#%d as " : "%scast(#%d as varchar) as ",
                                i ? ", " : "", (int)i + 1));
        FS_TRY(fs_engine_add_name(out, name ? name : ""));
        duckdb_free((void *)name);
    }
    size_t bytes = strlen(sql);
    while (bytes > 0 && strchr("; \t\r\n", sql[bytes - 1])) bytes--;
    FS_TRY(fs_buffer_text(out, " from ("));
    FS_TRY(fs_buffer_add(out, sql, bytes));
    return fs_buffer_text(out, "\n)");
}

/* Runs what was prepared from `sql` where its cells come as they are, else `sql` with casts around it. */
static fs_status run_readable(fs_result *result, duckdb_prepared_statement prepared,
                              const char *sql, fs_error *error)
{
    if (!needs_casts(prepared))
        return fs_engine_stream_prepared(result->engine, result->connection, prepared,
                                         &result->result, error);
    fs_buffer own = {0};
    fs_status status =
        write_casts(prepared, sql, &own) == FS_OK ? FS_OK : fs_fail_memory(error, strlen(sql));
    if (status == FS_OK)
        status =
            fs_engine_stream(result->engine, result->connection, own.data, &result->result, error);
    fs_buffer_free(&own);
    return status;
}

static fs_status describe(fs_result *result, fs_error *error)
{
    result->columns = (int)duckdb_column_count(&result->result);
    result->field = fs_alloc_zero((size_t)result->columns, sizeof *result->field);
    if (!result->field) return fs_fail_memory(error, sizeof *result->field);
    for (int i = 0; i < result->columns; i++) {
        field *c = &result->field[i];
        duckdb_logical_type type = duckdb_column_logical_type(&result->result, (idx_t)i);
        c->type = duckdb_get_type_id(type);
        if (c->type == DUCKDB_TYPE_DECIMAL) {
            c->scale = duckdb_decimal_scale(type);
            c->stored = duckdb_decimal_internal_type(type);
        }
        duckdb_destroy_logical_type(&type);
        c->name = fs_strdup(duckdb_column_name(&result->result, (idx_t)i));
        if (!c->name) return fs_fail_memory(error, 64);
    }
    return FS_OK;
}

/* What cannot be prepared is run all the same: it may be several statements, or say what is wrong. */
static fs_status start(fs_result *result, const char *sql, fs_error *error)
{
    duckdb_prepared_statement prepared = NULL;
    bool one = duckdb_prepare(result->connection->handle, sql, &prepared) == DuckDBSuccess;
    fs_status status =
        one ? run_readable(result, prepared, sql, error)
            : fs_engine_run(result->engine, result->connection, sql, &result->result, error);
    duckdb_destroy_prepare(&prepared);
    return status == FS_OK ? describe(result, error) : status;
}

static bool is_readable(fs_result *result)
{
    idx_t columns = duckdb_column_count(&result->result);
    for (idx_t i = 0; i < columns; i++)
        if (!is_plain(duckdb_column_type(&result->result, i))) return false;
    return true;
}

/* All rows at once, planned once. Where casts are needed it is asked again, with them. */
static fs_status start_few(fs_result *result, const char *sql, fs_error *error)
{
    FS_TRY(fs_engine_run(result->engine, result->connection, sql, &result->result, error));
    if (is_readable(result)) return describe(result, error);
    duckdb_destroy_result(&result->result);
    return start(result, sql, error);
}

static fs_status open_result(fs_engine *engine, fs_connection *connection, const char *sql,
                             fs_status (*begin)(fs_result *, const char *, fs_error *),
                             fs_result **out, fs_error *error)
{
    *out = NULL;
    fs_result *result = fs_alloc_zero(1, sizeof *result);
    if (!result) return fs_fail_memory(error, sizeof *result);
    *result = (fs_result){.engine = engine, .connection = connection, .borrowed = connection};
    fs_status status = connection ? FS_OK : fs_engine_acquire(engine, &result->connection, error);
    if (status == FS_OK) status = begin(result, sql, error);
    result->failed = status != FS_OK;
    if (status == FS_OK)
        *out = result;
    else
        fs_result_close(result);
    return status;
}

fs_status fs_engine_query_on(fs_engine *engine, fs_connection *connection, const char *sql,
                             fs_result **out, fs_error *error)
{
    return open_result(engine, connection, sql, start, out, error);
}

fs_status fs_engine_query(fs_engine *engine, const char *sql, fs_result **out, fs_error *error)
{
    return fs_engine_query_on(engine, NULL, sql, out, error);
}

fs_status fs_engine_query_few(fs_engine *engine, const char *sql, fs_result **out, fs_error *error)
{
    return open_result(engine, NULL, sql, start_few, out, error);
}

void fs_result_close(fs_result *result)
{
    if (!result) return;
    if (result->chunk) duckdb_destroy_data_chunk(&result->chunk);
    duckdb_destroy_result(&result->result);
    if (!result->borrowed) fs_engine_release(result->engine, result->connection, !result->failed);
    for (int i = 0; result->field && i < result->columns; i++) {
        fs_free(result->field[i].name);
        fs_buffer_free(&result->field[i].text);
    }
    fs_free(result->field);
    fs_free(result);
}

int fs_result_columns(const fs_result *result) { return result->columns; }

const char *fs_result_name(const fs_result *result, int column)
{
    return result->field[column].name;
}

const char *fs_engine_sql_type(fs_type type)
{
    switch (type) {
    case FS_TYPE_BOOL: return "boolean";
    case FS_TYPE_INT: return "bigint";
    case FS_TYPE_DOUBLE: return "double";
    case FS_TYPE_DATE: return "date";
    case FS_TYPE_TIME: return "timestamp";
    case FS_TYPE_BLOB: return "blob";
    default: return "varchar";
    }
}

fs_type fs_result_type(const fs_result *result, int column)
{
    return fs_engine_type(result->field[column].type);
}

/* ---- rows ---- */

static void look_at_chunk(fs_result *result)
{
    result->rows = duckdb_data_chunk_get_size(result->chunk);
    result->row = 0;
    for (int i = 0; i < result->columns; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(result->chunk, (idx_t)i);
        result->field[i].data = duckdb_vector_get_data(vector);
        result->field[i].validity = duckdb_vector_get_validity(vector);
    }
}

static bool lost_a_text(const fs_result *result)
{
    for (int i = 0; i < result->columns; i++)
        if (result->field[i].lost) return true;
    return false;
}

/* The next chunk that has rows; none at the end. */
static fs_status fetch(fs_result *result, fs_error *error)
{
    do {
        if (result->chunk) duckdb_destroy_data_chunk(&result->chunk);
        result->rows = 0;
        if (fs_progress_cancelled(result->engine->progress))
            return fs_fail(error, FS_CANCELLED, "cancelled");
        result->chunk = duckdb_fetch_chunk(result->result);
        if (!result->chunk) {
            const char *fault = duckdb_result_error(&result->result);
            return fault && *fault ? fs_engine_fault_of(result->engine, error, fault) : FS_OK;
        }
        look_at_chunk(result);
    } while (result->rows == 0);
    return FS_OK;
}

fs_status fs_result_next(fs_result *result, bool *more, fs_error *error)
{
    if (lost_a_text(result)) return fs_fail_memory(error, 0);
    if (result->started && result->row + 1 < result->rows) {
        result->row++;
        *more = true;
        return FS_OK;
    }
    *more = false;
    result->started = true;
    fs_status status = fetch(result, error);
    result->failed = status != FS_OK;
    *more = result->rows > 0;
    return status;
}

bool fs_result_null(const fs_result *result, int column)
{
    const uint64_t *validity = result->field[column].validity;
    return validity && !duckdb_validity_row_is_valid((uint64_t *)validity, result->row);
}

static __int128 wide(duckdb_hugeint value)
{
    return (__int128)((unsigned __int128)(uint64_t)value.upper << 64 | value.lower);
}

/* The integer behind a cell: of a decimal, without its point. */
static __int128 stored_integer(const fs_result *result, int column)
{
    const field *c = &result->field[column];
    idx_t row = result->row;
    switch (c->type == DUCKDB_TYPE_DECIMAL ? c->stored : c->type) {
    case DUCKDB_TYPE_BOOLEAN: return ((bool *)c->data)[row];
    case DUCKDB_TYPE_TINYINT: return ((int8_t *)c->data)[row];
    case DUCKDB_TYPE_SMALLINT: return ((int16_t *)c->data)[row];
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_INTEGER: return ((int32_t *)c->data)[row];
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
    case DUCKDB_TYPE_BIGINT: return ((int64_t *)c->data)[row];
    case DUCKDB_TYPE_UTINYINT: return ((uint8_t *)c->data)[row];
    case DUCKDB_TYPE_USMALLINT: return ((uint16_t *)c->data)[row];
    case DUCKDB_TYPE_UINTEGER: return ((uint32_t *)c->data)[row];
    case DUCKDB_TYPE_UBIGINT: return ((uint64_t *)c->data)[row];
    case DUCKDB_TYPE_HUGEINT: return wide(((duckdb_hugeint *)c->data)[row]);
    default: return 0;
    }
}

static bool is_text(duckdb_type type)
{
    return type == DUCKDB_TYPE_VARCHAR || type == DUCKDB_TYPE_BLOB;
}

double fs_result_number(const fs_result *result, int column)
{
    const field *c = &result->field[column];
    if (!result->chunk || fs_result_null(result, column)) return 0;
    if (c->type == DUCKDB_TYPE_DOUBLE) return ((double *)c->data)[result->row];
    if (c->type == DUCKDB_TYPE_FLOAT) return ((float *)c->data)[result->row];
    if (is_text(c->type)) return strtod(fs_result_text(result, column), NULL);
    double value = (double)stored_integer(result, column);
    return c->type == DUCKDB_TYPE_DECIMAL ? value / pow(10, c->scale) : value;
}

int64_t fs_result_integer(const fs_result *result, int column)
{
    const field *c = &result->field[column];
    if (!result->chunk || fs_result_null(result, column)) return 0;
    if (fs_engine_type(c->type) == FS_TYPE_DOUBLE || is_text(c->type)) {
        double value = fs_result_number(result, column);
        if (value >= 9223372036854775807.0) return INT64_MAX;
        return value <= -9223372036854775808.0 ? INT64_MIN : (int64_t)value;
    }
    __int128 value = stored_integer(result, column);
    if (value > INT64_MAX) return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

/* ---- as text ---- */

static fs_status write_integer(fs_buffer *out, __int128 value, int scale)
{
    char digits[64];
    int at = (int)sizeof digits, written = 0;
    unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    do {
        if (scale > 0 && written == scale) digits[--at] = '.';
        digits[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
        written++;
    } while (rest > 0 || written <= scale);
    if (value < 0) digits[--at] = '-';
    return fs_buffer_add(out, digits + at, sizeof digits - (size_t)at);
}

/* A decimal of at most four places, as prices are: `value` is the double next to units / 10^scale, which
 * has under 16 digits, so no shorter one and no other of its length reads back as `value`. */
static bool as_decimal(double value, int64_t *units, int *scale)
{
    double scaled = value * 1e4;
    if (!(fabs(scaled) < 1e15) || (value == 0 && signbit(value))) return false;
    *units = llround(scaled);
    *scale = 4;
    if ((double)*units / 1e4 != value) return false;
    for (; *scale > 1 && *units % 10 == 0; --*scale) *units /= 10;
    return true;
}

/* The shortest decimal that reads back as the same number, with at least one place. */
static fs_status write_double(fs_buffer *out, double value)
{
    int64_t units;
    int scale;
    if (as_decimal(value, &units, &scale)) return write_integer(out, units, scale);
    char text[64];
    int precision = 14;
    do {
        snprintf(text, sizeof text, "%.*g", ++precision, value);
    } while (precision < 17 && strtod(text, NULL) != value);
    bool whole = isfinite(value) && !strpbrk(text, ".e");
    return fs_buffer_printf(out, "%s%s", text, whole ? ".0" : "");
}

static fs_status write_date(fs_buffer *out, fs_civil day)
{
    if (day.year < 0 || day.year > 9999)
        return fs_buffer_printf(out, "%04d-%02d-%02d", day.year, day.month, day.day);
    char text[10] = {'0', '0', '0', '0', '-', '0', '0', '-', '0', '0'};
    for (int year = day.year, i = 3; i >= 0; i--, year /= 10) text[i] = (char)('0' + year % 10);
    text[5] = (char)('0' + day.month / 10), text[6] = (char)('0' + day.month % 10);
    text[8] = (char)('0' + day.day / 10), text[9] = (char)('0' + day.day % 10);
    return fs_buffer_add(out, text, sizeof text);
}

static fs_status write_time(fs_buffer *out, int64_t microseconds)
{
    int64_t day = microseconds / 86400000000, rest = microseconds % 86400000000;
    if (rest < 0) {
        rest += 86400000000;
        day--;
    }
    int64_t second = rest / 1000000, part = rest % 1000000;
    FS_TRY(write_date(out, fs_civil_from_days(day)));
    FS_TRY(fs_buffer_printf(out, " %02d:%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60),
                            (int)(second % 60)));
    int places = 6;
    if (part == 0) return FS_OK;
    while (part % 10 == 0) {
        part /= 10;
        places--;
    }
    return fs_buffer_printf(out, ".%0*d", places, (int)part);
}

static fs_status write_cell(const fs_result *result, int column, fs_buffer *out)
{
    const field *c = &result->field[column];
    if (is_text(c->type)) {
        duckdb_string_t *cell = &((duckdb_string_t *)c->data)[result->row];
        return fs_buffer_add(out, duckdb_string_t_data(cell), duckdb_string_t_length(*cell));
    }
    if (c->type == DUCKDB_TYPE_DOUBLE || c->type == DUCKDB_TYPE_FLOAT)
        return write_double(out, fs_result_number(result, column));
    switch (fs_engine_type(c->type)) {
    case FS_TYPE_BOOL:
        return fs_buffer_text(out, fs_result_integer(result, column) ? "true" : "false");
    case FS_TYPE_DATE:
        return write_date(out, fs_civil_from_days(fs_result_integer(result, column)));
    case FS_TYPE_TIME: return write_time(out, fs_result_integer(result, column));
    default: return write_integer(out, stored_integer(result, column), c->scale);
    }
}

/* A text that memory ran out for is told by the next fs_result_next. */
const char *fs_result_text(const fs_result *result, int column)
{
    field *c = &result->field[column];
    fs_buffer_clear(&c->text);
    if (!result->chunk || fs_result_null(result, column)) return "";
    if (write_cell(result, column, &c->text) != FS_OK) c->lost = true;
    return c->text.data ? c->text.data : "";
}

static fs_status first_integer(fs_engine *engine, fs_connection *connection, const char *sql,
                               fs_status (*begin)(fs_result *, const char *, fs_error *),
                               int64_t *value, fs_error *error)
{
    fs_result *result;
    bool more = false;
    *value = 0;
    FS_TRY(open_result(engine, connection, sql, begin, &result, error));
    fs_status status = fs_result_next(result, &more, error);
    if (status == FS_OK && more && result->columns > 0) *value = fs_result_integer(result, 0);
    fs_result_close(result);
    return status;
}

/* Prepared: so DuckDB asks a MySQL server on a connection that it keeps, and with it the lock of export_mysql.c. What is planned as
 * it runs is asked on one that is set back at once. */
fs_status fs_engine_integer_on(fs_engine *engine, fs_connection *connection, const char *sql,
                               int64_t *value, fs_error *error)
{
    return first_integer(engine, connection, sql, start, value, error);
}

fs_status fs_engine_integer(fs_engine *engine, const char *sql, int64_t *value, fs_error *error)
{
    return first_integer(engine, NULL, sql, start_few, value, error);
}
