/* Every result table as CSV and XLSX, beside the Parquet that the run wrote; and the list of the results.
 *
 * Results are the tables that the reference names as such (docs/pipeline.md); the steps between them
 * stay Parquet only. A sheet is a thing for people, and dear to write (a million cells take a second and more): a
 * table of more than SHEET_CELLS cells gets its first rows as a sheet, and a table of more than FS_REPORT_CSV_ROWS rows, which
 * no program for people opens, no CSV; READ_ME.txt beside them says which, how many rows there are, and where all are.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

#define SHEET_CELLS 500000

static const char *const results[] = {"sales_lines",
                                      "demand_item_store",
                                      "demand_item",
                                      "demand_category",
                                      "demand_store",
                                      "demand_total",
                                      "forecast_item",
                                      "forecast_category",
                                      "forecast_store",
                                      "forecast_total",
                                      "forecast_revenue",
                                      "forecast_accuracy",
                                      "forecast_errors",
                                      "override_results",
                                      "product_summary",
                                      "best_products",
                                      "worst_products",
                                      "peaks",
                                      "item_classes",
                                      "bought_together",
                                      "business_periods",
                                      "growth",
                                      "hours_of_week",
                                      "concentration",
                                      "calendar_days",
                                      "calendar_effects",
                                      "change_points",
                                      "trend_and_seasons",
                                      "season_shapes",
                                      "breakdowns",
                                      "price_spread",
                                      "discount_depths",
                                      "fifths",
                                      "underperformers",
                                      "order_lines",
                                      "supplier_orders",
                                      "order_exceptions",
                                      "service_costs",
                                      "stock_levels",
                                      "order_replay",
                                      "overstock",
                                      "stock_moves",
                                      "stock_now",
                                      "open_orders",
                                      "stock_terms",
                                      "next_classes",
                                      "class_replay",
                                      "next_products",
                                      "next_product_replay",
                                      "next_purchases",
                                      "customer_values",
                                      "purchase_replay",
                                      "customer_churn",
                                      "churn_replay",
                                      "churn_leaks",
                                      "cohorts",
                                      "customer_rfm",
                                      "customer_segments",
                                      "segment_profiles",
                                      "segment_moves",
                                      "campaign_uplift",
                                      "unusual_values",
                                      "data_quality",
                                      "summary",
                                      "missing_kinds",
                                      "source_files",
                                      "quarantine"};

#define RESULTS (sizeof results / sizeof *results)

const char *fs_report_result(int index)
{
    bool there = index >= 0 && index < (int)RESULTS;
    return there ? results[index] : NULL;
}

static fs_status make_inside(const char *folder, const char *name, fs_error *error)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return fs_fail(error, FS_RESOURCE, "the name of the run folder is too long: %s", folder);
    return fs_make_folder(path, error);
}

/* How many rows of a table make a sheet. */
static fs_status sheet_rows(const fs_report *report, const char *name, int64_t *rows,
                            fs_error *error)
{
    fs_result *result;
    char select[256];
    snprintf(select, sizeof select, "select * from %s limit 0", name);
    FS_TRY(fs_engine_query_few(report->engine, select, &result, error));
    int columns = fs_result_columns(result);
    fs_result_close(result);
    *rows = SHEET_CELLS / (columns > 0 ? columns : 1);
    return FS_OK;
}

/* Few rows fit whatever the columns. */
static bool surely_fits(int64_t rows) { return rows <= SHEET_CELLS / 1000; }

/* What is not written whole, a line each, for READ_ME.txt. */
typedef struct left_out {
    fs_buffer csv, sheets;
} left_out;

static fs_status export_csv(const fs_report *report, const char *name, int64_t rows, left_out *left,
                            fs_error *error)
{
    char path[4096], select[256];
    if (rows > FS_REPORT_CSV_ROWS)
        return fs_buffer_printf(&left->csv, "%s: %" PRId64 " rows, in tables/%s.parquet\n", name,
                                rows, name);
    snprintf(path, sizeof path, "%s/csv/%s.csv", report->folder, name);
    snprintf(select, sizeof select, "select * from %s", name);
    return fs_engine_export(report->engine, select, path, error);
}

static fs_status export_sheet(const fs_report *report, const char *name, int64_t rows,
                              left_out *left, fs_error *error)
{
    char path[4096], select[256];
    int64_t sheet = rows;
    if (!surely_fits(rows)) FS_TRY(sheet_rows(report, name, &sheet, error));
    snprintf(path, sizeof path, "%s/xlsx/%s.xlsx", report->folder, name);
    snprintf(select, sizeof select, "select * from %s limit %" PRId64, name, sheet);
    if (rows > sheet)
        FS_TRY(fs_buffer_printf(&left->sheets,
                                "%s: the first %" PRId64 " of %" PRId64
                                " rows; all are in tables/%s.parquet\n",
                                name, sheet, rows, name));
    return fs_engine_export(report->engine, select, path, error);
}

static fs_status write_notice(const char *folder, const char *kind, const char *title,
                              const fs_buffer *left, fs_error *error)
{
    char path[4096];
    if (left->size == 0) return FS_OK;
    snprintf(path, sizeof path, "%s/%s/READ_ME.txt", folder, kind);
    FILE *file = fopen(path, "wb");
    if (!file) return fs_fail_errno(error, "write", path);
    bool fine = fprintf(file, "%s\n%s", title, left->data) > 0;
    fine = fclose(file) == 0 && fine;
    return fine ? FS_OK : fs_fail_errno(error, "write", path);
}

static fs_status write_notices(const char *folder, const left_out *left, fs_error *error)
{
    FS_TRY(write_notice(folder, "csv",
                        "Tables that are too long for a file that people open; all of their rows "
                        "are Parquet:",
                        &left->csv, error));
    return write_notice(folder, "xlsx",
                        "Sheets that do not hold all rows of their table:", &left->sheets, error);
}

/* The tables that are there, two files each: several are written at once, and what is left out is told in their order. */
typedef struct exports {
    const fs_report *report;
    const char *name[RESULTS];
    int64_t rows[RESULTS];
    left_out left[RESULTS];
    int tables;
    double total;
    pthread_mutex_t lock; /* guards what follows */
    double done;
} exports;

/* Which results are there, and how many rows they have: what progress is measured against. */
static fs_status attach_all(exports *e, const char *folder, fs_error *error)
{
    for (size_t i = 0; i < RESULTS; i++) {
        char path[4096], select[256];
        int64_t rows;
        if (!fs_report_has(e->report, results[i])) continue;
        snprintf(path, sizeof path, "%s/tables/%s.parquet", folder, results[i]);
        FS_TRY(fs_engine_attach(e->report->engine, results[i], path, error));
        snprintf(select, sizeof select, "select count(*) from %s", results[i]);
        FS_TRY(fs_engine_integer(e->report->engine, select, &rows, error));
        e->total += (double)rows;
        e->name[e->tables] = results[i];
        e->rows[e->tables++] = rows;
    }
    return FS_OK;
}

static void say_progress(exports *e, const char *table, double rows)
{
    char what[160];
    snprintf(what, sizeof what, "writing CSV and XLSX: %s", table);
    pthread_mutex_lock(&e->lock);
    fs_progress_report(fs_engine_progress(e->report->engine), what, e->done, e->total);
    e->done += rows;
    pthread_mutex_unlock(&e->lock);
}

static fs_status export_file(void *context, int64_t index, int worker, fs_error *error)
{
    exports *e = context;
    int64_t i = index / 2;
    (void)worker;
    say_progress(e, e->name[i], (double)e->rows[i] / 2);
    if (index % 2 == 0) return export_csv(e->report, e->name[i], e->rows[i], &e->left[i], error);
    return export_sheet(e->report, e->name[i], e->rows[i], &e->left[i], error);
}

static fs_status tell_left_out(const exports *e, const char *folder, fs_error *error)
{
    left_out all = {0};
    fs_status status = FS_OK;
    for (int i = 0; i < e->tables && status == FS_OK; i++) {
        if (e->left[i].csv.size) status = fs_buffer_text(&all.csv, e->left[i].csv.data);
        if (status == FS_OK && e->left[i].sheets.size)
            status = fs_buffer_text(&all.sheets, e->left[i].sheets.data);
    }
    if (status != FS_OK) fs_fail_memory(error, 4096);
    if (status == FS_OK) status = write_notices(folder, &all, error);
    fs_buffer_free(&all.csv);
    fs_buffer_free(&all.sheets);
    return status;
}

static fs_status export_all(exports *e, const char *folder, fs_error *error)
{
    FS_TRY(attach_all(e, folder, error));
    fs_status status = fs_parallel(2 * (int64_t)e->tables, fs_engine_threads(e->report->engine),
                                   export_file, e, error);
    if (status == FS_OK) status = tell_left_out(e, folder, error);
    for (int i = 0; i < e->tables; i++) {
        fs_buffer_free(&e->left[i].csv);
        fs_buffer_free(&e->left[i].sheets);
    }
    return status;
}

fs_status fs_report_export(fs_engine *engine, fs_project *project, const char *folder,
                           fs_error *error)
{
    fs_report report;
    FS_TRY(fs_report_open(engine, project, folder, &report, error));
    FS_TRY(make_inside(folder, "csv", error));
    FS_TRY(make_inside(folder, "xlsx", error));
    exports e = {.report = &report};
    pthread_mutex_init(&e.lock, NULL);
    fs_status status = export_all(&e, folder, error);
    pthread_mutex_destroy(&e.lock);
    return status;
}
