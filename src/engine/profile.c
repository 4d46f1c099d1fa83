/* What a path holds: its format by its content, its tables, and every column over the whole file.
 *
 * Delimited text goes through our own parser, so that its faults are counted as a run will meet them.
 * Everything else is read as a raw view with no reading given: what init sees is what a run sees.
 * One pass; memory for the sketches of the columns, a block of text, and no rows. Where types are enough
 * (Parquet has them, the first rows of a text tell them) fs_engine_columns looks at these only.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "raw_internal.h"

#define SAMPLE (1u << 20)

/* What is being found out about one path. */
typedef struct look {
    fs_engine *engine;
    const char *path;
    bool types_only; /* no row is read but the first ones of a text */
    fs_sniffed sniffed;
    fs_file_profile *profile;
    int count;
    fs_arena arena;
} look;

/* ---- results ---- */

static void free_profile(fs_file_profile *p)
{
    fs_free(p->path);
    fs_free(p->table);
    fs_free(p->left);
    for (int i = 0; p->name && i < p->columns; i++) fs_free(p->name[i]);
    fs_free(p->name);
    fs_free(p->column);
}

void fs_file_profile_free(fs_file_profile *profile, int count)
{
    for (int i = 0; profile && i < count; i++) free_profile(&profile[i]);
    fs_free(profile);
}

static fs_status add_profile(look *l, fs_format format, const char *table, fs_file_profile **out,
                             fs_error *error)
{
    fs_file_profile *grown = fs_realloc(l->profile, (size_t)(l->count + 1) * sizeof *grown);
    if (!grown) return fs_fail_memory(error, sizeof *grown);
    l->profile = grown;
    fs_file_profile *p = &grown[l->count++];
    *p = (fs_file_profile){.format = format, .sniffed = l->sniffed, .path = fs_strdup(l->path)};
    p->table = table ? fs_strdup(table) : NULL;
    *out = p;
    return p->path && (!table || p->table) ? FS_OK : fs_fail_memory(error, strlen(l->path));
}

static fs_status make_columns(fs_file_profile *p, int columns, fs_error *error)
{
    p->columns = columns;
    p->name = fs_alloc_zero((size_t)columns, sizeof *p->name);
    p->column = fs_alloc_zero((size_t)columns, sizeof *p->column);
    return p->name && p->column ? FS_OK
                                : fs_fail_memory(error, (size_t)columns * sizeof *p->column);
}

static fs_status name_column(fs_file_profile *p, int i, const char *name, fs_error *error)
{
    p->name[i] = fs_strdup(name);
    return p->name[i] ? FS_OK : fs_fail_memory(error, strlen(name));
}

static void keep_columns(fs_file_profile *p, const fs_profile *found)
{
    for (int i = 0; i < p->columns; i++) p->column[i] = *fs_profile_column(found, i);
}

/* ---- delimited text ---- */

static fs_status add_record(fs_profile *found, const fs_record *record, int columns)
{
    for (int i = 0; i < columns; i++)
        FS_TRY(fs_profile_add(found, i, record->field[i].text, record->field[i].bytes,
                              record->field[i].bytes == 0));
    return FS_OK;
}

/* Counts of faulty records; `latin` those that are no UTF-8. */
typedef struct fault_count {
    int64_t all, latin;
} fault_count;

static fs_status read_block(fs_cursor *cursor, const fs_text_block *block, fs_profile *found,
                            int columns, fault_count *faults)
{
    fs_record record;
    fs_cursor_start(cursor, block);
    while (fs_cursor_next(cursor, &record)) {
        if (!record.fault) {
            FS_TRY(add_record(found, &record, columns));
            continue;
        }
        faults->all++;
        faults->latin += strcmp(record.fault, "invalid UTF-8") == 0;
    }
    return FS_OK;
}

static fs_status read_blocks(look *l, fs_text *text, fs_profile *found, fault_count *faults,
                             fs_error *error)
{
    fs_cursor *cursor;
    FS_TRY(fs_cursor_open(text, &cursor, error));
    fs_status status = FS_OK;
    while (status == FS_OK) {
        fs_text_block *block;
        status = fs_text_next(text, &block, error);
        if (status != FS_OK || !block) break;
        status = read_block(cursor, block, found, fs_text_columns(text), faults);
        if (status != FS_OK) fs_fail_memory(error, 64);
        fs_text_block_free(block);
        if (status == FS_OK && fs_progress_cancelled(l->engine->progress))
            status = fs_fail(error, FS_CANCELLED, "cancelled");
        if (l->types_only) break;
    }
    fs_cursor_close(cursor);
    return status;
}

static fs_status profile_text(look *l, fs_text *text, fs_file_profile *p, fault_count *faults,
                              fs_error *error)
{
    fs_profile *found;
    FS_TRY(make_columns(p, fs_text_columns(text), error));
    for (int i = 0; i < p->columns; i++) FS_TRY(name_column(p, i, fs_text_column(text, i), error));
    FS_TRY(fs_profile_open(p->columns, &found, error));
    fs_status status = read_blocks(l, text, found, faults, error);
    if (status == FS_OK) status = fs_profile_end(found, error);
    if (status == FS_OK) keep_columns(p, found);
    fs_profile_close(found);
    return status;
}

static fs_status text_table(look *l, fault_count *faults, fs_error *error)
{
    fs_reader reader;
    fs_text *text;
    fs_file_profile *p;
    *faults = (fault_count){0};
    FS_TRY(add_profile(l, FS_FORMAT_CSV, NULL, &p, error));
    FS_TRY(fs_raw_open(l->engine, l->path, &reader, error));
    FS_TRY(fs_text_open(reader, l->path, &l->sniffed.dialect, &text, error));
    fs_status status = profile_text(l, text, p, faults, error);
    fs_text_stats stats;
    fs_text_stats_get(text, &stats);
    p->bytes = stats.bytes;
    p->records = stats.records;
    p->faults = faults->all;
    memcpy(p->digest, stats.digest, sizeof p->digest);
    fs_text_close(text);
    return status;
}

/* A file that looked like ASCII in its first bytes and has letters of Latin-1 further down is read
 * again as that: many records that are no UTF-8 are one cause, not many faults. */
static fs_status look_at_text(look *l, fs_error *error)
{
    fault_count faults;
    FS_TRY(text_table(l, &faults, error));
    bool latin = l->sniffed.dialect.encoding == FS_UTF8 && l->sniffed.ascii && faults.latin > 0 &&
                 faults.latin * 2 > faults.all;
    if (!latin) return FS_OK;
    fs_file_profile_free(l->profile, l->count);
    l->profile = NULL;
    l->count = 0;
    l->sniffed.dialect.encoding = FS_LATIN1;
    return text_table(l, &faults, error);
}

/* What is wrong with a row, here or further down, is found out over the whole file. */
static fs_status look_at_beginning(look *l, fs_error *error)
{
    fault_count faults;
    FS_TRY(text_table(l, &faults, error));
    l->profile[0].beginning = true;
    if (faults.all == 0) return FS_OK;
    fs_file_profile_free(l->profile, l->count);
    l->profile = NULL;
    l->count = 0;
    return FS_OK;
}

/* ---- everything else ---- */

static fs_status add_row(fs_profile *found, const fs_result *row, int columns)
{
    for (int i = 0; i < columns; i++) {
        bool missing = fs_result_null(row, i);
        const char *text = missing ? "" : fs_result_text(row, i);
        FS_TRY(fs_profile_add(found, i, text, strlen(text), missing || !*text));
    }
    return FS_OK;
}

static fs_status profile_rows(fs_result *rows, fs_file_profile *p, fs_error *error)
{
    int columns = 0;
    while (columns < fs_result_columns(rows) && !fs_column_is_ours(fs_result_name(rows, columns)))
        columns++;
    FS_TRY(make_columns(p, columns, error));
    for (int i = 0; i < columns; i++) FS_TRY(name_column(p, i, fs_result_name(rows, i), error));
    fs_profile *found;
    FS_TRY(fs_profile_open(columns, &found, error));
    bool more = true;
    fs_status status = FS_OK;
    while (status == FS_OK) {
        status = fs_result_next(rows, &more, error);
        if (status != FS_OK || !more) break;
        p->records++;
        status = add_row(found, rows, columns);
        if (status != FS_OK) fs_fail_memory(error, 64);
    }
    if (status == FS_OK) status = fs_profile_end(found, error);
    if (status == FS_OK) keep_columns(p, found);
    fs_profile_close(found);
    return status;
}

/* The reading that a column's own type stands for. */
static fs_reading_kind kind_of(const char *type)
{
    static const struct {
        const char *type;
        fs_reading_kind kind;
    } kinds[] = {{"BOOLEAN", FS_READ_BOOL},      {"TINYINT", FS_READ_INTEGER},
                 {"SMALLINT", FS_READ_INTEGER},  {"INTEGER", FS_READ_INTEGER},
                 {"BIGINT", FS_READ_INTEGER},    {"UTINYINT", FS_READ_INTEGER},
                 {"USMALLINT", FS_READ_INTEGER}, {"UINTEGER", FS_READ_INTEGER},
                 {"UBIGINT", FS_READ_NUMBER},    {"HUGEINT", FS_READ_NUMBER},
                 {"FLOAT", FS_READ_NUMBER},      {"DOUBLE", FS_READ_NUMBER},
                 {"DATE", FS_READ_DATE}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(type, kinds[i].type) == 0) return kinds[i].kind;
    if (strncmp(type, "DECIMAL", 7) == 0) return FS_READ_NUMBER;
    return strncmp(type, "TIMESTAMP", 9) == 0 ? FS_READ_TIME : FS_READ_TEXT;
}

static fs_status read_types(fs_result *described, fs_file_profile *p, fs_error *error)
{
    fs_column_profile *column = NULL;
    char **name = NULL;
    fs_status status = FS_OK;
    bool more = true;
    while (status == FS_OK) {
        status = fs_result_next(described, &more, error);
        if (status != FS_OK || !more || fs_column_is_ours(fs_result_text(described, 0))) break;
        size_t count = (size_t)p->columns + 1;
        column = fs_realloc(p->column, count * sizeof *column);
        if (column) p->column = column;
        name = fs_realloc(p->name, count * sizeof *name);
        if (name) p->name = name;
        if (!column || !name) return fs_fail_memory(error, count * sizeof *column);
        p->column[p->columns] = (fs_column_profile){
            .rows = 1, .reading = {.kind = kind_of(fs_result_text(described, 1)), .decimal = '.'}};
        p->name[p->columns] = NULL;
        status = name_column(p, p->columns++, fs_result_text(described, 0), error);
    }
    return status;
}

static fs_status keep_stats(look *l, const char *view, fs_file_profile *p, fs_error *error)
{
    fs_raw_stats *stats;
    int count;
    FS_TRY(fs_engine_raw_stats(l->engine, view, &stats, &count, error));
    if (count > 0) {
        p->bytes = stats[0].bytes;
        memcpy(p->digest, stats[0].digest, sizeof p->digest);
    }
    fs_raw_stats_free(stats, count);
    return FS_OK;
}

/* Records inside of records (the items of an order) stay text: they are told as what was left alone. */
static fs_status tell_nested(look *l, const char *column, fs_error *error)
{
    fs_file_profile *p;
    fs_buffer why = {0};
    FS_TRY(add_profile(l, FS_FORMAT_JSON, column, &p, error));
    fs_status status = fs_buffer_printf(
        &why,
        "a list of records inside each row, which stays text; to have a row of each, write one "
        "record a line with the fields of its row beside its own: jq -c '.[] | . as $row | "
        ".%s[]? | ($row | del(.%s)) + .'",
        column, column);
    if (status == FS_OK) p->left = fs_strdup(why.data);
    fs_buffer_free(&why);
    return p->left ? FS_OK : fs_fail_memory(error, 256);
}

static fs_status look_at_table(look *l, fs_format format, const char *table, fs_error *error)
{
    char view[64], sql[96];
    fs_file_profile *p;
    fs_result *rows;
    snprintf(view, sizeof view, "fs_look_%lld", fs_engine_serial(l->engine));
    snprintf(sql, sizeof sql, "%sselect * from %s", l->types_only ? "describe " : "", view);
    FS_TRY(add_profile(l, format, table, &p, error));
    if (format == FS_FORMAT_XLSX)
        FS_TRY(fs_raw_sheet_skip(l->engine, l->path, table, &p->sniffed.dialect.skip, error));
    fs_raw raw = {.name = view,
                  .path = &l->path,
                  .paths = 1,
                  .format = format,
                  .dialect = p->sniffed.dialect,
                  .table = table ? &table : NULL};
    FS_TRY(fs_engine_raw_view(l->engine, &raw, view, error));
    fs_status status = fs_engine_query(l->engine, sql, &rows, error);
    if (status == FS_OK) {
        status = l->types_only ? read_types(rows, p, error) : profile_rows(rows, p, error);
        fs_result_close(rows);
    }
    if (status == FS_OK && !l->types_only) status = keep_stats(l, view, p, error);
    const char *nested = fs_raw_nested(l->engine, view);
    if (status == FS_OK && nested) status = tell_nested(l, nested, error);
    fs_status dropped = fs_engine_executef(l->engine, NULL, "drop view %s", view);
    (void)dropped;
    return status;
}

/* ---- tables of a workbook or a database ---- */

static bool is_empty_sheet(const fs_error *fault)
{
    return strstr(fault->message, "No rows found in xlsx file") != NULL;
}

/* One that cannot be read is left alone, with the reason; the others are not worse for it. */
static fs_status leave_table(look *l, const fs_error *fault, fs_error *error)
{
    fs_file_profile *p = &l->profile[l->count - 1];
    fs_file_profile left = {.format = p->format, .path = p->path, .table = p->table};
    p->path = p->table = NULL;
    free_profile(p);
    *p = left;
    p->left = fs_strdup(fault->message);
    return p->left ? FS_OK : fs_fail_memory(error, strlen(fault->message));
}

/* Fails only where none of them can be read. */
static fs_status look_at_tables(look *l, fs_format format, const char **table, int tables,
                                fs_error *error)
{
    fs_error first = {0};
    int read = 0;
    for (int i = 0; i < tables; i++) {
        fs_error fault = {0};
        fs_status status = look_at_table(l, format, table[i], &fault);
        read += status == FS_OK;
        if (status == FS_OK) continue;
        if (status == FS_MEMORY || status == FS_CANCELLED) {
            if (error) *error = fault;
            return status;
        }
        if (!first.message[0]) first = fault;
        if (is_empty_sheet(&fault))
            free_profile(&l->profile[--l->count]);
        else
            FS_TRY(leave_table(l, &fault, error));
    }
    if (read > 0 || tables == 0) return FS_OK;
    if (error) *error = first;
    return first.status;
}

static fs_status look_at_sheets(look *l, fs_error *error)
{
    const char **sheet;
    int sheets;
    FS_TRY(fs_raw_sheets(l->engine, l->path, &l->arena, &sheet, &sheets, error));
    return look_at_tables(l, FS_FORMAT_XLSX, sheet, sheets, error);
}

static fs_status look_at_database(look *l, fs_error *error)
{
    const char **table;
    int tables;
    FS_TRY(fs_raw_tables(l->engine, l->path, &l->arena, &table, &tables, error));
    if (tables > 0) return look_at_tables(l, FS_FORMAT_DATABASE, table, tables, error);
    const char *shown = fs_url_shown(&l->arena, l->path);
    fs_fail(error, FS_DATA, "the database %s has no table that this user may see",
            shown ? shown : "");
    return FS_DATA;
}

/* ---- which is it? ---- */

static fs_status read_sample(look *l, fs_buffer *sample, fs_error *error)
{
    fs_reader reader;
    FS_TRY(fs_raw_open(l->engine, l->path, &reader, error));
    fs_status status = fs_buffer_reserve(sample, SAMPLE);
    if (status != FS_OK) fs_fail_memory(error, SAMPLE);
    while (status == FS_OK && sample->size < SAMPLE) {
        size_t got = 0;
        status = reader.read(reader.context, sample->data + sample->size, SAMPLE - sample->size,
                             &got, error);
        if (got == 0) break;
        sample->size += got;
    }
    reader.close(reader.context);
    return status;
}

static fs_status refuse(const look *l, fs_error *error)
{
    fs_fail(error, FS_DATA, "%s is no table: it looks like a %s", l->path,
            l->sniffed.what[0] ? l->sniffed.what : "binary file");
    fs_error_at(error, l->path, 0, NULL);
    fs_error_remedy(error, "give CSV, TSV, Parquet, JSON, XLSX or SQLite; other formats can be "
                           "exported to one of these");
    return FS_DATA;
}

/* A name that says Parquet or a workbook over text that is neither: a download that went wrong. */
static bool claims_other_format(const char *path)
{
    static const char *const ends[] = {".parquet", ".xlsx", ".xls", ".sqlite", ".zip"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof ends / sizeof ends[0]; i++)
        if (strcasecmp(dot, ends[i]) == 0) return true;
    return false;
}

static fs_status refuse_claim(const look *l, fs_error *error)
{
    const char *dot = strrchr(l->path, '.');
    fs_fail(error, FS_DATA,
            "%s is not what its name says: its first bytes are those of %s, not "
            "of %s",
            l->path, l->sniffed.is_text ? "text" : "something else", dot);
    fs_error_at(error, l->path, 0, NULL);
    fs_error_remedy(error, "fetch or export it again, or rename it if it is delimited text");
    return FS_DATA;
}

static fs_status look_by_content(look *l, fs_error *error)
{
    const char *what = l->sniffed.what;
    if (strstr(what, "parquet")) return look_at_table(l, FS_FORMAT_PARQUET, NULL, error);
    bool markup = strcmp(what, "html") == 0 || strcmp(what, "xml") == 0;
    bool text = l->sniffed.is_text && !markup && strcmp(what, "json") != 0;
    if (l->types_only)
        return text && !claims_other_format(l->path) ? look_at_beginning(l, error) : FS_OK;
    if (strcmp(what, "xlsx") == 0) return look_at_sheets(l, error);
    if (strstr(what, "sqlite")) return look_at_database(l, error);
    if (strcmp(what, "json") == 0) return look_at_table(l, FS_FORMAT_JSON, NULL, error);
    if (claims_other_format(l->path)) return refuse_claim(l, error);
    return text ? look_at_text(l, error) : refuse(l, error);
}

static fs_status look_at_path(look *l, fs_error *error)
{
    if (fs_raw_is_database_url(l->path)) return l->types_only ? FS_OK : look_at_database(l, error);
    fs_lake lake = FS_LAKE_NONE;
    const char *filled = l->path;
    FS_TRY(fs_raw_prepare_path(l->engine, l->path, error));
    if (fs_url_is(filled)) FS_TRY(fs_url_fill(&l->arena, filled, &filled, error));
    FS_TRY(fs_raw_lake(l->engine, filled, &lake, error));
    if (lake != FS_LAKE_NONE) return look_at_table(l, FS_FORMAT_PARQUET, NULL, error);
    fs_buffer sample = {0};
    fs_status status = read_sample(l, &sample, error);
    if (status == FS_OK && sample.size == 0) {
        status = fs_fail(error, FS_DATA, "%s is empty", l->path);
        fs_error_at(error, l->path, 0, NULL);
    }
    if (status == FS_OK) status = fs_sniff(sample.data, sample.size, &l->sniffed, error);
    fs_buffer_free(&sample);
    return status == FS_OK ? look_by_content(l, error) : status;
}

static fs_status look_at(look l, fs_file_profile **profile, int *count, fs_error *error)
{
    *profile = NULL;
    *count = 0;
    fs_status status = look_at_path(&l, error);
    fs_arena_free(&l.arena);
    if (status != FS_OK) {
        fs_file_profile_free(l.profile, l.count);
        return status;
    }
    *profile = l.profile;
    *count = l.count;
    return FS_OK;
}

fs_status fs_engine_profile(fs_engine *engine, const char *path, fs_file_profile **profile,
                            int *count, fs_error *error)
{
    return look_at((look){.engine = engine, .path = path}, profile, count, error);
}

fs_status fs_engine_columns(fs_engine *engine, const char *path, fs_file_profile **profile,
                            int *count, fs_error *error)
{
    look l = {.engine = engine, .path = path, .types_only = true};
    return look_at(l, profile, count, error);
}
