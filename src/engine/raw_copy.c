/* Local copies of files of HDFS, which everything that reads a source reads in their place.
 *
 * A file is copied once into the scratch folder, as SCRATCH/hdfs-N/NAME (folders like year=2023 before it are kept, since
 * they are columns), and removed when the engine closes. It is whole: its length is the one that the namenode
 * says, and that and its time of change are the same before and after. One that somebody still writes is refused. Errors
 * speak of the address, never of the copy.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "webhdfs_internal.h"

#define TRIES 3 /* a file that is written anew just now may be whole the next time */

bool fs_raw_is_hdfs(const char *path)
{
    static const char *const schemes[] = {"hdfs://", "webhdfs://", "swebhdfs://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncasecmp(path, schemes[i], strlen(schemes[i])) == 0) return true;
    return false;
}

/* ---- one file ---- */

static fs_status fail_being_written(const fs_hdfs_place *place, const char *how, fs_error *error)
{
    fs_fail(error, FS_DATA, "%s%s %s", place->before, place->path, how);
    fs_error_remedy(error, "wait until whatever writes the file has finished, then start again");
    return FS_DATA;
}

static fs_status look(fs_hdfs *hdfs, const fs_hdfs_place *place, fs_hdfs_status *status,
                      fs_error *error)
{
    bool there;
    FS_TRY(fs_hdfs_look(hdfs, place->path, &there, status, error));
    if (!status->folder) return FS_OK;
    fs_fail(error, FS_RESOURCE, "%s%s is a folder", place->before, place->path);
    return fs_error_remedy(error, "name a file in it, or all of them: %s%s/*", place->before,
                           place->path);
}

static fs_status read_anew(fs_hdfs *hdfs, const fs_hdfs_place *place, int64_t length, int file,
                           fs_error *error)
{
    if (ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0)
        return fs_fail_errno(error, "write into", "the scratch folder");
    return fs_hdfs_read(hdfs, place->path, length, file, error);
}

static fs_status copy_whole(fs_hdfs *hdfs, const fs_hdfs_place *place, int file, fs_error *error)
{
    fs_hdfs_status before, after;
    bool open;
    FS_TRY(look(hdfs, place, &before, error));
    for (int number = 0; number < TRIES; number++) {
        FS_TRY(fs_hdfs_is_open(hdfs, place->path, &open, error));
        if (open) return fail_being_written(place, "is still being written", error);
        FS_TRY(read_anew(hdfs, place, before.length, file, error));
        FS_TRY(look(hdfs, place, &after, error));
        if (after.length == before.length && after.modified == before.modified) return FS_OK;
        before = after;
    }
    return fail_being_written(place, "was changed while it was read", error);
}

static fs_status copy(fs_engine *engine, const fs_hdfs_place *place, const char *into,
                      fs_error *error)
{
    fs_hdfs *hdfs;
    FS_TRY(fs_hdfs_open(engine, place, &hdfs, error));
    int file = open(into, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    fs_status status =
        file < 0 ? fs_fail_errno(error, "write", into) : copy_whole(hdfs, place, file, error);
    if (file >= 0 && close(file) != 0 && status == FS_OK)
        status = fs_fail_errno(error, "write", into);
    fs_hdfs_close(hdfs);
    return status;
}

/* ---- where it lies ---- */

/* SCRATCH/hdfs-N/year=2023/NAME */
static fs_status name_copy(fs_engine *engine, const char *path, fs_buffer *out)
{
    FS_TRY(fs_buffer_printf(out, "%s/hdfs-%lld", engine->scratch, fs_engine_serial(engine)));
    for (const char *at = path; *at;) {
        at += strspn(at, "/");
        size_t bytes = strcspn(at, "/");
        bool last = !at[bytes], partition = memchr(at, '=', bytes);
        if (last || partition) FS_TRY(fs_buffer_printf(out, "/%.*s", (int)bytes, at));
        at += bytes;
    }
    return FS_OK;
}

static fs_status make_place(const char *file, fs_error *error)
{
    fs_buffer folder = {0};
    fs_status status = fs_buffer_add(&folder, file, (size_t)(strrchr(file, '/') - file)) == FS_OK
                           ? fs_make_folder(folder.data, error)
                           : fs_fail_memory(error, strlen(file));
    fs_buffer_free(&folder);
    return status;
}

/* The copy, and the folders that were made for it. */
static void remove_copy(const char *scratch, const char *file)
{
    char path[4096];
    size_t bytes = strlen(scratch);
    snprintf(path, sizeof path, "%s", file);
    unlink(path);
    for (char *slash; (slash = strrchr(path, '/')) && slash > path + bytes;) {
        *slash = '\0';
        if (rmdir(path) != 0) return;
    }
}

/* ---- once each ---- */

/* The entry of an address, made where there is none; NULL: no memory. Called under the engine's lock. */
static struct fs_copied *find_entry(fs_engine *engine, const char *path)
{
    size_t place =
        fs_hash(path, strlen(path), 0) % (sizeof engine->copied / sizeof *engine->copied);
    struct fs_copied *at = engine->copied[place];
    while (at && strcmp(at->path, path) != 0) at = at->next;
    if (at) return at;
    at = fs_arena_zero(&engine->names, sizeof *at);
    const char *name = at ? fs_arena_strdup(&engine->names, path) : NULL;
    if (!name) return NULL;
    *at = (struct fs_copied){.next = engine->copied[place], .path = name};
    return engine->copied[place] = at;
}

static fs_status make_copy(fs_engine *engine, struct fs_copied *entry, fs_error *error)
{
    fs_arena arena = {0};
    fs_buffer name = {0};
    fs_hdfs_place place;
    fs_status status = fs_hdfs_find(&arena, entry->path, &place, error);
    if (status == FS_OK && name_copy(engine, place.path, &name) != FS_OK)
        status = fs_fail_memory(error, strlen(place.path));
    if (status == FS_OK) status = make_place(name.data, error);
    if (status == FS_OK) {
        status = copy(engine, &place, name.data, error);
        if (status != FS_OK) remove_copy(engine->scratch, name.data);
    }
    pthread_mutex_lock(&engine->lock);
    entry->file = status == FS_OK ? fs_arena_strdup(&engine->names, name.data) : NULL;
    pthread_mutex_unlock(&engine->lock);
    if (status == FS_OK && !entry->file) {
        status = fs_fail_memory(error, name.size);
        remove_copy(engine->scratch, name.data);
    }
    fs_buffer_free(&name);
    fs_arena_free(&arena);
    return status;
}

/* Two that want the same file at once copy it one after the other: the second finds it there. */
fs_status fs_raw_local(fs_engine *engine, const char *path, const char **file, fs_error *error)
{
    *file = path;
    if (!fs_raw_is_hdfs(path)) return FS_OK;
    pthread_mutex_lock(&engine->wanting);
    pthread_mutex_lock(&engine->lock);
    struct fs_copied *entry = find_entry(engine, path);
    pthread_mutex_unlock(&engine->lock);
    fs_status status = entry ? FS_OK : fs_fail_memory(error, sizeof *entry);
    if (entry && !entry->file) status = make_copy(engine, entry, error);
    if (entry) *file = entry->file;
    pthread_mutex_unlock(&engine->wanting);
    return status;
}

void fs_raw_remove_copies(fs_engine *engine)
{
    for (size_t i = 0; i < sizeof engine->copied / sizeof *engine->copied; i++)
        for (struct fs_copied *at = engine->copied[i]; at; at = at->next)
            if (at->file) remove_copy(engine->scratch, at->file);
}

/* ---- what is said of it ---- */

static void put_address(char *text, size_t capacity, const char *file, const char *path)
{
    fs_error said; /* cuts at a character */
    char *at = strstr(text, file);
    if (!at) return;
    *at = '\0';
    fs_fail(&said, FS_FAILED, "%s%s%s", text, path, at + strlen(file));
    snprintf(text, capacity, "%s", said.message);
}

void fs_raw_say_addresses(fs_engine *engine, fs_error *error)
{
    if (!error || !strstr(error->message, "/hdfs-")) return;
    pthread_mutex_lock(&engine->lock);
    for (size_t i = 0; i < sizeof engine->copied / sizeof *engine->copied; i++)
        for (const struct fs_copied *at = engine->copied[i]; at; at = at->next)
            if (at->file) put_address(error->message, sizeof error->message, at->file, at->path);
    pthread_mutex_unlock(&engine->lock);
}
