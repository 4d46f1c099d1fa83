/* Tables of Delta and Iceberg: folders of Parquet files and a log that says which of them are part of the table.
 *
 * Such a folder is one source, never its files: those that were taken out of the table still lie there. On this
 * machine it is told by the log's folder; in an object store, which has no folders, by the names of what was listed, and its
 * address ends in /.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "raw_internal.h"

static bool ends_with(const char *text, size_t bytes, const char *end)
{
    size_t size = strlen(end);
    return bytes >= size && memcmp(text + bytes - size, end, size) == 0;
}

/* ---- on this machine ---- */

static bool is_folder_in(const char *path, const char *inside)
{
    char name[4096];
    struct stat info;
    snprintf(name, sizeof name, "%s/%s", path, inside);
    return stat(name, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool has_metadata(const char *path)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/metadata", path);
    DIR *folder = opendir(name);
    bool found = false;
    if (!folder) return false;
    for (struct dirent *entry; !found && (entry = readdir(folder));)
        found = ends_with(entry->d_name, strlen(entry->d_name), ".metadata.json");
    closedir(folder);
    return found;
}

fs_lake fs_engine_lake(const char *folder)
{
    if (is_folder_in(folder, "_delta_log")) return FS_LAKE_DELTA;
    return has_metadata(folder) ? FS_LAKE_ICEBERG : FS_LAKE_NONE;
}

/* ---- in an object store ---- */

/* Bytes of the address of the table that `key` is a log of, with its /; 0: it is none. */
static size_t root_of(const char *key)
{
    const char *log = strstr(key, "/_delta_log/");
    if (log) return (size_t)(log - key) + 1;
    const char *metadata = strstr(key, "/metadata/");
    return metadata && ends_with(key, strlen(key), ".metadata.json") ? (size_t)(metadata - key) + 1
                                                                     : 0;
}

fs_status fs_raw_fold_lakes(fs_arena *arena, const char **key, int *count, fs_error *error)
{
    for (int i = 0; i < *count; i++) {
        size_t bytes = root_of(key[i]);
        if (bytes == 0) continue;
        const char *root = fs_arena_strndup(arena, key[i], bytes);
        if (!root) return fs_fail_memory(error, bytes);
        int kept = 0, place = -1;
        for (int k = 0; k < *count; k++) { /* the first of its files gives way to it */
            bool inside = strncmp(key[k], root, bytes) == 0;
            if (inside && place >= 0) continue;
            if (inside) place = kept;
            key[kept++] = inside ? root : key[k];
        }
        *count = kept;
        i = place;
    }
    return FS_OK;
}

/* `address` ends in /; what it is was seen when it was listed. */
static fs_status look_in_store(fs_engine *engine, const char *address, fs_lake *lake,
                               fs_error *error)
{
    fs_buffer sql = {0}, pattern = {0};
    int64_t logs = 0;
    fs_status status = fs_buffer_printf(&pattern, "%s_delta_log/*.json", address);
    if (status == FS_OK) status = fs_buffer_text(&sql, "select count(*) from glob(");
    if (status == FS_OK) status = fs_engine_add_text(&sql, pattern.data);
    if (status == FS_OK) status = fs_buffer_text(&sql, ")");
    status = status == FS_OK ? fs_engine_integer(engine, sql.data, &logs, error)
                             : fs_fail_memory(error, 256);
    fs_buffer_free(&sql);
    fs_buffer_free(&pattern);
    *lake = logs > 0 ? FS_LAKE_DELTA : FS_LAKE_ICEBERG;
    return status;
}

/* ---- reading ---- */

fs_status fs_raw_lake(fs_engine *engine, const char *path, fs_lake *lake, fs_error *error)
{
    size_t bytes = strlen(path);
    *lake = FS_LAKE_NONE;
    if (!fs_url_is(path)) return *lake = fs_engine_lake(path), FS_OK;
    bool folder = fs_raw_is_store(path) && path[bytes - 1] == '/';
    return folder ? look_in_store(engine, path, lake, error) : FS_OK;
}
