/* How many harmonics each season of TBATS gets: by AICc, season after season, the shortest first.
 *
 * With a level that moves by α and seasons that do not move, errors are linear in level, drift and harmonics: series and columns are all filtered
 * alike, e_t = x_t - l_{t-1}, l_t = l_{t-1} + α e_t, which is generalised least squares for a level that walks. One
 * Cholesky factor, harmonics in their order and the series last, holds the sum of squares that each number of harmonics leaves: each
 * column takes the square of its entry in the last row off it. All α of a short list are tried.
 *
 * De Livera, Hyndman and Snyder (2011, 3.3) regress the series less a moving mean, and ask whether one more harmonic is better; here all
 * numbers are compared.
 *
 * Cost: half the square of the columns an observation, season and α.
 */
#include <math.h>
#include <string.h>

#include "tbats_internal.h"

#define WIDTH    4
#define FIXED    2     /* level and drift */
#define ROUNDING 1e-14 /* of a sum of squares, which is what is left of it */

typedef double vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

typedef struct choice {
    const fs_tbats *t; /* of the form that is looked at */
    int columns, width;
    double *level, *row; /* width */
    double *product;     /* width x width */
    double *factor;      /* columns and the series, squared */
} choice;

static void lay_out(choice *c, fs_tbats *t, const fs_tbats_form *form, double *scratch)
{
    fs_tbats_lay_out(t, form);
    c->t = t;
    c->columns = FIXED + 2 * t->pairs;
    c->width = (c->columns + 1 + WIDTH - 1) / WIDTH * WIDTH;
    c->level = scratch;
    c->row = c->level + c->width;
    c->product = c->row + c->width;
    c->factor = c->product + (size_t)c->width * (size_t)c->width;
}

/* The columns at one time from those of the time before. */
static void turn(const choice *c, int64_t time)
{
    c->row[0] = 1;
    c->row[1] = (double)time / (double)c->t->count;
    for (int i = 0; i < c->t->pairs; i++) {
        double *at = c->row + FIXED + 2 * i, a = at[0], b = at[1];
        at[0] = c->t->cosine[i] * a + c->t->sine[i] * b;
        at[1] = c->t->cosine[i] * b - c->t->sine[i] * a;
    }
}

FS_LANES static void sum_products(const choice *c, double alpha)
{
    int vectors = c->width / WIDTH;
    const vector *row = (const vector *)(void *)c->row;
    vector *level = (vector *)(void *)c->level;
    vector e[FS_TBATS_SEEDS / WIDTH + 2];
    memset(c->level, 0, (size_t)c->width * (2 + (size_t)c->width) * sizeof *c->level);
    for (int i = 0; i < c->t->pairs; i++) c->row[FIXED + 2 * i] = 1;
    for (int64_t t = 0; t < c->t->count; t++) {
        turn(c, t);
        if (!c->t->use[t]) continue;
        c->row[c->columns] = c->t->y[t];
        for (int v = 0; v < vectors; v++) {
            e[v] = row[v] - level[v];
            level[v] = level[v] + alpha * e[v];
        }
        for (int i = 0; i <= c->columns; i++) {
            vector *to = (vector *)(void *)(c->product + (size_t)i * (size_t)c->width);
            double factor = ((const double *)(const void *)e)[i];
            for (int v = 0; v <= i / WIDTH; v++) to[v] = to[v] + factor * e[v];
        }
    }
}

/* AICc of the first `columns`, of which as many are estimated as have anything in them. */
static double judge(const choice *c, double squares, int columns)
{
    double least = ROUNDING * c->product[(size_t)c->columns * (size_t)(c->width + 1)];
    int estimated = columns;
    for (int i = 0; i < (columns - FIXED) / 2; i++) estimated -= c->t->sine[i] == 0;
    return fs_aicc(squares > least ? squares : least, c->t->known, estimated + 2);
}

/* Of the last season of the form, whose harmonics are the most there may be; their number is set, and its AICc returned. */
static double choose(choice *c, fs_tbats_form *form, double alpha)
{
    int n = c->columns + 1, last = form->seasons - 1, taken = 0;
    double best = INFINITY;
    sum_products(c, alpha);
    for (int i = 0; i < n; i++)
        memcpy(c->factor + (size_t)i * (size_t)n, c->product + (size_t)i * (size_t)c->width,
               (size_t)n * sizeof(double));
    fs_cholesky_factorise(c->factor, n);
    const double *z = c->factor + (size_t)c->columns * (size_t)n;
    double left = c->product[(size_t)c->columns * (size_t)(c->width + 1)];
    for (int column = 0, pair = 0; column <= c->columns; column++) {
        bool begins = column >= FIXED && (column - FIXED) % 2 == 0;
        if (begins) pair = (column - FIXED) / 2;
        bool counts = begins && (pair == c->t->pairs || c->t->season_of[pair] == last);
        if (counts) {
            double now = judge(c, left, column);
            if (now < best) best = now, form->harmonics[last] = taken;
            taken = pair < c->t->pairs ? c->t->harmonic[pair] : taken;
        }
        if (column < c->columns) left -= z[column] * z[column];
    }
    return best;
}

static int most_harmonics(const fs_tbats *t, const fs_tbats_form *form, int season)
{
    int most = form->season[season] / 2;
    int64_t room = t->known / 4;
    for (int i = 0; i < season; i++) room -= form->harmonics[i];
    if (most > FS_TBATS_HARMONICS) most = FS_TBATS_HARMONICS;
    return most < room ? most : room > 0 ? (int)room : 0;
}

/* All seasons in turn at one α. */
static double choose_at(fs_tbats *t, fs_tbats_form *form, double alpha, double *scratch)
{
    fs_tbats_form part = *form;
    double aicc = INFINITY;
    choice c;
    memset(part.harmonics, 0, sizeof part.harmonics);
    for (part.seasons = 1; part.seasons <= form->seasons; part.seasons++) {
        int last = part.seasons - 1;
        part.harmonics[last] = most_harmonics(t, &part, last);
        lay_out(&c, t, &part, scratch);
        part.harmonics[last] = 0;
        aicc = choose(&c, &part, alpha);
    }
    memcpy(form->harmonics, part.harmonics, sizeof part.harmonics);
    return aicc;
}

double fs_tbats_choose_harmonics(const fs_tbats *t, fs_tbats_form *form, double *scratch)
{
    static const double list[] = {0.02, 0.1, 0.3, 0.6, 0.95};
    fs_tbats own = *t;
    fs_tbats_form at = *form;
    double best = INFINITY, alpha = list[1];
    for (size_t i = 0; form->seasons > 0 && i < sizeof list / sizeof *list; i++) {
        double aicc = choose_at(&own, &at, list[i], scratch);
        if (!(aicc < best)) continue;
        best = aicc;
        alpha = list[i];
        memcpy(form->harmonics, at.harmonics, sizeof at.harmonics);
    }
    return alpha;
}
