/* What there is: the tables of a database, the files of an object store or of HDFS. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "webhdfs_internal.h"

/* ---- lists of texts ---- */

typedef struct list {
    fs_arena *arena;
    const char **text;
    int count, room;
} list;

static fs_status add(list *l, const char *text, fs_error *error)
{
    const char **grown = fs_arena_grow(l->arena, l->text, l->count, &l->room, sizeof *grown);
    if (!grown) return fs_fail_memory(error, sizeof *grown);
    l->text = grown;
    l->text[l->count] = fs_arena_strdup(l->arena, text);
    return l->text[l->count] ? (l->count++, FS_OK) : fs_fail_memory(error, strlen(text));
}

/* The texts of the only column of `sql`. */
static fs_status add_all(fs_engine *engine, const char *sql, list *l, fs_error *error)
{
    fs_result *rows;
    bool more = true;
    FS_TRY(fs_engine_query_few(engine, sql, &rows, error));
    fs_status status = FS_OK;
    while (status == FS_OK) {
        status = fs_result_next(rows, &more, error);
        if (status != FS_OK || !more) break;
        status = add(l, fs_result_text(rows, 0), error);
    }
    fs_result_close(rows);
    return status;
}

/* ---- databases ---- */

bool fs_raw_is_database_url(const char *path)
{
    static const char *const schemes[] = {"postgres://", "postgresql://", "mysql://", "sqlite://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncasecmp(path, schemes[i], strlen(schemes[i])) == 0) return true;
    return false;
}

/* Each server is asked in its own words, since DuckDB does not tell a view from a table: a view would
 * bring rows of its tables again, and so would the partitions of a table. SELECTs of a name and whether
 * it is a table. */
static fs_status add_postgres_tables(fs_buffer *sql, long long number)
{
    return fs_buffer_printf(
        sql,
        "select name, base from postgres_query('fs_db_%lld', 'select n.nspname || ''.'' || "
        "c.relname as name, c.relkind in (''r'', ''p'', ''f'') as base from pg_class c join "
        "pg_namespace n on n.oid = c.relnamespace where c.relkind in (''r'', ''p'', ''f'', ''v'', "
        "''m'') and not c.relispartition and n.nspname <> ''information_schema'' and "
        "left(n.nspname, 3) <> ''pg_''')",
        number);
}

static fs_status add_mysql_tables(fs_buffer *sql, long long number)
{
    return fs_buffer_printf(
        sql,
        "select name, base = 1 as base from mysql_query('fs_db_%lld', 'select "
        "concat(table_schema, ''.'', table_name) as name, case when table_type = ''BASE TABLE'' "
        "then 1 else 0 end as base from information_schema.tables where table_schema not in "
        "(''information_schema'', ''mysql'', ''performance_schema'', ''sys'') and (database() is "
        "null or table_schema = database())')",
        number);
}

static fs_status add_sqlite_tables(fs_buffer *sql, long long number)
{
    return fs_buffer_printf(
        sql,
        "select schema_name || '.' || table_name as name, true as base from duckdb_tables() where "
        "database_name = 'fs_db_%lld' union all select schema_name || '.' || view_name, false from "
        "duckdb_views() where not internal and database_name = 'fs_db_%lld'",
        number, number);
}

static fs_status add_tables_of(fs_buffer *sql, const char *path, long long number)
{
    if (strncasecmp(path, "mysql://", 8) == 0) return add_mysql_tables(sql, number);
    bool server = fs_raw_is_database_url(path) && strncasecmp(path, "sqlite", 6) != 0;
    return server ? add_postgres_tables(sql, number) : add_sqlite_tables(sql, number);
}

/* ?table=a&table=b names those that are wanted. */
static fs_status named_tables(const fs_url *url, list *l, fs_error *error)
{
    const char *query = url->query, *key, *value;
    for (;;) {
        FS_TRY(fs_url_option(l->arena, &query, &key, &value, error));
        if (!key) return FS_OK;
        if (strcmp(key, "table") == 0 && *value) FS_TRY(add(l, value, error));
    }
}

/* Tables; views only where there are none. */
static fs_status all_tables(fs_engine *engine, const char *path, list *l, fs_error *error)
{
    long long number;
    fs_buffer sql = {0};
    FS_TRY(fs_raw_attach(engine, path, &number, error));
    fs_status status = fs_buffer_text(&sql, "with t as (");
    if (status == FS_OK) status = add_tables_of(&sql, path, number);
    if (status == FS_OK)
        status = fs_buffer_text(&sql, ") select name from t where base or not (select "
                                      "bool_or(base) from t) order by 1");
    if (status == FS_OK)
        status = add_all(engine, sql.data, l, error);
    else
        fs_fail_memory(error, 256);
    fs_buffer_free(&sql);
    return status;
}

fs_status fs_raw_tables(fs_engine *engine, const char *path, fs_arena *arena, const char ***name,
                        int *count, fs_error *error)
{
    list l = {.arena = arena};
    fs_url url = {0};
    if (fs_raw_is_database_url(path)) FS_TRY(fs_url_parse(arena, path, &url, error));
    FS_TRY(named_tables(&url, &l, error));
    if (l.count == 0) FS_TRY(all_tables(engine, path, &l, error));
    *name = l.text;
    *count = l.count;
    return FS_OK;
}

/* ---- object stores ---- */

bool fs_raw_is_store(const char *url)
{
    static const char *const schemes[] = {"s3://", "s3a://", "gs://",    "gcs://",  "r2://",
                                          "hf://", "az://",  "azure://", "abfss://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0) return true;
    return false;
}

static bool can_be_listed(const char *url)
{
    size_t bytes = strlen(url);
    return fs_raw_is_store(url) && (strpbrk(url, "*[") || url[bytes - 1] == '/');
}

static fs_status list_store(fs_engine *engine, const char *url, list *l, fs_error *error)
{
    fs_buffer sql = {0};
    fs_error cause = {0};
    bool folder = url[strlen(url) - 1] == '/';
    const char *pattern = folder ? fs_arena_printf(l->arena, "%s**", url) : url;
    fs_status status = pattern ? fs_buffer_text(&sql, "select file from glob(") : FS_MEMORY;
    if (status == FS_OK) status = fs_engine_add_text(&sql, pattern);
    if (status == FS_OK) status = fs_buffer_text(&sql, ") where file not like '%/' order by 1");
    if (status == FS_OK)
        status = add_all(engine, sql.data, l, &cause);
    else
        fs_fail_memory(&cause, 256);
    fs_buffer_free(&sql);
    if (status == FS_OK) return FS_OK;
    if (error) *error = cause;
    return status == FS_MEMORY || status == FS_CANCELLED
               ? status
               : fs_raw_fail_remote("read", url, &cause, error);
}

fs_status fs_engine_list(fs_engine *engine, const char *pattern, fs_arena *arena,
                         const char ***path, int *count, fs_error *error)
{
    list l = {.arena = arena};
    if (fs_raw_is_hdfs(pattern)) return fs_hdfs_spread(engine, arena, pattern, path, count, error);
    if (can_be_listed(pattern)) {
        const char *filled;
        FS_TRY(fs_raw_prepare_path(engine, pattern, error));
        FS_TRY(fs_url_fill(arena, pattern, &filled, error));
        FS_TRY(list_store(engine, filled, &l, error));
        FS_TRY(fs_raw_fold_lakes(arena, l.text, &l.count, error));
    } else {
        FS_TRY(add(&l, pattern, error));
    }
    *path = l.text;
    *count = l.count;
    return FS_OK;
}
