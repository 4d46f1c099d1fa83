/* Local files and standard input as readers.
 *
 * A file's size and time of change are noted at opening and compared at its end: a file that
 * somebody else writes while we read it would give a table that nobody ever had, so it is an error.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source_internal.h"

typedef struct file {
    int descriptor;
    bool regular;
    struct stat opened;
    int64_t taken;
    char name[]; /* for messages */
} file;

static fs_status fail_changed(const file *f, fs_error *error, const char *how, int64_t now)
{
    fs_fail(error, FS_DATA, "%s %s while it was read: %lld bytes at first, now %lld", f->name, how,
            (long long)f->opened.st_size, (long long)now);
    fs_error_at(error, f->name, 0, NULL);
    fs_error_remedy(error, "wait until whatever writes the file has finished, then start again");
    return FS_DATA;
}

static fs_status check_unchanged(const file *f, fs_error *error)
{
    if (!f->regular) return FS_OK;
    struct stat now;
    if (fstat(f->descriptor, &now) != 0) return fs_fail_errno(error, "look at", f->name);
    int64_t size = now.st_size;
    if (f->taken < f->opened.st_size || size < f->opened.st_size)
        return fail_changed(f, error, "became shorter", size < f->taken ? size : f->taken);
    if (size > f->opened.st_size) return fail_changed(f, error, "grew", size);
    if (now.st_mtim.tv_sec != f->opened.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != f->opened.st_mtim.tv_nsec)
        return fail_changed(f, error, "was written to", size);
    return FS_OK;
}

static fs_status file_read(void *context, void *data, size_t capacity, size_t *got, fs_error *error)
{
    file *f = context;
    ssize_t bytes;
    do bytes = read(f->descriptor, data, capacity);
    while (bytes < 0 && errno == EINTR);
    if (bytes < 0) return fs_fail_errno(error, "read", f->name);
    *got = (size_t)bytes;
    f->taken += bytes;
    return bytes == 0 && capacity > 0 ? check_unchanged(f, error) : FS_OK;
}

static void file_close(void *context)
{
    file *f = context;
    if (f->descriptor != STDIN_FILENO) close(f->descriptor);
    fs_free(f);
}

static fs_status look_at(file *f, fs_error *error)
{
    if (fstat(f->descriptor, &f->opened) != 0) return fs_fail_errno(error, "look at", f->name);
    if (S_ISDIR(f->opened.st_mode)) {
        errno = EISDIR;
        fs_fail_errno(error, "read", f->name);
        fs_error_remedy(error, "name a file in it");
        return FS_RESOURCE;
    }
    f->regular = S_ISREG(f->opened.st_mode) && f->descriptor != STDIN_FILENO;
    return FS_OK;
}

static fs_status remedy_for(int number, const char *path, fs_error *error)
{
    if (number == ENOENT)
        fs_error_remedy(error, "check the spelling, or whether the disk with it is mounted");
    if (number == EACCES || number == EPERM)
        fs_error_remedy(error, "give this user the right to read it (chmod u+r '%s')", path);
    return FS_RESOURCE;
}

fs_status fs_reader_open_file(const char *path, fs_reader *reader, fs_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "standard input" : path;
    *reader = (fs_reader){.size = -1};
    file *f = fs_alloc(sizeof *f + strlen(name) + 1);
    if (!f) return fs_fail_memory(error, sizeof *f);
    *f = (file){.descriptor = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)};
    strcpy(f->name, name);
    if (f->descriptor < 0) {
        int number = errno;
        fs_status status = fs_fail_errno(error, "open", path);
        remedy_for(number, path, error);
        fs_free(f);
        return status;
    }
    fs_status status = look_at(f, error);
    if (status != FS_OK) {
        file_close(f);
        return status;
    }
    *reader = (fs_reader){.context = f,
                          .read = file_read,
                          .close = file_close,
                          .size = f->regular ? f->opened.st_size : -1};
    return FS_OK;
}

/* ---- memory ---- */

static fs_status memory_read(void *context, void *data, size_t capacity, size_t *got,
                             fs_error *error)
{
    fs_source_memory *m = context;
    (void)error;
    *got = m->left < capacity ? m->left : capacity;
    if (*got) memcpy(data, m->data, *got);
    m->data += *got;
    m->left -= *got;
    return FS_OK;
}

fs_reader fs_source_reader_memory(fs_source_memory *memory)
{
    return (fs_reader){.context = memory, .read = memory_read, .size = (int64_t)memory->left};
}
