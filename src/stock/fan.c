/* The stock of each period ahead as a distribution, with an order and none after it.
 *
 * The forward recursion of order_grid.c, with a last state above all stock that may be there, so that nothing is lumped: its mean and
 * quantiles are those of the grid. Scenes of what periods have in common are played one after the other and mixed.
 */
#include <math.h>
#include <string.h>

#include "order_grid.h"

#define LOW  0.05
#define HIGH 0.95
#define NEAR 1e-12 /* of a probability */

struct fs_fan_work {
    fs_stock_grid grid;
    fs_scenes scenes;
    fs_pieces pieces;
    double share[FS_PIECES_MOST];
    double mean[FS_ORDER_PERIODS];
    double state[FS_ORDER_PERIODS][FS_GRID_STATES]; /* at the end of each period */
};

fs_status fs_stock_fan_open(fs_stock_fan *fan)
{
    if (fan->work) return FS_OK;
    fan->work = fs_alloc_zero(1, sizeof *fan->work);
    if (!fan->work) return FS_MEMORY;
    fan->work->scenes.common = -1;
    return FS_OK;
}

void fs_stock_fan_close(fs_stock_fan *fan)
{
    fs_free(fan->work);
    fan->work = NULL;
}

static double start_of(const fs_order_case *now)
{
    return now->later ? now->on_hand : fmax(now->on_hand, 0);
}

static double arrivals_of(const fs_order_case *now, double units, int t)
{
    double open = now->arriving ? fmax(now->arriving[t], 0) : 0;
    return open + (t == now->lead ? units : 0);
}

static void size_grid(struct fs_fan_work *w, const fs_ahead *ahead, const fs_order_case *now,
                      double units)
{
    fs_stock_grid *g = &w->grid;
    double highest[FS_ORDER_PERIODS], start = start_of(now), owed = fmax(-start, 0);
    double asked = owed, there = fmax(start, 0);
    int down = 0, up = 2;
    g->periods = ahead->periods;
    for (int t = 0; t < g->periods; t++) {
        fs_pieces_make(&w->pieces, ahead, t);
        asked += highest[t] = fs_stock_highest(&w->pieces);
        there += arrivals_of(now, units, t);
        up += arrivals_of(now, units, t) > 0;
    }
    g->unit = fmax(1, ceil(fmax(asked, there) / FS_ORDER_CELLS));
    for (int t = 0; t < g->periods; t++) down += (int)ceil(highest[t] / g->unit);
    g->floor_is_zero = !now->later;
    g->zero = now->later ? down + (int)(owed / g->unit) + 1 : 0;
    g->last = g->zero + (int)(there / g->unit) + up;
}

static void set_demand(struct fs_fan_work *w, const fs_ahead *ahead, int scene)
{
    bool shared = ahead->common > 0;
    for (int t = 0; t < ahead->periods; t++) {
        fs_pieces_make(&w->pieces, ahead, t);
        if (shared) fs_stock_scene_shares(&w->scenes, scene, &w->pieces, w->share);
        fs_grid_demand(&w->grid, t, &w->pieces, shared ? w->share : NULL);
    }
}

static void play(struct fs_fan_work *w, const fs_order_case *now, double units, double weight)
{
    fs_stock_grid *g = &w->grid;
    fs_grid_begin(g, start_of(now));
    for (int t = 0; t < g->periods; t++) {
        fs_grid_arrive(g, arrivals_of(now, units, t));
        fs_grid_sell(g, t);
        w->mean[t] += weight * fs_grid_mean(g);
        for (int i = g->low; i <= g->high; i++) w->state[t][i] += weight * g->state[i];
    }
}

static double quantile(const fs_stock_grid *g, const double *state, double probability)
{
    int i = 0;
    double sum = state[0];
    while (i < g->last && sum < probability - NEAR) sum += state[++i];
    return (i - g->zero) * g->unit;
}

void fs_stock_fan_make(fs_stock_fan *fan, const fs_ahead *ahead, const fs_order_case *now,
                       double units, fs_stock_end *end)
{
    struct fs_fan_work *w = fan->work;
    int scenes = ahead->common > 0 ? FS_SCENES : 1;
    size_grid(w, ahead, now, units);
    for (int t = 0; t < ahead->periods; t++)
        memset(w->state[t], 0, sizeof **w->state * (size_t)(w->grid.last + 1)), w->mean[t] = 0;
    if (scenes > 1) fs_stock_scenes(&w->scenes, ahead->common);
    for (int k = 0; k < scenes; k++) {
        set_demand(w, ahead, k);
        play(w, now, units, 1.0 / scenes);
    }
    for (int t = 0; t < ahead->periods; t++)
        end[t] = (fs_stock_end){w->mean[t], quantile(&w->grid, w->state[t], LOW),
                                quantile(&w->grid, w->state[t], HIGH)};
}
