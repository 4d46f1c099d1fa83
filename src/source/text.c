/* Delimited text as numbered blocks of whole records.
 *
 *   stream -> [raw -> decode] -> window -> splitter -> block (a copy of the window's front)
 *
 * The window holds what is decoded and not yet handed out: a block and a little more as a rule, up
 * to FS_RECORD_MAX where one record is that long. A block is the window's front up to the last
 * record end that the splitter finds in it. Two kinds of record have no end within reach:
 *
 *   - quotes that nobody closes, in the rest of the file or in FS_RECORD_MAX bytes: the record is
 *     given up at the end of the line on which they open, marked as a fault of the block, and
 *     reading goes on with the next line;
 *   - a line that is longer than FS_RECORD_MAX: a block of its own with its first 4,096 bytes
 *     as a fault; what follows up to the line's end is passed over.
 *
 * Where a block ends depends on the bytes of the file only, not on how reads happened to cut them.
 */
#include <string.h>

#include "source_internal.h"

#define READ             (256u << 10)
#define RAW              (64u << 10)
#define LOOK             64u /* bytes beyond what is scanned that the splitter may look at */
#define LONG_RECORD_KEPT 4096u
#define COLUMNS_MOST     32768 /* a column a day for 89 years; more is a wrong delimiter */

/* ---- the window ---- */

static fs_status make_room(fs_text *t, size_t want, fs_error *error)
{
    size_t needed = want + FS_SOURCE_WIDEN((size_t)RAW) + FS_SOURCE_PADDING;
    if (t->at + needed <= t->capacity) return FS_OK;
    if (t->at) memmove(t->window, t->window + t->at, t->end - t->at);
    t->end -= t->at;
    t->at = 0;
    if (needed <= t->capacity) return FS_OK;
    size_t capacity = needed + needed / 2;
    char *window = fs_realloc(t->window, capacity);
    if (!window) return fs_fail_memory(error, capacity);
    t->window = window;
    t->capacity = capacity;
    return FS_OK;
}

static fs_status read_utf8(fs_text *t, fs_error *error)
{
    size_t room = t->capacity - FS_SOURCE_PADDING - t->end, got;
    FS_TRY(fs_source_stream_read(&t->stream, t->window + t->end, room < READ ? room : READ, &got,
                                 error));
    t->end += got;
    t->ended = got == 0;
    return FS_OK;
}

static fs_status read_other(fs_text *t, fs_error *error)
{
    size_t got, used;
    FS_TRY(fs_source_stream_read(&t->stream, t->raw + t->raw_size, RAW - t->raw_size, &got, error));
    t->raw_size += got;
    t->end += fs_source_decode(t->dialect.encoding, t->raw, t->raw_size, got == 0,
                               t->window + t->end, &used);
    memmove(t->raw, t->raw + used, t->raw_size - used);
    t->raw_size -= used;
    t->ended = got == 0;
    return FS_OK;
}

/* At least `want` bytes in the window, or all that there are. */
static fs_status fill(fs_text *t, size_t want, fs_error *error)
{
    while (!t->ended && t->end - t->at < want) {
        FS_TRY(make_room(t, want, error));
        FS_TRY(t->dialect.encoding == FS_UTF8 ? read_utf8(t, error) : read_other(t, error));
    }
    memset(t->window + t->end, 0, FS_SOURCE_PADDING);
    return FS_OK;
}

static void consume(fs_text *t, size_t bytes, int64_t lines)
{
    t->at += bytes;
    t->offset += (int64_t)bytes;
    t->line += lines;
}

/* ---- one block ---- */

/* The block to be: the first `size` bytes of the window. */
typedef struct span {
    size_t target; /* size to stop at */
    size_t size;
    int64_t lines;
    bool escapes;
    bool done;
    bool too_long; /* the record at its end has no end within reach */
    fs_source_fault *fault;
    size_t faults, capacity;
} span;

static fs_status add_fault(span *s, size_t at, size_t bytes, const char *what, fs_error *error)
{
    if (s->faults == s->capacity) {
        size_t capacity = s->capacity ? 2 * s->capacity : 16;
        fs_source_fault *fault = fs_realloc(s->fault, capacity * sizeof *fault);
        if (!fault) return fs_fail_memory(error, capacity * sizeof *fault);
        s->fault = fault;
        s->capacity = capacity;
    }
    s->fault[s->faults++] = (fs_source_fault){at, bytes, what};
    return FS_OK;
}

/* Where quotes stay open up to `to`, remembers it; a run of quotes cut by `to` is left out. */
static void remember_unclosed(fs_text *t, const span *s, const char *data, size_t opened, size_t to)
{
    char quote = t->dialect.quote, escape = t->dialect.escape;
    while (to > opened + 1 && (data[to - 1] == quote || data[to - 1] == escape)) to--;
    t->never_from = t->offset + (int64_t)(s->size + opened);
    t->never_to = t->offset + (int64_t)(s->size + to);
}

/* The quotes opened at data[split.opened] are never closed: gives up that line. */
static fs_status give_up_line(fs_text *t, span *s, const char *data, size_t available,
                              const fs_source_split *split, fs_error *error)
{
    size_t rest = available - split->opened;
    size_t line = fs_source_line_end(data + split->opened, rest, !t->ended);
    if (line == 0 && t->ended) line = rest;
    if (line == 0) {
        s->done = split->end > 0;
        s->too_long = !s->done;
        s->lines += split->lines;
        s->size += split->end;
        return FS_OK;
    }
    size_t end = split->opened + line, bytes = end - split->end;
    FS_TRY(add_fault(s, s->size + split->end, bytes, "unclosed quote", error));
    s->lines += split->lines + fs_source_count_lines(data + split->end, bytes);
    s->size += end;
    s->escapes |= split->escapes;
    s->done = s->size >= s->target || end == available;
    return FS_OK;
}

static void accept(span *s, size_t bytes, int64_t lines, bool escapes)
{
    s->size += bytes;
    s->lines += lines;
    s->escapes |= escapes;
    s->done = true;
}

/* Extends the span by what one scan of up to `*want` bytes tells; *want grows while that is not
 * enough for one record. */
static fs_status extend(fs_text *t, span *s, size_t *want, fs_error *error)
{
    FS_TRY(fill(t, s->size + *want + LOOK, error));
    const char *data = t->window + t->at + s->size;
    size_t rest = t->end - t->at - s->size;
    size_t to = rest < *want ? rest : *want;
    size_t seen = rest - to < LOOK ? rest : to + LOOK;
    bool ended = t->ended && seen == rest;
    int64_t here = t->offset + (int64_t)s->size;
    fs_source_range never = {t->never_from > here ? (size_t)(t->never_from - here) : 0,
                             t->never_to > here ? (size_t)(t->never_to - here) : 0};
    fs_source_split split =
        fs_source_split_scan(&t->dialect, t->marks, data, to, seen, ended, never);
    bool whole = ended && to == rest && !split.more;
    if (whole && !split.quoted) {
        accept(s, rest, fs_source_count_lines(data, rest), split.escapes);
    } else if (!whole && split.end > 0) {
        accept(s, split.end, split.lines, split.escapes);
    } else if (!whole && *want < FS_RECORD_MAX) {
        *want = *want < FS_RECORD_MAX / 2 ? 2 * *want : FS_RECORD_MAX;
    } else if (split.quoted) {
        if (!split.more) remember_unclosed(t, s, data, split.opened, to);
        FS_TRY(give_up_line(t, s, data, rest, &split, error));
        *want = s->target;
    } else {
        s->too_long = true;
    }
    return FS_OK;
}

static fs_status make_block(fs_text *t, span *s, fs_text_block **block, fs_error *error)
{
    size_t room = s->size + FS_SOURCE_PADDING + 1;
    bool scratch = s->escapes;
    fs_text_block *b = fs_alloc_zero(1, sizeof *b);
    char *data = b ? fs_alloc(scratch ? 2 * room : room) : NULL;
    if (!data) {
        fs_free(b);
        return fs_fail_memory(error, room);
    }
    memcpy(data, t->window + t->at, s->size);
    memset(data + s->size, 0, FS_SOURCE_PADDING + 1);
    data[s->size] = '\n';
    *b = (fs_text_block){.data = data,
                         .size = s->size,
                         .number = t->blocks,
                         .line = t->line,
                         .lines = s->lines,
                         .fault = s->fault,
                         .faults = s->faults,
                         .scratch = scratch ? data + room : NULL};
    s->fault = NULL;
    *block = b;
    return FS_OK;
}

/* Passes over the rest of a line that is too long to be kept. */
static fs_status pass_line(fs_text *t, fs_error *error)
{
    for (;;) {
        size_t bytes = t->end - t->at;
        size_t line = fs_source_line_end(t->window + t->at, bytes, !t->ended);
        if (line || t->ended) {
            consume(t, line ? line : bytes, 1);
            return FS_OK;
        }
        bool turn = bytes && t->window[t->end - 1] == '\r';
        consume(t, bytes - turn, 0);
        FS_TRY(fill(t, READ, error));
    }
}

static fs_status long_block(fs_text *t, fs_text_block **block, fs_error *error)
{
    span s = {.lines = 1};
    s.size = fs_source_whole(t->window + t->at, t->end - t->at, LONG_RECORD_KEPT);
    fs_status status = add_fault(&s, 0, s.size, "record too long", error);
    if (status == FS_OK) status = make_block(t, &s, block, error);
    fs_free(s.fault);
    if (status == FS_OK) status = pass_line(t, error);
    if (status != FS_OK && *block) {
        fs_text_block_free(*block);
        *block = NULL;
    }
    return status;
}

/* The window's front as a block of about `target` bytes, still in the window afterwards. NULL at the
 * end, and where the first record is too long. */
static fs_status front_block(fs_text *t, size_t target, fs_text_block **block, bool *too_long,
                             fs_error *error)
{
    span s = {.target = target};
    size_t want = target;
    fs_status status = FS_OK;
    *block = NULL;
    while (status == FS_OK && !s.done && !s.too_long) status = extend(t, &s, &want, error);
    *too_long = s.too_long && s.size == 0;
    if (status == FS_OK && s.size > 0) status = make_block(t, &s, block, error);
    fs_free(s.fault);
    return status;
}

static fs_status next_block(fs_text *t, fs_text_block **block, fs_error *error)
{
    bool too_long;
    FS_TRY(front_block(t, t->block_size, block, &too_long, error));
    if (too_long)
        FS_TRY(long_block(t, block, error));
    else if (*block)
        consume(t, (*block)->size, (*block)->lines);
    t->blocks += *block != NULL;
    return FS_OK;
}

fs_status fs_text_next(fs_text *t, fs_text_block **block, fs_error *error)
{
    *block = NULL;
    if (t->finished) return FS_OK;
    FS_TRY(next_block(t, block, error));
    if (*block) return FS_OK;
    t->finished = true;
    if (!t->stream.undigested) fs_digest_end(&t->stream.digest, t->digest);
    return FS_OK;
}

void fs_text_block_free(fs_text_block *block)
{
    if (!block) return;
    fs_free(block->fault);
    fs_free(block->data);
    fs_free(block);
}

/* ---- opening ---- */

/* A byte order mark settles the encoding, whatever the dialect says. */
static fs_status start_decoding(fs_text *t, fs_error *error)
{
    size_t got = 1;
    while (t->raw_size < 4 && got) {
        FS_TRY(
            fs_source_stream_read(&t->stream, t->raw + t->raw_size, 4 - t->raw_size, &got, error));
        t->raw_size += got;
    }
    size_t mark = fs_source_mark(t->raw, t->raw_size, &t->dialect.encoding);
    memmove(t->raw, t->raw + mark, t->raw_size - mark);
    t->raw_size -= mark;
    if (t->dialect.encoding != FS_UTF8) return FS_OK;
    memcpy(t->window, t->raw, t->raw_size);
    t->end = t->raw_size;
    return FS_OK;
}

static fs_status skip_lines(fs_text *t, int64_t lines, fs_error *error)
{
    for (; lines > 0 && !(t->ended && t->at == t->end); lines--) {
        FS_TRY(fill(t, READ, error));
        FS_TRY(pass_line(t, error));
    }
    return FS_OK;
}

static fs_status fail_long_header(const fs_text *t, fs_error *error)
{
    fs_fail(error, FS_DATA, "the first record is longer than %u bytes", FS_RECORD_MAX);
    fs_error_at(error, t->stream.name, t->line, NULL);
    fs_error_remedy(error, "say with `delimiter`, `quote` and `skip` how the file is written");
    return FS_DATA;
}

/* Looks for the columns in the first block that is not blank, and takes the header away. */
static fs_status take_header(fs_text *t, fs_error *error)
{
    for (bool found = false; !found;) {
        fs_text_block *block;
        bool too_long;
        size_t bytes = 0;
        int64_t lines = 0;
        FS_TRY(front_block(t, FS_SOURCE_BLOCK, &block, &too_long, error));
        if (too_long) return fail_long_header(t, error);
        if (!block) return FS_OK;
        fs_status status = fs_source_header(t, block, &found, &bytes, &lines, error);
        if (status == FS_OK && found)
            consume(t, bytes, lines);
        else if (status == FS_OK)
            consume(t, block->size, block->lines);
        fs_text_block_free(block);
        FS_TRY(status);
    }
    return FS_OK;
}

static fs_status start(fs_text *t, fs_error *error)
{
    t->raw = fs_alloc(RAW);
    if (!t->raw) return fs_fail_memory(error, RAW);
    FS_TRY(make_room(t, 2 * FS_SOURCE_BLOCK, error));
    FS_TRY(start_decoding(t, error));
    FS_TRY(skip_lines(t, t->dialect.skip, error));
    return take_header(t, error);
}

fs_status fs_source_text_open(fs_reader reader, const char *name, const fs_dialect *dialect,
                              size_t block_size, fs_text **text, fs_error *error)
{
    *text = NULL;
    fs_text *t = fs_alloc_zero(1, sizeof *t);
    if (!t) {
        if (reader.close) reader.close(reader.context);
        return fs_fail_memory(error, sizeof *t);
    }
    *t = (fs_text){
        .dialect = *dialect, .block_size = block_size, .line = 1, .marks = fs_source_marks_best()};
    fs_status status = fs_source_stream_open(&t->stream, reader, name, error);
    if (status == FS_OK) status = start(t, error);
    if (status != FS_OK)
        fs_text_close(t);
    else
        *text = t;
    return status;
}

fs_status fs_text_open(fs_reader reader, const char *name, const fs_dialect *dialect,
                       fs_text **text, fs_error *error)
{
    FS_TRY(fs_source_text_open(reader, name, dialect, FS_SOURCE_BLOCK, text, error));
    int columns = (*text)->columns;
    if (columns <= COLUMNS_MOST) return FS_OK;
    fs_text_close(*text);
    *text = NULL;
    fs_fail(error, FS_DATA, "there are %d columns, and at most %d are read", columns, COLUMNS_MOST);
    fs_error_at(error, name, 1 + dialect->skip, NULL);
    fs_error_remedy(error, "look whether `delimiter` is right; a table as wide as that is better "
                           "written long, a row per value");
    return FS_DATA;
}

void fs_text_close(fs_text *t)
{
    if (!t) return;
    fs_source_stream_close(&t->stream);
    for (int i = 0; i < t->columns; i++) fs_free(t->column[i]);
    fs_free(t->column);
    fs_free(t->raw);
    fs_free(t->window);
    fs_free(t);
}

int fs_text_columns(const fs_text *t) { return t->columns; }

void fs_text_leave_digest(fs_text *t) { t->stream.undigested = true; }

const char *fs_text_column(const fs_text *t, int index)
{
    return index >= 0 && index < t->columns ? t->column[index] : "";
}

void fs_text_stats_get(const fs_text *t, fs_text_stats *stats)
{
    bool open_line =
        t->finished && t->end > 0 && t->window[t->end - 1] != '\n' && t->window[t->end - 1] != '\r';
    *stats = (fs_text_stats){.bytes = t->stream.stored,
                             .lines = t->line - 1 + open_line,
                             .records = __atomic_load_n(&t->records, __ATOMIC_RELAXED)};
    memcpy(stats->digest, t->digest, sizeof stats->digest);
}
