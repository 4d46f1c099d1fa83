/* The declarations of operators as JSON, for programs that make calls, pages or forms of them. */
#include <stdlib.h>

#include <jansson.h>

#include "operator_internal.h"

static const char *role_name(fs_role role)
{
    static const char *const names[] = {"order", "value", "regressor", "result"};
    return names[role];
}

static json_t *columns_json(const fs_column *columns)
{
    json_t *list = json_array();
    for (const fs_column *c = columns; c->name; c++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b, s:s*, s:s*, s:s*}", "name",
                                              c->name, "type", fs_type_name(c->type), "role",
                                              role_name(c->role), "optional", c->optional, "each",
                                              c->each, "unit", c->unit, "doc", c->doc));
    return list;
}

static json_t *params_json(const fs_param *params)
{
    json_t *list = json_array();
    for (const fs_param *p = params; p && p->name; p++) {
        json_t *one = json_pack("{s:s, s:s, s:s*, s:s*, s:s*}", "name", p->name, "type",
                                fs_type_name(p->type), "default", p->fallback, "choices",
                                p->choices, "doc", p->doc);
        if (p->minimum != 0 || p->maximum != 0) {
            json_object_set_new(one, "minimum", json_real(p->minimum));
            json_object_set_new(one, "maximum", json_real(p->maximum));
        }
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *operator_json(const fs_operator *op)
{
    return json_pack("{s:s, s:s, s:s*, s:s*, s:i, s:o, s:o, s:o}", "name", op->name, "summary",
                     op->summary, "details", op->details, "example", op->example, "version",
                     op->version, "input", columns_json(op->input), "output",
                     columns_json(op->output), "params", params_json(op->params));
}

fs_status fs_operator_describe(const fs_operator *op, fs_buffer *out, fs_error *error)
{
    json_t *root = op ? operator_json(op) : json_array();
    for (int i = 0; root && !op && i < fs_operator_count(); i++)
        json_array_append_new(root, operator_json(fs_operator_at(i)));
    char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
    fs_status status = text ? fs_buffer_text(out, text) : FS_MEMORY;
    free(text);
    json_decref(root);
    return status == FS_OK ? FS_OK : fs_fail_memory(error, out->capacity * 2);
}
