/* Builds the shop: what its items, stores, customers, promotions and campaigns are truly like.
 *
 * Everything is drawn from streams keyed by what it is about, so that a shop with more stores has the
 * same items. Popularity follows a Zipf law; prices are log-normal and end in 9; elasticities
 * lie around -2; a third of the items are seasonal; a tenth come late, a tenth end early.
 */
#include <math.h>
#include <string.h>

#include "simulate_internal.h"

#define ITEMS_PER_SUBCATEGORY      12
#define SUBCATEGORIES_PER_CATEGORY 4

static double between(fs_random *r, double least, double most)
{
    return least + (most - least) * fs_random_uniform(r);
}

void name_item(int32_t item, char out[16]) { snprintf(out, 16, "P%06d", item + 1); }
void name_store(int32_t store, char out[16]) { snprintf(out, 16, "S%03d", store + 1); }
void name_customer(int32_t customer, char out[16]) { snprintf(out, 16, "C%07d", customer + 1); }

static void draw_life(fs_random *r, int64_t days, shop_item *item)
{
    item->launched = 0;
    item->ended = (int32_t)days;
    double kind = fs_random_uniform(r), when = fs_random_uniform(r);
    if (kind < 0.10)
        item->launched = (int32_t)((double)days * (0.15 + 0.75 * when));
    else if (kind < 0.20)
        item->ended = (int32_t)((double)days * (0.25 + 0.70 * when));
}

static void draw_price(fs_random *r, shop_item *item)
{
    double price = exp(1.4 + 0.8 * fs_random_normal(r));
    int32_t cents = (int32_t)(price * 10) * 10 + 9;
    item->price_cents = cents < 29 ? 29 : cents;
    item->cost_cents = (int32_t)lround(item->price_cents * between(r, 0.45, 0.80));
}

static void draw_item(const shop *s, int32_t number, shop_item *item)
{
    fs_random r = fs_random_open(s->settings.seed, STREAM_ITEM, (uint64_t)number, 0);
    item->subcategory = number % s->subcategories;
    item->category = item->subcategory % s->categories;
    item->brand = (int32_t)fs_random_below(&r, 40);
    draw_life(&r, s->settings.days, item);
    draw_price(&r, item);
    double rank = 1 + (double)number;
    item->popularity = (float)(pow(rank, -0.8) * exp(0.5 * fs_random_normal(&r)));
    item->elasticity = (float)-between(&r, 0.8, 3.2);
    item->trend = (float)(0.12 * fs_random_normal(&r));
    item->season = fs_random_uniform(&r) < 0.35 ? (float)between(&r, 0.2, 0.9) : 0.0f;
    item->season_peak = (float)between(&r, 0, 365);
    item->dispersion = (float)between(&r, 1.5, 12);
    item->return_rate = (float)fs_random_beta(&r, 1.2, 40);
    item->quality = (float)between(&r, 2.6, 4.9);
    item->halo = fs_random_uniform(&r) < 0.3 && s->settings.items > 1
                     ? (int32_t)((number + 1 + fs_random_below(&r, s->settings.items - 1)) %
                                 s->settings.items)
                     : -1;
}

static void draw_store(const shop *s, int32_t number, shop_store *store)
{
    fs_random r = fs_random_open(s->settings.seed, STREAM_STORE, (uint64_t)number, 0);
    store->size = (float)exp(0.4 * fs_random_normal(&r));
    store->sundays = fs_random_uniform(&r) < 0.5;
    store->town = number % 24;
    store->latitude = between(&r, 50.5, 54.8);
    store->longitude = between(&r, -3.5, 0.6);
    bool late = number > 0 && fs_random_uniform(&r) < 0.1;
    store->opened = late ? (int32_t)between(&r, 0, (double)s->settings.days * 0.6) : 0;
}

static void draw_customer(const shop *s, int32_t number, shop_customer *c)
{
    fs_random r = fs_random_open(s->settings.seed, STREAM_CUSTOMER, (uint64_t)number, 0);
    double days = (double)s->settings.days;
    bool from_before = fs_random_uniform(&r) < 0.5;
    c->joined = from_before ? 0 : (int32_t)between(&r, 0, days * 0.95);
    c->rate = (float)(fs_random_gamma(&r, 1.3) / 22);
    if (c->rate < 0.001f) c->rate = 0.001f;
    /* of those there, a good quarter is lost within a year; the shorter a life, the sooner */
    double life = fs_random_exponential(&r) * (600 + 900 * fs_random_gamma(&r, 2) / 2);
    c->left = c->joined + 1 + (int32_t)fmin(life, 1e6);
    c->store = (int32_t)fs_random_below(&r, s->settings.stores);
    c->segment = (int16_t)fs_random_below(&r, SEGMENTS);
    c->age = (int16_t)between(&r, 18, 88);
    c->female = fs_random_uniform(&r) < 0.54;
    c->loyal = fs_random_uniform(&r) < 0.45;
    c->distance = (float)(fs_random_gamma(&r, 2) * 2.5);
}

static void draw_promotion(fs_random *r, int32_t item, int32_t start, shop_promotion *p)
{
    static const int32_t cuts[] = {10, 15, 20, 25, 30, 40};
    *p = (shop_promotion){.item = item, .start = start, .end = start + 6};
    p->percent = cuts[fs_random_below(r, 6)];
    p->feature = fs_random_uniform(r) < 0.5;
    p->display = fs_random_uniform(r) < 0.35;
    double lift = (p->feature ? 0.35 : 0) + (p->display ? 0.45 : 0);
    p->lift = (float)(lift * exp(0.3 * fs_random_normal(r)));
}

/* Four in ten items are promoted, for a week about every ten weeks. */
static fs_status build_promotions(shop *s, fs_error *error)
{
    int64_t items = s->settings.items, most = items * (s->settings.days / 40 + 1);
    s->promotion_of = fs_arena_zero(&s->arena, (size_t)(items + 1) * sizeof *s->promotion_of);
    s->promotion = fs_arena_zero(&s->arena, (size_t)most * sizeof *s->promotion);
    if (!s->promotion_of || !s->promotion) return fs_fail_memory(error, (size_t)most);
    for (int32_t i = 0; i < items; i++) {
        s->promotion_of[i] = (int32_t)s->promotions;
        fs_random r = fs_random_open(s->settings.seed, STREAM_PROMOTION, (uint64_t)i, 0);
        if (fs_random_uniform(&r) >= 0.4) continue;
        int32_t start = s->item[i].launched + (int32_t)between(&r, 10, 80);
        while (start + 7 <= s->item[i].ended) {
            draw_promotion(&r, i, start, &s->promotion[s->promotions++]);
            start += (int32_t)between(&r, 45, 100);
        }
    }
    s->promotion_of[items] = (int32_t)s->promotions;
    return FS_OK;
}

static fs_status build_campaigns(shop *s, fs_error *error)
{
    static const float uplift[CAMPAIGNS][SEGMENTS] = {
        {0.60f, 0.10f, 0.0f}, {0.35f, 0.35f, 0.0f}, {0.0f, 0.0f, 0.0f}, {0.80f, 0.20f, -0.20f}};
    size_t n = (size_t)s->settings.customers;
    for (int k = 0; k < CAMPAIGNS; k++) {
        shop_campaign *c = &s->campaign[k];
        c->start = (int32_t)(s->settings.days * (k + 1) / (CAMPAIGNS + 1));
        memcpy(c->uplift, uplift[k], sizeof c->uplift);
        c->group = fs_arena_zero(&s->arena, n);
        c->visits = fs_arena_zero(&s->arena, n * sizeof *c->visits);
        c->spend = fs_arena_zero(&s->arena, n * sizeof *c->spend);
        if (!c->group || !c->visits || !c->spend) return fs_fail_memory(error, n * 7);
        for (size_t i = 0; i < n; i++) {
            fs_random r = fs_random_open(s->settings.seed, STREAM_CAMPAIGN, (uint64_t)k, i);
            const shop_customer *who = &s->customer[i];
            if (who->joined >= c->start || who->left <= c->start) continue;
            if (fs_random_uniform(&r) < 0.5) c->group[i] = fs_random_uniform(&r) < 0.5 ? 2 : 1;
        }
    }
    return FS_OK;
}

static fs_status allocate(shop *s, fs_error *error)
{
    const fs_simulate_settings *set = &s->settings;
    size_t items = (size_t)set->items, stores = (size_t)set->stores;
    s->item = fs_arena_zero(&s->arena, items * sizeof *s->item);
    s->store = fs_arena_zero(&s->arena, stores * sizeof *s->store);
    s->customer = fs_arena_zero(&s->arena, (size_t)set->customers * sizeof *s->customer);
    s->today = fs_arena_zero(&s->arena, items * sizeof *s->today);
    s->promoted = fs_arena_zero(&s->arena, (size_t)s->subcategories * sizeof *s->promoted);
    s->taken = fs_arena_zero(&s->arena, (size_t)s->subcategories * sizeof *s->taken);
    s->fit = fs_arena_zero(&s->arena, items * stores * sizeof *s->fit);
    s->on_hand = fs_arena_zero(&s->arena, items * stores * sizeof *s->on_hand);
    bool ok = s->item && s->store && s->customer && s->today && s->promoted && s->taken && s->fit &&
              s->on_hand;
    return ok ? FS_OK : fs_fail_memory(error, items * stores * 8);
}

/* An item is sold in most stores; small stores carry fewer. */
static void build_fit(shop *s)
{
    for (int64_t i = 0; i < s->settings.items; i++)
        for (int64_t j = 0; j < s->settings.stores; j++) {
            fs_random r = fs_random_open(s->settings.seed, STREAM_FIT, (uint64_t)i, (uint64_t)j);
            bool sold = fs_random_uniform(&r) < 0.70 + 0.25 * fmin(1, s->store[j].size) || j == 0;
            s->fit[i * s->settings.stores + j] =
                sold ? (float)(s->store[j].size * exp(0.25 * fs_random_normal(&r))) : 0.0f;
        }
}

/* In turn a store that sells a quarter less (a rival has opened) and a category that sells three tenths more, each another
 * one as long as there are others, from some day in the middle of the history on: the first at about six tenths of it. */
static void build_shifts(shop *s)
{
    static const double shares[] = {0.58, 0.36, 0.70, 0.48}; /* of the days; up to 0.05 later */
    const fs_simulate_settings *set = &s->settings;
    bool large = set->days >= 730 && set->stores >= 4;
    s->shifts = (int32_t)(set->shifts >= 0 ? set->shifts : large ? FS_SIMULATE_SHIFTS : 0);
    for (int32_t k = 0; k < s->shifts; k++) {
        fs_random r = fs_random_open(set->seed, STREAM_SHIFT, (uint64_t)k, 0);
        bool of_store = k % 2 == 0;
        int32_t keys = of_store ? (int32_t)set->stores : s->categories;
        double share = shares[k % 4] + between(&r, 0, 0.05);
        int32_t key = (k / 2 + 1) % keys;
        if (of_store && s->store[key].opened > 0) key = 0; /* it has to have a level before */
        s->shift[k] = (shop_shift){.start = (int32_t)(share * (double)set->days),
                                   .of_store = of_store,
                                   .key = key,
                                   .factor = of_store ? 0.75 : 1.3};
    }
}

static fs_status check(const fs_simulate_settings *set, fs_error *error)
{
    struct {
        const char *name;
        int64_t value, most;
    } bounds[] = {{"items", set->items, 10000000},
                  {"stores", set->stores, 100000},
                  {"customers", set->customers, 100000000},
                  {"days", set->days, 20000}};
    for (int i = 0; i < 4; i++)
        if (bounds[i].value < 1 || bounds[i].value > bounds[i].most)
            return fs_fail(error, FS_USAGE, "%s must be 1 to %lld, not %lld", bounds[i].name,
                           (long long)bounds[i].most, (long long)bounds[i].value);
    /* more than that a day on one shelf is no shop, and no number of a shelf holds it */
    double most = fmin(1e10, 1e4 * (double)set->items * (double)set->stores * (double)set->days);
    if (set->lines < 0 || (double)set->lines > most)
        return fs_fail(error, FS_USAGE,
                       "lines must be 0 to %.0f for so many items, stores and days, not %lld", most,
                       (long long)set->lines);
    if (set->shifts < -1 || set->shifts > FS_SIMULATE_SHIFTS_MOST)
        return fs_fail(error, FS_USAGE, "shifts must be 0 to %d, or -1, not %lld",
                       FS_SIMULATE_SHIFTS_MOST, (long long)set->shifts);
    if (!(set->dirt >= 0 && set->dirt <= 0.2))
        return fs_fail(error, FS_USAGE, "dirt must be 0 to 0.2, not %g", set->dirt);
    return FS_OK;
}

static fs_status read_start(const char *text, int64_t length, int64_t *days, fs_error *error)
{
    int year = 0, month = 0, day = 0, used = 0;
    bool read = sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && !text[used];
    if (!read || !fs_civil_is_valid(year, month, day))
        return fs_fail(error, FS_USAGE, "start must be a date like 2023-01-02, not '%s'", text);
    *days = fs_days_from_civil(year, month, day);
    if (year < 1900 || *days + length >= fs_days_from_civil(2200, 1, 1))
        return fs_fail(error, FS_USAGE,
                       "start must be 1900 or later, and the days end before 2200; %s is not such",
                       text);
    return FS_OK;
}

fs_status shop_build(const fs_simulate_settings *settings, shop *s, fs_error *error)
{
    *s = (shop){.settings = *settings, .scale = 1};
    FS_TRY(check(settings, error));
    FS_TRY(read_start(settings->start, settings->days, &s->first_day, error));
    int64_t subcategories = (settings->items + ITEMS_PER_SUBCATEGORY - 1) / ITEMS_PER_SUBCATEGORY;
    s->subcategories = (int32_t)(subcategories < 4 ? 4 : subcategories > 400 ? 400 : subcategories);
    s->categories = s->subcategories / SUBCATEGORIES_PER_CATEGORY;
    FS_TRY(allocate(s, error));
    for (int32_t i = 0; i < settings->items; i++) draw_item(s, i, &s->item[i]);
    for (int32_t i = 0; i < settings->stores; i++) draw_store(s, i, &s->store[i]);
    for (int32_t i = 0; i < settings->customers; i++) draw_customer(s, i, &s->customer[i]);
    build_fit(s);
    build_shifts(s);
    FS_TRY(build_promotions(s, error));
    FS_TRY(build_campaigns(s, error));
    double lines = shop_expected_lines(s);
    if (settings->lines > 0 && lines > 0) s->scale = (double)settings->lines / lines;
    return FS_OK;
}

void shop_free(shop *s)
{
    fs_free(s->visit);
    fs_arena_free(&s->arena);
    *s = (shop){0};
}
