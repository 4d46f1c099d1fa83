/* How many differences a series is taken through before ARMA: R's choice, auto.arima's.
 *
 * Seasonal, at most one: where the strength of the season, 1 - var(remainder) / var(season + remainder) of a decomposition by
 * STL, is above .64 (Wang, Smith and Hyndman 2006, Data Mining and Knowledge Discovery 13; the bound is that of auto.arima,
 * found on M3). STL (Cleveland et al. 1990): two rounds, seasonal window 11 and degree 0, as R's mstl.
 * Others, at most two: while the test of Kwiatkowski, Phillips, Schmidt and Shin (1992) refuses that the series is stationary about a level, with
 * floor(3 sqrt(n) / 13) lags: at 5 % at first, at 2.5 % the second time, for it is the second of two tests. auto.arima has 5 %
 * for both; ends that were held out (M3, M4 Weekly, without their test parts) are forecast better so by .3 to 1.1 %, those of
 * M4 Yearly worse by .4 %: a second difference makes a straight line of the last step.
 *
 * For the strength alone gaps are bridged by straight lines; the test leaves them out.
 *
 * Cost: that of two passes of STL, some 20 ns an observation each.
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

/* ---- the strength of the season ---- */

static double variance_of(const double *x, int64_t n)
{
    double mean = 0, sum = 0;
    for (int64_t i = 0; i < n; i++) mean += x[i];
    mean /= (double)n;
    for (int64_t i = 0; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
    return sum / (double)n;
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

/* 0 ... 1 (Wang, Smith, Hyndman 2006). y: padded; room: fs_arima_tests without it. */
static double strength_of(double *y, int64_t count, int season, double *room)
{
    size_t piece = FS_STL_PIECE(count);
    double *trend = room, *seasonal = trend + piece, *x = seasonal + piece, *low = x + piece;
    double *tables = low + piece;
    fs_loess_series all = {.count = count};
    fs_stl stl;
    fs_stl_room work = {0};
    memset(room, 0, 4 * piece * sizeof *room);
    fs_stl_fill(&stl, count, season, SEASON_WINDOW, true, tables);
    fs_stl_room_cut(&work, count, tables + fs_stl_tables(count, season, SEASON_WINDOW, true));
    for (int round = 0; round < ROUNDS; round++)
        fs_stl_pass(&stl, &all, y, &work, x, low, seasonal, trend);
    for (int64_t i = 0; i < count; i++) x[i] = y[i] - trend[i];
    double both = variance_of(x, count);
    for (int64_t i = 0; i < count; i++) x[i] -= seasonal[i];
    double strength = 1 - variance_of(x, count) / both;
    return both > NO_DIFFERENCE * NO_DIFFERENCE && strength > 0 ? strength : 0;
}

static bool can_tell(int64_t count, int season)
{
    return season >= 2 && count > 2 * (int64_t)season;
}

size_t fs_arima_tests(int64_t count, int season)
{
    size_t differences = 2 * (size_t)count;
    if (!can_tell(count, season)) return differences;
    return 5 * FS_STL_PIECE(count) + FS_STL_ROOM(count) +
           fs_stl_tables(count, season, SEASON_WINDOW, true);
}

int fs_arima_season_differences(const double *y, const uint8_t *use, int64_t count, int season,
                                double *scratch)
{
    size_t piece = FS_STL_PIECE(count);
    if (!can_tell(count, season)) return 0;
    memset(scratch, 0, piece * sizeof *scratch);
    bridge_gaps(y, use, count, scratch);
    return strength_of(scratch, count, season, scratch + piece) > STRONG;
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
