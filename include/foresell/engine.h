/* foresell/engine.h: steps, the plan, and the embedded engine (DuckDB) that runs them.
 *
 * A run's tables are Parquet files in its folder, one per step; to the next step each is a view.
 * So memory stays small, a run can be resumed step by step, and Spark's runs look the same.
 */
#ifndef FORESELL_ENGINE_H
#define FORESELL_ENGINE_H

#include "foresell/base.h"
#include "foresell/operator.h"
#include "foresell/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the embedded database ------------------------------------------------------ */

typedef struct fs_engine fs_engine;
typedef struct fs_engine_settings {
    int64_t memory;              /* bytes; 0: 70 % of what the machine or cgroup has */
    int threads;                 /* 0: all cores */
    const char *scratch;         /* folder for spilling and sorted inputs; NULL: a temporary one */
    const char *extensions;      /* folder of *.duckdb_extension; NULL: beside the program */
    const fs_progress *progress; /* may be NULL; must outlive the engine */
} fs_engine_settings;
/* Opens DuckDB with our prelude, functions and settings: no network unless a source needs it, no
 * automatic installs, unsigned extensions off, UTC. */
FS_API FS_MUST_CHECK fs_status fs_engine_open(const fs_engine_settings *settings,
                                              fs_engine **engine, fs_error *error);
FS_API void fs_engine_close(fs_engine *engine);
/* Of the settings, for who works with the engine and has something to report; may be NULL. */
FS_API const fs_progress *fs_engine_progress(const fs_engine *engine);
/* How many threads it uses. */
FS_API int fs_engine_threads(const fs_engine *engine);
/* Runs statements; results are thrown away. Thread-safe: every call has a connection of its own
 * from a pool. */
FS_API FS_MUST_CHECK fs_status fs_engine_execute(fs_engine *engine, const char *sql,
                                                 fs_error *error);
/* Loads a signed extension from the installation: "httpfs", "excel", "postgres_scanner" … */
FS_API FS_MUST_CHECK fs_status fs_engine_extension(fs_engine *engine, const char *name,
                                                   fs_error *error);

/* One result, row by row, streamed. Texts are owned by the cursor and valid until the next row. */
typedef struct fs_result fs_result;
FS_API FS_MUST_CHECK fs_status fs_engine_query(fs_engine *engine, const char *sql,
                                               fs_result **result, fs_error *error);
/* The same of few rows, which are all made before the first is read: quicker, as it is planned once. */
FS_API FS_MUST_CHECK fs_status fs_engine_query_few(fs_engine *engine, const char *sql,
                                                   fs_result **result, fs_error *error);
FS_API int fs_result_columns(const fs_result *result);
FS_API const char *fs_result_name(const fs_result *result, int column);
FS_API fs_type fs_result_type(const fs_result *result, int column);
/* The type of SQL that holds its values: "bigint", "varchar" where there is none of its own. */
FS_API const char *fs_engine_sql_type(fs_type type);
/* FS_OK with *more false at the end. */
FS_API FS_MUST_CHECK fs_status fs_result_next(fs_result *result, bool *more, fs_error *error);
FS_API bool fs_result_null(const fs_result *result, int column);
FS_API int64_t fs_result_integer(const fs_result *result,
                                 int column); /* bool, int, date (days), time (µs) */
FS_API double fs_result_number(const fs_result *result, int column); /* any numeric */
FS_API const char *fs_result_text(const fs_result *result,
                                  int column); /* any type, as SQL casts it */
FS_API void fs_result_close(fs_result *result);
/* First column of the first row as an integer; 0 where there is no row or it is null. */
FS_API FS_MUST_CHECK fs_status fs_engine_integer(fs_engine *engine, const char *sql, int64_t *value,
                                                 fs_error *error);

/* ---- who customers are (identity.c) ---------------------------------------------------- */

#define FS_IDENTITY_TEXT 34 /* c and 32 hexadecimal digits, with the NUL */
typedef struct fs_identity_key {
    unsigned char byte[32];
} fs_identity_key;
/* What becomes of customers' numbers. All zero: they stay as they are. */
typedef struct fs_identities {
    bool salted;                  /* they are replaced by pseudonyms */
    fs_identity_key salt;         /* the salt's digest */
    fs_identity_key key;          /* of the marks of those who are forgotten */
    const char *const *forgotten; /* marks, sorted */
    int count;
} fs_identities;
/* The pseudonym of a number; the mark by which a list knows a number, or a pseudonym. */
FS_API void fs_identity_name(const fs_identities *identities, const char *text, size_t bytes,
                             char name[FS_IDENTITY_TEXT]);
FS_API void fs_identity_mark(const fs_identities *identities, const char *text, size_t bytes,
                             char mark[FS_IDENTITY_TEXT]);
FS_API bool fs_identity_forgotten(const fs_identities *identities, const char *text, size_t bytes);
/* fs_customer(text) and fs_forgotten(text) in SELECTs go by these from now on; they must outlive their use. */
FS_API void fs_engine_identities(fs_engine *engine, const fs_identities *identities);

/* ---- tables ------------------------------------------------------------------------ */

/* Writes the rows of `select` to a Parquet file by way of a temporary name beside it; *rows gets
 * their number. The same rows give the same bytes. */
FS_API FS_MUST_CHECK fs_status fs_engine_write_parquet(fs_engine *engine, const char *select,
                                                       const char *path, int64_t *rows,
                                                       fs_error *error);
/* Writes `data` to path by a temporary name beside it, fsynced, and renames it. */
FS_API FS_MUST_CHECK fs_status fs_engine_write_file(const char *path, const void *data,
                                                    size_t bytes, fs_error *error);
/* Makes `name` a view of a Parquet file. */
FS_API FS_MUST_CHECK fs_status fs_engine_attach(fs_engine *engine, const char *name,
                                                const char *path, fs_error *error);
/* CSV, XLSX, Parquet or JSON lines by the extension of `path`; CSV and XLSX cells that begin with = + - @,
 * tab or CR and are text get a ' before them. */
FS_API FS_MUST_CHECK fs_status fs_engine_export(fs_engine *engine, const char *select,
                                                const char *path, fs_error *error);
/* FS_USAGE where `path` has no extension that fs_engine_export knows. */
FS_API FS_MUST_CHECK fs_status fs_engine_check_export(const char *path, fs_error *error);

/* Writes the Arrow batches that `produce` gives (until *more is false; the engine releases each) to
 * a file as fs_engine_export does; Parquet where the extension is none that it knows. Streamed:
 * memory does not grow. The same batches give the same bytes. `schema` is read, not kept. */
typedef fs_status (*fs_produce)(void *context, struct ArrowArray *batch, bool *more,
                                fs_error *error);
FS_API FS_MUST_CHECK fs_status fs_engine_write_batches(fs_engine *engine,
                                                       const struct ArrowSchema *schema,
                                                       fs_produce produce, void *context,
                                                       const char *path, int64_t *rows,
                                                       fs_error *error);

/* ---- operators ------------------------------------------------------------------------ */

/* An operator and the rows that it gets: those of `select`, in any order. */
typedef struct fs_apply {
    const fs_operator *op;
    const char *options; /* the text of the parameters, or NULL */
    const char *const *group;
    int groups;        /* 0: all rows are one group */
    const char *order; /* the column that orders the rows of a group */
    const char *select;
    bool
        as_they_come; /* groups in the order in which they first come, not in that of their columns */
    bool needs_rows; /* no row at all is an error, and no file is written */
} fs_apply;

/* Writes the file `path`, Parquet or what its extension says: the group columns, then what the operator gives; groups in the order of
 * their columns, nulls first, and a group's rows as the operator gives them. Only the groups are sorted:
 * rows are dealt out into ranges of groups, which threads put in order and pipe, so memory does not grow with
 * the rows (beside the groups, and the different texts of a text column), and the bytes are the same for any
 * number of threads. Of groups that fail the first one is told. `rows` and `series` (may be NULL) get how
 * many rows the result and how many groups the SELECT has. */
FS_API FS_MUST_CHECK fs_status fs_engine_apply(fs_engine *engine, const fs_apply *apply,
                                               const char *path, int64_t *rows, int64_t *series,
                                               fs_error *error);

/* ---- reading sources ------------------------------------------------------------------- */

/* A raw table: one or several files with the same columns. */
typedef enum fs_format {
    FS_FORMAT_CSV,
    FS_FORMAT_PARQUET,
    FS_FORMAT_JSON,
    FS_FORMAT_XLSX,
    FS_FORMAT_DATABASE
} fs_format;
typedef struct fs_raw_column {
    const char *name;   /* as in the file, made unique */
    fs_reading reading; /* TEXT where no mapping uses the column */
} fs_raw_column;
typedef struct fs_raw {
    const char *name;        /* of the raw table: [a-z][a-z0-9_]* */
    const char *const *path; /* files, globs already spread out; or a URL; or "postgres://…" */
    int paths;
    fs_format format;
    fs_dialect dialect; /* CSV */
    const char *const
        *table; /* XLSX: sheet of each path; DATABASE: table; NULL: the first sheets */
    const fs_raw_column *column;
    int columns;
    bool
        strict; /* CSV: reading fails at the first row that can't be read, or that has a cell which is not like those that
                  * the readings were taken from (fs_read_cell_alike); of all columns, asked for or not */
} fs_raw;
typedef struct fs_raw_stats {
    char *path; /* owned by the array */
    int64_t bytes, records, lines;
    int64_t bad; /* records that can't be read; -1: the reader does not count them */
    char digest[FS_DIGEST_HEX];
} fs_raw_stats;

/* A SELECT's FROM item that reads a raw table: columns typed as their readings say, plus
 *   _file    int      index into paths
 *   _line    bigint   line (CSV) or row number (others), 1-based
 *   _problem text     null, or why this row can't be read: "Price: 'abc' is not a number"
 *   _row     text     the record as it was, where _problem is not null
 * The raw description is copied; the view lives as long as the engine. */
FS_API FS_MUST_CHECK fs_status fs_engine_raw_view(fs_engine *engine, const fs_raw *raw,
                                                  const char *view, fs_error *error);
/* Addresses of an object store (s3:// …) that match a pattern with * or [, or lie in a folder that ends in /;
 * any other address is given back as it is. Owned by the arena. */
FS_API FS_MUST_CHECK fs_status fs_engine_list(fs_engine *engine, const char *pattern,
                                              fs_arena *arena, const char ***path, int *count,
                                              fs_error *error);
/* Is a folder of this machine a table, rather than a folder of files? */
typedef enum fs_lake { FS_LAKE_NONE, FS_LAKE_DELTA, FS_LAKE_ICEBERG } fs_lake;
FS_API fs_lake fs_engine_lake(const char *folder);
/* Does the reader of a view count the records that can't be read? Then what is made of the view needs no copy of
 * it to account for all rows. */
FS_API bool fs_engine_raw_counts(fs_engine *engine, const char *view);
/* One per path, for what was not read to its end by reading it; free with fs_raw_stats_free. */
FS_API FS_MUST_CHECK fs_status fs_engine_raw_stats(fs_engine *engine, const char *view,
                                                   fs_raw_stats **stats, int *count,
                                                   fs_error *error);
FS_API void fs_raw_stats_free(fs_raw_stats *stats, int count);
/* Size and digest of a file of a raw table as it is stored. What an SQLite database still has in its
 * write-ahead file belongs to it. 0 and empty for what has no bytes of its own: a table on a server, a folder. */
FS_API FS_MUST_CHECK fs_status fs_engine_digest(fs_engine *engine, const char *path,
                                                fs_format format, int64_t *bytes,
                                                char hex[FS_DIGEST_HEX], fs_error *error);
/* Rows as they were, for quarantine: those of the view, as r, for which the condition `where` holds. Reads the files
 * once more. Creates the table `into` (_file, _line, _problem, _row). */
FS_API FS_MUST_CHECK fs_status fs_engine_raw_rows(fs_engine *engine, const char *view,
                                                  const char *where, const char *into,
                                                  fs_error *error);
/* For init: finds format, dialect, sheets, columns of a path (CSV, Parquet, JSON, XLSX, SQLite,
 * database URL), and profiles every column over the whole file. */
typedef struct fs_file_profile {
    char *path;
    fs_format format;
    char *table;        /* sheet or database table, or NULL */
    char *left;         /* why this table was left alone: it then has no columns; or NULL */
    fs_sniffed sniffed; /* CSV */
    bool beginning;     /* CSV: of the first rows only */
    int64_t bytes, records, faults; /* faults: ragged, unreadable records */
    char digest[FS_DIGEST_HEX];
    int columns;
    char **name;
    fs_column_profile *column;
} fs_file_profile;
/* *count may be 0 (not a table: then `error` says what it is and the status is FS_DATA). */
FS_API FS_MUST_CHECK fs_status fs_engine_profile(fs_engine *engine, const char *path,
                                                 fs_file_profile **profile, int *count,
                                                 fs_error *error);
/* The same by the types that the file itself says (Parquet), without reading a row: of a column's profile
 * there is its reading, and one row. Columns of text are text. Of CSV the profile of the first rows, without a digest, where
 * all of these can be read. *count 0 where there is neither. */
FS_API FS_MUST_CHECK fs_status fs_engine_columns(fs_engine *engine, const char *path,
                                                 fs_file_profile **profile, int *count,
                                                 fs_error *error);
FS_API void fs_file_profile_free(fs_file_profile *profile, int count);

/* ---- steps and the plan ---------------------------------------------------------------- */

typedef struct fs_plan fs_plan;
/* Values for ${name}; looked up when a step's text is read. NULL result: unknown, an error. */
typedef const char *(*fs_lookup)(void *context, const char *name);

typedef struct fs_step {
    const char *name; /* of the table it makes */
    const char *about;
    const char *file; /* where it stands, for messages */
    int64_t line;
    const char *sql;     /* its SELECT, ${…} filled in, no comments of the header */
    const char *op;      /* operator name or NULL */
    const char *options; /* parameter text or NULL */
    const char *const *group;
    int groups;
    const char *order; /* or NULL */
    const char *const *expect;
    int expects;
    const char *const *input;
    int inputs;                 /* tables that its SELECT names, sorted */
    bool twice;                 /* it names one of them more than once */
    char digest[FS_DIGEST_HEX]; /* of everything that its result depends on but its inputs */
} fs_step;

FS_API FS_MUST_CHECK fs_status fs_plan_open(fs_lookup lookup, void *context, fs_plan **plan,
                                            fs_error *error);
/* Reads a step from text. A step of a name that is there already replaces it where `replace`, else
 * is an error that names both places. The SQL subset is linted. */
FS_API FS_MUST_CHECK fs_status fs_plan_add(fs_plan *plan, fs_engine *engine, const char *file,
                                           const char *text, bool replace, fs_error *error);
/* All *.sql of a folder, in name order; a missing folder is fine. */
FS_API FS_MUST_CHECK fs_status fs_plan_add_folder(fs_plan *plan, fs_engine *engine,
                                                  const char *folder, bool replace,
                                                  fs_error *error);
/* Adds the names of the steps that such a folder holds, and of the tables beside them, by its files' names
 * (37_offered.sql is offered, clusters.csv clusters), to `names`, a space between two. */
FS_API FS_MUST_CHECK fs_status fs_plan_folder_names(const char *folder, fs_buffer *names,
                                                    fs_error *error);
/* A table that is there from outside (a canonical table): its Parquet file and a digest. */
FS_API FS_MUST_CHECK fs_status fs_plan_add_table(fs_plan *plan, const char *name, const char *path,
                                                 const char *digest, fs_error *error);
/* Checks the graph (unknown table, cycle, duplicate) and sorts the steps. */
FS_API FS_MUST_CHECK fs_status fs_plan_check(fs_plan *plan, fs_error *error);
/* FS_USAGE where a step, of `only` and what it needs (NULL: all), wants what only Spark can do. */
FS_API FS_MUST_CHECK fs_status fs_plan_check_here(const fs_plan *plan, const char *only,
                                                  fs_error *error);
FS_API int fs_plan_steps(const fs_plan *plan);
FS_API const fs_step *fs_plan_step(const fs_plan *plan, int index); /* in running order */
/* Index of the step of that name; where there is none, the error says the nearest. */
FS_API FS_MUST_CHECK fs_status fs_plan_find(const fs_plan *plan, const char *name, int *index,
                                            fs_error *error);
FS_API void fs_plan_close(fs_plan *plan);

typedef struct fs_step_report {
    const char *name;
    int64_t rows;
    double seconds, cpu_seconds;
    bool skipped;               /* taken from before: nothing it depends on has changed */
    bool elsewhere;             /* made by the maker */
    char digest[FS_DIGEST_HEX]; /* step, inputs and version together */
} fs_step_report;
/* A step's table that is asked for: the file `path`, or a folder of that name with the parts of the table. */
typedef struct fs_making {
    const fs_step *step;
    const char
        *sort; /* what the rows are to be in order of where the SELECT does not say it, or NULL */
    const char *const *
        check; /* SELECTs over the table, of one whole number each: 0, what must hold of it holds */
    int checks;
    const char *path;
    int64_t rows; /* out */
    bool sound;   /* out: the checks were asked and each gave 0; else the engine asks them itself */
} fs_making;
/* Who makes the tables of steps. Called by several threads. */
typedef struct fs_maker {
    fs_status (*make)(void *context, fs_making *making, fs_error *error);
    void *context;
    /* Steps whose inputs have fewer rows, all together, the engine makes itself, but for those that want what only
     * Spark can do; 0: none. */
    int64_t least;
} fs_maker;
typedef struct fs_plan_settings {
    const char *folder;
    const char *earlier; /* a run whose steps are taken where they are the same; NULL: none */
    const char *only;    /* a step: it and what it needs; NULL: all */
    fs_maker maker;      /* make NULL: the engine itself */
} fs_plan_settings;
/* Runs the steps, independent ones side by side, into FOLDER/tables/NAME.parquet with FOLDER/steps/NAME.json beside; a
 * step whose digest is that of EARLIER/steps/NAME.json is linked from there instead. After each step its
 * `expect`s are checked; a broken one fails the run and shows up to five rows. */
FS_API FS_MUST_CHECK fs_status fs_plan_run(fs_plan *plan, fs_engine *engine,
                                           const fs_plan_settings *settings,
                                           fs_step_report **reports, int *count, fs_error *error);

/* A maker that asks whoever holds the other ends of two pipes, a line of JSON a step (src/engine/remote.c says which). The
 * files stay the caller's. */
typedef struct fs_remote fs_remote;
FS_API FS_MUST_CHECK fs_status fs_remote_open(fs_engine *engine, int requests, int answers,
                                              fs_remote **remote, fs_error *error);
FS_API void fs_remote_close(fs_remote *remote);
FS_API FS_MUST_CHECK fs_status fs_remote_make(void *remote, fs_making *making, fs_error *error);
/* The plan as JSON, for `foresell plan --json` and for Spark. Appended to out. */
FS_API FS_MUST_CHECK fs_status fs_plan_json(const fs_plan *plan, fs_buffer *out, fs_error *error);

/* Checks that `sql` keeps to the subset that means the same on both engines; names the line of
 * `file` (where the text begins at `line`), the construct and what to write instead. */
FS_API FS_MUST_CHECK fs_status fs_lint_sql(const char *file, int64_t line, const char *sql,
                                           fs_error *error);
/* Adds `text` as it stands between the quotes of a text of that subset. FS_MEMORY. */
FS_API FS_MUST_CHECK fs_status fs_sql_text(fs_buffer *out, const char *text);

/* ---- run folders -------------------------------------------------------------------------- */

/* PROJECT/runs/STAMP.partial, locked; becomes PROJECT/runs/STAMP and PROJECT/runs/latest points to
 * it by one rename at the end. A partial folder of a dead run is adopted when resuming, else removed.
 * FS_BUSY names the process that holds the lock. */
typedef struct fs_run_folder fs_run_folder;
FS_API FS_MUST_CHECK fs_status fs_run_folder_open(const char *project, bool resume,
                                                  fs_run_folder **folder, fs_error *error);
/* Keeps runs from starting until it is closed, and removes what dead ones left; makes no folder. */
FS_API FS_MUST_CHECK fs_status fs_run_folder_lock(const char *project, fs_run_folder **folder,
                                                  fs_error *error);
FS_API const char *fs_run_folder_path(const fs_run_folder *folder);
/* Folder to reuse unchanged steps from (the adopted partial itself, or the latest whole run); NULL. */
FS_API const char *fs_run_folder_earlier(const fs_run_folder *folder);
FS_API FS_MUST_CHECK fs_status fs_run_folder_publish(fs_run_folder *folder, const char **path,
                                                     fs_error *error);
/* Unlocks; what was not published stays partial, for --resume. */
FS_API void fs_run_folder_close(fs_run_folder *folder);

/* The folder of a whole run, which ends in its stamp: the named one, or the newest (`stamp` NULL). Owned by the arena. */
FS_API FS_MUST_CHECK fs_status fs_run_find(const char *project, const char *stamp, fs_arena *arena,
                                           const char **folder, fs_error *error);
/* The Parquet of a table of a run; where there is none, the error says the nearest. Owned by the arena. */
FS_API FS_MUST_CHECK fs_status fs_run_table(const char *folder, const char *name, fs_arena *arena,
                                            const char **path, fs_error *error);

/* ---- tables of a run, elsewhere --------------------------------------------------------------- */

typedef struct fs_export_table {
    const char *name, *path; /* of its Parquet */
    int64_t rows;            /* set by fs_engine_export_run, as is `divided` */
    bool divided;            /* by the column `partition` */
} fs_export_table;
typedef struct fs_export_run {
    const char *to; /* a folder, s3://BUCKET/PREFIX, postgres://…, mysql://…, sqlite://FILE */
    const char *folder;    /* of the run: what stands there is marked with its stamp */
    const char *partition; /* column; NULL: none. Not for databases */
    bool replace;          /* databases: also tables that foresell did not write */
    fs_export_table *table;
    int tables;
} fs_export_run;
/* A reader sees all tables or none. Files: TO/STAMP/NAME.parquet, or NAME/COLUMN=value/…, and manifest.json
 * last; what is there already is an error. Databases: tables that an earlier export made are replaced. */
FS_API FS_MUST_CHECK fs_status fs_engine_export_run(fs_engine *engine, fs_export_run *run,
                                                    fs_error *error);

#ifdef __cplusplus
}
#endif
#endif
