/* From the files to the canonical tables.
 *
 *   file → view for mappings → stage (typed, reasons) → kept → Parquet
 *              └ unreadable, merged     └ refused, merged
 *
 * The view stands on the file itself, or on a copy in scratch (read.c says when). Scratch is a database in
 * memory, spilled to disk where memory ends, or a file in the run's folder; it is gone when the ingest is
 * done. Each file is read once; a second time only where rows must be shown in quarantine as they were.
 * All nine tables are always made, empty where the kind is missing.
 *
 * Resume: a table's digest covers the program's version, the content of its files, how they are
 * read, the mappings' text and the policies. Where all digests are those of the run before, its
 * tables are taken over without reading a row; files whose size and time of change are the same
 * are taken to have the same content.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "project_internal.h"

/* ---- scratch ---- */

static const char *scratch_path(fs_project_ingest *in)
{
    return fs_arena_printf(&in->arena, "%s/scratch.duckdb", in->folder);
}

static void remove_scratch(fs_project_ingest *in)
{
    const char *path = scratch_path(in);
    if (!path) return;
    unlink(path);
    const char *log = fs_arena_printf(&in->arena, "%s.wal", path);
    if (log) unlink(log);
}

/* About how many bytes of text there are to read; -1 where sizes don't tell: files that are not local,
 * or hold more rows than records. */
static int64_t input_bytes(const fs_project_ingest *in)
{
    int64_t bytes = 0;
    for (int r = 0; r < in->raws; r++) {
        const fs_project_raw *raw = &in->raw[r];
        if (!raw->uses) continue;
        bool plain = raw->files->format == FS_FORMAT_CSV || raw->files->format == FS_FORMAT_XLSX;
        if (!plain || raw->files->unpivot.items) return -1;
        for (int i = 0; i < raw->raw.paths; i++) {
            struct stat info;
            if (stat(raw->raw.path[i], &info) != 0) return -1;
            const char *end = strrchr(raw->raw.path[i], '.');
            bool packed = end && strcmp(end, ".csv") != 0 && strcmp(end, ".txt") != 0 &&
                          strcmp(end, ".tsv") != 0;
            bytes += info.st_size * (packed ? 8 : 1);
        }
    }
    return bytes;
}

#define IN_MEMORY ((int64_t)4 << 30) /* more than this is packed, for the sake of memory and disk */

/* In memory the stage costs half of what it does in a file; where memory ends, it is spilled. What may be
 * much larger than its files is packed, which only a file is. */
static fs_status attach_scratch(fs_project_ingest *in, fs_error *error)
{
    int64_t bytes = input_bytes(in);
    remove_scratch(in);
    if (bytes >= 0 && bytes <= IN_MEMORY)
        return fs_project_execute(in, error, "attach ':memory:' as fs_ingest");
    const char *path = scratch_path(in);
    const char *literal = path ? fs_project_literal(&in->arena, path) : NULL;
    if (!literal) return fs_fail_memory(error, 0);
    return fs_project_execute(in, error, "attach %s as fs_ingest", literal);
}

static void detach_scratch(fs_project_ingest *in)
{
    for (int r = 0; r < in->raws; r++) {
        if (!in->raw[r].uses) continue;
        if (fs_project_execute(in, NULL, "drop view if exists \"%s\"", in->raw[r].files->name) !=
            FS_OK)
            continue;
    }
    if (fs_project_execute(in, NULL, "detach database if exists fs_ingest") != FS_OK) return;
    remove_scratch(in);
}

/* ---- stage ---- */

static fs_status look_at_mapping(fs_project_ingest *in, fs_project_mapping *m, fs_error *error)
{
    fs_status status =
        fs_project_columns_of(in->engine, &in->arena, m->step->sql, &m->columns, error);
    if (status != FS_OK) {
        if (status == FS_MEMORY || !error) return status;
        fs_error_at(error, m->path, m->step->line, NULL);
        return fs_error_remedy(
                   error, "If the files have changed, foresell init --force looks at them again."),
               status;
    }
    m->carries = fs_project_column_find(&m->columns, "_file") >= 0 &&
                 fs_project_column_find(&m->columns, "_line") >= 0;
    return FS_OK;
}

/* A required column that no row can have is a fault of the mapping, not of the rows. */
static fs_status check_required(const fs_project_ingest *in, const fs_project_mapping *m,
                                fs_error *error)
{
    const fs_canonical_table *t = m->source->table;
    const char *fill;
    for (const fs_canonical_column *c = t->column; c->name; c++) {
        if (fs_project_missing(in->project, t, c, &fill) != FS_MISSING_QUARANTINE) continue;
        if (fs_project_column_find(&m->columns, c->name) >= 0) continue;
        fs_fail(error, FS_USAGE, "the mapping gives no column %s, which %s needs (%s)", c->name,
                t->name, c->doc);
        fs_error_at(error, m->path, m->step->line, c->name);
        return fs_error_remedy(
                   error, "Add it to the select, or set policy: {%s.%s: keep} in foresell.yaml.",
                   t->name, c->name),
               FS_USAGE;
    }
    return FS_OK;
}

static fs_status stage(fs_project_ingest *in, fs_project_table *t, fs_error *error)
{
    for (int i = 0; i < t->mappings; i++) {
        fs_project_mapping *m = &in->mapping[t->first + i];
        FS_TRY(look_at_mapping(in, m, error));
        FS_TRY(check_required(in, m, error));
        t->carries |= m->carries;
    }
    fs_buffer sql = {0};
    fs_status status = fs_buffer_printf(&sql, "create or replace table %s as ", t->stage);
    if (status == FS_OK) status = fs_project_stage_sql(in, t, &sql);
    status =
        status == FS_OK ? fs_engine_execute(in->engine, sql.data, error) : fs_fail_memory(error, 0);
    fs_buffer_free(&sql);
    if (status != FS_OK && t->mappings && error && !error->file[0])
        fs_error_at(error, in->mapping[t->first].path, in->mapping[t->first].step->line, NULL);
    else
        status = fs_project_changed(status, error);
    FS_TRY(status);
    const char *select = fs_arena_printf(&in->arena, "select * from %s", t->stage);
    if (!select) return fs_fail_memory(error, 0);
    FS_TRY(fs_project_columns_of(in->engine, &in->arena, select, &t->columns, error));
    return fs_project_value(in, &t->refused, error, "select count(_fs_reason) from %s", t->stage);
}

/* ---- rows that stand twice ---- */

/* How often an id does not come after the one before it, shorter ones before longer ones: 9, 10. */
#define RISING_LINES                                                                               \
    "select count(*) from (select line as l, lag(line) over () as p from %s where line is not "    \
    "null) where length(l) < length(p) or (length(l) = length(p) and l <= p)"

/* Sales lines with an id: unique over all where ids mostly differ, else within their basket, where
 * those mostly differ, else ids of another kind, which make no two rows one. */
static fs_status key_of_lines(fs_project_ingest *in, fs_project_table *t, fs_error *error)
{
    static const char *const keys[] = {"line", "basket, line"};
    int64_t rows = 0, distinct = 0, falls = 0;
    if (fs_project_column_find(&t->columns, "line") < 0) return FS_OK;
    int ways = fs_project_column_find(&t->columns, "basket") < 0 ? 1 : 2;
    FS_TRY(fs_project_value(in, &rows, error, "select count(line) from %s", t->stage));
    FS_TRY(fs_project_value(in, &falls, error, RISING_LINES, t->stage));
    if (falls == 0) return FS_OK; /* ids that only rise all differ */
    for (int i = 0; rows && i < ways; i++) {
        FS_TRY(fs_project_value(in, &distinct, error,
                                "select count(*) from (select %s from %s where line is not null "
                                "group by %s)",
                                keys[i], t->stage, keys[i]));
        if (2 * distinct <= rows) continue;
        if (distinct < rows) t->key = keys[i]; /* else no two are one, nothing is to be found */
        return FS_OK;
    }
    return FS_OK;
}

static fs_status find_key(fs_project_ingest *in, fs_project_table *t, fs_error *error)
{
    if (!t->mappings) return FS_OK;
    if (strcmp(t->table->name, "sales") == 0) return key_of_lines(in, t, error);
    for (const fs_canonical_column *c = t->table->column; c->name; c++) {
        if (!c->key) continue;
        t->key = t->key ? fs_arena_printf(&in->arena, "%s, %s", t->key, c->name) : c->name;
        if (!t->key) return fs_fail_memory(error, 0);
    }
    return FS_OK;
}

static fs_status find_again(fs_project_ingest *in, fs_project_table *t, fs_error *error)
{
    FS_TRY(find_key(in, t, error));
    fs_buffer sql = {0};
    fs_status status = fs_buffer_printf(&sql, "create or replace table %s as ", t->again);
    bool fullest = strcmp(t->table->name, "sales") != 0;
    if (status == FS_OK && t->key)
        status = fs_project_again_sql(t, fullest, &sql);
    else if (status == FS_OK)
        status = fs_buffer_text(
            &sql, "select 0::bigint as _fs_row, 0 as _fs_mapping, 0 as _file, 0::bigint as _line, "
                  "'' as fate, '' as reason where false");
    status =
        status == FS_OK ? fs_engine_execute(in->engine, sql.data, error) : fs_fail_memory(error, 0);
    fs_buffer_free(&sql);
    FS_TRY(status);
    int64_t refused = 0;
    FS_TRY(fs_project_value(in, &refused, error, "select count(*) from %s where fate = 'refused'",
                            t->again));
    FS_TRY(fs_project_value(in, &t->merged, error, "select count(*) from %s where fate = 'merged'",
                            t->again));
    FS_TRY(fs_project_value(in, &t->superseded, error,
                            "select count(*) from %s where fate = 'superseded'", t->again));
    t->refused += refused;
    const char *twice =
        refused + t->merged + t->superseded == 0 ? "" : " and not exists (select 1 from ";
    return fs_project_execute(
        in, error,
        "create or replace view %s as select s.* from %s as s where s._fs_reason is null%s%s%s",
        t->kept, t->stage, twice, *twice ? t->again : "",
        *twice ? " as a where a._fs_row = s.rowid)" : "");
}

/* ---- output ---- */

/* Do the rows lie in order of mapping, file and line, and where a line gives several, of time? Then
 * the order says everything and nothing needs to be sorted. */
static fs_status look_at_order(fs_project_ingest *in, fs_project_table *t, fs_error *error)
{
    if (!t->carries) return FS_OK;
    const char *time = "null";
    for (const fs_canonical_column *c = t->table->column; c->name; c++)
        if ((c->type == FS_TYPE_DATE || c->type == FS_TYPE_TIME) &&
            fs_project_column_find(&t->columns, c->name) >= 0) {
            time = fs_arena_printf(&in->arena, "\"%s\"", c->name);
            break;
        }
    if (!time) return fs_fail_memory(error, 0);
    int64_t worst = 0; /* 2: out of order; 1: a line gives several rows */
    FS_TRY(fs_project_value(
        in, &worst, error,
        "select max(case when l is null or m < pm or (m = pm and (f < pf or (f = pf and (l < pl or "
        "(l = pl and (t > pt) is not true))))) then 2 when m = pm and f = pf and l = pl then 1 "
        "else 0 end) from (select _fs_mapping as m, _file as f, _line as l, %s as t, "
        "lag(_fs_mapping) over () as pm, lag(_file) over () as pf, lag(_line) over () as pl, "
        "lag(%s) over () as pt from %s)",
        time, time, t->kept));
    t->ordered = worst < 2;
    t->one_to_one = worst == 0 && t->mappings == 1;
    return FS_OK;
}

static fs_status counts_sql(const fs_project_table *t, fs_buffer *sql)
{
    FS_TRY(fs_buffer_text(sql, "select count(*)"));
    for (const fs_canonical_column *c = t->table->column; c->name; c++) {
        bool staged = fs_project_column_find(&t->columns, c->name) >= 0;
        if (!staged) {
            FS_TRY(fs_buffer_text(sql, ", count(*), 0"));
            continue;
        }
        FS_TRY(fs_buffer_printf(sql, ", count(*) - count(\"%s\")", c->name));
        if (c->type == FS_TYPE_DOUBLE)
            FS_TRY(
                fs_buffer_printf(sql, ", count(*) filter (where not isfinite(\"%s\"))", c->name));
        else
            FS_TRY(fs_buffer_text(sql, ", 0"));
    }
    return fs_buffer_printf(sql, " from %s", t->kept);
}

static fs_status read_counts(fs_project_table *t, fs_result *result, int64_t *rows, fs_error *error)
{
    bool more = false;
    FS_TRY(fs_result_next(result, &more, error));
    if (!more)
        return fs_fail(error, FS_FAILED, "the rows of %s could not be counted", t->table->name);
    *rows = fs_result_integer(result, 0);
    for (int i = 0; t->table->column[i].name; i++) {
        t->count[i].missing = fs_result_integer(result, 1 + 2 * i);
        t->count[i].not_finite = fs_result_integer(result, 2 + 2 * i);
    }
    return FS_OK;
}

static fs_status count_columns(fs_project_ingest *in, fs_project_table *t, int64_t *rows,
                               fs_error *error)
{
    fs_buffer sql = {0};
    fs_result *result = NULL;
    fs_status status = counts_sql(t, &sql);
    status = status == FS_OK ? fs_engine_query_few(in->engine, sql.data, &result, error)
                             : fs_fail_memory(error, 0);
    fs_buffer_free(&sql);
    FS_TRY(status);
    status = read_counts(t, result, rows, error);
    fs_result_close(result);
    return status;
}

static fs_status write_table(fs_project_ingest *in, fs_project_table *t, fs_error *error)
{
    int64_t kept = 0;
    FS_TRY(look_at_order(in, t, error));
    FS_TRY(count_columns(in, t, &kept, error));
    fs_buffer sql = {0};
    fs_status status = fs_project_output_sql(in, t, &sql);
    if (status == FS_OK)
        status = fs_engine_write_parquet(in->engine, sql.data, t->path, &t->rows, error);
    else
        fs_fail_memory(error, 0);
    fs_buffer_free(&sql);
    FS_TRY(status);
    if (t->rows == kept) return FS_OK;
    fs_fail(error, FS_FAILED, "%lld rows of %s were written, but there are %lld",
            (long long)t->rows, t->table->name, (long long)kept);
    return fs_error_at(error, t->path, 0, NULL), FS_FAILED;
}

static fs_status make_table(fs_project_ingest *in, fs_project_table *t, fs_error *error)
{
    FS_TRY(stage(in, t, error));
    FS_TRY(find_again(in, t, error));
    return write_table(in, t, error);
}

/* ---- the whole ---- */

static fs_status name_outputs(fs_project_ingest *in, fs_error *error)
{
    const char *tables = fs_arena_printf(&in->arena, "%s/tables", in->folder);
    if (!tables) return fs_fail_memory(error, 0);
    FS_TRY(fs_make_folder(tables, error));
    for (int i = 0; i < FS_CANONICAL_TABLES; i++) {
        in->table[i].path =
            fs_arena_printf(&in->arena, "%s/%s.parquet", tables, in->table[i].table->name);
        if (!in->table[i].path) return fs_fail_memory(error, 0);
    }
    return FS_OK;
}

static void say_progress(const fs_project_ingest *in, const char *work, const char *name, int done,
                         int total)
{
    char what[160];
    snprintf(what, sizeof what, "%s: %s", work, name);
    fs_progress_report(fs_engine_progress(in->engine), what, done, total);
}

static fs_status read_all(fs_project_ingest *in, fs_error *error)
{
    const char *note = fs_arena_printf(&in->arena, "%s/ingest.json", in->folder);
    if (!note) return fs_fail_memory(error, 0);
    unlink(note); /* from here on the folder has no whole ingest */
    FS_TRY(attach_scratch(in, error));
    int used = 0, done = 0;
    for (int r = 0; r < in->raws; r++) used += in->raw[r].uses > 0;
    for (int r = 0; r < in->raws; r++) {
        if (!in->raw[r].uses) continue;
        say_progress(in, "reading", in->raw[r].files->name, done++, used);
        FS_TRY(fs_project_read_raw(in, &in->raw[r], error));
    }
    for (int i = 0; i < FS_CANONICAL_TABLES; i++) {
        say_progress(in, "cleaning", in->table[i].table->name, i, FS_CANONICAL_TABLES);
        FS_TRY(make_table(in, &in->table[i], error));
    }
    return fs_project_account(in, error);
}

fs_status fs_project_ingest_run(fs_project_ingest *in, const char *earlier, fs_error *error)
{
    FS_TRY(name_outputs(in, error));
    if (earlier && fs_project_ingest_reuse(in, earlier)) return FS_OK;
    fs_status status = read_all(in, error);
    detach_scratch(in);
    FS_TRY(status);
    FS_TRY(fs_project_ingest_digests(in, error));
    const char *note = fs_arena_printf(&in->arena, "%s/ingest.json", in->folder);
    return note ? fs_project_ingest_save(in, note, error) : fs_fail_memory(error, 0);
}
