/* operator_internal.h: what the files of this room share: reading Arrow columns into a kernel's
 * form, keeping result rows, binding, names. */
#ifndef FORESELL_OPERATOR_INTERNAL_H
#define FORESELL_OPERATOR_INTERNAL_H

#include "foresell/operator.h"
#include "nanoarrow/nanoarrow.h"

/* ---- a column of values, growing --------------------------------------------- */

/* Exactly one of the three forms is in use. `valid` always has a byte for each row. */
typedef struct fs_operator_store {
    fs_type type;
    int64_t rows, capacity;
    int64_t nulls;
    double *number;   /* DOUBLE */
    int64_t *integer; /* BOOL, INT, DATE, TIME, PERIOD */
    int64_t *offset;  /* TEXT, BLOB: rows + 1 */
    char *bytes;
    size_t bytes_capacity;
    uint8_t *valid;
} fs_operator_store;

void fs_operator_store_start(fs_operator_store *store, fs_type type);
FS_MUST_CHECK fs_status fs_operator_store_reserve(fs_operator_store *store, int64_t more);
FS_MUST_CHECK fs_status fs_operator_store_bytes(fs_operator_store *store, size_t more);
/* Adds row `row` of `from`, `count` times. */
FS_MUST_CHECK fs_status fs_operator_store_repeat(fs_operator_store *store,
                                                 const fs_operator_store *from, int64_t row,
                                                 int64_t count);
/* Drops the first `count` rows; the rest moves to the front. */
void fs_operator_store_drop(fs_operator_store *store, int64_t count);
void fs_operator_store_clear(fs_operator_store *store);
void fs_operator_store_free(fs_operator_store *store);
bool fs_operator_is_text(fs_type type);

/* ---- reading Arrow columns ------------------------------------------------------ */

typedef struct fs_operator_reader {
    char *name;           /* owned */
    int index;            /* which child of a batch; -1: absent, all null */
    enum ArrowType arrow; /* type of the values (behind a dictionary, if there is one) */
    enum ArrowType key;   /* type of a dictionary's indices; NANOARROW_TYPE_UNINITIALIZED: none */
    enum ArrowTimeUnit unit; /* timestamps */
    int scale;               /* decimals */
    fs_type type;            /* what the kernel gets */
} fs_operator_reader;

/* What a column of this Arrow schema is read as where nothing is declared; FS_TYPE_LIST: cannot be. */
fs_type fs_operator_natural_type(const struct ArrowSchema *schema);
/* Fails where the column cannot be read as `type`. */
FS_MUST_CHECK fs_status fs_operator_reader_open(fs_operator_reader *reader,
                                                const struct ArrowSchema *schema, int index,
                                                fs_type type, fs_error *error);
void fs_operator_reader_close(fs_operator_reader *reader);
/* Appends `count` rows of `batch`, from row `first` on, to `store`. */
FS_MUST_CHECK fs_status fs_operator_read(const fs_operator_reader *reader,
                                         const struct ArrowArrayView *batch, int64_t first,
                                         int64_t count, fs_operator_store *store, fs_error *error);

/* ---- writing Arrow columns ------------------------------------------------------- */

/* How a store leaves: its Arrow type and, for time, unit. */
typedef struct fs_operator_writer {
    enum ArrowType arrow;
    enum ArrowTimeUnit unit;
} fs_operator_writer;

/* The Arrow type in which a column that came as `schema` leaves again; `out` gets its schema. */
FS_MUST_CHECK fs_status fs_operator_writer_same(const struct ArrowSchema *schema,
                                                fs_operator_writer *writer, struct ArrowSchema *out,
                                                fs_error *error);
FS_MUST_CHECK fs_status fs_operator_writer_plain(fs_type type, fs_operator_writer *writer,
                                                 struct ArrowSchema *out, fs_error *error);
/* Rows first … first+count-1 as an Arrow array. `name` is for messages. FS_DATA where a value does
 * not go into the type. */
FS_MUST_CHECK fs_status fs_operator_write(fs_operator_writer writer, const fs_operator_store *store,
                                          int64_t first, int64_t count, const char *name,
                                          struct ArrowArray *out, fs_error *error);

/* ---- result rows -------------------------------------------------------------------- */

typedef struct fs_operator_extent {
    int64_t first, group;
} fs_operator_extent;

struct fs_rows {
    int keys, outputs;
    fs_operator_store *column;    /* keys, then outputs */
    const fs_operator_store *key; /* keys of the block's groups, one row a group */
    int64_t groups;               /* of the block at work */
    int64_t last_group;
    fs_operator_extent *extent; /* of the block at work */
    int64_t extents, extents_capacity;
    int64_t bad_row; /* first row given a number that is not finite, or -1 */
    int bad_column;
    int64_t refused; /* group that an error is about, or -1 */
    /* Texts are set in any order; they stand in `text` until the rows leave. */
    struct fs_operator_text *text;
};
/* Text of an output column: where each row's stands in `pool`. */
typedef struct fs_operator_text {
    fs_buffer pool;
    int64_t *at;    /* per row: offset in pool */
    int64_t *bytes; /* per row */
    int64_t capacity;
} fs_operator_text;

FS_MUST_CHECK fs_status fs_rows_open(fs_rows *rows, int keys, const fs_type *key_type, int outputs,
                                     const fs_type *type);
void fs_rows_block(fs_rows *rows, const fs_operator_store *key, int64_t groups);
int64_t fs_rows_count(const fs_rows *rows);
/* Group of a row added in this block. */
int64_t fs_rows_group(const fs_rows *rows, int64_t row);
/* Puts the texts of the first `count` rows in row order into their stores. */
FS_MUST_CHECK fs_status fs_rows_settle(fs_rows *rows, int64_t count);
void fs_rows_drop(fs_rows *rows, int64_t count);
void fs_rows_close(fs_rows *rows);

/* ---- binding ---------------------------------------------------------------------------- */

typedef struct fs_operator_bound {
    int keys;
    fs_operator_reader *key;
    int columns; /* order, declared inputs, regressors */
    fs_operator_reader *column;
    int outputs;
    char **output_name;
    fs_type *output_type;
    fs_operator_writer *writer; /* keys, then outputs */
    struct ArrowSchema schema;  /* of the results */
    fs_type order_type;
} fs_operator_bound;

FS_MUST_CHECK fs_status fs_operator_bind(const fs_operator *op, const fs_options *options,
                                         const char *const *group, int groups, const char *order,
                                         const struct ArrowSchema *input, fs_operator_bound *bound,
                                         fs_error *error);
void fs_operator_unbind(fs_operator_bound *bound);

#endif
