/* foresell/project.h: a retailer's project: foresell.yaml, the canonical tables, what the files are,
 * and the main job.
 *
 * PROJECT/foresell.yaml        settings, files, sources: written by init, edited by people
 * PROJECT/sources/TABLE.sql    one mapping per canonical table (or TABLE_2.sql … for more sources)
 * PROJECT/models/ *.sql        the user's own steps
 * PROJECT/runs/STAMP/          runs; runs/latest
 *
 * A mapping is a step: a SELECT from raw tables (one per `files:` entry) whose columns have the
 * names of the canonical table. It carries `_file` and `_line` of its home raw table along, so that
 * each row read ends in a canonical table, in quarantine, or merged as a duplicate, and the counts
 * add up. Columns that the canonical table does not know pass through under their own names.
 */
#ifndef FORESELL_PROJECT_H
#define FORESELL_PROJECT_H

#include "foresell/base.h"
#include "foresell/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- canonical tables: the one place; feeds detection, validation, docs, Python -------- */

typedef enum fs_missing {                        /* policy for a missing value */
                          FS_MISSING_KEEP,       /* stays null */
                          FS_MISSING_QUARANTINE, /* the row goes to quarantine: required */
                          FS_MISSING_FALLBACK    /* gets `fallback` */
} fs_missing;

typedef struct fs_canonical_column {
    const char *name;
    fs_type type;
    bool key; /* part of the key: rows with the same key are one row */
    fs_missing missing;
    const char *fallback; /* as SQL */
    const char *unit;
    const char
        *words; /* names that files give it, space-separated, lower case, without accents, for
                                 detection; "~" before one that is often something else */
    const char *doc;
} fs_canonical_column; /* arrays end with {0} */

typedef struct fs_canonical_table {
    const char *name;
    const char *doc;
    const fs_canonical_column *column;
    const char *words; /* names that files of it have, for detection */
} fs_canonical_table;

#define FS_CANONICAL_TABLES 11
FS_API const fs_canonical_table *fs_canonical_at(int index);          /* 0 … 10, sales first */
FS_API const fs_canonical_table *fs_canonical_find(const char *name); /* NULL: none */

/* ---- settings of foresell.yaml: the one table of names, defaults and bounds ------------- */

typedef enum fs_setting_kind {
    FS_SETTING_TEXT,
    FS_SETTING_INT,
    FS_SETTING_DATE,
    FS_SETTING_CHOICE,
    FS_SETTING_NUMBERS, /* list of numbers */
    FS_SETTING_WORDS,   /* list of words out of `choices` */
    FS_SETTING_NUMBER,
    FS_SETTING_SPAN, /* "14 days", "2 weeks", "1 month", or "3": periods */
    FS_SETTING_COST  /* "0.2": money, "25 %": a share, or one of `choices` */
} fs_setting_kind;
typedef struct fs_setting {
    const char *name; /* dotted: "forecast.horizon" */
    fs_setting_kind kind;
    const char *fallback;     /* default; NULL: by_period, or the folder's name for `name` */
    const char *by_period[3]; /* default where period is day, week, month */
    double minimum, maximum;  /* numbers, and every number of a list; both 0: no bounds */
    const char *choices;      /* "day|week|month" */
    const char *doc;
} fs_setting;
FS_API const fs_setting *fs_setting_at(int index); /* in the order of the docs; NULL past the end */
FS_API const fs_setting *fs_setting_find(const char *name);
/* Checks a value as it stands in foresell.yaml (lists as "[0.1, 0.9]"). */
FS_API FS_MUST_CHECK fs_status fs_setting_check(const fs_setting *setting, const char *value,
                                                fs_error *error);

/* Reference pages in Markdown, appended to `out`: the canonical tables (docs/tables.md is exactly this)
 * and the table of settings (part of docs/project.md). */
FS_API FS_MUST_CHECK fs_status fs_canonical_reference(fs_buffer *out);
FS_API FS_MUST_CHECK fs_status fs_setting_reference(fs_buffer *out);

/* ---- verbs --------------------------------------------------------------------------------- */

typedef struct fs_init_settings {
    const char *project;     /* folder to make or to write into */
    const char *const *from; /* files, folders, URLs; none: the project folder itself */
    int froms;
    const char *const *set; /* "sales.item=StockCode", "currency=EUR" */
    int sets;
    bool force;         /* write over a foresell.yaml that is there */
    const char *models; /* folder of the program's own steps, whose names raw tables can't have */
} fs_init_settings;
/* Looks, decides, writes foresell.yaml and sources/; appends what it understood to `said` (text for
 * people) and `json` (the same for machines); either may be NULL. */
FS_API FS_MUST_CHECK fs_status fs_project_init(fs_engine *engine, const fs_init_settings *settings,
                                               fs_buffer *said, fs_buffer *json, fs_error *error);

typedef struct fs_project fs_project;
/* Reads and checks foresell.yaml; a fault names its line. */
FS_API FS_MUST_CHECK fs_status fs_project_open(const char *folder, fs_project **project,
                                               fs_error *error);
FS_API void fs_project_close(fs_project *project);
FS_API const char *fs_project_folder(const fs_project *project);
/* A setting by its dotted name, "forecast.horizon", with defaults filled in; NULL: unknown.
 * Lists come as "[0.1, 0.9]". Usable as fs_lookup with the project as context. */
FS_API const char *fs_project_setting(void *project, const char *name);

typedef struct fs_run_settings {
    const char *models; /* folder of the program's own steps; NULL: beside the program */
    const char *only;   /* a step, or NULL */
    bool resume;
    fs_maker maker; /* who makes the steps' tables; make NULL: the engine itself */
} fs_run_settings;
typedef struct fs_run_outcome {
    char folder[1024]; /* of the whole run */
    int steps, skipped;
    int64_t rows_in, rows_kept, rows_quarantined, rows_merged;
} fs_run_outcome;
/* Reads sources, makes the canonical tables and quarantine, runs the models, writes manifest.json,
 * then calls `finish` (the report and exports; may be NULL) on the folder before it is published. */
typedef fs_status (*fs_finish)(void *context, fs_engine *engine, fs_project *project,
                               const char *folder, fs_error *error);
FS_API FS_MUST_CHECK fs_status fs_project_run(fs_project *project, fs_engine *engine,
                                              const fs_run_settings *settings, fs_finish finish,
                                              void *context, fs_run_outcome *outcome,
                                              fs_error *error);
/* Forgets customers: writes their marks into PROJECT/forgotten.txt, so that later runs leave them out, and takes them out
 * of the tables of every whole run, after which `finish` (may be NULL) makes the report and exports of that run anew.
 * Appends what was done to `said`. FS_BUSY while a run is at work. */
FS_API FS_MUST_CHECK fs_status fs_project_forget(fs_project *project, fs_engine *engine,
                                                 const char *const *customer, int customers,
                                                 fs_finish finish, void *context, fs_buffer *said,
                                                 fs_error *error);
/* The plan of the project without running it: mappings, canonical tables, models. */
FS_API FS_MUST_CHECK fs_status fs_project_plan(fs_project *project, fs_engine *engine,
                                               const char *models, fs_plan **plan, fs_error *error);

#ifdef __cplusplus
}
#endif
#endif
