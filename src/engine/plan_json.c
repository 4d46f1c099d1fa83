/* The plan as JSON: all that another engine needs to run the same steps. The keys and their order are a
 * contract (format 1): new keys may come, none change their meaning. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

json_t *fs_engine_json_names(const char *const *name, int count)
{
    json_t *array = json_array();
    for (int i = 0; i < count; i++) json_array_append_new(array, json_string(name[i]));
    return array;
}

json_t *fs_engine_json_text(const char *text) { return text ? json_string(text) : json_null(); }

static json_t *expects(const fs_step_node *node)
{
    json_t *array = json_array();
    for (int i = 0; i < node->step.expects; i++) {
        const fs_expect *e = &node->expect[i];
        json_array_append_new(array,
                              json_pack("{s:s, s:s, s:s, s:I}", "kind",
                                        fs_engine_expect_kind_name(e->kind), "text", e->text,
                                        "condition", e->condition, "line", (json_int_t)e->line));
    }
    return array;
}

static json_t *operator_of(const fs_step_node *node, fs_buffer *normal)
{
    if (!node->op) return json_null();
    fs_buffer_clear(normal);
    if (fs_options_format(node->options, normal) != FS_OK) return NULL;
    return json_pack(
        "{s:s, s:i, s:s, s:s, s:o, s:s}", "name", node->op->name, "version", node->op->version,
        "options", node->step.options, "normal_options", normal->data, "group",
        fs_engine_json_names(node->step.group, node->step.groups), "order", node->step.order);
}

static json_t *step_json(const fs_step_node *node, fs_buffer *normal)
{
    const fs_step *step = &node->step;
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:s}",
                     "name", step->name, "about", step->about, "file", step->file, "line",
                     (json_int_t)step->line, "sql_line", (json_int_t)node->sql_line, "sql",
                     step->sql, "sort", fs_engine_json_text(node->sort), "operator",
                     operator_of(node, normal), "expect", expects(node), "inputs",
                     fs_engine_json_names(step->input, step->inputs), "needs",
                     fs_engine_json_names(node->needs, node->needs_count), "derived", node->derived,
                     "home", fs_engine_json_text(node->home), "digest", step->digest);
}

static json_t *tables_json(const fs_plan *plan)
{
    json_t *array = json_array();
    for (int i = 0; i < plan->tables; i++)
        json_array_append_new(array, json_pack("{s:s, s:o, s:s}", "name", plan->table[i].name,
                                               "path", fs_engine_json_text(plan->table[i].path),
                                               "digest", plan->table[i].digest));
    return array;
}

fs_status fs_plan_json(const fs_plan *plan, fs_buffer *out, fs_error *error)
{
    fs_buffer normal = {0};
    json_t *steps = json_array();
    bool whole = true;
    for (int i = 0; i < plan->steps; i++)
        whole = json_array_append_new(steps, step_json(plan->step[i], &normal)) == 0 && whole;
    json_t *all = json_pack("{s:i, s:s, s:o, s:o}", "format", 1, "program", fs_version(), "tables",
                            tables_json(plan), "steps", steps);
    char *text = whole && all ? json_dumps(all, JSON_INDENT(2)) : NULL;
    fs_status status = text ? fs_buffer_text(out, text) : FS_MEMORY;
    if (status != FS_OK) fs_fail_memory(error, 4096);
    free(text);
    json_decref(all);
    fs_buffer_free(&normal);
    return status;
}
