/* The minimum of the objective, by Newton's method.
 *
 * The weights of a term sum to zero over the classes, at the start as at the minimum, so the last class follows from the
 * others and the system has (classes - 1) × terms unknowns; it is solved by Cholesky's factors. The penalty makes the
 * objective strictly convex, so there is one minimum and halving the step always leads down. Second derivatives cost far more
 * than a gradient: they are taken anew only where the last step has not brought the gradient down enough; those
 * of another penalty or another fold, and of a sample of the rows, will do to begin with.
 *
 * It ends where a step is below a share `enough` of the weights. Where that is FS_LEARN_TIGHT, hardly more than rounding, the minimum
 * is known to about 12 digits, wherever it began.
 */
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"
#include "learn_internal.h"

#define ROUNDS   200
#define HALVINGS 40
#define SAMPLED  2     /* times that the curvature of a sample may do */
#define SMALL    1e-8  /* below this, a step that brings nothing is rounding */
#define SLACK    1e-14 /* of the objective: its own rounding */
#define SLOW     0.3

/* ---- the system ---- */

static const double *pair(const fs_learn_objective *o, int k, int l)
{
    int a = k < l ? k : l, b = k < l ? l : k, terms = o->terms->count;
    int64_t before = (int64_t)a * (2 * o->classes - a - 1) / 2 + (b - a - 1);
    return o->curvature + before * terms * terms;
}

/* Second derivative of the loss by the terms at i of class k and of class l. */
static double second(const fs_learn_objective *o, int k, int l, int64_t i)
{
    double sum = 0;
    if (k != l) return -pair(o, k, l)[i];
    for (int m = 0; m < o->classes; m++)
        if (m != k) sum += pair(o, k, m)[i];
    return sum;
}

/* One block of the reduced system: what changes where class k rises and the last falls, and l with it. */
static void set_block(const fs_learn_objective *o, int k, int l, double *factor)
{
    int terms = o->terms->count, last = o->classes - 1;
    int64_t size = (int64_t)last * terms;
    for (int t = 0; t < terms; t++)
        for (int u = 0; u < terms; u++) {
            int64_t i = t >= u ? (int64_t)t * terms + u : (int64_t)u * terms + t;
            double value = second(o, k, l, i) - second(o, k, last, i) - second(o, last, l, i) +
                           second(o, last, last, i);
            if (t == u) value += fs_learn_penalty_of(o, t) * (k == l ? 2 : 1);
            factor[(k * (int64_t)terms + t) * size + (int64_t)l * terms + u] = value;
        }
}

static void take_factor(const fs_learn_objective *o, fs_learn_newton *n)
{
    int last = o->classes - 1;
    for (int k = 0; k < last; k++)
        for (int l = 0; l <= k; l++) set_block(o, k, l, n->factor);
    (void)fs_cholesky_factorise(n->factor, (int64_t)last * o->terms->count);
}

/* Of all rows, or of the sample. */
static void take_curvature(fs_learn_objective *o, fs_learn_newton *n, const double *weight,
                           bool sampled)
{
    fs_learn_rows all = o->rows;
    if (sampled) o->rows = o->sample;
    fs_learn_evaluate(o, weight, n->other_gradient, true);
    o->rows = all;
    take_factor(o, n);
    n->curved = true;
}

/* The step to where the gradient would be zero. */
static void find_step(const fs_learn_objective *o, fs_learn_newton *n)
{
    int terms = o->terms->count, last = o->classes - 1;
    int64_t size = (int64_t)last * terms;
    for (int64_t i = 0; i < size; i++) n->right[i] = n->gradient[size + i % terms] - n->gradient[i];
    fs_cholesky_solve(n->factor, size, n->right);
    memcpy(n->step, n->right, (size_t)size * sizeof *n->step);
    for (int t = 0; t < terms; t++) {
        double sum = 0;
        for (int k = 0; k < last; k++) sum += n->right[k * terms + t];
        n->step[size + t] = -sum;
    }
}

/* ---- the way down ---- */

static double largest(const double *x, int64_t count)
{
    double most = 0;
    for (int64_t i = 0; i < count; i++) most = fmax(most, fabs(x[i]));
    return most;
}

/* Goes along the step, or a half, a quarter … of it, so that the objective falls; false: it does not. */
static bool go(fs_learn_objective *o, fs_learn_newton *n, double *weight, double *value)
{
    int64_t count = (int64_t)o->classes * o->terms->count;
    double slope = fs_dot(n->gradient, n->step, count), share = 1;
    for (int h = 0; h < HALVINGS; h++, share /= 2) {
        for (int64_t i = 0; i < count; i++) n->other[i] = weight[i] + share * n->step[i];
        double now = fs_learn_evaluate(o, n->other, n->other_gradient, false);
        if (!(now <= *value + 1e-4 * share * slope + SLACK * (1 + fabs(*value)))) continue;
        memcpy(weight, n->other, (size_t)count * sizeof *weight);
        memcpy(n->gradient, n->other_gradient, (size_t)count * sizeof *weight);
        *value = now;
        return true;
    }
    return false;
}

void fs_learn_minimise(fs_learn_objective *o, fs_learn_newton *n, double *weight)
{
    int64_t count = (int64_t)o->classes * o->terms->count;
    double value = fs_learn_evaluate(o, weight, n->gradient, false);
    int taken = 0;
    bool stale = !n->curved;
    if (!stale) take_factor(o, n);
    for (int round = 0; round < ROUNDS; round++) {
        bool sampled = taken < SAMPLED && o->sample.count > 0, fresh = stale && !sampled;
        double before = largest(n->gradient, count), size = 1 + largest(weight, count);
        if (stale) take_curvature(o, n, weight, sampled);
        taken += stale;
        find_step(o, n);
        double step = largest(n->step, count);
        bool fell = go(o, n, weight, &value);
        if (step <= n->enough * size) return;
        bool slow = !fell || largest(n->gradient, count) > SLOW * before;
        if (fresh && slow && (!fell || step <= SMALL * size)) return;
        stale = slow;
    }
}
