/* Conditional sums of squares of ARIMA with derivatives, eight models of one series in lockstep.
 *
 * With z = w - mean, taken as 0 before the series and where it is missing, all filters commute, so the error and its derivatives
 * are few filters read at lags:
 *
 *   a = z / ma(B),  b = a / sma(B^m),  u = sar(B^m) b,  v = ar(B) b,  e = ar(B) u,  s = e / ma(B),  g = e / sma(B^m)
 *   de/d ar_i = -u_{t-i},  de/d sar_j = -v_{t-mj},  de/d ma_i = -s_{t-i},  de/d sma_j = -g_{t-mj}
 *
 * and that by the mean is the same chain over -1 where w is known. The first p + mP errors, which would reach before
 * the series, do not count, as in Box and Jenkins' conditional sum. Here the MA part has seen them, though, where it is usual to
 * take them for 0.
 *
 * The models differ in their orders: each lane has 0 in place of the lags it lacks, and a list of where its derivatives
 * stand. A row of the history holds the filters of four lanes; wider vectors than the machine has are taken apart by way of
 * memory. Sums of products by parameters become those by coordinates at the end.
 *
 * Cost: 15 to 30 ns an observation for four lanes with AVX2, by the orders.
 */
#include <math.h>
#include <string.h>

#include "forecast_internal.h"

#define WIDTH  4
#define ALL    FS_LSQ_PARAMETERS
#define NEAR   FS_ARIMA_NEAR
#define FAR    FS_ARIMA_FAR
#define ROW    (FS_ARIMA_FILTERS * WIDTH)
#define INLINE static inline __attribute__((always_inline))

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

/* Filters; those of the mean's chain come last. */
enum { A, B, U, V, S, G, MEAN_A, MEAN_B, MEAN_U, MEAN_E };
_Static_assert(MEAN_E + 1 == FS_ARIMA_FILTERS, "a row holds all filters");

/* Four lanes. */
typedef struct lanes {
    vector ar[NEAR], ma[NEAR], sar[FAR], sma[FAR], mean;
    int p, q, P, Q; /* the most of them */
    bool constant;
    vector sign[ALL];       /* -1; 0 where a lane has no such parameter */
    int64_t at[ALL][WIDTH]; /* where its derivative stands, from the row on */
    double from[WIDTH];     /* the first error that counts */
    int64_t last_from;
    double bend[WIDTH][ALL][ALL];
} lanes;

typedef struct sums {
    vector squares, slope[ALL], product[FS_LSQ_PRODUCTS];
} sums;

/* ---- from orders to lanes ---- */

static void list_derivatives(lanes *v, const fs_arima_order *order, int season, int k)
{
    const int parts[] = {order->p, order->q, order->P, order->Q};
    static const int filters[] = {U, S, V, G};
    int n = 0;
    for (int part = 0; part < 4; part++)
        for (int i = 1; i <= parts[part]; i++, n++) {
            int64_t lag = part < 2 ? i : (int64_t)i * season;
            v->at[n][k] = filters[part] * WIDTH + k - lag * ROW;
            v->sign[n][k] = -1;
        }
    if (!order->constant) return;
    v->at[n][k] = MEAN_E * WIDTH + k;
    v->sign[n][k] = -1;
}

static void set_lane(lanes *v, const fs_arima_order *order, int season, const double *x, int k)
{
    fs_arima_coefficients c;
    fs_arima_place(order, x, &c, v->bend[k]);
    for (int i = 0; i < NEAR; i++) v->ar[i][k] = c.ar[i], v->ma[i][k] = c.ma[i];
    for (int i = 0; i < FAR; i++) v->sar[i][k] = c.sar[i], v->sma[i][k] = c.sma[i];
    v->mean[k] = c.mean;
    v->p = order->p > v->p ? order->p : v->p;
    v->q = order->q > v->q ? order->q : v->q;
    v->P = order->P > v->P ? order->P : v->P;
    v->Q = order->Q > v->Q ? order->Q : v->Q;
    v->constant |= order->constant;
    int64_t from = order->p + (int64_t)order->P * season;
    v->from[k] = (double)from;
    if (from > v->last_from) v->last_from = from;
    list_derivatives(v, order, season, k);
}

/* ---- the recursion ---- */

/* x - sum of c_i past values of a filter. */
INLINE void take_lags(vector *x, const vector *c, int n, const double *row, int64_t every)
{
    for (int i = 0; i < n; i++) {
        const vector *past = (const vector *)(const void *)(row - (i + 1) * every);
        *x = *x - c[i] * *past;
    }
}

/* z through the chain; leaves e in `x`, and in row the filters from `first` on. */
INLINE void chain(const lanes *v, vector *x, double *row, int64_t far, const int first)
{
    vector *out = (vector *)(void *)row;
    take_lags(x, v->ma, v->q, row + first * WIDTH, ROW);
    out[first] = *x;
    take_lags(x, v->sma, v->Q, row + (first + 1) * WIDTH, far);
    out[first + 1] = *x;
    if (first == A) {
        vector w = *x;
        take_lags(&w, v->ar, v->p, row + B * WIDTH, ROW);
        out[V] = w;
    }
    take_lags(x, v->sar, v->P, row + (first + 1) * WIDTH, far);
    out[first + 2] = *x;
    take_lags(x, v->ar, v->p, row + (first + 2) * WIDTH, ROW);
}

INLINE void step(const lanes *v, double y, bool known, double *row, int64_t far, vector *e)
{
    vector *out = (vector *)(void *)row;
    vector zero = v->mean - v->mean, x;
    *e = zero;
    if (known) *e = y - v->mean;
    chain(v, e, row, far, A);
    x = *e;
    take_lags(&x, v->ma, v->q, row + S * WIDTH, ROW);
    out[S] = x;
    x = *e;
    take_lags(&x, v->sma, v->Q, row + G * WIDTH, far);
    out[G] = x;
    if (!v->constant) return;
    x = zero + (double)known;
    chain(v, &x, row, far, MEAN_A);
    out[MEAN_E] = x;
}

/* By the n parameters of the lane that has most. */
INLINE void add(const lanes *v, int n, const vector *e, const double *row, const vector *counts,
                sums *s)
{
    vector d[ALL], r = *e * *counts;
    s->squares = s->squares + r * r;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < WIDTH; k++) d[i][k] = row[v->at[i][k]];
        d[i] = d[i] * v->sign[i] * *counts;
    }
    for (int i = 0, at = 0; i < n; i++) {
        s->slope[i] = s->slope[i] + r * d[i];
        for (int j = 0; j <= i; j++, at++) s->product[at] = s->product[at] + d[i] * d[j];
    }
}

FS_LANES static void sum_four(const fs_arima_past *past, const lanes *v, int n, double *room,
                              sums *s)
{
    int64_t lead = (int64_t)FS_ARIMA_LEAD(past->season), far = (int64_t)past->season * ROW;
    memset(room, 0, (size_t)lead * ROW * sizeof *room);
    memset(s, 0, sizeof *s);
    double *row = room + lead * ROW;
    vector one = v->mean - v->mean + 1;
    for (int64_t t = 0; t < past->count; t++, row += ROW) {
        vector e, counts = one;
        step(v, past->w[t], past->use[t], row, far, &e);
        if (!past->use[t]) continue;
        for (int k = 0; t < v->last_from && k < WIDTH; k++) counts[k] = (double)t >= v->from[k];
        add(v, n, &e, row, &counts, s);
    }
}

/* ---- sums by coordinates ---- */

INLINE int entry(int i, int j) { return i < j ? j * (j + 1) / 2 + i : i * (i + 1) / 2 + j; }

/* J by parameters times bend is J by coordinates. */
static void by_coordinates(const sums *s, double bend[ALL][ALL], int n, int from, int to,
                           fs_lsq_sums *out)
{
    double half[ALL][ALL];
    out->squares[to] = s->squares[from];
    for (int j = 0; j < n; j++) {
        double slope = 0;
        for (int i = 0; i < n; i++) slope += s->slope[i][from] * bend[i][j];
        out->slope[j][to] = slope;
        for (int i = 0; i < n; i++) {
            half[i][j] = 0;
            for (int l = 0; l < n; l++) half[i][j] += s->product[entry(i, l)][from] * bend[l][j];
        }
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double sum = 0;
            for (int l = 0; l < n; l++) sum += bend[l][i] * half[l][j];
            out->product[entry(i, j)][to] = sum;
        }
}

void fs_arima_lanes(void *context, double x[ALL][FS_LSQ_LANES], fs_lsq_sums *out)
{
    const fs_arima_conditional *c = context;
    memset(out, 0, sizeof *out);
    for (int first = 0; first < c->lanes; first += WIDTH) {
        lanes v;
        sums s;
        int most = 0;
        memset(&v, 0, sizeof v);
        for (int k = 0; k < WIDTH && first + k < c->lanes; k++) {
            double point[ALL];
            for (int i = 0; i < ALL; i++) point[i] = x[i][first + k];
            set_lane(&v, &c->order[first + k], c->past->season, point, k);
            int n = fs_arima_parameters(&c->order[first + k]);
            most = n > most ? n : most;
        }
        sum_four(c->past, &v, most, c->room, &s);
        for (int k = 0; k < WIDTH && first + k < c->lanes; k++)
            by_coordinates(&s, v.bend[k], most, k, first + k, out);
    }
}
