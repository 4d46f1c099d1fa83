/* demand_internal.h: loess on even steps, and the seasonal smoothing made of it; see loess.c, stl.c. */
#ifndef FORESELL_DEMAND_INTERNAL_H
#define FORESELL_DEMAND_INTERNAL_H

#include "foresell/demand.h"

/* Arrays that lanes read have this many further places, which hold finite numbers. */
#define FS_DEMAND_PAD 8

/* Local lines on `count` even steps, fitted at every jump-th step and at the last. Step i of the grid
 * of fits stands at min(i · jump, count - 1). All that depends on positions alone is in tables. */
typedef struct fs_demand_loess {
    int64_t count, window, spread; /* what it was made for; spread: see fs_demand_loess_plan */
    bool level;                    /* degree 0: means, no lines */
    int64_t jump, half, taps, stride, fits;
    int64_t inner_from, inner_to; /* fits whose window is whole: they share one row of weights */
    int64_t phases, phase_stride; /* see loess.c; phases 0: each fit alone */
    double least;                 /* variance of positions below which there is no slope */
    double *weight;          /* rows × stride: tricube; ends first, then before, after, inner */
    double *share;           /* rows × stride: of a value in the fit, where all weigh 1 */
    double *inner;           /* 4 × (half + 1): w, w·d, w·d², share, at distance d */
    int64_t *ahead, *behind; /* half + 1: where the neighbours at distance d are */
    void *block;
    size_t size;
} fs_demand_loess;

/* spread 0: a series, step by step. Else its steps are `spread` numbers apart, as those of one place of
 * a season are, and two fits are added: one step before the first, one after the last. */
FS_MUST_CHECK fs_status fs_demand_loess_plan(fs_demand_loess *loess, int64_t count, int64_t window,
                                             int64_t spread, bool level);
void fs_demand_loess_free(fs_demand_loess *loess);

static inline int64_t fs_demand_loess_at(const fs_demand_loess *l, int64_t fit)
{
    return fit * l->jump < l->count - 1 ? fit * l->jump : l->count - 1;
}

/* Room that smoothing needs: arrays each for count + 2 periods and what is padded. */
typedef struct fs_demand_room {
    double narrow;               /* see loess_lanes.c */
    double *cycle, *cycle_sum;   /* seasons, one cycle longer at both ends; sums of weights */
    double *mean, *spare;        /* moving means */
    double *fit, *sum;           /* loess at the grid of fits */
    double *phase_rho, *phase_z; /* a series dealt out by step mod jump */
} fs_demand_room;

typedef struct fs_demand_series {
    int64_t count;
    const double *rho; /* weights, 0 where missing; NULL: all 1 */
} fs_demand_series;

/* Smooths y - minus (minus may be NULL; x gets the difference) into out. */
void fs_demand_loess_smooth(const fs_demand_loess *l, const fs_demand_series *s, const double *y,
                            const double *minus, fs_demand_room *room, double *x, double *out);
/* Puts fits whose window has no weight on the line between those beside them, at the ends level with the
 * nearest; 0, and false, where none has weight. */
bool fs_demand_loess_mend(const fs_demand_loess *l, double *fit, const double *sum);

/* ---- one season (stl.c) ---- */

typedef struct fs_demand_season {
    int64_t count, period, window, split;
    fs_demand_loess longer,
        shorter; /* places before `split` have one cycle more than those behind */
    fs_demand_loess low, trend;
    double *least; /* period: of the place's loess */
    int64_t capacity;
} fs_demand_season;

FS_MUST_CHECK fs_status fs_demand_season_plan(fs_demand_season *season, int64_t count,
                                              int64_t period, int64_t window, bool level);
void fs_demand_season_free(fs_demand_season *season);
/* One pass of the inner loop: y and the trend so far to season and trend. x, low: count. */
void fs_demand_season_pass(const fs_demand_season *p, const fs_demand_series *s, const double *y,
                           fs_demand_room *room, double *x, double *low, double *season,
                           double *trend);

/* ---- lanes (loess_lanes.c) ---- */

void fs_demand_lanes_smooth(const fs_demand_loess *l, const double *rho, const double *x,
                            fs_demand_room *room);
void fs_demand_lanes_expand(const fs_demand_loess *l, const double *fit, double *out);
void fs_demand_lanes_season(const fs_demand_season *p, const double *rho, const double *z,
                            fs_demand_room *room);
void fs_demand_lanes_between(const fs_demand_loess *l, int64_t period, int64_t from, int64_t to,
                             double *cycle);
void fs_demand_lanes_moving(const double *x, int64_t count, int64_t period, double *spare,
                            double *sum);
void fs_demand_lanes_three(const double *x, int64_t count, double scale, double *out);
void fs_demand_lanes_subtract(const double *a, const double *b, int64_t count, double *out);
void fs_demand_lanes_weighted(const double *a, const double *b, const double *rho, int64_t count,
                              double *out);
void fs_demand_lanes_bisquare(const double *y, const double *trend, const double *season,
                              const double *known, int64_t count, double reach, double *rho);
void fs_demand_lanes_sizes(const double *y, const double *trend, const double *season,
                           int64_t count, double *size);
#endif
