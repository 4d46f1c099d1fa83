/* TBATS: a level, a trend and several seasons made of waves, with ARMA errors, after Box and Cox's transformation (De Livera, Hyndman and
 * Snyder 2011, Journal of the American Statistical Association 106(496)).
 *
 *   y_t = l_{t-1} + φ b_{t-1} + Σ_i Σ_j s^i_{j,t-1} + d_t,  d_t = Σ φ_i d_{t-i} + Σ θ_i e_{t-i} + e_t      (their equation 2, 7)
 *   l_t = l_{t-1} + φ b_{t-1} + α d_t,  b_t = φ b_{t-1} + β d_t,  s_{j,t} turned by 2 π j / m_i a step
 *
 * Chosen are the numbers of harmonics (tbats_harmonics.c), the transformation, the trend (none, damped or straight), and the orders of the ARMA
 * part, each by AICc, one after another, and each from the estimates of the one before.
 *
 * Where it is not theirs: the correction of a season turns with it, s_t = turn (s_{t-1} + γ d_t), so that a season moves in the phase
 * that it was seen in, and one γ serves all its harmonics where they have two that fit none well. A season may have no harmonic. Errors are
 * least over parameters and seeds together (tbats_fit.c), not from seeds that the first guess of the parameters gave.
 *
 * The transformation, where all values are above zero, is (y^λ - 1) / λ, λ in [0, 1]: the vertex of a parabola through the likelihoods of 0,
 * 1/2 and 1 at their estimates. What comes back is the median (box_cox.c).
 *
 * Missing values have no error; the states go on. Kept are the form (trend, damped, p, q, and of each season its length and its harmonics), λ, the
 * parameters that the form has, the states (level, trend, two of each harmonic, two d, two e), and the slope of the way back at the first mean, by
 * which errors are those of today.
 *
 * Cost: some thirty fits, of at most twelve rounds each; 2 ms for 100 months.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tbats_internal.h"

#define PHI_FIRST      0.9
#define BETA_FIRST     0.01
#define SEASON_MOST    1000000
#define PARAMETER_MOST 1e3 /* in size: those of a fit are far below */

typedef struct work {
    const fs_series *series;
    fs_tbats t;
    double *z, *scratch; /* z: the series transformed */
    double lambda, logs; /* logs: their sum */
    fs_tbats_model best;
} work;

/* ---- room ---- */

static int most_pairs(const fs_tbats_form *form)
{
    int pairs = 0;
    for (int i = 0; i < form->seasons; i++) {
        int half = form->season[i] / 2;
        pairs += half < FS_TBATS_HARMONICS ? half : FS_TBATS_HARMONICS;
    }
    return pairs;
}

static bool lay_out(work *w, const fs_tbats_form *form, fs_scratch *scratch)
{
    size_t count = (size_t)w->series->count, room = FS_TBATS_ROOM(most_pairs(form));
    double *at = fs_scratch_reserve(scratch, count + FS_TBATS_CHOICE + room);
    if (!at) return false;
    w->z = at;
    w->scratch = w->z + count;
    w->t = (fs_tbats){.y = w->z,
                      .use = w->series->use,
                      .count = w->series->count,
                      .known = w->series->known,
                      .state = w->scratch + FS_TBATS_CHOICE};
    return true;
}

/* ---- transformation ---- */

static void transform_series(work *w, double lambda)
{
    const fs_series *s = w->series;
    w->lambda = lambda;
    w->logs = 0;
    for (int64_t t = 0; t < s->count; t++) {
        w->z[t] = !s->use[t] ? 0 : lambda == 1 ? s->y[t] : fs_box_cox(s->y[t], lambda);
        if (s->use[t] && lambda < 1) w->logs += log(s->y[t]);
    }
}

/* With the Jacobian, and λ as a parameter. */
static double aicc_of(const work *w, const fs_tbats_model *m)
{
    if (w->lambda == 1 || !(m->aicc < INFINITY)) return m->aicc;
    double estimated = fs_aicc(m->squares, w->t.known, m->parameters + 2);
    return estimated - 2 * (w->lambda - 1) * w->logs;
}

/* ---- what is chosen ---- */

static fs_tbats_model try_form(work *w, const fs_tbats_form *form, const fs_tbats_model *from)
{
    fs_tbats_model m = *from;
    m.form = *form;
    if (from->form.trend != form->trend) memset(m.seed, 0, sizeof m.seed);
    fs_tbats_fit(&w->t, &m);
    m.aicc = aicc_of(w, &m);
    return m;
}

static bool take_better(work *w, const fs_tbats_model *m)
{
    if (!(m->aicc < w->best.aicc)) return false;
    w->best = *m;
    return true;
}

static fs_tbats_model try_lambda(work *w, const fs_tbats_model *from, double lambda)
{
    fs_tbats_model start = *from;
    memset(start.seed, 0, sizeof start.seed);
    transform_series(w, lambda);
    return try_form(w, &start.form, &start);
}

/* Where a parabola through f(0), f(1/2), f(1) is least. */
static double vertex(double none, double half, double one)
{
    double bend = none - 2 * half + one, at = 0.5 + (none - one) / (4 * bend);
    if (!(bend > 0)) return none < one ? 0 : 1;
    return at > 0 ? (at < 1 ? at : 1) : 0;
}

static void choose_lambda(work *w)
{
    const fs_tbats_model plain = w->best;
    double lambda = 1, one = plain.aicc;
    if (!(w->series->least > 0) || !(one < INFINITY)) return;
    fs_tbats_model half = try_lambda(w, &plain, 0.5);
    fs_tbats_model none = try_lambda(w, &half, 0);
    double at = vertex(none.aicc, half.aicc, one);
    if (take_better(w, &half)) lambda = 0.5;
    if (take_better(w, &none)) lambda = 0;
    if (at > 0 && at < 1) {
        fs_tbats_model m = try_lambda(w, &half, at);
        if (take_better(w, &m)) lambda = at;
    }
    transform_series(w, lambda);
}

static void choose_trend(work *w)
{
    const fs_tbats_model level = w->best;
    for (int damped = 1; damped >= 0; damped--) {
        fs_tbats_model start = level;
        fs_tbats_form form = level.form;
        form.trend = true, form.damped = damped;
        start.x[FS_TBATS_BETA] = BETA_FIRST;
        start.x[FS_TBATS_PHI] = damped ? PHI_FIRST : 1;
        fs_tbats_model m = try_form(w, &form, &start);
        take_better(w, &m);
    }
}

/* From no ARMA part to the best neighbour, until none is better. */
static void choose_arma(work *w)
{
    static const int steps[][2] = {{1, 0}, {0, 1}, {1, 1}};
    for (bool better = true; better;) {
        const fs_tbats_model at = w->best;
        better = false;
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            fs_tbats_form form = at.form;
            form.p += steps[i][0], form.q += steps[i][1];
            if (form.p > FS_TBATS_ARMA || form.q > FS_TBATS_ARMA) continue;
            fs_tbats_model m = try_form(w, &form, &at);
            better |= take_better(w, &m);
        }
    }
}

static void choose(work *w, fs_tbats_form *form)
{
    fs_tbats_model start = {.x = {[FS_TBATS_PHI] = 1}};
    transform_series(w, 1);
    start.x[FS_TBATS_ALPHA] = fs_tbats_choose_harmonics(&w->t, form, w->scratch);
    w->best.aicc = INFINITY;
    fs_tbats_model m = try_form(w, form, &start);
    take_better(w, &m);
    choose_lambda(w);
    choose_trend(w);
    choose_arma(w);
}

/* ---- what is kept ---- */

static void go_through_form(fs_states *s, fs_tbats_form *form)
{
    int64_t whole[] = {form->trend, form->damped, form->p, form->q, form->seasons};
    static const int most[] = {1, 1, FS_TBATS_ARMA, FS_TBATS_ARMA, FS_SEASONS_MOST};
    for (int i = 0; i < 5; i++) fs_states_whole(s, &whole[i], 0, most[i]);
    if (s->fails) return;
    form->trend = whole[0] == 1, form->damped = whole[1] == 1;
    form->p = (int)whole[2], form->q = (int)whole[3], form->seasons = (int)whole[4];
    for (int i = 0; i < form->seasons; i++) {
        int64_t length = form->season[i], harmonics = form->harmonics[i];
        fs_states_whole(s, &length, 1, SEASON_MOST);
        fs_states_whole(s, &harmonics, 0,
                        length / 2 < FS_TBATS_HARMONICS ? length / 2 : FS_TBATS_HARMONICS);
        form->season[i] = (int)length, form->harmonics[i] = (int)harmonics;
    }
}

/* What the form has of them, and the states; the form is laid out. */
static void go_through_states(fs_states *s, work *w, double *slope)
{
    fs_tbats *t = &w->t;
    size_t states = 2 + 2 * (size_t)t->pairs + 2 * FS_TBATS_ARMA;
    fs_states_number(s, &w->lambda, 0, 1);
    for (int i = 0; i < FS_TBATS_PARAMETERS; i++)
        if (t->column_of[i] >= 0)
            fs_states_number(s, &w->best.x[i], -PARAMETER_MOST, PARAMETER_MOST);
    for (size_t i = 0; i < states; i++)
        fs_states_number(s, &t->state[i], -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_number(s, slope, 1 / FS_STATE_BOUND, FS_STATE_BOUND);
}

/* Of the way back, at what is expected next. */
static double slope_ahead(const work *w)
{
    if (w->lambda == 1) return 1;
    return fs_box_cox_slope(fs_tbats_ahead(&w->t, w->best.x), w->lambda);
}

static void keep(work *w, fs_fit *fit)
{
    double slope = slope_ahead(w);
    if (!fit->keeps) return;
    fs_states s = fs_states_write(fit);
    go_through_form(&s, &w->best.form);
    go_through_states(&s, w, &slope);
    fs_states_end(&s, fit);
}

/* ---- forecasts ---- */

/* From the states behind the last observation. They answer errors alike at any time, so the deviation of step h is told from the answer to
 * one error. */
static void project(work *w, int64_t horizon, fs_fit *fit)
{
    const fs_tbats_model *m = &w->best;
    double variance = 1;
    for (int64_t h = 0; h < horizon; h++) {
        fit->mean[h] = fs_tbats_ahead(&w->t, m->x);
        fs_tbats_move(&w->t, m->x, 0);
    }
    memset(w->t.state, 0, FS_TBATS_STATES(w->t.pairs) * sizeof *w->t.state);
    for (int64_t h = 0; h < horizon; h++) {
        double response = h > 0 ? fs_tbats_ahead(&w->t, m->x) : 0;
        fs_tbats_move(&w->t, m->x, h > 0 ? 0 : 1);
        variance += response * response;
        fit->spread[h] = sqrt(variance);
    }
    if (w->lambda < 1) fs_box_cox_return(fit, w->lambda, w->t.count, horizon);
}

/* "TBATS(0.42, {1,2}, 0.9, {<12,5>})", as R names it: λ, orders, φ or - where the trend is not damped, seasons and their harmonics. */
static void describe(const work *w, fs_fit *fit)
{
    const fs_tbats_form *form = &w->best.form;
    size_t size = sizeof fit->model, used;
    char phi[16] = "-";
    if (form->damped) snprintf(phi, sizeof phi, "%.3g", w->best.x[FS_TBATS_PHI]);
    used = (size_t)snprintf(fit->model, size, "TBATS(%.3g, {%d,%d}, %s, {", w->lambda, form->p,
                            form->q, phi);
    for (int i = 0, any = 0; i < form->seasons; i++)
        if (form->harmonics[i] > 0)
            used += (size_t)snprintf(fit->model + used, size - used, "%s<%d,%d>", any++ ? ", " : "",
                                     form->season[i], form->harmonics[i]);
    snprintf(fit->model + used, size - used, "})");
}

static fs_status fit(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                     fs_fit *fit, bool *can)
{
    work w = {.series = task->series};
    fs_tbats_form form = {.seasons = 0};
    (void)method;
    *can = false;
    form.seasons = fs_task_seasons(task, form.season);
    if (!lay_out(&w, &form, scratch)) return FS_MEMORY;
    choose(&w, &form);
    if (!(w.best.aicc < INFINITY)) return FS_OK;
    fs_tbats_lay_out(&w.t, &w.best.form);
    fs_tbats_reference(&w.t, w.best.x, w.best.seed, fit->residual);
    keep(&w, fit);
    project(&w, task->horizon, fit);
    describe(&w, fit);
    fit->from = 0;
    fit->parameters = w.best.parameters;
    fit->aicc = w.best.aicc;
    *can = fs_fit_is_finite(fit, task->series->count, task->horizon);
    return FS_OK;
}

/* False where the transformation has no place for a value. */
static bool can_transform(const fs_series *s, double lambda)
{
    for (int64_t t = 0; t < s->count && lambda < 1; t++)
        if (s->use[t] && !(s->y[t] > 0)) return false;
    return true;
}

static void carry_on(work *w, double *residual)
{
    transform_series(w, w->lambda);
    for (int64_t t = 0; t < w->t.count; t++) {
        residual[t] = w->t.use[t] ? w->t.y[t] - fs_tbats_ahead(&w->t, w->best.x) : 0;
        fs_tbats_move(&w->t, w->best.x, residual[t]);
    }
}

static fs_status resume(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                        fs_fit *fit, bool *can)
{
    work w = {.series = task->series, .best.x = {[FS_TBATS_PHI] = 1}};
    double slope = 1;
    fs_states s = fs_states_read(fit);
    (void)method;
    *can = false;
    go_through_form(&s, &w.best.form);
    if (s.fails) return FS_OK;
    if (!lay_out(&w, &w.best.form, scratch)) return FS_MEMORY;
    fs_tbats_lay_out(&w.t, &w.best.form);
    go_through_states(&s, &w, &slope);
    *can = fs_states_end(&s, fit) && can_transform(task->series, w.lambda);
    if (!*can) return FS_OK;
    carry_on(&w, fit->residual);
    fit->today = fmin(slope_ahead(&w) / slope, FS_STATE_BOUND);
    keep(&w, fit);
    project(&w, task->horizon, fit);
    describe(&w, fit);
    fit->from = 0;
    return FS_OK;
}

const fs_method fs_tbats_method = {
    .name = "tbats",
    .about = "TBATS (De Livera, Hyndman and Snyder 2011): several seasons of waves, a trend, ARMA "
             "errors and a Box-Cox transformation, by AICc",
    .fit = fit,
    .resume = resume,
    .is_slow = true,
    .seasons = FS_SEASONS_SEVERAL,
};
