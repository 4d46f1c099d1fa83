/* Planners' changes to the forecast: those that are in it, those that could not be applied and why, and what those that are over were
 * worth. Nothing is added where there are none. */
#include "report_internal.h"

#define WHAT "case when level = 'total' then 'everything together' else level || ' ' || key end"
#define DAYS                                                                                       \
    "case when last_day > first_day then cast(first_day as varchar) || ' to ' || cast(last_day "   \
    "as varchar) else "                                                                            \
    "cast(first_day as varchar) end"
#define SAID                                                                                       \
    "case when value is not null then printf('%g', value) when change is not null then "           \
    "printf('%+g %%', round(100 * change, 1)) end"

static fs_status add_sentence(const fs_report *report, json_t *page, fs_error *error)
{
    json_t *rows;
    fs_figures_overrides f = {.money = !report->in_units, .currency = report->currency};
    FS_TRY(fs_report_rows(
        report,
        "select count(*) filter (where status = 'ahead'), count(value_added), count(*) filter "
        "(where value_added > 0), coalesce(sum(error_model) filter (where value_added is not "
        "null), 0), coalesce(sum(error_planner) filter (where value_added is not null), 0) from "
        "override_results",
        &rows, error));
    f.ahead = (int64_t)fs_report_cell_number(rows, 0, 0);
    f.judged = (int64_t)fs_report_cell_number(rows, 0, 1);
    f.nearer = (int64_t)fs_report_cell_number(rows, 0, 2);
    f.error_models = fs_report_cell_number(rows, 0, 3);
    f.error_planners = fs_report_cell_number(rows, 0, 4);
    json_decref(rows);
    fs_buffer text = {0};
    fs_status status = fs_report_say_overrides(&text, &f);
    if (status != FS_OK) fs_fail_memory(error, text.size);
    if (status == FS_OK && text.size > 0) status = fs_report_add_text(page, text.data, error);
    fs_buffer_free(&text);
    return status;
}

fs_status fs_report_add_overrides(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "override_results")) return FS_OK;
    FS_TRY(add_sentence(report, page, error));
    TABLE(page, .id = "overrides", .title = "Changes of planners in the forecast", .limit = 100,
          .file = "csv/override_results.csv",
          .columns = "what:Of:text,days:When:text,said:Planner says:text,model:Model "
                     "says:number,planner:Forecast "
                     "now:number,who:Who:text,why:Why:text",
          .sql = "select " WHAT ", " DAYS ", " SAID
                 ", round(model, 1), round(planner, 1), who, why from override_results where "
                 "status = 'ahead' order "
                 "by first_day, number");
    TABLE(page, .id = "overrides_refused", .title = "Changes of planners that could not be applied",
          .limit = 100, .file = "csv/override_results.csv",
          .columns =
              "what:Of:text,days:When:text,said:Planner says:text,who:Who:text,reason:Why not:text",
          .sql = "select " WHAT ", " DAYS ", " SAID
                 ", who, case status when 'too far ahead' then 'the forecast ends before' when "
                 "'not forecast' then "
                 "'nothing is forecast of it' when 'not known' then 'no sales are known of it' "
                 "when 'of two levels' "
                 "then 'it names more than one of product, category and store' when 'says nothing' "
                 "then 'neither a "
                 "value nor a change' when 'below zero' then 'it comes to less than nothing' else "
                 "'its last day is "
                 "before its first' end from override_results where status not in ('ahead', "
                 "'past') order by number");
    TABLE(
        page, .id = "overrides_worth", .title = "What changes of planners were worth", .limit = 40,
        .file = "csv/override_results.csv",
        .columns = "who:Who:text,judged:Changes that are over:integer,nearer:Nearer than the "
                   "model:integer,"
                   "model:Error of the models:number,planner:Error of the "
                   "planner:number,saved:Error saved:number",
        .sql =
            "select coalesce(who, 'somebody'), count(*), count(*) filter (where value_added > 0), "
            "round(sum(error_model), 1), round(sum(error_planner), 1), round(sum(value_added), 1) "
            "from "
            "override_results where value_added is not null group by 1 order by 6 desc, 1");
    return FS_OK;
}
