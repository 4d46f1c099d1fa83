/* step_internal.h: what the files that read a step's text share. */
#ifndef FORESELL_STEP_INTERNAL_H
#define FORESELL_STEP_INTERNAL_H

#include "plan_internal.h"

/* What reading one step's text needs everywhere. */
typedef struct reader {
    fs_arena *arena;
    const char *file;
    const char *text;
    fs_lookup lookup;
    void *context;
    fs_error *error;
} reader;

/* One header line with what continues it, joined by line breaks. */
typedef struct header_line {
    const char *word;
    char *text;
    int64_t line;
} header_line;

/* The header lines of the text; *rest is where the SQL begins, on *line of the file. */
fs_status fs_engine_header_lines(reader *r, header_line **lines, int *count, const char **rest,
                                 int64_t *line);
/* A list of names: a, "b c". */
fs_status fs_engine_header_names(reader *r, const header_line *h, const char *const **names,
                                 int *count);
/* Fills ${…} of `text`, which begins on `line` of the file. */
fs_status fs_engine_step_fill(reader *r, int64_t line, const char *text, char **out);
/* Adds one expect to the step. */
fs_status fs_engine_step_expect(reader *r, fs_step_node *step, int64_t line, const char *text);

#endif
