/* Raw tables into scratch, and rows that stand in several files.
 *
 * Each record that a file holds is read once, in order, into a scratch table with its file, line
 * and, where it could not be read, the reason. The count per file is held against what the reader
 * saw. The mappings see a view under the raw table's own name, without unreadable and merged rows.
 *
 * Exports overlap: the last days of one file stand at the beginning of the next. A row that stands
 * a times in one file and b times in another is taken to be there max(a, b) times, not a + b:
 * the k-th occurrence in a later file is the k-th of the earlier. Only rows that could stand twice
 * are looked at: where a date tells each file's range, those in a range that two files share; of
 * these, those whose hash occurs in two files; of these, content decides, column by column.
 */
#include <stdio.h>
#include <string.h>

#include "project_internal.h"

/* ---- statements ---- */

static fs_status format_sql(fs_buffer *sql, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int bytes = vsnprintf(NULL, 0, format, again);
    va_end(again);
    FS_TRY(bytes < 0 ? FS_FAILED : fs_buffer_reserve(sql, (size_t)bytes));
    vsnprintf(sql->data, (size_t)bytes + 1, format, arguments);
    sql->size = (size_t)bytes;
    return FS_OK;
}

fs_status fs_project_execute(fs_project_ingest *in, fs_error *error, const char *format, ...)
{
    fs_buffer sql = {0};
    va_list arguments;
    va_start(arguments, format);
    fs_status status = format_sql(&sql, format, arguments);
    va_end(arguments);
    status =
        status == FS_OK ? fs_engine_execute(in->engine, sql.data, error) : fs_fail_memory(error, 0);
    fs_buffer_free(&sql);
    return status;
}

fs_status fs_project_value(fs_project_ingest *in, int64_t *value, fs_error *error,
                           const char *format, ...)
{
    fs_buffer sql = {0};
    va_list arguments;
    va_start(arguments, format);
    fs_status status = format_sql(&sql, format, arguments);
    va_end(arguments);
    status = status == FS_OK ? fs_engine_integer(in->engine, sql.data, value, error)
                             : fs_fail_memory(error, 0);
    fs_buffer_free(&sql);
    return status;
}

/* The file's own columns, quoted, with commas. */
static const char *column_list(fs_arena *arena, const fs_project_columns *columns)
{
    fs_buffer list = {0};
    fs_status status = FS_OK;
    for (int i = 0; i < columns->count && status == FS_OK; i++)
        if (!fs_column_is_ours(columns->column[i].name))
            status =
                fs_buffer_printf(&list, "%s%s", list.size ? ", " : "", columns->column[i].quoted);
    const char *text =
        status == FS_OK ? fs_arena_strdup(arena, list.data ? list.data : "null") : NULL;
    fs_buffer_free(&list);
    return text;
}

/* The same for comparing: texts that say nothing are alike, be they empty or "nan". */
static const char *compared_list(fs_arena *arena, const fs_project_columns *columns)
{
    fs_buffer list = {0};
    fs_status status = FS_OK;
    for (int i = 0; i < columns->count && status == FS_OK; i++) {
        const fs_project_column *c = &columns->column[i];
        if (fs_column_is_ours(c->name)) continue;
        if (list.size) status = fs_buffer_text(&list, ", ");
        if (status != FS_OK) break;
        status = c->type == FS_TYPE_TEXT ? fs_project_text_sql(c->quoted, &list)
                                         : fs_buffer_text(&list, c->quoted);
    }
    const char *text =
        status == FS_OK ? fs_arena_strdup(arena, list.data ? list.data : "null") : NULL;
    fs_buffer_free(&list);
    return text;
}

/* ---- reading ---- */

static fs_status look_at_columns(fs_project_ingest *in, const fs_project_raw *raw,
                                 fs_project_columns *columns, fs_error *error)
{
    const char *select = fs_arena_printf(&in->arena, "select * from %s", raw->view);
    if (!select) return fs_fail_memory(error, 0);
    return fs_project_columns_of(in->engine, &in->arena, select, columns, error);
}

/* A fault of the reader, with what to do where the file is not what it was. */
static fs_status changed(fs_status status, fs_error *error)
{
    if (status == FS_DATA && error)
        fs_error_remedy(error,
                        "If the files have changed, foresell init --force looks at them again.");
    return status;
}

static fs_status open_view(fs_project_ingest *in, fs_project_raw *raw, fs_project_columns *columns,
                           fs_error *error)
{
    const fs_raw_column *column = raw->raw.column;
    int count = raw->raw.columns;
    bool wide = raw->files->unpivot.items > 0;
    if (wide) raw->raw.columns = 0; /* the names first: ranges of columns are found in them */
    FS_TRY(changed(fs_engine_raw_view(in->engine, &raw->raw, raw->view, error), error));
    FS_TRY(look_at_columns(in, raw, columns, error));
    if (!wide) return FS_OK;
    raw->raw.column = column;
    raw->raw.columns = count;
    FS_TRY(fs_project_unpivot_readings(&in->arena, raw, columns, error));
    FS_TRY(changed(fs_engine_raw_view(in->engine, &raw->raw, raw->view, error), error));
    fs_project_columns typed = {0};
    FS_TRY(look_at_columns(in, raw, &typed, error));
    for (int i = 0; i < typed.count && i < columns->count; i++)
        columns->column[i].type = typed.column[i].type;
    return FS_OK;
}

/* Records in scratch are those that the reader saw, file by file. */
static fs_status check_counts(fs_project_ingest *in, fs_project_raw *raw, fs_error *error)
{
    FS_TRY(fs_engine_raw_stats(in->engine, raw->view, &raw->stats, &raw->stats_count, error));
    if (raw->stats_count != raw->raw.paths)
        return fs_fail(error, FS_FAILED, "%d of the %d files of %s were read", raw->stats_count,
                       raw->raw.paths, raw->files->name);
    for (int i = 0; i < raw->stats_count; i++) {
        int64_t rows = 0;
        FS_TRY(fs_project_value(in, &rows, error, "select count(*) from %s where _file = %d",
                                raw->rows_in, raw->first_file + i));
        if (rows == raw->stats[i].records) continue;
        fs_fail(error, FS_FAILED, "the file has %lld rows, but %lld were read",
                (long long)raw->stats[i].records, (long long)rows);
        return fs_error_at(error, raw->shown[i], 0, NULL), FS_FAILED;
    }
    return FS_OK;
}

/* ---- the day that a file's name tells ---- */

static fs_status no_date(const fs_project_raw *raw, int path, fs_error *error)
{
    fs_fail(error, FS_DATA, "the file's name tells no day, week or month with its year");
    fs_error_at(error, raw->shown[path], 0, NULL);
    return fs_error_remedy(error,
                           "Call it like sales_2024-01.csv, or take `dated` out of files: %s in "
                           "foresell.yaml.",
                           raw->files->name),
           FS_DATA;
}

/* ", case _file when 0 then date …" as the column that `dated` names; "" where there is none. */
static fs_status dated_sql(fs_project_ingest *in, const fs_project_raw *raw, const char **text,
                           fs_error *error)
{
    *text = "";
    if (!raw->files->dated) return FS_OK;
    const char *name = fs_project_identifier(&in->arena, raw->files->dated);
    fs_buffer sql = {0};
    fs_status status = name ? fs_buffer_text(&sql, ", case _file") : FS_MEMORY;
    for (int i = 0; i < raw->raw.paths && status == FS_OK; i++) {
        int64_t day;
        if (!fs_project_name_date(raw->raw.path[i], &day)) {
            fs_buffer_free(&sql);
            return no_date(raw, i, error);
        }
        fs_civil c = fs_civil_from_days(day);
        status = fs_buffer_printf(&sql, " when %d then date '%04d-%02d-%02d'", i, c.year, c.month,
                                  c.day);
    }
    if (status == FS_OK) status = fs_buffer_printf(&sql, " end as %s", name);
    if (status == FS_OK) *text = fs_arena_strdup(&in->arena, sql.data);
    fs_buffer_free(&sql);
    return status == FS_OK && *text ? FS_OK : fs_fail_memory(error, 64);
}

static fs_status add_dated(fs_project_ingest *in, const fs_project_raw *raw,
                           fs_project_columns *columns, fs_error *error)
{
    if (!raw->files->dated) return FS_OK;
    fs_project_column *more =
        fs_arena_zero(&in->arena, sizeof *more * (size_t)(columns->count + 1));
    if (!more) return fs_fail_memory(error, sizeof *more);
    memcpy(more, columns->column, sizeof *more * (size_t)columns->count);
    more[columns->count] =
        (fs_project_column){.name = raw->files->dated,
                            .quoted = fs_project_identifier(&in->arena, raw->files->dated),
                            .type = FS_TYPE_DATE};
    columns->column = more;
    return more[columns->count++].quoted ? FS_OK : fs_fail_memory(error, 0);
}

/* ---- rows that stand in several files ---- */

/* Ranges of the first date column that two files share; "" where there is no date. */
static fs_status shared_ranges(fs_project_ingest *in, fs_project_raw *raw,
                               const fs_project_columns *columns, const char **where,
                               fs_error *error)
{
    *where = "";
    const char *date = NULL;
    for (int i = 0; i < columns->count && !date; i++)
        if (columns->column[i].type == FS_TYPE_DATE || columns->column[i].type == FS_TYPE_TIME)
            date = columns->column[i].quoted;
    if (!date) return FS_OK;
    const char *name = raw->files->name;
    FS_TRY(fs_project_execute(
        in, error,
        "create or replace table fs_ingest.shared_%s as with fs_range as (select _file, min(%s) as "
        "lo, max(%s) as hi from %s "
        "where _problem is null group by _file) select greatest(a.lo, b.lo) as lo, least(a.hi, "
        "b.hi) as hi from fs_range as a "
        "join fs_range as b on a._file < b._file and greatest(a.lo, b.lo) <= least(a.hi, b.hi)",
        name, date, date, raw->rows_in));
    *where = fs_arena_printf(&in->arena,
                             " and (%s is null or exists (select 1 from fs_ingest.shared_%s as o "
                             "where %s between o.lo and o.hi))",
                             date, name, date);
    return *where ? FS_OK : fs_fail_memory(error, 0);
}

static fs_status mark_merged(fs_project_ingest *in, fs_project_raw *raw,
                             const fs_project_columns *columns, fs_error *error)
{
    const char *name = raw->files->name, *list = compared_list(&in->arena, columns), *where;
    if (!list) return fs_fail_memory(error, 0);
    FS_TRY(shared_ranges(in, raw, columns, &where, error));
    FS_TRY(fs_project_execute(in, error,
                              "create or replace table fs_ingest.hash_%s as select rowid as "
                              "_fs_row, _file, hash(%s) as _fs_hash from %s "
                              "where _problem is null%s",
                              name, list, raw->rows_in, where));
    FS_TRY(fs_project_execute(
        in, error,
        "create or replace table fs_ingest.merged_%s as with twin as (select _fs_hash from "
        "fs_ingest.hash_%s group by _fs_hash "
        "having min(_file) < max(_file)), alike as (select h._fs_row from fs_ingest.hash_%s as h "
        "semi join twin using (_fs_hash)), "
        "content as (select _file, _line, row(%s) as _fs_content from %s as r where r.rowid in "
        "(select _fs_row from alike)), "
        "occurring as (select *, row_number() over (partition by _fs_content, _file order by "
        "_line) as _fs_occurrence from content), "
        "placed as (select _file, _line, row_number() over (partition by _fs_content, "
        "_fs_occurrence order by _file) as _fs_place "
        "from occurring) select _file, _line from placed where _fs_place > 1 order by _file, _line",
        name, name, name, list, raw->rows_in));
    FS_TRY(fs_project_execute(in, error, "drop table fs_ingest.hash_%s", name));
    return fs_project_value(in, &raw->merged, error, "select count(*) from fs_ingest.merged_%s",
                            name);
}

/* ---- what the mappings see ---- */

static fs_status unpivoted(const fs_project_raw *raw, const fs_project_columns *columns,
                           fs_buffer *sql)
{
    fs_arena arena = {0};
    const char *label = fs_project_identifier(&arena, raw->files->unpivot.label);
    const char *value = fs_project_identifier(&arena, raw->files->unpivot.value);
    fs_status status =
        label && value
            ? fs_buffer_printf(sql, " unpivot include nulls (%s for %s in (", value, label)
            : FS_MEMORY;
    bool first = true;
    for (int i = 0; i < columns->count && status == FS_OK; i++) {
        if (!columns->column[i].wide) continue;
        status = fs_buffer_printf(sql, "%s%s", first ? "" : ", ", columns->column[i].quoted);
        first = false;
    }
    fs_arena_free(&arena);
    return status == FS_OK ? fs_buffer_text(sql, "))") : status;
}

static fs_status clean_rows(const fs_project_raw *raw, const char *list, fs_buffer *sql)
{
    FS_TRY(fs_buffer_printf(sql, "select _file, _line%s%s from %s as r", *list ? ", " : "", list,
                            raw->rows_in));
    if (raw->bad || raw->merged) FS_TRY(fs_buffer_text(sql, " where true"));
    if (raw->bad) FS_TRY(fs_buffer_text(sql, " and r._problem is null"));
    if (!raw->merged) return FS_OK;
    return fs_buffer_printf(
        sql,
        " and not exists (select 1 from fs_ingest.merged_%s as m where m._file = r._file and "
        "m._line = r._line)",
        raw->files->name);
}

static fs_status view_sql(const fs_project_raw *raw, const fs_project_columns *columns,
                          const char *list, fs_buffer *sql)
{
    FS_TRY(fs_buffer_printf(sql, "create or replace view \"%s\" as ", raw->files->name));
    if (!raw->files->unpivot.items) return clean_rows(raw, list, sql);
    FS_TRY(fs_buffer_text(sql, "select * from ("));
    FS_TRY(clean_rows(raw, list, sql));
    FS_TRY(fs_buffer_text(sql, ")"));
    return unpivoted(raw, columns, sql);
}

static fs_status make_view(fs_project_ingest *in, const fs_project_raw *raw,
                           const fs_project_columns *columns, fs_error *error)
{
    const char *list = column_list(&in->arena, columns);
    fs_buffer sql = {0};
    fs_status status = list ? view_sql(raw, columns, list, &sql) : FS_MEMORY;
    status =
        status == FS_OK ? fs_engine_execute(in->engine, sql.data, error) : fs_fail_memory(error, 0);
    fs_buffer_free(&sql);
    return status;
}

fs_status fs_project_read_raw(fs_project_ingest *in, fs_project_raw *raw, fs_error *error)
{
    fs_project_columns columns = {0};
    FS_TRY(open_view(in, raw, &columns, error));
    const char *list = column_list(&in->arena, &columns), *dated;
    if (!list) return fs_fail_memory(error, 0);
    FS_TRY(dated_sql(in, raw, &dated, error));
    FS_TRY(changed(fs_project_execute(in, error,
                                      "create or replace table %s as select cast(_file + %d as "
                                      "integer) as _file, cast(_line as bigint) as _line, "
                                      "_problem, _row, %s%s from %s",
                                      raw->rows_in, raw->first_file, list, dated, raw->view),
                   error));
    FS_TRY(add_dated(in, raw, &columns, error));
    FS_TRY(check_counts(in, raw, error));
    FS_TRY(fs_project_value(in, &raw->bad, error, "select count(_problem) from %s", raw->rows_in));
    if (raw->raw.paths > 1 && raw->files->merge) FS_TRY(mark_merged(in, raw, &columns, error));
    return make_view(in, raw, &columns, error);
}
