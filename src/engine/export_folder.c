/* A run as Parquet in a folder.
 *
 *     TO/STAMP.partial    what is being written; locked by whoever writes it
 *     TO/STAMP            a whole export
 *
 * As with runs (run_folder.c) the folder appears by one rename, after all in it is on the disk. The lock is that of the
 * folder itself, so it ends with the process, and an unfinished export is emptied and written anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export_internal.h"

/* ---- whole folders ---- */

static int remove_inside(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type;
    return walk->level > 0 && remove(path) != 0 ? -1 : 0;
}

static int sync_each(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return fs_engine_sync(path, NULL) == FS_OK ? 0 : -1;
}

/* ---- the folder that is written ---- */

static fs_status fail_there(const char *whole, fs_error *error)
{
    fs_fail(error, FS_USAGE, "%s is there already, and nothing is written over", whole);
    fs_error_remedy(error, "remove it, or export to another folder");
    return FS_USAGE;
}

static fs_status fail_busy(const char *partial, fs_error *error)
{
    fs_fail(error, FS_BUSY, "another export is at work on %s", partial);
    fs_error_remedy(error, "wait until it is done, or stop it");
    return FS_BUSY;
}

/* Opens the folder and locks it. It may have been published between the two: then it is another's. */
static fs_status claim(const char *partial, int *lock, fs_error *error)
{
    struct stat held, named;
    if (mkdir(partial, 0777) != 0 && errno != EEXIST)
        return fs_fail_errno(error, "make the folder", partial);
    *lock = open(partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*lock < 0) return fs_fail_errno(error, "write into", partial);
    if (flock(*lock, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? fail_busy(partial, error)
                                    : fs_fail_errno(error, "lock", partial);
    if (fstat(*lock, &held) != 0 || lstat(partial, &named) != 0 || held.st_ino != named.st_ino)
        return fail_busy(partial, error);
    if (nftw(partial, remove_inside, 16, FTW_DEPTH | FTW_PHYS) == 0) return FS_OK;
    return fs_fail_errno(error, "empty", partial);
}

/* ---- tables ---- */

static fs_status write_table(fs_engine *engine, const fs_export_run *run, const char *folder,
                             const fs_export_table *table, fs_error *error)
{
    int64_t rows = 0;
    const char *division = fs_export_division(run, table);
    fs_buffer select = {0}, path = {0};
    fs_status status = fs_export_add_rows(&select, table->name);
    if (status == FS_OK)
        status = fs_buffer_printf(&path, division ? "%s/%s" : "%s/%s.parquet", folder, table->name);
    if (status != FS_OK)
        fs_fail_memory(error, strlen(folder));
    else if (division)
        status = fs_engine_copy_parquet(engine, select.data, path.data, division, &rows, error);
    else
        status = fs_engine_write_parquet(engine, select.data, path.data, &rows, error);
    fs_buffer_free(&select);
    fs_buffer_free(&path);
    FS_TRY(status);
    return fs_export_check_rows(table, rows, error);
}

static fs_status write_tables(fs_engine *engine, const fs_export_run *run, const char *folder,
                              fs_error *error)
{
    for (int i = 0; i < run->tables; i++) {
        fs_export_progress(engine, run, i);
        FS_TRY(write_table(engine, run, folder, &run->table[i], error));
    }
    return FS_OK;
}

static fs_status write_manifest(fs_arena *arena, const fs_export_run *run, const char *folder,
                                fs_error *error)
{
    const char *from = fs_arena_printf(arena, "%s/manifest.json", run->folder);
    const char *to = from ? fs_arena_printf(arena, "%s/manifest.json", folder) : NULL;
    return to ? fs_engine_copy_file(from, to, error) : fs_fail_memory(error, strlen(folder));
}

static fs_status write_all(fs_engine *engine, fs_arena *arena, const fs_export_run *run,
                           const char *partial, const char *whole, fs_error *error)
{
    FS_TRY(write_tables(engine, run, partial, error));
    FS_TRY(write_manifest(arena, run, partial, error));
    if (nftw(partial, sync_each, 16, FTW_PHYS) != 0) return fs_fail_errno(error, "write", partial);
    if (rename(partial, whole) != 0) return fs_fail_errno(error, "publish the export as", whole);
    return fs_engine_sync(run->to, error);
}

static fs_status to_folder(fs_engine *engine, fs_arena *arena, const fs_export_run *run,
                           fs_error *error)
{
    int lock = -1;
    const char *whole = fs_arena_printf(arena, "%s/%s", run->to, fs_export_stamp(run));
    const char *partial = whole ? fs_arena_printf(arena, "%s.partial", whole) : NULL;
    if (!partial) return fs_fail_memory(error, strlen(run->to));
    if (access(whole, F_OK) == 0) return fail_there(whole, error);
    FS_TRY(fs_make_folder(run->to, error));
    fs_status status = claim(partial, &lock, error);
    if (status == FS_OK) status = write_all(engine, arena, run, partial, whole, error);
    if (lock >= 0) close(lock);
    return status;
}

fs_status fs_export_to_folder(fs_engine *engine, const fs_export_run *run, fs_error *error)
{
    fs_arena arena = {0};
    fs_status status = to_folder(engine, &arena, run, error);
    fs_arena_free(&arena);
    return status;
}
