/* How large the uplift of rows with a score is on rows that the score was not learnt from, and how sure that is.
 *
 * The best linear predictor of the uplift given a score s (Chernozhukov, Demirer, Duflo, Fernández-Val 2018, sec. 3): with w
 * the arm, e the share of the treated and r the outcome less what is expected whatever the arm, r is regressed on (w - e) and
 * (w - e) (s - mean s). Their coefficients are the mean uplift and the slope: 1 where scores are right, less where they
 * are too sure, 0 where they tell nothing. A slope below 0 counts as 0: then all rows have the mean uplift. Errors are the sandwich's (White
 * 1980). At the pivot the errors of level and slope do not go together, so the variance elsewhere is
 * level_error² + (slope_error (uplift - pivot))².
 */
#include <math.h>

#include "uplift_internal.h"

typedef struct moments {
    double aa, ab, bb, ar, br; /* sums of weight times products of the two regressors and r */
} moments;

static double mean_of(const double *score, const double *weight, int64_t rows)
{
    double sum = 0, all = 0;
    for (int64_t i = 0; i < rows; i++) {
        sum += weight[i] * score[i];
        all += weight[i];
    }
    return sum / all;
}

/* The middle of the sandwich: sums of squared errors times products of regressors. */
static moments meat_of(const double *score, const double *residual, const int8_t *arm,
                       const double *weight, double share, int64_t rows, const fs_uplift_line *l)
{
    moments m = {0};
    for (int64_t i = 0; i < rows; i++) {
        double a = weight[i] * (arm[i] - share), b = a * (score[i] - l->centre);
        double fitted = (arm[i] - share) * (l->level + l->slope * (score[i] - l->centre));
        double e = residual[i] - fitted;
        m.aa += e * e * a * a;
        m.ab += e * e * a * b;
        m.bb += e * e * b * b;
    }
    return m;
}

static moments bread_of(const double *score, const double *residual, const int8_t *arm,
                        const double *weight, double share, int64_t rows, double centre)
{
    moments m = {0};
    for (int64_t i = 0; i < rows; i++) {
        double a = arm[i] - share, b = a * (score[i] - centre), w = weight[i];
        m.aa += w * a * a;
        m.ab += w * a * b;
        m.bb += w * b * b;
        m.ar += w * a * residual[i];
        m.br += w * b * residual[i];
    }
    return m;
}

/* Rows of the inverse of what is between the bread's brackets; without a slope the second is 0. */
static void set_errors(fs_uplift_line *l, const moments *bread, const moments *meat, bool sloped)
{
    double det = bread->aa * bread->bb - bread->ab * bread->ab;
    double i00 = sloped ? bread->bb / det : 1 / bread->aa, i01 = sloped ? -bread->ab / det : 0;
    double i11 = sloped ? bread->aa / det : 0;
    double aa = i00 * i00 * meat->aa + 2 * i00 * i01 * meat->ab + i01 * i01 * meat->bb;
    double bb = i01 * i01 * meat->aa + 2 * i01 * i11 * meat->ab + i11 * i11 * meat->bb;
    double ab = i00 * i01 * meat->aa + (i00 * i11 + i01 * i01) * meat->ab + i01 * i11 * meat->bb;
    double away = bb > 0 ? -ab / bb : 0;
    l->pivot = l->level + l->slope * away;
    l->level_error = sqrt(fmax(bb > 0 ? aa - ab * ab / bb : aa, 0));
    l->slope_error = sloped ? sqrt(fmax(bb, 0)) / l->slope : 0;
}

fs_uplift_line fs_uplift_calibrate(const double *score, const double *residual, const int8_t *arm,
                                   const double *weight, double share, int64_t rows)
{
    fs_uplift_line l = {.slope = 1};
    l.centre = mean_of(score, weight, rows);
    moments b = bread_of(score, residual, arm, weight, share, rows, l.centre);
    double det = b.aa * b.bb - b.ab * b.ab;
    bool sloped = det > 1e-12 * b.aa * b.bb && isfinite(1 / det); /* less is rounding */
    if (!(b.aa > 0)) return l;
    l.slope = sloped ? (b.aa * b.br - b.ab * b.ar) / det : 0;
    sloped = sloped && l.slope > 0;
    l.level = sloped ? (b.bb * b.ar - b.ab * b.br) / det : b.ar / b.aa;
    if (!sloped) l.slope = 0;
    moments meat = meat_of(score, residual, arm, weight, share, rows, &l);
    set_errors(&l, &b, &meat, sloped);
    l.known = isfinite(l.level) && isfinite(l.pivot) && isfinite(l.level_error) &&
              isfinite(l.slope_error) && isfinite(l.slope);
    return l.known ? l : (fs_uplift_line){.slope = 1};
}
