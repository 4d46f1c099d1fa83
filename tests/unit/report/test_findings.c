/* What the charts' sentences may say. */
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

static void growth_names_its_size_and_what_it_comes_from(void **state)
{
    (void)state;
    fs_figures_growth f = {.now = 90000,
                           .before = 100000,
                           .same_season = true,
                           .cause = {{"pieces", -14000},
                                     {"prices", 5000},
                                     {"mix", 100},
                                     {"new products", 0},
                                     {"lost products", -1100}},
                           .causes = 5,
                           .currency = "GBP"};
    SAYS("Revenue fell by GBP 10,000, 10 % less than the year before; most of it came from fewer "
         "pieces of the same "
         "products (GBP 14,000), while higher prices (GBP 5,000) added.",
         fs_report_say_growth(&out, &f));
    f.now = 108000, f.same_season = false;
    f.cause[0].money = 3000, f.cause[1].money = 2900, f.cause[4].money = -100,
    f.cause[3].money = 2200;
    SAYS("Revenue rose by GBP 8,000, 8.0 % more than the time before (another season, perhaps); "
         "the largest part came "
         "from more pieces of the same products (GBP 3,000).",
         fs_report_say_growth(&out, &f));
    f.now = 101000;
    SAYS("Revenue was about that of the time before (another season, perhaps).",
         fs_report_say_growth(&out, &f));
    f.before = 0;
    SAYS("", fs_report_say_growth(&out, &f));
}

static void a_period_is_told_beside_the_one_before_and_the_year_before(void **state)
{
    (void)state;
    fs_figures_period f = {
        .name = "October 2011",
        .now = 1100000,
        .days = 31,
        .money = true,
        .currency = "GBP",
        .other = {{"September 2011", 1018500, 30}, {"October 2010", 909091, 31}}};
    SAYS("October 2011 brought GBP 1,100,000, 8.0 % more than September 2011 and 21 % more than "
         "October 2010.",
         fs_report_say_period(&out, &f));
    f.other[0].value = 1060000;
    SAYS("October 2011 brought GBP 1,100,000, 3.8 % more than September 2011 (1 day shorter) and "
         "21 % more than October 2010.",
         fs_report_say_period(&out, &f));
    f.other[0].value = 1090000, f.other[1].value = 1250000;
    SAYS("October 2011 brought GBP 1,100,000, about as much as September 2011 and 12 % less than "
         "October 2010.",
         fs_report_say_period(&out, &f));
    f.other[1].value = 440000;
    SAYS("October 2011 brought GBP 1,100,000, about as much as September 2011 and 2.5 times as "
         "much as October 2010.",
         fs_report_say_period(&out, &f));
}

static void what_there_is_nothing_to_compare_with_is_not_compared(void **state)
{
    (void)state;
    fs_figures_period f = {.name = "the week from 5 Dec 2011",
                           .now = 800,
                           .days = 7,
                           .other = {{"the week from 28 Nov 2011", 1000, 7}, {NULL, 0, 0}}};
    SAYS("The week from 5 Dec 2011 brought 800 pieces, 20 % less than the week from 28 Nov 2011.",
         fs_report_say_period(&out, &f));
    f.other[0].value = -5;
    SAYS("", fs_report_say_period(&out, &f));
    f.other[0].value = 1000, f.now = 0;
    SAYS("", fs_report_say_period(&out, &f));
    f.now = 800, f.other[0].name = NULL;
    SAYS("", fs_report_say_period(&out, &f));
}

static void a_day_leads_only_when_it_is_ahead(void **state)
{
    (void)state;
    fs_figures_week f = {.first = "Saturday",
                         .first_share = 0.22,
                         .second_share = 0.18,
                         .hour = 14,
                         .hour_day = "Friday"};
    SAYS("Saturday has most: 22 % of all lines sold. The hour with most of them is Friday from 14 "
         "to 15.",
         fs_report_say_week(&out, &f));
    f.hour = -1;
    SAYS("Saturday has most: 22 % of all lines sold.", fs_report_say_week(&out, &f));
    f.second_share = 0.2199;
    SAYS("", fs_report_say_week(&out, &f));
    f.first = NULL;
    SAYS("", fs_report_say_week(&out, &f));
}

static void a_weak_season_is_called_so(void **state)
{
    (void)state;
    fs_figures_season f = {.of_week = true,
                           .highest = "Saturday",
                           .lowest = "Monday",
                           .high = 0.34,
                           .low = -0.12,
                           .strength = 0.7};
    SAYS("Saturday is highest, 34 % above the trend, Monday lowest, 12 % below it.",
         fs_report_say_season(&out, &f));
    f.strength = 0.1;
    SAYS("The weekday tells little of what is sold here.", fs_report_say_season(&out, &f));
    f.of_week = false;
    SAYS("The time of the year tells little of what is sold here.", fs_report_say_season(&out, &f));
    f.highest = NULL;
    SAYS("", fs_report_say_season(&out, &f));
}

static void the_calendar_is_told_of_as_far_as_it_is_sure(void **state)
{
    (void)state;
    fs_figures_calendar f = {
        .looked = 12, .sure = 3, .name = "Christmas Day, the day before", .effect = 1.4};
    SAYS("3 days of the calendar surely moved sales, most of all Christmas Day, the day before: "
         "140 % above the usual.",
         fs_report_say_calendar(&out, &f));
    f.shut = 2, f.name = "Black Friday", f.effect = 0.8;
    SAYS("3 days of the calendar surely moved sales; on 2 of them nothing was sold, and of the "
         "others Black Friday moved them most: 80 % above the usual.",
         fs_report_say_calendar(&out, &f));
    f.shut = 3;
    SAYS("3 days of the calendar surely moved sales; on all of them nothing was sold.",
         fs_report_say_calendar(&out, &f));
    f.shut = 0, f.sure = 1, f.effect = -0.4, f.name = "Good Friday";
    SAYS("One day of the calendar surely moved sales: Good Friday, 40 % below the usual.",
         fs_report_say_calendar(&out, &f));
    f.sure = 0;
    SAYS("No holiday and no event moved sales by more than ordinary days differ.",
         fs_report_say_calendar(&out, &f));
    f.looked = 0;
    SAYS("", fs_report_say_calendar(&out, &f));
}

static void whose_holidays_count_is_said_with_what_tells_it(void **state)
{
    (void)state;
    SAYS("The holidays are those of GB, which the settings name.",
         fs_report_say_country(&out, &(fs_figures_country){.country = "GB"}));
    SAYS("The holidays are those of DE: most stores were closed on 23 of its 24 public holidays "
         "and on 1 other "
         "day (setting country).",
         fs_report_say_country(
             &out, &(fs_figures_country){
                       .country = "DE", .holidays = 24, .closed_holidays = 23, .closed_days = 24}));
    SAYS("Whose holidays count is not known: neither the files nor the days on which the shop was "
         "closed tell the country (setting country).",
         fs_report_say_country(&out, &(fs_figures_country){0}));
}

static void money_that_is_bound_or_taken_off_is_counted(void **state)
{
    (void)state;
    fs_figures_underperformers f = {.products = 214, .tied_up = 12345, .currency = "GBP"};
    SAYS("214 products on offer earn little or nothing; their stock ties up GBP 12,345 at cost.",
         fs_report_say_underperformers(&out, &f));
    f.at_price = true, f.products = 1;
    SAYS("1 product on offer earns little or nothing; its stock ties up GBP 12,345 at the money "
         "that it would bring.",
         fs_report_say_underperformers(&out, &f));
    f.tied_up = 0;
    SAYS("1 product on offer earns little or nothing.", fs_report_say_underperformers(&out, &f));
    f.products = 0;
    SAYS("", fs_report_say_underperformers(&out, &f));
    SAYS("31 % of the revenue is sold at a discount; GBP 4,500 were taken off.",
         fs_report_say_discounts(&out, 0.31, 4500, "GBP"));
    SAYS("", fs_report_say_discounts(&out, 0, 0, "GBP"));
    SAYS("A tenth of the customers brings 41 % of the money.",
         fs_report_say_concentration(&out, "customers", 0.41));
    SAYS("", fs_report_say_concentration(&out, "customers", 0.1));
}

static void the_shift_of_most_money_is_named(void **state)
{
    (void)state;
    fs_figures_shifts f = {.shifts = 3,
                           .what = "Dairy",
                           .date = "2023-10-28",
                           .change = 0.27,
                           .money = 31348,
                           .currency = "GBP"};
    SAYS("3 lasting shifts, the one of most money on 28 Oct 2023: Dairy rose by 27 %, GBP 31,348 a "
         "year.",
         fs_report_say_shifts(&out, &f));
    f.shifts = 1, f.change = -0.25, f.money = 0, f.cause = "price";
    SAYS("1 lasting shift: on 28 Oct 2023 Dairy fell by 25 % (at the same time: price).",
         fs_report_say_shifts(&out, &f));
    f.shifts = 2, f.cause = NULL;
    SAYS("2 lasting shifts, the one of most pieces on 28 Oct 2023: Dairy fell by 25 %.",
         fs_report_say_shifts(&out, &f));
    f.shifts = 0;
    SAYS("", fs_report_say_shifts(&out, &f));
}

static void classes_are_foretold_only_where_that_was_better(void **state)
{
    (void)state;
    fs_figures_replay f = {.quarters = 6, .right_model = 0.81, .right_same = 0.77, .wins = true};
    SAYS(
        "Class by revenue: in the last 6 quarters 81 % of products were where this said they would "
        "be; 77 % stayed where they were.",
        fs_report_say_replay(&out, &f));
    f.wins = false, f.demand = true;
    SAYS(
        "Kind of demand: in the last 6 quarters \"same as now\" was as good a guess, so nothing is "
        "foretold.",
        fs_report_say_replay(&out, &f));
    f.quarters = 0;
    SAYS("", fs_report_say_replay(&out, &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_names_its_size_and_what_it_comes_from),
        cmocka_unit_test(a_period_is_told_beside_the_one_before_and_the_year_before),
        cmocka_unit_test(what_there_is_nothing_to_compare_with_is_not_compared),
        cmocka_unit_test(a_day_leads_only_when_it_is_ahead),
        cmocka_unit_test(a_weak_season_is_called_so),
        cmocka_unit_test(the_calendar_is_told_of_as_far_as_it_is_sure),
        cmocka_unit_test(the_shift_of_most_money_is_named),
        cmocka_unit_test(whose_holidays_count_is_said_with_what_tells_it),
        cmocka_unit_test(classes_are_foretold_only_where_that_was_better),
        cmocka_unit_test(money_that_is_bound_or_taken_off_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
