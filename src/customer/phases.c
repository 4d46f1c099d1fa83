/* Purchases at regular times: between two of them pass k events of a Poisson process, whose rate is gamma distributed (shape r, rate α), so that
 * waits are Erlang-k distributed (Platzer and Reutterer 2016, Marketing Science 35, 779-799; Reutterer, Platzer and Schröder 2021, IJRM 38,
 * 194-215). k = 1 is purchases at random.
 *
 * Of one who is alive, R = r + k x, and who waits since t of T, j < k events of the wait have passed with a chance in proportion to
 *
 *   c_j = (R)_j / j! z^j,   z = (T - t) / (α + T)
 *
 * whose sum S is what his silence changes of the likelihood. Of those with j the rate is Γ(R + j, α + T), so the events that come until H later are
 * negative binomial (size R + j, chance H / (α + T + H)), and the m-th purchase has come where they are k m - j or more. All is a finite sum, nothing
 * is drawn and nothing neglected; Reutterer et al. scale the expectation of k = 1 instead.
 *
 * Cost: 5 ns an event and j.
 */
#include <math.h>

#include "customer_internal.h"

#define TINY -600.0 /* of a logarithm: below it products of doubles lose digits */

fs_phases_passed fs_customer_passed(int phases, double power, double waited, double end)
{
    double term = 1, sum = 1, by_power = 0, count = 0, slope = 0, z = waited / end;
    for (int j = 1; j < phases; j++) {
        slope += 1 / (power + j - 1);
        term *= (power + j - 1) / j * z;
        sum += term, by_power += term * slope, count += term * j;
    }
    return (fs_phases_passed){phases > 1 ? log(sum) : 0, by_power / sum, count / sum};
}

void fs_customer_start_walk(const fs_phases *p, fs_phase_walk *w)
{
    double sum = 0;
    w->of = *p, w->purchases = 0;
    for (int j = 0; j < p->phases; j++) {
        w->rest[j] = j ? w->rest[j - 1] * (p->size + j - 1) / j * p->passed : 1;
        sum += w->rest[j];
    }
    for (int j = 0; j < p->phases; j++) {
        w->rest[j] /= sum, w->events[j] = 0;
        w->log_weight[j] =
            (p->size + j) * log1p(-p->chance) + (w->rest[j] < 1 ? log(w->rest[j]) : 0);
        w->weight[j] = exp(w->log_weight[j]);
    }
}

/* One more event of those with j: each chance from the one before, by logarithms while they are too small. */
static void pass_event(fs_phase_walk *w, int j)
{
    double n = (double)w->events[j]++, ratio = (w->of.size + j + n) / (n + 1);
    w->rest[j] = fmax(w->rest[j] - w->weight[j], 0);
    if (w->log_weight[j] > TINY)
        w->weight[j] *= ratio * w->of.chance;
    else
        w->weight[j] = exp(w->log_weight[j] += log(ratio * w->of.chance));
}

double fs_customer_next_purchase(fs_phase_walk *w)
{
    double reach = 0;
    w->purchases++;
    for (int j = 0; j < w->of.phases; j++) {
        int64_t until = w->purchases * w->of.phases - j;
        while (w->events[j] < until) pass_event(w, j);
        reach += w->rest[j];
    }
    return reach;
}
