/* Raw views: a retailer's files as they are, typed by their readings.
 *
 * A view is `select * from fs_raw(NUMBER)` for delimited text and a SELECT over DuckDB's readers for
 * everything else; either has the file's columns, then _file, _line, _problem and _row. Descriptions
 * are kept until the engine closes, also of views that were replaced: a query may still read them.
 *
 * Rows for quarantine come from a second pass that looks at _row of the rows that are wanted, so
 * that the first pass does not carry the text of every line along.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "raw_internal.h"

/* ---- descriptions ---- */

static fs_status copy_columns(fs_raw_source *s, const fs_raw *raw)
{
    s->givens = raw->columns;
    s->given = fs_arena_zero(&s->arena, (size_t)raw->columns * sizeof *s->given);
    if (!s->given) return FS_MEMORY;
    for (int i = 0; i < raw->columns; i++) {
        s->given[i] = (fs_raw_field){
            .name = fs_arena_strdup(&s->arena, raw->column[i].name),
            .reading = raw->column[i].reading,
            .typed = raw->column[i].reading.kind != FS_READ_TEXT,
        };
        if (!s->given[i].name) return FS_MEMORY;
    }
    return FS_OK;
}

static fs_status copy_paths(fs_raw_source *s, const fs_raw *raw)
{
    s->paths = raw->paths;
    s->path = fs_arena_zero(&s->arena, (size_t)raw->paths * sizeof *s->path);
    s->stats = fs_arena_zero(&s->arena, (size_t)raw->paths * sizeof *s->stats);
    s->complete = fs_arena_zero(&s->arena, (size_t)raw->paths * sizeof *s->complete);
    if (!s->path || !s->stats || !s->complete) return FS_MEMORY;
    for (int i = 0; i < raw->paths; i++) {
        char *path = fs_arena_strdup(&s->arena, raw->path[i]);
        if (!path) return FS_MEMORY;
        s->path[i] = s->stats[i].path = path;
    }
    return FS_OK;
}

static fs_status copy_tables(fs_raw_source *s, const fs_raw *raw)
{
    s->table = fs_arena_zero(&s->arena, (size_t)raw->paths * sizeof *s->table);
    if (!s->table) return FS_MEMORY;
    for (int i = 0; i < raw->paths; i++) {
        if (!raw->table[i]) continue;
        s->table[i] = fs_arena_strdup(&s->arena, raw->table[i]);
        if (!s->table[i]) return FS_MEMORY;
    }
    return FS_OK;
}

static fs_status copy_description(fs_raw_source *s, const fs_raw *raw, const char *view)
{
    s->format = raw->format;
    s->dialect = raw->dialect;
    s->strict = raw->strict;
    s->view = fs_arena_strdup(&s->arena, view);
    if (!s->view) return FS_MEMORY;
    FS_TRY(copy_paths(s, raw));
    if (raw->table) FS_TRY(copy_tables(s, raw));
    return copy_columns(s, raw);
}

static void free_source(fs_raw_source *s)
{
    pthread_mutex_destroy(&s->lock);
    fs_arena_free(&s->arena);
    fs_free(s);
}

void fs_engine_free_sources(fs_engine *engine)
{
    while (engine->sources) {
        fs_raw_source *next = engine->sources->next;
        free_source(engine->sources);
        engine->sources = next;
    }
}

fs_raw_source *fs_raw_find(fs_engine *engine, long long number)
{
    pthread_mutex_lock(&engine->lock);
    fs_raw_source *at = engine->sources;
    while (at && at->number != number) at = at->next;
    pthread_mutex_unlock(&engine->lock);
    return at;
}

/* The newest of that name. */
static fs_status find_view(fs_engine *engine, const char *view, fs_raw_source **source,
                           fs_error *error)
{
    pthread_mutex_lock(&engine->lock);
    fs_raw_source *at = engine->sources;
    while (at && strcmp(at->view, view) != 0) at = at->next;
    pthread_mutex_unlock(&engine->lock);
    *source = at;
    return at ? FS_OK : fs_fail(error, FS_USAGE, "there is no raw view '%s'", view);
}

const char *fs_raw_nested(fs_engine *engine, const char *view)
{
    fs_raw_source *s;
    return find_view(engine, view, &s, NULL) == FS_OK ? s->nested : NULL;
}

/* ---- views ---- */

static fs_status make_view(fs_raw_source *s, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "create or replace view ");
    if (status == FS_OK) status = fs_engine_add_name(&sql, s->view);
    if (status == FS_OK && s->select)
        status = fs_buffer_printf(&sql, " as %s", s->select);
    else if (status == FS_OK)
        status = fs_buffer_printf(&sql, " as select * from fs_raw(%lld)", s->number);
    if (status == FS_OK)
        status = fs_engine_execute(s->engine, sql.data, error);
    else
        fs_fail_memory(error, 256);
    fs_buffer_free(&sql);
    return status;
}

/* Of a place elsewhere more than anything: that is asked over a line. */
static int64_t bytes_at(const char *path)
{
    struct stat stat_of;
    return stat(path, &stat_of) == 0 ? (int64_t)stat_of.st_size : INT64_MAX;
}

static fs_status describe(fs_raw_source *s, fs_error *error)
{
    for (int i = 0; i < s->paths; i++) {
        fs_watch_expect(s->engine, bytes_at(s->path[i]));
        FS_TRY(fs_raw_prepare_path(s->engine, s->path[i], error));
        FS_TRY(fs_raw_note_version(s->engine, s->path[i], error));
    }
    if (s->paths == 0) return fs_fail(error, FS_USAGE, "the raw table names no file");
    return s->format == FS_FORMAT_CSV ? fs_raw_text_describe(s, error)
                                      : fs_raw_table_describe(s, error);
}

fs_status fs_engine_raw_view(fs_engine *engine, const fs_raw *raw, const char *view,
                             fs_error *error)
{
    fs_raw_source *s = fs_alloc_zero(1, sizeof *s);
    if (!s) return fs_fail_memory(error, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    s->engine = engine;
    s->number = fs_engine_serial(engine);
    fs_status status = copy_description(s, raw, view);
    if (status != FS_OK) fs_fail_memory(error, 256);
    if (status == FS_OK) status = describe(s, error);
    if (status != FS_OK) {
        free_source(s);
        return status;
    }
    pthread_mutex_lock(&engine->lock);
    s->next = engine->sources;
    engine->sources = s;
    pthread_mutex_unlock(&engine->lock);
    return make_view(s, error);
}

/* ---- stats ---- */

/* A scan that looks at every cell leaves the stats of what it has read to its end. */
static fs_status read_through(fs_raw_source *s, fs_error *error)
{
    char sql[64];
    int64_t bad;
    snprintf(sql, sizeof sql, "select count(_problem) from fs_raw(%lld)", s->number);
    return fs_engine_integer(s->engine, sql, &bad, error);
}

static fs_status complete_stats(fs_raw_source *s, fs_error *error)
{
    for (int i = 0; i < s->paths; i++) {
        pthread_mutex_lock(&s->lock);
        bool complete = s->complete[i];
        pthread_mutex_unlock(&s->lock);
        if (complete) continue;
        FS_TRY(s->format == FS_FORMAT_CSV ? read_through(s, error)
                                          : fs_raw_table_stats(s, i, error));
    }
    return FS_OK;
}

bool fs_engine_raw_counts(fs_engine *engine, const char *view)
{
    fs_raw_source *s;
    return find_view(engine, view, &s, NULL) == FS_OK && s->counts;
}

static fs_status copy_stats(fs_raw_source *s, fs_raw_stats *out)
{
    fs_status status = FS_OK;
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->paths; i++) {
        out[i] = s->stats[i];
        out[i].path = fs_strdup(s->path[i]);
        if (!out[i].path) status = FS_MEMORY;
    }
    pthread_mutex_unlock(&s->lock);
    return status;
}

fs_status fs_engine_raw_stats(fs_engine *engine, const char *view, fs_raw_stats **stats, int *count,
                              fs_error *error)
{
    fs_raw_source *s;
    *stats = NULL;
    *count = 0;
    FS_TRY(find_view(engine, view, &s, error));
    FS_TRY(complete_stats(s, error));
    fs_raw_stats *out = fs_alloc_zero((size_t)s->paths, sizeof *out);
    if (!out) return fs_fail_memory(error, sizeof *out);
    if (copy_stats(s, out) != FS_OK) {
        fs_raw_stats_free(out, s->paths);
        return fs_fail_memory(error, 64);
    }
    *stats = out;
    *count = s->paths;
    return FS_OK;
}

void fs_raw_stats_free(fs_raw_stats *stats, int count)
{
    for (int i = 0; stats && i < count; i++) fs_free(stats[i].path);
    fs_free(stats);
}

/* ---- rows for quarantine ---- */

/* The same source, but with _row given for every row: number -number-1 stands for that. */
static fs_status write_wanted(fs_raw_source *s, const char *where, const char *into, fs_buffer *sql)
{
    FS_TRY(fs_buffer_text(sql, "create or replace table "));
    FS_TRY(fs_engine_add_name(sql, into));
    FS_TRY(fs_buffer_text(sql, " as select r._file, r._line, r._problem, r._row from "));
    if (s->select)
        FS_TRY(fs_buffer_printf(sql, "(%s)", s->select_all));
    else
        FS_TRY(fs_buffer_printf(sql, "fs_raw(%lld)", -s->number - 1));
    return fs_buffer_printf(sql, " as r where %s", where);
}

fs_status fs_engine_raw_rows(fs_engine *engine, const char *view, const char *where,
                             const char *into, fs_error *error)
{
    fs_raw_source *s;
    fs_buffer sql = {0};
    FS_TRY(find_view(engine, view, &s, error));
    fs_status status = write_wanted(s, where, into, &sql);
    if (status == FS_OK)
        status = fs_engine_execute(engine, sql.data, error);
    else
        fs_fail_memory(error, 256);
    fs_buffer_free(&sql);
    return status;
}

fs_status fs_engine_add_readers(fs_engine *engine, fs_connection *connection, fs_error *error)
{
    FS_TRY(fs_raw_text_register(engine, connection, error));
    return fs_raw_cells_register(connection, error);
}
