/* Folders: made with those above them, as far as they are not there yet; and what lies in them. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
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

/* ---- what lies in a folder ---- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool ends_in(const char *name, const char *ending)
{
    size_t size = strlen(name), end = strlen(ending);
    return name[0] != '.' && size > end && strcmp(name + size - end, ending) == 0;
}

static fs_status keep_names(fs_arena *arena, struct dirent **entry, int entries, const char *ending,
                            const char *const **name, int *count)
{
    const char **kept = fs_arena_alloc(arena, sizeof *kept * (size_t)(entries + 1));
    if (!kept) return FS_MEMORY;
    for (int i = 0; i < entries; i++) {
        if (!ends_in(entry[i]->d_name, ending)) continue;
        if (!(kept[*count] = fs_arena_strdup(arena, entry[i]->d_name))) return FS_MEMORY;
        ++*count;
    }
    *name = kept;
    return FS_OK;
}

fs_status fs_list_folder(fs_arena *arena, const char *folder, const char *ending,
                         const char *const **name, int *count, fs_error *error)
{
    struct dirent **entry;
    *name = NULL;
    *count = 0;
    int entries = scandir(folder, &entry, NULL, by_name);
    if (entries < 0)
        return errno == ENOENT ? FS_OK : fs_fail_errno(error, "read the folder", folder);
    fs_status status = keep_names(arena, entry, entries, ending, name, count);
    for (int i = 0; i < entries; i++) free(entry[i]);
    free(entry);
    return status == FS_OK ? FS_OK : fs_fail_memory(error, 64);
}
