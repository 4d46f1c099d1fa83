/* Run folders: a reader sees a whole run or the one before.
 *
 *     PROJECT/runs/.lock            held by flock() while a run is at work; says by whom
 *     PROJECT/runs/STAMP.partial    the run that is being made
 *     PROJECT/runs/STAMP            a whole run; holds an empty file `done`
 *     PROJECT/runs/latest           symbolic link to the newest whole run
 *
 * STAMP is the start in UTC, 2026-11-24T041500Z, with -2, -3 … where it is taken. Publishing is: `done`
 * written, folders brought to the disk, STAMP.partial renamed to STAMP, and a new link renamed over
 * `latest`. Each is one atomic step, and `latest` points to a whole run after each of them. The lock
 * belongs to the open file, so it ends with the process however that ends, and no stale lock can stand.
 * Only folders whose name is a stamp and .partial are ever removed.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "plan_internal.h"

#define PARTIAL       ".partial"
#define STAMP_LETTERS 18 /* 2026-11-24T041500Z */

struct fs_run_folder {
    fs_arena arena;
    const char *runs; /* PROJECT/runs */
    const char *path; /* of the run: partial, then published */
    const char *earlier;
    int lock;
    bool published;
};

static const char *join(fs_run_folder *f, const char *folder, const char *name, const char *ending,
                        fs_error *error)
{
    const char *path = fs_arena_printf(&f->arena, "%s/%s%s", folder, name, ending);
    if (!path) fs_fail_memory(error, strlen(folder) + strlen(name));
    return path;
}

/* ---- the lock ---- */

static fs_status tell_busy(int lock, const char *path, fs_error *error)
{
    char holder[128] = "";
    ssize_t got = pread(lock, holder, sizeof holder - 1, 0);
    holder[got > 0 ? got : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    fs_fail(error, FS_BUSY, "another run (%s) is at work on this project",
            *holder ? holder : "process unknown");
    fs_error_at(error, path, 0, NULL);
    return fs_error_remedy(error,
                           "wait until it is done, or stop it; what it made is kept for --resume"),
           FS_BUSY;
}

static fs_status write_holder(int lock, const char *path, fs_error *error)
{
    char text[96];
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    int size = snprintf(text, sizeof text, "process %ld, since %02d:%02d UTC\n", (long)getpid(),
                        utc.tm_hour, utc.tm_min);
    if (ftruncate(lock, 0) == 0 && pwrite(lock, text, (size_t)size, 0) == size) return FS_OK;
    return fs_fail_errno(error, "write", path);
}

static fs_status take_lock(fs_run_folder *f, fs_error *error)
{
    const char *path = join(f, f->runs, ".lock", "", error);
    if (!path) return FS_MEMORY;
    f->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (f->lock < 0) return fs_fail_errno(error, "write", path);
    while (flock(f->lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno == EWOULDBLOCK) return tell_busy(f->lock, path, error);
        return fs_fail_errno(error, "lock", path);
    }
    return write_holder(f->lock, path, error);
}

/* ---- stamps ---- */

/* dddd-dd-ddTddddddZ, perhaps -n */
bool fs_engine_is_stamp(const char *name, size_t size)
{
    static const char form[] = "dddd-dd-ddTddddddZ";
    if (size < STAMP_LETTERS) return false;
    for (size_t i = 0; i < STAMP_LETTERS; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)name[i]) : name[i] != form[i]) return false;
    if (size == STAMP_LETTERS) return true;
    if (name[STAMP_LETTERS] != '-' || size == STAMP_LETTERS + 1) return false;
    for (size_t i = STAMP_LETTERS + 1; i < size; i++)
        if (!isdigit((unsigned char)name[i])) return false;
    return true;
}

static bool is_partial(const char *name)
{
    size_t size = strlen(name), ending = strlen(PARTIAL);
    return size > ending && strcmp(name + size - ending, PARTIAL) == 0 &&
           fs_engine_is_stamp(name, size - ending);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path) != 0 && errno != ENOENT ? -1 : 0;
}

static fs_status remove_folder(const char *path, fs_error *error)
{
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT) return FS_OK;
    return fs_fail_errno(error, "remove the unfinished run", path);
}

static fs_status keep_newest(fs_run_folder *f, const char *name, const char **newest,
                             fs_error *error)
{
    const char *drop = name;
    if (!*newest || strcmp(name, *newest) > 0) {
        drop = *newest;
        *newest = fs_arena_strdup(&f->arena, name);
        if (!*newest) return fs_fail_memory(error, strlen(name));
    }
    if (!drop) return FS_OK;
    const char *path = join(f, f->runs, drop, "", error);
    return path ? remove_folder(path, error) : FS_MEMORY;
}

/* Removes what dead runs left; when resuming the newest stays, and *newest is its name. */
static fs_status clear_partials(fs_run_folder *f, bool resume, const char **newest, fs_error *error)
{
    DIR *folder = opendir(f->runs);
    if (!folder) return fs_fail_errno(error, "read", f->runs);
    fs_status status = FS_OK;
    struct dirent *entry;
    while (status == FS_OK && (entry = readdir(folder))) {
        if (!is_partial(entry->d_name)) continue;
        if (resume) {
            status = keep_newest(f, entry->d_name, newest, error);
            continue;
        }
        const char *path = join(f, f->runs, entry->d_name, "", error);
        status = path ? remove_folder(path, error) : FS_MEMORY;
    }
    closedir(folder);
    return status;
}

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

/* ---- opening ---- */

static fs_status new_folder(fs_run_folder *f, fs_error *error)
{
    char stamp[64];
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H%M%SZ", &utc);
    for (int n = 1;; n++) {
        if (n > 1) snprintf(stamp + STAMP_LETTERS, sizeof stamp - STAMP_LETTERS, "-%d", n);
        const char *whole = join(f, f->runs, stamp, "", error);
        f->path = whole ? join(f, f->runs, stamp, PARTIAL, error) : NULL;
        if (!f->path) return FS_MEMORY;
        if (is_there(whole)) continue;
        if (mkdir(f->path, 0777) == 0) return FS_OK;
        if (errno != EEXIST) return fs_fail_errno(error, "make the folder", f->path);
    }
}

/* The run that `latest` points to, if it is whole. */
static fs_status find_latest(fs_run_folder *f, fs_error *error)
{
    char target[256];
    const char *link = join(f, f->runs, "latest", "", error);
    if (!link) return FS_MEMORY;
    ssize_t size = readlink(link, target, sizeof target - 1);
    if (size <= 0) return FS_OK;
    target[size] = '\0';
    if (!fs_engine_is_stamp(target, (size_t)size)) return FS_OK;
    const char *path = join(f, f->runs, target, "", error);
    if (!path) return FS_MEMORY;
    if (is_there(path)) f->earlier = path;
    return FS_OK;
}

static fs_status make_runs(fs_run_folder *f, const char *project, fs_error *error)
{
    f->runs = join(f, project, "runs", "", error);
    if (!f->runs) return FS_MEMORY;
    return fs_make_folder(f->runs, error);
}

static fs_status open_run(fs_run_folder *f, const char *project, bool resume, fs_error *error)
{
    const char *partial = NULL;
    FS_TRY(make_runs(f, project, error));
    FS_TRY(take_lock(f, error));
    FS_TRY(clear_partials(f, resume, &partial, error));
    if (!partial) {
        FS_TRY(new_folder(f, error));
        return resume ? find_latest(f, error) : FS_OK;
    }
    f->path = f->earlier = join(f, f->runs, partial, "", error);
    return f->path ? FS_OK : FS_MEMORY;
}

static fs_status lock_runs(fs_run_folder *f, const char *project, bool resume, fs_error *error)
{
    (void)resume;
    FS_TRY(make_runs(f, project, error));
    FS_TRY(take_lock(f, error));
    return clear_partials(f, false, NULL, error);
}

typedef fs_status (*opener)(fs_run_folder *f, const char *project, bool resume, fs_error *error);

static fs_status open_by(opener open, const char *project, bool resume, fs_run_folder **folder,
                         fs_error *error)
{
    *folder = NULL;
    fs_run_folder *f = fs_alloc_zero(1, sizeof *f);
    if (!f) return fs_fail_memory(error, sizeof *f);
    f->lock = -1;
    fs_status status = open(f, project, resume, error);
    if (status == FS_OK)
        *folder = f;
    else
        fs_run_folder_close(f);
    return status;
}

fs_status fs_run_folder_open(const char *project, bool resume, fs_run_folder **folder,
                             fs_error *error)
{
    return open_by(open_run, project, resume, folder, error);
}

fs_status fs_run_folder_lock(const char *project, fs_run_folder **folder, fs_error *error)
{
    return open_by(lock_runs, project, false, folder, error);
}

const char *fs_run_folder_path(const fs_run_folder *folder) { return folder->path; }
const char *fs_run_folder_earlier(const fs_run_folder *folder) { return folder->earlier; }

/* ---- publishing ---- */

/* `latest` becomes a link to `stamp` by one rename. */
static fs_status point_latest(fs_run_folder *f, const char *stamp, fs_error *error)
{
    const char *fresh = join(f, f->runs, ".latest.tmp", "", error);
    const char *latest = fresh ? join(f, f->runs, "latest", "", error) : NULL;
    if (!latest) return FS_MEMORY;
    unlink(fresh);
    if (symlink(stamp, fresh) != 0) return fs_fail_errno(error, "link", latest);
    if (rename(fresh, latest) != 0) return fs_fail_errno(error, "link", latest);
    return fs_engine_sync(f->runs, error);
}

fs_status fs_run_folder_publish(fs_run_folder *f, const char **path, fs_error *error)
{
    const char *name = strrchr(f->path, '/') + 1;
    const char *stamp = fs_arena_strndup(&f->arena, name, strlen(name) - strlen(PARTIAL));
    if (!stamp) return fs_fail_memory(error, strlen(name));
    const char *whole = join(f, f->runs, stamp, "", error);
    const char *done = whole ? join(f, f->path, "done", "", error) : NULL;
    if (!done) return FS_MEMORY;
    FS_TRY(fs_engine_write_file(done, "", 0, error));
    FS_TRY(fs_engine_sync(f->path, error));
    if (rename(f->path, whole) != 0) return fs_fail_errno(error, "publish the run as", whole);
    f->path = whole;
    f->published = true;
    FS_TRY(fs_engine_sync(f->runs, error));
    FS_TRY(point_latest(f, stamp, error));
    if (path) *path = whole;
    return FS_OK;
}

void fs_run_folder_close(fs_run_folder *f)
{
    if (!f) return;
    if (f->lock >= 0) close(f->lock);
    fs_arena_free(&f->arena);
    fs_free(f);
}
