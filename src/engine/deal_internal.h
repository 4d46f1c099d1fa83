/* Operators over rows in any order (apply.c): groups numbered (series_index.c), put in order and named
 * (series_keys.c); rows dealt out into hands (deal.c), which are taken up (hand.c) and played (turns.c). */
#ifndef FORESELL_DEAL_INTERNAL_H
#define FORESELL_DEAL_INTERNAL_H

#include "engine_internal.h"
#include "nanoarrow/nanoarrow.h"

#define FS_DEAL_COLUMNS 256
#define FS_DEAL_SERIES  "_foresell_series" /* the column by which a pipe knows a group */

/* ---- columns (deal.c) ---- */

/* Which columns of a result are groups, in their order, and which one orders their rows. */
typedef struct fs_deal_parts {
    int group[FS_DEAL_COLUMNS];
    int groups, order;
} fs_deal_parts;

/* FS_DATA where a column is of a type that can't be dealt. */
fs_status fs_deal_find_parts(duckdb_result *result, const char *const *group, int groups,
                             const char *order, fs_deal_parts *parts, fs_error *error);
bool fs_deal_is_group(const fs_deal_parts *parts, int64_t column);
/* Bytes of a value in a chunk; 0: text or bytes. */
int fs_deal_width(duckdb_type type);

/* ---- numbers for groups (series_index.c) ---- */

typedef struct fs_series_key {
    int index; /* column of the chunks */
    duckdb_type type;
    int width; /* bytes of a value, 0: text or bytes */
} fs_series_key;

typedef struct fs_series_index {
    int columns;
    fs_series_key column[FS_DEAL_COLUMNS];
    int64_t count, capacity;
    char *bytes;     /* packed keys, one behind the other */
    int64_t *offset; /* count + 1 */
    uint64_t *hash;  /* per group */
    int32_t *next;   /* per group: which one came after it the last time */
    int32_t *slot;   /* open addressing; -1: free */
    int64_t slots;   /* a power of two */
    int64_t capacity_bytes, last;
    char *scratch;
    size_t scratch_bytes;
    int32_t *sorted; /* groups in order of their keys; NULL: in that in which they came */
} fs_series_index;

fs_status fs_series_index_open(const fs_series_key *key, int keys, fs_series_index **index,
                               fs_error *error);
void fs_series_index_close(fs_series_index *index);
/* The number of each row's group; groups that are new get the next ones. */
fs_status fs_series_index_add(fs_series_index *index, duckdb_data_chunk chunk, int32_t *group,
                              fs_error *error);

/* ---- groups by their keys (series_keys.c) ---- */

/* Numbers the groups anew in order of their keys, as `order by … nulls first` has them. *rank: the new number
 * of each, which the caller frees; NULL where they came in this order. */
fs_status fs_series_index_sort(fs_series_index *index, int32_t **rank, fs_error *error);
/* Adds the keys of a group to the arrays of the key columns, `times` over. */
fs_status fs_series_index_append(const fs_series_index *index, int64_t group, int64_t times,
                                 struct ArrowArray *const *out);
/* "item='X', store='1'", as a pipe names a group. */
void fs_series_index_name(const fs_series_index *index, int64_t group,
                          struct ArrowSchema *const *column, char *out, size_t capacity);

/* ---- rows (deal.c) ---- */

typedef struct fs_deal_column {
    int index, width;      /* in the chunks; bytes of a value */
    int64_t at, valid_at;  /* in a packed row */
    bool is_bits;          /* of truth: bits in Arrow */
    fs_series_index *text; /* of text: rows hold the number of a value */
} fs_deal_column;

typedef struct fs_deal_block {
    char *rows;     /* NULL: in the file */
    int64_t offset; /* there */
    int64_t count, most;
} fs_deal_block;

typedef struct fs_hand {
    fs_deal_block *block;
    int blocks, capacity;
    int64_t rows;
} fs_hand;

#define FS_HAND_SERIES 32
#define FS_HAND_BLOCK  (64 << 10) /* bytes; the first ones of a hand are smaller */

typedef struct fs_deal {
    fs_engine *engine;
    int columns; /* without the keys */
    fs_deal_column column[FS_DEAL_COLUMNS];
    int order; /* which of them orders a group's rows */
    int64_t row_bytes;
    int file; /* -1: none yet */
    int64_t file_bytes;
    char *path;
    fs_hand *hand;
    int64_t hands, capacity;
} fs_deal;

fs_status fs_deal_open(fs_engine *engine, duckdb_result *result, const fs_deal_parts *parts,
                       fs_deal **deal, fs_error *error);
void fs_deal_close(fs_deal *deal);
fs_status fs_deal_add(fs_deal *deal, duckdb_data_chunk chunk, fs_series_index *index,
                      fs_error *error);
/* Deals all rows once more, series s as series rank[s]. */
fs_status fs_deal_again(fs_deal *deal, const int32_t *rank, fs_error *error);
/* The block's rows, from memory or from the file into `buffer` of FS_HAND_BLOCK bytes. */
fs_status fs_deal_read(const fs_deal *deal, const fs_deal_block *block, char *buffer,
                       const char **rows, fs_error *error);

/* ---- a hand (hand.c) ---- */

/* A hand that was taken up: by series, and by the order column inside a series. */
typedef struct fs_deal_table {
    int64_t rows;
    int32_t *series;
    int64_t *start; /* of each series of the hand */
    char *data[FS_DEAL_COLUMNS];
    uint8_t *valid[FS_DEAL_COLUMNS];
} fs_deal_table;

/* Hands are independent: threads may take up different ones at the same time. The hand's memory is given
 * back: it is taken up once. */
fs_status fs_deal_take(fs_deal *deal, int64_t hand, fs_deal_table *table, fs_error *error);
void fs_deal_drop(fs_deal *deal, fs_hand *hand);
void fs_deal_table_free(fs_deal_table *table);
/* Rows first … first+count-1 as a batch of `schema`: the series, then the columns that are no groups. */
fs_status fs_deal_batch(const fs_deal *deal, const fs_deal_table *table, int64_t first,
                        int64_t count, const struct ArrowSchema *schema, struct ArrowArray *batch,
                        fs_error *error);

/* ---- all hands through pipes (turns.c) ---- */

typedef struct fs_dealt {
    fs_engine *engine;
    const fs_apply *apply;
    const fs_options *options;
    struct ArrowSchema rows;   /* of a pipe: the series' number, then what is no group */
    struct ArrowSchema result; /* the groups, then what the operator gives */
    fs_series_index *index;
    fs_deal *deal;
} fs_dealt;

fs_status fs_dealt_write(const fs_dealt *dealt, const char *path, int64_t *rows, fs_error *error);

#endif
