/* The page "How good the forecasts are": trials on the past beside the seasonal naive method, by level, by step ahead, by product. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

#define TRIED_MOST_ITEMS  1000 /* as the step tried_items has it */
#define TRIED_MOST_PLACES 100  /* as the step accuracy_levels has it */

/* Levels in the order in which they are told. */
#define PLACE                                                                                      \
    "case level when 'money' then 1 when 'total' then 2 when 'category' then 3 when 'store' then " \
    "4 else 5 end"
#define OF                                                                                         \
    "case level when 'money' then 'All, in money' when 'total' then 'All together' when "          \
    "'category' then 'Categories, one by one' when 'store' then 'Stores, one by one' else "        \
    "'Products, one by one' end"

/* ---- what is said ---- */

/* The first level that there is; *found false: no trial could be made. */
static fs_status read_first(const fs_report *report, json_t **rows, bool *found, fs_error *error)
{
    FS_TRY(fs_report_rows(report,
                          "select level, trials, compared, wape, naive_wape, value_added, "
                          "coverage, due, verdict, (select max(step) from forecast_accuracy as s "
                          "where s.level = f.level) from forecast_accuracy as f where step is null "
                          "order by " PLACE " limit 1",
                          rows, error));
    *found = json_array_size(*rows) > 0;
    return FS_OK;
}

static fs_figures_accuracy figures_of(const fs_report *report, const json_t *rows)
{
    return (fs_figures_accuracy){.level = fs_report_cell_text(rows, 0, 0),
                                 .trials = (int64_t)fs_report_cell_number(rows, 0, 1),
                                 .compared = (int64_t)fs_report_cell_number(rows, 0, 2),
                                 .steps = (int64_t)fs_report_cell_number(rows, 0, 9),
                                 .off = fs_report_cell_number(rows, 0, 3),
                                 .naive = fs_report_cell_number(rows, 0, 4),
                                 .saved = fs_report_cell_number(rows, 0, 5),
                                 .inside = fs_report_cell_number(rows, 0, 6),
                                 .due = fs_report_cell_number(rows, 0, 7),
                                 .verdict = fs_report_cell_text(rows, 0, 8),
                                 .period = report->period,
                                 .season = report->season};
}

static fs_status say(json_t *page, const fs_figures_accuracy *f, fs_error *error)
{
    fs_buffer text = {0};
    fs_status status = fs_report_say_accuracy(&text, f);
    if (status != FS_OK) fs_fail_memory(error, text.size);
    if (status == FS_OK && text.size > 0) status = fs_report_add_text(page, text.data, error);
    fs_buffer_free(&text);
    return status;
}

/* ---- by step ahead, by level ---- */

static fs_status add_steps(const fs_report *report, json_t *page, const char *naive,
                           fs_error *error)
{
    fs_buffer sql = {0};
    char along[32];
    snprintf(along, sizeof along, "%ss ahead", report->period);
    fs_status status = fs_buffer_printf(
        &sql,
        "with told as (select * from forecast_accuracy where level in (select level from "
        "forecast_accuracy where step is null and verdict <> 'too short')), points as (select "
        "level, step, 1 as o, 'forecast' as series, wape as y from told where step is not null "
        "union all select level, step, 2, 'repeating %s', naive_wape from told where step is not "
        "null) select " OF
        ", null, series, step, round(y, 4), null, null, null from points where y is "
        "not null and "
        "level in (select level from points group by level having count(distinct step) > 1) order "
        "by " PLACE ", o, step",
        naive);
    if (status == FS_OK)
        status = fs_report_add_plot(report, page,
                                    &(fs_report_plot){.id = "error-ahead",
                                                      .title = "How far off, by how far ahead",
                                                      .kind = "line",
                                                      .x = "number",
                                                      .unit = "share",
                                                      .along = along,
                                                      .up = "off, as a share of what was sold",
                                                      .sql = sql.data},
                                    error);
    else
        fs_fail_memory(error, sql.size);
    fs_buffer_free(&sql);
    return status;
}

static fs_status add_levels(const fs_report *report, json_t *page, const char *naive,
                            fs_error *error)
{
    char columns[320];
    snprintf(columns, sizeof columns,
             "of:Forecast of:text,series:Tried:integer,off:Off by:share,naive:Repeating %s:share,"
             "verdict:The forecast is:text,bias:Too high (+) or low:share,inside:In the "
             "range:share,due:Should be:share",
             naive);
    TABLE(page, .id = "accuracy-levels", .title = "How far off, by level",
          .table = "forecast_accuracy", .limit = 10, .file = "csv/forecast_accuracy.csv",
          .columns = columns,
          .sql = "select " OF ", series, round(wape, 4), round(naive_wape, 4), case verdict when "
                 "'better' then 'better' when 'worse' then 'worse' when 'unsure' then 'not surely "
                 "better or worse' else 'tried too little to tell' end, round(bias, 4), "
                 "round(coverage, 4), round(due, 4) from forecast_accuracy where step is null "
                 "order by " PLACE);
    return FS_OK;
}

/* ---- products ---- */

/* Of products by what forecasts them now; a trial may have chosen otherwise. */
static fs_status add_models(const fs_report *report, json_t *page, const char *naive,
                            fs_error *error)
{
    char columns[256];
    snprintf(columns, sizeof columns,
             "model:By which they are forecast now:text,products:Products:integer,off:Off "
             "by:share,saved:Less than by repeating %s:share,inside:In the range:share",
             naive);
    TABLE(page, .id = "model-errors", .title = "How good each way to forecast products was",
          .table = "forecast_errors", .limit = 20, .columns = columns,
          .sql = "with told as (select *, " FS_REPORT_METHODS
                 " as methods from forecast_errors where model is not null), named as (select "
                 "*, " FS_REPORT_MODEL " as way from told), counted as (select *, count(*) over "
                 "(partition by way) as alike, count(*) over () as together from named) select "
                 "case when alike * 100 < together then 'other ways, of few products each' else "
                 "way end, count(*), round(sum(error) / nullif(sum(sold), 0), 4), round(1 - "
                 "sum(error) / nullif(sum(naive_error), 0), 4), round(sum(coverage * ranges) / "
                 "nullif(sum(ranges), 0), 4) from counted "
                 "group by 1 order by 2 desc, 1");
    return FS_OK;
}

static fs_status add_products(const fs_report *report, json_t *page, const char *naive,
                              fs_error *error)
{
    if (!fs_report_has(report, "product_summary") || !fs_report_has(report, "forecast_errors"))
        return FS_OK;
    double priced = 0;
    bool known, products;
    FS_TRY(fs_report_has_products(report, &products, error));
    if (!products) return FS_OK;
    FS_TRY(fs_report_number(report, "select count(money_error) from forecast_errors", &priced,
                            &known, error));
    TABLE(page, .id = "worst-forecast",
          .title = priced > 0 ? "The products whose forecasts are off by most money"
                              : "The products whose forecasts are off by most",
          .table = "forecast_errors", .limit = 50, .file = "csv/forecast_errors.csv",
          .columns = priced > 0
                         ? "name:Product:text,money:Off in money:money,off:Off by:share,bias:Too "
                           "high (+) or low:share,sold:Sold in the trials:number"
                         : "name:Product:text,error:Off:number,off:Off by:share,bias:Too high (+) "
                           "or low:share,sold:Sold in the trials:number",
          .sql = priced > 0 ? "select coalesce(p.name, e.item), round(money_error, 2), round(wape, "
                              "4), round(bias, 4), round(sold, 1) from forecast_errors as e left "
                              "join product_summary as p on p.item = e.item order by e.rank"
                            : "select coalesce(p.name, e.item), round(error, 1), round(wape, 4), "
                              "round(bias, 4), round(sold, 1) from forecast_errors as e left join "
                              "product_summary as p on p.item = e.item order by e.rank");
    return add_models(report, page, naive, error);
}

/* ---- what the figures are ---- */

static fs_status add_limit(const fs_report *report, json_t *items, const char *level, int most,
                           const char *text, fs_error *error)
{
    char sql[128];
    double series = 0;
    bool known;
    snprintf(sql, sizeof sql,
             "select series from forecast_accuracy where step is null and level = '%s'", level);
    FS_TRY(fs_report_number(report, sql, &series, &known, error));
    if (!known || series < 0.9 * most) return FS_OK;
    return fs_report_add(items, json_string(text), error);
}

static fs_status list_notes(const fs_report *report, const fs_figures_accuracy *f, json_t *items,
                            fs_error *error)
{
    const char *period = report->period;
    FS_TRY(fs_report_add(
        items,
        json_sprintf("In a trial the models see what lay before a %s of the past and nothing else. "
                     "What they say of the %" PRId64 " %ss that followed is held against what was "
                     "sold; the trials follow one another, the last ends with the files.",
                     period, f->steps, period),
        error));
    FS_TRY(fs_report_add(
        items,
        json_sprintf("\"Off by\" adds up by how much each %s was too high or too low, against "
                     "what was sold. Over longer times much of it evens out; what does not is "
                     "\"too high or low\". Of what is sold seldom no forecast can be off by "
                     "little.",
                     period),
        error));
    FS_TRY(fs_report_add(
        items,
        json_string("What models see is what counts: values far from the usual count as what is "
                    "usual, and times when demand was hidden are left out. Of the next such "
                    "value these figures say nothing."),
        error));
    FS_TRY(fs_report_add(
        items,
        json_string("Categories, stores and products are tried by themselves. That their forecasts "
                    "are then multiplied until they agree with the total is not in these figures."),
        error));
    FS_TRY(add_limit(report, items, "item", TRIED_MOST_ITEMS,
                     "Of the products, the 1,000 that bring most are tried.", error));
    FS_TRY(add_limit(report, items, "category", TRIED_MOST_PLACES,
                     "Of the categories, the 100 largest are tried.", error));
    return add_limit(report, items, "store", TRIED_MOST_PLACES,
                     "Of the stores, the 100 largest are tried.", error);
}

static fs_status add_notes(const fs_report *report, json_t *page, const fs_figures_accuracy *f,
                           fs_error *error)
{
    json_t *items = json_array();
    fs_status status = list_notes(report, f, items, error);
    if (status == FS_OK)
        return fs_report_add_notes(page, "What these figures are, and what they are not", items,
                                   error);
    json_decref(items);
    return status;
}

/* ---- the page ---- */

static fs_status add_blocks(const fs_report *report, json_t *page, const fs_figures_accuracy *f,
                            fs_error *error)
{
    char naive[FS_REPORT_SEASON];
    fs_report_last_season(naive, f->season, f->period);
    FS_TRY(say(page, f, error));
    if (strcmp(f->verdict, "too short") == 0) return FS_OK;
    FS_TRY(add_steps(report, page, naive, error));
    FS_TRY(add_levels(report, page, naive, error));
    FS_TRY(add_products(report, page, naive, error));
    return add_notes(report, page, f, error);
}

fs_status fs_report_add_accuracy(const fs_report *report, json_t *page, fs_error *error)
{
    bool none, found;
    json_t *rows;
    FS_TRY(fs_report_no_sales(report, &none, error));
    if (none || !fs_report_has(report, "forecast_accuracy")) return FS_OK;
    FS_TRY(read_first(report, &rows, &found, error));
    fs_figures_accuracy f = figures_of(report, rows);
    if (!found || !f.verdict) f.verdict = "too short";
    fs_status status = add_blocks(report, page, &f, error);
    json_decref(rows);
    return status;
}
