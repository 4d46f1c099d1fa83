/* A session: one DuckDB instance in memory, and connections to it.
 *
 * Every call takes a connection from a pool and gives it back, so calls from several threads run
 * side by side. One that failed is closed instead, with whatever transaction it was in.
 *
 * DuckDB is given seven tenths of the memory that the user granted: what it does not count (the
 * buffers of Parquet readers and writers, the operators' blocks, allocator slack) takes the rest.
 * What does not fit spills into the scratch folder.
 *
 * How far a query is, and whether to go on, is looked at beside it (watch.c).
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "webhdfs_internal.h"

/* ---- connections ---- */

#if defined(__SANITIZE_THREAD__)
void fs_engine_seam(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}
#endif

fs_status fs_engine_acquire(fs_engine *engine, fs_connection **connection, fs_error *error)
{
    *connection = NULL;
    pthread_mutex_lock(&engine->lock);
    fs_connection *c = engine->idle;
    if (c) engine->idle = c->next;
    pthread_mutex_unlock(&engine->lock);
    if (!c) {
        c = fs_alloc_zero(1, sizeof *c);
        if (!c) return fs_fail_memory(error, sizeof *c);
        if (duckdb_connect(engine->database, &c->handle) != DuckDBSuccess) {
            fs_free(c);
            return fs_fail(error, FS_FAILED, "no connection to the embedded database");
        }
    }
    c->next = NULL;
    *connection = c;
    return FS_OK;
}

static void close_connection(fs_connection *connection)
{
    duckdb_disconnect(&connection->handle);
    fs_free(connection);
}

void fs_engine_release(fs_engine *engine, fs_connection *connection, bool clean)
{
    if (!connection) return;
    if (!clean) {
        close_connection(connection);
        return;
    }
    pthread_mutex_lock(&engine->lock);
    connection->next = engine->idle;
    engine->idle = connection;
    pthread_mutex_unlock(&engine->lock);
}

/* ---- running statements ---- */

/* What a query that DuckDB has left came to. A cancelled one fails in DuckDB's words: ours are said. */
static fs_status outcome(fs_engine *engine, duckdb_state state, duckdb_result *result,
                         fs_error *error)
{
    if (state == DuckDBSuccess) return FS_OK;
    bool cancelled = fs_progress_cancelled(engine->progress);
    fs_status status = cancelled ? fs_fail(error, FS_CANCELLED, "cancelled")
                                 : fs_engine_fault_of(engine, error, duckdb_result_error(result));
    duckdb_destroy_result(result);
    return status;
}

fs_status fs_engine_run(fs_engine *engine, fs_connection *connection, const char *sql,
                        duckdb_result *result, fs_error *error)
{
    duckdb_result own = {0};
    if (sql[strspn(sql, "; \t\r\n")] == '\0')
        return fs_fail(error, FS_FAILED, "there is no SQL statement");
    if (fs_progress_cancelled(engine->progress)) return fs_fail(error, FS_CANCELLED, "cancelled");
    fs_engine_seam();
    fs_watch_begin(engine, connection);
    duckdb_state state = duckdb_query(connection->handle, sql, &own);
    fs_watch_end(engine, connection);
    fs_engine_seam();
    FS_TRY(outcome(engine, state, &own, error));
    if (result)
        *result = own;
    else
        duckdb_destroy_result(&own);
    return FS_OK;
}

fs_status fs_engine_stream_prepared(fs_engine *engine, fs_connection *connection,
                                    duckdb_prepared_statement prepared, duckdb_result *result,
                                    fs_error *error)
{
    duckdb_pending_result pending = NULL;
    fs_status status;
    if (fs_progress_cancelled(engine->progress)) return fs_fail(error, FS_CANCELLED, "cancelled");
    fs_engine_seam();
    fs_watch_begin(engine, connection);
    if (duckdb_pending_prepared_streaming(prepared, &pending) != DuckDBSuccess)
        status = fs_engine_fault_of(engine, error, duckdb_pending_error(pending));
    else
        status = outcome(engine, duckdb_execute_pending(pending, result), result, error);
    duckdb_destroy_pending(&pending);
    fs_watch_end(engine, connection);
    fs_engine_seam();
    return status;
}

fs_status fs_engine_stream(fs_engine *engine, fs_connection *connection, const char *sql,
                           duckdb_result *result, fs_error *error)
{
    duckdb_prepared_statement prepared = NULL;
    fs_status status;
    if (duckdb_prepare(connection->handle, sql, &prepared) != DuckDBSuccess)
        status = fs_engine_fault_of(engine, error, duckdb_prepare_error(prepared));
    else
        status = fs_engine_stream_prepared(engine, connection, prepared, result, error);
    duckdb_destroy_prepare(&prepared);
    return status;
}

fs_status fs_engine_execute(fs_engine *engine, const char *sql, fs_error *error)
{
    fs_connection *connection = NULL;
    FS_TRY(fs_engine_acquire(engine, &connection, error));
    fs_status status = fs_engine_run(engine, connection, sql, NULL, error);
    fs_engine_release(engine, connection, status == FS_OK);
    return status;
}

fs_status fs_engine_executef(fs_engine *engine, fs_error *error, const char *format, ...)
{
    fs_arena arena = {0};
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int bytes = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *sql = fs_arena_alloc(&arena, (size_t)bytes + 1);
    if (sql) vsnprintf(sql, (size_t)bytes + 1, format, again);
    va_end(again);
    fs_status status =
        sql ? fs_engine_execute(engine, sql, error) : fs_fail_memory(error, (size_t)bytes + 1);
    fs_arena_free(&arena);
    return status;
}

const fs_progress *fs_engine_progress(const fs_engine *engine) { return engine->progress; }

int fs_engine_threads(const fs_engine *engine) { return engine->threads; }

long long fs_engine_serial(fs_engine *engine) { return atomic_fetch_add(&engine->serial, 1); }

/* ---- opening ---- */

static fs_status make_scratch(fs_engine *engine, const char *folder, fs_error *error)
{
    if (folder) {
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return fs_fail_errno(error, "make the scratch folder", folder);
        engine->scratch = fs_strdup(folder);
        return engine->scratch ? FS_OK : fs_fail_memory(error, strlen(folder));
    }
    const char *parent = getenv("TMPDIR");
    fs_buffer name = {0};
    if (fs_buffer_printf(&name, "%s/foresell-XXXXXX", parent && *parent ? parent : "/tmp") != FS_OK)
        return fs_fail_memory(error, 64);
    engine->scratch = name.data;
    if (!mkdtemp(engine->scratch)) {
        fs_fail_errno(error, "make a scratch folder", engine->scratch);
        fs_error_remedy(error, "name with TMPDIR a folder that this user may write to");
        return FS_RESOURCE;
    }
    engine->scratch_is_ours = true;
    return FS_OK;
}

/* The scratch folder holds files only: DuckDB's spill and sorted inputs. */
static void remove_scratch(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(folder);
}

/* Settings, then the environment, then ../lib/foresell/extensions beside the program. */
static fs_status find_extensions(fs_engine *engine, const char *given, fs_error *error)
{
    const char *folder = given ? given : getenv("FORESELL_EXTENSIONS");
    char beside[4096] = "", program[4000];
    if (!folder || !*folder) {
        ssize_t bytes = readlink("/proc/self/exe", program, sizeof program - 1);
        program[bytes < 0 ? 0 : bytes] = '\0';
        char *slash = strrchr(program, '/');
        if (slash) *slash = '\0';
        snprintf(beside, sizeof beside, "%s/../lib/foresell/extensions", program);
        folder = beside;
    }
    engine->extensions = fs_strdup(folder);
    return engine->extensions ? FS_OK : fs_fail_memory(error, strlen(folder));
}

/* Bytes that the machine, or the cgroup that this process is in, has. */
static int64_t machine_memory(void)
{
    int64_t bytes = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    FILE *file = fopen("/sys/fs/cgroup/memory.max", "r");
    long long granted;
    if (file) {
        if (fscanf(file, "%lld", &granted) == 1 && granted > 0 && granted < bytes) bytes = granted;
        fclose(file);
    }
    return bytes;
}

static fs_status set(duckdb_config config, const char *name, const char *value, fs_error *error)
{
    if (duckdb_set_config(config, name, value) == DuckDBSuccess) return FS_OK;
    return fs_fail(error, FS_FAILED, "the database does not take %s = %s", name, value);
}

static fs_status configure(fs_engine *engine, duckdb_config config, fs_error *error)
{
    char memory[32], threads[16];
    snprintf(memory, sizeof memory, "%lldB", (long long)(engine->memory / 10 * 7));
    snprintf(threads, sizeof threads, "%d", engine->threads);
    FS_TRY(set(config, "memory_limit", memory, error));
    FS_TRY(set(config, "threads", threads, error));
    FS_TRY(set(config, "temp_directory", engine->scratch, error));
    FS_TRY(set(config, "extension_directory", engine->extensions, error));
    FS_TRY(set(config, "autoinstall_known_extensions", "false", error));
    FS_TRY(set(config, "autoload_known_extensions", "false", error));
    FS_TRY(set(config, "allow_unsigned_extensions", "false", error));
    FS_TRY(set(config, "preserve_insertion_order", "true", error));
    return set(config, "custom_user_agent", "foresell", error);
}

static fs_status open_database(fs_engine *engine, fs_error *error)
{
    duckdb_config config = NULL;
    if (duckdb_create_config(&config) != DuckDBSuccess)
        return fs_fail(error, FS_FAILED, "the embedded database could not be set up");
    fs_status status = configure(engine, config, error);
    char *fault = NULL;
    if (status == FS_OK &&
        duckdb_open_ext(NULL, &engine->database, config, &fault) != DuckDBSuccess)
        status = fs_engine_fault(error, fault);
    duckdb_free(fault);
    duckdb_destroy_config(&config);
    return status;
}

static fs_status set_up(fs_engine *engine, fs_error *error)
{
    FS_TRY(fs_engine_execute(engine,
                             "SET GLOBAL TimeZone = 'UTC';"
                             "SET GLOBAL allow_community_extensions = false;",
                             error));
    fs_connection *connection = NULL;
    FS_TRY(fs_engine_acquire(engine, &connection, error));
    fs_status status = fs_engine_add_streams(engine, connection, error);
    if (status == FS_OK) status = fs_engine_add_readers(engine, connection, error);
    if (status == FS_OK) status = fs_exact_register(connection, error);
    if (status == FS_OK) status = fs_identity_register(engine, connection, error);
    fs_engine_release(engine, connection, status == FS_OK);
    FS_TRY(status);
    return fs_engine_add_prelude(engine, error);
}

fs_status fs_engine_open(const fs_engine_settings *settings, fs_engine **engine, fs_error *error)
{
    static const fs_engine_settings defaults;
    if (!settings) settings = &defaults;
    *engine = NULL;
    fs_engine *e = fs_alloc_zero(1, sizeof *e);
    if (!e) return fs_fail_memory(error, sizeof *e);
    pthread_mutex_init(&e->lock, NULL);
    pthread_mutex_init(&e->introducing, NULL);
    pthread_mutex_init(&e->wanting, NULL);
    pthread_mutex_init(&e->copying, NULL);
    fs_watch_open(&e->watch);
    e->memory = settings->memory > 0 ? settings->memory : machine_memory() / 10 * 7;
    e->threads = settings->threads > 0 ? settings->threads : fs_cpu_count();
    e->progress = settings->progress;
    fs_status status = make_scratch(e, settings->scratch, error);
    if (status == FS_OK) status = find_extensions(e, settings->extensions, error);
    if (status == FS_OK) status = open_database(e, error);
    if (status == FS_OK) status = set_up(e, error);
    if (status == FS_OK)
        *engine = e;
    else
        fs_engine_close(e);
    return status;
}

void fs_engine_close(fs_engine *engine)
{
    if (!engine) return;
    fs_watch_close(&engine->watch);
    while (engine->idle) {
        fs_connection *next = engine->idle->next;
        close_connection(engine->idle);
        engine->idle = next;
    }
    if (engine->database) duckdb_close(&engine->database);
    fs_engine_free_sources(engine);
    fs_raw_remove_copies(engine);
    fs_http_close(engine->http);
    if (engine->scratch_is_ours) remove_scratch(engine->scratch);
    fs_free(engine->scratch);
    fs_free(engine->extensions);
    fs_arena_free(&engine->names);
    pthread_mutex_destroy(&engine->introducing);
    pthread_mutex_destroy(&engine->wanting);
    pthread_mutex_destroy(&engine->copying);
    pthread_mutex_destroy(&engine->lock);
    fs_free(engine);
}

/* ---- extensions ---- */

static bool is_loaded(fs_engine *engine, const char *name)
{
    pthread_mutex_lock(&engine->lock);
    const struct fs_loaded *at = engine->loaded;
    while (at && strcmp(at->name, name) != 0) at = at->next;
    pthread_mutex_unlock(&engine->lock);
    return at != NULL;
}

static void note_loaded(fs_engine *engine, const char *name)
{
    pthread_mutex_lock(&engine->lock);
    struct fs_loaded *entry = fs_arena_zero(&engine->names, sizeof *entry);
    char *copy = fs_arena_strdup(&engine->names, name);
    if (entry && copy) { /* else it is just loaded again, which does no harm */
        *entry = (struct fs_loaded){.next = engine->loaded, .name = copy};
        engine->loaded = entry;
    }
    pthread_mutex_unlock(&engine->lock);
}

/* "postgres_scanner" may lie there as "postgres"; DuckDB takes a file's name for that of its entry
 * point, so it is then loaded through a link of the right name. */
static fs_status link_short_name(fs_engine *engine, const char *name, fs_buffer *path)
{
    const char *tail = strstr(name, "_scanner");
    fs_buffer target = {0};
    fs_status status = FS_RESOURCE;
    if (tail)
        status = fs_buffer_printf(&target, "%s/%.*s.duckdb_extension", engine->extensions,
                                  (int)(tail - name), name);
    if (status == FS_OK && access(target.data, R_OK) != 0) status = FS_RESOURCE;
    if (status == FS_OK) {
        fs_buffer_clear(path);
        status = fs_buffer_printf(path, "%s/%s.duckdb_extension", engine->scratch, name);
    }
    if (status == FS_OK && symlink(target.data, path->data) != 0 && errno != EEXIST)
        status = FS_RESOURCE;
    fs_buffer_free(&target);
    return status;
}

static fs_status fail_no_extension(fs_engine *engine, const char *name, fs_error *error)
{
    fs_fail(error, FS_RESOURCE,
            "the part of the installation that reads this kind of source (%s) "
            "is not in %s",
            name, engine->extensions);
    fs_error_remedy(error, "install foresell again, or set FORESELL_EXTENSIONS to the folder that "
                           "holds its *.duckdb_extension files");
    return FS_RESOURCE;
}

static fs_status load_extension(fs_engine *engine, const char *name, fs_buffer *path,
                                fs_buffer *sql, fs_error *error)
{
    if (fs_buffer_printf(path, "%s/%s.duckdb_extension", engine->extensions, name) != FS_OK)
        return fs_fail_memory(error, 256);
    if (access(path->data, R_OK) != 0 && link_short_name(engine, name, path) != FS_OK)
        return fail_no_extension(engine, name, error);
    if (fs_buffer_text(sql, "LOAD ") != FS_OK || fs_engine_add_text(sql, path->data) != FS_OK)
        return fs_fail_memory(error, path->size);
    return fs_engine_execute(engine, sql->data, error);
}

fs_status fs_engine_extension(fs_engine *engine, const char *name, fs_error *error)
{
    if (is_loaded(engine, name)) return FS_OK;
    fs_buffer sql = {0}, path = {0};
    fs_status status = load_extension(engine, name, &path, &sql, error);
    if (status == FS_OK) note_loaded(engine, name);
    fs_buffer_free(&sql);
    fs_buffer_free(&path);
    return status;
}
