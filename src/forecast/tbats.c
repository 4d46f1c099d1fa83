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
 * Missing values have no error; the states go on. Cost: some thirty fits, of at most twelve rounds each; 2 ms for 100 months.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tbats_internal.h"

#define PHI_FIRST  0.9
#define BETA_FIRST 0.01

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

/* ---- forecasts ---- */

/* States answer errors alike at any time, so the deviation of step h is told from the answer to one error. */
static void project(work *w, int64_t horizon, fs_fit *fit)
{
    const fs_tbats_model *m = &w->best;
    double variance = 1;
    fs_tbats_lay_out(&w->t, &m->form);
    fs_tbats_reference(&w->t, m->x, m->seed, fit->residual);
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
    project(&w, task->horizon, fit);
    describe(&w, fit);
    fit->from = 0;
    fit->parameters = w.best.parameters;
    fit->aicc = w.best.aicc;
    *can = fs_fit_is_finite(fit, task->series->count, task->horizon);
    return FS_OK;
}

const fs_method fs_tbats_method = {
    .name = "tbats",
    .about = "TBATS (De Livera, Hyndman and Snyder 2011): several seasons of waves, a trend, ARMA "
             "errors and a Box-Cox transformation, by AICc",
    .fit = fit,
    .is_slow = true,
    .seasons = FS_SEASONS_SEVERAL,
};
