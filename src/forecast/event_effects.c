/* Effects of named events: one that is common to all of them, and one for each name beside it, so that an effect is drawn to what events
 * do, and that of a rare one more than that of a frequent one (partial pooling: Gelman and Hill 2007, chapter 12). An event that was never
 * seen is one like the others.
 *
 * Most names of a calendar do nothing, and a few do much. So the prior of an effect beside the common one is a Cauchy distribution, whose
 * tails leave alone what stands out and whose middle draws what may be chance to nothing (Gelman and others 2008, "A weakly informative
 * default prior"): each step is of a normal prior with the curvature that the Cauchy has there, 2 / (scale^2 + effect^2), from the estimate without
 * a prior on.
 *
 * Events lie on days of their own, so each is found by itself from what regression.c leaves over there, in one pass over the
 * series however many there are: the penalised mean of its residuals (backfitting: Hastie and Tibshirani 1990).
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

double fs_event_effect(const fs_effects *e, int event)
{
    if (event == FS_EVENT_NONE) return 0;
    return e->common + (event >= 0 ? e->event[event] : 0);
}

static double limited(double step, double most)
{
    return step == step ? fmax(-most, fmin(step, most)) : 0;
}

double fs_event_effects_learn_common(fs_effects *e, const int *event, const fs_event_evidence *of)
{
    double above = -of->penalty * e->common, below = of->penalty;
    for (int64_t t = 0; t < of->count; t++) {
        if (event[t] == FS_EVENT_NONE) continue;
        above += of->weight[t] * of->residual[t];
        below += of->weight[t];
    }
    double step = limited(above / below, of->most);
    e->common += step;
    return fabs(step);
}

double fs_event_effects_learn_each(fs_effects *e, const int *event, const fs_event_evidence *of)
{
    double *above = of->room, *below = of->room + e->events, moved = 0;
    for (int j = 0; j < e->events; j++) {
        double curved = 2 / (of->scale * of->scale + e->event[j] * e->event[j]);
        double penalty = of->is_first ? 1e-12 : of->dispersion * curved + 1e-12;
        above[j] = -penalty * e->event[j], below[j] = penalty;
    }
    for (int64_t t = 0; t < of->count; t++) {
        if (event[t] < 0) continue;
        above[event[t]] += of->weight[t] * of->residual[t];
        below[event[t]] += of->weight[t];
    }
    for (int j = 0; j < e->events; j++) {
        double step = limited(above[j] / below[j], of->most);
        e->event[j] += step;
        moved = fmax(moved, fabs(step));
    }
    return moved;
}
