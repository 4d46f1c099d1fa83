/* The best (r, Q): reorder point and lot.
 *
 *   C(r, Q) = (λ K + Σ_{r < y <= r + Q} G(y)) / Q,   G(y) = h E(y - D)+ + b E(D - y)+, D demand over the lead time
 *
 * In whole units the positions that cost least are taken one by one, from where G is least outwards, as long as the next costs less than all so far
 * do on average (Federgruen and Zheng 1992, Operations Research 40, 808-813). Under normal demand G(r) = G(r + Q) = C at the best (Zheng 1992,
 * Management Science 38, 87-103): the C at which λ K + ∫ (G - C) over where G < C is nothing, by Newton's method, of which each step ends above it.
 *
 * Cost: an addition a unit of Q and of demand; normal some ten steps of 1 µs.
 */
#include <math.h>

#include "foresell/numeric.h"
#include "stock_internal.h"

/* ---- whole units ---- */

/* G is table[y - low] within what demand may be, a line outside. */
typedef struct positions {
    int64_t low, wide;
    double mean, holding, shortage;
    const double *table;
} positions;

static double cost_at(const positions *g, int64_t y)
{
    if (y < g->low) return g->shortage * (g->mean - (double)y);
    if (y >= g->low + g->wide) return g->holding * ((double)y - g->mean);
    return g->table[y - g->low];
}

static fs_status grow(const positions *g, int64_t least, double orders, fs_reorder *out,
                      fs_error *error)
{
    int64_t point = least - 1, upto = least;
    double total = orders + cost_at(g, least), below = cost_at(g, point);
    double above = cost_at(g, upto + 1);
    while (fmin(below, above) * (double)(upto - point) < total) {
        if (upto - point > FS_COUNTS_MOST)
            return fs_fail(error, FS_DATA, "the best lot is larger than %lld units",
                           (long long)FS_COUNTS_MOST);
        if (below < above)
            total += below, below = cost_at(g, --point);
        else
            total += above, above = cost_at(g, ++upto + 1);
    }
    *out = (fs_reorder){point, upto, upto - point, total / (double)(upto - point)};
    return FS_OK;
}

fs_status fs_reorder_lot(double rate, const fs_counts *lead, double fixed, double holding,
                         double shortage, fs_stock_work *work, fs_reorder *out, fs_error *error)
{
    FS_TRY(fs_stock_not_below("rate", rate, error));
    FS_TRY(fs_stock_counts("demand over the lead time", lead, error));
    FS_TRY(fs_stock_not_below("fixed", fixed, error));
    FS_TRY(fs_stock_costs(holding, shortage, error));
    FS_TRY(fs_stock_not_below("what orders cost", rate * fixed, error));
    if (rate == 0) {
        *out = (fs_reorder){.point = -1, .upto = -1};
        return FS_OK;
    }
    FS_TRY(fs_stock_room(work, (size_t)lead->count, error));
    fs_stock_position_costs(lead, holding, shortage, lead->first, lead->count, work->room);
    positions g = {lead->first, lead->count, fs_counts_mean(lead), holding, shortage, work->room};
    return grow(&g, fs_stock_quantile(lead, shortage / (shortage + holding)), rate * fixed, out,
                error);
}

/* ---- normal ---- */

/* In units of the deviation: z is how far a position is above mean demand. */
typedef struct curve {
    double holding, shortage, least; /* least: the z at which G is least */
} curve;

static double curve_at(const curve *g, double z)
{
    return g->holding * z + (g->holding + g->shortage) * fs_stock_loss(z);
}

/* ∫ G from a to b. */
static double curve_over(const curve *g, double a, double b)
{
    return g->holding * (b - a) * (b + a) / 2 +
           (g->holding + g->shortage) * (fs_stock_second_loss(a) - fs_stock_second_loss(b));
}

/* Where G is `cost`, above or below its least: Newton's steps on a convex curve, from outside, go straight to it. */
static double root(const curve *g, double cost, bool above)
{
    double z = above ? fmax(cost / g->holding, g->least) + 1 : -cost / g->shortage - 1;
    if (!above) z = fmin(z, g->least - 1);
    for (int k = 0; k < 200; k++) {
        double slope = (g->holding + g->shortage) * fs_normal_below(z) - g->shortage;
        double step = (curve_at(g, z) - cost) / slope;
        if (!isfinite(step) || fabs(step) <= 1e-14 * (1 + fabs(z))) break;
        z -= step;
    }
    return above ? fmax(z, g->least) : fmin(z, g->least);
}

/* The level C at which orders + ∫ (G - C) is 0 where G < C. */
static fs_reorder_normal level_of(const curve *g, double orders)
{
    double alone = sqrt(2 * orders * g->holding * g->shortage / (g->holding + g->shortage));
    double cost = curve_at(g, g->least) + alone, low = 0, high = 0;
    for (int k = 0; k < 60; k++) {
        low = root(g, cost, false), high = root(g, cost, true);
        double rest = orders + curve_over(g, low, high) - cost * (high - low);
        double step = high > low ? rest / (high - low) : 0;
        cost += step;
        if (fabs(step) <= 1e-13 * cost) break;
    }
    return (fs_reorder_normal){low, high - low, cost};
}

static fs_status check_normal(double rate, double mean, double deviation, double fixed,
                              double holding, double shortage, fs_error *error)
{
    FS_TRY(fs_stock_not_below("rate", rate, error));
    FS_TRY(fs_stock_not_below("mean", mean, error));
    FS_TRY(fs_stock_not_below("deviation", deviation, error));
    FS_TRY(fs_stock_not_below("fixed", fixed, error));
    return fs_stock_costs(holding, shortage, error);
}

/* Without spread G is two lines, and the best is the economic lot with back-orders. */
fs_status fs_reorder_lot_normal(double rate, double mean, double deviation, double fixed,
                                double holding, double shortage, fs_reorder_normal *out,
                                fs_error *error)
{
    fs_lot lot;
    fs_lot_problem steady = {fixed, holding, rate, INFINITY, shortage};
    FS_TRY(check_normal(rate, mean, deviation, fixed, holding, shortage, error));
    FS_TRY(fs_economic_lot(&steady, &lot, error));
    fs_reorder_normal best = {mean - lot.waiting, lot.quantity, lot.cost};
    if (deviation > 1e-9 * lot.quantity && deviation > 0) {
        curve g = {holding, shortage, fs_normal_quantile(shortage / (shortage + holding))};
        best = level_of(&g, rate * fixed / deviation / deviation);
        best = (fs_reorder_normal){mean + deviation * best.point, deviation * best.lot,
                                   deviation * best.cost};
    }
    if (!isfinite(best.point) || !isfinite(best.lot) || !isfinite(best.cost))
        return fs_fail(error, FS_DATA, "the best lot is larger than numbers are");
    *out = best;
    return FS_OK;
}
