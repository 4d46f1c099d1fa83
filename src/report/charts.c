/* Charts of what was sold and what will be: one variant per total, category, store or product.
 *
 * Two queries a chart, whatever the number of variants: all the sold rows and all the forecast
 * rows, each ordered by the variant's rank and by period, are cut apart here. The interval drawn
 * goes from the lowest to the highest quantile that the forecasts carry.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

typedef struct level {
    const char *name, *demand, *forecast, *value;
    const char *keys;  /* SELECT of key, label, size */
    const char *named; /* the same where the run has the table of stores; NULL: as keys */
} level;

static const level levels[] = {
    {"total", "demand_total", "forecast_total", "value",
     "select '' as key, 'Total' as label, 1 as size"},
    {"revenue", "demand_total", "forecast_revenue", "revenue",
     "select '' as key, 'Total' as label, 1 as size"},
    {"category", "demand_category", "forecast_category", "value",
     "select category as key, category as label, coalesce(nullif(sum(revenue), 0), sum(value)) as "
     "size from "
     "demand_category group by category"},
    {"store", "demand_store", "forecast_store", "value",
     "select store as key, 'Store ' || store as label, coalesce(nullif(sum(revenue), 0), "
     "sum(value)) as size from "
     "demand_store where store <> '(all)' group by store",
     "select sold.store as key, case when min(stores.name) is null then 'Store ' || sold.store "
     "else min(stores.name) || ' (' || sold.store || ')' end as label, coalesce(nullif(sum("
     "sold.revenue), 0), sum(sold.value)) as size from demand_store as sold left join stores on "
     "stores.store = sold.store "
     "where sold.store <> '(all)' group by sold.store"},
    {"item", "demand_item", "forecast_item", "value",
     "select item as key, case when name = item or ends_with(name, ' ' || item) then name else "
     "name "
     "|| ' (' || item || ')' end as label, "
     "coalesce(nullif(revenue, 0), units) as size from product_summary where active"},
};

static const level *find_level(const char *name)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(levels[i].name, name) == 0) return &levels[i];
    return NULL;
}

/* FROM item with columns key, label, rank of the variants to draw. */
static fs_status add_keys(const fs_report *report, fs_buffer *sql, const level *at, int64_t keys)
{
    bool named = at->named && fs_report_has(report, "stores");
    return fs_buffer_printf(sql,
                            "(select key, label, row_number() over (order by size desc nulls last, "
                            "key nulls last) as rank from (%s) as sizes "
                            "qualify rank <= %" PRId64 ") as keys",
                            named ? at->named : at->keys, keys);
}

static const char *key_column(const level *at)
{
    return strcmp(at->demand, "demand_total") == 0 ? "''" : at->name;
}

/* Rows of one level's demand. Of items only the periods that are no plain zero are there: the others
 * between a first and a last row come back here, where the project says that they are zeros. */
static fs_status add_sold(const fs_report *report, const level *at, fs_buffer *sql)
{
    if (strcmp(at->name, "item") != 0 || strcmp(report->absent, "missing") == 0)
        return fs_buffer_text(sql, at->demand);
    return fs_buffer_printf(
        sql,
        "(select spans.item, total.period, case when told.item is null then 0 else told.%s end as "
        "%s from (select item, min(period) as first_period, max(period) as last_period from %s "
        "group by item) as spans join demand_total as total on total.period between "
        "spans.first_period and spans.last_period left join %s as told on told.item = spans.item "
        "and told.period = total.period)",
        at->value, at->value, at->demand, at->demand);
}

static fs_status sold_sql(const fs_report *report, const level *at, const fs_report_chart *chart,
                          fs_buffer *sql)
{
    FS_TRY(fs_buffer_printf(sql,
                            "select keys.rank, keys.label, cast(rows.period as varchar), "
                            "round(rows.%s, 2) from ",
                            at->value));
    FS_TRY(add_sold(report, at, sql));
    FS_TRY(fs_buffer_text(sql, " as rows join "));
    FS_TRY(add_keys(report, sql, at, chart->keys));
    FS_TRY(fs_buffer_printf(sql, " on keys.key = %s%s", *key_column(at) == '\'' ? "" : "rows.",
                            key_column(at)));
    if (chart->periods > 0)
        FS_TRY(fs_buffer_printf(sql,
                                " where rows.period >= (select min(period) from (select distinct "
                                "period from demand_total "
                                "order by period desc limit %" PRId64 ") as last_ones)",
                                chart->periods));
    return fs_buffer_text(sql, " order by keys.rank, rows.period");
}

static fs_status forecast_sql(const fs_report *report, const level *at,
                              const fs_report_chart *chart, fs_buffer *sql)
{
    FS_TRY(
        fs_buffer_text(sql, "select keys.rank, cast(rows.period as varchar), round(rows.mean, 2)"));
    if (report->high > report->low)
        FS_TRY(fs_buffer_printf(sql, ", round(rows.\"%s\", 2), round(rows.\"%s\", 2)",
                                report->low_name, report->high_name));
    FS_TRY(fs_buffer_printf(sql, " from %s as rows join ", at->forecast));
    FS_TRY(add_keys(report, sql, at, chart->keys));
    FS_TRY(fs_buffer_printf(sql, " on keys.key = %s%s", *key_column(at) == '\'' ? "" : "rows.",
                            key_column(at)));
    return fs_buffer_text(sql, " order by keys.rank, rows.period");
}

/* Rows from *at on whose first column is `rank`, as a new array; *at moves behind them. */
static json_t *take_rank(const json_t *rows, size_t *at, double rank)
{
    json_t *part = json_array();
    for (; part && *at < json_array_size(rows); (*at)++) {
        if (fs_report_cell_number(rows, *at, 0) != rank) break;
        json_array_append(part, json_array_get(rows, *at));
    }
    return part;
}

static json_t *forecast_series(const fs_report *report, const json_t *rows)
{
    json_t *series = fs_report_series("forecast", rows, 1, 2);
    if (!series) return NULL;
    json_object_set_new(series, "dashed", json_true());
    if (report->high <= report->low) return series;
    char interval[32];
    snprintf(interval, sizeof interval, "%.4g %%", 100 * (report->high - report->low));
    json_t *low = fs_report_series("", rows, 1, 3), *high = fs_report_series("", rows, 1, 4);
    json_object_set(series, "low", json_object_get(low, "y"));
    json_object_set(series, "high", json_object_get(high, "y"));
    json_object_set_new(series, "interval", json_string(interval));
    json_decref(low);
    json_decref(high);
    return series;
}

/* [{"name", "series": […]}, …] of all variants. */
static fs_status variants(const fs_report *report, const json_t *sold, const json_t *ahead,
                          json_t *out, fs_error *error)
{
    size_t s = 0, f = 0;
    while (s < json_array_size(sold)) {
        double rank = fs_report_cell_number(sold, s, 0);
        const char *label = fs_report_cell_text(sold, s, 1);
        json_t *sold_rows = take_rank(sold, &s, rank);
        while (f < json_array_size(ahead) && fs_report_cell_number(ahead, f, 0) < rank) f++;
        json_t *ahead_rows = take_rank(ahead, &f, rank);
        json_t *series = json_array();
        fs_status status = fs_report_add(series, fs_report_series("sold", sold_rows, 2, 3), error);
        if (status == FS_OK && json_array_size(ahead_rows) > 0)
            status = fs_report_add(series, forecast_series(report, ahead_rows), error);
        json_decref(sold_rows);
        json_decref(ahead_rows);
        if (status != FS_OK) {
            json_decref(series);
            return status;
        }
        FS_TRY(fs_report_add(
            out, json_pack("{s:s, s:o}", "name", label ? label : "", "series", series), error));
    }
    return FS_OK;
}

/* Which peaks of the total are marked, those that a headline may tell first, so that no other's label hides theirs.
 * `of`: what they are times the usual of. */
static fs_status marks_rows(const fs_report *report, const char *of, json_t **rows, fs_error *error)
{
    char sql[1600];
    snprintf(
        sql, sizeof sql,
        "with ranked as (select *, " FS_REPORT_PEAK_TOLD " and row_number() over (partition "
        "by \"when\", " FS_REPORT_PEAK_TOLD " order by rank) = 1 as told from peaks where "
        "level = 'total' and expected > 0) "
        "select cast(period as varchar), coalesce(cause, printf('%%.1f×', value / expected)) "
        "|| case when \"when\" = 'past' then '' else '?' end, case when \"when\" = 'past' "
        "then 'peak: ' else 'may be a peak: ' end || printf('%%.1f', value / expected) || ' "
        "times the usual%s' || coalesce(', ' || cause, '') || case when \"when\" = 'past' then "
        "'' else printf(', certainty %%.0f %%%%', 100 * certainty) end, told from ranked where "
        "told or (\"when\" = 'past' and rank <= 5) or (\"when\" = 'coming' and certainty >= "
        "0.5 and rank <= 3) order by told desc, rank, \"when\"",
        of);
    return fs_report_rows(report, sql, rows, error);
}

static json_t *mark_of(const json_t *rows, size_t r)
{
    return json_pack("{s:s, s:s, s:s, s:b}", "x", fs_report_cell_text(rows, r, 0), "label",
                     fs_report_cell_text(rows, r, 1), "detail", fs_report_cell_text(rows, r, 2),
                     "told", json_is_true(json_array_get(json_array_get(rows, r), 3)));
}

/* The five highest past and three highest coming peaks of the total as marks, and those that a headline may tell. */
static fs_status add_marks(const fs_report *report, json_t *block, fs_error *error)
{
    if (!fs_report_has(report, "peaks")) return FS_OK;
    json_t *rows, *marks = json_array();
    bool pieces = json_object_get(block, "marked") != NULL;
    fs_status status = marks_rows(report, pieces ? " number of pieces" : "", &rows, error);
    for (size_t r = 0; status == FS_OK && r < json_array_size(rows); r++)
        status = fs_report_add(marks, mark_of(rows, r), error);
    json_decref(rows);
    if (status == FS_OK && json_object_set(block, "marks", marks) != 0)
        status = fs_fail_memory(error, 0);
    json_decref(marks);
    return status;
}

static fs_status read_rows(const fs_report *report, const level *at, const fs_report_chart *chart,
                           json_t **sold, json_t **ahead, fs_error *error)
{
    fs_buffer sql = {0};
    *sold = *ahead = NULL;
    fs_status status = sold_sql(report, at, chart, &sql);
    if (status == FS_OK) status = fs_report_rows(report, sql.data, sold, error);
    fs_buffer_clear(&sql);
    if (status == FS_OK && fs_report_has(report, at->forecast)) {
        status = forecast_sql(report, at, chart, &sql);
        if (status == FS_OK) status = fs_report_rows(report, sql.data, ahead, error);
    }
    fs_buffer_free(&sql);
    return status == FS_MEMORY ? fs_fail_memory(error, 0) : status;
}

static json_t *chart_block(const fs_report *report, const fs_report_chart *chart, json_t *choose)
{
    bool money = !report->in_units || strcmp(chart->level, "revenue") == 0;
    json_t *block =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "type", "chart", "id", chart->id, "title",
                  chart->title, "unit", money ? "money" : "units", "x", "date", "stacked", 0);
    if (!block) return NULL;
    if (money && report->in_units) json_object_set_new(block, "marked", json_string("in pieces"));
    if (json_array_size(choose) > 1) {
        json_object_set(block, "choose", choose);
        json_object_set_new(block, "series", json_array());
    } else {
        json_object_set(block, "series", json_object_get(json_array_get(choose, 0), "series"));
    }
    return block;
}

fs_status fs_report_add_chart(const fs_report *report, json_t *page, const fs_report_chart *chart,
                              fs_error *error)
{
    const level *at = find_level(chart->level);
    if (!at || !fs_report_has(report, at->demand) || chart->keys <= 0) return FS_OK;
    if (strcmp(at->name, "item") == 0 && !fs_report_has(report, "product_summary")) return FS_OK;
    json_t *sold, *ahead, *choose = json_array(), *block = NULL;
    fs_status status = read_rows(report, at, chart, &sold, &ahead, error);
    if (status == FS_OK) status = variants(report, sold, ahead, choose, error);
    if (status == FS_OK && json_array_size(choose) > 0) {
        block = chart_block(report, chart, choose);
        if (!block)
            status = fs_fail_memory(error, 0);
        else if (strcmp(at->demand, "demand_total") == 0)
            status = add_marks(report, block, error);
        if (status == FS_OK)
            status = fs_report_add(fs_report_blocks(page), json_incref(block), error);
    }
    json_decref(block);
    json_decref(choose);
    json_decref(sold);
    json_decref(ahead);
    return status;
}
