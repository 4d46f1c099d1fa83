/* A week, month, quarter or year beside the one before it and the same a year before: the block "periods" of the page Business.
 *
 * Every whole period is joined with the two others of its own table, business_periods; of a period that the files do not hold
 * whole nothing is told. A week's year is 364 days, so that it has the same weekdays. The last ones of each grain can be chosen.
 */
#include <stdio.h>
#include <string.h>

#include "report_internal.h"

/* The columns of the SELECT. */
enum {
    GRAIN,
    FIRST,
    DAYS,
    BEFORE_FIRST,
    BEFORE_DAYS,
    YEAR_FIRST,
    YEAR_DAYS,
    LABEL,
    FORMAT,
    NOW,
    BEFORE,
    YEAR
};

#define MEASURES                                                                                   \
    "(1, 'Revenue', 'money', p.n.money, p.b.money, p.y.money), "                                   \
    "(2, 'Pieces', 'number', p.n.units, p.b.units, p.y.units), "                                   \
    "(3, 'Orders', 'integer', p.n.counted, p.b.counted, p.y.counted), "                            \
    "(4, 'An order', 'money', p.n.order_value, p.b.order_value, p.y.order_value), "                \
    "(5, 'Customers', 'integer', p.n.people, p.b.people, p.y.people), "                            \
    "(6, 'Of them new', 'integer', p.n.new_people, p.b.new_people, p.y.new_people), "              \
    "(7, 'Margin', 'share', p.n.margin, p.b.margin, p.y.margin), "                                 \
    "(8, 'Returned', 'share', p.n.return_rate, p.b.return_rate, p.y.return_rate), "                \
    "(9, 'Discount', 'share', p.n.discount_rate, p.b.discount_rate, p.y.discount_rate)"

/* So many of the last ones of each grain. */
#define SHOWN                                                                                      \
    "case n.grain when 'week' then 26 when 'month' then 24 when 'quarter' then 12 else 10 end"

static const char query[] =
    "with told as (select *, last_day - first_day + 1 as length, nullif(revenue, 0) as money, "
    "nullif(orders, 0) as counted, nullif(customers, 0) as people, case when customers > 0 then "
    "new_customers end as new_people, row_number() over (partition by grain order by first_day "
    "desc) as back, cast(case grain when 'week' then first_day - 7 when 'month' then first_day - "
    "interval 1 month when 'quarter' then first_day - interval 3 month else first_day - interval "
    "1 year end as date) as before_day, cast(case grain when 'week' then first_day - 364 else "
    "first_day - interval 1 year end as date) as year_day from business_periods where complete "
    "and grain <> 'day'), pairs as (select n, b, y from told as n left join told as b on b.grain "
    "= n.grain and b.first_day = n.before_day left join told as y on y.grain = n.grain and "
    "n.grain <> 'year' and y.first_day = n.year_day where n.back <= " SHOWN ") select p.n.grain, "
    "cast(p.n.first_day as varchar), p.n.length, cast(p.b.first_day as varchar), p.b.length, "
    "cast(p.y.first_day as varchar), p.y.length, m.label, m.format, round(m.now, 4), "
    "round(m.before, 4), round(m.year, 4) from pairs as p cross join lateral (values " MEASURES
    ") as m(place, label, format, now, before, year) where m.now is not null and (m.now <> 0 or "
    "m.before <> 0 or m.year <> 0) order by array_position(['month', 'week', 'quarter', 'year'], "
    "p.n.grain), p.n.first_day desc, m.place";

/* ---- names ---- */

/* "November 2011", "Q3 2011", "2011", "the week from 28 Nov 2011". */
static fs_status add_name(fs_buffer *out, const char *grain, const char *first)
{
    int year = 0, month = 1;
    if (sscanf(first, "%4d-%2d", &year, &month) != 2) return FS_OK;
    if (strcmp(grain, "year") == 0) return fs_buffer_printf(out, "%d", year);
    if (strcmp(grain, "quarter") == 0)
        return fs_buffer_printf(out, "Q%d %d", (month + 2) / 3, year);
    if (strcmp(grain, "month") == 0)
        return fs_buffer_printf(out, "%s %d", fs_report_month(month), year);
    FS_TRY(fs_buffer_text(out, "the week from "));
    return fs_report_date(out, first);
}

typedef struct names {
    fs_buffer now, before, year; /* empty: there is none */
} names;

static void free_names(names *n)
{
    fs_buffer_free(&n->now);
    fs_buffer_free(&n->before);
    fs_buffer_free(&n->year);
}

static fs_status make_names(names *n, const json_t *rows, size_t row)
{
    const char *grain = fs_report_cell_text(rows, row, GRAIN);
    const char *before = fs_report_cell_text(rows, row, BEFORE_FIRST);
    const char *year = fs_report_cell_text(rows, row, YEAR_FIRST);
    FS_TRY(add_name(&n->now, grain, fs_report_cell_text(rows, row, FIRST)));
    if (before) FS_TRY(add_name(&n->before, grain, before));
    return year ? add_name(&n->year, grain, year) : FS_OK;
}

/* ---- one period ---- */

/* By the first measure: revenue where there is some, else pieces. */
static fs_status say(const fs_report *report, const json_t *rows, size_t row, const names *n,
                     fs_buffer *out)
{
    bool money = strcmp(fs_report_cell_text(rows, row, LABEL), "Revenue") == 0;
    if (!money && strcmp(fs_report_cell_text(rows, row, LABEL), "Pieces") != 0) return FS_OK;
    fs_figures_period f = {.name = n->now.data,
                           .now = fs_report_cell_number(rows, row, NOW),
                           .days = (int)fs_report_cell_number(rows, row, DAYS),
                           .money = money,
                           .currency = report->currency,
                           .other = {{.name = n->before.data,
                                      .value = fs_report_cell_number(rows, row, BEFORE),
                                      .days = (int)fs_report_cell_number(rows, row, BEFORE_DAYS)},
                                     {.name = n->year.data,
                                      .value = fs_report_cell_number(rows, row, YEAR),
                                      .days = (int)fs_report_cell_number(rows, row, YEAR_DAYS)}}};
    return fs_report_say_period(out, &f);
}

static json_t *item(const json_t *rows, size_t row)
{
    const json_t *cells = json_array_get(rows, row);
    return json_pack("{s:s, s:s, s:O, s:O, s:O}", "label", fs_report_cell_text(rows, row, LABEL),
                     "format", fs_report_cell_text(rows, row, FORMAT), "now",
                     json_array_get(cells, NOW), "before", json_array_get(cells, BEFORE),
                     "year_before", json_array_get(cells, YEAR));
}

static fs_status add_items(json_t *variant, const json_t *rows, size_t first, size_t end,
                           fs_error *error)
{
    json_t *items = json_object_get(variant, "items");
    for (size_t r = first; r < end; r++) FS_TRY(fs_report_add(items, item(rows, r), error));
    return FS_OK;
}

/* Rows `first` to `end` are the measures of one period. */
static fs_status add_period(const fs_report *report, json_t *choose, const json_t *rows,
                            size_t first, size_t end, fs_error *error)
{
    names n = {0};
    fs_buffer finding = {0};
    fs_status status = make_names(&n, rows, first);
    if (status == FS_OK) status = say(report, rows, first, &n, &finding);
    json_t *variant = NULL;
    if (status == FS_OK)
        variant = json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s*, s:[]}", "name", n.now.data, "grain",
                            fs_report_cell_text(rows, first, GRAIN), "first",
                            fs_report_cell_text(rows, first, FIRST), "before", n.before.data,
                            "year_before", n.year.data, "finding", finding.data, "items");
    free_names(&n);
    fs_buffer_free(&finding);
    if (status != FS_OK) return fs_fail_memory(error, 0);
    FS_TRY(fs_report_add(choose, variant, error));
    return add_items(variant, rows, first, end, error);
}

static size_t end_of(const json_t *rows, size_t first)
{
    size_t end = first + 1;
    while (end < json_array_size(rows) &&
           strcmp(fs_report_cell_text(rows, first, GRAIN), fs_report_cell_text(rows, end, GRAIN)) ==
               0 &&
           strcmp(fs_report_cell_text(rows, first, FIRST), fs_report_cell_text(rows, end, FIRST)) ==
               0)
        end++;
    return end;
}

static fs_status add_periods(const fs_report *report, json_t *choose, const json_t *rows,
                             fs_error *error)
{
    for (size_t first = 0, end; first < json_array_size(rows); first = end) {
        end = end_of(rows, first);
        FS_TRY(add_period(report, choose, rows, first, end, error));
    }
    return FS_OK;
}

fs_status fs_report_add_compared_periods(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "business_periods")) return FS_OK;
    json_t *rows, *choose = json_array();
    if (!choose) return fs_fail_memory(error, 0);
    fs_status status = fs_report_rows(report, query, &rows, error);
    if (status == FS_OK) {
        status = add_periods(report, choose, rows, error);
        json_decref(rows);
    }
    if (status == FS_OK && json_array_size(choose) > 0)
        return fs_report_add(
            fs_report_blocks(page),
            json_pack("{s:s, s:s, s:s, s:o}", "type", "periods", "id", "compared", "title",
                      "A period beside the one before and the year before", "choose", choose),
            error);
    json_decref(choose);
    return status;
}
