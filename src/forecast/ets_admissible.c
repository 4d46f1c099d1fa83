/* Does exponential smoothing forget? Where it does, errors of long ago count less and less in what is forecast.
 *
 * What is left of an error one step later is told by the discount matrix, whose eigenvalues must lie in the unit circle
 * (Hyndman, Koehler, Ord, Snyder 2008, ch. 10; but one of a form with a season, which is 1 and does no harm). With a trend and a
 * season of m steps the others are the roots of
 *
 *   z^(m+1) + (alpha + beta - phi) z^m + (alpha + beta - alpha phi) (z^(m-1) + ... + z^2)
 *           + (alpha + beta - alpha phi + gamma - 1) z + phi (1 - alpha - gamma)
 *
 * The usual region, beta < alpha and gamma < 1 - alpha, lies within this one where there is no season or no trend. Of points of
 * it that were drawn none lies outside for four steps, a quarter for seven, eight in ten for 24, those of large beta. The
 * roots are not needed: the step-down recursion of Schur and Cohn tells whether all are inside.
 *
 * Cost: m^2 multiplications, once a fit.
 */
#include <math.h>

#include "ets_internal.h"

bool fs_ets_is_admissible(const fs_ets *ets, int period, double *room)
{
    if (!ets->season || !ets->trend) return true;
    double *a = room, middle = ets->alpha + ets->beta - ets->alpha * ets->phi;
    int degree = period + 1;
    for (int i = 0; i <= degree; i++) a[i] = middle;
    a[0] = 1;
    a[1] = ets->alpha + ets->beta - ets->phi;
    a[period] = middle + ets->gamma - 1;
    a[degree] = ets->phi * (1 - ets->alpha - ets->gamma);
    for (int n = degree; n > 0; n--) {
        double k = a[n], rest = 1 - k * k;
        if (!(rest > 0)) return false;
        for (int i = 1, j = n - 1; i <= j; i++, j--) {
            double low = a[i], high = a[j];
            a[i] = (low - k * high) / rest;
            a[j] = (high - k * low) / rest;
        }
    }
    return true;
}
