/* Cells of other readers, read as our own parser reads them: a text from Parquet, JSON or a database
 * means the same as that text in a CSV.
 *
 *   fs_cell_integer(text, format)        bigint; null where missing or unreadable
 *   fs_cell_number, _bool, _date, _time  double, boolean, date, timestamp
 *   fs_cell_text(text)                   without blanks around it; null where it says nothing: "", "nan", "NULL"
 *   fs_cell_problem(column, text, format) null, or "Price: 'abc' is not a number"
 *   fs_cell_first(problem, …)            the first that is not null, "(and 2 more)"
 */
#include <string.h>

#include "raw_internal.h"

typedef struct texts {
    duckdb_string_t *cell;
    uint64_t *validity;
} texts;

static texts texts_of(duckdb_data_chunk chunk, idx_t column)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
    return (texts){duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector)};
}

static bool is_null(const texts *t, idx_t row)
{
    return t->validity && !(t->validity[row / 64] >> row % 64 & 1);
}

static fs_field field_at(const texts *t, idx_t row)
{
    return (fs_field){.text = duckdb_string_t_data(&t->cell[row]),
                      .bytes = duckdb_string_t_length(t->cell[row])};
}

/* The reading is the same in every row: it stands in the SQL as a constant. */
static bool reading_of(duckdb_function_info info, const texts *formats, fs_reading *reading)
{
    char format[64] = "";
    fs_field text = field_at(formats, 0);
    if (text.bytes < sizeof format) memcpy(format, text.text, text.bytes);
    if (!is_null(formats, 0) && fs_reading_parse(format, reading, NULL) == FS_OK) return true;
    duckdb_scalar_function_set_error(info, "not the text of a reading");
    return false;
}

static void put(duckdb_vector out, void *data, idx_t row, fs_reading_kind kind, fs_cell_state state,
                fs_cell cell)
{
    if (state != FS_CELL_VALUE) {
        duckdb_vector_ensure_validity_writable(out);
        duckdb_validity_set_row_invalid(duckdb_vector_get_validity(out), row);
        return;
    }
    switch (kind) {
    case FS_READ_NUMBER: ((double *)data)[row] = cell.number; break;
    case FS_READ_BOOL: ((bool *)data)[row] = cell.integer != 0; break;
    case FS_READ_DATE: ((int32_t *)data)[row] = (int32_t)cell.integer; break;
    default: ((int64_t *)data)[row] = cell.integer; break;
    }
}

static void read_cells(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector out)
{
    idx_t rows = duckdb_data_chunk_get_size(input);
    texts text = texts_of(input, 0), format = texts_of(input, 1);
    void *data = duckdb_vector_get_data(out);
    fs_reading reading;
    if (rows == 0 || !reading_of(info, &format, &reading)) return;
    for (idx_t i = 0; i < rows; i++) {
        fs_cell cell = {0};
        fs_cell_state state = FS_CELL_MISSING;
        fs_field field = {0};
        if (!is_null(&text, i)) {
            field = field_at(&text, i);
            state = fs_read_cell(field.text, field.bytes, reading, &cell);
        }
        put(out, data, i, reading.kind, state, cell);
    }
}

static void set_null(duckdb_vector out, idx_t row)
{
    duckdb_vector_ensure_validity_writable(out);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(out), row);
}

/* ---- text ---- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static bool is_wide_blank(const char *at) { return at[0] == '\xc2' && at[1] == '\xa0'; }

/* Bytes of the blank that the text begins with, or ends with; 0: none. */
static size_t blank_first(fs_field text)
{
    if (text.bytes > 0 && is_blank(*text.text)) return 1;
    return text.bytes > 1 && is_wide_blank(text.text) ? 2 : 0;
}

static size_t blank_last(fs_field text)
{
    const char *end = text.text + text.bytes;
    if (text.bytes > 0 && is_blank(end[-1])) return 1;
    return text.bytes > 1 && is_wide_blank(end - 2) ? 2 : 0;
}

static fs_field trimmed(fs_field text)
{
    size_t blank;
    while ((blank = blank_first(text)) > 0) {
        text.text += blank;
        text.bytes -= blank;
    }
    while ((blank = blank_last(text)) > 0) text.bytes -= blank;
    return text;
}

/* What programs write for nothing. Words that may mean something (NA, none, -) are left alone. */
static bool says_nothing(fs_field text)
{
    static const char *const words[] = {"nan", "NaN", "NULL", "null", "N/A", "#N/A"};
    if (text.bytes > 4 || text.bytes == 1) return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == text.bytes && memcmp(words[i], text.text, text.bytes) == 0)
            return true;
    return text.bytes == 0;
}

/* Nearly all texts are longer than the words, and show at their ends that they have no blanks there: the last
 * byte of a wide blank is that of other characters too, but such texts are few. */
static bool is_clean(const duckdb_string_t *cell)
{
    size_t bytes = cell->value.inlined.length;
    const char *text = bytes <= sizeof cell->value.inlined.inlined ? cell->value.inlined.inlined
                                                                   : cell->value.pointer.ptr;
    if (bytes > 4 && (unsigned char)text[0] > ' ' && text[0] != '\xc2' &&
        (unsigned char)text[bytes - 1] > ' ' && text[bytes - 1] != '\xa0')
        return true;
    fs_field field = {.text = text, .bytes = bytes};
    return !says_nothing(field) && trimmed(field).bytes == bytes;
}

static bool are_clean(const texts *text, idx_t rows)
{
    for (idx_t i = 0; i < rows; i++)
        if (!is_null(text, i) && !is_clean(&text->cell[i])) return false;
    return true;
}

/* Nearly all chunks are clean: they are handed on as they are. */
static void clean_texts(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector out)
{
    idx_t rows = duckdb_data_chunk_get_size(input);
    texts text = texts_of(input, 0);
    (void)info;
    if (are_clean(&text, rows)) {
        duckdb_vector_reference_vector(out, duckdb_data_chunk_get_vector(input, 0));
        return;
    }
    for (idx_t i = 0; i < rows; i++) {
        fs_field field = {0};
        if (!is_null(&text, i)) field = trimmed(field_at(&text, i));
        if (says_nothing(field))
            set_null(out, i);
        else
            duckdb_unsafe_vector_assign_string_element_len(out, i, field.text, field.bytes);
    }
}

/* ---- problems ---- */

static fs_status write_problem(fs_buffer *out, fs_field name, fs_field cell, fs_reading reading)
{
    size_t shown = cell.bytes < 60 ? cell.bytes : 60;
    while (shown < cell.bytes && shown > 0 && ((unsigned char)cell.text[shown] & 0xC0) == 0x80)
        shown--;
    fs_buffer_clear(out);
    return fs_buffer_printf(out, "%.*s: '%.*s' is not %s", (int)name.bytes, name.text, (int)shown,
                            cell.text, fs_raw_wanted(reading));
}

static void find_problems(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector out)
{
    idx_t rows = duckdb_data_chunk_get_size(input);
    texts name = texts_of(input, 0), text = texts_of(input, 1), format = texts_of(input, 2);
    fs_reading reading;
    fs_buffer problem = {0};
    if (rows == 0 || !reading_of(info, &format, &reading)) return;
    for (idx_t i = 0; i < rows; i++) {
        fs_cell cell;
        fs_field field = {0};
        bool bad = false;
        if (!is_null(&text, i)) {
            field = field_at(&text, i);
            bad = fs_read_cell(field.text, field.bytes, reading, &cell) == FS_CELL_BAD;
        }
        if (!bad)
            set_null(out, i);
        else if (write_problem(&problem, field_at(&name, i), field, reading) != FS_OK)
            duckdb_scalar_function_set_error(info, "Out of Memory Error: no memory for a message");
        else
            duckdb_vector_assign_string_element_len(out, i, problem.data, problem.size);
    }
    fs_buffer_free(&problem);
}

static fs_status write_first(fs_buffer *out, fs_field first, int more)
{
    fs_buffer_clear(out);
    FS_TRY(fs_buffer_add(out, first.text, first.bytes));
    return more ? fs_buffer_printf(out, " (and %d more)", more) : FS_OK;
}

static void first_problem(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector out)
{
    idx_t rows = duckdb_data_chunk_get_size(input);
    idx_t columns = duckdb_data_chunk_get_column_count(input);
    fs_buffer text = {0};
    for (idx_t i = 0; i < rows; i++) {
        fs_field first = {0};
        int found = 0;
        for (idx_t k = 0; k < columns; k++) {
            texts t = texts_of(input, k);
            if (!is_null(&t, i) && found++ == 0) first = field_at(&(texts){.cell = t.cell}, i);
        }
        if (found == 0)
            set_null(out, i);
        else if (write_first(&text, first, found - 1) != FS_OK)
            duckdb_scalar_function_set_error(info, "Out of Memory Error: no memory for a message");
        else
            duckdb_vector_assign_string_element_len(out, i, text.data, text.size);
    }
    fs_buffer_free(&text);
}

static duckdb_state add(fs_connection *connection, const char *name, int texts_in, duckdb_type to,
                        duckdb_scalar_function_t call)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type result = duckdb_create_logical_type(to);
    duckdb_scalar_function_set_name(function, name);
    for (int i = 0; i < texts_in; i++) duckdb_scalar_function_add_parameter(function, text);
    if (texts_in == 0) duckdb_scalar_function_set_varargs(function, text);
    duckdb_scalar_function_set_return_type(function, result);
    duckdb_scalar_function_set_special_handling(function);
    duckdb_scalar_function_set_function(function, call);
    duckdb_state state = duckdb_register_scalar_function(connection->handle, function);
    duckdb_destroy_logical_type(&text);
    duckdb_destroy_logical_type(&result);
    duckdb_destroy_scalar_function(&function);
    return state;
}

fs_status fs_raw_cells_register(fs_connection *connection, fs_error *error)
{
    static const struct {
        const char *name;
        int texts;
        duckdb_type to;
        duckdb_scalar_function_t call;
    } functions[] = {
        {"fs_cell_integer", 2, DUCKDB_TYPE_BIGINT, read_cells},
        {"fs_cell_number", 2, DUCKDB_TYPE_DOUBLE, read_cells},
        {"fs_cell_bool", 2, DUCKDB_TYPE_BOOLEAN, read_cells},
        {"fs_cell_date", 2, DUCKDB_TYPE_DATE, read_cells},
        {"fs_cell_time", 2, DUCKDB_TYPE_TIMESTAMP, read_cells},
        {"fs_cell_text", 1, DUCKDB_TYPE_VARCHAR, clean_texts},
        {"fs_cell_problem", 3, DUCKDB_TYPE_VARCHAR, find_problems},
        {"fs_cell_first", 0, DUCKDB_TYPE_VARCHAR, first_problem},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (add(connection, functions[i].name, functions[i].texts, functions[i].to,
                functions[i].call) != DuckDBSuccess)
            return fs_fail(error, FS_FAILED, "the function %s could not be added",
                           functions[i].name);
    return FS_OK;
}
