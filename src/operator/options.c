/* The text of an operator's parameters.
 *
 *   text   = [ item { "," item } ]
 *   item   = NAME "=" value
 *   value  = word | "[" [ word { "," word } ] "]"
 *   word   = bare | 'quoted, '' for a quote' | "quoted, "" for a quote"
 *   bare   = any characters but white space , = [ ] ' "
 *
 * A name is a declared parameter, or a declared input column: then the value is the column of the
 * data that stands for it. The reader below turns the text into words; option_check.c holds each
 * against its declaration.
 */
#include <ctype.h>
#include <string.h>

#include "options_internal.h"

typedef struct reader {
    const fs_operator *op;
    fs_options *options;
    const char *at;
    fs_error *error;
} reader;

static void skip_blanks(reader *r)
{
    while (isspace((unsigned char)*r->at)) r->at++;
}

static fs_status fail_syntax(reader *r, const char *what)
{
    fs_fail(r->error, FS_USAGE, "operator %s: %s at \"%.40s\" in its parameters", r->op->name, what,
            *r->at ? r->at : "the end");
    fs_error_remedy(r->error, "write them as NAME = VALUE, NAME = [VALUE, VALUE], NAME = 'TEXT'");
    return FS_USAGE;
}

static bool is_bare(char c)
{
    return c != '\0' && !isspace((unsigned char)c) && !strchr(",=[]'\"", c);
}

static fs_status out_of_memory(reader *r) { return fs_fail_memory(r->error, strlen(r->at)); }

static fs_status read_quoted(reader *r, const char **word)
{
    char quote = *r->at++;
    char *out = fs_arena_alloc(&r->options->arena, strlen(r->at) + 1);
    if (!out) return out_of_memory(r);
    size_t size = 0;
    for (;; r->at++) {
        if (*r->at == '\0') return fail_syntax(r, "a quote that is not closed");
        if (*r->at == quote) {
            if (r->at[1] != quote) break;
            r->at++;
        }
        out[size++] = *r->at;
    }
    r->at++;
    out[size] = '\0';
    *word = out;
    return FS_OK;
}

static fs_status read_word(reader *r, const char **word)
{
    skip_blanks(r);
    if (*r->at == '\'' || *r->at == '"') return read_quoted(r, word);
    const char *start = r->at;
    while (is_bare(*r->at)) r->at++;
    if (r->at == start) return fail_syntax(r, "a value is missing");
    *word = fs_arena_strndup(&r->options->arena, start, (size_t)(r->at - start));
    return *word ? FS_OK : out_of_memory(r);
}

/* Words in a list are as many as its commas at most, plus one. */
static fs_status read_list(reader *r, fs_option_value *value)
{
    size_t most = 1;
    for (const char *c = ++r->at; *c && *c != ']'; c++) most += *c == ',';
    value->listed = true;
    value->word = fs_arena_alloc(&r->options->arena, most * sizeof *value->word);
    if (!value->word) return out_of_memory(r);
    for (skip_blanks(r); *r->at != ']'; skip_blanks(r)) {
        if (value->count > 0 && *r->at++ != ',') return r->at--, fail_syntax(r, "no , or ]");
        if ((size_t)value->count >= most) return fail_syntax(r, "no ]");
        FS_TRY(read_word(r, &value->word[value->count]));
        value->count++;
    }
    r->at++;
    return FS_OK;
}

static fs_status read_value(reader *r, fs_option_value *value)
{
    skip_blanks(r);
    value->given = true;
    if (*r->at == '[') return read_list(r, value);
    value->word = fs_arena_alloc(&r->options->arena, sizeof *value->word);
    if (!value->word) return out_of_memory(r);
    value->count = 1;
    return read_word(r, &value->word[0]);
}

static int param_index(const fs_operator *op, const char *name)
{
    for (int i = 0; op->params && op->params[i].name; i++)
        if (strcmp(op->params[i].name, name) == 0) return i;
    return -1;
}

static const fs_column *input_named(const fs_operator *op, const char *name)
{
    for (const fs_column *c = op->input; c->name; c++)
        if (strcmp(c->name, name) == 0 && c->role == FS_ROLE_VALUE) return c;
    return NULL;
}

#define NAMES_MOST 128 /* looked at for a suggestion */

static fs_status fail_unknown(reader *r, const char *name)
{
    const char *names[NAMES_MOST];
    int count = 0;
    for (const fs_param *p = r->op->params; p && p->name && count < NAMES_MOST; p++)
        names[count++] = p->name;
    for (const fs_column *c = r->op->input; c->name && count < NAMES_MOST; c++)
        if (c->role == FS_ROLE_VALUE) names[count++] = c->name;
    fs_fail(r->error, FS_USAGE, "operator %s has no parameter '%s'", r->op->name, name);
    int nearest = fs_operator_nearest(name, names, count);
    if (nearest >= 0)
        fs_error_remedy(r->error, "did you mean '%s'?", names[nearest]);
    else
        fs_error_remedy(r->error, "foresell operators %s lists what it takes", r->op->name);
    return FS_USAGE;
}

static fs_status fail_twice(reader *r, const char *name)
{
    return fs_fail(r->error, FS_USAGE, "operator %s: '%s' is given twice", r->op->name, name);
}

static fs_status read_binding(reader *r, const fs_column *input)
{
    fs_option_value value = {0};
    for (fs_option_column *b = r->options->binding; b; b = b->next)
        if (b->input == input->name) return fail_twice(r, input->name);
    FS_TRY(read_value(r, &value));
    if (value.listed || value.word[0][0] == '\0')
        return fs_fail(r->error, FS_USAGE, "operator %s: '%s' needs the name of one column",
                       r->op->name, input->name);
    fs_option_column *binding = fs_arena_alloc(&r->options->arena, sizeof *binding);
    if (!binding) return out_of_memory(r);
    *binding = (fs_option_column){.input = input->name, .column = value.word[0]};
    fs_option_column **place = &r->options->binding;
    while (*place && strcmp((*place)->input, input->name) < 0) place = &(*place)->next;
    binding->next = *place;
    *place = binding;
    return FS_OK;
}

static fs_status read_item(reader *r)
{
    const char *name = NULL;
    FS_TRY(read_word(r, &name));
    skip_blanks(r);
    if (*r->at != '=') return fail_syntax(r, "no =");
    r->at++;
    int index = param_index(r->op, name);
    if (index >= 0) {
        fs_option_value *value = &r->options->value[index];
        if (value->given) return fail_twice(r, name);
        return read_value(r, value);
    }
    const fs_column *input = input_named(r->op, name);
    return input ? read_binding(r, input) : fail_unknown(r, name);
}

static fs_status read_items(reader *r)
{
    skip_blanks(r);
    while (*r->at) {
        FS_TRY(read_item(r));
        skip_blanks(r);
        if (*r->at == '\0') break;
        if (*r->at != ',') return fail_syntax(r, "no comma");
        r->at++;
        skip_blanks(r);
        if (*r->at == '\0') return fail_syntax(r, "nothing after the comma");
    }
    return FS_OK;
}

/* A default is read by the same rules as what a user writes. */
static fs_status read_fallback(reader *r, const fs_param *param, fs_option_value *value)
{
    if (!param->fallback) {
        fs_fail(r->error, FS_USAGE, "operator %s: parameter '%s' must be given", r->op->name,
                param->name);
        fs_error_remedy(r->error, "%s", param->doc ? param->doc : "");
        return FS_USAGE;
    }
    r->at = param->fallback[0] ? param->fallback : "''";
    FS_TRY(read_value(r, value));
    value->given = false;
    return FS_OK;
}

static fs_status complete(reader *r)
{
    for (int i = 0; i < r->options->params; i++) {
        const fs_param *param = &r->op->params[i];
        fs_option_value *value = &r->options->value[i];
        if (!value->given) FS_TRY(read_fallback(r, param, value));
        FS_TRY(fs_option_check(r->options, param, value, r->error));
    }
    return FS_OK;
}

fs_status fs_options_parse(const fs_operator *op, const char *text, fs_options **options,
                           fs_error *error)
{
    *options = NULL;
    fs_options *made = fs_alloc_zero(1, sizeof *made);
    if (!made) return fs_fail_memory(error, sizeof *made);
    made->op = op;
    while (op->params && op->params[made->params].name) made->params++;
    made->value = fs_arena_zero(&made->arena, ((size_t)made->params + 1) * sizeof *made->value);
    reader r = {.op = op, .options = made, .at = text ? text : "", .error = error};
    fs_status status = made->value ? read_items(&r) : fs_fail_memory(error, sizeof *made->value);
    if (status == FS_OK) status = complete(&r);
    if (status != FS_OK) {
        fs_options_free(made);
        return status;
    }
    *options = made;
    return FS_OK;
}

void fs_options_free(fs_options *options)
{
    if (!options) return;
    fs_arena_free(&options->arena);
    fs_free(options);
}

const char *fs_options_column(const fs_options *options, const char *input)
{
    for (const fs_option_column *b = options->binding; b; b = b->next)
        if (strcmp(b->input, input) == 0) return b->column;
    return NULL;
}
