/* What the source tests share: readers over memory that give a few bytes at a time, and a whole
 * file as one string of records that can be compared. */
#ifndef FORESELL_SOURCE_TEST_H
#define FORESELL_SOURCE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "source_internal.h"

static const fs_dialect comma = {.delimiter = ',', .quote = '"', .escape = '"', .header = true};

/* Gives `data` in pieces of at most `piece` bytes (0: all that is asked for). */
typedef struct pieces {
    const char *data;
    size_t left, piece;
    int *closed;
} pieces;

static inline fs_status pieces_read(void *context, void *data, size_t capacity, size_t *got,
                                    fs_error *error)
{
    pieces *p = context;
    (void)error;
    size_t most = p->piece && p->piece < capacity ? p->piece : capacity;
    *got = p->left < most ? p->left : most;
    if (*got) memcpy(data, p->data, *got);
    p->data += *got;
    p->left -= *got;
    return FS_OK;
}

static inline void pieces_close(void *context)
{
    pieces *p = context;
    if (p->closed) ++*p->closed;
}

static inline fs_reader pieces_reader(pieces *p)
{
    return (fs_reader){
        .context = p, .read = pieces_read, .close = pieces_close, .size = (int64_t)p->left};
}

static inline fs_status add_record(fs_buffer *out, const fs_record *r)
{
    FS_TRY(fs_buffer_printf(out, "%lld", (long long)r->line));
    if (r->fault) FS_TRY(fs_buffer_printf(out, "!%s!", r->fault));
    for (int i = 0; i < r->fields; i++) {
        FS_TRY(fs_buffer_text(out, r->field[i].quoted ? "|q" : "|"));
        FS_TRY(fs_buffer_add(out, r->field[i].text, r->field[i].bytes));
    }
    return fs_buffer_text(out, "\n");
}

static inline fs_status add_blocks(fs_buffer *out, fs_text *text, fs_cursor *cursor,
                                   fs_error *error)
{
    for (int64_t number = 0;; number++) {
        fs_text_block *block;
        fs_record record;
        fs_status status = fs_text_next(text, &block, error);
        if (status != FS_OK || !block) return status;
        assert_int_equal(block->number, number);
        fs_cursor_start(cursor, block);
        while (status == FS_OK && fs_cursor_next(cursor, &record))
            status = add_record(out, &record);
        fs_text_block_free(block);
        FS_TRY(status);
    }
}

/* Header and records as lines "LINE!FAULT!|field|qquoted field". */
static inline fs_status read_all(const char *data, size_t bytes, const fs_dialect *dialect,
                                 size_t piece, size_t block_size, fs_buffer *out,
                                 fs_text_stats *stats, fs_error *error)
{
    int closed = 0;
    pieces p = {data, bytes, piece, &closed};
    fs_text *text;
    fs_cursor *cursor = NULL;
    fs_status status =
        fs_source_text_open(pieces_reader(&p), "test.csv", dialect, block_size, &text, error);
    if (status == FS_OK) {
        for (int i = 0; i < fs_text_columns(text) && status == FS_OK; i++)
            status = fs_buffer_printf(out, "%s%s", i ? "," : "", fs_text_column(text, i));
        if (status == FS_OK) status = fs_buffer_text(out, "\n");
        if (status == FS_OK) status = fs_cursor_open(text, &cursor, error);
        if (status == FS_OK) status = add_blocks(out, text, cursor, error);
        if (stats) fs_text_stats_get(text, stats);
        fs_cursor_close(cursor);
        fs_text_close(text);
    }
    assert_int_equal(closed, 1);
    return status;
}

/* Read with blocks and reads of several sizes, which must not matter. */
static inline void assert_reads(const fs_dialect *dialect, const char *data, size_t bytes,
                                const char *expected)
{
    static const size_t sizes[][2] = {{0, 1 << 20}, {1, 1},   {1, 7},  {3, 64},
                                      {7, 1},       {0, 100}, {64, 13}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        fs_buffer out = {0};
        fs_error error = {0};
        fs_status status =
            read_all(data, bytes, dialect, sizes[i][0], sizes[i][1], &out, NULL, &error);
        if (status != FS_OK) fail_msg("%s", error.message);
        assert_string_equal(out.data, expected);
        fs_buffer_free(&out);
    }
}
#define READS(dialect, text, expected) assert_reads(dialect, text, sizeof(text) - 1, expected)

/* Small random numbers that are the same on every machine. */
static inline uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

#endif
