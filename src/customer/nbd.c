/* NBD: purchases at a gamma distributed rate, for ever.
 *
 *   L = Γ(r + x) / Γ(r) α^r (α + T)^-(r + x)
 */
#include <math.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

fs_customer_rate fs_customer_rate_of(double shape, double log_scale, double repeats)
{
    return (fs_customer_rate){fs_log_gamma(shape + repeats) - fs_log_gamma(shape) +
                                  shape * log_scale,
                              fs_digamma(shape + repeats) - fs_digamma(shape) + log_scale};
}

double fs_customer_nbd(const fs_history_groups *groups, const double *parameter, double *gradient,
                       double *alive, fs_kept_logs *kept)
{
    double r = parameter[0], alpha = parameter[1], sum = 0, by_r = 0, by_alpha = 0;
    for (int64_t g = 0; g < groups->groups; g++) {
        double x = groups->repeats[g];
        fs_customer_rate rate = fs_customer_rate_of(r, log(alpha), x);
        for (int64_t i = groups->first[g]; i < groups->first[g + 1]; i++) {
            double w = groups->weight[i], end = fs_customer_log(kept, alpha + groups->age[i]);
            if (alive) alive[i] = 1;
            sum += w * (rate.log - (r + x) * end);
            by_r += w * (rate.by_shape - end);
            by_alpha += w * (r / alpha - (r + x) / (alpha + groups->age[i]));
        }
    }
    gradient[0] = by_r, gradient[1] = by_alpha;
    return sum;
}
