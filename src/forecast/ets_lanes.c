/* The recursion of exponential smoothing with its derivatives, eight sets of parameters of one series in lockstep.
 *
 * A step of the recursion waits for the one before it, so one set alone leaves the machine idle; and with the derivatives of
 * the errors at hand a fit takes ten evaluations where a search without them takes a hundred. The lanes hold the
 * forms that differ in error and trend, which cost the same together as one alone. They are two halves of four
 * doubles: wider vectors than the machine has are taken apart by compilers by way of memory, which is ten times slower.
 *
 * For a multiplicative error the sums are those of r G, r = e / mean and G the geometric mean of the means, whose least
 * sum of squares is the greatest likelihood: n log sum r^2 + 2 sum log mean = n log sum (r G)^2. With a the derivatives of r and m
 * the mean of those of log mean, the derivatives of r G are G (a + r m).
 *
 * About 8 ns a step for four lanes with AVX2, 13 with a season.
 */
#include <math.h>
#include <string.h>

#include "ets_internal.h"

#define WIDTH 4
#define ALL   FS_LSQ_PARAMETERS
#define SHRUNK_EVERY                                                                               \
    16 /* steps: so many means may be multiplied without leaving the range of doubles */
#define LEAST_MEAN 1e-15 /* of a multiplicative error, the largest value being about 1 */
#define MOST_MEAN  1e15

typedef double vector __attribute__((vector_size(WIDTH * 8)));
typedef double slot __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias)); /* in memory */
typedef int64_t mask __attribute__((vector_size(WIDTH * 8)));
#define INLINE             static inline __attribute__((always_inline))
#define TO(pointer)        (*(slot *)(void *)(pointer))
#define IF(which, yes, no) ((vector)(((mask)(yes) & (which)) | ((mask)(no) & ~(which))))
#pragma GCC diagnostic ignored "-Wpsabi" /* of vectors that functions give, and these are none */

enum {
    A = FS_ETS_ALPHA,
    B = FS_ETS_BETA,
    P = FS_ETS_PHI,
    L = FS_ETS_LEVEL,
    S = FS_ETS_SLOPE,
    G = FS_ETS_GAMMA
};

typedef struct sums_of_four {
    vector squares, slope[ALL], product[FS_LSQ_PRODUCTS], by_logs[ALL];
    double exponents[WIDTH]; /* of two, of the product of the means */
    double mantissa[WIDTH];
    mask bad;
} sums_of_four;

INLINE vector load(const double *from)
{
    vector v;
    memcpy(&v, from, sizeof v);
    return v;
}

size_t fs_ets_room(int period) { return (size_t)period * (ALL + 1) * WIDTH; }

/* b^phi, and its derivatives in place of b's. */
INLINE void raise(vector *b, const vector *phi, const vector *phi_by, vector *db, const int n)
{
    vector logs, power;
    for (int k = 0; k < WIDTH; k++) {
        logs[k] = log((*b)[k]);
        power[k] = exp((*phi)[k] * logs[k]);
    }
    for (int i = 0; i < n; i++) db[i] = power * *phi * db[i] / *b;
    db[P] += power * logs * *phi_by;
    *b = power;
}

/* Takes the exponents out of a product of means. */
INLINE void shrink(sums_of_four *out, vector *product)
{
    for (int k = 0; k < WIDTH; k++) {
        int exponent;
        (*product)[k] = frexp((*product)[k], &exponent);
        out->exponents[k] += exponent;
    }
}

/* What four lanes carry from step to step; [i] are derivatives by x[i]. */
typedef struct state {
    vector alpha, beta, gamma, phi;
    vector level, slope, dlevel[ALL], dslope[ALL];
    vector old, dold[ALL];          /* level before the step, where the trend is multiplicative */
    vector mean, dmean[ALL], error; /* of the step */
    vector means;                   /* product of means since it was shrunk last */
    int multiplied;
} state;

INLINE void begin(state *x, const fs_ets_past *past, const fs_ets_lanes *lanes, int first,
                  double *room, const fs_ets_part season)
{
    *x = (state){.alpha = load(lanes->alpha + first),
                 .beta = load(lanes->beta + first),
                 .gamma = load(lanes->gamma + first),
                 .phi = load(lanes->phi + first),
                 .level = load(lanes->level + first),
                 .slope = load(lanes->slope + first),
                 .means = {1, 1, 1, 1}};
    x->dlevel[L] = load(lanes->level_by_level + first);
    x->dslope[S] = load(lanes->slope_by_slope + first);
    for (int i = 0; season && i < past->period; i++) {
        double *s = room + (size_t)i * (ALL + 1) * WIDTH;
        memset(s, 0, (ALL + 1) * WIDTH * sizeof *s);
        for (int k = 0; k < WIDTH; k++) s[k] = past->first_season[i];
    }
}

/* Level and slope to the next step, without an error. */
INLINE void advance(state *x, const fs_ets_lanes *lanes, int first, const fs_ets_part trend,
                    const int n)
{
    const vector phi_by = load(lanes->phi_by_phi + first);
    if (trend == FS_ETS_MULTIPLICATIVE) {
        x->old = x->level;
        for (int i = 0; i < n; i++) x->dold[i] = x->dlevel[i];
        raise(&x->slope, &x->phi, &phi_by, x->dslope, n);
        for (int i = 0; i < n; i++)
            x->dlevel[i] = x->dlevel[i] * x->slope + x->level * x->dslope[i];
        x->level = x->level * x->slope;
        return;
    }
    for (int i = 0; i < n; i++) x->dslope[i] = x->phi * x->dslope[i];
    if (n) x->dslope[P] += phi_by * x->slope;
    x->slope = x->phi * x->slope;
    for (int i = 0; i < n; i++) x->dlevel[i] = x->dlevel[i] + x->dslope[i];
    x->level = x->level + x->slope;
}

INLINE void predict(state *x, const slot *s, const fs_ets_part season, const int n)
{
    x->mean = x->level;
    if (season == FS_ETS_ADDITIVE) x->mean = x->level + s[0];
    if (season == FS_ETS_MULTIPLICATIVE) x->mean = x->level * s[0];
    for (int i = 0; i < n; i++) {
        x->dmean[i] = x->dlevel[i];
        if (season == FS_ETS_ADDITIVE) x->dmean[i] = x->dlevel[i] + s[1 + i];
        if (season == FS_ETS_MULTIPLICATIVE)
            x->dmean[i] = x->dlevel[i] * s[0] + x->level * s[1 + i];
    }
}

INLINE void add_error(state *x, const bool relative, const int n, sums_of_four *out)
{
    vector r = x->error, dr[ALL];
    for (int i = 0; i < n; i++) dr[i] = -x->dmean[i];
    if (relative) {
        vector inverse = 1 / x->mean;
        r = x->error * inverse;
        vector h = (1 + r) * inverse;
        for (int i = 0; i < n; i++) {
            out->by_logs[i] += inverse * x->dmean[i];
            dr[i] = h * dr[i];
        }
        out->bad |= ~((x->mean > LEAST_MEAN) & (x->mean < MOST_MEAN));
        x->means = x->means * x->mean;
        if (++x->multiplied == SHRUNK_EVERY) {
            shrink(out, &x->means);
            x->multiplied = 0;
        }
    }
    out->squares += r * r;
    for (int i = 0; i < n; i++) {
        out->slope[i] += r * dr[i];
        for (int j = 0; j <= i; j++) out->product[i * (i + 1) / 2 + j] += dr[i] * dr[j];
    }
}

/* The states take their shares of the error. */
INLINE void correct(state *x, slot *s, const fs_ets_lanes *lanes, int first,
                    const fs_ets_part trend, const fs_ets_part season, const int n)
{
    const bool by_season = season == FS_ETS_MULTIPLICATIVE, grows = trend == FS_ETS_MULTIPLICATIVE;
    vector per_season = {0}, per_level = {0}, per_old = {0}, u = x->error, v = u;
    if (by_season) {
        per_season = 1 / s[0];
        per_level = 1 / x->level;
        u = x->error * per_season;
        v = x->error * per_level;
    }
    if (grows) per_old = 1 / x->old;
    vector w = grows ? u * per_old : u;
    for (int i = 0; i < n; i++) {
        vector du = -x->dmean[i], dv = du;
        if (by_season) {
            du = (du - u * s[1 + i]) * per_season;
            dv = (dv - v * x->dlevel[i]) * per_level;
        }
        if (season) s[1 + i] += x->gamma * dv;
        x->dslope[i] += x->beta * (grows ? (du - w * x->dold[i]) * per_old : du);
        x->dlevel[i] += x->alpha * du;
    }
    if (season) {
        s[0] += x->gamma * v;
        if (n) s[1 + A] += load(lanes->gamma_by_alpha + first) * v;
        if (n) s[1 + G] += load(lanes->gamma_by_gamma + first) * v;
    }
    x->slope += x->beta * w;
    x->level += x->alpha * u;
    if (!n) return;
    x->dslope[A] += load(lanes->beta_by_alpha + first) * w;
    x->dslope[B] += load(lanes->beta_by_beta + first) * w;
    x->dlevel[A] += load(lanes->alpha_by_alpha + first) * u;
}

/* trend: ADDITIVE or MULTIPLICATIVE; season: any; relative: the errors; n: parameters by which derivatives are taken, 0: none. All
 * are known when this is compiled, so each combination has a loop of its own. */
INLINE void sum_four(const fs_ets_past *past, const fs_ets_lanes *lanes, int first, double *room,
                     const fs_ets_part trend, const fs_ets_part season, const bool relative,
                     const int n, sums_of_four *out)
{
    state x;
    int place = 0;
    memset(out, 0, sizeof *out);
    begin(&x, past, lanes, first, room, season);
    for (int64_t t = 0; t < past->count; t++) {
        slot *s = (slot *)(void *)(room + (size_t)place * (ALL + 1) * WIDTH);
        if (season && ++place == past->period) place = 0;
        advance(&x, lanes, first, trend, n);
        if (!past->use[t]) continue;
        predict(&x, s, season, n);
        x.error = past->y[t] - x.mean;
        add_error(&x, relative, n, out);
        correct(&x, s, lanes, first, trend, season, n);
    }
    memcpy(out->mantissa, &x.means, sizeof x.means);
}

typedef void sum_function(const fs_ets_past *, const fs_ets_lanes *, int, double *, sums_of_four *);
#define SUMS(name, trend, season, relative, n)                                                     \
    FS_LANES static void name(const fs_ets_past *past, const fs_ets_lanes *lanes, int first,       \
                              double *room, sums_of_four *out)                                     \
    {                                                                                              \
        sum_four(past, lanes, first, room, trend, season, relative, n, out);                       \
    }
SUMS(ann, FS_ETS_ADDITIVE, FS_ETS_NONE, false, ALL - 1)
SUMS(ana, FS_ETS_ADDITIVE, FS_ETS_ADDITIVE, false, ALL)
SUMS(anm, FS_ETS_ADDITIVE, FS_ETS_MULTIPLICATIVE, false, ALL)
SUMS(mnn, FS_ETS_ADDITIVE, FS_ETS_NONE, true, ALL - 1)
SUMS(mna, FS_ETS_ADDITIVE, FS_ETS_ADDITIVE, true, ALL)
SUMS(mnm, FS_ETS_ADDITIVE, FS_ETS_MULTIPLICATIVE, true, ALL)
SUMS(amn, FS_ETS_MULTIPLICATIVE, FS_ETS_NONE, false, ALL - 1)
SUMS(ama, FS_ETS_MULTIPLICATIVE, FS_ETS_ADDITIVE, false, ALL)
SUMS(amm, FS_ETS_MULTIPLICATIVE, FS_ETS_MULTIPLICATIVE, false, ALL)
SUMS(mmn, FS_ETS_MULTIPLICATIVE, FS_ETS_NONE, true, ALL - 1)
SUMS(mma, FS_ETS_MULTIPLICATIVE, FS_ETS_ADDITIVE, true, ALL)
SUMS(mmm, FS_ETS_MULTIPLICATIVE, FS_ETS_MULTIPLICATIVE, true, ALL)
SUMS(ann_alone, FS_ETS_ADDITIVE, FS_ETS_NONE, false, 0)
SUMS(ana_alone, FS_ETS_ADDITIVE, FS_ETS_ADDITIVE, false, 0)
SUMS(anm_alone, FS_ETS_ADDITIVE, FS_ETS_MULTIPLICATIVE, false, 0)

/* Of a lane: the mean of the logarithms of the means. */
static double mean_log_of(const sums_of_four *four, int k, double count)
{
    double logs = four->exponents[k] * 0.69314718055994531 + log(four->mantissa[k]);
    return count > 0 ? logs / count : 0;
}

/* Sums of four lanes to their places; of relative errors those of r to those of r G, see above. */
INLINE void scale(const sums_of_four *four, int first, const int n, double count,
                  const bool relative, fs_lsq_sums *sums)
{
    vector factor = {1, 1, 1, 1}, m[ALL] = {{0}}, squares = four->squares;
    const vector nothing = {0}, broken = nothing + INFINITY;
    for (int k = 0; relative && k < WIDTH; k++) factor[k] = exp(2 * mean_log_of(four, k, count));
    for (int i = 0; relative && i < n && count > 0; i++) m[i] = four->by_logs[i] / count;
    TO(sums->squares + first) = IF(four->bad, broken, factor * squares);
    for (int i = 0; i < ALL; i++) {
        bool in = i < n;
        TO(&sums->slope[i][first]) =
            in ? relative ? factor * (four->slope[i] + squares * m[i]) : four->slope[i] : nothing;
        for (int j = 0; j <= i; j++) {
            int at = i * (i + 1) / 2 + j;
            vector product = four->product[at];
            if (relative) {
                vector cross = m[i] * four->slope[j] + m[j] * four->slope[i];
                product = factor * (product + cross + squares * m[i] * m[j]);
            }
            TO(&sums->product[at][first]) = in ? product : nothing;
        }
    }
}

typedef void scale_function(const sums_of_four *, int, double, fs_lsq_sums *);
#define SCALE(name, n, relative)                                                                   \
    FS_LANES static void name(const sums_of_four *four, int first, double count,                   \
                              fs_lsq_sums *sums)                                                   \
    {                                                                                              \
        scale(four, first, n, count, relative, sums);                                              \
    }
SCALE(plain, ALL - 1, false)
SCALE(plain_with_season, ALL, false)
SCALE(scaled, ALL - 1, true)
SCALE(scaled_with_season, ALL, true)

void fs_ets_lanes_sums(const fs_ets_past *past, fs_ets_part trend, fs_ets_part season,
                       const fs_ets_lanes *lanes, double *room, fs_lsq_sums *sums)
{
    static sum_function *const of[2][2][3] = {{{ann, ana, anm}, {mnn, mna, mnm}},
                                              {{amn, ama, amm}, {mmn, mma, mmm}}};
    static scale_function *const to[2][2] = {{plain, plain_with_season},
                                             {scaled, scaled_with_season}};
    double known = 0;
    for (int64_t t = 0; t < past->count; t++) known += past->use[t];
    for (int half = 0; half < FS_ETS_HALVES; half++) {
        sums_of_four four;
        bool relative = lanes->error[half] == FS_ETS_MULTIPLICATIVE;
        if (!lanes->error[half]) continue;
        of[trend == FS_ETS_MULTIPLICATIVE][relative][season](past, lanes, half * WIDTH, room,
                                                             &four);
        to[relative][season != FS_ETS_NONE](&four, half * WIDTH, known, sums);
    }
}

void fs_ets_lanes_squares(const fs_ets_past *past, fs_ets_part season, const fs_ets_lanes *lanes,
                          double *room, double squares[FS_LSQ_LANES])
{
    static sum_function *const of[3] = {ann_alone, ana_alone, anm_alone};
    for (int first = 0; first < FS_LSQ_LANES; first += WIDTH) {
        sums_of_four four;
        of[season](past, lanes, first, room, &four);
        memcpy(squares + first, &four.squares, sizeof four.squares);
    }
}
