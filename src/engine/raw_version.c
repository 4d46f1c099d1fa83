/* A file of Azure is one and the same from the first look at it to the end of the last reading.
 *
 * DuckDB's extension for it takes a file's length once and then asks for ranges, of whatever stands there by then:
 * what is written anew meanwhile would be read half old, half new. (Of S3 it compares the ETag.) So the first who opens
 * a file notes its length and time of change, and whoever has come to its end compares. Two requests each.
 */
#include <string.h>

#include "raw_internal.h"

static bool is_known(fs_engine *engine, const char *path, const struct fs_version **found)
{
    pthread_mutex_lock(&engine->lock);
    const struct fs_version *at = engine->versions;
    while (at && strcmp(at->path, path) != 0) at = at->next;
    pthread_mutex_unlock(&engine->lock);
    *found = at;
    return at != NULL;
}

/* `path` without ${NAME}s. */
static fs_status ask(fs_engine *engine, const char *path, fs_arena *arena, const char **version,
                     fs_error *error)
{
    fs_buffer sql = {0};
    fs_result *rows = NULL;
    bool more = false;
    fs_status status =
        fs_buffer_text(&sql, "select size || ' ' || epoch_us(last_modified) from read_blob(");
    if (status == FS_OK) status = fs_engine_add_text(&sql, path);
    if (status == FS_OK) status = fs_buffer_text(&sql, ")");
    status = status == FS_OK ? fs_engine_query_few(engine, sql.data, &rows, error)
                             : fs_fail_memory(error, 128);
    fs_buffer_free(&sql);
    FS_TRY(status);
    status = fs_result_next(rows, &more, error);
    const char *said = status == FS_OK && more ? fs_result_text(rows, 0) : "";
    *version = fs_arena_strdup(arena, said ? said : "");
    fs_result_close(rows);
    if (status == FS_OK && !*version) status = fs_fail_memory(error, 32);
    return status;
}

/* Two that note the same file at once: the later is the first in the list, and they are equal or it changed. */
static fs_status note(fs_engine *engine, const char *path, const char *version, fs_error *error)
{
    pthread_mutex_lock(&engine->lock);
    struct fs_version *entry = fs_arena_zero(&engine->names, sizeof *entry);
    const char *name = entry ? fs_arena_strdup(&engine->names, path) : NULL;
    const char *said = name ? fs_arena_strdup(&engine->names, version) : NULL;
    if (said) {
        *entry = (struct fs_version){.next = engine->versions, .path = name, .version = said};
        engine->versions = entry;
    }
    pthread_mutex_unlock(&engine->lock);
    return said ? FS_OK : fs_fail_memory(error, strlen(path));
}

/* Names with signs of a pattern in them would be taken for one. */
static bool is_watched(const char *path)
{
    const char *extension = fs_raw_extension_of(path);
    return extension && strcmp(extension, "azure") == 0 && !strpbrk(path, "*[\\");
}

/* What cannot be asked for cannot be opened either, which says why. */
fs_status fs_raw_note_version(fs_engine *engine, const char *path, fs_error *error)
{
    fs_arena arena = {0};
    const struct fs_version *known;
    const char *filled, *version;
    if (!is_watched(path) || is_known(engine, path, &known)) return FS_OK;
    fs_status status = fs_url_fill(&arena, path, &filled, error);
    if (status == FS_OK && ask(engine, filled, &arena, &version, NULL) == FS_OK)
        status = note(engine, path, version, error);
    fs_arena_free(&arena);
    return status;
}

static fs_status compare(fs_engine *engine, const char *path, const char *before, fs_arena *arena,
                         fs_error *error)
{
    fs_error cause = {0};
    const char *filled, *now;
    FS_TRY(fs_url_fill(arena, path, &filled, error));
    fs_status status = ask(engine, filled, arena, &now, &cause);
    if (status == FS_OK && strcmp(now, before) == 0) return FS_OK;
    if (status == FS_OK) fs_fail(&cause, FS_RESOURCE, "ConditionNotMet");
    if (status != FS_MEMORY && status != FS_CANCELLED)
        return fs_raw_fail_remote("read", path, &cause, error);
    if (error) *error = cause;
    return status;
}

fs_status fs_raw_check_version(fs_engine *engine, const char *path, fs_error *error)
{
    fs_arena arena = {0};
    const struct fs_version *known;
    if (!is_watched(path) || !is_known(engine, path, &known)) return FS_OK;
    fs_status status = compare(engine, path, known->version, &arena, error);
    fs_arena_free(&arena);
    return status;
}
