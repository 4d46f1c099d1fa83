/* The sums of loess and what goes with them, in lanes: eight fits, or eight steps of one, at a time.
 *
 * Two vectors of four doubles, as in the recursion of exponential smoothing. Each lane adds up in its own
 * order, whatever the machine, so results are the same everywhere. Fits whose window is whole go
 * through it by pairs of neighbours at the same distance: the sums of the two count for the even powers of
 * the distance, the differences for the odd ones, 14 operations a pair. All of it stays in
 * the cache of the core: a series of 2,000 steps has arrays of 16 KB.
 */
#include <string.h>

#include "loess_internal.h"

#define WIDTH 4
#define LANES 8

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));
typedef int64_t choice __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

#define AT(pointer) ((const vector *)(const void *)(pointer))
#define TO(pointer) ((vector *)(void *)(pointer))

#define INLINE static inline __attribute__((always_inline))

/* Sums of w·rho, w·d·rho, w·d²·rho, w·rho·x, w·d·rho·x. */
typedef struct sums {
    vector s0[2], s1[2], s2[2], t0[2], t1[2];
} sums;

/* The line at distance 0. `least`: per lane. Where steps are missing a slope is not drawn out further than
 * five deviations of the known positions (narrow = 1/25; 0: as far as it is). */
INLINE void solve(const sums *s, const double *least, double narrow, double *fit, double *sum)
{
    for (int v = 0; v < 2; v++) {
        vector inverse = 1.0 / s->s0[v];
        vector mean = s->t0[v] * inverse, away = s->s1[v] * inverse;
        vector square = away * away, variance = s->s2[v] * inverse - square;
        vector bend = (s->t1[v] * inverse - away * mean) * away, far = square * narrow;
        choice is_far = far > variance;
        vector divisor = (vector)(((choice)far & is_far) | ((choice)variance & ~is_far));
        choice sloped = variance > AT(least)[v], known = s->s0[v] > 0;
        vector line = mean - (vector)((choice)(bend / divisor) & sloped);
        TO(fit)[v] = (vector)((choice)line & known);
        TO(sum)[v] = s->s0[v];
    }
}

/* Neighbours at distances 1 … half on both sides. */
INLINE void add_pairs(const fs_loess *l, const double *rho, const double *z, sums *s)
{
    const double *w = l->inner, *wd = w + l->half + 1, *wdd = wd + l->half + 1;
    for (int v = 0; v < 2; v++) {
        s->s0[v] = w[0] * AT(rho)[v];
        s->t0[v] = w[0] * AT(z)[v];
        s->s1[v] = s->s2[v] = s->t1[v] = (vector){0};
    }
    for (int64_t d = 1; d <= l->half; d++) {
        const double *r1 = rho + l->ahead[d], *r0 = rho + l->behind[d];
        const double *z1 = z + l->ahead[d], *z0 = z + l->behind[d];
        for (int v = 0; v < 2; v++) {
            vector both = AT(r1)[v] + AT(r0)[v];
            s->s0[v] += w[d] * both;
            s->s2[v] += wdd[d] * both;
            s->s1[v] += wd[d] * (AT(r1)[v] - AT(r0)[v]);
            s->t0[v] += w[d] * (AT(z1)[v] + AT(z0)[v]);
            s->t1[v] += wd[d] * (AT(z1)[v] - AT(z0)[v]);
        }
    }
}

/* The same without weights: shares add up to 1, and the line at the middle is their mean. */
INLINE void mean_pairs(const fs_loess *l, const double *z, double *fit)
{
    const double *share = l->inner + 3 * (l->half + 1);
    vector total[2];
    for (int v = 0; v < 2; v++) total[v] = share[0] * AT(z)[v];
    for (int64_t d = 1; d <= l->half; d++)
        for (int v = 0; v < 2; v++)
            total[v] += share[d] * (AT(z + l->ahead[d])[v] + AT(z + l->behind[d])[v]);
    for (int v = 0; v < 2; v++) TO(fit)[v] = total[v];
}

/* ---- one fit by itself, lanes along its window ---- */

INLINE double total_of(const vector *part)
{
    vector t = part[0] + part[1];
    return (t[0] + t[1]) + (t[2] + t[3]);
}

INLINE double dot(const double *share, const double *x, int64_t stride)
{
    vector total[2] = {{0}, {0}};
    for (int64_t i = 0; i < stride; i += LANES)
        for (int v = 0; v < 2; v++) total[v] += AT(share + i)[v] * AT(x + i)[v];
    return total_of(total);
}

INLINE void dots(const double *weight, const double *rho, const double *x, int64_t stride,
                 double first, sums *s)
{
    vector d[2] = {{0, 1, 2, 3}, {4, 5, 6, 7}};
    *s = (sums){0};
    for (int v = 0; v < 2; v++) d[v] += first;
    for (int64_t i = 0; i < stride; i += LANES) {
        for (int v = 0; v < 2; v++) {
            vector w = AT(weight + i)[v] * AT(rho + i)[v], wd = w * d[v];
            s->s0[v] += w;
            s->s1[v] += wd;
            s->s2[v] += wd * d[v];
            s->t0[v] += w * AT(x + i)[v];
            s->t1[v] += wd * AT(x + i)[v];
            d[v] += (double)LANES;
        }
    }
}

INLINE void solve_one(const fs_loess *l, const sums *s, double narrow, double *fit, double *sum)
{
    double total = total_of(s->s0);
    *fit = 0, *sum = total;
    if (!(total > 0)) return;
    double inverse = 1.0 / total, mean = total_of(s->t0) * inverse;
    double away = total_of(s->s1) * inverse, square = away * away;
    double variance = total_of(s->s2) * inverse - square, far = square * narrow;
    double bend = (total_of(s->t1) * inverse - away * mean) * away;
    *fit = mean - (variance > l->least ? bend / (far > variance ? far : variance) : 0);
}

INLINE int64_t row_of(const fs_loess *l, int64_t fit)
{
    int64_t inner = l->inner_to - l->inner_from;
    if (fit < l->inner_from) return fit;
    return fit >= l->inner_to ? fit - inner : l->fits - inner + 2;
}

INLINE int64_t left_of(const fs_loess *l, int64_t at)
{
    int64_t left = at - l->half, most = l->count - l->taps;
    if (left > most) left = most;
    return left < 0 ? 0 : left;
}

INLINE void fit_alone(const fs_loess *l, const double *rho, const double *x, int64_t from,
                      int64_t to, fs_stl_room *room)
{
    for (int64_t i = from; i < to; i++) {
        int64_t at = fs_loess_at(l, i), left = left_of(l, at), row = row_of(l, i) * l->stride;
        sums s;
        if (rho) {
            dots(l->weight + row, rho + left, x + left, l->stride, (double)(left - at), &s);
            solve_one(l, &s, room->narrow, &room->fit[i], &room->sum[i]);
        } else
            room->fit[i] = dot(l->share + row, x + left, l->stride);
    }
}

/* ---- fits beside each other ---- */

INLINE void deal(const fs_loess *l, const double *rho, const double *x, fs_stl_room *room)
{
    for (int64_t q = 0; q < l->jump; q++) {
        double *to_rho = room->phase_rho + q * l->phase_stride;
        double *to_z = room->phase_z + q * l->phase_stride;
        int64_t steps = (l->count - q + l->jump - 1) / l->jump;
        if (!rho)
            for (int64_t i = 0; i < steps; i++) to_z[i] = x[i * l->jump + q];
        else
            for (int64_t i = 0; i < steps; i++) {
                double weight = rho[i * l->jump + q];
                to_rho[i] = weight;
                to_z[i] = weight * x[i * l->jump + q];
            }
    }
}

INLINE void fit_beside(const fs_loess *l, const double *rho, const double *x, fs_stl_room *room)
{
    double least[LANES];
    for (int i = 0; i < LANES; i++) least[i] = l->least;
    const double *z = room->phase_z, *weight = room->phase_rho;
    if (!rho && l->jump == 1)
        z = x;
    else
        deal(l, rho, x, room);
    for (int64_t i = l->inner_from; i < l->inner_to; i += LANES) {
        sums s;
        if (rho) {
            add_pairs(l, weight + i, z + i, &s);
            solve(&s, least, room->narrow, room->fit + i, room->sum + i);
        } else
            mean_pairs(l, z + i, room->fit + i);
    }
}

FS_LANES void fs_numeric_lanes_smooth(const fs_loess *l, const double *rho, const double *x,
                                      fs_stl_room *room)
{
    if (l->phases)
        fit_beside(l, rho, x, room);
    else
        fit_alone(l, rho, x, l->inner_from, l->inner_to, room);
    fit_alone(l, rho, x, 0, l->inner_from, room);
    fit_alone(l, rho, x, l->inner_to, l->fits, room);
}

FS_LANES void fs_numeric_lanes_expand(const fs_loess *l, const double *fit, double *out)
{
    int64_t last = l->fits - 1, jump = l->jump, at = 0;
    double share = 1 / (double)jump;
    if (jump > 1) {
        for (int64_t i = 0; i + 1 < last; i++, at += jump) {
            double step = (fit[i + 1] - fit[i]) * share;
            for (int64_t k = 0; k < jump; k++) out[at + k] = fit[i] + step * (double)k;
        }
        double step = last > 0 ? (fit[last] - fit[last - 1]) / (double)(l->count - 1 - at) : 0;
        for (int64_t k = 0; at + k < l->count - 1; k++)
            out[at + k] = fit[last - 1] + step * (double)k;
    } else
        memcpy(out, fit, (size_t)l->count * sizeof *out);
    out[l->count - 1] = fit[last];
}

/* ---- the places of a season ---- */

/* Fits of places from … to (of one cycle) with their own row of weights. */
INLINE void fit_row(const fs_loess *l, int64_t row, int64_t at, int64_t place, const double *rho,
                    const double *z, sums *s)
{
    const double *weight = (rho ? l->weight : l->share) + row * l->stride;
    int64_t left = left_of(l, at);
    *s = (sums){0};
    for (int64_t i = 0; i < l->taps; i++) {
        double d = (double)(left + i - at), w = weight[i], wd = w * d, wdd = wd * d;
        const double *values = z + (left + i) * l->spread + place;
        for (int v = 0; v < 2; v++) s->t0[v] += w * AT(values)[v];
        if (!rho) continue;
        const double *weights = rho + (left + i) * l->spread + place;
        for (int v = 0; v < 2; v++) {
            s->s0[v] += w * AT(weights)[v];
            s->s1[v] += wd * AT(weights)[v];
            s->s2[v] += wdd * AT(weights)[v];
            s->t1[v] += wd * AT(values)[v];
        }
    }
}

INLINE void put(const double *from, double *to, int64_t room)
{
    if (room >= LANES)
        memcpy(to, from, LANES * sizeof *to);
    else
        for (int64_t i = 0; i < room; i++) to[i] = from[i];
}

/* row < 0: the window is whole. */
INLINE void fit_places(const fs_stl *p, const fs_loess *l, int64_t row, int64_t at, int64_t from,
                       int64_t to, const double *rho, const double *z, fs_stl_room *room)
{
    for (int64_t place = from; place < to; place += LANES) {
        double fit[LANES], sum[LANES];
        int64_t start = at * p->period + place, target = start + p->period;
        sums s;
        if (row >= 0)
            fit_row(l, row, at, place, rho, z, &s);
        else if (rho)
            add_pairs(l, rho + start, z + start, &s);
        if (rho)
            solve(&s, p->least + place, room->narrow, fit, sum);
        else if (row < 0)
            mean_pairs(l, z + start, fit);
        else
            memcpy(fit, s.t0, sizeof fit);
        put(fit, room->cycle + target, to - place);
        if (rho) put(sum, room->cycle_sum + target, to - place);
    }
}

INLINE bool is_inner(const fs_loess *l, int64_t fit)
{
    return fit >= l->inner_from && fit < l->inner_to;
}

/* Whether the fit is the same for the places with one cycle more and for those without. */
INLINE bool is_shared(const fs_stl *p, int64_t fit)
{
    const fs_loess *a = &p->longer, *b = &p->shorter;
    if (is_inner(a, fit) && is_inner(b, fit)) return true;
    return a->taps == a->window && b->taps == b->window && fit < a->inner_from &&
           fit < b->inner_from;
}

INLINE void fit_some(const fs_stl *p, const fs_loess *l, int64_t fit, int64_t from, int64_t to,
                     const double *rho, const double *z, fs_stl_room *room)
{
    if (fit >= l->fits || from >= to) return;
    int64_t row = is_inner(l, fit) ? -1 : row_of(l, fit);
    fit_places(p, l, row, fs_loess_at(l, fit), from, to, rho, z, room);
}

INLINE void fit_outer(const fs_stl *p, const fs_loess *l, int64_t from, int64_t to,
                      const double *rho, const double *z, fs_stl_room *room)
{
    int64_t rows = l->fits - (l->inner_to - l->inner_from);
    fit_places(p, l, rows, -1, from, to, rho, z, room);
    fit_places(p, l, rows + 1, l->count, from, to, rho, z, room);
}

/* z: rho times value. Fits into room->cycle, where cycle m of the series is cycle m + 1. */
FS_LANES void fs_numeric_lanes_season(const fs_stl *p, const double *rho, const double *z,
                                      fs_stl_room *room)
{
    const fs_loess *a = &p->longer, *b = &p->shorter;
    fit_outer(p, a, 0, p->split, rho, z, room);
    if (p->split < p->period) fit_outer(p, b, p->split, p->period, rho, z, room);
    for (int64_t i = 0; i < a->fits; i++) {
        if (is_shared(p, i)) {
            fit_some(p, a, i, 0, p->period, rho, z, room);
            continue;
        }
        fit_some(p, a, i, 0, p->split, rho, z, room);
        fit_some(p, b, i, p->split, p->period, rho, z, room);
    }
}

/* Cycles between two fits lie on the line between them. */
FS_LANES void fs_numeric_lanes_between(const fs_loess *l, int64_t period, int64_t from, int64_t to,
                                       double *cycle)
{
    for (int64_t i = 0; l->jump > 1 && i + 1 < l->fits; i++) {
        int64_t at = fs_loess_at(l, i), width = fs_loess_at(l, i + 1) - at;
        double *a = cycle + (at + 1) * period, *b = a + width * period;
        for (int64_t k = 1; k < width; k++)
            for (int64_t j = from; j < to; j++)
                a[k * period + j] = a[j] + (b[j] - a[j]) / (double)width * (double)k;
    }
}

/* ---- along a series ---- */

/* sum[i] (+)= x[i] + x[i + size] + … , `digit` of them. */
INLINE void add_steps(const double *x, int64_t size, int64_t digit, bool first, int64_t count,
                      double *sum)
{
    const double *b = x + size, *c = b + size;
    if (digit == 1)
        for (int64_t i = 0; i < count; i++) sum[i] = (first ? 0 : sum[i]) + x[i];
    else if (digit == 2)
        for (int64_t i = 0; i < count; i++) sum[i] = (first ? 0 : sum[i]) + (x[i] + b[i]);
    else if (digit == 3)
        for (int64_t i = 0; i < count; i++) sum[i] = (first ? 0 : sum[i]) + (x[i] + b[i] + c[i]);
}

/* sum[i] = x[i] + … + x[i + period - 1] for every i <= count - period, by sums of 1, 4, 16 … steps:
 * nothing is ever taken away again, so a huge value leaves no trace behind it. spare: count. */
FS_LANES void fs_numeric_lanes_moving(const double *x, int64_t count, int64_t period, double *spare,
                                      double *sum)
{
    int64_t done = 0;
    for (int64_t size = 1;; size *= 4) {
        int64_t digit = period / size % 4, room = count - 4 * size + 1;
        add_steps(x + done, size, digit, done == 0, count - done - digit * size + 1, sum);
        done += digit * size;
        if (4 * size > period) return;
        const double *b = x + size, *c = b + size, *d = c + size;
        for (int64_t i = 0; i < room; i++) spare[i] = (x[i] + b[i]) + (c[i] + d[i]);
        x = spare;
    }
}

FS_LANES void fs_numeric_lanes_three(const double *x, int64_t count, double scale, double *out)
{
    for (int64_t i = 0; i < count; i++) out[i] = (x[i] + x[i + 1] + x[i + 2]) * scale;
}

FS_LANES void fs_numeric_lanes_subtract(const double *a, const double *b, int64_t count,
                                        double *out)
{
    for (int64_t i = 0; i < count; i++) out[i] = a[i] - b[i];
}

FS_LANES void fs_numeric_lanes_weighted(const double *a, const double *b, const double *rho,
                                        int64_t count, double *out)
{
    for (int64_t i = 0; i < count; i++) out[i] = (a[i] - b[i]) * rho[i];
}

/* Tukey's bisquare of the size of what is left, times known (1, 0 where missing). */
FS_LANES void fs_stl_bisquare(const double *y, const double *trend, const double *season,
                              const double *known, int64_t count, double reach, double *rho)
{
    double inverse = 1 / reach, near = 0.001 * reach, far = 0.999 * reach;
    for (int64_t i = 0; i < count; i += WIDTH) {
        vector left = *AT(y + i) - (*AT(trend + i) + *AT(season + i)), u = left * inverse;
        vector rest = 1 - u * u, one = {1, 1, 1, 1}, weight = rest * rest;
        choice is_near = (left <= near) & (left >= -near), is_in = (left <= far) & (left >= -far);
        weight = (vector)(((choice)one & is_near) | ((choice)weight & ~is_near)) * *AT(known + i);
        *TO(rho + i) = (vector)((choice)weight & is_in);
    }
}

FS_LANES void fs_stl_sizes(const double *y, const double *trend, const double *season,
                           int64_t count, double *size)
{
    for (int64_t i = 0; i < count; i++) {
        double left = y[i] - (trend[i] + season[i]);
        size[i] = left < 0 ? -left : left;
    }
}
