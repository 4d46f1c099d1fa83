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

/* blanks, tabs, line ends and no-break spaces, as a SQL literal */
#define BLANKS "' \t\r\n\xc2\xa0'"

/* What programs write for nothing. Words that may mean something (NA, none, -) are left alone. */
#define NOTHING "('', 'nan', 'NaN', 'NULL', 'null', 'N/A', '#N/A')"

fs_status fs_project_text_sql(const char *column, fs_buffer *sql)
{
    const char *x = column;
    /* few texts have blanks around them, and to look is cheaper than to cut; all below ! is blank */
    return fs_buffer_printf(
        sql,
        "case when %s < '!' or ends_with(%s, ' ') or ends_with(%s, '\t') or ends_with(%s, '\n') or "
        "ends_with(%s, '\r') or starts_with(%s, '\xc2\xa0') or ends_with(%s, '\xc2\xa0') "
        "then nullif(trim(%s, " BLANKS "), '') when %s not in " NOTHING " then %s end",
        x, x, x, x, x, x, x, x, x, x);
}

const char *fs_project_sql_type(fs_type type)
{
    switch (type) {
    case FS_TYPE_BOOL: return "boolean";
    case FS_TYPE_INT: return "bigint";
    case FS_TYPE_DOUBLE: return "double";
    case FS_TYPE_DATE: return "date";
    case FS_TYPE_TIME: return "timestamp";
    default: return "varchar";
    }
}

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

/* A column as trimmed text, null where it says nothing; 17850.0 of a number column is the code 17850. */
static fs_status text_value(const fs_project_column *from, fs_buffer *sql)
{
    const char *x = from->quoted;
    if (from->type == FS_TYPE_DOUBLE)
        return fs_buffer_printf(
            sql,
            "case when fs_m.%s = trunc(fs_m.%s) and abs(fs_m.%s) < 1e15 "
            "then cast(cast(fs_m.%s as bigint) as varchar) else cast(fs_m.%s as varchar) end",
            x, x, x, x, x);
    fs_buffer column = {0};
    fs_status status = from->type == FS_TYPE_TEXT
                           ? fs_buffer_printf(&column, "fs_m.%s", x)
                           : fs_buffer_printf(&column, "cast(fs_m.%s as varchar)", x);
    if (status == FS_OK) status = fs_project_text_sql(column.data, sql);
    fs_buffer_free(&column);
    return status;
}

/* The column cast to its canonical type. */
static fs_status typed_value(const fs_project_column *from, fs_type to, fs_buffer *sql)
{
    const char *type = fs_project_sql_type(to);
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

/* when … then 'sales.units: ''abc'' is not a number' */
static fs_status bad_cell(const char *table, const fs_canonical_column *c,
                          const fs_project_column *from, fs_buffer *sql)
{
    if (!from || c->type == FS_TYPE_TEXT || casts_freely(from->type, c->type)) return FS_OK;
    FS_TRY(fs_buffer_text(sql, " when "));
    FS_TRY(text_value(from, sql));
    FS_TRY(fs_buffer_text(sql, " is not null and "));
    FS_TRY(typed_value(from, c->type, sql));
    FS_TRY(fs_buffer_printf(sql, " is null then '%s.%s: ''' || left(", table, c->name));
    FS_TRY(text_value(from, sql));
    return fs_buffer_printf(sql, ", 60) || ''' %s'", wanted_words(c->type));
}

static fs_status missing_cell(const char *table, const fs_canonical_column *c,
                              const fs_project_column *from, fs_buffer *sql)
{
    FS_TRY(fs_buffer_text(sql, " when "));
    FS_TRY(typed_value(from, c->type, sql));
    FS_TRY(fs_buffer_text(sql, " is null"));
    if (c->type == FS_TYPE_DOUBLE) {
        FS_TRY(fs_buffer_text(sql, " or not isfinite("));
        FS_TRY(typed_value(from, c->type, sql));
        FS_TRY(fs_buffer_text(sql, ")"));
    }
    return fs_buffer_printf(sql, " then '%s.%s is missing'", table, c->name);
}

/* A row must have this date, and it lies where no shop has sold: 9999-12-31 and the like, which would
 * stretch every series to there. */
static fs_status far_cell(const char *table, const fs_canonical_column *c,
                          const fs_project_column *from, fs_buffer *sql)
{
    FS_TRY(fs_buffer_text(sql, " when year("));
    FS_TRY(typed_value(from, c->type, sql));
    return fs_buffer_printf(sql,
                            ") not between 1900 and 2199 then '%s.%s lies outside the years 1900 "
                            "to 2199'",
                            table, c->name);
}

/* No shop has a thousand million million of anything, and sums are exact only up to there. */
#define LARGE "1e15"

static fs_status large_cell(const char *table, const fs_canonical_column *c,
                            const fs_project_column *from, fs_buffer *sql)
{
    FS_TRY(fs_buffer_text(sql, " when isfinite("));
    FS_TRY(typed_value(from, c->type, sql));
    FS_TRY(fs_buffer_text(sql, ") and abs("));
    FS_TRY(typed_value(from, c->type, sql));
    return fs_buffer_printf(
        sql, ") >= " LARGE " then '%s.%s is larger than anything that a shop has'", table, c->name);
}

static fs_status large_product(const fs_project_column *units, const fs_project_column *price,
                               fs_buffer *sql)
{
    if (!units || !price) return FS_OK;
    FS_TRY(fs_buffer_text(sql, " when abs("));
    FS_TRY(typed_value(units, FS_TYPE_DOUBLE, sql));
    FS_TRY(fs_buffer_text(sql, " * "));
    FS_TRY(typed_value(price, FS_TYPE_DOUBLE, sql));
    return fs_buffer_text(sql, ") >= " LARGE " then 'sales.units times sales.price is larger than "
                               "anything that a shop has'");
}

static const fs_project_column *column_from(const fs_project_mapping *m, const char *name)
{
    int index = fs_project_column_find(&m->columns, name);
    return index < 0 ? NULL : &m->columns.column[index];
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
static fs_status staged_value(const fs_project *project, const fs_canonical_table *t,
                              const fs_canonical_column *c, const fs_project_column *from,
                              fs_buffer *sql)
{
    if (from || !falls_back(project, t, c)) return typed_value(from, c->type, sql);
    return fs_buffer_printf(sql, "cast(%s as %s)", c->fallback, fs_project_sql_type(c->type));
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

static fs_status reason(const fs_project *project, const fs_canonical_table *t,
                        const fs_project_mapping *m, fs_buffer *sql)
{
    FS_TRY(fs_buffer_text(sql, "case"));
    for (const fs_canonical_column *c = t->column; c->name; c++)
        FS_TRY(bad_cell(t->name, c, column_from(m, c->name), sql));
    for (const fs_canonical_column *c = t->column; c->name; c++)
        if (must_have(project, t, c, column_from(m, c->name)))
            FS_TRY(missing_cell(t->name, c, column_from(m, c->name), sql));
    for (const fs_canonical_column *c = t->column; c->name; c++)
        if ((c->type == FS_TYPE_DATE || c->type == FS_TYPE_TIME) && column_from(m, c->name) &&
            must_have(project, t, c, column_from(m, c->name)))
            FS_TRY(far_cell(t->name, c, column_from(m, c->name), sql));
    for (const fs_canonical_column *c = t->column; c->name; c++)
        if (c->type == FS_TYPE_DOUBLE && column_from(m, c->name))
            FS_TRY(large_cell(t->name, c, column_from(m, c->name), sql));
    if (t == fs_canonical_find("sales"))
        FS_TRY(large_product(column_from(m, "units"), column_from(m, "price"), sql));
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

static fs_status stage_one(const fs_project_ingest *in, const fs_project_table *t,
                           const fs_project_mapping *m, int number, fs_buffer *sql)
{
    const char *file = m->carries ? "fs_m._file" : "null",
               *line = m->carries ? "fs_m._line" : "null";
    FS_TRY(fs_buffer_printf(
        sql, "select %d as _fs_mapping, cast(%s as integer) as _file, cast(%s as bigint) as _line",
        number, file, line));
    for (const fs_canonical_column *c = t->table->column; c->name; c++) {
        if (!is_staged(in->project, t->table, c, column_from(m, c->name))) continue;
        FS_TRY(fs_buffer_text(sql, ", "));
        FS_TRY(staged_value(in->project, t->table, c, column_from(m, c->name), sql));
        FS_TRY(fs_buffer_printf(sql, " as \"%s\"", c->name));
    }
    for (int i = 0; i < m->columns.count; i++)
        if (passes_through(t->table, m->columns.column[i].name))
            FS_TRY(fs_buffer_printf(sql, ", fs_m.%s", m->columns.column[i].quoted));
    FS_TRY(fs_buffer_text(sql, ", "));
    FS_TRY(reason(in->project, t->table, m, sql));
    return fs_buffer_printf(sql, " from (%s\n) as fs_m", m->step->sql);
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
        FS_TRY(fs_buffer_printf(sql, "cast(null as %s)", fs_project_sql_type(c->type)));
    else if (c->type == FS_TYPE_DOUBLE)
        FS_TRY(fs_buffer_printf(sql, "case when isfinite(k.\"%s\") then k.\"%s\" end", c->name,
                                c->name));
    else
        FS_TRY(fs_buffer_printf(sql, "k.\"%s\"", c->name));
    if (fills) {
        fs_arena arena = {0};
        const char *literal = fs_project_literal(&arena, fill);
        fs_status status = literal ? fs_buffer_printf(sql, ", cast(%s as %s))", literal,
                                                      fs_project_sql_type(c->type))
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
