/* Goods that perish: a level by bounds of what is thrown away, and today's order by what will have perished.
 *
 * The level costs h E(S - D)+ + b E(D - S)+ and w times the mean of Chazan and Gal's bounds of waste a period, all of them convex in S; whether one
 * more unit costs more is asked at the middle of what is left to look at, until one level is left.
 *
 * Cost: some thirty times the numbers of demand.
 */
#include <math.h>

#include "stock_internal.h"

static double left_over(double level, fs_count_law law)
{
    fs_newsvendor n = {0};
    fs_status status = fs_level_cost_law(level, law, 1, 1, &n, NULL);
    return status == FS_OK ? n.left : 0;
}

/* Counts of `life` periods together are of the same law. */
static fs_count_law over(fs_count_law law, int life)
{
    return (fs_count_law){law.mean * life, law.size * life};
}

static fs_perishable_level cost_of(const fs_perishable *g, fs_count_law law, double level)
{
    fs_perishable_level out = {.level = level};
    double left = left_over(level, law);
    out.waste_low = left_over(level, over(law, g->life)) / g->life;
    out.waste_high = left_over(level / g->life, law);
    out.cost = g->holding * left + g->shortage * fmax(law.mean - level + left, 0) +
               g->waste * (out.waste_low + out.waste_high) / 2;
    return out;
}

fs_status fs_perishable_solve(const fs_perishable *goods, fs_count_law period,
                              fs_perishable_level *out, fs_error *error)
{
    if (goods->life < 1)
        return fs_fail(error, FS_DATA, "life is %d: it must be 1 or more", goods->life);
    FS_TRY(fs_stock_costs(goods->holding, goods->shortage, error));
    FS_TRY(fs_stock_not_below("waste", goods->waste, error));
    FS_TRY(fs_stock_law(period, error));
    FS_TRY(fs_stock_law(over(period, goods->life), error));
    fs_newsvendor most;
    FS_TRY(fs_newsvendor_law(period, goods->holding, goods->shortage, &most, error));
    double low = 0, high = most.level; /* without waste it would be the highest */
    while (low < high) {
        double middle = floor((low + high) / 2);
        if (cost_of(goods, period, middle + 1).cost < cost_of(goods, period, middle).cost)
            low = middle + 1;
        else
            high = middle;
    }
    *out = cost_of(goods, period, low);
    return FS_OK;
}

/* ---- by age ---- */

static fs_status check_aged(const fs_aged_stock *a, fs_error *error)
{
    for (int64_t i = 0; i < a->ages; i++) FS_TRY(fs_stock_not_below("stock", a->stock[i], error));
    for (int64_t t = 0; t < a->periods; t++) FS_TRY(fs_stock_not_below("mean", a->mean[t], error));
    FS_TRY(fs_stock_not_below("on_order", a->on_order, error));
    FS_TRY(fs_stock_not_below("level", a->level, error));
    return fs_stock_above("pack", a->pack, error);
}

/* What perishes in the periods where demand is its mean and takes the oldest first. left: the stock, in place. */
static double perish(const fs_aged_stock *a, double *left)
{
    double lost = 0;
    for (int64_t t = 0; t < a->periods && t < a->ages; t++) {
        double asked = a->mean[t];
        for (int64_t i = t; i < a->ages && asked > 0; i++) {
            double taken = fmin(asked, left[i]);
            left[i] -= taken, asked -= taken;
        }
        lost += left[t];
    }
    return lost;
}

fs_status fs_perishable_order(const fs_aged_stock *aged, double *room, double *quantity,
                              double *perishing, fs_error *error)
{
    FS_TRY(check_aged(aged, error));
    double position = aged->on_order;
    for (int64_t i = 0; i < aged->ages; i++) room[i] = aged->stock[i], position += room[i];
    *perishing = perish(aged, room);
    double missing = aged->level - (position - *perishing);
    double packs = missing > 0 ? ceil(missing / aged->pack - 1e-9) : 0;
    *quantity = isfinite(packs) ? packs * aged->pack : missing;
    return FS_OK;
}
