/* The digest of a file as it is stored, by which a later run knows it again.
 *
 * An SQLite database in WAL mode keeps what was written last in FILE-wal until a checkpoint moves it: both are
 * digested, one behind the other. An empty FILE-wal is as none. One pass, memory for one chunk.
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

static fs_status add_log(fs_engine *engine, const char *file, fs_digest *digest, int64_t *bytes,
                         fs_error *error)
{
    fs_buffer log = {0};
    struct stat info;
    if (fs_buffer_printf(&log, "%s-wal", file) != FS_OK) return fs_fail_memory(error, strlen(file));
    fs_status status = FS_OK;
    if (stat(log.data, &info) == 0) status = add_file(engine, log.data, digest, bytes, error);
    fs_buffer_free(&log);
    return status;
}

fs_status fs_engine_digest(fs_engine *engine, const char *path, fs_format format, int64_t *bytes,
                           char hex[FS_DIGEST_HEX], fs_error *error)
{
    struct stat info;
    bool database = format == FS_FORMAT_DATABASE;
    const char *file = database ? fs_raw_sqlite_file(path) : path;
    *bytes = 0;
    hex[0] = '\0';
    if (database && fs_url_is(file)) return FS_OK;
    if (stat(file, &info) == 0 && S_ISDIR(info.st_mode)) return FS_OK;
    fs_digest digest;
    fs_digest_start(&digest);
    FS_TRY(add_file(engine, file, &digest, bytes, error));
    if (database) FS_TRY(add_log(engine, file, &digest, bytes, error));
    fs_digest_end(&digest, hex);
    return FS_OK;
}
