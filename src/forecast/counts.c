/* Counts of slow movers: the whole distribution of what will be sold, a mixture of negative binomials.
 *
 * What is sold of an item in a day is a small whole number, mostly zero, more scattered than Poisson, at a level that drifts;
 * and now and then the item is out of sale for weeks. A candidate is one pace α at which the level follows and one
 * size r of the negative binomial (Snyder, Ord, Beaumont 2012, International Journal of Forecasting 28). With s the factor of
 * the place in the season:
 *
 *   mean = s A / B,  A <- (1 - α) A + y,  B <- (1 - α) B + s         (discounting as of Harvey, Fernandes 1989)
 *   variance = mean + mean^2 / r
 *
 * so that the level is the mean of all at first and follows at α later; s holds what regressors do too. A hidden state tells whether the item is on sale at all,
 * for long rows of zeros belong neither to the level nor to the scatter: out of it, nothing is sold; it leaves and returns with
 * small probabilities (a Markov chain of two states, Hamilton 1989). The probability that it is out, given what was seen, is its filter's;
 * A and B learn with what is left of it.
 *
 * The forecast is the mixture of all candidates, each with weight likelihood^.1: to choose one is hasty, and so is the
 * likelihood itself, which takes days for independent that are not (the power posterior: Grünwald, van Ommen 2017, Bayesian
 * Analysis 12). Factors of the season are ratios of sums, drawn to 1 by as much as PULL sales weigh.
 *
 * Paces, sizes, the power, the pull and the probabilities were chosen on ends, held out, of daily sales of items in shops and of a
 * wholesaler, whose orders are lumpy; the least is flat in each of them. Series that are not of whole numbers, or large ones, are left to others.
 *
 * Cost: one pass of counts_lanes.c, 65 ns an observation; then 16 products a step for each count up to the highest quantile.
 */
#include <math.h>
#include <stdio.h>

#include "forecast_internal.h"

#define SIZES          FS_COUNTS_SIZES
#define PACES          FS_COUNTS_PACES
#define POWER          0.1
#define PULL           30.0 /* sales */
#define PRIOR          7.0  /* observations without a sale that a series is thought to begin with */
#define MOST           1023 /* of the table; a count beyond is as strange as that */
#define QUICKEST       1e4  /* counts a step */
#define LEAST_EXPOSED  1e-9 /* of the states that are kept: far below what they can be */
#define LEAST_MANTISSA 1e-250 /* the least of a product between two times that it is shrunk */
#define MOST_MEAN      100.0  /* from there on counts are as good as any number */

/* From two months of days to one week, each half of the one before. */
const double fs_counts_pace[PACES] = {0.015, 0.03, 0.06, 0.12};

#define HOME_KNOWN 20 /* values that it takes to tell */
#define HOME_ZEROS 5  /* one of so many is zero */
#define HOME_LONG  100
#define HOME_MEAN  20.0

/* What was sold, from the series without what regressors did. */
static double count_at(const fs_series *series, const double *effect, int64_t t)
{
    double value = series->y[t] * series->unit;
    if (!effect) return value;
    value *= effect[t];
    double whole = rint(value);
    return fabs(value - whole) <= 1e-9 * value ? whole : value;
}

/* Is it a series of whole numbers, none below zero? */
static bool is_whole(const fs_series *series, const double *effect)
{
    if (!(series->least >= 0)) return false;
    for (int64_t t = 0; t < series->count; t++) {
        double value = count_at(series, effect, t);
        if (!(value == floor(value))) return false;
    }
    return true;
}

/* And are they small? Then sets their mean. */
static bool is_counts(const fs_series *series, const double *effect, double *mean)
{
    double sum = 0;
    if (!is_whole(series, effect)) return false;
    for (int64_t t = 0; t < series->count; t++) sum += count_at(series, effect, t);
    *mean = series->known > 0 ? sum / (double)series->known : 0;
    return *mean <= MOST_MEAN;
}

static int64_t first_sale(const fs_series *series)
{
    int64_t t = 0;
    while (t < series->count && !(series->y[t] > 0)) t++;
    return t;
}

/* ---- what the candidates share ---- */

/* Sets counts->y and what follows from it, the table apart. */
static void fill_counts(const fs_series *series, const double *effect, int64_t first,
                        fs_counts *counts, double *y)
{
    double sum = 0, most = 0, known = 0;
    for (int64_t t = first; t < series->count; t++) {
        double value = count_at(series, effect, t);
        y[t - first] = value;
        known += !series->use[t] ? 0 : effect ? effect[t] : 1;
        sum += value;
        if (value > most) most = value;
    }
    counts->y = y;
    counts->use = series->use + first;
    counts->count = series->count - first;
    counts->most = most < MOST ? (int64_t)most : MOST;
    counts->prior = PRIOR;
    counts->at_first = sum / (known + PRIOR);
}

static void fill_ways(int64_t most, double *ways)
{
    for (int i = 0; i < SIZES; i++) {
        double *of = ways + i * (most + 1), r = FS_COUNTS_SIZE(i);
        of[0] = 1;
        for (int64_t k = 1; k <= most; k++) of[k] = of[k - 1] * ((double)k - 1 + r) / (double)k;
    }
}

/* Of the places of the season: the factor of y[t] is factor[t mod season]; their mean is 1. */
typedef struct pattern {
    int season;
    double *factor;
} pattern;

/* known: room for as many. effect: of y's steps. */
static void fill_pattern(const fs_counts *counts, const double *effect, const pattern *of,
                         double *known)
{
    int season = of->season;
    double sum = 0, all = 0, total = 0, *factor = of->factor;
    for (int i = 0; i < season; i++) factor[i] = known[i] = 0;
    for (int64_t t = 0; t < counts->count; t++) {
        double exposed = !counts->use[t] ? 0 : effect ? effect[t] : 1;
        factor[t % season] += counts->y[t];
        known[t % season] += exposed;
        sum += counts->y[t];
        all += exposed;
    }
    for (int i = 0; i < season; i++) {
        factor[i] = (factor[i] + PULL) / (sum / all * known[i] + PULL);
        total += factor[i];
    }
    for (int i = 0; i < season; i++) factor[i] *= season / total;
}

/* What the level is multiplied by at each step. */
static void expose(const fs_counts *counts, const double *effect, const pattern *of, double *factor)
{
    for (int64_t t = 0; t < counts->count; t++)
        factor[t] = of->factor[t % of->season] * (effect ? effect[t] : 1);
}

/* ---- the mixture ---- */

static double log_likelihood(const fs_counts_sums *sums, int i, int k)
{
    return sums->exponent[i][k] * 0.69314718055994531 + log(sums->mantissa[i][k]);
}

static void mix(const fs_counts_sums *sums, double unit, fs_counts_mixture *mixture)
{
    double best = -INFINITY, total = 0;
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++) best = fmax(best, log_likelihood(sums, i, k));
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++) {
            mixture->weight[i][k] = exp(POWER * (log_likelihood(sums, i, k) - best));
            mixture->level[i][k] = sums->sold[i][k] / sums->exposed[i][k];
            mixture->exposed[i][k] = sums->exposed[i][k];
            mixture->out[i][k] = sums->out[i][k];
            total += mixture->weight[i][k];
        }
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++) mixture->weight[i][k] /= total;
    mixture->unit = unit;
}

/* Errors of one step, with the paces weighted as they are at the end. */
static void fill_residuals(const fs_counts *counts, const double *ahead, double pace[PACES],
                           double unit, double *residual)
{
    for (int64_t t = 0; t < counts->count; t++) {
        double mean = 0;
        for (int k = 0; k < PACES; k++) mean += pace[k] * ahead[t * PACES + k];
        residual[t] = counts->use[t] ? (counts->y[t] - mean) / unit : 0;
    }
}

static void project(const fs_counts *counts, const pattern *of, const double *ahead,
                    int64_t horizon, int64_t first, fs_fit *fit)
{
    const fs_counts_mixture *mixture = &fit->counts;
    double pace[PACES] = {0}, drift = 0, weight[SIZES][PACES];
    for (int k = 0; k < PACES; k++) {
        for (int i = 0; i < SIZES; i++) pace[k] += mixture->weight[i][k];
        drift += pace[k] * fs_counts_pace[k] * fs_counts_pace[k];
    }
    fill_residuals(counts, ahead, pace, mixture->unit, fit->residual + first);
    for (int64_t h = 0; h < horizon; h++) {
        double factor = of->factor[(counts->count + h) % of->season];
        fit->mean[h] = fs_counts_on_sale(mixture, h + 1, weight) * factor / mixture->unit;
        fit->spread[h] = sqrt(1 + (double)h * drift);
    }
}

/* ---- carried on ---- */

/* Kept are the length of the season (0: nothing was sold yet), its factors, that of the next observation first, and of each candidate, sizes in
 * turn and of each its paces, what is sold, exposed and out, and the likelihood as mantissa and exponent. */
static void go_through(fs_states *s, int64_t *season, double *factor, int64_t next,
                       fs_counts_sums *sums)
{
    fs_states_whole(s, season, 0, FS_STATE_COUNT);
    if (*season == 0 || s->fails) return;
    fs_states_ring(s, factor, *season, next, 1, 0, FS_STATE_BOUND);
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++) {
            fs_states_number(s, &sums->sold[i][k], 0, FS_STATE_BOUND);
            fs_states_number(s, &sums->exposed[i][k], LEAST_EXPOSED, FS_STATE_BOUND);
            fs_states_number(s, &sums->out[i][k], 0, 1);
            fs_states_number(s, &sums->mantissa[i][k], LEAST_MANTISSA, 2);
            fs_states_number(s, &sums->exponent[i][k], -FS_STATE_BOUND, FS_STATE_BOUND);
        }
}

static void keep(const fs_counts *counts, const pattern *of, fs_counts_sums *sums, fs_fit *fit)
{
    int64_t season = of->season;
    fs_states s = fs_states_write(fit);
    go_through(&s, &season, of->factor, counts->count, sums);
    fs_states_end(&s, fit);
}

static void keep_nothing_sold(fs_fit *fit)
{
    int64_t season = 0;
    fs_states s = fs_states_write(fit);
    go_through(&s, &season, NULL, 0, NULL);
    fs_states_end(&s, fit);
}

/* No slow mover any more: a walk over so many counts takes long. */
static bool is_too_quick(const pattern *of, const fs_counts_sums *sums)
{
    double most = 0, level = 0;
    for (int i = 0; i < of->season; i++) most = fmax(most, of->factor[i]);
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++) level = fmax(level, sums->sold[i][k] / sums->exposed[i][k]);
    return !(level * most <= QUICKEST);
}

/* What is known at the end goes into the mixture, and that is projected. */
static void finish(const fs_counts *counts, const pattern *of, const double *ahead, int64_t first,
                   int64_t horizon, fs_counts_sums *sums, double unit, fs_fit *fit)
{
    mix(sums, unit, &fit->counts);
    project(counts, of, ahead, horizon, first, fit);
    if (fit->keeps) keep(counts, of, sums, fit);
}

/* ---- the fit ---- */

static void fit_sales(const fs_forecast_task *task, int64_t first, double *room, fs_fit *fit)
{
    const fs_series *series = task->series;
    const double *effect = task->effect ? task->effect + first : NULL;
    fs_counts counts = {0};
    fs_counts_sums sums;
    fill_counts(series, task->effect, first, &counts, room);
    double *ahead = room + counts.count, *ways = ahead + counts.count * PACES;
    double *factor = ways + (counts.most + 1) * SIZES;
    pattern of = {1, factor + counts.count};
    if (counts.count >= 2 * (int64_t)task->season) of.season = task->season;
    counts.ways = ways;
    counts.factor = factor;
    fill_ways(counts.most, ways);
    fill_pattern(&counts, effect, &of, of.factor + of.season);
    expose(&counts, effect, &of, factor);
    fs_counts_lanes(&counts, ahead, &sums);
    finish(&counts, &of, ahead, first, task->horizon, &sums, series->unit, fit);
    fit->effect = effect ? task->effect + series->count : NULL;
    fit->parameters = 1 + of.season; /* level and size, and factors of which the last follows */
}

/* Slow movers: many zeros; or small numbers over so long a time that what a trend or a yearly season adds is small beside their
 * scatter. */
static bool is_home(const fs_series *series)
{
    double mean;
    int64_t zeros = 0;
    if (series->known < HOME_KNOWN || !is_counts(series, NULL, &mean)) return false;
    for (int64_t t = 0; t < series->count; t++) zeros += series->use[t] && series->y[t] == 0;
    return zeros * HOME_ZEROS >= series->known || (series->known >= HOME_LONG && mean <= HOME_MEAN);
}

static size_t room_of(size_t n, size_t season)
{
    return n * (2 + PACES) + 2 * season + (MOST + 1) * SIZES;
}

static fs_status fit_counts(const fs_method *method, const fs_forecast_task *task,
                            fs_scratch *scratch, fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    size_t n = (size_t)series->count, m = (size_t)task->season;
    double mean;
    *can = is_counts(series, task->effect, &mean);
    if (!*can) return FS_OK;
    double *room = fs_scratch_reserve(scratch, room_of(n, m));
    if (!room) return FS_MEMORY;
    int64_t first = first_sale(series);
    for (int64_t t = 0; t < first; t++) fit->residual[t] = 0;
    for (int64_t h = 0; h < task->horizon; h++) fit->mean[h] = 0, fit->spread[h] = 1;
    fit->counts = (fs_counts_mixture){.unit = series->unit};
    fit->parameters = 1;
    if (fit->keeps) keep_nothing_sold(fit);
    if (first < series->count) fit_sales(task, first, room, fit);
    fit->from = first < series->count ? first : 0;
    fit->aicc = INFINITY;
    fit->quantiles = fs_counts_quantiles;
    snprintf(fit->model, sizeof fit->model, "%s", method->name);
    return FS_OK;
}

/* A table of counts goes as far as those that are new; the prior is in the states. */
static bool carry_on(const fs_forecast_task *task, int64_t season, double *factor,
                     fs_counts_sums *sums, double *room, fs_fit *fit)
{
    const fs_series *series = task->series;
    const pattern of = {(int)season, factor};
    fs_counts counts = {0};
    fill_counts(series, task->effect, 0, &counts, room);
    double *ahead = room + counts.count, *ways = ahead + counts.count * PACES;
    double *exposure = ways + (counts.most + 1) * SIZES;
    counts.ways = ways;
    counts.factor = exposure;
    fill_ways(counts.most, ways);
    expose(&counts, task->effect, &of, exposure);
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < PACES; k++) {
            fs_counts_carry_on(&counts, i, k, fit->residual, sums);
            for (int64_t t = 0; i == FS_COUNTS_TOLD && t < counts.count; t++)
                ahead[t * PACES + k] = fit->residual[t];
        }
    if (is_too_quick(&of, sums)) return false;
    finish(&counts, &of, ahead, 0, task->horizon, sums, series->unit, fit);
    fit->effect = task->effect ? task->effect + series->count : NULL;
    return true;
}

/* Of a series that had no sale yet what is new is all there is. */
static fs_status resume_counts(const fs_method *method, const fs_forecast_task *task,
                               fs_scratch *scratch, fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    size_t n = (size_t)series->count, m = (size_t)task->season;
    fs_counts_sums sums;
    int64_t season = 0;
    double *factor = fs_scratch_reserve(scratch, m + room_of(n, m));
    if (!factor) return FS_MEMORY;
    fs_states s = fs_states_read(fit);
    fs_states_whole(&s, &season, 0, task->season);
    s = fs_states_read(fit);
    if (season <= task->season) go_through(&s, &season, factor, 0, &sums);
    *can = fs_states_end(&s, fit) && is_whole(series, task->effect);
    if (!*can) return FS_OK;
    if (season == 0) return fit_counts(method, task, scratch, fit, can);
    *can = carry_on(task, season, factor, &sums, factor + m, fit);
    fit->from = 0;
    fit->quantiles = fs_counts_quantiles;
    snprintf(fit->model, sizeof fit->model, "%s", method->name);
    return FS_OK;
}

const fs_method fs_counts_method = {
    .name = "counts",
    .about = "small whole numbers: a mixture of negative binomial distributions (Snyder, Ord, "
             "Beaumont 2012) whose levels follow at four paces, with times out of sale apart",
    .fit = fit_counts,
    .resume = resume_counts,
    .is_home = is_home};
