/* Gamma-Gamma: what a purchase brings.
 *
 *   L = Γ(p x + q) / (Γ(p x) Γ(q)) γ^q m^(p x - 1) x^(p x) / (γ + x m)^(p x + q),  m the mean of x purchases
 *
 * Money is told in units of its mean, so that the search begins where it is of order one whatever the currency. Gamma functions are the
 * same for all of as many purchases, so customers are put in order of x first.
 *
 * Cost: a logarithm a customer, 10 ns, some thirty times.
 */
#include <math.h>
#include <string.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

#define BOUND   30.0
#define LARGEST 600.0 /* logarithm of money, where q is so near 0 that none is too much */
#define FEW     4096  /* purchases: customers of more are few, each is a group of his own */

/* Groups of as many purchases; `total`, x m, of theirs is total[first[g]] … total[first[g + 1] - 1]. */
typedef struct spend {
    int64_t groups, customers;
    int64_t *first;
    double *repeats, *log_sum,
        *total;      /* log_sum: of log(x m) over the group; a group, a group, a customer */
    double log_mean; /* the sum of log m */
    double unit;
} spend;

static bool counts(double repeats, double mean)
{
    return repeats > 0 && repeats <= 1e15 && mean >= 1e-100 && mean <= 1e100;
}

static bool is_few(double repeats) { return repeats < FEW && repeats == floor(repeats); }

/* ---- in order of purchases ---- */

/* Room for all: groups of few purchases, then a group for each of the others. */
static fs_status make_room(spend *s, int64_t most)
{
    size_t groups = (size_t)most + FEW + 1;
    s->first = fs_alloc_zero(groups + 1, sizeof *s->first);
    s->repeats = fs_alloc(groups * sizeof *s->repeats);
    s->log_sum = fs_alloc(groups * sizeof *s->log_sum);
    s->total = fs_alloc(((size_t)most + 1) * sizeof *s->total);
    return s->first && s->repeats && s->log_sum && s->total ? FS_OK : FS_MEMORY;
}

static void give_back(spend *s)
{
    fs_free(s->first), fs_free(s->repeats), fs_free(s->log_sum), fs_free(s->total);
}

static void add(spend *s, int64_t group, double repeats, double mean)
{
    double total = repeats * (mean / s->unit);
    s->repeats[group] = repeats;
    s->total[s->first[group + 1]++] = total;
    s->log_sum[group] += log(total);
    s->log_mean += log(mean / s->unit);
}

/* Counts, then where each group begins, then the customers; first[g + 1] is where the next of group g goes, and so ends as its end. */
static void sort(spend *s, const double *repeats, const double *mean, int64_t count)
{
    int64_t others = 0, at = 0;
    for (int64_t i = 0; i < count; i++) {
        if (!counts(repeats[i], mean[i])) continue;
        if (is_few(repeats[i]))
            s->first[(int64_t)repeats[i] + 1]++;
        else
            s->first[FEW + 1 + others++] = 1;
    }
    s->groups = FEW + others;
    for (int64_t g = 0; g < s->groups; g++) {
        int64_t here = s->first[g + 1];
        s->first[g + 1] = at, at += here;
        s->log_sum[g] = 0, s->repeats[g] = 0;
    }
    others = FEW;
    for (int64_t i = 0; i < count; i++)
        if (counts(repeats[i], mean[i]))
            add(s, is_few(repeats[i]) ? (int64_t)repeats[i] : others++, repeats[i], mean[i]);
}

/* ---- the likelihood ---- */

/* Sums of log(γ + x m) and of 1 / (γ + x m). */
static void add_up(const double *total, int64_t count, double gamma, double *log_sum,
                   double *inverse)
{
    double logs = 0, inverses = 0;
    for (int64_t i = 0; i < count; i++) {
        double all = gamma + total[i];
        logs += log(all), inverses += 1 / all;
    }
    *log_sum = logs, *inverse = inverses;
}

static double loss(void *context, const double *at, double *slope)
{
    const spend *s = context;
    double p = exp(at[0]), q = exp(at[1]), gamma = exp(at[2]), sum = -s->log_mean, by[3] = {0};
    double log_q = fs_log_gamma(q), by_q = fs_digamma(q), share = 1 / (double)s->customers;
    for (int64_t g = 0; g < s->groups; g++) {
        int64_t count = s->first[g + 1] - s->first[g];
        if (count == 0) continue;
        double x = s->repeats[g], px = p * x, n = (double)count, log_all, inverse;
        add_up(s->total + s->first[g], count, gamma, &log_all, &inverse);
        double joint = fs_digamma(px + q), shares = s->log_sum[g] - log_all;
        double ends = n * at[2] - log_all;
        sum += n * (fs_log_gamma(px + q) - fs_log_gamma(px) - log_q) + q * ends + px * shares;
        by[0] += x * (n * (joint - fs_digamma(px)) + shares);
        by[1] += n * (joint - by_q) + ends;
        by[2] += n * q / gamma - (px + q) * inverse;
    }
    for (int k = 0; k < 3; k++) slope[k] = -by[k] * exp(at[k]) * share;
    return -sum * share;
}

static void search(spend *s, fs_spend_fit *fit)
{
    fs_minimum least = {0};
    double n = (double)s->customers;
    fs_minimise(loss, s, 3, BOUND, &least);
    double value[] = {exp(least.x[0]), exp(least.x[1]), exp(least.x[2]) * s->unit};
    fit->p = value[0], fit->q = value[1], fit->gamma = value[2];
    for (int k = 0; k < 3; k++)
        fit->deviation[k] = sqrt(fmax(least.inverse[4 * k], 0) / n) * value[k];
    fit->log_likelihood = -least.value * n - n * log(s->unit);
    fit->evaluations = least.evaluations;
    fit->found = least.found;
}

fs_status fs_spend_fit_model(const double *repeats, const double *mean, int64_t count,
                             fs_spend_fit *fit)
{
    spend s = {.unit = 1};
    double total = 0;
    *fit = (fs_spend_fit){0};
    for (int64_t i = 0; i < count; i++)
        if (counts(repeats[i], mean[i])) s.customers++, total += mean[i];
    if (s.customers == 0) return FS_OK;
    s.unit = total / (double)s.customers;
    fs_status status = make_room(&s, s.customers);
    if (status == FS_OK) {
        sort(&s, repeats, mean, count);
        search(&s, fit);
    }
    give_back(&s);
    return status;
}

/* What is left of a quantile of all where nobody below `none` brings anything; -INFINITY: nothing. */
static double place_of(double level, double none)
{
    return level > none ? fs_normal_quantile((level - none) / (1 - none)) : -INFINITY;
}

/* The money of n purchases is Γ(p n) over a rate that is gamma distributed too (shape p x + q, rate γ + x m); its logarithm is taken as
 * normal, with the mean and variance that it has, which are finite whatever p and q. */
fs_spend_outlook fs_spend_foretell(const fs_spend_fit *fit, double repeats, double mean,
                                   const fs_outlook *purchases, double interval)
{
    bool known = counts(repeats, mean);
    double shape = fit->q + (known ? fit->p * repeats : 0), share = 1;
    double rate = fit->gamma + (known ? repeats * mean : 0);
    fs_spend_outlook out = {.order_value = fs_spend_expected(fit, repeats, mean)};
    if (purchases->expected > 0) share = purchases->discounted / purchases->expected;
    double centre = log(rate) - fs_digamma(shape) + purchases->log_money;
    double spread = sqrt(purchases->log_variance + fs_trigamma(shape));
    out.value = out.order_value * purchases->discounted;
    double low = place_of(0.5 - interval / 2, purchases->none);
    double high = place_of(0.5 + interval / 2, purchases->none);
    out.low = share * exp(fmin(centre + spread * low, LARGEST));
    out.high = share * exp(fmin(centre + spread * high, LARGEST));
    return out;
}

/* Where q is not above 1 the mean over customers has no end: then the harmonic one, p γ / q. */
double fs_spend_expected(const fs_spend_fit *fit, double repeats, double mean)
{
    double x = counts(repeats, mean) ? repeats : 0, below = fit->p * x + fit->q - 1;
    double above = fit->p * (fit->gamma + (x > 0 ? x * mean : 0));
    return above / (below > 0.1 ? below : below + 1);
}
