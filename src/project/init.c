/* init.c: the verb: finds the files, has each profiled, decides what they are, and writes
 * foresell.yaml and sources/.
 *
 * Nothing is asked. Nothing that a person edited is written over unless they say so. A file that is
 * no table, or cannot be read, is named with its reason and left alone; only where nothing at all
 * can be read does init fail.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "roles_internal.h"

#define DEPTH_MAX 8

typedef struct found {
    char **path;
    int count, room;
    struct found *skipped; /* files that can't be data, by their names; may be NULL */
    struct stat *seen;     /* files and folders so far: links may lead to one again */
    int seens, seen_room;
} found;

static void found_free(found *f)
{
    for (int i = 0; i < f->count; i++) fs_free(f->path[i]);
    fs_free(f->path);
    fs_free(f->seen);
}

static fs_status found_add(found *f, const char *path, fs_error *error)
{
    if (f->count == f->room) {
        int room = f->room ? 2 * f->room : 32;
        char **more = fs_realloc(f->path, sizeof *more * (size_t)room);
        if (!more) return fs_fail_memory(error, sizeof *more * (size_t)room);
        f->path = more;
        f->room = room;
    }
    f->path[f->count] = fs_strdup(path);
    return f->path[f->count] ? (f->count++, FS_OK) : fs_fail_memory(error, strlen(path));
}

static fs_status see(found *f, const struct stat *about, bool *again, fs_error *error)
{
    *again = false;
    for (int i = 0; i < f->seens; i++)
        if (f->seen[i].st_dev == about->st_dev && f->seen[i].st_ino == about->st_ino)
            return *again = true, FS_OK;
    if (f->seens == f->seen_room) {
        int room = f->seen_room ? 2 * f->seen_room : 32;
        struct stat *more = fs_realloc(f->seen, sizeof *more * (size_t)room);
        if (!more) return fs_fail_memory(error, sizeof *more * (size_t)room);
        f->seen = more;
        f->seen_room = room;
    }
    f->seen[f->seens++] = *about;
    return FS_OK;
}

static fs_status add_left(fs_detection *d, const char *text, fs_error *error)
{
    if (d->lefts == d->left_room) {
        int room = d->left_room ? 2 * d->left_room : 16;
        const char **more = fs_arena_alloc(&d->arena, sizeof *more * (size_t)room);
        if (!more) return fs_fail_memory(error, sizeof *more * (size_t)room);
        if (d->lefts) memcpy(more, d->left, sizeof *more * (size_t)d->lefts);
        d->left = more;
        d->left_room = room;
    }
    d->left[d->lefts] = fs_arena_strdup(&d->arena, text);
    return d->left[d->lefts] ? (d->lefts++, FS_OK) : fs_fail_memory(error, strlen(text));
}

/* `why` a file, or one table of it, is left alone. */
static fs_status leave_alone(fs_detection *d, const char *path, const char *table, const char *why,
                             fs_error *error)
{
    const char *shown = path ? fs_url_shown(&d->arena, path) : NULL;
    const char *slash = shown && !fs_url_is(path) ? strrchr(shown, '/') : NULL;
    const char *text =
        shown ? fs_arena_printf(&d->arena, "%s%s%s%s: left alone: %s", slash ? slash + 1 : shown,
                                table ? " (" : "", table ? table : "", table ? ")" : "", why)
              : NULL;
    return text ? add_left(d, text, error) : fs_fail_memory(error, 64);
}

/* ---- which files there are --------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_in(const char *name, const char *list)
{
    const char *dot = strrchr(name, '.');
    return dot && dot[1] && fs_word_in(dot + 1, strlen(dot + 1), list);
}

/* What a project's folder holds of foresell's own. */
static bool ours(const char *name) { return fs_word_in(name, strlen(name), "foresell.yaml runs"); }

static bool is_project(const char *folder, const char *from)
{
    char path[4096];
    int bytes = snprintf(path, sizeof path, "%s/%sforesell.yaml", folder, from);
    return bytes > 0 && (size_t)bytes < sizeof path && access(path, F_OK) == 0;
}

static bool is_text_about(const char *name)
{
    return strcasecmp(name, "LICENSE") == 0 || strncasecmp(name, "readme", 6) == 0;
}

/* Of a folder all but what can't be data. */
static bool skipped(const char *name)
{
    static const char never[] =
        "md MD sql py ipynb r R html htm pdf png jpg jpeg gif svg docx doc pptx c h sh log lock "
        "partial exe so dll";
    if (name[0] == '.' || name[0] == '~') return true;
    return ends_in(name, never) || is_text_about(name);
}

/* Runs are said; foresell.yaml needs no word, nor the SQL of sources/ and models/. */
static fs_status leave_own(fs_detection *d, const char *folder, const char *name, fs_error *error)
{
    if (strcmp(name, "runs") != 0) return FS_OK;
    const char *slash = strrchr(folder, '/');
    const char *text =
        fs_arena_printf(&d->arena, "%s/runs: left alone: what foresell made there before, no data",
                        slash && slash[1] ? slash + 1 : folder);
    return text ? add_left(d, text, error) : fs_fail_memory(error, 64);
}

static fs_status walk(fs_detection *d, found *f, const char *folder, int depth, fs_error *error);

/* A file is taken once, however many links lead to it; what is no file is named and left alone. */
static fs_status take(fs_detection *d, found *f, const char *path, int depth, fs_error *error)
{
    struct stat about;
    bool again;
    if (stat(path, &about) != 0) {
        fs_error fault = {0};
        fs_fail_errno(&fault, "follow the link", path);
        return leave_alone(d, path, NULL, fault.message, error);
    }
    bool folder = S_ISDIR(about.st_mode);
    if (!folder && !S_ISREG(about.st_mode))
        return leave_alone(d, path, NULL, "it is no file but a pipe, a socket or a device", error);
    FS_TRY(see(f, &about, &again, error));
    if (again)
        return folder ? FS_OK
                      : leave_alone(d, path, NULL, "it is a file that was named before", error);
    if (!folder || fs_engine_lake(path) != FS_LAKE_NONE) return found_add(f, path, error);
    return depth <= DEPTH_MAX ? walk(d, f, path, depth, error) : FS_OK;
}

static fs_status walk(fs_detection *d, found *f, const char *folder, int depth, fs_error *error)
{
    DIR *dir = opendir(folder);
    if (!dir) return fs_fail_errno(error, "read the folder", folder);
    found inside = {0};
    bool project = is_project(folder, ""), in_project = is_project(folder, "../");
    fs_status status = FS_OK;
    for (struct dirent *entry; status == FS_OK && (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (project && ours(entry->d_name))
            status = leave_own(d, folder, entry->d_name, error);
        else if (!skipped(entry->d_name))
            status = found_add(&inside, entry->d_name, error);
        else if (entry->d_type != DT_DIR && !(in_project && ends_in(entry->d_name, "sql")))
            status = found_add(f->skipped, entry->d_name, error);
    }
    closedir(dir);
    if (inside.count) qsort(inside.path, (size_t)inside.count, sizeof *inside.path, by_name);
    for (int i = 0; i < inside.count && status == FS_OK; i++) {
        fs_buffer path = {0};
        status = fs_buffer_printf(&path, "%s/%s", folder, inside.path[i]);
        status =
            status == FS_OK ? take(d, f, path.data, depth + 1, error) : fs_fail_memory(error, 64);
        fs_buffer_free(&path);
    }
    found_free(&inside);
    return status;
}

static fs_status find_remote(fs_engine *engine, found *f, const char *url, fs_error *error)
{
    fs_arena arena = {0};
    const char **path;
    int count = 0;
    fs_status status = fs_engine_list(engine, url, &arena, &path, &count, error);
    for (int i = 0; i < count && status == FS_OK; i++) status = found_add(f, path[i], error);
    fs_arena_free(&arena);
    return status;
}

static fs_status find_files(fs_detection *d, const fs_init_settings *settings, found *f,
                            fs_error *error)
{
    const char *own[] = {settings->project};
    const char *const *from = settings->froms ? settings->from : own;
    int froms = settings->froms ? settings->froms : 1;
    for (int i = 0; i < froms; i++) {
        struct stat about;
        if (fs_url_is(from[i])) {
            FS_TRY(find_remote(d->engine, f, from[i], error));
            continue;
        }
        if (stat(from[i], &about) != 0) {
            fs_fail_errno(error, "read", from[i]);
            fs_error_remedy(error, "Name the folder or the files with your data: foresell init "
                                   "PROJECT --from FOLDER.");
            return FS_RESOURCE;
        }
        FS_TRY(take(d, f, from[i], 0, error));
    }
    return FS_OK;
}

/* Absolute, so that the project can be run from anywhere; relative to the project where inside it. */
static const char *project_path(fs_arena *arena, const char *project, const char *path)
{
    if (fs_url_is(path)) return fs_arena_strdup(arena, path);
    char *real = realpath(path, NULL), *folder = realpath(project, NULL);
    const char *result = NULL;
    size_t bytes = folder ? strlen(folder) : 0;
    if (real && folder && strncmp(real, folder, bytes) == 0 && real[bytes] == '/')
        result = fs_arena_strdup(arena, real + bytes + 1);
    else if (real)
        result = fs_arena_strdup(arena, real);
    else
        result = fs_arena_strdup(arena, path);
    free(real);
    free(folder);
    return result;
}

/* ---- profiles ------------------------------------------------------------------------------- */

typedef struct profiles {
    fs_file_profile *all;
    int count, room;
    struct {
        fs_file_profile *batch;
        int count;
    } * batch;
    int batches, batch_room;
    fs_error fault; /* why the first file that could not be read could not */
} profiles;

static fs_status add_batch(profiles *p, fs_file_profile *batch, int count, fs_error *error)
{
    if (p->batches == p->batch_room) {
        int room = p->batch_room ? 2 * p->batch_room : 16;
        void *more = fs_realloc(p->batch, sizeof *p->batch * (size_t)room);
        if (!more) return fs_file_profile_free(batch, count), fs_fail_memory(error, 64);
        p->batch = more;
        p->batch_room = room;
    }
    p->batch[p->batches].batch = batch;
    p->batch[p->batches++].count = count;
    while (p->count + count > p->room) {
        int room = p->room ? 2 * p->room : 32;
        fs_file_profile *more = fs_realloc(p->all, sizeof *more * (size_t)room);
        if (!more) return fs_fail_memory(error, sizeof *more * (size_t)room);
        p->all = more;
        p->room = room;
    }
    memcpy(p->all + p->count, batch, sizeof *batch * (size_t)count);
    p->count += count;
    return FS_OK;
}

static void profiles_free(profiles *p)
{
    for (int i = 0; i < p->batches; i++) fs_file_profile_free(p->batch[i].batch, p->batch[i].count);
    fs_free(p->batch);
    fs_free(p->all);
}

static fs_status profile_one(fs_detection *d, const char *path, profiles *p, fs_error *error)
{
    fs_file_profile *batch = NULL;
    fs_error fault = {0};
    int count = 0;
    fs_status status = fs_engine_profile(d->engine, path, &batch, &count, &fault);
    for (int i = 0; i < count && status == FS_OK; i++)
        if (batch[i].left) status = leave_alone(d, path, batch[i].table, batch[i].left, &fault);
    if (status == FS_OK && count > 0) return add_batch(p, batch, count, error);
    /* a server that fails says nothing about the file: a project without it would lack its rows */
    bool cut_off = status == FS_RESOURCE && fs_url_is(path);
    if (status == FS_MEMORY || status == FS_CANCELLED || cut_off) {
        fs_file_profile_free(batch, count);
        if (error) *error = fault;
        return status;
    }
    if (!p->fault.message[0]) p->fault = fault;
    const char *why = fault.message;
    size_t bytes = strlen(path);
    bool itself = strncmp(why, path, bytes) == 0 && why[bytes] == ' '; /* one line: "it is empty" */
    const char *text = !*why    ? "it holds no table"
                       : itself ? fs_arena_printf(&d->arena, "it%s", why + bytes)
                                : why;
    return text ? leave_alone(d, path, NULL, text, error) : fs_fail_memory(error, 64);
}

/* ---- corrections of readings ------------------------------------------------------------------- */

/* "files.NAME.columns.COLUMN=date dmy" */
static fs_status set_readings(fs_detection *d, fs_error *error)
{
    for (int s = 0; s < d->sets; s++) {
        const char *text = d->set[s], *equals = strchr(text, '=');
        for (int t = 0; t < d->tables && equals && strncmp(text, "files.", 6) == 0; t++) {
            const char *rest = strstr(text + 6, ".columns.");
            if (!rest || !fs_detect_called(&d->table[t], text + 6, (size_t)(rest - text) - 6))
                continue;
            for (int i = 0; i < d->table[t].columns; i++) {
                fs_seen_column *c = &d->table[t].column[i];
                if (strlen(c->name) != (size_t)(equals - rest - 9) ||
                    strncmp(c->name, rest + 9, strlen(c->name)) != 0)
                    continue;
                FS_TRY(fs_reading_parse(equals + 1, &c->reading, error));
                c->profile->reading = c->reading;
                c->reading_set = true;
                d->set_used[s] = true;
            }
        }
    }
    return FS_OK;
}

/* "currency=EUR", "name=…": they win over what was found. */
static void set_settings(fs_detection *d)
{
    const struct {
        const char *key;
        const char **value, **why;
    } known[] = {{"name", &d->name, NULL},
                 {"currency", &d->currency, &d->currency_why},
                 {"country", &d->country, &d->country_why},
                 {"week_start", &d->week_start, NULL},
                 {"period", &d->period, &d->period_why},
                 {"absent", &d->absent, &d->absent_why},
                 {"dates", &d->dates, &d->dates_why}};
    for (int s = 0; s < d->sets; s++)
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            size_t bytes = strlen(known[k].key);
            if (strncmp(d->set[s], known[k].key, bytes) != 0 || d->set[s][bytes] != '=') continue;
            *known[k].value = d->set[s] + bytes + 1;
            if (known[k].why) *known[k].why = "as you said";
            d->set_used[s] = true;
        }
}

fs_status fs_detect_check_sets(const char *const *set, int sets, fs_error *error)
{
    for (int s = 0; s < sets; s++) {
        const char *equals = strchr(set[s], '=');
        if (!fs_project_is_utf8(set[s])) {
            fs_fail(error, FS_USAGE, "a --set is not UTF-8");
            fs_error_remedy(error, "Write it in a terminal that is set to UTF-8.");
            return FS_USAGE;
        }
        if (!equals || equals == set[s]) {
            fs_fail(error, FS_USAGE, "--set %s is not of the form NAME=VALUE", set[s]);
            return fs_error_remedy(
                       error,
                       "Write for example --set sales.item=StockCode or --set currency=EUR."),
                   FS_USAGE;
        }
        char key[128];
        size_t bytes = (size_t)(equals - set[s]);
        if (bytes >= sizeof key) continue;
        memcpy(key, set[s], bytes);
        key[bytes] = 0;
        const fs_setting *setting = fs_setting_find(key);
        if (setting) FS_TRY(fs_setting_check(setting, equals + 1, error));
    }
    return FS_OK;
}

/* ---- raw views, to ask the rows ------------------------------------------------------------------ */

#define AT_HAND                                                                                    \
    ((int64_t)256 << 20) /* bytes of text: so much is held in memory while questions are asked */

/* Many questions are asked; what is small enough is read once, not again for each of them. */
static bool is_held(const fs_seen_table *table)
{
    const fs_file_profile *file = table->file;
    if (file->format != FS_FORMAT_CSV || file->records <= 0) return false;
    return (double)file->bytes / (double)file->records * (double)table->rows <= (double)AT_HAND;
}

static fs_status select_raw(const fs_seen_table *table, const char *view, fs_buffer *sql)
{
    FS_TRY(fs_buffer_text(sql, "select *"));
    for (int p = 0; table->dated >= 0 && p < table->paths;
         p++) { /* the day that the file's name tells */
        int64_t day = 0;
        (void)fs_project_name_date(table->path[p], &day);
        fs_civil c = fs_civil_from_days(day);
        FS_TRY(fs_buffer_printf(sql, "%s when %d then date '%04d-%02d-%02d'",
                                p ? "" : ", case _file", p, c.year, c.month, c.day));
    }
    if (table->dated >= 0)
        FS_TRY(fs_buffer_printf(sql, " end as %s", table->column[table->dated].name));
    return fs_buffer_printf(sql, " from %s", view);
}

/* The rows under the table's name: held, or as they lie. */
static fs_status show_rows(fs_detection *d, const fs_seen_table *table, const fs_raw *raw,
                           fs_error *error)
{
    const char *view = fs_arena_printf(&d->arena, "fs_%s", table->name);
    if (!view) return fs_fail_memory(error, 64);
    FS_TRY(fs_engine_raw_view(d->engine, raw, view, error));
    fs_buffer sql = {0};
    bool held = is_held(table);
    fs_status status =
        held ? fs_buffer_printf(&sql, "create or replace table fs_held_%s as ", table->name)
             : fs_buffer_printf(&sql, "create or replace view %s as ", table->name);
    if (status == FS_OK) status = select_raw(table, view, &sql);
    if (status == FS_OK && held)
        status = fs_buffer_printf(&sql, "; create or replace view %s as select * from fs_held_%s",
                                  table->name, table->name);
    status = status == FS_OK ? fs_engine_execute(d->engine, sql.data, error)
                             : fs_fail_memory(error, 256);
    fs_buffer_free(&sql);
    return status;
}

/* After the last question. */
static void let_rows_go(fs_detection *d)
{
    for (int t = 0; t < d->tables && d->engine; t++) {
        fs_buffer sql = {0};
        const char *name = d->table[t].name;
        if (name && fs_buffer_printf(&sql,
                                     "drop view if exists %s; drop table if exists fs_held_%s; "
                                     "drop view if exists fs_%s",
                                     name, name, name) == FS_OK)
            (void)!fs_engine_execute(d->engine, sql.data, NULL);
        fs_buffer_free(&sql);
    }
}

fs_status fs_detect_views(fs_detection *d, fs_error *error)
{
    for (int t = 0; t < d->tables && d->engine; t++) {
        fs_seen_table *table = &d->table[t];
        fs_raw_column *column =
            fs_arena_alloc(&d->arena, sizeof *column * (size_t)(table->columns + 1));
        int n = 0;
        if (!column) return fs_fail_memory(error, sizeof *column * (size_t)table->columns);
        for (int i = 0; i < table->file->columns; i++)
            column[n++] =
                (fs_raw_column){.name = table->column[i].name, .reading = table->column[i].reading};
        fs_raw raw = {.name = table->name,
                      .path = table->path,
                      .paths = table->paths,
                      .format = table->file->format,
                      .dialect = table->file->sniffed.dialect,
                      .table = table->file->table ? table->sheet : NULL,
                      .column = column,
                      .columns = n};
        FS_TRY(show_rows(d, table, &raw, error));
    }
    return FS_OK;
}

/* ---- deciding ---------------------------------------------------------------------------------------- */

/* Numbers that were taken for times (20240131, seconds since 1970) are asked for as times from here on. */
static fs_status read_numbers_as_times(fs_detection *d, fs_error *error)
{
    bool changed = false;
    for (int t = 0; t < d->tables; t++) {
        int time = fs_role_column(&d->table[t], FS_SALES, "time");
        fs_seen_column *c = time < 0 ? NULL : &d->table[t].column[time];
        if (!c || c->reading_set || c->reading.kind >= FS_READ_DATE ||
            time >= d->table[t].file->columns)
            continue;
        fs_reading reading = fs_time_reading(c);
        if (reading.kind < FS_READ_DATE) continue;
        c->reading = reading;
        changed = true;
    }
    return changed ? fs_detect_views(d, error) : FS_OK;
}

fs_status fs_detect_decide(fs_detection *d, const fs_file_profile *profile, int count,
                           fs_error *error)
{
    FS_TRY(fs_vocabulary_make(&d->arena, &d->vocabulary, error));
    FS_TRY(fs_detect_group(d, profile, count, error));
    for (int t = 0; t < d->tables; t++) FS_TRY(fs_detect_wide(d, &d->table[t], error));
    for (int t = 0; t < d->tables; t++) FS_TRY(fs_detect_dated(d, &d->table[t], error));
    FS_TRY(set_readings(d, error));
    FS_TRY(fs_detect_views(d, error));
    FS_TRY(fs_detect_relations(d, error));
    for (int t = 0; t < d->tables; t++) FS_TRY(fs_detect_roles(d, &d->table[t], error));
    FS_TRY(read_numbers_as_times(d, error));
    FS_TRY(fs_detect_choose(d, error));
    FS_TRY(fs_mapping_make(d, error));
    FS_TRY(fs_detect_settings(d, error));
    set_settings(d);
    return FS_OK;
}

/* ---- writing --------------------------------------------------------------------------------------------- */

/* By a temporary name, so that a file is there whole or not at all; one with a `secret` in it is for its
 * owner only. */
static fs_status write_file(const char *folder, const char *name, const fs_buffer *text,
                            bool secret, fs_error *error)
{
    fs_buffer path = {0}, part = {0};
    fs_status status = fs_buffer_printf(&path, "%s/%s", folder, name);
    if (status == FS_OK) status = fs_buffer_printf(&part, "%s/%s.partial", folder, name);
    FILE *file = status == FS_OK ? fopen(part.data, "wb") : NULL;
    if (status != FS_OK)
        fs_fail_memory(error, 64);
    else if (!file)
        status = fs_fail_errno(error, "write", part.data);
    else {
        bool good = (!secret || fchmod(fileno(file), 0600) == 0) &&
                    fwrite(text->data, 1, text->size, file) == text->size && fflush(file) == 0 &&
                    fsync(fileno(file)) == 0;
        good = fclose(file) == 0 && good;
        if (!good || rename(part.data, path.data) != 0) {
            status = fs_fail_errno(error, "write", path.data);
            unlink(part.data);
        }
    }
    fs_buffer_free(&path);
    fs_buffer_free(&part);
    return status;
}

/* Mappings of an earlier init that are no longer named would be found by nobody: they go. */
static fs_status clear_sources(const char *project, fs_error *error)
{
    for (int k = 0; k < FS_CANONICAL_TABLES; k++)
        for (int n = 1; n < 1000; n++) {
            fs_buffer path = {0};
            const char *name = fs_canonical_at(k)->name;
            fs_status status =
                n == 1 ? fs_buffer_printf(&path, "%s/sources/%s.sql", project, name)
                       : fs_buffer_printf(&path, "%s/sources/%s_%d.sql", project, name, n);
            bool gone = status == FS_OK && unlink(path.data) != 0;
            fs_buffer_free(&path);
            if (status != FS_OK) return fs_fail_memory(error, 64);
            if (gone) break;
        }
    return FS_OK;
}

static fs_status write_project(const fs_detection *d, const char *project, fs_error *error)
{
    fs_buffer text = {0};
    fs_status status = fs_buffer_printf(&text, "%s/sources", project);
    if (status == FS_OK) status = fs_make_folder(text.data, error);
    if (status == FS_OK) status = clear_sources(project, error);
    for (int m = 0; m < d->maps && status == FS_OK; m++) {
        fs_buffer_clear(&text);
        status = fs_mapping_text(d, &d->map[m], &text, error);
        if (status == FS_OK) status = write_file(project, d->map[m].file, &text, false, error);
    }
    fs_buffer_clear(&text);
    if (status == FS_OK) status = fs_yaml_write(d, &text, error);
    if (status == FS_OK)
        status = write_file(project, "foresell.yaml", &text, fs_detect_has_secret(d), error);
    fs_buffer_free(&text);
    return status;
}

/* ---- the verb ------------------------------------------------------------------------------------------------ */

static fs_status not_over(const fs_init_settings *settings, fs_error *error)
{
    fs_buffer path = {0};
    if (fs_buffer_printf(&path, "%s/foresell.yaml", settings->project) != FS_OK)
        return fs_fail_memory(error, 64);
    fs_status status = FS_OK;
    if (!settings->force && access(path.data, F_OK) == 0) {
        status = fs_fail(error, FS_USAGE, "%s is there already", path.data);
        fs_error_remedy(error, "Edit it, or write it anew with --force.");
    }
    fs_buffer_free(&path);
    return status;
}

/* Names that the run's steps have and the tables that come with them: the program's, and the project's own. */
static fs_status step_names(fs_detection *d, const fs_init_settings *settings, fs_error *error)
{
    fs_buffer names = {0}, own = {0};
    fs_status status = fs_buffer_printf(&own, "%s/models", settings->project);
    if (status != FS_OK) return fs_fail_memory(error, 64);
    const char *const folder[] = {settings->models, own.data};
    for (int i = 0; i < 2 && status == FS_OK; i++)
        if (folder[i]) status = fs_plan_folder_names(folder[i], &names, error);
    if (status == FS_OK) d->steps = fs_arena_strdup(&d->arena, names.size ? names.data : "");
    if (status == FS_OK && !d->steps) status = fs_fail_memory(error, names.size);
    fs_buffer_free(&names);
    fs_buffer_free(&own);
    return status;
}

static fs_status folder_name(fs_detection *d, const char *project, fs_error *error)
{
    char *real = realpath(project, NULL);
    const char *slash = real ? strrchr(real, '/') : NULL;
    d->name = fs_arena_strdup(&d->arena, slash && slash[1] ? slash + 1 : "shop");
    free(real);
    return d->name ? FS_OK : fs_fail_memory(error, 64);
}

void fs_detection_free(fs_detection *detection) { fs_arena_free(&detection->arena); }

static void say_progress(const fs_engine *engine, const char *path, int done, int total)
{
    char what[160];
    const char *slash = strrchr(path, '/');
    snprintf(what, sizeof what, "looking at files: %s", slash && slash[1] ? slash + 1 : path);
    fs_progress_report(fs_engine_progress(engine), what, done, total);
}

#define SKIPPED_SAID 20

/* Files that nobody opens are told too: one line each, of many the first. */
static fs_status say_skipped(fs_detection *d, const found *others, fs_error *error)
{
    for (int i = 0; i < others->count && i < SKIPPED_SAID; i++) {
        const char *dot = strrchr(others->path[i], '.'), *name = others->path[i];
        const char *why = name[0] == '.' || name[0] == '~' ? "a hidden or temporary file"
                          : dot && !is_text_about(name)    ? "files of this kind hold no tables"
                                                           : "its name says that it is no data";
        const char *text = fs_arena_printf(&d->arena, "%s: left alone: %s", name, why);
        if (!text) return fs_fail_memory(error, 64);
        FS_TRY(add_left(d, text, error));
    }
    if (others->count <= SKIPPED_SAID) return FS_OK;
    const char *text = fs_arena_printf(&d->arena, "%d more files: left alone, by their names",
                                       others->count - SKIPPED_SAID);
    return text ? add_left(d, text, error) : fs_fail_memory(error, 64);
}

static fs_status look(fs_detection *d, const fs_init_settings *settings, profiles *p,
                      fs_error *error)
{
    found others = {0}, files = {.skipped = &others};
    fs_status status = find_files(d, settings, &files, error);
    if (status == FS_OK) status = say_skipped(d, &others, error);
    for (int i = 0; i < files.count && status == FS_OK; i++) {
        const char *path = project_path(&d->arena, settings->project, files.path[i]);
        say_progress(d->engine, files.path[i], i, files.count);
        if (!path)
            status = fs_fail_memory(error, 64);
        else if (fs_project_check_path(path, p->fault.message[0] ? NULL : &p->fault) == FS_OK)
            status = profile_one(d, files.path[i], p, error);
        else /* foresell.yaml could not name it */
            status = leave_alone(d, fs_project_utf8(&d->arena, files.path[i]), NULL,
                                 "its path is not UTF-8; rename it", error);
    }
    if (status == FS_OK && files.count == 0) {
        const char *where = settings->froms ? settings->from[0] : settings->project;
        status = fs_fail(error, FS_DATA, "there are no files in %s%s%s", where,
                         d->lefts ? "; " : "", d->lefts ? d->left[0] : "");
        fs_error_remedy(error,
                        "Put your data there, or name them: foresell init PROJECT --from FOLDER.");
    } else if (status == FS_OK && p->count == 0 && files.count == 1 && p->fault.message[0]) {
        if (error) *error = p->fault;
        status = p->fault.status;
    } else if (status == FS_OK && p->count == 0) {
        status = fs_fail(error, FS_DATA, "no file is a table that can be read; %s",
                         d->lefts ? d->left[d->lefts - 1] : "");
        fs_error_remedy(
            error, "CSV, TSV, Parquet, JSON, XLSX and SQLite files are read, also gzip and zstd.");
    }
    found_free(&files);
    found_free(&others);
    return status;
}

/* Paths in foresell.yaml are those of the project. */
static fs_status set_paths(fs_detection *d, const char *project, fs_error *error)
{
    for (int t = 0; t < d->tables; t++) {
        const char **path = fs_arena_alloc(&d->arena, sizeof *path * (size_t)d->table[t].paths);
        if (!path) return fs_fail_memory(error, 64);
        for (int p = 0; p < d->table[t].paths; p++)
            if (!(path[p] = project_path(&d->arena, project, d->table[t].path[p])))
                return fs_fail_memory(error, 64);
        d->table[t].path = path;
    }
    return FS_OK;
}

fs_status fs_project_init(fs_engine *engine, const fs_init_settings *settings, fs_buffer *said,
                          fs_buffer *json, fs_error *error)
{
    FS_TRY(fs_detect_check_sets(settings->set, settings->sets, error));
    FS_TRY(fs_project_check_path(settings->project, error));
    FS_TRY(not_over(settings, error));
    FS_TRY(fs_make_folder(settings->project, error));
    fs_detection d = {.engine = engine, .set = settings->set, .sets = settings->sets, .sales = -1};
    profiles p = {0};
    d.set_used = fs_arena_zero(&d.arena, (size_t)settings->sets + 1);
    fs_status status =
        d.set_used ? folder_name(&d, settings->project, error) : fs_fail_memory(error, 64);
    if (status == FS_OK) status = step_names(&d, settings, error);
    if (status == FS_OK) status = look(&d, settings, &p, error);
    if (status == FS_OK) status = fs_detect_decide(&d, p.all, p.count, error);
    if (status == FS_OK) status = set_paths(&d, settings->project, error);
    if (status == FS_OK) status = write_project(&d, settings->project, error);
    if (status == FS_OK && said) status = fs_detect_say(&d, said, error);
    if (status == FS_OK && json) status = fs_detect_json(&d, json, error);
    let_rows_go(&d);
    profiles_free(&p);
    fs_detection_free(&d);
    return status;
}
