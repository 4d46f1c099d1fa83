/* What must hold of a step's table: `-- expect:` lines, parsed at load and checked after the step.
 *
 *     unique(a, b)      no two rows have the same a and b (nulls count as equal)
 *     not_null(a, b)    no null in these columns
 *     rows(>= 1)        how many rows the table has
 *     all(CONDITION)    holds once of the whole table, with aggregates
 *     CONDITION         holds of every row, or is null there
 *
 * All conditions on rows are counted in one pass over the table; unique is a pass of its own: most
 * tables lie in the order of their key, where each key greater than the one before it is proof enough
 * and costs a quarter of what grouping does. That pass ends at the first key that is not, and then the
 * keys are grouped. Only where something is broken up to five of the rows are fetched, to be shown.
 */
#include <stdio.h>
#include <string.h>

#include "plan_internal.h"
#include "step_internal.h"

#define ROWS_SHOWN  5
#define ROW_LETTERS 110

static const struct {
    const char *name;
    fs_expect_kind kind;
} kinds[] = {{"unique", FS_EXPECT_UNIQUE},
             {"not_null", FS_EXPECT_NOT_NULL},
             {"rows", FS_EXPECT_ROWS},
             {"all", FS_EXPECT_ALL},
             {"condition", FS_EXPECT_TRUE}};

const char *fs_engine_expect_kind_name(fs_expect_kind kind) { return kinds[kind].name; }

/* ---- reading ---- */

static fs_status refuse(fs_error *error, const char *file, const fs_expect *expect, const char *why,
                        const char *remedy)
{
    fs_fail(error, FS_USAGE, "expect %s: %s", expect->text, why);
    fs_error_at(error, file, expect->line, NULL);
    return fs_error_remedy(error, "write %s", remedy), FS_USAGE;
}

/* Columns a, b as SQL: a is null or b is null; or "a", "b". */
static fs_status read_columns(fs_arena *arena, const char *file, const fs_sql_token *token,
                              int count, fs_expect *expect, fs_error *error)
{
    bool unique = expect->kind == FS_EXPECT_UNIQUE;
    const char *sql = "";
    for (int i = 0; i < count; i++) {
        bool name = token[i].kind == FS_SQL_WORD || token[i].kind == FS_SQL_QUOTED;
        bool fine = i % 2 == 0 ? name : fs_engine_sql_is(&token[i], ",");
        if (!fine || (count % 2 == 0))
            return refuse(error, file, expect, "the columns can't be read",
                          "unique(a, b) or not_null(a, b)");
        if (i % 2) continue;
        char *plain = fs_engine_sql_name(arena, &token[i]);
        char *quoted = plain ? fs_engine_sql_quote(arena, plain) : NULL;
        if (!quoted) return fs_fail_memory(error, token[i].size);
        sql = fs_arena_printf(arena, "%s%s%s%s", sql,
                              i == 0   ? ""
                              : unique ? ", "
                                       : " and ",
                              quoted, unique ? "" : " is not null");
        if (!sql) return fs_fail_memory(error, token[i].size);
    }
    expect->condition = sql;
    if (count > 0) return FS_OK;
    return refuse(error, file, expect, "it names no column", "unique(a, b) or not_null(a, b)");
}

static fs_status read_rows(fs_arena *arena, const char *file, const fs_sql_token *token, int count,
                           fs_expect *expect, fs_error *error)
{
    static const char *const signs[] = {">=", "<=", ">", "<", "="};
    bool known = false;
    for (int i = 0; count == 2 && i < 5; i++) known |= fs_engine_sql_is(&token[0], signs[i]);
    bool whole = known && strspn(token[1].text, "0123456789") >= token[1].size;
    if (!whole)
        return refuse(error, file, expect, "the number of rows can't be read", "rows(>= 1)");
    expect->condition = fs_arena_printf(arena, "%.*s %.*s", (int)token[0].size, token[0].text,
                                        (int)token[1].size, token[1].text);
    return expect->condition ? FS_OK : fs_fail_memory(error, token[1].size);
}

static fs_expect_kind kind_of(const fs_sql_token *token, int count)
{
    bool call = count >= 3 && fs_engine_sql_is(&token[1], "(") && token[1].match == count - 1;
    for (int i = 0; call && i < FS_EXPECT_TRUE; i++)
        if (fs_engine_sql_is(&token[0], kinds[i].name)) return kinds[i].kind;
    return FS_EXPECT_TRUE;
}

fs_status fs_engine_expect_read(fs_arena *arena, const char *file, int64_t line, const char *text,
                                fs_expect *expect, fs_error *error)
{
    fs_sql_token *token;
    int count;
    *expect = (fs_expect){.text = text, .line = line, .condition = text};
    FS_TRY(fs_engine_sql_tokens(arena, text, &token, &count, error));
    expect->kind = kind_of(token, count);
    switch (expect->kind) {
    case FS_EXPECT_UNIQUE:
    case FS_EXPECT_NOT_NULL: return read_columns(arena, file, token + 2, count - 3, expect, error);
    case FS_EXPECT_ROWS: return read_rows(arena, file, token + 2, count - 3, expect, error);
    case FS_EXPECT_ALL: {
        const char *from = token[1].text + 1;
        expect->condition = fs_arena_strndup(arena, from, (size_t)(token[count - 1].text - from));
        if (!expect->condition) return fs_fail_memory(error, strlen(text));
        break;
    }
    default: break;
    }
    return fs_engine_lint_expression(file, line, expect->condition, error);
}

fs_status fs_engine_step_expect(reader *r, fs_step_node *step, int64_t line, const char *text)
{
    int had = step->step.expects;
    fs_expect *all = fs_arena_alloc(r->arena, ((size_t)had + 1) * sizeof *all);
    const char **texts = fs_arena_alloc(r->arena, ((size_t)had + 1) * sizeof *texts);
    if (!all || !texts) return fs_fail_memory(r->error, ((size_t)had + 1) * sizeof *all);
    if (had) {
        memcpy(all, step->expect, (size_t)had * sizeof *all);
        memcpy(texts, step->step.expect, (size_t)had * sizeof *texts);
    }
    FS_TRY(fs_engine_expect_read(r->arena, r->file, line, text, &all[had], r->error));
    texts[had] = text;
    step->expect = all;
    step->step.expect = texts;
    step->step.expects = had + 1;
    return FS_OK;
}

/* ---- checking ---- */

typedef struct checker {
    fs_arena arena;
    fs_engine *engine;
    const fs_step_node *step;
    const char *table; /* quoted */
    fs_error *error;
} checker;

/* Counts what breaks `expect`, as an SQL expression over the table. */
static const char *count_of(fs_arena *arena, const fs_expect *e)
{
    switch (e->kind) {
    case FS_EXPECT_ROWS:
        return fs_arena_printf(arena, "case when count(*) %s then 0 else 1 end", e->condition);
    case FS_EXPECT_ALL:
        return fs_arena_printf(arena, "case when (%s\n) then 0 else 1 end", e->condition);
    default: return fs_arena_printf(arena, "count(*) filter (where not (%s\n))", e->condition);
    }
}

/* Counts what breaks `expect`, as a SELECT. */
static const char *select_of(fs_arena *arena, const fs_expect *e, const char *table)
{
    if (e->kind == FS_EXPECT_UNIQUE)
        return fs_arena_printf(
            arena, "select count(*) from (select 1 from %s group by %s having count(*) > 1)", table,
            e->condition);
    const char *count = count_of(arena, e);
    return count ? fs_arena_printf(arena, "select %s from %s", count, table) : NULL;
}

/* All conditions, in one pass. */
static const char *select_of_all(fs_arena *arena, const fs_step_node *step, const char *table)
{
    const char *sql = "select 0";
    for (int i = 0; sql && i < step->step.expects; i++) {
        if (step->expect[i].kind == FS_EXPECT_UNIQUE) continue;
        const char *count = count_of(arena, &step->expect[i]);
        sql = count ? fs_arena_printf(arena, "%s + %s", sql, count) : NULL;
    }
    return sql ? fs_arena_printf(arena, "%s from %s", sql, table) : NULL;
}

fs_status fs_engine_expect_selects(fs_arena *arena, const fs_step_node *step,
                                   const char *const **select, int *count, fs_error *error)
{
    int expects = step->step.expects;
    const char *table = fs_engine_sql_quote(arena, step->step.name);
    const char **all = fs_arena_alloc(arena, ((size_t)expects + 1) * sizeof *all);
    if (!table || !all) return fs_fail_memory(error, 256);
    *count = 0;
    *select = all;
    bool conditions = false;
    for (int i = 0; i < expects; i++) conditions |= step->expect[i].kind != FS_EXPECT_UNIQUE;
    if (conditions) all[(*count)++] = select_of_all(arena, step, table);
    for (int i = 0; i < expects; i++)
        if (step->expect[i].kind == FS_EXPECT_UNIQUE)
            all[(*count)++] = select_of(arena, &step->expect[i], table);
    for (int i = 0; i < *count; i++)
        if (!all[i]) return fs_fail_memory(error, 256);
    return FS_OK;
}

static fs_status say_rows(checker *c, const char *select, fs_buffer *said);

static fs_status no_memory(checker *c) { return fs_fail_memory(c->error, 256); }

/* The SELECT of the rows to show; NULL: none are shown. */
static const char *sample_of(checker *c, const fs_expect *e)
{
    if (e->kind == FS_EXPECT_UNIQUE)
        return fs_arena_printf(
            &c->arena,
            "select %s, count(*) as rows from %s group by %s having count(*) > 1 "
            "order by all limit %d",
            e->condition, c->table, e->condition, ROWS_SHOWN);
    return fs_arena_printf(&c->arena, "select * from %s where not (%s\n) limit %d", c->table,
                           e->condition, ROWS_SHOWN);
}

static fs_status rows_there(checker *c, int64_t *rows)
{
    const char *sql = fs_arena_printf(&c->arena, "select count(*) from %s", c->table);
    return sql ? fs_engine_integer(c->engine, sql, rows, c->error) : no_memory(c);
}

static fs_status say_broken(checker *c, const fs_expect *e, int64_t broken, fs_buffer *said)
{
    const char *name = c->step->step.name;
    if (e->kind == FS_EXPECT_ROWS) {
        int64_t rows = 0;
        FS_TRY(rows_there(c, &rows));
        return fs_buffer_printf(said, "%s has %lld row%s, which breaks %s", name, (long long)rows,
                                rows == 1 ? "" : "s", e->text);
    }
    if (e->kind == FS_EXPECT_ALL) return fs_buffer_printf(said, "%s breaks %s", name, e->text);
    bool unique = e->kind == FS_EXPECT_UNIQUE;
    FS_TRY(
        fs_buffer_printf(said, "%lld %s of %s break%s %s", (long long)broken,
                         unique ? (broken == 1 ? "key" : "keys") : (broken == 1 ? "row" : "rows"),
                         name, broken == 1 ? "s" : "", e->text));
    const char *sample = sample_of(c, e);
    return sample ? say_rows(c, sample, said) : no_memory(c);
}

static fs_status fail_broken(checker *c, const fs_expect *e, int64_t broken)
{
    fs_buffer said = {0};
    fs_status status = say_broken(c, e, broken, &said);
    if (status == FS_OK) {
        fs_fail(c->error, FS_DATA, "%s", said.data);
        fs_error_at(c->error, c->step->step.file, e->line, NULL);
        fs_error_remedy(c->error, "correct the step or its inputs, or change what is expected");
        status = FS_DATA;
    }
    fs_buffer_free(&said);
    return status;
}

/* Appends text without line breaks, cut at a character where it is long. */
static fs_status add_cut(fs_buffer *out, const char *text, size_t most)
{
    size_t size = strlen(text);
    bool cut = size > most;
    if (cut) size = most;
    while (cut && size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80) size--;
    size_t from = out->size;
    FS_TRY(fs_buffer_add(out, text, size));
    for (size_t i = from; i < out->size; i++)
        if ((unsigned char)out->data[i] < 0x20) out->data[i] = ' ';
    return cut ? fs_buffer_text(out, "…") : FS_OK;
}

static fs_status say_row(fs_result *result, fs_buffer *said)
{
    fs_buffer row = {0};
    fs_status status = FS_OK;
    for (int i = 0; status == FS_OK && i < fs_result_columns(result) && row.size < ROW_LETTERS;
         i++) {
        status = fs_buffer_printf(&row, "%s%s=", i ? ", " : "", fs_result_name(result, i));
        const char *text = fs_result_null(result, i) ? "null" : fs_result_text(result, i);
        if (status == FS_OK) status = add_cut(&row, text ? text : "", 40);
    }
    if (status == FS_OK) status = add_cut(said, row.data ? row.data : "", ROW_LETTERS);
    fs_buffer_free(&row);
    return status;
}

static fs_status say_rows(checker *c, const char *select, fs_buffer *said)
{
    fs_result *result;
    bool more = true;
    FS_TRY(fs_engine_query_few(c->engine, select, &result, c->error));
    fs_status status = FS_OK;
    for (int i = 0; status == FS_OK; i++) {
        status = fs_result_next(result, &more, c->error);
        if (status != FS_OK || !more) break;
        status = fs_buffer_text(said, i == 0 ? ": " : "; ");
        if (status == FS_OK) status = say_row(result, said);
        if (status == FS_MEMORY) fs_fail_memory(c->error, said->size);
    }
    fs_result_close(result);
    return status;
}

/* Is each key greater than the one before it? Then no two are the same, in whatever order they came. */
static fs_status ascends(checker *c, const fs_expect *e, bool *yes)
{
    const char *sql = fs_arena_printf(
        &c->arena,
        "select count(*) from (select 1 from (select row(%s) as fs_key, lag(row(%s)) over () as "
        "fs_before, row_number() over () as fs_place from %s) where fs_place > 1 and (fs_key > "
        "fs_before) is not true limit 1)",
        e->condition, e->condition, c->table);
    if (!sql) return no_memory(c);
    int64_t broken = 0;
    *yes = fs_engine_integer(c->engine, sql, &broken, NULL) == FS_OK && broken == 0;
    return FS_OK;
}

/* One expect by itself. */
static fs_status check_one(checker *c, const fs_expect *e)
{
    bool proven = false;
    if (e->kind == FS_EXPECT_UNIQUE) FS_TRY(ascends(c, e, &proven));
    if (proven) return FS_OK;
    const char *sql = select_of(&c->arena, e, c->table);
    if (!sql) return no_memory(c);
    int64_t broken = 0;
    fs_status status = fs_engine_integer(c->engine, sql, &broken, c->error);
    if (status == FS_OK) return broken ? fail_broken(c, e, broken) : FS_OK;
    fs_engine_sql_place(c->error, c->step->step.file, e->line);
    return fs_error_at(c->error, c->step->step.file, e->line, NULL), status;
}

/* All conditions in one pass; *clean where none is broken and all could be asked. */
static fs_status check_together(checker *c, bool *clean)
{
    const char *sql = select_of_all(&c->arena, c->step, c->table);
    if (!sql) return no_memory(c);
    int64_t broken = 0;
    *clean = fs_engine_integer(c->engine, sql, &broken, NULL) == FS_OK && broken == 0;
    return FS_OK;
}

static fs_status check(checker *c)
{
    bool clean = false;
    c->table = fs_engine_sql_quote(&c->arena, c->step->step.name);
    if (!c->table) return no_memory(c);
    FS_TRY(check_together(c, &clean));
    for (int i = 0; i < c->step->step.expects; i++) {
        const fs_expect *e = &c->step->expect[i];
        if (!clean || e->kind == FS_EXPECT_UNIQUE) FS_TRY(check_one(c, e));
    }
    return FS_OK;
}

fs_status fs_engine_expect_check(fs_engine *engine, const fs_step_node *step, fs_error *error)
{
    if (step->step.expects == 0) return FS_OK;
    checker c = {.engine = engine, .step = step, .error = error};
    fs_status status = check(&c);
    fs_arena_free(&c.arena);
    return status;
}
