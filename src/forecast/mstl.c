/* MSTL: several seasons taken out by STL, what is left forecast by exponential smoothing (Bandara, Hyndman and Bergmeir 2021).
 *
 * Seasons are taken out in turn, the shortest first, and all of them twice, where there are several: each time STL
 * (Cleveland et al. 1990) smooths what the others leave, over 7 + 4 i cycles for the i-th season, by means (degree 0), in
 * two passes. What is left, level and remainder, is forecast by exponential smoothing without season, its form by AICc
 * (ets), and the last cycle of each season goes on. Windows, passes and rounds are those of R's mstl and of statsmodels'.
 *
 * Two things are not theirs. The cycle that goes on is smoothed as far as its noise asks for (season_shape.c): the error on ends that were held out is
 * 1 % less for months of M3 and 7 % for days of Rossmann's stores, with a season of a year. And where all values are above zero, logarithms are
 * taken if the series is likelier so: by the variance of the remainder, the likelihood of Box and Cox (1964)
 *   - n/2 log(variance), of logarithms - n/2 log(variance) - sum of log y.
 * Seasons then multiply, and what comes back is the median.
 *
 * Carried on, the cycles stay as they are and the smoothing of what they leave moves on.
 *
 * What is missing weighs nothing. A season of which less than two cycles are there is left out; where none is, it is ets.
 *
 * Cost: two passes of STL a season and round, some 20 ns an observation each, twice where logarithms are tried, and ets without season.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ets_internal.h"

#define ROUNDS 2
#define PASSES 2
#define GAPS_NARROW                                                                                \
    (1.0 / 25)            /* no line is drawn out further than five deviations of what is known */
#define EXPONENT    300.0 /* far beyond what is at most 1 */
#define NO_VARIANCE 1e-30 /* what rounding makes */
#define WINDOW(i)   (7 + 4 * (int64_t)((i) + 1))
/* So many of its cycles a mean at the end of the series is worth: the square of the tricube's integral over that of its square. */
#define WORTH 0.7

/* The series or its logarithms, apart. */
typedef struct parts {
    double *left, *trend, *each[FS_SEASONS_MOST]; /* count; left: without the seasons */
    double variance;                              /* of the remainder */
} parts;

typedef struct work {
    const fs_series *series;
    int seasons, season[FS_SEASONS_MOST];
    fs_stl stl[FS_SEASONS_MOST];
    parts plain, logs;
    double *rho, *x, *low; /* count */
    double *shape;         /* FS_SEASON_SMOOTH(longest) */
    fs_stl_room room;
    fs_scratch rest; /* for exponential smoothing */
} work;

/* ---- room ---- */

static double *take(double **at, size_t doubles)
{
    double *here = *at;
    *at += doubles;
    return here;
}

static size_t tables_of(const work *w, int i)
{
    return fs_stl_tables(w->series->count, w->season[i], WINDOW(i), true);
}

static void take_parts(const work *w, size_t piece, double **at, parts *p)
{
    p->left = take(at, piece);
    p->trend = take(at, piece);
    for (int i = 0; i < w->seasons; i++) p->each[i] = take(at, piece);
}

static bool lay_out(work *w, fs_scratch *scratch)
{
    int64_t count = w->series->count;
    size_t seasons = (size_t)w->seasons, piece = FS_STL_PIECE(count), ets = fs_ets_scratch(1);
    size_t pieces = seasons > 0 ? (3 + 2 * (2 + seasons)) * piece : 0, own = pieces;
    if (seasons > 0) own += FS_STL_ROOM(count) + FS_SEASON_SMOOTH(w->season[seasons - 1]);
    for (int i = 0; i < w->seasons; i++) own += tables_of(w, i);
    double *at = fs_scratch_reserve(scratch, own + ets);
    if (!at) return false;
    w->rest = (fs_scratch){.at = at + own, .size = ets};
    if (seasons == 0) return true;
    memset(at, 0, pieces * sizeof *at);
    take_parts(w, piece, &at, &w->plain);
    take_parts(w, piece, &at, &w->logs);
    w->rho = take(&at, piece), w->x = take(&at, piece), w->low = take(&at, piece);
    fs_stl_room_cut(&w->room, count, take(&at, FS_STL_ROOM(count)));
    w->shape = take(&at, FS_SEASON_SMOOTH(w->season[seasons - 1]));
    for (int i = 0; i < w->seasons; i++)
        fs_stl_fill(&w->stl[i], count, w->season[i], WINDOW(i), true, take(&at, tables_of(w, i)));
    return true;
}

/* ---- seasons ---- */

static void add(double *to, const double *what, double sign, int64_t count)
{
    for (int64_t t = 0; t < count; t++) to[t] += sign * what[t];
}

static double remainder_variance(const work *w, const parts *p)
{
    double sum = 0;
    for (int64_t t = 0; t < w->series->count; t++) {
        double rest = p->left[t] - p->trend[t];
        if (w->series->use[t]) sum += rest * rest;
    }
    return sum / (double)w->series->known;
}

/* p->left: the series */
static void take_out(work *w, parts *p)
{
    int64_t count = w->series->count;
    fs_loess_series weights = {.count = count};
    if (w->series->known < count) weights.rho = w->rho;
    for (int round = 0; round < (w->seasons > 1 ? ROUNDS : 1); round++)
        for (int i = 0; i < w->seasons; i++) {
            add(p->left, p->each[i], 1, count);
            memset(p->trend, 0, (size_t)count * sizeof *p->trend);
            for (int pass = 0; pass < PASSES; pass++)
                fs_stl_pass(&w->stl[i], &weights, p->left, &w->room, w->x, w->low, p->each[i],
                            p->trend);
            add(p->left, p->each[i], -1, count);
        }
    p->variance = remainder_variance(w, p);
}

/* The likelier of the two. */
static parts *take_apart(work *w)
{
    const fs_series *s = w->series;
    double logs = 0;
    bool can_log = s->least > 0;
    if (s->known < s->count) w->room.narrow = GAPS_NARROW;
    for (int64_t t = 0; t < s->count; t++) {
        w->rho[t] = s->use[t];
        w->plain.left[t] = s->y[t];
        if (!can_log || !s->use[t]) continue;
        w->logs.left[t] = log(s->y[t]);
        logs += w->logs.left[t];
    }
    take_out(w, &w->plain);
    if (!can_log) return &w->plain;
    take_out(w, &w->logs);
    double n = (double)s->known, plain = -n / 2 * log(fmax(w->plain.variance, NO_VARIANCE));
    double logged = -n / 2 * log(fmax(w->logs.variance, NO_VARIANCE)) - logs;
    return logged > plain ? &w->logs : &w->plain;
}

/* The last cycle, less its noise. */
static double *settle_shape(const work *w, const parts *p, int i)
{
    double *last = p->each[i] + w->series->count - w->season[i];
    double cycles = (double)w->series->count / w->season[i], worth = WORTH * (double)WINDOW(i);
    double variance = p->variance / ((cycles < worth ? cycles : worth) - 1);
    fs_season_smooth(last, w->season[i], variance, w->shape);
    return last;
}

/* ---- what is left ---- */

static fs_series without_seasons(const work *w, const parts *p)
{
    fs_series s = *w->series;
    s.y = p->left;
    s.least = INFINITY;
    for (int64_t t = 0; t < s.count; t++) {
        if (!s.use[t]) s.y[t] = 0;
        if (s.use[t] && s.y[t] < s.least) s.least = s.y[t];
    }
    return s;
}

static void put_back(const work *w, const parts *p, int64_t horizon, fs_fit *fit)
{
    for (int i = 0; i < w->seasons; i++) {
        const double *last = settle_shape(w, p, i);
        for (int64_t h = 0; h < horizon; h++) fit->mean[h] += last[h % w->season[i]];
        fit->parameters += w->season[i] - 1;
    }
}

/* From logarithms, whose errors are relative ones. */
static void raise(const fs_series *series, int64_t horizon, fs_fit *fit)
{
    for (int64_t h = 0; h < horizon; h++) fit->mean[h] = exp(fmin(fit->mean[h], EXPONENT));
    double today = fmax(fit->mean[0], DBL_MIN);
    for (int64_t h = 0; h < horizon; h++) fit->spread[h] *= fit->mean[h] / today;
    for (int64_t t = 0; t < series->count; t++) fit->residual[t] *= today;
}

/* "MSTL(7,365) ETS(A,N,N)" */
static void describe(int seasons, const int *season, bool is_log, fs_fit *fit)
{
    char rest[FS_MODEL_NAME];
    size_t used = 0, size = sizeof fit->model;
    memcpy(rest, fit->model, sizeof rest);
    if (seasons == 0) return;
    for (int i = 0; i < seasons; i++)
        used +=
            (size_t)snprintf(fit->model + used, size - used, "%s%d", i ? "," : "MSTL(", season[i]);
    snprintf(fit->model + used, size - used, "%s) %.30s", is_log ? ",log" : "", rest);
}

/* ---- carried on ---- */

/* What is kept behind the states of exponential smoothing. */
typedef struct kept {
    int64_t is_log, seasons, length[FS_SEASONS_MOST];
    double today; /* of logarithms what makes a relative error one of today, else 1 */
    double *cycle[FS_SEASONS_MOST];
    int64_t time; /* since the cycles begin */
} kept;

/* 1 where they are logarithms, today, how many seasons; of each its length and its cycle. room: for those that are read. */
static void go_through(fs_states *s, kept *k, double *room)
{
    fs_states_whole(s, &k->is_log, 0, 1);
    fs_states_number(s, &k->today, 0, FS_STATE_BOUND);
    fs_states_whole(s, &k->seasons, 0, FS_SEASONS_MOST);
    for (int i = 0; i < k->seasons && !s->fails; i++) {
        fs_states_whole(s, &k->length[i], 1, s->left);
        if (s->fails) return;
        if (s->reads) k->cycle[i] = room, room += k->length[i];
        fs_states_ring(s, k->cycle[i], k->length[i], k->time % k->length[i], 1, -FS_STATE_BOUND,
                       FS_STATE_BOUND);
    }
}

/* With how many numbers these are at the end. */
static void keep(kept *k, fs_fit *fit)
{
    if (!fit->keeps || fit->states == 0) return;
    int64_t before = fit->states;
    fs_states s = {.at = fit->state + before, .left = fit->state_capacity - before};
    go_through(&s, k, NULL);
    double own = (double)(s.at - (fit->state + before)) + 1;
    fs_states_number(&s, &own, 0, (double)fit->state_capacity);
    fs_states_end(&s, fit);
}

static void keep_fit(const work *w, const parts *p, fs_fit *fit)
{
    kept k = {.seasons = w->seasons, .today = 1};
    if (p) k.is_log = p == &w->logs;
    if (k.is_log) k.today = fit->mean[0];
    for (int i = 0; i < w->seasons; i++) {
        k.length[i] = w->season[i];
        k.cycle[i] = p->each[i] + w->series->count - w->season[i];
    }
    keep(&k, fit);
}

/* Takes them off the states; false where they are none. */
static bool read_kept(kept *k, fs_fit *fit, double *room)
{
    double own = fit->states > 0 ? fit->state[fit->states - 1] : 0;
    if (!(own >= 4 && own < (double)fit->states)) return false;
    fit->states -= (int64_t)own;
    fs_states s = {.at = fit->state + fit->states, .left = (int64_t)own - 1, .reads = true};
    go_through(&s, k, room);
    return !s.fails && s.left == 0;
}

static double cycles_at(const kept *k, int64_t t)
{
    double sum = 0;
    for (int i = 0; i < k->seasons; i++) sum += k->cycle[i][t % k->length[i]];
    return sum;
}

/* What came since without the cycles, in `left`; false where it has no logarithms. */
static bool take_out_kept(const kept *k, const fs_series *series, double *left)
{
    if (k->is_log && series->known > 0 && !(series->least > 0)) return false;
    for (int64_t t = 0; t < series->count; t++) {
        double y = series->y[t];
        if (series->use[t] && k->is_log && !(y > 0)) return false;
        left[t] = series->use[t] ? (k->is_log ? log(y) : y) - cycles_at(k, t) : 0;
    }
    return true;
}

static fs_status resume(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                        fs_fit *fit, bool *can)
{
    size_t count = (size_t)task->series->count, states = (size_t)fit->states;
    kept k = {.time = 0};
    fs_forecast_task without = {.season = 1, .horizon = task->horizon};
    fs_series left = *task->series;
    (void)method;
    left.y = fs_scratch_reserve(scratch, count + states + 1);
    if (!left.y) return FS_MEMORY;
    fs_scratch rest = {.at = left.y + count + states, .size = 1};
    *can = read_kept(&k, fit, left.y + count) && take_out_kept(&k, task->series, left.y);
    if (!*can) return FS_OK;
    without.series = &left;
    FS_TRY(fs_ets_method.resume(&fs_ets_method, &without, &rest, fit, can));
    if (!*can) return FS_OK;
    k.time = (int64_t)count;
    for (int64_t h = 0; h < task->horizon; h++) fit->mean[h] += cycles_at(&k, k.time + h);
    if (k.is_log) {
        double then = fmax(k.today, DBL_MIN);
        raise(task->series, task->horizon, fit);
        k.today = fit->mean[0];
        fit->today *= k.today / then;
    }
    int season[FS_SEASONS_MOST];
    for (int i = 0; i < k.seasons; i++) season[i] = (int)k.length[i];
    describe((int)k.seasons, season, k.is_log, fit);
    keep(&k, fit);
    return FS_OK;
}

/* ---- the method ---- */

static fs_status fit(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                     fs_fit *fit, bool *can)
{
    (void)method;
    work w = {.series = task->series};
    fs_forecast_task without = {.series = task->series, .season = 1, .horizon = task->horizon};
    w.seasons = fs_task_seasons(task, w.season);
    if (!lay_out(&w, scratch)) return FS_MEMORY;
    if (w.seasons == 0) {
        FS_TRY(fs_ets_method.fit(&fs_ets_method, &without, &w.rest, fit, can));
        keep_fit(&w, NULL, fit);
        return FS_OK;
    }
    parts *p = take_apart(&w);
    fs_series left = without_seasons(&w, p);
    without.series = &left;
    FS_TRY(fs_ets_method.fit(&fs_ets_method, &without, &w.rest, fit, can));
    put_back(&w, p, task->horizon, fit);
    if (p == &w.logs) raise(task->series, task->horizon, fit);
    describe(w.seasons, w.season, p == &w.logs, fit);
    keep_fit(&w, p, fit);
    fit->aicc = INFINITY;
    return FS_OK;
}

const fs_method fs_mstl_method = {
    .name = "mstl",
    .about = "MSTL (Bandara, Hyndman and Bergmeir 2021): several seasons taken out by STL, what is "
             "left by "
             "exponential smoothing",
    .fit = fit,
    .resume = resume,
    .competes = true,
    .seasons = FS_SEASONS_SEVERAL,
};
