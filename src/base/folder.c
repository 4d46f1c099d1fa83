/* Folders: made with those above them, as far as they are not there yet. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "foresell/base.h"

/* Whether the folder is there now; errno says why not. */
static bool make_one(const char *path)
{
    struct stat info;
    if (mkdir(path, 0777) == 0) return true;
    int number = errno;
    if (number != ENOENT && stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode)) return true;
        number = number == EEXIST ? ENOTDIR : number;
    }
    errno = number;
    return false;
}

fs_status fs_make_folder(const char *path, fs_error *error)
{
    if (make_one(path)) return FS_OK;
    if (errno != ENOENT || !*path) return fs_fail_errno(error, "make the folder", path);
    char *part = fs_strdup(path);
    if (!part) return fs_fail_memory(error, strlen(path) + 1);
    bool made = true;
    for (char *slash = strchr(part + 1, '/'); slash && made; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        made = make_one(part);
        *slash = '/';
    }
    fs_status status =
        made && make_one(path) ? FS_OK : fs_fail_errno(error, "make the folder", path);
    fs_free(part);
    return status;
}
