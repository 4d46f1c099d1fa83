/* forecast_events.h: named events of a group's periods as regressors. */
#ifndef FORESELL_OPERATOR_FORECAST_EVENTS_H
#define FORESELL_OPERATOR_FORECAST_EVENTS_H

#include "grid.h"

#define FS_EVENTS_MOST  40 /* events with an effect of their own */
#define FS_EVENT_LENGTH 64 /* bytes of a name that are told */

typedef struct fs_event_row {
    const char *text;
    int64_t length, row, place; /* bytes; of the group; of the grid */
} fs_event_row;

typedef struct fs_events {
    int count; /* with an effect of their own, by name */
    char name[FS_EVENTS_MOST][FS_EVENT_LENGTH];
    fs_event_row *named; /* rows that name one, by name, then as they came */
    int *event;          /* of each row of the group: its number, FS_EVENT_NONE, FS_EVENT_OTHER */
    int64_t rows, capacity;
} fs_events;
#define FS_EVENT_NONE  (-1)
#define FS_EVENT_OTHER (-2)

/* Finds the events of the rows start … of the text column: those of the grid's known periods, the FS_EVENTS_MOST most frequent ones. A
 * name that stands at more than half of them is the usual day's, and no event. */
FS_MUST_CHECK fs_status fs_events_find(fs_events *events, const fs_vector *text, int64_t start,
                                       const fs_grid *grid);
/* Regressors of `length` periods one after another: of any event, then of each. 1 where it is, 0 where it isn't, NAN behind the last row. */
void fs_events_fill(const fs_events *events, const fs_grid *grid, int64_t length, double *to);
void fs_events_free(fs_events *events);

#endif
