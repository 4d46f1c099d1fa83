/* grid.h: a group's rows as a series at even steps. */
#ifndef FORESELL_OPERATOR_GRID_H
#define FORESELL_OPERATOR_GRID_H

#include "foresell/forecast.h"
#include "foresell/operator.h"

typedef struct fs_grid {
    const char *period_name; /* set by the operator: "auto", "day" … */
    bool absent_is_zero; /* set by the operator: a period without a row is a zero, not missing */
    fs_step step;
    int season;
    int64_t first, last; /* periods */
    int64_t count;       /* steps from first to last */
    int64_t rows;
    double *value;  /* count; 0 where missing */
    uint8_t *valid; /* count */
    int64_t *place; /* rows: where in the grid each row is */
    int64_t capacity, row_capacity;
} fs_grid;

/* Rows of group g: order column 0, value column 1. `season` 0: by the step. */
FS_MUST_CHECK fs_status fs_grid_fill(fs_grid *grid, const fs_binding *binding,
                                     const fs_block *block, int64_t group, int64_t season);
/* Lengthens the grid with what absent periods are, or cuts it, so that it ends at the step of `end`. */
FS_MUST_CHECK fs_status fs_grid_end_at(fs_grid *grid, int64_t end);
/* Row of the group that stands at grid step t, or the first behind it. */
int64_t fs_grid_row_at(const fs_grid *grid, int64_t t);
/* "2024-05-01" or "17" in the order column's unit; false where it is neither. */
bool fs_grid_read_period(fs_type order, const char *text, int64_t *period);
void fs_grid_free(fs_grid *grid);
/* Parameters "period" and "absent" into the grid. */
void fs_grid_open(fs_grid *grid, const fs_options *options);

/* Parameters that operators on series share: which season, and what a step is. */
#define FS_GRID_PARAMS                                                                             \
    {.name = "season",                                                                             \
     .type = FS_TYPE_INT,                                                                          \
     .fallback = "0",                                                                              \
     .minimum = 0,                                                                                 \
     .maximum = 10000,                                                                             \
     .doc = "length of the season in periods; 0: by the period (day 7, week 52, month 12, "        \
            "quarter 4, hour 24, else none)"},                                                     \
        FS_STEP_PARAMS

#define FS_STEP_PARAMS                                                                             \
    {.name = "absent",                                                                             \
     .type = FS_TYPE_TEXT,                                                                         \
     .fallback = "missing",                                                                        \
     .choices = "missing|zero|closed",                                                             \
     .doc = "what a period without a row is, between the first and the last (or the end, where "   \
            "that is given): not known (missing), or nothing was sold (zero; closed: the same, "   \
            "because the shop was shut). A row whose value is null is always not known"},          \
    {                                                                                              \
        .name = "period", .type = FS_TYPE_TEXT, .fallback = "auto",                                \
        .choices = "auto|hour|day|week|month|quarter|year",                                        \
        .doc = "how far it is from one row to the next; auto: found in each group from its own "   \
               "dates, so that missing ones are seen"                                              \
    }

#endif
