/* Smoothed sums of intermittent demand (adida, imapa), kept and carried on.
 *
 * Sums end at the end of the series, so each observation more moves all of them by one. What a fit would say then has been there all
 * along: sums of k that end k observations apart are a series of their own, of which there are k, one for each place that they may end
 * at. So kept are, of each length k, the smoothed levels of all k of these, and the last values, of which the next sums are made. An
 * observation makes one sum of each length, which moves the level of the place where it ends; that is the one that speaks next.
 * A level begins at the first whole sum of its place, as in a fit, so that what comes out is what a fit over all observations with the
 * same lengths and α says.
 *
 * Cost: k numbers a length, of imapa n²/2; an observation takes as many steps as the longest sum has.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecast_internal.h"

#define ADIDA_MOST 400 /* observations in a sum; a longer one is not kept */

static int64_t longest(bool all) { return all ? FS_SUMS_LENGTHS : ADIDA_MOST; }

/* How many levels the shorter sums have. */
static int64_t levels_before(const fs_sums *s, int64_t k) { return s->all ? k * (k - 1) / 2 : 0; }

static void lay_out(fs_sums *s, double *room)
{
    s->alpha = room;
    s->value = s->alpha + longest(s->all);
    s->level = s->value + longest(s->all);
    memset(room, 0, FS_SUMS_ROOM * sizeof *room);
}

static void set_most(fs_sums *s, int64_t most)
{
    s->most = most;
    s->least = s->all ? 1 : most;
}

/* A sum of k observations, the last of which is at `place` and `count` come before. */
static void move_level(double *level, int64_t k, int64_t place, int64_t count, double alpha,
                       double sum)
{
    double before = level[place];
    if (count + 1 < k) return;
    level[place] = count + 1 < 2 * k ? sum : alpha * sum + (1 - alpha) * before;
}

/* ---- kept ---- */

/* How many observations were known, 1 where one of them was a demand, and then the longest sum, the α of each length, the last values and
 * the levels. */
static void go_through(fs_states *to, fs_sums *s, double *room)
{
    int64_t begun = s->most > 0, most = s->most;
    fs_states_whole(to, &s->count, 0, FS_STATE_COUNT);
    fs_states_whole(to, &begun, 0, 1);
    if (begun == 0 || to->fails) return;
    fs_states_whole(to, &most, 1, s->count < longest(s->all) ? s->count : longest(s->all));
    if (to->fails) return;
    if (to->reads) lay_out(s, room);
    set_most(s, most);
    for (int64_t k = s->least; k <= most; k++) fs_states_number(to, &s->alpha[k - s->least], 0, 1);
    fs_states_ring(to, s->value, most - 1, s->time, 1, 0, FS_STATE_BOUND);
    for (int64_t k = s->least; k <= most; k++)
        fs_states_ring(to, s->level + levels_before(s, k), k, s->time, 1, 0, FS_STATE_BOUND);
}

static void keep(fs_sums *s, fs_fit *fit)
{
    fs_states to = fs_states_write(fit);
    go_through(&to, s, NULL);
    fs_states_end(&to, fit);
}

void fs_sums_keep(const double *y, const double *total, int64_t count, int64_t most, bool all,
                  const fs_sums_found *found, double *room, fs_fit *fit)
{
    fs_sums s = {.all = all, .count = count, .time = count};
    if (!fit->keeps || most > longest(all)) return;
    lay_out(&s, room);
    set_most(&s, most);
    for (int64_t k = s.least; k <= s.most && most > 0; k++) {
        double *level = s.level + levels_before(&s, k), a = found[k - s.least].alpha;
        s.alpha[k - s.least] = a;
        for (int64_t t = k - 1, place = k - 1; t < count;
             t++, place = place + 1 < k ? place + 1 : 0)
            move_level(level, k, place, t, a, fmax(0, total[t + 1] - total[t + 1 - k]));
        level[(count - 1) % k] = found[k - s.least].level; /* the same, to the last bit */
    }
    for (int64_t t = count < most ? 0 : count - most + 1; t < count; t++)
        s.value[t % (most - 1)] = y[t];
    keep(&s, fit);
}

/* ---- carried on ---- */

static double rate_of(const fs_sums *s, double *alpha)
{
    double rate = 0, lengths = (double)(s->most - s->least + 1), share;
    *alpha = 0;
    for (int64_t k = s->least; k <= s->most && s->most > 0; k++) {
        share = 1 / (double)k;
        rate += s->level[levels_before(s, k) + (s->time + k - 1) % k] * share;
        *alpha += s->alpha[k - s->least] * share;
    }
    *alpha /= lengths;
    return rate / lengths;
}

/* The first demand: so many observations are its interval, as far as levels can be kept. Of one demand every α is as good. */
static void begin(fs_sums *s, double *room)
{
    int64_t most = s->count + 1;
    lay_out(s, room);
    set_most(s, most < longest(s->all) ? most : longest(s->all));
    for (int64_t k = s->least; k <= s->most; k++) s->alpha[k - s->least] = FS_SUMS_EVEN;
}

static void take(fs_sums *s, double y)
{
    int64_t values = s->most - 1;
    double sum = y;
    for (int64_t k = 1; k <= s->most; k++) {
        if (k > 1) sum += s->value[(s->time + values - (k - 1)) % values];
        if (k < s->least) continue;
        double alpha = s->alpha[k - s->least], *level = s->level + levels_before(s, k);
        move_level(level, k, s->time % k, s->count, alpha, sum);
    }
    if (values > 0) s->value[s->time % values] = y;
    s->time++;
    s->count++;
}

static void take_all(fs_sums *s, const fs_series *series, double *room, fs_fit *fit)
{
    double alpha;
    for (int64_t t = 0; t < series->count; t++) {
        fit->residual[t] = series->use[t] ? series->y[t] - rate_of(s, &alpha) : 0;
        if (!series->use[t]) continue;
        if (s->most == 0 && series->y[t] > 0) begin(s, room);
        if (s->most > 0)
            take(s, series->y[t]);
        else
            s->count++;
    }
}

fs_status fs_sums_resume(const fs_method *method, bool all, const fs_forecast_task *task,
                         fs_scratch *scratch, fs_fit *fit, bool *can)
{
    double alpha, *room = fs_scratch_reserve(scratch, FS_SUMS_ROOM);
    fs_sums s = {.all = all};
    fs_states from = fs_states_read(fit);
    if (!room) return FS_MEMORY;
    go_through(&from, &s, room);
    *can = fs_states_end(&from, fit) && task->series->least >= 0;
    if (!*can) return FS_OK;
    take_all(&s, task->series, room, fit);
    double rate = rate_of(&s, &alpha);
    for (int64_t h = 0; h < task->horizon; h++) {
        fit->mean[h] = rate;
        fit->spread[h] = sqrt(1 + (double)h * alpha * alpha);
    }
    fit->from = 0;
    snprintf(fit->model, sizeof fit->model, "%s", method->name);
    keep(&s, fit);
    return FS_OK;
}
