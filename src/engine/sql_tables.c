/* Which tables a SELECT reads, told by DuckDB's own parser.
 *
 * json_serialize_sql gives the parse tree as JSON without binding anything, so no table has to be there yet.
 * (duckdb_get_table_names binds: it knows no answer for a join … using, whose columns it can't find.)
 * A table is a BASE_TABLE node whose name is no common table expression in scope: one is seen by those
 * written after it and by the query it stands before, and by itself only where it is recursive.
 * What was found is kept with the engine: a run plans its steps twice, before it reads a file and after.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine_internal.h"
#include "plan_internal.h"

/* Names of the common table expressions in scope, innermost first; lives on the stack. */
typedef struct scope {
    const char *name;
    const struct scope *outer;
} scope;

typedef struct finder {
    fs_arena *arena;
    fs_sql_names *names;
    struct fs_sql_read *read; /* where what is met is written down */
    fs_arena *kept;           /* holds it */
    fs_error *error;
} finder;

/* A copy of `name` behind the `count` that there are. */
static fs_status append(fs_arena *arena, const char ***names, int *count, int *room,
                        const char *name, fs_error *error)
{
    const char **grown = fs_arena_grow(arena, *names, *count, room, sizeof *grown);
    if (!grown) return fs_fail_memory(error, 0);
    *names = grown;
    grown[*count] = fs_arena_strdup(arena, name);
    if (!grown[*count]) return fs_fail_memory(error, strlen(name));
    ++*count;
    return FS_OK;
}

static fs_status add_name(finder *f, const char *name)
{
    fs_sql_names *list = f->names;
    for (int i = 0; i < list->count; i++)
        if (strcasecmp(list->name[i], name) == 0) return list->twice = true, FS_OK;
    return append(f->arena, &list->name, &list->count, &list->room, name, f->error);
}

/* A table as it was met: written down, and added. */
static fs_status meet(finder *f, const char *name)
{
    struct fs_sql_read *read = f->read;
    FS_TRY(append(f->kept, &read->table, &read->tables, &read->room, name, f->error));
    return add_name(f, name);
}

static const char *text_of(const json_t *node, const char *key)
{
    const char *text = json_string_value(json_object_get(node, key));
    return text ? text : "";
}

/* Schema and table of another database are names that no table here has: schema.table. */
static fs_status add_table(finder *f, const json_t *node, const scope *seen)
{
    const char *name = text_of(node, "table_name"), *schema = text_of(node, "schema_name");
    if (!*schema)
        for (; seen; seen = seen->outer)
            if (strcasecmp(seen->name, name) == 0) return FS_OK;
    if (!*schema) return meet(f, name);
    char *both = fs_arena_printf(f->arena, "%s.%s", schema, name);
    return both ? meet(f, both) : fs_fail_memory(f->error, strlen(name));
}

static fs_status walk(finder *f, const json_t *node, const scope *seen);

static fs_status walk_members(finder *f, const json_t *node, const scope *seen)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)node, key, value) if (strcmp(key, "cte_map") != 0)
        FS_TRY(walk(f, value, seen));
    return FS_OK;
}

static bool is_recursive(const json_t *entry)
{
    json_t *query = json_object_get(json_object_get(entry, "value"), "query");
    return strcmp(text_of(json_object_get(query, "node"), "type"), "RECURSIVE_CTE_NODE") == 0;
}

/* The expressions from `index` on, then the query they stand before. */
static fs_status walk_with(finder *f, const json_t *node, const json_t *entries, size_t index,
                           const scope *seen)
{
    const json_t *entry = json_array_get(entries, index);
    if (!entry) return walk_members(f, node, seen);
    scope here = {.name = text_of(entry, "key"), .outer = seen};
    FS_TRY(walk(f, json_object_get(entry, "value"), is_recursive(entry) ? &here : seen));
    return walk_with(f, node, entries, index + 1, &here);
}

static fs_status walk(finder *f, const json_t *node, const scope *seen)
{
    if (json_is_array(node)) {
        size_t index;
        json_t *value;
        json_array_foreach((json_t *)node, index, value) FS_TRY(walk(f, value, seen));
        return FS_OK;
    }
    if (!json_is_object(node)) return FS_OK;
    if (strcmp(text_of(node, "type"), "BASE_TABLE") == 0) return add_table(f, node, seen);
    json_t *entries = json_object_get(json_object_get(node, "cte_map"), "map");
    return walk_with(f, node, entries, 0, seen);
}

/* Line of `sql` on which its byte `position` stands. */
static int64_t line_at(const char *sql, const char *position)
{
    int64_t line = 1, left = strtoll(position, NULL, 10);
    for (; *sql && left > 0; sql++, left--) line += *sql == '\n';
    return line;
}

static fs_status refuse(const json_t *tree, const char *sql, fs_error *error)
{
    fs_fail(error, FS_USAGE, "DuckDB cannot read this SQL: %s", text_of(tree, "error_message"));
    if (error) error->line = line_at(sql, text_of(tree, "position"));
    return fs_error_remedy(error, "correct it there, or a little before"), FS_USAGE;
}

/* (Places that DuckDB does not know are 2^64 - 1, which jansson takes as a real only.) */
static fs_status read_tree(finder *f, const char *text, const char *sql)
{
    json_error_t fault;
    if (!text || !*text) return fs_fail_memory(f->error, strlen(sql));
    json_t *tree = json_loads(text, JSON_DECODE_INT_AS_REAL, &fault);
    json_t *statements = json_object_get(tree, "statements");
    fs_status status;
    if (!tree && json_error_code(&fault) == json_error_out_of_memory)
        status = fs_fail_memory(f->error, strlen(sql));
    else if (!tree)
        status = fs_fail(f->error, FS_USAGE, "this SQL is nested too deep");
    else if (json_is_true(json_object_get(tree, "error")))
        status = refuse(tree, sql, f->error);
    else if (json_array_size(statements) != 1)
        status = fs_fail(f->error, FS_USAGE, "this is not one SELECT");
    else
        status = walk(f, statements, NULL);
    json_decref(tree);
    return status;
}

static fs_status ask(fs_engine *engine, const char *sql, fs_buffer *query, fs_result **result,
                     fs_error *error)
{
    if (fs_buffer_text(query, "select cast(json_serialize_sql(cast(") != FS_OK ||
        fs_engine_add_text(query, sql) != FS_OK ||
        fs_buffer_text(query, " as varchar), skip_default := true, skip_empty := true, skip_null "
                              ":= true) as varchar)") != FS_OK)
        return fs_fail_memory(error, strlen(sql));
    return fs_engine_query_few(engine, query->data, result, error);
}

static fs_status read_sql(fs_engine *engine, finder *f, const char *sql)
{
    fs_buffer query = {0};
    fs_result *result = NULL;
    fs_status status = ask(engine, sql, &query, &result, f->error);
    bool more = false;
    if (status == FS_OK) status = fs_result_next(result, &more, f->error);
    if (status == FS_OK) status = read_tree(f, more ? fs_result_text(result, 0) : NULL, sql);
    if (result) fs_result_close(result);
    fs_buffer_free(&query);
    return status;
}

/* What was read stays as it is, so it may be looked at without the lock. NULL: it was not read yet. */
static const struct fs_sql_read *find_read(fs_engine *engine, const char *sql)
{
    pthread_mutex_lock(&engine->lock);
    const struct fs_sql_read *read = engine->read;
    while (read && strcmp(read->sql, sql) != 0) read = read->next;
    pthread_mutex_unlock(&engine->lock);
    return read;
}

/* NULL where memory ended. */
static struct fs_sql_read *copy_of(fs_arena *arena, const char *sql,
                                   const struct fs_sql_read *found)
{
    struct fs_sql_read *read = fs_arena_zero(arena, sizeof *read);
    if (read) read->sql = fs_arena_strdup(arena, sql);
    if (read) read->table = fs_arena_zero(arena, ((size_t)found->tables + 1) * sizeof *read->table);
    if (!read || !read->sql || !read->table) return NULL;
    for (; read->tables < found->tables; read->tables++) {
        read->table[read->tables] = fs_arena_strdup(arena, found->table[read->tables]);
        if (!read->table[read->tables]) return NULL;
    }
    return read;
}

/* Where memory ends it is read again when it is asked for again. */
static void keep(fs_engine *engine, const char *sql, const struct fs_sql_read *found)
{
    pthread_mutex_lock(&engine->lock);
    struct fs_sql_read *read = copy_of(&engine->names, sql, found);
    if (read) {
        read->next = engine->read;
        engine->read = read;
    }
    pthread_mutex_unlock(&engine->lock);
}

static fs_status read_and_keep(fs_engine *engine, finder *f, const char *sql)
{
    fs_arena own = {0};
    struct fs_sql_read found = {0};
    f->read = &found, f->kept = &own;
    fs_status status = read_sql(engine, f, sql);
    if (status == FS_OK) keep(engine, sql, &found);
    fs_arena_free(&own);
    return status;
}

fs_status fs_engine_sql_tables(fs_engine *engine, fs_arena *arena, const char *sql,
                               fs_sql_names *names, fs_error *error)
{
    finder f = {.arena = arena, .names = names, .error = error};
    const struct fs_sql_read *read = find_read(engine, sql);
    if (!read) return read_and_keep(engine, &f, sql);
    for (int i = 0; i < read->tables; i++) FS_TRY(add_name(&f, read->table[i]));
    return FS_OK;
}
