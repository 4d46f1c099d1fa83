/* What the shop's customers truly want: expected units of an item in a store on a day.
 *
 *   popularity · fit(item, store) · base · price · promotion · halo · cannibal · pull · day(store)
 *
 * base      exp(trend · years) · exp(season · cos(2π (day of year - peak) / 365.25)), ramps at launch; a lasting
 *           shift of its category
 * price     (paid / list) ^ elasticity
 * promotion exp(lift) while feature or display run
 * halo      1.15 on the partner of a promoted item
 * cannibal  0.94 for each other promoted item of the subcategory, at most four
 * pull      1 - 0.25 · exp(-days/5) in the fortnight after a promotion: people stocked up
 * day       weekday, holiday and opening of the store, a lasting shift of it
 *
 * Regular prices rise once a year. The factors stay apart so that the truth about each promotion can be
 * written down: what it added, what it took from neighbours and from the weeks after.
 */
#include <math.h>

#include "simulate_internal.h"

#define HALO           1.15
#define CANNIBAL       0.94
#define CANNIBALS_MOST 4
#define PULL           0.25
#define PULL_DAYS      14
#define UNITS_PER_LINE 1.15

static int64_t easter(int32_t year)
{
    int32_t a = year % 19, b = year / 100, c = year % 100; /* Meeus/Jones/Butcher */
    int32_t h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int32_t l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int32_t m = (a + 11 * h + 22 * l) / 451;
    int32_t month = (h + l - 7 * m + 114) / 31, day = (h + l - 7 * m + 114) % 31 + 1;
    return fs_days_from_civil(year, month, day);
}

/* Log effect on demand of what is on that day; its name (or NULL), and whether shops are closed. */
double shop_event_effect(const shop *s, int32_t number, const char **event, bool *closed)
{
    int64_t day = s->first_day + number;
    fs_civil date = fs_civil_from_days(day);
    int64_t feast = easter(date.year);
    *event = NULL;
    *closed = false;
    if (date.month == 12 && date.day == 25) return *event = "Christmas", *closed = true, 0;
    if (date.month == 1 && date.day == 1) return *event = "New Year", *closed = true, 0;
    if (date.month == 12 && date.day >= 15 && date.day <= 24)
        return *event = date.day == 24 ? "Christmas Eve" : NULL, 0.08 * (date.day - 14);
    if (day == feast) return *event = "Easter Sunday", -0.7;
    if (day == feast - 2) return *event = "Good Friday", -0.2;
    if (day == feast + 1) return *event = "Easter Monday", -0.1;
    if (day >= feast - 6 && day <= feast - 1) return 0.25;
    if (date.month == 11 && fs_weekday(day) == 5 && date.day >= 23 && date.day <= 29)
        return *event = "Black Friday", 0.6;
    if (date.month == 2 && date.day == 14) return *event = "Valentine's Day", 0.2;
    return 0;
}

/* Of a store or a category, by all shifts that have begun. */
static double shift_factor(const shop *s, bool of_store, int32_t key, int32_t number)
{
    double factor = 1;
    for (int32_t k = 0; k < s->shifts; k++) {
        const shop_shift *shift = &s->shift[k];
        if (shift->of_store == of_store && shift->key == key && number >= shift->start)
            factor *= shift->factor;
    }
    return factor;
}

double shop_store_day(const shop *s, int32_t store, int32_t number)
{
    static const double weekday[] = {0.86, 0.88, 0.94, 1.00, 1.22, 1.38, 0.72};
    const char *event;
    bool closed;
    double effect = shop_event_effect(s, number, &event, &closed);
    int32_t day = fs_weekday(s->first_day + number);
    const shop_store *where = &s->store[store];
    if (closed || number < where->opened || (day == 7 && !where->sundays)) return 0;
    return weekday[day - 1] * exp(effect) * shift_factor(s, true, store, number);
}

static double base_factor(const shop_item *item, int64_t first_day, int32_t number)
{
    if (number < item->launched || number >= item->ended) return 0;
    fs_civil date = fs_civil_from_days(first_day + number);
    double of_year = (double)(first_day + number - fs_days_from_civil(date.year, 1, 1));
    double turn = 2 * M_PI * (of_year - item->season_peak) / 365.25;
    double ramp = item->launched > 0 ? 1 - exp(-(number - item->launched + 1) / 21.0) : 1;
    return ramp * exp(item->trend * number / 365.25 + item->season * cos(turn));
}

int32_t shop_list_price(const shop *s, int32_t item, int32_t number)
{
    fs_random r = fs_random_open(s->settings.seed, STREAM_PRICE, (uint64_t)item, 0);
    int32_t month = (int32_t)fs_random_below(&r, 365), cents = s->item[item].price_cents;
    for (int32_t day = month; day <= number && day >= 0; day += 365)
        cents += (int32_t)(cents * (0.01 + 0.05 * fs_random_uniform(&r)) / 10) * 10;
    return cents;
}

/* The promotion of an item that runs on a day, or the last one that ended before; -1: none. */
static int32_t find_promotion(const shop *s, int32_t item, int32_t number, bool *running)
{
    int32_t found = -1;
    for (int32_t p = s->promotion_of[item]; p < s->promotion_of[item + 1]; p++)
        if (s->promotion[p].start <= number) found = p;
    *running = found >= 0 && number <= s->promotion[found].end;
    return found;
}

static void own_factors(shop *s, int32_t i, int32_t number)
{
    item_day *day = &s->today[i];
    bool running;
    int32_t p = find_promotion(s, i, number, &running), cents = shop_list_price(s, i, number);
    *day = (item_day){.base = base_factor(&s->item[i], s->first_day, number),
                      .price = 1,
                      .promotion = 1,
                      .halo = 1,
                      .cannibal = 1,
                      .pull = 1,
                      .price_cents = cents,
                      .running = running ? p : -1,
                      .halo_of = -1,
                      .pull_of = -1};
    day->base *= shift_factor(s, false, s->item[i].category, number);
    if (running) {
        const shop_promotion *promotion = &s->promotion[p];
        day->price_cents = (int32_t)lround(cents * (100 - promotion->percent) / 100.0);
        day->price = pow((double)day->price_cents / cents, s->item[i].elasticity);
        day->promotion = exp(promotion->lift);
        if (day->base > 0) s->promoted[s->item[i].subcategory]++;
    } else if (p >= 0 && number - s->promotion[p].end <= PULL_DAYS) {
        day->pull = 1 - PULL * exp(-(number - s->promotion[p].end) / 5.0);
        day->pull_of = p;
    }
}

static void neighbours_factors(shop *s, int32_t i)
{
    item_day *day = &s->today[i];
    int32_t others = s->promoted[s->item[i].subcategory] - (day->running >= 0 && day->base > 0);
    if (others > CANNIBALS_MOST) others = CANNIBALS_MOST;
    if (others > 0 && day->running < 0) day->cannibal = pow(CANNIBAL, others);
    int32_t partner = s->item[i].halo;
    if (day->running >= 0 && partner >= 0 && s->today[partner].running < 0) {
        s->today[partner].halo = HALO;
        s->today[partner].halo_of = day->running;
    }
}

void shop_item_day(shop *s, int32_t number)
{
    for (int32_t k = 0; k < s->subcategories; k++) s->promoted[k] = 0;
    for (int32_t i = 0; i < s->settings.items; i++) own_factors(s, i, number);
    for (int32_t i = 0; i < s->settings.items; i++) neighbours_factors(s, i);
}

/* Of `expected` units, how many a factor brought (above 1) or took (below 1). */
static double brought(double expected, double factor)
{
    return factor > 0 ? expected * (1 - 1 / factor) : 0;
}

void shop_lay_effects(shop *s)
{
    for (int32_t k = 0; k < s->subcategories; k++) s->taken[k] = 0;
    for (int32_t i = 0; i < s->settings.items; i++) {
        const item_day *day = &s->today[i];
        if (day->running >= 0) {
            double lifted = brought(day->expected, day->price * day->promotion);
            s->promotion[day->running].lifted += lifted;
            s->promotion[day->running].baseline += day->expected - lifted;
        }
        if (day->halo_of >= 0) s->promotion[day->halo_of].halo += brought(day->expected, day->halo);
        if (day->pull_of >= 0)
            s->promotion[day->pull_of].pulled += brought(day->expected, day->pull);
        s->taken[s->item[i].subcategory] += brought(day->expected, day->cannibal);
    }
    for (int32_t i = 0; i < s->settings.items; i++) {
        const item_day *day = &s->today[i];
        int32_t k = s->item[i].subcategory;
        if (day->running >= 0 && day->base > 0)
            s->promotion[day->running].cannibalised += s->taken[k] / s->promoted[k];
    }
}

/* Sampled over days, stores and all items; close enough to aim at a number of lines. */
double shop_expected_lines(shop *s)
{
    int32_t days = (int32_t)s->settings.days, samples = days < 60 ? days : 60;
    double units = 0;
    for (int32_t k = 0; k < samples; k++) {
        int32_t number = (int32_t)((int64_t)k * days / samples);
        shop_item_day(s, number);
        for (int32_t j = 0; j < s->settings.stores; j++) {
            double open = shop_store_day(s, j, number);
            if (open <= 0) continue;
            for (int32_t i = 0; i < s->settings.items; i++) {
                const item_day *d = &s->today[i];
                units += open * s->item[i].popularity *
                         s->fit[(int64_t)i * s->settings.stores + j] * d->base * d->price *
                         d->promotion;
            }
        }
    }
    return units * days / samples / UNITS_PER_LINE;
}
