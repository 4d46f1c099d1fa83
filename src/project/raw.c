/* Raw tables: a `files:` entry made ready for the engine's reader.
 *
 * Paths are taken from the project's folder, patterns are spread out in name order (a file whose
 * very name has a * in it is taken as it is), a file named twice is read once. Wide files: the
 * columns of `unpivot` are found in the file's own order, and each gets the reading of the value.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "project_internal.h"

/* ---- paths ---- */

typedef struct paths {
    fs_engine *engine;
    fs_arena *arena;
    const char *folder;
    const char **path, **shown, **table;
    int count, room;
} paths;

static bool is_remote(const fs_project_files *files, const char *path)
{
    return fs_url_is(path) || files->format == FS_FORMAT_DATABASE;
}

/* The path without the project's folder before it, where the entry was relative. */
static const char *shown_as(const paths *p, const char *written, const char *path)
{
    size_t bytes = strlen(p->folder);
    bool relative = written[0] != '/' && strncmp(path, p->folder, bytes) == 0 && path[bytes] == '/';
    return relative ? path + bytes + 1 : path;
}

static bool is_there(const paths *p, const char *path, const char *table)
{
    for (int i = 0; i < p->count; i++)
        if (strcmp(p->path[i], path) == 0 && (!table || strcmp(p->table[i], table) == 0))
            return true;
    return false;
}

static fs_status make_room(paths *p, fs_error *error)
{
    size_t room = p->room ? 2 * (size_t)p->room : 8, count = (size_t)p->count;
    const char **grown = fs_arena_zero(p->arena, sizeof *grown * 3 * room);
    if (!grown) return fs_fail_memory(error, sizeof *grown * 3 * room);
    if (count) {
        memcpy(grown, p->path, sizeof *grown * count);
        memcpy(grown + room, p->shown, sizeof *grown * count);
        memcpy(grown + 2 * room, p->table, sizeof *grown * count);
    }
    p->path = grown;
    p->shown = grown + room;
    p->table = grown + 2 * room;
    p->room = (int)room;
    return FS_OK;
}

static fs_status add_path(paths *p, const char *written, const char *path, const char *table,
                          fs_error *error)
{
    if (is_there(p, path, table)) return FS_OK;
    if (p->count == p->room) FS_TRY(make_room(p, error));
    const char *copy = fs_arena_strdup(p->arena, path);
    const char *shown = copy ? fs_url_shown(p->arena, shown_as(p, written, copy)) : NULL;
    if (!shown) return fs_fail_memory(error, strlen(path));
    p->path[p->count] = copy;
    p->table[p->count] = table;
    p->shown[p->count] = fs_project_utf8(p->arena, shown);
    return p->shown[p->count++] ? FS_OK : fs_fail_memory(error, strlen(path));
}

static fs_status no_match(const char *written, fs_error *error)
{
    fs_fail(error, FS_RESOURCE, "no file matches %s", written);
    return fs_error_remedy(error,
                           "Put the files back, or name others under files: in foresell.yaml."),
           FS_RESOURCE;
}

/* Files that match, in name order; the folder's own name may hold pattern characters. */
static fs_status spread(paths *p, const char *written, const char *path, const char *table,
                        fs_error *error)
{
    glob_t found;
    int result = glob(path, 0, NULL, &found);
    if (result == GLOB_NOSPACE) return fs_fail_memory(error, 0);
    if (result != 0) return no_match(written, error);
    fs_status status = FS_OK;
    for (size_t i = 0; i < found.gl_pathc && status == FS_OK; i++)
        status = add_path(p, written, found.gl_pathv[i], table, error);
    globfree(&found);
    return status;
}

/* The folder with * ? [ ] \ made plain, so that only the entry's own pattern spreads. */
static const char *escaped(fs_arena *arena, const char *folder)
{
    char *out = fs_arena_alloc(arena, 2 * strlen(folder) + 1);
    size_t n = 0;
    for (const char *c = folder; out && *c; c++) {
        if (strchr("*?[]\\", *c)) out[n++] = '\\';
        out[n++] = *c;
    }
    if (out) out[n] = '\0';
    return out;
}

static fs_status spread_remote(paths *p, const char *written, const char *table, fs_error *error)
{
    const char **found;
    int count = 0;
    FS_TRY(fs_engine_list(p->engine, written, p->arena, &found, &count, error));
    if (count == 0) return no_match(written, error);
    for (int i = 0; i < count; i++) FS_TRY(add_path(p, written, found[i], table, error));
    return FS_OK;
}

static fs_status add_written(paths *p, const fs_project_files *files, const char *written,
                             const char *table, fs_error *error)
{
    if (fs_url_is(written) && files->format != FS_FORMAT_DATABASE)
        return spread_remote(p, written, table, error);
    if (is_remote(files, written) && (fs_url_is(written) || written[0] == '/'))
        return add_path(p, written, written, table, error);
    const char *path = fs_project_path(p->arena, p->folder, written);
    if (!path) return fs_fail_memory(error, 0);
    if (access(path, F_OK) == 0 || !strpbrk(written, "*?["))
        return add_path(p, written, path, table, error);
    const char *folder = written[0] == '/' ? "" : escaped(p->arena, p->folder);
    path = folder ? fs_arena_printf(p->arena, "%s%s%s", folder, *folder ? "/" : "", written) : NULL;
    return path ? spread(p, written, path, table, error) : fs_fail_memory(error, 0);
}

/* Tables are one for all paths, one for each, or all of the one path. */
static fs_status add_entry(paths *p, const fs_project_files *files, int i, fs_error *error)
{
    if (files->paths > 1 || files->tables < 2) {
        const char *table = files->tables > 1 ? files->table[i]
                            : files->tables   ? files->table[0]
                                              : NULL;
        return add_written(p, files, files->path[i], table, error);
    }
    for (int t = 0; t < files->tables; t++)
        FS_TRY(add_written(p, files, files->path[i], files->table[t], error));
    return FS_OK;
}

fs_status fs_project_raw_open(fs_engine *engine, fs_arena *arena, const char *folder,
                              const fs_project_files *files, fs_project_raw *raw, fs_error *error)
{
    paths p = {.engine = engine, .arena = arena, .folder = folder};
    for (int i = 0; i < files->paths; i++) {
        fs_status status = add_entry(&p, files, i, error);
        if (status != FS_OK && status != FS_MEMORY && error && !error->file[0]) {
            char file[600];
            snprintf(file, sizeof file, "%.580s/foresell.yaml", folder);
            fs_error_at(error, file, files->line, files->name);
        }
        FS_TRY(status);
    }
    *raw = (fs_project_raw){.files = files, .shown = p.shown};
    raw->raw = (fs_raw){.name = files->name,
                        .path = p.path,
                        .paths = p.count,
                        .format = files->format,
                        .dialect = files->dialect,
                        .table = files->tables ? p.table : NULL,
                        .column = files->column,
                        .columns = files->columns};
    raw->view = fs_arena_printf(arena, "fs_view_%s", files->name);
    raw->copy = fs_arena_printf(arena, "fs_ingest.raw_%s", files->name);
    return raw->view && raw->copy ? FS_OK : fs_fail_memory(error, 0);
}

/* ---- columns ---- */

int fs_project_column_find(const fs_project_columns *columns, const char *name)
{
    for (int i = 0; i < columns->count; i++)
        if (strcmp(columns->column[i].name, name) == 0) return i;
    for (int i = 0; i < columns->count; i++)
        if (strcasecmp(columns->column[i].name, name) == 0) return i;
    return -1;
}

fs_status fs_project_columns_of(fs_engine *engine, fs_arena *arena, const char *select,
                                fs_project_columns *columns, fs_error *error)
{
    fs_buffer sql = {0};
    fs_result *result = NULL;
    fs_status status = fs_buffer_printf(&sql, "select * from (%s\n) as fs_t limit 0", select);
    if (status == FS_OK)
        status = fs_engine_query_few(engine, sql.data, &result, error);
    else
        fs_fail_memory(error, strlen(select));
    fs_buffer_free(&sql);
    FS_TRY(status);
    columns->count = fs_result_columns(result);
    columns->column = fs_arena_zero(arena, sizeof *columns->column * (size_t)(columns->count + 1));
    for (int i = 0; columns->column && i < columns->count; i++) {
        columns->column[i].type = fs_result_type(result, i);
        columns->column[i].name = fs_arena_strdup(arena, fs_result_name(result, i));
        if (columns->column[i].name)
            columns->column[i].quoted = fs_project_identifier(arena, columns->column[i].name);
        if (!columns->column[i].quoted) columns->column = NULL;
    }
    fs_result_close(result);
    return columns->column ? FS_OK : fs_fail_memory(error, 0);
}

/* ---- unpivot ---- */

static fs_status not_there(const fs_project_raw *raw, const char *name,
                           const fs_project_columns *columns, fs_error *error)
{
    const char *known[64];
    int count = 0;
    for (int i = 0; i < columns->count && count < 64; i++)
        if (!fs_column_is_ours(columns->column[i].name)) known[count++] = columns->column[i].name;
    const char *nearest = fs_project_nearest(name, known, count);
    fs_fail(error, FS_DATA, "the file has no column %s, which foresell.yaml names under files: %s",
            name, raw->files->name);
    fs_error_at(error, raw->shown[0], 0, name);
    if (nearest)
        return fs_error_remedy(error,
                               "The nearest column is %s. Correct foresell.yaml, or let foresell "
                               "init --force look again.",
                               nearest),
               FS_DATA;
    return fs_error_remedy(error,
                           "Correct foresell.yaml, or let foresell init --force look again."),
           FS_DATA;
}

/* Marks the columns that the unpivot takes. */
static fs_status mark_wide(const fs_project_raw *raw, fs_project_columns *columns, fs_error *error)
{
    const fs_project_unpivot *u = &raw->files->unpivot;
    for (int i = 0; i < u->items; i++) {
        int first = fs_project_column_find(columns, u->item[i]);
        int last = u->last[i] ? fs_project_column_find(columns, u->last[i]) : first;
        if (first < 0) return not_there(raw, u->item[i], columns, error);
        if (last < 0) return not_there(raw, u->last[i], columns, error);
        for (int c = first; c <= last; c++)
            if (!fs_column_is_ours(columns->column[c].name)) columns->column[c].wide = true;
    }
    return FS_OK;
}

fs_status fs_project_unpivot_readings(fs_arena *arena, fs_project_raw *raw,
                                      fs_project_columns *columns, fs_error *error)
{
    const fs_project_files *files = raw->files;
    FS_TRY(mark_wide(raw, columns, error));
    fs_raw_column *out =
        fs_arena_zero(arena, sizeof *out * (size_t)(files->columns + columns->count + 1));
    if (!out) return fs_fail_memory(error, 0);
    fs_reading value = {.kind = FS_READ_NUMBER, .decimal = '.'};
    int count = 0;
    for (int i = 0; i < files->columns; i++) {
        if (strcmp(files->column[i].name, files->unpivot.value) == 0)
            value = files->column[i].reading;
        else
            out[count++] = files->column[i];
    }
    for (int c = 0; c < columns->count; c++)
        if (columns->column[c].wide)
            out[count++] = (fs_raw_column){.name = columns->column[c].name, .reading = value};
    raw->raw.column = out;
    raw->raw.columns = count;
    return FS_OK;
}
