/* BG/NBD and MBG/NBD, BG/CNBD-k and MBG/CNBD-k: purchases at a gamma distributed rate, until after one of them the customer leaves, each time with his own probability.
 *
 *   L = Γ(r + x) / Γ(r) α^r B(a, b + x) / B(a, b) (stays (α + T)^-(r + x) + leaves (α + t)^-(r + x)),  t: of the last purchase
 *   BG   stays 1,                        leaves a / (b + x - 1), 0 where x is
 *   MBG  stays (b + x) / (a + b + x),    leaves a / (a + b + x)
 *
 * All but the two powers is the same for histories of as many purchases. Where a purchase takes k events at that rate, x of the powers and of
 * Γ(r + x) is k x, what stays has a factor for the wait at hand (phases.c), and all has Π w^(k-1) / Γ(k)^x of the waits w between purchases, which
 * no parameter but k changes.
 *
 * Cost: two logarithms and an exponential a history, 40 ns; k > 1: another logarithm.
 */
#include <math.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

/* A weight of stays or leaves, as a logarithm, with what it changes by a and by b. */
typedef struct share {
    double log, by_a, by_b;
} share;

typedef struct ends {
    bool may_leave;
    share stays, leaves;
    double log, by_a, by_b; /* of B(a, b + x) / B(a, b) */
} ends;

static ends ends_of(double a, double b, double x, bool modified)
{
    double all = a + b + x, both = fs_digamma(a + b) - fs_digamma(all);
    ends e = {.may_leave = modified || x > 0};
    e.log = fs_log_gamma(a + b) - fs_log_gamma(all) + fs_log_gamma(b + x) - fs_log_gamma(b);
    e.by_a = both;
    e.by_b = both + fs_digamma(b + x) - fs_digamma(b);
    if (modified) {
        e.stays = (share){log((b + x) / all), -1 / all, 1 / (b + x) - 1 / all};
        e.leaves = (share){log(a / all), 1 / a - 1 / all, -1 / all};
    } else if (x > 0) {
        e.leaves = (share){log(a / (b + x - 1)), 1 / a, -1 / (b + x - 1)};
    }
    return e;
}

/* What the waits add; 0 where they are not known. */
static double of_waits(const fs_history_groups *groups, int phases)
{
    double bought = 0;
    if (phases == 1 || !groups->waits_known) return 0;
    for (int64_t g = 0; g < groups->groups; g++)
        for (int64_t i = groups->first[g]; i < groups->first[g + 1]; i++)
            bought += groups->weight[i] * groups->repeats[g];
    return (phases - 1) * groups->log_waits - bought * fs_log_gamma(phases);
}

static double likelihood(const fs_history_groups *groups, const double *parameter, double *gradient,
                         double *alive, bool modified, int phases, fs_kept_logs *kept)
{
    double r = parameter[0], alpha = parameter[1], sum = 0, by_r = 0, by_alpha = 0, by_a = 0,
           by_b = 0;
    for (int64_t g = 0; g < groups->groups; g++) {
        double x = groups->repeats[g], power = r + phases * x;
        fs_customer_rate rate = fs_customer_rate_of(r, log(alpha), phases * x);
        ends e = ends_of(parameter[2], parameter[3], x, modified);
        for (int64_t i = groups->first[g]; i < groups->first[g + 1]; i++) {
            double w = groups->weight[i], end = alpha + groups->age[i],
                   last = alpha + groups->recency[i];
            double log_end = fs_customer_log(kept, end);
            double log_last = fs_customer_log(kept, last);
            fs_phases_passed passed = {0};
            if (phases > 1)
                passed =
                    fs_customer_passed(phases, power, groups->age[i] - groups->recency[i], end);
            double stays = e.stays.log - power * log_end + passed.log,
                   leaves = e.leaves.log - power * log_last;
            double more = e.may_leave ? exp(-fabs(stays - leaves)) : 0;
            bool stayed = !e.may_leave || stays > leaves;
            double p = (stayed ? 1 : more) / (1 + more), q = 1 - p; /* that it is alive, and not */
            if (alive) alive[i] = p;
            sum += w * (rate.log + e.log + (stayed ? stays : leaves) + log1p(more));
            by_r += w * (rate.by_shape - p * (log_end - passed.by_power) - q * log_last);
            by_alpha += w * (r / alpha - power * (p / end + q / last) - p * passed.events / end);
            by_a += w * (e.by_a + p * e.stays.by_a + q * e.leaves.by_a);
            by_b += w * (e.by_b + p * e.stays.by_b + q * e.leaves.by_b);
        }
    }
    gradient[0] = by_r, gradient[1] = by_alpha, gradient[2] = by_a, gradient[3] = by_b;
    return sum + of_waits(groups, phases);
}

double fs_customer_bg_nbd(const fs_history_groups *groups, const double *parameter,
                          double *gradient, double *alive, fs_kept_logs *kept)
{
    return likelihood(groups, parameter, gradient, alive, false, 1, kept);
}

double fs_customer_mbg_nbd(const fs_history_groups *groups, const double *parameter,
                           double *gradient, double *alive, fs_kept_logs *kept)
{
    return likelihood(groups, parameter, gradient, alive, true, 1, kept);
}

double fs_customer_bg_cnbd(const fs_history_groups *groups, const double *parameter,
                           double *gradient, double *alive, fs_kept_logs *kept)
{
    gradient[4] = 0; /* k is whole */
    return likelihood(groups, parameter, gradient, alive, false, (int)parameter[4], kept);
}

double fs_customer_mbg_cnbd(const fs_history_groups *groups, const double *parameter,
                            double *gradient, double *alive, fs_kept_logs *kept)
{
    gradient[4] = 0;
    return likelihood(groups, parameter, gradient, alive, true, (int)parameter[4], kept);
}
