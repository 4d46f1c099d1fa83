/* Gamma-Gamma: what a purchase brings.
 *
 *   L = Γ(p x + q) / (Γ(p x) Γ(q)) γ^q m^(p x - 1) x^(p x) / (γ + x m)^(p x + q),  m the mean of x purchases
 *
 * Money is told in units of its mean, so that the search begins where it is of order one whatever the currency.
 */
#include <math.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

#define BOUND 30.0

typedef struct spend {
    const double *repeats, *mean;
    int64_t count;
    double unit, customers;
} spend;

static bool counts(const spend *s, int64_t i)
{
    return s->repeats[i] > 0 && s->mean[i] > 0 && s->mean[i] <= 1e100 && s->repeats[i] <= 1e15;
}

static double loss(void *context, const double *at, double *slope)
{
    const spend *s = context;
    double p = exp(at[0]), q = exp(at[1]), gamma = exp(at[2]), sum = 0, by[3] = {0};
    double log_q = fs_log_gamma(q), by_q = fs_digamma(q);
    for (int64_t i = 0; i < s->count; i++) {
        if (!counts(s, i)) continue;
        double x = s->repeats[i], m = s->mean[i] / s->unit, px = p * x, all = gamma + x * m;
        double share = log(x * m / all), joint = fs_digamma(px + q);
        sum += fs_log_gamma(px + q) - fs_log_gamma(px) - log_q + q * log(gamma / all) - log(m) +
               px * share;
        by[0] += x * (joint - fs_digamma(px) + share);
        by[1] += joint - by_q + log(gamma / all);
        by[2] += q / gamma - (px + q) / all;
    }
    for (int k = 0; k < 3; k++) slope[k] = -by[k] * exp(at[k]) / s->customers;
    return -sum / s->customers;
}

void fs_spend_fit_model(const double *repeats, const double *mean, int64_t count, fs_spend_fit *fit)
{
    spend s = {.repeats = repeats, .mean = mean, .count = count, .unit = 1};
    fs_minimum least = {0};
    double total = 0;
    *fit = (fs_spend_fit){0};
    for (int64_t i = 0; i < count; i++)
        if (counts(&s, i)) s.customers++, total += mean[i];
    if (!(s.customers > 0)) return;
    s.unit = total / s.customers;
    fs_minimise(loss, &s, 3, BOUND, &least);
    double value[] = {exp(least.x[0]), exp(least.x[1]), exp(least.x[2]) * s.unit};
    fit->p = value[0], fit->q = value[1], fit->gamma = value[2];
    for (int k = 0; k < 3; k++)
        fit->deviation[k] = sqrt(fmax(least.inverse[4 * k], 0) / s.customers) * value[k];
    fit->log_likelihood = -least.value * s.customers - s.customers * log(s.unit);
    fit->evaluations = least.evaluations;
    fit->found = least.found;
}

/* Where q is not above 1 the mean over customers has no end: then the harmonic one, p γ / q. */
double fs_spend_expected(const fs_spend_fit *fit, double repeats, double mean)
{
    double x = repeats > 0 && mean > 0 ? repeats : 0, below = fit->p * x + fit->q - 1;
    double above = fit->p * (fit->gamma + (x > 0 ? x * mean : 0));
    return above / (below > 0.1 ? below : below + 1);
}
