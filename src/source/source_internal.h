/* Inside of the source room: the stages between stored bytes and records.
 *
 *   fs_reader -> stream (digest, gunzip, unzstd) -> decoder (UTF-8) -> splitter -> block -> cursor
 *
 * Each stage is a plain struct with one function that moves bytes on; none knows the next one.
 */
#ifndef FORESELL_SOURCE_INTERNAL_H
#define FORESELL_SOURCE_INTERNAL_H

#include <zlib.h>
#include <zstd.h>

#include "foresell/source.h"

/* Bytes past the end of anything that the vector code looks at; they may be read, never used. */
#define FS_SOURCE_PADDING 128
/* What a block usually holds. */
#define FS_SOURCE_BLOCK (1u << 20)

/* ---- reader.c ---- */

/* Bytes in memory that stay the caller's. */
typedef struct fs_source_memory {
    const char *data;
    size_t left;
} fs_source_memory;
fs_reader fs_source_reader_memory(fs_source_memory *memory);

/* ---- stream.c: stored bytes to plain bytes, digest on the way ---- */

typedef enum fs_source_packing {
    FS_SOURCE_PLAIN,
    FS_SOURCE_GZIP,
    FS_SOURCE_ZSTD
} fs_source_packing;

typedef struct fs_source_stream {
    fs_reader reader;
    char *name; /* for messages */
    fs_source_packing packing;
    fs_digest digest;
    bool undigested;      /* nobody asks for the digest */
    int64_t stored;       /* bytes taken from the reader */
    unsigned char *input; /* what was taken and not yet used: [at, end) */
    size_t at, end;
    bool ended;     /* the reader has no more */
    bool in_member; /* inside a gzip member or zstd frame */
    bool gzip_ready;
    z_stream gzip;
    ZSTD_DStream *zstd;
} fs_source_stream;

fs_source_packing fs_source_packing_of(const void *data, size_t bytes);
/* Owns the reader from here on, also where it fails. */
fs_status fs_source_stream_open(fs_source_stream *stream, fs_reader reader, const char *name,
                                fs_error *error);
/* Up to `capacity` plain bytes; *got is 0 only at the end. */
fs_status fs_source_stream_read(fs_source_stream *stream, void *data, size_t capacity, size_t *got,
                                fs_error *error);
void fs_source_stream_close(fs_source_stream *stream);

/* ---- encoding.c ---- */

/* Turns `from` into UTF-8. Uses whole characters only unless `last`; *used says how many bytes.
 * `to` must hold FS_SOURCE_WIDEN(bytes). Returns the bytes written. */
#define FS_SOURCE_WIDEN(bytes) (3 * (bytes) + 8)
size_t fs_source_decode(fs_encoding encoding, const unsigned char *from, size_t bytes, bool last,
                        char *to, size_t *used);
/* Length of the byte order mark at the start of `data`, and which encoding it tells. */
size_t fs_source_mark(const unsigned char *data, size_t bytes, fs_encoding *encoding);
bool fs_source_is_utf8(const char *text, size_t bytes);
/* Bytes of `text` (at most `most`) that don't end inside a character. */
size_t fs_source_whole(const char *text, size_t bytes, size_t most);

/* ---- marks.c: where certain bytes stand, 64 bytes to a mask ---- */

#define FS_SOURCE_SET 6
/* mask[i] bit j: byte data[64 * i + j] is in `set`. Reads 64 * chunks bytes. */
typedef void (*fs_source_marks)(const char *data, size_t chunks, const char set[FS_SOURCE_SET],
                                uint64_t *mask);
fs_source_marks fs_source_marks_best(void);
void fs_source_marks_reference(const char *data, size_t chunks, const char set[FS_SOURCE_SET],
                               uint64_t *mask);
/* Is there a NUL or a byte over 127? */
bool fs_source_has_odd(const char *data, size_t bytes);
/* Line ends (\n, \r\n, lone \r) in `bytes` bytes. A final \r counts. */
int64_t fs_source_count_lines(const char *data, size_t bytes);
/* Offset just after the first line end, or 0 where there is none. `more`: bytes may follow, so that
 * a final \r is not yet known to be one. */
size_t fs_source_line_end(const char *data, size_t bytes, bool more);

/* ---- split.c: where records end ---- */

static inline bool fs_source_is_blank(char c, const fs_dialect *dialect)
{
    return (c == ' ' || c == '\t') && c != dialect->delimiter && !dialect->runs;
}

static inline bool fs_source_is_delimiter(char c, const fs_dialect *dialect)
{
    return (c == dialect->delimiter && c != '\0') ||
           (dialect->runs && dialect->delimiter == ' ' && c == '\t');
}

typedef struct fs_source_range {
    size_t from, to;
} fs_source_range;

typedef struct fs_source_split {
    bool quoted;   /* the end of the scanned bytes lies inside quotes */
    bool more;     /* what decides lies beyond the bytes at hand */
    size_t opened; /* where these quotes were opened */
    size_t end;    /* after the last record end outside quotes; 0: none */
    int64_t lines; /* line ends in [0, end) */
    bool escapes;  /* some quoted text needs unescaping */
} fs_source_split;

/* Scans data[0, to) from the start of a record; data[to, available) may be looked at.
 * `never`: quotes opened in this range are known not to be closed in it. */
fs_source_split fs_source_split_scan(const fs_dialect *dialect, fs_source_marks marks,
                                     const char *data, size_t to, size_t available, bool ended,
                                     fs_source_range never);

/* ---- text.c ---- */

typedef struct fs_source_fault {
    size_t at, bytes; /* place in the block, line end included */
    const char *fault;
} fs_source_fault;

struct fs_text_block {
    char *data; /* size bytes, then a line end and padding */
    size_t size;
    char *scratch; /* room to unescape one record, or NULL where nothing is escaped */
    int64_t number;
    int64_t line;  /* of its first byte */
    int64_t lines; /* line ends in it */
    fs_source_fault *fault;
    size_t faults, fault_capacity;
};

struct fs_text {
    fs_source_stream stream;
    fs_dialect dialect;
    fs_source_marks marks;
    size_t block_size;
    unsigned char *raw; /* bytes not yet decoded, where the file is not UTF-8 */
    size_t raw_size;
    char *window; /* UTF-8 text [at, end), padding after it */
    size_t at, end, capacity;
    bool ended;         /* nothing follows `end` */
    int64_t offset;     /* of window[at] in the decoded file */
    int64_t never_from; /* quotes opened in this range of the decoded file are not closed */
    int64_t never_to;   /* in it */
    int64_t line;       /* of window[at] */
    int64_t blocks;
    int64_t records; /* parsed by cursors; atomic */
    bool finished;
    char digest[FS_DIGEST_HEX];
    char **column;
    int columns;
};

/* fs_text_open with blocks of another size, for tests. */
fs_status fs_source_text_open(fs_reader reader, const char *name, const fs_dialect *dialect,
                              size_t block_size, fs_text **text, fs_error *error);

/* ---- header.c ---- */

/* Finds the columns in the file's first block. *bytes and *lines: what the header takes of it.
 * *found is false where the block is blank. */
fs_status fs_source_header(fs_text *text, const fs_text_block *block, bool *found, size_t *bytes,
                           int64_t *lines, fs_error *error);

/* ---- fixed.c ---- */

/* Cuts a record into dialect->widths fields, of which the first `capacity` are given. Returns a fault or NULL. */
const char *fs_source_fixed(const fs_dialect *dialect, const char *text, size_t bytes,
                            fs_field *field, int capacity);

/* ---- cursor.c ---- */

#define FS_SOURCE_BATCH 64 /* masks computed at a time */
struct fs_cursor {
    const fs_text *text;
    const fs_text_block *block;
    fs_dialect dialect;
    fs_source_marks marks;
    char set[FS_SOURCE_SET];
    const char *data;
    size_t size, at; /* of the block; start of the next record */
    int64_t line;
    size_t next_fault;
    int columns; /* 0: any number is right */
    bool odd;    /* the block has NUL bytes or bytes over 127 */
    fs_field *field;
    int capacity;
    size_t scratch;  /* bytes of block->scratch in use */
    size_t batch_at; /* offset of mask[0] */
    size_t chunk;    /* masks used */
    uint64_t bits;   /* what is left of mask[chunk - 1] */
    uint64_t mask[FS_SOURCE_BATCH];
    int64_t records; /* in this block so far */
};
/* A cursor for up to `capacity` fields; further ones are counted in none. */
fs_status fs_source_cursor_open(const fs_text *text, int capacity, fs_cursor **cursor,
                                fs_error *error);

/* ---- number.c, moment.c: cells ---- */

/* All return false where the text, blanks cut by the caller, is something else. */
bool fs_source_read_integer(const char *text, size_t bytes, int64_t *value);
/* Bytes of the sign or code of a currency that the text begins or ends with; 0: none. */
typedef struct fs_source_currency {
    const char *text;
    size_t bytes;
    const char *codes; /* of ISO 4217, the likeliest first; '?': none of them */
} fs_source_currency;
size_t fs_source_currency_before(const char *text, size_t bytes);
size_t fs_source_currency_behind(const char *text, size_t bytes);
bool fs_source_read_number(const char *text, size_t bytes, char decimal, double *value);
/* Microseconds since 1970 (UTC); *has_time where a time of day stands there. */
bool fs_source_read_moment(const char *text, size_t bytes, fs_date_order order, int64_t *value,
                           bool *has_time);
/* The same for all orders at once: bit i of the result and value[i] for fs_date_order i. `number`:
 * the text is a number, so serials and epochs are tried too. */
unsigned fs_source_read_moments(const char *text, size_t bytes, bool number, int64_t value[8],
                                bool *has_time);
bool fs_source_is_missing(const char *text, size_t bytes);

/* ---- month.c ---- */

#define FS_SOURCE_WORD 10 /* letters of a word that are kept */
/* Letters at the start of `text`, small and without accents; returns the bytes they take.
 * *letters may be more than are kept. */
size_t fs_source_fold_word(const char *text, size_t bytes, char word[FS_SOURCE_WORD],
                           size_t *letters);
/* 1 … 12, or 0. */
int fs_source_month(const char *word, size_t letters);
bool fs_source_is_weekday(const char *word, size_t letters);

#endif
