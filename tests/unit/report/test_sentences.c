/* What may be said from figures, and what may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "report_internal.h"

#define SAYS(text, call)                                                                           \
    do {                                                                                           \
        fs_buffer out = {0};                                                                       \
        assert_int_equal(call, FS_OK);                                                             \
        assert_string_equal(out.data ? out.data : "", text);                                       \
        fs_buffer_free(&out);                                                                      \
    } while (0)

static void whole_numbers_have_commas_and_no_minus_nought(void **state)
{
    (void)state;
    SAYS("0", fs_report_whole(&out, -0.2));
    SAYS("999", fs_report_whole(&out, 999));
    SAYS("1,000", fs_report_whole(&out, 999.6));
    SAYS("-1,234,567", fs_report_whole(&out, -1234567));
    SAYS("unknown", fs_report_whole(&out, 0.0 / 0.0));
}

static void money_has_its_currency_and_pence_only_when_small(void **state)
{
    (void)state;
    SAYS("GBP 17,743,429", fs_report_money(&out, 17743429.1, "GBP"));
    SAYS("GBP 4.50", fs_report_money(&out, 4.5, "GBP"));
    SAYS("12,000", fs_report_money(&out, 12000, ""));
}

static void shares_are_told_in_per_cent(void **state)
{
    (void)state;
    SAYS("3.7 %", fs_report_share(&out, 0.0366));
    SAYS("41 %", fs_report_share(&out, 0.4118));
    SAYS("less than 0.1 %", fs_report_share(&out, 0.0004));
    SAYS("0.0 %", fs_report_share(&out, 0));
}

static void a_change_is_named_by_its_size_never_by_a_minus(void **state)
{
    (void)state;
    fs_figures_outlook f = {.expected = 970,
                            .before = 1200,
                            .range = 0.05,
                            .likely = 0.9,
                            .count = 28,
                            .period = "day"};
    SAYS("The next 28 days should bring 970 pieces, 19 % less than the 28 days before (1,200 "
         "pieces).",
         fs_report_say_outlook(&out, &f));
    f.expected = 1320;
    SAYS("The next 28 days should bring 1,320 pieces, 10 % more than the 28 days before (1,200 "
         "pieces).",
         fs_report_say_outlook(&out, &f));
}

static void a_difference_inside_the_range_is_not_called_one(void **state)
{
    (void)state;
    fs_figures_outlook f = {.money = true,
                            .expected = 1320,
                            .before = 1200,
                            .range = 0.2,
                            .count = 13,
                            .period = "week",
                            .currency = "EUR"};
    SAYS("The next 13 weeks should bring EUR 1,320; the 13 weeks before brought EUR 1,200, a "
         "difference within the forecast's range.",
         fs_report_say_outlook(&out, &f));
    f.expected = 1210;
    SAYS("The next 13 weeks should bring EUR 1,210, about as much as the 13 weeks before (EUR "
         "1,200).",
         fs_report_say_outlook(&out, &f));
    f.range = -1;
    f.expected = 2400;
    SAYS("The next 13 weeks should bring EUR 2,400; the 13 weeks before brought EUR 1,200, a "
         "difference within the forecast's range.",
         fs_report_say_outlook(&out, &f));
}

static void nothing_is_compared_with_an_unknown_past(void **state)
{
    (void)state;
    fs_figures_outlook f = {
        .expected = 10, .before = 0, .range = 0.1, .count = 1, .period = "month"};
    SAYS("The next 1 month should bring 10 pieces.", fs_report_say_outlook(&out, &f));
    f.expected = 0;
    SAYS("", fs_report_say_outlook(&out, &f));
}

static void where_nothing_can_be_compared_the_reason_is_given(void **state)
{
    (void)state;
    fs_figures_outlook f = {.expected = 1000, .count = 28, .period = "day", .partial = 4};
    f.partial_from = "2018-08-26";
    SAYS("The next 28 days should bring 1,000 pieces. Nothing is compared: the last 4 days of the "
         "files, from 26 Aug 2018 on, are known only in part.",
         fs_report_say_outlook(&out, &f));
    f.partial_from = NULL, f.partial = 1;
    SAYS("The next 28 days should bring 1,000 pieces. Nothing is compared: 1 of the 28 days before "
         "is known only in part.",
         fs_report_say_outlook(&out, &f));
    f.before = 990;
    SAYS("The next 28 days should bring 1,000 pieces, about as much as the 28 days before (990 "
         "pieces).",
         fs_report_say_outlook(&out, &f));
}

static void a_forecast_unlike_the_history_says_since_when_the_files_tell_of_all(void **state)
{
    (void)state;
    fs_figures_outlook f = {.money = true,
                            .expected = 2297102,
                            .count = 13,
                            .period = "week",
                            .currency = "",
                            .since = "2011-12-12",
                            .usual_before = 14194,
                            .usual_since = 175498};
    SAYS("The next 13 weeks should bring revenue of 2,297,102. Most of what sells today came into "
         "the files only in the week of 12 Dec 2011: an average week brought 14,194 before and "
         "175,498 since, and the forecast goes by the weeks since alone.",
         fs_report_say_outlook(&out, &f));
    f.since = NULL, f.currency = "EUR";
    SAYS("The next 13 weeks should bring EUR 2,297,102.", fs_report_say_outlook(&out, &f));
}

static void
what_the_parts_would_come_to_by_themselves_is_told_where_it_is_not_the_whole(void **state)
{
    (void)state;
    fs_figures_levels f = {.total = 1052,
                           .categories = {1495, 1052, true},
                           .stores = {-1, -1, true},
                           .products = {2265, 1052, true},
                           .count = 28,
                           .period = "day"};
    SAYS("For the next 28 days the models expect 1,052 pieces of everything together. Forecast by "
         "themselves, all categories "
         "would come "
         "to 1,495 pieces, all products would come to 2,265 pieces, and were multiplied until they "
         "agree with it.",
         fs_report_say_levels(&out, &f));
    f.categories.alone = 1060, f.products = (fs_figures_parts){400, 1052, false};
    SAYS("For the next 28 days the models expect 1,052 pieces of everything together. But all "
         "products come to 400 pieces, less "
         "than half "
         "of it, and are left so: what is sold seldom and in bulk is in the total only.",
         fs_report_say_levels(&out, &f));
    f.products = (fs_figures_parts){1040, 1052, true};
    SAYS("", fs_report_say_levels(&out, &f));
    f.new_share = 0.55;
    SAYS("For the next 28 days the models expect 1,052 pieces of everything together, about 55 % "
         "of it from products "
         "that are not sold yet and have no forecast of their own.",
         fs_report_say_levels(&out, &f));
    f.total = 0;
    SAYS("", fs_report_say_levels(&out, &f));
}

static void planners_changes_are_held_against_the_models(void **state)
{
    (void)state;
    fs_figures_overrides f = {.ahead = 1};
    SAYS("1 planner's change to the forecast is in it.", fs_report_say_overrides(&out, &f));
    f = (fs_figures_overrides){
        .ahead = 2, .judged = 12, .nearer = 7, .error_models = 5000, .error_planners = 3766};
    SAYS("2 changes of planners to the forecast are in it. Of 12 that are over, 7 came nearer to "
         "what was sold "
         "than the models alone; together they took 1,234 pieces off the models' error of 5,000 "
         "pieces.",
         fs_report_say_overrides(&out, &f));
    f = (fs_figures_overrides){
        .judged = 3, .error_models = 100, .error_planners = 1102, .money = true, .currency = "EUR"};
    SAYS("Of 3 that are over, 0 came nearer to what was sold than the models alone; together they "
         "added EUR 1,002 "
         "to the models' error of EUR 100.",
         fs_report_say_overrides(&out, &f));
    f.error_planners = 100.5;
    SAYS("Of 3 that are over, 0 came nearer to what was sold than the models alone; together they "
         "made no difference.",
         fs_report_say_overrides(&out, &f));
    f = (fs_figures_overrides){0};
    SAYS("", fs_report_say_overrides(&out, &f));
}

static void a_peak_to_come_says_how_sure_it_is_and_whether_the_forecast_holds_it(void **state)
{
    (void)state;
    fs_figures_peak f = {
        .coming = true, .date = "2004-02-02", .period = "week", .times = 2, .certainty = 0.5};
    SAYS("A peak may come in the week of 2 Feb 2004: about 2.0 times the usual, as before at this "
         "time of the year; the forecast does not hold it (certainty 50 %).",
         fs_report_say_peak(&out, &f));
    f.foreseen = true, f.certainty = 0.6;
    SAYS("A peak is to be expected in the week of 2 Feb 2004: about 2.0 times the usual, as the "
         "forecast says (certainty 60 %).",
         fs_report_say_peak(&out, &f));
}

static void the_highest_peak_leaves_single_orders_out_aloud(void **state)
{
    (void)state;
    fs_figures_peak f = {.date = "2011-10-05", .period = "day", .times = 2, .orders = true};
    SAYS("Single large orders apart, the highest peak was on 5 Oct 2011: 2.0 times the usual; the "
         "data name no cause.",
         fs_report_say_peak(&out, &f));
}

static void a_cause_is_named_only_with_evidence(void **state)
{
    (void)state;
    fs_figures_peak f = {.date = "2011-11-14", .period = "day", .times = 3.14};
    SAYS("The highest peak was on 14 Nov 2011: 3.1 times the usual; the data name no cause.",
         fs_report_say_peak(&out, &f));
    f.pieces = true;
    SAYS("The highest peak was on 14 Nov 2011: 3.1 times the usual number of pieces; the data name "
         "no cause.",
         fs_report_say_peak(&out, &f));
    f.pieces = false;
    f.cause = "Christmas";
    SAYS("The highest peak was on 14 Nov 2011: 3.1 times the usual, as at other times of "
         "\"Christmas\" in the calendar.",
         fs_report_say_peak(&out, &f));
    f.coming = f.foreseen = true;
    f.certainty = 0.6;
    f.period = "week";
    SAYS("A peak is to be expected in the week of 14 Nov 2011: about 3.1 times the usual, as at "
         "other times of \"Christmas\" in the calendar, as the forecast says (certainty 60 %).",
         fs_report_say_peak(&out, &f));
}

static void a_peak_of_a_month_names_the_month(void **state)
{
    (void)state;
    fs_figures_peak f = {.date = "2011-11-01", .period = "month", .times = 2};
    SAYS("The highest peak was in Nov 2011: 2.0 times the usual; the data name no cause.",
         fs_report_say_peak(&out, &f));
}

static void dates_are_written_as_people_write_them(void **state)
{
    (void)state;
    SAYS("2 Jan 2024", fs_report_date(&out, "2024-01-02"));
    SAYS("31 Dec 1999", fs_report_date(&out, "1999-12-31"));
    SAYS("2024-13-02", fs_report_date(&out, "2024-13-02"));
    SAYS("week 7", fs_report_date(&out, "week 7"));
    SAYS("Jan 1991", fs_report_date(&out, "1991-01"));
    SAYS("1991-1", fs_report_date(&out, "1991-1"));
    SAYS("1991-01-", fs_report_date(&out, "1991-01-"));
}

static void a_shop_without_sales_is_told_so_and_what_it_has(void **state)
{
    (void)state;
    SAYS("The files hold no sales, so nothing can be forecast and no product ranked.",
         fs_report_say_no_sales(&out, NULL));
    SAYS("The files hold no sales, so nothing can be forecast and no product ranked; what they "
         "hold is: customers (3 rows).",
         fs_report_say_no_sales(&out, "customers (3 rows)"));
}

static void a_peak_that_is_none_is_not_told(void **state)
{
    (void)state;
    fs_figures_peak f = {.date = "2011-11-14", .period = "day", .times = 1.04};
    SAYS("", fs_report_say_peak(&out, &f));
    f.times = 1.0 / 0.0;
    SAYS("", fs_report_say_peak(&out, &f));
}

static void a_leader_is_named_only_when_it_is_ahead(void **state)
{
    (void)state;
    fs_figures_products f = {.money = true,
                             .products = 4894,
                             .enough = 1050,
                             .share = 0.8,
                             .first = "CAKESTAND",
                             .first_revenue = 300000,
                             .second_revenue = 250000,
                             .currency = "GBP"};
    SAYS("1,050 of 4,894 products with revenue bring 80 % of it; CAKESTAND leads with GBP 300,000.",
         fs_report_say_products(&out, &f));
    f.second_revenue = 299000;
    SAYS("1,050 of 4,894 products with revenue bring 80 % of it.",
         fs_report_say_products(&out, &f));
    f.money = false, f.second_revenue = 250000;
    SAYS("1,050 of 4,894 products bring 80 % of the pieces sold; CAKESTAND leads with 300,000.",
         fs_report_say_products(&out, &f));
    f.products = 4;
    SAYS("Of 4 products, CAKESTAND leads with 300,000.", fs_report_say_products(&out, &f));
    f.products = 1;
    SAYS("", fs_report_say_products(&out, &f));
}

static void sums_say_what_is_known_and_no_more(void **state)
{
    (void)state;
    fs_figures_total f = {.has_revenue = true,
                          .has_units = true,
                          .revenue = 18981328.3,
                          .units = 10766837,
                          .return_share = 0.0366,
                          .first = "2009-12-01",
                          .last = "2011-12-09",
                          .currency = "GBP"};
    SAYS("From 1 Dec 2009 to 9 Dec 2011, 10,766,837 pieces were sold for GBP 18,981,328, after 3.7 "
         "% of the money went back for "
         "returns and cancellations.",
         fs_report_say_total(&out, &f));
    f.currency = "";
    f.return_share = 0;
    SAYS("From 1 Dec 2009 to 9 Dec 2011, 10,766,837 pieces were sold for 18,981,328 (in a currency "
         "that the files do not name).",
         fs_report_say_total(&out, &f));
    f.currency = "GBP";
    f.has_units = false;
    SAYS("From 1 Dec 2009 to 9 Dec 2011, sales brought in GBP 18,981,328.",
         fs_report_say_total(&out, &f));
    f.has_revenue = false;
    SAYS("", fs_report_say_total(&out, &f));
}

static void rows_are_accounted_for(void **state)
{
    (void)state;
    fs_figures_rows f = {.rows = 1067370, .kept = 1044847, .merged = 22523};
    SAYS("Of 1,067,370 rows read, 1,044,847 are used and 22,523 were repetitions of others; none "
         "was refused.",
         fs_report_say_rows(&out, &f));
    f = (fs_figures_rows){
        .rows = 10, .kept = 7, .refused = 2, .merged = 1, .reason = "time is missing"};
    SAYS("Of 10 rows read, 7 are used, 1 was the repetition of another and 2 were refused, most "
         "often because: time is missing.",
         fs_report_say_rows(&out, &f));
    f = (fs_figures_rows){.rows = 10, .kept = 9, .refused = 1, .reason = "time is missing"};
    SAYS("Of 10 rows read, 9 are used and 1 was refused, most often because: time is missing.",
         fs_report_say_rows(&out, &f));
    f = (fs_figures_rows){.rows = 10, .kept = 10};
    SAYS("All 10 rows read are used; none was refused.", fs_report_say_rows(&out, &f));
    f.rows = f.kept = 1;
    SAYS("The one row read is used.", fs_report_say_rows(&out, &f));
    f = (fs_figures_rows){0};
    SAYS("No rows were read.", fs_report_say_rows(&out, &f));
}

static void without_sales_people_are_counted_as_far_as_known(void **state)
{
    (void)state;
    fs_figures_people f = {.customers = 7043, .left = 1869, .reached = -1};
    SAYS("Of 7,043 customers, 1,869 have left (27 %).", fs_report_say_left(&out, &f));
    SAYS("", fs_report_say_response(&out, &f));
    f = (fs_figures_people){
        .customers = 10, .left = -1, .reached = 200, .response = 0.126, .left_out = 100};
    SAYS("", fs_report_say_left(&out, &f));
    SAYS("Of 200 people that a promotion reached, 13 % responded; of 100 left out, 0.0 % did.",
         fs_report_say_response(&out, &f));
    f.left_out = -1;
    SAYS("", fs_report_say_response(&out, &f));
}

static void sure_trends_are_counted(void **state)
{
    (void)state;
    SAYS("", fs_report_say_trends(&out, 0, 0, true));
    SAYS("Of the products that make nine tenths of the revenue, 1 surely grows and 1,200 surely "
         "shrink.",
         fs_report_say_trends(&out, 1, 1200, true));
    SAYS("Of the products that make nine tenths of the pieces sold, 2 surely grow and 0 surely "
         "shrink.",
         fs_report_say_trends(&out, 2, 0, false));
}

static void the_store_that_sells_most_is_named_with_its_share(void **state)
{
    (void)state;
    SAYS("Of 1,115 stores, store 262 sells most: 0.3 % of the whole.",
         fs_report_say_stores(&out, 1115, "store 262", 0.003));
    SAYS("", fs_report_say_stores(&out, 1, "262", 1));
    SAYS("", fs_report_say_stores(&out, 0, NULL, 0));
}

static void sentences_survive_a_lack_of_memory(void **state)
{
    (void)state;
    fs_figures_rows f = {
        .rows = 10, .kept = 8, .refused = 1, .merged = 1, .reason = "time is missing"};
    for (int n = 0; n < 3; n++) {
        fs_buffer out = {0};
        fs_alloc_fail_after(n);
        fs_status status = fs_report_say_rows(&out, &f);
        fs_alloc_fail_after(-1);
        assert_true(status == FS_OK || status == FS_MEMORY);
        fs_buffer_free(&out);
    }
}

static const fs_figures_accuracy tried = {.level = "total",
                                          .trials = 3,
                                          .steps = 28,
                                          .compared = 84,
                                          .off = 0.12,
                                          .naive = 0.174,
                                          .saved = 0.31,
                                          .inside = 0.881,
                                          .due = 0.9,
                                          .verdict = "better",
                                          .period = "day",
                                          .season = 7};

static void how_far_off_forecasts_were_is_told_beside_the_last_season(void **state)
{
    (void)state;
    fs_figures_accuracy f = tried;
    SAYS("In 3 trials on the past, forecasts of all sales together for 28 days were off by 12 % of "
         "what was sold, day by day, 31 % less than repeating the last week would have been; 88 of "
         "100 days lay in the range that should hold 90.",
         fs_report_say_accuracy(&out, &f));
    f.trials = 1, f.due = 0, f.level = "item", f.period = "week", f.season = 52, f.steps = 13;
    SAYS("In 1 trial on the past, forecasts of single products for 13 weeks were off by 12 % of "
         "what was sold, week by week, 31 % less than repeating the last year would have been.",
         fs_report_say_accuracy(&out, &f));
}

static void a_forecast_that_is_worse_than_the_last_season_is_called_so(void **state)
{
    (void)state;
    fs_figures_accuracy f = tried;
    f.verdict = "worse", f.saved = -0.2, f.naive = 0.1, f.season = 14;
    SAYS("In 3 trials on the past, forecasts of all sales together for 28 days were off by 12 % of "
         "what was sold, day by day, 20 % more than repeating the last 14 days would have been, so "
         "that was the better forecast; 88 of 100 days lay in the range that should hold 90.",
         fs_report_say_accuracy(&out, &f));
}

static void no_win_is_claimed_that_chance_may_make(void **state)
{
    (void)state;
    fs_figures_accuracy f = tried;
    f.verdict = "unsure", f.level = "money";
    SAYS("In 3 trials on the past, forecasts of all sales together, in money, for 28 days were off "
         "by 12 % of what was sold, day by day; repeating the last week would have been off by 17 "
         "%, a difference that may be chance; 88 of 100 days lay in the range that should hold 90.",
         fs_report_say_accuracy(&out, &f));
    f.naive = 0;
    SAYS("", fs_report_say_accuracy(&out, &f));
}

static void of_a_short_past_nothing_is_claimed(void **state)
{
    (void)state;
    fs_figures_accuracy f = tried;
    f.verdict = "too short", f.compared = 6;
    SAYS("Too little is known to tell how good the forecasts are: on the past they could be tried "
         "on 6 days only.",
         fs_report_say_accuracy(&out, &f));
    f = (fs_figures_accuracy){.verdict = "too short", .period = "day"};
    SAYS("Too little is known to tell how good the forecasts are: there is no past on which they "
         "could be tried.",
         fs_report_say_accuracy(&out, &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_have_commas_and_no_minus_nought),
        cmocka_unit_test(money_has_its_currency_and_pence_only_when_small),
        cmocka_unit_test(shares_are_told_in_per_cent),
        cmocka_unit_test(a_change_is_named_by_its_size_never_by_a_minus),
        cmocka_unit_test(a_difference_inside_the_range_is_not_called_one),
        cmocka_unit_test(nothing_is_compared_with_an_unknown_past),
        cmocka_unit_test(where_nothing_can_be_compared_the_reason_is_given),
        cmocka_unit_test(a_forecast_unlike_the_history_says_since_when_the_files_tell_of_all),
        cmocka_unit_test(planners_changes_are_held_against_the_models),
        cmocka_unit_test(
            what_the_parts_would_come_to_by_themselves_is_told_where_it_is_not_the_whole),
        cmocka_unit_test(a_peak_to_come_says_how_sure_it_is_and_whether_the_forecast_holds_it),
        cmocka_unit_test(the_highest_peak_leaves_single_orders_out_aloud),
        cmocka_unit_test(a_cause_is_named_only_with_evidence),
        cmocka_unit_test(a_peak_of_a_month_names_the_month),
        cmocka_unit_test(dates_are_written_as_people_write_them),
        cmocka_unit_test(a_shop_without_sales_is_told_so_and_what_it_has),
        cmocka_unit_test(a_peak_that_is_none_is_not_told),
        cmocka_unit_test(a_leader_is_named_only_when_it_is_ahead),
        cmocka_unit_test(sums_say_what_is_known_and_no_more),
        cmocka_unit_test(rows_are_accounted_for),
        cmocka_unit_test(without_sales_people_are_counted_as_far_as_known),
        cmocka_unit_test(sure_trends_are_counted),
        cmocka_unit_test(the_store_that_sells_most_is_named_with_its_share),
        cmocka_unit_test(sentences_survive_a_lack_of_memory),
        cmocka_unit_test(how_far_off_forecasts_were_is_told_beside_the_last_season),
        cmocka_unit_test(a_forecast_that_is_worse_than_the_last_season_is_called_so),
        cmocka_unit_test(no_win_is_claimed_that_chance_may_make),
        cmocka_unit_test(of_a_short_past_nothing_is_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
