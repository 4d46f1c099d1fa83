/* supply_rows.h: from a group's rows, a stage each, to a network that is a tree; see supply_rows.c. */
#ifndef FORESELL_SUPPLY_ROWS_H
#define FORESELL_SUPPLY_ROWS_H

#include "foresell/learn.h"
#include "foresell/operator.h"
#include "foresell/stock.h"

/* The columns that are read, in the order in which they are declared. */
extern const fs_column fs_supply_input[];
enum {
    FS_SUPPLY_ROW,
    FS_SUPPLY_STAGE,
    FS_SUPPLY_LEAD_TIME,
    FS_SUPPLY_HOLDING,
    FS_SUPPLY_UPSTREAM,
    FS_SUPPLY_DOWNSTREAM,
    FS_SUPPLY_DEVIATION,
    FS_SUPPLY_MEAN,
    FS_SUPPLY_PROMISED,
    FS_SUPPLY_INBOUND,
    FS_SUPPLY_FACTOR
};

/* What was taken in the place of what is not known, of a stage: bits. */
enum {
    FS_SUPPLY_AT_ONCE = 1,    /* promised: 0 */
    FS_SUPPLY_FROM_STOCK = 2, /* inbound: 0 */
    FS_SUPPLY_POISSON = 4,    /* deviation: sqrt(mean) */
    FS_SUPPLY_NO_MEAN = 8     /* its own demand has a deviation only */
};

/* Stage i is the group's row i. Arrays are as long as the longest group so far, and all in whole and part. */
typedef struct fs_supply_rows {
    double factor;      /* where a row tells none; set by the caller */
    fs_type order_type; /* likewise: how messages tell a row */
    fs_words names;
    fs_supply_tree tree; /* points to arrays below */
    /* Of all demand that comes through a stage, a period; a mean that is not a number is not known. */
    double *mean, *deviation;
    int64_t *taken; /* bits, see above */
    /* As solved; inbound: when all supplies are there. */
    int64_t *service, *inbound;
    double *safety;
    int64_t *from, *to, *time, *outside, *promised, *upstream, *downstream, *root;
    double *bound, *holding;
    int64_t *whole;
    double *part;
    int64_t capacity;
} fs_supply_rows;
/* FS_DATA names the row, its stage and the column. rows starts with {0}. Cost: linear in rows, but for the search for a ring before it is refused. */
FS_MUST_CHECK fs_status fs_supply_rows_take(fs_supply_rows *rows, const fs_block *block,
                                            int64_t group, fs_error *error);
/* Service times and safety stock of least cost, and inbound. */
FS_MUST_CHECK fs_status fs_supply_rows_solve(fs_supply_rows *rows, double *cost, fs_error *error);
void fs_supply_rows_close(fs_supply_rows *rows);
#endif
