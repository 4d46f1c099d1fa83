/* Inside of sniffing: what looks like text, and how well a dialect fits a sample. */
#ifndef FORESELL_SNIFF_INTERNAL_H
#define FORESELL_SNIFF_INTERNAL_H

#include "source_internal.h"

/* ---- magic.c ---- */

/* Name of the format that the first bytes tell, NULL where they tell none. */
const char *fs_source_magic(const unsigned char *data, size_t bytes);
/* "json", "xml", "html" for text that begins like it; NULL for others. */
const char *fs_source_text_kind(const char *text, size_t bytes);
fs_encoding fs_source_guess_encoding(const unsigned char *data, size_t bytes, bool *ascii);
/* More control characters than text has? `data` is UTF-8 already. */
bool fs_source_is_binary(const char *text, size_t bytes);

/* ---- sample.c: a sample split by one dialect ---- */

typedef enum fs_sample_kind {
    FS_SAMPLE_EMPTY,
    FS_SAMPLE_NUMBER,
    FS_SAMPLE_DATE,
    FS_SAMPLE_BOOL,
    FS_SAMPLE_TEXT
} fs_sample_kind;

typedef struct fs_sample_row {
    int64_t line;
    size_t first; /* index of its first cell */
    int fields;
    const char *fault;
} fs_sample_row;

typedef struct fs_sample {
    fs_arena arena;
    fs_sample_row *row;
    int rows, row_capacity;
    fs_field *cell;
    size_t cells, cell_capacity;
    int64_t lines;
} fs_sample;

/* `text` is UTF-8; `whole`: the file ends there. At most `rows` rows. */
fs_status fs_source_sample(const char *text, size_t bytes, bool whole, const fs_dialect *dialect,
                           int rows, fs_sample *sample, fs_error *error);
void fs_source_sample_free(fs_sample *sample);
fs_sample_kind fs_source_sample_kind(const fs_field *field);

/* ---- fixed.c ---- */

/* Columns that are lined up by blanks in all lines; the dialect of the file where there are at least two. */
bool fs_source_find_fixed(const char *text, size_t bytes, bool whole, fs_dialect *dialect);
/* The same, and a sample split by it where *good. */
fs_status fs_source_judge_fixed(const char *text, size_t bytes, bool whole, int rows,
                                fs_dialect *dialect, fs_sample *sample, bool *good,
                                fs_error *error);

/* ---- heading.c ---- */

/* First row of the table (titles above it passed over) and whether it is a header. */
int fs_source_first_row(const fs_sample *sample, int width);
bool fs_source_has_header(const fs_sample *sample, int first, int width);

#endif
