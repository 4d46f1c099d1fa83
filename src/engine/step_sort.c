/* The order of a step's rows, so that the same rows give the same bytes for any number of threads.
 *
 * What a SELECT leaves open, an engine decides by chance: groups, joins and windows come in an order that
 * depends on its threads. So rows are sorted by the columns of `-- expect: unique(…)`, or by all columns, unless
 * the SELECT ends with an order by of its own, feeds an operator (which sorts), or only filters and computes
 * over one table, whose order is then kept.
 *
 * Cost: one sort of the step's result; with unique(…) on few columns a small part of making it.
 */
#include <string.h>

#include "plan_internal.h"

static bool is_one_of(const fs_sql_token *token, const char *const *words)
{
    for (; *words; words++)
        if (fs_engine_sql_is(token, *words)) return true;
    return false;
}

typedef enum leaves { ORDERED, KEPT, OPEN } leaves;

static leaves look(const fs_step_node *node, const fs_sql_token *token, int count)
{
    static const char *const mixing[] = {"join",      "group", "distinct", "union",  "except",
                                         "intersect", "over",  "window",   "values", NULL};
    int selects = 0;
    bool open = node->step.inputs > 1;
    for (int i = 0; i < count; i++) {
        bool order = fs_engine_sql_is(&token[i], "order") && fs_engine_sql_is(&token[i + 1], "by");
        if (order && token[i].depth == 0) return ORDERED;
        selects += fs_engine_sql_is(&token[i], "select");
        open = open || is_one_of(&token[i], mixing);
        /* from a, b: a comma behind FROM at its depth */
        if (!fs_engine_sql_is(&token[i], "from")) continue;
        for (int k = i + 1; k < count && !fs_engine_sql_is(&token[k], "where"); k++)
            open = open || (token[k].depth == token[i].depth && fs_engine_sql_is(&token[k], ","));
    }
    return open || selects > 1 ? OPEN : KEPT;
}

/* "a", "b" of unique(a, b) as keys with their nulls placed. */
static fs_status keys_of(fs_arena *arena, const char *columns, const char **sort, fs_error *error)
{
    fs_sql_token *token;
    int count;
    const char *keys = "";
    FS_TRY(fs_engine_sql_tokens(arena, columns, &token, &count, error));
    for (int i = 0; keys && i < count; i += 2)
        keys = fs_arena_printf(arena, "%s%s%.*s nulls last", keys, i ? ", " : "",
                               (int)token[i].size, token[i].text);
    *sort = keys;
    return keys ? FS_OK : fs_fail_memory(error, strlen(columns));
}

fs_status fs_engine_step_sort(fs_arena *arena, fs_step_node *node, fs_error *error)
{
    fs_sql_token *token;
    int count;
    node->sort = NULL;
    if (node->op) return FS_OK;
    FS_TRY(fs_engine_sql_tokens(arena, node->step.sql, &token, &count, error));
    if (look(node, token, count) != OPEN) return FS_OK;
    node->sort = "all";
    for (int i = 0; i < node->step.expects; i++)
        if (node->expect[i].kind == FS_EXPECT_UNIQUE)
            return keys_of(arena, node->expect[i].condition, &node->sort, error);
    return FS_OK;
}
