/* Records and fields of one block.
 *
 * Walks over the marks (delimiters, line ends, quotes, backslashes) of the block and yields views:
 * a field is copied only where it holds doubled or escaped quotes, into the block's scratch room.
 * Nothing is allocated. The rules for quotes are those of split.c.
 *
 * Checks for NUL bytes and invalid UTF-8 cost nothing in a block that is plain ASCII, which is
 * asked once a block.
 */
#include <string.h>

#include "source_internal.h"

#define SPARE_FIELDS 16

fs_status fs_source_cursor_open(const fs_text *text, int capacity, fs_cursor **cursor,
                                fs_error *error)
{
    *cursor = NULL;
    fs_cursor *c = fs_alloc_zero(1, sizeof *c);
    fs_field *field = c ? fs_alloc((size_t)capacity * sizeof *field) : NULL;
    if (!field) {
        fs_free(c);
        return fs_fail_memory(error, sizeof *c + (size_t)capacity * sizeof *field);
    }
    const fs_dialect *d = &text->dialect;
    *c = (fs_cursor){.text = text,
                     .dialect = *d,
                     .marks = text->marks,
                     .field = field,
                     .capacity = capacity,
                     .columns = text->columns};
    char delimiter = d->delimiter ? d->delimiter : '\n', quote = d->quote ? d->quote : '\n';
    memcpy(c->set,
           (char[]){'\n', '\r', delimiter, quote, d->escape ? d->escape : '\n',
                    d->runs && delimiter == ' ' ? '\t' : '\n'},
           FS_SOURCE_SET);
    *cursor = c;
    return FS_OK;
}

fs_status fs_cursor_open(const fs_text *text, fs_cursor **cursor, fs_error *error)
{
    return fs_source_cursor_open(text, text->columns + SPARE_FIELDS, cursor, error);
}

void fs_cursor_close(fs_cursor *c)
{
    if (!c) return;
    fs_free(c->field);
    fs_free(c);
}

/* ---- marks ---- */

static void next_batch(fs_cursor *c)
{
    size_t left = (c->size + 1 - c->batch_at + 63) / 64;
    size_t chunks = left < FS_SOURCE_BATCH ? left : FS_SOURCE_BATCH;
    c->marks(c->data + c->batch_at, chunks, c->set, c->mask);
    if (chunks == left && (c->size + 1 - c->batch_at) % 64) /* nothing after the block's end */
        c->mask[chunks - 1] &= (1ull << (c->size + 1 - c->batch_at) % 64) - 1;
    memset(c->mask + chunks, 0, (FS_SOURCE_BATCH - chunks) * sizeof *c->mask);
}

/* Offset of the next mark. There is always one: the line end after the block. */
static inline size_t next_mark(fs_cursor *c)
{
    while (c->bits == 0) {
        if (c->chunk == FS_SOURCE_BATCH) {
            c->batch_at += 64 * FS_SOURCE_BATCH;
            c->chunk = 0;
            next_batch(c);
        }
        c->bits = c->mask[c->chunk++];
    }
    size_t at = c->batch_at + 64 * (c->chunk - 1) + (size_t)__builtin_ctzll(c->bits);
    c->bits &= c->bits - 1;
    return at;
}

/* Makes `at` the first byte whose mark counts. */
static void seek(fs_cursor *c, size_t at)
{
    if (at < c->batch_at + 64 * FS_SOURCE_BATCH) {
        size_t chunk = (at - c->batch_at) / 64;
        c->bits = c->mask[chunk];
        c->chunk = chunk + 1;
    } else {
        c->batch_at = at / 64 * 64;
        next_batch(c);
        c->bits = c->mask[0];
        c->chunk = 1;
    }
    c->bits &= ~0ull << at % 64;
}

void fs_cursor_start(fs_cursor *c, const fs_text_block *block)
{
    c->block = block;
    c->data = block->data;
    c->size = block->size;
    c->at = 0;
    c->line = block->line;
    c->next_fault = 0;
    c->odd = fs_source_has_odd(block->data, block->size);
    c->batch_at = 0;
    c->chunk = 0;
    c->bits = 0;
    c->records = 0;
    next_batch(c);
}

/* ---- fields ---- */

static inline void add_field(fs_cursor *c, int *fields, const char *text, size_t bytes, bool quoted)
{
    if (*fields < c->capacity) c->field[*fields] = (fs_field){text, bytes, quoted};
    ++*fields;
}

static bool is_end(const fs_cursor *c, size_t at)
{
    return at >= c->size || c->data[at] == '\n' || c->data[at] == '\r';
}

/* The place after the quote at `at` and blanks, where a field may end. */
static size_t after_blanks(const fs_cursor *c, size_t at)
{
    do at++;
    while (at < c->size && fs_source_is_blank(c->data[at], &c->dialect));
    return at;
}

static bool ends_field(const fs_cursor *c, size_t at)
{
    return is_end(c, at) || fs_source_is_delimiter(c->data[at], &c->dialect);
}

/* Copies text without the marks that escape. */
static const char *unescape(fs_cursor *c, const char *text, size_t bytes, size_t *after)
{
    char quote = c->dialect.quote, escape = c->dialect.escape;
    char *start = c->block->scratch + c->scratch, *to = start;
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == escape && i + 1 < bytes) {
            char next = text[i + 1];
            bool drops = escape == quote ? next == quote
                                         : next == quote || next == escape || next == '\n' ||
                                               next == '\r' || next == c->dialect.delimiter;
            if (drops)
                i++;
            else if (escape != quote)
                *to++ = text[i++];
        }
        *to++ = text[i];
    }
    *after = (size_t)(to - start);
    c->scratch += *after;
    return start;
}

/* Counts the line end at `at`, once where it is two bytes. */
static void count_line(fs_cursor *c, size_t at, int64_t *lines)
{
    if (c->data[at] == '\n' || at + 1 >= c->size || c->data[at + 1] != '\n') ++*lines;
}

/* The field whose quotes open at `open`. Returns where it ends: a delimiter or the record's end. */
static size_t quoted_field(fs_cursor *c, size_t open, int *fields, int64_t *lines)
{
    char quote = c->dialect.quote, escape = c->dialect.escape;
    bool escapes = false;
    for (;;) {
        size_t at = next_mark(c);
        size_t end = at;
        char byte = c->data[at];
        if (at < c->size) {
            if (byte == '\n' || byte == '\r') count_line(c, at, lines);
            if (byte == escape && (escape != quote || c->data[at + 1] == quote)) {
                escapes = true;
                if (c->data[at + 1] == '\n' || c->data[at + 1] == '\r')
                    count_line(c, at + 1, lines);
                if (at + 2 <= c->size) seek(c, at + 2);
                continue;
            }
            if (byte != quote) continue;
            end = after_blanks(c, at);
            if (!ends_field(c, end)) continue;
            seek(c, end);
            next_mark(c);
        }
        const char *text = c->data + open + 1;
        size_t bytes = at - open - 1;
        if (escapes && c->block->scratch) text = unescape(c, text, bytes, &bytes);
        add_field(c, fields, text, bytes, true);
        return end;
    }
}

static bool only_blanks(const fs_cursor *c, size_t from, size_t to)
{
    while (from < to && fs_source_is_blank(c->data[from], &c->dialect)) from++;
    return from == to;
}

static void plain_field(fs_cursor *c, size_t start, size_t end, bool escapes, int *fields)
{
    const char *text = c->data + start;
    size_t bytes = end - start;
    if (escapes && c->block->scratch) text = unescape(c, text, bytes, &bytes);
    add_field(c, fields, text, bytes, false);
}

/* All fields of the record at `c->at`. Returns the offset of the line end. */
static size_t read_fields(fs_cursor *c, int *fields, int64_t *lines)
{
    size_t start = c->at;
    bool escapes = false, runs = c->dialect.runs;
    char delimiter = c->dialect.delimiter, quote = c->dialect.quote;
    for (;;) {
        size_t at = next_mark(c);
        char byte = c->data[at];
        if (at < c->size && byte == quote && quote) {
            if (!only_blanks(c, start, at)) continue;
            at = quoted_field(c, at, fields, lines);
            if (is_end(c, at)) return at;
            start = at + 1;
        } else if (byte == delimiter || (byte == '\t' && runs)) {
            if (!runs || at > start) plain_field(c, start, at, escapes, fields);
            start = at + 1;
        } else if (is_end(c, at)) {
            if (!runs || at > start || *fields == 0) plain_field(c, start, at, escapes, fields);
            return at;
        } else { /* a backslash */
            escapes = true;
            if (at + 1 < c->size && c->data[at + 1] != '\n' && c->data[at + 1] != '\r')
                seek(c, at + 2);
            continue;
        }
        escapes = false;
    }
}

/* The fields of a record of fixed widths. Returns the offset of the line end. */
static size_t fixed_fields(fs_cursor *c, int *fields, const char **torn)
{
    size_t end = next_mark(c);
    while (!is_end(c, end)) end = next_mark(c);
    *torn = fs_source_fixed(&c->dialect, c->data + c->at, end - c->at, c->field, c->capacity);
    *fields = c->dialect.widths;
    return end;
}

/* ---- records ---- */

static const char *width_fault(const fs_cursor *c, int fields)
{
    if (c->columns == 0 || fields == c->columns) return NULL;
    return fields > c->columns ? "too many fields" : "too few fields";
}

static const char *text_fault(const fs_record *record)
{
    if (memchr(record->text, '\0', record->bytes)) return "NUL byte";
    return fs_source_is_utf8(record->text, record->bytes) ? NULL : "invalid UTF-8";
}

/* A line that the splitter gave up: its text as the only field. */
static void faulty_record(fs_cursor *c, const fs_source_fault *fault, fs_record *record)
{
    const char *text = c->data + c->at;
    size_t bytes = fault->bytes;
    if (bytes && text[bytes - 1] == '\n') bytes--;
    if (bytes && text[bytes - 1] == '\r') bytes--;
    c->field[0] = (fs_field){text, bytes, false};
    *record = (fs_record){.field = c->field,
                          .fields = 1,
                          .line = c->line,
                          .text = text,
                          .bytes = bytes,
                          .fault = fault->fault};
    c->line += fs_source_count_lines(text, fault->bytes);
    c->at += fault->bytes;
    c->next_fault++;
    if (c->at < c->size) seek(c, c->at);
}

/* The line end at `at` and what follows it. */
static size_t after_line_end(const fs_cursor *c, size_t at)
{
    if (at >= c->size) return c->size;
    return at + 1 + (c->data[at] == '\r' && at + 1 < c->size && c->data[at + 1] == '\n');
}

static bool is_blank_line(const fs_cursor *c, const fs_record *record)
{
    size_t blanks = 0;
    while (c->dialect.widths && blanks < record->bytes && record->text[blanks] == ' ') blanks++;
    if (c->dialect.widths) return blanks == record->bytes;
    if (record->fields != 1 || c->columns == 1 || record->field[0].quoted) return false;
    if (!c->dialect.delimiter) return false;
    for (size_t i = 0; i < record->bytes; i++)
        if (record->text[i] != ' ' && record->text[i] != '\t' && record->text[i] != '\x1a')
            return false;
    return true;
}

static void read_record(fs_cursor *c, fs_record *record)
{
    int fields = 0;
    int64_t lines = 1;
    size_t start = c->at;
    c->scratch = 0;
    const char *torn = NULL;
    size_t end =
        c->dialect.widths ? fixed_fields(c, &fields, &torn) : read_fields(c, &fields, &lines);
    size_t next = after_line_end(c, end);
    if (next == end + 2) next_mark(c); /* the \n of \r\n */
    c->at = next;
    *record = (fs_record){.field = c->field,
                          .fields = fields < c->capacity ? fields : c->capacity,
                          .line = c->line,
                          .text = c->data + start,
                          .bytes = end - start,
                          .fault = torn ? torn : width_fault(c, fields)};
    c->line += lines;
    const char *fault = c->odd ? text_fault(record) : NULL;
    if (fault) record->fault = fault;
}

bool fs_cursor_next(fs_cursor *c, fs_record *record)
{
    while (c->at < c->size) {
        const fs_text_block *b = c->block;
        if (c->next_fault < b->faults && b->fault[c->next_fault].at == c->at) {
            faulty_record(c, &b->fault[c->next_fault], record);
        } else {
            read_record(c, record);
            if (is_blank_line(c, record)) continue;
        }
        c->records++;
        return true;
    }
    if (c->records) __atomic_fetch_add((int64_t *)&c->text->records, c->records, __ATOMIC_RELAXED);
    c->records = 0;
    return false;
}
