/* The main job: sources into canonical tables, the pipeline's steps, the manifest, the report; then
 * the run appears as a whole.
 *
 * Faults of the project (mappings, models) show before a row is read. A missing kind of source
 * leaves its table empty and never fails the run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "project_internal.h"

/* ---- plans ---- */

/* Folder of the program's own steps: as installed, or as in the source tree. Empty: none. */
static void find_models(char *folder, size_t capacity)
{
    static const char *const places[] = {"../share/foresell/models", "models", "../models",
                                         "../../models"};
    char program[4096];
    ssize_t bytes = readlink("/proc/self/exe", program, sizeof program - 1);
    char *slash = bytes > 0 ? (program[bytes] = '\0', strrchr(program, '/')) : NULL;
    if (slash) *slash = '\0';
    for (size_t i = 0; slash && i < sizeof places / sizeof *places; i++) {
        int n = snprintf(folder, capacity, "%s/%s", program, places[i]);
        if (n > 0 && (size_t)n < capacity && access(folder, R_OK) == 0) return;
    }
    folder[0] = '\0';
}

static fs_status add_folder(fs_project *project, fs_engine *engine, const char *folder,
                            bool replace, const char *run, fs_plan *plan, fs_error *error)
{
    FS_TRY(fs_project_model_tables(project, engine, folder, run, plan, error));
    return fs_plan_add_folder(plan, engine, folder, replace, error);
}

/* The program's steps and tables, then the project's own, which may replace them. `run`: the run's folder,
 * or NULL where nothing runs. */
static fs_status add_models(fs_project *project, fs_engine *engine, const char *models,
                            const char *run, fs_plan *plan, fs_error *error)
{
    char beside[4200];
    if (!models) find_models(beside, sizeof beside);
    const char *folder = models ? models : beside;
    if (models && access(models, R_OK) != 0) return fs_fail_errno(error, "read", models);
    if (*folder) FS_TRY(add_folder(project, engine, folder, false, run, plan, error));
    fs_arena arena = {0};
    const char *own = fs_project_path(&arena, project->folder, "models");
    fs_status status =
        own ? add_folder(project, engine, own, true, run, plan, error) : fs_fail_memory(error, 0);
    fs_arena_free(&arena);
    return status;
}

static bool has_mapping(const fs_project *project, const fs_canonical_table *table)
{
    for (int i = 0; i < project->sources; i++)
        if (project->source[i].table == table) return true;
    return false;
}

/* Raw tables and steps are tables of one plan: a step that has come to be since a project was made may
 * have the name of one of its raw tables. */
static fs_status names_differ(const fs_project *project, const fs_plan *plan, fs_error *error)
{
    for (int i = 0; i < fs_plan_steps(plan); i++) {
        const fs_step *step = fs_plan_step(plan, i);
        FS_TRY(fs_project_not_raw(project, step->name, "a step", step->file, error));
    }
    return FS_OK;
}

static fs_status fill_plan(fs_project *project, fs_engine *engine, const char *models,
                           fs_plan *plan, fs_error *error)
{
    FS_TRY(fs_project_add_mappings(project, engine, plan, error));
    for (int i = 0; i < FS_CANONICAL_TABLES; i++)
        if (!has_mapping(project, fs_canonical_at(i)))
            FS_TRY(fs_plan_add_table(plan, fs_canonical_at(i)->name, "", "", error));
    FS_TRY(fs_plan_add_table(plan, "quarantine", "", "", error));
    FS_TRY(fs_plan_add_table(plan, "source_files", "", "", error));
    FS_TRY(add_models(project, engine, models, NULL, plan, error));
    FS_TRY(names_differ(project, plan, error));
    return fs_plan_check(plan, error);
}

fs_status fs_project_plan(fs_project *project, fs_engine *engine, const char *models,
                          fs_plan **plan, fs_error *error)
{
    *plan = NULL;
    fs_plan *p = NULL;
    FS_TRY(fs_plan_open(fs_project_setting, project, &p, error));
    fs_status status = fill_plan(project, engine, models, p, error);
    if (status == FS_OK)
        *plan = p;
    else
        fs_plan_close(p);
    return status;
}

/* ---- the run ---- */

typedef struct run {
    fs_project *project;
    fs_engine *engine;
    const fs_run_settings *settings;
    fs_finish finish;
    void *context;
    fs_run_outcome *outcome;
    fs_run_folder *folder;
    fs_project_ingest in;
    fs_plan *plan;
    fs_step_report *report;
    int reports;
    struct timespec start;
} run;

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) * 1e-9;
}

static fs_status add_tables(run *r, fs_error *error)
{
    for (int i = 0; i < FS_CANONICAL_TABLES; i++) {
        const fs_project_table *t = &r->in.table[i];
        FS_TRY(fs_plan_add_table(r->plan, t->table->name, t->path, t->digest, error));
    }
    static const char *const others[] = {"quarantine", "source_files"};
    for (int i = 0; i < 2; i++) {
        const char *path =
            fs_arena_printf(&r->in.arena, "%s/tables/%s.parquet", r->in.folder, others[i]);
        if (!path) return fs_fail_memory(error, 0);
        FS_TRY(fs_plan_add_table(r->plan, others[i], path, r->in.digest, error));
    }
    return FS_OK;
}

/* Steps see what the files' customers have beside the canonical columns. */
static fs_status name_columns(run *r, fs_error *error)
{
    for (int i = 0; i < FS_CANONICAL_TABLES; i++) {
        const fs_project_table *t = &r->in.table[i];
        if (strcmp(t->table->name, "customers") != 0) continue;
        return fs_project_own_columns(r->engine, &r->project->arena, t->table, t->path,
                                      &r->project->customer_columns, error);
    }
    return FS_OK;
}

static fs_status run_models(run *r, const char *earlier, fs_error *error)
{
    FS_TRY(name_columns(r, error));
    FS_TRY(fs_plan_open(fs_project_setting, r->project, &r->plan, error));
    FS_TRY(add_tables(r, error));
    FS_TRY(add_models(r->project, r->engine, r->settings->models, r->in.folder, r->plan, error));
    FS_TRY(fs_plan_check(r->plan, error));
    fs_plan_settings settings = {.folder = r->in.folder,
                                 .earlier = earlier,
                                 .only = r->settings->only,
                                 .maker = r->settings->maker};
    return fs_plan_run(r->plan, r->engine, &settings, &r->report, &r->reports, error);
}

static void tell(run *r, const char *path)
{
    fs_run_outcome *o = r->outcome;
    *o = (fs_run_outcome){.steps = r->reports};
    snprintf(o->folder, sizeof o->folder, "%s", path);
    for (int i = 0; i < r->reports; i++) o->skipped += r->report[i].skipped;
    for (int i = 0; i < r->in.files; i++) {
        o->rows_in += r->in.file[i].rows;
        o->rows_kept += r->in.file[i].kept;
        o->rows_quarantined += r->in.file[i].quarantined;
        o->rows_merged += r->in.file[i].merged;
    }
}

/* Tables that are made of files are no steps to choose from: every run makes them. */
static fs_status check_only(const run *r, const char *only, fs_error *error)
{
    bool table = fs_canonical_find(only) != NULL;
    for (int i = 0; i < r->in.mappings; i++)
        if (strcmp(r->in.mapping[i].step->name, only) == 0) table = true;
    int index;
    if (!table) return fs_plan_find(r->plan, only, &index, error);
    fs_fail(error, FS_USAGE, "%s is no step: every run makes it of the files", only);
    fs_error_remedy(error, "foresell plan lists the steps");
    return FS_USAGE;
}

static fs_status run_all(run *r, fs_error *error)
{
    FS_TRY(fs_project_ingest_open(&r->in, r->project, r->engine, error));
    FS_TRY(fs_project_plan(r->project, r->engine, r->settings->models, &r->plan, error));
    if (r->settings->only) FS_TRY(check_only(r, r->settings->only, error));
    if (!r->settings->maker.make) FS_TRY(fs_plan_check_here(r->plan, r->settings->only, error));
    fs_plan_close(r->plan);
    r->plan = NULL;
    FS_TRY(fs_run_folder_open(r->project->folder, r->settings->resume, &r->folder, error));
    r->in.folder = fs_run_folder_path(r->folder);
    const char *earlier = r->settings->resume ? fs_run_folder_earlier(r->folder) : NULL;
    FS_TRY(fs_project_ingest_run(&r->in, earlier, error));
    FS_TRY(run_models(r, earlier, error));
    const char *manifest = fs_arena_printf(&r->in.arena, "%s/manifest.json", r->in.folder);
    if (!manifest) return fs_fail_memory(error, 0);
    const char *engine = r->settings->maker.make ? "spark" : "duckdb";
    FS_TRY(fs_project_manifest(&r->in, engine, r->report, r->reports, seconds_since(&r->start),
                               manifest, error));
    if (r->finish) FS_TRY(r->finish(r->context, r->engine, r->project, r->in.folder, error));
    const char *path = NULL;
    FS_TRY(fs_run_folder_publish(r->folder, &path, error));
    if (r->outcome) tell(r, path);
    return FS_OK;
}

fs_status fs_project_run(fs_project *project, fs_engine *engine, const fs_run_settings *settings,
                         fs_finish finish, void *context, fs_run_outcome *outcome, fs_error *error)
{
    static const fs_run_settings none = {0};
    run r = {.project = project,
             .engine = engine,
             .settings = settings ? settings : &none,
             .finish = finish,
             .context = context,
             .outcome = outcome};
    clock_gettime(CLOCK_MONOTONIC, &r.start);
    fs_status status = run_all(&r, error);
    fs_free(r.report);
    fs_plan_close(r.plan);
    fs_project_ingest_close(&r.in);
    if (r.folder) fs_run_folder_close(r.folder);
    return status;
}
