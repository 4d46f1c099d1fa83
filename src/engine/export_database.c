/* A run as tables of a database: Postgres and SQLite here, in one transaction; MySQL in export_mysql.c.
 *
 * Postgres: a table that is there with the same columns keeps its place, its indexes, grants and the views on it. Its rows
 * are deleted and the new ones written in the same transaction, so that others read the old ones until all is new. Where
 * the columns differ the table is dropped and made again.
 *
 * Ours to replace is, in Postgres, what bears our comment: that belongs to the table, and goes with it. SQLite has no
 * comments: there it is what the list foresell_exports names with the number of rows that it has.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "export_internal.h"

/* ---- what is there ---- */

/* SELECTs of a name and whether it is ours. */
static fs_status add_there(const fs_export_target *t, fs_buffer *sql)
{
    fs_buffer ask = {0};
    fs_status status = fs_buffer_text(
        &ask,
        "select c.relname::text as name, c.relkind = 'r' and coalesce(obj_description(c.oid, "
        "'pg_class'), '') like '" FS_EXPORT_MARK "%' as ours from pg_class c join pg_namespace "
        "n on n.oid = c.relnamespace where n.nspname = ");
    if (status == FS_OK) status = fs_engine_add_text(&ask, t->schema);
    if (status == FS_OK)
        status = fs_buffer_printf(sql, "select name, ours from postgres_query('fs_db_%lld', ",
                                  t->number);
    if (status == FS_OK) status = fs_engine_add_text(sql, ask.data);
    if (status == FS_OK) status = fs_buffer_text(sql, ")");
    fs_buffer_free(&ask);
    return status;
}

static fs_status add_sqlite_there(const fs_export_target *t, fs_buffer *sql)
{
    return fs_buffer_printf(
        sql,
        "select table_name as name, table_name = '" FS_EXPORT_LIST "' and (select count(*) from "
        "duckdb_columns() c where c.database_name = t.database_name and c.table_name = "
        "t.table_name and c.column_name in ('name', 'run', 'rows', 'exported_at')) = 4 as ours "
        "from duckdb_tables() t where database_name = 'fs_db_%lld' union all select view_name, "
        "false from duckdb_views() where not internal and database_name = 'fs_db_%lld'",
        t->number, t->number);
}

/* SQLite: does the list name the table with as many rows as it has? */
static fs_status is_listed(fs_export_target *t, const char *name, bool *ours, fs_error *error)
{
    int64_t listed = 0;
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "select count(*) from ");
    if (status == FS_OK) status = fs_export_add_place(t, &sql, FS_EXPORT_LIST, true);
    if (status == FS_OK) status = fs_buffer_text(&sql, " where name = ");
    if (status == FS_OK) status = fs_engine_add_text(&sql, name);
    if (status == FS_OK) status = fs_buffer_text(&sql, " and rows = (select count(*) from ");
    if (status == FS_OK) status = fs_export_add_place(t, &sql, name, true);
    if (status == FS_OK) status = fs_buffer_text(&sql, ")");
    status = status == FS_OK
                 ? fs_engine_integer_on(t->engine, t->connection, sql.data, &listed, error)
                 : fs_fail_memory(error, 256);
    fs_buffer_free(&sql);
    *ours = listed > 0;
    return status;
}

static fs_status look(fs_export_target *t, fs_error *error)
{
    fs_buffer sql = {0};
    bool sqlite = t->kind == FS_EXPORT_SQLITE;
    fs_status status = (sqlite ? add_sqlite_there(t, &sql) : add_there(t, &sql)) == FS_OK
                           ? fs_export_look(t, sql.data, error)
                           : fs_fail_memory(error, 256);
    fs_buffer_free(&sql);
    const struct fs_export_seen *list = fs_export_find(t, FS_EXPORT_LIST);
    for (int i = 0; status == FS_OK && sqlite && list && list->ours && i < t->run->tables; i++) {
        struct fs_export_seen *seen = fs_export_find(t, t->run->table[i].name);
        if (seen) status = is_listed(t, seen->name, &seen->ours, error);
    }
    return status == FS_OK ? fs_export_refuse_others(t, error) : status;
}

/* ---- statements ---- */

/* "BEFORE place AFTER" in the words of DuckDB. */
static fs_status at_place(fs_export_target *t, const char *before, const char *name,
                          const char *after, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, before);
    if (status == FS_OK) status = fs_export_add_place(t, &sql, name, true);
    if (status == FS_OK) status = fs_buffer_text(&sql, after);
    return fs_export_do(t, status, &sql, error);
}

static fs_status mark(fs_export_target *t, const char *name, fs_error *error)
{
    fs_buffer sql = {0};
    if (t->kind == FS_EXPORT_SQLITE) return FS_OK;
    fs_status status = fs_buffer_text(&sql, "comment on table ");
    if (status == FS_OK) status = fs_export_add_place(t, &sql, name, false);
    if (status == FS_OK)
        status = fs_buffer_printf(&sql, " is '" FS_EXPORT_MARK " run %s'", fs_export_stamp(t->run));
    return fs_export_tell(t, status, &sql, error);
}

/* ---- tables ---- */

/* Has the table that is there the columns of the new one? */
static fs_status is_alike(fs_export_target *t, const char *name, const fs_export_column *column,
                          int columns, bool *alike, fs_error *error)
{
    fs_export_column *there = NULL;
    int count = 0;
    fs_buffer place = {0};
    fs_status status = fs_export_add_place(t, &place, name, true) == FS_OK
                           ? fs_export_columns(t, place.data, &there, &count, error)
                           : fs_fail_memory(error, 64);
    fs_buffer_free(&place);
    *alike = status == FS_OK && count == columns;
    for (int i = 0; *alike && i < columns; i++)
        *alike = strcmp(there[i].name, column[i].name) == 0 && there[i].type == column[i].type;
    return status;
}

/* Makes way for the new rows; *kept: the table stays, empty. */
static fs_status make_way(fs_export_target *t, const char *name, const fs_export_column *column,
                          int columns, bool *kept, fs_error *error)
{
    *kept = false;
    const struct fs_export_seen *seen = fs_export_find(t, name);
    if (!seen) return FS_OK;
    if (t->kind == FS_EXPORT_POSTGRES) FS_TRY(is_alike(t, name, column, columns, kept, error));
    if (!*kept) return at_place(t, "drop table ", seen->name, "", error);
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "delete from ");
    if (status == FS_OK) status = fs_export_add_place(t, &sql, name, false);
    return fs_export_tell(t, status, &sql, error);
}

static fs_status write_rows(fs_export_target *t, const char *name, const fs_export_column *column,
                            int columns, bool kept, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, kept ? "insert into " : "create table ");
    if (status == FS_OK) status = fs_export_add_place(t, &sql, name, true);
    if (status == FS_OK) status = fs_buffer_text(&sql, kept ? " " : " as ");
    if (status == FS_OK) status = fs_export_add_cast(&sql, name, column, columns);
    return fs_export_do(t, status, &sql, error);
}

static fs_status write_table(fs_export_target *t, const fs_export_table *table, fs_error *error)
{
    fs_export_column *column;
    int columns;
    bool kept;
    FS_TRY(fs_export_columns(t, table->name, &column, &columns, error));
    FS_TRY(fs_export_check_names(t, table->name, column, columns, error));
    FS_TRY(make_way(t, table->name, column, columns, &kept, error));
    FS_TRY(write_rows(t, table->name, column, columns, kept, error));
    FS_TRY(mark(t, table->name, error));
    return fs_export_count(t, table->name, table, error);
}

/* ---- the list ---- */

static fs_status write_list(fs_export_target *t, fs_error *error)
{
    const struct fs_export_seen *seen = fs_export_find(t, FS_EXPORT_LIST);
    fs_buffer old = {0}, fresh = {0};
    if (seen && !seen->ours) FS_TRY(at_place(t, "drop table ", seen->name, "", error));
    if (!seen || !seen->ours) {
        FS_TRY(at_place(t, "create table ", FS_EXPORT_LIST,
                        "(name varchar, run varchar, rows bigint, exported_at timestamp)", error));
        FS_TRY(mark(t, FS_EXPORT_LIST, error));
    }
    fs_status status = fs_buffer_text(&old, " where name in ");
    if (status == FS_OK) status = fs_export_add_names(t, &old);
    if (status == FS_OK) status = fs_export_add_list(t, &fresh, "cast(now() as timestamp)");
    if (status != FS_OK) fs_fail_memory(error, 256);
    if (status == FS_OK) status = at_place(t, "delete from ", FS_EXPORT_LIST, old.data, error);
    if (status == FS_OK) status = at_place(t, "insert into ", FS_EXPORT_LIST, fresh.data, error);
    fs_buffer_free(&old);
    fs_buffer_free(&fresh);
    return status;
}

/* ---- the transaction ---- */

/* One export at a time; the lock ends with the transaction. */
static fs_status take_lock(fs_export_target *t, fs_error *error)
{
    int64_t taken = 0;
    FS_TRY(fs_export_ask(t,
                         "select pg_try_advisory_xact_lock(hashtext('" FS_EXPORT_LIST "'))::int "
                         "as n",
                         &taken, error));
    return taken ? FS_OK : fs_export_fail_busy(t, error);
}

/* Asked first: to make a schema that is there needs a permission that to write into it does not. */
static fs_status make_schema(fs_export_target *t, fs_error *error)
{
    int64_t there = 0;
    fs_buffer ask = {0}, sql = {0};
    fs_status status =
        fs_buffer_text(&ask, "select count(*)::int as n from pg_namespace where nspname = ");
    if (status == FS_OK) status = fs_engine_add_text(&ask, t->schema);
    status =
        status == FS_OK ? fs_export_ask(t, ask.data, &there, error) : fs_fail_memory(error, 64);
    fs_buffer_free(&ask);
    if (status != FS_OK || there) return status;
    status = fs_buffer_printf(&sql, "create schema fs_db_%lld.", t->number);
    if (status == FS_OK) status = fs_engine_add_name(&sql, t->schema);
    return fs_export_do(t, status, &sql, error);
}

static fs_status in_transaction(fs_export_target *t, fs_error *error)
{
    FS_TRY(fs_export_simply(t, "begin", error));
    if (t->kind == FS_EXPORT_POSTGRES) {
        FS_TRY(take_lock(t, error));
        FS_TRY(make_schema(t, error));
    }
    FS_TRY(look(t, error));
    for (int i = 0; i < t->run->tables; i++) {
        fs_export_progress(t->engine, t->run, i);
        FS_TRY(write_table(t, &t->run->table[i], error));
    }
    FS_TRY(write_list(t, error));
    return fs_export_simply(t, "commit", error);
}

/* ---- the database ---- */

static fs_export_kind kind_of(const char *to)
{
    if (strncasecmp(to, "postgres", 8) == 0) return FS_EXPORT_POSTGRES;
    return strncasecmp(to, "mysql", 5) == 0 ? FS_EXPORT_MYSQL : FS_EXPORT_SQLITE;
}

/* Postgres: that of ?schema=, else public; MySQL: the database. SQLite has none. */
static fs_status find_schema(fs_export_target *t, fs_error *error)
{
    fs_url url;
    const char *key, *value;
    if (t->kind == FS_EXPORT_SQLITE) return FS_OK;
    FS_TRY(fs_url_parse(&t->arena, t->run->to, &url, error));
    t->schema = t->kind == FS_EXPORT_MYSQL ? url.path : "public";
    for (;;) {
        FS_TRY(fs_url_option(&t->arena, &url.query, &key, &value, error));
        if (!key) break;
        if (strcmp(key, "schema") == 0 && *value) t->schema = value;
    }
    if (t->schema && *t->schema) return FS_OK;
    fs_fail(error, FS_USAGE, "the address names no database to write to");
    fs_error_remedy(error, "as mysql://USER@HOST/DATABASE");
    return FS_USAGE;
}

static fs_status write_attached(fs_export_target *t, fs_error *error)
{
    FS_TRY(fs_engine_acquire(t->engine, &t->connection, error));
    bool mysql = t->kind == FS_EXPORT_MYSQL;
    fs_status status = mysql ? fs_export_to_mysql(t, error) : in_transaction(t, error);
    if (mysql)
        fs_engine_release(t->engine, t->connection, status == FS_OK);
    else
        fs_export_leave(t, t->connection, status == FS_OK);
    fs_error left = {0};
    fs_status detached = fs_engine_executef(t->engine, &left, "detach fs_db_%lld", t->number);
    if (status != FS_OK || detached == FS_OK) return status;
    if (error) *error = left;
    return fs_raw_fail_database("close", t->run->to, error);
}

fs_status fs_export_to_database(fs_engine *engine, const fs_export_run *run, fs_error *error)
{
    fs_export_target t = {.engine = engine, .run = run, .kind = kind_of(run->to)};
    const char *file = t.kind == FS_EXPORT_SQLITE ? fs_raw_sqlite_file(run->to) : NULL;
    bool fresh = file && access(file, F_OK) != 0;
    fs_status status = find_schema(&t, error);
    if (status == FS_OK) status = fs_raw_attach_to_write(engine, run->to, &t.number, error);
    if (status == FS_OK) status = write_attached(&t, error);
    if (status != FS_OK && fresh) unlink(file);
    fs_arena_free(&t.arena);
    return status;
}
