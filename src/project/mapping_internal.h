/* mapping_internal.h: how a mapping's SELECT is put together. */
#ifndef FORESELL_MAPPING_INTERNAL_H
#define FORESELL_MAPPING_INTERNAL_H

#include "roles_internal.h"

/* A mapping in the making. Columns of the home table are written with HOME before them, which
 * becomes its name where there are joins and nothing where there are none. */
#define FS_HOME "\x01"
typedef struct fs_draft {
    fs_detection *d;
    fs_map *map;
    fs_seen_table *home;
    int canonical;
    fs_buffer join; /* text after FROM home */
    bool *taken;    /* columns of home that some canonical column took */
    fs_error *error;
} fs_draft;

fs_status fs_draft_open(fs_detection *d, int canonical, int home, bool derived, fs_draft *draft,
                        fs_error *error);
/* Formats into the arena; NULL where memory ran out. */
const char *fs_draft_text(fs_detection *d, const char *format, ...) FS_PRINTF(2, 3);
/* A column of the home table in SQL; marks it as used and taken, to be read as `reading`. */
const char *fs_draft_home(fs_draft *draft, int column, fs_reading reading);
/* A column of another table; marks it as used. Quoted name only. */
const char *fs_draft_other(fs_detection *d, int table, int column, fs_reading reading);
fs_status fs_draft_add(fs_draft *draft, const char *name, const char *sql, const char *from,
                       double sure, const char *why);
bool fs_draft_has(const fs_draft *draft, const char *name);
fs_status fs_draft_join(fs_draft *draft, const char *text);
/* personal.c: does the column tell who somebody is? */
bool fs_tells_who(const fs_draft *draft, int column);
/* Columns that nothing took pass through under their own names, but for those that tell who somebody is. */
fs_status fs_draft_rest(fs_draft *draft);
fs_status fs_draft_close(fs_draft *draft);

/* SQL of the role of the canonical table by a column of home (`ends`: the last day of its period);
 * *sql stays NULL where it can't be told. */
fs_status fs_role_sql(fs_draft *draft, int canonical, int role, int column, const char **sql,
                      const char **note);
/* Days from one to the next where the column numbers months, weeks … of the year that stands beside it; 0: it does not. */
int fs_time_step(const fs_detection *d, const fs_seen_table *t, const fs_seen_column *column);
/* The column of times of day that stands beside a date; -1: none. */
int fs_clock_column(const fs_seen_table *t);
fs_status fs_time_sql(fs_draft *draft, int column, bool ends, const char **sql, const char **note);
fs_status fs_assume(fs_detection *d, fs_error *error, const char *format, ...) FS_PRINTF(3, 4);
fs_status fs_sales_links(fs_draft *draft);
fs_status fs_place_links(fs_draft *draft);
fs_status fs_campaign_links(fs_draft *draft);
fs_status fs_category_link(fs_draft *draft, const char *role);
fs_status fs_kind_links(fs_draft *draft);
fs_status fs_entity_links(fs_draft *draft, const char *key_name);
/* Columns of what is on order by when it arrives, counted from now: how many there are; `column` and `days`
 * (each may be NULL, else of FS_ARRIVALS_MAX) get which, and the days until then. */
#define FS_ARRIVALS_MAX 32
int fs_arrivals(const fs_seen_table *table, int *column, int *days);
/* A mapping of its own for them, where there are any. */
fs_status fs_map_arrivals(fs_detection *d, int home, fs_error *error);
/* Does the column have one value per value of the key (up to `slack` times as many pairs)? */
fs_status fs_depends(fs_detection *d, const fs_seen_table *table, int key, int column, double slack,
                     bool *yes, fs_error *error);

#endif
