/* Inside the export of a run: which file writes where.
 *
 *   export.c           the tables, what may be asked of them; chooses one of:
 *   export_folder.c    Parquet in a folder, which appears by one rename
 *   export_store.c     Parquet in an object store, whole once its manifest.json is there
 *   export_database.c  Postgres and SQLite: one transaction
 *   export_mysql.c     MySQL: tables beside the old ones, exchanged by one RENAME
 *   export_table.c     what these share: columns, the list foresell_exports
 */
#ifndef FORESELL_EXPORT_INTERNAL_H
#define FORESELL_EXPORT_INTERNAL_H

#include "plan_internal.h"
#include "raw_internal.h"

/* What foresell writes beside the tables in a database: which run each of them is of. */
#define FS_EXPORT_LIST "foresell_exports"
/* How the comment of a table begins that is ours to replace, where the database keeps comments. */
#define FS_EXPORT_MARK "foresell export:"

typedef struct fs_export_column {
    const char *name;
    fs_type type;
} fs_export_column;

/* The stamp of the run: the last part of its folder. */
const char *fs_export_stamp(const fs_export_run *run);
/* "exporting: TABLE", rows so far of all. */
void fs_export_progress(const fs_engine *engine, const fs_export_run *run, int table);
/* select * from "TABLE" */
fs_status fs_export_add_rows(fs_buffer *sql, const char *table);
/* The column by which a table is divided; NULL: not. */
const char *fs_export_division(const fs_export_run *run, const fs_export_table *table);
/* Fails where not all rows of the table arrived. */
fs_status fs_export_check_rows(const fs_export_table *table, int64_t rows, fs_error *error);

fs_status fs_export_to_folder(fs_engine *engine, const fs_export_run *run, fs_error *error);
fs_status fs_export_to_store(fs_engine *engine, const fs_export_run *run, fs_error *error);
fs_status fs_export_to_database(fs_engine *engine, const fs_export_run *run, fs_error *error);

/* ---- databases ---- */

typedef enum fs_export_kind {
    FS_EXPORT_POSTGRES,
    FS_EXPORT_SQLITE,
    FS_EXPORT_MYSQL
} fs_export_kind;

typedef struct fs_export_target {
    fs_engine *engine;
    const fs_export_run *run;
    fs_connection *connection;
    fs_arena arena;
    fs_export_kind kind;
    long long number;       /* attached as fs_db_NUMBER */
    const char *schema;     /* Postgres: of ?schema=; MySQL: the database */
    struct fs_export_seen { /* tables that are there */
        const char *name;
        bool ours; /* to replace */
    } * seen;
    int seens;
} fs_export_target;

fs_status fs_export_to_mysql(fs_export_target *target, fs_error *error);

/* Columns of a FROM item, owned by the target's arena. */
fs_status fs_export_columns(fs_export_target *target, const char *from, fs_export_column **column,
                            int *count, fs_error *error);
/* select cast("a" as bigint) as "a", … from "TABLE": types that every database has. */
fs_status fs_export_add_cast(fs_buffer *sql, const char *table, const fs_export_column *column,
                             int columns);
/* Runs a statement on the target's connection; `written` is how it was put together, and the text is freed. */
fs_status fs_export_do(fs_export_target *target, fs_status written, fs_buffer *sql,
                       fs_error *error);
fs_status fs_export_simply(fs_export_target *target, const char *sql, fs_error *error);
/* Gives a connection back, out of its transaction: what was not committed is rolled back. */
void fs_export_leave(fs_export_target *target, fs_connection *connection, bool committed);
/* The same with a statement in the words of the server, which DuckDB passes on. */
fs_status fs_export_tell(fs_export_target *target, fs_status written, fs_buffer *sql,
                         fs_error *error);
/* An integer that a query in the words of the server gives in a column n. */
fs_status fs_export_ask(fs_export_target *target, const char *sql, int64_t *value, fs_error *error);
/* "name" or `name`, as the server writes names; 'text' is the same for all. */
fs_status fs_export_add_name(const fs_export_target *target, fs_buffer *sql, const char *name);
/* "SCHEMA"."NAME" in the words of the server, or fs_db_1."SCHEMA"."NAME" in those of DuckDB. */
fs_status fs_export_add_place(const fs_export_target *target, fs_buffer *sql, const char *name,
                              bool inside);
/* insert into … of the list: values of all tables of the run. */
fs_status fs_export_add_list(const fs_export_target *target, fs_buffer *sql, const char *now);
/* ('a', 'b'): the names of all tables of the run. */
fs_status fs_export_add_names(const fs_export_target *target, fs_buffer *sql);
/* Notes the names and what is ours of them, as the two columns of a SELECT say. */
fs_status fs_export_look(fs_export_target *target, const char *sql, fs_error *error);
/* The table of that name that is there, or NULL. */
struct fs_export_seen *fs_export_find(const fs_export_target *target, const char *name);
/* "… has a table NAME that foresell did not write" */
fs_status fs_export_fail_other(fs_export_target *target, const char *name, fs_error *error);
/* Fails where a table that is to be written is there, is not ours, and may not be replaced. */
fs_status fs_export_refuse_others(fs_export_target *target, fs_error *error);
/* "another export is at work on …" */
fs_status fs_export_fail_busy(fs_export_target *target, fs_error *error);
/* Fails where a column has a name that the server does not take: Postgres would cut it. */
fs_status fs_export_check_names(const fs_export_target *target, const char *table,
                                const fs_export_column *column, int columns, fs_error *error);
/* Counts what arrived in NAME, as the database sees it. */
fs_status fs_export_count(fs_export_target *target, const char *name, const fs_export_table *table,
                          fs_error *error);

#endif
