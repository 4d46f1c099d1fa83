/* A season of periods with orders that cost something: dynamic programming over positions.
 *
 *   V_t(x) = min over y >= x of K_t [y > x] + c_t (y - x) + h_t E(y - D)+ + b_t E(D - y)+ + γ E V_{t + 1}(y - D)
 *
 * (Scarf 1960; Snyder and Shen 2019, section 4.5.2). The position that costs least among those above x is kept while x goes down. Below the lowest position
 * one more unit costs what it is bought for, as it is wherever an order is placed; behind the season what a missing unit costs.
 *
 * Cost: periods × positions × numbers of demand.
 */
#include <math.h>

#include "stock_internal.h"

static fs_status check_period(const fs_season_period *p, int64_t count, fs_error *error)
{
    FS_TRY(fs_stock_not_below("fixed", p->fixed, error));
    FS_TRY(fs_stock_not_below("price", p->price, error));
    FS_TRY(fs_stock_not_below("holding", p->holding, error));
    FS_TRY(fs_stock_not_below("shortage", p->shortage, error));
    for (int64_t i = 0; p->kept && i < count; i++)
        FS_TRY(fs_stock_not_below("kept", p->kept[i], error));
    return fs_stock_counts("demand", p->demand, error);
}

static fs_status check(const fs_season *s, fs_error *error)
{
    if (s->periods < 1) return fs_fail(error, FS_DATA, "there are no periods");
    if (s->low > 0 || s->high < 0 || s->low >= s->high || s->high - s->low > FS_COUNTS_MOST)
        return fs_fail(error, FS_DATA, "positions must go from 0 or below to 0 or above");
    if (!(s->discount > 0 && s->discount <= 1))
        return fs_fail(error, FS_DATA, "discount is %g: it must be above 0 and at most 1",
                       s->discount);
    FS_TRY(fs_stock_not_below("last_holding", s->last_holding, error));
    FS_TRY(fs_stock_not_below("last_shortage", s->last_shortage, error));
    for (int t = 0; t < s->periods; t++)
        FS_TRY(check_period(&s->period[t], s->high - s->low + 1, error));
    return FS_OK;
}

/* E V(y - D); below low V rises by `price` a unit. */
static double expect_next(const fs_counts *demand, const double *next, int64_t at, double price)
{
    double sum = 0;
    for (int64_t k = 0; k < demand->count; k++) {
        int64_t to = at - demand->first - k;
        sum += demand->p[k] * (to >= 0 ? next[to] : next[0] - price * (double)to);
    }
    return sum;
}

/* cost: of each position after ordering. */
static void work_back(const fs_season_period *p, double discount, const double *next, double price,
                      int64_t low, int64_t count, double *cost, int64_t *point, int64_t *upto)
{
    int64_t best = count - 1, highest = -1;
    fs_stock_position_costs(p->demand, p->holding, p->shortage, low, count, cost);
    for (int64_t i = 0; i < count; i++)
        cost[i] = (p->kept ? p->kept[i] : cost[i]) + p->price * (double)(low + i) +
                  discount * expect_next(p->demand, next, i, price);
    for (int64_t i = 0; i < count; i++)
        if (cost[i] < cost[best]) best = i;
    for (int64_t i = 0; i < best; i++)
        if (p->fixed + cost[best] < cost[i]) highest = i;
    *upto = low + best, *point = low + highest;
}

/* From costs after ordering to those before: the least of staying and of ordering to what costs least above. */
static void settle(const fs_season_period *p, int64_t low, int64_t count, double *cost)
{
    double above = INFINITY;
    for (int64_t i = count - 1; i >= 0; i--) {
        double here = cost[i];
        cost[i] = fmin(here, p->fixed + above) - p->price * (double)(low + i);
        above = fmin(above, here);
    }
}

fs_status fs_season_solve(const fs_season *season, fs_stock_work *work, int64_t *point,
                          int64_t *upto, double *cost, fs_error *error)
{
    FS_TRY(check(season, error));
    int64_t count = season->high - season->low + 1;
    FS_TRY(fs_stock_room(work, 2 * (size_t)count, error));
    double *next = work->room, *now = next + count, price = season->last_shortage;
    for (int64_t i = 0; i < count; i++) {
        double x = (double)(season->low + i);
        next[i] = x > 0 ? season->last_holding * x : -season->last_shortage * x;
    }
    for (int t = season->periods - 1; t >= 0; t--) {
        const fs_season_period *p = &season->period[t];
        work_back(p, season->discount, next, price, season->low, count, now, &point[t], &upto[t]);
        settle(p, season->low, count, now);
        double *spare = next;
        next = now, now = spare, price = p->price;
    }
    for (int64_t i = 0; i < count; i++) cost[i] = next[i];
    return FS_OK;
}
