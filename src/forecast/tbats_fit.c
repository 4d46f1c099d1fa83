/* Estimates of TBATS by least squares over parameters and seeds together.
 *
 * Errors are linear in the seeds, so for any step of the parameters the best one of the seeds is known (Golub and Pereyra 1973; in the
 * form of Kaufman 1975): columns of seeds come first in the Cholesky factor of J'J, so that going backwards the parameters' step comes first, is
 * cut off at its bounds, and the seeds follow. Only parameters are damped (Levenberg and Marquardt, with Nielsen's damping, as in
 * least_squares.c). The first step finds the seeds alone: those that are given may be of another form.
 *
 * Cost: one run of tbats_lanes.c a round, twelve at most.
 */
#include <math.h>
#include <string.h>

#include "tbats_internal.h"

#define ROUNDS    12
#define TOLERANCE 1e-4 /* of the sum: a hundredth of an AICc for a hundred values */
#define DAMPING   1e-3
#define HELD      1e12 /* damping that leaves parameters where they are */
#define REFUSALS  5
#define HUGE_SUM  1e300
#define ROOM      0.95 /* of 1, up to which an ARMA part may go */

/* ---- forms in columns ---- */

static bool is_taken(const fs_tbats_form *form, int season, int harmonic)
{
    for (int i = 0; i < season; i++) {
        int64_t turns = (int64_t)harmonic * form->season[i];
        if (turns % form->season[season] == 0 && turns / form->season[season] <= form->harmonics[i])
            return true;
    }
    return false;
}

static void add_pair(fs_tbats *t, int season, int harmonic)
{
    int length = t->form.season[season], i = t->pairs++;
    double angle = 2 * M_PI * harmonic / length;
    t->season_of[i] = season;
    t->harmonic[i] = harmonic;
    t->cosine[i] = 2 * harmonic == length ? -1 : cos(angle);
    t->sine[i] = 2 * harmonic == length ? 0 : sin(angle);
}

void fs_tbats_lay_out(fs_tbats *t, const fs_tbats_form *form)
{
    bool has[FS_TBATS_PARAMETERS] = {
        [FS_TBATS_ALPHA] = true, [FS_TBATS_BETA] = form->trend, [FS_TBATS_PHI] = form->damped};
    t->form = *form;
    t->pairs = 0;
    for (int s = 0; s < form->seasons; s++)
        for (int h = 1; h <= form->harmonics[s]; h++)
            if (!is_taken(form, s, h)) add_pair(t, s, h), has[FS_TBATS_GAMMA + s] = true;
    for (int i = 0; i < form->p; i++) has[FS_TBATS_AR + i] = true;
    for (int i = 0; i < form->q; i++) has[FS_TBATS_MA + i] = true;
    t->seeds = t->columns = 1 + form->trend + 2 * t->pairs;
    for (int i = 0; i < FS_TBATS_PARAMETERS; i++) t->column_of[i] = has[i] ? t->columns++ : -1;
    t->width = (t->columns + 1 + 3) / 4 * 4;
    size_t square = (size_t)t->width * (size_t)t->width;
    t->product = t->state + FS_TBATS_STATES(t->pairs) * (size_t)t->width;
    t->tried = t->product + square;
    t->factor = t->tried + square;
}

int fs_tbats_estimated(const fs_tbats *t)
{
    int estimated = t->seeds;
    for (int i = 0; i < t->pairs; i++) estimated -= t->sine[i] == 0;
    return estimated;
}

/* ---- the search ---- */

typedef struct search {
    fs_tbats *t;
    fs_tbats_model *model;
    double low[FS_TBATS_PARAMETERS], high[FS_TBATS_PARAMETERS];
    double damping, growth, promise;
    double step[FS_TBATS_SEEDS + FS_TBATS_PARAMETERS];
} search;

/* φ as in ets.c; all harmonics of a season together move by γ times their number. */
static void set_bounds(search *s)
{
    const fs_tbats_form *form = &s->t->form;
    for (int i = 0; i < FS_TBATS_PARAMETERS; i++) s->low[i] = 0, s->high[i] = 1;
    s->low[FS_TBATS_PHI] = 0.8;
    s->high[FS_TBATS_PHI] = 0.98;
    for (int i = 0; i < form->seasons; i++)
        s->high[FS_TBATS_GAMMA + i] = form->harmonics[i] > 0 ? 1.0 / form->harmonics[i] : 0;
}

static double *row_of(const search *s, double *matrix, int i)
{
    return matrix + (size_t)i * (size_t)s->t->width;
}

static bool factorise(search *s)
{
    int n = s->t->columns;
    for (int i = 0; i < n; i++) {
        double *to = s->t->factor + (size_t)i * (size_t)n;
        memcpy(to, row_of(s, s->t->product, i), ((size_t)i + 1) * sizeof *to);
        if (i >= s->t->seeds) to[i] *= 1 + s->damping;
    }
    return fs_cholesky_factorise(s->t->factor, n);
}

/* Where the step leads that is already known. */
static double moved(const search *s, int parameter)
{
    int column = s->t->column_of[parameter];
    return s->model->x[parameter] + (column >= 0 ? s->step[column] : 0);
}

/* The triangle in which AR(2), and with the sign changed MA(2), has no root near the unit circle. */
static void bound_arma(const search *s, int parameter, double *low, double *high)
{
    bool is_second = parameter == FS_TBATS_AR + 1 || parameter == FS_TBATS_MA + 1;
    double sign = parameter < FS_TBATS_MA ? 1 : -1, edge = ROOM;
    if (is_second) edge -= fabs(s->model->x[parameter - 1]);
    if (!is_second) edge -= sign * moved(s, parameter + 1);
    *low = is_second && sign > 0 ? -ROOM : -edge;
    *high = is_second && sign < 0 ? ROOM : edge;
}

/* Parameters are gone through from the last to the first. β is at most α. */
static double cut_off(const search *s, int parameter, double step)
{
    double low = s->low[parameter], high = s->high[parameter];
    double from = s->model->x[parameter], to = from + step;
    if (parameter == FS_TBATS_BETA) high = s->model->x[FS_TBATS_ALPHA];
    if (parameter == FS_TBATS_ALPHA) low = moved(s, FS_TBATS_BETA);
    if (parameter >= FS_TBATS_AR) bound_arma(s, parameter, &low, &high);
    if (!(to > low)) to = low;
    if (to > high) to = high;
    return to - from;
}

/* The step, parameters first. */
static void solve(search *s)
{
    int n = s->t->columns, parameter = FS_TBATS_PARAMETERS;
    const double *slope = row_of(s, s->t->product, n);
    factorise(s);
    for (int i = 0; i < n; i++) {
        const double *row = s->t->factor + (size_t)i * (size_t)n;
        s->step[i] = (-slope[i] - fs_dot(row, s->step, i)) * row[i];
    }
    for (int i = n - 1; i >= 0; i--) {
        const double *row = s->t->factor + (size_t)i * (size_t)n;
        s->step[i] *= row[i];
        if (i >= s->t->seeds) {
            while (s->t->column_of[--parameter] != i) {
            }
            s->step[i] = cut_off(s, parameter, s->step[i]);
        }
        for (int j = 0; j < i; j++) s->step[j] -= row[j] * s->step[i];
    }
}

/* By how much the quadratic model lets the sum fall along the step. */
static double promised(const search *s)
{
    int n = s->t->columns;
    const double *slope = row_of(s, s->t->product, n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const double *row = row_of(s, s->t->product, i);
        double twice = fs_dot(row, s->step, i);
        sum -= s->step[i] * (2 * slope[i] + 2 * twice + row[i] * s->step[i]);
    }
    return sum;
}

static double squares_in(const search *s, double *product)
{
    double squares = row_of(s, product, s->t->columns)[s->t->columns];
    return squares < HUGE_SUM ? squares : HUGE_SUM;
}

/* True where the step is taken. */
static bool try_step(search *s)
{
    fs_tbats *t = s->t;
    double x[FS_TBATS_PARAMETERS], seed[FS_TBATS_SEEDS];
    memcpy(x, s->model->x, sizeof x);
    for (int i = 0; i < t->seeds; i++) seed[i] = s->model->seed[i] + s->step[i];
    for (int i = 0; i < FS_TBATS_PARAMETERS; i++)
        if (t->column_of[i] >= 0) x[i] += s->step[t->column_of[i]];
    fs_tbats_lanes(t, x, seed, t->tried);
    double gain = s->model->squares - squares_in(s, t->tried);
    if (!(gain > 0)) return false;
    double ratio = 2 * gain / s->promise - 1, factor = 1 - ratio * ratio * ratio;
    s->damping *= factor > 1.0 / 3 ? factor : 1.0 / 3;
    s->growth = 2;
    memcpy(s->model->x, x, sizeof x);
    memcpy(s->model->seed, seed, (size_t)t->seeds * sizeof *seed);
    s->model->squares -= gain;
    double *swap = t->product;
    t->product = t->tried;
    t->tried = swap;
    return true;
}

void fs_tbats_fit(fs_tbats *t, fs_tbats_model *model)
{
    search s = {.t = t, .model = model, .damping = HELD, .growth = 2};
    fs_tbats_lay_out(t, &model->form);
    set_bounds(&s);
    fs_tbats_lanes(t, model->x, model->seed, t->product);
    model->squares = squares_in(&s, t->product);
    solve(&s);
    s.promise = promised(&s);
    if (s.promise > 0) try_step(&s);
    s.damping = DAMPING;
    for (int round = 2, refused = 0; round < ROUNDS && refused < REFUSALS; round++) {
        solve(&s);
        s.promise = promised(&s);
        if (!(s.promise > TOLERANCE * model->squares)) break;
        if (try_step(&s)) {
            refused = 0;
            continue;
        }
        s.damping *= s.growth, s.growth *= 2, refused++;
    }
    model->parameters = t->columns - t->seeds + fs_tbats_estimated(t);
    model->aicc = model->squares < HUGE_SUM
                      ? fs_aicc(model->squares, t->known, model->parameters + 1)
                      : INFINITY;
}
