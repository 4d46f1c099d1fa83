/* foresell/report.h: what people read: report.html, the five things that matter most, exports.
 * Reads the tables of a run folder only; computes no statistics of its own. */
#ifndef FORESELL_REPORT_H
#define FORESELL_REPORT_H

#include "foresell/base.h"
#include "foresell/engine.h"
#include "foresell/project.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Writes FOLDER/report.html: one self-contained file made of the web bundle (`web`: folder with
 * report.js and report.css; NULL: beside the program) and the data as JSON. */
FS_API FS_MUST_CHECK fs_status fs_report_write(fs_engine *engine, fs_project *project,
                                               const char *folder, const char *web,
                                               fs_error *error);
/* The five things that matter most, one sentence a line, appended to `out`. */
FS_API FS_MUST_CHECK fs_status fs_report_headlines(fs_engine *engine, fs_project *project,
                                                   const char *folder, fs_buffer *out,
                                                   fs_error *error);
/* Every result table as FOLDER/csv/NAME.csv and FOLDER/xlsx/NAME.xlsx (rows beyond what a sheet
 * holds are left to Parquet and CSV, and said). */
FS_API FS_MUST_CHECK fs_status fs_report_export(fs_engine *engine, fs_project *project,
                                                const char *folder, fs_error *error);
/* Names of the result tables; NULL past the end. */
FS_API const char *fs_report_result(int index);

typedef struct fs_export_settings {
    const char *project; /* folder */
    const char *to;      /* as of fs_export_run */
    const char *run;     /* stamp; NULL: the newest whole run */
    const char *const *table;
    int tables;            /* none: the results that the run has */
    const char *partition; /* column, or NULL */
    bool replace;
} fs_export_settings;
/* The results of a run, or other tables of it, to where other programs read them (fs_engine_export_run). Appends what is
 * where now to `said` (text for people) and `json` (the same for machines); either may be NULL. */
FS_API FS_MUST_CHECK fs_status fs_report_export_run(fs_engine *engine,
                                                    const fs_export_settings *settings,
                                                    fs_buffer *said, fs_buffer *json,
                                                    fs_error *error);

#ifdef __cplusplus
}
#endif
#endif
