/* The results of a run to a folder, an object store or a database: which run, which tables, and what is said of it.
 * The engine writes them (src/engine/export.c).
 */
#include <stdlib.h>
#include <string.h>

#include "report_internal.h"

/* ---- which tables ---- */

static fs_status add(fs_export_run *run, const char *name, fs_arena *arena, fs_error *error)
{
    fs_export_table *table = &run->table[run->tables];
    for (int i = 0; i < run->tables; i++)
        if (strcmp(run->table[i].name, name) == 0) return FS_OK;
    *table = (fs_export_table){.name = name};
    FS_TRY(fs_run_table(run->folder, name, arena, &table->path, error));
    run->tables++;
    return FS_OK;
}

static fs_status fail_no_results(const char *folder, fs_error *error)
{
    fs_fail(error, FS_USAGE, "the run %s has none of the results", strrchr(folder, '/') + 1);
    fs_error_remedy(error, "it was made with --only: name its tables with --table");
    return FS_USAGE;
}

static fs_status add_results(fs_export_run *run, fs_arena *arena, fs_error *error)
{
    fs_report report = {.folder = run->folder};
    for (int i = 0; fs_report_result(i); i++)
        if (fs_report_has(&report, fs_report_result(i)))
            FS_TRY(add(run, fs_report_result(i), arena, error));
    return run->tables ? FS_OK : fail_no_results(run->folder, error);
}

static fs_status choose(const fs_export_settings *settings, fs_export_run *run, fs_arena *arena,
                        fs_error *error)
{
    int most = settings->tables;
    for (int i = 0; fs_report_result(i); i++) most++;
    run->table = fs_arena_zero(arena, (size_t)most * sizeof *run->table);
    if (!run->table) return fs_fail_memory(error, (size_t)most * sizeof *run->table);
    FS_TRY(fs_run_find(settings->project, settings->run, arena, &run->folder, error));
    for (int i = 0; i < settings->tables; i++) FS_TRY(add(run, settings->table[i], arena, error));
    return settings->tables ? FS_OK : add_results(run, arena, error);
}

/* ---- what is said ---- */

static const char *stamp(const fs_export_run *run) { return strrchr(run->folder, '/') + 1; }

static fs_status say_whole(const fs_export_run *run, fs_buffer *said)
{
    const char *before = NULL;
    for (int i = 0; run->partition && i < run->tables; i++) {
        if (run->table[i].divided) continue;
        if (!before)
            FS_TRY(fs_buffer_printf(
                said, "Written whole, having no column %s beside others: ", run->partition));
        FS_TRY(fs_buffer_printf(said, "%s%s", before ? ", " : "", run->table[i].name));
        before = run->table[i].name;
    }
    return before ? fs_buffer_text(said, "\n") : FS_OK;
}

static fs_status say(const fs_export_run *run, const char *shown, fs_buffer *said)
{
    double rows = 0;
    for (int i = 0; i < run->tables; i++) rows += (double)run->table[i].rows;
    FS_TRY(fs_buffer_printf(said, "%d %s of run %s, ", run->tables,
                            run->tables == 1 ? "table" : "tables", stamp(run)));
    FS_TRY(fs_report_whole(said, rows));
    FS_TRY(fs_buffer_printf(said, " rows: %s\n", shown));
    return say_whole(run, said);
}

static fs_status say_json(const fs_export_run *run, const char *shown, fs_buffer *json)
{
    json_t *tables = json_array();
    for (int i = 0; i < run->tables; i++)
        json_array_append_new(tables, json_pack("{s:s, s:I, s:b}", "name", run->table[i].name,
                                                "rows", (json_int_t)run->table[i].rows, "divided",
                                                run->table[i].divided));
    json_t *all = json_pack("{s:s, s:s, s:o}", "to", shown, "run", stamp(run), "tables", tables);
    char *text = all ? json_dumps(all, 0) : NULL;
    fs_status status = text ? fs_buffer_printf(json, "%s\n", text) : FS_MEMORY;
    free(text);
    json_decref(all);
    return status;
}

static fs_status say_all(const fs_export_run *run, fs_arena *arena, fs_buffer *said,
                         fs_buffer *json, fs_error *error)
{
    const char *shown = fs_url_shown(arena, run->to);
    fs_status status = shown ? FS_OK : FS_MEMORY;
    if (status == FS_OK && said) status = say(run, shown, said);
    if (status == FS_OK && json) status = say_json(run, shown, json);
    return status == FS_OK ? FS_OK : fs_fail_memory(error, 256);
}

fs_status fs_report_export_run(fs_engine *engine, const fs_export_settings *settings,
                               fs_buffer *said, fs_buffer *json, fs_error *error)
{
    fs_arena arena = {0};
    fs_export_run run = {
        .to = settings->to, .partition = settings->partition, .replace = settings->replace};
    fs_status status = choose(settings, &run, &arena, error);
    if (status == FS_OK) status = fs_engine_export_run(engine, &run, error);
    if (status == FS_OK) status = say_all(&run, &arena, said, json, error);
    fs_arena_free(&arena);
    return status;
}
