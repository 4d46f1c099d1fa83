/* The pages of the report, and those of few blocks: overview, demand, peaks, places, data.
 *
 * Each page is a list of blocks whose figures come straight from the run's tables; a block whose
 * table is missing or empty is left out, so a shop with nothing but sales gets a shorter report.
 * Tables show a bounded number of rows and name the CSV file that holds all.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

#define CHART(page_, ...)                                                                          \
    FS_TRY(fs_report_add_chart(report, page_, &(fs_report_chart){__VA_ARGS__}, error))

/* ---- overview ---- */

/* measure of the table summary, label, format */
static const char *const figure_of[][3] = {
    {"revenue", "Revenue", "money"},
    {"units", "Pieces sold", "integer"},
    {"return share", "Returned", "share"},
    {"baskets", "Baskets", "integer"},
    {"revenue a basket", "Revenue a basket", "money"},
    {"customers", "Known customers", "integer"},
    {"visitors", "Visitors", "integer"},
    {"items", "Products sold", "integer"},
    {"items on offer", "Products on offer", "integer"},
    {"stores", "Stores", "integer"},
    {"profit", "Profit", "money"},
    {"charges", "Postage, fees and other charges", "money"},
    {"customers on file", "Customers on file", "integer"},
    {"customers who left", "Of them have left", "integer"},
    {"people reached", "People that promotions reached", "integer"},
    {"response, reached", "Of them responded", "share"},
    {"people left out", "People left out", "integer"},
    {"response, left out", "Of them responded", "share"},
};

static fs_status add_figures(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "summary")) return FS_OK;
    bool products;
    FS_TRY(fs_report_has_products(report, &products, error));
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          products
                              ? "select measure, value from summary where value is not null "
                                "and (measure <> 'return share' or value <> 0) order by place"
                              : "select measure, value from summary where value is not null "
                                "and measure not like 'items%' and (measure <> 'return share' or "
                                "value <> 0) order by place",
                          &rows, error));
    json_t *items = json_array();
    fs_status status = FS_OK;
    for (size_t f = 0; f < sizeof figure_of / sizeof *figure_of; f++)
        for (size_t r = 0; status == FS_OK && r < json_array_size(rows); r++)
            if (strcmp(fs_report_cell_text(rows, r, 0), figure_of[f][0]) == 0)
                status = fs_report_add(items,
                                       json_pack("{s:s, s:f, s:s}", "label", figure_of[f][1],
                                                 "value", fs_report_cell_number(rows, r, 1),
                                                 "format", figure_of[f][2]),
                                       error);
    json_decref(rows);
    if (status == FS_OK && json_array_size(items) > 0)
        return fs_report_add(fs_report_blocks(page),
                             json_pack("{s:s, s:o}", "type", "figures", "items", items), error);
    json_decref(items);
    return status;
}

/* Where there are no sales: what there is instead. */
static fs_status add_holdings(const fs_report *report, json_t *page, fs_error *error)
{
    bool none;
    FS_TRY(fs_report_no_sales(report, &none, error));
    if (!none) return FS_OK;
    TABLE(page, .id = "holdings", .title = "What the files hold", .table = "known_columns",
          .limit = 20, .columns = "table:Table:text,rows:Rows:integer,columns:Known of them:text",
          .sql = "select table_name, max(lines)::bigint, string_agg(column_name, ', ' order by "
                 "column_name) filter (where known > 0) from known_columns where lines > 0 group "
                 "by table_name order by 2 desc, 1");
    return FS_OK;
}

#define ENDS(table, measure)                                                                       \
    "select rank, name, round(value, 2) from " table " where measure = '" measure "' order by "    \
    "rank"
#define END_COLUMNS(label, format) "rank:Rank:integer,name:Product:text,value:" label ":" format

/* The products at both ends of the ranking, by money where there is some. */
static fs_status add_ends(const fs_report *report, json_t *page, bool money, fs_error *error)
{
    bool products;
    FS_TRY(fs_report_has_products(report, &products, error));
    if (!products) return FS_OK;
    const char *columns = money ? END_COLUMNS("Revenue", "money") : END_COLUMNS("Pieces", "number");
    TABLE(page, .id = "top",
          .title = money ? "The products that earn most" : "The products that sell most",
          .table = "best_products", .limit = 5, .file = "csv/best_products.csv", .columns = columns,
          .sql = money ? ENDS("best_products", "revenue") : ENDS("best_products", "units"));
    TABLE(
        page, .id = "bottom",
        .title = money ? "Still on offer, and earning least" : "Still on offer, and selling least",
        .table = "worst_products", .limit = 5, .file = "csv/worst_products.csv", .columns = columns,
        .sql = money ? ENDS("worst_products", "revenue") : ENDS("worst_products", "units"));
    return FS_OK;
}

static fs_status add_overview(const fs_report *report, json_t *page, fs_error *error)
{
    bool money;
    FS_TRY(fs_report_has_money(report, &money, error));
    FS_TRY(add_figures(report, page, error));
    bool pieces = money && report->in_units;
    CHART(page, .id = "sales",
          .title = money ? "Sales in money, and what is coming" : "Sales, and what is coming",
          .level = money ? "revenue" : "total", .keys = 1);
    TABLE(page, .id = "soon",
          .title = pieces ? "Peaks that may come, in pieces" : "Peaks that may come",
          .table = "peaks", .limit = 5, .file = "csv/peaks.csv",
          .columns = "period:When:date,times:Times the usual:times,cause:Coincides "
                     "with:text,certainty:Certainty:share",
          .sql =
              "select cast(period as varchar), round(value / nullif(expected, 0), 1), "
              "coalesce(cause, 'no cause known'), certainty from peaks "
              "where level = 'total' and \"when\" = 'coming' and certainty >= 0.5 order by rank");
    TABLE(page, .id = "highest",
          .title = pieces ? "The highest peaks so far, in pieces" : "The highest peaks so far",
          .table = "peaks", .limit = 5, .file = "csv/peaks.csv",
          .columns = "period:When:date,times:Times the usual:times,cause:Coincides with:text",
          .sql = "select cast(period as varchar), round(value / nullif(expected, 0), 1), "
                 "coalesce(cause, 'no cause known') from peaks where level = 'total' and \"when\" "
                 "= 'past' order by rank");
    FS_TRY(add_ends(report, page, money, error));
    return add_holdings(report, page, error);
}

/* ---- what is said of the levels ---- */

/* What the parts of a level would come to by themselves. */
static fs_status level_parts(const fs_report *report, const char *level, fs_figures_parts *parts,
                             fs_error *error)
{
    char sql[256], table[32];
    bool known;
    double agreed = 0;
    *parts = (fs_figures_parts){.alone = -1, .whole = -1};
    snprintf(table, sizeof table, "forecast_%s", level);
    if (!fs_report_has(report, table)) return FS_OK;
    snprintf(sql, sizeof sql,
             "select sum(parts) from forecast_factors where level = '%s' and (select "
             "count(distinct %s) from %s) > 1",
             level, level, table);
    FS_TRY(fs_report_number(report, sql, &parts->alone, &known, error));
    if (!known) return parts->alone = -1, FS_OK;
    snprintf(sql, sizeof sql, "select sum(whole) from forecast_factors where level = '%s'", level);
    FS_TRY(fs_report_number(report, sql, &parts->whole, &known, error));
    snprintf(sql, sizeof sql,
             "select min(case when agreed then 1 else 0 end) from forecast_factors where level = "
             "'%s'",
             level);
    FS_TRY(fs_report_number(report, sql, &agreed, &known, error));
    return parts->agreed = agreed > 0, FS_OK;
}

/* What the parts would come to by themselves, on each page that shows them. */
static fs_status add_levels(const fs_report *report, json_t *page, fs_error *error)
{
    bool known;
    fs_figures_levels f = {.money = !report->in_units,
                           .count = report->horizon,
                           .period = report->period,
                           .currency = report->currency};
    if (!fs_report_has(report, "forecast_total") || !fs_report_has(report, "forecast_factors"))
        return FS_OK;
    FS_TRY(fs_report_number(report, "select sum(model_mean) from forecast_total", &f.total, &known,
                            error));
    bool shared = false;
    if (fs_report_has(report, "new_item_share") && fs_report_has(report, "forecast_item"))
        FS_TRY(fs_report_number(
            report, "select share from new_item_share where exists (select * from forecast_item)",
            &f.new_share, &shared, error));
    if (!shared) f.new_share = 0;
    FS_TRY(level_parts(report, "category", &f.categories, error));
    FS_TRY(level_parts(report, "store", &f.stores, error));
    FS_TRY(level_parts(report, "item", &f.products, error));
    fs_buffer text = {0};
    fs_status status = known ? fs_report_say_levels(&text, &f) : FS_OK;
    if (status != FS_OK) fs_fail_memory(error, text.size);
    if (status == FS_OK && text.size > 0) status = fs_report_add_text(page, text.data, error);
    fs_buffer_free(&text);
    return status;
}

/* That pieces tell little, where most of them are one product's. */
static fs_status add_bulk(const fs_report *report, json_t *page, fs_error *error)
{
    if (!report->in_units || !fs_report_has(report, "data_quality")) return FS_OK;
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select example from data_quality where \"check\" like 'most of the "
                          "pieces and little%' limit 1",
                          &rows, error));
    const char *item = fs_report_cell_text(rows, 0, 0);
    fs_status status = FS_OK;
    char text[512];
    snprintf(text, sizeof text,
             "Most of these pieces are one product's (%s), which brings little of the money: go by "
             "the sales in money.",
             item ? item : "");
    if (item) status = fs_report_add_text(page, text, error);
    json_decref(rows);
    return status;
}

/* ---- demand ---- */

/* What follows from the time of the month alone is no special day. */
#define SPECIAL                                                                                    \
    "regexp_replace(regexp_replace(drivers, '(, )?time of the month [+-][0-9]+ %', ''), '^, ', "   \
    "'')"

static fs_status add_special(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(page, .id = "special", .title = "What is special of the time ahead, and what it does",
          .table = "forecast_total", .limit = 40, .file = "csv/forecast_total.csv",
          .columns = "period:When:date,what:What:text,mean:Forecast:number",
          .sql = "select cast(period as varchar), " SPECIAL ", round(mean, 1) from forecast_total "
                 "where " SPECIAL " <> '' order by period");
    return FS_OK;
}

static fs_status add_demand(const fs_report *report, json_t *page, int64_t items, fs_error *error)
{
    CHART(page, .id = "total",
          .title = report->in_units ? "All products together, in pieces" : "Everything together",
          .level = "total", .keys = 1);
    FS_TRY(add_bulk(report, page, error));
    FS_TRY(add_levels(report, page, error));
    FS_TRY(fs_report_add_overrides(report, page, error));
    FS_TRY(add_special(report, page, error));
    CHART(page, .id = "categories", .title = "By category", .level = "category", .keys = 40,
          .periods = 800);
    CHART(page, .id = "stores", .title = "By store", .level = "store", .keys = 50, .periods = 400);
    bool products, money;
    FS_TRY(fs_report_has_products(report, &products, error));
    FS_TRY(fs_report_has_money(report, &money, error));
    if (!products) return FS_OK;
    CHART(page, .id = "items",
          .title = money ? "The products that earn most, one by one"
                         : "The products that sell most, one by one",
          .level = "item", .keys = items, .periods = 120);
    TABLE(page, .id = "models", .title = "How the products are forecast", .table = "forecast_item",
          .limit = 20, .columns = "model:Model:text,products:Products:integer",
          .sql = "select " FS_REPORT_MODEL
                 ", count(distinct item) from (select item, model, " FS_REPORT_METHODS
                 " as methods from forecast_item) as told group by 1 order by 2 "
                 "desc, 1");
    return FS_OK;
}

/* ---- peaks ---- */

static fs_status add_peaks(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(page, .id = "coming", .title = "May come, and how sure that is", .table = "peaks",
          .limit = 100, .file = "csv/peaks.csv",
          .columns =
              "period:When:date,level:Level:text,key:Of:text,value:If it comes:number,usual:Usual:"
              "number,"
              "times:Times the usual:times,cause:Coincides with:text,certainty:Certainty:share",
          .sql =
              "select cast(period as varchar), level, nullif(key, '(all)'), round(value, 1), "
              "round(expected, 1), "
              "round(value / nullif(expected, 0), 1), coalesce(cause, 'no cause known'), certainty "
              "from peaks where \"when\" = 'coming' and (level = 'total' or key <> '(all)') "
              "order by level <> 'total', level, period, key");
    TABLE(page, .id = "past", .title = "The highest so far, most above the usual first",
          .table = "peaks", .limit = 200, .file = "csv/peaks.csv",
          .columns =
              "period:When:date,level:Level:text,key:Of:text,value:Sold:number,usual:Usual:number,"
              "times:Times the usual:times,cause:Coincides with:text",
          .sql =
              "select cast(period as varchar), level, nullif(key, '(all)'), round(value, 1), "
              "round(expected, 1), "
              "round(value / nullif(expected, 0), 1), coalesce(cause, 'no cause known') from peaks "
              "where \"when\" = 'past' and (level = 'total' or key <> '(all)') "
              "order by level <> 'total', level, rank");
    return FS_OK;
}

/* ---- places: categories and stores ---- */

/* `sold`: what the column Sold shows. What was sold as long before is left out where it is known only in part. */
#define PLACES(table, key, sold)                                                                   \
    "with recent as (select " key ", row_number() over (partition by " key                         \
    " order by period desc) as back, comparable and (value_model is not null or state = "          \
    "'closed') as whole, value from demand_" table "), sums as (select " key                       \
    ", sum(revenue) as revenue, sum(value) as sold from "                                          \
    "demand_" table " group by " key "), ahead as (select " key                                    \
    ", sum(mean) as mean, count(*) as periods from "                                               \
    "forecast_" table " group by " key ") select sums." key                                        \
    ", nullif(round(sums.revenue, 2), 0), " sold ", "                                              \
    "round(ahead.mean, 1), round((select case when bool_and(whole) then sum(value) end from "      \
    "recent where recent." key " = sums." key                                                      \
    " and recent.back <= ahead.periods), 1) from sums left join ahead on ahead." key               \
    " = sums." key                                                                                 \
    " order by coalesce(nullif(sums.revenue, 0), sums.sold) desc nulls last, sums." key
#define PIECES     "round(sums.sold, 2)"
#define MONEY      "cast(null as double)" /* stands in the column Revenue already */
#define NAMED(sql) "select * from (" sql ") as places where store <> '(all)'"
#define PLACE_COLUMNS(label, format)                                                               \
    "key:" label ":text,revenue:Revenue:money,sold:Sold:" format ",ahead:Forecast ahead:" format   \
    ",before:As long before:" format

static fs_status add_places(const fs_report *report, json_t *page, fs_error *error)
{
    bool in_units = report->in_units;
    FS_TRY(add_levels(report, page, error));
    if (fs_report_has(report, "forecast_category"))
        TABLE(page, .id = "place-categories", .title = "Categories", .table = "demand_category",
              .limit = 200, .file = "csv/demand_category.csv",
              .columns = in_units ? PLACE_COLUMNS("Category", "number")
                                  : PLACE_COLUMNS("Category", "money"),
              .sql = in_units ? PLACES("category", "category", PIECES)
                              : PLACES("category", "category", MONEY));
    if (fs_report_has(report, "forecast_store"))
        TABLE(page, .id = "place-stores", .title = "Stores", .table = "demand_store", .limit = 500,
              .file = "csv/demand_store.csv",
              .columns =
                  in_units ? PLACE_COLUMNS("Store", "number") : PLACE_COLUMNS("Store", "money"),
              .sql = in_units ? NAMED(PLACES("store", "store", PIECES))
                              : NAMED(PLACES("store", "store", MONEY)));
    return FS_OK;
}

/* ---- data ---- */

/* What is taken for granted of sales. */
static fs_status add_sales_assumptions(const fs_report *report, json_t *items, fs_error *error)
{
    const char *absent = strcmp(report->absent, "closed") == 0 ? "that the shop was shut"
                         : strcmp(report->absent, "missing") == 0
                             ? "that it is not known what was sold"
                             : "that nothing was sold";
    FS_TRY(fs_report_add(items,
                         json_sprintf("Demand is looked at by the %s; forecasts go %" PRId64
                                      " %ss ahead.",
                                      report->period, report->horizon, report->period),
                         error));
    FS_TRY(fs_report_add(
        items,
        json_sprintf("A product without a line in a %s is taken to mean %s (setting absent: %s).",
                     report->period, absent, report->absent),
        error));
    FS_TRY(fs_report_add(items,
                         json_sprintf("What is forecast is %s.",
                                      report->in_units
                                          ? "pieces"
                                          : "money, because the files have no pieces (or too few)"),
                         error));
    FS_TRY(
        fs_report_add(items,
                      json_string("Demand is what customers wanted: sales, less what was cancelled "
                                  "on the same day. Later returns lower revenue, not demand."),
                      error));
    FS_TRY(fs_report_add(
        items,
        json_string("Postage, fees, vouchers and corrections of the books are told from products "
                    "by codes and texts; they count in no product's revenue."),
        error));
    return FS_OK;
}

/* Of files that tell no dates no holiday can be. */
static fs_status add_country(const fs_report *report, json_t *items, fs_error *error)
{
    if (!fs_report_has(report, "country") || strcmp(report->dates, "told") != 0) return FS_OK;
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select country, holidays, closed_holidays, closed_days from country",
                          &rows, error));
    fs_figures_country f = {.country = fs_report_cell_text(rows, 0, 0),
                            .holidays = (int64_t)fs_report_cell_number(rows, 0, 1),
                            .closed_holidays = (int64_t)fs_report_cell_number(rows, 0, 2),
                            .closed_days = (int64_t)fs_report_cell_number(rows, 0, 3)};
    fs_buffer text = {0};
    fs_status status = fs_report_say_country(&text, &f);
    if (status == FS_OK) status = fs_report_add(items, json_string(text.data), error);
    fs_buffer_free(&text);
    json_decref(rows);
    return status;
}

static fs_status add_assumptions(const fs_report *report, json_t *page, fs_error *error)
{
    bool none;
    FS_TRY(fs_report_no_sales(report, &none, error));
    json_t *items = json_array();
    fs_status status = none ? FS_OK : add_sales_assumptions(report, items, error);
    if (status == FS_OK && !none) status = add_country(report, items, error);
    if (status == FS_OK)
        status = fs_report_add(
            items,
            json_sprintf(*report->currency ? "All money is %s; nothing is converted."
                                           : "The files name no currency; money has no unit here "
                                             "(setting currency).",
                         report->currency),
            error);
    if (status == FS_OK) return fs_report_add_notes(page, "What was assumed", items, error);
    json_decref(items);
    return status;
}

static fs_status add_missing(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "missing_kinds")) return FS_OK;
    json_t *rows;
    FS_TRY(fs_report_rows(
        report, "select kind || ': would add ' || effect from missing_kinds order by place", &rows,
        error));
    json_t *items = json_array();
    fs_status status = FS_OK;
    for (size_t r = 0; status == FS_OK && r < json_array_size(rows); r++)
        status = fs_report_add(items, json_string(fs_report_cell_text(rows, r, 0)), error);
    json_decref(rows);
    if (status == FS_OK)
        return fs_report_add_notes(page, "What is not in the files, and what it would add", items,
                                   error);
    json_decref(items);
    return status;
}

/* Files that nobody reads, as the manifest names them. */
static fs_status add_left_alone(const fs_report *report, json_t *page, fs_error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/manifest.json", report->folder);
    json_error_t fault;
    json_t *manifest = json_load_file(path, 0, &fault);
    if (!manifest && json_error_code(&fault) == json_error_cannot_open_file) return FS_OK;
    if (!manifest && json_error_code(&fault) == json_error_out_of_memory)
        return fs_fail_memory(error, 0);
    if (!manifest) return fs_fail(error, FS_RESOURCE, "%s: %s", path, fault.text);
    json_t *files = json_object_get(manifest, "files_left_alone");
    fs_status status = FS_OK;
    if (json_array_size(files) > 0)
        status = fs_report_add_notes(page, "Files left alone, for the reasons in foresell.yaml",
                                     json_incref(files), error);
    json_decref(manifest);
    return status;
}

static fs_status add_data(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(page, .id = "files", .title = "Files: rows read = used + refused + merged",
          .table = "source_files", .limit = 500,
          .columns = "file:File:text,table:Became:text,rows:Rows "
                     "read:integer,kept:Used:integer,quarantined:Refused:integer,"
                     "merged:Merged:integer,adds:Adds up:bool",
          .sql = "select file, coalesce(home_table, '(look-up)'), rows, kept, quarantined, merged, "
                 "rows = kept + quarantined + merged from source_files order by file");
    TABLE(page, .id = "refused", .title = "Why rows were refused", .table = "quarantine",
          .limit = 100, .file = "tables/quarantine.parquet",
          .columns = "table:Table:text,reason:Reason:text,rows:Rows:integer,file:For example "
                     "in:text,line:Line:integer,row:The row:text",
          .sql = "select table_name, " FS_REPORT_REASON
                 ", count(*), arg_min(file, (file, line)), arg_min(line, (file, line)), "
                 "left(arg_min(\"row\", (file, line)), 200) from quarantine group by 1, 2 order by "
                 "3 desc, 1, 2");
    TABLE(page, .id = "refused-rows", .title = "Rows to look at: three of each reason",
          .table = "quarantine", .limit = 300, .file = "tables/quarantine.parquet",
          .columns = "reason:Reason:text,file:File:text,line:Line:integer,row:The row:text",
          .sql = "select " FS_REPORT_REASON " as why, file, line, left(\"row\", 200) from "
                 "(select *, row_number() over (partition by table_name, " FS_REPORT_REASON
                 " order by file, line) as place from quarantine) as placed where place <= 3 and "
                 "(select count(*) from quarantine) > 1 order by table_name, why, file, line");
    TABLE(page, .id = "unusual",
          .title = "Values far from the usual, which the forecasts follow only in part",
          .table = "unusual_values", .limit = 100, .file = "csv/unusual_values.csv",
          .columns = "of:Of:text,name:Which:text,period:When:date,value:Value:number,usual:Taken "
                     "for:number,cause:Coincides with:text",
          .sql = "select case level when 'item' then 'product' when 'money' then 'all, in money' "
                 "when 'total' then 'all together' else level end, nullif(name, '(all)'), "
                 "cast(period as varchar), round(value, 2), round(usual, 2), coalesce(cause, 'no "
                 "cause known') from unusual_values order by rank");
    TABLE(page, .id = "quality", .title = "What else was seen", .table = "data_quality",
          .limit = 200, .file = "csv/data_quality.csv",
          .columns = "subject:In:text,check:What:text,rows:Rows:integer,share:Share:share,example:"
                     "For example:text",
          .sql = "select subject, \"check\", rows, round(share, 6), left(example, 120) from "
                 "data_quality "
                 "where \"check\" not like 'refused:%' and \"check\" not like 'not in the files:%' "
                 "order by subject, \"check\"");
    FS_TRY(add_left_alone(report, page, error));
    FS_TRY(add_assumptions(report, page, error));
    return add_missing(report, page, error);
}

/* ---- the whole ---- */

static fs_status add_page(json_t *pages, json_t *page, fs_error *error)
{
    if (page && json_array_size(fs_report_blocks(page)) == 0) {
        json_decref(page);
        return FS_OK;
    }
    return fs_report_add(pages, page, error);
}

static fs_status add_pages(const fs_report *report, json_t *pages, int64_t items, fs_error *error)
{
    json_t *overview = fs_report_page("overview", "Overview", "");
    json_t *demand = fs_report_page("demand", "What will sell",
                                    "What was sold, and the forecast with its interval.");
    json_t *accuracy =
        fs_report_page("accuracy", "How good the forecasts are",
                       "How far off they would have been, had they been made in the past.");
    json_t *business =
        fs_report_page("business", "Business", "Key figures over time, and what moved them.");
    json_t *seasons =
        fs_report_page("seasons", "Seasons", "The trend, the week, the year, holidays and events.");
    json_t *peaks = fs_report_page(
        "peaks", "Peaks",
        report->in_units ? "When far more pieces are sold than usual for the weekday and season."
                         : "When far more is sold than usual for the weekday and season.");
    json_t *products =
        fs_report_page("products", "Products", "Which products earn, and which only fill shelves.");
    json_t *orders = fs_report_page(
        "orders", "What to order", "Orders and why, how much to hold, and stock that is too much.");
    json_t *places = fs_report_page("places", "Stores and categories", "");
    json_t *customers =
        fs_report_page("customers", "Customers", "Who they are, and what they are worth.");
    json_t *keeping = fs_report_page("keeping", "Whom to keep",
                                     "Who is likely to leave, and whom it pays to contact.");
    json_t *data = fs_report_page("data", "Data",
                                  "What was read, what was refused and why, and what was assumed.");
    fs_status status = overview && demand && accuracy && business && seasons && peaks && products &&
                               orders && places && customers && keeping && data
                           ? FS_OK
                           : fs_fail_memory(error, 0);
    if (status == FS_OK) status = add_overview(report, overview, error);
    if (status == FS_OK) status = add_demand(report, demand, items, error);
    if (status == FS_OK) status = fs_report_add_accuracy(report, accuracy, error);
    if (status == FS_OK) status = fs_report_add_business(report, business, error);
    if (status == FS_OK) status = fs_report_add_seasons(report, seasons, error);
    if (status == FS_OK) status = add_peaks(report, peaks, error);
    if (status == FS_OK) status = fs_report_add_products(report, products, error);
    if (status == FS_OK) status = fs_report_add_orders(report, orders, error);
    if (status == FS_OK) status = add_places(report, places, error);
    if (status == FS_OK) status = fs_report_add_customers(report, customers, error);
    if (status == FS_OK) status = fs_report_add_keeping(report, keeping, error);
    if (status == FS_OK) status = add_data(report, data, error);
    json_t *all[] = {overview, demand, accuracy, business,  seasons, peaks,
                     products, orders, places,   customers, keeping, data};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (status == FS_OK)
            status = add_page(pages, all[i], error);
        else
            json_decref(all[i]);
    }
    return status;
}

/* "2026-11-24T05:12:07Z" from a run folder's name (2026-11-24T051207Z…); empty where it is none, so that a report
 * depends on its run alone. */
static void run_time(const char *folder, char out[32])
{
    const char *name = strrchr(folder, '/');
    int year, month, day, hour, minute, second, end = 0;
    *out = 0;
    if (sscanf(name ? name + 1 : folder, "%4d-%2d-%2dT%2d%2d%2dZ%n", &year, &month, &day, &hour,
               &minute, &second, &end) == 6 &&
        end > 0)
        snprintf(out, 32, "%04d-%02u-%02uT%02u:%02u:%02uZ", year, (unsigned)month % 100,
                 (unsigned)day % 100, (unsigned)hour % 100, (unsigned)minute % 100,
                 (unsigned)second % 100);
}

static fs_status add_meta(const fs_report *report, json_t *document, fs_error *error)
{
    json_t *rows = NULL;
    if (fs_report_has(report, "summary"))
        FS_TRY(fs_report_rows(
            report,
            "select max(text) filter (where measure = 'first day'), max(text) filter "
            "(where measure = 'last day') from summary",
            &rows, error));
    char created[32];
    run_time(report->folder, created);
    json_t *meta = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:i}", "created", created, "name", report->name,
        "currency", report->currency, "country", report->country, "version", fs_version(), "period",
        report->period, "first_day", fs_report_cell_text(rows, 0, 0), "last_day",
        fs_report_cell_text(rows, 0, 1), "first_weekday", report->first_weekday);
    json_decref(rows);
    if (!meta || json_object_set_new(document, "meta", meta) != 0) return fs_fail_memory(error, 0);
    return FS_OK;
}

fs_status fs_report_document(const fs_report *report, int64_t items, json_t **document,
                             fs_error *error)
{
    json_t *all = json_pack("{s:[]}", "pages"), *list = NULL;
    fs_status status = all ? add_meta(report, all, error) : fs_fail_memory(error, 0);
    if (status == FS_OK) status = fs_report_headline_list(report, &list, error);
    if (status == FS_OK && json_object_set_new(all, "headlines", list) != 0)
        status = fs_fail_memory(error, 0);
    if (status == FS_OK) status = add_pages(report, json_object_get(all, "pages"), items, error);
    if (status != FS_OK)
        json_decref(all);
    else
        *document = all;
    return status;
}
