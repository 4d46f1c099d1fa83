/* The best (s, S), reviewed every period, exactly.
 *
 *   c(s, S) = (K + Σ_{j < S - s} m(j) G(S - j)) / M(S - s)
 *
 * G(y) is what a position of y costs at the end of the period that an order of now is there for; m the renewal density of a period's demand, m(0) =
 * 1 / (1 - p(0)), m(j) = Σ_{i <= j} p(i) m(j - i), and M its sums (Zheng and Federgruen 1991, Operations Research 39, 654-665, equations (3)-(5) and
 * their algorithm: s goes down from where G is least until c(s, S) <= G(s); then S goes up as long as G(S) can still be below the cost, and s follows).
 *
 * Memory: G over the positions that are not beyond all demand (outside it is a line), and m. Cost: (S - s)² / 2 additions, and as many for m.
 */
#include <math.h>
#include <string.h>

#include "stock_internal.h"

/* One problem: G is gain[y - low] where low <= y < low + wide, else a line. */
typedef struct problem {
    const fs_counts *period;
    double fixed, holding, shortage, mean;
    int64_t low, wide;
    const double *table;
    double *density, *sum; /* m, M */
    int64_t known;         /* of m; M has one more */
} problem;

static double position_cost(const problem *p, int64_t y)
{
    if (y < p->low) return p->shortage * (p->mean - (double)y);
    if (y >= p->low + p->wide) return p->holding * ((double)y - p->mean);
    return p->table[y - p->low];
}

static fs_status check(const fs_counts *period, const fs_counts *cover, double fixed,
                       double holding, double shortage, fs_error *error)
{
    FS_TRY(fs_stock_counts("demand of a period", period, error));
    FS_TRY(fs_stock_counts("demand until an order is there", cover, error));
    FS_TRY(fs_stock_not_below("fixed", fixed, error));
    return fs_stock_costs(holding, shortage, error);
}

/* Room for G and for m, M as far as S - s may go. */
static fs_status open_problem(const fs_counts *cover, int64_t most, fs_stock_work *work, problem *p,
                              fs_error *error)
{
    p->low = cover->first, p->wide = cover->count, p->mean = fs_counts_mean(cover);
    FS_TRY(fs_stock_room(work, (size_t)(p->wide + 2 * most + 1), error));
    fs_stock_position_costs(cover, p->holding, p->shortage, p->low, p->wide, work->room);
    p->table = work->room, p->density = work->room + p->wide, p->sum = p->density + most;
    p->known = 0, p->sum[0] = 0;
    return FS_OK;
}

static double chance_of(const fs_counts *period, int64_t k)
{
    return k >= period->first && k < period->first + period->count ? period->p[k - period->first]
                                                                   : 0;
}

/* m and M up to j. */
static void renew(problem *p, int64_t j)
{
    const fs_counts *d = p->period;
    double none = 1 - chance_of(d, 0);
    for (int64_t at = p->known; at <= j; at++) {
        double sum = at == 0;
        int64_t from = d->first > 1 ? d->first : 1;
        int64_t to = at < d->first + d->count - 1 ? at : d->first + d->count - 1;
        for (int64_t i = from; i <= to; i++) sum += d->p[i - d->first] * p->density[at - i];
        p->density[at] = sum / none;
        p->sum[at + 1] = p->sum[at] + p->density[at];
        p->known = at + 1;
    }
}

/* Σ m(j) G(S - j) over j = from … to - 1. */
static double weigh(problem *p, int64_t upto, int64_t from, int64_t to)
{
    double sum = 0;
    if (to > 0) renew(p, to - 1);
    for (int64_t j = from; j < to; j++) sum += p->density[j] * position_cost(p, upto - j);
    return sum;
}

/* s and S as they stand; `kept` is Σ m(j) G(S - j). */
typedef struct place {
    int64_t point, upto;
    double kept, cost;
} place;

static double cost_of(const problem *p, int64_t wide, double kept)
{
    return (p->fixed + kept) / p->sum[wide];
}

static fs_status too_wide(fs_error *error)
{
    fs_fail(error, FS_DATA, "the best order is larger than %d units", FS_REORDER_MOST);
    return fs_error_remedy(error, "count in larger units, as packs");
}

/* s goes down from S - 1 until it does not cost more to order there. */
static bool find_point(problem *p, place *at)
{
    do {
        int64_t wide = at->upto - --at->point;
        if (wide > FS_REORDER_MOST) return false;
        at->kept += weigh(p, at->upto, wide - 1, wide);
        at->cost = cost_of(p, wide, at->kept);
    } while (at->cost > position_cost(p, at->point));
    return true;
}

/* S may be anything of which G is below the cost; s goes up with it as long as that saves. */
static bool find_upto(problem *p, place *best)
{
    for (int64_t upto = best->upto + 1; position_cost(p, upto) <= best->cost; upto++) {
        int64_t wide = upto - best->point;
        if (wide > FS_REORDER_MOST) return false;
        double kept = weigh(p, upto, 0, wide), cost = cost_of(p, wide, kept);
        if (!(cost < best->cost * (1 - 1e-14))) continue;
        place now = {best->point, upto, kept, cost};
        while (now.cost <= position_cost(p, now.point + 1) && now.point + 1 < upto) {
            int64_t last = upto - ++now.point;
            now.kept -= p->density[last] * position_cost(p, upto - last);
            now.cost = cost_of(p, last, now.kept);
        }
        *best = now;
    }
    return true;
}

static fs_status solve(problem *p, int64_t least, fs_reorder *out, fs_error *error)
{
    place best = {.point = least, .upto = least};
    if (!find_point(p, &best) || !find_upto(p, &best)) return too_wide(error);
    *out = (fs_reorder){best.point, best.upto, best.upto - best.point, best.cost};
    return FS_OK;
}

fs_status fs_reorder_up_to(const fs_counts *period, const fs_counts *cover, double fixed,
                           double holding, double shortage, fs_stock_work *work, fs_reorder *out,
                           fs_error *error)
{
    problem p = {period, fixed, holding, shortage};
    FS_TRY(check(period, cover, fixed, holding, shortage, error));
    if (!(chance_of(period, 0) < 1)) {
        *out = (fs_reorder){.point = -1, .lot = 1};
        return FS_OK;
    }
    FS_TRY(open_problem(cover, FS_REORDER_MOST + 2, work, &p, error));
    return solve(&p, fs_stock_quantile(cover, shortage / (shortage + holding)), out, error);
}

fs_status fs_reorder_up_to_cost(const fs_counts *period, const fs_counts *cover, double fixed,
                                double holding, double shortage, int64_t point, int64_t upto,
                                fs_stock_work *work, double *cost, fs_error *error)
{
    problem p = {period, fixed, holding, shortage};
    FS_TRY(check(period, cover, fixed, holding, shortage, error));
    if (point >= upto)
        return fs_fail(error, FS_DATA, "s is %lld: it must be below S, %lld", (long long)point,
                       (long long)upto);
    if (upto - point > FS_REORDER_MOST) return too_wide(error);
    if (!(chance_of(period, 0) < 1))
        return fs_fail(error, FS_DATA,
                       "there is no demand: what (s, S) costs depends on the start");
    FS_TRY(open_problem(cover, upto - point + 1, work, &p, error));
    *cost = cost_of(&p, upto - point, weigh(&p, upto, 0, upto - point));
    return FS_OK;
}
