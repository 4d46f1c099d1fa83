/* The page "What to order": today's orders and why, what a smaller budget would still earn, how stock will run, how much to hold where no
 * file counts it, what such orders would have cost on the past beside a plain planner's, and stock that is too much.
 *
 * Whatever is not known of the files (what goods cost, what a unit missed costs) is left out, never taken as zero.
 */
#include "report_internal.h"

#define SHOWN 1000

/* ---- what is said ---- */

fs_status fs_report_read_orders(const fs_report *report, fs_figures_orders *f, bool *found,
                                fs_error *error)
{
    json_t *rows;
    *f = (fs_figures_orders){.currency = report->currency};
    FS_TRY(fs_report_has_rows(report, "order_lines", found, error));
    if (!*found) return FS_OK;
    FS_TRY(fs_report_rows(
        report,
        "with told as (select *, quantity > 0 as wanted from order_lines) select count(*), "
        "count(*) filter (where wanted), coalesce(sum(quantity), 0), coalesce(sum(gain) filter "
        "(where wanted), 0), coalesce(sum(cost) filter (where wanted), 0), count(*) filter (where "
        "wanted and cost is null), count(distinct store), count(*) filter (where wanted and wait > "
        "0) from told",
        &rows, error));
    f->looked = (int64_t)fs_report_cell_number(rows, 0, 0);
    f->lines = (int64_t)fs_report_cell_number(rows, 0, 1);
    f->units = fs_report_cell_number(rows, 0, 2);
    f->gain = fs_report_cell_number(rows, 0, 3);
    f->cost = fs_report_cell_number(rows, 0, 4);
    f->no_cost = (int64_t)fs_report_cell_number(rows, 0, 5);
    f->stores = (int64_t)fs_report_cell_number(rows, 0, 6);
    f->waiting = (int64_t)fs_report_cell_number(rows, 0, 7);
    json_decref(rows);
    return FS_OK;
}

static fs_status say_replay(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(
        report,
        "with sums as (select policy, sum(cost) as cost, sum(missed) as missed, sum(demand) as "
        "demand, count(distinct period) as periods from order_replay group by policy) select "
        "coalesce(max(cost) filter (where policy = 'orders'), 0), coalesce(max(cost) filter (where "
        "policy <> 'orders'), 0), coalesce(max(missed / nullif(demand, 0)) filter (where policy = "
        "'orders'), 0), coalesce(max(missed / nullif(demand, 0)) filter (where policy <> "
        "'orders'), 0), coalesce(max(periods), 0) from sums",
        &rows, error));
    fs_figures_order_replay f = {.cost = fs_report_cell_number(rows, 0, 0),
                                 .plain_cost = fs_report_cell_number(rows, 0, 1),
                                 .missed = fs_report_cell_number(rows, 0, 2),
                                 .plain_missed = fs_report_cell_number(rows, 0, 3),
                                 .periods = (int64_t)fs_report_cell_number(rows, 0, 4),
                                 .period = report->period,
                                 .currency = report->currency};
    fs_status status = fs_report_say_order_replay(out, &f);
    json_decref(rows);
    return status;
}

static fs_status say_overstock(const fs_report *report, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(report,
                          "select count(*), coalesce(sum(excess), 0), coalesce(sum(tied_up), 0), "
                          "coalesce(sum(moved), 0), coalesce(sum(holding_year), 0) from overstock",
                          &rows, error));
    fs_figures_overstock f = {.lines = (int64_t)fs_report_cell_number(rows, 0, 0),
                              .units = fs_report_cell_number(rows, 0, 1),
                              .tied_up = fs_report_cell_number(rows, 0, 2),
                              .moved = fs_report_cell_number(rows, 0, 3),
                              .holding_year = fs_report_cell_number(rows, 0, 4),
                              .currency = report->currency};
    fs_status status = fs_report_say_overstock(out, &f);
    json_decref(rows);
    return status;
}

/* ---- the orders ---- */

static fs_status add_list(const fs_report *report, json_t *page, const fs_figures_orders *f,
                          fs_error *error)
{
    fs_buffer text = {0};
    fs_status said = fs_report_say_orders(&text, f);
    fs_report_query query = {
        .id = "order-list",
        .title = "What to order now, most gain first",
        .table = "order_lines",
        .file = "csv/order_lines.csv",
        .limit = SHOWN,
        .columns =
            "item:Product:text,store:Store:text,quantity:Order:number,on:On:date,supplier:Supplier:"
            "text,why:Why:text,gain:Gain over "
            "not ordering:money,cost:Goods cost:money,without:Out of stock without:share,with:With "
            "it:share,hand:On hand:number,way:On its way:number,note:Note:text",
        .sql =
            "with names as (select item, min(name) as name from product_summary group by item), "
            "way as (select item, store, sum(units) as units from open_orders group by item, "
            "store), called as (select supplier, min(name) as name from supplier_orders group by "
            "supplier) "
            "select coalesce(n.name, o.item), nullif(o.store, '(all)'), o.quantity, "
            "cast(o.order_on as varchar), coalesce(c.name, o.supplier), o.reason, round(o.gain, "
            "2), round(o.cost, "
            "2), round(o.risk_without, 4), round(o.risk, "
            "4), s.on_hand, coalesce(w.units, 0), o.note from order_lines as o left join names "
            "as n on n.item = o.item left join called as c on c.supplier = o.supplier left join "
            "stock_now as s on s.item = o.item and "
            "s.store = o.store left join way as w on w.item = o.item and w.store = o.store where "
            "o.quantity > 0 order by o.gain desc nulls last, o.item, o.store"};
    return fs_report_add_said_table(report, page, said, &text, query, error);
}

/* The same by supplier, as orders are placed. */
static fs_status add_suppliers(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(
        page, .id = "supplier-orders", .title = "The orders by supplier",
        .table = "supplier_orders", .file = "csv/supplier_orders.csv", .limit = 500,
        .columns = "supplier:Supplier:text,store:Store:text,on:Order on:date,products:Products:"
                   "number,quantity:Pieces:number,cost:Goods cost:money,note:Note:text,least:Least "
                   "value:money,pallets:Pallets:number,truck:Its truck takes:number,gain:Gain "
                   "over not ordering:money",
        .sql = "select coalesce(name, supplier), nullif(store, '(all)'), cast(order_on as "
               "varchar), products, quantity, round(cost, 2), note, minimum_value, round(pallets, "
               "2), truck, round(gain, 2) from supplier_orders order by gain desc nulls last, "
               "supplier, store");
    return FS_OK;
}

/* What each budget buys: lots of all products by their gain over their cost. */
static fs_status add_budget(const fs_report *report, json_t *page, fs_error *error)
{
    PLOT(
        page, .id = "order-budget", .title = "What a smaller budget would still gain",
        .table = "order_lots", .kind = "line", .x = "number", .unit = "money",
        .along = "money spent on goods, the lots of most gain for it first", .along_unit = "money",
        .up = "gain over not ordering",
        .sql =
            "with sums as (select sum(cost) over w as spent, sum(gain) over w as gained, "
            "row_number() over w as place, count(*) over () as n from order_lots where cost > 0 "
            "and gain > 0 window w as (order by gain / cost desc, item, store, lot)), points as "
            "(select 0.0 as spent, 0.0 as gained from sums where place = 1 union all select spent, "
            "gained from sums where place = n or place % greatest(n // 200, 1) = 0) select null, "
            "null, 'gain', round(spent, 2), round(gained, 2), null, null, null from points order "
            "by spent");
    return FS_OK;
}

static fs_status add_outlook(const fs_report *report, json_t *page, fs_error *error)
{
    PLOT(page, .id = "stock-outlook", .title = "How stock will run, with the order and without",
         .table = "stock_outlook", .kind = "line", .x = "date", .unit = "number", .up = "pieces",
         .sql =
             "with names as (select item, min(name) as name from product_summary group by item), "
             "firsts as (select row_number() over (order by o.gain desc nulls last, o.item, "
             "o.store) as rank, o.item, o.store, n.name from order_lines as o left join names as n "
             "on n.item = o.item where o.quantity > 0 qualify row_number() over (order by o.gain "
             "desc nulls last, o.item, o.store) <= 40), points as (select f.rank, coalesce(f.name, "
             "f.item) || "
             "case when f.store = '(all)' then '' else ', ' || f.store end as variant, o.period, "
             "o.stock, o.low, o.high, o.stock_without from firsts as f join stock_outlook as o "
             "on o.item = f.item and o.store = f.store), series as (select rank, variant, 1 as "
             "o, 'with the order' as series, period, stock as y, low, high from points union "
             "all select rank, variant, 2, 'without it', period, stock_without, null, null from "
             "points) select variant, null, series, cast(period as varchar), round(y, 2), "
             "round(low, 2), round(high, 2), null from series order by rank, o, period");
    return FS_OK;
}

/* What more safety costs: all products at one level of service. */
static fs_status add_service(const fs_report *report, json_t *page, fs_error *error)
{
    PLOT(page, .id = "service-cost", .title = "What more safety costs", .table = "service_costs",
         .kind = "line", .x = "number", .unit = "money",
         .along = "share of what is asked for that is there", .along_unit = "share",
         .up = "stock and what is missed, until the next order",
         .sql = "select null, null, series, round(filled, 4), round(y, 2), null, null, null from "
                "(select service, filled, 1 as o, 'holding' as series, holding as y from "
                "service_costs union all select service, filled, 2, 'holding and what is missed', "
                "cost from service_costs) as t where y is not null order by o, filled");
    return FS_OK;
}

/* ---- how much to hold where no file counts it ---- */

static fs_status say_levels(const fs_report *report, bool orders, fs_buffer *out, fs_error *error)
{
    json_t *rows;
    FS_TRY(fs_report_rows(
        report,
        "select count(*), count(distinct store), coalesce(sum(level), 0), coalesce(sum(money), 0), "
        "case when min(lead_time) = max(lead_time) then min(lead_time) else -1 end, case when "
        "min(review) = max(review) then min(review) else -1 end, count(*) filter (where cost_from "
        "<> 'price') from stock_levels",
        &rows, error));
    fs_figures_stock_levels f = {.lines = (int64_t)fs_report_cell_number(rows, 0, 0),
                                 .stores = (int64_t)fs_report_cell_number(rows, 0, 1),
                                 .units = fs_report_cell_number(rows, 0, 2),
                                 .money = fs_report_cell_number(rows, 0, 3),
                                 .lead_time = (int64_t)fs_report_cell_number(rows, 0, 4),
                                 .review = (int64_t)fs_report_cell_number(rows, 0, 5),
                                 .by_price = fs_report_cell_number(rows, 0, 6) < 1,
                                 .orders = orders,
                                 .period = report->period,
                                 .currency = report->currency};
    fs_status status = fs_report_say_stock_levels(out, &f);
    json_decref(rows);
    return status;
}

static fs_status add_levels(const fs_report *report, json_t *page, bool orders, fs_error *error)
{
    fs_buffer text = {0};
    fs_status said = say_levels(report, orders, &text, error);
    fs_report_query query = {
        .id = "stock-levels",
        .title = "How much to hold",
        .table = "stock_levels",
        .file = "csv/stock_levels.csv",
        .limit = SHOWN,
        .columns = "item:Product:text,store:Store:text,level:Hold:number,demand:Expected until the "
                   "next order comes:number,safety:More than that:number,risk:Something is "
                   "missing:share,money:At cost:money,note:Note:text",
        .sql = "with names as (select item, min(name) as name from product_summary group by item) "
               "select coalesce(n.name, l.item), nullif(l.store, '(all)'), l.level, "
               "round(l.demand, 1), round(l.safety, 1), round(l.risk, 4), round(l.money, 2), "
               "l.note from stock_levels as l left join names as n on n.item = l.item order by "
               "l.place"};
    return fs_report_add_said_table(report, page, said, &text, query, error);
}

/* ---- the replay ---- */

static fs_status add_replay(const fs_report *report, json_t *page, fs_error *error)
{
    bool any;
    FS_TRY(fs_report_has_rows(report, "order_replay", &any, error));
    if (!any) return FS_OK;
    fs_buffer text = {0};
    fs_status said = say_replay(report, &text, error);
    fs_report_plot plot = {
        .id = "order-replay",
        .title = "Tried on the past: what stock would have cost",
        .kind = "line",
        .x = "date",
        .unit = "money",
        .up = "all costs so far",
        .sql = "with sums as (select policy, period, sum(cost) as cost from order_replay group by "
               "policy, period), points as (select policy, period, sum(cost) over (partition by "
               "policy order by period) as y from sums) select null, null, case policy when "
               "'orders' then 'these orders' else policy end, cast(period as varchar), round(y, "
               "2), null, null, null from points order by policy <> 'orders', policy, period"};
    FS_TRY(fs_report_add_said_plot(report, page, said, &text, plot, error));
    TABLE(page, .id = "order-replay-table", .title = "The same, in sums", .table = "order_replay",
          .file = "csv/order_replay.csv", .limit = 20,
          .columns = "policy:Policy:text,cost:Cost:money,holding:Of stock:money,shortage:Of what "
                     "was missed:money,ordering:Of orders and waste:money,demand:Asked for:number,"
                     "missed:Missed:share,stock:Average stock:number",
          .sql = "select case policy when 'orders' then 'these orders' else policy end, "
                 "round(sum(cost), 2), round(sum(cost_holding), 2), round(sum(cost_shortage), 2), "
                 "round(sum(cost_ordering + cost_waste), 2), round(sum(demand), 1), "
                 "round(sum(missed) / nullif(sum(demand), 0), 4), round(sum(remaining) / "
                 "nullif(count(distinct period), 0), 1) from order_replay group by policy order by "
                 "policy <> 'orders', policy");
    return FS_OK;
}

/* ---- what is wrong, and what is too much ---- */

static fs_status add_exceptions(const fs_report *report, json_t *page, fs_error *error)
{
    TABLE(page, .id = "order-exceptions", .title = "To look at before ordering",
          .table = "order_exceptions", .file = "csv/order_exceptions.csv", .limit = 500,
          .columns = "item:Product:text,store:Store:text,what:What:text,quantity:Order:number",
          .sql = "select coalesce(name, item), nullif(store, '(all)'), what, quantity from "
                 "order_exceptions order by rank");
    return FS_OK;
}

static fs_status add_overstock(const fs_report *report, json_t *page, fs_error *error)
{
    bool any;
    FS_TRY(fs_report_has_rows(report, "overstock", &any, error));
    if (!any) return FS_OK;
    fs_buffer text = {0};
    fs_status said = say_overstock(report, &text, error);
    fs_report_query query = {
        .id = "overstock",
        .title = "Stock that is too much, most money first",
        .table = "overstock",
        .file = "csv/overstock.csv",
        .limit = SHOWN,
        .columns = "item:Product:text,store:Store:text,hand:On hand:number,keep:Worth "
                   "keeping:number,excess:Too much:number,tied:Tied up:money,cover:Lasts:text,do:"
                   "What to do:text,by:By:date",
        .sql = "select coalesce(name, item), nullif(store, '(all)'), on_hand, keep, excess, "
               "round(tied_up, 2), case when kind = 'dead' then 'nothing is sold' else "
               "format('{:,} periods', cast(round(cover_periods) as bigint)) end, action, "
               "cast(by_day as varchar) from overstock order by rank"};
    FS_TRY(fs_report_add_said_table(report, page, said, &text, query, error));
    TABLE(page, .id = "stock-moves", .title = "What to move between stores", .table = "stock_moves",
          .file = "csv/stock_moves.csv", .limit = 500,
          .columns = "item:Product:text,from:From:text,to:To:text,units:Pieces:number,by:By:date",
          .sql = "select item, from_store, to_store, units, cast(by_day as varchar) from "
                 "stock_moves order by by_day, units desc, item, from_store, to_store");
    return FS_OK;
}

static fs_status add_notes(json_t *page, fs_error *error)
{
    json_t *items = json_array();
    static const char *const notes[] = {
        "An order is weighed over the time that it alone answers for: from its arrival until the "
        "next one can arrive. Gain is what it saves of holding and of missed sales in that time, "
        "as the forecast expects it, against not ordering.",
        "Lead time, what holding costs and what a missed sale costs are those of the files, else "
        "those of the settings (stock.…); the note of a line says what was taken.",
        "A replay of the past orders at the end of each period by what was known then, and never "
        "sees what came. Periods out of stock, whose demand nobody saw, cost nothing in it."};
    fs_status status = FS_OK;
    for (size_t i = 0; status == FS_OK && i < sizeof notes / sizeof *notes; i++)
        status = fs_report_add(items, json_string(notes[i]), error);
    if (status == FS_OK)
        return fs_report_add_notes(page, "What these figures are, and what they are not", items,
                                   error);
    json_decref(items);
    return status;
}

fs_status fs_report_add_orders(const fs_report *report, json_t *page, fs_error *error)
{
    bool found, levels, over;
    fs_figures_orders f;
    FS_TRY(fs_report_read_orders(report, &f, &found, error));
    FS_TRY(fs_report_has_rows(report, "stock_levels", &levels, error));
    FS_TRY(fs_report_has_rows(report, "overstock", &over, error));
    if (!found && !levels && !over) return FS_OK;
    if (found) {
        FS_TRY(add_list(report, page, &f, error));
        FS_TRY(add_suppliers(report, page, error));
        FS_TRY(add_exceptions(report, page, error));
        FS_TRY(add_budget(report, page, error));
        FS_TRY(add_outlook(report, page, error));
        FS_TRY(add_service(report, page, error));
    }
    if (levels) FS_TRY(add_levels(report, page, found, error));
    if (found || levels) FS_TRY(add_replay(report, page, error));
    FS_TRY(add_overstock(report, page, error));
    return add_notes(page, error);
}
