/* What customers are worth: whose purchases bring the coming year's money, and how right such figures were on the past.
 *
 * The interval of the sum is that of independent customers: the square root of the sum of the squares of their half widths. It holds
 * if the model does; the replay beside it says how far off the model was.
 */
#include <math.h>

#include "report_internal.h"

/* What counts: money, where customers have some; else days on which they buy. */
#define KIND "kind as (select coalesce(sum(value), 0) > 0 as money from customer_values)"

/* ---- what is said ---- */

static fs_status say_worth(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(
        report,
        "with " KIND ", told as (select customer, case when money then value else expected_orders "
        "end as y, case when money then value_low else orders_low end as low, case when money then "
        "value_high else orders_high end as high, money from customer_values cross join kind), "
        "placed as (select *, row_number() over (order by y desc nulls last, customer) as place, "
        "count(*) over () as n from told) select count(y), bool_and(money), sum(y), sum(y) - "
        "sqrt(sum(power(greatest(y - low, 0), 2))), sum(y) + sqrt(sum(power(greatest(high - y, 0), "
        "2))), count(*) filter (where place <= 0.1 * n), sum(y) filter (where place <= 0.1 * n) / "
        "nullif(sum(y), 0) from placed",
        &rows, error));
    fs_figures_worth f = {.customers = (int64_t)fs_report_cell_number(rows, 0, 0),
                          .money = json_is_true(json_array_get(json_array_get(rows, 0), 1)),
                          .expected = fs_report_cell_number(rows, 0, 2),
                          .low = fs_report_cell_number(rows, 0, 3),
                          .high = fs_report_cell_number(rows, 0, 4),
                          .first = (int64_t)fs_report_cell_number(rows, 0, 5),
                          .first_share = fs_report_cell_number(rows, 0, 6),
                          .currency = report->currency};
    fs_status status = fs_report_say_worth(out, &f);
    json_decref(rows);
    return status;
}

static fs_status say_purchases(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(
        report,
        "with shares as (select as_of, chosen, model, came / nullif(expected, 0) as share from "
        "purchase_replay where chosen or model = 'own rate') select count(distinct as_of) filter "
        "(where chosen and share is not null), coalesce(min(share) filter (where chosen), 0), "
        "coalesce(max(share) filter (where chosen), 0), coalesce(min(share) filter (where model = "
        "'own rate' and not chosen), 0), coalesce(max(share) filter (where model = 'own rate' and "
        "not chosen), 0) from shares",
        &rows, error));
    fs_figures_purchases f = {.dates = (int64_t)fs_report_cell_number(rows, 0, 0),
                              .least = fs_report_cell_number(rows, 0, 1),
                              .most = fs_report_cell_number(rows, 0, 2),
                              .own_least = fs_report_cell_number(rows, 0, 3),
                              .own_most = fs_report_cell_number(rows, 0, 4)};
    fs_status status = fs_report_say_purchases(out, &f);
    json_decref(rows);
    return status;
}

/* ---- the charts ---- */

static fs_status add_curve(const fs_report *report, json_t *page, fs_error *error)
{
    int64_t money = 0;
    FS_TRY(fs_engine_integer(report->engine, "with " KIND " select cast(money as bigint) from kind",
                             &money, error));
    fs_buffer text = {0};
    fs_status said = say_worth(report, &text, error);
    fs_report_plot plot = {
        .id = "value-curve",
        .title = money ? "Whose purchases bring the coming year's money"
                       : "Whose purchases the coming year's are",
        .kind = "line",
        .x = "number",
        .unit = "share",
        .along = money ? "share of the customers, those who bring most first"
                       : "share of the customers, those who buy most often first",
        .along_unit = "share",
        .up = money ? "share of what they bring" : "share of the days on which they buy",
        .sql =
            "with " KIND ", told as (select 1 as o, 'the coming year' as series, customer, case "
            "when money then value else expected_orders end as y from customer_values cross join "
            "kind union all select 2, 'so far', customer, case when money then revenue else orders "
            "end from customer_values cross join kind), placed as (select *, row_number() over "
            "(partition by o order by y desc, customer) as place, count(*) over (partition by o) "
            "as n, sum(y) over (partition by o) as whole from told where y > 0), shares as (select "
            "unnest([0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]) "
            "as share), points as (select o, series, share, coalesce(sum(y) filter (where place <= "
            "share * n), 0) / max(whole) as y from placed cross join shares group by o, series, "
            "share, n having share = 0 or share * n >= 1) select null, null, series, share, "
            "round(y, 4), null, null, null from points where (select count(*) from "
            "customer_values) > 1 order by o, share"};
    return fs_report_add_said_plot(report, page, said, &text, plot, error);
}

static fs_status add_by_segment(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "customer_rfm")) return FS_OK;
    PLOT(page, .id = "value-segments",
         .title = "What each segment brought, and what it is expected to bring in a year",
         .kind = "bar", .x = "category", .unit = "share",
         .sql =
             "with " KIND ", told as (select segment, sum(case when money then v.revenue else "
             "v.orders end) as before, sum(case when money then value else expected_orders end) as "
             "ahead, avg(r + f) as rank from customer_values as v join customer_rfm as s on "
             "s.customer = v.customer cross join kind where segment is not null group by segment), "
             "points as (select 1 as o, 'of all so far' as series, segment, rank, before / "
             "nullif(sum(before) over (), 0) as y from told union all select 2, 'of the coming "
             "year', segment, rank, ahead / nullif(sum(ahead) over (), 0) from told) select null, "
             "null, series, segment, round(y, 4), null, null, null from points where y is not null "
             "order by o, rank desc, segment");
    return FS_OK;
}

static fs_status add_replay(const fs_report *report, json_t *page, fs_error *error)
{
    bool any;
    FS_TRY(fs_report_has_rows(report, "purchase_replay", &any, error));
    if (!any) return FS_OK;
    fs_buffer text = {0};
    fs_status said = say_purchases(report, &text, error);
    fs_report_plot plot = {
        .id = "value-replay",
        .title = "Tried on the past: purchases expected, and those that came",
        .kind = "bar",
        .x = "category",
        .unit = "integer",
        .sql = "with points as (select 1 as o, 'came' as series, as_of, weeks, max(came) as y from "
               "purchase_replay group by as_of, weeks union all select 2, 'expected', as_of, "
               "weeks, expected from purchase_replay where chosen union all select 3, 'if "
               "everybody went on as before', as_of, weeks, expected from purchase_replay where "
               "model = 'own rate' and not chosen) select null, null, series, format('{} weeks "
               "from {}', cast(weeks as bigint), strftime(as_of, '%-d %b %Y')), round(y), null, "
               "null, null from points where y is not null order by o, as_of, weeks"};
    return fs_report_add_said_plot(report, page, said, &text, plot, error);
}

fs_status fs_report_add_worth(const fs_report *report, json_t *page, fs_error *error)
{
    int64_t expected = 0;
    if (!fs_report_has(report, "customer_values")) return FS_OK;
    FS_TRY(fs_engine_integer(report->engine,
                             "select count(*) from customer_values where expected_orders > 0",
                             &expected, error));
    if (expected == 0) return FS_OK;
    FS_TRY(add_curve(report, page, error));
    FS_TRY(add_by_segment(report, page, error));
    return add_replay(report, page, error);
}
