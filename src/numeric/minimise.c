/* The least of a smooth function of a few variables, whose gradient is known: BFGS (Nocedal and Wright, Numerical Optimization, 6.1), steps
 * halved until they lead down (Armijo); at its end Newton's step, with a curvature from differences of the gradient, which brings the last
 * digits and says how well they are known.
 *
 * The function is meant to be of order one a unit of its variables, as a mean log likelihood is of logarithms of parameters.
 *
 * Cost: one to two evaluations a round, ten to forty rounds for four parameters, and two for each variable at the end.
 */
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"

#define MOST     FS_MINIMISE_MOST
#define ROUNDS   200
#define HALVINGS 40
#define ARMIJO   1e-4
#define LONGEST  2.0   /* of a step */
#define SMALL    1e-13 /* of the value: what a step promises below it is rounding */
#define NEAR     1e-4  /* of differences */
#define TRUSTED  1e-2  /* of Newton's step: it is to bring digits, not to go anywhere */
#define ZERO     1e-7  /* of a slope, where the minimum is */

typedef struct point {
    double x[MOST], slope[MOST], value;
} point;

typedef struct search {
    fs_minimise_function *function;
    void *context;
    int n, evaluations;
    double bound, inverse[MOST][MOST]; /* of the curvature, as far as it is known */
    point now;
} search;

static void evaluate(search *s, point *p)
{
    p->value = s->function(s->context, p->x, p->slope);
    s->evaluations++;
}

static double direction(const search *s, double step[MOST])
{
    double longest = 0, down = 0;
    for (int i = 0; i < s->n; i++) {
        step[i] = 0;
        for (int j = 0; j < s->n; j++) step[i] -= s->inverse[i][j] * s->now.slope[j];
        down += step[i] * s->now.slope[i];
        longest = fmax(longest, fabs(step[i]));
    }
    if (longest <= LONGEST) return down;
    for (int i = 0; i < s->n; i++) step[i] *= LONGEST / longest;
    return down * LONGEST / longest;
}

/* The first point along the step that lies enough below; false: there is none. */
static bool walk(search *s, const double step[MOST], double down, point *next)
{
    double length = 1;
    for (int k = 0; k < HALVINGS; k++, length /= 2) {
        bool inside = true;
        for (int i = 0; i < s->n; i++) {
            next->x[i] = s->now.x[i] + length * step[i];
            inside = inside && fabs(next->x[i]) <= s->bound;
        }
        if (!inside) continue;
        evaluate(s, next);
        if (next->value <= s->now.value + ARMIJO * length * down) return true;
    }
    return false;
}

/* What two points say of the curvature, into its inverse. */
static void learn(search *s, const point *next, bool first)
{
    double moved[MOST], turned[MOST], seen[MOST], both = 0, own = 0, through = 0;
    for (int i = 0; i < s->n; i++) {
        moved[i] = next->x[i] - s->now.x[i], turned[i] = next->slope[i] - s->now.slope[i];
        both += moved[i] * turned[i], own += turned[i] * turned[i];
    }
    if (!(both > 0)) return;
    for (int i = 0; i < s->n && first; i++) s->inverse[i][i] = both / own;
    for (int i = 0; i < s->n; i++) {
        seen[i] = 0;
        for (int j = 0; j < s->n; j++) seen[i] += s->inverse[i][j] * turned[j];
        through += turned[i] * seen[i];
    }
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->n; j++)
            s->inverse[i][j] += (1 + through / both) * moved[i] * moved[j] / both -
                                (seen[i] * moved[j] + moved[i] * seen[j]) / both;
}

/* known: the inverse of the curvature, as far as the caller knows it; zeros: not at all. */
static void descend(search *s, const double *known)
{
    double step[MOST];
    bool told = known[0] > 0;
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->n; j++) s->inverse[i][j] = told ? known[i * s->n + j] : i == j;
    evaluate(s, &s->now);
    for (int round = 0; round < ROUNDS; round++) {
        point next = {0};
        double down = direction(s, step);
        if (!(-down > SMALL * fabs(s->now.value)) || !walk(s, step, down, &next)) return;
        learn(s, &next, round == 0 && !told);
        s->now = next;
    }
}

/* Cholesky's factor of the curvature; false where it is not up in all directions. */
static bool take_curvature(search *s, double *factor)
{
    int n = s->n;
    for (int i = 0; i < n; i++) {
        point up = s->now, below = s->now;
        up.x[i] += NEAR, below.x[i] -= NEAR;
        evaluate(s, &up), evaluate(s, &below);
        for (int j = 0; j < n; j++) factor[j * n + i] = (up.slope[j] - below.slope[j]) / (2 * NEAR);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) factor[i * n + j] = (factor[i * n + j] + factor[j * n + i]) / 2;
    return fs_cholesky_factorise(factor, n);
}

/* Newton's step where it is small and leads down. */
static void polish(search *s, const double *factor)
{
    double step[MOST], longest = 0;
    point next = {0};
    memcpy(step, s->now.slope, sizeof step);
    fs_cholesky_solve(factor, s->n, step);
    for (int i = 0; i < s->n; i++) {
        next.x[i] = s->now.x[i] - step[i];
        longest = fmax(longest, fabs(step[i]));
    }
    if (!(longest < TRUSTED)) return;
    evaluate(s, &next);
    if (next.value <= s->now.value + SMALL * fabs(s->now.value)) s->now = next;
}

static void invert(const double *factor, int n, double *inverse)
{
    for (int i = 0; i < n; i++) {
        double column[MOST] = {0};
        column[i] = 1;
        fs_cholesky_solve(factor, n, column);
        for (int j = 0; j < n; j++) inverse[i * n + j] = column[j];
    }
}

void fs_minimise(fs_minimise_function *function, void *context, int n, double bound, fs_minimum *m)
{
    search s = {.function = function, .context = context, .n = n, .bound = bound};
    double factor[MOST * MOST], most = 0;
    memcpy(s.now.x, m->x, sizeof s.now.x);
    descend(&s, m->inverse);
    memset(m->inverse, 0, sizeof m->inverse);
    bool curved = take_curvature(&s, factor);
    for (int turn = 0; turn < 2 && curved; turn++) polish(&s, factor);
    if (curved) invert(factor, n, m->inverse);
    for (int i = 0; i < n; i++) most = fmax(most, fabs(s.now.slope[i]));
    memcpy(m->x, s.now.x, sizeof m->x), memcpy(m->slope, s.now.slope, sizeof m->slope);
    m->value = s.now.value, m->evaluations = s.evaluations;
    m->found = curved && most < ZERO;
}
