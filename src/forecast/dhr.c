/* Dynamic harmonic regression: seasons that stay as they are, as sums of waves, and ARIMA without season for what is left
 * (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 10.5).
 *
 *   y_t = Σ_i Σ_j (a_ij cos (2 π j t / m_i) + b_ij sin (2 π j t / m_i)) + r_t,  r an ARIMA(p, d, q)
 *
 * For long seasons, and several, of which ARIMA's own would need too many states. The numbers of waves are those of least AICc under the errors of a
 * level that walks (tbats_harmonics.c). Waves are then fitted by generalised least squares, y and waves going through the same filter, first
 * that of such a level, ARIMA(0,1,1), and then that of the ARIMA which is chosen for what they leave (arima.c); so twice, where they would seldom change
 * at the third time (Cochrane and Orcutt 1949, with MA).
 *
 * A missing value counts as what the filter expects, so has no error, in all columns alike.
 *
 * Kept are, behind what ARIMA keeps (arima_resume.c), the seasons and their waves, of each wave two numbers, what it adds at the next observation and
 * what it would add a quarter of a turn later, and how many numbers these are.
 *
 * Cost: two searches of ARIMA without season, and half the square of the columns an observation.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tbats_internal.h"

#define WIDTH       4
#define TURNS       2
#define LAGS        (FS_ARIMA_NEAR + 2) /* of an AR part with two differences */
#define RING        8                   /* rows: the power of two above the lags */
#define COLUMNS     (FS_TBATS_SEEDS + 4)
#define SEASON_MOST 1000000

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

/* 1 - a_1 B - ... over 1 + ma_1 B + ... */
typedef struct filter {
    int d, lags, errors;
    double a[LAGS], ma[FS_ARIMA_NEAR];
} filter;

typedef struct work {
    const fs_series *series;
    fs_tbats t;             /* the waves */
    int columns, width;     /* what the mean of the differenced series is, then waves; then y */
    double *row, *past, *e; /* width; RING x width of columns, and of their errors */
    double *product, *factor, *coefficient;
    double *left; /* count: y without its waves */
    double *choice;
    fs_scratch rest; /* for ARIMA */
} work;

/* ---- room ---- */

static double *take(double **at, size_t doubles)
{
    double *here = *at;
    *at += doubles;
    return here;
}

static bool lay_out(work *w, fs_scratch *scratch)
{
    const fs_series *s = w->series;
    size_t count = (size_t)s->count, rows = (2 * RING + 2) * (size_t)COLUMNS;
    size_t squares = 2 * (size_t)COLUMNS * COLUMNS, own = count + rows + squares + FS_TBATS_CHOICE;
    size_t arima = fs_arima_scratch(s->count, 1, s->known < s->count);
    double *at = fs_scratch_reserve(scratch, own + arima);
    if (!at) return false;
    w->rest = (fs_scratch){.at = at + own, .size = arima};
    w->left = take(&at, count);
    w->row = take(&at, COLUMNS), w->coefficient = take(&at, COLUMNS);
    w->past = take(&at, RING * COLUMNS), w->e = take(&at, RING * COLUMNS);
    w->product = take(&at, (size_t)COLUMNS * COLUMNS);
    w->factor = take(&at, (size_t)COLUMNS * COLUMNS);
    w->choice = at;
    w->t = (fs_tbats){.y = s->y, .use = s->use, .count = s->count, .known = s->known, .state = at};
    return true;
}

/* ---- filters ---- */

static filter level_filter(double alpha)
{
    return (filter){.d = 1, .lags = 1, .errors = 1, .a = {1}, .ma = {alpha - 1}};
}

/* Of (1 - ar) (1 - B)^d. */
static filter filter_of(const fs_arima_kept *model)
{
    filter f = {.d = model->d, .lags = model->order.p, .errors = model->order.q};
    memcpy(f.a, model->c.ar, sizeof model->c.ar);
    memcpy(f.ma, model->c.ma, sizeof f.ma);
    for (int i = 0; i < model->d; i++) {
        for (int j = f.lags; j > 0; j--) f.a[j] -= f.a[j - 1];
        f.a[0] += 1, f.lags++;
    }
    return f;
}

/* What ARIMA's mean is to the undifferenced series: 1 or t; nothing of two differences. */
static void begin_row(const work *w)
{
    memset(w->row, 0, (size_t)w->width * sizeof *w->row);
    for (int i = 0; i < w->t.pairs; i++) w->row[1 + 2 * i] = 1;
}

static void turn_row(const work *w, const filter *f, int64_t time)
{
    w->row[0] = f->d == 0 ? 1 : f->d == 1 ? (double)time / (double)w->t.count : 0;
    for (int i = 0; i < w->t.pairs; i++) {
        double *at = w->row + 1 + 2 * i, a = at[0], b = at[1];
        at[0] = w->t.cosine[i] * a - w->t.sine[i] * b;
        at[1] = w->t.cosine[i] * b + w->t.sine[i] * a;
    }
}

static inline vector *ring_row(double *ring, int64_t time, int width)
{
    return (vector *)(void *)(ring + (time & (RING - 1)) * width);
}

static inline void add_products(const work *w, const vector *e)
{
    for (int i = 0; i <= w->columns; i++) {
        vector *to = (vector *)(void *)(w->product + (size_t)i * (size_t)w->width);
        double factor = ((const double *)(const void *)e)[i];
        for (int v = 0; v <= i / WIDTH; v++) to[v] = to[v] + factor * e[v];
    }
}

/* Of the errors of all columns; the first, which reach before the series, do not count. */
FS_LANES static void sum_products(const work *w, const filter *f)
{
    int vectors = w->width / WIDTH;
    const vector *row = (const vector *)(const void *)w->row;
    memset(w->product, 0, (size_t)w->width * (size_t)w->width * sizeof *w->product);
    memset(w->past, 0, RING * (size_t)w->width * sizeof *w->past);
    memset(w->e, 0, RING * (size_t)w->width * sizeof *w->e);
    begin_row(w);
    for (int64_t t = 0; t < w->t.count; t++) {
        vector *x = ring_row(w->past, t, w->width), *e = ring_row(w->e, t, w->width);
        turn_row(w, f, t);
        w->row[w->columns] = w->t.y[t];
        memset(x, 0, (size_t)w->width * sizeof(double));
        for (int i = 0; i < f->lags; i++) {
            const vector *lag = ring_row(w->past, t - 1 - i, w->width);
            for (int v = 0; v < vectors; v++) x[v] = x[v] + f->a[i] * lag[v];
        }
        for (int i = 0; i < f->errors; i++) {
            const vector *lag = ring_row(w->e, t - 1 - i, w->width);
            for (int v = 0; v < vectors; v++) x[v] = x[v] + f->ma[i] * lag[v];
        }
        double known = t >= f->lags && w->t.use[t];
        for (int v = 0; v < vectors; v++) {
            e[v] = known * (row[v] - x[v]);
            if (w->t.use[t]) x[v] = row[v];
        }
        if (known != 0) add_products(w, e);
    }
}

/* ---- waves ---- */

static void fit_waves(const work *w, const filter *f)
{
    int n = w->columns;
    sum_products(w, f);
    for (int i = 0; i < n; i++)
        memcpy(w->factor + (size_t)i * (size_t)n, w->product + (size_t)i * (size_t)w->width,
               (size_t)n * sizeof *w->factor);
    memcpy(w->coefficient, w->product + (size_t)n * (size_t)w->width,
           (size_t)n * sizeof *w->factor);
    fs_cholesky_factorise(w->factor, n);
    fs_cholesky_solve(w->factor, n, w->coefficient);
}

static double waves_now(const work *w)
{
    return fs_dot(w->row + 1, w->coefficient + 1, w->columns - 1);
}

/* What they leave, as a series; `row` is then at its end. */
static fs_series take_out(const work *w)
{
    const filter none = {.d = 2};
    fs_series s = *w->series;
    s.y = w->left;
    s.least = INFINITY;
    begin_row(w);
    for (int64_t t = 0; t < s.count; t++) {
        turn_row(w, &none, t);
        s.y[t] = s.use[t] ? w->t.y[t] - waves_now(w) : 0;
        if (s.use[t] && s.y[t] < s.least) s.least = s.y[t];
    }
    return s;
}

static void put_back(const work *w, int64_t horizon, double *mean)
{
    const filter none = {.d = 2};
    for (int64_t h = 0; h < horizon; h++) {
        turn_row(w, &none, 0);
        mean[h] += waves_now(w);
    }
}

/* ---- the fit ---- */

static double penalty(int64_t known, int64_t parameters)
{
    return fs_aicc((double)known, known, parameters);
}

/* Coefficients of waves are parameters too. */
static void count_waves(const work *w, fs_fit *fit)
{
    int64_t known = w->series->known, waves = fs_tbats_estimated(&w->t) - 1, had = fit->parameters;
    fit->aicc += penalty(known, had + waves + 1) - penalty(known, had + 1);
    if (!(fit->aicc < INFINITY)) fit->aicc = INFINITY;
    fit->parameters += waves;
}

/* "DHR({<7,3>, <365,5>}) ARIMA(1,1,1)" */
static void describe(const fs_tbats_form *form, fs_fit *fit)
{
    char rest[FS_MODEL_NAME];
    size_t size = sizeof fit->model, used;
    memcpy(rest, fit->model, sizeof rest);
    used = (size_t)snprintf(fit->model, size, "DHR({");
    for (int i = 0, any = 0; i < form->seasons; i++)
        if (form->harmonics[i] > 0)
            used += (size_t)snprintf(fit->model + used, size - used, "%s<%d,%d>", any++ ? ", " : "",
                                     form->season[i], form->harmonics[i]);
    snprintf(fit->model + used, size - used, "}) %.40s", rest);
}

/* ---- what is kept ---- */

/* What waves add at the next observation, two numbers of each, which turn as its columns do. */
typedef struct kept {
    fs_tbats_form form;
    fs_tbats t; /* the form laid out */
    double wave[2 * FS_TBATS_PAIRS];
} kept;

static void go_through(fs_states *s, kept *k)
{
    int64_t seasons = k->form.seasons;
    fs_states_whole(s, &seasons, 0, FS_SEASONS_MOST);
    if (s->fails) return;
    k->form.seasons = (int)seasons;
    for (int i = 0; i < k->form.seasons; i++) {
        int64_t length = k->form.season[i], waves = k->form.harmonics[i];
        fs_states_whole(s, &length, 1, SEASON_MOST);
        fs_states_whole(s, &waves, 0,
                        length / 2 < FS_TBATS_HARMONICS ? length / 2 : FS_TBATS_HARMONICS);
        k->form.season[i] = (int)length, k->form.harmonics[i] = (int)waves;
    }
    if (s->fails) return;
    fs_tbats_lay_out(&k->t, &k->form);
    for (int i = 0; i < 2 * k->t.pairs; i++)
        fs_states_number(s, &k->wave[i], -FS_STATE_BOUND, FS_STATE_BOUND);
}

static void turn(kept *k)
{
    for (int i = 0; i < k->t.pairs; i++) {
        double *at = k->wave + 2 * i, a = at[0], b = at[1];
        at[0] = k->t.cosine[i] * a + k->t.sine[i] * b;
        at[1] = k->t.cosine[i] * b - k->t.sine[i] * a;
    }
}

static double sum_of(const kept *k)
{
    double sum = 0;
    for (int i = 0; i < k->t.pairs; i++) sum += k->wave[2 * i];
    return sum;
}

/* Behind the states of ARIMA, which are there. */
static void keep(kept *k, fs_fit *fit)
{
    if (!fit->keeps || fit->states == 0) return;
    int64_t before = fit->states;
    fs_states s = {.at = fit->state + before, .left = fit->state_capacity - before};
    go_through(&s, k);
    double own = (double)(s.at - (fit->state + before)) + 1;
    fs_states_number(&s, &own, 0, (double)fit->state_capacity);
    fs_states_end(&s, fit);
}

/* Of the fit: `row` is at the last observation. */
static kept kept_of(const work *w)
{
    kept k = {.form = w->t.form, .t = w->t};
    for (int i = 0; i < w->t.pairs; i++) {
        const double *row = w->row + 1 + 2 * i, *b = w->coefficient + 1 + 2 * i;
        k.wave[2 * i] = b[0] * row[0] + b[1] * row[1];
        k.wave[2 * i + 1] = b[1] * row[0] - b[0] * row[1];
    }
    turn(&k);
    return k;
}

/* ---- the method ---- */

static fs_status fit(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                     fs_fit *fit, bool *can)
{
    work w = {.series = task->series};
    fs_tbats_form form = {.seasons = 0};
    fs_forecast_task without = *task;
    fs_arima_kept model;
    (void)method;
    *can = false;
    form.seasons = fs_task_seasons(task, form.season);
    if (!lay_out(&w, scratch)) return FS_MEMORY;
    filter f = level_filter(fs_tbats_choose_harmonics(&w.t, &form, w.choice));
    fs_tbats_lay_out(&w.t, &form);
    w.columns = 1 + 2 * w.t.pairs;
    w.width = (w.columns + 1 + WIDTH - 1) / WIDTH * WIDTH;
    without.season = 1;
    for (int turn = 0; turn < (w.t.pairs > 0 ? TURNS : 1); turn++) {
        fit_waves(&w, &f);
        fs_series left = take_out(&w);
        without.series = &left;
        FS_TRY(fs_arima_fit_model(&without, &w.rest, fit, &model, can));
        if (!*can) return FS_OK;
        f = filter_of(&model);
    }
    kept k = kept_of(&w);
    keep(&k, fit);
    put_back(&w, task->horizon, fit->mean);
    count_waves(&w, fit);
    describe(&w.t.form, fit);
    *can = fs_fit_is_finite(fit, task->series->count, task->horizon);
    return FS_OK;
}

/* Takes what is the waves' off the states; false where there is no such thing. */
static bool read_kept(kept *k, fs_fit *fit)
{
    double own = fit->states > 0 ? fit->state[fit->states - 1] : 0;
    if (!(own >= 2 && own < (double)fit->states)) return false;
    int64_t before = fit->states - (int64_t)own;
    fs_states s = {.at = fit->state + before, .left = (int64_t)own - 1, .reads = true};
    go_through(&s, k);
    return !s.fails && s.left == 0;
}

/* As take_out, of what came since; `wave` is then at what comes next. */
static fs_series take_out_kept(kept *k, const fs_series *series, double *left)
{
    fs_series s = *series;
    s.y = left;
    for (int64_t t = 0; t < s.count; t++) {
        left[t] = s.use[t] ? series->y[t] - sum_of(k) : 0;
        turn(k);
    }
    return s;
}

static fs_status resume(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                        fs_fit *fit, bool *can)
{
    size_t count = (size_t)task->series->count, rest_size = (size_t)FS_STATES_MOST(1);
    int64_t states = fit->states;
    kept k = {.form = {.seasons = 0}};
    fs_forecast_task without = *task;
    (void)method;
    double *at = fs_scratch_reserve(scratch, count + rest_size);
    if (!at) return FS_MEMORY;
    fs_scratch rest = {.at = at + count, .size = rest_size};
    k.t.state = at; /* is not worked on */
    *can = read_kept(&k, fit);
    if (!*can) return FS_OK;
    fs_series left = take_out_kept(&k, task->series, at);
    without.series = &left;
    without.season = 1;
    fit->states -= (int64_t)fit->state[fit->states - 1];
    FS_TRY(fs_arima_method.resume(&fs_arima_method, &without, &rest, fit, can));
    if (!*can) {
        fit->states = states;
        return FS_OK;
    }
    keep(&k, fit);
    for (int64_t h = 0; h < task->horizon; h++, turn(&k)) fit->mean[h] += sum_of(&k);
    describe(&k.form, fit);
    return FS_OK;
}

const fs_method fs_dhr_method = {
    .name = "dhr",
    .about = "dynamic harmonic regression (Hyndman and Athanasopoulos): seasons as sums of waves, "
             "their number by AICc, and ARIMA for what is left",
    .fit = fit,
    .resume = resume,
    .is_slow = true,
    .seasons = FS_SEASONS_SEVERAL,
};
