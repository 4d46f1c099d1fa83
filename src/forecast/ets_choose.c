/* Exponential smoothing as a method: which forms are tried, the choice by AICc, and what is told of the chosen one.
 *
 * Methods by name are one form each; ets takes any, or those of the task (ets_form.c). Parts that multiply want values above
 * zero. A form that is named and that the series has no room for is refused.
 *
 * Where ets may take any, forms whose likelihood is unstable are left out, as R's forecast and statsforecast leave them out:
 * multiplicative seasons with additive errors, trends that multiply. So are straight trends where a season has seven steps
 * or more: the likelihood takes one step's rise for a trend, and what is forecast are seasons (better damped on inner windows
 * of M3's months).
 */
#include <math.h>
#include <string.h>

#include "ets_internal.h"

/* Too few values to fit: half of each error goes into the level. */
#define ALPHA_UNFITTED 0.5
#define LEAST_KNOWN    4

/* fs_method.form */
enum { ANY, SES, HOLT, HOLT_DAMPED, HOLT_WINTERS, HOLT_WINTERS_MULTIPLICATIVE };
static const char *const named[] = {NULL, "ANN", "AAN", "AAdN", "AAA", "MAM"};

static bool has_room(const fs_ets *form, const fs_series *series, int period)
{
    bool multiplies = form->error == FS_ETS_MULTIPLICATIVE ||
                      form->trend == FS_ETS_MULTIPLICATIVE || form->season == FS_ETS_MULTIPLICATIVE;
    if (multiplies && !(series->least > 0)) return false;
    if (form->season && series->count < 2 * (int64_t)period) return false;
    return series->known >= LEAST_KNOWN && series->known > fs_ets_parameters(form, period) + 1;
}

/* The forms of a kind of season that the values allow: additive errors in the first half, the others in the second. */
static int fill_group(fs_ets_group *g, const fs_series *series, const fs_ets_letters *letters)
{
    const struct {
        fs_ets_part trend;
        bool damped;
    } trends[] = {{FS_ETS_NONE, false}, {g->trend, false}, {g->trend, true}};
    int forms = 0;
    for (fs_ets_part error = FS_ETS_ADDITIVE; error <= FS_ETS_MULTIPLICATIVE; error++) {
        int first = error == FS_ETS_ADDITIVE ? 0 : FS_ETS_STARTS;
        for (int i = 0; i < 3; i++) {
            fs_ets form = {.error = error,
                           .trend = trends[i].trend,
                           .damped = trends[i].damped,
                           .season = g->season};
            if (!fs_ets_allows(letters, &form, g->period)) continue;
            if (!has_room(&form, series, g->past.period)) continue;
            g->form[first + i] = form;
            for (int k = 0; g->trend_is_named && k < FS_ETS_STARTS; k++) g->form[first + k] = form;
            forms++;
        }
    }
    return forms;
}

/* What a series needs of the scratch: three first seasons, one that runs, and the lanes' room. */
typedef struct rooms {
    double *first[3], *season, *lanes;
} rooms;

size_t fs_ets_scratch(int season) { return 4 * (size_t)season + fs_ets_room(season); }

static bool take_rooms(fs_scratch *scratch, int period, rooms *r)
{
    size_t size = (size_t)period;
    double *at = fs_scratch_reserve(scratch, fs_ets_scratch(period));
    if (!at) return false;
    for (int i = 0; i < 3; i++) r->first[i] = at + (size_t)i * size;
    r->season = at + 3 * size;
    r->lanes = at + 4 * size;
    return true;
}

static fs_ets_past past_of(const fs_series *series, int period, const double *first_season)
{
    return (fs_ets_past){.y = series->y,
                         .use = series->use,
                         .count = series->count,
                         .period = period,
                         .first_season = first_season};
}

/* The form of least AICc among those of the letters, over all kinds of season; INFINITY where none could be fitted. */
static fs_ets choose(const fs_forecast_task *task, const fs_ets_letters *letters, const rooms *r)
{
    fs_ets best = {.aicc = INFINITY};
    for (fs_ets_part season = FS_ETS_NONE; season <= FS_ETS_MULTIPLICATIVE; season++) {
        int period = season ? task->season : 1;
        if (season && period < 2) break;
        fs_ets_group g = {.past = past_of(task->series, period, r->first[season]),
                          .period = task->season,
                          .trend = letters->trend == 'M' ? FS_ETS_MULTIPLICATIVE : FS_ETS_ADDITIVE,
                          .season = season,
                          .trend_is_named = letters->trend != 'Z',
                          .trend_is_quick = letters->trend != 'Z' && !letters->is_method,
                          .room = r->lanes};
        if (fill_group(&g, task->series, letters) == 0) continue;
        fs_ets_begin(task->series, period, season, &g.start, r->first[season], r->season);
        fs_ets_fit(&g);
        for (int k = 0; k < FS_LSQ_LANES; k++)
            if (g.form[k].error && g.form[k].aicc < best.aicc) best = g.form[k];
    }
    return best;
}

static fs_ets unfitted(const fs_series *series)
{
    int64_t first = 0;
    while (first < series->count - 1 && !series->use[first]) first++;
    return (fs_ets){.error = FS_ETS_ADDITIVE,
                    .alpha = ALPHA_UNFITTED,
                    .phi = 1,
                    .first_level = series->y[first],
                    .aicc = INFINITY};
}

/* States at the end and errors, as they would be today: a relative error times the first mean ahead. */
static void finish(const fs_forecast_task *task, const rooms *r, fs_ets *ets, fs_fit *fit)
{
    int period = ets->season ? task->season : 1;
    double *first = r->first[ets->season];
    fs_ets_past past = past_of(task->series, period, first);
    if (!ets->season) first[0] = 0;
    memcpy(r->season, first, (size_t)period * sizeof *first);
    fs_ets_reference(&past, ets, r->season, fit->residual);
    fs_ets_project(ets, &past, r->season, task->horizon, fit->mean, fit->spread);
    double today = fs_ets_today(ets, fit);
    for (int64_t t = 0; t < task->series->count; t++) fit->residual[t] *= today;
    fs_ets_name(ets, fit->model);
    fit->from = 0;
    fit->parameters = fs_ets_parameters(ets, period) - 1;
    fit->aicc = ets->aicc;
    fs_ets_keep(ets, &past, r->season, fit);
}

static fs_status fit(const fs_method *method, const fs_forecast_task *task, fs_scratch *scratch,
                     fs_fit *fit, bool *can)
{
    rooms r;
    const char *form = method->form == ANY ? task->form : named[method->form];
    fs_ets_letters letters = fs_ets_letters_of(form);
    letters.is_method = method->form != ANY;
    if (!take_rooms(scratch, task->season, &r)) return FS_MEMORY;
    fs_ets ets = choose(task, &letters, &r);
    bool is_free = letters.error == 'Z' && letters.trend == 'Z' && letters.season == 'Z';
    *can = ets.aicc < INFINITY || is_free;
    if (!*can) return FS_OK;
    if (ets.aicc == INFINITY) ets = unfitted(task->series);
    finish(task, &r, &ets, fit);
    return FS_OK;
}

const fs_method fs_ets_method = {
    .name = "ets",
    .about = "exponential smoothing, the form by AICc (Hyndman, Koehler, Ord and Snyder 2008)",
    .fit = fit,
    .resume = fs_ets_resume,
    .form = ANY,
    .competes = true,
    .combines = true,
};
const fs_method fs_ses_method = {
    .name = "ses",
    .about = "simple exponential smoothing (Brown 1959): ETS(A,N,N), a level alone",
    .fit = fit,
    .resume = fs_ets_resume,
    .form = SES};
const fs_method fs_holt_method = {
    .name = "holt",
    .about = "Holt's method (1957): ETS(A,A,N), a level and a straight trend",
    .fit = fit,
    .resume = fs_ets_resume,
    .form = HOLT};
const fs_method fs_holt_damped_method = {
    .name = "holt_damped",
    .about = "the damped trend (Gardner and McKenzie 1985): ETS(A,Ad,N), Holt's that levels off",
    .fit = fit,
    .resume = fs_ets_resume,
    .form = HOLT_DAMPED};
const fs_method fs_holt_winters_method = {
    .name = "holt_winters",
    .about =
        "the method of Holt and Winters (1960): ETS(A,A,A), a trend and a season that is added",
    .fit = fit,
    .resume = fs_ets_resume,
    .form = HOLT_WINTERS};
const fs_method fs_holt_winters_multiplicative_method = {
    .name = "holt_winters_multiplicative",
    .about = "the method of Holt and Winters (1960): ETS(M,A,M), a trend and a season of factors",
    .fit = fit,
    .resume = fs_ets_resume,
    .form = HOLT_WINTERS_MULTIPLICATIVE};
