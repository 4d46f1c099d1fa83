/* What all periods ahead have in common: whether the level was taken too low or too high.
 *
 * Scores of the periods are normal with correlation r, by a common factor (Vasicek 2002): given it, z, the probability of a value below its quantile
 * u is Phi((Phi^-1(u) - sqrt(r) z) / sqrt(1 - r)), and periods do not depend on one another. The factor is cut into FS_SCENES scenes of the
 * same probability, of each the mean over POINTS places of it; tables are scaled so that the mean over scenes is u to the last digit, thus means stay.
 *
 * Cost: once for a correlation, 1 ms.
 */
#include <math.h>
#include <string.h>

#include "foresell/numeric.h"
#include "stock_ahead.h"

#define POINTS 16

static double below(double u, double r, int scene)
{
    double score = fs_normal_quantile(u), sum = 0;
    for (int i = 0; i < POINTS; i++) {
        double z = fs_normal_quantile((scene + (i + .5) / POINTS) / FS_SCENES);
        sum += fs_normal_below((score - sqrt(r) * z) / sqrt(1 - r));
    }
    return sum / POINTS;
}

void fs_stock_scenes(fs_scenes *s, double common)
{
    if (s->common == common) return;
    s->common = common;
    for (int i = 0; i <= FS_SCENE_STEPS; i++) {
        double u = (double)i / FS_SCENE_STEPS, sum = 0;
        bool inside = i > 0 && i < FS_SCENE_STEPS;
        for (int k = 0; k < FS_SCENES; k++) {
            s->below[k][i] = inside ? below(u, common, k) : u;
            sum += s->below[k][i] / FS_SCENES;
        }
        for (int k = 0; inside && k < FS_SCENES; k++) s->below[k][i] *= u / sum;
    }
}

static double at(const double *table, double u)
{
    double place = fmin(fmax(u, 0), 1) * FS_SCENE_STEPS;
    int i = (int)fmin(place, FS_SCENE_STEPS - 1);
    return table[i] + (table[i + 1] - table[i]) * (place - i);
}

void fs_stock_scene_shares(const fs_scenes *s, int scene, const fs_pieces *pieces, double *share)
{
    const double *table = s->below[scene];
    for (int i = 0; i < pieces->count; i++) {
        double from = pieces->from[i], mass = pieces->mass[i];
        share[i] = (at(table, from + mass) - at(table, from)) / mass;
    }
}
