/* replay_rows.h: the periods of a replay and the forecasts made at their ends; see replay_rows.c. */
#ifndef FORESELL_REPLAY_ROWS_H
#define FORESELL_REPLAY_ROWS_H

#include "order_case.h"

/* Columns of the operator replay_orders that it reads, as declared. */
typedef struct fs_replay_rows {
    fs_quantile_columns quantiles; /* none: each row is a period of its own */
    int ahead_column, mean_column;
    int64_t *row; /* of each period its first row, and the end */
    int64_t count, horizon, rows_capacity, values_capacity;
    double *mean, *quantile; /* as in fs_replay_case */
} fs_replay_rows;
/* FS_MEMORY. */
FS_MUST_CHECK fs_status fs_replay_rows_take(fs_replay_rows *rows, const fs_block *block,
                                            int64_t group);
void fs_replay_rows_free(fs_replay_rows *rows);
#endif
