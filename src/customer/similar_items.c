/* Which products are bought by the same buyers.
 *
 * Products are gone through one by one: over their buyers, and over what these bought, sums are kept in a row as long as the
 * list of products, of which only the places that were touched are looked at and cleared. So memory is that of the purchases
 * and one row, and the order of the sums is that of the numbers: the same bits however purchases came.
 */
#include <math.h>
#include <string.h>

#include "customer_internal.h"

typedef struct candidate {
    double similarity;
    int64_t together;
    int32_t other;
} candidate;

struct fs_similar_work {
    int64_t *first;   /* products + 1: where a product's buyers begin */
    int64_t *buyer;   /* buyers of products, ascending */
    int64_t entries;  /* of them */
    double *weight;   /* buyers: what each counts for one of his products; 0: left out */
    double *length;   /* products: of their row of weights */
    double *sum;      /* products */
    int64_t *count;   /* products: buyers in common */
    int32_t *touched; /* products */
    candidate *candidate;
    double *factor; /* products × factors */
    int64_t rows, room;
};

/* ---- purchases by product ---- */

static fs_status reserve(fs_similar *s, const fs_bought *b)
{
    struct fs_similar_work *w = s->work;
    size_t products = (size_t)b->products + 1, entries = (size_t)b->first[b->buyers] + 1;
    w->first = fs_alloc_zero(products, sizeof *w->first);
    w->buyer = fs_alloc(entries * sizeof *w->buyer);
    w->weight = fs_alloc(((size_t)b->buyers + 1) * sizeof *w->weight);
    w->length = fs_alloc_zero(products, sizeof *w->length);
    w->sum = fs_alloc_zero(products, sizeof *w->sum);
    w->count = fs_alloc_zero(products, sizeof *w->count);
    w->touched = fs_alloc(products * sizeof *w->touched);
    w->candidate = fs_alloc(products * sizeof *w->candidate);
    s->first = fs_alloc_zero(products, sizeof *s->first);
    s->buyers = fs_alloc_zero(products, sizeof *s->buyers);
    bool all = w->first && w->buyer && w->weight && w->length && w->sum && w->count && w->touched &&
               w->candidate && s->first && s->buyers;
    return all ? FS_OK : FS_MEMORY;
}

static void weigh_buyers(struct fs_similar_work *w, const fs_bought *b)
{
    for (int64_t i = 0; i < b->buyers; i++) {
        int64_t size = b->first[i + 1] - b->first[i];
        w->weight[i] = size < 1 || size > FS_SIMILAR_LARGEST ? 0 : 1 / sqrt((double)size);
    }
}

/* Counting sort: buyers come out ascending. */
static void turn_round(fs_similar *s, const fs_bought *b)
{
    struct fs_similar_work *w = s->work;
    for (int64_t i = 0; i < b->buyers; i++)
        for (int64_t k = b->first[i]; w->weight[i] > 0 && k < b->first[i + 1]; k++)
            w->first[b->product[k] + 1]++;
    for (int32_t p = 0; p < b->products; p++) {
        s->buyers[p] = w->first[p + 1];
        w->first[p + 1] += w->first[p];
    }
    for (int64_t i = 0; i < b->buyers; i++)
        for (int64_t k = b->first[i]; w->weight[i] > 0 && k < b->first[i + 1]; k++) {
            int32_t p = b->product[k];
            w->buyer[w->first[p]++] = i;
            w->length[p] += w->weight[i] * w->weight[i];
        }
    for (int32_t p = b->products; p > 0; p--) w->first[p] = w->first[p - 1];
    w->first[0] = 0;
}

/* ---- one product ---- */

/* Buyers in common with every other product, by `touched`; returns how many there are. */
static int32_t add_up(struct fs_similar_work *w, const fs_bought *b, int32_t p)
{
    int32_t touched = 0;
    for (int64_t k = w->first[p]; k < w->first[p + 1]; k++) {
        int64_t i = w->buyer[k];
        double both = w->weight[i] * w->weight[i];
        for (int64_t j = b->first[i]; j < b->first[i + 1]; j++) {
            int32_t other = b->product[j];
            if (!w->count[other]++) w->touched[touched++] = other;
            w->sum[other] += both;
        }
    }
    return touched;
}

static double cosine(const double *a, const double *b, int factors)
{
    double ab = 0, aa = 0, bb = 0;
    for (int f = 0; f < factors; f++) {
        ab += a[f] * b[f];
        aa += a[f] * a[f];
        bb += b[f] * b[f];
    }
    double length = sqrt(aa) * sqrt(bb);
    return length > 0 ? fmin(fmax(ab / length, 0), 1) : 0;
}

static double similarity(const struct fs_similar_work *w, const fs_similar_settings *settings,
                         int32_t p, int32_t other)
{
    int f = settings->factors;
    if (f)
        return cosine(w->factor + (size_t)p * (size_t)f, w->factor + (size_t)other * (size_t)f, f);
    double length = sqrt(w->length[p]) * sqrt(w->length[other]);
    return length > 0 ? fmin(w->sum[other] / length, 1) : 0;
}

static int compare(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->similarity != y->similarity) return x->similarity < y->similarity ? 1 : -1;
    if (x->together != y->together) return x->together < y->together ? 1 : -1;
    return (x->other > y->other) - (x->other < y->other);
}

static fs_status keep(fs_similar *s, int32_t p, int64_t count)
{
    struct fs_similar_work *w = s->work;
    if (w->rows + count > w->room) {
        int64_t room = 2 * w->room + count;
        int32_t *other = fs_realloc(s->other, (size_t)room * sizeof *other);
        if (other) s->other = other;
        double *alike = fs_realloc(s->similarity, (size_t)room * sizeof *alike);
        if (alike) s->similarity = alike;
        int64_t *together = fs_realloc(s->together, (size_t)room * sizeof *together);
        if (together) s->together = together;
        if (!other || !alike || !together) return FS_MEMORY;
        w->room = room;
    }
    for (int64_t i = 0; i < count; i++) {
        s->other[w->rows] = w->candidate[i].other;
        s->similarity[w->rows] = w->candidate[i].similarity;
        s->together[w->rows++] = w->candidate[i].together;
    }
    s->first[p + 1] = w->rows;
    return FS_OK;
}

static fs_status one_product(fs_similar *s, const fs_bought *b, const fs_similar_settings *settings,
                             int32_t p)
{
    struct fs_similar_work *w = s->work;
    int32_t touched = add_up(w, b, p);
    int64_t count = 0;
    for (int32_t i = 0; i < touched; i++) {
        int32_t other = w->touched[i];
        if (other != p && w->count[other] >= settings->least)
            w->candidate[count++] = (candidate){.similarity = similarity(w, settings, p, other),
                                                .together = w->count[other],
                                                .other = other};
        w->sum[other] = 0;
        w->count[other] = 0;
    }
    return keep(
        s, p,
        fs_customer_best_rows(w->candidate, count, sizeof *w->candidate, settings->most, compare));
}

/* ---- the whole ---- */

static void free_work(struct fs_similar_work *w)
{
    fs_free(w->first);
    fs_free(w->buyer);
    fs_free(w->weight);
    fs_free(w->length);
    fs_free(w->sum);
    fs_free(w->count);
    fs_free(w->touched);
    fs_free(w->candidate);
    fs_free(w->factor);
    fs_free(w);
}

void fs_similar_free(fs_similar *s)
{
    if (s->work) free_work(s->work);
    fs_free(s->first);
    fs_free(s->other);
    fs_free(s->similarity);
    fs_free(s->together);
    fs_free(s->buyers);
    *s = (fs_similar){0};
}

static fs_status find_factors(struct fs_similar_work *w, const fs_bought *b,
                              const fs_similar_settings *settings)
{
    fs_by_product by = {.first = w->first, .buyer = w->buyer, .weight = w->weight};
    w->factor = fs_alloc((size_t)b->products * (size_t)settings->factors * sizeof *w->factor);
    if (!w->factor && b->products) return FS_MEMORY;
    return fs_customer_factors(b, &by, settings->factors, settings->seed, w->factor);
}

fs_status fs_similar_items(fs_similar *similar, const fs_bought *bought,
                           const fs_similar_settings *settings)
{
    fs_similar_free(similar);
    similar->work = fs_alloc_zero(1, sizeof *similar->work);
    if (!similar->work) return FS_MEMORY;
    FS_TRY(reserve(similar, bought));
    weigh_buyers(similar->work, bought);
    turn_round(similar, bought);
    if (settings->factors) FS_TRY(find_factors(similar->work, bought, settings));
    for (int32_t p = 0; p < bought->products; p++)
        FS_TRY(one_product(similar, bought, settings, p));
    return FS_OK;
}
