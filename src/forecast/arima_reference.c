/* The recursions of ARIMA for one model, plainly: the conditional sum of squares without derivatives (arima_lanes.c) and the
 * exact likelihood (arima_exact.c). A test holds that these give the same bits as the lanes. */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define LANES FS_LSQ_LANES

static double take_lags(double x, const double *c, int n, const double *filter, int64_t every)
{
    for (int i = 0; i < n; i++) x = x - c[i] * filter[-(i + 1) * every];
    return x;
}

double fs_arima_reference(const fs_arima_past *past, const fs_arima_order *order,
                          const fs_arima_coefficients *c, double *error, double *scratch)
{
    size_t lead = FS_ARIMA_LEAD(past->season), room = (size_t)past->count + lead;
    int64_t from = order->p + (int64_t)order->P * past->season;
    double squares = 0;
    memset(scratch, 0, 3 * room * sizeof *scratch);
    double *a = scratch + lead, *b = a + room, *u = b + room;
    for (int64_t t = 0; t < past->count; t++, a++, b++, u++) {
        *a = take_lags(past->use[t] ? past->w[t] - c->mean : 0, c->ma, order->q, a, 1);
        *b = take_lags(*a, c->sma, order->Q, b, past->season);
        *u = take_lags(*b, c->sar, order->P, b, past->season);
        double e = take_lags(*u, c->ar, order->p, u, 1);
        error[t] = past->use[t] && t >= from ? e : 0;
        squares += error[t] * error[t];
    }
    return squares;
}

/* Moves the state, gain and turn on. */
static void move(fs_arima_exact *x, int k, double share, double mw, double next)
{
    double first = x->state[k], w0 = x->turn[k], turned = w0 / next;
    for (int i = k; i < k + x->states * LANES; i += LANES) {
        double moved = x->turn[i + LANES] + x->ar[i] * w0;
        x->state[i] = x->state[i + LANES] + x->ar[i] * first + x->gain[i] * share;
        x->gain[i] = x->gain[i] + moved * mw;
        x->turn[i] = moved - x->gain[i] * turned;
    }
}

void fs_arima_exact_reference(fs_arima_exact *x, int k)
{
    double f = x->first[k], m = -1 / f, product = 1, exponents = 0, squares = 0;
    for (int64_t t = 0; t < x->count; t++) {
        double e = x->w[t] - x->mean[k] - x->state[k], over = 1 / f, w0 = x->turn[k];
        double mw = m * w0, change = mw * w0, next = f + change;
        int exponent = 0;
        squares += e * (e * over);
        product *= f;
        x->error[t * LANES + k] = sqrt(over) * e;
        move(x, k, e * over, mw, next);
        m = m * (1 + change * over);
        f = next;
        if (t % 16 == 15) product = frexp(product, &exponent);
        exponents += exponent;
    }
    int last;
    product = frexp(product, &last);
    x->squares[k] = squares;
    x->logs[k] = (exponents + last) * 0.69314718055994531 + log(product);
}
