/* Nodes of foresell.yaml as texts, lists and maps, and the words of its faults. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "yaml_internal.h"

/* ---- faults ---- */

int64_t fs_yaml_line_of(struct fy_node *node)
{
    struct fy_token *token = node ? fy_node_get_scalar_token(node) : NULL;
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    return mark ? mark->line + 1 : 0;
}

fs_status fs_yaml_fault(fs_yaml *r, int64_t line, const char *key, const char *message)
{
    fs_fail(r->error, FS_USAGE, "%s", message);
    return fs_error_at(r->error, r->project->file, line, key), FS_USAGE;
}

fs_status fs_yaml_no_memory(fs_yaml *r) { return fs_fail_memory(r->error, 0); }

/* "`horizn` is not a key of forecast; known are …", with the nearest as remedy. */
fs_status fs_yaml_unknown(fs_yaml *r, int64_t line, const char *key, const char *where,
                          const char *const *known, int count)
{
    fs_fail(r->error, FS_USAGE, "'%s' is not known %s", key, where);
    fs_error_at(r->error, r->project->file, line, key);
    const char *nearest = fs_project_nearest(key, known, count);
    if (nearest) return fs_error_remedy(r->error, "Did you mean %s?", nearest), FS_USAGE;
    char list[320] = "";
    for (int i = 0, n = 0; i < count && n < 260; i++)
        n += snprintf(list + n, sizeof list - (size_t)n, "%s%s", i ? ", " : "", known[i]);
    return fs_error_remedy(r->error, "Known are: %s.", list), FS_USAGE;
}

/* ---- scalars ---- */

/* Text of a scalar in the arena; "" for an empty value. */
fs_status fs_yaml_text_of(fs_yaml *r, struct fy_node *node, int64_t line, const char *key,
                          const char **text)
{
    if (node && fy_node_is_alias(node))
        return fs_yaml_fault(r, line, key, "aliases (*name) are not taken here");
    if (node && !fy_node_is_scalar(node))
        return fs_yaml_fault(r, line, key, "one value is wanted here, not a list or map");
    size_t bytes = 0;
    const char *scalar = node ? fy_node_get_scalar(node, &bytes) : NULL;
    if (scalar && memchr(scalar, '\0', bytes))
        return fs_yaml_fault(r, line, key, "a NUL character stands in the value");
    *text = fs_arena_strndup(&r->project->arena, scalar ? scalar : "", scalar ? bytes : 0);
    return *text ? FS_OK : fs_yaml_no_memory(r);
}

/* FS_OK with *more false at the end. */
fs_status fs_yaml_next_entry(fs_yaml *r, struct fy_node *map, void **at, fs_yaml_entry *e,
                             bool *more)
{
    struct fy_node_pair *pair = fy_node_mapping_iterate(map, at);
    *more = pair != NULL;
    if (!pair) return FS_OK;
    struct fy_node *key = fy_node_pair_key(pair);
    e->line = fs_yaml_line_of(key);
    e->value = fy_node_pair_value(pair);
    return fs_yaml_text_of(r, key, e->line, NULL, &e->key);
}

fs_status fs_yaml_want_map(fs_yaml *r, const fs_yaml_entry *e)
{
    if (e->value && fy_node_is_mapping(e->value)) return FS_OK;
    return fs_yaml_fault(r, e->line, e->key, "a map (key: value) is wanted here");
}

/* A scalar or a list of scalars. */
fs_status fs_yaml_texts_of(fs_yaml *r, const fs_yaml_entry *e, const char ***texts, int *count)
{
    bool list = e->value && fy_node_is_sequence(e->value);
    int n = list ? fy_node_sequence_item_count(e->value) : 1;
    const char **out = fs_arena_zero(&r->project->arena, sizeof *out * (size_t)(n + 1));
    if (!out) return fs_yaml_no_memory(r);
    if (!list) FS_TRY(fs_yaml_text_of(r, e->value, e->line, e->key, &out[0]));
    void *at = NULL;
    struct fy_node *node;
    for (int i = 0; list && i < n && (node = fy_node_sequence_iterate(e->value, &at)); i++) {
        int64_t line = fs_yaml_line_of(node);
        FS_TRY(fs_yaml_text_of(r, node, line ? line : e->line, e->key, &out[i]));
    }
    *texts = out;
    *count = n;
    return FS_OK;
}

fs_status fs_yaml_bool_of(fs_yaml *r, const fs_yaml_entry *e, bool *value)
{
    const char *text;
    FS_TRY(fs_yaml_text_of(r, e->value, e->line, e->key, &text));
    *value = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0;
    if (*value || strcmp(text, "false") == 0 || strcmp(text, "no") == 0) return FS_OK;
    return fs_yaml_fault(r, e->line, e->key, "true or false is wanted here");
}

/* One of `known`; its index. */
fs_status fs_yaml_choice_of(fs_yaml *r, const fs_yaml_entry *e, const char *const *known, int count,
                            int *index)
{
    const char *text;
    FS_TRY(fs_yaml_text_of(r, e->value, e->line, e->key, &text));
    for (*index = 0; *index < count; ++*index)
        if (strcmp(known[*index], text) == 0) return FS_OK;
    char where[96];
    snprintf(where, sizeof where, "as %.60s", e->key);
    return fs_yaml_unknown(r, e->line, text, where, known, count);
}
