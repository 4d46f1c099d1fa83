/* Running a plan: independent steps side by side, each step whole or not at all.
 *
 * A few threads take the first step in plan order whose inputs are done; the queries inside share
 * DuckDB's own pool. A step becomes FOLDER/tables/NAME.parquet, then a view, then its expects are
 * checked, and at last FOLDER/steps/NAME.json is written. That record is what makes a step done: it holds
 * the digest of all that the result depends on (program, SQL, operator, options, digests of the
 * inputs) and the size of the table's file. A run killed before it leaves a table without a record, which
 * the next run makes again. With `earlier`, a step whose record there has the same digest and whose file
 * has its size is linked instead of run.
 *
 * The first failure stops new steps; those that run are waited for. Of several failures the first in plan
 * order is told, so the message does not depend on luck. CPU seconds are of the whole process, shared
 * evenly among the steps that ran at that moment: exact in sum, a guess for each.
 */
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine_internal.h"
#include "plan_internal.h"

typedef enum state { LEFT_OUT, WAITING, RUNNING, DONE, FAILED } state;

typedef struct job {
    const fs_step_node *node;
    state state;
    double cpu;
    bool sound; /* what must hold of the table was asked where it was made */
    fs_step_report report;
} job;

typedef struct schedule {
    const fs_plan *plan;
    fs_engine *engine;
    const char *folder, *earlier;
    fs_maker maker;
    job *job;
    int jobs, wanted, started, running, failed; /* failed: first in plan order, -1 none */
    bool cancelled;
    double cpu_seen;
    fs_error error; /* of `failed` */
    fs_status status;
    pthread_mutex_t lock;
    pthread_cond_t changed;
} schedule;

static double clock_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- SQL faults ---- */

fs_status fs_engine_sql_place(fs_error *error, const char *file, int64_t first)
{
    if (!error) return FS_FAILED;
    int64_t line = error->line > 0 && !error->file[0] ? error->line : 0;
    char *mark = strstr(error->message, "\nLINE ");
    if (mark) {
        line = strtoll(mark + strlen("\nLINE "), NULL, 10);
        while (mark > error->message && mark[-1] == '\n') mark--;
        *mark = '\0';
    }
    if (error->file[0] && line == 0) return error->status; /* of a data file */
    return fs_error_at(error, file, first + (line > 0 ? line - 1 : 0), NULL);
}

/* ---- types of the result ---- */

/* DuckDB's names of types that Spark has too. */
static bool type_is_common(const char *type)
{
    static const char *const common[] = {"BOOLEAN", "TINYINT",   "SMALLINT", "INTEGER",
                                         "BIGINT",  "FLOAT",     "DOUBLE",   "VARCHAR",
                                         "DATE",    "TIMESTAMP", "BLOB"};
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (strcmp(common[i], type) == 0) return true;
    return false;
}

static fs_status refuse_type(const fs_step_node *node, const char *column, const char *type,
                             fs_error *error)
{
    fs_fail(error, FS_USAGE, "column %s of step %s is %s, which is another type on Spark", column,
            node->step.name, type);
    fs_error_at(error, node->step.file, node->sql_line, column);
    const char *cast = strncmp(type, "DECIMAL", 7) == 0                 ? "double"
                       : strcmp(type, "HUGEINT") == 0 || type[0] == 'U' ? "bigint"
                       : strncmp(type, "TIMESTAMP", 9) == 0             ? "timestamp"
                                                                        : "string";
    return fs_error_remedy(error, "write cast(… as %s) as %s", cast, column), FS_USAGE;
}

static fs_status check_rows_of_types(const fs_step_node *node, fs_result *result, fs_error *error)
{
    bool more;
    for (;;) {
        FS_TRY(fs_result_next(result, &more, error));
        if (!more) return FS_OK;
        const char *type = fs_result_text(result, 1);
        if (type && type_is_common(type)) continue;
        char copy[64];
        snprintf(copy, sizeof copy, "%s", type ? type : "of no type");
        return refuse_type(node, fs_result_text(result, 0), copy, error);
    }
}

/* Binds the SELECT: its faults and the types of its columns are told before it runs. */
static fs_status check_types(schedule *s, const fs_step_node *node, fs_error *error)
{
    fs_buffer sql = {0};
    fs_result *result = NULL;
    fs_status status = fs_buffer_printf(&sql, "describe %s", node->step.sql);
    if (status == FS_OK) {
        status = fs_engine_query_few(s->engine, sql.data, &result, error);
        if (status != FS_OK) fs_engine_sql_place(error, node->step.file, node->sql_line);
    } else {
        fs_fail_memory(error, strlen(node->step.sql));
    }
    if (status == FS_OK) status = check_rows_of_types(node, result, error);
    if (result) fs_result_close(result);
    fs_buffer_free(&sql);
    return status;
}

/* ---- records ---- */

typedef struct paths {
    fs_buffer table, record;
} paths;

static void free_paths(paths *p)
{
    fs_buffer_free(&p->table);
    fs_buffer_free(&p->record);
}

static fs_status make_paths(const char *folder, const char *name, paths *p, fs_error *error)
{
    *p = (paths){0};
    if (fs_buffer_printf(&p->table, "%s/tables/%s.parquet", folder, name) == FS_OK &&
        fs_buffer_printf(&p->record, "%s/steps/%s.json", folder, name) == FS_OK)
        return FS_OK;
    free_paths(p);
    return fs_fail_memory(error, strlen(folder) + strlen(name));
}

/* Is the step with this digest whole at `p`? Then *rows is its number of rows. */
static bool record_holds(const paths *p, const char *digest, int64_t *rows)
{
    json_t *record = json_load_file(p->record.data, 0, NULL);
    const char *there = json_string_value(json_object_get(record, "digest"));
    json_t *bytes = json_object_get(record, "bytes"), *count = json_object_get(record, "rows");
    bool holds = there && strcmp(there, digest) == 0 && json_is_integer(bytes) &&
                 json_is_integer(count) &&
                 json_integer_value(bytes) == fs_engine_table_bytes(p->table.data);
    if (holds) *rows = json_integer_value(count);
    json_decref(record);
    return holds;
}

static json_t *record_of(const schedule *s, const job *j, const paths *p)
{
    json_t *inputs = json_object();
    for (int i = 0; i < j->node->step.inputs; i++) {
        const char *name = j->node->step.input[i];
        int step = fs_engine_plan_find(s->plan, name),
            table = fs_engine_plan_find_table(s->plan, name);
        const char *digest = step >= 0 ? s->job[step].report.digest : s->plan->table[table].digest;
        json_object_set_new(inputs, name, json_string(digest));
    }
    return json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:f, s:f, s:b, s:o}", "step", j->node->step.name, "digest",
        j->report.digest, "program", fs_version(), "rows", (json_int_t)j->report.rows, "bytes",
        (json_int_t)fs_engine_table_bytes(p->table.data), "seconds", j->report.seconds,
        "cpu_seconds", j->report.cpu_seconds, "skipped", j->report.skipped, "inputs", inputs);
}

/* The step's record, last of all: from now on it is done. */
static fs_status write_record(const schedule *s, const job *j, const paths *p, fs_error *error)
{
    FS_TRY(fs_engine_table_sync(p->table.data, error));
    json_t *record = record_of(s, j, p);
    char *text = record ? json_dumps(record, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
    json_decref(record);
    if (!text) return fs_fail_memory(error, 1024);
    fs_status status = fs_engine_write_file(p->record.data, text, strlen(text), error);
    free(text);
    return status;
}

/* ---- one step ---- */

static void make_digest(const schedule *s, job *j)
{
    fs_digest digest;
    fs_digest_start(&digest);
    fs_digest_add(&digest, j->node->step.digest, FS_DIGEST_HEX);
    for (int i = 0; i < j->node->step.inputs; i++) {
        const char *name = j->node->step.input[i];
        int step = fs_engine_plan_find(s->plan, name),
            table = fs_engine_plan_find_table(s->plan, name);
        const char *input = step >= 0 ? s->job[step].report.digest : s->plan->table[table].digest;
        fs_digest_add(&digest, name, strlen(name) + 1);
        fs_digest_add(&digest, input, strlen(input) + 1);
    }
    fs_digest_end(&digest, j->report.digest);
}

/* Takes the step from `earlier` where it is the same; *taken says so. A fault here is no fault: the step
 * is then run. */
static fs_status reuse(schedule *s, job *j, const paths *here, bool *taken, fs_error *error)
{
    paths there;
    *taken = false;
    if (!s->earlier) return FS_OK;
    FS_TRY(make_paths(s->earlier, j->node->step.name, &there, error));
    if (record_holds(&there, j->report.digest, &j->report.rows)) {
        bool same = strcmp(s->earlier, s->folder) == 0;
        *taken = same || fs_engine_table_link(there.table.data, here->table.data, NULL) == FS_OK;
    }
    free_paths(&there);
    return FS_OK;
}

static fs_status write_rows(schedule *s, job *j, const paths *p, fs_error *error)
{
    const fs_step *step = &j->node->step;
    const char *sort = j->node->sort;
    fs_buffer select = {0};
    fs_status status =
        sort ? fs_buffer_printf(&select, "select * from (\n%s\n) order by %s", step->sql, sort)
             : fs_buffer_text(&select, step->sql);
    if (status != FS_OK) return fs_fail_memory(error, strlen(step->sql));
    status = fs_engine_write_parquet(s->engine, select.data, p->table.data, &j->report.rows, error);
    if (status != FS_OK && status != FS_CANCELLED)
        fs_engine_sql_place(error, step->file, j->node->sql_line - (sort ? 1 : 0));
    fs_buffer_free(&select);
    return status;
}

static fs_status make_elsewhere(schedule *s, job *j, const paths *p, fs_error *error)
{
    fs_arena arena = {0};
    fs_making making = {.step = &j->node->step, .sort = j->node->sort, .path = p->table.data};
    fs_status status =
        fs_engine_expect_selects(&arena, j->node, &making.check, &making.checks, error);
    if (status == FS_OK) status = s->maker.make(s->maker.context, &making, error);
    fs_arena_free(&arena);
    j->report.rows = making.rows;
    j->sound = making.sound;
    if (status != FS_OK && status != FS_CANCELLED)
        fs_engine_sql_place(error, making.step->file, j->node->sql_line);
    return status;
}

/* Rows of an input: a step's are known, a table's its file tells. */
static fs_status input_rows(schedule *s, const char *name, int64_t *rows, fs_error *error)
{
    int step = fs_engine_plan_find(s->plan, name);
    fs_arena arena = {0};
    if (step >= 0) {
        *rows = s->job[step].report.rows;
        return FS_OK;
    }
    char *quoted = fs_engine_sql_quote(&arena, name),
         *sql = quoted ? fs_arena_printf(&arena, "select count(*) from %s", quoted) : NULL;
    fs_status status =
        sql ? fs_engine_integer(s->engine, sql, rows, error) : fs_fail_memory(error, strlen(name));
    fs_arena_free(&arena);
    return status;
}

/* Is it the maker's? What is little is done here before another engine has made a plan of it. */
static fs_status ask_elsewhere(schedule *s, job *j, bool *elsewhere, fs_error *error)
{
    const fs_step_node *node = j->node;
    int64_t all = 0, rows = 0;
    *elsewhere = s->maker.make &&
                 (s->maker.least <= 0 || (node->op && fs_options_check_here(node->options, NULL)));
    if (!s->maker.make || *elsewhere) return FS_OK;
    for (int i = 0; i < node->step.inputs && all < s->maker.least; i++) {
        FS_TRY(input_rows(s, node->step.input[i], &rows, error));
        all += rows;
    }
    *elsewhere = all >= s->maker.least;
    return FS_OK;
}

static fs_status make_table(schedule *s, job *j, const paths *p, fs_error *error)
{
    const fs_step *step = &j->node->step;
    unlink(p->record.data); /* what stands there is not of this table */
    FS_TRY(check_types(s, j->node, error));
    FS_TRY(ask_elsewhere(s, j, &j->report.elsewhere, error));
    if (j->report.elsewhere) return make_elsewhere(s, j, p, error);
    if (!j->node->op) return write_rows(s, j, p, error);
    fs_apply apply = {.op = j->node->op,
                      .options = step->options,
                      .group = step->group,
                      .groups = step->groups,
                      .order = step->order,
                      .select = step->sql};
    fs_status status =
        fs_engine_apply(s->engine, &apply, p->table.data, &j->report.rows, NULL, error);
    if (status != FS_OK && status != FS_CANCELLED)
        fs_engine_sql_place(error, step->file, j->node->sql_line);
    return status;
}

static fs_status run_in(schedule *s, job *j, const paths *p, fs_error *error)
{
    FS_TRY(reuse(s, j, p, &j->report.skipped, error));
    if (!j->report.skipped) FS_TRY(make_table(s, j, p, error));
    FS_TRY(fs_engine_attach(s->engine, j->node->step.name, p->table.data, error));
    bool known = j->report.skipped || j->sound;
    return known ? FS_OK : fs_engine_expect_check(s->engine, j->node, error);
}

/* Shares the CPU time since the last call among the running steps. Under the lock. */
static void share_cpu(schedule *s)
{
    double now = clock_seconds(CLOCK_PROCESS_CPUTIME_ID), spent = now - s->cpu_seen;
    s->cpu_seen = now;
    for (int i = 0; s->running > 0 && i < s->jobs; i++)
        if (s->job[i].state == RUNNING) s->job[i].cpu += spent / s->running;
}

static fs_status run_job(schedule *s, job *j, fs_error *error)
{
    paths p;
    double start = clock_seconds(CLOCK_MONOTONIC);
    make_digest(s, j);
    FS_TRY(make_paths(s->folder, j->node->step.name, &p, error));
    fs_status status = run_in(s, j, &p, error);
    if (status == FS_OK) {
        pthread_mutex_lock(&s->lock);
        share_cpu(s);
        j->report.cpu_seconds = j->cpu;
        pthread_mutex_unlock(&s->lock);
        j->report.seconds = clock_seconds(CLOCK_MONOTONIC) - start;
        bool recorded = j->report.skipped && strcmp(s->earlier, s->folder) == 0;
        if (!recorded) status = write_record(s, j, &p, error);
    }
    free_paths(&p);
    return status;
}

/* ---- side by side ---- */

static bool inputs_are_done(const schedule *s, const job *j)
{
    for (int i = 0; i < j->node->step.inputs; i++) {
        int input = fs_engine_plan_find(s->plan, j->node->step.input[i]);
        if (input >= 0 && s->job[input].state != DONE) return false;
    }
    return true;
}

/* Index of the next job to start; -1: none now. Under the lock. */
static int next_job(const schedule *s)
{
    for (int i = 0; i < s->jobs; i++)
        if (s->job[i].state == WAITING && inputs_are_done(s, &s->job[i])) return i;
    return -1;
}

static void say_progress(const schedule *s, int index, int number)
{
    char what[160];
    snprintf(what, sizeof what, "steps: %s", s->job[index].node->step.name);
    fs_progress_report(s->engine->progress, what, number - 1, s->wanted);
}

/* Says which step it was, unless the message does. */
static void name_step(const fs_step_node *node, fs_error *error)
{
    char message[sizeof error->message];
    if (!error->file[0]) fs_error_at(error, node->step.file, node->sql_line, NULL);
    if (strstr(error->message, node->step.name)) return;
    memcpy(message, error->message, sizeof message);
    fs_error copy = *error;
    fs_fail(error, copy.status, "step %s: %s", node->step.name, message);
    fs_error_at(error, copy.file, copy.line, copy.column);
    if (copy.remedy[0]) fs_error_remedy(error, "%s", copy.remedy);
}

static void finish_job(schedule *s, int index, fs_status status, fs_error *error)
{
    s->job[index].state = status == FS_OK ? DONE : FAILED;
    if (status == FS_OK || (s->failed >= 0 && s->failed < index)) return;
    /* a step that was only stopped because another failed is not the one to name */
    if (status == FS_CANCELLED && s->failed >= 0) return;
    error->status = status;
    if (status != FS_CANCELLED) name_step(s->job[index].node, error);
    s->failed = index;
    s->status = status;
    s->error = *error;
}

static void run_next(schedule *s, int index)
{
    fs_error error = {0};
    s->job[index].state = RUNNING;
    int number = ++s->started;
    share_cpu(s);
    s->running++;
    pthread_mutex_unlock(&s->lock);
    say_progress(s, index, number);
    fs_status status = run_job(s, &s->job[index], &error);
    pthread_mutex_lock(&s->lock);
    share_cpu(s);
    s->running--;
    finish_job(s, index, status, &error);
    pthread_cond_broadcast(&s->changed);
}

static void *work(void *context)
{
    schedule *s = context;
    pthread_mutex_lock(&s->lock);
    while (s->failed < 0) {
        if (fs_progress_cancelled(s->engine->progress)) s->cancelled = true;
        int index = s->cancelled ? -1 : next_job(s);
        if (index >= 0)
            run_next(s, index);
        else if (s->running > 0 && !s->cancelled)
            pthread_cond_wait(&s->changed, &s->lock);
        else
            break;
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void work_together(schedule *s, int threads)
{
    pthread_t thread[64];
    int count = 0;
    if (threads > s->wanted) threads = s->wanted;
    for (int i = 1; i < threads && count < 64; i++)
        if (pthread_create(&thread[count], NULL, work, s) == 0) count++;
    work(s);
    for (int i = 0; i < count; i++) pthread_join(thread[i], NULL);
}

/* ---- the run ---- */

static void want(schedule *s, int index)
{
    job *j = &s->job[index];
    if (j->state == WAITING) return;
    j->state = WAITING;
    s->wanted++;
    for (int i = 0; i < j->node->step.inputs; i++) {
        int input = fs_engine_plan_find(s->plan, j->node->step.input[i]);
        if (input >= 0) want(s, input);
    }
}

static fs_status choose(schedule *s, const char *only, fs_error *error)
{
    int index = 0;
    if (only) {
        FS_TRY(fs_plan_find(s->plan, only, &index, error));
        want(s, index);
        return FS_OK;
    }
    for (; index < s->jobs; index++) want(s, index);
    return FS_OK;
}

static fs_status check_here(const schedule *s, fs_error *error)
{
    for (int i = 0; i < s->jobs; i++) {
        const fs_step_node *node = s->job[i].node;
        if (s->job[i].state != WAITING || !node->op) continue;
        fs_status status = fs_options_check_here(node->options, error);
        if (status == FS_OK) continue;
        return fs_error_at(error, node->step.file, node->operator_line, NULL), status;
    }
    return FS_OK;
}

static fs_status make_folders(const char *folder, fs_error *error)
{
    static const char *const inside[] = {"tables", "steps"};
    fs_status status = FS_OK;
    for (int i = 0; i < 2 && status == FS_OK; i++) {
        fs_buffer path = {0};
        status = fs_buffer_printf(&path, "%s/%s", folder, inside[i]) == FS_OK
                     ? fs_make_folder(path.data, error)
                     : fs_fail_memory(error, strlen(folder));
        fs_buffer_free(&path);
    }
    return status;
}

static fs_status attach_tables(schedule *s, fs_error *error)
{
    for (int i = 0; i < s->plan->tables; i++) {
        const fs_plan_table *table = &s->plan->table[i];
        if (table->path) FS_TRY(fs_engine_attach(s->engine, table->name, table->path, error));
    }
    return FS_OK;
}

static void take_steps(schedule *s)
{
    for (int i = 0; i < s->jobs; i++) {
        s->job[i].node = s->plan->step[i];
        s->job[i].report.name = s->plan->step[i]->step.name;
    }
}

static fs_status prepare(schedule *s, const char *only, fs_error *error)
{
    take_steps(s);
    FS_TRY(choose(s, only, error));
    if (!s->maker.make) FS_TRY(check_here(s, error));
    FS_TRY(make_folders(s->folder, error));
    return attach_tables(s, error);
}

static fs_status outcome(schedule *s, fs_error *error)
{
    if (s->failed >= 0) {
        if (error) *error = s->error;
        return s->status;
    }
    if (s->cancelled) return fs_fail(error, FS_CANCELLED, "cancelled");
    fs_progress_report(s->engine->progress, "steps", s->wanted, s->wanted);
    return FS_OK;
}

static fs_status give_reports(schedule *s, fs_step_report **reports, int *count, fs_error *error)
{
    if (count) *count = s->wanted;
    if (!reports) return FS_OK;
    *reports = fs_alloc(((size_t)s->wanted + 1) * sizeof **reports);
    if (!*reports) return fs_fail_memory(error, (size_t)s->wanted * sizeof **reports);
    int given = 0;
    for (int i = 0; i < s->jobs; i++)
        if (s->job[i].state == DONE) (*reports)[given++] = s->job[i].report;
    return FS_OK;
}

fs_status fs_plan_check_here(const fs_plan *plan, const char *only, fs_error *error)
{
    schedule s = {.plan = plan, .jobs = plan->steps};
    s.job = fs_alloc_zero((size_t)plan->steps + 1, sizeof *s.job);
    if (!s.job) return fs_fail_memory(error, (size_t)plan->steps * sizeof *s.job);
    take_steps(&s);
    fs_status status = choose(&s, only, error);
    if (status == FS_OK) status = check_here(&s, error);
    fs_free(s.job);
    return status;
}

fs_status fs_plan_run(fs_plan *plan, fs_engine *engine, const fs_plan_settings *settings,
                      fs_step_report **reports, int *count, fs_error *error)
{
    if (reports) *reports = NULL;
    if (count) *count = 0;
    if (!plan->checked) FS_TRY(fs_plan_check(plan, error));
    schedule s = {.plan = plan,
                  .engine = engine,
                  .folder = settings->folder,
                  .earlier = settings->earlier,
                  .maker = settings->maker,
                  .jobs = plan->steps,
                  .failed = -1,
                  .cpu_seen = clock_seconds(CLOCK_PROCESS_CPUTIME_ID)};
    s.job = fs_alloc_zero((size_t)plan->steps + 1, sizeof *s.job);
    if (!s.job) return fs_fail_memory(error, (size_t)plan->steps * sizeof *s.job);
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.changed, NULL);
    fs_status status = prepare(&s, settings->only, error);
    if (status == FS_OK) {
        work_together(&s, engine->threads > 0 ? engine->threads : fs_cpu_count());
        status = outcome(&s, error);
    }
    if (status == FS_OK) status = give_reports(&s, reports, count, error);
    pthread_cond_destroy(&s.changed);
    pthread_mutex_destroy(&s.lock);
    fs_free(s.job);
    return status;
}
