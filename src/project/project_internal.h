/* Inside the project room: what foresell.yaml says, as read, and what a run makes of it. */
#ifndef FORESELL_PROJECT_INTERNAL_H
#define FORESELL_PROJECT_INTERNAL_H

#include <time.h>

#include "foresell/project.h"
#include "names_internal.h"

/* ---- settings.c ---- */

int fs_project_setting_index(const char *name); /* -1: unknown */

/* ---- foresell.yaml as read (yaml.c); every text lives in the project's arena ---- */

typedef enum fs_project_use { FS_USE_HOME, FS_USE_LOOKUP, FS_USE_NONE } fs_project_use;

/* A record of a wide file becomes one row per column of a range. */
typedef struct fs_project_unpivot {
    const char **item; /* a column's name, or the first of a range */
    const char **last; /* last of the range, or NULL */
    int items;
    const char *label; /* column that gets the old column's name; NULL: no unpivot */
    const char *value; /* column that gets the cell; its reading is that of all the columns */
} fs_project_unpivot;

/* One entry of `files:`. */
typedef struct fs_project_files {
    const char *name;
    int64_t line;      /* in foresell.yaml */
    const char **path; /* as written */
    int paths;
    fs_format format;
    fs_dialect dialect;
    const char *
        *table; /* sheets or database tables: one for all paths, one each, or all of one path */
    int tables;
    fs_raw_column *column; /* those that are named */
    int columns;
    fs_project_unpivot unpivot;
    const char *dated; /* column that gets the day that the file's name speaks of, or NULL */
    bool merge;        /* rows that stand in several files count once */
    fs_project_use use;
} fs_project_files;

typedef struct fs_project_source { /* one mapping */
    const fs_canonical_table *table;
    const char *path; /* as written */
    int64_t line;
} fs_project_source;

typedef struct fs_project_policy { /* instead of the canonical table's own */
    const fs_canonical_table *table;
    const char *column;
    fs_missing missing;
    const char *fill; /* FS_MISSING_FALLBACK: the value, as text */
} fs_project_policy;

struct fs_project {
    fs_arena arena;
    const char *folder;
    const char *file;   /* path of foresell.yaml */
    const char **value; /* per setting, NULL: default */
    fs_project_files *files;
    int files_count;
    fs_project_source *source; /* in the order of the canonical tables */
    int sources;
    fs_project_policy *policy;
    int policies;
    const char *customer_columns; /* of the run, see own_columns.c; NULL: not known yet */
};

/* Reads `text` (`file` is for messages) into a project whose arena is ready. */
fs_status fs_project_read_yaml(fs_project *project, const char *text, size_t bytes,
                               fs_error *error);
/* A whole local file into the arena. */
char *fs_project_read_file(fs_arena *arena, const char *path, size_t *bytes, fs_error *error);
/* A path of the project, relative ones from its folder; URLs stay as they are. NULL: no memory. */
const char *fs_project_path(fs_arena *arena, const char *folder, const char *path);

/* ---- raw tables (raw.c) ---- */

/* A `files:` entry with globs spread out, ready for the engine. */
typedef struct fs_project_raw {
    const fs_project_files *files;
    fs_raw raw;
    const char **
        shown; /* raw.path[i] as a user knows it: relative to the project where it can be, no secret */
    int first_file;      /* _file of raw.path[0]; numbers run through all raw tables */
    int uses;            /* how often mappings read it; 0: never */
    bool straight;       /* read by its only mapping, without a copy in scratch */
    const char *view;    /* of the engine's reader */
    const char *copy;    /* scratch table with every record that can be read */
    int64_t bad, merged; /* records that can't be read; that stand in an earlier file too */
    fs_raw_stats *stats; /* one a path, after reading */
    int stats_count;
} fs_project_raw;
fs_status fs_project_raw_open(fs_engine *engine, fs_arena *arena, const char *folder,
                              const fs_project_files *files, fs_project_raw *raw, fs_error *error);

/* Columns of a SELECT, as the engine sees them. */
typedef struct fs_project_column {
    const char *name;
    const char *quoted; /* as a SQL identifier */
    fs_type type;
    bool wide; /* taken by the unpivot */
} fs_project_column;
typedef struct fs_project_columns {
    fs_project_column *column;
    int count;
} fs_project_columns;
fs_status fs_project_columns_of(fs_engine *engine, fs_arena *arena, const char *select,
                                fs_project_columns *columns, fs_error *error);
int fs_project_column_find(const fs_project_columns *columns, const char *name); /* -1: none */
/* Marks the wide columns among those of the file and gives each the reading of the value. */
fs_status fs_project_unpivot_readings(fs_arena *arena, fs_project_raw *raw,
                                      fs_project_columns *columns, fs_error *error);

/* Name as a quoted SQL identifier, text as a SQL literal. NULL: no memory. */
const char *fs_project_identifier(fs_arena *arena, const char *name);
const char *fs_project_literal(fs_arena *arena, const char *text);

/* ---- own_columns.c ---- */

/* Names of the columns that the table in a Parquet file has beside the canonical ones (texts, numbers, yes or no; 40 at most), as
 * a list of quoted names for ${each …}: ["a b", "c"]. It lives in the arena. */
fs_status fs_project_own_columns(fs_engine *engine, fs_arena *arena,
                                 const fs_canonical_table *table, const char *path,
                                 const char **list, fs_error *error);

/* ---- reading sources into canonical tables (ingest.c and its neighbours) ---- */

typedef struct fs_project_mapping {
    const fs_project_source *source;
    const char *path;    /* of its file */
    const fs_step *step; /* in the ingest's plan */
    fs_project_columns columns;
    bool carries; /* has _file and _line: its rows are accounted for */
    int *raw;     /* raw tables that it reads */
    int raws;
} fs_project_mapping;

typedef struct fs_project_count { /* of one canonical column, over the rows kept */
    int64_t missing, not_finite;  /* null (before a fallback); NaN or infinite, made null */
} fs_project_count;

typedef struct fs_project_table {
    const fs_canonical_table *table;
    int first, mappings; /* in ingest->mapping; 0 mappings: the kind is missing */
    const char *stage, *again,
        *kept; /* scratch: all rows typed; rows that stand twice; view of the rest */
    fs_project_columns columns; /* of the stage */
    fs_project_count *count;    /* one a canonical column */
    const char *key;            /* "item", "basket, line": what makes two rows one; NULL: nothing */
    bool carries, ordered;      /* some rows have a _line; rows lie in order of file and line */
    bool one_to_one;            /* no line gives two rows */
    int64_t rows, refused, merged,
        superseded;   /* kept; quarantined; identical; second to another source's */
    const char *path; /* its Parquet file */
    char digest[FS_DIGEST_HEX];
} fs_project_table;

typedef struct fs_project_file_account { /* one file; rows = kept + quarantined + merged */
    const char *file;                    /* as the user knows it */
    int raw, number;                     /* raw table; _file */
    int64_t bytes, rows, kept, quarantined, merged;
    int64_t modified; /* nanoseconds since 1970; -1: not a local file */
    int64_t changed;  /* likewise, of its inode: what sets `modified` back does not set this back */
    char digest[FS_DIGEST_HEX];
} fs_project_file_account;

typedef struct fs_project_ingest {
    fs_project *project;
    fs_engine *engine;
    fs_arena arena;
    const char *folder; /* of the run */
    fs_project_raw *raw;
    int raws;
    fs_plan *plan; /* the mappings as steps */
    fs_project_mapping *mapping;
    int mappings;
    fs_project_table table[FS_CANONICAL_TABLES];
    int *home; /* per raw table: index of its canonical table; -1: a lookup */
    fs_project_file_account *file;
    int files;
    int64_t quarantined;
    char digest[FS_DIGEST_HEX]; /* of everything */
    bool skipped;               /* nothing has changed: taken from the run before */
    fs_identities identities;   /* what becomes of customers' numbers */
} fs_project_ingest;

/* Formats a statement and runs it; its first value. */
fs_status fs_project_execute(fs_project_ingest *in, fs_error *error, const char *format, ...)
    FS_PRINTF(3, 4);
fs_status fs_project_value(fs_project_ingest *in, int64_t *value, fs_error *error,
                           const char *format, ...) FS_PRINTF(4, 5);

/* ingest.c: reads what the mappings need, makes FOLDER/tables/ *.parquet of the nine tables,
 * quarantine and source_files. `earlier`: a run folder to take unchanged tables from, or NULL. */
fs_status fs_project_ingest_run(fs_project_ingest *in, const char *earlier, fs_error *error);
void fs_project_ingest_close(fs_project_ingest *in);
/* mappings.c: raw tables and mappings; the plan of mappings alone. */
fs_status fs_project_ingest_open(fs_project_ingest *in, fs_project *project, fs_engine *engine,
                                 fs_error *error);

/* Raw tables and mappings added to a plan. */
fs_status fs_project_add_mappings(fs_project *project, fs_engine *engine, fs_plan *plan,
                                  fs_error *error);

/* read.c: a view of the raw table for the mappings, rows that stand in several files left out. Where one mapping
 * reads it once, reading is left to that. */
fs_status fs_project_read_raw(fs_project_ingest *in, fs_project_raw *raw, fs_error *error);
/* Once mappings have read it: records and bad ones of each file. */
fs_status fs_project_count_raw(fs_project_ingest *in, fs_project_raw *raw, fs_error *error);
/* A fault of the reader, with what to do where the file is not what it was. */
fs_status fs_project_changed(fs_status status, fs_error *error);

/* table_name.c: FS_USAGE, at its line of foresell.yaml, where a raw table is called `name`: that is `what`
 * ("a step"), which stands in the file `path`. */
fs_status fs_project_not_raw(const fs_project *project, const char *name, const char *what,
                             const char *path, fs_error *error);

/* model_tables.c: the tables that come with the steps of a models folder, into the run folder `run` and the
 * plan; where `run` is NULL nothing is written and the plan gets their names. A missing folder is fine. */
fs_status fs_project_model_tables(const fs_project *project, fs_engine *engine, const char *folder,
                                  const char *run, fs_plan *plan, fs_error *error);

/* identities.c: the salt and the list of those who are forgotten. FS_USAGE where a salt is wanted and not there. */
fs_status fs_project_identities(fs_project *project, fs_arena *arena, fs_identities *identities,
                                fs_error *error);
void fs_project_identities_digest(const fs_identities *identities, fs_digest *digest);
/* Puts customers on the list and writes it. */
fs_status fs_project_forget_marks(fs_project *project, fs_arena *arena, fs_identities *identities,
                                  const char *const *customer, int customers, fs_error *error);

/* canonical_sql.c: the statements; appended to `sql`. */
fs_missing fs_project_missing(const fs_project *project, const fs_canonical_table *table,
                              const fs_canonical_column *column, const char **fill);
fs_status fs_project_stage_sql(const fs_project_ingest *in, const fs_project_table *table,
                               fs_buffer *sql);
fs_status fs_project_again_sql(const fs_project_table *table, bool fullest, fs_buffer *sql);
fs_status fs_project_output_sql(const fs_project_ingest *in, const fs_project_table *table,
                                fs_buffer *sql);

/* resume.c: digests of the tables after reading; tables of an earlier run taken over where nothing
 * that they hang on has changed (false: read). */
int64_t fs_project_nanoseconds(struct timespec time); /* since 1970 */
fs_status fs_project_ingest_digests(fs_project_ingest *in, fs_error *error);
bool fs_project_ingest_reuse(fs_project_ingest *in, const char *earlier);

/* accounting.c: where each row went; fills in->file, writes quarantine and source_files, and fails
 * where rows in are not rows kept + quarantined + merged. */
fs_status fs_project_account(fs_project_ingest *in, fs_error *error);
/* The sheet or database table that a file's rows are from; NULL where it is all of the file. */
const char *fs_project_file_table(const fs_project_ingest *in, const fs_project_file_account *file);

/* manifest.c */
fs_status fs_project_ingest_save(const fs_project_ingest *in, const char *path, fs_error *error);
fs_status fs_project_manifest(const fs_project_ingest *in, const char *engine,
                              const fs_step_report *reports, int count, double seconds,
                              const char *path, fs_error *error);

#endif
