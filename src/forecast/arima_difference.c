/* How many differences a series is taken through before ARMA: R's choice, auto.arima's.
 *
 * Seasonal, at most one: where the strength of the season, 1 - var(remainder) / var(season + remainder) of a decomposition by
 * STL, is above .64 (Wang, Smith and Hyndman 2006, Data Mining and Knowledge Discovery 13; the bound is that of auto.arima,
 * found on M3). STL is that of Cleveland et al. (1990), two rounds, seasonal window 11 and degree 0, as R's mstl.
 * Others, at most two: while the test of Kwiatkowski, Phillips, Schmidt and Shin (1992) refuses that the series is stationary about a level, with
 * floor(3 sqrt(n) / 13) lags: at 5 % at first, at 2.5 % the second time, for it is the second of two tests. auto.arima has 5 %
 * for both; ends that were held out (M3, M4 Weekly, without their test parts) are forecast better so by .3 to 1.1 %, those of
 * M4 Yearly worse by .4 %: a second difference makes a straight line of the last step.
 *
 * For the strength alone gaps are bridged by straight lines; the test leaves them out.
 *
 * Cost: a smoothing is 4 ns an observation and place in its window, three of them in two rounds.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define STRONG        0.64
#define SEASON_WINDOW 11
#define ROUNDS        2
#define KPSS_FIRST    0.463 /* 5 % and 2.5 %: Kwiatkowski et al., table 1 */
#define KPSS_SECOND   0.574
#define NO_DIFFERENCE 1e-12 /* of values that are at most 1: what rounding makes */

/* ---- smoothing by local lines (loess) ---- */

typedef struct smoother {
    int window;
    bool line; /* else local means */
} smoother;

static double tricube(double off, double reach)
{
    if (off > 0.999 * reach) return 0;
    double r = off / reach, rest = 1 - r * r * r;
    return off > 0.001 * reach ? rest * rest * rest : 1;
}

/* The value at place x (perhaps outside) of n values that are `apart` places from each other in memory. */
static double smooth_at(const smoother *s, const double *y, int64_t n, int64_t apart, double x)
{
    int64_t window = s->window < n ? s->window : n, first = (int64_t)x - window / 2;
    if (first > n - window) first = n - window;
    if (first < 0) first = 0;
    double last = (double)(first + window - 1), low = x - (double)first, high = last - x;
    double reach = (low > high ? low : high) + (double)(s->window - window) / 2;
    double sum = 0, middle = 0, apart2 = 0, mean = 0, tilt = 0;
    for (int64_t i = first; i < first + window; i++) {
        double off = (double)i - x, w = reach > 0 ? tricube(fabs(off), reach) : 1;
        sum += w, middle += w * off, apart2 += w * off * off;
        mean += w * y[i * apart], tilt += w * off * y[i * apart];
    }
    if (!(sum > 0)) return y[(first + window / 2) * apart];
    middle /= sum, mean /= sum;
    double spread = apart2 / sum - middle * middle;
    if (!s->line || !(sqrt(spread > 0 ? spread : 0) > 0.001 * (double)(n - 1))) return mean;
    return mean - middle * (tilt / sum - middle * mean) / spread;
}

static void smooth(const smoother *s, const double *y, int64_t n, double *to)
{
    for (int64_t i = 0; i < n; i++) to[i] = smooth_at(s, y, n, 1, (double)i);
}

/* ---- STL ---- */

/* Means of `width` values, from the first on; n - width + 1 of them. */
static void running_means(const double *y, int64_t n, int width, double *to)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += y[i];
        if (i >= width) sum -= y[i - width];
        if (i >= width - 1) to[i - width + 1] = sum / width;
    }
}

/* Each place of the season smoothed by itself, one more at both ends: n + 2 season values. */
static void smooth_places(const double *y, int64_t n, int season, double *to)
{
    const smoother s = {SEASON_WINDOW, false};
    for (int place = 0; place < season; place++) {
        int64_t own = (n - place + season - 1) / season;
        for (int64_t i = -1; i <= own; i++)
            to[place + (i + 1) * season] = smooth_at(&s, y + place, own, season, (double)i);
    }
}

static int odd_from(double least)
{
    int up = (int)ceil(least);
    return up % 2 ? up : up + 1;
}

/* Needs room for 4 n + 6 season. */
static void decompose(const double *y, int64_t n, int season, double *trend, double *seasonal,
                      double *room)
{
    double *rest = room, *places = rest + n, *low = places + n + 2 * season;
    double *lower = low + n + 2 * season;
    const smoother pass = {odd_from(season), true};
    const smoother slow = {odd_from(1.5 * season / (1 - 1.5 / SEASON_WINDOW)), true};
    memset(trend, 0, (size_t)n * sizeof *trend);
    for (int round = 0; round < ROUNDS; round++) {
        for (int64_t i = 0; i < n; i++) rest[i] = y[i] - trend[i];
        smooth_places(rest, n, season, places);
        running_means(places, n + 2 * season, season, low);
        running_means(low, n + season + 1, season, lower);
        running_means(lower, n + 2, 3, low);
        smooth(&pass, low, n, lower);
        for (int64_t i = 0; i < n; i++) {
            seasonal[i] = places[i + season] - lower[i];
            rest[i] = y[i] - seasonal[i];
        }
        smooth(&slow, rest, n, trend);
    }
}

static double variance_of(const double *x, int64_t n)
{
    double mean = 0, sum = 0;
    for (int64_t i = 0; i < n; i++) mean += x[i];
    mean /= (double)n;
    for (int64_t i = 0; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
    return sum / (double)n;
}

double fs_arima_season_strength(const double *y, int64_t count, int season, double *scratch)
{
    double *trend = scratch, *seasonal = trend + count, *room = seasonal + count;
    decompose(y, count, season, trend, seasonal, room);
    for (int64_t i = 0; i < count; i++) room[i] = y[i] - trend[i];
    double both = variance_of(room, count);
    for (int64_t i = 0; i < count; i++) room[i] -= seasonal[i];
    double strength = 1 - variance_of(room, count) / both;
    return both > NO_DIFFERENCE * NO_DIFFERENCE && strength > 0 ? strength : 0;
}

static void bridge_gaps(const double *y, const uint8_t *use, int64_t count, double *to)
{
    int64_t last = -1;
    for (int64_t t = 0; t < count; t++) {
        to[t] = use[t] ? y[t] : last >= 0 ? y[last] : 0;
        if (!use[t]) continue;
        for (int64_t i = last + 1; i < t; i++)
            to[i] = last < 0 ? y[t]
                             : y[last] + (y[t] - y[last]) * (double)(i - last) / (double)(t - last);
        last = t;
    }
}

int fs_arima_season_differences(const double *y, const uint8_t *use, int64_t count, int season,
                                double *scratch)
{
    if (season < 2 || count <= 2 * (int64_t)season) return 0;
    bridge_gaps(y, use, count, scratch);
    return fs_arima_season_strength(scratch, count, season, scratch + count) > STRONG;
}

/* ---- the KPSS test ---- */

static bool is_constant(const double *x, int64_t n)
{
    for (int64_t i = 1; i < n; i++)
        if (fabs(x[i] - x[0]) > NO_DIFFERENCE) return false;
    return true;
}

/* `from` is room for n. */
static bool is_level(const double *x, int64_t n, double *from, double most)
{
    double mean = 0, path = 0, paths = 0, variance = 0;
    int64_t lags = (int64_t)(3 * sqrt((double)n) / 13);
    for (int64_t i = 0; i < n; i++) mean += x[i];
    mean /= (double)n;
    for (int64_t i = 0; i < n; i++) {
        from[i] = x[i] - mean;
        path += from[i];
        paths += path * path;
        variance += from[i] * from[i];
    }
    for (int64_t lag = 1; lag <= lags; lag++) {
        double sum = 0;
        for (int64_t i = lag; i < n; i++) sum += from[i] * from[i - lag];
        variance += 2 * (1 - (double)lag / (double)(lags + 1)) * sum;
    }
    return !(paths / (double)n > most * variance);
}

int fs_arima_differences(const double *w, const uint8_t *use, int64_t count, double *scratch)
{
    double *x = scratch, *room = x + count;
    int64_t n = 0;
    int d = 0;
    for (int64_t t = 0; t < count; t++)
        if (use[t]) x[n++] = w[t];
    for (; d < 2; d++) {
        if (n < 3 || is_constant(x, n) || is_level(x, n, room, d == 0 ? KPSS_FIRST : KPSS_SECOND))
            break;
        for (int64_t i = 0; i + 1 < n; i++) x[i] = x[i + 1] - x[i];
        n--;
    }
    return d;
}
