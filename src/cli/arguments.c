/* Arguments by the table: --name value, --name=value, -o value, -- ends the options.
 *
 * Options may stand before, between and after the arguments. Where the verb takes an operator, the first argument
 * names it, and from there on its parameters (and its named value columns) are options as well: their values are
 * checked by the operator itself, so that a fault reads the same here, in a step and from Python.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli_internal.h"

/* ---- the name that was probably meant ---- */

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Edits from a to b: insert, delete, replace (Wagner and Fischer 1974), one row at a time. */
static size_t edits(const char *a, const char *b)
{
    enum { MOST = 48 };
    size_t n = strnlen(a, MOST), m = strnlen(b, MOST);
    size_t row[MOST + 1];
    for (size_t j = 0; j <= m; j++) row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t above = row[j];
            row[j] = least(least(above, row[j - 1]) + 1, corner + (a[i - 1] != b[j - 1]));
            corner = above;
        }
    }
    return row[m];
}

int fs_cli_nearest(const char *word, const char *const *names, int count)
{
    int best = -1;
    size_t fewest = 2 + strlen(word) / 3;
    for (int i = 0; i < count; i++) {
        size_t distance = edits(word, names[i]);
        if (distance < fewest) {
            fewest = distance;
            best = i;
        }
    }
    return best;
}

/* ---- looking things up ---- */

static const cli_option *option_in(const cli_option *options, const char *name, size_t size)
{
    for (const cli_option *o = options; o && o->name; o++)
        if (strlen(o->name) == size && strncmp(o->name, name, size) == 0) return o;
    return NULL;
}

static const cli_option *option_named(const cli_verb *verb, const char *name, size_t size)
{
    const cli_option *own = option_in(verb->options, name, size);
    return own ? own : option_in(fs_cli_common_options, name, size);
}

static const cli_option *option_lettered(const cli_verb *verb, char letter)
{
    const cli_option *tables[] = {verb->options, fs_cli_common_options};
    for (int t = 0; t < 2; t++)
        for (const cli_option *o = tables[t]; o && o->name; o++)
            if (o->letter == letter) return o;
    return NULL;
}

/* A parameter of the operator, or a value column that the user may name. */
static bool is_param(const fs_operator *op, const char *name, size_t size, bool *is_flag)
{
    *is_flag = false;
    if (!op) return false;
    for (const fs_param *p = op->params; p && p->name; p++)
        if (strlen(p->name) == size && strncmp(p->name, name, size) == 0)
            return *is_flag = p->type == FS_TYPE_BOOL, true;
    for (const fs_column *c = op->input; c->name; c++)
        if (c->role == FS_ROLE_VALUE && strlen(c->name) == size &&
            strncmp(c->name, name, size) == 0)
            return true;
    return false;
}

static const char *suggestion(const cli_call *call, const char *word)
{
    const char *names[160];
    int count = 0;
    const cli_option *tables[] = {call->verb->options, fs_cli_common_options};
    for (int t = 0; t < 2; t++)
        for (const cli_option *o = tables[t]; o && o->name && count < 160; o++)
            names[count++] = o->name;
    for (const fs_param *p = call->op ? call->op->params : NULL; p && p->name && count < 160; p++)
        names[count++] = p->name;
    int nearest = fs_cli_nearest(word, names, count);
    return nearest < 0 ? NULL : names[nearest];
}

static fs_status fail_unknown(const cli_call *call, const char *word, fs_error *error)
{
    const char *what = call->op ? call->op->name : call->verb->name;
    fs_fail(error, FS_USAGE, "%s has no option %s", what, word);
    const char *meant = suggestion(call, word + strspn(word, "-"));
    if (meant) return fs_error_remedy(error, "did you mean --%s?", meant);
    if (call->verb->takes_params && !call->op)
        return fs_error_remedy(error, "name the operator before its parameters");
    return fs_error_remedy(error, "foresell help %s lists its options", call->verb->name);
}

/* ---- values ---- */

bool fs_cli_read_bytes(const char *text, int64_t *bytes)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"", 1},
                 {"b", 1},
                 {"k", 1024},
                 {"kb", 1e3},
                 {"kib", 1024},
                 {"m", 1048576.},
                 {"mb", 1e6},
                 {"mib", 1048576.},
                 {"g", 1073741824.},
                 {"gb", 1e9},
                 {"gib", 1073741824.},
                 {"t", 1099511627776.},
                 {"tb", 1e12},
                 {"tib", 1099511627776.}};
    char *end = NULL;
    if (!isdigit((unsigned char)text[0])) return false;
    double number = strtod(text, &end);
    while (isspace((unsigned char)*end)) end++;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcasecmp(end, units[i].unit) != 0) continue;
        double size = number * units[i].factor;
        if (!(size >= 1 && size < 9e18)) return false;
        *bytes = (int64_t)size;
        return true;
    }
    return false;
}

static bool is_among(const char *choices, const char *value)
{
    size_t size = strlen(value);
    for (const char *c = choices; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL)
        if (strncmp(c, value, size) == 0 && (c[size] == '|' || c[size] == '\0')) return size > 0;
    return false;
}

static fs_status check_number(const cli_option *o, const char *value, fs_error *error)
{
    char *end = NULL;
    errno = 0;
    double number = strtod(value, &end);
    bool whole = o->kind != CLI_INT || (number == floor(number) && fabs(number) < 9e15);
    if (end == value || *end || errno || !isfinite(number) || !whole)
        return fs_fail(error, FS_USAGE, "--%s: '%s' is not a %snumber", o->name, value,
                       o->kind == CLI_INT ? "whole " : "");
    if ((o->minimum != 0 || o->maximum != 0) && (number < o->minimum || number > o->maximum))
        return fs_fail(error, FS_USAGE, "--%s: %s is not between %.15g and %.15g", o->name, value,
                       o->minimum, o->maximum);
    return FS_OK;
}

static fs_status check_value(const cli_option *o, const char *value, fs_error *error)
{
    int64_t bytes = 0;
    if (o->kind == CLI_INT || o->kind == CLI_NUMBER) return check_number(o, value, error);
    if (o->kind == CLI_BYTES && !fs_cli_read_bytes(value, &bytes)) {
        fs_fail(error, FS_USAGE, "--%s: '%s' is not a size", o->name, value);
        return fs_error_remedy(error, "write it as 2GiB, 500MB or a number of bytes");
    }
    if (o->choices && !is_among(o->choices, value))
        return fs_fail(error, FS_USAGE, "--%s: '%s' is not one of %s", o->name, value, o->choices);
    return FS_OK;
}

static fs_status keep(cli_call *call, const char *name, const char *value, bool param,
                      fs_error *error)
{
    cli_given *given = fs_arena_zero(&call->arena, sizeof *given);
    if (!given) return fs_fail_memory(error, sizeof *given);
    *given = (cli_given){.name = name, .value = value, .is_param = param};
    cli_given **place = &call->given;
    while (*place) place = &(*place)->next;
    *place = given;
    return FS_OK;
}

const char **fs_cli_names(cli_call *call, const char *text, int *count)
{
    size_t most = 1;
    for (const char *c = text; *c; c++) most += *c == ',';
    const char **name = fs_arena_alloc(&call->arena, most * sizeof *name);
    char *rest = fs_arena_strdup(&call->arena, text);
    *count = 0;
    if (!name || !rest) return NULL;
    for (char *word; (word = strtok_r(rest, ",", &rest));) {
        word += strspn(word, " ");
        for (size_t n = strlen(word); n > 0 && word[n - 1] == ' '; n--) word[n - 1] = '\0';
        name[(*count)++] = word;
    }
    return name;
}

/* ---- words ---- */

typedef struct words {
    int count, at;
    char **word;
} words;

/* The value of an option: what follows '=', or the next word. */
static fs_status value_of(words *w, const char *option, const char *equals, const char **value,
                          fs_error *error)
{
    if (equals) {
        *value = equals + 1;
        return FS_OK;
    }
    if (w->at + 1 >= w->count) return fs_fail(error, FS_USAGE, "%s needs a value after it", option);
    *value = w->word[++w->at];
    return FS_OK;
}

static fs_status take_option(cli_call *call, words *w, const cli_option *o, const char *equals,
                             fs_error *error)
{
    const char *value = NULL;
    if (o->kind == CLI_FLAG && equals)
        return fs_fail(error, FS_USAGE, "--%s takes no value", o->name);
    if (o->kind != CLI_FLAG) {
        FS_TRY(value_of(w, w->word[w->at], equals, &value, error));
        FS_TRY(check_value(o, value, error));
    }
    for (cli_given *g = call->given; g && o->kind != CLI_LIST; g = g->next)
        if (!g->is_param && strcmp(g->name, o->name) == 0)
            return fs_fail(error, FS_USAGE, "--%s is given twice", o->name);
    return keep(call, o->name, value, false, error);
}

static fs_status take_param(cli_call *call, words *w, const char *name, const char *equals,
                            bool is_flag, fs_error *error)
{
    size_t size = equals ? (size_t)(equals - name) : strlen(name);
    const char *value = "true", *next = w->at + 1 < w->count ? w->word[w->at + 1] : NULL;
    bool said = next && (strcmp(next, "true") == 0 || strcmp(next, "false") == 0);
    if (!is_flag || equals || said) FS_TRY(value_of(w, w->word[w->at], equals, &value, error));
    const char *kept = fs_arena_strndup(&call->arena, name, size);
    if (!kept) return fs_fail_memory(error, size);
    return keep(call, kept, value, true, error);
}

static fs_status take_long(cli_call *call, words *w, fs_error *error)
{
    const char *name = w->word[w->at] + 2, *equals = strchr(name, '=');
    size_t size = equals ? (size_t)(equals - name) : strlen(name);
    bool is_flag = false;
    if (is_param(call->op, name, size, &is_flag))
        return take_param(call, w, name, equals, is_flag, error);
    const cli_option *o = option_named(call->verb, name, size);
    return o ? take_option(call, w, o, equals, error) : fail_unknown(call, w->word[w->at], error);
}

static fs_status take_argument(cli_call *call, const char *word, fs_error *error)
{
    const cli_verb *verb = call->verb;
    if (verb->most >= 0 && call->arguments >= verb->most) {
        fs_fail(error, FS_USAGE, "%s: '%s' is one argument too many", verb->name, word);
        return fs_error_remedy(error, "usage: foresell %s %s", verb->name, verb->arguments);
    }
    call->argument[call->arguments++] = word;
    if (verb->takes_params && call->arguments == 1) {
        call->op = fs_operator_find(word, error);
        if (!call->op) return error && error->status ? error->status : FS_USAGE;
    }
    return FS_OK;
}

static fs_status take_word(cli_call *call, words *w, bool *ended, fs_error *error)
{
    const char *word = w->word[w->at];
    if (*ended || word[0] != '-' || word[1] == '\0') return take_argument(call, word, error);
    if (strcmp(word, "--") == 0) return *ended = true, FS_OK;
    if (word[1] == '-') return take_long(call, w, error);
    const cli_option *o = word[2] == '\0' ? option_lettered(call->verb, word[1]) : NULL;
    return o ? take_option(call, w, o, NULL, error) : fail_unknown(call, word, error);
}

fs_status fs_cli_parse(cli_call *call, int count, char **word, fs_error *error)
{
    words w = {.count = count, .word = word};
    bool ended = false;
    size_t bytes = (size_t)(count + 1) * sizeof *call->argument;
    call->argument = fs_arena_zero(&call->arena, bytes);
    if (!call->argument) return fs_fail_memory(error, bytes);
    for (; w.at < w.count; w.at++) FS_TRY(take_word(call, &w, &ended, error));
    if (call->arguments < call->verb->least && !fs_cli_flag(call, "help")) {
        fs_fail(error, FS_USAGE, "%s: an argument is missing", call->verb->name);
        return fs_error_remedy(error, "usage: foresell %s %s; foresell help %s tells more",
                               call->verb->name, call->verb->arguments, call->verb->name);
    }
    return FS_OK;
}

/* ---- asking ---- */

static const cli_given *given(const cli_call *call, const char *name)
{
    for (const cli_given *g = call->given; g; g = g->next)
        if (!g->is_param && strcmp(g->name, name) == 0) return g;
    return NULL;
}

bool fs_cli_flag(const cli_call *call, const char *name) { return given(call, name) != NULL; }

const char *fs_cli_text(const cli_call *call, const char *name)
{
    const cli_given *g = given(call, name);
    if (g) return g->value;
    const cli_option *o = option_named(call->verb, name, strlen(name));
    return o ? o->fallback : NULL;
}

double fs_cli_number(const cli_call *call, const char *name)
{
    const char *text = fs_cli_text(call, name);
    return text ? strtod(text, NULL) : 0;
}

int64_t fs_cli_int(const cli_call *call, const char *name)
{
    return (int64_t)fs_cli_number(call, name);
}

int64_t fs_cli_bytes(const cli_call *call, const char *name)
{
    int64_t bytes = 0;
    const char *text = fs_cli_text(call, name);
    return text && fs_cli_read_bytes(text, &bytes) ? bytes : 0;
}

const char **fs_cli_list(cli_call *call, const char *name, int *count)
{
    int n = 0;
    for (const cli_given *g = call->given; g; g = g->next)
        n += !g->is_param && strcmp(g->name, name) == 0;
    const char **values = fs_arena_alloc(&call->arena, (size_t)(n + 1) * sizeof *values);
    *count = values ? n : -1;
    if (!values) return NULL;
    n = 0;
    for (const cli_given *g = call->given; g; g = g->next)
        if (!g->is_param && strcmp(g->name, name) == 0) values[n++] = g->value;
    values[n] = NULL;
    return values;
}
