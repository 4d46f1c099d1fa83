/* names_internal.h: what init and a run both make of names. */
#ifndef FORESELL_NAMES_INTERNAL_H
#define FORESELL_NAMES_INTERNAL_H

#include "foresell/base.h"

/* The first day of the period that a file's name speaks of (name_date.c); false: none. */
bool fs_project_name_date(const char *path, int64_t *day);
/* The word of `known` that takes the fewest edits; NULL where none is near. */
const char *fs_project_nearest(const char *word, const char *const *known, int count);
/* The text with bytes that are no UTF-8 as "?": names of files may hold any byte. NULL: no memory. */
const char *fs_project_utf8(fs_arena *arena, const char *text);
bool fs_project_is_utf8(const char *text);
/* A path that foresell.yaml and SQL can name: FS_USAGE where it is no UTF-8. */
fs_status fs_project_check_path(const char *path, fs_error *error);

/* table_name.c: names of tables that people may choose: [a-z][a-z0-9_]*, not fs_…, at most 100 bytes. */
bool fs_table_name_good(const char *name);
extern const char fs_table_name_rule[];
/* Is it a table that every run makes of the files: canonical, quarantine, source_files? */
bool fs_table_is_of_files(const char *name);

int fs_project_period_index(const char *period); /* day 0, week 1, month 2 */

#endif
