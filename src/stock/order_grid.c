/* Stock and demand on a grid: forwards, what is left until an order arrives; backwards, what each stock then brings.
 *
 * Forwards the distribution of the stock is carried from period to period exactly: arrivals shift it, demand is taken off, and under lost sales
 * what would be below zero is zero. Stock above all demand that can still come makes no difference: it is lumped in the last state, and counted
 * in `excess`. Backwards, the expected cost, units missed and the probability that none is missed are functions of the stock (dynamic programming
 * without a decision), so that arrivals of other orders in between are exact too.
 *
 * Sums run state by state in the same order whatever machine it is: no reductions.
 */
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"
#include "order_grid.h"

static double max(double a, double b) { return a > b ? a : b; }

FS_LANES static void add_times(double *restrict to, const double *restrict from, double factor,
                               int count)
{
    for (int i = 0; i < count; i++) to[i] += factor * from[i];
}

FS_LANES static void add_line(double *restrict to, double first, double slope, int count)
{
    for (int i = 0; i < count; i++) to[i] += first + slope * i;
}

void fs_grid_demand(fs_stock_grid *g, int t, const fs_pieces *pieces, const double *share)
{
    g->start[t] = t ? g->start[t - 1] + g->cells[t - 1] : 0;
    double *p = g->demand + g->start[t], *lost = g->lost + g->start[t];
    g->cells[t] = fs_pieces_spread(pieces, share, g->unit, p);
    double above = 0, sum = 0;
    for (int d = g->cells[t] - 1; d >= 0; d--) {
        lost[d] = sum += above;
        above += p[d];
    }
}

/* ---- forwards ---- */

void fs_grid_begin(fs_stock_grid *g, double on_hand)
{
    memset(g->state, 0, sizeof *g->state * (size_t)(g->last + 1));
    g->state[g->zero] = 1;
    g->low = g->high = g->zero;
    g->excess = 0;
    if (on_hand >= 0) {
        fs_grid_arrive(g, on_hand);
        return;
    }
    double down = -on_hand / g->unit;
    int cells = (int)down;
    g->state[g->zero] = 0;
    g->state[g->zero - cells] = 1 - (down - cells);
    g->state[g->zero - cells - 1] = down - cells;
    g->low = g->zero - cells - 1;
    g->high = g->zero - cells;
}

/* State i goes to place `to`, lumped in the last. */
static void move(fs_stock_grid *g, double mass, double to)
{
    if (to <= g->last) {
        g->spare[(int)to] += mass;
        return;
    }
    g->spare[g->last] += mass;
    g->excess += mass * (to - g->last) * g->unit;
}

void fs_grid_arrive(fs_stock_grid *g, double units)
{
    double up = units / g->unit, whole = floor(up), part = up - whole;
    if (!(units > 0)) return;
    memset(g->spare, 0, sizeof *g->spare * (size_t)(g->last + 1));
    for (int i = g->low; i <= g->high; i++) {
        move(g, g->state[i] * (1 - part), i + whole);
        if (part > 0) move(g, g->state[i] * part, i + whole + 1);
    }
    g->low = (int)fmin(g->low + whole, g->last);
    g->high = (int)fmin(g->high + whole + (part > 0), g->last);
    memcpy(g->state, g->spare, sizeof *g->state * (size_t)(g->last + 1));
}

void fs_grid_sell(fs_stock_grid *g, int t)
{
    const double *p = g->demand + g->start[t];
    int bottom = g->floor_is_zero ? g->zero : 0;
    memset(g->spare, 0, sizeof *g->spare * (size_t)(g->last + 1));
    for (int d = 0; d < g->cells[t]; d++) {
        int first = g->low < bottom + d ? bottom + d : g->low;
        if (p[d] == 0) continue;
        for (int i = g->low; i < first && i <= g->high; i++) g->spare[bottom] += p[d] * g->state[i];
        if (first <= g->high)
            add_times(g->spare + first - d, g->state + first, p[d], g->high - first + 1);
    }
    g->low = (int)max(g->low - (g->cells[t] - 1), bottom);
    memcpy(g->state, g->spare, sizeof *g->state * (size_t)(g->last + 1));
}

double fs_grid_mean(const fs_stock_grid *g)
{
    double sum = 0;
    for (int i = g->low; i <= g->high; i++) sum += g->state[i] * (i - g->zero);
    return sum * g->unit + g->excess;
}

/* ---- backwards ---- */

/* Expected cells missed in period t at state i; what is left is stock - mean + missed. */
static double missed_at(const fs_stock_grid *g, int t, int i)
{
    int stock = i - g->zero;
    const double *lost = g->lost + g->start[t];
    if (stock < 0) return lost[0] - stock;
    return stock < g->cells[t] ? lost[stock] : 0;
}

static double left_at(const fs_stock_grid *g, int t, int i)
{
    return max(i - g->zero - g->lost[g->start[t]] + missed_at(g, t, i), 0);
}

/* f(state + up) for all states. */
static void shift(const fs_stock_grid *g, fs_grid_function *f, double up)
{
    if (!(up > 0)) return;
    for (int i = 0; i <= g->last; i++) {
        double to = i + up;
        int cell = (int)fmin(to, g->last);
        double next = cell < g->last ? f->at[cell + 1] : f->at[g->last] + f->slope;
        f->at[i] = f->at[cell] + (next - f->at[cell]) * (to - cell);
    }
}

/* The state that suffices for all demand of periods t … end: from it on a function of the stock goes straight. */
static int enough(const fs_stock_grid *g, int t, int end)
{
    int cells = g->start[end] + g->cells[end] - g->start[t];
    return g->zero + cells < g->last ? g->zero + cells : g->last;
}

/* What was worked out for states up to `top` becomes f. */
static void take_up_to(const fs_stock_grid *g, fs_grid_function *f, int top)
{
    const double *from = g->next.at;
    memcpy(f->at, from, sizeof *from * (size_t)(top + 1));
    for (int i = top + 1; i <= g->last; i++) f->at[i] = from[top] + f->slope * (i - top);
}

/* The mean of f over what period t leaves; f straight from `top` on before and after. */
static void before_sales(fs_stock_grid *g, int t, int top, fs_grid_function *f)
{
    const double *p = g->demand + g->start[t];
    int bottom = g->floor_is_zero ? g->zero : 0, states = top + 1 - bottom;
    double *to = g->next.at;
    memset(to, 0, sizeof *to * (size_t)(top + 1));
    double above = 0;
    for (int d = g->cells[t] - 1; d >= 0; d--) {
        if (d < states) {
            to[bottom + d] += above * f->at[bottom]; /* more is asked for than is there */
            add_times(to + bottom + d, f->at + bottom, p[d], states - d);
        }
        above += p[d];
    }
    take_up_to(g, f, top);
}

/* The same of the probability that nothing was missed: only from stock that suffices. */
static void before_safe(fs_stock_grid *g, int t, int top, fs_grid_function *f)
{
    const double *p = g->demand + g->start[t];
    double *to = g->next.at;
    memset(to, 0, sizeof *to * (size_t)(top + 1));
    for (int d = 0; d < g->cells[t] && g->zero + d <= top; d++)
        add_times(to + g->zero + d, f->at + g->zero, p[d], top + 1 - g->zero - d);
    take_up_to(g, f, top);
}

static void fill(const fs_stock_grid *g, fs_grid_function *f, double value)
{
    f->slope = 0;
    for (int i = 0; i <= g->last; i++) f->at[i] = value;
}

static void add_period(fs_stock_grid *g, const fs_order_case *now, int t)
{
    double holding = now->holding * g->unit, shortage = now->shortage * g->unit;
    int few = g->zero + g->cells[t] < g->last + 1 ? g->zero + g->cells[t] : g->last + 1;
    for (int i = 0; i < few; i++) {
        double missed = missed_at(g, t, i);
        g->missed.at[i] += missed * g->unit;
        g->cost.at[i] += holding * left_at(g, t, i) + shortage * missed;
    }
    /* nothing is missed from there on */
    add_line(g->cost.at + few, holding * left_at(g, t, few), holding, g->last + 1 - few);
    g->cost.slope += holding;
}

/* What is left when the units of this order end their life; no other is sold before them. */
static void add_expiry(fs_stock_grid *g, const fs_order_case *now)
{
    int end = now->lead + now->life - 1;
    for (int i = 0; i <= g->last; i++) g->life.at[i] = left_at(g, end, i);
    g->life.slope = 1;
    for (int t = end - 1; t >= now->lead; t--) before_sales(g, t, enough(g, t, end), &g->life);
    for (int i = 0; i <= g->last; i++) g->cost.at[i] += now->expiry * g->unit * g->life.at[i];
    g->cost.slope += now->expiry * g->unit;
}

static void lengthen(const fs_stock_grid *g, fs_grid_function *f)
{
    for (int i = 1; i <= g->orders; i++) f->at[g->last + i] = f->at[g->last] + f->slope * i;
}

void fs_grid_value(fs_stock_grid *g, const fs_order_case *now)
{
    int end = now->lead + now->review - 1;
    fill(g, &g->cost, 0);
    fill(g, &g->missed, 0);
    fill(g, &g->safe, 1);
    for (int t = end; t >= now->lead; t--) {
        int top = enough(g, t, end);
        if (t < end) {
            double up = now->arriving ? now->arriving[t + 1] / g->unit : 0;
            shift(g, &g->cost, up), shift(g, &g->missed, up), shift(g, &g->safe, up);
            before_sales(g, t, top, &g->cost), before_sales(g, t, top, &g->missed);
        }
        before_safe(g, t, top, &g->safe);
        add_period(g, now, t);
    }
    if (now->life > 0 && now->expiry > 0) add_expiry(g, now);
    lengthen(g, &g->cost), lengthen(g, &g->missed), lengthen(g, &g->safe);
}

void fs_grid_expect(const fs_stock_grid *g, const fs_grid_function *f, double weight, double *to)
{
    for (int i = g->low; i <= g->high; i++)
        if (g->state[i] > 0) add_times(to, f->at + i, weight * g->state[i], g->orders + 1);
}
