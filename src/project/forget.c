/* Forgetting customers: what runs know of them goes, what was bought stays without who bought it.
 *
 * In every table of every whole run that has a column `customer` (or `buyer`, as `recommend` calls him): tables of what was
 * bought or said (those with lines of files, or baskets) keep the row and lose the customer, so that sums stay what they were; rows
 * of all other tables, which are about customers, go. What quarantine holds of the text of such rows goes too. Each file is written beside the old one
 * and renamed, so that a reader sees one or the other. Reports and exports inside the run are then made anew.
 * Runs that were cut short are removed: they can't be resumed anyway, as what they hang on has changed.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "project_internal.h"

typedef struct forgetting {
    fs_project *project;
    fs_engine *engine;
    fs_arena arena;
    fs_identities identities;
    const char *const *customer;
    int customers;
    const char *texts; /* as SQL: ('17850', 'c0ab…') */
    int64_t rows;      /* that were changed or went */
    int runs, changed; /* looked at; in which there was something to forget */
} forgetting;

/* ---- what they are called ---- */

static fs_status add_text(forgetting *f, const char *text, fs_buffer *out)
{
    const char *literal = fs_project_literal(&f->arena, text);
    FS_TRY(literal ? FS_OK : FS_MEMORY);
    return fs_buffer_printf(out, "%s%s", out->size > 1 ? ", " : "", literal);
}

static fs_status list_texts(forgetting *f, fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, "("));
    for (int i = 0; i < f->customers; i++) {
        char name[FS_IDENTITY_TEXT];
        FS_TRY(add_text(f, f->customer[i], out));
        if (!f->identities.salted) continue;
        fs_identity_name(&f->identities, f->customer[i], strlen(f->customer[i]), name);
        FS_TRY(add_text(f, name, out));
    }
    return fs_buffer_text(out, ")");
}

static fs_status name_customers(forgetting *f, fs_error *error)
{
    fs_buffer texts = {0};
    fs_status status = list_texts(f, &texts);
    f->texts = status == FS_OK ? fs_arena_strdup(&f->arena, texts.data) : NULL;
    fs_buffer_free(&texts);
    return f->texts ? FS_OK : fs_fail_memory(error, 0);
}

/* ---- one Parquet file ---- */

static bool has(const fs_project_columns *columns, const char *name)
{
    return fs_project_column_find(columns, name) >= 0;
}

/* What is left of the table `from`, which has these columns; NULL, and *found NULL: it tells nothing of customers. */
static const char *rest_of(forgetting *f, const char *table, const char *from,
                           const fs_project_columns *columns, const char **found)
{
    fs_arena *a = &f->arena;
    *found = NULL;
    if (strcmp(table, "quarantine") == 0 && has(columns, "row")) {
        *found = fs_arena_printf(a,
                                 "exists (select 1 from (select unnest([%.*s]) as id) where "
                                 "contains(t.\"row\", id) or contains(t.reason, id))",
                                 (int)strlen(f->texts) - 2, f->texts + 1);
        return *found ? fs_arena_printf(a,
                                        "select * replace (case when %s then null else \"row\" end "
                                        "as \"row\", case when %s then 'the customer is "
                                        "forgotten' else reason end as reason) from %s as t",
                                        *found, *found, from)
                      : NULL;
    }
    const char *who = has(columns, "customer") ? "customer" : "buyer";
    if (!has(columns, who)) return NULL;
    *found = fs_arena_printf(a, "t.%s in %s", who, f->texts);
    bool bought = has(columns, "_line") || has(columns, "basket");
    if (!*found) return NULL;
    if (bought && strcmp(table, "promotions") != 0 && strcmp(table, "customers") != 0)
        return fs_arena_printf(
            a, "select * replace (case when not %s then customer end as customer) from %s as t",
            *found, from);
    return fs_arena_printf(a, "select * from %s as t where (%s) is not true", from, *found);
}

static fs_status forget_in_file(forgetting *f, const char *table, const char *path, int64_t *rows,
                                fs_error *error)
{
    const char *literal = fs_project_literal(&f->arena, path), *found;
    const char *from = literal ? fs_arena_printf(&f->arena, "read_parquet(%s)", literal) : NULL;
    const char *all = from ? fs_arena_printf(&f->arena, "select * from %s", from) : NULL;
    fs_project_columns columns = {0};
    int64_t there = 0, left;
    if (!all) return fs_fail_memory(error, 0);
    FS_TRY(fs_project_columns_of(f->engine, &f->arena, all, &columns, error));
    const char *rest = rest_of(f, table, from, &columns, &found);
    if (!rest) return found ? fs_fail_memory(error, 0) : FS_OK;
    const char *count =
        fs_arena_printf(&f->arena, "select count(*) from %s as t where %s", from, found);
    if (!count) return fs_fail_memory(error, 0);
    FS_TRY(fs_engine_integer(f->engine, count, &there, error));
    *rows += there;
    return there ? fs_engine_write_parquet(f->engine, rest, path, &left, error) : FS_OK;
}

/* A table is one file, or a folder of parts. */
static fs_status forget_in_table(forgetting *f, const char *table, const char *path, int64_t *rows,
                                 fs_error *error)
{
    struct stat info;
    if (stat(path, &info) != 0) return fs_fail_errno(error, "read", path);
    if (!S_ISDIR(info.st_mode)) return forget_in_file(f, table, path, rows, error);
    const char *const *part;
    int parts;
    FS_TRY(fs_list_folder(&f->arena, path, ".parquet", &part, &parts, error));
    for (int i = 0; i < parts; i++) {
        const char *file = fs_arena_printf(&f->arena, "%s/%s", path, part[i]);
        if (!file) return fs_fail_memory(error, 0);
        FS_TRY(forget_in_file(f, table, file, rows, error));
    }
    return FS_OK;
}

/* ---- one run ---- */

/* So that who counts the rows knows why they are fewer. */
static fs_status note_in_manifest(forgetting *f, const char *folder, fs_error *error)
{
    const char *path = fs_arena_printf(&f->arena, "%s/manifest.json", folder);
    if (!path) return fs_fail_memory(error, 0);
    json_t *json = json_load_file(path, 0, NULL);
    if (!json) return FS_OK;
    json_int_t before = json_integer_value(json_object_get(json, "customers_forgotten"));
    json_object_set_new(json, "customers_forgotten", json_integer(before + f->customers));
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    fs_status status =
        text ? fs_engine_write_file(path, text, strlen(text), error) : fs_fail_memory(error, 0);
    free(text);
    json_decref(json);
    return status;
}

static fs_status forget_in_run(forgetting *f, const char *folder, int64_t *rows, fs_error *error)
{
    const char *tables = fs_arena_printf(&f->arena, "%s/tables", folder);
    const char *const *name;
    int names;
    if (!tables) return fs_fail_memory(error, 0);
    FS_TRY(fs_list_folder(&f->arena, tables, ".parquet", &name, &names, error));
    for (int i = 0; i < names; i++) {
        const char *path = fs_arena_printf(&f->arena, "%s/%s", tables, name[i]);
        const char *table =
            path ? fs_arena_strndup(&f->arena, name[i], strlen(name[i]) - strlen(".parquet"))
                 : NULL;
        if (!table) return fs_fail_memory(error, 0);
        FS_TRY(forget_in_table(f, table, path, rows, error));
    }
    return *rows ? note_in_manifest(f, folder, error) : FS_OK;
}

static fs_status forget_in_runs(forgetting *f, fs_finish finish, void *context, fs_error *error)
{
    const char *runs = fs_arena_printf(&f->arena, "%s/runs", f->project->folder);
    const char *const *name;
    int names;
    if (!runs) return fs_fail_memory(error, 0);
    FS_TRY(fs_list_folder(&f->arena, runs, "", &name, &names, error));
    for (int i = 0; i < names; i++) {
        const char *folder = fs_arena_printf(&f->arena, "%s/%s", runs, name[i]);
        const char *done = folder ? fs_arena_printf(&f->arena, "%s/done", folder) : NULL;
        int64_t rows = 0;
        if (!done) return fs_fail_memory(error, 0);
        if (strcmp(name[i], "latest") == 0 || access(done, F_OK) != 0) continue;
        fs_progress_report(fs_engine_progress(f->engine), "forgetting in runs", i, names);
        FS_TRY(forget_in_run(f, folder, &rows, error));
        if (rows && finish) FS_TRY(finish(context, f->engine, f->project, folder, error));
        f->rows += rows;
        f->runs++;
        f->changed += rows > 0;
    }
    return FS_OK;
}

/* ---- files that are not ours ---- */

/* Lines of the newest run's files that name them, of one canonical table. */
static fs_status say_lines(forgetting *f, const char *folder, const char *table, fs_buffer *said,
                           fs_error *error)
{
    const char *path, *files;
    fs_error none = {0};
    if (fs_run_table(folder, table, &f->arena, &path, &none) != FS_OK ||
        fs_run_table(folder, "source_files", &f->arena, &files, &none) != FS_OK)
        return FS_OK;
    path = fs_project_literal(&f->arena, path);
    files = fs_project_literal(&f->arena, files);
    const char *sql =
        path && files
            ? fs_arena_printf(&f->arena,
                              "select s.file, count(distinct t._line) from read_parquet(%s) as t "
                              "join read_parquet(%s) as s on s.number = t._file where t.customer "
                              "in %s group by s.file order by s.file",
                              path, files, f->texts)
            : NULL;
    fs_result *result = NULL;
    bool more = true;
    if (!sql) return fs_fail_memory(error, 0);
    FS_TRY(fs_engine_query(f->engine, sql, &result, error));
    fs_status status = FS_OK;
    while (status == FS_OK && (status = fs_result_next(result, &more, error)) == FS_OK && more)
        if (fs_buffer_printf(said, "    %s: %lld lines\n", fs_result_text(result, 0),
                             (long long)fs_result_integer(result, 1)) != FS_OK)
            status = fs_fail_memory(error, 0);
    fs_result_close(result);
    return status;
}

static fs_status say_files(forgetting *f, fs_buffer *said, fs_error *error)
{
    static const char *const tables[] = {"sales", "customers", "promotions", "reviews"};
    const char *folder;
    fs_error none = {0};
    if (fs_run_find(f->project->folder, NULL, &f->arena, &folder, &none) != FS_OK) return FS_OK;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        FS_TRY(say_lines(f, folder, tables[i], said, error));
    return FS_OK;
}

/* ---- the whole ---- */

static fs_status forget_all(forgetting *f, fs_finish finish, void *context, fs_buffer *files,
                            fs_error *error)
{
    FS_TRY(fs_project_identities(f->project, &f->arena, &f->identities, error));
    FS_TRY(name_customers(f, error));
    FS_TRY(fs_project_forget_marks(f->project, &f->arena, &f->identities, f->customer, f->customers,
                                   error));
    FS_TRY(say_files(f, files, error));
    return forget_in_runs(f, finish, context, error);
}

static fs_status say(const forgetting *f, const fs_buffer *files, fs_buffer *said)
{
    FS_TRY(fs_buffer_printf(said, "%d customer%s forgotten: %lld rows in %d of %d runs\n",
                            f->customers, f->customers == 1 ? " is" : "s are", (long long)f->rows,
                            f->changed, f->runs));
    if (f->runs && !f->rows)
        FS_TRY(fs_buffer_text(said, "No run names them: is the number right? Later runs leave it "
                                    "out all the same.\n"));
    if (files->size)
        FS_TRY(fs_buffer_printf(said,
                                "Your own files still name them; runs will read those lines "
                                "without the customer:\n%s",
                                files->data));
    return fs_buffer_text(said, "What foresell export wrote elsewhere is not touched.\n");
}

fs_status fs_project_forget(fs_project *project, fs_engine *engine, const char *const *customer,
                            int customers, fs_finish finish, void *context, fs_buffer *said,
                            fs_error *error)
{
    forgetting f = {
        .project = project, .engine = engine, .customer = customer, .customers = customers};
    fs_run_folder *lock = NULL;
    fs_buffer files = {0};
    FS_TRY(fs_run_folder_lock(project->folder, &lock, error));
    fs_status status = forget_all(&f, finish, context, &files, error);
    if (status == FS_OK && said && say(&f, &files, said) != FS_OK)
        status = fs_fail_memory(error, files.size);
    fs_run_folder_close(lock);
    fs_buffer_free(&files);
    fs_arena_free(&f.arena);
    return status;
}
