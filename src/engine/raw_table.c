/* Parquet, JSON, workbooks and databases as raw tables: SELECTs over DuckDB's own readers.
 *
 * One SELECT per file, by column names in the order of the first file, put together by UNION ALL,
 * which keeps the order. A column whose own type holds what its reading asks for is cast; any other
 * goes through its text and fs_cell_…, so that it means what that text would mean in a CSV.
 *
 * JSON objects inside a row are spread out one level (a.b becomes a_b); what is nested deeper stays
 * JSON text. Workbooks are read as text, since a reader that trusts the first rows fails on an
 * invoice number C536415 further down; columns that are dates by their style in the first rows
 * then come as serial numbers, which are turned back into dates here.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "raw_internal.h"

/* A column of one file: what it is called, the SQL that gives it, its type. */
typedef struct column {
    const char *name;
    const char *sql;
    const char *type; /* as DuckDB writes it */
    bool is_text;
} column;

typedef struct table {
    int columns, capacity;
    column *column;
} table;

/* ---- where rows come from ---- */

/* A table that was there when init looked. */
static fs_status fail_no_table(fs_raw_source *s, int path, fs_error *error)
{
    const char *shown = fs_url_shown(&s->arena, s->path[path]);
    fs_fail(error, FS_DATA, "the database %s has no table %s", shown ? shown : "",
            s->table ? s->table[path] : "");
    fs_error_remedy(error, "bring it back, correct `table` in foresell.yaml, or let foresell init "
                           "--force look at the database again");
    return FS_DATA;
}

static fs_status fail_in_file(fs_raw_source *s, int number, fs_status status, fs_error *error)
{
    const char *path = s->path[number];
    if (s->format == FS_FORMAT_DATABASE && error && strstr(error->message, "does not exist"))
        return fail_no_table(s, number, error);
    if (error) error->line = 0; /* that of our own SQL */
    if (error && status == FS_RESOURCE && fs_url_is(path) && !fs_raw_is_hdfs(path) &&
        s->format != FS_FORMAT_DATABASE) {
        fs_error cause = *error;
        return fs_raw_fail_remote("read", path, &cause, error);
    }
    bool said =
        strstr(path, "://") && (!fs_raw_is_hdfs(path) || strstr(error ? error->message : "", path));
    if (error && !error->file[0] && !said) fs_error_at(error, path, 0, NULL);
    return status;
}

static fs_status call_reader(fs_buffer *out, const char *function, const char *path,
                             const char *options)
{
    FS_TRY(fs_buffer_printf(out, "%s(", function));
    FS_TRY(fs_engine_add_text(out, path));
    return fs_buffer_printf(out, "%s)", options);
}

/* Where no version-hint says which metadata is in force, its catalogue alone knows: the newest is taken. */
static fs_status from_iceberg(fs_raw_source *s, const char *path, fs_buffer *out, fs_error *error)
{
    size_t bytes = strlen(path);
    while (bytes > 1 && path[bytes - 1] == '/') bytes--;
    const char *folder = fs_arena_strndup(&s->arena, path, bytes);
    if (!folder) return fs_fail_memory(error, bytes);
    FS_TRY(fs_engine_extension(s->engine, "avro", error));
    FS_TRY(fs_engine_extension(s->engine, "iceberg", error));
    FS_TRY(fs_engine_execute(s->engine, "set global unsafe_enable_version_guessing = true", error));
    return call_reader(out, "iceberg_scan", folder, ", allow_moved_paths = true");
}

static fs_status from_parquet(fs_raw_source *s, const char *path, fs_buffer *out, fs_error *error)
{
    fs_lake lake;
    FS_TRY(fs_raw_lake(s->engine, path, &lake, error));
    if (lake == FS_LAKE_ICEBERG) return from_iceberg(s, path, out, error);
    if (lake == FS_LAKE_DELTA) FS_TRY(fs_engine_extension(s->engine, "delta", error));
    return call_reader(out, lake == FS_LAKE_DELTA ? "delta_scan" : "read_parquet", path, "");
}

static const char *table_of(const fs_raw_source *s, int path)
{
    return s->table ? s->table[path] : NULL;
}

/* As the reader wants it: an address filled in, a file that can be read. */
static fs_status ready(fs_raw_source *s, const char **file, fs_error *error)
{
    FS_TRY(fs_raw_local(s->engine, *file, file, error));
    if (fs_url_is(*file)) return fs_url_fill(&s->arena, *file, file, error);
    if (access(*file, R_OK) != 0) return fs_fail_errno(error, "read", *file);
    return fs_raw_check_regular(*file, error);
}

static fs_status from_sheet(fs_raw_source *s, int path, bool all_text, fs_buffer *out,
                            fs_error *error)
{
    const char *sheet = table_of(s, path);
    FS_TRY(fs_engine_extension(s->engine, "excel", error));
    FS_TRY(fs_buffer_text(out, "read_xlsx("));
    const char *file = s->path[path];
    FS_TRY(ready(s, &file, error));
    FS_TRY(fs_engine_add_text(out, file));
    if (sheet) {
        FS_TRY(fs_buffer_text(out, ", sheet = "));
        FS_TRY(fs_engine_add_text(out, sheet));
    }
    if (s->dialect.skip > 0) {
        char range[48];
        FS_TRY(fs_raw_sheet_range(s->engine, file, sheet, s->dialect.skip, range, error));
        FS_TRY(fs_buffer_printf(out, ", range = '%s'", range));
    }
    return fs_buffer_printf(out, ", header = true, stop_at_empty = false, all_varchar = %s)",
                            all_text ? "true" : "false");
}

/* Rows that hold nothing are none; the others keep the number that they have in the sheet. */
static fs_status without_blank_rows(fs_raw_source *s, const table *t, fs_buffer *from)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_printf(
        &sql, "(select * from (select *, row_number() over () + %lld as \"fs row\" from %s) where ",
        (long long)s->dialect.skip + 1, from->data);
    for (int i = 0; i < t->columns && status == FS_OK; i++)
        status = fs_buffer_printf(&sql, "%s%s is not null", i ? " or " : "", t->column[i].sql);
    if (status == FS_OK) status = fs_buffer_text(&sql, ")");
    fs_buffer_clear(from);
    if (status == FS_OK) status = fs_buffer_text(from, sql.data);
    fs_buffer_free(&sql);
    return status;
}

static fs_status from_database(fs_raw_source *s, int path, fs_buffer *out, fs_error *error)
{
    long long number;
    FS_TRY(fs_raw_attach(s->engine, s->path[path], &number, error));
    const char *name = table_of(s, path);
    if (!name) return fs_fail(error, FS_USAGE, "no table of the database is named");
    FS_TRY(fs_buffer_printf(out, "fs_db_%lld.", number));
    const char *dot = strchr(name, '.');
    if (!dot) return fs_engine_add_name(out, name);
    char *schema = fs_arena_strndup(&s->arena, name, (size_t)(dot - name));
    if (!schema) return fs_fail_memory(error, 64);
    FS_TRY(fs_engine_add_name(out, schema));
    FS_TRY(fs_buffer_text(out, "."));
    return fs_engine_add_name(out, dot + 1);
}

static fs_status write_from(fs_raw_source *s, int path, fs_buffer *out, fs_error *error)
{
    const char *file = s->path[path];
    if (s->format != FS_FORMAT_DATABASE) FS_TRY(ready(s, &file, error));
    switch (s->format) {
    case FS_FORMAT_PARQUET: return from_parquet(s, file, out, error);
    case FS_FORMAT_JSON: /* what lies deeper stays JSON text: its time grows with the cube */
        FS_TRY(fs_raw_check_json(s->engine, s->path[path], error));
        return call_reader(out, "read_json", file, ", sample_size = -1, maximum_depth = 8");
    case FS_FORMAT_XLSX: return from_sheet(s, path, true, out, error);
    default: return from_database(s, path, out, error);
    }
}

/* ---- columns ---- */

static bool is_taken(const fs_raw_source *s, const table *t, const char *name)
{
    if (fs_column_is_ours(name)) return true;
    for (int i = 0; s->format == FS_FORMAT_JSON && i < t->columns; i++) /* a.b may be a_b already */
        if (strcasecmp(t->column[i].name, name) == 0) return true;
    return false;
}

/* The name, or name_2, name_3 … where that is taken. */
static const char *free_name(fs_raw_source *s, const table *t, const char *name)
{
    const char *other = fs_arena_strdup(&s->arena, name);
    for (int k = 2; other && is_taken(s, t, other); k++)
        other = fs_arena_printf(&s->arena, "%s_%d", name, k);
    return other;
}

static fs_status add_column(fs_raw_source *s, table *t, const char *name, const char *sql,
                            const char *type)
{
    if (t->columns == t->capacity) {
        int capacity = t->capacity ? t->capacity * 2 : 16;
        column *more = fs_realloc(t->column, (size_t)capacity * sizeof *more);
        if (!more) return FS_MEMORY;
        t->column = more;
        t->capacity = capacity;
    }
    column c = {.name = free_name(s, t, name),
                .sql = fs_arena_strdup(&s->arena, sql),
                .type = fs_arena_strdup(&s->arena, type),
                .is_text = strcmp(type, "VARCHAR") == 0};
    if (!c.name || !c.sql || !c.type) return FS_MEMORY;
    t->column[t->columns++] = c;
    return FS_OK;
}

static bool is_nested(const char *type)
{
    size_t bytes = strlen(type);
    return strncmp(type, "STRUCT", 6) == 0 || strncmp(type, "MAP", 3) == 0 ||
           (bytes > 1 && type[bytes - 1] == ']') || strcmp(type, "JSON") == 0;
}

/* A column as a SELECT gives it; nested ones as JSON text. */
static fs_status add_plain(fs_raw_source *s, table *t, const char *name, const char *sql,
                           const char *type)
{
    if (!is_nested(type)) return add_column(s, t, name, sql, type);
    fs_buffer text = {0};
    fs_status status = fs_buffer_printf(&text, "cast(to_json(%s) as varchar)", sql);
    if (status == FS_OK) status = add_column(s, t, name, text.data, "VARCHAR");
    fs_buffer_free(&text);
    return status;
}

/* The members of a struct column, each a column of its own. */
static fs_status spread(fs_raw_source *s, table *t, const char *from, const char *name,
                        fs_error *error)
{
    fs_buffer sql = {0}, member = {0}, path = {0};
    fs_result *result = NULL;
    bool more = true;
    fs_status status = fs_buffer_text(&sql, "describe select unnest(");
    if (status == FS_OK) status = fs_engine_add_name(&sql, name);
    if (status == FS_OK) status = fs_buffer_printf(&sql, ") from %s limit 0", from);
    if (status == FS_OK) status = fs_engine_query_few(s->engine, sql.data, &result, error);
    while (status == FS_OK && (status = fs_result_next(result, &more, error)) == FS_OK && more) {
        fs_buffer_clear(&member);
        fs_buffer_clear(&path);
        const char *inner = fs_result_text(result, 0);
        status = fs_buffer_printf(&member, "%s_%s", name, inner);
        if (status == FS_OK) status = fs_engine_add_name(&path, name);
        if (status == FS_OK) status = fs_buffer_text(&path, ".");
        if (status == FS_OK) status = fs_engine_add_name(&path, inner);
        if (status == FS_OK)
            status = add_plain(s, t, member.data, path.data, fs_result_text(result, 1));
    }
    fs_result_close(result);
    fs_buffer_free(&sql);
    fs_buffer_free(&member);
    fs_buffer_free(&path);
    return status;
}

static bool is_list_of_records(const char *type)
{
    size_t bytes = strlen(type);
    return strncmp(type, "STRUCT", 6) == 0 && type[bytes - 1] == ']';
}

static fs_status add_described(fs_raw_source *s, table *t, const char *from, const char *name,
                               const char *type, fs_error *error)
{
    if (!s->nested && is_list_of_records(type)) s->nested = fs_arena_strdup(&s->arena, name);
    if (s->format == FS_FORMAT_JSON && strncmp(type, "STRUCT", 6) == 0 &&
        type[strlen(type) - 1] == ')')
        return spread(s, t, from, name, error);
    fs_buffer sql = {0};
    fs_status status = fs_engine_add_name(&sql, name);
    if (status == FS_OK) status = add_plain(s, t, name, sql.data, type);
    fs_buffer_free(&sql);
    return status;
}

static fs_status describe_from(fs_raw_source *s, const char *from, table *t, fs_error *error)
{
    fs_buffer sql = {0};
    fs_result *result = NULL;
    bool more = true;
    fs_status status = fs_buffer_printf(&sql, "describe select * from %s limit 0", from);
    if (status == FS_OK) status = fs_engine_query_few(s->engine, sql.data, &result, error);
    while (status == FS_OK && (status = fs_result_next(result, &more, error)) == FS_OK && more)
        status =
            add_described(s, t, from, fs_result_text(result, 0), fs_result_text(result, 1), error);
    fs_result_close(result);
    fs_buffer_free(&sql);
    return status;
}

/* Date columns of a sheet: serial numbers, written as ISO dates, with the time of day if any. */
static fs_status date_serials(fs_raw_source *s, const table *typed, table *t)
{
    for (int i = 0; i < typed->columns && i < t->columns; i++) {
        const char *type = typed->column[i].type;
        if (strcmp(type, "DATE") != 0 && strncmp(type, "TIMESTAMP", 9) != 0) continue;
        const char *c = t->column[i].sql;
        char *sql = fs_arena_printf(
            &s->arena,
            "case when try_cast(%s as double) between 1 and 2958466 then "
            "case when try_cast(%s as double) = floor(try_cast(%s as double)) "
            "then cast(date '1899-12-30' + cast(try_cast(%s as double) as integer) as varchar) "
            "else cast(timestamp '1899-12-30' + to_milliseconds(cast(round(try_cast(%s as double) "
            "* 86400000) as bigint)) as varchar) end else %s end",
            c, c, c, c, c, c);
        if (!sql) return FS_MEMORY;
        t->column[i].sql = sql;
    }
    return FS_OK;
}

static fs_status describe_sheet(fs_raw_source *s, int path, table *t, fs_error *error)
{
    fs_buffer from = {0};
    table typed = {0};
    fs_status status = from_sheet(s, path, false, &from, error);
    if (status == FS_OK) status = describe_from(s, from.data, &typed, error);
    if (status == FS_OK) status = date_serials(s, &typed, t);
    fs_free(typed.column);
    fs_buffer_free(&from);
    return status;
}

/* FROM text and columns of one file; the caller frees t->column. */
static fs_status describe_path(fs_raw_source *s, int path, table *t, fs_error *error)
{
    fs_buffer from = {0};
    fs_status status = write_from(s, path, &from, error);
    if (status == FS_OK) status = describe_from(s, from.data, t, error);
    if (status == FS_OK && s->format == FS_FORMAT_XLSX) status = without_blank_rows(s, t, &from);
    if (status == FS_OK) {
        s->from[path] = fs_arena_strdup(&s->arena, from.data);
        if (!s->from[path]) status = FS_MEMORY;
    }
    if (status == FS_OK && s->format == FS_FORMAT_XLSX) status = describe_sheet(s, path, t, error);
    fs_buffer_free(&from);
    if (status == FS_MEMORY && error && error->status == FS_OK) fs_fail_memory(error, 256);
    return status == FS_OK ? FS_OK : fail_in_file(s, path, status, error);
}

/* ---- the SELECT of a file ---- */

static const fs_raw_field *given(const fs_raw_source *s, const char *name)
{
    for (int i = 0; i < s->givens; i++)
        if (strcmp(s->given[i].name, name) == 0) return &s->given[i];
    return NULL;
}

static const column *find(const table *t, const char *name)
{
    for (int i = 0; i < t->columns; i++)
        if (strcmp(t->column[i].name, name) == 0) return &t->column[i];
    return NULL;
}

static bool is_numeric(const char *type)
{
    static const char *const types[] = {"TINYINT",  "SMALLINT",  "INTEGER",  "BIGINT", "HUGEINT",
                                        "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(type, types[i]) == 0) return true;
    return false;
}

/* SQL type that holds a reading, and whether a column of `type` can be cast to it as it is. */
static const char *type_for(fs_reading_kind kind, const char *type, bool *fits)
{
    bool whole = is_numeric(type);
    bool dated = strcmp(type, "DATE") == 0 || strncmp(type, "TIMESTAMP", 9) == 0;
    switch (kind) {
    case FS_READ_INTEGER: *fits = whole; return "bigint";
    case FS_READ_NUMBER:
        *fits = whole || strcmp(type, "DOUBLE") == 0 || strcmp(type, "FLOAT") == 0 ||
                strncmp(type, "DECIMAL", 7) == 0;
        return "double";
    case FS_READ_BOOL: *fits = strcmp(type, "BOOLEAN") == 0; return "boolean";
    case FS_READ_DATE: *fits = dated; return "date";
    case FS_READ_TIME: *fits = dated; return "timestamp";
    default: *fits = true; return "varchar";
    }
}

static const char *cell_function(fs_reading_kind kind)
{
    static const char *const names[] = {
        [FS_READ_TEXT] = "",     [FS_READ_INTEGER] = "integer", [FS_READ_NUMBER] = "number",
        [FS_READ_BOOL] = "bool", [FS_READ_DATE] = "date",       [FS_READ_TIME] = "time"};
    return names[kind];
}

static fs_status write_value(fs_buffer *out, const column *c, const fs_raw_field *g)
{
    if (!g && !c->is_text) return fs_buffer_text(out, c->sql);
    if (!g || g->reading.kind == FS_READ_TEXT)
        return fs_buffer_printf(out, "nullif(trim(cast(%s as varchar)), '')", c->sql);
    bool fits;
    char format[64];
    const char *type = type_for(g->reading.kind, c->type, &fits);
    fs_reading_format(g->reading, format, sizeof format);
    if (fits && g->reading.kind == FS_READ_NUMBER) /* not finite numbers are missing */
        return fs_buffer_printf(out,
                                "case when isfinite(cast(%s as double)) then "
                                "cast(%s as double) end",
                                c->sql, c->sql);
    if (fits) return fs_buffer_printf(out, "cast(%s as %s)", c->sql, type);
    return fs_buffer_printf(out, "fs_cell_%s(cast(%s as varchar), '%s')",
                            cell_function(g->reading.kind), c->sql, format);
}

static fs_status write_problem(fs_buffer *out, const column *c, const fs_raw_field *g, int *count)
{
    bool fits;
    char format[64];
    if (!g || g->reading.kind == FS_READ_TEXT) return FS_OK;
    type_for(g->reading.kind, c->type, &fits);
    if (fits) return FS_OK;
    fs_reading_format(g->reading, format, sizeof format);
    FS_TRY(fs_buffer_text(out, (*count)++ ? ", fs_cell_problem(" : "fs_cell_problem("));
    FS_TRY(fs_engine_add_text(out, c->name));
    return fs_buffer_printf(out, ", cast(%s as varchar), '%s')", c->sql, format);
}

static fs_status write_problems(fs_buffer *out, fs_raw_source *s, const table *t)
{
    fs_buffer list = {0};
    int count = 0;
    fs_status status = FS_OK;
    for (int i = 0; i < t->columns && status == FS_OK; i++)
        status = write_problem(&list, &t->column[i], given(s, t->column[i].name), &count);
    s->counts = s->counts && count == 0; /* none can be bad */
    if (status == FS_OK)
        status = count ? fs_buffer_printf(out, "fs_cell_first(%s)", list.data)
                       : fs_buffer_text(out, "cast(null as varchar)");
    fs_buffer_free(&list);
    return status;
}

/* {"Invoice": …, "Price": …}: the row as it was. */
static fs_status write_row(fs_buffer *out, const table *t)
{
    FS_TRY(fs_buffer_text(out, "cast(json_object("));
    for (int i = 0; i < t->columns; i++) {
        if (i) FS_TRY(fs_buffer_text(out, ", "));
        FS_TRY(fs_engine_add_text(out, t->column[i].name));
        FS_TRY(fs_buffer_printf(out, ", %s", t->column[i].sql));
    }
    return fs_buffer_text(out, ") as varchar)");
}

/* The number of a row. A Parquet file's reader knows it; counting takes one thread through all rows. */
static const char *row_sql(const fs_raw_source *s, int path, const table *own)
{
    bool known = s->format == FS_FORMAT_PARQUET && !find(own, "file_row_number") &&
                 strncmp(s->from[path], "read_parquet(", strlen("read_parquet(")) == 0;
    return known ? "file_row_number + 1" : "row_number() over ()";
}

static fs_status write_select(fs_buffer *out, fs_raw_source *s, int path, const table *first,
                              const table *own, bool all, fs_error *error)
{
    FS_TRY(fs_buffer_text(out, path ? " union all select " : "select "));
    for (int i = 0; i < first->columns; i++) {
        const char *name = first->column[i].name;
        const column *c = find(own, name);
        if (!c) {
            fs_fail(error, FS_DATA, "the file lacks a column that the first file of its table has");
            return fs_error_at(error, s->path[path], 0, name), FS_DATA;
        }
        FS_TRY(write_value(out, c, given(s, name)));
        FS_TRY(fs_buffer_text(out, " as "));
        FS_TRY(fs_engine_add_name(out, name));
        FS_TRY(fs_buffer_text(out, ", "));
    }
    FS_TRY(fs_buffer_printf(out,
                            "cast(%d as integer) as _file, \"fs row\" as _line, \"fs problem\" "
                            "as _problem, case when %s then ",
                            path, all ? "true" : "\"fs problem\" is not null"));
    FS_TRY(write_row(out, own));
    FS_TRY(fs_buffer_text(out, " end as _row from (select *, "));
    if (s->format != FS_FORMAT_XLSX) /* a sheet's rows bring their numbers */
        FS_TRY(fs_buffer_printf(out, "%s as \"fs row\", ", row_sql(s, path, own)));
    FS_TRY(write_problems(out, s, own));
    return fs_buffer_printf(out, " as \"fs problem\" from %s)", s->from[path]);
}

static fs_status check_columns(const fs_raw_source *s, int path, const table *first,
                               const table *own, fs_error *error)
{
    for (int i = 0; i < own->columns; i++) {
        if (find(first, own->column[i].name)) continue;
        fs_fail(error, FS_DATA, "the file has a column that the first file of its table lacks");
        return fs_error_at(error, s->path[path], 0, own->column[i].name), FS_DATA;
    }
    for (int i = 0; path == 0 && i < s->givens; i++) {
        if (find(own, s->given[i].name)) continue;
        fs_fail(error, FS_DATA, "the file has no such column");
        return fs_error_at(error, s->path[path], 0, s->given[i].name), FS_DATA;
    }
    return FS_OK;
}

/* ---- describing ---- */

static fs_status write_selects(fs_raw_source *s, table *tables, fs_buffer *some, fs_buffer *all,
                               fs_error *error)
{
    for (int p = 0; p < s->paths; p++) {
        FS_TRY(describe_path(s, p, &tables[p], error));
        FS_TRY(check_columns(s, p, &tables[0], &tables[p], error));
        FS_TRY(write_select(some, s, p, &tables[0], &tables[p], false, error));
        FS_TRY(write_select(all, s, p, &tables[0], &tables[p], true, error));
    }
    return FS_OK;
}

fs_status fs_raw_table_describe(fs_raw_source *s, fs_error *error)
{
    fs_buffer some = {0}, all = {0};
    s->counts = true;
    table *tables = fs_alloc_zero((size_t)s->paths, sizeof *tables);
    s->from = fs_arena_zero(&s->arena, (size_t)s->paths * sizeof *s->from);
    fs_status status = tables && s->from ? write_selects(s, tables, &some, &all, error) : FS_MEMORY;
    if (status == FS_OK) {
        s->select = fs_arena_strdup(&s->arena, some.data);
        s->select_all = fs_arena_strdup(&s->arena, all.data);
        if (!s->select || !s->select_all) status = FS_MEMORY;
    }
    if (status == FS_MEMORY && error && error->status == FS_OK) fs_fail_memory(error, 256);
    for (int p = 0; tables && p < s->paths; p++) fs_free(tables[p].column);
    fs_free(tables);
    fs_buffer_free(&some);
    fs_buffer_free(&all);
    return status;
}

/* ---- stats ---- */

/* A server's table or a folder of a lake format has no bytes of its own: its digest is empty. */
fs_status fs_raw_table_stats(fs_raw_source *s, int path, fs_error *error)
{
    fs_text_stats stats = {0};
    fs_buffer sql = {0};
    fs_status status = fs_buffer_printf(&sql, "select count(*) from %s", s->from[path]);
    if (status != FS_OK)
        fs_fail_memory(error, 64);
    else
        status = fs_engine_integer(s->engine, sql.data, &stats.records, error);
    fs_buffer_free(&sql);
    if (status == FS_OK)
        status = fs_engine_digest(s->engine, s->path[path], s->format, &stats.bytes, stats.digest,
                                  error);
    stats.lines = stats.records;
    if (status == FS_OK) fs_raw_keep_stats(s, path, &stats, s->counts ? 0 : -1);
    return status;
}
