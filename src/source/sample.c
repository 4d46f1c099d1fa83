/* A sample of a file split into rows and cells by one dialect, with the same code that reads
 * the whole file later. */
#include <string.h>

#include "sniff_internal.h"

/* ---- rows ---- */

static fs_status grow(void **array, size_t needed, size_t unit, size_t *capacity, fs_error *error)
{
    if (needed <= *capacity) return FS_OK;
    size_t more = *capacity ? 2 * *capacity : 256;
    while (more < needed) more *= 2;
    void *longer = fs_realloc(*array, more * unit);
    if (!longer) return fs_fail_memory(error, more * unit);
    *array = longer;
    *capacity = more;
    return FS_OK;
}

static fs_status add_row(fs_sample *s, const fs_record *r, fs_error *error)
{
    size_t rows = (size_t)s->row_capacity;
    void *row = s->row, *cell = s->cell;
    FS_TRY(grow(&row, (size_t)s->rows + 1, sizeof *s->row, &rows, error));
    s->row = row;
    s->row_capacity = (int)rows;
    FS_TRY(grow(&cell, s->cells + (size_t)r->fields, sizeof *s->cell, &s->cell_capacity, error));
    s->cell = cell;
    bool torn = r->fault && strstr(r->fault, "fields") == NULL;
    s->row[s->rows++] = (fs_sample_row){
        .line = r->line, .first = s->cells, .fields = r->fields, .fault = torn ? r->fault : NULL};
    for (int i = 0; i < r->fields; i++) {
        fs_field f = r->field[i];
        f.text = fs_arena_strndup(&s->arena, f.text, f.bytes);
        if (!f.text) return fs_fail_memory(error, f.bytes);
        s->cell[s->cells++] = f;
    }
    return FS_OK;
}

static fs_status take_block(fs_sample *s, fs_cursor *cursor, const fs_text_block *block, int rows,
                            fs_error *error)
{
    fs_record record;
    fs_cursor_start(cursor, block);
    while (s->rows < rows && fs_cursor_next(cursor, &record)) FS_TRY(add_row(s, &record, error));
    return FS_OK;
}

/* The last row of a cut sample is cut itself; quotes that it leaves open are no fault. */
static void drop_cut_rows(fs_sample *s)
{
    if (s->rows > 1) s->rows--;
    while (s->rows > 1 && s->row[s->rows - 1].fault) s->rows--;
}

static fs_status take_rows(fs_sample *s, fs_text *text, int rows, fs_error *error)
{
    fs_cursor *cursor;
    fs_text_block *block = NULL;
    FS_TRY(fs_source_cursor_open(text, 20000, &cursor, error));
    fs_status status = FS_OK;
    while (status == FS_OK && s->rows < rows) {
        status = fs_text_next(text, &block, error);
        if (status != FS_OK || !block) break;
        status = take_block(s, cursor, block, rows, error);
        fs_text_block_free(block);
    }
    fs_cursor_close(cursor);
    return status;
}

fs_status fs_source_sample(const char *text, size_t bytes, bool whole, const fs_dialect *dialect,
                           int rows, fs_sample *sample, fs_error *error)
{
    *sample = (fs_sample){0};
    fs_source_memory memory = {text, bytes};
    fs_dialect plain = *dialect;
    plain.encoding = FS_UTF8;
    plain.header = false;
    plain.skip = 0;
    fs_text *t = NULL;
    fs_status status = fs_source_text_open(fs_source_reader_memory(&memory), "sample", &plain,
                                           FS_SOURCE_BLOCK, &t, error);
    if (status == FS_OK) status = take_rows(sample, t, rows, error);
    if (status == FS_OK && !whole && sample->rows < rows) drop_cut_rows(sample);
    fs_text_close(t);
    if (status != FS_OK) fs_source_sample_free(sample);
    return status;
}

void fs_source_sample_free(fs_sample *s)
{
    fs_free(s->row);
    fs_free(s->cell);
    fs_arena_free(&s->arena);
    *s = (fs_sample){0};
}

/* ---- kinds ---- */

static bool is_date(const char *text, size_t bytes)
{
    int64_t moment[8];
    bool timed;
    unsigned dates = fs_source_read_moments(text, bytes, false, moment, &timed);
    return dates & ~(1u << FS_DATE_SERIAL | 1u << FS_DATE_EPOCH);
}

fs_sample_kind fs_source_sample_kind(const fs_field *field)
{
    fs_reading reading = {.kind = FS_READ_NUMBER, .decimal = '.'};
    fs_cell cell;
    fs_cell_state state = fs_read_cell(field->text, field->bytes, reading, &cell);
    if (state == FS_CELL_MISSING) return FS_SAMPLE_EMPTY;
    if (state == FS_CELL_VALUE) return FS_SAMPLE_NUMBER;
    reading.decimal = ',';
    if (fs_read_cell(field->text, field->bytes, reading, &cell) == FS_CELL_VALUE)
        return FS_SAMPLE_NUMBER;
    const char *text = field->text;
    size_t bytes = field->bytes;
    while (bytes && *text == ' ') text++, bytes--;
    while (bytes && text[bytes - 1] == ' ') bytes--;
    if (bytes >= 6 && is_date(text, bytes)) return FS_SAMPLE_DATE;
    reading.kind = FS_READ_BOOL;
    if (bytes > 1 && fs_read_cell(text, bytes, reading, &cell) == FS_CELL_VALUE)
        return FS_SAMPLE_BOOL;
    return FS_SAMPLE_TEXT;
}
