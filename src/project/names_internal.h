/* names_internal.h: what init and a run both make of names. */
#ifndef FORESELL_NAMES_INTERNAL_H
#define FORESELL_NAMES_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

/* The first day of the period that a file's name speaks of (name_date.c); false: none. */
bool fs_project_name_date(const char *path, int64_t *day);
/* The word of `known` that takes the fewest edits; NULL where none is near. */
const char *fs_project_nearest(const char *word, const char *const *known, int count);

#endif
