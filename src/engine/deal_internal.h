/* Rows dealt out into hands, one hand per range of series (deal.c); and what apply_series.c takes up. */
#ifndef FORESELL_DEAL_INTERNAL_H
#define FORESELL_DEAL_INTERNAL_H

#include "engine_internal.h"

#define FS_DEAL_COLUMNS 24

typedef struct fs_deal fs_deal;

typedef struct fs_deal_column {
    int index, width;     /* in the chunks; bytes of a value */
    int64_t at, valid_at; /* in a packed row */
    bool is_bits;         /* of truth: bits in Arrow */
    bool is_order;
} fs_deal_column;

/* A hand that was taken up: by series, and by the order column inside a series. */
typedef struct fs_deal_table {
    int64_t rows;
    int32_t *series;
    int64_t *start; /* of each series of the hand */
    char *data[FS_DEAL_COLUMNS];
    uint8_t *valid[FS_DEAL_COLUMNS];
} fs_deal_table;

/* Can the rows of a result be dealt? Not where one of its columns has no fixed width (text). */
bool fs_deal_can(duckdb_result *result, const char *series, const char *order);
/* `series`: an int column, 0 … count-1. */
fs_status fs_deal_open(fs_engine *engine, duckdb_result *result, const char *series, int64_t count,
                       const char *order, fs_deal **deal, fs_error *error);
void fs_deal_close(fs_deal *deal);
fs_status fs_deal_add(fs_deal *deal, duckdb_data_chunk chunk, fs_error *error);
int fs_deal_hands(const fs_deal *deal);
/* Hands are independent: threads may take up different ones at the same time. */
fs_status fs_deal_take(const fs_deal *deal, int hand, fs_deal_table *table, fs_error *error);
/* The hand's memory is given back: it will not be taken up again. */
void fs_deal_drop(fs_deal *deal, int hand);
void fs_deal_table_free(fs_deal_table *table);
/* Rows first … first+count-1 as a batch of `schema`, which is that of the result. */
fs_status fs_deal_batch(const fs_deal *deal, const fs_deal_table *table, int64_t first,
                        int64_t count, const struct ArrowSchema *schema, struct ArrowArray *batch,
                        fs_error *error);

#endif
