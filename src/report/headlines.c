/* The five things that matter most: figures from the run's tables, put into words by sentences.c.
 *
 * Candidates in the order of what people ask first: how much was sold, what is coming, when the
 * next peak is, what to order, who is about to leave, which products carry the shop, which trends are sure, and whether the data could be
 * read. The last one is always among the five.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

#define HEADLINES 5

typedef fs_status (*sentence)(const fs_report *report, fs_buffer *out, fs_error *error);

static fs_status total(const fs_report *report, fs_buffer *out, fs_error *error)
{
    if (!fs_report_has(report, "summary") || !fs_report_has(report, "data_quality")) return FS_OK;
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select max(value) filter (where measure = 'revenue'), max(value) filter "
                          "(where measure = 'units' and not exists (select 1 from data_quality "
                          "where \"check\" like 'most of the pieces and little%')), "
                          "coalesce(max(value) filter (where measure = 'return share'), 0), "
                          "max(text) filter (where measure = 'first day'), "
                          "max(text) filter (where measure = 'last day') from summary",
                          &rows, error));
    fs_figures_total f = {.has_revenue = !fs_report_cell_null(rows, 0, 0),
                          .revenue = fs_report_cell_number(rows, 0, 0),
                          .has_units = !fs_report_cell_null(rows, 0, 1),
                          .units = fs_report_cell_number(rows, 0, 1),
                          .return_share = fs_report_cell_number(rows, 0, 2),
                          .first = fs_report_cell_text(rows, 0, 3),
                          .last = fs_report_cell_text(rows, 0, 4),
                          .currency = report->currency,
                          .numbered =
                              strcmp(report->dates, "numbered") == 0 ? report->period : NULL};
    fs_status status = fs_report_say_total(out, &f);
    json_decref(rows);
    return status;
}

/* One row: sum of the means ahead, how many, half the mean width of the interval as a share, the sum of as many before,
 * how many of those are known in part, and the first of them if all that follow are such or closed. */
static fs_status outlook_sql(const fs_report *report, const char *table, const char *value,
                             fs_buffer *sql)
{
    FS_TRY(fs_buffer_text(sql, "with ahead as (select sum(mean) as mean, count(*) as count, "));
    if (report->high > report->low)
        FS_TRY(fs_buffer_printf(sql, "0.5 * sum(\"%s\" - \"%s\") / nullif(sum(mean), 0)",
                                report->high_name, report->low_name));
    else
        FS_TRY(fs_buffer_text(sql, "cast(null as double)"));
    return fs_buffer_printf(
        sql,
        " as width, min(period) as first_ahead from %s), last_ones as (select period, %s as value, "
        "comparable, state = 'closed' as closed, value_model is null and state <> 'closed' as part "
        "from demand_total, ahead where period < first_ahead order by period desc limit %" PRId64
        "), before as (select sum(value) as value, count(value) filter (where comparable and not "
        "part) as known, count(*) filter (where comparable and part) as part, min(period) filter "
        "(where comparable and part) as part_from from last_ones), "
        "rest as (select count(*) as count, bool_and(part or closed) as part from last_ones, "
        "(select part_from from before) as begins where period >= part_from) "
        "select ahead.mean, ahead.count, ahead.width, case when before.known = ahead.count then "
        "before.value else 0 end, case when rest.part then rest.count else before.part end, case "
        "when rest.part then cast(before.part_from as varchar) end from ahead, before, rest",
        table, value, report->horizon);
}

/* One row: since when the files tell of all, and the mean of a period before and since; none where they always did, or
 * where the time before is so short that it counts for nothing, in the whole as in the comparison. */
static fs_status break_rows(const fs_report *report, const char *value, json_t **rows,
                            fs_error *error)
{
    fs_buffer sql = {0};
    fs_status status = fs_buffer_printf(
        &sql,
        "with told as (select period, comparable, %s as value from demand_total), "
        "times as (select min(period) filter (where comparable) as since, avg(value) filter (where "
        "not comparable) as before, avg(value) filter (where comparable) as after, count(*) filter "
        "(where comparable) as comparables, count(*) as periods from told) "
        "select cast(since as varchar), coalesce(before, 0), after from times where since is not "
        "null and comparables < periods and (comparables < %" PRId64
        " or periods - comparables >= 0.02 * periods)",
        value, report->horizon);
    if (status == FS_OK)
        status = fs_report_rows(report, sql.data, rows, error);
    else
        fs_fail_memory(error, 0);
    fs_buffer_free(&sql);
    return status;
}

/* The rows of outlook_sql and of break_rows in words. */
static fs_status say_outlook(const fs_report *report, bool money, const json_t *rows,
                             const json_t *breaks, fs_buffer *out)
{
    fs_figures_outlook f = {
        .money = money || !report->in_units,
        .expected = fs_report_cell_number(rows, 0, 0),
        .count = (int64_t)fs_report_cell_number(rows, 0, 1),
        .range = fs_report_cell_null(rows, 0, 2) ? -1 : fs_report_cell_number(rows, 0, 2),
        .before = fs_report_cell_number(rows, 0, 3),
        .partial = (int64_t)fs_report_cell_number(rows, 0, 4),
        .partial_from = fs_report_cell_text(rows, 0, 5),
        .since = fs_report_cell_text(breaks, 0, 0),
        .usual_before = fs_report_cell_number(breaks, 0, 1),
        .usual_since = fs_report_cell_number(breaks, 0, 2),
        .likely = report->high - report->low,
        .period = report->period,
        .currency = report->currency};
    return fs_report_say_outlook(out, &f);
}

/* Is the past that is known half as long as the forecast at least? A day says nothing of a month. */
static fs_status has_past(const fs_report *report, bool *past, fs_error *error)
{
    int64_t known = 0;
    FS_TRY(fs_engine_integer(report->engine,
                             "select count(*) from demand_total where value is not null", &known,
                             error));
    *past = 2 * known >= report->horizon;
    return FS_OK;
}

static fs_status outlook(const fs_report *report, fs_buffer *out, fs_error *error)
{
    if (!fs_report_has(report, "forecast_total") || !fs_report_has(report, "demand_total"))
        return FS_OK;
    bool past;
    int64_t money_rows = 0;
    FS_TRY(has_past(report, &past, error));
    if (!past) return FS_OK;
    if (fs_report_has(report, "forecast_revenue"))
        FS_TRY(fs_engine_integer(report->engine, "select count(*) from forecast_revenue",
                                 &money_rows, error));
    const char *table = money_rows > 0 ? "forecast_revenue" : "forecast_total";
    const char *value = money_rows > 0 ? "revenue" : "value";
    fs_buffer sql = {0};
    fs_status status = outlook_sql(report, table, value, &sql);
    json_t *rows = NULL, *breaks = NULL;
    if (status == FS_OK)
        status = fs_report_rows(report, sql.data, &rows, error);
    else
        fs_fail_memory(error, 0);
    if (status == FS_OK) status = break_rows(report, value, &breaks, error);
    if (status == FS_OK) status = say_outlook(report, money_rows > 0, rows, breaks, out);
    json_decref(rows);
    json_decref(breaks);
    fs_buffer_free(&sql);
    return status;
}

/* The highest peak that is coming, else the highest past one that no single order made. The forecast holds a peak where
 * it brings half of what is above the usual. */
#define PEAK_SQL                                                                                   \
    "select \"when\" = 'coming', cast(peaks.period as varchar), cause, value / nullif(expected, "  \
    "0), certainty, %s, exists (select 1 from peaks as higher where higher.level = "               \
    "'total' and higher.\"when\" = 'past' and higher.cause = 'one large order' and higher.rank < " \
    "peaks.rank) from peaks%s "                                                                    \
    "where " FS_REPORT_PEAK_TOLD                                                                   \
    " and not exists (select 1 from data_quality where \"check\" like "                            \
    "'most of the pieces and little%%') "                                                          \
    "order by \"when\" = 'coming' desc, rank limit 1"

static fs_status peak(const fs_report *report, fs_buffer *out, fs_error *error)
{
    if (!fs_report_has(report, "peaks") || !fs_report_has(report, "data_quality")) return FS_OK;
    bool ahead = fs_report_has(report, "forecast_total"), money;
    char sql[1400];
    json_t *rows;
    FS_TRY(fs_report_has_money(report, &money, error));
    snprintf(sql, sizeof sql, PEAK_SQL,
             ahead ? "forecast_total.mean - expected >= 0.5 * (value - expected)" : "false",
             ahead ? " left join forecast_total on forecast_total.period = peaks.period" : "");
    FS_TRY(fs_report_rows(report, sql, &rows, error));
    const json_t *row = json_array_get(rows, 0);
    fs_figures_peak f = {.coming = json_is_true(json_array_get(row, 0)),
                         .date = fs_report_cell_text(rows, 0, 1),
                         .cause = fs_report_cell_text(rows, 0, 2),
                         .period = report->period,
                         .times = fs_report_cell_number(rows, 0, 3),
                         .certainty = fs_report_cell_number(rows, 0, 4),
                         .foreseen = json_is_true(json_array_get(row, 5)),
                         .orders = json_is_true(json_array_get(row, 6)),
                         .pieces = money && report->in_units};
    fs_status status = fs_report_say_peak(out, &f);
    json_decref(rows);
    return status;
}

static fs_status products(const fs_report *report, fs_buffer *out, fs_error *error)
{
    if (!fs_report_has(report, "product_summary")) return FS_OK;
    json_t *rows;
    FS_TRY(fs_report_rows(
        report,
        "with kind as (select count(revenue) > 0 as money from product_summary), "
        "sold as (select product_summary.*, case when kind.money then revenue else units end as "
        "worth from product_summary, kind where worth > 0 and item <> '(all)'), "
        "enough as (select count(*) as n, max(cumulative_share) as share from sold where "
        "cumulative_share - revenue_share < 0.8) "
        "select (select count(*) from sold), enough.n, enough.share, (select case when name = "
        "item then " FS_REPORT_CALLED("product",
                                      "name") " else name end from sold "
                                              "where revenue_rank = 1), "
                                              "(select worth from sold where revenue_rank = 1), "
                                              "coalesce((select worth from sold where "
                                              "revenue_rank = 2), 0), kind.money from enough, kind",
        &rows, error));
    fs_figures_products f = {.products = (int64_t)fs_report_cell_number(rows, 0, 0),
                             .enough = (int64_t)fs_report_cell_number(rows, 0, 1),
                             .share = fs_report_cell_number(rows, 0, 2),
                             .first = fs_report_cell_text(rows, 0, 3),
                             .first_revenue = fs_report_cell_number(rows, 0, 4),
                             .second_revenue = fs_report_cell_number(rows, 0, 5),
                             .money = json_is_true(json_array_get(json_array_get(rows, 0), 6)),
                             .currency = report->currency};
    fs_status status = fs_report_say_products(out, &f);
    json_decref(rows);
    return status;
}

static fs_status trends(const fs_report *report, fs_buffer *out, fs_error *error)
{
    if (!fs_report_has(report, "product_summary")) return FS_OK;
    json_t *rows;
    FS_TRY(fs_report_rows(
        report,
        "select count(*) filter (where trend > 0), count(*) filter (where trend < 0), "
        "(select count(revenue) > 0 from product_summary) from product_summary "
        "where active and trend_sure and item <> '(all)' and coalesce(cumulative_share - "
        "revenue_share, 0) < 0.9",
        &rows, error));
    bool money = json_is_true(json_array_get(json_array_get(rows, 0), 2));
    fs_status status = fs_report_say_trends(out, (int64_t)fs_report_cell_number(rows, 0, 0),
                                            (int64_t)fs_report_cell_number(rows, 0, 1), money);
    json_decref(rows);
    return status;
}

static fs_status stores(const fs_report *report, fs_buffer *out, fs_error *error)
{
    if (!fs_report_has(report, "demand_store")) return FS_OK;
    bool named = fs_report_has(report, "stores");
    char sql[800];
    json_t *rows;
    snprintf(
        sql, sizeof sql,
        "with sold as (select store, coalesce(nullif(sum(revenue), 0), sum(value)) as size from "
        "demand_store where store <> '(all)' group by store), best as (select count(*) as "
        "stores, arg_max(store, (size, store)) as first, max(size) / nullif(sum(size), 0) as "
        "share from sold where size > 0) select stores, coalesce(%s, " FS_REPORT_CALLED(
            "store", "first") "), share from best",
        named ? "(select min(name) || ' (' || first || ')' from stores where store = first)"
              : "null");
    FS_TRY(fs_report_rows(report, sql, &rows, error));
    fs_status status =
        fs_report_say_stores(out, (int64_t)fs_report_cell_number(rows, 0, 0),
                             fs_report_cell_text(rows, 0, 1), fs_report_cell_number(rows, 0, 2));
    json_decref(rows);
    return status;
}

/* Who is likely to leave, and what contacting brings; nothing where the past does not bear the list out. */
static fs_status orders(const fs_report *report, fs_buffer *out, fs_error *error)
{
    bool found;
    fs_figures_orders f;
    FS_TRY(fs_report_read_orders(report, &f, &found, error));
    return found ? fs_report_say_orders(out, &f) : FS_OK;
}

static fs_status leaving(const fs_report *report, fs_buffer *out, fs_error *error)
{
    bool found;
    fs_figures_leaving f;
    FS_TRY(fs_report_read_leaving(report, &f, &found, error));
    return found ? fs_report_say_leaving(out, &f) : FS_OK;
}

/* ---- where there are no sales: that, and what is known of people ---- */

static fs_status measure(const fs_report *report, const char *name, double *value, fs_error *error)
{
    char sql[160];
    json_t *rows;
    snprintf(sql, sizeof sql, "select max(value) from summary where measure = '%s'", name);
    FS_TRY(fs_report_rows(report, sql, &rows, error));
    *value = fs_report_cell_null(rows, 0, 0) ? -1 : fs_report_cell_number(rows, 0, 0);
    json_decref(rows);
    return FS_OK;
}

static fs_status left(const fs_report *report, fs_buffer *out, fs_error *error)
{
    fs_figures_people f;
    bool without;
    FS_TRY(fs_report_no_sales(report, &without, error));
    if (!without) return FS_OK;
    FS_TRY(measure(report, "customers on file", &f.customers, error));
    FS_TRY(measure(report, "customers who left", &f.left, error));
    return fs_report_say_left(out, &f);
}

static fs_status response(const fs_report *report, fs_buffer *out, fs_error *error)
{
    fs_figures_people f;
    bool without;
    FS_TRY(fs_report_no_sales(report, &without, error));
    if (!without) return FS_OK;
    FS_TRY(measure(report, "people reached", &f.reached, error));
    FS_TRY(measure(report, "response, reached", &f.response, error));
    FS_TRY(measure(report, "people left out", &f.left_out, error));
    FS_TRY(measure(report, "response, left out", &f.response_without, error));
    return fs_report_say_response(out, &f);
}

static fs_status data(const fs_report *report, fs_buffer *out, fs_error *error)
{
    if (!fs_report_has(report, "source_files") || !fs_report_has(report, "data_quality"))
        return FS_OK;
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select coalesce(sum(rows), 0)::bigint, coalesce(sum(kept), 0)::bigint, "
                          "coalesce(sum(quarantined), 0)::bigint, "
                          "coalesce(sum(merged), 0)::bigint, (select substr(\"check\", 10) from "
                          "data_quality where \"check\" like 'refused: %' order by rows desc, "
                          "\"check\" limit 1) from source_files",
                          &rows, error));
    fs_figures_rows f = {.rows = (int64_t)fs_report_cell_number(rows, 0, 0),
                         .kept = (int64_t)fs_report_cell_number(rows, 0, 1),
                         .refused = (int64_t)fs_report_cell_number(rows, 0, 2),
                         .merged = (int64_t)fs_report_cell_number(rows, 0, 3),
                         .reason = fs_report_cell_text(rows, 0, 4)};
    fs_status status = fs_report_say_rows(out, &f);
    json_decref(rows);
    return status;
}

/* Tables of the files that have rows, "customers (7,043 rows), stores (4 rows)". */
static fs_status other_tables(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select table_name, max(lines)::bigint from known_columns where lines > "
                          "0 and table_name <> 'sales' group by table_name order by 2 desc, 1",
                          &rows, error));
    fs_status status = FS_OK;
    for (size_t r = 0; status == FS_OK && r < json_array_size(rows); r++) {
        status =
            fs_buffer_printf(out, "%s%s (", r > 0 ? ", " : "", fs_report_cell_text(rows, r, 0));
        if (status == FS_OK) status = fs_report_whole(out, fs_report_cell_number(rows, r, 1));
        if (status == FS_OK)
            status =
                fs_buffer_text(out, fs_report_cell_number(rows, r, 1) > 1 ? " rows)" : " row)");
        if (status != FS_OK) fs_fail_memory(error, 0);
    }
    json_decref(rows);
    return status;
}

static fs_status no_sales(const fs_report *report, fs_buffer *out, fs_error *error)
{
    bool none;
    FS_TRY(fs_report_no_sales(report, &none, error));
    if (!none) return FS_OK;
    fs_buffer others = {0};
    fs_status status = other_tables(report, &others, error);
    if (status == FS_OK) status = fs_report_say_no_sales(out, others.size > 0 ? others.data : NULL);
    fs_buffer_free(&others);
    return status;
}

static const struct {
    sentence say;
    const char *page;
} candidates[] = {{no_sales, "data"},   {left, "overview"},   {response, "overview"},
                  {total, "overview"},  {outlook, "demand"},  {peak, "peaks"},
                  {orders, "orders"},   {leaving, "keeping"}, {products, "products"},
                  {trends, "products"}, {stores, "places"}};

static fs_status add_headline(const fs_report *report, sentence say, const char *page, json_t *list,
                              fs_error *error)
{
    fs_buffer text = {0};
    fs_status status = say(report, &text, error);
    if (status == FS_OK && text.size > 0)
        status =
            fs_report_add(list, json_pack("{s:s, s:s}", "text", text.data, "page", page), error);
    fs_buffer_free(&text);
    return status;
}

fs_status fs_report_headline_list(const fs_report *report, json_t **list, fs_error *error)
{
    json_t *all = json_array();
    fs_status status = all ? FS_OK : fs_fail_memory(error, 0);
    for (size_t i = 0; status == FS_OK && i < sizeof candidates / sizeof *candidates; i++)
        if (json_array_size(all) < HEADLINES - 1)
            status = add_headline(report, candidates[i].say, candidates[i].page, all, error);
    if (status == FS_OK) status = add_headline(report, data, "data", all, error);
    if (status != FS_OK)
        json_decref(all);
    else
        *list = all;
    return status;
}
