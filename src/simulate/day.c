/* One day of the shop: what is wanted, what is there, who buys it, what comes back.
 *
 * Per store: each item's demand is drawn (negative binomial around its expected units) and served from
 * stock; what is not there is lost and noted. What is sold becomes lines of one to three units, and the
 * lines are dealt to the day's baskets: those of known customers first, the rest of people unknown.
 * A line may come back within 30 days. In panel form there is one row per item and store instead.
 *
 * Stock is filled up once a week to what the store expects to sell, which knows of no promotion; one
 * delivery in twenty fails. So promotions and failed deliveries empty shelves, as they do.
 *
 * Extra campaign visits start a chain of their own only through plan_next, as any visit does.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simulate_internal.h"

#define RETURN_DAYS      32
#define CLOSED_DAYS      4 /* in a row, at most */
#define LINES_PER_BASKET 4
#define REVIEW_DAYS      9.0

struct returns {
    struct {
        sale *sale;
        int64_t count, capacity;
    } on[RETURN_DAYS];
};

/* Scratch of one store's day. */
typedef struct counter {
    sale *line;
    int64_t lines, capacity;
    int32_t *slot;   /* customers of the baskets, -1: not known */
    int32_t *second; /* time of each basket, ascending */
    int64_t baskets, slots;
} counter;

static fs_status push(sale **array, int64_t *count, int64_t *capacity, const sale *one,
                      fs_error *error)
{
    if (*count == *capacity) {
        int64_t more = *capacity ? *capacity * 2 : 256;
        sale *grown = fs_realloc(*array, (size_t)more * sizeof *grown);
        if (!grown) return fs_fail_memory(error, (size_t)more * sizeof *grown);
        *array = grown;
        *capacity = more;
    }
    (*array)[(*count)++] = *one;
    return FS_OK;
}

static fs_status note_shortage(shop_day *d, int32_t store, int32_t item, int64_t lost,
                               fs_error *error)
{
    if (d->shortages == d->shortage_capacity) {
        int64_t more = d->shortage_capacity ? d->shortage_capacity * 2 : 256;
        shortage *grown = fs_realloc(d->shortage, (size_t)more * sizeof *grown);
        if (!grown) return fs_fail_memory(error, (size_t)more * sizeof *grown);
        d->shortage = grown;
        d->shortage_capacity = more;
    }
    d->shortage[d->shortages++] = (shortage){.store = store, .item = item, .lost = (int32_t)lost};
    return FS_OK;
}

fs_status day_open(shop_day *d, fs_error *error)
{
    *d = (shop_day){0};
    d->returns = fs_alloc_zero(1, sizeof *d->returns);
    if (!d->returns) return fs_fail_memory(error, sizeof *d->returns);
    return FS_OK;
}

void day_close(shop_day *d)
{
    for (int k = 0; d->returns && k < RETURN_DAYS; k++) fs_free(d->returns->on[k].sale);
    fs_free(d->returns);
    fs_free(d->sale);
    fs_free(d->shortage);
    *d = (shop_day){0};
}

/* Fills a shelf up, on a weekday of its own, to nine days of what it expects. */
static void replenish(shop *s, int64_t shelf, int32_t item, int32_t number)
{
    bool delivery = fs_weekday(s->first_day + number) == shelf % 6 + 1; /* never on Sundays */
    if (!delivery && number > 0) return; /* the first day finds full shelves */
    fs_random r = fs_random_open(s->settings.seed, STREAM_STOCK, (uint64_t)shelf, (uint64_t)number);
    if (number > 0 && fs_random_uniform(&r) < 0.05) return;
    double mean = s->scale * s->item[item].popularity * s->fit[shelf] * s->today[item].base;
    int32_t level = (int32_t)ceil(9 * mean + 2.0 * sqrt(9 * mean + 0.5)) + 1;
    if (s->on_hand[shelf] < level) s->on_hand[shelf] = level;
}

/* Units sold of an item in a store today; shortages noted. */
static fs_status serve(shop *s, shop_day *d, int32_t store, int32_t item, double open,
                       int64_t *sold, fs_error *error)
{
    int64_t shelf = (int64_t)item * s->settings.stores + store;
    item_day *now = &s->today[item];
    *sold = 0;
    if (s->fit[shelf] <= 0 || now->base <= 0) return FS_OK;
    replenish(s, shelf, item, d->number);
    double mean = s->scale * open * s->item[item].popularity * s->fit[shelf] * now->base *
                  now->price * now->promotion * now->halo * now->cannibal * now->pull;
    now->expected += mean;
    fs_random r =
        fs_random_open(s->settings.seed, STREAM_DEMAND, (uint64_t)shelf, (uint64_t)d->number);
    int64_t wanted = fs_random_negative_binomial(&r, mean, s->item[item].dispersion);
    *sold = wanted < s->on_hand[shelf] ? wanted : s->on_hand[shelf];
    s->on_hand[shelf] -= (int32_t)*sold;
    return wanted > *sold ? note_shortage(d, store, item, wanted - *sold, error) : FS_OK;
}

static sale line_of(const shop *s, int32_t store, int32_t item, int64_t units)
{
    const item_day *now = &s->today[item];
    int32_t paid = now->price_cents;
    int32_t list = now->running < 0
                       ? paid
                       : (int32_t)lround(paid * 100.0 / (100 - s->promotion[now->running].percent));
    return (sale){.store = store,
                  .item = item,
                  .customer = -1,
                  .units = (int32_t)units,
                  .price_cents = paid,
                  .list_cents = list,
                  .promoted = now->running >= 0};
}

/* Splits what was sold into lines of one to three units. */
static fs_status ring_up(const shop *s, shop_day *d, counter *c, int32_t store, int32_t item,
                         int64_t units, fs_error *error)
{
    fs_random r = fs_random_open(s->settings.seed, STREAM_LINE,
                                 (uint64_t)item * (uint64_t)s->settings.stores + (uint64_t)store,
                                 (uint64_t)d->number);
    while (units > 0) {
        double u = fs_random_uniform(&r);
        int64_t take = u < 0.74 ? 1 : u < 0.92 ? 2 : 3;
        if (take > units) take = units;
        sale line = line_of(s, store, item, take);
        FS_TRY(push(&c->line, &c->lines, &c->capacity, &line, error));
        units -= take;
    }
    return FS_OK;
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int by_basket(const void *a, const void *b)
{
    const sale *x = a, *y = b;
    if (x->basket != y->basket) return x->basket < y->basket ? -1 : 1;
    if (x->item != y->item) return x->item < y->item ? -1 : 1;
    return (x->units > y->units) - (x->units < y->units);
}

static fs_status seat_baskets(counter *c, const int32_t *known, int64_t count, fs_random *r,
                              fs_error *error)
{
    int64_t wanted = (c->lines + LINES_PER_BASKET - 1) / LINES_PER_BASKET;
    c->baskets = count > wanted ? count : wanted;
    if (c->baskets > c->slots) {
        int32_t *slot = fs_realloc(c->slot, (size_t)c->baskets * sizeof *slot);
        if (slot) c->slot = slot;
        int32_t *second = fs_realloc(c->second, (size_t)c->baskets * sizeof *second);
        if (second) c->second = second;
        if (!slot || !second) return fs_fail_memory(error, (size_t)c->baskets * 8);
        c->slots = c->baskets;
    }
    for (int64_t b = 0; b < c->baskets; b++) {
        c->slot[b] = b < count ? known[b] : -1;
        double hour = 13.5 + 3.2 * fs_random_normal(r);
        hour = hour < 8 ? 8 + fs_random_uniform(r) : hour > 20 ? 19 + fs_random_uniform(r) : hour;
        c->second[b] = (int32_t)(hour * 3600);
    }
    qsort(c->second, (size_t)c->baskets, sizeof *c->second, by_number);
    return FS_OK;
}

/* Deals the lines to the baskets; each known customer gets one first, as far as they go. Baskets are
 * numbered in the order of their time. */
static void deal(const shop *s, shop_day *d, counter *c, fs_random *r)
{
    int64_t first = d->baskets + 1;
    for (int64_t b = c->baskets - 1; b > 0; b--) {
        int64_t other = fs_random_below(r, b + 1);
        int32_t held = c->slot[b];
        c->slot[b] = c->slot[other];
        c->slot[other] = held;
    }
    for (int64_t k = c->lines - 1; k > 0; k--) {
        int64_t other = fs_random_below(r, k + 1);
        sale held = c->line[k];
        c->line[k] = c->line[other];
        c->line[other] = held;
    }
    int64_t next = 0;
    for (int64_t b = 0; b < c->baskets && next < c->lines; b++)
        if (c->slot[b] >= 0) c->line[next++].basket = first + b;
    for (; next < c->lines; next++) c->line[next].basket = first + fs_random_below(r, c->baskets);
    qsort(c->line, (size_t)c->lines, sizeof *c->line, by_basket);
    for (int64_t k = 0; k < c->lines; k++) {
        sale *line = &c->line[k];
        int64_t b = line->basket - first;
        fs_random pays = fs_random_open(s->settings.seed, STREAM_BASKET, (uint64_t)line->basket, 0);
        line->customer = c->slot[b];
        line->second = c->second[b];
        line->payment = (int8_t)fs_random_below(&pays, 4);
        line->line = k > 0 && c->line[k - 1].basket == line->basket ? c->line[k - 1].line + 1 : 1;
    }
    d->baskets += c->baskets;
}

static void note_campaigns(shop *s, int32_t number, const sale *line)
{
    if (line->customer < 0) return;
    for (int k = 0; k < CAMPAIGNS; k++) {
        shop_campaign *c = &s->campaign[k];
        if (!c->group[line->customer]) continue;
        if (number <= c->start || number >= c->start + CAMPAIGN_DAYS) continue;
        c->visits[line->customer] += line->line == 1 && c->visits[line->customer] < UINT16_MAX;
        c->spend[line->customer] += (float)line->units * (float)line->price_cents / 100;
    }
}

static fs_status plan_return(const shop *s, shop_day *d, const sale *line, fs_error *error)
{
    fs_random r = fs_random_open(s->settings.seed, STREAM_LINE, (uint64_t)line->basket,
                                 (uint64_t)line->line + 1);
    if (fs_random_uniform(&r) >= s->item[line->item].return_rate) return FS_OK;
    int64_t after = 1 + fs_random_below(&r, RETURN_DAYS - 1 - CLOSED_DAYS);
    for (int k = 0; k < CLOSED_DAYS; k++) /* brought back when the store is open */
        after += shop_store_day(s, line->store, d->number + (int32_t)after) <= 0;
    sale back = *line;
    back.units = -(int32_t)(1 + fs_random_below(&r, line->units));
    int slot = (int)((d->number + after) % RETURN_DAYS);
    return push(&d->returns->on[slot].sale, &d->returns->on[slot].count,
                &d->returns->on[slot].capacity, &back, error);
}

static fs_status close_counter(shop *s, shop_day *d, counter *c, int32_t store,
                               const int32_t *known, int64_t count, fs_error *error)
{
    if (c->lines == 0) return FS_OK;
    fs_random r = fs_random_open(s->settings.seed, STREAM_BASKET, (uint64_t)store + 1,
                                 (uint64_t)d->number + 1);
    FS_TRY(seat_baskets(c, known, count, &r, error));
    deal(s, d, c, &r);
    for (int64_t k = 0; k < c->lines; k++) {
        note_campaigns(s, d->number, &c->line[k]);
        FS_TRY(plan_return(s, d, &c->line[k], error));
        FS_TRY(push(&d->sale, &d->sales, &d->capacity, &c->line[k], error));
    }
    c->lines = 0;
    return FS_OK;
}

static fs_status bring_back(shop_day *d, fs_error *error)
{
    int slot = d->number % RETURN_DAYS;
    for (int64_t k = 0; k < d->returns->on[slot].count; k++) {
        sale back = d->returns->on[slot].sale[k];
        back.basket = ++d->baskets;
        back.line = 1;
        FS_TRY(push(&d->sale, &d->sales, &d->capacity, &back, error));
    }
    d->returns->on[slot].count = 0;
    return FS_OK;
}

static fs_status store_day(shop *s, shop_day *d, counter *c, int32_t store, double open,
                           fs_error *error)
{
    for (int32_t i = 0; i < s->settings.items; i++) {
        int64_t sold;
        FS_TRY(serve(s, d, store, i, open, &sold, error));
        bool offered = s->fit[(int64_t)i * s->settings.stores + store] > 0 && s->today[i].base > 0;
        if (s->settings.panel && offered) {
            sale row = line_of(s, store, i, sold);
            FS_TRY(push(&d->sale, &d->sales, &d->capacity, &row, error));
        } else if (!s->settings.panel && sold > 0) {
            FS_TRY(ring_up(s, d, c, store, i, sold, error));
        }
    }
    return FS_OK;
}

/* Sorts today's visitors by the store they come to; start has stores + 1 places. */
static void by_store(const shop *s, int32_t *customers, int64_t count, int64_t *start,
                     int32_t *sorted)
{
    memset(start, 0, (size_t)(s->settings.stores + 1) * sizeof *start);
    for (int64_t k = 0; k < count; k++) start[s->customer[customers[k]].store + 1]++;
    for (int64_t j = 0; j < s->settings.stores; j++) start[j + 1] += start[j];
    for (int64_t k = count - 1; k >= 0; k--)
        sorted[start[s->customer[customers[k]].store]++] = customers[k];
    for (int64_t j = s->settings.stores; j > 0; j--) start[j] = start[j - 1];
    start[0] = 0;
}

static fs_status all_stores(shop *s, shop_day *d, counter *c, const int64_t *start,
                            const int32_t *known, fs_error *error)
{
    for (int32_t j = 0; j < s->settings.stores; j++) {
        double open = shop_store_day(s, j, d->number);
        if (open <= 0) continue;
        FS_TRY(store_day(s, d, c, j, open, error));
        if (!s->settings.panel)
            FS_TRY(close_counter(s, d, c, j, known + start[j], start[j + 1] - start[j], error));
    }
    return s->settings.panel ? FS_OK : bring_back(d, error);
}

fs_status day_simulate(shop *s, int32_t number, shop_day *d, fs_error *error)
{
    d->number = number;
    d->sales = d->shortages = 0;
    shop_item_day(s, number);
    int32_t *customers = NULL;
    int64_t count = 0;
    fs_status status = shop_visits_today(s, number, &customers, &count, error);
    int64_t *start = fs_alloc((size_t)(s->settings.stores + 1) * sizeof *start);
    int32_t *sorted = fs_alloc((size_t)count * sizeof *sorted);
    counter c = {0};
    if (status == FS_OK && (!start || !sorted)) status = fs_fail_memory(error, (size_t)count * 4);
    if (status == FS_OK) {
        by_store(s, customers, count, start, sorted);
        status = all_stores(s, d, &c, start, sorted, error);
    }
    if (status == FS_OK) shop_lay_effects(s);
    fs_free(c.line);
    fs_free(c.slot);
    fs_free(c.second);
    fs_free(start);
    fs_free(sorted);
    fs_free(customers);
    return status;
}
