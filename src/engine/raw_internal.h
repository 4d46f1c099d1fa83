/* Inside raw views: what a source is, and which file reads which kind.
 *
 *   raw.c         the views: descriptions, stats, rows for quarantine
 *   raw_text.c    delimited text: our own parser behind a table function
 *   raw_table.c   everything else: SELECTs over DuckDB's readers
 *   raw_cells.c   fs_cell_…: cells read in SQL as our parser reads them
 *   raw_open.c    bytes of a path, local or remote
 *   raw_fault.c   what servers say, in our words
 *   raw_login.c   certificates, keys and passwords; databases
 *   raw_sheets.c  the sheets of a workbook; raw_sheet_head.c: where the table of one begins
 *   raw_list.c    the tables of a database, the files of an object store
 *   raw_lake.c    folders that are tables of Delta or Iceberg
 *   raw_copy.c    local copies of files of HDFS (webhdfs_internal.h)
 */
#ifndef FORESELL_RAW_INTERNAL_H
#define FORESELL_RAW_INTERNAL_H

#include "engine_internal.h"

typedef struct fs_raw_field {
    const char *name;
    fs_reading reading;
    bool typed; /* reading is not TEXT: cells may be bad */
} fs_raw_field;

/* Columns after the file's own: _file, _line, _problem, _row. */
enum { FS_RAW_FILE, FS_RAW_LINE, FS_RAW_PROBLEM, FS_RAW_ROW, FS_RAW_EXTRA };

struct fs_raw_source {
    fs_raw_source *next;
    fs_engine *engine;
    long long number;
    const char *view;
    fs_arena arena; /* owns all that follows */
    fs_format format;
    fs_dialect dialect;
    const char **path;
    int paths;
    const char **table;  /* per path, sheet or database table; or NULL */
    fs_raw_field *given; /* as described */
    int givens;
    fs_raw_field *field; /* CSV: all columns, in the order of the first file */
    int fields;
    int **place;            /* CSV: per path and field, where it stands in that file */
    const char *select;     /* others: the SELECT that the view is made of */
    const char *select_all; /* the same with _row of every row */
    const char **from;      /* others: per path, what stands after FROM */
    const char *nested;     /* JSON: a column with lists of records in it; NULL: none */
    int64_t expected;       /* CSV: about how many records there are */
    bool counts;            /* its reader counts the records that can't be read */
    bool strict;            /* CSV: as in fs_raw */
    pthread_mutex_t lock;   /* guards what follows */
    fs_raw_stats *stats;    /* one per path, path owned by the arena */
    bool *complete;         /* stats of a path are those of the whole file */
};

/* Bytes of a path: local file, or through DuckDB's file system where it is a URL. */
fs_status fs_raw_check_regular(const char *path, fs_error *error);
fs_status fs_raw_check_json(fs_engine *engine, const char *path, fs_error *error);
fs_status fs_raw_open(fs_engine *engine, const char *path, fs_reader *reader, fs_error *error);
/* Loads what reading the path needs ("httpfs", "azure"); an address that nothing reads is told. */
fs_status fs_raw_prepare_path(fs_engine *engine, const char *path, fs_error *error);

/* The file to open for a path: the copy of a file of HDFS, which is made the first time; any other path itself. */
fs_status fs_raw_local(fs_engine *engine, const char *path, const char **file, fs_error *error);
bool fs_raw_is_hdfs(const char *path);
void fs_raw_remove_copies(fs_engine *engine);
/* Addresses in place of the names of copies. */
void fs_raw_say_addresses(fs_engine *engine, fs_error *error);

/* "cannot DOING ADDRESS: why", from what a file system of DuckDB said, in our words where we know them, and what to do. */
fs_status fs_raw_fail_remote(const char *doing, const char *path, const fs_error *cause,
                             fs_error *error);

/* Delimited text. */
fs_status fs_raw_text_describe(fs_raw_source *source, fs_error *error);
fs_status fs_raw_text_register(fs_engine *engine, fs_connection *connection, fs_error *error);
fs_status fs_raw_text_open(fs_raw_source *source, int path, fs_text **text, fs_error *error);
/* The names of a workbook's sheets, in its order; owned by the arena. */
fs_status fs_raw_sheets(fs_engine *engine, const char *path, fs_arena *arena, const char ***name,
                        int *count, fs_error *error);
/* Rows above the header of a sheet; and, where there are some, the range that holds the table. */
fs_status fs_raw_sheet_skip(fs_engine *engine, const char *path, const char *sheet, int64_t *skip,
                            fs_error *error);
fs_status fs_raw_sheet_range(fs_engine *engine, const char *path, const char *sheet, int64_t skip,
                             char range[48], fs_error *error);
/* The name of a column of the view that holds lists of records; NULL where it has none. */
const char *fs_raw_nested(fs_engine *engine, const char *view);
void fs_raw_keep_stats(fs_raw_source *source, int path, const fs_text_stats *stats, int64_t bad);
fs_raw_source *fs_raw_find(fs_engine *engine, long long number);

/* Tables of Delta and Iceberg (raw_lake.c). In a list of keys each becomes one address that ends in /. */
fs_status fs_raw_fold_lakes(fs_arena *arena, const char **key, int *count, fs_error *error);
fs_status fs_raw_lake(fs_engine *engine, const char *path, fs_lake *lake, fs_error *error);

/* Others. */
fs_status fs_raw_table_describe(fs_raw_source *source, fs_error *error);
fs_status fs_raw_table_stats(fs_raw_source *source, int path, fs_error *error);
/* Attaches a database, read-only and once, as fs_db_NUMBER. Its password is in no message. */
fs_status fs_raw_attach(fs_engine *engine, const char *path, long long *number, fs_error *error);
/* The same to write into; an SQLite file need not be there yet. */
fs_status fs_raw_attach_to_write(fs_engine *engine, const char *path, long long *number,
                                 fs_error *error);
/* "cannot write to the database ADDRESS: what `error` says", without the password. */
fs_status fs_raw_fail_database(const char *doing, const char *path, fs_error *error);
/* The tables and views of a database, SCHEMA.TABLE, in order; only those that the address names where it
 * has ?table=… */
fs_status fs_raw_tables(fs_engine *engine, const char *path, fs_arena *arena, const char ***name,
                        int *count, fs_error *error);
bool fs_raw_is_database_url(const char *path);
/* Is it an address of an object store, which can be listed? */
bool fs_raw_is_store(const char *url);
/* The file of sqlite://FILE, or the path itself. */
const char *fs_raw_sqlite_file(const char *path);
/* The extension that reads an address; NULL: none. */
const char *fs_raw_extension_of(const char *path);
/* Before a file is read, and at its end: is it still the one that was looked at first? */
fs_status fs_raw_note_version(fs_engine *engine, const char *path, fs_error *error);
fs_status fs_raw_check_version(fs_engine *engine, const char *path, fs_error *error);
/* Once the extension is loaded: certificates and keys from the environment. */
fs_status fs_raw_login(fs_engine *engine, const char *extension, fs_error *error);
fs_status fs_raw_cells_register(fs_connection *connection, fs_error *error);

/* "'abc' is not a number", for messages: what the reading wants. */
const char *fs_raw_wanted(fs_reading reading);

#endif
