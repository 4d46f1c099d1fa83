/* foresell.yaml: read and checked.
 *
 * libfyaml parses; this file walks the tree once and copies what it says into the project's arena.
 * Every fault names file, line and key, and, where a word is not known, the nearest one that is.
 * A key is either a setting (settings.c; dotted names may be nested maps), or one of `files`,
 * `sources`, `policy`. Aliases and anchors are refused: a settings file needs none, and a small file
 * of them can stand for a huge one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "yaml_internal.h"

/* ---- sources: and policy: ---- */

static fs_status table_of(fs_yaml *r, const fs_yaml_entry *e, const char *name,
                          const fs_canonical_table **table)
{
    const char *known[FS_CANONICAL_TABLES];
    for (int i = 0; i < FS_CANONICAL_TABLES; i++) known[i] = fs_canonical_at(i)->name;
    *table = fs_canonical_find(name);
    return *table ? FS_OK
                  : fs_yaml_unknown(r, e->line, name, "as a table", known, FS_CANONICAL_TABLES);
}

static fs_status source_entry(fs_yaml *r, const fs_yaml_entry *e)
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

static fs_status read_sources(fs_yaml *r, const fs_yaml_entry *e)
{
    FS_TRY(fs_yaml_want_map(r, e));
    void *at = NULL;
    fs_yaml_entry part;
    bool more;
    for (;;) {
        FS_TRY(fs_yaml_next_entry(r, e->value, &at, &part, &more));
        if (!more) break;
        FS_TRY(source_entry(r, &part));
    }
    fs_project *p = r->project;
    fs_project_source *sorted = fs_arena_zero(&p->arena, sizeof *sorted * (size_t)(p->sources + 1));
    if (!sorted) return fs_yaml_no_memory(r);
    sort_sources(p, sorted);
    return FS_OK;
}

static fs_status column_of(fs_yaml *r, const fs_yaml_entry *e, const fs_canonical_table *table,
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
static fs_status policy_entry(fs_yaml *r, const fs_yaml_entry *e, fs_project_policy *policy)
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
    FS_TRY(fs_yaml_text_of(r, e->value, e->line, e->key, &text));
    if (strcmp(text, "keep") == 0) return policy->missing = FS_MISSING_KEEP, FS_OK;
    if (strcmp(text, "quarantine") == 0) return policy->missing = FS_MISSING_QUARANTINE, FS_OK;
    if (strncmp(text, "fill ", 5) != 0)
        return fs_yaml_fault(r, e->line, e->key, "keep, quarantine or 'fill VALUE' is wanted here");
    policy->missing = FS_MISSING_FALLBACK;
    policy->fill = text + 5;
    return FS_OK;
}

static fs_status read_policies(fs_yaml *r, const fs_yaml_entry *e)
{
    FS_TRY(fs_yaml_want_map(r, e));
    fs_project *p = r->project;
    int count = fy_node_mapping_item_count(e->value);
    p->policy = fs_arena_zero(&p->arena, sizeof *p->policy * (size_t)(count + 1));
    if (!p->policy) return fs_yaml_no_memory(r);
    void *at = NULL;
    fs_yaml_entry part;
    bool more;
    while (p->policies < count) {
        FS_TRY(fs_yaml_next_entry(r, e->value, &at, &part, &more));
        if (!more) break;
        FS_TRY(policy_entry(r, &part, &p->policy[p->policies]));
        p->policies++;
    }
    return FS_OK;
}

/* ---- settings ---- */

/* "[a, b]" of a list. */
static fs_status list_text(fs_yaml *r, const fs_yaml_entry *e, const char **text)
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

static fs_status unknown_setting(fs_yaml *r, const fs_yaml_entry *e, const char *name)
{
    const char *known[64] = {"files", "sources", "policy"};
    int count = 3;
    for (int i = 0; fs_setting_at(i) && count < COUNT(known); i++)
        known[count++] = fs_setting_at(i)->name;
    return fs_yaml_unknown(r, e->line, name, "as a setting", known, count);
}

static fs_status read_setting(fs_yaml *r, const fs_yaml_entry *e, const char *name)
{
    int index = fs_project_setting_index(name);
    if (index < 0) return unknown_setting(r, e, name);
    const fs_setting *setting = fs_setting_at(index);
    bool list = setting->kind == FS_SETTING_NUMBERS || setting->kind == FS_SETTING_WORDS;
    const char *text;
    FS_TRY(list ? list_text(r, e, &text) : fs_yaml_text_of(r, e->value, e->line, e->key, &text));
    if (fs_setting_check(setting, text, r->error) != FS_OK)
        return fs_error_at(r->error, r->project->file, e->line, name), FS_USAGE;
    r->project->value[index] = text;
    return FS_OK;
}

/* A setting, or a map of settings that share what stands before the dot. */
static fs_status read_settings(fs_yaml *r, const fs_yaml_entry *e, const char *prefix, int depth)
{
    const char *name =
        *prefix ? fs_arena_printf(&r->project->arena, "%s.%s", prefix, e->key) : e->key;
    if (!name) return fs_yaml_no_memory(r);
    if (!e->value || !fy_node_is_mapping(e->value) || depth > 4) return read_setting(r, e, name);
    void *at = NULL;
    fs_yaml_entry part;
    bool more;
    for (;;) {
        FS_TRY(fs_yaml_next_entry(r, e->value, &at, &part, &more));
        if (!more) return FS_OK;
        FS_TRY(read_settings(r, &part, name, depth + 1));
    }
}

/* ---- the whole file ---- */

static fs_status read_root(fs_yaml *r, struct fy_node *root)
{
    if (!root || fy_node_is_null(root)) return FS_OK; /* an empty file: all defaults */
    fs_yaml_entry e = {.key = NULL, .line = 1, .value = root};
    FS_TRY(fs_yaml_want_map(r, &e));
    void *at = NULL;
    bool more;
    for (;;) {
        FS_TRY(fs_yaml_next_entry(r, root, &at, &e, &more));
        if (!more) return FS_OK;
        if (strcmp(e.key, "files") == 0)
            FS_TRY(fs_yaml_files(r, &e));
        else if (strcmp(e.key, "sources") == 0)
            FS_TRY(read_sources(r, &e));
        else if (strcmp(e.key, "policy") == 0)
            FS_TRY(read_policies(r, &e));
        else
            FS_TRY(read_settings(r, &e, "", 0));
    }
}

/* What libfyaml has against the text. */
static fs_status syntax_fault(fs_yaml *r, struct fy_diag *diag)
{
    void *at = NULL;
    struct fy_diag_error *first = fy_diag_errors_iterate(diag, &at);
    if (!first) return fs_yaml_fault(r, 0, NULL, "this is not YAML");
    fs_fail(r->error, FS_USAGE, "this is not YAML: %s", first->msg ? first->msg : "unknown fault");
    fs_error_at(r->error, r->project->file, first->line, NULL);
    return fs_error_remedy(r->error,
                           "Mind the indentation; put quotes around texts with : # or brackets."),
           FS_USAGE;
}

/* Bytes before the first that is no UTF-8, or `bytes`. libfyaml does not come back from some of these. */
static size_t utf8_bytes(const unsigned char *text, size_t bytes)
{
    size_t at = 0;
    while (at < bytes) {
        unsigned char c = text[at];
        size_t more = c < 0x80 ? 0 : c < 0xc2 ? 4 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf5 ? 3 : 4;
        if (more == 4 || c == 0 || at + more >= bytes) return at;
        for (size_t i = 1; i <= more; i++)
            if ((text[at + i] & 0xc0) != 0x80) return at;
        if ((c == 0xe0 && text[at + 1] < 0xa0) || (c == 0xed && text[at + 1] > 0x9f) ||
            (c == 0xf0 && text[at + 1] < 0x90) || (c == 0xf4 && text[at + 1] > 0x8f))
            return at;
        at += more + 1;
    }
    return at;
}

static fs_status check_utf8(fs_yaml *r, const char *text, size_t bytes)
{
    size_t good = utf8_bytes((const unsigned char *)text, bytes);
    int64_t line = 1;
    if (good == bytes) return FS_OK;
    for (size_t i = 0; i < good; i++) line += text[i] == '\n';
    fs_fail(r->error, FS_USAGE, "this is not UTF-8");
    fs_error_at(r->error, r->project->file, line, NULL);
    return fs_error_remedy(r->error, "Let the editor save it as UTF-8."), FS_USAGE;
}

fs_status fs_project_read_yaml(fs_project *project, const char *text, size_t bytes, fs_error *error)
{
    fs_yaml r = {.project = project, .error = error};
    FS_TRY(check_utf8(&r, text, bytes));
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&quiet);
    if (!diag) return fs_yaml_no_memory(&r);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg parse = {.flags = FYPCF_QUIET | FYPCF_JSON_NONE, .diag = diag};
    struct fy_document *document = fy_document_build_from_string(&parse, text, bytes);
    fs_status status;
    if (bytes == 0)
        status = FS_OK;
    else if (!document)
        status = syntax_fault(&r, diag);
    else
        status = read_root(&r, fy_document_root(document));
    if (document) fy_document_destroy(document);
    fy_diag_destroy(diag);
    return status;
}
