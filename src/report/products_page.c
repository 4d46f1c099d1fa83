/* The page "Products": which earn, which only tie up money, how their demand behaves, what is bought together, prices. */
#include "report_internal.h"

#define RANKED(measure, order)                                                                     \
    "select rank, item, nullif(name, item), round(value, 4) from " order                           \
    "_products where measure = '" measure "' order by rank"
#define RANK_COLUMNS(format)                                                                       \
    "rank:Rank:integer,item:Item:text,name:Product:text,value:Value:" format

static fs_status add_rankings(const fs_report *report, json_t *page, fs_error *error)
{
    static const fs_report_query lists[] = {
        {"best-revenue", "Most revenue", "best_products", RANK_COLUMNS("money"),
         RANKED("revenue", "best"), "csv/best_products.csv", 20},
        {"best-units", "Most pieces", "best_products", RANK_COLUMNS("number"),
         RANKED("units", "best"), "csv/best_products.csv", 20},
        {"best-profit", "Most profit", "best_products", RANK_COLUMNS("money"),
         RANKED("profit", "best"), "csv/best_products.csv", 20},
        {"best-trend", "Surely growing, as a share a year", "best_products", RANK_COLUMNS("share"),
         RANKED("trend", "best"), "csv/best_products.csv", 20},
        {"worst-revenue", "Least revenue, still on offer", "worst_products", RANK_COLUMNS("money"),
         RANKED("revenue", "worst"), "csv/worst_products.csv", 20},
        {"worst-units", "Fewest pieces, still on offer", "worst_products", RANK_COLUMNS("number"),
         RANKED("units", "worst"), "csv/worst_products.csv", 20},
        {"worst-profit", "Least profit, still on offer", "worst_products", RANK_COLUMNS("money"),
         RANKED("profit", "worst"), "csv/worst_products.csv", 20},
        {"worst-trend", "Surely shrinking, as a share a year", "worst_products",
         RANK_COLUMNS("share"), RANKED("trend", "worst"), "csv/worst_products.csv", 20},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        FS_TRY(fs_report_add_table(report, page, &lists[i], error));
    return FS_OK;
}

/* Each product on offer, pieces against profit (money, where costs are not known). */
static fs_status add_map(const fs_report *report, json_t *page, fs_error *error)
{
    double profits;
    bool known;
    if (!fs_report_has(report, "item_classes")) return FS_OK;
    FS_TRY(fs_report_number(report,
                            "select count(profit) from item_classes where field is not null",
                            &profits, &known, error));
    PLOT(page, .id = "map",
         .title = profits > 0 ? "Every product on offer: pieces against profit"
                              : "Every product on offer: pieces against revenue",
         .kind = "points", .x = "number", .unit = "money", .along = "Pieces",
         .along_unit = "number", .up = profits > 0 ? "Profit" : "Revenue", .log = true,
         .sql = "select null, null, field, round(units, 2), round(coalesce(profit, revenue), 2), "
                "null, null, coalesce(name, item) from (select *, row_number() over (partition "
                "by field order by revenue desc nulls last, item) as place from item_classes where "
                "field is not null) as placed where place <= 500 order by field, item");
    return FS_OK;
}

static fs_status add_classes(const fs_report *report, json_t *page, fs_error *error)
{
    FS_TRY(add_map(report, page, error));
    TABLE(
        page, .id = "fields", .title = "Demand against profit, of the products on offer",
        .table = "item_classes", .limit = 4, .file = "csv/item_classes.csv",
        .columns = "field:Field:text,products:Products:integer,revenue:Revenue:money,profit:Profit:"
                   "money",
        .sql = "select field, count(*), round(sum(revenue), 2), round(sum(profit), 2) from "
               "item_classes where field is not null group by field order by 3 desc nulls last, 1");
    TABLE(page, .id = "classes", .title = "Kinds of demand, of the products on offer",
          .table = "item_classes", .limit = 4, .file = "csv/item_classes.csv",
          .columns = "demand:Demand:text,products:Products:integer,share:Of the revenue:share",
          .sql =
              "select demand, count(*), round(sum(revenue) / nullif(sum(sum(revenue)) over (), 0), "
              "4) from item_classes where active and demand is not null group by demand order by 2 "
              "desc, 1");
    TABLE(page, .id = "abc", .title = "ABC and XYZ: by share of the revenue, and by how steady",
          .table = "item_classes", .limit = 12, .file = "csv/item_classes.csv",
          .columns = "abc:Revenue:text,xyz:Weeks vary:text,products:Products:integer,revenue:"
                     "Revenue:money,profit:Profit:money",
          .sql = "select abc_revenue, case xyz when 'X' then 'X: little' when 'Y' then 'Y: much' "
                 "when 'Z' then 'Z: very much' end, count(*), round(sum(revenue), 2), "
                 "round(sum(profit), 2) from item_classes where active group by abc_revenue, xyz "
                 "order by abc_revenue, xyz nulls last");
    TABLE(page, .id = "life", .title = "Where products are in their life", .table = "item_classes",
          .limit = 6, .file = "csv/item_classes.csv",
          .columns = "stage:Stage:text,products:Products:integer,share:Of the revenue:share",
          .sql = "select life_cycle, count(*), round(sum(revenue) / nullif(sum(sum(revenue)) over "
                 "(), 0), 4) from item_classes group by life_cycle order by 2 desc, 1");
    return FS_OK;
}

static fs_status say_underperformers(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select count(*), coalesce(sum(tied_up), 0), count(*) filter (where "
                          "tied_at = 'price') from underperformers",
                          &rows, error));
    fs_figures_underperformers f = {.products = (int64_t)fs_report_cell_number(rows, 0, 0),
                                    .tied_up = fs_report_cell_number(rows, 0, 1),
                                    .at_price = fs_report_cell_number(rows, 0, 2) > 0,
                                    .currency = report->currency};
    json_decref(rows);
    return fs_report_say_underperformers(out, &f);
}

static fs_status add_underperformers(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "underperformers")) return FS_OK;
    fs_buffer text = {0};
    fs_status status = say_underperformers(report, &text, error);
    if (status == FS_OK && text.size > 0) status = fs_report_add_text(page, text.data, error);
    fs_buffer_free(&text);
    FS_TRY(status);
    TABLE(page, .id = "underperformers", .title = "What to look at: most money at stake first",
          .table = "underperformers", .limit = 200, .file = "csv/underperformers.csv",
          .columns =
              "item:Item:text,name:Product:text,reason:Why:text,look:Look at:text,tied:Money tied "
              "up:money,stock:On hand:number,days:Lasts days:integer,revenue:Revenue:money,profit:"
              "Profit:money,back:Returned:share",
          .sql =
              "select item, nullif(name, item), reason, case reason when 'sold below cost' then "
              "'price and purchase cost' when 'nothing sold' then 'is it on the shelf? else clear "
              "it' when 'stock for more than a year' then 'stop ordering, mark down' when 'much "
              "comes back' then 'quality and description' when 'ending' then 'clear the rest' "
              "when 'declining' then 'order less' else 'keep, replace or delist' end, "
              "round(tied_up, 2), round(on_hand, 1), round(cover_days)::bigint, round(revenue, "
              "2), round(profit, 2), round(return_rate, 4) from underperformers order by rank");
    return FS_OK;
}

/* ---- the next quarter ---- */

static fs_status say_replay(const fs_report *report, bool demand, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          demand ? "select quarters, right_model, right_same, wins::int from "
                                   "class_replay where as_of is null and what = 'demand'"
                                 : "select quarters, right_model, right_same, wins::int from "
                                   "class_replay where as_of is null and what = 'abc_revenue'",
                          &rows, error));
    fs_figures_replay f = {.demand = demand,
                           .quarters = (int64_t)fs_report_cell_number(rows, 0, 0),
                           .right_model = fs_report_cell_number(rows, 0, 1),
                           .right_same = fs_report_cell_number(rows, 0, 2),
                           .wins = fs_report_cell_number(rows, 0, 3) > 0};
    json_decref(rows);
    return fs_report_say_replay(out, &f);
}

static fs_status add_replay(const fs_report *report, bool demand, json_t *page, fs_error *error)
{
    fs_buffer text = {0};
    fs_status status = say_replay(report, demand, &text, error);
    if (status == FS_OK && text.size > 0) status = fs_report_add_text(page, text.data, error);
    fs_buffer_free(&text);
    return status;
}

static fs_status add_next_classes(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "class_replay") || !fs_report_has(report, "next_classes"))
        return FS_OK;
    FS_TRY(add_replay(report, false, page, error));
    FS_TRY(add_replay(report, true, page, error));
    PLOT(page, .id = "next-classes-right",
         .title = "Products that were in the class that was foretold, quarter by quarter",
         .kind = "line", .x = "date", .unit = "share", .grain = "quarter",
         .sql = "select case what when 'demand' then 'Kind of demand' else 'Class by revenue' end, "
                "null, series, cast(as_of as varchar), round(share, 4), null, null, null from "
                "(select what, as_of, 'as foretold' as series, right_model as share from "
                "class_replay union all select what, as_of, 'as before', right_same from "
                "class_replay) as shares where as_of is not null and what in (select what from "
                "class_replay where wins) order by what, series, as_of");
    TABLE(page, .id = "next-classes", .title = "What will most likely move in the next quarter",
          .table = "next_classes", .limit = 200, .file = "csv/next_classes.csv",
          .columns = "item:Item:text,name:Product:text,what:What moves:text,from:From:text,to:To:"
                     "text,probability:Probability:share,revenue:Revenue last quarter:money",
          .sql = "select item, nullif(name, item), case what when 'demand' then 'kind of demand' "
                 "else 'class by revenue' end, class_now, class_next, round(probability, 4), "
                 "round(revenue, 2) from next_classes where class_next <> class_now order by rank, "
                 "what");
    return FS_OK;
}

/* ---- prices ---- */

#define BAND                                                                                       \
    "case depth_from when 0 then 'full price' when 0.001 then 'to 10 %' when 0.1 then '10 to 20 "  \
    "%' when 0.2 then '20 to 30 %' when 0.3 then '30 to 50 %' else 'above 50 %' end"

static fs_status say_discounts(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select sum(share) filter (where depth_from > 0), sum(discount) from "
                          "discount_depths where level = 'total'",
                          &rows, error));
    double share = fs_report_cell_number(rows, 0, 0), money = fs_report_cell_number(rows, 0, 1);
    json_decref(rows);
    return fs_report_say_discounts(out, share, money, report->currency);
}

static fs_status add_discounts(const fs_report *report, json_t *page, fs_error *error)
{
    if (!fs_report_has(report, "discount_depths")) return FS_OK;
    fs_buffer text = {0};
    fs_status status = say_discounts(report, &text, error);
    if (status == FS_OK && text.size > 0)
        status = fs_report_add_plot(
            report, page,
            &(fs_report_plot){
                .id = "discounts",
                .title = "How much is sold at which discount",
                .finding = text.data,
                .kind = "bar",
                .x = "category",
                .unit = "share",
                .sql = "select case level when 'total' then 'All products' else key end, null, "
                       "'of the revenue', " BAND ", round(share, 4), null, null, null from (select "
                       "*, max(sum_revenue) over (partition by level, key) as size from (select *, "
                       "sum(revenue) over (partition by level, key) as sum_revenue from "
                       "discount_depths) as sums) as sized where level = 'total' or key in (select "
                       "key from discount_depths where level = 'category' group by key order by "
                       "sum(revenue) desc, key limit 20) order by level <> 'total', size desc, "
                       "key, depth_from"},
            error);
    fs_buffer_free(&text);
    return status;
}

static fs_status add_prices(const fs_report *report, json_t *page, fs_error *error)
{
    FS_TRY(add_discounts(report, page, error));
    TABLE(page, .id = "spread", .title = "Prices paid for one product, widest apart first",
          .table = "price_spread", .limit = 100, .file = "csv/price_spread.csv",
          .columns =
              "item:Item:text,name:Product:text,low:A tenth paid less than:money,middle:Half "
              "paid less than:money,high:A tenth paid more than:money,spread:Apart:share,"
              "prices:Prices:integer,lines:Lines:integer",
          .sql = "select item, nullif(name, item), low, middle, high, round(spread, 4), prices, "
                 "lines from price_spread where lines >= 20 and spread > 0 order by spread * "
                 "middle * lines desc, item");
    return FS_OK;
}

fs_status fs_report_add_products(const fs_report *report, json_t *page, fs_error *error)
{
    bool products, money;
    FS_TRY(fs_report_has_products(report, &products, error));
    FS_TRY(fs_report_has_money(report, &money, error));
    if (!products) return FS_OK;
    FS_TRY(add_rankings(report, page, error));
    FS_TRY(add_classes(report, page, error));
    FS_TRY(add_underperformers(report, page, error));
    FS_TRY(add_next_classes(report, page, error));
    TABLE(page, .id = "movers", .title = "What moved most between the two stretches",
          .table = "item_classes", .limit = 20, .file = "csv/item_classes.csv",
          .columns = "item:Item:text,name:Product:text,now:Revenue:money,change:Change:money,share:"
                     "Change:share,stage:Stage:text",
          .sql = "select item, nullif(name, item), round(revenue, 2), round(change_in_money, 2), "
                 "round(change, 4), life_cycle from item_classes where change_in_money <> 0 and "
                 "(select count(before_from) from compared_days) = 1 order by abs(change_in_money) "
                 "desc, item");
    TABLE(page, .id = "together", .title = "Bought together more often than chance would have it",
          .table = "bought_together", .limit = 50, .file = "csv/bought_together.csv",
          .columns =
              "item:Who buys:text,share:Of them buy:share,other:Also:text,times:Times as often "
              "as by chance:times,baskets:Baskets:integer",
          .sql =
              "with told as (select rank, lift, together, greatest(confidence, back_confidence) as "
              "share, case when confidence >= back_confidence then item else other end as a, case "
              "when confidence >= back_confidence then other else item end as b from "
              "bought_together) select coalesce(one.name, a), round(share, 4), coalesce(two.name, "
              "b), round(lift, 1), together from told left join product_summary as one on one.item "
              "= a left join product_summary as two on two.item = b order by rank");
    FS_TRY(add_prices(report, page, error));
    TABLE(page, .id = "all-products",
          .title = money ? "All products by revenue" : "All products by pieces sold",
          .table = "product_summary", .limit = 500, .file = "csv/product_summary.csv",
          .columns = "rank:Rank:integer,item:Item:text,name:Product:text,category:Category:text,"
                     "revenue:Revenue:money,"
                     "units:Pieces:number,profit:Profit:money,returns:Returned:share,trend:Trend a "
                     "year:share,"
                     "cumulative:Share so far:share,last:Last sold:date",
          .sql = "select revenue_rank, item, nullif(name, item), category, round(revenue, 2), "
                 "round(units, 2), "
                 "round(profit, 2), "
                 "round(return_rate, 4), round(trend, 4), round(cumulative_share, 4), "
                 "cast(last_sold as varchar) "
                 "from product_summary order by revenue_rank");
    return FS_OK;
}
