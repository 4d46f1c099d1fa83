/* The digest of a file as it is stored, by which a later run knows it again.
 *
 * An SQLite database in WAL mode keeps what was written last in FILE-wal until a checkpoint moves it: both are
 * digested, one behind the other. An empty FILE-wal is as none. One pass, memory for one chunk. Each table of a
 * database asks for it: what was found is kept until the size or a time of one of the two files changes.
 */
#include <string.h>
#include <sys/stat.h>

#include "raw_internal.h"

static fs_status add_file(fs_engine *engine, const char *path, fs_digest *digest, int64_t *bytes,
                          fs_error *error)
{
    fs_reader reader;
    size_t got = 0, capacity = 1u << 18;
    FS_TRY(fs_raw_open(engine, path, &reader, error));
    char *data = fs_alloc(capacity);
    fs_status status = data ? FS_OK : fs_fail_memory(error, capacity);
    while (status == FS_OK) {
        status = reader.read(reader.context, data, capacity, &got, error);
        if (status != FS_OK || got == 0) break;
        fs_digest_add(digest, data, got);
        *bytes += (int64_t)got;
    }
    reader.close(reader.context);
    fs_free(data);
    return status;
}

/* ---- databases ---- */

static void stamp_of(const char *path, int64_t stamp[3])
{
    struct stat info;
    bool there = stat(path, &info) == 0 && info.st_size > 0;
    stamp[0] = there ? (int64_t)info.st_size : 0;
    stamp[1] = there ? (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec : 0;
    stamp[2] = there ? (int64_t)info.st_ctim.tv_sec * 1000000000 + info.st_ctim.tv_nsec : 0;
}

static bool find_kept(fs_engine *engine, const char *path, const int64_t stamp[6], int64_t *bytes,
                      char hex[FS_DIGEST_HEX])
{
    pthread_mutex_lock(&engine->lock);
    const struct fs_digested *at = engine->digested; /* the latest first */
    while (at && strcmp(at->path, path) != 0) at = at->next;
    bool same = at && memcmp(at->stamp, stamp, sizeof at->stamp) == 0;
    if (same) *bytes = at->bytes, memcpy(hex, at->digest, FS_DIGEST_HEX);
    pthread_mutex_unlock(&engine->lock);
    return same;
}

/* Without memory it is read once more by the next who asks. */
static void keep(fs_engine *engine, const char *path, const int64_t stamp[6], int64_t bytes,
                 const char hex[FS_DIGEST_HEX])
{
    pthread_mutex_lock(&engine->lock);
    struct fs_digested *entry = fs_arena_zero(&engine->names, sizeof *entry);
    const char *copy = entry ? fs_arena_strdup(&engine->names, path) : NULL;
    if (copy) {
        *entry = (struct fs_digested){.next = engine->digested, .path = copy, .bytes = bytes};
        memcpy(entry->stamp, stamp, sizeof entry->stamp);
        memcpy(entry->digest, hex, FS_DIGEST_HEX);
        engine->digested = entry;
    }
    pthread_mutex_unlock(&engine->lock);
}

static fs_status digest_both(fs_engine *engine, const char *file, const char *log, int64_t *bytes,
                             char hex[FS_DIGEST_HEX], fs_error *error)
{
    int64_t stamp[6];
    fs_digest digest;
    stamp_of(file, stamp);
    stamp_of(log, stamp + 3);
    if (find_kept(engine, file, stamp, bytes, hex)) return FS_OK;
    fs_digest_start(&digest);
    FS_TRY(add_file(engine, file, &digest, bytes, error));
    if (stamp[3] > 0) FS_TRY(add_file(engine, log, &digest, bytes, error));
    fs_digest_end(&digest, hex);
    keep(engine, file, stamp, *bytes, hex);
    return FS_OK;
}

static fs_status digest_database(fs_engine *engine, const char *file, int64_t *bytes,
                                 char hex[FS_DIGEST_HEX], fs_error *error)
{
    fs_buffer log = {0};
    fs_status status = fs_buffer_printf(&log, "%s-wal", file) == FS_OK
                           ? digest_both(engine, file, log.data, bytes, hex, error)
                           : fs_fail_memory(error, strlen(file));
    fs_buffer_free(&log);
    return status;
}

/* ---- any file ---- */

fs_status fs_engine_digest(fs_engine *engine, const char *path, fs_format format, int64_t *bytes,
                           char hex[FS_DIGEST_HEX], fs_error *error)
{
    struct stat info;
    bool database = format == FS_FORMAT_DATABASE;
    const char *file = database ? fs_raw_sqlite_file(path) : path;
    *bytes = 0;
    hex[0] = '\0';
    FS_TRY(fs_raw_local(engine, file, &file, error));
    if (database) return fs_url_is(file) ? FS_OK : digest_database(engine, file, bytes, hex, error);
    bool lake = fs_raw_is_store(file) && file[strlen(file) - 1] == '/';
    if (lake || (stat(file, &info) == 0 && S_ISDIR(info.st_mode))) return FS_OK;
    fs_digest digest;
    fs_digest_start(&digest);
    FS_TRY(add_file(engine, file, &digest, bytes, error));
    fs_digest_end(&digest, hex);
    return FS_OK;
}
