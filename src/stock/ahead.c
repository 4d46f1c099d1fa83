/* Demand of one period ahead as a distribution, from its quantiles and its mean.
 *
 * Between two quantiles the values lie on a bent line of probabilities. How far all lines are bent (w: 0 keeps to the lower quantile, 1 to the
 * upper, 1/2 is straight) and how long the tail above the last quantile is (exponential, of scale theta) follow from the mean, which holds
 * exactly: first the tail is between half and twice what the last two quantiles say, then lines are bent, then the tail takes the rest.
 * So a slow mover whose quantiles are 0 up to 75 % has its zeros and its mean. Only a mean below what the quantiles allow scales them.
 *
 * On a grid each mass goes to its two neighbours so that the mean stays (linear interpolation of the expected shortage).
 *
 * Cost: about 0.3 µs for nine quantiles and thirty cells.
 */
#include <math.h>

#include "foresell/numeric.h"
#include "stock_ahead.h"

#define TAIL_MOST 2.0 /* times the scale that the last two quantiles tell; and 1 / TAIL_MOST */
#define TO_NORMAL                                                                                  \
    0.7 /* of that scale: an exponential through the quantiles of a normal is too long */

/* The exponential distribution of scale 1 in even pieces with its mean: probabilities above, and values. */
#define TAIL 7
static const double tail_above[TAIL] = {1, .7, .45, .25, .1, .03, 0};
static const double tail_value[TAIL] = {0, .35, .78, 1.36, 2.26, 3.44, 4.6433333333333333};

typedef struct shape {
    int count;
    double p[FS_ORDER_QUANTILES], v[FS_ORDER_QUANTILES];
    double lowest, bend, tail, scale;
} shape;

static void take_known(shape *s, const fs_ahead *ahead, int t)
{
    const double *v = ahead->quantile + (int64_t)t * ahead->probabilities;
    s->count = 0;
    for (int i = 0; i < ahead->probabilities && s->count < FS_ORDER_QUANTILES; i++) {
        if (!isfinite(v[i])) continue;
        double before = s->count ? s->v[s->count - 1] : 0;
        s->p[s->count] = ahead->probability[i];
        s->v[s->count++] = fmax(v[i], before);
    }
}

/* The scale of an exponential tail beyond the end of two quantiles. */
static double scale_of(double step, double ratio) { return TO_NORMAL * step / log(ratio); }

static double clamp(double x, double low, double high) { return fmin(fmax(x, low), high); }

/* Bend and tail that give the mean. */
static void fit(shape *s, double mean)
{
    int last = s->count - 1;
    double above = 1 - s->p[last], usual = 0, base = s->p[0] * s->lowest, rise;
    if (last > 0) usual = scale_of(s->v[last] - s->v[last - 1], (1 - s->p[last - 1]) / above);
    rise = s->p[0] * (s->v[0] - s->lowest);
    for (int i = 0; i < last; i++) {
        base += (s->p[i + 1] - s->p[i]) * s->v[i];
        rise += (s->p[i + 1] - s->p[i]) * (s->v[i + 1] - s->v[i]);
    }
    base += above * s->v[last];
    s->tail = clamp((mean - base - rise / 2) / above, usual / TAIL_MOST, usual * TAIL_MOST);
    s->bend = rise > 0 ? clamp((mean - base - above * s->tail) / rise, 0, 1) : .5;
    s->tail = fmax((mean - base - s->bend * rise) / above, 0);
    double made = base + s->bend * rise + above * s->tail;
    s->scale = made > 0 ? mean / made : 1;
}

static void add(fs_pieces *pieces, double low, double high, double from, double mass)
{
    int i = pieces->count;
    if (!(mass > 0)) return;
    pieces->low[i] = low;
    pieces->high[i] = fmax(high, low);
    pieces->from[i] = from;
    pieces->mass[i] = mass;
    pieces->count++;
}

/* From a to b, with mean a + bend (b - a): two straight lines that meet in the middle, or at an end. */
static void add_line(fs_pieces *pieces, const shape *s, double a, double b, double from,
                     double mass)
{
    double w = s->bend, turn = .5, at = a + (2 * w - .5) * (b - a);
    if (w < .25) turn = 1 - 2 * w, at = a;
    if (w > .75) turn = 2 * (1 - w), at = b;
    add(pieces, a * s->scale, at * s->scale, from, mass * turn);
    add(pieces, at * s->scale, b * s->scale, from + mass * turn, mass * (1 - turn));
}

static void add_tail(fs_pieces *pieces, const shape *s)
{
    double from = s->p[s->count - 1], above = 1 - from, value = s->v[s->count - 1];
    for (int i = 0; i + 1 < TAIL; i++)
        add(pieces, s->scale * (value + s->tail * tail_value[i]),
            s->scale * (value + s->tail * tail_value[i + 1]), 1 - above * tail_above[i],
            above * (tail_above[i] - tail_above[i + 1]));
}

void fs_pieces_make(fs_pieces *pieces, const fs_ahead *ahead, int t)
{
    shape s;
    double mean = fmax(ahead->mean[t], 0);
    pieces->count = 0;
    take_known(&s, ahead, t);
    if (s.count == 0 || mean == 0) {
        add(pieces, mean, mean, 0, 1);
        return;
    }
    s.lowest = s.v[0];
    if (s.count > 1) s.lowest = fmax(0, s.v[0] - 2 * scale_of(s.v[1] - s.v[0], s.p[1] / s.p[0]));
    fit(&s, mean);
    add_line(pieces, &s, s.lowest, s.v[0], 0, s.p[0]);
    for (int i = 0; i + 1 < s.count; i++)
        add_line(pieces, &s, s.v[i], s.v[i + 1], s.p[i], s.p[i + 1] - s.p[i]);
    add_tail(pieces, &s);
}

double fs_stock_highest(const fs_pieces *pieces)
{
    return pieces->count ? pieces->high[pieces->count - 1] : 0;
}

int fs_stock_cells(const fs_pieces *pieces, double unit)
{
    return (int)ceil(fs_stock_highest(pieces) / unit) + 1;
}

static void put(double *to, int last, double at, double mass)
{
    int cell = (int)fmin(at, last);
    double part = at - cell;
    to[cell] += mass * (1 - part);
    if (part > 0 && cell < last) to[cell + 1] += mass * part;
}

/* The mass that lies evenly from low to high, cell by cell, each part at its middle. */
static void put_evenly(double *to, int last, double low, double high, double mass)
{
    double density = mass / (high - low);
    int first = (int)low, end = (int)fmin(ceil(high), last);
    for (int cell = first; cell < end; cell++) {
        double a = fmax(low, cell), b = fmin(high, cell + 1);
        double part = (a + b) / 2 - cell, here = density * (b - a);
        to[cell] += here * (1 - part);
        to[cell + 1] += here * part;
    }
}

int fs_pieces_spread(const fs_pieces *pieces, const double *share, double unit, double *probability)
{
    int cells = fs_stock_cells(pieces, unit);
    for (int i = 0; i < cells; i++) probability[i] = 0;
    for (int i = 0; i < pieces->count; i++) {
        double low = pieces->low[i] / unit, high = pieces->high[i] / unit;
        double mass = share ? pieces->mass[i] * share[i] : pieces->mass[i];
        if (high - low < 1e-9)
            put(probability, cells - 1, low, mass);
        else
            put_evenly(probability, cells - 1, low, high, mass);
    }
    return cells;
}
