/* The tables of a run, elsewhere: as Parquet in a folder or an object store, or as tables of a database.
 *
 * What all of these have in common: what is asked is checked before a byte is written, a reader sees the whole export
 * or none, and no row is lost on the way without being told.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "export_internal.h"

#define MOST_PARTITIONS 10000

const char *fs_export_stamp(const fs_export_run *run) { return strrchr(run->folder, '/') + 1; }

const char *fs_export_division(const fs_export_run *run, const fs_export_table *table)
{
    return table->divided ? run->partition : NULL;
}

fs_status fs_export_add_rows(fs_buffer *sql, const char *table)
{
    FS_TRY(fs_buffer_text(sql, "select * from "));
    return fs_engine_add_name(sql, table);
}

void fs_export_progress(const fs_engine *engine, const fs_export_run *run, int table)
{
    char what[160];
    double done = 0, total = 0;
    for (int i = 0; i < run->tables; i++) {
        if (i == table) done = total;
        total += (double)run->table[i].rows;
    }
    snprintf(what, sizeof what, "exporting: %s", run->table[table].name);
    fs_progress_report(engine->progress, what, done, total);
}

fs_status fs_export_check_rows(const fs_export_table *table, int64_t rows, fs_error *error)
{
    if (rows == table->rows) return FS_OK;
    fs_fail(error, FS_FAILED,
            "of table %s %" PRId64 " rows arrived, and the run has %" PRId64 " of them",
            table->name, rows, table->rows);
    fs_error_remedy(error, "does something else write there at the same time? Nothing is shown "
                           "of this export; try again");
    return FS_FAILED;
}

/* ---- where to ---- */

static fs_status fail_address(const char *to, const char *why, const char *remedy, fs_error *error)
{
    fs_arena arena = {0};
    const char *shown = fs_url_shown(&arena, to);
    fs_fail(error, FS_USAGE, "%s: %s", shown ? shown : "", why);
    fs_error_remedy(error, "%s", remedy);
    fs_arena_free(&arena);
    return FS_USAGE;
}

/* Hugging Face is read only. */
static bool is_store(const char *to)
{
    return fs_raw_is_store(to) && strncasecmp(to, "hf://", 5) != 0;
}

static fs_status check_address(const fs_export_run *run, fs_error *error)
{
    const char *to = run->to;
    if (!*to) return fs_fail(error, FS_USAGE, "the place to export to is empty");
    if (fs_raw_is_hdfs(to))
        return fail_address(to, "HDFS is not written to",
                            "export to a folder, and put that there: hdfs dfs -put FOLDER …",
                            error);
    if (fs_url_is(to) && !is_store(to) && !fs_raw_is_database_url(to))
        return fail_address(to, "such addresses are not written to",
                            "name a folder, or an address of s3, gs, r2, az, abfss, postgres, "
                            "mysql or sqlite",
                            error);
    if (is_store(to) && strpbrk(to, "*?["))
        return fail_address(to, "a place to write to has no * ? or [ in it",
                            "name a bucket and a prefix: s3://BUCKET/PREFIX", error);
    if (run->partition && fs_raw_is_database_url(to))
        return fail_address(to, "--partition divides Parquet, not the tables of a database",
                            "leave it out", error);
    return FS_OK;
}

/* ---- what ---- */

/* `only`: a condition on the value v. */
static fs_status add_count(fs_buffer *sql, const char *table, const char *column, const char *only)
{
    FS_TRY(fs_buffer_text(sql, "select count(*) from "));
    if (!column) return fs_engine_add_name(sql, table);
    FS_TRY(fs_buffer_text(sql, "(select distinct "));
    FS_TRY(fs_engine_add_name(sql, column));
    FS_TRY(fs_buffer_text(sql, " as v from "));
    FS_TRY(fs_engine_add_name(sql, table));
    return fs_buffer_printf(sql, ") where %s", only);
}

/* Rows of a table, or different values of a column. */
static fs_status count(fs_engine *engine, const char *table, const char *column, const char *only,
                       int64_t *value, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = add_count(&sql, table, column, only) == FS_OK
                           ? fs_engine_integer(engine, sql.data, value, error)
                           : fs_fail_memory(error, 64);
    fs_buffer_free(&sql);
    return status;
}

static fs_status attach_all(fs_engine *engine, fs_export_run *run, fs_error *error)
{
    for (int i = 0; i < run->tables; i++) {
        fs_export_table *table = &run->table[i];
        FS_TRY(fs_engine_attach(engine, table->name, table->path, error));
        FS_TRY(count(engine, table->name, NULL, NULL, &table->rows, error));
    }
    return FS_OK;
}

/* Of the columns of all tables, the one whose name is most like what was asked for; empty: none is. */
typedef struct nearest {
    const char *wanted;
    char name[128];
} nearest;

static void look_at(nearest *near, const char *name)
{
    const char *both[] = {name, near->name};
    if (fs_engine_nearest(near->wanted, both, near->name[0] ? 2 : 1) == name)
        snprintf(near->name, sizeof near->name, "%s", name);
}

/* Has the table the column, and another one beside it? */
static fs_status can_divide(fs_engine *engine, const char *column, fs_export_table *table,
                            nearest *near, fs_error *error)
{
    fs_buffer sql = {0};
    fs_result *result = NULL;
    fs_status status = fs_export_add_rows(&sql, table->name);
    if (status == FS_OK) status = fs_buffer_text(&sql, " limit 0");
    status = status == FS_OK ? fs_engine_query_few(engine, sql.data, &result, error)
                             : fs_fail_memory(error, 64);
    fs_buffer_free(&sql);
    FS_TRY(status);
    int columns = fs_result_columns(result);
    for (int c = 0; c < columns; c++) {
        const char *name = fs_result_name(result, c);
        if (strcmp(name, column) == 0) table->divided = columns > 1;
        look_at(near, name);
    }
    fs_result_close(result);
    return FS_OK;
}

static fs_status fail_many(const char *column, const fs_export_table *table, int64_t values,
                           fs_error *error)
{
    fs_fail(error, FS_USAGE,
            "%s has %" PRId64 " different values of %s, and more than %d partitions are not "
            "written",
            table->name, values, column, MOST_PARTITIONS);
    fs_error_remedy(error, "divide by a column with fewer values, or export that table by itself, "
                           "undivided (--table)");
    return FS_USAGE;
}

/* DuckDB would write a folder "COLUMN=", which Spark does not read. */
static fs_status fail_empty(const char *column, const fs_export_table *table, fs_error *error)
{
    fs_fail(error, FS_DATA,
            "%s has rows whose %s is an empty text, for which no folder can be named", table->name,
            column);
    fs_error_remedy(error, "let its mapping or step make it null (nullif), divide by another "
                           "column, or export that table by itself, undivided (--table)");
    return FS_DATA;
}

static fs_status check_values(fs_engine *engine, const char *column, const fs_export_table *table,
                              fs_error *error)
{
    int64_t values = 0, empty = 0;
    FS_TRY(count(engine, table->name, column, "true", &values, error));
    if (values > MOST_PARTITIONS) return fail_many(column, table, values, error);
    FS_TRY(count(engine, table->name, column, "cast(v as varchar) = ''", &empty, error));
    return empty ? fail_empty(column, table, error) : FS_OK;
}

static fs_status fail_no_column(const fs_export_run *run, const nearest *near, fs_error *error)
{
    fs_fail(error, FS_USAGE, "none of the tables has a column %s to be divided by", run->partition);
    if (near->name[0])
        fs_error_remedy(error, "did you mean %s?", near->name);
    else
        fs_error_remedy(error, "item, store, category and period are in many of them");
    return FS_USAGE;
}

static fs_status divide_all(fs_engine *engine, fs_export_run *run, fs_error *error)
{
    nearest near = {.wanted = run->partition};
    int divided = 0;
    for (int i = 0; run->partition && i < run->tables; i++) {
        fs_export_table *table = &run->table[i];
        FS_TRY(can_divide(engine, run->partition, table, &near, error));
        if (table->divided) FS_TRY(check_values(engine, run->partition, table, error));
        divided += table->divided;
    }
    return !run->partition || divided ? FS_OK : fail_no_column(run, &near, error);
}

fs_status fs_engine_export_run(fs_engine *engine, fs_export_run *run, fs_error *error)
{
    FS_TRY(check_address(run, error));
    FS_TRY(attach_all(engine, run, error));
    FS_TRY(divide_all(engine, run, error));
    if (is_store(run->to)) return fs_export_to_store(engine, run, error);
    if (fs_raw_is_database_url(run->to)) return fs_export_to_database(engine, run, error);
    return fs_export_to_folder(engine, run, error);
}
