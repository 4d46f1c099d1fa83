/* Histories put together by equal covariates: each kind of customers has a likelihood with parameters of its own.
 *
 * Customers are sorted by covariates, then by history; a kind is a stretch of them, and looks like any other groups of histories. For the
 * search of coefficients the covariates are made standard too (standard.c).
 *
 * Cost: a sort of the customers, and columns² operations a kind.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "customer_internal.h"

#define MOST FS_COVARIATES

typedef struct fs_kind_row {
    double covariate[MOST], weight, repeats;
    int64_t history; /* which one of `all` */
    int64_t given;
} row;

void fs_history_kinds_free(fs_history_kinds *k)
{
    if (k->work) fs_free(k->work->row), fs_free(k->work->number), fs_free(k->work->first);
    fs_free(k->work), fs_free(k->kind);
    fs_history_groups_free(&k->all);
    *k = (fs_history_kinds){0};
}

/* Of numbers: four columns of histories twice, room, weights, and covariates as they came and standard. */
static fs_status reserve(fs_history_kinds *k, int64_t rows)
{
    fs_kind_work *w = k->work;
    size_t n = (size_t)rows + 1, columns = 11 + 2 * (size_t)k->columns;
    row *more = fs_realloc(w->row, n * sizeof *more);
    if (!more) return FS_MEMORY;
    w->row = more;
    double *number = fs_realloc(w->number, columns * n * sizeof *number);
    if (!number) return FS_MEMORY;
    w->number = number, w->alpha = number + 8 * n, w->beta = number + 9 * n;
    w->weight = number + 10 * n;
    k->covariate = number + 11 * n, w->standard.value = k->covariate + (size_t)k->columns * n;
    int64_t *first = fs_realloc(w->first, (5 * n + 1) * sizeof *first);
    if (!first) return FS_MEMORY;
    w->first = first, w->of = first + 2 * n, w->kind = first + 3 * n, w->room = (int64_t)n;
    return FS_OK;
}

static fs_status reserve_kinds(fs_history_kinds *k, int64_t kinds)
{
    fs_history_groups *more = fs_realloc(k->kind, (size_t)(kinds + 1) * sizeof *more);
    if (!more) return FS_MEMORY;
    k->kind = more;
    return FS_OK;
}

/* ---- who is of one kind ---- */

/* Who is left out has no weight. */
static double weigh(fs_history_kinds *k, const fs_histories *of, const fs_covariates *covariates)
{
    double left = 0;
    for (int64_t i = 0; i < of->count; i++) {
        double weight = of->weight ? of->weight[i] : 1;
        bool known = true;
        for (int c = 0; c < k->columns; c++) known = known && isfinite(covariates->of[c][i]);
        k->work->weight[i] = known ? weight : 0;
        if (!known && weight > 0) left += weight;
    }
    return left;
}

static int by_covariates(const void *left, const void *right)
{
    const row *a = left, *b = right;
    for (int c = 0; c < MOST; c++)
        if (a->covariate[c] != b->covariate[c]) return a->covariate[c] < b->covariate[c] ? -1 : 1;
    return a->history < b->history ? -1 : a->history > b->history;
}

static int64_t sort_rows(fs_history_kinds *k, const fs_histories *of,
                         const fs_covariates *covariates)
{
    int64_t rows = 0;
    for (int64_t i = 0; i < of->count; i++) {
        row one = {.weight = k->work->weight[i],
                   .repeats = of->repeats[i] + 0.0,
                   .history = k->all.of[i],
                   .given = i};
        if (one.history < 0) continue;
        for (int c = 0; c < k->columns; c++) one.covariate[c] = covariates->of[c][i] + 0.0;
        k->work->row[rows++] = one;
    }
    if (rows) qsort(k->work->row, (size_t)rows, sizeof *k->work->row, by_covariates);
    return rows;
}

static bool same_kind(const row *a, const row *b)
{
    return memcmp(a->covariate, b->covariate, sizeof a->covariate) == 0;
}

static void start_kind(fs_history_kinds *k, const row *r)
{
    fs_kind_work *w = k->work;
    int64_t n = w->room;
    double *number = w->number + k->count;
    memcpy(k->covariate + k->kinds * k->columns, r->covariate,
           (size_t)k->columns * sizeof *r->covariate);
    k->kind[k->kinds++] = (fs_history_groups){.recency = number,
                                              .age = number + n,
                                              .weight = number + 2 * n,
                                              .repeats = number + 3 * n,
                                              .first = w->first + k->count + k->kinds - 1,
                                              .waits_known = k->all.waits_known};
}

/* A history behind those that its kind has; one that the last customer had too is there already. */
static void add_row(fs_history_kinds *k, const row *r, bool there)
{
    fs_history_groups *g = &k->kind[k->kinds - 1];
    if (!there) {
        int64_t i = g->count++;
        k->count++;
        if (g->groups == 0 || g->repeats[g->groups - 1] != r->repeats)
            g->repeats[g->groups] = r->repeats, g->first[g->groups++] = i;
        g->recency[i] = k->all.recency[r->history], g->age[i] = k->all.age[r->history];
        g->weight[i] = 0, g->first[g->groups] = i + 1;
    }
    g->weight[g->count - 1] += r->weight, g->customers += r->weight;
}

static fs_status put_together(fs_history_kinds *k, int64_t rows)
{
    const row *r = k->work->row;
    int64_t kinds = 0;
    for (int64_t i = 0; i < rows; i++) kinds += i == 0 || !same_kind(&r[i], &r[i - 1]);
    FS_TRY(reserve_kinds(k, kinds));
    for (int64_t i = 0; i < rows; i++) {
        bool same = i > 0 && same_kind(&r[i], &r[i - 1]);
        if (!same) start_kind(k, &r[i]);
        add_row(k, &r[i], same && r[i].history == r[i - 1].history);
        k->work->of[r[i].given] = k->count - 1;
    }
    /* What waits add is the same for all kinds but k, and counted once. */
    if (k->kinds > 0) k->kind[0].log_waits = k->all.log_waits;
    return FS_OK;
}

/* ---- histories of all kinds ---- */

static int by_repeats(const void *left, const void *right)
{
    const row *a = left, *b = right;
    if (a->repeats != b->repeats) return a->repeats < b->repeats ? -1 : 1;
    return a->history < b->history ? -1 : a->history > b->history;
}

/* The rows are not needed any more: one for each history now, with the number of its kind. */
static void number_rows(fs_history_kinds *k)
{
    row *r = k->work->row;
    int64_t n = 0;
    for (int64_t i = 0; i < k->kinds; i++)
        for (int64_t g = 0; g < k->kind[i].groups; g++)
            for (int64_t h = k->kind[i].first[g]; h < k->kind[i].first[g + 1]; h++, n++)
                r[n].repeats = k->kind[i].repeats[g], r[n].history = n, r[n].given = i;
    if (n) qsort(r, (size_t)n, sizeof *r, by_repeats);
}

static void mix(fs_history_kinds *k)
{
    fs_kind_work *w = k->work;
    int64_t n = w->room;
    double *to = w->number + 4 * n;
    fs_history_groups *g = &w->mixed;
    *g = (fs_history_groups){.recency = to,
                             .age = to + n,
                             .weight = to + 2 * n,
                             .repeats = to + 3 * n,
                             .first = w->kind + n};
    number_rows(k);
    for (int64_t i = 0; i < k->count; i++) {
        const row *r = &w->row[i];
        if (i == 0 || r->repeats != r[-1].repeats)
            g->repeats[g->groups] = r->repeats, g->first[g->groups++] = i;
        for (int c = 0; c < 3; c++) to[c * n + i] = w->number[c * n + r->history];
        w->kind[i] = r->given;
    }
    g->count = k->count, g->first[g->groups] = k->count;
}

/* Each kind weighs as many customers as it has; weights of histories are not needed any more. */
static void make_standard(fs_history_kinds *k)
{
    fs_covariate_rows rows = {k->kinds, k->columns, k->covariate, k->work->weight,
                              k->all.customers};
    for (int64_t i = 0; i < k->kinds; i++) k->work->weight[i] = k->kind[i].customers;
    fs_customer_standardise(&rows, &k->work->standard);
}

/* Without covariates all are of one kind. */
static fs_status make_one(fs_history_kinds *k, const fs_histories *of, double *left)
{
    FS_TRY(fs_history_groups_make(&k->all, of, left));
    FS_TRY(reserve_kinds(k, 1));
    k->kind[0] = k->all, k->kinds = k->all.count > 0, k->count = k->all.count;
    k->covariate = NULL, k->of = k->all.of;
    return FS_OK;
}

fs_status fs_history_kinds_make(fs_history_kinds *k, const fs_histories *of,
                                const fs_covariates *covariates, double *left)
{
    if (!k->work) k->work = fs_alloc_zero(1, sizeof *k->work);
    if (!k->work) return FS_MEMORY;
    k->columns = covariates->columns, k->kinds = k->count = 0;
    if (k->columns == 0) return make_one(k, of, left);
    FS_TRY(reserve(k, of->count));
    double unknown = weigh(k, of, covariates), others;
    fs_histories known = *of;
    known.weight = k->work->weight;
    FS_TRY(fs_history_groups_make(&k->all, &known, &others));
    *left = unknown + others;
    for (int64_t i = 0; i < of->count; i++) k->work->of[i] = -1;
    FS_TRY(put_together(k, sort_rows(k, of, covariates)));
    k->of = k->work->of;
    mix(k);
    make_standard(k);
    return FS_OK;
}
