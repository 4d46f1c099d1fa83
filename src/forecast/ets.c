/* Fitting exponential smoothing: ETS(A,N,N), (A,Ad,N), (A,N,A), (A,Ad,A).
 *
 * The smoothing parameters are searched as logits, so every point is admissible: α in (0,1), β as
 * a share of α, γ as a share of 1-α, φ in (0.8, 0.98) (Hyndman, Koehler, Ord, Snyder 2008, ch. 2,
 * 5). First level and slope are searched too, in units of the series' mean step, from the means of
 * the first seasons; first seasonal states are the mean deviations in the first seasons. The best
 * of a grid of sixteen points is where the search begins. Forms are compared by AICc; the trend is
 * tried only on the better of season and no season.
 *
 * Cost: about 25 rounds of ets_lanes.c a form: 0.1 ms a form for 450 observations.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define ROUNDS           24
#define ROUNDS_WARM      8
#define TOLERANCE        0.004
#define SEASONS_AT_FIRST 4
#define LANES            FS_SEARCH_LANES

/* Coordinates of the search, for a form that has all. */
enum { ALPHA, GAMMA, BETA, PHI, LEVEL, SLOPE };

typedef struct problem {
    const fs_series *series;
    fs_ets_fitter *fitter;
    bool trend, season;
    int period;                       /* 1 without season */
    double level, level_alone, slope; /* where the search of first states begins */
    double unit;                      /* mean step of the series */
    int dimensions;
    int coordinate[FS_SEARCH_DIMENSIONS];
} problem;

const char *fs_ets_name(const fs_ets *ets)
{
    static const char *const names[] = {"ETS(A,N,N)", "ETS(A,Ad,N)", "ETS(A,N,A)", "ETS(A,Ad,A)"};
    return names[ets->trend + 2 * ets->season];
}

static int form_of(bool trend, bool season) { return trend + 2 * season; }

/* ---- where it begins ---- */

static double mean_of(const fs_series *series, int64_t first, int64_t count, double otherwise)
{
    double sum = 0;
    int64_t known = 0;
    for (int64_t t = first; t < first + count && t < series->count; t++) {
        sum += series->y[t];
        known += series->use[t];
    }
    return known > 0 ? sum / (double)known : otherwise;
}

static double mean_step(const fs_series *series)
{
    double sum = 0, last = 0;
    int64_t steps = 0;
    for (int64_t t = 0; t < series->count; t++) {
        if (!series->use[t]) continue;
        if (t > 0) sum += fabs(series->y[t] - last), steps++;
        last = series->y[t];
    }
    return steps > 0 && sum > 0 ? sum / (double)steps : 1e-6;
}

/* First level and slope from the means of the first spans of `span` observations. */
static void begin_level(problem *p, int64_t span, int64_t spans)
{
    double first = mean_of(p->series, 0, span, 0);
    double last = mean_of(p->series, (spans - 1) * span, span, first);
    p->slope = spans > 1 ? (last - first) / (double)((spans - 1) * span) : 0;
    p->level_alone = first;
    p->level = first - p->slope * ((double)span + 1) / 2;
}

static void begin_season(problem *p, int64_t spans)
{
    double *season = p->fitter->first_season, sum = 0, mean[SEASONS_AT_FIRST];
    int64_t period = p->period;
    for (int64_t c = 0; c < spans; c++) mean[c] = mean_of(p->series, c * period, period, 0);
    for (int64_t i = 0; i < period; i++) {
        double deviation = 0, trend = p->slope * ((double)i - (double)(period - 1) / 2);
        int64_t known = 0;
        for (int64_t c = 0; c < spans; c++) {
            int64_t t = c * period + i;
            if (!p->series->use[t]) continue;
            deviation += p->series->y[t] - mean[c] - trend;
            known++;
        }
        season[i] = known > 0 ? deviation / (double)known : 0;
        sum += season[i];
    }
    for (int64_t i = 0; i < period; i++) season[i] -= sum / (double)period;
}

static void begin(problem *p)
{
    int64_t count = p->series->count;
    if (p->season) {
        int64_t spans = count / p->period;
        if (spans > SEASONS_AT_FIRST) spans = SEASONS_AT_FIRST;
        begin_level(p, p->period, spans);
        begin_season(p, spans);
    } else {
        int64_t span = count / 2 < 1 ? 1 : count / 2 > 6 ? 6 : count / 2;
        begin_level(p, span, count >= 2 * span && count > 1 ? 2 : 1);
        p->fitter->first_season[0] = 0;
    }
}

/* ---- the objective ---- */

static double logistic(double x) { return 1 / (1 + exp(-x)); }

static double logit(double share) { return log(share / (1 - share)); }

static void set_coordinate(const problem *p, fs_ets *ets, int coordinate, double x)
{
    switch (coordinate) {
    case ALPHA: ets->alpha = logistic(x); break;
    case GAMMA: ets->gamma = (1 - ets->alpha) * logistic(x); break;
    case BETA: ets->beta = ets->alpha * logistic(x); break;
    case PHI: ets->phi = 0.8 + 0.18 * logistic(x); break;
    case LEVEL: ets->first_level += p->unit * x; break;
    default: ets->first_slope += 0.1 * p->unit * x; break;
    }
}

/* `stride` apart: the layout of the search's points. */
static fs_ets parameters_at(const problem *p, const double *point, int stride)
{
    fs_ets ets = {.trend = p->trend,
                  .season = p->season,
                  .first_level = p->trend ? p->level : p->level_alone,
                  .first_slope = p->trend ? p->slope : 0};
    for (int d = 0; d < p->dimensions; d++)
        set_coordinate(p, &ets, p->coordinate[d], point[d * stride]);
    return ets;
}

static void objective(void *context, const double *point, double *value)
{
    const problem *p = context;
    fs_ets_lanes lanes;
    for (int k = 0; k < LANES; k++) {
        fs_ets ets = parameters_at(p, point + k, LANES);
        lanes.alpha[k] = ets.alpha;
        lanes.beta[k] = ets.beta;
        lanes.gamma[k] = ets.gamma;
        lanes.phi[k] = ets.phi;
        lanes.level[k] = ets.first_level;
        lanes.slope[k] = ets.first_slope;
    }
    fs_ets_lanes_sse(p->series->y, p->series->use, p->series->count, p->period,
                     p->fitter->first_season, &lanes, p->fitter->state, value);
}

/* ---- one form ---- */

static void lay_out(problem *p)
{
    const bool wanted[] = {true, p->season, p->trend, p->trend, true, p->trend};
    p->dimensions = 0;
    for (int c = 0; c < FS_SEARCH_DIMENSIONS; c++)
        if (wanted[c]) p->coordinate[p->dimensions++] = c;
}

/* The best of sixteen points: four of α by four of the next coordinate. */
static void begin_at_grid(problem *p, double *x)
{
    static const double alpha[] = {0.02, 0.1, 0.35, 0.75}, other[] = {0.01, 0.05, 0.2, 0.5};
    double point[FS_SEARCH_DIMENSIONS * LANES] = {0}, value[LANES];
    for (int k = 0; k < LANES; k++) {
        point[k] = logit(alpha[k / 4]);
        for (int d = 1; d < p->dimensions; d++) {
            int c = p->coordinate[d];
            if (c == GAMMA || c == BETA) point[d * LANES + k] = logit(other[k % 4]);
            if (c == PHI) point[d * LANES + k] = 1;
        }
    }
    objective(p, point, value);
    int best = 0;
    for (int k = 1; k < LANES; k++)
        if (value[k] < value[best]) best = k;
    for (int d = 0; d < p->dimensions; d++) x[d] = point[d * LANES + best];
}

static double aicc(const fs_ets *ets, int64_t period)
{
    double n = (double)ets->observations;
    double k = 3 + (ets->trend ? 3 : 0) + (ets->season ? (double)period : 0);
    if (n - k - 1 <= 0) return INFINITY;
    double variance = ets->sse / n;
    return n * log(variance > 1e-30 ? variance : 1e-30) + 2 * k + 2 * k * (k + 1) / (n - k - 1);
}

static void fit_form(problem *p, fs_ets *ets)
{
    fs_ets_fitter *fitter = p->fitter;
    double x[FS_SEARCH_DIMENSIONS] = {0}, step[FS_SEARCH_DIMENSIONS];
    int form = form_of(p->trend, p->season);
    bool warm = fitter->is_warm[form];
    lay_out(p);
    begin(p);
    if (warm)
        memcpy(x, fitter->warm[form], sizeof x);
    else
        begin_at_grid(p, x);
    for (int d = 0; d < FS_SEARCH_DIMENSIONS; d++) step[d] = warm ? 0.3 : 0.8;
    double sse =
        fs_search(objective, p, p->dimensions, x, step, warm ? ROUNDS_WARM : ROUNDS, TOLERANCE);
    memcpy(fitter->warm[form], x, sizeof x);
    fitter->is_warm[form] = true;
    *ets = parameters_at(p, x, 1);
    ets->sse = sse;
    ets->observations = p->series->known;
    ets->aicc = aicc(ets, p->period);
}

/* ---- all forms ---- */

static fs_status reserve(fs_ets_fitter *fitter, int period, int64_t count)
{
    if (period > fitter->capacity || !fitter->state) {
        size_t size = (size_t)period;
        fs_free(fitter->first_season), fs_free(fitter->season);
        fs_free(fitter->trial), fs_free(fitter->state);
        fitter->capacity = 0;
        fitter->first_season = fs_alloc(size * sizeof(double));
        fitter->season = fs_alloc(size * sizeof(double));
        fitter->trial = fs_alloc(size * sizeof(double));
        fitter->state = fs_alloc(size * LANES * sizeof(double));
        if (!fitter->first_season || !fitter->season || !fitter->trial || !fitter->state)
            return FS_MEMORY;
        fitter->capacity = period;
    }
    if (count > fitter->residual_capacity || !fitter->residual) {
        size_t size = (size_t)count + (size_t)count / 4 + 64;
        fs_free(fitter->residual);
        fitter->residual_capacity = 0;
        fitter->residual = fs_alloc(size * sizeof(double));
        if (!fitter->residual) return FS_MEMORY;
        fitter->residual_capacity = (int64_t)size;
    }
    return FS_OK;
}

void fs_ets_fitter_forget(fs_ets_fitter *fitter)
{
    memset(fitter->is_warm, 0, sizeof fitter->is_warm);
}

void fs_ets_fitter_free(fs_ets_fitter *fitter)
{
    fs_free(fitter->first_season);
    fs_free(fitter->season);
    fs_free(fitter->trial);
    fs_free(fitter->state);
    fs_free(fitter->residual);
    *fitter = (fs_ets_fitter){0};
}

static bool can_fit(const fs_series *series, int period, bool trend, bool season)
{
    int64_t wanted = 5 + (trend ? 5 : 0) + (season ? period : 0);
    return series->known >= wanted && (!season || series->count >= 2 * (int64_t)period);
}

static problem problem_of(fs_ets_fitter *fitter, const fs_series *series, int period, bool trend,
                          bool season, double unit)
{
    return (problem){.series = series,
                     .fitter = fitter,
                     .trend = trend,
                     .season = season,
                     .period = season ? period : 1,
                     .unit = unit};
}

/* Fits one form and keeps it where it is better. */
static void try_form(fs_ets_fitter *fitter, const fs_series *series, int period, bool trend,
                     bool season, double unit, fs_ets *best)
{
    if (!can_fit(series, period, trend, season)) return;
    problem p = problem_of(fitter, series, period, trend, season, unit);
    fs_ets ets;
    fit_form(&p, &ets);
    if (best->observations == 0 || ets.aicc < best->aicc) *best = ets;
}

/* Too few values to fit: half of each error goes into the level. */
static fs_ets unfitted(const fs_series *series)
{
    double first = 0;
    for (int64_t t = 0; t < series->count; t++)
        if (series->use[t]) {
            first = series->y[t];
            break;
        }
    return (fs_ets){.alpha = 0.5, .first_level = first, .observations = series->known};
}

/* States at the end and residuals of the fit that is kept. */
static void finish(fs_ets_fitter *fitter, const fs_series *series, int period, fs_ets *ets)
{
    int seasons = ets->season ? period : 1;
    problem p = problem_of(fitter, series, period, ets->trend, ets->season, 1);
    begin(&p); /* first seasons again: a later form may have written over them */
    memcpy(fitter->season, fitter->first_season, (size_t)seasons * sizeof *fitter->season);
    ets->level = ets->first_level;
    ets->slope = ets->first_slope;
    ets->sse = fs_ets_reference(series->y, series->use, series->count, seasons, ets, &ets->level,
                                &ets->slope, fitter->season, fitter->residual);
}

fs_status fs_ets_fit(fs_ets_fitter *fitter, const fs_series *series, int period, int form,
                     fs_ets *ets)
{
    FS_TRY(reserve(fitter, period, series->count));
    double unit = mean_step(series);
    *ets = (fs_ets){0};
    if (form >= 0) {
        try_form(fitter, series, period, form & 1, form >> 1, unit, ets);
    } else {
        try_form(fitter, series, period, false, false, unit, ets);
        if (period > 1) try_form(fitter, series, period, false, true, unit, ets);
        try_form(fitter, series, period, true, ets->season, unit, ets);
    }
    if (ets->observations == 0) *ets = unfitted(series);
    finish(fitter, series, period, ets);
    return FS_OK;
}

void fs_ets_project(const fs_ets_fitter *fitter, const fs_ets *ets, int64_t count, int period,
                    int64_t horizon, double *mean, double *spread)
{
    int64_t seasons = ets->season ? period : 1;
    double damped = 0, power = 1, variance = 1;
    for (int64_t h = 0; h < horizon; h++) {
        spread[h] = sqrt(variance);
        power *= ets->phi;
        damped += power;
        mean[h] = ets->level + damped * ets->slope + fitter->season[(count + h) % seasons];
        double weight = ets->alpha + ets->beta * damped;
        if (ets->season && (h + 1) % seasons == 0) weight += ets->gamma;
        variance += weight * weight;
    }
}
