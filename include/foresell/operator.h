/* foresell/operator.h: kernels as operators over Arrow.
 *
 * An operator is declared once, beside the code that calls its kernel: its name, input columns,
 * output columns and parameters, each with type, default, bounds and doc. From that declaration
 * follow the command line, the step header, the Python function, the Spark call, the reference
 * page and all argument checks.
 *
 * Rows come in Arrow batches, grouped by key and sorted inside a group by one order column;
 * a batch may begin or end anywhere inside a group. fs_pipe puts them together into blocks of
 * whole groups, so that a kernel can run many series in lockstep. A pipe belongs to one thread;
 * threads come from outside (key ranges in DuckDB, tasks in Spark), so a kernel needs no locks.
 * What a group gives must depend on that group and the parameters only, never on its neighbours
 * in the block.
 *
 * Memory of one pipe: one block (about `block_rows` rows, or one group where that is longer).
 */
#ifndef FORESELL_OPERATOR_H
#define FORESELL_OPERATOR_H

#include "foresell/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ArrowSchema;
struct ArrowArray;

typedef enum fs_type {
    FS_TYPE_BOOL,   /* in blocks: integer 0 or 1 */
    FS_TYPE_INT,    /* int64 */
    FS_TYPE_DOUBLE, /* any numeric Arrow type is taken and converted */
    FS_TYPE_TEXT,   /* UTF-8 */
    FS_TYPE_DATE,   /* days since 1970-01-01 */
    FS_TYPE_TIME,   /* microseconds since 1970-01-01 00:00, no zone */
    FS_TYPE_PERIOD, /* input: integer, date or time; output: the type the order column came with */
    FS_TYPE_BLOB,
    FS_TYPE_LIST /* parameters only: numbers or words, separated by commas */
} fs_type;
FS_API const char *fs_type_name(fs_type type);

typedef enum fs_role {
    FS_ROLE_ORDER, /* the column that sorts a group: exactly one, first in `input` */
    FS_ROLE_VALUE, /* must be given unless optional */
    FS_ROLE_REGRESSOR, /* named "*": takes every column that nothing else took, as it is; where it is DOUBLE, */
    /* foresell apply and Python give it numbers only, where it is TEXT all; where */
    /* it has `each`, the columns that this LIST parameter names, and no others */
    FS_ROLE_RESULT /* output columns */
} fs_role;

/* One column of an operator. Arrays of these end with {0}. */
typedef struct fs_column {
    const char *name;
    fs_type type;
    fs_role role;
    bool optional; /* input: may be absent (then all rows are null) */
    bool any; /* input: of whatever type it comes, also in the block; `type` is that of a file's */
    const char *each; /* output: one column per value of this LIST parameter, named name+value:
                             {.name = "q", .each = "quantile"} gives q0.1, q0.9; of an INT
                             parameter (at least 0) one for each number from 1 up to it. Of "*": see there */
    const char *unit; /* "units", "money", "period", "share of 1" … or NULL */
    const char *doc;
} fs_column;

/* One parameter. Arrays end with {0}. Defaults are written as a user would write them. */
typedef struct fs_param {
    const char *name;
    fs_type type;         /* BOOL, INT, DOUBLE, TEXT, DATE or LIST */
    const char *fallback; /* default; NULL: must be given */
    double minimum;       /* for numbers and every number of a LIST; both 0: no bounds */
    double maximum;
    const char *choices;  /* TEXT, LIST of words: "auto|snaive|ets"; NULL: any */
    const char *on_spark; /* TEXT: the choice that only the driver on Spark can do; NULL: none */
    bool merges;          /* LIST: what stands in it twice counts once; else it is refused */
    const char *doc;
} fs_param;

/* Parsed and checked parameters of one use of an operator. */
typedef struct fs_options fs_options;
FS_API int64_t fs_option_int(const fs_options *options, const char *name);
FS_API double fs_option_double(const fs_options *options, const char *name);
FS_API bool fs_option_bool(const fs_options *options, const char *name);
/* Owned by `options`. */
FS_API const char *fs_option_text(const fs_options *options, const char *name);
/* Values of a LIST as numbers, or as words; count in *count; owned by `options`. */
FS_API const double *fs_option_numbers(const fs_options *options, const char *name, int *count);
FS_API const char *const *fs_option_words(const fs_options *options, const char *name, int *count);
/* Writes a number so that it reads back the same, as short as can be, as columns are named by it. */
FS_API void fs_option_number_text(double number, char out[32]);
/* The column of the data that the options name for a declared input, or NULL. */
FS_API const char *fs_options_column(const fs_options *options, const char *input);

/* One column of a block, `rows` long. Exactly one of number, integer, offset is set, by type:
 * number  DOUBLE; integer  BOOL, INT, DATE, TIME and PERIOD; offset+bytes  TEXT and BLOB
 * (row i is bytes[offset[i]] … bytes[offset[i+1]]). valid: 1 byte a row, 0 = null (the value is
 * then 0 or empty); NULL = no nulls. Not finite numbers arrive as null. An absent optional column
 * has name NULL and nothing set. */
typedef struct fs_vector {
    const char *name;
    fs_type type;
    const double *number;
    const int64_t *integer;
    const int64_t *offset;
    const char *bytes;
    const uint8_t *valid;
} fs_vector;

/* Whole groups: rows start[g] … start[g+1]-1 belong to group g, sorted by the order column.
 * columns[0] is the order column, then the other declared inputs in declared order, then the
 * regressors in input order. Owned by the pipe; valid during the call. */
typedef struct fs_block {
    int64_t groups;
    int64_t rows;
    const int64_t *start; /* groups + 1 */
    int columns;
    const fs_vector *column;
} fs_block;

/* Where a kernel puts its result rows. Keys are added by the pipe. Groups must come in order. */
typedef struct fs_rows fs_rows;
/* Adds `count` rows to `group`; *first is the number of the first. All their values are null
 * until set. Pointers got before are no longer valid. */
FS_API FS_MUST_CHECK fs_status fs_rows_extend(fs_rows *rows, int64_t group, int64_t count,
                                              int64_t *first);
/* Columns count in declared order with `each` columns spread out. */
FS_API void fs_rows_set_number(fs_rows *rows, int column, int64_t row, double value);
FS_API void fs_rows_set_integer(fs_rows *rows, int column, int64_t row, int64_t value);
FS_API FS_MUST_CHECK fs_status fs_rows_set_text(fs_rows *rows, int column, int64_t row,
                                                const char *text, size_t bytes);
/* Rows first … first + count - 1 at once: as many values, or one text in all of them. */
FS_API void fs_rows_set_numbers(fs_rows *rows, int column, int64_t first, const double *value,
                                int64_t count);
FS_API void fs_rows_set_integers(fs_rows *rows, int column, int64_t first, const int64_t *value,
                                 int64_t count);
FS_API FS_MUST_CHECK fs_status fs_rows_repeat_text(fs_rows *rows, int column, int64_t first,
                                                   int64_t count, const char *text, size_t bytes);

/* The error that a kernel is about to return is about this group: its name is put before the message. */
FS_API void fs_rows_refuse(fs_rows *rows, int64_t group);

/* What is known when a worker opens its workspace. */
typedef struct fs_binding {
    const fs_options *options;
    fs_type order_type;      /* INT, DATE or TIME: how the order column came */
    int columns;             /* as in fs_block */
    const char *const *name; /* input names; NULL for absent optional ones */
    int outputs;             /* result columns, spread out */
} fs_binding;

typedef struct fs_operator {
    const char *name;
    const char *summary; /* one sentence */
    const char *details; /* paragraphs for the reference: method, paper, equations; or NULL */
    const char *example; /* a command line that works on a simulated shop */
    int version;         /* raise it when results change: cached steps are then redone */
    const fs_column *input;
    const fs_column *output;
    const fs_param *params;
    /* open: checks what the declaration cannot say, allocates the workspace of one worker.
     * block: many whole groups in, rows out; no allocation per group, no locks, no globals.
     * close: gives the workspace back; NULL workspace allowed. */
    fs_status (*open)(const fs_binding *binding, void **workspace, fs_error *error);
    fs_status (*block)(void *workspace, const fs_block *block, fs_rows *out, fs_error *error);
    void (*close)(void *workspace);
} fs_operator;

/* ---- registry -------------------------------------------------------------- */
FS_API int fs_operator_count(void);
FS_API const fs_operator *fs_operator_at(int index); /* sorted by name */
/* NULL and an error with the nearest name where there is none. */
FS_API const fs_operator *fs_operator_find(const char *name, fs_error *error);
/* Which of `count` names is nearest to `name` by edits, case left aside; -1 where none is near
 * enough to be what was meant. */
FS_API int fs_operator_nearest(const char *name, const char *const *names, int count);

/* The declaration as JSON (foresell operators --json), or a list of all of them where `op` is NULL. */
FS_API FS_MUST_CHECK fs_status fs_operator_describe(const fs_operator *op, fs_buffer *out,
                                                    fs_error *error);

/* `text`: "horizon = 28, quantile = [0.1, 0.9], model = 'auto'"; "" for all defaults. Every fault
 * names the operator and the parameter. `value = COLUMN` style column bindings (the name of a
 * declared VALUE input) are taken too. Give back with fs_options_free. */
FS_API FS_MUST_CHECK fs_status fs_options_parse(const fs_operator *op, const char *text,
                                                fs_options **options, fs_error *error);
FS_API void fs_options_free(fs_options *options);
/* Normal form of the options, for digests and manifests: every parameter, sorted. In `out`, which is
 * a text afterwards, "" where the operator has no parameters. */
FS_API FS_MUST_CHECK fs_status fs_options_format(const fs_options *options, fs_buffer *out);

/* FS_USAGE where a parameter is its `on_spark`: what no pipe can do. */
FS_API FS_MUST_CHECK fs_status fs_options_check_here(const fs_options *options, fs_error *error);

/* ---- pipes ------------------------------------------------------------------ */
typedef struct fs_pipe fs_pipe;
/* Binds input columns: `group` names the keys (count may be 0: one group), `order` the order
 * column; a declared value takes the column that the options name for it, else the column of its
 * own name, else (where it must be given) the first column not yet taken; what is left goes to "*"
 * or is an error. What only Spark can do is refused. `input` is read, not kept; `options` must live as long as the pipe. Keys may be
 * of any integer, text, date, time or bool type. */
FS_API FS_MUST_CHECK fs_status fs_pipe_open(const fs_operator *op, const fs_options *options,
                                            const char *const *group, int groups, const char *order,
                                            const struct ArrowSchema *input, fs_pipe **pipe,
                                            fs_error *error);
/* Schema of the results: key columns as they came (text views and dictionaries as utf8), then
 * outputs. Caller releases it. */
FS_API FS_MUST_CHECK fs_status fs_pipe_schema(const fs_pipe *pipe, struct ArrowSchema *out,
                                              fs_error *error);
/* Takes a struct array (offsets of parent and children are honoured) and releases it, also on
 * failure. Order that goes backwards inside a group, or a repeated period, is an error that names
 * operator, group and column. A group that comes back later can't be known here and is a new group. */
FS_API FS_MUST_CHECK fs_status fs_pipe_push(fs_pipe *pipe, struct ArrowArray *batch,
                                            fs_error *error);
/* No more input: the last groups are worked on. */
FS_API FS_MUST_CHECK fs_status fs_pipe_end(fs_pipe *pipe, fs_error *error);
/* A batch of results if one is ready (then true and the caller releases *out). */
FS_API bool fs_pipe_pull(fs_pipe *pipe, struct ArrowArray *out);
FS_API void fs_pipe_close(fs_pipe *pipe);

#ifdef __cplusplus
}
#endif
#endif
