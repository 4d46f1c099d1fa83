/* Fitting exponential smoothing: the thirty forms, and the choice between them by AICc.
 *
 * The smoothing parameters are searched as logits, so every point is in the usual region: alpha in (0,1), beta as a
 * share of alpha, gamma as a share of 1 - alpha, phi in (0.8, 0.98) (Hyndman, Koehler, Ord, Snyder 2008, ch. 2, 5). First
 * level and slope are searched too, in units of the series' mean step. First seasonal states come from the first seasons
 * (ets_start.c). All forms with one kind of season are fitted in lockstep (ets_lanes.c) from the best of eight points, until
 * what a step promises is nothing to the choice: towards a bound, where many an alpha lies, the last steps would go on long. A form
 * with trend and season that is not admissible at its best (ets_admissible.c) is fitted again with beta bounded lower.
 */
#include <math.h>

#include "ets_internal.h"

#define LANES          FS_LSQ_LANES
#define ROUNDS         14
#define TOLERANCE      1e-6 /* of the sum, of forms that are named */
#define NO_MATTER      0.01 /* of AICc, of forms that compete: a tenth of a parameter's standard error */
#define QUICKEST_TREND 0.25 /* of alpha, where there is no season */
#define SLOPE_UNIT     0.1
#define FARTHEST       8.0 /* logits: 0.0003 to 0.9997 */

int64_t fs_ets_parameters(const fs_ets *ets, int period)
{
    return 3 + (ets->trend ? 2 + ets->damped : 0) + (ets->season ? period : 0);
}

/* ---- from coordinates to parameters ---- */

static double logistic(double x) { return 1 / (1 + exp(-x)); }

static double logit(double share) { return log(share / (1 - share)); }

/* A slope is searched in tenths of a unit; a factor of growth as what it makes of the level. */
static void set_slope(const fs_ets_group *g, const fs_ets *form, double x, double *slope,
                      double *by)
{
    double unit = SLOPE_UNIT * g->start.unit, level = g->start.level;
    *slope = *by = 0;
    if (form->trend == FS_ETS_ADDITIVE) {
        *slope = g->start.slope + unit * x;
        *by = unit;
    } else if (form->trend == FS_ETS_MULTIPLICATIVE) {
        double size = fabs(level) > unit ? fabs(level) : unit;
        *slope = 1 + (g->start.slope + unit * x) / size;
        *by = unit / size;
        if (*slope < 0.1) *slope = 0.1, *by = 0;
    }
}

static void set_lane(fs_ets_group *g, double x[FS_LSQ_PARAMETERS][LANES], int k)
{
    const fs_ets *form = &g->form[k];
    fs_ets_lanes *to = &g->lanes;
    bool trend = form->trend, season = form->season;
    double a = logistic(x[FS_ETS_ALPHA][k]), b = logistic(x[FS_ETS_BETA][k]);
    double c = logistic(x[FS_ETS_GAMMA][k]), d = logistic(x[FS_ETS_PHI][k]);
    double by = a * (1 - a), unit = g->start.unit;
    to->alpha[k] = a;
    to->alpha_by_alpha[k] = by;
    to->beta[k] = trend ? a * b : 0;
    to->beta_by_alpha[k] = trend ? by * b : 0;
    to->beta_by_beta[k] = trend ? a * b * (1 - b) : 0;
    to->gamma[k] = season ? (1 - a) * c : 0;
    to->gamma_by_alpha[k] = season ? -by * c : 0;
    to->gamma_by_gamma[k] = season ? (1 - a) * c * (1 - c) : 0;
    to->phi[k] = form->damped ? 0.8 + 0.18 * d : 1;
    to->phi_by_phi[k] = form->damped ? 0.18 * d * (1 - d) : 0;
    to->level[k] = (trend ? g->start.level : g->start.flat) + unit * x[FS_ETS_LEVEL][k];
    to->level_by_level[k] = unit;
    set_slope(g, form, x[FS_ETS_SLOPE][k], &to->slope[k], &to->slope_by_slope[k]);
}

/* Lanes whose x has changed: those that are done stand still. A half where all do is not in use. */
static void set_lanes(fs_ets_group *g, double x[FS_LSQ_PARAMETERS][LANES])
{
    for (int half = 0; half < FS_ETS_HALVES; half++) g->lanes.error[half] = FS_ETS_NONE;
    for (int k = 0; k < LANES; k++) {
        bool same = true;
        for (int i = 0; i < FS_LSQ_PARAMETERS; i++) same = same && g->x[i][k] == x[i][k];
        if (same) continue;
        for (int i = 0; i < FS_LSQ_PARAMETERS; i++) g->x[i][k] = x[i][k];
        set_lane(g, x, k);
        g->lanes.error[k / FS_ETS_STARTS] = g->error[k / FS_ETS_STARTS];
    }
}

/* A search begins: all lanes count as changed. */
static void forget_lanes(fs_ets_group *g)
{
    for (int i = 0; i < FS_LSQ_PARAMETERS; i++)
        for (int k = 0; k < LANES; k++) g->x[i][k] = NAN; /* equal to nothing */
}

static void objective(void *context, double x[FS_LSQ_PARAMETERS][LANES], fs_lsq_sums *sums)
{
    fs_ets_group *g = context;
    set_lanes(g, x);
    fs_ets_lanes_sums(&g->past, g->trend, g->season, &g->lanes, g->room, sums);
}

static void find_least(fs_ets_group *g, const fs_lsq_problem *problem,
                       double x[FS_LSQ_PARAMETERS][LANES], double squares[LANES])
{
    forget_lanes(g);
    fs_least_squares(objective, g, problem, x, squares);
}

/* ---- one group ---- */

/* The best of eight points for alpha (and gamma), by the form without trend. */
static void find_start(const fs_ets_group *g, double *alpha, double *gamma)
{
    static const double all[] = {0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9};
    static const double four[] = {0.03, 0.12, 0.35, 0.75};
    fs_ets_lanes lanes = {.alpha = {0}};
    double squares[LANES];
    for (int k = 0; k < LANES; k++) {
        lanes.alpha[k] = g->season ? four[k / 2] : all[k];
        lanes.gamma[k] = g->season ? (1 - lanes.alpha[k]) * (k % 2 ? 0.25 : 0.03) : 0;
        lanes.level[k] = g->start.flat;
        lanes.phi[k] = 1;
    }
    fs_ets_lanes_squares(&g->past, g->season, &lanes, g->room, squares);
    int best = 0;
    for (int k = 1; k < LANES; k++)
        if (squares[k] < squares[best]) best = k;
    *alpha = logit(lanes.alpha[best]);
    *gamma = logit(best % 2 ? 0.25 : 0.03);
}

static unsigned free_of(const fs_ets *form)
{
    unsigned bits = 1u << FS_ETS_ALPHA | 1u << FS_ETS_LEVEL;
    if (form->trend) bits |= 1u << FS_ETS_BETA | 1u << FS_ETS_SLOPE;
    if (form->damped) bits |= 1u << FS_ETS_PHI;
    if (form->season) bits |= 1u << FS_ETS_GAMMA;
    return bits;
}

/* Holt's, or Holt's and Winters': nothing but a bound holds its trend back. */
static bool is_straight_by_name(const fs_ets_group *g)
{
    bool straight = false;
    for (int k = 0; k < LANES; k++)
        straight = straight || (g->form[k].error && g->form[k].trend && !g->form[k].damped);
    return g->trend_is_named && straight;
}

/* The trend may take so much of what the level takes, as a logit. The likelihood likes quick trends that forecast badly: with a
 * bound the forecasts of inner windows of M3 and M4 are better, the lower the bound the longer the season is. A straight trend by
 * name may turn as much in a season as one without season in a step; others, which damp it or give it up, by its square root
 * (M3's months, 12 steps: Holt's and Winters' mean error is 9 % less than with the root, M5's days 2 %; that of the choice is as good or
 * better with it). A form that the user spells out has the usual region whole, as in other programs, though on inner windows of M3
 * its mean error is 3 to 9 % more. */
static double most_beta(const fs_ets_group *g)
{
    double period = (double)g->period;
    if (g->trend_is_quick) return FARTHEST;
    double most = logit(QUICKEST_TREND / (is_straight_by_name(g) ? period : sqrt(period)));
    return most > -FARTHEST ? most : -FARTHEST;
}

static fs_lsq_problem problem_of(const fs_ets_group *g, int64_t known)
{
    fs_lsq_problem p = {.parameters = g->season ? FS_LSQ_PARAMETERS : FS_LSQ_PARAMETERS - 1,
                        .rounds = ROUNDS,
                        .tolerance = g->trend_is_named ? TOLERANCE : NO_MATTER / (double)known};
    for (int i = 0; i < FS_LSQ_PARAMETERS; i++) {
        bool state = i == FS_ETS_LEVEL || i == FS_ETS_SLOPE;
        p.low[i] = state ? -1e6 : -FARTHEST;
        p.high[i] = state ? 1e6 : FARTHEST;
        p.longest[i] = state ? 1e6 : 2.5;
    }
    p.high[FS_ETS_BETA] = most_beta(g);
    for (int k = 0; k < LANES; k++) p.free[k] = g->form[k].error ? free_of(&g->form[k]) : 0;
    return p;
}

static bool is_at_bound(const fs_ets_group *g, int k) { return g->trend_is_named && k % 2 == 1; }

/* A form that the user names is alone in its half, so its lanes begin at four places: two of them with alpha (and phi) at a
 * bound, and two without a slope. Forms that compete begin where find_start says, each once. */
static void place_start(const fs_ets_group *g, const fs_lsq_problem *problem, double alpha,
                        double gamma, double x[FS_LSQ_PARAMETERS][LANES], int k)
{
    const double alphas[] = {alpha, -FARTHEST, logit(0.3), FARTHEST};
    int start = g->trend_is_named ? k % FS_ETS_STARTS : 0;
    double slow = problem->high[FS_ETS_BETA], usual = logit(0.1);
    x[FS_ETS_ALPHA][k] = alphas[start];
    x[FS_ETS_BETA][k] = slow < usual ? slow : usual;
    x[FS_ETS_GAMMA][k] = gamma;
    x[FS_ETS_PHI][k] = is_at_bound(g, k) ? FARTHEST : 1;
    x[FS_ETS_LEVEL][k] = x[FS_ETS_SLOPE][k] = 0;
    if (start < 2 || !g->form[k].trend) return;
    x[FS_ETS_LEVEL][k] = (g->start.flat - g->start.level) / g->start.unit;
    x[FS_ETS_SLOPE][k] = -g->start.slope / (SLOPE_UNIT * g->start.unit);
}

/* Towards a bound steps are long, and those of the other parameters are cut short with them. So lanes that begin at one are first
 * searched along it, and the first states once more by themselves before all are again; forms that compete do without, for
 * it doubles the time. */
static void search(fs_ets_group *g, const fs_lsq_problem *problem,
                   double x[FS_LSQ_PARAMETERS][LANES], double squares[LANES])
{
    fs_lsq_problem part = *problem;
    for (int k = 0; k < LANES; k++)
        if (is_at_bound(g, k)) part.free[k] &= ~(1u << FS_ETS_ALPHA | 1u << FS_ETS_PHI);
    find_least(g, &part, x, squares);
    if (!g->trend_is_named) return;
    for (int k = 0; k < LANES; k++) part.free[k] &= 1u << FS_ETS_LEVEL | 1u << FS_ETS_SLOPE;
    find_least(g, &part, x, squares);
    find_least(g, problem, x, squares);
}

static void take_lane(fs_ets_group *g, int k, double squares, int64_t known)
{
    fs_ets *form = &g->form[k];
    form->alpha = g->lanes.alpha[k], form->beta = g->lanes.beta[k];
    form->gamma = g->lanes.gamma[k], form->phi = g->lanes.phi[k];
    form->first_level = g->lanes.level[k], form->first_slope = g->lanes.slope[k];
    form->aicc = squares < 1e300 ? fs_aicc(squares, known, fs_ets_parameters(form, g->past.period))
                                 : INFINITY;
}

/* Lets only those forms move that are not admissible, and their beta up to half of the least of theirs. False: all are, or can
 * not be and are given up. */
static bool tighten(fs_ets_group *g, fs_lsq_problem *problem)
{
    double share = 1, least = problem->low[FS_ETS_BETA];
    bool is_last = !(problem->high[FS_ETS_BETA] > least);
    for (int k = 0; k < LANES; k++) {
        fs_ets *form = &g->form[k];
        problem->free[k] = 0;
        if (!form->error || !isfinite(form->aicc)) continue;
        if (fs_ets_is_admissible(form, g->past.period, g->room)) continue;
        problem->free[k] = free_of(form);
        if (form->beta / form->alpha < share) share = form->beta / form->alpha;
        if (is_last) form->aicc = INFINITY;
    }
    double high = logit(share / 2);
    problem->high[FS_ETS_BETA] = high > least ? high : least;
    return share < 1 && !is_last;
}

void fs_ets_fit(fs_ets_group *g)
{
    double x[FS_LSQ_PARAMETERS][LANES], squares[LANES], alpha, gamma;
    int64_t known = 0;
    for (int64_t t = 0; t < g->past.count; t++) known += g->past.use[t];
    fs_lsq_problem problem = problem_of(g, known);
    find_start(g, &alpha, &gamma);
    for (int k = 0; k < LANES; k++) {
        if (g->form[k].error) g->error[k / FS_ETS_STARTS] = g->form[k].error;
        place_start(g, &problem, alpha, gamma, x, k);
    }
    do {
        for (int k = 0; k < LANES; k++)
            if (problem.free[k]) place_start(g, &problem, alpha, gamma, x, k);
        search(g, &problem, x, squares);
        set_lanes(g, x);
        for (int k = 0; k < LANES; k++)
            if (problem.free[k]) take_lane(g, k, squares[k], known);
    } while (g->trend_is_named && tighten(g, &problem));
}
