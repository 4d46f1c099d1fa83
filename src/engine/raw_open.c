/* The bytes of a path: a local file, the copy of a file of HDFS, or anything that DuckDB's file systems reach
 * (https, S3, Azure) once the extension for it is loaded.
 *
 * A remote file is read front to back in pieces of 1 MiB through one connection, which lives as long
 * as the reader.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "raw_internal.h"

typedef struct remote {
    fs_engine *engine;
    fs_connection *connection;
    duckdb_client_context context;
    duckdb_file_system system;
    duckdb_file_handle handle;
    char *path;
} remote;

static const char *const schemes[][2] = {
    {"https://", "httpfs"}, {"http://", "httpfs"}, {"s3://", "httpfs"},   {"s3a://", "httpfs"},
    {"gs://", "httpfs"},    {"gcs://", "httpfs"},  {"r2://", "httpfs"},   {"hf://", "httpfs"},
    {"az://", "azure"},     {"azure://", "azure"}, {"abfss://", "azure"},
};

const char *fs_raw_extension_of(const char *path)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncasecmp(path, schemes[i][0], strlen(schemes[i][0])) == 0) return schemes[i][1];
    return NULL;
}

static fs_status fail_scheme(const char *path, fs_error *error)
{
    int bytes = (int)(strstr(path, "://") - path);
    fs_fail(error, FS_USAGE, "addresses that begin with %.*s:// are not read", bytes, path);
    fs_error_remedy(error, "give a file, or an address of https, s3, gs, r2, hf, az, abfss, hdfs, "
                           "webhdfs, postgres, mysql or sqlite");
    return FS_USAGE;
}

/* Unencrypted http only to this machine: what travels are a retailer's sales. */
static bool is_plain_http_elsewhere(const char *path)
{
    static const char *const local[] = {"localhost", "127.0.0.1", "[::1]"};
    if (strncasecmp(path, "http://", 7) != 0) return false;
    if (memchr(path + 7, '@', strcspn(path + 7, "/?#")))
        return true; /* the host stands behind it */
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        size_t bytes = strlen(local[i]);
        if (strncasecmp(path + 7, local[i], bytes) == 0 && strchr(":/", path[7 + bytes]))
            return false;
    }
    return true;
}

fs_status fs_raw_prepare_path(fs_engine *engine, const char *path, fs_error *error)
{
    const char *extension = fs_raw_extension_of(path);
    if (is_plain_http_elsewhere(path)) {
        fs_fail(error, FS_USAGE, "%s is not encrypted", path);
        fs_error_remedy(error, "use https://");
        return FS_USAGE;
    }
    if (!extension)
        return fs_url_is(path) && !fs_raw_is_database_url(path) && !fs_raw_is_hdfs(path)
                   ? fail_scheme(path, error)
                   : FS_OK;
    FS_TRY(fs_engine_extension(engine, extension, error));
    return fs_raw_login(engine, extension, error);
}

static void close_remote(void *context)
{
    remote *r = context;
    if (r->handle) duckdb_destroy_file_handle(&r->handle);
    if (r->system) duckdb_destroy_file_system(&r->system);
    if (r->context) duckdb_destroy_client_context(&r->context);
    if (r->connection) duckdb_query(r->connection->handle, "rollback", NULL);
    fs_engine_release(r->engine, r->connection, true);
    fs_free(r->path);
    fs_free(r);
}

static fs_status read_remote(void *context, void *data, size_t capacity, size_t *got,
                             fs_error *error)
{
    remote *r = context;
    size_t most = capacity < (1u << 20) ? capacity : 1u << 20;
    int64_t bytes = duckdb_file_handle_read(r->handle, data, (int64_t)most);
    *got = bytes > 0 ? (size_t)bytes : 0;
    if (bytes == 0 && most) return fs_raw_check_version(r->engine, r->path, error);
    if (bytes >= 0) return FS_OK;
    fs_status status = fs_engine_fault_data(error, duckdb_file_handle_error_data(r->handle));
    if (status == FS_MEMORY || status == FS_CANCELLED) return status;
    fs_error cause = error ? *error : (fs_error){0};
    return fs_raw_fail_remote("read", r->path, &cause, error);
}

static fs_status open_handle(remote *r, const char *path, const char *filled, fs_error *error)
{
    /* secrets and settings of file systems are looked up inside a transaction */
    duckdb_query(r->connection->handle, "begin transaction read only", NULL);
    duckdb_connection_get_client_context(r->connection->handle, &r->context);
    r->system = duckdb_client_context_get_file_system(r->context);
    duckdb_file_open_options options = duckdb_create_file_open_options();
    duckdb_file_open_options_set_flag(options, DUCKDB_FILE_FLAG_READ, true);
    duckdb_state state = duckdb_file_system_open(r->system, filled, options, &r->handle);
    duckdb_destroy_file_open_options(&options);
    if (state == DuckDBSuccess) return FS_OK;
    fs_error cause = {0};
    fs_status status = fs_engine_fault_data(&cause, duckdb_file_system_error_data(r->system));
    if (status == FS_MEMORY || status == FS_CANCELLED) {
        if (error) *error = cause;
        return status;
    }
    return fs_raw_fail_remote("read", path, &cause, error);
}

static fs_status open_remote(fs_engine *engine, const char *path, fs_reader *reader,
                             fs_error *error)
{
    FS_TRY(fs_raw_prepare_path(engine, path, error));
    FS_TRY(fs_raw_note_version(engine, path, error));
    fs_arena arena = {0};
    const char *filled = NULL;
    remote *r = fs_alloc_zero(1, sizeof *r);
    if (!r) return fs_fail_memory(error, sizeof *r);
    r->engine = engine;
    r->path = fs_strdup(path);
    fs_status status = r->path ? fs_engine_acquire(engine, &r->connection, error)
                               : fs_fail_memory(error, strlen(path));
    if (status == FS_OK) status = fs_url_fill(&arena, path, &filled, error);
    if (status == FS_OK) status = open_handle(r, path, filled, error);
    fs_arena_free(&arena);
    if (status != FS_OK) {
        close_remote(r);
        return status;
    }
    *reader = (fs_reader){.context = r,
                          .read = read_remote,
                          .close = close_remote,
                          .size = duckdb_file_handle_size(r->handle)};
    return FS_OK;
}

/* A pipe or a device has no end that one may count on, and gives its bytes but once. */
fs_status fs_raw_check_regular(const char *path, fs_error *error)
{
    struct stat info;
    if (stat(path, &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) return FS_OK;
    fs_fail(error, FS_RESOURCE, "%s is no file but a %s, and files are read more than once", path,
            S_ISFIFO(info.st_mode)   ? "pipe"
            : S_ISSOCK(info.st_mode) ? "socket"
                                     : "device");
    fs_error_at(error, path, 0, NULL);
    fs_error_remedy(error, "write what it gives into a file, and name that");
    return FS_RESOURCE;
}

fs_status fs_raw_open(fs_engine *engine, const char *path, fs_reader *reader, fs_error *error)
{
    const char *file;
    FS_TRY(fs_raw_local(engine, path, &file, error));
    if (fs_url_is(file)) return open_remote(engine, file, reader, error);
    FS_TRY(fs_raw_check_regular(file, error));
    return fs_reader_open_file(file, reader, error);
}

/* ---- JSON that nests too deeply ---- */

/* DuckDB's reader walks down by recursion, so that a file of brackets ends the process. */
#define DEPTH_MOST 500

typedef struct nesting {
    int depth;
    bool in_text, escaped;
    int64_t line;
} nesting;

/* False where it goes too deep. */
static bool goes_on(nesting *n, const char *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        char c = data[i];
        n->line += c == '\n';
        if (n->in_text) {
            if (!n->escaped && c == '"') n->in_text = false;
            n->escaped = !n->escaped && c == '\\';
        } else if (c == '"') {
            n->in_text = true;
        } else if (c == '{' || c == '[') {
            if (++n->depth > DEPTH_MOST) return false;
        } else if (c == '}' || c == ']') {
            n->depth -= n->depth > 0;
        }
    }
    return true;
}

static fs_status fail_deep(const char *path, int64_t line, fs_error *error)
{
    fs_fail(error, FS_DATA, "the JSON nests deeper than %d levels", DEPTH_MOST);
    fs_error_at(error, path, line, NULL);
    fs_error_remedy(error, "is it a table at all? One is a list of records, or a record a line");
    return FS_DATA;
}

fs_status fs_raw_check_json(fs_engine *engine, const char *path, fs_error *error)
{
    size_t capacity = 1u << 18, got = 1;
    fs_reader stored, reader;
    FS_TRY(fs_raw_open(engine, path, &stored, error));
    FS_TRY(fs_reader_unpack(stored, path, &reader, error));
    char *data = fs_alloc(capacity);
    fs_status status = data ? FS_OK : fs_fail_memory(error, capacity);
    nesting n = {.line = 1};
    while (status == FS_OK && got) {
        status = reader.read(reader.context, data, capacity, &got, error);
        if (status == FS_OK && !goes_on(&n, data, got)) status = fail_deep(path, n.line, error);
    }
    reader.close(reader.context);
    fs_free(data);
    return status;
}
