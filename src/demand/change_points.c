/* Lasting changes of level.
 *
 * Observations are means of whole seasons (weeks, where steps are days), so that weekdays do not matter and what one day
 * leaves to the next hardly does; each value is taken in relation to what its place in the season usually has, so that
 * a missing day does no harm. They are looked at as asinh(x / s), s a quarter of the usual size: a logarithm for what is
 * large, a plain number near zero and below. What stands out for less than `minimum` steps is brought to the fence (a
 * rolling median with its deviation, Hampel 1974).
 *
 * The model is growth, the first harmonics of the year where two years are seen, and steps: the partial structural
 * change of Bai and Perron (1998). Growth and year are common to all levels, so that neither is a change; but then the costs
 * of stretches do not add up, which dynamic programming and PELT (Killick, Fearnhead and Eckley 2012) need. So the step (or,
 * where no step is sure, the stretch: Olshen et al. 2004) that explains most beside growth, year and the steps there are
 * is added until none is sure; all are placed anew after each; at the end what is not sure beside the others goes. All this is
 * one orthogonal basis, whose running sums tell for each place what a step there would explain. Growth is of degree 0 to 3: one more
 * as long as that makes a shorter story, of which a step costs limit² and a degree DEGREE_COST.
 *
 * Sure is measured by the long-run variance of the remainder, that of an autoregression of first order, of which what the
 * fit has taken is given back (as Chakar et al. 2017, who take the correlation from differences). A step must
 * also stand beside a slope of its own, a year and half a year wide, or a bend would look like one; and against the same weeks
 * of the year before, or after, or a season that harmonics do not follow would.
 *
 * The first step of the new level is where values around it fit both levels best, in absolute distance.
 *
 * Cost: linear in the values; of at most BLOCKS_MOST observations the square, times the columns. About 0.3 ms for five years
 * of days without a change, 1 ms with some.
 */
#include <math.h>
#include <string.h>

#include "foresell/demand.h"
#include "foresell/numeric.h"

#define BLOCKS_MOST 400
#define HARMONICS   4
#define DEGREE_MOST 3
#define BASE_MOST   (1 + DEGREE_MOST + 2 * HARMONICS)
#define COLUMNS_MOST                                                                               \
    (BASE_MOST + FS_CHANGES_MOST + 1) /* line and year, steps, a slope beside one */
#define SEASON_MOST 400
#define TO_NORMAL   1.4826
#define Z_95        1.959963984540054
#define LEAST_NOISE                                                                                \
    0.01 /* of an observation, as a share of its size: where all is the same to the last digit */
#define FENCE       3.0 /* deviations */
#define TIE_MOST    0.9 /* correlation of an observation with the next */
#define DEGREE_COST 6.0 /* of each degree of growth in a model, where a step costs limit² */
#define NEAR        0.5 /* share of a step that its neighbourhood and the other year must show */

struct fs_changes_work {
    double factor[SEASON_MOST];                /* of the places of a season; mean 1 */
    double mean[BLOCKS_MOST];                  /* of the known observations, scaled */
    double place[BLOCKS_MOST];                 /* their numbers */
    double seen[BLOCKS_MOST];                  /* transformed and brought to the fence */
    double rest[BLOCKS_MOST];                  /* what the model leaves */
    double basis[COLUMNS_MOST][BLOCKS_MOST];   /* orthonormal */
    double sum[COLUMNS_MOST][BLOCKS_MOST + 1]; /* its running sums */
    double rest_sum[BLOCKS_MOST + 1];
    double mix[COLUMNS_MOST][COLUMNS_MOST]; /* column j = sum over c <= j of mix[c][j] basis[c] */
    double weight[COLUMNS_MOST];            /* of the columns, in the fit */
    double spread[COLUMNS_MOST];            /* its standard error, where the variance is 1 */
    double scratch[BLOCKS_MOST + 1], other[BLOCKS_MOST + 1];
};

typedef struct task {
    const fs_changes_settings *settings;
    struct fs_changes_work *work;
    const double *value;
    const uint8_t *valid; /* NULL: all known */
    int64_t count;
    double scale, size; /* values times scale are at most 1; the transformation's s */
    int64_t season;     /* steps */
    int64_t length;     /* of an observation, in steps; the first begins at `skipped` */
    int64_t skipped, zeros;
    int64_t known;     /* observations */
    int64_t floor;     /* observations that a level has at least */
    int degree;        /* of growth in the base: none, a line, a bend, a turn */
    int base, columns; /* level, growth and year; these and the steps */
    int64_t at
        [FS_CHANGES_MOST]; /* first observation of each step's new level, in the order of columns */
    int steps;
    double variance, left; /* of the remainder: long-run variance, sum of squares */
} task;

void fs_changes_free(fs_changes *changes)
{
    fs_free(changes->work);
    *changes = (fs_changes){0};
}

static bool is_known(const task *t, int64_t i) { return !t->valid || t->valid[i]; }

/* ---- observations ---- */

/* A power of two, so that sums stay finite and no digit changes. */
static void find_scale(task *t)
{
    double largest = 0;
    int exponent = 0;
    for (int64_t i = 0; i < t->count; i++)
        if (is_known(t, i)) largest = fmax(largest, fabs(t->value[i]));
    frexp(largest, &exponent);
    t->scale = ldexp(1, exponent > 1000 ? -1000 : exponent < -1000 ? 1000 : -exponent);
}

/* Mean of the season that begins at step `from`; 0 where a step is missing or nothing was sold. */
static double season_mean(const task *t, int64_t from)
{
    double sum = 0;
    for (int64_t i = from; i < from + t->season; i++) {
        if (!is_known(t, i)) return 0;
        sum += t->value[i] * t->scale;
    }
    return fmax(sum / (double)t->season, 0);
}

static void all_places_alike(task *t)
{
    for (int64_t p = 0; p < t->season; p++) t->work->factor[p] = 1;
}

/* The median of value over mean of its season, of each place, over whole seasons (BLOCKS_MOST at most). */
static void find_factors(task *t)
{
    struct fs_changes_work *w = t->work;
    int64_t seasons = t->count / t->season, stride = 1 + (seasons - 1) / BLOCKS_MOST, taken = 0;
    double sum = 0;
    t->skipped = t->count % t->season;
    for (int64_t c = 0; c < seasons; c += stride)
        taken += (w->other[c / stride] = season_mean(t, t->skipped + c * t->season)) > 0;
    all_places_alike(t);
    if (t->season == 1 || taken < 3) return;
    for (int64_t p = 0; p < t->season; p++) {
        int64_t n = 0;
        for (int64_t c = 0; c < seasons; c += stride)
            if (w->other[c / stride] > 0)
                w->scratch[n++] =
                    t->value[t->skipped + c * t->season + p] * t->scale / w->other[c / stride];
        w->factor[p] = fmax(fs_median(w->scratch, n), 0);
        sum += w->factor[p];
    }
    if (!(sum > 0.1)) all_places_alike(t);
    for (int64_t p = 0; p < t->season && sum > 0.1; p++) w->factor[p] *= (double)t->season / sum;
}

static double factor_at(const task *t, int64_t step)
{
    return t->work->factor[(step - t->skipped + t->season) % t->season];
}

/* Sums over what is known of an observation; it counts where half of it is. */
static bool observe(const task *t, int64_t from, double *mean)
{
    double sum = 0, share = 0;
    for (int64_t i = from; i < from + t->length; i++) {
        if (!is_known(t, i)) continue;
        sum += t->value[i] * t->scale;
        share += factor_at(t, i);
    }
    *mean = sum / (share > 0 ? share : 1);
    return 2 * share >= (double)t->length;
}

static void fill_blocks(task *t)
{
    t->skipped = t->count % t->length; /* the last one is whole */
    t->known = t->zeros = 0;
    for (int64_t i = 0; (i + 1) * t->length <= t->count; i++) {
        double mean;
        if (!observe(t, t->skipped + i * t->length, &mean)) continue;
        t->work->place[t->known] = (double)i;
        t->work->mean[t->known++] = mean;
    }
    for (int64_t i = 1; i + 1 < t->known; i++)
        t->zeros +=
            t->work->mean[i] == 0 && (t->work->mean[i - 1] != 0 || t->work->mean[i + 1] != 0);
}

#define ENOUGH 24

/* As short as may be, longer where there would be too many, or where more than a quarter are zeros now and then. */
static void choose_length(task *t)
{
    t->length = t->season;
    while (t->count / t->length > BLOCKS_MOST) t->length *= 2;
    fill_blocks(t);
    while (4 * t->zeros > t->known && t->known >= 2 * ENOUGH) {
        t->length *= 2;
        fill_blocks(t);
    }
    t->floor = (t->settings->minimum + t->length - 1) / t->length;
    if (t->floor < 3) t->floor = 3;
}

/* false where all is zero. */
static bool transform(task *t)
{
    struct fs_changes_work *w = t->work;
    int64_t sizes = 0;
    for (int64_t i = 0; i < t->known; i++)
        if (w->mean[i] != 0) w->scratch[sizes++] = fabs(w->mean[i]);
    t->size = fs_median(w->scratch, sizes) / 4;
    if (!(t->size > 0)) return false;
    for (int64_t i = 0; i < t->known; i++) w->seen[i] = asinh(w->mean[i] / t->size);
    return true;
}

static double rolling_median(struct fs_changes_work *w, int64_t n, int64_t at, int64_t half)
{
    int64_t from = at > half ? at - half : 0, to = at + half < n ? at + half + 1 : n;
    memcpy(w->scratch, w->seen + from, (size_t)(to - from) * sizeof *w->scratch);
    return fs_median(w->scratch, to - from);
}

static void bring_to_fence(task *t)
{
    struct fs_changes_work *w = t->work;
    for (int64_t i = 0; i < t->known; i++)
        w->rest[i] = rolling_median(w, t->known, i, t->floor - 1);
    for (int64_t i = 0; i < t->known; i++) w->scratch[i] = fabs(w->seen[i] - w->rest[i]);
    double width = FENCE * fmax(TO_NORMAL * fs_median(w->scratch, t->known), LEAST_NOISE);
    for (int64_t i = 0; i < t->known; i++)
        w->seen[i] = fmin(fmax(w->seen[i], w->rest[i] - width), w->rest[i] + width);
}

/* ---- the basis ---- */

static double product(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static void take_out(double *from, const double *what, double times, int64_t n)
{
    for (int64_t i = 0; i < n; i++) from[i] -= times * what[i];
}

/* The column in basis[columns] becomes one of the basis, by Gram and Schmidt, twice; false where the others make it up. */
static bool add_column(task *t)
{
    struct fs_changes_work *w = t->work;
    int j = t->columns;
    double *column = w->basis[j], before = product(column, column, t->known);
    for (int c = 0; c < j; c++) w->mix[c][j] = 0;
    for (int twice = 0; twice < 2; twice++)
        for (int c = 0; c < j; c++) {
            double share = product(w->basis[c], column, t->known);
            take_out(column, w->basis[c], share, t->known);
            w->mix[c][j] += share;
        }
    double left = product(column, column, t->known), size = sqrt(left);
    if (!(left > 1e-8 * before)) return false;
    w->mix[j][j] = size;
    w->sum[j][0] = 0;
    for (int64_t i = 0; i < t->known; i++) w->sum[j][i + 1] = w->sum[j][i] + (column[i] /= size);
    t->columns++;
    return true;
}

static bool add_step(task *t, int64_t at)
{
    double *column = t->work->basis[t->columns];
    for (int64_t i = 0; i < t->known; i++) column[i] = i >= at;
    return add_column(t);
}

/* As many harmonics as years are seen, none for less than two. */
static int harmonics_of(const task *t)
{
    double span = t->work->place[t->known - 1] - t->work->place[0] + 1;
    double years = t->settings->year > 0 ? span * (double)t->length / t->settings->year : 0;
    return years < 1.96 ? 0 : (int)fmin(floor(years + 0.04), HARMONICS);
}

/* Of an observation, about -1 to 1. */
static double time_of(const task *t, int64_t i)
{
    double half = (t->work->place[t->known - 1] - t->work->place[0]) / 2;
    return half > 0 ? (t->work->place[i] - t->work->place[0]) / half - 1 : 0;
}

static double growth_at(const task *t, int64_t i)
{
    double sum = 0;
    for (int d = 1; d <= t->degree; d++) sum += t->work->weight[d] * pow(time_of(t, i), d);
    return sum;
}

/* A level, growth and the year. */
static void add_base(task *t)
{
    struct fs_changes_work *w = t->work;
    double *level = w->basis[0], turn = 2 * M_PI * (double)t->length / t->settings->year;
    t->columns = 0;
    for (int64_t i = 0; i < t->known; i++) level[i] = 1;
    add_column(t);
    for (int d = 1; d <= t->degree; d++) {
        double *power = w->basis[t->columns];
        for (int64_t i = 0; i < t->known; i++) power[i] = pow(time_of(t, i), d);
        if (!add_column(t)) t->degree = d - 1;
    }
    for (int k = 1; k <= 2 * harmonics_of(t); k++) {
        double *wave = w->basis[t->columns], times = turn * ((k + 1) / 2);
        for (int64_t i = 0; i < t->known; i++)
            wave[i] = k % 2 ? cos(times * w->place[i]) : sin(times * w->place[i]);
        add_column(t);
    }
    t->base = t->columns;
}

/* What the basis leaves of what is seen. */
static void find_rest(task *t)
{
    struct fs_changes_work *w = t->work;
    memcpy(w->rest, w->seen, (size_t)t->known * sizeof *w->rest);
    for (int c = 0; c < t->columns; c++)
        take_out(w->rest, w->basis[c], product(w->basis[c], w->seen, t->known), t->known);
    w->rest_sum[0] = 0;
    for (int64_t i = 0; i < t->known; i++) w->rest_sum[i + 1] = w->rest_sum[i] + w->rest[i];
}

/* Base and all steps but `without` (-1: all). A step that the others make up is lost. */
static void build(task *t, int without)
{
    int kept = 0;
    t->columns = t->base;
    for (int k = 0; k < t->steps; k++) {
        if (k == without || !add_step(t, t->at[k])) continue;
        t->at[kept++] = t->at[k];
    }
    t->steps = kept;
    find_rest(t);
}

/* ---- how sure ---- */

/* Mean product of the remainder with itself `lag` observations later. */
static double covariance(const task *t, int64_t lag)
{
    const struct fs_changes_work *w = t->work;
    double sum = 0, pairs = 0;
    for (int64_t i = lag; i < t->known; i++) {
        if (w->place[i] - w->place[i - lag] != (double)lag) continue;
        sum += w->rest[i] * w->rest[i - lag];
        pairs++;
    }
    return pairs > 0 ? sum / pairs : 0;
}

#define LAGS_MOST 12

/* Long-run variance of the remainder: that of an autoregression of first order, or the sum of covariances as Bartlett
 * weighs them where that is more. Each column of the fit has taken about as much as one slow wave of it, which is the
 * long-run variance itself. */
static void find_variance(task *t)
{
    double found[LAGS_MOST + 1], taken = (double)t->columns / (double)t->known;
    int64_t lags = t->floor < LAGS_MOST ? t->floor : LAGS_MOST;
    for (int64_t lag = 0; lag <= lags; lag++) found[lag] = covariance(t, lag);
    double plain = found[0] / fmax(1 - taken, 0.1);
    t->variance = plain;
    for (int round = 0; round < 4; round++) {
        double back = taken * t->variance, all = found[0] + back, sum = all;
        double tie = fmin(fmax((found[1] + back) / (all > 0 ? all : 1), 0), TIE_MOST);
        for (int64_t lag = 1; lag <= lags; lag++)
            sum += 2 * (1 - (double)lag / (double)(lags + 1)) * (found[lag] + back);
        t->variance = fmax(fmax(all, plain) * (1 + tie) / (1 - tie), sum);
    }
    t->variance = fmax(t->variance, LEAST_NOISE * LEAST_NOISE);
}

/* Weights of the columns and their errors, from the triangle that mixes the basis. */
static void solve(task *t)
{
    struct fs_changes_work *w = t->work;
    double inverse[COLUMNS_MOST];
    for (int j = t->columns - 1; j >= 0; j--) {
        double sum = product(w->basis[j], w->seen, t->known);
        for (int c = j + 1; c < t->columns; c++) sum -= w->mix[j][c] * w->weight[c];
        w->weight[j] = sum / w->mix[j][j];
    }
    for (int k = 0; k < t->columns; k++) { /* row k of the triangle's inverse */
        double square = 0;
        for (int j = k; j < t->columns; j++) {
            double sum = j == k;
            for (int c = k; c < j; c++) sum -= inverse[c] * w->mix[c][j];
            inverse[j] = sum / w->mix[j][j];
            square += inverse[j] * inverse[j];
        }
        w->spread[k] = sqrt(square);
    }
}

static double step_size(const task *t, int k) { return t->work->weight[t->base + k]; }

static double step_error(const task *t, int k)
{
    return t->work->spread[t->base + k] * sqrt(t->variance);
}

/* ---- the search ---- */

static bool is_free(const task *t, int64_t at, int moved)
{
    if (at < t->floor || at > t->known - t->floor) return false;
    for (int k = 0; k < t->steps; k++)
        if (k != moved && at > t->at[k] - t->floor && at < t->at[k] + t->floor) return false;
    return true;
}

/* What a column of ones from `from` to before `to` would explain of the remainder. */
static double gain_of(const task *t, int64_t from, int64_t to)
{
    const struct fs_changes_work *w = t->work;
    double left = (double)(to - from), found = w->rest_sum[to] - w->rest_sum[from];
    for (int c = 0; c < t->columns; c++) {
        double share = w->sum[c][to] - w->sum[c][from];
        left -= share * share;
    }
    return left > 0.1 ? found * found / left : 0;
}

static int64_t best_step(const task *t, int moved, double *gain)
{
    int64_t best = -1;
    *gain = 0;
    for (int64_t at = t->floor; at <= t->known - t->floor; at++) {
        if (!is_free(t, at, moved)) continue;
        double found = gain_of(t, at, t->known);
        if (found > *gain) *gain = found, best = at;
    }
    return best;
}

/* The stretch between two changes; every second place of long series. */
static double best_stretch(const task *t, int64_t *from, int64_t *to)
{
    double gain = 0;
    int64_t stride = t->known > BLOCKS_MOST / 2 ? 2 : 1;
    for (int64_t a = t->floor; a + 2 * t->floor <= t->known; a += stride) {
        if (!is_free(t, a, -1)) continue;
        for (int64_t b = a + t->floor; b <= t->known - t->floor; b += stride) {
            if (!is_free(t, b, -1)) continue;
            double found = gain_of(t, a, b);
            if (found > gain) gain = found, *from = a, *to = b;
        }
    }
    return gain;
}

/* Puts each step where it explains most beside the others. */
static void place_anew(task *t)
{
    for (int round = 0; round < 2; round++) {
        bool moved = false;
        for (int k = 0; k < t->steps; k++) {
            double gain;
            int64_t kept[FS_CHANGES_MOST], was = t->at[k];
            int steps = t->steps;
            memcpy(kept, t->at, sizeof kept);
            build(t, k);
            t->steps = steps;
            memcpy(t->at, kept, sizeof kept);
            int64_t best = best_step(t, k, &gain);
            if (best >= 0) t->at[k] = best;
            moved |= t->at[k] != was;
        }
        if (!moved) break;
    }
    build(t, -1);
}

/* Adds steps and keeps them where what they explain is sure against what is left then. */
static bool try_steps(task *t, const int64_t *at, int count, double gain)
{
    double limit =
        t->settings->limit + (count > 1); /* many more stretches than steps are looked at */
    int before = t->steps;
    for (int k = 0; k < count; k++) t->at[t->steps++] = at[k];
    build(t, -1);
    find_variance(t);
    if (t->steps == before + count && gain >= limit * limit * t->variance) return true;
    t->steps = before;
    build(t, -1);
    return false;
}

static bool add_best(task *t)
{
    double gain;
    int64_t at[2];
    if (t->steps + 2 > FS_CHANGES_MOST || t->known < t->columns + 8) return false;
    at[0] = best_step(t, -1, &gain);
    if (at[0] >= 0 && try_steps(t, at, 1, gain)) return true;
    gain = best_stretch(t, &at[0], &at[1]);
    return gain > 0 && try_steps(t, at, 2, gain);
}

static void drop(task *t, int k)
{
    for (t->steps--; k < t->steps; k++) t->at[k] = t->at[k + 1];
    build(t, -1);
}

/* ---- what looks like a step ---- */

static double year_at(const task *t, int64_t i)
{
    const struct fs_changes_work *w = t->work;
    double sum = 0, turn = 2 * M_PI * (double)t->length / t->settings->year;
    for (int c = t->degree + 1; c < t->base; c++) {
        int wave = c - t->degree - 1;
        double angle = turn * (wave / 2 + 1) * w->place[i];
        sum += w->weight[c] * (wave % 2 ? sin(angle) : cos(angle));
    }
    return sum;
}

/* All steps but one (-1: all). */
static double steps_at(const task *t, int64_t i, int but)
{
    double sum = 0;
    for (int k = 0; k < t->steps; k++)
        if (k != but && i >= t->at[k]) sum += step_size(t, k);
    return sum;
}

/* Half of step k is left, and sure, beside a slope of its own, `width` observations around it. */
static bool stands_beside_slope(task *t, int k, double width)
{
    struct fs_changes_work *w = t->work;
    double size = step_size(t, k), at = w->place[t->at[k]];
    double *slope = w->basis[t->columns];
    for (int64_t i = 0; i < t->known; i++)
        slope[i] = fmin(fmax((w->place[i] - at + 0.5) / width, -0.5), 0.5);
    if (!add_column(t)) return true;
    solve(t);
    double left = size > 0 ? step_size(t, k) : -step_size(t, k), error = step_error(t, k);
    t->columns--;
    solve(t);
    return left >= NEAR * fabs(size) && left >= t->settings->limit / 2 * error;
}

/* Slopes of a year and of half a year; where there are no years, of four of the shortest levels and of two. */
static bool is_no_slope(task *t, int k)
{
    double year = t->settings->year / (double)t->length;
    double width = year > 0 ? year : 4.0 * (double)t->floor;
    return stands_beside_slope(t, k, width) && stands_beside_slope(t, k, width / 2);
}

/* Mean of what lies from place `from` to before `to`; false where nothing is known of it. */
static bool mean_between(const task *t, int k, double from, double to, double *mean)
{
    double sum = 0, n = 0;
    for (int64_t i = 0; i < t->known; i++) {
        if (t->work->place[i] < from || t->work->place[i] >= to) continue;
        sum += t->work->seen[i] - growth_at(t, i) - steps_at(t, i, k);
        n++;
    }
    *mean = sum / (n > 0 ? n : 1);
    return n > 0;
}

/* From the mean of `before` observations to that of the `after` next. */
static bool rise_at(const task *t, int k, double place, double before, double after, double *rise)
{
    double low, high;
    if (!mean_between(t, k, place - before, place, &low)) return false;
    if (!mean_between(t, k, place, place + after, &high)) return false;
    *rise = high - low;
    return true;
}

#define SEEN_LEAST 2 /* observations of another year, before and after */

/* Against the same time of the year before, else of the year after, as much of it as there is. *compared: there is some. */
static bool is_no_season(const task *t, int k, bool *compared)
{
    double year = round(t->settings->year / (double)t->length), at = t->work->place[t->at[k]];
    double before = (double)t->floor, after = before, first = t->work->place[0], own, other;
    double last = t->work->place[t->known - 1], then = at - year;
    *compared = false;
    if (year < before + after) return true;
    if (then - first < SEEN_LEAST) then = at + year;
    before = fmin(before, then - first);
    after = fmin(after, last + 1 - then);
    if (after < SEEN_LEAST || !rise_at(t, k, at, before, after, &own) ||
        !rise_at(t, k, then, before, after, &other))
        return true;
    double size = step_size(t, k);
    *compared = true;
    return (size > 0 ? own - other : other - own) >= NEAR * fabs(size);
}

/* The weakest of those that are not sure, or look like steps only; -1: all are good. */
static int find_weakest(task *t, bool *compared)
{
    double least = INFINITY;
    int weakest = -1;
    find_variance(t);
    solve(t);
    for (int k = 0; k < t->steps; k++) {
        double z = fabs(step_size(t, k)) / step_error(t, k);
        bool good = z >= t->settings->limit && is_no_slope(t, k);
        good = is_no_season(t, k, &compared[k]) && good;
        if (!good && z < least) least = z, weakest = k;
    }
    return weakest;
}

/* ---- results ---- */

/* Between which two steps the level changed: where values around it are nearest to those of both sides. */
static int64_t find_date(const task *t, int64_t at)
{
    const struct fs_changes_work *w = t->work;
    double before = 0, after = 0, off = 0, least = 0;
    int64_t block = t->skipped + (int64_t)w->place[at] * t->length, found = block;
    if (t->length == 1) return block;
    for (int64_t i = 1; i <= 3; i++)
        before += w->mean[at - i] / 3, after += w->mean[at + i - 1] / 3;
    for (int64_t i = block + t->length; i > block - t->length; i--) {
        if (i < block + t->length && i < t->count && is_known(t, i) && factor_at(t, i) > 0.2) {
            double x = t->value[i] * t->scale / factor_at(t, i);
            off += fabs(x - after) - fabs(x - before); /* as one of the new level, not of the old */
        }
        if (off < least) least = off, found = i;
    }
    return found;
}

/* Mean of what would be at step k's place, from observation `from` to before `to`; a season makes no sales below zero. */
static double level_of(const task *t, int k, int64_t from, int64_t to)
{
    double sum = 0, least = 0, now = growth_at(t, t->at[k]);
    for (int64_t i = from; i < to; i++) {
        sum += t->size * sinh(t->work->seen[i] - year_at(t, i) - growth_at(t, i) + now);
        least = fmin(least, t->work->mean[i]);
    }
    return fmax(sum / (double)(to - from), least);
}

/* 95 % interval of after / before - 1, nowhere below the least observation; the error is one of the transformed. */
static void set_share(const task *t, double error, fs_change *change)
{
    double seen = asinh(change->after / t->size), way = Z_95 * error, least = 0;
    change->is_share = change->before > 0;
    if (!change->is_share) return;
    for (int64_t i = 0; i < t->known; i++) least = fmin(least, t->work->mean[i]);
    change->change = change->after / change->before - 1;
    change->low = fmax(t->size * sinh(seen - way), least) / change->before - 1;
    change->high = t->size * sinh(seen + way) / change->before - 1;
}

/* In the unit of the values; false where that is not finite. */
static bool scale_back(const task *t, fs_change *change)
{
    change->before /= t->scale;
    change->after /= t->scale;
    return isfinite(change->before) && isfinite(change->after) && isfinite(change->change) &&
           isfinite(change->low) && isfinite(change->high);
}

/* Levels over a year at most, and no further than the changes beside. */
static bool describe(const task *t, int k, fs_change *change)
{
    int64_t at = t->at[k], from = 0, to = t->known, most = t->known;
    if (t->settings->year > 0) most = (int64_t)(t->settings->year / (double)t->length);
    if (most < t->floor) most = t->floor;
    for (int o = 0; o < t->steps; o++) {
        if (t->at[o] < at && t->at[o] > from) from = t->at[o];
        if (t->at[o] > at && t->at[o] < to) to = t->at[o];
    }
    if (at - from > most) from = at - most;
    if (to - at > most) to = at + most;
    double z = fabs(step_size(t, k)) / step_error(t, k);
    change->step = find_date(t, at);
    change->before = level_of(t, k, from, at);
    change->after = level_of(t, k, at, to);
    change->certainty = fmax(1 - 2 * (double)t->known * fs_normal_below(-z), 0);
    set_share(t, step_error(t, k), change);
    return scale_back(t, change) &&
           (!change->is_share || fabs(change->change) >= t->settings->least);
}

static void keep_in_order(fs_changes *changes, const fs_change *change)
{
    int64_t at = changes->count++;
    for (; at > 0 && changes->change[at - 1].step > change->step; at--)
        changes->change[at] = changes->change[at - 1];
    changes->change[at] = *change;
}

static void tell(const task *t, const bool *compared, fs_changes *changes)
{
    for (int k = 0; k < t->steps; k++) {
        fs_change change = {.by_year = compared[k]};
        if (describe(t, k, &change)) keep_in_order(changes, &change);
    }
    for (int64_t i = 0; i < changes->count; i++) {
        int64_t next = i + 1 < changes->count ? changes->change[i + 1].step : t->count;
        changes->change[i].lasted = next - changes->change[i].step;
    }
}

/* ---- the whole ---- */

/* What a model costs: what it leaves, and its steps and growth. */
static double cost_of(const task *t, double variance)
{
    double step = t->settings->limit * t->settings->limit;
    return t->left / variance + step * t->steps + DEGREE_COST * t->degree;
}

static void search(task *t, int degree)
{
    t->degree = degree;
    t->steps = 0;
    add_base(t);
    find_rest(t);
    while (add_best(t)) place_anew(t);
    find_variance(t);
    t->left = product(t->work->rest, t->work->rest, t->known);
}

/* Growth explains most of what a step does, so it is there only where it makes the shorter story: where a level alone tells
 * all, none is looked for, and no higher degree where one more made it longer. */
static void find_model(task *t)
{
    search(t, 0);
    while (t->steps > 0 && t->degree < DEGREE_MOST) {
        task less = *t;
        search(t, less.degree + 1);
        double variance = fmin(t->variance, less.variance);
        if (t->degree > less.degree && cost_of(t, variance) < cost_of(&less, variance)) continue;
        *t = less;
        add_base(t);
        build(t, -1);
        return;
    }
}

fs_status fs_changes_find(fs_changes *changes, const fs_changes_settings *settings,
                          const double *value, const uint8_t *valid, int64_t count)
{
    if (!changes->work) changes->work = fs_alloc_zero(1, sizeof *changes->work);
    if (!changes->work) return FS_MEMORY;
    bool compared[FS_CHANGES_MOST];
    task t = {.settings = settings,
              .work = changes->work,
              .value = value,
              .valid = valid,
              .count = count};
    t.season = settings->season > 1 && settings->season <= SEASON_MOST ? settings->season : 1;
    changes->count = 0;
    find_scale(&t);
    find_factors(&t);
    choose_length(&t);
    if (t.known < 2 * t.floor || !transform(&t)) return FS_OK;
    bring_to_fence(&t);
    find_model(&t);
    for (int k; t.steps > 0 && (k = find_weakest(&t, compared)) >= 0;) drop(&t, k);
    if (t.steps > 0) tell(&t, compared, changes);
    return FS_OK;
}
