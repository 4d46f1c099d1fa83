/* report.html: one file that works offline.
 *
 * The document (document model: pages made of blocks, see web/src/model.ts) is made from the run's
 * tables and put into the page twice: as JSON for the web bundle,
 * which is inlined where it is there, and as plain tables inside the element that the bundle takes
 * over, for readers without JavaScript and installations without the bundle. In the JSON every `<`
 * is written \u003c, so no text can end the script element.
 *
 * Size: item charts are cut (200, 50, none) until the JSON is below 5 MB.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report_internal.h"

#define LARGEST (5u << 20)

/* ---- what a report is made from ---- */

static const char *const result_tables[] = {"summary",
                                            "demand_total",
                                            "demand_category",
                                            "demand_store",
                                            "demand_item",
                                            "forecast_total",
                                            "forecast_revenue",
                                            "forecast_category",
                                            "forecast_store",
                                            "forecast_item",
                                            "forecast_factors",
                                            "new_item_share",
                                            "override_results",
                                            "forecast_accuracy",
                                            "forecast_errors",
                                            "product_summary",
                                            "best_products",
                                            "worst_products",
                                            "peaks",
                                            "data_quality",
                                            "missing_kinds",
                                            "source_files",
                                            "quarantine",
                                            "known_columns",
                                            "customers",
                                            "customer_rfm",
                                            "segment_moves",
                                            "segment_profiles",
                                            "cohorts",
                                            "customer_values",
                                            "purchase_replay",
                                            "customer_churn",
                                            "churn_replay",
                                            "next_products",
                                            "next_product_replay",
                                            "next_purchases",
                                            "campaign_uplift",
                                            "stock_now",
                                            "open_orders",
                                            "order_lines",
                                            "order_lots",
                                            "supplier_orders",
                                            "order_exceptions",
                                            "stock_outlook",
                                            "service_costs",
                                            "stock_levels",
                                            "order_replay",
                                            "overstock",
                                            "stock_moves",
                                            "stores",
                                            "business_periods",
                                            "growth",
                                            "hours_of_week",
                                            "concentration",
                                            "item_classes",
                                            "bought_together",
                                            "compared_days",
                                            "calendar_effects",
                                            "trend_and_seasons",
                                            "season_shapes",
                                            "breakdowns",
                                            "price_spread",
                                            "discount_depths",
                                            "fifths",
                                            "underperformers",
                                            "unusual_values",
                                            "change_points",
                                            "next_classes",
                                            "class_replay",
                                            "country"};

static fs_status attach_tables(const fs_report *report, fs_error *error)
{
    for (size_t i = 0; i < sizeof result_tables / sizeof *result_tables; i++) {
        char path[4096];
        if (!fs_report_has(report, result_tables[i])) continue;
        snprintf(path, sizeof path, "%s/tables/%s.parquet", report->folder, result_tables[i]);
        FS_TRY(fs_engine_attach(report->engine, result_tables[i], path, error));
    }
    return FS_OK;
}

/* Lowest and highest quantile column (q0.05 … q0.95) of the total's forecast. */
static fs_status find_quantiles(fs_report *report, fs_error *error)
{
    if (!fs_report_has(report, "forecast_total")) return FS_OK;
    fs_result *result;
    FS_TRY(fs_engine_query_few(report->engine, "select * from forecast_total limit 0", &result,
                               error));
    bool any = false;
    for (int c = 0; c < fs_result_columns(result); c++) {
        const char *name = fs_result_name(result, c);
        char *end;
        double at = name[0] == 'q' ? strtod(name + 1, &end) : 0;
        if (name[0] != 'q' || end == name + 1 || *end || !(at > 0 && at < 1) ||
            strlen(name) >= sizeof report->low_name)
            continue;
        if (!any || at < report->low) {
            report->low = at;
            strcpy(report->low_name, name);
        }
        if (!any || at > report->high) {
            report->high = at;
            strcpy(report->high_name, name);
        }
        any = true;
    }
    fs_result_close(result);
    return FS_OK;
}

/* The country whose holidays count, told by the run where the settings do not. */
static fs_status find_country(fs_report *report, fs_error *error)
{
    if (*report->country || !fs_report_has(report, "country")) return FS_OK;
    fs_result *result;
    FS_TRY(fs_engine_query_few(report->engine, "select country from country", &result, error));
    bool more = false;
    fs_status status = fs_result_next(result, &more, error);
    const char *told = status == FS_OK && more ? fs_result_text(result, 0) : NULL;
    if (told && strlen(told) < sizeof report->told_country)
        report->country = strcpy(report->told_country, told);
    fs_result_close(result);
    return status;
}

/* Units are forecast where the total's value is its units. */
static fs_status find_unit(fs_report *report, fs_error *error)
{
    int64_t other = 0, some = 0;
    report->in_units = true;
    if (!fs_report_has(report, "demand_total")) return FS_OK;
    FS_TRY(fs_engine_integer(report->engine, "select count(*) from demand_total where value > 0",
                             &some, error));
    FS_TRY(fs_engine_integer(
        report->engine,
        "select count(*) from demand_total where value > 0 and value is distinct from units",
        &other, error));
    report->in_units = some == 0 || other * 2 < some;
    return FS_OK;
}

static const char *setting(fs_project *project, const char *name, const char *otherwise)
{
    const char *value = fs_project_setting(project, name);
    return value ? value : otherwise;
}

fs_status fs_report_open(fs_engine *engine, fs_project *project, const char *folder,
                         fs_report *report, fs_error *error)
{
    *report = (fs_report){.engine = engine,
                          .folder = folder,
                          .name = setting(project, "name", "report"),
                          .currency = setting(project, "currency", ""),
                          .country = setting(project, "country", ""),
                          .period = setting(project, "period", "day"),
                          .absent = setting(project, "absent", "zero"),
                          .dates = setting(project, "dates", "told"),
                          .season = strtoll(setting(project, "season", "1"), NULL, 10),
                          .horizon = strtoll(setting(project, "forecast.horizon", "28"), NULL, 10)};
    FS_TRY(attach_tables(report, error));
    FS_TRY(find_country(report, error));
    report->first_weekday =
        fs_report_first_weekday(setting(project, "week_start", ""), report->country);
    FS_TRY(fs_report_order_weekdays(report, error));
    FS_TRY(find_quantiles(report, error));
    return find_unit(report, error);
}

/* ---- the file ---- */

static fs_status read_file(const char *folder, const char *name, fs_buffer *out, bool *found,
                           fs_error *error)
{
    char path[4096], chunk[65536];
    size_t got;
    *found = false;
    if (!folder || snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return FS_OK;
    FILE *file = fopen(path, "rb");
    if (!file) return FS_OK;
    fs_status status = FS_OK;
    while (status == FS_OK && (got = fread(chunk, 1, sizeof chunk, file)) > 0)
        status = fs_buffer_add(out, chunk, got);
    if (status != FS_OK)
        fs_fail_memory(error, out->size);
    else if (ferror(file))
        status = fs_fail_errno(error, "read", path);
    fclose(file);
    *found = status == FS_OK && out->size > 0;
    return status;
}

typedef struct dump {
    fs_buffer *out;
    fs_status status; /* kept, for jansson goes on where a name could not be written */
} dump;

static fs_status add_piece(const char *piece, size_t size, fs_buffer *out)
{
    size_t from = 0;
    for (size_t i = 0; i < size; i++) {
        if (piece[i] != '<') continue;
        FS_TRY(fs_buffer_add(out, piece + from, i - from));
        FS_TRY(fs_buffer_text(out, "\\u003c"));
        from = i + 1;
    }
    return fs_buffer_add(out, piece + from, size - from);
}

static int dump_piece(const char *piece, size_t size, void *context)
{
    dump *d = context;
    if (d->status == FS_OK) d->status = add_piece(piece, size, d->out);
    return d->status == FS_OK ? 0 : -1;
}

/* The document in at most LARGEST bytes of JSON. */
static fs_status make_document(const fs_report *report, json_t **document, fs_buffer *json,
                               fs_error *error)
{
    static const int64_t items[] = {200, 50, 0};
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        FS_TRY(fs_report_document(report, items[i], document, error));
        fs_buffer_clear(json);
        dump d = {.out = json};
        if (json_dump_callback(*document, dump_piece, &d, JSON_COMPACT | JSON_REAL_PRECISION(12)) !=
                0 ||
            d.status != FS_OK) {
            json_decref(*document);
            return fs_fail_memory(error, json->size);
        }
        if (json->size <= LARGEST || i + 1 == sizeof items / sizeof *items) break;
        json_decref(*document);
    }
    return FS_OK;
}

/* The script, with `</script` written `<\\/script`, which means the same inside its strings. */
static fs_status add_script(const fs_buffer *script, fs_buffer *out)
{
    const char *at = script->data;
    for (const char *end; (end = strstr(at, "</script")) != NULL; at = end + 2) {
        FS_TRY(fs_buffer_add(out, at, (size_t)(end - at)));
        FS_TRY(fs_buffer_text(out, "<\\/"));
    }
    return fs_buffer_text(out, at);
}

static const char plain_style[] =
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 "
    "1rem;color:#1a1a1a;background:#fff}"
    "table{border-collapse:collapse;margin:1rem "
    "0;display:block;overflow-x:auto}td,th{padding:.2rem .6rem;border-bottom:1px solid "
    "#ddd;text-align:left}"
    ".number{text-align:right;font-variant-numeric:tabular-nums}dl{display:grid;grid-template-"
    "columns:max-content max-content;gap:.2rem 1.5rem}dd{margin:0;text-align:right}";

/* Where scripts run, the plain report is not laid out before it is taken over. */
static const char scripted[] = "<script>if (\"noModule\" in HTMLScriptElement.prototype) "
                               "document.documentElement.className = \"scripted\";</script>\n";

static fs_status add_page_text(const json_t *document, const fs_buffer *json,
                               const fs_buffer *script, const fs_buffer *style, fs_buffer *out)
{
    const char *name =
        json_string_value(json_object_get(json_object_get(document, "meta"), "name"));
    bool bundle = script->size > 0;
    FS_TRY(fs_buffer_text(
        out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"));
    FS_TRY(fs_report_escape(out, name));
    FS_TRY(fs_buffer_printf(
        out, "</title>\n<style>%s</style>\n%s</head>\n<body>\n<div id=\"foresell\">\n<main>\n",
        bundle && style->size > 0 ? style->data : plain_style, bundle ? scripted : ""));
    if (!bundle)
        FS_TRY(fs_buffer_text(
            out,
            "<p class=\"note\">This is the plain report: the web bundle was not found when it was "
            "written, so there are tables and no charts.</p>\n"));
    FS_TRY(fs_report_plain(document, out));
    FS_TRY(fs_buffer_text(
        out, "</main>\n</div>\n<script id=\"foresell-data\" type=\"application/json\">"));
    FS_TRY(fs_buffer_add(out, json->data, json->size));
    FS_TRY(fs_buffer_text(out, "</script>\n"));
    if (bundle) {
        FS_TRY(fs_buffer_text(out, "<script type=\"module\">"));
        FS_TRY(add_script(script, out));
        FS_TRY(fs_buffer_text(out, "</script>\n"));
    }
    return fs_buffer_text(out, "</body>\n</html>\n");
}

/* By a temporary name beside it. */
static fs_status write_file(const char *folder, const char *name, const fs_buffer *text,
                            fs_error *error)
{
    char path[4096], partial[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path ||
        snprintf(partial, sizeof partial, "%s/.%s.partial", folder, name) >= (int)sizeof partial)
        return fs_fail(error, FS_RESOURCE, "the name of the run folder is too long: %s", folder);
    FILE *file = fopen(partial, "wb");
    if (!file) return fs_fail_errno(error, "write", partial);
    bool fine = fwrite(text->data, 1, text->size, file) == text->size;
    fine = fclose(file) == 0 && fine;
    if (fine && rename(partial, path) == 0) return FS_OK;
    fs_fail_errno(error, "write", path);
    unlink(partial);
    return FS_RESOURCE;
}

/* ---- public ---- */

fs_status fs_report_write(fs_engine *engine, fs_project *project, const char *folder,
                          const char *web, fs_error *error)
{
    fs_report report;
    fs_buffer json = {0}, script = {0}, style = {0}, page = {0};
    json_t *document = NULL;
    bool found;
    FS_TRY(fs_report_open(engine, project, folder, &report, error));
    fs_status status = make_document(&report, &document, &json, error);
    if (status == FS_OK) status = read_file(web, "report.js", &script, &found, error);
    if (status == FS_OK) status = read_file(web, "report.css", &style, &found, error);
    if (status == FS_OK) {
        status = add_page_text(document, &json, &script, &style, &page);
        if (status != FS_OK)
            fs_fail_memory(error, page.size);
        else
            status = write_file(folder, "report.html", &page, error);
        json_decref(document);
    }
    fs_buffer_free(&json);
    fs_buffer_free(&script);
    fs_buffer_free(&style);
    fs_buffer_free(&page);
    return status;
}

fs_status fs_report_headlines(fs_engine *engine, fs_project *project, const char *folder,
                              fs_buffer *out, fs_error *error)
{
    fs_report report;
    json_t *list, *item;
    size_t i;
    FS_TRY(fs_report_open(engine, project, folder, &report, error));
    FS_TRY(fs_report_headline_list(&report, &list, error));
    fs_status status = FS_OK;
    json_array_foreach(list, i, item) if (status == FS_OK) status =
        fs_buffer_printf(out, "%s\n", json_string_value(json_object_get(item, "text")));
    json_decref(list);
    return status == FS_OK ? FS_OK : fs_fail_memory(error, out->size);
}
