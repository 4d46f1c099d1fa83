/* Lots of demand that is known: what to order in each period.
 *
 * Wagner and Whitin (1958): F(t) = min over j <= t of F(j - 1) + K + h Σ_{j <= i <= t} (i - j) d_i. With D the sums of d_i, and W of i d_i, that is
 * h W(t) and the least of lines in D(t): slope -h j, intercept F(j - 1) + K - h W(j - 1) + h j D(j - 1). Their slopes fall with j and D rises with t,
 * so the lines that can still be least form a queue, each joins and leaves it once, and all is linear in t (Wagelmans, van Hoesel and Kolen 1992,
 * Operations Research 40, S145-S156). Where nothing is needed F stays, and nothing is ordered.
 *
 * The rules begin at a period that needs something and take in the next ones as long as theirs allows (Silver, Pyke and Thomas 2017, section 6.6).
 */
#include <math.h>

#include "stock_internal.h"

#define EQUAL 1e-12 /* relative: costs are equal */

const char *fs_lot_method_name(int method)
{
    static const char *const name[FS_LOT_METHODS] = {"wagner_whitin",   "silver_meal",
                                                     "least_unit_cost", "part_period",
                                                     "lot_for_lot",     "period_quantity"};
    return method >= 0 && method < FS_LOT_METHODS ? name[method] : NULL;
}

typedef struct problem {
    const double *demand;
    int64_t count;
    double setup, holding;
} problem;

/* ---- the least cost ---- */

/* Arrays by period from 1 on, 0 before the first; from[t]: where the order that serves t is, 0: it needs none. */
typedef struct lines {
    const problem *p;
    double *least, *sum, *weighted, *from, *queue;
    int64_t head, tail; /* of the queue: lines, by their j */
} lines;

static double intercept(const lines *l, int64_t j)
{
    double sum = l->p->holding * ((double)j * l->sum[j - 1] - l->weighted[j - 1]);
    return l->least[j - 1] + l->p->setup + sum;
}

static double height(const lines *l, int64_t j, double at)
{
    return intercept(l, j) - l->p->holding * (double)j * at;
}

/* Line b is never below both a and c, which come before and after it. */
static bool is_hidden(const lines *l, int64_t a, int64_t b, int64_t c)
{
    double at_a = intercept(l, a), rise_b = intercept(l, b) - at_a, rise_c = intercept(l, c) - at_a;
    return rise_c * (double)(b - a) <= rise_b * (double)(c - a);
}

/* Where holding is free the first order does for all. */
static void add_line(lines *l, int64_t j)
{
    if (l->tail > l->head && l->p->holding <= 0) return;
    while (l->tail - l->head >= 2 &&
           is_hidden(l, (int64_t)l->queue[l->tail - 2], (int64_t)l->queue[l->tail - 1], j))
        l->tail--;
    l->queue[l->tail++] = (double)j;
}

static void serve(lines *l, int64_t t)
{
    double at = l->sum[t];
    while (l->tail - l->head >= 2 && height(l, (int64_t)l->queue[l->head + 1], at) <=
                                         height(l, (int64_t)l->queue[l->head], at))
        l->head++;
    l->from[t] = l->queue[l->head];
    l->least[t] = height(l, (int64_t)l->from[t], at) + l->p->holding * l->weighted[t];
}

static void wagner_whitin(const problem *p, double *room, double *ordered)
{
    int64_t n = p->count + 1;
    lines l = {p, room, room + n, room + 2 * n, room + 3 * n, room + 4 * n, 0, 0};
    l.least[0] = l.sum[0] = l.weighted[0] = 0;
    for (int64_t t = 1; t <= p->count; t++) {
        double need = p->demand[t - 1];
        l.sum[t] = l.sum[t - 1] + need, l.weighted[t] = l.weighted[t - 1] + (double)t * need;
        l.least[t] = l.least[t - 1], l.from[t] = 0;
        if (need <= 0) continue;
        add_line(&l, t);
        serve(&l, t);
    }
    for (int64_t t = p->count; t > 0;) {
        int64_t j = l.from[t] > 0 ? (int64_t)l.from[t] : t;
        for (int64_t i = j; i <= t && l.from[t] > 0; i++) ordered[j - 1] += p->demand[i - 1];
        t = j - 1;
    }
}

/* ---- rules ---- */

/* How many periods from t on an order serves. Of the first k, holding costs h Σ i d(t + i). */
static int64_t silver_meal(const problem *p, int64_t t)
{
    double cost = p->setup, before = cost;
    for (int64_t k = 1; t + k < p->count; k++) {
        cost += p->holding * (double)k * p->demand[t + k];
        double now = cost / (double)(k + 1);
        if (now > before * (1 + EQUAL)) return k;
        before = now;
    }
    return p->count - t;
}

static int64_t least_unit_cost(const problem *p, int64_t t)
{
    double cost = p->setup, units = p->demand[t], before = cost / units;
    for (int64_t k = 1; t + k < p->count; k++) {
        cost += p->holding * (double)k * p->demand[t + k];
        units += p->demand[t + k];
        if (cost / units > before * (1 + EQUAL)) return k;
        before = cost / units;
    }
    return p->count - t;
}

static int64_t part_period(const problem *p, int64_t t)
{
    double kept = 0;
    for (int64_t k = 1; t + k < p->count; k++) {
        double before = kept;
        kept += p->holding * (double)k * p->demand[t + k];
        if (kept > p->setup) return kept - p->setup < p->setup - before ? k + 1 : k;
    }
    return p->count - t;
}

static int64_t periods_of_lot(const problem *p)
{
    double mean = 0, count = (double)p->count;
    for (int64_t t = 0; t < p->count; t++) mean += p->demand[t] / count;
    double most = p->holding > 0 && mean > 0 ? sqrt(2 * p->setup / (p->holding * mean)) : count;
    return (int64_t)fmin(fmax(round(most), 1), count);
}

static int64_t periods_of(int method, const problem *p, int64_t t, int64_t usual)
{
    switch (method) {
    case FS_SILVER_MEAL: return silver_meal(p, t);
    case FS_LEAST_UNIT_COST: return least_unit_cost(p, t);
    case FS_PART_PERIOD: return part_period(p, t);
    case FS_PERIOD_QUANTITY: return usual;
    default: return 1;
    }
}

static void follow_rule(int method, const problem *p, double *ordered)
{
    int64_t usual = method == FS_PERIOD_QUANTITY ? periods_of_lot(p) : 1;
    for (int64_t t = 0; t < p->count;) {
        int64_t end = t + 1;
        if (p->demand[t] > 0) end = t + periods_of(method, p, t, usual);
        if (end > p->count) end = p->count;
        for (int64_t i = t; i < end; i++) ordered[t] += p->demand[i];
        t = end;
    }
}

/* ---- */

static double cost_of(const problem *p, const double *ordered)
{
    double cost = 0, held = 0;
    for (int64_t t = 0; t < p->count; t++) {
        if (ordered[t] > 0) held = 0, cost += p->setup; /* an order comes when nothing is left */
        held = ordered[t] > 0 ? ordered[t] - p->demand[t] : held - p->demand[t];
        cost += p->holding * fmax(held, 0);
    }
    return cost;
}

fs_status fs_lot_sizes(int method, const double *demand, int64_t count, double setup,
                       double holding, double *room, double *ordered, double *cost, fs_error *error)
{
    problem p = {demand, count, setup, holding};
    if (!fs_lot_method_name(method))
        return fs_fail(error, FS_DATA, "there is no method %d", method);
    FS_TRY(fs_stock_not_below("setup", setup, error));
    FS_TRY(fs_stock_not_below("holding", holding, error));
    double sum = 0;
    for (int64_t t = 0; t < count; t++) {
        FS_TRY(fs_stock_not_below("demand", demand[t], error));
        sum += demand[t], ordered[t] = 0;
    }
    FS_TRY(fs_stock_not_below("what all would cost in one lot",
                              (setup + holding * sum) * (double)count * (double)count, error));
    if (method == FS_WAGNER_WHITIN)
        wagner_whitin(&p, room, ordered);
    else
        follow_rule(method, &p, ordered);
    *cost = cost_of(&p, ordered);
    return FS_OK;
}
