/* The recursion of complex exponential smoothing for four sets of parameters of one series in lockstep, with derivatives.
 *
 * The derivatives of the states follow the same recursion as the states, with what the parameter itself does added: of
 * a' = a - (1 - k1) b + (k0 - k1) e and b' = a + (1 - k0) b + (k0 + k1) e
 *   by k0: + e and + e - b;   by k1: + b - e and + e;   and e's own derivative is less that of the forecast.
 * The potential begins where it would come to rest, b = a / k0, so k0 moves it too. Of the eight lanes of the search four are used, for that is a vector of the machine
 * and more starts find nothing better.
 *
 * Cost: 6 to 25 ns an observation for all four with AVX2, by the form.
 */
#include <string.h>

#include "forecast_internal.h"

#define WIDTH  FS_CES_STARTS
#define MOST   FS_CES_PARAMETERS
#define INLINE static inline __attribute__((always_inline))

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

/* A complex state and its derivatives. */
typedef struct complex_state {
    vector a, b, da[MOST], db[MOST];
} complex_state;

typedef struct sums {
    vector squares, slope[MOST], product[MOST * (MOST + 1) / 2];
} sums;

INLINE void begin(complex_state *s, vector a, vector k0, int by_level, int by_k0)
{
    vector none = a - a, inverse = 1 / k0;
    s->a = a;
    s->b = a * inverse;
    for (int p = 0; p < MOST; p++) s->da[p] = s->db[p] = none;
    if (by_level >= 0) s->da[by_level] = none + 1, s->db[by_level] = inverse;
    s->db[by_k0] = -(s->b * inverse);
}

/* n: parameters of the form; by: that of k0, and k1 is the next. */
INLINE void turn(complex_state *s, vector k0, vector k1, int n, int by, vector e, const vector *de)
{
    vector u = 1 - k1, v = k0 - k1, w = 1 - k0, z = k0 + k1, a = s->a, b = s->b;
    for (int p = 0; p < n; p++) {
        vector da = s->da[p];
        s->da[p] = da - u * s->db[p] + v * de[p];
        s->db[p] = da + w * s->db[p] + z * de[p];
    }
    s->da[by] = s->da[by] + e;
    s->db[by] = s->db[by] + (e - b);
    s->da[by + 1] = s->da[by + 1] + (b - e);
    s->db[by + 1] = s->db[by + 1] + e;
    s->a = a - u * b + v * e;
    s->b = a + w * b + z * e;
}

INLINE void add(sums *s, int n, vector e, const vector *de)
{
    s->squares = s->squares + e * e;
    for (int p = 0, i = 0; p < n; p++) {
        s->slope[p] = s->slope[p] + e * de[p];
        for (int q = 0; q <= p; q++, i++) s->product[i] = s->product[i] + de[p] * de[q];
    }
}

/* Error and its derivatives where y is known; 0 where it is not: the states move on without correction. */
INLINE void miss(const complex_state *level, const complex_state *season, int n, double y,
                 bool known, sums *s, vector *e, vector *de)
{
    *e = level->a - level->a;
    for (int p = 0; p < n; p++) de[p] = *e;
    if (!known) return;
    *e = y - level->a;
    for (int p = 0; p < n; p++) de[p] = -level->da[p];
    if (season) {
        *e = y - (level->a + season->a);
        for (int p = 0; p < n; p++) de[p] = de[p] - season->da[p];
    }
    add(s, n, *e, de);
}

INLINE void run_level(const fs_ces *c, const vector *x, complex_state *state, sums *s)
{
    vector e, de[MOST];
    int season = c->form == FS_CES_SIMPLE ? c->season : 1, place = 0;
    for (int i = 0; i < season; i++)
        begin(&state[i], x[FS_CES_LEVEL] + (c->form == FS_CES_SIMPLE ? c->index[i] : 0),
              x[FS_CES_ALPHA0], FS_CES_LEVEL, FS_CES_ALPHA0);
    for (int64_t t = 0; t < c->count; t++) {
        miss(&state[place], NULL, 3, c->y[t], c->use[t], s, &e, de);
        turn(&state[place], x[FS_CES_ALPHA0], x[FS_CES_ALPHA1], 3, FS_CES_ALPHA0, e, de);
        if (++place == season) place = 0;
    }
}

INLINE void run_partial(const fs_ces *c, const vector *x, complex_state *state, sums *s)
{
    vector e, de[MOST], none = x[0] - x[0];
    complex_state level;
    int place = 0;
    begin(&level, x[FS_CES_LEVEL], x[FS_CES_ALPHA0], FS_CES_LEVEL, FS_CES_ALPHA0);
    for (int i = 0; i < c->season; i++) {
        state[i].a = none + c->index[i];
        for (int p = 0; p < 4; p++) state[i].da[p] = none;
    }
    for (int64_t t = 0; t < c->count; t++) {
        complex_state *season = &state[place];
        miss(&level, season, 4, c->y[t], c->use[t], s, &e, de);
        turn(&level, x[FS_CES_ALPHA0], x[FS_CES_ALPHA1], 4, FS_CES_ALPHA0, e, de);
        for (int p = 0; p < 4; p++) season->da[p] = season->da[p] + x[FS_CES_BETA0] * de[p];
        season->da[FS_CES_BETA0] = season->da[FS_CES_BETA0] + e;
        season->a = season->a + x[FS_CES_BETA0] * e;
        if (++place == c->season) place = 0;
    }
}

INLINE void run_full(const fs_ces *c, const vector *x, complex_state *state, sums *s)
{
    vector e, de[MOST], none = x[0] - x[0];
    complex_state level;
    int place = 0;
    begin(&level, x[FS_CES_LEVEL], x[FS_CES_ALPHA0], FS_CES_LEVEL, FS_CES_ALPHA0);
    for (int i = 0; i < c->season; i++)
        begin(&state[i], none + c->index[i], x[FS_CES_BETA0], -1, FS_CES_BETA0);
    for (int64_t t = 0; t < c->count; t++) {
        complex_state *season = &state[place];
        miss(&level, season, MOST, c->y[t], c->use[t], s, &e, de);
        turn(&level, x[FS_CES_ALPHA0], x[FS_CES_ALPHA1], MOST, FS_CES_ALPHA0, e, de);
        turn(season, x[FS_CES_BETA0], x[FS_CES_BETA1], MOST, FS_CES_BETA0, e, de);
        if (++place == c->season) place = 0;
    }
}

FS_LANES void fs_ces_lanes(void *context, double x[FS_LSQ_PARAMETERS][FS_LSQ_LANES],
                           fs_lsq_sums *to)
{
    const fs_ces *c = context;
    complex_state *state = (complex_state *)(void *)c->state;
    sums s;
    vector at[MOST];
    memset(&s, 0, sizeof s);
    memset(to, 0, sizeof *to);
    for (int p = 0; p < MOST; p++) memcpy(&at[p], x[p], sizeof(vector));
    if (c->form == FS_CES_FULL)
        run_full(c, at, state, &s);
    else if (c->form == FS_CES_PARTIAL)
        run_partial(c, at, state, &s);
    else
        run_level(c, at, state, &s);
    memcpy(to->squares, &s.squares, sizeof(vector));
    for (int p = 0; p < MOST; p++) memcpy(to->slope[p], &s.slope[p], sizeof(vector));
    for (int i = 0; i < MOST * (MOST + 1) / 2; i++)
        memcpy(to->product[i], &s.product[i], sizeof(vector));
}
