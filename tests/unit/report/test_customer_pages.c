/* The pages of customers, from hand-made tables: whole, in part, empty. */
#include "report_shop.h"

/* Six customers in three segments; c6 is new, c2 moved. */
static void make_segments(const shop *s)
{
    make_table(s, "customer_rfm",
               "select * from (values ('c1', 3, 9, 900.0, 5, 5, 5, 'Champions', 'Champions'), "
               "('c2', 5, 8, 700.0, 5, 5, 5, 'Champions', 'Loyal'), ('c3', 40, 4, 200.0, 3, 4, 4, "
               "'Loyal', 'Loyal'), ('c4', 300, 1, 30.0, 1, 1, 1, 'Lost', 'Lost'), ('c5', 310, 1, "
               "20.0, 1, 1, 1, 'Lost', 'Lost'), ('c6', 290, 1, 50.0, 1, 1, 2, 'Lost', null)) as "
               "t(customer, recency_days, orders, revenue, r, f, m, segment, segment_before)");
    make_table(s, "segment_moves",
               "select * from (values ('Champions', 'Champions', 1, 900.0), ('Loyal', 'Champions', "
               "1, 700.0), ('Loyal', 'Loyal', 1, 200.0), ('Lost', 'Lost', 2, 50.0), (null, 'Lost', "
               "1, 50.0)) as t(segment_before, segment_now, customers, revenue)");
    make_table(s, "segment_profiles",
               "select 1 as segment, 'Large orders' as name, 'orders more often' as words, 2 as "
               "customers, 0.33 as share, 1600.0 as revenue, 0.84 as revenue_share, 4.0 as "
               "recency_days, 8.5 as orders, 94.0 as order_value, 200.0 as tenure_days, 0.0 as "
               "discount_share, 0.1 as return_share, 0.9 as stability");
}

/* Cohorts so many months apart; of 100 each, 20 come back in the next one and 10 later. */
static void make_cohorts(const shop *s, int months)
{
    char select[512];
    snprintf(select, sizeof select,
             "select cast(date '2023-01-01' + to_months(cast(c * %d as integer)) as date) as "
             "cohort, a as age, 100 as customers, case a when 0 then 100 when 1 then 20 else 10 "
             "end as active, 120 as orders, 1500.0 as revenue from range(4) as x(c), range(4) as "
             "y(a) where a < 4 - c",
             months);
    make_table(s, "cohorts", select);
}

static void make_values(const shop *s)
{
    make_table(s, "customer_values",
               "select 'c' || n as customer, date '2023-01-01' as first_day, date '2024-01-01' as "
               "last_day, n as orders, 100.0 * n as revenue, n - 1 as repeats, 50.0 as recency, "
               "52.0 as age, n / 10.0 as alive, 2.0 * n as expected_orders, 1.0 * n as orders_low, "
               "3.0 * n as orders_high, 10.0 as order_value, 20.0 * n as value, 10.0 * n as "
               "value_low, 30.0 * n as value_high, 11 - n as place, 'bgnbd' as model from range(1, "
               "11) as t(n)");
    make_table(s, "purchase_replay",
               "select * from (values (date '2023-06-01', 26.0, 'bgnbd', true, 10, 90.0, 99.0, "
               "1.0), (date '2023-06-01', 26.0, 'own rate', false, 10, 132.0, 99.0, 2.0)) as "
               "t(as_of, weeks, model, chosen, customers, expected, came, error_each)");
}

/* Ten customers at 5, 15 … 95 %, and two replays in which the first tenths left more often where `sure`. */
static void make_churn(const shop *s, bool sure)
{
    char select[768];
    make_table(
        s, "customer_churn",
        "select 'c' || n as customer, 'silence' as kind, 90 as horizon_days, (n - 0.5) / 10 as "
        "probability, 'longer silent than usual' as reason_1, case when n > 5 then 'fewer "
        "orders' end as reason_2, null::varchar as reason_3, 100.0 as worth, 10.0 * n - 50 as "
        "expected_profit, n > 5 as contact, 11 - n as place from range(1, 11) as t(n)");
    snprintf(
        select, sizeof select,
        "select 'silence' as kind, d as as_of, cast(t as integer) as tenth, 100 as customers, "
        "0.5 as foretold, %s as left_share, 1.0 as lift, 0.1 * t as gain, 100.0 * t - 20 * t "
        "* t as profit from (values (date '2023-03-01'), (date '2023-06-01'), (null)) as x(d), "
        "range(1, 11) as y(t)",
        sure ? "(10.5 - t) / 10" : "0.5");
    make_table(s, "churn_replay", select);
}

/* Three customers with two offers each, two of them overdue; a campaign that was an experiment, and one that was not. */
static void make_offers(const shop *s)
{
    make_table(s, "next_products",
               "select 'c' || c as customer, kind, 1 as place, item, 0.5 as score, case kind when "
               "'new' then 'old' end as because, case kind when 'again' then 3 end as days, case "
               "kind when 'again' then date '2023-05-01' end as last_day from range(8, 11) as "
               "x(c), (values ('new', 'fresh'), ('again', 'known')) as k(kind, item)");
    make_table(s, "next_product_replay",
               "select * from (values ('new', 'told', 1828, 0.2965, 0.08), ('new', 'best sellers', "
               "1828, 0.1685, 0.04), ('again', 'told', 1198, 0.9, 0.5)) as t(kind, method, "
               "customers, hit, bought)");
    make_table(s, "next_purchases",
               "select 'c' || n as customer, n as orders, date '2023-05-01' as last_day, 5.0 as "
               "early_gap, 7.0 as usual_gap, 9.0 as late_gap, date '2023-05-08' as expected_day, "
               "30 as silent, n > 8 as overdue from range(7, 11) as t(n)");
    make_table(s, "campaign_uplift",
               "select p as promotion, 'c' || n as customer, n % 2 = 0 as treated, n % 4 = 0 as "
               "responded, 0.01 * n as uplift, 0.01 * n - 0.05 as low, 0.01 * n + 0.05 as high, "
               "'s' as model, 0.1 as qini, p = 'spring' as random, null::varchar as note from "
               "range(1, 9) as t(n), (values ('spring'), ('(none)')) as k(p)");
}

static json_t *rows_of(json_t *document, const char *id)
{
    return json_object_get(block_of(document, id), "rows");
}

static const char *finding_of(json_t *document, const char *id)
{
    return json_string_value(json_object_get(block_of(document, id), "finding"));
}

static const char *title_of(json_t *document, const char *id)
{
    return json_string_value(json_object_get(block_of(document, id), "title"));
}

static void segments_have_a_map_sizes_and_moves(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_segments(s);
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    json_t *map = block_of(document, "segment-map");
    assert_string_equal(
        finding_of(document, "segment-map"),
        "\"Champions\" bring most: 84 % of the money, from 33 % of the 6 customers.");
    json_t *choose = json_object_get(map, "choose");
    assert_int_equal(json_array_size(choose), 3);
    json_t *series = json_object_get(json_array_get(choose, 0), "series");
    assert_int_equal(json_array_size(series), 3);
    json_t *top = json_array_get(series, 0);
    assert_string_equal(json_string_value(json_object_get(top, "name")), "F5: 8 to 9 orders");
    assert_string_equal(json_string_value(json_array_get(json_object_get(top, "label"), 2)),
                        "Champions");
    assert_true(json_number_value(json_array_get(json_object_get(top, "y"), 2)) == 2);
    assert_true(json_is_null(json_array_get(json_object_get(top, "y"), 0)));
    json_t *last = json_array_get(series, 2);
    assert_string_equal(json_string_value(json_object_get(last, "name")), "F1: 1 order");
    assert_string_equal(finding_of(document, "segment-moves"),
                        "Of 5 customers who were there already, 20 % are in another segment now; "
                        "most often they went "
                        "from \"Loyal\" to \"Champions\" (1).");
    assert_int_equal(json_array_size(rows_of(document, "segments")), 3);
    assert_int_equal(json_array_size(rows_of(document, "segment-profiles")), 1);
    assert_string_equal(title_of(document, "segment-sizes"),
                        "What each segment is of the customers and of the money");
    json_decref(document);
    free(page);
}

static void without_money_segments_are_counted(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_table(s, "customer_rfm",
               "select 'c' || n as customer, n as recency_days, n as orders, null::double as "
               "revenue, 3 as r, case when n > 2 then 2 else 1 end as f, null::integer as m, case "
               "when n > 2 then 'Loyal' else 'New' end as segment, null::varchar as segment_before "
               "from range(1, 6) as t(n)");
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    assert_string_equal(finding_of(document, "segment-map"),
                        "\"Loyal\" bring most: 80 % of the orders, from 60 % of the 5 customers.");
    json_t *map = block_of(document, "segment-map");
    assert_null(json_object_get(map, "choose"));
    assert_int_equal(json_array_size(json_object_get(map, "series")), 2);
    json_t *sizes = json_object_get(block_of(document, "segment-sizes"), "series");
    assert_string_equal(json_string_value(json_object_get(json_array_get(sizes, 1), "name")),
                        "of the orders");
    assert_string_equal(title_of(document, "segment-sizes"),
                        "What each segment is of the customers and of the orders");
    assert_null(block_of(document, "segment-moves"));
    json_decref(document);
    free(page);
}

static void cohorts_are_a_triangle_of_months_or_quarters(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_cohorts(s, 1);
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    assert_string_equal(finding_of(document, "cohorts"),
                        "Of 200 new customers 20 % bought again in the next month.");
    json_t *choose = json_object_get(block_of(document, "cohorts"), "choose");
    assert_int_equal(json_array_size(choose), 4);
    json_t *series = json_object_get(json_array_get(choose, 0), "series");
    assert_int_equal(json_array_size(series), 3); /* nothing is known yet of the last one */
    json_t *first = json_array_get(series, 0);
    assert_string_equal(json_string_value(json_object_get(first, "name")), "Jan 2023 (100)");
    assert_int_equal(json_array_size(json_object_get(first, "x")), 3);
    assert_true(json_number_value(json_array_get(json_object_get(first, "y"), 0)) == 0.2);
    json_decref(document);
    free(page);
    make_cohorts(s, 3);
    page = write_report(s, NULL);
    assert_non_null(strstr(page, "Q1 2023 (100)"));
    assert_non_null(strstr(page, "bought again in the next quarter"));
    free(page);
}

/* Of the same customers, without what it brings. */
static void without_money_worth_is_in_purchases(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_values(s);
    make_table(s, "customer_values",
               "select 'c' || n as customer, date '2023-01-01' as first_day, date '2024-01-01' as "
               "last_day, n as orders, null::double as revenue, n - 1 as repeats, 50.0 as recency, "
               "52.0 as age, n / 10.0 as alive, 2.0 * n as expected_orders, 1.0 * n as orders_low, "
               "3.0 * n as orders_high, null::double as order_value, null::double as value, "
               "null::double as value_low, null::double as value_high, 11 - n as place, 'bgnbd' "
               "as model from range(1, 11) as t(n)");
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    assert_string_equal(title_of(document, "value-curve"), "Whose purchases the coming year's are");
    assert_non_null(strstr(finding_of(document, "value-curve"), "should buy on 110 days"));
    json_decref(document);
    free(page);
}

static void worth_is_a_curve_and_is_held_against_the_past(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_values(s);
    make_segments(s);
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    /* half widths of 10 n: the root of the sum of their squares is 196 */
    assert_string_equal(
        finding_of(document, "value-curve"),
        "In the next 52 weeks 10 customers known today should bring GBP 1,100 (GBP 904 to GBP "
        "1,296, if the model holds); 18 % of that comes from 1 of them.");
    json_t *curve = json_array_get(json_object_get(block_of(document, "value-curve"), "series"), 0);
    json_t *y = json_object_get(curve, "y");
    assert_true(json_number_value(json_array_get(y, 0)) == 0);
    assert_true(json_number_value(json_array_get(y, json_array_size(y) - 1)) == 1);
    assert_string_equal(
        finding_of(document, "value-replay"),
        "Tried on the past, from 1 date: the purchases that came were 110 % of those expected, and "
        "75 % of what it would be if everybody went on as before.");
    assert_non_null(block_of(document, "value-segments"));
    json_t *best = json_array_get(rows_of(document, "customer-list"), 0);
    assert_string_equal(json_string_value(json_array_get(best, 0)), "c10");
    json_decref(document);
    free(page);
}

static void who_leaves_has_a_page_a_list_and_a_headline(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_churn(s, true);
    make_values(s);
    char *page = write_report(s, NULL);
    const char *said = "Of 10 customers, 5 are expected to leave in the next 90 days; it should "
                       "pay to contact 5, which together is expected to bring GBP 150.";
    json_t *document = document_of(page);
    json_t *headline = json_array_get(json_object_get(document, "headlines"), 2);
    assert_string_equal(json_string_value(json_object_get(headline, "text")), said);
    assert_string_equal(json_string_value(json_object_get(headline, "page")), "keeping");
    assert_string_equal(
        finding_of(document, "churn-gains"),
        "Tried on the past, from 2 dates: of the tenth that the list puts first 95 % left, of all "
        "50 %; contacting the first 20 % would have brought most, GBP 240.");
    json_t *choose = json_object_get(block_of(document, "churn-gains"), "choose");
    assert_int_equal(json_array_size(choose), 3);
    json_t *y = json_object_get(
        json_array_get(json_object_get(json_array_get(choose, 0), "series"), 0), "y");
    assert_int_equal(json_array_size(y), 11);
    assert_true(json_number_value(json_array_get(y, 1)) == 0.19);
    json_t *map = json_array_get(json_object_get(block_of(document, "churn-map"), "choose"), 0);
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(json_object_get(map, "series"), 0), "name")),
                        "worth most: GBP 100 to 100");
    json_t *first = json_array_get(rows_of(document, "customer-list"), 0),
           *last = json_array_get(rows_of(document, "customer-list"), 9);
    assert_string_equal(json_string_value(json_array_get(first, 0)), "c10");
    assert_string_equal(json_string_value(json_array_get(first, 1)), "contact");
    assert_string_equal(json_string_value(json_array_get(first, 5)),
                        "longer silent than usual, fewer orders");
    assert_string_equal(json_string_value(json_array_get(last, 1)), "leave alone, likely to stay");
    json_decref(document);
    free(page);
}

static void a_list_no_better_than_chance_is_no_headline(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_churn(s, false);
    char *page = write_report(s, NULL);
    assert_null(strstr(page, "are expected to leave"));
    assert_non_null(strstr(page, "it is not to be acted on"));
    free(page);
}

static void what_to_offer_is_listed_beside_what_such_lists_were_worth(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_values(s);
    make_offers(s);
    char *page = write_report(s, NULL);
    json_t *document = document_of(page);
    assert_string_equal(finding_of(document, "offers"),
                        "Tried on the past: of 1,828 customers who took up something new in the "
                        "last 60 days, 30 % bought one of the five told; of the five best sellers "
                        "17 %.");
    json_t *offers = rows_of(document, "offers"), *first = json_array_get(offers, 0);
    assert_int_equal(json_array_size(offers), 6);
    assert_string_equal(json_string_value(json_array_get(first, 0)), "c10");
    assert_string_equal(json_string_value(json_array_get(first, 1)), "something new");
    assert_string_equal(json_string_value(json_array_get(first, 2)), "fresh");
    assert_string_equal(json_string_value(json_array_get(first, 3)), "old");
    json_t *overdue = rows_of(document, "overdue");
    assert_int_equal(json_array_size(overdue), 2);
    assert_string_equal(json_string_value(json_array_get(json_array_get(overdue, 0), 0)), "c10");
    assert_string_equal(finding_of(document, "campaigns"),
                        "1 of 2 campaigns chose whom they reached, not by lot: what seems the "
                        "effect is in part the difference between customers.");
    json_t *campaigns = rows_of(document, "campaigns"), *spring = json_array_get(campaigns, 1);
    assert_int_equal(json_array_size(campaigns), 2);
    assert_true(json_is_null(json_array_get(json_array_get(campaigns, 0), 0)));
    assert_true(json_number_value(json_array_get(spring, 3)) == 0.5);
    assert_true(json_number_value(json_array_get(spring, 5)) == 0.5);
    assert_int_equal(json_array_size(rows_of(document, "campaign-customers")), 16);
    json_decref(document);
    free(page);
}

/* The tables as a shop without customers has them: there, and without rows. */
static void without_rows_there_are_no_pages(void **state)
{
    static const char *const tables[] = {
        "customer_rfm",    "segment_moves",       "segment_profiles", "cohorts",
        "customer_values", "purchase_replay",     "customer_churn",   "churn_replay",
        "next_products",   "next_product_replay", "next_purchases",   "campaign_uplift"};
    const shop *s = *state;
    make_tables(s);
    make_segments(s);
    make_cohorts(s, 1);
    make_values(s);
    make_churn(s, true);
    make_offers(s);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char select[512], path[256], whole[256];
        snprintf(whole, sizeof whole, "%s/tables/%s.parquet", s->folder, tables[i]);
        snprintf(path, sizeof path, "%s/whole.parquet", s->folder);
        assert_int_equal(rename(whole, path), 0);
        snprintf(select, sizeof select, "select * from '%s' limit 0", path);
        make_table(s, tables[i], select);
    }
    char *page = write_report(s, NULL);
    json_t *document = document_of(page), *one;
    size_t p;
    json_array_foreach(json_object_get(document, "pages"), p, one)
    {
        const char *id = json_string_value(json_object_get(one, "id"));
        assert_string_not_equal(id, "customers");
        assert_string_not_equal(id, "keeping");
    }
    json_decref(document);
    free(page);
}

/* A probability without money, a label of the files instead of silence: what can be told is. */
static void a_label_without_money_is_told_by_its_probabilities(void **state)
{
    const shop *s = *state;
    make_tables(s);
    make_churn(s, true);
    make_table(s, "customer_churn",
               "select 'c' || n as customer, 'label' as kind, null::integer as horizon_days, (n - "
               "0.5) / 10 as probability, 'short contract' as reason_1, null::varchar as reason_2, "
               "null::varchar as reason_3, null::double as worth, null::double as expected_profit, "
               "null::boolean as contact, 11 - n as place from range(1, 11) as t(n)");
    make_table(s, "churn_replay",
               "select k.kind, null::date as as_of, cast(t as integer) as tenth, 100 as customers, "
               "0.5 as foretold, (10.5 - t) / 10 as left_share, 1.0 as lift, 0.1 * t as gain, "
               "null::double as profit from range(1, 11) as x(t), (values ('label'), ('silence')) "
               "as k(kind)");
    char *page = write_report(s, NULL);
    assert_non_null(strstr(page, "Tried on customers whom the model had not seen: of the tenth"));
    assert_non_null(strstr(page, "\"Of 10 customers, 5 are expected to leave.\""));
    json_t *document = document_of(page);
    json_t *map = block_of(document, "churn-map");
    assert_null(json_object_get(map, "finding"));
    assert_int_equal(json_array_size(json_object_get(map, "series")), 1);
    json_decref(document);
    free(page);
}

static void each_failing_allocation_is_an_error_not_a_crash(void **state)
{
    const shop *s = *state;
    fs_error error = {0};
    make_tables(s);
    make_segments(s);
    make_cohorts(s, 1);
    make_values(s);
    make_churn(s, true);
    make_offers(s);
    assert_int_equal(fs_report_write(s->engine, s->project, s->folder, NULL, &error), FS_OK);
    char *whole = read_text(s->folder, "report.html");
    for (int64_t n = 0;; n += n < 40 ? 1 : n / 13) {
        fs_alloc_fail_after(n);
        fs_status status = fs_report_write(s->engine, s->project, s->folder, NULL, &error);
        bool failed = fs_alloc_count() > n;
        fs_alloc_fail_after(-1);
        if (status == FS_OK && !failed) break;
        if (status == FS_OK) fail_msg("allocation %lld: done without", (long long)n);
        if (status != FS_MEMORY) fail_msg("allocation %lld: %s", (long long)n, error.message);
    }
    char *again = read_text(s->folder, "report.html");
    assert_string_equal(again, whole);
    free(whole);
    free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_SHOP(segments_have_a_map_sizes_and_moves),
        IN_A_SHOP(without_money_segments_are_counted),
        IN_A_SHOP(without_money_worth_is_in_purchases),
        IN_A_SHOP(cohorts_are_a_triangle_of_months_or_quarters),
        IN_A_SHOP(worth_is_a_curve_and_is_held_against_the_past),
        IN_A_SHOP(who_leaves_has_a_page_a_list_and_a_headline),
        IN_A_SHOP(a_list_no_better_than_chance_is_no_headline),
        IN_A_SHOP(what_to_offer_is_listed_beside_what_such_lists_were_worth),
        IN_A_SHOP(without_rows_there_are_no_pages),
        IN_A_SHOP(a_label_without_money_is_told_by_its_probabilities),
        IN_A_SHOP(each_failing_allocation_is_an_error_not_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
