/* What regressors (a promotion, a price, a holiday) do to a series, so that it can be forecast without them and they be put back.
 *
 * y_t = level_t · season_t · exp(b · (x_t - usual)), by quasi-likelihood with a variance that grows with the mean, which takes zeros as
 * they come (Santos Silva and Tenreyro 2006, "The Log of Gravity"); with values below zero y_t = level_t + season_t + b · (x_t - usual).
 * The level is a mean over a window around t, so b rests on differences between near periods only, and neither a trend nor a lasting
 * shift gets into it (Robinson 1988, partially linear models); seasons of up to two weeks have a factor a place. Each pass makes level and
 * season anew and takes a step of penalised scoring; passes end with steps of less than 1 %, four are enough. Errors beyond 2.5 of
 * their robust deviation weigh less (Huber's weights, so that an effect far beyond them is found in one pass). The penalty is that of a
 * normal prior on the effect of going through a regressor's whole range, of deviation .5 (of the log) where the caller doesn't know better,
 * about none; or on the effect of 1 more about the one that is expected, as of the log of an index that others tell.
 *
 * Events have effects of their own (event_effects.c), found in turn with the others'.
 *
 * A regressor is usual at the smaller of two values, where it has but two (no promotion), else at its mean. Where it is not known it
 * counts as its mean.
 *
 * Cost: of n values and k regressors one to four passes of n (k² / 2 + 4 k) operations.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define PASSES         4
#define PRIOR_COMMON   0.3 /* of what all events have in common */
#define SCALE_EVENT    0.1 /* of what each does beside it */
#define CUT            2.5
#define STEP_MOST      1.0
#define STEP_LEAST     0.01
#define FACTOR_MOST    20.0
#define FACTOR_LEAST   1e-3
#define FACTOR_TOLD    0.1 /* what is left of a period with less tells nothing of the level */
#define SEASON_LONGEST 14

typedef struct work {
    const fs_series *series;
    const fs_regressors *given;
    fs_effects *effects;
    int64_t n, all, half; /* all: with the steps to come; half of the window */
    int k, season;        /* rows of z; season 1: no places */
    bool multiplies;
    double *z;      /* k × all: in ranges from usual */
    double *near;   /* k × n: what they are more than near periods, and than others of the place */
    double *effect; /* all: exp(b z) or b z */
    double *level, *residual, *weight, *room; /* n */
    double *place;                            /* n: of the season */
    double *share;                            /* n: of weights around, one over their sum */
    double *sums, *level_sums;                /* n + 1: running sums */
    double *place_share;                      /* season: one over the weights' sum */
    double *matrix, *step, *prior, *expected; /* k × k, k, k, k */
    double *event_room;                       /* 2 × events */
    double deviation;                         /* of values, where effects are added */
} work;

/* ---- what is usual ---- */

static void measure(const work *w, int j, double *least, double *most, double *usual)
{
    double low = INFINITY, high = -INFINITY, sum = 0;
    const double *x = w->given->value[j];
    int64_t count = 0;
    for (int64_t t = 0; t < w->n; t++) {
        if (!w->series->use[t] || !isfinite(x[t])) continue;
        if (x[t] < low) low = x[t];
        if (x[t] > high) high = x[t];
        sum += x[t] / 2; /* of two numbers of any size */
        count++;
    }
    *least = count > 0 ? low : 0;
    *most = count > 0 ? high : 0;
    *usual = count > 0 ? fmin(fmax(2 * (sum / (double)count), low), high) : 0;
}

static bool has_two_values(const work *w, int j, double least, double most)
{
    const double *x = w->given->value[j];
    for (int64_t t = 0; t < w->n; t++)
        if (w->series->use[t] && isfinite(x[t]) && x[t] != least && x[t] != most) return false;
    return true;
}

/* How far from usual; what was never seen is not trusted far. */
static double in_ranges(const fs_effects *e, int j, double x)
{
    double at = e->range[j] > 0 ? (x - e->usual[j]) / e->range[j] : 0;
    return at > 2 ? 2 : at < -2 ? -2 : at;
}

/* Of going 1 further. */
static double expected_of(const work *w, int j)
{
    return w->given->expected && w->multiplies ? w->given->expected[j] : 0;
}

/* Sets the next row of z by regressor j. One that never changes does nothing and has none, so that it doesn't even move a last digit;
 * but of which an effect is expected, that has it in periods to come too, and steps of 1 for ranges. */
static void add_regressor(work *w, fs_effects *e, int j)
{
    double least, most, expected = expected_of(w, j), *z = w->z + w->k * w->all;
    const double *x = w->given->value[j];
    measure(w, j, &least, &most, &e->mean[j]);
    e->usual[j] = e->mean[j];
    if (has_two_values(w, j, least, most)) e->usual[j] = least;
    e->range[j] = isfinite(most - least) ? most - least : 0;
    if (expected != 0) e->range[j] = 1;
    if (!(e->range[j] > 0)) return;
    for (int64_t t = 0; t < w->all; t++) z[t] = in_ranges(e, j, isfinite(x[t]) ? x[t] : e->mean[j]);
    w->prior[w->k] = w->given->prior ? w->given->prior[j] : FS_REGRESSOR_PRIOR;
    w->expected[w->k] = expected;
    w->k++;
}

/* One for each row of z into one for each regressor. */
static void spread_coefficients(fs_effects *e, int k)
{
    for (int j = e->count - 1; j >= 0; j--)
        e->coefficient[j] = e->range[j] > 0 ? e->coefficient[--k] : 0;
}

/* ---- level and season ---- */

/* What running sums gain around t. */
static double around(const work *w, const double *sums, int64_t t)
{
    int64_t from = t > w->half ? t - w->half : 0;
    int64_t to = t + w->half + 1 < w->n ? t + w->half + 1 : w->n;
    return sums[to] - sums[from];
}

/* below: running sums of weights; share[t] = 1 / their sum around t, 0 where that is 0. */
static void set_shares(const work *w, const double *below)
{
    for (int64_t t = 0; t < w->n; t++) {
        double sum = around(w, below, t);
        w->share[t] = sum > 1e-12 ? 1 / sum : 0;
    }
}

static void set_level(const work *w)
{
    const fs_series *s = w->series;
    double *below = w->level_sums;
    w->sums[0] = below[0] = 0;
    for (int64_t t = 0; t < w->n; t++) {
        double place = w->place[t], effect = w->effect[t], use = s->use[t];
        double above = w->multiplies ? s->y[t] : s->y[t] - place - effect;
        w->sums[t + 1] = w->sums[t] + use * above;
        below[t + 1] = below[t] + use * (w->multiplies ? place * effect : 1);
    }
    set_shares(w, below);
    for (int64_t t = 0; t < w->n; t++) w->level[t] = around(w, w->sums, t) * w->share[t];
}

static void set_places(const work *w)
{
    const fs_series *s = w->series;
    if (w->season == 1) return;
    for (int64_t p = 0; p < w->season; p++) {
        double above = 0, below = 0;
        for (int64_t t = p; t < w->n; t += w->season) {
            if (!s->use[t]) continue;
            above += w->multiplies ? s->y[t] : s->y[t] - w->level[t] - w->effect[t];
            below += w->multiplies ? w->level[t] * w->effect[t] : 1;
        }
        double place = below > 0 ? above / below : w->multiplies;
        for (int64_t t = p; t < w->n; t += w->season) w->place[t] = place;
    }
}

/* ---- one pass ---- */

/* Relative errors with the means as weights, or errors with weights of 1; how many weigh anything. */
static int64_t set_residuals(const work *w)
{
    const fs_series *s = w->series;
    int64_t count = 0;
    for (int64_t t = 0; t < w->n; t++) {
        double place = w->place[t], level = w->level[t];
        double mean = w->multiplies ? level * place * w->effect[t] : level + place + w->effect[t];
        bool counts = s->use[t] && (!w->multiplies || mean > 1e-9);
        w->weight[t] = !counts ? 0 : w->multiplies ? mean : 1;
        w->residual[t] = !counts ? 0 : (s->y[t] - mean) / w->weight[t];
        if (counts) w->room[count++] = fabs(w->residual[t]);
    }
    if (count == 0) return 0;
    double most = CUT * 1.4826 * fs_median(w->room, count);
    for (int64_t t = 0; t < w->n && most > 0; t++)
        if (fabs(w->residual[t]) > most) w->weight[t] *= most / fabs(w->residual[t]);
    return count;
}

/* What weights are around each step, and at each place of the season. */
static void share_weights(const work *w)
{
    w->sums[0] = 0;
    for (int64_t t = 0; t < w->n; t++) w->sums[t + 1] = w->sums[t] + w->weight[t];
    set_shares(w, w->sums);
    for (int64_t p = 0; p < w->season; p++) {
        double sum = 0;
        for (int64_t t = p; t < w->n; t += w->season) sum += w->weight[t];
        w->place_share[p] = sum > 0 ? 1 / sum : 0;
    }
}

/* near = z less its weighted mean around t, and less what is left of its place's. */
static void center(const work *w, int j)
{
    const double *z = w->z + j * w->all;
    double *near = w->near + j * w->n;
    w->sums[0] = 0;
    for (int64_t t = 0; t < w->n; t++) w->sums[t + 1] = w->sums[t] + w->weight[t] * z[t];
    for (int64_t t = 0; t < w->n; t++) near[t] = z[t] - around(w, w->sums, t) * w->share[t];
    for (int64_t p = 0; w->season > 1 && p < w->season; p++) {
        double sum = 0;
        for (int64_t t = p; t < w->n; t += w->season) sum += w->weight[t] * near[t];
        for (int64_t t = p; t < w->n; t += w->season) near[t] -= sum * w->place_share[p];
    }
}

static double dispersion_of(const work *w, int64_t count)
{
    double sum = 0;
    for (int64_t t = 0; t < w->n; t++) sum += w->weight[t] * w->residual[t] * w->residual[t];
    return sum / (double)count;
}

static double penalty_of(const work *w, double prior, double dispersion)
{
    if (!w->multiplies) prior *= w->deviation;
    return prior > 0 ? dispersion / (prior * prior) + 1e-12 : 1;
}

/* The normal equations: of near, weighted, with the penalty. */
static void set_equations(const work *w, const double *b, int64_t count)
{
    double dispersion = dispersion_of(w, count);
    for (int i = 0; i < w->k; i++) {
        double penalty = penalty_of(w, w->prior[i], dispersion);
        const double *x = w->near + i * w->n;
        for (int64_t t = 0; t < w->n; t++) w->room[t] = w->weight[t] * x[t];
        w->step[i] = fs_dot(w->room, w->residual, w->n) - penalty * (b[i] - w->expected[i]);
        for (int j = 0; j <= i; j++)
            w->matrix[i * w->k + j] = fs_dot(w->room, w->near + j * w->n, w->n);
        w->matrix[i * w->k + i] += penalty;
    }
}

static double as_effect(const fs_effects *e, double sum)
{
    return e->multiplies ? fmax(FACTOR_LEAST, fmin(exp(sum), FACTOR_MOST)) : sum;
}

static void set_effects(const work *w, const double *b)
{
    for (int64_t t = 0; t < w->all; t++) {
        double sum = 0;
        for (int j = 0; j < w->k; j++) sum += b[j] * w->z[j * w->all + t];
        if (w->given->event) sum += fs_event_effect(w->effects, w->given->event[t]);
        w->effect[t] = as_effect(w->effects, sum);
    }
}

static double step_most(const work *w) { return w->multiplies ? STEP_MOST : 2 * w->deviation; }

/* Moves the coefficients; by how much the one that moves most. */
static double learn_coefficients(const work *w, double *b, int64_t count)
{
    double most = step_most(w), moved = 0;
    if (w->k == 0) return 0;
    share_weights(w);
    for (int j = 0; j < w->k; j++) center(w, j);
    set_equations(w, b, count);
    if (!fs_cholesky_factorise(w->matrix, w->k)) return 0;
    fs_cholesky_solve(w->matrix, w->k, w->step);
    for (int j = 0; j < w->k; j++) {
        double step = w->step[j];
        if (step == step) b[j] += fmax(-most, fmin(step, most));
        if (fabs(step) > moved) moved = fabs(step);
    }
    set_effects(w, b);
    return moved;
}

/* The same of events: of what they have in common, then of each. */
static double learn_events(const work *w, const double *b, bool is_first)
{
    double moved = 0;
    for (int each = 0; each < 2 && w->given->event; each++) {
        int64_t count = set_residuals(w);
        if (count == 0) return 0;
        fs_event_evidence of = {.count = w->n,
                                .weight = w->weight,
                                .residual = w->residual,
                                .dispersion = dispersion_of(w, count),
                                .scale = SCALE_EVENT *
                                         (w->deviation > 0 && !w->multiplies ? w->deviation : 1),
                                .is_first = is_first,
                                .most = step_most(w),
                                .room = w->event_room};
        of.penalty = penalty_of(w, PRIOR_COMMON, of.dispersion);
        moved = fmax(moved, each ? fs_event_effects_learn_each(w->effects, w->given->event, &of)
                                 : fs_event_effects_learn_common(w->effects, w->given->event, &of));
        set_effects(w, b);
    }
    return moved;
}

/* False where there is nothing more to learn. */
static bool make_pass(const work *w, double *b, bool is_first)
{
    set_level(w);
    set_places(w);
    int64_t count = set_residuals(w);
    if (count == 0) return false;
    double moved = learn_coefficients(w, b, count);
    moved = fmax(moved, learn_events(w, b, is_first));
    return moved > STEP_LEAST * (w->multiplies ? 1 : w->deviation);
}

/* ---- the whole ---- */

static bool give_room(work *w, fs_scratch *scratch)
{
    size_t n = (size_t)w->n, all = (size_t)w->all, k = (size_t)w->given->count,
           season = (size_t)w->season, events = (size_t)w->given->events;
    double *at = fs_scratch_reserve(scratch, k * all + k * n + 8 * n + 2 + season + k * k + 3 * k +
                                                 2 * events);
    if (!at) return false;
    w->z = at, at += k * all;
    w->near = at, at += k * n;
    w->level = at, at += n;
    w->residual = at, at += n;
    w->weight = at, at += n;
    w->room = at, at += n;
    w->share = at, at += n;
    w->place = at, at += n;
    w->sums = at, at += n + 1;
    w->level_sums = at, at += n + 1;
    w->place_share = at, at += season;
    w->matrix = at, at += k * k;
    w->step = at, at += k;
    w->prior = at, at += k;
    w->expected = at, at += k;
    w->event_room = at;
    return true;
}

static double deviation_of(const fs_series *s)
{
    double mean = 0, sum = 0;
    for (int64_t t = 0; t < s->count; t++) mean += s->y[t] / (double)s->known;
    for (int64_t t = 0; t < s->count; t++)
        if (s->use[t]) sum += (s->y[t] - mean) * (s->y[t] - mean);
    return sqrt(sum / (double)s->known);
}

static int64_t half_window(int season)
{
    if (season > SEASON_LONGEST) return 6;
    if (season == 1) return 8;
    return season < 7 ? 2 * (int64_t)season : 4 * (int64_t)season;
}

static fs_status reserve_events(fs_effects *e, int events)
{
    e->events = events;
    if (events <= e->event_capacity) return FS_OK;
    fs_free(e->event);
    e->event_capacity = 0;
    e->event = fs_alloc((size_t)events * 2 * sizeof *e->event);
    if (!e->event) return FS_MEMORY;
    e->event_capacity = events * 2;
    return FS_OK;
}

fs_status fs_effects_reserve(fs_effects *e, int count, int events, int64_t all)
{
    FS_TRY(reserve_events(e, events));
    e->count = count;
    if (count > e->capacity || !e->coefficient) {
        fs_free(e->coefficient);
        e->capacity = 0;
        e->coefficient = fs_alloc((size_t)count * 4 * sizeof *e->coefficient);
        if (!e->coefficient) return FS_MEMORY;
        e->capacity = count;
    }
    e->usual = e->coefficient + e->capacity;
    e->range = e->usual + e->capacity;
    e->mean = e->range + e->capacity;
    if (all <= e->length && e->effect) return FS_OK;
    fs_free(e->effect);
    e->length = 0;
    e->effect = fs_alloc((size_t)(all + all / 4 + 64) * sizeof *e->effect);
    if (!e->effect) return FS_MEMORY;
    e->length = all + all / 4 + 64;
    return FS_OK;
}

void fs_effects_free(fs_effects *e)
{
    fs_free(e->coefficient);
    fs_free(e->effect);
    fs_free(e->event);
    *e = (fs_effects){0};
}

fs_status fs_effects_fit(fs_effects *e, const fs_series *series, int season, int64_t horizon,
                         const fs_regressors *given, fs_scratch *scratch)
{
    work w = {.series = series, .given = given, .effects = e, .n = series->count};
    w.all = w.n + horizon;
    w.season = season <= SEASON_LONGEST && w.n >= 2 * season ? season : 1;
    w.half = half_window(season);
    w.multiplies = series->least >= 0;
    FS_TRY(fs_effects_reserve(e, given->count, given->events, w.all));
    if (!give_room(&w, scratch)) return FS_MEMORY;
    e->multiplies = w.multiplies;
    w.effect = e->effect;
    w.deviation = deviation_of(series);
    for (int j = 0; j < given->count; j++) add_regressor(&w, e, j);
    for (int j = 0; j < given->count; j++) e->coefficient[j] = j < w.k ? w.expected[j] : 0;
    for (int64_t t = 0; t < w.n; t++) w.place[t] = w.multiplies;
    for (int j = 0; j < e->events; j++) e->event[j] = 0;
    e->common = 0;
    set_effects(&w, e->coefficient);
    for (int i = 0; i < PASSES && make_pass(&w, e->coefficient, i == 0); i++) {
    }
    spread_coefficients(e, w.k);
    return FS_OK;
}

void fs_effects_at(fs_effects *e, const fs_regressors *given, int64_t skip, int64_t steps)
{
    for (int64_t t = 0; t < steps; t++) {
        double sum = 0;
        for (int j = 0; j < e->count; j++) {
            double x = given->value[j][t];
            if (!(e->range[j] > 0)) continue;
            sum += e->coefficient[j] * in_ranges(e, j, isfinite(x) ? x : e->mean[j]);
        }
        if (given->event) sum += fs_event_effect(e, given->event[t]);
        e->effect[skip + t] = as_effect(e, sum);
    }
}

bool fs_effects_without(const fs_effects *e, int64_t t, double *y)
{
    *y = e->multiplies ? *y / e->effect[t] : *y - e->effect[t];
    return !e->multiplies || e->effect[t] >= FACTOR_TOLD;
}

void fs_effects_remove(const fs_effects *e, fs_series *series)
{
    series->least = INFINITY;
    for (int64_t t = 0; t < series->count; t++) {
        if (!series->use[t]) continue;
        if (!fs_effects_without(e, t, &series->y[t]) && series->known > 1) {
            series->y[t] = 0, series->use[t] = 0, series->known--;
            continue;
        }
        if (series->y[t] < series->least) series->least = series->y[t];
    }
    if (series->known == 0) series->least = 0;
}

double fs_effects_of(const fs_effects *e, int j, double x)
{
    double at = isfinite(x) ? in_ranges(e, j, x) : 0;
    return e->multiplies ? expm1(e->coefficient[j] * at) : e->coefficient[j] * at;
}
