/* One level: the newsvendor's, a base stock, what to order up to.
 *
 *   level: the least S with F(S) >= shortage / (shortage + holding);  cost: holding E(S - D)+ + shortage E(D - S)+
 *
 * (Arrow, Harris and Marschak 1951; Snyder and Shen 2019, sections 4.3 and 4.4). E(D - S)+ is E D - S + E(S - D)+, so one of both is summed up.
 *
 * Cost: a normal level 100 ns; counts 2 ns a number around the mean, from both sides and once again, no memory; a sample or quantiles one pass.
 */
#include <math.h>

#include "foresell/numeric.h"
#include "stock_internal.h"

#define DIGITS 1e-14 /* of a probability: what sums up to the share but for these has reached it */

/* Of demand with this mean and what is left of `level`. */
static void set_level(double level, double left, double mean, double service, double holding,
                      double shortage, fs_newsvendor *out)
{
    out->level = level;
    out->left = fmax(left, 0), out->missing = fmax(mean - level + left, 0);
    out->service = fmin(fmax(service, 0), 1);
    out->cost = holding * out->left + shortage * out->missing;
}

/* ---- normal ---- */

double fs_stock_loss(double z)
{
    double density = exp(-z * z / 2) / sqrt(2 * M_PI);
    return z < 30 ? fmax(density - z * fs_normal_below(-z), 0) : 0;
}

double fs_stock_second_loss(double z)
{
    double density = exp(-z * z / 2) / sqrt(2 * M_PI);
    return z < 30 ? fmax(((z * z + 1) * fs_normal_below(-z) - z * density) / 2, 0) : 0;
}

static fs_status check_normal(double mean, double deviation, double holding, double shortage,
                              fs_error *error)
{
    FS_TRY(fs_stock_not_below("mean", mean, error));
    FS_TRY(fs_stock_not_below("deviation", deviation, error));
    return fs_stock_costs(holding, shortage, error);
}

fs_status fs_level_cost_normal(double level, double mean, double deviation, double holding,
                               double shortage, fs_newsvendor *out, fs_error *error)
{
    FS_TRY(check_normal(mean, deviation, holding, shortage, error));
    if (!isfinite(level)) return fs_fail(error, FS_DATA, "level is %g: it must be a number", level);
    double z = deviation > 0 ? (level - mean) / deviation : level < mean ? -INFINITY : INFINITY;
    double missing = isfinite(z) ? deviation * fs_stock_loss(z) : fmax(mean - level, 0);
    set_level(level, level - mean + missing, mean, fs_normal_below(z), holding, shortage, out);
    return FS_OK;
}

fs_status fs_newsvendor_normal(double mean, double deviation, double holding, double shortage,
                               fs_newsvendor *out, fs_error *error)
{
    FS_TRY(check_normal(mean, deviation, holding, shortage, error));
    double level = mean + deviation * fs_normal_quantile(shortage / (shortage + holding));
    return fs_level_cost_normal(isfinite(level) ? level : mean, mean, deviation, holding, shortage,
                                out, error);
}

/* ---- laws of counts ---- */

/* The law from below: the first number that counts, its probability beside the likeliest, and the sum of all beside it. */
typedef struct walk {
    double from, p, sum;
} walk;

static walk begin_walk(fs_count_law law)
{
    double mode = floor(law.mean), last;
    if (law.size <= 1e15) mode = fmax(floor(law.mean * (1 - 1 / law.size)), 0);
    walk w = {mode, 1, 1};
    last = 1;
    for (double k = mode + 1; last > 1e-20; k++) w.sum += last *= fs_stock_ratio(law, k);
    for (; w.from > 0 && w.p > 1e-20; w.from--) w.p /= fs_stock_ratio(law, w.from), w.sum += w.p;
    return w;
}

/* Goes up to `level`, or where that is below 0 to the first number whose share reaches `share`. */
static void walk_up(fs_count_law law, double level, double share, double holding, double shortage,
                    fs_newsvendor *out)
{
    walk w = begin_walk(law);
    double k = w.from, p = w.p / w.sum, below = p, left = 0;
    bool search = share > 0;
    if (!search && level < k) below = 0;
    while (search ? below < share - DIGITS && p > 0 : k + 1 <= level) {
        left += below;
        p *= fs_stock_ratio(law, ++k), below += p;
        if (!search && p <= 0 && k > law.mean) break;
    }
    if (search) level = k;
    left += below * (level - k) * (level > k);
    set_level(level, left, law.mean, below, holding, shortage, out);
}

static fs_status check_law(fs_count_law law, double holding, double shortage, fs_error *error)
{
    FS_TRY(fs_stock_law(law, error));
    return fs_stock_costs(holding, shortage, error);
}

fs_status fs_newsvendor_law(fs_count_law law, double holding, double shortage, fs_newsvendor *out,
                            fs_error *error)
{
    FS_TRY(check_law(law, holding, shortage, error));
    walk_up(law, -1, shortage / (shortage + holding), holding, shortage, out);
    return FS_OK;
}

fs_status fs_level_cost_law(double level, fs_count_law law, double holding, double shortage,
                            fs_newsvendor *out, fs_error *error)
{
    FS_TRY(check_law(law, holding, shortage, error));
    if (!isfinite(level)) return fs_fail(error, FS_DATA, "level is %g: it must be a number", level);
    walk_up(law, level, 0, holding, shortage, out);
    return FS_OK;
}

/* ---- tables ---- */

fs_status fs_newsvendor_counts(const fs_counts *demand, double holding, double shortage,
                               fs_newsvendor *out, fs_error *error)
{
    FS_TRY(fs_stock_counts("demand", demand, error));
    FS_TRY(fs_stock_costs(holding, shortage, error));
    int64_t level = fs_stock_quantile(demand, shortage / (shortage + holding));
    double left = 0, below = 0;
    for (int64_t k = 0; k <= level - demand->first; k++) {
        left += (double)(level - demand->first - k) * demand->p[k];
        below += demand->p[k];
    }
    set_level((double)level, left, fs_counts_mean(demand), below, holding, shortage, out);
    return FS_OK;
}

static fs_status check_ascending(const char *name, const double *value, int64_t n, fs_error *error)
{
    if (n < 1) return fs_fail(error, FS_DATA, "there is no %s", name);
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(value[i]) || value[i] < value[i > 0 ? i - 1 : 0])
            return fs_fail(error, FS_DATA, "%s %lld is %g: they must be numbers that do not fall",
                           name, (long long)i + 1, value[i]);
    return FS_OK;
}

fs_status fs_newsvendor_sorted(const double *demand, int64_t n, double holding, double shortage,
                               fs_newsvendor *out, fs_error *error)
{
    FS_TRY(check_ascending("demand", demand, n, error));
    FS_TRY(fs_stock_costs(holding, shortage, error));
    double share = shortage / (shortage + holding), count = (double)n, left = 0, sum = 0;
    int64_t at = (int64_t)fmax(ceil((share - DIGITS) * count) - 1, 0), equal;
    for (int64_t i = 0; i < n; i++) {
        sum += demand[i] / count;
        if (i < at) left += (demand[at] - demand[i]) / count;
    }
    for (equal = at; equal + 1 < n && demand[equal + 1] <= demand[at];) equal++;
    set_level(demand[at], left, sum, (double)(equal + 1) / count, holding, shortage, out);
    return FS_OK;
}

/* E(S - D)+ of what lies between two levels of a line from a to b, of weight `share`. */
static double left_of(double level, double a, double b, double share)
{
    if (level <= a) return 0;
    if (level >= b) return share * (level - (a + b) / 2);
    return share * (level - a) * (level - a) / (b - a) / 2;
}

static double quantile_at(const double *p, const double *q, int64_t n, double share)
{
    int64_t i = 0;
    while (i < n && p[i] < share) i++;
    if (i == 0 || i == n) return q[i == 0 ? 0 : n - 1];
    return q[i - 1] + (q[i] - q[i - 1]) * (share - p[i - 1]) / (p[i] - p[i - 1]);
}

fs_status fs_newsvendor_quantiles(const double *p, const double *quantile, int64_t n,
                                  double holding, double shortage, fs_newsvendor *out,
                                  fs_error *error)
{
    FS_TRY(check_ascending("level of a quantile", p, n, error));
    FS_TRY(check_ascending("quantile", quantile, n, error));
    FS_TRY(fs_stock_costs(holding, shortage, error));
    for (int64_t i = 0; i < n; i++)
        if (!(p[i] > 0 && p[i] < 1) || (i > 0 && p[i] <= p[i - 1]))
            return fs_fail(error, FS_DATA, "levels of quantiles must rise between 0 and 1");
    double share = shortage / (shortage + holding), level = quantile_at(p, quantile, n, share);
    double last = quantile[n - 1], left = left_of(level, quantile[0], quantile[0], p[0]);
    double mean = p[0] * quantile[0] + (1 - p[n - 1]) * last, service = share;
    for (int64_t i = 1; i < n; i++) {
        mean += (p[i] - p[i - 1]) * (quantile[i - 1] + quantile[i]) / 2;
        left += left_of(level, quantile[i - 1], quantile[i], p[i] - p[i - 1]);
    }
    for (int64_t i = 0; i < n && quantile[i] <= level; i++) service = fmax(service, p[i]);
    if (level >= last) service = 1;
    set_level(level, left, mean, service, holding, shortage, out);
    return FS_OK;
}
