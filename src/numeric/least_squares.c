/* Levenberg-Marquardt for eight problems in lockstep.
 *
 * Sums of squares of a recursion whose derivatives are carried along need few rounds where a search without them needs
 * dozens. The eight lanes share what an evaluation costs; each has its own damping, takes or refuses its own steps and
 * stops moving when it is done.
 *
 * Damping as in Nielsen (1999): after a step that lowered the sum by what the quadratic model promised it falls to a third,
 * after one that did not it grows, each time faster. It multiplies the diagonal of J'J (Marquardt), so units of parameters
 * do not matter.
 *
 * Cost beside the evaluations: .4 µs a round (least_squares_lanes.c).
 */
#include <string.h>

#include "least_squares_internal.h"

#define LANES      FS_LSQ_LANES
#define PARAMETERS FS_LSQ_PARAMETERS
#define DAMPING    1e-3 /* at first */

static void begin(fs_lsq_state *s, const fs_lsq_problem *problem, double x[PARAMETERS][LANES])
{
    s->problem = problem;
    memcpy(s->x, x, sizeof s->x);
    for (int k = 0; k < LANES; k++) {
        s->damping[k] = DAMPING, s->growth[k] = 2, s->promise[k] = 0;
        s->refused[k] = 0;
        s->done[k] = problem->free[k] == 0 ? -1 : 0;
        for (int i = 0; i < PARAMETERS; i++) s->free[i][k] = problem->free[k] >> i & 1 ? -1 : 0;
    }
}

static bool all_done(const fs_lsq_state *s)
{
    int64_t done = -1;
    for (int k = 0; k < LANES; k++) done &= s->done[k];
    return done != 0;
}

void fs_least_squares(fs_lsq_objective objective, void *context, const fs_lsq_problem *problem,
                      double x[PARAMETERS][LANES], double squares[LANES])
{
    fs_lsq_state s;
    fs_lsq_sums tried = {0};
    begin(&s, problem, x);
    s.at = tried;
    objective(context, s.x, &s.at);
    fs_lsq_lanes_keep_finite(&s.at);
    for (int round = 1; round < problem->rounds; round++) {
        double point[PARAMETERS][LANES];
        fs_lsq_lanes_plan(&s);
        if (all_done(&s)) break;
        for (int i = 0; i < PARAMETERS; i++)
            for (int k = 0; k < LANES; k++) point[i][k] = s.x[i][k] + s.step[i][k];
        objective(context, point, &tried);
        fs_lsq_lanes_keep_finite(&tried);
        fs_lsq_lanes_judge(&s, &tried);
    }
    memcpy(x, s.x, sizeof s.x);
    memcpy(squares, s.at.squares, sizeof s.at.squares);
}
