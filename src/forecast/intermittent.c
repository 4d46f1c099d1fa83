/* Intermittent demand: Croston's method and those that came of it.
 *
 * croston            size of a demand over the interval since the last, each smoothed with α .1 (Croston 1972)
 * croston_optimized  the same, each with its α of least squares in [.1, .3]
 * sba                croston less 5 % (Syntetos and Boylan 2005: it is too high by about α / 2)
 * tsb                size times the probability of a demand, which falls with every period without one (Teunter, Syntetos,
 *                    Babai 2011), α .1 for both
 * adida              sums of as many periods as the mean interval has, smoothed (Nikolopoulos et al. 2011)
 * imapa              the mean of what sums of 1, 2, … that many periods say (Petropoulos and Kourentzes 2015)
 *
 * Start values are those of statsforecast: smoothing begins at the first size, at the first interval, counted from the
 * beginning of the series, at the first sum. Sums end at the end of the series; what is left at its beginning is left
 * out. Periods whose value is missing are taken out before anything else. A series with a value below zero is not of this
 * kind.
 *
 * A forecast is a rate and the same for all steps. α a demand is about α / interval a period, so the deviation of step h
 * is that of simple smoothing with it.
 *
 * What croston says changes with a demand only, so it is worked out over the list of demands, and tsb's size likewise.
 *
 * Cost: two or three passes, 1 ns an observation each, and 3 a demand; tsb 3 ns an observation; sums 3 ns each, of which finding α
 * takes 1.5; imapa's are n (1 + 1/2 + … + 1/interval).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecast_internal.h"

#define ALPHA 0.1
#define LOW   0.1
#define HIGH  0.3
#define LESS  0.95 /* of sba */

enum { CROSTON, CROSTON_OPTIMIZED, SBA, TSB, ADIDA, IMAPA };

/* The known values, and the errors that a method makes of them. */
typedef struct demand {
    int64_t count, events, first; /* first: the first demand */
    const double *y;
    double *error;           /* count */
    double *size, *interval; /* events, and one more; size also room for sums */
    double *rate_after;      /* events; also room for what sums say, count */
    double *total, *voices;  /* of the values before; how many more sums speak from then on */
    double *level;           /* count + 1, room for what is expected; sums need no intervals */
    double rate, alpha;      /* of a period */
    int64_t from;            /* the first that is forecast */
    double smooth, other, since, by_size,
        by_other;         /* where croston and tsb end: size, interval or probability */
    int64_t least, most;  /* observations in sums; most 0: there are none */
    fs_sums_found *found; /* of sums, of each length that can be kept */
} demand;

/* The series' own values where none is missing. */
static void take_known(const fs_series *series, double *room, demand *d)
{
    int64_t count = 0;
    d->y = series->y;
    d->count = series->count;
    if (series->known == series->count) return;
    for (int64_t t = 0; t < series->count; t++) {
        room[count] = series->y[t];
        count += series->use[t];
    }
    d->y = room;
    d->count = count;
}

/* Which periods have a demand is as good as random to the machine, so there is no branch on it here and below. */
static void find_demands(demand *d)
{
    const double *y = d->y;
    double *size = d->size, *place = d->interval;
    int64_t events = 0;
    for (int64_t t = 0; t < d->count; t++) {
        size[events] = y[t];
        place[events] = (double)t;
        events += y[t] > 0;
    }
    d->events = events;
    d->first = events > 0 ? (int64_t)place[0] : 0;
    d->from = d->first + 1;
    d->since = (double)d->count - 1 - (events > 0 ? place[events - 1] : -1);
    for (int64_t i = events - 1; i > 0; i--) d->interval[i] -= place[i - 1];
    if (events > 0) d->interval[0]++;
}

/* How many demands there are, the first and the last: sums need no more. */
FS_LANES static void count_demands(demand *d)
{
    const double *y = d->y;
    int64_t events = 0, last = d->count - 1;
    for (int64_t t = 0; t < d->count; t++) events += y[t] > 0;
    d->events = events;
    d->first = 0;
    while (events > 0 && !(y[d->first] > 0)) d->first++;
    while (last >= 0 && !(y[last] > 0)) last--;
    d->since = (double)(d->count - 1 - last);
}

static void take_errors_as_found(demand *d, int64_t count)
{
    memcpy(d->error, d->y, (size_t)count * sizeof *d->y);
}

/* ---- sizes and intervals ---- */

static void croston(demand *d, double by_size, double by_interval, double factor)
{
    double size = d->size[0], interval = d->interval[0], *rate = d->rate_after;
    const double *y = d->y;
    int64_t known = 0;
    rate[0] = size / interval * factor;
    for (int64_t i = 1; i < d->events; i++) {
        size = by_size * d->size[i] + (1 - by_size) * size;
        interval = by_interval * d->interval[i] + (1 - by_interval) * interval;
        rate[i] = size / interval * factor;
    }
    take_errors_as_found(d, d->from);
    for (int64_t t = d->from; t < d->count; t++) {
        d->error[t] = y[t] - rate[known];
        known += y[t] > 0;
    }
    d->rate = rate[d->events - 1];
    d->alpha = (by_size > by_interval ? by_size : by_interval) / interval;
    d->smooth = size, d->other = interval;
    d->by_size = by_size, d->by_other = by_interval;
}

static void croston_optimized(demand *d)
{
    fs_ses_range range = fs_ses_range_of(LOW, HIGH);
    double by_size = fs_ses_optimize(&range, d->size, d->events);
    croston(d, by_size, fs_ses_optimize(&range, d->interval, d->events), 1);
}

static void tsb(demand *d)
{
    double size = d->size[0], probability = d->first == 0;
    const double *y = d->y;
    take_errors_as_found(d, d->from);
    for (int64_t t = 1; t <= d->first; t++) /* nothing, until the first demand */
        probability = ALPHA * (t == d->first) + (1 - ALPHA) * probability;
    for (int64_t t = d->from; t < d->count; t++) {
        double by_demand = ALPHA * (y[t] > 0);
        d->error[t] = y[t] - probability * size;
        probability = by_demand + (1 - ALPHA) * probability;
        size = by_demand * y[t] + (1 - by_demand) * size;
    }
    d->rate = probability * size;
    d->alpha = ALPHA;
    d->smooth = size, d->other = probability;
    d->by_size = d->by_other = ALPHA;
}

/* ---- sums ---- */

/* Smooths sums of `level` periods and adds what they say of a period to the rate, and to `ahead` what changes with each. */
static void add_sums(demand *d, int64_t level, const fs_ses_range *range, double *ahead)
{
    int64_t sums = d->count / level, lost = d->count % level, next = lost + level;
    const double *sum = level == 1 ? d->y : d->size;
    double share = 1 / (double)level, *expected = d->level;
    for (int64_t i = 0, t = lost; level > 1 && i < sums; i++, t += level)
        d->size[i] = d->total[t + level] - d->total[t];
    double alpha = fs_ses_optimize(range, sum, sums);
    fs_running(sum, sums, alpha, 1 - alpha, sum[0], expected);
    if (sums > 1) {
        d->voices[next]++;
        ahead[next] += expected[1] * share;
    }
    for (int64_t i = 2, t = next + level; i < sums; i++, t += level)
        ahead[t] += (expected[i] - expected[i - 1]) * share;
    if (level - d->least < FS_SUMS_LENGTHS)
        d->found[level - d->least] = (fs_sums_found){alpha, expected[sums]};
    d->rate += expected[sums] * share;
    d->alpha += alpha * share;
}

/* The mean interval, to the next whole number (half: to the even one): all of them reach to the last demand. */
static int64_t mean_interval(const demand *d)
{
    double reached = (double)d->count - d->since;
    return (int64_t)rint(reached / (double)d->events);
}

/* What changes of the forecasts, to errors; from twice the longest sum on all of them speak. */
FS_LANES static void add_up(demand *d, const double *change, int64_t most)
{
    int64_t until = 2 * most < d->count ? 2 * most : d->count;
    double voices = 0, *ahead = d->level, *error = d->error;
    const double *y = d->y;
    fs_running(change, d->count, 1, 1, 0, ahead);
    for (int64_t t = 0; t < until; t++) {
        voices += d->voices[t];
        error[t] = y[t] - (voices > 0 ? ahead[t + 1] / voices : 0);
    }
    double share = 1 / voices;
    for (int64_t t = until; t < d->count; t++) error[t] = y[t] - ahead[t + 1] * share;
}

static void sums(demand *d, bool all)
{
    int64_t most = mean_interval(d), least = all ? 1 : most;
    double *change = d->rate_after;
    fs_ses_range range = fs_ses_range_of(LOW, HIGH);
    fs_running(d->y, d->count, 1, 1, 0, d->total);
    memset(change, 0, (size_t)d->count * sizeof *change);
    memset(d->voices, 0, (size_t)d->count * sizeof *d->voices);
    d->least = least, d->most = most;
    for (int64_t level = least; level <= most; level++) add_sums(d, level, &range, change);
    add_up(d, change, most);
    d->rate /= (double)(most - least + 1);
    d->alpha /= (double)(most - least + 1);
    d->from = d->count % least + least;
}

/* ---- the fit ---- */

static void run(demand *d, int form)
{
    d->rate = d->alpha = 0;
    switch (form) {
    case CROSTON: croston(d, ALPHA, ALPHA, 1); break;
    case CROSTON_OPTIMIZED: croston_optimized(d); break;
    case SBA: croston(d, ALPHA, ALPHA, LESS); break;
    case TSB: tsb(d); break;
    default: sums(d, form == IMAPA); break;
    }
    if (d->from >= d->count) d->from = d->count - 1;
}

/* Errors of the known values to the places where these are, from the last on. */
static void spread_out(const demand *d, const fs_series *series, fs_fit *fit)
{
    int64_t i = d->count;
    for (int64_t t = series->count - 1; t >= 0; t--) {
        fit->residual[t] = series->use[t] ? fit->residual[--i] : 0;
        if (series->use[t] && i == d->from) fit->from = t;
    }
}

static void give(const demand *d, const fs_forecast_task *task, fs_fit *fit)
{
    fit->from = d->from;
    if (d->count < task->series->count) spread_out(d, task->series, fit);
    for (int64_t h = 0; h < task->horizon; h++) {
        fit->mean[h] = d->rate;
        fit->spread[h] = sqrt(1 + (double)h * d->alpha * d->alpha);
    }
}

/* ---- carried on ---- */

/* Kept are how many observations were known, 1 where one of them was a demand, and then the size, the interval (of tsb the probability),
 * how many came since the last demand, and the α of both. */
static void go_through(fs_states *s, demand *d)
{
    int64_t begun = d->events > 0;
    fs_states_whole(s, &d->count, 0, FS_STATE_COUNT);
    fs_states_whole(s, &begun, 0, 1);
    d->events = begun;
    if (begun == 0) return;
    fs_states_number(s, &d->smooth, 0, FS_STATE_BOUND);
    fs_states_number(s, &d->other, 0, FS_STATE_BOUND);
    fs_states_number(s, &d->since, 0, FS_STATE_BOUND);
    fs_states_number(s, &d->by_size, 0, 1);
    fs_states_number(s, &d->by_other, 0, 1);
}

static bool is_sums(int form) { return form == ADIDA || form == IMAPA; }

static void keep(const demand *d, fs_fit *fit)
{
    demand kept = *d;
    fs_states s = fs_states_write(fit);
    if (!fit->keeps) return;
    go_through(&s, &kept);
    fs_states_end(&s, fit);
}

static double rate_of(const demand *d, int form)
{
    if (d->events == 0) return 0;
    if (form == TSB) return d->smooth * d->other;
    return d->smooth / d->other * (form == SBA ? LESS : 1);
}

/* The first demand: smoothing begins at it. */
static void begin(demand *d, int form, double y)
{
    static const double even = (LOW + HIGH) / 2; /* of one demand every α is as good */
    d->events = 1;
    d->smooth = y;
    d->since = 0;
    d->other = form != TSB ? (double)d->count : d->count == 1 ? 1 : ALPHA;
    d->by_size = d->by_other = form == CROSTON_OPTIMIZED ? even : ALPHA;
}

/* One known observation after another, as in croston and tsb. */
static void take(demand *d, int form, double y)
{
    double is_demand = y > 0, a = d->by_size * is_demand, b = d->by_other;
    d->count++;
    if (d->events == 0) {
        if (y > 0) begin(d, form, y);
        return;
    }
    d->since++;
    d->smooth = a * y + (1 - a) * d->smooth;
    if (form == TSB)
        d->other = b * is_demand + (1 - b) * d->other;
    else if (y > 0)
        d->other = b * d->since + (1 - b) * d->other;
    d->since *= 1 - is_demand;
}

static fs_status resume_intermittent(const fs_method *method, const fs_forecast_task *task,
                                     fs_scratch *scratch, fs_fit *fit, bool *can)
{
    const fs_series *series = task->series;
    int form = method->form;
    demand d = {0};
    fs_states s = fs_states_read(fit);
    if (is_sums(form)) return fs_sums_resume(method, form == IMAPA, task, scratch, fit, can);
    go_through(&s, &d);
    *can = fs_states_end(&s, fit) && series->least >= 0 &&
           (form == TSB || d.events == 0 || d.other >= 1);
    if (!*can) return FS_OK;
    for (int64_t t = 0; t < series->count; t++) {
        fit->residual[t] = series->use[t] ? series->y[t] - rate_of(&d, form) : 0;
        if (series->use[t]) take(&d, form, series->y[t]);
    }
    double alpha = d.by_size > d.by_other ? d.by_size : d.by_other;
    if (form != TSB && d.events > 0) alpha /= d.other;
    for (int64_t h = 0; h < task->horizon; h++) {
        fit->mean[h] = rate_of(&d, form);
        fit->spread[h] = sqrt(1 + (double)h * alpha * alpha);
    }
    fit->from = 0;
    snprintf(fit->model, sizeof fit->model, "%s", method->name);
    keep(&d, fit);
    return FS_OK;
}

static fs_status fit_intermittent(const fs_method *method, const fs_forecast_task *task,
                                  fs_scratch *scratch, fs_fit *fit, bool *can)
{
    size_t n = (size_t)task->series->count;
    *can = task->series->least >= 0 && task->series->known >= 2;
    if (!*can) return FS_OK;
    double *room = fs_scratch_reserve(scratch, 6 * n + 3 + FS_SUMS_ROOM);
    if (!room) return FS_MEMORY;
    demand d = {.error = fit->residual, .rate_after = room + n, .voices = room + 2 * n};
    d.size = room + 3 * n, d.interval = d.level = d.size + n + 1, d.total = d.interval + n + 1;
    fs_sums_found found[FS_SUMS_LENGTHS];
    d.found = found;
    take_known(task->series, room, &d);
    if (is_sums(method->form))
        count_demands(&d);
    else
        find_demands(&d);
    if (d.events > 0)
        run(&d, method->form);
    else
        take_errors_as_found(&d, d.count);
    give(&d, task, fit);
    if (is_sums(method->form))
        fs_sums_keep(d.y, d.total, d.count, d.most, method->form == IMAPA, found, d.total + n + 1,
                     fit);
    else
        keep(&d, fit);
    snprintf(fit->model, sizeof fit->model, "%s", method->name);
    fit->parameters = method->form == CROSTON_OPTIMIZED ? 4 : 2;
    fit->aicc = INFINITY;
    return FS_OK;
}

const fs_method fs_croston_method = {
    .name = "croston",
    .about = "Croston's method (1972): size of a demand over the interval between two, α .1",
    .fit = fit_intermittent,
    .resume = resume_intermittent,
    .form = CROSTON};
const fs_method fs_croston_optimized_method = {
    .name = "croston_optimized",
    .about = "Croston's method with smoothing parameters of least squares, from .1 to .3",
    .fit = fit_intermittent,
    .resume = resume_intermittent,
    .form = CROSTON_OPTIMIZED};
const fs_method fs_sba_method = {.name = "sba",
                                 .about = "Croston's method less 5 % (Syntetos and Boylan 2005)",
                                 .fit = fit_intermittent,
                                 .resume = resume_intermittent,
                                 .form = SBA};
const fs_method fs_tsb_method = {.name = "tsb",
                                 .about = "size of a demand times its probability, which falls "
                                          "while there is none (Teunter, Syntetos, Babai 2011)",
                                 .fit = fit_intermittent,
                                 .resume = resume_intermittent,
                                 .form = TSB};
const fs_method fs_adida_method = {.name = "adida",
                                   .about = "smoothed sums of as many periods as the mean interval "
                                            "between demands (Nikolopoulos et al. 2011)",
                                   .fit = fit_intermittent,
                                   .resume = resume_intermittent,
                                   .form = ADIDA};
const fs_method fs_imapa_method = {.name = "imapa",
                                   .about = "mean of smoothed sums of 1, 2, ... periods up to the "
                                            "mean interval (Petropoulos and Kourentzes 2015)",
                                   .fit = fit_intermittent,
                                   .resume = resume_intermittent,
                                   .form = IMAPA};
