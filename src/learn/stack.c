/* How much the logistic part and the trees count: by the log-loss of rows left out.
 *
 * The blend's scores are a times those of the one and b times those of the other, a and b >= 0 (stacking: Wolpert 1992;
 * Breiman 1996). That both calibrates (as a temperature does: Guo, Pleiss, Sun, Weinberger 2017) and weighs, and is the minimum
 * of a convex function of two variables, found by Newton's method, each step cut to what is allowed. Both are taken where the log-
 * likelihood of all rows is more than 1 better than with one alone, which is what a factor more must bring (Akaike 1974).
 *
 * Cost: some ten passes over rows × classes, an exponential each.
 */
#include <math.h>

#include "classifier_internal.h"

#define LARGEST 5.0 /* factor */
#define MORE    1.0
#define STEPS   50
#define ENOUGH  1e-12
#define FLAT    1e-9 /* of the curvature: parts that say the same share what they say */

typedef struct point {
    double loss, slope[2], curvature[2][2];
} point;

static double score_at(const fs_stack *s, const double factor[2], int64_t i, int k)
{
    double score = 0;
    for (int p = 0; p < 2; p++)
        if (factor[p] > 0) score += factor[p] * s->score[p][i * s->classes + k];
    return score;
}

/* Log of the sum of exponentials, less the score of the row's class. */
static double loss_of(const fs_stack *s, const double factor[2], int64_t i, double *most,
                      double *sum)
{
    *most = score_at(s, factor, i, 0);
    *sum = 0;
    for (int k = 1; k < s->classes; k++) *most = fmax(*most, score_at(s, factor, i, k));
    for (int k = 0; k < s->classes; k++) *sum += exp(score_at(s, factor, i, k) - *most);
    return *most + log(*sum) - score_at(s, factor, i, s->label[i]);
}

/* Adds a row: the slope is the mean of the part's scores less the own one, the curvature their covariance. */
static void add_row(const fs_stack *s, const double factor[2], const bool wanted[2], int64_t i,
                    point *to)
{
    double most, sum, mean[2] = {0, 0}, square[2][2] = {{0, 0}, {0, 0}}, x[2];
    to->loss += loss_of(s, factor, i, &most, &sum);
    for (int k = 0; k < s->classes; k++) {
        double chance = exp(score_at(s, factor, i, k) - most) / sum;
        for (int p = 0; p < 2; p++) x[p] = wanted[p] ? s->score[p][i * s->classes + k] : 0;
        for (int p = 0; p < 2; p++) {
            mean[p] += chance * x[p];
            for (int q = 0; q < 2; q++) square[p][q] += chance * x[p] * x[q];
        }
    }
    for (int p = 0; p < 2; p++) {
        double own = wanted[p] ? s->score[p][i * s->classes + s->label[i]] : 0;
        to->slope[p] += mean[p] - own;
        for (int q = 0; q < 2; q++) to->curvature[p][q] += square[p][q] - mean[p] * mean[q];
    }
}

static point look(const fs_stack *s, const double factor[2], const bool wanted[2])
{
    point at = {0};
    for (int64_t i = 0; i < s->rows; i++) add_row(s, factor, wanted, i, &at);
    return at;
}

/* Newton's step of the factors that may move. */
static void find_step(const point *at, const double factor[2], const bool wanted[2], double step[2])
{
    bool moves[2];
    double h[2], flat = FLAT * (at->curvature[0][0] + at->curvature[1][1]) + 1e-300;
    for (int p = 0; p < 2; p++) {
        bool stuck =
            (factor[p] <= 0 && at->slope[p] > 0) || (factor[p] >= LARGEST && at->slope[p] < 0);
        moves[p] = wanted[p] && !stuck;
        h[p] = at->curvature[p][p] + flat;
        step[p] = moves[p] ? -at->slope[p] / h[p] : 0;
    }
    if (!moves[0] || !moves[1]) return;
    double cross = at->curvature[0][1], determinant = h[0] * h[1] - cross * cross;
    if (!(determinant > 0)) return;
    step[0] = -(h[1] * at->slope[0] - cross * at->slope[1]) / determinant;
    step[1] = -(h[0] * at->slope[1] - cross * at->slope[0]) / determinant;
}

void fs_stack_factors(const fs_stack *s, const bool wanted[2], double factor[2])
{
    for (int p = 0; p < 2; p++) factor[p] = wanted[p] ? 1.0 / (wanted[0] + wanted[1]) : 0;
    point at = look(s, factor, wanted);
    for (int n = 0; n < STEPS; n++) {
        double step[2], size = 1;
        find_step(&at, factor, wanted, step);
        for (; size > 1e-6; size /= 2) {
            double next[2];
            for (int p = 0; p < 2; p++)
                next[p] = fmin(fmax(factor[p] + size * step[p], 0), LARGEST);
            point there = look(s, next, wanted);
            if (!(there.loss < at.loss - ENOUGH * at.loss)) continue;
            factor[0] = next[0], factor[1] = next[1];
            at = there;
            break;
        }
        if (size <= 1e-6) return;
    }
}

static double loss_at(const fs_stack *s, const double factor[2])
{
    double loss = 0, most, sum;
    for (int64_t i = 0; i < s->rows; i++) loss += loss_of(s, factor, i, &most, &sum);
    return loss;
}

void fs_stack_choose(const fs_stack *s, double factor[2])
{
    double alone[2][2], loss[2];
    for (int p = 0; p < 2; p++) {
        fs_stack_factors(s, (bool[2]){p == 0, p == 1}, alone[p]);
        loss[p] = loss_at(s, alone[p]);
    }
    int best = loss[0] <= loss[1] ? 0 : 1;
    fs_stack_factors(s, (bool[2]){true, true}, factor);
    if (loss_at(s, factor) + MORE < loss[best]) return;
    factor[0] = alone[best][0], factor[1] = alone[best][1];
}
