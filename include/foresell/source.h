/* foresell/source.h: from bytes to typed rows.
 *
 * Opening files (plain, gzip, zstd; through a caller's reader where they are remote), turning
 * encodings to UTF-8, splitting delimited text into records with exact line numbers, reading cells
 * as numbers and dates in the writing of the file, sniffing a dialect, and profiling columns over
 * the whole file. No SQL, no engine: the engine calls this for delimited text and uses its own
 * readers for Parquet, JSON, XLSX and databases (whose text cells are read by fs_read_cell too).
 *
 * Nothing is lost: each record ends as a row of values or as a fault with its reason, line
 * and text as it was.
 */
#ifndef FORESELL_SOURCE_H
#define FORESELL_SOURCE_H

#include "foresell/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- how a file is written -------------------------------------------------- */

typedef enum fs_encoding { FS_UTF8, FS_LATIN1, FS_UTF16LE, FS_UTF16BE } fs_encoding;

#define FS_FIXED_MOST 256
typedef struct fs_dialect {
    fs_encoding encoding;
    char delimiter; /* ',', ';', '\t', '|' …; ' ' with `runs`: any run of blanks; 0: one column */
    bool runs;      /* several delimiters in a row count as one, leading ones are skipped */
    char quote;     /* '"' usually; 0: none */
    char escape;    /* '"' (doubled) or '\\'; 0: none */
    bool header;    /* the first record after `skip` names the columns */
    int64_t skip;   /* physical lines before the header or first record */
    int widths; /* columns of fixed width, 0: delimited. There are no quotes then, and `runs` says that
                     * blanks stand between the columns */
    uint16_t start[FS_FIXED_MOST]; /* characters before each of them */
} fs_dialect;

/* How to read a column's cells. `format` is what stands in foresell.yaml. */
typedef enum fs_reading_kind {
    FS_READ_TEXT,    /* "text": as it is, blanks around it cut */
    FS_READ_INTEGER, /* "integer": 17, -3, 1,234 with thousands */
    FS_READ_NUMBER, /* "number": 1234.5, -3, (12.00), 1e3, "$ 4.50", "5 %"; "number ,": decimal comma */
    FS_READ_BOOL, /* "bool": true/false, yes/no, y/n, t/f, 1/0, in any case */
    FS_READ_DATE, /* "date ymd", "date dmy", "date mdy", "date serial" … */
    FS_READ_TIME  /* "time ymd" …: date with or without a time of day, ISO 8601 with zone too */
} fs_reading_kind;
typedef enum fs_date_order {
    FS_YMD,
    FS_DMY,
    FS_MDY,
    FS_YDM,
    FS_DATE_SERIAL, /* days since 1899-12-30, as spreadsheets keep them */
    FS_DATE_EPOCH,  /* seconds, milliseconds or microseconds since 1970, by size */
    FS_DATE_WEEK,   /* 2024-W07, 202407 as ISO week: its Monday */
    FS_DATE_MONTH   /* 2024-07, 202407, Jul 2024: its first day */
} fs_date_order;
typedef struct fs_reading {
    fs_reading_kind kind;
    fs_date_order order; /* DATE, TIME */
    char decimal;        /* NUMBER: '.' or ','; the other one, blanks and ' are thousands marks */
} fs_reading;
/* Parses and writes the text form; parse names the fault and the forms there are. */
FS_API FS_MUST_CHECK fs_status fs_reading_parse(const char *format, fs_reading *reading,
                                                fs_error *error);
FS_API void fs_reading_format(fs_reading reading, char *out, size_t capacity);

/* One cell. MISSING: empty, or one of the usual words (NA, N/A, NULL, None, NaN, -, ?, unknown, error, #N/A, #REF! …).
 * For TEXT only the empty cell is missing. BAD: something else stands there. */
typedef enum fs_cell_state { FS_CELL_VALUE, FS_CELL_MISSING, FS_CELL_BAD } fs_cell_state;
typedef union fs_cell {
    double number;
    int64_t integer; /* integer, bool, days, microseconds */
} fs_cell;
/* Does not allocate; exact for decimals of up to 15 digits. For TEXT only the state is given. */
FS_API fs_cell_state fs_read_cell(const char *text, size_t bytes, fs_reading reading,
                                  fs_cell *cell);
/* The same, but BAD as well where a cell, though it can be read, is not as plain as those from which the reading of its
 * column was taken: see fs_profile_holds. */
FS_API fs_cell_state fs_read_cell_alike(const char *text, size_t bytes, fs_reading reading,
                                        fs_cell *cell);

/* ---- opening ------------------------------------------------------------------ */

/* Where bytes come from: `read` fills up to `capacity` bytes, returns their count in *got (0: end).
 * `size` (of what is stored, compressed or not) is -1 where not known. */
typedef struct fs_reader {
    void *context;
    fs_status (*read)(void *context, void *data, size_t capacity, size_t *got, fs_error *error);
    void (*close)(void *context);
    int64_t size;
} fs_reader;
/* A local file; "-" is standard input. Directories, missing files and lack of permission are
 * told apart in the error. A file that becomes shorter than it was at opening is an error. */
FS_API FS_MUST_CHECK fs_status fs_reader_open_file(const char *path, fs_reader *reader,
                                                   fs_error *error);

/* What `reader` gives, unpacked if it is gzip or zstd (seen from the first bytes). `name` is for
 * messages. `reader` belongs to the result afterwards, also on failure. */
FS_API FS_MUST_CHECK fs_status fs_reader_unpack(fs_reader reader, const char *name,
                                                fs_reader *unpacked, fs_error *error);

/* ---- addresses ------------------------------------------------------------------ */

/* scheme://user:password@host:port/path?query, decoded; NULL where a part is not there. ${NAME} is the value
 * of that variable of the environment, an error where it has none. */
typedef struct fs_url {
    const char *scheme, *user, *password, *host, *port, *path;
    const char *query; /* as written, for fs_url_option */
} fs_url;
/* Is it an address, rather than a file? */
FS_API bool fs_url_is(const char *path);
/* `text` is an address. The parts are owned by the arena. */
FS_API FS_MUST_CHECK fs_status fs_url_parse(fs_arena *arena, const char *text, fs_url *url,
                                            fs_error *error);
/* Takes the next key=value of a query; *key is NULL at its end. */
FS_API FS_MUST_CHECK fs_status fs_url_option(fs_arena *arena, const char **query, const char **key,
                                             const char **value, fs_error *error);
/* The whole address with its ${NAME}s filled in. */
FS_API FS_MUST_CHECK fs_status fs_url_fill(fs_arena *arena, const char *url, const char **filled,
                                           fs_error *error);
/* The address without what is secret in it, for people; any other path as it is. NULL: no memory. */
FS_API const char *fs_url_shown(fs_arena *arena, const char *path);
/* Does a password or the like stand in it? ${NAME} is none. */
FS_API bool fs_url_has_secret(const char *path);

/* ---- delimited text ------------------------------------------------------------- */

/* A delimited file as blocks of whole records, for several threads: fs_text_next is called under
 * the caller's lock or from one thread, fs_block_parse by any thread on its own block. */
typedef struct fs_text fs_text;
typedef struct fs_text_stats {
    int64_t bytes;              /* as stored */
    int64_t records;            /* after the header */
    int64_t lines;              /* physical */
    char digest[FS_DIGEST_HEX]; /* of the bytes as stored; complete at the end of the file */
} fs_text_stats;

/* `name` is for messages. The reader belongs to the result afterwards, also on failure.
 * Compression is seen from the first bytes, not from the name. */
FS_API FS_MUST_CHECK fs_status fs_text_open(fs_reader reader, const char *name,
                                            const fs_dialect *dialect, fs_text **text,
                                            fs_error *error);
/* Is it what raw tables call their own columns beside those of the file: _file, _line, _problem, _row? In any
 * case, as SQL takes names. A column of a file that is called so gets a number: _file_2. */
FS_API bool fs_column_is_ours(const char *name);
/* Column names of the header, made unique ("name", "name_2"), never empty ("column_3");
 * "column_1" … where there is none (then from the first record's width). */
FS_API int fs_text_columns(const fs_text *text);
FS_API const char *fs_text_column(const fs_text *text, int index);

/* A block of whole records in UTF-8, owned by the caller until fs_text_block_free. Blocks come
 * numbered 0, 1, 2 … in file order. A record of more than `FS_RECORD_MAX` bytes is cut out and
 * given as one fault with its line and first 4,096 bytes, in bounded memory. */
#define FS_RECORD_MAX (16u << 20)
typedef struct fs_text_block fs_text_block;
/* *block is NULL at the end. */
FS_API FS_MUST_CHECK fs_status fs_text_next(fs_text *text, fs_text_block **block, fs_error *error);
FS_API void fs_text_block_free(fs_text_block *block);
FS_API void fs_text_stats_get(const fs_text *text, fs_text_stats *stats);
/* No digest is taken, which is a tenth of what reading costs: the stats have none. */
FS_API void fs_text_leave_digest(fs_text *text);
FS_API void fs_text_close(fs_text *text);

/* One record at a time from a block. Fields are views into the block or the cursor. */
typedef struct fs_field {
    const char *text; /* unquoted, unescaped; not ended by NUL */
    size_t bytes;
    bool quoted;
} fs_field;
typedef struct fs_record {
    const fs_field *field;
    int fields;       /* may differ from the number of columns: the fault says so */
    int64_t line;     /* physical line on which the record begins, 1-based */
    const char *text; /* the record as it was, in UTF-8, without its line end */
    size_t bytes;
    const char *fault; /* NULL, or static text: "too many fields", "too few fields",
                              "unclosed quote", "NUL byte", "invalid UTF-8", "record too long" */
} fs_record;
typedef struct fs_cursor fs_cursor;
FS_API FS_MUST_CHECK fs_status fs_cursor_open(const fs_text *text, fs_cursor **cursor,
                                              fs_error *error);
FS_API void fs_cursor_start(fs_cursor *cursor, const fs_text_block *block);
/* false at the end of the block. Blank lines are skipped where there is more than one column. */
FS_API bool fs_cursor_next(fs_cursor *cursor, fs_record *record);
FS_API void fs_cursor_close(fs_cursor *cursor);

/* ---- sniffing and profiling --------------------------------------------------------- */

typedef struct fs_sniffed {
    fs_dialect dialect;
    double certainty; /* share of sampled records that agree, 0 … 1 */
    bool is_text;     /* false: binary; `what` says what it looks like */
    char what[64];    /* "gzip", "parquet", "xlsx", "sqlite database", "png image" … */
    char reason[256]; /* in words: "; splits 2,000 of 2,000 lines into 14 fields" */
    bool ascii;       /* no byte over 127 seen: Latin-1 may still show further down */
    int fields;       /* that the dialect splits a record into */
} fs_sniffed;
/* Looks at the first bytes of a file as they are stored; what is compressed is decompressed as far
 * as the sample goes (`what` then says "gzip" or "zstd", is_text whether text is inside). 64 KiB
 * or more are wanted, a shorter sample is taken for the whole file. Never fails on content. */
FS_API FS_MUST_CHECK fs_status fs_sniff(const void *sample, size_t bytes, fs_sniffed *sniffed,
                                        fs_error *error);

/* What a whole column looks like. Distinct values by a bottom-k sketch of hashes, so that two
 * columns can be asked how much of one lies in the other without reading them again. */
#define FS_SKETCH   1024
#define FS_EXAMPLES 8
typedef struct fs_column_profile {
    int64_t rows, missing;
    int64_t integers, numbers_point, numbers_comma; /* cells that read as such */
    int64_t bools;
    int64_t dates[8]; /* by fs_date_order: cells that read as a date of that
                                               order; serials and epochs of 1980 to 2080 only */
    int64_t times;    /* of those, with a time of day */
    int64_t negative, zero, fractional;
    double least, greatest, mean;  /* over cells that are numbers (by the likelier decimal) */
    int64_t earliest, latest;      /* microseconds, by the likeliest date order; 0 if none */
    int64_t shortest, longest;     /* characters */
    double distinct;               /* estimate; exact below FS_SKETCH */
    bool ascending;                /* never goes down */
    bool leading_zeros;            /* 00123: a code, not a number */
    char example[FS_EXAMPLES][48]; /* first distinct ones */
    int examples;
    fs_reading reading;     /* the best reading of the whole column */
    int64_t unread;         /* cells that it can't read */
    bool date_ambiguous;    /* day and month could be exchanged in every cell */
    bool decimal_ambiguous; /* 1.234 or 1,234 only: point and comma read all alike */
    int64_t mixed;          /* cells of letters and digits, C536415: codes */
    int sketch_size;
    uint64_t sketch[FS_SKETCH]; /* ascending hashes of the distinct texts */
} fs_column_profile;
typedef struct fs_profile fs_profile;
/* How the best reading is chosen (cells: those that are not missing). A reading may leave up to
 * 2 % of the cells unread, these go to `unread`; where more than 0.1 % are mixed like C536415 the
 * column is a code, hence text (not so where its numbers have fractions or signs, or are a few small
 * ones again and again), and so it is with leading zeros (00123), over 15 digits, or where more than
 * a fifth of the distinct values are no numbers (0, a, b, c).
 * The date order is the one that reads most cells, also in a column of several formats as long as
 * nearly each cell is a date by one of them (the others are unread); between 01/02/23 and 23-02-01
 * the shorter span decides. Where day and month could be exchanged in every cell `date_ambiguous` is
 * set, and dmy is taken, or mdy where the mark is '/' and a time with am or pm follows in most cells
 * (only the US write both). Bare numbers are never taken for serials or epochs, digits without
 * marks for dates only where every cell is one: `dates` has all counts for whoever knows more, such as
 * the column's name. Point or comma is decided by the cells that only one of them reads; with none
 * of these, 1,234 is a thousand and 1.234 is a fraction.
 *
 * A column's cells come in file order, from one thread at a time; different columns may be added to
 * by different threads at the same time. */
FS_API FS_MUST_CHECK fs_status fs_profile_open(int columns, fs_profile **profile, fs_error *error);
FS_API FS_MUST_CHECK fs_status fs_profile_add(fs_profile *profile, int column, const char *text,
                                              size_t bytes, bool missing);
FS_API FS_MUST_CHECK fs_status fs_profile_end(fs_profile *profile, fs_error *error);
FS_API const fs_column_profile *fs_profile_column(const fs_profile *profile, int column);
FS_API void fs_profile_close(fs_profile *profile);
/* Of a profile of the beginning of a column: is its reading that of the whole column, if fs_read_cell_alike takes all cells
 * to come (of a text: whatever they are)? False where more cells could tell otherwise. */
FS_API bool fs_profile_holds(const fs_column_profile *profile);
/* Share (0 … 1) of the distinct values of `a` that also stand in `b`. */
FS_API double fs_profile_within(const fs_column_profile *a, const fs_column_profile *b);

/* The ISO 4217 code of a currency whose sign or code stands in the text, into `code`; NULL: none, or
 * it can't be told. `own` (may be NULL) is the likeliest where a sign is several countries'. */
FS_API const char *fs_currency_written(const char *text, const char *own, char code[4]);

#ifdef __cplusplus
}
#endif
#endif
