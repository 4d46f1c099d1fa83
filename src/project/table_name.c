/* Names of tables: what they may be, and which are taken. */
#include <string.h>
#include <strings.h>

#include "project_internal.h"

const char fs_table_name_rule[] =
    "the name of a table is made of a-z, 0-9 and _, begins with a letter and not with fs_";

bool fs_table_name_good(const char *name)
{
    size_t bytes = strlen(name);
    return bytes && bytes <= 100 && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == bytes &&
           strncmp(name, "fs_", 3) != 0;
}

bool fs_table_is_of_files(const char *name)
{
    return fs_canonical_find(name) || strcmp(name, "quarantine") == 0 ||
           strcmp(name, "source_files") == 0;
}

fs_status fs_project_not_raw(const fs_project *project, const char *name, const char *what,
                             const char *path, fs_error *error)
{
    for (int r = 0; r < project->files_count; r++) {
        const fs_project_files *files = &project->files[r];
        if (strcasecmp(files->name, name) != 0) continue;
        fs_fail(error, FS_USAGE, "the raw table %s has the name of %s: %s", files->name, what,
                path);
        fs_error_at(error, project->file, files->line, files->name);
        return fs_error_remedy(error, "Give it another name, here and in the SQL of sources/ that "
                                      "reads it, or let foresell init --force do so."),
               FS_USAGE;
    }
    return FS_OK;
}
