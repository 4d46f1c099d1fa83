/* Which seasons a series has: lengths that its step suggests, or that its autocorrelation does, each tested.
 *
 * A season of m steps is cut into places, m of them or, where it is longer, PLACES blocks whose means are taken. So that the level may
 * drift, what counts are their errors of simple exponential smoothing, with the α that suits them without the means of their
 * places. Errors are cut at three deviations, so that single peaks count for no more. With K whole cycles, counted back from the last
 * observation, and x(p, c) the error at place p in cycle c,
 *   X(p, r) = sum over c of x(p, c) exp(-2 pi i r c / K)
 * has at r = 0 what is the same in all cycles. Summed over the places, |X(p, 0)|^2 is the periodogram at the harmonics of m, and
 * |X(p, r)|^2 that at the r-th frequencies beside them (Parseval): where there is no season the spectrum is smooth, and both are as
 * large. Their ratio, with r = 1 ... BESIDE, has an F distribution (a test of lines against the spectrum beside them, as Thomson's of
 * 1982), whose degrees of freedom are fewer where errors depend on each other, by 1 + 2 sum of r_k^2 (Bartlett 1946). A season is one
 * where chance has such a ratio in less than LEVEL of all cases. Then its means place by place are taken out, and the next is tested.
 * On noise, walks and what lies between 1 % of the tests find one (tests/unit/forecast/test_seasons.c).
 *
 * Where the step says nothing, lengths are peaks of the errors' autocorrelation, and the level is divided by how many lags are looked
 * at. The surest is kept, or the shortest that goes into it and has most of what comes again.
 *
 * Cost: some 50 ns an observation and length; of the search, a product an observation and lag, of up to LAGS, and that of its peaks.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define CYCLES        2 /* that a season needs at least */
#define PLACES        24
#define BESIDE        4
#define LEVEL         0.01
#define LAGS          400  /* a year of days, and more */
#define SEARCHED_FROM 4    /* shorter ones are hard to tell from errors that depend on each other */
#define PEAKS         12   /* that are tested at most, twice */
#define SLOW          0.02 /* α of a level that hardly moves */
#define DEVIATIONS    3.0
#define NORMAL_MEDIAN 0.6745 /* size that half of a normal's values exceed, in deviations */
#define NO_ERROR      1e-12  /* of values that are at most 1: what rounding makes */

typedef struct work {
    const uint8_t *use;
    int64_t count, known;
    double *left;  /* count: the series without the seasons kept */
    double *error; /* count */
    double *room;  /* what is left of the scratch */
    int *season, seasons;
} work;

/* ---- errors ---- */

/* Of simple exponential smoothing with this α, NAN where not known, about a first level; returns the sum of their squares. */
static double smooth(const double *value, int64_t count, double level, double alpha, double *error)
{
    double squares = 0;
    for (int64_t i = 0; i < count; i++) {
        error[i] = value[i] - level;
        if (isnan(error[i])) continue;
        level += alpha * error[i];
        squares += error[i] * error[i];
    }
    return squares;
}

/* Cuts values that are more than three deviations of the changes beyond both of those beside them: a level must not follow
 * them. room: count */
static void cut_peaks(double *value, int64_t count, double *room)
{
    int64_t known = 0;
    for (int64_t i = 1; i < count; i++) {
        double change = fabs(value[i] - value[i - 1]);
        if (!isnan(change)) room[known++] = change;
    }
    double most = DEVIATIONS / NORMAL_MEDIAN * fs_median(room, known);
    for (int64_t i = 1; i + 1 < count && most > 0; i++) {
        double high = fmax(value[i - 1], value[i + 1]) + most;
        double low = fmin(value[i - 1], value[i + 1]) - most;
        if (value[i] > high) value[i] = high;
        if (value[i] < low) value[i] = low;
    }
}

static double mean_of(const double *value, int64_t count, int64_t *known)
{
    double sum = 0;
    *known = 0;
    for (int64_t i = 0; i < count; i++)
        if (!isnan(value[i])) sum += value[i], (*known)++;
    return *known > 0 ? sum / (double)*known : 0;
}

/* The α of least squares among a few. room: count. */
static double best_alpha(const double *value, int64_t count, double level, double *room)
{
    static const double alpha[] = {SLOW, 0.1, 0.25, 0.5, 1};
    double least = INFINITY, best = 1;
    for (size_t i = 0; i < sizeof alpha / sizeof *alpha; i++) {
        double squares = smooth(value, count, level, alpha[i], room);
        if (squares < least) least = squares, best = alpha[i];
    }
    return best;
}

/* Errors cut at three deviations and about their mean, 0 where not known; false where there are none. room: count */
static bool find_errors(const double *value, int64_t count, double level, double alpha, double *to,
                        double *room)
{
    double squares = smooth(value, count, level, alpha, to);
    int64_t known = 0;
    for (int64_t i = 0; i < count; i++)
        if (!isnan(to[i])) room[known++] = fabs(to[i]);
    if (known == 0 || !(squares / (double)known > NO_ERROR * NO_ERROR)) return false;
    double most = DEVIATIONS / NORMAL_MEDIAN * fs_median(room, known);
    for (int64_t i = 0; i < count && most > 0; i++)
        if (fabs(to[i]) > most) to[i] = copysign(most, to[i]);
    double mean = mean_of(to, count, &known);
    for (int64_t i = 0; i < count; i++) to[i] = isnan(to[i]) ? 0 : to[i] - mean;
    return true;
}

/* Means of the blocks of whole seasons, NAN where nothing of one is known; returns how many. */
static int64_t find_blocks(const work *w, int season, int places, double *block)
{
    int64_t cycles = w->count / season, n = 0, first = w->count - cycles * season;
    for (int64_t c = 0; c < cycles; c++)
        for (int64_t p = 0; p < places; p++) {
            int64_t from = first + c * season + p * season / places;
            int64_t to = first + c * season + (p + 1) * season / places, known = 0;
            double sum = 0;
            for (int64_t t = from; t < to; t++)
                if (w->use[t]) sum += w->left[t], known++;
            block[n++] = known > 0 ? sum / (double)known : NAN;
        }
    return n;
}

/* Blocks less the mean of their place. */
static void take_means(const double *block, int64_t n, int places, double *to)
{
    for (int p = 0; p < places; p++) {
        double sum = 0;
        int64_t known = 0;
        for (int64_t i = p; i < n; i += places)
            if (!isnan(block[i])) sum += block[i], known++;
        for (int64_t i = p; i < n; i += places) to[i] = block[i] - sum / (double)known;
    }
}

/* What of a season's blocks is no slow change of level; α is that of what is no season. room: 2 n */
static bool find_news(double *block, int64_t n, int places, double *to, double *room)
{
    int64_t known = 0;
    cut_peaks(block, n, room);
    double level = mean_of(block, places, &known);
    take_means(block, n, places, room);
    double alpha = best_alpha(room, n, 0, to);
    return find_errors(block, n, level, alpha, to, room);
}

/* ---- the test ---- */

/* Sum over the places of |X(p, r)|^2. */
static double power_at(const double *x, int64_t cycles, int places, int64_t r)
{
    double real[PLACES] = {0}, imaginary[PLACES] = {0}, sum = 0;
    for (int64_t c = 0; c < cycles; c++) {
        double angle = 2 * M_PI * (double)(r * c % cycles) / (double)cycles;
        double a = cos(angle), b = sin(angle);
        for (int p = 0; p < places; p++) {
            real[p] += a * x[c * places + p];
            imaginary[p] += b * x[c * places + p];
        }
    }
    for (int p = 0; p < places; p++) sum += real[p] * real[p] + imaginary[p] * imaginary[p];
    return sum;
}

/* 1 + 2 sum of r_k^2 of what the means of the places leave. room: cycles × places. */
static double dependence(const double *x, int64_t cycles, int places, double *room)
{
    double mean[PLACES] = {0}, product[PLACES / 2 + 1], squares = 0;
    int lags = places / 2;
    int64_t n = cycles * places;
    for (int64_t i = 0; i < n; i++) mean[i % places] += x[i] / (double)cycles;
    for (int64_t i = 0; i < n; i++) room[i] = x[i] - mean[i % places];
    fs_lagged_products(room, n, lags, product);
    if (!(product[0] > 0)) return 1;
    for (int k = 1; k <= lags; k++) squares += product[k] / product[0] * (product[k] / product[0]);
    return 1 + 2 * squares;
}

/* A ratio that has this F distribution as a standard normal: Paulson's approximation (1942). */
static double as_normal(double ratio, double d1, double d2)
{
    double root = cbrt(ratio), a = 2 / (9 * d1), b = 2 / (9 * d2);
    return ((1 - b) * root - (1 - a)) / sqrt(b * root * root + a);
}

/* Degrees of freedom that seasons taken out have left none of. */
static int taken(const work *w, int season, int places)
{
    int most = 1;
    for (int i = 0; i < w->seasons; i++)
        if (places == season && season % w->season[i] == 0 && w->season[i] > most)
            most = w->season[i];
    return most;
}

/* How sure a season is: about standard normal where there is none; -INFINITY where it cannot be told. */
static double sureness(const work *w, int season)
{
    int places = season < PLACES ? season : PLACES;
    int64_t cycles = w->count / season, beside = cycles / 2 < BESIDE ? cycles / 2 : BESIDE;
    double *block = w->room, *x = w->error, power = 0, weights = 0;
    if (cycles < 2 || w->known < season) return -INFINITY;
    int64_t n = find_blocks(w, season, places, block);
    if (!find_news(block, n, places, x, block + n)) return -INFINITY;
    for (int64_t r = 1; r <= beside; r++) {
        double weight = 2 * r == cycles ? 1 : 2;
        power += weight * power_at(x, cycles, places, r);
        weights += weight;
    }
    double d1 = places - taken(w, season, places), d2 = places * weights;
    if (!(d1 > 0)) return -INFINITY;
    if (!(power > 0)) return INFINITY;
    double ratio = power_at(x, cycles, places, 0) / d1 / (power / d2);
    double fewer = dependence(x, cycles, places, block);
    return as_normal(ratio, d1 / fewer, d2 / fewer);
}

/* ---- keeping ---- */

static bool is_kept(const work *w, int season)
{
    for (int i = 0; i < w->seasons; i++)
        if (w->season[i] % season == 0) return true;
    return false;
}

/* Among those kept, in order; and out of the series. */
static void keep(work *w, int season)
{
    double *index = w->room;
    int i = w->seasons++;
    for (; i > 0 && w->season[i - 1] > season; i--) w->season[i] = w->season[i - 1];
    w->season[i] = season;
    fs_season_indices(w->left, w->use, w->count, season, false, index, index + season);
    for (int64_t t = 0; t < w->count; t++)
        if (w->use[t]) w->left[t] -= index[t % season];
}

/* ---- the search ---- */

/* Adds lags at which the autocorrelation of the errors peaks, as high as its highest but for chance, the shortest ones. */
static int add_peaks(const work *w, int lags, double alpha, int *peak, int peaks)
{
    double *value = w->room, *product = value + w->count, best = 0, n = (double)w->known;
    if (!find_errors(value, w->count, 0, alpha, w->error, product)) return peaks;
    fs_lagged_products(w->error, w->count, lags + 1, product);
    double deviation = product[0] / sqrt(n);
    for (int k = SEARCHED_FROM; k <= lags; k++)
        if (product[k] > best && !is_kept(w, k)) best = product[k];
    for (int k = SEARCHED_FROM, added = 0; k <= lags && added < PEAKS; k++)
        if (product[k] >= best - 2 * deviation && product[k] > 2 * deviation &&
            product[k] > product[k - 1] && product[k] >= product[k + 1] && !is_kept(w, k))
            peak[peaks++] = k, added++;
    return peaks;
}

/* What is left about its mean, NAN where not known. */
static double *centred(const work *w)
{
    double *value = w->room;
    int64_t known = 0;
    for (int64_t t = 0; t < w->count; t++) value[t] = w->use[t] ? w->left[t] : NAN;
    double mean = mean_of(value, w->count, &known);
    for (int64_t t = 0; t < w->count; t++) value[t] -= mean;
    return value;
}

/* Where the level moves as it does, and where it hardly does: a strong season looks like a level that moves. */
static int find_peaks(const work *w, int lags, int peak[2 * PEAKS])
{
    double alpha = best_alpha(centred(w), w->count, 0, w->error);
    int peaks = add_peaks(w, lags, alpha, peak, 0);
    return alpha > SLOW ? add_peaks(w, lags, SLOW, peak, peaks) : peaks;
}

static double product_at(const double *x, int64_t count, int lag)
{
    double sum = 0;
    for (int64_t t = lag; t < count; t++) sum += x[t] * x[t - lag];
    return sum;
}

/* The shortest season that goes into this one and has most of what comes again with it: whose autocorrelation is half as high. */
static int shortest_part(const work *w, int season, double limit)
{
    double *value = centred(w), *errors = w->room + 4 * w->count;
    double alpha = best_alpha(value, w->count, 0, w->error);
    if (!find_errors(value, w->count, 0, alpha, errors, value + w->count)) return season;
    double half = product_at(errors, w->count, season) / 2;
    for (int part = SEARCHED_FROM; 2 * part <= season; part++)
        if (season % part == 0 && !is_kept(w, part) && product_at(errors, w->count, part) >= half &&
            sureness(w, part) > limit)
            return part;
    return season;
}

/* Keeps the surest. */
static bool search_one(work *w)
{
    int peak[2 * PEAKS], lags = w->count / 2 < LAGS ? (int)(w->count / 2) : LAGS, best = 0;
    if (lags < SEARCHED_FROM) return false;
    double limit = -fs_normal_quantile(LEVEL / lags), most = limit;
    int peaks = find_peaks(w, lags, peak);
    for (int i = 0; i < peaks; i++) {
        double sure = sureness(w, peak[i]);
        if (sure > most) most = sure, best = peak[i];
    }
    if (best > 0) keep(w, shortest_part(w, best, limit));
    return best > 0;
}

static void take_over(const fs_series *series, double *left, double *room)
{
    for (int64_t t = 0; t < series->count; t++) left[t] = series->use[t] ? series->y[t] : NAN;
    cut_peaks(left, series->count, room);
    for (int64_t t = 0; t < series->count; t++)
        if (!series->use[t]) left[t] = 0;
}

int fs_seasons_find(const fs_series *series, const int *candidate, int candidates,
                    int season[FS_SEASONS_MOST], double *scratch)
{
    work w = {.use = series->use,
              .count = series->count,
              .known = series->known,
              .left = scratch,
              .error = scratch + series->count,
              .room = scratch + 2 * series->count,
              .season = season};
    take_over(series, w.left, w.room);
    for (int i = 0; i < candidates; i++)
        if (sureness(&w, candidate[i]) > -fs_normal_quantile(LEVEL)) keep(&w, candidate[i]);
    while (candidates < 0 && w.seasons < FS_SEASONS_MOST && search_one(&w)) continue;
    return w.seasons;
}

int fs_task_seasons(const fs_forecast_task *task, int season[FS_SEASONS_MOST])
{
    const int *told = task->seasons > 0 ? task->season_of : &task->season;
    int count = task->seasons > 0 ? task->seasons : 1, kept = 0;
    for (int i = 0; i < count && kept < FS_SEASONS_MOST; i++)
        if (told[i] > 1 && task->series->count >= CYCLES * (int64_t)told[i])
            season[kept++] = told[i];
    return kept;
}
