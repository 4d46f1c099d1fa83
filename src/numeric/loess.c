/* Loess of degree 1 on even steps (Cleveland 1979; Cleveland, Cleveland, McRae and Terpenning 1990).
 *
 * A fit at step i is a straight line through the `window` steps nearest to i, weighted by the tricube
 * of their distance. Steps are even, so the weights depend on positions only: fits whose window
 * is whole share one row, and only those near the ends have one of their own; rows are made once for a
 * length of series and kept. Without gaps and robust weights a fit then is one sum, that of shares times values.
 * With weights rho it is five: of w·rho, w·d·rho, w·d²·rho, w·rho·x and w·d·rho·x, d the distance.
 *
 * Only every jump-th step is fitted, a tenth of the window apart, and the rest lies on the line
 * between two fits. Where the jump is small (up to PHASES_MOST), fits beside each other are made in
 * lanes: the series is dealt out into `jump` phases first, so that what fits beside each other need at the
 * same distance lies beside each other too. Where it is large, each fit is made in lanes by itself.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "loess_internal.h"

#define JUMPS       10
#define PHASES_MOST 4
#define INNER_LEAST 8

void fs_loess_free(fs_loess *loess)
{
    fs_free(loess->block);
    *loess = (fs_loess){0};
}

/* ---- tables ---- */

static int64_t rows_of(const fs_loess *l) { return l->fits - (l->inner_to - l->inner_from) + 3; }

static void find_inner(fs_loess *l)
{
    l->inner_from = l->inner_to = l->fits;
    if (l->window >= l->count) return;
    l->inner_from = (l->half + l->jump - 1) / l->jump;
    l->inner_to = (l->count - 1 - l->half) / l->jump + 1;
    if (l->inner_to < l->inner_from) l->inner_to = l->inner_from;
}

static void set_shape(fs_loess *l)
{
    l->half = (l->window - 1) / 2;
    l->jump = (l->window + JUMPS - 1) / JUMPS;
    if (l->jump > l->count - 1) l->jump = l->count - 1;
    if (l->jump < 1) l->jump = 1;
    l->fits = (l->count - 1 + l->jump - 1) / l->jump + 1;
    l->taps = l->window < l->count ? l->window : l->count;
    l->stride = (l->taps + FS_LOESS_PAD - 1) / FS_LOESS_PAD * FS_LOESS_PAD;
    double range = 0.001 * (double)(l->count - 1);
    l->least = l->level ? INFINITY : range * range;
    find_inner(l);
    bool dealt = l->jump <= PHASES_MOST && l->inner_to - l->inner_from >= INNER_LEAST;
    l->phases = l->spread || !dealt ? 0 : l->jump;
    l->phase_stride = l->count / l->jump + 2 * FS_LOESS_PAD;
}

static size_t row_size(const fs_loess *l) { return (size_t)rows_of(l) * (size_t)l->stride; }

static size_t table_size(const fs_loess *l)
{
    static_assert(sizeof(int64_t) == sizeof(double), "indices lie among numbers");
    return 2 * row_size(l) + 6 * ((size_t)l->half + 1);
}

static void cut_tables(fs_loess *l, double *tables)
{
    size_t row = row_size(l), inner = (size_t)l->half + 1;
    l->weight = tables;
    l->share = l->weight + row;
    l->inner = l->share + row;
    l->ahead = (int64_t *)(void *)(l->inner + 4 * inner);
    l->behind = l->ahead + inner;
}

static fs_status reserve(fs_loess *l)
{
    size_t size = table_size(l) * sizeof(double);
    if (size <= l->size && l->block) return FS_OK;
    fs_free(l->block);
    l->size = 0;
    l->block = fs_alloc(size + size / 4);
    if (!l->block) return FS_MEMORY;
    l->size = size + size / 4;
    return FS_OK;
}

static double tricube(double distance, double reach)
{
    if (distance > 0.999 * reach) return 0;
    if (distance <= 0.001 * reach) return 1;
    double u = distance / reach, rest = 1 - u * u * u;
    return rest * rest * rest;
}

/* How far the window of a fit at step `at` reaches. */
static double reach_of(const fs_loess *l, int64_t at, int64_t left)
{
    int64_t right = left + l->taps - 1, reach = at - left > right - at ? at - left : right - at;
    return (double)(l->window > l->count ? reach + (l->window - l->count) / 2 : reach);
}

/* Shares of values in the line at distance 0, where the first is `first` away. */
static void find_shares(const fs_loess *l, const double *weight, double first, double *share)
{
    double total = 0, mean = 0, variance = 0;
    for (int64_t i = 0; i < l->taps; i++) total += weight[i];
    for (int64_t i = 0; i < l->taps; i++) mean += weight[i] / total * (first + (double)i);
    for (int64_t i = 0; i < l->taps; i++) {
        double d = first + (double)i - mean;
        variance += weight[i] / total * d * d;
    }
    double slope = variance > l->least ? -mean / variance : 0;
    for (int64_t i = 0; i < l->taps; i++)
        share[i] = weight[i] / total * (1 + slope * (first + (double)i - mean));
}

static void fill_row(const fs_loess *l, int64_t row, int64_t at)
{
    int64_t left = at - l->half;
    if (left > l->count - l->taps) left = l->count - l->taps;
    if (left < 0) left = 0;
    double *weight = l->weight + row * l->stride, *share = l->share + row * l->stride;
    double reach = reach_of(l, at, left);
    memset(weight, 0, (size_t)l->stride * sizeof *weight);
    memset(share, 0, (size_t)l->stride * sizeof *share);
    for (int64_t i = 0; i < l->taps; i++) weight[i] = tricube(fabs((double)(left + i - at)), reach);
    find_shares(l, weight, (double)(left - at), share);
}

/* Where a neighbour at distance d is: in the phase (i · jump + d) mod jump, or rows away. */
static int64_t place_of(const fs_loess *l, int64_t d)
{
    if (l->spread) return d * l->spread;
    int64_t phase = (d % l->jump + l->jump) % l->jump;
    return phase * l->phase_stride + (d - phase) / l->jump;
}

static void fill_inner(const fs_loess *l)
{
    int64_t size = l->half + 1;
    double total = 0, *weight = l->inner, *share = l->inner + 3 * size;
    for (int64_t d = 0; d < size; d++) {
        weight[d] = tricube((double)d, (double)l->half);
        weight[size + d] = weight[d] * (double)d;
        weight[2 * size + d] = weight[d] * (double)d * (double)d;
        total += d > 0 ? 2 * weight[d] : weight[d];
        l->ahead[d] = place_of(l, d);
        l->behind[d] = place_of(l, -d);
    }
    for (int64_t d = 0; d < size; d++) share[d] = weight[d] / total;
}

static void fill_tables(fs_loess *l, double *tables)
{
    int64_t row = 0;
    cut_tables(l, tables);
    for (int64_t i = 0; i < l->inner_from; i++) fill_row(l, row++, fs_loess_at(l, i));
    for (int64_t i = l->inner_to; i < l->fits; i++) fill_row(l, row++, fs_loess_at(l, i));
    fill_row(l, row++, -1);
    fill_row(l, row++, l->count);
    fill_row(l, row++, fs_loess_at(l, l->inner_from < l->fits ? l->inner_from : 0));
    fill_inner(l);
}

static void set_lengths(fs_loess *l, int64_t count, int64_t window, int64_t spread, bool level)
{
    l->count = count, l->window = window, l->spread = spread, l->level = level;
    set_shape(l);
}

fs_status fs_loess_plan(fs_loess *l, int64_t count, int64_t window, int64_t spread, bool level)
{
    if (l->block && l->count == count && l->window == window && l->spread == spread &&
        l->level == level)
        return FS_OK;
    set_lengths(l, count, window, spread, level);
    fs_status status = reserve(l);
    if (status != FS_OK) l->count = 0;
    FS_TRY(status);
    fill_tables(l, l->block);
    return FS_OK;
}

size_t fs_loess_tables(int64_t count, int64_t window, int64_t spread, bool level)
{
    fs_loess l = {0};
    set_lengths(&l, count, window, spread, level);
    return table_size(&l);
}

void fs_loess_fill(fs_loess *l, int64_t count, int64_t window, int64_t spread, bool level,
                   double *tables)
{
    *l = (fs_loess){0};
    set_lengths(l, count, window, spread, level);
    fill_tables(l, tables);
}

/* ---- fits without any weight ---- */

/* Where fit i is: beside each other, or `spread` numbers apart for each step. */
static int64_t index_of(const fs_loess *l, int64_t i)
{
    return l->spread ? fs_loess_at(l, i) * l->spread : i;
}

bool fs_loess_mend(const fs_loess *l, double *fit, const double *sum)
{
    int64_t last = -1;
    for (int64_t i = 0; i < l->fits; i++) {
        if (!(sum[index_of(l, i)] > 0)) continue;
        double b = fit[index_of(l, i)], a = last < 0 ? b : fit[index_of(l, last)];
        double from = (double)fs_loess_at(l, last < 0 ? 0 : last);
        double width = (double)fs_loess_at(l, i) - from;
        for (int64_t k = last + 1; k < i; k++)
            fit[index_of(l, k)] = a + (b - a) * (((double)fs_loess_at(l, k) - from) / width);
        last = i;
    }
    for (int64_t k = last + 1; k < l->fits; k++)
        fit[index_of(l, k)] = last < 0 ? 0 : fit[index_of(l, last)];
    return last >= 0;
}

/* ---- a series ---- */

void fs_loess_smooth(const fs_loess *l, const fs_loess_series *s, const double *y,
                     const double *minus, fs_stl_room *room, double *x, double *out)
{
    if (minus) {
        fs_numeric_lanes_subtract(y, minus, l->count, x);
        y = x;
    }
    fs_numeric_lanes_smooth(l, s->rho, y, room);
    if (s->rho) fs_loess_mend(l, room->fit, room->sum);
    fs_numeric_lanes_expand(l, room->fit, out);
}
