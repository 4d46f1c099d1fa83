/* Buyers and products become numbers in the order of their names, so that nothing depends on which came first.
 *
 * Rows are put in order by counting (a radix sort, the last key first): each key costs two passes over the rows. Where the
 * rows of a buyer stand together, the buyer is looked up once.
 */
#include <string.h>

#include "purchases.h"
#include "vector.h"

typedef struct fs_purchase {
    int64_t row; /* of the group, the last one */
    int32_t buyer, product;
} purchase;

fs_similar_settings fs_similar_settings_of(const fs_options *options, const char *most)
{
    bool factors = strcmp(fs_option_text(options, "method"), "factors") == 0;
    return (fs_similar_settings){.most = (int)fs_option_int(options, most),
                                 .least = (int)fs_option_int(options, "least"),
                                 .factors = factors ? (int)fs_option_int(options, "factors") : 0,
                                 .seed = (uint64_t)fs_option_int(options, "seed")};
}

/* As of the row before, where the text is the same. */
static fs_status word_of(fs_words *words, const fs_vector *v, int64_t row, int64_t before,
                         int32_t *number)
{
    if (before >= 0 && fs_vector_same(v, row, v, before)) return FS_OK;
    size_t bytes;
    const char *text = fs_vector_text(v, row, &bytes);
    return fs_words_add(words, text, bytes, number);
}

static fs_status reserve(fs_purchases *p, int64_t rows)
{
    if (rows <= p->room && p->purchase && p->other && p->product && p->below) return FS_OK;
    fs_free(p->purchase), fs_free(p->other), fs_free(p->product), fs_free(p->below);
    p->purchase = fs_alloc(((size_t)rows + 1) * sizeof *p->purchase);
    p->other = fs_alloc(((size_t)rows + 1) * sizeof *p->other);
    p->product = fs_alloc(((size_t)rows + 1) * sizeof *p->product);
    p->below = fs_alloc(((size_t)rows + 1) * sizeof *p->below);
    p->room = rows;
    return p->purchase && p->other && p->product && p->below ? FS_OK : FS_MEMORY;
}

static int64_t by_row(const purchase *x) { return x->row; }
static int64_t by_buyer(const purchase *x) { return x->buyer; }
static int64_t by_product(const purchase *x) { return x->product; }

/* Equal keys stay in their order; keys are below `keys`, which is at most the group's rows. */
static void sort_by(fs_purchases *p, int64_t (*key)(const purchase *), int64_t keys)
{
    purchase *sorted = p->other;
    memset(p->below, 0, ((size_t)keys + 1) * sizeof *p->below);
    for (int64_t i = 0; i < p->count; i++) p->below[key(&p->purchase[i]) + 1]++;
    for (int64_t k = 0; k < keys; k++) p->below[k + 1] += p->below[k];
    for (int64_t i = 0; i < p->count; i++)
        sorted[p->below[key(&p->purchase[i])]++] = p->purchase[i];
    p->other = p->purchase;
    p->purchase = sorted;
}

static void turn_round(fs_purchases *p)
{
    for (int64_t i = 0, j = p->count - 1; i < j; i++, j--) {
        purchase x = p->purchase[i];
        p->purchase[i] = p->purchase[j];
        p->purchase[j] = x;
    }
}

static fs_status renumber(fs_purchases *p)
{
    const int32_t *of;
    FS_TRY(fs_words_sort(&p->buyers, &of));
    for (int64_t i = 0; i < p->count; i++) p->purchase[i].buyer = of[p->purchase[i].buyer];
    FS_TRY(fs_words_sort(&p->items, &of));
    for (int64_t i = 0; i < p->count; i++) p->purchase[i].product = of[p->purchase[i].product];
    return FS_OK;
}

/* Each once: the latest stands first. */
static void keep_one(fs_purchases *p)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < p->count; i++) {
        const purchase *x = &p->purchase[i], *last = kept ? &p->purchase[kept - 1] : NULL;
        if (last && last->buyer == x->buyer && last->product == x->product) continue;
        p->purchase[kept++] = *x;
    }
    p->count = kept;
}

static fs_status make_lists(fs_purchases *p)
{
    fs_free(p->first);
    p->first = fs_alloc_zero((size_t)p->buyers.count + 1, sizeof *p->first);
    if (!p->first) return FS_MEMORY;
    for (int64_t i = 0; i < p->count; i++) {
        p->first[p->purchase[i].buyer + 1]++;
        p->product[i] = p->purchase[i].product;
    }
    for (int32_t b = 0; b < p->buyers.count; b++) p->first[b + 1] += p->first[b];
    p->had = (fs_bought){.buyers = p->buyers.count,
                         .products = p->items.count,
                         .first = p->first,
                         .product = p->product};
    return FS_OK;
}

static fs_status take_rows(fs_purchases *p, const fs_vector *who, const fs_vector *what,
                           int64_t first, int64_t rows)
{
    int64_t before = -1;
    purchase x = {0};
    for (x.row = 0; x.row < rows; x.row++) {
        int64_t i = first + x.row;
        if (!fs_vector_known(who, i) || !fs_vector_known(what, i)) continue;
        FS_TRY(word_of(&p->buyers, who, i, before, &x.buyer));
        FS_TRY(word_of(&p->items, what, i, -1, &x.product));
        p->purchase[p->count++] = x;
        before = i;
    }
    return FS_OK;
}

fs_status fs_purchases_read(fs_purchases *p, const fs_block *block, int64_t g, int buyer, int item)
{
    int64_t first = block->start[g], rows = block->start[g + 1] - first;
    fs_words_clear(&p->buyers);
    fs_words_clear(&p->items);
    p->count = 0;
    p->rows = rows;
    FS_TRY(reserve(p, rows));
    FS_TRY(take_rows(p, &block->column[buyer], &block->column[item], first, rows));
    FS_TRY(renumber(p));
    turn_round(p);
    sort_by(p, by_product, p->items.count);
    sort_by(p, by_buyer, p->buyers.count);
    keep_one(p);
    return make_lists(p);
}

void fs_purchases_latest(fs_purchases *p, int most, int64_t *first, int32_t *product)
{
    int64_t kept = 0;
    sort_by(p, by_row, p->rows);
    turn_round(p);
    sort_by(p, by_buyer, p->had.buyers);
    first[0] = 0;
    for (int64_t b = 0; b < p->had.buyers; b++) {
        for (int64_t i = p->first[b]; i < p->first[b + 1] && i < p->first[b] + most; i++)
            product[kept++] = p->purchase[i].product;
        first[b + 1] = kept;
    }
}

fs_status fs_purchases_fail(fs_status status, const fs_block *block, fs_error *error)
{
    if (status == FS_DATA)
        return fs_fail(error, FS_DATA, "there are more different texts than can be numbered");
    return fs_fail_memory(error, (size_t)block->rows * sizeof(purchase));
}

void fs_purchases_free(fs_purchases *p)
{
    fs_words_free(&p->buyers);
    fs_words_free(&p->items);
    fs_free(p->purchase);
    fs_free(p->other);
    fs_free(p->below);
    fs_free(p->first);
    fs_free(p->product);
}
