/* Names of tables: what they may be, and which are taken. */
#include <string.h>

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
