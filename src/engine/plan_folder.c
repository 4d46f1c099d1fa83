/* The steps of a folder: every *.sql in it, in name order. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

/* A step's text is read by people; what is longer is not one. */
#define LONGEST_STEP (1 << 20)

static int is_sql(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + size - 4, ".sql") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static fs_status refuse(const char *path, const char *why, fs_error *error)
{
    fs_fail(error, FS_USAGE, "%s", why);
    fs_error_at(error, path, 0, NULL);
    return fs_error_remedy(error, "a step's file is text: a header and one SELECT"), FS_USAGE;
}

static fs_status read_open(FILE *file, const char *path, fs_buffer *text, fs_error *error)
{
    if (fs_buffer_reserve(text, LONGEST_STEP) != FS_OK) return fs_fail_memory(error, LONGEST_STEP);
    text->size = fread(text->data, 1, LONGEST_STEP, file);
    text->data[text->size] = '\0';
    if (ferror(file)) return fs_fail_errno(error, "read", path);
    if (text->size == LONGEST_STEP) return refuse(path, "the file is too long for a step", error);
    if (strlen(text->data) < text->size) return refuse(path, "the file holds NUL bytes", error);
    return FS_OK;
}

static fs_status add_file(fs_plan *plan, fs_engine *engine, const char *path, bool replace,
                          fs_error *error)
{
    FILE *file = fopen(path, "rbe");
    if (!file) return fs_fail_errno(error, "read", path);
    fs_buffer text = {0};
    fs_status status = read_open(file, path, &text, error);
    fclose(file);
    if (status == FS_OK) status = fs_plan_add(plan, engine, path, text.data, replace, error);
    fs_buffer_free(&text);
    return status;
}

fs_status fs_plan_folder_names(const char *folder, fs_buffer *names, fs_error *error)
{
    struct dirent **entry;
    int count = scandir(folder, &entry, is_sql, by_name);
    if (count < 0) return errno == ENOENT ? FS_OK : fs_fail_errno(error, "read the folder", folder);
    fs_status status = FS_OK;
    for (int i = 0; i < count; i++) {
        const char *name = entry[i]->d_name + strspn(entry[i]->d_name, "0123456789_");
        int bytes = (int)(strlen(name) - strlen(".sql"));
        if (status == FS_OK && bytes > 0)
            status = fs_buffer_printf(names, "%s%.*s", names->size ? " " : "", bytes, name);
        free(entry[i]);
    }
    free(entry);
    return status == FS_OK ? FS_OK : fs_fail_memory(error, 64);
}

fs_status fs_plan_add_folder(fs_plan *plan, fs_engine *engine, const char *folder, bool replace,
                             fs_error *error)
{
    struct dirent **entry;
    int count = scandir(folder, &entry, is_sql, by_name);
    if (count < 0) return errno == ENOENT ? FS_OK : fs_fail_errno(error, "read the folder", folder);
    fs_status status = FS_OK;
    for (int i = 0; i < count; i++) {
        const char *path = status == FS_OK
                               ? fs_arena_printf(&plan->arena, "%s/%s", folder, entry[i]->d_name)
                               : NULL;
        if (path)
            status = add_file(plan, engine, path, replace, error);
        else if (status == FS_OK)
            status = fs_fail_memory(error, strlen(folder));
        free(entry[i]);
    }
    free(entry);
    return status;
}
