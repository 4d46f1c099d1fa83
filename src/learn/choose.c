/* The penalty, and how sure the scores may be: by cross-validation.
 *
 * The rows (a sample of them, evenly taken) are cut into stretches as they come, so that where rows are in the order of time
 * a stretch is foretold from other times, not from its own neighbours. Each penalty of a fixed grid is judged by the log-loss
 * of each row under the fit without its stretch; the first that is not better than the one before ends the search. The scores of the chosen
 * penalty, fitted to the last digit, then give the temperature: the factor under which their log-loss is least (Guo, Pleiss, Sun, Weinberger 2017),
 * between a fifth and five.
 */
#include <math.h>
#include <string.h>

#include "learn_internal.h"

#define BETTER  1e-6 /* of the log-loss: less is rounding */
#define COOLEST 5.0

/* Each begins where the one before it ended. */
static const double grid[] = {1, 1e-1, 1e-2};

/* Scores of a stretch under the fit without it, and their loss. */
static double judge(const fs_learn_objective *o, const double *weight, double *score)
{
    int classes = o->classes;
    double loss = 0;
    for (int64_t at = o->rows.skip_from; at < o->rows.skip_to; at += FS_LEARN_TILE) {
        int64_t left = o->rows.skip_to - at;
        int count = (int)(left < FS_LEARN_TILE ? left : FS_LEARN_TILE);
        fs_learn_scores(o, weight, o->rows.row + at, count, o->chance);
        for (int i = 0; i < count; i++) {
            double *own = score + (at + i) * classes, most = o->chance[i], sum = 0;
            for (int k = 0; k < classes; k++) {
                own[k] = o->chance[k * FS_LEARN_TILE + i];
                most = fmax(most, own[k]);
            }
            for (int k = 0; k < classes; k++) sum += exp(own[k] - most);
            loss += log(sum) - (own[o->label[o->rows.row[at + i]]] - most);
        }
    }
    return loss;
}

static double try_penalty(fs_learn_objective *o, fs_learn_newton *n, fs_learn_choice *c)
{
    double loss = 0;
    for (int f = 0; f < c->folds; f++) {
        double *weight = c->weight + (int64_t)f * o->classes * o->terms->count;
        o->rows.skip_from = c->rows * f / c->folds;
        o->rows.skip_to = c->rows * (f + 1) / c->folds;
        fs_learn_minimise(o, n, weight);
        loss += judge(o, weight, c->score);
    }
    return loss;
}

/* ---- temperature ---- */

/* First and second derivative of the log-loss by the factor. */
static void slope_at(const fs_learn_objective *o, const fs_learn_choice *c, double factor,
                     double *first, double *second)
{
    int classes = o->classes;
    *first = *second = 0;
    for (int64_t i = 0; i < c->rows; i++) {
        const double *score = c->score + i * classes;
        double most = score[0], sum = 0, mean = 0, square = 0;
        for (int k = 1; k < classes; k++) most = fmax(most, score[k]);
        for (int k = 0; k < classes; k++) {
            double away = score[k] - most, weight = exp(factor * away);
            sum += weight;
            mean += weight * away;
            square += weight * away * away;
        }
        mean /= sum;
        *first += mean - (score[o->label[c->row[i]]] - most);
        *second += square / sum - mean * mean;
    }
}

/* Newton's steps, kept between what is too low and what is too high. */
static double find_temperature(const fs_learn_objective *o, const fs_learn_choice *c)
{
    double low = 1 / COOLEST, high = COOLEST, factor = 1, first, second;
    slope_at(o, c, low, &first, &second);
    if (first >= 0) return low;
    slope_at(o, c, high, &first, &second);
    if (first <= 0) return high;
    for (int round = 0; round < 100; round++) {
        slope_at(o, c, factor, &first, &second);
        if (first > 0)
            high = factor;
        else
            low = factor;
        double next = second > 0 ? factor - first / second : low;
        if (!(next > low && next < high)) next = (low + high) / 2;
        double step = fabs(next - factor);
        factor = next;
        if (step <= 1e-13 * factor) break;
    }
    return factor;
}

void fs_learn_choose(fs_learn_objective *o, fs_learn_newton *n, fs_learn_choice *c)
{
    double best = INFINITY;
    fs_learn_rows all = o->rows;
    size_t weights = (size_t)c->folds * (size_t)o->classes * (size_t)o->terms->count;
    bool given = o->penalty > 0;
    n->enough = FS_LEARN_LOOSE;
    memset(c->weight, 0, weights * sizeof *c->weight);
    o->rows = (fs_learn_rows){.row = c->row, .count = c->rows};
    for (size_t g = 0; g < (given ? 1 : sizeof grid / sizeof *grid); g++) {
        if (!given) o->penalty = grid[g];
        double loss = try_penalty(o, n, c);
        if (g > 0 && !(loss < best - BETTER * fabs(best))) break;
        best = loss;
        c->penalty = o->penalty;
    }
    o->penalty = c->penalty;
    n->enough = FS_LEARN_TIGHT;
    try_penalty(o, n, c);
    c->temperature = find_temperature(o, c);
    o->rows = all;
}
