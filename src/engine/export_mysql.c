/* A run as tables of MySQL or MariaDB, whose transactions do not hold CREATE, DROP and RENAME.
 *
 * The tables are written beside the old ones, as foresell_new_0, foresell_new_1 …, and counted. Then one RENAME TABLE, which
 * the server does as a whole or not at all, exchanges all of them, the list among them. What it replaced is dropped after.
 * What an export left that was killed bears our comment, and is dropped by the next one.
 *
 * Columns are called c1, c2 … until their rows are written: DuckDB does not write a ` in a name as MySQL reads it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "export_internal.h"

#define FRESH "foresell_new_"
#define OLD   "foresell_old_"

static fs_status drop(fs_export_target *t, const char *name, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "drop table if exists ");
    if (status == FS_OK) status = fs_export_add_place(t, &sql, name, false);
    return fs_export_tell(t, status, &sql, error);
}

/* The name of the table at `index` while it is `what`. The list is the one after the last. */
static const char *beside(const char *what, int index, char name[48])
{
    snprintf(name, 48, "%s%d", what, index);
    return name;
}

static const char *name_of(const fs_export_run *run, int index)
{
    return index < run->tables ? run->table[index].name : FS_EXPORT_LIST;
}

/* ---- what is there ---- */

static fs_status add_there(const fs_export_target *t, fs_buffer *sql)
{
    fs_buffer ask = {0};
    fs_status status = fs_buffer_text(
        &ask, "select table_name as name, case when table_type = 'BASE TABLE' and table_comment "
              "like '" FS_EXPORT_MARK "%' then 1 else 0 end as ours from information_schema.tables "
              "where table_schema = ");
    if (status == FS_OK) status = fs_engine_add_text(&ask, t->schema);
    if (status == FS_OK)
        status =
            fs_buffer_printf(sql, "select name, ours from mysql_query('fs_db_%lld', ", t->number);
    if (status == FS_OK) status = fs_engine_add_text(sql, ask.data);
    if (status == FS_OK) status = fs_buffer_text(sql, ")");
    fs_buffer_free(&ask);
    return status;
}

static fs_status look(fs_export_target *t, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = add_there(t, &sql) == FS_OK ? fs_export_look(t, sql.data, error)
                                                   : fs_fail_memory(error, 256);
    fs_buffer_free(&sql);
    FS_TRY(status);
    FS_TRY(fs_export_refuse_others(t, error));
    for (int i = 0; i < t->seens; i++) {
        const char *name = t->seen[i].name;
        bool left =
            strncmp(name, FRESH, strlen(FRESH)) == 0 || strncmp(name, OLD, strlen(OLD)) == 0;
        if (left && !t->seen[i].ours) return fs_export_fail_other(t, name, error);
        if (left) FS_TRY(drop(t, name, error));
    }
    return FS_OK;
}

/* ---- tables ---- */

static const char *type_name(fs_type type)
{
    switch (type) {
    case FS_TYPE_BOOL: return "boolean";
    case FS_TYPE_INT: return "bigint";
    case FS_TYPE_DOUBLE: return "double";
    case FS_TYPE_DATE: return "date";
    case FS_TYPE_TIME: return "datetime(6)";
    case FS_TYPE_BLOB: return "longblob";
    default: return "longtext";
    }
}

static fs_status end_table(const fs_export_target *t, fs_buffer *sql)
{
    return fs_buffer_printf(sql,
                            ") default character set utf8mb4 comment '" FS_EXPORT_MARK " run %s'",
                            fs_export_stamp(t->run));
}

static fs_status make_table(fs_export_target *t, const char *fresh, const fs_export_column *column,
                            int columns, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_printf(&sql, "create table `%s` (", fresh);
    for (int i = 0; status == FS_OK && i < columns; i++)
        status =
            fs_buffer_printf(&sql, "%sc%d %s", i ? ", " : "", i + 1, type_name(column[i].type));
    if (status == FS_OK) status = end_table(t, &sql);
    FS_TRY(fs_export_tell(t, status, &sql, error));
    /* DuckDB remembers what tables there were */
    return fs_export_do(t, fs_buffer_text(&sql, "call mysql_clear_cache()"), &sql, error);
}

static fs_status write_rows(fs_export_target *t, const char *fresh, const char *name,
                            const fs_export_column *column, int columns, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "insert into ");
    if (status == FS_OK) status = fs_export_add_place(t, &sql, fresh, true);
    if (status == FS_OK) status = fs_buffer_text(&sql, " ");
    if (status == FS_OK) status = fs_export_add_cast(&sql, name, column, columns);
    return fs_export_do(t, status, &sql, error);
}

static fs_status name_columns(fs_export_target *t, const char *fresh,
                              const fs_export_column *column, int columns, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_printf(&sql, "alter table `%s`", fresh);
    for (int i = 0; status == FS_OK && i < columns; i++) {
        status = fs_buffer_printf(&sql, "%s change c%d ", i ? "," : "", i + 1);
        if (status == FS_OK) status = fs_export_add_name(t, &sql, column[i].name);
        if (status == FS_OK) status = fs_buffer_printf(&sql, " %s", type_name(column[i].type));
    }
    return fs_export_tell(t, status, &sql, error);
}

static fs_status write_table(fs_export_target *t, int index, fs_error *error)
{
    const fs_export_table *table = &t->run->table[index];
    fs_export_column *column;
    char fresh[48];
    int columns;
    beside(FRESH, index, fresh);
    FS_TRY(fs_export_columns(t, table->name, &column, &columns, error));
    FS_TRY(fs_export_check_names(t, table->name, column, columns, error));
    FS_TRY(make_table(t, fresh, column, columns, error));
    FS_TRY(write_rows(t, fresh, table->name, column, columns, error));
    FS_TRY(name_columns(t, fresh, column, columns, error));
    return fs_export_count(t, fresh, table, error);
}

/* ---- the list ---- */

/* What it says of other tables stays. */
static fs_status keep_list(fs_export_target *t, const char *fresh, fs_error *error)
{
    const struct fs_export_seen *seen = fs_export_find(t, FS_EXPORT_LIST);
    fs_buffer sql = {0};
    if (!seen || !seen->ours) return FS_OK;
    fs_status status = fs_buffer_printf(
        &sql, "insert into `%s` select * from " FS_EXPORT_LIST " where name not in ", fresh);
    if (status == FS_OK) status = fs_export_add_names(t, &sql);
    return fs_export_tell(t, status, &sql, error);
}

static fs_status write_list(fs_export_target *t, fs_error *error)
{
    char fresh[48];
    fs_buffer sql = {0};
    beside(FRESH, t->run->tables, fresh);
    fs_status status = fs_buffer_printf(&sql,
                                        "create table `%s` (name varchar(255), run varchar(64), "
                                        "`rows` bigint, exported_at datetime",
                                        fresh);
    if (status == FS_OK) status = end_table(t, &sql);
    FS_TRY(fs_export_tell(t, status, &sql, error));
    FS_TRY(keep_list(t, fresh, error));
    status = fs_buffer_printf(&sql, "insert into `%s`", fresh);
    if (status == FS_OK) status = fs_export_add_list(t, &sql, "utc_timestamp()");
    return fs_export_tell(t, status, &sql, error);
}

/* ---- all at once ---- */

static fs_status add_exchange(const fs_export_target *t, fs_buffer *sql, int index)
{
    char other[48];
    const char *name = name_of(t->run, index);
    if (fs_export_find(t, name)) {
        FS_TRY(fs_export_add_name(t, sql, name));
        FS_TRY(fs_buffer_printf(sql, " to `%s`, ", beside(OLD, index, other)));
    }
    FS_TRY(fs_buffer_printf(sql, "`%s` to ", beside(FRESH, index, other)));
    return fs_export_add_name(t, sql, name);
}

static fs_status exchange(fs_export_target *t, fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_text(&sql, "rename table ");
    for (int i = 0; status == FS_OK && i <= t->run->tables; i++) {
        if (i) status = fs_buffer_text(&sql, ", ");
        if (status == FS_OK) status = add_exchange(t, &sql, i);
    }
    return fs_export_tell(t, status, &sql, error);
}

static fs_status drop_all(fs_export_target *t, const char *what, fs_error *error)
{
    char name[48];
    for (int i = 0; i <= t->run->tables; i++) FS_TRY(drop(t, beside(what, i, name), error));
    return FS_OK;
}

static fs_status write_all(fs_export_target *t, fs_error *error)
{
    for (int i = 0; i < t->run->tables; i++) {
        fs_export_progress(t->engine, t->run, i);
        FS_TRY(write_table(t, i, error));
    }
    FS_TRY(write_list(t, error));
    return exchange(t, error);
}

static fs_status write_and_tidy(fs_export_target *t, fs_error *error)
{
    FS_TRY(look(t, error));
    fs_status status = write_all(t, error);
    fs_error ignored = {0}; /* what can't be dropped now the next export drops */
    (void)!drop_all(t, status == FS_OK ? OLD : FRESH, &ignored);
    return status;
}

/* One export at a time. The lock is that of a connection to the server, which DuckDB keeps for a transaction. */
static fs_status take_lock(fs_export_target *t, fs_error *error)
{
    int64_t taken = 0;
    FS_TRY(fs_export_simply(t, "begin", error));
    FS_TRY(fs_export_ask(t, "select get_lock(concat('" FS_EXPORT_LIST " ', database()), 0) as n",
                         &taken, error));
    return taken ? FS_OK : fs_export_fail_busy(t, error);
}

fs_status fs_export_to_mysql(fs_export_target *t, fs_error *error)
{
    fs_connection *work = t->connection, *lock;
    FS_TRY(fs_engine_acquire(t->engine, &lock, error));
    t->connection = lock;
    fs_status status = take_lock(t, error);
    t->connection = work;
    if (status == FS_OK) status = write_and_tidy(t, error);
    fs_export_leave(t, lock, false);
    return status;
}
