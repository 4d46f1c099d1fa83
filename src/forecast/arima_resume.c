/* ARIMA carried on: the state of the Kalman filter moved over what came since, with the gain that it comes to rest at.
 *
 * After long enough the filter of an invertible model knows its state but for the next error, whatever it began with: the innovation
 * has variance 1 and the gain is (1, ma_1, ma_2, …) (Harvey 1989, 3.3.4). Kept are the differences d and D, the orders p, q, P, Q, whether
 * there is a constant, 1 where there is a season, the time of the next observation, the coefficients of these orders, the mean, and the state before the next
 * observation: of the ARMA part, then the last d + mD values less what the mean makes of them. A covariance is not kept: of a
 * season of 12 it would be a thousand numbers. So what came since is filtered as from an infinite past: exact where the filter had come
 * to rest; of a missing value the forecast stands for it.
 *
 * Cost: an observation is as many products as there are states.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecast_internal.h"

#define COEFFICIENT_MOST 1e3 /* in size: those of stationary and invertible parts are far below */

static void go_through_orders(fs_states *s, fs_arima_kept *k, int season)
{
    int64_t whole[] = {k->d,       k->D,       k->order.p,        k->order.q,
                       k->order.P, k->order.Q, k->order.constant, k->season > 1};
    static const int most[] = {2, 1, FS_ARIMA_NEAR, FS_ARIMA_NEAR, FS_ARIMA_FAR, FS_ARIMA_FAR,
                               1, 1};
    for (int i = 0; i < 8; i++) fs_states_whole(s, &whole[i], 0, most[i]);
    k->d = (int)whole[0], k->D = (int)whole[1];
    k->order =
        (fs_arima_order){(int)whole[2], (int)whole[3], (int)whole[4], (int)whole[5], whole[6] == 1};
    k->season = whole[7] == 1 ? season : 1;
    fs_states_whole(s, &k->time, 0, FS_STATE_COUNT);
}

static void go_through_part(fs_states *s, double *c, int order)
{
    for (int i = 0; i < order; i++) fs_states_number(s, &c[i], -COEFFICIENT_MOST, COEFFICIENT_MOST);
}

/* All but the state. */
static void go_through(fs_states *s, fs_arima_kept *k, int season)
{
    go_through_orders(s, k, season);
    go_through_part(s, k->c.ar, k->order.p);
    go_through_part(s, k->c.ma, k->order.q);
    go_through_part(s, k->c.sar, k->order.P);
    go_through_part(s, k->c.sma, k->order.Q);
    fs_states_number(s, &k->c.mean, -FS_STATE_BOUND, FS_STATE_BOUND);
}

/* The polynomials, the length of the ARMA part's state and of all. */
typedef struct shape {
    fs_arima_taps ar, ma, delta;
    int arma, all;
} shape;

static void expand(const fs_arima_kept *k, shape *x)
{
    fs_arima_expand(&k->c, k->season, &x->ar, &x->ma);
    fs_arima_delta(k->d, k->D, k->season, &x->delta);
    x->arma = fs_arima_states(&x->ar, &x->ma);
    x->all = x->arma + x->delta.longest;
}

void fs_arima_keep(const fs_arima_kept *kept, fs_fit *fit)
{
    fs_arima_kept k = *kept;
    shape x;
    if (!fit->keeps) return;
    fs_states s = fs_states_write(fit);
    go_through(&s, &k, k.season);
    expand(&k, &x);
    fs_states_ring(&s, k.state, x.all, 0, 1, -FS_STATE_BOUND, FS_STATE_BOUND);
    fs_states_end(&s, fit);
}

/* ---- the filter ---- */

static double seen(const shape *x, const double *state)
{
    double sum = state[0];
    for (int i = 0; i < x->delta.count; i++)
        sum += x->delta.value[i] * state[x->arma + x->delta.lag[i] - 1];
    return sum;
}

/* From before an observation to before the next: `error` is what it was off. */
static void move(const shape *x, double *state, double error)
{
    double value = seen(x, state) + error, *past = state + x->arma;
    if (x->delta.longest > 0) {
        memmove(past + 1, past, (size_t)(x->delta.longest - 1) * sizeof *past);
        past[0] = value;
    }
    state[0] += error;
    for (int i = 0; i < x->ma.count; i++) state[x->ma.lag[i]] += x->ma.value[i] * error;
    double first = state[0];
    memmove(state, state + 1, (size_t)(x->arma - 1) * sizeof *state);
    state[x->arma - 1] = 0;
    for (int i = 0; i < x->ar.count; i++) state[x->ar.lag[i] - 1] += x->ar.value[i] * first;
}

static double mean_at(const fs_arima_kept *k, int64_t ahead)
{
    return fs_arima_mean_at(k->d, k->D, k->season, k->c.mean, k->time + ahead);
}

static void carry_on(fs_arima_kept *k, const shape *x, const fs_series *series, double *residual)
{
    for (int64_t t = 0; t < series->count; t++) {
        double error = series->y[t] - mean_at(k, t) - seen(x, k->state);
        residual[t] = series->use[t] ? error : 0;
        move(x, k->state, residual[t]);
    }
    k->time += series->count;
}

fs_status fs_arima_resume(const fs_method *method, const fs_forecast_task *task,
                          fs_scratch *scratch, fs_fit *fit, bool *can)
{
    fs_arima_kept k = {.d = 0};
    shape x;
    (void)method;
    k.state = fs_scratch_reserve(scratch, (size_t)FS_STATES_MOST(task->season));
    if (!k.state) return FS_MEMORY;
    fs_states s = fs_states_read(fit);
    go_through(&s, &k, task->season);
    expand(&k, &x);
    fs_states_ring(&s, k.state, x.all, 0, 1, -FS_STATE_BOUND, FS_STATE_BOUND);
    *can = fs_states_end(&s, fit);
    if (!*can) return FS_OK;
    carry_on(&k, &x, task->series, fit->residual);
    fs_arima_keep(&k, fit);
    for (int64_t h = 0; h < task->horizon; h++) {
        fit->mean[h] = seen(&x, k.state) + mean_at(&k, h);
        move(&x, k.state, 0);
    }
    fs_arima_spread(&x.ar, &x.ma, &x.delta, task->horizon, fit->spread);
    *can = fs_arima_name(&k, fit->model);
    fit->from = 0;
    return FS_OK;
}

/* ---- what a fit tells as well ---- */

/* The deviation of step h from how the model answers one error. */
void fs_arima_spread(const fs_arima_taps *ar, const fs_arima_taps *ma, const fs_arima_taps *delta,
                     int64_t horizon, double *spread)
{
    const fs_arima_taps *taps[] = {ar, delta};
    double sum = 0;
    memset(spread, 0, (size_t)horizon * sizeof *spread);
    if (horizon > 0) spread[0] = 1;
    for (int i = 0; i < ma->count; i++)
        if (ma->lag[i] < horizon) spread[ma->lag[i]] += ma->value[i];
    for (int part = 0; part < 2; part++)
        for (int64_t h = 0; h < horizon; h++)
            for (int i = 0; i < taps[part]->count; i++)
                if (taps[part]->lag[i] <= h)
                    spread[h] += taps[part]->value[i] * spread[h - taps[part]->lag[i]];
    for (int64_t h = 0; h < horizon; h++) {
        sum += spread[h] * spread[h];
        spread[h] = sqrt(sum);
    }
}

/* d and D above 1 take the constant. */
bool fs_arima_name(const fs_arima_kept *k, char *to)
{
    const fs_arima_order *o = &k->order;
    int differences = k->d + k->D;
    const char *tail = differences > 1                   ? ""
                       : differences == 1 && o->constant ? " with drift"
                       : differences == 1                ? ""
                       : o->constant                     ? " with non-zero mean"
                                                         : " with zero mean";
    if (o->P + k->D + o->Q == 0)
        return snprintf(to, FS_MODEL_NAME, "ARIMA(%d,%d,%d)%s", o->p, k->d, o->q, tail) <
               FS_MODEL_NAME;
    return snprintf(to, FS_MODEL_NAME, "ARIMA(%d,%d,%d)(%d,%d,%d)[%d]%s", o->p, k->d, o->q, o->P,
                    k->D, o->Q, k->season, tail) < FS_MODEL_NAME;
}
