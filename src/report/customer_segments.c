/* Segments of customers: the map by recency and frequency, what each is of customers and money, moves, groups of the like.
 *
 * Segments are those of customer_rfm: scores 1 to 5 (5 best) of how recently, how often and for how much each bought. The map
 * has a column for each score of recency and a row for each of frequency; its cells say which segment most in them are of.
 */
#include "report_internal.h"

/* Segments from the best to the worst, by recency and frequency. */
#define RANKED                                                                                     \
    "ranked as (select segment, row_number() over (order by avg(r + f) desc, segment) as place "   \
    "from customer_rfm where segment is not null group by segment)"

/* Scores are fifths, of which fewer customers have none. */
#define LEAST 5

/* ---- the map ---- */

static fs_status say_segments(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(
        report,
        "with kind as (select coalesce(sum(revenue), 0) > 0 as money from customer_rfm), sums as "
        "(select segment, count(*) as members, sum(case when money then revenue else orders end) "
        "as size from customer_rfm cross join kind where segment is not null group by segment), "
        "shares as (select *, size / nullif(sum(size) over (), 0) as share, row_number() over "
        "(order by size desc nulls last, segment) as place from sums) select segment, share, "
        "coalesce((select share from shares where place = 2), 0), members, (select sum(members) "
        "from shares)::bigint, (select money from kind) from shares where place = 1",
        &rows, error));
    fs_figures_segments f = {.first = fs_report_cell_text(rows, 0, 0),
                             .share = fs_report_cell_number(rows, 0, 1),
                             .second_share = fs_report_cell_number(rows, 0, 2),
                             .members = (int64_t)fs_report_cell_number(rows, 0, 3),
                             .customers = (int64_t)fs_report_cell_number(rows, 0, 4),
                             .money = json_is_true(json_array_get(json_array_get(rows, 0), 5))};
    fs_status status = fs_report_say_segments(out, &f);
    json_decref(rows);
    return status;
}

static fs_status add_map(const fs_report *report, json_t *page, fs_error *error)
{
    fs_buffer text = {0};
    fs_status said = say_segments(report, &text, error);
    fs_report_plot plot = {
        .id = "segment-map",
        .title = "Customers by how recently (across) and how often (down) they bought",
        .kind = "heat",
        .x = "category",
        .unit = "integer",
        .sql =
            "with told as (select * from customer_rfm where r is not null and f is not null), "
            "across as (select r, format('R{}: {:,} to {:,} days ago', r, min(recency_days), "
            "max(recency_days)) as x from told group by r), down as (select f, case when "
            "min(orders) = max(orders) then format('F{}: {:,} order{}', f, min(orders), case when "
            "min(orders) = 1 then '' else 's' end) else "
            "format('F{}: {:,} to {:,} orders', f, min(orders), max(orders)) end as name from told "
            "group by f), counted as (select r, f, segment, count(*) as n from told group by r, f, "
            "segment), names as (select r, f, arg_min(segment, (-n, segment)) as label from "
            "counted group by r, f), cells as (select r, f, count(*) as n, sum(revenue) as revenue "
            "from told group by r, f), points as (select 1 as o, 'Customers' as name, 'integer' as "
            "unit, r, f, cast(n as double) as y from cells union all select 2, 'Money', 'money', "
            "r, f, revenue from cells union all select 3, 'Money of a customer', 'money', r, f, "
            "revenue / n from cells), kinds as (select o, name, unit from points group by o, name, "
            "unit having max(abs(y)) > 0) select kinds.name, kinds.unit, down.name, across.x, "
            "round(points.y, 2), null, null, names.label from kinds cross join down cross join "
            "across left join points on points.o = kinds.o and points.r = across.r and points.f = "
            "down.f left join names on names.r = across.r and names.f = down.f order by kinds.o, "
            "down.f desc, across.r"};
    return fs_report_add_said_plot(report, page, said, &text, plot, error);
}

static fs_status add_sizes(const fs_report *report, json_t *page, fs_error *error)
{
    int64_t money = 0;
    FS_TRY(fs_engine_integer(report->engine,
                             "select cast(coalesce(sum(revenue), 0) > 0 as bigint) from "
                             "customer_rfm",
                             &money, error));
    PLOT(page, .id = "segment-sizes",
         .title = money ? "What each segment is of the customers and of the money"
                        : "What each segment is of the customers and of the orders",
         .kind = "bar", .x = "category", .unit = "share",
         .sql = "with " RANKED ", kind as (select coalesce(sum(revenue), 0) > 0 as money from "
                "customer_rfm), sums as (select segment, count(*) as n, sum(case when money then "
                "revenue else orders end) as size, max(case when money then 'of the money' else "
                "'of the orders' end) as what from customer_rfm cross join kind where segment is "
                "not null group by segment), points as (select 1 as o, 'of the customers' as "
                "series, segment, n / sum(n) over () as y from sums union all select 2, what, "
                "segment, size / nullif(sum(size) over (), 0) from sums) select null, null, "
                "series, points.segment, round(y, 4), null, "
                "null, null from points join ranked on ranked.segment = points.segment where y is "
                "not null order by o, ranked.place");
    TABLE(page, .id = "segments", .title = "The segments in numbers", .table = "customer_rfm",
          .limit = 30, .file = "csv/customer_rfm.csv",
          .columns = "segment:Segment:text,customers:Customers:integer,revenue:Money:money,each:"
                     "Each:money,orders:Orders each:number,recency:Days since the last "
                     "order:integer,joined:Newcomers among them:integer",
          .sql = "with " RANKED " select customer_rfm.segment, count(*), round(sum(revenue), 2), "
                 "round(sum(revenue) / count(*), 2), round(avg(orders), 1), median(recency_days), "
                 "case when (select count(segment_before) from customer_rfm) > 0 then count(*) "
                 "filter (where segment_before is null) end from customer_rfm join ranked on "
                 "ranked.segment = customer_rfm.segment group by customer_rfm.segment, "
                 "ranked.place order by ranked.place");
    return FS_OK;
}

/* ---- moves ---- */

static fs_status say_moves(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows, *then = NULL;
    fs_status status = FS_OK;
    FS_TRY(fs_report_rows(
        report,
        "with known as (select segment_before, segment_now, customers, segment_before <> "
        "segment_now as moved from segment_moves where segment_before is not null and segment_now "
        "is not null), ways as (select *, row_number() over (order by customers desc, "
        "segment_before, segment_now) as place from known where moved) select "
        "coalesce(sum(customers), 0)::bigint, coalesce(sum(customers) filter (where moved), "
        "0)::bigint, (select segment_before from ways where place = 1), (select segment_now from "
        "ways where place = 1), coalesce((select customers from ways where place = 1), 0), "
        "coalesce((select customers from ways where place = 2), 0) from known",
        &rows, error));
    if (fs_report_has(report, "compared_days"))
        status = fs_report_rows(report, "select cast(max(before_to) as varchar) from compared_days",
                                &then, error);
    fs_figures_moves f = {.before = fs_report_cell_text(then, 0, 0),
                          .customers = (int64_t)fs_report_cell_number(rows, 0, 0),
                          .moved = (int64_t)fs_report_cell_number(rows, 0, 1),
                          .from = fs_report_cell_text(rows, 0, 2),
                          .to = fs_report_cell_text(rows, 0, 3),
                          .most = (int64_t)fs_report_cell_number(rows, 0, 4),
                          .second = (int64_t)fs_report_cell_number(rows, 0, 5)};
    if (status == FS_OK) status = fs_report_say_moves(out, &f);
    json_decref(rows);
    json_decref(then);
    return status;
}

static fs_status add_moves(const fs_report *report, json_t *page, fs_error *error)
{
    bool any;
    FS_TRY(fs_report_has_rows(report, "segment_moves", &any, error));
    if (!any) return FS_OK;
    fs_buffer text = {0};
    fs_status said = say_moves(report, &text, error);
    fs_report_plot plot = {
        .id = "segment-moves",
        .title = "Where customers went: from the segment before (down) to the one now (across)",
        .kind = "heat",
        .x = "category",
        .unit = "integer",
        .sql =
            "with " RANKED ", moves as (select coalesce(segment_before, 'no customer yet') as "
            "was, segment_now as is_now, sum(customers) as n, sum(revenue) as revenue from "
            "segment_moves where segment_now is not null group by 1, 2), points as (select 1 as o, "
            "'Customers' as name, 'integer' as unit, was, is_now, cast(n as double) as y from "
            "moves union all select 2, 'Share of those who were there', 'share', was, is_now, n / "
            "sum(n) over (partition by was) from moves union all select 3, 'Money', 'money', was, "
            "is_now, revenue from moves), kinds as (select o, name, unit from points group by o, "
            "name, unit having max(abs(y)) > 0), down as (select distinct was from moves), across "
            "as (select distinct is_now from moves) select kinds.name, kinds.unit, down.was, "
            "across.is_now, round(points.y, 4), null, null, null from kinds cross join down cross "
            "join across left join points on points.o = kinds.o and points.was = down.was and "
            "points.is_now = across.is_now left join ranked as a on a.segment = down.was left join "
            "ranked as b on b.segment = across.is_now order by kinds.o, a.place nulls last, "
            "down.was, b.place nulls last, across.is_now"};
    return fs_report_add_said_plot(report, page, said, &text, plot, error);
}

/* ---- groups of the like ---- */

static fs_status add_profiles(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(page, .id = "segment-profiles", .title = "Groups of customers who buy alike",
          .table = "segment_profiles", .limit = 30, .file = "csv/segment_profiles.csv",
          .columns = "name:Group:text,customers:Customers:integer,share:Of "
                     "all:share,money:Of the money:share,orders:Orders each:number,value:An "
                     "order:money,recency:Days since the last order:integer,tenure:Since the "
                     "first:integer,off:Discount:share,back:"
                     "Returned:share,stability:Found again:share",
          .sql =
              "select name, customers, round(share, 4), round(revenue_share, 4), "
              "round(orders, 1), round(order_value, 2), round(recency_days), round(tenure_days), "
              "round(discount_share, 4), round(return_share, 4), round(stability, 4) from "
              "segment_profiles order by revenue desc nulls last, customers desc, segment");
    return FS_OK;
}

fs_status fs_report_add_segments(const fs_report *report, json_t *page, fs_error *error)
{
    double customers = 0;
    bool known = false;
    if (fs_report_has(report, "customer_rfm"))
        FS_TRY(fs_report_number(report, "select count(*) from customer_rfm", &customers, &known,
                                error));
    if (customers >= LEAST) {
        FS_TRY(add_map(report, page, error));
        FS_TRY(add_sizes(report, page, error));
        FS_TRY(add_moves(report, page, error));
    }
    return add_profiles(report, page, error);
}
