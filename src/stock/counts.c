/* Demand in whole units: Poisson, negative binomial, and over a lead time.
 *
 * Probabilities go up and down from the likeliest number, each from its neighbour by P(k) / P(k - 1), until they are nothing beside it, and
 * are then divided by their sum: no gamma function, and the digits hold whatever the mean is.
 */
#include <math.h>
#include <string.h>

#include "stock_internal.h"

#define NOTHING 1e-20 /* beside the likeliest */

fs_count_law fs_count_law_of(double mean, double variance)
{
    fs_count_law law = {mean, INFINITY};
    if (variance > mean && mean > 0) law.size = mean * mean / (variance - mean);
    if (!(law.size > 0)) law.size = INFINITY; /* mean² is nothing in the machine */
    return law;
}

static double likeliest(fs_count_law law)
{
    double mode = floor(law.mean);
    if (law.size <= 1e15) mode = floor(law.mean * (1 - 1 / law.size));
    return fmax(mode, 0);
}

/* The first and the last number whose probability is not nothing. */
static void ends_of(fs_count_law law, double *first, double *last)
{
    double mode = likeliest(law), beside = 1;
    for (*first = mode; *first > 0; --*first)
        if ((beside /= fs_stock_ratio(law, *first)) < NOTHING) break;
    beside = 1;
    for (*last = mode; beside >= NOTHING; ++*last) beside *= fs_stock_ratio(law, *last + 1);
}

int64_t fs_counts_room(fs_count_law law)
{
    double first, last;
    if (fs_stock_law(law, NULL) != FS_OK) return 0;
    ends_of(law, &first, &last);
    return (int64_t)(last - first) + 1;
}

fs_status fs_counts_fill(fs_count_law law, fs_counts *counts, fs_error *error)
{
    double first, last, sum = 0;
    FS_TRY(fs_stock_law(law, error));
    ends_of(law, &first, &last);
    int64_t mode = (int64_t)(likeliest(law) - first);
    counts->first = (int64_t)first, counts->count = (int64_t)(last - first) + 1;
    counts->p[mode] = 1;
    for (int64_t k = mode; k > 0; k--)
        counts->p[k - 1] = counts->p[k] / fs_stock_ratio(law, first + (double)k);
    for (int64_t k = mode + 1; k < counts->count; k++)
        counts->p[k] = counts->p[k - 1] * fs_stock_ratio(law, first + (double)k);
    for (int64_t k = 0; k < counts->count; k++) sum += counts->p[k];
    for (int64_t k = 0; k < counts->count; k++) counts->p[k] /= sum;
    return FS_OK;
}

double fs_counts_mean(const fs_counts *counts)
{
    double sum = 0;
    for (int64_t k = 0; k < counts->count; k++) sum += (double)k * counts->p[k];
    return sum + (double)counts->first;
}

int64_t fs_stock_quantile(const fs_counts *demand, double share)
{
    double below = 0;
    for (int64_t k = 0; k < demand->count; k++)
        if ((below += demand->p[k]) >= share - 1e-14) return demand->first + k;
    return demand->first + demand->count - 1;
}

/* The cost rises from y to y + 1 by (holding + shortage) P(D <= y) - shortage. */
void fs_stock_position_costs(const fs_counts *demand, double holding, double shortage, int64_t low,
                             int64_t count, double *cost)
{
    double below = 0, left = 0, mean = fs_counts_mean(demand);
    for (int64_t k = 0; k < demand->count && demand->first + k <= low; k++) {
        below += demand->p[k];
        left += (double)(low - demand->first - k) * demand->p[k];
    }
    cost[0] = holding * left + shortage * (mean - (double)low + left);
    for (int64_t i = 1; i < count; i++) {
        int64_t k = low + i - demand->first;
        cost[i] = cost[i - 1] + (holding + shortage) * fmin(below, 1) - shortage;
        if (k >= 0 && k < demand->count) below += demand->p[k];
    }
}

/* ---- until an order arrives ---- */

fs_status fs_lead_moments(fs_moments period, fs_moments lead, fs_moments *out, fs_error *error)
{
    FS_TRY(fs_stock_not_below("the mean of demand", period.mean, error));
    FS_TRY(fs_stock_not_below("the variance of demand", period.variance, error));
    FS_TRY(fs_stock_not_below("the mean of the lead time", lead.mean, error));
    FS_TRY(fs_stock_not_below("the variance of the lead time", lead.variance, error));
    fs_moments sum = {lead.mean * period.mean,
                      lead.mean * period.variance + period.mean * period.mean * lead.variance};
    FS_TRY(fs_stock_not_below("the mean of demand over the lead time", sum.mean, error));
    FS_TRY(fs_stock_not_below("the variance of demand over the lead time", sum.variance, error));
    *out = sum;
    return FS_OK;
}

/* to: from, of `count` numbers from 0 on, and one period more. */
static void add_period(const fs_counts *period, const double *from, int64_t count, double *to)
{
    int64_t more = period->first + period->count - 1;
    memset(to, 0, (size_t)(count + more) * sizeof *to);
    for (int64_t i = 0; i < count; i++)
        for (int64_t k = 0; k < period->count && from[i] > 0; k++)
            to[i + period->first + k] += from[i] * period->p[k];
}

fs_status fs_lead_counts(const fs_counts *period, const fs_counts *lead, double *room,
                         fs_counts *out, fs_error *error)
{
    FS_TRY(fs_stock_counts("demand", period, error));
    FS_TRY(fs_stock_counts("the lead time", lead, error));
    int64_t most = FS_LEAD_ROOM(period, lead), count = 1;
    if (most > FS_COUNTS_MOST)
        return fs_fail(error, FS_DATA, "demand over the lead time may be more than %lld",
                       (long long)FS_COUNTS_MOST);
    double *now = room, *next = room + most;
    memset(out->p, 0, (size_t)most * sizeof *out->p);
    now[0] = 1;
    for (int64_t l = 0;; l++) {
        for (int64_t i = 0; i < count && l >= lead->first; i++)
            out->p[i] += lead->p[l - lead->first] * now[i];
        if (l == lead->first + lead->count - 1) break;
        add_period(period, now, count, next);
        count += period->first + period->count - 1;
        double *spare = now;
        now = next, next = spare;
    }
    out->first = 0, out->count = most;
    return FS_OK;
}
