/* The lint: holds SQL to the subset that means the same on DuckDB and on Spark.
 *
 * The text is cut into tokens and walked once; at each token a handful of rules look at it and a few
 * neighbours. What is a word list stands in lint_words.c (functions, keywords, symbols, types, with what
 * to write instead); what needs more than a word is a rule here, called a shape in the tables.
 * DuckDB's parser reads the same text afterwards, so the lint may assume that it is roughly SQL, but it
 * must be safe on any bytes. The first fault in reading order is told.
 *
 * What tokens cannot show (types: a sum of whole numbers, a decimal that came out) is checked when the
 * step runs, on the types of its columns; and on both engines in CI.
 *
 * Cost: a few comparisons with some two hundred words per token; under a millisecond a step.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "plan_internal.h"

typedef struct linter {
    fs_arena arena;
    const char *file;
    int64_t first; /* line of the file on which the SQL begins */
    fs_sql_token *token;
    int count;
    fs_error *error;
} linter;

static const fs_sql_token nothing = {.kind = FS_SQL_END, .text = "", .match = -1};

/* Token at `index`, the END token outside. */
static const fs_sql_token *at(const linter *l, int index)
{
    return index >= 0 && index < l->count ? &l->token[index] : &nothing;
}

static bool is(const linter *l, int index, const char *word)
{
    return fs_engine_sql_is(at(l, index), word);
}

static bool is_one_of(const linter *l, int index, const char *const *words)
{
    for (; *words; words++)
        if (is(l, index, *words)) return true;
    return false;
}

static bool is_name(const linter *l, int index)
{
    fs_sql_kind kind = at(l, index)->kind;
    return kind == FS_SQL_WORD || kind == FS_SQL_QUOTED;
}

/* Index of the parenthesis that opens around `index`, -1 at the top. */
static int around(const linter *l, int index)
{
    int depth = at(l, index)->depth;
    for (int i = index - 1; i >= 0; i--)
        if (l->token[i].depth == depth - 1 && is(l, i, "(")) return i;
    return -1;
}

/* Past the group that opens at `index`, or the next token. */
static int after(const linter *l, int index)
{
    int match = at(l, index)->match;
    return match > index ? match + 1 : index + 1;
}

static fs_status refuse(linter *l, int index, const char *what, const char *why,
                        const char *instead)
{
    fs_fail(l->error, FS_USAGE, "%s: %s", what, why);
    int64_t line = index < l->count ? at(l, index)->line : 1;
    fs_error_at(l->error, l->file, l->first + line - 1, NULL);
    if (instead) fs_error_remedy(l->error, "write %s", instead);
    return FS_USAGE;
}

static fs_status refuse_shape(linter *l, int index, const char *rule)
{
    const fs_lint_construct *shape = fs_engine_lint_shape(rule);
    return refuse(l, index, rule, shape->why, shape->instead);
}

/* ---- single tokens ---- */

static fs_status check_string(linter *l, int i)
{
    const fs_sql_token *token = at(l, i);
    if (memchr(token->text, '\\', token->size)) return refuse_shape(l, i, "backslash");
    if (token->size > 2 && memchr(token->text + 1, '\'', token->size - 2))
        return refuse_shape(l, i, "doubled quote");
    const fs_sql_token *before = at(l, i - 1);
    bool touches = before->kind == FS_SQL_WORD && before->text + before->size == token->text;
    static const char *const fine[] = {"date", "timestamp", NULL};
    if (touches && !is_one_of(l, i - 1, fine) &&
        !fs_engine_lint_keyword(before->text, before->size))
        return refuse_shape(l, i, "text prefix");
    static const char *const sources[] = {"from", "join", NULL};
    if (is_one_of(l, i - 1, sources)) return refuse_shape(l, i, "table name");
    return FS_OK;
}

static bool plain_number(const fs_sql_token *token)
{
    for (size_t k = 0; k < token->size; k++) {
        char c = token->text[k];
        bool exponent = (c == 'e' || c == 'E') && k + 1 < token->size;
        bool sign = (c == '+' || c == '-') && k > 0;
        if (!isdigit((unsigned char)c) && c != '.' && !exponent && !sign) return false;
    }
    return true;
}

static bool is_zero(const fs_sql_token *token)
{
    for (size_t k = 0; k < token->size; k++) {
        char c = token->text[k];
        if (c == 'e' || c == 'E') break;
        if (c >= '1' && c <= '9') return false;
    }
    return true;
}

static bool is_decimal(const fs_sql_token *token)
{
    return token->kind == FS_SQL_NUMBER && memchr(token->text, '.', token->size) &&
           !memchr(token->text, 'e', token->size) && !memchr(token->text, 'E', token->size);
}

/* A word that stands where a name stands: behind a dot or AS, or before a dot. */
static bool is_plain_name(const linter *l, int i)
{
    return is(l, i - 1, ".") || is(l, i + 1, ".") || (is(l, i - 1, "as") && !is(l, i + 1, "("));
}

static fs_status check_construct(linter *l, int i)
{
    bool word = at(l, i)->kind == FS_SQL_WORD;
    if (word && is_plain_name(l, i)) return FS_OK;
    const fs_lint_construct *c;
    for (int k = 0; (c = fs_engine_lint_construct_at(k)); k++) {
        if (!is(l, i, c->word)) continue;
        if (c->then && !is(l, i + 1, c->then)) continue;
        char what[80];
        snprintf(what, sizeof what, "%s%s%s", c->word, c->then ? " " : "", c->then ? c->then : "");
        return refuse(l, i, what, c->why, c->instead);
    }
    return FS_OK;
}

/* ---- division ---- */

static fs_status check_divisor(linter *l, int i, int divisor)
{
    static const char *const casts[] = {"cast", "try_cast", NULL};
    int d = divisor;
    if (is_one_of(l, d, casts) && is(l, d + 1, "(")) d += 2;
    if (is(l, d, "-")) d++;
    const fs_sql_token *token = at(l, d);
    if (token->kind == FS_SQL_NUMBER && !is_zero(token)) return FS_OK;
    if (is(l, d, "nullif") && is(l, d + 1, "(")) return FS_OK;
    return refuse_shape(l, i, "division");
}

static fs_status check_division(linter *l, int i)
{
    FS_TRY(check_divisor(l, i, i + 1));
    if (is(l, i, "/") && (is_decimal(at(l, i - 1)) || is_decimal(at(l, i + 1))))
        return refuse_shape(l, i, "decimal division");
    return FS_OK;
}

/* ---- functions ---- */

/* name ( … ) as ( : the header of a CTE with its columns. */
static bool is_cte_header(const linter *l, int i)
{
    int close = at(l, i + 1)->match;
    return close > 0 && is(l, close + 1, "as") && is(l, close + 2, "(");
}

static bool is_call(const linter *l, int i)
{
    const fs_sql_token *token = at(l, i);
    if (!is_name(l, i) || !is(l, i + 1, "(")) return false;
    if (token->kind == FS_SQL_WORD && fs_engine_lint_keyword(token->text, token->size))
        return false;
    static const char *const aliases[] = {"as", ")", "recursive", NULL};
    return !is_one_of(l, i - 1, aliases) && !is_cte_header(l, i);
}

static int count_arguments(const linter *l, int open)
{
    int close = at(l, open)->match;
    if (close < 0 || close == open + 1) return 0;
    int count = 1, depth = at(l, open)->depth + 1;
    for (int i = open + 1; i < close; i++)
        if (l->token[i].depth == depth && is(l, i, ",")) count++;
    return count;
}

static fs_status unknown_function(linter *l, int i, const char *name)
{
    const char *names[256];
    int count = 0;
    const fs_lint_function *f;
    for (int k = 0; (f = fs_engine_lint_function_at(k)) && count < 256; k++)
        if (f->use != FS_LINT_FORBIDDEN) names[count++] = f->name;
    const char *near = fs_engine_nearest(name, names, count);
    char what[160], instead[160];
    snprintf(what, sizeof what, "function %s", name);
    snprintf(instead, sizeof instead, near ? "%s, or see docs/sql.md" : "one of docs/sql.md%s",
             near ? near : "");
    return refuse(l, i, what, "it is not in the SQL subset that both engines share", instead);
}

/* Is the call at `i` (name, parenthesis) all there is inside cast(… as type)? */
static bool in_cast(const linter *l, int i)
{
    static const char *const casts[] = {"cast", "try_cast", NULL};
    int close = at(l, i + 1)->match;
    return is(l, i - 1, "(") && is_one_of(l, i - 2, casts) && close > 0 && is(l, close + 1, "as");
}

static fs_status check_arguments(linter *l, int i, const fs_lint_function *f)
{
    int count = count_arguments(l, i + 1);
    if (count >= f->least && (f->most < 0 || count <= f->most)) return FS_OK;
    char what[120], instead[120];
    snprintf(what, sizeof what, "%s with %d argument%s", f->name, count, count == 1 ? "" : "s");
    if (strcmp(f->name, "round") == 0)
        snprintf(instead, sizeof instead, "round_half_even(x, n)");
    else if (f->least == f->most)
        snprintf(instead, sizeof instead, "%s with %d", f->name, f->least);
    else if (f->most < 0)
        snprintf(instead, sizeof instead, "%s with %d or more", f->name, f->least);
    else
        snprintf(instead, sizeof instead, "%s with %d to %d", f->name, f->least, f->most);
    return refuse(l, i, what, "the engines agree on it only with another number of arguments",
                  instead);
}

static fs_status check_call(linter *l, int i)
{
    char *name = fs_engine_sql_name(&l->arena, at(l, i));
    if (!name) return fs_fail_memory(l->error, at(l, i)->size);
    const fs_lint_function *f = fs_engine_lint_function(name, strlen(name));
    if (is(l, i - 1, ".") || !f) return unknown_function(l, i, name);
    if (f->use == FS_LINT_FORBIDDEN) return refuse(l, i, f->name, f->note, f->instead);
    FS_TRY(check_arguments(l, i, f));
    if (f->use == FS_LINT_CAST && !in_cast(l, i)) return refuse(l, i, f->name, f->note, f->instead);
    if (is(l, i, "mod")) {
        for (int k = i + 2; k < at(l, i + 1)->match; k++)
            if (is(l, k, ",") && at(l, k)->depth == at(l, i)->depth + 1)
                return check_divisor(l, i, k + 1);
    }
    return FS_OK;
}

/* ---- casts ---- */

static int find_type(const linter *l, int open)
{
    int found = -1;
    for (int i = open + 1; i < at(l, open)->match; i++)
        if (at(l, i)->depth == at(l, open)->depth + 1 && is(l, i, "as")) found = i + 1;
    return found;
}

/* Does the expression make a fraction that DuckDB would round and Spark would cut? */
static bool makes_fraction(const linter *l, int from, int to)
{
    static const char *const whole[] = {"round", "floor", "ceil", "sign", NULL};
    static const char *const fractions[] = {
        "avg",         "median",      "percentile_cont", "exp",        "power",
        "natural_log", "square_root", "stddev_samp",     "stddev_pop", NULL};
    if (is_one_of(l, from, whole) && is(l, from + 1, "(") && at(l, from + 1)->match + 1 == to)
        return false;
    for (int i = from; i < to;
         i = is(l, i, "(") && is_one_of(l, i - 1, whole) ? after(l, i) : i + 1) {
        if (is(l, i, "/") || is_decimal(at(l, i))) return true;
        if (is_one_of(l, i, fractions) && is(l, i + 1, "(")) return true;
    }
    return false;
}

static fs_status check_cast(linter *l, int i)
{
    static const char *const whole[] = {"tinyint", "smallint", "int", "integer", "bigint", NULL};
    int open = i + 1, close = at(l, open)->match, type = find_type(l, open);
    if (close < 0 || type < 0) return refuse_shape(l, i, "type");
    const fs_sql_token *t = at(l, type);
    bool sized = is(l, type, "decimal") && is(l, type + 1, "(") && after(l, type + 1) == close;
    if (!fs_engine_lint_type(t->text, t->size) || (type + 1 != close && !sized) ||
        (is(l, type, "decimal") && !sized))
        return refuse_shape(l, type, "type");
    if (is_one_of(l, type, whole) && makes_fraction(l, open + 1, type - 1))
        return refuse_shape(l, i, "cast to whole");
    bool minus = is(l, close + 1, "-") && at(l, close + 2)->kind != FS_SQL_NUMBER;
    if (is(l, type, "date") && minus) return refuse_shape(l, close + 1, "date minus date");
    return FS_OK;
}

/* ---- order by, limit ---- */

static bool begins_frame(const linter *l, int i)
{
    static const char *const frames[] = {"rows", "range", NULL};
    static const char *const bounds[] = {"between", "unbounded", "current", NULL};
    return is_one_of(l, i, frames) &&
           (is_one_of(l, i + 1, bounds) || at(l, i + 1)->kind == FS_SQL_NUMBER);
}

static bool ends_order(const linter *l, int i, int depth)
{
    static const char *const ends[] = {"limit",     "offset", "union", "except",
                                       "intersect", ";",      NULL};
    const fs_sql_token *token = at(l, i);
    if (token->kind == FS_SQL_END || token->depth < depth) return true;
    return token->depth == depth && (is_one_of(l, i, ends) || begins_frame(l, i));
}

/* Do the keys from `i` on all say where nulls go? */
static bool nulls_are_placed(const linter *l, int i)
{
    int depth = at(l, i)->depth;
    for (int k = i;; k++) {
        bool end = ends_order(l, k, depth);
        if (end || (at(l, k)->depth == depth && is(l, k, ","))) {
            bool placed = is(l, k - 2, "nulls") && (is(l, k - 1, "first") || is(l, k - 1, "last"));
            if (!placed) return false;
        }
        if (end) return true;
    }
}

static fs_status check_order(linter *l, int i)
{
    int open = around(l, i);
    bool within = open > 0 && is(l, open - 1, "group");
    if (within) return FS_OK; /* percentile_… within group passes nulls over */
    if (open > 0 && is_call(l, open - 1) && !is(l, open + 1, "select"))
        return refuse_shape(l, i, "order in aggregate");
    return nulls_are_placed(l, i + 2) ? FS_OK : refuse_shape(l, i, "nulls");
}

static fs_status check_limit(linter *l, int i)
{
    int depth = at(l, i)->depth, open = around(l, i);
    for (int k = i - 1; k > open; k--)
        if (at(l, k)->depth == depth && is(l, k, "order") && is(l, k + 1, "by")) return FS_OK;
    return refuse_shape(l, i, "limit");
}

/* ---- shapes around from, comma, star ---- */

/* a is [not] distinct from b */
static bool is_distinct_from(const linter *l, int i)
{
    return is(l, i, "from") && is(l, i - 1, "distinct") &&
           (is(l, i - 2, "is") || is(l, i - 2, "not"));
}

static fs_status check_from(linter *l, int i)
{
    if (is_distinct_from(l, i)) return FS_OK;
    if (is(l, i - 1, "(") && !is(l, i - 2, "trim")) return refuse_shape(l, i, "from first");
    if (is_name(l, i + 1) && is(l, i + 2, ".") && !is(l, around(l, i) - 1, "extract"))
        return refuse_shape(l, i + 1, "table name");
    return FS_OK;
}

static fs_status check_comma(linter *l, int i)
{
    static const char *const ends[] = {"from", ")", "where", "group", "order", "having", ";", NULL};
    bool end =
        at(l, i + 1)->kind == FS_SQL_END || (is_one_of(l, i + 1, ends) && !is(l, i + 2, "."));
    return end ? refuse_shape(l, i, "comma") : FS_OK;
}

static fs_status check_star(linter *l, int i)
{
    static const char *const starts[] = {"select", ",", ".", "distinct", "all", NULL};
    static const char *const after_star[] = {"exclude", "replace", "rename", "except", NULL};
    if (!is_one_of(l, i - 1, starts)) return FS_OK;
    if (is_one_of(l, i + 1, after_star) && is(l, i + 2, "("))
        return refuse_shape(l, i, "* exclude");
    return at(l, i)->depth == 0 ? refuse_shape(l, i, "select *") : FS_OK;
}

static fs_status check_word(linter *l, int i)
{
    static const char *const casts[] = {"cast", "try_cast", NULL};
    if (is_call(l, i)) FS_TRY(check_call(l, i));
    if (is_plain_name(l, i)) return FS_OK;
    if (is_one_of(l, i, casts) && is(l, i + 1, "(")) return check_cast(l, i);
    if (is(l, i, "order") && is(l, i + 1, "by")) return check_order(l, i);
    if (is(l, i, "limit") && at(l, i + 1)->kind == FS_SQL_NUMBER) return check_limit(l, i);
    if (is(l, i, "from") || is(l, i, "join")) return check_from(l, i);
    return FS_OK;
}

static fs_status check_symbol(linter *l, int i)
{
    if (at(l, i)->size != 1) return FS_OK;
    switch (*at(l, i)->text) {
    case '(':
    case ')': return at(l, i)->match < 0 ? refuse_shape(l, i, "parenthesis") : FS_OK;
    case '/':
    case '%': return check_division(l, i);
    case ',': return check_comma(l, i);
    case '*': return check_star(l, i);
    case ';': return i + 1 < l->count ? refuse_shape(l, i + 1, "one statement") : FS_OK;
    default: return FS_OK;
    }
}

static fs_status check_token(linter *l, int i)
{
    switch (at(l, i)->kind) {
    case FS_SQL_FAULT: return refuse_shape(l, i, "not closed");
    case FS_SQL_STRING: return check_string(l, i);
    case FS_SQL_NUMBER: return plain_number(at(l, i)) ? FS_OK : refuse_shape(l, i, "number");
    case FS_SQL_WORD: FS_TRY(check_construct(l, i)); return check_word(l, i);
    case FS_SQL_QUOTED: return is_call(l, i) ? check_call(l, i) : FS_OK;
    case FS_SQL_SYMBOL: FS_TRY(check_construct(l, i)); return check_symbol(l, i);
    default: return FS_OK;
    }
}

/* ---- the columns of the result ---- */

static bool is_item_end(const linter *l, int i)
{
    static const char *const ends[] = {",",     "from",   "where",     "having", "window", "limit",
                                       "union", "except", "intersect", ";",      NULL};
    static const char *const with_by[] = {"group", "order", NULL};
    if (at(l, i)->kind == FS_SQL_END) return true;
    if (at(l, i)->depth > 0 || is(l, i - 1, ".") || is(l, i - 1, "as") || is_distinct_from(l, i))
        return false;
    return is_one_of(l, i, ends) || (is_one_of(l, i, with_by) && is(l, i + 1, "by"));
}

/* Is the whole item f(…) or f(…) over …, of a function whose type differs? */
static bool has_other_type(const linter *l, int from, int to)
{
    if (!is_call(l, from)) return false;
    const fs_lint_function *f = fs_engine_lint_function(at(l, from)->text, at(l, from)->size);
    if (!f || f->use != FS_LINT_RESULT) return false;
    int end = after(l, from + 1);
    if (is(l, end, "over")) end = after(l, end + 1);
    return end == to - 2;
}

/* A result column: name, table.name, or expression as name. */
static fs_status check_item(linter *l, int from, int to)
{
    bool named = is(l, to - 2, "as") && is_name(l, to - 1);
    if (named && to - from == 3 && is(l, from, "null")) return refuse_shape(l, from, "null column");
    if (named && has_other_type(l, from, to)) return refuse_shape(l, from, "type of column");
    bool column =
        is_name(l, to - 1) && (to - from == 1 || (to - from == 3 && is(l, from + 1, ".")));
    static const char *const constants[] = {"null", "true", "false", "end", NULL};
    if (named || (column && !is_one_of(l, to - 1, constants))) return FS_OK;
    return refuse_shape(l, from, "unnamed column");
}

static fs_status check_columns(linter *l, int select)
{
    int from = select + 1;
    if (is(l, from, "distinct") || is(l, from, "all")) from++;
    for (int i = from; i <= l->count; i++) {
        if (!is_item_end(l, i)) continue;
        FS_TRY(check_item(l, from, i));
        if (!is(l, i, ",")) return FS_OK;
        from = i + 1;
    }
    return FS_OK;
}

static fs_status check_result(linter *l)
{
    if (!is(l, 0, "select") && !is(l, 0, "with")) return refuse_shape(l, 0, "start");
    for (int i = 0; i < l->count; i++)
        if (at(l, i)->depth == 0 && is(l, i, "select")) return check_columns(l, i);
    return refuse_shape(l, 0, "start");
}

static fs_status lint(const char *file, int64_t line, const char *sql, bool whole, fs_error *error)
{
    linter l = {.file = file, .first = line, .error = error};
    fs_status status = fs_engine_sql_tokens(&l.arena, sql, &l.token, &l.count, error);
    for (int i = 0; status == FS_OK && i < l.count; i++) status = check_token(&l, i);
    if (status == FS_OK && whole) status = check_result(&l);
    fs_arena_free(&l.arena);
    return status;
}

fs_status fs_lint_sql(const char *file, int64_t line, const char *sql, fs_error *error)
{
    return lint(file, line, sql, true, error);
}

fs_status fs_engine_lint_expression(const char *file, int64_t line, const char *sql,
                                    fs_error *error)
{
    return lint(file, line, sql, false, error);
}
