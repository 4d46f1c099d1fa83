/* Levenberg-Marquardt for eight problems in lockstep.
 *
 * Sums of squares of a recursion whose derivatives are carried along need few rounds where a search without them needs
 * dozens. The eight lanes share what an evaluation costs; each has its own damping, takes or refuses its own steps and
 * stops moving when it is done.
 *
 * Damping as in Nielsen (1999): after a step that lowered the sum by what the quadratic model promised it falls to a third,
 * after one that did not it grows, each time faster. It multiplies the diagonal of J'J (Marquardt), so units of parameters
 * do not matter.
 */
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"

#define LANES      FS_LSQ_LANES
#define PARAMETERS FS_LSQ_PARAMETERS
#define VERY_LARGE 1e300
#define DAMPING    1e-3 /* at first */
#define REFUSALS   6    /* in a row end a lane */

typedef struct lane_state {
    double damping, growth;
    double promise; /* what the step should take off the sum */
    int refused;
    bool done;
} lane_state;

typedef struct fit {
    const fs_lsq_problem *problem;
    lane_state lane[LANES];
    fs_lsq_sums at;              /* at the best points */
    double x[PARAMETERS][LANES]; /* best */
    double step[PARAMETERS][LANES];
} fit;

static inline int entry(int i, int j) { return i * (i + 1) / 2 + j; }

/* (J'J + damping diag) step = -J'r of one lane by LDL'; parameters that are not free stay. */
static void solve(const fit *f, int k, double *step)
{
    int n = f->problem->parameters;
    double l[PARAMETERS][PARAMETERS], d[PARAMETERS], z[PARAMETERS];
    for (int i = 0; i < n; i++) {
        bool is_free = f->problem->free[k] >> i & 1;
        double diagonal = f->at.product[entry(i, i)][k];
        d[i] = is_free && diagonal > 0 ? diagonal * (1 + f->lane[k].damping) : 1;
        z[i] = is_free && diagonal > 0 ? -f->at.slope[i][k] : 0;
        for (int j = 0; j < i; j++) {
            bool both = is_free && f->problem->free[k] >> j & 1;
            double v = both ? f->at.product[entry(i, j)][k] : 0;
            for (int m = 0; m < j; m++) v -= l[i][m] * d[m] * l[j][m];
            l[i][j] = v / d[j];
        }
        double whole = d[i];
        for (int m = 0; m < i; m++) d[i] -= l[i][m] * l[i][m] * d[m];
        if (!(d[i] > 1e-12 * whole)) d[i] = 1e-12 * whole + 1e-300;
        for (int m = 0; m < i; m++) z[i] -= l[i][m] * z[m];
    }
    for (int i = n - 1; i >= 0; i--) {
        step[i] = z[i] / d[i];
        for (int m = i + 1; m < n; m++) step[i] -= l[m][i] * step[m];
    }
}

/* Shortens the whole step to the longest allowed, then cuts it off at the bounds. */
static void bound(const fit *f, int k, double *step)
{
    double share = 1;
    for (int i = 0; i < f->problem->parameters; i++)
        if (fabs(step[i]) * share > f->problem->longest[i])
            share = f->problem->longest[i] / fabs(step[i]);
    for (int i = 0; i < f->problem->parameters; i++) {
        double to = f->x[i][k] + share * step[i];
        if (to < f->problem->low[i]) to = f->problem->low[i];
        if (to > f->problem->high[i]) to = f->problem->high[i];
        step[i] = to - f->x[i][k];
    }
}

/* By how much the quadratic model lets the sum fall along the step. */
static double promised(const fit *f, int k, const double *step)
{
    double sum = 0;
    for (int i = 0; i < f->problem->parameters; i++) {
        double row = 2 * f->at.slope[i][k];
        for (int j = 0; j < f->problem->parameters; j++)
            row += f->at.product[j < i ? entry(i, j) : entry(j, i)][k] * step[j];
        sum -= row * step[i];
    }
    return sum;
}

static void plan_step(fit *f, int k)
{
    double step[PARAMETERS] = {0};
    lane_state *lane = &f->lane[k];
    if (!lane->done) {
        solve(f, k, step);
        bound(f, k, step);
        lane->promise = promised(f, k, step);
        bool is_worth = lane->promise > f->problem->tolerance * f->at.squares[k];
        if (!is_worth || f->at.squares[k] >= VERY_LARGE) lane->done = true;
    }
    for (int i = 0; i < PARAMETERS; i++) f->step[i][k] = lane->done ? 0 : step[i];
}

static void take(fit *f, int k, const fs_lsq_sums *tried)
{
    for (int i = 0; i < PARAMETERS; i++) {
        f->x[i][k] += f->step[i][k];
        f->at.slope[i][k] = tried->slope[i][k];
    }
    for (int i = 0; i < FS_LSQ_PRODUCTS; i++) f->at.product[i][k] = tried->product[i][k];
    f->at.squares[k] = tried->squares[k];
}

static void judge(fit *f, int k, const fs_lsq_sums *tried)
{
    lane_state *lane = &f->lane[k];
    if (lane->done) return;
    double gain = f->at.squares[k] - tried->squares[k];
    if (gain > 0) {
        double ratio = 2 * gain / lane->promise - 1, factor = 1 - ratio * ratio * ratio;
        lane->damping *= factor > 1.0 / 3 ? factor : 1.0 / 3;
        lane->growth = 2;
        lane->refused = 0;
        take(f, k, tried);
    } else {
        lane->damping *= lane->growth;
        lane->growth *= 2;
        if (++lane->refused == REFUSALS) lane->done = true;
    }
}

static void keep_finite(fs_lsq_sums *sums)
{
    for (int k = 0; k < LANES; k++) {
        bool finite = isfinite(sums->squares[k]);
        for (int i = 0; finite && i < PARAMETERS; i++) finite = isfinite(sums->slope[i][k]);
        for (int i = 0; finite && i < FS_LSQ_PRODUCTS; i++) finite = isfinite(sums->product[i][k]);
        if (finite) continue;
        sums->squares[k] = VERY_LARGE;
        for (int i = 0; i < PARAMETERS; i++) sums->slope[i][k] = 0;
        for (int i = 0; i < FS_LSQ_PRODUCTS; i++) sums->product[i][k] = 0;
    }
}

static bool all_done(const fit *f)
{
    for (int k = 0; k < LANES; k++)
        if (!f->lane[k].done) return false;
    return true;
}

void fs_least_squares(fs_lsq_objective objective, void *context, const fs_lsq_problem *problem,
                      double x[PARAMETERS][LANES], double squares[LANES])
{
    fit f = {.problem = problem};
    fs_lsq_sums tried = {0};
    memcpy(f.x, x, sizeof f.x);
    for (int k = 0; k < LANES; k++)
        f.lane[k] = (lane_state){.damping = DAMPING, .growth = 2, .done = problem->free[k] == 0};
    objective(context, f.x, &f.at);
    keep_finite(&f.at);
    for (int round = 1; round < problem->rounds; round++) {
        double point[PARAMETERS][LANES];
        for (int k = 0; k < LANES; k++) plan_step(&f, k);
        if (all_done(&f)) break;
        for (int i = 0; i < PARAMETERS; i++)
            for (int k = 0; k < LANES; k++) point[i][k] = f.x[i][k] + f.step[i][k];
        objective(context, point, &tried);
        keep_finite(&tried);
        for (int k = 0; k < LANES; k++) judge(&f, k, &tried);
    }
    memcpy(x, f.x, sizeof f.x);
    memcpy(squares, f.at.squares, sizeof f.at.squares);
}
