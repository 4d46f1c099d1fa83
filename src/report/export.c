/* Every result table as CSV and XLSX, beside the Parquet that the run wrote; and the list of the results.
 *
 * Results are the tables that the reference names as such (docs/pipeline.md); the steps between them
 * stay Parquet only. A sheet is a thing for people, and dear to write (a million cells take a second and more): a
 * table of more than SHEET_CELLS cells gets its first rows as a sheet, and a table of more than FS_REPORT_CSV_ROWS rows, which
 * no program for people opens, no CSV; READ_ME.txt beside them says which, how many rows there are, and where all are.
 */
#include <inttypes.h>
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

const char *fs_report_result(int index)
{
    bool there = index >= 0 && index < (int)(sizeof results / sizeof *results);
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

/* Rows of each result, -1 where it is not there, and of all that are to be written: what progress is measured against. */
static fs_status attach_all(const fs_report *report, int64_t count[], double *total,
                            fs_error *error)
{
    *total = 0;
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        char path[4096], select[256];
        count[i] = -1;
        if (!fs_report_has(report, results[i])) continue;
        snprintf(path, sizeof path, "%s/tables/%s.parquet", report->folder, results[i]);
        FS_TRY(fs_engine_attach(report->engine, results[i], path, error));
        snprintf(select, sizeof select, "select count(*) from %s", results[i]);
        FS_TRY(fs_engine_integer(report->engine, select, &count[i], error));
        *total += (double)count[i];
    }
    return FS_OK;
}

static void say_progress(const fs_engine *engine, const char *table, double done, double total)
{
    char what[160];
    snprintf(what, sizeof what, "writing CSV and XLSX: %s", table);
    fs_progress_report(fs_engine_progress(engine), what, done, total);
}

fs_status fs_report_export(fs_engine *engine, fs_project *project, const char *folder,
                           fs_error *error)
{
    fs_report report;
    left_out left = {0};
    FS_TRY(fs_report_open(engine, project, folder, &report, error));
    FS_TRY(make_inside(folder, "csv", error));
    FS_TRY(make_inside(folder, "xlsx", error));
    double done = 0, total = 0;
    int64_t count[sizeof results / sizeof *results];
    fs_status status = attach_all(&report, count, &total, error);
    for (size_t i = 0; status == FS_OK && i < sizeof results / sizeof *results; i++) {
        if (count[i] < 0) continue;
        say_progress(engine, results[i], done, total);
        status = export_csv(&report, results[i], count[i], &left, error);
        if (status == FS_OK) status = export_sheet(&report, results[i], count[i], &left, error);
        done += (double)count[i];
    }
    if (status == FS_OK) status = write_notices(folder, &left, error);
    fs_buffer_free(&left.csv);
    fs_buffer_free(&left.sheets);
    return status;
}
