/* Raw tables as the mappings see them, and rows that stand in several files.
 *
 * The mappings see a view under the raw table's own name, without unreadable and merged rows. Where one
 * mapping reads a raw table once, the view stands on the file itself: nothing is copied. Else, and
 * where rows of several files are compared or the reader does not count bad rows, each file is read once
 * into a scratch table.
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
        status = c->type == FS_TYPE_TEXT ? fs_buffer_printf(&list, "fs_cell_text(%s)", c->quoted)
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

fs_status fs_project_changed(fs_status status, fs_error *error)
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
    FS_TRY(fs_project_changed(fs_engine_raw_view(in->engine, &raw->raw, raw->view, error), error));
    FS_TRY(look_at_columns(in, raw, columns, error));
    if (!wide) return FS_OK;
    raw->raw.column = column;
    raw->raw.columns = count;
    FS_TRY(fs_project_unpivot_readings(&in->arena, raw, columns, error));
    FS_TRY(fs_project_changed(fs_engine_raw_view(in->engine, &raw->raw, raw->view, error), error));
    fs_project_columns typed = {0};
    FS_TRY(look_at_columns(in, raw, &typed, error));
    for (int i = 0; i < typed.count && i < columns->count; i++)
        columns->column[i].type = typed.column[i].type;
    return FS_OK;
}

/* Of records that are not in the copy the reader has said why they can't be read. */
static fs_status count_copied(fs_project_ingest *in, fs_project_raw *raw, fs_error *error)
{
    for (int i = 0; i < raw->stats_count; i++) {
        int64_t rows = 0;
        FS_TRY(fs_project_value(in, &rows, error, "select count(*) from %s where _file = %d",
                                raw->copy, raw->first_file + i));
        raw->stats[i].bad = raw->stats[i].records - rows;
        if (raw->stats[i].bad >= 0) continue;
        fs_fail(error, FS_FAILED, "the file has %lld rows, but %lld were read",
                (long long)raw->stats[i].records, (long long)rows);
        return fs_error_at(error, raw->shown[i], 0, NULL), FS_FAILED;
    }
    return FS_OK;
}

fs_status fs_project_count_raw(fs_project_ingest *in, fs_project_raw *raw, fs_error *error)
{
    FS_TRY(fs_engine_raw_stats(in->engine, raw->view, &raw->stats, &raw->stats_count, error));
    if (raw->stats_count != raw->raw.paths)
        return fs_fail(error, FS_FAILED, "%d of the %d files of %s were read", raw->stats_count,
                       raw->raw.paths, raw->files->name);
    if (!raw->straight) FS_TRY(count_copied(in, raw, error));
    for (int i = 0; i < raw->stats_count; i++) raw->bad += raw->stats[i].bad;
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
        "group by _file) select greatest(a.lo, b.lo) as lo, least(a.hi, "
        "b.hi) as hi from fs_range as a "
        "join fs_range as b on a._file < b._file and greatest(a.lo, b.lo) <= least(a.hi, b.hi)",
        name, date, date, raw->copy));
    *where = fs_arena_printf(&in->arena,
                             " where (%s is null or exists (select 1 from fs_ingest.shared_%s as o "
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
                              "_fs_row, _file, hash(%s) as _fs_hash from %s%s",
                              name, list, raw->copy, where));
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
        name, name, name, list, raw->copy));
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

/* Rows that can be read, with the numbers that their files have in this run. */
static fs_status readable_rows(const fs_project_raw *raw, const char *list, const char *dated,
                               fs_buffer *sql)
{
    return fs_buffer_printf(sql,
                            "select cast(_file + %d as integer) as _file, cast(_line as bigint) as "
                            "_line, %s%s from %s where _problem is null",
                            raw->first_file, list, dated, raw->view);
}

static fs_status copied_rows(const fs_project_raw *raw, fs_buffer *sql)
{
    FS_TRY(fs_buffer_printf(sql, "select * from %s as r", raw->copy));
    if (!raw->merged) return FS_OK;
    return fs_buffer_printf(
        sql,
        " where not exists (select 1 from fs_ingest.merged_%s as m where m._file = r._file and "
        "m._line = r._line)",
        raw->files->name);
}

static fs_status view_sql(const fs_project_raw *raw, const fs_project_columns *columns,
                          const char *readable, fs_buffer *sql)
{
    bool wide = raw->files->unpivot.items > 0;
    FS_TRY(fs_buffer_printf(sql, "create or replace view \"%s\" as ", raw->files->name));
    if (wide) FS_TRY(fs_buffer_text(sql, "select * from ("));
    FS_TRY(raw->straight ? fs_buffer_text(sql, readable) : copied_rows(raw, sql));
    if (!wide) return FS_OK;
    FS_TRY(fs_buffer_text(sql, ")"));
    return unpivoted(raw, columns, sql);
}

static fs_status make_view(fs_project_ingest *in, const fs_project_raw *raw,
                           const fs_project_columns *columns, const char *readable, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = view_sql(raw, columns, readable, &sql);
    status =
        status == FS_OK ? fs_engine_execute(in->engine, sql.data, error) : fs_fail_memory(error, 0);
    fs_buffer_free(&sql);
    return status;
}

/* Are its files searched for rows that stand in several of them? */
static bool is_compared(const fs_project_raw *raw)
{
    return raw->raw.paths > 1 && raw->files->merge;
}

static fs_status copy_rows(fs_project_ingest *in, fs_project_raw *raw,
                           const fs_project_columns *columns, const char *readable, fs_error *error)
{
    FS_TRY(fs_project_changed(
        fs_project_execute(in, error, "create or replace table %s as %s", raw->copy, readable),
        error));
    return is_compared(raw) ? mark_merged(in, raw, columns, error) : FS_OK;
}

fs_status fs_project_read_raw(fs_project_ingest *in, fs_project_raw *raw, fs_error *error)
{
    fs_project_columns columns = {0};
    fs_buffer readable = {0};
    FS_TRY(open_view(in, raw, &columns, error));
    const char *list = column_list(&in->arena, &columns), *dated;
    if (!list) return fs_fail_memory(error, 0);
    FS_TRY(dated_sql(in, raw, &dated, error));
    FS_TRY(add_dated(in, raw, &columns, error));
    raw->straight =
        raw->uses == 1 && !is_compared(raw) && fs_engine_raw_counts(in->engine, raw->view);
    fs_status status = readable_rows(raw, list, dated, &readable);
    if (status != FS_OK) fs_fail_memory(error, 0);
    if (status == FS_OK && !raw->straight)
        status = copy_rows(in, raw, &columns, readable.data, error);
    if (status == FS_OK) status = make_view(in, raw, &columns, readable.data, error);
    fs_buffer_free(&readable);
    return status;
}
