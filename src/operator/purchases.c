/* Buyers and products become numbers in the order of their names, so that nothing depends on which came first. */
#include <stdlib.h>

#include "purchases.h"

typedef struct fs_purchase {
    int64_t row; /* the last one */
    int32_t buyer, product;
} purchase;

static fs_status word_of(fs_words *words, const fs_vector *v, int64_t row, int32_t *number)
{
    const int64_t *offset = v->offset + row;
    return fs_words_add(words, v->bytes + offset[0], (size_t)(offset[1] - offset[0]), number);
}

static bool is_null(const fs_vector *v, int64_t row) { return v->valid && !v->valid[row]; }

static fs_status reserve(fs_purchases *p, int64_t rows)
{
    if (rows <= p->room && p->purchase && p->product) return FS_OK;
    fs_free(p->purchase);
    fs_free(p->product);
    p->purchase = fs_alloc(((size_t)rows + 1) * sizeof *p->purchase);
    p->product = fs_alloc(((size_t)rows + 1) * sizeof *p->product);
    p->room = rows;
    return p->purchase && p->product ? FS_OK : FS_MEMORY;
}

static int by_product(const void *a, const void *b)
{
    const purchase *x = a, *y = b;
    if (x->buyer != y->buyer) return x->buyer < y->buyer ? -1 : 1;
    if (x->product != y->product) return x->product < y->product ? -1 : 1;
    return (x->row < y->row) - (x->row > y->row);
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

fs_status fs_purchases_read(fs_purchases *p, const fs_block *block, int64_t g, int buyer, int item)
{
    const fs_vector *who = &block->column[buyer], *what = &block->column[item];
    fs_words_clear(&p->buyers);
    fs_words_clear(&p->items);
    p->count = 0;
    FS_TRY(reserve(p, block->start[g + 1] - block->start[g]));
    for (int64_t i = block->start[g]; i < block->start[g + 1]; i++) {
        if (is_null(who, i) || is_null(what, i)) continue;
        purchase *x = &p->purchase[p->count++];
        x->row = i;
        FS_TRY(word_of(&p->buyers, who, i, &x->buyer));
        FS_TRY(word_of(&p->items, what, i, &x->product));
    }
    FS_TRY(renumber(p));
    qsort(p->purchase, (size_t)p->count, sizeof *p->purchase, by_product);
    keep_one(p);
    return make_lists(p);
}

static int by_row(const void *a, const void *b)
{
    const purchase *x = a, *y = b;
    if (x->buyer != y->buyer) return x->buyer < y->buyer ? -1 : 1;
    return (x->row < y->row) - (x->row > y->row);
}

void fs_purchases_latest(fs_purchases *p, int most, int64_t *first, int32_t *product)
{
    int64_t kept = 0;
    qsort(p->purchase, (size_t)p->count, sizeof *p->purchase, by_row);
    first[0] = 0;
    for (int64_t b = 0; b < p->had.buyers; b++) {
        for (int64_t i = p->first[b]; i < p->first[b + 1] && i < p->first[b] + most; i++)
            product[kept++] = p->purchase[i].product;
        first[b + 1] = kept;
    }
}

fs_status fs_purchases_set(const fs_words *words, fs_rows *out, int column, int64_t row,
                           int32_t number)
{
    const int64_t *offset = words->offset + number;
    return fs_rows_set_text(out, column, row, words->bytes + offset[0],
                            (size_t)(offset[1] - offset[0]));
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
    fs_free(p->first);
    fs_free(p->product);
}
