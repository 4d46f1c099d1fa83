/* A step's text: its header, its settings filled in, its SELECT.
 *
 *     -- step: forecast_item
 *     -- about: what each product will sell
 *     --   (a line that begins with blanks goes on with the one before)
 *     -- operator: forecast(horizon = ${forecast.horizon})
 *     -- group: item
 *     -- order: day
 *     -- expect: unique(item, period); mean >= 0
 *     select item, day, units from demand_item
 *
 * The header is the comment lines before the SQL. A comment line that begins `word: ` is a header line,
 * and its word must be one of the known; other comments are remarks. ${name} is a setting; inside
 * quotes its quotes are doubled, so that no setting can end a text; $${ stands for ${.
 * Everything that can be told without tables is told here, with file and line: unknown words and
 * settings, the operator and its options, the SQL subset. All text lives in the caller's arena.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "plan_internal.h"
#include "step_internal.h"

/* ---- names ---- */

const char *fs_engine_nearest(const char *name, const char *const *names, int count)
{
    int index = fs_operator_nearest(name, names, count);
    return index < 0 ? NULL : names[index];
}

static fs_status fault(const reader *r, int64_t line, const char *remedy)
{
    fs_error_at(r->error, r->file, line, NULL);
    if (remedy) fs_error_remedy(r->error, "%s", remedy);
    return FS_USAGE;
}

static bool is_table_name(const char *name)
{
    if (!islower((unsigned char)*name)) return false;
    for (; *name; name++)
        if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) && *name != '_')
            return false;
    return true;
}

/* "12_demand_daily.sql" and "demand_daily_2.sql" hold demand_daily. */
static bool file_holds(const char *id, const char *name)
{
    size_t size = strlen(id);
    if (size < 4 || strcmp(id + size - 4, ".sql") != 0) return true; /* not read from a file */
    const char *base = id, *p = id;
    while (isdigit((unsigned char)*p)) p++;
    if (p > id && (*p == '_' || *p == '-')) base = p + 1;
    size_t bare = (size_t)(id + size - 4 - base), long_name = strlen(name);
    if (bare < long_name || memcmp(base, name, long_name) != 0) return false;
    if (bare == long_name) return true;
    const char *rest = base + long_name;
    if (*rest++ != '_' || !isdigit((unsigned char)*rest)) return false;
    while (isdigit((unsigned char)*rest)) rest++;
    return strcmp(rest, ".sql") == 0;
}

/* ---- the words of the header ---- */

static fs_status take_name(reader *r, fs_step_node *step, const header_line *h)
{
    step->step.name = h->text;
    step->step.line = h->line;
    if (!is_table_name(h->text)) {
        fs_fail(r->error, FS_USAGE, "'%s' is no name for a step", h->text);
        return fault(
            r, h->line,
            "write lower-case letters, digits and _, a letter first: -- step: demand_daily");
    }
    if (file_holds(step->id, h->text)) return FS_OK;
    fs_fail(r->error, FS_USAGE, "the file %s holds a step of another name, %s", step->id, h->text);
    fs_error_at(r->error, r->file, h->line, NULL);
    return fs_error_remedy(r->error, "name the file %s.sql or NN_%s.sql, or change the header",
                           h->text, h->text),
           FS_USAGE;
}

static fs_status take_about(reader *r, fs_step_node *step, const header_line *h)
{
    (void)r;
    step->step.about = h->text;
    return FS_OK;
}

/* name, or name(options) */
static fs_status take_operator(reader *r, fs_step_node *step, const header_line *h)
{
    const char *text = h->text, *p = text;
    while (isalnum((unsigned char)*p) || *p == '_') p++;
    const char *rest = p + strspn(p, " \t\n");
    size_t size = strlen(rest);
    bool fine = p > text && (size == 0 || (size >= 2 && rest[0] == '(' && rest[size - 1] == ')'));
    if (!fine) {
        fs_fail(r->error, FS_USAGE, "'%s' is no operator with its options", text);
        return fault(r, h->line, "write -- operator: name(option = value, option = value)");
    }
    step->operator_line = h->line;
    step->step.op = fs_arena_strndup(r->arena, text, (size_t)(p - text));
    step->step.options = size ? fs_arena_strndup(r->arena, rest + 1, size - 2) : "";
    return step->step.op && step->step.options ? FS_OK : fs_fail_memory(r->error, size + 1);
}

static fs_status take_group(reader *r, fs_step_node *step, const header_line *h)
{
    return fs_engine_header_names(r, h, &step->step.group, &step->step.groups);
}

static fs_status take_order(reader *r, fs_step_node *step, const header_line *h)
{
    const char *const *name;
    int count;
    FS_TRY(fs_engine_header_names(r, h, &name, &count));
    step->step.order = name[0];
    if (count == 1) return FS_OK;
    fs_fail(r->error, FS_USAGE, "a step is ordered by one column, here are %d", count);
    return fault(
        r, h->line,
        "write the column that orders the rows of a group; the others may go to -- group:");
}

static fs_status take_needs(reader *r, fs_step_node *step, const header_line *h)
{
    return fs_engine_header_names(r, h, &step->needs, &step->needs_count);
}

static fs_status take_derived(reader *r, fs_step_node *step, const header_line *h)
{
    step->derived = strcmp(h->text, "yes") == 0;
    if (step->derived || strcmp(h->text, "no") == 0) return FS_OK;
    fs_fail(r->error, FS_USAGE, "'%s' is neither yes nor no", h->text);
    return fault(
        r, h->line,
        "write -- derived: yes where the rows come from a file that another mapping counts");
}

static fs_status take_home(reader *r, fs_step_node *step, const header_line *h)
{
    (void)r;
    step->home = h->text;
    return FS_OK;
}

/* Expects of one header line, split at semicolons outside quotes and parentheses. */
static fs_status take_expect(reader *r, fs_step_node *step, const header_line *h)
{
    fs_sql_token *token;
    int count;
    FS_TRY(fs_engine_sql_tokens(r->arena, h->text, &token, &count, r->error));
    for (int from = 0, i = 0; i <= count; i++) {
        bool end = i == count || (token[i].depth == 0 && fs_engine_sql_is(&token[i], ";"));
        if (!end) continue;
        if (i > from) {
            size_t size = (size_t)(token[i - 1].text + token[i - 1].size - token[from].text);
            char *text = fs_arena_strndup(r->arena, token[from].text, size);
            if (!text) return fs_fail_memory(r->error, size);
            FS_TRY(fs_engine_step_expect(r, step, h->line + token[from].line - 1, text));
        }
        from = i + 1;
    }
    return FS_OK;
}

static const struct {
    const char *word;
    bool many;
    fs_status (*take)(reader *, fs_step_node *, const header_line *);
} words[] = {
    {"step", false, take_name},         {"about", false, take_about},
    {"operator", false, take_operator}, {"group", false, take_group},
    {"order", false, take_order},       {"expect", true, take_expect},
    {"needs", false, take_needs},       {"derived", false, take_derived},
    {"home", false, take_home},
};
#define WORDS ((int)(sizeof words / sizeof words[0]))

static fs_status unknown_word(reader *r, const header_line *h)
{
    const char *names[WORDS];
    for (int i = 0; i < WORDS; i++) names[i] = words[i].word;
    const char *near = fs_engine_nearest(h->word, names, WORDS);
    fs_fail(r->error, FS_USAGE, "'%s:' is not a word of a step's header", h->word);
    fs_error_at(r->error, r->file, h->line, NULL);
    if (near)
        fs_error_remedy(r->error, "did you mean '%s:'? A remark is written without the colon",
                        near);
    else
        fs_error_remedy(
            r->error,
            "the words are step, about, operator, group, order, expect, needs, derived, home; "
            "a remark is written without the colon");
    return FS_USAGE;
}

static fs_status take_line(reader *r, fs_step_node *step, header_line *h, int64_t *seen)
{
    int w = 0;
    while (w < WORDS && strcmp(words[w].word, h->word) != 0) w++;
    if (w == WORDS) return unknown_word(r, h);
    if (seen[w] && !words[w].many) {
        fs_fail(r->error, FS_USAGE, "'%s:' stands here and on line %lld", h->word,
                (long long)seen[w]);
        return fault(r, h->line, "keep one of them");
    }
    seen[w] = h->line;
    FS_TRY(fs_engine_step_fill(r, h->line, h->text, &h->text));
    if (*h->text) return words[w].take(r, step, h);
    fs_fail(r->error, FS_USAGE, "'%s:' says nothing", h->word);
    return fault(r, h->line, "write something behind the colon, or leave the line out");
}

/* ---- the whole ---- */

static fs_status check_header(reader *r, fs_step_node *step)
{
    if (!step->step.name) {
        fs_fail(r->error, FS_USAGE, "the step has no name");
        return fault(r, 1, "begin the file with -- step: NAME");
    }
    bool grouped = step->step.groups > 0 || step->step.order;
    if (grouped && !step->step.op) {
        fs_fail(r->error, FS_USAGE,
                "step %s has group: or order: but no operator:", step->step.name);
        return fault(r, step->step.line,
                     "add -- operator: NAME(…), or write group by in the SELECT");
    }
    if (step->step.op && !step->step.order) {
        fs_fail(r->error, FS_USAGE, "operator %s wants its rows in order", step->step.op);
        return fault(r, step->operator_line, "add -- order: COLUMN");
    }
    return FS_OK;
}

/* Cuts what stands behind the last token, and the semicolon. */
static fs_status trim_sql(reader *r, char *sql)
{
    fs_sql_token *token;
    int count;
    FS_TRY(fs_engine_sql_tokens(r->arena, sql, &token, &count, r->error));
    while (count > 0 && fs_engine_sql_is(&token[count - 1], ";")) count--;
    sql[count ? (size_t)(token[count - 1].text + token[count - 1].size - sql) : 0] = '\0';
    return FS_OK;
}

static fs_status read_sql(reader *r, fs_step_node *step, int64_t line, const char *text)
{
    char *sql;
    FS_TRY(fs_engine_step_fill(r, line, text, &sql));
    FS_TRY(trim_sql(r, sql));
    step->step.sql = sql;
    step->sql_line = line;
    if (*sql) return fs_lint_sql(r->file, line, sql, r->error);
    fs_fail(r->error, FS_USAGE, "the step has no SELECT");
    return fault(r, line, "write one SELECT below the header");
}

static fs_status resolve_operator(reader *r, fs_step_node *step)
{
    if (!step->step.op) return FS_OK;
    step->op = fs_operator_find(step->step.op, r->error);
    fs_status status = FS_USAGE;
    if (step->op) status = fs_options_parse(step->op, step->step.options, &step->options, r->error);
    if (status != FS_OK) fs_error_at(r->error, r->file, step->operator_line, NULL);
    return status;
}

static void add_part(fs_digest *digest, const char *text)
{
    fs_digest_add(digest, text ? text : "", (text ? strlen(text) : 0) + 1);
}

/* Of what the step's result depends on, but for its inputs. */
static fs_status make_digest(reader *r, fs_step_node *step)
{
    fs_buffer options = {0};
    if (step->options && fs_options_format(step->options, &options) != FS_OK) {
        fs_buffer_free(&options);
        return fs_fail_memory(r->error, 0);
    }
    char version[32];
    snprintf(version, sizeof version, "%d", step->op ? step->op->version : 0);
    const fs_step *s = &step->step;
    fs_digest digest;
    fs_digest_start(&digest);
    const char *const parts[] = {"step 1", fs_version(), s->name,      s->sql,
                                 s->op,    version,      options.data, s->order};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) add_part(&digest, parts[i]);
    for (int i = 0; i < s->groups; i++) add_part(&digest, s->group[i]);
    add_part(&digest, "expect");
    for (int i = 0; i < s->expects; i++) add_part(&digest, s->expect[i]);
    fs_digest_end(&digest, step->step.digest);
    fs_buffer_free(&options);
    return FS_OK;
}

static fs_status read_header(reader *r, fs_step_node *step, const char **rest, int64_t *line)
{
    header_line *h;
    int count;
    int64_t seen[WORDS] = {0};
    FS_TRY(fs_engine_header_lines(r, &h, &count, rest, line));
    for (int i = 0; i < count; i++) FS_TRY(take_line(r, step, &h[i], seen));
    return check_header(r, step);
}

fs_status fs_engine_step_read(fs_arena *arena, const char *file, const char *text, fs_lookup lookup,
                              void *context, fs_step_node *step, fs_error *error)
{
    *step = (fs_step_node){0};
    reader r = {.arena = arena, .text = text, .lookup = lookup, .context = context, .error = error};
    r.file = step->step.file = fs_arena_strdup(arena, file);
    if (!r.file) return fs_fail_memory(error, strlen(file));
    const char *slash = strrchr(r.file, '/');
    step->id = slash ? slash + 1 : r.file;
    step->step.about = "";
    const char *sql = text;
    int64_t line = 1;
    FS_TRY(read_header(&r, step, &sql, &line));
    FS_TRY(read_sql(&r, step, line, sql));
    fs_status status = resolve_operator(&r, step);
    if (status == FS_OK) status = make_digest(&r, step);
    if (status != FS_OK) fs_engine_step_free(step);
    return status;
}

void fs_engine_step_free(fs_step_node *step)
{
    if (step->options) fs_options_free(step->options);
    step->options = NULL;
}
