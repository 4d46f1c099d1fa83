/* The files of HDFS that an address means: a file, all in a folder, or those that match a pattern.
 *
 * A pattern is matched folder by folder: * ? and [ inside of a name, ** for any folders. What is there under the very
 * name is taken as it is, whatever signs are in it. As Hadoop's own readers do, names that begin with _ or .
 * and files that are still being copied there (._COPYING_) are left out, unless the pattern says their first letter. A table of
 * Delta or Iceberg is more than its files, some of which are no longer part of it: it is refused.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "webhdfs_internal.h"

#define DEPTH_MOST 64

typedef struct spread {
    fs_hdfs *hdfs;
    fs_arena *arena;
    const fs_hdfs_place *place;
    const char **address;
    int count, room;
} spread;

static fs_status add_file(spread *s, const char *path, fs_error *error)
{
    const char **grown = fs_arena_grow(s->arena, s->address, s->count, &s->room, sizeof *grown);
    if (!grown) return fs_fail_memory(error, sizeof *grown);
    s->address = grown;
    s->address[s->count] = fs_arena_printf(s->arena, "%s%s", s->place->before, path);
    return s->address[s->count] ? (s->count++, FS_OK) : fs_fail_memory(error, strlen(path));
}

static bool is_hidden(const char *name)
{
    static const char coming[] = "._COPYING_";
    size_t bytes = strlen(name), end = sizeof coming - 1;
    bool partition = *name == '_' && strchr(name, '='); /* _year=2024 */
    return ((*name == '_' || *name == '.') && !partition) ||
           (bytes > end && strcmp(name + bytes - end, coming) == 0);
}

static fs_status fail_lake(const spread *s, const char *folder, const char *kind, fs_error *error)
{
    fs_fail(error, FS_DATA, "%s%s is a table of %s, which is not read from HDFS", s->place->before,
            folder, kind);
    fs_error_remedy(error,
                    "write its rows into Parquet files, for example with Spark, and name these");
    return FS_DATA;
}

/* Files that Delta or Iceberg has taken out of a table still lie there. */
static fs_status check_plain(const spread *s, const char *folder, const fs_hdfs_entry *entry,
                             int count, fs_error *error)
{
    bool data = false, metadata = false;
    for (int i = 0; i < count; i++) {
        if (!entry[i].folder) continue;
        if (strcmp(entry[i].name, "_delta_log") == 0) return fail_lake(s, folder, "Delta", error);
        data |= strcmp(entry[i].name, "data") == 0;
        metadata |= strcmp(entry[i].name, "metadata") == 0;
    }
    return data && metadata ? fail_lake(s, folder, "Iceberg", error) : FS_OK;
}

static fs_status list(spread *s, const char *folder, fs_hdfs_entry **entry, int *count,
                      fs_error *error)
{
    FS_TRY(fs_hdfs_list(s->hdfs, s->arena, folder, entry, count, error));
    return check_plain(s, folder, *entry, *count, error);
}

static const char *inside(spread *s, const char *folder, const char *name)
{
    return fs_arena_printf(s->arena, "%s%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/", name);
}

static fs_status fail_deep(const spread *s, const char *folder, fs_error *error)
{
    fs_fail(error, FS_DATA, "%s%s lies more than %d folders deep", s->place->before, folder,
            DEPTH_MOST);
    return FS_DATA;
}

/* All files below a folder. */
static fs_status walk(spread *s, const char *folder, int depth, fs_error *error)
{
    fs_hdfs_entry *entry;
    int count;
    if (depth > DEPTH_MOST) return fail_deep(s, folder, error);
    FS_TRY(list(s, folder, &entry, &count, error));
    for (int i = 0; i < count; i++) {
        if (is_hidden(entry[i].name)) continue;
        const char *path = inside(s, folder, entry[i].name);
        if (!path) return fs_fail_memory(error, 64);
        FS_TRY(entry[i].folder ? walk(s, path, depth + 1, error) : add_file(s, path, error));
    }
    return FS_OK;
}

/* ---- patterns ---- */

static fs_status match(spread *s, const char *folder, const char *pattern, int depth,
                       fs_error *error);

/* What lies at `path` where `rest` of the pattern is still to come; "": nothing is. */
static fs_status go_into(spread *s, const char *path, bool is_folder, const char *rest, int depth,
                         fs_error *error)
{
    if (is_folder)
        return *rest ? match(s, path, rest, depth + 1, error) : walk(s, path, depth + 1, error);
    return *rest ? FS_OK : add_file(s, path, error);
}

/* A part without a pattern: there or not. */
static fs_status match_name(spread *s, const char *path, const char *rest, int depth,
                            fs_error *error)
{
    bool there;
    fs_hdfs_status status;
    fs_error fault = {0};
    fs_status looked = fs_hdfs_look(s->hdfs, path, &there, &status, &fault);
    if (!there) return FS_OK;
    if (looked == FS_OK) return go_into(s, path, status.folder, rest, depth, error);
    if (error) *error = fault;
    return looked;
}

static fs_status match_entries(spread *s, const char *folder, const char *part, const char *rest,
                               const char *pattern, int depth, fs_error *error)
{
    fs_hdfs_entry *entry;
    int count;
    bool any = strcmp(part, "**") == 0;
    FS_TRY(list(s, folder, &entry, &count, error));
    for (int i = 0; i < count; i++) {
        const char *name = entry[i].name;
        if (is_hidden(name) && *part != *name) continue;
        if (any ? !entry[i].folder : fnmatch(part, name, FNM_NOESCAPE) != 0) continue;
        const char *path = inside(s, folder, name);
        if (!path) return fs_fail_memory(error, 64);
        FS_TRY(go_into(s, path, entry[i].folder, any ? pattern : rest, depth, error));
    }
    return FS_OK;
}

static fs_status match(spread *s, const char *folder, const char *pattern, int depth,
                       fs_error *error)
{
    if (depth > DEPTH_MOST) return fail_deep(s, folder, error);
    size_t bytes = strcspn(pattern, "/");
    const char *part = fs_arena_strndup(s->arena, pattern, bytes);
    const char *rest = pattern + bytes + strspn(pattern + bytes, "/");
    if (!part) return fs_fail_memory(error, bytes);
    if (strcmp(part, "**") == 0) {
        if (!*rest) return walk(s, folder, depth, error);
        FS_TRY(match(s, folder, rest, depth + 1, error)); /* ** is no folder, too */
    }
    if (strpbrk(part, "*?[")) return match_entries(s, folder, part, rest, pattern, depth, error);
    const char *path = inside(s, folder, part);
    return path ? match_name(s, path, rest, depth, error) : fs_fail_memory(error, 64);
}

/* ---- the whole ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* ** may come to a file by two ways. */
static void sort_once(spread *s)
{
    int kept = 0;
    if (s->count) qsort(s->address, (size_t)s->count, sizeof *s->address, by_text);
    for (int i = 0; i < s->count; i++)
        if (i == 0 || strcmp(s->address[i], s->address[kept - 1]) != 0)
            s->address[kept++] = s->address[i];
    s->count = kept;
}

static fs_status spread_path(spread *s, const char *written, fs_error *error)
{
    bool there;
    fs_hdfs_status status;
    fs_error fault = {0};
    const char *path = s->place->path;
    fs_status looked = fs_hdfs_look(s->hdfs, path, &there, &status, &fault);
    if (looked == FS_OK && status.folder) return walk(s, path, 0, error);
    if (looked == FS_OK) {
        FS_TRY(add_file(s, path, error));
        s->address[0] = written; /* with its ${NAME}s */
        return FS_OK;
    }
    if (!there && strpbrk(path, "*?[")) return match(s, "/", path + strspn(path, "/"), 0, error);
    if (error) *error = fault;
    return looked;
}

fs_status fs_hdfs_spread(fs_engine *engine, fs_arena *arena, const char *address,
                         const char ***path, int *count, fs_error *error)
{
    fs_hdfs_place place;
    FS_TRY(fs_hdfs_find(arena, address, &place, error));
    spread s = {.arena = arena, .place = &place};
    const char *written = fs_arena_strdup(arena, address);
    if (!written) return fs_fail_memory(error, strlen(address));
    FS_TRY(fs_hdfs_open(engine, &place, &s.hdfs, error));
    fs_status status = spread_path(&s, written, error);
    fs_hdfs_close(s.hdfs);
    FS_TRY(status);
    sort_once(&s);
    *path = s.address;
    *count = s.count;
    return FS_OK;
}
