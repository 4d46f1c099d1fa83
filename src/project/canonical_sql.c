/* The statements that make canonical tables out of what mappings give.
 *
 * Stage. Each mapping's rows, every canonical column cast to its type (missing ones null), columns
 * that the canonical table does not know under their own names, `_file` and `_line` of the row's
 * home, and `_fs_reason`: null, or why the row can't be kept. Casts never fail: a cell that can't
 * be read is a reason. Two mappings of one table are stacked by column names.
 *
 * Again. Rows with a key that stands in another row too. The first is kept (the one with the most
 * columns filled, for tables of things), one that says the same is merged, one that says something
 * else is refused; rows of derived mappings just stand back.
 *
 * Output. What is left: numbers that are not finite made null, what the user's policy fills in, in
 * the order of files and lines.
 */
#include <string.h>
#include <strings.h>

#include "project_internal.h"

fs_missing fs_project_missing(const fs_project *project, const fs_canonical_table *table,
                              const fs_canonical_column *column, const char **fill)
{
    *fill = NULL;
    for (int i = 0; i < project->policies; i++) {
        const fs_project_policy *p = &project->policy[i];
        if (p->table != table || strcmp(p->column, column->name) != 0) continue;
        *fill = p->fill;
        return p->missing;
    }
    return column->missing;
}

/* ---- stage ---- */

/* May a value of type `from` be cast to `to` without looking at it? */
static bool casts_freely(fs_type from, fs_type to)
{
    if (from == to && to != FS_TYPE_TEXT) return true;
    switch (to) {
    case FS_TYPE_DOUBLE: return from == FS_TYPE_INT || from == FS_TYPE_BOOL;
    case FS_TYPE_BOOL: return from == FS_TYPE_INT;
    case FS_TYPE_DATE: return from == FS_TYPE_TIME;
    case FS_TYPE_TIME: return from == FS_TYPE_DATE;
    default: return false;
    }
}

/* A column as clean text, null where it says nothing; 17850.0 of a number column is the code 17850. */
static fs_status text_value(const fs_project_column *from, fs_buffer *sql)
{
    const char *x = from->quoted;
    if (from->type == FS_TYPE_DOUBLE)
        return fs_buffer_printf(
            sql,
            "case when fs_m.%s = trunc(fs_m.%s) and abs(fs_m.%s) < 1e15 "
            "then cast(cast(fs_m.%s as bigint) as varchar) else cast(fs_m.%s as varchar) end",
            x, x, x, x, x);
    return fs_buffer_printf(sql,
                            from->type == FS_TYPE_TEXT ? "fs_cell_text(fs_m.%s)"
                                                       : "fs_cell_text(cast(fs_m.%s as varchar))",
                            x);
}

/* Can the column be cast to text that is no value of the type? */
static bool may_be_bad(const fs_project_column *from, fs_type to)
{
    return from && to != FS_TYPE_TEXT && !casts_freely(from->type, to);
}

/* The column cast to its canonical type. */
static fs_status typed_value(const fs_project_column *from, fs_type to, fs_buffer *sql)
{
    const char *type = fs_engine_sql_type(to);
    if (!from) return fs_buffer_printf(sql, "cast(null as %s)", type);
    if (casts_freely(from->type, to))
        return fs_buffer_printf(sql, "cast(fs_m.%s as %s)", from->quoted, type);
    if (to == FS_TYPE_TEXT) return text_value(from, sql);
    FS_TRY(fs_buffer_text(sql, "try_cast("));
    FS_TRY(text_value(from, sql));
    return fs_buffer_printf(sql, " as %s)", type);
}

static const char *wanted_words(fs_type type)
{
    switch (type) {
    case FS_TYPE_BOOL: return "is not true or false";
    case FS_TYPE_DATE: return "is not a date";
    case FS_TYPE_TIME: return "is not a time";
    default: return "is not a number";
    }
}

/* ---- why a row can't be kept: of a row of typed cells, fs_t, with the text of those that may be bad ---- */

/* A row must have dates, and they lie where shops have sold, not at 9999-12-31, which would stretch every
 * series to there. No shop has a thousand million million of anything, and sums are exact only up to there. */
#define LARGE "1e15"

/* when … then 'sales.units: ''abc'' is not a number' */
static fs_status bad_cell(const char *table, const fs_canonical_column *c, fs_buffer *sql)
{
    return fs_buffer_printf(sql,
                            " when fs_t.\"_fs_text_%s\" is not null and fs_t.\"%s\" is null then "
                            "'%s.%s: ''' || left(fs_t.\"_fs_text_%s\", 60) || ''' %s'",
                            c->name, c->name, table, c->name, c->name, wanted_words(c->type));
}

static fs_status missing_cell(const char *table, const fs_canonical_column *c, fs_buffer *sql)
{
    FS_TRY(fs_buffer_printf(sql, " when fs_t.\"%s\" is null", c->name));
    if (c->type == FS_TYPE_DOUBLE)
        FS_TRY(fs_buffer_printf(sql, " or not isfinite(fs_t.\"%s\")", c->name));
    return fs_buffer_printf(sql, " then '%s.%s is missing'", table, c->name);
}

static fs_status far_cell(const char *table, const fs_canonical_column *c, fs_buffer *sql)
{
    return fs_buffer_printf(sql,
                            " when year(fs_t.\"%s\") not between 1900 and 2199 then '%s.%s lies "
                            "outside the years 1900 to 2199'",
                            c->name, table, c->name);
}

static fs_status large_cell(const char *table, const fs_canonical_column *c, fs_buffer *sql)
{
    return fs_buffer_printf(sql,
                            " when isfinite(fs_t.\"%s\") and abs(fs_t.\"%s\") >= " LARGE
                            " then '%s.%s is larger than anything that a shop has'",
                            c->name, c->name, table, c->name);
}

static const fs_project_column *column_from(const fs_project_mapping *m, const char *name)
{
    int index = fs_project_column_find(&m->columns, name);
    return index < 0 ? NULL : &m->columns.column[index];
}

/* ---- customers ---- */

static bool is_customer(const char *name) { return strcmp(name, "customer") == 0; }

/* Rows about a forgotten customer are refused; those of what was bought or said lose the customer alone. */
static bool refuses_forgotten(const fs_project_ingest *in, const fs_canonical_table *t,
                              const fs_project_mapping *m)
{
    bool about = t == fs_canonical_find("customers") || t == fs_canonical_find("promotions");
    return about && in->identities.count && column_from(m, "customer");
}

/* The number as the project wants it known. */
static fs_status customer_value(const fs_project_ingest *in, const fs_project_column *from,
                                fs_buffer *sql)
{
    bool changed = from && (in->identities.salted || in->identities.count);
    if (!changed) return typed_value(from, FS_TYPE_TEXT, sql);
    FS_TRY(fs_buffer_text(sql, "fs_customer("));
    FS_TRY(text_value(from, sql));
    return fs_buffer_text(sql, ")");
}

static bool falls_back(const fs_project *project, const fs_canonical_table *t,
                       const fs_canonical_column *c)
{
    const char *fill;
    return fs_project_missing(project, t, c, &fill) == FS_MISSING_FALLBACK && !fill;
}

/* Columns that a mapping does not give are not kept in scratch, but for those with a fallback. */
static bool is_staged(const fs_project *project, const fs_canonical_table *t,
                      const fs_canonical_column *c, const fs_project_column *from)
{
    return from || falls_back(project, t, c);
}

/* A column that the mapping does not give has its fallback: '(all)' items. */
static fs_status staged_value(const fs_project_ingest *in, const fs_canonical_table *t,
                              const fs_canonical_column *c, const fs_project_column *from,
                              fs_buffer *sql)
{
    if (is_customer(c->name)) return customer_value(in, from, sql);
    if (from || !falls_back(in->project, t, c)) return typed_value(from, c->type, sql);
    return fs_buffer_printf(sql, "cast(%s as %s)", c->fallback, fs_engine_sql_type(c->type));
}

/* Must a row have a value here? Yes where the policy says so, and where only a column that is
 * not there at all falls back. */
static bool must_have(const fs_project *project, const fs_canonical_table *t,
                      const fs_canonical_column *c, const fs_project_column *from)
{
    const char *fill;
    fs_missing missing = fs_project_missing(project, t, c, &fill);
    return missing == FS_MISSING_QUARANTINE || (missing == FS_MISSING_FALLBACK && !fill && from);
}

static bool is_dated(const fs_canonical_column *c)
{
    return c->type == FS_TYPE_DATE || c->type == FS_TYPE_TIME;
}

static bool multiplies(const fs_canonical_table *t, const fs_project_mapping *m)
{
    return t == fs_canonical_find("sales") && column_from(m, "units") && column_from(m, "price");
}

/* What holds of a cell that gives no reason: true of nearly all rows, and cheap. Where it does not hold, the
 * reasons are gone through; so it may fail for a good cell, but not hold for a bad one. */
static fs_status sound_cell(const fs_canonical_column *c, bool bad, bool must, fs_buffer *sql)
{
    if (bad)
        FS_TRY(fs_buffer_printf(sql,
                                " and (fs_t.\"_fs_text_%s\" is null or fs_t.\"%s\" is not null)",
                                c->name, c->name));
    if (c->type == FS_TYPE_DOUBLE)
        return fs_buffer_printf(sql,
                                must ? " and abs(fs_t.\"%s\") < " LARGE
                                     : " and coalesce(abs(fs_t.\"%s\"), 0) < " LARGE,
                                c->name);
    if (!must) return FS_OK;
    if (!is_dated(c)) return fs_buffer_printf(sql, " and fs_t.\"%s\" is not null", c->name);
    return fs_buffer_printf(sql,
                            " and fs_t.\"%s\" >= date '1900-01-01' and fs_t.\"%s\" < date "
                            "'2200-01-01'",
                            c->name, c->name);
}

static fs_status sound_row(const fs_project_ingest *in, const fs_canonical_table *t,
                           const fs_project_mapping *m, fs_buffer *sql)
{
    const fs_project *project = in->project;
    FS_TRY(fs_buffer_text(sql, "case when true"));
    if (refuses_forgotten(in, t, m)) FS_TRY(fs_buffer_text(sql, " and not fs_t._fs_forgotten"));
    for (const fs_canonical_column *c = t->column; c->name; c++) {
        const fs_project_column *from = column_from(m, c->name);
        if (from)
            FS_TRY(sound_cell(c, may_be_bad(from, c->type), must_have(project, t, c, from), sql));
    }
    if (multiplies(t, m))
        FS_TRY(
            fs_buffer_text(sql, " and coalesce(abs(fs_t.\"units\" * fs_t.\"price\"), 0) < " LARGE));
    return fs_buffer_text(sql, " then null");
}

static fs_status reason(const fs_project_ingest *in, const fs_canonical_table *t,
                        const fs_project_mapping *m, fs_buffer *sql)
{
    const fs_project *project = in->project;
    FS_TRY(sound_row(in, t, m, sql));
    if (refuses_forgotten(in, t, m))
        FS_TRY(fs_buffer_text(sql, " when fs_t._fs_forgotten then 'the customer is forgotten'"));
    for (const fs_canonical_column *c = t->column; c->name; c++)
        if (may_be_bad(column_from(m, c->name), c->type)) FS_TRY(bad_cell(t->name, c, sql));
    for (const fs_canonical_column *c = t->column; c->name; c++)
        if (must_have(project, t, c, column_from(m, c->name)))
            FS_TRY(missing_cell(t->name, c, sql));
    for (const fs_canonical_column *c = t->column; c->name; c++)
        if (is_dated(c) && column_from(m, c->name) &&
            must_have(project, t, c, column_from(m, c->name)))
            FS_TRY(far_cell(t->name, c, sql));
    for (const fs_canonical_column *c = t->column; c->name; c++)
        if (c->type == FS_TYPE_DOUBLE && column_from(m, c->name))
            FS_TRY(large_cell(t->name, c, sql));
    if (multiplies(t, m))
        FS_TRY(fs_buffer_text(sql, " when abs(fs_t.\"units\" * fs_t.\"price\") >= " LARGE
                                   " then 'sales.units times sales.price is larger than anything "
                                   "that a shop has'"));
    return fs_buffer_text(sql, " when false then '' end as _fs_reason");
}

static bool is_canonical(const fs_canonical_table *t, const char *name)
{
    for (const fs_canonical_column *c = t->column; c->name; c++)
        if (strcasecmp(c->name, name) == 0) return true;
    return false;
}

static bool passes_through(const fs_canonical_table *t, const char *name)
{
    return !is_canonical(t, name) && !fs_column_is_ours(name) && strncmp(name, "_fs_", 4) != 0;
}

/* The mapping's rows typed: canonical columns, the texts of those that may be bad, columns of its own. */
static fs_status typed_rows(const fs_project_ingest *in, const fs_project_table *t,
                            const fs_project_mapping *m, fs_buffer *sql)
{
    FS_TRY(fs_buffer_printf(sql, "select cast(%s as integer) as _file, cast(%s as bigint) as _line",
                            m->carries ? "fs_m._file" : "null",
                            m->carries ? "fs_m._line" : "null"));
    for (const fs_canonical_column *c = t->table->column; c->name; c++) {
        const fs_project_column *from = column_from(m, c->name);
        if (!is_staged(in->project, t->table, c, from)) continue;
        FS_TRY(fs_buffer_text(sql, ", "));
        FS_TRY(staged_value(in, t->table, c, from, sql));
        FS_TRY(fs_buffer_printf(sql, " as \"%s\"", c->name));
        if (!may_be_bad(from, c->type)) continue;
        FS_TRY(fs_buffer_text(sql, ", "));
        FS_TRY(text_value(from, sql));
        FS_TRY(fs_buffer_printf(sql, " as \"_fs_text_%s\"", c->name));
    }
    if (refuses_forgotten(in, t->table, m)) {
        FS_TRY(fs_buffer_text(sql, ", fs_forgotten("));
        FS_TRY(text_value(column_from(m, "customer"), sql));
        FS_TRY(fs_buffer_text(sql, ") as _fs_forgotten"));
    }
    for (int i = 0; i < m->columns.count; i++)
        if (passes_through(t->table, m->columns.column[i].name))
            FS_TRY(fs_buffer_printf(sql, ", fs_m.%s", m->columns.column[i].quoted));
    return fs_buffer_printf(sql, " from (%s\n) as fs_m", m->step->sql);
}

static fs_status stage_one(const fs_project_ingest *in, const fs_project_table *t,
                           const fs_project_mapping *m, int number, fs_buffer *sql)
{
    FS_TRY(fs_buffer_printf(sql, "select %d as _fs_mapping, fs_t._file, fs_t._line", number));
    for (const fs_canonical_column *c = t->table->column; c->name; c++)
        if (is_staged(in->project, t->table, c, column_from(m, c->name)))
            FS_TRY(fs_buffer_printf(sql, ", fs_t.\"%s\"", c->name));
    for (int i = 0; i < m->columns.count; i++)
        if (passes_through(t->table, m->columns.column[i].name))
            FS_TRY(fs_buffer_printf(sql, ", fs_t.%s", m->columns.column[i].quoted));
    FS_TRY(fs_buffer_text(sql, ", "));
    FS_TRY(reason(in, t->table, m, sql));
    FS_TRY(fs_buffer_text(sql, " from ("));
    FS_TRY(typed_rows(in, t, m, sql));
    return fs_buffer_text(sql, ") as fs_t");
}

fs_status fs_project_stage_sql(const fs_project_ingest *in, const fs_project_table *t,
                               fs_buffer *sql)
{
    for (int i = 0; i < t->mappings; i++) {
        if (i) FS_TRY(fs_buffer_text(sql, "\nunion all by name\n"));
        FS_TRY(stage_one(in, t, &in->mapping[t->first + i], i, sql));
    }
    if (t->mappings) return FS_OK;
    return fs_buffer_text(
        sql,
        "select 0 as _fs_mapping, cast(null as integer) as _file, cast(null as bigint) as _line, "
        "cast(null as varchar) as _fs_reason where false");
}

/* ---- rows that stand twice ---- */

/* "a, b" as "p.a = x.a …" or as a text for people. */
static fs_status each_key(const char *key, const char *format, const char *between, fs_buffer *sql)
{
    for (bool first = true; *key; first = false) {
        size_t bytes = strcspn(key, ",");
        char name[64];
        if (bytes >= sizeof name) return FS_FAILED;
        memcpy(name, key, bytes);
        name[bytes] = '\0';
        if (!first) FS_TRY(fs_buffer_text(sql, between));
        for (const char *c = format; *c; c++)
            FS_TRY(*c == '@' ? fs_buffer_text(sql, name) : fs_buffer_add(sql, c, 1));
        key += bytes;
        while (*key == ',' || *key == ' ') key++;
    }
    return FS_OK;
}

/* Every column that says something, each by `format` with @ for its quoted name. */
static fs_status each_column(const fs_project_table *t, const char *format, const char *between,
                             fs_buffer *sql)
{
    bool first = true;
    for (int i = 0; i < t->columns.count; i++) {
        const fs_project_column *c = &t->columns.column[i];
        if (fs_column_is_ours(c->name) || strncmp(c->name, "_fs_", 4) == 0) continue;
        if (!first) FS_TRY(fs_buffer_text(sql, between));
        first = false;
        for (const char *f = format; *f; f++)
            FS_TRY(*f == '@' ? fs_buffer_text(sql, c->quoted) : fs_buffer_add(sql, f, 1));
    }
    return FS_OK;
}

fs_status fs_project_again_sql(const fs_project_table *t, bool fullest, fs_buffer *sql)
{
    FS_TRY(fs_buffer_text(sql, "with again as (select "));
    FS_TRY(each_key(t->key, "\"@\"", ", ", sql));
    FS_TRY(fs_buffer_printf(sql, " from %s where _fs_reason is null and ", t->stage));
    const char *last =
        strrchr(t->key, ' '); /* "basket, line": a line without a basket counts too */
    FS_TRY(fs_buffer_printf(sql, "\"%s\" is not null group by ", last ? last + 1 : t->key));
    FS_TRY(each_key(t->key, "\"@\"", ", ", sql));
    FS_TRY(fs_buffer_printf(
        sql,
        " having count(*) > 1), mine as (select s.rowid as _fs_row, s.* from %s as s where "
        "s._fs_reason is null and exists (select 1 from again as a where ",
        t->stage));
    FS_TRY(each_key(t->key, "a.\"@\" is not distinct from s.\"@\"", " and ", sql));
    FS_TRY(fs_buffer_text(sql, ")), ranked as (select _fs_row, _fs_mapping, _file, _line, "));
    FS_TRY(each_key(t->key, "\"@\"", ", ", sql));
    FS_TRY(fs_buffer_text(sql, ", row_number() over fs_w as _fs_place, row("));
    FS_TRY(each_column(t, "@", ", ", sql));
    FS_TRY(fs_buffer_text(sql, ") is not distinct from first_value(row("));
    FS_TRY(each_column(t, "@", ", ", sql));
    FS_TRY(fs_buffer_text(sql, ")) over fs_w as _fs_same from mine window fs_w as (partition by "));
    FS_TRY(each_key(t->key, "\"@\"", ", ", sql));
    FS_TRY(fs_buffer_text(sql, " order by _fs_mapping, "));
    if (fullest) {
        FS_TRY(each_column(t, "cast(@ is not null as integer)", " + ", sql));
        FS_TRY(fs_buffer_text(sql, " desc, "));
    }
    FS_TRY(fs_buffer_text(sql, "_file nulls last, _line nulls last, "));
    FS_TRY(each_column(t, "@ nulls last", ", ", sql));
    FS_TRY(fs_buffer_text(
        sql, ")) select _fs_row, _fs_mapping, _file, _line, case when _fs_same then 'merged' when "
             "_file is null then 'superseded' else 'refused' end as fate, 'another row with "));
    FS_TRY(each_key(t->key, "@ = ' || coalesce(\"@\", '') || '", ", ", sql));
    return fs_buffer_text(sql, " says something else' as reason from ranked where _fs_place > 1");
}

/* ---- output ---- */

/* The cell, null where it is not finite, filled where the user's policy says with what. */
static fs_status output_column(const fs_project_ingest *in, const fs_project_table *t,
                               const fs_canonical_column *c, fs_buffer *sql)
{
    const char *fill;
    bool fills = fs_project_missing(in->project, t->table, c, &fill) == FS_MISSING_FALLBACK && fill;
    FS_TRY(fs_buffer_text(sql, fills ? ", coalesce(" : ", "));
    if (fs_project_column_find(&t->columns, c->name) < 0)
        FS_TRY(fs_buffer_printf(sql, "cast(null as %s)", fs_engine_sql_type(c->type)));
    else if (t->count[c - t->table->column].not_finite > 0)
        FS_TRY(fs_buffer_printf(sql, "case when isfinite(k.\"%s\") then k.\"%s\" end", c->name,
                                c->name));
    else
        FS_TRY(fs_buffer_printf(sql, "k.\"%s\"", c->name));
    if (fills) {
        fs_arena arena = {0};
        const char *literal = fs_project_literal(&arena, fill);
        fs_status status = literal ? fs_buffer_printf(sql, ", cast(%s as %s))", literal,
                                                      fs_engine_sql_type(c->type))
                                   : FS_MEMORY;
        fs_arena_free(&arena);
        FS_TRY(status);
    }
    return fs_buffer_printf(sql, " as \"%s\"", c->name);
}

fs_status fs_project_output_sql(const fs_project_ingest *in, const fs_project_table *t,
                                fs_buffer *sql)
{
    FS_TRY(fs_buffer_text(sql, "select k._file, k._line"));
    for (const fs_canonical_column *c = t->table->column; c->name; c++)
        FS_TRY(output_column(in, t, c, sql));
    for (int i = 0; i < t->columns.count; i++) {
        const fs_project_column *c = &t->columns.column[i];
        if (!passes_through(t->table, c->name)) continue;
        if (c->type == FS_TYPE_DOUBLE)
            FS_TRY(fs_buffer_printf(sql, ", case when isfinite(k.%s) then k.%s end as %s",
                                    c->quoted, c->quoted, c->quoted));
        else
            FS_TRY(fs_buffer_printf(sql, ", k.%s", c->quoted));
    }
    FS_TRY(fs_buffer_printf(sql, " from %s as k", t->kept));
    if (t->ordered || !t->mappings) return FS_OK;
    FS_TRY(
        fs_buffer_text(sql, " order by k._fs_mapping, k._file nulls last, k._line nulls last, "));
    return each_column(t, "k.@ nulls last", ", ", sql);
}
