/* manifest.json: what a run read, made and left out; and ingest.json, the note for --resume.
 *
 * The manifest is for people and machines that want to know whether to trust a run: version and
 * settings, every file with its digest and where its rows went, the canonical tables with their
 * missing values and policies, and the steps with rows, seconds and digests. Numbers are written
 * without the locale; names of files that are no UTF-8 have ? for what is not.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "project_internal.h"

static void set_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, text ? json_string(text) : json_null());
}

static void set_number(json_t *object, const char *key, int64_t number)
{
    json_object_set_new(object, key, json_integer(number));
}

/* By way of a name beside it, so that a reader sees all of it or nothing. */
static fs_status save(json_t *json, const char *path, fs_error *error)
{
    char *text = json ? json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) : NULL;
    if (!text) return fs_fail_memory(error, 0);
    fs_buffer beside = {0};
    fs_status status = fs_buffer_printf(&beside, "%s.partial", path);
    FILE *file = status == FS_OK ? fopen(beside.data, "wb") : NULL;
    if (status != FS_OK)
        fs_fail_memory(error, 0);
    else if (!file)
        status = fs_fail_errno(error, "write", path);
    if (file) {
        bool good = fputs(text, file) >= 0 && fputc('\n', file) != EOF;
        good = fclose(file) == 0 && good;
        if (!good || rename(beside.data, path) != 0) status = fs_fail_errno(error, "write", path);
    }
    fs_buffer_free(&beside);
    free(text);
    return status;
}

/* ---- parts ---- */

static json_t *columns_json(const fs_project_ingest *in, const fs_project_table *t)
{
    json_t *columns = json_object();
    for (int i = 0; t->table->column[i].name; i++) {
        static const char *const policies[] = {"keep", "quarantine", "fill"};
        const char *fill;
        json_t *column = json_object();
        set_number(column, "missing", t->count[i].missing);
        set_text(column, "policy",
                 policies[fs_project_missing(in->project, t->table, &t->table->column[i], &fill)]);
        if (fill) set_text(column, "fill", fill);
        if (t->count[i].not_finite) set_number(column, "not_finite", t->count[i].not_finite);
        json_object_set_new(columns, t->table->column[i].name, column);
    }
    return columns;
}

static json_t *table_json(const fs_project_ingest *in, const fs_project_table *t)
{
    json_t *table = json_object(), *sources = json_array();
    for (int i = 0; i < t->mappings; i++)
        json_array_append_new(sources, json_string(in->mapping[t->first + i].source->path));
    set_text(table, "name", t->table->name);
    set_number(table, "rows", t->rows);
    json_object_set_new(table, "present", json_boolean(t->mappings > 0));
    json_object_set_new(table, "sources", sources);
    set_number(table, "refused", t->refused);
    set_number(table, "merged", t->merged);
    set_number(table, "superseded", t->superseded);
    set_text(table, "digest", t->digest);
    json_object_set_new(table, "columns", columns_json(in, t));
    return table;
}

static json_t *files_json(const fs_project_ingest *in)
{
    json_t *files = json_array();
    for (int i = 0; i < in->files; i++) {
        const fs_project_file_account *f = &in->file[i];
        int home = in->home[f->raw];
        json_t *file = json_object();
        set_text(file, "path", f->file);
        const char *table = fs_project_file_table(in, f);
        if (table) set_text(file, "table", table);
        set_text(file, "raw_table", in->raw[f->raw].files->name);
        set_text(file, "home_table", home < 0 ? NULL : in->table[home].table->name);
        set_text(file, "use", home < 0 ? "looked up in" : "home");
        set_number(file, "bytes", f->bytes);
        set_text(file, "digest", f->digest);
        set_number(file, "rows_in", f->rows);
        set_number(file, "rows_kept", f->kept);
        set_number(file, "rows_quarantined", f->quarantined);
        set_number(file, "rows_merged", f->merged);
        json_array_append_new(files, file);
    }
    return files;
}

static json_t *left_alone_json(const fs_project_ingest *in)
{
    json_t *list = json_array();
    for (int r = 0; r < in->raws; r++) {
        const fs_project_files *files = in->raw[r].files;
        for (int i = 0; !in->raw[r].uses && i < files->paths; i++) {
            fs_arena arena = {0};
            const char *path = fs_url_shown(&arena, files->path[i]);
            if (path) path = fs_project_utf8(&arena, path);
            if (path) json_array_append_new(list, json_string(path));
            fs_arena_free(&arena);
        }
    }
    return list;
}

static json_t *settings_json(const fs_project_ingest *in)
{
    json_t *settings = json_object();
    for (int i = 0; fs_setting_at(i); i++) {
        const char *name = fs_setting_at(i)->name;
        set_text(settings, name, fs_project_setting(in->project, name));
    }
    return settings;
}

static json_t *steps_json(const fs_step_report *reports, int count)
{
    json_t *steps = json_array();
    for (int i = 0; i < count; i++) {
        json_t *step = json_object();
        set_text(step, "name", reports[i].name);
        set_number(step, "rows", reports[i].rows);
        json_object_set_new(step, "seconds", json_real(reports[i].seconds));
        json_object_set_new(step, "cpu_seconds", json_real(reports[i].cpu_seconds));
        json_object_set_new(step, "skipped", json_boolean(reports[i].skipped));
        if (!reports[i].skipped)
            set_text(step, "engine", reports[i].elsewhere ? "spark" : "duckdb");
        set_text(step, "digest", reports[i].digest);
        json_array_append_new(steps, step);
    }
    return steps;
}

static json_t *totals_json(const fs_project_ingest *in)
{
    int64_t rows = 0, kept = 0, quarantined = 0, merged = 0;
    for (int i = 0; i < in->files; i++) {
        rows += in->file[i].rows;
        kept += in->file[i].kept;
        quarantined += in->file[i].quarantined;
        merged += in->file[i].merged;
    }
    json_t *totals = json_object();
    set_number(totals, "rows_in", rows);
    set_number(totals, "rows_kept", kept);
    set_number(totals, "rows_quarantined", quarantined);
    set_number(totals, "rows_merged", merged);
    return totals;
}

static json_t *missing_json(const fs_project_ingest *in)
{
    json_t *missing = json_array();
    for (int i = 0; i < FS_CANONICAL_TABLES; i++)
        if (!in->table[i].mappings)
            json_array_append_new(missing, json_string(in->table[i].table->name));
    return missing;
}

/* ---- the two files ---- */

fs_status fs_project_manifest(const fs_project_ingest *in, const char *engine,
                              const fs_step_report *reports, int count, double seconds,
                              const char *path, fs_error *error)
{
    char now[32];
    time_t clock = time(NULL);
    struct tm utc;
    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&clock, &utc));
    json_t *json = json_object(), *tables = json_array();
    for (int i = 0; i < FS_CANONICAL_TABLES; i++)
        json_array_append_new(tables, table_json(in, &in->table[i]));
    set_text(json, "program", "foresell");
    set_text(json, "version", fs_version());
    set_text(json, "engine", engine);
    set_text(json, "finished", now);
    json_object_set_new(json, "seconds", json_real(seconds));
    json_object_set_new(json, "sources_skipped", json_boolean(in->skipped));
    json_object_set_new(json, "settings", settings_json(in));
    json_object_set_new(json, "files", files_json(in));
    json_object_set_new(json, "files_left_alone", left_alone_json(in));
    json_object_set_new(json, "accounting", totals_json(in));
    json_object_set_new(json, "tables", tables);
    json_object_set_new(json, "missing_kinds", missing_json(in));
    json_object_set_new(json, "steps", steps_json(reports, count));
    fs_status status = save(json, path, error);
    json_decref(json);
    return status;
}

static json_t *note_files(const fs_project_ingest *in)
{
    json_t *files = json_array();
    for (int i = 0; i < in->files; i++) {
        const fs_project_file_account *f = &in->file[i];
        const fs_project_raw *raw = &in->raw[f->raw];
        struct stat info;
        bool local = stat(raw->raw.path[i - raw->first_file], &info) == 0;
        json_t *file = json_object();
        set_text(file, "path", f->file);
        set_text(file, "digest", f->digest);
        set_number(file, "bytes", f->bytes);
        set_number(file, "size", local ? (int64_t)info.st_size : -1);
        set_number(file, "modified", f->modified);
        set_number(file, "changed", f->changed);
        set_number(file, "rows", f->rows);
        set_number(file, "kept", f->kept);
        set_number(file, "quarantined", f->quarantined);
        set_number(file, "merged", f->merged);
        json_array_append_new(files, file);
    }
    return files;
}

fs_status fs_project_ingest_save(const fs_project_ingest *in, const char *path, fs_error *error)
{
    json_t *json = json_object(), *tables = json_object(), *homes = json_object();
    for (int i = 0; i < FS_CANONICAL_TABLES; i++)
        json_object_set_new(tables, in->table[i].table->name, table_json(in, &in->table[i]));
    for (int r = 0; r < in->raws; r++) set_number(homes, in->raw[r].files->name, in->home[r]);
    set_text(json, "digest", in->digest);
    set_number(json, "quarantined", in->quarantined);
    json_object_set_new(json, "files", note_files(in));
    json_object_set_new(json, "homes", homes);
    json_object_set_new(json, "tables", tables);
    fs_status status = save(json, path, error);
    json_decref(json);
    return status;
}
