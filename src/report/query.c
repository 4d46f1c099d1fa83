/* Tables of the run as JSON rows.
 *
 * A report is small, so a whole (bounded) result is held as an array of arrays. Numbers that are
 * not finite, which no step should give, become null: JSON has no other word for them.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "report_internal.h"

bool fs_report_has(const fs_report *report, const char *table)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/tables/%s.parquet", report->folder, table);
    return length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0;
}

fs_status fs_report_no_sales(const fs_report *report, bool *none, fs_error *error)
{
    double lines = 0;
    bool known = false;
    *none = false;
    if (!fs_report_has(report, "summary") || !fs_report_has(report, "known_columns")) return FS_OK;
    FS_TRY(fs_report_number(report, "select value from summary where measure = 'lines'", &lines,
                            &known, error));
    *none = known && lines == 0;
    return FS_OK;
}

static json_t *cell(const fs_result *result, int column)
{
    if (fs_result_null(result, column)) return json_null();
    double number;
    switch (fs_result_type(result, column)) {
    case FS_TYPE_BOOL: return json_boolean(fs_result_integer(result, column) != 0);
    case FS_TYPE_INT: return json_integer(fs_result_integer(result, column));
    case FS_TYPE_DOUBLE:
        number = fs_result_number(result, column);
        return isfinite(number) ? json_real(number) : json_null();
    default: return json_string(fs_result_text(result, column));
    }
}

static fs_status add_row(const fs_result *result, json_t *rows, fs_error *error)
{
    json_t *row = json_array();
    for (int c = 0; row && c < fs_result_columns(result); c++) {
        json_t *value = cell(result, c);
        if (!value) value = json_string("(not UTF-8)");
        if (json_array_append_new(row, value) != 0) {
            json_decref(row);
            row = NULL;
        }
    }
    if (!row || json_array_append_new(rows, row) != 0) return fs_fail_memory(error, 0);
    return FS_OK;
}

fs_status fs_report_rows(const fs_report *report, const char *sql, json_t **rows, fs_error *error)
{
    fs_result *result;
    *rows = NULL;
    FS_TRY(fs_engine_query_few(report->engine, sql, &result, error));
    json_t *all = json_array();
    fs_status status = all ? FS_OK : fs_fail_memory(error, 0);
    bool more = true;
    while (status == FS_OK) {
        status = fs_result_next(result, &more, error);
        if (status != FS_OK || !more) break;
        status = add_row(result, all, error);
    }
    fs_result_close(result);
    if (status != FS_OK)
        json_decref(all);
    else
        *rows = all;
    return status;
}

const char *fs_report_cell_text(const json_t *rows, size_t row, size_t column)
{
    return json_string_value(json_array_get(json_array_get(rows, row), column));
}

double fs_report_cell_number(const json_t *rows, size_t row, size_t column)
{
    return json_number_value(json_array_get(json_array_get(rows, row), column));
}

bool fs_report_cell_null(const json_t *rows, size_t row, size_t column)
{
    const json_t *value = json_array_get(json_array_get(rows, row), column);
    return !value || json_is_null(value);
}

fs_status fs_report_number(const fs_report *report, const char *sql, double *value, bool *known,
                           fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report, sql, &rows, error));
    *known = !fs_report_cell_null(rows, 0, 0);
    *value = fs_report_cell_number(rows, 0, 0);
    json_decref(rows);
    return FS_OK;
}

fs_status fs_report_has_rows(const fs_report *report, const char *table, bool *any, fs_error *error)
{
    char select[128];
    int64_t rows = 0;
    *any = false;
    if (!fs_report_has(report, table)) return FS_OK;
    snprintf(select, sizeof select, "select count(*) from (select 1 from %s limit 1) as t", table);
    FS_TRY(fs_engine_integer(report->engine, select, &rows, error));
    *any = rows > 0;
    return FS_OK;
}

fs_status fs_report_has_products(const fs_report *report, bool *products, fs_error *error)
{
    int64_t rows = 0;
    *products = false;
    if (!fs_report_has(report, "product_summary")) return FS_OK;
    FS_TRY(fs_engine_integer(report->engine,
                             "select count(*) from product_summary where item <> '(all)'", &rows,
                             error));
    *products = rows > 0;
    return FS_OK;
}

fs_status fs_report_has_money(const fs_report *report, bool *money, fs_error *error)
{
    int64_t rows = 0;
    *money = false;
    if (!fs_report_has(report, "forecast_revenue") || !fs_report_has(report, "demand_total"))
        return FS_OK;
    FS_TRY(fs_engine_integer(report->engine, "select count(*) from demand_total where revenue <> 0",
                             &rows, error));
    *money = rows > 0;
    return FS_OK;
}
