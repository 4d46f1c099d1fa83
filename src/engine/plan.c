/* The plan: steps and tables as a graph, checked and put in running order.
 *
 * Who reads what is not written down: DuckDB's parser tells which tables a SELECT names (sql_tables.c). An edge is a name; a name is a step, a table from outside, or a fault. The order
 * is topological, and among steps that are free to run it is the order in which they were added, so the
 * same files give the same order on every machine. A circle is told with its files.
 *
 * Cost: linear in steps and edges but for the search of names, steps × names, for some hundred steps.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "plan_internal.h"

fs_status fs_plan_open(fs_lookup lookup, void *context, fs_plan **plan, fs_error *error)
{
    *plan = fs_alloc_zero(1, sizeof **plan);
    if (!*plan) return fs_fail_memory(error, sizeof **plan);
    (*plan)->lookup = lookup;
    (*plan)->context = context;
    return FS_OK;
}

void fs_plan_close(fs_plan *plan)
{
    if (!plan) return;
    for (int i = 0; i < plan->steps; i++) fs_engine_step_free(plan->step[i]);
    fs_free(plan->step);
    fs_free(plan->table);
    fs_arena_free(&plan->arena);
    fs_free(plan);
}

int fs_plan_steps(const fs_plan *plan) { return plan->steps; }

const fs_step *fs_plan_step(const fs_plan *plan, int index)
{
    return index >= 0 && index < plan->steps ? &plan->step[index]->step : NULL;
}

int fs_engine_plan_find(const fs_plan *plan, const char *name)
{
    for (int i = 0; i < plan->steps; i++)
        if (strcasecmp(plan->step[i]->step.name, name) == 0) return i;
    return -1;
}

int fs_engine_plan_find_table(const fs_plan *plan, const char *name)
{
    for (int i = 0; i < plan->tables; i++)
        if (strcasecmp(plan->table[i].name, name) == 0) return i;
    return -1;
}

/* Makes room for one more in an array. */
static fs_status grow(void *array, int count, int *room, size_t size, fs_error *error)
{
    void **memory = array;
    if (count < *room) return FS_OK;
    int wider = *room ? *room * 2 : 16;
    void *grown = fs_realloc(*memory, (size_t)wider * size);
    if (!grown) return fs_fail_memory(error, (size_t)wider * size);
    *memory = grown;
    *room = wider;
    return FS_OK;
}

/* ---- inputs ---- */

static fs_status place_sql_fault(fs_status status, const fs_step_node *step, int64_t line,
                                 fs_error *error)
{
    if (status == FS_USAGE) fs_engine_sql_place(error, step->step.file, line);
    return status;
}

static bool has_condition(const fs_expect *e)
{
    return e->kind == FS_EXPECT_ALL || e->kind == FS_EXPECT_TRUE;
}

/* "select (first) as ok, (second) as ok …" of the expects from `from` up to `to`; empty where none has a condition. */
static fs_status write_conditions(const fs_step_node *step, int from, int to, fs_buffer *sql)
{
    for (int i = from; i < to; i++)
        if (has_condition(&step->expect[i]))
            FS_TRY(fs_buffer_printf(sql, sql->size > 0 ? ", (%s\n) as ok" : "select (%s\n) as ok",
                                    step->expect[i].condition));
    return FS_OK;
}

/* Tables that subqueries of some expects name. */
static fs_status condition_tables(fs_engine *engine, fs_arena *arena, const fs_step_node *step,
                                  int from, int to, fs_sql_names *list, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = write_conditions(step, from, to, &sql);
    if (status != FS_OK) fs_fail_memory(error, sql.size);
    if (status == FS_OK && sql.size > 0)
        status = fs_engine_sql_tables(engine, arena, sql.data, list, error);
    fs_buffer_free(&sql);
    return status;
}

/* All are read at once; where that fails, one by one, so that the one at fault is named. */
static fs_status expect_tables(fs_engine *engine, fs_arena *arena, const fs_step_node *step,
                               fs_sql_names *list, fs_error *error)
{
    fs_status status = condition_tables(engine, arena, step, 0, step->step.expects, list, error);
    if (status != FS_USAGE) return status;
    for (int i = 0; i < step->step.expects; i++)
        FS_TRY(place_sql_fault(condition_tables(engine, arena, step, i, i + 1, list, error), step,
                               step->expect[i].line, error));
    return status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_own(const fs_step_node *step, const char *name)
{
    return strcasecmp(name, step->step.name) == 0;
}

static fs_status find_inputs(fs_engine *engine, fs_arena *arena, fs_step_node *step,
                             fs_error *error)
{
    fs_sql_names all = {0};
    FS_TRY(place_sql_fault(fs_engine_sql_tables(engine, arena, step->step.sql, &all, error), step,
                           step->sql_line, error));
    step->step.twice = all.twice;
    int of_select = all.count; /* an expect may name the step itself; its SELECT may not */
    FS_TRY(expect_tables(engine, arena, step, &all, error));
    int kept = 0;
    for (int i = 0; i < all.count; i++) {
        bool own = i >= of_select && is_own(step, all.name[i]);
        if (!own && !fs_engine_prelude_table(all.name[i])) all.name[kept++] = all.name[i];
    }
    if (kept) qsort(all.name, (size_t)kept, sizeof *all.name, compare_names);
    step->step.input = all.name;
    step->step.inputs = kept;
    return fs_engine_step_sort(arena, step, error);
}

/* ---- adding ---- */

static fs_status twice(const fs_step_node *step, const fs_step_node *there, fs_error *error)
{
    fs_fail(error, FS_USAGE, "step %s is there twice: also in %s, line %lld", step->step.name,
            there->step.file, (long long)there->step.line);
    fs_error_at(error, step->step.file, step->step.line, NULL);
    return fs_error_remedy(error, "rename one of them, or take one away"), FS_USAGE;
}

static fs_status keep_step(fs_plan *plan, fs_step_node *step, bool replace, fs_error *error)
{
    int index = fs_engine_plan_find(plan, step->step.name);
    if (index >= 0 && !replace) return twice(step, plan->step[index], error);
    if (index < 0)
        FS_TRY(grow(&plan->step, plan->steps, &plan->step_room, sizeof *plan->step, error));
    if (index >= 0) fs_engine_step_free(plan->step[index]);
    plan->step[index >= 0 ? index : plan->steps++] = step;
    plan->checked = false;
    return FS_OK;
}

fs_status fs_plan_add(fs_plan *plan, fs_engine *engine, const char *file, const char *text,
                      bool replace, fs_error *error)
{
    fs_step_node *step = fs_arena_alloc(&plan->arena, sizeof *step);
    if (!step) return fs_fail_memory(error, sizeof *step);
    FS_TRY(fs_engine_step_read(&plan->arena, file, text, plan->lookup, plan->context, step, error));
    fs_status status = find_inputs(engine, &plan->arena, step, error);
    if (status == FS_OK) status = keep_step(plan, step, replace, error);
    if (status != FS_OK) fs_engine_step_free(step);
    return status;
}

fs_status fs_plan_add_table(fs_plan *plan, const char *name, const char *path, const char *digest,
                            fs_error *error)
{
    int index = fs_engine_plan_find_table(plan, name);
    if (index < 0)
        FS_TRY(grow(&plan->table, plan->tables, &plan->table_room, sizeof *plan->table, error));
    fs_plan_table table = {.name = fs_arena_strdup(&plan->arena, name),
                           .path = path ? fs_arena_strdup(&plan->arena, path) : NULL,
                           .digest = fs_arena_strdup(&plan->arena, digest ? digest : "")};
    if (!table.name || !table.digest || (path && !table.path))
        return fs_fail_memory(error, strlen(name));
    plan->table[index >= 0 ? index : plan->tables++] = table;
    plan->checked = false;
    return FS_OK;
}

/* ---- checking ---- */

static fs_status shadows(const fs_plan *plan, fs_error *error)
{
    for (int i = 0; i < plan->steps; i++) {
        const fs_step *step = &plan->step[i]->step;
        if (fs_engine_plan_find_table(plan, step->name) < 0 && !fs_engine_prelude_table(step->name))
            continue;
        fs_fail(error, FS_USAGE, "step %s has the name of a table that is there already",
                step->name);
        fs_error_at(error, step->file, step->line, NULL);
        return fs_error_remedy(error, "give the step another name"), FS_USAGE;
    }
    return FS_OK;
}

/* Line of the step's file on which its SQL first names `table`. */
static int64_t line_of(const fs_step_node *step, const char *table)
{
    fs_arena arena = {0};
    fs_sql_token *token;
    int count;
    int64_t line = step->step.line;
    if (fs_engine_sql_tokens(&arena, step->step.sql, &token, &count, NULL) == FS_OK)
        for (int i = 0; i < count; i++) {
            bool name = token[i].kind == FS_SQL_WORD || token[i].kind == FS_SQL_QUOTED;
            const char *text = name ? fs_engine_sql_name(&arena, &token[i]) : NULL;
            if (!text || strcasecmp(text, table) != 0) continue;
            line = step->sql_line + token[i].line - 1;
            break;
        }
    fs_arena_free(&arena);
    return line;
}

static fs_status unknown_table(const fs_plan *plan, const fs_step_node *step, const char *table,
                               fs_error *error)
{
    fs_fail(error, FS_USAGE, "there is no table %s, which step %s reads", table, step->step.name);
    fs_error_at(error, step->step.file, line_of(step, table), NULL);
    int count = 0;
    const char **known = fs_alloc(((size_t)plan->steps + (size_t)plan->tables + 1) * sizeof *known);
    for (int i = 0; known && i < plan->steps; i++)
        if (!is_own(step, plan->step[i]->step.name)) known[count++] = plan->step[i]->step.name;
    for (int i = 0; known && i < plan->tables; i++) known[count++] = plan->table[i].name;
    const char *near = known ? fs_engine_nearest(table, known, count) : NULL;
    if (near)
        fs_error_remedy(error, "did you mean %s?", near);
    else
        fs_error_remedy(error, "add a step of that name, or a source in foresell.yaml");
    fs_free(known);
    return FS_USAGE;
}

static fs_status unknown_tables(const fs_plan *plan, fs_error *error)
{
    for (int i = 0; i < plan->steps; i++) {
        const fs_step *step = &plan->step[i]->step;
        for (int k = 0; k < step->inputs; k++) {
            const char *name = step->input[k];
            if (fs_engine_plan_find(plan, name) < 0 && fs_engine_plan_find_table(plan, name) < 0)
                return unknown_table(plan, plan->step[i], name, error);
        }
    }
    return FS_OK;
}

fs_status fs_plan_find(const fs_plan *plan, const char *name, int *index, fs_error *error)
{
    *index = fs_engine_plan_find(plan, name);
    if (*index >= 0) return FS_OK;
    fs_fail(error, FS_USAGE, "there is no step %s", name);
    const char **known = fs_alloc(((size_t)plan->steps + 1) * sizeof *known);
    for (int i = 0; known && i < plan->steps; i++) known[i] = plan->step[i]->step.name;
    const char *near = known ? fs_engine_nearest(name, known, plan->steps) : NULL;
    if (near)
        fs_error_remedy(error, "did you mean %s?", near);
    else
        fs_error_remedy(error, "foresell plan lists the steps");
    fs_free(known);
    return FS_USAGE;
}

static bool is_ready(const fs_plan *plan, const bool *done, int index)
{
    const fs_step *step = &plan->step[index]->step;
    for (int k = 0; k < step->inputs; k++) {
        int input = fs_engine_plan_find(plan, step->input[k]);
        if (input >= 0 && !done[input]) return false;
    }
    return true;
}

/* A step among those not done that `index` reads. */
static int waits_for(const fs_plan *plan, const bool *done, int index)
{
    const fs_step *step = &plan->step[index]->step;
    for (int k = 0; k < step->inputs; k++) {
        int input = fs_engine_plan_find(plan, step->input[k]);
        if (input >= 0 && !done[input]) return input;
    }
    return -1;
}

static fs_status add_circle(const fs_plan *plan, const bool *done, int start, fs_buffer *text)
{
    int index = start;
    do {
        const fs_step_node *step = plan->step[index];
        int next = waits_for(plan, done, index);
        FS_TRY(fs_buffer_printf(text, "%s (%s, line %lld) reads ", step->step.name, step->id,
                                (long long)line_of(step, plan->step[next]->step.name)));
        index = next;
    } while (index != start);
    return fs_buffer_text(text, plan->step[start]->step.name);
}

/* Every step left waits for another one left; following that for long enough ends in a circle. */
static fs_status circle(const fs_plan *plan, const bool *done, fs_error *error)
{
    int index = 0;
    while (done[index]) index++;
    for (int i = 0; i < plan->steps; i++) index = waits_for(plan, done, index);
    fs_buffer text = {0};
    fs_status status = add_circle(plan, done, index, &text);
    if (status == FS_OK) {
        fs_fail(error, FS_USAGE, "the steps go round in a circle: %s", text.data);
        fs_error_at(error, plan->step[index]->step.file, plan->step[index]->step.line, NULL);
        fs_error_remedy(error, "let one of them read another table");
        status = FS_USAGE;
    } else {
        fs_fail_memory(error, text.size);
    }
    fs_buffer_free(&text);
    return status;
}

static fs_status sort_steps(fs_plan *plan, fs_step_node **sorted, bool *done, fs_error *error)
{
    for (int count = 0; count < plan->steps; count++) {
        int next = 0;
        while (next < plan->steps && (done[next] || !is_ready(plan, done, next))) next++;
        if (next == plan->steps) return circle(plan, done, error);
        done[next] = true;
        sorted[count] = plan->step[next];
    }
    if (plan->steps) memcpy(plan->step, sorted, (size_t)plan->steps * sizeof *sorted);
    return FS_OK;
}

fs_status fs_plan_check(fs_plan *plan, fs_error *error)
{
    FS_TRY(shadows(plan, error));
    FS_TRY(unknown_tables(plan, error));
    fs_step_node **sorted = fs_alloc(((size_t)plan->steps + 1) * sizeof *sorted);
    bool *done = fs_alloc_zero((size_t)plan->steps + 1, sizeof *done);
    fs_status status = sorted && done ? sort_steps(plan, sorted, done, error)
                                      : fs_fail_memory(error, (size_t)plan->steps * sizeof *sorted);
    plan->checked = status == FS_OK;
    fs_free(sorted);
    fs_free(done);
    return status;
}
