/* Where each row went.
 *
 * For every file: rows in = rows kept + rows in quarantine + rows merged. A row is
 *   kept         where some canonical table has it, by the `_file` and `_line` that its mapping
 *                carries along; also every readable row of a raw table that is only looked up in;
 *   merged       where it stands in an earlier file too, or says the same as another row of its key;
 *   quarantined  otherwise, with the reason: unreadable, refused by a canonical table, or left out
 *                by the mapping.
 * The home of a raw table is the first canonical table (in their order) that has its rows; a row
 * that another table refused but its home kept is kept. A mapping that makes several rows of one
 * line is counted by lines.
 *
 * The three counts come from different places (the written tables, the quarantine, the merged rows)
 * and the rows in from the reader; where they do not add up, the run fails. Rows that are neither
 * kept nor unreadable are looked for only where the counts say that there are any.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "project_internal.h"

/* ---- counts by file ---- */

/* Adds what `sql` gives (_file, count) to a field of each file's account. */
static fs_status add_counts(fs_project_ingest *in, size_t field, const char *sql, fs_error *error)
{
    if (!sql) return fs_fail_memory(error, 0);
    fs_result *result = NULL;
    FS_TRY(fs_engine_query_few(in->engine, sql, &result, error));
    bool more = true;
    fs_status status = FS_OK;
    while ((status = fs_result_next(result, &more, error)) == FS_OK && more) {
        int64_t number = fs_result_integer(result, 0);
        if (fs_result_null(result, 0) || number < 0 || number >= in->files) continue;
        *(int64_t *)((char *)&in->file[number] + field) += fs_result_integer(result, 1);
    }
    fs_result_close(result);
    return status;
}

#define KEPT        offsetof(fs_project_file_account, kept)
#define QUARANTINED offsetof(fs_project_file_account, quarantined)
#define MERGED      offsetof(fs_project_file_account, merged)

static fs_status list_files(fs_project_ingest *in, fs_error *error)
{
    for (int r = 0; r < in->raws; r++) {
        if (!in->raw[r].uses) continue;
        FS_TRY(fs_project_count_raw(in, &in->raw[r], error));
        in->files += in->raw[r].raw.paths;
    }
    in->file = fs_arena_zero(&in->arena, sizeof *in->file * (size_t)(in->files + 1));
    if (!in->file) return fs_fail_memory(error, 0);
    for (int r = 0; r < in->raws; r++) {
        const fs_project_raw *raw = &in->raw[r];
        for (int i = 0; raw->uses && i < raw->raw.paths; i++) {
            fs_project_file_account *f = &in->file[raw->first_file + i];
            struct stat info;
            *f = (fs_project_file_account){.file = raw->shown[i],
                                           .raw = r,
                                           .number = raw->first_file + i,
                                           .bytes = raw->stats[i].bytes,
                                           .rows = raw->stats[i].records,
                                           .modified = -1,
                                           .changed = -1};
            memcpy(f->digest, raw->stats[i].digest, sizeof f->digest);
            if (stat(raw->raw.path[i], &info) != 0) continue;
            f->modified = fs_project_nanoseconds(info.st_mtim);
            f->changed = fs_project_nanoseconds(info.st_ctim);
        }
    }
    return FS_OK;
}

/* ---- homes ---- */

/* Raw tables whose rows stand in the stage of table `t`. */
static fs_status find_homes(fs_project_ingest *in, int t, bool *has, fs_error *error)
{
    const char *sql = fs_arena_printf(
        &in->arena, "select distinct _file from %s where _line is not null and _file is not null",
        in->table[t].stage);
    if (!sql) return fs_fail_memory(error, 0);
    fs_result *result = NULL;
    FS_TRY(fs_engine_query_few(in->engine, sql, &result, error));
    bool more = true;
    fs_status status = FS_OK;
    while ((status = fs_result_next(result, &more, error)) == FS_OK && more) {
        int64_t number = fs_result_integer(result, 0);
        if (number < 0 || number >= in->files) {
            status = fs_fail(error, FS_USAGE, "a mapping of %s gives a _file that no file has",
                             in->table[t].table->name);
            fs_error_remedy(error, "Select _file and _line of the home raw table as they are.");
            break;
        }
        has[in->file[number].raw * FS_CANONICAL_TABLES + t] = true;
    }
    fs_result_close(result);
    return status;
}

/* A mapping that gave no row still has its raw table for home, where it reads no other. */
static int home_without_rows(const fs_project_ingest *in, int raw)
{
    for (int t = 0; t < FS_CANONICAL_TABLES; t++)
        for (int i = 0; i < in->table[t].mappings; i++) {
            const fs_project_mapping *m = &in->mapping[in->table[t].first + i];
            if (m->carries && m->raws == 1 && m->raw[0] == raw) return t;
        }
    return -1;
}

static void set_homes(fs_project_ingest *in, const bool *has)
{
    for (int r = 0; r < in->raws; r++) {
        in->home[r] = -1;
        for (int t = FS_CANONICAL_TABLES - 1; t >= 0; t--)
            if (has[r * FS_CANONICAL_TABLES + t]) in->home[r] = t;
        if (in->home[r] < 0 && in->raw[r].uses) in->home[r] = home_without_rows(in, r);
    }
}

/* ---- kept ---- */

static const char *range(fs_project_ingest *in, const fs_project_raw *raw)
{
    return fs_arena_printf(&in->arena, "_file between %d and %d", raw->first_file,
                           raw->first_file + raw->raw.paths - 1);
}

/* Lines of a raw table that tables have, by file. */
static fs_status count_kept(fs_project_ingest *in, int r, const bool *has, fs_error *error)
{
    const char *where = range(in, &in->raw[r]), *lines = NULL;
    int tables = 0, last = -1;
    for (int t = 0; where && t < FS_CANONICAL_TABLES; t++) {
        if (!has[r * FS_CANONICAL_TABLES + t]) continue;
        const char *one = fs_arena_printf(
            &in->arena, "select _file, _line from %s where %s and _line is not null",
            in->table[t].kept, where);
        lines = !one ? NULL : lines ? fs_arena_printf(&in->arena, "%s union %s", lines, one) : one;
        if (!lines) return fs_fail_memory(error, 0);
        tables++;
        last = t;
    }
    if (!tables) return FS_OK;
    const char *count =
        tables == 1 && !in->table[last].one_to_one ? "count(distinct _line)" : "count(*)";
    return add_counts(
        in, KEPT,
        fs_arena_printf(&in->arena, "select _file, %s from (%s) group by _file", count, lines),
        error);
}

/* A raw table that is nobody's home: its readable rows are kept as what they are, looked up in. */
static void count_lookup(fs_project_ingest *in, const fs_project_raw *raw)
{
    for (int i = 0; i < raw->stats_count; i++) {
        fs_project_file_account *f = &in->file[raw->first_file + i];
        f->kept = f->rows - f->merged - raw->stats[i].bad;
    }
}

/* ---- quarantine ---- */

static const char *home_name(const fs_project_ingest *in, int r)
{
    return in->home[r] < 0 ? in->raw[r].files->name : in->table[in->home[r]].table->name;
}

/* "not exists (…)" for the lines that tables have; `file` and `line` are those of a row. */
static const char *in_no_table(fs_project_ingest *in, int r, const bool *has, const char *file,
                               const char *line)
{
    const char *sql = "true";
    for (int t = 0; sql && t < FS_CANONICAL_TABLES; t++)
        if (has[r * FS_CANONICAL_TABLES + t])
            sql = fs_arena_printf(&in->arena,
                                  "%s and not exists (select 1 from %s as k where k._file = %s and "
                                  "k._line = %s)",
                                  sql, in->table[t].kept, file, line);
    return sql;
}

static const char *left_out_by(fs_project_ingest *in, int r)
{
    const fs_project_table *t = &in->table[in->home[r]];
    for (int i = 0; i < t->mappings; i++) {
        const fs_project_mapping *m = &in->mapping[t->first + i];
        for (int k = 0; m->carries && k < m->raws; k++)
            if (m->raw[k] == r) return m->source->path;
    }
    return in->mapping[t->first].source->path;
}

/* What tables said of rows that they did not take: (_file, _line, place, table_name, fate, reason). */
static const char *causes(fs_project_ingest *in, int r, const bool *has)
{
    const char *where = range(in, &in->raw[r]);
    const char *sql =
        "select cast(null as integer) as _file, cast(null as bigint) as _line, 0 as place, '' as "
        "table_name, '' as fate, '' as reason "
        "where false";
    for (int t = 0; where && sql && t < FS_CANONICAL_TABLES; t++) {
        if (!has[r * FS_CANONICAL_TABLES + t]) continue;
        sql = fs_arena_printf(&in->arena,
                              "%s union all select _file, _line, %d, '%s', 'refused', _fs_reason "
                              "from %s where _fs_reason is not null and %s "
                              "union all select _file, _line, %d, '%s', fate, reason from %s where "
                              "fate in ('refused', 'merged') and %s",
                              sql, t, in->table[t].table->name, in->table[t].stage, where, t,
                              in->table[t].table->name, in->table[t].again, where);
    }
    return where ? sql : NULL;
}

/* The fate of each row that some table did not take and none has: the first cause. */
static fs_status find_fates(fs_project_ingest *in, int r, const bool *has, fs_error *error)
{
    const char *cause = causes(in, r, has);
    const char *nowhere = in_no_table(in, r, has, "c._file", "c._line");
    if (!cause || !nowhere) return fs_fail_memory(error, 0);
    return fs_project_execute(
        in, error,
        "create or replace table fs_ingest.fate_%s as with cause as (%s), first_cause as (select * "
        "from (select *, row_number() over (partition by _file, _line order by place, fate desc, "
        "reason) as n from cause where _line is not null) where n = 1) select c._file, c._line, "
        "c.table_name, c.fate, c.reason from first_cause as c where %s",
        in->raw[r].files->name, cause, nowhere);
}

/* Which rows of the file go into quarantine: those that are bad or refused; where the mapping leaves some
 * out, all that are in no table and are not merged. */
static const char *unwanted(fs_project_ingest *in, int r, const bool *has, bool leaves_out)
{
    const fs_project_raw *raw = &in->raw[r];
    const char *name = raw->files->name;
    const char *file = fs_arena_printf(&in->arena, "r._file + %d", raw->first_file);
    if (!file) return NULL;
    if (!leaves_out)
        return fs_arena_printf(&in->arena,
                               "r._problem is not null or exists (select 1 from fs_ingest.fate_%s "
                               "as f where f.fate = 'refused' and f._file = %s and f._line = "
                               "r._line)",
                               name, file);
    const char *where = in_no_table(in, r, has, file, "r._line");
    if (!where || !raw->merged) return where;
    return fs_arena_printf(&in->arena,
                           "%s and not exists (select 1 from fs_ingest.merged_%s as m where "
                           "m._file = %s and m._line = r._line)",
                           where, name, file);
}

/* The text of a row names its customer. */
static bool tells_nobody(const fs_project_ingest *in)
{
    return in->identities.salted || in->identities.count;
}

/* Puts them there, with their reason and the text that they had in their file. */
static fs_status quarantine_rows(fs_project_ingest *in, int r, const char *where,
                                 const char *left_out, fs_error *error)
{
    const fs_project_raw *raw = &in->raw[r];
    fs_status status = fs_engine_raw_rows(in->engine, raw->view, where, "fs_rows", error);
    if (status == FS_OK)
        status = fs_project_execute(
            in, error,
            "insert into fs_ingest.quarantine select coalesce(f.table_name, '%s'), r._file + %d, "
            "r._line, coalesce(r._problem, f.reason, %s), %s from fs_rows as r left join "
            "fs_ingest.fate_%s as f on f._file = r._file + %d and f._line = r._line where "
            "coalesce(f.fate, 'refused') = 'refused'",
            home_name(in, r), raw->first_file, left_out, tells_nobody(in) ? "null" : "r._row",
            raw->files->name, raw->first_file);
    fs_error ignored = {0};
    if (fs_engine_execute(in->engine, "drop table if exists fs_rows", &ignored) != FS_OK &&
        status == FS_OK)
        status = ignored.status;
    return status;
}

/* Of `missing` rows that are neither kept nor merged between files: what became of them. */
static fs_status account_missing(fs_project_ingest *in, int r, const bool *has, int64_t missing,
                                 fs_error *error)
{
    const fs_project_raw *raw = &in->raw[r];
    const char *name = raw->files->name;
    int64_t fates = 0, refused = 0;
    FS_TRY(find_fates(in, r, has, error));
    FS_TRY(add_counts(
        in, MERGED,
        fs_arena_printf(&in->arena,
                        "select _file, count(*) from fs_ingest.fate_%s where fate = 'merged' "
                        "group by _file",
                        name),
        error));
    FS_TRY(fs_project_value(in, &fates, error, "select count(*) from fs_ingest.fate_%s", name));
    FS_TRY(fs_project_value(in, &refused, error,
                            "select count(*) from fs_ingest.fate_%s where fate = 'refused'", name));
    bool leaves_out = in->home[r] >= 0 && missing > raw->bad + fates;
    if (!raw->bad && !refused && !leaves_out) return FS_OK;
    const char *where = unwanted(in, r, has, leaves_out);
    const char *reason =
        fs_arena_printf(&in->arena, "left out by %s", leaves_out ? left_out_by(in, r) : "");
    const char *left_out = reason ? fs_project_literal(&in->arena, reason) : NULL;
    if (!where || !left_out) return fs_fail_memory(error, 0);
    return quarantine_rows(in, r, where, left_out, error);
}

/* ---- one raw table ---- */

static int64_t sum(const fs_project_ingest *in, int r, size_t field)
{
    int64_t total = 0;
    for (int i = 0; i < in->files; i++)
        if (in->file[i].raw == r) total += *(const int64_t *)((const char *)&in->file[i] + field);
    return total;
}

static fs_status account_raw(fs_project_ingest *in, int r, const bool *has, fs_error *error)
{
    const fs_project_raw *raw = &in->raw[r];
    if (raw->merged)
        FS_TRY(add_counts(
            in, MERGED,
            fs_arena_printf(&in->arena,
                            "select _file, count(*) from fs_ingest.merged_%s group by _file",
                            raw->files->name),
            error));
    if (in->home[r] < 0)
        count_lookup(in, raw);
    else
        FS_TRY(count_kept(in, r, has, error));
    int64_t missing =
        sum(in, r, offsetof(fs_project_file_account, rows)) - raw->merged - sum(in, r, KEPT);
    return missing == 0 ? FS_OK : account_missing(in, r, has, missing, error);
}

/* ---- the sum ---- */

static fs_status check_file(const fs_project_file_account *f, fs_error *error)
{
    if (f->rows == f->kept + f->quarantined + f->merged) return FS_OK;
    fs_fail(error, FS_FAILED,
            "of %lld rows read, %lld are kept, %lld in quarantine and %lld merged: %lld are not "
            "accounted for",
            (long long)f->rows, (long long)f->kept, (long long)f->quarantined, (long long)f->merged,
            (long long)(f->rows - f->kept - f->quarantined - f->merged));
    fs_error_at(error, f->file, 0, NULL);
    return fs_error_remedy(
               error, "A mapping must carry _file and _line of the rows of its home as they are."),
           FS_FAILED;
}

const char *fs_project_file_table(const fs_project_ingest *in, const fs_project_file_account *f)
{
    const fs_project_raw *raw = &in->raw[f->raw];
    return raw->raw.table ? raw->raw.table[f->number - raw->first_file] : NULL;
}

/* Table of file numbers and names, to join with. */
static fs_status write_file_table(fs_project_ingest *in, fs_error *error)
{
    FS_TRY(fs_project_execute(
        in, error,
        "create or replace table fs_ingest.files (number integer, file varchar, bytes bigint, "
        "digest varchar, raw_table varchar, home_table varchar, rows bigint, kept bigint, "
        "quarantined bigint, merged bigint)"));
    for (int i = 0; i < in->files; i++) {
        const fs_project_file_account *f = &in->file[i];
        const char *table = fs_project_file_table(in, f);
        const char *name = table ? fs_arena_printf(&in->arena, "%s (%s)", f->file, table) : f->file;
        const char *file = name ? fs_project_literal(&in->arena, name) : NULL;
        if (!file) return fs_fail_memory(error, 0);
        bool home = in->home[f->raw] >= 0;
        FS_TRY(fs_project_execute(in, error,
                                  "insert into fs_ingest.files values (%d, %s, %lld, '%s', '%s', "
                                  "%s%s%s, %lld, 0, 0, %lld)",
                                  f->number, file, (long long)f->bytes, f->digest,
                                  in->raw[f->raw].files->name, home ? "'" : "",
                                  home ? home_name(in, f->raw) : "null", home ? "'" : "",
                                  (long long)f->rows, (long long)f->merged));
    }
    return FS_OK;
}

static fs_status write_outputs(fs_project_ingest *in, fs_error *error)
{
    const char *quarantine =
        fs_arena_printf(&in->arena, "%s/tables/quarantine.parquet", in->folder);
    const char *files = fs_arena_printf(&in->arena, "%s/tables/source_files.parquet", in->folder);
    if (!quarantine || !files) return fs_fail_memory(error, 0);
    FS_TRY(write_file_table(in, error));
    FS_TRY(fs_engine_write_parquet(
        in->engine,
        "select q.table_name, f.file, q._line as line, q.reason, q.row from fs_ingest.quarantine "
        "as q join fs_ingest.files as f "
        "on f.number = q._file order by q._file, q._line, q.table_name, q.reason",
        quarantine, &in->quarantined, error));
    for (int i = 0; i < in->files; i++) {
        FS_TRY(check_file(&in->file[i], error));
        FS_TRY(fs_project_execute(
            in, error,
            "update fs_ingest.files set kept = %lld, quarantined = %lld where number = %d",
            (long long)in->file[i].kept, (long long)in->file[i].quarantined, i));
    }
    int64_t rows = 0;
    return fs_engine_write_parquet(in->engine, "select * from fs_ingest.files order by number",
                                   files, &rows, error);
}

fs_status fs_project_account(fs_project_ingest *in, fs_error *error)
{
    FS_TRY(list_files(in, error));
    bool *has =
        fs_arena_zero(&in->arena, sizeof *has * FS_CANONICAL_TABLES * (size_t)(in->raws + 1));
    if (!has) return fs_fail_memory(error, 0);
    for (int t = 0; t < FS_CANONICAL_TABLES; t++)
        if (in->table[t].carries) FS_TRY(find_homes(in, t, has, error));
    set_homes(in, has);
    FS_TRY(fs_project_execute(
        in, error,
        "create or replace table fs_ingest.quarantine (table_name varchar, _file integer, "
        "_line bigint, reason varchar, row varchar)"));
    for (int r = 0; r < in->raws; r++)
        if (in->raw[r].uses) FS_TRY(account_raw(in, r, has, error));
    FS_TRY(add_counts(in, QUARANTINED,
                      "select _file, count(*) from fs_ingest.quarantine group by _file", error));
    return write_outputs(in, error);
}
