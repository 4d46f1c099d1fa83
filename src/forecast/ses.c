/* Simple exponential smoothing with the α of least squares in a range, by one pass.
 *
 * Eight values of α in lockstep give the sum of squares at each. They are the Chebyshev points of the range of log α, where the polynomial
 * of degree seven through them is next to the function itself (Trefethen 2019, Approximation Theory and Approximation Practice, 8.2: the
 * pole, α = 0, is far away); its slopes at the points are a matrix times the values. Between two points it is as good as the cubic that has
 * both values and both slopes, whose least is known in closed form (Nocedal and Wright, Numerical Optimization, 3.5). On [.1, .3] the sum of
 * squares is the least there is but for 1 in 10 million, on [.01, .99] but for 1 in 3,000.
 *
 * An error is the last step and 1 - α of the error before, so the level itself is not needed. Two steps at once wait for the error
 * before them only once.
 *
 * Cost: 1.5 ns an observation with AVX2.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define LANES   FS_LSQ_LANES
#define WIDTH   4
#define VECTORS (LANES / WIDTH)

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

FS_LANES void fs_ses_lanes(const double *x, int64_t count, const double alpha[LANES],
                           double squares[LANES])
{
    vector rest[VECTORS], twice[VECTORS], error[VECTORS], odd[VECTORS], even[VECTORS];
    memcpy(rest, alpha, sizeof rest);
    memset(error, 0, sizeof error), memset(odd, 0, sizeof odd), memset(even, 0, sizeof even);
    for (int i = 0; i < VECTORS; i++) rest[i] = 1 - rest[i], twice[i] = rest[i] * rest[i];
    int64_t t = 1;
    for (; t + 1 < count; t += 2) {
        double first = x[t] - x[t - 1], second = x[t + 1] - x[t];
        for (int i = 0; i < VECTORS; i++) {
            vector here = first + rest[i] * error[i];
            error[i] = (second + rest[i] * first) + twice[i] * error[i];
            odd[i] += here * here;
            even[i] += error[i] * error[i];
        }
    }
    for (int i = 0; i < VECTORS && t < count; i++) {
        error[i] = (x[t] - x[t - 1]) + rest[i] * error[i];
        odd[i] += error[i] * error[i];
    }
    for (int i = 0; i < VECTORS; i++) odd[i] += even[i];
    memcpy(squares, odd, sizeof odd);
}

/* The same for one α, plainly; a test holds that both give the same bits. */
double fs_ses_reference(const double *x, int64_t count, double alpha)
{
    double rest = 1 - alpha, error = 0, odd = 0, even = 0;
    int64_t t = 1;
    for (; t + 1 < count; t += 2) {
        double first = x[t] - x[t - 1], second = x[t + 1] - x[t], here = first + rest * error;
        error = (second + rest * first) + rest * rest * error;
        odd += here * here;
        even += error * error;
    }
    if (t < count) {
        error = (x[t] - x[t - 1]) + rest * error;
        odd += error * error;
    }
    return odd + even;
}

/* ---- between the points ---- */

/* cos(π k / 7), k = 7 … 0 */
static const double point[LANES] = {-1.0,
                                    -0.9009688679024191,
                                    -0.6234898018587336,
                                    -0.22252093395631445,
                                    0.22252093395631434,
                                    0.6234898018587335,
                                    0.900968867902419,
                                    1.0};

/* From values there to the slopes there of the polynomial through them (Trefethen 2000, Spectral Methods in MATLAB, theorem 7). */
static const double slopes[LANES][LANES] = {
    {-16.500000000000004, 20.195669358089226, -5.311941110422728, 2.5724165284311624,
     -1.6359638059755859, 1.2319141134796165, -1.0520950836016871, 0.5},
    {-5.048917339522307, 2.392946784310942, 3.603875471609677, -1.4739524581991565,
     0.8900837358252578, -0.6559705552113635, 0.5549581320873712, -0.2630237709004218},
    {1.327985277605682, -3.603875471609677, 0.5100033746178892, 2.493959207434934,
     -1.182018097012207, 0.8019377358048382, -0.6559705552113635, 0.30797852836990414},
    {-0.6431041321077906, 1.4739524581991565, -2.493959207434934, 0.11705659030694643,
     2.246979603717467, -1.182018097012207, 0.8900837358252578, -0.40899095149389647},
    {0.40899095149389647, -0.8900837358252578, 1.182018097012207, -2.246979603717467,
     -0.11705659030694637, 2.493959207434934, -1.4739524581991565, 0.6431041321077905},
    {-0.30797852836990414, 0.6559705552113635, -0.8019377358048382, 1.182018097012207,
     -2.493959207434934, -0.5100033746178898, 3.603875471609677, -1.3279852776056815},
    {0.2630237709004218, -0.5549581320873712, 0.6559705552113635, -0.8900837358252578,
     1.4739524581991565, -3.603875471609677, -2.3929467843109364, 5.0489173395223},
    {-0.5, 1.0520950836016871, -1.2319141134796165, 1.6359638059755859, -2.572416528431162,
     5.311941110422726, -20.1956693580892, 16.499999999999982}};

static double slope_at(const double value[LANES], int k)
{
    double slope = 0;
    for (int j = 0; j < LANES; j++) slope += slopes[k][j] * value[j];
    return slope;
}

/* Where the cubic between a and b is least: it falls at a and rises at b. */
static double least_between(double a, double b, const double value[2], const double slope[2])
{
    double d = slope[0] + slope[1] - 3 * (value[0] - value[1]) / (a - b);
    double root = sqrt(d * d - slope[0] * slope[1]);
    double at = b - (b - a) * (slope[1] + root - d) / (slope[1] - slope[0] + 2 * root);
    return at >= a && at <= b ? at : (a + b) / 2;
}

/* What exp(log x) makes of an end may be beyond it. */
static double within(double x, double low, double high) { return fmin(fmax(x, low), high); }

fs_ses_range fs_ses_range_of(double low, double high)
{
    fs_ses_range range = {.half = (log(high) - log(low)) / 2};
    range.middle = log(low) + range.half;
    for (int k = 0; k < LANES; k++)
        range.alpha[k] = within(exp(range.middle + range.half * point[k]), low, high);
    return range;
}

/* The slope, of a value so much smaller than those that it is of, is rounding. */
#define FLAT 1e-13

double fs_ses_optimize(const fs_ses_range *range, const double *x, int64_t count)
{
    double squares[LANES];
    int best = 0;
    fs_ses_lanes(x, count, range->alpha, squares);
    for (int k = 1; k < LANES; k++)
        if (squares[k] < squares[best]) best = k;
    double slope = slope_at(squares, best);
    if (!(fabs(slope) > FLAT * squares[best])) /* all alike, or just there */
        return squares[0] == squares[LANES - 1] ? (range->alpha[0] + range->alpha[LANES - 1]) / 2
                                                : range->alpha[best];
    int left = slope > 0 ? best - 1 : best; /* it is between left and left + 1 */
    if (left < 0 || left + 1 >= LANES) return range->alpha[best];
    double at[2] = {slope_at(squares, left), slope_at(squares, left + 1)};
    if (!(at[0] < 0 && at[1] > 0)) return range->alpha[best];
    double place = least_between(point[left], point[left + 1], &squares[left], at);
    return within(exp(range->middle + range->half * place), range->alpha[left],
                  range->alpha[left + 1]);
}
