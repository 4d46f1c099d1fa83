/* One season of a series: the inner loop of STL (Cleveland, Cleveland, McRae and Terpenning 1990, 2.1).
 *
 * What the trend leaves is smoothed place by place of the cycle (all Mondays, all Tuesdays …), one
 * step beyond both ends, by lines or, where there are too few cycles, by means; what is slow in that, three moving means and a loess, is taken out again, so that it is
 * left to the trend; and what the season leaves is smoothed to the next trend.
 *
 * Places are not gathered: the values of a cycle lie beside each other as they are, and so eight places are
 * fitted in lanes (loess_lanes.c). Where the last cycle is not whole, its places have one value more than
 * the others, and other weights near the end. A place of which nothing is known, such as the Sundays of a
 * shop that is closed then, counts as the mean of the others, which leaves what is slow as it is.
 */
#include <math.h>
#include <string.h>

#include "loess_internal.h"

static int64_t next_odd(double x)
{
    int64_t whole = (int64_t)ceil(x);
    return whole % 2 ? whole : whole + 1;
}

static int64_t trend_window(int64_t period, int64_t window)
{
    return next_odd(1.5 * (double)period / (1 - 1.5 / (double)window));
}

static fs_status reserve(fs_stl *p)
{
    if (p->period <= p->capacity && p->least) return FS_OK;
    fs_free(p->least);
    p->capacity = 0;
    p->least = fs_alloc_zero((size_t)p->period + FS_LOESS_PAD, sizeof *p->least);
    if (!p->least) return FS_MEMORY;
    p->capacity = p->period;
    return FS_OK;
}

/* The four smoothings: those of the places, of what is slow in them and of the trend. */
enum { LONGER, SHORTER, LOW, TREND, PARTS };
typedef struct part {
    int64_t count, window, spread;
    bool level;
} part;

static void list_parts(int64_t count, int64_t period, int64_t window, bool level, part list[PARTS])
{
    int64_t cycles = (count + period - 1) / period, low = next_odd((double)period);
    list[LONGER] = (part){cycles, window, period, level};
    list[SHORTER] = (part){cycles - 1, window, period, level};
    list[LOW] = (part){count, low < 3 ? 3 : low, 0, false};
    list[TREND] = (part){count, trend_window(period, window), 0, false};
}

static void set_lengths(fs_stl *p, int64_t count, int64_t period, int64_t window)
{
    p->period = period, p->window = window;
    p->split = count - ((count + period - 1) / period - 1) * period;
}

static void set_least(fs_stl *p)
{
    for (int64_t i = 0; i < p->period; i++)
        p->least[i] = i < p->split ? p->longer.least : p->shorter.least;
}

fs_status fs_stl_plan(fs_stl *p, int64_t count, int64_t period, int64_t window, bool level)
{
    if (p->least && p->count == count && p->period == period && p->window == window &&
        p->longer.level == level)
        return FS_OK;
    fs_loess *to[PARTS] = {&p->longer, &p->shorter, &p->low, &p->trend};
    part list[PARTS];
    p->count = 0; /* until all is made */
    set_lengths(p, count, period, window);
    FS_TRY(reserve(p));
    list_parts(count, period, window, level, list);
    for (int i = 0; i < PARTS; i++)
        FS_TRY(fs_loess_plan(to[i], list[i].count, list[i].window, list[i].spread, list[i].level));
    set_least(p);
    p->count = count;
    return FS_OK;
}

size_t fs_stl_tables(int64_t count, int64_t period, int64_t window, bool level)
{
    size_t size = (size_t)period + FS_LOESS_PAD;
    part list[PARTS];
    list_parts(count, period, window, level, list);
    for (int i = 0; i < PARTS; i++)
        size += fs_loess_tables(list[i].count, list[i].window, list[i].spread, list[i].level);
    return size;
}

void fs_stl_fill(fs_stl *p, int64_t count, int64_t period, int64_t window, bool level,
                 double *tables)
{
    *p = (fs_stl){.count = count, .least = tables};
    fs_loess *to[PARTS] = {&p->longer, &p->shorter, &p->low, &p->trend};
    part list[PARTS];
    double *at = tables + period + FS_LOESS_PAD;
    memset(tables, 0, (size_t)(period + FS_LOESS_PAD) * sizeof *tables);
    set_lengths(p, count, period, window);
    list_parts(count, period, window, level, list);
    for (int i = 0; i < PARTS; i++) {
        const part *l = &list[i];
        fs_loess_fill(to[i], l->count, l->window, l->spread, l->level, at);
        at += fs_loess_tables(l->count, l->window, l->spread, l->level);
    }
    set_least(p);
}

void fs_stl_room_cut(fs_stl_room *room, int64_t count, double *at)
{
    size_t piece = FS_STL_PIECE(count);
    double **doubled[] = {&room->cycle, &room->cycle_sum, &room->mean, &room->spare};
    double **single[] = {&room->fit, &room->sum, &room->phase_rho, &room->phase_z};
    memset(at, 0, FS_STL_ROOM(count) * sizeof *at);
    for (int i = 0; i < 4; i++) {
        *doubled[i] = at, at += 2 * piece;
        *single[i] = at, at += piece;
    }
}

void fs_stl_free(fs_stl *p)
{
    fs_loess_free(&p->longer);
    fs_loess_free(&p->shorter);
    fs_loess_free(&p->low);
    fs_loess_free(&p->trend);
    fs_free(p->least);
    *p = (fs_stl){0};
}

/* ---- places ---- */

static bool all_weigh(const fs_loess *l, int64_t from, int64_t to, const double *sum)
{
    bool none = false;
    for (int64_t i = -1; i <= l->fits; i++) {
        int64_t at = i < 0 ? -1 : i < l->fits ? fs_loess_at(l, i) : l->count;
        const double *row = sum + (at + 1) * l->spread;
        for (int64_t j = from; j < to; j++) none |= !(row[j] > 0);
    }
    return !none;
}

/* A whole column of fits, and the one before and behind it. False: nothing of the place has weight. */
static bool mend_place(const fs_stl *p, fs_stl_room *room, int64_t place)
{
    const fs_loess *l = place < p->split ? &p->longer : &p->shorter;
    double *fit = room->cycle + p->period + place, *sum = room->cycle_sum + p->period + place;
    int64_t behind = l->count * p->period, last = behind - p->period;
    bool any = fs_loess_mend(l, fit, sum);
    if (!(sum[-p->period] > 0)) fit[-p->period] = fit[0];
    if (!(sum[behind] > 0)) fit[behind] = fit[last];
    return any;
}

/* In every cycle, the mean of the places that are known; known: 1 or 0 a place. */
static void fill_places(const fs_stl *p, const double *known, double *cycle)
{
    int64_t end = p->count + 2 * p->period;
    for (int64_t from = 0; from < end; from += p->period) {
        int64_t places = end - from < p->period ? end - from : p->period;
        double total = 0, count = 0;
        for (int64_t j = 0; j < places; j++) total += known[j] * cycle[from + j], count += known[j];
        for (int64_t j = 0; j < places; j++)
            if (known[j] == 0) cycle[from + j] = count > 0 ? total / count : 0;
    }
}

/* Whether something of each place is known; which are, 1 or 0, into room->mean. */
static bool mend_places(const fs_stl *p, fs_stl_room *room)
{
    double *known = room->mean;
    bool all = true;
    for (int64_t place = 0; place < p->period; place++) {
        known[place] = mend_place(p, room, place);
        all &= known[place] > 0;
    }
    return all;
}

static void smooth_places(const fs_stl *p, const fs_loess_series *s, const double *y,
                          const double *trend, fs_stl_room *room, double *z)
{
    if (s->rho)
        fs_numeric_lanes_weighted(y, trend, s->rho, s->count, z);
    else
        fs_numeric_lanes_subtract(y, trend, s->count, z);
    fs_numeric_lanes_season(p, s->rho, z, room);
    bool all = true;
    if (s->rho && (!all_weigh(&p->longer, 0, p->split, room->cycle_sum) ||
                   !all_weigh(&p->shorter, p->split, p->period, room->cycle_sum)))
        all = mend_places(p, room);
    fs_numeric_lanes_between(&p->longer, p->period, 0, p->split, room->cycle);
    fs_numeric_lanes_between(&p->shorter, p->period, p->split, p->period, room->cycle);
    if (!all) fill_places(p, room->mean, room->cycle);
}

/* ---- what is slow in the season ---- */

static void take_slow(const fs_stl *p, fs_stl_room *room, double *low)
{
    fs_loess_series all = {.count = p->count};
    int64_t count = p->count, period = p->period;
    double *sum = room->cycle_sum, scale = 1 / (3.0 * (double)period * (double)period);
    fs_numeric_lanes_moving(room->cycle, count + 2 * period, period, room->spare, sum);
    fs_numeric_lanes_moving(sum, count + period + 1, period, room->spare, room->mean);
    fs_numeric_lanes_three(room->mean, count, scale, sum);
    fs_loess_smooth(&p->low, &all, sum, NULL, room, NULL, low);
}

void fs_stl_pass(const fs_stl *p, const fs_loess_series *s, const double *y, fs_stl_room *room,
                 double *x, double *low, double *season, double *trend)
{
    smooth_places(p, s, y, trend, room, x);
    take_slow(p, room, low);
    fs_numeric_lanes_subtract(room->cycle + p->period, low, p->count, season);
    fs_loess_smooth(&p->trend, s, y, season, room, x, trend);
}
