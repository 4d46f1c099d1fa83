/* Intervals from the errors that a model really made so many steps ahead: split conformal prediction with rolling origins.
 *
 * A score is the error that the backtest made at step h of an origin, over the deviation that the model's theory gave it
 * there (Lei and others 2018, Journal of the American Statistical Association 113, section 5.2, where scores are locally weighted;
 * for many steps ahead Stankeviciute, Alaa, van der Schaar 2021). So a calm and a lively past can be compared, and near
 * and far steps: quantile p of step h is the mean plus the deviation now times the score at place (n + 1) p among those that were made
 * h steps ahead. Where these are fewer than twice what it takes to have one beyond the outermost quantile, those of the steps
 * next to h join, nearest first. Beyond the outermost score nothing was seen: there it is the model's own quantile, if that lies farther
 * out.
 *
 * Scores keep their sign, for errors of what cannot be below zero are not even, but are centred: origins are few, and what they
 * happened to miss in common is no law. Their steps hang together, so it is the origins that count: o of them centred scatter by (o - 1) / o less
 * than they would, which is made good; of one alone the mirrored errors count too. And the quantile is mixed with the model's own as its
 * widening is (backtest.c): o parts of what was seen to three of theory.
 *
 * Coverage holds if errors to come are like those that were made, whatever the model, the nearer the more origins there are.
 *
 * Cost: a sort of the pooled scores a step; the backtest, which is made anyway.
 */
#include <math.h>

#include "forecaster_internal.h"

#define LEAST  5   /* scores below which nothing is read from them */
#define BEYOND 2   /* scores that are wanted beyond the outermost quantile */
#define CALM   3.0 /* weight of the model's own quantiles, in origins */

static bool score_at(const fs_forecaster *f, int model, int origin, int64_t h, double *score)
{
    if (h < 0 || h >= f->origin[origin].steps) return false;
    *score = f->tested[model].score[origin * f->settings.horizon + h];
    return isfinite(*score);
}

bool fs_conformal_is_ready(const fs_forecaster *f, int model, int origins)
{
    int64_t known = 0;
    double score;
    if (!f->settings.is_conformal || !f->tested[model].score) return false;
    if (!(f->errors.deviation > 0)) return false;
    for (int i = 0; i < origins; i++)
        for (int64_t h = 0; h < f->origin[i].steps; h++) known += score_at(f, model, i, h, &score);
    return known >= LEAST;
}

static int64_t wanted_scores(const fs_forecast_settings *s)
{
    double outermost = 0.5;
    for (int q = 0; q < s->quantiles; q++)
        outermost = fmin(outermost, fmin(s->quantile[q], 1 - s->quantile[q]));
    return (int64_t)fmax(LEAST, ceil(BEYOND / outermost));
}

/* Scores of step h and of those next to it, until they are enough; how many. */
static int64_t pool(fs_forecaster *f, int model, int origins, int64_t h, int64_t wanted,
                    double *scores)
{
    int64_t count = 0, longest = f->settings.horizon;
    for (int64_t away = 0; away < longest && count < wanted; away++)
        for (int side = -1; side <= (away > 0); side += 2)
            for (int i = 0; i < origins; i++)
                count += score_at(f, model, i, h + side * away, &scores[count]);
    return count;
}

/* Centres them, as wide as those of so many origins are; of one they are mirrored. How many there are then. */
static int64_t centre(double *scores, int64_t n, int origins)
{
    double mean = 0, wider = origins > 1 ? sqrt(origins / (origins - 1.0)) : 1;
    for (int64_t i = 0; i < n; i++) mean += scores[i] / (double)n;
    if (origins > 1)
        for (int64_t i = 0; i < n; i++) scores[i] = wider * (scores[i] - mean);
    else
        for (int64_t i = 0; i < n; i++) scores[n + i] = -scores[i];
    return origins > 1 ? n : 2 * n;
}

/* Of n ascending scores, at place (n + 1) p; `own`: the model's. */
static double score_of(const double *sorted, int64_t n, double p, double own)
{
    double at = (double)(n + 1) * p - 1;
    if (at < 0) return fmin(own, sorted[0]);
    if (at > (double)(n - 1)) return fmax(own, sorted[n - 1]);
    int64_t below = (int64_t)at;
    double share = at - (double)below;
    if (below == n - 1) return sorted[n - 1];
    return sorted[below] * (1 - share) + sorted[below + 1] * share;
}

void fs_conformal_quantiles(fs_forecaster *f, int model, int origins, int64_t horizon,
                            double *quantile)
{
    const fs_fit *fit = &f->fit[model];
    const fs_forecast_settings *s = &f->settings;
    int64_t wanted = wanted_scores(s);
    double trust = origins / (origins + CALM);
    for (int64_t h = 0; h < horizon; h++) {
        int64_t n = pool(f, model, origins, h, wanted, f->scores);
        double deviation = f->errors.deviation * fit->spread[h], *of = quantile + h * s->quantiles;
        if (n < LEAST || !(deviation > 0)) continue;
        n = centre(f->scores, n, origins);
        fs_sort(f->scores, n);
        for (int q = 0; q < s->quantiles; q++) {
            double own = (of[q] - fit->mean[h]) / deviation;
            double seen = score_of(f->scores, n, s->quantile[q], own);
            of[q] = fit->mean[h] + deviation * (trust * seen + (1 - trust) * own);
        }
    }
}
