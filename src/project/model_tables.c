/* Tables that come with the steps: each NAME.csv of a models folder is the table NAME of a run, its columns
 * texts. The program's own are the holidays of the world; a project's own models folder may bring more,
 * and those of the same name take the program's place. A run keeps them among its tables, so that it is
 * whole by itself and the other engine finds them where it finds all others. */
#include <string.h>

#include "project_internal.h"

typedef struct tables {
    fs_arena arena;
    const fs_project *project;
    fs_engine *engine;
    const char *folder; /* of the run; NULL: nothing is written, only names count */
    fs_plan *plan;
} tables;

static fs_status check_name(const char *path, const char *name, fs_error *error)
{
    bool good = fs_table_name_good(name);
    if (good && !fs_table_is_of_files(name)) return FS_OK;
    fs_fail(error, FS_USAGE, "%s",
            good ? "a table of the run has this name already" : fs_table_name_rule);
    fs_error_at(error, path, 0, NULL);
    return fs_error_remedy(error, "Give the file another name."), FS_USAGE;
}

/* Every row counts: what can't be read is a fault, not a row in quarantine. */
static fs_status check_rows(tables *t, const char *view, const char *path, fs_error *error)
{
    const char *sql = fs_arena_printf(
        &t->arena,
        "select _line, _problem from %s where _problem is not null order by _line limit 1", view);
    fs_result *bad;
    bool any = false;
    if (!sql) return fs_fail_memory(error, 0);
    FS_TRY(fs_engine_query_few(t->engine, sql, &bad, error));
    fs_status status = fs_result_next(bad, &any, error);
    if (status == FS_OK && any) {
        status = fs_fail(error, FS_DATA, "%s", fs_result_text(bad, 1));
        fs_error_at(error, path, fs_result_integer(bad, 0), NULL);
        fs_error_remedy(error, "A table that comes with the steps is a plain CSV file: a header, "
                               "commas, quotes where a text holds one.");
    }
    fs_result_close(bad);
    return status;
}

/* The four columns that a raw view adds are no table yet. */
static fs_status check_header(tables *t, const char *view, const char *path, fs_error *error)
{
    const char *sql = fs_arena_printf(&t->arena, "select count(*) from (describe %s)", view);
    int64_t columns = 0;
    if (!sql) return fs_fail_memory(error, 0);
    FS_TRY(fs_engine_integer(t->engine, sql, &columns, error));
    if (columns > 4) return FS_OK;
    fs_fail(error, FS_DATA, "the file is empty");
    fs_error_at(error, path, 0, NULL);
    return fs_error_remedy(error, "Give it a header with the names of its columns."), FS_DATA;
}

static fs_status keep_digest(tables *t, const char *view, char digest[FS_DIGEST_HEX],
                             fs_error *error)
{
    fs_raw_stats *stats;
    int count;
    FS_TRY(fs_engine_raw_stats(t->engine, view, &stats, &count, error));
    if (count > 0) memcpy(digest, stats[0].digest, FS_DIGEST_HEX);
    fs_raw_stats_free(stats, count);
    return FS_OK;
}

static fs_status write_table(tables *t, const char *name, const char *path, const char *to,
                             char digest[FS_DIGEST_HEX], fs_error *error)
{
    const fs_dialect plain = {.delimiter = ',', .quote = '"', .escape = '"', .header = true};
    const char *view = fs_arena_printf(&t->arena, "fs_given_%s", name);
    fs_raw raw = {
        .name = name, .path = &path, .paths = 1, .format = FS_FORMAT_CSV, .dialect = plain};
    const char *select =
        view ? fs_arena_printf(&t->arena, "select * exclude (_file, _line, _problem, _row) from %s",
                               view)
             : NULL;
    int64_t rows;
    if (!select) return fs_fail_memory(error, 0);
    FS_TRY(fs_engine_raw_view(t->engine, &raw, view, error));
    FS_TRY(check_header(t, view, path, error));
    FS_TRY(check_rows(t, view, path, error));
    FS_TRY(fs_engine_write_parquet(t->engine, select, to, &rows, error));
    return keep_digest(t, view, digest, error);
}

static fs_status add_table(tables *t, const char *folder, const char *file, fs_error *error)
{
    const char *path = fs_arena_printf(&t->arena, "%s/%s", folder, file);
    const char *name = fs_arena_strndup(&t->arena, file, strlen(file) - strlen(".csv"));
    char digest[FS_DIGEST_HEX] = "";
    if (!path || !name) return fs_fail_memory(error, 0);
    FS_TRY(check_name(path, name, error));
    FS_TRY(fs_project_not_raw(t->project, name, "a table that comes with the steps", path, error));
    if (!t->folder) return fs_plan_add_table(t->plan, name, "", "", error);
    const char *to = fs_arena_printf(&t->arena, "%s/tables/%s.parquet", t->folder, name);
    if (!to) return fs_fail_memory(error, 0);
    FS_TRY(write_table(t, name, path, to, digest, error));
    return fs_plan_add_table(t->plan, name, to, digest, error);
}

fs_status fs_project_model_tables(const fs_project *project, fs_engine *engine, const char *folder,
                                  const char *run, fs_plan *plan, fs_error *error)
{
    tables t = {.project = project, .engine = engine, .folder = run, .plan = plan};
    const char *const *file;
    int count;
    fs_status status = fs_list_folder(&t.arena, folder, ".csv", &file, &count, error);
    for (int i = 0; i < count && status == FS_OK; i++)
        status = add_table(&t, folder, file[i], error);
    fs_arena_free(&t.arena);
    return status;
}
