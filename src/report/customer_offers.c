/* What to offer customers next, and who should have bought again by now.
 *
 * Customers worth most come first; where customer_values is not there, those of whom most is known. The lists are those of next_products, and what
 * such lists were worth on the past stands above them: next_product_replay judges them on customers of whom it is known what they bought.
 */
#include "report_internal.h"

#define SHOWN 600

/* The order of customers, and names of products, with the number where two share one: without rows where the run has none. */
#define PLACES "(select customer, cast(place as bigint) as place, value from customer_values)"
#define NO_PLACES                                                                                  \
    "(select cast(null as varchar) as customer, cast(null as bigint) as place, cast(null as "      \
    "double) as value where false)"
#define NAMES                                                                                      \
    "(select item, case when count(*) over (partition by name) > 1 then name || ' (' || item || "  \
    "')' else name end as name from (select item, max(name) as name from product_summary group "   \
    "by item))"
#define NO_NAMES "(select cast(null as varchar) as item, cast(null as varchar) as name where false)"

/* ---- what ---- */

static fs_status say_offers(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    if (!fs_report_has(report, "next_product_replay")) return FS_OK;
    FS_TRY(fs_report_rows(report,
                          "select coalesce(max(customers) filter (where method = 'told'), 0), "
                          "max(hit) filter (where method = 'told'), max(hit) filter (where method "
                          "= 'best sellers') from next_product_replay where kind = 'new'",
                          &rows, error));
    fs_figures_offers f = {.customers = (int64_t)fs_report_cell_number(rows, 0, 0),
                           .hit = fs_report_cell_number(rows, 0, 1),
                           .best_hit = fs_report_cell_number(rows, 0, 2)};
    fs_status status = fs_report_say_offers(out, &f);
    json_decref(rows);
    return status;
}

static fs_status offers_sql(const fs_report *report, fs_buffer *sql)
{
    return fs_buffer_printf(
        sql,
        "with v as %s, names as %s select o.customer, case o.kind when 'new' then 'something new' "
        "else 'once more' end, coalesce(n.name, o.item), coalesce(b.name, o.because), o.days, "
        "cast(o.last_day as varchar) from next_products as o left join v on v.customer = "
        "o.customer left join names as n on n.item = o.item left join names as b on b.item = "
        "o.because order by v.place nulls last, o.customer, o.kind desc, o.place",
        fs_report_has(report, "customer_values") ? PLACES : NO_PLACES,
        fs_report_has(report, "product_summary") ? NAMES : NO_NAMES);
}

static fs_status add_offers(const fs_report *report, json_t *page, fs_error *error)
{
    fs_buffer text = {0}, sql = {0};
    fs_status said = say_offers(report, &text, error);
    if (said == FS_OK) said = offers_sql(report, &sql);
    fs_report_query query = {
        .id = "offers",
        .title = "What to offer next, to those worth most first",
        .table = "next_products",
        .file = "csv/next_products.csv",
        .limit = SHOWN,
        .columns = "customer:Customer:text,kind:Offer:text,product:Product:text,because:Because of "
                   "buying:text,days:Bought on days:integer,last:Last bought:date",
        .sql = sql.data};
    fs_status status = fs_report_add_said_table(report, page, said, &text, query, error);
    fs_buffer_free(&sql);
    return status;
}

/* ---- when ---- */

static fs_status say_overdue(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select count(*) filter (where overdue), count(*) from next_purchases",
                          &rows, error));
    fs_status status = fs_report_say_overdue(out, (int64_t)fs_report_cell_number(rows, 0, 0),
                                             (int64_t)fs_report_cell_number(rows, 0, 1));
    json_decref(rows);
    return status;
}

static fs_status overdue_sql(const fs_report *report, fs_buffer *sql)
{
    return fs_buffer_printf(
        sql,
        "with v as %s select p.customer, p.orders, cast(p.last_day as varchar), p.usual_gap, "
        "cast(p.expected_day as varchar), p.silent, round(v.value, 2) from next_purchases as p "
        "left join v on v.customer = p.customer where p.overdue order by v.place nulls last, "
        "p.orders desc, p.customer",
        fs_report_has(report, "customer_values") ? PLACES : NO_PLACES);
}

static fs_status add_overdue(const fs_report *report, json_t *page, fs_error *error)
{
    fs_buffer text = {0}, sql = {0};
    if (!fs_report_has(report, "next_purchases")) return FS_OK;
    fs_status said = say_overdue(report, &text, error);
    if (said == FS_OK) said = overdue_sql(report, &sql);
    fs_report_query query = {
        .id = "overdue",
        .title = "Who should have bought again by now, those worth most first",
        .table = "next_purchases",
        .file = "csv/next_purchases.csv",
        .limit = SHOWN,
        .columns = "customer:Customer:text,orders:Bought on days:integer,last:Last bought:date,gap:"
                   "Usual pause in days:number,expected:Was expected:date,silent:Days "
                   "since the last purchase:integer,value:Next 52 weeks:money",
        .sql = sql.data};
    fs_status status = fs_report_add_said_table(report, page, said, &text, query, error);
    fs_buffer_free(&sql);
    return status;
}

fs_status fs_report_add_offers(const fs_report *report, json_t *page, fs_error *error)
{
    FS_TRY(add_offers(report, page, error));
    return add_overdue(report, page, error);
}
