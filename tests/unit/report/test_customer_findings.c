/* What the pages of customers may say. */
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

static void a_segment_leads_only_when_it_is_ahead(void **state)
{
    (void)state;
    fs_figures_segments f = {.first = "Champions",
                             .money = true,
                             .share = 0.69,
                             .second_share = 0.1,
                             .members = 250,
                             .customers = 1000};
    SAYS("\"Champions\" bring most: 69 % of the money, from 25 % of the 1,000 customers.",
         fs_report_say_segments(&out, &f));
    f.money = false;
    SAYS("\"Champions\" bring most: 69 % of the orders, from 25 % of the 1,000 customers.",
         fs_report_say_segments(&out, &f));
    f.second_share = 0.685;
    SAYS("", fs_report_say_segments(&out, &f));
    f.first = NULL;
    SAYS("", fs_report_say_segments(&out, &f));
}

static void moves_name_the_way_that_most_went(void **state)
{
    (void)state;
    fs_figures_moves f = {.customers = 4000,
                          .moved = 1000,
                          .from = "Loyal",
                          .to = "At risk",
                          .most = 400,
                          .second = 300};
    SAYS("Of 4,000 customers who were there already, 25 % are in another segment now; most often "
         "they "
         "went from \"Loyal\" to \"At risk\" (400).",
         fs_report_say_moves(&out, &f));
    f.before = "2010-12-10";
    f.second = 395;
    SAYS("Of 4,000 customers who were there on 10 Dec 2010, 25 % are in another segment now.",
         fs_report_say_moves(&out, &f));
    f.customers = 0;
    SAYS("", fs_report_say_moves(&out, &f));
}

static void cohorts_tell_who_came_back_and_when(void **state)
{
    (void)state;
    fs_figures_cohorts f = {
        .customers = 4682, .known = 3, .age = {1, 6, 12}, .share = {0.21, 0.19, 0.18}};
    SAYS("Of 4,682 new customers 21 % bought again in the next month, 19 % in the 6th after and 18 "
         "% in the 12th after.",
         fs_report_say_cohorts(&out, &f));
    f.quarters = true, f.known = 2, f.age[1] = 4;
    SAYS("Of 4,682 new customers 21 % bought again in the next quarter and 19 % in the 4th after.",
         fs_report_say_cohorts(&out, &f));
    f.known = 1, f.customers = 1;
    SAYS("Of 1 new customer 21 % bought again in the next quarter.",
         fs_report_say_cohorts(&out, &f));
    f.known = 0;
    SAYS("", fs_report_say_cohorts(&out, &f));
}

static void worth_is_told_with_its_interval(void **state)
{
    (void)state;
    fs_figures_worth f = {.customers = 5853,
                          .money = true,
                          .expected = 5860582,
                          .low = 5604783,
                          .high = 6192915,
                          .first = 585,
                          .first_share = 0.65,
                          .currency = "GBP"};
    SAYS("In the next 52 weeks 5,853 customers known today should bring GBP 5,860,582 (GBP "
         "5,604,783 to GBP 6,192,915, if the model holds); 65 % of that comes from 585 of them.",
         fs_report_say_worth(&out, &f));
    f.high = f.low, f.first = 0;
    SAYS("In the next 52 weeks 5,853 customers known today should bring GBP 5,860,582.",
         fs_report_say_worth(&out, &f));
    f.money = false, f.expected = 1234.4;
    SAYS("In the next 52 weeks 5,853 customers known today should buy on 1,234 days.",
         fs_report_say_worth(&out, &f));
    f.expected = 0;
    SAYS("", fs_report_say_worth(&out, &f));
}

static void expectations_stand_beside_what_came(void **state)
{
    (void)state;
    fs_figures_purchases f = {
        .dates = 3, .least = 0.97, .most = 1.05, .own_least = 0.77, .own_most = 0.85};
    SAYS("Tried on the past, from 3 dates: the purchases that came were 97 % to 105 % of those "
         "expected, and 77 % to 85 % of what it would be if everybody went on as before.",
         fs_report_say_purchases(&out, &f));
    f.dates = 1, f.most = f.least, f.own_most = 0;
    SAYS("Tried on the past, from 1 date: the purchases that came were 97 % of those expected.",
         fs_report_say_purchases(&out, &f));
    f.dates = 0;
    SAYS("", fs_report_say_purchases(&out, &f));
}

static fs_figures_leaving figures_of_leaving(void)
{
    return (fs_figures_leaving){.horizon = 90,
                                .customers = 3536,
                                .contact = 310,
                                .leavers = 966.7,
                                .whole = 1501083,
                                .lost = 436683,
                                .low = 367790,
                                .high = 505577,
                                .profit = 36895,
                                .sure = true,
                                .dated = true,
                                .currency = "GBP"};
}

static void who_leaves_is_told_with_what_contacting_brings(void **state)
{
    (void)state;
    fs_figures_leaving f = figures_of_leaving();
    SAYS("Of 3,536 customers, 967 are expected to leave in the next 90 days; it should pay to "
         "contact 310, which together is expected to bring GBP 36,895.",
         fs_report_say_leaving(&out, &f));
    f.contact = 1200;
    SAYS("Of 3,536 customers, 967 are expected to leave in the next 90 days; it should pay to "
         "contact 1,200, some of whom would stay anyway, which together is expected to bring GBP "
         "36,895.",
         fs_report_say_leaving(&out, &f));
    f.profit = -5;
    SAYS("Of 3,536 customers, 967 are expected to leave in the next 90 days.",
         fs_report_say_leaving(&out, &f));
    f.dated = false, f.leavers = 1.4;
    SAYS("Of 3,536 customers, 1 is expected to leave.", fs_report_say_leaving(&out, &f));
    f.leavers = 0.4;
    SAYS("", fs_report_say_leaving(&out, &f));
}

static void a_list_that_the_past_does_not_bear_out_is_no_headline(void **state)
{
    (void)state;
    fs_figures_leaving f = figures_of_leaving();
    f.sure = false;
    SAYS("", fs_report_say_leaving(&out, &f));
}

static void the_money_lost_is_told_with_its_interval(void **state)
{
    (void)state;
    fs_figures_leaving f = figures_of_leaving();
    SAYS("In the next 90 days, GBP 436,683 (GBP 367,790 to GBP 505,577, if the probabilities hold) "
         "is expected to go with customers who leave, of GBP 1,501,083 that 3,536 customers would "
         "bring if all stayed.",
         fs_report_say_loss(&out, &f));
    f.dated = false;
    SAYS("GBP 436,683 (GBP 367,790 to GBP 505,577, if the probabilities hold) is expected to go "
         "with those who leave, of GBP 1,501,083 that 3,536 customers would bring in 90 days if "
         "all stayed.",
         fs_report_say_loss(&out, &f));
    f.lost = 0;
    SAYS("", fs_report_say_loss(&out, &f));
}

static void a_list_is_praised_only_beyond_chance(void **state)
{
    (void)state;
    assert_true(fs_report_sure_gain(60, 100, 0.5));
    assert_false(fs_report_sure_gain(59, 100, 0.5));
    assert_false(fs_report_sure_gain(0, 0, 0.5));
    assert_false(fs_report_sure_gain(100, 100, 1));
    fs_figures_gains f = {.tried = true,
                          .dates = 3,
                          .first_left = 0.84,
                          .left = 0.5,
                          .sure = true,
                          .money = true,
                          .best = 2,
                          .profit = 6128,
                          .currency = "GBP"};
    SAYS("Tried on the past, from 3 dates: of the tenth that the list puts first 84 % left, of all "
         "50 %; contacting the first 20 % would have brought most, GBP 6,128.",
         fs_report_say_gains(&out, &f));
    f.best = 10;
    SAYS("Tried on the past, from 3 dates: of the tenth that the list puts first 84 % left, of all "
         "50 %; contacting everybody would have brought most, GBP 6,128.",
         fs_report_say_gains(&out, &f));
    f.best = 0;
    SAYS("Tried on the past, from 3 dates: of the tenth that the list puts first 84 % left, of all "
         "50 %, and contacting nobody would have been best.",
         fs_report_say_gains(&out, &f));
    f.money = false;
    SAYS("Tried on the past, from 3 dates: of the tenth that the list puts first 84 % left, of all "
         "50 %.",
         fs_report_say_gains(&out, &f));
    f.sure = false, f.dates = 1;
    SAYS("Tried on the past, from 1 date: those whom the list puts first did not surely leave more "
         "often than others, so it is not to be acted on.",
         fs_report_say_gains(&out, &f));
    f.dates = 0, f.sure = true;
    SAYS("Tried on customers whom the model had not seen: of the tenth that the list puts first 84 "
         "% left, of all 50 %.",
         fs_report_say_gains(&out, &f));
    f.tried = false;
    SAYS("", fs_report_say_gains(&out, &f));
    SAYS("Of all customers tried, 51 % were foretold to leave and 50 % did.",
         fs_report_say_calibration(&out, 0.51, 0.5));
    SAYS("", fs_report_say_calibration(&out, 0, 0.5));
}

static void a_list_of_offers_stands_beside_the_best_sellers(void **state)
{
    (void)state;
    fs_figures_offers f = {.customers = 1828, .hit = 0.2965, .best_hit = 0.1685};
    SAYS("Tried on the past: of 1,828 customers who took up something new in the last 60 days, 30 "
         "% bought one of the five told; of the five best sellers 17 %.",
         fs_report_say_offers(&out, &f));
    f.customers = 754, f.hit = 0.646, f.best_hit = 0.639;
    SAYS("Tried on the past: of 754 customers who took up something new in the last 60 days, 65 % "
         "bought one of the five told; of the five best sellers 64 %, so the list is not surely "
         "the better offer.",
         fs_report_say_offers(&out, &f));
    f.customers = 0;
    SAYS("", fs_report_say_offers(&out, &f));
    SAYS("Of 3,169 customers who bought on three days or more, 30 % have been away longer than "
         "after three of four of their purchases; who is late by far has rather left.",
         fs_report_say_overdue(&out, 964, 3169));
    SAYS("", fs_report_say_overdue(&out, 0, 3169));
}

static void campaigns_that_were_no_experiment_are_warned_of(void **state)
{
    (void)state;
    SAYS("2 of 5 campaigns chose whom they reached, not by lot: what seems the effect is in "
         "part the difference between customers.",
         fs_report_say_campaigns(&out, 2, 5));
    SAYS("The campaign chose whom it reached, not by lot: what seems the effect is in part "
         "the difference between customers.",
         fs_report_say_campaigns(&out, 1, 1));
    SAYS("", fs_report_say_campaigns(&out, 0, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_leads_only_when_it_is_ahead),
        cmocka_unit_test(moves_name_the_way_that_most_went),
        cmocka_unit_test(cohorts_tell_who_came_back_and_when),
        cmocka_unit_test(worth_is_told_with_its_interval),
        cmocka_unit_test(expectations_stand_beside_what_came),
        cmocka_unit_test(who_leaves_is_told_with_what_contacting_brings),
        cmocka_unit_test(a_list_that_the_past_does_not_bear_out_is_no_headline),
        cmocka_unit_test(the_money_lost_is_told_with_its_interval),
        cmocka_unit_test(a_list_is_praised_only_beyond_chance),
        cmocka_unit_test(a_list_of_offers_stands_beside_the_best_sellers),
        cmocka_unit_test(campaigns_that_were_no_experiment_are_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
