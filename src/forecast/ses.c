/* Simple exponential smoothing with the α of least squares in a range, by one pass.
 *
 * Eight values of α over the range in lockstep give the sum of squares and its derivative at each; between two of them it
 * is as good as the cubic that has both values and both slopes, whose least is known in closed form (Nocedal and Wright,
 * Numerical Optimization, 3.5). On [.1, .3] that is the α of a golden section to about a thousandth.
 *
 * An error is the last step and 1 - α of the error before, so the level itself is not needed.
 *
 * Cost: 3 ns an observation with AVX2.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define LANES   FS_LSQ_LANES
#define WIDTH   4
#define VECTORS (LANES / WIDTH)

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

FS_LANES void fs_ses_lanes(const double *x, int64_t count, const double alpha[LANES],
                           double squares[LANES], double slope[LANES])
{
    vector rest[VECTORS], error[VECTORS], by[VECTORS], sum[VECTORS], bend[VECTORS];
    memcpy(rest, alpha, sizeof rest);
    memset(error, 0, sizeof error), memset(by, 0, sizeof by);
    memset(sum, 0, sizeof sum), memset(bend, 0, sizeof bend);
    for (int i = 0; i < VECTORS; i++) rest[i] = 1 - rest[i];
    for (int64_t t = 1; t < count; t++) {
        double step = x[t] - x[t - 1];
        for (int i = 0; i < VECTORS; i++) {
            error[i] = step + rest[i] * error[i];
            sum[i] = sum[i] + error[i] * error[i];
            bend[i] = bend[i] + error[i] * by[i];
            by[i] = error[i] + rest[i] * by[i];
        }
    }
    for (int i = 0; i < VECTORS; i++) bend[i] = -2 * bend[i];
    memcpy(squares, sum, sizeof sum);
    memcpy(slope, bend, sizeof bend);
}

/* The same for one α, plainly; a test holds that both give the same bits. */
double fs_ses_reference(const double *x, int64_t count, double alpha, double *slope)
{
    double error = 0, by = 0, squares = 0, bend = 0;
    for (int64_t t = 1; t < count; t++) {
        error = x[t] - x[t - 1] + (1 - alpha) * error;
        squares += error * error;
        bend += error * by;
        by = error + (1 - alpha) * by;
    }
    *slope = -2 * bend;
    return squares;
}

/* Where the cubic between a and b is least: it falls at a and rises at b. */
static double least_between(double a, double b, const double value[2], const double slope[2])
{
    double d = slope[0] + slope[1] - 3 * (value[0] - value[1]) / (a - b);
    double root = sqrt(d * d - slope[0] * slope[1]);
    double at = b - (b - a) * (slope[1] + root - d) / (slope[1] - slope[0] + 2 * root);
    return at >= a && at <= b ? at : (a + b) / 2;
}

double fs_ses_optimize(const double *x, int64_t count, double low, double high)
{
    double alpha[LANES], squares[LANES], slope[LANES];
    int best = 0;
    for (int k = 0; k < LANES; k++) alpha[k] = low + (high - low) * k / (LANES - 1);
    fs_ses_lanes(x, count, alpha, squares, slope);
    for (int k = 1; k < LANES; k++)
        if (squares[k] < squares[best]) best = k;
    if (squares[0] == squares[LANES - 1] && slope[best] == 0)
        return (low + high) / 2;                  /* all alike */
    int left = slope[best] > 0 ? best - 1 : best; /* it is between left and left + 1 */
    if (slope[best] == 0 || left < 0 || left + 1 >= LANES) return alpha[best];
    if (!(slope[left] < 0 && slope[left + 1] > 0)) return alpha[best];
    return least_between(alpha[left], alpha[left + 1], &squares[left], &slope[left]);
}
