/* Trend, seasons and what remains.
 *
 * One season: STL (Cleveland, Cleveland, McRae and Terpenning 1990; stl.c). Several: MSTL (Bandara,
 * Hyndman and Bergmeir 2021), which takes them out one after the other, the shortest first, and goes
 * through them twice; the trend is that of the last. None: the trend alone, by loess over two thirds of
 * the series, lowess's usual share (Cleveland 1979), at most TREND_MOST steps. Windows are the usual ones
 * of the papers, jumps a tenth of a window.
 *
 * Robust: what is further off than six times the median size of what remains weighs nothing the next
 * time, and what is nearer weighs the more the nearer it is (Tukey's bisquare). Where half of the values
 * are zero that would leave nothing but zeros, and all weigh the same.
 *
 * What is missing has weight 0: nothing is filled in before. Where nothing in a window has any weight, the
 * fit lies between those beside it. The papers' program takes the value itself there, which is the very one
 * that is far off. Values are scaled by a power of two first, so that neither squares nor sums leave the
 * range of a double; it changes no digit.
 *
 * Cost: about 20 ns a step and pass with AVX2, and there are (robust + 1) * inner * 2 passes a season.
 * Memory: about 25 numbers a step. All is sized for the longest series; a fit does not allocate.
 */
#include <math.h>
#include <string.h>

#include "foresell/demand.h"
#include "foresell/numeric.h"

#define TREND_MOST 1001
#define ROUNDS     2
/* Least reach of the bisquare, as a share of the median size of the values: where most of a series is
 * the same to the last digit, hardly anything would be near enough. */
#define REACH_LEAST 0.01

struct fs_decompose_work {
    fs_stl season[FS_DECOMPOSE_SEASONS];
    fs_loess trend;
    fs_stl_room room;
    double *series;        /* what the seasons taken out leave */
    double *known, *rho;   /* 1 where known; known times robust weight */
    double *one, *x, *low; /* the season of this pass, and room for it */
    double *size;          /* of what remains */
    double *block;
    int64_t capacity;
    int seasons;
};

void fs_decomposition_free(fs_decomposition *parts)
{
    if (parts->work) {
        for (int k = 0; k < FS_DECOMPOSE_SEASONS; k++) fs_stl_free(&parts->work->season[k]);
        fs_loess_free(&parts->work->trend);
        fs_free(parts->work->block);
        fs_free(parts->work);
    }
    *parts = (fs_decomposition){0};
}

/* ---- memory ---- */

static double *take(double **at, size_t numbers)
{
    double *taken = *at;
    *at += numbers;
    return taken;
}

/* One block, in pieces of `size`, or of twice that for what has a cycle more at both ends. */
static void cut_block(fs_decomposition *parts, size_t size, int seasons)
{
    struct fs_decompose_work *w = parts->work;
    double *at = w->block, **single[] = {&parts->trend,
                                         &parts->season,
                                         &parts->remainder,
                                         &parts->weight,
                                         &w->series,
                                         &w->known,
                                         &w->rho,
                                         &w->one,
                                         &w->x,
                                         &w->low,
                                         &w->size,
                                         &w->room.fit,
                                         &w->room.sum,
                                         &w->room.phase_rho,
                                         &w->room.phase_z};
    double **doubled[] = {&w->room.cycle, &w->room.cycle_sum, &w->room.mean, &w->room.spare};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) *single[i] = take(&at, size);
    for (size_t i = 0; i < sizeof doubled / sizeof *doubled; i++) *doubled[i] = take(&at, 2 * size);
    for (int k = 0; k < FS_DECOMPOSE_SEASONS; k++)
        parts->each[k] = k < seasons ? take(&at, size) : NULL;
}

#define PIECES 23

static fs_status reserve(fs_decomposition *parts, int64_t count, int seasons)
{
    if (!parts->work) parts->work = fs_alloc_zero(1, sizeof *parts->work);
    struct fs_decompose_work *w = parts->work;
    if (!w) return FS_MEMORY;
    if (w->block && count <= w->capacity && seasons <= w->seasons) return FS_OK;
    int64_t capacity = count > w->capacity ? count + count / 4 : w->capacity;
    if (seasons < w->seasons) seasons = w->seasons;
    size_t size = (size_t)capacity + 128; /* padding, and that of four phases */
    fs_free(w->block);
    w->capacity = 0;
    w->block = fs_alloc_zero(size * (size_t)(PIECES + seasons), sizeof *w->block);
    if (!w->block) return FS_MEMORY;
    w->capacity = capacity, w->seasons = seasons;
    cut_block(parts, size, seasons);
    return FS_OK;
}

/* ---- what is known ---- */

typedef struct task {
    fs_decomposition *parts;
    const fs_decompose_settings *settings;
    const double *value;
    const uint8_t *valid; /* NULL: all known */
    int64_t count, first, last;
    double scale;
    double least; /* reach of the bisquare, scaled */
    fs_loess_series series;
    int inner, robust;
} task;

static bool is_known(const task *t, int64_t i) { return !t->valid || t->valid[i]; }

static void look_at(task *t)
{
    double largest = 0;
    int64_t known = 0, zeros = 0;
    t->first = t->count, t->last = -1;
    for (int64_t i = 0; i < t->count; i++) {
        if (!is_known(t, i)) continue;
        if (t->first == t->count) t->first = i;
        t->last = i;
        known++;
        zeros += t->value[i] == 0;
        largest = fmax(largest, fabs(t->value[i]));
    }
    t->parts->known = known;
    t->parts->intermittent = 2 * zeros >= known;
    t->robust = t->parts->intermittent ? 0 : t->settings->robust;
    if (known == t->count) t->valid = NULL;
    int exponent = 0;
    frexp(largest, &exponent);
    exponent = exponent > 1000 ? 1000 : exponent < -1000 ? -1000 : exponent;
    t->scale = ldexp(1, -exponent);
}

static void scale_series(const task *t)
{
    struct fs_decompose_work *w = t->parts->work;
    for (int64_t i = 0; i < t->count; i++) {
        bool known = is_known(t, i);
        w->known[i] = known;
        w->series[i] = known ? t->value[i] * t->scale : 0;
    }
}

static bool is_seen_twice(const task *t, int64_t season)
{
    return t->last - t->first + 1 >= 2 * season && t->parts->known >= season;
}

/* ---- robust weights ---- */

#define SAMPLE 16

/* Median of n sizes; w->x and w->low are room. A sample says between which two sizes it must lie, and only
 * what lies there is looked at closely; where the sample was wrong, all of them. */
static double median_of(struct fs_decompose_work *w, int64_t n)
{
    double *size = w->size, *sample = w->low, *kept = w->x;
    int64_t m = 0, k = 0, below = 0;
    if (n < 32 * SAMPLE) return fs_median(size, n);
    for (int64_t i = 0; i < n; i += SAMPLE) sample[m++] = size[i];
    int64_t margin = (int64_t)(1.5 * sqrt((double)m)) + 2; /* three deviations */
    double high = fs_select(sample, m, m / 2 + margin), low = fs_select(sample, m, m / 2 - margin);
    for (int64_t i = 0; i < n; i++) {
        kept[k] = size[i];
        k += (size[i] >= low) & (size[i] <= high);
        below += size[i] < low;
    }
    int64_t upper = n / 2 - below, lower = (n - 1) / 2 - below;
    if (lower < 0 || upper >= k) return fs_median(size, n);
    double above = fs_select(kept, k, upper);
    return lower == upper ? above : (above + fs_select(kept, k, lower)) / 2;
}

static double median_size(const task *t, const double *trend, const double *season)
{
    struct fs_decompose_work *w = t->parts->work;
    int64_t count = t->count;
    fs_stl_sizes(w->series, trend, season, count, w->size);
    if (t->valid) {
        count = 0;
        for (int64_t i = 0; i < t->count; i++) {
            w->size[count] = w->size[i];
            count += t->valid[i] != 0;
        }
    }
    return median_of(w, count);
}

static void weigh(task *t, const double *trend, const double *season)
{
    struct fs_decompose_work *w = t->parts->work;
    double reach = 6 * median_size(t, trend, season);
    fs_stl_bisquare(w->series, trend, season, w->known, t->count,
                    reach > t->least ? reach : t->least, w->rho);
    t->series.rho = w->rho;
}

/* Before all, when what is left are the values themselves. */
static void find_least(task *t)
{
    double *none = memset(t->parts->work->one, 0, (size_t)t->count * sizeof *none);
    if (t->robust > 0) t->least = REACH_LEAST * median_size(t, none, none);
}

static void forget_weights(task *t) { t->series.rho = t->valid ? t->parts->work->known : NULL; }

/* ---- seasons ---- */

/* STL of what the other seasons leave: w->one and parts->trend. */
static void fit_season(task *t, const fs_stl *season)
{
    struct fs_decompose_work *w = t->parts->work;
    double *trend = t->parts->trend;
    memset(trend, 0, (size_t)t->count * sizeof *trend);
    forget_weights(t);
    for (int round = 0;; round++) {
        for (int i = 0; i < t->inner; i++)
            fs_stl_pass(season, &t->series, w->series, &w->room, w->x, w->low, w->one, trend);
        if (round >= t->robust) return;
        weigh(t, trend, w->one);
    }
}

static void add(double *to, const double *what, double sign, int64_t count)
{
    for (int64_t i = 0; i < count; i++) to[i] += sign * what[i];
}

static fs_status fit_seasons(task *t)
{
    struct fs_decompose_work *w = t->parts->work;
    int used = 0;
    for (int k = 0; k < t->settings->seasons; k++) used += t->parts->used[k];
    for (int round = 0; round < (used > 1 ? ROUNDS : 1); round++)
        for (int k = 0, place = 1; k < t->settings->seasons; k++) {
            if (!t->parts->used[k]) continue;
            int64_t window = t->settings->window > 0 ? t->settings->window : 7 + 4 * place++;
            double *each = t->parts->each[k];
            bool level = t->count < t->settings->few * t->settings->season[k];
            FS_TRY(fs_stl_plan(&w->season[k], t->count, t->settings->season[k], window, level));
            if (round > 0) add(w->series, each, 1, t->count);
            fit_season(t, &w->season[k]);
            memcpy(each, w->one, (size_t)t->count * sizeof *each);
            add(w->series, each, -1, t->count);
        }
    return FS_OK;
}

static fs_status fit_trend(task *t)
{
    struct fs_decompose_work *w = t->parts->work;
    int64_t window = 2 * t->count / 3 / 2 * 2 + 1;
    if (window > TREND_MOST) window = TREND_MOST;
    if (window < 3) window = 3;
    FS_TRY(fs_loess_plan(&w->trend, t->count, window, 0, false));
    memset(w->one, 0, (size_t)t->count * sizeof *w->one);
    forget_weights(t);
    for (int round = 0;; round++) {
        fs_loess_smooth(&w->trend, &t->series, w->series, NULL, &w->room, w->x, t->parts->trend);
        if (round >= t->robust) return FS_OK;
        weigh(t, t->parts->trend, w->one);
    }
}

/* ---- results ---- */

static void scale_back(const task *t)
{
    fs_decomposition *parts = t->parts;
    double back = 1 / t->scale;
    for (int64_t i = 0; i < t->count; i++) {
        double season = 0, value = is_known(t, i) ? t->value[i] : 0;
        parts->trend[i] *= back;
        for (int k = 0; k < t->settings->seasons; k++) season += parts->each[k][i] *= back;
        parts->season[i] = season;
        parts->remainder[i] = is_known(t, i) ? value - (parts->trend[i] + season) : 0;
        parts->weight[i] = t->series.rho ? t->series.rho[i] : 1;
        if (isfinite(parts->remainder[i]) && isfinite(parts->trend[i] + season)) continue;
        parts->trend[i] = parts->season[i] = 0;
        parts->remainder[i] = value;
        for (int k = 0; k < t->settings->seasons; k++) parts->each[k][i] = 0;
    }
}

static void clear(const task *t)
{
    size_t size = (size_t)t->count * sizeof(double);
    memset(t->parts->trend, 0, size);
    memset(t->parts->season, 0, size);
    memset(t->parts->remainder, 0, size);
    memset(t->parts->weight, 0, size);
    for (int k = 0; k < t->settings->seasons; k++) memset(t->parts->each[k], 0, size);
}

fs_status fs_decompose(fs_decomposition *parts, const fs_decompose_settings *settings,
                       const double *value, const uint8_t *valid, int64_t count)
{
    task t = {.parts = parts, .settings = settings, .value = value, .valid = valid, .count = count};
    FS_TRY(reserve(parts, count, settings->seasons));
    clear(&t);
    look_at(&t);
    bool any = false;
    for (int k = 0; k < settings->seasons; k++)
        any |= parts->used[k] = is_seen_twice(&t, settings->season[k]);
    if (parts->known == 0) return FS_OK;
    scale_series(&t);
    t.series = (fs_loess_series){count, NULL};
    parts->work->room.narrow = t.valid ? 1.0 / 25 : 0;
    t.inner = settings->inner > 0 ? settings->inner : t.robust > 0 ? 1 : 2;
    find_least(&t);
    FS_TRY(any ? fit_seasons(&t) : fit_trend(&t));
    scale_back(&t);
    return FS_OK;
}
