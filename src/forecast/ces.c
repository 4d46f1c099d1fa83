/* Complex exponential smoothing: forms without season, simple, partial and full; the one of least AICc.
 *
 * The level has a potential beside it, its imaginary part, which carries trends without a slope of their own (Svetunkov,
 * Kourentzes, Ord 2022, Naval Research Logistics 69):
 *
 *   y_t = l_{t-1} + e_t,  l_t = l_{t-1} - (1 - α1) c_{t-1} + (α0 - α1) e_t,  c_t = l_{t-1} + (1 - α0) c_{t-1} + (α0 + α1) e_t
 *
 * Simple: such a level for each place of the season. Partial: a season is added, s_t = s_{t-m} + β0 e_t. Full: the season has
 * a potential too, with β0 and β1. Estimated are the smoothing parameters and the first level, by least squares from four
 * starts (ces_lanes.c); the potential begins where it would come to rest, the season from a classical decomposition.
 *
 * Where the authors' package goes forth and back through the series for first states and does not count them, here they
 * count as parameters, as in ets.c. α1 - 1 over α0 is growth a step, of a place of the season growth a season. It is held within a
 * tenth a season, and the search ends after few rounds: beyond either, ends that were held out (M3, M4 Yearly, without
 * their test parts; M5, from two earlier days) are forecast worse. A tenth a step, whatever the season, made the errors of M5's
 * days 2 % more, and those of M3's months and quarters 3 and 5 %. Without a season and near α0 = α1 = 1 so few rounds may
 * end short of the least.
 *
 * The full form is tried where a season is worth it at all: it is dear, and the partial form is its neighbour.
 *
 * Cost: six rounds of ces_lanes.c a form, 20 µs for 100 observations with a season.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecast_internal.h"

#define LANES          FS_LSQ_LANES
#define ROUNDS         6
#define TOLERANCE      1e-3
#define AT_FIRST       10  /* observations whose mean the level begins at */
#define MOST_GROWTH    0.1 /* a season, as α1 has it */
#define PARAMETER_MOST 4   /* in size: none is searched beyond */

typedef struct candidate {
    fs_ces_form form;
    double x[FS_CES_PARAMETERS], aicc;
    int64_t parameters;
} candidate;

static double mean_at_first(const fs_ces *c)
{
    double sum = 0;
    int64_t known = 0;
    for (int64_t t = 0; t < c->count && (t < c->season || known < AT_FIRST); t++)
        if (c->use[t]) sum += c->y[t], known++;
    return sum / (double)known;
}

/* What moves each step may grow a season's part as much as what moves once a season. */
static fs_lsq_problem problem_of(fs_ces_form form, int season)
{
    static const int parameters[] = {3, 3, 4, 5};
    double steps = form == FS_CES_SIMPLE ? 1 : (double)season, growth = MOST_GROWTH / steps;
    const double low[] = {0.5, 1 - growth, -4, 0, 1 - MOST_GROWTH};
    const double high[] = {2, 1 + growth, 4, 1, 1 + MOST_GROWTH};
    fs_lsq_problem p = {.parameters = parameters[form], .rounds = ROUNDS, .tolerance = TOLERANCE};
    for (int k = 0; k < FS_CES_STARTS; k++) p.free[k] = (1u << p.parameters) - 1;
    for (int i = 0; i < p.parameters; i++) {
        bool full = form == FS_CES_FULL && i == FS_CES_BETA0; /* bounds of α0 */
        p.low[i] = low[full ? FS_CES_ALPHA0 : i];
        p.high[i] = high[full ? FS_CES_ALPHA0 : i];
        p.longest[i] = 0.5;
    }
    return p;
}

/* α0 - α1 is what α is to simple smoothing; the others from little to more. */
static void place_starts(const fs_ces *c, double x[FS_LSQ_PARAMETERS][LANES])
{
    static const double alpha0[] = {1.1, 1.3, 1.6, 1.9}, partial[] = {0.02, 0.1, 0.02, 0.1};
    static const double full[] = {1, 1.2, 1, 1.2};
    double first = mean_at_first(c);
    for (int k = 0; k < FS_CES_STARTS; k++) {
        x[FS_CES_ALPHA0][k] = alpha0[k];
        x[FS_CES_ALPHA1][k] = 1;
        x[FS_CES_LEVEL][k] = first;
        x[FS_CES_BETA0][k] = c->form == FS_CES_FULL ? full[k] : partial[k];
        x[FS_CES_BETA1][k] = 1;
    }
}

static void try_form(fs_ces *c, fs_ces_form form, int season, int64_t known, candidate *best)
{
    double x[FS_LSQ_PARAMETERS][LANES] = {{0}}, squares[LANES];
    c->form = form;
    c->season = form == FS_CES_NONE ? 1 : season;
    fs_lsq_problem p = problem_of(form, season);
    int64_t parameters = p.parameters + (form == FS_CES_NONE ? 0 : season - 1);
    if (known < parameters + 3) return;
    place_starts(c, x);
    fs_least_squares(fs_ces_lanes, c, &p, x, squares);
    for (int k = 0; k < FS_CES_STARTS; k++) {
        double now = fs_aicc(squares[k], known, parameters + 1);
        if (!(squares[k] < 1e300) || !(now < best->aicc)) continue;
        best->aicc = now;
        best->form = form;
        best->parameters = parameters;
        for (int i = 0; i < FS_CES_PARAMETERS; i++) best->x[i] = x[i][k];
    }
}

/* index: room for the season, where c->index points. */
static candidate choose(fs_ces *c, int season, int64_t known, double *index, double *scratch)
{
    candidate best = {.aicc = INFINITY};
    try_form(c, FS_CES_NONE, season, known, &best);
    if (season < 2 || c->count < 2 * (int64_t)season) return best;
    fs_season_indices(c->y, c->use, c->count, season, false, index, scratch);
    try_form(c, FS_CES_SIMPLE, season, known, &best);
    try_form(c, FS_CES_PARTIAL, season, known, &best);
    if (best.form != FS_CES_NONE) try_form(c, FS_CES_FULL, season, known, &best);
    return best;
}

/* Kept are the form (0 without a season, 1 simple, 2 partial, 3 full), all parameters but the first level, then level and potential, of each place in
 * the simple form, and of each place its season and its potential; places from that of the next observation on. */
static void go_through(fs_states *s, fs_ces *c, int64_t next, int season, double *x)
{
    static const int parameter[] = {FS_CES_ALPHA0, FS_CES_ALPHA1, FS_CES_BETA0, FS_CES_BETA1};
    int64_t form = c->form;
    fs_states_whole(s, &form, FS_CES_NONE, FS_CES_FULL);
    c->form = (fs_ces_form)form;
    c->season = form == FS_CES_NONE ? 1 : season;
    for (int i = 0; i < 4; i++)
        fs_states_number(s, &x[parameter[i]], -PARAMETER_MOST, PARAMETER_MOST);
    double *places = c->state + (form == FS_CES_SIMPLE ? 0 : 2);
    if (form != FS_CES_SIMPLE)
        fs_states_ring(s, c->state, 1, 0, 2, -FS_STATE_BOUND, FS_STATE_BOUND);
    if (form != FS_CES_NONE)
        fs_states_ring(s, places, season, next, 2, -FS_STATE_BOUND, FS_STATE_BOUND);
}

static void keep(fs_ces *c, int64_t next, double *x, fs_fit *fit)
{
    fs_states s = fs_states_write(fit);
    go_through(&s, c, next, c->season, x);
    fs_states_end(&s, fit);
}

/* The states answer errors alike at any time, so the deviation of step h is told from the answer to one error. */
static void project(const fs_ces *c, const candidate *best, int64_t count, int64_t horizon,
                    double *mean, double *spread)
{
    double variance = 1;
    for (int64_t h = 0; h < horizon; h++) {
        mean[h] = fs_ces_ahead(c, count + h);
        fs_ces_move(c, best->x, count + h, 0);
    }
    memset(c->state, 0, (2 + 2 * (size_t)c->season) * sizeof *c->state);
    for (int64_t h = 0; h < horizon; h++) {
        double response = h > 0 ? fs_ces_ahead(c, h) : 0;
        fs_ces_move(c, best->x, h, h > 0 ? 0 : 1);
        variance += response * response;
        spread[h] = sqrt(variance);
    }
}

static void name(fs_ces_form form, fs_fit *fit)
{
    snprintf(fit->model, sizeof fit->model, "CES(%c)", "NSPF"[form]);
}

static fs_status resume_ces(const fs_method *method, const fs_forecast_task *task,
                            fs_scratch *scratch, fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    candidate kept = {.form = FS_CES_NONE};
    fs_ces c = {.y = series->y, .use = series->use, .count = series->count};
    (void)method;
    c.state = fs_scratch_reserve(scratch, 2 + 2 * (size_t)task->season);
    if (!c.state) return FS_MEMORY;
    fs_states s = fs_states_read(fit);
    go_through(&s, &c, 0, task->season, kept.x);
    *can = fs_states_end(&s, fit);
    if (!*can) return FS_OK;
    for (int64_t t = 0; t < series->count; t++) {
        double error = series->use[t] ? series->y[t] - fs_ces_ahead(&c, t) : 0;
        fs_ces_move(&c, kept.x, t, error);
        fit->residual[t] = error;
    }
    keep(&c, series->count, kept.x, fit);
    project(&c, &kept, series->count, task->horizon, fit->mean, fit->spread);
    name(c.form, fit);
    fit->from = 0;
    return FS_OK;
}

static fs_status fit_ces(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                         fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    size_t n = (size_t)series->count, m = (size_t)task->season;
    (void)method;
    *can = false;
    double *room = fs_scratch_reserve(scratch, m + FS_CES_STATE(m) + 2 * n + 2 * m + 4);
    if (!room) return FS_MEMORY;
    fs_ces c = {.y = series->y,
                .use = series->use,
                .count = series->count,
                .index = room,
                .state = room + m};
    candidate best = choose(&c, task->season, series->known, room, room + m + FS_CES_STATE(m));
    if (!(best.aicc < INFINITY)) return FS_OK;
    c.form = best.form;
    c.season = best.form == FS_CES_NONE ? 1 : task->season;
    fs_ces_reference(&c, best.x, fit->residual);
    if (fit->keeps) keep(&c, series->count, best.x, fit);
    project(&c, &best, series->count, task->horizon, fit->mean, fit->spread);
    name(best.form, fit);
    fit->from = 0;
    fit->parameters = best.parameters;
    fit->aicc = best.aicc;
    *can = fs_fit_is_finite(fit, series->count, task->horizon);
    return FS_OK;
}

const fs_method fs_ces_method = {.name = "ces",
                                 .about = "complex exponential smoothing (Svetunkov, Kourentzes, "
                                          "Ord 2022): level and potential, without season, "
                                          "with a simple, partial or full one, by AICc",
                                 .fit = fit_ces,
                                 .resume = resume_ces,
                                 .competes = true,
                                 .combines = true};
