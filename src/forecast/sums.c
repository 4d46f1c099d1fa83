/* Quantiles of sums of steps, from simulated paths: what an order over a lead time must cover. The quantile of a sum is not the sum of
 * quantiles: where steps are independent chance evens out, where the level wanders errors add up.
 *
 * Paths hold effects of regressors, and closed places are closed (deliver.c). Where nothing may be below zero the sum may not; its steps
 * may, for to lift each of them to zero would lift the mean of the sum, of slow movers so far that it lies among its own lower quantiles.
 * Quantile p of n sums is the smallest that at least n p of them do not exceed, so that sums of counts are counts.
 *
 * Cost: the paths (paths.c), and of each step a search for the quantiles (numeric/quantiles.c), 3 ns a path.
 */
#include "forecaster_internal.h"

void fs_deliver_sums(fs_forecaster *f, const fs_series *series, int model, int season,
                     int64_t horizon, bool only_last, double *quantile)
{
    fs_paths *p = &f->paths;
    int quantiles = f->settings.quantiles;
    bool clips = fs_is_nonnegative(f, series);
    fs_deliver_paths(f, series, model, season, horizon, false);
    for (int64_t i = 0; i < p->width; i++) p->sum[i] = 0;
    for (int64_t h = 0; h < horizon; h++) {
        const double *value = p->value + h * p->width;
        for (int64_t i = 0; i < p->width; i++) p->sum[i] += value[i];
        if (only_last && h < horizon - 1) continue;
        double *of = quantile + h * quantiles;
        fs_lower_quantiles(p->sum, p->width, f->settings.quantile, quantiles, p->room, of);
        for (int q = 0; q < quantiles; q++)
            of[q] = fs_bounded((clips && of[q] < 0 ? 0 : of[q]) * series->unit);
    }
}
