/* The tree of a YAML text, from the events of libyaml, in the project's arena.
 *
 * Anchors and aliases are refused: a settings file needs none, and a small file of them can stand for a
 * huge one. So are keys that come twice in a map, keys that are no text, and a second document.
 */
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "yaml_internal.h"

enum { DEEPEST = 32 }; /* lists and maps in one another */

typedef struct events {
    fs_yaml *r;
    const char *text;
    yaml_parser_t parser;
    yaml_event_t event; /* the one that is read */
} events;

/* ---- what libyaml has against the text ---- */

static int64_t line_at(const char *text, size_t offset)
{
    int64_t line = 1;
    for (size_t i = 0; i < offset; i++) line += text[i] == '\n';
    return line;
}

/* libyaml has no code of its own for a character that YAML does not allow, only these words. */
static bool is_control(const yaml_parser_t *p)
{
    return p->problem && strstr(p->problem, "control characters");
}

static fs_status reader_fault(events *in)
{
    const yaml_parser_t *p = &in->parser;
    if (is_control(p))
        fs_fail(in->r->error, FS_USAGE, "a control character, number %d, stands in this line",
                p->problem_value);
    else
        fs_fail(in->r->error, FS_USAGE, "this is not text in UTF-8: %s",
                p->problem ? p->problem : "unknown fault");
    fs_error_at(in->r->error, in->r->project->file, line_at(in->text, p->problem_offset), NULL);
    return fs_error_remedy(in->r->error,
                           is_control(p) ? "Delete it." : "Let the editor save it as UTF-8."),
           FS_USAGE;
}

static fs_status syntax_fault(events *in)
{
    const yaml_parser_t *p = &in->parser;
    if (p->error == YAML_MEMORY_ERROR) return fs_yaml_no_memory(in->r);
    if (p->error == YAML_READER_ERROR) return reader_fault(in);
    fs_fail(in->r->error, FS_USAGE, "this is not YAML: %s",
            p->problem ? p->problem : "unknown fault");
    fs_error_at(in->r->error, in->r->project->file, (int64_t)p->problem_mark.line + 1, NULL);
    return fs_error_remedy(in->r->error, "Mind the indentation; put quotes around texts with : # "
                                         "or brackets."),
           FS_USAGE;
}

static fs_status next(events *in)
{
    yaml_event_delete(&in->event);
    return yaml_parser_parse(&in->parser, &in->event) ? FS_OK : syntax_fault(in);
}

/* ---- the tree ---- */

static int64_t line_of(const events *in) { return (int64_t)in->event.start_mark.line + 1; }

static fs_status scalar_text(events *in, const char *key, const char **text)
{
    const char *scalar = (const char *)in->event.data.scalar.value;
    size_t bytes = in->event.data.scalar.length;
    if (memchr(scalar, '\0', bytes))
        return fs_yaml_fault(in->r, line_of(in), key, "a NUL character stands in the text");
    *text = fs_arena_strndup(&in->r->project->arena, scalar, bytes);
    return *text ? FS_OK : fs_yaml_no_memory(in->r);
}

static bool is_anchored(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT: return true;
    case YAML_SCALAR_EVENT: return event->data.scalar.anchor != NULL;
    case YAML_SEQUENCE_START_EVENT: return event->data.sequence_start.anchor != NULL;
    case YAML_MAPPING_START_EVENT: return event->data.mapping_start.anchor != NULL;
    default: return false;
    }
}

static int by_key(const void *a, const void *b)
{
    const fs_yaml_node *x = *(const fs_yaml_node *const *)a, *y = *(const fs_yaml_node *const *)b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static fs_status no_key_twice(events *in, const fs_yaml_node *map)
{
    const fs_yaml_node **sorted =
        fs_arena_zero(&in->r->project->arena, sizeof *sorted * (size_t)(map->items + 1));
    if (!sorted) return fs_yaml_no_memory(in->r);
    int n = 0;
    for (const fs_yaml_node *e = map->child; e; e = e->next) sorted[n++] = e;
    qsort(sorted, (size_t)n, sizeof *sorted, by_key);
    for (int i = 1; i < n; i++)
        if (strcmp(sorted[i]->key, sorted[i - 1]->key) == 0)
            return fs_yaml_fault(in->r, sorted[i]->line, sorted[i]->key, "this key comes twice");
    return FS_OK;
}

static fs_status value_of(events *in, fs_yaml_node *node, int depth);

/* The items up to the event `end`; a map's have keys. */
static fs_status items_of(events *in, fs_yaml_node *node, yaml_event_type_t end, int depth)
{
    fs_yaml_node **last = &node->child;
    for (;; node->items++) {
        FS_TRY(next(in));
        if (in->event.type == end) break;
        fs_yaml_node *item = *last = fs_arena_zero(&in->r->project->arena, sizeof *item);
        if (!item) return fs_yaml_no_memory(in->r);
        last = &item->next;
        item->key = node->key;
        item->line = line_of(in);
        if (node->kind == FS_YAML_MAP) {
            item->key = NULL;
            if (is_anchored(&in->event) || in->event.type != YAML_SCALAR_EVENT)
                return fs_yaml_fault(in->r, item->line, NULL, "a key is a text (key: value)");
            FS_TRY(scalar_text(in, NULL, &item->key));
            FS_TRY(next(in));
        }
        FS_TRY(value_of(in, item, depth));
    }
    return node->kind == FS_YAML_MAP ? no_key_twice(in, node) : FS_OK;
}

/* The value that begins with the event at hand. */
static fs_status value_of(events *in, fs_yaml_node *node, int depth)
{
    if (is_anchored(&in->event))
        return fs_yaml_fault(in->r, node->line, node->key,
                             "anchors (&name) and aliases (*name) are not taken here");
    if (in->event.type == YAML_SCALAR_EVENT) return scalar_text(in, node->key, &node->text);
    if (depth == DEEPEST)
        return fs_yaml_fault(in->r, node->line, node->key,
                             "lists and maps lie too deep in one another");
    bool map = in->event.type == YAML_MAPPING_START_EVENT;
    node->kind = map ? FS_YAML_MAP : FS_YAML_LIST;
    return items_of(in, node, map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT, depth + 1);
}

/* The one document; an empty text where there is none. */
static fs_status document_of(events *in, fs_yaml_node *root)
{
    FS_TRY(next(in)); /* the stream begins */
    FS_TRY(next(in));
    if (in->event.type == YAML_STREAM_END_EVENT) return FS_OK;
    FS_TRY(next(in)); /* the document's first */
    root->line = line_of(in);
    FS_TRY(value_of(in, root, 0));
    FS_TRY(next(in)); /* the document ends */
    FS_TRY(next(in));
    if (in->event.type == YAML_STREAM_END_EVENT) return FS_OK;
    return fs_yaml_fault(in->r, line_of(in), NULL, "a second document (---) is not taken here");
}

fs_status fs_yaml_parse(fs_yaml *r, const char *text, size_t bytes, fs_yaml_node *root)
{
    events in = {.r = r, .text = text};
    *root = (fs_yaml_node){.line = 1, .text = ""};
    if (!yaml_parser_initialize(&in.parser)) return fs_yaml_no_memory(r);
    yaml_parser_set_input_string(&in.parser, (const unsigned char *)text, bytes);
    fs_status status = document_of(&in, root);
    yaml_event_delete(&in.event);
    yaml_parser_delete(&in.parser);
    return status;
}
