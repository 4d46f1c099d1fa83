/* Groups numbered (series_index.c) and their rows dealt out into hands (deal.c), for apply_series.c. */
#ifndef FORESELL_DEAL_INTERNAL_H
#define FORESELL_DEAL_INTERNAL_H

#include "engine_internal.h"

#define FS_DEAL_COLUMNS 256

/* ---- numbers for groups (series_index.c) ---- */

typedef struct fs_series_index fs_series_index;

typedef struct fs_series_key {
    int index, width; /* column of the chunks; bytes of a value, 0: text */
} fs_series_key;

fs_status fs_series_index_open(const fs_series_key *key, int keys, fs_series_index **index,
                               fs_error *error);
void fs_series_index_close(fs_series_index *index);
int64_t fs_series_index_count(const fs_series_index *index);
/* The number of each row's group; groups that are new get the next ones. */
fs_status fs_series_index_add(fs_series_index *index, duckdb_data_chunk chunk, int32_t *group,
                              fs_error *error);
/* Groups first … first+count-1 as rows of `schema`: the number, then the keys. */
fs_status fs_series_index_batch(const fs_series_index *index, int64_t first, int64_t count,
                                const struct ArrowSchema *schema, struct ArrowArray *out,
                                fs_error *error);

/* ---- rows (deal.c) ---- */

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

/* Can the rows of a result be dealt? All columns but groups must have a fixed width. */
fs_status fs_deal_check(duckdb_result *result, const char *const *group, int groups,
                        const char *order, fs_error *error);
/* Its columns that are groups, in their order; returns how many of them are there. */
int fs_deal_keys(duckdb_result *result, const char *const *group, int groups, fs_series_key *key);
fs_status fs_deal_open(fs_engine *engine, duckdb_result *result, const char *const *group,
                       int groups, const char *order, fs_deal **deal, fs_error *error);
void fs_deal_close(fs_deal *deal);
fs_status fs_deal_add(fs_deal *deal, duckdb_data_chunk chunk, fs_series_index *index,
                      fs_error *error);
int64_t fs_deal_hands(const fs_deal *deal);
int64_t fs_deal_rows(const fs_deal *deal, int64_t hand);
/* Hands are independent: threads may take up different ones at the same time. */
fs_status fs_deal_take(const fs_deal *deal, int64_t hand, fs_deal_table *table, fs_error *error);
/* The hand's memory is given back: it will not be taken up again. */
void fs_deal_drop(fs_deal *deal, int64_t hand);
void fs_deal_table_free(fs_deal_table *table);
/* Rows first … first+count-1 as a batch of `schema`: the series, then the columns that are no groups. */
fs_status fs_deal_batch(const fs_deal *deal, const fs_deal_table *table, int64_t first,
                        int64_t count, const struct ArrowSchema *schema, struct ArrowArray *batch,
                        fs_error *error);

#endif
