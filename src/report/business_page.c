/* The page "Business": key figures over time, where growth comes from, who and what brings it, and on how few the money rests. */
#include <inttypes.h>
#include <stdio.h>

#include "report_internal.h"

/* ---- key figures over time ---- */

#define FIGURE(place, name, unit, series, column, which)                                           \
    "select " place " as place, '" name "' as name, " unit " as unit, '" series "' as series, "    \
    "first_day, cast(" column " as double) as y from told where " which
#define AND " union all "

/* Months where there are a year of them, else weeks, else days; of a year of months, days and weeks are too many. */
static fs_status finest_grain(const fs_report *report, const char **grain, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select count(*) filter (where grain = 'month' and complete), count(*) "
                          "filter (where grain = 'week' and complete) from business_periods",
                          &rows, error));
    *grain = fs_report_cell_number(rows, 0, 0) >= 12  ? "month"
             : fs_report_cell_number(rows, 0, 1) >= 8 ? "week"
                                                      : "day";
    json_decref(rows);
    return FS_OK;
}

static fs_status add_figures(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "business_periods")) return FS_OK;
    const char *grain;
    FS_TRY(finest_grain(report, &grain, error));
    char sql[4096];
    int length = snprintf(
        sql, sizeof sql,
        "with told as (select * from business_periods where grain = '%s'), points as (" FIGURE(
            "1", "Revenue", "'money'", "revenue", "revenue",
            "complete") AND FIGURE("2", "Pieces", "'units'", "pieces", "units", "complete")
            AND FIGURE("3", "Profit", "'money'", "profit", "profit", "complete") AND FIGURE(
                "4", "Orders", "'integer'", "orders", "nullif(orders, 0)", "complete")
                AND FIGURE("5", "An order", "'money'", "money of an order", "order_value", "true")
                    AND FIGURE("6", "Customers, new and known", "'integer'", "had bought before",
                               "nullif(returning_customers, 0)",
                               "complete") AND FIGURE("6", "Customers, new and known", "'integer'",
                                                      "for the first time",
                                                      "nullif(new_customers, 0)", "complete")
                        AND FIGURE("7", "Margin", "'share'", "margin", "margin", "true") AND FIGURE(
                            "8", "Returned", "'share'", "money given back",
                            "nullif(return_rate, 0)",
                            "true") AND FIGURE("9", "Discount", "'share'", "money taken off",
                                               "nullif(discount_rate, 0)", "true")
                            AND FIGURE("10", "Visitors", "'integer'", "visitors", "visitors",
                                       "complete") ") select name, unit, "
                                                   "series, cast(first_day as varchar), round(y, "
                                                   "4), null, null, null from points where place "
                                                   "in (select place from points group by place "
                                                   "having count(nullif(y, 0)) >= 2) order by "
                                                   "place, series desc, first_day",
        grain);
    if (length < 0 || (size_t)length >= sizeof sql)
        return fs_fail(error, FS_FAILED, "the key figures' query is too long");
    PLOT(page, .id = "figures", .title = "Key figures over time", .kind = "line", .x = "date",
         .unit = "money", .grain = grain, .sql = sql);
    return FS_OK;
}

#define MEASURES                                                                                   \
    "revenue:Revenue:money,change:Than before:share,year:Than a year before:share,units:Pieces:"   \
    "number,orders:Orders:integer,value:An order:money,customers:Customers:integer,new:Of them "   \
    "new:integer,margin:Margin:share,returned:Returned:share,off:Discount:share,part:Files "       \
    "hold:text"
#define PERIODS(grain, letters, year)                                                              \
    "select left(cast(first_day as varchar), " letters "), round(nullif(revenue, 0), 2), "         \
    "round(change, 4), " year ", round(units, 2), nullif(orders, 0), round(order_value, 2), "      \
    "nullif(customers, 0), case when customers > 0 then new_customers end, round(margin, 4), "     \
    "nullif(round(return_rate, 4), 0), round(discount_rate, 4), case when not complete then 'a "   \
    "part' end "                                                                                   \
    "from "                                                                                        \
    "business_periods where grain = '" grain "' order by first_day desc"

static fs_status add_periods(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(page, .id = "years", .title = "Year by year", .table = "business_periods", .limit = 50,
          .file = "csv/business_periods.csv", .columns = "first:Year:text," MEASURES,
          .sql = PERIODS("year", "4", "cast(null as double)"));
    TABLE(page, .id = "months", .title = "Month by month", .table = "business_periods",
          .limit = 480, .file = "csv/business_periods.csv", .columns = "first:Month:date," MEASURES,
          .sql = PERIODS("month", "7", "round(change_in_a_year, 4)"));
    return FS_OK;
}

/* ---- growth ---- */

static fs_status say_growth(const fs_report *report, bool causes, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select cause, money, revenue_now, revenue_before, (select "
                          "bool_and(same_season) from compared_days) from growth where level = "
                          "'total' order by cause limit 5",
                          &rows, error));
    fs_figures_growth f = {.now = fs_report_cell_number(rows, 0, 2),
                           .before = fs_report_cell_number(rows, 0, 3),
                           .same_season = json_is_true(json_array_get(json_array_get(rows, 0), 4)),
                           .causes = causes ? (int)json_array_size(rows) : 0,
                           .currency = report->currency};
    for (int i = 0; i < f.causes; i++) {
        f.cause[i].name = fs_report_cell_text(rows, (size_t)i, 0);
        f.cause[i].money = fs_report_cell_number(rows, (size_t)i, 1);
    }
    fs_status status = fs_report_say_growth(out, &f);
    json_decref(rows);
    return status;
}

/* From what was sold before to what is now, cause by cause; of the largest categories too. */
static fs_status add_bridge(const fs_report *report, json_t *page, const char *finding,
                            fs_error *error)
{
    PLOT(
        page, .id = "bridge", .title = "From the revenue before to the revenue now",
        .finding = finding, .kind = "floating", .x = "category", .unit = "money",
        .sql =
            "with causes as (select level, key, cause, money, revenue_before, revenue_now, case "
            "cause when 'pieces' then 1 when 'prices' then 2 when 'mix' then 3 when 'new products' "
            "then 5 when 'lost products' then 6 else 4 end as place from growth where level = "
            "'total' or (select count("
            "distinct key) from growth where level = 'category') > 1), running as (select *, "
            "revenue_before + sum(money) over (partition by level, key order by place) as upto "
            "from causes), points as (select level, key, place, 'change' as series, case cause "
            "when 'pieces' then 'more or fewer pieces' when 'mix' then 'dearer or cheaper ones' "
            "else cause end as x, money as y, least(upto, upto - money) as low, greatest(upto, "
            "upto - money) as high from running union all select distinct level, key, 0, "
            "'before', 'before', revenue_before, least(revenue_before, 0), "
            "greatest(revenue_before, 0) from running union all select distinct level, key, 7, "
            "'now', 'now', revenue_now, least(revenue_now, 0), greatest(revenue_now, 0) from "
            "running), sizes as (select level, key, row_number() over (order by level <> "
            "'total', max(revenue_now) desc, key) as rank from running group by level, key) "
            "select case points.level when 'total' then 'All products' else points.key end, "
            "null, series, x, round(y, 2), round(low, 2), round(high, 2), null from points join "
            "sizes on sizes.level = points.level and sizes.key = points.key where rank <= 21 "
            "order by rank, place");
    return FS_OK;
}

static fs_status add_growth_chart(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "growth") || !fs_report_has(report, "compared_days")) return FS_OK;
    fs_buffer text = {0};
    fs_status status = say_growth(report, true, &text, error);
    if (status == FS_OK && text.size > 0) status = add_bridge(report, page, text.data, error);
    fs_buffer_free(&text);
    return status;
}

/* Where products are not told apart all that is known is how much it grew. */
static fs_status add_growth_alone(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "growth") || !fs_report_has(report, "compared_days")) return FS_OK;
    fs_buffer text = {0};
    fs_status status = say_growth(report, false, &text, error);
    if (status == FS_OK && text.size > 0) status = fs_report_add_text(page, text.data, error);
    fs_buffer_free(&text);
    return status;
}

/* Signs say the direction; the causes add up to the whole. */
static fs_status add_growth(const fs_report *report, json_t *page, fs_error *error)
{
    bool products;
    FS_TRY(fs_report_has_products(report, &products, error));
    if (!products) return add_growth_alone(report, page, error);
    FS_TRY(add_growth_chart(report, page, error));
    TABLE(page, .id = "growth", .title = "Where the change in revenue comes from",
          .table = "growth", .limit = 5, .file = "csv/growth.csv",
          .columns = "cause:Cause:text,money:Money:money,share:Of the revenue before:share",
          .sql =
              "select case cause when 'pieces' then 'more or fewer pieces of the same products' "
              "when 'prices' then 'higher or lower prices' when 'mix' then 'dearer or cheaper "
              "products among them' else cause end, round(money, 2), round(share, 4) from growth "
              "where level = 'total' order by abs(money) desc, cause");
    TABLE(page, .id = "growth-categories", .title = "The same by category, most money first",
          .table = "growth", .limit = 200, .file = "csv/growth.csv",
          .columns =
              "category:Category:text,now:Revenue:money,before:Before:money,pieces:Pieces:money,"
              "prices:Prices:money,mix:Mix:money,same:Same products:money,new:New "
              "products:money,lost:Lost products:money",
          .sql =
              "select key, round(max(revenue_now), 2), round(max(revenue_before), 2), "
              "round(max(money) filter (where cause = 'pieces'), 2), round(max(money) filter "
              "(where cause = 'prices'), 2), round(max(money) filter (where cause = 'mix'), 2), "
              "round(max(money) filter (where cause = 'same products'), 2), "
              "round(max(money) filter (where cause = 'new products'), 2), round(max(money) filter "
              "(where cause = 'lost products'), 2) from growth where level = 'category' and "
              "(select count(distinct key) from growth where level = 'category') > 1 group by key "
              "order by max(revenue_now) desc, key");
    return FS_OK;
}

/* ---- what changed for good ---- */

#define SHIFTED                                                                                    \
    "case level when 'total' then 'everything together' when 'store' then " FS_REPORT_CALLED(      \
        "store", "key") " when 'item' then coalesce(name, key) else key end"

static fs_status say_shifts(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select " SHIFTED ", cast(period as varchar), change, "
                          "coalesce(money_a_year, 0), cause, (select count(*) from change_points) "
                          "from change_points where change is not null order by case level when "
                          "'total' then 0 when 'category' then 1 when 'store' then 2 else 3 end, "
                          "rank limit 1",
                          &rows, error));
    fs_figures_shifts f = {.shifts = (int64_t)fs_report_cell_number(rows, 0, 5),
                           .what = fs_report_cell_text(rows, 0, 0),
                           .date = fs_report_cell_text(rows, 0, 1),
                           .change = fs_report_cell_number(rows, 0, 2),
                           .money = fs_report_cell_number(rows, 0, 3),
                           .cause = fs_report_cell_text(rows, 0, 4),
                           .currency = report->currency};
    fs_status status = fs_report_say_shifts(out, &f);
    json_decref(rows);
    return status;
}

static fs_status add_shifts(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "change_points")) return FS_OK;
    bool money;
    FS_TRY(fs_report_has_money(report, &money, error));
    fs_buffer text = {0};
    fs_status status = say_shifts(report, &text, error);
    if (status == FS_OK && text.size > 0) status = fs_report_add_text(page, text.data, error);
    fs_buffer_free(&text);
    FS_TRY(status);
    TABLE(
        page, .id = "shifts",
        .title = money ? "What changed for good, most money first"
                       : "What changed for good, most pieces first",
        .table = "change_points", .limit = 100, .file = "csv/change_points.csv",
        .columns = "level:Level:text,of:Of:text,since:Since:date,before:Before:number,after:After:"
                   "number,change:Change:share,low:From:share,high:To:share,money:Money a year:"
                   "money,cause:Coincides with:text,sure:Another year tells:bool",
        .sql = "select level, nullif(" SHIFTED ", 'everything together'), cast(period as "
               "varchar), round(before, 2), round(after, 2), case when change <= 10 then "
               "round(change, 4) end, case when change <= 10 then round(low, 4) end, case when "
               "change <= 10 then "
               "round(high, 4) end, round(money_a_year, 2), coalesce(cause, 'nothing known'), sure "
               "from change_points order by case level when 'total' then 0 when 'category' then "
               "1 when 'store' then 2 else 3 end, rank");
    return FS_OK;
}

/* ---- by what the files tell apart ---- */

static fs_status add_breakdowns(const fs_report *report, json_t *page, fs_error *error)
{
    PLOT(page, .id = "by", .title = "Who and what brings it: now, and the time before",
         .table = "breakdowns", .kind = "bar", .x = "category", .unit = "money",
         .sql = "with told as (select *, 'By ' || dimension as name, sum(revenue) over (partition "
                "by dimension) as size from breakdowns where place <= 15), points as (select name, "
                "dimension, 1 as o, 'now' as series, value, place, case when size > 0 then revenue "
                "else units end as y, case when size > 0 then 'money' else 'units' end as unit "
                "from told union all select name, dimension, 2, 'before', value, place, case when "
                "size > 0 then revenue_before else units_before end, case when size > 0 then "
                "'money' else 'units' end from told where exists (select * from told where "
                "revenue_before > 0 or units_before > 0)) select name, unit, series, value, "
                "round(y, 2), null, null, null from points order by array_position(['category', "
                "'subcategory', 'brand', 'supplier', 'promotion', 'payment', 'store', 'kind of "
                "store', 'region of the store', 'country', 'country of the store'], dimension) "
                "nulls last, dimension, o, place");
    TABLE(page, .id = "breakdowns", .title = "The same in numbers", .table = "breakdowns",
          .limit = 600, .file = "csv/breakdowns.csv",
          .columns = "by:By:text,value:Which:text,revenue:Revenue:money,units:Pieces:number,share:"
                     "Share:share,change:Change:share,margin:Margin:share,back:Returned:share,off:"
                     "Discount:share",
          .sql = "select dimension, value, round(revenue, 2), round(units, 2), round(share, 4), "
                 "round(change, 4), round(margin, 4), nullif(round(return_rate, 4), 0), "
                 "round(discount_rate, "
                 "4) from breakdowns where place <= 50 order by dimension, place");
    return FS_OK;
}

/* ---- on how few the money rests ---- */

static fs_status say_concentration(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select kind, share from concentration where count_share = 0.1 and kind "
                          "<> 'stores' and members >= 20 order by kind desc",
                          &rows, error));
    fs_status status = FS_OK;
    for (size_t r = 0; status == FS_OK && r < json_array_size(rows); r++) {
        if (r > 0) status = fs_buffer_text(out, " ");
        if (status == FS_OK)
            status = fs_report_say_concentration(out, fs_report_cell_text(rows, r, 0),
                                                 fs_report_cell_number(rows, r, 1));
    }
    json_decref(rows);
    return status;
}

static fs_status add_curve(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "concentration")) return FS_OK;
    fs_buffer text = {0};
    fs_status status = say_concentration(report, &text, error);
    if (status == FS_OK)
        status = fs_report_add_plot(
            report, page,
            &(fs_report_plot){.id = "curve",
                              .title = "On how few the money rests",
                              .finding = text.size > 0 ? text.data : NULL,
                              .kind = "line",
                              .x = "number",
                              .unit = "share",
                              .along = "share of all of them, largest first",
                              .along_unit = "share",
                              .up = "share of the money",
                              .sql = "select null, null, kind, count_share, round(share, 4), null, "
                                     "null, null from concentration where members >= 5 order by "
                                     "kind, count_share"},
            error);
    fs_buffer_free(&text);
    return status;
}

static fs_status add_concentration(const fs_report *report, json_t *page, fs_error *error)
{
    FS_TRY(add_curve(report, page, error));
    TABLE(page, .id = "concentration", .title = "On how few, in numbers", .table = "concentration",
          .limit = 30, .file = "csv/concentration.csv",
          .columns =
              "kind:Of all:text,count:The first:share,members:That is:integer,share:Bring:share",
          .sql = "select kind, round(count_share, 2), first_members, round(share, 4) from "
                 "concentration where count_share in (0.01, 0.05, 0.1, 0.2, 0.5) order by kind, "
                 "count_share");
    return FS_OK;
}

fs_status fs_report_add_business(const fs_report *report, json_t *page, fs_error *error)
{
    FS_TRY(fs_report_add_compared_periods(report, page, error));
    FS_TRY(add_figures(report, page, error));
    FS_TRY(add_growth(report, page, error));
    FS_TRY(add_shifts(report, page, error));
    FS_TRY(add_breakdowns(report, page, error));
    FS_TRY(add_periods(report, page, error));
    return add_concentration(report, page, error);
}
