/* The penalised log-loss of a multinomial logistic regression, its gradient and its curvature, over tiles of rows.
 *
 * With p_k the probability of class k in a row and x its terms, the mean loss has the gradient mean((p_k - y_k) x) and the
 * second derivatives mean(p_k (δ_kl - p_l) x x'). Those of one class sum to zero over the other (scores may all be raised
 * alike), so the pairs k < l are all that is added up. To the loss comes half the penalty times the squares of all weights;
 * the intercept's is small and only keeps it finite where a class has no row.
 *
 * Cost: rows × terms × classes for a gradient, rows × terms² / 2 × pairs for a curvature. All sums go by lanes of fixed
 * order, so results are the same on every machine.
 */
#include <math.h>
#include <string.h>

#include "learn_internal.h"
#include "foresell/numeric.h"

#define TILE              FS_LEARN_TILE
#define WIDTH             4
#define INTERCEPT_PENALTY 1e-6

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));
#define AT(pointer) ((const vector *)(const void *)(pointer))
#define TO(pointer) ((vector *)(void *)(pointer))
#define INLINE      static inline __attribute__((always_inline))

double fs_learn_penalty_of(const fs_learn_objective *o, int term)
{
    return term == 0 ? INTERCEPT_PENALTY : o->penalty;
}

/* ---- lanes ---- */

INLINE double total(vector v) { return (v[0] + v[1]) + (v[2] + v[3]); }

INLINE double dot(const double *a, const double *b)
{
    vector s[4] = {{0}};
    for (int i = 0; i < TILE / WIDTH; i += 4)
        for (int k = 0; k < 4; k++) s[k] += AT(a)[i + k] * AT(b)[i + k];
    return total((s[0] + s[1]) + (s[2] + s[3]));
}

/* The products of z with four terms at once. */
INLINE void dot_four(const double *z, const double *x, double *sum)
{
    vector s[4] = {{0}};
    for (int i = 0; i < TILE / WIDTH; i++)
        for (int k = 0; k < 4; k++) s[k] += AT(z)[i] * AT(x + k * TILE)[i];
    for (int k = 0; k < 4; k++) sum[k] += total(s[k]);
}

/* score = sum of weight times term. */
FS_LANES static void tile_scores(const double *tile, int terms, const double *weight, double *score)
{
    memset(score, 0, TILE * sizeof *score);
    for (int t = 0; t < terms; t++)
        for (int i = 0; i < TILE / WIDTH; i++) TO(score)[i] += weight[t] * AT(tile + t * TILE)[i];
}

FS_LANES static void tile_gradient(const double *tile, int terms, const double *away,
                                   double *gradient)
{
    for (int t = 0; t < terms; t++) gradient[t] += dot(tile + t * TILE, away);
}

/* Adds p q x x' of two classes to the lower half of `sum`. */
FS_LANES static void tile_curvature(const double *tile, int terms, const double *p, const double *q,
                                    double *product, double *sum)
{
    for (int t = 0; t < terms; t++) {
        double *row = sum + (int64_t)t * terms;
        int u = 0;
        for (int i = 0; i < TILE / WIDTH; i++)
            TO(product)[i] = AT(tile + t * TILE)[i] * (AT(p)[i] * AT(q)[i]);
        for (; u + 4 <= t + 1; u += 4) dot_four(product, tile + u * TILE, row + u);
        for (; u <= t; u++) row[u] += dot(product, tile + u * TILE);
    }
}

/* ---- rows ---- */

/* Scores of row i into probabilities, and its loss. */
static double settle(double *chance, int classes, int i, int32_t label)
{
    double most = chance[i], sum = 0;
    for (int k = 1; k < classes; k++) most = fmax(most, chance[k * TILE + i]);
    double own = chance[label * TILE + i] - most;
    for (int k = 0; k < classes; k++) {
        chance[k * TILE + i] = exp(chance[k * TILE + i] - most);
        sum += chance[k * TILE + i];
    }
    for (int k = 0; k < classes; k++) chance[k * TILE + i] /= sum;
    return log(sum) - own;
}

static void add_curvature(fs_learn_objective *o)
{
    int terms = o->terms->count;
    double *sum = o->curvature;
    for (int k = 0; k < o->classes; k++)
        for (int l = k + 1; l < o->classes; l++, sum += (int64_t)terms * terms)
            tile_curvature(o->tile, terms, o->chance + k * TILE, o->chance + l * TILE, o->product,
                           sum);
}

static double add_tile(fs_learn_objective *o, const double *weight, const int64_t *row, int count,
                       double *gradient, bool curvature)
{
    int terms = o->terms->count;
    double loss = 0;
    fs_learn_scores(o, weight, row, count, o->chance);
    for (int i = 0; i < count; i++) loss += settle(o->chance, o->classes, i, o->label[row[i]]);
    for (int k = 0; k < o->classes; k++)
        for (int i = count; i < TILE; i++) o->chance[k * TILE + i] = 0;
    if (curvature) add_curvature(o);
    for (int i = 0; i < count; i++) o->chance[o->label[row[i]] * TILE + i] -= 1;
    for (int k = 0; k < o->classes; k++)
        tile_gradient(o->tile, terms, o->chance + k * TILE, gradient + k * terms);
    return loss;
}

void fs_learn_scores(const fs_learn_objective *o, const double *weight, const int64_t *row,
                     int count, double *score)
{
    int terms = o->terms->count;
    fs_learn_terms_fill(o->terms, o->column, row, count, o->tile);
    for (int k = 0; k < o->classes; k++)
        tile_scores(o->tile, terms, weight + k * terms, score + k * TILE);
}

static double add_stretch(fs_learn_objective *o, const double *weight, int64_t from, int64_t to,
                          double *gradient, bool curvature)
{
    double loss = 0;
    for (int64_t at = from; at < to; at += TILE)
        loss += add_tile(o, weight, o->rows.row + at, (int)(to - at < TILE ? to - at : TILE),
                         gradient, curvature);
    return loss;
}

double fs_learn_evaluate(fs_learn_objective *o, const double *weight, double *gradient,
                         bool curvature)
{
    int terms = o->terms->count;
    int64_t pairs = (int64_t)o->classes * (o->classes - 1) / 2 * terms * terms;
    memset(gradient, 0, (size_t)o->classes * (size_t)terms * sizeof *gradient);
    if (curvature) memset(o->curvature, 0, (size_t)pairs * sizeof *o->curvature);
    double loss = add_stretch(o, weight, 0, o->rows.skip_from, gradient, curvature) +
                  add_stretch(o, weight, o->rows.skip_to, o->rows.count, gradient, curvature);
    double rows = (double)(o->rows.count - (o->rows.skip_to - o->rows.skip_from));
    loss /= rows;
    for (int k = 0; k < o->classes; k++)
        for (int t = 0; t < terms; t++) {
            double penalty = fs_learn_penalty_of(o, t), w = weight[k * terms + t];
            gradient[k * terms + t] = gradient[k * terms + t] / rows + penalty * w;
            loss += penalty / 2 * w * w;
        }
    for (int64_t i = 0; curvature && i < pairs; i++) o->curvature[i] /= rows;
    return loss;
}
