/* foresell.yaml: read and checked.
 *
 * yaml_parse.c makes the tree; this file walks it once.
 * Every fault names file, line and key, and, where a word is not known, the nearest one that is.
 * A key is either a setting (settings.c; dotted names may be nested maps), or one of `files`,
 * `sources`, `policy`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "yaml_internal.h"

/* ---- sources: and policy: ---- */

static fs_status table_of(fs_yaml *r, const fs_yaml_node *e, const char *name,
                          const fs_canonical_table **table)
{
    const char *known[FS_CANONICAL_TABLES];
    for (int i = 0; i < FS_CANONICAL_TABLES; i++) known[i] = fs_canonical_at(i)->name;
    *table = fs_canonical_find(name);
    return *table ? FS_OK
                  : fs_yaml_unknown(r, e->line, name, "as a table", known, FS_CANONICAL_TABLES);
}

static fs_status source_entry(fs_yaml *r, const fs_yaml_node *e)
{
    const fs_canonical_table *table;
    FS_TRY(table_of(r, e, e->key, &table));
    const char **path;
    int paths;
    FS_TRY(fs_yaml_texts_of(r, e, &path, &paths));
    fs_project *p = r->project;
    fs_project_source *grown =
        fs_arena_zero(&p->arena, sizeof *grown * (size_t)(p->sources + paths + 1));
    if (!grown) return fs_yaml_no_memory(r);
    if (p->sources) memcpy(grown, p->source, sizeof *grown * (size_t)p->sources);
    p->source = grown;
    for (int i = 0; i < paths; i++) {
        if (!*path[i]) return fs_yaml_fault(r, e->line, e->key, "the path of a mapping is empty");
        p->source[p->sources++] =
            (fs_project_source){.table = table, .path = path[i], .line = e->line};
    }
    return FS_OK;
}

/* In the order of the canonical tables, a table's own order kept. */
static void sort_sources(fs_project *p, fs_project_source *sorted)
{
    int n = 0;
    for (int t = 0; t < FS_CANONICAL_TABLES; t++)
        for (int i = 0; i < p->sources; i++)
            if (p->source[i].table == fs_canonical_at(t)) sorted[n++] = p->source[i];
    p->source = sorted;
}

static fs_status read_sources(fs_yaml *r, const fs_yaml_node *e)
{
    FS_TRY(fs_yaml_want_map(r, e));
    for (const fs_yaml_node *part = e->child; part; part = part->next) {
        FS_TRY(source_entry(r, part));
    }
    fs_project *p = r->project;
    fs_project_source *sorted = fs_arena_zero(&p->arena, sizeof *sorted * (size_t)(p->sources + 1));
    if (!sorted) return fs_yaml_no_memory(r);
    sort_sources(p, sorted);
    return FS_OK;
}

static fs_status column_of(fs_yaml *r, const fs_yaml_node *e, const fs_canonical_table *table,
                           const char *name)
{
    const char *known[64];
    int count = 0;
    for (const fs_canonical_column *c = table->column; c->name && count < COUNT(known); c++) {
        if (strcmp(c->name, name) == 0) return FS_OK;
        known[count++] = c->name;
    }
    char where[96];
    snprintf(where, sizeof where, "as a column of %s", table->name);
    return fs_yaml_unknown(r, e->line, name, where, known, count);
}

/* sales.customer: keep | quarantine | fill VALUE */
static fs_status policy_entry(fs_yaml *r, const fs_yaml_node *e, fs_project_policy *policy)
{
    const char *dot = strchr(e->key, '.');
    if (!dot)
        return fs_yaml_fault(r, e->line, e->key,
                             "a policy is for a column, as in sales.customer: keep");
    const char *table = fs_arena_strndup(&r->project->arena, e->key, (size_t)(dot - e->key));
    if (!table) return fs_yaml_no_memory(r);
    FS_TRY(table_of(r, e, table, &policy->table));
    FS_TRY(column_of(r, e, policy->table, dot + 1));
    policy->column = dot + 1;
    const char *text;
    FS_TRY(fs_yaml_text_of(r, e, &text));
    if (strcmp(text, "keep") == 0) return policy->missing = FS_MISSING_KEEP, FS_OK;
    if (strcmp(text, "quarantine") == 0) return policy->missing = FS_MISSING_QUARANTINE, FS_OK;
    if (strncmp(text, "fill ", 5) != 0)
        return fs_yaml_fault(r, e->line, e->key, "keep, quarantine or 'fill VALUE' is wanted here");
    policy->missing = FS_MISSING_FALLBACK;
    policy->fill = text + 5;
    return FS_OK;
}

static fs_status read_policies(fs_yaml *r, const fs_yaml_node *e)
{
    FS_TRY(fs_yaml_want_map(r, e));
    fs_project *p = r->project;
    p->policy = fs_arena_zero(&p->arena, sizeof *p->policy * (size_t)(e->items + 1));
    if (!p->policy) return fs_yaml_no_memory(r);
    for (const fs_yaml_node *part = e->child; part; part = part->next) {
        FS_TRY(policy_entry(r, part, &p->policy[p->policies]));
        p->policies++;
    }
    return FS_OK;
}

/* ---- settings ---- */

/* "[a, b]" of a list. */
static fs_status list_text(fs_yaml *r, const fs_yaml_node *e, const char **text)
{
    const char **item;
    int items;
    FS_TRY(fs_yaml_texts_of(r, e, &item, &items));
    const char *list = "";
    for (int i = 0; list && i < items; i++)
        list = fs_arena_printf(&r->project->arena, "%s%s%s", list, i ? ", " : "", item[i]);
    *text = list ? fs_arena_printf(&r->project->arena, "[%s]", list) : NULL;
    return *text ? FS_OK : fs_yaml_no_memory(r);
}

static fs_status unknown_setting(fs_yaml *r, const fs_yaml_node *e, const char *name)
{
    const char *known[64] = {"files", "sources", "policy"};
    int count = 3;
    for (int i = 0; fs_setting_at(i) && count < COUNT(known); i++)
        known[count++] = fs_setting_at(i)->name;
    return fs_yaml_unknown(r, e->line, name, "as a setting", known, count);
}

static fs_status read_setting(fs_yaml *r, const fs_yaml_node *e, const char *name)
{
    int index = fs_project_setting_index(name);
    if (index < 0) return unknown_setting(r, e, name);
    const fs_setting *setting = fs_setting_at(index);
    bool list = setting->kind == FS_SETTING_NUMBERS || setting->kind == FS_SETTING_WORDS;
    const char *text;
    FS_TRY(list ? list_text(r, e, &text) : fs_yaml_text_of(r, e, &text));
    if (fs_setting_check(setting, text, r->error) != FS_OK)
        return fs_error_at(r->error, r->project->file, e->line, name), FS_USAGE;
    r->project->value[index] = text;
    return FS_OK;
}

/* A setting, or a map of settings that share what stands before the dot. */
static fs_status read_settings(fs_yaml *r, const fs_yaml_node *e, const char *prefix, int depth)
{
    const char *name =
        *prefix ? fs_arena_printf(&r->project->arena, "%s.%s", prefix, e->key) : e->key;
    if (!name) return fs_yaml_no_memory(r);
    if (e->kind != FS_YAML_MAP || depth > 4) return read_setting(r, e, name);
    for (const fs_yaml_node *part = e->child; part; part = part->next)
        FS_TRY(read_settings(r, part, name, depth + 1));
    return FS_OK;
}

/* ---- the whole file ---- */

static fs_status read_root(fs_yaml *r, const fs_yaml_node *root)
{
    if (root->kind == FS_YAML_TEXT && !*root->text) return FS_OK; /* an empty file: all defaults */
    FS_TRY(fs_yaml_want_map(r, root));
    for (const fs_yaml_node *e = root->child; e; e = e->next) {
        if (strcmp(e->key, "files") == 0)
            FS_TRY(fs_yaml_files(r, e));
        else if (strcmp(e->key, "sources") == 0)
            FS_TRY(read_sources(r, e));
        else if (strcmp(e->key, "policy") == 0)
            FS_TRY(read_policies(r, e));
        else
            FS_TRY(read_settings(r, e, "", 0));
    }
    return FS_OK;
}

fs_status fs_project_read_yaml(fs_project *project, const char *text, size_t bytes, fs_error *error)
{
    fs_yaml r = {.project = project, .error = error};
    fs_yaml_node root;
    FS_TRY(fs_yaml_parse(&r, text, bytes, &root));
    return read_root(&r, &root);
}
