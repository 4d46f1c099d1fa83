/* A round of the search for least squares of one lane, plainly. least_squares_lanes.c does the same for eight at once; a test holds
 * that both give the same bits. */
#include <math.h>

#include "least_squares_internal.h"

#define PARAMETERS FS_LSQ_PARAMETERS

/* (J'J + damping diag) step = -J'r by LDL'; parameters that are not free stay. */
static void solve(const fs_lsq_state *s, int k, double *step)
{
    int n = s->problem->parameters;
    double l[PARAMETERS][PARAMETERS], d[PARAMETERS], z[PARAMETERS];
    for (int i = 0; i < n; i++) {
        double diagonal = s->at.product[fs_lsq_entry(i, i)][k];
        bool moves = s->free[i][k] && diagonal > 0;
        d[i] = moves ? diagonal * (1 + s->damping[k]) : 1;
        z[i] = moves ? -s->at.slope[i][k] : 0;
        for (int j = 0; j < i; j++) {
            bool both = s->free[i][k] && s->free[j][k];
            double v = both ? s->at.product[fs_lsq_entry(i, j)][k] : 0;
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
static void bound(const fs_lsq_state *s, int k, double *step)
{
    const fs_lsq_problem *p = s->problem;
    double share = 1;
    for (int i = 0; i < p->parameters; i++)
        if (fabs(step[i]) * share > p->longest[i]) share = p->longest[i] / fabs(step[i]);
    for (int i = 0; i < p->parameters; i++) {
        double to = s->x[i][k] + share * step[i];
        if (to < p->low[i]) to = p->low[i];
        if (to > p->high[i]) to = p->high[i];
        step[i] = to - s->x[i][k];
    }
}

/* By how much the quadratic model lets the sum fall along the step. */
static double promised(const fs_lsq_state *s, int k, const double *step)
{
    double sum = 0;
    for (int i = 0; i < s->problem->parameters; i++) {
        double row = 2 * s->at.slope[i][k];
        for (int j = 0; j < s->problem->parameters; j++) {
            int at = j < i ? fs_lsq_entry(i, j) : fs_lsq_entry(j, i);
            row += s->at.product[at][k] * step[j];
        }
        sum -= row * step[i];
    }
    return sum;
}

void fs_lsq_reference_plan(fs_lsq_state *s, int k)
{
    double step[PARAMETERS] = {0};
    if (!s->done[k]) {
        solve(s, k, step);
        bound(s, k, step);
        s->promise[k] = promised(s, k, step);
        bool is_worth = s->promise[k] > s->problem->tolerance * s->at.squares[k];
        if (!is_worth || s->at.squares[k] >= FS_LSQ_LARGE) s->done[k] = -1;
    }
    for (int i = 0; i < PARAMETERS; i++) s->step[i][k] = s->done[k] ? 0 : step[i];
}

static void take(fs_lsq_state *s, int k, const fs_lsq_sums *tried)
{
    for (int i = 0; i < PARAMETERS; i++) {
        s->x[i][k] += s->step[i][k];
        s->at.slope[i][k] = tried->slope[i][k];
    }
    for (int i = 0; i < FS_LSQ_PRODUCTS; i++) s->at.product[i][k] = tried->product[i][k];
    s->at.squares[k] = tried->squares[k];
}

void fs_lsq_reference_judge(fs_lsq_state *s, const fs_lsq_sums *tried, int k)
{
    if (s->done[k]) return;
    double gain = s->at.squares[k] - tried->squares[k];
    if (gain > 0) {
        double ratio = 2 * gain / s->promise[k] - 1, factor = 1 - ratio * ratio * ratio;
        s->damping[k] *= factor > 1.0 / 3 ? factor : 1.0 / 3;
        s->growth[k] = 2;
        s->refused[k] = 0;
        take(s, k, tried);
    } else {
        s->damping[k] *= s->growth[k];
        s->growth[k] *= 2;
        if (++s->refused[k] == FS_LSQ_REFUSALS) s->done[k] = -1;
    }
}

void fs_lsq_reference_keep_finite(fs_lsq_sums *sums, int k)
{
    bool finite = isfinite(sums->squares[k]);
    for (int i = 0; i < PARAMETERS; i++) finite = finite && isfinite(sums->slope[i][k]);
    for (int i = 0; i < FS_LSQ_PRODUCTS; i++) finite = finite && isfinite(sums->product[i][k]);
    if (finite) return;
    sums->squares[k] = FS_LSQ_LARGE;
    for (int i = 0; i < PARAMETERS; i++) sums->slope[i][k] = 0;
    for (int i = 0; i < FS_LSQ_PRODUCTS; i++) sums->product[i][k] = 0;
}
