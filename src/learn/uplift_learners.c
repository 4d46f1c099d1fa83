/* Learners of the uplift as ridge regressions (Hoerl, Kennard 1970) on standardised terms x, from sums over each arm alone.
 *
 * With w = 1 for treated rows and 0 for control, e the share of the treated, y the outcome:
 *   S (Künzel, Sekhon, Bickel, Yu 2019)  one regression of y on x and (w - e) x; the uplift is what multiplies w
 *   T (same)                             one regression an arm; their difference
 *   X (same, eq. 7 to 9)                 what an arm's rows lack by the other arm's T regression, regressed in each arm; the two
 *                                        are put together by 1 - e and e
 *   transform                            (y - mean) (w - e) / (e (1 - e)), whose mean is the uplift, regressed on x. For outcomes
 *                                        of 0 and 1, e = 1/2 and 1/2 in the place of the mean this is the class transformation of
 *                                        Jaskowski, Jaroszewicz (2012); the mean makes it vary less
 * All but the transformed outcome say the same without a penalty; what they shrink differs: S the uplift, T each arm's
 * outcome, X both one after the other.
 *
 * Cost: terms³, of S eight times that.
 */
#include <string.h>

#include "uplift_internal.h"
#include "foresell/numeric.h"

/* The intercept has next to no penalty: it only keeps the matrix definite. */
#define INTERCEPT_PENALTY 1e-9

/* factor = gram / rows + penalty, factorised. */
static void factorise(int terms, const double *gram, double rows, double penalty, double *factor)
{
    for (int i = 0; i < terms * terms; i++) factor[i] = gram[i] / rows;
    for (int t = 0; t < terms; t++) factor[t * terms + t] += t > 0 ? penalty : INTERCEPT_PENALTY;
    fs_cholesky_factorise(factor, terms);
}

static void multiply(int terms, const double *gram, const double *x, double *out)
{
    for (int t = 0; t < terms; t++) out[t] = fs_dot(gram + (size_t)t * (size_t)terms, x, terms);
}

/* Regression of the outcome in one arm. */
static void regress(int terms, const fs_uplift_sums *arm, double penalty, double *factor,
                    double *weight)
{
    factorise(terms, arm->gram, arm->rows, penalty, factor);
    for (int t = 0; t < terms; t++) weight[t] = arm->moment[t] / arm->rows;
    fs_cholesky_solve(factor, terms, weight);
}

static void learn_t(double penalty, int terms, const fs_uplift_sums arm[2],
                    const fs_uplift_room *room, double *effect)
{
    double *control = room->right;
    regress(terms, &arm[0], penalty, room->factor, control);
    regress(terms, &arm[1], penalty, room->factor, effect);
    for (int t = 0; t < terms; t++) effect[t] -= control[t];
}

/* The regression, in arm `own`, of what its rows have more than the other arm's regression says. */
static void regress_lack(double penalty, int terms, const fs_uplift_sums *own, const double *other,
                         const fs_uplift_room *room, double *lack)
{
    multiply(terms, own->gram, other, lack);
    for (int t = 0; t < terms; t++) lack[t] = (own->moment[t] - lack[t]) / own->rows;
    factorise(terms, own->gram, own->rows, penalty, room->factor);
    fs_cholesky_solve(room->factor, terms, lack);
}

static void learn_x(double penalty, int terms, const fs_uplift_sums arm[2],
                    const fs_uplift_room *room, double *effect)
{
    double *outcome[2] = {room->right, room->right + terms}, *lack = room->right + 2 * terms;
    double share = arm[1].rows / (arm[0].rows + arm[1].rows);
    for (int a = 0; a < 2; a++) regress(terms, &arm[a], FS_UPLIFT_BASE, room->factor, outcome[a]);
    regress_lack(penalty, terms, &arm[1], outcome[0], room, effect);
    regress_lack(penalty, terms, &arm[0], outcome[1], room, lack);
    for (int t = 0; t < terms; t++) effect[t] = (1 - share) * effect[t] - share * lack[t];
}

static void learn_s(double penalty, int terms, const fs_uplift_sums arm[2],
                    const fs_uplift_room *room, double *effect)
{
    int all = 2 * terms;
    double rows = arm[0].rows + arm[1].rows, e = arm[1].rows / rows, spread = e * (1 - e);
    double *f = room->factor, *right = room->right;
    for (int t = 0; t < terms; t++) {
        for (int u = 0; u < terms; u++) {
            double one = arm[1].gram[t * terms + u] / rows,
                   none = arm[0].gram[t * terms + u] / rows;
            f[t * all + u] = one + none;
            f[(t + terms) * all + u] = (1 - e) * one - e * none;
            f[(t + terms) * all + u + terms] = (1 - e) * (1 - e) * one + e * e * none;
        }
        right[t] = (arm[1].moment[t] + arm[0].moment[t]) / rows;
        right[t + terms] = ((1 - e) * arm[1].moment[t] - e * arm[0].moment[t]) / rows;
        f[t * all + t] += t > 0 ? FS_UPLIFT_BASE : INTERCEPT_PENALTY;
        f[(t + terms) * all + t + terms] += (t > 0 ? penalty : INTERCEPT_PENALTY) * spread;
    }
    fs_cholesky_factorise(f, all);
    fs_cholesky_solve(f, all, right);
    memcpy(effect, right + terms, (size_t)terms * sizeof *effect);
}

static void learn_transform(double penalty, int terms, const fs_uplift_sums arm[2],
                            const fs_uplift_room *room, double *effect)
{
    double rows = arm[0].rows + arm[1].rows, e = arm[1].rows / rows;
    double mean = (arm[0].moment[0] + arm[1].moment[0]) / rows;
    double *gram = room->factor + (size_t)terms * (size_t)terms;
    for (int i = 0; i < terms * terms; i++) gram[i] = arm[0].gram[i] + arm[1].gram[i];
    factorise(terms, gram, rows, penalty, room->factor);
    for (int t = 0; t < terms; t++) { /* the first row of gram: sums of terms */
        double one = arm[1].moment[t] - mean * arm[1].gram[t];
        double none = arm[0].moment[t] - mean * arm[0].gram[t];
        effect[t] = (one / e - none / (1 - e)) / rows;
    }
    fs_cholesky_solve(room->factor, terms, effect);
}

void fs_uplift_learn(fs_uplift_model learner, double penalty, int terms,
                     const fs_uplift_sums arm[2], const fs_uplift_room *room, double *effect)
{
    switch (learner) {
    case FS_UPLIFT_T: learn_t(penalty, terms, arm, room, effect); break;
    case FS_UPLIFT_X: learn_x(penalty, terms, arm, room, effect); break;
    case FS_UPLIFT_TRANSFORM: learn_transform(penalty, terms, arm, room, effect); break;
    default: learn_s(penalty, terms, arm, room, effect);
    }
}

/* Regression, over both arms, of what has these moments. */
static void regress_both(int terms, const fs_uplift_sums arm[2], const double *moment,
                         const double *other, const fs_uplift_room *room, double *weight)
{
    double rows = arm[0].rows + arm[1].rows;
    double *gram = room->factor + (size_t)terms * (size_t)terms;
    for (int i = 0; i < terms * terms; i++) gram[i] = arm[0].gram[i] + arm[1].gram[i];
    factorise(terms, gram, rows, FS_UPLIFT_BASE, room->factor);
    for (int t = 0; t < terms; t++) weight[t] = (moment[t] + (other ? other[t] : 0)) / rows;
    fs_cholesky_solve(room->factor, terms, weight);
}

void fs_uplift_learn_outcome(int terms, const fs_uplift_sums arm[2], const fs_uplift_room *room,
                             double *weight)
{
    regress_both(terms, arm, arm[0].moment, arm[1].moment, room, weight);
}

void fs_uplift_learn_treatment(int terms, const fs_uplift_sums arm[2], const fs_uplift_room *room,
                               double *weight)
{
    regress_both(terms, arm, arm[1].gram, NULL, room, weight);
}
