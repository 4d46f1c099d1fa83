/* Nodes of foresell.yaml as texts, lists and maps, and the words of its faults. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "yaml_internal.h"

/* ---- faults ---- */

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

/* Text of a scalar; "" for an empty value. */
fs_status fs_yaml_text_of(fs_yaml *r, const fs_yaml_node *e, const char **text)
{
    if (e->kind != FS_YAML_TEXT)
        return fs_yaml_fault(r, e->line, e->key, "one value is wanted here, not a list or map");
    *text = e->text;
    return FS_OK;
}

fs_status fs_yaml_want_map(fs_yaml *r, const fs_yaml_node *e)
{
    if (e->kind == FS_YAML_MAP) return FS_OK;
    return fs_yaml_fault(r, e->line, e->key, "a map (key: value) is wanted here");
}

/* A scalar or a list of scalars. */
fs_status fs_yaml_texts_of(fs_yaml *r, const fs_yaml_node *e, const char ***texts, int *count)
{
    int n = 0, most = e->kind == FS_YAML_LIST ? e->items : 1;
    const char **out = fs_arena_zero(&r->project->arena, sizeof *out * (size_t)(most + 1));
    if (!out) return fs_yaml_no_memory(r);
    if (e->kind == FS_YAML_LIST)
        for (const fs_yaml_node *item = e->child; item; item = item->next)
            FS_TRY(fs_yaml_text_of(r, item, &out[n++]));
    else
        FS_TRY(fs_yaml_text_of(r, e, &out[n++]));
    *texts = out;
    *count = n;
    return FS_OK;
}

fs_status fs_yaml_bool_of(fs_yaml *r, const fs_yaml_node *e, bool *value)
{
    const char *text;
    FS_TRY(fs_yaml_text_of(r, e, &text));
    *value = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0;
    if (*value || strcmp(text, "false") == 0 || strcmp(text, "no") == 0) return FS_OK;
    return fs_yaml_fault(r, e->line, e->key, "true or false is wanted here");
}

/* One of `known`; its index. */
fs_status fs_yaml_choice_of(fs_yaml *r, const fs_yaml_node *e, const char *const *known, int count,
                            int *index)
{
    const char *text;
    FS_TRY(fs_yaml_text_of(r, e, &text));
    for (*index = 0; *index < count; ++*index)
        if (strcmp(known[*index], text) == 0) return FS_OK;
    char where[96];
    snprintf(where, sizeof where, "as %.60s", e->key);
    return fs_yaml_unknown(r, e->line, text, where, known, count);
}
