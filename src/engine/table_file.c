/* A table on the disk: one Parquet file, or a folder of that name with its parts, in the order of their
 * names. Spark writes tables of many rows in parts, DuckDB never does.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine_internal.h"
#include "plan_internal.h"

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool is_part(const char *name)
{
    size_t bytes = strlen(name), end = sizeof ".parquet" - 1;
    return name[0] != '.' && name[0] != '_' && bytes > end &&
           strcmp(name + bytes - end, ".parquet") == 0;
}

/* What is done with each part; `context` is the caller's. */
typedef fs_status (*each)(void *context, const char *path, const char *name, fs_error *error);

static fs_status each_part(const char *folder, each visit, void *context, fs_error *error)
{
    DIR *entries = opendir(folder);
    if (!entries) return fs_fail_errno(error, "read", folder);
    fs_buffer path = {0};
    fs_status status = FS_OK;
    for (struct dirent *e; status == FS_OK && (e = readdir(entries));) {
        if (!is_part(e->d_name)) continue;
        fs_buffer_clear(&path);
        status = fs_buffer_printf(&path, "%s/%s", folder, e->d_name) == FS_OK
                     ? visit(context, path.data, e->d_name, error)
                     : fs_fail_memory(error, strlen(folder));
    }
    fs_buffer_free(&path);
    closedir(entries);
    return status;
}

/* ---- bytes ---- */

static fs_status add_bytes(void *context, const char *path, const char *name, fs_error *error)
{
    (void)name;
    struct stat info;
    if (stat(path, &info) != 0) return fs_fail_errno(error, "read", path);
    *(int64_t *)context += (int64_t)info.st_size;
    return FS_OK;
}

int64_t fs_engine_table_bytes(const char *path)
{
    struct stat info;
    int64_t bytes = 0;
    if (is_folder(path)) return each_part(path, add_bytes, &bytes, NULL) == FS_OK ? bytes : -1;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) ? (int64_t)info.st_size : -1;
}

/* ---- to the disk ---- */

static fs_status sync_part(void *context, const char *path, const char *name, fs_error *error)
{
    (void)context, (void)name;
    return fs_engine_sync(path, error);
}

fs_status fs_engine_table_sync(const char *path, fs_error *error)
{
    if (is_folder(path)) FS_TRY(each_part(path, sync_part, NULL, error));
    return fs_engine_sync(path, error);
}

/* ---- the same table in another folder ---- */

static fs_status link_part(void *context, const char *path, const char *name, fs_error *error)
{
    fs_buffer there = {0};
    fs_status status = fs_buffer_printf(&there, "%s/%s", (const char *)context, name) == FS_OK
                           ? fs_engine_link_file(path, there.data, error)
                           : fs_fail_memory(error, strlen(name));
    fs_buffer_free(&there);
    return status;
}

fs_status fs_engine_table_link(const char *source, const char *path, fs_error *error)
{
    if (!is_folder(source)) return fs_engine_link_file(source, path, error);
    FS_TRY(fs_make_folder(path, error));
    return each_part(source, link_part, (void *)path, error);
}

/* ---- as SQL reads it ---- */

fs_status fs_engine_table_pattern(const char *path, fs_buffer *sql)
{
    fs_buffer all = {0};
    if (!is_folder(path)) return fs_engine_add_text(sql, path);
    fs_status status = fs_buffer_printf(&all, "%s/*.parquet", path);
    if (status == FS_OK) status = fs_engine_add_text(sql, all.data);
    fs_buffer_free(&all);
    return status;
}
