/* Rows of customers, several of which may be stretches of one's time, as the operators fit_purchases and purchases read them. */
#ifndef FORESELL_OPERATOR_STRETCH_ROWS_H
#define FORESELL_OPERATOR_STRETCH_ROWS_H

#include "foresell/learn.h"
#include "foresell/operator.h"

typedef struct fs_stretch_rows {
    int64_t customers; /* in the order of their first rows */
    bool several;      /* rows of some customer */
    int64_t
        *first; /* customers + 1: of customer i row[first[i]] … row[first[i + 1] - 1], ascending */
    int64_t *row; /* of the block */
    fs_words words;
    int64_t *of, *known; /* the customer of each row, and of each word */
    int64_t room;
} fs_stretch_rows;
/* Starts with {0}. row: those to read, ascending. A row whose customer is null is a customer of its own. FS_MEMORY, FS_DATA: too many. */
fs_status fs_stretch_rows_read(fs_stretch_rows *rows, const fs_vector *customer, const int64_t *row,
                               int64_t count);
void fs_stretch_rows_free(fs_stretch_rows *rows);

/* What a repeat purchase of each customer brought, the mean, and of how many that is known, from those of his rows; in the order of `row`. */
void fs_stretch_rows_spend(const fs_stretch_rows *rows, const double *repeats, const double *value,
                           double *bought, double *mean);
/* Where a customer has several rows and this model knows none such. */
fs_status fs_stretch_rows_check(const fs_stretch_rows *rows, const char *op, const char *model,
                                fs_error *error);
/* The error of a read that failed. */
fs_status fs_stretch_rows_fail(fs_status status, const char *op, fs_error *error);

#endif
