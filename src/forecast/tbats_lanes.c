/* The recursion of TBATS with its derivatives by all seeds and parameters, and the sums of their products.
 *
 * States are linear in the seeds, and their derivatives follow the recursion that they follow themselves, with what the parameter itself does
 * added. So errors and derivatives are columns of one matrix, which moves row by row of the state:
 *
 *   d = ar(d) + ma(e) + e,  l' = l + φ b + α d,  b' = φ b + β d,  s' = turn (s + γ d)
 *
 * and by α, β, φ, γ and the ARMA part d, d, b, d and the lags are added in their columns.
 *
 * Cost: 2 ns an observation and harmonic for each four columns with AVX2.
 */
#include <string.h>

#include "tbats_internal.h"

#define WIDTH  4
#define INLINE static inline __attribute__((always_inline))

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

/* Rows of the state. */
typedef struct rows {
    double *level, *trend, *pair, *d_lag, *e_lag, *seasons, *arma, *e, *d;
    int vectors, width;
    int value; /* the column of the errors */
} rows;

static rows rows_of(const fs_tbats *t)
{
    size_t w = (size_t)t->width;
    rows r = {.vectors = t->width / WIDTH, .width = t->width, .value = t->columns};
    r.level = t->state, r.trend = r.level + w, r.pair = r.trend + w;
    r.d_lag = r.pair + 2 * (size_t)t->pairs * w, r.e_lag = r.d_lag + FS_TBATS_ARMA * w;
    r.seasons = r.e_lag + FS_TBATS_ARMA * w;
    r.arma = r.seasons + w, r.e = r.arma + w, r.d = r.e + w;
    return r;
}

static void begin(const fs_tbats *t, const rows *r, const double *seed)
{
    int column = 0;
    memset(t->state, 0, FS_TBATS_STATES(t->pairs) * (size_t)r->width * sizeof *t->state);
    r->level[column] = 1, r->level[r->value] = seed[column++];
    if (t->form.trend) r->trend[column] = 1, r->trend[r->value] = seed[column++];
    for (int i = 0; i < 2 * t->pairs; i++) {
        double *row = r->pair + (size_t)i * (size_t)r->width;
        row[column] = 1, row[r->value] = seed[column++];
    }
    for (int i = 0; i < t->pairs; i++)
        for (int c = 0; c < r->width; c++)
            r->seasons[c] += r->pair[2 * (size_t)i * (size_t)r->width + (size_t)c];
}

INLINE void add_times(double *to, double factor, const double *row, int vectors)
{
    vector *a = (vector *)(void *)to;
    const vector *b = (const vector *)(const void *)row;
    for (int v = 0; v < vectors; v++) a[v] = a[v] + factor * b[v];
}

/* What the ARMA part expects. */
INLINE void expect_arma(const fs_tbats *t, const double *x, const rows *r)
{
    memset(r->arma, 0, (size_t)r->width * sizeof *r->arma);
    for (int i = 0; i < t->form.p; i++) {
        const double *lag = r->d_lag + i * r->width;
        add_times(r->arma, x[FS_TBATS_AR + i], lag, r->vectors);
        r->arma[t->column_of[FS_TBATS_AR + i]] += lag[r->value];
    }
    for (int i = 0; i < t->form.q; i++) {
        const double *lag = r->e_lag + i * r->width;
        add_times(r->arma, x[FS_TBATS_MA + i], lag, r->vectors);
        r->arma[t->column_of[FS_TBATS_MA + i]] += lag[r->value];
    }
}

/* Of a missing value the error is 0. */
INLINE void miss(const fs_tbats *t, const double *x, const rows *r, double y, double known)
{
    const vector *level = (const vector *)(void *)r->level, *trend = (vector *)(void *)r->trend;
    const vector *seasons = (const vector *)(void *)r->seasons, *arma = (vector *)(void *)r->arma;
    vector *e = (vector *)(void *)r->e, *d = (vector *)(void *)r->d;
    double phi = x[FS_TBATS_PHI];
    for (int v = 0; v < r->vectors; v++) {
        vector ahead = level[v] + phi * trend[v] + seasons[v] + arma[v];
        e[v] = known * -ahead;
    }
    if (known != 0) r->e[r->value] = y + r->e[r->value];
    if (known != 0 && t->form.damped) r->e[t->column_of[FS_TBATS_PHI]] -= r->trend[r->value];
    for (int v = 0; v < r->vectors; v++) d[v] = arma[v] + e[v];
}

INLINE void move_level(const fs_tbats *t, const double *x, const rows *r)
{
    vector *level = (vector *)(void *)r->level, *trend = (vector *)(void *)r->trend;
    const vector *d = (const vector *)(void *)r->d;
    double phi = x[FS_TBATS_PHI], alpha = x[FS_TBATS_ALPHA], beta = x[FS_TBATS_BETA];
    double slope = r->trend[r->value], now = r->d[r->value];
    for (int v = 0; v < r->vectors; v++) {
        level[v] = level[v] + phi * trend[v] + alpha * d[v];
        trend[v] = phi * trend[v] + beta * d[v];
    }
    r->level[t->column_of[FS_TBATS_ALPHA]] += now;
    if (t->form.trend) r->trend[t->column_of[FS_TBATS_BETA]] += now;
    if (!t->form.damped) return;
    r->level[t->column_of[FS_TBATS_PHI]] += slope;
    r->trend[t->column_of[FS_TBATS_PHI]] += slope;
}

INLINE void move_seasons(const fs_tbats *t, const double *x, const rows *r)
{
    const vector *d = (const vector *)(void *)r->d;
    vector *sum = (vector *)(void *)r->seasons;
    memset(r->seasons, 0, (size_t)r->width * sizeof *r->seasons);
    for (int i = 0; i < t->pairs; i++) {
        double *row = r->pair + 2 * (size_t)i * (size_t)r->width;
        vector *s = (vector *)(void *)row, *other = s + r->vectors;
        int of = FS_TBATS_GAMMA + t->season_of[i];
        double gamma = x[of], cosine = t->cosine[i], sine = t->sine[i];
        row[t->column_of[of]] += r->d[r->value];
        for (int v = 0; v < r->vectors; v++) {
            vector a = s[v] + gamma * d[v], b = other[v];
            s[v] = cosine * a + sine * b;
            other[v] = cosine * b - sine * a;
            sum[v] = sum[v] + s[v];
        }
    }
}

INLINE void move_lags(const fs_tbats *t, const rows *r)
{
    size_t bytes = (size_t)r->width * sizeof *r->d;
    if (t->form.p > 1) memcpy(r->d_lag + r->width, r->d_lag, bytes);
    if (t->form.p > 0) memcpy(r->d_lag, r->d, bytes);
    if (t->form.q > 1) memcpy(r->e_lag + r->width, r->e_lag, bytes);
    if (t->form.q > 0) memcpy(r->e_lag, r->e, bytes);
}

INLINE void add_products(const rows *r, double *product)
{
    for (int i = 0; i <= r->value; i++)
        add_times(product + (size_t)i * (size_t)r->width, r->e[i], r->e, i / WIDTH + 1);
}

FS_LANES void fs_tbats_lanes(const fs_tbats *t, const double x[FS_TBATS_PARAMETERS],
                             const double *seed, double *product)
{
    rows r = rows_of(t);
    memset(product, 0, (size_t)r.width * (size_t)r.width * sizeof *product);
    begin(t, &r, seed);
    for (int64_t i = 0; i < t->count; i++) {
        expect_arma(t, x, &r);
        miss(t, x, &r, t->y[i], t->use[i]);
        move_level(t, x, &r);
        move_seasons(t, x, &r);
        move_lags(t, &r);
        if (t->use[i]) add_products(&r, product);
    }
}
