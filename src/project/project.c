/* A project: its folder, foresell.yaml, and the value of each setting. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "project_internal.h"

/* ---- paths and text ---- */

static bool is_url(const char *path) { return strstr(path, "://") != NULL; }

const char *fs_project_path(fs_arena *arena, const char *folder, const char *path)
{
    if (path[0] == '/' || is_url(path)) return fs_arena_strdup(arena, path);
    return fs_arena_printf(arena, "%s/%s", folder, path);
}

/* `text` between two `mark`s, with those inside doubled. */
static const char *quoted(fs_arena *arena, const char *text, char mark)
{
    size_t bytes = strlen(text), n = 0;
    char *out = fs_arena_alloc(arena, 2 * bytes + 3);
    if (!out) return NULL;
    out[n++] = mark;
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == mark) out[n++] = mark;
        out[n++] = text[i];
    }
    out[n++] = mark;
    out[n] = '\0';
    return out;
}

const char *fs_project_identifier(fs_arena *arena, const char *name)
{
    return quoted(arena, name, '"');
}
const char *fs_project_literal(fs_arena *arena, const char *text)
{
    return quoted(arena, text, '\'');
}

/* Bytes of the UTF-8 character at `c`, 0 where there is none. */
static int character_bytes(const unsigned char *c)
{
    int more = c[0] < 0x80                   ? 0
               : c[0] >= 0xc2 && c[0] < 0xe0 ? 1
               : c[0] >= 0xe0 && c[0] < 0xf0 ? 2
               : c[0] >= 0xf0 && c[0] < 0xf5 ? 3
                                             : -1;
    if (more < 0) return 0;
    for (int i = 1; i <= more; i++)
        if ((c[i] & 0xc0) != 0x80) return 0;
    bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    bool beyond = (c[0] == 0xed && c[1] > 0x9f) || (c[0] == 0xf4 && c[1] > 0x8f);
    return overlong || beyond ? 0 : more + 1;
}

const char *fs_project_utf8(fs_arena *arena, const char *text)
{
    char *copy = fs_arena_strdup(arena, text);
    for (char *c = copy; c && *c;) {
        int bytes = character_bytes((const unsigned char *)c);
        if (!bytes) *c = '?';
        c += bytes ? bytes : 1;
    }
    return copy;
}

bool fs_project_is_utf8(const char *text)
{
    int bytes = 1;
    for (; *text && bytes; text += bytes) bytes = character_bytes((const unsigned char *)text);
    return bytes > 0;
}

fs_status fs_project_check_path(const char *path, fs_error *error)
{
    if (fs_project_is_utf8(path)) return FS_OK;
    fs_arena arena = {0};
    const char *shown = fs_project_utf8(&arena, path);
    fs_fail(error, FS_USAGE, "the path %s is not UTF-8", shown ? shown : "");
    fs_error_remedy(error, "rename the file or folder");
    fs_arena_free(&arena);
    return FS_USAGE;
}

static char *read_open_file(fs_arena *arena, FILE *file, size_t *bytes)
{
    fs_buffer buffer = {0};
    char chunk[8192];
    size_t got;
    bool good = true;
    while (good && (got = fread(chunk, 1, sizeof chunk, file)) > 0)
        good = fs_buffer_add(&buffer, chunk, got) == FS_OK;
    *bytes = buffer.size;
    char *text = good && !ferror(file)
                     ? fs_arena_strndup(arena, buffer.data ? buffer.data : "", buffer.size)
                     : NULL;
    fs_buffer_free(&buffer);
    return text;
}

char *fs_project_read_file(fs_arena *arena, const char *path, size_t *bytes, fs_error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file) return fs_fail_errno(error, "read", path), NULL;
    errno = 0;
    char *text = read_open_file(arena, file, bytes);
    if (!text && errno)
        fs_fail_errno(error, "read", path);
    else if (!text)
        fs_fail_memory(error, *bytes);
    fclose(file);
    return text;
}

/* ---- open and close ---- */

/* Folder without slashes at its end. */
static const char *tidy(fs_arena *arena, const char *folder)
{
    size_t bytes = strlen(folder);
    while (bytes > 1 && folder[bytes - 1] == '/') bytes--;
    return bytes ? fs_arena_strndup(arena, folder, bytes) : fs_arena_strdup(arena, ".");
}

static fs_status check_folder(const char *folder, fs_error *error)
{
    struct stat info;
    if (stat(folder, &info) != 0) {
        fs_fail_errno(error, "open", folder);
        return fs_error_remedy(error, "foresell init %s --from YOUR-FILES makes a project.",
                               folder),
               FS_RESOURCE;
    }
    if (S_ISDIR(info.st_mode)) return FS_OK;
    fs_fail(error, FS_USAGE, "%s is a file, not the folder of a project", folder);
    return fs_error_remedy(error, "foresell init DIR --from %s makes a project from it.", folder),
           FS_USAGE;
}

static fs_status read_project(fs_project *p, const char *folder, fs_error *error)
{
    int settings = 0;
    while (fs_setting_at(settings)) settings++;
    p->folder = tidy(&p->arena, folder);
    p->file = p->folder ? fs_arena_printf(&p->arena, "%s/foresell.yaml", p->folder) : NULL;
    p->value = fs_arena_zero(&p->arena, sizeof *p->value * (size_t)settings);
    if (!p->file || !p->value) return fs_fail_memory(error, 0);
    FS_TRY(fs_project_check_path(p->folder, error));
    FS_TRY(check_folder(p->folder, error));
    fs_error detail = {0};
    size_t bytes = 0;
    char *text = fs_project_read_file(&p->arena, p->file, &bytes, &detail);
    if (!text) {
        if (error) *error = detail;
        if (detail.status != FS_MEMORY)
            fs_error_remedy(error, "foresell init %s looks at the files and writes it.", p->folder);
        return detail.status;
    }
    return fs_project_read_yaml(p, text, bytes, error);
}

fs_status fs_project_open(const char *folder, fs_project **project, fs_error *error)
{
    *project = NULL;
    fs_project *p = fs_alloc_zero(1, sizeof *p);
    if (!p) return fs_fail_memory(error, sizeof *p);
    fs_status status = read_project(p, folder, error);
    if (status == FS_OK)
        *project = p;
    else
        fs_project_close(p);
    return status;
}

void fs_project_close(fs_project *project)
{
    if (!project) return;
    fs_arena arena = project->arena; /* the project's texts, not the project, live in it */
    fs_arena_free(&arena);
    fs_free(project);
}

const char *fs_project_folder(const fs_project *project) { return project->folder; }

/* ---- settings ---- */

/* Last part of the folder's real path: "." has a name too. */
static const char *folder_name(fs_project *p)
{
    char *real = realpath(p->folder, NULL);
    const char *path = real ? real : p->folder;
    const char *slash = strrchr(path, '/');
    const char *name = fs_arena_strdup(&p->arena, slash && slash[1] ? slash + 1 : path);
    free(real);
    return name;
}

const char *fs_project_setting(void *project, const char *name)
{
    fs_project *p = project;
    int index = fs_project_setting_index(name);
    if (index < 0 && strcmp(name, "customers.columns") == 0)
        return p->customer_columns ? p->customer_columns : "[]";
    if (index < 0) return NULL;
    if (p->value[index]) return p->value[index];
    const fs_setting *setting = fs_setting_at(index);
    if (setting->fallback) return setting->fallback;
    if (setting->by_period[0])
        return setting->by_period[fs_project_period_index(fs_project_setting(project, "period"))];
    p->value[index] = folder_name(p);
    return p->value[index];
}
