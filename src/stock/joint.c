/* Items that are ordered together: an order every T, item i in every n_i-th of them.
 *
 *   cost(T, n) = K / T + Σ k_i / (n_i T) + Σ h_i λ_i n_i T / 2
 *
 * Silver's rule (1976, Management Science 22, 1351-1361) takes n_i near to the square root of the ratios of k_i / (h_i λ_i). Exactly: for a given T
 * the best n_i is the least with n (n + 1) >= 2 k_i / (h_i λ_i T²), so that as T falls the n change one by one, and between two changes the cost
 * has its least where its derivative is 0 or at the ends. T lies between K / (C - Σ sqrt(2 k_i h_i λ_i)), C being a cost that can be had, and the
 * best cycle where all n_i are 1 (Wildeman, Frenk and Dekker 1997).
 *
 * Cost: items a piece, of which there are some times the items unless K is small beside the k_i.
 */
#include <math.h>

#include "stock_internal.h"

#define PIECES 1000000
#define LARGE  1e9 /* a multiple */

static fs_status check(const fs_joint *j, fs_error *error)
{
    if (j->count < 1) return fs_fail(error, FS_DATA, "there are no items to order");
    FS_TRY(fs_stock_above("shared", j->shared, error));
    for (int i = 0; i < j->count; i++) {
        FS_TRY(fs_stock_not_below("fixed", j->fixed[i], error));
        FS_TRY(fs_stock_above("holding", j->holding[i], error));
        FS_TRY(fs_stock_above("rate", j->rate[i], error));
    }
    return FS_OK;
}

/* Sums of k_i / n_i with K, and of h_i λ_i n_i. */
typedef struct sums {
    double orders, kept;
} sums;

static sums sums_of(const fs_joint *j, const int64_t *multiple)
{
    sums s = {j->shared, 0};
    for (int i = 0; i < j->count; i++) {
        s.orders += j->fixed[i] / (double)multiple[i];
        s.kept += j->holding[i] * j->rate[i] * (double)multiple[i];
    }
    return s;
}

static void set_plan(const fs_joint *j, fs_joint_plan *plan)
{
    sums s = sums_of(j, plan->multiple);
    plan->cycle = sqrt(2 * s.orders / s.kept);
    plan->cost = sqrt(2 * s.orders * s.kept);
    plan->proved = false;
}

/* The item that is worth ordering most often is in every order; the others as if it alone made the orders. */
fs_status fs_joint_silver(const fs_joint *joint, fs_joint_plan *plan, fs_error *error)
{
    FS_TRY(check(joint, error));
    double least = INFINITY, base = 0;
    for (int i = 0; i < joint->count; i++) {
        double kept = joint->holding[i] * joint->rate[i], ratio = joint->fixed[i] / kept;
        if (ratio < least) least = ratio, base = kept / (joint->shared + joint->fixed[i]);
    }
    for (int i = 0; i < joint->count; i++) {
        double ratio = joint->fixed[i] / (joint->holding[i] * joint->rate[i]);
        plan->multiple[i] = (int64_t)fmin(fmax(round(sqrt(ratio * base)), 1), LARGE);
    }
    set_plan(joint, plan);
    return FS_OK;
}

/* The cycle below which item i is in fewer orders than every n-th. */
static double change_of(const fs_joint *j, int i, double n)
{
    return sqrt(2 * j->fixed[i] / (j->holding[i] * j->rate[i] * n * (n + 1)));
}

/* A walk over the pieces, from the longest cycle on. */
typedef struct joint_walk {
    sums sums;
    double *change, *multiple; /* count */
    double alone;              /* what the items' own orders cost at the least */
    double best, at;           /* the least cost so far, and the cycle at whose piece it was */
} joint_walk;

static void begin(const fs_joint *j, double *room, double cost, joint_walk *w)
{
    *w = (joint_walk){.change = room, .multiple = room + j->count, .best = cost};
    w->sums.orders = j->shared;
    for (int i = 0; i < j->count; i++) {
        double kept = j->holding[i] * j->rate[i];
        w->multiple[i] = 1, w->change[i] = change_of(j, i, 1);
        w->sums.orders += j->fixed[i], w->sums.kept += kept;
        w->alone += sqrt(2 * j->fixed[i] * kept);
    }
}

/* One multiple more of the item that changes first; the cycle at which it does. */
static double step(const fs_joint *j, joint_walk *w)
{
    int first = 0;
    for (int i = 1; i < j->count; i++)
        if (w->change[i] > w->change[first]) first = i;
    double cycle = w->change[first], n = w->multiple[first]++;
    w->sums.orders -= j->fixed[first] / (n * (n + 1));
    w->sums.kept += j->holding[first] * j->rate[first];
    w->change[first] = change_of(j, first, n + 1);
    return cycle;
}

/* The multiples at which a piece begins. */
static void set_multiples(const fs_joint *j, double cycle, int64_t *multiple)
{
    for (int i = 0; i < j->count; i++) {
        double n = 1;
        if (cycle > 0) {
            double r = change_of(j, i, 1) / cycle; /* r² = n (n + 1) / 2 at a change */
            n = fmax(ceil((sqrt(1 + 8 * r * r) - 1) / 2 - 1e-9), 1);
            while (change_of(j, i, n) >= cycle && n < LARGE) n++;
        }
        multiple[i] = (int64_t)fmin(n, LARGE);
    }
}

fs_status fs_joint_exact(const fs_joint *joint, double *room, fs_joint_plan *plan, fs_error *error)
{
    FS_TRY(fs_joint_silver(joint, plan, error));
    joint_walk w;
    double silver = plan->cost, cycle = INFINITY;
    bool better = false;
    begin(joint, room, silver, &w);
    for (int piece = 0; piece < PIECES; piece++) {
        double cost = sqrt(2 * w.sums.orders * w.sums.kept);
        if (cost < w.best * (1 - 1e-13)) w.best = cost, w.at = cycle, better = true;
        cycle = step(joint, &w);
        if (cycle < joint->shared / (w.best - w.alone)) {
            plan->proved = true;
            break;
        }
    }
    bool proved = plan->proved;
    if (better) set_multiples(joint, isfinite(w.at) ? w.at : 0, plan->multiple);
    set_plan(joint, plan);
    plan->proved = proved;
    return FS_OK;
}
