/* The normal distribution: erfc for probabilities; quantiles by Acklam's rational approximation
 * (relative error 1.15e-9), then one step of Halley's method against erfc. */
#include <float.h>
#include <math.h>

#include "foresell/numeric.h"

#define TAIL 0.02425 /* where the approximation changes */

double fs_normal_below(double z) { return 0.5 * erfc(-z / sqrt(2)); }

static double polynomial(const double *coefficient, int count, double x)
{
    double sum = 0;
    for (int i = 0; i < count; i++) sum = sum * x + coefficient[i];
    return sum;
}

static double tail(double p)
{
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01,
                               -2.400758277161838e+00, -2.549732539343734e+00,
                               4.374664141464968e+00,  2.938163982698783e+00};
    static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                               3.754408661907416e+00, 1};
    double q = sqrt(-2 * log(p));
    return polynomial(c, 6, q) / polynomial(d, 5, q);
}

static double centre(double p)
{
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,
                               -2.759285104469687e+02, 1.383577518672690e+02,
                               -3.066479806614716e+01, 2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,
                               -1.556989798598866e+02, 6.680131188771972e+01,
                               -1.328068155288572e+01, 1};
    double q = p - 0.5, r = q * q;
    return q * polynomial(a, 6, r) / polynomial(b, 6, r);
}

/* p at most one half. */
static double lower_quantile(double p)
{
    double z = p < TAIL ? tail(p) : centre(p);
    double error = (fs_normal_below(z) - p) * sqrt(2 * M_PI) * exp(z * z / 2);
    return isfinite(error) ? z - error / (1 + z * error / 2) : z;
}

double fs_normal_quantile(double p)
{
    if (!(p > 0)) return -DBL_MAX;
    if (!(p < 1)) return DBL_MAX;
    return p <= 0.5 ? lower_quantile(p) : -lower_quantile(1 - p);
}
