/* When customers come: each has a rate of visits while it is a customer, exponential gaps, and a day
 * on which it is lost. A campaign adds visits of those treated in the four weeks after it.
 *
 * One list of visits a day; a visit, once made, puts the next of the same customer into a later list.
 * So a day costs its visits, not its customers.
 */
#include <math.h>

#include "simulate_internal.h"

static fs_status add_visit(shop *s, int32_t customer, int32_t number, bool extra, fs_error *error)
{
    int32_t at = s->free_visit;
    if (at >= 0) {
        s->free_visit = s->visit[at].next;
    } else {
        if (s->visits == s->visit_capacity) {
            int64_t capacity = s->visit_capacity ? s->visit_capacity * 2 : 1024;
            shop_visit *grown = fs_realloc(s->visit, (size_t)capacity * sizeof *grown);
            if (!grown) return fs_fail_memory(error, (size_t)capacity * sizeof *grown);
            s->visit = grown;
            s->visit_capacity = capacity;
        }
        at = (int32_t)s->visits++;
    }
    s->visit[at] = (shop_visit){.customer = customer, .next = s->visits_on[number], .extra = extra};
    s->visits_on[number] = at;
    return FS_OK;
}

/* The next visit after `number`, if the customer is still there and the shop's days are not over. */
static fs_status plan_next(shop *s, int32_t customer, int32_t number, fs_error *error)
{
    const shop_customer *who = &s->customer[customer];
    fs_random r =
        fs_random_open(s->settings.seed, STREAM_VISIT, (uint64_t)customer, (uint64_t)number + 1);
    double gap = ceil(fs_random_exponential(&r) / who->rate);
    if (gap > 1e6) return FS_OK;
    int64_t next = number + (int64_t)(gap < 1 ? 1 : gap);
    if (next >= s->settings.days || next >= who->left) return FS_OK;
    return add_visit(s, customer, (int32_t)next, false, error);
}

static fs_status add_campaign_visits(shop *s, int k, int32_t customer, fs_error *error)
{
    const shop_campaign *c = &s->campaign[k];
    const shop_customer *who = &s->customer[customer];
    double extra = who->rate * CAMPAIGN_DAYS * c->uplift[who->segment];
    if (c->group[customer] != 2 || extra <= 0) return FS_OK;
    fs_random r =
        fs_random_open(s->settings.seed, STREAM_CAMPAIGN, (uint64_t)k + 100, (uint64_t)customer);
    for (int64_t n = fs_random_poisson(&r, extra); n > 0; n--) {
        int64_t day = c->start + 1 + fs_random_below(&r, CAMPAIGN_DAYS - 1);
        if (day < s->settings.days && day < who->left)
            FS_TRY(add_visit(s, customer, (int32_t)day, true, error));
    }
    return FS_OK;
}

fs_status shop_visits_start(shop *s, fs_error *error)
{
    size_t days = (size_t)s->settings.days;
    s->free_visit = -1;
    s->visits_on = fs_arena_alloc(&s->arena, days * sizeof *s->visits_on);
    if (!s->visits_on) return fs_fail_memory(error, days * sizeof *s->visits_on);
    for (size_t d = 0; d < days; d++) s->visits_on[d] = -1;
    for (int32_t c = 0; c < s->settings.customers; c++) {
        int32_t joined = s->customer[c].joined;
        if (joined > 0 && joined < s->settings.days)
            FS_TRY(
                add_visit(s, c, joined, false, error)); /* the first purchase makes the customer */
        else
            FS_TRY(plan_next(s, c, joined - 1, error));
        for (int k = 0; k < CAMPAIGNS; k++) FS_TRY(add_campaign_visits(s, k, c, error));
    }
    return FS_OK;
}

/* Treated customers of a segment with a negative uplift stay away now and then. */
static bool stays_away(const shop *s, int32_t customer, int32_t number)
{
    for (int k = 0; k < CAMPAIGNS; k++) {
        const shop_campaign *c = &s->campaign[k];
        float uplift = c->uplift[s->customer[customer].segment];
        if (c->group[customer] != 2 || uplift >= 0) continue;
        if (number <= c->start || number >= c->start + CAMPAIGN_DAYS) continue;
        fs_random r = fs_random_open(s->settings.seed, STREAM_CAMPAIGN, (uint64_t)number + 1000,
                                     (uint64_t)customer);
        if (fs_random_uniform(&r) < -uplift) return true;
    }
    return false;
}

fs_status shop_visits_today(shop *s, int32_t number, int32_t **customers, int64_t *count,
                            fs_error *error)
{
    int64_t n = 0;
    for (int32_t v = s->visits_on[number]; v >= 0; v = s->visit[v].next) n++;
    *count = 0;
    *customers = fs_alloc((size_t)n * sizeof **customers);
    if (!*customers) return fs_fail_memory(error, (size_t)n * sizeof **customers);
    int32_t v = s->visits_on[number];
    s->visits_on[number] = -1;
    while (v >= 0) {
        int32_t customer = s->visit[v].customer, next = s->visit[v].next;
        bool extra = s->visit[v].extra;
        s->visit[v].next = s->free_visit;
        s->free_visit = v;
        if (!stays_away(s, customer, number)) (*customers)[(*count)++] = customer;
        if (!extra) FS_TRY(plan_next(s, customer, number, error));
        v = next;
    }
    return FS_OK;
}
