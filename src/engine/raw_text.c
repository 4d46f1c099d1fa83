/* Delimited text as a table: `select * from fs_raw(17)`.
 *
 * DuckDB's C table functions can't say which batch a chunk belongs to, so rows that several of its
 * threads produced would come in any order. Instead one of its threads reads, in file order, chunks
 * that threads of ours have parsed ahead:
 *
 *   fs_text_next (under a lock: reading, decompressing, digest, finding record ends)
 *     → block n → parsed by whichever worker took it, into finished DuckDB chunks
 *     → slot n of a ring → the scan hands out slot 0, 1, 2 … by reference, without a copy
 *
 * Blocks are taken at most RING ahead of the scan, so memory is bounded. A failure is handed out
 * at the place of its block, after everything before it, so that what is reported does not depend
 * on the number of threads.
 *
 * Only columns that the query wants are converted; all typed ones are checked where it wants
 * _problem or _row. A strict source checks each as it is converted, and the others as well.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "raw_internal.h"

#define RING       16
#define CHUNK_ROWS 2048
#define ROW_BYTES  64 /* of a usual record, packed ones too: only to tell large files from small */

typedef struct slot {
    bool ready;
    duckdb_data_chunk *chunk;
    int chunks;
    int64_t bad; /* records that can't be read */
    fs_status status;
    fs_error error;
} slot;

/* A file being read; closed when the scan has moved on and no block of it is being parsed. */
typedef struct open_file {
    int path;
    int users;
    int64_t bad;
    bool whole; /* all its blocks have been taken */
    fs_text *text;
} open_file;

typedef struct scan {
    fs_raw_source *source;
    bool all;      /* _row is wanted of every record */
    int columns;   /* wanted by the query */
    idx_t *column; /* numbers: fields, then FS_RAW_… */
    duckdb_logical_type *type;
    bool checks; /* all typed fields are to be checked */
    int *unseen; /* strict: typed fields that the query does not want */
    int unseens;

    pthread_mutex_t lock;
    pthread_cond_t ready, room;
    slot slot[RING];
    int64_t taken, given; /* blocks taken by workers, handed out by the scan */
    int next_path;
    open_file *file; /* at hand; NULL between files */
    bool ended;      /* no more blocks */
    bool stopped;    /* the query wants no more */
    pthread_t *thread;
    int threads;
    int chunk; /* of the slot at hand */
} scan;

/* ---- opening files ---- */

fs_status fs_raw_text_open(fs_raw_source *source, int path, fs_text **text, fs_error *error)
{
    fs_reader reader;
    FS_TRY(fs_raw_open(source->engine, source->path[path], &reader, error));
    return fs_text_open(reader, source->path[path], &source->dialect, text, error);
}

/* First looked for where the first file has it: nearly always right, and files may have thousands. */
static int find_column(const fs_text *text, int likely, const char *name)
{
    int columns = fs_text_columns(text);
    if (likely < columns && strcmp(fs_text_column(text, likely), name) == 0) return likely;
    for (int i = 0; i < columns; i++)
        if (strcmp(fs_text_column(text, i), name) == 0) return i;
    return -1;
}

static fs_status fail_no_column(const char *path, const char *column, const char *why,
                                fs_error *error)
{
    fs_fail(error, FS_DATA, "%s", why);
    fs_error_at(error, path, 0, column);
    return fs_error_remedy(error, "if the file is right, let init look at it again, or list it as "
                                  "a table of its own in foresell.yaml"),
           FS_DATA;
}

/* The columns of the first file, with the readings that were given for them. */
static fs_status take_fields(fs_raw_source *source, const fs_text *text, fs_error *error)
{
    source->fields = fs_text_columns(text);
    source->field = fs_arena_zero(&source->arena, (size_t)source->fields * sizeof *source->field);
    if (!source->field) return fs_fail_memory(error, sizeof *source->field);
    for (int i = 0; i < source->fields; i++) {
        source->field[i].name = fs_arena_strdup(&source->arena, fs_text_column(text, i));
        if (!source->field[i].name) return fs_fail_memory(error, 64);
    }
    for (int i = 0; i < source->givens; i++) {
        int at = find_column(text, i, source->given[i].name);
        if (at < 0)
            return fail_no_column(source->path[0], source->given[i].name,
                                  "the file has no such column", error);
        source->field[at].reading = source->given[i].reading;
        source->field[at].typed = source->given[i].typed;
    }
    return FS_OK;
}

static fs_status take_places(fs_raw_source *source, int path, const fs_text *text, fs_error *error)
{
    size_t columns = (size_t)fs_text_columns(text);
    int *place = fs_arena_zero(&source->arena, (size_t)source->fields * sizeof *place);
    bool *known = fs_arena_zero(&source->arena, columns);
    if (!place || !known) return fs_fail_memory(error, columns);
    for (int i = 0; i < source->fields; i++) {
        place[i] = find_column(text, i, source->field[i].name);
        if (place[i] < 0)
            return fail_no_column(source->path[path], source->field[i].name,
                                  "the file lacks a column that the first file of its table has",
                                  error);
        known[place[i]] = true;
    }
    for (size_t i = 0; i < columns; i++)
        if (!known[i])
            return fail_no_column(source->path[path], fs_text_column(text, (int)i),
                                  "the file has a column that the first file of its table lacks",
                                  error);
    source->place[path] = place;
    return FS_OK;
}

static int64_t expected_records(const fs_raw_source *source)
{
    int64_t bytes = 0;
    struct stat info;
    for (int p = 0; p < source->paths; p++)
        if (stat(source->path[p], &info) == 0) bytes += info.st_size;
    return bytes / ROW_BYTES;
}

fs_status fs_raw_text_describe(fs_raw_source *source, fs_error *error)
{
    source->counts = true;
    source->expected = expected_records(source);
    source->place = fs_arena_zero(&source->arena, (size_t)source->paths * sizeof *source->place);
    if (!source->place) return fs_fail_memory(error, sizeof *source->place);
    for (int p = 0; p < source->paths; p++) {
        fs_text *text;
        FS_TRY(fs_raw_text_open(source, p, &text, error));
        fs_status status = p == 0 ? take_fields(source, text, error) : FS_OK;
        if (status == FS_OK) status = take_places(source, p, text, error);
        fs_text_close(text);
        FS_TRY(status);
    }
    return FS_OK;
}

/* ---- parsing a block into chunks ---- */

typedef struct builder {
    scan *scan;
    int path;
    slot *slot;
    int capacity;
    duckdb_data_chunk chunk;
    duckdb_vector *vector; /* per wanted column, of the chunk at hand */
    void **data;
    uint64_t **validity;
    idx_t *texts; /* one more than the last row that has a text */
    idx_t row;
    fs_buffer problem;
} builder;

static fs_status keep_chunk(builder *b)
{
    if (b->slot->chunks == b->capacity) {
        int capacity = b->capacity ? b->capacity * 2 : 8;
        duckdb_data_chunk *more = fs_realloc(b->slot->chunk, (size_t)capacity * sizeof *more);
        if (!more) return FS_MEMORY;
        b->slot->chunk = more;
        b->capacity = capacity;
    }
    duckdb_data_chunk_set_size(b->chunk, b->row);
    b->slot->chunk[b->slot->chunks++] = b->chunk;
    b->chunk = NULL;
    return FS_OK;
}

static fs_status start_chunk(builder *b)
{
    b->chunk = duckdb_create_data_chunk(b->scan->type, (idx_t)b->scan->columns);
    if (!b->chunk) return FS_MEMORY;
    for (int i = 0; i < b->scan->columns; i++) {
        b->vector[i] = duckdb_data_chunk_get_vector(b->chunk, (idx_t)i);
        b->data[i] = duckdb_vector_get_data(b->vector[i]);
        b->validity[i] = NULL;
        b->texts[i] = 0;
    }
    b->row = 0;
    return FS_OK;
}

static void set_null(builder *b, int i)
{
    if (!b->validity[i]) {
        duckdb_vector_ensure_validity_writable(b->vector[i]);
        b->validity[i] = duckdb_vector_get_validity(b->vector[i]);
    }
    duckdb_validity_set_row_invalid(b->validity[i], b->row);
}

/* A text that is the one of the row above is not stored again: files by series repeat their names. */
static void set_text(builder *b, int i, const char *text, size_t bytes)
{
    duckdb_string_t *to = (duckdb_string_t *)b->data[i] + b->row;
    if (b->row > 0 && b->texts[i] == b->row && duckdb_string_t_length(to[-1]) == bytes &&
        memcmp(duckdb_string_t_data(&to[-1]), text, bytes) == 0)
        to[0] = to[-1];
    else
        duckdb_unsafe_vector_assign_string_element_len(b->vector[i], b->row, text, bytes);
    b->texts[i] = b->row + 1;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static void set_trimmed(builder *b, int i, fs_field cell)
{
    const char *text = cell.text, *end = text + cell.bytes;
    while (text < end && is_blank(*text)) text++;
    while (end > text && is_blank(end[-1])) end--;
    if (text == end)
        set_null(b, i);
    else
        set_text(b, i, text, (size_t)(end - text));
}

static void set_value(builder *b, int i, fs_reading_kind kind, fs_cell value)
{
    switch (kind) {
    case FS_READ_NUMBER: ((double *)b->data[i])[b->row] = value.number; break;
    case FS_READ_BOOL: ((bool *)b->data[i])[b->row] = value.integer != 0; break;
    case FS_READ_DATE: ((int32_t *)b->data[i])[b->row] = (int32_t)value.integer; break;
    default: ((int64_t *)b->data[i])[b->row] = value.integer; break;
    }
}

static fs_cell_state set_cell(builder *b, int i, const fs_raw_field *field, fs_field cell)
{
    if (!field->typed) {
        set_trimmed(b, i, cell);
        return FS_CELL_VALUE;
    }
    fs_cell value = {0};
    bool strict = b->scan->source->strict;
    fs_cell_state state =
        (strict ? fs_read_cell_alike : fs_read_cell)(cell.text, cell.bytes, field->reading, &value);
    if (state == FS_CELL_VALUE)
        set_value(b, i, field->reading.kind, value);
    else
        set_null(b, i);
    return state;
}

const char *fs_raw_wanted(fs_reading reading)
{
    switch (reading.kind) {
    case FS_READ_INTEGER: return "a whole number";
    case FS_READ_NUMBER:
        return reading.decimal == ',' ? "a number with a decimal comma" : "a number";
    case FS_READ_BOOL: return "true or false";
    case FS_READ_DATE:
    case FS_READ_TIME: break;
    default: return "text";
    }
    static const char *const orders[] = {"a date (year, month, day)",
                                         "a date (day, month, year)",
                                         "a date (month, day, year)",
                                         "a date (year, day, month)",
                                         "a date as a serial number",
                                         "a time as seconds since 1970",
                                         "a week",
                                         "a month"};
    return orders[reading.order];
}

/* At most 60 bytes of a cell, whole characters. */
static size_t shown_bytes(fs_field cell)
{
    size_t bytes = cell.bytes;
    if (bytes <= 60) return bytes;
    bytes = 60;
    while (bytes > 0 && ((unsigned char)cell.text[bytes] & 0xC0) == 0x80) bytes--;
    return bytes;
}

/* "Price: 'abc' is not a number (and 2 more)" in b->problem; false where all cells can be read. */
static fs_status find_problem(builder *b, const fs_record *record, bool *found)
{
    const fs_raw_source *source = b->scan->source;
    const int *place = source->place[b->path];
    int bad = 0;
    fs_buffer_clear(&b->problem);
    for (int k = 0; k < source->fields; k++) {
        fs_cell value;
        if (!source->field[k].typed) continue;
        fs_field cell = record->field[place[k]];
        if (fs_read_cell(cell.text, cell.bytes, source->field[k].reading, &value) != FS_CELL_BAD)
            continue;
        if (bad++ == 0)
            FS_TRY(fs_buffer_printf(&b->problem, "%s: '%.*s' is not %s", source->field[k].name,
                                    (int)shown_bytes(cell), cell.text,
                                    fs_raw_wanted(source->field[k].reading)));
    }
    if (bad > 1) FS_TRY(fs_buffer_printf(&b->problem, " (and %d more)", bad - 1));
    *found = bad > 0;
    return FS_OK;
}

static fs_status judge(builder *b, const fs_record *record, bool *problem)
{
    *problem = record->fault != NULL;
    if (!b->scan->checks) return FS_OK;
    if (!record->fault) return find_problem(b, record, problem);
    fs_buffer_clear(&b->problem);
    return fs_buffer_text(&b->problem, record->fault);
}

static void set_extra(builder *b, int i, int which, const fs_record *record, bool problem)
{
    if (which == FS_RAW_FILE)
        ((int32_t *)b->data[i])[b->row] = b->path;
    else if (which == FS_RAW_LINE)
        ((int64_t *)b->data[i])[b->row] = record->line;
    else if (which == FS_RAW_PROBLEM && problem)
        set_text(b, i, b->problem.data, b->problem.size);
    else if (which == FS_RAW_ROW && (problem || b->scan->all))
        set_text(b, i, record->text, record->bytes);
    else
        set_null(b, i);
}

/* ---- strict sources ---- */

static fs_status fail_record(builder *b, const fs_record *record, const fs_raw_field *field)
{
    fs_error *error = &b->slot->error;
    if (record->fault)
        fs_fail(error, FS_DATA, "%s", record->fault);
    else
        fs_fail(error, FS_DATA, "%s: a cell that is not like those before it", field->name);
    return fs_error_at(error, b->scan->source->path[b->path], record->line, NULL), FS_DATA;
}

static fs_status check_unseen(builder *b, const fs_record *record)
{
    const fs_raw_source *source = b->scan->source;
    for (int i = 0; i < b->scan->unseens; i++) {
        const fs_raw_field *field = &source->field[b->scan->unseen[i]];
        fs_field cell = record->field[source->place[b->path][b->scan->unseen[i]]];
        fs_cell value;
        if (fs_read_cell_alike(cell.text, cell.bytes, field->reading, &value) == FS_CELL_BAD)
            return fail_record(b, record, field);
    }
    return FS_OK;
}

/* ---- records ---- */

static fs_status set_cells(builder *b, const fs_record *record, bool problem)
{
    const fs_raw_source *source = b->scan->source;
    const int *place = source->place[b->path];
    for (int i = 0; i < b->scan->columns; i++) {
        int k = (int)b->scan->column[i];
        if (k >= source->fields) {
            set_extra(b, i, k - source->fields, record, problem);
        } else if (record->fault) {
            set_null(b, i);
        } else {
            fs_cell_state state = set_cell(b, i, &source->field[k], record->field[place[k]]);
            if (state == FS_CELL_BAD && source->strict)
                return fail_record(b, record, &source->field[k]);
        }
    }
    return FS_OK;
}

static fs_status add_record(builder *b, const fs_record *record)
{
    bool problem = false;
    if (b->chunk && b->row == CHUNK_ROWS) FS_TRY(keep_chunk(b));
    if (!b->chunk) FS_TRY(start_chunk(b));
    FS_TRY(judge(b, record, &problem));
    b->slot->bad += problem;
    if (b->scan->source->strict && record->fault) return fail_record(b, record, NULL);
    FS_TRY(set_cells(b, record, problem));
    if (b->scan->unseens > 0) FS_TRY(check_unseen(b, record));
    b->row++;
    return FS_OK;
}

static fs_status parse_records(builder *b, fs_text *text, const fs_text_block *block)
{
    fs_cursor *cursor;
    fs_record record;
    size_t columns = (size_t)b->scan->columns;
    b->vector = fs_alloc_zero(columns, sizeof *b->vector);
    b->data = fs_alloc_zero(columns, sizeof *b->data);
    b->validity = fs_alloc_zero(columns, sizeof *b->validity);
    b->texts = fs_alloc_zero(columns, sizeof *b->texts);
    if (!b->vector || !b->data || !b->validity || !b->texts) return FS_MEMORY;
    FS_TRY(fs_cursor_open(text, &cursor, &b->slot->error));
    fs_cursor_start(cursor, block);
    fs_status status = FS_OK;
    while (status == FS_OK && fs_cursor_next(cursor, &record)) status = add_record(b, &record);
    if (status == FS_OK && b->chunk) status = keep_chunk(b);
    fs_cursor_close(cursor);
    return status;
}

/* Fills the slot with chunks, or with the failure. */
static void parse_block(scan *s, open_file *file, fs_text_block *block, slot *out)
{
    builder b = {.scan = s, .path = file->path, .slot = out};
    out->status = parse_records(&b, file->text, block);
    if (out->status == FS_MEMORY && !out->error.message[0]) fs_fail_memory(&out->error, 0);
    if (b.chunk) duckdb_destroy_data_chunk(&b.chunk);
    fs_free(b.vector);
    fs_free(b.data);
    fs_free(b.validity);
    fs_free(b.texts);
    fs_buffer_free(&b.problem);
    fs_text_block_free(block);
}

/* ---- workers ---- */

void fs_raw_keep_stats(fs_raw_source *source, int path, const fs_text_stats *stats, int64_t bad)
{
    pthread_mutex_lock(&source->lock);
    fs_raw_stats *kept = &source->stats[path];
    kept->bytes = stats->bytes;
    kept->records = stats->records;
    kept->lines = stats->lines;
    kept->bad = bad;
    memcpy(kept->digest, stats->digest, sizeof kept->digest);
    source->complete[path] = true;
    pthread_mutex_unlock(&source->lock);
}

/* Under the lock: one user of the file less. Records are counted as they are parsed, so the counts
 * are whole when the last user of a file that was taken to its end has left; bad ones where cells were looked at. */
static void leave_file(scan *s, open_file *file)
{
    if (--file->users > 0) return;
    fs_text_stats stats;
    fs_text_stats_get(file->text, &stats);
    if (file->whole && s->checks) fs_raw_keep_stats(s->source, file->path, &stats, file->bad);
    fs_text_close(file->text);
    fs_free(file);
}

static fs_status open_next(scan *s, fs_error *error)
{
    open_file *file = fs_alloc_zero(1, sizeof *file);
    if (!file) return fs_fail_memory(error, sizeof *file);
    file->path = s->next_path++;
    file->users = 1;
    fs_status status = fs_raw_text_open(s->source, file->path, &file->text, error);
    if (status == FS_OK && fs_text_columns(file->text) < s->source->fields) {
        status = fs_fail(error, FS_DATA, "the file has fewer columns than when it was first read");
        fs_error_at(error, s->source->path[file->path], 0, NULL);
        fs_text_close(file->text);
    }
    if (status == FS_OK && !s->checks) fs_text_leave_digest(file->text);
    if (status == FS_OK)
        s->file = file;
    else
        fs_free(file);
    return status;
}

/* Under the lock: the next block of the files; none at the end. */
static fs_status next_block(scan *s, fs_text_block **block, fs_error *error)
{
    *block = NULL;
    for (;;) {
        if (!s->file && s->next_path == s->source->paths) return FS_OK;
        if (!s->file) FS_TRY(open_next(s, error));
        FS_TRY(fs_text_next(s->file->text, block, error));
        if (*block) return FS_OK;
        s->file->whole = true;
        leave_file(s, s->file);
        s->file = NULL;
    }
}

/* Under the lock: waits for room, takes a block. False where there is nothing more to do. */
static bool take(scan *s, open_file **file, fs_text_block **block, slot **out)
{
    while (!s->stopped && !s->ended && s->taken - s->given >= RING)
        pthread_cond_wait(&s->room, &s->lock);
    if (s->stopped || s->ended) return false;
    slot *mine = &s->slot[s->taken % RING];
    *mine = (slot){0};
    mine->status = next_block(s, block, &mine->error);
    s->ended = mine->status != FS_OK || !*block;
    if (mine->status != FS_OK) {
        mine->ready = true;
        s->taken++;
    }
    if (s->ended) {
        pthread_cond_broadcast(&s->room);
        pthread_cond_broadcast(&s->ready);
        return false;
    }
    s->taken++;
    s->file->users++;
    *file = s->file;
    *out = mine;
    return true;
}

static void *work(void *argument)
{
    scan *s = argument;
    open_file *file;
    fs_text_block *block;
    slot *out;
    pthread_mutex_lock(&s->lock);
    while (take(s, &file, &block, &out)) {
        pthread_mutex_unlock(&s->lock);
        parse_block(s, file, block, out);
        pthread_mutex_lock(&s->lock);
        file->bad += out->bad;
        leave_file(s, file);
        out->ready = true;
        pthread_cond_broadcast(&s->ready);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static fs_status start_workers(scan *s, fs_error *error)
{
    int wanted = s->source->engine->threads;
    s->thread = fs_alloc_zero((size_t)wanted, sizeof *s->thread);
    if (!s->thread) return fs_fail_memory(error, sizeof *s->thread);
    while (s->threads < wanted && pthread_create(&s->thread[s->threads], NULL, work, s) == 0)
        s->threads++;
    if (s->threads > 0) return FS_OK;
    return fs_fail(error, FS_RESOURCE, "no thread could be started");
}

static void free_slot(slot *s)
{
    for (int i = 0; i < s->chunks; i++) duckdb_destroy_data_chunk(&s->chunk[i]);
    fs_free(s->chunk);
    *s = (slot){0};
}

static void close_scan(void *argument)
{
    fs_engine_seam();
    scan *s = argument;
    pthread_mutex_lock(&s->lock);
    s->stopped = true;
    pthread_cond_broadcast(&s->room);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < s->threads; i++) pthread_join(s->thread[i], NULL);
    if (s->file) leave_file(s, s->file);
    for (int i = 0; i < RING; i++) free_slot(&s->slot[i]);
    for (int i = 0; s->type && i < s->columns; i++) duckdb_destroy_logical_type(&s->type[i]);
    fs_free(s->type);
    fs_free(s->column);
    fs_free(s->unseen);
    fs_free(s->thread);
    pthread_cond_destroy(&s->ready);
    pthread_cond_destroy(&s->room);
    pthread_mutex_destroy(&s->lock);
    fs_free(s);
    fs_engine_seam();
}

/* ---- the table function ---- */

static duckdb_type type_of(const fs_raw_source *source, int column)
{
    if (column == source->fields + FS_RAW_FILE) return DUCKDB_TYPE_INTEGER;
    if (column == source->fields + FS_RAW_LINE) return DUCKDB_TYPE_BIGINT;
    if (column >= source->fields || !source->field[column].typed) return DUCKDB_TYPE_VARCHAR;
    switch (source->field[column].reading.kind) {
    case FS_READ_NUMBER: return DUCKDB_TYPE_DOUBLE;
    case FS_READ_BOOL: return DUCKDB_TYPE_BOOLEAN;
    case FS_READ_DATE: return DUCKDB_TYPE_DATE;
    case FS_READ_TIME: return DUCKDB_TYPE_TIMESTAMP;
    case FS_READ_INTEGER: return DUCKDB_TYPE_BIGINT;
    default: return DUCKDB_TYPE_VARCHAR;
    }
}

/* fs_raw(n) gives _row where there is a problem, fs_raw(-n-1) always. */
typedef struct bound {
    fs_raw_source *source;
    bool all;
} bound;

static void bind(duckdb_bind_info info)
{
    static const char *const extra[FS_RAW_EXTRA] = {"_file", "_line", "_problem", "_row"};
    fs_engine *engine = duckdb_bind_get_extra_info(info);
    duckdb_value value = duckdb_bind_get_parameter(info, 0);
    int64_t number = duckdb_get_int64(value);
    duckdb_destroy_value(&value);
    bound *b = fs_alloc_zero(1, sizeof *b);
    fs_raw_source *source = fs_raw_find(engine, number < 0 ? -number - 1 : number);
    if (!source || !b) {
        duckdb_bind_set_error(info, source ? "Out of Memory Error: no memory"
                                           : "there is no such source");
        fs_free(b);
        return;
    }
    *b = (bound){.source = source, .all = number < 0};
    for (int i = 0; i < source->fields + FS_RAW_EXTRA; i++) {
        duckdb_logical_type type = duckdb_create_logical_type(type_of(source, i));
        const char *name = i < source->fields ? source->field[i].name : extra[i - source->fields];
        duckdb_bind_add_result_column(info, name, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_bind_set_cardinality(info, (idx_t)source->expected,
                                false); /* a join holds the smaller */
    duckdb_bind_set_bind_data(info, b, fs_free);
}

static fs_status list_unseen(scan *s)
{
    s->unseen = fs_alloc_zero((size_t)s->source->fields, sizeof *s->unseen);
    if (!s->unseen) return FS_MEMORY;
    for (int k = 0; k < s->source->fields; k++) {
        bool wanted = !s->source->field[k].typed;
        for (int i = 0; i < s->columns; i++) wanted |= s->column[i] == (idx_t)k;
        if (!wanted) s->unseen[s->unseens++] = k;
    }
    return FS_OK;
}

static fs_status choose_columns(scan *s, duckdb_init_info info)
{
    s->columns = (int)duckdb_init_get_column_count(info);
    s->column = fs_alloc_zero((size_t)s->columns, sizeof *s->column);
    s->type = fs_alloc_zero((size_t)s->columns, sizeof *s->type);
    if (!s->column || !s->type) return FS_MEMORY;
    for (int i = 0; i < s->columns; i++) {
        idx_t k = duckdb_init_get_column_index(info, (idx_t)i);
        /* a count of rows only: DuckDB asks for a row number that is not there */
        if (k >= (idx_t)(s->source->fields + FS_RAW_EXTRA))
            k = (idx_t)(s->source->fields + FS_RAW_LINE);
        s->column[i] = k;
        s->type[i] = duckdb_create_logical_type(type_of(s->source, (int)k));
        if ((int)k >= s->source->fields + FS_RAW_PROBLEM) s->checks = true;
    }
    return s->source->strict ? list_unseen(s) : FS_OK;
}

/* Puts the cause where fs_engine_run finds it again: file, line and remedy would be lost in
 * DuckDB's message. */
static const char *told(fs_engine *engine, const fs_error *error, char text[64])
{
    snprintf(text, 64, FS_FAULT_MARK "%lld", fs_engine_keep_fault(engine, error));
    return text;
}

static void init(duckdb_init_info info)
{
    char text[64];
    fs_error error = {0};
    fs_engine_seam();
    fs_fail_memory(&error, sizeof(scan));
    const bound *b = duckdb_init_get_bind_data(info);
    scan *s = fs_alloc_zero(1, sizeof *s);
    if (!s) {
        duckdb_init_set_error(info, told(b->source->engine, &error, text));
        return;
    }
    s->source = b->source;
    s->all = b->all;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->ready, NULL);
    pthread_cond_init(&s->room, NULL);
    if (choose_columns(s, info) != FS_OK)
        duckdb_init_set_error(info, told(s->source->engine, &error, text));
    duckdb_init_set_init_data(info, s, close_scan);
    duckdb_init_set_max_threads(info, 1);
    fs_engine_seam();
}

/* Waits for the next slot that has a chunk left; NULL at the end. */
static slot *next_slot(scan *s)
{
    pthread_mutex_lock(&s->lock);
    slot *at;
    for (;;) {
        at = &s->slot[s->given % RING];
        while (!(s->given < s->taken && at->ready) && !(s->ended && s->given == s->taken))
            pthread_cond_wait(&s->ready, &s->lock);
        if (s->given == s->taken) {
            at = NULL;
            break;
        }
        if (at->status != FS_OK || s->chunk < at->chunks) break;
        free_slot(at);
        s->chunk = 0;
        s->given++;
        pthread_cond_broadcast(&s->room);
    }
    pthread_mutex_unlock(&s->lock);
    return at;
}

static void scan_some(duckdb_function_info info, duckdb_data_chunk output)
{
    scan *s = duckdb_function_get_init_data(info);
    fs_error error = {0};
    char text[64];
    duckdb_data_chunk_set_size(output, 0);
    if (!s->thread && start_workers(s, &error) != FS_OK) {
        duckdb_function_set_error(info, told(s->source->engine, &error, text));
        return;
    }
    slot *at = next_slot(s);
    if (!at) return;
    if (at->status != FS_OK) {
        duckdb_function_set_error(info, told(s->source->engine, &at->error, text));
        return;
    }
    duckdb_data_chunk chunk = at->chunk[s->chunk++];
    for (int i = 0; i < s->columns; i++)
        duckdb_vector_reference_vector(duckdb_data_chunk_get_vector(output, (idx_t)i),
                                       duckdb_data_chunk_get_vector(chunk, (idx_t)i));
    duckdb_data_chunk_set_size(output, duckdb_data_chunk_get_size(chunk));
}

static void scan_rows(duckdb_function_info info, duckdb_data_chunk output)
{
    fs_engine_seam();
    scan_some(info, output);
    fs_engine_seam();
}

fs_status fs_raw_text_register(fs_engine *engine, fs_connection *connection, fs_error *error)
{
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_table_function_set_name(function, "fs_raw");
    duckdb_table_function_add_parameter(function, number);
    duckdb_table_function_set_extra_info(function, engine, NULL);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, init);
    duckdb_table_function_set_function(function, scan_rows);
    duckdb_table_function_supports_projection_pushdown(function, true);
    duckdb_state state = duckdb_register_table_function(connection->handle, function);
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_table_function(&function);
    if (state == DuckDBSuccess) return FS_OK;
    return fs_fail(error, FS_FAILED, "the function that reads sources could not be added");
}
