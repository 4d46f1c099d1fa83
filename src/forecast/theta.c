/* The Theta method: STM, OTM, DSTM, DOTM.
 *
 * Half of a line with θ times the curvature of the series, half of its linear trend (Assimakopoulos and Nikolopoulos 2000,
 * International Journal of Forecasting 16), as a state space model with α, first level and θ estimated (Fiorucci,
 * Pellegrini, Louzada, Petropoulos, Koehler 2016, International Journal of Forecasting 32):
 *
 *   mu_t = l_{t-1} + (1 - 1/θ) ((1-α)^{t-1} A + (1 - (1-α)^t) / α B),   l_t = α y_t + (1-α) l_{t-1}
 *
 * A + B t is the trend of the whole series (STM, OTM) or of what came before t (DSTM, DOTM); θ is 2 in STM and DSTM. A
 * series with a significant season is adjusted first (seasonal_adjust.c). The sum of squares leaves out the errors of the
 * second and third observation; α is in [.1, .99] and θ >= 1. The authors' package forecTheta leaves out the first error as
 * well, but that one ties the first level to the series: without it a level far away may bend the first years, and
 * forecasts of held out ends are worse (DOTM: sMAPE by .7 % on M3, .2 % on M4 Yearly, both without their test parts).
 *
 * Given α the best first level and 1 - 1/θ are those of a linear regression, so the search is for α alone: eight values a
 * round over the whole range, then between the neighbours of the best so far. There is no start to be chosen.
 *
 * The deviation of the error of step h is told from how the recursion answers a single error at the end of the series.
 * A missing observation counts as the forecast that was made of it, and as one on the line.
 *
 * Cost: four rounds of theta_lanes.c, about 4 µs for 60 observations.
 */
#include <math.h>
#include <stdio.h>

#include "forecast_internal.h"

#define LANES       FS_LSQ_LANES
#define ALPHA_LOW   0.1
#define ALPHA_HIGH  0.99
#define ROUNDS      4    /* α to about .0003 */
#define UNCOUNTED   3    /* known observations at first */
#define LEAST_INDEX 1e-9 /* of factors that are kept: what seasonal_adjust.c gives is larger */

enum { OPTIMISED = 1, DYNAMIC = 2 };

typedef struct state {
    double level, mean; /* mean of all observations so far: for the line */
    fs_theta_line line;
    double power; /* (1 - α)^t */
    int64_t t;    /* the next observation */
} state;

typedef struct problem {
    const double *y; /* adjusted */
    const uint8_t *use;
    fs_theta_line *line;
    int64_t count, from;
    int form;
    double alpha, shift, weight, squares;
} problem;

/* ---- the trend line ---- */

/* Takes y into the line through the first t observations, of which `mean` is the mean. */
static void take_into_line(state *s, double y)
{
    double t = (double)s->t, off = y - s->mean;
    s->line.slope = ((t - 1) * s->line.slope + 6 * off / (t + 1)) / (t + 2);
    s->mean += off / (t + 1);
    s->line.intercept = s->mean - s->line.slope * (t + 2) / 2;
}

/* A missing observation counts as one on the line: that leaves the line as it is. */
static void pass_on_line(state *s)
{
    s->mean = s->line.intercept + s->line.slope * ((double)s->t + 2) / 2;
}

static fs_theta_line whole_line(const problem *p)
{
    double mean = 0, middle = 0, known = 0, above = 0, below = 0;
    for (int64_t t = 0; t < p->count; t++)
        if (p->use[t]) mean += p->y[t], middle += (double)(t + 1), known++;
    mean /= known, middle /= known;
    for (int64_t t = 0; t < p->count; t++) {
        if (!p->use[t]) continue;
        double off = (double)(t + 1) - middle;
        above += off * (p->y[t] - mean);
        below += off * off;
    }
    double slope = below > 0 ? above / below : 0;
    return (fs_theta_line){mean - slope * middle, slope};
}

/* The line before each observation; returns the state of the line behind the last. */
static state make_lines(const problem *p)
{
    state s = {.mean = p->y[0], .line = {p->y[0], 0}, .t = 1};
    if (!(p->form & DYNAMIC)) s.line = whole_line(p);
    p->line[0] = s.line;
    for (; s.t < p->count; s.t++) {
        p->line[s.t] = s.line;
        if (!(p->form & DYNAMIC)) continue;
        if (p->use[s.t])
            take_into_line(&s, p->y[s.t]);
        else
            pass_on_line(&s);
    }
    return s;
}

/* ---- the fit ---- */

/* The best shift and weight at an α, and the sum of squares there: least squares in two unknowns. */
static double solve(const problem *p, const fs_theta_sums *s, int k, double *shift, double *weight)
{
    double first =
        p->line[0].intercept + p->line[0].slope; /* the first error: -shift - weight * it */
    double bb = s->bb[k] + 1, bc = s->bc[k] + first, cc = s->cc[k] + first * first;
    double ac = s->ac[k] - s->ab[k] * bc / bb, aa = s->aa[k] - s->ab[k] * s->ab[k] / bb;
    double own = cc - bc * bc / bb; /* what c has that b has not */
    *weight = 0.5;
    if (p->form & OPTIMISED && own > 1e-12 * cc) *weight = ac > 0 ? ac < own ? ac / own : 1 : 0;
    *shift = (s->ab[k] - *weight * bc) / bb;
    double squares = aa - 2 * *weight * ac + *weight * *weight * own;
    return squares > 0 ? squares : 0;
}

/* Tries eight α and keeps the best so far. */
static void try_round(problem *p, const double *alpha)
{
    fs_theta_sums sums;
    fs_theta_lanes_sums(p->y, p->use, p->line, p->count, p->from, alpha, &sums);
    for (int k = 0; k < LANES; k++) {
        double shift, weight, squares = solve(p, &sums, k, &shift, &weight);
        if (!(squares < p->squares)) continue;
        p->squares = squares;
        p->alpha = alpha[k];
        p->shift = shift;
        p->weight = weight;
    }
}

static void search(problem *p)
{
    double alpha[LANES], apart = (ALPHA_HIGH - ALPHA_LOW) / (LANES - 1);
    p->alpha = ALPHA_LOW, p->shift = 0, p->weight = 0.5, p->squares = INFINITY;
    for (int k = 0; k < LANES; k++) alpha[k] = ALPHA_LOW + apart * k;
    try_round(p, alpha);
    for (int round = 1; round < ROUNDS; round++) {
        double low = p->alpha - apart, high = p->alpha + apart;
        if (low < ALPHA_LOW) low = ALPHA_LOW;
        if (high > ALPHA_HIGH) high = ALPHA_HIGH;
        apart = (high - low) / (LANES + 1);
        for (int k = 0; k < LANES; k++) alpha[k] = low + apart * (k + 1);
        try_round(p, alpha);
    }
}

/* ---- the recursion ---- */

static double ahead(const problem *p, const state *s)
{
    double bent = (1 - s->power * (1 - p->alpha)) / p->alpha;
    return s->level + p->weight * (s->line.intercept * s->power + s->line.slope * bent);
}

/* Takes y into the states; the line too where it is dynamic and y is no forecast on the way. */
static void move(const problem *p, state *s, double y, bool into_line)
{
    s->level = p->alpha * y + (1 - p->alpha) * s->level;
    s->power *= 1 - p->alpha;
    if (into_line && p->form & DYNAMIC) take_into_line(s, y);
    s->t++;
}

/* Errors of one step, in the series' scale before the adjustment; `s` has the line behind the last observation. */
static void run(const problem *p, state *s, double *residual)
{
    fs_theta_line last = s->line;
    s->level = p->y[0] + (1 - p->alpha) * p->shift;
    s->power = 1 - p->alpha;
    residual[0] = -p->shift - p->weight * (p->line[0].intercept + p->line[0].slope);
    for (s->t = 1; s->t < p->count;) {
        s->line = p->line[s->t];
        double mean = ahead(p, s), y = p->use[s->t] ? p->y[s->t] : mean;
        residual[s->t] = y - mean;
        move(p, s, y, false);
    }
    s->line = last;
}

static void project(const problem *p, const state *end, int64_t gap, int64_t horizon, double *mean,
                    double *spread)
{
    state s = *end, answer = {.power = end->power, .t = end->t};
    double variance = 1;
    for (int64_t h = 0; h < gap; h++) move(p, &s, ahead(p, &s), true);
    move(p, &answer, 1, true);
    for (int64_t h = 0; h < horizon; h++) {
        mean[h] = ahead(p, &s);
        move(p, &s, mean[h], true);
        spread[h] = sqrt(variance);
        double response = ahead(p, &answer);
        move(p, &answer, response, true);
        variance += response * response;
    }
}

/* ---- with the season ---- */

/* residual: of the observations of p; to_end: steps from its first observation to the first that is forecast. */
static void put_season_back(const problem *p, fs_adjustment adjustment, const double *index,
                            const fs_forecast_task *task, int64_t to_end, double *residual,
                            fs_fit *fit)
{
    if (adjustment == FS_ADJUST_NOT) return;
    bool multiply = adjustment == FS_ADJUST_MULTIPLY;
    for (int64_t t = 0; t < p->count && multiply; t++) residual[t] *= index[t % task->season];
    for (int64_t h = 0; h < task->horizon; h++) {
        double s = index[(to_end + h) % task->season];
        fit->mean[h] = multiply ? fit->mean[h] * s : fit->mean[h] + s;
        if (multiply) fit->spread[h] *= s;
    }
}

static void describe(const problem *p, fs_adjustment adjustment, int season, fs_fit *fit)
{
    static const char *const name[] = {"Theta", "OTM", "DSTM", "DOTM"};
    static const char *const letter[] = {"N", "A", "M"};
    snprintf(fit->model, sizeof fit->model, "%s(%s)", name[p->form], letter[adjustment]);
    fit->parameters = p->form & OPTIMISED ? 3 : 2;
    if (adjustment != FS_ADJUST_NOT) fit->parameters += season - 1;
    fit->aicc = INFINITY;
}

/* ---- carried on ---- */

/* A season that the series is adjusted by: NOT, ADD, MULTIPLY; that of the next observation is `next`. */
typedef struct adjuster {
    fs_adjustment adjustment;
    double *index;
    int length;
    int64_t next;
} adjuster;

/* Kept are the adjustment (0 none, 1 additive, 2 multiplicative), α, 1 - 1/θ, level, mean, line, (1-α)^t and t behind the last known
 * observation, how many came after it, and the indices of the season, that of the next observation first. */
static void go_through(fs_states *s, problem *p, state *end, int64_t *gap, adjuster *by)
{
    int64_t adjustment = by->adjustment;
    fs_states_whole(s, &adjustment, FS_ADJUST_NOT, FS_ADJUST_MULTIPLY);
    by->adjustment = (fs_adjustment)adjustment;
    fs_states_number(s, &p->alpha, ALPHA_LOW, ALPHA_HIGH);
    fs_states_number(s, &p->weight, 0, 1);
    fs_states_number(s, &end->level, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_number(s, &end->mean, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_number(s, &end->line.intercept, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_number(s, &end->line.slope, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_number(s, &end->power, 0, 1);
    fs_states_whole(s, &end->t, 1, FS_STATE_COUNT);
    fs_states_whole(s, gap, 0, FS_STATE_GAP);
    if (by->adjustment == FS_ADJUST_NOT) return;
    double least = by->adjustment == FS_ADJUST_MULTIPLY ? LEAST_INDEX : -FS_STATE_BOUND;
    fs_states_ring(s, by->index, by->length, by->next, 1, least, FS_STATE_BOUND);
}

static void keep(problem *p, const state *end, int64_t gap, adjuster *by, fs_fit *fit)
{
    state kept = *end;
    fs_states s = fs_states_write(fit);
    if (!fit->keeps) return;
    go_through(&s, p, &kept, &gap, by);
    fs_states_end(&s, fit);
}

static double adjusted(const adjuster *by, double y, int64_t t)
{
    if (by->adjustment == FS_ADJUST_NOT) return y;
    double index = by->index[t % by->length];
    return by->adjustment == FS_ADJUST_MULTIPLY ? y / index : y - index;
}

/* As in run and make_lines: what is missing counts as its forecast, and as one on the line, once a known one comes after it. */
static void take_missing(const problem *p, state *s, int64_t *gap)
{
    for (; *gap > 0; --*gap) {
        double mean = ahead(p, s);
        if (p->form & DYNAMIC) pass_on_line(s);
        move(p, s, mean, false);
    }
}

static void carry_on(const problem *p, const fs_series *series, const adjuster *by, state *s,
                     int64_t *gap, double *residual)
{
    for (int64_t t = 0; t < series->count; t++) {
        residual[t] = 0;
        ++*gap;
        if (!series->use[t]) continue;
        --*gap;
        take_missing(p, s, gap);
        double y = adjusted(by, series->y[t], t);
        residual[t] = y - ahead(p, s);
        move(p, s, y, true);
    }
}

/* The part from the first to the last observation in use (an absurd one may stand first); returns where it begins. */
static int64_t cut_out(const fs_series *series, problem *p)
{
    int64_t first = 0, last = series->count - 1, known = 0;
    while (!series->use[first]) first++;
    while (!series->use[last]) last--;
    p->use = series->use + first;
    p->count = last - first + 1;
    while ((known += p->use[p->from]) <= UNCOUNTED) p->from++;
    return first;
}

static void fit_part(problem *p, const fs_forecast_task *task, int64_t first, double *room,
                     fs_fit *fit)
{
    int season = task->season;
    double *adjusted = room, *index = adjusted + p->count, *work = index + season;
    double *residual = fit->residual + first;
    int64_t to_end = task->series->count - first;
    fs_adjustment adjustment =
        fs_adjust_season(task->series->y + first, p->use, p->count, season, adjusted, index, work);
    p->y = adjusted;
    p->line = (fs_theta_line *)(void *)work; /* the adjustment is done with it */
    state end = make_lines(p);
    search(p);
    run(p, &end, residual);
    keep(p, &end, to_end - p->count, &(adjuster){adjustment, index, season, to_end}, fit);
    project(p, &end, to_end - p->count, task->horizon, fit->mean, fit->spread);
    put_season_back(p, adjustment, index, task, to_end, residual, fit);
    describe(p, adjustment, season, fit);
}

static fs_status fit_theta(const fs_method *method, const fs_forecast_task *task,
                           fs_scratch *scratch, fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    problem p = {.form = method->form};
    *can = series->known > UNCOUNTED + (p.form & OPTIMISED ? 3 : 2);
    if (!*can) return FS_OK;
    size_t n = (size_t)series->count, m = (size_t)task->season;
    double *room = fs_scratch_reserve(scratch, FS_THETA_SCRATCH(n, m));
    if (!room) return FS_MEMORY;
    for (int64_t t = 0; t < series->count; t++) fit->residual[t] = 0;
    int64_t first = cut_out(series, &p);
    fit_part(&p, task, first, room, fit);
    fit->from = first + p.from;
    return FS_OK;
}

static fs_status resume_theta(const fs_method *method, const fs_forecast_task *task,
                              fs_scratch *scratch, fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    problem p = {.form = method->form, .count = series->count};
    adjuster by = {.length = task->season};
    state end = {0};
    int64_t gap = 0;
    by.index = fs_scratch_reserve(scratch, (size_t)task->season);
    if (!by.index) return FS_MEMORY;
    fs_states s = fs_states_read(fit);
    go_through(&s, &p, &end, &gap, &by);
    *can = fs_states_end(&s, fit) && gap + series->count <= FS_STATE_GAP;
    if (!*can) return FS_OK;
    carry_on(&p, series, &by, &end, &gap, fit->residual);
    by.next = series->count;
    keep(&p, &end, gap, &by, fit);
    project(&p, &end, gap, task->horizon, fit->mean, fit->spread);
    put_season_back(&p, by.adjustment, by.index, task, series->count, fit->residual, fit);
    describe(&p, by.adjustment, task->season, fit);
    fit->from = 0;
    return FS_OK;
}

const fs_method fs_theta_method = {
    .name = "theta",
    .about = "the Theta method (Assimakopoulos and Nikolopoulos 2000): exponential smoothing with "
             "half of the linear trend as drift",
    .fit = fit_theta,
    .resume = resume_theta,
    .form = 0};
const fs_method fs_otm_method = {.name = "otm",
                                 .about = "the optimised Theta method (Fiorucci et al. 2016): how "
                                          "much of the linear trend is estimated",
                                 .fit = fit_theta,
                                 .resume = resume_theta,
                                 .form = OPTIMISED};
const fs_method fs_dstm_method = {.name = "dstm",
                                  .about = "the dynamic Theta method (Fiorucci et al. 2016): the "
                                           "linear trend is that of what came before, at each step",
                                  .fit = fit_theta,
                                  .resume = resume_theta,
                                  .form = DYNAMIC};
const fs_method fs_dotm_method = {
    .name = "dotm",
    .about = "the dynamic optimised Theta method (Fiorucci et al. 2016): both",
    .fit = fit_theta,
    .resume = resume_theta,
    .form = OPTIMISED | DYNAMIC,
    .competes = true,
    .combines = true,
};
