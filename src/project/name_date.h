/* name_date.h: the first day of the period that a file's name speaks of; false: none. */
#ifndef FORESELL_NAME_DATE_H
#define FORESELL_NAME_DATE_H

#include <stdbool.h>
#include <stdint.h>

bool fs_project_name_date(const char *path, int64_t *day);

#endif
