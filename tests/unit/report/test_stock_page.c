/* The page "What to order", from hand-made tables: whole, without costs, nothing to order, nothing counted, empty. */
#include "report_shop.h"

/* Three products: two are ordered, the second without a known cost. */
static void make_orders(const shop *s)
{
    make_table(s, "order_lines",
               "select * from (values ('A', '(all)', 24.0, 60.5, 48.0, 0.9, 0.1, '3 are left', "
               "null, 'Acme', date '2024-01-05', 1), ('B', '(all)', 6.0, 12.0, null, 0.5, 0.2, "
               "'2 are left', 'lead time not told: 1 taken', 'Acme', date '2024-01-05', 0), ('C', "
               "'(all)', 0.0, 0.0, 0.0, 0.0, 0.0, "
               "'enough is there', null, null, null, 0)) as t(item, store, quantity, gain, cost, "
               "risk_without, risk, reason, note, supplier, order_on, wait)");
    make_table(s, "supplier_orders",
               "select 'Acme' as supplier, 'Acme Ltd' as name, '(all)' as store, date '2024-01-05' "
               "as order_on, 2 as products, 30e0 as quantity, 1.5e0 as pallets, 48e0 as cost, 1 as "
               "without_cost, 72.5e0 as gain, 40e0 as minimum_value, 2e0 as truck, 'filled up' as "
               "note");
    make_table(s, "stock_now",
               "select * from (values ('A', '(all)', 3.0), ('B', '(all)', 2.0), ('C', '(all)', "
               "50.0)) as t(item, store, on_hand)");
    make_table(s, "open_orders", "select 'B' as item, '(all)' as store, 1 as ahead, 1.0 as units");
    make_table(s, "order_lots",
               "select * from (values ('A', '(all)', 1, 12.0, 50.0, 24.0), ('A', '(all)', 2, "
               "12.0, 10.5, 24.0)) as t(item, store, lot, quantity, gain, cost)");
}

/* What stands beside the list: two days ahead of A, two levels of service, one line to look at. */
static void make_outlook(const shop *s)
{
    make_table(s, "stock_outlook",
               "select 'A' as item, '(all)' as store, date '2024-01-04' + cast(n as integer) as "
               "period, n + 1 as step, 20e0 - n as stock, 10e0 as low, 30e0 as high, 2e0 - n as "
               "stock_without from range(2) as t(n)");
    make_table(s, "service_costs",
               "select * from (values (0.5, 0.8, 10e0, 40e0, 50e0, 5e0), (0.95, 0.99, 30e0, 2e0, "
               "32e0, 15e0)) as t(service, filled, holding, shortage, cost, units)");
    make_table(s, "order_exceptions",
               "select 1 as rank, 'B' as item, 'Bread' as name, '(all)' as store, 'the count is "
               "below zero' as what, 6e0 as quantity");
}

static void make_replay(const shop *s, double own)
{
    char select[512];
    snprintf(select, sizeof select,
             "select p as policy, date '2024-01-01' + cast(n as integer) as period, 10e0 as "
             "demand, 1e0 as missed, 5e0 as remaining, c / 2 as cost_holding, c / 2 as "
             "cost_shortage, 0e0 as cost_ordering, 0e0 as cost_waste, c as cost from range(4) as "
             "t(n), (values ('orders', %ge0), ('moving average', 10e0)) as x(p, c)",
             own);
    make_table(s, "order_replay", select);
}

static void make_overstock(const shop *s)
{
    make_table(s, "overstock",
               "select * from (values (1, 'D', null, '(all)', 'dead', 100.0, 0, 100.0, 250.0, "
               "null, 50.0, 20.0, 'move, clear the rest', date '2024-01-05'), (2, 'E', 'Eggs', "
               "'(all)', 'too much', 30.0, 10, 20.0, null, 60.0, null, 0.0, 'return or mark down', "
               "date '2024-01-04')) as t(rank, item, name, store, kind, on_hand, keep, excess, "
               "tied_up, cover_periods, holding_year, moved, action, by_day)");
}

static const char *finding_of(json_t *document, const char *id)
{
    return json_string_value(json_object_get(block_of(document, id), "finding"));
}

static const char *text_at(json_t *document, const char *id, size_t row, size_t column)
{
    json_t *rows = json_object_get(block_of(document, id), "rows");
    return json_string_value(json_array_get(json_array_get(rows, row), column));
}

static void orders_are_a_list_with_reasons_and_a_headline(void **state)
{
    const shop *s = *state;
    const char *said =
        "Order now 30 pieces of 2 of the 3 products, which should save GBP 72.50 against not "
        "ordering; the goods whose cost is known come to GBP 48.00. Of them 1 waits for the day on "
        "which its supplier takes orders.";
    make_tables(s);
    make_orders(s);
    make_outlook(s);
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    assert_string_equal(finding_of(document, "order-list"), said);
    assert_string_equal(text_at(document, "order-list", 0, 0), "=cmd|'</script><b>");
    assert_string_equal(text_at(document, "order-list", 1, 0), "plain");
    assert_string_equal(text_at(document, "order-list", 1, 12), "lead time not told: 1 taken");
    assert_string_equal(text_at(document, "order-list", 0, 3), "2024-01-05");
    assert_string_equal(text_at(document, "order-list", 0, 4), "Acme Ltd");
    assert_string_equal(text_at(document, "supplier-orders", 0, 0), "Acme Ltd");
    assert_string_equal(text_at(document, "supplier-orders", 0, 6), "filled up");
    json_t *rows = json_object_get(block_of(document, "order-list"), "rows");
    assert_int_equal(json_array_size(rows), 2);
    assert_non_null(strstr(page, said));
    json_t *series = json_object_get(block_of(document, "order-budget"), "series");
    json_t *y = json_object_get(json_array_get(series, 0), "y");
    assert_int_equal(json_array_size(y), 3);
    assert_true(json_number_value(json_array_get(y, 0)) == 0);
    assert_true(json_number_value(json_array_get(y, 1)) == 50);
    assert_true(json_number_value(json_array_get(y, 2)) == 60.5);
    series = json_object_get(block_of(document, "stock-outlook"), "series");
    assert_int_equal(json_array_size(series), 2);
    json_t *low = json_object_get(json_array_get(series, 0), "low");
    assert_true(json_number_value(json_array_get(low, 1)) == 10);
    assert_int_equal(json_array_size(json_object_get(block_of(document, "service-cost"), "series")),
                     2);
    assert_string_equal(text_at(document, "order-exceptions", 0, 2), "the count is below zero");
    json_decref(document);
    free(page);
}

static void a_replay_says_less_more_or_about_the_same(void **state)
{
    const shop *s = *state;
    static const struct {
        double own;
        const char *said;
    } cases[] = {
        {5, "Over the last 4 days such orders would have cost GBP 20.00 in stock and missed sales, "
            "50 % less than a planner with moving averages (GBP 40.00); 10 % of the demand would "
            "have been missed, against 10 %."},
        {15, "Over the last 4 days such orders would have cost GBP 60.00 in stock and missed "
             "sales, 50 % more than a planner with moving averages (GBP 40.00); 10 % of the demand "
             "would have been missed, against 10 %."},
        {9.9, "Over the last 4 days such orders would have cost GBP 39.60 in stock and missed "
              "sales, about as much as a planner with moving averages (GBP 40.00); 10 % of the "
              "demand would have been missed, against 10 %."}};
    make_tables(s);
    make_orders(s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make_replay(s, cases[i].own);
        char *page = write_report(s, NULL);
        json_t *document = document_of(page);
        assert_string_equal(finding_of(document, "order-replay"), cases[i].said);
        assert_string_equal(text_at(document, "order-replay-table", 0, 0), "these orders");
        json_decref(document);
        free(page);
    }
}

/* Two products of which nothing is counted, with their lead times. */
static void make_levels(const shop *s, int lead_time, int other, const char *cost_from)
{
    char select[512];
    snprintf(select, sizeof select,
             "select * from (values ('A', '(all)', 1, 40.0, 31.04, 8.96, 0.02, %d, 7, 80.0, "
             "null), ('B', '(all)', 2, 5.0, 2.0, 3.0, 0.01, %d, 7, null, 'no cost and no price is "
             "known')) as t(item, store, place, level, demand, safety, risk, lead_time, review, "
             "money, note), (select '%s' as cost_from)",
             lead_time, other, cost_from);
    make_table(s, "stock_levels", select);
}

static void where_nothing_is_counted_it_says_how_much_to_hold(void **state)
{
    const shop *s = *state;
    static const struct {
        int lead_time, other;
        bool orders;
        const char *said;
    } cases[] = {
        {14, 14, false,
         "No file says what is in stock, so this is how much to hold: 45 pieces of the 2 products "
         "that sell most (GBP 80.00 at cost), there and on the way together, after each order; "
         "goods can be sold 14 days after it, and the next is placed after 7 days."},
        {14, 3, false,
         "No file says what is in stock, so this is how much to hold: 45 pieces of the 2 products "
         "that sell most (GBP 80.00 at a cost worked out from the price), there and on the way "
         "together, after each order."},
        {1, 1, true,
         "No file says what is in stock of some products. Hold 45 pieces of the 2 products that "
         "sell most (GBP 80.00 at cost), there and on the way together, after each order; goods "
         "can be sold 1 day after it, and the next is placed after 7 days."}};
    make_tables(s);
    make_replay(s, 5);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make_levels(s, cases[i].lead_time, cases[i].other, i == 1 ? "price" : "products");
        if (cases[i].orders) make_orders(s);
        char *page = write_report(s, NULL);
        json_t *document = document_of(page);
        assert_string_equal(finding_of(document, "stock-levels"), cases[i].said);
        assert_string_equal(text_at(document, "stock-levels", 1, 0), "plain");
        assert_string_equal(text_at(document, "stock-levels", 1, 7),
                            "no cost and no price is known");
        assert_non_null(block_of(document, "order-replay"));
        assert_true(!block_of(document, "order-list") == !cases[i].orders);
        json_decref(document);
        free(page);
    }
}

static void too_much_stock_is_told_in_pieces_and_money(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_overstock(s);
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    assert_string_equal(finding_of(document, "overstock"),
                        "120 pieces are more than it is worth keeping, with GBP 250 tied up and "
                        "GBP 50.00 a year for holding them; 20 of them are wanted in other "
                        "stores.");
    assert_string_equal(text_at(document, "overstock", 0, 6), "nothing is sold");
    assert_string_equal(text_at(document, "overstock", 1, 0), "Eggs");
    assert_null(block_of(document, "order-list"));
    json_decref(document);
    free(page);
}

static void where_nothing_is_to_be_ordered_it_says_so(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_orders(s);
    make_table(s, "order_lines",
               "select 'C' as item, '(all)' as store, 0.0 as quantity, 0.0 as gain, 0.0 as cost, "
               "0.0 as risk_without, 0.0 as risk, 'enough' as reason, null::varchar as note, "
               "null::varchar as supplier, null::date as order_on, 0 as wait");
    char *page = write_report(s, NULL);
    assert_non_null(strstr(page,
                           "Nothing is worth ordering now: of 1 product enough is there or on its "
                           "way."));
    free(page);
}

static void without_stock_there_is_no_page(void **state)
{
    const shop *s = *state;
    size_t p;
    json_t *one;
    make_tables(s);
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    json_array_foreach(json_object_get(document, "pages"), p, one)
        assert_string_not_equal(json_string_value(json_object_get(one, "id")), "orders");
    json_decref(document);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_SHOP(orders_are_a_list_with_reasons_and_a_headline),
        IN_A_SHOP(a_replay_says_less_more_or_about_the_same),
        IN_A_SHOP(where_nothing_is_counted_it_says_how_much_to_hold),
        IN_A_SHOP(too_much_stock_is_told_in_pieces_and_money),
        IN_A_SHOP(where_nothing_is_to_be_ordered_it_says_so),
        IN_A_SHOP(without_stock_there_is_no_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
