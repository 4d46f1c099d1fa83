/* forecast_events.h: named events of a group's periods. */
#ifndef FORESELL_OPERATOR_FORECAST_EVENTS_H
#define FORESELL_OPERATOR_FORECAST_EVENTS_H

#include "grid.h"

#define FS_EVENT_LENGTH 64 /* bytes of a name that are told */

typedef struct fs_event_row {
    const char *text;
    int64_t length, place; /* bytes; of the grid */
} fs_event_row;

typedef struct fs_events {
    int count;                   /* names that were seen */
    const char **name;           /* count, by name */
    int *event;                  /* of each period: its number, FS_EVENT_NONE, FS_EVENT_OTHER */
    fs_event_row *named;         /* rows that name one, by name, then as they came */
    char usual[FS_EVENT_LENGTH]; /* a name that is the usual day's; empty: none */
    char (*text)[FS_EVENT_LENGTH];
    int64_t capacity, periods;
} fs_events;

/* Finds the events of `length` periods in the group's rows, which begin at row `start` of the text column. Those without one known value in
 * the grid are FS_EVENT_OTHER; a name that stands at more than half of the known values is the usual day's, and no event. */
FS_MUST_CHECK fs_status fs_events_find(fs_events *events, const fs_vector *text, int64_t start,
                                       const fs_grid *grid, int64_t length);
/* A name as it is told, cut where a character ends. */
void fs_events_copy_name(const fs_event_row *from, char to[FS_EVENT_LENGTH]);
void fs_events_free(fs_events *events);

#endif
