/* A run as Parquet in an object store.
 *
 * A store has no rename. Each object appears whole, and manifest.json is written last: where it is there, all is. What
 * an export left that did not come so far is removed, and written anew.
 */
#include <string.h>

#include "export_internal.h"

typedef struct store {
    fs_engine *engine;
    const fs_export_run *run;
    fs_arena arena;
    const char *place; /* TO/STAMP, its ${NAME}s filled in */
} store;

static fs_status fail(store *s, fs_status status, const fs_error *cause, fs_error *error)
{
    if (status == FS_OK) return FS_OK;
    bool ours = status != FS_RESOURCE && status != FS_DATA && status != FS_FAILED;
    if (!ours) return fs_raw_fail_remote("write to", s->run->to, cause, error);
    if (error) *error = *cause;
    return status;
}

static fs_status find_place(store *s, fs_error *error)
{
    const char *to;
    FS_TRY(fs_raw_prepare_path(s->engine, s->run->to, error));
    FS_TRY(fs_url_fill(&s->arena, s->run->to, &to, error));
    size_t bytes = strlen(to);
    while (bytes && to[bytes - 1] == '/') bytes--;
    s->place = fs_arena_printf(&s->arena, "%.*s/%s", (int)bytes, to, fs_export_stamp(s->run));
    return s->place ? FS_OK : fs_fail_memory(error, bytes);
}

/* Objects whose address begins with the place and goes on as `pattern` says. */
static fs_status list(store *s, const char *pattern, int *count, fs_error *error)
{
    const char **found, *all = fs_arena_printf(&s->arena, "%s/%s", s->place, pattern);
    if (!all) return fs_fail_memory(error, strlen(s->place));
    return fs_engine_list(s->engine, all, &s->arena, &found, count, error);
}

static fs_status run_sql(store *s, fs_status written, fs_buffer *sql, fs_error *error)
{
    fs_error cause = {0};
    fs_status status = written == FS_OK ? fs_engine_execute(s->engine, sql->data, &cause)
                                        : fs_fail_memory(&cause, 256);
    fs_buffer_free(sql);
    return fail(s, status, &cause, error);
}

/* ---- what is there ---- */

static fs_status fail_there(store *s, const char *what, const char *remedy, fs_error *error)
{
    const char *shown = fs_url_shown(&s->arena, s->run->to);
    size_t bytes = shown ? strlen(shown) : 0;
    while (bytes && shown[bytes - 1] == '/') bytes--;
    fs_fail(error, FS_USAGE, "%.*s/%s %s", (int)bytes, shown ? shown : "", fs_export_stamp(s->run),
            what);
    fs_error_remedy(error, "%s", remedy);
    return FS_USAGE;
}

/* COPY of no rows into a folder that it may overwrite: it removes what is there, and writes nothing. */
static fs_status remove_all(store *s, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "copy (select 1 as one, 1 as two where false) to ");
    if (status == FS_OK) status = fs_engine_add_text(&sql, s->place);
    if (status == FS_OK)
        status = fs_buffer_text(&sql, " (format parquet, partition_by (two), overwrite)");
    return run_sql(s, status, &sql, error);
}

static fs_status make_room(store *s, fs_error *error)
{
    int whole = 0, left = 0;
    FS_TRY(list(s, "manifest.jso[n]", &whole, error)); /* a pattern: else the store is not asked */
    if (whole)
        return fail_there(s, "is there already, and nothing is written over",
                          "remove it, or export to another prefix", error);
    FS_TRY(list(s, "**", &left, error));
    if (!left) return FS_OK;
    FS_TRY(remove_all(s, error));
    FS_TRY(list(s, "**", &left, error));
    if (!left) return FS_OK;
    return fail_there(s, "holds what an unfinished export left, and it can't be removed",
                      "remove it with the tools of the store, or export to another prefix", error);
}

/* ---- writing ---- */

static fs_status write_table(store *s, const fs_export_table *table, fs_error *error)
{
    int64_t rows = 0;
    fs_error cause = {0};
    const char *division = fs_export_division(s->run, table);
    const char *place =
        fs_arena_printf(&s->arena, division ? "%s/%s" : "%s/%s.parquet", s->place, table->name);
    fs_buffer select = {0};
    fs_status status = place ? fs_export_add_rows(&select, table->name) : FS_MEMORY;
    status = status == FS_OK
                 ? fs_engine_copy_parquet(s->engine, select.data, place, division, &rows, &cause)
                 : fs_fail_memory(&cause, 256);
    fs_buffer_free(&select);
    FS_TRY(fail(s, status, &cause, error));
    return fs_export_check_rows(table, rows, error);
}

static fs_status write_manifest(store *s, fs_error *error)
{
    const char *from = fs_arena_printf(&s->arena, "%s/manifest.json", s->run->folder);
    const char *to = from ? fs_arena_printf(&s->arena, "%s/manifest.json", s->place) : NULL;
    fs_buffer sql = {0};
    fs_status status =
        to ? fs_buffer_text(&sql, "copy (select content from read_blob(") : FS_MEMORY;
    if (status == FS_OK) status = fs_engine_add_text(&sql, from);
    if (status == FS_OK) status = fs_buffer_text(&sql, ")) to ");
    if (status == FS_OK) status = fs_engine_add_text(&sql, to);
    if (status == FS_OK) status = fs_buffer_text(&sql, " (format blob)");
    return run_sql(s, status, &sql, error);
}

static fs_status write_all(store *s, fs_error *error)
{
    FS_TRY(find_place(s, error));
    FS_TRY(make_room(s, error));
    for (int i = 0; i < s->run->tables; i++) {
        fs_export_progress(s->engine, s->run, i);
        FS_TRY(write_table(s, &s->run->table[i], error));
    }
    return write_manifest(s, error);
}

fs_status fs_export_to_store(fs_engine *engine, const fs_export_run *run, fs_error *error)
{
    store s = {.engine = engine, .run = run};
    fs_status status = write_all(&s, error);
    fs_arena_free(&s.arena);
    return status;
}
