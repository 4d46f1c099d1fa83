/* update_drivers.h: what regressors and events of a saved model are in new rows. */
#ifndef FORESELL_UPDATE_DRIVERS_H
#define FORESELL_UPDATE_DRIVERS_H

#include "forecast_work.h"

/* Declared input columns. */
enum {
    FS_UPDATE_PERIOD,
    FS_UPDATE_VALUE,
    FS_UPDATE_SAVED,
    FS_UPDATE_AHEAD,
    FS_UPDATE_EVENT,
    FS_UPDATE_INDEX,
    FS_UPDATE_DECLARED
};

/* Steps behind the saved end: those that are new, and the horizon. */
typedef struct fs_update_steps {
    const int64_t
        *place; /* of each row of the group, 1 for the first of them; others are of no step */
    const fs_saved_time *time;
    int64_t count;
    const fs_regressors *needs; /* as fs_forecaster_needs gives it */
} fs_update_steps;

typedef struct fs_update_drivers {
    fs_regressors given; /* what an update is told */
    double *room;        /* regressors × steps */
    const double **column;
    int *driver, *event;
    int64_t capacity, event_capacity;
} fs_update_drivers;

/* FS_DATA where a column is lacking that the model needs, or is text. */
FS_MUST_CHECK fs_status fs_update_drivers_fill(fs_update_drivers *drivers,
                                               const fs_binding *binding, const fs_block *block,
                                               int64_t g, const fs_update_steps *steps,
                                               fs_error *error);
void fs_update_drivers_free(fs_update_drivers *drivers);

#endif
