/* What the databases share: columns in types that each of them has, names as each writes them, statements to the server,
 * and the list foresell_exports, which says of which run each table is.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "export_internal.h"

/* ---- columns ---- */

fs_status fs_export_columns(fs_export_target *t, const char *from, fs_export_column **column,
                            int *count, fs_error *error)
{
    fs_buffer sql = {0};
    fs_result *result = NULL;
    fs_status status = fs_buffer_printf(&sql, "select * from %s limit 0", from);
    status = status == FS_OK
                 ? fs_engine_query_on(t->engine, t->connection, sql.data, &result, error)
                 : fs_fail_memory(error, strlen(from));
    fs_buffer_free(&sql);
    FS_TRY(status);
    *count = fs_result_columns(result);
    *column = fs_arena_zero(&t->arena, (size_t)*count * sizeof **column);
    for (int i = 0; *column && i < *count; i++) {
        const char *name = fs_arena_strdup(&t->arena, fs_result_name(result, i));
        if (!name) *column = NULL;
        if (name) (*column)[i] = (fs_export_column){name, fs_result_type(result, i)};
    }
    fs_result_close(result);
    return *column ? FS_OK : fs_fail_memory(error, (size_t)*count * sizeof **column);
}

fs_status fs_export_add_cast(fs_buffer *sql, const char *table, const fs_export_column *column,
                             int columns)
{
    for (int i = 0; i < columns; i++) {
        FS_TRY(fs_buffer_text(sql, i ? ", cast(" : "select cast("));
        FS_TRY(fs_engine_add_name(sql, column[i].name));
        FS_TRY(fs_buffer_printf(sql, " as %s) as ", fs_engine_sql_type(column[i].type)));
        FS_TRY(fs_engine_add_name(sql, column[i].name));
    }
    FS_TRY(fs_buffer_text(sql, " from "));
    return fs_engine_add_name(sql, table);
}

/* ---- statements ---- */

/* Whatever fails between us and a database is told with its address. */
static fs_status fail(fs_export_target *t, fs_status status, fs_error *error)
{
    if (status == FS_OK || status == FS_MEMORY || status == FS_CANCELLED) return status;
    status = fs_raw_fail_database("write to", t->run->to, error);
    fs_error_remedy(error, "nothing of this export is to be seen there: put right what the "
                           "database says, and export again");
    return status;
}

fs_status fs_export_do(fs_export_target *t, fs_status written, fs_buffer *sql, fs_error *error)
{
    fs_status status = written == FS_OK
                           ? fs_engine_run(t->engine, t->connection, sql->data, NULL, error)
                           : fs_fail_memory(error, sql->size);
    fs_buffer_free(sql);
    return fail(t, status, error);
}

fs_status fs_export_simply(fs_export_target *t, const char *text, fs_error *error)
{
    fs_buffer sql = {0};
    return fs_export_do(t, fs_buffer_text(&sql, text), &sql, error);
}

/* Where the server broke off, DuckDB can't roll back, and closing the connection would end the process: DuckDB throws there
 * where nobody catches. Such a connection stays open until the process ends. */
void fs_export_leave(fs_export_target *t, fs_connection *connection, bool committed)
{
    if (committed || duckdb_query(connection->handle, "rollback", NULL) == DuckDBSuccess)
        fs_engine_release(t->engine, connection, true);
}

static const char *server(const fs_export_target *t)
{
    return t->kind == FS_EXPORT_MYSQL ? "mysql" : "postgres";
}

fs_status fs_export_tell(fs_export_target *t, fs_status written, fs_buffer *sql, fs_error *error)
{
    fs_buffer call = {0};
    if (written == FS_OK)
        written = fs_buffer_printf(&call, "call %s_execute('fs_db_%lld', ", server(t), t->number);
    if (written == FS_OK) written = fs_engine_add_text(&call, sql->data);
    if (written == FS_OK) written = fs_buffer_text(&call, ")");
    fs_buffer_free(sql);
    return fs_export_do(t, written, &call, error);
}

fs_status fs_export_ask(fs_export_target *t, const char *sql, int64_t *value, fs_error *error)
{
    fs_buffer call = {0};
    fs_status status =
        fs_buffer_printf(&call, "select n from %s_query('fs_db_%lld', ", server(t), t->number);
    if (status == FS_OK) status = fs_engine_add_text(&call, sql);
    if (status == FS_OK) status = fs_buffer_text(&call, ")");
    status = status == FS_OK
                 ? fs_engine_integer_on(t->engine, t->connection, call.data, value, error)
                 : fs_fail_memory(error, strlen(sql));
    fs_buffer_free(&call);
    return fail(t, status, error);
}

/* ---- names ---- */

fs_status fs_export_add_name(const fs_export_target *t, fs_buffer *sql, const char *name)
{
    return fs_engine_add_quoted(sql, name, t->kind == FS_EXPORT_MYSQL ? '`' : '"');
}

fs_status fs_export_add_place(const fs_export_target *t, fs_buffer *sql, const char *name,
                              bool inside)
{
    if (inside) FS_TRY(fs_buffer_printf(sql, "fs_db_%lld.", t->number));
    if (t->schema) {
        FS_TRY(inside ? fs_engine_add_name(sql, t->schema) : fs_export_add_name(t, sql, t->schema));
        FS_TRY(fs_buffer_text(sql, "."));
    }
    return inside ? fs_engine_add_name(sql, name) : fs_export_add_name(t, sql, name);
}

fs_status fs_export_add_names(const fs_export_target *t, fs_buffer *sql)
{
    for (int i = 0; i < t->run->tables; i++) {
        FS_TRY(fs_buffer_text(sql, i ? ", " : "("));
        FS_TRY(fs_engine_add_text(sql, t->run->table[i].name));
    }
    return fs_buffer_text(sql, ")");
}

/* Characters of UTF-8; 65, too many, where one is beyond the 65,536 first, which MySQL has in no name. */
static size_t letters(const char *text)
{
    size_t count = 0;
    for (; *text; text++) {
        if ((unsigned char)*text >= 0xf0) return 65;
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

static bool takes_name(const fs_export_target *t, const char *name)
{
    switch (t->kind) {
    case FS_EXPORT_POSTGRES: return strlen(name) <= 63;
    case FS_EXPORT_MYSQL: return letters(name) <= 64;
    default: return true;
    }
}

fs_status fs_export_check_names(const fs_export_target *t, const char *table,
                                const fs_export_column *column, int columns, fs_error *error)
{
    for (int i = 0; i < columns; i++) {
        if (takes_name(t, column[i].name)) continue;
        fs_fail(error, FS_DATA, "%s, and a column of %s is called %s",
                t->kind == FS_EXPORT_MYSQL
                    ? "MySQL takes names of 64 characters, none beyond U+FFFF"
                    : "Postgres takes names of 63 bytes",
                table, column[i].name);
        fs_error_remedy(error, "give it another name in its mapping or step, or leave the table "
                               "out (--table)");
        return FS_DATA;
    }
    return FS_OK;
}

/* ---- what is there ---- */

static fs_status note(fs_export_target *t, const fs_result *rows, int *room, fs_error *error)
{
    struct fs_export_seen *grown = fs_arena_grow(&t->arena, t->seen, t->seens, room, sizeof *grown);
    if (!grown) return fs_fail_memory(error, sizeof *grown);
    t->seen = grown;
    const char *name = fs_arena_strdup(&t->arena, fs_result_text((fs_result *)rows, 0));
    if (!name) return fs_fail_memory(error, 64);
    t->seen[t->seens++] =
        (struct fs_export_seen){.name = name, .ours = fs_result_integer(rows, 1) != 0};
    return FS_OK;
}

fs_status fs_export_look(fs_export_target *t, const char *sql, fs_error *error)
{
    fs_result *rows;
    bool more = true;
    int room = 0;
    fs_status status = fs_engine_query_on(t->engine, t->connection, sql, &rows, error);
    if (status != FS_OK) return fail(t, status, error);
    t->seens = 0;
    while (status == FS_OK) {
        status = fs_result_next(rows, &more, error);
        if (status != FS_OK) status = fail(t, status, error);
        if (status != FS_OK || !more) break;
        status = note(t, rows, &room, error);
    }
    fs_result_close(rows);
    return status;
}

/* SQLite takes names in any case. */
struct fs_export_seen *fs_export_find(const fs_export_target *t, const char *name)
{
    bool any_case = t->kind == FS_EXPORT_SQLITE;
    for (int i = 0; i < t->seens; i++)
        if ((any_case ? strcasecmp : strcmp)(t->seen[i].name, name) == 0) return &t->seen[i];
    return NULL;
}

fs_status fs_export_fail_other(fs_export_target *t, const char *name, fs_error *error)
{
    const char *shown = fs_url_shown(&t->arena, t->run->to);
    fs_fail(error, FS_USAGE, "%s has a table %s that foresell did not write%s", shown ? shown : "",
            name, t->kind == FS_EXPORT_SQLITE ? ", or not as it is now" : "");
    fs_error_remedy(error,
                    "rename that table, export elsewhere%s, or have it replaced by --replace",
                    t->kind == FS_EXPORT_POSTGRES ? " (?schema=NAME)" : "");
    return FS_USAGE;
}

fs_status fs_export_refuse_others(fs_export_target *t, fs_error *error)
{
    for (int i = 0; i <= t->run->tables; i++) {
        const char *name = i < t->run->tables ? t->run->table[i].name : FS_EXPORT_LIST;
        const struct fs_export_seen *seen = fs_export_find(t, name);
        if (seen && !seen->ours && !t->run->replace)
            return fs_export_fail_other(t, seen->name, error);
    }
    return FS_OK;
}

fs_status fs_export_fail_busy(fs_export_target *t, fs_error *error)
{
    const char *shown = fs_url_shown(&t->arena, t->run->to);
    fs_fail(error, FS_BUSY, "another export is at work on %s", shown ? shown : "");
    fs_error_remedy(error, "wait until it is done, or stop it");
    return FS_BUSY;
}

/* ---- what was written ---- */

fs_status fs_export_add_list(const fs_export_target *t, fs_buffer *sql, const char *now)
{
    for (int i = 0; i < t->run->tables; i++) {
        const fs_export_table *table = &t->run->table[i];
        FS_TRY(fs_buffer_text(sql, i ? ", (" : " values ("));
        FS_TRY(fs_engine_add_text(sql, table->name));
        FS_TRY(fs_buffer_text(sql, ", "));
        FS_TRY(fs_engine_add_text(sql, fs_export_stamp(t->run)));
        FS_TRY(fs_buffer_printf(sql, ", %" PRId64 ", %s)", table->rows, now));
    }
    return FS_OK;
}

/* A server counts by itself: DuckDB would fetch the rows. */
fs_status fs_export_count(fs_export_target *t, const char *name, const fs_export_table *table,
                          fs_error *error)
{
    int64_t rows = 0;
    bool here = t->kind == FS_EXPORT_SQLITE;
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "select count(*) as n from ");
    if (status == FS_OK) status = fs_export_add_place(t, &sql, name, here);
    if (status != FS_OK)
        fs_fail_memory(error, 64);
    else if (here)
        status =
            fail(t, fs_engine_integer_on(t->engine, t->connection, sql.data, &rows, error), error);
    else
        status = fs_export_ask(t, sql.data, &rows, error);
    fs_buffer_free(&sql);
    FS_TRY(status);
    return fs_export_check_rows(table, rows, error);
}
