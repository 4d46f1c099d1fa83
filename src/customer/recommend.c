/* What a buyer may take up next: the products most like those that he has.
 *
 * Karypis 2001, "Evaluation of item-based top-N recommendation algorithms": the score of a product is the sum of its similarities to
 * the buyer's. Sums are kept in a row as long as the list of products, whose touched places are cleared after each buyer.
 */
#include "customer_internal.h"

typedef struct scored {
    double score, best; /* best: the largest of its similarities */
    int32_t product, because;
} scored;

struct fs_recommended_work {
    scored *of;       /* products; score 0: not touched */
    int32_t *touched; /* products */
    int64_t *had;     /* products: 1 + the last buyer that has it */
    scored *order;
};

static void free_work(struct fs_recommended_work *w)
{
    fs_free(w->of);
    fs_free(w->touched);
    fs_free(w->had);
    fs_free(w->order);
    fs_free(w);
}

void fs_recommended_free(fs_recommended *r)
{
    if (r->work) free_work(r->work);
    fs_free(r->first);
    fs_free(r->product);
    fs_free(r->score);
    fs_free(r->because);
    *r = (fs_recommended){0};
}

static fs_status reserve(fs_recommended *r, const fs_bought *had, int most)
{
    size_t products = (size_t)had->products + 1, rows = (size_t)had->buyers * (size_t)most + 1;
    struct fs_recommended_work *w = r->work = fs_alloc_zero(1, sizeof *w);
    if (!w) return FS_MEMORY;
    w->of = fs_alloc_zero(products, sizeof *w->of);
    w->touched = fs_alloc(products * sizeof *w->touched);
    w->had = fs_alloc_zero(products, sizeof *w->had);
    w->order = fs_alloc(products * sizeof *w->order);
    r->first = fs_alloc_zero((size_t)had->buyers + 1, sizeof *r->first);
    r->product = fs_alloc(rows * sizeof *r->product);
    r->score = fs_alloc(rows * sizeof *r->score);
    r->because = fs_alloc(rows * sizeof *r->because);
    bool all = w->of && w->touched && w->had && w->order && r->first && r->product && r->score &&
               r->because;
    return all ? FS_OK : FS_MEMORY;
}

/* The first of equal similarities by number is the reason. */
static void add(scored *s, int32_t product, int32_t from, double similarity)
{
    s->product = product;
    s->score += similarity;
    if (similarity < s->best || (similarity == s->best && from > s->because)) return;
    s->best = similarity;
    s->because = from;
}

static int32_t add_up(struct fs_recommended_work *w, const fs_similar *s, const fs_bought *recent,
                      int64_t b)
{
    int32_t touched = 0;
    for (int64_t k = recent->first[b]; k < recent->first[b + 1]; k++) {
        int32_t from = recent->product[k];
        for (int64_t i = s->first[from]; i < s->first[from + 1]; i++) {
            int32_t other = s->other[i];
            if (w->had[other] == b + 1 || !(s->similarity[i] > 0)) continue;
            if (!(w->of[other].score > 0)) w->touched[touched++] = other;
            add(&w->of[other], other, from, s->similarity[i]);
        }
    }
    return touched;
}

static int compare(const void *a, const void *b)
{
    const scored *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? 1 : -1;
    return (x->product > y->product) - (x->product < y->product);
}

static void one_buyer(fs_recommended *r, const fs_similar *s, const fs_bought *had,
                      const fs_bought *recent, int most, int64_t b)
{
    struct fs_recommended_work *w = r->work;
    for (int64_t k = had->first[b]; k < had->first[b + 1]; k++) w->had[had->product[k]] = b + 1;
    int32_t touched = add_up(w, s, recent, b);
    for (int32_t i = 0; i < touched; i++) {
        w->order[i] = w->of[w->touched[i]];
        w->of[w->touched[i]] = (scored){0};
    }
    int64_t kept = fs_customer_best_rows(w->order, touched, sizeof *w->order, most, compare);
    for (int64_t i = 0; i < kept; i++) {
        r->product[r->rows] = w->order[i].product;
        r->score[r->rows] = w->order[i].score;
        r->because[r->rows++] = w->order[i].because;
    }
    r->first[b + 1] = r->rows;
}

fs_status fs_recommend(fs_recommended *recommended, const fs_similar *similar, const fs_bought *had,
                       const fs_bought *recent, int most)
{
    fs_recommended_free(recommended);
    FS_TRY(reserve(recommended, had, most));
    for (int64_t b = 0; b < had->buyers; b++) one_buyer(recommended, similar, had, recent, most, b);
    return FS_OK;
}
