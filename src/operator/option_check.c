/* Parameters against their declarations, and what operators ask of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options_internal.h"

/* ---- single words ---- */

/* Decimal numbers only: no hex, no "inf". */
static bool is_number(const char *text, double *number)
{
    if (text[0] == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0') return false;
    char *end = NULL;
    *number = strtod(text, &end);
    return *end == '\0' && end != text && isfinite(*number);
}

static bool is_integer(const char *text, int64_t *integer)
{
    double number = 0;
    if (!is_number(text, &number) || number != floor(number) || fabs(number) > 0x1p53) return false;
    *integer = (int64_t)number;
    return true;
}

static bool is_bool(const char *text, int64_t *value)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (int i = 0; i < 8; i++)
        if (strcmp(text, words[i]) == 0) return *value = i % 2, true;
    return false;
}

bool fs_option_date(const char *text, int64_t *days)
{
    int year = 0, month = 0, day = 0, end = 0;
    if (sscanf(text, "%d-%2d-%2d%n", &year, &month, &day, &end) != 3 || text[end]) return false;
    if (year < -99999 || year > 99999 || !fs_civil_is_valid(year, month, day)) return false;
    *days = fs_days_from_civil(year, month, day);
    return true;
}

void fs_option_number_text(double number, char out[32])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, 32, "%.*g", digits, number);
        if (strtod(out, NULL) == number) return;
    }
}

/* ---- checks ---- */

static bool in_choices(const char *choices, const char *word)
{
    size_t size = strlen(word);
    for (const char *c = choices; c; c = strchr(c, '|'), c = c ? c + 1 : NULL)
        if (strncmp(c, word, size) == 0 && (c[size] == '|' || c[size] == '\0')) return size > 0;
    return false;
}

static fs_status refuse(const fs_options *options, const fs_param *param, const char *word,
                        const char *wanted, fs_error *error)
{
    fs_fail(error, FS_USAGE, "operator %s: parameter '%s' is '%s', but %s", options->op->name,
            param->name, word, wanted);
    if (param->doc) fs_error_remedy(error, "%s: %s", param->name, param->doc);
    return FS_USAGE;
}

static fs_status check_bounds(const fs_options *options, const fs_param *param, const char *word,
                              double number, fs_error *error)
{
    if (param->minimum == 0 && param->maximum == 0) return FS_OK;
    if (number >= param->minimum && number <= param->maximum) return FS_OK;
    char least[32], most[32], wanted[96];
    fs_option_number_text(param->minimum, least);
    fs_option_number_text(param->maximum, most);
    snprintf(wanted, sizeof wanted, "must lie from %s to %s", least, most);
    return refuse(options, param, word, wanted, error);
}

/* The choice that was probably meant, in `near`; false where none is like it. */
static bool nearest_choice(const char *choices, const char *word, char near[64])
{
    char text[512];
    const char *names[64];
    int count = 0;
    snprintf(text, sizeof text, "%s", choices);
    for (char *at, *c = strtok_r(text, "|", &at); c && count < 64; c = strtok_r(NULL, "|", &at))
        names[count++] = c;
    int nearest = fs_operator_nearest(word, names, count);
    if (nearest >= 0) snprintf(near, 64, "%s", names[nearest]);
    return nearest >= 0;
}

static fs_status check_word(const fs_options *options, const fs_param *param, const char *word,
                            fs_error *error)
{
    if (!param->choices || in_choices(param->choices, word)) return FS_OK;
    char wanted[512], near[64];
    snprintf(wanted, sizeof wanted, "must be one of %s", param->choices);
    refuse(options, param, word, wanted, error);
    if (nearest_choice(param->choices, word, near))
        fs_error_remedy(error, "did you mean '%s'?", near);
    return FS_USAGE;
}

/* Does a word before word i of the list say the same? */
static bool is_repeated(const fs_option_value *value, int i)
{
    for (int j = 0; j < i; j++)
        if (strcmp(value->word[i], value->word[j]) == 0 ||
            (value->numbers && value->number[i] == value->number[j]))
            return true;
    return false;
}

/* Values must differ, as columns are named for them: others are merged or refused. */
static fs_status check_repeats(fs_options *options, const fs_param *param, fs_option_value *value,
                               fs_error *error)
{
    int kept = 0;
    for (int i = 0; i < value->count; i++) {
        bool repeated = is_repeated(value, i);
        if (repeated && !param->merges)
            return refuse(options, param, value->word[i], "stands in the list twice", error);
        if (repeated) continue;
        value->word[kept] = value->word[i];
        value->number[kept++] = value->number[i];
    }
    value->count = kept;
    return FS_OK;
}

/* A list is of numbers where it has no choices and each word is one. */
static fs_status check_list(fs_options *options, const fs_param *param, fs_option_value *value,
                            fs_error *error)
{
    size_t bytes = ((size_t)value->count + 1) * sizeof *value->number;
    value->number = fs_arena_zero(&options->arena, bytes);
    if (!value->number) return fs_fail_memory(error, bytes);
    bool bounded = param->minimum != 0 || param->maximum != 0;
    value->numbers = !param->choices;
    for (int i = 0; i < value->count; i++) {
        bool number = is_number(value->word[i], &value->number[i]);
        if (bounded && !number)
            return refuse(options, param, value->word[i], "must be a number", error);
        if (number && !param->choices)
            FS_TRY(check_bounds(options, param, value->word[i], value->number[i], error));
        FS_TRY(check_word(options, param, value->word[i], error));
        value->numbers = value->numbers && number;
    }
    return check_repeats(options, param, value, error);
}

fs_status fs_option_check(fs_options *options, const fs_param *param, fs_option_value *value,
                          fs_error *error)
{
    if (param->type == FS_TYPE_LIST) {
        if (!value->listed && value->count == 1 && value->word[0][0] == '\0') value->count = 0;
        return check_list(options, param, value, error);
    }
    if (value->listed) return refuse(options, param, "[…]", "takes one value, not a list", error);
    const char *word = value->word[0];
    switch (param->type) {
    case FS_TYPE_BOOL:
        if (is_bool(word, &value->integer)) return FS_OK;
        return refuse(options, param, word, "must be true or false", error);
    case FS_TYPE_INT:
        if (!is_integer(word, &value->integer))
            return refuse(options, param, word, "must be a whole number", error);
        value->real = (double)value->integer;
        return check_bounds(options, param, word, value->real, error);
    case FS_TYPE_DOUBLE:
        if (!is_number(word, &value->real))
            return refuse(options, param, word, "must be a number", error);
        return check_bounds(options, param, word, value->real, error);
    case FS_TYPE_DATE:
        if (word[0] == '\0' || fs_option_date(word, &value->integer)) return FS_OK;
        return refuse(options, param, word, "must be a date, YYYY-MM-DD", error);
    default: return check_word(options, param, word, error);
    }
}

fs_status fs_options_check_here(const fs_options *options, fs_error *error)
{
    for (int i = 0; i < options->params; i++) {
        const fs_param *p = &options->op->params[i];
        if (!p->on_spark || strcmp(options->value[i].word[0], p->on_spark) != 0) continue;
        fs_fail(error, FS_USAGE, "operator %s: only Spark can do %s = %s", options->op->name,
                p->name, p->on_spark);
        fs_error_remedy(error,
                        "run the project with --engine spark, or the rows through "
                        "foresell.spark.apply; else leave %s at %s",
                        p->name, p->fallback);
        return FS_USAGE;
    }
    return FS_OK;
}

/* ---- what operators ask ---- */

static const fs_option_value *find(const fs_options *options, const char *name)
{
    static const fs_option_value none;
    for (int i = 0; i < options->params; i++)
        if (strcmp(options->op->params[i].name, name) == 0) return &options->value[i];
    return &none;
}

int64_t fs_option_int(const fs_options *options, const char *name)
{
    return find(options, name)->integer;
}

double fs_option_double(const fs_options *options, const char *name)
{
    return find(options, name)->real;
}

bool fs_option_bool(const fs_options *options, const char *name)
{
    return find(options, name)->integer != 0;
}

const char *fs_option_text(const fs_options *options, const char *name)
{
    const fs_option_value *value = find(options, name);
    return value->count > 0 ? value->word[0] : "";
}

const double *fs_option_numbers(const fs_options *options, const char *name, int *count)
{
    const fs_option_value *value = find(options, name);
    *count = value->numbers ? value->count : 0;
    return value->number;
}

const char *const *fs_option_words(const fs_options *options, const char *name, int *count)
{
    const fs_option_value *value = find(options, name);
    *count = value->count;
    return value->word;
}

/* ---- the normal form ---- */

static fs_status add_quoted(fs_buffer *out, const char *word)
{
    FS_TRY(fs_buffer_text(out, "'"));
    for (; *word; word++) {
        if (*word == '\'') FS_TRY(fs_buffer_text(out, "'"));
        FS_TRY(fs_buffer_add(out, word, 1));
    }
    return fs_buffer_text(out, "'");
}

static fs_status add_number(fs_buffer *out, double number)
{
    char text[32];
    fs_option_number_text(number, text);
    return fs_buffer_text(out, text);
}

static fs_status add_list(fs_buffer *out, const fs_option_value *value)
{
    FS_TRY(fs_buffer_text(out, "["));
    for (int i = 0; i < value->count; i++) {
        if (i > 0) FS_TRY(fs_buffer_text(out, ", "));
        FS_TRY(value->numbers ? add_number(out, value->number[i])
                              : add_quoted(out, value->word[i]));
    }
    return fs_buffer_text(out, "]");
}

static fs_status add_value(fs_buffer *out, const fs_param *param, const fs_option_value *value)
{
    switch (param->type) {
    case FS_TYPE_LIST: return add_list(out, value);
    case FS_TYPE_BOOL: return fs_buffer_text(out, value->integer ? "true" : "false");
    case FS_TYPE_INT:
    case FS_TYPE_DOUBLE: return add_number(out, value->real);
    default: return add_quoted(out, value->word[0]);
    }
}

/* Index of the parameter whose name comes next after `name` in the alphabet; -1 at the end. */
static int next_by_name(const fs_options *options, const char *name)
{
    int next = -1;
    for (int i = 0; i < options->params; i++) {
        const char *candidate = options->op->params[i].name;
        if (name && strcmp(candidate, name) <= 0) continue;
        if (next < 0 || strcmp(candidate, options->op->params[next].name) < 0) next = i;
    }
    return next;
}

fs_status fs_options_format(const fs_options *options, fs_buffer *out)
{
    const char *separator = "";
    FS_TRY(fs_buffer_text(out, "")); /* a text, also of an operator without parameters */
    for (int i = next_by_name(options, NULL); i >= 0;
         i = next_by_name(options, options->op->params[i].name)) {
        FS_TRY(fs_buffer_printf(out, "%s%s = ", separator, options->op->params[i].name));
        FS_TRY(add_value(out, &options->op->params[i], &options->value[i]));
        separator = ", ";
    }
    for (const fs_option_column *b = options->binding; b; b = b->next) {
        FS_TRY(fs_buffer_printf(out, "%s%s = ", separator, b->input));
        FS_TRY(add_quoted(out, b->column));
        separator = ", ";
    }
    return FS_OK;
}
