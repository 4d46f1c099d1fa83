/* Tables as files: Parquet of a run, exports for people, and streams of Arrow batches to a file.
 *
 * A file is written as PATH.tmp, put through to disk and renamed, so that a reader sees a whole file
 * or none. COPY keeps the order of the rows that the SELECT gives, and cuts row groups by count, so
 * the same rows give the same bytes whatever the number of threads.
 *
 * Zstandard at its lowest level: sales compress to less than half of what snappy leaves, for about
 * the same time once reading is counted. Of a column DuckDB makes a dictionary until it has a fifth as
 * many entries as rows in the group; each cell until then is looked up, in columns of measures for
 * nothing. It may give up as soon as a dictionary can't save much: 4,096 entries, thirty rows each, and
 * more than the days of ten years.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "engine_internal.h"
#include "plan_internal.h"

/* ---- files ---- */

char *fs_engine_temporary_name(const char *path)
{
    fs_buffer name = {0};
    if (fs_buffer_printf(&name, "%s.tmp", path) == FS_OK) return name.data;
    fs_buffer_free(&name);
    return NULL;
}

static fs_status write_through(const char *path, int flags, fs_error *error)
{
    int file = open(path, flags | O_CLOEXEC);
    if (file < 0) return fs_fail_errno(error, "open", path);
    fs_status status = FS_OK;
    if (fsync(file) != 0 && errno != EINVAL) status = fs_fail_errno(error, "write", path);
    close(file);
    return status;
}

static fs_status write_folder_through(const char *path, fs_error *error)
{
    char *folder = fs_strdup(path);
    if (!folder) return fs_fail_memory(error, strlen(path));
    char *slash = strrchr(folder, '/');
    if (slash) slash[slash == folder] = '\0';
    fs_status status = write_through(slash ? folder : ".", O_RDONLY | O_DIRECTORY, error);
    fs_free(folder);
    return status;
}

fs_status fs_engine_publish_file(const char *temporary, const char *path, fs_error *error)
{
    FS_TRY(write_through(temporary, O_RDWR, error));
    if (rename(temporary, path) != 0) return fs_fail_errno(error, "write", path);
    return write_folder_through(path, error);
}

/* ---- COPY ---- */

/* "parquet" of "folder/sales.parquet" in any case. */
static bool ends_with(const char *path, const char *ending)
{
    size_t bytes = strlen(path), tail = strlen(ending);
    return bytes > tail && strcasecmp(path + bytes - tail, ending) == 0;
}

#define PARQUET_OPTIONS                                                                            \
    "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880, "               \
    "DICTIONARY_SIZE_LIMIT 4096"

/* What COPY writes for a path, or NULL. */
static const char *copy_options(const char *path)
{
    static const char *const kinds[][2] = {
        {".parquet", PARQUET_OPTIONS},
        {".csv", "FORMAT csv, HEADER true"},
        {".csv.gz", "FORMAT csv, HEADER true, COMPRESSION gzip"},
        {".csv.zst", "FORMAT csv, HEADER true, COMPRESSION zstd"},
        {".tsv", "FORMAT csv, HEADER true, DELIMITER '\t'"},
        {".xlsx", "FORMAT xlsx, HEADER true"},
        {".json", "FORMAT json"},
        {".jsonl", "FORMAT json"},
        {".ndjson", "FORMAT json"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (ends_with(path, kinds[i][0])) return kinds[i][1];
    return NULL;
}

/* The SELECT begins on the first line, so that a fault's line is that of the caller's text. */
static fs_status write_copy(fs_buffer *sql, const char *select, const char *file,
                            const char *options, const char *partition)
{
    size_t bytes = strlen(select);
    while (bytes > 0 && strchr("; \t\r\n", select[bytes - 1])) bytes--;
    FS_TRY(fs_buffer_text(sql, "COPY ("));
    FS_TRY(fs_buffer_add(sql, select, bytes));
    FS_TRY(fs_buffer_text(sql, "\n) TO "));
    FS_TRY(fs_engine_add_text(sql, file));
    if (!partition) return fs_buffer_printf(sql, " (%s, USE_TMP_FILE false)", options);
    FS_TRY(fs_buffer_printf(sql, " (%s, PARTITION_BY (", options));
    FS_TRY(fs_engine_add_name(sql, partition));
    return fs_buffer_text(sql, "))");
}

static int64_t rows_copied(duckdb_result *result)
{
    duckdb_data_chunk chunk = duckdb_fetch_chunk(*result);
    int64_t rows = 0;
    if (chunk && duckdb_data_chunk_get_size(chunk) > 0)
        rows = *(int64_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
    if (chunk) duckdb_destroy_data_chunk(&chunk);
    return rows;
}

static fs_status run_copy(fs_engine *engine, const char *sql, int64_t *rows, fs_error *error)
{
    fs_connection *connection;
    duckdb_result result = {0};
    FS_TRY(fs_engine_acquire(engine, &connection, error));
    fs_status status = fs_engine_run(engine, connection, sql, &result, error);
    if (status == FS_OK && rows) *rows = rows_copied(&result);
    if (status == FS_OK) duckdb_destroy_result(&result);
    fs_engine_release(engine, connection, status == FS_OK);
    return status;
}

static fs_status copy_to(fs_engine *engine, const char *select, const char *path,
                         const char *options, int64_t *rows, fs_error *error)
{
    char *temporary = fs_engine_temporary_name(path);
    fs_buffer sql = {0};
    fs_status status = temporary ? write_copy(&sql, select, temporary, options, NULL) : FS_MEMORY;
    if (status != FS_OK) fs_fail_memory(error, strlen(select));
    if (status == FS_OK) status = run_copy(engine, sql.data, rows, error);
    if (status == FS_OK)
        status = fs_engine_publish_file(temporary, path, error);
    else if (error && !error->file[0] && error->status == FS_RESOURCE)
        fs_error_at(error, path, 0, NULL);
    if (status != FS_OK && temporary) unlink(temporary);
    fs_buffer_free(&sql);
    fs_free(temporary);
    return status;
}

fs_status fs_engine_write_parquet(fs_engine *engine, const char *select, const char *path,
                                  int64_t *rows, fs_error *error)
{
    return copy_to(engine, select, path, PARQUET_OPTIONS, rows, error);
}

fs_status fs_engine_copy_parquet(fs_engine *engine, const char *select, const char *place,
                                 const char *partition, int64_t *rows, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = write_copy(&sql, select, place, PARQUET_OPTIONS, partition) == FS_OK
                           ? run_copy(engine, sql.data, rows, error)
                           : fs_fail_memory(error, strlen(select));
    fs_buffer_free(&sql);
    return status;
}

fs_status fs_engine_attach(fs_engine *engine, const char *name, const char *path, fs_error *error)
{
    if (access(path, R_OK) != 0) return fs_fail_errno(error, "read", path);
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "create or replace view ");
    if (status == FS_OK) status = fs_engine_add_name(&sql, name);
    if (status == FS_OK) status = fs_buffer_text(&sql, " as select * from read_parquet(");
    if (status == FS_OK) status = fs_engine_table_pattern(path, &sql);
    if (status == FS_OK) status = fs_buffer_text(&sql, ")");
    if (status == FS_OK)
        status = fs_engine_execute(engine, sql.data, error);
    else
        fs_fail_memory(error, strlen(path));
    fs_buffer_free(&sql);
    if (status == FS_DATA) fs_error_at(error, path, 0, NULL);
    return status;
}

/* ---- exports ---- */

static bool is_formula_start(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r';
}

/* Text, as far as a spreadsheet would see it: what is neither a number, a date nor a truth. */
static bool is_textual(duckdb_type type)
{
    fs_type ours = fs_engine_type(type);
    return ours == FS_TYPE_TEXT || ours == FS_TYPE_BLOB;
}

static fs_status write_harmless_column(fs_buffer *out, int number, const char *name, bool text)
{
    if (text)
        FS_TRY(fs_buffer_printf(
            out,
            "case when left(cast(#%d as varchar), 1) in ('=', '+', '-', '@', chr(9), chr(13)) "
            "then '''' || cast(#%d as varchar) else cast(#%d as varchar) end as ",
            number, number, number));
    else
        FS_TRY(fs_buffer_printf(out, "#%d as ", number));
    fs_buffer harmless = {0};
    fs_status status = FS_OK;
    if (is_formula_start(name[0])) status = fs_buffer_text(&harmless, "'");
    if (status == FS_OK) status = fs_buffer_text(&harmless, name);
    if (status == FS_OK) status = fs_engine_add_name(out, harmless.data);
    fs_buffer_free(&harmless);
    return status;
}

/* The SELECT with its text cells made harmless. */
static fs_status write_harmless(duckdb_prepared_statement prepared, const char *select,
                                fs_buffer *out)
{
    idx_t columns = duckdb_prepared_statement_column_count(prepared);
    FS_TRY(fs_buffer_text(out, "select "));
    for (idx_t i = 0; i < columns; i++) {
        bool text = is_textual(duckdb_prepared_statement_column_type(prepared, i));
        const char *name = duckdb_prepared_statement_column_name(prepared, i);
        fs_status status = i ? fs_buffer_text(out, ", ") : FS_OK;
        if (status == FS_OK)
            status = write_harmless_column(out, (int)i + 1, name ? name : "", text);
        duckdb_free((void *)name);
        FS_TRY(status);
    }
    size_t bytes = strlen(select);
    while (bytes > 0 && strchr("; \t\r\n", select[bytes - 1])) bytes--;
    FS_TRY(fs_buffer_text(out, " from ("));
    FS_TRY(fs_buffer_add(out, select, bytes));
    return fs_buffer_text(out, "\n)");
}

static fs_status make_harmless(fs_engine *engine, const char *select, fs_buffer *out,
                               fs_error *error)
{
    fs_connection *connection;
    duckdb_prepared_statement prepared = NULL;
    FS_TRY(fs_engine_acquire(engine, &connection, error));
    fs_status status = FS_OK;
    if (duckdb_prepare(connection->handle, select, &prepared) != DuckDBSuccess)
        status = fs_engine_fault(error, duckdb_prepare_error(prepared));
    else if (write_harmless(prepared, select, out) != FS_OK)
        status = fs_fail_memory(error, strlen(select));
    duckdb_destroy_prepare(&prepared);
    fs_engine_release(engine, connection, status == FS_OK);
    return status;
}

static fs_status tell_sheet_limit(fs_status status, const char *path, fs_error *error)
{
    if (status == FS_OK || !error || !strstr(error->message, "row limit")) return status;
    fs_fail(error, FS_DATA, "more rows than a sheet holds (1,048,576)");
    fs_error_at(error, path, 0, NULL);
    return fs_error_remedy(error, "write CSV or Parquet instead, or fewer rows");
}

static fs_status find_options(const char *path, const char **options, fs_error *error)
{
    *options = copy_options(path);
    if (*options) return FS_OK;
    fs_fail(error, FS_USAGE, "%s: not a kind of file that is written", path);
    return fs_error_remedy(error, "end its name in .csv, .tsv, .xlsx, .parquet or .jsonl"),
           FS_USAGE;
}

fs_status fs_engine_check_export(const char *path, fs_error *error)
{
    const char *options;
    return find_options(path, &options, error);
}

/* As `options` say; what spreadsheets open is made harmless. */
static fs_status export_as(fs_engine *engine, const char *select, const char *path,
                           const char *options, int64_t *rows, fs_error *error)
{
    bool sheet = strstr(options, "xlsx") != NULL;
    if (sheet) FS_TRY(fs_engine_extension(engine, "excel", error));
    if (!sheet && !strstr(options, "csv"))
        return copy_to(engine, select, path, options, rows, error);
    fs_buffer harmless = {0};
    fs_status status = make_harmless(engine, select, &harmless, error);
    fs_error own = {0};
    if (status == FS_OK) {
        status = copy_to(engine, harmless.data, path, options, rows, &own);
        status = tell_sheet_limit(status, path, &own);
        if (status != FS_OK && error) *error = own;
    }
    fs_buffer_free(&harmless);
    return status;
}

fs_status fs_engine_export(fs_engine *engine, const char *select, const char *path, fs_error *error)
{
    const char *options;
    FS_TRY(find_options(path, &options, error));
    return export_as(engine, select, path, options, NULL, error);
}

/* ---- streams of batches ---- */

fs_status fs_engine_write_batches(fs_engine *engine, const struct ArrowSchema *schema,
                                  fs_produce produce, void *context, const char *path,
                                  int64_t *rows, fs_error *error)
{
    const char *options = copy_options(path);
    if (!options) options = PARQUET_OPTIONS;
    fs_stream *stream;
    char select[64];
    FS_TRY(fs_stream_open(engine, schema, produce, context, &stream, error));
    snprintf(select, sizeof select, "select * from fs_stream(%lld)", fs_stream_number(stream));
    fs_status status = export_as(engine, select, path, options, rows, error);
    return fs_stream_close(engine, stream, status, error);
}
