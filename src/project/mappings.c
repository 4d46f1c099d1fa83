/* The mappings of a project as steps: read, linted, their raw tables found.
 *
 * A mapping is a step whose inputs are raw tables, so it goes through the plan's own reader: faults
 * name file and line, ${settings} are filled in, a table that is not under `files:` is named. Only
 * the raw tables that some mapping reads are opened. Files are numbered through all raw tables, so
 * that a row's `_file` tells its raw table as well: which raw table is a mapping's home shows in
 * the rows that it gives.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "project_internal.h"

static fs_status add_mapping(fs_arena *arena, const fs_project *project, fs_engine *engine,
                             fs_plan *plan, const fs_project_source *source, fs_error *error)
{
    const char *path = fs_project_path(arena, project->folder, source->path);
    if (!path) return fs_fail_memory(error, 0);
    fs_error detail = {0};
    size_t bytes = 0;
    char *text = fs_project_read_file(arena, path, &bytes, &detail);
    if (!text) {
        if (error) *error = detail;
        fs_error_at(error, project->file, source->line, source->table->name);
        return fs_error_remedy(
                   error,
                   "Correct sources: in foresell.yaml, or let foresell init --force write it."),
               detail.status;
    }
    return fs_plan_add(plan, engine, path, text, false, error);
}

fs_status fs_project_add_mappings(fs_project *project, fs_engine *engine, fs_plan *plan,
                                  fs_error *error)
{
    fs_arena arena = {0};
    fs_status status = FS_OK;
    for (int r = 0; r < project->files_count && status == FS_OK; r++)
        status =
            fs_plan_add_table(plan, project->files[r].name, project->files[r].path[0], "", error);
    for (int i = 0; i < project->sources && status == FS_OK; i++)
        status = add_mapping(&arena, project, engine, plan, &project->source[i], error);
    fs_arena_free(&arena);
    return status;
}

/* `first` names the table itself, others begin with its name and _. */
static fs_status check_step(const fs_project_mapping *m, bool first, fs_error *error)
{
    const char *table = m->source->table->name;
    size_t bytes = strlen(table);
    bool good = strncmp(m->step->name, table, bytes) == 0 &&
                (m->step->name[bytes] == '\0' || (!first && m->step->name[bytes] == '_'));
    if (!good) {
        fs_fail(error, FS_USAGE,
                "the step is called %s, but foresell.yaml has it as a source of %s", m->step->name,
                table);
        fs_error_at(error, m->path, m->step->line, NULL);
        return fs_error_remedy(error, "Write -- step: %s%s.", table, first ? "" : "_2"), FS_USAGE;
    }
    if (!m->step->op) return FS_OK;
    fs_fail(error, FS_USAGE, "a mapping can't use an operator");
    fs_error_at(error, m->path, m->step->line, NULL);
    return fs_error_remedy(
               error, "Put the operator into a step of its own in the project's models folder."),
           FS_USAGE;
}

static const fs_step *step_of(const fs_plan *plan, const char *path)
{
    for (int i = 0; i < fs_plan_steps(plan); i++)
        if (strcmp(fs_plan_step(plan, i)->file, path) == 0) return fs_plan_step(plan, i);
    return NULL;
}

/* Which raw tables the mapping reads; marks them used. */
static fs_status find_inputs(fs_project_ingest *in, fs_project_mapping *m, fs_error *error)
{
    m->raw = fs_arena_zero(&in->arena, sizeof *m->raw * (size_t)(m->step->inputs + 1));
    if (!m->raw) return fs_fail_memory(error, 0);
    for (int i = 0; i < m->step->inputs; i++) {
        int r = 0;
        while (r < in->raws && strcasecmp(in->project->files[r].name, m->step->input[i]) != 0) r++;
        if (r == in->raws) continue; /* the prelude's own tables */
        if (in->project->files[r].use == FS_USE_NONE) {
            fs_fail(error, FS_USAGE, "the mapping reads %s, which foresell.yaml marks as use: none",
                    m->step->input[i]);
            return fs_error_at(error, m->path, m->step->line, NULL), FS_USAGE;
        }
        in->raw[r].uses += m->step->twice ? 2 : 1;
        m->raw[m->raws++] = r;
    }
    return FS_OK;
}

static fs_status open_raws(fs_project_ingest *in, fs_error *error)
{
    int number = 0;
    for (int r = 0; r < in->raws; r++) {
        const fs_project_files *files = &in->project->files[r];
        if (!in->raw[r].uses) {
            in->raw[r].files = files;
            continue;
        }
        int uses = in->raw[r].uses;
        FS_TRY(fs_project_raw_open(in->engine, &in->arena, in->project->folder, files, &in->raw[r],
                                   error));
        in->raw[r].uses = uses;
        in->raw[r].first_file = number;
        number += in->raw[r].raw.paths;
    }
    return FS_OK;
}

static fs_status set_tables(fs_project_ingest *in, fs_error *error)
{
    for (int i = 0; i < FS_CANONICAL_TABLES; i++) {
        fs_project_table *t = &in->table[i];
        t->table = fs_canonical_at(i);
        int columns = 0;
        while (t->table->column[columns].name) columns++;
        t->count = fs_arena_zero(&in->arena, sizeof *t->count * (size_t)columns);
        t->stage = fs_arena_printf(&in->arena, "fs_ingest.stage_%s", t->table->name);
        t->again = fs_arena_printf(&in->arena, "fs_ingest.again_%s", t->table->name);
        t->kept = fs_arena_printf(&in->arena, "fs_ingest.kept_%s", t->table->name);
        if (!t->count || !t->stage || !t->again || !t->kept) return fs_fail_memory(error, 0);
        for (int m = 0; m < in->mappings; m++) {
            if (in->mapping[m].source->table != t->table) continue;
            if (!t->mappings++) t->first = m;
        }
    }
    return FS_OK;
}

static fs_status read_mappings(fs_project_ingest *in, fs_error *error)
{
    const fs_project *p = in->project;
    in->mapping = fs_arena_zero(&in->arena, sizeof *in->mapping * (size_t)(p->sources + 1));
    if (!in->mapping) return fs_fail_memory(error, 0);
    FS_TRY(fs_plan_open(fs_project_setting, in->project, &in->plan, error));
    FS_TRY(fs_project_add_mappings(in->project, in->engine, in->plan, error));
    for (; in->mappings < p->sources; in->mappings++) {
        fs_project_mapping *m = &in->mapping[in->mappings];
        m->source = &p->source[in->mappings];
        m->path = fs_project_path(&in->arena, p->folder, m->source->path);
        if (!m->path) return fs_fail_memory(error, 0);
    }
    return fs_plan_check(in->plan, error);
}

fs_status fs_project_ingest_open(fs_project_ingest *in, fs_project *project, fs_engine *engine,
                                 fs_error *error)
{
    *in = (fs_project_ingest){.project = project, .engine = engine, .raws = project->files_count};
    in->raw = fs_arena_zero(&in->arena, sizeof *in->raw * (size_t)(in->raws + 1));
    in->home = fs_arena_zero(&in->arena, sizeof *in->home * (size_t)(in->raws + 1));
    if (!in->raw || !in->home) return fs_fail_memory(error, 0);
    FS_TRY(fs_project_identities(project, &in->arena, &in->identities, error));
    fs_engine_identities(engine, &in->identities);
    FS_TRY(read_mappings(in, error));
    for (int i = 0; i < in->mappings; i++) {
        fs_project_mapping *m = &in->mapping[i];
        m->step = step_of(in->plan, m->path);
        if (!m->step) return fs_fail(error, FS_FAILED, "the plan lost the mapping %s", m->path);
        FS_TRY(
            check_step(m, i == 0 || in->mapping[i - 1].source->table != m->source->table, error));
        FS_TRY(find_inputs(in, m, error));
    }
    FS_TRY(set_tables(in, error));
    return open_raws(in, error);
}

void fs_project_ingest_close(fs_project_ingest *in)
{
    for (int r = 0; in->raw && r < in->raws; r++)
        if (in->raw[r].stats) fs_raw_stats_free(in->raw[r].stats, in->raw[r].stats_count);
    if (in->engine) fs_engine_identities(in->engine, NULL);
    fs_plan_close(in->plan);
    fs_arena_free(&in->arena);
    *in = (fs_project_ingest){0};
}
