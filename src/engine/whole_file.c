/* Files that survive a kill: written under a temporary name beside, brought to the disk, renamed. A reader
 * sees the whole file or the one before. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plan_internal.h"

fs_status fs_engine_sync(const char *path, fs_error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return fs_fail_errno(error, "open", path);
    /* Some file systems have nothing to bring to a disk (EINVAL), which is no fault. */
    bool fine = fsync(file) == 0 || errno == EINVAL || errno == EROFS;
    fs_status status = fine ? FS_OK : fs_fail_errno(error, "write", path);
    close(file);
    return status;
}

static fs_status sync_folder_of(const char *path, fs_error *error)
{
    char *copy = fs_strdup(path);
    if (!copy) return fs_fail_memory(error, strlen(path));
    fs_status status = fs_engine_sync(dirname(copy), error);
    fs_free(copy);
    return status;
}

static fs_status write_all(int file, const char *data, size_t bytes, const char *path,
                           fs_error *error)
{
    while (bytes > 0) {
        ssize_t written = write(file, data, bytes);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fs_fail_errno(error, "write", path);
        data += written;
        bytes -= (size_t)written;
    }
    return fsync(file) == 0 || errno == EINVAL ? FS_OK : fs_fail_errno(error, "write", path);
}

static fs_status write_temporary(const char *temporary, const void *data, size_t bytes,
                                 fs_error *error)
{
    int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) return fs_fail_errno(error, "write", temporary);
    fs_status status = write_all(file, data, bytes, temporary, error);
    if (close(file) != 0 && status == FS_OK) status = fs_fail_errno(error, "write", temporary);
    return status;
}

fs_status fs_engine_write_file(const char *path, const void *data, size_t bytes, fs_error *error)
{
    fs_buffer temporary = {0};
    fs_status status = fs_buffer_printf(&temporary, "%s.tmp", path);
    if (status != FS_OK) return fs_fail_memory(error, strlen(path));
    status = write_temporary(temporary.data, data, bytes, error);
    if (status == FS_OK && rename(temporary.data, path) != 0)
        status = fs_fail_errno(error, "write", path);
    if (status == FS_OK)
        status = sync_folder_of(path, error);
    else
        unlink(temporary.data);
    fs_buffer_free(&temporary);
    return status;
}

static fs_status copy_bytes(int from, int to, const char *source, const char *path, fs_error *error)
{
    char buffer[1 << 16];
    for (;;) {
        ssize_t got = read(from, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fs_fail_errno(error, "read", source);
        if (got == 0) break;
        const char *at = buffer;
        while (got > 0) {
            ssize_t written = write(to, at, (size_t)got);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return fs_fail_errno(error, "write", path);
            at += written;
            got -= written;
        }
    }
    return fsync(to) == 0 || errno == EINVAL ? FS_OK : fs_fail_errno(error, "write", path);
}

fs_status fs_engine_copy_file(const char *source, const char *path, fs_error *error)
{
    int from = open(source, O_RDONLY | O_CLOEXEC);
    if (from < 0) return fs_fail_errno(error, "read", source);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    fs_status status =
        to < 0 ? fs_fail_errno(error, "write", path) : copy_bytes(from, to, source, path, error);
    if (to >= 0 && close(to) != 0 && status == FS_OK) status = fs_fail_errno(error, "write", path);
    close(from);
    return status;
}

fs_status fs_engine_link_file(const char *source, const char *path, fs_error *error)
{
    fs_buffer temporary = {0};
    if (fs_buffer_printf(&temporary, "%s.link", path) != FS_OK)
        return fs_fail_memory(error, strlen(path));
    unlink(temporary.data);
    fs_status status = FS_OK;
    if (link(source, temporary.data) != 0)
        status = fs_engine_copy_file(source, temporary.data, error);
    if (status == FS_OK && rename(temporary.data, path) != 0)
        status = fs_fail_errno(error, "write", path);
    unlink(temporary.data); /* also where both names were the same file: rename then does nothing */
    fs_buffer_free(&temporary);
    return status;
}
