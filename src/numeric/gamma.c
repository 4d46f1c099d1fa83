/* The logarithm of the gamma function and its derivatives.
 *
 * lgamma of the C library writes the sign into a global; lgamma_r does not, but gives other last digits from library to library. The same
 * series serves all three here: Stirling's (Abramowitz and Stegun 6.1.41, 6.3.18, 6.4.12) from FAR on, below it the recurrence.
 *
 * Cost: 40 ns, and 5 for each step of the recurrence.
 */
#include <math.h>

#include "foresell/numeric.h"

#define FAR      12.0
#define HALF_2PI 0.91893853320467274178 /* log(2 π) / 2 */

double fs_log_gamma(double x)
{
    double product = 1, f;
    for (; x < FAR; x++) product *= x;
    f = 1 / (x * x);
    return (x - 0.5) * log(x) - x + HALF_2PI - log(product) +
           (1. / 12 -
            f * (1. / 360 - f * (1. / 1260 - f * (1. / 1680 - f * (1. / 1188 - f * (691. / 360360 -
                                                                                    f / 156)))))) /
               x;
}

double fs_digamma(double x)
{
    double sum = 0, f;
    for (; x < FAR; x++) sum += 1 / x;
    f = 1 / (x * x);
    return log(x) - 0.5 / x - sum -
           f * (1. / 12 -
                f * (1. / 120 - f * (1. / 252 - f * (1. / 240 - f * (1. / 132 - f * (691. / 32760 -
                                                                                     f / 12))))));
}

double fs_trigamma(double x)
{
    double sum = 0, f;
    for (; x < FAR; x++) sum += 1 / (x * x);
    f = 1 / (x * x);
    return sum + 1 / x + f / 2 +
           f / x *
               (1. / 6 -
                f * (1. / 30 - f * (1. / 42 - f * (1. / 30 - f * (5. / 66 - f * (691. / 2730 -
                                                                                 f * 7. / 6))))));
}
