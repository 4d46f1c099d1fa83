/* Runs that are there: the newest or a named one, and the tables of it. Only whole ones are found. */
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "plan_internal.h"

/* ---- a run ---- */

static fs_status fail_none(const char *project, const char *stamp, fs_error *error)
{
    if (stamp)
        fs_fail(error, FS_RESOURCE, "%s has no run %s", project, stamp);
    else
        fs_fail(error, FS_RESOURCE, "%s has no whole run yet", project);
    if (stamp)
        return fs_error_remedy(error, "the folders in %s/runs are those that there are", project);
    return fs_error_remedy(error, "foresell run %s makes one", project);
}

static fs_status fail_partial(const char *project, const char *stamp, fs_error *error)
{
    fs_fail(error, FS_RESOURCE, "the run %s is not whole: it was cut short, or is still at work",
            stamp);
    return fs_error_remedy(error, "foresell run %s --resume goes on with it", project);
}

/* The stamp that `latest` points to; NULL: there is none. */
static const char *newest(const char *project, fs_arena *arena)
{
    char target[256];
    const char *link = fs_arena_printf(arena, "%s/runs/latest", project);
    ssize_t size = link ? readlink(link, target, sizeof target) : -1;
    if (size <= 0 || !fs_engine_is_stamp(target, (size_t)size)) return NULL;
    return fs_arena_strndup(arena, target, (size_t)size);
}

fs_status fs_run_find(const char *project, const char *stamp, fs_arena *arena, const char **folder,
                      fs_error *error)
{
    const char *name = stamp ? stamp : newest(project, arena);
    if (!name) return fail_none(project, NULL, error);
    size_t size = strlen(name), end = strlen(".partial");
    bool partial = size > end && strcmp(name + size - end, ".partial") == 0;
    if (partial) size -= end;
    if (!fs_engine_is_stamp(name, size)) return fail_none(project, name, error);
    *folder = fs_arena_printf(arena, "%s/runs/%.*s", project, (int)size, name);
    const char *done = *folder ? fs_arena_printf(arena, "%s/done", *folder) : NULL;
    const char *half = done ? fs_arena_printf(arena, "%s.partial", *folder) : NULL;
    if (!half) return fs_fail_memory(error, strlen(project));
    if (!partial && access(done, F_OK) == 0) return FS_OK;
    bool there = access(half, F_OK) == 0 || access(*folder, F_OK) == 0;
    return there ? fail_partial(project, name, error) : fail_none(project, stamp, error);
}

/* ---- a table of it ---- */

typedef struct names {
    const char *name[512];
    int count;
} names;

/* NAME.parquet is the table NAME. */
static void list_tables(const char *tables, fs_arena *arena, names *n)
{
    DIR *folder = opendir(tables);
    for (struct dirent *e; folder && (e = readdir(folder));) {
        const char *end = strstr(e->d_name, ".parquet");
        if (!end || end[8] || n->count == (int)(sizeof n->name / sizeof *n->name)) continue;
        n->name[n->count] = fs_arena_strndup(arena, e->d_name, (size_t)(end - e->d_name));
        n->count += n->name[n->count] != NULL;
    }
    if (folder) closedir(folder);
}

static fs_status fail_no_table(const char *folder, const char *tables, const char *name,
                               fs_arena *arena, fs_error *error)
{
    names n = {.count = 0};
    list_tables(tables, arena, &n);
    fs_fail(error, FS_USAGE, "the run %s has no table '%s'", strrchr(folder, '/') + 1, name);
    const char *meant = fs_engine_nearest(name, n.name, n.count);
    if (meant) return fs_error_remedy(error, "did you mean %s?", meant);
    return fs_error_remedy(error, "its tables are those in %s", tables);
}

fs_status fs_run_table(const char *folder, const char *name, fs_arena *arena, const char **path,
                       fs_error *error)
{
    const char *tables = fs_arena_printf(arena, "%s/tables", folder);
    *path = tables ? fs_arena_printf(arena, "%s/%s.parquet", tables, name) : NULL;
    if (!*path) return fs_fail_memory(error, strlen(folder));
    if (!strchr(name, '/') && fs_engine_table_bytes(*path) >= 0) return FS_OK;
    return fail_no_table(folder, tables, name, arena, error);
}
