/* BG/BB: opportunities that are counted.
 *
 *   L = (B(α + x, β + n - x) B(γ, δ + n) + Σ_i B(α + x, β + t - x + i) B(γ + 1, δ + t + i)) / (B(α, β) B(γ, δ)),  i from 0 to n - t - 1
 *
 * Cost: two betas an opportunity that was not taken at the end; histories are few, for all of n opportunities hold n (n + 1) / 2 + 1.
 */
#include <math.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

#define BOUND 30.0

/* A product of two betas as a logarithm, with its derivatives by α, β, γ, δ. */
typedef struct term {
    double log, by[4];
} term;

static void add_beta(double a, double b, double *log, double *by_a, double *by_b)
{
    double both = fs_digamma(a + b);
    *log += fs_log_gamma(a) + fs_log_gamma(b) - fs_log_gamma(a + b);
    *by_a = fs_digamma(a) - both, *by_b = fs_digamma(b) - both;
}

static term term_of(double a, double b, double c, double d)
{
    term t = {0};
    add_beta(a, b, &t.log, &t.by[0], &t.by[1]);
    add_beta(c, d, &t.log, &t.by[2], &t.by[3]);
    return t;
}

/* a + b, with the derivatives of their sum. */
static term sum_of(term a, term b)
{
    const term *most = a.log > b.log ? &a : &b, *less = a.log > b.log ? &b : &a;
    double more = exp(less->log - most->log), share = more / (1 + more);
    term t = {.log = most->log + log1p(more)};
    for (int k = 0; k < 4; k++) t.by[k] = most->by[k] + share * (less->by[k] - most->by[k]);
    return t;
}

typedef struct search {
    const fs_chances *of;
    double customers;
} search;

static double weight_of(const fs_chances *c, int64_t i)
{
    bool is_one = c->taken[i] >= 0 && c->taken[i] <= c->last[i] && c->last[i] <= c->offered[i] &&
                  (c->taken[i] > 0 || c->last[i] == 0);
    return is_one ? (c->weight ? c->weight[i] : 1) : 0;
}

static double loss(void *context, const double *at, double *slope)
{
    const search *s = context;
    double a = exp(at[0]), b = exp(at[1]), c = exp(at[2]), d = exp(at[3]), sum = 0, by[4] = {0};
    term whole = term_of(a, b, c, d);
    for (int64_t i = 0; i < s->of->count; i++) {
        double w = weight_of(s->of, i), x = s->of->taken[i], t = s->of->last[i],
               n = s->of->offered[i];
        if (!(w > 0)) continue;
        term all = term_of(a + x, b + n - x, c, d + n);
        for (double k = 0; k < n - t; k++)
            all = sum_of(all, term_of(a + x, b + t - x + k, c + 1, d + t + k));
        sum += w * (all.log - whole.log);
        for (int k = 0; k < 4; k++) by[k] += w * (all.by[k] - whole.by[k]);
    }
    for (int k = 0; k < 4; k++) slope[k] = -by[k] * exp(at[k]) / s->customers;
    return -sum / s->customers;
}

void fs_chance_fit_model(const fs_chances *chances, fs_chance_fit *fit)
{
    search s = {.of = chances};
    fs_minimum least = {0};
    *fit = (fs_chance_fit){0};
    for (int64_t i = 0; i < chances->count; i++) s.customers += weight_of(chances, i);
    if (!(s.customers > 0)) return;
    fs_minimise(loss, &s, 4, BOUND, &least);
    double value[4];
    for (int k = 0; k < 4; k++) {
        value[k] = exp(least.x[k]);
        fit->deviation[k] = sqrt(fmax(least.inverse[5 * k], 0) / s.customers) * value[k];
    }
    fit->alpha = value[0], fit->beta = value[1], fit->gamma = value[2], fit->delta = value[3];
    fit->log_likelihood = -least.value * s.customers;
    fit->evaluations = least.evaluations;
    fit->found = least.found;
}
