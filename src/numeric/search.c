/* Minimum of a smooth function of a few variables, sixteen points at a time.
 *
 * Each round tries a step to either side along every coordinate (Hooke and Jeeves' exploration,
 * all at once), and four bolder points that the values before suggest:
 *   Newton      the minimum of the parabola through the three points of each coordinate;
 *   half of it;
 *   pattern     as far again as the last round moved;
 *   greedy      the better side of every coordinate together.
 * The best point found is the next centre. A coordinate where a side was better takes longer
 * steps, one where neither was takes shorter steps. No derivatives, no randomness; it can't be
 * worse than where it began. An objective that works on sixteen points in lockstep (SIMD) costs
 * little more than one that works on one.
 */
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"

#define LANES      FS_SEARCH_LANES
#define VERY_LARGE 1e300
#define LONGER     1.6
#define SHORTER    0.4

typedef struct search {
    int dimensions;
    double x[FS_SEARCH_DIMENSIONS], step[FS_SEARCH_DIMENSIONS];
    double newton[FS_SEARCH_DIMENSIONS], moved[FS_SEARCH_DIMENSIONS], greedy[FS_SEARCH_DIMENSIONS];
    double best;
    double point[FS_SEARCH_DIMENSIONS * LANES];
    double value[LANES];
} search;

static void place_lane(search *s, int lane, const double *direction, double length)
{
    for (int d = 0; d < s->dimensions; d++)
        s->point[d * LANES + lane] = s->x[d] + (direction ? length * direction[d] : 0);
}

static void place_points(search *s)
{
    for (int lane = 0; lane < LANES; lane++) place_lane(s, lane, NULL, 0);
    for (int d = 0; d < s->dimensions; d++) {
        s->point[d * LANES + 2 * d] += s->step[d];
        s->point[d * LANES + 2 * d + 1] -= s->step[d];
    }
    place_lane(s, LANES - 4, s->newton, 1);
    place_lane(s, LANES - 3, s->newton, 0.5);
    place_lane(s, LANES - 2, s->moved, 1);
    place_lane(s, LANES - 1, s->greedy, 1);
}

static void evaluate(search *s, fs_objective objective, void *context)
{
    objective(context, s->point, s->value);
    for (int lane = 0; lane < LANES; lane++)
        if (!isfinite(s->value[lane])) s->value[lane] = VERY_LARGE;
}

/* What the next round tries along coordinate d, from the values on both sides of the centre. */
static void learn(search *s, int d)
{
    double up = s->value[2 * d], down = s->value[2 * d + 1], step = s->step[d];
    double curvature = up + down - 2 * s->best;
    double newton = curvature > 0 ? 0.5 * step * (down - up) / curvature : 0;
    if (fabs(newton) > 4 * step) newton = copysign(4 * step, newton);
    s->newton[d] = newton;
    s->greedy[d] = up < s->best && up <= down ? step : down < s->best ? -step : 0;
    s->step[d] = step * (s->greedy[d] != 0 ? LONGER : SHORTER);
}

/* Moves to the best point; the directions are seen from there. */
static void move(search *s)
{
    int best = -1;
    for (int lane = 0; lane < LANES; lane++)
        if (s->value[lane] < s->best && (best < 0 || s->value[lane] < s->value[best])) best = lane;
    for (int d = 0; d < s->dimensions; d++) {
        learn(s, d);
        double to = best < 0 ? s->x[d] : s->point[d * LANES + best];
        s->moved[d] = to - s->x[d];
        s->newton[d] -= s->moved[d];
        s->greedy[d] -= s->moved[d];
        s->x[d] = to;
    }
    if (best >= 0) s->best = s->value[best];
}

static bool is_done(const search *s, double tolerance)
{
    for (int d = 0; d < s->dimensions; d++)
        if (s->step[d] > tolerance) return false;
    return true;
}

double fs_search(fs_objective objective, void *context, int dimensions, double *x,
                 const double *step, int rounds, double tolerance)
{
    search s = {.dimensions = dimensions};
    memcpy(s.x, x, (size_t)dimensions * sizeof *x);
    memcpy(s.step, step, (size_t)dimensions * sizeof *step);
    for (int lane = 0; lane < LANES; lane++) place_lane(&s, lane, NULL, 0);
    evaluate(&s, objective, context);
    s.best = s.value[0];
    for (int round = 0; round < rounds && !is_done(&s, tolerance); round++) {
        place_points(&s);
        evaluate(&s, objective, context);
        move(&s);
    }
    memcpy(x, s.x, (size_t)dimensions * sizeof *x);
    return s.best;
}
