/* The steps of a folder: every *.sql in it, in name order. */
#include <stdio.h>
#include <string.h>

#include "plan_internal.h"

/* A step's text is read by people; what is longer is not one. */
#define LONGEST_STEP (1 << 20)

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

static fs_status add_names(fs_arena *arena, const char *folder, const char *ending,
                           fs_buffer *names, fs_error *error)
{
    const char *const *file;
    int count;
    FS_TRY(fs_list_folder(arena, folder, ending, &file, &count, error));
    for (int i = 0; i < count; i++) {
        const char *name = file[i] + strspn(file[i], "0123456789_");
        int bytes = (int)(strlen(name) - strlen(ending));
        if (bytes > 0 &&
            fs_buffer_printf(names, "%s%.*s", names->size ? " " : "", bytes, name) != FS_OK)
            return fs_fail_memory(error, 64);
    }
    return FS_OK;
}

fs_status fs_plan_folder_names(const char *folder, fs_buffer *names, fs_error *error)
{
    fs_arena arena = {0};
    fs_status status = add_names(&arena, folder, ".sql", names, error);
    if (status == FS_OK) status = add_names(&arena, folder, ".csv", names, error);
    fs_arena_free(&arena);
    return status;
}

fs_status fs_plan_add_folder(fs_plan *plan, fs_engine *engine, const char *folder, bool replace,
                             fs_error *error)
{
    const char *const *file;
    int count;
    FS_TRY(fs_list_folder(&plan->arena, folder, ".sql", &file, &count, error));
    for (int i = 0; i < count; i++) {
        const char *path = fs_arena_printf(&plan->arena, "%s/%s", folder, file[i]);
        if (!path) return fs_fail_memory(error, strlen(folder));
        FS_TRY(add_file(plan, engine, path, replace, error));
    }
    return FS_OK;
}
