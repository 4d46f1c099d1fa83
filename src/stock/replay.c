/* A policy against what happened: stock, sales and costs period by period.
 *
 * In each period what was ordered `lead` + 1 periods before arrives, then comes the demand, then what is too old goes, then costs are counted,
 * then, every `review` periods, the order is placed by what was known at that moment. The oldest units are sold first. A period whose
 * demand is not known (closed, out of stock in the past that is replayed) bears no cost, sells nothing and lets nothing get older.
 *
 * The order list orders as fs_order_make does, by the forecast of its own period, what is on hand and what is under way.
 *
 * The moving average takes the season out as the mean of each place of it over the mean of all, both of what is known up to then.
 */
#include <math.h>
#include <string.h>

#include "foresell/stock.h"

static bool known(double x) { return isfinite(x); }

static double at(const double *values, int64_t t, double missing)
{
    return values && known(values[t]) ? values[t] : missing;
}

void fs_replay_free(fs_replay *r)
{
    fs_free(r->coming);
    fs_free(r->batch);
    fs_free(r->sum);
    fs_free(r->known);
    fs_order_close(&r->plan);
    *r = (fs_replay){0};
}

static fs_status grow(double **array, int64_t count)
{
    double *more = fs_realloc(*array, (size_t)count * sizeof *more);
    if (!more) return FS_MEMORY;
    *array = more;
    return FS_OK;
}

/* Periods after the last one that orders by the list look at. */
static int64_t list_lead(const fs_replay_case *c)
{
    if (c->policy != FS_REPLAY_ORDER) return 0;
    return c->lead + 1 + (c->life > c->review ? c->life : c->review);
}

static fs_status reserve(fs_replay *r, const fs_replay_case *c)
{
    int64_t periods = c->count + 1 + list_lead(c), places = c->season + 1;
    if (c->policy == FS_REPLAY_ORDER) FS_TRY(fs_order_open(&r->plan));
    if (periods > r->periods) {
        r->periods = 0;
        FS_TRY(grow(&r->coming, periods));
        FS_TRY(grow(&r->batch, periods));
        r->periods = periods;
    }
    if (places > r->places) {
        r->places = 0;
        FS_TRY(grow(&r->sum, places));
        FS_TRY(grow(&r->known, places));
        r->places = places;
    }
    return FS_OK;
}

/* ---- the moving average ---- */

/* Places 0 … season - 1, and behind them all together. */
static void see(fs_replay *r, const fs_replay_case *c, int64_t t)
{
    if (!known(c->demand[t])) return;
    if (c->season > 0) {
        r->sum[t % c->season] += c->demand[t];
        r->known[t % c->season]++;
    }
    r->sum[c->season] += c->demand[t];
    r->known[c->season]++;
}

static double factor(const fs_replay *r, const fs_replay_case *c, int64_t t)
{
    if (c->season == 0 || !(r->sum[c->season] > 0)) return 1;
    int64_t place = t % c->season;
    if (!(r->sum[place] > 0)) return 1;
    return r->sum[place] / r->known[place] / (r->sum[c->season] / r->known[c->season]);
}

static double average_level(const fs_replay *r, const fs_replay_case *c, int64_t t)
{
    double sum = 0, count = 0, level = 0;
    for (int64_t i = t; i >= 0 && i > t - c->window; i--) {
        if (!known(c->demand[i])) continue;
        sum += c->demand[i] / factor(r, c, i);
        count++;
    }
    if (count == 0) return NAN;
    for (int64_t i = 1; i <= c->cover; i++) level += factor(r, c, t + i);
    return level * sum / count;
}

/* ---- orders ---- */

static double level_at(const fs_replay *r, const fs_replay_case *c, int64_t t)
{
    if (c->policy == FS_REPLAY_MOVING_AVERAGE || c->policy == FS_REPLAY_ORDER)
        return average_level(r, c, t);
    return at(c->level, t, NAN);
}

static double in_packs(const fs_replay_case *c, double units)
{
    if (!(units > 0)) return 0;
    return c->pack * ceil(fmax(units, c->least) / c->pack - 1e-9);
}

/* A life that ends after the forecast does not count, as in the order list of today. */
static int life_of(const fs_replay_case *c)
{
    int64_t most = c->ahead.periods - c->lead;
    return c->life <= (most > c->review ? most : c->review) ? (int)c->life : 0;
}

static double by_list(fs_replay *r, const fs_replay_case *c, int64_t t, double on_hand)
{
    fs_ahead ahead = c->ahead;
    ahead.mean += t * ahead.periods;
    ahead.quantile += t * ahead.periods * ahead.probabilities;
    if (!known(ahead.mean[0])) return 0;
    fs_order_case now = {.on_hand = on_hand,
                         .arriving = r->coming + t + 1,
                         .lead = (int)c->lead,
                         .review = (int)c->review,
                         .holding = c->holding,
                         .shortage = c->shortage,
                         .order_cost = c->order_cost,
                         .expiry = c->expiry > 0 ? c->expiry : c->shortage,
                         .life = life_of(c),
                         .pack = c->pack,
                         .least = c->most > 0 && c->least > c->most ? 0 : c->least,
                         .most = c->most,
                         .later = c->later};
    fs_order_make(&r->plan, &ahead, &now);
    return r->plan.packs * c->pack;
}

/* Position: on hand and under way, less what is owed. */
static double order_at(const fs_replay *r, const fs_replay_case *c, int64_t t, double position)
{
    if (c->policy == FS_REPLAY_QUANTITY) return in_packs(c, at(c->quantity, t, 0));
    double level = level_at(r, c, t);
    if (!known(level) || position > at(c->reorder, t, INFINITY)) return 0;
    return in_packs(c, level - position);
}

/* ---- stock ---- */

typedef struct stock {
    double on_hand, owed, under_way;
    int64_t oldest; /* the period in which the oldest units that are left came */
} stock;

static void arrive(fs_replay *r, const fs_replay_case *c, stock *s, int64_t t,
                   fs_replay_period *out)
{
    out->arrived = r->coming[t];
    s->under_way -= out->arrived;
    s->on_hand += out->arrived;
    if (c->life > 0) r->batch[t] += out->arrived;
    out->on_hand = s->on_hand;
}

static void take(fs_replay *r, const fs_replay_case *c, stock *s, int64_t t, double units)
{
    s->on_hand -= units;
    if (c->life == 0) return;
    for (; units > 0 && s->oldest <= t; s->oldest++) {
        double part = fmin(units, r->batch[s->oldest]);
        r->batch[s->oldest] -= part;
        units -= part;
        if (r->batch[s->oldest] > 0) return;
    }
}

static void sell(fs_replay *r, const fs_replay_case *c, stock *s, int64_t t, fs_replay_period *out)
{
    double asked = c->demand[t] + s->owed;
    out->sold = fmin(asked, s->on_hand);
    out->missed = asked - out->sold;
    take(r, c, s, t, out->sold);
    s->owed = c->later ? out->missed : 0;
}

static void expire(fs_replay *r, const fs_replay_case *c, stock *s, int64_t t,
                   fs_replay_period *out)
{
    int64_t end = t - c->life + 1;
    if (c->life == 0) return;
    for (; s->oldest <= end; s->oldest++) {
        out->waste += r->batch[s->oldest];
        r->batch[s->oldest] = 0;
    }
    s->on_hand = fmax(s->on_hand - out->waste, 0);
}

static void count_costs(const fs_replay_case *c, fs_replay_period *out)
{
    out->holding = c->holding * out->left;
    out->shortage = c->shortage * out->missed;
    out->expiry = c->expiry * out->waste;
}

static void one_period(fs_replay *r, const fs_replay_case *c, stock *s, int64_t t,
                       fs_replay_period *out)
{
    *out = (fs_replay_period){0};
    arrive(r, c, s, t, out);
    if (known(c->demand[t])) {
        sell(r, c, s, t, out);
        expire(r, c, s, t, out);
        out->left = s->on_hand;
        count_costs(c, out);
    } else {
        out->sold = out->missed = NAN;
        out->left = s->on_hand;
        if (c->life > 0 && s->oldest <= t) { /* a day on which nothing gets older */
            for (int64_t i = t; i >= s->oldest; i--) r->batch[i + 1] = r->batch[i];
            r->batch[s->oldest++] = 0;
        }
    }
    see(r, c, t);
    if ((t - c->past) % c->review != 0) return;
    out->ordered = c->policy == FS_REPLAY_ORDER
                       ? by_list(r, c, t, s->on_hand - s->owed)
                       : order_at(r, c, t, s->on_hand + s->under_way - s->owed);
    out->ordering = out->ordered > 0 ? c->order_cost : 0;
    s->under_way += out->ordered;
    if (t + c->lead + 1 < c->count + list_lead(c)) r->coming[t + c->lead + 1] += out->ordered;
}

static stock begin(fs_replay *r, const fs_replay_case *c)
{
    stock s = {.oldest = c->past};
    size_t places = (size_t)c->season + 1, periods = (size_t)(c->count + 1 + list_lead(c));
    memset(r->sum, 0, places * sizeof *r->sum);
    memset(r->known, 0, places * sizeof *r->known);
    memset(r->coming, 0, periods * sizeof *r->coming);
    memset(r->batch, 0, periods * sizeof *r->batch);
    for (int64_t t = 0; t < c->past; t++) see(r, c, t);
    for (int64_t t = c->past; t < c->count; t++)
        s.under_way += r->coming[t] = at(c->arriving, t, 0);
    s.on_hand = c->opening;
    if (!known(s.on_hand)) s.on_hand = c->past > 0 ? in_packs(c, level_at(r, c, c->past - 1)) : 0;
    if (c->life > 0 && c->past < c->count) r->batch[c->past] = s.on_hand;
    return s;
}

fs_status fs_replay_run(fs_replay *r, const fs_replay_case *c, fs_replay_period *out)
{
    FS_TRY(reserve(r, c));
    stock s = begin(r, c);
    for (int64_t t = c->past; t < c->count; t++) one_period(r, c, &s, t, out + (t - c->past));
    return FS_OK;
}
