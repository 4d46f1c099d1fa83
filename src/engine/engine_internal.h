/* Inside the engine: one DuckDB instance, a pool of connections, and the helpers that its files
 * share. Nothing here is for other rooms.
 */
#ifndef FORESELL_ENGINE_INTERNAL_H
#define FORESELL_ENGINE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "duckdb.h"
#include "foresell/engine.h"

/* DuckDB hands work from thread to thread by means that the thread sanitizer does not see: it is not built
 * with it. Called wherever DuckDB calls us and we call it, this shows that what was done before is
 * seen after. Nothing in other builds. */
#if defined(__SANITIZE_THREAD__)
void fs_engine_seam(void);
#else
static inline void fs_engine_seam(void) {}
#endif

/* A raw view as it was described, and what reading it has found (raw.c). */
typedef struct fs_raw_source fs_raw_source;

/* A connection of the pool; `next` while it is idle, `beside` while its query runs. */
typedef struct fs_connection {
    duckdb_connection handle;
    struct fs_connection *next, *beside;
    int looks;   /* at the query that runs */
    bool counts; /* how far its queries are */
} fs_connection;

/* What the watcher looks at (watch.c). */
typedef struct fs_watch {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t begun; /* a query, or the end of the engine */
    fs_connection *running;
    bool started, over, counting;
    pthread_t thread;
} fs_watch;

struct fs_engine {
    duckdb_database database;
    int64_t memory; /* bytes that the user granted */
    int threads;
    char *scratch; /* folder; ours to remove where scratch_is_ours */
    bool scratch_is_ours;
    char *extensions; /* folder of *.duckdb_extension */
    const fs_progress *progress;
    fs_watch watch;
    const fs_identities *identities; /* of customers; NULL: as they are */
    atomic_llong serial;             /* for names of scratch tables and files */
    atomic_llong dealt;              /* bytes of rows on their way to operators (deal.c) */

    pthread_mutex_t lock; /* guards what follows */
    fs_connection *idle;
    struct fs_stream *streams; /* open ones */
    fs_raw_source *sources;    /* every raw view; lives as long as the engine */
    struct fs_kept_fault {
        long long number; /* 0: none */
        fs_error error;
    } fault[16]; /* of our functions, until the query's caller takes them */
    fs_arena
        names; /* of the extensions that are loaded, databases that are attached, SELECTs that were read */
    struct fs_loaded {
        struct fs_loaded *next;
        const char *name;
    } * loaded;
    struct fs_sql_read { /* SELECTs whose tables are known (sql_tables.c) */
        struct fs_sql_read *next;
        const char *sql;
        const char **table; /* as they are met, one again and again */
        int tables, room;
    } * read;
    struct fs_attached { /* databases, as fs_db_NUMBER (raw_login.c) */
        struct fs_attached *next;
        const char *path;
        long long number;
    } * attached;
    struct
        fs_digested { /* databases whose bytes were digested: each of their tables asks (raw_digest.c) */
        struct fs_digested *next;
        const char *path;
        int64_t stamp[6], bytes;
        char digest[FS_DIGEST_HEX];
    } * digested;
    bool known_to_web, known_to_azure; /* certificates and keys are set; under `introducing` */
    pthread_mutex_t introducing;
    struct fs_version { /* files of Azure, as they were when first looked at (raw_version.c) */
        struct fs_version *next;
        const char *path, *version;
    } * versions;
    struct fs_copied { /* files of HDFS, by hash of their address (raw_copy.c) */
        struct fs_copied *next;
        const char *path, *file; /* NULL: not copied yet */
    } * copied[1024];
    pthread_mutex_t wanting, copying; /* a copy is looked for; the connections are in use */
    struct fs_http *http;             /* under `copying` (webhdfs.c) */
};

/* ---- connections (session.c) ---- */

/* A connection for the caller alone. Give it back with fs_engine_release; one that failed or is in
 * an unknown state is closed instead (`clean` false). */
fs_status fs_engine_acquire(fs_engine *engine, fs_connection **connection, fs_error *error);
void fs_engine_release(fs_engine *engine, fs_connection *connection, bool clean);

/* Runs all statements of `sql`. `result` (may be NULL) gets the rows of the first that has any, all of them; the caller destroys it.
 * Reports progress, and is interrupted when cancelled. */
fs_status fs_engine_run(fs_engine *engine, fs_connection *connection, const char *sql,
                        duckdb_result *result, fs_error *error);
/* The same of one statement, whose rows are made as they are fetched. DuckDB plans it twice (watch.c): for what may be many. */
fs_status fs_engine_stream(fs_engine *engine, fs_connection *connection, const char *sql,
                           duckdb_result *result, fs_error *error);
/* The same of one that is prepared, which stays the caller's. */
fs_status fs_engine_stream_prepared(fs_engine *engine, fs_connection *connection,
                                    duckdb_prepared_statement prepared, duckdb_result *result,
                                    fs_error *error);

/* A query of `connection` runs from begin to end (watch.c). */
void fs_watch_begin(fs_engine *engine, fs_connection *connection);
void fs_watch_end(fs_engine *engine, fs_connection *connection);
void fs_watch_open(fs_watch *watch);
void fs_watch_close(fs_watch *watch); /* joins its thread */

/* So much will be read: where it is much, queries tell how far they are from the first on. */
void fs_watch_expect(fs_engine *engine, int64_t bytes);

/* fs_engine_query and fs_engine_integer on a connection of the caller's, who may be in a transaction; NULL: on one
 * of the pool. */
fs_status fs_engine_query_on(fs_engine *engine, fs_connection *connection, const char *sql,
                             fs_result **result, fs_error *error);
fs_status fs_engine_integer_on(fs_engine *engine, fs_connection *connection, const char *sql,
                               int64_t *value, fs_error *error);

/* A number that no other call got: for names in scratch. */
long long fs_engine_serial(fs_engine *engine);

/* fs_engine_execute with a format. */
fs_status fs_engine_executef(fs_engine *engine, fs_error *error, const char *format, ...)
    FS_PRINTF(3, 4);

/* ---- words (fault.c) ---- */

/* Fills `error` from a message of DuckDB and returns the status that it stands for. Its line is the
 * line of the SQL text, where DuckDB names one. */
fs_status fs_engine_fault(fs_error *error, const char *message);
/* The same from error data, which it destroys. FS_OK where it holds no error. */
fs_status fs_engine_fault_data(fs_error *error, duckdb_error_data data);

/* Our own functions inside a query fail with FS_FAULT_MARK and a number, under which the whole error
 * waits: DuckDB would keep only its text. */
#define FS_FAULT_MARK "foresell fault "
long long fs_engine_keep_fault(fs_engine *engine, const fs_error *fault);
/* As fs_engine_fault; finds kept faults again. */
fs_status fs_engine_fault_of(fs_engine *engine, fs_error *error, const char *message);

/* "name" and 'text', quoted for SQL; appended to `out`. */
fs_status fs_engine_add_quoted(fs_buffer *out, const char *text, char quote);
fs_status fs_engine_add_name(fs_buffer *out, const char *name);
fs_status fs_engine_add_text(fs_buffer *out, const char *text);

/* Type of a result column in our words. */
fs_type fs_engine_type(duckdb_type type);

/* ---- Arrow (arrow.c) ---- */

/* Columns of an Arrow struct schema as DuckDB types, and batches of it as chunks. */
typedef struct fs_arrow_reader fs_arrow_reader;
fs_status fs_arrow_reader_open(const struct ArrowSchema *schema, fs_arrow_reader **reader,
                               fs_error *error);
void fs_arrow_reader_close(fs_arrow_reader *reader);
int fs_arrow_reader_columns(const fs_arrow_reader *reader);
const char *fs_arrow_reader_name(const fs_arrow_reader *reader, int column);
duckdb_logical_type fs_arrow_reader_type(const fs_arrow_reader *reader,
                                         int column); /* caller destroys */
/* Copies rows first … first+count-1 of `column` into rows from … of `out`. */
fs_status fs_arrow_reader_copy(const fs_arrow_reader *reader, int column,
                               const struct ArrowArray *batch, int64_t first, int64_t count,
                               duckdb_vector out, int64_t from, fs_error *error);

/* ---- streams of batches as tables (stream.c) ---- */

typedef struct fs_stream fs_stream;
fs_status fs_stream_open(fs_engine *engine, const struct ArrowSchema *schema, fs_produce produce,
                         void *context, fs_stream **stream, fs_error *error);
/* For SQL: `fs_stream(NUMBER)`. */
long long fs_stream_number(const fs_stream *stream);
/* Gives back the status of whatever read it, or that of the stream where it failed itself. */
fs_status fs_stream_close(fs_engine *engine, fs_stream *stream, fs_status status, fs_error *error);
fs_status fs_engine_add_streams(fs_engine *engine, fs_connection *connection, fs_error *error);

/* ---- files (table.c) ---- */

/* The rows of `select` as Parquet straight to `place`, without a temporary name: an object of a store, which appears whole
 * anyway, or a folder of a file or more for each value of the column `partition` (NULL: not divided). */
fs_status fs_engine_copy_parquet(fs_engine *engine, const char *select, const char *place,
                                 const char *partition, int64_t *rows, fs_error *error);

/* PATH.tmp, and what makes it PATH: written through to disk, then renamed. Caller frees the name. */
char *fs_engine_temporary_name(const char *path);
fs_status fs_engine_publish_file(const char *temporary, const char *path, fs_error *error);

/* ---- the parts that open adds ---- */

/* Macros and functions under the same name on every engine (prelude.c). */
fs_status fs_engine_add_prelude(fs_engine *engine, fs_error *error);
/* The function exact of the prelude (exact.c). */
fs_status fs_exact_register(fs_connection *connection, fs_error *error);
/* identity.c: fs_customer and fs_forgotten, known to SELECTs. */
fs_status fs_identity_register(fs_engine *engine, fs_connection *connection, fs_error *error);
/* The table and scalar functions that read sources (raw.c). */
fs_status fs_engine_add_readers(fs_engine *engine, fs_connection *connection, fs_error *error);
void fs_engine_free_sources(fs_engine *engine);

#endif
