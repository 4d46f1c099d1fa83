/* The order of least expected cost, or of a service, in packs, and which constraint decided.
 *
 * Demand of all periods that matter is put on one grid, whose unit is one where all of it together is at most FS_ORDER_CELLS. The stock when the
 * order arrives, and what each stock brings, are those of order_grid.c; the expected cost of each order is their correlation, summed over scenes
 * of what periods have in common. Orders that are looked at are whole packs, as near to one another as the cells of the grid.
 */
#include <math.h>
#include <string.h>

#include "order_grid.h"

#define WORTH        1e-9 /* money, as a share of what all could cost: less is no gain */
#define EARLY_CYCLES 52   /* of demand that may be ordered early, at most */
#define EARLY_LOTS   8    /* that a cycle is divided into, at most */

struct fs_order_work {
    fs_stock_grid grid;
    fs_scenes scenes;
    fs_pieces pieces;
    fs_order_case now; /* of the last case, pointers not to be followed */
    double share[FS_PIECES_MOST];
    double cost[FS_GRID_STATES], missed[FS_GRID_STATES],
        safe[FS_GRID_STATES]; /* by cells of an order */
    double slope;             /* of cost beyond them, a cell */
};

fs_status fs_order_open(fs_order_plan *plan)
{
    if (plan->work) return FS_OK;
    plan->work = fs_alloc_zero(1, sizeof *plan->work);
    if (!plan->work) return FS_MEMORY;
    plan->work->scenes.common = -1;
    return FS_OK;
}

void fs_order_close(fs_order_plan *plan)
{
    fs_free(plan->work);
    plan->work = NULL;
}

/* ---- the grid of a case ---- */

static int period_of(const fs_ahead *ahead, int t)
{
    return t < ahead->periods ? t : ahead->periods - 1;
}

static double owed(const fs_order_case *now)
{
    return now->later && now->on_hand < 0 ? -now->on_hand : 0;
}

static void size_grid(struct fs_order_work *w, const fs_ahead *ahead)
{
    fs_stock_grid *g = &w->grid;
    double highest[FS_ORDER_PERIODS], sum = owed(&w->now);
    int after = w->now.life > w->now.review ? w->now.life : w->now.review, all = 0, ours = 0;
    g->periods = w->now.lead + after;
    for (int t = 0; t < g->periods; t++) {
        fs_pieces_make(&w->pieces, ahead, period_of(ahead, t));
        sum += highest[t] = fs_stock_highest(&w->pieces);
    }
    g->unit = fmax(1, ceil(sum / FS_ORDER_CELLS));
    for (int t = 0; t < g->periods; t++) {
        int cells = (int)ceil(highest[t] / g->unit);
        all += cells;
        if (t >= w->now.lead) ours += cells;
    }
    g->floor_is_zero = !w->now.later;
    g->zero = w->now.later ? all + (int)(owed(&w->now) / g->unit) + 1 : 0;
    g->last = g->zero + all;
    g->orders = w->now.later ? g->last : ours;
}

static void set_demand(struct fs_order_work *w, const fs_ahead *ahead, int scene)
{
    bool shared = ahead->common > 0;
    for (int t = 0; t < w->grid.periods; t++) {
        fs_pieces_make(&w->pieces, ahead, period_of(ahead, t));
        if (shared) fs_stock_scene_shares(&w->scenes, scene, &w->pieces, w->share);
        fs_grid_demand(&w->grid, t, &w->pieces, shared ? w->share : NULL);
    }
}

static void carry(fs_stock_grid *g, const fs_order_case *now)
{
    fs_grid_begin(g, now->later ? now->on_hand : fmax(now->on_hand, 0));
    for (int t = 0; t <= now->lead; t++) {
        if (now->arriving) fs_grid_arrive(g, now->arriving[t]);
        if (t < now->lead) fs_grid_sell(g, t);
    }
}

static void play(fs_order_plan *plan, const fs_ahead *ahead)
{
    struct fs_order_work *w = plan->work;
    int scenes = ahead->common > 0 ? FS_SCENES : 1;
    double weight = 1.0 / scenes;
    size_t bytes = sizeof *w->cost * (size_t)(w->grid.orders + 1);
    memset(w->cost, 0, bytes), memset(w->missed, 0, bytes), memset(w->safe, 0, bytes);
    if (scenes > 1) fs_stock_scenes(&w->scenes, ahead->common);
    for (int k = 0; k < scenes; k++) {
        set_demand(w, ahead, k);
        carry(&w->grid, &w->now);
        fs_grid_value(&w->grid, &w->now);
        plan->stock += weight * fs_grid_mean(&w->grid);
        fs_grid_expect(&w->grid, &w->grid.cost, weight, w->cost);
        fs_grid_expect(&w->grid, &w->grid.missed, weight, w->missed);
        fs_grid_expect(&w->grid, &w->grid.safe, weight, w->safe);
    }
    w->slope = w->grid.cost.slope;
}

/* ---- orders ---- */

static double between(const double *at, int last, double place)
{
    int cell = (int)fmin(place, last);
    if (cell >= last) return at[last];
    return at[cell] + (at[cell + 1] - at[cell]) * (place - cell);
}

fs_order_outlook fs_order_look(const fs_order_plan *plan, double packs)
{
    const struct fs_order_work *w = plan->work;
    int last = w->grid.orders;
    double place = packs * w->now.pack / plan->unit;
    fs_order_outlook look = {
        .cost = between(w->cost, last, place) + w->slope * fmax(place - last, 0),
        .missed = fmax(between(w->missed, last, place), 0),
        .safe = fmin(fmax(between(w->safe, last, place), 0), 1),
    };
    if (packs > 0) look.cost += w->now.order_cost;
    return look;
}

/* Packs that are looked at: first, first + step … last. */
typedef struct range {
    double first, last, step;
} range;

static range useful(const fs_order_plan *plan)
{
    const struct fs_order_work *w = plan->work;
    double pack = w->now.pack;
    return (range){1, fmax(1, ceil(w->grid.orders * plan->unit / pack)),
                   fmax(1, floor(plan->unit / pack))};
}

static double cheapest(const fs_order_plan *plan, range r)
{
    double best = r.first, least = fs_order_look(plan, best).cost;
    for (double n = r.first + r.step; n <= r.last; n += r.step) {
        double cost = fs_order_look(plan, n).cost;
        if (cost < least - WORTH * fabs(least)) best = n, least = cost;
    }
    return best;
}

static double first_safe(const fs_order_plan *plan, range r, double service)
{
    double n = r.first;
    while (n + r.step <= r.last && fs_order_look(plan, n).safe < service - 1e-12) n += r.step;
    return n;
}

/* The range that constraints leave; empty (last < first) where they leave none. */
static range allowed(const fs_order_plan *plan)
{
    range r = useful(plan);
    r.first = fmax(1, ceil(plan->work->now.least / plan->work->now.pack - 1e-9));
    r.last = fmax(r.last, r.first);
    if (plan->room >= 0) r.last = fmin(r.last, plan->room);
    return r;
}

static double gain_of(const fs_order_plan *plan, double packs)
{
    return fs_order_look(plan, 0).cost - fs_order_look(plan, packs).cost;
}

static double worth_of(const fs_order_plan *plan)
{
    return WORTH * (1 + fs_order_look(plan, 0).cost);
}

static void choose(fs_order_plan *plan)
{
    const fs_order_case *now = &plan->work->now;
    range all = useful(plan), r = allowed(plan);
    bool served = now->service > 0;
    double best = served ? first_safe(plan, all, now->service) : cheapest(plan, all);
    plan->packs = 0;
    plan->bound = FS_ORDER_FREE;
    if (served && fs_order_look(plan, 0).safe >= now->service) return;
    if (!served && gain_of(plan, best) + now->order_cost <= worth_of(plan)) return;
    plan->bound = FS_ORDER_NO_ROOM;
    if (r.last < r.first) return;
    double n = served ? fmin(fmax(best, r.first), r.last) : cheapest(plan, r);
    plan->bound = FS_ORDER_NOT_WORTH;
    if (!served && gain_of(plan, n) <= worth_of(plan)) return;
    plan->packs = n;
    plan->bound = n < best && n + r.step > r.last ? FS_ORDER_SHELF
                  : n > best && n == r.first      ? FS_ORDER_LEAST
                                                  : FS_ORDER_FREE;
}

double fs_order_for_service(const fs_order_plan *plan, double service)
{
    range all = useful(plan), r = allowed(plan);
    if (fs_order_look(plan, 0).safe >= service || r.last < r.first) return 0;
    return fmin(fmax(first_safe(plan, all, service), r.first), r.last);
}

static double asked_for(const fs_ahead *ahead, const fs_order_case *now)
{
    double sum = 0;
    for (int t = now->lead; t < now->lead + now->review; t++)
        sum += fmax(ahead->mean[period_of(ahead, t)], 0);
    return sum;
}

void fs_order_make(fs_order_plan *plan, const fs_ahead *ahead, const fs_order_case *now)
{
    struct fs_order_work *w = plan->work;
    w->now = *now;
    plan->stock = 0;
    plan->demand = asked_for(ahead, now);
    size_grid(w, ahead);
    plan->unit = w->grid.unit;
    play(plan, ahead);
    plan->room = now->most > 0 ? fmax(floor((now->most - plan->stock) / now->pack + 1e-9), 0) : -1;
    choose(plan);
}

/* ---- lots ---- */

/* Whether the middle point is on or above the line from a to b. */
static bool stands(const fs_order_lot *a, const fs_order_lot *middle, double packs, double gain)
{
    double left = (middle->gain - a->gain) * (packs - a->packs);
    return left > (gain - a->gain) * (middle->packs - a->packs) - 1e-12 * fabs(left);
}

static int without_losses(const fs_order_lot *lot, int count, double worth)
{
    while (count > 1 && lot[count - 1].gain <= lot[count - 2].gain + worth) count--;
    return count;
}

/* From what all lots come to, nothing first, to what each adds. */
static int one_by_one(fs_order_lot *lot, int count)
{
    for (int i = count - 1; i > 0; i--) {
        lot[i].packs -= lot[i - 1].packs;
        lot[i].gain -= lot[i - 1].gain;
    }
    memmove(lot, lot + 1, sizeof *lot * (size_t)(count - 1));
    return count - 1;
}

/* What is ordered beyond all demand of its own cycle is not ordered later: each cycle that it is early costs what a unit does that is left in
 * this one. None where it would go off, or has no room. */
static int add_early(const fs_order_plan *plan, double packs, fs_order_lot *lot, int count)
{
    const struct fs_order_work *w = plan->work;
    double cycle = plan->demand / w->now.pack, step = fmax(1, floor(cycle / EARLY_LOTS));
    double cost = w->slope * w->now.pack / plan->unit; /* of a pack, a cycle */
    if (w->now.life > 0 || !(cycle > 0 && cost > 0)) return count;
    for (double early = 0; early < EARLY_CYCLES * cycle && count < FS_ORDER_LOTS; early += step) {
        if (plan->room >= 0 && packs + early + step > plan->room) break;
        double cycles = 1 + floor(early / cycle);
        lot[count++] = (fs_order_lot){step, -cost * step * cycles};
    }
    return count;
}

int fs_order_lots(fs_order_plan *plan, bool losing, fs_order_lot *lot)
{
    range r = allowed(plan);
    int count = 1;
    lot[0] = (fs_order_lot){0, 0};
    for (double n = r.first; n <= r.last && count < FS_ORDER_LOTS; n += r.step) {
        double gain = gain_of(plan, n);
        while (count > 1 && !stands(&lot[count - 2], &lot[count - 1], n, gain)) count--;
        lot[count++] = (fs_order_lot){n, gain};
    }
    double packs = lot[count - 1].packs;
    if (!losing) count = without_losses(lot, count, worth_of(plan));
    count = one_by_one(lot, count);
    return losing ? add_early(plan, packs, lot, count) : count;
}
