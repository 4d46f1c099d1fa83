/* Estimates of ARIMA models: conditional least squares for eight at once, then greatest likelihood for one.
 *
 * Least squares (arima_lanes.c) give where to begin, and good estimates where the series is long. The exact likelihood of all
 * eight is then one run (arima_exact.c), so models are compared by it whatever their orders, where those of conditional sums
 * leave out as many observations as each model likes.
 *
 * The greatest likelihood is a least sum of squares too (arima_exact.c), so the same search goes on from there: the eight points
 * are the model and one for each parameter a little off it, which gives derivatives by differences.
 *
 * Cost: twenty evaluations at most, of eight models or of one.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define ALL       FS_LSQ_PARAMETERS
#define LANES     FS_LSQ_LANES
#define ROUNDS    20
#define TOLERANCE 1e-6
/* Of coordinates: partial autocorrelations of .9993. A mean of differences of values that are at most 1 is nearer to 0. */
#define FARTHEST 4.0
#define ASIDE    1e-6 /* for differences: half the digits */
/* A model with a root nearer to the unit circle is none to choose, as in auto.arima; but of n observations roots are told
 * from 1 to about 1/n, so of more than a hundred nearer ones are taken too. Ends that were held out (M4 Weekly, without its
 * test part) are forecast better so by 3 %. */
#define NEAREST_ROOT 1.01

/* Observations times covariances of a filter with gaps whose refinement is worth its time: some 20 ms. */
#define MOST_REFINED 1e5

static int entry(int i, int j) { return i * (i + 1) / 2 + j; }

static fs_lsq_problem problem_of(void)
{
    fs_lsq_problem p = {.parameters = ALL, .rounds = ROUNDS, .tolerance = TOLERANCE};
    for (int i = 0; i < ALL; i++) p.low[i] = -FARTHEST, p.high[i] = FARTHEST, p.longest[i] = 1;
    return p;
}

static unsigned free_of(const fs_arima_order *order)
{
    return (1u << fs_arima_parameters(order)) - 1;
}

/* ---- exact likelihood ---- */

bool fs_arima_exact_ready(fs_arima_exact *x, int k, const fs_arima_coefficients *c, int season,
                          double *start)
{
    fs_arima_taps ar, ma;
    int n = x->states;
    fs_arima_expand(c, season, &ar, &ma);
    if (!fs_arima_start(&ar, &ma, n, start, start + n + 1)) return false;
    start[n] = 0;
    x->mean[k] = c->mean;
    x->first[k] = start[0];
    for (int i = 0; i <= n; i++) x->ar[i * LANES + k] = x->state[i * LANES + k] = 0;
    for (int i = 0; i < ar.count; i++) x->ar[(ar.lag[i] - 1) * LANES + k] += ar.value[i];
    for (int i = 0; i <= n; i++) {
        double next = i < n ? x->ar[i * LANES + k] * start[0] + start[i + 1] : 0;
        x->gain[i * LANES + k] = x->turn[i * LANES + k] = next;
    }
    return true;
}

static int states_of(const fs_arima_order *o, int season)
{
    int ar = o->p + o->P * season, ma = o->q + o->Q * season + 1;
    return ar > ma ? ar : ma;
}

/* Lanes that are not used run along with white noise. */
static void idle(fs_arima_search *s, int k)
{
    const fs_arima_coefficients none = {.mean = 0};
    fs_arima_exact_ready(&s->exact, k, &none, 1, s->start);
}

/* The sum of squares whose logarithm the concentrated likelihood is. */
static double exact_squares(const fs_arima_exact *x, int k)
{
    double squares = x->squares[k] * exp(x->logs[k] / (double)x->count);
    return isfinite(squares) ? squares : INFINITY;
}

static double conditional_squares(const fs_arima_past *past, const fs_arima_order *o, double sum)
{
    int64_t from = o->p + (int64_t)o->P * past->season, known = 0;
    for (int64_t t = from; t < past->count; t++) known += past->use[t];
    return known > 0 ? sum / (double)known * (double)past->known : INFINITY;
}

static double least_root(const fs_arima_past *past)
{
    double distinguishable = 1 + 1 / (double)past->known;
    return distinguishable < NEAREST_ROOT ? distinguishable : NEAREST_ROOT;
}

static void judge(const fs_arima_search *s, fs_arima_tried *m, const fs_arima_coefficients *c,
                  double squares, bool final)
{
    m->aicc = fs_aicc(squares, s->past->known, fs_arima_parameters(&m->order) + 1);
    if (!(squares < 1e300) ||
        (final && !fs_arima_roots_beyond(c, s->past->season, least_root(s->past))))
        m->aicc = INFINITY;
}

/* ---- several models ---- */

static void judge_together(fs_arima_search *s, fs_arima_tried *tried, int count,
                           const double *squares)
{
    fs_arima_coefficients c[LANES];
    bool ready[LANES];
    s->exact.states = 1;
    for (int k = 0; k < count; k++) {
        int states = states_of(&tried[k].order, s->past->season);
        if (states > s->exact.states) s->exact.states = states;
        fs_arima_place(&tried[k].order, tried[k].x, &c[k], NULL);
    }
    s->exact.lanes = count;
    for (int k = 0; k < LANES && !s->gaps; k++) {
        ready[k] =
            k < count && fs_arima_exact_ready(&s->exact, k, &c[k], s->past->season, s->start);
        if (!ready[k]) idle(s, k);
    }
    if (!s->gaps) fs_arima_exact_lanes(&s->exact);
    for (int k = 0; k < count; k++)
        judge(s, &tried[k], &c[k],
              s->gaps    ? conditional_squares(s->past, &tried[k].order, squares[k])
              : ready[k] ? exact_squares(&s->exact, k)
                         : INFINITY,
              s->gaps != NULL);
}

void fs_arima_fit_together(fs_arima_search *s, fs_arima_tried *tried, int count)
{
    double x[ALL][LANES] = {{0}}, squares[LANES];
    fs_lsq_problem p = problem_of();
    s->conditional.lanes = count;
    for (int k = 0; k < count; k++) {
        s->conditional.order[k] = tried[k].order;
        p.free[k] = free_of(&tried[k].order);
        for (int i = 0; i < ALL; i++) x[i][k] = tried[k].x[i];
    }
    fs_least_squares(fs_arima_lanes, &s->conditional, &p, x, squares);
    for (int k = 0; k < count; k++)
        for (int i = 0; i < ALL; i++) tried[k].x[i] = x[i][k];
    judge_together(s, tried, count, squares);
}

/* ---- one model ---- */

typedef struct refinement {
    fs_arima_search *search;
    fs_arima_order order;
    int parameters;
} refinement;

/* Of errors at a point and beside it: sums of them and their differences. */
static void add_differences(const double *error, const double *factor, int64_t apart, int64_t step,
                            int64_t count, int n, fs_lsq_sums *out)
{
    for (int64_t t = 0; t < count; t++) {
        const double *at = error + t * step;
        double r = at[0] * factor[0], d[ALL];
        for (int i = 0; i < n; i++) d[i] = (at[(i + 1) * apart] * factor[i + 1] - r) * (1 / ASIDE);
        out->squares[0] += r * r;
        for (int i = 0; i < n; i++) {
            out->slope[i][0] += r * d[i];
            for (int j = 0; j <= i; j++) out->product[entry(i, j)][0] += d[i] * d[j];
        }
    }
}

/* An fs_lsq_objective of the first lane. */
static void exact_objective(void *context, double x[ALL][LANES], fs_lsq_sums *out)
{
    const refinement *r = context;
    fs_arima_search *s = r->search;
    fs_arima_exact *e = &s->exact;
    double factor[LANES];
    memset(out, 0, sizeof *out);
    for (int k = 0; k < LANES; k++) {
        fs_arima_coefficients c;
        double point[ALL];
        for (int i = 0; i < ALL; i++) point[i] = x[i][0] + (i == k - 1 ? ASIDE : 0);
        fs_arima_place(&r->order, point, &c, NULL);
        if (k > r->parameters)
            idle(s, k);
        else if (!fs_arima_exact_ready(e, k, &c, s->past->season, s->start))
            out->squares[0] = INFINITY, idle(s, k);
    }
    e->lanes = r->parameters + 1;
    fs_arima_exact_lanes(e);
    for (int k = 0; k < e->lanes; k++) factor[k] = exp(e->logs[k] / (2 * (double)e->count));
    add_differences(e->error, factor, 1, LANES, e->count, r->parameters, out);
}

/* The same with gaps, one run after another. */
static void gaps_objective(void *context, double x[ALL][LANES], fs_lsq_sums *out)
{
    const refinement *r = context;
    fs_arima_kalman *g = r->search->gaps;
    double factor[LANES];
    memset(out, 0, sizeof *out);
    for (int k = 0; k <= r->parameters; k++) {
        fs_arima_coefficients c;
        double point[ALL];
        for (int i = 0; i < ALL; i++) point[i] = x[i][0] + (i == k - 1 ? ASIDE : 0);
        fs_arima_place(&r->order, point, &c, NULL);
        fs_arima_expand(&c, g->season, &g->ar, &g->ma);
        g->mean = c.mean;
        g->error = r->search->exact.error + k * g->count;
        if (!fs_arima_kalman_run(g) || g->counted == 0) out->squares[0] = INFINITY;
        factor[k] = exp(g->logs / (2 * (double)g->counted));
    }
    add_differences(r->search->exact.error, factor, g->count, 1, g->count, r->parameters, out);
}

static bool is_worth_refining(const fs_arima_search *s)
{
    double states = s->exact.states + s->gaps->delta.longest;
    return (double)s->gaps->count * states * states <= MOST_REFINED;
}

/* With gaps only the estimates change: their likelihood is not of the sums that models were compared by. */
void fs_arima_refine(fs_arima_search *s, fs_arima_tried *m)
{
    refinement r = {s, m->order, fs_arima_parameters(&m->order)};
    double x[ALL][LANES] = {{0}}, squares[LANES];
    fs_lsq_problem p = problem_of();
    p.free[0] = free_of(&m->order);
    for (int i = 0; i < ALL; i++) x[i][0] = m->x[i];
    s->exact.states = states_of(&m->order, s->past->season);
    if (s->gaps && !is_worth_refining(s)) return;
    fs_least_squares(s->gaps ? gaps_objective : exact_objective, &r, &p, x, squares);
    fs_arima_coefficients c;
    double point[ALL];
    for (int i = 0; i < ALL; i++) point[i] = x[i][0];
    fs_arima_place(&m->order, point, &c, NULL);
    if (s->gaps && !fs_arima_roots_beyond(&c, s->past->season, least_root(s->past))) return;
    memcpy(m->x, point, sizeof point);
    if (!s->gaps) judge(s, m, &c, squares[0], true);
}
